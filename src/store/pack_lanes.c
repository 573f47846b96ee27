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

/* Bits of numbers without the sign rise with their size, those of NaN are above. */
static const uint64_t infinity = UINT64_C(0x7ff) << 53;
typedef struct span {
  uint64_t least, most;
  bool infinite;
} span;

static void look(span *s, const word *v, size_t from, size_t count)
{
  for (size_t i = from; i < count; i++) {
    const uint64_t bits = v[i] << 1;
    s->least = bits < s->least ? bits : s->least;
    s->most = bits > s->most ? bits : s->most;
    s->infinite |= bits == infinity;
  }
}

#ifdef LANES_AVX512
/* Returns where it ended. */
LANES_AVX512 static size_t look_avx512(span *s, const word *v, size_t count)
{
  const __m512i infinite = _mm512_set1_epi64((long long)infinity);
  __m512i least = _mm512_set1_epi64(-1), most = _mm512_setzero_si512();
  __mmask8 found = 0;
  size_t i = 0;
  for (; i + BYTE <= count; i += BYTE) {
    const __m512i bits = _mm512_slli_epi64(_mm512_loadu_si512(v + i), 1);
    least = _mm512_min_epu64(least, bits);
    most = _mm512_max_epu64(most, bits);
    found |= _mm512_cmpeq_epi64_mask(bits, infinite);
  }
  *s = (span){_mm512_reduce_min_epu64(least), _mm512_reduce_max_epu64(most), found != 0};
  return i;
}
#endif

unsigned pack_look(const double *value, size_t count, qy_lane_set set)
{
  const word *v = (const word *)value;
  span s = {UINT64_MAX, 0, false};
  size_t from = 0;
#ifdef LANES_AVX512
  if (set == QY_LANE_SET_AVX512) from = look_avx512(&s, v, count);
#else
  (void)set;
#endif
  look(&s, v, from, count);
  if (!count) return 0;
  return (s.least <= infinity ? PACK_SOME : 0) | (s.most > infinity ? PACK_NONE : 0) | (s.infinite ? PACK_INFINITE : 0);
}

/* ---- ends ---- */

#ifdef LANES_AVX512
/* Returns where it ended.  The second operand stays where the first one is NaN. */
LANES_AVX512 static size_t range_avx512(double *low, double *high, bool *none, const double *value, size_t count)
{
  __m512d least = _mm512_set1_pd(INFINITY), most = _mm512_set1_pd(-INFINITY);
  __mmask8 nan = 0;
  size_t i = 0;
  for (; i + BYTE <= count; i += BYTE) {
    const __m512d x = _mm512_loadu_pd(value + i);
    least = _mm512_min_pd(x, least);
    most = _mm512_max_pd(x, most);
    nan |= _mm512_cmp_pd_mask(x, x, _CMP_UNORD_Q);
  }
  *low = _mm512_reduce_min_pd(least);
  *high = _mm512_reduce_max_pd(most);
  *none = nan != 0;
  return i;
}
#endif

bool pack_range(double *low, double *high, const double *value, size_t count, qy_lane_set set)
{
  double least = INFINITY, most = -INFINITY;
  bool none = false;
  size_t i = 0;
#ifdef LANES_AVX512
  if (set == QY_LANE_SET_AVX512) i = range_avx512(&least, &most, &none, value, count);
#else
  (void)set;
#endif
  for (; i < count; i++) {
    least = value[i] < least ? value[i] : least;
    most = value[i] > most ? value[i] : most;
    none |= value[i] != value[i];
  }
  *low = least + 0.0; /* which zero it was depends on the lanes */
  *high = most + 0.0;
  return none;
}
