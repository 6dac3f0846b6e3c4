/** Snippets and colours that the manifest gives the editor: what they say is of the language. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { check } from '../../../language/check/check';
import { parse } from '../../../language/syntax/parser';
import { format } from '../../../language/syntax/printer';
import { legend } from '../../../server/features/semantic-tokens';

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const { contributes } = v.parse(
  v.object({
    contributes: v.object({
      grammars: v.array(v.object({ language: v.string(), path: v.string() })),
      snippets: v.array(v.object({ language: v.string(), path: v.string() })),
      semanticTokenScopes: v.array(
        v.object({ language: v.string(), scopes: v.record(v.string(), v.array(v.string())) }),
      ),
    }),
  }),
  json('package.json'),
);

test('snippets, left as they are offered, are files without a complaint and as the formatter has them', () => {
  for (const { language, path } of contributes.snippets) {
    expect(language).toBe('potential');
    const snippets = v.parse(v.record(v.string(), v.object({ body: v.array(v.string()) })), json(path));
    for (const { body } of Object.values(snippets)) {
      const text = body
        .join('\n')
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replace(/\$\d+/g, '');
      expect(check(parse(text)).diagnostics).toEqual([]);
      expect(format(text)).toBe(text);
    }
  }
});

test('what the server marks has the colour of the same word in the grammar', () => {
  for (const { language, scopes } of contributes.semanticTokenScopes) {
    const grammar = contributes.grammars.find((one) => one.language === language);
    const text = readFileSync(grammar?.path ?? '', 'utf8');
    for (const [type, names] of Object.entries(scopes)) {
      expect(legend.tokenTypes).toContain(type);
      for (const name of names) expect(text).toContain(`"${name}"`);
    }
  }
});
