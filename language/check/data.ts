/**
 * Definitions against their data, as far as somebody has looked: keys that are not there (PD0902, PD0903), labels (labels.ts), elements (PD0202, PD0203),
 * units that make no sense (PD0104), cutoffs and priors against distances (PD0302, PD0501, PD0502), more weights than labels
 * (PD0402) and memory (PD0604), boxes that are too small (PD1006). What functions are over the data: pruning.ts. None of it keeps a block out of the
 * definition: a job looks for itself.
 */
import type { DatasetDefinition, Definition, MdDefinition, PotentialDefinition } from '../definition/definition';
import { BOHR, looksLikeBohr, NOBLE } from '../bond-lengths';
import { covalentSum } from '../elements';
import { formatQuantity } from '../schema/units';
import { writeName } from '../syntax/lexer';
import { moved } from '../syntax/sections';
import { itemsOf, type NameValue } from '../syntax/tree';
import type { DataFacts, SurveyFacts } from './facts';
import { checkHandedness } from './chirality';
import { checkCoverage } from './coverage';
import { checkFindings } from './findings';
import { checkLabels } from './labels';
import { checkFunctions } from './pruning';
import { rewrite } from './ranges';
import {
  alternatives,
  blocksOf,
  deletionOf,
  factsOf,
  insertion,
  isSimulation,
  replace,
  valueOf,
  type BlockReading,
  type FileContext,
  type Placed,
} from './reading';
import { datasetsOf, surveyOf } from './surveys';
import { checkMemory, checkSizes } from './sizes';
import { checkCoordinate } from './umbrella';

/** @param contextOf what a block's findings are reported to */
export function checkData(
  blocks: readonly Placed[],
  definition: Definition,
  contextOf: (placed: Placed) => FileContext,
): void {
  for (const placed of blocks) {
    const { reading } = placed;
    const name = reading.label?.text ?? '';
    const context = contextOf(placed);
    if (reading.name === 'dataset') checkDataset(context, reading, definition.datasets.get(name));
    if (reading.name === 'train') checkMemory(context, reading, definition);
    if (reading.name === 'md') checkBox(context, reading, definition);
    if (reading.name === 'umbrella') checkCoordinate(context, reading);
    if (reading.name !== 'potential') continue;
    const potential = definition.potentials.get(name);
    if (potential === undefined || potential.options.load !== undefined) continue;
    checkPotential(context, reading, potential, definition);
  }
}

/** Whether a block names data that somebody has looked into. */
export function isDataKnown(context: FileContext, reading: BlockReading): boolean {
  const structure = isSimulation(reading) ? valueOf(reading, 'structure') : undefined;
  if (typeof structure === 'string') return context.environment?.summary?.([structure]) !== undefined;
  return reading.name === 'dataset' && factsOf(context, reading) !== undefined;
}

function checkDataset(context: FileContext, dataset: BlockReading, definition: DatasetDefinition | undefined): void {
  const facts = factsOf(context, dataset);
  if (facts === undefined) return;
  checkFiles(context, dataset);
  if (facts.frames === 0) return;
  checkLabels(context, dataset);
  if (definition !== undefined) checkFindings(context, dataset, definition);
  checkKey(context, dataset, 'energy', facts.keys, facts, /energy/i);
  checkKey(context, dataset, 'forces', facts.columns, facts, /force/i);
  const energy = dataset.attributes.get('energy');
  const takesEnergy = energy?.value === 'energy' || (energy === undefined && facts.energyKey === 'energy');
  if (!takesEnergy || facts.differing === undefined) return;
  const span = energy?.attribute.value ?? dataset.label ?? dataset.block.name;
  context.report({
    code: 'PD0903',
    severity: 'warning',
    span,
    message: `\`energy\` and \`free_energy\` differ in ${facts.differing} of ${facts.frames} frames: with smeared occupations forces are the derivatives of \`free_energy\`.`,
    fixes:
      energy?.attribute.value !== undefined
        ? [replace('Write `free_energy`', energy.attribute.value, 'free_energy', true)]
        : insertion(context, dataset.block, 'Write `energy = free_energy`', 'energy = free_energy', true),
  });
}

/** Files with frames that can't be read: the code is that of the first problem, its page says what to do. */
function checkFiles(context: FileContext, dataset: BlockReading): void {
  for (const item of itemsOf(dataset.attributes.get('files')?.attribute.value)) {
    if (item.kind !== 'string') continue;
    const problems = context.environment?.summary?.([item.text])?.problems ?? [];
    const first = problems.at(0);
    if (first === undefined) continue;
    const { file = item.text, line } = first.place ?? {};
    const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    context.report({
      code: first.code,
      severity: 'error',
      span: item,
      message: `${name}${line === undefined ? '' : `, line ${line}`}: ${first.message}${more}.`,
    });
  }
}

/** A key that is written by name, and is not in all frames. */
function checkKey(
  context: FileContext,
  dataset: BlockReading,
  what: 'energy' | 'forces',
  there: Readonly<Record<string, number>>,
  { frames }: DataFacts,
  likely: RegExp,
): void {
  const attribute = dataset.attributes.get(what);
  const span = attribute?.attribute.value;
  const key = attribute?.value;
  if (span === undefined || typeof key !== 'string' || key === 'auto') return;
  const found = Object.hasOwn(there, key) ? there[key] : 0;
  if (found === frames) return;
  const others = Object.entries(there)
    .filter(([other, n]) => likely.test(other) && n > found)
    .sort(([, a], [, b]) => b - a);
  const choice = others.map(([other, n]) => `\`${other}\` (${n})`);
  context.report({
    code: 'PD0902',
    severity: found === 0 ? 'error' : 'warning',
    span,
    message: `${found === 0 ? 'No frame has' : `Only ${found} of ${frames} frames have`} ${what === 'energy' ? 'the key' : 'the column'} \`${key}\`${choice.length > 0 ? `; there ${choice.length === 1 ? 'is' : 'are'} ${choice.join(', ')}` : ''}.`,
    fixes: others
      .slice(0, 5)
      .map(([other], i) => replace(`Write \`${other}\``, span, writeName(other), i === 0 && found === 0)),
  });
}

function checkPotential(
  context: FileContext,
  reading: BlockReading,
  potential: PotentialDefinition,
  definition: Definition,
): void {
  const datasets = datasetsOf(definition, potential.name);
  const facts = datasets.flatMap((dataset) => context.environment?.summary?.(dataset.options.files) ?? []);
  if (facts.length > 0 && facts.length === datasets.length && facts.every(({ frames }) => frames > 0)) {
    checkElements(
      context,
      reading,
      facts,
      datasets.map(({ name }) => name),
    );
    checkSizes(context, reading, potential, facts[0]);
  }
  const survey = surveyOf(definition, potential.name, context.environment);
  if (survey === undefined) return;
  checkUnits(context, survey, datasets[0].name);
  checkCutoff(context, reading, potential, survey);
  checkRepulsion(context, reading, potential, survey, definition);
  checkFunctions(context, reading, potential, survey);
  checkHandedness(context, reading, potential, survey);
  checkCoverage(context, reading, potential, survey);
}

function checkElements(
  context: FileContext,
  reading: BlockReading,
  facts: readonly DataFacts[],
  datasets: readonly string[],
): void {
  const list = reading.attributes.get('elements')?.attribute.value;
  if (list?.kind !== 'list') return;
  const symbols = list.items.filter((item): item is NameValue => item.kind === 'name');
  const declared = new Set(symbols.map(({ text }) => text));
  const present = new Set(facts.flatMap(({ elements }) => Object.keys(elements)));
  const where = `${datasets.length === 1 ? 'the dataset' : 'the datasets'} ${alternatives(datasets, 'and')}`;
  const missing = [...present].filter((symbol) => !declared.has(symbol));
  const last = list.items.at(-1);
  if (missing.length > 0 && last !== undefined)
    context.report({
      code: 'PD0202',
      severity: 'error',
      span: list,
      message: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} in ${where}, and not among the elements of this potential.`,
      fixes: [
        replace(`Add ${missing.join(', ')}`, { start: last.end, end: last.end }, `, ${missing.join(', ')}`, true),
      ],
    });
  const isOnly = symbols.every(({ text }) => !present.has(text));
  for (const [i, symbol] of symbols.entries()) {
    if (present.has(symbol.text)) continue;
    const blocks = reading.blocks.filter(({ block }) => block.labels.some(({ text }) => text === symbol.text));
    const span =
      i > 0
        ? { start: symbols[i - 1].end, end: symbol.end }
        : { start: symbol.start, end: symbols.at(1)?.start ?? symbol.end };
    context.report({
      code: 'PD0203',
      severity: 'warning',
      span: symbol,
      message: `No structure of ${where} has ${symbol.text}: nothing is learned of it.`,
      fixes: isOnly
        ? []
        : [
            {
              title: `Remove ${symbol.text}${blocks.length > 0 ? ' and its blocks' : ''}`,
              edits: [{ span, text: '' }, ...blocks.map(({ block }) => deletionOf(context, block))],
              preferred: true,
            },
          ],
    });
  }
}

function checkUnits(context: FileContext, survey: SurveyFacts, dataset: string): void {
  const { elements, distances } = survey;
  let nearest = Infinity;
  elements.forEach((a, i) => {
    elements.forEach((b, j) => {
      if (!NOBLE.includes(a) && !NOBLE.includes(b))
        nearest = Math.min(nearest, distances.nearest[i][j] / covalentSum(a, b));
    });
  });
  if (!looksLikeBohr(nearest)) return;
  const placed = context.names.get('dataset')?.get(dataset);
  if (placed === undefined || blocksOf(placed.reading, 'units').length > 0) return;
  const by = placed.start - context.start;
  const own = { ...context, section: placed.section };
  const fixes = factsOf(context, placed.reading)?.unitless
    ? insertion(
        own,
        placed.reading.block,
        'Write `units { length = bohr; energy = hartree }`',
        'units { length = bohr; energy = hartree }',
        true,
      )
    : [];
  const { start, end } = placed.reading.label ?? placed.reading.block.name;
  context.report({
    code: 'PD0104',
    severity: 'warning',
    span: { start: start + by, end: end + by },
    message: `No two atoms are nearer than ${nearest.toFixed(1)} times the sum of their covalent radii; in bohr it would be ${(nearest * BOHR).toFixed(1)}. Is the data in bohr?`,
    fixes: moved(fixes, by),
  });
}

/** Of a condensed phase: with fewer neighbours an atom does not see its second shell. */
const FEWEST_NEIGHBORS = 12;

function checkCutoff(
  context: FileContext,
  reading: BlockReading,
  { options }: PotentialDefinition,
  { neighbors, suggestedCutoff, height }: SurveyFacts,
): void {
  const cutoff = reading.attributes.get('cutoff')?.quantities?.[0];
  if (cutoff === undefined || height === undefined) return;
  if (neighbors.median >= FEWEST_NEIGHBORS || suggestedCutoff <= options.cutoff + 0.1) return;
  context.report({
    code: 'PD0302',
    severity: 'warning',
    span: cutoff.span,
    message: `Half of the atoms have ${neighbors.median} neighbours or fewer within ${formatQuantity(options.cutoff, 'length')}: the potential hardly sees beyond the first shell. The radial distribution has a minimum at ${formatQuantity(suggestedCutoff, 'length')}.`,
    fixes: rewrite(
      cutoff,
      suggestedCutoff,
      `Write ${formatQuantity(suggestedCutoff, 'length')}, the minimum of the radial distribution`,
    ),
  });
}

/** K: above, atoms come nearer to each other than in any usual data. */
const HOT = 1000;
const SHORT_RANGE = 0.7;

/** K */
const hottest = ({ ensemble }: MdDefinition): number =>
  Math.max(ensemble.initial_temperature, ensemble.kind === 'nve' ? 0 : ensemble.temperature);

function checkRepulsion(
  context: FileContext,
  reading: BlockReading,
  { prior, pairs, name }: PotentialDefinition,
  { elements, distances }: SurveyFacts,
  { actions }: Definition,
): void {
  const near = elements.flatMap((a, i) =>
    elements.slice(i).flatMap((b, k) => {
      const r = distances.nearest[i][i + k];
      return Number.isFinite(r) ? [{ pair: [a, b] as const, r, ratio: r / covalentSum(a, b) }] : [];
    }),
  );
  if (prior !== undefined) {
    const disturbed = prior.pairs.flatMap((one) => {
      const found = near.find(({ pair }) => [...pair].sort().join() === [...one.elements].sort().join());
      return found !== undefined && found.r < one.outer ? [found] : [];
    });
    if (disturbed.length === 0) return;
    const block = blocksOf(reading, 'prior')[0];
    const outer = block.attributes.get('outer')?.quantities?.[0];
    const inner = block.attributes.get('inner')?.quantities?.[0];
    // Below the nearest distance of all pairs, to two digits.
    const wanted = Math.floor(98 * Math.min(...near.map(({ r }) => r))) / 100;
    const [{ pair, r }] = disturbed;
    const fits = inner === undefined || inner.value < wanted;
    context.report({
      code: 'PD0502',
      severity: 'warning',
      span: outer?.span ?? block.block.name,
      message: `The data have ${pair.join('–')} distances down to ${formatQuantity(Number(r.toFixed(2)), 'length')}, within the repulsion: what the data say there is disturbed.`,
      fixes: !fits
        ? []
        : outer !== undefined
          ? rewrite(outer, wanted)
          : insertion(context, block.block, `Write \`outer = ${wanted} Å\``, `outer = ${wanted} Å`, true),
    });
    return;
  }
  const hot = actions.find(
    (action) => action.kind === 'md' && action.options.potential === name && hottest(action) >= HOT,
  );
  const nearest = near.sort((a, b) => a.ratio - b.ratio).at(0);
  if (hot?.kind !== 'md' || nearest === undefined || nearest.ratio <= SHORT_RANGE || pairs.length > 0) return;
  context.report({
    code: 'PD0501',
    severity: 'warning',
    span: reading.label ?? reading.block.name,
    message: `At ${hottest(hot)} K (md ${hot.name}) atoms come nearer to each other than in the data, where ${nearest.pair.join('–')} is at least ${formatQuantity(Number(nearest.r.toFixed(2)), 'length')}; nothing keeps them from falling into each other.`,
    fixes: insertion(context, reading.block, 'Insert `prior zbl { }`', 'prior zbl { }', true),
  });
}

/** A box as wide as this many cutoffs is a usual one. */
const WIDE = 2;

function checkBox(context: FileContext, md: BlockReading, { actions, potentials }: Definition): void {
  const own = actions.find((action) => action.kind === 'md' && action.name === md.label?.text);
  const structure = md.attributes.get('structure');
  if (own?.kind !== 'md' || typeof structure?.value !== 'string' || structure.attribute.value === undefined) return;
  const heights = context.environment?.summary?.([structure.value])?.heights;
  const cutoff = potentials.get(own.options.potential)?.options.cutoff;
  if (heights === undefined || cutoff === undefined) return;
  const copies = own.options.supercell;
  const height = Math.min(...heights.map((one, k) => (one === null ? Infinity : one * copies[k])));
  if (height >= cutoff) return;
  const enough = heights.map((one, k) => (one === null ? 1 : Math.max(copies[k], Math.ceil((WIDE * cutoff) / one))));
  const supercell = `[${enough.join(', ')}]`;
  const written = md.attributes.get('supercell')?.attribute.value;
  const title = `Simulate a supercell of ${enough.join(' × ')}`;
  context.report({
    code: 'PD1006',
    severity: 'warning',
    span: written ?? structure.attribute.value,
    message: `The box is ${formatQuantity(Number(height.toFixed(2)), 'length')} thin, less than the cutoff of ${formatQuantity(cutoff, 'length')}: atoms see their own images, and vibrations longer than the box are missing. Take a larger box.`,
    fixes:
      written === undefined
        ? insertion(context, md.block, title, `supercell = ${supercell}`)
        : [replace(title, written, supercell)],
  });
}
