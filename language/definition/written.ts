/**
 * A potential as the text that defines it: what is read from the text has the same identity. Functions that differ in one
 * number are written as one block with a list. Å, Å^-2.
 */
import { writeName } from '../syntax/lexer';
import { format } from '../syntax/printer';
import { isBehler, isChiral } from './chirality';
import type { BehlerFunction, NetworkShape, PotentialDefinition, SymmetryFunction, Zbl } from './definition';

/**
 * The `potential` block. Of a potential that is loaded or automatic, what the text says is all there is to write.
 * @throws Error if it has chiral functions: what is written here was chosen from data, which chooses none.
 */
export function writePotential(potential: PotentialDefinition): string {
  const { name, elements, options, symmetryFunctions, networks, committee, pairs, prior } = potential;
  const blocks = elements.flatMap((element) =>
    writeDescriptors(behlerFunctions(symmetryFunctions[element]), options.cutoff),
  );
  const lines = [
    `elements = ${list(elements)}`,
    `cutoff = ${options.cutoff} Å`,
    `cutoff_function = ${options.cutoff_function}`,
    `scaling = ${options.scaling}`,
    ...blocks,
    ...(networks === undefined ? [] : networkBlocks(elements, networks)),
    ...(committee === undefined ? [] : [`committee { size = ${committee.size}; resample = ${committee.resample} }`]),
    ...(prior === undefined ? [] : [priorBlock(prior)]),
    ...pairs.map(({ kind, epsilon, sigma }) => `pair ${kind} { epsilon = ${epsilon} eV; sigma = ${sigma} Å }`),
  ];
  return format(`potential ${writeName(name)} {\n${lines.join('\n')}\n}\n`);
}

function behlerFunctions(functions: readonly SymmetryFunction[]): readonly BehlerFunction[] {
  if (functions.some(isChiral)) throw new Error('Chiral functions are not written back.');
  return functions.filter(isBehler);
}

/** Descriptor blocks that make the functions, one a line. @param cutoff of the potential, Å */
export function writeDescriptors(functions: readonly BehlerFunction[], cutoff: number): string[] {
  const centers = [...new Set(functions.map(({ center }) => center))];
  return centers.flatMap((center) => {
    const own = functions.filter((one) => one.center === center);
    return [...radialBlocks(own, cutoff), ...angularBlocks(own, cutoff)];
  });
}

/** What differs from pair to pair is the default. */
function priorBlock({ kind, pairs }: Zbl): string {
  const ranges = new Set(pairs.map(({ inner, outer }) => `inner = ${inner} Å; outer = ${outer} Å`));
  return `prior ${kind} { ${ranges.size === 1 ? [...ranges].join('') : ''} }`;
}

const list = (items: readonly (string | number)[]): string => `[${items.join(', ')}]`;
/** A list of one is written as the number. */
const numbers = (values: readonly number[]): string => (values.length === 1 ? String(values[0]) : list(values));

function networkBlocks(elements: readonly string[], networks: Readonly<Record<string, NetworkShape>>): string[] {
  const bodies = elements.map((element) => {
    const { hidden, activation } = networks[element];
    return `{ hidden = ${list(hidden)}; activation = ${activation} }`;
  });
  if (new Set(bodies).size === 1) return [`network ${bodies[0]}`];
  return elements.map((element, e) => `network ${element} ${bodies[e]}`);
}

const cutoffOf = (own: number, whole: number): string => (own === whole ? '' : `; cutoff = ${own} Å`);

type Radial = Extract<BehlerFunction, { type: 2 }>;
type Angular = Exclude<BehlerFunction, { type: 2 }>;

function radialBlocks(functions: readonly BehlerFunction[], cutoff: number): string[] {
  const radials = functions.filter((one): one is Radial => one.type === 2);
  const byEta = gather(
    radials.map((one) => ({ ...one, shifts: [one.shift], etas: [one.eta] })),
    'shifts',
    (one) => [one.neighbor, one.cutoff, one.eta],
  );
  return gather(byEta, 'etas', (one) => [one.neighbor, one.cutoff, ...one.shifts]).map(
    (one) =>
      `radial ${one.center} ${one.neighbor} { eta = ${numbers(one.etas)} Å^-2; shift = ${numbers(one.shifts)} Å${cutoffOf(one.cutoff, cutoff)} }`,
  );
}

function angularBlocks(functions: readonly BehlerFunction[], cutoff: number): string[] {
  const single = functions
    .filter((one): one is Angular => one.type !== 2)
    .map((one) => ({ ...one, etas: [one.eta], zetas: [one.zeta], lambdas: [one.lambda] }));
  const head = ({ type, neighbors, cutoff: own, shift }: Angular): (string | number)[] => [
    type,
    ...neighbors,
    own,
    shift,
  ];
  const byZeta = gather(single, 'zetas', (one) => [...head(one), one.eta, one.lambda]);
  const byLambda = gather(byZeta, 'lambdas', (one) => [...head(one), one.eta, ...one.zetas]);
  const byEta = gather(byLambda, 'etas', (one) => [...head(one), list(one.lambdas), ...one.zetas]);
  return byEta.map(({ type, center, neighbors, etas, lambdas, zetas, shift, cutoff: own }) =>
    [
      `angular ${center} ${neighbors.join(' ')} { kind = ${type === 3 ? 'narrow' : 'wide'}`,
      `eta = ${numbers(etas)} Å^-2`,
      `lambda = ${numbers(lambdas)}`,
      `zeta = ${numbers(zetas)}`,
      `shift = ${numbers([shift])} Å${cutoffOf(own, cutoff)} }`,
    ].join('; '),
  );
}

/** Items with the same key become the first of them, with the lists of all in `field`. */
function gather<F extends string, T extends Readonly<Record<F, readonly number[]>>>(
  items: readonly T[],
  field: F,
  keyOf: (item: T) => readonly (string | number)[],
): T[] {
  const found = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item).join(' ');
    const first = found.get(key);
    const all = [...(first?.[field] ?? []), ...item[field]].sort((a, b) => a - b);
    found.set(key, { ...(first ?? item), [field]: all });
  }
  return [...found.values()];
}
