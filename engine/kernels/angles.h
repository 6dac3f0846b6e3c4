// Functions of triples that are compact in the angle, after Bircher et al. 2021 (types 21, 22, 24 and 25).
//
// A potential has the same few windows of the angle with many radial parts. So triples are worked on row by row: one
// neighbour j and all neighbours k. The angles of a row and their windows are computed once; each radial part then takes
// scalar products with them over the neighbours within its support, which are consecutive:
// G = Σ_j e_j Σ_k e_k Θ(θ_jk). The way back contracts dE/dG with the windows first.
#pragma once
#include "neighbors.h"
#include "tables.h"

// Windows that a pass takes at once: their sums and coefficients stay in registers.
#define TOGETHER 6

// The rows of a group, their angles kept for the way back.
typedef struct {
  Neighbors *a, *b;     // rows are neighbours of a
  int swapped;          // a is the group's second neighbourhood
  int *first, *length;  // of each row: range of neighbours of b
  uint64_t *start;      // of each row in the arrays
  real *theta, *slope;  // angle, and its derivative by the cosine
} AngleRows;

// A product as rows see it.
typedef struct {
  Factored *own, *other;
  const Channel *channel;
  int firstCell, cells;
} RowProduct;

// Products and coefficients of a group, and numbers along one row.
typedef struct {
  RowProduct *products;
  real *g;                  // dE/dG of each cell

  real *windows, *slopes;   // [window][stride]: values and derivatives by the angle
  int stride;
  real *dtheta;             // dE/dθ
  real *w, *dw;             // r_jk² and dE/dw
  real *e, *h, *dh;         // with r_jk: product of factor and channel; the channel and its derivative by w
  real *adjoint;            // dE/d e
} AngleScratch;

static void allocate_rows(AngleRows *rows, Arena *arena, int same, int a, int b) {
  uint64_t bound = (same ? (uint64_t)a * (a + 1) / 2 : (uint64_t)a * b) + (uint64_t)(a + 1) * W;
  rows->first = take(arena, (uint64_t)a * sizeof(int)), rows->length = take(arena, (uint64_t)a * sizeof(int));
  rows->start = take(arena, (uint64_t)a * sizeof(uint64_t));
  rows->theta = take_reals(arena, bound), rows->slope = take_reals(arena, bound);
}

static void allocate_row(AngleScratch *row, Arena *arena, int products, int cells, int windows, int length) {
  row->products = take(arena, sizeof(RowProduct) * (uint64_t)products);
  row->g = take_reals(arena, (uint64_t)cells);
  int stride = row->stride = PAD(length) + W;
  row->windows = take_reals(arena, (uint64_t)windows * stride), row->slopes = take_reals(arena, (uint64_t)windows * stride);
  row->dtheta = take_reals(arena, stride), row->w = take_reals(arena, stride), row->dw = take_reals(arena, stride);
  row->e = take_reals(arena, stride), row->h = take_reals(arena, stride), row->dh = take_reals(arena, stride);
  row->adjoint = take_reals(arena, stride);
}

// The angles between neighbour j of a and neighbours first, first + 1 … of b.
PASS void angle_pass(const Neighbors *a, int j, const Neighbors *b, int first, int count, real *theta, real *slope) {
  vr x = splat(a->x[j]), y = splat(a->y[j]), z = splat(a->z[j]), inverse = splat(a->inverse[j]);
  for (int q = 0; q < count; q += W) {
    int k = first + q;
    vr d = fma_(x, load(b->x + k), fma_(y, load(b->y + k), z * load(b->z + k))), angle, derivative;
    angle_of(d * (inverse * load(b->inverse + k)), &angle, &derivative);
    store(theta + q, angle);
    store(slope + q, derivative);
  }
}

INLINE void window_loop(int kind, const Window *window, const real *theta, int count, real *values, real *slopes) {
  vr center = splat((real)window->center), inverse = splat((real)window->inverseWidth);
  for (int q = 0; q < count; q += W) {
    vr d = vmin(vmax((load(theta + q) - center) * inverse, splat(-1)), splat(1)), x = vabs(d), f, slope;
    step(kind, x * x, x, 1 - x, &f, &slope);
    store(values + q, f);
    if (slopes) store(slopes + q, slope * (d * inverse));
  }
  // Products that begin in the middle of a vector look one vector further.
  store(values + PAD(count), splat(0));
  if (slopes) store(slopes + PAD(count), splat(0));
}
// Values of a window and, if wanted, its derivatives by the angle.
PASS void window_pass(const Window *window, const real *theta, int count, real *values, real *slopes) {
  switch (window->kind) {
    case CUT_POLY1: window_loop(CUT_POLY1, window, theta, count, values, slopes); return;
    case CUT_POLY2: window_loop(CUT_POLY2, window, theta, count, values, slopes); return;
    case CUT_POLY3: window_loop(CUT_POLY3, window, theta, count, values, slopes); return;
    case CUT_POLY4: window_loop(CUT_POLY4, window, theta, count, values, slopes); return;
    default: window_loop(CUT_EXP, window, theta, count, values, slopes);
  }
}

// r_jk² along a row.
PASS void third_side(const Neighbors *a, int j, const Neighbors *b, int first, int count, real *w) {
  vr x = splat(a->x[j]), y = splat(a->y[j]), z = splat(a->z[j]);
  for (int q = 0; q < count; q += W) {
    vr dx = load(b->x + first + q) - x, dy = load(b->y + first + q) - y, dz = load(b->z + first + q) - z;
    store(w + q, fma_(dx, dx, fma_(dy, dy, dz * dz)));
  }
}

// A channel of r_jk, and the factors times it.
PASS void third_pass(const Channel *channel, const real *w, const real *e, int count, AngleScratch *row) {
  real inner = (real)(channel->inner > 0 ? channel->inner * channel->inner : 0), outer = (real)(channel->outer * channel->outer);
  for (int q = 0; q < count; q += W) {
    vr u = load(w + q), h, dh;
    vm inside = (u > splat(inner)) & (u < splat(outer));
    channel_value(channel->kind, channel, choose(inside, u, splat((real)0.5 * (inner + outer))), &h, &dh);
    h = keep(inside, h);
    store(row->h + q, h);
    store(row->dh + q, keep(inside, dh));
    store(row->e + q, load(e + q) * h);
  }
}
// dE/d(factor · channel) goes to the factor and to w.
PASS void third_back(const real *e, const AngleScratch *row, int count, real *adjoint, real *dw) {
  for (int q = 0; q < count; q += W) {
    vr d = load(row->adjoint + q);
    store(adjoint + q, fma_(d, load(row->h + q), load(adjoint + q)));
    store(dw + q, fma_(d, load(e + q) * load(row->dh + q), load(dw + q)));
  }
}

// Calls CALL with the constant N = number, up to TOGETHER.
#define FOR_NUMBER(number, CALL)                \
  switch (number) {                             \
    case 1: { enum { N = 1 }; CALL; } break;    \
    case 2: { enum { N = 2 }; CALL; } break;    \
    case 3: { enum { N = 3 }; CALL; } break;    \
    case 4: { enum { N = 4 }; CALL; } break;    \
    case 5: { enum { N = 5 }; CALL; } break;    \
    default: { enum { N = 6 }; CALL; } break;   \
  }

// Scalar products of a row's factors with the windows of some cells.
INLINE void product_loop(int number, const Cell *cells, const real *e, const real *windows, int stride, int count, double *products) {
  const real *window[TOGETHER];
  vr sums[TOGETHER];
  for (int i = 0; i < number; i++) window[i] = windows + (uint64_t)cells[i].window * (uint64_t)stride, sums[i] = splat(0);
  for (int q = 0; q < count; q += W) {
    vr v = load(e + q);
#pragma GCC unroll 6
    for (int i = 0; i < number; i++) sums[i] = fma_(v, load(window[i] + q), sums[i]);
  }
  for (int i = 0; i < number; i++) products[i] = sum(sums[i]);
}
PASS void product_pass(const Cell *cells, int number, const real *e, const real *windows, int stride, int count, double *products) {
  FOR_NUMBER(number, product_loop(N, cells, e, windows, stride, count, products))
}

// dE/dG = g contracted with the windows of some cells: adds to dE/d e of the row's neighbours and to dE/dθ, and returns
// dE/d e of the row itself.
INLINE double product_back_loop(int number, const Cell *cells, const real *g, const real *e, real own, const AngleScratch *row, int offset, int count, real *adjoint) {
  const real *window[TOGETHER], *slope[TOGETHER];
  real *dtheta = row->dtheta + offset;
  vr total = splat(0);
  for (int i = 0; i < number; i++) {
    uint64_t at = (uint64_t)cells[i].window * (uint64_t)row->stride + (uint64_t)offset;
    window[i] = row->windows + at, slope[i] = row->slopes + at;
  }
  for (int q = 0; q < count; q += W) {
    vr v = load(e + q), h = splat(0), dh = splat(0);
#pragma GCC unroll 6
    for (int i = 0; i < number; i++) {
      h = fma_(splat(g[i]), load(window[i] + q), h);
      dh = fma_(splat(g[i]), load(slope[i] + q), dh);
    }
    total = fma_(v, h, total);
    store(adjoint + q, fma_(splat(own), h, load(adjoint + q)));
    store(dtheta + q, fma_(own * v, dh, load(dtheta + q)));
  }
  return sum(total);
}
PASS double product_back(const Cell *cells, int number, const real *g, const real *e, real own, const AngleScratch *row, int offset, int count, real *adjoint) {
  double total;
  FOR_NUMBER(number, total = product_back_loop(N, cells, g, e, own, row, offset, count, adjoint))
  return total;
}

// From the derivatives by angle (and w) of a row to those by the vectors of its neighbours.
PASS void row_back(Neighbors *a, int j, Neighbors *b, int first, int count, const AngleScratch *row, const real *slope, int narrow) {
  vr x = splat(a->x[j]), y = splat(a->y[j]), z = splat(a->z[j]), inverse = splat(a->inverse[j]);
  vr gx = splat(0), gy = splat(0), gz = splat(0), du = splat(0), bend = splat(0);
  for (int q = 0; q < count; q += W) {
    int k = first + q;
    vr kx = load(b->x + k), ky = load(b->y + k), kz = load(b->z + k), ki = load(b->inverse + k);
    vr i = inverse * ki, c = fma_(x, kx, fma_(y, ky, z * kz)) * i;
    vr dc = load(row->dtheta + q) * load(slope + q), dd = dc * i, dk = (real)-0.5 * (dc * c);
    bend += dk;
    dk = dk * (ki * ki);
    if (narrow) {
      vr dw = load(row->dw + q);
      dd = dd - 2 * dw;
      dk += dw;
      du += dw;
    }
    gx = fma_(dd, kx, gx), gy = fma_(dd, ky, gy), gz = fma_(dd, kz, gz);
    store(b->gx + k, fma_(dd, x, load(b->gx + k)));
    store(b->gy + k, fma_(dd, y, load(b->gy + k)));
    store(b->gz + k, fma_(dd, z, load(b->gz + k)));
    store(b->du + k, load(b->du + k) + dk);
  }
  real own = a->inverse[j];
  a->gx[j] += (real)sum(gx), a->gy[j] += (real)sum(gy), a->gz[j] += (real)sum(gz);
  a->du[j] += (real)(sum(du) + sum(bend) * (double)(own * own));
}

// How rows see a product: j has its own factor if it lies in its range; its neighbours in the row have the other.
static void prepare_products(const Tables *tables, const Angles *group, const AngleRows *rows, Factored *factors, RowProduct *products) {
  for (int p = 0; p < group->products; p++) {
    const Product *product = &tables->products[group->firstProduct + p];
    Factored *a = &factors[product->factorA], *b = &factors[product->factorB];
    products[p] = (RowProduct){.own = rows->swapped ? b : a, .other = rows->swapped ? a : b, .channel = &tables->channels[product->channel]};
    products[p].cells = product->cells;
    products[p].firstCell = product->firstCell;
  }
}

// The neighbours of row j within a product: number, and the first of them.
INLINE int product_range(const RowProduct *product, int j, int same, int *first) {
  const Channeled *own = product->own->view, *other = product->other->view;
  *first = same && j >= other->first ? j + 1 : other->first;
  return j >= own->first && j < own->last && other->last > *first ? other->last - *first : 0;
}

// Values of the windows of a row, and their slopes.
INLINE void row_windows(const Window *windows, int count, const real *theta, int length, AngleScratch *row, int slopes) {
  for (int i = 0; i < count; i++) {
    uint64_t at = (uint64_t)i * (uint64_t)row->stride;
    window_pass(&windows[i], theta, length, row->windows + at, slopes ? row->slopes + at : 0);
  }
}

// Adds the functions of a group to G.
static void angles_forward(const Tables *tables, const Angles *group, AngleRows *rows, Neighbors *neighbors, Factored *factors, AngleScratch *row, double *G) {
  Neighbors *a = &neighbors[group->neighborhoodA], *b = &neighbors[group->neighborhoodB];
  // Long rows are better.
  rows->swapped = a->count > b->count;
  rows->a = rows->swapped ? b : a, rows->b = rows->swapped ? a : b;
  a = rows->a, b = rows->b;
  prepare_products(tables, group, rows, factors, row->products);
  const RowProduct *end = row->products + group->products;
  uint64_t start = 0;
  for (int j = 0; j < a->count; j++) {
    int low = b->count, high = 0, first, count;
    for (const RowProduct *p = row->products; p < end; p++) {
      if ((count = product_range(p, j, a == b, &first)) == 0) continue;
      if (first < low) low = first;
      if (first + count > high) high = first + count;
    }
    int length = high > low ? high - low : 0;
    real *theta = rows->theta + start;
    rows->first[j] = low, rows->length[j] = length, rows->start[j] = start;
    if (length == 0) continue;
    angle_pass(a, j, b, low, length, theta, rows->slope + start);
    start += (uint64_t)PAD(length);
    row_windows(tables->windows + group->firstWindow, group->windows, theta, length, row, 0);
    if (group->narrow) third_side(a, j, b, low, length, row->w);
    for (const RowProduct *p = row->products; p < end; p++) {
      if ((count = product_range(p, j, a == b, &first)) == 0) continue;
      const real *e = p->other->e + first;
      double own = (double)p->own->e[j];
      if (group->narrow) third_pass(p->channel, row->w + (first - low), e, count, row), e = row->e;
      for (int c = 0; c < p->cells; c += TOGETHER) {
        const Cell *cells = tables->cells + p->firstCell + c;
        int n = p->cells - c < TOGETHER ? p->cells - c : TOGETHER;
        double sums[TOGETHER];
        product_pass(cells, n, e, row->windows + (first - low), row->stride, count, sums);
        for (int i = 0; i < n; i++) G[cells[i].index] += cells[i].scale * own * sums[i];
      }
    }
  }
}

// Adds what dE/dG of a group's functions makes to the derivatives by factors and vectors.
static void angles_back(const Tables *tables, const Angles *group, const AngleRows *rows, Factored *factors, AngleScratch *row, const double *dG) {
  Neighbors *a = rows->a, *b = rows->b;
  prepare_products(tables, group, rows, factors, row->products);
  const RowProduct *end = row->products + group->products;
  int firstCell = row->products->firstCell;
  const Cell *all = tables->cells + firstCell;
  for (int c = 0; c < group->cells; c++) row->g[c] = (real)(all[c].scale * dG[all[c].index]);
  for (int j = 0; j < a->count; j++) {
    int low = rows->first[j], length = rows->length[j], first, count;
    if (length == 0) continue;
    row_windows(tables->windows + group->firstWindow, group->windows, rows->theta + rows->start[j], length, row, 1);
    for (int q = 0; q < length; q += W) store(row->dtheta + q, splat(0)), store(row->dw + q, splat(0));
    if (group->narrow) third_side(a, j, b, low, length, row->w);
    for (const RowProduct *p = row->products; p < end; p++) {
      if ((count = product_range(p, j, a == b, &first)) == 0) continue;
      int offset = first - low;
      const real *e = p->other->e + first;
      real *adjoint = p->other->adjoint + first;
      if (group->narrow) {
        third_pass(p->channel, row->w + offset, e, count, row);
        for (int q = 0; q < count; q += W) store(row->adjoint + q, splat(0));
        e = row->e, adjoint = row->adjoint;
      }
      double total = 0;
      for (int c = 0; c < p->cells; c += TOGETHER) {
        const Cell *cells = tables->cells + p->firstCell + c;
        int n = p->cells - c < TOGETHER ? p->cells - c : TOGETHER;
        const real *g = row->g + (p->firstCell + c - firstCell);
        total += product_back(cells, n, g, e, p->own->e[j], row, offset, count, adjoint);
      }
      p->own->adjoint[j] += (real)total;
      if (group->narrow) third_back(p->other->e + first, row, count, p->other->adjoint + first, row->dw + offset);
    }
    row_back(a, j, b, low, length, row, rows->slope + rows->start[j], group->narrow);
  }
}
