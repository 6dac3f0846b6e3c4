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
  /** One of the numbers of a column of several. */
  readonly component?: true;
}

/** Prefixes and suffixes of columns that hold what others of the same quantity are compared with. */
const REFERENCE = /^(?:ref|reference|dft|qm|target)_|_(?:ref|reference|dft|qm|target)$/i;
/** Prefixes of columns that hold what a potential predicts, in our files and in those of others (`MACE_forces`). */
const PREDICTION = /^(?:predicted|prediction|pred|model|ml|nn|nnp|mace|nequip|allegro|gap|ace|dp)_/i;

/** A column, and what it is compared with. */
export interface Compared {
  readonly key: string;
  readonly name: string;
  readonly reference: string;
  readonly label: string;
}

/**
 * Columns of one quantity, of which one is the reference of the others: `ref_forces` of `forces` and of `MACE_forces`,
 * otherwise `forces` of `predicted_forces`. Of a run's own predictions `reference_forces` is the one, and of nothing else.
 */
function comparedColumns({ columns }: FrameData): Compared[] {
  const names = Object.keys(columns);
  return names.flatMap((name): Compared[] => {
    if (REFERENCE.test(name)) return [];
    const quantity = name.replace(PREDICTION, '');
    const [own, ofOwn] = [`predicted_${quantity}`, `reference_${quantity}`];
    const isOwn = names.includes(own) && names.includes(ofOwn);
    const reference =
      isOwn && name === own
        ? ofOwn
        : (names.find(
            (other) =>
              REFERENCE.test(other) && other.replace(REFERENCE, '') === quantity && !(isOwn && other === ofOwn),
          ) ?? (name === quantity ? undefined : names.find((other) => other === quantity)));
    if (reference === undefined || columns[name].width !== columns[reference].width) return [];
    const what = /^forces?$/.test(quantity) ? 'Force error' : `Error of ${quantity}`;
    // Of several predictions it must be told which is meant.
    const others = names.some(
      (other) => other !== name && PREDICTION.test(other) && other.replace(PREDICTION, '') === quantity,
    );
    return [{ key: `${name} − ${reference}`, name, reference, label: others ? `${what} (${name})` : what }];
  });
}

/** What our own columns are called. */
const LABELS: Readonly<Record<string, string>> = {
  forces_std: 'Uncertainty of forces',
  extrapolation: 'Extrapolation',
};

/** Columns of more numbers an atom are fingerprints, whose parts nobody looks at one by one. */
const MAXIMUM_COMPONENTS = 9;

/** What the numbers of a column of several are called: x, y, z of a vector, else counted. */
function componentsOf(column: string, width: number): string[] {
  if (width === 1 || width > MAXIMUM_COMPONENTS) return [];
  return Array.from({ length: width }, (_, k) => `${column}.${width === 3 ? 'xyz'[k] : k + 1}`);
}

/** Everything that the atoms of this frame can be coloured by: first what is wrong with a prediction. */
export function coloringsOf(frame: FrameData): Coloring[] {
  const errors = comparedColumns(frame).map(({ key, name, label }) => ({
    key,
    label,
    unit: unitOfColumn(name, frame.units),
  }));
  const columns = Object.entries(frame.columns).flatMap(([key, { width }]): Coloring[] => {
    const unit = unitOfColumn(key, frame.units);
    if (width === 1) return [{ key, label: Object.hasOwn(LABELS, key) ? LABELS[key] : key, unit }];
    const components = componentsOf(key, width).map(
      (name) => ({ key: name, label: name, unit, component: true }) as const,
    );
    return width === 3 ? [{ key, label: `|${key}|`, unit }, ...components] : components;
  });
  return [...errors, ...columns];
}

/** Vectors that are drawn as arrows: those of one column, or a prediction beside its reference. */
export interface ArrowSet {
  readonly label: string;
  readonly role: 'own' | 'reference' | 'predicted';
  readonly values: Float32Array;
}

/** Everything of this frame that can be drawn as arrows, the most telling first. */
export function arrowChoicesOf(frame: FrameData): Pick<Coloring, 'key' | 'label'>[] {
  const isVector = (name: string): boolean => frame.columns[name].width === 3;
  const pairs = comparedColumns(frame).filter(({ name }) => isVector(name));
  const names = Object.keys(frame.columns).filter(isVector);
  return [
    ...pairs.map(({ key, name, reference }) => ({ key, label: `${reference} and ${name}` })),
    ...names.toSorted((a, b) => Number(b === 'forces') - Number(a === 'forces')).map((key) => ({ key, label: key })),
  ];
}

/** The arrows of a choice; none if this frame doesn't have them. */
export function arrowsOf(frame: FrameData, key: string): ArrowSet[] {
  const set = (name: string, label: string, role: ArrowSet['role']): ArrowSet[] =>
    Object.hasOwn(frame.columns, name) && frame.columns[name].width === 3
      ? [{ label, role, values: frame.columns[name].values }]
      : [];
  const pair = comparedColumns(frame).find((compared) => compared.key === key);
  if (pair === undefined) return set(key, key === 'forces' ? 'force' : key, 'own');
  return [...set(pair.reference, 'reference', 'reference'), ...set(pair.name, 'predicted', 'predicted')];
}

/** One number an atom; undefined if this frame doesn't have them. */
export function coloredValues(frame: FrameData, key: string): Float32Array | undefined {
  if (Object.hasOwn(frame.columns, key)) {
    const { width, values } = frame.columns[key];
    if (width === 1) return values;
    return width === 3 ? lengths(values) : undefined;
  }
  const pair = comparedColumns(frame).find((compared) => compared.key === key);
  if (pair === undefined) return componentValues(frame, key);
  const a = frame.columns[pair.name];
  const b = frame.columns[pair.reference];
  const difference = a.values.map((x, i) => x - b.values[i]);
  return a.width === 3 ? lengths(difference) : a.width === 1 ? difference : undefined;
}

function componentValues({ columns }: FrameData, key: string): Float32Array | undefined {
  for (const [name, { width, values }] of Object.entries(columns)) {
    const at = componentsOf(name, width).indexOf(key);
    if (at >= 0) return Float32Array.from({ length: values.length / width }, (_, i) => values[width * i + at]);
  }
  return undefined;
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
