/** Which format a file has, told by its beginning, and what all formats have in common. */
import { extname } from 'node:path';
import { fail, ok, type Result } from '../../protocol/result';
import { createXyzFinder, decodeXyzFrame } from './extended-xyz';
import type { Frame } from './frame';
import { openToRead, type BoundaryFinder } from './frame-index';
import { createN2p2Finder, decodeN2p2Frame, NO_CONVERSION, type UnitFactors } from './n2p2-data';

export interface Format {
  readonly name: 'extended XYZ' | 'n2p2 input.data';
  readonly createFinder: () => BoundaryFinder;
  /** One frame from its bytes; `firstLine` is the number of its first line in the file. */
  readonly decode: (bytes: Buffer, file: string, firstLine: number) => Result<Frame>;
}

const extendedXyz: Format = { name: 'extended XYZ', createFinder: createXyzFinder, decode: decodeXyzFrame };

const n2p2 = (units: UnitFactors): Format => ({
  name: 'n2p2 input.data',
  createFinder: createN2p2Finder,
  decode: (bytes, file, firstLine) => decodeN2p2Frame(bytes, file, firstLine, units),
});

const BEGINNING_BYTES = 4096;

/**
 * The format of a file: by its first word, and where that says nothing by its name.
 *
 * @param units factors for a format that has no units of its own
 */
export async function detectFormat(file: string, units: UnitFactors = NO_CONVERSION): Promise<Result<Format>> {
  const opened = await openToRead(file);
  if (!opened.ok) return opened;
  const { handle } = opened.value;
  let beginning: Buffer;
  try {
    const buffer = Buffer.alloc(BEGINNING_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, BEGINNING_BYTES, 0);
    beginning = buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
  if (beginning[0] === 0x1f && beginning[1] === 0x8b)
    return fail({
      code: 'XD017',
      message: 'compressed files are not read: unpack it with gunzip first',
      place: { file },
    });
  const word = /^\uFEFF?\s*(\S*)/.exec(beginning.toString('utf8'))?.[1] ?? '';
  const extension = extname(file).toLowerCase();
  if (word === 'begin') return ok(n2p2(units));
  if (/^\d+$/.test(word) || extension === '.xyz' || extension === '.extxyz') return ok(extendedXyz);
  if (extension === '.data') return ok(n2p2(units));
  const message = 'this is neither extended XYZ (it would begin with a number of atoms) nor n2p2 input.data (“begin”)';
  return fail({ code: 'XD017', message, place: { file, line: 1, column: 1 } });
}
