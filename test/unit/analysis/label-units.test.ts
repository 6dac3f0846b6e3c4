/** Units that labels tell by themselves: of molecules with known energies, and along trajectories of an analytic potential. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { energyUnitOf, WorkBalance } from '../../../engine/analysis/label-units';
import { openFrames } from '../../../engine/formats/frames';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import { describeWork } from '../../../language/check/labels';
import type { DataFacts } from '../../../language/check/facts';
import { fcc, rattle } from '../../fixtures/structures';
import { valueOf } from '../../fixtures/results';

const molecule = (atoms: Record<number, number>, energy: number) => ({
  atoms: new Map(Object.entries(atoms).map(([z, n]) => [Number(z), n])),
  energy,
});

describe('total energies of all electrons', () => {
  // B3LYP and PBE energies of water, methane, benzene and carbon monoxide, hartree.
  const molecules = [
    molecule({ 8: 1, 1: 2 }, -76.42),
    molecule({ 6: 1, 1: 4 }, -40.47),
    molecule({ 6: 6, 1: 6 }, -232.1),
    molecule({ 6: 1, 8: 1 }, -113.24),
  ];
  it.each([
    ['hartree', 1],
    ['eV', 27.2114],
    ['kcal/mol', 627.51],
    ['kJ/mol', 2625.5],
  ])('are told to be in %s', (unit, factor) => {
    expect(energyUnitOf(molecules.map((one) => ({ ...one, energy: factor * one.energy })))).toBe(unit);
  });

  it('are not seen in what has pseudopotentials, another zero, or elements that nothing is known of', () => {
    // Water: GTH in hartree, projector augmented waves in eV, atomization.
    for (const energy of [-17.2, -468, -14.2, -10.1, -152.8])
      expect(energyUnitOf([molecule({ 8: 1, 1: 2 }, energy)]), String(energy)).toBeUndefined();
    expect(energyUnitOf([molecule({ 29: 1 }, -1640)])).toBeUndefined();
    // Ten atoms whose types have no element.
    expect(energyUnitOf([molecule({ 0: 10 }, -100)])).toBeUndefined();
    expect(energyUnitOf([...molecules, molecule({ 1: 2 }, -6.7)])).toBeUndefined();
    expect(energyUnitOf([])).toBeUndefined();
  });
});

describe('work along a trajectory', () => {
  const oracle = createLennardJones({ epsilon: 0.1, sigma: 2.3, cutoff: 5, cutoffFunction: 'poly2', elements: ['Cu'] });
  const start = rattle(fcc('Cu', 3.6, 2), 0.1);
  const edge = start.cell?.[0] ?? 0;
  // Every other frame is wrapped into the cell.
  const frames = Array.from({ length: 20 }, (_, k) => {
    const moved = { ...start, positions: start.positions.map((x, c) => x + 0.01 * k * Math.sin(7 * c)) };
    const { energy, forces } = oracle.predict(moved);
    return {
      ...moved,
      positions: moved.positions.map((x) => (k % 2 === 0 ? ((x % edge) + edge) % edge : x)),
      energy,
      forces,
    };
  });
  const balance = (energy: number, force: number): DataFacts['work'] => {
    const own = new WorkBalance();
    for (const frame of frames)
      own.add({ ...frame, energy: energy * frame.energy - 1e4, forces: frame.forces.map((f) => force * f) });
    return own.result();
  };

  it('is the change of the energy', () => {
    const found = balance(1, 1);
    expect(found).toMatchObject({ pairs: 19, atoms: 32 });
    expect(found?.ratio).toBeCloseTo(1, 2);
    expect(describeWork(found ?? { ratio: 0, pairs: 0 })).toBeUndefined();
  });

  it.each([
    [1, 1 / 51.4221, 'energies in eV and forces in hartree/bohr'],
    [1 / 27.2114, 1, 'energies in hartree and forces in eV/Å'],
    [23.0605, 1, 'energies in kcal/mol and forces in eV/Å'],
    [1, 0.529177, 'forces per bohr and positions in Å'],
    [1, -1, 'forces with the opposite sign, which are gradients'],
    [1 / 32, 1, 'energies per atom instead of total ones'],
  ])('energies times %f, forces times %f', (energy, force, cause) => {
    const found = balance(energy, force);
    expect(found && describeWork(found)).toContain(cause);
  });

  it('says nothing of frames that have nothing to do with each other, of few, or of other atoms', () => {
    const own = new WorkBalance();
    for (const frame of frames.slice(0, 6)) own.add(frame);
    expect(own.result()).toBeUndefined();
    const far = new WorkBalance();
    for (const [k, frame] of frames.entries())
      far.add({ ...frame, positions: frame.positions.map((x, c) => x + (k % 2) * Math.sin(3 * c)) });
    expect(far.result()).toBeUndefined();
    const broken = new WorkBalance();
    for (const frame of frames) {
      broken.add(frame);
      broken.add(undefined);
    }
    expect(broken.result()).toBeUndefined();
  });
});

const GENERATED = join(process.env.NEARSIGHT_DATA ?? '', 'generated');
test
  .skipIf(process.env.NEARSIGHT_DATA === undefined || !existsSync(GENERATED))
  .each(['al_qe_lda.xyz', 'ammonia.xyz', 'chfclbr.xyz', 'ethanol.xyz', 'h2o2.xyz', 'malonaldehyde.xyz', 'water.xyz'])(
  '%s has labels that fit',
  async (name) => {
    const source = valueOf(await openFrames(join(GENERATED, name)));
    const facts = valueOf(await source.inspect());
    await source.dispose();
    expect([undefined, 'eV']).toContain(facts.energyUnit);
    if (facts.work !== undefined) expect(describeWork(facts.work)).toBeUndefined();
  },
);
