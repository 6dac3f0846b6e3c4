/** Elements: their number (NN010), those that are not in the list (NN011), their order (NN012), their energies (NN013). */
import { atomicNumber } from '../../elements';
import { byNumber } from '../functions';
import { readInteger } from '../numbers';
import type { Fix } from '../../diagnostic';
import { elementsOf, type Entry, type InputFile } from '../reading';
import type { Word } from '../tree';
import { commentOut, insert, placeOf, preferred, remove, rewrite, type Context } from './context';

export function checkElements(context: Context): void {
  const { file, report } = context;
  const list = file.one('elements');
  if (list === undefined) return;
  const words = list.arguments;
  const symbols = elementsOf(file);
  checkCount(context, list);

  const seen = new Set<string>();
  for (const [i, word] of words.entries()) {
    if (seen.has(word.text)) {
      const before = i === 0 ? list.written : words[i - 1];
      report('NN011', 'error', placeOf(file, list, word), `${word.text} stands twice among the elements.`, [
        preferred(rewrite('Remove it', file, [list, { ...word, start: before.end }, ''])),
      ]);
    }
    seen.add(word.text);
  }
  const sorted = [...symbols].sort(byNumber);
  if (sorted.some((symbol, i) => symbol !== symbols[i])) {
    const last = words[words.length - 1];
    const span = { ...words[0], end: last.end };
    report(
      'NN012',
      'information',
      placeOf(file, list, span),
      `n2p2 sorts elements by atomic number, and numbers them so in scaling.data: ${sorted.map((symbol, i) => `${i + 1} ${symbol}`).join(', ')}.`,
      [rewrite('Write them in this order', file, [list, span, sorted.join(' ')])],
    );
  }
  const known = new Set(words.map(({ text }) => text));
  const familiar = new Set<string>(['']);
  for (const entry of file.entries) {
    if (familiar.has(entry.symbolTexts)) continue;
    const strangers = entry.symbols.filter(({ text }) => !known.has(text) && (atomicNumber(text) ?? 0) > 0);
    if (strangers.length === 0) familiar.add(entry.symbolTexts);
    for (const word of strangers) reportStranger(context, list, entry, word);
  }

  const energy = file.one('atom_energy');
  const mean = file.one('mean_energy');
  if (file.dialect === 'n2p2' && energy !== undefined && mean !== undefined)
    report(
      'NN013',
      'warning',
      placeOf(file, energy),
      'Atomic energies are subtracted before the normalization: `mean_energy` must be the mean of what remains.',
      [recompute(file)],
      { related: [{ span: placeOf(file, mean), message: 'the normalization' }] },
    );
}

function checkCount({ file, report }: Context, list: Entry): void {
  const count = file.one('number_of_elements');
  const word = count?.arguments.at(0);
  if (count === undefined || word === undefined) return;
  const { value, isExact } = readInteger(word.text, file.dialect);
  const there = list.arguments.length;
  if (!isExact || value === there || there === 0) return;
  report(
    'NN010',
    'error',
    placeOf(file, count, word),
    `\`number_of_elements\` is ${value}, but \`elements\` names ${there}.`,
    [preferred(rewrite(`Write \`${there}\``, file, [count, word, String(there)]))],
  );
}

function reportStranger({ file, report }: Context, list: Entry, entry: Entry, word: Word): void {
  const last = list.arguments.at(-1) ?? list.written;
  const count = file.one('number_of_elements');
  const number = count?.arguments.at(0);
  const add = rewrite(`Add ${word.text} to the elements`, file, [
    list,
    { text: '', start: last.end, end: last.end },
    ` ${word.text}`,
  ]);
  const counted =
    count === undefined || number === undefined
      ? []
      : rewrite('', file, [count, number, String(list.arguments.length + 1)]).edits;
  report(
    'NN011',
    'error',
    placeOf(file, entry, word),
    `${word.text} is none of the elements of this file: ${list.arguments.map(({ text }) => text).join(' ')}.`,
    [{ ...add, edits: [...add.edits, ...counted] }, remove('Remove the line', file, entry)],
  );
}

/** The normalization commented out, and n2p2 told to compute it again. */
function recompute(file: InputFile): Fix {
  const factors = ['mean_energy', 'conv_energy', 'conv_length'].flatMap((name) => file.all(name));
  const { edits } = commentOut('', file, ...factors);
  const isThere = file.one('normalize_data_set') !== undefined;
  const added = isThere ? [] : insert('', file, 'normalize_data_set', 'force').edits;
  return { title: 'Have the normalization computed again by `nnp-train`', edits: [...edits, ...added] };
}
