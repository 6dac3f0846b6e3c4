// Chiral functions (engine/descriptors/chirality.ts), in time linear in the neighbours: sums v = Σ e n of factors times unit
// vectors n, volumes v_a · (v_b × v_c) of three of them, and products of two volumes.
//
// All of it is in double: volumes of surroundings with a mirror plane must cancel.
#pragma once
#include "neighbors.h"

// The vector of a factor, and dE/d it.
typedef struct {
  double v[3], w[3];
} FactorVector;

// A volume, and dE/d it.
typedef struct {
  double value, slope;
} VolumeValue;

// Unit vectors to neighbours k…: those that only fill a vector, and atoms in one place, have none.
#define UNIT_VECTORS(n, k)                                                                               \
  vd x = widen((n)->x + (k)), y = widen((n)->y + (k)), z = widen((n)->z + (k)), u = x * x + y * y + z * z; \
  vd inverse = 1 / vsqrtd(u + (vd)(((vl)splatd(1)) & (u == splatd(0))));                                  \
  x *= inverse, y *= inverse, z *= inverse;

PASS void vector_pass(const Neighbors *n, const real *e, double *v) {
  vd sx = splatd(0), sy = splatd(0), sz = splatd(0);
  for (int k = 0; k < n->padded; k += WD) {
    UNIT_VECTORS(n, k)
    vd f = widen(e + k);
    sx = fmad(f, x, sx), sy = fmad(f, y, sy), sz = fmad(f, z, sz);
  }
  v[0] = sumd(sx), v[1] = sumd(sy), v[2] = sumd(sz);
}

// From dE/d v to dE/d factor and dE/d vector of the neighbours.
PASS void vector_back(Neighbors *n, const real *e, const double *w, real *adjoint) {
  vd wx = splatd(w[0]), wy = splatd(w[1]), wz = splatd(w[2]);
  for (int k = 0; k < n->padded; k += WD) {
    UNIT_VECTORS(n, k)
    vd f = widen(e + k) * inverse, along = fmad(wx, x, fmad(wy, y, wz * z));
    add_narrowed(adjoint + k, along);
    add_narrowed(n->gx + k, f * (wx - along * x));
    add_narrowed(n->gy + k, f * (wy - along * y));
    add_narrowed(n->gz + k, f * (wz - along * z));
  }
}

INLINE void cross(const double *a, const double *b, double *product) {
  product[0] = a[1] * b[2] - a[2] * b[1], product[1] = a[2] * b[0] - a[0] * b[2], product[2] = a[0] * b[1] - a[1] * b[0];
}

static void chirality_forward(const Tables *tables, const ElementModel *em, const Factored *factors, FactorVector *vectors, VolumeValue *values, double *G) {
  for (int f = 0; f < em->factors; f++) {
    int at = tables->factors[em->firstFactor + f].vector;
    if (at < 0) continue;
    vector_pass(factors[f].view->n, factors[f].e, vectors[at].v);
    for (int axis = 0; axis < 3; axis++) vectors[at].w[axis] = 0;
  }
  for (int i = 0; i < em->volumes; i++) {
    const Volume *volume = &tables->volumes[em->firstVolume + i];
    const double *a = vectors[volume->vectors[0]].v, *b = vectors[volume->vectors[1]].v, *c = vectors[volume->vectors[2]].v;
    double normal[3];
    cross(b, c, normal);
    values[i] = (VolumeValue){a[0] * normal[0] + a[1] * normal[1] + a[2] * normal[2], 0};
  }
  for (int i = 0; i < em->chirals; i++) {
    const Chiral *one = &tables->chirals[em->firstChiral + i];
    G[one->index] += values[one->first].value * (one->second < 0 ? 1 : values[one->second].value);
  }
}

// Adds what dE/dG of the functions makes to the derivatives by factors and vectors.
static void chirality_back(const Tables *tables, const ElementModel *em, const Factored *factors, FactorVector *vectors, VolumeValue *values, const double *dG) {
  for (int i = 0; i < em->chirals; i++) {
    const Chiral *one = &tables->chirals[em->firstChiral + i];
    VolumeValue *first = &values[one->first], *second = one->second < 0 ? 0 : &values[one->second];
    first->slope += dG[one->index] * (second ? second->value : 1);
    if (second) second->slope += dG[one->index] * first->value;
  }
  for (int i = 0; i < em->volumes; i++) {
    const int32_t *three = tables->volumes[em->firstVolume + i].vectors;
    for (int q = 0; q < 3; q++) {
      double normal[3];
      cross(vectors[three[(q + 1) % 3]].v, vectors[three[(q + 2) % 3]].v, normal);
      for (int axis = 0; axis < 3; axis++) vectors[three[q]].w[axis] += values[i].slope * normal[axis];
    }
  }
  for (int f = 0; f < em->factors; f++) {
    int at = tables->factors[em->firstFactor + f].vector;
    if (at >= 0) vector_back(factors[f].view->n, factors[f].e, vectors[at].w, factors[f].adjoint);
  }
}
