import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { reference } from '../../../../language/schema/reference';
import { check } from '../../../../language/check/check';
import { parse } from '../../../../language/syntax/parser';

const FOLDER = resolve(import.meta.dirname, '../../../../docs/reference');

it('is in docs/reference as the vocabulary makes it (if not: node scripts/docs.mjs)', () => {
  const pages = reference();
  const isGenerated = (name: string): boolean => readFileSync(join(FOLDER, name), 'utf8').startsWith('<!-- Generated');
  expect(readdirSync(FOLDER).filter(isGenerated).sort()).toEqual(Object.keys(pages).sort());
  for (const [name, text] of Object.entries(pages)) expect(readFileSync(join(FOLDER, name), 'utf8'), name).toBe(text);
});

it('shows examples that are good', () => {
  const examples = [...reference()['language.md'].matchAll(/```potential\n([\s\S]*?)```/gu)].map(([, text]) => text);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(check(parse(example)).diagnostics).toEqual([]);
});
