/**
 * Tasks of the type `nearsight`: the command line on a file, in a terminal, for those who bind, chain and automate. What their output says
 * with a place goes to the problems of that file. They end with the window; jobs that outlive it are started by ▶ (jobs.ts).
 */
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { LENS_COMMANDS } from '../../protocol/requests';
import { runKind } from '../../protocol/run';
import type { Context } from '../context';
import { INPUT_LANGUAGE, LANGUAGE, PROBLEM_MATCHER, SETTINGS, TASK_TYPE } from '../identifiers';
import { lensesOf } from '../lenses';

/** As in the manifest. `block` is the label of one, which all commands but `check` need: `label` VS Code has for tasks. */
const taskDefinition = v.variant('command', [
  v.object({ type: v.literal(TASK_TYPE), command: v.literal('check'), file: v.string() }),
  v.object({ type: v.literal(TASK_TYPE), command: runKind, file: v.string(), block: v.string() }),
]);
type TaskDefinition = v.InferOutput<typeof taskDefinition>;

export function registerTasks(context: Context): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: async () => {
      const open = vscode.workspace.textDocuments.filter(
        ({ uri, languageId }) => uri.scheme === 'file' && (languageId === LANGUAGE || languageId === INPUT_LANGUAGE),
      );
      return (await Promise.all(open.map(({ uri }) => tasksOf(context, uri)))).flat();
    },
    // What is written in tasks.json; of what is not right, VS Code says so.
    resolveTask: ({ definition, scope }) => {
      const parsed = v.safeParse(taskDefinition, definition);
      const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.at(0);
      return parsed.success && folder !== undefined ? taskOf(context, folder, definition, parsed.output) : undefined;
    },
  });
}

/** What an open file offers. */
async function tasksOf(context: Context, uri: vscode.Uri): Promise<vscode.Task[]> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return [];
  const file = vscode.workspace.asRelativePath(uri, false);
  const offered = await lensesOf(uri, LENS_COMMANDS.run);
  const definitions: TaskDefinition[] = [
    { type: TASK_TYPE, command: 'check', file },
    ...offered.flatMap(({ lens: { kind, label } }) =>
      kind === 'potential' ? [] : [{ type: TASK_TYPE, command: kind, file, block: label } as const],
    ),
  ];
  return definitions.map((definition) => taskOf(context, folder, definition, definition));
}

/** @param written as it stands in tasks.json: VS Code wants the same object back */
function taskOf(
  { extension }: Context,
  folder: vscode.WorkspaceFolder,
  written: vscode.TaskDefinition,
  definition: TaskDefinition,
): vscode.Task {
  const { command, file } = definition;
  const node = vscode.workspace.getConfiguration(undefined, folder.uri).get<string>(SETTINGS.node, '');
  const target = path.resolve(folder.uri.fsPath, file);
  const [name, words] =
    definition.command === 'check'
      ? [`check ${file}`, [target]]
      : [`${command} ${definition.block} in ${file}`, [target, definition.block]];
  const task = new vscode.Task(
    written,
    folder,
    name,
    TASK_TYPE,
    new vscode.ProcessExecution(
      node === '' ? process.execPath : node,
      [extension.asAbsolutePath('dist/nearsight.js'), command, '--', ...words],
      { cwd: folder.uri.fsPath, ...(node === '' && { env: { ELECTRON_RUN_AS_NODE: '1' } }) },
    ),
    `$${PROBLEM_MATCHER}`,
  );
  if (command === 'check') task.group = vscode.TaskGroup.Test;
  return task;
}
