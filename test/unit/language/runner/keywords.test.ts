import { expect, it } from 'vitest';
import { isKnownKeyword } from '../../../../engine/formats/n2p2-settings';
import { functionTypes, N2P2_TYPES } from '../../../../language/runner/functions';
import { ALL_NAMES, argumentsOf, keywords, mainName, signatureOf } from '../../../../language/runner/keywords';
import { checkInput } from '../../../../language/runner/check/check';
import { readInput } from '../../../../language/runner/tree';
import { PREDICTION } from './cases';

it('has every keyword of both programs once', () => {
  expect(Object.values(keywords).filter(({ n2p2 }) => n2p2)).toHaveLength(95);
  expect(Object.values(keywords).filter(({ n2p2 }) => !n2p2)).toHaveLength(138);
  expect(ALL_NAMES).toHaveLength(95 + 138 + 8);
  expect(mainName('symfunction')).toBe('symfunction_short');
  expect(mainName('constructor')).toBeUndefined();
  // The reader of potentials must know the same.
  for (const name of ALL_NAMES) expect(isKnownKeyword(name), name).toBe(keywords[mainName(name) ?? ''].n2p2);
});

it('recommends what is right', () => {
  for (const [name, keyword] of Object.entries(keywords)) {
    const own = checkInput(readInput(`${name} ${keyword.recommended}\n${PREDICTION}`)).filter(
      ({ span, severity }) => span.start < name.length && severity === 'error',
    );
    const codes = own.map(({ code }) => code).filter((code) => !['NN002', 'NN004', 'NN060'].includes(code));
    const fatal = ['precondition_weights', 'element_nodes_electrostatic'];
    expect(codes, name).toEqual(name === fatal[0] ? ['NN071'] : []);
    expect(keyword.documentation, name).toMatch(/[.)]$/);
  }
});

it('shows signatures', () => {
  expect(signatureOf('ewald_prec', keywords.ewald_prec.arguments)).toBe('ewald_prec threshold [qmax] [rcut]');
  expect(signatureOf('elements', keywords.elements.arguments)).toBe('elements element…');
  expect(signatureOf('write_trainpoints', argumentsOf('runner', keywords.write_trainpoints))).toBe('write_trainpoints');
  expect(N2P2_TYPES).toEqual([2, 3, 9, 12, 13, 20, 21, 22, 23, 24, 25]);
  for (const { arguments: args } of Object.values(functionTypes)) {
    expect(args[0].name).toBe('centre');
    expect(args[1].name).toBe('type');
  }
});
