/**
 * Active learning: an oracle that answers in two ways (PD0010), a potential that is no committee, so that nobody can disagree (PD1101),
 * a trigger that is not below what is rejected (PD1103), or below what a trained committee disagrees by anyway (PD1102), an oracle of another
 * method or zero of energy than the data (PD1104), and one that would run a program where nobody trusts it (PD1105). eV, eV/Å.
 */
import type { Fix } from '../diagnostic';
import { formatNumber, formatQuantity } from '../schema/units';
import { moved } from '../syntax/sections';
import type { ExploreDefinition, PotentialDefinition } from '../definition/definition';
import type { DataFacts, RunFacts } from './facts';
import { tellsMethod } from './labels';
import { isLoaded } from './loading';
import { rewrite } from './ranges';
import {
  blocksOf,
  deletion,
  factsOf,
  insertion,
  numberOf,
  referred,
  type BlockReading,
  type Context,
  type FileContext,
} from './reading';

/** eV per atom: energies that differ by more have another zero. */
const OTHER_ZERO = 1e-3;

/** PD1104 in a sentence, by the results of an exploration; undefined where zeros are the same, or are made so. */
export function describeEnergyOffset({ energy_offset = 0, energy_shift = 0 }: RunFacts['results']): string | undefined {
  const rest = energy_offset - energy_shift;
  return Math.abs(rest) <= OTHER_ZERO
    ? undefined
    : `The energies of the data are by ${formatNumber(rest, 4)} eV per atom other than those of the oracle, forces are the same: the two have other zeros of energy. Write \`energy_zero = data\`, or the training has to make up for it.`;
}

/** Results of a training: of a committee's disagreement about the atoms of the test set the quantile at this part of them, eV/Å. */
export const DISAGREEMENT = 'disagreement ';
export const LEVELS = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99] as const;
/** So much of what is like the data should be trusted. */
const TRUSTED = 0.99;

/** The part of the atoms of the test set about which a committee disagrees by more than `trigger`; undefined if it is not known, or few. */
function partAbove(trigger: number, results: RunFacts['results']): number | undefined {
  const above = LEVELS.filter((level) => (results[`${DISAGREEMENT}${level}`] ?? 0) > trigger);
  return above.length === 0 ? undefined : 1 - above[0];
}

/** Keys whose words say by which method, whatever program and basis. */
const THEORY = /(?:method|functional|xc|theory|level)$/i;
const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The method that the data name and an oracle does not; undefined where they may be the same. */
function otherMethod(method: string, { words }: DataFacts): string | undefined {
  for (const [key, own] of Object.entries(words)) {
    const named = Object.keys(own);
    if (!THEORY.test(key) || !tellsMethod(key) || named.length === 0) continue;
    const mine = lettersOf(method);
    const isSame = (word: string): boolean => mine.includes(lettersOf(word)) || lettersOf(word).includes(mine);
    if (!named.some(isSame)) return named.reduce((most, word) => (own[word] > own[most] ? word : most));
  }
  return undefined;
}

/** An oracle that would run a program of a workspace that nobody trusts. */
export function checkTrust({ environment, report }: FileContext, oracle: BlockReading): void {
  const command = oracle.attributes.get('command')?.attribute;
  if (command === undefined || environment?.trusted !== false) return;
  report({
    code: 'PD1105',
    severity: 'error',
    span: command,
    message:
      'This workspace is in Restricted Mode: no program of it is run. If you trust who has written it, use the command "Workspaces: Manage Workspace Trust".',
  });
}

/** What runs and data say against an exploration. */
export function checkExplored(
  context: FileContext,
  explore: BlockReading,
  { train, oracle }: ExploreDefinition,
  potential: PotentialDefinition | undefined,
): void {
  const training = context.environment?.lastRun?.('train', train.name);
  const trigger = numberOf(explore, 'trigger');
  const isNew = training?.state === 'finished' && training.identity === potential?.identity;
  const part = isNew && trigger !== undefined ? partAbove(trigger, training.results) : undefined;
  const quantile = training?.results[`${DISAGREEMENT}${TRUSTED}`];
  if (part !== undefined && quantile !== undefined && trigger !== undefined) {
    const advised = Number((1.05 * quantile).toPrecision(2));
    const written = explore.attributes.get('trigger')?.quantities?.[0];
    const text = formatQuantity(advised, 'force');
    context.report({
      code: 'PD1102',
      severity: 'warning',
      span: written?.span ?? explore.attributes.get('train')?.attribute.value ?? explore.block.name,
      message: `The newest training of \`${train.options.potential}\` disagrees by more than ${formatQuantity(trigger, 'force')} about ${Math.round(100 * part)} % of the atoms of its test set at least: structures like those that it has would be flagged. At ${text} it is 1 %.`,
      fixes:
        written === undefined
          ? insertion(context, explore.block, `Write \`trigger = ${text}\``, `trigger = ${text}`, true)
          : rewrite(written, advised, `Write \`trigger = ${text}\``),
    });
  }
  const last = context.environment?.lastRun?.('explore', explore.label?.text ?? '');
  const placed = context.names.get('oracle')?.get(oracle.name);
  const span = explore.attributes.get('oracle')?.attribute.value;
  if (placed === undefined || span === undefined) return;
  const offset =
    last === undefined || oracle.options.energy_zero === 'data' ? undefined : describeEnergyOffset(last.results);
  if (offset !== undefined)
    context.report({
      code: 'PD1104',
      severity: 'warning',
      span,
      message: offset,
      fixes: moved(
        insertion(placed, placed.reading.block, 'Write `energy_zero = data`', 'energy_zero = data', true),
        placed.start - context.start,
      ),
    });
  const { method } = oracle.options;
  const dataset = context.names.get('dataset')?.get(train.options.dataset)?.reading;
  const facts = dataset === undefined ? undefined : factsOf(context, dataset);
  const other = method === undefined || facts === undefined ? undefined : otherMethod(method, facts);
  if (other !== undefined)
    context.report({
      code: 'PD1104',
      severity: 'warning',
      span,
      message: `The oracle labels by ${method ?? ''}, the data say of themselves that they are ${other}: one potential can't learn two methods.`,
    });
}

/** Of the block by itself. */
export function checkOracle(context: Context, oracle: BlockReading): void {
  const potential = oracle.attributes.get('potential')?.attribute;
  const command = oracle.attributes.get('command')?.attribute;
  if (potential === undefined || command === undefined) return;
  context.report({
    code: 'PD0010',
    severity: 'error',
    span: potential.name,
    message: 'The oracle answers by `command` already: it is one or the other.',
    fixes: [deletion(context, 'Remove `potential`', potential), deletion(context, 'Remove `command`', command)],
  });
}

/** The potential whose committee moves the atoms. */
export function exploredPotential(context: FileContext, explore: BlockReading): BlockReading | undefined {
  const train = referred(context, explore, 'train');
  return train === undefined ? undefined : referred(context, train, 'potential');
}

export function checkExploration(context: FileContext, explore: BlockReading): void {
  checkThresholds(context, explore);
  checkCommittee(context, explore);
}

function checkCommittee(context: FileContext, explore: BlockReading): void {
  const potential = exploredPotential(context, explore);
  const span = explore.attributes.get('train')?.attribute.value;
  if (potential === undefined || span === undefined || isLoaded(potential)) return;
  if (blocksOf(potential, 'committee').length > 0) return;
  const name = potential.label?.text ?? '';
  const placed = context.names.get('potential')?.get(name);
  const fixes: readonly Fix[] =
    placed === undefined
      ? []
      : moved(
          insertion(placed, potential.block, `Make \`${name}\` a committee of 4`, 'committee { size = 4 }', true),
          placed.start - context.start,
        );
  context.report({
    code: 'PD1101',
    severity: 'error',
    span,
    message: `\`${name}\` is one network: there is nobody to disagree with it, and nothing tells where it is unsure. Active learning needs a \`committee { … }\` of two at least.`,
    fixes,
  });
}

function checkThresholds(context: FileContext, explore: BlockReading): void {
  const [trigger, reject] = [numberOf(explore, 'trigger'), numberOf(explore, 'reject')];
  if (trigger === undefined || reject === undefined || trigger < reject) return;
  const [low, high] = ['trigger', 'reject'].map((name) => explore.attributes.get(name)?.quantities?.[0]);
  const edits = [
    ...(low === undefined || high === undefined ? [] : rewrite(low, reject)),
    ...(low === undefined || high === undefined ? [] : rewrite(high, trigger)),
  ].flatMap((fix) => fix.edits);
  const fixes: readonly Fix[] =
    edits.length === 2 && trigger > reject
      ? [{ title: 'Swap them', edits, preferred: true }]
      : high !== undefined
        ? rewrite(high, 5 * trigger, `Write \`reject = ${formatQuantity(5 * trigger, 'force')}\``)
        : insertion(
            context,
            explore.block,
            `Write \`reject = ${formatQuantity(5 * trigger, 'force')}\``,
            `reject = ${formatQuantity(5 * trigger, 'force')}`,
            true,
          );
  context.report({
    code: 'PD1103',
    severity: 'warning',
    span: low?.span ?? high?.span ?? explore.block.name,
    message: `Structures are rejected from ${formatQuantity(reject, 'force')} on, and only looked at from ${formatQuantity(trigger, 'force')}: none would ever be labelled.`,
    fixes,
  });
}
