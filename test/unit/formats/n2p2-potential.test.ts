/** Potentials of n2p2: published ones with n2p2's predictions, the way there and back, and files that are wrong. */
import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mixesShapes } from '../../../engine/descriptors/function-types';
import { unitFactors } from '../../../engine/formats/n2p2-data';
import { exportN2p2 } from '../../../engine/formats/n2p2-export';
import { parseN2p2Potential, readN2p2Potential } from '../../../engine/formats/n2p2-potential';
import { Evaluator, findObstacle } from '../../../engine/kernels/evaluator';
import { createNeuralPotential, type NeuralDescription } from '../../../engine/potentials/neural';
import type { Potential, Prediction } from '../../../engine/potentials/potential';
import {
  createImportedFile,
  neuralFromFile,
  parsePotentialFile,
  potentialFromFile,
} from '../../../engine/potentials/potential-file';
import { ownImageForces, readStructures, readTable } from '../../fixtures/n2p2';
import { randomElements } from '../../fixtures/random-potential';
import { ethanol, maximumDifference } from '../../fixtures/structures';

const data = process.env.NEARSIGHT_DATA ?? '';
const available = existsSync(join(data, 'potentials'));
if (!available) console.warn(`No potentials at ${data}: published ones are not compared.`);
const full = process.env.NEARSIGHT_FULL === '1';

const potentialOf = ({ elements, cutoffFunction, innerCutoff }: NeuralDescription): Potential =>
  createNeuralPotential(elements, cutoffFunction, innerCutoff);

const evaluators: Evaluator[] = [];
afterAll(() => evaluators.forEach((evaluator) => evaluator.dispose()));

/** What jobs compute with. */
function computeWith(description: NeuralDescription): Potential {
  if (findObstacle(description) !== undefined) return potentialOf(description);
  const evaluator = new Evaluator(description, { skin: 0 });
  evaluators.push(evaluator);
  return evaluator;
}

function open(folder: string): NeuralDescription {
  const read = readN2p2Potential(folder);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  const mixed = Object.values(read.value.description.elements).filter(({ functions }) => mixesShapes(functions));
  expect(read.value.warnings.map(({ code }) => code)).toEqual(mixed.map(() => 'NN099'));
  return read.value.description;
}

describe.skipIf(!available)('published potentials give the energies and forces of n2p2', () => {
  // Folder, structures, their set's name, and of how many the reference is asked too without NEARSIGHT_FULL=1.
  const sets: readonly (readonly [string, string, string, number])[] = [
    ['potentials/LJ', 'potentials/LJ/set101.data', 'set101', 101],
    ['potentials/H2O_RPBE-D3', 'potentials/H2O_RPBE-D3/set20.data', 'set20', 1],
    ['potentials/H2O_RPBE-D3', 'potentials/H2O_RPBE-D3/pynnp7.data', 'pynnp7', 7],
    ['potentials/H2O_RPBE-D3', 'potentials/H2O_RPBE-D3/small24.data', 'small24', 1],
    ['potentials/H2O_RPBE-D3', 'potentials/H2O_RPBE-D3/small36.data', 'small36', 1],
    ['potentials/H2O_RPBE-D3', 'potentials/H2O_RPBE-D3/single1080.data', 'single1080', 0],
    ['potentials/H2O_RPBE-D3', 'potentials/H2O_RPBE-D3/single8640.data', 'single8640', 0],
    ['potentials/Cu2S_PBE', 'potentials/Cu2S_PBE/single.data', 'single', 1],
    ['potentials/Cu2S_PBE', 'potentials/Cu2S_PBE/set20.data', 'set20', 0],
    ['potentials/Cu2S_PBE', 'potentials/Cu2S_PBE/train20.data', 'train20', 0],
    ['potentials/Cu2S_PBE', 'potentials/Cu2S_PBE/md26_noref.data', 'md26_noref', 0],
    ['potentials/Anisole_SCAN', 'potentials/Anisole_SCAN/single.data', 'single', 0],
    ['potentials/Anisole_SCAN', 'potentials/Anisole_SCAN/set20.data', 'set20', 0],
    ...['Cu', 'Si', 'Li'].map((symbol) => {
      const folder = `training/mlearn/${symbol}`;
      return [`${folder}/nnp`, `${folder}/test.data`, 'test', 3] as const;
    }),
    ...['Si', 'Li'].map((symbol) => {
      const folder = `training/mlearn/${symbol}`;
      return [`${folder}/nnp`, `${folder}/train.data`, 'train', 0] as const;
    }),
  ];

  test.each(sets)('%s, %s', { timeout: 7_200_000 }, (folder, file, name, count) => {
    const description = open(join(data, folder));
    const [kernels, reference] = [computeWith(description), potentialOf(description)];
    const structures = readStructures(join(data, file));
    const energies = readTable(join(data, folder, 'ref', `energies.${name}.ref`));
    const forces = readTable(join(data, folder, 'ref', `forces.${name}.ref`));
    expect(energies).toHaveLength(structures.length);
    let at = 0;
    structures.forEach((structure, s) => {
      const rows = forces.slice(at, (at += structure.numbers.length));
      const expected = Float64Array.from(rows.flatMap((row) => row.slice(3, 6)));
      const largest = expected.reduce((most, force) => Math.max(most, Math.abs(force)), 0);
      const own = ownImageForces(structure, description);
      for (const potential of full || s < count ? [kernels, reference] : [kernels]) {
        const prediction = potential.predict(structure);
        expect(Math.abs(prediction.energy / energies[s][3] - 1), `energy ${s}`).toBeLessThan(1e-9);
        const difference = maximumDifference(
          prediction.forces.map((force, k) => force - own[k]),
          expected,
        );
        // Forces that vanish by symmetry are rounding in n2p2 too.
        expect(difference, `forces ${s}`).toBeLessThanOrEqual(1e-8 * Math.max(largest, 1e-6));
      }
    });
    expect(at).toBe(forces.length);
  });

  test('the committee for water reads, and its first member predicts all 111 structures', () => {
    for (const member of [1, 2, 3, 4]) open(join(data, 'training/water-revPBE0-D3', `nnp-${member}`));
    const folder = join(data, 'training/water-revPBE0-D3/nnp-1');
    const energies = readTable(join(folder, 'ref/energies.train_gen1.ref'));
    const forces = readTable(join(folder, 'ref/forces.train_gen1.ref'));
    const potential = computeWith(open(folder));
    const byStructure = new Map<number, number[][]>();
    for (const force of forces) {
      const rows = byStructure.get(force[0]);
      if (rows === undefined) byStructure.set(force[0], [force]);
      else rows.push(force);
    }
    // The set was split after n2p2 had predicted it: a structure is known by its reference energy.
    for (const name of ['test.data', 'train.data']) {
      const file = join(data, 'training/water-revPBE0-D3', name);
      const text = readFileSync(file, 'utf8');
      const references = [...text.matchAll(/^energy\s+(\S+)/gm)].map(([, energy]) => Number(energy));
      readStructures(file).forEach((structure, s) => {
        const row = energies.filter(([, , reference]) => Math.abs(reference / references[s] - 1) < 1e-13);
        expect(row).toHaveLength(1);
        const prediction = potential.predict(structure);
        expect(Math.abs(prediction.energy / row[0][3] - 1)).toBeLessThan(1e-9);
        const expected = (byStructure.get(row[0][0]) ?? []).flatMap((force) => force.slice(3, 6));
        const largest = Math.max(...expected.map(Math.abs));
        expect(maximumDifference(prediction.forces, Float64Array.from(expected))).toBeLessThanOrEqual(1e-8 * largest);
      });
    }
  }, 7_200_000);
});

/** Through the text of the files. */
function rewrite(description: NeuralDescription, units: Parameters<typeof unitFactors>[0]): NeuralDescription {
  const exported = exportN2p2(description, unitFactors(units), 'a test');
  if (!exported.ok) throw new Error(exported.problems[0].message);
  const read = parseN2p2Potential((name) => exported.value.get(name), 'folder', unitFactors(units));
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return read.value.description;
}

describe('there and back', () => {
  const units = [undefined, { length: 'bohr', energy: 'hartree' }, { length: 'nm', energy: 'kJ/mol' }] as const;
  const elements = randomElements(['H', 'C', 'O'], { cutoff: 3.5 });

  test.each(units)('a potential trained here (%o)', (unit) => {
    const own: NeuralDescription = { elements, cutoffFunction: 'poly2', innerCutoff: 0.2 };
    const again = rewrite(own, unit);
    const [before, after] = [own, again].map((one) => potentialOf(one).predict(ethanol));
    expect(Math.abs(after.energy / before.energy - 1)).toBeLessThan(1e-12);
    expect(maximumDifference(after.forces, before.forces)).toBeLessThan(1e-11);
  });

  test('hidden layers of different widths are filled up', () => {
    const wider = randomElements(['H', 'C', 'O'], { cutoff: 3.5, seed: 2 });
    const { network } = wider.H;
    const narrow = { ...network, sizes: [network.sizes[0], 3, 5, 1] };
    const count = (narrow.sizes[0] + 1) * 3 + 4 * 5 + 6;
    const mixed = {
      ...elements,
      H: { ...wider.H, network: { ...narrow, parameters: network.parameters.slice(0, count) } },
    };
    const own: NeuralDescription = { elements: mixed, cutoffFunction: 'cos', innerCutoff: 0 };
    const [before, after] = [own, rewrite(own, undefined)].map((one) => potentialOf(one).predict(ethanol).energy);
    expect(Math.abs(after / before - 1)).toBeLessThan(1e-13);
    const deeper = { ...elements.H, network: { ...network, activations: ['cos', 'relu'] as const } };
    const impossible = exportN2p2({ ...own, elements: { ...elements, H: deeper } }, { length: 1, energy: 1 }, '');
    expect(impossible.ok).toBe(false);
  });

  const folder = join(data, 'conformance');
  const cases = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'input.nn')))
    : [];
  test.each(cases)('%s: potential.json and an exported folder give the same energies', (name) => {
    const own = open(join(folder, name));
    const [structure] = readStructures(join(folder, name, 'input.data'), 1);
    // How far outside an atom is, a prediction finds out when it is asked.
    const predict = (potential: Potential): Prediction => ({
      ...potential.predict(structure),
      extrapolation: undefined,
    });
    const before = predict(potentialOf(own));
    const parsed = parsePotentialFile(JSON.parse(JSON.stringify(createImportedFile(own, name, 'id', {}))), 'file');
    if (!parsed.ok) throw new Error(parsed.problems[0].message);
    expect(predict(potentialFromFile(parsed.value))).toEqual(before);
    expect(neuralFromFile(parsed.value)?.innerCutoff).toBe(own.innerCutoff);
    const after = potentialOf(rewrite(own, undefined)).predict(structure);
    const size = before.atomicEnergies.reduce((sum, energy) => sum + Math.abs(energy), 1);
    expect(Math.abs(after.energy - before.energy)).toBeLessThan(1e-12 * size);
    const mixed = Object.values(own.elements).some(({ functions }) => mixesShapes(functions));
    expect(mixed).toBe(['compact_21', 'compact_24', 'compact_mix'].includes(name));
  });
});

const INPUT = `number_of_elements 2
elements O H # in any order
cutoff_type 2
symfunction_short H 2 O 0.1 0.0 6.0
symfunction_short H 3 O H 0.1 -1 2.0 6.0
symfunction_short O 2 H 0.1 0.5 6.0
scale_symmetry_functions
global_hidden_layers_short 1
global_nodes_short 2
global_activation_short t l
`;
const SCALING = `# header
1 1 0.0 2.0 1.0 0.5
1 2 0.0 4.0 1.0 0.5
2 1 0.5 2.5 1.0 0.5
`;
const weightLines = (count: number): string => Array.from({ length: count }, (_, i) => `${0.1 * i - 0.3}\n`).join('');
const FILES: Readonly<Record<string, string>> = {
  'input.nn': INPUT,
  'scaling.data': SCALING,
  'weights.001.data': weightLines(9),
  'weights.008.data': weightLines(7),
};
const read = (files: Readonly<Record<string, string | undefined>>) =>
  parseN2p2Potential((name) => files[name], 'folder', { length: 1, energy: 1 });

describe('what is wrong with the files is said with its place', () => {
  test('nothing is', () => {
    const result = read(FILES);
    expect(result.ok && result.value.warnings).toEqual([]);
  });

  // A change of input.nn, and what is said of it.
  const cases: readonly (readonly [string, string, string])[] = [
    ['number_of_elements 2', 'number_of_elements 3', '1:20 NN010'],
    ['number_of_elements 2', '', 'NN004'],
    ['elements O H', 'elements O Hx', '2:12 NN011'],
    ['cutoff_type 2', 'cutoff_type 9', '3:13 NN020'],
    ['cutoff_type 2', 'cutoff_type 1 1.0', '3:15 NN020'],
    ['cutoff_type 2', 'cutoff_type 2\ncutoff_type 2', '4:1 NN002'],
    ['symfunction_short H 2', 'symfunction H 2', '4:1 NN003'],
    ['H 2 O 0.1 0.0 6.0', 'H 2 O 0.1 0.0', 'NN030'],
    ['H 2 O 0.1 0.0 6.0', 'H 2 N 0.1 0.0 6.0', '4:23 NN011'],
    ['H 2 O 0.1 0.0 6.0', 'H 4 O 0.1 0.0 6.0', '4:21 NN031'],
    ['H 2 O 0.1 0.0 6.0', 'H 2 O 1.0d-1 0.0 6.0', '4:25 NN005'],
    ['H 2 O 0.1 0.0 6.0', 'H 2 O 0,1 0.0 6.0', '4:25 NN005'],
    ['H 2 O 0.1 0.0 6.0', 'H 2 O 0.1 0.0 6000', 'NN034'],
    ['H 2 O 0.1 0.0 6.0', 'H 20 O 6.0 6.0 p2', '4:26 NN034'],
    ['H 2 O 0.1 0.0 6.0', 'H 20 O 0.0 6.0 p5', '4:34 NN034'],
    ['H 2 O 0.1 0.0 6.0', 'H 22 O H 0.0 6.0 -10 20 p2', '4:36 NN034'],
    ['symfunction_short O 2 H 0.1 0.5 6.0', '', 'NN037'],
    ['global_hidden_layers_short 1', 'global_hidden_layers_short 2', 'NN050'],
    ['global_activation_short t l', 'global_activation_short x l', '10:25 NN050'],
    ['global_nodes_short 2', '', 'NN050'],
    ['cutoff_type 2', 'cutoff_type 2\nmean_energy 1.0', '4:1 NN060'],
    ['cutoff_type 2', 'cutoff_type 2\nnnp_type 4G-HDNNP', '4:10 NN096'],
    [
      INPUT.slice(INPUT.indexOf('symfunction'), INPUT.indexOf('scale')),
      'global_symfunction_short 2 0.1 0 6\n',
      '4:1 NN004',
    ],
  ];
  test.each(cases)('%j → %j: %s', (from, to, expected) => {
    expect(INPUT).toContain(from);
    const result = read({ ...FILES, 'input.nn': INPUT.replace(from, to) });
    const said = result.ok
      ? []
      : result.problems.map(({ place, code }) => `${place?.line ?? ''}:${place?.column ?? ''} ${code}`);
    expect(
      said.some((one) => one.endsWith(expected)),
      said.join(', '),
    ).toBe(true);
  });

  const others: readonly (readonly [string, string | undefined, string])[] = [
    ['input.nn', undefined, 'NN004'],
    ['scaling.data', undefined, 'NN004'],
    ['weights.008.data', undefined, 'NN004'],
    ['scaling.data', SCALING.replace('2 1 0.5 2.5 1.0 0.5\n', ''), 'NN090'],
    ['scaling.data', SCALING.replace('1 2 0.0', '2 3 0.0'), 'NN091'],
    ['scaling.data', SCALING.replace('4.0', 'nan'), 'NN005'],
    ['weights.001.data', weightLines(8), 'NN092'],
    ['weights.001.data', weightLines(10), 'NN092'],
    ['weights.001.data', weightLines(9).replace('0.1', 'nan'), 'NN092'],
  ];
  test.each(others)('%s as %j: %s', (name, text, code) => {
    const result = read({ ...FILES, [name]: text });
    expect(result.ok ? [] : result.problems.map((problem) => problem.code)).toContain(code);
  });

  test('files as people have them: CRLF, tabs, a byte order mark, comments of both kinds, any order, defaults left out', () => {
    const strange = INPUT.split('\n')
      .reverse()
      .map((line) => (line === '' ? '! ---' : `\t${line.replaceAll(' ', '\t')}  ! so it is`))
      .join('\r\n')
      .replace('0.1\t0.5', '+1.0D-0000\t.5e+0');
    const files = {
      ...FILES,
      'input.nn': `\uFEFF# RuNNer\r\n${strange.replace('cutoff_type\t2', 'cutoff_type\t2\t0.0\tmore')}\r\nrunner_mode 3\r\nnnp_gen 2`,
      'scaling.data': `  # indented\r\n${SCALING.replaceAll('\n', '   \r\n').replaceAll(' ', '\t')}-0.5 0.3\r\n`,
      'weights.001.data': weightLines(9).replaceAll('\n', ' a 1 0 1 1 1 # one\r\n'),
    };
    const expected = read({ ...FILES, 'input.nn': INPUT.replace('0.1 0.5', '1 0.5') });
    const result = read(files);
    if (!result.ok || !expected.ok) throw new Error(JSON.stringify(result));
    expect(result.value).toEqual(expected.value);
    const fortran = read({ ...FILES, 'input.nn': INPUT.replace('0.1 0.5', '1.0d1 0.5') });
    expect(fortran.ok ? '' : fortran.problems[0].message).toContain('write 1.0e1');
    const runner = read({ ...FILES, 'input.nn': `${INPUT}use_electrostatics\n` });
    expect(runner.ok && runner.value.warnings.map(({ code, place }) => [code, place?.line])).toEqual([['NN001', 11]]);
  });

  test('slips and functions that do not vary are warned of', () => {
    const slip = read({ ...FILES, 'input.nn': INPUT.replace('scale_symmetry_functions', 'scale_symetry_functions') });
    expect(slip.ok && slip.value.warnings.map(({ code }) => code)).toEqual(['NN001']);
    const constant = read({ ...FILES, 'scaling.data': SCALING.replace('0.0 4.0', '4.0 4.0') });
    expect(constant.ok && constant.value.warnings.map(({ code, place }) => [code, place?.line])).toEqual([
      ['NN040', 3],
    ]);
  });

  test('garbled and truncated files are results, never exceptions', () => {
    const garbled = fc.record({
      name: fc.constantFrom(...Object.keys(FILES)),
      at: fc.nat({ max: 400 }),
      remove: fc.nat({ max: 60 }),
      insert: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom('-', '1e400', '\n', '0', ' 25 ', '#'),
      ),
    });
    fc.assert(
      fc.property(fc.array(garbled, { minLength: 1, maxLength: 4 }), (changes) => {
        const files = { ...FILES };
        for (const { name, at, remove, insert } of changes)
          files[name] = files[name].slice(0, at) + insert + files[name].slice(at + remove);
        const result = read(files);
        if (result.ok) {
          expect(Object.keys(result.value.description.elements).length).toBeGreaterThan(0);
          createNeuralPotential(result.value.description.elements, result.value.description.cutoffFunction);
        } else
          for (const { code, place } of result.problems)
            expect([code.slice(0, 2), place?.file.slice(0, 7)]).toEqual([code === 'XD099' ? 'XD' : 'NN', 'folder/']);
      }),
      { numRuns: 400, seed: 1 },
    );
  });
});
