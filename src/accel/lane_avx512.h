/* Vectors for AVX-512: see vectors.h.  No guard. */
#include <immintrin.h>

#define LANE_BYTES  64
#define LANE_SET(x) x##_avx512
#define LANE_TARGET __attribute__((target("avx512f,avx512dq,avx512vl")))
#define LANE_CODE   static inline __attribute__((always_inline)) LANE_TARGET
/* Rows first, first + 2, first + 4 and first + 6, from pairs of lists. */
LANE_CODE void turn_pairs_avx512(double (*row)[QY_LANES], int first, __m512d a, __m512d b, __m512d c, __m512d d)
{
  enum { EVEN = 0x88, ODD = 0xdd }; /* quarters of both */
  const __m512d low[] = {_mm512_shuffle_f64x2(a, b, EVEN), _mm512_shuffle_f64x2(c, d, EVEN)};
  const __m512d high[] = {_mm512_shuffle_f64x2(a, b, ODD), _mm512_shuffle_f64x2(c, d, ODD)};
  _mm512_store_pd(row[first], _mm512_shuffle_f64x2(low[0], low[1], EVEN));
  _mm512_store_pd(row[first + 2], _mm512_shuffle_f64x2(high[0], high[1], EVEN));
  _mm512_store_pd(row[first + 4], _mm512_shuffle_f64x2(low[0], low[1], ODD));
  _mm512_store_pd(row[first + 6], _mm512_shuffle_f64x2(high[0], high[1], ODD));
}
LANE_CODE void turn_avx512(double (*row)[QY_LANES], const double *const *list, int from)
{
  __m512d even[4], odd[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    const __m512d a = _mm512_loadu_pd(list[2 * i] + from), b = _mm512_loadu_pd(list[2 * i + 1] + from);
    even[i] = _mm512_unpacklo_pd(a, b);
    odd[i] = _mm512_unpackhi_pd(a, b);
  }
  turn_pairs_avx512(row, 0, even[0], even[1], even[2], even[3]);
  turn_pairs_avx512(row, 1, odd[0], odd[1], odd[2], odd[3]);
}
/* The product with the inverse is less than 1 ulp off: half of one for its rounding, 0.41 for that of the inverse,
 * which is 0.41 2^-53 of it off.  One step then gives the quotient as a division rounds it (Markstein, IBM J. Res. Dev.
 * 34 (1990) 111, theorem 5), in a third of the time. */
LANE_CODE __m512d over_million_avx512(__m512d x)
{
  const __m512d million = _mm512_set1_pd(1e6), inverse = _mm512_set1_pd(1e-6);
  const __m512d near = _mm512_mul_pd(x, inverse);
  return _mm512_fmadd_pd(_mm512_fnmadd_pd(near, million, x), inverse, near);
}
#define LANE_TURN(row, at, list, from) turn_avx512(row, list, from)
#define LANE_CEIL(x)                   ((LANE_SET(reals))_mm512_ceil_pd(x))
#define LANE_MAX(a, b)                 ((LANE_SET(reals))_mm512_max_pd(a, b))
#define LANE_MIN(a, b)                 ((LANE_SET(reals))_mm512_min_pd(a, b))
#define LANE_ROOT(x)                   ((LANE_SET(reals))_mm512_sqrt_pd(x))
#define LANE_SAME(a, b)                (_mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ) == 0xff)
#define LANE_OVER_MILLION(x)           ((LANE_SET(reals))over_million_avx512(x))
#include "vectors.h"
