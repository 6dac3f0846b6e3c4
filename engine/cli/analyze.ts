/**
 * `nearsight analyze FILE`: radial and angle distributions, mean squared displacement, velocity autocorrelation and its
 * spectrum of a trajectory, as a summary and as CSV.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Problem } from '../../protocol/result';
import { writtenMasses } from '../formats/labels';
import { WAVENUMBER } from '../analysis/correlations';
import { firstShell, peakOf } from '../analysis/distributions';
import { analyzeTrajectory, type TrajectoryAnalysis } from '../analysis/trajectory';
import { openFrames } from '../formats/frames';
import { timeOf, type Frame } from '../formats/frame';
import { unitFactors } from '../formats/n2p2-data';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import type { Output } from './output';
import { table } from './table';
import { parseUnits, UNITS_OPTION } from './units';

interface Options extends CommonOptions {
  readonly cutoff: string;
  readonly timestep?: string;
  readonly skip: string;
  readonly csv?: string;
  readonly units?: string;
}

export const analyzeCommand = new Command('analyze')
  .description('radial and angle distributions, displacements and vibrations of a trajectory')
  .argument('<file>', 'trajectory')
  .option('--cutoff <Å>', 'farthest distance of the radial distributions', '6')
  .option('--timestep <fs>', 'time between frames, where the file does not tell it (key `time`)')
  .option('--skip <frames>', 'frames at the start to leave out: the equilibration', '0')
  .option(...UNITS_OPTION)
  .option('--csv <folder>', 'write the curves into this folder')
  .option(...JSON_OPTION)
  .action((file: string, options: Options) => conclude(options, (output) => analyze(file, options, output)));

/** Coordinates that are kept in memory. */
const MAXIMUM_NUMBERS = 1e8;

async function analyze(file: string, options: Options, output: Output): Promise<Outcome> {
  const cutoff = Number(options.cutoff);
  const given = options.timestep === undefined ? undefined : Number(options.timestep);
  if (!(cutoff > 0 && cutoff <= 30) || (given !== undefined && !(given > 0))) {
    const message = '--cutoff is a length up to 30 Å, --timestep a time in fs: both are positive numbers.';
    return refuse(output, [{ code: 'RN014', message }]);
  }
  const skip = Number(options.skip);
  if (!(Number.isInteger(skip) && skip >= 0))
    return refuse(output, [{ code: 'RN014', message: '--skip is a number of frames.' }]);
  const units = parseUnits(options.units);
  if (!units.ok) return refuse(output, units.problems);
  const opened = await openFrames(file);
  if (!opened.ok) return refuse(output, opened.problems);
  const frames: Frame[] = [];
  let numbers = 0;
  const problems = await opened.value.readAll(
    (frame, index) => {
      if (index < skip) return;
      numbers += frame.positions.length;
      if (numbers <= MAXIMUM_NUMBERS) frames.push(frame);
    },
    undefined,
    units.value && unitFactors(units.value),
  );
  await opened.value.dispose();
  if (problems.length > 0) return refuse(output, problems);
  if (frames.length === 0) {
    const isLeft = opened.value.count > skip;
    const message = isLeft ? `Frame ${skip} does not fit into memory.` : `--skip ${skip} leaves no frame of the file.`;
    return refuse(output, [{ code: 'RN014', message }]);
  }
  const notes: Problem[] = [];
  const [{ units: known }] = frames;
  if (known === 'assumed')
    notes.push(note('The file does not tell its units: Å and fs are assumed. --units says which they are.'));
  if (known === 'reduced')
    notes.push(note('The file is in reduced units: lengths and times are in them, not in Å and fs.'));
  if (numbers > MAXIMUM_NUMBERS)
    notes.push(note(`Only the first ${frames.length} frames are analysed: the others do not fit.`));

  const {
    radial,
    angles,
    motion,
    notes: missing,
  } = analyzeTrajectory(frames, frames.map(timeOf), {
    cutoff,
    timestep: given,
    masses: writtenMasses(frames.at(0)),
  });
  notes.push(...missing.map(note));

  output.print(describe(frames, { radial, angles, motion }));
  output.problems(notes);
  if (options.csv !== undefined) writeCurves(options.csv, { radial, angles, motion });
  return {
    exitCode: 0,
    result: {
      frames: frames.length,
      radial: radial.map((each) => ({ pair: each.pair, ...(firstShell(each) ?? NO_SHELL) })),
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

/** Of a pair without a first shell, as of a gas. */
const NO_SHELL = { peak: null, height: null, end: null, coordination: null };

const note = (message: string): Problem => ({ code: 'RN022', message });

function describe(
  frames: readonly Frame[],
  { radial, angles, motion }: Pick<TrajectoryAnalysis, 'radial' | 'angles' | 'motion'>,
): string {
  const text = (value: number | null, digits = 4): string => (value === null ? '–' : value.toPrecision(digits));
  const parts = [`${frames.length} frames, ${frames[0].numbers.length} atoms in the first`];
  if (radial.length > 0)
    parts.push(
      table([
        ['radial', 'first peak (Å)', 'g', 'to (Å)', 'neighbours'],
        ...radial.map((each) => {
          const { peak, height, end, coordination } = firstShell(each) ?? NO_SHELL;
          return [each.pair.join('–'), text(peak), text(height, 3), text(end), text(coordination, 3)];
        }),
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
        ['motion', 'diffusion (cm²/s)', '±', 'fitted (fs)', 'grows as', 'vibrations highest at (THz)', '(cm⁻¹)'],
        ...motion.map(({ name, diffusion, spectrum }) => {
          const { peak } = peakOf(spectrum.frequency, spectrum.density);
          const fit = diffusion && [
            text(diffusion.coefficient, 3),
            text(diffusion.error, 2),
            `${text(diffusion.from)} to ${text(diffusion.to)}`,
            diffusion.exponent === null ? '–' : `t^${diffusion.exponent.toFixed(2)}`,
          ];
          return [name, ...(fit ?? ['–', '–', '–', '–']), text(peak), text(peak === null ? null : peak * WAVENUMBER)];
        }),
      ]),
    );
  return parts.join('\n\n');
}

/** One file a kind, one column a curve; units in the headings. */
function writeCurves(
  folder: string,
  { radial, angles, motion }: Pick<TrajectoryAnalysis, 'radial' | 'angles' | 'motion'>,
): void {
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
