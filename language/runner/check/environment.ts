/**
 * The file as a whole and what it is used with: line ends (NN006), the Ewald sum (NN094), the lines for LAMMPS in its comments (NN093), the way
 * to `.potential` (NN095).
 */
import type { Fix } from '../../diagnostic';
import { units } from '../../schema/units';
import { readNumber, shown } from '../numbers';
import { functionsOf, unitsOf } from '../reading';
import { spanIn } from '../tree';
import { contentOf, insert, placeOf, preferred, rewrite, type Context } from './context';
import { generationOf, valueOf } from './keywords';

export function checkEnvironment(context: Context): void {
  checkLineEnds(context);
  checkEwald(context);
  checkLammps(context);
}

function checkLineEnds({ file, report }: Context): void {
  const { tree } = file;
  if (!tree.text.includes('\r')) return;
  const ends = tree.lines.flatMap(({ text }, line) => (text.endsWith('\r') ? [line] : []));
  const hurt = ends.find((line) => tree.lines[line].words.length > 0 && tree.lines[line].comment === undefined);
  if (hurt === undefined) return;
  const words = tree.lines[hurt].words;
  report(
    'NN006',
    'warning',
    spanIn(tree, hurt, words[words.length - 1]),
    'Lines end as on Windows: n2p2 takes the end of line for a part of the last word of each line.',
    [
      {
        title: 'End lines as on Unix',
        edits: ends.map((line) => {
          const end = tree.starts[line] + tree.lines[line].text.length;
          return { span: { start: end - 1, end }, text: '' };
        }),
        preferred: true,
      },
    ],
  );
}

function checkEwald({ file, report }: Context): void {
  const entry = file.one('ewald_prec');
  const method = valueOf(file, 'ewald_truncation_error_method') ?? '0';
  const methodEntry = file.one('ewald_truncation_error_method');
  if (entry === undefined) {
    if (method === '1' && methodEntry !== undefined && generationOf(file) === '4G')
      report('NN094', 'warning', placeOf(file, methodEntry), 'Method 1 needs `ewald_prec`.', [
        preferred(insert('Insert `ewald_prec 1e-5 1.0`', file, 'ewald_prec', '1e-5 1.0')),
      ]);
    return;
  }
  const words = entry.arguments;
  const [fewest, most] = method === '1' ? [2, 3] : [1, 1];
  if (words.length >= fewest && words.length <= most) return;
  const fixes: Fix[] = [];
  if (words.length > most)
    fixes.push(
      preferred(
        rewrite(`Keep the first ${most}`, file, [
          entry,
          { text: '', start: words[most - 1].end, end: words[words.length - 1].end },
          '',
        ]),
      ),
    );
  if (method === '1' && words.length === 1)
    fixes.push(
      preferred(
        rewrite('Add the largest charge, 1.0', file, [
          entry,
          { text: '', start: words[0].end, end: words[0].end },
          ' 1.0',
        ]),
      ),
    );
  if (words.length === 0)
    fixes.push(
      preferred(
        rewrite('Write a threshold', file, [
          entry,
          { text: '', start: entry.written.end, end: entry.written.end },
          method === '1' ? ' 1e-5 1.0' : ' 1e-5',
        ]),
      ),
    );
  report(
    'NN094',
    'warning',
    contentOf(file, entry),
    `With \`ewald_truncation_error_method ${method}\` there ${method === '1' ? 'are two or three arguments: threshold, largest charge, and maybe the cutoff' : 'is one argument: the threshold'}; here are ${words.length}.`,
    fixes,
  );
}

/** 1/Å in bohr, 1/eV in hartree: what LAMMPS with `units metal` multiplies with. */
const TO_BOHR = shown(1 / units.bohr.factor);
const TO_HARTREE = shown(1 / units.hartree.factor);

function checkLammps({ file, report }: Context): void {
  const { tree } = file;
  let farthest: number | undefined;
  for (const [line, { text, words, comment }] of tree.lines.entries()) {
    if (comment === undefined || words.length > 0 || !text.includes('pair_style')) continue;
    const at = (start: number, length: number): { start: number; end: number } =>
      spanIn(tree, line, { start, end: start + length });
    farthest ??= functionsOf(file).reduce((most, { value }) => Math.max(most, value.cutoff), 0);
    const old = /pair_style\s+(nnp)(?=\s|$)/.exec(text);
    if (old !== null) {
      const factor = readNumber(/\bcflength\s+(\S+)/.exec(text)?.[1] ?? '1', 'n2p2').value || 1;
      const cutoff = shown(Math.ceil((farthest / factor) * 1e6) / 1e6);
      report(
        'NN093',
        'warning',
        at(old.index, old[0].length),
        'LAMMPS calls it `hdnnp`, with the cutoff behind it and the elements in `pair_coeff * * …`; with `nnp` the cutoff stood in `pair_coeff`.',
        [
          {
            title: `Write \`hdnnp ${cutoff}\``,
            edits: [{ span: at(old.index + old[0].length - 'nnp'.length, 'nnp'.length), text: `hdnnp ${cutoff}` }],
            preferred: true,
          },
        ],
      );
      continue;
    }
    const match = /pair_style\s+hdnnp\s+(\S+)([^\r]*)/.exec(text);
    if (match === null) continue;
    const [whole, cutoffText, rest] = match;
    const end = match.index + whole.trimEnd().length;
    const append = (title: string, added: string): Fix => ({
      title,
      edits: [{ span: at(end, 0), text: ` ${added}` }],
      preferred: true,
    });
    const option = (name: string): string | undefined => new RegExp(`\\b${name}\\s+(\\S+)`).exec(rest)?.[1];
    const start = match.index + whole.indexOf(cutoffText, 'pair_style hdnnp'.length);
    const cutoff = readNumber(cutoffText, 'n2p2');
    const factor = readNumber(option('cflength') ?? '1', 'n2p2').value || 1;
    if (cutoff.isExact && cutoff.value * factor < farthest * (1 - 1e-6)) {
      const needed = shown(Math.ceil((farthest / factor) * 1e6) / 1e6);
      report(
        'NN093',
        'warning',
        at(start, cutoffText.length),
        `The cutoff for LAMMPS, ${cutoffText}${factor === 1 ? '' : ` (${shown(cutoff.value * factor)} here)`}, is smaller than that of the functions, ${shown(farthest)}.`,
        [
          {
            title: `Write \`${needed}\``,
            edits: [{ span: at(start, cutoffText.length), text: needed }],
            preferred: true,
          },
        ],
      );
    }
    const { length, energy } = unitsOf(tree);
    if (
      (length === 'bohr' && option('cflength') === undefined) ||
      (energy === 'hartree' && option('cfenergy') === undefined)
    ) {
      const added = [
        option('cflength') === undefined ? `cflength ${TO_BOHR}` : '',
        option('cfenergy') === undefined ? `cfenergy ${TO_HARTREE}` : '',
      ]
        .filter((word) => word !== '')
        .join(' ');
      report(
        'NN093',
        'warning',
        at(match.index, end - match.index),
        'The file is in bohr and hartree: LAMMPS with `units metal` needs `cflength` and `cfenergy`.',
        [append(`Add \`${added}\``, added)],
      );
    }
    const most = option('maxew');
    if (most === undefined || most === '0')
      report(
        'NN093',
        'warning',
        at(match.index, end - match.index),
        'Without `maxew` LAMMPS stops at the first atom that leaves the range of the training.',
        [
          most === undefined
            ? append('Add `showewsum 100 maxew 100000`', 'showewsum 100 maxew 100000')
            : {
                title: 'Write `maxew 100000`',
                edits: [
                  { span: at(text.indexOf('maxew'), /maxew\s+\S+/.exec(text)?.[0].length ?? 0), text: 'maxew 100000' },
                ],
                preferred: true,
              },
        ],
      );
  }
}

/** Reported where nothing else is wrong. */
export function checkConversion({ file, report }: Context): void {
  const list = file.one('elements');
  if (list === undefined || file.dialect !== 'n2p2' || generationOf(file) !== '2G' || functionsOf(file).length === 0)
    return;
  report(
    'NN095',
    'information',
    placeOf(file, list),
    'This file can be converted to a `.potential` file, where units are checked and data and training stand beside the potential.',
  );
}
