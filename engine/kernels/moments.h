// Wide functions of triples, whose radial parts are products of factors (type 9), in time linear in the neighbours.
//
// With unit vectors n: Σ_jk a_j b_k (n_j·n_k)^p = Σ_{α+β+γ=p} p!/(α! β! γ!) A_αβγ B_αβγ, A_αβγ = Σ_j a_j x_j^α y_j^β z_j^γ.
// So all powers of cosines up to some degree come from the moments A of each factor. Two neighbours of the same factor
// count once, without those with themselves: Σ_{j<k} = (Σ_jk - Σ_j a_j²)/2.
//
// Monomials are numbered by degree p, then by β + γ, then by γ. So x times those of degree p - 1 are the first of degree
// p in the same order; y times the last p of them follow, and z times the very last one. As x² + y² + z² = 1, moments of
// degree p are sums of moments of degree p + 2: only the two highest degrees are summed over neighbours.
//
// All of it is in double: what neighbours make with themselves must cancel.
#pragma once
#include "neighbors.h"
#include "terms.h"

// Number of monomials of a degree below p; of those of one degree with β + γ below s.
INLINE int below(int p) { return p * (p + 1) * (p + 2) / 6; }
INLINE int before(int s) { return s * (s + 1) / 2; }

// The moments of a factor, and dE/d moment.
typedef struct {
  double *values, *adjoints;
  double squares;  // Σ e²
  double self;     // dE/d (Σ e²/2)
} FactorMoments;

static void allocate_moments(FactorMoments *moments, Arena *arena, int degree) {
  uint64_t bytes = (uint64_t)below(degree + 1) * sizeof(double);
  moments->values = take(arena, bytes), moments->adjoints = take(arena, bytes);
}

// Monomials of the unit vectors to all neighbours: [monomial][padded].
INLINE void multiply_rows(double *product, const double *a, const double *b, int n) {
  for (int k = 0; k < n; k += WD) stored(product + k, loadd(a + k) * loadd(b + k));
}
PASS void monomial_pass(const Neighbors *n, int degree, double *monomials) {
  int stride = n->padded;
  double *x = monomials + stride, *y = x + stride, *z = y + stride;
  for (int k = 0; k < stride; k += WD) {
    vd kx = widen(n->x + k), ky = widen(n->y + k), kz = widen(n->z + k), u = kx * kx + ky * ky + kz * kz;
    vd inverse = 1 / vsqrtd(u + (vd)(((vl)splatd(1)) & (u == splatd(0))));
    stored(monomials + k, splatd(1));
    stored(x + k, kx * inverse), stored(y + k, ky * inverse), stored(z + k, kz * inverse);
  }
  const double *lower = x;
  double *next = z + stride;
  for (int p = 2; p <= degree; p++) {
    const double *withoutX = lower + before(p - 1) * stride;
    for (int m = 0; m < before(p); m++, next += stride, lower += stride) multiply_rows(next, x, lower, stride);
    for (int m = 0; m < p; m++, next += stride, withoutX += stride) multiply_rows(next, y, withoutX, stride);
    multiply_rows(next, z, withoutX - stride, stride), next += stride;
  }
}

// Sums over the neighbours of a factor times each of `count` monomials.
PASS void moment_pass(const real *e, const double *monomials, int stride, int count, double *sums) {
  int m = 0;
  for (; m + 4 <= count; m += 4, monomials += 4 * stride) {
    vd a = splatd(0), b = splatd(0), c = splatd(0), d = splatd(0);
    for (int k = 0; k < stride; k += WD) {
      vd v = widen(e + k);
      a = fmad(v, loadd(monomials + k), a), b = fmad(v, loadd(monomials + stride + k), b);
      c = fmad(v, loadd(monomials + 2 * stride + k), c), d = fmad(v, loadd(monomials + 3 * stride + k), d);
    }
    sums[m] = sumd(a), sums[m + 1] = sumd(b), sums[m + 2] = sumd(c), sums[m + 3] = sumd(d);
  }
  for (; m < count; m++, monomials += stride) {
    vd a = splatd(0);
    for (int k = 0; k < stride; k += WD) a = fmad(widen(e + k), loadd(monomials + k), a);
    sums[m] = sumd(a);
  }
}

PASS double sum_of_squares(const real *e, int n) {
  vd total = splatd(0);
  for (int k = 0; k < n; k += WD) {
    vd v = widen(e + k);
    total = fmad(v, v, total);
  }
  return sumd(total);
}

// Moments of lower degrees from those of the two highest.
static void lower_moments(int degree, double *values) {
  for (int p = degree - 2; p >= 0; p--)
    for (int s = 0, m = below(p); s <= p; s++)
      for (int c = 0; c <= s; c++, m++) {
        int xx = below(p + 2) + before(s) + c, yy = below(p + 2) + before(s + 2) + c;
        values[m] = values[xx] + values[yy] + values[yy + 2];
      }
}
// The way back: dE/d moment of lower degrees goes to the two highest.
static void lower_moments_back(int degree, double *adjoints) {
  for (int p = 0; p <= degree - 2; p++)
    for (int s = 0, m = below(p); s <= p; s++)
      for (int c = 0; c <= s; c++, m++) {
        int xx = below(p + 2) + before(s) + c, yy = below(p + 2) + before(s + 2) + c;
        adjoints[xx] += adjoints[m], adjoints[yy] += adjoints[m], adjoints[yy + 2] += adjoints[m];
      }
}

// Σ c^p over pairs of neighbours of two factors, for all p <= degree.
static void pair_powers(const Tables *tables, const FactorMoments *a, const FactorMoments *b, int degree, double *powers) {
  const double *multinomials = tables->multinomials;
  for (int p = 0, m = 0; p <= degree; p++) {
    double total = 0;
    for (int end = below(p + 1); m < end; m++) total += multinomials[m] * a->values[m] * b->values[m];
    powers[p] = a == b ? 0.5 * (total - a->squares) : total;
  }
}
static void pair_powers_back(const Tables *tables, FactorMoments *a, FactorMoments *b, int degree, const double *powers) {
  const double *multinomials = tables->multinomials;
  for (int p = 0, m = 0; p <= degree; p++)
    for (int end = below(p + 1); m < end; m++) {
      double d = powers[p] * multinomials[m], x = a->values[m];
      a->adjoints[m] += d * b->values[m];
      if (a != b) b->adjoints[m] += d * x;
    }
  if (a == b)
    for (int p = 0; p <= degree; p++) a->self -= powers[p];
}

// Moments of all factors, and the functions that they give, which are added to G.
static void moments_forward(const Tables *tables, const ElementModel *em, const Neighbors *neighbors, double **monomials, const Factored *factors, FactorMoments *moments, double *G) {
  for (int v = 0; v < em->neighborhoods; v++) {
    int degree = tables->neighborhoods[em->firstNeighborhood + v].degree;
    if (degree > 0) monomial_pass(&neighbors[v], degree, monomials[v]);
  }
  for (int f = 0; f < em->factors; f++) {
    const Factor *factor = &tables->factors[em->firstFactor + f];
    if (factor->degree == 0) continue;
    int first = below(factor->degree - 1), count = below(factor->degree + 1) - first, stride = factors[f].view->n->padded;
    const real *e = factors[f].e;
    moment_pass(e, monomials[tables->views[em->firstView + factor->view].neighborhood] + (uint64_t)first * stride, stride, count, moments[f].values + first);
    lower_moments(factor->degree, moments[f].values);
    moments[f].squares = sum_of_squares(e, stride);
    moments[f].self = 0;
    for (int m = 0; m < below(factor->degree + 1); m++) moments[f].adjoints[m] = 0;
  }
  for (int q = 0; q < em->pairings; q++) {
    const Pairing *pairing = &tables->pairings[em->firstPairing + q];
    double powers[MAXIMUM_MOMENT_DEGREE + 1], plus, minus;
    pair_powers(tables, &moments[pairing->factorA], &moments[pairing->factorB], pairing->degree, powers);
    for (int i = 0; i < pairing->terms; i++) {
      const Term *term = &tables->terms[pairing->firstTerm + i];
      expand(term, powers, &plus, &minus);
      add_term(term, plus, minus, G);
    }
  }
}

// A factor on the way back from moments to neighbours.
typedef struct {
  const real *e;
  real *adjoint;
  const double *g;  // dE/d moment of the monomials first … last - 1
  int first, last;
  double self;
} MomentGradient;

// From dE/d moment to dE/d factor and dE/d vector of a neighbourhood's neighbours.
PASS void neighbors_back(Neighbors *n, int degree, const double *monomials, const MomentGradient *gradients, int count) {
  vd d[MAXIMUM_MONOMIALS];  // dE/d monomial
  int stride = n->padded;
  for (int k = 0; k < stride; k += WD) {
    const double *column = monomials + k;
    for (int m = 0; m < below(degree + 1); m++) d[m] = splatd(0);
    for (const MomentGradient *f = gradients; f < gradients + count; f++) {
      vd e = widen(f->e + k), sum = f->self * e;
      const double *monomial = column + (uint64_t)f->first * stride;
      for (int m = f->first; m < f->last; m++, monomial += stride) {
        vd g = splatd(f->g[m]);
        d[m] = fmad(g, e, d[m]);
        sum = fmad(g, loadd(monomial), sum);
      }
      add_narrowed(f->adjoint + k, sum);
    }
    // Monomials were made from those of one degree less: back the same way.
    vd x = loadd(column + stride), y = loadd(column + 2 * stride), z = loadd(column + 3 * stride);
    vd gx = splatd(0), gy = splatd(0), gz = splatd(0);
    for (int p = degree; p >= 2; p--) {
      const double *lower = column + (uint64_t)below(p - 1) * stride;
      vd *from = d + below(p), *to = d + below(p - 1);
      for (int m = 0; m < before(p); m++, from++, to++, lower += stride) {
        *to = fmad(*from, x, *to);
        gx = fmad(*from, loadd(lower), gx);
      }
      to -= p, lower -= p * stride;
      for (int m = 0; m < p; m++, from++, to++, lower += stride) {
        *to = fmad(*from, y, *to);
        gy = fmad(*from, loadd(lower), gy);
      }
      to--, lower -= stride;
      *to = fmad(*from, z, *to);
      gz = fmad(*from, loadd(lower), gz);
    }
    gx += d[1], gy += d[2], gz += d[3];
    // n = vector/r: only what is across it remains.
    vd inverse = widen(n->inverse + k), along = fmad(gx, x, fmad(gy, y, gz * z));
    add_narrowed(n->gx + k, (gx - along * x) * inverse);
    add_narrowed(n->gy + k, (gy - along * y) * inverse);
    add_narrowed(n->gz + k, (gz - along * z) * inverse);
  }
}

// Adds what dE/dG of the functions makes to the derivatives by factors and vectors.
static void moments_back(const Tables *tables, const ElementModel *em, Neighbors *neighbors, double **monomials, Factored *factors, FactorMoments *moments, MomentGradient *gradients, const double *dG) {
  for (int q = 0; q < em->pairings; q++) {
    const Pairing *pairing = &tables->pairings[em->firstPairing + q];
    double powers[MAXIMUM_MOMENT_DEGREE + 1];
    contract(&tables->terms[pairing->firstTerm], pairing->terms, dG, pairing->degree, powers);
    pair_powers_back(tables, &moments[pairing->factorA], &moments[pairing->factorB], pairing->degree, powers);
  }
  for (int v = 0; v < em->neighborhoods; v++) {
    int degree = tables->neighborhoods[em->firstNeighborhood + v].degree, count = 0;
    if (degree == 0) continue;
    for (int f = 0; f < em->factors; f++) {
      const Factor *factor = &tables->factors[em->firstFactor + f];
      if (factor->degree == 0 || tables->views[em->firstView + factor->view].neighborhood != v) continue;
      lower_moments_back(factor->degree, moments[f].adjoints);
      int first = below(factor->degree - 1), last = below(factor->degree + 1);
      gradients[count++] = (MomentGradient){factors[f].e, factors[f].adjoint, moments[f].adjoints, first, last, moments[f].self};
    }
    neighbors_back(&neighbors[v], degree, monomials[v], gradients, count);
  }
}
