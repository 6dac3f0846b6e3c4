// Networks of many atoms of one element at once: energies, dE/dx, and derivatives of both by the parameters. The lanes
// of a vector are atoms; an array is [node][LANES], of which only `width` lanes count. Double precision.
//
// Per hidden node y = f(z), f'(z), f''(z) are kept from the way forward; d is dE/dz. A tangent x' of the inputs makes
// z' = W x' and y' = f' z'; the parameter gradient of  e E(x) + x'·∇E(x)  is that of e E + E' with E' the derivative of E
// along x', by one pass back with two adjoints: a of z, and q of z' (Pearlmutter, Neural Comput. 6, 147 (1994)).
#pragma once
#include "arena.h"
#include "functions.h"

#define LANES 64
#define MAXIMUM_LAYERS 8

// Weights of layer l are parameters[at + …] as [source][target], biases behind them; training/loss.ts lays them out.
typedef struct {
  int32_t layers;  // of weights: hidden ones and the output
  int32_t activation;
  int32_t at;
  int32_t unused;
  int32_t sizes[MAXIMUM_LAYERS + 1];
  int32_t unused2;
} DenseNetwork;

// Arrays of up to LANES atoms.
typedef struct {
  int32_t count, width;  // atoms; lanes, a multiple of 2 WD
  double *x, *gradient, *energy;
  double *y[MAXIMUM_LAYERS], *first[MAXIMUM_LAYERS], *second[MAXIMUM_LAYERS], *d[MAXIMUM_LAYERS];
} Batch;

// Of one pass back; the same for all batches of a thread.
typedef struct {
  double *z[MAXIMUM_LAYERS], *y[MAXIMUM_LAYERS];  // tangents
  double *a[MAXIMUM_LAYERS], *q[MAXIMUM_LAYERS];  // adjoints
} Adjoints;

INLINE double *take_lanes(Arena *arena, int nodes) { return take(arena, (uint64_t)nodes * LANES * 8); }

static void take_batch(Arena *arena, const DenseNetwork *n, Batch *b) {
  b->x = take_lanes(arena, n->sizes[0]);
  b->gradient = take_lanes(arena, n->sizes[0]);
  b->energy = take_lanes(arena, 1);
  for (int l = 0; l + 1 < n->layers; l++) {
    int nodes = n->sizes[l + 1];
    b->y[l] = take_lanes(arena, nodes), b->first[l] = take_lanes(arena, nodes);
    b->second[l] = take_lanes(arena, nodes), b->d[l] = take_lanes(arena, nodes);
  }
}

static void take_adjoints(Arena *arena, int nodes, int layers, Adjoints *s) {
  for (int l = 0; l < layers; l++) {
    s->z[l] = take_lanes(arena, nodes), s->y[l] = take_lanes(arena, nodes);
    s->a[l] = take_lanes(arena, nodes), s->q[l] = take_lanes(arena, nodes);
  }
}

// Y[j] = bias[j] + Σ_k w[k kStep + j jStep] X[k], four j and two vectors of lanes at a time.
PASS void multiply(const double *w, int kStep, int jStep, const double *bias, int targets, int sources, const double *X, double *Y, int width) {
  for (int j = 0; j < targets; j += 4) {
    int rest = targets - j;
    int j1 = rest > 1 ? 1 : 0, j2 = rest > 2 ? 2 : 0, j3 = rest > 3 ? 3 : 0;
    for (int c = 0; c < width; c += 2 * WD) {
      const double *p = w + j * jStep, *x = X + c;
      vd a0 = splatd(bias ? bias[j] : 0), b0 = splatd(bias ? bias[j + j1] : 0), c0 = splatd(bias ? bias[j + j2] : 0), d0 = splatd(bias ? bias[j + j3] : 0);
      vd a1 = a0, b1 = b0, c1 = c0, d1 = d0;
      for (int k = 0; k < sources; k++, x += LANES, p += kStep) {
        vd x0 = loadd(x), x1 = loadd(x + WD), u = splatd(p[0]);
        a0 = fmad(u, x0, a0), a1 = fmad(u, x1, a1), u = splatd(p[j1 * jStep]);
        b0 = fmad(u, x0, b0), b1 = fmad(u, x1, b1), u = splatd(p[j2 * jStep]);
        c0 = fmad(u, x0, c0), c1 = fmad(u, x1, c1), u = splatd(p[j3 * jStep]);
        d0 = fmad(u, x0, d0), d1 = fmad(u, x1, d1);
      }
      double *y = Y + j * LANES + c;
      stored(y, a0), stored(y + WD, a1);
      if (rest > 1) stored(y + LANES, b0), stored(y + LANES + WD, b1);
      if (rest > 2) stored(y + 2 * LANES, c0), stored(y + 2 * LANES + WD, c1);
      if (rest > 3) stored(y + 3 * LANES, d0), stored(y + 3 * LANES + WD, d1);
    }
  }
}

// into[k][j] += Σ_lanes X[k] A[j] (+ X2[k] A2[j])
PASS void add_products(double *into, int sources, int targets, const double *X, const double *A, const double *X2, const double *A2, int width) {
  for (int k = 0; k < sources; k += 4) {
    int kk = sources - k < 4 ? sources - k : 4;
    int k1 = kk > 1 ? LANES : 0, k2 = kk > 2 ? 2 * LANES : 0, k3 = kk > 3 ? 3 * LANES : 0;
    for (int j = 0; j < targets; j += 2) {
      int j1 = targets - j > 1 ? LANES : 0;
      vd s00 = splatd(0), s10 = s00, s20 = s00, s30 = s00, s01 = s00, s11 = s00, s21 = s00, s31 = s00;
      for (int term = 0; term < 2; term++) {
        const double *x = (term ? X2 : X) + k * LANES, *a = (term ? A2 : A);
        if (!a) break;
        a += j * LANES;
        for (int c = 0; c < width; c += WD, x += WD, a += WD) {
          vd a0 = loadd(a), a1 = loadd(a + j1), v = loadd(x);
          s00 = fmad(v, a0, s00), s01 = fmad(v, a1, s01), v = loadd(x + k1);
          s10 = fmad(v, a0, s10), s11 = fmad(v, a1, s11), v = loadd(x + k2);
          s20 = fmad(v, a0, s20), s21 = fmad(v, a1, s21), v = loadd(x + k3);
          s30 = fmad(v, a0, s30), s31 = fmad(v, a1, s31);
        }
      }
      double *to = into + k * targets + j;
      to[0] += sumd(s00);
      if (kk > 1) to[targets] += sumd(s10);
      if (kk > 2) to[2 * targets] += sumd(s20);
      if (kk > 3) to[3 * targets] += sumd(s30);
      if (j1) {
        to[1] += sumd(s01);
        if (kk > 1) to[targets + 1] += sumd(s11);
        if (kk > 2) to[2 * targets + 1] += sumd(s21);
        if (kk > 3) to[3 * targets + 1] += sumd(s31);
      }
    }
  }
}

// f'' out of what `activate` gives.
INLINE vd second_derivative(int kind, vd x, vd y, vd slope) {
  switch (kind) {
    case ACT_TANH: return -2 * y * slope;
    case ACT_LOGISTIC: return slope * (1 - 2 * y);
    case ACT_REVERSE_LOGISTIC: return slope * (2 * y - 1);
    case ACT_SOFTPLUS: return slope * (1 - slope);
    case ACT_GAUSSIAN: return (x * x - 1) * y;
    case ACT_COS: return -y;
    case ACT_EXP: return y;
    case ACT_HARMONIC: return splatd(2);
    default: return splatd(0);
  }
}

INLINE int first_weight(const DenseNetwork *n, int layer) {
  int at = n->at;
  for (int l = 0; l < layer; l++) at += (n->sizes[l] + 1) * n->sizes[l + 1];
  return at;
}

// x to energies, and to dE/dx if it is wanted.
static void evaluate_batch(const DenseNetwork *n, const double *parameters, Batch *b, int wantGradient) {
  int last = n->layers - 1, width = b->width;
  const double *in = b->x;
  for (int l = 0; l <= last; l++) {
    int sources = n->sizes[l], targets = n->sizes[l + 1];
    const double *w = parameters + first_weight(n, l);
    double *y = l < last ? b->y[l] : b->energy;
    multiply(w, targets, 1, w + sources * targets, targets, sources, in, y, width);
    if (l == last) break;
    for (int j = 0; j < targets; j++)
      for (int c = 0; c < width; c += WD) {
        int at = j * LANES + c;
        vd x = loadd(y + at), f, slope;
        activate(n->activation, x, &f, &slope);
        stored(y + at, f);
        stored(b->first[l] + at, slope);
        stored(b->second[l] + at, second_derivative(n->activation, x, f, slope));
      }
    in = y;
  }
  if (!wantGradient) return;
  for (int l = last; l >= 0; l--) {
    int sources = n->sizes[l], targets = n->sizes[l + 1];
    const double *w = parameters + first_weight(n, l);
    double *into = l > 0 ? b->d[l - 1] : b->gradient;
    if (l == last)
      for (int k = 0; k < sources; k++)
        for (int c = 0; c < width; c += WD) stored(into + k * LANES + c, splatd(w[k]));
    else multiply(w, 1, targets, 0, sources, targets, b->d[l], into, width);
    if (l > 0)
      for (int q = 0; q < sources * LANES; q += LANES)
        for (int c = q; c < q + width; c += WD) stored(into + c, loadd(into + c) * loadd(b->first[l - 1] + c));
  }
}

// Adds ∂/∂θ Σ_lanes [ seed E(x) + mask tangent·∇E(x) ] to `into`. Either may be null; the mask is 1 for atoms and 0 for lanes beyond.
static void add_parameter_gradient(const DenseNetwork *n, const double *parameters, const Batch *b, const double *seed, const double *tangent,
                                   const double *mask, Adjoints *s, double *into) {
  int last = n->layers - 1, width = b->width;
  const double *in = tangent;
  if (tangent)
    for (int l = 0; l < last; l++) {
      int sources = n->sizes[l], targets = n->sizes[l + 1];
      multiply(parameters + first_weight(n, l), targets, 1, 0, targets, sources, in, s->z[l], width);
      for (int q = 0; q < targets * LANES; q += LANES)
        for (int c = q; c < q + width; c += WD) stored(s->y[l] + c, loadd(b->first[l] + c) * loadd(s->z[l] + c));
      in = s->y[l];
    }
  // The output is linear: the adjoint of its net input is the seed, that of its tangent the mask.
  double *g = into + first_weight(n, last);
  const double *w = parameters + first_weight(n, last);
  int nodes = n->sizes[last];
  if (last == 0) {
    add_products(g, nodes, 1, seed ? b->x : tangent, seed ? seed : mask, tangent, seed && tangent ? mask : 0, width);
  } else {
    const double *y = b->y[last - 1], *first = b->first[last - 1], *second = b->second[last - 1];
    for (int k = 0; k < nodes; k++) {
      vd sum = splatd(0), u = splatd(w[k]);
      for (int c = 0; c < width; c += WD) {
        int at = k * LANES + c;
        vd a = splatd(0);
        if (seed) {
          vd e = loadd(seed + c);
          sum = fmad(e, loadd(y + at), sum);
          a = e * u * loadd(first + at);
        }
        if (tangent) {
          vd m = loadd(mask + c) ;
          sum = fmad(m, loadd(s->y[last - 1] + at), sum);
          m = m * u;
          a = fmad(m * loadd(second + at), loadd(s->z[last - 1] + at), a);
          stored(s->q[last - 1] + at, m * loadd(first + at));
        }
        stored(s->a[last - 1] + at, a);
      }
      g[k] += sumd(sum);
    }
  }
  if (seed) {
    vd sum = splatd(0);
    for (int c = 0; c < width; c += WD) sum += loadd(seed + c);
    g[nodes] += sumd(sum);
  }
  for (int l = last - 1; l >= 0; l--) {
    int sources = n->sizes[l], targets = n->sizes[l + 1];
    g = into + first_weight(n, l);
    w = parameters + first_weight(n, l);
    add_products(g, sources, targets, l ? b->y[l - 1] : b->x, s->a[l], l ? s->y[l - 1] : tangent, tangent ? s->q[l] : 0, width);
    for (int j = 0; j < targets; j++) {
      vd sum = splatd(0);
      for (int c = 0; c < width; c += WD) sum += loadd(s->a[l] + j * LANES + c);
      g[sources * targets + j] += sumd(sum);
    }
    if (l == 0) break;
    multiply(w, 1, targets, 0, sources, targets, s->a[l], s->a[l - 1], width);
    if (tangent) multiply(w, 1, targets, 0, sources, targets, s->q[l], s->q[l - 1], width);
    for (int q = 0; q < sources * LANES; q += LANES)
      for (int c = q; c < q + width; c += WD) {
        vd first = loadd(b->first[l - 1] + c), a = loadd(s->a[l - 1] + c) * first;
        if (tangent) {
          vd adjoint = loadd(s->q[l - 1] + c);
          a = fmad(adjoint * loadd(b->second[l - 1] + c), loadd(s->z[l - 1] + c), a);
          stored(s->q[l - 1] + c, adjoint * first);
        }
        stored(s->a[l - 1] + c, a);
      }
  }
}
