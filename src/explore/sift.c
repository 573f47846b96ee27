/* The pivot pass (sift.h), as many points at a time as a vector register holds.
 *
 * Written once with the compiler's vector types and compiled for each instruction set; the widest the processor has is
 * chosen at run time.  All versions compute the same comparisons, so the result does not depend on the choice.
 */
#include "sift.h"

#include <assert.h>
#include <string.h>

enum { GROUP = 8 }; /* pivots tested before asking whether all lanes are dropped */
typedef double lanes_2 __attribute__((vector_size(16)));
typedef double lanes_4 __attribute__((vector_size(32)));
typedef double lanes_8 __attribute__((vector_size(64)));
typedef int64_t mask_2 __attribute__((vector_size(16)));
typedef int64_t mask_4 __attribute__((vector_size(32)));
typedef int64_t mask_8 __attribute__((vector_size(64)));

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

#define SIFT_NAME(f) f##_plain
#define SIFT_LANES   2
#define SIFT_VECTOR  lanes_2
#define SIFT_MASK    mask_2
#define SIFT_TARGET
#include "sift_pass.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define SIFT_NAME(f) f##_avx2
#define SIFT_LANES   4
#define SIFT_VECTOR  lanes_4
#define SIFT_MASK    mask_4
#define SIFT_TARGET  __attribute__((target("avx2")))
#include "sift_pass.h"

#define SIFT_NAME(f) f##_avx512
#define SIFT_LANES   8
#define SIFT_VECTOR  lanes_8
#define SIFT_MASK    mask_8
#define SIFT_TARGET  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#include "sift_pass.h"
#endif

int sift_versions(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
  if (!__builtin_cpu_supports("avx2")) return 1;
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
             ? 3
             : 2;
#else
  return 1;
#endif
}

size_t sift_by(int version, uint32_t *kept, const double *const *columns, int objectives, size_t n,
               const sift_pivots *pivots)
{
#if defined(__x86_64__) && defined(__GNUC__)
  if (version == 2) return pass_avx512(kept, columns, objectives, n, pivots);
  if (version == 1) return pass_avx2(kept, columns, objectives, n, pivots);
#endif
  (void)version;
  return pass_plain(kept, columns, objectives, n, pivots);
}

size_t sift(uint32_t *kept, const double *const *columns, int objectives, size_t n, const sift_pivots *pivots)
{
  assert(kept && columns && pivots);
  return sift_by(sift_versions() - 1, kept, columns, objectives, n, pivots);
}
