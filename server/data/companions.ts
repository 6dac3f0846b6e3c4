/**
 * What lies beside an `input.nn`: scaling.data and the weights. Nobody waits for it: an answer is what was last read, and whoever asked is
 * told when there is something new. Files are looked at again when somebody asks and the last look is some seconds old.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicNumber } from '../../language/elements';
import { parseScaling, parseWeights, type Companions, type Weights } from '../../language/runner/check/companions';

export interface CompanionReader {
  /** What is known of a folder; undefined as long as nobody has looked. */
  beside(folder: string, elements: readonly string[]): Companions | undefined;
  /** Look again at the next question. */
  forget(): void;
}

const LIFETIME_MILLISECONDS = 2000;
const MAXIMUM_FOLDERS = 50;
const MAXIMUM_BYTES = 64 * 2 ** 20;

interface Known {
  at: number;
  /** Of names, sizes and times: what the companions were read from. */
  signature: string;
  companions: Companions | undefined;
  isReading: boolean;
  /** What is read has changed since the reading began. */
  isOutdated: boolean;
}

/** @param changed called when an answer would be another one now */
export function createCompanionReader(changed: () => void): CompanionReader {
  const folders = new Map<string, Known>();

  async function look(folder: string, elements: readonly string[], known: Known): Promise<void> {
    const names = ['scaling.data', ...elements.map(weightsName)];
    const paths = names.map((name) => join(folder, name));
    const states = await Promise.all(paths.map(stateOf));
    const signature = states.map((state, i) => `${names[i]} ${state ?? ''}`).join('\n');
    if (signature === known.signature) return;
    const texts = await Promise.all(paths.map((path, i) => textOf(states[i] === undefined ? undefined : path)));
    const [scaling, ...weights] = texts;
    known.signature = signature;
    known.companions = {
      scaling: scaling === undefined ? undefined : parseScaling(scaling),
      weights: new Map(
        weights.flatMap((text, i): [string, Weights][] =>
          text === undefined ? [] : [[elements[i], parseWeights(text)]],
        ),
      ),
    };
    changed();
  }

  return {
    beside: (folder, elements) => {
      const key = `${folder}\n${elements.join(' ')}`;
      let known = folders.get(key);
      if (known === undefined) {
        known = { at: 0, signature: '', companions: undefined, isReading: false, isOutdated: false };
        folders.set(key, known);
        for (const oldest of folders.keys()) if (folders.size > MAXIMUM_FOLDERS) folders.delete(oldest);
      }
      if (!known.isReading && Date.now() - known.at > LIFETIME_MILLISECONDS) {
        const reading = known;
        reading.isReading = true;
        look(folder, elements, reading)
          // What can't be read is not there.
          .catch(() => undefined)
          .finally(() => {
            reading.isReading = false;
            const { isOutdated } = reading;
            reading.isOutdated = false;
            // Nobody may ask again by himself.
            if (isOutdated) changed();
            else reading.at = Date.now();
          });
      }
      return known.companions;
    },
    forget: () => {
      for (const known of folders.values()) {
        known.at = 0;
        known.isOutdated = known.isReading;
      }
    },
  };
}

const weightsName = (symbol: string): string => `weights.${String(atomicNumber(symbol) ?? 0).padStart(3, '0')}.data`;

/** Size and time of a file; undefined where there is none, or a too large one. */
async function stateOf(path: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return size > MAXIMUM_BYTES ? undefined : `${size} ${mtimeMs}`;
  } catch {
    return undefined;
  }
}

async function textOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'latin1');
  } catch {
    return undefined;
  }
}
