/** `nearsight lsp` as a process, as editors other than VS Code start it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver';
import { bundleServer, type Bundle } from './bundle';
import { startServer } from './client';

let bundle: Bundle;
let command = '';

beforeAll(async () => {
  bundle = await bundleServer({ nearsight: 'engine/cli/main.ts' });
  command = path.join(path.dirname(bundle.file), 'nearsight.js');
});
afterAll(() => bundle.dispose());

test.each([
  ['nearsight lsp --stdio', ['lsp', '--stdio']],
  ['nearsight lsp', ['lsp']],
  ['with what a client adds', ['lsp', '--stdio', `--clientProcessId=${process.pid}`]],
])('%s: initialize, open, diagnostics', async (_, args) => {
  const session = await startServer(command, { textDocument: { diagnostic: {} } }, undefined, args);
  expect(session.initialized.serverInfo?.name).toBe('nearsight');
  const diagnose = async (uri: string, languageId: string, text: string): Promise<Diagnostic[]> => {
    const textDocument = { uri, languageId, version: 1, text };
    await session.connection.sendNotification('textDocument/didOpen', { textDocument });
    const report = { textDocument: { uri } };
    return (await session.connection.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', report)).items;
  };
  const wrong = 'potential p { elements = [Ar]; cutoff = 6 eV; pair lennard_jones { epsilon = 1 eV; sigma = 3 Å } }\n';
  expect((await diagnose('file:///w/a.potential', 'potential', wrong)).map(({ code }) => code)).toEqual(['PD0102']);
  // Where the editor knows no such languages their names tell.
  expect((await diagnose('file:///w/b.potential', 'plaintext', wrong)).map(({ code }) => code)).toEqual(['PD0102']);
  const input = await diagnose('file:///w/input.nn', 'plaintext', 'cutoff_typ 6\n');
  expect(input.map(({ code }) => code)).toContain('NN001');
  expect(await diagnose('file:///w/notes.txt', 'plaintext', wrong)).toEqual([]);
  expect(await session.close()).toBe(0);
  expect(session.errors).toEqual([]);
});

test('docs/guide/editors.md starts it like this', () => {
  const guide = readFileSync(path.resolve(__dirname, '../../docs/guide/editors.md'), 'utf8');
  for (const editor of ['Neovim', 'Helix', 'Emacs', 'Zed']) expect(guide).toContain(`\n## ${editor}`);
  // Each of them names the command with its arguments, however it spells lists.
  const starts = [
    'cmd = { "nearsight", "lsp", "--stdio" }',
    'command = "nearsight"\nargs = ["lsp", "--stdio"]',
    '("nearsight" "lsp" "--stdio")',
    'vec!["lsp".into(), "--stdio".into()]',
  ];
  for (const start of starts) expect(guide).toContain(start);
});
