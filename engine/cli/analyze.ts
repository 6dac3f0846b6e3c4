/**
 * `nearsight analyze FILE`: radial and angle distributions, mean squared displacement, velocity autocorrelation and its
 * spectrum of a trajectory, as a summary and as CSV.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { symbolOf } from '../../language/elements';
import type { Problem } from '../../protocol/result';
import {
  diffusionCoefficient,
  meanSquaredDisplacement,
  unwrapFrames,
  velocityAutocorrelation,
  vibrationalSpectrum,
  WAVENUMBER,
} from '../analysis/correlations';
import { createDistributions } from '../analysis/distributions';
import { openFrames } from '../formats/frames';
import type { Frame } from '../formats/frame';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import type { Output } from './output';
import { table } from './table';

interface Options extends CommonOptions {
  readonly cutoff: string;
  readonly timestep?: string;
  readonly csv?: string;
}

export const analyzeCommand = new Command('analyze')
  .description('radial and angle distributions, displacements and vibrations of a trajectory')
  .argument('<file>', 'trajectory')
  .option('--cutoff <Å>', 'farthest distance of the radial distributions', '6')
  .option('--timestep <fs>', 'time between frames, where the file does not tell it (key `time`)')
  .option('--csv <folder>', 'write the curves into this folder')
  .option(...JSON_OPTION)
  .action((file: string, options: Options) => conclude(options, (output) => analyze(file, options, output)));

/** Coordinates that are kept in memory. */
const MAXIMUM_NUMBERS = 1e8;
/** Frames that displacements and vibrations need. */
const LEAST_FRAMES = 8;

async function analyze(file: string, options: Options, output: Output): Promise<Outcome> {
  const cutoff = Number(options.cutoff);
  const given = options.timestep === undefined ? undefined : Number(options.timestep);
  if (!(cutoff > 0 && cutoff <= 30) || (given !== undefined && !(given > 0))) {
    const message = '--cutoff is a length up to 30 Å, --timestep a time in fs: both are positive numbers.';
    return refuse(output, [{ code: 'RN014', message }]);
  }
  const opened = await openFrames(file);
  if (!opened.ok) return refuse(output, opened.problems);
  const frames: Frame[] = [];
  let numbers = 0;
  const problems = await opened.value.readAll((frame) => {
    numbers += frame.positions.length;
    if (numbers <= MAXIMUM_NUMBERS) frames.push(frame);
  });
  await opened.value.dispose();
  if (problems.length > 0) return refuse(output, problems);
  const notes: Problem[] = [];
  if (numbers > MAXIMUM_NUMBERS)
    notes.push(note(`Only the first ${frames.length} frames are analysed: the others do not fit.`));

  const distributions = createDistributions(cutoff);
  for (const frame of frames) distributions.add(frame);
  const radial = distributions.radial();
  const angles = distributions.angles();
  if (radial.length === 0)
    notes.push(note('There are no radial distributions: they are of structures that are periodic in all directions.'));
  const motion = analyzeMotion(frames, given, notes);

  output.print(describe(frames, radial, angles, motion));
  output.problems(notes);
  if (options.csv !== undefined) writeCurves(options.csv, radial, angles, motion);
  return {
    exitCode: 0,
    result: {
      frames: frames.length,
      radial: radial.map(({ pair, ...curves }) => ({ pair, ...peakOf(curves.r, curves.g) })),
      angles: angles.map(({ triple, angle, density, count }) => ({ triple, count, ...peakOf(angle, density) })),
      motion: motion.map(({ name, diffusion, spectrum }) => ({
        name,
        diffusion,
        ...peakOf(spectrum.frequency, spectrum.density),
      })),
      notes,
    },
  };
}

const note = (message: string): Problem => ({ code: 'RN022', message });

type Radial = ReturnType<ReturnType<typeof createDistributions>['radial']>;
type Angles = ReturnType<ReturnType<typeof createDistributions>['angles']>;

interface Motion {
  /** Symbol of the element, or `all`. */
  readonly name: string;
  /** fs */
  readonly timestep: number;
  readonly displacement: Float64Array;
  readonly diffusion: number | null;
  readonly autocorrelation: Float64Array;
  readonly spectrum: ReturnType<typeof vibrationalSpectrum>;
}

function analyzeMotion(frames: readonly Frame[], given: number | undefined, notes: Problem[]): Motion[] {
  const why = (message: string): Motion[] => {
    notes.push(note(`There are no displacements and vibrations: ${message}`));
    return [];
  };
  if (frames.length < LEAST_FRAMES) return why(`they take ${LEAST_FRAMES} frames.`);
  const { numbers } = frames[0];
  if (frames.some((frame) => !frame.numbers.every((number, i) => number === numbers[i])))
    return why('the frames have different atoms.');
  const times = frames.map(({ info }) => info.get('time'));
  const told = typeof times[0] === 'number' && typeof times[1] === 'number' ? times[1] - times[0] : undefined;
  const timestep = given ?? told;
  if (timestep === undefined || !(timestep > 0))
    return why('the file does not tell the time between frames: give --timestep.');
  const uneven = times.findIndex(
    (time, k) =>
      k > 0 && typeof time === 'number' && Math.abs(time - Number(times[k - 1]) - timestep) > 1e-3 * timestep,
  );
  if (given === undefined && uneven > 0) return why(`the time between frames changes at frame ${uneven}.`);
  const positions = unwrapFrames(frames);
  const all = [...numbers.keys()];
  const kinds = [...new Set(numbers)].sort((a, b) => a - b);
  const groups = kinds.map((z) => ({ name: symbolOf(z), atoms: all.filter((i) => numbers[i] === z) }));
  if (groups.length > 1) groups.unshift({ name: 'all', atoms: all });
  return groups.map(({ name, atoms }) => {
    const displacement = meanSquaredDisplacement(positions, atoms);
    const autocorrelation = velocityAutocorrelation(positions, numbers, atoms);
    return {
      name,
      timestep,
      displacement,
      diffusion: diffusionCoefficient(displacement, timestep),
      autocorrelation,
      spectrum: vibrationalSpectrum(autocorrelation, timestep),
    };
  });
}

/** Where a curve is highest. */
function peakOf(x: Float64Array, y: Float64Array): { readonly peak: number | null; readonly height: number | null } {
  const at = y.reduce((best, value, k) => (value > y[best] ? k : best), 0);
  return y.length === 0 || y[at] === 0 ? { peak: null, height: null } : { peak: x[at], height: y[at] };
}

function describe(frames: readonly Frame[], radial: Radial, angles: Angles, motion: readonly Motion[]): string {
  const text = (value: number | null, digits = 4): string => (value === null ? '–' : value.toPrecision(digits));
  const parts = [`${frames.length} frames, ${frames[0].numbers.length} atoms in the first`];
  if (radial.length > 0)
    parts.push(
      table([
        ['radial', 'highest at (Å)', 'g'],
        ...radial.map(({ pair, r, g }) => [pair.join('–'), text(peakOf(r, g).peak), text(peakOf(r, g).height, 3)]),
      ]),
    );
  if (angles.length > 0)
    parts.push(
      table([
        ['angle', 'highest at (°)', 'angles'],
        ...angles.map(({ triple, angle, density, count }) => [
          triple.join('–'),
          text(peakOf(angle, density).peak),
          String(count),
        ]),
      ]),
    );
  if (motion.length > 0)
    parts.push(
      table([
        ['motion', 'diffusion (cm²/s)', 'vibrations highest at (THz)', '(cm⁻¹)'],
        ...motion.map(({ name, diffusion, spectrum }) => {
          const { peak } = peakOf(spectrum.frequency, spectrum.density);
          return [name, text(diffusion, 3), text(peak), text(peak === null ? null : peak * WAVENUMBER)];
        }),
      ]),
    );
  return parts.join('\n\n');
}

/** One file a kind, one column a curve; units in the headings. */
function writeCurves(folder: string, radial: Radial, angles: Angles, motion: readonly Motion[]): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, columns: readonly (readonly [string, Float64Array])[]): void => {
    if (columns.length < 2) return;
    const lines = Array.from(columns[0][1], (_, k) => columns.map(([, values]) => values[k]).join(','));
    writeFileSync(join(folder, name), `${[columns.map(([heading]) => heading).join(','), ...lines].join('\n')}\n`);
  };
  const x = (heading: string, values: Float64Array | undefined): (readonly [string, Float64Array])[] =>
    values === undefined ? [] : [[heading, values]];
  const times = motion.at(0)?.displacement.map((_, m) => m * motion[0].timestep);
  write('radial.csv', [
    ...x('r_angstrom', radial.at(0)?.r),
    ...radial.flatMap(({ pair, g, coordination }) => [
      [`g_${pair.join('_')}`, g] as const,
      [`coordination_${pair.join('_')}`, coordination] as const,
    ]),
  ]);
  write('angles.csv', [
    ...x('angle_degrees', angles.at(0)?.angle),
    ...angles.map(({ triple, density }) => [`per_degree_${triple.join('_')}`, density] as const),
  ]);
  write('displacement.csv', [
    ...x('time_fs', times),
    ...motion.map(({ name, displacement }) => [`angstrom2_${name}`, displacement] as const),
  ]);
  write('velocity-autocorrelation.csv', [
    ...x(
      'time_fs',
      motion.at(0)?.autocorrelation.map((_, m) => m * motion[0].timestep),
    ),
    ...motion.map(({ name, autocorrelation }) => [`normalized_${name}`, autocorrelation] as const),
  ]);
  write('spectrum.csv', [
    ...x('frequency_THz', motion.at(0)?.spectrum.frequency),
    ...motion.map(({ name, spectrum }) => [`per_THz_${name}`, spectrum.density] as const),
  ]);
}
