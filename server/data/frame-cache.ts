/** Decoded frames that were used last, bounded by their atoms: few large ones or many small ones. */
import type { FrameData } from '../../protocol/frames';

const MAXIMUM_ATOMS = 400_000;
const MAXIMUM_FRAMES = 256;

export interface FrameCache {
  /** A frame that is kept, if it is the same `version` of it. */
  get(key: string, version: string): FrameData | undefined;
  keep(key: string, version: string, frame: FrameData): void;
}

export function createFrameCache(maximumAtoms = MAXIMUM_ATOMS, maximumFrames = MAXIMUM_FRAMES): FrameCache {
  /** In order of use, the latest last. */
  const kept = new Map<string, { readonly version: string; readonly frame: FrameData }>();
  let atoms = 0;

  const drop = (key: string): void => {
    atoms -= kept.get(key)?.frame.numbers.length ?? 0;
    kept.delete(key);
  };

  return {
    get: (key, version) => {
      const entry = kept.get(key);
      if (entry === undefined) return undefined;
      kept.delete(key);
      kept.set(key, entry);
      if (entry.version === version) return entry.frame;
      drop(key);
      return undefined;
    },
    keep: (key, version, frame) => {
      drop(key);
      if (frame.numbers.length > maximumAtoms) return;
      kept.set(key, { version, frame });
      atoms += frame.numbers.length;
      for (const oldest of kept.keys()) {
        if (atoms <= maximumAtoms && kept.size <= maximumFrames) break;
        drop(oldest);
      }
    },
  };
}
