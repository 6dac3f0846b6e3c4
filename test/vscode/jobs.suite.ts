/** ▶ in the editor: jobs as detached processes, followed by their folders. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, suiteSetup, test } from 'mocha';
import * as vscode from 'vscode';
import type { Context } from '../../extension/context';
import type { Run } from '../../extension/jobs/runs';
import { readManifest } from '../../extension/jobs/runs';
import { showDifference } from '../../extension/panels/comparison';
import { excludeFrames } from '../../extension/panels/exclusion';
import { parseEvents } from '../../protocol/run';
import { extension, open, until, workspace } from './support';

suite('jobs', () => {
  const file = workspace('ammonia.potential');
  const lens = (kind: string, label: string) => ({ uri: file.toString(), kind, label });
  let context: Context;

  suiteSetup(async () => {
    ({ context } = await extension());
    await open(file);
  });

  const newest = (kind: string, label: string): Run | undefined =>
    context.runs.all.find(({ manifest }) => manifest.kind === kind && manifest.label === label);

  test('▶ train runs to the end, with every epoch in its events and drawn curves', async function () {
    this.timeout(300_000);
    await vscode.commands.executeCommand('nearsight.run', lens('train', 'quick'));
    const started = await until('the run', () => newest('train', 'quick'));
    assert.equal(started.manifest.file, file.fsPath);
    assert.ok(context.results.isVisible(started.folder), 'the results are open beside the text');
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), file.toString(), 'the text keeps the focus');
    const run = await until(
      'the end',
      () => {
        const found = context.runs.get(started.folder);
        return found && found.state !== 'running' && found;
      },
      150_000,
    );
    assert.equal(run.state, 'finished', run.manifest.error);
    assert.ok(run.manifest.test?.energy_rmse !== undefined && run.manifest.test.energy_rmse !== null);

    const events = parseEvents(readFileSync(path.join(run.folder, 'events.ndjson'), 'utf8'));
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : [])),
      Array.from({ length: 400 }, (_, i) => i + 1),
    );
    assert.ok(existsSync(path.join(run.folder, 'potential.json')));
    await until('curves and parity points', () =>
      context.results.drawn(run.folder).some(({ curves, points }) => curves > 0 && points > 0),
    );
  });

  test('▶ of a new document saves it first', async function () {
    this.timeout(300_000);
    await vscode.commands.executeCommand('nearsight.newPotential', workspace('data', 'ammonia.xyz'));
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document?.isUntitled);
    const argument = { uri: document.uri.toString(), kind: 'train', label: 'ammonia' };
    await vscode.commands.executeCommand('nearsight.run', argument);
    const run = await until('the run', () => newest('train', 'ammonia'));
    assert.equal(run.manifest.file, workspace('data', 'ammonia.potential').fsPath);
    await vscode.commands.executeCommand('nearsight.stop', { type: 'run', folder: run.folder });
    await until('its end', () => context.runs.get(run.folder)?.state !== 'running');
    await open(file);
  });

  test('the text of the data, the viewer and the results point at one structure', async function () {
    this.timeout(300_000);
    const run = await until('the trained run', () => newest('train', 'quick'));
    await context.results.show(run);
    const pointed = (): number => context.results.drawn(run.folder).at(-1)?.pointed ?? 0;
    await until('parity points', () => (context.results.drawn(run.folder).at(-1)?.points ?? 0) > 0);
    const data = workspace('data', 'ammonia.xyz');
    await open(data);
    // Line 5 of frame 7: an atom. As keys move the cursor.
    await vscode.commands.executeCommand('cursorMove', { to: 'down', by: 'line', value: 7 * 6 + 4 });
    await until('an energy and three components', () => pointed() === 4);
    assert.deepEqual(context.pointing.current, { file: data.fsPath, frames: [7], atoms: [2] });
    await context.trajectories.open(data, { frame: 3 });
    await until('frame 3 in the viewer', () => context.trajectories.drawn(data).at(-1)?.frame === 3);
    context.pointing.point({ file: data.fsPath, frames: [9], atoms: [] });
    await until('frame 9 in the viewer', () => context.trajectories.drawn(data).at(-1)?.frame === 9);
    // The viewer lies over the results: they hear of it when they are seen again.
    await context.results.show(run);
    await until('an energy and twelve components', () => pointed() === 13);
    await open(file);
  });

  test('evaluate and md take the trained potential; the trajectory opens', async function () {
    this.timeout(300_000);
    await vscode.commands.executeCommand('nearsight.run', lens('md', 'gas'));
    const started = await until('the run', () => newest('md', 'gas'));
    const run = await until(
      'the end',
      () => {
        const found = context.runs.get(started.folder);
        return found && found.state !== 'running' && found;
      },
      90_000,
    );
    assert.equal(run.state, 'finished', run.manifest.error);
    assert.ok(run.trajectory !== undefined);
    const uri = vscode.Uri.file(run.trajectory);
    await vscode.commands.executeCommand('nearsight.openTrajectory', { type: 'run', folder: run.folder });
    const drawn = await until('its first frame', () => context.trajectories.drawn(uri).at(-1));
    assert.equal(drawn.atoms, 4);
    // Of a molecule without a cell: angles, displacements, velocities, spectrum.
    await vscode.commands.executeCommand('nearsight.analyzeTrajectory', uri);
    await until('its analysis', () => context.analyses.drawn(uri.fsPath).some(({ charts }) => charts === 4));
    const { frames } = await context.data.request('index', { path: run.trajectory });
    assert.ok(frames >= 20, `${frames} frames`);
  });

  test('stop ends a run with a checkpoint, resume goes on from it', async function () {
    this.timeout(300_000);
    const seen = new Set<number>();
    const subscription = context.runs.onDidChange((changed) => {
      for (const run of changed) if (run.state === 'running' && run.latest.epoch) seen.add(run.latest.epoch.epoch);
    });
    await vscode.commands.executeCommand('nearsight.run', lens('train', 'long'));
    const { folder } = await until('the run', () => newest('train', 'long'));
    // Live: heard of while it runs.
    await until('some epochs', () => seen.size >= 3, 90_000);
    subscription.dispose();
    await vscode.commands.executeCommand('nearsight.stop', { type: 'run', folder });
    const stopped = await until('the stop', () => {
      const found = context.runs.get(folder);
      return found && found.state !== 'running' && found;
    });
    assert.equal(stopped.state, 'stopped', stopped.manifest.error);
    const epoch = stopped.latest.epoch?.epoch ?? 0;

    await vscode.commands.executeCommand('nearsight.resume', { type: 'run', folder });
    await until('further epochs', () => (context.runs.get(folder)?.latest.epoch?.epoch ?? 0) > epoch + 1, 90_000);
    assert.equal(context.runs.get(folder)?.manifest.resumed, 1);

    // What it leaves when it is killed: a run that is interrupted, and says so.
    const manifest = await readManifest(folder);
    assert.ok(manifest);
    process.kill(manifest.pid, 'SIGKILL');
    await until('the interruption', () => context.runs.get(folder)?.state === 'interrupted');
    const epochs = parseEvents(readFileSync(path.join(folder, 'events.ndjson'), 'utf8')).flatMap((event) =>
      event.type === 'epoch' ? [event.epoch] : [],
    );
    assert.deepEqual(
      [...new Set(epochs)].sort((a, b) => a - b),
      Array.from({ length: Math.max(...epochs) }, (_, i) => i + 1),
    );
  });

  test('runs are compared: selected in the tree, drawn, and their definitions side by side', async () => {
    const runs = ['quick', 'long'].map((label) => newest('train', label)).filter((run) => run !== undefined);
    assert.equal(runs.length, 2);
    const nodes = runs.map(({ folder }) => ({ type: 'run', folder }));
    await vscode.commands.executeCommand('nearsight.compareRuns', nodes[0], nodes);
    const folders = runs.map(({ folder }) => folder);
    await until('curves and rows', () =>
      context.comparisons.drawn(folders).some(({ curves, rows }) => curves === 3 && rows > 5),
    );
    await showDifference(runs[0], runs[1]);
    const { input } = await until('the comparison of texts', () => vscode.window.tabGroups.activeTabGroup.activeTab);
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.deepEqual(
      [input.original, input.modified].map(({ fsPath }) => fsPath),
      folders.map((folder) => path.join(folder, 'definition.potential')),
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  test('structures are left out of the dataset by an edit that is checked and can be undone', async () => {
    const run = newest('train', 'quick');
    assert.ok(run);
    const data = path.resolve(path.dirname(run.definition), run.manifest.data[0].file);
    const document = await vscode.workspace.openTextDocument(file);
    const before = document.getText();
    const frames = [3, 4, 9].map((index) => ({ path: data, index }));
    const labelled = { path: path.join(run.folder, 'labelled.xyz'), index: 0 };
    await assert.rejects(excludeFrames(context, run, [labelled]), /not of a dataset/);
    await excludeFrames(context, run, [...frames, labelled]);
    assert.match(document.getText(), /exclude = \["data\/ammonia\.xyz:3-4", "data\/ammonia\.xyz:9"\]/);
    await until('no complaints', () =>
      vscode.languages.getDiagnostics(file).every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error),
    );
    await vscode.commands.executeCommand('undo');
    await until('the text as it was', () => document.getText() === before);
    // The selected structures as one trajectory, read from the file that was written.
    const target = path.join(path.dirname(run.folder), 'selection.xyz');
    assert.deepEqual(await context.data.request('extract', { frames, target }), { frames: 3 });
    const last = await context.data.request('frame', { path: target, index: 2 });
    assert.equal(last.info.source_frame, 9);
  });

  test('a definition with errors is refused before a run folder is made', async () => {
    const before = context.runs.all.length;
    const wrong = workspace('wrong.potential');
    const run = await context.jobs.start(wrong, 'train', 'nothing');
    assert.equal(run, undefined);
    assert.equal(context.runs.all.length, before);
  });

  test('the page of a run gets files of the run only', async () => {
    const run = newest('train', 'quick');
    assert.ok(run);
    const data = run.manifest.data[0];
    assert.equal(path.basename(data.file), 'ammonia.xyz');
    const frame = await context.data.request('frame', {
      path: path.resolve(path.dirname(run.definition), data.file),
      index: 3,
    });
    assert.equal(frame.positions.length, 12);
    assert.equal(
      frame.positions.byteLength,
      frame.positions.buffer.byteLength,
      'arrays travel with buffers of their own',
    );
  });
});
