/**
 * Symmetry functions that a potential could have for given data: grids of radial functions for every pair of elements that
 * occurs, of wide and narrow angular functions for every triple. The best of them are then selected (selection.ts).
 *
 *   radial    shifted: evenly spaced Gaussians from the nearest distance to the cutoff, as wide as they are apart
 *             centred: r_s = 0, η = 1/(2 r²), radii r in geometric progression
 *   angular   both kinds of radial part, times λ = ±1 and several ζ
 *
 * after Gastegger et al., J. Chem. Phys. 148, 241709 (2018), and Imbalzano et al., ibid. 241730. Numbers are rounded to
 * three digits, because people read them. Å.
 */
import type { BehlerFunction } from '../../language/definition/definition';
import type { DistanceSurvey } from '../analysis/distances';

export interface Grid {
  readonly radialShifted: number;
  readonly radialCentered: number;
  readonly wideCentered: number;
  readonly wideShifted: number;
  readonly narrowCentered: number;
  readonly zetas: readonly number[];
}

/** From fine to coarse; the finest whose number of functions is bearable is taken. */
const GRIDS: readonly Grid[] = [
  { radialShifted: 12, radialCentered: 8, wideCentered: 6, wideShifted: 6, narrowCentered: 4, zetas: [1, 2, 4, 16] },
  { radialShifted: 10, radialCentered: 6, wideCentered: 4, wideShifted: 4, narrowCentered: 2, zetas: [1, 4, 16] },
  { radialShifted: 8, radialCentered: 4, wideCentered: 2, wideShifted: 3, narrowCentered: 1, zetas: [1, 4] },
  { radialShifted: 6, radialCentered: 3, wideCentered: 2, wideShifted: 0, narrowCentered: 0, zetas: [1, 4] },
];
const MAXIMUM_CANDIDATES = 1500;

/**
 * Candidates of all centres, in the order in which the grids make them.
 * @param survey of the data; pairs of elements that are never within the cutoff have no functions
 * @param cutoff Å
 */
export function candidateFunctions(
  survey: DistanceSurvey,
  elements: readonly string[],
  cutoff: number,
): BehlerFunction[] {
  for (const grid of GRIDS) {
    const functions = elements.flatMap((_, center) => functionsOf(center, survey, elements, cutoff, grid));
    if (functions.length <= MAXIMUM_CANDIDATES || grid === GRIDS[GRIDS.length - 1]) return functions;
  }
  return [];
}

function functionsOf(
  c: number,
  { nearest }: DistanceSurvey,
  elements: readonly string[],
  cutoff: number,
  grid: Grid,
): BehlerFunction[] {
  const center = elements[c];
  const near = elements.flatMap((_, e) => (nearest[c][e] < cutoff ? [e] : []));
  const radial = near.flatMap((e) =>
    [
      ...shifted(nearest[c][e], cutoff, grid.radialShifted),
      ...centered(0.6 * nearest[c][e], cutoff, grid.radialCentered),
    ].map((part): BehlerFunction => ({ type: 2, center, neighbor: elements[e], ...part, cutoff })),
  );
  const angular = near.flatMap((a, i) =>
    near.slice(i).flatMap((b) => {
      // An atom has two neighbours of an element if the second of them is near enough, too: data where it never is give
      // constant functions, which are not selected.
      const start = Math.min(nearest[c][a], nearest[c][b]);
      const wide = [
        ...centered(0.7 * start, 1.2 * cutoff, grid.wideCentered),
        ...shifted(start, cutoff, grid.wideShifted),
      ].map((part) => ({ type: 9 as const, part }));
      const narrow = centered(start, 1.2 * cutoff, grid.narrowCentered).map((part) => ({ type: 3 as const, part }));
      return [...wide, ...narrow].flatMap(({ type, part }) =>
        [-1, 1].flatMap((lambda) =>
          grid.zetas.map((zeta): BehlerFunction => {
            const neighbors = [elements[a], elements[b]] as const;
            return { type, center, neighbors, ...part, lambda, zeta, cutoff };
          }),
        ),
      );
    }),
  );
  return [...radial, ...angular];
}

type RadialPart = Pick<BehlerFunction, 'eta' | 'shift'>;

/** Gaussians from `start` to a spacing before the cutoff, as wide as they are apart. */
function shifted(start: number, cutoff: number, count: number): RadialPart[] {
  const spacing = (cutoff - start) / count;
  const eta = brief(1 / (2 * spacing * spacing));
  return Array.from({ length: count }, (_, i) => ({ eta, shift: brief(start + i * spacing) }));
}

/** Gaussians around the centre whose widths grow from `first` to `last` by a constant factor. */
function centered(first: number, last: number, count: number): RadialPart[] {
  return Array.from({ length: count }, (_, i) => {
    const width = count > 1 ? first * (last / first) ** (i / (count - 1)) : Math.sqrt(first * last);
    return { eta: brief(1 / (2 * width * width)), shift: 0 };
  });
}

const brief = (x: number): number => Number(x.toPrecision(3));
