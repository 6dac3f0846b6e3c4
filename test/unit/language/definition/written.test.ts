import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../language/check/check';
import type { PotentialDefinition } from '../../../../language/definition/definition';
import { writePotential } from '../../../../language/definition/written';
import { parse } from '../../../../language/syntax/parser';

function define(text: string): PotentialDefinition {
  const { definition, diagnostics } = check(parse(text));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return [...definition.potentials.values()][0];
}

const few = <T>(...values: readonly T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
const radial = fc
  .record({
    labels: fc.constantFrom('', 'H H', 'H O', 'O H'),
    eta: few(0.05, 1.5, 4),
    shift: few(0, 1.25, 3),
    cutoff: fc.constantFrom('', '; cutoff = 4 Å'),
  })
  .map(
    ({ labels, eta, shift, cutoff }) =>
      `radial ${labels} { eta = [${eta.join()}] Å^-2; shift = [${shift.join()}] Å${cutoff} }`,
  );
const angular = fc
  .record({
    labels: fc.constantFrom('', 'H H O', 'O H H'),
    kind: fc.constantFrom('narrow', 'wide'),
    eta: few(0.01, 0.2),
    lambda: few(-1, 1),
    zeta: few(1, 4, 16),
  })
  .map(
    ({ labels, kind, eta, lambda, zeta }) =>
      `angular ${labels} { kind = ${kind}; eta = [${eta.join()}] Å^-2; lambda = [${lambda.join()}]; zeta = [${zeta.join()}] }`,
  );
const extra = fc.constantFrom(
  '',
  'network O { hidden = [7] }',
  'network { activation = softplus }; pair lennard_jones { epsilon = 0.01 eV; sigma = 3.4 Å }',
  'scaling = sigma; cutoff_function = exp',
);

test('a potential is what is read from its text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(radial, angular), { minLength: 1, maxLength: 4 }),
      extra,
      fc.constantFrom('p', '"a b"'),
      (blocks, rest, name) => {
        const given = define(
          `potential ${name} { elements = [O, H]; cutoff = 5.5 Å; radial { eta = 2 Å^-2 }\n${blocks.join('\n')}\n${rest} }`,
        );
        const read = define(writePotential(given));
        expect({ ...read, span: 0, nameSpan: 0 }).toEqual({ ...given, span: 0, nameSpan: 0 });
      },
    ),
  );
});

test('functions that differ in one number share a block', () => {
  const text = writePotential(
    define(
      'potential p { elements = [Si]; cutoff = 5 Å; radial { eta = [1, 2] Å^-2; shift = [0, 3] Å }; angular { eta = [0.1, 0.2] Å^-2; zeta = [1, 4] } }',
    ),
  );
  expect(text).toBe(`potential p {
  elements        = [Si]
  cutoff          = 5 Å
  cutoff_function = poly2
  scaling         = range_centered
  radial Si Si { eta = [1, 2] Å^-2; shift = [0, 3] Å }
  angular Si Si Si {
    kind   = narrow
    eta    = [0.1, 0.2] Å^-2
    lambda = [-1, 1]
    zeta   = [1, 4]
    shift  = 0 Å
  }
  network { hidden = [20, 20]; activation = tanh }
}
`);
});
