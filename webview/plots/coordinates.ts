/**
 * Where the rows of a parity plot stand in it: prediction against reference, error against reference, or, of a committee, error
 * against its standard deviation on logarithmic axes. Pure.
 */
import type { Axis } from './axes';
import { rangeOf, UNITS, widen, type ParityRows, type Range } from './parity-rows';

export type View = 'parity' | 'residual' | 'calibration';

/** A line y = slope · x + offset to compare with. */
export interface Guide {
  readonly slope: number;
  readonly offset: number;
  readonly label?: string;
}

export interface Coordinates {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly axes: { readonly x: Omit<Axis, keyof Range>; readonly y: Omit<Axis, keyof Range> };
  /** Both axes have one scale. */
  readonly square: boolean;
  readonly guides: readonly Guide[];
  /** What is in view at first. */
  readonly start: { readonly x: Range; readonly y: Range };
}

const SOME: Range = { low: 0, high: 1 };

export function coordinatesOf(rows: ParityRows, view: View): Coordinates {
  const { quantity, reference, predicted, error, spread } = rows;
  const { name, value, error: unit, scale } = UNITS[quantity];
  const along = { label: `reference ${name} (${value})` };
  if (view === 'calibration' && spread !== undefined) {
    const log = (values: Float64Array): Float64Array => values.map((each) => Math.log10(scale * Math.abs(each)));
    const [x, y] = [log(spread), log(error)];
    const across = widen(rangeOf(x) ?? SOME);
    const most = Math.max(rangeOf(y)?.high ?? 1, across.high);
    return {
      x,
      y,
      axes: {
        x: { label: `standard deviation of the committee (${unit})`, exponent: true },
        y: { label: `|error| (${unit})`, exponent: true },
      },
      square: false,
      guides: [
        { slope: 1, offset: 0, label: 'σ' },
        { slope: 1, offset: Math.log10(2), label: '2σ' },
      ],
      // Errors go down to nothing: those far below the standard deviations are out of view.
      start: { x: across, y: { low: across.low - 1, high: most + 0.1 } },
    };
  }
  if (quantity === 'angle') {
    const most = rangeOf(error)?.high ?? 1;
    return {
      x: reference,
      y: error,
      axes: { x: along, y: { label: `angle between prediction and reference (${unit})` } },
      square: false,
      guides: [],
      start: { x: widen(rangeOf(reference) ?? SOME), y: { low: 0, high: 1.04 * most || 1 } },
    };
  }
  if (view === 'residual') {
    const range = rangeOf(error) ?? { low: -1, high: 1 };
    const most = Math.max(Math.abs(range.low), Math.abs(range.high)) || 1e-3;
    return {
      x: reference,
      y: error,
      axes: { x: along, y: { scale, label: `predicted − reference (${unit})` } },
      square: false,
      guides: [{ slope: 0, offset: 0 }],
      start: { x: widen(rangeOf(reference) ?? SOME), y: widen({ low: -most, high: most }, 0.04) },
    };
  }
  const both = widen(rangeOf(reference, predicted) ?? SOME);
  return {
    x: reference,
    y: predicted,
    axes: { x: along, y: { label: `predicted (${value})` } },
    square: true,
    guides: [{ slope: 1, offset: 0 }],
    start: { x: both, y: both },
  };
}
