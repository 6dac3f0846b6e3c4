/** Every capability that the server advertises, over stdio, as a real client asks. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  ClientCapabilities,
  CodeAction,
  CodeLens,
  CompletionItem,
  Diagnostic,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  LocationLink,
  PublishDiagnosticsParams,
  Range,
  SemanticTokens,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { format } from '../../language/syntax/printer';
import { EXPANSION, RUNS_CHANGED, type ExpansionResult } from '../../protocol/requests';
import { RICH } from '../unit/server/fixture';
import { bundleServer, type Bundle } from './bundle';
import { startServer, type Session } from './client';

const CAPABILITIES: ClientCapabilities = {
  workspace: { diagnostics: { refreshSupport: true } },
  textDocument: {
    diagnostic: {},
    definition: { linkSupport: true },
    completion: { completionItem: { snippetSupport: true } },
  },
};

let bundle: Bundle;
let session: Session;
let uri = '';
let folder = '';
let version = 0;

beforeAll(async () => {
  bundle = await bundleServer();
  folder = path.join(path.dirname(bundle.file), 'workspace');
  mkdirSync(path.join(folder, 'data'), { recursive: true });
  for (const name of ['ice.xyz', 'data/a.xyz', 'data/b.xyz']) writeFileSync(path.join(folder, name), '');
  uri = pathToFileURL(path.join(folder, 'water.potential')).href;
  // The pages of the diagnostics lie beside dist/.
  const pages = path.join(path.dirname(bundle.file), '..', 'docs', 'diagnostics');
  mkdirSync(pages, { recursive: true });
  writeFileSync(path.join(pages, 'PD0102.md'), '');
  session = await startServer(bundle.file, CAPABILITIES);
  await open(uri, RICH);
});
afterAll(async () => {
  expect(await session.close()).toBe(0);
  expect(session.errors).toEqual([]);
  bundle.dispose();
});

const open = (target: string, text: string, to = session): Promise<void> =>
  to.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri: target, languageId: 'potential', version: ++version, text },
  });

const ask = <R>(method: string, parameters: object = {}, target = uri): Promise<R> =>
  session.connection.sendRequest<R>(method, { textDocument: { uri: target }, ...parameters });

/** Middle of `what`. */
function at(what: string, text = RICH): { position: { line: number; character: number } } {
  const start = text.indexOf(what);
  if (start < 0) throw new Error(`no ${what}`);
  return { position: TextDocument.create('', '', 0, text).positionAt(start + Math.ceil(what.length / 2)) };
}
const WHOLE: Range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

test('what is advertised', () => {
  expect(Object.keys(session.initialized.capabilities).sort()).toEqual([
    'codeActionProvider',
    'codeLensProvider',
    'completionProvider',
    'definitionProvider',
    'diagnosticProvider',
    'documentFormattingProvider',
    'documentLinkProvider',
    'documentRangeFormattingProvider',
    'documentSymbolProvider',
    'foldingRangeProvider',
    'hoverProvider',
    'referencesProvider',
    'renameProvider',
    'semanticTokensProvider',
    'signatureHelpProvider',
    'textDocumentSync',
  ]);
});

test('a wrong unit is found while it is typed, and its fix repairs it', async () => {
  const wrong = pathToFileURL(path.join(folder, 'wrong.potential')).href;
  await open(wrong, 'potential p {\n  elements = [H]\n  cutoff = 6 Å\n}\n');
  const items = async (): Promise<Diagnostic[]> =>
    (await ask<{ items: Diagnostic[] }>('textDocument/diagnostic', {}, wrong)).items.filter(
      ({ severity }) => severity === 1,
    );
  expect(await items()).toEqual([]);
  const range = { start: { line: 2, character: 13 }, end: { line: 2, character: 14 } };
  await session.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri: wrong, version: ++version },
    contentChanges: [{ range, text: 'eV' }],
  });
  const [diagnostic, ...others] = await items();
  expect(others).toEqual([]);
  expect(diagnostic).toMatchObject({
    code: 'PD0102',
    source: 'nearsight',
    range: { start: { line: 2 }, end: { line: 2 } },
  });
  expect(diagnostic.codeDescription?.href).toMatch(/^file:.*PD0102\.md$/);
  const actions = await ask<CodeAction[]>(
    'textDocument/codeAction',
    { range: diagnostic.range, context: { diagnostics: [diagnostic] } },
    wrong,
  );
  const fix = actions.find(({ isPreferred }) => isPreferred);
  expect(fix).toMatchObject({ kind: 'quickfix', diagnostics: [{ code: 'PD0102' }] });
  const [edit] = fix?.edit?.changes?.[wrong] ?? [];
  await session.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri: wrong, version: ++version },
    contentChanges: [{ range: edit.range, text: edit.newText }],
  });
  expect(await items()).toEqual([]);
  await session.connection.sendNotification('textDocument/didClose', { textDocument: { uri: wrong } });
  expect(await ask('textDocument/hover', { position: { line: 0, character: 0 } }, wrong)).toBeNull();
});

test('completion, and its documentation', async () => {
  const items = await ask<CompletionItem[]>('textDocument/completion', at('poly2'));
  expect(items.map(({ label }) => label)).toContain('tanh3');
  const attributes = await ask<CompletionItem[]>('textDocument/completion', at('cutoff_function'));
  const resolved = await session.connection.sendRequest<CompletionItem>('completionItem/resolve', attributes[0]);
  expect(resolved.documentation).toMatchObject({ kind: 'markdown' });
});

test('hover', async () => {
  expect(JSON.stringify(await ask<Hover>('textDocument/hover', at('6.35')))).toContain('11.9998 bohr');
});

test('symbols and folds', async () => {
  const symbols = await ask<DocumentSymbol[]>('textDocument/documentSymbol');
  expect(symbols.map(({ name }) => name)).toEqual(['water', 'argon', 'rpbe', 'water', 'on rpbe', 'liquid']);
  expect((await ask<FoldingRange[]>('textDocument/foldingRange')).length).toBeGreaterThan(5);
});

test('formatting', async () => {
  const options = { options: { tabSize: 2, insertSpaces: true } };
  const edits = await ask<TextEdit[]>('textDocument/formatting', options);
  const formatted = TextDocument.applyEdits(TextDocument.create('', '', 0, RICH), edits);
  expect(formatted).toBe(format(RICH));
  expect(formatted).not.toBe(RICH);
  expect(await ask('textDocument/rangeFormatting', { ...options, range: WHOLE })).toEqual(edits);
});

test('semantic tokens', async () => {
  const { data } = await ask<SemanticTokens>('textDocument/semanticTokens/full');
  expect(data.length % 5).toBe(0);
  expect(data.length).toBeGreaterThan(200);
  expect(await ask('textDocument/semanticTokens/range', { range: WHOLE })).toEqual({ data });
});

test('lenses follow the runs', async () => {
  const titles = async (): Promise<(string | undefined)[]> =>
    (await ask<CodeLens[]>('textDocument/codeLens')).map(({ command }) => command?.title);
  expect(await titles()).toContain('▶ Train');
  expect(await titles()).not.toContain('Resume');
  const runs = [{ kind: 'train', label: 'water', state: 'interrupted', summary: '' }];
  await session.connection.sendNotification(RUNS_CHANGED, { uri, runs });
  expect(await titles()).toContain('Resume');
  await session.connection.sendNotification(RUNS_CHANGED, { uri, runs: [] });
  expect(await titles()).not.toContain('Resume');
});

test('definition, references, rename, links', async () => {
  const reference = at('potential = water');
  reference.position.character += 5;
  const [link] = await ask<LocationLink[]>('textDocument/definition', reference);
  expect(link.targetSelectionRange.start).toEqual({ line: 1, character: 10 });
  const [file] = await ask<LocationLink[]>('textDocument/definition', at('"ice.xyz"'));
  expect(file.targetUri).toBe(pathToFileURL(path.join(folder, 'ice.xyz')).href);
  expect(
    await ask<Location[]>('textDocument/references', { ...reference, context: { includeDeclaration: true } }),
  ).toHaveLength(4);
  expect(await ask('textDocument/prepareRename', reference)).toMatchObject({ start: { character: 14 } });
  const edit = await ask<WorkspaceEdit>('textDocument/rename', { ...reference, newName: 'ice' });
  expect(edit.changes?.[uri]).toHaveLength(4);
  expect(await ask('textDocument/prepareRename', at('cutoff_function'))).toBeNull();
  expect((await ask<DocumentLink[]>('textDocument/documentLink')).map(({ target }) => target)).toEqual([
    pathToFileURL(path.join(folder, 'data/a.xyz')).href,
    pathToFileURL(path.join(folder, 'ice.xyz')).href,
  ]);
});

test('the expansion of a potential', async () => {
  const expansion = (label: string): Promise<ExpansionResult> =>
    session.connection.sendRequest(EXPANSION, { uri, label });
  expect((await expansion('water'))?.text).toContain('H');
  expect(await expansion('nothing')).toBeNull();
});

test('documents that are not open, not on a disk, or not saved', async () => {
  expect(
    await ask('textDocument/completion', { position: { line: 0, character: 0 } }, 'file:///nothing.potential'),
  ).toEqual([]);
  for (const other of ['untitled:Untitled-1', 'file://host/share/x.potential', 'vscode-vfs://github/x.potential']) {
    await open(other, RICH);
    expect((await ask<DocumentSymbol[]>('textDocument/documentSymbol', {}, other)).length).toBe(6);
    expect(await ask<object>('textDocument/diagnostic', {}, other)).toMatchObject({ kind: 'full' });
  }
});

test('a request that fails is one failed request', async () => {
  await expect(session.connection.sendRequest('textDocument/hover', { textDocument: { uri } })).rejects.toThrow();
  expect(await ask('textDocument/hover', at('cutoff_function'))).not.toBeNull();
  expect(session.errors.splice(0)).toHaveLength(1);
});

test('diagnostics are pushed to clients that do not pull', async () => {
  const received: PublishDiagnosticsParams[] = [];
  let arrived: () => void = () => undefined;
  const next = (): Promise<void> => new Promise((resolve) => (arrived = resolve));
  const pushed = await startServer(bundle.file, {}, (connection) => {
    connection.onNotification('textDocument/publishDiagnostics', (parameters: PublishDiagnosticsParams) => {
      received.push(parameters);
      arrived();
    });
  });
  let wait = next();
  await open(uri, 'potential p {\n', pushed);
  await wait;
  expect(received.at(-1)?.diagnostics.length).toBeGreaterThan(0);
  const locations = await pushed.connection.sendRequest<Location[]>('textDocument/definition', {
    textDocument: { uri },
    position: { line: 0, character: 11 },
  });
  expect(locations).toEqual([{ uri, range: { start: { line: 0, character: 10 }, end: { line: 0, character: 11 } } }]);
  wait = next();
  await pushed.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  await wait;
  expect(received.at(-1)).toEqual({ uri, diagnostics: [] });
  expect(await pushed.close()).toBe(0);
});

test('completion and diagnostics know the data, once somebody has looked', async () => {
  const refreshed = new Promise<void>((done) => {
    session.connection.onRequest('workspace/diagnostic/refresh', () => done());
  });
  writeFileSync(
    path.join(folder, 'data', 'known.xyz'),
    '1\nProperties=species:S:1:pos:R:3:dft_forces:R:3 my_energy=-1 split=test\nHe 0 0 0 0 0 0\n',
  );
  const text = 'dataset d { files = ["data/known.xyz"]; energy =  }\n';
  const known = pathToFileURL(path.join(folder, 'known.potential')).href;
  await open(known, text);
  const complete = (): Promise<CompletionItem[]> =>
    ask('textDocument/completion', { position: { line: 0, character: text.indexOf(' }') } }, known);
  const before = await complete();
  expect(before.map(({ label }) => label)).toContain('auto');
  await refreshed;
  const after = await complete();
  expect(after.find(({ label }) => label === 'my_energy')?.detail).toBe('in all 1 frame');
});
