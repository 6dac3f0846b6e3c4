// The tables of a potential and of a system as the kernels read them. engine/kernels/layout.ts writes them: the two must
// agree field by field (a test compares sizes). Lengths in Å, energies in eV, unless the model says otherwise.
// Indices count from the start of a table, or, where it says "of the centre", from the centre's first entry.
#pragma once
#include <stdint.h>

// A function of one distance that vanishes outside inner < r < outer: a cutoff function (n2p2 types 0 to 8 with inner
// cutoff fraction alpha), or a compact core function of Bircher et al. 2021 centred between inner and outer.
typedef struct {
  double inner, outer;
  double alpha;
  int32_t kind;  // 0…8 cutoff functions; 16 + 2 shape + asymmetric for compact ones
  int32_t unused;
} Channel;

// The neighbours of one element around a centre. They are sorted by the shell they lie in: shells are what the ends of
// channels cut space into, so that each channel holds the neighbours of consecutive shells.
typedef struct {
  int32_t element;
  int32_t firstRadius, radii;  // squares of the shells' outer radii, ascending
  int32_t degree;              // of the moments of its factors, 0 if there are none
} Neighborhood;

// The neighbours of one neighbourhood that lie within one channel.
typedef struct {
  int32_t neighborhood;  // of the centre
  int32_t channel;
  int32_t firstShell, lastShell;  // firstShell ≤ shell < lastShell
} View;

// exp(-eta (r - shift)²) · channel(r) of each neighbour of a view.
typedef struct {
  double eta, shift;
  int32_t view;            // of the centre
  int32_t base, exponent;  // the exponential is that of factor `base` (of the centre) to this power; base -1: computed
  int32_t needed;          // others are powers of this one
  int32_t paired;          // functions of triples or its vector use it
  int32_t degree;          // of its moments, 0 if there are none
  int32_t vector;          // number of the sum of its unit vectors (of the centre), -1 if there is none
  int32_t unused;
} Factor;

// G[index] += weight · sum of a factor over its neighbours
typedef struct {
  double weight;
  int32_t factor, index;
} Radial;

// Functions exp(-eta …)·(1 + lambda cos)^zeta: two that differ in the sign of lambda are summed together.
typedef struct {
  double lambda, zeta;
  double plusScale, minusScale;  // 2^(1-zeta) · weight
  int32_t power;                 // zeta if it is a small integer, else 0
  int32_t plus, minus;           // indices of G, -1 where there is none
  int32_t unused;
} Term;

// All terms with one eta.
typedef struct {
  double eta;
  int32_t base, exponent;  // exp(-eta s) is that of exponential `base` to this power; base -1: computed
  int32_t firstTerm, terms;
  int32_t degree;  // of the polynomial in cos that collects the integer powers, 0 if there are none
  int32_t unused;
} Exponential;

// Triples of a centre with neighbours in two views that share their radial factors.
typedef struct {
  double shift;
  int32_t viewA, viewB;  // of the centre; the same, or different elements on the same channel
  int32_t narrow;        // the distance between the neighbours enters
  int32_t firstExponential, exponentials;
  int32_t channel;
  int32_t byMoments;     // moments give its functions, too
  int32_t unused;
} Triples;

// Wide functions of triples with one factor for each neighbour, as moments give them.
typedef struct {
  int32_t factorA, factorB;  // of the centre
  int32_t firstTerm, terms;
  int32_t degree;  // the largest power
  int32_t unused;
} Pairing;

// A compact function of the angle: step(|theta - center| / width)
typedef struct {
  double center, inverseWidth;
  int32_t kind;  // of the step, as in a channel
  int32_t unused;
} Window;

// All functions with windows of a centre with neighbours in two neighbourhoods: angles and windows are shared.
typedef struct {
  int32_t neighborhoodA, neighborhoodB;  // of the centre; may be the same
  int32_t narrow;                        // the distance between the neighbours enters
  int32_t firstWindow, windows;
  int32_t firstProduct, products;
  int32_t cells;                         // of all of them
} Angles;

// Those of them with the same radial part: factorA · factorB (· channel of the distance between the neighbours).
typedef struct {
  int32_t factorA, factorB;  // of the centre
  int32_t channel;
  int32_t firstCell, cells;
  int32_t unused;
} Product;

// One of them: G[index] += scale · sum of product · window
typedef struct {
  double scale;
  int32_t window;  // of the angles
  int32_t index;
} Cell;

// The signed volume of the vectors of three factors.
typedef struct {
  int32_t vectors[3];  // of the centre
  int32_t unused;
} Volume;

// G[index] += product of two volumes, or the first alone
typedef struct {
  int32_t first, second;  // of the centre; second -1: none
  int32_t index;
  int32_t unused;
} Chiral;

typedef struct {
  int32_t inputs, outputs;
  int32_t activation;
  int32_t stride;            // outputs padded to the width of a vector
  int32_t weights, biases;   // offsets in doubles from the model's numbers: weights[input][stride], biases[stride]
  int32_t transposed, transposedStride;  // weights[output][stride of inputs]
} Layer;

typedef struct {
  double offset;      // energy of the atom beside the network's
  int32_t functions;  // number of G
  int32_t scaling;    // offset in numbers: shift, then factor, both padded to multiples of 8 like all rows
  int32_t firstNeighborhood, neighborhoods;
  int32_t shells;   // of all neighbourhoods, each with one beyond the last
  int32_t vectors;  // of factors
  int32_t firstView, views;
  int32_t firstFactor, factors;
  int32_t firstRadial, radials;
  int32_t firstTriples, triples;
  int32_t firstPairing, pairings;
  int32_t firstAngles, angles;
  int32_t firstVolume, volumes;
  int32_t firstChiral, chirals;
  int32_t firstLayer, layers;
} ElementModel;

typedef struct {
  // Addresses of the tables.
  uint32_t channels, radii, neighborhoods, views, factors, radials, triples, exponentials, terms, pairings;
  uint32_t angles, products, cells, windows, volumes, chirals, layers, elements, numbers;
  int32_t elementCount;
  int32_t maximumWidth;  // of a layer or of G, padded
  int32_t unused;
  double cutoff;         // the largest
  double energyScale;    // eV per unit of the networks' energy
} Model;

// The system's arrays; addresses in the shared memory. Atoms are in the order of cells.
typedef struct {
  uint32_t positions;       // double[3 atoms], wrapped once at the build of the list
  uint32_t elements;        // uint8[atoms], index into the model's elements
  uint32_t energies;        // double[atoms]
  uint32_t forces;          // double[3 atoms]
  uint32_t blocks;          // Block[blocks]
  uint32_t slotAtoms;       // uint32[slots]
  uint32_t slotShifts;      // int8[4 slots]
  uint32_t slotForces;      // double[3 slots]
  uint32_t listStarts;      // uint32[atoms + 1]
  uint32_t list;            // uint32[entries]: slots, counted within the block
  uint32_t atomSlotStarts;  // uint32[atoms + 1]
  uint32_t atomSlots;       // uint32[slots], in ascending order for each atom
  uint32_t cellStarts;      // uint32[cells]: first atom of each cell, cells counted along c, then b, then a
  uint32_t cellEnds;        // uint32[cells]: behind its last atom
  uint32_t atomCells;       // uint32[atoms]: cell of each atom
  uint32_t values;          // double[atoms][valueStride]: G, unscaled; 0 if not wanted
  int32_t valueStride;
  int32_t atoms, blockCount;
  int32_t cellCounts[3];
  int32_t reach[3];     // cells to look at on either side
  int32_t periodic[3];
  double cell[9];     // vectors a, b, c as rows
  double origin[3];   // of the grid of cells
  double inverse[9];  // fractional = (r - origin) · inverse
  double listCutoff;  // cutoff + skin
} System;

typedef struct {
  uint32_t firstAtom, atoms;
  uint32_t firstSlot, slots;
  double virial[9];
} Block;
