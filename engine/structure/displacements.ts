/** How far atoms have moved between two frames. Å. */
import { completeCell, invert, transform } from './cell';
import type { Structure } from './structure';

/** From the atoms of `a` to those of `b`, 3N, by the nearest periodic image in the cell of `a`: files often wrap positions into the cell. */
export function displacements(a: Structure, b: Structure): Float64Array {
  const moved = a.positions.map((x, c) => b.positions[c] - x);
  if (!a.periodic.includes(true)) return moved;
  const cell = completeCell(a.cell, a.periodic);
  const fractional = transform(moved, invert(cell));
  return transform(
    fractional.map((f, c) => (a.periodic[c % 3] ? f - Math.round(f) : f)),
    cell,
  );
}

/** Whether both have the same atoms in the same order. */
export const haveSameAtoms = (a: Structure, b: Structure): boolean =>
  a.numbers.length === b.numbers.length && a.numbers.every((number, i) => number === b.numbers[i]);
