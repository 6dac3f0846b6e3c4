/**
 * `nearsight md FILE [LABEL]`: molecular dynamics; the trajectory in the run folder is the result. A checkpoint knows how
 * long the trajectory was, so that a resumed run cuts off what came after it and ends with the same bytes.
 */
import { closeSync, fsyncSync, openSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import * as v from 'valibot';
import { describeOutside } from '../../language/check/runs';
import type { MdDefinition } from '../../language/definition/definition';
import { symbolOf } from '../../language/elements';
import { decodeColumns, encodeColumns } from '../../protocol/columns';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import { findOutside } from '../descriptors/extrapolation';
import { addValue, BLOCKS, fitDrift, NO_DRIFT } from '../analysis/drift';
import type { DriftState } from '../analysis/drift';
import { advance, createSimulation, decodeState, encodeState, observe, startDynamics } from '../dynamics/dynamics';
import type { DynamicsState, Ensemble, Observation, Simulation } from '../dynamics/dynamics';
import { fingerprint, readStructure } from '../formats/dataset';
import { massesOf } from '../dynamics/velocities';
import { formatXyzFrame } from '../formats/extended-xyz';
import { writtenMasses } from '../formats/labels';
import { neuralFromFile, type PotentialFile } from '../potentials/potential-file';
import type { Precision } from '../kernels/module';
import type { Potential } from '../potentials/potential';
import { writeFully } from '../runs/files';
import { repeatCell } from '../structure/cell';
import type { Structure } from '../structure/structure';
import { conclude, JSON_OPTION } from './command';
import { startComputing, THREADS_OPTION, type Computation } from './compute';
import { findUnknownElement } from './dataset';
import { potentialOf } from './definition-file';
import type { DefinitionFile } from './definition-file';
import { CHECKPOINT_OPTION, startJob } from './job';
import type { Ending, Job, JobOptions, Prepared } from './job';
import type { Output } from './output';
import { describeSpread, largestSpread } from './spread';
import { findPotential } from './trained-potential';

const MAXIMUM_STEPS = 1e12;
/** Of a supercell: about as many as the memory of the kernels (4 GB) has room for. */
const MAXIMUM_ATOMS = 4_000_000;
/** Plots show no more points than that, and events.ndjson should stay small. */
const MAXIMUM_STEP_EVENTS = 5000;

export const mdCommand = new Command('md')
  .description('molecular dynamics with a potential')
  .argument('<file>', '.potential file')
  .argument('[label]', 'label of the md block; may be left out if there is one')
  .option('--out <folder>', 'run folder to make, instead of the next number below runs/')
  .option(...THREADS_OPTION)
  .option(...CHECKPOINT_OPTION)
  .option(...JSON_OPTION)
  .action((file: string, label: string | undefined, options: JobOptions) =>
    conclude(options, (output) => startJob('md', prepareDynamics, file, label, options, output)),
  );

export async function prepareDynamics(
  file: DefinitionFile,
  { options, ensemble, masses: own, output: wanted, name }: MdDefinition,
  _output: Output,
  resumed?: string,
): Promise<Result<Prepared>> {
  const place = { file: file.file };
  const potential = potentialOf(file.definition, options.potential);
  const found = findPotential(file, potential, resumed);
  if (!found.ok) return found;
  if (!isTrajectoryName(wanted.file)) {
    const message = `md ${name}: the output file "${wanted.file}" must be a plain file name that ends with .xyz or .extxyz: it stands in the run folder.`;
    return fail({ code: 'RN013', message, place });
  }
  const steps = Math.round(options.duration / options.timestep);
  if (steps < 1 || steps > MAXIMUM_STEPS) {
    const message = `md ${name}: the duration is ${steps} time steps; it must be 1 to ${MAXIMUM_STEPS} of them.`;
    return fail({ code: 'RN013', message, place });
  }
  const path = resolve(dirname(file.path), options.structure);
  const print = await fingerprint(path);
  if (!print.ok) return print;
  const structure = await readStructure(path, options.frame);
  if (!structure.ok) return structure;
  const frame = options.frame ?? print.value.frames - 1;
  const { file: used, warnings } = found.value;
  const copies = options.supercell;
  const refusal = refuseSupercell(structure.value, copies);
  if (refusal !== undefined) return fail({ code: 'RN013', message: `md ${name}: ${refusal}`, place: { file: path } });
  const start = repeatCell(structure.value, copies);
  const unknown = await findUnknownElement([structure.value], used.elements, () => ({ file: path, frame }));
  if (unknown !== undefined) return fail(unknown);
  const written = writtenMasses(structure.value);
  const standard = massesOf(start.numbers, own);
  const masses = standard.map((mass, i) =>
    written === undefined || own[symbolOf(start.numbers[i])] !== undefined ? mass : written[i % written.length],
  );
  const setup: Setup = {
    potential: used,
    structure: start,
    masses,
    showMasses: written !== undefined || Object.keys(own).length > 0,
    ensemble,
    initialTemperature: ensemble.initial_temperature,
    timestep: options.timestep,
    seed: options.seed,
    precision: options.precision,
    skin: options.skin,
    steps,
    every: wanted.every,
    file: wanted.file,
  };
  return ok({
    data: [print.value],
    identity: used.identity,
    seed: options.seed,
    warnings: [...warnings, ...warnOfExtrapolation(used, structure.value, path)],
    potential: used,
    work: (job) => simulate(setup, job),
  });
}

/** Masses that are not the standard ones, in a sentence. */
function describeMasses({ numbers }: Structure, masses: Float64Array): string {
  const standard = massesOf(numbers);
  const own = new Set(
    [...masses.keys()].filter((i) => masses[i] !== standard[i]).map((i) => `${symbolOf(numbers[i])} ${masses[i]} amu`),
  );
  return own.size === 0
    ? 'Masses are the standard ones.'
    : `Masses: ${[...own].slice(0, 10).join(', ')}${own.size > 10 ? ' …' : ''}; others are the standard ones.`;
}

/** Why a structure can't be repeated, if it can't. */
function refuseSupercell({ numbers, periodic }: Structure, copies: readonly number[]): string | undefined {
  const blocked = copies.findIndex((count, k) => count > 1 && !periodic[k]);
  if (blocked >= 0)
    return `the supercell repeats the structure along ${'abc'[blocked]}, where it is not periodic: write 1 there, or give the structure a cell.`;
  const atoms = copies.reduce((product, count) => product * count, numbers.length);
  return atoms > MAXIMUM_ATOMS
    ? `the supercell has ${atoms} atoms, more than the ${MAXIMUM_ATOMS} that a simulation can have: take fewer copies.`
    : undefined;
}

/** Whether the first structure is one that the potential knows nothing of. */
function warnOfExtrapolation(potential: PotentialFile, structure: Structure, file: string): Problem[] {
  const neural = neuralFromFile(potential);
  const found = neural === undefined ? undefined : findOutside(structure, neural);
  const message = found === undefined ? undefined : describeOutside(found);
  return message === undefined ? [] : [{ code: 'PD1003', message, place: { file } }];
}

interface Setup {
  readonly potential: PotentialFile;
  readonly structure: Structure;
  /** amu */
  readonly masses: Float64Array;
  /** They are not all standard ones, and the trajectory has them. */
  readonly showMasses: boolean;
  readonly ensemble: Ensemble;
  /** K */
  readonly initialTemperature: number;
  /** fs */
  readonly timestep: number;
  readonly seed: number;
  readonly precision: Precision;
  /** Å */
  readonly skin: number;
  readonly steps: number;
  readonly every: number;
  readonly file: string;
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
interface Progress {
  readonly state: DynamicsState;
  bytes: number;
  elapsed: number;
  cpu: number;
  drift: DriftState;
}

async function simulate(setup: Setup, job: Job): Promise<Ending> {
  const { potential, structure, masses, ensemble, timestep, precision, skin } = setup;
  const computation = startComputing(potential, {
    threads: job.threads,
    precision,
    skin,
    atoms: structure.numbers.length,
  });
  job.warn(computation.warnings);
  try {
    if (setup.showMasses) job.tell({ type: 'log', message: describeMasses(structure, masses) });
    const simulation = createSimulation(computation.potential, structure, timestep, ensemble, masses);
    return await takeSteps(setup, simulation, computation, job);
  } finally {
    computation.dispose();
  }
}

async function takeSteps(
  setup: Setup,
  simulation: Simulation,
  { threads, precision }: Computation,
  job: Job,
): Promise<Ending> {
  const { steps, every, file, showMasses } = setup;
  const atoms = simulation.structure.numbers.length;
  const started = begin(setup, simulation, job.checkpoint);
  if (!started.ok) return { state: 'failed', problems: started.problems };
  const progress = started.value;
  const { state } = progress;
  const trajectory = openTrajectory(join(job.run.folder, file), progress.bytes);
  if (!trajectory.ok) return { state: 'failed', problems: trajectory.problems };
  const descriptor = trajectory.value;
  try {
    job.run.update({ results: { trajectory: file } });
    const stride = Math.max(every, Math.ceil(steps / MAXIMUM_STEP_EVENTS));
    let clock = performance.now();
    let cpu = process.cpuUsage();
    /** Adds the time since the last call. */
    const measure = (): void => {
      const now = performance.now();
      progress.elapsed += (now - clock) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      progress.cpu += (user + system) / 1e6;
      clock = now;
      cpu = process.cpuUsage();
    };
    const record = (): void => {
      const seen = observe(simulation, state);
      const block = Math.min(BLOCKS - 1, Math.floor((BLOCKS * state.step) / steps));
      progress.drift = addValue(progress.drift, seen.time, seen.conserved, block);
      if (state.step % every === 0) {
        const text = Buffer.from(formatFrame(simulation, state, seen, showMasses));
        writeFully(descriptor, text);
        progress.bytes += text.length;
      }
      if (state.step % stride === 0 || state.step === steps) {
        measure();
        job.tell(stepEvent(state, steps, progress.elapsed, seen));
      }
    };
    const save = (): Uint8Array => {
      measure();
      fsyncSync(descriptor);
      return encodeProgress(progress, simulation.potential);
    };
    if (progress.bytes === 0) record();
    while (state.step < steps) {
      const problem = advance(simulation, state);
      if (problem !== undefined) return { state: 'failed', problems: [problem] };
      record();
      if (await job.pause(save)) return { state: 'stopped' };
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
      result: { ...results, trajectory: join(job.run.folder, file) },
      text: describeResults(setup, atoms, results),
    };
  } finally {
    closeSync(descriptor);
  }
}

/** At the start, or where the checkpoint was taken. */
function begin(
  { initialTemperature, seed }: Setup,
  simulation: Simulation,
  checkpoint: Uint8Array | undefined,
): Result<Progress> {
  const { potential, structure } = simulation;
  if (checkpoint === undefined) {
    const state = startDynamics(simulation, initialTemperature, seed);
    return state.ok ? ok({ state: state.value, bytes: 0, elapsed: 0, cpu: 0, drift: NO_DRIFT }) : state;
  }
  const decoded = decodeColumns(checkpoint);
  const meta = v.safeParse(progressMeta, decoded?.meta);
  const bytes = decoded?.columns.state;
  const state = bytes instanceof Uint8Array ? decodeState(bytes, structure.numbers.length) : undefined;
  const builtAt = decoded?.columns.builtAt;
  if (
    builtAt instanceof Float64Array &&
    builtAt.length === structure.positions.length &&
    builtAt.every(Number.isFinite)
  )
    // Where the neighbour list was built decides on the last bits of forces.
    potential.list?.build({ ...structure, positions: builtAt });
  if (meta.success && state !== undefined) return ok({ state, ...meta.output });
  return fail({ code: 'RN012', message: 'The checkpoint belongs to another simulation: start a new one.' });
}

function encodeProgress({ state, bytes, elapsed, cpu, drift }: Progress, { list }: Potential): Uint8Array {
  const meta: v.InferOutput<typeof progressMeta> = { kind: 'md', bytes, elapsed, cpu, drift };
  const builtAt = list?.builtAt();
  const columns = { state: encodeState(state), ...(builtAt === undefined ? {} : { builtAt }) };
  return encodeColumns({ columns, meta });
}

/** Opens for appending after `bytes` bytes; what stands behind them was written after the checkpoint. */
function openTrajectory(path: string, bytes: number): Result<number> {
  closeSync(openSync(path, 'a'));
  if (statSync(path).size < bytes) {
    const message = 'The trajectory is shorter than it was: it cannot be continued. Start a new run.';
    return fail({ code: 'RN012', message, place: { file: path } });
  }
  truncateSync(path, bytes);
  return ok(openSync(path, 'a'));
}

/** Energies under names that no reader takes for reference labels. */
function formatFrame(
  { structure, masses }: Simulation,
  { positions, step, spread }: DynamicsState,
  seen: Observation,
  showMasses: boolean,
): string {
  const { numbers, cell, periodic } = structure;
  const info = new Map([
    ['step', step],
    ['time', seen.time],
    ['temperature', seen.temperature],
    ['potential_energy', seen.potentialEnergy],
  ]);
  const { columns: spreads, info: uncertain } = describeSpread(spread);
  const columns = showMasses
    ? new Map([['masses', { type: 'R' as const, width: 1, values: masses }], ...spreads])
    : spreads;
  return formatXyzFrame(
    { numbers, positions, cell, periodic, columns, info: new Map([...info, ...uncertain]) },
    'fixed',
  );
}

const stepEvent = ({ step, spread }: DynamicsState, steps: number, elapsed: number, seen: Observation) => ({
  type: 'step' as const,
  step,
  steps,
  elapsed,
  time: seen.time,
  potential_energy: seen.potentialEnergy,
  kinetic_energy: seen.kineticEnergy,
  conserved: seen.conserved,
  temperature: seen.temperature,
  ...(spread !== undefined && { forces_std: largestSpread(spread) }),
});

function describeResults(
  { timestep, steps, file }: Setup,
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
    `${steps} steps of ${timestep} fs, ${atoms} atoms: ${file}`,
    `energy drift        ${number(results.energy_drift)}${error === null ? '' : ` ± ${error.toPrecision(2)}`} meV/atom/ns`,
    `energy fluctuation  ${number(results.energy_fluctuation)} meV/atom`,
    `CPU time            ${number(results.cpu_microseconds_per_atom_step)} µs per atom and step`,
  ].join('\n');
}

/** The run folder's own files have other endings: so a trajectory can't replace one. */
const isTrajectoryName = (name: string): boolean =>
  basename(name) === name && !name.includes('\\') && /^[^.].*\.(ext)?xyz$/i.test(name);
