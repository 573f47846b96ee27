/* Loops over the points of a tile: see kept_lanes.h. */
#include "kept_lanes.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

typedef double two __attribute__((vector_size(2 * sizeof(double))));
typedef int64_t two_masks __attribute__((vector_size(2 * sizeof(int64_t))));

#define KEPT_NAME(f) f##_plain
#define KEPT_TARGET
#define KEPT_STEP    2
#define KEPT_VECTOR  two
#define KEPT_MASK    two_masks
#define KEPT_BITS(m) (((unsigned)(m)[0] & 1U) | ((unsigned)(m)[1] & 2U))
#include "kept_lanes_pass.h"
#ifdef __x86_64__
typedef double four __attribute__((vector_size(4 * sizeof(double))));
typedef int64_t four_masks __attribute__((vector_size(4 * sizeof(int64_t))));
typedef double eight __attribute__((vector_size(8 * sizeof(double))));
typedef int64_t eight_masks __attribute__((vector_size(8 * sizeof(int64_t))));

#define KEPT_NAME(f) f##_avx2
#define KEPT_TARGET  __attribute__((target("avx2")))
#define KEPT_STEP    4
#define KEPT_VECTOR  four
#define KEPT_MASK    four_masks
#define KEPT_BITS(m) ((unsigned)_mm256_movemask_pd((__m256d)(m)))
#include "kept_lanes_pass.h"

#define KEPT_NAME(f) f##_avx512
#define KEPT_TARGET  __attribute__((target("avx512f,avx512dq,avx512vl")))
#define KEPT_STEP    8
#define KEPT_VECTOR  eight
#define KEPT_MASK    eight_masks
#define KEPT_BITS(m) ((unsigned)_mm512_movepi64_mask((__m512i)(m)))
#include "kept_lanes_pass.h"
#endif

const kept_loops *kept_loops_of(qy_lane_set set)
{
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: return &loops_avx512;
  case QY_LANE_SET_AVX2: return &loops_avx2;
#endif
  default: return &loops_plain;
  }
}
