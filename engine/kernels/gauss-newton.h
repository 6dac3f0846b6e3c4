// Gauss–Newton matrices N = Σ rows rowᵀ and their factors: (N + μ I + D) δ = −∇, by Cholesky's method in tiles. In the factor
// a tile lies transposed, [column][row], so that products of tiles are those of add_tile_products.
#pragma once
#include "tiles.h"

typedef struct {
  double damping;      // μ
  uint32_t blocks;     // TileBlock[blockCount]: N
  uint32_t factors;    // TileBlock[blockCount]: L
  uint32_t rows;       // double[count][stride]
  uint32_t diagonal;   // double[stride]: D
  uint32_t vector;     // double[stride]: the right side, then the solution
  int32_t blockCount, count, stride;
  int32_t step;        // column of tiles that is worked on
  int32_t failed;      // the sum was not positive definite
} Normal;

// Adds the products of all rows to one row of tiles.
static void normal_add(const Normal *n, int piece) {
  const TileBlock *b = block_of(n->blocks, n->blockCount, piece);
  int row = piece - b->firstPiece;
  const double *Z = AT(double, n->rows) + b->at;
  for (int column = 0; column <= row; column++)
    add_tile_products(tile_of(b->matrix, row, column), Z + row * TILE, Z + column * TILE, n->count, (uint64_t)n->stride, 1, 1);
}

// One row of tiles of the damped sum, to be factorized.
static void normal_copy(const Normal *n, int piece) {
  const TileBlock *b = block_of(n->blocks, n->blockCount, piece), *f = block_of(n->factors, n->blockCount, piece);
  int row = piece - b->firstPiece;
  const double *from = tile_of(b->matrix, row, 0), *D = AT(double, n->diagonal) + b->at + row * TILE;
  double *to = tile_of(f->matrix, row, 0), *last = tile_of(f->matrix, row, row);
  for (int k = 0; k < (row + 1) * TILE * TILE; k++) to[k] = from[k];
  for (int k = 0; k < TILE; k++) last[k * (TILE + 1)] += n->damping + D[k];
}

static void transpose(double *T) {
  for (int i = 0; i < TILE; i++)
    for (int j = 0; j < i; j++) {
      double swapped = T[i * TILE + j];
      T[i * TILE + j] = T[j * TILE + i], T[j * TILE + i] = swapped;
    }
}

// The tile on the diagonal of column `step` of every block.
static void normal_pivot(Normal *n) {
  const TileBlock *blocks = AT(TileBlock, n->factors);
  for (int k = 0; k < n->blockCount; k++) {
    if (n->step >= blocks[k].tiles) continue;
    double *A = tile_of(blocks[k].matrix, n->step, n->step);
    for (int i = 0; i < TILE; i++) {
      for (int j = 0; j <= i; j++) {
        double s = A[i * TILE + j];
        for (int q = 0; q < j; q++) s -= A[i * TILE + q] * A[j * TILE + q];
        if (i != j) A[i * TILE + j] = s / A[j * TILE + j];
        else if (s > 0) A[i * TILE + i] = __builtin_sqrt(s);
        else {
          n->failed = 1;
          return;
        }
      }
      for (int j = i + 1; j < TILE; j++) A[i * TILE + j] = 0;
    }
    transpose(A);
  }
}

// L of one row of tiles in column `step`: X Lᵀ = A, transposed.
static void normal_column(const Normal *n, int piece) {
  const TileBlock *f = block_of(n->factors, n->blockCount, piece);
  int row = piece - f->firstPiece;
  if (row <= n->step) return;
  const double *L = tile_of(f->matrix, n->step, n->step);
  double *X = tile_of(f->matrix, row, n->step);
  transpose(X);
  for (int c = 0; c < TILE; c++) {
    double *x = X + c * TILE;
    for (int q = 0; q < c; q++) {
      double factor = L[q * TILE + c];
      for (int r = 0; r < TILE; r++) x[r] -= factor * X[q * TILE + r];
    }
    double scale = 1 / L[c * TILE + c];
    for (int r = 0; r < TILE; r++) x[r] *= scale;
  }
}

// What column `step` takes off the tiles right of it in one row.
static void normal_reduce(const Normal *n, int piece) {
  const TileBlock *f = block_of(n->factors, n->blockCount, piece);
  int row = piece - f->firstPiece;
  const double *own = tile_of(f->matrix, row, n->step);
  for (int column = n->step + 1; column <= row; column++)
    add_tile_products(tile_of(f->matrix, row, column), own, tile_of(f->matrix, column, n->step), TILE, TILE, -1, 1);
}

// L Lᵀ x = b, forwards and back.
static void normal_solve(const Normal *n) {
  const TileBlock *factors = AT(TileBlock, n->factors);
  for (int k = 0; k < n->blockCount; k++) {
    const TileBlock *f = &factors[k];
    double *x = AT(double, n->vector) + f->at;
    for (int i = 0; i < f->tiles; i++) {
      double *own = x + i * TILE;
      for (int j = 0; j < i; j++) {
        const double *L = tile_of(f->matrix, i, j), *known = x + j * TILE;
        for (int c = 0; c < TILE; c++)
          for (int r = 0; r < TILE; r++) own[r] -= L[c * TILE + r] * known[c];
      }
      const double *L = tile_of(f->matrix, i, i);
      for (int c = 0; c < TILE; c++) {
        own[c] /= L[c * TILE + c];
        for (int r = c + 1; r < TILE; r++) own[r] -= L[c * TILE + r] * own[c];
      }
    }
    for (int i = f->tiles - 1; i >= 0; i--) {
      double *own = x + i * TILE;
      for (int j = i + 1; j < f->tiles; j++) {
        const double *L = tile_of(f->matrix, j, i), *known = x + j * TILE;
        for (int c = 0; c < TILE; c++) {
          double sum = 0;
          for (int r = 0; r < TILE; r++) sum += L[c * TILE + r] * known[r];
          own[c] -= sum;
        }
      }
      const double *L = tile_of(f->matrix, i, i);
      for (int c = TILE - 1; c >= 0; c--) {
        for (int r = c + 1; r < TILE; r++) own[c] -= L[c * TILE + r] * own[r];
        own[c] /= L[c * TILE + c];
      }
    }
  }
}
