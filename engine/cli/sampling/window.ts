/** A window of an umbrella sampling: its spring moves there from its neighbour, then its values are written, and in the end its state. Å, rad, eV, fs. */
import { join } from 'node:path';
import * as v from 'valibot';
import type { UmbrellaDefinition } from '../../../language/definition/definition';
import { encodeColumns } from '../../../protocol/columns';
import { fail, ok, type Result } from '../../../protocol/result';
import { advance, observe, startDynamics, type DynamicsState, type Simulation } from '../../dynamics/dynamics';
import { decodeState, encodeState, saveSimulation } from '../../dynamics/state';
import { MAXIMUM_SERIES_BYTES, parseSeries, SERIES_HEADER } from '../../formats/umbrella-windows';
import { createRandom, type Random } from '../../random';
import { openAppended, type Appended } from '../../runs/appended';
import { readBounded } from '../../runs/files';
import type { BiasedPotential } from '../../sampling/bias';
import { slopeOf, type CollectiveVariable } from '../../sampling/coordinates';
import { centerAt, windowFile, type Visit } from '../../sampling/windows';
import { failed, STOPPED, type Ending, type Job } from '../job';
import type { Start } from '../start';
import type { Spent } from '../stopwatch';
import { formatFrame, MAXIMUM_STEP_EVENTS } from '../trajectory-file';

const MAXIMUM_STATE_BYTES = 1 << 30;

export interface Setup {
  readonly start: Start;
  readonly definition: UmbrellaDefinition;
  readonly coordinate: CollectiveVariable;
  /** Steps in each window. */
  readonly equilibration: number;
  readonly sampling: number;
}

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const progressMeta = v.object({
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
export interface Progress extends Spent {
  /** Undefined where the window has not begun. */
  state: DynamicsState | undefined;
  visit: number;
  /** Bytes of the window's series and of the trajectory that the checkpoint knows of. */
  series: number;
  readonly trajectory: number;
}

export interface Sampling extends Setup {
  readonly job: Job;
  readonly simulation: Simulation;
  readonly biased: BiasedPotential;
  readonly visits: readonly Visit[];
  readonly progress: Progress;
}

/** Samples the window of the present visit, from its beginning or from where the checkpoint was; undefined when it is done. */
export async function sampleWindow(
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
  if (!opened.ok) return failed(...opened.problems);
  const series = opened.value;
  try {
    if (progress.state === undefined) {
      moveSpring(0);
      const started = startWindow(sampling);
      if (!started.ok) return failed(...started.problems);
      progress.state = started.value;
      series.write(SERIES_HEADER);
    }
    const { state } = progress;
    const slopeAt = slopeOf(coordinate, structure, simulation.masses);
    const steps = equilibration + sampling.sampling;
    const stride = Math.max(every, Math.ceil((visits.length * steps) / MAXIMUM_STEP_EVENTS));
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
      if (problem !== undefined) return failed(problem);
      const sampled = state.step - equilibration;
      if (sampled > 0 && sampled % every === 0) {
        const { value, inverseMass } = slopeAt(state.positions);
        series.write(`${sampled * simulation.timestep} ${value} ${inverseMass}\n`);
      }
      if (state.step % stride === 0 || state.step === steps) {
        measure();
        job.tell(windowEvent(sampling, state));
      }
      if (state.step < steps && (await job.pause(save))) return STOPPED;
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
  const state = continueFrom(path, simulation, createRandom(seed, `window ${window}`));
  if (state !== undefined) return ok(state);
  const message = 'The state at the end of the neighbouring window is missing: this run cannot go on. Start a new one.';
  return fail({ code: 'RN012', message, place: { file: path } });
}

/** The state at the end of a window as a beginning, with noise of its own; undefined if it is missing. */
export function continueFrom(path: string, simulation: Simulation, random: Random): DynamicsState | undefined {
  const bytes = readBounded(path, MAXIMUM_STATE_BYTES);
  const state = bytes && decodeState(bytes, simulation.masses.length);
  if (state === undefined) return undefined;
  // What follows comes of where it begins alone, whatever has been computed before it.
  simulation.potential.list?.build({ ...simulation.structure, positions: state.positions });
  return { ...state, step: 0, heat: 0, random: random.state() };
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
export function readSeries({ job, definition, sampling }: Sampling, window: number): Result<Float64Array> {
  const path = join(job.run.folder, windowFile(window, 'dat'));
  const read = parseSeries(readBounded(path, MAXIMUM_SERIES_BYTES) ?? Buffer.alloc(0), path);
  if (read.ok && read.value.values.length === Math.floor(sampling / definition.output.every))
    return ok(read.value.values);
  const message = 'A finished window is missing or was changed: this run cannot go on. Start a new one.';
  return fail({ code: 'RN012', message, place: { file: path } });
}
