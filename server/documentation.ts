/** Words about words: Markdown for blocks, attributes, choices, elements and functions, from the vocabulary alone. */
import { atomicNumber, elements } from '../language/elements';
import { listFunctions } from '../language/schema/list-functions';
import { dimensions, formatQuantity } from '../language/schema/units';
import { describeDeprecation } from '../language/schema/reference';
import type { AttributeSchema, BlockSchema, LabelRule, OwnedAttribute } from '../language/schema/types';
import type { Dialect } from '../language/runner/types';
import { schemaAt } from './context';
import { documentFunctionType, documentKeyword } from './runner/documentation';

/** Which documentation: travels in completion items until the client asks for it. */
export type Topic =
  | { readonly kind: 'block'; readonly path: readonly string[] }
  | { readonly kind: 'attribute'; readonly path: readonly string[]; readonly name: string }
  | { readonly kind: 'element'; readonly symbol: string }
  | { readonly kind: 'function'; readonly name: string }
  /** Of `input.nn`. */
  | { readonly kind: 'keyword'; readonly name: string; readonly dialect: Dialect }
  | { readonly kind: 'function_type'; readonly type: number };

export const functions: Readonly<Record<string, { signature: string; documentation: string; snippet: string }>> = {
  linspace: {
    signature: listFunctions.linspace,
    documentation:
      'A list of `count` numbers at equal distances, both ends included: `linspace(1, 5, 3)` is `[1, 3, 5]`.',
    snippet: 'linspace(${1:0.8}, ${2:5.5}, ${3:10})',
  },
  geomspace: {
    signature: listFunctions.geomspace,
    documentation:
      'A list of `count` numbers at equal ratios, both ends included: `geomspace(1, 4, 3)` is `[1, 2, 4]`.',
    snippet: 'geomspace(${1:0.01}, ${2:1}, ${3:5})',
  },
  key: {
    signature: 'key("name")',
    documentation: 'The value that each structure has under this key in its file.',
    snippet: 'key("${1:split}")',
  },
};

export const code = (text: string): string => `\`${text}\``;

/** Markdown of a topic; undefined if there is no such thing. */
export function document(topic: Topic): string | undefined {
  switch (topic.kind) {
    case 'block': {
      const schema = schemaAt(topic.path);
      return schema === undefined ? undefined : documentBlock(topic.path[topic.path.length - 1], schema);
    }
    case 'attribute': {
      const attributes = schemaAt(topic.path)?.attributes;
      return attributes !== undefined && Object.hasOwn(attributes, topic.name)
        ? documentAttribute(topic.name, attributes[topic.name])
        : undefined;
    }
    case 'element':
      return documentElement(topic.symbol);
    case 'keyword':
      return documentKeyword(topic.name, topic.dialect);
    case 'function_type':
      return documentFunctionType(topic.type);
    case 'function':
      return Object.hasOwn(functions, topic.name) ? documentFunction(topic.name) : undefined;
  }
}

const fence = (text: string): string => '```potential\n' + text + '\n```';

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

const formulaOf = (schema: { formula?: string }): string | undefined =>
  schema.formula === undefined ? undefined : '```text\n' + schema.formula + '\n```';

const referenceOf = (schema: { reference?: string }): string | undefined =>
  schema.reference === undefined ? undefined : `*${schema.reference}*`;

export function labelSignature(label: LabelRule): string {
  if (label === 'none') return '';
  if (label === 'name' || label === 'text') return 'name';
  if ('variants' in label) return label.variants.join(' | ');
  const { minimum, maximum } = label.elements;
  const words = maximum === 1 ? ['element'] : ['centre', 'neighbour', 'neighbour'].slice(0, minimum);
  const text = [...words, ...(maximum > minimum ? ['…'] : [])].join(' ');
  return label.elements.required === true ? text : `[${text}]`;
}

export function documentBlock(name: string, schema: BlockSchema): string {
  return join([
    fence(`${[name, labelSignature(schema.label)].filter((part) => part !== '').join(' ')} { … }`),
    schema.documentation,
    formulaOf(schema),
    referenceOf(schema),
  ]);
}

export function typeOf(schema: AttributeSchema): string {
  switch (schema.type) {
    case 'quantity':
    case 'quantities': {
      const number = schema.integer === true ? 'whole number' : 'number';
      const one = schema.dimension === 'none' ? number : schema.dimension.replaceAll('_', ' ');
      return schema.type === 'quantity' ? one : `${one}, or a list of them`;
    }
    case 'choice':
      return Object.keys(schema.values).join(' | ');
    case 'choice_or_key':
      return [...Object.keys(schema.values), 'key("…")'].join(' | ');
    case 'flag':
      return 'yes | no';
    case 'text':
      return 'text';
    case 'path':
      return schema.kind === 'folder' ? 'path of a folder' : 'path of a file';
    case 'paths':
      return 'paths or globs';
    case 'texts':
      return 'list of texts';
    case 'frames':
      return 'files with frames, "data.xyz:12"';
    case 'elements':
      return 'list of elements';
    case 'reference':
      return `name of a ${schema.to} block`;
    case 'data_key':
      return 'auto, or a key of the data file';
  }
}

/** How the default is written; undefined where there is none. */
export function defaultOf(schema: AttributeSchema): string | undefined {
  if (!('default' in schema) || schema.default === undefined) return undefined;
  const value = schema.default;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return schema.type === 'path' || schema.type === 'text' ? `"${value}"` : value;
  return 'example' in schema ? schema.example : String(value);
}

function rangeTextOf(schema: AttributeSchema): string | undefined {
  if (schema.type !== 'quantity' && schema.type !== 'quantities') return undefined;
  const bound = (sign: string, value: number | undefined): string[] =>
    value === undefined ? [] : [`${sign} ${value === 0 ? '0' : formatQuantity(value, schema.dimension)}`];
  const bounds = [
    ...bound(schema.exclusiveMinimum === true ? '>' : '≥', schema.minimum),
    ...bound(schema.exclusiveMaximum === true ? '<' : '≤', schema.maximum),
  ];
  return bounds.length === 0 ? undefined : bounds.join(', ');
}

export function documentAttribute(name: string, schema: OwnedAttribute): string {
  const units = 'dimension' in schema && schema.dimension !== 'none' ? dimensions[schema.dimension].units : [];
  const facts = [
    schema.required !== true
      ? undefined
      : schema.unless === undefined
        ? 'required'
        : `required without ${code(schema.unless)}`,
    factOf('default', defaultOf(schema)),
    factOf('range', rangeTextOf(schema)),
    units.length === 0 ? undefined : `units ${units.map(code).join(' ')}`,
    schema.only === undefined ? undefined : `only for ${schema.only.map(code).join(', ')}`,
  ].filter((fact) => fact !== undefined);
  return join([
    fence(`${name} = ${typeOf(schema)}`),
    schema.documentation,
    schema.deprecated === undefined ? undefined : describeDeprecation(schema.deprecated),
    formulaOf(schema),
    facts.join(' · '),
    'values' in schema
      ? Object.entries<string>(schema.values)
          .map(([value, meaning]) => `- ${code(value)}: ${meaning}`)
          .join('\n')
      : undefined,
    referenceOf(schema),
  ]);
}

const factOf = (label: string, value: string | undefined): string | undefined =>
  value === undefined ? undefined : `${label} ${code(value)}`;

export function documentElement(symbol: string): string | undefined {
  const z = atomicNumber(symbol);
  if (z === undefined) return undefined;
  const { name, mass, covalentRadius } = elements[z];
  return `**${symbol}** ${name} · Z = ${z} · ${mass} amu · covalent radius ${covalentRadius} Å`;
}

export function documentFunction(name: string): string {
  return join([fence(functions[name].signature), functions[name].documentation]);
}
