/** Names that refer to blocks: unknown ones (PD0801) and blocks of the same name (PD0802). */
import type { Label } from '../syntax/tree';
import { quote } from '../syntax/lexer';
import { nearest } from './nearest';
import { insert, replace, type BlockReading, type Context } from './reading';
import { uniqueLabel } from './structure';

export function checkNames(context: Context, file: readonly BlockReading[]): void {
  const labels = new Map<string, Map<string, Label>>();
  for (const { name, label } of file) {
    if (label === undefined) continue;
    const named = labels.get(name) ?? new Map<string, Label>();
    labels.set(name, named);
    const first = named.get(label.text);
    if (first === undefined) named.set(label.text, label);
    else {
      const free = uniqueLabel(context, name, label.text);
      context.report({
        code: 'PD0802',
        severity: 'error',
        span: label,
        message: `There is already a ${name} \`${label.text}\`: names of one kind of block differ.`,
        fixes: [replace(`Rename it to \`${free}\``, label, free, true)],
        related: [{ span: first, message: 'the first of that name' }],
      });
    }
  }
  for (const reading of file) {
    for (const { schema, value, attribute } of reading.attributes.values()) {
      if (schema.type !== 'reference' || typeof value !== 'string' || attribute.value === undefined) continue;
      const known = [...(labels.get(schema.to)?.keys() ?? [])];
      if (known.includes(value)) continue;
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
          ...(meant === undefined ? [] : [replace(`Write \`${meant}\``, attribute.value, spelled(meant), true)]),
          ...(schema.to === 'potential' && context.tree.errors.length === 0
            ? [
                insert(
                  `Add a potential \`${value}\``,
                  reading.block.start,
                  `potential ${spelled(value)} {\n  elements = [H, O]\n}\n\n`,
                ),
              ]
            : []),
        ],
      });
    }
  }
}

function spelled(label: string): string {
  return /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(label) ? label : quote(label);
}
