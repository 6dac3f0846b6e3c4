/** nearsight/units: in which units the definitions of the workspace say that a data file is which doesn't tell them itself. */
import path from 'node:path';
import * as v from 'valibot';
import { matchesGlob } from '../../engine/formats/globs';
import { unitsOf, type readFile } from '../../language/runner/reading';
import type { Attribute, Block, Item, Value } from '../../language/syntax/tree';
import { fileUnits, type FileUnits } from '../../protocol/units';

/** What one dataset says. */
export interface NamedUnits {
  /** Absolute paths and globs. */
  readonly files: readonly string[];
  readonly units: FileUnits;
}

/** What the datasets with a `units` block say, as they are written. */
export function unitsOfDatasets(items: readonly Item[], folder: string): NamedUnits[] {
  return blocksIn(items, 'dataset').flatMap((dataset) => {
    const block = blocksIn(dataset.items, 'units').at(0);
    if (block === undefined) return [];
    const parsed = v.safeParse(fileUnits, {
      length: textsOf(block, 'length').at(0) ?? 'angstrom',
      energy: textsOf(block, 'energy').at(0) ?? 'eV',
    });
    const files = ['files', 'test_files', 'validation_files'].flatMap((name) => textsOf(dataset, name));
    return parsed.success ? [{ files: files.map((file) => path.resolve(folder, file)), units: parsed.output }] : [];
  });
}

/** What the comments of an `input.nn` say of the `input.data` beside it. */
export function unitsOfInput({ tree }: ReturnType<typeof readFile>, folder: string): NamedUnits[] {
  const parsed = v.safeParse(fileUnits, unitsOf(tree));
  return parsed.success ? [{ files: [path.join(folder, 'input.data')], units: parsed.output }] : [];
}

/** What they say of a file; null if they say nothing, or not the same. */
export function unitsOfFile(file: string, said: readonly NamedUnits[]): FileUnits | null {
  const own = said.filter(({ files }) => files.some((pattern) => matchesGlob(pattern, file))).map(({ units }) => units);
  const [first] = own;
  return own.length > 0 && own.every(({ length, energy }) => length === first.length && energy === first.energy)
    ? first
    : null;
}

const blocksIn = (items: readonly Item[], name: string): Block[] =>
  items.filter((item): item is Block => item.kind === 'block' && item.name.text === name);

function textsOf({ items }: Block, name: string): string[] {
  const attribute = items.find(
    (item): item is Attribute => item.kind === 'attribute' && item.name.text === name && item.value !== undefined,
  );
  return attribute?.value === undefined ? [] : wordsIn(attribute.value);
}

const wordsIn = (value: Value): string[] =>
  value.kind === 'list'
    ? value.items.flatMap(wordsIn)
    : value.kind === 'string' || value.kind === 'name'
      ? [value.text]
      : [];
