/** Files that a definition names: missing ones (PD0901), and output that would leave the run folder (PD0911). */
import type { Value } from '../syntax/tree';
import { quote } from '../syntax/lexer';
import { replace, type BlockReading, type Context } from './reading';

export function checkFiles(context: Context, reading: BlockReading): void {
  for (const { schema, attribute, value } of reading.attributes.values()) {
    if (attribute.value === undefined || value === undefined) continue;
    if (schema.type === 'paths') {
      const items: readonly Value[] = attribute.value.kind === 'list' ? attribute.value.items : [attribute.value];
      for (const item of items) if (item.kind === 'string') checkExists(context, item, item.text);
    }
    if (schema.type !== 'path' || typeof value !== 'string') continue;
    if (schema.exists) checkExists(context, attribute.value, value);
    if (schema.kind === 'output') checkOutput(context, attribute.value, value);
  }
  for (const inner of reading.blocks) checkFiles(context, inner);
}

function checkExists(context: Context, span: Value, path: string): void {
  const { environment } = context;
  if (environment === undefined) return;
  const isGlob = /[*?[\]{}]/u.test(path);
  if (isGlob && environment.matches === undefined) return;
  if (isGlob ? environment.matches!(path) > 0 : environment.exists(path)) return;
  context.report({
    code: 'PD0901',
    severity: 'error',
    span,
    message: isGlob
      ? `No file matches \`${path}\`. Paths are relative to this file.`
      : `There is no file \`${path}\`. Paths are relative to this file.`,
  });
}

function checkOutput(context: Context, span: Value, path: string): void {
  if (!/[/\\]|^\.|[<>:"|?*\p{Cc}]/u.test(path)) return;
  const name =
    path
      .replace(/^.*[/\\]/u, '')
      .replace(/[<>:"|?*\p{Cc}]/gu, '_')
      .replace(/^\.+/u, '') || 'trajectory.xyz';
  context.report({
    code: 'PD0911',
    severity: 'error',
    span,
    message: 'Results are written into the run folder: give a file name, not a path.',
    fixes: [replace(`Write \`${name}\``, span, quote(name), true)],
  });
}
