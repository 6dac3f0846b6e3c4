/**
 * The order in which n2p2 sorts the symmetry functions of one centre, which is that of its inputs, whatever the order of the
 * lines: Gaussian types by cutoff, eta, shift, zeta, lambda, neighbours; compact types by shape, neighbours, outer and inner
 * radius, angles. Numbers compare exactly, as n2p2 compares them.
 */
import { atomicNumber } from '../../language/elements';
import type { CompactShape, N2p2Function } from '../descriptors/function-types';

/** Negative if n2p2 sorts a before b; 0 only for functions that are the same. They have one centre. */
export function compareN2p2(a: N2p2Function, b: N2p2Function): number {
  const [first, second] = [sortKey(a), sortKey(b)];
  for (let i = 0; i < first.length; i++) if (first[i] !== second[i]) return first[i] - second[i];
  return 0;
}

const number = (symbol: string): number => atomicNumber(symbol) ?? 0;

/** As its name compares: e, p1, p1a, p2, … */
function shapeRank({ kernel, asymmetric }: CompactShape): number {
  return kernel === 'exp' ? 0 : 2 * Number(kernel.slice(4)) + (asymmetric ? 1 : 0);
}

/** Of equal length for functions of one type. */
function sortKey(one: N2p2Function): number[] {
  const neighbors = 'neighbor' in one ? [number(one.neighbor)] : 'neighbors' in one ? one.neighbors.map(number) : [];
  if ('eta' in one) {
    const angular = 'lambda' in one ? [one.zeta, one.lambda] : [];
    return [one.type, one.cutoff, one.eta, one.shift, ...angular, ...neighbors];
  }
  const angles = 'angles' in one ? one.angles : [];
  return [one.type, shapeRank(one.shape), ...neighbors, one.cutoff, one.inner, ...angles];
}
