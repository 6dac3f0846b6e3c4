/** What the steps of an exploration share: all that they know, and how each of them saves and ends. eV, Å. */
import * as v from 'valibot';
import type { ExploreDefinition } from '../../../language/definition/definition';
import { decodeColumns, encodeColumns } from '../../../protocol/columns';
import { standingOf, type EntryOf } from '../../exploration/journal';
import { askOracle, type Oracle } from '../../oracles/oracle';
import type { PotentialFile } from '../../potentials/potential-file';
import type { LabelledStructure } from '../../structure/structure';
import type { DefinitionFile } from '../definition-file';
import type { Journal } from './files';
import type { Job } from '../job';
import type { Start } from '../start';

/** All that is read before anything is done. */
export interface Setup {
  readonly file: DefinitionFile;
  readonly definition: ExploreDefinition;
  readonly start: Start;
  readonly steps: number;
  /** Of the dataset, and their sets. */
  readonly structures: readonly LabelledStructure[];
  readonly set: Uint8Array;
  readonly answering: PotentialFile | undefined;
}

/** What the steps of an exploration share. */
export interface Exploration extends Setup {
  readonly job: Job;
  readonly journal: Journal;
  readonly oracle: Oracle;
  /** The committee of now. */
  potential: PotentialFile;
}

const envelope = v.object({ kind: v.literal('explore'), lines: v.number() });

/** The job as one step of the exploration sees it: with what it has saved itself, if it was the one that was interrupted. */
export function stepOf({ job, journal }: Exploration): Job {
  const { length: lines } = journal.entries;
  const decoded = job.checkpoint === undefined ? undefined : decodeColumns(job.checkpoint);
  const meta = v.safeParse(envelope, decoded?.meta);
  const own = decoded?.columns.step;
  const wrap = (step: Uint8Array): Uint8Array => encodeColumns({ meta: { kind: 'explore', lines }, columns: { step } });
  return {
    ...job,
    checkpoint: meta.success && meta.output.lines === lines && own instanceof Uint8Array ? own.slice() : undefined,
    save: (state) => job.save(wrap(state)),
    pause: (save) => job.pause(() => wrap(save())),
  };
}

/** What is saved where there is nothing to go on from. */
export const NOTHING = new Uint8Array(0);

/** Asks the oracle, with retries; every failure is told. */
export function ask(
  { definition: { oracle: named }, oracle, job }: Exploration,
  step: Job,
  structure: LabelledStructure | Start['structure'],
) {
  const tell = (failure: string): void =>
    job.tell({ type: 'warning', message: `oracle ${named.name}: ${failure}`, code: 'AL001' });
  return askOracle(oracle, structure, named.options.retries, () => step.pause(() => NOTHING), tell);
}

/** Tells how far all is, when a round is over. */
export function tellRound({ job, journal, definition, steps }: Exploration, accepted?: boolean): void {
  const { rounds: most } = definition.options;
  const { rounds, labelled, quarantined, rejected, test_force_rmse } = standingOf(journal.entries, most);
  const flags = journal.entries.filter((one): one is EntryOf<'flag'> => one.type === 'flag');
  job.tell({
    type: 'round',
    round: rounds,
    rounds: most,
    step: flags.at(-1)?.step ?? 0,
    steps,
    candidates: flags.reduce((sum, { selected }) => sum + selected, 0),
    labelled,
    rejected,
    quarantined,
    ...(accepted !== undefined && { accepted }),
    test_force_rmse,
  });
}
