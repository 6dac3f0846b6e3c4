/** Files and folders that are renamed or moved, and what names them. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { expect, test } from 'vitest';
import { renameFiles } from '../../../../server/features/rename-files';
import { outlineOf, type Outline } from '../../../../server/features/workspace-symbols';

const documentOf = (file: string, text: string): TextDocument =>
  TextDocument.create(pathToFileURL(file).href, 'potential', 1, text);
const outlinesOf = (texts: Readonly<Record<string, string>>): Map<string, Outline> =>
  new Map(
    Object.entries(texts).map(([file, text]) => [file, outlineOf(documentOf(file, text), false, path.dirname(file))]),
  );

/** The texts afterwards, by where they stand then. */
function renamed(
  texts: Readonly<Record<string, string>>,
  moves: Readonly<Record<string, string>>,
): Record<string, string> {
  const files = Object.entries(moves).map(([from, to]) => ({
    oldUri: pathToFileURL(from).href,
    newUri: pathToFileURL(to).href,
  }));
  const { changes = {} } = renameFiles(outlinesOf(texts), files);
  return Object.fromEntries(
    Object.entries(texts).map(([file, text]) => {
      const document = documentOf(file, text);
      const move = Object.entries(moves).find(([from]) => file === from || file.startsWith(`${from}/`));
      const target = move === undefined ? file : move[1] + file.slice(move[0].length);
      return [target, TextDocument.applyEdits(document, changes[document.uri] ?? [])];
    }),
  );
}

const TEXT = `dataset d {
  files = ["data/a.xyz", "data/*.xyz", "/elsewhere/b.xyz"]
  exclude = ["data/a.xyz:3-5"]
}
potential p { load = "old/potential/" }
md m { potential = p; structure = "data/a.xyz"; duration = 1 ps; output { file = "a.xyz" } }
`;

test('a file that is renamed is named so everywhere, with its frames, and what is written is not', () => {
  expect(renamed({ '/w/p.potential': TEXT }, { '/w/data/a.xyz': '/w/data/b c.xyz' })).toEqual({
    '/w/p.potential': TEXT.replaceAll('data/a.xyz', 'data/b c.xyz'),
  });
});

test('a new document that is not saved yet is edited where it is', () => {
  const document = TextDocument.create('untitled:/w/new.potential', 'potential', 1, TEXT);
  const outlines = new Map([['/w/new.potential', outlineOf(document, false, '/w')]]);
  const { changes } = renameFiles(outlines, [{ oldUri: 'file:///w/data', newUri: 'file:///w/more' }]);
  expect(Object.keys(changes ?? {})).toEqual([document.uri]);
});

test('a folder that is renamed takes its files and patterns with it', () => {
  expect(renamed({ '/w/p.potential': TEXT }, { '/w/data': '/w/more/data', '/w/old/potential': '/w/new' })).toEqual({
    '/w/p.potential': TEXT.replaceAll('data/', 'more/data/').replace('old/potential/', 'new/'),
  });
});

test('a definition that is moved still finds what it names, also when it is moved with it', () => {
  expect(renamed({ '/w/p.potential': TEXT }, { '/w/p.potential': '/w/sub/q.potential' })).toEqual({
    '/w/sub/q.potential': TEXT.replaceAll('data/', '../data/').replace('old/', '../old/'),
  });
  expect(renamed({ '/w/p.potential': TEXT }, { '/w': '/v' })).toEqual({ '/v/p.potential': TEXT });
  expect(renamed({ '/w/p.potential': TEXT }, { '/w/p.potential': '/w/q.potential' })).toEqual({
    '/w/q.potential': TEXT,
  });
});

test('whatever is moved, all that was named is named afterwards', () => {
  const folder = fc.constantFrom('/w', '/w/a', '/w/a/b', '/w/c');
  const name = fc.constantFrom('x.xyz', 'y z.xyz', 'a');
  const place = fc.tuple(folder, name).map(([where, what]) => path.join(where, what));
  fc.assert(
    fc.property(place, folder, folder, place, (data, from, to, other) => {
      fc.pre(from !== to && !to.startsWith(`${from}/`));
      const file = '/w/a/p.potential';
      const text = `dataset d { files = [${[data, other].map((one) => `"${path.relative('/w/a', one)}"`).join(', ')}] }\n`;
      const moved = (one: string): string =>
        one === from || one.startsWith(`${from}/`) ? to + one.slice(from.length) : one;
      const after = renamed({ [file]: text }, { [from]: to });
      const [[where, changed]] = Object.entries(after);
      expect(where).toBe(moved(file));
      const { mentions } = outlineOf(documentOf(where, changed), false, path.dirname(where));
      expect(mentions.map((one) => one.path)).toEqual([data, other].map(moved));
    }),
  );
});
