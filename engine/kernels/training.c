// What training computes most of its time: errors of energies and forces, gradients and Jacobian rows (force-matching.h),
// the Kalman filter (kalman.h) and Gauss-Newton matrices (gauss-newton.h). A module of its own, in double precision with plain SIMD alone, whose arithmetic is
// the same on every machine: a seed gives the same weights everywhere. training/kernels.ts writes the tables.
#include "force-matching.h"
#include "gauss-newton.h"
#include "kalman.h"

enum {
  RUN_MATCH, RUN_REDUCE,
  RUN_MULTIPLY, RUN_FACTORIZE, RUN_SOLVE, RUN_UPDATE,
  RUN_NORMAL_ADD, RUN_NORMAL_COPY, RUN_NORMAL_PIVOT, RUN_NORMAL_COLUMN, RUN_NORMAL_REDUCE, RUN_NORMAL_SOLVE,
};

// One piece of a phase; `task` is the address of a Matching, a Filter or a Normal.
EXPORT(run_piece)
void run_piece(int32_t phase, uint32_t task, uint32_t scratch, int32_t piece) {
  switch (phase) {
    case RUN_MATCH: match_piece(AT(Matching, task), scratch, piece); break;
    case RUN_REDUCE: reduce_piece(AT(Matching, task), piece); break;
    case RUN_MULTIPLY: filter_multiply(AT(Filter, task), piece); break;
    case RUN_FACTORIZE: filter_factorize(AT(Filter, task)); break;
    case RUN_SOLVE: filter_solve(AT(Filter, task), piece); break;
    case RUN_UPDATE: filter_update(AT(Filter, task), piece); break;
    case RUN_NORMAL_ADD: normal_add(AT(Normal, task), piece); break;
    case RUN_NORMAL_COPY: normal_copy(AT(Normal, task), piece); break;
    case RUN_NORMAL_PIVOT: normal_pivot(AT(Normal, task)); break;
    case RUN_NORMAL_COLUMN: normal_column(AT(Normal, task), piece); break;
    case RUN_NORMAL_REDUCE: normal_reduce(AT(Normal, task), piece); break;
    case RUN_NORMAL_SOLVE: normal_solve(AT(Normal, task)); break;
  }
}

// Bytes of scratch that every thread needs for these pieces.
EXPORT(scratch_bytes)
double scratch_bytes(uint32_t matching) { return (double)match_scratch(AT(Matching, matching)); }

// Sizes of the structures, in the order of SIZES in training/kernels.ts.
EXPORT(struct_size)
int32_t struct_size(int32_t which) {
  static const int32_t sizes[] = {sizeof(DenseNetwork), sizeof(FunctionList), sizeof(Sample), sizeof(Matching), sizeof(TileBlock), sizeof(Filter), sizeof(Normal)};
  return sizes[which];
}
