/**
 * Starts `nearsight …` so that it outlives the window: its own process group, no pipes, output to a file. Which run folder
 * the job has made is found by its pid in run.json: there is no other connection.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import type { RunKind } from '../../protocol/run';
import { readManifest, runFolders } from './runs';

const POLL_MILLISECONDS = 100;
const MAXIMUM_OUTPUT_BYTES = 1 << 16;
const KEPT_LOGS = 30;

export interface Launch {
  /** Node executable; '' is the editor's own. */
  readonly node: string;
  /** dist/nearsight.js */
  readonly script: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Where stdout and stderr go. */
  readonly log: string;
}

/**
 * The environment of a job: the person's, without what the editor put in for itself, which would change how a child's node
 * behaves. `asNode` makes Electron a plain node.
 */
export function jobEnvironment(environment: NodeJS.ProcessEnv, asNode: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(NODE_OPTIONS|NODE_V8_COVERAGE|VSCODE_.*|ELECTRON_.*)$/i.test(name),
  );
  return { ...Object.fromEntries(kept), ...(asNode ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
}

/** Expected failure: the executable can't be started. */
export async function launch({ node, script, arguments: args, folder, log }: Launch): Promise<Result<ChildProcess>> {
  mkdirSync(path.dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  try {
    const child = spawn(node === '' ? process.execPath : node, [script, ...args], {
      cwd: folder,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output],
      env: jobEnvironment(process.env, node === ''),
    });
    const failure = await new Promise<Error | undefined>((resolve) => {
      child.once('spawn', () => resolve(undefined));
      child.once('error', resolve);
    });
    child.unref();
    if (failure === undefined) return ok(child);
    return fail({
      code: 'JB001',
      message: `The job can't be started with ${node || process.execPath}: ${failure.message}`,
    });
  } finally {
    closeSync(output);
  }
}

/** The folder in `candidates()` whose run.json names this process. */
async function folderOf(pid: number, candidates: () => Promise<readonly string[]>): Promise<string | undefined> {
  for (const folder of await candidates()) if ((await readManifest(folder))?.pid === pid) return folder;
  return undefined;
}

/**
 * Waits until the child has made (or claimed) its run folder, one of `candidates`. Expected failure: it ended before, with
 * what it had to say; that is how errors in the definition and missing data arrive.
 */
export async function runFolderOf(
  child: ChildProcess,
  log: string,
  candidates: () => Promise<readonly string[]>,
): Promise<Result<string>> {
  const { pid } = child;
  if (pid === undefined) return fail({ code: 'JB001', message: 'The job has no process.' });
  for (;;) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    const folder = await folderOf(pid, candidates);
    if (folder !== undefined) return ok(folder);
    if (ended) {
      const text = await readLog(log);
      return fail({
        code: 'JB002',
        message: text === '' ? `The job ended with exit code ${child.exitCode ?? '?'}.` : text,
      });
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** The newest folders of runs of a kind below `runs`. */
export const newestRuns = (runs: string, kind: RunKind): Promise<string[]> => runFolders(runs, kind, 10);

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch((): string[] => []);

/** The end of what a job has written. */
async function readLog(log: string): Promise<string> {
  const file = await open(log, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, MAXIMUM_OUTPUT_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}

/** Removes all logs but the newest; their names begin with the time. */
export async function pruneLogs(folder: string): Promise<void> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.log')).sort();
  await Promise.all(names.slice(0, -KEPT_LOGS).map((name) => rm(path.join(folder, name), { force: true })));
}
