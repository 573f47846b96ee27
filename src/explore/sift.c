/* The pivot pass (sift.h), as many points at a time as a vector register holds.
 *
 * Written once with the compiler's vector types and compiled for each instruction set; the widest the processor has is
 * chosen at run time.  All versions compute the same comparisons, so the result does not depend on the choice.
 */
#include "sift.h"
#include "lanes.h"

#include <assert.h>
#include <string.h>

enum { AHEAD = 256 }; /* points to fetch ahead of use: what a pass waits for is memory */
enum { GROUP = 8 };   /* pivots tested before asking whether all lanes are dropped */

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

#define PASS_NAME(f) f##_plain
#define PASS_LANES   2
#define PASS_VECTOR  lanes_2
#define PASS_MASK    mask_2
#define PASS_BITS    LANES_BITS_2
#define PASS_TARGET
#include "sift_pass.h"

#ifdef LANES_X86
#define PASS_NAME(f) f##_avx2
#define PASS_LANES   4
#define PASS_VECTOR  lanes_4
#define PASS_MASK    mask_4
#define PASS_BITS    LANES_BITS_4
#define PASS_TARGET  LANES_AVX2
#include "sift_pass.h"

#define PASS_NAME(f) f##_avx512
#define PASS_LANES   8
#define PASS_VECTOR  lanes_8
#define PASS_MASK    mask_8
#define PASS_BITS    LANES_BITS_8
#define PASS_TARGET  LANES_AVX512
#include "sift_pass.h"
#endif

int sift_versions(void)
{
  return lanes_versions();
}

size_t sift_by(int version, uint32_t *kept, const double *const *columns, int objectives, size_t n,
               const sift_pivots *pivots)
{
#ifdef LANES_X86
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

void sift_mark_by(int version, uint64_t *bits, const double *const *columns, int objectives, size_t n,
                  const sift_pivots *pivot)
{
  assert(bits && columns && pivot && n % 64 == 0);
#ifdef LANES_X86
  if (version == 2) {
    mark_avx512(bits, columns, objectives, n, pivot);
    return;
  }
  if (version == 1) {
    mark_avx2(bits, columns, objectives, n, pivot);
    return;
  }
#endif
  (void)version;
  mark_plain(bits, columns, objectives, n, pivot);
}

void sift_mark(uint64_t *bits, const double *const *columns, int objectives, size_t n, const sift_pivots *pivot)
{
  sift_mark_by(sift_versions() - 1, bits, columns, objectives, n, pivot);
}
