/**
 * What the selection measures, by the number of atoms as in ASE's viewer: position, distance, angle, dihedral.
 * Å and degrees.
 */
import type { FrameData } from '../../protocol/frames';
import { elements, symbolOf } from '../../language/elements';
import { formatFixed, formatNumber, formula } from '../format';
import { shortestImage } from './bonds';
import { unitOf } from './coloring';

type Vector = readonly [number, number, number];

const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const degrees = (radians: number): number => (radians * 180) / Math.PI;

export const distance = (a: Vector, b: Vector): number => Math.hypot(...subtract(a, b));

/** Angle at `b` in degrees. */
export function angle(a: Vector, b: Vector, c: Vector): number {
  const u = subtract(a, b);
  const v = subtract(c, b);
  // atan2 keeps its precision near 0 and 180 degrees, where acos loses half the digits.
  return degrees(Math.atan2(Math.hypot(...cross(u, v)), dot(u, v)));
}

/** Torsion about b–c in (−180, 180], positive when c–d is turned clockwise seen along b → c (IUPAC). */
export function dihedral(a: Vector, b: Vector, c: Vector, d: Vector): number {
  const u = subtract(b, a);
  const v = subtract(c, b);
  const w = subtract(d, c);
  const m = cross(u, v);
  const n = cross(v, w);
  return degrees(Math.atan2(Math.hypot(...v) * dot(u, n), dot(m, n)));
}

export const positionOf = (frame: FrameData, atom: number): Vector => [
  frame.positions[3 * atom],
  frame.positions[3 * atom + 1],
  frame.positions[3 * atom + 2],
];

/** Symbol and index, as in `O 12`. Indices count from 0. */
export const nameOf = (frame: FrameData, atom: number): string => `${symbolOf(frame.numbers[atom])} ${atom}`;

/** `width` numbers of an atom in a column, or undefined if there is no such column. */
export function valuesOf(frame: FrameData, column: string, atom: number): number[] | undefined {
  if (!Object.hasOwn(frame.columns, column)) return undefined;
  const { width, values } = frame.columns[column];
  return Array.from(values.subarray(width * atom, width * (atom + 1)));
}

const xyz = (vector: readonly number[], decimals: number): string =>
  vector.map((x) => formatFixed(x, decimals)).join('  ');

/** The line in the status strip; empty for no atoms. */
export function describeSelection(frame: FrameData, atoms: readonly number[]): string {
  const points = atoms.map((atom) => positionOf(frame, atom));
  const names = atoms.map((atom) => nameOf(frame, atom)).join(' – ');
  switch (points.length) {
    case 0:
      return '';
    case 1: {
      const forces = valuesOf(frame, 'forces', atoms[0]);
      const force = forces?.length === 3 ? `   |F| ${formatFixed(Math.hypot(...forces), 3)} eV/Å` : '';
      return `${names}   position ${xyz(points[0], 4)} Å${force}`;
    }
    case 2: {
      const direct = distance(points[0], points[1]);
      const image = Math.hypot(...shortestImage(subtract(points[1], points[0]), frame.cell, frame.periodic));
      const periodic = image < direct - 1e-4 ? `   nearest image ${formatFixed(image, 4)} Å` : '';
      return `${names}   distance ${formatFixed(direct, 4)} Å${periodic}`;
    }
    case 3:
      return `${names}   angle ${formatFixed(angle(points[0], points[1], points[2]), 2)}°`;
    case 4:
      return `${names}   dihedral ${formatFixed(dihedral(points[0], points[1], points[2], points[3]), 2)}°`;
    default: {
      const selected = Uint8Array.from(atoms, (atom) => frame.numbers[atom]);
      return `${points.length} atoms   ${formula(selected)}`;
    }
  }
}

/** Columns that a tooltip has room for. */
const MAXIMUM_LINES = 10;

/** Lines of the tooltip of an atom: element, position, and what the file has for it. */
export function describeAtom(frame: FrameData, atom: number): string[] {
  const element = elements.at(frame.numbers[atom]) ?? elements[0];
  const lines = [`${element.symbol} ${atom} · ${element.name}`, `position  ${xyz(positionOf(frame, atom), 3)} Å`];
  const names = Object.keys(frame.columns);
  for (const name of names.slice(0, MAXIMUM_LINES)) {
    const values = valuesOf(frame, name, atom) ?? [];
    const unit = unitOf(name) === '' ? '' : ` ${unitOf(name)}`;
    const label = name === 'forces' ? 'force' : name;
    if (values.length > 3) continue;
    lines.push(`${label}  ${values.map((x) => formatNumber(x, 4)).join('  ')}${unit}`);
    if (values.length === 3)
      lines.push(`|${name === 'forces' ? 'F' : label}|  ${formatNumber(Math.hypot(...values), 4)}${unit}`);
  }
  if (names.length > MAXIMUM_LINES) lines.push(`and ${names.length - MAXIMUM_LINES} more columns`);
  return lines;
}
