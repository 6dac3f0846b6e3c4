/** The pictures of README and docs: those that are shown are there, and those that are there are shown. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const pages = [
  'README.md',
  ...fs
    .readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];
/** Local pictures by the page that shows them, both from the root of the project. */
const shown = pages.flatMap((page) =>
  [...fs.readFileSync(path.join(root, page), 'utf8').matchAll(/!\[[^\]]*\]\(([^)#\s]+)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ page, image: path.join(path.dirname(page), target) })),
);

test('every picture that a page shows is there', () => {
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter(({ image }) => !fs.existsSync(path.join(root, image)))).toEqual([]);
});

test('every picture in docs/images is shown by a page', () => {
  const used = new Set(shown.map(({ image }) => image));
  const there = fs.readdirSync(path.join(root, 'docs', 'images')).map((name) => path.join('docs', 'images', name));
  expect(there.filter((image) => !used.has(image))).toEqual([]);
});
