/**
 * What a line says wrong by itself, whatever stands in the others. Spans are offsets in the line. Found out once for each line
 * and remembered.
 *
 * NN001 unknown keywords, NN005 numbers, NN007 and NN008 comments and tabs, NN009 values, NN011 symbols, NN020 to NN023 cutoff
 * functions, NN030 to NN034 and NN038 symmetry functions, NN050, NN054 and NN055 activations, NN071, NN072 and NN074 modes.
 */
import { replace } from '../../check/reading';
import { nearest } from '../../check/nearest';
import { symbolMeantBy } from '../../check/elements';
import type { Diagnostic, Fix, Severity } from '../../diagnostic';
import { atomicNumber } from '../../elements';
import type { Span } from '../../syntax/tree';
import { functionTypes, N2P2_TYPES, OTHER_RUNNER_TYPES, type FunctionType } from '../functions';
import { ALL_NAMES, argumentsOf, isKnownTo, keywords, mainName, signatureOf } from '../keywords';
import { numberMeantBy, readInteger, readNumber, shown } from '../numbers';
import { readLine, shapeOf, type LineReading } from '../reading';
import type { Line, Word } from '../tree';
import type { Argument, ChoiceArgument, Dialect, NumberArgument } from '../types';

const remembered: Readonly<Record<Dialect, WeakMap<Line, readonly Diagnostic[]>>> = {
  n2p2: new WeakMap(),
  runner: new WeakMap(),
};
const NOTHING: readonly Diagnostic[] = [];

export function checkLine(line: Line, dialect: Dialect): readonly Diagnostic[] {
  const known = remembered[dialect].get(line);
  if (known !== undefined) return known;
  const diagnostics: Diagnostic[] = [];
  const check = new LineCheck(line, dialect, diagnostics);
  if (dialect === 'n2p2') check.layout();
  const reading = readLine(line, dialect);
  if (reading !== undefined) check.reading(reading);
  const found = diagnostics.length === 0 ? NOTHING : diagnostics;
  remembered[dialect].set(line, found);
  return found;
}

/** The edit that takes the line out; its end may lie one behind the end of the text. */
const wholeLine = ({ text }: Line): Span => ({ start: 0, end: text.length + 1 });

const commentOut = (title: string): Fix => replace(title, { start: 0, end: 0 }, '#');

/** Words of the keyword table for a choice of a certain code; every other wrong one is NN009. */
const CHOICE_CODES: Readonly<Record<string, string>> = {
  cutoff_type: 'NN020',
  parallel_mode: 'NN072',
  global_activation_short: 'NN050',
  global_activation_electrostatic: 'NN050',
  element_activation_short: 'NN050',
  element_activation_electrostatic: 'NN050',
};
/** What to write where a choice is wrong and nothing is near. */
const CHOICE_FIXES: Readonly<Record<string, string>> = { cutoff_type: '6', parallel_mode: '0' };

const namesOf = (dialect: Dialect): readonly string[] =>
  ALL_NAMES.filter((candidate) => isKnownTo(dialect, keywords[mainName(candidate) ?? '']));
/** What a keyword could have been meant to be. */
const NAMES = { n2p2: namesOf('n2p2'), runner: namesOf('runner') };

class LineCheck {
  constructor(
    private readonly line: Line,
    private readonly dialect: Dialect,
    private readonly diagnostics: Diagnostic[],
  ) {}

  private report(
    code: string,
    severity: Severity,
    { start, end }: Span,
    message: string,
    fixes: readonly Fix[] = [],
    rest: Partial<Diagnostic> = {},
  ): void {
    this.diagnostics.push({ code, severity, message, span: { start, end }, fixes, ...rest });
  }

  /** Signs that n2p2 takes otherwise than they look. */
  layout(): void {
    const { text, words, comment } = this.line;
    if (comment !== undefined && text[comment.start] === '!')
      this.report(
        'NN007',
        'warning',
        comment,
        'n2p2 takes what stands behind `!` for a comment, which is not documented: write `#`.',
        [replace('Write `#`', { start: comment.start, end: comment.start + 1 }, '#', true)],
      );
    const blank = text.slice(0, comment?.start ?? text.length);
    if (words.length === 0 && blank.includes('\t'))
      this.report(
        'NN008',
        'hint',
        { start: 0, end: blank.length },
        'n2p2 takes a tab in an empty line for an unknown keyword.',
        [replace('Remove the tab', { start: 0, end: blank.replace(/\r$/, '').length }, '', true)],
      );
  }

  reading(reading: LineReading): void {
    const { keyword, written } = reading;
    if (keyword === undefined || !isKnownTo(this.dialect, keyword)) {
      this.unknown(reading);
      return;
    }
    if (reading.function !== undefined) {
      this.symmetryFunction(reading);
      return;
    }
    const args = argumentsOf(this.dialect, keyword);
    this.count(reading, args);
    let pairs = 0;
    for (const [i, word] of reading.arguments.entries()) {
      const argument = args.at(i) ?? (args.at(-1)?.repeated === true ? args.at(-1) : undefined);
      if (argument === undefined) break;
      // Behind the first mode pairs of epoch and mode follow.
      if (reading.name.startsWith('selection_mode') && i > 0) {
        if (++pairs % 2 === 0) this.argument(reading, args[0], word);
        else this.argument(reading, { ...argument, name: 'epoch' }, word);
      } else this.argument(reading, argument, word);
    }
    if (this.dialect === 'n2p2') this.particular(reading, written);
  }

  private unknown({ name, keyword, written }: LineReading): void {
    const remove = replace('Remove the line', wholeLine(this.line), '');
    if (keyword !== undefined) {
      const [own, other] = this.dialect === 'n2p2' ? ['n2p2', 'RuNNer'] : ['RuNNer', 'n2p2'];
      const severity = this.dialect === 'n2p2' ? 'information' : 'warning';
      const counterpart = COUNTERPARTS[name] as string | undefined;
      const instead =
        counterpart === undefined || this.dialect === 'runner'
          ? []
          : [replace(`Write \`${counterpart}\``, written, counterpart, true)];
      this.report(
        'NN001',
        severity,
        written,
        `\`${written.text}\` is a keyword of ${other}; ${own} ${this.dialect === 'n2p2' ? 'ignores' : 'does not know'} it.`,
        [...instead, commentOut('Comment it out')],
      );
      return;
    }
    const meant = nearest(written.text, NAMES[this.dialect]);
    this.report(
      'NN001',
      'warning',
      written,
      `There is no keyword \`${brief(written.text)}\`${meant === undefined ? '' : `: did you mean \`${meant}\`?`}${meant === undefined ? ': n2p2 only logs it and goes on without.' : ''}`,
      [
        ...(meant === undefined ? [] : [replace(`Write \`${meant}\``, written, meant, true)]),
        commentOut('Comment it out'),
        remove,
      ],
    );
  }

  /** Too few arguments, or more than the program looks at. */
  private count({ name, written, arguments: words }: LineReading, args: readonly Argument[]): void {
    // Says more about its arguments.
    if (name === 'ewald_prec') return;
    const needed = args.filter(({ optional }) => optional !== true).length;
    const signature = signatureOf(written.text, args);
    if (words.length < needed)
      this.report(
        'NN030',
        'error',
        { start: written.start, end: (words.at(-1) ?? written).end },
        `\`${written.text}\` lacks ${args
          .slice(words.length, needed)
          .map((argument) => `\`${argument.name}\``)
          .join(', ')}: \`${signature}\`.`,
        words.length === 0 && keywords[name].recommended !== ''
          ? [
              replace(
                `Write \`${keywords[name].recommended}\``,
                { start: written.end, end: written.end },
                ` ${keywords[name].recommended}`,
              ),
            ]
          : [],
      );
    else if (args.at(-1)?.repeated !== true && words.length > args.length && this.dialect === 'n2p2')
      this.surplus(
        words[args.length],
        args.length === 0
          ? `\`${written.text}\` is a switch: what follows is ignored.`
          : `Ignored: \`${signature}\` ends before.`,
      );
  }

  private surplus(first: Word, message: string): void {
    const { words } = this.line;
    const before = words[words.indexOf(first) - 1];
    const last = words[words.length - 1];
    this.report(
      'NN030',
      'warning',
      { start: first.start, end: last.end },
      message,
      [replace('Remove it', { start: before.end, end: last.end }, '', true)],
      {
        unnecessary: true,
      },
    );
  }

  private argument(reading: LineReading, argument: Argument, word: Word): void {
    switch (argument.kind) {
      case 'element':
        this.symbol(word);
        return;
      case 'number':
      case 'integer':
        this.number(reading.name, argument, word);
        return;
      case 'choice':
        this.choice(reading.name, argument, word);
        return;
      case 'text':
    }
  }

  private symbol(word: Word): void {
    if ((atomicNumber(word.text) ?? 0) > 0) return;
    const meant = symbolMeantBy(word.text);
    this.report(
      'NN011',
      'error',
      word,
      `There is no element \`${brief(word.text)}\`${meant === undefined ? '.' : `: did you mean \`${meant}\`?`}`,
      meant === undefined ? [] : [replace(`Write \`${meant}\``, word, meant, true)],
    );
  }

  private number(name: string, argument: NumberArgument, word: Word): void {
    const isInteger = argument.kind === 'integer';
    const { value, isExact } = (isInteger ? readInteger : readNumber)(word.text, this.dialect);
    if (!isExact) {
      const meant = numberMeantBy(word.text, isInteger);
      const program = this.dialect === 'n2p2' ? 'n2p2' : 'RuNNer';
      this.report(
        'NN005',
        'error',
        word,
        `\`${brief(word.text)}\` is no ${isInteger ? 'whole' : 'decimal'} number: ${program} takes it as ${shown(value)}.`,
        meant === undefined ? [] : [replace(`Write \`${meant}\``, word, meant, true)],
      );
      return;
    }
    const bound = outOfRange(value, argument);
    if (bound !== undefined) {
      const [code, severity] =
        name === 'cutoff_type'
          ? ['NN020', 'error' as const]
          : name === 'test_fraction'
            ? ['NN079', 'error' as const]
            : ['NN009', 'warning' as const];
      const clamped = name === 'test_fraction' ? '0.1' : shown(bound.nearest);
      this.report(code, severity, word, `${argument.name} is ${bound.text}, not ${word.text}.`, [
        replace(`Write \`${clamped}\``, word, clamped, true),
      ]);
    }
  }

  private choice(name: string, { values }: ChoiceArgument, word: Word): void {
    // Numbers are read with atoi: `1.0` is 1.
    const text =
      /^\d/.test(Object.keys(values)[0]) && readInteger(word.text, this.dialect).isExact
        ? String(parseInt(word.text, 10))
        : word.text;
    if (Object.hasOwn(values, text)) return;
    const known = Object.keys(values);
    const code = Object.hasOwn(CHOICE_CODES, name) ? CHOICE_CODES[name] : 'NN009';
    if (this.dialect === 'runner' && code !== 'NN050') return;
    const meant =
      (CHOICE_FIXES[name] as string | undefined) ??
      known.find((value) => value.toLowerCase() === text.toLowerCase()) ??
      nearest(text, known);
    const others = known.length <= 4 ? known.filter((value) => value !== meant) : [];
    this.report(
      code,
      'error',
      word,
      `\`${name}\` is one of ${known.map((value) => `\`${value}\``).join(', ')}; not \`${brief(word.text)}\`.`,
      [
        ...(meant === undefined ? [] : [replace(`Write \`${meant}\``, word, meant, true)]),
        ...others.map((value) => replace(`Write \`${value}\` (${values[value]})`, word, value)),
      ],
    );
  }

  /** Rules of single keywords of n2p2. */
  private particular(reading: LineReading, written: Word): void {
    const [first, second] = reading.arguments as readonly (Word | undefined)[];
    const remove = replace('Remove the line', wholeLine(this.line), '', true);
    switch (reading.name) {
      case 'cutoff_type':
        if (first !== undefined) this.cutoffType(first, second);
        return;
      case 'global_activation_short':
      case 'global_activation_electrostatic':
        this.activations(reading.arguments, true);
        return;
      case 'element_activation_short':
      case 'element_activation_electrostatic':
        this.activations(reading.arguments.slice(1), false);
        return;
      case 'precondition_weights':
        this.report(
          'NN071',
          'error',
          written,
          '`precondition_weights` is not implemented in n2p2, which stops at it.',
          [remove],
        );
        return;
      case 'updater_type':
        if (first?.text === '2')
          this.report('NN071', 'error', first, 'Levenberg–Marquardt is not implemented in n2p2, which stops at it.', [
            replace('Write `1` (Kalman filter)', first, '1', true),
          ]);
        return;
      case 'selection_mode':
      case 'selection_mode_energy':
      case 'selection_mode_force':
      case 'selection_mode_charge': {
        const { arguments: words } = reading;
        const last = words.at(-1);
        if (words.length % 2 === 0 && last !== undefined)
          this.report(
            'NN074',
            'error',
            { start: words[0].start, end: last.end },
            'Behind the mode pairs of an epoch and a mode follow: the number of arguments is odd.',
            [replace('Remove the last one', { start: words[words.length - 2].end, end: last.end }, '', true)],
          );
        return;
      }
      default:
    }
  }

  private cutoffType(type: Word, alpha: Word | undefined): void {
    const six = replace('Write `6` (twice differentiable)', type, '6', true);
    if (type.text === '0')
      this.report('NN022', 'warning', type, 'With a hard cutoff energies and forces jump where an atom crosses it.', [
        six,
      ]);
    if (type.text === '1')
      this.report(
        'NN023',
        'information',
        type,
        'The cosine is only once differentiable at the cutoff: second derivatives jump, which phonons and elastic constants show.',
        [{ ...six, preferred: false }],
      );
    if (
      alpha !== undefined &&
      (type.text === '2' || type.text === '3') &&
      readNumber(alpha.text, this.dialect).value > 0
    )
      this.report(
        'NN021',
        'warning',
        alpha,
        `Cutoff functions of type ${type.text} have no inner cutoff: it is ignored.`,
        [replace('Remove it', { start: type.end, end: alpha.end }, '', true)],
        { unnecessary: true },
      );
  }

  private activations(words: readonly Word[], hasOutput: boolean): void {
    const output = hasOutput ? words.at(-1) : undefined;
    if (output !== undefined && /^[tpsgcrSeh]$/.test(output.text))
      this.report(
        'NN054',
        'warning',
        output,
        'The output should be linear: with another activation the energy of an atom is confined to its range.',
        [replace('Write `l`', output, 'l', true)],
      );
    for (const word of words)
      if (word.text === 'r' && word !== output)
        this.report('NN055', 'warning', word, 'With relu forces jump wherever a node switches on.', [
          replace('Write `p` (softplus)', word, 'p', true),
          replace('Write `t` (tanh)', word, 't'),
        ]);
  }

  private symmetryFunction({ written, arguments: words, function: own }: LineReading): void {
    const [center, typeWord] = words as readonly (Word | undefined)[];
    const all = { start: written.start, end: (words.at(-1) ?? written).end };
    if (center === undefined || typeWord === undefined) {
      this.report(
        'NN030',
        'error',
        all,
        'A symmetry function begins with its central element and its type: `symfunction_short H 2 H 0.01 0.0 12.0`.',
      );
      return;
    }
    this.symbol(center);
    if (own?.table === undefined) {
      this.unknownType(typeWord, own?.type, words);
      return;
    }
    const args = own.table.arguments;
    const needed = args.filter(({ optional }) => optional !== true).length;
    const signature = args.map(({ name, optional }) => (optional === true ? `[${name}]` : name)).join(' ');
    if (words.length < needed)
      this.report(
        'NN030',
        'error',
        all,
        `Type ${own.type ?? ''} (${own.table.title}) has ${needed} arguments, here are ${words.length}: \`${signature}\`.`,
      );
    if (words.length > args.length)
      this.surplus(words[args.length], `Ignored: type ${own.type ?? ''} (${own.table.title}) is \`${signature}\`.`);
    const values = new Map<string, { word: Word; value: number }>();
    for (const { word, argument } of own.parts.slice(2)) {
      if (argument?.kind === 'element') this.symbol(word);
      else if (argument?.kind === 'choice') this.shape(word);
      else if (argument?.kind === 'number') {
        const { value, isExact } = readNumber(word.text, this.dialect);
        if (isExact) values.set(argument.name, { word, value });
        else this.number('symfunction_short', argument, word);
      }
    }
    if (own.type !== undefined) this.parameters(own.type, own.table, values, words);
  }

  private unknownType(typeWord: Word, type: number | undefined, words: readonly Word[]): void {
    if (this.dialect === 'runner' && type !== undefined && OTHER_RUNNER_TYPES.includes(type)) return;
    const isCutoffSum = type === 1 && words.length >= 4;
    const [, , neighbor, cutoff] = words;
    const fixes = isCutoffSum
      ? [
          replace(
            'Write it as type 2 with eta 0, which is the same',
            { start: typeWord.start, end: cutoff.end },
            `2 ${neighbor.text} 0.0 0.0 ${cutoff.text}`,
            true,
          ),
        ]
      : [];
    const only = type !== undefined && (OTHER_RUNNER_TYPES.includes(type) || Object.hasOwn(functionTypes, type));
    this.report(
      'NN031',
      'error',
      typeWord,
      only
        ? `Type ${type} is RuNNer's: n2p2 has ${N2P2_TYPES.join(', ')}.`
        : `There is no symmetry function of type \`${brief(typeWord.text)}\`: types are ${N2P2_TYPES.join(', ')}.`,
      fixes,
    );
  }

  private shape(word: Word): void {
    if (shapeOf(word.text) !== undefined) return;
    const meant = shapeOf(word.text.toLowerCase()) ?? (/^p[5-9]$/i.test(word.text) ? 'p4' : undefined);
    this.report(
      'NN034',
      'error',
      word,
      `The shape is \`p1\` to \`p4\`, one of these with an \`a\` behind it, or \`e\`; not \`${brief(word.text)}\`.`,
      meant === undefined
        ? ['p2', 'p2a', 'e'].map((text) => replace(`Write \`${text}\``, word, text))
        : [replace(`Write \`${meant}\``, word, meant, true)],
    );
  }

  private parameters(
    type: number,
    { arguments: args }: FunctionType,
    values: ReadonlyMap<string, { word: Word; value: number }>,
    words: readonly Word[],
  ): void {
    const get = (name: string): number | undefined => values.get(name)?.value;
    const wordOf = (name: string): Word => values.get(name)?.word ?? words[1];
    const numbers = args.slice(0, words.length).filter(({ kind }) => kind === 'number');
    const complete = words.length <= args.length && values.size === numbers.length;
    if (complete && this.order(type, words)) return;
    const [eta, zeta, lambda, shift, cutoff] = ['eta', 'zeta', 'lambda', 'rs', 'rc'].map(get);
    if (eta !== undefined && eta < 0)
      this.report('NN032', 'warning', wordOf('eta'), `eta is ${shown(eta)}: the function grows without bound.`, [
        replace(`Write \`${shown(-eta)}\``, wordOf('eta'), shown(-eta)),
      ]);
    if (zeta !== undefined && zeta <= 0)
      this.report(
        'NN032',
        'warning',
        wordOf('zeta'),
        `zeta is ${shown(zeta)}: it must be positive. ${ORDER}`,
        zeta < 0
          ? [replace(`Write \`${shown(-zeta)}\``, wordOf('zeta'), shown(-zeta))]
          : [replace('Write `1`', wordOf('zeta'), '1')],
      );
    if (lambda !== undefined && Math.abs(lambda) !== 1)
      this.report(
        'NN033',
        'warning',
        wordOf('lambda'),
        `lambda is ${shown(lambda)}: usually it is 1 or -1, for a maximum at 0° or at 180°.`,
        [
          replace('Write `1`', wordOf('lambda'), '1', lambda > 0),
          replace('Write `-1`', wordOf('lambda'), '-1', lambda < 0),
        ],
      );
    if (cutoff !== undefined && cutoff <= 0)
      this.report(
        'NN034',
        'error',
        wordOf('rc'),
        `The cutoff is ${shown(cutoff)}: it must be positive.`,
        cutoff < 0 ? [replace(`Write \`${shown(-cutoff)}\``, wordOf('rc'), shown(-cutoff), true)] : [],
      );
    else if (cutoff !== undefined && shift !== undefined && shift > cutoff)
      this.report(
        'NN038',
        'warning',
        wordOf('rs'),
        `The Gaussian is centred at ${shown(shift)}, beyond its cutoff ${shown(cutoff)}: hardly anything of it is left.`,
        [replace('Remove the function', wholeLine(this.line), '', true)],
      );
    this.support(get('rl'), cutoff, wordOf('rl'), wordOf('rc'));
    this.angles(get('thetal'), get('thetar'), wordOf('thetal'), wordOf('thetar'));
  }

  /** Whether the parameters of types 3, 9 and 13 stand in each other's order (NN032). */
  private order(type: number, words: readonly Word[]): boolean {
    if (type !== 3 && type !== 9 && type !== 13) return false;
    const parameters = words.slice(type === 13 ? 2 : 4);
    const n = parameters.map(({ text }) => readNumber(text, this.dialect).value);
    const isSign = (x: number): boolean => Math.abs(x) === 1;
    const suggest = (what: string, order: readonly number[]): true => {
      const span = { start: parameters[0].start, end: parameters[parameters.length - 1].end };
      const text = order.map((i) => parameters[i].text).join(' ');
      this.report('NN032', 'warning', span, `${what} ${ORDER}`, [replace(`Write \`${text}\``, span, text, true)]);
      return true;
    };
    if (type === 13) {
      if (n.length === 5 && isSign(n[1]) && !isSign(n[2]) && n[2] > 0 && n[3] > n[4])
        return suggest('This looks like the order of types 3 and 9: eta lambda zeta rc rs.', [0, 4, 1, 2, 3]);
    } else if (n.length === 5 && !isSign(n[1]) && isSign(n[2]) && n[3] > 0 && n[4] >= 1)
      return suggest('This looks like the order of type 13: eta rs lambda zeta rc.', [0, 2, 3, 4, 1]);
    else if (n.length === 4 && isSign(n[2]) && (n[1] > 1 || (n[1] > 0 && n[2] < 0)))
      return suggest('lambda and zeta look exchanged.', [0, 2, 1, 3]);
    const cutoff = parameters[type === 13 ? 4 : 3];
    const value = n[type === 13 ? 4 : 3];
    if (value > 0 && value < 1)
      this.report('NN032', 'warning', cutoff, `A cutoff of ${shown(value)} is shorter than any bond. ${ORDER}`);
    return false;
  }

  private support(inner: number | undefined, cutoff: number | undefined, innerWord: Word, cutoffWord: Word): void {
    if (inner === undefined || cutoff === undefined || cutoff <= 0 || inner < cutoff) return;
    this.report(
      'NN034',
      'error',
      innerWord,
      `The inner radius ${shown(inner)} must be less than the outer one, ${shown(cutoff)}.`,
      inner > cutoff ? [swap(innerWord, cutoffWord)] : [],
    );
  }

  private angles(left: number | undefined, right: number | undefined, leftWord: Word, rightWord: Word): void {
    if (left === undefined || right === undefined) return;
    if (left >= right) {
      this.report(
        'NN034',
        'error',
        leftWord,
        `The left angle ${shown(left)} must be less than the right one, ${shown(right)}.`,
        left > right ? [swap(leftWord, rightWord)] : [],
      );
      return;
    }
    const middle = (left + right) / 2;
    const both = { start: leftWord.start, end: rightWord.end };
    if ((left < 0 && middle !== 0) || (right > 180 && middle !== 180) || right - left > 360) {
      const clamped = `${shown(Math.max(0, left))} ${shown(Math.min(180, right))}`;
      const fits = Math.max(0, left) < Math.min(180, right);
      this.report(
        'NN034',
        'error',
        both,
        'Angles lie within 0 to 180 degrees, or are centred on 0 or 180 and span 360 at most.',
        fits ? [replace(`Write \`${clamped}\``, both, clamped, true)] : [],
      );
    }
  }
}

const ORDER = 'Types 3 and 9 have eta lambda zeta rc [rs], type 13 has eta rs lambda zeta rc.';

/** Keywords that RuNNer calls otherwise. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  scale_min_short_atomic: 'scale_min_short',
  scale_max_short_atomic: 'scale_max_short',
};

const swap = (a: Word, b: Word): Fix => ({
  title: 'Exchange the two',
  edits: [
    { span: { start: a.start, end: a.end }, text: b.text },
    { span: { start: b.start, end: b.end }, text: a.text },
  ],
  preferred: true,
});

const brief = (word: string): string => (word.length > 40 ? `${word.slice(0, 40)}…` : word);

function outOfRange(
  value: number,
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum, kind }: NumberArgument,
): { readonly text: string; readonly nearest: number } | undefined {
  if (minimum !== undefined && (value < minimum || (exclusiveMinimum === true && value === minimum)))
    return {
      text: exclusiveMinimum === true ? `greater than ${minimum}` : `at least ${minimum}`,
      nearest: exclusiveMinimum === true ? minimum + 1 : minimum,
    };
  if (maximum !== undefined && (value > maximum || (exclusiveMaximum === true && value === maximum)))
    return {
      text: exclusiveMaximum === true ? `less than ${maximum}` : `at most ${maximum}`,
      nearest: exclusiveMaximum === true ? (kind === 'integer' ? maximum - 1 : (minimum ?? 0)) : maximum,
    };
  return undefined;
}
