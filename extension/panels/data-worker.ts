/** Frames of data files, read by a thread of its own so that no big file ever holds up the extension host. */
import { Worker } from 'node:worker_threads';
import { Channel } from '../../protocol/messages';
import type { DataRequests } from '../../protocol/frames';

interface Nothing {
  requests: Record<string, never>;
  notifications: Record<string, never>;
}
interface DataSide {
  requests: DataRequests & Record<string, { parameters: unknown; result: unknown }>;
  notifications: Record<string, unknown>;
}

/** Started at the first request; a worker that died is started anew at the next. */
export class DataWorker {
  private current: { readonly worker: Worker; readonly channel: Channel<Nothing, DataSide> } | undefined;

  constructor(private readonly script: string) {}

  /** @throws Error with the worker's message, or when `signal` is aborted. */
  request<M extends keyof DataRequests>(
    method: M,
    parameters: DataRequests[M]['parameters'],
    signal?: AbortSignal,
  ): Promise<DataRequests[M]['result']> {
    this.current ??= this.start();
    return this.current.channel.request(method, parameters, signal);
  }

  dispose(): void {
    const { current } = this;
    this.current = undefined;
    current?.channel.close();
    void current?.worker.terminate();
  }

  private start(): { worker: Worker; channel: Channel<Nothing, DataSide> } {
    const worker = new Worker(this.script);
    worker.unref();
    const channel = new Channel<Nothing, DataSide>((message) => worker.postMessage(message), {
      requests: {},
      notifications: {},
    });
    const gone = (reason: string): void => {
      if (this.current?.worker === worker) this.current = undefined;
      channel.close(reason);
    };
    worker.on('message', (message: unknown) => channel.receive(message));
    worker.on('error', (error: unknown) => gone(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => gone('the reader of data files has ended'));
    return { worker, channel };
  }
}
