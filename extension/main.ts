/** Where VS Code comes in. Everything else hangs on one `Context`. */
import type * as vscode from 'vscode';
import { registerCommands } from './commands';
import { Context } from './context';
import { registerTasks } from './jobs/tasks';

export interface Api {
  /** What the suites inside the extension host ask. */
  readonly context: Context;
}

export async function activate(extension: vscode.ExtensionContext): Promise<Api> {
  const context = new Context(extension);
  extension.subscriptions.push(context, registerCommands(context), registerTasks(context));
  await context.start();
  return { context };
}
