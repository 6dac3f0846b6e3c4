/** The built server (a file) as a child process, spoken to over stdio: what an editor sees. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type InitializeResult,
  type ProtocolConnection,
} from 'vscode-languageserver/node';

/** What a thread of the server holds when all that nobody needs has been collected, in bytes. The main thread is 0. */
export interface Memory {
  readonly thread: number;
  readonly heapUsed: number;
  readonly external: number;
}

export interface Session {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  readonly pid: number;
  /** Milliseconds from spawning to the answer to `initialize`. */
  readonly startup: number;
  /** What the server wrote to its log as errors. */
  readonly errors: string[];
  /** Of all its threads; only of a server that was started to be measured. */
  memory(): Promise<readonly Memory[]>;
  /** Asks it to shut down; the exit code. */
  close(): Promise<number | null>;
}

/** Without machine code, of which the engine makes more the longer it runs, up to a bound that is far away: what is measured is what the server keeps. */
const PROBED = [
  '--expose-gc',
  '--no-opt',
  '--no-sparkplug',
  '--import',
  pathToFileURL(path.join(__dirname, 'memory-probe.mjs')).href,
];

export async function startServer(
  file: string,
  capabilities: ClientCapabilities,
  prepare: (connection: ProtocolConnection) => void = () => undefined,
  args: readonly string[] = ['--stdio'],
  isMeasured = false,
): Promise<Session> {
  const started = performance.now();
  const child = spawn(process.execPath, [...(isMeasured ? PROBED : []), file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit', ...(isMeasured ? (['ipc'] as const) : [])],
  }) as ChildProcessByStdio<Writable, Readable, null>;
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const errors: string[] = [];
  connection.onNotification('window/logMessage', ({ type, message }: { type: number; message: string }) => {
    if (type === 1) errors.push(message);
  });
  prepare(connection);
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities,
  });
  const startup = performance.now() - started;
  await connection.sendNotification('initialized', {});
  return {
    connection,
    initialized,
    pid: child.pid ?? -1,
    startup,
    errors,
    memory: async () => {
      child.send('measure');
      const [memory] = (await once(child, 'message')) as [readonly Memory[]];
      return memory;
    },
    close: async () => {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      const code = await exited;
      connection.dispose();
      return code;
    },
  };
}
