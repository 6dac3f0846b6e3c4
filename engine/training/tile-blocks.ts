/** Symmetric matrices over the padded parameters, in tiles (kernels/tiles.h): one of all, or one for each element. */
import { pad, type Workshop } from './workshop';

export const TILE = 32;

/** Bytes of a TileBlock. */
export const BLOCK_BYTES = 16;

/** Part of the padded vector: `count` parameters from `from` on stand at `to`. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface TileBlocks {
  /** Address of the TileBlocks. */
  readonly at: number;
  readonly count: number;
  /** Rows of tiles of all blocks, and of the largest. */
  readonly rows: number;
  readonly longest: number;
  /** The matrices by name. */
  readonly matrices: Readonly<Record<string, Float64Array>>;
}

/**
 * Matrices with `diagonal` on the diagonal.
 * @param segments of the elements in their order, then that of the offsets
 * @param stride numbers of the padded vector
 */
export function placeBlocks(
  workshop: Workshop,
  segments: readonly Segment[],
  stride: number,
  blocks: 'element' | 'global',
  diagonal: number,
): TileBlocks {
  const parts =
    blocks === 'global'
      ? [{ name: 'all', from: 0, to: stride, own: segments }]
      : segments.flatMap((segment, k) => {
          const name = k < segments.length - 1 ? String(k) : 'offsets';
          const to = segment.to + pad(segment.count, TILE);
          return segment.count === 0 ? [] : [{ name, from: segment.to, to, own: [segment] }];
        });
  const at = workshop.allocate(BLOCK_BYTES * parts.length);
  const matrices: Record<string, Float64Array> = {};
  let rows = 0;
  let longest = 0;
  parts.forEach(({ name, from, to, own }, k) => {
    const tiles = (to - from) / TILE;
    const length = ((tiles * (tiles + 1)) / 2) * TILE ** 2;
    const address = workshop.allocate(8 * length);
    const view = workshop.view(at + BLOCK_BYTES * k, BLOCK_BYTES);
    view.setInt32(0, from, true);
    view.setInt32(4, tiles, true);
    view.setUint32(8, address, true);
    view.setInt32(12, rows, true);
    const values = workshop.numbers(address, length);
    values.fill(0);
    for (const segment of own)
      for (let i = segment.to - from; i < segment.to - from + segment.count; i++) values[diagonalPlace(i)] = diagonal;
    matrices[name] = values;
    rows += tiles;
    longest = Math.max(longest, tiles);
  });
  return { at, count: parts.length, rows, longest, matrices };
}

/** Where entry i of the diagonal of a matrix stands. */
function diagonalPlace(i: number): number {
  const tile = Math.floor(i / TILE);
  return ((tile * (tile + 3)) / 2) * TILE ** 2 + (i % TILE) * (TILE + 1);
}

/** Sum of the diagonal of a matrix. */
export function traceOfTiles(values: Float64Array): number {
  let trace = 0;
  for (let i = 0; diagonalPlace(i) < values.length; i++) trace += values[diagonalPlace(i)];
  return trace;
}
