import { expect, test } from 'vitest';
import { describeFinding, reportData, type Finding } from '../../../engine/analysis/data-report';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import type { LabelledStructure } from '../../../engine/structure/structure';
import { applyMatrix, createStructure, fcc, rattle } from '../../fixtures/structures';
import { labelled } from '../training/samples';

/** Gentle Lennard-Jones labels; every structure is another one. */
const oracle = createLennardJones({
  epsilon: 0.1,
  sigma: 1.3,
  cutoff: 6,
  cutoffFunction: 'poly2',
  elements: ['H', 'Li'],
});
const relabelled = (formula: string, count: number): LabelledStructure[] =>
  labelled(formula, count).map((structure) => {
    const { energy, forces } = oracle.predict(structure);
    return { ...structure, energy, forces };
  });
const good = relabelled('Li H Li H', 30);
const found = (structures: readonly LabelledStructure[], set?: Uint8Array): Finding[] => [
  ...reportData(structures, set).findings,
];
const codes = (structures: readonly LabelledStructure[], set?: Uint8Array): [string, readonly number[]][] =>
  found(structures, set).map(({ code, structures: indices }) => [code, indices]);
const at = (structure: LabelledStructure, frame: number): LabelledStructure => ({
  ...structure,
  source: { ...structure.source, frame },
});

test('of good data it counts, and finds nothing', () => {
  const report = reportData(good);
  expect(report).toMatchObject({
    structures: 30,
    atoms: 120,
    energies: 30,
    forces: 30,
    elements: [
      { element: 'H', atoms: 60 },
      { element: 'Li', atoms: 60 },
    ],
    config_types: [{ config_type: '', structures: 30, atoms: 120 }],
    findings: [],
  });
  expect(report.nearest.map(({ pair }) => pair.join())).toEqual(['H,H', 'H,Li', 'Li,Li']);
  expect(reportData([])).toMatchObject({ structures: 0, elements: [], findings: [] });
});

test('labels that are absent are counted as absent', () => {
  const { energy: _, ...noEnergy } = good[0];
  const { forces: __, ...noForces } = good[1];
  expect(reportData([noEnergy, noForces, ...good.slice(2)])).toMatchObject({ energies: 29, forces: 29, findings: [] });
});

test('a structure is found again after translation, rotation and exchange of equal atoms', () => {
  const original = good[3];
  const [c, s] = [Math.cos(1), Math.sin(1)];
  const turned = applyMatrix(original, Float64Array.of(c, -s, 0, s, c, 0, 0, 0, 1));
  const forces = applyMatrix(
    { ...original, positions: original.forces ?? new Float64Array(12) },
    Float64Array.of(c, -s, 0, s, c, 0, 0, 0, 1),
  ).positions;
  const order = [2, 1, 0, 3];
  const exchange = (values: Float64Array): Float64Array =>
    Float64Array.from(order.flatMap((i) => [...values.subarray(3 * i, 3 * i + 3)]));
  const copy: LabelledStructure = {
    ...at(original, 30),
    positions: exchange(turned.positions).map((x, k) => x + [5, -3, 100][k % 3]),
    forces: exchange(forces),
  };
  expect(codes([...good, copy])).toEqual([['PD0906', [30]]]);
  // A hundredth of an Å is another structure.
  const near = { ...at(original, 30), positions: original.positions.map((x, k) => (k === 4 ? x + 0.01 : x)) };
  expect(codes([...good, near])).toEqual([]);
});

test('periodic: a cell repeated is another structure, a shifted one is not', () => {
  const label = (structure: ReturnType<typeof fcc>, frame: number): LabelledStructure => ({
    ...structure,
    energy: -3 * structure.numbers.length,
    source: { file: '/cu.xyz', frame },
  });
  const one = rattle(fcc('Cu', 3.6, 2), 0.1);
  const shifted = { ...one, positions: one.positions.map((x, k) => x + [1.7, 0, -20][k % 3]) };
  expect(codes([label(one, 0), label(shifted, 1)])).toEqual([['PD0906', [1]]]);
  expect(codes([label(fcc('Cu', 3.6, 1), 0), label(fcc('Cu', 3.6, 2), 1), label(fcc('Cu', 3.61, 1), 2)])).toEqual([]);
});

test('equal structures with other energies or forces contradict each other', () => {
  const energy = { ...at(good[5], 30), energy: (good[5].energy ?? 0) + 0.05 };
  const forces = {
    ...at(good[6], 31),
    forces: good[6].forces?.map((f, c) => (c === 0 ? f + 0.1 : c === 3 ? f - 0.1 : f)),
  };
  expect(codes([...good, energy, forces])).toEqual([
    ['PD0906', [30, 31]],
    ['PD0912', [30, 31]],
  ]);
  const same = { ...at(good[5], 30), energy: (good[5].energy ?? 0) + 1e-4 };
  expect(codes([...good, same])).toEqual([['PD0906', [30]]]);
});

test('energies and forces far from all others are named, the worst first; an energy zero is none', () => {
  const off = good.map((structure, s) =>
    s === 4 || s === 9 ? { ...structure, energy: (structure.energy ?? 0) + (s === 4 ? 8 : -40) } : structure,
  );
  const [energies] = found(off);
  expect([energies.code, energies.structures]).toEqual(['PD0907', [9, 4]]);
  expect(describeFinding(energies, off)).toMatch(/Frames: Li H Li H\.xyz 9, Li H Li H\.xyz 4\.$/);
  const strong = good.map((structure, s) =>
    s === 2
      ? { ...structure, forces: structure.forces?.map((f, c) => (c === 0 ? f + 80 : c === 3 ? f - 80 : f)) }
      : structure,
  );
  expect(codes(strong)).toEqual([['PD0907', [2]]]);
  const shifted = [...good, ...relabelled('Li H', 20)].map((structure) => ({
    ...structure,
    energy: (structure.energy ?? 0) - 200 * structure.numbers.filter((n) => n === 3).length,
  }));
  expect(codes(shifted)).toEqual([]);
});

test('forces that have a sum, atoms on top of each other', () => {
  const pulled = good.map((structure, s) =>
    s === 1 ? { ...structure, forces: structure.forces?.map((f, c) => (c % 3 === 2 ? f + 0.05 : f)) } : structure,
  );
  expect(codes(pulled)).toEqual([['PD0904', [1]]]);
  const touching: LabelledStructure = {
    ...createStructure(['O', 'O', 'H'], [0, 0, 0, 0.3, 0, 0, 3, 0, 0]),
    energy: -1,
    source: { file: '/o.xyz', frame: 0 },
  };
  expect(codes([touching])).toEqual([['PD0913', [0]]]);
});

test('PD0606: test structures that the training knows', () => {
  const set = (...tests: number[]): Uint8Array =>
    Uint8Array.from({ length: 31 }, (_, s) => (tests.includes(s) ? 1 : 0));
  // Not one after the other in their file.
  const copied = [...good, good[0]].map((structure, s) => at(structure, 10 * s));
  expect(codes(copied, set(30))).toEqual([
    ['PD0906', [30]],
    ['PD0606', [30]],
  ]);
  expect(codes(copied, set(0, 30)).map(([code]) => code)).toEqual(['PD0906']);
  // A trajectory in small steps, of which every third structure is tested; split at its end it leaks at the seam alone.
  const trajectory = Array.from({ length: 31 }, (_, frame): LabelledStructure => ({
    ...at(good[0], frame),
    positions: good[0].positions.map((x, c) => x + 0.02 * frame * ((c * 7) % 5)),
  }));
  const every = set(...Array.from({ length: 10 }, (_, k) => 3 * k + 1));
  expect(codes(trajectory, every).map(([code, indices]) => [code, indices.length])).toContainEqual(['PD0606', 10]);
  const end = set(...Array.from({ length: 11 }, (_, k) => 20 + k));
  expect(codes(trajectory, end).map(([code]) => code)).not.toContain('PD0606');
  // Also of validation structures, and across the border of a periodic cell, where files wrap positions.
  expect(
    codes(
      trajectory,
      every.map((one) => 2 * one),
    ).map(([code]) => code),
  ).toContain('PD0606');
  const wrapped = trajectory.map((one, frame) => ({
    ...one,
    cell: Float64Array.of(20, 0, 0, 3, 18, 0, 0, 0, 19),
    periodic: [true, true, true] as const,
    positions: one.positions.map((x, c) => x + (frame % 2) * [23, 18, 0][c % 3]),
  }));
  expect(codes(wrapped, every).map(([code]) => code)).toContain('PD0606');
});

test('forces of atoms that were held fixed', () => {
  const forces = good[4].forces?.slice();
  forces?.fill(0, 3, 6);
  const structures = good.map((structure, s) => (s === 4 ? { ...structure, forces } : structure));
  expect(codes(structures)).toContainEqual(['PD0908', [4]]);
  // All of them zero is a structure at rest.
  const resting = good.map((structure, s) => (s === 4 ? { ...structure, forces: new Float64Array(12) } : structure));
  expect(codes(resting).map(([code]) => code)).not.toContain('PD0908');
});

test('lengths that look like bohr; atoms that are never bonded say nothing', () => {
  // Diamond, in bohr, and nothing nearer.
  const lattice = 3.57 / 0.529177;
  const carbon = (a: number): LabelledStructure => ({
    ...good[0],
    ...createStructure(['C', 'C'], [0, 0, 0, a / 4, a / 4, a / 4], [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0]),
    energy: -10,
    forces: new Float64Array(6),
  });
  expect(codes([carbon(lattice)])).toEqual([['PD0104', []]]);
  expect(describeFinding(found([carbon(lattice)])[0], [])).toMatch(/hartree\?$/);
  expect(codes([carbon(3.57)])).toEqual([]);
  const argon = { ...carbon(8), numbers: Uint8Array.of(18, 18) };
  expect(codes([argon])).toEqual([]);
});

test('a set with all of these defects: each is named, with its structures', () => {
  const bad = good.map((structure, s) => at(structure, s));
  const change = (s: number, changes: Partial<LabelledStructure>): void => void (bad[s] = { ...bad[s], ...changes });
  const held = bad[1].forces?.slice();
  held?.fill(0, 0, 3);
  change(1, { forces: held });
  change(2, { energy: (bad[2].energy ?? 0) + 50 });
  change(3, { positions: bad[3].positions.map((x, c) => (c >= 3 && c < 6 ? bad[3].positions[c - 3] + 0.1 : x)) });
  change(4, { ...bad[5], source: bad[4].source });
  change(6, { ...bad[7], energy: (bad[7].energy ?? 0) + 1, source: bad[6].source });
  change(8, { forces: bad[8].forces?.map((f) => f + 1) });
  change(9, { energy: undefined, forces: undefined });
  const set = new Uint8Array(bad.length);
  set[4] = 2;
  const report = codes(bad, set);
  const of = (code: string): readonly number[] =>
    report.filter(([each]) => each === code).flatMap(([, which]) => which);
  expect(of('PD0908')).toEqual([1]);
  expect(of('PD0907')).toContain(2);
  expect(of('PD0913')).toEqual([3]);
  expect(of('PD0906')).toContain(5);
  expect(of('PD0912')).toEqual([7]);
  expect(of('PD0904')).toContain(8);
  expect(of('PD0606')).toContain(4);
});

test('energies of all electrons in hartree, and forces that do not go with energies', () => {
  const water = (frame: number, energy: number): LabelledStructure => ({
    ...rattle(createStructure(['O', 'H', 'H'], [0, 0, 0, 0.96, 0, 0, -0.24, 0.93, 0]), 0.02, frame + 1),
    energy,
    source: { file: '/water.xyz', frame },
  });
  const hartree = Array.from({ length: 10 }, (_, k) => water(k, -76.4 + 1e-3 * k));
  expect(codes(hartree)).toEqual([['PD0105', []]]);
  const inEv = hartree.map((one) => ({ ...one, energy: 27.2114 * (one.energy ?? 0) }));
  expect(codes(inEv)).toEqual([]);

  const steps = Array.from({ length: 12 }, (_, k) => {
    const moved = { ...good[0], positions: good[0].positions.map((x, c) => x + 0.01 * k * Math.sin(5 * c)) };
    const { energy, forces } = oracle.predict(moved);
    return at({ ...moved, energy, forces }, k);
  });
  expect(codes(steps)).toEqual([]);
  const gradients = steps.map((one) => ({ ...one, forces: one.forces?.map((f) => -f) }));
  expect(codes(gradients)).toEqual([['PD0107', []]]);
  // Frames of which others were left out between are no trajectory.
  expect(codes(gradients.map((one) => at(one, 2 * one.source.frame)))).toEqual([]);
});

test('two methods with two zeros of energy are told from two phases', () => {
  const half = good.map((structure, s) => ({
    ...structure,
    energy: (structure.energy ?? 0) + (s % 3 === 0 ? 4 * structure.numbers.length : 0),
  }));
  const [methods] = found(half).filter(({ code }) => code === 'PD0910');
  expect(methods.structures).toEqual([...half.keys()].filter((s) => s % 3 === 0));
  expect(methods.message).toMatch(/^10 of 30 structures .* above /);
  // What is far apart in energy and in structure as well may be right.
  const phases = good.map((structure, s) =>
    s % 3 === 0
      ? { ...structure, positions: structure.positions.map((x) => 1.5 * x), energy: (structure.energy ?? 0) + 16 }
      : structure,
  );
  expect(found(phases).map(({ code }) => code)).not.toContain('PD0910');
});
