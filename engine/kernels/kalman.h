// The extended Kalman filter with many observations at a time, for a covariance P that is symmetric and block-diagonal:
//
//   Y = P Hᵀ,  A = H Y + R = L Lᵀ,  Z = L⁻¹ Y,  w += Zᵀ L⁻¹ ξ,  P ← (P − Zᵀ Z)/λ
//
// (Puskorius and Feldkamp, IEEE Trans. Neural Netw. 5, 279 (1994); R = λ as rows come divided by their noise). Zᵀ Z is
// symmetric to the last bit.
#pragma once
#include "tiles.h"

typedef struct {
  double forgetting;       // λ
  uint32_t blocks;         // TileBlock[blockCount]: P
  uint32_t rows;           // double[observations][stride]: H
  uint32_t products;       // double[observations][stride]: Y, then Z
  uint32_t residuals;      // double[observations]: ξ, then L⁻¹ ξ
  uint32_t parameters;     // double[stride]
  uint32_t factor;         // double[observations²]: A, then L
  int32_t blockCount, observations, stride;
  int32_t failed;          // A was not positive definite
} Filter;

// How far row q + n lies behind row q: tiles meet four rows at a time, and row q stands for those that are not there.
static inline uint64_t row_after(int q, int n, int stride, int observations) {
  return q + n < observations ? (uint64_t)n * (uint64_t)stride : 0;
}

// Y[q][i] += Σ_j P[i][j] H[q][j] for a tile; rows of H and Y from `h` and `y`.
PASS void tile_times(const double *P, const double *h, double *y, int stride, int observations) {
  for (int q = 0; q < observations; q += 4) {
    const uint64_t s1 = row_after(q, 1, stride, observations), s2 = row_after(q, 2, stride, observations), s3 = row_after(q, 3, stride, observations);
    const double *g = h + (uint64_t)q * (uint64_t)stride;
    double *to = y + (uint64_t)q * (uint64_t)stride;
    for (int i = 0; i < TILE; i += 2) {
      vd a0 = splatd(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
      const double *p = P + i * TILE;
      for (int j = 0; j < TILE; j += WD) {
        vd p0 = loadd(p + j), p1 = loadd(p + TILE + j), u = loadd(g + j);
        a0 = fmad(u, p0, a0), a1 = fmad(u, p1, a1), u = loadd(g + s1 + j);
        b0 = fmad(u, p0, b0), b1 = fmad(u, p1, b1), u = loadd(g + s2 + j);
        c0 = fmad(u, p0, c0), c1 = fmad(u, p1, c1), u = loadd(g + s3 + j);
        d0 = fmad(u, p0, d0), d1 = fmad(u, p1, d1);
      }
      to[i] += sumd(a0), to[i + 1] += sumd(a1);
      if (s1) to[s1 + i] += sumd(b0), to[s1 + i + 1] += sumd(b1);
      if (s2) to[s2 + i] += sumd(c0), to[s2 + i + 1] += sumd(c1);
      if (s3) to[s3 + i] += sumd(d0), to[s3 + i + 1] += sumd(d1);
    }
  }
}

// The same for the transposed tile: Y[q][i] += Σ_j P[j][i] H[q][j].
PASS void transposed_tile_times(const double *P, const double *h, double *y, int stride, int observations) {
  for (int q = 0; q < observations; q += 4) {
    const uint64_t s1 = row_after(q, 1, stride, observations), s2 = row_after(q, 2, stride, observations), s3 = row_after(q, 3, stride, observations);
    const double *g = h + (uint64_t)q * (uint64_t)stride;
    double *to = y + (uint64_t)q * (uint64_t)stride;
    for (int i = 0; i < TILE; i += 2 * WD) {
      vd a0 = loadd(to + i), a1 = loadd(to + i + WD), b0 = loadd(to + s1 + i), b1 = loadd(to + s1 + i + WD);
      vd c0 = loadd(to + s2 + i), c1 = loadd(to + s2 + i + WD), d0 = loadd(to + s3 + i), d1 = loadd(to + s3 + i + WD);
      const double *p = P + i;
      for (int j = 0; j < TILE; j++, p += TILE) {
        vd p0 = loadd(p), p1 = loadd(p + WD), u = splatd(g[j]);
        a0 = fmad(u, p0, a0), a1 = fmad(u, p1, a1), u = splatd(g[s1 + (uint64_t)j]);
        b0 = fmad(u, p0, b0), b1 = fmad(u, p1, b1), u = splatd(g[s2 + (uint64_t)j]);
        c0 = fmad(u, p0, c0), c1 = fmad(u, p1, c1), u = splatd(g[s3 + (uint64_t)j]);
        d0 = fmad(u, p0, d0), d1 = fmad(u, p1, d1);
      }
      // The first row last: rows that stand for it, where there are fewer than four, must not overwrite it.
      stored(to + s3 + i, d0), stored(to + s3 + i + WD, d1), stored(to + s2 + i, c0), stored(to + s2 + i + WD, c1);
      stored(to + s1 + i, b0), stored(to + s1 + i + WD, b1), stored(to + i, a0), stored(to + i + WD, a1);
    }
  }
}

// Y of the parameters in one row of tiles.
static void filter_multiply(const Filter *f, int piece) {
  const TileBlock *b = block_of(f->blocks, f->blockCount, piece);
  int row = piece - b->firstPiece;
  const double *H = AT(double, f->rows) + b->at;
  double *Y = AT(double, f->products) + b->at + row * TILE;
  for (int q = 0; q < f->observations; q++)
    for (int i = 0; i < TILE; i++) Y[(uint64_t)q * (uint64_t)f->stride + (uint64_t)i] = 0;
  for (int j = 0; j <= row; j++) tile_times(tile_of(b->matrix, row, j), H + j * TILE, Y, f->stride, f->observations);
  for (int j = row + 1; j < b->tiles; j++) transposed_tile_times(tile_of(b->matrix, j, row), H + j * TILE, Y, f->stride, f->observations);
}

// A, L and L⁻¹ ξ.
static void filter_factorize(Filter *f) {
  int m = f->observations;
  const double *H = AT(double, f->rows), *Y = AT(double, f->products);
  double *A = AT(double, f->factor), *xi = AT(double, f->residuals);
  f->failed = 0;
  for (int a = 0; a < m; a++)
    for (int b = 0; b <= a; b++) {
      const double *h = H + (uint64_t)a * (uint64_t)f->stride, *y = Y + (uint64_t)b * (uint64_t)f->stride;
      vd s = splatd(0), t = s;
      for (int i = 0; i < f->stride; i += 2 * WD) s = fmad(loadd(h + i), loadd(y + i), s), t = fmad(loadd(h + i + WD), loadd(y + i + WD), t);
      A[a * m + b] = sumd(s + t) + (a == b ? f->forgetting : 0);
    }
  for (int i = 0; i < m; i++) {
    for (int j = 0; j <= i; j++) {
      double s = A[i * m + j];
      for (int k = 0; k < j; k++) s -= A[i * m + k] * A[j * m + k];
      if (i != j) A[i * m + j] = s / A[j * m + j];
      else if (s > 0) A[i * m + i] = __builtin_sqrt(s);
      else {
        f->failed = 1;
        return;
      }
    }
    for (int k = 0; k < i; k++) xi[i] -= A[i * m + k] * xi[k];
    xi[i] /= A[i * m + i];
  }
}

// Z and the new weights, of the parameters in one row of tiles.
static void filter_solve(const Filter *f, int piece) {
  const TileBlock *b = block_of(f->blocks, f->blockCount, piece);
  int at = b->at + (piece - b->firstPiece) * TILE, m = f->observations;
  const double *L = AT(double, f->factor), *xi = AT(double, f->residuals);
  double *Z = AT(double, f->products) + at, *w = AT(double, f->parameters) + at;
  for (int i = 0; i < TILE; i += WD) {
    vd change = splatd(0);
    for (int q = 0; q < m; q++) {
      double *z = Z + (uint64_t)q * (uint64_t)f->stride + i;
      vd s = loadd(z);
      for (int k = 0; k < q; k++) s -= L[q * m + k] * loadd(Z + (uint64_t)k * (uint64_t)f->stride + i);
      s *= 1 / L[q * m + q];
      stored(z, s);
      change += s * xi[q];
    }
    stored(w + i, loadd(w + i) + change);
  }
}

// P of one row of tiles.
static void filter_update(const Filter *f, int piece) {
  const TileBlock *b = block_of(f->blocks, f->blockCount, piece);
  int row = piece - b->firstPiece, m = f->observations;
  const double *Z = AT(double, f->products) + b->at;
  for (int column = 0; column <= row; column++)
    add_tile_products(tile_of(b->matrix, row, column), Z + row * TILE, Z + column * TILE, m, (uint64_t)f->stride, -1, 1 / f->forgetting);
}
