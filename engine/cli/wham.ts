/**
 * `nearsight wham METADATA`: the potential of mean force of umbrella windows, sampled here or by another program: barrier,
 * windows, what speaks against it; as pmf.bin or CSV.
 */
import { Command } from 'commander';
import { BOLTZMANN } from '../../language/constants';
import { describeForceConstants } from '../../language/check/rates';
import { fromInternal, formatNumber } from '../../language/schema/units';
import { encodePmf, type Pmf } from '../../protocol/pmf';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { forceConstantRatio } from '../analysis/force-constants';
import { readWindows, type WindowSettings } from '../formats/umbrella-windows';
import { freeEnergyOf, type FreeEnergyOptions } from '../sampling/free-energy';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import type { Output } from './output';
import { writeOutput } from './output-file';
import { table } from './table';

interface Options extends CommonOptions {
  readonly units?: string;
  readonly temperature?: string;
  readonly convention?: string;
  readonly periodic?: boolean;
  readonly bins?: string;
  readonly range?: string;
  readonly discard?: string;
  readonly output?: string;
}

export const whamCommand = new Command('wham')
  .description('free energy profile of umbrella windows, of any program')
  .argument('<metadata>', 'file with a line `path centre force_constant` for each window')
  .option('--units <coordinate,energy>', 'where the file does not say it, e.g. nm,kJ/mol or deg,kcal/mol')
  .option('--temperature <K>', 'where the file does not say it')
  .option('--convention <half|whole>', 'bias ½ κ (ξ − centre)², or κ (ξ − centre)² without the ½')
  .option('--periodic', 'the coordinate is an angle that goes round')
  .option('--bins <n>', 'number of bins of the profile; without it as many as resolve the windows')
  .option('--range <from,to>', 'of the profile, in the unit of the file; without it all values')
  .option('--discard <fraction>', 'of each window, at its beginning; without it what looks like equilibration')
  .option('--output <file>', 'write the profile: .csv, or .bin as in run folders')
  .option(...JSON_OPTION)
  .action((file: string, options: Options) => conclude(options, (output) => wham(file, options, output)));

async function wham(file: string, options: Options, output: Output): Promise<Outcome> {
  const asked = parseOptions(options);
  if (!asked.ok) return refuse(output, asked.problems);
  const { settings, profile } = asked.value;
  const read = await readWindows(file, settings);
  if (!read.ok) return refuse(output, read.problems);
  const { windows, temperature, coordinate, jacobian, length } = read.value;
  const [from, to] = profile.range ?? [];
  const found = freeEnergyOf(windows, {
    ...profile,
    range: from === undefined || to === undefined ? undefined : [from * length, to * length],
    coordinate,
    temperature,
    jacobian,
  });
  if (found === undefined)
    return refuse(output, [{ code: 'XD034', message: 'no window has a value in the range', place: { file } }]);
  const { pmf } = found;
  const problems = problemsOf(pmf, settings.convention, file);
  output.print(describePmf(pmf));
  output.problems(problems);
  if (options.output !== undefined) {
    const written = writeOutput(options.output, options.output.endsWith('.csv') ? toCsv(pmf) : encodePmf(pmf));
    if (!written.ok) return refuse(output, written.problems, 1);
  }
  return { exitCode: 0, result: { ...pmf.meta, problems } };
}

function parseOptions(
  options: Options,
): Result<{ settings: WindowSettings; profile: Pick<FreeEnergyOptions, 'bins' | 'range' | 'discard'> }> {
  const refused = (message: string): Result<never> => fail({ code: 'RN014', message });
  const numbers = (text: string | undefined): number[] => text?.split(',').map((part) => Number(part || NaN)) ?? [];
  const { convention } = options;
  if (convention !== undefined && convention !== 'half' && convention !== 'whole')
    return refused('--convention is half or whole.');
  const [unit, energy] = options.units?.split(',').map((part) => part.trim()) ?? [];
  if (options.units !== undefined && (unit === '' || !energy))
    return refused('--units takes the unit of the coordinate and that of energies with a comma between them.');
  const [temperature] = numbers(options.temperature);
  const [bins] = numbers(options.bins);
  const [discard] = numbers(options.discard);
  const range = numbers(options.range);
  if (options.bins !== undefined && !(Number.isInteger(bins) && bins >= 2 && bins <= 2000))
    return refused('--bins takes a whole number from 2 to 2000.');
  if (options.discard !== undefined && !(discard >= 0 && discard < 1))
    return refused('--discard takes a fraction from 0 to below 1.');
  if (options.temperature !== undefined && !(temperature > 0))
    return refused('--temperature takes a number of kelvin.');
  if (options.range !== undefined && !(range.length === 2 && range[0] < range[1] && range.every(Number.isFinite)))
    return refused('--range takes two ascending numbers with a comma between them.');
  return ok({
    settings: { unit, energy, temperature, convention, periodic: options.periodic },
    profile: { bins, discard, range: options.range === undefined ? undefined : [range[0], range[1]] },
  });
}

/** What speaks against a profile. */
export function problemsOf({ meta }: Pmf, convention: WindowSettings['convention'], file: string): Problem[] {
  const place = { file };
  const problems: Problem[] = [];
  const halved = describeForceConstants(forceConstantRatio(meta.windows, meta.temperature));
  if (halved !== undefined && convention !== 'whole')
    problems.push({ code: 'PD1204', message: `${halved} Say so with \`convention whole\`.`, place });
  if (!meta.connected)
    problems.push({
      code: 'RN023',
      message:
        'The windows do not hang together by overlaps: how high their parts lie over each other is not known. Sample windows in between.',
      place,
    });
  else if (!meta.converged)
    problems.push({
      code: 'RN023',
      message: `The first and the second half of the samples differ by up to ${meta.difference.toPrecision(2)} eV, more than their errors explain: sample longer.`,
      place,
    });
  return problems;
}

const withError = (value: number, error: number, digits = 4): string =>
  `${value.toFixed(digits)} ± ${error.toFixed(digits)}`;

/** A profile for people: barrier and windows; energies in eV and kJ/mol. */
function describePmf({ meta, coordinate, pmf, error }: Pmf): string {
  const { name, unit } = meta.coordinate;
  const kJ = (energy: number): number => fromInternal(energy, 'kJ/mol', 'energy');
  const x = (value: number): string => formatNumber(Number(value.toPrecision(4)));
  const { barrier } = meta;
  const lines = [
    `${name}${unit === '' ? '' : ` (${unit})`} at ${meta.temperature} K, ${meta.windows.length} windows, ${coordinate.length} bins`,
  ];
  if (barrier === null) lines.push('no barrier: the profile has one minimum');
  else {
    const row = (title: string, height: number, uncertainty: number): string[] => [
      title,
      withError(height, uncertainty),
      withError(kJ(height), kJ(uncertainty), 2),
      (height / (BOLTZMANN * meta.temperature)).toFixed(2),
    ];
    lines.push(
      table([
        ['barrier', 'eV', 'kJ/mol', 'k_B T'],
        row(`from ${x(barrier.reactant)} over ${x(barrier.top)}`, barrier.forward, barrier.forward_error),
        row(`from ${x(barrier.product)} over ${x(barrier.top)}`, barrier.backward, barrier.backward_error),
      ]),
    );
  }
  lines.push(
    table([
      ['window', 'κ', 'values', 'left out', 'inefficiency', 'mean', 'deviation', 'overlap with next'],
      ...meta.windows.map((window) => [
        x(window.center),
        x(window.force_constant),
        String(window.samples),
        String(window.discarded),
        window.inefficiency.toFixed(1),
        x(window.mean),
        x(window.deviation),
        window.overlap === null ? '' : `${Math.round(100 * window.overlap)} %`,
      ]),
    ]),
    table([
      ['ξ', 'W (eV)', 'error', ...(meta.jacobian ? ['W + 2 k_B T ln r'] : [])],
      ...[...coordinate].map((xi, b) => [
        x(xi),
        number(pmf[b]),
        number(error[b]),
        ...(meta.jacobian ? [number(withoutSphere(meta.temperature, xi, pmf[b]))] : []),
      ]),
    ]),
  );
  return lines.join('\n\n');
}

const number = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(4));

/** The profile without the room that a sphere of radius r has: W + 2 k_B T ln(r/Å). */
const withoutSphere = (temperature: number, r: number, w: number): number =>
  w + 2 * BOLTZMANN * temperature * Math.log(r);

function toCsv({ meta, coordinate, pmf, error }: Pmf): string {
  const { unit } = meta.coordinate;
  const heading = `coordinate${unit === '' ? '' : unit === 'Å' ? '_angstrom' : `_${unit}`},pmf_eV,error_eV${meta.jacobian ? ',pmf_with_jacobian_eV' : ''}`;
  const rows = [...coordinate].map((xi, b) =>
    [xi, pmf[b], error[b], ...(meta.jacobian ? [withoutSphere(meta.temperature, xi, pmf[b])] : [])].join(','),
  );
  return `${[heading, ...rows].join('\n')}\n`;
}
