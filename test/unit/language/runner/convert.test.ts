/** input.nn ↔ .potential: what both can say is the same after the conversion, and all else comes back with the way back. */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check } from '../../../../language/check/check';
import type { Definition } from '../../../../language/definition/definition';
import { checkInput } from '../../../../language/runner/check/check';
import { potentialToInput } from '../../../../language/runner/from-potential';
import { keyOf } from '../../../../language/runner/functions';
import { keywords } from '../../../../language/runner/keywords';
import { readFile } from '../../../../language/runner/reading';
import { inputToPotential, namedUnits, type ConversionOptions } from '../../../../language/runner/to-potential';
import { readInput } from '../../../../language/runner/tree';
import { parse } from '../../../../language/syntax/parser';
import { format } from '../../../../language/syntax/printer';
import { inputFiles, mutation } from './arbitrary';
import { PREDICTION, TRAINING } from './cases';

type Units = ConversionOptions['units'];
const BOHR: Units = { length: 'bohr', energy: 'hartree' };
const ANGSTROM: Units = { length: 'angstrom', energy: 'eV' };
const unitsOf = (text: string): Units => ({ ...BOHR, ...namedUnits(text) });

/** What the lines of an input.nn say to n2p2, in any order and any spelling. */
function meaningOf(text: string): Set<string> {
  const file = readFile(readInput(text), 'n2p2');
  const brief = (word: string): string =>
    word !== '' && Number.isFinite(Number(word)) ? String(Number(Number(word).toPrecision(10))) : word;
  const words = (name: string): string[] => file.one(name)?.arguments.map(({ text: word }) => brief(word)) ?? [];
  const [nodes, letters] = [words('global_nodes_short'), words('global_activation_short')];
  // Lines of single elements that n2p2 takes; a line says something by the networks that come out.
  const networks = file.one('elements')?.arguments.map(({ text: symbol }) => {
    const own = (name: string): string[] | undefined =>
      file
        .all(name)
        .map(({ arguments: args }) => args.map((word) => brief(word.text)))
        .find(([first, ...rest]) => first === symbol && rest.length === nodes.length)
        ?.slice(1);
    // The last number does not count.
    const sizes = own('element_nodes_short')?.map((size, i, all) => (i === all.length - 1 ? nodes[i] : size)) ?? nodes;
    const hidden = own('element_activation_short') ?? letters.slice(0, -1);
    return `network ${symbol} ${sizes.join(' ')} ${hidden.join(' ')} ${letters.at(-1) ?? ''}`;
  });
  const NETWORK = /^(global|element)_(nodes|activation)_short$/;
  const sayings = file.entries.flatMap(({ name, arguments: words, function: own }) => {
    const args = words.map((word) => brief(word.text));
    if (own?.value !== undefined) return `${name} ${keyOf(own.value)}`;
    if (name === 'elements') return `${name} ${[...args].sort().join(' ')}`;
    if (NETWORK.test(name)) return [];
    if (name === 'cutoff_type' && (args[1] === '0' || args[0] === '2' || args[0] === '3')) return `${name} ${args[0]}`;
    return [name, ...args].join(' ');
  });
  sayings.push(...(networks ?? []));
  return new Set(sayings);
}

/** Blocks by name without their places in the text. */
const summaryOf = ({ potentials, datasets, actions }: Definition): unknown =>
  JSON.parse(
    JSON.stringify(
      { potentials: [...potentials.values()], datasets: [...datasets.values()], actions },
      (key, value: unknown) =>
        key === 'span' || key === 'nameSpan' ? undefined : typeof value === 'number' ? Number(value.toPrecision(10)) : value,
    ),
  ); // prettier-ignore

function toPotential(text: string): string {
  const { text: converted } = inputToPotential(text, { units: unitsOf(text), name: 'water' });
  const { diagnostics } = check(parse(converted));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ message, span }) => `${message} ${converted.slice(span.start, span.end)}`)).toEqual([]);
  expect(format(converted)).toBe(converted);
  return converted;
}

function toInput(text: string, units: Units = BOHR): string {
  const converted = potentialToInput(text, { units });
  if (!converted.ok) throw new Error(converted.problems.map(({ message }) => message).join('\n'));
  return converted.text;
}

/** All that was said is said again, and in addition only what n2p2 needs, as most files have it. */
function checkRoundTrip(text: string): void {
  const potential = toPotential(text);
  const back = toInput(potential, unitsOf(text));
  const before = meaningOf(text);
  const after = meaningOf(back);
  expect([...before].filter((saying) => !after.has(saying))).toEqual([]);
  for (const saying of after) {
    const [name, ...words] = saying.split(' ');
    if (before.has(saying)) continue;
    if (['use_short_forces', 'force_weight', 'random_seed', 'scale_min_short', 'scale_max_short'].includes(name)) continue;
    expect(words.join(' '), name).toBe([...meaningOf(`${name} ${keywords[name].recommended}`)][0].split(' ').slice(1).join(' '));
  }
  // And the second time nothing changes at all.
  expect(meaningOf(toInput(toPotential(back), unitsOf(text)))).toEqual(after);
} // prettier-ignore

describe('input.nn to .potential', () => {
  it('writes descriptor blocks, networks and units', () => {
    const text = TRAINING.replace(
      'symfunction_short H 2 H 0.01 0.0 12.0\n',
      'symfunction_short H 2 H 0.01 0.0 12.0\nsymfunction_short H 2 H 1.5 1.9 8.0\n',
    );
    const angular = [1, -1].flatMap((lambda) =>
      [1, 4].map((zeta) => `symfunction_short O 3 H H 0.03 ${lambda} ${zeta} 12.0\n`),
    );
    expect(toPotential(`# Water\n${text}${angular.join('')}kalman_etatau 2.302\n`)).toBe(`# Water

potential water {
  elements        = [H, O]
  cutoff          = 12 bohr
  cutoff_function = poly2
  scaling         = range_centered

  radial { eta = 0.01 bohr^-2 }
  radial H H { eta = 1.5 bohr^-2; shift = 1.9 bohr; cutoff = 8 bohr }
  angular O H H { kind = narrow; eta = 0.03 bohr^-2; lambda = [-1, 1]; zeta = [1, 4] }

  network { hidden = [15, 10]; activation = tanh }
}

dataset reference {
  files = ["input.data"]
  units { length = bohr; energy = hartree }
  test  = 0.1
}

train water {
  potential    = water
  dataset      = reference
  epochs       = 10
  seed         = 1
  force_weight = 10
}

# Lines of input.nn that have no counterpart here; converting back restores them.
# input.nn: updater_type                    1
# input.nn: parallel_mode                   1
# input.nn: jacobian_mode                   1
# input.nn: update_strategy                 0
# input.nn: selection_mode                  0
# input.nn: short_energy_fraction           1.0
# input.nn: short_force_fraction            0.02
# input.nn: task_batch_size_energy          1
# input.nn: task_batch_size_force           1
# input.nn: weights_min                     -1.0
# input.nn: weights_max                     1.0
# input.nn: kalman_type                     0
# input.nn: kalman_epsilon                  0.01
# input.nn: kalman_q0                       0.01
# input.nn: kalman_qtau                     2.302
# input.nn: kalman_qmin                     1e-6
# input.nn: kalman_eta                      0.01
# input.nn: kalman_etatau 2.302
`);
  });

  it('notes what it can not say', () => {
    const text = `${PREDICTION.replace('t t l', 't p l').replace('cutoff_type                     6', 'cutoff_type 6 0.3')}symfunction_short H 12 0.1 0.0 12.0\nnnp_type 4\n`;
    const { notes } = inputToPotential(text, { units: BOHR, name: 'x' });
    const noted = notes.map(({ severity, span, code }) => `${code} ${severity} ${text.slice(span.start, span.end)}`);
    expect(noted).toEqual([
      'NN100 warning nnp_type',
      'NN100 warning symfunction_short',
      'NN100 warning cutoff_type',
      'NN100 warning global_activation_short',
    ]);
  });

  it('writes a potential whose symmetry functions are those of the file', () => {
    const { definition } = check(parse(toPotential(PREDICTION)));
    const functions = definition.potentials.get('water')?.symmetryFunctions ?? {};
    expect(Object.values(functions).map((own) => own.length)).toEqual([2, 2]);
    // 12 bohr, 0.01 bohr^-2
    expect(functions.H[0].cutoff).toBeCloseTo(6.350126526528, 10);
    expect('eta' in functions.H[0] && functions.H[0].eta).toBeCloseTo(0.01 / 0.529177210544 ** 2, 10);
  });

  it('loses nothing of real files on the way there and back', () => {
    if (inputFiles.length === 0) console.warn('skipped: there are no data');
    for (const { path } of inputFiles) checkRoundTrip(readFileSync(path, 'utf8'));
  });

  const element = fc.constantFrom('H', 'O');
  const number = (...values: number[]): fc.Arbitrary<string> => fc.constantFrom(...values).map(String);
  const eta = number(0, 0.001, 0.01, 0.5, 1.25);
  const cutoff = number(6, 8.5, 12);
  const functionLine = fc.oneof(
    fc.tuple(element, fc.constant('2'), element, eta, number(0, 1, 1.9), cutoff),
    fc.tuple(element, fc.constantFrom('3', '9'), element, element, eta, number(-1, 1, 0.5), number(1, 2, 4, 16), cutoff),
    fc.tuple(element, fc.constant('3'), element, element, eta, number(-1, 1), number(1, 4), cutoff, number(0, 1)),
    fc.tuple(element, fc.constant('12'), eta, number(0, 1), cutoff),
    fc.tuple(element, fc.constant('20'), element, number(0, 1), cutoff, fc.constantFrom('p2', 'e')),
  ).map((words) => `symfunction_short ${words.join(' ')}`); // prettier-ignore
  const otherLine = fc.constantFrom(
    'atom_energy H -0.5', 'atom_energy O -75.0', 'normalize_nodes', 'mean_energy -2.0', 'element_nodes_short O 20 10', 'element_nodes_short H 5 30',
    'element_activation_short O p p', 'element_activation_short O p t', 'kalman_etatau 2.302', 'rmse_threshold 1.0', 'write_weights_epoch 1 5',
    'points_in_memory 200', 'xyzzy 1 2 3', 'scale_symmetry_functions_sigma', 'nnp_type 2', 'updater_type 3', 'gradient_adam_eta 0.002', '# a comment',
  ); // prettier-ignore

  it('loses nothing of any file on the way there and back', () => {
    const base = fc.constantFrom(PREDICTION, TRAINING, TRAINING.replace('updater_type                    1', 'updater_type 0\ngradient_type 1\ngradient_adam_eta 0.002').replace('use_short_forces\n', '')); // prettier-ignore
    const swaps = fc.constantFrom(['', ''], ['t t l', 'p p l'], ['t t l', 's g l'], ['15 10', '15 10 5'], ['center_symmetry_functions\n', ''], ['scale_max_short                 1.0', 'scale_max_short 2.0'], ['cutoff_type                     6', 'cutoff_type 7 0.2'], ['scale_symmetry_functions\n', '']); // prettier-ignore
    fc.assert(
      fc.property(base, swaps, fc.array(functionLine, { maxLength: 40 }), fc.uniqueArray(otherLine, { maxLength: 6, selector: (line) => line.split(' ')[0] }), (text, [from, to], functions, others) => {
        const lines = others.filter((line) => line.startsWith('atom_energy') || !text.includes(`\n${line.split(' ')[0]} `));
        checkRoundTrip(`${text.replace(from, to)}${[...functions, ...lines].join('\n')}\n`);
      }),
      { numRuns: 60 },
    );
  }); // prettier-ignore

  it('answers for broken files', () => {
    fc.assert(
      fc.property(fc.oneof(mutation(TRAINING), fc.string({ unit: 'binary', maxLength: 100 })), (text) => {
        const { text: converted } = inputToPotential(text, { units: BOHR, name: 'a b"c' });
        expect(format(converted)).toBe(converted);
        potentialToInput(converted);
      }),
      { numRuns: 60 },
    );
  });
});

describe('.potential to input.nn', () => {
  const RICH = `# Water with everything
potential water {
  elements = [H, O]
  cutoff = 6.5 Å
  scaling = sigma
  cutoff_function = tanh3
  radial { width = 0.5 Å; center = linspace(0.8, 5.5, 4) Å }
  radial H O { eta = [4, 16] Å^-2; shift = 0.97 Å; cutoff = 5 Å }
  angular { kind = wide; eta = [0.01, 0.07] Å^-2; zeta = [1, 4] }
  network { hidden = [25, 20] }
  network O { hidden = [30, 20]; activation = softplus }
}

dataset rpbe { files = ["data/*.xyz"]; test = 20 %; split_by = trajectory }

train "on rpbe" {
  potential = water; dataset = rpbe
  force_weight = 3
  regularization = 1e-8
  optimizer adam { learning_rate = 0.001 }
  epochs = 30
  seed = 7
}

# the liquid
md liquid {
  potential = water
  structure = "ice.xyz"
  ensemble langevin { temperature = 300 K }
  duration = 20 ps
}
`;

  it('writes what n2p2 needs, and nothing that it stumbles over', () => {
    for (const units of [BOHR, ANGSTROM]) {
      const text = toInput(RICH, units);
      const serious = checkInput(readInput(text)).filter(({ severity }) => severity === 'error' || severity === 'warning');
      // The two cutoffs are meant.
      expect(serious.map(({ code, message }) => `${code} ${message}`)).toEqual([expect.stringMatching(/^NN036/)]);
    }
    const text = toInput(RICH, ANGSTROM);
    expect(text).toMatch(/^# Water with everything\n# length unit: angstrom, energy unit: eV\n/);
    expect(text).toMatch(/^element_nodes_short +O 30 20$/m);
    expect(text).toMatch(/^element_activation_short +O p p$/m);
    expect(text).toMatch(/^global_activation_short +t t l$/m);
    expect(text).toMatch(/^gradient_adam_eta +0.001$/m);
    expect(text).toMatch(/^symfunction_short H 2 O +16 +0\.97 +5$/m);
    expect(text).toContain('# .potential train: regularization = 1e-8\n');
    expect(text).toContain('# .potential: md liquid {\n# .potential:   potential = water\n');
  }); // prettier-ignore

  it('says of the same potential the same after the way there and back', () => {
    const before = check(parse(RICH)).definition;
    for (const units of [BOHR, ANGSTROM]) {
      const text = inputToPotential(toInput(RICH, units), { units, name: 'other' }).text;
      const after = check(parse(text)).definition;
      expect(after.potentials.get('water')?.identity).toBe(before.potentials.get('water')?.identity);
      expect(summaryOf(after)).toEqual(summaryOf(before));
      expect(text.startsWith('# Water with everything\n')).toBe(true);
    }
  });

  it('keeps other networks and other cutoffs in comments', () => {
    const text = RICH.replace('hidden = [30, 20]', 'hidden = [30, 30, 30]').replace('6.5 Å', '8 Å').replace('radial {', 'radial { cutoff = 6 Å;').replace('angular {', 'angular { cutoff = 6 Å;'); // prettier-ignore
    const converted = potentialToInput(text, { units: BOHR });
    expect(converted.ok && converted.notes.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringContaining("NN097 The network of O can't be said"),
    ]);
    const back = inputToPotential(toInput(text), { units: BOHR, name: 'x' }).text;
    expect(summaryOf(check(parse(back)).definition)).toEqual(summaryOf(check(parse(text)).definition));
  });

  it.each([
    ['potential p { elements = [H, O]; cutoff = 6 eV }', /energy|length/],
    ['', /no `potential` block/],
    ['potential a { elements = [H] }\npotential b { elements = [H] }', /`a`, `b`/],
    ['potential a { elements = [Ar]; pair lennard_jones { epsilon = 1 eV; sigma = 3 Å } }', /pair terms alone/],
    [
      'potential a { elements = [H, O]; radial { eta = 1 Å^-2 }; chiral { eta = [0.2, 1] Å^-2 } }',
      /chiral symmetry functions, which n2p2/,
    ],
  ])('refuses %s', (text, message) => {
    const converted = potentialToInput(text, { units: BOHR });
    expect(converted.ok).toBe(false);
    if (!converted.ok) expect(converted.problems[0].message).toMatch(message);
  });

  it('writes numbers as people wrote them', () => {
    const text = toInput('potential p { elements = [H]; cutoff = 12 bohr; radial { eta = 0.3 bohr^-2; shift = 1.9 bohr } }');
    expect(text).toMatch(/^symfunction_short H 2 H 0\.3 1\.9 12$/m);
  }); // prettier-ignore
});
