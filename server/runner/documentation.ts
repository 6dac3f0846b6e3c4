/** Words about the keywords and symmetry functions of `input.nn`: Markdown from the tables alone. */
import { functionTypes } from '../../language/runner/functions';
import { argumentsOf, keywords, signatureOf } from '../../language/runner/keywords';
import type { Argument, Dialect } from '../../language/runner/types';

const fence = (text: string): string => '```runner-nn\n' + text + '\n```';
const plain = (text: string): string => '```text\n' + text + '\n```';
const code = (text: string): string => `\`${text}\``;
const join = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('\n\n');

/** Of a keyword by its main name; undefined if there is none. */
export function documentKeyword(name: string, dialect: Dialect): string | undefined {
  if (!Object.hasOwn(keywords, name)) return undefined;
  const keyword = keywords[name];
  const args = argumentsOf(dialect, keyword);
  const facts = [
    keyword.n2p2 ? (keyword.runner ? 'n2p2 and RuNNer' : 'n2p2 alone') : 'RuNNer alone',
    keyword.modes === undefined ? undefined : `mode ${keyword.modes}`,
    keyword.default === undefined ? undefined : `default ${code(keyword.default)}`,
    keyword.aliases === undefined ? undefined : `also ${keyword.aliases.map(code).join(', ')}`,
    keyword.repeatable === true ? 'may stand often' : undefined,
  ].filter((fact) => fact !== undefined);
  return join([
    fence(signatureOf(name, args)),
    keyword.documentation,
    keyword.formula === undefined ? undefined : plain(keyword.formula),
    facts.join(' · '),
    args.flatMap(documentArgument).join('\n'),
    keyword.trap === undefined ? undefined : `**n2p2.** ${keyword.trap}`,
    keyword.inRunner === undefined ? undefined : `**RuNNer.** ${keyword.inRunner}`,
    keyword.reference === undefined ? undefined : `*${keyword.reference}*`,
  ]);
}

/** Of a type of symmetry function. */
export function documentFunctionType(type: number): string | undefined {
  if (!Object.hasOwn(functionTypes, type)) return undefined;
  const { title, documentation, formula, reference, arguments: args, onlyRunner } = functionTypes[type];
  return join([
    fence(
      signatureOf(
        'symfunction_short',
        args.map((argument) => (argument.name === 'type' ? { ...argument, name: String(type) } : argument)),
      ),
    ),
    `**Type ${type}, ${title}.** ${documentation}${onlyRunner === true ? ' RuNNer alone has it.' : ''}`,
    plain(formula),
    args.slice(2).flatMap(documentArgument).join('\n'),
    `*${reference}*`,
  ]);
}

/** As items of a list. */
export function documentArgument(argument: Argument): string[] {
  const { name, documentation } = argument;
  const range = rangeOf(argument);
  const notes = [documentation, range === undefined ? undefined : `(${range})`].filter((note) => note !== undefined);
  if (argument.kind !== 'choice') return notes.length === 0 ? [] : [`- ${code(name)}: ${notes.join(' ')}`];
  const values = Object.entries(argument.values).map(([value, meaning]) => `${code(value)}: ${meaning}`);
  return [
    ...(documentation === undefined ? [] : [`- ${code(name)}: ${documentation}`]),
    ...values.map((value) => `- ${value}`),
  ];
}

function rangeOf(argument: Argument): string | undefined {
  if (argument.kind !== 'number' && argument.kind !== 'integer') return undefined;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = argument;
  const bounds = [
    minimum === undefined ? undefined : `${exclusiveMinimum === true ? '>' : '≥'} ${minimum}`,
    maximum === undefined ? undefined : `${exclusiveMaximum === true ? '<' : '≤'} ${maximum}`,
  ].filter((bound) => bound !== undefined);
  return bounds.length === 0 ? undefined : bounds.join(', ');
}
