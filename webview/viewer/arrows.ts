/** Vectors of the atoms as arrows: which ones, and how long they are drawn. Of forces eV/Å. */
import type { FrameData } from '../../protocol/frames';
import { unitOfColumn } from '../../protocol/units';
import { bytesOf, type Theme } from '../theme';
import type { Arranged } from './arrange';
import { arrowsOf, type ArrowSet } from './coloring';
import { lengths, roundUp } from './colors';
import type { Sticks } from './scene';
import type { ViewerState } from './state';

/** Vectors to draw while none of the frame are chosen, e.g. reference and prediction of the forces. */
export interface Vectors {
  /** What they are, for the legend. */
  readonly label: string;
  /** A CSS colour, chosen by theme. */
  readonly color: (theme: Theme) => string;
  /** eV/Å, 3N */
  readonly values: Float32Array;
}

export interface Arrows {
  /** Draws these, as forces, while none of the frame are chosen. */
  offer(vectors: readonly Vectors[] | undefined): void;
  /** The scale is that of the frames from now on. */
  reset(): void;
  /** The column that they are of. */
  readonly column: string;
  /** '' where nobody knows it. */
  readonly unit: string;
  /** What 1 Å of arrow is, in that unit; 0 until arrows were seen. */
  readonly scale: number;
  of(frame: FrameData): readonly Vectors[];
  /** From the surface of each drawn atom on, so that small ones show too. */
  sticks(frame: FrameData, arranged: Arranged, radii: Float32Array): Sticks;
}

export function createArrows(state: () => ViewerState, theme: () => Theme): Arrows {
  let offered: readonly Vectors[] | undefined;
  let column = '';
  let unit = '';
  /** As the vectors of all frames so far want it. */
  let automatic = 0;

  const scale = (): number => (Object.hasOwn(state().arrowScales, column) ? state().arrowScales[column] : automatic);

  const colorOf =
    (role: ArrowSet['role']) =>
    (t: Theme): string =>
      role === 'reference' ? t.foreground : role === 'predicted' ? t.warning : t.highContrast ? t.focus : t.series[1];

  /** The vectors of the frame that are to be shown as arrows. */
  const ownVectors = (frame: FrameData): readonly Vectors[] =>
    arrowsOf(frame, state().arrows).map(({ label, role, values }) => ({ label, color: colorOf(role), values }));

  /** What the person has chosen, otherwise what is given; and the column that it is of. */
  function drawnOf(frame: FrameData): { readonly sets: readonly Vectors[]; readonly key: string } {
    const own = ownVectors(frame);
    const isOwn = own.length > 0;
    const sets = (isOwn ? own : (offered ?? [])).filter(({ values }) => values.length === 3 * frame.numbers.length);
    return { sets, key: isOwn ? state().arrows : sets.length > 0 ? 'forces' : '' };
  }

  function updateScale({ units }: FrameData, sets: readonly Vectors[], key: string): void {
    if (key !== column) automatic = 0;
    column = key;
    unit = unitOfColumn(column, units);
    let largest = 0;
    for (const { values } of sets) for (const each of lengths(values)) if (each > largest) largest = each;
    // The longest arrow about 2 Å; the scale only coarsens, so that frames compare, and noise is not blown up.
    const least = unit === 'eV/Å' ? 0.05 : 1e-6;
    if (largest / 7 > automatic && Number.isFinite(largest)) automatic = roundUp(Math.max(largest / 2.4, least));
  }

  return {
    offer: (vectors) => {
      offered = vectors;
      automatic = 0;
    },
    reset: () => {
      automatic = 0;
    },
    get column() {
      return column;
    },
    get unit() {
      return unit;
    },
    get scale() {
      return scale();
    },
    of: (frame) => drawnOf(frame).sets,
    sticks: (frame, { count: drawn, positions, sources }, radii) => {
      const { sets, key } = drawnOf(frame);
      updateScale(frame, sets, key);
      const perLength = scale() || 1;
      const starts = new Float32Array(3 * drawn * sets.length);
      const vectors = new Float32Array(3 * drawn * sets.length);
      const colors = new Uint8Array(3 * drawn * sets.length);
      let count = 0;
      for (const { values, color } of sets) {
        const tint = bytesOf(color(theme()));
        for (let k = 0; k < drawn; k++) {
          const atom = 3 * (sources?.[k] ?? k);
          const size = Math.hypot(values[atom], values[atom + 1], values[atom + 2]);
          if (!(size > 0) || !Number.isFinite(size) || radii[k] === 0) continue;
          for (let x = 0; x < 3; x++) {
            starts[3 * count + x] = positions[3 * k + x] + (values[atom + x] / size) * radii[k] * 0.94;
            vectors[3 * count + x] = values[atom + x] / perLength;
            colors[3 * count + x] = tint[x];
          }
          count++;
        }
      }
      return { count, starts, vectors, colors };
    },
  };
}
