import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../../../language/check/check';
import type { PotentialDefinition, SymmetryFunction } from '../../../../language/definition/definition';
import {
  defaultDescriptors,
  expand,
  compareFunctions,
  countFunctions,
  describeExpansion,
  expandBlock,
} from '../../../../language/definition/expansion';
import { parse } from '../../../../language/syntax/parser';

const DATA = process.env.NEARSIGHT_DATA ?? '';

function potential(body: string): PotentialDefinition {
  const { definition, diagnostics } = check(parse(`potential p {\n${body}\n}`));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return definition.potentials.get('p')!;
}

/** A row of the tables in which n2p2 lists its symmetry functions: ind ec ty e1 [e2] eta rs [la zeta] rc ct ca ln. */
function readRow(row: string): SymmetryFunction {
  const [, center, type, ...rest] = row.trim().split(/\s+/u);
  if (type === '2') {
    const [eta, shift, cutoff] = rest.slice(1).map(Number);
    return { type: 2, center, neighbor: rest[0], eta, shift, cutoff };
  }
  const [eta, shift, lambda, zeta, cutoff] = rest.slice(2).map(Number);
  return { type: type === '3' ? 3 : 9, center, neighbors: [rest[0], rest[1]], eta, shift, lambda, zeta, cutoff };
}

describe('expansion', () => {
  it.each(['Cu2S_PBE', 'H2O_RPBE-D3'])('has the order of n2p2, as its log of %s lists it', (folder) => {
    const log = join(DATA, 'potentials', folder, 'nnp-train.log.0000');
    if (!existsSync(log)) {
      console.warn(`skipped: there is no ${log}`);
      return;
    }
    const text = readFileSync(log, 'utf8');
    const tables = text.slice(
      text.indexOf('SETUP: SYMMETRY FUNCTIONS'),
      text.indexOf('SETUP: SYMMETRY FUNCTION GROUPS'),
    );
    const listed = [...tables.matchAll(/^ +\d+ +[A-Z][a-z]? +[239] .*$/gmu)].map(([row]) => readRow(row));
    expect(listed.length).toBeGreaterThan(50);
    expect([...listed].reverse().sort(compareFunctions)).toEqual(listed);
  });

  it('makes every volume of three channels, and every product of two of them', () => {
    const { symmetryFunctions, identity } = potential(
      'elements = [H, O]\nradial H O { eta = 1 Å^-2 }\nchiral O H O { eta = [0.2, 1] Å^-2; couple { range = 4 Å } }',
    );
    // Four channels, four volumes, ten products, alone and coupled.
    expect(symmetryFunctions.H).toHaveLength(1);
    expect(symmetryFunctions.O).toHaveLength(20);
    const block = { kind: 'chiral', elements: [], etas: [0.2, 1], shifts: [0, 2], cutoff: 6, parity: 'even' } as const;
    for (const elements of [['H'], ['H', 'O']])
      for (const couplings of [[], [{ range: 4, eta: 0, shift: 0 }]]) {
        const one = { ...block, couplings };
        expect(expandBlock(one, elements)).toHaveLength(countFunctions(one, elements));
      }
    const text = describeExpansion(
      potential(
        'elements = [H, O]\nradial H O { eta = 1 Å^-2 }\nchiral O O H { eta = [0.2, 1] Å^-2; couple { range = 4 Å } }',
      ),
    );
    expect(text).toContain('chiral O H:0.2:0 H:1:0 O:0.2:0 × H:0.2:0 H:1:0 O:0.2:0 6 # 1\n');
    expect(text).toContain('6 coupled 4:0:0 # 20\n');
    // The order of elements and of numbers changes nothing, their values do.
    const same =
      'elements = [O, H]\nradial H O { eta = 1 Å^-2 }\nchiral O O H { eta = [1, 0.2] Å^-2; couple { range = 4 Å } }';
    expect(potential(same).identity).toBe(identity);
    for (const [from, to] of [
      ['4 Å', '5 Å'],
      ['0.2', '0.3'],
      ['couple { range = 4 Å }', ''],
    ])
      expect(potential(same.replace(from, to)).identity).not.toBe(identity);
  });

  it('multiplies attributes out, for every pair and triple', () => {
    const { symmetryFunctions } = potential(`  elements = [O, H]
  cutoff = 5 Å
  radial { width = [0.5, 1] Å; center = linspace(1, 4, 4) Å }
  angular { eta = [0.01, 0.07] Å^-2; zeta = [1, 4, 16] }`);
    expect(Object.keys(symmetryFunctions)).toEqual(['H', 'O']);
    for (const functions of Object.values(symmetryFunctions)) {
      expect(functions.filter(({ type }) => type === 2)).toHaveLength(2 * 2 * 4);
      expect(functions.filter(({ type }) => type === 3)).toHaveLength(3 * 2 * 2 * 3);
      expect(functions.every(({ cutoff }) => cutoff === 5)).toBe(true);
      functions.slice(1).forEach((f, i) => expect(compareFunctions(functions[i], f)).toBeLessThan(0));
    }
  });

  it('expands labelled blocks for their elements, neighbours in order of atomic number', () => {
    const { symmetryFunctions } = potential(`  elements = [H, O]
  radial H O { eta = 2 Å^-2; shift = 1 Å }
  radial O H { width = 0.5 Å }
  angular H O H { kind = wide; eta = 0.05 Å^-2; lambda = 1; zeta = 16; cutoff = 4 Å; shift = 0.5 Å }`);
    expect(symmetryFunctions).toEqual({
      H: [
        { type: 2, center: 'H', neighbor: 'O', eta: 2, shift: 1, cutoff: 6 },
        { type: 9, center: 'H', neighbors: ['H', 'O'], eta: 0.05, shift: 0.5, lambda: 1, zeta: 16, cutoff: 4 },
      ],
      O: [{ type: 2, center: 'O', neighbor: 'H', eta: 2, shift: 0, cutoff: 6 }],
    });
  });

  it('makes each function once', () => {
    const once = potential('  elements = [Cu]\n  radial { width = 0.5 Å; center = [1, 2] Å }');
    const twice = potential(
      '  elements = [Cu]\n  radial { width = 0.5 Å; center = [2, 1] Å }\n  radial Cu Cu { eta = 2 Å^-2; shift = 0.1 nm }',
    );
    expect(twice.symmetryFunctions).toEqual(once.symmetryFunctions);
  });

  it('is left to the data where no descriptor is written, with what else is not', () => {
    const automatic = (text: string) => potential(`  elements = [H, O]\n${text}`).automatic;
    expect(automatic('')).toEqual({ cutoff: true, hidden: ['H', 'O'] });
    expect(automatic('  cutoff = 5 Å\n  network { activation = cos }')).toEqual({ cutoff: false, hidden: ['H', 'O'] });
    expect(automatic('  network O { hidden = [9] }')).toEqual({ cutoff: true, hidden: ['H'] });
    expect(automatic('  network { hidden = [9] }')).toEqual({ cutoff: true, hidden: [] });
    expect(automatic('  radial { eta = 1 Å^-2 }')).toBeUndefined();
    expect(potential('  elements = [H, O]').symmetryFunctions).toEqual({ H: [], O: [] });
    // Pair terms alone have no network, unless one is asked for.
    const pair = '  pair lennard_jones { epsilon = 1 eV; sigma = 2 Å }';
    expect(automatic(pair)).toBeUndefined();
    expect(potential(`  elements = [Cu]\n${pair}`).networks).toBeUndefined();
    expect(automatic(`${pair}\n  network { }`)).toBeDefined();
  });

  it('has a set without data that covers the surroundings of every element', () => {
    const functions = expand(defaultDescriptors(['H', 'O'], 6), ['H', 'O']);
    for (const own of Object.values(functions)) {
      expect(own).toHaveLength(2 * 10 + 3 * 8);
      const shifts = own.flatMap((f) => (f.type === 2 && f.neighbor === 'O' ? [f.shift] : [])).sort((a, b) => a - b);
      expect(shifts[0]).toBe(0);
      expect(shifts.at(-1)).toBeGreaterThan(4.5);
      expect(shifts.every((shift) => shift < 6)).toBe(true);
    }
  });

  it('lets the network of one element override that of all', () => {
    const { networks } = potential(
      '  elements = [H, C, O]\n  network O { hidden = 30 }\n  network { activation = softplus; hidden = [10, 5] }\n  network C { activation = cos }',
    );
    expect(networks).toEqual({
      H: { hidden: [10, 5], activation: 'softplus' },
      C: { hidden: [10, 5], activation: 'cos' },
      O: { hidden: [30], activation: 'softplus' },
    });
  });

  it('is described as lines of n2p2', () => {
    const text = describeExpansion(
      potential(
        '  elements = [Cu]\n  cutoff = 5 Å\n  radial { eta = [0.1, 4] Å^-2 }\n  angular { eta = 0.01 Å^-2; lambda = -1; zeta = 2 }',
      ),
    );
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('# Identity'))).toEqual([
      '# Symmetry functions of the potential p, in the order of n2p2',
      '# Cutoff function poly2; lengths in Å, eta in Å^-2',
      '# Cu: 3 functions',
      '# type 2, radial: centre 2 neighbour eta shift cutoff',
      'symfunction_short Cu 2 Cu 0.1 0 5                                  # 1',
      'symfunction_short Cu 2 Cu 4 0 5                                    # 2',
      '# type 3, angular narrow: centre 3 neighbour neighbour eta lambda zeta cutoff shift',
      'symfunction_short Cu 3 Cu Cu 0.01 -1 2 5 0                         # 3',
    ]);
  });
});
