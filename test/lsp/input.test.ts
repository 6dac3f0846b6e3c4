/** `input.nn` over stdio, as a real client asks. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { LSPErrorCodes } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { formatInput } from '../../language/runner/printer';
import { CONVERT, type ConvertResult } from '../../protocol/requests';
import { PREDICTION, TRAINING } from '../unit/language/runner/cases';
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

test('textDocument/formatting, textDocument/rangeFormatting, textDocument/rangesFormatting, textDocument/onTypeFormatting', async () => {
  const edits = await ask<TextEdit[]>(FEATURES, 'textDocument/formatting', options);
  expect(TextDocument.applyEdits(TextDocument.create('', '', 0, TEXT), edits)).toBe(formatInput(TEXT));
  expect(await ask(FEATURES, 'textDocument/rangeFormatting', { ...options, range: WHOLE })).toEqual(edits);
  expect(await ask(FEATURES, 'textDocument/rangesFormatting', { ...options, ranges: [WHOLE, WHOLE] })).toEqual(edits);
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

test('workspace/executeCommand, workspace/applyEdit, window/workDoneProgress/create, window/showMessage: what needs all data', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-scaling-'));
  const atom = (x: number, y: number, symbol: string): string => `atom ${x} ${y} 0 ${symbol} 0 0 0 0 0\n`;
  const data = path.join(folder, 'input.data');
  const structures = Array.from({ length: 20 }, (_, k) => {
    const [r, s] = [1.8 + 0.02 * k, 5 + 0.1 * k];
    const molecule = atom(0, 0, 'O') + atom(r, 0, 'H') + atom(0, r, 'H');
    return `begin\n${molecule}${atom(s, s, 'O')}${atom(s + r, s, 'H')}energy 0\ncharge 0\nend\n`;
  });
  writeFileSync(data, structures.join(''));
  writeFileSync(path.join(folder, 'scaling.data'), '1 1 0 1 0.5 0.1\n');
  writeFileSync(path.join(folder, 'input.nn'), TRAINING);
  const uri = pathToFileURL(path.join(folder, 'input.nn')).href;

  const told: string[] = [];
  const progress: string[] = [];
  let news: () => void = () => undefined;
  const own = await startServer(
    bundle.file,
    {
      textDocument: { diagnostic: {} },
      workspace: { diagnostics: { refreshSupport: true } },
      window: { workDoneProgress: true },
    },
    (connection) => {
      connection.onRequest('workspace/diagnostic/refresh', () => news());
      connection.onRequest('window/workDoneProgress/create', () => void progress.push('create'));
      connection.onNotification(
        '$/progress',
        ({ value }: { value: { kind: string } }) => void progress.push(value.kind),
      );
      connection.onNotification('window/showMessage', ({ message }: { message: string }) => void told.push(message));
      connection.onRequest('workspace/applyEdit', ({ edit }: { edit: WorkspaceEdit }) => {
        const [[file, edits]] = Object.entries(edit.changes ?? {});
        expect(file).toBe(pathToFileURL(data).href);
        const text = TextDocument.create(file, 'plaintext', 1, structures.join(''));
        writeFileSync(data, TextDocument.applyEdits(text, edits));
        return { applied: true };
      });
    },
  );
  const request = <R>(method: string, parameters: object = {}): Promise<R> =>
    own.connection.sendRequest<R>(method, { textDocument: { uri }, ...parameters });
  await own.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'runner-nn', version: ++version, text: TRAINING },
  });
  /** Asks again whenever something is known, until it is as it should be. */
  const diagnosed = async (wanted: (items: Diagnostic[]) => boolean): Promise<Diagnostic[]> => {
    for (;;) {
      const renewed = new Promise<void>((resolve) => (news = resolve));
      const { items } = await request<{ items: Diagnostic[] }>('textDocument/diagnostic');
      if (wanted(items)) return items;
      await renewed;
    }
  };
  const has = (code: string) => (items: Diagnostic[]) => items.some((one) => one.code === code);
  const mend = async (code: string): Promise<void> => {
    const found = (await diagnosed(has(code))).find((one) => one.code === code);
    for (;;) {
      const renewed = new Promise<void>((resolve) => (news = resolve));
      const actions = await request<CodeAction[]>('textDocument/codeAction', {
        range: found?.range,
        context: { diagnostics: [], only: ['quickfix'] },
      });
      const action = actions.find(
        ({ command, diagnostics }) => command !== undefined && diagnostics?.[0].code === code,
      );
      if (action?.command !== undefined) {
        const { command, arguments: given } = action.command;
        await own.connection.sendRequest('workspace/executeCommand', { command, arguments: given });
        break;
      }
      await renewed;
    }
    await diagnosed((items) => !has(code)(items));
  };
  await mend('NN090');
  expect(readFileSync(path.join(folder, 'scaling.data.old'), 'utf8')).toBe('1 1 0 1 0.5 0.1\n');
  expect((await diagnosed(() => true)).map(({ code }) => code)).not.toContain('NN091');
  await mend('NN080');
  expect(readFileSync(data, 'utf8').match(/begin set=(train|test)/g)).toHaveLength(20);
  expect(progress).toEqual(['create', 'begin', 'end', 'create', 'begin', 'end']);
  expect(told[0]).toMatch(/^scaling\.data has been computed from input\.data: \d+ symmetry functions\.$/);
  expect(told[1]).toMatch(/^20 structures of input\.data have got a set, 2 of them `test`\.$/);
  expect(await own.close()).toBe(0);
  expect(own.errors).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('window/workDoneProgress/cancel ends a command', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-cancel-'));
  const molecule = 'atom 0 0 0 O 0 0 0 0 0\natom 1.8 0 0 H 0 0 0 0 0\natom 0 1.8 0 H 0 0 0 0 0\n';
  // So many structures take seconds; the cancellation is on its way before the first is read.
  writeFileSync(path.join(folder, 'input.data'), `begin\n${molecule}energy 0\ncharge 0\nend\n`.repeat(100_000));
  const uri = pathToFileURL(path.join(folder, 'input.nn')).href;
  const own = await startServer(bundle.file, { window: { workDoneProgress: true } }, (connection) => {
    connection.onRequest('window/workDoneProgress/create', () => undefined);
    connection.onNotification('$/progress', ({ token, value }: { token: string; value: { kind: string } }) => {
      if (value.kind === 'begin') void connection.sendNotification('window/workDoneProgress/cancel', { token });
    });
  });
  await own.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'runner-nn', version: ++version, text: TRAINING },
  });
  const command = own.connection.sendRequest('workspace/executeCommand', {
    command: 'nearsight.computeScaling',
    arguments: [uri],
  });
  await expect(command).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
  expect(existsSync(path.join(folder, 'scaling.data'))).toBe(false);
  expect(await own.close()).toBe(0);
  rmSync(folder, { recursive: true });
});
