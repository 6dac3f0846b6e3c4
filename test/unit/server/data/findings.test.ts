/** What is conspicuous in the structures of a dataset, from files on the disk, and that fixes mend it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../../../language/check/check';
import type { DataFacts, DataFinding } from '../../../../language/check/facts';
import type { Diagnostic, Fix } from '../../../../language/diagnostic';
import { parse } from '../../../../language/syntax/parser';
import { findingsOf } from '../../../../server/data/findings';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nearsight-findings-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const FACTS: DataFacts = {
  frames: 1,
  atoms: { minimum: 1, maximum: 1, total: 1 },
  elements: {},
  keys: {},
  columns: {},
  words: {},
};

/** The diagnostics of a text, as soon as its datasets have been looked into. */
async function diagnose(text: string, where = folder): Promise<readonly Diagnostic[]> {
  const known = new Map<string, DataFinding[]>();
  for (const { name, options, units } of check(parse(text)).definition.datasets.values()) {
    const files = options.files.map((file) => path.join(where, file));
    known.set(name, await findingsOf({ dataset: { name, options, units }, folder: where, files }, signal));
  }
  const environment = {
    exists: () => true,
    summary: () => FACTS,
    findings: (one: { name: string }) => known.get(one.name),
  };
  return check(parse(text), environment).diagnostics;
}

const mend = (text: string, { edits }: Fix): string =>
  edits.reduceRight(
    (result, { span, text: added }) => result.slice(0, span.start) + added + result.slice(span.end),
    text,
  );

/** Two atoms; the frames of a file one after the other are near each other. */
const frame = (distance: number, energy = distance, force = 0.5): string =>
  `2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=${energy}\nH 0 0 0 ${force} 0 0\nO ${distance} 0 0 -0.5 0 0\n`;
const apart = (count: number): string[] => Array.from({ length: count }, (_, k) => frame(1 + 0.7 * (k % 2) + 0.01 * k));
const text = (more = 'test = 0'): string => `dataset d {\n  files = ["d.xyz"]\n  ${more}\n}\n`;

const CASES: readonly (readonly [code: string, frames: readonly string[], conspicuous: readonly number[]])[] = [
  ['PD0906', [...apart(20), frame(1.02)], [20]],
  ['PD0907', [...apart(20), frame(1.55, 50)], [20]],
  ['PD0904', [...apart(20), frame(1.55, 1.5, 0.6)], [20]],
  ['PD0912', [...apart(20), frame(1.02, 2)], [20]],
  ['PD0913', [...apart(20), frame(0.3, 1.5)], [20]],
];

test.each(CASES)('%s names the frames, and its fix leaves them out', async (code, frames, conspicuous) => {
  await writeFile(path.join(folder, 'd.xyz'), frames.join(''));
  const found = (await diagnose(text())).find((one) => one.code === code);
  expect(found?.related).toEqual(
    conspicuous.map((k) => ({ file: path.join(folder, 'd.xyz'), line: 4 * k, message: `frame ${k}` })),
  );
  const [fix] = found?.fixes ?? [];
  const mended = mend(text(), fix);
  expect(mended).toContain(`exclude = ["d.xyz:${conspicuous.join()}"]`);
  expect((await diagnose(mended)).map((one) => one.code)).not.toContain(code);
});

test('a leak into the test set is mended by a split by trajectory', async () => {
  await writeFile(path.join(folder, 'd.xyz'), Array.from({ length: 60 }, (_, k) => frame(1 + 0.02 * k)).join(''));
  const leaking = text('test = 20 %; split_by = random');
  const found = (await diagnose(leaking)).find(({ code }) => code === 'PD0606');
  const [fix] = found?.fixes ?? [];
  expect((await diagnose(mend(leaking, fix))).map(({ code }) => code)).not.toContain('PD0606');
});

test('nothing is conspicuous in the examples', async () => {
  const root = path.resolve(import.meta.dirname, '../../../../examples');
  for (const name of await readdir(root)) {
    const own = path.join(root, name);
    const example = await readFile(path.join(own, `${name}.potential`), 'utf8');
    const found = (await diagnose(example, own)).filter(({ related }) => related !== undefined);
    expect(found, name).toEqual([]);
  }
});
