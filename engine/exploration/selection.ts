/**
 * Which of many structures of one simulation are to be labelled: each the one that is farthest from all that are there already
 * (farthest-point sampling, Gonzalez, Theor. Comput. Sci. 38, 293 (1985)). As they have the same atoms in the same order, the distance of
 * two structures is the root mean square displacement of their atoms, Å.
 */

/** Å: nearer to each other than this, two structures are the same. */
const SAME = 0.02;

/** @param a, b positions, 3N, Å, not wrapped into a cell */
function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2;
  return Math.sqrt((3 * sum) / a.length);
}

/**
 * Indices of `count` candidates at most, in the order in which they are chosen: first the one farthest from what is known, without
 * anything known the first one. What is known already is left out.
 */
export function selectFarthest(
  candidates: readonly Float64Array[],
  known: readonly Float64Array[],
  count: number,
): number[] {
  const nearest = candidates.map((one) => Math.min(Infinity, ...known.map((other) => distance(one, other))));
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, candidates.length)) {
    const next = nearest.reduce((best, value, k) => (value > nearest[best] ? k : best), 0);
    if (nearest[next] < SAME) break;
    chosen.push(next);
    candidates.forEach((one, k) => (nearest[k] = Math.min(nearest[k], distance(one, candidates[next]))));
  }
  return chosen;
}
