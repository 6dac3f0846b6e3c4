/**
 * Datasets: the labelled structures that a `dataset` block names, split into training, validation and test set. Å, eV, eV/Å.
 *
 * Frames with anything wrong make the whole dataset fail: nothing is left out silently. Frames that are right but lack
 * the labels are left out and counted in the warnings; frames that have one of energy and forces count for that one.
 */
import { resolve } from 'node:path';
import { describeMethods, describeUnconverged, tellsMethod } from '../../language/check/labels';
import type { DatasetDefinition } from '../../language/definition/definition';
import { parseFrameRange } from '../../language/schema/frame-ranges';
import { isGlob } from '../../language/schema/globs';
import { SETS } from '../../protocol/parity';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { imageDistance } from '../structure/cell';
import type { LabelledStructure } from '../structure/structure';
import type { Frame, InfoValue } from './frame';
import { openFrames, type DataFile } from './frames';
import { expandGlob, MAXIMUM_FILES } from './globs';
import {
  chooseKeys,
  ENERGY_KEYS,
  FORCES_KEYS,
  isDifferent,
  isUnconverged,
  readLabels,
  STRESS_KEYS,
  type LabelKeys,
} from './labels';
import { unitFactors } from './n2p2-data';
import { Problems } from './problems';
import { splitStructures } from './splits';

export interface LoadedDataset {
  /** Those with a label, in the order of files and frames. */
  readonly structures: readonly LabelledStructure[];
  /** Index into protocol/parity.ts' SETS of each structure. */
  readonly set: Uint8Array;
  readonly files: readonly DataFile[];
  /** The keys that were taken; undefined where no frame has one. */
  readonly energyKey?: string;
  readonly forcesKey?: string;
  /** The key of the virial or the stress. */
  readonly virialKey?: string;
  readonly warnings: readonly Problem[];
}

interface Located {
  readonly frame: Frame;
  readonly source: LabelledStructure['source'];
  /** Where the frame begins in its file, from 1. */
  readonly line: number;
}

/**
 * Reads all files of a dataset.
 *
 * @param folder what its paths are relative to: the folder of the `.potential` file
 * @param onProgress bytes read of all bytes of the files
 * @param signal aborting rejects with the signal's reason
 * @param seed of the split
 * @returns the first problems with their places and a count of the rest, if anything in a file is wrong
 */
export async function loadDataset(
  dataset: DatasetDefinition,
  folder: string,
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
  seed = 1,
): Promise<Result<LoadedDataset>> {
  const { files: trained, test_files = [], validation_files = [] } = dataset.options;
  const named = await findFiles([...trained, ...validation_files, ...test_files], folder, signal);
  if (!named.ok) return named;
  const paths = [...new Set(named.value.flat())];
  const fileSets = new Map<string, number>();
  named.value.forEach((found, k) => {
    const set = k < trained.length ? 'train' : k < trained.length + validation_files.length ? 'validation' : 'test';
    for (const file of found) fileSets.set(file, SETS.indexOf(set));
  });

  const problems = new Problems();
  const warnings = new Problems();
  const files: DataFile[] = [];
  const frames: Located[] = [];
  let unitsUsed = false;
  let done = 0;
  for (const [k, file] of paths.entries()) {
    let size = 0;
    const opened = await openFrames(file, {
      units: unitFactors(dataset.units),
      fingerprint: true,
      signal,
      onProgress: (read, total) => {
        size = total;
        // What the other files will add isn't known yet: as much as the known ones on average.
        onProgress?.(done + read, Math.round(((done + total) / (k + 1)) * paths.length));
      },
    });
    if (!opened.ok) {
      problems.add(...opened.problems);
      continue;
    }
    const source = opened.value;
    unitsUsed ||= source.unitless;
    done += size;
    const take = (frame: Frame, i: number): void => {
      const line = source.line(i) ?? 1;
      const obstacle = findObstacle(frame, file, line);
      if (obstacle === undefined) frames.push({ frame, source: { file, frame: i }, line });
      else problems.add(obstacle);
    };
    problems.add(...(await source.readAll(take, signal)));
    const { units } = dataset;
    files.push(...source.files().map((each) => (source.unitless && units !== undefined ? { ...each, units } : each)));
    await source.dispose();
  }
  if (problems.count > 0) return { ok: false, problems: problems.list() };
  if (dataset.units !== undefined && !unitsUsed)
    warnings.add({
      code: 'XD022',
      message: 'the units block is not used: the files are of formats with units of their own',
    });

  const labelled = labelFrames(frames, dataset, warnings);
  if (!labelled.ok) return labelled;
  const { structures, lines, keys } = labelled.value;
  const set = splitStructures(structures, dataset.options, seed, { lines, files: fileSets });
  if (!set.ok) return set;
  // After the split: what is left out moves no other structure into another set.
  const kept = excludeStructures(structures, dataset, folder, warnings);
  if (!kept.some((s) => set.value[s] === 0))
    return fail({ code: 'XD019', message: 'no structure is left to train on: `exclude` leaves them all out' });
  const used = new Set(kept.map((s) => structures[s].source));
  warnOfMethods(
    frames.filter(({ source }) => used.has(source)),
    warnings,
  );
  return ok({
    structures: kept.map((s) => structures[s]),
    set: Uint8Array.from(kept, (s) => set.value[s]),
    files,
    energyKey: keys.energy,
    forcesKey: keys.forces,
    virialKey: keys.virial ?? keys.stress,
    warnings: warnings.list(),
  });
}

/** Calculations that did not converge, and methods that are mixed, as far as the frames that are used say so. */
function warnOfMethods(frames: readonly Located[], warnings: Problems): void {
  const unconverged = frames.filter(({ frame }) => isUnconverged(frame)).length;
  if (unconverged > 0) warnings.add({ code: 'PD0909', message: describeUnconverged(unconverged, frames.length) });
  const words = new Map<string, Map<string, number>>();
  for (const { frame } of frames)
    for (const [key, value] of frame.info) {
      if (typeof value !== 'string' || !tellsMethod(key)) continue;
      const own = words.get(key) ?? new Map<string, number>();
      words.set(key, own.set(value, (own.get(value) ?? 0) + 1));
    }
  const methods = describeMethods(Object.fromEntries([...words].map(([key, own]) => [key, Object.fromEntries(own)])));
  if (methods !== undefined) warnings.add({ code: 'PD0910', message: methods });
}

/** Numbers of the structures that `exclude` leaves; a range that hits none is a warning. */
function excludeStructures(
  structures: readonly LabelledStructure[],
  { options }: DatasetDefinition,
  folder: string,
  warnings: Problems,
): number[] {
  const all = [...structures.keys()];
  if (options.exclude === undefined) return all;
  const excluded = new Set<number>();
  for (const text of options.exclude) {
    const range = parseFrameRange(text);
    if (range === undefined) continue;
    const excludedFile = resolve(folder, range.file);
    const hit = all.filter((s) => {
      const { file, frame } = structures[s].source;
      return file === excludedFile && frame >= range.first && frame <= range.last;
    });
    for (const s of hit) excluded.add(s);
    if (hit.length === 0)
      warnings.add({ code: 'XD030', message: `exclude = “${text}” leaves nothing out: the dataset has no such frame` });
  }
  return all.filter((s) => !excluded.has(s));
}

/** Absolute paths of the files that each pattern names, globs sorted. */
async function findFiles(
  patterns: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<Result<readonly (readonly string[])[]>> {
  const problems = new Problems();
  const found: (readonly string[])[] = [];
  for (const pattern of patterns) {
    const files = await expandGlob(pattern, folder, signal);
    if (files.length === 0)
      problems.add({ code: 'XD016', message: `no file matches “${pattern}” in this folder`, place: { file: folder } });
    if (isGlob(pattern) && files.length > MAXIMUM_FILES)
      problems.add({
        code: 'XD016',
        message: `“${pattern}” matches more than ${MAXIMUM_FILES} files`,
        place: { file: folder },
      });
    found.push(files);
  }
  return problems.result(found);
}

function labelFrames(
  frames: readonly Located[],
  dataset: DatasetDefinition,
  warnings: Problems,
): Result<{ structures: LabelledStructure[]; lines: number[]; keys: LabelKeys }> {
  const infoKeys = countKeys(frames, ({ frame }) => frame.info);
  const columns = countKeys(frames, ({ frame }) => frame.columns);
  const keys = chooseKeys(dataset.options, infoKeys, columns);
  const problems = new Problems();
  const absent = (
    what: string,
    wanted: string,
    tried: readonly string[],
    there: ReadonlyMap<string, number>,
  ): Problem => {
    const names = wanted === 'auto' ? `of ${tried.join(', ')}` : `“${wanted}”`;
    const has = there.size === 0 ? 'none at all' : [...there.keys()].slice(0, 20).join(', ');
    return { code: 'XD014', message: `no frame has ${what} ${names}; there are: ${has}` };
  };
  const noEnergy = keys.energy === undefined;
  const noForces = keys.forces === undefined;
  const { energy, forces, stress } = dataset.options;
  if (noEnergy && (energy !== 'auto' || noForces))
    problems.add(absent('the energy key', energy, ENERGY_KEYS, infoKeys));
  if (noForces && (forces !== 'auto' || noEnergy))
    problems.add(absent('the forces column', forces, FORCES_KEYS, columns));
  if (stress !== 'auto' && keys.virial === undefined && keys.stress === undefined)
    problems.add(absent('the stress key', stress, STRESS_KEYS, infoKeys));
  if (problems.count > 0) return { ok: false, problems: problems.list() };

  const structures: LabelledStructure[] = [];
  const lines: number[] = [];
  const without = { energy: 0, forces: 0, both: 0 };
  let differing = 0;
  let unbounded = 0;
  const { split_by } = dataset.options;
  for (const { frame, source, line } of frames) {
    const { labels, problems: wrong } = readLabels(frame, keys);
    for (const { code, message } of wrong)
      problems.add({
        code,
        message: `frame ${source.frame}: ${message}`,
        place: { file: source.file, line, column: 1 },
      });
    if (labels.energy === undefined) without.energy++;
    if (labels.forces === undefined) without.forces++;
    if (labels.energy === undefined && labels.forces === undefined) {
      without.both++;
      continue;
    }
    if (keys.energy === 'energy' && isDifferent(frame.info.get('energy'), frame.info.get('free_energy'))) differing++;
    const { numbers, positions, cell, periodic, info } = frame;
    const isCrystal = cell !== undefined && periodic.every(Boolean);
    if (labels.virial !== undefined && !isCrystal) unbounded++;
    lines.push(line);
    structures.push({
      numbers,
      positions,
      cell,
      periodic,
      ...labels,
      virial: isCrystal ? labels.virial : undefined,
      source,
      configType: textOf(info.get('config_type') ?? info.get('group')),
      split: typeof split_by === 'object' ? textOf(info.get(split_by.key)) : undefined,
    });
  }
  if (problems.count > 0) return { ok: false, problems: problems.list() };

  const total = frames.length;
  const warn = (code: string, message: string): void => warnings.add({ code, message });
  if (keys.energy === undefined) warn('XD015', 'no frame has an energy: only forces are used');
  else if (without.energy > 0) warn('XD015', `${without.energy} of ${total} frames have no energy (${keys.energy})`);
  if (keys.forces === undefined) warn('XD015', 'no frame has forces: only energies are used');
  else if (without.forces > 0) warn('XD015', `${without.forces} of ${total} frames have no forces (${keys.forces})`);
  if (without.both > 0) warn('XD015', `${without.both} of ${total} frames have neither and are left out`);
  // Where stresses were just found nobody has said that they matter.
  if (unbounded > 0 && dataset.options.stress !== 'auto')
    warn(
      'PD0605',
      `${unbounded} of ${total} frames have a stress or virial (${keys.virial ?? keys.stress ?? ''}) and are not periodic in all directions: it is not used`,
    );
  if (differing > 0) {
    const message = `energy and free_energy differ in ${differing} of ${total} frames; forces of a calculation with smearing belong to free_energy: write energy = free_energy if that is meant`;
    warn('XD018', message);
  }
  return ok({ structures, lines, keys });
}

function countKeys(
  frames: readonly Located[],
  mapOf: (located: Located) => ReadonlyMap<string, unknown>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const located of frames) for (const key of mapOf(located).keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const textOf = (value: InfoValue | undefined): string | undefined =>
  value === undefined || typeof value === 'object' ? undefined : String(value);

/** Å: no crystal repeats itself in less; an atom would have thousands of images within any cutoff. */
const THINNEST_CELL = 0.1;

/**
 * Why a structure can be looked at, but not computed: an atom whose element the file doesn't tell, a cell that is far too thin.
 */
function findObstacle(frame: Frame, file: string, line = 1): Problem | undefined {
  const { numbers, columns } = frame;
  const place = { file, line, column: 1 };
  const height = imageDistance(frame);
  if (height < THINNEST_CELL) {
    const message = `the cell is ${Number(height.toPrecision(2))} Å thin in a direction in which it is periodic: no crystal is. Is a cell vector missing, or its unit wrong, or pbc?`;
    return { code: 'XD007', message, place };
  }
  const atom = numbers.indexOf(0);
  if (atom < 0) return undefined;
  const type = (columns.get('element') ?? columns.get('type'))?.values[atom];
  const message =
    `atom ${atom} ${type === undefined ? '' : `of type ${type} `}is of no known element: ` +
    'have its symbol written (in LAMMPS: dump_modify … element, type labels, or masses)';
  return { code: 'XD011', message, place };
}

/**
 * One structure of a file, in Å.
 *
 * @param frame counted from 0; the last one if it isn't given
 */
export async function readStructure(path: string, frame?: number): Promise<Result<Frame>> {
  const opened = await openFrames(path);
  if (!opened.ok) return opened;
  const source = opened.value;
  const i = frame ?? Math.max(source.count - 1, 0);
  const structure = await source.read(i);
  await source.dispose();
  const obstacle = structure.ok ? findObstacle(structure.value, path, source.line(i)) : undefined;
  return obstacle === undefined ? structure : fail(obstacle);
}

/** What a run records of a file that it reads, and of those that belong to it. */
export async function fingerprint(path: string): Promise<Result<DataFile>> {
  const source = await openFrames(path, { fingerprint: true });
  if (!source.ok) return source;
  const [file] = source.value.files();
  await source.value.dispose();
  return ok(file);
}
