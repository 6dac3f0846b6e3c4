// Energies, forces and virial of a Behler–Parrinello potential, and the neighbour list they need.
//
// Work is cut into blocks of atoms that are close in space. A block sees its surroundings as *slots*: atoms and periodic
// images, copied to contiguous local arrays. Forces on slots are written per block and added up per atom in the order of
// blocks, so that results don't depend on how many threads did the work.
//
// Per atom: neighbours by element and channel → radial functions → triples of each group, flat → network → dE/dG
// contracted to a polynomial in cos θ per exponential → one pass back over the triples → forces on slots.
// Formulation: u = r², w = r_jk² = u_j + u_k − 2d with d = r_j·r_k, so that no triple needs a square root or a cosine
// function; exp(−η(r_ij² + r_ik² + r_jk²)) = exp(−2η(w + d)).
#include "functions.h"
#include "model.h"
#include "network.h"
#include "vector.h"

#ifdef __wasm__
#define AT(type, address) ((type *)(uintptr_t)(address))
#else
// Natively the memory image of the WebAssembly side lies anywhere; addresses count from its start.
extern uint8_t *memory_base;
#define AT(type, address) ((type *)(memory_base + (address)))
#endif

#define MAXIMUM_ELEMENTS 128
#define MAXIMUM_DEGREE 32
#define FAR ((real)1e30)      // r² of a neighbour that only fills a vector
#define NEARER ((real)1e29)   // what tells it from a real one

typedef struct {
  int count, padded;
  real *x, *y, *z, *u, *r, *inverse, *f, *l;
  real *du;       // dE/d r², explicit part
  v4 *position;   // x y z 0
  v4 *direct;     // sums of dE/dd · partner's position
  v4 *scalars;    // sums of the four scalars of a triple
  uint32_t *slot;
} Neighbors;

typedef struct {
  int count;
  real *w, *d, *inverse, *f, *c, *s, *l;
  real **e;        // one array per exponential
  int32_t *k, *row;  // second neighbour of each triple; first triple of each first neighbour
} TripleList;

typedef struct {
  uint8_t *next;
} Arena;

INLINE void *take(Arena *arena, uint64_t bytes) {
  void *p = arena->next;
  arena->next += (bytes + 63) / 64 * 64;
  return p;
}
INLINE real *take_reals(Arena *arena, int n) { return take(arena, (uint64_t)(n + W) * sizeof(real)); }

// Upper bound of triples that a and b neighbours make, rows padded by the vector stores.
INLINE uint64_t triple_bound(int same, int a, int b) { return same ? (uint64_t)a * (a + 1) / 2 + W : (uint64_t)a * b + W; }

// Bytes of scratch for an atom of element e whose surroundings hold counts[element] slots within the list cutoff.
static uint64_t scratch_bytes(const Model *m, int e, const int32_t *counts, int slots) {
  const ElementModel *em = AT(ElementModel, m->elements) + e;
  const View *views = AT(View, m->views) + em->firstView;
  const Triples *groups = AT(Triples, m->triples) + em->firstTriples;
  const Radial *radials = AT(Radial, m->radials) + em->firstRadial;
  uint64_t bytes = 4096 + (uint64_t)slots * 28 + 512;
  for (int v = 0; v < em->views; v++) bytes += (uint64_t)(counts[views[v].element] + 3 * W) * (21 * sizeof(real) + 4) + 14 * 64;
  for (int r = 0; r < em->radials; r++) bytes += (uint64_t)(counts[views[radials[r].view].element] + 3 * W) * sizeof(real) + 64;
  uint64_t largest = 0, exponentials = 0;
  for (int g = 0; g < em->triples; g++) {
    const Triples *t = &groups[g];
    uint64_t n = triple_bound(t->viewA == t->viewB, counts[views[t->viewA].element], counts[views[t->viewB].element]) + 3 * W;
    bytes += n * ((7 + t->exponentials) * sizeof(real) + 4) + (9 + t->exponentials) * 64 + (uint64_t)(counts[views[t->viewA].element] + 2) * 4 + 512;
    if (n > largest) largest = n;
    if ((uint64_t)t->exponentials > exponentials) exponentials = t->exponentials;
  }
  bytes += (largest + W) * sizeof(real) * (7 + exponentials) + (8 + exponentials) * 64;
  bytes += (uint64_t)(em->layers * 2 + 6) * (m->maximumWidth * 8 + 64);
  return bytes;
}

// ---- neighbour list -------------------------------------------------------------------------------------------------

typedef struct {
  int32_t x, y, z, slot;  // cell counted without wrapping, and its first slot in the block
} CellImage;

INLINE uint32_t hash_cell(int x, int y, int z) { return (uint32_t)x * 73856093u ^ (uint32_t)y * 19349663u ^ (uint32_t)z * 83492791u; }

INLINE int wrap_cell(int i, int n, int *shift) {
  int s = i >= 0 ? i / n : -((n - 1 - i) / n);
  *shift = s;
  return i - s * n;
}

// One block's part of the list. With fill = 0 counts slots (returned through the block) and entries per atom
// (listStarts[i + 1]), and raises *scratch to what evaluating its atoms needs; with fill = 1 writes both.
EXPORT(list_block)
void list_block(const Model *m, const System *s, int32_t index, int32_t fill, uint32_t tableAddress, uint32_t tableSize, uint32_t scratchAddress) {
  Block *block = AT(Block, s->blocks) + index;
  CellImage *table = AT(CellImage, tableAddress);
  const double *positions = AT(double, s->positions);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const uint32_t *cellStarts = AT(uint32_t, s->cellStarts);
  uint32_t *starts = AT(uint32_t, s->listStarts), *list = AT(uint32_t, s->list);
  uint32_t *slotAtoms = AT(uint32_t, s->slotAtoms) + block->firstSlot;
  int8_t *slotShifts = AT(int8_t, s->slotShifts) + 4 * (uint64_t)block->firstSlot;
  uint64_t *scratch = AT(uint64_t, scratchAddress);
  int32_t counts[MAXIMUM_ELEMENTS];
  int ny = s->cellCounts[1], nz = s->cellCounts[2];
  double limit = s->listCutoff * s->listCutoff;
  int slots = 0;
  for (uint32_t q = 0; q < tableSize; q++) table[q].slot = -1;
  uint32_t end = block->firstAtom + block->atoms;
  // The cell of the block's first atom, then cell after cell.
  uint32_t cell = 0, high = (uint32_t)s->cellCounts[0] * ny * nz;
  while (cell + 1 < high) {
    uint32_t middle = (cell + high) / 2;
    if (cellStarts[middle] <= block->firstAtom) cell = middle;
    else high = middle;
  }
  uint64_t need = 0;
  for (uint32_t i = block->firstAtom; i < end; i++) {
    while (cellStarts[cell + 1] <= i) cell++;
    int cx = (int)(cell / (ny * nz)), cy = (int)(cell / nz % ny), cz = (int)(cell % nz);
    const double *p = positions + 3 * (uint64_t)i;
    uint32_t entry = fill ? starts[i] : 0;
    for (int e = 0; e < m->elementCount; e++) counts[e] = 0;
    for (int ox = -s->reach[0]; ox <= s->reach[0]; ox++)
      for (int oy = -s->reach[1]; oy <= s->reach[1]; oy++)
        for (int oz = -s->reach[2]; oz <= s->reach[2]; oz++) {
          int x = cx + ox, y = cy + oy, z = cz + oz, a, b, c;
          int wx = wrap_cell(x, s->cellCounts[0], &a), wy = wrap_cell(y, ny, &b), wz = wrap_cell(z, nz, &c);
          if ((a && !s->periodic[0]) || (b && !s->periodic[1]) || (c && !s->periodic[2])) continue;
          uint32_t other = (uint32_t)((wx * ny + wy) * nz + wz), first = cellStarts[other], last = cellStarts[other + 1];
          if (first == last) continue;
          uint32_t q = hash_cell(x, y, z) & (tableSize - 1);
          while (table[q].slot >= 0 && (table[q].x != x || table[q].y != y || table[q].z != z)) q = (q + 1) & (tableSize - 1);
          if (table[q].slot < 0) {
            table[q] = (CellImage){x, y, z, slots};
            if (fill)
              for (uint32_t j = first; j < last; j++) {
                uint32_t slot = slots + j - first;
                slotAtoms[slot] = j;
                slotShifts[4 * slot] = (int8_t)a, slotShifts[4 * slot + 1] = (int8_t)b, slotShifts[4 * slot + 2] = (int8_t)c;
              }
            slots += (int)(last - first);
          }
          double sx = a * s->cell[0] + b * s->cell[3] + c * s->cell[6] - p[0];
          double sy = a * s->cell[1] + b * s->cell[4] + c * s->cell[7] - p[1];
          double sz = a * s->cell[2] + b * s->cell[5] + c * s->cell[8] - p[2];
          int home = !(a | b | c);
          for (uint32_t j = first; j < last; j++) {
            const double *r = positions + 3 * (uint64_t)j;
            double dx = r[0] + sx, dy = r[1] + sy, dz = r[2] + sz;
            if (dx * dx + dy * dy + dz * dz >= limit || (home && j == i)) continue;
            counts[elements[j]]++;
            if (fill) list[entry] = (uint32_t)table[q].slot + j - first;
            entry++;
          }
        }
    if (!fill) {
      starts[i + 1] = entry;
      uint64_t bytes = scratch_bytes(m, elements[i], counts, slots);
      if (bytes > need) need = bytes;
    }
  }
  if (fill) return;
  block->slots = (uint32_t)slots;
  need += (uint64_t)slots * 28 + 512;
  if (need > *scratch) *scratch = need;
}

// ---- passes over the neighbours of one view -------------------------------------------------------------------------

INLINE void pair_loop(int kind, Neighbors *n, const Channel *channel) {
  for (int k = 0; k < n->padded; k += W) {
    vr u = load(n->u + k);
    vm real_one = u < splat(NEARER);
    u = choose(real_one, u, splat((real)(0.25 * channel->outer * channel->outer)));
    vr r = vsqrt(u), f, l;
    channel_value(kind, channel, r, &f, &l);
    store(n->r + k, r);
    store(n->inverse + k, 1 / r);
    store(n->f + k, keep(real_one, f));
    store(n->l + k, keep(real_one, l));
    store(n->du + k, splat(0));
  }
}
PASS void pair_pass(Neighbors *n, const Channel *channel) { FOR_KIND(channel->kind, pair_loop(KIND, n, channel)) }

PASS double radial_pass(const Neighbors *n, real *ef, real eta, real shift) {
  vr total = splat(0);
  for (int k = 0; k < n->padded; k += W) {
    vr d = load(n->r + k) - shift;
    vr e = vexp(-eta * d * d) * load(n->f + k);
    store(ef + k, e);
    total += e;
  }
  return sum(total);
}

PASS void radial_back(Neighbors *n, const real *ef, real eta, real shift, real g) {
  for (int k = 0; k < n->padded; k += W) {
    vr d = load(n->r + k) - shift;
    store(n->du + k, load(n->du + k) + g * load(ef + k) * (load(n->l + k) - eta * d * load(n->inverse + k)));
  }
}

// ---- passes over triples --------------------------------------------------------------------------------------------

#if defined(__wasm__) && defined(REAL32)
// Byte shuffles that move the lanes of a 4-bit mask to the front.
static v128_t FRONT[16], LANES[16];
EXPORT(initialize) void initialize(void) {
  for (int mask = 0; mask < 16; mask++) {
    uint8_t bytes[16];
    int32_t lanes[4];
    int n = 0;
    for (int pass = 1; pass >= 0; pass--)
      for (int l = 0; l < 4; l++)
        if ((mask >> l & 1) == pass) {
          for (int q = 0; q < 4; q++) bytes[4 * n + q] = (uint8_t)(4 * l + q);
          lanes[n++] = l;
        }
    FRONT[mask] = wasm_v128_load(bytes);
    LANES[mask] = wasm_v128_load(lanes);
  }
}
#else
EXPORT(initialize) void initialize(void) {}
#endif

// All pairs j < k (or j of a, k of b) with r_jk² < limit, appended without a branch.
PASS int collect_triples(TripleList *t, const Neighbors *a, const Neighbors *b, real limit) {
  int n = 0;
  for (int j = 0; j < a->count; j++) {
    t->row[j] = n;
    vr x = splat(a->x[j]), y = splat(a->y[j]), z = splat(a->z[j]);
    real u = a->u[j], inverse = a->inverse[j], f = a->f[j];
    int first = a == b ? j + 1 : 0;
    for (int k = first & ~(W - 1); k < b->count; k += W) {
      vr d = fma_(x, load(b->x + k), fma_(y, load(b->y + k), z * load(b->z + k)));
      vr w = (load(b->u + k) + u) - (d + d);
      vm in = w < splat(limit);
      vr i = inverse * load(b->inverse + k), g = f * load(b->f + k);
#if defined(__wasm__) && !defined(REAL32)
      uint32_t mask = wasm_i64x2_bitmask((v128_t)in);
      if (k < first) mask &= ~1u;
      int n1 = n + (int)(mask & 1);
      wasm_v128_store64_lane(t->w + n, (v128_t)w, 0);
      wasm_v128_store64_lane(t->d + n, (v128_t)d, 0);
      wasm_v128_store64_lane(t->inverse + n, (v128_t)i, 0);
      wasm_v128_store64_lane(t->f + n, (v128_t)g, 0);
      t->k[n] = k;
      wasm_v128_store64_lane(t->w + n1, (v128_t)w, 1);
      wasm_v128_store64_lane(t->d + n1, (v128_t)d, 1);
      wasm_v128_store64_lane(t->inverse + n1, (v128_t)i, 1);
      wasm_v128_store64_lane(t->f + n1, (v128_t)g, 1);
      t->k[n1] = k + 1;
      n = n1 + (int)(mask >> 1);
#elif defined(__wasm__)
      uint32_t mask = wasm_i32x4_bitmask((v128_t)in);
      if (k < first) mask &= 15u << (first - k);
      v128_t front = FRONT[mask];
#ifdef RELAXED
#define TO_FRONT(v) wasm_i8x16_relaxed_swizzle((v128_t)(v), front)
#else
#define TO_FRONT(v) wasm_i8x16_swizzle((v128_t)(v), front)
#endif
      wasm_v128_store(t->w + n, TO_FRONT(w));
      wasm_v128_store(t->d + n, TO_FRONT(d));
      wasm_v128_store(t->inverse + n, TO_FRONT(i));
      wasm_v128_store(t->f + n, TO_FRONT(g));
      wasm_v128_store(t->k + n, wasm_i32x4_add(wasm_i32x4_splat(k), LANES[mask]));
      n += __builtin_popcount(mask);
#else
      for (int l = 0; l < W; l++) {
        t->w[n] = w[l], t->d[n] = d[l], t->inverse[n] = i[l], t->f[n] = g[l], t->k[n] = k + l;
        n += (int)(-in[l]) & (k + l >= first);
      }
#endif
    }
  }
  t->row[a->count] = n;
  for (int q = n; q < PAD(n); q++) t->w[q] = 1, t->d[q] = 0, t->inverse[q] = 0, t->f[q] = 0, t->s[q] = 0, t->k[q] = 0;
  t->count = n;
  return n;
}

INLINE void narrow_loop(int kind, TripleList *t, const Channel *channel) {
  for (int q = 0; q < t->count; q += W) {
    vr w = load(t->w + q), d = load(t->d + q), f, l;
    channel_value(kind, channel, vsqrt(w), &f, &l);
    if (channel->inner > 0) f = keep(w > splat((real)(channel->inner * channel->inner)), f);
    store(t->c + q, d * load(t->inverse + q));
    store(t->s + q, 2 * (w + d));
    f = f * load(t->f + q);
#ifdef REAL32
    f = keep(f > splat(1e-15f), f);
#endif
    store(t->f + q, f);
    store(t->l + q, l);
  }
}
PASS void narrow_pass(TripleList *t, const Channel *channel) { FOR_KIND(channel->kind, narrow_loop(KIND, t, channel)) }

PASS void wide_pass(TripleList *t, const Neighbors *a, const Neighbors *b) {
  for (int j = 0; j < a->count; j++)
    for (int q = t->row[j]; q < t->row[j + 1]; q++) t->s[q] = a->u[j] + b->u[t->k[q]];
  for (int q = 0; q < t->count; q += W) {
    store(t->c + q, load(t->d + q) * load(t->inverse + q));
    store(t->l + q, splat(0));
  }
}

// With a shift the exponent needs the distances: s = Σ (r − shift)².
PASS void shifted_distances(TripleList *t, const Neighbors *a, const Neighbors *b, real shift, int narrow) {
  for (int j = 0; j < a->count; j++) {
    real dj = a->r[j] - shift;
    for (int q = t->row[j]; q < t->row[j + 1]; q++) {
      real dk = b->r[t->k[q]] - shift;
      t->s[q] = dj * dj + dk * dk;
    }
  }
  if (narrow)
    for (int q = 0; q < t->count; q += W) {
      vr d = vsqrt(load(t->w + q)) - shift;
      store(t->s + q, load(t->s + q) + d * d);
    }
}

PASS void exponential_pass(const TripleList *t, real *e, real *raw, int needed, real eta) {
  if (needed)
    for (int q = 0; q < t->count; q += W) {
      vr x = vexp(-eta * load(t->s + q));
      store(raw + q, x);
      store(e + q, x * load(t->f + q));
    }
  else
    for (int q = 0; q < t->count; q += W) store(e + q, vexp(-eta * load(t->s + q)) * load(t->f + q));
}

// exp(-eta s) where eta is a small multiple of another's.
INLINE void power_loop(const TripleList *t, const real *base, real *e, real *raw, int needed, int exponent) {
  for (int q = 0; q < t->count; q += W) {
    vr x = vpow(load(base + q), exponent);
#ifdef REAL32
    x = keep(x > splat(1e-18f), x);
#endif
    if (needed) store(raw + q, x);
    store(e + q, x * load(t->f + q));
  }
}
PASS void power_pass(const TripleList *t, const real *base, real *e, real *raw, int needed, int exponent) {
  switch (exponent) {
    case 2: power_loop(t, base, e, raw, needed, 2); return;
    case 3: power_loop(t, base, e, raw, needed, 3); return;
    case 4: power_loop(t, base, e, raw, needed, 4); return;
    case 5: power_loop(t, base, e, raw, needed, 5); return;
    case 7: power_loop(t, base, e, raw, needed, 7); return;
    case 20: power_loop(t, base, e, raw, needed, 20); return;
    case 30: power_loop(t, base, e, raw, needed, 30); return;
    default: power_loop(t, base, e, raw, needed, exponent);
  }
}

// Σ e (1 ± λ c)^z
INLINE void term_loop(const real *e, const real *c, int n, int z, real lambda, double *plus, double *minus) {
  vr p = splat(0), m = splat(0);
  for (int q = 0; q < n; q += W) {
    vr x = load(e + q), y = lambda * load(c + q);
    p = fma_(x, vpow(1 + y, z), p);
    m = fma_(x, vpow(1 - y, z), m);
  }
  *plus = sum(p);
  *minus = sum(m);
}
PASS void term_pass(const real *e, const real *c, int n, int z, real lambda, double *plus, double *minus) {
  switch (z) {
    case 1: term_loop(e, c, n, 1, lambda, plus, minus); return;
    case 2: term_loop(e, c, n, 2, lambda, plus, minus); return;
    case 4: term_loop(e, c, n, 4, lambda, plus, minus); return;
    case 6: term_loop(e, c, n, 6, lambda, plus, minus); return;
    case 16: term_loop(e, c, n, 16, lambda, plus, minus); return;
    default: term_loop(e, c, n, z, lambda, plus, minus);
  }
}

// (1 + λc)^ζ for any ζ > 0, in double lanes; 0 where the base is.
static double real_power(double base, double zeta) {
  if (base <= 1e-300) return 0;
  return vexpd(splatd(zeta) * vlogd(splatd(base)))[0];
}

// dE/dG contracted: T(c) = Σ co[k] c^k multiplies e; adds e T, eta e T, e T' to the sums of each triple.
INLINE void back_loop(const real *e, const real *c, int n, int degree, const real *co, real eta, int first, real *y1, real *y2, real *y3) {
  for (int q = 0; q < n; q += W) {
    vr x = load(c + q), T = splat(co[degree]), dT = splat(0), v = load(e + q);
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
PASS void back_pass(const real *e, const real *c, int n, int degree, const real *co, real eta, int first, real *y1, real *y2, real *y3) {
  switch (degree) {
    case 1: back_loop(e, c, n, 1, co, eta, first, y1, y2, y3); return;
    case 2: back_loop(e, c, n, 2, co, eta, first, y1, y2, y3); return;
    case 4: back_loop(e, c, n, 4, co, eta, first, y1, y2, y3); return;
    case 6: back_loop(e, c, n, 6, co, eta, first, y1, y2, y3); return;
    default: back_loop(e, c, n, degree, co, eta, first, y1, y2, y3);
  }
}

// Compact angular functions. theta goes to s, dθ/dc = -1/sin θ to the sums' y2 while they are made.
PASS void angle_pass(const TripleList *t, real *derivative) {
  for (int q = 0; q < t->count; q += W) {
    vr c = load(t->c + q);
    c = choose(c > splat(1), splat(1), choose(c < splat(-1), splat(-1), c));
    vr s2 = (1 - c) * (1 + c);
    store(t->s + q, vacos(c));
    store(derivative + q, -1 / vsqrt(choose(s2 > splat((real)1e-20), s2, splat((real)1e-20))));
  }
}
INLINE void window_value(const Window *w, int shape, vr theta, vr *f, vr *df) {
  vr d = (theta - (real)w->center) * (real)w->inverseWidth;
  vm left = d < splat(0), inside;
  vr x = choose(left, -d, d);
  inside = x < splat(1);
  vr y = 1 - x, slope = splat((real)w->inverseWidth);
  if (w->shape & 1) {
    slope = slope * (2 * y);
    y = y * y;
  }
  if (shape == 0) exponential_step(y, f, df);
  else polynomial_step(shape, y, f, df);
  *f = keep(inside, *f);
  *df = keep(inside, *df * choose(left, -slope, slope));
}
INLINE double window_loop(const Window *w, int shape, const TripleList *t) {
  vr total = splat(0), f, df;
  for (int q = 0; q < t->count; q += W) {
    window_value(w, shape, load(t->s + q), &f, &df);
    total = fma_(f, load(t->f + q), total);
  }
  return sum(total);
}
PASS double window_pass(const Window *w, const TripleList *t) {
  switch (w->shape >> 1) {
    case 0: return window_loop(w, 0, t);
    case 1: return window_loop(w, 1, t);
    case 2: return window_loop(w, 2, t);
    case 3: return window_loop(w, 3, t);
    default: return window_loop(w, 4, t);
  }
}
INLINE void window_back_loop(const Window *w, int shape, const TripleList *t, const real *derivative, real g, real *y1, real *y3) {
  for (int q = 0; q < t->count; q += W) {
    vr f, df, p = g * load(t->f + q);
    window_value(w, shape, load(t->s + q), &f, &df);
    store(y1 + q, fma_(p, f, load(y1 + q)));
    store(y3 + q, fma_(p * df, load(derivative + q), load(y3 + q)));
  }
}
PASS void window_back(const Window *w, const TripleList *t, const real *derivative, real g, real *y1, real *y3) {
  switch (w->shape >> 1) {
    case 0: window_back_loop(w, 0, t, derivative, g, y1, y3); return;
    case 1: window_back_loop(w, 1, t, derivative, g, y1, y3); return;
    case 2: window_back_loop(w, 2, t, derivative, g, y1, y3); return;
    case 3: window_back_loop(w, 3, t, derivative, g, y1, y3); return;
    default: window_back_loop(w, 4, t, derivative, g, y1, y3);
  }
}

// The sums of a triple become (y1, dE/du of both explicit, y3 c, dE/dd), transposed to one record per triple.
PASS void combine(const TripleList *t, const real *y1, const real *y2, const real *y3, const real *shiftFactor, int narrow, v4 *records) {
  for (int q = 0; q < t->count; q += W) {
    vr a = load(y1 + q), b = load(y2 + q), c = load(y3 + q), dw = splat(0);
    if (narrow) dw = a * load(t->l + q) - (shiftFactor ? b * load(shiftFactor + q) : b);
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

PASS void spread(const TripleList *t, const v4 *records, Neighbors *a, Neighbors *b) {
  for (int j = 0; j < a->count; j++) {
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
      b->scalars[k] += v;
    }
    a->direct[j] += direct;
    a->scalars[j] += scalars;
  }
}

// ---- one atom -------------------------------------------------------------------------------------------------------

typedef struct {
  const Model *model;
  const Channel *channels;
  const Exponential *exponentials;
  const Term *terms;
  const Window *windows;
  const double *numbers;
} Tables;

static void triples_forward(const Tables *tables, const Triples *group, TripleList *t, Neighbors *views, Arena *arena, real **raw, real *derivative, double *G) {
  Neighbors *a = &views[group->viewA], *b = &views[group->viewB];
  int bound = (int)triple_bound(a == b, a->count, b->count) + 2 * W;
  t->w = take_reals(arena, bound), t->d = take_reals(arena, bound), t->inverse = take_reals(arena, bound), t->f = take_reals(arena, bound);
  t->c = take_reals(arena, bound), t->s = take_reals(arena, bound), t->l = take_reals(arena, bound);
  t->k = take(arena, (uint64_t)(bound + W) * 4), t->row = take(arena, (uint64_t)(a->count + 1) * 4);
  t->e = take(arena, (uint64_t)group->exponentials * sizeof(real *));
  const Channel *channel = &tables->channels[group->channel];
  collect_triples(t, a, b, group->narrow ? (real)(channel->outer * channel->outer) : NEARER);
  if (t->count == 0) return;
  if (group->narrow) narrow_pass(t, channel);
  else wide_pass(t, a, b);
  if (group->windows > 0) {
    angle_pass(t, derivative);
    for (int w = 0; w < group->windows; w++) {
      const Window *window = &tables->windows[group->firstWindow + w];
      G[window->index] += window->scale * window_pass(window, t);
    }
    return;
  }
  if (group->shift != 0) shifted_distances(t, a, b, (real)group->shift, group->narrow);
  for (int x = 0; x < group->exponentials; x++) {
    const Exponential *e = &tables->exponentials[group->firstExponential + x];
    t->e[x] = take_reals(arena, bound);
    if (e->base < 0) exponential_pass(t, t->e[x], raw[x], e->needed, (real)e->eta);
    else power_pass(t, raw[e->base], t->e[x], raw[x], e->needed, e->exponent);
    for (int q = 0; q < e->terms; q++) {
      const Term *term = &tables->terms[e->firstTerm + q];
      double plus = 0, minus = 0;
      if (term->power > 0) term_pass(t->e[x], t->c, t->count, term->power, (real)term->lambda, &plus, &minus);
      else
        for (int k = 0; k < t->count; k++) {
          double v = (double)t->e[x][k], y = term->lambda * (double)t->c[k];
          plus += v * real_power(1 + y, term->zeta);
          minus += v * real_power(1 - y, term->zeta);
        }
      if (term->plus >= 0) G[term->plus] += term->plusScale * plus;
      if (term->minus >= 0) G[term->minus] += term->minusScale * minus;
    }
  }
}

static void triples_back(const Tables *tables, const Triples *group, TripleList *t, Neighbors *views, real *y1, real *y2, real *y3, real *derivative, v4 *records, const double *dG) {
  if (t->count == 0) return;
  Neighbors *a = &views[group->viewA], *b = &views[group->viewB];
  int n = t->count;
  if (group->windows > 0) {
    for (int q = 0; q < n; q += W) store(y1 + q, splat(0)), store(y2 + q, splat(0)), store(y3 + q, splat(0));
    angle_pass(t, derivative);
    for (int w = 0; w < group->windows; w++) {
      const Window *window = &tables->windows[group->firstWindow + w];
      window_back(window, t, derivative, (real)(window->scale * dG[window->index]), y1, y3);
    }
  }
  for (int x = 0; x < group->exponentials; x++) {
    const Exponential *e = &tables->exponentials[group->firstExponential + x];
    double co[MAXIMUM_DEGREE + 1];
    real rounded[MAXIMUM_DEGREE + 1];
    for (int k = 0; k <= e->degree; k++) co[k] = 0;
    for (int q = 0; q < e->terms; q++) {
      const Term *term = &tables->terms[e->firstTerm + q];
      if (term->power == 0) continue;
      double gp = term->plus >= 0 ? term->plusScale * dG[term->plus] : 0, gm = term->minus >= 0 ? term->minusScale * dG[term->minus] : 0;
      double binomial = 1, power = 1;
      for (int k = 0; k <= term->power; k++) {
        co[k] += binomial * power * (k & 1 ? gp - gm : gp + gm);
        binomial = binomial * (term->power - k) / (k + 1);
        power *= term->lambda;
      }
    }
    for (int k = 0; k <= e->degree; k++) rounded[k] = (real)co[k];
    back_pass(t->e[x], t->c, n, e->degree, rounded, (real)e->eta, x == 0, y1, y2, y3);
    for (int q = 0; q < e->terms; q++) {
      const Term *term = &tables->terms[e->firstTerm + q];
      if (term->power > 0) continue;
      double gp = term->plus >= 0 ? term->plusScale * dG[term->plus] : 0, gm = term->minus >= 0 ? term->minusScale * dG[term->minus] : 0;
      for (int k = 0; k < n; k++) {
        double v = (double)t->e[x][k], y = term->lambda * (double)t->c[k], z = term->zeta;
        double T = gp * real_power(1 + y, z) + gm * real_power(1 - y, z);
        double dT = term->lambda * z * (gp * real_power(1 + y, z - 1) - gm * real_power(1 - y, z - 1));
        y1[k] += (real)(v * T), y2[k] += (real)(e->eta * v * T), y3[k] += (real)(v * dT);
      }
    }
  }
  const real *shiftFactor = 0;
  if (group->shift != 0) {
    // d(r − shift)²/du = 1 − shift/r: the sums y2 count 1, the rest is added per neighbour and per triple.
    real shift = (real)group->shift;
    for (int j = 0; j < a->count; j++) {
      real total = 0;
      for (int q = t->row[j]; q < t->row[j + 1]; q++) {
        total += y2[q];
        b->du[t->k[q]] += y2[q] * shift * b->inverse[t->k[q]];
      }
      a->du[j] += total * shift * a->inverse[j];
    }
    if (group->narrow) {
      for (int q = 0; q < n; q += W) store(derivative + q, 1 - shift / vsqrt(load(t->w + q)));
      shiftFactor = derivative;
    }
  }
  combine(t, y1, y2, y3, shiftFactor, group->narrow, records);
  spread(t, records, a, b);
}

// ---- blocks ---------------------------------------------------------------------------------------------------------

EXPORT(evaluate)
void evaluate(const Model *m, const System *s, uint32_t scratchAddress, int32_t index) {
  Block *block = AT(Block, s->blocks) + index;
  Tables tables = {m, AT(Channel, m->channels), AT(Exponential, m->exponentials), AT(Term, m->terms), AT(Window, m->windows), AT(double, m->numbers)};
  const double *positions = AT(double, s->positions);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const uint32_t *starts = AT(uint32_t, s->listStarts), *list = AT(uint32_t, s->list);
  const uint32_t *slotAtoms = AT(uint32_t, s->slotAtoms) + block->firstSlot;
  const int8_t *shifts = AT(int8_t, s->slotShifts) + 4 * (uint64_t)block->firstSlot;
  double *slotForces = AT(double, s->slotForces) + 3 * (uint64_t)block->firstSlot;
  double *forces = AT(double, s->forces), *energies = AT(double, s->energies);
  int slots = (int)block->slots;

  Arena blockArena = {AT(uint8_t, scratchAddress)};
  double *slotPositions = take(&blockArena, (uint64_t)slots * 24);
  uint8_t *slotElements = take(&blockArena, (uint64_t)slots);
  for (int k = 0; k < slots; k++) {
    const double *p = positions + 3 * (uint64_t)slotAtoms[k];
    double a = shifts[4 * k], b = shifts[4 * k + 1], c = shifts[4 * k + 2];
    slotPositions[3 * k] = p[0] + (a * s->cell[0] + b * s->cell[3] + c * s->cell[6]);
    slotPositions[3 * k + 1] = p[1] + (a * s->cell[1] + b * s->cell[4] + c * s->cell[7]);
    slotPositions[3 * k + 2] = p[2] + (a * s->cell[2] + b * s->cell[5] + c * s->cell[8]);
    slotElements[k] = elements[slotAtoms[k]];
    slotForces[3 * k] = slotForces[3 * k + 1] = slotForces[3 * k + 2] = 0;
  }
  double virial[9] = {0};
  int32_t firstView[MAXIMUM_ELEMENTS + 1], counts[MAXIMUM_ELEMENTS];

  for (uint32_t i = block->firstAtom; i < block->firstAtom + block->atoms; i++) {
    Arena arena = blockArena;
    const ElementModel *em = AT(ElementModel, m->elements) + elements[i];
    const View *views = AT(View, m->views) + em->firstView;
    const double *p = positions + 3 * (uint64_t)i;

    // Neighbours, by view.
    for (int e = 0, v = 0; e <= m->elementCount; e++) {
      while (v < em->views && views[v].element < e) v++;
      firstView[e] = v;
      if (e < m->elementCount) counts[e] = 0;
    }
    for (uint32_t q = starts[i]; q < starts[i + 1]; q++) counts[slotElements[list[q]]]++;
    Neighbors *n = take(&arena, sizeof(Neighbors) * (uint64_t)(em->views + 1));
    double *outer2 = take(&arena, (uint64_t)(em->views + 1) * 16), *inner2 = outer2 + em->views + 1;
    for (int v = 0; v < em->views; v++) {
      int capacity = PAD(counts[views[v].element]) + 2 * W;
      Neighbors *o = &n[v];
      o->count = 0;
      o->x = take_reals(&arena, capacity), o->y = take_reals(&arena, capacity), o->z = take_reals(&arena, capacity);
      o->u = take_reals(&arena, capacity), o->r = take_reals(&arena, capacity), o->inverse = take_reals(&arena, capacity);
      o->f = take_reals(&arena, capacity), o->l = take_reals(&arena, capacity), o->du = take_reals(&arena, capacity);
      o->position = take(&arena, (uint64_t)capacity * sizeof(v4)), o->direct = take(&arena, (uint64_t)capacity * sizeof(v4));
      o->scalars = take(&arena, (uint64_t)capacity * sizeof(v4)), o->slot = take(&arena, (uint64_t)capacity * 4);
      const Channel *c = &tables.channels[views[v].channel];
      outer2[v] = c->outer * c->outer;
      inner2[v] = c->inner > 0 ? c->inner * c->inner : -1;
    }
    for (uint32_t q = starts[i]; q < starts[i + 1]; q++) {
      uint32_t slot = list[q];
      const double *r = slotPositions + 3 * (uint64_t)slot;
      double dx = r[0] - p[0], dy = r[1] - p[1], dz = r[2] - p[2], u = dx * dx + dy * dy + dz * dz;
      int e = slotElements[slot];
      for (int v = firstView[e]; v < firstView[e + 1]; v++) {
        Neighbors *o = &n[v];
        int k = o->count;
        o->x[k] = (real)dx, o->y[k] = (real)dy, o->z[k] = (real)dz, o->u[k] = (real)u;
        o->position[k] = (v4){(real)dx, (real)dy, (real)dz, 0};
        o->slot[k] = slot;
        o->count = k + (u < outer2[v] && u > inner2[v]);
      }
    }
    for (int v = 0; v < em->views; v++) {
      Neighbors *o = &n[v];
      o->padded = PAD(o->count);
      for (int k = o->count; k < o->padded + W; k++) o->x[k] = o->y[k] = o->z[k] = 0, o->u[k] = FAR, o->position[k] = (v4){0};
      for (int k = 0; k < o->padded; k++) o->direct[k] = (v4){0}, o->scalars[k] = (v4){0};
      pair_pass(o, &tables.channels[views[v].channel]);
    }

    // Descriptors.
    double *G = take(&arena, (uint64_t)m->maximumWidth * 8), *dG = take(&arena, (uint64_t)m->maximumWidth * 8);
    for (int g = 0; g < m->maximumWidth; g++) G[g] = 0, dG[g] = 0;
    const Radial *radials = AT(Radial, m->radials) + em->firstRadial;
    real **ef = take(&arena, (uint64_t)em->radials * sizeof(real *));
    for (int r = 0; r < em->radials; r++) {
      Neighbors *o = &n[radials[r].view];
      ef[r] = take_reals(&arena, o->padded);
      G[radials[r].index] += radials[r].weight * radial_pass(o, ef[r], (real)radials[r].eta, (real)radials[r].shift);
    }
    const Triples *groups = AT(Triples, m->triples) + em->firstTriples;
    TripleList *lists = take(&arena, sizeof(TripleList) * (uint64_t)(em->triples + 1));
    int largest = 0, exponentials = 0;
    for (int g = 0; g < em->triples; g++) {
      const Triples *group = &groups[g];
      int bound = (int)triple_bound(group->viewA == group->viewB, n[group->viewA].count, n[group->viewB].count);
      if (bound > largest) largest = bound;
      if (group->exponentials > exponentials) exponentials = group->exponentials;
    }
    largest += 2 * W;
    real *y1 = take_reals(&arena, largest), *y2 = take_reals(&arena, largest), *y3 = take_reals(&arena, largest);
    real *derivative = take_reals(&arena, largest);
    // Raw exponentials live only on the way forward, records only on the way back: they share memory.
    real **raw = take(&arena, (uint64_t)(exponentials + 1) * sizeof(real *));
    Arena shared = arena;
    for (int x = 0; x < exponentials; x++) raw[x] = take_reals(&shared, largest);
    v4 *records = (v4 *)arena.next;
    uint8_t *recordsEnd = arena.next + (((uint64_t)largest + W) * sizeof(v4) + 63) / 64 * 64;
    arena.next = shared.next > recordsEnd ? shared.next : recordsEnd;
    for (int g = 0; g < em->triples; g++) triples_forward(&tables, &groups[g], &lists[g], n, &arena, raw, derivative, G);

    // Network.
    const double *shift = tables.numbers + em->scaling, *factor = shift + (em->functions + 7) / 8 * 8;
    NetworkScratch ns;
    for (int l = 0; l <= em->layers; l++) ns.values[l] = take(&arena, (uint64_t)m->maximumWidth * 8), ns.slopes[l] = take(&arena, (uint64_t)m->maximumWidth * 8);
    for (int g = 0; g < m->maximumWidth; g++) ns.values[0][g] = 0;
    for (int g = 0; g < em->functions; g++) ns.values[0][g] = (G[g] - shift[g]) * factor[g];
    double energy = network_energy(AT(Layer, m->layers) + em->firstLayer, em->layers, tables.numbers, &ns, dG);
    energies[i] = energy * m->energyScale + em->offset;
    for (int g = 0; g < em->functions; g++) dG[g] *= factor[g] * m->energyScale;
    if (s->values) {
      double *values = AT(double, s->values) + (uint64_t)i * (uint64_t)s->valueStride;
      for (int g = 0; g < em->functions; g++) values[g] = G[g];
    }
    if (s->gradients) {
      double *gradients = AT(double, s->gradients) + (uint64_t)i * (uint64_t)s->valueStride;
      for (int g = 0; g < em->functions; g++) gradients[g] = dG[g];
    }

    // Back to the neighbours.
    for (int r = 0; r < em->radials; r++)
      radial_back(&n[radials[r].view], ef[r], (real)radials[r].eta, (real)radials[r].shift, (real)(radials[r].weight * dG[radials[r].index]));
    for (int g = 0; g < em->triples; g++) triples_back(&tables, &groups[g], &lists[g], n, y1, y2, y3, derivative, records, dG);
    double fx = 0, fy = 0, fz = 0;
    for (int v = 0; v < em->views; v++) {
      Neighbors *o = &n[v];
      for (int k = 0; k < o->count; k++) {
        v4 d = o->direct[k], q = o->scalars[k];
        double inverse = (double)o->inverse[k];
        double du = (double)o->du[k] + (double)q[1] + (double)q[0] * (double)o->l[k] - 0.5 * (double)q[2] * inverse * inverse;
        double x = (double)o->x[k], y = (double)o->y[k], z = (double)o->z[k];
        double gx = (double)d[0] + 2 * du * x, gy = (double)d[1] + 2 * du * y, gz = (double)d[2] + 2 * du * z;
        double *f = slotForces + 3 * (uint64_t)o->slot[k];
        f[0] -= gx, f[1] -= gy, f[2] -= gz;
        fx += gx, fy += gy, fz += gz;
        virial[0] -= gx * x, virial[1] -= gx * y, virial[2] -= gx * z;
        virial[3] -= gy * x, virial[4] -= gy * y, virial[5] -= gy * z;
        virial[6] -= gz * x, virial[7] -= gz * y, virial[8] -= gz * z;
      }
    }
    forces[3 * (uint64_t)i] = fx, forces[3 * (uint64_t)i + 1] = fy, forces[3 * (uint64_t)i + 2] = fz;
  }
  for (int q = 0; q < 9; q++) block->virial[q] = virial[q];
}

// Adds what the blocks wrote for the slots of atoms first … last - 1, in the order of slots.
EXPORT(gather_forces)
void gather_forces(const System *s, uint32_t first, uint32_t last) {
  const uint32_t *starts = AT(uint32_t, s->atomSlotStarts), *atomSlots = AT(uint32_t, s->atomSlots);
  const double *slotForces = AT(double, s->slotForces);
  double *forces = AT(double, s->forces);
  for (uint32_t i = first; i < last; i++) {
    double x = forces[3 * (uint64_t)i], y = forces[3 * (uint64_t)i + 1], z = forces[3 * (uint64_t)i + 2];
    for (uint32_t q = starts[i]; q < starts[i + 1]; q++) {
      const double *f = slotForces + 3 * (uint64_t)atomSlots[q];
      x += f[0], y += f[1], z += f[2];
    }
    forces[3 * (uint64_t)i] = x, forces[3 * (uint64_t)i + 1] = y, forces[3 * (uint64_t)i + 2] = z;
  }
}

// Sizes of the structures, in the order of SIZES in layout.ts.
EXPORT(struct_size)
int32_t struct_size(int32_t which) {
  static const int32_t sizes[] = {sizeof(Channel), sizeof(Radial), sizeof(Term),  sizeof(Exponential),  sizeof(Window), sizeof(Triples),
                                  sizeof(View),    sizeof(Layer),  sizeof(ElementModel), sizeof(Model), sizeof(System), sizeof(Block)};
  return sizes[which];
}
