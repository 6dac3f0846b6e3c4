/** After any edits tree, diagnostics and definition are those of the text, and what an edit does not touch is not made again. */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, type Environment } from '../../../language/check/check';
import { tokensAt } from '../../../language/syntax/lexer';
import { parse, parseWhole } from '../../../language/syntax/parser';
import { LongBlock, PlacedBlock } from '../../../language/syntax/sections';
import type { Section, SyntaxTree } from '../../../language/syntax/tree';
import { oneBlock } from '../../fixtures/language/long-files';
import { mutation, potentialText, soup } from './arbitrary';
import { cases } from './check/cases';

const RICH = readFileSync(new URL('../../fixtures/language/rich.potential', import.meta.url), 'utf8');

const environment: Environment = {
  exists: (path) => !path.includes('missing'),
  matches: (glob) => (glob.includes('missing') ? 0 : 3),
};

/** With blocks that are made when somebody looks at them as if they were there. */
function plain(data: unknown): unknown {
  if (data instanceof Uint8Array || data instanceof Int32Array) return data;
  if (Array.isArray(data)) return data.map(plain);
  if (typeof data !== 'object' || data === null) return data;
  if (data instanceof PlacedBlock || data instanceof LongBlock) {
    const { kind, start, end, name, labels, items, open, close } = data;
    return plain({ kind, start, end, name, labels, items, ...(open && { open }), ...(close && { close }) });
  }
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plain(value)]));
}

const contentOf = ({ text, tokens, file, errors }: SyntaxTree): unknown => plain({ text, tokens, file, errors });

/** One after the other: what is typed, taken out, doubled (as by copy and paste) or moved. */
type Edit = (text: string) => string;

const edit = (): fc.Arbitrary<Edit> => {
  const at = fc.double({ min: 0, max: 1, noNaN: true });
  const offset = (text: string, fraction: number): number => Math.floor(fraction * text.length);
  const lineStart = (text: string, fraction: number): number => text.lastIndexOf('\n', offset(text, fraction)) + 1;
  return fc.oneof(
    fc
      .tuple(
        at,
        fc.oneof(
          soup(),
          fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            '#',
            '\n',
            '\r',
            ' ',
            'x',
            'p q {\n',
            '  radial H O {',
            ' eta = [1, 3',
          ),
        ),
      )
      .map(
        ([where, inserted]): Edit =>
          (text) =>
            text.slice(0, offset(text, where)) + inserted + text.slice(offset(text, where)),
      ),
    fc.tuple(at, fc.nat(30)).map(
      ([where, length]): Edit =>
        (text) =>
          text.slice(0, offset(text, where)) + text.slice(offset(text, where) + length),
    ),
    fc.tuple(at, at, at, fc.boolean()).map(([a, b, c, keeps]): Edit => {
      return (text) => {
        const [from, to] = [lineStart(text, Math.min(a, b)), lineStart(text, Math.max(a, b))];
        const rest = keeps ? text : text.slice(0, from) + text.slice(to);
        const where = lineStart(rest, c);
        return (rest.slice(0, where) + text.slice(from, to) + rest.slice(where)).slice(0, 8000);
      };
    }),
  );
};

/** Long enough to be cut into parts, with statements over several lines, lists, comments, repeated attributes. */
const LONG_BLOCK = oneBlock(40)
  .replace('  cutoff = 6.35 Å', '  cutoff = 6.35 Å # far\n\n  # note { [\n  cutoff = 6 Å; scaling = none')
  .replace(/ {2}radial H C \{ (.*) \}/, '  radial H C {\n    $1\n  }')
  .replace(/ {2}angular C .*\{ kind/, '$&')
  .replace('eta = 0.02 Å^-2', 'eta = [\n    0.02, # two\n    0.03,\n  ] Å^-2');

const file = (): fc.Arbitrary<string> =>
  fc.oneof(
    potentialText(RICH),
    mutation(LONG_BLOCK),
    fc.constant(LONG_BLOCK),
    fc
      .array(fc.constantFrom(...cases.map(({ text }) => text)), { minLength: 1, maxLength: 4 })
      .map((texts) => texts.join('\n')),
  );

describe('a tree that is made from the one before', () => {
  it('is the tree of the text, after any edits; and the one before stays as it was', () => {
    fc.assert(
      fc.property(file(), fc.array(edit(), { minLength: 1, maxLength: 6 }), (text, edits) => {
        let now = text;
        const trees = [parse(now)];
        for (const change of edits) {
          now = change(now);
          trees.push(parse(now, trees.at(-1)));
        }
        for (const tree of trees) expect(contentOf(tree)).toStrictEqual(contentOf(parse(tree.text)));
      }),
      { numRuns: 100 },
    );
  });

  it('has the diagnostics and the definition of the text, after any edits', () => {
    fc.assert(
      fc.property(file(), fc.array(edit(), { minLength: 1, maxLength: 6 }), (text, edits) => {
        let now = text;
        let tree = parse(now);
        check(tree, environment);
        for (const change of edits) {
          now = change(now);
          tree = parse(now, tree);
          const { diagnostics, definition } = check(tree, environment);
          const anew = check(parse(now), environment);
          expect(diagnostics).toStrictEqual(anew.diagnostics);
          expect(definition).toStrictEqual(anew.definition);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('shares all sections but the one that was edited', () => {
    const before = parse(RICH);
    // The comment at the top, and each block.
    expect(before.sections).toHaveLength(1 + before.file.items.length);
    const at = RICH.indexOf('test');
    const after = parse(`${RICH.slice(0, at)}energy = auto\n  ${RICH.slice(at)}`, before);
    const fresh = after.sections.filter(({ section }) => !before.sections.some((other) => other.section === section));
    expect(fresh).toHaveLength(1);
    expect(fresh[0].section.text).toMatch(/^dataset/u);
    // In front of the edit not even the places change.
    const edited = after.sections.indexOf(fresh[0]);
    expect(edited).toBeGreaterThan(1);
    for (let i = 0; i < edited; i++) expect(after.sections[i]).toBe(before.sections[i]);
  });

  it('asks about files anew', () => {
    const tree = parse('dataset d { files = "a.xyz" }');
    const codes = (exists: boolean): string[] =>
      check(tree, { exists: () => exists }).diagnostics.map(({ code }) => code);
    expect([codes(false), codes(true), codes(false)]).toEqual([['PD0901'], [], ['PD0901']]);
  });
});

describe('sections', () => {
  it('cover the text, and begin with a line', () => {
    fc.assert(
      fc.property(file(), (text) => {
        const { sections } = parse(text);
        expect(sections.map(({ section }) => section.text).join('')).toBe(text);
        let position = 0;
        for (const { section, start } of sections) {
          expect(start).toBe(position);
          expect(start === 0 || /[\r\n]$/u.test(text.slice(0, start))).toBe(true);
          position += section.text.length;
        }
      }),
    );
  });

  const contentOfSection = ({ text, tokens, items, errors }: Section): unknown =>
    plain({ text, tokens, items, errors });

  it('may be cut into parts without any difference', () => {
    let long = 0;
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(LONG_BLOCK), mutation(LONG_BLOCK)),
        fc.array(edit(), { maxLength: 3 }),
        (start, edits) => {
          const text = edits.reduce((now, change) => change(now), start);
          for (const { section } of parse(text).sections) {
            if (section.parts === undefined) continue;
            long++;
            expect(section.parts.map((part) => part.section.text).join('')).toBe(section.text);
            expect(contentOfSection(section)).toStrictEqual(contentOfSection(parseWhole(section.text)));
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(long).toBeGreaterThan(50);
  });

  it('share the parts that an edit does not touch, also while a brace or bracket is open', () => {
    const before = parse(oneBlock(100));
    const line = before.text.indexOf('\n', before.text.length / 2) + 1;
    for (const typed of [
      '  radial H O { eta = 1 Å^-2 }\n',
      '  radial H O {\n',
      '  radial H O { eta = [1, 3\n',
      '  # note\n',
    ]) {
      const after = parse(before.text.slice(0, line) + typed + before.text.slice(line), before);
      const known = new Set(before.sections[0].section.parts?.map(({ section }) => section));
      const fresh = after.sections[0].section.parts?.filter(({ section }) => !known.has(section)) ?? [];
      // The frame in front and behind, and the line.
      expect(fresh.map(({ section }) => section.text)).toEqual(['potential long {\n', typed, '}\n']);
    }
  });

  it('make no difference where every brace is closed', () => {
    const isClosed = (text: string): boolean => {
      let depth = 0;
      for (const { start, end } of parse(text).tokens) {
        const token = text.slice(start, end);
        depth = Math.max(0, depth + (token === '{' ? 1 : token === '}' ? -1 : 0));
      }
      return depth === 0;
    };
    fc.assert(
      fc.property(file(), fc.array(edit(), { maxLength: 3 }), (start, edits) => {
        const text = edits.reduce((now, change) => change(now), start);
        fc.pre(isClosed(text));
        const { tokens, items, errors } = parseWhole(text);
        const tree = parse(text);
        expect(tree.tokens).toStrictEqual(tokensAt(tokens, 0));
        expect(plain(tree.file.items)).toStrictEqual(plain(items));
        expect(tree.errors).toStrictEqual(errors);
      }),
      { numRuns: 300 },
    );
  });

  it('begin at each header from a brace on that nothing closes, but inside of none that something closes', () => {
    const headers = (text: string): string[] => parse(text).sections.map(({ section }) => section.text.split('\n')[0]);
    expect(headers('a x {\n}\nb y {\n  c = 1\nd z {\ne {\n}\n')).toEqual(['a x {', 'b y {', 'd z {', 'e {']);
    expect(headers('a x {\nb y {\n}\n}\nc {\n}')).toEqual(['a x {', 'c {']);
    expect(headers('}\na x {\nb y {\n}\n}\nc {\n}')).toEqual(['}', 'a x {', 'c {']);
    expect(headers('a x { # }\nb "}" {\n}\n')).toEqual(['a x { # }', 'b "}" {']);
  });
});
