/** Texts for the properties of `input.nn`, and the real files that there are. */
import fc from 'fast-check';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const FRAGMENTS = [
  'symfunction_short', 'symfunction', 'elements', 'number_of_elements', 'cutoff_type', 'global_nodes_short', 'element_nodes_short',
  'element_activation_short', 'selection_mode', 'ewald_prec', 'runner_mode 2', 'atom_energy', 'normalize_nodes', 'kalman_type', 'constructor',
  '__proto__', 'H', 'O', 'Cu', 'h', 'X', '1', '2', '3', '9', '13', '21', '25', '-1', '0.0', '1e-3', '1.0d-3', '6,0', '1e999', 'nan', 'p2a', 'e', 't', 'l',
  ' ', '  ', '\t', '\n', '\n\n', '\r\n', '\r', '#', '!', '# length: bohr', '# pair_style hdnnp 6 dir "x" maxew 0', '\ufeff', 'é', '😀', '\u2028', '\ud800', '\0',
] as const; // prettier-ignore

export const soup = (): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...FRAGMENTS, ' ', ' ', '\n'), { maxLength: 60 }).map((parts) => parts.join(''));

/** A file with up to four stretches deleted, replaced or doubled. */
export function mutation(file: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(file.length),
    length: fc.nat(60),
    text: fc.oneof(fc.constant(''), fc.constantFrom(...FRAGMENTS), soup(), fc.string({ unit: 'binary', maxLength: 4 })),
  });
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce((text, { at, length, text: t }) => text.slice(0, at) + t + text.slice(at + length), file),
    );
}

export const inputText = (file: string): fc.Arbitrary<string> => fc.oneof(soup(), mutation(file));

const root = path.resolve(import.meta.dirname, '../../../..', process.env.NEARSIGHT_DATA ?? '../shared/data');

/** Every `input.nn` of the data; none where the data are not there. */
export const inputFiles: readonly { readonly name: string; readonly path: string }[] = existsSync(root)
  ? readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /(^|\/)input\.nn(\.[\w-]+)?$/.test(name))
      .sort()
      .map((name) => ({ name, path: path.join(root, name) }))
  : [];
