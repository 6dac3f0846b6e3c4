// Energies, forces and virial of a Behler–Parrinello potential, and the neighbour list they need: what the WebAssembly
// module exports.
//
// Work is cut into blocks of atoms that are close in space. A block sees its surroundings as *slots*: atoms and periodic
// images, copied to contiguous local arrays. Forces on slots are written per block and added up per atom in the order of
// blocks, so that results don't depend on how many threads did the work.
#include "atom.h"
#include "neighbor-list.h"

// Adds force ⊗ (position - origin): with the forces that a block's atoms make, which sum up to 0, the sum is independent
// of the origin.
INLINE void add_virial(double *virial, const double *force, const double *position, const double *origin) {
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++) virial[3 * a + b] += force[a] * (position[b] - origin[b]);
}

// Energies of a block's atoms, what they make to the forces on its slots and on themselves, and its virial.
EXPORT(evaluate)
void evaluate(const Model *m, const System *s, uint32_t scratchAddress, int32_t index) {
  Block *block = AT(Block, s->blocks) + index;
  Tables tables = tables_of(m);
  const double *positions = AT(double, s->positions);
  const uint8_t *elements = AT(uint8_t, s->elements);
  const uint32_t *starts = AT(uint32_t, s->listStarts), *list = AT(uint32_t, s->list);
  const uint32_t *slotAtoms = AT(uint32_t, s->slotAtoms) + block->firstSlot;
  const int8_t *shifts = AT(int8_t, s->slotShifts) + 4 * (uint64_t)block->firstSlot;
  double *slotForces = AT(double, s->slotForces) + 3 * (uint64_t)block->firstSlot;
  double *forces = AT(double, s->forces), *energies = AT(double, s->energies);
  int slots = (int)block->slots;

  Arena blockArena = {(uintptr_t)AT(uint8_t, scratchAddress)};
  double *slotPositions = take(&blockArena, (uint64_t)slots * 3 * sizeof(double));
  uint8_t *slotElements = take(&blockArena, (uint64_t)slots);
  for (int k = 0; k < slots; k++) {
    const double *p = positions + 3 * (uint64_t)slotAtoms[k];
    double a = shifts[4 * k], b = shifts[4 * k + 1], c = shifts[4 * k + 2];
    slotPositions[3 * k] = p[0] + (a * s->cell[0] + b * s->cell[3] + c * s->cell[6]);
    slotPositions[3 * k + 1] = p[1] + (a * s->cell[1] + b * s->cell[4] + c * s->cell[7]);
    slotPositions[3 * k + 2] = p[2] + (a * s->cell[2] + b * s->cell[5] + c * s->cell[8]);
    slotElements[k] = elements[slotAtoms[k]];
    slotForces[3 * k] = slotForces[3 * k + 1] = slotForces[3 * k + 2] = 0;
  }

  Slots around = {slotPositions, slotElements, slotForces};
  const double *center = positions + 3 * (uint64_t)block->firstAtom;
  double virial[9] = {0};
  for (uint32_t i = block->firstAtom; i < block->firstAtom + block->atoms; i++) {
    Arena arena = blockArena;
    Atom atom;
    const ElementModel *em = &tables.elements[elements[i]];
    const double *p = positions + 3 * (uint64_t)i;
    double own[3] = {0};
    gather_neighbors(&tables, em, &around, p, list + starts[i], (int)(starts[i + 1] - starts[i]), &atom, &arena);
    compute_descriptors(&tables, em, &atom);
    energies[i] = compute_energy(&tables, em, &atom);
    add_forces(&tables, em, &atom, &around, own);
    for (int a = 0; a < 3; a++) forces[3 * (uint64_t)i + a] = own[a];
    add_virial(virial, own, p, center);
    if (s->values) {
      double *values = AT(double, s->values) + (uint64_t)i * (uint64_t)s->valueStride;
      for (int g = 0; g < em->functions; g++) values[g] = atom.G[g];
    }
  }
  for (int k = 0; k < slots; k++) add_virial(virial, slotForces + 3 * k, slotPositions + 3 * k, center);
  for (int q = 0; q < 9; q++) block->virial[q] = virial[q];
}

// Adds what the blocks wrote for the slots of atoms first … last - 1, in the order of slots.
EXPORT(gather_forces)
void gather_forces(const System *s, uint32_t first, uint32_t last) {
  const uint32_t *starts = AT(uint32_t, s->atomSlotStarts), *atomSlots = AT(uint32_t, s->atomSlots);
  const double *slotForces = AT(double, s->slotForces);
  double *forces = AT(double, s->forces);
  for (uint32_t i = first; i < last; i++) {
    double x = forces[3 * (uint64_t)i], y = forces[3 * (uint64_t)i + 1], z = forces[3 * (uint64_t)i + 2];
    for (uint32_t q = starts[i]; q < starts[i + 1]; q++) {
      const double *f = slotForces + 3 * (uint64_t)atomSlots[q];
      x += f[0], y += f[1], z += f[2];
    }
    forces[3 * (uint64_t)i] = x, forces[3 * (uint64_t)i + 1] = y, forces[3 * (uint64_t)i + 2] = z;
  }
}

// Sizes of the structures, in the order of SIZES in layout.ts.
EXPORT(struct_size)
int32_t struct_size(int32_t which) {
  static const int32_t sizes[] = {
      sizeof(Channel), sizeof(Neighborhood), sizeof(View), sizeof(Factor), sizeof(Radial), sizeof(Triples), sizeof(Exponential), sizeof(Term), sizeof(Pairing),
      sizeof(Angles), sizeof(Product), sizeof(Cell), sizeof(Window), sizeof(Volume), sizeof(Chiral), sizeof(Layer), sizeof(ElementModel), sizeof(Model), sizeof(System), sizeof(Block),
      sizeof(CellImage), sizeof(NearCell),
  };
  return sizes[which];
}
