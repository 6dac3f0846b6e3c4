/**
 * `nearsight wham METADATA`: the potential of mean force of umbrella windows, sampled here or by another program: barrier,
 * windows, what speaks against it; as pmf.bin or CSV.
 */
import { Command } from 'commander';
import { encodePmf } from '../../protocol/pmf';
import { fail, ok, type Result } from '../../protocol/result';
import { readWindows, type WindowSettings } from '../formats/umbrella-windows';
import { freeEnergyOf, type FreeEnergyOptions } from '../sampling/free-energy';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import type { Output } from './output';
import { writeOutput } from './output-file';
import { describePmf, problemsOf, toCsv } from './pmf-report';

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
