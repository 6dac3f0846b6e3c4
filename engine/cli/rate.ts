/**
 * `nearsight rate FILE [LABEL]`: how often what an umbrella sampling has looked at happens by itself. From the windows of its newest
 * finished run (or of another program) the profile, and the mass of the coordinate at its top; there a spring holds the atoms at
 * places where trajectories begin that tell how many come back. The profile stands in the run folder as `pmf.bin`.
 */
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { BOLTZMANN } from '../../language/constants';
import type { RateDefinition } from '../../language/definition/definition';
import { encodePmf, type Barrier } from '../../protocol/pmf';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { forceConstantRatio } from '../analysis/force-constants';
import { readWindows, type Windows, type WindowSettings } from '../formats/umbrella-windows';
import { runsOf } from '../runs/list';
import { readDefinition } from '../runs/run-folder';
import { deviation } from '../sampling/coordinates';
import { freeEnergyOf, type FreeEnergy } from '../sampling/free-energy';
import {
  activationFreeEnergy,
  eyringRate,
  kramersTransmission,
  rateOfProfile,
  reactiveRate,
  transmissionOf,
  type ProfileRate,
  type Transmission,
} from '../sampling/rates';
import { checkText, findAction, locator, type DefinitionFile } from './definition-file';
import { failed, jobCommand, STOPPED } from './job';
import type { Ending, Job, Prepared } from './job';
import type { Output } from './output';
import { DISCONNECTED, problemsOf } from './pmf-report';
import { visitTop, type Sampled } from './sampling/top';
import { readStart } from './start';

export const rateCommand = jobCommand('rate', 'the rate of a rare event from umbrella windows', prepareRate);

interface Setup {
  readonly rate: RateDefinition;
  readonly windows: Windows;
  /** Undefined for windows of another program. */
  readonly sampled: Sampled | undefined;
  readonly file: string;
}

export async function prepareRate(
  file: DefinitionFile,
  rate: RateDefinition,
  _output: Output,
): Promise<Result<Prepared>> {
  const { source } = rate;
  const place = { file: file.file, ...locator(file.text)(rate.span.start) };
  const sampled = source.kind === 'umbrella' ? await findSampled(file, source.umbrella, place) : ok(undefined);
  if (!sampled.ok) return sampled;
  const metadata =
    source.kind === 'windows'
      ? resolve(dirname(file.path), source.file)
      : join(sampled.value?.run.folder ?? '', 'metadata.dat');
  const windows = await readWindows(metadata, settingsOf(source));
  if (!windows.ok) return windows;
  const setup: Setup = { rate, windows: windows.value, sampled: sampled.value, file: metadata };
  const potential = sampled.value?.start.potential;
  return ok({
    data: [fingerprintOf(metadata, windows.value)],
    identity: potential?.identity,
    seed: rate.options.seed,
    warnings: sampled.value?.start.warnings ?? [],
    potential,
    work: (job) => work(setup, job),
  });
}

/** The newest finished run of an umbrella, with the definition and the potential that it was made with. */
async function findSampled(file: DefinitionFile, label: string, place: Problem['place']): Promise<Result<Sampled>> {
  const run = runsOf(file.path).find(
    ({ manifest, state }) => manifest.kind === 'umbrella' && manifest.label === label && state === 'finished',
  );
  if (run === undefined) {
    const message = `There is no finished run of umbrella ${label}: run \`nearsight umbrella ${file.file} ${label}\` first.`;
    return fail({ code: 'RN024', message, place });
  }
  const text = readDefinition(run.folder, run.manifest);
  if (text === undefined) {
    const message = 'definition.potential is missing or was changed: what was sampled is not known. Sample it again.';
    return fail({ code: 'RN024', message, place: { file: run.folder } });
  }
  const frozen = await checkText(run.manifest.file, text);
  const definition = findAction(frozen, 'umbrella', label);
  if (!definition.ok) return definition;
  const { options, masses } = definition.value;
  const start = await readStart(frozen, `umbrella ${label}`, options, masses, run.folder);
  return start.ok ? ok({ run, definition: definition.value, start: start.value }) : start;
}

const UNITS = { angstrom: 'Å', bohr: 'bohr', nm: 'nm', rad: 'rad', deg: 'deg', none: 'none' } as const;

/** Of another program's files; ours say it themselves. */
function settingsOf(source: RateDefinition['source']): WindowSettings {
  if (source.kind === 'umbrella') return {};
  const { unit, energy, temperature, convention, periodic } = source;
  return { unit: unit && UNITS[unit], energy, temperature, convention, periodic };
}

/** What a run that goes on must find again: the values and what they are taken for. */
function fingerprintOf(file: string, { windows, temperature }: Windows): Prepared['data'][number] {
  const hash = createHash('sha256').update(String(temperature));
  for (const { center, forceConstant, values } of windows)
    hash.update(`${center} ${forceConstant}`).update(Buffer.from(values.buffer));
  return {
    file: resolve(file),
    sha256: hash.digest('hex'),
    frames: windows.reduce((sum, { values }) => sum + values.length, 0),
  };
}

async function work(setup: Setup, job: Job): Promise<Ending> {
  const { rate, windows, sampled, file } = setup;
  const { coordinate, jacobian, temperature } = windows;
  const found = withBarrier(
    freeEnergyOf(windows.windows, { coordinate, temperature, jacobian, seed: rate.options.seed }),
    file,
  );
  if (!found.ok) return failed(...found.problems);
  const { profile, barrier } = found.value;
  job.run.write('pmf.bin', encodePmf(profile.pmf));
  const { convention } = rate.source.kind === 'windows' ? rate.source : {};
  job.warn(problemsOf(profile.pmf, convention, file));
  const { mass } = rate.options;
  const inverseMass =
    mass === undefined
      ? inverseMassAt(windows, barrier.top, profile.pmf.coordinate[1] - profile.pmf.coordinate[0])
      : 1 / mass;
  if (inverseMass === undefined) {
    const message =
      'No value of the windows lies at the top with the mass of the coordinate beside it: write `mass`, or sample again.';
    return failed({ code: 'RN024', message, place: { file } });
  }
  const { reactant } = rate.options;
  const theory = rateOfProfile(profile, { inverseMass, reactant });
  if (theory === undefined) {
    const message = 'On the side of the reactants there is no value: sample windows there.';
    return failed({ code: 'RN023', message, place: { file } });
  }
  let transmission: Transmission | undefined;
  if (rate.recrossing !== undefined && sampled !== undefined) {
    const crossings = await visitTop({ rate, recrossing: rate.recrossing, sampled, barrier, job });
    if (!crossings.ok) return failed(...crossings.problems);
    if (crossings.value === undefined) return STOPPED;
    transmission = transmissionOf(crossings.value, rate.options.seed);
  }
  const results = resultsOf(setup, profile, theory, inverseMass, transmission);
  return {
    state: 'finished',
    changes: { results: { ...results, ...job.spent() } },
    result: results,
    text: describeRate(results),
  };
}

/** Expected failures `RN023`: why there can be no rate. */
function withBarrier(
  profile: FreeEnergy | undefined,
  file: string,
): Result<{ readonly profile: FreeEnergy; readonly barrier: Barrier }> {
  const refuse = (message: string): Result<never> => fail({ code: 'RN023', message, place: { file } });
  if (profile === undefined) return refuse('The windows have no values.');
  const { connected, barrier } = profile.pmf.meta;
  if (!connected) return refuse(DISCONNECTED);
  if (barrier === null) return refuse('The profile has one minimum: there is no barrier to cross.');
  return ok({ profile, barrier });
}

/** 1/m: the square of the mean of √Σ|∇_i ξ|²/m_i, over the values of all windows that are within `width` of the top. */
function inverseMassAt({ windows, coordinate }: Windows, top: number, width: number): number | undefined {
  const speeds = windows.flatMap(({ values, inverseMasses }) =>
    [...(inverseMasses ?? [])]
      .filter((_, i) => Math.abs(deviation(coordinate, values[i], top)) <= width)
      .map(Math.sqrt),
  );
  const mean = speeds.reduce((sum, each) => sum + each / speeds.length, 0);
  return mean > 0 ? mean ** 2 : undefined;
}

/** What stands in run.json. Rates in 1/s, energies in eV. */
interface RateResults {
  readonly method: 'transition-state theory' | 'Bennett–Chandler' | 'Eyring';
  readonly rate: number;
  /** Null where what it comes of has none. */
  readonly rate_error: number | null;
  /** Of transition-state theory, from the profile. */
  readonly tst_rate: number;
  readonly tst_rate_error: number;
  readonly transmission: number | null;
  readonly transmission_error: number | null;
  /** Of the profile, from the reactants. */
  readonly barrier: number;
  readonly barrier_error: number;
  /** ΔG‡, of what is computed with. */
  readonly activation_free_energy: number;
  readonly activation_free_energy_error: number | null;
  /** K */
  readonly temperature: number;
  /** Of the coordinate at the top, amu (times Å² for angles). */
  readonly mass: number;
  readonly transition: number;
  /** Kramers’ κ for the friction that is written, and the rate with it. */
  readonly kramers_transmission: number | null;
  readonly kramers_rate: number | null;
  /** 1 where the force constants of the windows are right, ½ where they lack their ½. */
  readonly force_constant_ratio: number | null;
  readonly converged: boolean;
}

function resultsOf(
  { rate: { options }, windows: { temperature } }: Setup,
  { pmf }: FreeEnergy,
  found: ProfileRate,
  inverseMass: number,
  transmission: Transmission | undefined,
): RateResults {
  const { activation_free_energy: known, friction } = options;
  const activation = known ?? activationFreeEnergy(found.rate, temperature);
  const theory = known === undefined ? found : { rate: eyringRate(known, temperature), error: 0 };
  const { rate, error } = reactiveRate(theory, transmission);
  const kramers =
    friction === undefined || found.frequency === undefined ? null : kramersTransmission(friction, found.frequency);
  return {
    method:
      known !== undefined ? 'Eyring' : transmission === undefined ? 'transition-state theory' : 'Bennett–Chandler',
    rate,
    rate_error: known !== undefined && transmission === undefined ? null : error,
    tst_rate: found.rate,
    tst_rate_error: found.error,
    transmission: transmission?.transmission ?? null,
    transmission_error: transmission?.error ?? null,
    barrier: found.barrier,
    barrier_error: found.barrierError,
    activation_free_energy: activation,
    activation_free_energy_error: known === undefined ? (BOLTZMANN * temperature * found.error) / found.rate : null,
    temperature,
    mass: 1 / inverseMass,
    transition: found.transition,
    kramers_transmission: kramers,
    kramers_rate: kramers === null ? null : kramers * theory.rate,
    force_constant_ratio: forceConstantRatio(pmf.meta.windows, temperature) ?? null,
    converged: pmf.meta.converged,
  };
}

function describeRate(results: RateResults): string {
  const exponential = (value: number, error: number | null): string =>
    `${value.toExponential(3)}${error === null ? '' : ` ± ${error.toExponential(1)}`} 1/s`;
  const energy = (value: number, error: number | null): string =>
    `${value.toFixed(4)}${error === null ? '' : ` ± ${error.toFixed(4)}`} eV`;
  const { transmission, transmission_error, kramers_transmission, kramers_rate } = results;
  const lines = [
    `rate                       ${exponential(results.rate, results.rate_error)} at ${results.temperature} K (${results.method})`,
    `transition-state theory    ${exponential(results.tst_rate, results.tst_rate_error)}${transmission === null ? ', an upper bound' : ''}`,
  ];
  if (transmission !== null)
    lines.push(`transmission κ             ${transmission.toFixed(3)} ± ${(transmission_error ?? 0).toFixed(3)}`);
  if (kramers_transmission !== null && kramers_rate !== null)
    lines.push(`Kramers, for comparison    κ ${kramers_transmission.toFixed(3)}, ${kramers_rate.toExponential(3)} 1/s`);
  return [
    ...lines,
    `free energy of activation  ${energy(results.activation_free_energy, results.activation_free_energy_error)}`,
    `barrier of the profile     ${energy(results.barrier, results.barrier_error)} at ${Number(results.transition.toPrecision(4))}`,
    `mass of the coordinate     ${Number(results.mass.toPrecision(4))} amu`,
  ].join('\n');
}
