/** Files of frames that benchmarks read: water of random places, with forces. Å, eV. */
import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatXyzFrame } from '../../../engine/formats/extended-xyz';
import type { Frame } from '../../../engine/formats/frame';
import { createRandom } from '../../../engine/random';

/** @param round what is done to every coordinate and component, for fewer digits */
export function makeFrame(atoms: number, round: (x: number) => number, random: () => number): Frame {
  const values = (scale: number): Float64Array =>
    Float64Array.from({ length: 3 * atoms }, () => round(scale * random()));
  return {
    numbers: Uint8Array.from({ length: atoms }, (_, i) => [8, 1, 1][i % 3]),
    positions: values(100),
    cell: Float64Array.of(100, 0, 0, 0, 100, 0, 0, 0, 100),
    periodic: [true, true, true],
    columns: new Map([['forces', { type: 'R', width: 3, values: values(5) }]]),
    info: new Map<string, number | string>([
      ['energy', round(-76 - random())],
      ['config_type', 'bulk water'],
    ]),
  };
}

/** Different frames that are written again and again. */
const VARIETY = 16;

/** Trajectories that a file is too large to be loaded for. */
export const LARGE = [
  { name: '1 GB, 1,000 atoms a frame', atoms: 1000, countOf: (frameBytes: number) => Math.ceil(1e9 / frameBytes) },
  { name: '10,000 atoms × 1,000 frames', atoms: 10_000, countOf: () => 1000 },
] as const;

/**
 * Writes frames of `atoms` atoms to an extended XYZ file.
 *
 * @param countOf how many, from the bytes of one
 * @throws Error if they would leave less than 1 GB on the disk
 */
export function writeTrajectory(
  file: string,
  atoms: number,
  countOf: (frameBytes: number) => number,
  packed = false,
): { readonly frames: number; readonly bytes: number } {
  const random = createRandom(1, 'bench');
  const texts = Array.from({ length: VARIETY }, () =>
    Buffer.from(
      formatXyzFrame(
        makeFrame(
          atoms,
          (x) => x,
          () => random.uniform(),
        ),
        'fixed',
      ),
    ),
  );
  const frames = countOf(texts[0].length);
  const bytes = frames * texts[0].length;
  const { bavail, bsize } = statfsSync(dirname(file));
  if (bavail * bsize < bytes + 1e9)
    throw new Error(`there is no room for ${(bytes / 1e9).toFixed(1)} GB in ${dirname(file)}`);
  const pieces = packed ? texts.map((text) => gzipSync(text, { level: 1 })) : texts;
  const handle = openSync(file, 'w');
  for (let i = 0; i < frames; i++) writeSync(handle, pieces[i % VARIETY]);
  closeSync(handle);
  return { frames, bytes };
}
