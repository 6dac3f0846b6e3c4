import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cases } from './cases';

const ROOT = resolve(import.meta.dirname, '../../../..');

const codesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => readFileSync(join(ROOT, folder, name), 'utf8').match(/(?<=')NN\d{3}(?=')/gu) ?? []);

const pages = readdirSync(join(ROOT, 'docs/diagnostics')).filter((name) => /^NN\d{3}\.md$/u.test(name));

describe('the pages of diagnostics of input.nn', () => {
  it('are one for each code in the source, and no more', () => {
    const codes = new Set(['language', 'engine', 'server'].flatMap(codesIn));
    expect(pages.map((name) => name.slice(0, -3)).sort()).toEqual([...codes].sort());
  });

  it('are about codes that tests bring about', () => {
    const elsewhere = ['NN040', 'NN041', 'NN042', 'NN090', 'NN091', 'NN092', 'NN097', 'NN100'];
    // By companions.test.ts, data.test.ts and convert.test.ts.
    const tested = new Set([...cases.map(({ code }) => code), ...elsewhere]);
    expect([...new Set(codesIn('language/runner'))].filter((code) => !tested.has(code))).toEqual([]);
  });

  it.each(pages)('%s says what, why and the way out', (name) => {
    const text = readFileSync(join(ROOT, 'docs/diagnostics', name), 'utf8');
    expect(text).toMatch(
      new RegExp(
        `^# ${name.slice(0, -3)}: .+\n\n.+\n\n\\*\\*Why it matters\\.\\*\\* .+\n\n\\*\\*Way out\\.\\*\\* .+\n`,
        'u',
      ),
    );
  });
});
