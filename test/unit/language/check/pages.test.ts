import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../../../language/check/check';
import { parse } from '../../../../language/syntax/parser';
import { format } from '../../../../language/syntax/printer';
import { cases } from './cases';
import { worlds } from './data-cases';

const ROOT = resolve(import.meta.dirname, '../../../..');

const codesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => readFileSync(join(ROOT, folder, name), 'utf8').match(/(?<=')PD\d{4}(?=')/gu) ?? []);

const pages = readdirSync(join(ROOT, 'docs/diagnostics')).filter((name) => /^PD\d{4}\.md$/u.test(name));

describe('the pages of diagnostics', () => {
  it('are one for each code in the source, and no more', () => {
    const codes = new Set(['language', 'engine', 'server'].flatMap(codesIn));
    expect(pages.map((name) => name.slice(0, -3)).sort()).toEqual([...codes].sort());
  });

  it('are about codes that tests bring about', () => {
    const tested = new Set([...cases, ...worlds.flatMap(([, , own]) => own)].map(({ code }) => code));
    expect([...new Set(codesIn('language'))].filter((code) => !tested.has(code))).toEqual([]);
  });

  it.each(pages)('%s shows what it speaks of', (name) => {
    const code = name.slice(0, -3);
    const text = readFileSync(join(ROOT, 'docs/diagnostics', name), 'utf8');
    expect(text).toMatch(
      new RegExp(`^# ${code}: .+\n\n.+\n\n\\*\\*Why it matters\\.\\*\\* .+\n\n\\*\\*Way out\\.\\*\\* .+\n`, 'u'),
    );
    const example = /```potential\n([\s\S]*?)```/u.exec(text)?.[1];
    if (example === undefined) return;
    const codes = check(parse(example)).diagnostics.map((diagnostic) => diagnostic.code);
    expect(codes).toContain(code);
    expect(new Set(codes).size, codes.join()).toBe(1);
    expect(parse(format(example)).errors).toHaveLength(parse(example).errors.length);
  });
});
