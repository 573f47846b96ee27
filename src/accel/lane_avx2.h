/* Vectors for AVX2: see vectors.h.  No guard. */
#include <immintrin.h>

#define LANE_BYTES   32
#define LANE_SET(x)  x##_avx2
#define LANE_TARGET  __attribute__((target("avx2")))
#define LANE_CODE    static inline __attribute__((always_inline)) LANE_TARGET
#define LANE_CEIL(x) ((LANE_SET(reals))_mm256_ceil_pd(x))
#include "vectors.h"
