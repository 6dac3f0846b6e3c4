import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { panelHtml } from '../../../extension/panels/html';
import {
  checked,
  frameParameters,
  isKind,
  openTextParameters,
  rememberedState,
  resultsPointAt,
  resultsDrawn,
  savedFile,
  saveStructuresParameters,
  structureParameters,
  trajectoryDrawn,
  trajectoryPointAt,
} from '../../../extension/panels/messages';

const page = {
  panel: 'results',
  title: 'train <water>',
  script: 'const text = "</script><!--";',
  style: 'body { margin: 0 }',
} as const;

test('the policy: scripts by nonce, nothing evaluated, nothing from elsewhere', () => {
  const html = panelHtml(page);
  const policy = /content="([^"]*)"/.exec(html)?.[1] ?? '';
  const rules = Object.fromEntries(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
  expect(rules['default-src']).toEqual(["'none'"]);
  expect(rules['script-src']).toHaveLength(1);
  expect(rules['script-src'][0]).toMatch(/^'nonce-[A-Za-z0-9+/]{22}=='$/);
  expect(policy).not.toMatch(/unsafe|https:|\*/);
  const scripts = (text: string): number => text.match(/<script/g)?.length ?? 0;
  expect(scripts(html)).toBe(1);
  expect(html.match(/<script nonce="[^"]{24}"/g)).toHaveLength(1);
  expect(html).toContain('train &lt;water&gt;');
  // The script ends where the page says, and means what it meant.
  expect(html.match(/<\/script|<!--/g)).toHaveLength(1);
  expect(html).toContain(String.raw`const text = "\x3c/script>\x3c!--";`);
  expect(panelHtml(page)).not.toBe(html);
  expect(html).not.toContain('data-state');
  const state = JSON.stringify({ path: '"></body><script>alert(1)</script>' });
  const withState = panelHtml({ ...page, state });
  expect(scripts(withState)).toBe(1);
  expect(withState).toContain('data-state="{&quot;path&quot;');
});

describe('messages', () => {
  const schemas = [
    resultsPointAt,
    trajectoryPointAt,
    structureParameters,
    openTextParameters,
    resultsDrawn,
    frameParameters,
    trajectoryDrawn,
    savedFile,
    rememberedState,
    saveStructuresParameters,
  ];

  test('of any other shape are refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.anything(), (schema, message) => {
        let called = false;
        expect(() =>
          checked(schema, () => {
            called = true;
          })(message),
        ).toThrow('malformed message');
        expect(called).toBe(false);
      }),
    );
  });

  test('numbers of frames are whole and not negative', () => {
    const handler = checked(frameParameters, ({ index }) => index);
    expect(handler({ index: 3 })).toBe(3);
    for (const index of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null])
      expect(() => handler({ index })).toThrow();
  });

  test('pictures and films are what they begin with', () => {
    expect(isKind(Buffer.from('89504e470d0a1a0a00', 'hex'), 'png')).toBe(true);
    expect(isKind(Buffer.from('1a45dfa301', 'hex'), 'webm')).toBe(true);
    expect(isKind(Buffer.from('1a45dfa301', 'hex'), 'png')).toBe(false);
    expect(isKind(Buffer.from('89504e47', 'hex'), 'png')).toBe(false);
    expect(isKind(Buffer.from('#!/bin/sh'), 'webm')).toBe(false);
  });
});
