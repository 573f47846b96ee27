/* Several doubles at a time, for the passes that fronts rest on.
 *
 * A pass is written once with the compiler's vector types, in a header that is included once per instruction set; the
 * widest the processor has is chosen at run time.  All versions make the same comparisons, so that no result depends on
 * the choice.  Version 0 runs everywhere.
 */
#ifndef QUARRY_EXPLORE_LANES_H
#define QUARRY_EXPLORE_LANES_H

#include "quarry/lane_set.h"

#include <stdint.h>

typedef double lanes_2 __attribute__((vector_size(16)));
typedef double lanes_4 __attribute__((vector_size(32)));
typedef double lanes_8 __attribute__((vector_size(64)));
typedef int64_t mask_2 __attribute__((vector_size(16)));
typedef int64_t mask_4 __attribute__((vector_size(32)));
typedef int64_t mask_8 __attribute__((vector_size(64)));
typedef int32_t ranks_4 __attribute__((vector_size(16)));
typedef int32_t ranks_8 __attribute__((vector_size(32)));
typedef int32_t ranks_16 __attribute__((vector_size(64)));

/* Bit k of LANES_BITS_n(m) and RANKS_BITS_n(m): whether lane k of a comparison's result holds. */
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define LANES_X86
#define LANES_AVX2       __attribute__((target("avx2")))
#define LANES_AVX512     __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define LANES_BITS_2(m)  ((unsigned)_mm_movemask_pd((__m128d)(m)))
#define LANES_BITS_4(m)  ((unsigned)_mm256_movemask_pd((__m256d)(m)))
#define LANES_BITS_8(m)  ((unsigned)_mm512_movepi64_mask((__m512i)(m)))
#define RANKS_BITS_4(m)  ((unsigned)_mm_movemask_ps((__m128)(m)))
#define RANKS_BITS_8(m)  ((unsigned)_mm256_movemask_ps((__m256)(m)))
#define RANKS_BITS_16(m) ((unsigned)_mm512_movepi32_mask((__m512i)(m)))
#else
#define RANKS_BITS_4(m) (((m)[0] ? 1U : 0U) | ((m)[1] ? 2U : 0U) | ((m)[2] ? 4U : 0U) | ((m)[3] ? 8U : 0U))
#define LANES_BITS_2(m) (((m)[0] ? 1U : 0U) | ((m)[1] ? 2U : 0U))
#endif

/* What a pass is compiled for: PASS_NAME(f) gives each version its own names; PASS_PLAIN and so on are the versions'
 * attribute, width, types and bits.  An inline function shared by all versions would not do: the compiler breaks vector
 * operations down to what the default target has before it inlines. */
#ifdef __clang__
#define PASS_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PASS_UNROLL _Pragma("GCC unroll 16") /* -O2 does not, where code grows */
#endif
#define PASS_INLINE static inline PASS_TARGET __attribute__((always_inline))

/* How many versions this processor can run. */
static inline int lanes_versions(void)
{
  return (int)qy_lane_set_best() + 1;
}

#endif
