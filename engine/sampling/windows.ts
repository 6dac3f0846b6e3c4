/** Umbrella windows of a run: their files, in which order they are simulated, and how a spring gets from one to the next. */
import type { Coordinate } from '../../protocol/pmf';
import { deviation } from './coordinates';

/** What a run has of a window in its folder, by its index: `window-001.dat`, its values; `window-001.state`, where it ended. */
export const windowFile = (window: number, ending: 'dat' | 'state'): string =>
  `window-${String(window + 1).padStart(3, '0')}.${ending}`;

export interface Visit {
  /** Index of the window. */
  readonly window: number;
  /** The neighbour at whose end it begins; undefined for the first, which begins with the structure. */
  readonly from: number | undefined;
}

/** Index of the window whose centre is nearest to a value of the coordinate, on a period the short way round. */
export function nearestWindow(
  centers: readonly number[],
  value: number,
  coordinate: Pick<Coordinate, 'periodic'>,
): number {
  const distance = (k: number): number => Math.abs(deviation(coordinate, value, centers[k]));
  return centers.reduce((best, _, k) => (distance(k) < distance(best) ? k : best), 0);
}

/**
 * From the window that is nearest to the start up to the last one, and from there down to the first: so each begins at the end of a neighbour.
 * @param centers ascending
 */
export function visitsOf(centers: readonly number[], start: number, coordinate: Pick<Coordinate, 'periodic'>): Visit[] {
  const nearest = nearestWindow(centers, start, coordinate);
  return centers.map((_, i) => {
    const isUp = nearest + i < centers.length;
    const window = isUp ? nearest + i : centers.length - 1 - i;
    return { window, from: i === 0 ? undefined : isUp ? window - 1 : window + 1 };
  });
}

/**
 * Where the center of the spring is at a step of a window: in the first half of the equilibration it moves from the one before.
 * @param equilibration steps
 */
export function centerAt(
  step: number,
  equilibration: number,
  from: number,
  to: number,
  coordinate: Pick<Coordinate, 'periodic'>,
): number {
  const moving = Math.floor(equilibration / 2);
  return step >= moving ? to : to - deviation(coordinate, to, from) * (1 - step / moving);
}
