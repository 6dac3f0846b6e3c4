/** The trajectory viewer as a custom editor, with real WebGL. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { suite, suiteTeardown, test } from 'mocha';
import * as vscode from 'vscode';
import { recall } from '../../extension/panels/file-states';
import { extension, until, workspace } from './support';

suite('trajectory viewer', () => {
  const file = workspace('data', 'ammonia.xyz');
  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('a file of frames opens and is drawn', async () => {
    const { context } = await extension();
    await context.trajectories.open(file, { column: vscode.ViewColumn.One });
    const drawn = await until('the first frame', () => context.trajectories.drawn(file).at(-1));
    assert.equal(drawn.frame, 0);
    assert.equal(drawn.atoms, 4);
    assert.notEqual(drawn.renderer, '', 'WebGL is there');
  });

  test('it is told which frame to show', async () => {
    const { context } = await extension();
    await context.trajectories.open(file, { frame: 7, atoms: [1] });
    await until('frame 7', () => context.trajectories.drawn(file).at(-1)?.frame === 7);
  });

  test('closed and opened again it is as it was', async () => {
    const { context } = await extension();
    const remembered = (): string | undefined => recall(context.extension.workspaceState, file.toString());
    await until('what is remembered', () => remembered()?.includes('"frame":7'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('its end', () => context.trajectories.drawn(file).length === 0);
    await context.trajectories.open(file, { column: vscode.ViewColumn.One });
    const drawn = await until('a frame', () => context.trajectories.drawn(file).at(0));
    assert.equal(drawn.frame, 7);
  });

  test('a plain click on the file opens text: the viewer is an option', async () => {
    await vscode.commands.executeCommand('vscode.open', file);
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(tab instanceof vscode.TabInputText);
  });

  test('the line of a frame is known', async () => {
    const { context } = await extension();
    const lines = readFileSync(file.fsPath, 'utf8').split('\n');
    const line = await context.trajectories.lineOf(file.fsPath, 7);
    assert.equal(line, 7 * 6);
    assert.equal(lines[line], '4');
  });

  test('a file that grows is followed, one that is broken says so', async () => {
    const { context } = await extension();
    const text = readFileSync(file.fsPath, 'utf8').split('\n');
    const growing = workspace('growing.xyz');
    writeFileSync(growing.fsPath, text.slice(0, 6 * 3).join('\n') + '\n');
    await context.trajectories.open(growing, { column: vscode.ViewColumn.One });
    await until('the first frame', () => context.trajectories.drawn(growing).at(-1));
    assert.equal((await context.data.request('index', { path: growing.fsPath })).frames, 3);
    appendFileSync(growing.fsPath, text.slice(6 * 3, 6 * 5).join('\n') + '\n');
    await context.trajectories.open(growing, { frame: 4 });
    await until('a frame that was not there before', () => context.trajectories.drawn(growing).at(-1)?.frame === 4);

    await assert.rejects(context.data.request('index', { path: workspace('missing.xyz').fsPath }));
    await assert.rejects(context.data.request('frame', { path: growing.fsPath, index: 99 }));
  });
});
