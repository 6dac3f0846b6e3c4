/**
 * Frames on demand: one in flight, the latest wish wins, recent ones kept. A frame that is only fetched ahead makes way for a
 * wish; one that a moving slider has passed is still shown when it comes. The memory is bounded by atoms, so that a few frames
 * of a million atoms or thousands of a molecule cost the same.
 */
import type { FrameData } from '../../protocol/frames';

const MAXIMUM_ATOMS = 2_000_000;
const MAXIMUM_FRAMES = 512;

/** Whether the arrays of a frame fit together; what does not is not drawn. */
export function consistent(frame: FrameData): boolean {
  const count = frame.numbers.length;
  return (
    frame.positions.length === 3 * count &&
    (frame.types === undefined || frame.types.of.length === count) &&
    (frame.cell === undefined || (frame.cell.length === 9 && frame.cell.every(Number.isFinite))) &&
    Object.values(frame.columns).every(({ width, values }) => values.length === width * count)
  );
}

export interface FrameLoader {
  /** Wants a frame: `shown` is called with it as soon as it is here, unless a later wish came first. */
  show(index: number): void;
  /** Fetches a frame that will be wanted soon, if nothing else is under way or wanted. */
  prefetch(index: number): void;
  has(index: number): boolean;
  /** Keeps a frame that came without being asked for. */
  keep(index: number, frame: FrameData): void;
  /** The file has changed: forgets everything. */
  clear(): void;
}

/**
 * @param load asks the extension host; aborting `signal` takes the question back
 * @param shown is given every frame that arrives for a wish, also when a later wish already waits: a moving slider shows
 * as many frames as arrive; the last one is always the latest wish
 */
export function createFrameLoader(
  load: (index: number, signal: AbortSignal) => Promise<FrameData>,
  shown: (frame: FrameData, index: number) => void,
  failed: (error: unknown, index: number) => void,
): FrameLoader {
  /** In order of use, oldest first. */
  const kept = new Map<number, FrameData>();
  let atoms = 0;
  let inFlight: { readonly index: number; readonly ahead: boolean; readonly abort: AbortController } | undefined;
  let wanted: number | undefined;

  const keep = (index: number, frame: FrameData): void => {
    atoms += frame.numbers.length - (kept.get(index)?.numbers.length ?? 0);
    kept.set(index, frame);
    for (const [oldest, { numbers }] of kept) {
      if (kept.size === 1 || (atoms <= MAXIMUM_ATOMS && kept.size <= MAXIMUM_FRAMES)) break;
      kept.delete(oldest);
      atoms -= numbers.length;
    }
  };

  const present = (frame: FrameData, index: number): void => {
    try {
      shown(frame, index);
    } catch (error) {
      failed(error, index);
    }
  };

  const fetch = async (index: number, ahead: boolean): Promise<void> => {
    const mine = { index, ahead, abort: new AbortController() };
    inFlight = mine;
    let answer: { readonly frame: FrameData } | { readonly error: unknown };
    try {
      const frame = await load(index, mine.abort.signal);
      answer = consistent(frame) ? { frame } : { error: new Error(`frame ${index} contradicts itself`) };
    } catch (error) {
      answer = { error };
    }
    // Taken back meanwhile.
    if (inFlight !== mine) return;
    inFlight = undefined;
    const due = wanted !== undefined;
    const isWish = wanted === index;
    if (isWish) wanted = undefined;
    if ('frame' in answer) {
      keep(index, answer.frame);
      if (due) present(answer.frame, index);
    } else if (isWish) failed(answer.error, index);
    goOn();
  };

  const goOn = (): void => {
    if (wanted !== undefined && inFlight === undefined) show(wanted);
  };

  const takeBack = (): void => {
    inFlight?.abort.abort();
    inFlight = undefined;
  };

  const show = (index: number): void => {
    const frame = kept.get(index);
    if (frame !== undefined) {
      wanted = undefined;
      kept.delete(index);
      kept.set(index, frame);
      present(frame, index);
      return;
    }
    wanted = index;
    if (inFlight?.ahead === true && inFlight.index !== index) takeBack();
    if (inFlight === undefined) void fetch(index, false);
  };

  return {
    show,
    prefetch: (index) => {
      if (inFlight === undefined && wanted === undefined && !kept.has(index)) void fetch(index, true);
    },
    has: (index) => kept.has(index),
    keep: (index, frame) => {
      if (!kept.has(index) && consistent(frame)) keep(index, frame);
    },
    clear: () => {
      takeBack();
      kept.clear();
      atoms = 0;
      wanted = undefined;
    },
  };
}
