// Symmetric matrices in tiles, block-diagonal: what the Kalman filter (kalman.h) and Gauss-Newton (gauss-newton.h) have in
// common. The tiles on and below the diagonal are kept, each TILE × TILE and contiguous, row of tiles after row. Vectors are
// padded per block to whole tiles, with zeros that stay zeros. Work is shared out by rows of tiles.
#pragma once
#include "memory.h"
#include "vector.h"

#define TILE 32

typedef struct {
  int32_t at, tiles;    // first parameter (a multiple of TILE), and how many rows of tiles
  uint32_t matrix;      // double[tiles (tiles + 1) / 2][TILE][TILE]
  int32_t firstPiece;   // pieces are the rows of tiles of all blocks
} TileBlock;

INLINE const TileBlock *block_of(uint32_t address, int count, int piece) {
  const TileBlock *blocks = AT(TileBlock, address);
  int b = count - 1;
  while (blocks[b].firstPiece > piece) b--;
  return &blocks[b];
}
INLINE double *tile_of(uint32_t matrix, int i, int j) { return AT(double, matrix) + (uint64_t)(i * (i + 1) / 2 + j) * TILE * TILE; }

// T[i][j] ← (T[i][j] + sign Σ_q zi[q][i] zj[q][j]) scale for a tile; rows of z are `stride` numbers apart.
PASS void add_tile_products(double *T, const double *zi, const double *zj, int count, uint64_t stride, double sign, double factor) {
  vd scale = splatd(factor);
  for (int i = 0; i < TILE; i += 4)
    for (int j = 0; j < TILE; j += 2 * WD) {
      double *p = T + i * TILE + j;
      vd a0 = loadd(p), a1 = loadd(p + WD), b0 = loadd(p + TILE), b1 = loadd(p + TILE + WD);
      vd c0 = loadd(p + 2 * TILE), c1 = loadd(p + 2 * TILE + WD), d0 = loadd(p + 3 * TILE), d1 = loadd(p + 3 * TILE + WD);
      const double *x = zi + i, *y = zj + j;
      for (int q = 0; q < count; q++, x += stride, y += stride) {
        vd z0 = loadd(y), z1 = loadd(y + WD), u = splatd(sign * x[0]);
        a0 = fmad(u, z0, a0), a1 = fmad(u, z1, a1), u = splatd(sign * x[1]);
        b0 = fmad(u, z0, b0), b1 = fmad(u, z1, b1), u = splatd(sign * x[2]);
        c0 = fmad(u, z0, c0), c1 = fmad(u, z1, c1), u = splatd(sign * x[3]);
        d0 = fmad(u, z0, d0), d1 = fmad(u, z1, d1);
      }
      stored(p, a0 * scale), stored(p + WD, a1 * scale), stored(p + TILE, b0 * scale), stored(p + TILE + WD, b1 * scale);
      stored(p + 2 * TILE, c0 * scale), stored(p + 2 * TILE + WD, c1 * scale);
      stored(p + 3 * TILE, d0 * scale), stored(p + 3 * TILE + WD, d1 * scale);
    }
}
