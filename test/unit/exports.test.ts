/** What is exported is read by another file or by a test: else it is the file's own. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(__dirname, '../..');
const SOURCES = ['protocol', 'language', 'engine', 'server', 'extension', 'webview'];

const filesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')));

const texts = new Map(
  [...SOURCES, 'test', 'scripts'].flatMap(filesIn).map((file) => [file, readFileSync(path.join(root, file), 'utf8')]),
);

/** `file name` of what files take from each other; `file *` where they take all. */
const taken = new Set(
  [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/(?:^|[^\w])(?:import|export)\b([^;'"]*?)\(?\s*['"](\.[^'"]+)['"]/g)].flatMap(
      ([, what, specifier]) => {
        const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.ts$/, '');
        const braces = /\{([^}]*)\}/.exec(what)?.[1];
        if (braces === undefined) return [`${target} *`];
        const names = braces.split(',').map(
          (one) =>
            one
              .replace(/^\s*type\s/, '')
              .trim()
              .split(' ')[0],
        );
        return names.map((name) => `${target} ${name}`);
      },
    ),
  ),
);

test('every exported value has a reader', () => {
  const unread = [...texts].flatMap(([file, text]) => {
    const own = file.replace(/\.ts$/, '');
    if (!SOURCES.includes(file.split('/')[0]) || taken.has(`${own} *`)) return [];
    const names = [...text.matchAll(/^export (?:async )?(?:const|function\*?|class) (\w+)/gm)].map(([, name]) => name);
    return names.filter((name) => !taken.has(`${own} ${name}`)).map((name) => `${file}: ${name}`);
  });
  // VS Code calls it.
  expect(unread).toEqual(['extension/main.ts: activate']);
});
