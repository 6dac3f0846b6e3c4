/** Writes frames of a file to another one, whole or not at all. */
import { open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { withElements } from '../../engine/formats/frame';
import type { FrameSource } from '../../engine/formats/frames';
import { unitFactors } from '../../engine/formats/n2p2-data';
import { formatFrame, formatOf, subsetFrame } from '../../engine/formats/writing';
import type { DataRequests } from '../../protocol/frames';
import { describe } from '../../protocol/result';

type Wish = DataRequests['export']['parameters'];
type Written = DataRequests['export']['result'];

/**
 * @returns how many frames were written, and whether their units are assumed
 * @throws Error if one of them is wrong, or the format of the target can't hold them
 */
export async function exportFrames(source: FrameSource, wish: Wish, signal: AbortSignal): Promise<Written> {
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

async function write(source: FrameSource, wish: Wish, file: string, signal: AbortSignal): Promise<Written> {
  const { target, first, last, stride, atoms, elements = {} } = wish;
  const units = wish.units && unitFactors(wish.units);
  const format = formatOf(target);
  const handle = await open(file, 'w');
  try {
    let frames = 0;
    let assumed = false;
    for (let i = first; i <= Math.min(last, source.count - 1); i += stride) {
      signal.throwIfAborted();
      const read = await source.read(i, units);
      if (!read.ok) throw new Error(read.problems.map(describe).join('\n'));
      const named = withElements(read.value, elements);
      const { numbers } = named;
      const present = atoms?.filter((atom) => atom < numbers.length);
      // Of frames with fewer atoms there may be none.
      if (present?.length === 0) continue;
      const frame = present === undefined ? named : subsetFrame(named, present);
      await handle.write(formatFrame(frame, format, `${basename(source.file)}, frame ${i}`));
      frames++;
      assumed ||= frame.units === 'assumed';
    }
    return { frames, ...(assumed && { assumed }) };
  } finally {
    await handle.close();
  }
}
