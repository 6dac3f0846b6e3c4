/**
 * Umbrella windows as files, in the format of Grossfield's `wham`: a metadata file with a line for each window,
 *
 *   path centre force_constant [correlation_time [temperature]]
 *
 * and beside it the series, lines of `time value`. Lines that begin with `#` (or `@`, as in .xvg files) are comments; ours say in
 * some of them what the numbers mean: `# coordinate phi`, `# unit rad`, `# energy eV`, `# temperature 300`, `# periodic yes`,
 * `# jacobian yes`. Series whose comment names `inverse_mass` have a third column, Σ|∇_i ξ|²/m_i in 1/amu (for ξ in Å; Å⁻² amu⁻¹
 * for angles). The bias is ½ κ (ξ − centre)².
 * Source: A. Grossfield, "WHAM: the weighted histogram analysis method", its manual, for the facts of the format.
 */
import { basename, dirname, resolve } from 'node:path';
import { isOf, parseUnit } from '../../language/schema/units';
import type { Coordinate, CoordinateUnit, WindowSamples } from '../../protocol/pmf';
import { fail, ok, type Place, type Result } from '../../protocol/result';
import type { UmbrellaWindow } from '../sampling/free-energy';
import { openToRead, unreadable } from './content';
import { Problems } from './problems';
import { TextLines } from './text-lines';
import { readNumbers } from './text-numbers';

const MAXIMUM_METADATA_BYTES = 1 << 22;
export const MAXIMUM_SERIES_BYTES = 1 << 28;
const MAXIMUM_WINDOWS = 1000;
const MAXIMUM_VALUES = 2e7;
/** Of a line of our series: three numbers in full precision. */
const MAXIMUM_LINE_BYTES = 80;

/** How many values each of so many windows may have that are sampled here: more could not be read again. */
export const mostValues = (windows: number): number =>
  Math.floor(Math.min(MAXIMUM_VALUES / windows, MAXIMUM_SERIES_BYTES / MAXIMUM_LINE_BYTES));

/** What a metadata file says, in its own units. */
export interface Metadata {
  readonly windows: readonly MetadataWindow[];
  /** Of the comments. */
  readonly header: Readonly<Partial<Record<(typeof KEYS)[number], string>>>;
}

export interface MetadataWindow {
  readonly path: string;
  readonly center: number;
  readonly forceConstant: number;
  /** K */
  readonly temperature?: number;
  readonly place: Place;
}

const KEYS = ['coordinate', 'unit', 'energy', 'temperature', 'periodic', 'jacobian'] as const;

/** Where files don't say it themselves, or say it otherwise. */
export interface WindowSettings {
  /** Unit of the coordinate (`Å`, `nm`, `deg`, …, `none`) and of energies. */
  readonly unit?: string;
  readonly energy?: string;
  /** K */
  readonly temperature?: number;
  readonly periodic?: boolean;
  /** What a force constant κ means: ½ κ (ξ − centre)² or, as in LAMMPS, AMBER and CHARMM, κ (ξ − centre)². */
  readonly convention?: 'half' | 'whole';
}

export interface WindowSeries extends UmbrellaWindow {
  /** Absolute path. */
  readonly file: string;
  /** Of the coordinate at each value, 1/amu. */
  readonly inverseMasses?: Float64Array;
}

export interface Windows {
  readonly coordinate: Coordinate;
  readonly jacobian: boolean;
  /** K */
  readonly temperature: number;
  readonly windows: readonly WindowSeries[];
  /** Internal units in one of the coordinate's unit in the file. */
  readonly length: number;
}

/** @returns problems `XD008` to `XD010`, `XD034` */
export function parseMetadata(bytes: Buffer, file: string): Result<Metadata> {
  const text = new TextLines(bytes, file, 1);
  const problems = new Problems();
  const header: Partial<Record<(typeof KEYS)[number], string>> = {};
  const windows: MetadataWindow[] = [];
  while (text.advance()) {
    const start = text.skipSpace(text.start);
    if (start === text.end) continue;
    if (bytes[start] === 0x23) {
      const words = /^\s*#\s*(\w+)\s+(\S.{0,200}?)\s*$/.exec(text.text());
      const key = KEYS.find((name) => name === words?.[1]);
      if (key !== undefined && words !== null) header[key] = words[2];
      continue;
    }
    const end = text.tokenEnd(start);
    const numbers = new Float64Array(2);
    const after = readNumbers(text, end, 2, numbers, 0, problems);
    if (after < 0) continue;
    const place = text.place(start);
    const [center, forceConstant] = numbers;
    if (forceConstant < 0) {
      const message = 'a force constant is not below 0: the columns are path, centre, force constant';
      problems.add({ code: 'XD034', message, place: text.place(text.skipSpace(text.tokenEnd(text.skipSpace(end)))) });
      continue;
    }
    const correlation = text.skipSpace(after);
    const further = text.skipSpace(text.tokenEnd(correlation));
    let temperature: number | undefined;
    if (further < text.end) {
      const one = new Float64Array(1);
      if (readNumbers(text, further, 1, one, 0, problems) < 0) continue;
      temperature = one[0];
    }
    if (windows.length >= MAXIMUM_WINDOWS) {
      problems.add({ code: 'XD034', message: `more than ${MAXIMUM_WINDOWS} windows are too many`, place });
      break;
    }
    const path = bytes.toString('utf8', start, end);
    windows.push({ path, center, forceConstant, ...(temperature !== undefined && { temperature }), place });
  }
  if (windows.length === 0 && problems.count === 0)
    problems.add({
      code: 'XD034',
      message: 'there is no window: a line has path, centre, force constant',
      place: { file },
    });
  return problems.result({ windows, header });
}

/** Times as the file has them, values, and inverse masses if the series has them. Problems: `XD008` to `XD010`. */
export function parseSeries(
  bytes: Buffer,
  file: string,
): Result<{ times: Float64Array; values: Float64Array; inverseMasses?: Float64Array }> {
  const text = new TextLines(bytes, file, 1);
  const problems = new Problems();
  let columns = 2;
  // At least four bytes a line: `0 0` and its end.
  const numbers = new Float64Array(3 * (Math.floor(bytes.length / 4) + 1));
  let count = 0;
  while (text.advance()) {
    const start = text.skipSpace(text.start);
    if (start === text.end) continue;
    if (bytes[start] === 0x23 || bytes[start] === 0x40) {
      if (count === 0 && text.text().includes('inverse_mass')) columns = 3;
      continue;
    }
    if (readNumbers(text, start, columns, numbers, 3 * count, problems) >= 0) count++;
  }
  const column = (k: number): Float64Array => Float64Array.from({ length: count }, (_, i) => numbers[3 * i + k]);
  return problems.result({ times: column(0), values: column(1), ...(columns === 3 && { inverseMasses: column(2) }) });
}

/**
 * Reads a metadata file and all its series, in internal units.
 * @returns problems `XD001` unreadable, `XD008` to `XD010`, `XD034`
 */
export async function readWindows(file: string, settings: WindowSettings = {}): Promise<Result<Windows>> {
  const bytes = await readBounded(file, MAXIMUM_METADATA_BYTES);
  if (!bytes.ok) return bytes;
  const metadata = parseMetadata(bytes.value, file);
  if (!metadata.ok) return metadata;
  const meaning = meaningOf(metadata.value, settings, file);
  if (!meaning.ok) return meaning;
  const { length, energy, coordinate, jacobian, temperature } = meaning.value;
  const factor = settings.convention === 'whole' ? 2 : 1;
  const windows: WindowSeries[] = [];
  const problems = new Problems();
  let total = 0;
  for (const { path, center, forceConstant, place } of metadata.value.windows) {
    const series = resolve(dirname(file), path);
    const content = await readBounded(series, MAXIMUM_SERIES_BYTES);
    // The line that names a file which isn't there is what one can mend.
    const read = content.ok
      ? parseSeries(content.value, series)
      : fail(...content.problems.map((problem) => ({ ...problem, message: `${path}: ${problem.message}`, place })));
    if (!read.ok) {
      problems.add(...read.problems);
      continue;
    }
    const { values, inverseMasses } = read.value;
    total += values.length;
    if (total > MAXIMUM_VALUES) {
      problems.add({
        code: 'XD034',
        message: `more than ${MAXIMUM_VALUES} values are too many: leave some out`,
        place,
      });
      break;
    }
    windows.push({
      file: series,
      center: center * length,
      forceConstant: (factor * forceConstant * energy) / length ** 2,
      values: values.map((value) => value * length),
      ...(inverseMasses !== undefined && { inverseMasses }),
    });
  }
  return problems.result({ coordinate, jacobian, temperature, windows, length });
}

/**
 * The series of one window of a run, by its number in the order of their centres: times and values in the units of the file.
 * @returns problems `XD001` unreadable, `XD008` to `XD010`, `XD034`
 */
export async function readWindow(file: string, number: number): Promise<Result<WindowSamples>> {
  const bytes = await readBounded(file, MAXIMUM_METADATA_BYTES);
  const metadata = bytes.ok ? parseMetadata(bytes.value, file) : bytes;
  if (!metadata.ok) return metadata;
  const window = metadata.value.windows.toSorted((a, b) => a.center - b.center).at(number);
  if (window === undefined)
    return fail({ code: 'XD034', message: `there is no window ${number + 1}`, place: { file } });
  // Of a run's own folder: what a file of it says is not trusted with the names of others.
  const series = resolve(dirname(file), basename(window.path));
  const content = await readBounded(series, MAXIMUM_SERIES_BYTES);
  const read = content.ok ? parseSeries(content.value, series) : content;
  return read.ok ? ok({ time: read.value.times, value: read.value.values }) : read;
}

/** A regular file of a bounded size. */
async function readBounded(file: string, most: number): Promise<Result<Buffer>> {
  const opened = await openToRead(file);
  if (!opened.ok) return opened;
  const { handle, size } = opened.value;
  try {
    if (size <= most) return ok(await handle.readFile());
    return fail({ code: 'XD034', message: `the file has more than ${most / 2 ** 20} MiB`, place: { file } });
  } catch (error) {
    return unreadable(file, error);
  } finally {
    await handle.close();
  }
}

interface Meaning {
  /** Internal units in one of the file's. */
  readonly length: number;
  readonly energy: number;
  readonly coordinate: Coordinate;
  readonly jacobian: boolean;
  readonly temperature: number;
}

/** Units, temperature and kind of the coordinate: as said to us, else as the file says. */
function meaningOf({ windows, header }: Metadata, settings: WindowSettings, file: string): Result<Meaning> {
  const refuse = (message: string): Result<never> => fail({ code: 'XD034', message, place: { file } });
  const unit = settings.unit ?? header.unit;
  const energyUnit = settings.energy ?? header.energy;
  if (unit === undefined || energyUnit === undefined)
    return refuse('the file does not say in which units it is: give that of the coordinate and that of energies');
  const measure = unit === 'none' ? { factor: 1, powers: {} } : parseUnit(unit);
  const kinds = [
    ['length', 'Å'],
    ['angle', 'rad'],
    ['none', ''],
  ] as const;
  const kind = measure && kinds.find(([dimension]) => isOf(measure, dimension));
  if (measure === undefined || kind === undefined)
    return refuse(`“${unit.slice(0, 40)}” is no unit of a coordinate: Å, nm, bohr, rad, deg or none`);
  const energy = parseUnit(energyUnit);
  if (energy === undefined || !isOf(energy, 'energy'))
    return refuse(`“${energyUnit.slice(0, 40)}” is no unit of energy: eV, kJ/mol, kcal/mol or hartree`);
  const written = [...new Set(windows.flatMap(({ temperature }) => temperature ?? []))];
  if (written.length > 1) return refuse('the windows have different temperatures: that needs their energies too');
  const temperature =
    settings.temperature ??
    written.at(0) ??
    (header.temperature === undefined ? undefined : Number(header.temperature));
  if (temperature === undefined) return refuse('the file does not say at which temperature it was sampled: give it');
  if (!(temperature > 0 && temperature < 1e6)) return refuse('the temperature is not a positive number');
  const periodic = settings.periodic ?? header.periodic === 'yes';
  const symbol: CoordinateUnit = kind[1];
  if (periodic && symbol !== 'rad') return refuse('only angles are periodic');
  return ok({
    length: measure.factor,
    energy: energy.factor,
    coordinate: { name: header.coordinate ?? 'coordinate', unit: symbol, periodic },
    jacobian: header.jacobian === 'yes',
    temperature,
  });
}

/** The metadata file of windows that were sampled here; paths relative to it. */
export function formatMetadata(
  { coordinate, jacobian, temperature }: Pick<Windows, 'coordinate' | 'jacobian' | 'temperature'>,
  windows: readonly { readonly path: string; readonly center: number; readonly forceConstant: number }[],
): string {
  const { name, unit, periodic } = coordinate;
  return [
    '# Umbrella windows; bias ½ κ (ξ − centre)², κ in energy per square of the unit.',
    `# coordinate ${name}`,
    `# unit ${unit === '' ? 'none' : unit}`,
    '# energy eV',
    `# temperature ${temperature}`,
    `# periodic ${periodic ? 'yes' : 'no'}`,
    `# jacobian ${jacobian ? 'yes' : 'no'}`,
    '# path centre force_constant',
    ...windows.map(({ path, center, forceConstant }) => `${path} ${center} ${forceConstant}`),
    '',
  ].join('\n');
}

/** The first line of a series that is sampled here: times in fs. */
export const SERIES_HEADER = '# time/fs value inverse_mass/amu^-1\n';
