/** The built server (a file) as a child process, spoken to over stdio: what an editor sees. */
import { spawn } from 'node:child_process';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type InitializeResult,
  type ProtocolConnection,
} from 'vscode-languageserver/node';

export interface Session {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  readonly pid: number;
  /** Milliseconds from spawning to the answer to `initialize`. */
  readonly startup: number;
  /** What the server wrote to its log as errors. */
  readonly errors: string[];
  /** Asks it to shut down; the exit code. */
  close(): Promise<number | null>;
}

export async function startServer(
  file: string,
  capabilities: ClientCapabilities,
  prepare: (connection: ProtocolConnection) => void = () => undefined,
  args: readonly string[] = ['--stdio'],
): Promise<Session> {
  const started = performance.now();
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
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
    close: async () => {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      const code = await exited;
      connection.dispose();
      return code;
    },
  };
}
