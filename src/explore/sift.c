/* The pivot pass (sift.h), eight points at a time in vector registers.
 *
 * Written once with the compiler's vector types and compiled for each instruction set; the widest the processor has is
 * chosen at run time.  All versions compute the same comparisons, so the result does not depend on the choice.
 */
#include "sift.h"

#include <string.h>

enum { LANES = 8 };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t mask __attribute__((vector_size(LANES * sizeof(int64_t))));
typedef int8_t bytes __attribute__((vector_size(LANES)));

static int dominated(const double *const *columns, int objectives, size_t i, const sift_pivots *pivots)
{
  for (int p = 0; p < pivots->count; p++) {
    int no_smaller = 1, larger = 0;
    for (int d = 0; d < objectives; d++) {
      no_smaller &= columns[d][i] >= pivots->at[p][d];
      larger |= columns[d][i] > pivots->at[p][d];
    }
    if (no_smaller && larger) return 1;
  }
  return 0;
}

static inline __attribute__((always_inline)) size_t pass(uint32_t *kept, const double *const *columns, int objectives,
                                                         size_t n, const sift_pivots *pivots)
{
  size_t count = 0, i = 0;
  for (; i + LANES <= n; i += LANES) {
    lanes x[QY_OBJECTIVES_MAX];
    mask out = {0};
    for (int d = 0; d < objectives; d++)
      memcpy(&x[d], columns[d] + i, sizeof x[d]);
    for (int p = 0; p < pivots->count; p++) {
      mask no_smaller = x[0] >= pivots->at[p][0], larger = x[0] > pivots->at[p][0];
      for (int d = 1; d < objectives; d++) {
        no_smaller &= x[d] >= pivots->at[p][d];
        larger |= x[d] > pivots->at[p][d];
      }
      out |= no_smaller & larger;
    }
    bytes narrow = __builtin_convertvector(out, bytes);
    uint64_t word;
    memcpy(&word, &narrow, sizeof word);
    if (word == ~(uint64_t)0) continue;
    for (size_t k = 0; k < LANES; k++) {
      kept[count] = (uint32_t)(i + k);
      count += narrow[k] == 0;
    }
  }
  for (; i < n; i++)
    if (!dominated(columns, objectives, i, pivots)) kept[count++] = (uint32_t)i;
  return count;
}

/* With a constant number of objectives the inner loops unroll and the points stay in registers. */
static inline __attribute__((always_inline)) size_t pass_any(uint32_t *kept, const double *const *columns,
                                                             int objectives, size_t n, const sift_pivots *pivots)
{
  switch (objectives) {
  case 2: return pass(kept, columns, 2, n, pivots);
  case 3: return pass(kept, columns, 3, n, pivots);
  case 4: return pass(kept, columns, 4, n, pivots);
  default: return pass(kept, columns, objectives, n, pivots);
  }
}

static size_t pass_plain(uint32_t *kept, const double *const *columns, int objectives, size_t n,
                         const sift_pivots *pivots)
{
  return pass_any(kept, columns, objectives, n, pivots);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static size_t pass_avx2(uint32_t *kept, const double *const *columns, int objectives,
                                                        size_t n, const sift_pivots *pivots)
{
  return pass_any(kept, columns, objectives, n, pivots);
}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static size_t
pass_avx512(uint32_t *kept, const double *const *columns, int objectives, size_t n, const sift_pivots *pivots)
{
  return pass_any(kept, columns, objectives, n, pivots);
}
#endif

size_t sift(uint32_t *kept, const double *const *columns, int objectives, size_t n, const sift_pivots *pivots)
{
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return pass_avx512(kept, columns, objectives, n, pivots);
  if (__builtin_cpu_supports("avx2")) return pass_avx2(kept, columns, objectives, n, pivots);
#endif
  return pass_plain(kept, columns, objectives, n, pivots);
}
