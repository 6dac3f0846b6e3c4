// The neighbours of one atom, by element and shell, and what depends on one neighbour alone: channels and factors.
#pragma once
#include "arena.h"
#include "functions.h"

#define FAR ((real)1e30)     // r² of a neighbour that only fills a vector
#define NEARER ((real)1e29)  // what tells a real one from it
// A channel below this is 0: products of three of them and an exponential must stay normal numbers.
#ifdef REAL32
#define NEGLIGIBLE ((real)1e-12)
#else
#define NEGLIGIBLE 1e-90
#endif

// Neighbours of one neighbourhood, sorted by shell.
typedef struct {
  int count, padded;  // the latter to whole vectors
  real *x, *y, *z, *u, *r, *inverse;  // vector from the centre, r², r, 1/r
  real *du;                           // dE/d r², explicit part
  real *gx, *gy, *gz;                 // dE/d vector beside it
  v4 *position;                       // x y z and something
  v4 *direct;                         // dE/d vector by flat triples
  uint32_t *slot;
} Neighbors;

// Values of a channel for the neighbours of a neighbourhood; 0 outside first … last - 1.
typedef struct {
  Neighbors *n;
  int first, last;
  real *f, *df;  // f and d f / d r²
  real *l;       // d ln f / d r², 0 where f is
  v4 *scalars;   // sums of the four scalars of flat triples
} Channeled;

// Values of a factor.
typedef struct {
  Channeled *view;
  real *e, *de;       // the factor and its derivative by r²
  real *raw;          // the exponential
  real *adjoint;      // dE/d e of each neighbour, beside the slope
  double sum, slope;  // sum over the neighbours, and dE/d sum
} Factored;

static void allocate_neighbors(Neighbors *n, Arena *arena, int count) {
  int padded = PAD(count) + W;
  n->count = count, n->padded = PAD(count);
  n->x = take_reals(arena, padded), n->y = take_reals(arena, padded), n->z = take_reals(arena, padded);
  n->u = take_reals(arena, padded), n->r = take_reals(arena, padded), n->inverse = take_reals(arena, padded);
  n->du = take_reals(arena, padded);
  n->gx = take_reals(arena, padded), n->gy = take_reals(arena, padded), n->gz = take_reals(arena, padded);
  n->position = take(arena, (uint64_t)padded * sizeof(v4)), n->direct = take(arena, (uint64_t)padded * sizeof(v4));
  n->slot = take(arena, (uint64_t)padded * sizeof(uint32_t));
}

static void allocate_view(Channeled *view, Arena *arena, int count) {
  int padded = PAD(count) + W;
  view->f = take_reals(arena, padded), view->df = take_reals(arena, padded), view->l = take_reals(arena, padded);
  view->scalars = take(arena, (uint64_t)padded * sizeof(v4));
}

static void allocate_factor(Factored *factor, Arena *arena, int count) {
  int padded = PAD(count) + W;
  factor->e = take_reals(arena, padded), factor->de = take_reals(arena, padded);
  factor->raw = take_reals(arena, padded), factor->adjoint = take_reals(arena, padded);
}

// Distances; what only fills vectors gets one in the middle of the sphere.
PASS void distances(Neighbors *n, real middle) {
  for (int k = n->count; k < n->padded + W; k++) n->x[k] = n->y[k] = n->z[k] = 0, n->u[k] = FAR;
  for (int k = 0; k < n->padded + W; k += W) {
    vr u = load(n->u + k);
    vr r = vsqrt(choose(u < splat(NEARER), u, splat(middle)));
    store(n->r + k, r);
    store(n->inverse + k, 1 / r);
    store(n->du + k, splat(0));
    store(n->gx + k, splat(0)), store(n->gy + k, splat(0)), store(n->gz + k, splat(0));
  }
  for (int k = 0; k < n->count; k++) n->direct[k] = (v4){0};
}

// A channel; what only fills vectors is computed in the middle of the sphere.
PASS void channel_pass(Channeled *view, const Channel *channel, real middle) {
  const Neighbors *n = view->n;
  int padded = n->padded + W;
  for (int k = 0; k < padded; k += W) {
    vr u = load(n->u + k), f, df;
    channel_value(channel->kind, channel, choose(u < splat(NEARER), u, splat(middle)), &f, &df);
    vm inside = f > splat(NEGLIGIBLE);
    f = keep(inside, f), df = keep(inside, df);
    store(view->f + k, f);
    store(view->df + k, df);
    store(view->l + k, df / choose(inside, f, splat(1)));
  }
  // Beyond its ends a channel vanishes.
  for (int k = 0; k < view->first; k++) view->f[k] = view->df[k] = view->l[k] = 0;
  for (int k = view->last; k < padded; k++) view->f[k] = view->df[k] = view->l[k] = 0;
  for (int k = view->first; k < view->last; k++) view->scalars[k] = (v4){0};
}

// Computes a factor; `base` is the exponential that its own is a power of, or 0.
PASS void factor_pass(Factored *values, const Factor *factor, const real *base) {
  const Channeled *view = values->view;
  const Neighbors *n = view->n;
#ifdef REAL32
  base = 0;  // powers of powers would lose a digit, and there are few neighbours
#endif
  vr total = splat(0);
  if (factor->eta == 0) {
    values->e = view->f, values->de = view->df;
    for (int k = 0; k < n->padded; k += W) total += load(view->f + k);
  } else {
    real eta = (real)factor->eta, shift = (real)factor->shift;
    for (int k = 0; k < n->padded + W; k += W) {
      vr d = load(n->r + k) - shift;
      vr x = base ? power_of_exponential(load(base + k), factor->exponent) : vexp(-eta * d * d);
      vr e = x * load(view->f + k);
      if (factor->needed) store(values->raw + k, x);
      store(values->e + k, e);
      store(values->de + k, x * load(view->df + k) - eta * d * load(n->inverse + k) * e);
      total += e;
    }
  }
  values->sum = sum(total);
  values->slope = 0;
  if (factor->paired)
    for (int k = 0; k < n->padded + W; k += W) store(values->adjoint + k, splat(0));
}

// What functions of single neighbours and of triples made dE/d factor goes to the neighbours.
PASS void factor_back(const Factored *values, int paired) {
  const Channeled *view = values->view;
  real *du = view->n->du, slope = (real)values->slope;
  if (paired)
    for (int k = view->first & ~(W - 1); k < view->last; k += W)
      store(du + k, fma_(load(values->de + k), load(values->adjoint + k) + slope, load(du + k)));
  else
    for (int k = view->first & ~(W - 1); k < view->last; k += W)
      store(du + k, fma_(load(values->de + k), splat(slope), load(du + k)));
}

// The same for the sums of flat triples.
PASS void view_back(const Channeled *view) {
  Neighbors *n = view->n;
  for (int k = view->first; k < view->last; k++) {
    v4 q = view->scalars[k];
    n->du[k] += q[1] + q[0] * view->l[k] - (real)0.5 * q[2] * n->inverse[k] * n->inverse[k];
  }
}
