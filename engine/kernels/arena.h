// Working memory of one thread, handed out in order and given back all at once. What a step needs is found by taking it
// from an arena that starts at 0 and whose memory nobody touches.
#pragma once
#include "vector.h"

typedef struct {
  uint64_t next;
} Arena;

#define LINE 64

// A native build with the address sanitizer keeps memory between the pieces that nobody may touch.
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP LINE
#define GUARD(start, size, end)                                    \
  __asan_unpoison_memory_region((void *)(uintptr_t)(start), size); \
  __asan_poison_memory_region((void *)(uintptr_t)((start) + (size)), (end) - (start) - (size))
#else
#define GAP 0
#define GUARD(start, size, end)
#endif

INLINE void *take(Arena *arena, uint64_t bytes) {
  uint64_t p = arena->next;
  arena->next += (bytes + LINE - 1) / LINE * LINE + GAP;
  GUARD(p, bytes, arena->next);
  return (void *)(uintptr_t)p;
}

// n numbers and one vector beyond them, so that passes may start anywhere.
INLINE real *take_reals(Arena *arena, uint64_t n) { return take(arena, (n + W) * sizeof(real)); }
