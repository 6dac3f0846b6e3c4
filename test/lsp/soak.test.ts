/**
 * Hours of editing the built server in minutes: random edits of files of both languages and of data files, each followed by a request of
 * a random kind, over stdio and without waiting for one answer before the next is asked for. No error, no range that is not in the
 * document as it was when it was asked about, a server that is still alive, and memory that does not grow: what is in use after a
 * collection, by each of its threads.
 * Ordinarily a thousand; NEARSIGHT_FULL=1: 200,000, NEARSIGHT_FULL=NUMBER: so many edits and requests; NEARSIGHT_SEED=NUMBER: others.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createRandom, type Random } from '../../engine/random';
import { CONVERT, EXCLUDE, EXPANSION, PREVIEW, RUNS_CHANGED } from '../../protocol/requests';
import { oneBlock } from '../fixtures/language/long-files';
import { TRAINING } from '../unit/language/runner/cases';
import { checkRanges } from '../unit/server/asking';
import { pick, randomEdit } from '../unit/server/edits';
import { RICH } from '../unit/server/fixture';
import { bundleServer, type Bundle } from './bundle';
import { startServer, type Memory, type Session } from './client';

const full = Number(process.env.NEARSIGHT_FULL ?? 0);
/** Edits and requests, half of each. */
const COUNT = full === 1 ? 200_000 : full > 1 ? full : 1000;
const SEED = Number(process.env.NEARSIGHT_SEED ?? 1);
/** So many requests are under way at once. */
const WINDOW = 20;
const LONGEST = 12_000;
/** Fewer don't fill what is remembered. */
const ENOUGH_FOR_MEMORY = 20_000;
/**
 * MB that a thread may hold more at the end than at a quarter: what is remembered is bounded, but for some tenths not full by then.
 * Seven bytes that are left of each of 200,000 edits and requests are more.
 */
const MAXIMUM_GROWTH = 1;

const rich = readFileSync(path.join(__dirname, '../fixtures/language/rich.potential'), 'utf8');
const frame = (energy: number): string =>
  `3\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3:forces:R:3 energy=${energy} pbc="T T T"\nO 0 0 0 0 0 0.1\nH 0.96 0 0 0 0 0\nH 0 0.96 0 0 0 -0.1\n`;
const XYZ = [-3, -2.5, -2].map(frame).join('');
const N2P2 = `begin\ncomment c\nlattice 9 0 0\nlattice 0 9 0\nlattice 0 0 9\natom 0 0 0 O 0 0 0 0 0.1\natom 1 0 0 H 0 0 0 0 -0.1\nenergy -3\ncharge 0\nend\n`;

/** A document, what it is opened with, and how often it is edited. */
interface Kind {
  readonly name: string;
  readonly languageId: string;
  readonly texts: readonly string[];
  readonly share: number;
}
const KINDS: readonly Kind[] = [
  { name: 'water.potential', languageId: 'potential', texts: [RICH, rich, oneBlock(60), ''], share: 0.4 },
  { name: 'input.nn', languageId: 'runner-nn', texts: [TRAINING, ''], share: 0.35 },
  { name: 'ice.xyz', languageId: 'plaintext', texts: [XYZ, ''], share: 0.15 },
  { name: 'input.data', languageId: 'plaintext', texts: [N2P2, ''], share: 0.1 },
];

let bundle: Bundle;
let folder: string;
beforeAll(async () => {
  bundle = await bundleServer();
  folder = mkdtempSync(path.join(os.tmpdir(), 'nearsight-soak-'));
  mkdirSync(path.join(folder, 'data'));
  writeData();
});
afterAll(() => {
  bundle.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function writeData(): void {
  for (const name of ['ice.xyz', 'data/a.xyz', 'data/b.xyz']) writeFileSync(path.join(folder, name), XYZ);
  writeFileSync(path.join(folder, 'input.data'), N2P2);
}

interface Question {
  readonly method: string;
  readonly parameters: unknown;
}

/** Every request that the server answers, at a random place. */
function randomQuestion(random: Random, document: TextDocument, offset: number): Question {
  const { uri } = document;
  const textDocument = { uri };
  const at = random.uniform() < 0.5 ? offset : random.integer(document.getText().length + 1);
  const position = document.positionAt(at);
  const range = { start: position, end: document.positionAt(at + random.integer(500)) };
  const home = pathToFileURL(folder).href;
  const label = pick(random, ['water', 'long', 'x']);
  const options = { tabSize: 2, insertSpaces: true };
  return pick(random, [
    { method: 'textDocument/diagnostic', parameters: { textDocument } },
    { method: 'textDocument/codeAction', parameters: { textDocument, range, context: { diagnostics: [] } } },
    { method: 'textDocument/completion', parameters: { textDocument, position } },
    { method: 'textDocument/completion', parameters: { textDocument, position, context: { triggerKind: 2, triggerCharacter: pick(random, [' ', '=', '[', ',', '"', '/']) } } }, // prettier-ignore
    { method: 'textDocument/hover', parameters: { textDocument, position } },
    { method: 'textDocument/signatureHelp', parameters: { textDocument, position } },
    { method: 'textDocument/definition', parameters: { textDocument, position } },
    {
      method: 'textDocument/references',
      parameters: { textDocument, position, context: { includeDeclaration: true } },
    },
    { method: 'textDocument/documentHighlight', parameters: { textDocument, position } },
    { method: 'textDocument/prepareRename', parameters: { textDocument, position } },
    { method: 'textDocument/rename', parameters: { textDocument, position, newName: pick(random, ['new', 'He', '', 'a b', '"']) } }, // prettier-ignore
    { method: 'textDocument/documentSymbol', parameters: { textDocument } },
    { method: 'workspace/symbol', parameters: { query: pick(random, ['', 'w', 'x']) } },
    { method: 'textDocument/documentLink', parameters: { textDocument } },
    { method: 'textDocument/codeLens', parameters: { textDocument } },
    { method: 'textDocument/foldingRange', parameters: { textDocument } },
    { method: 'textDocument/selectionRange', parameters: { textDocument, positions: [position] } },
    { method: 'textDocument/inlayHint', parameters: { textDocument, range } },
    { method: 'textDocument/semanticTokens/full', parameters: { textDocument } },
    { method: 'textDocument/semanticTokens/full/delta', parameters: { textDocument, previousResultId: '1' } },
    { method: 'textDocument/semanticTokens/range', parameters: { textDocument, range } },
    { method: 'textDocument/formatting', parameters: { textDocument, options } },
    { method: 'textDocument/rangeFormatting', parameters: { textDocument, range, options } },
    { method: 'textDocument/rangesFormatting', parameters: { textDocument, ranges: [range], options } },
    { method: 'textDocument/onTypeFormatting', parameters: { textDocument, position, ch: pick(random, ['}', '\n']), options } }, // prettier-ignore
    {
      method: 'workspace/willRenameFiles',
      parameters: { files: [{ oldUri: `${home}/data/a.xyz`, newUri: `${home}/b.xyz` }] },
    },
    { method: EXPANSION, parameters: { uri, label } },
    { method: PREVIEW, parameters: { uri, label } },
    { method: EXCLUDE, parameters: { uri, kind: 'train', label, frames: [{ file: 'data/a.xyz', frame: 1 }] } },
    { method: CONVERT, parameters: { uri, units: 'bohr' } },
  ]);
}

/** What is said of the document itself: places in others are checked by their own tests. */
function withinDocument(answer: unknown, uri: string): unknown {
  if (Array.isArray(answer)) return answer.map((one) => withinDocument(one, uri));
  if (typeof answer !== 'object' || answer === null) return answer;
  const { uri: other, targetUri } = answer as { readonly uri?: unknown; readonly targetUri?: unknown };
  if ((other ?? targetUri ?? uri) !== uri) return undefined;
  // The edits of a rename are by document.
  const own = Object.entries(answer).filter(([key]) => !key.startsWith('file:') || key === uri);
  return Object.fromEntries(own.map(([key, value]) => [key, withinDocument(value, uri)]));
}

test('random edits and requests over stdio', { timeout: 7_200_000 }, async () => {
  const random = createRandom(SEED, 'soak over stdio');
  const session = await startServer(
    bundle.file,
    {
      workspace: { workspaceFolders: true, diagnostics: { refreshSupport: true }, inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } }, // prettier-ignore
      textDocument: { diagnostic: {}, completion: { completionItem: { snippetSupport: true } }, definition: { linkSupport: true } }, // prettier-ignore
    },
    (connection) => {
      for (const what of ['diagnostic', 'inlayHint', 'codeLens'])
        connection.onRequest(`workspace/${what}/refresh`, () => null);
    },
    ['--stdio'],
    COUNT >= ENOUGH_FOR_MEMORY,
  );
  const { connection } = session;
  const workspace = { uri: pathToFileURL(folder).href, name: 'soak' };
  await connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [workspace], removed: [] } }); // prettier-ignore
  let version = 0;
  const open = async ({ name, languageId, texts }: Kind, text = pick(random, texts)): Promise<TextDocument> => {
    const uri = pathToFileURL(path.join(folder, name)).href;
    const document = TextDocument.create(uri, languageId, ++version, text);
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version, text: document.getText() },
    });
    return document;
  };
  const close = ({ uri }: TextDocument): Promise<void> =>
    connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  const documents: TextDocument[] = [];
  for (const kind of KINDS) documents.push(await open(kind));
  /** Everything as it was at first: what is in use then is not what random texts need, but what was left of those before. */
  const startAgain = async (): Promise<void> => {
    writeData();
    for (const [i, kind] of KINDS.entries()) {
      await close(documents[i]);
      documents[i] = await open(kind, kind.texts[0]);
      const textDocument = { uri: documents[i].uri };
      await connection.sendRequest('textDocument/diagnostic', { textDocument });
    }
  };

  const edits = Math.floor(COUNT / 2);
  const asked = new Map<string, number>();
  const memory: (readonly Memory[])[] = [];
  let waiting: Promise<void>[] = [];
  for (let i = 1; i <= edits; i++) {
    const which = kindAt(random.uniform());
    let document = documents[which];
    if (document.getText().length > LONGEST || (document.getText() === '' && random.uniform() < 0.1)) {
      await close(document);
      document = documents[which] = await open(KINDS[which]);
    }
    const offset = await change(session, random, document, ++version);
    const frozen = TextDocument.create(document.uri, document.languageId, version, document.getText());
    const question = randomQuestion(random, frozen, offset);
    asked.set(question.method, (asked.get(question.method) ?? 0) + 1);
    waiting.push(ask(session, document, frozen, question, i));
    if (random.uniform() < 0.002) await surprise(session, random, document.uri);
    if (waiting.length < WINDOW && i < edits) continue;
    await Promise.all(waiting);
    waiting = [];
    if (i < (edits * (memory.length + 1)) / 4 || COUNT < ENOUGH_FOR_MEMORY) continue;
    await startAgain();
    // What workers are asked has been answered by then.
    await pause(4000);
    memory.push(await session.memory());
  }
  expect(session.errors).toEqual([]);
  expect(asked.size).toBeGreaterThan(26);
  if (COUNT >= ENOUGH_FOR_MEMORY) {
    for (const { thread } of memory[3]) {
      const own = memory.flatMap((all) => all.filter((one) => one.thread === thread));
      const used = own.map(({ heapUsed, external }) => (heapUsed + external) / 1e6);
      console.log(`${2 * edits} edits and requests; MB in use by thread ${thread} at each quarter: ${used.map((one) => one.toFixed(2)).join(', ')}`); // prettier-ignore
      expect(used[used.length - 1] - used[0]).toBeLessThan(MAXIMUM_GROWTH);
    }
  }
  expect(await session.close()).toBe(0);
});

function kindAt(fraction: number): number {
  let sum = 0;
  const found = KINDS.findIndex(({ share }) => (sum += share) > fraction);
  return found < 0 ? 0 : found;
}

/** Sends one edit or several, rarely the whole text; the offset behind the last one. */
async function change(
  { connection }: Session,
  random: Random,
  document: TextDocument,
  version: number,
): Promise<number> {
  let offset = 0;
  const contentChanges: unknown[] = [];
  for (let left = random.uniform() < 0.1 ? 3 : 1; left > 0; left--) {
    const { range, text } = randomEdit(random, document);
    const edit = random.uniform() < 0.01 ? { text: document.getText() + text } : { range, text };
    TextDocument.update(document, [edit], version);
    contentChanges.push(edit);
    offset = document.offsetAt(range.start) + text.length;
  }
  const { uri } = document;
  await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  return Math.min(offset, document.getText().length);
}

/** These read other files first, and answer about what the document is by then. */
const LOOKS_AROUND = ['workspace/symbol', 'workspace/willRenameFiles', 'textDocument/references'];

/** Only a name that can't be one may be refused. */
async function ask(
  { connection }: Session,
  document: TextDocument,
  frozen: TextDocument,
  question: Question,
  i: number,
): Promise<void> {
  const { method, parameters } = question;
  try {
    const answer: unknown = await connection.sendRequest(method, parameters);
    const isOfNow = !LOOKS_AROUND.includes(method) || document.version === frozen.version;
    if (isOfNow) checkRanges(frozen, withinDocument(answer, frozen.uri));
  } catch (error) {
    const isRefused = error instanceof ResponseError && error.code === LSPErrorCodes.RequestFailed;
    if (isRefused && method === 'textDocument/rename') return;
    const what = JSON.stringify({ parameters, text: frozen.getText() });
    throw new Error(`seed ${SEED}, edit ${i}, ${method}: ${what}`, { cause: error });
  }
}

/** Something else happens beside the documents. */
async function surprise({ connection }: Session, random: Random, uri: string): Promise<void> {
  if (random.uniform() < 0.5) {
    const file = path.join(folder, pick(random, ['ice.xyz', 'data/a.xyz']));
    writeFileSync(file, pick(random, [XYZ, frame(-1), XYZ.slice(0, 100), '']));
    const changes = [{ uri: pathToFileURL(file).href, type: 2 }];
    await connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  } else {
    const runs = [{ kind: 'train', label: 'water', state: 'interrupted', summary: '' }];
    await connection.sendNotification(RUNS_CHANGED, { uri, runs });
  }
}
