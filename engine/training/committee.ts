/**
 * Committees: several trainings in one run that share descriptors, scaling, baseline and backend. Each member has a seed of its
 * own, drawn from that of the run, and is trained on a part of the training structures that is drawn with it; validation and
 * test set are those of all. A potential without committee is one member on all structures, and trains as if there were none.
 *
 * Members take turns, an epoch each, so that one curve tells of all: an epoch of the committee is told when every member has
 * done it. Who has is part of the state, so that a training that was interrupted goes on with the same member.
 */
import * as v from 'valibot';
import { decodeColumns, encodeColumns } from '../../protocol/columns';
import { bySet, type SetName } from '../../protocol/parity';
import { fail, ok, type Result } from '../../protocol/result';
import { epochEvent } from '../../protocol/run';
import { createRandom } from '../random';
import { backendOf, restore, serialize } from './checkpoint';
import { isFinished, runEpoch } from './epochs';
import { beginMember, beginTraining } from './prepare';
import { lossShares, type LossShares } from './result';
import type { EpochReport, Hooks, Prepared, Training } from './training';

export interface Committee {
  readonly members: readonly Training[];
  /** What each member told of its last epoch. */
  readonly reports: (EpochReport | undefined)[];
}

/** @returns the problems of an optimizer, as `beginTraining` */
export function createCommittee(prepared: Prepared): Result<Committee> {
  const { committee } = prepared.setup.potential;
  if (committee === undefined) {
    const only = beginTraining(prepared);
    return only.ok ? ok({ members: [only.value], reports: [undefined] }) : only;
  }
  const { seed } = prepared.setup.options;
  const members: Training[] = [];
  for (let k = 0; k < committee.size; k++) {
    const random = createRandom(seed, `member ${k}`);
    const own = Math.floor(2 ** 32 * random.uniform());
    const order = prepared.members.train.slice();
    random.shuffle(order);
    const count = Math.max(1, Math.round(committee.resample * order.length));
    const member = beginMember(prepared, own, order.slice(0, count).sort());
    if (!member.ok) return member;
    members.push(member.value);
  }
  return ok({ members, reports: members.map(() => undefined) });
}

export const isCommitteeFinished = ({ members }: Committee): boolean => members.every(isFinished);

/**
 * Finishes the present epoch of all members that go on.
 * @returns what they tell together: means of losses and shares, root mean squares of errors; undefined if `hooks.pause` stopped it
 */
export async function runCommitteeEpoch(
  { members, reports }: Committee,
  hooks: Hooks,
): Promise<Result<EpochReport | undefined>> {
  const goingOn = members.filter((member) => !isFinished(member));
  const epoch = Math.min(...goingOn.map(({ state }) => state.epoch));
  for (const [k, member] of members.entries()) {
    if (isFinished(member) || member.state.epoch > epoch) continue;
    const report = await runEpoch(member, hooks);
    if (!report.ok || report.value === undefined) return report;
    reports[k] = report.value;
  }
  return ok(
    combine(
      reports.flatMap((report) => report ?? []),
      epoch + 1,
    ),
  );
}

function combine(reports: readonly EpochReport[], epoch: number): EpochReport {
  if (reports.length === 1) return reports[0];
  const mean = (of: (report: EpochReport) => number): number =>
    reports.reduce((sum, report) => sum + of(report), 0) / reports.length;
  const average = (of: (report: EpochReport) => number | null): number | null =>
    reports.every((report) => of(report) !== null) ? mean((report) => of(report) ?? 0) : null;
  const rmse = (of: (report: EpochReport) => Readonly<Record<SetName, number | null>> | undefined) =>
    bySet((set) => {
      const square = average((report) => {
        const value = of(report)?.[set] ?? null;
        return value === null ? null : value ** 2;
      });
      return square === null ? null : Math.sqrt(square);
    });
  const share = (term: keyof EpochReport['shares']): number => mean(({ shares }) => shares[term]);
  const [first] = reports;
  return {
    epoch,
    epochs: first.epochs,
    elapsed: reports.reduce((sum, { elapsed }) => sum + elapsed, 0),
    learning_rate: first.learning_rate,
    loss: {
      train: mean(({ loss }) => loss.train),
      validation: average(({ loss }) => loss.validation),
      test: average(({ loss }) => loss.test),
    },
    energy_rmse: rmse((report) => report.energy_rmse),
    force_rmse: rmse((report) => report.force_rmse),
    ...(first.stress_rmse !== undefined && { stress_rmse: rmse((report) => report.stress_rmse) }),
    shares: {
      energy: share('energy'),
      force: share('force'),
      stress: share('stress'),
      regularization: share('regularization'),
    },
    improved: reports.some(({ improved }) => improved),
  };
}

/** What the final weights leave of the loss, on average over the members. */
export function committeeShares({ members }: Committee): LossShares {
  const all = members.map(lossShares);
  const mean = <K extends string>(of: (shares: LossShares) => Readonly<Record<K, number>>): Record<K, number> => {
    const names = new Set(all.flatMap((shares) => Object.keys(of(shares)) as K[]));
    const average = (name: K): number =>
      all.reduce((sum, shares) => sum + ((of(shares) as Partial<Record<K, number>>)[name] ?? 0), 0) / all.length;
    return Object.fromEntries(Array.from(names, (name) => [name, average(name)])) as Record<K, number>;
  };
  return { terms: mean(({ terms }) => terms), config_types: mean(({ config_types }) => config_types) };
}

const reportMeta = v.object({
  ...v.omit(epochEvent, ['t', 'type']).entries,
  shares: v.object({ energy: v.number(), force: v.number(), stress: v.number(), regularization: v.number() }),
  improved: v.boolean(),
});
const committeeMeta = v.object({
  kind: v.literal('committee'),
  backend: v.string(),
  reports: v.array(v.nullable(reportMeta)),
});

/** The state as bytes, exact to the last bit; of one member alone as checkpoint.ts has it. */
export function serializeCommittee({ members, reports }: Committee): Uint8Array {
  if (members.length === 1) return serialize(members[0]);
  return encodeColumns({
    meta: {
      kind: 'committee',
      backend: members[0].backend.name,
      reports: reports.map((report) => report ?? null),
    },
    columns: Object.fromEntries(members.map((member, k) => [`member.${k}`, serialize(member)])),
  });
}

/** Name of the backend that a serialized state was made with. */
export function backendOfCommittee(bytes: Uint8Array): string | undefined {
  const meta = v.safeParse(committeeMeta, decodeColumns(bytes)?.meta);
  return meta.success ? meta.output.backend : backendOf(bytes);
}

/** @returns problem TR006 as `restore`; members before the one that is wrong have taken over their state then */
export function restoreCommittee({ members, reports }: Committee, bytes: Uint8Array): Result<undefined> {
  if (members.length === 1) return restore(members[0], bytes);
  const decoded = decodeColumns(bytes);
  const meta = v.safeParse(committeeMeta, decoded?.meta);
  if (decoded === undefined || !meta.success || meta.output.reports.length !== members.length)
    return fail({
      code: 'TR006',
      message: 'The checkpoint is damaged or belongs to another definition: start the training again.',
    });
  for (const [k, member] of members.entries()) {
    const column = decoded.columns[`member.${k}`];
    const restored = restore(member, column instanceof Uint8Array ? column.slice() : new Uint8Array(0));
    if (!restored.ok) return restored;
    reports[k] = meta.output.reports[k] ?? undefined;
  }
  return ok(undefined);
}
