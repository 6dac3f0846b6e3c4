import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { check } from '../../../../language/check/check';
import type { Definition } from '../../../../language/definition/definition';
import { sha256 } from '../../../../language/definition/sha256';
import { fromInternal } from '../../../../language/schema/units';
import { parse } from '../../../../language/syntax/parser';

describe('sha256', () => {
  it('has the values of FIPS 180', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
  });

  it('agrees with the library of node for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(new TextEncoder().encode(text)).digest('hex'));
      }),
    );
  });
});

function define(text: string): Definition {
  const { definition, diagnostics } = check(parse(text));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return definition;
}

/** A potential as data, to be written in many ways. */
interface Sketch {
  readonly elements: readonly string[];
  readonly cutoff: number;
  readonly etas: readonly number[];
  readonly shift: number;
  readonly zetas: readonly number[];
  readonly hidden: readonly number[];
  readonly epsilon: number;
}

const sketch: fc.Arbitrary<Sketch> = fc.record({
  elements: fc.uniqueArray(fc.constantFrom('H', 'C', 'O', 'Cu'), { minLength: 1, maxLength: 3 }),
  cutoff: fc.integer({ min: 40, max: 90 }).map((n) => n / 10),
  etas: fc.uniqueArray(
    fc.integer({ min: 1, max: 400 }).map((n) => n / 100),
    { minLength: 1, maxLength: 4 },
  ),
  shift: fc.integer({ min: 0, max: 30 }).map((n) => n / 10),
  zetas: fc.uniqueArray(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 3 }),
  hidden: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 3 }),
  epsilon: fc.integer({ min: 1, max: 100 }).map((n) => n / 1000),
});

/** How it is written: which must not matter. */
const style = fc.record({
  length: fc.constantFrom('Å', 'A', 'angstrom', '\u212b', 'bohr', 'nm'),
  energy: fc.constantFrom('eV', 'meV', 'hartree', 'kcal/mol', 'kJ/mol', 'rydberg'),
  reversed: fc.boolean(),
  comment: fc.constantFrom('', '  # why', '\n\n  # a note\n'),
  split: fc.boolean(),
  name: fc.constantFrom('p', 'water', '"a b"'),
});

type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;

function write(s: Sketch, { length, energy, reversed, comment, split, name }: Style): string {
  const turn = <T>(list: readonly T[]): readonly T[] => (reversed ? [...list].reverse() : list);
  const lengthOf = (value: number): string => `${fromInternal(value, length, 'length')} ${length}`;
  const etaOf = (etas: readonly number[]): string =>
    `[${turn(etas)
      .map((eta) => fromInternal(eta, `${length}^-2`, 'inverse_length_squared'))
      .join(', ')}] ${length}^-2`;
  const radials = split ? s.etas.map((eta) => [eta]) : [s.etas];
  const lines = [
    `elements = [${turn(s.elements).join(', ')}]`,
    `cutoff = ${lengthOf(s.cutoff)}${comment}`,
    ...turn(radials).map((etas) => `radial { eta = ${etaOf(etas)}; shift = ${lengthOf(s.shift)} }`),
    `angular { zeta = [${turn(s.zetas).join(', ')}]; eta = ${etaOf(s.etas)} }`,
    `network { hidden = [${s.hidden.join(', ')}] }`,
    `pair lennard_jones { epsilon = ${fromInternal(s.epsilon, energy, 'energy')} ${energy}; sigma = ${lengthOf(2)} }`,
  ];
  return `potential ${name} {\n  ${turn(lines).join('\n  ')}\n}\n`;
}

const identity = (text: string): string => [...define(text).potentials.values()][0].identity;

describe('identity', () => {
  it('does not depend on spelling, order, units, comments or names', () => {
    fc.assert(
      fc.property(sketch, style, style, (s, one, other) => {
        expect(identity(write(s, other))).toBe(identity(write(s, one)));
      }),
    );
  });

  it('depends on everything that weights are bound to', () => {
    const plain: Style = { length: 'Å', energy: 'eV', reversed: false, comment: '', split: false, name: 'p' };
    fc.assert(
      fc.property(sketch, sketch, (one, other) => {
        const sorted = (s: Sketch): string =>
          JSON.stringify({
            ...s,
            elements: [...s.elements].sort(),
            etas: [...s.etas].sort(),
            zetas: [...s.zetas].sort(),
          });
        expect(identity(write(one, plain)) === identity(write(other, plain))).toBe(sorted(one) === sorted(other));
      }),
    );
    const text = 'potential p { elements = [Cu] }';
    const others = [
      // What the data decide is not what is written, though it were the same.
      'potential p { elements = [Cu]; cutoff = 6 Å }',
      'potential p { elements = [Cu]; network { hidden = [20, 20] } }',
      'potential p { elements = [Cu]; radial { eta = 1 Å^-2 } }',
      'potential p { elements = [Ag] }',
      'potential p { elements = [Cu]; cutoff_function = cos }',
      'potential p { elements = [Cu]; scaling = sigma }',
      'potential p { elements = [Cu]; network { activation = softplus } }',
      'potential p { elements = [Cu]; network { }; pair lennard_jones { epsilon = 1 eV; sigma = 2 Å } }',
    ];
    expect(new Set([text, ...others].map(identity)).size).toBe(others.length + 1);
  });

  it('is of written defaults what it is without them', () => {
    expect(
      identity(
        'potential p { elements = [Cu]; cutoff = 6 Å; scaling = range_centered; radial { eta = 1 Å^-2 }; network { hidden = [20, 20] } }',
      ),
    ).toBe(identity('potential p { elements = [Cu]; radial { eta = 1 Å^-2 } }'));
  });
});

describe('procedure', () => {
  const procedure = (train: string, dataset = '', name = 't'): string => {
    const { actions } = define(
      `potential p { elements = [Cu] }\ndataset d { files = ["b.xyz", "a.xyz"]; ${dataset} }\ntrain ${name} { potential = p; dataset = d; ${train} }`,
    );
    return actions[0].kind === 'train' ? actions[0].procedure : '';
  };

  it('depends on what is done, not on how it is written', () => {
    expect(procedure('epochs = 50; optimizer kalman { noise = 0.1 eV/Å }', 'test = 0.1', 'other')).toBe(
      procedure('', 'test = 10 %'),
    );
    const all = [
      procedure(''),
      procedure('seed = 2'),
      procedure('force_weight = 5'),
      procedure('optimizer adam { }'),
      procedure('optimizer adam { learning_rate = 0.1 }'),
      procedure('optimizer kalman { groups = 4 }'),
      procedure('batch_size = 8'),
      procedure('finish lbfgs { }'),
      procedure('finish lbfgs { epochs = 3 }'),
      procedure('finish levenberg_marquardt { }'),
      procedure('', 'test = 20 %'),
      procedure('', 'units { length = bohr }'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
