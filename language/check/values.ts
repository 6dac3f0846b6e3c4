/**
 * A written value against the type of its attribute: wrong types (PD0005), unknown words of a choice (PD0008), words
 * that are still to come (PD0007). Numbers are read in dimensions.ts, elements in elements.ts.
 */
import { isPlannedChoice } from '../schema/planned';
import { parseFrameRange } from '../schema/frame-ranges';
import type { AttributeSchema } from '../schema/types';
import { quote } from '../syntax/lexer';
import { itemsOf, type Attribute, type Value } from '../syntax/tree';
import { readQuantities } from './dimensions';
import { readElements } from './elements';
import { nearest } from './nearest';
import { checkRanges } from './ranges';
import { alternatives, replace, type AttributeReading, type CheckedValue, type Context } from './reading';
import { wrongType } from './wrong-type';

/** Reads the value of an attribute of the block `parent`; without a value the parser has already said so. */
export function readAttribute(
  context: Context,
  attribute: Attribute,
  schema: AttributeSchema,
  parent: string,
): AttributeReading {
  const name = attribute.name.text;
  const written = attribute.value;
  if (written === undefined) return { name, attribute, schema, value: undefined, quantities: undefined };
  if (schema.type === 'quantity' || schema.type === 'quantities') {
    const read = readQuantities(context, name, schema, written);
    const quantities = read !== undefined && checkRanges(context, name, schema, read, written) ? read : undefined;
    const numbers = quantities?.map(({ value }) => value);
    return { name, attribute, schema, value: schema.type === 'quantity' ? numbers?.[0] : numbers, quantities };
  }
  return { name, attribute, schema, value: readValue(context, name, schema, written, parent), quantities: undefined };
}

type OtherSchema = Exclude<AttributeSchema, { type: 'quantity' | 'quantities' }>;

function readValue(
  context: Context,
  name: string,
  schema: OtherSchema,
  value: Value,
  parent: string,
): CheckedValue | undefined {
  switch (schema.type) {
    case 'choice':
    case 'choice_or_key':
      return readChoice(context, name, schema, value, parent);
    case 'flag':
      if (value.kind === 'name' && (value.text === 'true' || value.text === 'false')) return value.text === 'true';
      wrongType(context, name, 'is `true` or `false`', value);
      return undefined;
    case 'text':
    case 'path':
      return readText(context, name, value, `is a text in quotes, such as \`${schema.example}\``);
    case 'paths':
      return readTexts(context, name, `is a list of paths in quotes, such as \`${schema.example}\``, value);
    case 'texts':
      return readTexts(context, name, `is a list of texts in quotes, such as \`${schema.example}\``, value);
    case 'frames':
      return readFrames(context, name, schema.example, value);
    case 'elements':
      return readElements(context, name, value);
    case 'reference':
      if (value.kind === 'name' || value.kind === 'string') return value.text;
      wrongType(context, name, `is the name of a block, \`${schema.to} NAME { … }\``, value);
      return undefined;
    case 'data_key': {
      if (value.kind === 'name') return value.text;
      const what = 'is `auto` or the name of a key in the data, such as `"REF_energy"`';
      return readText(context, name, value, what);
    }
  }
}

function readChoice(
  context: Context,
  name: string,
  schema: Extract<AttributeSchema, { type: 'choice' | 'choice_or_key' }>,
  value: Value,
  parent: string,
): CheckedValue | undefined {
  const words = Object.keys(schema.values);
  const allowsKey = schema.type === 'choice_or_key';
  const what = `is ${alternatives(allowsKey ? [...words, 'key("…")'] : words)}`;
  if (value.kind === 'call' && allowsKey) {
    const key = value.arguments.at(0);
    if (
      value.callee.text === 'key' &&
      value.arguments.length === 1 &&
      key?.kind === 'string' &&
      key.text !== '' &&
      value.unit === undefined
    )
      return { key: key.text };
  }
  if (value.kind === 'string' && words.includes(value.text)) {
    wrongType(context, name, what, value, [replace('Remove the quotes', value, value.text, true)]);
    return;
  }
  if (value.kind !== 'name') {
    wrongType(context, name, what, value);
    return;
  }
  if (words.includes(value.text)) return value.text;
  const isPlanned = isPlannedChoice(`${parent}.${name}`, value.text);
  const meant = isPlanned ? undefined : nearest(value.text, words);
  const ordered = meant === undefined ? words : [meant, ...words.filter((word) => word !== meant)];
  context.report({
    code: isPlanned ? 'PD0007' : 'PD0008',
    severity: 'error',
    span: value,
    message: isPlanned
      ? `\`${name} = ${value.text}\` is not available in this version of Nearsight: \`${name}\` ${what}.`
      : meant === undefined
        ? `\`${value.text}\` is no value of \`${name}\`: it ${what}.`
        : `\`${value.text}\` is no value of \`${name}\`: did you mean \`${meant}\`?`,
    fixes: ordered.map((word, i) => replace(`Write \`${word}\``, value, word, i === 0 && meant !== undefined)),
  });
  return undefined;
}

function readFrames(context: Context, name: string, example: string, value: Value): readonly string[] | undefined {
  const what = `is a list of files with frames, such as \`${example}\``;
  const texts = readTexts(context, name, what, value);
  const items = itemsOf(value);
  const wrong = texts === undefined ? [] : items.filter((_, k) => parseFrameRange(texts[k]) === undefined);
  for (const item of wrong) wrongType(context, name, what, item);
  return wrong.length === 0 ? texts : undefined;
}

/** One text in quotes, or a list of them; `what` is what they are for. */
function readTexts(context: Context, name: string, what: string, value: Value): readonly string[] | undefined {
  if (value.kind !== 'list') {
    const path = readText(context, name, value, what);
    return path === undefined ? undefined : [path];
  }
  if (value.unit !== undefined) {
    wrongType(context, name, what, value);
    return undefined;
  }
  if (value.items.length === 0) {
    reportEmpty(context, name, value);
    return undefined;
  }
  const paths = value.items.map((item) => readText(context, name, item, what)).filter((path) => path !== undefined);
  return paths.length === value.items.length ? paths : undefined;
}

/** A text in quotes that is not empty; `what` is what it is for. */
function readText(context: Context, name: string, value: Value, what: string): string | undefined {
  if (value.kind === 'string' && value.text !== '') return value.text;
  const fixes = value.kind === 'name' ? [replace('Put it in quotes', value, quote(value.text), true)] : [];
  if (value.kind === 'string') reportEmpty(context, name, value);
  else wrongType(context, name, what, value, fixes);
  return undefined;
}

function reportEmpty(context: Context, name: string, value: Value): void {
  context.report({ code: 'PD0005', severity: 'error', span: value, message: `\`${name}\` must not be empty.` });
}
