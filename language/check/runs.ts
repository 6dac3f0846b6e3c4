/**
 * What runs say against blocks: saturated neurons (PD0404), weights of another definition (PD0405), a term that rules the loss (PD0603),
 * stresses of the other sign (PD0905), a simulation that begins outside of what its potential has learned (PD1003), or takes more than a day (PD1004). Runs of another definition say nothing of this one.
 */
import type {
  Definition,
  MdDefinition,
  PotentialDefinition,
  TrainDefinition,
  UmbrellaDefinition,
} from '../definition/definition';
import type { Fix } from '../diagnostic';
import { checkExplored } from './exploration';
import type { OutsideFacts, RunFacts } from './facts';
import { isLoaded } from './loading';
import { blocksOf, insertion, referred, replace, type BlockReading, type FileContext, type Placed } from './reading';
import { rewrite } from './ranges';
import { checkSampling } from './sampling';

/** Of the hidden neurons of an element. */
const MANY_SATURATED = 0.2;

export const SATURATED = 'saturated_neurons ';

/** PD0404 in a sentence, by the results of a training; undefined where few neurons are saturated. */
export function describeSaturation(results: RunFacts['results']): string | undefined {
  const many = Object.entries(results).flatMap(([name, part]) =>
    part !== undefined && name.startsWith(SATURATED) && part > MANY_SATURATED
      ? [`${name.slice(SATURATED.length)} ${percent(part)}`]
      : [],
  );
  return many.length === 0
    ? undefined
    : `After the training many hidden neurons are saturated for nearly all atoms (${many.join(', ')}): what they say is a constant, and the network is smaller than it looks.`;
}

const percent = (part: number): string => `${Math.round(100 * part)} %`;

/** A term with more of the loss than this leaves nothing to the others. */
const RULING = 0.99;
/** What is left unexplained of the other label is so many times as much, and as much of all. */
const NEGLECTED = 10;
const UNEXPLAINED = 0.02;

/** The term that rules the loss of a training, and the one that is neglected for it; undefined where they are balanced. */
function rulingTerm(results: RunFacts['results']): { readonly ruling: Term; readonly neglected: Term } | undefined {
  const [energy, force] = [results.train_energy_r2, results.train_force_r2];
  if (energy === undefined || force === undefined) return undefined;
  const rest = { energy: 1 - energy, force: 1 - force };
  for (const [ruling, neglected] of [
    ['force', 'energy'],
    ['energy', 'force'],
  ] as const)
    if (
      (results[`loss_share ${ruling}`] ?? 0) > RULING &&
      (results[`loss_share ${neglected}`] ?? 0) > 0 &&
      rest[neglected] > Math.max(UNEXPLAINED, NEGLECTED * rest[ruling])
    )
      return { ruling, neglected };
  return undefined;
}
type Term = 'energy' | 'force';

/** PD0603 in a sentence. */
export function describeTerms(results: RunFacts['results']): string | undefined {
  const found = rulingTerm(results);
  if (found === undefined) return undefined;
  const names = { energy: 'energies', force: 'forces' };
  const r2 = (term: Term): string => (results[`train_${term}_r2`] ?? 0).toFixed(3);
  return `${(100 * (results[`loss_share ${found.ruling}`] ?? 0)).toFixed(1)} % of the loss are errors of ${names[found.ruling]} (R² ${r2(found.ruling)}): the ${names[found.neglected]} are hardly fitted (R² ${r2(found.neglected)}). Their weight is too small.`;
}

/** Predicted stresses that go so much against the reference ones have the other sign. */
const OPPOSED = -0.5;

/** PD0905 in a sentence: programs differ in whether tension or pressure is positive; undefined where signs agree. */
export function describeStressSign({ stress_correlation }: RunFacts['results']): string | undefined {
  return stress_correlation === undefined || stress_correlation >= OPPOSED
    ? undefined
    : `Reference stresses are the lower the higher the predicted ones are (correlation ${stress_correlation.toFixed(2)}): they seem to have the other sign. Write the other \`stress_sign\`.`;
}

/** PD1003 in a sentence; undefined for a structure that is inside. */
export function describeOutside({ atoms, outside, farthest }: OutsideFacts): string | undefined {
  return outside === 0
    ? undefined
    : `${outside} of ${atoms} atoms have surroundings that no training structure had: symmetry functions are up to ${Number(farthest.toPrecision(2))} times their range over the training data outside of it. What the potential says there is extrapolated.`;
}

/** s */
const DAY = 86_400;

/** Actions that have been run, potentials that have been trained, and what simulations begin with. */
export function checkRuns(
  blocks: readonly Placed[],
  definitionOf: () => Definition,
  contextOf: (placed: Placed) => FileContext,
): void {
  for (const placed of blocks) {
    const { name, label } = placed.reading;
    if (label !== undefined && name === 'explore') {
      const { actions, potentials } = definitionOf();
      const exploration = actions.find((one) => one.kind === 'explore' && one.name === label.text);
      if (exploration?.kind === 'explore') {
        const potential = potentials.get(exploration.options.potential);
        checkStale(contextOf(placed), placed.reading, potential, actions);
        checkExplored(contextOf(placed), placed.reading, exploration, potential);
      }
    }
    if (label === undefined || !(name === 'train' || name === 'md' || name === 'evaluate' || name === 'umbrella'))
      continue;
    const context = contextOf(placed);
    const run = context.environment?.lastRun?.(name, label.text);
    const isReady = name !== 'train' && isTrained(context, placed.reading, blocks);
    if (run === undefined && !isReady) continue;
    const { actions, potentials } = definitionOf();
    const action = actions.find((one) => one.kind === name && one.name === label.text);
    const potential = action?.kind === 'rate' ? undefined : potentials.get(action?.options.potential ?? '');
    if (action !== undefined && action.kind !== 'train') checkStale(context, placed.reading, potential, actions);
    if (action?.kind === 'umbrella' && run !== undefined) checkSampling(context, placed.reading, run);
    if (action?.kind === 'md' || action?.kind === 'umbrella') {
      if (run !== undefined && action.kind === 'md') checkDuration(context, placed.reading, action, run);
      if (potential !== undefined) checkStart(context, placed.reading, action, potential, actions);
    }
    if (action?.kind !== 'train' || run?.state !== 'finished') continue;
    checkTerms(context, placed.reading, action, run);
    const learned = blocks.find(
      ({ reading }) => reading.name === 'dataset' && reading.label?.text === action.options.dataset,
    );
    if (learned !== undefined) checkStressSign(contextOf(learned), learned.reading, run);
    const trained = blocks.find(
      ({ reading }) => reading.name === 'potential' && reading.label?.text === potential?.name,
    );
    if (trained !== undefined && potential?.identity === run.identity)
      checkSaturation(contextOf(trained), trained.reading, run);
  }
}

/** Whether the potential of an action is loaded, or was ever trained: without a look at the whole definition. */
function isTrained(context: FileContext, action: BlockReading, blocks: readonly Placed[]): boolean {
  const potential = referred(context, action, 'potential');
  if (potential === undefined || (isLoaded(potential) && context.environment?.outside === undefined)) return false;
  return (
    isLoaded(potential) ||
    blocks.some(
      ({ reading: { name, label } }) =>
        name === 'train' && context.environment?.lastRun?.('train', label?.text ?? '')?.state === 'finished',
    )
  );
}

/** The newest training of the potential was of another definition: what uses it can't run. */
function checkStale(
  { environment, report }: FileContext,
  action: BlockReading,
  potential: PotentialDefinition | undefined,
  actions: Definition['actions'],
): void {
  // An exploration names its potential by the training.
  const reference = (action.attributes.get('potential') ?? action.attributes.get('train'))?.attribute.value;
  if (potential === undefined || reference === undefined || potential.options.load !== undefined) return;
  const trainings = actions.filter((one) => one.kind === 'train' && one.options.potential === potential.name);
  const runs = trainings.flatMap(({ name }) => environment?.lastRun?.('train', name) ?? []);
  const finished = runs.filter(({ state }) => state === 'finished');
  if (
    finished.length === 0 ||
    runs.some(({ state, identity }) => state === 'running' || identity === potential.identity)
  )
    return;
  report({
    code: 'PD0405',
    severity: 'warning',
    span: reference,
    message: `\`${potential.name}\` has been changed since it was trained: its weights are those of another potential, and are not used. Train it again.`,
  });
}

function checkStart(
  { environment, report }: FileContext,
  md: BlockReading,
  { options }: MdDefinition | UmbrellaDefinition,
  potential: PotentialDefinition,
  actions: Definition['actions'],
): void {
  const structure = md.attributes.get('structure')?.attribute.value;
  const folder = potential.options.load ?? folderOf(potential, actions, environment);
  if (structure === undefined || folder === undefined) return;
  const found = environment?.outside?.(
    { folder, units: potential.units },
    { file: options.structure, frame: options.frame },
  );
  const message = found === undefined ? undefined : describeOutside(found);
  if (message !== undefined) report({ code: 'PD1003', severity: 'warning', span: structure, message });
}

/** Of the newest finished training of a potential as it is written. */
function folderOf(
  { name, identity }: PotentialDefinition,
  actions: Definition['actions'],
  environment: FileContext['environment'],
): string | undefined {
  for (const action of actions) {
    if (action.kind !== 'train' || action.options.potential !== name) continue;
    const run = environment?.lastRun?.('train', action.name);
    if (run?.state === 'finished' && run.identity === identity) return run.folder;
  }
  return undefined;
}

function checkSaturation(context: FileContext, potential: BlockReading, { results }: RunFacts): void {
  const message = describeSaturation(results);
  const network = blocksOf(potential, 'network').at(0);
  if (message === undefined) return;
  const activation = network?.attributes.get('activation')?.attribute.value;
  const fixes: readonly Fix[] =
    network === undefined
      ? []
      : activation !== undefined
        ? [replace('Write `softplus`, which does not saturate', activation, 'softplus')]
        : insertion(
            context,
            network.block,
            'Write `activation = softplus`, which does not saturate',
            'activation = softplus',
          );
  const span = network?.block.name ?? potential.label ?? potential.block.name;
  context.report({ code: 'PD0404', severity: 'warning', span, message, fixes });
}

/** The neglected term has so much of the loss with the weight that is proposed, at the errors of now. */
const FAIR = 0.1;

function checkTerms(
  context: FileContext,
  train: BlockReading,
  { options }: TrainDefinition,
  { results }: RunFacts,
): void {
  const found = rulingTerm(results);
  const message = describeTerms(results);
  if (found === undefined || message === undefined) return;
  // With other weights it may be otherwise.
  if (results.energy_weight !== options.energy_weight || results.force_weight !== options.force_weight) return;
  const name = `${found.neglected}_weight` as const;
  const [small, large] = [results[`loss_share ${found.neglected}`], results[`loss_share ${found.ruling}`]];
  const factor = (FAIR / (1 - FAIR)) * ((large ?? 0) / (small ?? 1));
  const weight = Number((options[name] * factor).toPrecision(1));
  const written = train.attributes.get(name);
  const quantity = written?.quantities?.[0];
  context.report({
    code: 'PD0603',
    severity: 'warning',
    span: quantity?.span ?? train.label ?? train.block.name,
    message,
    fixes:
      quantity !== undefined
        ? rewrite(quantity, weight, `Write \`${name} = ${weight}\``)
        : written === undefined
          ? insertion(context, train.block, `Write \`${name} = ${weight}\``, `${name} = ${weight}`, true)
          : [],
  });
}

function checkStressSign(context: FileContext, dataset: BlockReading, { results }: RunFacts): void {
  const message = describeStressSign(results);
  const sign = dataset.attributes.get('stress_sign');
  const isPressure = sign?.value === 'pressure';
  // It may have been turned since.
  if (message === undefined || results.stress_sign !== (isPressure ? -1 : 1)) return;
  const other = isPressure ? 'tension' : 'pressure';
  const title = `Write \`stress_sign = ${other}\``;
  const value = sign?.attribute.value;
  context.report({
    code: 'PD0905',
    severity: 'warning',
    span: value ?? dataset.label ?? dataset.block.name,
    message,
    fixes:
      value === undefined
        ? insertion(context, dataset.block, title, `stress_sign = ${other}`, true)
        : [replace(title, value, other, true)],
  });
}

/** To one digit. */
function roundDown(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((Math.floor(value / unit) * unit).toPrecision(1));
}

function checkDuration(context: FileContext, md: BlockReading, { options }: MdDefinition, run: RunFacts): void {
  const duration = md.attributes.get('duration')?.quantities?.[0];
  if (run.secondsPerStep === undefined || duration === undefined) return;
  const seconds = (options.duration / options.timestep) * run.secondsPerStep;
  if (seconds <= DAY) return;
  context.report({
    code: 'PD1004',
    severity: 'information',
    span: duration.span,
    message: `At ${Number((1000 * run.secondsPerStep).toPrecision(2))} ms per step, as in the last run, this takes ${Number((seconds / DAY).toPrecision(2))} days.`,
    fixes: rewrite(duration, roundDown((options.timestep * DAY) / run.secondsPerStep), 'Simulate what fits into a day'),
  });
}
