/** Which atoms lines of a data file are about: of extended XYZ and `input.data`, whose atoms stand in the order of the lines. Pure. */

/**
 * @param textOf a line of the file; lines count from 0
 * @param start where the frame begins
 * @param from the first and `to` the last line that is asked for, both in the frame
 * @returns the numbers of the atoms in the frame, from 0; none for lines about none and for other formats
 */
export function atomsOfLines(textOf: (line: number) => string, start: number, from: number, to: number): number[] {
  const head = textOf(start).trim();
  if (/^\d+$/.test(head)) {
    // The number of atoms, a comment, the atoms.
    const [first, last] = [from - start - 2, Math.min(to - start - 2, Number(head) - 1)];
    return last < 0 ? [] : range(Math.max(0, first), last);
  }
  if (head !== 'begin') return [];
  const atoms: number[] = [];
  let atom = -1;
  for (let line = start; line <= to; line++) {
    if (!/^\s*atom\b/.test(textOf(line))) continue;
    atom++;
    if (line >= from) atoms.push(atom);
  }
  return atoms;
}

/**
 * The lines of atoms: of extended XYZ and `input.data`.
 *
 * @param start the first line of the frame and `end` the line after its last
 * @returns in increasing order; none for other formats
 */
export function linesOfAtoms(
  textOf: (line: number) => string,
  start: number,
  end: number,
  atoms: readonly number[],
): number[] {
  const head = textOf(start).trim();
  if (/^\d+$/.test(head))
    return atoms
      .filter((atom) => atom < Number(head))
      .map((atom) => start + 2 + atom)
      .sort((a, b) => a - b);
  if (head !== 'begin') return [];
  const wanted = new Set(atoms);
  return range(start, end - 1)
    .filter((line) => /^\s*atom\b/.test(textOf(line)))
    .filter((_, atom) => wanted.has(atom));
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
