/**
 * Chirality: channels that coincide or span nothing over the data (PD0330), parity that is broken without saying so (PD0331),
 * and chiral centres that never come within range of each other (PD0332).
 */
import { channelsOf, isChiral, isSquare, NEGLIGIBLE_VOLUME, type ChiralBlock } from '../definition/chirality';
import type { PotentialDefinition, SignedVolume } from '../definition/definition';
import { functionKey } from '../definition/expansion';
import { descriptorOf } from '../definition/potential-assembly';
import type { Fix } from '../diagnostic';
import { formatNumber, formatQuantity } from '../schema/units';
import type { SurveyFacts } from './facts';
import { rewrite } from './ranges';
import {
  blocksOf,
  deletion,
  headerOf,
  numbersOf,
  replace,
  textOf,
  valueOf,
  type BlockReading,
  type Context,
  type FileContext,
} from './reading';
import { functionsByBlock, knownFunctions, type BlockFunctions, type KnownFunction } from './surveys';

/** Three channels span a volume. */
const FEWEST_CHANNELS = 3;

/** What a `chiral` block says wrong by itself. */
export function checkParity(context: Context, block: BlockReading): void {
  const written = block.attributes.get('parity')?.attribute.value;
  if (written === undefined || valueOf(block, 'parity') !== 'broken' || valueOf(block, 'demonstration') === true)
    return;
  context.report({
    code: 'PD0331',
    severity: 'error',
    span: written,
    message:
      'With broken parity a molecule and its mirror image have different energies, which no molecule has: only to demonstrate it, `demonstration = true` beside it says so.',
    fixes: [replace('Write `even`', written, 'even', true)],
  });
}

/** Blocks whose channels are too few, or the same, whatever the data. @param cutoff of the potential, Å */
export function checkChannels(
  context: Context,
  potential: BlockReading,
  elements: readonly string[],
  cutoff: number,
): void {
  for (const block of blocksOf(potential, 'chiral')) {
    const descriptor = descriptorOf(block, cutoff);
    if (descriptor.kind !== 'chiral') continue;
    const channels = channelsOf(descriptor, elements).length;
    if (channels >= FEWEST_CHANNELS) continue;
    context.report({
      code: 'PD0330',
      severity: 'warning',
      span: headerOf(block),
      message: `${channels === 1 ? 'One channel spans' : 'Two channels span'} no volume: it takes three that differ in element, \`eta\` or \`shift\`, and this block has no functions.`,
      fixes: () => moreChannels(block, descriptor, elements),
    });
  }
}

/** Adds Gaussians twice as wide as the widest, which see the second shell, until there are three channels. */
function moreChannels(block: BlockReading, descriptor: ChiralBlock, elements: readonly string[]): readonly Fix[] {
  const written = block.attributes.get('eta')?.attribute.value;
  if (written === undefined) return [];
  const etas = [...new Set(numbersOf(block, 'eta'))].filter((eta) => eta > 0);
  if (etas.length === 0) etas.push(0.5);
  while (channelsOf({ ...descriptor, etas }, elements).length < FEWEST_CHANNELS) etas.push(Math.min(...etas) / 4);
  const text = `[${etas.map((eta) => formatNumber(eta, 6)).join(', ')}] Å^-2`;
  return [replace(`Add channels that see the second shell: \`eta = ${text}\``, written, text, true)];
}

/** Largest |χ| over the data of the centres of some functions, from squares and volumes that stand alone; undefined if unknown. */
export function strengthOf(known: readonly KnownFunction[]): number | undefined {
  let strength: number | undefined;
  for (const { function: one, facts } of known) {
    if (!isChiral(one) || one.coupling !== undefined) continue;
    const largest = Math.max(Math.abs(facts.minimum), Math.abs(facts.maximum));
    if (one.volumes.length === 1) strength = Math.max(strength ?? 0, largest);
    else if (isSquare(one)) strength = Math.max(strength ?? 0, Math.sqrt(largest));
  }
  return strength;
}

/** Chiral functions over the data. */
export function checkHandedness(
  context: FileContext,
  reading: BlockReading,
  potential: PotentialDefinition,
  survey: SurveyFacts,
): void {
  const known = knownFunctions(potential, survey);
  for (const { block, functions } of functionsByBlock(reading)) {
    const found = functions.filter(isChiral).flatMap((one) => known.get(functionKey(one)) ?? []);
    const strength = strengthOf(found);
    if (strength === undefined) continue;
    if (strength < NEGLIGIBLE_VOLUME) reportMirrored(context, { block, functions }, potential, survey);
    else checkPartners(context, block, found, survey);
  }
}

function reportMirrored(
  context: FileContext,
  { block, functions }: BlockFunctions,
  potential: PotentialDefinition,
  survey: SurveyFacts,
): void {
  const centers = new Set(functions.map(({ center }) => center));
  const best = [...centers]
    .flatMap((center) => survey.volumes?.[center] ?? [])
    .sort((a, b) => b.strength - a.strength)
    .at(0);
  const isHanded = best !== undefined && best.strength >= NEGLIGIBLE_VOLUME;
  context.report({
    code: 'PD0330',
    severity: 'warning',
    span: headerOf(block),
    message: `In ${survey.structures} structures of the data these channels span no volume around any atom (|χ| < 10⁻⁶): ${isHanded ? 'the neighbours that tell the hands apart are not in them' : 'all surroundings are their own mirror images'}.`,
    fixes: isHanded
      ? [secondShell(context, block, best.volume, centers, potential)]
      : [deletion(context, 'Remove this `chiral`', block.block)],
  });
}

/** The channels of the largest volume over the data in the place of the block's. */
function secondShell(
  context: FileContext,
  block: BlockReading,
  volume: SignedVolume,
  centers: ReadonlySet<string>,
  { options }: PotentialDefinition,
): Fix {
  const neighbors = new Set(volume.map(({ neighbor }) => neighbor));
  const labels = block.elements.length === 0 ? [] : [...centers, ...neighbors];
  const etas = [...new Set(volume.map(({ eta }) => formatNumber(eta, 6)))].join(', ');
  const couple = blocksOf(block, 'couple').map(({ block: inner }) => textOf(context, inner));
  return replace(
    `Take channels that see the second shell, up to ${formatQuantity(options.cutoff, 'length')}`,
    block.block,
    `${['chiral', ...labels].join(' ')} { ${[`eta = [${etas}] Å^-2`, ...couple].join('; ')} }`,
    true,
  );
}

function checkPartners(
  context: FileContext,
  block: BlockReading,
  found: readonly KnownFunction[],
  { elements, distances, structures }: SurveyFacts,
): void {
  const couple = blocksOf(block, 'couple').at(0);
  const range = couple?.attributes.get('range')?.quantities?.at(0);
  const coupled = found.filter(({ function: one }) => isChiral(one) && one.coupling !== undefined);
  if (couple === undefined || range === undefined || coupled.length === 0) return;
  if (coupled.some(({ facts }) => facts.minimum !== 0 || facts.maximum !== 0)) return;
  const centers = new Set(coupled.map(({ function: { center } }) => elements.indexOf(center)));
  const nearest = Math.min(...[...centers].map((e) => distances.nearest[e][e]));
  const isFarther = nearest > range.value && nearest < Infinity;
  context.report({
    code: 'PD0332',
    severity: 'warning',
    span: range.span,
    message: `In ${structures} structures of the data no chiral centre has another one within ${formatQuantity(range.value, 'length')}${isFarther ? `; the nearest is at ${formatQuantity(nearest, 'length', undefined, 3)}` : ''}: what they do to each other is not learnt.`,
    fixes: isFarther
      ? rewrite(range, Math.ceil(nearest * 1.5), 'Lengthen the range')
      : [deletion(context, 'Remove `couple`', couple.block)],
  });
}
