/* Passes over a column that is packed: see pack_lanes.h. */
#include "pack_lanes.h"

#include <math.h>
#include <string.h>

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

/* ---- back ---- */

#ifdef LANES_AVX512
/* A value by its number in a list. */
static long long listed(const pack_source *s, uint16_t number)
{
  long long bits;
  memcpy(&bits, s->value + number * sizeof bits, sizeof bits);
  return bits;
}

/* Own values number n to n + 7, where `is_own` has a bit.  Eight loads: gathering them is slower on processors whose
 * gathers are made safe. */
LANES_AVX512 static __m512i own_lanes(const pack_source *s, size_t n, __mmask8 is_own)
{
  uint16_t k[BYTE];
  if (!s->number) return _mm512_maskz_expand_epi64(is_own, _mm512_loadu_si512(s->value + n * sizeof(word)));
  if (!is_own) return _mm512_setzero_si512();
  memcpy(k, s->number + n * sizeof *k, sizeof k);
  const __m512i v = _mm512_set_epi64(listed(s, k[7]), listed(s, k[6]), listed(s, k[5]), listed(s, k[4]),
                                     listed(s, k[3]), listed(s, k[2]), listed(s, k[1]), listed(s, k[0]));
  return _mm512_maskz_expand_epi64(is_own, v);
}

/* A lane without an own value has that of the nearest one a multiple of `lag` before, among the lanes in three steps of
 * doubled width, or else of the last lanes of the eight before. */
LANES_AVX512 static size_t join_avx512(double *value, size_t *own, size_t count, const uint8_t *bit,
                                       const pack_source *s)
{
  const __m512i lane = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
  const unsigned lag = (unsigned)s->lag, lag_2 = 2 * lag, lag_4 = 4 * lag;
  long long last[BYTE];
  for (unsigned j = 0; j < BYTE; j++)
    last[j] = BYTE - lag + j % lag;
  const __m512i from_last = _mm512_loadu_si512(last), once = _mm512_sub_epi64(lane, _mm512_set1_epi64(lag)),
                twice = _mm512_sub_epi64(lane, _mm512_set1_epi64(lag_2)),
                four_times = _mm512_sub_epi64(lane, _mm512_set1_epi64(lag_4));
  __m512i before = _mm512_setzero_si512();
  size_t i = 0, n = 0;
  for (; i + BYTE <= count && n + BYTE <= s->count; i += BYTE) {
    unsigned has = bit[i / BYTE];
    __m512i v = own_lanes(s, n, (__mmask8)has);
    n += (size_t)__builtin_popcount(has);
    v = _mm512_mask_permutexvar_epi64(v, (__mmask8)(has << lag & ~has), once, v);
    has |= has << lag;
    v = _mm512_mask_permutexvar_epi64(v, (__mmask8)(has << lag_2 & ~has), twice, v);
    has |= has << lag_2;
    v = _mm512_mask_permutexvar_epi64(v, (__mmask8)((uint64_t)has << lag_4 & ~has), four_times, v);
    has |= (unsigned)((uint64_t)has << lag_4);
    v = _mm512_mask_permutexvar_epi64(v, (__mmask8)~has, from_last, before);
    _mm512_storeu_si512(value + i, v);
    before = v;
  }
  *own = n;
  return i;
}

LANES_AVX512 static size_t none_avx512(uint8_t *bit, size_t *found, const double *value, size_t count)
{
  size_t i = 0;
  for (; i + BYTE <= count; i += BYTE) {
    const __m512d x = _mm512_loadu_pd(value + i);
    const __mmask8 none = _mm512_cmp_pd_mask(x, x, _CMP_UNORD_Q);
    bit[i / BYTE] = (uint8_t)none;
    *found += (size_t)__builtin_popcount(none);
  }
  return i;
}

LANES_AVX512 static size_t keep_avx512(double *value, size_t *kept, const uint8_t *bit, size_t count)
{
  size_t i = 0, n = 0;
  for (; i + BYTE <= count; i += BYTE) { /* what is written beyond the kept ones has been read */
    const __m512d x = _mm512_loadu_pd(value + i);
    _mm512_storeu_pd(value + n, _mm512_maskz_compress_pd(bit[i / BYTE], x));
    n += (size_t)__builtin_popcount(bit[i / BYTE]);
  }
  *kept = n;
  return i;
}
#endif

size_t pack_join(double *value, size_t *own, size_t count, const uint8_t *bit, const pack_source *s, qy_lane_set set)
{
  *own = 0;
#ifdef LANES_AVX512
  if (set == QY_LANE_SET_AVX512) return join_avx512(value, own, count, bit, s);
#endif
  (void)value, (void)count, (void)bit, (void)s, (void)set;
  return 0;
}

size_t pack_none(uint8_t *bit, const double *value, size_t count, qy_lane_set set)
{
  size_t i = 0, found = 0;
#ifdef LANES_AVX512
  if (set == QY_LANE_SET_AVX512) i = none_avx512(bit, &found, value, count);
#else
  (void)set;
#endif
  memset(bit + i / BYTE, 0, count / BYTE + 1 - i / BYTE);
  for (; i < count; i++) {
    const bool none = value[i] != value[i];
    bit[i / BYTE] |= (uint8_t)(none << i % BYTE);
    found += none;
  }
  return found;
}

void pack_keep(double *value, const uint8_t *bit, size_t count, qy_lane_set set)
{
  word *v = (word *)value; /* a NaN keeps its bits */
  size_t i = 0, kept = 0;
#ifdef LANES_AVX512
  if (set == QY_LANE_SET_AVX512) i = keep_avx512(value, &kept, bit, count);
#else
  (void)set;
#endif
  for (; i < count; i++) {
    v[kept] = v[i];
    kept += bit[i / BYTE] >> i % BYTE & 1;
  }
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
