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
import { Command } from 'commander';
import * as v from 'valibot';
import { describeEnergyOffset } from '../../language/check/exploration';
import type { ExploreDefinition } from '../../language/definition/definition';
import { md } from '../../language/schema/blocks/dynamics';
import { decodeColumns, encodeColumns } from '../../protocol/columns';
import { SETS } from '../../protocol/parity';
import { ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import { summarize } from '../analysis/errors';
import { createSimulation, observe, startDynamics, type DynamicsState, type Simulation } from '../dynamics/dynamics';
import { restoreSimulation, saveSimulation } from '../dynamics/state';
import { judge, largestDisagreement } from '../exploration/disagreement';
import { standingOf, type EntryOf, type Standing } from '../exploration/journal';
import { selectFarthest } from '../exploration/selection';
import { beginWalk, flagStart, walkOn, type Walk } from '../exploration/walk';
import { createCommandOracle } from '../oracles/command';
import { askOracle, createPotentialOracle, type Answer, type Oracle } from '../oracles/oracle';
import { compareWithData, type Comparison } from '../oracles/reference';
import type { PotentialFile } from '../potentials/potential-file';
import { openToAppend, writeFully } from '../runs/files';
import type { LabelledStructure } from '../structure/structure';
import { closeSync, fsyncSync } from 'node:fs';
import { conclude, JSON_OPTION } from './command';
import { startComputing, THREADS_OPTION, type Computation } from './compute';
import { findUnknownElement, readDataset } from './dataset';
import { datasetOf, potentialOf, type DefinitionFile } from './definition-file';
import {
  appendLabelled,
  decodeRound,
  encodeRound,
  LABELLED,
  openJournal,
  readLabelled,
  readRound,
  writeRound,
  type Journal,
} from './exploration-files';
import { fit, hashWeights, writeFit } from './fit';
import { CHECKPOINT_OPTION, startJob } from './job';
import type { Ending, Job, JobOptions, Prepared } from './job';
import { MAXIMUM_STEP_EVENTS, stepEvent } from './md';
import { readPotentialFile } from './open-potential';
import type { Output } from './output';
import { predictInJob } from './predictions';
import { countSteps, readStart, type Start } from './start';
import { findPotential } from './trained-potential';
import { formatFrame } from './trajectory-file';

/** A walk gathers so many times as many structures as are labelled of it. */
const GATHERED = 3;
/** Of the trigger: errors of the test set below that are none to be held against a training. */
const SMALL = 0.1;
const TRAJECTORY = 'trajectory.xyz';
/** The potential that answers, as it was when the run began. */
const ORACLE = 'oracle.json';

export const exploreCommand = new Command('explore')
  .description('active learning: dynamics with a committee, labels where it is unsure')
  .argument('<file>', '.potential file')
  .argument('[label]', 'label of the explore block; may be left out if there is one')
  .option('--out <folder>', 'run folder to make, instead of the next number below runs/')
  .option(...THREADS_OPTION)
  .option(...CHECKPOINT_OPTION)
  .option(...JSON_OPTION)
  .action((file: string, label: string | undefined, options: JobOptions) =>
    conclude(options, (output) => startJob('explore', prepareExploration, file, label, options, output)),
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
  const { potential, data } = start.value;
  return ok({
    data: files.some(({ file: path }) => path === data.file) ? files : [...files, data],
    identity: potential.identity,
    seed: options.seed,
    warnings: [...start.value.warnings, ...warnings],
    potential,
    work: (job) => explore(setup, job),
  });
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
  return unknown === undefined ? ok(found.value.file) : { ok: false, problems: [unknown] };
}

interface Setup {
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
interface Exploration extends Setup {
  readonly job: Job;
  readonly journal: Journal;
  readonly oracle: Oracle;
  /** The committee of now. */
  potential: PotentialFile;
}

async function explore(setup: Setup, job: Job): Promise<Ending> {
  const { answering, definition, file, start } = setup;
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
  const exploration: Exploration = { ...setup, job, journal: openJournal(job.run), oracle, potential: start.potential };
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
  }
}

const failed = (problems: readonly Problem[]): Ending => ({ state: 'failed', problems });
const STOPPED: Ending = { state: 'stopped' };

const envelope = v.object({ kind: v.literal('explore'), lines: v.number() });

/** The job as one step of the exploration sees it: with what it has saved itself, if it was the one that was interrupted. */
function stepOf({ job, journal }: Exploration): Job {
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

const NOTHING = new Uint8Array(0);

function ask(
  { definition: { oracle: named }, oracle, job }: Exploration,
  step: Job,
  structure: LabelledStructure | Start['structure'],
) {
  const tell = (failure: string): void =>
    job.tell({ type: 'warning', message: `oracle ${named.name}: ${failure}`, code: 'AL001' });
  return askOracle(oracle, structure, named.options.retries, () => step.pause(() => NOTHING), tell);
}

/** The oracle is asked for a structure whose labels are known, and the committee for the test set. */
async function compare(exploration: Exploration): Promise<Ending | undefined> {
  const { job, journal, definition, start, structures, set, potential } = exploration;
  const step = stepOf(exploration);
  const { name, options } = definition.oracle;
  const compared = await compareWithData(structures, set, start.structure, options.energy_zero, (one) =>
    ask(exploration, step, one),
  );
  if (compared === 'stopped') return STOPPED;
  if ('failure' in compared) {
    const { code, failure } = compared;
    return failed([{ code, message: `oracle ${name}: ${failure}` }]);
  }
  for (const message of descriptionsOf(compared)) job.tell({ type: 'log', message: `oracle ${name}: ${message}` });
  const offset = describeEnergyOffset({ energy_offset: compared.energy_offset ?? 0, energy_shift: compared.shift });
  if (offset !== undefined) job.warn([{ code: 'PD1104', message: offset }]);
  const isTest = (s: number): boolean => set[s] === SETS.indexOf('test');
  const tested = structures.filter((_, s) => isTest(s));
  const parity = await predictInJob(
    potential,
    tested,
    set.filter((_, s) => isTest(s)),
    step,
    () => NOTHING,
  );
  if (parity === undefined) return STOPPED;
  const { energy_offset, shift, force_rmse } = compared;
  journal.add({
    type: 'start',
    energy_offset,
    shift,
    force_rmse,
    test_force_rmse: summarize(parity, 'test').force_rmse,
  });
  return undefined;
}

function descriptionsOf({ frame, energy_offset, force_rmse }: Comparison): string[] {
  if (frame === undefined || energy_offset === null || force_rmse === null)
    return ['no training structure has both energy and forces: it is not compared with the data.'];
  return [
    `frame ${frame.frame} of ${frame.file} asked again: energy ${(-1000 * energy_offset).toPrecision(3)} meV/atom and forces ${(1000 * force_rmse).toPrecision(3)} meV/Å from those of the data.`,
  ];
}

function computeWith({ job, start }: Exploration, potential: PotentialFile, skin: number): Computation {
  return startComputing(potential, { threads: job.threads, skin, atoms: start.structure.numbers.length });
}

async function walk(
  exploration: Exploration,
  standing: Standing,
  { flag, kept }: Extract<Standing['phase'], { kind: 'walk' }>,
): Promise<Ending | undefined> {
  const { job, journal, definition, start, potential, steps } = exploration;
  const { options, ensemble, name } = definition;
  const step = stepOf(exploration);
  const known = await readLabelled(job.run, standing.bytes);
  if (!known.ok) return failed(known.problems);
  const labelled = known.value.map(({ positions }) => positions);
  const computation = computeWith(exploration, potential, md.attributes.skin.default);
  job.warn(computation.warnings);
  try {
    const { structure, masses, showMasses } = start;
    const simulation = createSimulation(computation.potential, structure, options.timestep, ensemble, masses);
    const begun = step.checkpoint === undefined ? begin() : restore(simulation, step.checkpoint);
    if (!begun.ok) return failed(begun.problems);
    const { walk: own } = begun.value;
    let { bytes } = begun.value;
    const path = join(job.run.folder, TRAJECTORY);
    const trajectory = openToAppend(path, bytes);
    if (trajectory === undefined) {
      const message = 'The trajectory is shorter than it was: this run cannot go on. Start a new one.';
      return failed([{ code: 'RN012', message, place: { file: path } }]);
    }
    try {
      const stride = Math.max(options.check_every, Math.ceil(steps / MAXIMUM_STEP_EVENTS));
      const record = (state: DynamicsState): void => {
        const seen = observe(simulation, state);
        const text = Buffer.from(formatFrame(simulation, state, seen, showMasses));
        writeFully(trajectory, text);
        bytes += text.length;
        if (state.step % stride === 0 || state.step === steps)
          job.tell(stepEvent(state, steps, job.spent().wall_seconds, seen));
      };
      if (bytes === 0) record(own.state);
      const save = (): Uint8Array => {
        fsyncSync(trajectory);
        return encodeWalk(simulation, own, bytes);
      };
      const settings = { ...options, steps, most: GATHERED * options.labels };
      const ended = await walkOn(simulation, own, settings, { trusted: record, pause: () => step.pause(save) });
      if (ended === 'stopped') return STOPPED;
      fsyncSync(trajectory);
      if (ended === 'finished') {
        journal.add({ type: 'end', step: own.state.step });
        return undefined;
      }
      const round = standing.rounds + 1;
      const positions = own.candidates.map((one) => one.positions);
      const chosen = selectFarthest(positions, labelled, options.labels).map((k) => own.candidates[k]);
      writeRound(job.run, round, { trusted: own.trusted, candidates: chosen });
      const { atom, value: disagreement, step: at, rejected } = ended;
      const event = { type: 'flag' as const, round, step: at, atom, disagreement, rejected };
      journal.add({ ...event, selected: chosen.length, trajectory: bytes });
      job.tell(event);
      if (chosen.length === 0) tellRound(exploration);
      return undefined;
    } finally {
      closeSync(trajectory);
    }

    function begin(): Result<{ readonly walk: Walk; readonly bytes: number }> {
      const first =
        flag === undefined
          ? startDynamics(simulation, ensemble.initial_temperature, options.seed)
          : readRound(job.run, flag.round, structure.numbers.length);
      if (!first.ok) return first;
      const state = 'trusted' in first.value ? first.value.trusted : first.value;
      const velocities = kept
        ? undefined
        : { temperature: ensemble.initial_temperature, seed: options.seed, stream: `round ${flag?.round ?? 0}` };
      const own = beginWalk(simulation, state, velocities);
      if ('code' in own) return { ok: false, problems: [{ ...own, message: `explore ${name}: ${own.message}` }] };
      const isTrusted = judge(largestDisagreement(own.state.spread), options) === 'trusted';
      if (!isTrusted && selectFarthest([own.state.positions], labelled, 1).length > 0) flagStart(own);
      return ok({ walk: own, bytes: flag?.trajectory ?? 0 });
    }
  } finally {
    computation.dispose();
  }
}

const walkMeta = v.object({ kind: v.literal('walk'), bytes: v.number(), looks: v.number() });

function encodeWalk(simulation: Simulation, { state, trusted, candidates, looks }: Walk, bytes: number): Uint8Array {
  const round = encodeRound({ trusted, candidates });
  return encodeColumns({
    meta: { kind: 'walk', bytes, looks },
    columns: { ...saveSimulation(simulation, state), round },
  });
}

function restore(
  simulation: Simulation,
  checkpoint: Uint8Array,
): Result<{ readonly walk: Walk; readonly bytes: number }> {
  const decoded = decodeColumns(checkpoint);
  const meta = v.safeParse(walkMeta, decoded?.meta);
  const state = decoded === undefined ? undefined : restoreSimulation(simulation, decoded.columns);
  const bytes = decoded?.columns.round;
  const round = bytes instanceof Uint8Array ? decodeRound(bytes.slice(), simulation.masses.length) : undefined;
  if (meta.success && state !== undefined && round !== undefined)
    return ok({
      walk: { state, trusted: round.trusted, candidates: [...round.candidates], looks: meta.output.looks },
      bytes: meta.output.bytes,
    });
  const message = 'The checkpoint belongs to another exploration: start a new one.';
  return { ok: false, problems: [{ code: 'RN012', message }] };
}

async function label(
  exploration: Exploration,
  standing: Standing,
  { flag, candidate: k }: Extract<Standing['phase'], { kind: 'label' }>,
): Promise<Ending | undefined> {
  const { job, journal, definition, start, potential } = exploration;
  const read = readRound(job.run, flag.round, start.structure.numbers.length);
  if (!read.ok) return failed(read.problems);
  const candidate = read.value.candidates[k];
  const structure = { ...start.structure, positions: candidate.positions };
  const step = stepOf(exploration);
  job.progress('labelling', k, flag.selected);
  const started = performance.now();
  const answer = await ask(exploration, step, structure);
  if (answer === 'stopped') return STOPPED;
  const own = { round: flag.round, candidate: k };
  if ('failure' in answer) {
    journal.add({ type: 'quarantine', ...own, message: answer.failure.slice(0, 1000) });
  } else {
    const seconds = (performance.now() - started) / 1000;
    const atoms = structure.numbers.length;
    const shifted: Answer = { forces: answer.forces, energy: answer.energy + standing.shift * atoms };
    const bytes = appendLabelled(job.run, standing.bytes, structure, shifted, {
      definition,
      round: flag.round,
      candidate,
    });
    if (!bytes.ok) return failed(bytes.problems);
    journal.add({ type: 'label', ...own, bytes: bytes.value });
    const computation = computeWith(exploration, potential, 0);
    const predicted = computation.potential.predict(structure);
    computation.dispose();
    const squares = predicted.forces.reduce((sum, force, c) => sum + (force - shifted.forces[c]) ** 2, 0);
    job.tell({
      type: 'label',
      round: flag.round,
      frame: standing.labelled,
      energy_error: (predicted.energy - shifted.energy) / atoms,
      force_rmse: Math.sqrt(squares / (3 * atoms)),
      seconds,
    });
  }
  const { phase } = standingOf(journal.entries, definition.options.rounds);
  if (phase.kind !== 'label' && phase.kind !== 'train') tellRound(exploration);
  return undefined;
}

async function retrain(
  exploration: Exploration,
  standing: Standing,
  { round }: EntryOf<'flag'>,
): Promise<Ending | undefined> {
  const { job, journal, definition, file, structures, set } = exploration;
  const { train } = definition;
  const labelled = await readLabelled(job.run, standing.bytes);
  if (!labelled.ok) return failed(labelled.problems);
  const all = [...structures, ...labelled.value];
  const sets = new Uint8Array(all.length).fill(SETS.indexOf('train'));
  sets.set(set);
  const { options, optimizer, finish, configTypes, procedure } = train;
  const potential = potentialOf(file.definition, options.potential);
  const setup = { potential, options, optimizer, finish, configTypes, procedure, structures: all, set: sets };
  const fitted = await fit(setup, dirname(file.path), stepOf(exploration));
  if (!fitted.ok) return failed(fitted.problems);
  if (fitted.value === undefined) return STOPPED;
  const { force_rmse: error } = summarize(fitted.value.parity, 'test');
  const before = standing.test_force_rmse;
  const { gate, trigger } = definition.options;
  const accepted = error === null || before === null || error <= Math.max(before * (1 + gate), SMALL * trigger);
  if (accepted) {
    const dataset = datasetOf(file.definition, options.dataset);
    const { file: written, errors } = writeFit(fitted.value, dataset, job);
    exploration.potential = written;
    job.run.update(errors);
  } else {
    const message = `After round ${round} the error of the forces of the test set has risen from ${(1000 * before).toPrecision(3)} to ${(1000 * error).toPrecision(3)} meV/Å: the committee of before goes on.`;
    job.tell({ type: 'warning', message, code: 'AL002' });
  }
  const weights_sha256 = hashWeights(fitted.value.make());
  journal.add({ type: 'train', round, accepted, test_force_rmse: error, weights_sha256 });
  tellRound(exploration, accepted);
  return undefined;
}

function tellRound({ job, journal, definition, steps }: Exploration, accepted?: boolean): void {
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
