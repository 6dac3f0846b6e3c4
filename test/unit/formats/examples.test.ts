import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset, readStructure } from '../../../engine/formats/dataset';
import { check } from '../../../language/check/check';
import { symbolOf } from '../../../language/elements';
import { parse } from '../../../language/syntax/parser';

const examples = resolve(import.meta.dirname, '../../../examples');

/** Frames, and those of them to test with, by dataset. */
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  gfn2: [1751, 350],
  b3lyp: [720, 144],
  lda: [239, 35],
  xtb: [499, 97],
};

test('every example is right: its text, its data, its structures', async () => {
  const folders = (await readdir(examples, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const seen: string[] = [];
  for (const { name } of folders) {
    const folder = join(examples, name);
    expect(existsSync(join(folder, 'README.md')), name).toBe(true);
    for (const file of (await readdir(folder)).filter((entry) => entry.endsWith('.potential'))) {
      const text = await readFile(join(folder, file), 'utf8');
      const { definition, diagnostics } = check(parse(text), { exists: (path) => existsSync(join(folder, path)) });
      expect(diagnostics, file).toEqual([]);
      for (const action of definition.actions) {
        if (action.kind === 'rate') continue;
        const potential = definition.potentials.get(action.options.potential);
        const elements = new Set(potential?.elements);
        if ('structure' in action.options) {
          const structure = await readStructure(join(folder, action.options.structure), action.options.frame);
          expect(structure.ok, action.options.structure).toBe(true);
          if (structure.ok) for (const z of structure.value.numbers) expect(elements).toContain(symbolOf(z));
        } else {
          const dataset = definition.datasets.get(action.options.dataset);
          if (dataset === undefined) throw new Error(`${action.name} names no dataset`);
          const loaded = await loadDataset(dataset, folder);
          if (!loaded.ok) throw new Error(loaded.problems[0].message);
          const { structures, set, warnings } = loaded.value;
          expect(warnings).toEqual([]);
          expect([structures.length, set.filter((s) => s === 1).length]).toEqual(SIZES[dataset.name]);
          for (const { numbers, energy, forces } of structures) {
            for (const z of numbers) expect(elements.has(symbolOf(z))).toBe(true);
            expect(energy).toBeLessThan(0);
            expect(forces).toHaveLength(3 * numbers.length);
          }
          seen.push(dataset.name);
        }
      }
    }
  }
  expect(new Set(seen)).toEqual(new Set(Object.keys(SIZES)));
});
