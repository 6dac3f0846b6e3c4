/**
 * Umbrella sampling before it is run: a coordinate that is missing (PD0004) or means nothing (PD1201), windows that are too narrow or too
 * wide for their distance (PD1202), that do not overlap (PD1203), or go round a circle and do not close it (PD1205); and against the
 * structure: atoms that it does not have (PD1201), distances that fold at half a cell (PD0303).
 */
import type { CoordinateKind } from '../definition/definition';
import {
  forceConstantFor,
  gapsOf,
  isPeriodic,
  LEAST_OVERLAP,
  predictedOverlap,
  windowWidth,
} from '../definition/windows';
import type { Fix } from '../diagnostic';
import { umbrellaEnsemble } from '../schema/blocks/umbrella';
import type { QuantitiesType } from '../schema/types';
import { dimensions, formatNumber, formatQuantity, formatUnit, parseUnit } from '../schema/units';
import type { WindowFacts } from './facts';
import { rewrite } from './ranges';
import {
  blocksOf,
  insertion,
  numberOf,
  numbersOf,
  replace,
  valueOf,
  type AttributeReading,
  type BlockReading,
  type Context,
  type FileContext,
} from './reading';

/** Centres that are farther apart than this many widths: then a window is narrow. */
const FAR = 2;
/** Windows that are wider than this many distances are as one. */
const WIDE = 3;
/** Å, rad */
const ABSURD = 1e9;
/** More windows than that nobody is advised to take. */
const MAXIMUM_WINDOWS = 500;
/** What is advised: widths in a distance, which overlap by 40 %. */
const GOOD = 5 / 3;

/** The pairs of atoms whose distance or direction must mean something, by what they are called. */
const PAIRS: Readonly<Record<CoordinateKind, (n: number) => readonly (readonly [number, number])[]>> = {
  distance: () => [[0, 1]],
  difference: () => [
    [0, 1],
    [2, 3],
  ],
  angle: () => [
    [0, 1],
    [1, 2],
    [0, 2],
  ],
  dihedral: () => [
    [0, 1],
    [1, 2],
    [2, 3],
    [0, 2],
    [1, 3],
  ],
  height: () => [
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [2, 3],
    [1, 3],
  ],
  coordination: (n) => Array.from({ length: n - 1 }, (_, i) => [0, i + 1] as const),
};

/** A coordinate and its windows, as far as they are written. */
interface Windows {
  readonly kind: CoordinateKind;
  readonly written: AttributeReading;
  /** Ascending. */
  readonly centers: readonly number[];
  readonly dimension: QuantitiesType['dimension'];
  readonly forceConstant: number;
  /** K */
  readonly temperature: number;
  readonly width: number;
}

/** Of the block by itself. */
export function checkUmbrella(context: Context, umbrella: BlockReading): void {
  const coordinate = blocksOf(umbrella, 'coordinate').at(0);
  if (coordinate === undefined) {
    const example = 'coordinate distance { atoms = [0, 1]; centers = linspace(2, 5, 21) Å; force_constant = 4 eV/Å^2 }';
    context.report({
      code: 'PD0004',
      severity: 'error',
      span: umbrella.block.name,
      message: 'An `umbrella` needs a `coordinate` that its windows lie along.',
      fixes: insertion(context, umbrella.block, `Insert \`${example}\``, example, true),
    });
    return;
  }
  checkAtoms(context, coordinate);
}

function checkAtoms(context: Context, coordinate: BlockReading): void {
  const kind = coordinate.label?.text as CoordinateKind | undefined;
  const written = coordinate.attributes.get('atoms');
  const atoms = numbersOf(coordinate, 'atoms');
  const value = written?.attribute.value;
  if (kind === undefined || value === undefined || atoms.length === 0) return;
  const report = (message: string): void => context.report({ code: 'PD1201', severity: 'error', span: value, message });
  if (atoms.length < 2) {
    report('A `coordination` counts the neighbours of its first atom among the others: name at least one of them.');
    return;
  }
  const twin = PAIRS[kind](atoms.length).find(([a, b]) => atoms[a] === atoms[b]);
  if (twin !== undefined)
    report(`Atom ${atoms[twin[0]]} is named twice where two atoms are needed: from itself an atom has no distance.`);
}

/** The windows of a block; undefined where what they follow from is missing or wrong. */
export function windowsOf(umbrella: BlockReading): Windows | undefined {
  const coordinate = blocksOf(umbrella, 'coordinate').at(0);
  const kind = coordinate?.label?.text as CoordinateKind | undefined;
  const written = coordinate?.attributes.get('centers');
  if (coordinate === undefined || kind === undefined || written?.schema.type !== 'quantities') return undefined;
  const centers = [...numbersOf(coordinate, 'centers')].sort((a, b) => a - b);
  const forceConstant = numberOf(coordinate, 'force_constant');
  const ensemble = blocksOf(umbrella, 'ensemble').at(0);
  const temperature =
    ensemble === undefined ? umbrellaEnsemble.attributes.temperature.default : numberOf(ensemble, 'temperature');
  if (centers.length === 0 || forceConstant === undefined || temperature === undefined || temperature <= 0)
    return undefined;
  const width = windowWidth(temperature, forceConstant);
  // Of numbers that nobody can mean nothing is said.
  const isMeant = centers.every((center) => Math.abs(center) < ABSURD) && width < ABSURD && width > 1 / ABSURD;
  if (!isMeant) return undefined;
  return { kind, written, centers, dimension: written.schema.dimension, forceConstant, temperature, width };
}

/**
 * Whether windows are where they should be.
 * @param run the newest one of these windows
 */
export function checkWindows(
  context: FileContext,
  umbrella: BlockReading,
  run: readonly WindowFacts[] | undefined,
): void {
  const windows = windowsOf(umbrella);
  if (windows === undefined) return;
  const { kind, written, centers, width } = windows;
  const value = written.attribute.value;
  const gaps = gapsOf(centers);
  if (value === undefined || gaps.length === 0) return;
  if (isPeriodic(kind)) checkCircle(context, windows);
  const overlaps = gaps.map((gap, k) => run?.[k].overlap ?? predictedOverlap(gap, width));
  const apart = gaps.flatMap((_, k) => (overlaps[k] < LEAST_OVERLAP ? [k] : []));
  if (apart.length === 0) {
    checkWidth(context, umbrella, windows, gaps);
    return;
  }
  const worst = apart.reduce((a, b) => (overlaps[b] < overlaps[a] ? b : a));
  const quantity = (center: number): string => formatQuantity(center, windows.dimension);
  const more = apart.length > 1 ? `, and so do ${apart.length - 1} more neighbours too little` : '';
  context.report({
    code: 'PD1203',
    severity: 'warning',
    span: value,
    message: `The windows at ${quantity(centers[worst])} and ${quantity(centers[worst + 1])} ${run === undefined ? 'will overlap by about' : 'overlapped in the last run by'} ${percent(overlaps[worst])}${more}: with less than ${percent(LEAST_OVERLAP)} their free energies can hardly be joined.`,
    fixes: rewriteCenters(windows, filled(windows, apart), 'Insert windows'),
  });
}

const percent = (part: number): string => `${Number((100 * part).toPrecision(2))} %`;

/** The centres, with more of them in the gaps that are named; none if they would be too many. */
function filled({ centers, width }: Windows, apart: readonly number[]): readonly number[] {
  const inGaps = apart.reduce((sum, k) => sum + (centers[k + 1] - centers[k]) / (FAR * width), 0);
  if (!(inGaps + centers.length < MAXIMUM_WINDOWS)) return [];
  return centers.flatMap((center, k) => {
    if (!apart.includes(k)) return [center];
    const gap = centers[k + 1] - center;
    // Where the width says that it is enough already, and it was not, twice as many.
    const parts = Math.max(2, Math.ceil(gap / (FAR * width) - 1e-9));
    return Array.from({ length: parts }, (_, i) => center + (i * gap) / parts);
  });
}

function checkWidth(
  context: FileContext,
  umbrella: BlockReading,
  { width, temperature, dimension, kind }: Windows,
  gaps: readonly number[],
): void {
  const coordinate = blocksOf(umbrella, 'coordinate')[0];
  const written = coordinate.attributes.get('force_constant')?.quantities?.[0];
  if (written === undefined) return;
  const distances = gaps.filter((gap) => gap > 0).sort((a, b) => a - b);
  if (distances.length === 0) return;
  const [largest, middle] = [distances[distances.length - 1], distances[distances.length >> 1]];
  const isNarrow = largest > FAR * width * (1 + 1e-9);
  if (!isNarrow && !(width > WIDE * middle)) return;
  const quantity = (length: number): string => formatQuantity(length, dimension, undefined, 2);
  const advised = forceConstantFor(temperature, (isNarrow ? largest : middle) / GOOD);
  const unit = kind === 'coordination' ? 'energy' : dimension === 'angle' ? 'angular_force_constant' : 'force_constant';
  const constant = Number(formatNumber(advised, 2));
  if (!Number.isFinite(constant)) return;
  context.report({
    code: 'PD1202',
    severity: 'warning',
    span: written.span,
    message: isNarrow
      ? `At ${temperature} K a window is ${quantity(width)} wide, and the next one is ${quantity(largest)} away: neighbours will have little in common. A softer spring makes them wider.`
      : `At ${temperature} K a window is ${quantity(width)} wide, ${formatNumber(width / middle, 2)} times the distance to the next one: windows are all alike, and none holds the coordinate where it does not want to be. A stiffer spring, or fewer windows.`,
    fixes: rewrite(written, constant, `Write ${formatQuantity(constant, unit)}`),
  });
}

/** Windows that go round more than half of a circle and stop before they meet, or meet twice. */
function checkCircle(context: FileContext, windows: Windows): void {
  const { written, centers, width } = windows;
  const value = written.attribute.value;
  const [first, last] = [centers[0], centers[centers.length - 1]];
  const rest = 2 * Math.PI - (last - first);
  const middle = gapsOf(centers).sort((a, b) => a - b)[(centers.length - 1) >> 1];
  if (value === undefined) return;
  const degrees = (angle: number): string => formatQuantity(angle, 'angle', 'deg', 4);
  if (rest < 1e-6) {
    const kept = centers.filter((center) => center < first + 2 * Math.PI - 1e-6);
    context.report({
      code: 'PD1205',
      severity: 'warning',
      span: value,
      message: `${degrees(first)} and ${degrees(first + 2 * Math.PI)} are the same place of a dihedral: that window would be sampled twice.`,
      fixes: rewriteCenters(windows, kept, 'Leave the last one out'),
    });
    return;
  }
  if (rest >= Math.PI || predictedOverlap(rest, width) >= LEAST_OVERLAP) return;
  const parts = Math.max(2, Math.ceil(rest / Math.max(middle, width) - 1e-6));
  const added =
    parts + centers.length > MAXIMUM_WINDOWS
      ? []
      : Array.from({ length: parts - 1 }, (_, i) => last + ((i + 1) * rest) / parts);
  context.report({
    code: 'PD1205',
    severity: 'warning',
    span: value,
    message: `From ${degrees(first)} to ${degrees(last)} the windows go round ${degrees(last - first)} of a circle of 360 deg, and leave ${degrees(rest)} open: a dihedral gets there too, and where both ends meet again nothing is known.`,
    fixes: added.length === 0 ? [] : rewriteCenters(windows, [...centers, ...added], 'Close the circle'),
  });
}

/** Writes the centres anew: as the numbers that they lie between where they are at equal distances. */
function rewriteCenters({ written, dimension }: Windows, centers: readonly number[], title: string): readonly Fix[] {
  if (centers.length === 0) return [];
  const value = written.attribute.value;
  const own = value !== undefined && 'unit' in value && value.unit !== undefined ? formatUnit(value.unit) : undefined;
  const unit = dimension === 'none' ? undefined : (own ?? dimensions[dimension].units[0]);
  const factor = unit === undefined ? 1 : (parseUnit(unit)?.factor ?? 1);
  const [first, last] = [centers[0], centers[centers.length - 1]];
  const step = (last - first) / (centers.length - 1);
  const isEven = centers.every((center, k) => Math.abs(center - first - k * step) < 1e-6 * step);
  const number = (center: number): string => formatNumber(center / factor);
  const text =
    isEven && centers.length > 3
      ? `linspace(${number(first)}, ${number(last)}, ${centers.length})`
      : `[${centers.map(number).join(', ')}]`;
  const span = value ?? written.attribute.name;
  const anew = [text, unit].filter((part) => part !== undefined).join(' ');
  return [replace(`${title}: \`${text.length > 40 ? `${centers.length} windows` : text}\``, span, anew, true)];
}

/** @param atoms that the structure has */
export const describeMissingAtom = (atom: number, atoms: number): string =>
  `The coordinate has an atom ${atom}: the structure has ${atoms}, counted from 0 to ${atoms - 1}.`;

/** Against what is known of the file of the structure. */
export function checkCoordinate(context: FileContext, umbrella: BlockReading): void {
  const structure = valueOf(umbrella, 'structure');
  const facts = typeof structure === 'string' ? context.environment?.summary?.([structure]) : undefined;
  const coordinate = blocksOf(umbrella, 'coordinate').at(0);
  if (facts === undefined || coordinate === undefined || facts.frames === 0) return;
  for (const atom of coordinate.attributes.get('atoms')?.quantities ?? [])
    if (atom.value >= facts.atoms.maximum)
      context.report({
        code: 'PD1201',
        severity: 'error',
        span: atom.span,
        message: describeMissingAtom(atom.value, facts.atoms.maximum),
        fixes: rewrite(atom, facts.atoms.maximum - 1),
      });
  const windows = windowsOf(umbrella);
  const heights = (facts.heights ?? []).filter((height) => height !== null);
  if (windows === undefined || heights.length === 0) return;
  if (windows.kind !== 'distance' && windows.kind !== 'difference') return;
  const half = Math.min(...heights) / 2;
  const beyond = windows.centers.filter((center) => Math.abs(center) > half);
  const value = windows.written.attribute.value;
  if (beyond.length === 0 || value === undefined) return;
  context.report({
    code: 'PD0303',
    severity: 'warning',
    span: value,
    message: `${beyond.length === 1 ? 'A window lies' : `${beyond.length} windows lie`} beyond ${formatQuantity(half, 'length', undefined, 4)}, half of the smallest height of the cell: there another image of the atom is the nearest one, and the distance grows no more. Take a larger cell, or leave ${beyond.length === 1 ? 'it' : 'them'} out.`,
  });
}
