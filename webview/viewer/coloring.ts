/**
 * What atoms can be coloured by besides their element: any number that the file has for each of them, the length of any
 * vector, and the difference of two columns of which one is the reference of the other. Pure.
 */
import type { FrameData } from '../../protocol/frames';
import { unitOfColumn } from '../../protocol/units';
import { lengths, roundUp } from './colors';

export interface Coloring {
  /** What the state keeps. */
  readonly key: string;
  readonly label: string;
  /** '' where nobody knows it. */
  readonly unit: string;
}

/** Prefixes and suffixes of columns that hold what a column of the same name without them is compared with. */
const REFERENCE = /^(?:ref|reference|dft|qm|target)_|_(?:ref|reference|dft|qm|target)$/i;

/** Pairs of a column and its reference. */
function differences(frame: FrameData): { readonly name: string; readonly reference: string }[] {
  return Object.keys(frame.columns).flatMap((reference) => {
    const name = reference.replace(REFERENCE, '');
    if (name === reference || !Object.hasOwn(frame.columns, name)) return [];
    return frame.columns[name].width === frame.columns[reference].width ? [{ name, reference }] : [];
  });
}

/** Everything that the atoms of this frame can be coloured by. */
export function coloringsOf(frame: FrameData): Coloring[] {
  const columns = Object.entries(frame.columns).flatMap(([key, { width }]): Coloring[] => {
    const unit = unitOfColumn(key, frame.units);
    if (width === 1) return [{ key, label: key, unit }];
    return width === 3 ? [{ key, label: `|${key}|`, unit }] : [];
  });
  const errors = differences(frame).map(({ name, reference }) => ({
    key: `${name} − ${reference}`,
    label: `error of ${name}`,
    unit: unitOfColumn(name, frame.units),
  }));
  return [...columns, ...errors];
}

/** One number an atom; undefined if this frame doesn't have them. */
export function coloredValues(frame: FrameData, key: string): Float32Array | undefined {
  if (Object.hasOwn(frame.columns, key)) {
    const { width, values } = frame.columns[key];
    if (width === 1) return values;
    return width === 3 ? lengths(values) : undefined;
  }
  const pair = differences(frame).find(({ name, reference }) => `${name} − ${reference}` === key);
  if (pair === undefined) return undefined;
  const a = frame.columns[pair.name];
  const b = frame.columns[pair.reference];
  const difference = a.values.map((x, i) => x - b.values[i]);
  return a.width === 3 ? lengths(difference) : a.width === 1 ? difference : undefined;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * A range that holds the values and all that `before` held: round numbers, about 0 if both signs occur, from 0 on if
 * they are near enough to it.
 */
export function widen(before: Range | undefined, values: ArrayLike<number>): Range {
  let least = before?.low ?? Infinity;
  let most = before?.high ?? -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i];
    if (values[i] > most) most = values[i];
  }
  if (!Number.isFinite(least) || !Number.isFinite(most)) return before ?? { low: 0, high: 1 };
  if (least < 0 && most > 0) {
    const end = roundUp(Math.max(-least, most));
    return { low: -end, high: end };
  }
  if (least >= 0 && (least <= 0.5 * most || most === least)) return { low: 0, high: roundUp(most) };
  if (most <= 0 && (most >= 0.5 * least || most === least)) return { low: -roundUp(-least), high: 0 };
  const step = roundUp((most - least) / 10);
  return { low: Math.floor(least / step) * step, high: Math.ceil(most / step) * step };
}

/** How many values lie in each of `count` equal parts of a range; those beyond its ends in the outermost. */
export function countBins(values: Float32Array, { low, high }: Range, count: number): number[] {
  const bins = new Array<number>(count).fill(0);
  const scale = high > low ? count / (high - low) : 0;
  for (const value of values)
    if (!Number.isNaN(value)) bins[Math.min(count - 1, Math.max(0, Math.floor((value - low) * scale)))]++;
  return bins;
}
