// training.c as a native program, for sanitizers: runs all pieces of one phase in an image of the memory that the phase found in
// WebAssembly, and writes the memory that it leaves. Only what was allocated there may be touched, and the scratch behind the image.
//
// native-training IMAGE ALLOCATIONS PHASE TASK PIECES OUTPUT: a file of uint32 pairs, address and bytes; the arguments of run_piece.
#include "native.h"
#include "../../../engine/kernels/training.c"

uint8_t *memory_base;

static uint8_t *read_file(const char *path, uint64_t *size, uint64_t spare) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail("a file can't be read");
  *size = (uint64_t)ftell(file);
  rewind(file);
  uint8_t *bytes = aligned_alloc(LINE, (*size + spare + LINE) / LINE * LINE);
  if (!bytes || fread(bytes, 1, *size, file) != *size) fail("a file can't be read");
  fclose(file);
  return bytes;
}

int main(int count, char **arguments) {
  if (count != 7) fail("native-training IMAGE ALLOCATIONS PHASE TASK PIECES OUTPUT");
  int32_t phase = atoi(arguments[3]), pieces = atoi(arguments[5]);
  uint32_t task = (uint32_t)atol(arguments[4]);
  uint64_t size, listed, needed = 0;
  uint32_t *allocations = (uint32_t *)read_file(arguments[2], &listed, 0);
  memory_base = read_file(arguments[1], &size, 0);
  if (phase == RUN_MATCH) {
    needed = match_scratch(AT(Matching, task));
    free(memory_base);
    memory_base = read_file(arguments[1], &size, needed + LINE);
  }
  uint64_t scratch = (size + LINE - 1) / LINE * LINE;
#ifdef __SANITIZE_ADDRESS__
  __asan_poison_memory_region(memory_base, scratch + needed);
  for (uint64_t k = 0; k < listed / 8; k++) __asan_unpoison_memory_region(memory_base + allocations[2 * k], allocations[2 * k + 1]);
#endif
  for (int32_t piece = 0; piece < pieces; piece++) run_piece(phase, task, (uint32_t)scratch, piece);
#ifdef __SANITIZE_ADDRESS__
  __asan_unpoison_memory_region(memory_base, scratch + needed);
#endif
  FILE *file = fopen(arguments[6], "wb");
  if (!file || fwrite(memory_base, 1, size, file) != size) fail("the output can't be written");
  fclose(file);
  free(memory_base), free(allocations);
  return 0;
}
