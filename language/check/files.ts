/** Files that a definition names: missing ones (PD0901), and output that would leave the run folder (PD0911). */
import { parseFrameRange } from '../schema/frame-ranges';
import { isGlob } from '../schema/globs';
import type { BlockSchema } from '../schema/types';
import { quote } from '../syntax/lexer';
import { itemsOf, type Value } from '../syntax/tree';
import { nearest } from './nearest';
import { replace, type BlockReading, type Context, type Environment, type FileContext } from './reading';

/** Those that a block reads. */
export function checkInputs(context: FileContext, reading: BlockReading): void {
  if (!namesFiles(reading.schema)) return;
  for (const { schema, attribute, value } of reading.attributes.values()) {
    if (attribute.value === undefined || value === undefined) continue;
    if (schema.type === 'paths') {
      for (const item of itemsOf(attribute.value)) if (item.kind === 'string') checkExists(context, item, item.text);
    }
    if (schema.type === 'frames') {
      for (const item of itemsOf(attribute.value)) {
        const file = item.kind === 'string' ? parseFrameRange(item.text)?.file : undefined;
        if (file !== undefined) checkExists(context, item, file);
      }
    }
    if (schema.type === 'path' && schema.exists && typeof value === 'string')
      checkExists(context, attribute.value, value);
  }
  for (const inner of reading.blocks) checkInputs(context, inner);
}

/** Those that a block writes. */
export function checkOutputs(context: Context, reading: BlockReading): void {
  if (!namesFiles(reading.schema)) return;
  for (const { schema, attribute, value } of reading.attributes.values())
    if (
      schema.type === 'path' &&
      schema.kind === 'output' &&
      typeof value === 'string' &&
      attribute.value !== undefined
    )
      checkOutput(context, attribute.value, value);
  for (const inner of reading.blocks) checkOutputs(context, inner);
}

const withFiles = new Map<BlockSchema, boolean>();

/** Whether a block may name files, itself or in the blocks in it: most kinds need not be looked through. */
function namesFiles(schema: BlockSchema): boolean {
  let result = withFiles.get(schema);
  if (result === undefined) {
    const { attributes, blocks = {} } = schema;
    result =
      Object.values(attributes).some(({ type }) => ['path', 'paths', 'frames'].includes(type)) ||
      Object.values(blocks).some(namesFiles);
    withFiles.set(schema, result);
  }
  return result;
}

function checkExists(context: FileContext, span: Value, path: string): void {
  const { environment } = context;
  if (environment === undefined) return;
  const many = isGlob(path);
  if (many ? (environment.matches?.(path) ?? 1) > 0 : environment.exists(path)) return;
  context.report({
    code: 'PD0901',
    severity: 'error',
    span,
    message: many
      ? `No file matches \`${path}\`. Paths are relative to this file.`
      : `There is no file \`${path}\`. Paths are relative to this file.`,
    fixes: many
      ? []
      : similarFiles(environment, path).map((other, i) => replace(`Write \`${other}\``, span, quote(other), i === 0)),
  });
}

const DATA = /\.(?:ext)?xyz$|\.data$|^(?:POSCAR|CONTCAR|XDATCAR)|\.gz$/iu;

/** The file of the same folder that is probably meant: one with a similar name, or the only one with data. */
function similarFiles(environment: Environment, path: string): readonly string[] {
  const slash = path.lastIndexOf('/') + 1;
  const names = (environment.list?.(slash === 0 ? '.' : path.slice(0, slash)) ?? [])
    .filter((entry) => !entry.folder)
    .map(({ name }) => name);
  const similar = nearest(path.slice(slash), names);
  const data = names.filter((name) => DATA.test(name));
  const meant = similar ?? (data.length === 1 ? data[0] : undefined);
  return meant === undefined ? [] : [path.slice(0, slash) + meant];
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
