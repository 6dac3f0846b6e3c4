// A feed-forward network of one atom: energy and gradient by its inputs, in double. Weights lie input-major for the way
// forward and output-major for the way back, rows padded to whole vectors.
#pragma once
#include "functions.h"

#define MAXIMUM_LAYERS 8

typedef struct {
  double *values[MAXIMUM_LAYERS + 1];  // of each layer, [0] the inputs
  double *slopes[MAXIMUM_LAYERS + 1];
} NetworkScratch;

// Gradient dE/dx goes to `gradient` (padded like the inputs). Returns E.
PASS double network_energy(const Layer *layers, int count, const double *numbers, NetworkScratch *s, double *gradient) {
  for (int l = 0; l < count; l++) {
    const Layer *layer = &layers[l];
    int vectors = layer->stride / WD;
    vd *y = (vd *)s->values[l + 1], *slope = (vd *)s->slopes[l + 1];
    const vd *b = (const vd *)(numbers + layer->biases);
    for (int q = 0; q < vectors; q++) y[q] = b[q];
    const double *x = s->values[l];
    for (int k = 0; k < layer->inputs; k++) {
      vd a = splatd(x[k]);
      const vd *w = (const vd *)(numbers + layer->weights + k * layer->stride);
      for (int q = 0; q < vectors; q++) y[q] = fmad(a, w[q], y[q]);
    }
    for (int q = 0; q < vectors; q++) activate(layer->activation, y[q], &y[q], &slope[q]);
  }
  double energy = s->values[count][0];
  // Backwards the slopes become dE/d(sum before activation), layer by layer.
  double *d = s->slopes[count];
  for (int k = 1; k < layers[count - 1].stride; k++) d[k] = 0;
  for (int l = count - 1; l >= 0; l--) {
    const Layer *layer = &layers[l];
    int vectors = layer->transposedStride / WD;
    vd *into = (vd *)gradient;
    for (int q = 0; q < vectors; q++) into[q] = splatd(0);
    for (int k = 0; k < layer->outputs; k++) {
      vd a = splatd(d[k]);
      const vd *w = (const vd *)(numbers + layer->transposed + k * layer->transposedStride);
      for (int q = 0; q < vectors; q++) into[q] = fmad(a, w[q], into[q]);
    }
    if (l > 0) {
      vd *slope = (vd *)s->slopes[l];
      for (int q = 0; q < vectors; q++) slope[q] *= into[q];
      d = s->slopes[l];
    }
  }
  return energy;
}
