// One atom: from its neighbours to its energy, and back to the forces on its neighbours.
//
// Neighbours by element and shell, channels and factors (neighbors.h) → functions of triples (triples.h, moments.h,
// angles.h) and volumes (chirality.h) → network (network.h) → the way back through the same.
#pragma once
#include "angles.h"
#include "chirality.h"
#include "moments.h"
#include "network.h"
#include "triples.h"

#define MAXIMUM_ELEMENTS 128

// Everything that is computed for one atom, in working memory.
typedef struct {
  Neighbors *neighbors;
  Channeled *views;
  Factored *factors;
  TripleList *triples;
  TripleSums sums;
  int byMoments;  // wide functions are computed by moments where they can
  double **monomials;
  FactorMoments *moments;
  MomentGradient *gradients;
  AngleRows *rows;
  AngleScratch row;
  FactorVector *vectors;
  VolumeValue *volumes;
  double *G, *dG;
  NetworkScratch network;
} Atom;

INLINE int larger(int a, int b) { return a > b ? a : b; }

// Whether moments cost less than the triples they replace; costs as measured, in ns.
static int moments_pay(const Tables *tables, const ElementModel *em, const int32_t *counts) {
  const Neighborhood *neighborhoods = tables->neighborhoods + em->firstNeighborhood;
  const View *views = tables->views + em->firstView;
  double triples = 0, moments = 0;
  for (int g = 0; g < em->triples; g++) {
    const Triples *group = &tables->triples[em->firstTriples + g];
    if (!group->byMoments) continue;
    double pairs = (double)counts[views[group->viewA].neighborhood] * counts[views[group->viewB].neighborhood];
    triples += pairs * (group->viewA == group->viewB ? 0.5 : 1) * (5 + 4.5 * group->exponentials) * (sizeof(real) / 8.0);
  }
  for (int v = 0; v < em->neighborhoods; v++)
    if (neighborhoods[v].degree > 0) moments += 0.7 * counts[v] * below(neighborhoods[v].degree + 1);
  for (int f = 0; f < em->factors; f++) {
    const Factor *factor = &tables->factors[em->firstFactor + f];
    int degree = factor->degree;
    if (degree > 0) moments += 0.7 * counts[views[factor->view].neighborhood] * (degree + 1) * (degree + 1);
  }
  for (int q = 0; q < em->pairings; q++) moments += 3 * below(tables->pairings[em->firstPairing + q].degree + 1);
  return moments < triples;
}

// Memory for an atom with so many neighbours in each neighbourhood. With `measure` nothing is written to it.
static void allocate_atom(const Tables *tables, const ElementModel *em, const int32_t *counts, Atom *atom, Arena *arena, int measure) {
  const View *views = tables->views + em->firstView;
  const Factor *factors = tables->factors + em->firstFactor;
  const Triples *groups = tables->triples + em->firstTriples;
  const Angles *angles = tables->angles + em->firstAngles;
  atom->neighbors = take(arena, sizeof(Neighbors) * (uint64_t)em->neighborhoods);
  for (int v = 0; v < em->neighborhoods; v++) {
    Neighbors measured;
    allocate_neighbors(measure ? &measured : &atom->neighbors[v], arena, counts[v]);
  }
  atom->views = take(arena, sizeof(Channeled) * (uint64_t)em->views);
  for (int v = 0; v < em->views; v++) {
    Channeled measured;
    allocate_view(measure ? &measured : &atom->views[v], arena, counts[views[v].neighborhood]);
  }
  atom->factors = take(arena, sizeof(Factored) * (uint64_t)em->factors);
  for (int f = 0; f < em->factors; f++) {
    Factored measured;
    allocate_factor(measure ? &measured : &atom->factors[f], arena, counts[views[factors[f].view].neighborhood]);
  }
  if (measure || atom->byMoments) {
    atom->monomials = take(arena, sizeof(double *) * (uint64_t)em->neighborhoods);
    for (int v = 0; v < em->neighborhoods; v++) {
      int degree = tables->neighborhoods[em->firstNeighborhood + v].degree;
      double *monomials = take(arena, degree > 0 ? (uint64_t)below(degree + 1) * PAD(counts[v]) * sizeof(double) : 0);
      if (!measure) atom->monomials[v] = monomials;
    }
    atom->moments = take(arena, sizeof(FactorMoments) * (uint64_t)em->factors);
    atom->gradients = take(arena, sizeof(MomentGradient) * (uint64_t)em->factors);
    for (int f = 0; f < em->factors; f++) {
      FactorMoments measured;
      if (factors[f].degree > 0) allocate_moments(measure ? &measured : &atom->moments[f], arena, factors[f].degree);
    }
  }
  atom->triples = take(arena, sizeof(TripleList) * (uint64_t)em->triples);
  uint64_t most = 0;
  for (int g = 0; g < em->triples; g++) {
    if (!measure && atom->byMoments && groups[g].byMoments) continue;
    TripleList measured;
    int a = counts[views[groups[g].viewA].neighborhood], b = counts[views[groups[g].viewB].neighborhood];
    allocate_triples(measure ? &measured : &atom->triples[g], arena, &groups[g], a, b);
    uint64_t bound = triple_bound(groups[g].viewA == groups[g].viewB, a, b);
    if (bound > most) most = bound;
  }
  allocate_sums(&atom->sums, arena, most);
  atom->rows = take(arena, sizeof(AngleRows) * (uint64_t)em->angles);
  int products = 0, cells = 0, windows = 0, longest = 0;
  for (int g = 0; g < em->angles; g++) {
    AngleRows measured;
    int a = counts[angles[g].neighborhoodA], b = counts[angles[g].neighborhoodB];
    allocate_rows(measure ? &measured : &atom->rows[g], arena, angles[g].neighborhoodA == angles[g].neighborhoodB, a, b);
    products = larger(products, angles[g].products), cells = larger(cells, angles[g].cells);
    windows = larger(windows, angles[g].windows), longest = larger(longest, larger(a, b));
  }
  allocate_row(&atom->row, arena, products, cells, windows, longest);
  atom->vectors = take(arena, sizeof(FactorVector) * (uint64_t)em->vectors);
  atom->volumes = take(arena, sizeof(VolumeValue) * (uint64_t)em->volumes);
  uint64_t width = (uint64_t)tables->maximumWidth * sizeof(double);
  atom->G = take(arena, width), atom->dG = take(arena, width);
  for (int l = 0; l <= em->layers; l++) atom->network.values[l] = take(arena, width), atom->network.slopes[l] = take(arena, width);
}

// A neighbour before it is sorted.
typedef struct {
  v4 position;  // x y z r²
  uint32_t slot;
  int32_t neighborhood, shell;  // the latter among those of all neighbourhoods
} Candidate;

// Bytes of working memory for an atom that has `entries` neighbours in the list, counts[element] of each element.
static uint64_t atom_bytes(const Tables *tables, const ElementModel *em, const int32_t *counts, int entries) {
  const Neighborhood *neighborhoods = tables->neighborhoods + em->firstNeighborhood;
  Arena arena = {0};
  Atom atom;
  int32_t within[MAXIMUM_ELEMENTS];
  for (int v = 0; v < em->neighborhoods; v++) within[v] = counts[neighborhoods[v].element];
  take(&arena, sizeof(Candidate) * (uint64_t)entries);
  take(&arena, sizeof(int32_t) * (uint64_t)em->shells * 2);
  allocate_atom(tables, em, within, &atom, &arena, 1);
  return arena.next;
}

// The slots of one block: atoms and images around it, and dE/d position of each.
typedef struct {
  const double *positions;
  const uint8_t *elements;
  double *forces;
} Slots;

// Sorts the neighbours of an atom at p by neighbourhood and shell, and computes channels and factors.
static void gather_neighbors(const Tables *tables, const ElementModel *em, const Slots *slots, const double *p, const uint32_t *list, int entries, Atom *atom, Arena *arena) {
  const Neighborhood *neighborhoods = tables->neighborhoods + em->firstNeighborhood;
  int32_t of[MAXIMUM_ELEMENTS], starts[MAXIMUM_ELEMENTS], counts[MAXIMUM_ELEMENTS];
  real middle[MAXIMUM_ELEMENTS];
  for (int e = 0; e < tables->elementCount; e++) of[e] = -1;
  for (int v = 0, shell = 0; v < em->neighborhoods; v++) {
    of[neighborhoods[v].element] = v;
    starts[v] = shell;
    shell += neighborhoods[v].radii + 1;
  }
  Candidate *candidates = take(arena, sizeof(Candidate) * (uint64_t)entries);
  int32_t *first = take(arena, sizeof(int32_t) * (uint64_t)em->shells), *next = take(arena, sizeof(int32_t) * (uint64_t)em->shells);
  for (int s = 0; s < em->shells; s++) next[s] = 0;
  int count = 0;
  for (int q = 0; q < entries; q++) {
    uint32_t slot = list[q];
    int v = of[slots->elements[slot]];
    if (v < 0) continue;
    const double *r = slots->positions + 3 * (uint64_t)slot, *radii = tables->radii + neighborhoods[v].firstRadius;
    double dx = r[0] - p[0], dy = r[1] - p[1], dz = r[2] - p[2], u = dx * dx + dy * dy + dz * dz;
    int last = neighborhoods[v].radii - 1, shell = 0;
    while (shell < last && u >= radii[shell]) shell++;
    candidates[count] = (Candidate){{(real)dx, (real)dy, (real)dz, (real)u}, slot, v, starts[v] + shell};
    // Without a branch: whether it is near enough is hard to foresee.
    int near = u < radii[last];
    next[starts[v] + shell] += near;
    count += near;
  }
  for (int v = 0; v < em->neighborhoods; v++) {
    int n = 0;
    for (int s = starts[v]; s <= starts[v] + neighborhoods[v].radii; s++) {
      first[s] = n;
      n += next[s];
      next[s] = first[s];
    }
    counts[v] = n;
  }
  atom->byMoments = moments_pay(tables, em, counts);
  allocate_atom(tables, em, counts, atom, arena, 0);
  for (int q = 0; q < count; q++) {
    const Candidate *c = &candidates[q];
    Neighbors *n = &atom->neighbors[c->neighborhood];
    int k = next[c->shell]++;
    n->x[k] = c->position[0], n->y[k] = c->position[1], n->z[k] = c->position[2], n->u[k] = c->position[3];
    n->position[k] = c->position;
    n->slot[k] = c->slot;
  }
  for (int v = 0; v < em->neighborhoods; v++) {
    const Neighborhood *n = &neighborhoods[v];
    middle[v] = (real)(0.25 * tables->radii[n->firstRadius + n->radii - 1]);
    distances(&atom->neighbors[v], middle[v]);
  }
  for (int v = 0; v < em->views; v++) {
    const View *view = &tables->views[em->firstView + v];
    Channeled *values = &atom->views[v];
    values->n = &atom->neighbors[view->neighborhood];
    values->first = first[starts[view->neighborhood] + view->firstShell];
    values->last = first[starts[view->neighborhood] + view->lastShell];
    channel_pass(values, &tables->channels[view->channel], middle[view->neighborhood]);
  }
  for (int f = 0; f < em->factors; f++) {
    const Factor *factor = &tables->factors[em->firstFactor + f];
    atom->factors[f].view = &atom->views[factor->view];
    factor_pass(&atom->factors[f], factor, factor->base < 0 ? 0 : atom->factors[factor->base].raw);
  }
}

// Symmetry functions of an atom whose neighbours are known.
static void compute_descriptors(const Tables *tables, const ElementModel *em, Atom *atom) {
  for (int g = 0; g < tables->maximumWidth; g++) atom->G[g] = 0;
  const Radial *radials = tables->radials + em->firstRadial;
  for (int r = 0; r < em->radials; r++) atom->G[radials[r].index] += radials[r].weight * atom->factors[radials[r].factor].sum;
  const Triples *triples = tables->triples + em->firstTriples;
  for (int g = 0; g < em->triples; g++)
    if (!atom->byMoments || !triples[g].byMoments)
      triples_forward(tables, &triples[g], &atom->triples[g], &atom->views[triples[g].viewA], &atom->views[triples[g].viewB], atom->G);
  if (atom->byMoments) moments_forward(tables, em, atom->neighbors, atom->monomials, atom->factors, atom->moments, atom->G);
  const Angles *angles = tables->angles + em->firstAngles;
  for (int g = 0; g < em->angles; g++) angles_forward(tables, &angles[g], &atom->rows[g], atom->neighbors, atom->factors, &atom->row, atom->G);
  chirality_forward(tables, em, atom->factors, atom->vectors, atom->volumes, atom->G);
}

// Energy of an atom in eV; its dE/dG goes to atom->dG.
static double compute_energy(const Tables *tables, const ElementModel *em, Atom *atom) {
  const double *shift = tables->numbers + em->scaling, *factor = shift + (em->functions + 7) / 8 * 8;
  double *inputs = atom->network.values[0];
  for (int g = 0; g < tables->maximumWidth; g++) inputs[g] = atom->dG[g] = 0;
  for (int g = 0; g < em->functions; g++) inputs[g] = (atom->G[g] - shift[g]) * factor[g];
  double energy = network_energy(tables->layers + em->firstLayer, em->layers, tables->numbers, &atom->network, atom->dG);
  for (int g = 0; g < em->functions; g++) atom->dG[g] *= factor[g] * tables->energyScale;
  return energy * tables->energyScale + em->offset;
}

// Forces on the neighbours of an atom go to their slots; adds to that on the atom itself.
static void add_forces(const Tables *tables, const ElementModel *em, Atom *atom, const Slots *slots, double *own) {
  const double *dG = atom->dG;
  const Radial *radials = tables->radials + em->firstRadial;
  for (int r = 0; r < em->radials; r++) atom->factors[radials[r].factor].slope += radials[r].weight * dG[radials[r].index];
  const Triples *triples = tables->triples + em->firstTriples;
  for (int g = 0; g < em->triples; g++)
    if (!atom->byMoments || !triples[g].byMoments)
      triples_back(tables, &triples[g], &atom->triples[g], &atom->views[triples[g].viewA], &atom->views[triples[g].viewB], &atom->sums, dG);
  if (atom->byMoments) moments_back(tables, em, atom->neighbors, atom->monomials, atom->factors, atom->moments, atom->gradients, dG);
  const Angles *angles = tables->angles + em->firstAngles;
  for (int g = 0; g < em->angles; g++) angles_back(tables, &angles[g], &atom->rows[g], atom->factors, &atom->row, dG);
  chirality_back(tables, em, atom->factors, atom->vectors, atom->volumes, dG);
  for (int f = 0; f < em->factors; f++) factor_back(&atom->factors[f], tables->factors[em->firstFactor + f].paired);
  for (int v = 0; v < em->views; v++) view_back(&atom->views[v]);
  for (int v = 0; v < em->neighborhoods; v++) {
    const Neighbors *n = &atom->neighbors[v];
    for (int k = 0; k < n->count; k++) {
      v4 d = n->direct[k];
      double du = 2 * (double)n->du[k];
      double gx = (double)d[0] + (double)n->gx[k] + du * (double)n->x[k];
      double gy = (double)d[1] + (double)n->gy[k] + du * (double)n->y[k];
      double gz = (double)d[2] + (double)n->gz[k] + du * (double)n->z[k];
      double *f = slots->forces + 3 * (uint64_t)n->slot[k];
      f[0] -= gx, f[1] -= gy, f[2] -= gz;
      own[0] += gx, own[1] += gy, own[2] += gz;
    }
  }
}
