/**
 * Descriptors and cutoffs by themselves, without data: which pair of attributes describes a Gaussian (PD0315), centres beyond
 * the cutoff (PD0301), gaps and too narrow ones (PD0307, PD0308), doubled functions (PD0306), elements without any (PD0309), too many
 * (PD0310, PD0314), channels of chirality (chirality.ts), and cutoff functions and powers that are not smooth enough (PD0311, PD0312, PD0313).
 */
import type { Fix } from '../diagnostic';
import { descriptorOf, DESCRIPTORS, hasNetwork, isDescriptor } from '../definition/potential-assembly';
import { countFunctions, etaOfWidth, MAX_FUNCTIONS, summarizeExpansion } from '../definition/expansion';
import { formatNumber, formatQuantity, measureOf } from '../schema/units';
import { potential as potentialSchema } from '../schema/blocks/potential';
import type { Unit, Value } from '../syntax/tree';
import { checkChannels, checkParity } from './chirality';
import { rewrite } from './ranges';
import {
  blocksOf,
  deletion,
  insertion,
  numberOf,
  originalOf,
  replace,
  textOf,
  valueOf,
  type AttributeReading,
  type BlockReading,
  type Context,
} from './reading';

const SLACK = 1 + 1e-6;
/** Å: below that no atom ever is where a Gaussian is. */
const NARROWEST = 0.05;
/** Per element; above that the descriptors cost more than they tell. */
const MANY_FUNCTIONS = 150;

/** What a descriptor block says wrong by itself. */
export function checkDescriptor(context: Context, block: BlockReading): void {
  if (!isDescriptor(block.name)) return;
  if (block.name === 'chiral') checkParity(context, block);
  if (block.name === 'radial') checkPairs(context, block);
  checkWidths(context, block);
  checkZetas(context, block);
  if (block.name === 'radial') checkGaps(context, block);
}

/** Checks a potential; `hasErrors` says whether a block is in error already, for then its expansion means nothing. */
export function checkDescriptors(
  context: Context,
  potential: BlockReading,
  hasErrors: (reading: BlockReading) => boolean,
): void {
  checkCutoffFunction(context, potential);
  const cutoff = numberOf(potential, 'cutoff');
  if (cutoff !== undefined)
    for (const block of blocksOf(potential, ...DESCRIPTORS))
      if (reachesBeyond(block, cutoff)) checkCutoffs(context, potential, block, cutoff);
  if (!hasErrors(potential) && hasNetwork(potential)) checkExpansion(context, potential);
}

function checkPairs(context: Context, radial: BlockReading): void {
  const has = (name: string): boolean => radial.block.items.some((item) => item.name.text === name);
  const given = ['eta', 'shift', 'width', 'center'].filter(has);
  const wrong = given.find((name) =>
    has('width') ? name === 'eta' || name === 'shift' : has('eta') && name === 'center',
  );
  const item = radial.block.items.find(({ name }) => name.text === wrong);
  if (wrong !== undefined && item !== undefined) {
    const rename =
      wrong === 'shift' && !has('center') ? 'center' : wrong === 'center' && !has('shift') ? 'shift' : undefined;
    const of = (...names: string[]) => radial.block.items.filter(({ name }) => names.includes(name.text));
    context.report({
      code: 'PD0315',
      severity: 'error',
      span: item.name,
      message: 'A radial block has either `width` and `center`, or `eta` and `shift`.',
      fixes: [
        ...(rename === undefined ? [] : [replace(`Write \`${rename}\``, item.name, rename, true)]),
        ...(has('width') && !(has('shift') && !has('eta'))
          ? [deletion(context, 'Keep `width` and `center`', ...of('eta', 'shift'))]
          : []),
        ...(has('eta') ? [deletion(context, 'Keep `eta` and `shift`', ...of('width', 'center'))] : []),
      ],
    });
  } else if (!has('width') && !has('eta') && radial.block.open !== undefined) {
    context.report({
      code: 'PD0315',
      severity: 'error',
      span: radial.block.name,
      message: 'A radial block needs `width` and `center`, or `eta` and `shift`.',
      fixes: has('shift')
        ? insertion(context, radial.block, 'Insert `eta = 4 Å^-2`', 'eta = 4 Å^-2', true)
        : [
            ...insertion(context, radial.block, 'Insert `width = 0.5 Å`', 'width = 0.5 Å', true),
            ...(has('center') ? [] : insertion(context, radial.block, 'Insert `eta = 4 Å^-2`', 'eta = 4 Å^-2')),
          ],
    });
  }
}

/** Whether there is anything to report, which most blocks have not. */
function reachesBeyond(block: BlockReading, whole: number): boolean {
  const { attributes } = originalOf(block);
  const own = attributes.get('cutoff')?.quantities?.[0].value ?? whole;
  const isBeyond = (name: string): boolean =>
    attributes.get(name)?.quantities?.some(({ value }) => value > own * SLACK) === true;
  return own > whole * SLACK || isBeyond('shift') || isBeyond('center');
}

/** Nothing reaches beyond the cutoff of the potential, and no Gaussian stands beyond its own. */
function checkCutoffs(context: Context, potential: BlockReading, block: BlockReading, whole: number): void {
  const own = block.attributes.get('cutoff')?.quantities?.[0];
  if (own !== undefined && own.value > whole * SLACK) {
    const outer = potential.attributes.get('cutoff')?.quantities?.[0];
    context.report({
      code: 'PD0301',
      severity: 'error',
      span: own.span,
      message: `The cutoff of a descriptor, ${formatQuantity(own.value, 'length')}, cannot be longer than that of the potential, ${formatQuantity(whole, 'length')}.`,
      fixes: [
        ...rewrite(own, whole),
        ...(outer?.literal === undefined
          ? []
          : [{ ...rewrite(outer, own.value, 'Lengthen the cutoff of the potential')[0], preferred: false }]),
      ],
    });
    return;
  }
  const cutoff = own?.value ?? whole;
  for (const name of ['shift', 'center']) {
    const beyond = (block.attributes.get(name)?.quantities ?? []).filter(({ value }) => value > cutoff * SLACK);
    const literal = beyond.filter((quantity) => quantity.literal !== undefined);
    for (const quantity of literal.length > 0 ? literal : beyond.slice(0, 1)) {
      context.report({
        code: 'PD0301',
        severity: 'error',
        span: quantity.span,
        message: `A Gaussian at ${formatQuantity(quantity.value, 'length')} is beyond the cutoff, ${formatQuantity(cutoff, 'length')}, and always zero.`,
        fixes: rewrite(quantity, cutoff),
      });
    }
  }
}

function checkWidths(context: Context, block: BlockReading): void {
  const report = (
    attribute: AttributeReading | undefined,
    isNarrow: (value: number) => boolean,
    bound: number,
  ): void => {
    for (const quantity of attribute?.quantities ?? []) {
      if (!isNarrow(quantity.value)) continue;
      const width = attribute?.name === 'width' ? quantity.value : 1 / Math.sqrt(2 * quantity.value);
      context.report({
        code: 'PD0308',
        severity: 'warning',
        span: quantity.span,
        message: `A Gaussian ${formatQuantity(width, 'length', undefined, 3)} wide hardly ever meets an atom; most networks use 0.2 Å to 2 Å.`,
        fixes: rewrite(quantity, bound),
      });
      if (quantity.literal === undefined) return;
    }
  };
  report(block.attributes.get('width'), (width) => width * SLACK < NARROWEST, NARROWEST);
  report(block.attributes.get('eta'), (eta) => eta > etaOfWidth(NARROWEST) * SLACK, etaOfWidth(NARROWEST));
}

function checkZetas(context: Context, block: BlockReading): void {
  for (const zeta of block.attributes.get('zeta')?.quantities ?? []) {
    if (zeta.value >= 2 || Number.isInteger(zeta.value)) continue;
    context.report({
      code: 'PD0312',
      severity: 'warning',
      span: zeta.span,
      message: `With zeta = ${formatNumber(zeta.value)} forces ${zeta.value < 1 ? 'diverge' : 'have a kink'} where 1 + λ cos θ is zero: take a whole number, or at least 2.`,
      fixes: rewrite(zeta, Math.max(1, Math.round(zeta.value))),
    });
    if (zeta.literal === undefined) return;
  }
}

/** Two neighbouring centres more than two widths apart leave distances unseen between them. */
function checkGaps(context: Context, radial: BlockReading): void {
  const byWidth = radial.attributes.has('width');
  const attribute = radial.attributes.get(byWidth ? 'center' : 'shift');
  const written = attribute?.attribute.value;
  const widths = byWidth
    ? (radial.attributes.get('width')?.quantities ?? []).map(({ value }) => value)
    : (radial.attributes.get('eta')?.quantities ?? []).map(({ value }) => 1 / Math.sqrt(2 * value));
  const centers = (attribute?.quantities ?? []).map(({ value }) => value).sort((a, b) => a - b);
  if (written === undefined || widths.length === 0 || centers.length < 2) return;
  const width = Math.max(...widths);
  const gaps = centers.slice(1).map((center, i) => center - centers[i]);
  const largest = Math.max(...gaps);
  if (largest <= 2 * width * SLACK) return;
  const from = centers[gaps.indexOf(largest)];
  const first = centers[0];
  const last = centers[centers.length - 1];
  const count = Math.ceil((last - first) / width - 1e-9) + 1;
  const unit = unitOf(written);
  const factor = unit === undefined ? 1 : (measureOf(unit.factors)?.factor ?? 1);
  const text = `linspace(${formatNumber(first / factor)}, ${formatNumber(last / factor)}, ${count}) ${unit === undefined ? 'Å' : textOf(context, unit)}`;
  context.report({
    code: 'PD0307',
    severity: 'warning',
    span: written,
    message: `Between ${formatQuantity(from, 'length', undefined, 4)} and ${formatQuantity(from + largest, 'length', undefined, 4)} there is a gap of more than two widths (${formatQuantity(width, 'length', undefined, 3)}): distances in it are hardly seen.`,
    fixes: count <= 200 ? [replace(`Cover the range with ${count} centres`, written, text, true)] : [],
  });
}

function unitOf(value: Value): Unit | undefined {
  return 'unit' in value ? value.unit : undefined;
}

function checkCutoffFunction(context: Context, potential: BlockReading): void {
  const attribute = potential.attributes.get('cutoff_function');
  const span = attribute?.attribute.value;
  if (span === undefined) return;
  if (attribute?.value === 'hard') {
    context.report({
      code: 'PD0311',
      severity: 'warning',
      span,
      message:
        'With a hard cutoff energies and forces jump when an atom crosses it: molecular dynamics will not conserve the energy.',
      fixes: [replace('Write `poly2`', span, 'poly2', true)],
    });
  }
  if (attribute?.value === 'tanh3') {
    const isScaled = valueOf(potential, 'scaling') !== 'none';
    context.report({
      code: 'PD0313',
      severity: isScaled ? 'information' : 'warning',
      span,
      message: `\`tanh3\` is 0.4417 at r = 0, so functions are smaller than with other cutoff functions${isScaled ? ', which scaling makes up for' : ', and nothing scales them'}.`,
      fixes: [replace('Write `tanh3_normalized`', span, 'tanh3_normalized', true)],
    });
  }
}

/** What only the expansion shows. */
function checkExpansion(context: Context, potential: BlockReading): void {
  const elements = valueOf(potential, 'elements');
  if (!Array.isArray(elements)) return;
  const symbols = elements.filter((symbol) => typeof symbol === 'string');
  const cutoff = numberOf(potential, 'cutoff') ?? potentialSchema.attributes.cutoff.default;
  const written = blocksOf(potential, ...DESCRIPTORS);
  const blocks = written.map((reading) => descriptorOf(reading, cutoff));
  let total = 0;
  for (const [i, block] of blocks.entries()) {
    total += countFunctions(block, symbols);
    if (total <= MAX_FUNCTIONS) continue;
    context.report({
      code: 'PD0314',
      severity: 'error',
      span: written[i].block.name,
      message: `With this block the potential has ${total} symmetry functions; at most ${MAX_FUNCTIONS} are possible, and a few dozen per element usual.`,
    });
    return;
  }
  // Chosen from the data.
  if (written.length === 0) return;
  checkChannels(context, potential, symbols, cutoff);
  const { counts, doubled } = summarizeExpansion(blocks, symbols);
  for (const [i, { count, of, maker }] of doubled.entries())
    if (count > 0) reportDoubled(context, written[i], count, of, written[maker]);
  for (const [symbol, count] of counts) if (count === 0) reportBlind(context, potential, symbol, cutoff);
  const [most, largest] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  if (largest > MANY_FUNCTIONS)
    context.report({
      code: 'PD0310',
      severity: 'information',
      span: potential.label ?? potential.block.name,
      message: `${most} has ${largest} symmetry functions: their cost grows with their number; 20 to 100 per element are usual.`,
      // What is chosen has no chiral functions.
      fixes: () => (written.some(({ name }) => name === 'chiral') ? [] : chooseFromData(context, written)),
    });
}

/** Without descriptor blocks each training chooses those functions that say most about the data. */
function chooseFromData(context: Context, descriptors: readonly BlockReading[]): readonly Fix[] {
  const fix = deletion(
    context,
    'Have each training choose the functions from the data: remove the descriptor blocks',
    ...descriptors.map(({ block }) => block),
  );
  const sorted = [...fix.edits].sort((a, b) => a.span.start - b.span.start);
  // Blocks that share a line are left to their author.
  return sorted.some(({ span }, i) => i > 0 && span.start < sorted[i - 1].span.end) ? [] : [fix];
}

function reportDoubled(
  context: Context,
  reading: BlockReading,
  doubled: number,
  all: number,
  maker: BlockReading,
): void {
  const { block } = reading;
  const isWhole = doubled === all;
  const itself = maker === reading;
  context.report({
    code: 'PD0306',
    severity: 'information',
    span: isWhole ? block : block.name,
    message: `${isWhole ? 'All' : `${doubled}`} of the ${all} functions of this block are already there${itself ? ' in it' : ''}; each is used once.`,
    ...(isWhole && { unnecessary: true }),
    fixes: isWhole ? [deletion(context, `Remove this \`${reading.name}\``, block)] : [],
    related: itself ? [] : [{ span: maker.block.name, message: 'the same functions' }],
  });
}

function reportBlind(context: Context, potential: BlockReading, symbol: string, cutoff: number): void {
  const list = potential.attributes.get('elements')?.attribute.value;
  const item =
    list?.kind === 'list' ? list.items.find((value) => value.kind === 'name' && value.text === symbol) : undefined;
  const last = formatNumber(cutoff - 0.5, 3);
  const count = Math.max(2, Math.ceil((cutoff - 1.3) / 0.5) + 1);
  const text = `radial { width = 0.5 Å; center = linspace(0.8, ${last}, ${count}) Å }`;
  context.report({
    code: 'PD0309',
    severity: 'error',
    span: item ?? potential.block.name,
    message: `No descriptor has ${symbol} at its centre: its atoms would all be the same to the potential.`,
    fixes:
      cutoff > 1.5 && count <= 200
        ? insertion(context, potential.block, 'Insert radial descriptors for all elements', text, true)
        : [],
  });
}
