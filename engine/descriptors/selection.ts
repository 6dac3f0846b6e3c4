/**
 * Which of many candidates are worth their cost. Pure linear algebra on columns of numbers; deterministic.
 *
 * With labels: orthogonal matching pursuit (Pati, Rezaiifar and Krishnaprasad, Asilomar 1993). The labels are fitted by a
 * linear model Σ_k c_k column_k of the functions chosen so far, by least squares; next comes the function that takes most
 * off the squared residual for its cost, |q·y|²/|q|² with q what of its column the chosen ones don't span. So it says
 * something about energies and forces that the others do not, and twins are never chosen.
 *
 * Without: farthest points in correlation distance d² = 1 − corr² (Imbalzano et al., J. Chem. Phys. 148, 241730 (2018)).
 */
import { addScaled, dot } from '../vectors';

export interface Candidate {
  /** Index of the group (the element of the centre) whose numbers of functions are bounded. */
  readonly group: number;
  /** Relative to others; `shared` if a function with the same `part` is chosen already. */
  readonly cost: number;
  readonly shared: number;
  /** What of the work functions have in common: the same text, the same radial part. */
  readonly part: string;
}

export interface Bounds {
  /** Each group gets as many, if it has as many that are not constant or twins. */
  readonly minimum: number;
  readonly maximum: number;
  /** The end: no function takes more than this part of the squared residual. */
  readonly threshold: number;
}

/** What remains of a column less than this part of its square is taken for a twin of others. */
const TWIN = 1e-6;

/**
 * Orthogonal matching pursuit.
 * @param columns one per candidate, all as long as `target`
 * @param fixed columns that the model has anyway (energy zeros): they are projected out and not counted
 * @returns indices of candidates in the order in which they were chosen
 */
export function selectByLabels(
  candidates: readonly Candidate[],
  columns: readonly Float64Array[],
  target: Float64Array,
  fixed: readonly Float64Array[],
  bounds: Bounds,
): number[] {
  /** Orthonormal; spans the fixed and the chosen columns. */
  const basis: Float64Array[] = [];
  const norms = columns.map((column) => dot(column, column));
  const rests = Float64Array.from(norms);
  /** What the basis leaves of the target. */
  const residual = target.slice();

  /** Adds what of `column` is new to the basis; undefined if nothing is. */
  const extend = (column: Float64Array): { parts: number[]; along: number } | undefined => {
    const q = column.slice();
    const before = dot(q, q);
    // Twice is enough (Kahan and Parlett).
    for (let pass = 0; pass < 2; pass++) for (const one of basis) addScaled(q, -dot(q, one), one);
    const rest = dot(q, q);
    if (!(rest > TWIN * before)) return undefined;
    const scale = 1 / Math.sqrt(rest);
    for (let i = 0; i < q.length; i++) q[i] *= scale;
    basis.push(q);
    const along = dot(q, residual);
    addScaled(residual, -along, q);
    const parts = columns.map((other) => dot(q, other));
    parts.forEach((part, k) => (rests[k] -= part * part));
    return { parts, along };
  };
  for (const column of fixed) extend(column);
  const overlaps = columns.map((column) => dot(column, residual));
  let error = dot(residual, residual);
  // What is less than this is rounding.
  const rounding = 1e-10 * error;

  const chosen: number[] = [];
  const isOpen = candidates.map((_, k) => norms[k] > 0);
  const parts = new Set<string>();
  const counts = new Map<number, number>();
  const countOf = (group: number): number => counts.get(group) ?? 0;
  /** The open candidate of `group` (or of all) with the largest gain for its cost among those that gain `least`. */
  const best = (least: number, group?: number): number | undefined => {
    let found: number | undefined;
    let worth = 0;
    candidates.forEach((candidate, k) => {
      if (!isOpen[k] || (group !== undefined && candidate.group !== group)) return;
      if (countOf(candidate.group) >= bounds.maximum || !(rests[k] > TWIN * norms[k])) return;
      const gain = (overlaps[k] * overlaps[k]) / rests[k];
      // With the square root a function twice as costly has to take off 1.4 times as much.
      const own = gain / Math.sqrt(parts.has(candidate.part) ? candidate.shared : candidate.cost);
      if (!(gain > least) || own <= worth) return;
      worth = own;
      found = k;
    });
    return found;
  };
  const take = (k: number): void => {
    isOpen[k] = false;
    const added = extend(columns[k]);
    if (added === undefined) return;
    added.parts.forEach((part, other) => (overlaps[other] -= part * added.along));
    error -= added.along * added.along;
    chosen.push(k);
    parts.add(candidates[k].part);
    counts.set(candidates[k].group, countOf(candidates[k].group) + 1);
  };
  for (;;) {
    const k = best(Math.max(bounds.threshold * error, rounding));
    if (k === undefined) break;
    take(k);
  }
  for (const group of new Set(candidates.map((candidate) => candidate.group)))
    while (countOf(group) < bounds.minimum) {
      const k = best(rounding, group);
      if (k === undefined) break;
      take(k);
    }
  return chosen;
}

/**
 * Farthest points: adds to `chosen`, again and again, the candidate that correlates least with all of them.
 * @param columns values of candidates over the same atoms
 * @param chosen indices to begin with; without any the candidate that correlates most with all others is the first
 * @returns all that are chosen, at most `count`; constants and twins never are
 */
export function farthestPoints(columns: readonly Float64Array[], chosen: readonly number[], count: number): number[] {
  const standard = columns.map(standardize);
  const usable = [...standard.keys()].filter((k) => standard[k] !== undefined);
  const distance = (a: number, b: number): number => {
    const [x, y] = [standard[a], standard[b]];
    return x === undefined || y === undefined ? 0 : 1 - dot(x, y) ** 2;
  };
  const selected = [...chosen];
  if (selected.length === 0 && usable.length > 0 && count > 0) {
    const total = usable.map((a) => usable.reduce((sum, b) => sum + distance(a, b), 0));
    selected.push(usable[total.indexOf(Math.min(...total))]);
  }
  const nearest = columns.map((_, k) => Math.min(...selected.map((one) => distance(k, one))));
  while (selected.length < count) {
    let farthest = -1;
    for (const k of usable) if (nearest[k] > (farthest < 0 ? TWIN : nearest[farthest])) farthest = k;
    if (farthest < 0) break;
    selected.push(farthest);
    for (const k of usable) nearest[k] = Math.min(nearest[k], distance(k, farthest));
  }
  return selected;
}

/** Mean 0 and square sum 1; undefined for a constant. */
function standardize(column: Float64Array): Float64Array | undefined {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const shifted = column.map((value) => value - mean);
  const square = dot(shifted, shifted);
  if (!(square > (1e-10 * mean) ** 2 * column.length)) return undefined;
  const scale = 1 / Math.sqrt(square);
  return shifted.map((value) => value * scale);
}
