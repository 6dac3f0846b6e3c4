/** Files that don't tell their units, through the worker: everything that is asked of them is in Å, eV, eV/Å once somebody has told them. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataClient, type DataClient } from '../../../../protocol/data-client';
import type { FrameData } from '../../../../protocol/frames';
import { bundle } from '../../../bundle';
import { temporaryFolder } from '../../../fixtures/folders';

const folder = temporaryFolder();
const root = resolve(import.meta.dirname, '../../../..');
const water = join(root, 'test/fixtures/water-bohr/input.data');
const atomic = { length: 'bohr', energy: 'hartree' } as const;
const HARTREE = 27.211386245988;
const BOHR = 0.529177210903;
let client: DataClient;

beforeAll(async () => {
  const outfile = join(folder, 'data-worker.js');
  await bundle(folder, { 'data-worker': 'server/data/worker.ts' });
  client = createDataClient(outfile);
});
afterAll(() => client.dispose());

const distance = ({ positions }: FrameData, a: number, b: number): number =>
  Math.hypot(...[0, 1, 2].map((k) => positions[3 * a + k] - positions[3 * b + k]));

test('a frame is in the units that are told, and says so where nobody has', async () => {
  await expect
    .poll(() => client.request('index', { path: water }))
    .toMatchObject({ frames: 2, unitless: true, complete: true });
  const raw = await client.request('frame', { path: water, index: 1 });
  expect(distance(raw, 0, 1)).toBeCloseTo(1.0072 / BOHR, 5);
  expect(raw).toMatchObject({ units: 'assumed', doubt: 'O–H is 1.90: bohr?', info: { energy: -76.436 } });
  const told = await client.request('frame', { path: water, index: 1, units: atomic });
  expect(distance(told, 0, 1)).toBeCloseTo(1.0072, 5);
  expect(told.cell?.[0]).toBeCloseTo(10, 5);
  expect(told.info.energy).toBeCloseTo(-76.436 * HARTREE, 8);
  // A spring of 30 eV/Å² that is 0.05 Å too long.
  expect(Math.hypot(...told.columns.forces.values.slice(3, 6))).toBeCloseTo(1.5, 3);
  expect(told.units).toBe('given');
  expect(told.doubt).toBeUndefined();
  // What was told before is not remembered for who tells something else.
  expect(await client.request('frame', { path: water, index: 1 })).toEqual(raw);
});

test('curves, numbers over frames and distributions are too', async () => {
  const { values, units } = await client.request('series', { path: water, from: 0, units: atomic });
  expect(units).toBe('given');
  expect(values.energy[0]).toBeCloseTo(-76.4389 * HARTREE, 8);
  expect(values.energy[1]).toBeCloseTo(-76.436 * HARTREE, 8);
  expect(await client.request('series', { path: water, from: 0 })).toMatchObject({ units: 'assumed' });
  const peakOf = async (units?: typeof atomic): Promise<readonly [string, number, readonly string[] | undefined]> => {
    const { groups } = await client.request('analyze', { path: water, cutoff: 3, skip: 0, units });
    const { abscissa, x, curves, findings } = groups[0];
    const y = curves.find(({ label }) => label === 'H–O' || label === 'O–H')?.y ?? new Float64Array();
    return [abscissa, x[y.indexOf(Math.max(...y))], findings?.columns] as const;
  };
  const [label, peak, columns] = await peakOf(atomic);
  expect(columns).toContain('first peak (Å)');
  expect(label).toBe('distance (Å)');
  expect(Math.abs(peak - 0.98)).toBeLessThan(0.06);
  const [unknown, far, unclaimed] = await peakOf();
  expect(unclaimed).toContain('first peak');
  expect(unknown).toBe('distance (units of the file)');
  expect(far).toBeGreaterThan(1.7);
});

test('what is saved is in Å and eV, or known not to be', async () => {
  const target = join(folder, 'saved.xyz');
  const wish = { path: water, target, first: 0, last: 1, stride: 1 };
  expect(await client.request('export', { ...wish, units: atomic })).toEqual({ frames: 2 });
  const saved = await client.request('frame', { path: target, index: 0 });
  expect(distance(saved, 0, 2)).toBeCloseTo(0.9572, 5);
  expect(saved.info.energy).toBeCloseTo(-76.4389 * HARTREE, 8);
  expect(saved.units).toBeUndefined();
  expect(await client.request('export', wish)).toEqual({ frames: 2, assumed: true });
  const frames = [{ path: water, index: 1, units: atomic }];
  await client.request('extract', { frames, target });
  expect(distance(await client.request('frame', { path: target, index: 0 }), 0, 1)).toBeCloseTo(1.0072, 5);
});

test('reduced units are none, and those that LAMMPS names need nobody', async () => {
  const dump = (units: string): string =>
    `ITEM: UNITS\n${units}\nITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n0 2\n0 2\n0 2\n` +
    'ITEM: ATOMS id mass q x y z fx fy fz v_energy\n1 1 1 1 1 1 1 0 0 1\n';
  const read = async (units: string): Promise<FrameData> => {
    const path = join(folder, `${units}.dump`);
    await writeFile(path, dump(units));
    return client.request('frame', { path, index: 0, units: atomic });
  };
  const reduced = await read('lj');
  expect(reduced.units).toBe('reduced');
  expect(reduced.positions[0]).toBe(1);
  const si = await read('si');
  expect(si.units).toBeUndefined();
  // 1 kg, 1 C, 1 N and 1 J in amu, e, eV/Å and eV (CODATA 2018)
  const expected = { mass: 6.02214076e26, charges: 6.241509074e18, forces: 6.241509074e8, v_energy: 6.241509074e18 };
  for (const [name, value] of Object.entries(expected))
    expect(si.columns[name].values[0] / value, name).toBeCloseTo(1, 6);
  // 1 statC = 3.33564095e-10 C, 1 g
  const cgs = await read('cgs');
  expect(cgs.columns.charges.values[0] / (3.33564095e-10 * 6.241509074e18)).toBeCloseTo(1, 6);
  expect(cgs.columns.mass.values[0] / 6.02214076e23).toBeCloseTo(1, 6);
});

const real = join(process.env.NEARSIGHT_DATA ?? '', 'potentials/H2O_RPBE-D3/checkdw-weights/input.data');
test.skipIf(!existsSync(real))('water of n2p2 has bonds once its units are told', async () => {
  const bonded = async (units?: typeof atomic): Promise<number> => {
    const frame = await client.request('frame', { path: real, index: 0, units });
    const oxygens = [...frame.numbers.keys()].filter((i) => frame.numbers[i] === 8);
    const hydrogens = [...frame.numbers.keys()].filter((i) => frame.numbers[i] === 1);
    return hydrogens.filter((h) => oxygens.some((o) => distance(frame, o, h) < 1.2)).length / hydrogens.length;
  };
  expect(await bonded()).toBe(0);
  // Some hydrogen atoms are bonded over a face of the cell.
  expect(await bonded(atomic)).toBeGreaterThan(0.7);
  expect((await client.request('frame', { path: real, index: 0 })).doubt).toMatch(/^O–H is 1\.[78]\d: bohr\?$/);
});
