/**
 * The two hashes of a definition. Both are made of checked values, never of text, so that spelling, order, units and
 * comments cannot change them; numbers are rounded to ten digits, so that `6 Å` and the same in bohr are one.
 */
import type { Automatic, DatasetDefinition, NetworkShape, PotentialDefinition, TrainDefinition } from './definition';
import { sha256 } from './sha256';

/** What weights are bound to: a change of any of it makes trained weights meaningless. */
export function identityOf(
  potential: Pick<
    PotentialDefinition,
    'elements' | 'automatic' | 'symmetryFunctions' | 'networks' | 'committee' | 'pairs' | 'prior'
  > & {
    readonly options: Pick<PotentialDefinition['options'], 'cutoff' | 'cutoff_function' | 'scaling'>;
  },
): string {
  const { elements, automatic, options, symmetryFunctions, networks, committee, pairs, prior } = potential;
  const { cutoff, cutoff_function, scaling } = options;
  return hash({
    elements,
    automatic,
    cutoff: automatic?.cutoff === true ? undefined : cutoff,
    cutoff_function,
    scaling: networks === undefined ? undefined : scaling,
    symmetryFunctions,
    networks: networks && mapValues(networks, (shape, symbol) => withoutDefaults(shape, automatic, symbol)),
    committee,
    pairs: pairs.map((pair) => canonical(pair)).sort(),
    prior,
  });
}

/** Hidden layers that the data decide are no part of what is written. */
function withoutDefaults(
  { hidden, activation }: NetworkShape,
  automatic: Automatic | undefined,
  symbol: string,
): Partial<NetworkShape> {
  return automatic?.hidden.includes(symbol) === true ? { activation } : { hidden, activation };
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, f: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]));

/** How a potential is trained: everything that is not in its identity, without the names of blocks. */
export function procedureOf(
  train: Pick<TrainDefinition, 'options' | 'optimizer' | 'finish' | 'configTypes'>,
  dataset: Pick<DatasetDefinition, 'options' | 'units'>,
): string {
  const { potential: _potential, dataset: _dataset, ...options } = train.options;
  const files = [...dataset.options.files].sort();
  const { optimizer, finish } = train;
  const configTypes = train.configTypes.map((one) => canonical(one)).sort();
  return hash({
    options,
    optimizer,
    finish,
    configTypes,
    dataset: { ...dataset.options, files },
    units: dataset.units,
  });
}

/** SHA-256 (hex) of a checked value. */
export const hash = (value: unknown): string => sha256(canonical(value));

/** JSON with sorted keys and rounded numbers; what is undefined is left out. */
export function canonical(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(10)) + 0);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
  }
  return value === undefined ? 'null' : JSON.stringify(value);
}
