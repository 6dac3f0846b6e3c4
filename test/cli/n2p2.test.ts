/** Potentials of n2p2 through the command line: import, evaluate, export, and what is refused. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nearsight, newFolder } from './nearsight';

const SETTINGS = `number_of_elements 1
elements Ne
cutoff_type 6
symfunction_short Ne 2 Ne 0.1 0.0 12.0
symfunction_short Ne 20 Ne 1.0 11.0 p2a
scale_symmetry_functions
global_hidden_layers_short 1
global_nodes_short 2
global_activation_short S l
atom_energy Ne -1.5
`;

function writePotential(): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'neon'));
  writeFileSync(join(folder, 'neon/input.nn'), SETTINGS);
  writeFileSync(join(folder, 'neon/scaling.data'), '1 1 0.0 2.0 1.0\n1 2 0.5 2.5 1.0\n');
  writeFileSync(join(folder, 'neon/weights.010.data'), '0.3\n-0.4\n1.2\n0.8\n-0.1\n0.2\n0.7\n-0.9\n0.05\n');
  const atom = (x: number): string => `atom ${x} 0 0 Ne 0 0 0.001 0 0\n`;
  writeFileSync(join(folder, 'dimer.data'), `begin\n${atom(0)}${atom(5.5)}energy -3.1\ncharge 0\nend\n`);
  return folder;
}

describe('a folder of n2p2', () => {
  it('is evaluated, imported and exported with the same result', async () => {
    const folder = writePotential();
    const units = ['--units', 'bohr,hartree'];
    const evaluate = async (potential: string): Promise<Record<string, unknown>> => {
      const { code, json } = await nearsight(folder, ['evaluate', potential, 'dimer.data', ...units, '--json']);
      expect(code).toBe(0);
      return json;
    };
    const direct = await evaluate('neon');
    expect(direct).toMatchObject({ structures: 1, atoms: 2 });
    const imported = await nearsight(folder, ['import', 'neon', '-o', 'neon.json', ...units, '--json']);
    expect(imported.json).toMatchObject({ potential: 'neon.json', elements: ['Ne'] });
    const exported = await nearsight(folder, ['export', 'neon.json', 'again', ...units]);
    expect(exported.code).toBe(0);
    expect(exported.stdout).toContain('pair_coeff * * Ne');
    for (const other of [await evaluate('neon.json'), await evaluate('again')])
      for (const key of ['energy_rmse', 'force_rmse', 'force_max_error'])
        expect(Math.abs(Number(other[key]) / Number(direct[key]) - 1)).toBeLessThan(1e-9);
  });

  it('writes its predictions', async () => {
    const folder = writePotential();
    const predicted = await nearsight(folder, [
      'evaluate',
      'neon',
      'dimer.data',
      '--output',
      'predicted.xyz',
      '--json',
    ]);
    expect(predicted.code).toBe(0);
    expect(predicted.stderr).toContain('NN098');
    // Beside the labels, which are those of the data to the last bit.
    const [, comment, ...atoms] = readFileSync(join(folder, 'predicted.xyz'), 'utf8').split('\n');
    expect(comment).toContain('Properties=species:S:1:pos:R:3:forces:R:3:predicted_forces:R:3:predicted_energies:R:1');
    expect(comment).toMatch(/ energy=\S+ predicted_energy=\S+/);
    const { force_max_error: most } = predicted.json;
    const errors = atoms.slice(0, 2).flatMap((line) => {
      const values = line.trim().split(/\s+/).slice(4, 10).map(Number);
      return [0, 1, 2].map((k) => Math.abs(values[3 + k] - values[k]));
    });
    expect(Math.max(...errors)).toBeGreaterThan(0);
    expect(Math.max(...errors)).toBeLessThanOrEqual(Number(most) * (1 + 1e-12));
    const { json } = await nearsight(folder, ['evaluate', 'neon', 'predicted.xyz', '--json']);
    const same = ({ energy_rmse, force_rmse }: typeof json): unknown => ({ energy_rmse, force_rmse });
    expect(same(json)).toEqual(same(predicted.json));
    const refused = await nearsight(folder, ['evaluate', 'neon', 'dimer.data', '--output', 'no/such/folder.xyz']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('RN016');
  });

  it("is computed in single precision, and by the reference where the kernels can't", async () => {
    const folder = writePotential();
    const evaluate = async (...options: string[]): Promise<{ energy: number; stderr: string }> => {
      const args = ['evaluate', 'neon', 'dimer.data', '--units', 'bohr,hartree', '--json', ...options];
      const { code, json, stderr } = await nearsight(folder, args);
      expect(code).toBe(0);
      return { energy: Number(json.energy_mae), stderr };
    };
    const double = await evaluate();
    const single = await evaluate('--precision', 'f32', '--threads', '2');
    expect(double.stderr).toBe('');
    expect(single.energy).not.toBe(double.energy);
    expect(single.energy).toBeCloseTo(double.energy, 6);
    const narrow = ['p2', 'p3'].map((shape) => `symfunction_short Ne 21 Ne Ne 1.0 11.0 0 180 ${shape}\n`).join('');
    writeFileSync(join(folder, 'neon/input.nn'), SETTINGS + narrow);
    const rows = [1, 2, 3, 4].map((row) => `1 ${row} 0.0 2.0 1.0\n`).join('');
    writeFileSync(join(folder, 'neon/scaling.data'), rows);
    writeFileSync(join(folder, 'neon/weights.010.data'), '0.1\n'.repeat(13));
    expect((await evaluate()).stderr).toMatch(/ RN017 /);
    for (const wrong of [
      ['--threads', '0'],
      ['--threads', 'many'],
      ['--precision', 'f16'],
    ]) {
      const { code } = await nearsight(folder, ['evaluate', 'neon', 'dimer.data', ...wrong]);
      expect(code).toBe(2);
    }
  });

  it('is a potential of the language', async () => {
    const folder = writePotential();
    const file = join(folder, 'neon.potential');
    const text = `potential neon {
  load = "neon/"
  units { length = bohr; energy = hartree }
}
dataset dimer {
  files = ["dimer.data"]
  units { length = bohr; energy = hartree }
}
evaluate neon { potential = neon; dataset = dimer }
md neon {
  potential = neon
  structure = "start.xyz"
  timestep = 1 fs
  duration = 20 fs
}
`;
    writeFileSync(file, text);
    writeFileSync(join(folder, 'start.xyz'), '2\n\nNe 0 0 0\nNe 2.9 0 0\n');
    expect((await nearsight(folder, ['check', 'neon.potential', '--json'])).json).toMatchObject({ errors: 0 });
    const evaluated = await nearsight(folder, ['evaluate', 'neon.potential', '--json']);
    const args = ['evaluate', 'neon', 'dimer.data', '--units', 'bohr,hartree', '--json'];
    const { json } = await nearsight(folder, args);
    for (const key of ['energy_rmse', 'force_rmse']) expect(evaluated.json[key]).toBe(json[key]);
    const simulated = await nearsight(folder, ['md', 'neon.potential', '--json']);
    expect(simulated.json).toMatchObject({ steps: 20, atoms: 2, precision: 'f64', threads: 1 });
    // The run has a copy, which can be loaded in its turn.
    const run = relative(folder, String(simulated.json.run));
    writeFileSync(file, text.replace('load = "neon/"', `load = "${run}/"`).replace(/ units .*\n/, '\n'));
    const again = await nearsight(folder, ['evaluate', 'neon.potential', '--json']);
    expect(again.json.energy_rmse).toBe(json.energy_rmse);

    writeFileSync(file, text);
    rmSync(join(folder, 'neon/weights.010.data'));
    const checked = await nearsight(folder, ['check', 'neon.potential']);
    expect(checked.code).toBe(2);
    expect(checked.stderr).toMatch(/^neon\.potential:2:10 PD0407 .*weights\.010\.data/);
    writeFileSync(join(folder, 'neon/weights.010.data'), '1\n2\nthree\n');
    const { code, stderr } = await nearsight(folder, ['md', 'neon.potential']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^neon.weights\.010\.data:3:1 NN092 /);
  });

  it('is refused with the place of what is wrong', async () => {
    const folder = writePotential();
    writeFileSync(join(folder, 'neon/input.nn'), SETTINGS.replace('cutoff_type 6', 'cutoff_type 9'));
    for (const args of [
      ['evaluate', 'neon', 'dimer.data'],
      ['import', 'neon'],
    ]) {
      const { code, stderr } = await nearsight(folder, args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^neon[\\/]input\.nn:3:13 NN020 /m);
    }
    const absent = await nearsight(folder, ['export', 'absent.json', 'out']);
    expect(absent.code).toBe(2);
  });
});

describe.skipIf(!existsSync(join(process.env.NEARSIGHT_DATA ?? '', 'training/mlearn')))('published networks', () => {
  // Zuo et al., J. Phys. Chem. A 124, 731 (2020): structures, RMSE and MAE of energies in meV/atom and of forces in eV/Å.
  const published = [
    ['Cu', 31, 1.68, 1.15, 0.0631, 0.0263],
    ['Si', 25, 6.93, 5.63, 0.1697, 0.1086],
    ['Li', 29, 0.98, 0.75, 0.0234, 0.0168],
  ] as const;
  it.each(published)('%s: the errors on the test set are those published', async (symbol, structures, ...errors) => {
    const data = join(process.env.NEARSIGHT_DATA ?? '', 'training/mlearn', symbol);
    const args = ['evaluate', join(data, 'nnp'), join(data, 'test.xyz'), '--units', 'bohr,hartree', '--json'];
    const { json } = await nearsight(newFolder(), args);
    expect(json.structures).toBe(structures);
    const [energyRmse, energyMae, forceRmse, forceMae] = errors;
    expect((1000 * Number(json.energy_rmse)).toFixed(2)).toBe(energyRmse.toFixed(2));
    expect((1000 * Number(json.energy_mae)).toFixed(2)).toBe(energyMae.toFixed(2));
    expect(Number(json.force_rmse).toFixed(4)).toBe(forceRmse.toFixed(4));
    expect(Number(json.force_mae).toFixed(4)).toBe(forceMae.toFixed(4));
  });
});
