// Errors of energies, forces and virials of a few structures, and what an optimizer wants of them: the gradient of the loss, or
// rows of the Jacobian. A *piece* is what one thread works on at a time; it writes to numbers of its own, which are added up in the
// order of pieces, so that results don't depend on the number of threads. eV, Å.
//
// Forces are linear in g = dE/dx: F_j = Σ_i Σ_s g_is D_isj with the stored D = −∂x/∂r (training/data.ts has the layout), so
// that the derivative of v·F by the parameters is that of T·g with T_is = Σ_j v_j·D_isj. The virial is Σ_i Σ_s g_is V_is likewise,
// six components of V = −∂x/∂strain.
#pragma once
#include "batched-network.h"
#include "memory.h"

#define MAXIMUM_TRAINED_ELEMENTS 128
#define MAXIMUM_GROUPS 64

// Functions that a neighbour can change.
typedef struct {
  int32_t count;
  uint32_t functions;  // int32[count]
} FunctionList;

typedef struct {
  double energy;        // reference, eV
  uint32_t atoms;
  uint32_t elements;    // uint8[atoms]
  uint32_t values;      // double: scaled functions, atom after atom
  uint32_t slotsAt;     // int32[atoms + 1]
  uint32_t slots;       // int32
  uint32_t derivatives; // double; 0 where forces are not wanted
  uint32_t forces;      // double[3 atoms]: reference, eV/Å; 0 where there is none
  uint32_t row;         // double[offsets]
  int32_t hasEnergy;
  uint32_t strains;     // double[6] per function: V; 0 where the virial is not wanted
  uint32_t virial;      // double[6]: reference, eV; 0 where there is none
  uint32_t unused;
  double energyFactor, forceFactor, stressFactor;  // of its squared errors in the loss
} Sample;

// What a piece makes of its errors.
//
// A row of the Jacobian is that of a signed sum of the errors in a group. With MAKE_ROWS signs are those of the errors, so that the sum is
// that of their absolute values, and groups are those of the whole batch. With MAKE_SKETCH they are drawn at random, and each
// piece has groups and rows of its own, the partials: on average over the signs Σ row rowᵀ is that of the single errors.
enum { MAKE_NOTHING, MAKE_GRADIENT, MAKE_ROWS, MAKE_SKETCH };

typedef struct {
  double energyFactor, forceFactor, stressFactor;  // of the squared errors in the loss: (ΔE/N)², |ΔF|², |ΔW/N|²
  uint32_t networks;                 // DenseNetwork[elements]
  uint32_t lists;                    // FunctionList[elements][elements]
  uint32_t parameters;               // double[stride]
  uint32_t samples;                  // Sample[…]
  uint32_t batch;                    // int32[…]: the samples to look at
  uint32_t pieceStarts;              // int32[pieces + 1], into batch
  uint32_t errors;                   // double[…][3], per entry of batch: (ΔE/N)², |ΔF|², |ΔW/N|²
  uint32_t partials;                 // double[pieces][rows][stride]
  uint32_t residuals;                // double[pieces][rows]
  uint32_t energyScales, forceScales, stressScales; // double[groups]: what a residual in a group is multiplied by
  uint32_t totals;                   // double[rows][stride]: the partials, added up
  int32_t elements, offsetsAt, offsets;
  int32_t stride;                    // of a vector of parameters
  int32_t make;
  int32_t energyGroups, forceGroups, stressGroups; // rows are the groups of energies, of forces, of virials
  int32_t rows;                      // 1 for a gradient
  int32_t pieces;
  int32_t deepest, widest;           // hidden layers and nodes of the largest network
  int32_t functions;                 // of the element that has most
  uint32_t seed;                     // of the signs of a sketch
} Matching;

// Which row an error belongs to: neighbours in a structure, and structures of a batch, are dealt out in turn.
INLINE int force_group(const Matching *m, int entry, int atom) { return (int)((uint32_t)(atom + entry) % (uint32_t)m->forceGroups); }
INLINE int stress_group(const Matching *m, int entry, int component) { return (int)((uint32_t)(component + entry) % (uint32_t)m->stressGroups); }
INLINE int energy_group(const Matching *m, int entry) { return (int)((uint32_t)entry % (uint32_t)m->energyGroups); }

// ±1 at random for an error of a sample: the finalizer of MurmurHash3 (Appleby, 2011) over what it is.
INLINE double random_sign(uint32_t seed, uint32_t sample, uint32_t component) {
  uint32_t h = seed ^ (sample * 0x9e3779b1u) ^ (component * 0x85ebca77u);
  for (int pass = 0; pass < 2; pass++) h = (h ^ h >> 16) * 0x85ebca6bu, h = (h ^ h >> 13) * 0xc2b2ae35u, h ^= h >> 16;
  return h & 1 ? 1 : -1;
}

// Three numbers per function lie side by side: x y z x y z … . Six of them are three vectors.
#if VECTOR_BYTES != 16
#error "the passes over derivatives are written for vectors of two"
#endif

// f += Σ_s g_s D_s, with every g three times in a row.
INLINE void contract(const double *g3, const double *D, int count, double *f) {
  vd a = splatd(0), b = a, c = a;
  int k = 0;
  for (; k + 6 <= 3 * count; k += 6) {
    a = fmad(loadd(g3 + k), loadd(D + k), a);
    b = fmad(loadd(g3 + k + 2), loadd(D + k + 2), b);
    c = fmad(loadd(g3 + k + 4), loadd(D + k + 4), c);
  }
  f[0] += a[0] + b[1], f[1] += a[1] + c[0], f[2] += b[0] + c[1];
  for (; k < 3 * count; k += 3) f[0] += g3[k] * D[k], f[1] += g3[k + 1] * D[k + 1], f[2] += g3[k + 2] * D[k + 2];
}

// into[3 s + axis] += v[axis] D[3 s + axis]
INLINE void add_scaled(double *into, const double *v, const double *D, int count) {
  vd a = {v[0], v[1]}, b = {v[2], v[0]}, c = {v[1], v[2]};
  int k = 0;
  for (; k + 6 <= 3 * count; k += 6) {
    stored(into + k, fmad(a, loadd(D + k), loadd(into + k)));
    stored(into + k + 2, fmad(b, loadd(D + k + 2), loadd(into + k + 2)));
    stored(into + k + 4, fmad(c, loadd(D + k + 4), loadd(into + k + 4)));
  }
  for (; k < 3 * count; k += 3)
    for (int axis = 0; axis < 3; axis++) into[k + axis] += v[axis] * D[k + axis];
}

typedef struct {
  Batch *batches[MAXIMUM_TRAINED_ELEMENTS];
  int32_t counts[MAXIMUM_TRAINED_ELEMENTS];  // atoms of the piece
  double **tangents[MAXIMUM_TRAINED_ELEMENTS];  // [batch · groups + group]: [function][LANES]
  int32_t *lanes;   // of each atom of the piece, within those of its element
  double *expanded; // [element][3 functions]
  double *sums;     // [group][element + 1][3 functions]
  double *errors;   // of the forces of a structure; then what they are multiplied with
} Piece;

// F of one structure into `forces`.
PASS void structure_forces(const Matching *m, const Sample *s, const Piece *p, const int32_t *lanes, double *forces) {
  const DenseNetwork *networks = AT(DenseNetwork, m->networks);
  const FunctionList *lists = AT(FunctionList, m->lists);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const int32_t *slotsAt = AT(int32_t, s->slotsAt), *slots = AT(int32_t, s->slots);
  const double *D = AT(double, s->derivatives);
  for (uint32_t c = 0; c < 3 * s->atoms; c++) forces[c] = 0;
  int stride = 3 * m->functions;
  for (uint32_t i = 0; i < s->atoms; i++) {
    int e = elements[i], lane = lanes[i], count = networks[e].sizes[0];
    const double *g = p->batches[e][lane / LANES].gradient + lane % LANES;
    double *own = p->expanded + m->elements * stride;
    for (int k = 0; k < count; k++) own[3 * k] = own[3 * k + 1] = own[3 * k + 2] = g[k * LANES];
    contract(own, D, count, forces + 3 * i);
    D += 3 * count;
    for (int f = 0; f < m->elements; f++) {
      const FunctionList *list = &lists[e * m->elements + f];
      const int32_t *functions = AT(int32_t, list->functions);
      double *to = p->expanded + f * stride;
      for (int k = 0; k < list->count; k++) to[3 * k] = to[3 * k + 1] = to[3 * k + 2] = g[functions[k] * LANES];
    }
    for (int q = slotsAt[i]; q < slotsAt[i + 1]; q++) {
      int f = elements[slots[q]], n = lists[e * m->elements + f].count;
      contract(p->expanded + f * stride, D, n, forces + 3 * slots[q]);
      D += 3 * n;
    }
  }
}

// W of one structure.
PASS void structure_virial(const Matching *m, const Sample *s, const Piece *p, const int32_t *lanes, double *virial) {
  const DenseNetwork *networks = AT(DenseNetwork, m->networks);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const double *V = AT(double, s->strains);
  vd a = splatd(0), b = a, c = a;
  for (uint32_t i = 0; i < s->atoms; i++) {
    int e = elements[i], lane = lanes[i], count = networks[e].sizes[0];
    const double *g = p->batches[e][lane / LANES].gradient + lane % LANES;
    for (int k = 0; k < count; k++, V += 6) {
      vd u = splatd(g[k * LANES]);
      a = fmad(u, loadd(V), a), b = fmad(u, loadd(V + 2), b), c = fmad(u, loadd(V + 4), c);
    }
  }
  stored(virial, a), stored(virial + 2, b), stored(virial + 4, c);
}

// Adds Σ_v w_v V to the tangents: to those of the groups of the components, or all to the one there is.
PASS void add_strain_tangents(const Matching *m, const Sample *s, const Piece *p, const int32_t *lanes, int entry, int groups, const double *w) {
  const DenseNetwork *networks = AT(DenseNetwork, m->networks);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const double *V = AT(double, s->strains);
  for (uint32_t i = 0; i < s->atoms; i++) {
    int e = elements[i], lane = lanes[i], count = networks[e].sizes[0];
    for (int k = 0; k < count; k++, V += 6)
      for (int v = 0; v < 6; v++) {
        int group = m->make == MAKE_GRADIENT ? 0 : m->forceGroups + stress_group(m, entry, v);
        p->tangents[e][lane / LANES * groups + group][k * LANES + lane % LANES] += w[v] * V[v];
      }
  }
}

// T of one structure for v: each atom's part goes to the tangent of the atom's group. Other groups are left as they are.
PASS void structure_tangents(const Matching *m, const Sample *s, const Piece *p, const int32_t *lanes, int entry, int groups, int tangents, const double *v) {
  const DenseNetwork *networks = AT(DenseNetwork, m->networks);
  const FunctionList *lists = AT(FunctionList, m->lists);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const int32_t *slotsAt = AT(int32_t, s->slotsAt), *slots = AT(int32_t, s->slots);
  const double *D = AT(double, s->derivatives);
  int stride = 3 * m->functions, kinds = m->elements + 1;
  for (uint32_t i = 0; i < s->atoms; i++) {
    int e = elements[i], lane = lanes[i], count = networks[e].sizes[0];
    for (int k = 0; k < groups * kinds * stride; k++) p->sums[k] = 0;
    int own = groups > 1 ? force_group(m, entry, (int)i) : 0;
    add_scaled(p->sums + (own * kinds + m->elements) * stride, v + 3 * i, D, count);
    D += 3 * count;
    for (int q = slotsAt[i]; q < slotsAt[i + 1]; q++) {
      int j = slots[q], f = elements[j], n = lists[e * m->elements + f].count;
      int group = groups > 1 ? force_group(m, entry, j) : 0;
      add_scaled(p->sums + (group * kinds + f) * stride, v + 3 * j, D, n);
      D += 3 * n;
    }
    for (int group = 0; group < groups; group++) {
      double *to = p->tangents[e][lane / LANES * tangents + group] + lane % LANES;
      const double *from = p->sums + (group * kinds + m->elements) * stride;
      for (int k = 0; k < count; k++) to[k * LANES] = group == own ? from[3 * k] + from[3 * k + 1] + from[3 * k + 2] : 0;
      for (int f = 0; f < m->elements; f++) {
        const FunctionList *list = &lists[e * m->elements + f];
        const int32_t *functions = AT(int32_t, list->functions);
        from = p->sums + (group * kinds + f) * stride;
        for (int k = 0; k < list->count; k++) to[functions[k] * LANES] += from[3 * k] + from[3 * k + 1] + from[3 * k + 2];
      }
    }
  }
}

// Tangents that every batch of atoms has.
INLINE int tangent_groups(const Matching *m) { return m->make == MAKE_NOTHING ? 0 : m->make == MAKE_GRADIENT ? 1 : m->forceGroups + m->stressGroups; }

// Takes the memory of a piece; with `touch` 0 only what it would be.
static void take_piece(Arena *arena, const Matching *m, int index, Piece *p, Adjoints *adjoints, int touch) {
  const DenseNetwork *networks = AT(DenseNetwork, m->networks);
  const Sample *samples = AT(Sample, m->samples);
  const int32_t *batch = AT(int32_t, m->batch), *starts = AT(int32_t, m->pieceStarts);
  int atoms = 0, largest = 0;
  for (int e = 0; e < m->elements; e++) p->counts[e] = 0;
  for (int k = starts[index]; k < starts[index + 1]; k++) {
    const Sample *s = &samples[batch[k]];
    const uint8_t *elements = AT(uint8_t, s->elements);
    for (uint32_t i = 0; i < s->atoms; i++) p->counts[elements[i]]++;
    atoms += (int)s->atoms;
    if ((int)s->atoms > largest) largest = (int)s->atoms;
  }
  int groups = tangent_groups(m);
  p->lanes = take(arena, 4 * (uint64_t)atoms);
  p->errors = take(arena, 24 * (uint64_t)largest);
  p->expanded = take(arena, (uint64_t)(m->elements + 1) * (uint64_t)m->functions * 24);
  p->sums = take(arena, (uint64_t)groups * (uint64_t)(m->elements + 1) * (uint64_t)m->functions * 24);
  take_adjoints(arena, m->widest, m->deepest, adjoints);
  for (int e = 0; e < m->elements; e++) {
    int count = p->counts[e], batches = (count + LANES - 1) / LANES;
    p->batches[e] = take(arena, (uint64_t)batches * sizeof(Batch));
    p->tangents[e] = take(arena, (uint64_t)batches * (uint64_t)groups * sizeof(double *));
    for (int b = 0; b < batches; b++) {
      Batch unused, *to = touch ? &p->batches[e][b] : &unused;
      take_batch(arena, &networks[e], to);
      to->count = count - b * LANES < LANES ? count - b * LANES : LANES;
      to->width = (to->count + 2 * WD - 1) / (2 * WD) * (2 * WD);
      for (int group = 0; group < groups; group++) {
        double *lanes = take_lanes(arena, networks[e].sizes[0]);
        if (touch) p->tangents[e][b * groups + group] = lanes;
      }
    }
  }
}

static void match_piece(const Matching *m, uint32_t scratch, int index) {
  const DenseNetwork *networks = AT(DenseNetwork, m->networks);
  const Sample *samples = AT(Sample, m->samples);
  const int32_t *batch = AT(int32_t, m->batch), *starts = AT(int32_t, m->pieceStarts);
  const double *parameters = AT(double, m->parameters);
  Arena arena = {(uint64_t)(uintptr_t)AT(uint8_t, scratch)};
  Piece p;
  Adjoints adjoints;
  take_piece(&arena, m, index, &p, &adjoints, 1);
  int first = starts[index], end = starts[index + 1], make = m->make, groups = tangent_groups(m), forceGroups = make == MAKE_GRADIENT ? 1 : m->forceGroups;

  // Inputs, a lane for each atom.
  int32_t next[MAXIMUM_TRAINED_ELEMENTS];
  int wantForces = 0, atom = 0;
  for (int e = 0; e < m->elements; e++) next[e] = 0;
  for (int k = first; k < end; k++) {
    const Sample *s = &samples[batch[k]];
    const uint8_t *elements = AT(uint8_t, s->elements);
    const double *x = AT(double, s->values);
    if (s->derivatives) wantForces = 1;
    for (uint32_t i = 0; i < s->atoms; i++) {
      int e = elements[i], lane = next[e]++, count = networks[e].sizes[0];
      double *to = p.batches[e][lane / LANES].x + lane % LANES;
      for (int f = 0; f < count; f++) to[f * LANES] = *x++;
      p.lanes[atom++] = lane;
    }
  }
  for (int e = 0; e < m->elements; e++)
    for (int b = 0; b * LANES < p.counts[e]; b++) {
      Batch *to = &p.batches[e][b];
      for (int f = 0; f < networks[e].sizes[0]; f++)
        for (int c = to->count; c < to->width; c++) to->x[f * LANES + c] = 0;
      evaluate_batch(&networks[e], parameters, to, wantForces);
      if (make != MAKE_NOTHING && wantForces)
        for (int g = 0; g < groups; g++)
          for (int f = 0; f < networks[e].sizes[0] * LANES; f++) p.tangents[e][b * groups + g][f] = 0;
    }

  // Errors, what they are multiplied by, tangents.
  double *errors = AT(double, m->errors), *partial = AT(double, m->partials) + (uint64_t)index * (uint64_t)m->rows * (uint64_t)m->stride;
  double *residuals = AT(double, m->residuals) + (uint64_t)index * (uint64_t)m->rows;
  if (make != MAKE_NOTHING) {
    for (uint64_t q = 0; q < (uint64_t)m->rows * (uint64_t)m->stride; q++) partial[q] = 0;
    for (int q = 0; q < m->rows; q++) residuals[q] = 0;
  }
  const double *energyScales = AT(double, m->energyScales), *forceScales = AT(double, m->forceScales);
  double *seeds = take(&arena, (uint64_t)(end - first) * 8);
  atom = 0;
  for (int k = first; k < end; k++) {
    const Sample *s = &samples[batch[k]];
    const uint8_t *elements = AT(uint8_t, s->elements);
    const double *row = AT(double, s->row), *target = AT(double, s->forces);
    const int32_t *lanes = p.lanes + atom;
    double energy = 0;
    for (uint32_t i = 0; i < s->atoms; i++) energy += p.batches[elements[i]][lanes[i] / LANES].energy[lanes[i] % LANES];
    for (int o = 0; o < m->offsets; o++) energy += row[o] * parameters[m->offsetsAt + o];
    double error = s->hasEnergy ? (energy - s->energy) / s->atoms : 0;
    errors[3 * k] = error * error, errors[3 * k + 1] = errors[3 * k + 2] = 0;
    double seed = 0;
    int into = 0;
    if (make == MAKE_GRADIENT) seed = 2 * m->energyFactor * s->energyFactor * error / s->atoms;
    else if (make != MAKE_NOTHING && s->hasEnergy && m->energyGroups) {
      into = energy_group(m, k);
      // In the sum of absolute errors every one pulls in its own direction.
      double weight = (make == MAKE_SKETCH ? random_sign(m->seed, (uint32_t)batch[k], 3 * s->atoms) : error < 0 ? -1 : 1) * energyScales[into] * __builtin_sqrt(s->energyFactor);
      seed = weight / s->atoms;
      residuals[into] -= weight * error;
    }
    seeds[k - first] = seed;
    if (seed != 0)
      for (int o = 0; o < m->offsets; o++) partial[(uint64_t)into * (uint64_t)m->stride + (uint64_t)(m->offsetsAt + o)] += row[o] * seed;
    if (s->derivatives && s->forces) {
      structure_forces(m, s, &p, lanes, p.errors);
      double squares = 0, root = __builtin_sqrt(s->forceFactor);
      for (uint32_t c = 0; c < 3 * s->atoms; c++) {
        double d = p.errors[c] - target[c];
        squares += d * d;
        if (make == MAKE_GRADIENT) p.errors[c] = 2 * m->forceFactor * s->forceFactor * d;
        else if (make != MAKE_NOTHING && forceGroups) {
          int group = force_group(m, k, (int)(c / 3));
          double weight = (make == MAKE_SKETCH ? random_sign(m->seed, (uint32_t)batch[k], c) : d < 0 ? -1 : 1) * forceScales[group] * root;
          residuals[m->energyGroups + group] -= weight * d;
          p.errors[c] = weight;
        }
      }
      errors[3 * k + 1] = squares;
      if (make == MAKE_GRADIENT ? m->forceFactor != 0 : make != MAKE_NOTHING && forceGroups) structure_tangents(m, s, &p, lanes, k, forceGroups, groups, p.errors);
    }
    if (s->strains && s->virial) {
      double virial[6], squares = 0, root = __builtin_sqrt(s->stressFactor);
      const double *reference = AT(double, s->virial), *stressScales = AT(double, m->stressScales);
      structure_virial(m, s, &p, lanes, virial);
      for (int v = 0; v < 6; v++) {
        double d = (virial[v] - reference[v]) / s->atoms;
        squares += d * d;
        if (make == MAKE_GRADIENT) virial[v] = 2 * m->stressFactor * s->stressFactor * d / s->atoms;
        else if (make != MAKE_NOTHING && m->stressGroups) {
          int group = stress_group(m, k, v);
          double weight = (make == MAKE_SKETCH ? random_sign(m->seed, (uint32_t)batch[k], 3 * s->atoms + 1 + (uint32_t)v) : d < 0 ? -1 : 1) * stressScales[group] * root;
          residuals[m->energyGroups + forceGroups + group] -= weight * d;
          virial[v] = weight / s->atoms;
        }
      }
      errors[3 * k + 2] = squares;
      if (make == MAKE_GRADIENT ? m->stressFactor != 0 : make != MAKE_NOTHING && m->stressGroups) add_strain_tangents(m, s, &p, lanes, k, groups, virial);
    }
    atom += (int)s->atoms;
  }
  if (make == MAKE_NOTHING) return;

  // Parameter gradients, one pass back per row.
  double *lanes = take(&arena, LANES * 8), *mask = take(&arena, LANES * 8);
  int useForces = wantForces && (make != MAKE_GRADIENT || m->forceFactor != 0 || m->stressFactor != 0);
  int passes = make == MAKE_GRADIENT ? 1 : m->rows;
  for (int e = 0; e < m->elements; e++)
    for (int b = 0; b * LANES < p.counts[e]; b++) {
      const Batch *one = &p.batches[e][b];
      for (int c = 0; c < LANES; c++) mask[c] = c < one->count ? 1 : 0;
      for (int pass = 0; pass < passes; pass++) {
        int energyPass = make == MAKE_GRADIENT || pass < m->energyGroups;
        int forcePass = useForces && (make == MAKE_GRADIENT || pass >= m->energyGroups);
        if (energyPass) {
          for (int c = 0; c < LANES; c++) lanes[c] = 0;
          int at = 0;
          for (int k = first; k < end; k++) {
            const Sample *s = &samples[batch[k]];
            const uint8_t *elements = AT(uint8_t, s->elements);
            if (make == MAKE_GRADIENT || energy_group(m, k) == pass)
              for (uint32_t i = 0; i < s->atoms; i++)
                if (elements[i] == e && p.lanes[at + (int)i] / LANES == b) lanes[p.lanes[at + (int)i] % LANES] = seeds[k - first];
            at += (int)s->atoms;
          }
        }
        const double *tangent = forcePass ? p.tangents[e][b * groups + (make == MAKE_GRADIENT ? 0 : pass - m->energyGroups)] : 0;
        if (energyPass || tangent)
          add_parameter_gradient(&networks[e], parameters, one, energyPass ? lanes : 0, tangent, mask, &adjoints, partial + (uint64_t)pass * (uint64_t)m->stride);
      }
    }
}

// Bytes of scratch that the pieces need.
static uint64_t match_scratch(const Matching *m) {
  uint64_t most = 0;
  for (int index = 0; index < m->pieces; index++) {
    Arena arena = {0};
    Piece p;
    Adjoints adjoints;
    take_piece(&arena, m, index, &p, &adjoints, 0);
    const int32_t *starts = AT(int32_t, m->pieceStarts);
    take(&arena, (uint64_t)(starts[index + 1] - starts[index]) * 8 + 4 * LANES * 8);
    if (arena.next > most) most = arena.next;
  }
  return most + 256;
}

#define REDUCED 512  // parameters of a piece of the reduction

static void reduce_piece(const Matching *m, int index) {
  int from = index * REDUCED, to = from + REDUCED < m->stride ? from + REDUCED : m->stride;
  const double *partials = AT(double, m->partials);
  double *totals = AT(double, m->totals);
  for (int r = 0; r < m->rows; r++)
    for (int q = from; q < to; q += WD) {
      vd sum = splatd(0);
      for (int p = 0; p < m->pieces; p++) sum += loadd(partials + ((uint64_t)p * (uint64_t)m->rows + (uint64_t)r) * (uint64_t)m->stride + q);
      stored(totals + (uint64_t)r * (uint64_t)m->stride + q, sum);
    }
}
