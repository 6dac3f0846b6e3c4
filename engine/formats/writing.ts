/** Frames to files: those that people save out of others. */
import { symbolOf } from '../../language/elements';
import { findCellProblem } from '../structure/cell';
import { formatXyzFrame } from './extended-xyz';
import { formatExact } from './extended-xyz-comment';
import type { Column, Frame } from './frame';

/** Formats that are written, by the ending of the file's name. */
export type WrittenFormat = 'extxyz' | 'poscar';

/** POSCAR for names as VASP has them, extended XYZ for all others. */
export const formatOf = (file: string): WrittenFormat =>
  /(?:^|[\\/])(?:POSCAR|CONTCAR)[^\\/]*$|\.(?:poscar|vasp)$/i.test(file) ? 'poscar' : 'extxyz';

/** Some of the atoms of a frame, in the order given, with everything that stands beside them. */
export function subsetFrame(frame: Frame, atoms: readonly number[]): Frame {
  const pick = <T extends Float64Array | Uint8Array>(values: T, width: number, into: T): T => {
    atoms.forEach((atom, k) => into.set(values.subarray(width * atom, width * (atom + 1)), width * k));
    return into;
  };
  const pickColumn = (column: Column): Column => {
    const { width } = column;
    if (column.type === 'S')
      return { ...column, values: atoms.flatMap((atom) => column.values.slice(width * atom, width * (atom + 1))) };
    return column.type === 'L'
      ? { ...column, values: pick(column.values, width, new Uint8Array(width * atoms.length)) }
      : { ...column, values: pick(column.values, width, new Float64Array(width * atoms.length)) };
  };
  return {
    ...frame,
    numbers: pick(frame.numbers, 1, new Uint8Array(atoms.length)),
    positions: pick(frame.positions, 3, new Float64Array(3 * atoms.length)),
    columns: new Map([...frame.columns].map(([name, column]) => [name, pickColumn(column)])),
  };
}

/**
 * A structure as POSCAR: atoms by element, in the order in which these first appear; Cartesian, every digit.
 * @throws Error if it has no cell that POSCAR could name
 */
export function formatPoscar({ numbers, positions, cell }: Frame, comment: string): string {
  if (cell === undefined || findCellProblem(cell) !== undefined)
    throw new Error('A POSCAR needs a right-handed cell, and this structure has none: save it as .xyz.');
  const kinds = [...new Set(numbers)];
  const row = (values: ArrayLike<number>, at: number): string =>
    [0, 1, 2].map((k) => formatExact(values[at + k])).join(' ');
  const order = kinds.flatMap((kind) => [...numbers.keys()].filter((atom) => numbers[atom] === kind));
  return `${[
    comment.replaceAll(/\s+/g, ' ').slice(0, 200),
    '1.0',
    ...[0, 3, 6].map((at) => row(cell, at)),
    kinds.map(symbolOf).join(' '),
    kinds.map((kind) => numbers.filter((number) => number === kind).length).join(' '),
    'Cartesian',
    ...order.map((atom) => row(positions, 3 * atom)),
  ].join('\n')}\n`;
}

/** A frame as the text of a file of the format. @throws Error if the format can't hold it */
export const formatFrame = (frame: Frame, format: WrittenFormat, comment: string): string =>
  format === 'poscar' ? formatPoscar(frame, comment) : formatXyzFrame(frame, 'exact');
