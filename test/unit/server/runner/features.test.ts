import { TextDocument } from 'vscode-languageserver-textdocument';
import { describe, expect, test } from 'vitest';
import type { DocumentSymbol } from 'vscode-languageserver';
import { formatInput } from '../../../../language/runner/printer';
import { resolveCompletion } from '../../../../server/features/completion';
import { editsInto } from '../../../../server/features/formatting';
import { legend } from '../../../../server/features/semantic-tokens';
import { inputActionsOf } from '../../../../server/runner/code-actions';
import { completeInputAt } from '../../../../server/runner/completion';
import { convertDocument } from '../../../../server/runner/convert';
import { foldingRangesOfInput } from '../../../../server/runner/folding';
import { hoverInputAt } from '../../../../server/runner/hover';
import { semanticTokensOfInput } from '../../../../server/runner/semantic-tokens';
import { signatureHelpAt } from '../../../../server/runner/signature-help';
import { symbolsOfInput } from '../../../../server/runner/symbols';
import { PREDICTION } from '../../language/runner/cases';
import { inputOf, withCursor } from './fixture';

function complete(marked: string, trigger?: string) {
  const { input, offset } = withCursor(marked);
  return { input, items: completeInputAt(input, offset, { snippets: true, trigger }) };
}
const labels = (marked: string, trigger?: string): string[] =>
  [...complete(marked, trigger).items]
    .sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
    .map(({ label }) => label);

/** The text after accepting the item, with snippets as they are. */
function accept(marked: string, label: string): string {
  const { input, items } = complete(marked);
  const item = items.find((candidate) => candidate.label === label);
  if (item?.textEdit === undefined || !('range' in item.textEdit)) throw new Error(`no ${label}`);
  return TextDocument.applyEdits(input.document, [item.textEdit]);
}

describe('completion', () => {
  test('keywords come with what most files say, in the column of n2p2', () => {
    expect(labels('|').slice(0, 3)).toEqual(['number_of_elements', 'elements', 'atom_energy']);
    expect(accept('cut|', 'cutoff_type')).toBe('cutoff_type                     ${1:6}');
    expect(accept('gl|', 'global_activation_short')).toBe('global_activation_short         ${1:t} ${2:t} ${3:l}');
    expect(accept('norm|', 'normalize_nodes')).toBe('normalize_nodes');
    expect(accept('cut| 2', 'cutoff_type')).toBe('cutoff_type 2');
    expect(labels('# |')).toEqual([]);
  });

  test('a keyword that is there is not offered again, unless it may be', () => {
    expect(labels('cutoff_type 6\n|')).not.toContain('cutoff_type');
    expect(labels('cutoff_ty| 6')).toContain('cutoff_type');
    expect(labels('atom_energy H 1\n|')).toContain('atom_energy');
    expect(labels('symfunction H 2 H 1 0 6\n|')).toContain('symfunction_short');
  });

  test('keywords that count come before those that the program ignores', () => {
    const items = labels('|');
    expect(items.indexOf('write_trainlog')).toBeLessThan(items.indexOf('points_in_memory'));
    const runner = labels('runner_mode 2\n|');
    expect(runner.indexOf('points_in_memory')).toBeLessThan(runner.indexOf('kalman_eta'));
  });

  test('symmetry functions come whole, with elements and cutoff of the file', () => {
    expect(accept('elements H O\nsymfunction_short H 2 H 1 0 6.5\nsym|', 'symfunction_short 3')).toBe(
      'elements H O\nsymfunction_short H 2 H 1 0 6.5\nsymfunction_short ${1|H,O|} 3 ${2|H,O|} ${3|H,O|} ${4:0.01} ${5:1} ${6:4} ${7:6.5}',
    );
    expect(labels('symfunction_short H |')).toEqual(['2', '3', '9', '12', '13', '20', '21', '22', '23', '24', '25']);
    expect(labels('runner_mode 1\nsymfunction_short H |')).toContain('4');
  });

  test('arguments: elements, choices, numbers of the file', () => {
    expect(labels('elements H O\natom_energy |')).toEqual(['H', 'O']);
    expect(labels('elements H |').slice(0, 2)).toEqual(['He', 'Li']);
    expect(labels('symfunction_short Cu 2 S 1 0 6\nelements |').slice(0, 2)).toEqual(['S', 'Cu']);
    expect(labels('cutoff_type |')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect(labels('global_activation_short t |')).toContain('p');
    expect(labels('selection_mode 2 |')).not.toContain('1');
    expect(labels('selection_mode 2 5 |')).toEqual(['0', '1', '2']);
    expect(labels('symfunction_short H 3 H H 0.01 |').slice(0, 2)).toEqual(['1', '-1']);
    const cutoffs = 'symfunction_short H 2 H 1 0 6\nsymfunction_short H 2 H 2 0 8\nsymfunction_short H 2 H 3 0 8\n';
    expect(labels(`${cutoffs}symfunction_short H 2 H 4 0 |`)).toEqual(['8', '6']);
    expect(labels('xyzzy |')).toEqual([]);
    expect(labels('use_short_forces |')).toEqual([]);
  });

  test('a typed space opens a list behind a keyword alone', () => {
    expect(labels('cutoff_type |', ' ')).toContain('6');
    expect(labels('|', ' ')).toEqual([]);
    expect(labels('cutoff_typ|', ' ')).toEqual([]);
  });

  test('documentation comes when it is asked for', () => {
    const item = complete('cut|').items.find(({ label }) => label === 'cutoff_type');
    expect(item?.documentation).toBeUndefined();
    expect(JSON.stringify(item && resolveCompletion(item).documentation)).toContain('twice differentiable');
    const type = complete('symfunction_short H |').items.find(({ label }) => label === '3');
    expect(JSON.stringify(type && resolveCompletion(type).documentation)).toContain('angular narrow');
  });
});

function hover(marked: string): string {
  const { input, offset } = withCursor(marked);
  const contents = hoverInputAt(input, offset)?.contents;
  return contents !== undefined && typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

describe('hover', () => {
  test('keywords: meaning, default, choices, traps, the other program', () => {
    expect(hover('cutoff_t|ype 6')).toMatch(/cutoff_type type \[alpha\][\s\S]*twice differentiable/);
    expect(hover('sca|le_min_short 0')).toMatch(/default `0`[\s\S]*\*\*RuNNer\.\*\* RuNNer calls it/);
    expect(hover('element_nodes_sho|rt H 1 2')).toContain('**n2p2.** n2p2 ignores the last number');
    expect(hover('points_in_mem|ory 1')).toContain('RuNNer alone');
    expect(hover('short_energy_fract|ion 1')).toContain('also `short_energy_fraction`');
    expect(hover('xyz|zy 1')).toBe('');
    expect(hover('cutoff_type 6 # co|mment')).toBe('');
  });

  test('a symmetry function: formula, width, place in the order of n2p2', () => {
    const file = '# length unit: bohr\nsymfunction_short H 2 H 0.5 0 12\nsymfunction_short H 3 H H 0.5 1 1 12\n';
    const text = hover(`${file}symfunc|tion_short H 2 H 0.25 0.0 12.0`);
    expect(text).toContain('**Function 1 of 3 of H**');
    expect(text).toContain('G = Σ_j exp(−η(r_ij − r_s)²) f_c(r_ij)');
    // σ = 1/√(2·0.25) = √2, FWHM = 2√(ln 2/0.25).
    expect(text).toContain('σ = 1.414 bohr, FWHM = 3.33 bohr');
    expect(hover(`${file}symfunction_short H |2 H 0.25 0.0 12.0`)).toContain('Behler');
  });

  test('numbers in other units, where the file says in which they are', () => {
    const H = 'symfunction_short H 2 H 0.25 0.0 12.|0';
    expect(hover(`# Length unit : Bohr\n${H}`)).toContain('**12.0 bohr** = 6.35013 Å');
    expect(hover(`# length: angstrom\n${H}`)).toContain('**12.0 Å** = 22.6767 bohr');
    expect(hover(H)).not.toContain('Å');
    // 0.25/0.529177² = 0.892766
    expect(hover('# length: bohr\nsymfunction_short H 2 H 0.2|5 0.0 12.0')).toContain('0.892766 Å^-2');
    expect(hover('# energy: Ha\natom_energy H -0.|5')).toContain('-13.60569 eV');
  });

  test('elements and choices', () => {
    expect(hover('elements H C|u')).toContain('copper');
    expect(hover('global_activation_short t t |l')).toContain('`l`: linear');
    expect(hover('symfunction_short O 20 H 0 8 p2|a')).toContain('p2 with x(2 − x)');
  });
});

describe('signature help', () => {
  const help = (marked: string) => {
    const { input, offset } = withCursor(marked);
    const found = signatureHelpAt(input, offset);
    if (found === undefined) return undefined;
    const { label, parameters } = found.signatures[found.activeSignature ?? 0];
    const active = parameters?.at(found.activeParameter ?? 0)?.label;
    return { count: found.signatures.length, label, active: Array.isArray(active) ? label.slice(active[0], active[1]) : undefined };
  }; // prettier-ignore

  test('symmetry functions by their type', () => {
    expect(help('symfunction_short H 3 H O 0.01 |')).toEqual({
      count: 1,
      label: 'symfunction_short centre 3 neighbour1 neighbour2 eta lambda zeta rc [rs]',
      active: 'lambda',
    });
    expect(help('symfunction_short H 13 0.01 0.0 1|')?.active).toBe('lambda');
    expect(help('symfunction_short |')).toMatchObject({ count: 11, active: 'centre' });
    expect(help('symfunction_short H 2 H 1 0 6 |')).toBeUndefined();
    // Without a type that is known: of those that have so many arguments.
    expect(help('symfunction_short H x H O 1 1 |')).toMatchObject({ active: 'zeta' });
    expect(help('symfunction_short H x H O 1 1 1 1 1 1 1 1 |')).toBeUndefined();
  });

  test('other keywords', () => {
    expect(help('ewald_prec 1e-5 |')).toEqual({
      count: 1,
      label: 'ewald_prec threshold [qmax] [rcut]',
      active: 'qmax',
    });
    expect(help('elements H O |')?.active).toBe('element');
    expect(help('use_short_forces |')).toBeUndefined();
    expect(help('cutoff|_type 6')).toBeUndefined();
    expect(help('xyzzy |')).toBeUndefined();
    expect(help('cutoff_type 6 # |')).toBeUndefined();
  });
});

const FILE = `##########
# GENERAL #
##########
elements H O
# a
# comment

################
### functions
################
symfunction_short H 2 H 1 0 6
symfunction_short H 2 O 1 0 6
symfunction_short O 2 H 1 0 6
`;

test('symbols: parts, keywords, functions by centre and type', () => {
  const outline = (symbols: readonly DocumentSymbol[]): unknown[] =>
    symbols.map(({ name, detail, children }) => [name, detail ?? '', ...(children ? [outline(children)] : [])]);
  expect(outline(symbolsOfInput(inputOf(FILE)))).toEqual([
    ['GENERAL', '', [['elements', 'H O']]],
    [
      'functions',
      '',
      [
        ['H radial', '2', [['H 2 H 1 0 6', ''], ['H 2 O 1 0 6', '']]],
        ['O radial', '1', [['O 2 H 1 0 6', '']]],
      ],
    ],
  ]); // prettier-ignore
  expect(outline(symbolsOfInput(inputOf('cutoff_type 6\n')))).toEqual([['cutoff_type', '6']]);
});

test('folds: parts, runs of functions, comments', () => {
  const folds = foldingRangesOfInput(inputOf(FILE)).map(({ startLine, endLine, kind }) => [startLine, endLine, kind]);
  expect(folds).toEqual([
    [1, 5, undefined],
    [8, 12, undefined],
    [10, 12, undefined],
    [0, 2, 'comment'],
    [4, 5, 'comment'],
    [7, 9, 'comment'],
  ]);
});

test('semantic tokens', () => {
  const tokens = (text: string): string[] => {
    const input = inputOf(text);
    const { data } = semanticTokensOfInput(input);
    const result: string[] = [];
    let [line, character] = [0, 0];
    for (let i = 0; i < data.length; i += 5) {
      character = data[i] === 0 ? character + data[i + 1] : data[i + 1];
      line += data[i];
      const start = input.document.offsetAt({ line, character });
      result.push(`${text.slice(start, start + data[i + 2])} ${legend.tokenTypes[data[i + 3]]}`);
    }
    return result;
  };
  expect(tokens('elements H X\ncutoff_type 6 0.1\nxyzzy 1\npoints_in_memory 3\nsymfunction O 20 H 0 8 p2')).toEqual([
    'elements property',
    'H type',
    'cutoff_type property',
    '6 enumMember',
    'symfunction keyword',
    'O type',
    '20 enumMember',
    'H type',
    'p2 enumMember',
  ]);
});

test('formatting, whole and in part', () => {
  const text = `cutoff_type   6 \n\n\nelements\tH  O\n${PREDICTION}`;
  const input = inputOf(text);
  expect(TextDocument.applyEdits(input.document, editsInto(input, formatInput(text)))).toBe(formatInput(text));
  const second = { start: { line: 3, character: 0 }, end: { line: 4, character: 0 } };
  expect(TextDocument.applyEdits(input.document, editsInto(input, formatInput(text), second))).toBe(
    `cutoff_type   6 \n\n\nelements                        H O\n${PREDICTION}`,
  );
});

test('code actions: fixes always, changes of the whole file when somebody asks', () => {
  const input = inputOf(
    PREDICTION.replace('H O', 'H O Cu').replace('cutoff_type                     6', 'cutoff_type 0'),
  );
  const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 13 } };
  const titles = (context: Parameters<typeof inputActionsOf>[2]): string[] =>
    inputActionsOf(input, range, context).map(({ title }) => title);
  expect(titles({ triggerKind: 2 })).toEqual(['Write 6 (twice differentiable)']);
  expect(titles({})).toEqual([
    'Write 6 (twice differentiable)',
    'Convert to .potential',
    'Convert all lengths from bohr to Å',
    'Generate symmetry functions for all elements',
    'Add the lines for LAMMPS as a comment',
  ]);
  expect(titles({ only: ['refactor'] })).not.toContain('Write 6 (twice differentiable)');
  expect(titles({ only: ['quickfix'] })).toEqual(['Write 6 (twice differentiable)']);
});

describe('conversion', () => {
  const convert = (text: string, isInput: boolean, more: Parameters<typeof convertDocument>[2] = {}) =>
    convertDocument(TextDocument.create('file:///data/water/input.nn', '', 1, text), isInput, more);

  test('asks for the units that no comment names', () => {
    const answer = convert(PREDICTION.replace('# length unit: bohr, energy unit: hartree\n', ''), true);
    expect(answer).toMatchObject({ kind: 'units', choices: expect.arrayContaining(['bohr,hartree', 'angstrom,eV']) as unknown });
    expect(convert('# length: bohr\n', true)).toMatchObject({ kind: 'units', choices: expect.not.arrayContaining(['angstrom,eV']) as unknown });
    expect(convert(PREDICTION, true)).toMatchObject({ kind: 'text', language: 'potential' });
  }); // prettier-ignore

  test('names the potential after the folder, and goes back', () => {
    const answer = convert(PREDICTION, true);
    const text = answer?.kind === 'text' ? answer.text : '';
    expect(text).toContain('potential water {');
    const back = convert(text, false, { units: 'bohr,hartree' });
    expect(back).toMatchObject({ kind: 'text', language: 'runner-nn' });
    expect(back?.kind === 'text' && back.text).toContain('symfunction_short H 2 H 0.01 0 12');
  });

  test('asks which potential, and refuses what can not be', () => {
    const one = (name: string): string => `potential ${name} { elements = [H]; radial { eta = 1 Å^-2 } }\n`;
    const two = one('b') + one('a');
    expect(convert(two, false)).toEqual({ kind: 'potential', choices: ['b', 'a'] });
    expect(convert(two, false, { potential: 'a' })).toMatchObject({ kind: 'text' });
    expect(convert('', false)).toMatchObject({ kind: 'refused' });
  });
});
