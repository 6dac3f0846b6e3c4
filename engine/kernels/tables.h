// The tables of model.h as pointers.
#pragma once
#include "memory.h"
#include "model.h"

#define MAXIMUM_MOMENT_DEGREE 8
#define MAXIMUM_MONOMIALS ((MAXIMUM_MOMENT_DEGREE + 1) * (MAXIMUM_MOMENT_DEGREE + 2) * (MAXIMUM_MOMENT_DEGREE + 3) / 6)

typedef struct {
  const Channel *channels;
  const double *radii;
  const Neighborhood *neighborhoods;
  const View *views;
  const Factor *factors;
  const Radial *radials;
  const Triples *triples;
  const Exponential *exponentials;
  const Term *terms;
  const Pairing *pairings;
  const Angles *angles;
  const Product *products;
  const Cell *cells;
  const Window *windows;
  const Volume *volumes;
  const Chiral *chirals;
  const Layer *layers;
  const ElementModel *elements;
  const double *numbers;
  int elementCount;
  int maximumWidth;
  double energyScale;
  double multinomials[MAXIMUM_MONOMIALS];  // p!/(α! β! γ!) of x^α y^β z^γ, in the order of moments.h
} Tables;

static Tables tables_of(const Model *m) {
  Tables tables = {
      .channels = AT(const Channel, m->channels),
      .radii = AT(const double, m->radii),
      .neighborhoods = AT(const Neighborhood, m->neighborhoods),
      .views = AT(const View, m->views),
      .factors = AT(const Factor, m->factors),
      .radials = AT(const Radial, m->radials),
      .triples = AT(const Triples, m->triples),
      .exponentials = AT(const Exponential, m->exponentials),
      .terms = AT(const Term, m->terms),
      .pairings = AT(const Pairing, m->pairings),
      .angles = AT(const Angles, m->angles),
      .products = AT(const Product, m->products),
      .cells = AT(const Cell, m->cells),
      .windows = AT(const Window, m->windows),
      .volumes = AT(const Volume, m->volumes),
      .chirals = AT(const Chiral, m->chirals),
      .layers = AT(const Layer, m->layers),
      .elements = AT(const ElementModel, m->elements),
      .numbers = AT(const double, m->numbers),
      .elementCount = m->elementCount,
      .maximumWidth = m->maximumWidth,
      .energyScale = m->energyScale,
  };
  double factorial[MAXIMUM_MOMENT_DEGREE + 1] = {1}, *next = tables.multinomials;
  for (int p = 1; p <= MAXIMUM_MOMENT_DEGREE; p++) factorial[p] = p * factorial[p - 1];
  for (int p = 0; p <= MAXIMUM_MOMENT_DEGREE; p++)
    for (int s = 0; s <= p; s++)
      for (int c = 0; c <= s; c++) *next++ = factorial[p] / (factorial[p - s] * factorial[s - c] * factorial[c]);
  return tables;
}
