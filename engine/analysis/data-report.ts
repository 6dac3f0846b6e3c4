/**
 * What a careful colleague would ask about labelled structures before training on them: structures that are there twice,
 * equal ones that contradict each other, labels far from all others, forces that don't add up to zero, atoms on top of each
 * other, forces of atoms that were held fixed, lengths that look like bohr, test structures that the training knows already. Pure. eV, Å.
 *
 * Two structures are equal if they have the same atoms, the same volume, and for every pair of elements the same moments of
 * the distances up to 5 Å: then they are the same but for translation, rotation, reflection and the order of equal atoms.
 */
import { looksLikeBohr, NOBLE } from '../../language/bond-lengths';
import { describeEnergyUnit, describeFrozen, describeWork } from '../../language/check/labels';
import { elements as periodicTable, symbolOf } from '../../language/elements';
import { energyUnitOf, hasFrozenAtoms, WorkBalance } from './label-units';
import { cutoffShape } from '../descriptors/cutoff-functions';
import { volume } from '../structure/cell';
import { displacements, haveSameAtoms } from '../structure/displacements';
import { buildNeighborList } from '../structure/neighbors';
import { SETS } from '../../protocol/parity';
import type { LabelledStructure, Structure } from '../structure/structure';
import { energiesAboveBaseline } from '../training/offset';

export interface Finding {
  /** As in docs/diagnostics. */
  readonly code:
    | 'PD0104'
    | 'PD0105'
    | 'PD0107'
    | 'PD0606'
    | 'PD0904'
    | 'PD0906'
    | 'PD0907'
    | 'PD0908'
    | 'PD0910'
    | 'PD0912'
    | 'PD0913';
  /** For people, without the frames. */
  readonly message: string;
  /** Indices of the structures concerned, the worst or first ones first. */
  readonly structures: readonly number[];
}

export interface DataReport {
  readonly structures: number;
  readonly atoms: number;
  /** How many have them; a structure without is no zero, it is not used for that label. */
  readonly energies: number;
  readonly forces: number;
  /** Symbols in order of atomic number, with their atoms. */
  readonly elements: readonly { readonly element: string; readonly atoms: number }[];
  /** In the order of the data; the name is empty for structures that have none. */
  readonly config_types: readonly {
    readonly config_type: string;
    readonly structures: number;
    readonly atoms: number;
  }[];
  /** Nearest distances in Å of the pairs of elements that come within 5 Å. */
  readonly nearest: readonly { readonly pair: readonly [string, string]; readonly distance: number }[];
  readonly findings: readonly Finding[];
}

/** Å */
const REACH = 5;
const EQUAL = 1e-7;
/** Labels of equal structures that differ by more contradict each other: eV per atom, eV/Å. */
const ENERGY_NOISE = 1e-3;
const FORCE_NOISE = 0.02;
const OUTLIER_DEVIATIONS = 10;
/** eV per atom: nearer to the others no energy is an outlier, however much alike they are. */
const SMALLEST_OUTLIER = 0.1;
/** eV/Å */
const LARGE_FORCE = 50;
/** eV/Å per atom */
const NET_FORCE = 0.01;
/** Of the sum of the covalent radii: nothing that exists is nearer. */
const TOO_NEAR = 0.5;
/** Å, root mean square over the atoms: neighbours in a trajectory that are so near say the same. */
const TWIN_DISPLACEMENT = 0.3;
/** A few at the seam of a split by trajectory can't be helped. */
const LEAKING_PART = 0.1;

/** @param set index into SETS of each structure, if they are split */
export function reportData(structures: readonly LabelledStructure[], set?: Uint8Array): DataReport {
  const counts = new Map<number, number>();
  const types = new Map<string, { structures: number; atoms: number }>();
  for (const { numbers, configType = '' } of structures) {
    for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
    const type = types.get(configType) ?? { structures: 0, atoms: 0 };
    types.set(configType, { structures: type.structures + 1, atoms: type.atoms + numbers.length });
  }
  const surveys = structures.map(survey);
  const groups = groupEqual(structures, surveys);
  return {
    structures: structures.length,
    atoms: structures.reduce((sum, { numbers }) => sum + numbers.length, 0),
    energies: structures.filter(({ energy }) => energy !== undefined).length,
    forces: structures.filter(({ forces }) => forces !== undefined).length,
    elements: [...counts].sort(([a], [b]) => a - b).map(([number, atoms]) => ({ element: symbolOf(number), atoms })),
    config_types: [...types].map(([config_type, own]) => ({ config_type, ...own })),
    nearest: nearestPairs(surveys),
    findings: [
      ...findDuplicates(structures, groups),
      ...findContradictions(structures, groups),
      ...findOutliers(structures),
      ...findNetForces(structures),
      ...findFrozen(structures),
      ...findContacts(surveys),
      ...findUnits(surveys),
      ...findLabelUnits(structures),
      ...findMethods(structures, surveys),
      ...(set === undefined ? [] : findLeaks(structures, groups, set)),
    ],
  };
}

/** Of one structure, by pair of elements. */
interface Survey {
  /** What equal structures have in common. */
  readonly fingerprint: readonly number[];
  readonly nearest: ReadonlyMap<number, number>;
}

const shape = cutoffShape('poly2');
const pairKey = (a: number, b: number): number => Math.min(a, b) * 256 + Math.max(a, b);

function survey(structure: Structure): Survey {
  const { numbers } = structure;
  const list = buildNeighborList(structure, REACH);
  const moments = new Map<number, [number, number, number]>();
  const nearest = new Map<number, number>();
  for (let i = 0; i < numbers.length; i++)
    for (let entry = list.offsets[i]; entry < list.offsets[i + 1]; entry++) {
      const key = pairKey(numbers[i], numbers[list.indices[entry]]);
      const r = list.distances[entry];
      const own = moments.get(key) ?? [0, 0, 0];
      const weight = shape.value(r / REACH);
      own[0] += weight;
      own[1] += weight * r;
      own[2] += weight * r * r;
      moments.set(key, own);
      if (r < (nearest.get(key) ?? Infinity)) nearest.set(key, r);
    }
  const sorted = [...moments].sort(([a], [b]) => a - b);
  const cell = structure.cell;
  return {
    fingerprint: [
      ...Array.from(numbers).sort((a, b) => a - b),
      cell === undefined ? 0 : volume(cell),
      ...sorted.flatMap(([key, own]) => [key, ...own]),
    ],
    nearest,
  };
}

const isEqual = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, k) => Math.abs(value - b[k]) <= EQUAL * (1 + Math.abs(value)));

/** Groups of two and more equal structures, by first index. */
function groupEqual(structures: readonly LabelledStructure[], surveys: readonly Survey[]): number[][] {
  // Candidates stand next to each other when sorted by size and one of the numbers that equal structures share.
  const weight = ({ fingerprint }: Survey): number => fingerprint.reduce((sum, value) => sum + value, 0);
  const weights = surveys.map(weight);
  const order = [...structures.keys()].sort((a, b) => weights[a] - weights[b] || a - b);
  const groups: number[][] = [];
  const groupOf = new Map<number, number[]>();
  order.forEach((s, k) => {
    for (let other = k - 1; other >= 0; other--) {
      const t = order[other];
      if (weights[s] - weights[t] > EQUAL * (surveys[s].fingerprint.length + 2 * Math.abs(weights[s]))) break;
      if (!isEqual(surveys[s].fingerprint, surveys[t].fingerprint)) continue;
      let group = groupOf.get(t);
      if (group === undefined) groups.push((group = [t]));
      group.push(s);
      groupOf.set(t, group);
      groupOf.set(s, group);
      break;
    }
  });
  for (const group of groups) group.sort((a, b) => a - b);
  return groups.sort((a, b) => a[0] - b[0]);
}

function findDuplicates(structures: readonly LabelledStructure[], groups: readonly number[][]): Finding[] {
  const repeated = groups.flatMap((group) => group.slice(1)).sort((a, b) => a - b);
  if (repeated.length === 0) return [];
  const message = `${repeated.length} of ${structures.length} structures are there already (but for translation, rotation and order): they count twice, and with one in the test set it says nothing.`;
  return [{ code: 'PD0906', message, structures: repeated }];
}

/** Equal structures must have equal energies, and the same sizes of forces. */
function findContradictions(structures: readonly LabelledStructure[], groups: readonly number[][]): Finding[] {
  const sizes = ({ forces = new Float64Array(0) }: LabelledStructure): number[] =>
    Array.from({ length: forces.length / 3 }, (_, i) =>
      Math.hypot(forces[3 * i], forces[3 * i + 1], forces[3 * i + 2]),
    ).sort((a, b) => a - b);
  const differ = (s: number, t: number): boolean => {
    const [one, other] = [structures[s], structures[t]];
    const energies = one.energy !== undefined && other.energy !== undefined ? Math.abs(one.energy - other.energy) : 0;
    if (energies > ENERGY_NOISE * one.numbers.length) return true;
    if (one.forces === undefined || other.forces === undefined) return false;
    const others = sizes(other);
    return sizes(one).some((size, i) => Math.abs(size - others[i]) > FORCE_NOISE);
  };
  const contradicting = groups.flatMap((group) => group.slice(1).filter((s) => differ(group[0], s)));
  if (contradicting.length === 0) return [];
  const message = `${contradicting.length} structures are equal to an earlier one and have another energy (by more than ${1000 * ENERGY_NOISE} meV/atom) or other forces (by more than ${FORCE_NOISE} eV/Å): no potential can have both.`;
  return [{ code: 'PD0912', message, structures: contradicting }];
}

function findOutliers(structures: readonly LabelledStructure[]): Finding[] {
  const findings: Finding[] = [];
  const labelled = [...structures.keys()].filter((s) => structures[s].energy !== undefined);
  const numbers = [...new Set(labelled.flatMap((s) => [...structures[s].numbers]))].sort((a, b) => a - b);
  const rows = labelled.map((s) => numbers.map((n) => structures[s].numbers.filter((other) => other === n).length));
  const perAtom = [
    ...energiesAboveBaseline(
      rows,
      labelled.map((s) => structures[s].energy ?? 0),
    ),
  ];
  const middle = median(perAtom);
  const deviations = perAtom.map((energy) => Math.abs(energy - middle));
  const limit = Math.max(SMALLEST_OUTLIER, OUTLIER_DEVIATIONS * median(deviations));
  const far = [...labelled.keys()].filter((k) => deviations[k] > limit).sort((a, b) => deviations[b] - deviations[a]);
  if (far.length > 0)
    findings.push({
      code: 'PD0907',
      message: `${far.length} energies are more than ${limit.toFixed(2)} eV/atom (${OUTLIER_DEVIATIONS} times the median deviation) from the middle, the farthest ${deviations[far[0]].toFixed(2)} eV/atom.`,
      structures: far.map((k) => labelled[k]),
    });
  const largest = structures.map(({ forces }) => forces?.reduce((most, f) => Math.max(most, Math.abs(f)), 0) ?? 0);
  const strong = [...structures.keys()].filter((s) => largest[s] > LARGE_FORCE).sort((a, b) => largest[b] - largest[a]);
  if (strong.length > 0)
    findings.push({
      code: 'PD0907',
      message: `${strong.length} structures have forces above ${LARGE_FORCE} eV/Å, the largest ${largest[strong[0]].toFixed(0)} eV/Å.`,
      structures: strong,
    });
  return findings;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.floor(sorted.length / 2)];
}

function findNetForces(structures: readonly LabelledStructure[]): Finding[] {
  const net = structures.map(({ forces, numbers }) => {
    const sum = [0, 0, 0];
    forces?.forEach((f, c) => (sum[c % 3] += f));
    return Math.hypot(...sum) / numbers.length;
  });
  const wrong = [...net.keys()].filter((s) => net[s] > NET_FORCE).sort((a, b) => net[b] - net[a]);
  if (wrong.length === 0) return [];
  const message = `The forces of ${wrong.length} structures do not add up to zero (up to ${net[wrong[0]].toFixed(3)} eV/Å per atom): constrained atoms, an external field, or a calculation that is not converged. No potential of distances can have them.`;
  return [{ code: 'PD0904', message, structures: wrong }];
}

/** Structures in which atoms were held fixed. */
function findFrozen(structures: readonly LabelledStructure[]): Finding[] {
  const frozen = structures.flatMap(({ forces }, s) => (forces !== undefined && hasFrozenAtoms(forces) ? [s] : []));
  if (frozen.length === 0) return [];
  return [{ code: 'PD0908', message: describeFrozen(frozen.length, structures.length), structures: frozen }];
}

const radius = (z: number): number => periodicTable[z].covalentRadius;
/** A nearest distance in sums of the covalent radii of its pair. */
const inRadii = ([key, r]: readonly [number, number]): number =>
  r / (radius(Math.floor(key / 256)) + radius(key % 256));

/** No two atoms are bonded, and in bohr they would be. */
function findUnits(surveys: readonly Survey[]): Finding[] {
  const isBondless = (key: number): boolean =>
    [Math.floor(key / 256), key % 256].some((z) => NOBLE.includes(symbolOf(z)));
  const nearest = surveys
    .flatMap((each) => [...each.nearest])
    .filter(([key]) => !isBondless(key))
    .reduce((least, pair) => Math.min(least, inRadii(pair)), Infinity);
  if (!looksLikeBohr(nearest)) return [];
  const message = `No two atoms are nearer than ${nearest.toFixed(1)} times the sum of their covalent radii; in bohr it would be a bond. Are the data in bohr, and their energies in hartree?`;
  return [{ code: 'PD0104', message, structures: [] }];
}

/** The structures that have an energy, by composition: only within one energies can be compared before anything is fitted. */
function groupByComposition(
  structures: readonly LabelledStructure[],
): { readonly atoms: ReadonlyMap<number, number>; readonly members: number[] }[] {
  const groups = new Map<string, { readonly atoms: ReadonlyMap<number, number>; readonly members: number[] }>();
  structures.forEach(({ numbers, energy }, s) => {
    if (energy === undefined) return;
    const atoms = new Map<number, number>();
    for (const z of numbers) atoms.set(z, (atoms.get(z) ?? 0) + 1);
    const key = [...atoms].sort(([a], [b]) => a - b).join(' ');
    const own = groups.get(key);
    if (own === undefined) groups.set(key, { atoms, members: [s] });
    else own.members.push(s);
  });
  return [...groups.values()];
}

/** Energies of all electrons in another unit than eV, and forces that do not go with them. */
function findLabelUnits(structures: readonly LabelledStructure[]): Finding[] {
  const findings: Finding[] = [];
  const means = groupByComposition(structures).map(({ atoms, members }) => {
    const sum = members.reduce((total, s) => total + (structures[s].energy ?? 0), 0);
    return { atoms, energy: sum / members.length, count: members.length };
  });
  const unit = energyUnitOf(means);
  if (unit !== undefined && unit !== 'eV')
    findings.push({ code: 'PD0105', message: describeEnergyUnit(unit), structures: [] });
  const balance = new WorkBalance();
  structures.forEach((structure, s) => {
    const { energy, forces, source } = structure;
    const before = s > 0 ? structures[s - 1].source : undefined;
    if (before?.file !== source.file || before.frame + 1 !== source.frame) balance.add(undefined);
    balance.add(energy === undefined || forces === undefined ? undefined : { ...structure, energy, forces });
  });
  const work = balance.result();
  const message = work === undefined ? undefined : describeWork(work);
  if (message !== undefined) findings.push({ code: 'PD0107', message, structures: [] });
  return findings;
}

/** Energies in two groups are two methods if what is alike in structure is in both. */
const METHODS = {
  /** A gap as wide as so many times the wider group. */
  gap: 3,
  /** eV per atom: closer groups are phases or temperatures. */
  smallest: 0.05,
  /** Structures of each group at least, and their part of all. */
  structures: 5,
  part: 0.05,
  /** Of the structures so many have their nearest relative in the other group; half of them by chance. */
  mixed: 0.2,
  /** Structures that are compared with each other. */
  compared: 1000,
};

/** Two reference methods in one dataset: energies per atom in two groups far apart, with the same kinds of structures in both. */
function findMethods(structures: readonly LabelledStructure[], surveys: readonly Survey[]): Finding[] {
  const groups = groupByComposition(structures).map(({ members }) => members);
  for (const all of groups.sort((a, b) => b.length - a.length)) {
    const perAtom = (s: number): number => (structures[s].energy ?? 0) / structures[s].numbers.length;
    const stride = Math.ceil(all.length / METHODS.compared);
    const own = all.filter((_, k) => k % stride === 0).sort((a, b) => perAtom(a) - perAtom(b));
    const fewest = Math.max(METHODS.structures, METHODS.part * own.length);
    if (own.length < 2 * fewest) continue;
    let cut = 1;
    for (let k = 1; k < own.length; k++)
      if (perAtom(own[k]) - perAtom(own[k - 1]) > perAtom(own[cut]) - perAtom(own[cut - 1])) cut = k;
    const gap = perAtom(own[cut]) - perAtom(own[cut - 1]);
    const widths = [perAtom(own[cut - 1]) - perAtom(own[0]), perAtom(own[own.length - 1]) - perAtom(own[cut])];
    if (Math.min(cut, own.length - cut) < fewest) continue;
    if (gap < METHODS.smallest || gap < METHODS.gap * Math.max(...widths)) continue;
    if (
      mixing(
        own.map((s) => surveys[s].fingerprint),
        cut,
      ) < METHODS.mixed
    )
      continue;
    const few = cut <= own.length / 2 ? own.slice(0, cut) : own.slice(cut);
    const middle = (perAtom(own[cut - 1]) + perAtom(own[cut])) / 2;
    const isLow = few[0] === own[0];
    const found = all.filter((s) => perAtom(s) < middle === isLow);
    return [
      {
        code: 'PD0910',
        message: `${found.length} of ${all.length} structures of the same atoms have energies ${gap.toFixed(2)} eV/atom ${isLow ? 'below' : 'above'} those of the others, though they are alike: two methods with two zeros of energy.`,
        structures: found,
      },
    ];
  }
  return [];
}

/** Of two groups, those before `cut` and those behind it: the part of the smaller one whose nearest relative is in the other. */
function mixing(fingerprints: readonly (readonly number[])[], cut: number): number {
  const scales = fingerprints[0].map((_, c) => {
    const values = fingerprints.map((one) => one.at(c) ?? 0);
    return Math.max(...values) - Math.min(...values) || 1;
  });
  const small = cut <= fingerprints.length / 2 ? { from: 0, to: cut } : { from: cut, to: fingerprints.length };
  let mixed = 0;
  for (let s = small.from; s < small.to; s++) {
    let nearest = Infinity;
    let relative = s;
    fingerprints.forEach((other, t) => {
      if (t === s) return;
      const distance = fingerprints[s].reduce((sum, x, c) => sum + ((x - (other.at(c) ?? 0)) / scales[c]) ** 2, 0);
      if (distance < nearest) [nearest, relative] = [distance, t];
    });
    if (relative < small.from || relative >= small.to) mixed++;
  }
  return mixed / (small.to - small.from);
}

function findContacts(surveys: readonly Survey[]): Finding[] {
  const ratio = surveys.map(({ nearest }) => Math.min(...[...nearest].map(inRadii)));
  const near = [...ratio.keys()].filter((s) => ratio[s] < TOO_NEAR).sort((a, b) => ratio[a] - ratio[b]);
  if (near.length === 0) return [];
  const message = `${near.length} structures have atoms nearer than half the sum of their covalent radii (the nearest ${(100 * ratio[near[0]]).toFixed(0)} % of it): wrong units, a wrong cell, or atoms that are there twice.`;
  return [{ code: 'PD0913', message, structures: near }];
}

/** Structures kept out of the training that equal a training structure, or are its neighbour in a trajectory and hardly differ. */
function findLeaks(structures: readonly LabelledStructure[], groups: readonly number[][], set: Uint8Array): Finding[] {
  const leaking = new Set<number>();
  for (const group of groups)
    if (group.some((s) => set[s] === 0)) for (const s of group) if (set[s] !== 0) leaking.add(s);
  const equal = leaking.size;
  for (let s = 0; s < structures.length; s++) {
    if (set[s] === 0) continue;
    for (const t of [s - 1, s + 1])
      if (t >= 0 && t < structures.length && set[t] === 0 && isNeighbor(structures[s], structures[t])) leaking.add(s);
  }
  const kept = set.filter((one) => one !== 0).length;
  if (equal === 0 && leaking.size <= LEAKING_PART * kept) return [];
  const name = set.includes(SETS.indexOf('validation')) ? 'test and validation' : 'test';
  const message = `${leaking.size} of ${kept} ${name} structures have a near twin in the training set${equal > 0 ? ` (${equal} are equal to one)` : ''}: their error is too small. Write split_by = trajectory or config_type.`;
  return [{ code: 'PD0606', message, structures: [...leaking].sort((a, b) => a - b) }];
}

/** The same atoms in the same file, one frame apart, and hardly moved. */
function isNeighbor(a: LabelledStructure, b: LabelledStructure): boolean {
  if (a.source.file !== b.source.file || a.configType !== b.configType) return false;
  if (Math.abs(a.source.frame - b.source.frame) !== 1 || !haveSameAtoms(a, b)) return false;
  const squares = displacements(a, b).reduce((sum, x) => sum + x * x, 0);
  return Math.sqrt(squares / a.numbers.length) < TWIN_DISPLACEMENT;
}

function nearestPairs(surveys: readonly Survey[]): DataReport['nearest'] {
  const nearest = new Map<number, number>();
  for (const one of surveys)
    for (const [key, r] of one.nearest) if (r < (nearest.get(key) ?? Infinity)) nearest.set(key, r);
  return [...nearest]
    .sort(([a], [b]) => a - b)
    .map(([key, distance]) => ({ pair: [symbolOf(Math.floor(key / 256)), symbolOf(key % 256)], distance }));
}

/** How many frames a message names. */
const NAMED = 5;

/** A finding as one line, with the first of its frames. */
export function describeFinding(
  { message, structures: indices }: Finding,
  structures: readonly LabelledStructure[],
): string {
  // Some are about all of them.
  if (indices.length === 0) return message;
  const named = indices.slice(0, NAMED).map((s) => {
    const { file, frame } = structures[s].source;
    return `${file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)} ${frame}`;
  });
  const more = indices.length > NAMED ? `, and ${indices.length - NAMED} more` : '';
  return `${message} Frames: ${named.join(', ')}${more}.`;
}
