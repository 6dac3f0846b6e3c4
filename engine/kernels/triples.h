// Functions of triples that share their radial factors and are powers in cos θ, after Behler 2011 (types 3, 9 and 13).
//
// The triples of a group that lie within its channel are collected in flat arrays, over which everything is a simple
// pass: u = r², w = r_jk² = u_j + u_k − 2d with d = r_j·r_k, so that no triple needs a square root for its cosine, and
// exp(−η(r_ij² + r_ik² + r_jk²)) = exp(−2η(w + d)). The way back contracts dE/dG first: all functions with one
// exponential are one polynomial in cos θ.
#pragma once
#include "neighbors.h"
#include "terms.h"

#ifdef __wasm__
// For each mask of lanes: the shuffle of bytes that moves them to the front, and their numbers.
#ifdef REAL32
#define LANE(l) 4 * l, 4 * l + 1, 4 * l + 2, 4 * l + 3
#define ROW(a, b, c, d) {LANE(a), LANE(b), LANE(c), LANE(d)}
static const uint8_t FRONT[16][16] = {ROW(0, 1, 2, 3), ROW(0, 1, 2, 3), ROW(1, 0, 2, 3), ROW(0, 1, 2, 3), ROW(2, 0, 1, 3), ROW(0, 2, 1, 3),
                                      ROW(1, 2, 0, 3), ROW(0, 1, 2, 3), ROW(3, 0, 1, 2), ROW(0, 3, 1, 2), ROW(1, 3, 0, 2), ROW(0, 1, 3, 2),
                                      ROW(2, 3, 0, 1), ROW(0, 2, 3, 1), ROW(1, 2, 3, 0), ROW(0, 1, 2, 3)};
static const int32_t LANES[16][4] = {{0, 1, 2, 3}, {0, 1, 2, 3}, {1, 0, 2, 3}, {0, 1, 2, 3}, {2, 0, 1, 3}, {0, 2, 1, 3}, {1, 2, 0, 3}, {0, 1, 2, 3},
                                     {3, 0, 1, 2}, {0, 3, 1, 2}, {1, 3, 0, 2}, {0, 1, 3, 2}, {2, 3, 0, 1}, {0, 2, 3, 1}, {1, 2, 3, 0}, {0, 1, 2, 3}};
INLINE uint32_t bitmask(vm m) { return wasm_i32x4_bitmask((v128_t)m); }
#else
static const uint8_t FRONT[4][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                     {8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7},
                                     {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};
static const int32_t LANES[4][4] = {{0, 1}, {0, 1}, {1, 0}, {0, 1}};
INLINE uint32_t bitmask(vm m) { return wasm_i64x2_bitmask((v128_t)m); }
#endif
#ifdef RELAXED
INLINE vr to_front(vr v, v128_t front) { return (vr)wasm_i8x16_relaxed_swizzle((v128_t)v, front); }
#else
INLINE vr to_front(vr v, v128_t front) { return (vr)wasm_i8x16_swizzle((v128_t)v, front); }
#endif
#endif

typedef struct {
  int count;
  real *s, *c;       // of exp(−η s); cosine. While triples are collected: w and d.
  real *inverse;     // 1/(r_j r_k)
  real *f, *df;      // product of the channels; the same with the derivative by w of that of r_jk
  real *stretch;     // with a shift: d (r_jk − shift)² / dw
  real *e;           // exponentials, one array of `stride` after the other
  int stride;
  int32_t *k, *row;  // second neighbour of each triple; first triple of each first neighbour
} TripleList;

// Sums of each triple on the way back, of one group at a time: e T, η e T, e T'; then four numbers of each triple.
typedef struct {
  real *y1, *y2, *y3;
  v4 *records;
} TripleSums;

// Upper bound of the triples that a and b neighbours make, with room for the vector stores.
INLINE uint64_t triple_bound(int same, int a, int b) { return (same ? (uint64_t)a * (a + 1) / 2 : (uint64_t)a * b) + 4 * W; }

static void allocate_triples(TripleList *t, Arena *arena, const Triples *group, int a, int b) {
  uint64_t bound = triple_bound(group->viewA == group->viewB, a, b);
  t->s = take_reals(arena, bound), t->c = take_reals(arena, bound), t->inverse = take_reals(arena, bound);
  t->f = take_reals(arena, bound), t->df = take_reals(arena, bound), t->stretch = 0;
  if (group->shift != 0 && group->narrow) t->stretch = take_reals(arena, bound);
  t->k = take(arena, (bound + W) * sizeof(int32_t)), t->row = take(arena, (uint64_t)(a + 1) * sizeof(int32_t));
  t->stride = (int)bound + W;
  t->e = take_reals(arena, (uint64_t)t->stride * group->exponentials);
}

static void allocate_sums(TripleSums *sums, Arena *arena, uint64_t bound) {
  sums->y1 = take_reals(arena, bound), sums->y2 = take_reals(arena, bound), sums->y3 = take_reals(arena, bound);
  sums->records = take(arena, (bound + W) * sizeof(v4));
}

// All pairs j < k (or j of a, k of b) with r_jk² < limit, appended without a branch.
PASS void collect_triples(TripleList *t, const Channeled *va, const Channeled *vb, real limit) {
  const Neighbors *a = va->n, *b = vb->n;
  int n = 0;
  for (int j = 0; j < va->last; j++) {
    t->row[j] = n;
    vr x = splat(a->x[j]), y = splat(a->y[j]), z = splat(a->z[j]);
    real u = a->u[j], inverse = a->inverse[j], f = va->f[j];
    int first = a == b ? j + 1 : 0;
    for (int k = first; k < vb->last; k += W) {
      vr d = fma_(x, load(b->x + k), fma_(y, load(b->y + k), z * load(b->z + k)));
      vr w = (load(b->u + k) + u) - (d + d);
      vm in = w < splat(limit);
      vr i = inverse * load(b->inverse + k), g = f * load(vb->f + k);
#ifdef __wasm__
      uint32_t mask = bitmask(in);
      v128_t front = wasm_v128_load(FRONT[mask]);
      store(t->s + n, to_front(w, front));
      store(t->c + n, to_front(d, front));
      store(t->inverse + n, to_front(i, front));
      store(t->f + n, to_front(g, front));
      wasm_v128_store(t->k + n, wasm_i32x4_add(wasm_i32x4_splat(k), wasm_v128_load(LANES[mask])));
      n += __builtin_popcount(mask);
#else
      for (int l = 0; l < W; l++) {
        t->s[n] = w[l], t->c[n] = d[l], t->inverse[n] = i[l], t->f[n] = g[l], t->k[n] = k + l;
        n -= (int)in[l];
      }
#endif
    }
  }
  t->row[va->last] = n;
  for (int q = n; q < n + W; q++) t->s[q] = 1, t->c[q] = 0, t->inverse[q] = 0, t->f[q] = 0, t->k[q] = 0;
  t->count = n;
}

INLINE void narrow_loop(int kind, TripleList *t, const Channel *channel) {
  for (int q = 0; q < t->count; q += W) {
    vr w = load(t->s + q), d = load(t->c + q), f = load(t->f + q), h, dh;
    channel_value(kind, channel, w, &h, &dh);
    store(t->c + q, d * load(t->inverse + q));
    store(t->s + q, 2 * (w + d));
    store(t->df + q, f * dh);
    f = f * h;
#ifdef REAL32
    f = keep(f > splat(1e-15f), f);
#endif
    store(t->f + q, f);
  }
}
// With the distance between the neighbours: its channel, cosines, exponents.
PASS void narrow_pass(TripleList *t, const Channel *channel) { FOR_KIND(channel->kind, narrow_loop(KIND, t, channel)) }

PASS void wide_pass(TripleList *t, const Neighbors *a, const Neighbors *b) {
  for (int j = 0; t->row[j] < t->count; j++)
    for (int q = t->row[j]; q < t->row[j + 1]; q++) t->s[q] = a->u[j] + b->u[t->k[q]];
  for (int q = 0; q < t->count; q += W) store(t->c + q, load(t->c + q) * load(t->inverse + q));
}

// With a shift the exponents need the distances: s = Σ (r − shift)². That between the neighbours waits in `stretch`.
PASS void third_distances(TripleList *t) {
  for (int q = 0; q < t->count; q += W) store(t->stretch + q, vsqrt(load(t->s + q)));
}
PASS void shifted_distances(TripleList *t, const Neighbors *a, const Neighbors *b, real shift) {
  for (int j = 0; t->row[j] < t->count; j++) {
    real dj = a->r[j] - shift;
    for (int q = t->row[j]; q < t->row[j + 1]; q++) {
      real dk = b->r[t->k[q]] - shift;
      t->s[q] = dj * dj + dk * dk;
    }
  }
  if (t->stretch)
    for (int q = 0; q < t->count; q += W) {
      vr r = load(t->stretch + q), d = r - shift;
      store(t->s + q, load(t->s + q) + d * d);
      store(t->stretch + q, d / r);
    }
}

PASS void exponential_pass(const real *s, real *e, int n, real eta) {
  for (int q = 0; q < n; q += W) store(e + q, vexp(-eta * load(s + q)));
}

// exp(−η s) where η is a small multiple of another's.
INLINE void power_loop(const real *base, real *e, int n, int exponent) {
  for (int q = 0; q < n; q += W) store(e + q, power_of_exponential(load(base + q), exponent));
}
PASS void power_pass(const real *base, real *e, int n, int exponent) {
  switch (exponent) {
    case 2: power_loop(base, e, n, 2); return;
    case 3: power_loop(base, e, n, 3); return;
    case 4: power_loop(base, e, n, 4); return;
    case 5: power_loop(base, e, n, 5); return;
    case 7: power_loop(base, e, n, 7); return;
    case 20: power_loop(base, e, n, 20); return;
    case 30: power_loop(base, e, n, 30); return;
    default: power_loop(base, e, n, exponent);
  }
}

// Σ e f (1 ± λ c)^z
INLINE void term_loop(const real *e, const TripleList *t, int z, real lambda, double *plus, double *minus) {
  *plus = *minus = 0;
  for (int start = 0; start < t->count; start += SUMMED) {
    int end = t->count < start + SUMMED ? t->count : start + SUMMED;
    vr p = splat(0), m = splat(0);
    for (int q = start; q < end; q += W) {
      vr x = load(e + q) * load(t->f + q), y = lambda * load(t->c + q);
      p = fma_(x, vpow(1 + y, z), p);
      m = fma_(x, vpow(1 - y, z), m);
    }
    *plus += sum(p);
    *minus += sum(m);
  }
}
PASS void term_pass(const real *e, const TripleList *t, int z, real lambda, double *plus, double *minus) {
  switch (z) {
    case 1: term_loop(e, t, 1, lambda, plus, minus); return;
    case 2: term_loop(e, t, 2, lambda, plus, minus); return;
    case 4: term_loop(e, t, 4, lambda, plus, minus); return;
    case 6: term_loop(e, t, 6, lambda, plus, minus); return;
    case 16: term_loop(e, t, 16, lambda, plus, minus); return;
    default: term_loop(e, t, z, lambda, plus, minus);
  }
}

// (1 + λc)^ζ for any ζ > 0, in double lanes; 0 where the base is.
static double real_power(double base, double zeta) {
  if (base <= 1e-300) return 0;
  return vexpd(splatd(zeta) * vlogd(splatd(base)))[0];
}

// With dE/dG contracted to T(c) = Σ co[k] c^k, adds e T, η e T and e T' to the sums of each triple.
INLINE void back_loop(const real *e, const TripleList *t, int degree, const real *co, real eta, int first, const TripleSums *sums) {
  real *y1 = sums->y1, *y2 = sums->y2, *y3 = sums->y3;
  for (int q = 0; q < t->count; q += W) {
    vr x = load(t->c + q), T = splat(co[degree]), dT = splat(0), v = load(e + q);
#pragma GCC unroll 16
    for (int k = degree - 1; k >= 0; k--) {
      dT = fma_(dT, x, T);
      T = fma_(T, x, splat(co[k]));
    }
    vr p = v * T, r = v * dT;
    if (first) {
      store(y1 + q, p);
      store(y2 + q, p * eta);
      store(y3 + q, r);
    } else {
      store(y1 + q, load(y1 + q) + p);
      store(y2 + q, fma_(p, splat(eta), load(y2 + q)));
      store(y3 + q, load(y3 + q) + r);
    }
  }
}
PASS void back_pass(const real *e, const TripleList *t, int degree, const real *co, real eta, int first, const TripleSums *sums) {
  switch (degree) {
    case 1: back_loop(e, t, 1, co, eta, first, sums); return;
    case 2: back_loop(e, t, 2, co, eta, first, sums); return;
    case 4: back_loop(e, t, 4, co, eta, first, sums); return;
    case 6: back_loop(e, t, 6, co, eta, first, sums); return;
    default: back_loop(e, t, degree, co, eta, first, sums);
  }
}

// The same for one term with a large power z.
INLINE void term_back_loop(const real *e, const TripleList *t, int z, real lambda, real plus, real minus, real eta, const TripleSums *sums) {
  real *y1 = sums->y1, *y2 = sums->y2, *y3 = sums->y3;
  for (int q = 0; q < t->count; q += W) {
    vr v = load(e + q), y = lambda * load(t->c + q);
    vr p = v * plus * vpow(1 + y, z - 1), m = v * minus * vpow(1 - y, z - 1), T = fma_(p, 1 + y, m * (1 - y));
    store(y1 + q, load(y1 + q) + T);
    store(y2 + q, fma_(T, splat(eta), load(y2 + q)));
    store(y3 + q, fma_(p - m, splat((real)z * lambda), load(y3 + q)));
  }
}
PASS void term_back_pass(const real *e, const TripleList *t, int z, real lambda, real plus, real minus, real eta, const TripleSums *sums) {
  switch (z) {
    case 16: term_back_loop(e, t, 16, lambda, plus, minus, eta, sums); return;
    default: term_back_loop(e, t, z, lambda, plus, minus, eta, sums);
  }
}

// The sums of a triple become (dE/d ln f, dE/du of both explicit, c dE/dc, dE/dd), transposed to one record per triple.
PASS void combine(const TripleList *t, const TripleSums *sums, int narrow) {
  v4 *records = sums->records;
  for (int q = 0; q < t->count; q += W) {
    vr f = load(t->f + q), e = load(sums->y1 + q), dw = splat(0);
    vr a = e * f, b = load(sums->y2 + q) * f, c = load(sums->y3 + q) * f;
    if (narrow) dw = e * load(t->df + q) - (t->stretch ? b * load(t->stretch + q) : b);
    vr dd = c * load(t->inverse + q) - 2 * dw;
    b = dw - b;
    c = c * load(t->c + q);
#ifdef REAL32
    vr ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    vr cd0 = __builtin_shufflevector(c, dd, 0, 4, 1, 5), cd1 = __builtin_shufflevector(c, dd, 2, 6, 3, 7);
    vr *out = (vr *)(records + q);
    out[0] = __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5);
    out[1] = __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7);
    out[2] = __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5);
    out[3] = __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7);
#else
    vr *out = (vr *)(records + q);
    out[0] = __builtin_shufflevector(a, b, 0, 2);
    out[1] = __builtin_shufflevector(c, dd, 0, 2);
    out[2] = __builtin_shufflevector(a, b, 1, 3);
    out[3] = __builtin_shufflevector(c, dd, 1, 3);
#endif
  }
}

PASS void spread(const TripleList *t, const v4 *records, Channeled *va, Channeled *vb) {
  Neighbors *a = va->n, *b = vb->n;
  for (int j = 0; j < va->last; j++) {
    int first = t->row[j], last = t->row[j + 1];
    if (first == last) continue;
    v4 p = a->position[j], direct = {0}, scalars = {0};
    for (int q = first; q < last; q++) {
      int k = t->k[q];
      v4 v = records[q];
      v4 d = __builtin_shufflevector(v, v, 3, 3, 3, 3);
      direct += d * b->position[k];
      b->direct[k] += d * p;
      scalars += v;
      vb->scalars[k] += v;
    }
    a->direct[j] += direct;
    va->scalars[j] += scalars;
  }
}

INLINE real *exponential_of(const TripleList *t, int x) { return t->e + (uint64_t)x * (uint64_t)t->stride; }

// Adds the sums of a group's functions to G.
static void triples_forward(const Tables *tables, const Triples *group, TripleList *t, const Channeled *a, const Channeled *b, double *G) {
  const Channel *channel = &tables->channels[group->channel];
  collect_triples(t, a, b, group->narrow ? (real)(channel->outer * channel->outer) : NEARER);
  if (t->count == 0) return;
  if (t->stretch) third_distances(t);
  if (group->narrow) narrow_pass(t, channel);
  else wide_pass(t, a->n, b->n);
  if (group->shift != 0) shifted_distances(t, a->n, b->n, (real)group->shift);
  for (int x = 0; x < group->exponentials; x++) {
    const Exponential *exponential = &tables->exponentials[group->firstExponential + x];
    real *e = exponential_of(t, x);
    if (exponential->base < 0) exponential_pass(t->s, e, t->count, (real)exponential->eta);
    else power_pass(exponential_of(t, exponential->base), e, t->count, exponential->exponent);
    for (int q = 0; q < exponential->terms; q++) {
      const Term *term = &tables->terms[exponential->firstTerm + q];
      double plus = 0, minus = 0;
      if (term->power > 0) term_pass(e, t, term->power, (real)term->lambda, &plus, &minus);
      else
        for (int k = 0; k < t->count; k++) {
          double v = (double)e[k] * (double)t->f[k], y = term->lambda * (double)t->c[k];
          plus += v * real_power(1 + y, term->zeta);
          minus += v * real_power(1 - y, term->zeta);
        }
      add_term(term, plus, minus, G);
    }
  }
}

// Adds what dE/dG of a group's functions makes to the derivatives by its neighbours.
static void triples_back(const Tables *tables, const Triples *group, TripleList *t, Channeled *va, Channeled *vb, const TripleSums *sums, const double *dG) {
  if (t->count == 0) return;
  Neighbors *a = va->n, *b = vb->n;
  for (int x = 0; x < group->exponentials; x++) {
    const Exponential *exponential = &tables->exponentials[group->firstExponential + x];
    const Term *terms = &tables->terms[exponential->firstTerm];
    const real *e = exponential_of(t, x);
    double co[MAXIMUM_DEGREE + 1], plus, minus;
    real rounded[MAXIMUM_DEGREE + 1];
    contract(terms, exponential->terms, dG, exponential->degree, co);
    for (int k = 0; k <= exponential->degree; k++) rounded[k] = (real)co[k];
    back_pass(e, t, exponential->degree, rounded, (real)exponential->eta, x == 0, sums);
    for (int q = 0; q < exponential->terms; q++) {
      const Term *term = &terms[q];
      if (term->power > 0 && term->power <= MAXIMUM_DEGREE) continue;
      gradients_of(term, dG, &plus, &minus);
      if (term->power > 0) {
        term_back_pass(e, t, term->power, (real)term->lambda, (real)plus, (real)minus, (real)exponential->eta, sums);
        continue;
      }
      for (int k = 0; k < t->count; k++) {
        double v = (double)e[k], y = term->lambda * (double)t->c[k], z = term->zeta;
        double T = plus * real_power(1 + y, z) + minus * real_power(1 - y, z);
        double dT = term->lambda * z * (plus * real_power(1 + y, z - 1) - minus * real_power(1 - y, z - 1));
        sums->y1[k] += (real)(v * T), sums->y2[k] += (real)(exponential->eta * v * T), sums->y3[k] += (real)(v * dT);
      }
    }
  }
  if (group->shift != 0) {
    // d(r − shift)²/du = 1 − shift/r: the sums y2 count 1, the rest is added per neighbour.
    real shift = (real)group->shift;
    for (int j = 0; j < va->last; j++) {
      real total = 0;
      for (int q = t->row[j]; q < t->row[j + 1]; q++) {
        real y2 = sums->y2[q] * t->f[q];
        total += y2;
        b->du[t->k[q]] += y2 * shift * b->inverse[t->k[q]];
      }
      a->du[j] += total * shift * a->inverse[j];
    }
  }
  combine(t, sums, group->narrow);
  spread(t, sums->records, va, vb);
}
