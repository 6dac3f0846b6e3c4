/**
 * `nearsight md FILE [LABEL]`: molecular dynamics; the trajectory in the run folder is the result. A checkpoint knows how
 * long the trajectory was, so that a resumed run cuts off what came after it and ends with the same bytes.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import type { MdDefinition } from '../../language/definition/definition';
import { encodeColumns } from '../../protocol/columns';
import { fail, ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import { addValue, BLOCKS, fitDrift, NO_DRIFT } from '../analysis/drift';
import type { DriftState } from '../analysis/drift';
import { advance, createSimulation, observe, startDynamics } from '../dynamics/dynamics';
import type { DynamicsState, Simulation } from '../dynamics/dynamics';
import { restoreFrom, saveSimulation } from '../dynamics/state';
import { openAppended } from '../runs/appended';
import { computing, type Computation } from './compute';
import type { DefinitionFile } from './definition-file';
import { failed, jobCommand, STOPPED } from './job';
import type { Ending, Job, Prepared } from './job';
import type { Output } from './output';
import { countSteps, describeMasses, preparedFrom, readStart, type Start } from './start';
import { startStopwatch, type Spent } from './stopwatch';
import { formatFrame, isTrajectoryName, MAXIMUM_STEP_EVENTS, stepEvent } from './trajectory-file';

export const mdCommand = jobCommand('md', 'molecular dynamics with a potential', prepareDynamics);

export async function prepareDynamics(
  file: DefinitionFile,
  definition: MdDefinition,
  _output: Output,
  resumed?: string,
): Promise<Result<Prepared>> {
  const { options, masses, output: wanted, name } = definition;
  const what = `md ${name}`;
  const place = { file: file.file };
  if (!isTrajectoryName(wanted.file)) {
    const message = `${what}: the output file "${wanted.file}" must be a plain file name that ends with .xyz or .extxyz: it stands in the run folder.`;
    return fail({ code: 'RN013', message, place });
  }
  const steps = countSteps(what, options.duration, options.timestep, place);
  if (!steps.ok) return steps;
  const start = await readStart(file, what, options, masses, resumed);
  if (!start.ok) return start;
  const setup: Setup = { start: start.value, definition, steps: steps.value };
  return ok(preparedFrom(start.value, options.seed, (job) => simulate(setup, job)));
}

interface Setup {
  readonly start: Start;
  readonly definition: MdDefinition;
  readonly steps: number;
}

const finite = v.pipe(v.number(), v.finite());
const progressMeta = v.object({
  kind: v.literal('md'),
  /** Bytes of the trajectory that belong to the state. */
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Seconds, and CPU seconds, of taking steps. */
  elapsed: finite,
  cpu: finite,
  drift: v.object({
    count: finite,
    meanTime: finite,
    meanValue: finite,
    timeTime: finite,
    timeValue: finite,
    valueValue: finite,
    blocks: v.pipe(
      v.array(v.object({ count: finite, time: finite, value: finite })),
      v.maxLength(BLOCKS),
      v.readonly(),
    ),
  }),
});

/** Where a simulation is: all that a checkpoint holds. */
interface Progress extends Spent {
  readonly state: DynamicsState;
  drift: DriftState;
}

async function simulate(setup: Setup, job: Job): Promise<Ending> {
  const { potential, structure, masses, showMasses } = setup.start;
  const { options, ensemble } = setup.definition;
  const { precision, skin, timestep } = options;
  const settings = { precision, skin, atoms: structure.numbers.length, extrapolation: true };
  return computing(job, potential, settings, (computation) => {
    if (showMasses) job.tell({ type: 'log', message: describeMasses(setup.start) });
    const simulation = createSimulation(computation.potential, structure, timestep, ensemble, masses);
    return takeSteps(setup, simulation, computation, job);
  });
}

async function takeSteps(
  setup: Setup,
  simulation: Simulation,
  { threads, precision }: Computation,
  job: Job,
): Promise<Ending> {
  const { steps, start, definition } = setup;
  const { every, file, forces, velocities } = definition.output;
  const written = { masses: start.showMasses, forces, velocities };
  const atoms = simulation.structure.numbers.length;
  const started = begin(setup, simulation, job.checkpoint);
  if (!started.ok) return failed(...started.problems);
  const progress = started.value;
  const { state } = progress;
  const path = join(job.run.folder, file);
  const opened = openAppended(path, started.value.bytes);
  if (!opened.ok) return failed(...opened.problems);
  const trajectory = opened.value;
  try {
    job.run.update({ results: { trajectory: file } });
    const stride = Math.max(every, Math.ceil(steps / MAXIMUM_STEP_EVENTS));
    const measure = startStopwatch(progress);
    const record = (): void => {
      const seen = observe(simulation, state);
      const block = Math.min(BLOCKS - 1, Math.floor((BLOCKS * state.step) / steps));
      progress.drift = addValue(progress.drift, seen.time, seen.conserved, block);
      if (state.step % every === 0) trajectory.write(formatFrame(simulation, state, seen, written));
      if (state.step % stride === 0 || state.step === steps) {
        measure();
        job.tell(stepEvent(state, steps, progress.elapsed, seen));
      }
    };
    const save = (): Uint8Array => {
      measure();
      trajectory.sync();
      return encodeProgress(progress, trajectory.bytes, simulation);
    };
    if (trajectory.bytes === 0) record();
    while (state.step < steps) {
      const problem = advance(simulation, state);
      if (problem !== undefined) return failed(problem);
      record();
      if (await job.pause(save)) return STOPPED;
    }
    job.save(save());
    const fit = fitDrift(progress.drift);
    const standardError = fit?.standardError ?? null;
    const results = {
      trajectory: file,
      steps,
      atoms,
      cpu_microseconds_per_atom_step: (1e6 * progress.cpu) / (steps * atoms),
      // eV/fs → meV/atom/ns, eV → meV/atom
      energy_drift: fit && (1e9 * fit.slope) / atoms,
      energy_drift_standard_error: standardError === null ? null : (1e9 * standardError) / atoms,
      energy_fluctuation: fit && (1e3 * fit.fluctuation) / atoms,
      precision,
      threads,
      ...job.spent(),
    };
    return {
      state: 'finished',
      changes: { results },
      result: { ...results, trajectory: path },
      text: describeResults(setup, atoms, results),
    };
  } finally {
    trajectory.close();
  }
}

/** At the start, or where the checkpoint was taken. */
function begin(
  { definition: { ensemble, options } }: Setup,
  simulation: Simulation,
  checkpoint: Uint8Array | undefined,
): Result<Progress & { readonly bytes: number }> {
  if (checkpoint === undefined) {
    const state = startDynamics(simulation, ensemble.initial_temperature, options.seed);
    return state.ok ? ok({ state: state.value, bytes: 0, elapsed: 0, cpu: 0, drift: NO_DRIFT }) : state;
  }
  const restored = restoreFrom(checkpoint, simulation, progressMeta);
  return restored.ok ? ok({ state: restored.value.state, ...restored.value.meta }) : restored;
}

function encodeProgress({ state, elapsed, cpu, drift }: Progress, bytes: number, simulation: Simulation): Uint8Array {
  const meta: v.InferOutput<typeof progressMeta> = { kind: 'md', bytes, elapsed, cpu, drift };
  return encodeColumns({ columns: saveSimulation(simulation, state), meta });
}

function describeResults(
  { steps, definition: { options, output } }: Setup,
  atoms: number,
  results: {
    readonly cpu_microseconds_per_atom_step: number;
    readonly energy_drift: number | null;
    readonly energy_drift_standard_error: number | null;
    readonly energy_fluctuation: number | null;
  },
): string {
  const error = results.energy_drift_standard_error;
  const number = (value: number | null): string => (value === null ? '–' : value.toPrecision(3));
  return [
    `${steps} steps of ${options.timestep} fs, ${atoms} atoms: ${output.file}`,
    `energy drift        ${number(results.energy_drift)}${error === null ? '' : ` ± ${error.toPrecision(2)}`} meV/atom/ns`,
    `energy fluctuation  ${number(results.energy_fluctuation)} meV/atom`,
    `CPU time            ${number(results.cpu_microseconds_per_atom_step)} µs per atom and step`,
  ].join('\n');
}
