/**
 * Descriptor blocks to symmetry functions, in the order in which n2p2 sorts them, so that weights and scaling data can go
 * there and back: by element of the centre, type, cutoff radius, eta, shift, zeta, lambda, elements of the neighbours; elements
 * by atomic number (the cutoff function is one for all). Lengths in Å, eta in Å^-2.
 * Source of the order: n2p2's sorted lists, as its logs print them (test/unit/language/definition/expansion.test.ts).
 */
import { atomicNumber, elements as periodicTable } from '../elements';
import { type ChiralBlock, chiralKey, countChiral, describeVolume, expandChiral } from './chirality';
import type { BehlerFunction, PotentialDefinition, SymmetryFunction } from './definition';

/** The checked attributes of a descriptor block: every list multiplies out with every other. */
export interface RadialBlock {
  readonly kind: 'radial';
  /** Centre and neighbour; empty for every ordered pair. */
  readonly elements: readonly string[];
  /** Å^-2 */
  readonly etas: readonly number[];
  readonly shifts: readonly number[];
  readonly cutoff: number;
}
export interface AngularBlock {
  readonly kind: 'narrow' | 'wide';
  /** Centre and two neighbours; empty for every centre and unordered pair. */
  readonly elements: readonly string[];
  readonly etas: readonly number[];
  readonly shifts: readonly number[];
  readonly lambdas: readonly number[];
  readonly zetas: readonly number[];
  readonly cutoff: number;
}
export type BehlerBlock = RadialBlock | AngularBlock;
export type DescriptorBlock = BehlerBlock | ChiralBlock;

/** More functions than that in one potential are a slip, and are refused before memory is taken. */
export const MAX_FUNCTIONS = 20_000;

/** η of a Gaussian of that standard deviation. */
export const etaOfWidth = (width: number): number => 1 / (2 * width * width);

/** How many functions a block makes. `elements` are those of the potential. */
export function countFunctions(block: DescriptorBlock, elements: readonly string[]): number {
  if (block.kind === 'chiral') return countChiral(block, elements);
  const n = elements.length;
  const numbers = block.etas.length * block.shifts.length;
  if (block.kind === 'radial') return numbers * (block.elements.length > 0 ? 1 : n * n);
  const triples = block.elements.length > 0 ? 1 : (n * n * (n + 1)) / 2;
  return numbers * block.lambdas.length * block.zetas.length * triples;
}

/** The functions of one block, unsorted. `elements` are those of the potential. */
export function expandBlock(block: DescriptorBlock, elements: readonly string[]): SymmetryFunction[] {
  return block.kind === 'chiral' ? expandChiral(block, elements) : expandBehler(block, elements);
}

/** The same of a block of radial or angular functions. */
export function expandBehler(block: BehlerBlock, elements: readonly string[]): BehlerFunction[] {
  const { cutoff } = block;
  const [first, second, third] = block.elements;
  const centers = block.elements.length > 0 ? [first] : elements;
  const functions: BehlerFunction[] = [];
  for (const center of centers) {
    if (block.kind === 'radial') {
      for (const neighbor of block.elements.length > 0 ? [second] : elements)
        for (const eta of block.etas)
          for (const shift of block.shifts) functions.push({ type: 2, center, neighbor, eta, shift, cutoff });
      continue;
    }
    const pairs = block.elements.length > 0 ? [byNumber(second, third)] : unorderedPairs(elements);
    const type = block.kind === 'narrow' ? 3 : 9;
    for (const neighbors of pairs)
      for (const eta of block.etas)
        for (const shift of block.shifts)
          for (const lambda of block.lambdas)
            for (const zeta of block.zetas)
              functions.push({ type, center, neighbors, eta, shift, lambda, zeta, cutoff });
  }
  return functions;
}

/**
 * All functions of a potential by centre, sorted, each once. Blocks of more than `MAX_FUNCTIONS` functions in all must
 * have been refused before.
 */
export function expand(
  blocks: readonly DescriptorBlock[],
  elements: readonly string[],
): Readonly<Record<string, readonly SymmetryFunction[]>> {
  const all = blocks
    .flatMap((block) => expandBlock(block, elements))
    .map((f) => ({ f, key: sortKey(f) }))
    .sort((a, b) => compareKeys(a.key, b.key));
  const distinct = all.filter(({ key }, i) => i === 0 || compareKeys(all[i - 1].key, key) !== 0).map(({ f }) => f);
  return Object.fromEntries(elements.map((element) => [element, distinct.filter(({ center }) => center === element)]));
}

/** What the expansion of a potential looks like, without the functions. */
export interface ExpansionSummary {
  /** Per centre the number of distinct functions. */
  readonly counts: ReadonlyMap<string, number>;
  /** Per block how many of its functions are there already, and the first block that made one of them. */
  readonly doubled: readonly { readonly count: number; readonly of: number; readonly maker: number }[];
}

export function summarizeExpansion(blocks: readonly DescriptorBlock[], elements: readonly string[]): ExpansionSummary {
  const counts = new Map(elements.map((element) => [element, 0]));
  const makers = new Map<string, number>();
  const names = elements.join(' ');
  const doubled = blocks.map((block, index) => {
    const functions = keysOf(block, elements, names);
    let count = 0;
    let maker = index;
    for (const { key, center } of functions) {
      const earlier = makers.get(key);
      if (earlier === undefined) {
        makers.set(key, index);
        counts.set(center, (counts.get(center) ?? 0) + 1);
      } else {
        if (count === 0) maker = earlier;
        count++;
      }
    }
    return { count, of: functions.length, maker };
  });
  return { counts, doubled };
}

const MAX_REMEMBERED = 16;

interface Keys {
  readonly elements: string;
  readonly functions: readonly { readonly key: string; readonly center: string }[];
}

/** Of blocks that make few functions, of which a file may have thousands: one that is not edited is the same again. */
const keys = new WeakMap<DescriptorBlock, Keys>();

/** @param elements the symbols with spaces between */
function keysOf(block: DescriptorBlock, symbols: readonly string[], elements: string): Keys['functions'] {
  let known = keys.get(block);
  if (known?.elements !== elements) {
    const functions = expandBlock(block, symbols).map((f) => ({ key: functionKey(f), center: f.center }));
    if (functions.length > MAX_REMEMBERED) return functions;
    known = { elements, functions };
    keys.set(block, known);
  }
  return known.functions;
}

/** n2p2's order of two functions; zero only for functions that are the same. */
export function compareFunctions(a: SymmetryFunction, b: SymmetryFunction): number {
  return compareKeys(sortKey(a), sortKey(b));
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

/** The same for functions that are the same. */
export const functionKey = (f: SymmetryFunction): string => sortKey(f).join(' ');

/** Chiral functions come last: n2p2 has none. */
const CHIRAL = 1000;

function sortKey(f: SymmetryFunction): readonly number[] {
  if (f.type === 'chiral') return [number(f.center), CHIRAL, ...chiralKey(f).map(round)];
  const head = [number(f.center), f.type, ...[f.cutoff, f.eta, f.shift].map(round)];
  return f.type === 2
    ? [...head, 0, 0, number(f.neighbor), 0]
    : [...head, round(f.zeta), round(f.lambda), number(f.neighbors[0]), number(f.neighbors[1])];
}

/** To ten digits: the same number written in two units must not be two. Remembered: a few numbers make thousands of functions. */
const rounded = new Map<number, number>();
function round(x: number): number {
  let value = rounded.get(x);
  if (value === undefined) {
    if (rounded.size >= 10_000) rounded.clear();
    value = Number(x.toPrecision(10));
    rounded.set(x, value);
  }
  return value;
}

const number = (symbol: string): number => atomicNumber(symbol) ?? 0;

function byNumber(a: string, b: string): readonly [string, string] {
  return number(a) <= number(b) ? [a, b] : [b, a];
}

function unorderedPairs(elements: readonly string[]): (readonly [string, string])[] {
  return elements.flatMap((a, i) => elements.slice(i).map((b) => byNumber(a, b)));
}

/**
 * Descriptors for any data, as a start where nobody can look at it: per ordered pair of elements eight Gaussians with centres from just below
 * the bond length (0.8 of the covalent radii's sum) to the cutoff less a width, as wide as they are apart, and two around
 * the atom itself; per triple eight narrow angular functions, widths a third and two thirds of the cutoff, λ = ±1, ζ = 1
 * and 4. After Gastegger et al., J. Chem. Phys. 148, 241709 (2018), and Imbalzano et al., ibid. 241730. Numbers are
 * rounded to three digits, because people read them.
 */
export function defaultDescriptors(elements: readonly string[], cutoff: number): BehlerBlock[] {
  const brief = (x: number): number => Number(x.toPrecision(3));
  const blocks: BehlerBlock[] = [];
  for (const center of elements) {
    for (const neighbor of elements) {
      const pair = [center, neighbor];
      const bond = 0.8 * (covalentRadius(center) + covalentRadius(neighbor));
      const first = Math.min(bond, cutoff / 2);
      // Eight centres, the last one a spacing before the cutoff.
      const spacing = (cutoff - first) / 8;
      const shifts = Array.from({ length: 8 }, (_, i) => brief(first + i * spacing));
      blocks.push(
        { kind: 'radial', elements: pair, etas: [brief(etaOfWidth(spacing))], shifts, cutoff },
        {
          kind: 'radial',
          elements: pair,
          etas: [cutoff / 2, cutoff / 4].map((width) => brief(etaOfWidth(width))),
          shifts: [0],
          cutoff,
        },
      );
    }
  }
  const etas = [(2 * cutoff) / 3, cutoff / 3].map((width) => brief(etaOfWidth(width)));
  blocks.push({ kind: 'narrow', elements: [], etas, shifts: [0], lambdas: [-1, 1], zetas: [1, 4], cutoff });
  return blocks;
}

function covalentRadius(symbol: string): number {
  return periodicTable[number(symbol)].covalentRadius;
}

/** The expanded functions as text: lines as n2p2's `input.nn` has them, in Å, numbered per element. */
export function describeExpansion(potential: PotentialDefinition): string {
  const { name, elements, automatic, symmetryFunctions, options, identity } = potential;
  if (automatic !== undefined)
    return [
      `# The symmetry functions of the potential ${name} are automatic: they are chosen from the data of its training.`,
      '# `nearsight expand --data` shows which; each training has them in its expanded.potential.',
      '',
    ].join('\n');
  const lines = [
    `# Symmetry functions of the potential ${name}, in the order of n2p2`,
    `# Cutoff function ${options.cutoff_function}; lengths in Å, eta in Å^-2`,
    `# Identity ${identity}`,
  ];
  for (const element of elements) {
    const functions = symmetryFunctions[element];
    lines.push('', `# ${element}: ${functions.length} function${functions.length === 1 ? '' : 's'}`);
    const groups = new Map<SymmetryFunction['type'], string>([
      [2, '# type 2, radial: centre 2 neighbour eta shift cutoff'],
      [3, '# type 3, angular narrow: centre 3 neighbour neighbour eta lambda zeta cutoff shift'],
      [9, '# type 9, angular wide: centre 9 neighbour neighbour eta lambda zeta cutoff shift'],
      [
        'chiral',
        '# chiral, beside n2p2: centre, signed volumes of three channels neighbour:eta:shift, cutoff (, coupling range:eta:shift)',
      ],
    ]);
    functions.forEach((f, i) => {
      const heading = groups.get(f.type);
      if (heading !== undefined) lines.push(heading);
      groups.delete(f.type);
      if (f.type === 'chiral') {
        const volumes = f.volumes.map((volume) => describeVolume(volume, shown)).join(' × ');
        const { coupling } = f;
        const coupled =
          coupling === undefined
            ? ''
            : ` coupled ${[coupling.range, coupling.eta, coupling.shift].map(shown).join(':')}`;
        lines.push(`chiral ${f.center} ${volumes} ${shown(f.cutoff)}${coupled} # ${i + 1}`);
        return;
      }
      const words =
        f.type === 2
          ? [f.center, 2, f.neighbor, ...[f.eta, f.shift, f.cutoff].map(shown)]
          : [f.center, f.type, ...f.neighbors, ...[f.eta, f.lambda, f.zeta, f.cutoff, f.shift].map(shown)];
      lines.push(`symfunction_short ${words.join(' ').padEnd(48)} # ${i + 1}`);
    });
  }
  return `${lines.join('\n')}\n`;
}

const shown = (value: number): string => String(Number(value.toPrecision(10)));
