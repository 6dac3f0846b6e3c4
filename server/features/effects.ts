/** What a part of a definition does to its data: numbers of functions, their values over the atoms, neighbours, distances. */
import { strengthOf } from '../../language/check/chirality';
import { isConstant, sparkline, type DataFacts, type SurveyFacts } from '../../language/check/facts';
import { sampleOf } from '../../language/check/pairs';
import { blocksOf, startOf } from '../../language/check/reading';
import { functionsOfReading, knownFunctions, surveyOf, type KnownFunction } from '../../language/check/surveys';
import { describeVolume } from '../../language/definition/chirality';
import { DESCRIPTORS } from '../../language/definition/potential-assembly';
import type { PotentialDefinition, SymmetryFunction } from '../../language/definition/definition';
import { functionKey } from '../../language/definition/expansion';
import { minimumOf, solveSample, type SolvedSample } from '../../language/definition/lennard-jones';
import { formatNumber, formatQuantity } from '../../language/schema/units';
import type { Analysis } from '../analysis';
import type { Blocks } from '../context';

/** Rows of a table in a hover. */
const MAXIMUM_ROWS = 16;

export const grouped = (n: number): string => n.toLocaleString('en-US');

/** `1 frame`, `12 frames` */
export const counted = (n: number, noun: string): string => `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;

interface Surveyed {
  readonly potential: PotentialDefinition;
  readonly survey: SurveyFacts;
}

/** The potential around and its survey, if both are known. */
export function surveyAround(analysis: Analysis, blocks: Blocks): Surveyed | undefined {
  const { files } = analysis;
  // Without a folder there are no data, and no need of a definition.
  if (files === undefined) return undefined;
  const { definition } = analysis;
  const [outer] = blocks;
  const name = outer.name.text === 'potential' ? outer.labels.at(0)?.text : undefined;
  const potential = name === undefined ? undefined : definition.potentials.get(name);
  const survey = name === undefined ? undefined : surveyOf(definition, name, files);
  return potential === undefined || survey === undefined ? undefined : { potential, survey };
}

/** The functions that a descriptor block makes; empty where it is not right. */
export function functionsOfBlock(analysis: Analysis, [potential, block]: Blocks): readonly SymmetryFunction[] {
  const placed = analysis.check().potentialReading(potential.labels.at(0)?.text ?? '');
  if (placed === undefined) return [];
  const start = block.start - placed.start;
  const reading = blocksOf(placed.reading, ...DESCRIPTORS).find((one) => startOf(one) === start);
  return reading === undefined ? [] : functionsOfReading(placed.reading, reading);
}

/** What the `sample` block of a pair term determines; undefined where it is not right. */
export function solvedSampleOf(analysis: Analysis, [potential, , block]: Blocks): SolvedSample | undefined {
  const placed = analysis.check().potentialReading(potential.labels.at(0)?.text ?? '');
  if (placed === undefined) return undefined;
  const samples = blocksOf(placed.reading, 'pair').flatMap((pair) => sampleOf(pair) ?? []);
  const found = samples.find(({ reading }) => startOf(reading) === block.start - placed.start);
  return found && solveSample(found.sample);
}

export function describeSolved(solved: SolvedSample): string {
  const { epsilon, sigma, condition } = solved;
  return `**ε = ${formatQuantity(epsilon, 'energy', 'eV')}, σ = ${formatQuantity(sigma, 'length', 'Å')}**, minimum at ${formatQuantity(minimumOf(solved), 'length', 'Å', 4)}\n\nCondition number ${formatNumber(condition, 2)}: an error of 1 % in the energy makes one of ${formatNumber(condition, 2)} % in ε.`;
}

/** A descriptor block over the data; with `wanted` only the functions that it is true of. */
export function describeFunctions(
  analysis: Analysis,
  blocks: Blocks,
  wanted: (one: SymmetryFunction) => boolean = () => true,
): string | undefined {
  const functions = functionsOfBlock(analysis, blocks).filter(wanted);
  if (functions.length === 0) return undefined;
  const surveyed = surveyAround(analysis, blocks);
  const count = `**${counted(functions.length, 'symmetry function')}**`;
  if (surveyed === undefined) return count;
  const known = knownFunctions(surveyed.potential, surveyed.survey);
  const found = functions.flatMap((one) => known.get(functionKey(one)) ?? []);
  // Of a long table what is conspicuous comes first.
  const rows =
    found.length > MAXIMUM_ROWS
      ? [...found].sort((a, b) => Number(remarkOf(b) !== '') - Number(remarkOf(a) !== ''))
      : found;
  const heading = [`${count} ${describeSample(surveyed.survey)}`, describeStrength(found) ?? []].flat().join(', ');
  return [heading, tableOf(rows)].filter((part) => part !== '').join('\n\n');
}

/** How large signed volumes become over the data; undefined if none are known. */
export function describeStrength(known: readonly KnownFunction[]): string | undefined {
  const strength = strengthOf(known);
  return strength === undefined ? undefined : `|χ| up to ${brief(strength)}`;
}

export function describeSample({ structures, of }: SurveyFacts): string {
  return structures === of
    ? `over all ${counted(of, 'structure')}`
    : `over ${structures} of ${counted(of, 'structure')}`;
}

const brief = (x: number): string => (x === 0 ? '0' : Math.abs(x) < 1e-3 ? x.toExponential(0) : formatNumber(x, 3));

export function nameOf(one: SymmetryFunction): string {
  if (one.type === 2) return `${one.center}–${one.neighbor}`;
  return one.type === 'chiral' ? one.center : `${one.neighbors[0]}–${one.center}–${one.neighbors[1]}`;
}

/** What the numbers of functions of one type are called. */
const HEADINGS: Readonly<Record<SymmetryFunction['type'], readonly string[]>> = {
  2: ['η/Å⁻²', 'rₛ/Å'],
  3: ['η/Å⁻²', 'rₛ/Å', 'λ', 'ζ'],
  9: ['η/Å⁻²', 'rₛ/Å', 'λ', 'ζ'],
  chiral: ['volumes of neighbour:η:rₛ', 'range/Å'],
};

function parametersOf(one: SymmetryFunction): string[] {
  if (one.type === 'chiral')
    return [
      one.volumes.map((volume) => describeVolume(volume, (value) => formatNumber(value, 4))).join(' × '),
      one.coupling === undefined ? '' : formatNumber(one.coupling.range, 4),
    ];
  const radial = [formatNumber(one.eta, 4), formatNumber(one.shift, 4)];
  return one.type === 2 ? radial : [...radial, formatNumber(one.lambda, 3), formatNumber(one.zeta, 3)];
}

function remarkOf({ facts, twin }: KnownFunction): string {
  if (isConstant(facts)) return 'constant';
  return twin === undefined
    ? ''
    : `says the same as ${twin.function.type === 'chiral' ? '' : 'η '}${parametersOf(twin.function).join(' ')}`;
}

function tableOf(rows: readonly KnownFunction[]): string {
  if (rows.length === 0) return '';
  const table = [
    ['', ...HEADINGS[rows[0].function.type], 'min', 'mean', 'max', '', ''],
    ...rows.slice(0, MAXIMUM_ROWS).map((row) => {
      const { minimum, mean, maximum, histogram } = row.facts;
      const values = [minimum, mean, maximum].map(brief);
      const shape = isConstant(row.facts) ? '' : sparkline(histogram);
      return [nameOf(row.function), ...parametersOf(row.function), ...values, shape, remarkOf(row)];
    }),
  ];
  const left = [0, table[0].length - 2, table[0].length - 1];
  const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => (left.includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  if (rows.length > MAXIMUM_ROWS) lines.push(`… ${rows.length - MAXIMUM_ROWS} more`);
  return '```text\n' + lines.join('\n') + '\n```';
}

/** `1 neighbour`, `12.3 neighbours` */
export const neighborsText = (n: number): string => `${formatNumber(n, 3)} neighbour${n === 1 ? '' : 's'}`;

/** Neighbours within the cutoff, and where another one would be better. */
export function describeCutoff({ survey, potential }: Surveyed): string {
  const { neighbors, distances, suggestedCutoff } = survey;
  const { mean, median, maximum } = neighbors;
  const all = totalCounts(survey);
  const groups = Math.max(1, Math.round(all.length / 48));
  const shape = Array.from({ length: Math.floor(all.length / groups) }, (_, g) => {
    const r = (g + 0.5) * groups * distances.bin;
    return all.slice(g * groups, (g + 1) * groups).reduce((sum, n) => sum + n, 0) / (r * r);
  });
  const lines = [
    `${neighborsText(mean)} within ${formatNumber(potential.options.cutoff, 4)} Å on average (median ${median}, at most ${maximum}) ${describeSample(survey)}`,
    '```text\n' + `0 Å ${sparkline(shape)} ${formatNumber(distances.reach, 3)} Å   radial distribution` + '\n```',
  ];
  const beyond = all.subarray(Math.ceil(potential.options.cutoff / distances.bin)).some((n) => n > 0);
  if (!beyond) lines.push(`No atom has a neighbour farther away, up to ${formatNumber(distances.reach, 3)} Å.`);
  else if (Math.abs(suggestedCutoff - potential.options.cutoff) > 0.1)
    lines.push(
      `The radial distribution has a minimum at ${suggestedCutoff} Å, where an automatic potential would put it.`,
    );
  return lines.join('\n\n');
}

/** Neighbours of all atoms in bins of the distance. */
function totalCounts({ distances }: SurveyFacts): Float64Array {
  const total = new Float64Array(distances.counts[0]?.[0]?.length ?? 0);
  for (const row of distances.counts) for (const histogram of row) histogram.forEach((n, bin) => (total[bin] += n));
  return total;
}

/** An element in the sample: how near others come to it. */
export function describeElementInData({ survey }: Surveyed, symbol: string): string | undefined {
  const index = survey.elements.indexOf(symbol);
  if (index < 0) return undefined;
  if (survey.atoms[index] === 0) return `No atom of the data is ${symbol}.`;
  const near = survey.distances.nearest[index].flatMap((r, other) =>
    Number.isFinite(r) ? [`${symbol}–${survey.elements[other]} ${r.toFixed(3)} Å`] : [],
  );
  return `${counted(survey.atoms[index], 'atom')} ${describeSample(survey)}${near.length > 0 ? `; nearest ${near.join(', ')}` : ''}`;
}

/** What is in data files. */
export function describeData({
  frames,
  atoms,
  elements,
  keys,
  columns,
  words,
  energyKey,
  forcesKey,
}: DataFacts): string {
  const size = atoms.minimum === atoms.maximum ? String(atoms.minimum) : `${atoms.minimum} to ${atoms.maximum}`;
  const share = (n: number): string => (n === frames ? 'all' : grouped(n));
  const label = (what: string, key: string | undefined, counts: Readonly<Record<string, number>>): string =>
    `${what}: ${key === undefined ? 'none of the usual names' : `\`${key}\`, in ${share(counts[key])}`}`;
  const lines = [
    `**${counted(frames, 'frame')}**, ${counted(atoms.total, 'atom')}, ${size} each`,
    `elements ${Object.entries(elements)
      .map(([symbol, n]) => (n === frames ? symbol : `${symbol} (in ${grouped(n)})`))
      .join(', ')}`,
    `${label('energy', energyKey, keys)} · ${label('forces', forcesKey, columns)}`,
    ...Object.entries(words).map(
      ([key, own]) =>
        `\`${key}\`: ${Object.entries(own)
          .map(([word, n]) => `${word} ${grouped(n)}`)
          .join(', ')}`,
    ),
  ];
  return lines.join('\n\n');
}
