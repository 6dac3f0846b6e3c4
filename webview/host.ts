/** The way to the extension host: one typed channel, and the small state that the editor keeps for a panel. */
import * as v from 'valibot';
import { Channel, type Handlers, type Side } from '../protocol/messages';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

let acquired: VsCodeApi | undefined;

/** The editor hands its API out only once. */
const api = (): VsCodeApi => (acquired ??= acquireVsCodeApi());

/** Opens the channel; messages flow from now on. */
export function connect<Mine extends Side, Theirs extends Side>(handlers: Handlers<Mine>): Channel<Mine, Theirs> {
  const channel = new Channel<Mine, Theirs>((message) => api().postMessage(message), handlers);
  window.addEventListener('message', (event: MessageEvent<unknown>) => channel.receive(event.data));
  return channel;
}

/**
 * State that survives hiding the panel and reloading the window; a panel that is opened anew begins with what the extension
 * remembers. What does not fit the schema is forgotten. A change is kept at once; of many in a row the first, and the last when
 * they pause or the person turns to another part of the window, where it may be reloaded.
 *
 * @param onKept called when it was kept
 */
export function keepState<S extends v.GenericSchema<unknown, object>>(
  schema: S,
  initial: v.InferOutput<S>,
  onKept?: (value: v.InferOutput<S>) => void,
): { readonly value: v.InferOutput<S>; update(change: Partial<v.InferOutput<S>>): void } {
  const kept = v.safeParse(schema, api().getState() ?? remembered());
  let value: v.InferOutput<S> = kept.success ? kept.output : initial;
  let keptLast = value;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    timer = undefined;
    if (value === keptLast) return;
    keptLast = value;
    api().setState(value);
    onKept?.(value);
  };
  window.addEventListener('blur', keep);
  return {
    get value() {
      return value;
    },
    update(change) {
      value = { ...value, ...change };
      if (timer === undefined) keep();
      clearTimeout(timer);
      timer = setTimeout(keep, 150);
    },
  };
}

/** What the extension wrote into the page. */
function remembered(): unknown {
  const { state } = document.body.dataset;
  if (state === undefined) return undefined;
  try {
    return JSON.parse(state);
  } catch {
    return undefined;
  }
}
