/** Every problem that a command can end with has its page. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(__dirname, '../../..');
const CODE = /'((?:RN|PF|TR|MD|AL|NN)\d{3})'/g;

it('every code of a problem of the engine has its page, and every page its problem', () => {
  const codes = new Set<string>();
  for (const name of readdirSync(join(root, 'engine'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    for (const [, code] of readFileSync(join(root, 'engine', name), 'utf8').matchAll(CODE)) codes.add(code);
  }
  expect(codes.size).toBeGreaterThan(20);
  for (const code of codes) expect(existsSync(join(root, 'docs/diagnostics', `${code}.md`)), code).toBe(true);
  for (const page of readdirSync(join(root, 'docs/diagnostics'))) {
    // Most of NN are told by the language.
    const code = /^((?:RN|PF|TR|MD|AL)\d{3})\.md$/.exec(page)?.[1];
    if (code !== undefined) expect(codes).toContain(code);
  }
});
