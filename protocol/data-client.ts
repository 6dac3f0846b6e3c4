/** Asks a worker: a thread that is started at the first request and, should it die, again at the next. */
import { Worker } from 'node:worker_threads';
import { Channel, type Side } from './messages';
import type { DataSide, Nothing } from './data-sides';

export interface WorkerClient<S extends Side> {
  /** @throws Error (as a rejection) with the worker's message, or when `signal` is aborted or the client disposed. */
  request<M extends keyof S['requests'] & string>(
    method: M,
    parameters: S['requests'][M]['parameters'],
    signal?: AbortSignal,
  ): Promise<S['requests'][M]['result']>;
  /** Ends the thread whatever it is at; everything that waits is rejected. The next request starts another. */
  stop(): void;
  dispose(): void;
}

export type DataClient = WorkerClient<DataSide>;

/** @param script path of the bundled worker, dist/data-worker.js */
export const createDataClient = (script: string): DataClient => createWorkerClient<DataSide>(script);

/** @param script path of the bundled worker */
export function createWorkerClient<S extends Side>(script: string): WorkerClient<S> {
  let current: { readonly worker: Worker; readonly channel: Channel<Nothing, S> } | undefined;
  let disposed = false;

  const start = (): { readonly worker: Worker; readonly channel: Channel<Nothing, S> } => {
    const worker = new Worker(script);
    // A process that has nothing else to do ends.
    worker.unref();
    const channel = new Channel<Nothing, S>((message) => worker.postMessage(message), {
      requests: {},
      notifications: {},
    });
    const gone = (reason: string): void => {
      if (current?.worker === worker) current = undefined;
      channel.close(reason);
    };
    worker.on('message', (message: unknown) => channel.receive(message));
    worker.on('error', (error: unknown) => gone(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => gone('the reader of data files has ended'));
    return { worker, channel };
  };

  const stop = (): void => {
    const last = current;
    current = undefined;
    last?.channel.close();
    void last?.worker.terminate();
  };

  return {
    request: (method, parameters, signal) => {
      if (disposed) return Promise.reject(new Error('the reader of data files is closed'));
      current ??= start();
      return current.channel.request(method, parameters, signal);
    },
    stop,
    dispose: () => {
      disposed = true;
      stop();
    },
  };
}
