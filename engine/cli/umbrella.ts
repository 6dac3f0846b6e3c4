/**
 * `nearsight umbrella FILE [LABEL]`: windows along a coordinate, one after the other, and the potential of mean force that they give. Å,
 * rad, eV, fs.
 *
 * Beside the usual files the run folder gets `window-001.dat` … (time and coordinate, in the order of the centres) and
 * `metadata.dat`, as the `wham` of Grossfield reads them; `window-001.state` …, the state at the end of each window, where its
 * neighbour begins; `windows.xyz`, the last structure of each; and `pmf.bin`, made anew after each window. A checkpoint knows how
 * long the files were that are appended to, so that a resumed run ends with the same bytes.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import type { UmbrellaDefinition } from '../../language/definition/definition';
import { decodeColumns, encodeColumns } from '../../protocol/columns';
import { encodePmf, type Pmf } from '../../protocol/pmf';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import { advance, createSimulation, observe, startDynamics } from '../dynamics/dynamics';
import type { DynamicsState, Simulation } from '../dynamics/dynamics';
import { decodeState, encodeState, restoreSimulation, saveSimulation } from '../dynamics/state';
import { formatMetadata, parseSeries, SERIES_HEADER } from '../formats/umbrella-windows';
import { createRandom } from '../random';
import { openAppended, type Appended } from '../runs/appended';
import { readBounded } from '../runs/files';
import { biasPotential, type BiasedPotential } from '../sampling/bias';
import { createCoordinate, slopeOf, vectorsOf, type CollectiveVariable } from '../sampling/coordinates';
import { freeEnergyOf } from '../sampling/free-energy';
import { centerAt, visitsOf, windowFile, type Visit } from '../sampling/windows';
import { startComputing, type Computation } from './compute';
import { locator, type DefinitionFile } from './definition-file';
import { jobCommand } from './job';
import type { Ending, Job, Prepared } from './job';
import type { Output } from './output';
import { countSteps, describeMasses, readStart, type Start } from './start';
import { startStopwatch, type Spent } from './stopwatch';
import { formatFrame } from './trajectory-file';

/** Of all windows together: plots show no more points than that. */
const MAXIMUM_EVENTS = 5000;
const MAXIMUM_SERIES_BYTES = 1 << 30;
/** Of the bootstrap while there are windows to come. */
const PRELIMINARY_RESAMPLES = 20;
const TRAJECTORY = 'windows.xyz';

export const umbrellaCommand = jobCommand(
  'umbrella',
  'umbrella sampling: the free energy along a coordinate',
  prepareUmbrella,
);

export async function prepareUmbrella(
  file: DefinitionFile,
  definition: UmbrellaDefinition,
  _output: Output,
  resumed?: string,
): Promise<Result<Prepared>> {
  const { options, masses, name } = definition;
  const what = `umbrella ${name}`;
  const place = { file: file.file, ...locator(file.text)(definition.span.start) };
  const steps = countSteps(what, options.duration, options.timestep, place);
  if (!steps.ok) return steps;
  const start = await readStart(file, what, options, masses, resumed);
  if (!start.ok) return start;
  const { potential, data, structure, warnings } = start.value;
  const problem = checkCoordinate(definition, start.value);
  if (problem !== undefined) return fail({ ...problem, place });
  const setup: Setup = {
    start: start.value,
    definition,
    coordinate: createCoordinate(definition.coordinate, structure.numbers),
    equilibration: Math.round(options.equilibration / options.timestep),
    sampling: steps.value,
  };
  return ok({
    data: [data],
    identity: potential.identity,
    seed: options.seed,
    warnings,
    potential,
    work: (job) => simulate(setup, job),
  });
}

/** Why a coordinate means nothing in the structure, if it does not. */
function checkCoordinate({ coordinate }: UmbrellaDefinition, { structure }: Start): Problem | undefined {
  const atoms = structure.numbers.length;
  const missing = coordinate.atoms.find((atom) => atom >= atoms);
  if (missing !== undefined) {
    const message = `The coordinate has an atom ${missing}: the structure has ${atoms}, counted from 0 to ${atoms - 1}.`;
    return { code: 'PD1201', message };
  }
  const variable = createCoordinate(coordinate, structure.numbers);
  const derivatives = new Float64Array(3 * variable.pairs.length);
  const value = variable.evaluate(vectorsOf(variable, structure)(structure.positions), derivatives);
  if (Number.isFinite(value) && derivatives.every(Number.isFinite)) return undefined;
  const message = `The coordinate ${variable.name} means nothing in the structure: atoms of it stand at the same place, or in a line.`;
  return { code: 'PD1201', message };
}

interface Setup {
  readonly start: Start;
  readonly definition: UmbrellaDefinition;
  readonly coordinate: CollectiveVariable;
  /** Steps in each window. */
  readonly equilibration: number;
  readonly sampling: number;
}

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const progressMeta = v.object({
  kind: v.literal('umbrella'),
  /** Which of the visits. */
  visit: count,
  /** Bytes of the window's series and of the trajectory that belong to the state. */
  series: count,
  trajectory: count,
  elapsed: finite,
  cpu: finite,
});

/** Where a run is: all that a checkpoint holds. Steps of the state are counted from the start of the window. */
interface Progress extends Spent {
  /** Undefined where the window has not begun. */
  state: DynamicsState | undefined;
  visit: number;
  /** Bytes of the window's series and of the trajectory that the checkpoint knows of. */
  series: number;
  readonly trajectory: number;
}

interface Sampling extends Setup {
  readonly job: Job;
  readonly simulation: Simulation;
  readonly biased: BiasedPotential;
  readonly visits: readonly Visit[];
  readonly progress: Progress;
}

async function simulate(setup: Setup, job: Job): Promise<Ending> {
  const { start, definition, coordinate } = setup;
  const { potential, structure, masses, showMasses } = start;
  const { options, ensemble } = definition;
  const { centers, force_constant: forceConstant } = definition.coordinate;
  const atoms = structure.numbers.length;
  const { precision, skin } = options;
  const computation = startComputing(potential, {
    threads: job.threads,
    precision,
    skin,
    atoms,
    extrapolation: true,
  });
  job.warn(computation.warnings);
  try {
    if (showMasses) job.tell({ type: 'log', message: describeMasses(start) });
    const biased = biasPotential(computation.potential, coordinate, structure, { center: 0, forceConstant });
    const simulation = createSimulation(biased, structure, options.timestep, ensemble, masses);
    const progress = begin(simulation, job.checkpoint);
    if (!progress.ok) return { state: 'failed', problems: progress.problems };
    const visits = visitsOf(centers, biased.valueAt(structure.positions), coordinate);
    return await sampleWindows({ ...setup, job, simulation, biased, visits, progress: progress.value }, computation);
  } finally {
    computation.dispose();
  }
}

/** At the start, or where the checkpoint was taken. */
function begin(simulation: Simulation, checkpoint: Uint8Array | undefined): Result<Progress> {
  if (checkpoint === undefined) return ok({ state: undefined, visit: 0, series: 0, trajectory: 0, elapsed: 0, cpu: 0 });
  const decoded = decodeColumns(checkpoint);
  const meta = v.safeParse(progressMeta, decoded?.meta);
  const state = decoded === undefined ? undefined : restoreSimulation(simulation, decoded.columns);
  if (meta.success && state !== undefined) return ok({ ...meta.output, state });
  return fail({ code: 'RN012', message: 'The checkpoint belongs to another simulation: start a new one.' });
}

async function sampleWindows(sampling: Sampling, { threads, precision }: Computation): Promise<Ending> {
  const { job, progress, visits, definition, start } = sampling;
  const { folder } = job.run;
  const trajectory = openAppended(join(folder, TRAJECTORY), progress.trajectory);
  if (!trajectory.ok) return { state: 'failed', problems: trajectory.problems };
  let pmf: Pmf | undefined;
  try {
    job.run.update({ results: { trajectory: TRAJECTORY } });
    const measure = startStopwatch(progress);
    const series = new Map<number, Float64Array>();
    for (const { window } of visits.slice(0, progress.visit)) {
      const read = readSeries(sampling, window);
      if (!read.ok) return { state: 'failed', problems: read.problems };
      series.set(window, read.value);
    }
    for (; progress.visit < visits.length; progress.visit++) {
      const { window } = visits[progress.visit];
      const ending = await sampleWindow(sampling, trajectory.value, measure);
      if (ending !== undefined) return ending;
      const read = readSeries(sampling, window);
      if (!read.ok) return { state: 'failed', problems: read.problems };
      series.set(window, read.value);
      job.run.write('metadata.dat', describeWindows(sampling, [...series.keys()]));
      pmf = writeFreeEnergy(sampling, series);
    }
    measure();
    const atoms = start.structure.numbers.length;
    const steps = visits.length * (sampling.equilibration + sampling.sampling);
    const barrier = pmf?.meta.barrier ?? undefined;
    const results = {
      trajectory: TRAJECTORY,
      windows: visits.length,
      steps,
      atoms,
      temperature: definition.ensemble.temperature,
      barrier: barrier?.forward ?? null,
      barrier_error: barrier?.forward_error ?? null,
      backward_barrier: barrier?.backward ?? null,
      backward_barrier_error: barrier?.backward_error ?? null,
      connected: pmf?.meta.connected ?? null,
      converged: pmf?.meta.converged ?? null,
      cpu_microseconds_per_atom_step: (1e6 * progress.cpu) / (steps * atoms),
      precision,
      threads,
      ...job.spent(),
    };
    return {
      state: 'finished',
      changes: { results },
      result: { ...results, pmf: join(folder, 'pmf.bin'), metadata: join(folder, 'metadata.dat') },
      text: describeResults(sampling, pmf),
    };
  } finally {
    trajectory.value.close();
  }
}

/** Samples the window of the present visit, from its beginning or from where the checkpoint was; undefined when it is done. */
async function sampleWindow(
  sampling: Sampling,
  trajectory: Appended,
  measure: () => void,
): Promise<Ending | undefined> {
  const { job, simulation, biased, visits, progress, coordinate, equilibration, definition } = sampling;
  const { window, from } = visits[progress.visit];
  const { centers } = definition.coordinate;
  const { every } = definition.output;
  const center = centers[window];
  const { structure } = simulation;
  const origin = from === undefined ? biased.valueAt(structure.positions) : centers[from];
  const moveSpring = (step: number): void => {
    biased.spring.center = centerAt(step, equilibration, origin, center, coordinate);
  };
  const path = join(job.run.folder, windowFile(window, 'dat'));
  const opened = openAppended(path, progress.series);
  if (!opened.ok) return { state: 'failed', problems: opened.problems };
  const series = opened.value;
  try {
    if (progress.state === undefined) {
      moveSpring(0);
      const started = startWindow(sampling);
      if (!started.ok) return { state: 'failed', problems: started.problems };
      progress.state = started.value;
      series.write(SERIES_HEADER);
    }
    const { state } = progress;
    const slopeAt = slopeOf(coordinate, structure, simulation.masses);
    const steps = equilibration + sampling.sampling;
    const stride = Math.max(every, Math.ceil((visits.length * steps) / MAXIMUM_EVENTS));
    const save = (): Uint8Array => {
      measure();
      series.sync();
      trajectory.sync();
      const { visit, elapsed, cpu } = progress;
      const bytes = { series: series.bytes, trajectory: trajectory.bytes };
      const meta: v.InferOutput<typeof progressMeta> = { kind: 'umbrella', visit, ...bytes, elapsed, cpu };
      return encodeColumns({ columns: saveSimulation(simulation, state), meta });
    };
    while (state.step < steps) {
      moveSpring(state.step + 1);
      const problem = advance(simulation, state);
      if (problem !== undefined) return { state: 'failed', problems: [problem] };
      const sampled = state.step - equilibration;
      if (sampled > 0 && sampled % every === 0) {
        const { value, inverseMass } = slopeAt(state.positions);
        series.write(`${sampled * simulation.timestep} ${value} ${inverseMass}\n`);
      }
      if (state.step % stride === 0 || state.step === steps) {
        measure();
        job.tell(windowEvent(sampling, state));
      }
      if (state.step < steps && (await job.pause(save))) return { state: 'stopped' };
    }
    const value = biased.valueAt(state.positions);
    const seen = observe(simulation, state);
    const frame = formatFrame(
      simulation,
      state,
      { ...seen, potentialEnergy: seen.potentialEnergy - biased.biasAt(value) },
      {
        masses: sampling.start.showMasses,
        // They are those of the spring too.
        forces: false,
        velocities: false,
        further: [
          ['window', window + 1],
          ['center', center],
          ['coordinate', value],
        ],
      },
    );
    trajectory.write(frame);
    // On disk before a checkpoint of the next window says that this one is finished.
    series.sync();
    job.run.write(windowFile(window, 'state'), encodeState(state));
    progress.state = undefined;
    progress.series = 0;
    return undefined;
  } finally {
    series.close();
  }
}

/** The state that a window begins with: of the structure, or of the end of its neighbour with noise of its own. */
function startWindow({ simulation, visits, progress, job, definition }: Sampling): Result<DynamicsState> {
  const { window, from } = visits[progress.visit];
  const { seed } = definition.options;
  if (from === undefined) return startDynamics(simulation, definition.ensemble.initial_temperature, seed);
  const path = join(job.run.folder, windowFile(from, 'state'));
  const bytes = readBounded(path, MAXIMUM_SERIES_BYTES);
  const state = bytes && decodeState(bytes, simulation.masses.length);
  if (state === undefined) {
    const message =
      'The state at the end of the neighbouring window is missing: this run cannot go on. Start a new one.';
    return fail({ code: 'RN012', message, place: { file: path } });
  }
  // Each window follows from where it begins alone, whatever has been computed before it.
  simulation.potential.list?.build({ ...simulation.structure, positions: state.positions });
  return ok({ ...state, step: 0, heat: 0, random: createRandom(seed, `window ${window}`).state() });
}

function windowEvent(
  { simulation, biased, visits, progress, coordinate, equilibration, ...setup }: Sampling,
  state: DynamicsState,
) {
  const { window } = visits[progress.visit];
  const { temperature, potentialEnergy } = observe(simulation, state);
  const value = biased.valueAt(state.positions);
  const isSampling = state.step > equilibration;
  const steps = equilibration + setup.sampling;
  const done = progress.visit * steps + state.step;
  return {
    type: 'window' as const,
    window: window + 1,
    windows: visits.length,
    visited: progress.visit,
    center: setup.definition.coordinate.centers[window],
    unit: coordinate.unit,
    phase: isSampling ? ('sampling' as const) : ('equilibration' as const),
    step: isSampling ? state.step - equilibration : state.step,
    steps: isSampling ? setup.sampling : equilibration,
    value,
    potential_energy: potentialEnergy - biased.biasAt(value),
    temperature,
    elapsed: progress.elapsed,
    remaining: (progress.elapsed / done) * (visits.length * steps - done),
  };
}

/** The values of a finished window, out of its file: those that anybody finds there, and all of them. */
function readSeries({ job, definition, sampling }: Sampling, window: number): Result<Float64Array> {
  const path = join(job.run.folder, windowFile(window, 'dat'));
  const read = parseSeries(readBounded(path, MAXIMUM_SERIES_BYTES) ?? Buffer.alloc(0), path);
  if (read.ok && read.value.values.length === Math.floor(sampling / definition.output.every))
    return ok(read.value.values);
  const message = 'A finished window is missing or was changed: this run cannot go on. Start a new one.';
  return fail({ code: 'RN012', message, place: { file: path } });
}

function describeWindows({ coordinate, definition }: Sampling, windows: readonly number[]): string {
  const { centers, force_constant: forceConstant, kind } = definition.coordinate;
  const { name, unit, periodic } = coordinate;
  return formatMetadata(
    {
      coordinate: { name, unit, periodic },
      jacobian: kind === 'distance',
      temperature: definition.ensemble.temperature,
    },
    windows
      .toSorted((a, b) => a - b)
      .map((window) => ({ path: windowFile(window, 'dat'), center: centers[window], forceConstant })),
  );
}

/** Makes pmf.bin of the windows that are there. */
function writeFreeEnergy(
  { job, coordinate, definition, visits }: Sampling,
  series: ReadonlyMap<number, Float64Array>,
): Pmf | undefined {
  const { centers, force_constant: forceConstant, kind } = definition.coordinate;
  const { name, unit, periodic } = coordinate;
  const isLast = series.size === visits.length;
  const windows = [...series].map(([window, values]) => ({ center: centers[window], forceConstant, values }));
  const found = freeEnergyOf(windows, {
    coordinate: { name, unit, periodic },
    temperature: definition.ensemble.temperature,
    jacobian: kind === 'distance',
    seed: definition.options.seed,
    ...(!isLast && { resamples: PRELIMINARY_RESAMPLES }),
  });
  if (found !== undefined) job.run.write('pmf.bin', encodePmf(found.pmf));
  return found?.pmf;
}

function describeResults({ coordinate, visits, definition }: Sampling, pmf: Pmf | undefined): string {
  const { temperature } = definition.ensemble;
  const lines = [`${visits.length} windows along ${coordinate.name} at ${temperature} K`];
  if (pmf === undefined) return [...lines, 'No values were written: there is no free energy.'].join('\n');
  const { barrier, connected, converged, difference } = pmf.meta;
  const milli = (value: number): string => (1000 * value).toFixed(1);
  if (barrier !== null)
    lines.push(
      `barrier             ${milli(barrier.forward)} ± ${milli(barrier.forward_error)} meV at ${barrier.top.toFixed(3)} ${coordinate.unit}, back ${milli(barrier.backward)} ± ${milli(barrier.backward_error)} meV`,
    );
  lines.push(
    connected
      ? `halves differ by    ${milli(difference)} meV at most: ${converged ? 'converged' : 'not converged, sample longer'}`
      : 'The windows do not overlap: their free energies have no common zero.',
  );
  return lines.join('\n');
}
