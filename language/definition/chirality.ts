/**
 * `chiral` blocks to symmetry functions: channels, the signed volumes that three of them span, and products of two volumes, which
 * are all that a network may see of a handedness if mirror images are to have the same energy. Å, Å^-2.
 * Every three channels a < b < c make a volume: with the channels in another order it would only change its sign.
 */
import { atomicNumber } from '../elements';
import type {
  BehlerFunction,
  ChiralChannel,
  ChiralCoupling,
  ChiralFunction,
  SignedVolume,
  SymmetryFunction,
} from './definition';

/** The checked attributes of a `chiral` block. */
export interface ChiralBlock {
  readonly kind: 'chiral';
  /** Centre and channels; empty for every centre with channels of all. */
  readonly elements: readonly string[];
  /** Å^-2 */
  readonly etas: readonly number[];
  readonly shifts: readonly number[];
  readonly cutoff: number;
  readonly parity: 'even' | 'broken';
  /** Of other atoms' handedness; empty without a `couple` block. */
  readonly couplings: readonly ChiralCoupling[];
}

/** A signed volume below that is as good as none: its surroundings have a mirror plane. */
export const NEGLIGIBLE_VOLUME = 1e-6;

export const isChiral = (one: SymmetryFunction): one is ChiralFunction => one.type === 'chiral';
export const isBehler = (one: SymmetryFunction): one is BehlerFunction => one.type !== 'chiral';

/** How far from its centre a function looks, Å: a coupled one sees the neighbours of another centre. */
export const reachOf = ({ cutoff, coupling }: Pick<ChiralFunction, 'cutoff' | 'coupling'>): number =>
  cutoff + (coupling?.range ?? 0);

/** The different channels of a block, in order. @param elements those of the potential */
export function channelsOf(block: ChiralBlock, elements: readonly string[]): ChiralChannel[] {
  const neighbors = new Set(block.elements.length > 0 ? block.elements.slice(1) : elements);
  const channels = [...neighbors].flatMap((neighbor) =>
    [...new Set(block.etas)].flatMap((eta) => [...new Set(block.shifts)].map((shift) => ({ neighbor, eta, shift }))),
  );
  // Without an exponential there is no shift.
  const keys = new Map(channels.map((one) => [one.eta === 0 ? one.neighbor : channelKey(one).join(' '), one]));
  return [...keys.values()].sort((a, b) => compare(channelKey(a), channelKey(b)));
}

/** How many functions a block makes. @param elementCount of the potential */
export function countChiral(block: ChiralBlock, elements: readonly string[]): number {
  const channels = channelsOf(block, elements).length;
  const volumes = (channels * (channels - 1) * (channels - 2)) / 6;
  const products = (volumes * (volumes + 1)) / 2;
  const own = block.parity === 'even' ? products : volumes;
  return (own + products * block.couplings.length) * (block.elements.length > 0 ? 1 : elements.length);
}

/** The functions of a block, unsorted. @param elements those of the potential */
export function expandChiral(block: ChiralBlock, elements: readonly string[]): ChiralFunction[] {
  const { cutoff, parity, couplings } = block;
  const channels = channelsOf(block, elements);
  const volumes = channels.flatMap((a, i) =>
    channels.slice(i + 1).flatMap((b, j) => channels.slice(i + j + 2).map((c): SignedVolume => [a, b, c])),
  );
  const products = volumes.flatMap((a, i) => volumes.slice(i).map((b) => [a, b] as const));
  const own = parity === 'even' ? products : volumes.map((volume) => [volume] as const);
  const centers = block.elements.length > 0 ? block.elements.slice(0, 1) : elements;
  return centers.flatMap((center) => [
    ...own.map((pair): ChiralFunction => ({ type: 'chiral', center, cutoff, volumes: pair })),
    ...couplings.flatMap((coupling) =>
      products.map((pair): ChiralFunction => ({ type: 'chiral', center, cutoff, volumes: pair, coupling })),
    ),
  ]);
}

/** Whether a function is χ² of one volume: its values tell how large |χ| is. */
export const isSquare = ({ volumes: [a, b], coupling }: ChiralFunction): boolean =>
  coupling === undefined && b !== undefined && describeVolume(a, String) === describeVolume(b, String);

/** Numbers by which chiral functions of one centre are sorted; the same for functions that are the same. */
export function chiralKey({ cutoff, volumes, coupling }: ChiralFunction): readonly number[] {
  const { range, eta, shift } = coupling ?? { range: 0, eta: 0, shift: 0 };
  return [cutoff, volumes.length, range, eta, shift, ...volumes.flat().flatMap(channelKey)];
}

function channelKey({ neighbor, eta, shift }: ChiralChannel): readonly number[] {
  return [atomicNumber(neighbor) ?? 0, eta, shift];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}

/** `F Cl Br` with the numbers of each channel after it; for people. @param shown a number */
export function describeVolume(volume: SignedVolume, shown: (value: number) => string): string {
  return volume.map(({ neighbor, eta, shift }) => `${neighbor}:${shown(eta)}:${shown(shift)}`).join(' ');
}
