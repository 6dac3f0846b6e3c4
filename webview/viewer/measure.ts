/**
 * What the selection measures, by the number of atoms as in ASE's viewer: position, distance, angle, dihedral. Along the
 * chain of the atoms, from each to the nearest periodic image of the next: a molecule that a face of the cell cuts is measured
 * as the molecule that it is. Å and degrees.
 */
import { hasImages, nearestImages } from '../../engine/structure/cell';
import { kindOfChain, measureChain } from '../../engine/structure/chain';
import { add, length, subtract, vectorAt, type Vector3 } from '../../engine/structure/vector3';
import type { FrameData } from '../../protocol/frames';
import { unitOfColumn } from '../../protocol/units';
import { elements, symbolOf } from '../../language/elements';
import { formatFixed, formatNumber, formula } from '../format';

export const distance = (a: Vector3, b: Vector3): number => length(subtract(a, b));

export interface Measurement {
  readonly kind: 'distance' | 'angle' | 'dihedral';
  /** Å or degrees */
  readonly value: number;
  /** The same of the points as they are drawn, where `value` is through faces of the cell. */
  readonly drawn?: number;
  /** The chain that is measured, from the first point on (Å). */
  readonly chain: readonly Vector3[];
}

/** Å: differences that are rounding. */
const SAME = 1e-3;

/**
 * What two to four points measure; undefined for fewer and for more.
 * @param points where the atoms are drawn, in Å
 */
export function measure(
  points: readonly Vector3[],
  frame: Pick<FrameData, 'cell' | 'periodic'>,
): Measurement | undefined {
  const kind = kindOfChain(points.length);
  if (kind === undefined) return undefined;
  const direct = points.slice(1).map((point, k) => subtract(point, points[k]));
  const nearest = hasImages(frame) ? nearestImages(frame.cell, frame.periodic) : undefined;
  const vectors = direct.map((vector) => {
    const shorter = nearest === undefined ? vector : vectorAt(nearest(Float64Array.from(vector)), 0);
    return length(shorter) < length(vector) - SAME ? shorter : vector;
  });
  const chain = [points[0]];
  for (const vector of vectors) chain.push(add(chain[chain.length - 1], vector));
  const isDrawn = vectors.every((vector, k) => vector === direct[k]);
  return { kind, value: measureChain(vectors), ...(!isDrawn && { drawn: measureChain(direct) }), chain };
}

/** A measured number with its unit. */
export const formatMeasured = ({ kind }: Measurement, value: number, decimals: number): string =>
  kind === 'distance' ? `${formatFixed(value, decimals)} Å` : `${formatFixed(value, decimals)}°`;

/** Symbol and index, as in `O 12`. Indices count from 0. */
export const nameOf = (frame: FrameData, atom: number): string => `${symbolOf(frame.numbers[atom])} ${atom}`;

/** `width` numbers of an atom in a column, or undefined if there is no such column. */
function valuesOf(frame: FrameData, column: string, atom: number): number[] | undefined {
  if (!Object.hasOwn(frame.columns, column)) return undefined;
  const { width, values } = frame.columns[column];
  return Array.from(values.subarray(width * atom, width * (atom + 1)));
}

const xyz = (vector: readonly number[], decimals: number): string =>
  vector.map((x) => formatFixed(x, decimals)).join('  ');

/**
 * The line in the status strip; empty for no atoms.
 * @param measured what they measure
 */
export function describeSelection(
  frame: FrameData,
  atoms: readonly number[],
  measured: Measurement | undefined,
): string {
  const names = atoms.map((atom) => nameOf(frame, atom)).join(' – ');
  if (measured !== undefined) {
    const { kind, value, drawn } = measured;
    const show = (number: number): string => formatMeasured(measured, number, kind === 'distance' ? 4 : 2);
    return `${names}   ${kind} ${show(value)}${drawn === undefined ? '' : `, nearest images   as drawn ${show(drawn)}`}`;
  }
  if (atoms.length === 0) return '';
  if (atoms.length > 1)
    return `${atoms.length} atoms   ${formula(Uint8Array.from(atoms, (atom) => frame.numbers[atom]))}`;
  const forces = valuesOf(frame, 'forces', atoms[0]);
  const force =
    forces?.length === 3
      ? `   |F| ${formatFixed(Math.hypot(...forces), 3)} ${unitOfColumn('forces', frame.units)}`.trimEnd()
      : '';
  return `${names}   position ${xyz(vectorAt(frame.positions, atoms[0]), 4)} Å${force}`;
}

/** Columns that a tooltip has room for. */
const MAXIMUM_LINES = 10;
/** Numbers of a column that it has room for: a tensor, but no fingerprint. */
const MAXIMUM_VALUES = 9;

/** Lines of the tooltip of an atom: element, position, and what the file has for it. */
export function describeAtom(frame: FrameData, atom: number): string[] {
  const element = elements.at(frame.numbers[atom]) ?? elements[0];
  const lines = [
    `${element.symbol} ${atom} · ${element.name}`,
    `position  ${xyz(vectorAt(frame.positions, atom), 3)} Å`,
  ];
  const names = Object.keys(frame.columns);
  for (const name of names.slice(0, MAXIMUM_LINES)) {
    const values = valuesOf(frame, name, atom) ?? [];
    const unit = ` ${unitOfColumn(name, frame.units)}`.trimEnd();
    const label = name === 'forces' ? 'force' : name;
    const shown = values.slice(0, MAXIMUM_VALUES).map((x) => formatNumber(x, 4));
    const more = values.length > MAXIMUM_VALUES ? ` … (${values.length})` : '';
    lines.push(`${label}  ${shown.join('  ')}${more}${unit}`);
    if (values.length === 3)
      lines.push(`|${name === 'forces' ? 'F' : label}|  ${formatNumber(Math.hypot(...values), 4)}${unit}`);
  }
  if (names.length > MAXIMUM_LINES) lines.push(`and ${names.length - MAXIMUM_LINES} more columns`);
  return lines;
}
