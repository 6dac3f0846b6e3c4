/**
 * `nearsight explore FILE [LABEL]`: active learning with a committee. labelled.xyz and potential.json in the run folder are the result.
 *
 *   walk → flag → label … → train → walk …
 *
 * What is to be done next follows from the journal alone (engine/exploration/journal.ts), and each step that is done adds a line to it. A
 * checkpoint belongs to the number of lines at which it was taken: it only shortens the way to the next one.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExploreDefinition } from '../../language/definition/definition';
import { fail, ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import { standingOf, type Standing } from '../exploration/journal';
import { createCommandOracle } from '../oracles/command';
import { createPotentialOracle } from '../oracles/oracle';
import type { PotentialFile } from '../potentials/potential-file';
import { startComputing } from './compute';
import { findUnknownElement, readDataset } from './dataset';
import { datasetOf, potentialOf, type DefinitionFile } from './definition-file';
import { LABELLED, openJournal } from './exploration/files';
import { compare, label } from './exploration/label';
import { retrain } from './exploration/retrain';
import type { Exploration, Setup } from './exploration/step';
import { TRAJECTORY, walk } from './exploration/walk';
import { hashWeights } from './fit';
import { failed, jobCommand } from './job';
import type { Ending, Job, Prepared } from './job';
import { readPotentialFile } from './open-potential';
import type { Output } from './output';
import { countSteps, preparedFrom, readStart, type Start } from './start';
import { findPotential } from './trained-potential';

/** The potential that answers, as it was when the run began. */
const ORACLE = 'oracle.json';

export const exploreCommand = jobCommand(
  'explore',
  'active learning: dynamics with a committee, labels where it is unsure',
  prepareExploration,
);

export async function prepareExploration(
  file: DefinitionFile,
  definition: ExploreDefinition,
  output: Output,
  resumed?: string,
): Promise<Result<Prepared>> {
  const { options, train, name } = definition;
  const what = `explore ${name}`;
  const steps = countSteps(what, options.duration, options.timestep, { file: file.file });
  if (!steps.ok) return steps;
  const start = await readStart(file, what, options, {}, resumed);
  if (!start.ok) return start;
  const answering = await findOracle(file, definition, start.value, resumed);
  if (!answering.ok) return answering;
  const folder = dirname(file.path);
  const dataset = datasetOf(file.definition, train.options.dataset);
  const { elements } = potentialOf(file.definition, train.options.potential);
  const loaded = await readDataset(dataset, folder, elements, train.options.seed, output);
  if (!loaded.ok) return loaded;
  const { structures, set, files, warnings } = loaded.value;
  const setup = {
    file,
    definition,
    start: start.value,
    steps: steps.value,
    structures,
    set,
    answering: answering.value,
  };
  return ok(preparedFrom(start.value, options.seed, (job) => explore(setup, job), { files, warnings }));
}

/** The potential that answers; undefined where a command does. */
async function findOracle(
  file: DefinitionFile,
  { oracle: { answers } }: ExploreDefinition,
  { structure, data }: Start,
  resumed: string | undefined,
): Promise<Result<PotentialFile | undefined>> {
  if (answers.kind === 'command') return ok(undefined);
  const copy = resumed === undefined ? undefined : join(resumed, ORACLE);
  if (copy !== undefined && existsSync(copy)) return readPotentialFile(copy);
  const found = findPotential(file, potentialOf(file.definition, answers.potential), undefined);
  if (!found.ok) return found;
  const unknown = await findUnknownElement([structure], found.value.file.elements, () => ({
    file: data.file,
    frame: 0,
  }));
  return unknown === undefined ? ok(found.value.file) : fail(unknown);
}

async function explore(setup: Setup, job: Job): Promise<Ending> {
  const { answering, definition, file, start } = setup;
  const journal = openJournal(job.run);
  if (!journal.ok) return failed(...journal.problems);
  const computation =
    answering === undefined
      ? undefined
      : startComputing(answering, { threads: job.threads, atoms: start.structure.numbers.length });
  if (answering !== undefined) job.run.write(ORACLE, JSON.stringify(answering));
  // What a person looks at while it goes on is seen against them.
  const { trigger, reject } = definition.options;
  job.run.update({ results: { trigger, reject, trajectory: TRAJECTORY } });
  const { answers, options } = definition.oracle;
  const oracle =
    computation !== undefined
      ? createPotentialOracle(computation.potential)
      : createCommandOracle({
          command: answers.kind === 'command' ? answers.command : [],
          folder: dirname(file.path),
          scratch: join(job.run.folder, 'oracle'),
          timeout: options.timeout,
        });
  const exploration: Exploration = { ...setup, job, journal: journal.value, oracle, potential: start.potential };
  try {
    for (;;) {
      const standing = standingOf(exploration.journal.entries, definition.options.rounds);
      const { phase } = standing;
      if (phase.kind === 'done') return conclusion(exploration, standing);
      const ending =
        phase.kind === 'compare'
          ? await compare(exploration)
          : phase.kind === 'walk'
            ? await walk(exploration, standing, phase)
            : phase.kind === 'label'
              ? await label(exploration, standing, phase)
              : await retrain(exploration, standing, phase.flag);
      if (ending !== undefined) return ending;
    }
  } finally {
    computation?.dispose();
    journal.value.close();
  }
}

function conclusion({ job, journal, definition, potential, steps }: Exploration, standing: Standing): Ending {
  const { rounds, labelled, quarantined, rejected, start, shift, test_force_rmse, phase } = standing;
  const converged = phase.kind === 'done' && phase.converged;
  const reached = journal.entries.reduce((most, one) => ('step' in one ? Math.max(most, one.step) : most), 0);
  const results = {
    converged,
    rounds,
    labelled,
    quarantined,
    rejected,
    step: reached,
    steps,
    energy_offset: start?.energy_offset ?? null,
    energy_shift: shift,
    trigger: definition.options.trigger,
    reject: definition.options.reject,
    oracle_force_rmse: start?.force_rmse ?? null,
    test_force_rmse,
    weights_sha256: hashWeights(potential),
    trajectory: TRAJECTORY,
    ...(labelled > 0 && { labelled_file: LABELLED }),
    ...job.spent(),
  };
  const { labels, trigger } = definition.options;
  return {
    state: 'finished',
    changes: { results },
    result: { ...results, potential: join(job.run.folder, 'potential.json') },
    text: [
      converged
        ? `${steps} steps in ${rounds} rounds: to the end nobody disagreed by more than ${trigger} eV/Å.`
        : `After ${rounds} rounds the committee still disagrees, at step ${reached} of ${steps}: allow more rounds, or more labels than ${labels} in each.`,
      `labelled ${labelled}, given up ${quarantined}, walks that ended in what is not labelled ${rejected}`,
      ...(test_force_rmse === null
        ? []
        : [`force RMSE of the test set ${(1000 * test_force_rmse).toPrecision(4)} meV/Å`]),
      ...(labelled === 0
        ? []
        : [`${join(job.run.folder, LABELLED)} is extended XYZ: add it to the files of a dataset.`]),
    ].join('\n'),
  };
}
