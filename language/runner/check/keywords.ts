/** Which keywords are there: twice (NN002), under two names (NN003), not at all though needed (NN004, NN063, NN082). */
import type { Fix } from '../../diagnostic';
import { byNumber } from '../functions';
import { keywords } from '../keywords';
import { readInteger } from '../numbers';
import { elementsOf, type Entry, type InputFile } from '../reading';
import { generatedLines } from '../refactor';
import { contentOf, formatLine, insert, insertion, listed, placeOf, preferred, remove, type Context } from './context';

export function checkKeywords(context: Context): void {
  checkDoubled(context);
  if (context.file.dialect === 'n2p2') checkMissing(context);
}

/** n2p2 wants at most one of these per element and has a code of its own for them. */
const OWN_CODES: readonly string[] = [
  'element_hidden_layers_short',
  'element_activation_short',
  'element_hidden_layers_electrostatic',
  'element_activation_electrostatic',
];

function checkDoubled({ file, report }: Context): void {
  for (const [name, entries] of file.byName) {
    const [first, ...others] = entries;
    const { keyword } = first;
    if (others.length === 0 || keyword === undefined) continue;
    const alias = entries.find(({ written }) => written.text !== first.written.text);
    if (alias !== undefined && file.dialect === 'n2p2') {
      const ofOther = entries.filter(({ written }) => written.text === alias.written.text);
      const ofFirst = entries.filter(({ written }) => written.text === first.written.text);
      report(
        'NN003',
        'error',
        placeOf(file, alias),
        `${listed([...new Set(entries.map(({ written }) => written.text))])} are names of one keyword: n2p2 stops at that.`,
        keyword.repeatable === true
          ? [
              preferred({
                title: `Write \`${first.written.text}\` everywhere`,
                edits: ofOther.map((entry) => ({ span: placeOf(file, entry), text: first.written.text })),
              }),
            ]
          : [
              preferred(remove(`Keep \`${first.written.text}\``, file, ...ofOther)),
              remove(`Keep \`${alias.written.text}\``, file, ...ofFirst),
            ],
        { related: [{ span: placeOf(file, first), message: 'the same by another name' }] },
      );
    }
    const isRepeatable = file.dialect === 'n2p2' ? keyword.repeatable === true : keyword.repeatableInRunner === true;
    if (isRepeatable || OWN_CODES.includes(name)) continue;
    for (const entry of others) {
      const same = entries.find((earlier) => earlier.written.text === entry.written.text);
      if (same === undefined || same === entry) continue;
      report(
        'NN002',
        'error',
        placeOf(file, entry),
        `\`${entry.written.text}\` stands here once more: ${file.dialect === 'n2p2' ? 'n2p2' : 'RuNNer'} stops at that.`,
        [preferred(remove('Remove this line', file, entry)), remove('Remove the first one', file, same)],
        { related: [{ span: contentOf(file, same), message: 'the first one' }] },
      );
    }
  }
}

/** Whether the file is meant for training, and not for predictions alone. */
export const isForTraining = (file: InputFile): boolean =>
  file.one('epochs') !== undefined || file.one('updater_type') !== undefined;

const UPDATER_KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  '0': ['gradient_type'],
  '1': ['kalman_type'],
};
const GRADIENT_KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  '0': ['gradient_eta'],
  '1': ['gradient_adam_eta', 'gradient_adam_beta1', 'gradient_adam_beta2', 'gradient_adam_epsilon'],
};
const KALMAN_KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  '0': ['kalman_epsilon', 'kalman_q0', 'kalman_qtau', 'kalman_qmin', 'kalman_eta'],
  '1': ['kalman_epsilon', 'kalman_q0', 'kalman_qtau', 'kalman_qmin', 'kalman_lambda_short', 'kalman_nue_short'],
};

/** The first argument of a keyword as it is written. */
export const valueOf = (file: InputFile, name: string): string | undefined => file.one(name)?.arguments.at(0)?.text;

/** 4G and Q potentials train their charges first. */
export function generationOf(file: InputFile): '2G' | '4G' | 'Q' {
  const type = valueOf(file, 'nnp_type');
  return type === '4' || type === '4G-HDNNP' ? '4G' : type === '10' || type === 'Q-HDNNP' ? 'Q' : '2G';
}

export function neededForPrediction(file: InputFile): string[] {
  const isShapedPerElement = (what: string): boolean =>
    elementsOf(file).every((symbol) =>
      file.all(`element_${what}_short`).some(({ arguments: words }) => words.at(0)?.text === symbol),
    );
  return [
    'number_of_elements',
    'elements',
    'cutoff_type',
    'symfunction_short',
    ...(isShapedPerElement('hidden_layers') ? [] : ['global_hidden_layers_short']),
    // Without hidden layers there are no nodes; and what an element line leaves unset has codes of its own.
    ...(valueOf(file, 'global_hidden_layers_short') === '0' || file.one('element_nodes_short') !== undefined
      ? []
      : ['global_nodes_short']),
    ...(file.one('element_activation_short') !== undefined ? [] : ['global_activation_short']),
  ];
}

export function neededForTraining(file: InputFile): string[] {
  const updater = valueOf(file, 'updater_type') ?? '1';
  const has = (name: string): boolean => file.one(name) !== undefined;
  const table = (values: Readonly<Record<string, readonly string[]>>, key: string): readonly string[] =>
    Object.hasOwn(values, key) ? values[key] : [];
  return [
    'random_seed',
    'test_fraction',
    'epochs',
    'updater_type',
    'parallel_mode',
    'jacobian_mode',
    'update_strategy',
    ...(has('use_old_weights_short') ? [] : ['weights_min', 'weights_max']),
    'energy_fraction',
    'task_batch_size_energy',
    ...(has('use_short_forces')
      ? [...(has('force_fraction') || has('force_energy_ratio') ? [] : ['force_fraction']), 'task_batch_size_force']
      : []),
    ...(generationOf(file) === '2G' ? [] : ['charge_fraction', 'task_batch_size_charge']),
    ...table(UPDATER_KEYWORDS, updater),
    ...(updater === '0' ? table(GRADIENT_KEYWORDS, valueOf(file, 'gradient_type') ?? '1') : []),
    ...(updater === '1' ? table(KALMAN_KEYWORDS, valueOf(file, 'kalman_type') ?? '0') : []),
  ];
}

function checkMissing(context: Context): void {
  const { file, report } = context;
  const first = file.entries.at(0);
  if (first === undefined) return;
  const ask = (program: string, names: readonly string[], place: Entry): void => {
    const missing = names.filter((name) => file.one(name) === undefined);
    if (missing.length === 0) return;
    report(
      'NN004',
      'error',
      placeOf(file, place),
      `${program} stops: ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      [
        preferred({
          title: missing.length === 1 ? `Insert \`${missing[0]}\`` : `Insert the ${missing.length} missing keywords`,
          edits: mergeInsertions(file, missing),
        }),
      ],
    );
  };
  ask('n2p2', neededForPrediction(file), file.one('elements') ?? first);
  if (isForTraining(file))
    ask('nnp-train', neededForTraining(file), file.one('epochs') ?? file.one('updater_type') ?? first);

  const scales = file.one('scale_symmetry_functions') ?? file.one('scale_symmetry_functions_sigma');
  const bounds = ['scale_min_short', 'scale_max_short'].filter((name) => file.one(name) === undefined);
  if (scales !== undefined && bounds.length > 0)
    report(
      'NN063',
      'warning',
      placeOf(file, scales),
      `n2p2 scales to 0 … 1 unless ${listed(bounds, 'or')} says otherwise: better say it.`,
      [
        preferred({
          title: `Insert ${listed(bounds)}`,
          edits: mergeInsertions(file, bounds),
        }),
      ],
    );
  const ofForces = file.entries.find(({ name }) => FORCE_KEYWORDS.includes(name));
  if (isForTraining(file) && ofForces !== undefined && file.one('use_short_forces') === undefined)
    report(
      'NN082',
      'warning',
      placeOf(file, ofForces),
      'Without `use_short_forces` the training uses energies alone, and this is ignored.',
      [preferred(insert('Insert `use_short_forces`', file, 'use_short_forces', ''))],
    );
}

const FORCE_KEYWORDS: readonly string[] = [
  'force_weight',
  'force_fraction',
  'force_energy_ratio',
  'task_batch_size_force',
  'rmse_threshold_force',
  'selection_mode_force',
];

/** Insertions at one place become one edit: their order would be arbitrary. */
function mergeInsertions(file: InputFile, names: readonly string[]): Fix['edits'] {
  const texts = new Map<number, string>();
  for (const name of names) {
    const { span, text } = insertion(file, name, linesFor(file, name));
    texts.set(span.start, (texts.get(span.start) ?? '') + text);
  }
  return [...texts].map(([at, text]) => ({ span: { start: at, end: at }, text }));
}

/** What a missing keyword says, from what the file says already. */
function linesFor(file: InputFile, name: string): string[] {
  const depth = (): number => {
    const word = valueOf(file, 'global_hidden_layers_short');
    const nodes = file.one('global_nodes_short')?.arguments.length;
    const letters = file.one('global_activation_short')?.arguments.length;
    const own = word === undefined ? undefined : readInteger(word, file.dialect).value;
    return Math.max(0, Math.min(own ?? nodes ?? (letters === undefined ? 2 : letters - 1), 20));
  };
  switch (name) {
    case 'number_of_elements':
      return [formatLine(name, String(Math.max(1, namedElements(file).length)))];
    case 'elements':
      return [formatLine(name, namedElements(file).join(' ') || 'H O')];
    case 'global_hidden_layers_short':
      return [formatLine(name, String(depth()))];
    case 'global_nodes_short':
      return [formatLine(name, Array<string>(depth()).fill('20').join(' '))];
    case 'global_activation_short':
      return [formatLine(name, [...Array<string>(depth()).fill('t'), 'l'].join(' '))];
    case 'symfunction_short':
      return generatedLines(file, namedElements(file));
    case 'energy_fraction':
    case 'force_fraction':
      return [formatLine(`short_${name}`, keywords[name].recommended)];
    default:
      return [formatLine(name, keywords[name].recommended)];
  }
}

/** Those behind `elements`, or those that other lines name. */
function namedElements(file: InputFile): readonly string[] {
  const listed = elementsOf(file);
  if (listed.length > 0) return listed;
  const named = file.all('symfunction_short').flatMap(({ function: own }) => {
    const value = own?.value;
    return value === undefined ? [] : [value.center, ...value.neighbors];
  });
  return [...new Set(named)].sort(byNumber);
}
