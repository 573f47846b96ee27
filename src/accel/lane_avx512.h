/* Vectors for AVX-512: see vectors.h.  No guard. */
#include <immintrin.h>

#define LANE_BYTES   64
#define LANE_SET(x)  x##_avx512
#define LANE_TARGET  __attribute__((target("avx512f,avx512dq,avx512vl")))
#define LANE_CODE    static inline __attribute__((always_inline)) LANE_TARGET
#define LANE_CEIL(x) ((LANE_SET(reals))_mm512_ceil_pd(x))
#include "vectors.h"
