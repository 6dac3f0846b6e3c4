/**
 * Typed request/response and notification channels over anything that can post a message: extension ↔ webview,
 * thread ↔ worker. One class serves both sides; a throwing handler answers with an error, so no caller waits for ever.
 */

export type RequestMap = Record<string, { parameters: unknown; result: unknown }>;
export type NotificationMap = Record<string, unknown>;

/** What one side may be asked and told. */
export interface Side {
  requests: RequestMap;
  notifications: NotificationMap;
}

type Message =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly parameters: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly message: string }
  | { readonly kind: 'notification'; readonly method: string; readonly parameters: unknown };

export type Handlers<S extends Side> = {
  readonly requests: {
    readonly [M in keyof S['requests']]: (
      parameters: S['requests'][M]['parameters'],
      signal: AbortSignal,
    ) => S['requests'][M]['result'] | Promise<S['requests'][M]['result']>;
  };
  readonly notifications: { readonly [M in keyof S['notifications']]: (parameters: S['notifications'][M]) => void };
};

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

/** `Mine` is what this side answers, `Theirs` what the other side answers. */
export class Channel<Mine extends Side, Theirs extends Side> {
  private nextId = 1;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private readonly running = new Map<number, AbortController>();

  constructor(
    private readonly post: (message: unknown, transfer?: readonly ArrayBuffer[]) => void,
    private readonly handlers: Handlers<Mine>,
  ) {}

  /** @throws Error (as a rejection) with the other side's message, or when `signal` is aborted or the channel closed. */
  request<M extends keyof Theirs['requests'] & string>(
    method: M,
    parameters: Theirs['requests'][M]['parameters'],
    signal?: AbortSignal,
  ): Promise<Theirs['requests'][M]['result']> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve, reject });
      signal?.addEventListener(
        'abort',
        () => {
          if (!this.waiting.delete(id)) return;
          this.send({ kind: 'cancel', id });
          reject(new Error('cancelled'));
        },
        { once: true },
      );
      this.send({ kind: 'request', id, method, parameters });
    });
  }

  notify<M extends keyof Theirs['notifications'] & string>(method: M, parameters: Theirs['notifications'][M]): void {
    this.send({ kind: 'notification', method, parameters });
  }

  /** Feed every message that arrives here; what is not ours is ignored. */
  receive(message: unknown): void {
    if (!isMessage(message)) return;
    switch (message.kind) {
      case 'request':
        void this.answer(message.id, message.method, message.parameters);
        return;
      case 'cancel':
        this.running.get(message.id)?.abort();
        return;
      case 'result':
        this.settle(message.id)?.resolve(message.result);
        return;
      case 'error':
        this.settle(message.id)?.reject(new Error(message.message));
        return;
      case 'notification':
        if (Object.hasOwn(this.handlers.notifications, message.method))
          this.handlers.notifications[message.method](message.parameters as never);
    }
  }

  /** Rejects everything that still waits. */
  close(reason = 'closed'): void {
    for (const { reject } of this.waiting.values()) reject(new Error(reason));
    this.waiting.clear();
    for (const controller of this.running.values()) controller.abort();
  }

  private settle(id: number): { resolve: (value: unknown) => void; reject: (error: Error) => void } | undefined {
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    return waiter;
  }

  private async answer(id: number, method: string, parameters: unknown): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      if (!Object.hasOwn(this.handlers.requests, method)) throw new Error(`unknown request ${method}`);
      const result = await this.handlers.requests[method](parameters, controller.signal);
      if (!controller.signal.aborted) this.send({ kind: 'result', id, result });
    } catch (error) {
      this.send({ kind: 'error', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.running.delete(id);
    }
  }

  private send(message: Message): void {
    this.post(message);
  }
}
