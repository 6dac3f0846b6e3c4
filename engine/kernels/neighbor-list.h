// The neighbour list: for each block of atoms its slots, and for each atom the slots within cutoff and skin.
#pragma once
#include "atom.h"

typedef struct {
  int32_t x, y, z, slot;  // cell counted without wrapping, and its first slot in the block
} CellImage;

INLINE uint32_t hash_cell(int x, int y, int z) { return (uint32_t)x * 73856093u ^ (uint32_t)y * 19349663u ^ (uint32_t)z * 83492791u; }

INLINE int wrap_cell(int i, int n, int *shift) {
  int s = i >= 0 ? i / n : -((n - 1 - i) / n);
  *shift = s;
  return i - s * n;
}

// Working memory for a block's slots.
#define BLOCK_BYTES(slots) ((uint64_t)(slots) * (3 * sizeof(double) + 1) + 2 * (LINE + GAP))

// One block's part of the list. With fill = 0 counts slots (returned through the block) and entries per atom
// (listStarts[i + 1]), and raises *scratch to what evaluating its atoms needs; with fill = 1 writes both.
EXPORT(list_block)
void list_block(const Model *m, const System *s, int32_t index, int32_t fill, uint32_t tableAddress, uint32_t tableSize, uint32_t scratchAddress) {
  Block *block = AT(Block, s->blocks) + index;
  CellImage *table = AT(CellImage, tableAddress);
  const double *positions = AT(double, s->positions);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const uint32_t *cellStarts = AT(uint32_t, s->cellStarts);
  uint32_t *starts = AT(uint32_t, s->listStarts), *list = AT(uint32_t, s->list);
  uint32_t *slotAtoms = AT(uint32_t, s->slotAtoms) + block->firstSlot;
  int8_t *slotShifts = AT(int8_t, s->slotShifts) + 4 * (uint64_t)block->firstSlot;
  uint64_t *scratch = AT(uint64_t, scratchAddress);
  Tables tables = tables_of(m);
  int32_t counts[MAXIMUM_ELEMENTS];
  int ny = s->cellCounts[1], nz = s->cellCounts[2];
  double limit = s->listCutoff * s->listCutoff;
  int slots = 0;
  for (uint32_t q = 0; q < tableSize; q++) table[q].slot = -1;
  uint32_t end = block->firstAtom + block->atoms;
  // The cell of the block's first atom, then cell after cell.
  uint32_t cell = 0, high = (uint32_t)s->cellCounts[0] * ny * nz;
  while (cell + 1 < high) {
    uint32_t middle = (cell + high) / 2;
    if (cellStarts[middle] <= block->firstAtom) cell = middle;
    else high = middle;
  }
  uint64_t need = 0;
  for (uint32_t i = block->firstAtom; i < end; i++) {
    while (cellStarts[cell + 1] <= i) cell++;
    int cx = (int)(cell / (ny * nz)), cy = (int)(cell / nz % ny), cz = (int)(cell % nz);
    const double *p = positions + 3 * (uint64_t)i;
    uint32_t entry = fill ? starts[i] : 0;
    for (int e = 0; e < m->elementCount; e++) counts[e] = 0;
    for (int ox = -s->reach[0]; ox <= s->reach[0]; ox++)
      for (int oy = -s->reach[1]; oy <= s->reach[1]; oy++)
        for (int oz = -s->reach[2]; oz <= s->reach[2]; oz++) {
          int x = cx + ox, y = cy + oy, z = cz + oz, a, b, c;
          int wx = wrap_cell(x, s->cellCounts[0], &a), wy = wrap_cell(y, ny, &b), wz = wrap_cell(z, nz, &c);
          if ((a && !s->periodic[0]) || (b && !s->periodic[1]) || (c && !s->periodic[2])) continue;
          uint32_t other = (uint32_t)((wx * ny + wy) * nz + wz), first = cellStarts[other], last = cellStarts[other + 1];
          if (first == last) continue;
          uint32_t q = hash_cell(x, y, z) & (tableSize - 1);
          while (table[q].slot >= 0 && (table[q].x != x || table[q].y != y || table[q].z != z)) q = (q + 1) & (tableSize - 1);
          if (table[q].slot < 0) {
            table[q] = (CellImage){x, y, z, slots};
            if (fill)
              for (uint32_t j = first; j < last; j++) {
                uint32_t slot = slots + j - first;
                slotAtoms[slot] = j;
                slotShifts[4 * slot] = (int8_t)a, slotShifts[4 * slot + 1] = (int8_t)b, slotShifts[4 * slot + 2] = (int8_t)c;
              }
            slots += (int)(last - first);
          }
          double sx = a * s->cell[0] + b * s->cell[3] + c * s->cell[6] - p[0];
          double sy = a * s->cell[1] + b * s->cell[4] + c * s->cell[7] - p[1];
          double sz = a * s->cell[2] + b * s->cell[5] + c * s->cell[8] - p[2];
          int home = !(a | b | c);
          for (uint32_t j = first; j < last; j++) {
            const double *r = positions + 3 * (uint64_t)j;
            double dx = r[0] + sx, dy = r[1] + sy, dz = r[2] + sz;
            if (dx * dx + dy * dy + dz * dz >= limit || (home && j == i)) continue;
            counts[elements[j]]++;
            if (fill) list[entry] = (uint32_t)table[q].slot + j - first;
            entry++;
          }
        }
    if (!fill) {
      starts[i + 1] = entry;
      uint64_t bytes = atom_bytes(&tables, &tables.elements[elements[i]], counts, (int)entry);
      if (bytes > need) need = bytes;
    }
  }
  if (fill) return;
  block->slots = (uint32_t)slots;
  need += BLOCK_BYTES(slots);
  if (need > *scratch) *scratch = need;
}
