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
import { describeMissingAtom } from '../../language/check/umbrella';
import type { UmbrellaDefinition } from '../../language/definition/definition';
import { encodePmf, type Pmf } from '../../protocol/pmf';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import { createSimulation, type Simulation } from '../dynamics/dynamics';
import { restoreFrom } from '../dynamics/state';
import { formatMetadata, mostValues } from '../formats/umbrella-windows';
import { openAppended } from '../runs/appended';
import { biasPotential } from '../sampling/bias';
import { createCoordinate, vectorsOf } from '../sampling/coordinates';
import { freeEnergyOf } from '../sampling/free-energy';
import { visitsOf, windowFile } from '../sampling/windows';
import { computing, type Computation } from './compute';
import { locator, type DefinitionFile } from './definition-file';
import { failed, jobCommand } from './job';
import type { Ending, Job, Prepared } from './job';
import type { Output } from './output';
import { countSteps, describeMasses, preparedFrom, readStart, type Start } from './start';
import { progressMeta, readSeries, sampleWindow, type Progress, type Sampling, type Setup } from './sampling/window';
import { startStopwatch } from './stopwatch';

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
  const values = Math.floor(steps.value / definition.output.every);
  const most = mostValues(definition.coordinate.centers.length);
  if (values > most) {
    const message = `${what}: each window would have ${values} values, more than the ${most} of which a profile can be made: write them more seldom, with a larger \`every\` of the output.`;
    return fail({ code: 'RN013', message, place });
  }
  const start = await readStart(file, what, options, masses, resumed);
  if (!start.ok) return start;
  const { structure } = start.value;
  const problem = findCoordinateFault(definition, start.value);
  if (problem !== undefined) return fail({ ...problem, place });
  const setup: Setup = {
    start: start.value,
    definition,
    coordinate: createCoordinate(definition.coordinate, structure.numbers),
    equilibration: Math.round(options.equilibration / options.timestep),
    sampling: steps.value,
  };
  return ok(preparedFrom(start.value, options.seed, (job) => simulate(setup, job)));
}

/** Why a coordinate means nothing in the structure, if it does not. */
function findCoordinateFault({ coordinate }: UmbrellaDefinition, { structure }: Start): Problem | undefined {
  const atoms = structure.numbers.length;
  const missing = coordinate.atoms.find((atom) => atom >= atoms);
  if (missing !== undefined) return { code: 'PD1201', message: describeMissingAtom(missing, atoms) };
  const variable = createCoordinate(coordinate, structure.numbers);
  const derivatives = new Float64Array(3 * variable.pairs.length);
  const value = variable.evaluate(vectorsOf(variable, structure)(structure.positions), derivatives);
  if (Number.isFinite(value) && derivatives.every(Number.isFinite)) return undefined;
  const message = `The coordinate ${variable.name} means nothing in the structure: atoms of it stand at the same place, or in a line.`;
  return { code: 'PD1201', message };
}

async function simulate(setup: Setup, job: Job): Promise<Ending> {
  const { start, definition, coordinate } = setup;
  const { potential, structure, masses, showMasses } = start;
  const { options, ensemble } = definition;
  const { centers, force_constant: forceConstant } = definition.coordinate;
  const atoms = structure.numbers.length;
  const { precision, skin } = options;
  return computing(job, potential, { precision, skin, atoms, extrapolation: true }, async (computation) => {
    if (showMasses) job.tell({ type: 'log', message: describeMasses(start) });
    const biased = biasPotential(computation.potential, coordinate, structure, { center: 0, forceConstant });
    const simulation = createSimulation(biased, structure, options.timestep, ensemble, masses);
    const progress = begin(simulation, job.checkpoint);
    if (!progress.ok) return failed(...progress.problems);
    const visits = visitsOf(centers, biased.valueAt(structure.positions), coordinate);
    return await sampleWindows({ ...setup, job, simulation, biased, visits, progress: progress.value }, computation);
  });
}

/** At the start, or where the checkpoint was taken. */
function begin(simulation: Simulation, checkpoint: Uint8Array | undefined): Result<Progress> {
  if (checkpoint === undefined) return ok({ state: undefined, visit: 0, series: 0, trajectory: 0, elapsed: 0, cpu: 0 });
  const restored = restoreFrom(checkpoint, simulation, progressMeta);
  return restored.ok ? ok({ state: restored.value.state, ...restored.value.meta }) : restored;
}

async function sampleWindows(sampling: Sampling, { threads, precision }: Computation): Promise<Ending> {
  const { job, progress, visits, definition, start } = sampling;
  const { folder } = job.run;
  const trajectory = openAppended(join(folder, TRAJECTORY), progress.trajectory);
  if (!trajectory.ok) return failed(...trajectory.problems);
  let pmf: Pmf | undefined;
  try {
    job.run.update({ results: { trajectory: TRAJECTORY } });
    const measure = startStopwatch(progress);
    const series = new Map<number, Float64Array>();
    for (const { window } of visits.slice(0, progress.visit)) {
      const read = readSeries(sampling, window);
      if (!read.ok) return failed(...read.problems);
      series.set(window, read.value);
    }
    for (; progress.visit < visits.length; progress.visit++) {
      const { window } = visits[progress.visit];
      const ending = await sampleWindow(sampling, trajectory.value, measure);
      if (ending !== undefined) return ending;
      const read = readSeries(sampling, window);
      if (!read.ok) return failed(...read.problems);
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

/** What the values of the windows mean. */
function meaningOf({ coordinate: { name, unit, periodic }, definition }: Sampling) {
  return {
    coordinate: { name, unit, periodic },
    jacobian: definition.coordinate.kind === 'distance',
    temperature: definition.ensemble.temperature,
  };
}

function describeWindows(sampling: Sampling, windows: readonly number[]): string {
  const { centers, force_constant: forceConstant } = sampling.definition.coordinate;
  return formatMetadata(
    meaningOf(sampling),
    windows
      .toSorted((a, b) => a - b)
      .map((window) => ({ path: windowFile(window, 'dat'), center: centers[window], forceConstant })),
  );
}

/** Makes pmf.bin of the windows that are there. */
function writeFreeEnergy(sampling: Sampling, series: ReadonlyMap<number, Float64Array>): Pmf | undefined {
  const { job, definition, visits } = sampling;
  const { centers, force_constant: forceConstant } = definition.coordinate;
  const isLast = series.size === visits.length;
  const windows = [...series].map(([window, values]) => ({ center: centers[window], forceConstant, values }));
  const found = freeEnergyOf(windows, {
    ...meaningOf(sampling),
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
