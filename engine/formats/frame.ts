/**
 * A frame as a file has it: a structure, and everything else that stands beside it, kept for the way back.
 *
 * Vocabulary: *columns* are values per atom, *info* are values per frame. Units are Å, eV
 * and eV/Å: formats with others are converted while they are read, as far as it is known in which units their numbers are.
 */
import type { AtomTypes, FrameData } from '../../protocol/frames';
import type { UnitsKnown } from '../../protocol/units';
import { nameTypes, NO_TYPE } from '../structure/atom-types';
import type { Structure } from '../structure/structure';

export type Scalar = number | boolean | string;
/** A scalar, a list, or a matrix (its rows). */
export type InfoValue = Scalar | readonly Scalar[] | readonly (readonly Scalar[])[];

/** `width` values per atom, atom after atom. Letters as in extended XYZ: real, integer, logical, string. */
export type Column =
  | { readonly type: 'R' | 'I'; readonly width: number; readonly values: Float64Array }
  | { readonly type: 'L'; readonly width: number; readonly values: Uint8Array }
  | { readonly type: 'S'; readonly width: number; readonly values: readonly string[] };

export interface Frame extends Structure {
  /** Everything per atom but element and position. Maps, because keys come from files: `__proto__` is a key like others. */
  readonly columns: ReadonlyMap<string, Column>;
  readonly info: ReadonlyMap<string, InfoValue>;
  /** Where the file doesn't tell in which units it is. */
  readonly units?: UnitsKnown;
}

/** A file that tells more types apart than these says nothing about elements by them. */
const MAXIMUM_TYPES = 64;

/** The types of the atoms that have no element: what the file has in the columns `element` or `type`. */
export function typesOf({ numbers, columns }: Frame): AtomTypes | undefined {
  if (!numbers.includes(0)) return undefined;
  const column = [columns.get('element'), columns.get('type')].find((each) => each?.width === 1);
  if (column === undefined) return undefined;
  const places = new Map<string | number, number>();
  const of = new Uint8Array(numbers.length).fill(NO_TYPE);
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] !== 0) continue;
    const name = column.values[i];
    let place = places.get(name);
    if (place === undefined) {
      if (places.size === MAXIMUM_TYPES) return undefined;
      places.set(name, (place = places.size));
    }
    of[i] = place;
  }
  return { names: [...places.keys()].map(String), of };
}

/** A frame whose types without an element are given some. */
export function withElements(frame: Frame, elements: Readonly<Record<string, number>>): Frame {
  const types = typesOf(frame);
  return types === undefined ? frame : { ...frame, numbers: nameTypes(frame.numbers, types, elements) };
}

/** A frame as it travels to a viewer: float32, scalars of the info only. */
export function toFrameData(frame: Frame): FrameData {
  const columns: [string, { width: number; values: Float32Array }][] = [];
  for (const [name, column] of frame.columns)
    if (column.type !== 'S') columns.push([name, { width: column.width, values: new Float32Array(column.values) }]);
  const info: [string, Scalar][] = [];
  for (const [key, value] of frame.info) if (typeof value !== 'object') info.push([key, value]);
  return {
    numbers: frame.numbers,
    types: typesOf(frame),
    positions: new Float32Array(frame.positions),
    cell: frame.cell,
    periodic: frame.periodic,
    // fromEntries defines properties, so that a key named __proto__ is data and nothing else.
    columns: Object.fromEntries(columns),
    info: Object.fromEntries(info),
    ...(frame.units !== undefined && { units: frame.units }),
  };
}

/** When a frame of a trajectory was, fs; undefined where the file does not tell. */
export function timeOf({ info }: Frame): number | undefined {
  const time = info.get('time');
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}

/** Å: farther out float32, in which viewers and some readers keep positions, is coarser than 0.1 Å. */
export const FAR = 1e6;

/** Whether an atom is so far from the origin. */
export const isFar = ({ positions }: Frame): boolean => positions.some((x) => Math.abs(x) > FAR);
