/** Tasks: the command line in a terminal, and what it says in the list of problems. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { suite, suiteSetup, test } from 'mocha';
import * as vscode from 'vscode';
import { extension, open, until, workspace } from './support';

/** Runs a task to its end; its exit code. */
async function execute(task: vscode.Task): Promise<number | undefined> {
  const ended = new Promise<number | undefined>((resolve) => {
    const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== task.name) return;
      subscription.dispose();
      resolve(exitCode);
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}

const named = (tasks: readonly vscode.Task[], name: string): vscode.Task => {
  const task = tasks.find((one) => one.name === name);
  assert.ok(task, `${name} among ${tasks.map((one) => one.name).join(', ')}`);
  return task;
};

suite('tasks', () => {
  suiteSetup(async () => {
    await extension();
    await open(workspace('ammonia.potential'));
  });

  test('the open file is checked and its actions are run by tasks', async function () {
    this.timeout(300_000);
    const { context } = await extension();
    const tasks = await vscode.tasks.fetchTasks({ type: 'nearsight' });
    assert.equal(await execute(named(tasks, 'check ammonia.potential')), 0);
    const runs = () =>
      context.runs.all.filter(({ manifest, state }) => manifest.label === 'quick' && state === 'finished');
    const before = runs().length;
    assert.equal(await execute(named(tasks, 'train quick in ammonia.potential')), 0);
    await until('its run', () => runs().length === before + 1);
  });

  test('a task that is written in tasks.json puts problems at their places', async () => {
    const file = workspace('closed.potential');
    writeFileSync(file.fsPath, 'potential closed {\n  elements = [H]\n  cutoff = 6 eV\n}\n\n\n'); // prettier-ignore
    await vscode.workspace
      .getConfiguration('tasks')
      .update('tasks', [{ type: 'nearsight', command: 'check', file: 'closed.potential', label: 'closed' }]);
    const task = await until('the task', async () =>
      (await vscode.tasks.fetchTasks({ type: 'nearsight' })).find(({ name }) => name === 'closed'),
    );
    assert.equal(await execute(task), 2);
    const problems = await until('its problems', () => {
      const found = vscode.languages.getDiagnostics(file);
      return found.length > 0 && found;
    });
    const [error] = problems.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    assert.equal(error.code, 'PD0102');
    assert.equal(error.source, 'nearsight');
    assert.deepEqual([error.range.start.line, error.range.start.character], [2, 13]);
    assert.ok(!error.message.includes('PD0102'));
    await vscode.workspace.getConfiguration('tasks').update('tasks', undefined);
  });
});
