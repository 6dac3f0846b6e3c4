/** `nearsight rate`: from sampled windows to a rate, as processes; a killed one ends with the same bits. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodePmf } from '../../protocol/pmf';
import { doubleWell, KT, linspace, sampleWindows } from '../unit/sampling/windows';
import { killAt, manifestOf, nearsight, newFolder } from './nearsight';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** An argon atom that goes from one to the other of two that hardly move. */
const DEFINITION = `potential argon {
  elements = [Ar]
  cutoff = 9 Å
  pair lennard_jones { epsilon = 0.0103 eV; sigma = 3.4 Å }
}
umbrella hop {
  potential = argon
  structure = "start.xyz"
  ensemble langevin { temperature = 20 K; friction = 1 1/ps }
  coordinate difference { atoms = [0, 2, 1, 2]; centers = linspace(-5, 5, 13) Å; force_constant = 0.012 eV/Å^2 }
  timestep = 10 fs
  duration = 8 ps
  equilibration = 1 ps
  output { every = 4 }
}
rate hopping {
  umbrella = hop
  friction = 1 1/ps
  recrossing { trajectories = 40; duration = 3 ps }
}
rate bare { umbrella = hop; reactant = high }
rate known { umbrella = hop; mass = 20 amu; activation_free_energy = 0.01 eV }
`;
const START = '3\nProperties=species:S:1:pos:R:3:masses:R:1\nAr 0 0 0 1e6\nAr 10 0 0 1e6\nAr 3.8 0 0.2 39.948\n';

function newCase(): string {
  const folder = newFolder();
  writeFileSync(join(folder, 'argon.potential'), DEFINITION);
  writeFileSync(join(folder, 'start.xyz'), START);
  return folder;
}

interface Rate {
  readonly run: string;
  readonly method: string;
  readonly rate: number;
  readonly rate_error: number | null;
  readonly tst_rate: number;
  readonly transmission: number | null;
  readonly kramers_transmission: number | null;
  readonly activation_free_energy: number;
  readonly mass: number;
}

describe('nearsight rate', () => {
  let folder: string;
  /** As it comes out when nothing gets in its way. */
  let whole: Rate;
  let kills = 0;
  const rate = async (label: string, ...more: string[]): Promise<Rate> => {
    const { code, stderr, json } = await nearsight(folder, ['rate', 'argon.potential', label, '--json', ...more]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return json as unknown as Rate;
  };

  beforeAll(async () => {
    folder = newCase();
    const early = await nearsight(folder, ['rate', 'argon.potential', 'bare']);
    expect(early.code).toBe(2);
    expect(early.stderr).toMatch(/argon\.potential:21:1 RN024 There is no finished run of umbrella hop/);
    expect((await nearsight(folder, ['umbrella', 'argon.potential', 'hop'])).code).toBe(0);
  });

  it('computes what theory says, and what comes back', async () => {
    const found = await rate('hopping');
    whole = found;
    expect(found.method).toBe('Bennett–Chandler');
    expect(found.transmission).toBeGreaterThan(0.2);
    expect(found.transmission).toBeLessThanOrEqual(1);
    expect(found.rate).toBeCloseTo((found.transmission ?? 0) * found.tst_rate, 0);
    expect(found.rate_error).toBeGreaterThan(0);
    expect(found.kramers_transmission).toBeLessThan(1);
    // d(0,2) − d(1,2) between two atoms: |∇ξ|² is 4 in a line, less aside.
    expect(found.mass).toBeGreaterThan(39.948 / 4 - 1e-6);
    expect(found.mass).toBeLessThan(39.948 / 2);
    const { results, kind, state } = manifestOf(found.run);
    expect({ kind, state }).toEqual({ kind: 'rate', state: 'finished' });
    expect(results).toMatchObject({ rate: found.rate, method: found.method });
    expect(decodePmf(readFileSync(join(found.run, 'pmf.bin')))?.meta.connected).toBe(true);
  });

  it('goes on from files that say what they mean', async () => {
    const { code, stdout } = await nearsight(folder, ['wham', 'runs/umbrella-hop/001/metadata.dat']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^d\(Ar0–Ar2\) − d\(Ar1–Ar2\) \(Å\) at 20 K, 13 windows/);
  });

  it('goes back, and by Eyring', async () => {
    const bare = await rate('bare');
    expect(bare).toMatchObject({ method: 'transition-state theory', transmission: null });
    expect(bare.rate).toBe(bare.tst_rate);
    const known = await rate('known');
    expect(known).toMatchObject({ method: 'Eyring', activation_free_energy: 0.01, mass: 20, rate_error: null });
    // (k_B T/h) exp(−0.01 eV/k_B 20 K)
    expect(known.rate / 1.2592e9).toBeCloseTo(1, 3);
  });

  it.each([
    ['on the way to the top', killAt('writeSync', 'checkpoint/\\.\\d+\\.bin', 50)],
    ['among the trajectories', killAt('writeSync', 'checkpoint/\\.\\d+\\.bin', 200)],
  ])('ends with the same bits when it was killed %s', async (_, env) => {
    const out = join(folder, `killed-${kills++}`);
    const args = ['rate', 'argon.potential', 'hopping', '--checkpoint', '0', '--out', out];
    expect((await nearsight(folder, args, env)).signal).toBe('SIGKILL');
    const { code, json } = await nearsight(folder, ['resume', out, '--json', '--threads', '2']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ ...whole, run: out });
  });
});

it('computes with the windows of another program', async () => {
  const folder = newFolder();
  const windows = sampleWindows({
    potential: doubleWell,
    centers: linspace(-1.5, 1.5, 15),
    forceConstant: 60,
    samples: 400,
    seed: 1,
  });
  mkdirSync(join(folder, 'data'));
  const lines = windows.map(({ center, forceConstant, values }, k) => {
    writeFileSync(join(folder, 'data', `w${k}.dat`), Array.from(values, (x, i) => `${i} ${x}\n`).join(''));
    return `w${k}.dat ${center} ${forceConstant / 2}\n`;
  });
  writeFileSync(join(folder, 'data/metadata.dat'), lines.join(''));
  const text = (convention: string): string =>
    `rate well {\n  mass = 1 amu\n  windows { file = "data/metadata.dat"; unit = angstrom; energy = eV; temperature = 300 K; convention = ${convention} }\n}\n`;
  writeFileSync(join(folder, 'well.potential'), text('half'));
  const halved = await nearsight(folder, ['rate', 'well.potential']);
  expect(halved.code).toBe(0);
  expect(halved.stdout).toMatch(/PD1204/);
  writeFileSync(join(folder, 'well.potential'), text('whole'));
  const { code, json } = await nearsight(folder, ['rate', 'well.potential', '--json']);
  expect(code).toBe(0);
  const { rate, rate_error, barrier, barrier_error } = json as Record<string, number>;
  expect(Math.abs(barrier - 8 * KT)).toBeLessThan(3 * barrier_error);
  // √(k_B T/2π m) exp(−8)/∫ exp(−8 (x² − 1)²) dx over x < 0, of 1 amu and Å.
  const integral = linspace(-2, 0, 4001).reduce((sum, x) => sum + Math.exp(-doubleWell(x)) * 5e-4, 0);
  const exact = (Math.sqrt(KT / (2 * Math.PI * 103.642696)) * 1e15 * Math.exp(-8)) / integral;
  expect(Math.abs(rate - exact)).toBeLessThan(3 * rate_error);
});
