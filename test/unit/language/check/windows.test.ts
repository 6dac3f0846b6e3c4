import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../language/check/check';
import { parse } from '../../../../language/syntax/parser';

const text = (kind: string, centers: string, constant: string): string =>
  `potential p { elements = [H] }\numbrella u { potential = p; structure = "a.xyz"; duration = 1 ps\n coordinate ${kind} { atoms = ${kind === 'distance' ? '[0, 1]' : '[0, 1, 2, 3]'}; centers = ${centers}; force_constant = ${constant} } }\n`;

test.each([
  ['dihedral', '[0, 0, 0, 0, 4] rad', '1 eV/rad^2'],
  ['dihedral', '[0, 1e-9, 2e-9, 3e-9, 4] rad', '1 eV/rad^2'],
  ['distance', '[2, 3] Å', '1e12 eV/Å^2'],
  ['distance', '[2, 2, 2] Å', '1 eV/Å^2'],
])(
  'windows of %s at %s are checked at once, and no fix writes more than a list can hold',
  (kind, centers, constant) => {
    const { diagnostics } = check(parse(text(kind, centers, constant)));
    const fixes = diagnostics.flatMap((one) => one.fixes ?? []);
    for (const { edits } of fixes) for (const edit of edits) expect(edit.text.length).toBeLessThan(20_000);
    for (const { message } of diagnostics) expect(message).not.toMatch(/NaN|Infinity/u);
  },
);

test('whatever the windows are, the checker has an answer', () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1, 1e-300, 1e300));
  fc.assert(
    fc.property(
      fc.constantFrom('distance', 'dihedral'),
      fc.array(number, { minLength: 1, maxLength: 6 }),
      number,
      (kind, centers, constant) => {
        const [length, spring] = kind === 'distance' ? ['Å', 'eV/Å^2'] : ['rad', 'eV/rad^2'];
        const { diagnostics } = check(parse(text(kind, `[${centers.join(', ')}] ${length}`, `${constant} ${spring}`)));
        for (const { message, fixes = [] } of diagnostics) {
          expect(message).not.toMatch(/NaN|Infinity/u);
          for (const { edits } of fixes) for (const edit of edits) expect(edit.text).not.toMatch(/NaN|Infinity/u);
        }
      },
    ),
    { numRuns: 300 },
  );
});
