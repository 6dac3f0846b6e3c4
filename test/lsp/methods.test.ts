/** docs/reference/language-server.md against the protocol's list of methods, what the server announces, and the tests by name. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as protocol from 'vscode-languageserver/node';
import type { Diagnostic } from 'vscode-languageserver';
import { RUNS_CHANGED } from '../../protocol/requests';
import { bundleServer, type Bundle } from './bundle';
import { startServer, type Session } from './client';

interface Method {
  readonly method: string;
  readonly messageDirection: 'clientToServer' | 'serverToClient' | 'both';
  /** What a server announces that has it, as a path. */
  readonly capabilities?: { readonly server?: string };
}

const isMethod = (value: unknown): value is Method =>
  typeof value === 'object' && value !== null && 'method' in value && 'messageDirection' in value && 'type' in value;
/** All that the library knows, but for registrations that are no messages. */
const known = new Map(
  (Object.values(protocol) as readonly unknown[])
    .filter(isMethod)
    .filter(({ method }) => !['notebookDocument/sync', 'textDocument/semanticTokens'].includes(method))
    .map((one) => [one.method, one]),
);

const page = readFileSync(path.resolve(__dirname, '../../docs/reference/language-server.md'), 'utf8');
const [, fromEditor, toEditor, own] = page.split(/^## .*$/m);
const rows = (table: string): string[][] =>
  [...table.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, method, rest]) => [method, ...rest.split(' | ')]);
const titlesIn = (file: string): string[] =>
  [...readFileSync(path.join(__dirname, file), 'utf8').matchAll(/\btest\(\s*(['`])(.*?)\1,/g)].map(
    ([, , title]) => title,
  );
const all = [...titlesIn('methods.test.ts'), ...titlesIn('server.test.ts'), ...titlesIn('input.test.ts')];
const covers = (titles: readonly string[], method: string): boolean =>
  titles.some((title) => title.split(/[\s,:]+/).includes(method));

let bundle: Bundle;
let session: Session;
let version = 0;

beforeAll(async () => {
  bundle = await bundleServer();
  session = await start(bundle.file);
});
afterAll(async () => {
  await session.close();
  bundle.dispose();
});

const received: { readonly method: string; readonly parameters: unknown }[] = [];
let arrived: () => void = () => undefined;
/** A client that can all that the server may ask of one, and writes down what it is asked. */
const start = (file: string): Promise<Session> =>
  startServer(
    file,
    {
      workspace: {
        diagnostics: { refreshSupport: true },
        inlayHint: { refreshSupport: true },
        codeLens: { refreshSupport: true },
        didChangeWatchedFiles: { dynamicRegistration: true },
      },
      textDocument: { diagnostic: {} },
    },
    (connection) => {
      for (const [method] of rows(toEditor))
        connection.onRequest(method, (parameters: unknown) => {
          received.push({ method, parameters });
          arrived();
          return null;
        });
    },
  );

/** Waits until the server has asked for it. */
async function asked(method: string): Promise<unknown> {
  for (;;) {
    const found = received.find((one) => one.method === method);
    if (found !== undefined) return found.parameters;
    await new Promise<void>((resolve) => (arrived = resolve));
  }
}

describe('the page', () => {
  test('lists every method once', () => {
    const of = (direction: Method['messageDirection']): string[] =>
      [...known.values()].filter((one) => one.messageDirection === direction).map(({ method }) => method);
    const listed = (table: string): string[] => rows(table).map(([method]) => method);
    expect(listed(fromEditor).sort()).toEqual([...of('clientToServer'), '$/cancelRequest'].sort());
    expect(listed(toEditor).sort()).toEqual(of('serverToClient').sort());
  });

  test('says what the server announces', () => {
    const announced = (capability: string): boolean => {
      let at: unknown = session.initialized.capabilities;
      for (const key of capability.split('.'))
        at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
      return at !== undefined && at !== false;
    };
    const wrong = rows(fromEditor).filter(([method, potential, input]) => {
      const capability = known.get(method)?.capabilities?.server;
      return capability !== undefined && announced(capability) !== [potential, input].includes('yes');
    });
    expect(wrong).toEqual([]);
  });

  test('claims nothing that has no test', () => {
    const untested = rows(fromEditor).flatMap(([method, potential, input]) => {
      const general = titlesIn('methods.test.ts');
      return [
        ...(potential === 'yes' && !covers([...general, ...titlesIn('server.test.ts')], method) ? [method] : []),
        ...(input === 'yes' && !covers([...general, ...titlesIn('input.test.ts')], method)
          ? [`${method} (input.nn)`]
          : []),
      ];
    });
    untested.push(
      ...rows(toEditor).flatMap(([method, yes]) => (yes === 'yes' && !covers(all, method) ? [method] : [])),
    );
    untested.push(...rows(own).flatMap(([method]) => (covers(all, method) ? [] : [method])));
    expect(untested).toEqual([]);
  });
});

test('initialize, initialized, shutdown, exit, client/registerCapability', async () => {
  const fresh = await start(bundle.file);
  expect(fresh.initialized.serverInfo).toEqual({ name: 'nearsight' });
  const { registrations } = (await asked('client/registerCapability')) as protocol.RegistrationParams;
  expect(registrations.map(({ method }) => method)).toEqual(['workspace/didChangeWatchedFiles']);
  expect(await fresh.close()).toBe(0);
});

test('textDocument/didOpen, textDocument/didChange, textDocument/didClose', async () => {
  const { connection } = session;
  for (const [uri, languageId, text] of [
    ['untitled:a', 'potential', 'x = 1\n'],
    ['untitled:b', 'runner-nn', 'x 1\n'],
  ]) {
    const diagnose = async (): Promise<Diagnostic[]> =>
      (await connection.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } }))
        .items;
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: ++version, text },
    });
    expect((await diagnose()).length).toBeGreaterThan(0);
    const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range, text: '# nothing\n' }],
    });
    expect((await diagnose()).filter(({ severity }) => severity === 1)).toEqual([]);
    await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    expect(await diagnose()).toEqual([]);
  }
});

test('workspace/didChangeWatchedFiles, workspace/diagnostic/refresh', async () => {
  await session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [] });
  await asked('workspace/diagnostic/refresh');
});

test('nearsight/runsChanged, workspace/codeLens/refresh, workspace/inlayHint/refresh', async () => {
  await session.connection.sendNotification(RUNS_CHANGED, { uri: 'file:///a.potential', runs: [] });
  await asked('workspace/codeLens/refresh');
  await asked('workspace/inlayHint/refresh');
});
