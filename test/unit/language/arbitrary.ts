/** Arbitrary texts for the properties of the language: near to real files, where mistakes hurt. */
import fc from 'fast-check';

const FRAGMENTS = [
  'potential', 'water', 'dataset', 'train', 'md', 'radial', 'angular', 'chiral', 'couple', 'network', 'pair', 'elements', 'cutoff', 'eta', 'hidden',
  'H', 'O', 'Å', 'A', '\u212b', 'eV', 'bohr', '1/ps', '%', 'kcal/mol', 'linspace(', 'geomspace(', 'key("x")',
  '{', '}', '[', ']', '(', ')', ',', ';', '=', '..', '*', '/', '^', '"', '\\', '#', '# note', '\n', '\n\n', '\r\n', '\r', ' ', '  ',
  '1', '-2', '6.35', '1e-3', '1.', '.5', '1e999', '0', '"a.xyz"', 'tanh', 'optimizer kalman', '😀', '\u2028', '\ud800', 'é', '-', '.', 'NaN',
] as const; // prettier-ignore

/** Tokens of the language in any order. */
export const soup = (): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 60 }).map((parts) => parts.join(''));

/** A file with up to four stretches deleted, replaced or doubled. */
export function mutation(file: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(file.length),
    length: fc.nat(30),
    text: fc.oneof(fc.constant(''), fc.constantFrom(...FRAGMENTS), soup(), fc.string({ unit: 'binary', maxLength: 4 })),
  });
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce((text, { at, length, text: t }) => text.slice(0, at) + t + text.slice(at + length), file),
    );
}

export const potentialText = (file: string): fc.Arbitrary<string> => fc.oneof(soup(), mutation(file));
