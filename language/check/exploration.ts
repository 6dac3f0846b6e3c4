/**
 * Active learning: an oracle that answers in two ways (PD0010), a potential that is no committee, so that nobody can disagree (PD1101),
 * and a trigger that is not below what is rejected (PD1103).
 */
import { moved } from '../syntax/sections';
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
import { formatQuantity } from '../schema/units';
import type { Fix } from '../diagnostic';

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
