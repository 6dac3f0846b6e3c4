/** Every code that the language was designed with has a page. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const folder = resolve(__dirname, '../../docs/diagnostics');

/** The catalogue of the design, by the first and last of each run of numbers. */
const CATALOGUE = `PD0001-0006 PD0101-0108 PD0201-0206 PD0301-0313 PD0330-0332 PD0401-0405 PD0501-0502 PD0601-0606 PD0701
  PD0901-0910 PD1001-1006 PD1101-1105 PD1201-1206 PD1301-1302
  NN001-008 NN010-013 NN020-023 NN030-042 NN050-055 NN060-063 NN070-082 NN090-095`;

function codesOf(text: string): string[] {
  return [...text.matchAll(/\b([A-Z]{2})(\d{3,4})(?:(?:-| to [A-Z]{2})(\d{3,4}))?\b/g)].flatMap(
    ([, family, from, to = from]) =>
      Array.from(
        { length: Number(to) - Number(from) + 1 },
        (_, k) => family + String(Number(from) + k).padStart(from.length, '0'),
      ),
  );
}

test('every code of the catalogue has a page', () => {
  const pages = new Set(readdirSync(folder).map((name) => name.slice(0, -3)));
  expect(codesOf(CATALOGUE).filter((code) => !pages.has(code))).toEqual([]);
});
