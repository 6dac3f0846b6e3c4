/** Writes frames of a file to another one, whole or not at all. */
import { open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { withElements } from '../../engine/formats/frame';
import type { FrameSource } from '../../engine/formats/frames';
import { formatFrame, formatOf, subsetFrame } from '../../engine/formats/writing';
import type { DataRequests } from '../../protocol/frames';
import { describe } from '../../protocol/result';

type Wish = DataRequests['export']['parameters'];

/**
 * @returns how many frames were written
 * @throws Error if one of them is wrong, or the format of the target can't hold them
 */
export async function exportFrames(source: FrameSource, wish: Wish, signal: AbortSignal): Promise<number> {
  const { target, first, last } = wish;
  if (formatOf(target) === 'poscar' && last > first)
    throw new Error('A POSCAR holds one structure: save all of them as .xyz.');
  const temporary = `${target}.part`;
  try {
    const written = await write(source, wish, temporary, signal);
    await rename(temporary, target);
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function write(source: FrameSource, wish: Wish, file: string, signal: AbortSignal): Promise<number> {
  const { target, first, last, stride, atoms, elements = {} } = wish;
  const format = formatOf(target);
  const handle = await open(file, 'w');
  try {
    let written = 0;
    for (let i = first; i <= Math.min(last, source.count - 1); i += stride) {
      signal.throwIfAborted();
      const read = await source.read(i);
      if (!read.ok) throw new Error(read.problems.map(describe).join('\n'));
      const named = withElements(read.value, elements);
      const { numbers } = named;
      const present = atoms?.filter((atom) => atom < numbers.length);
      const frame = present === undefined ? named : subsetFrame(named, present);
      await handle.write(formatFrame(frame, format, `${basename(source.file)}, frame ${i}`));
      written++;
    }
    return written;
  } finally {
    await handle.close();
  }
}
