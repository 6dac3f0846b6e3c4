/**
 * Memory of a process that waits most of the time: little room is kept for garbage, and what an editing session has left behind is
 * collected when nobody has asked for anything for a while, as the engine itself only collects when more is needed.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const IDLE_MILLISECONDS = 2000;
const AGAIN_MILLISECONDS = 100;

/** To be called before anything else takes memory. What it returns is to be called whenever there is something to do. */
export function keepMemorySmall(): () => void {
  // New objects share 1 MB instead of up to 16: they are collected more often and as fast, as most of them are dead by then.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let timer: NodeJS.Timeout | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      collect();
      // What a collection has emptied goes back to the system with the next one.
      setTimeout(collect, AGAIN_MILLISECONDS).unref();
    }, IDLE_MILLISECONDS).unref();
    timer.refresh();
  };
}
