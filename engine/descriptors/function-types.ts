/**
 * All symmetry functions that a potential can have: those of the language (types 2, 3, 9 and chiral ones) and the others of n2p2,
 * which come with imported potentials. Numbered as n2p2 numbers them. Å, radians.
 *
 *   type 12      Σ_j Z_j exp(−η(r_ij − r_s)²) f_c(r_ij)                       type 2 over all elements
 *   type 13      type 3 over all pairs of elements, each term times Z_j Z_k
 *   type 20      Σ_j C(r_ij)
 *   type 21      Σ_{j<k} C(r_ij) C(r_ik) C(r_jk) C(θ_jik)
 *   type 22      the same without C(r_jk)
 *   types 23–25  20, 21, 22 over all elements, each term times Z_j or Z_j Z_k
 *
 * C(x) rises from 0 at the left end of its support to 1 in the middle and falls back to 0 at the right end.
 * Sources: Gastegger et al., J. Chem. Phys. 148, 241709 (2018) (weights); Bircher, Singraber and Dellago, Mach. Learn.: Sci.
 * Technol. 2, 035026 (2021) (compact supports).
 */
import type { BehlerFunction, ChiralFunction } from '../../language/definition/definition';

/** How a function with compact support falls off from the middle; the kernels are those of the cutoff functions. */
export interface CompactShape {
  readonly kernel: 'exp' | 'poly1' | 'poly2' | 'poly3' | 'poly4';
  /** Distances (never angles) enter the kernel as x(2 − x) instead of x, which concentrates it in the middle. */
  readonly asymmetric: boolean;
}

interface Centered {
  /** Symbol of the central atom's element. */
  readonly center: string;
  /** r_c in Å: beyond it the function is zero. */
  readonly cutoff: number;
}
export interface Gaussian extends Centered {
  /** Å^-2 */
  readonly eta: number;
  /** r_s in Å */
  readonly shift: number;
}
interface Compact extends Centered {
  /** Left end of the radial support in Å, below the cutoff; may be negative. */
  readonly inner: number;
  readonly shape: CompactShape;
}
interface CompactAngular extends Compact {
  /** Ends of the angular support in rad. */
  readonly angles: readonly [number, number];
}

/** What n2p2 has, too. */
export type N2p2Function =
  | BehlerFunction
  | (Gaussian & { readonly type: 12 })
  | (Gaussian & { readonly type: 13; readonly lambda: number; readonly zeta: number })
  | (Compact & { readonly type: 20; readonly neighbor: string })
  | (CompactAngular & {
      readonly type: 21 | 22;
      /** In order of atomic number. */
      readonly neighbors: readonly [string, string];
    })
  | (Compact & { readonly type: 23 })
  | (CompactAngular & { readonly type: 24 | 25 });

export type DescriptorFunction = N2p2Function | ChiralFunction;

export const isN2p2Function = (one: DescriptorFunction): one is N2p2Function => one.type !== 'chiral';

/** The elements of neighbours that a function names, some perhaps twice; none for one of all elements. */
export function neighborElements(one: DescriptorFunction): readonly string[] {
  if ('neighbor' in one) return [one.neighbor];
  if ('neighbors' in one) return one.neighbors;
  if (one.type !== 'chiral') return [];
  const channels = one.volumes.flat().map(({ neighbor }) => neighbor);
  return one.coupling === undefined ? channels : [one.center, ...channels];
}

/** More terms than that for one centre are no potential, and are refused before memory is taken. */
export const MAXIMUM_TERMS = 2_000_000;

/** How many sums over neighbours of given elements the functions of one centre are: weighted functions are many. */
export function countTerms(functions: readonly DescriptorFunction[], elements: number): number {
  let count = 0;
  for (const { type } of functions) {
    if (type === 12 || type === 23) count += elements;
    else if (type === 13 || type === 24 || type === 25) count += (elements * (elements + 1)) / 2;
    else count++;
  }
  return count;
}

/** Whether functions depend on neighbours of neighbours, which the kernels don't see. */
export const hasCoupling = (functions: readonly DescriptorFunction[]): boolean =>
  functions.some((one) => one.type === 'chiral' && one.coupling !== undefined);

/**
 * Whether functions of types 21 or 24 differ in shape but not in radii: n2p2 mixes them up (symmetry-functions.ts), and the
 * energy isn't continuous.
 */
export function mixesShapes(functions: readonly DescriptorFunction[]): boolean {
  const shapes = new Map<string, string>();
  return functions.some((one) => {
    if (one.type !== 21 && one.type !== 24) return false;
    const key = [one.type, 'neighbors' in one ? one.neighbors : [], one.inner, one.cutoff].join(' ');
    const shape = `${one.shape.kernel} ${one.shape.asymmetric}`;
    if (!shapes.has(key)) shapes.set(key, shape);
    return shapes.get(key) !== shape;
  });
}
