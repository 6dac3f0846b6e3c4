/** The two sides of the channel to the data worker. */
import type { DataRequests } from './frames';

/** What the worker answers. A mapped type, because an interface has no index signature. */
export interface DataSide {
  requests: { [M in keyof DataRequests]: DataRequests[M] };
  notifications: Record<string, never>;
}

/** Whoever asks answers nothing. */
export interface Nothing {
  requests: Record<string, never>;
  notifications: Record<string, never>;
}
