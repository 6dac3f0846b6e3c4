/** `input.nn` over stdio, as a real client asks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver';
import { PREDICTION } from '../unit/language/runner/cases';
import { bundleServer, type Bundle } from './bundle';
import { startServer, type Session } from './client';

let bundle: Bundle;
let session: Session;
let version = 0;

beforeAll(async () => {
  bundle = await bundleServer();
  session = await startServer(bundle.file, { textDocument: { diagnostic: {} } });
});
afterAll(async () => {
  expect(await session.close()).toBe(0);
  expect(session.errors).toEqual([]);
  bundle.dispose();
});

const open = (uri: string, text: string, languageId = 'runner-nn'): Promise<void> =>
  session.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId, version: ++version, text },
  });

const ask = <R>(uri: string, method: string, parameters: object = {}): Promise<R> =>
  session.connection.sendRequest<R>(method, { textDocument: { uri }, ...parameters });

const diagnosticsOf = async (uri: string): Promise<Diagnostic[]> =>
  (await ask<{ items: Diagnostic[] }>(uri, 'textDocument/diagnostic')).items;

test('a mistake is found while it is typed, and its fix repairs it', async () => {
  const uri = 'file:///folder/input.nn';
  await open(uri, PREDICTION);
  const found = async (): Promise<Diagnostic[]> =>
    (await diagnosticsOf(uri)).filter(({ severity }) => severity === 1 || severity === 2);
  expect(await found()).toEqual([]);
  const range = { start: { line: 3, character: 32 }, end: { line: 3, character: 33 } };
  await session.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version: ++version },
    contentChanges: [{ range, text: '0' }],
  });
  const [diagnostic, ...others] = await found();
  expect(others).toEqual([]);
  expect(diagnostic).toMatchObject({ code: 'NN022', source: 'nearsight', range });
  const actions = await ask<CodeAction[]>(uri, 'textDocument/codeAction', {
    range,
    context: { diagnostics: [diagnostic] },
  });
  const [edit] = actions.find(({ isPreferred }) => isPreferred)?.edit?.changes?.[uri] ?? [];
  expect(edit).toEqual({ range, newText: '6' });
  await session.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version: ++version },
    contentChanges: [{ range: edit.range, text: edit.newText }],
  });
  expect(await found()).toEqual([]);
});

test('a client that knows no such language goes by the name', async () => {
  for (const uri of ['file:///folder/input.nn.recommended', 'file:///folder/water.nn']) {
    await open(uri, 'cutoff_typ 6\n', 'plaintext');
    expect((await diagnosticsOf(uri)).map(({ code }) => code)).toContain('NN001');
  }
  await open('file:///folder/nn.potential', 'cutoff_typ 6\n', 'potential');
  expect((await diagnosticsOf('file:///folder/nn.potential')).map(({ code }) => code)).not.toContain('NN001');
});
