/** `input.nn` over stdio, as a real client asks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  SelectionRange,
  SemanticTokens,
  SemanticTokensDelta,
  SignatureHelp,
  TextEdit,
  WorkspaceEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { formatInput } from '../../language/runner/printer';
import { CONVERT, type ConvertResult } from '../../protocol/requests';
import { PREDICTION } from '../unit/language/runner/cases';
import { bundleServer, type Bundle } from './bundle';
import { startServer, type Session } from './client';

let bundle: Bundle;
let session: Session;
let version = 0;

beforeAll(async () => {
  bundle = await bundleServer();
  session = await startServer(bundle.file, { textDocument: { diagnostic: {} } });
  await open(FEATURES, TEXT);
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

test('textDocument/diagnostic, textDocument/codeAction: a mistake is found while it is typed, and its fix repairs it', async () => {
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

const FEATURES = 'file:///folder/features/input.nn';
const TEXT = `cutoff_type 6\n${PREDICTION.replace('cutoff_type', '\ncutoff_type')}`;
const at = (what: string): { position: { line: number; character: number } } => ({
  position: TextDocument.create('', '', 0, TEXT).positionAt(TEXT.indexOf(what) + what.length - 1),
});
const ELEMENT = 'elements                        H';
const WHOLE = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
const options = { options: { tabSize: 2, insertSpaces: true } };

test('textDocument/completion, completionItem/resolve', async () => {
  const items = await ask<CompletionItem[]>(FEATURES, 'textDocument/completion', at('cutoff_type 6'));
  expect(items.map(({ label }) => label)).toContain('8');
  const [keyword] = await ask<CompletionItem[]>(FEATURES, 'textDocument/completion', at('cutoff_ty'));
  const resolved = await session.connection.sendRequest<CompletionItem>('completionItem/resolve', keyword);
  expect(resolved.documentation).toMatchObject({ kind: 'markdown' });
});

test('textDocument/hover, textDocument/signatureHelp', async () => {
  expect(JSON.stringify(await ask<Hover>(FEATURES, 'textDocument/hover', at('cutoff_ty')))).toContain(
    'cutoff function',
  );
  const help = await ask<SignatureHelp>(FEATURES, 'textDocument/signatureHelp', at('symfunction_short H 2 H'));
  expect(help).toMatchObject({ activeParameter: 2, signatures: [{ parameters: { length: 6 } }] });
});

test('textDocument/documentSymbol, textDocument/foldingRange, textDocument/selectionRange', async () => {
  expect((await ask<DocumentSymbol[]>(FEATURES, 'textDocument/documentSymbol')).length).toBeGreaterThan(5);
  expect((await ask<FoldingRange[]>(FEATURES, 'textDocument/foldingRange')).length).toBeGreaterThan(0);
  const { position } = at(ELEMENT);
  const [selection] = await ask<SelectionRange[]>(FEATURES, 'textDocument/selectionRange', { positions: [position] });
  const document = TextDocument.create('', '', 0, TEXT);
  expect(document.getText(selection.range)).toBe('H');
  expect(selection.parent && document.getText(selection.parent.range)).toBe('H O');
  expect(selection.parent?.parent && document.getText(selection.parent.parent.range)).toMatch(/^elements +H O$/);
});

test('textDocument/formatting, textDocument/rangeFormatting, textDocument/onTypeFormatting', async () => {
  const edits = await ask<TextEdit[]>(FEATURES, 'textDocument/formatting', options);
  expect(TextDocument.applyEdits(TextDocument.create('', '', 0, TEXT), edits)).toBe(formatInput(TEXT));
  expect(await ask(FEATURES, 'textDocument/rangeFormatting', { ...options, range: WHOLE })).toEqual(edits);
  // The line that is ended, and nothing else.
  const ended = { ...options, ch: '\n', position: { line: 1, character: 0 } };
  const typed = await ask<TextEdit[]>(FEATURES, 'textDocument/onTypeFormatting', ended);
  expect(TextDocument.applyEdits(TextDocument.create('', '', 0, TEXT), typed)).toBe(
    TEXT.replace('cutoff_type 6', `${'cutoff_type'.padEnd(32)}6`),
  );
});

test('textDocument/semanticTokens/full, textDocument/semanticTokens/full/delta, textDocument/semanticTokens/range', async () => {
  const { data, resultId } = await ask<SemanticTokens>(FEATURES, 'textDocument/semanticTokens/full');
  expect(data.length).toBeGreaterThan(50);
  expect(await ask(FEATURES, 'textDocument/semanticTokens/range', { range: WHOLE })).toEqual({ data });
  const known = { previousResultId: resultId };
  const delta = await ask<SemanticTokensDelta>(FEATURES, 'textDocument/semanticTokens/full/delta', known);
  expect(delta.edits).toEqual([]);
});

test('textDocument/definition, textDocument/references, textDocument/documentHighlight of elements', async () => {
  const element = at(ELEMENT);
  expect(await ask<Location[]>(FEATURES, 'textDocument/definition', element)).toHaveLength(1);
  const uses = TEXT.split(/\s+/).filter((word) => word === 'H').length;
  const all = { ...element, context: { includeDeclaration: true } };
  expect(await ask<Location[]>(FEATURES, 'textDocument/references', all)).toHaveLength(uses);
  expect(await ask<DocumentHighlight[]>(FEATURES, 'textDocument/documentHighlight', element)).toHaveLength(uses);
  expect(await ask(FEATURES, 'textDocument/definition', at('cutoff_ty'))).toEqual([]);
});

test('textDocument/prepareRename, textDocument/rename of elements', async () => {
  const element = at(ELEMENT);
  expect(await ask(FEATURES, 'textDocument/prepareRename', element)).toMatchObject({ placeholder: 'H' });
  const edit = await ask<WorkspaceEdit>(FEATURES, 'textDocument/rename', { ...element, newName: 'He' });
  const renamed = TextDocument.applyEdits(TextDocument.create('', '', 0, TEXT), edit.changes?.[FEATURES] ?? []);
  expect(renamed).toBe(TEXT.replace(/\bH\b/g, 'He'));
  expect(await ask(FEATURES, 'textDocument/prepareRename', at('cutoff_ty'))).toBeNull();
});

test('what an input.nn has not', async () => {
  expect(await ask(FEATURES, 'textDocument/codeLens')).toEqual([]);
  expect(await ask(FEATURES, 'textDocument/documentLink')).toEqual([]);
});

test('workspace/symbol, workspace/didChangeWorkspaceFolders: elements of files that are not open', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-input-'));
  writeFileSync(path.join(folder, 'input.nn'), 'elements Xe\n');
  const other = await startServer(bundle.file, { workspace: { workspaceFolders: true } });
  await other.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { added: [{ uri: pathToFileURL(folder).href, name: 'project' }], removed: [] },
  });
  const [symbol] = await other.connection.sendRequest<WorkspaceSymbol[]>('workspace/symbol', { query: 'xe' });
  expect(symbol).toMatchObject({ name: 'Xe', containerName: path.basename(folder) });
  expect(symbol.location).toMatchObject({ range: { start: { line: 0, character: 9 } } });
  await other.close();
  rmSync(folder, { recursive: true });
});

test('nearsight/convert', async () => {
  const uri = 'file:///folder/water/input.nn';
  await open(uri, PREDICTION);
  const convert = (parameters: object): Promise<ConvertResult> =>
    session.connection.sendRequest<ConvertResult>(CONVERT, parameters);
  expect(await convert({ uri })).toMatchObject({ kind: 'text', language: 'potential' });
  expect(await convert({ uri: 'file:///folder/closed.potential' })).toBeNull();
});

test('what lies beside the file is part of the diagnostics, without anybody waiting for it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-input-'));
  writeFileSync(path.join(folder, 'scaling.data'), '1 1 0 1 0.5 0.1\n');
  const uri = pathToFileURL(path.join(folder, 'input.nn')).href;
  await open(uri, PREDICTION);
  const codes = async (): Promise<unknown[]> => (await diagnosticsOf(uri)).map(({ code }) => code);
  expect(await codes()).not.toContain('NN090');
  const end = Date.now() + 20_000;
  while (!(await codes()).includes('NN090')) {
    if (Date.now() > end) throw new Error('NN090 never came');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  rmSync(folder, { recursive: true });
});

test('textDocument/inlayHint', async () => {
  const uri = 'file:///folder/hints/input.nn';
  await open(uri, 'elements H\nsymfunction_short H 2 H 4 0 6\n');
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  const [hint] = await ask<InlayHint[]>(uri, 'textDocument/inlayHint', { range });
  expect(hint).toMatchObject({ label: 'H 1/1 · FWHM 0.833', position: { line: 1, character: 29 } });
});
