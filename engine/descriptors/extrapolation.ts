/**
 * Atoms whose surroundings no training structure had: symmetry functions outside of their ranges over the training data.
 * There a network extrapolates; n2p2 warns of each such function (Singraber, Behler and Dellago, J. Chem. Theory Comput. 15,
 * 1827 (2019)). How far outside an atom is, is one number here:
 *
 *   x = max(0, max_k (min_k − G_k)/(max_k − min_k), max_k (G_k − max_k)/(max_k − min_k))
 *
 * 0 where all functions are within their ranges, 1 where one is as far beyond an end of its range as the range is wide.
 */
import type { OutsideFacts } from '../../language/check/facts';
import type { CutoffFunction } from '../../language/definition/definition';
import { symbolOf } from '../../language/elements';
import { buildNeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';
import type { DescriptorFunction } from './function-types';
import type { FunctionRanges, Scaling } from './scaling';
import { createWorkspace, evaluateAtom, prepareDescriptors } from './symmetry-functions';

/** Of the range: what is nearer to it is inside, as far as interpolation is concerned. */
const MARGIN = 0.05;
/** Larger structures are not looked at: the reference takes longer than the simulation's first steps, and far more memory. */
const MAXIMUM_ATOMS = 20_000;

/** What is asked of a potential: its functions by the symbol of the centre, with their ranges. */
export interface Ranges {
  readonly elements: Readonly<
    Record<string, { readonly functions: readonly DescriptorFunction[]; readonly scaling: Pick<Scaling, 'range'> }>
  >;
  readonly cutoffFunction: CutoffFunction;
  /** Part of each cutoff up to which its function is 1. */
  readonly innerCutoff: number;
}

/** x of one atom, whose functions are the values from `at` on. */
export function excessOf({ minimum, maximum }: FunctionRanges, values: Float64Array, at = 0): number {
  let most = 0;
  for (let k = 0; k < minimum.length; k++) {
    const value = values[at + k];
    const width = maximum[k] - minimum[k];
    // A function that is constant over the data is left out of the network.
    if (width > 0) most = Math.max(most, (minimum[k] - value) / width, (value - maximum[k]) / width);
  }
  return most;
}

/** Counts them; undefined where the ranges of an element are not known, and for structures of very many atoms. */
export function findOutside(
  structure: Structure,
  { elements, cutoffFunction, innerCutoff }: Ranges,
): OutsideFacts | undefined {
  if (structure.numbers.length > MAXIMUM_ATOMS) return undefined;
  const plan = prepareDescriptors(
    Object.fromEntries(Object.entries(elements).map(([symbol, { functions }]) => [symbol, functions])),
    cutoffFunction,
    innerCutoff,
  );
  const workspace = createWorkspace();
  const list = buildNeighborList(structure, plan.cutoff);
  const { numbers } = structure;
  let outside = 0;
  let farthest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const symbol = symbolOf(numbers[i]);
    const range = Object.hasOwn(elements, symbol) ? elements[symbol].scaling.range : undefined;
    if (range === undefined) return undefined;
    evaluateAtom(plan, structure, list, i, workspace, false);
    const most = excessOf(range, workspace.values);
    if (most > MARGIN) outside++;
    farthest = Math.max(farthest, most);
  }
  return { atoms: numbers.length, outside, farthest };
}
