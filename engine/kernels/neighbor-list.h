// The neighbour list: for each block of atoms its slots, and for each atom the slots within cutoff and skin.
#pragma once
#include "atom.h"

// Where a cell, or an image of one, begins in a block's slots.
typedef struct {
  int32_t x, y, z, slot;  // cell counted without wrapping, and its first slot
  uint32_t pass;          // of which block and pass it is: what others left behind counts as empty
} CellImage;

// A cell within reach of the atoms at hand.
typedef struct {
  uint32_t first, last;  // its atoms
  int32_t slot;          // of the first
  int32_t home;          // no image
  double shift[3];
} NearCell;

INLINE uint32_t hash_cell(int x, int y, int z) { return (uint32_t)x * 73856093u ^ (uint32_t)y * 19349663u ^ (uint32_t)z * 83492791u; }

INLINE int wrap_cell(int i, int n, int *shift) {
  int s = i >= 0 ? i / n : -((n - 1 - i) / n);
  *shift = s;
  return i - s * n;
}

// Working memory for a block's slots.
#define BLOCK_BYTES(slots) ((uint64_t)(slots) * (3 * sizeof(double) + 1) + 2 * (LINE + GAP))

// Cells around cell (cx, cy, cz) that have atoms, to `near`; returns how many. Those that the block meets for the first time
// get slots behind its `*slots` and, with fill = 1, write them.
static int find_near(const System *s, const int *center, uint32_t pass, int fill, CellImage *table, uint32_t tableSize, uint32_t *slotAtoms, int8_t *slotShifts,
                     int *slots, NearCell *near) {
  const uint32_t *cellStarts = AT(uint32_t, s->cellStarts), *cellEnds = AT(uint32_t, s->cellEnds);
  int count = 0, ny = s->cellCounts[1], nz = s->cellCounts[2];
  for (int x = center[0] - s->reach[0]; x <= center[0] + s->reach[0]; x++)
    for (int y = center[1] - s->reach[1]; y <= center[1] + s->reach[1]; y++)
      for (int z = center[2] - s->reach[2]; z <= center[2] + s->reach[2]; z++) {
        int a, b, c, wx = wrap_cell(x, s->cellCounts[0], &a), wy = wrap_cell(y, ny, &b), wz = wrap_cell(z, nz, &c);
        if ((a && !s->periodic[0]) || (b && !s->periodic[1]) || (c && !s->periodic[2])) continue;
        int cell = (wx * ny + wy) * nz + wz;
        uint32_t first = cellStarts[cell], last = cellEnds[cell];
        if (first == last) continue;
        uint32_t q = hash_cell(x, y, z) & (tableSize - 1);
        while (table[q].pass == pass && (table[q].x != x || table[q].y != y || table[q].z != z)) q = (q + 1) & (tableSize - 1);
        if (table[q].pass != pass) {
          table[q] = (CellImage){x, y, z, *slots, pass};
          if (fill)
            for (uint32_t j = first; j < last; j++) {
              uint32_t slot = (uint32_t)*slots + j - first;
              slotAtoms[slot] = j;
              slotShifts[4 * slot] = (int8_t)a, slotShifts[4 * slot + 1] = (int8_t)b, slotShifts[4 * slot + 2] = (int8_t)c;
            }
          *slots += (int)(last - first);
        }
        NearCell *one = &near[count++];
        *one = (NearCell){first, last, table[q].slot, !(a | b | c), {0}};
        for (int k = 0; k < 3; k++) one->shift[k] = a * s->cell[k] + b * s->cell[3 + k] + c * s->cell[6 + k];
      }
  return count;
}

// One block's part of the list. With fill = 0 counts slots (returned through the block) and entries per atom
// (listStarts[i + 1]), and raises *scratch to what evaluating its atoms needs; with fill = 1 writes both. Behind the table
// (zeros at the start) there is room for the cells within reach.
EXPORT(list_block)
void list_block(const Model *m, const System *s, int32_t index, int32_t fill, uint32_t tableAddress, uint32_t tableSize, uint32_t scratchAddress) {
  Block *block = AT(Block, s->blocks) + index;
  CellImage *table = AT(CellImage, tableAddress);
  NearCell *near = AT(NearCell, tableAddress + ((uint32_t)sizeof(CellImage) * tableSize + 7) / 8 * 8);
  const double *positions = AT(double, s->positions);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const uint32_t *atomCells = AT(uint32_t, s->atomCells);
  uint32_t *starts = AT(uint32_t, s->listStarts), *list = AT(uint32_t, s->list);
  uint32_t *slotAtoms = AT(uint32_t, s->slotAtoms) + block->firstSlot;
  int8_t *slotShifts = AT(int8_t, s->slotShifts) + 4 * (uint64_t)block->firstSlot;
  uint64_t *scratch = AT(uint64_t, scratchAddress);
  Tables tables = tables_of(m);
  int32_t counts[MAXIMUM_ELEMENTS];
  int ny = s->cellCounts[1], nz = s->cellCounts[2];
  double limit = s->listCutoff * s->listCutoff;
  int slots = 0, cell = -1, cells = 0;
  uint32_t pass = 2 * (uint32_t)index + (uint32_t)fill + 1;
  uint32_t end = block->firstAtom + block->atoms;
  uint64_t need = 0;
  for (uint32_t i = block->firstAtom; i < end; i++) {
    if ((int)atomCells[i] != cell) {
      cell = (int)atomCells[i];
      int center[3] = {cell / (ny * nz), cell / nz % ny, cell % nz};
      cells = find_near(s, center, pass, fill, table, tableSize, slotAtoms, slotShifts, &slots, near);
    }
    const double *p = positions + 3 * (uint64_t)i;
    uint32_t entry = fill ? starts[i] : 0;
    for (int e = 0; e < m->elementCount; e++) counts[e] = 0;
    for (int n = 0; n < cells; n++) {
      const NearCell *one = &near[n];
      double sx = one->shift[0] - p[0], sy = one->shift[1] - p[1], sz = one->shift[2] - p[2];
      for (uint32_t j = one->first; j < one->last; j++) {
        const double *r = positions + 3 * (uint64_t)j;
        double dx = r[0] + sx, dy = r[1] + sy, dz = r[2] + sz;
        if (dx * dx + dy * dy + dz * dz >= limit || (one->home && j == i)) continue;
        counts[elements[j]]++;
        if (fill) list[entry] = (uint32_t)one->slot + j - one->first;
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
