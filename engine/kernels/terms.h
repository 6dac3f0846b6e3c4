// Terms: functions of triples that are powers of cos θ, and their common polynomial on the way back.
#pragma once
#include "tables.h"
#include "vector.h"

// Terms of larger powers are not contracted: expanded, (1 - c)^16 of a small angle is the difference of numbers 2^16 times
// larger.
#define MAXIMUM_DEGREE 8

// dE/dG of the functions that a term stands for.
INLINE void gradients_of(const Term *term, const double *dG, double *plus, double *minus) {
  *plus = term->plus >= 0 ? term->plusScale * dG[term->plus] : 0;
  *minus = term->minus >= 0 ? term->minusScale * dG[term->minus] : 0;
}

// Adds a term's sums with + λ and - λ to its functions.
INLINE void add_term(const Term *term, double plus, double minus, double *G) {
  if (term->plus >= 0) G[term->plus] += term->plusScale * plus;
  if (term->minus >= 0) G[term->minus] += term->minusScale * minus;
}

// dE/dG of all terms with small integer powers contracted to one polynomial in c = cos θ: Σ dE/dG (1 ± λc)^ζ = Σ co[k] c^k.
static void contract(const Term *terms, int count, const double *dG, int degree, double *co) {
  for (int k = 0; k <= degree; k++) co[k] = 0;
  for (int q = 0; q < count; q++) {
    const Term *term = &terms[q];
    if (term->power == 0 || term->power > MAXIMUM_DEGREE) continue;
    double plus, minus, binomial = 1, power = 1;
    gradients_of(term, dG, &plus, &minus);
    for (int k = 0; k <= term->power; k++) {
      co[k] += binomial * power * (k & 1 ? plus - minus : plus + minus);
      binomial = binomial * (term->power - k) / (k + 1);
      power *= term->lambda;
    }
  }
}

// Σ (1 ± λc)^ζ from the sums of the powers c^k.
INLINE void expand(const Term *term, const double *powers, double *plus, double *minus) {
  double even = 0, odd = 0, binomial = 1, power = 1;
  for (int k = 0; k <= term->power; k++) {
    *(k & 1 ? &odd : &even) += binomial * power * powers[k];
    binomial = binomial * (term->power - k) / (k + 1);
    power *= term->lambda;
  }
  *plus = even + odd;
  *minus = even - odd;
}
