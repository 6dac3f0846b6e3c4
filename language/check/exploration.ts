/**
 * Active learning: an oracle that answers in two ways (PD0010), a potential that is no committee, so that nobody can disagree (PD1101),
 * and a trigger that is not below what is rejected (PD1103).
 */
import type { Fix } from '../diagnostic';
import { formatNumber, formatQuantity } from '../schema/units';
import { moved } from '../syntax/sections';
import type { RunFacts } from './facts';
import { isLoaded } from './loading';
import { rewrite } from './ranges';
import {
  blocksOf,
  deletion,
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
