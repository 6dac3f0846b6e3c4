/**
 * The screened nuclear repulsion of Ziegler, Biersack and Littmark ("The Stopping and Range of Ions in Solids", Pergamon 1985),
 * switched off before distances that data know about:
 *
 *   E = ½ Σᵢ Σⱼ V(r_ij),   V(r) = e²/(4πε₀) Z₁Z₂/r φ(r/a) S(r)
 *   φ(x) = 0.18175 e^(−3.19980 x) + 0.50986 e^(−0.94229 x) + 0.28022 e^(−0.40290 x) + 0.02817 e^(−0.20162 x)
 *   a = 0.46850 Å/(Z₁^0.23 + Z₂^0.23)
 *
 * S is 1 up to `inner`, falls as `poly2` and is 0 from `outer` on: V is positive, falls monotonously, and is twice
 * differentiable. Half of each pair's energy belongs to either atom. Å, eV.
 */
import type { Zbl } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import { cutoffShape } from '../descriptors/cutoff-functions';
import { COULOMB } from '../structure/constants';
import { createPairPotential, type PairTerm } from './pair';
import type { Potential } from './potential';

const SCREENING: readonly (readonly [number, number])[] = [
  [0.18175, 3.1998],
  [0.50986, 0.94229],
  [0.28022, 0.4029],
  [0.02817, 0.20162],
];
/** Å */
const LENGTH = 0.4685;
const shape = cutoffShape('poly2');

interface Pair {
  /** e²/(4πε₀) Z₁Z₂ in eV Å. */
  readonly charge: number;
  /** 1/a in 1/Å. */
  readonly inverse: number;
  readonly inner: number;
  readonly outer: number;
}

/** V and dV/dr at r > 0. */
function evaluate({ charge, inverse, inner, outer }: Pair, r: number): PairTerm {
  if (r >= outer) return { value: 0, slope: 0 };
  let phi = 0;
  let falling = 0;
  for (const [factor, exponent] of SCREENING) {
    const term = factor * Math.exp(-exponent * inverse * r);
    phi += term;
    falling -= exponent * inverse * term;
  }
  const bare = (charge * phi) / r;
  const bareSlope = (charge * falling - bare) / r;
  if (r <= inner) return { value: bare, slope: bareSlope };
  const x = (r - inner) / (outer - inner);
  const s = shape.value(x);
  return { value: bare * s, slope: bareSlope * s + (bare * shape.slope(x)) / (outer - inner) };
}

/** @param elements symbols; `zbl` has every pair of them */
export function createZbl(zbl: Zbl, elements: readonly string[]): Potential {
  const pairs = new Map<number, Pair>();
  const keyOf = (a: number, b: number): number => Math.min(a, b) * 256 + Math.max(a, b);
  for (const { elements: symbols, inner, outer } of zbl.pairs) {
    const [z1, z2] = symbols.map((symbol) => atomicNumber(symbol) ?? 0);
    const inverse = (z1 ** 0.23 + z2 ** 0.23) / LENGTH;
    pairs.set(keyOf(z1, z2), { charge: COULOMB * z1 * z2, inverse, inner, outer });
  }
  const cutoff = Math.max(...zbl.pairs.map(({ outer }) => outer));
  return createPairPotential(elements, cutoff, (a, b, r) => {
    const pair = pairs.get(keyOf(a, b));
    return pair && evaluate(pair, r);
  });
}
