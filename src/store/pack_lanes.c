/* Passes over a column that is packed: see pack_lanes.h. */
#include "pack_lanes.h"

#include <math.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define LANES_AVX512 __attribute__((target("avx512f,popcnt")))
#endif

enum { BYTE = 8 };

/* A double as its bits, where it stands. */
typedef uint64_t __attribute__((may_alias)) word;

/* Numbers from `from` on, a multiple of 8, behind the n that are there. */
static size_t split(uint8_t *bit, uint64_t *rest, size_t n, const word *v, size_t from, size_t count, size_t lag)
{
  for (; from < count; from += BYTE) {
    const size_t end = from + BYTE < count ? from + BYTE : count;
    unsigned bits = 0;
    for (size_t i = from; i < end; i++) {
      const bool own = i < lag || v[i] != v[i - lag];
      rest[n] = v[i];
      n += own;
      bits |= (unsigned)own << (i - from);
    }
    bit[from / BYTE] = (uint8_t)bits;
  }
  return n;
}

#ifdef LANES_AVX512
LANES_AVX512 static size_t split_avx512(uint8_t *bit, uint64_t *rest, size_t n, const word *v, size_t *from,
                                        size_t count, size_t lag)
{
  size_t i = *from;
  for (; i + BYTE <= count; i += BYTE) {
    const __m512i own = _mm512_loadu_si512(v + i), before = _mm512_loadu_si512(v + i - lag);
    const __mmask8 differ = _mm512_cmpneq_epi64_mask(own, before);
    _mm512_storeu_si512(rest + n, _mm512_maskz_compress_epi64(differ, own));
    bit[i / BYTE] = (uint8_t)differ;
    n += (size_t)__builtin_popcount(differ);
  }
  *from = i;
  return n;
}
#endif

size_t pack_split(uint8_t *bit, uint64_t *rest, const double *value, size_t count, size_t lag, qy_lane_set set)
{
  const word *v = (const word *)value;
  size_t from = (lag + BYTE - 1) / BYTE * BYTE; /* those before have some that nothing is before */
  if (from > count) from = count;
  size_t n = split(bit, rest, 0, v, 0, from, lag);
#ifdef LANES_AVX512
  if (set == QY_LANE_SET_AVX512 && from % BYTE == 0) n = split_avx512(bit, rest, n, v, &from, count, lag);
#else
  (void)set;
#endif
  n = split(bit, rest, n, v, from, count, lag);
  if (count % BYTE == 0) bit[count / BYTE] = 0;
  return n;
}

/* ---- what there is ---- */

#ifdef LANES_AVX512
/* Returns where it ended.  The second operand stays where the first one is NaN. */
LANES_AVX512 static size_t range_avx512(column_range *range, const double *value, size_t count)
{
  __m512d low = _mm512_set1_pd(INFINITY), high = _mm512_set1_pd(-INFINITY);
  __mmask8 none = 0;
  size_t i = 0;
  for (; i + BYTE <= count; i += BYTE) {
    const __m512d x = _mm512_loadu_pd(value + i);
    low = _mm512_min_pd(x, low);
    high = _mm512_max_pd(x, high);
    none |= _mm512_cmp_pd_mask(x, x, _CMP_UNORD_Q);
  }
  *range = (column_range){true, none != 0, _mm512_reduce_min_pd(low), _mm512_reduce_max_pd(high)};
  return i;
}
#endif

column_range pack_range(const double *value, size_t count, qy_lane_set set)
{
  column_range r = {true, false, INFINITY, -INFINITY};
  size_t i = 0;
#ifdef LANES_AVX512
  if (set == QY_LANE_SET_AVX512) i = range_avx512(&r, value, count);
#else
  (void)set;
#endif
  for (; i < count; i++) {
    r.low = value[i] < r.low ? value[i] : r.low;
    r.high = value[i] > r.high ? value[i] : r.high;
    r.none |= value[i] != value[i];
  }
  r.low += 0.0; /* which zero it was depends on the lanes */
  r.high += 0.0;
  return r;
}

unsigned pack_seen(const column_range *r)
{
  const bool some = r->low <= r->high;
  return (some ? PACK_SOME : 0) | (r->none ? PACK_NONE : 0) |
         (some && (isinf(r->low) || isinf(r->high)) ? PACK_INFINITE : 0);
}
