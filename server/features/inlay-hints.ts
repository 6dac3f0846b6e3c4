/**
 * textDocument/inlayHint: what a number comes to. Functions of a descriptor block, weights of a network, neighbours within
 * a cutoff, widths of Gaussians and of umbrella windows, usual units, structures of a dataset, updates of an epoch, and the time that the last run took.
 */
import type { InlayHint, Range } from 'vscode-languageserver';
import { isConstant, type DataFacts } from '../../language/check/facts';
import { knownFunctions } from '../../language/check/surveys';
import type { DatasetDefinition, MdDefinition, TrainDefinition } from '../../language/definition/definition';
import { functionKey } from '../../language/definition/expansion';
import { gapsOf, predictedOverlap, windowWidth } from '../../language/definition/windows';
import { isDescriptor } from '../../language/definition/potential-assembly';
import { isotopeOf } from '../../language/isotopes';
import { dimensions, formatNumber, formatQuantity, isOf, measureOf, toInternal } from '../../language/schema/units';
import { itemsOf, type Attribute, type Block, type Value } from '../../language/syntax/tree';
import { spanOf, type Analysis } from '../analysis';
import { attributeSchema, type Blocks } from '../context';
import {
  counted,
  describeStrength,
  functionsOfBlock,
  grouped,
  neighborsText,
  solvedSampleOf,
  surveyAround,
} from './effects';
import { sizeOf, type Runs } from './lenses';

/** Of a long list only the ends are told. */
const MAXIMUM_WIDTHS = 4;

interface Hint {
  readonly at: number;
  readonly label: string;
  readonly tooltip?: string;
}

export function inlayHintsOf(analysis: Analysis, range: Range, runs: Runs): InlayHint[] {
  const { start, end } = spanOf(analysis.document, range);
  const hints: Hint[] = [];
  for (const item of analysis.tree.file.items)
    if (item.kind === 'block' && item.start <= end && item.end >= start) hints.push(...hintsIn(analysis, [item], runs));
  return hints
    .filter(({ at }) => at >= start && at <= end)
    .map(({ at, label, tooltip }) => ({
      position: analysis.document.positionAt(at),
      label,
      paddingLeft: true,
      ...(tooltip !== undefined && { tooltip }),
    }));
}

function hintsIn(analysis: Analysis, blocks: Blocks, runs: Runs): Hint[] {
  const block = blocks[blocks.length - 1];
  const hints = [...blockHints(analysis, blocks)];
  for (const item of block.items) {
    if (item.kind === 'block') hints.push(...hintsIn(analysis, [...blocks, item], runs));
    else if (item.value !== undefined) {
      const label = labelOf(analysis, blocks, item, item.value, runs);
      if (label !== undefined) hints.push({ at: item.value.end, label });
    }
  }
  return hints;
}

const headerEnd = ({ name, labels }: Block): number => labels.at(-1)?.end ?? name.end;

/** Behind the header of a block. */
function blockHints(analysis: Analysis, blocks: Blocks): Hint[] {
  const block = blocks[blocks.length - 1];
  const [potential] = blocks;
  const at = headerEnd(block);
  if (blocks.map(({ name }) => name.text).join('.') === 'potential.pair.sample') {
    const solved = solvedSampleOf(analysis, blocks);
    if (solved === undefined) return [];
    const parameters = [formatQuantity(solved.epsilon, 'energy'), formatQuantity(solved.sigma, 'length')];
    const label = `ε ${parameters[0]}, σ ${parameters[1]}, condition ${formatNumber(solved.condition, 2)}`;
    return [{ at, label }];
  }
  if (blocks.length !== 2 || potential.name.text !== 'potential') return [];
  if (isDescriptor(block.name.text)) {
    const functions = functionsOfBlock(analysis, blocks);
    if (functions.length === 0) return [];
    const surveyed = surveyAround(analysis, blocks);
    const known = surveyed === undefined ? undefined : knownFunctions(surveyed.potential, surveyed.survey);
    const facts = functions.map((one) => known?.get(functionKey(one)));
    const constant = facts.filter((one) => one !== undefined && isConstant(one.facts)).length;
    const twins = facts.filter((one) => one?.twin !== undefined).length;
    const strength = describeStrength(facts.filter((one) => one !== undefined));
    const remarks = [
      ...(strength === undefined ? [] : [strength]),
      ...(constant > 0 ? [`${constant} constant`] : []),
      ...(twins > 0 ? [`${twins} that others say`] : []),
    ];
    return [{ at, label: [counted(functions.length, 'function'), ...remarks].join(', ') }];
  }
  if (block.name.text !== 'network') return [];
  const definition = analysis.definition.potentials.get(potential.labels.at(0)?.text ?? '');
  if (definition === undefined) return [];
  const own = potential.items.flatMap((item) =>
    item.kind === 'block' && item.name.text === 'network' && item !== block ? item.labels.map(({ text }) => text) : [],
  );
  const wanted = block.labels.map(({ text }) => text);
  const sizes = sizeOf(definition).perElement.filter(({ element }) =>
    wanted.length > 0 ? wanted.includes(element) : !own.includes(element),
  );
  const weights = sizes.reduce((sum, one) => sum + one.weights, 0);
  if (weights === 0 || sizes.some(({ functions }) => functions === 0)) return [];
  const tooltip = sizes.map((one) => `${one.element}: ${one.functions} inputs, ${one.weights} weights`).join('\n');
  return [{ at, label: counted(weights, 'weight'), tooltip }];
}

/** Behind the value of an attribute. */
function labelOf(
  analysis: Analysis,
  blocks: Blocks,
  { name }: Attribute,
  value: Value,
  runs: Runs,
): string | undefined {
  const kind = blocks.map((block) => block.name.text).join('.');
  switch (`${kind}.${name.text}`) {
    case 'potential.cutoff': {
      const surveyed = surveyAround(analysis, blocks);
      if (surveyed === undefined) break;
      const { mean, maximum } = surveyed.survey.neighbors;
      return `${conversion(blocks, name.text, value) ?? ''} ${neighborsText(mean)}, at most ${maximum}`.trim();
    }
    case 'potential.radial.eta':
    case 'potential.angular.eta':
    case 'potential.chiral.eta':
      return widths(value, (eta) => 2 * Math.sqrt(Math.LN2 / eta), 'inverse_length_squared');
    case 'potential.radial.width':
    case 'potential.angular.width':
      return widths(value, (sigma) => 2 * Math.sqrt(2 * Math.LN2) * sigma, 'length');
    case 'dataset.files':
    case 'dataset.energy':
    case 'dataset.forces':
    case 'dataset.test':
    case 'dataset.split_by':
      return datasetLabel(analysis, blocks[0], name.text);
    case 'train.batch_size':
    case 'train.epochs':
    case 'train.energy_weight':
    case 'train.force_weight':
      return trainLabel(analysis, blocks[0], name.text, runs);
    case 'md.isotope.mass':
    case 'umbrella.isotope.mass': {
      const measure = value.kind === 'number' && value.unit !== undefined ? measureOf(value.unit.factors) : undefined;
      if (value.kind !== 'number' || measure === undefined || !isOf(measure, 'mass')) break;
      return isotopeOf(blocks[1].labels.at(0)?.text ?? '', value.value * measure.factor)?.name;
    }
    case 'umbrella.coordinate.centers':
    case 'umbrella.coordinate.force_constant':
      return windowLabel(analysis, blocks, name.text) ?? conversion(blocks, name.text, value);
    case 'md.duration':
    case 'md.timestep':
      return mdLabel(analysis, blocks[0], name.text, runs);
  }
  return conversion(blocks, name.text, value);
}

/** A single quantity in the usual unit, if it is written in another one that is no power of ten of it. */
function conversion(blocks: Blocks, name: string, value: Value): string | undefined {
  const schema = attributeSchema(blocks, name);
  if (schema?.type !== 'quantity' || value.kind !== 'number' || value.unit === undefined) return undefined;
  const measure = measureOf(value.unit.factors);
  if (measure === undefined || !isOf(measure, schema.dimension) || schema.dimension === 'none') return undefined;
  const ratio = Math.log10(measure.factor / toInternal(1, dimensions[schema.dimension].units[0], schema.dimension));
  if (Math.abs(ratio - Math.round(ratio)) < 1e-9) return undefined;
  return `= ${formatQuantity(value.value * measure.factor, schema.dimension, undefined, 5)}`;
}

/** Full widths at half maximum of Gaussians, of what describes them. */
function widths(
  value: Value,
  widthOf: (parameter: number) => number,
  dimension: 'length' | 'inverse_length_squared',
): string | undefined {
  const unit = 'unit' in value ? value.unit : undefined;
  const measure = unit === undefined ? undefined : measureOf(unit.factors);
  if (measure === undefined || !isOf(measure, dimension)) return undefined;
  const items = itemsOf(value);
  const numbers = items.flatMap((item) =>
    item.kind === 'number' && item.value > 0 ? [item.value * measure.factor] : [],
  );
  if (numbers.length === 0 || numbers.length !== items.length) return undefined;
  const shown = numbers.map((number) => formatNumber(widthOf(number), 3));
  const text = shown.length > MAXIMUM_WIDTHS ? `${shown[0]} … ${shown[shown.length - 1]}` : shown.join(', ');
  return `FWHM ${text} Å`;
}

const facts = ({ files }: Analysis, dataset: DatasetDefinition): DataFacts | undefined =>
  files?.summary?.(dataset.options.files);

/** Structures that are trained on and that are kept out, as far as the definition tells. */
function setsOf({ options: { test, split_by } }: DatasetDefinition, { frames, words }: DataFacts): number[] {
  if (typeof split_by !== 'object') return [frames - Math.round(test * frames), Math.round(test * frames)];
  const own = Object.hasOwn(words, split_by.key) ? Object.entries(words[split_by.key]) : [];
  const of = (pattern: RegExp): number => own.reduce((sum, [word, n]) => sum + (pattern.test(word) ? n : 0), 0);
  return [of(/^train/i), of(/^test/i)];
}

function datasetLabel(analysis: Analysis, block: Block, name: string): string | undefined {
  const dataset = analysis.definition.datasets.get(block.labels.at(0)?.text ?? '');
  const data = dataset === undefined ? undefined : facts(analysis, dataset);
  if (dataset === undefined || data === undefined) return undefined;
  const label = (option: string, key: string | undefined, counts: Readonly<Record<string, number>>): string => {
    const own = option === 'auto' ? key : option;
    const found = own !== undefined && Object.hasOwn(counts, own) ? counts[own] : 0;
    const share = found === data.frames ? 'all' : `${grouped(found)} of`;
    return own === undefined
      ? 'none found'
      : `${option === 'auto' ? `${own} ` : ''}in ${share} ${counted(data.frames, 'frame')}`;
  };
  switch (name) {
    case 'files':
      return `${counted(data.frames, 'frame')}, ${counted(data.atoms.total, 'atom')}`;
    case 'energy':
      return label(dataset.options.energy, data.energyKey, data.keys);
    case 'forces':
      return label(dataset.options.forces, data.forcesKey, data.columns);
    default: {
      const [train, test] = setsOf(dataset, data);
      return train + test === 0 ? undefined : `${grouped(train)} to train, ${grouped(test)} to test`;
    }
  }
}

function trainLabel(analysis: Analysis, block: Block, name: string, runs: Runs): string | undefined {
  const label = block.labels.at(0)?.text ?? '';
  if (name === 'epochs') return runs.find((run) => run.kind === 'train' && run.label === label)?.cost;
  const { definition } = analysis;
  const train = definition.actions.find((one): one is TrainDefinition => one.kind === 'train' && one.name === label);
  const dataset = train && definition.datasets.get(train.options.dataset);
  const data = dataset && facts(analysis, dataset);
  if (data === undefined || dataset === undefined) return undefined;
  const [structures] = setsOf(dataset, data);
  if (structures === 0) return undefined;
  const labels = Math.round(data.atoms.total * (structures / data.frames));
  switch (name) {
    case 'energy_weight':
      return structures === 1 ? '1 energy' : `${grouped(structures)} energies`;
    case 'force_weight':
      return `about ${grouped(3 * labels)} force components`;
    default: {
      const size = train?.options.batch_size;
      return size === undefined ? undefined : `${counted(Math.ceil(structures / size), 'update')} per epoch`;
    }
  }
}

/** How far umbrella windows will overlap: beside the centres; how wide they are: beside the force constant. */
function windowLabel({ definition }: Analysis, blocks: Blocks, name: string): string | undefined {
  const label = blocks[0].labels.at(0)?.text ?? '';
  const umbrella = definition.actions.find((one) => one.kind === 'umbrella' && one.name === label);
  if (umbrella?.kind !== 'umbrella' || umbrella.ensemble.temperature <= 0) return undefined;
  const { centers, force_constant } = umbrella.coordinate;
  const schema = attributeSchema(blocks, 'centers');
  const width = windowWidth(umbrella.ensemble.temperature, force_constant);
  if (name === 'force_constant')
    return schema?.type === 'quantities'
      ? `windows ${formatQuantity(width, schema.dimension, undefined, 2)} wide`
      : undefined;
  const windows = counted(centers.length, 'window');
  if (centers.length < 2) return windows;
  const least = predictedOverlap(Math.max(...gapsOf(centers)), width);
  return `${windows}, ${least < 0.01 ? 'without' : `${Math.round(100 * least)} %`} overlap`;
}

function mdLabel({ definition }: Analysis, block: Block, name: string, runs: Runs): string | undefined {
  const label = block.labels.at(0)?.text ?? '';
  const md = definition.actions.find((one): one is MdDefinition => one.kind === 'md' && one.name === label);
  if (md === undefined) return undefined;
  if (name === 'timestep') return runs.find((run) => run.kind === 'md' && run.label === label)?.cost;
  return counted(Math.round(md.options.duration / md.options.timestep), 'step');
}
