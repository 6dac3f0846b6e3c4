/** Networks: numbers that don't fit together (NN050), and what n2p2 makes of lines for one element (NN051, NN052, NN053). */
import { ACTIVATIONS } from '../keywords';
import { readInteger } from '../numbers';
import type { Entry, InputFile } from '../reading';
import type { Word } from '../tree';
import { contentOf, insert, placeOf, preferred, remove, rewrite, type Context } from './context';

export function checkNetworks(context: Context): void {
  for (const suffix of ['short', 'electrostatic'] as const) {
    checkGlobal(context, suffix);
    checkSecond(context, suffix);
    checkElementNodes(context, suffix);
    checkElementActivations(context, suffix);
  }
}

type Suffix = 'short' | 'electrostatic';

/** The whole number behind a keyword, and its word. */
function integerOf(file: InputFile, entry: Entry | undefined, index = 0): { word: Word; value: number } | undefined {
  const word = entry?.arguments.at(index);
  if (word === undefined) return undefined;
  const { value, isExact } = readInteger(word.text, file.dialect);
  return isExact ? { word, value } : undefined;
}

function checkGlobal({ file, report }: Context, suffix: Suffix): void {
  const layers = file.one(`global_hidden_layers_${suffix}`);
  const nodes = file.one(`global_nodes_${suffix}`);
  const letters = file.one(`global_activation_${suffix}`);
  const depth = integerOf(file, layers);
  if (layers === undefined || depth === undefined || depth.value < 0 || depth.value > 100) return;
  for (const [entry, extra, filler, closing] of [
    [nodes, 0, nodes?.arguments.at(-1)?.text ?? '20', undefined],
    [letters, 1, letters?.arguments.at(-2)?.text ?? 't', letters?.arguments.at(-1)?.text ?? 'l'],
  ] as const) {
    const words = entry?.arguments ?? [];
    const wanted = depth.value + extra;
    const last = words.at(-1);
    if (entry === undefined || words.length === wanted || last === undefined) continue;
    const implied = words.length - extra;
    const inner = words.slice(0, closing === undefined ? undefined : -1).map(({ text }) => text);
    const kept = Array.from({ length: depth.value }, (_, i) => inner.at(i) ?? filler);
    const text = [...kept, ...(closing === undefined ? [] : [closing])].join(' ');
    report(
      'NN050',
      'error',
      placeOf(file, entry, { ...words[0], end: last.end }),
      `${words.length} ${extra === 0 ? `numbers of nodes for ${depth.value}` : `activations for ${depth.value} + 1`} layers, as \`${layers.written.text}\` says.`,
      [
        ...(implied > 0 && otherFits(file, suffix, entry, implied)
          ? [
              preferred(
                rewrite(`Write \`${layers.written.text} ${implied}\``, file, [layers, depth.word, String(implied)]),
              ),
            ]
          : []),
        ...(text === ''
          ? []
          : [
              {
                ...rewrite(`Write \`${text}\``, file, [
                  entry,
                  { text: '', start: words[0].start, end: last.end },
                  text,
                ]),
                preferred: !otherFits(file, suffix, entry, implied),
              },
            ]),
      ],
      { related: [{ span: placeOf(file, layers), message: 'the number of hidden layers' }] },
    );
  }
}

/** Whether the other of the two lines would fit that number of layers. */
function otherFits(file: InputFile, suffix: Suffix, entry: Entry, layers: number): boolean {
  const nodes = file.one(`global_nodes_${suffix}`);
  const letters = file.one(`global_activation_${suffix}`);
  if (entry === nodes) return letters === undefined || letters.arguments.length === layers + 1;
  return nodes === undefined || nodes.arguments.length === layers;
}

/** n2p2 stops at a second line, though it would be about another element. */
function checkSecond({ file, report }: Context, suffix: Suffix): void {
  for (const what of ['hidden_layers', 'activation']) {
    const entries = file.all(`element_${what}_${suffix}`);
    for (const entry of entries.slice(1))
      report(
        'NN053',
        'error',
        placeOf(file, entry),
        `n2p2 takes only one \`${entry.written.text}\` in a file and stops at this one: the other elements need the global setting.`,
        [remove('Remove this line', file, entry)],
        { related: [{ span: contentOf(file, entries[0]), message: 'the first one' }] },
      );
  }
}

/** Hidden layers of one element. */
function depthOf(file: InputFile, suffix: Suffix, symbol: string): number | undefined {
  const own = file.all(`element_hidden_layers_${suffix}`).find(({ arguments: words }) => words.at(0)?.text === symbol);
  return integerOf(file, own, 1)?.value ?? integerOf(file, file.one(`global_hidden_layers_${suffix}`))?.value;
}

function checkElementNodes({ file, report }: Context, suffix: Suffix): void {
  const globals = file.one(`global_nodes_${suffix}`);
  const entries = file.all(`element_nodes_${suffix}`);
  for (const entry of entries) {
    const [symbol, ...numbers] = entry.arguments as readonly (Word | undefined)[];
    const last = numbers.at(-1);
    if (symbol === undefined || last === undefined) continue;
    const depth = depthOf(file, suffix, symbol.text);
    if (depth !== undefined && numbers.length !== depth) {
      report(
        'NN050',
        'error',
        contentOf(file, entry),
        `${numbers.length} numbers of nodes for the ${depth} hidden layers of ${symbol.text}.`,
        [preferred(remove('Remove the line', file, entry))],
      );
      continue;
    }
    const global = globals?.arguments.at(numbers.length - 1);
    if (global?.text === last.text) continue;
    const ofOthers = entries.filter((other) => other !== entry && other.arguments.at(-1)?.text !== last.text);
    report(
      'NN051',
      'error',
      placeOf(file, entry, last),
      global === undefined
        ? 'n2p2 ignores the last number here: the size of the last hidden layer comes from `global_nodes_short`, which is missing.'
        : `n2p2 ignores the last number here: the last hidden layer of ${symbol.text} has ${global.text} nodes, as \`${globals?.written.text ?? ''}\` says.`,
      globals === undefined || global === undefined
        ? [
            insert(
              `Insert \`global_nodes_${suffix}\``,
              file,
              `global_nodes_${suffix}`,
              numbers.map((word) => word?.text).join(' '),
            ),
          ]
        : [
            preferred(rewrite(`Write \`${global.text}\`, which is what n2p2 uses`, file, [entry, last, global.text])),
            ...(ofOthers.length === 0
              ? [rewrite(`Write \`${last.text}\` into \`${globals.written.text}\``, file, [globals, global, last.text])]
              : []),
          ],
    );
  }
}

function checkElementActivations({ file, report }: Context, suffix: Suffix): void {
  const globals = file.one(`global_activation_${suffix}`);
  for (const entry of file.all(`element_activation_${suffix}`).slice(0, 1)) {
    const [symbol, ...letters] = entry.arguments as readonly (Word | undefined)[];
    if (symbol === undefined || letters.length === 0) continue;
    const depth = depthOf(file, suffix, symbol.text);
    if (depth !== undefined && letters.length !== depth) {
      const last = letters[letters.length - 1];
      const before = letters.at(-2);
      report(
        'NN050',
        'error',
        contentOf(file, entry),
        `${letters.length} activations for the ${depth} hidden layers of ${symbol.text}; the line can't set that of the output.`,
        letters.length === depth + 1 && last !== undefined && before !== undefined
          ? [
              preferred(
                rewrite('Remove the last one', file, [entry, { text: '', start: before.end, end: last.end }, '']),
              ),
            ]
          : [preferred(remove('Remove the line', file, entry))],
      );
      continue;
    }
    const output = globals?.arguments.at(-1);
    if (globals !== undefined && output !== undefined && Object.hasOwn(ACTIVATIONS, output.text)) continue;
    const words = [...letters.map((word) => word?.text ?? 't'), 'l'].join(' ');
    report(
      'NN052',
      'warning',
      contentOf(file, entry),
      `\`${entry.written.text}\` does not set the activation of the output: \`global_activation_${suffix}\` must.`,
      [
        preferred(
          insert(`Insert \`global_activation_${suffix} ${words}\``, file, `global_activation_${suffix}`, words),
        ),
      ],
    );
  }
}
