/** Every capability that the server advertises, over stdio, as a real client asks. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Message,
} from 'vscode-languageserver/node';
import type {
  ClientCapabilities,
  CodeAction,
  CodeLens,
  CompletionItem,
  Diagnostic,
  DocumentDiagnosticReport,
  DocumentHighlight,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  LocationLink,
  PublishDiagnosticsParams,
  Range,
  SelectionRange,
  SemanticTokens,
  SemanticTokensDelta,
  TextEdit,
  WorkDoneProgressBegin,
  WorkspaceEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { format } from '../../language/syntax/printer';
import { DRAFT, EXPANSION, PREVIEW, RUNS_CHANGED, TRUST } from '../../protocol/requests';
import type { DraftResult, ExpansionResult, PreviewResult } from '../../protocol/requests';
import { RICH } from '../unit/server/fixture';
import { bundleServer, type Bundle } from './bundle';
import { startServer, type Session } from './client';

const CAPABILITIES: ClientCapabilities = {
  general: { markdown: { parser: 'marked', version: '14' } },
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

test('textDocument/diagnostic, textDocument/codeAction: a wrong unit is found while it is typed, and its fix repairs it', async () => {
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

test('textDocument/completion, completionItem/resolve', async () => {
  const items = await ask<CompletionItem[]>('textDocument/completion', at('poly2'));
  expect(items.map(({ label }) => label)).toContain('tanh3');
  const attributes = await ask<CompletionItem[]>('textDocument/completion', at('cutoff_function'));
  const resolved = await session.connection.sendRequest<CompletionItem>('completionItem/resolve', attributes[0]);
  expect(resolved.documentation).toMatchObject({ kind: 'markdown' });
});

test('textDocument/hover', async () => {
  expect(JSON.stringify(await ask<Hover>('textDocument/hover', at('6.35')))).toContain('11.9998 bohr');
});

test('textDocument/documentSymbol, textDocument/foldingRange', async () => {
  const symbols = await ask<DocumentSymbol[]>('textDocument/documentSymbol');
  expect(symbols.map(({ name }) => name)).toEqual(['water', 'argon', 'rpbe', 'water', 'on rpbe', 'liquid']);
  expect((await ask<FoldingRange[]>('textDocument/foldingRange')).length).toBeGreaterThan(5);
});

const options = { options: { tabSize: 2, insertSpaces: true } };

test('textDocument/formatting, textDocument/rangeFormatting, textDocument/rangesFormatting', async () => {
  const edits = await ask<TextEdit[]>('textDocument/formatting', options);
  const formatted = TextDocument.applyEdits(TextDocument.create('', '', 0, RICH), edits);
  expect(formatted).toBe(format(RICH));
  expect(formatted).not.toBe(RICH);
  expect(await ask('textDocument/rangeFormatting', { ...options, range: WHOLE })).toEqual(edits);
  const ranges = [WHOLE, { start: { line: 0, character: 0 }, end: { line: 5, character: 0 } }];
  expect(await ask('textDocument/rangesFormatting', { ...options, ranges })).toEqual(edits);
  expect(await ask('textDocument/rangesFormatting', { ...options, ranges: [] })).toEqual([]);
});

test('textDocument/onTypeFormatting', async () => {
  const typed = pathToFileURL(path.join(folder, 'typed.potential')).href;
  const text = 'cutoff=1\npotential p {\n elements=[H]\n   cutoff =6 Å\n}\n';
  await open(typed, text);
  const after = async (ch: string, line: number, character: number): Promise<string> => {
    const parameters = { ...options, ch, position: { line, character } };
    const edits = await ask<TextEdit[]>('textDocument/onTypeFormatting', parameters, typed);
    return TextDocument.applyEdits(TextDocument.create('', '', 0, text), edits);
  };
  // The block that is closed, and nothing else; the line that is ended, and nothing else.
  expect(await after('}', 4, 1)).toBe('cutoff=1\npotential p {\n  elements = [H]\n  cutoff   = 6 Å\n}\n');
  expect(await after('\n', 3, 0)).toBe(text.replace(' elements=[H]', '  elements = [H]'));
  expect(await after('x', 3, 0)).toBe(text);
});

test('textDocument/selectionRange', async () => {
  const { position } = at('6.35');
  const [selection] = await ask<SelectionRange[]>('textDocument/selectionRange', { positions: [position] });
  const document = TextDocument.create('', '', 0, RICH);
  const texts: string[] = [];
  for (let one: SelectionRange | undefined = selection; one !== undefined; one = one.parent)
    texts.push(document.getText(one.range).replace(/\s+/g, ' ').slice(0, 30));
  expect(texts).toEqual([
    '6.35',
    '6.35 Å',
    'cutoff = 6.35 Å',
    ' elements = [H, O] cutoff = 6.',
    'potential water { elements = [',
    '# water, as in the guide poten',
  ]);
});

test('textDocument/semanticTokens/full, textDocument/semanticTokens/full/delta, textDocument/semanticTokens/range', async () => {
  const { data, resultId } = await ask<SemanticTokens>('textDocument/semanticTokens/full');
  expect(data.length % 5).toBe(0);
  expect(data.length).toBeGreaterThan(200);
  expect(await ask('textDocument/semanticTokens/range', { range: WHOLE })).toEqual({ data });
  const edited = pathToFileURL(path.join(folder, 'tokens.potential')).href;
  await open(edited, RICH);
  const delta = (previousResultId: string | undefined): Promise<SemanticTokensDelta & SemanticTokens> =>
    ask('textDocument/semanticTokens/full/delta', { previousResultId }, edited);
  const full = await ask<SemanticTokens>('textDocument/semanticTokens/full', {}, edited);
  expect(full.data).toEqual(data);
  expect(full.resultId).not.toBe(resultId);
  const same = await delta(full.resultId);
  expect(same.edits).toEqual([]);
  await session.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri: edited, version: ++version },
    contentChanges: [{ range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, text: 'x = 1\n' }],
  });
  const changed = await delta(same.resultId);
  const applied = [...data];
  for (const { start, deleteCount, data: added = [] } of changed.edits) applied.splice(start, deleteCount, ...added);
  expect(applied).toEqual((await ask<SemanticTokens>('textDocument/semanticTokens/full', {}, edited)).data);
  expect(JSON.stringify(changed).length).toBeLessThan(100);
  // What the client says it knows is not what it was told last.
  expect((await delta('nonsense')).data).toEqual(applied);
});

test('textDocument/codeLens follows the runs', async () => {
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

test('textDocument/diagnostic tells what the runs have measured', async () => {
  const long = pathToFileURL(path.join(folder, 'long.potential')).href;
  const potential = 'potential p { elements = [Ar]; pair lennard_jones { epsilon = 0.01 eV; sigma = 3 Å } }\n';
  await open(long, `${potential}md m { potential = p; structure = "ice.xyz"; duration = 10 ns; timestep = 2 fs }\n`);
  const codes = async (): Promise<Diagnostic['code'][]> =>
    (await ask<{ items: Diagnostic[] }>('textDocument/diagnostic', {}, long)).items.map(({ code }) => code);
  expect(await codes()).toEqual([]);
  const run = { kind: 'md', label: 'm', state: 'stopped', summary: '', secondsPerStep: 0.05 };
  await session.connection.sendNotification(RUNS_CHANGED, { uri: long, runs: [run] });
  expect(await codes()).toEqual(['PD1004']);
  await session.connection.sendNotification(RUNS_CHANGED, { uri: long, runs: [] });
  expect(await codes()).toEqual([]);
});

test('nearsight/trust: programs are told of where nobody trusts the workspace, once the client has said so', async () => {
  const own = pathToFileURL(path.join(folder, 'oracle.potential')).href;
  await open(own, 'oracle o { command = ["dft", "{input}", "{output}"] }\n');
  const codes = async (): Promise<Diagnostic['code'][]> =>
    (await ask<{ items: Diagnostic[] }>('textDocument/diagnostic', {}, own)).items.map(({ code }) => code);
  expect(await codes()).toEqual([]);
  await session.connection.sendNotification(TRUST, { trusted: false });
  expect(await codes()).toEqual(['PD1105']);
  await session.connection.sendNotification(TRUST, { trusted: true });
  expect(await codes()).toEqual([]);
});

test('textDocument/definition, textDocument/documentLink', async () => {
  const reference = at('potential = water');
  reference.position.character += 5;
  const [link] = await ask<LocationLink[]>('textDocument/definition', reference);
  expect(link.targetSelectionRange.start).toEqual({ line: 1, character: 10 });
  const [file] = await ask<LocationLink[]>('textDocument/definition', at('"ice.xyz"'));
  expect(file.targetUri).toBe(pathToFileURL(path.join(folder, 'ice.xyz')).href);
  expect((await ask<DocumentLink[]>('textDocument/documentLink')).map(({ target }) => target)).toEqual([
    pathToFileURL(path.join(folder, 'data/a.xyz')).href,
    pathToFileURL(path.join(folder, 'ice.xyz')).href,
  ]);
});

test('textDocument/references, textDocument/documentHighlight', async () => {
  const reference = at('potential = water');
  reference.position.character += 5;
  expect(
    await ask<Location[]>('textDocument/references', { ...reference, context: { includeDeclaration: true } }),
  ).toHaveLength(4);
  expect(await ask<DocumentHighlight[]>('textDocument/documentHighlight', reference)).toHaveLength(4);
  expect(await ask('textDocument/documentHighlight', at('cutoff_function'))).toEqual([]);
});

/** A folder of data is renamed, and a definition moved up: texts as they are on the screen, or on the disk. */
async function renames(connection: Session['connection'], workspace: string): Promise<void> {
  const uriOf = (...parts: string[]): string => pathToFileURL(path.join(workspace, ...parts)).href;
  const edit = await connection.sendRequest<WorkspaceEdit>('workspace/willRenameFiles', {
    files: [
      { oldUri: uriOf('data'), newUri: uriOf('structures') },
      { oldUri: uriOf('sub', 'b.potential'), newUri: uriOf('b.potential') },
    ],
  });
  const texts = Object.entries(edit.changes ?? {}).map(([target, edits]) => [
    path.basename(target),
    edits.map(({ newText }) => newText),
  ]);
  expect(texts.sort()).toEqual([
    ['a.potential', ['"structures/known.xyz"']],
    ['b.potential', ['"structures/known.xyz"']],
  ]);
}

test('workspace/symbol, workspace/didChangeWorkspaceFolders, workspace/willRenameFiles, textDocument/references across files, with progress', async () => {
  const workspace = path.join(folder, 'project');
  mkdirSync(path.join(workspace, 'sub', 'node_modules'), { recursive: true });
  mkdirSync(path.join(workspace, 'data'));
  writeFileSync(path.join(workspace, 'data', 'known.xyz'), '');
  const dataset = 'dataset shared { files = ["data/known.xyz"] }\n';
  writeFileSync(path.join(workspace, 'a.potential'), `potential first { elements = [H] }\n${dataset}`);
  writeFileSync(path.join(workspace, 'sub', 'b.potential'), dataset.replace('data/', '../data/'));
  writeFileSync(path.join(workspace, 'sub', 'node_modules', 'c.potential'), 'potential hidden {}\n');
  writeFileSync(path.join(workspace, 'sub', 'input.nn'), 'elements H Cl\n');
  const progress: WorkDoneProgressBegin['kind'][] = [];
  const capabilities = { ...CAPABILITIES, workspace: { workspaceFolders: true } };
  const other = await startServer(bundle.file, capabilities, (connection) => {
    connection.onNotification('$/progress', ({ value }: { value: WorkDoneProgressBegin }) => {
      progress.push(value.kind);
    });
  });
  await other.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { added: [{ uri: pathToFileURL(workspace).href, name: 'project' }], removed: [] },
  });
  const find = (parameters: object): Promise<WorkspaceSymbol[]> =>
    other.connection.sendRequest('workspace/symbol', parameters);
  const shown = async (query: string): Promise<string[]> =>
    (await find({ query })).map(({ name, containerName }) => `${containerName} ${name}`).sort();
  expect(await shown('')).toEqual(['dataset shared', 'dataset shared', 'potential first', 'sub Cl', 'sub H']);
  expect(await shown('SHR')).toEqual(['dataset shared', 'dataset shared']);
  // What is open counts as it is on the screen.
  const open = pathToFileURL(path.join(workspace, 'a.potential')).href;
  const textDocument = { uri: open, languageId: 'potential', version: 1, text: `${dataset}potential second {}\n` };
  await other.connection.sendNotification('textDocument/didOpen', { textDocument });
  expect(await shown('s')).toEqual(['dataset shared', 'dataset shared', 'potential second']);
  const found = await other.connection.sendRequest<Location[]>('textDocument/references', {
    textDocument: { uri: open },
    position: { line: 0, character: dataset.indexOf('known') },
    context: { includeDeclaration: true },
    workDoneToken: 'references',
  });
  expect(found.map((location) => path.basename(location.uri)).sort()).toEqual(['a.potential', 'b.potential']);
  expect(progress.at(0)).toBe('begin');
  expect(progress.at(-1)).toBe('end');
  await renames(other.connection, workspace);
  expect(await other.close()).toBe(0);
  expect(other.errors).toEqual([]);
});

test('textDocument/prepareRename, textDocument/rename', async () => {
  const reference = at('potential = water');
  reference.position.character += 5;
  expect(await ask('textDocument/prepareRename', reference)).toMatchObject({
    range: { start: { character: 14 } },
    placeholder: 'water',
  });
  const edit = await ask<WorkspaceEdit>('textDocument/rename', { ...reference, newName: 'ice' });
  expect(edit.changes?.[uri]).toHaveLength(4);
  expect(await ask('textDocument/prepareRename', at('cutoff_function'))).toBeNull();
  await expect(ask('textDocument/rename', { ...reference, newName: 'argon' })).rejects.toThrow('There is already');
});

test('nearsight/expansion', async () => {
  const expansion = (label: string): Promise<ExpansionResult> =>
    session.connection.sendRequest(EXPANSION, { uri, label });
  expect((await expansion('water'))?.text).toContain('H');
  expect(await expansion('nothing')).toBeNull();
});

test('nearsight/draft: a definition for a data file', async () => {
  const draft = (file: string): Promise<DraftResult> =>
    session.connection.sendRequest(DRAFT, { uri: pathToFileURL(path.resolve('test/fixtures/workspace', file)).href });
  expect((await draft('data/ammonia.xyz'))?.text).toContain('elements = [H, N]');
  expect(await draft('wrong.potential')).toBeNull();
  expect(await draft('nothing.xyz')).toBeNull();
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

test('textDocument/diagnostic tells by its result id that nothing has changed', async () => {
  const pull = (previousResultId?: string): Promise<DocumentDiagnosticReport> =>
    ask('textDocument/diagnostic', { previousResultId });
  const full = await pull();
  expect(full).toMatchObject({ kind: 'full' });
  expect(await pull(full.resultId)).toEqual({ kind: 'unchanged', resultId: full.resultId });
  expect(await pull('another')).toEqual(full);
  // An edit that leaves all problems where they are.
  await session.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version: ++version },
    contentChanges: [{ range: { start: { line: 0, character: 1 }, end: { line: 0, character: 1 } }, text: '' }],
  });
  expect(await pull(full.resultId)).toEqual({ kind: 'unchanged', resultId: full.resultId });
});

test('textDocument/codeAction, source.fixAll: takes out what has no effect', async () => {
  const doubled = pathToFileURL(path.join(folder, 'doubled.potential')).href;
  const block = '  radial Ar Ar { eta = 1 Å^-2; shift = 1 Å }\n';
  const text = `potential p {\n  elements = [Ar]\n${block}${block}  network {}\n}\n`;
  await open(doubled, text);
  const context = { diagnostics: [], only: ['source.fixAll'] };
  const [action] = await ask<CodeAction[]>('textDocument/codeAction', { range: WHOLE, context }, doubled);
  expect(action.kind).toBe('source.fixAll.nearsight');
  const edits = action.edit?.changes?.[doubled] ?? [];
  const fixed = TextDocument.applyEdits(TextDocument.create('', '', 0, text), edits);
  expect(fixed).toBe(text.replace(block + block, block));
});

test('$/cancelRequest answers what still waits', async () => {
  const raw = spawn(process.execPath, [bundle.file, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(new StreamMessageReader(raw.stdout), new StreamMessageWriter(raw.stdin));
  connection.listen();
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  const answers: Message[] = [];
  const answered = new Promise<void>((resolve) => {
    const reader = new StreamMessageReader(raw.stdout);
    reader.listen((message) => {
      answers.push(message);
      if (answers.length === 2) resolve();
    });
  });
  // In one piece, so that the server has read the last when it begins with the first.
  const frame = (message: object): string => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const parameters = { textDocument: { uri: 'file:///a.potential' }, position: { line: 0, character: 0 } };
  raw.stdin.write(
    frame({ id: 'first', method: 'textDocument/hover', params: parameters }) +
      frame({ id: 'second', method: 'textDocument/hover', params: parameters }) +
      frame({ method: '$/cancelRequest', params: { id: 'second' } }),
  );
  await answered;
  expect(answers).toContainEqual({ jsonrpc: '2.0', id: 'first', result: null });
  expect(answers).toContainEqual({ jsonrpc: '2.0', id: 'second', error: { code: -32800, message: 'cancelled' } });
  raw.kill();
});

test('window/logMessage: a request that fails is one failed request', async () => {
  await expect(session.connection.sendRequest('textDocument/hover', { textDocument: { uri } })).rejects.toThrow();
  expect(await ask('textDocument/hover', at('cutoff_function'))).not.toBeNull();
  expect(session.errors.splice(0)).toHaveLength(1);
});

test('textDocument/publishDiagnostics to clients that do not pull', async () => {
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

test('textDocument/completion, workspace/diagnostic/refresh: the data are known once somebody has looked', async () => {
  let news: () => void = () => undefined;
  session.connection.onRequest('workspace/diagnostic/refresh', () => news());
  writeFileSync(
    path.join(folder, 'data', 'known.xyz'),
    '1\nProperties=species:S:1:pos:R:3:dft_forces:R:3 my_energy=-1 split=test\nHe 0 0 0 0 0 0\n',
  );
  const text = 'dataset d { files = ["data/known.xyz"]; energy =  }\n';
  const known = pathToFileURL(path.join(folder, 'known.potential')).href;
  await open(known, text);
  for (let detail: string | undefined; detail === undefined;) {
    const told = new Promise<void>((resolve) => (news = resolve));
    const items = await ask<CompletionItem[]>(
      'textDocument/completion',
      { position: { line: 0, character: text.indexOf(' }') } },
      known,
    );
    expect(items.map(({ label }) => label)).toContain('auto');
    detail = items.find(({ label }) => label === 'my_energy')?.detail;
    if (detail === undefined) await told;
    else expect(detail).toBe('in all 1 frame');
  }
});

test('textDocument/diagnostic: what is conspicuous in data leads to the lines of the frames', async () => {
  let news: () => void = () => undefined;
  session.connection.onRequest('workspace/diagnostic/refresh', () => news());
  const frames = [1, 1.5, 1].map((x) => `2\nenergy=${x}\nH 0 0 0\nO ${x} 0 0\n`);
  const data = path.join(folder, 'data', 'twice.xyz');
  writeFileSync(data, frames.join(''));
  const twice = pathToFileURL(path.join(folder, 'twice.potential')).href;
  await open(twice, 'dataset d { files = ["data/twice.xyz"]; test = 0 }\n');
  for (let found: Diagnostic | undefined; found === undefined;) {
    const told = new Promise<void>((resolve) => (news = resolve));
    const { items } = await ask<{ items: Diagnostic[] }>('textDocument/diagnostic', {}, twice);
    found = items.find(({ code }) => code === 'PD0906');
    if (found === undefined) await told;
    const place = { line: 8, character: 0 };
    if (found !== undefined)
      expect(found.relatedInformation).toEqual([
        { location: { uri: pathToFileURL(data).href, range: { start: place, end: place } }, message: 'frame 2' },
      ]);
  }
});

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples');
test.each(readdirSync(EXAMPLES))(
  'textDocument/diagnostic: nothing of the example %s, once its data are known',
  async (name) => {
    let news: () => void = () => undefined;
    session.connection.onRequest('workspace/diagnostic/refresh', () => news());
    const file = path.join(EXAMPLES, name, `${name}.potential`);
    const example = pathToFileURL(file).href;
    const text = readFileSync(file, 'utf8');
    await open(example, text);
    for (let known = false; !known;) {
      const told = new Promise<void>((resolve) => (news = resolve));
      const hints = await ask<InlayHint[]>('textDocument/inlayHint', { range: WHOLE }, example);
      known =
        !text.includes('dataset ') ||
        hints.some(({ label }) => typeof label === 'string' && label.includes(' to train'));
      if (!known) await told;
    }
    const { items } = await ask<{ items: Diagnostic[] }>('textDocument/diagnostic', {}, example);
    expect(items).toEqual([]);
  },
);

test('textDocument/inlayHint', async () => {
  const hints = await ask<InlayHint[]>('textDocument/inlayHint', { range: WHOLE });
  expect(hints.map(({ label }) => label)).toContain('40 functions');
});

test('textDocument/diagnostic, textDocument/hover, textDocument/documentSymbol: data files', async () => {
  let news: () => void = () => undefined;
  session.connection.onRequest('workspace/diagnostic/refresh', () => news());
  const frames = (count: number): string =>
    Array.from({ length: count }, (_, k) => `1\nenergy=${k}\nHe ${k} 0 0\n`).join('');
  // On the screen one frame is wrong that is right on the disk; of the long file the disk counts.
  for (const [name, text, onDisk] of [
    ['short.xyz', frames(2).replace('He 1', 'Xx 1'), frames(2)],
    ['long.xyz', frames(1).padEnd((4 << 20) + 1, ' '), frames(2).replace('He 1', 'Xx 1')],
  ]) {
    const file = path.join(folder, name);
    writeFileSync(file, onDisk);
    const data = pathToFileURL(file).href;
    await open(data, text);
    let items: Diagnostic[] = [];
    while (items.length === 0) {
      const told = new Promise<void>((resolve) => (news = resolve));
      ({ items } = await ask<{ items: Diagnostic[] }>('textDocument/diagnostic', {}, data));
      if (items.length === 0) await told;
    }
    expect(items[0]).toMatchObject({ severity: 1, source: 'nearsight' });
    const hover = await ask<Hover>('textDocument/hover', { position: { line: 1, character: 0 } }, data);
    expect(hover.contents).toMatchObject({ kind: 'markdown' });
    expect(JSON.stringify(hover.contents)).toContain('**Frame 0** of');
    expect(JSON.stringify(hover.contents)).toContain('![He](data:image/svg+xml;base64,');
    const [symbol] = await ask<DocumentSymbol[]>('textDocument/documentSymbol', {}, data);
    expect(symbol).toMatchObject({ name: 'frame 0', detail: 'He · 0.0000 eV/atom', range: { start: { line: 0 } } });
    // Nothing else is answered of them.
    expect(await ask('textDocument/completion', { position: { line: 0, character: 0 } }, data)).toEqual([]);
  }
});

test('nearsight/preview: the descriptors as curves', async () => {
  const parameters = { uri, label: 'water' };
  const preview = await session.connection.sendRequest<PreviewResult>(PREVIEW, parameters);
  expect(preview).toMatchObject({ potential: 'water', cutoff: 6.35, cutoffFunction: { name: 'poly2' } });
  // Ten centres for all pairs, and two widths for H–O.
  expect(preview?.radial.map(({ of }) => of.length)).toEqual([...new Array<number>(10).fill(4), 1, 1]);
  expect(preview?.angular.map(({ label }) => label)).toContain('λ 1, ζ 16');
  expect(await session.connection.sendRequest<PreviewResult>(PREVIEW, { uri, label: 'none' })).toBeNull();
});
