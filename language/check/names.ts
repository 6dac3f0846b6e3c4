/** Names that refer to blocks: unknown ones (PD0801) and blocks of the same name (PD0802). */
import { writeName } from '../syntax/lexer';
import { moved } from '../syntax/sections';
import { nearest } from './nearest';
import { insert, replace, type FileContext, type Names, type Placed } from './reading';

export function namesOf(file: readonly Placed[]): Names {
  const names = new Map<string, Map<string, Placed>>();
  for (const placed of file) {
    const { name, label } = placed.reading;
    if (label === undefined) continue;
    const named = names.get(name) ?? new Map<string, Placed>();
    names.set(name, named);
    if (!named.has(label.text)) named.set(label.text, placed);
  }
  return names;
}

/** A good name that no block of that kind has yet. */
export function uniqueLabel(names: Names, kind: string, wish: string): string {
  const taken = names.get(kind);
  const base =
    wish
      .replace(/[^\p{L}\p{N}_]+/gu, '_')
      .replace(/^(?![\p{L}_])/u, '_')
      .slice(0, 60) || kind;
  let name = base;
  for (let i = 2; taken?.has(name); i++) name = `${base}_${i}`;
  return name;
}

export function checkNames(context: FileContext, placed: Placed): void {
  const { names, start } = context;
  const { name, label, block, attributes } = placed.reading;
  const first = label && names.get(name)?.get(label.text);
  if (label !== undefined && first?.reading.label !== undefined && first !== placed) {
    const free = uniqueLabel(names, name, label.text);
    context.report({
      code: 'PD0802',
      severity: 'error',
      span: label,
      message: `There is already a ${name} \`${label.text}\`: names of one kind of block differ.`,
      fixes: [replace(`Rename it to \`${free}\``, label, free, true)],
      related: [{ span: moved(first.reading.label, first.start - start), message: 'the first of that name' }],
    });
  }
  for (const { schema, value, attribute } of attributes.values()) {
    if (schema.type !== 'reference' || typeof value !== 'string' || attribute.value === undefined) continue;
    if (names.get(schema.to)?.has(value)) continue;
    const known = [...(names.get(schema.to)?.keys() ?? [])];
    const meant = nearest(value, known) ?? (known.length === 1 ? known[0] : undefined);
    context.report({
      code: 'PD0801',
      severity: 'error',
      span: attribute.value,
      message:
        meant !== undefined
          ? `There is no ${schema.to} \`${value}\`: did you mean \`${meant}\`?`
          : known.length === 0
            ? `There is no ${schema.to} \`${value}\` in this file, nor any other ${schema.to}.`
            : `There is no ${schema.to} \`${value}\` in this file: there are ${known.slice(0, 8).join(', ')}.`,
      fixes: [
        ...(meant === undefined ? [] : [replace(`Write \`${meant}\``, attribute.value, writeName(meant), true)]),
        ...(schema.to === 'potential' && !context.hasSyntaxErrors
          ? [
              insert(
                `Add a potential \`${value}\``,
                block.start,
                `potential ${writeName(value)} {\n  elements = [H, O]\n}\n\n`,
              ),
            ]
          : []),
      ],
    });
  }
}
