// The kernels as a native program, for sanitizers: builds the neighbour list of a system again in an image of the memory
// that WebAssembly had, compares it with the one there, and evaluates all atoms. Whatever lies outside the arrays of the
// system must not be touched.
//
// native IMAGE MODEL SYSTEM FREE OUTPUT: addresses of the two structures, first address behind the arrays; writes
// double energies[atoms], forces[3 atoms], virial[9].
#include "native.h"
#include "../../../engine/kernels/kernel.c"
#include <string.h>

uint8_t *memory_base;

#define TABLE_ENTRIES (1 << 16)
#define NEAR_CELLS (1 << 12)
#define TABLE_BYTES (TABLE_ENTRIES * sizeof(CellImage) + NEAR_CELLS * sizeof(NearCell))

static void allow(uint64_t address, uint64_t bytes) { GUARD((uintptr_t)memory_base + address, bytes, (uintptr_t)memory_base + address + bytes); }

int main(int count, char **arguments) {
  if (count != 6) fail("native IMAGE MODEL SYSTEM FREE OUTPUT");
  uint32_t modelAddress = (uint32_t)atol(arguments[2]), systemAddress = (uint32_t)atol(arguments[3]), end = (uint32_t)atol(arguments[4]);
  // Behind the image: the table of cells, the size of the working memory, the working memory.
  uint64_t table = ((uint64_t)end + LINE) / LINE * LINE, needed = table + TABLE_BYTES + LINE, scratch = needed + 2 * LINE;
  memory_base = aligned_alloc(LINE, scratch);
  FILE *file = fopen(arguments[1], "rb");
  if (!file || fread(memory_base, 1, end, file) != end) fail("the image can't be read");
  fclose(file);
  memset(memory_base + table, 0, scratch - table);

  System *s = AT(System, systemAddress);
  uint64_t atoms = (uint64_t)s->atoms, blocks = (uint64_t)s->blockCount;
  uint32_t *starts = AT(uint32_t, s->listStarts);
  uint64_t entries = starts[atoms], slots = 0;
  for (uint64_t b = 0; b < blocks; b++) slots += AT(Block, s->blocks)[b].slots;

  // Counting tells how much working memory a native program needs: its pointers are longer.
  uint32_t *expectedStarts = malloc((atoms + 1) * sizeof(uint32_t)), *expected = malloc((entries + 1) * sizeof(uint32_t));
  memcpy(expectedStarts, starts, (atoms + 1) * sizeof(uint32_t));
  memcpy(expected, AT(uint32_t, s->list), entries * sizeof(uint32_t));
  for (uint64_t b = 0; b < blocks; b++) list_block(AT(Model, modelAddress), s, (int32_t)b, 0, (uint32_t)table, TABLE_ENTRIES, (uint32_t)needed);
  for (uint64_t i = 0; i < atoms; i++)
    if (starts[i + 1] != expectedStarts[i + 1] - expectedStarts[i]) fail("other neighbours are counted");
  memcpy(starts, expectedStarts, (atoms + 1) * sizeof(uint32_t));
  uint64_t working = *AT(uint64_t, needed);

  uint8_t *larger = aligned_alloc(LINE, (scratch + working + LINE) / LINE * LINE);
  memcpy(larger, memory_base, scratch);
  free(memory_base);
  memory_base = larger;
  s = AT(System, systemAddress);
#ifdef __SANITIZE_ADDRESS__
  __asan_poison_memory_region(memory_base, scratch + working);
#endif
  // The model's tables lie in one piece before its structure, behind everything static.
  const Model *m = AT(Model, modelAddress);
  allow(modelAddress, sizeof(Model));
  allow(m->channels, modelAddress - m->channels);
  allow(systemAddress, sizeof(System));
  allow(s->positions, atoms * 24), allow(s->elements, atoms), allow(s->energies, atoms * 8), allow(s->forces, atoms * 24);
  allow(s->blocks, blocks * sizeof(Block)), allow(s->slotAtoms, slots * 4), allow(s->slotShifts, slots * 4), allow(s->slotForces, slots * 24);
  allow(s->listStarts, (atoms + 1) * 4), allow(s->list, entries * 4);
  allow(s->atomSlotStarts, (atoms + 1) * 4), allow(s->atomSlots, slots * 4);
  uint64_t cells = (uint64_t)(s->cellCounts[0] * s->cellCounts[1] * s->cellCounts[2]);
  allow(s->cellStarts, cells * 4), allow(s->cellEnds, cells * 4), allow(s->atomCells, atoms * 4);
  allow(table, TABLE_BYTES), allow(needed, sizeof(uint64_t));

  for (uint64_t b = 0; b < blocks; b++) list_block(m, s, (int32_t)b, 1, (uint32_t)table, TABLE_ENTRIES, (uint32_t)needed);
  if (memcmp(expected, AT(uint32_t, s->list), entries * sizeof(uint32_t))) fail("the neighbour list is another one");
  double virial[9] = {0};
  for (uint64_t b = 0; b < blocks; b++) {
    evaluate(m, s, (uint32_t)scratch, (int32_t)b);
    for (int q = 0; q < 9; q++) virial[q] += AT(Block, s->blocks)[b].virial[q];
  }
  gather_forces(s, 0, (uint32_t)atoms);

  file = fopen(arguments[5], "wb");
  if (!file) fail("the output can't be written");
  fwrite(AT(double, s->energies), sizeof(double), atoms, file);
  fwrite(AT(double, s->forces), sizeof(double), 3 * atoms, file);
  fwrite(virial, sizeof(double), 9, file);
  fclose(file);
  free(memory_base), free(expected), free(expectedStarts);
  return 0;
}
