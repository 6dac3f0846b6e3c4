/**
 * Frames on demand: one in flight, the latest wish wins, recent ones kept. The memory is bounded by atoms, so that a
 * few frames of a million atoms or thousands of a molecule cost the same.
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
  /** Fetches a frame that will be wanted soon, if nothing else is under way. */
  prefetch(index: number): void;
  has(index: number): boolean;
  /** Keeps a frame that came without being asked for. */
  keep(index: number, frame: FrameData): void;
  /** The file has changed: forgets everything. */
  clear(): void;
}

/**
 * @param load asks the extension host
 * @param shown is given every frame that arrives for a wish, also when a later wish already waits: a moving slider shows
 * as many frames as arrive; the last one is always the latest wish
 */
export function createFrameLoader(
  load: (index: number) => Promise<FrameData>,
  shown: (frame: FrameData, index: number) => void,
  failed: (error: unknown, index: number) => void,
): FrameLoader {
  /** In order of use, oldest first. */
  const kept = new Map<number, FrameData>();
  let atoms = 0;
  let inFlight: number | undefined;
  let wanted: number | undefined;
  let generation = 0;

  const keep = (index: number, frame: FrameData): void => {
    atoms += frame.numbers.length - (kept.get(index)?.numbers.length ?? 0);
    kept.set(index, frame);
    for (const [oldest, { numbers }] of kept) {
      if (kept.size === 1 || (atoms <= MAXIMUM_ATOMS && kept.size <= MAXIMUM_FRAMES)) break;
      kept.delete(oldest);
      atoms -= numbers.length;
    }
  };

  const fetch = async (index: number): Promise<void> => {
    const mine = generation;
    inFlight = index;
    try {
      const frame = await load(index);
      if (mine !== generation) return;
      if (!consistent(frame)) throw new Error(`frame ${index} contradicts itself`);
      keep(index, frame);
      if (wanted !== undefined) {
        if (wanted === index) wanted = undefined;
        shown(frame, index);
      }
    } catch (error) {
      if (mine !== generation) return;
      if (wanted === index) {
        wanted = undefined;
        failed(error, index);
      }
    }
    inFlight = undefined;
    if (wanted !== undefined) show(wanted);
  };

  const show = (index: number): void => {
    const frame = kept.get(index);
    if (frame !== undefined) {
      wanted = undefined;
      kept.delete(index);
      kept.set(index, frame);
      shown(frame, index);
      return;
    }
    wanted = index;
    if (inFlight === undefined) void fetch(index);
  };

  return {
    show,
    prefetch: (index) => {
      if (inFlight === undefined && !kept.has(index)) void fetch(index);
    },
    has: (index) => kept.has(index),
    keep: (index, frame) => {
      if (!kept.has(index) && consistent(frame)) keep(index, frame);
    },
    clear: () => {
      generation++;
      kept.clear();
      atoms = 0;
      inFlight = undefined;
      wanted = undefined;
    },
  };
}
