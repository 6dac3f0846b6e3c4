/** Which runs can be gone on with; apart from run.ts, whose validators a page doesn't need. */
import type { RunState } from './run';

/** Whether `nearsight resume` has something to go on with. */
export const isResumable = (state: RunState): boolean =>
  state === 'stopped' || state === 'interrupted' || state === 'failed';
