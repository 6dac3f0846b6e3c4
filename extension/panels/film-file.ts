/** A film on the disk, written piece by piece beside its place: what was there before stays until the new one is whole. */
import { appendFile, rename, rm, writeFile } from 'node:fs/promises';

export interface FilmFile {
  /**
   * Writes the next piece, which begins at the byte `offset` of the film; the last one puts the film in its place.
   *
   * @throws Error if a piece is missing, or if it can't be written: nothing is left of the new film then
   */
  add(offset: number, bytes: Uint8Array, last: boolean): Promise<void>;
  /** Takes back what was written, unless it is whole. */
  discard(): Promise<void>;
}

export function createFilmFile(target: string): FilmFile {
  const part = `${target}.part`;
  let written = 0;
  let state: 'coming' | 'whole' | 'gone' = 'coming';
  const isGone = (): boolean => state === 'gone';

  async function discard(): Promise<void> {
    if (state === 'whole') return;
    state = 'gone';
    await rm(part, { force: true });
  }

  return {
    add: async (offset, bytes, last) => {
      try {
        if (offset !== written || isGone()) throw new Error('a piece of the film is missing');
        await (offset === 0 ? writeFile(part, bytes) : appendFile(part, bytes));
        // Meanwhile its panel may have been closed.
        if (isGone()) throw new Error('the film is discarded');
        written += bytes.length;
        if (!last) return;
        await rename(part, target);
        state = 'whole';
      } catch (error) {
        await discard();
        throw error;
      }
    },
    discard,
  };
}
