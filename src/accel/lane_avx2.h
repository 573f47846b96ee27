/* Vectors for AVX2: see vectors.h.  No guard. */
#include <immintrin.h>

#define LANE_BYTES  32
#define LANE_SET(x) x##_avx2
#define LANE_TARGET __attribute__((target("avx2")))
#define LANE_CODE   static inline __attribute__((always_inline)) LANE_TARGET
LANE_CODE void turn_avx2(double (*row)[QY_LANES], int at, const double *const *list, int from)
{
  const __m256d a = _mm256_loadu_pd(list[0] + from), b = _mm256_loadu_pd(list[1] + from);
  const __m256d c = _mm256_loadu_pd(list[2] + from), d = _mm256_loadu_pd(list[3] + from);
  const __m256d even[] = {_mm256_unpacklo_pd(a, b), _mm256_unpacklo_pd(c, d)};
  const __m256d odd[] = {_mm256_unpackhi_pd(a, b), _mm256_unpackhi_pd(c, d)};
  _mm256_store_pd(&row[0][at], _mm256_permute2f128_pd(even[0], even[1], 0x20));
  _mm256_store_pd(&row[1][at], _mm256_permute2f128_pd(odd[0], odd[1], 0x20));
  _mm256_store_pd(&row[2][at], _mm256_permute2f128_pd(even[0], even[1], 0x31));
  _mm256_store_pd(&row[3][at], _mm256_permute2f128_pd(odd[0], odd[1], 0x31));
}
#define LANE_TURN(row, at, list, from) turn_avx2(row, at, list, from)
#define LANE_CEIL(x)                   ((LANE_SET(reals))_mm256_ceil_pd(x))
#define LANE_MAX(a, b)                 ((LANE_SET(reals))_mm256_max_pd(a, b))
#define LANE_MIN(a, b)                 ((LANE_SET(reals))_mm256_min_pd(a, b))
#define LANE_ROOT(x)                   ((LANE_SET(reals))_mm256_sqrt_pd(x))
#define LANE_SAME(a, b)                (_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_EQ_OQ)) == 0xf)
#define LANE_OVER_MILLION(x)           ((x) / 1e6)
#include "vectors.h"
