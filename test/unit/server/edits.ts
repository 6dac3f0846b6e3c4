/** What somebody might type who is in a hurry: random edits of documents in both languages. */
import type { Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Random } from '../../../engine/random';

const PIECES = [
  '{', '}', '[', ']', '(', ')', '"', '#', '!', '=', ';', ',', '..', '/', '^', '*', '%', '\\', '\n', '\r', '\r\n', '\t', ' ', '  ', '\ufeff',
  'potential p {\n', 'radial H O { ', 'eta = [1, 2] Å^-2', 'cutoff = 6 bohr', 'potential = water', 'elements = [H, O]\n', 'key("s")', '# note\n',
  'symfunction_short H 2 O 0.1 0.0 12.0\n', 'symfunction_short ', 'cutoff_type 2\n', 'elements H O\n', 'number_of_elements', ' H', ' 1e-3',
  'H', 'O', 'Å', '\u212b', '1', '-2.5', '1e999', 'NaN', '__proto__', 'constructor', '😀', '\ud800', '\u2028', 'é', 'x',
] as const; // prettier-ignore

export const pick = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)];

/** Types, deletes, replaces or copies a piece. */
export function randomEdit(random: Random, document: TextDocument): { readonly range: Range; readonly text: string } {
  const text = document.getText();
  const start = random.integer(text.length + 1);
  const length = random.uniform() < 0.4 ? random.integer(random.uniform() < 0.1 ? 400 : 20) : 0;
  const from = random.integer(text.length + 1);
  const inserted =
    random.uniform() < 0.05 ? text.slice(from, from + random.integer(300)) : random.uniform() < 0.8 ? pick(random, PIECES) : ''; // prettier-ignore
  return { range: { start: document.positionAt(start), end: document.positionAt(start + length) }, text: inserted };
}
