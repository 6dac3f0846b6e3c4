/**
 * Procedures by themselves: forces that are not used (PD0601), an offset that is not extensive (PD0602) or that the data do not have (PD0206), stresses that are not there (PD0605), nothing to fit
 * (PD0607, PD0608), an optimizer that the backend cannot serve (PD0609), batches for one that takes all data at once (PD0610),
 * patience without a validation set (PD0611).
 */
import { cutoffOf, hasNetwork } from '../definition/potential-assembly';
import type { DataFacts } from './facts';
import { elementsOf, isLoaded } from './loading';
import {
  alternatives,
  blocksOf,
  deletion,
  factsOf,
  numberOf,
  referred,
  replace,
  valueOf,
  type BlockReading,
  type FileContext,
} from './reading';
import { rewrite } from './ranges';

export function checkTraining(context: FileContext, train: BlockReading): void {
  const potential = referred(context, train, 'potential');
  const reference = train.attributes.get('potential')?.attribute.value;
  if (
    potential !== undefined &&
    reference !== undefined &&
    (isLoaded(potential) || (!hasNetwork(potential) && blocksOf(potential, 'pair').length > 0))
  )
    context.report({
      code: 'PD0608',
      severity: 'error',
      span: reference,
      message: isLoaded(potential)
        ? `The potential \`${potential.label?.text ?? ''}\` is loaded, and trained already: evaluate it, or run it as it is.`
        : `The potential \`${potential.label?.text ?? ''}\` has pair terms alone, and nothing to train: give it a \`network { … }\`, or run it as it is.`,
    });
  const dataset = referred(context, train, 'dataset');
  const facts = dataset === undefined ? undefined : factsOf(context, dataset);
  checkWeights(context, train, dataset, facts);
  checkStress(context, train, dataset, facts);
  checkOptimizer(context, train);
  checkPatience(context, train, dataset);
  checkConfigTypes(context, train);
  checkIsolated(context, train, potential, dataset, facts);
  const offset = train.attributes.get('offset');
  const span = offset?.attribute.value;
  const compositions = facts?.compositions;
  if (offset?.value === 'constant' && span !== undefined && compositions !== 1)
    context.report({
      code: 'PD0602',
      severity: compositions === undefined ? 'information' : 'warning',
      span,
      message:
        compositions === undefined
          ? 'One energy per structure is right only if all structures have the same atoms; else the energy is not extensive.'
          : `The structures have ${compositions} compositions: one energy for each of them is the zero of none, and the energy is not extensive.`,
      fixes: [replace('Write `per_element`', span, 'per_element', true)],
    });
}

/** Energies of isolated atoms that the data do not have. */
function checkIsolated(
  context: FileContext,
  train: BlockReading,
  potential: BlockReading | undefined,
  dataset: BlockReading | undefined,
  facts: DataFacts | undefined,
): void {
  const offset = train.attributes.get('offset');
  const span = offset?.attribute.value;
  if (offset?.value !== 'isolated' || span === undefined || potential === undefined) return;
  if (dataset === undefined || facts === undefined || facts.frames === 0) return;
  const cutoff = cutoffOf(potential);
  const { isolated = {}, elements } = facts;
  const missing = elementsOf(context, potential).filter((symbol) => {
    if (!Object.hasOwn(elements, symbol)) return false;
    const distance = Object.hasOwn(isolated, symbol) ? isolated[symbol] : 0;
    return distance !== null && distance < cutoff;
  });
  if (missing.length === 0) return;
  context.report({
    code: 'PD0206',
    severity: 'warning',
    span,
    message: `No structure of \`${dataset.label?.text ?? ''}\` is an isolated atom of ${alternatives(missing)}: its energy is not known, and the training can't begin. Add such a structure, or have the energies fitted.`,
    fixes: [replace('Write `per_element`', span, 'per_element', true)],
  });
}

function checkConfigTypes(context: FileContext, train: BlockReading): void {
  const blocks = blocksOf(train, 'config_type');
  blocks.forEach(({ label, block }, k) => {
    if (label === undefined || blocks.findIndex((other) => other.label?.text === label.text) === k) return;
    context.report({
      code: 'PD0003',
      severity: 'error',
      span: label,
      message: `The config_type \`${label.text}\` has factors already.`,
      fixes: [deletion(context, 'Remove this block', block)],
    });
  });
}

/** A file or a key may name a validation set too. */
function checkPatience(context: FileContext, train: BlockReading, dataset: BlockReading | undefined): void {
  const patience = train.attributes.get('patience')?.attribute;
  if (patience === undefined || dataset === undefined) return;
  const split = valueOf(dataset, 'split_by');
  if (numberOf(dataset, 'validation') !== 0 || typeof split === 'object' || split === 'file') return;
  context.report({
    code: 'PD0611',
    severity: 'information',
    span: patience.name,
    message: `Without a validation set nothing says when to stop: all epochs are done, and the last weights kept. Write \`validation = 10 %\` into the dataset \`${dataset.label?.text ?? ''}\`.`,
  });
}

/** Stresses that are to be fitted, of data that have none. */
function checkStress(
  context: FileContext,
  train: BlockReading,
  dataset: BlockReading | undefined,
  facts: DataFacts | undefined,
): void {
  const weight = train.attributes.get('stress_weight');
  if (weight === undefined || (numberOf(train, 'stress_weight') ?? 0) === 0) return;
  if (facts === undefined || dataset === undefined || facts.frames === 0) return;
  const key = valueOf(dataset, 'stress');
  if (typeof key !== 'string') return;
  const has = Object.keys(facts.keys).some((own) => (key === 'auto' ? /stress|virial/i.test(own) : own === key));
  if (has) return;
  context.report({
    code: 'PD0605',
    severity: 'warning',
    span: weight.attribute,
    message: `No frame of \`${dataset.label?.text ?? ''}\` has ${key === 'auto' ? 'a stress or virial' : `the key \`${key}\``}: there is no stress to fit.`,
    fixes: [{ ...deletion(context, 'Remove `stress_weight`', weight.attribute), preferred: true }],
  });
}

function checkWeights(
  context: FileContext,
  train: BlockReading,
  dataset: BlockReading | undefined,
  facts: DataFacts | undefined,
): void {
  const force = train.attributes.get('force_weight')?.quantities?.[0];
  if (force?.value !== 0) return;
  if (numberOf(train, 'energy_weight') === 0 && numberOf(train, 'stress_weight') === 0) {
    context.report({
      code: 'PD0607',
      severity: 'error',
      span: force.span,
      message: 'With all weights 0 there is nothing to fit.',
      fixes: rewrite(force, 1),
    });
    return;
  }
  const named = dataset !== undefined && dataset.attributes.has('forces') && valueOf(dataset, 'forces') !== 'auto';
  // Of data without forces there is nothing to be told.
  if (!named && facts !== undefined && facts.forcesKey === undefined) return;
  const isCertain = named || facts !== undefined;
  context.report({
    code: 'PD0601',
    severity: isCertain ? 'warning' : 'information',
    span: force.span,
    message: isCertain
      ? `The dataset ${named ? 'names its' : 'has'} forces, but with weight 0 they are not used: of N atoms they tell 3N numbers, the energy one.`
      : 'With weight 0 forces are not used, if the data has any: of N atoms they tell 3N numbers, the energy one.',
    fixes: rewrite(force, 1),
  });
}

/** Optimizers that need derivatives of single errors, and those that take all data at once. */
const NEEDING_ROWS: readonly string[] = ['kalman', 'levenberg_marquardt'];
const TAKING_ALL: readonly string[] = ['lbfgs', 'levenberg_marquardt'];

function checkOptimizer(context: FileContext, train: BlockReading): void {
  const backend = train.attributes.get('backend')?.attribute.value;
  for (const { label, name, block } of blocksOf(train, 'optimizer', 'finish')) {
    const isServed = label === undefined || !NEEDING_ROWS.includes(label.text);
    if (isServed || backend === undefined || valueOf(train, 'backend') !== 'tensorflow') continue;
    const instead = name === 'optimizer' ? 'optimizer adam { }' : 'finish lbfgs { }';
    context.report({
      code: 'PD0609',
      severity: 'error',
      span: label,
      message: `\`${label.text}\` needs the derivatives of single errors; the backend \`tensorflow\` knows only the gradient of the loss.`,
      fixes: [
        replace('Train with `backend = native`', backend, 'native', true),
        replace(`Use \`${instead}\``, block, instead),
      ],
    });
  }
  const kind = blocksOf(train, 'optimizer').at(0)?.label;
  const batch = train.attributes.get('batch_size')?.attribute;
  if (kind !== undefined && TAKING_ALL.includes(kind.text) && batch !== undefined)
    context.report({
      code: 'PD0610',
      severity: 'warning',
      span: batch,
      message: `\`batch_size\` has no effect: \`${kind.text}\` takes all data at once.`,
      fixes: [{ ...deletion(context, 'Remove `batch_size`', batch), preferred: true }],
    });
}
