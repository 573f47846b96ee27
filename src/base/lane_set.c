/* Sets of instructions of this machine: see lane_set.h. */
#include "quarry/lane_set.h"

qy_lane_set qy_lane_set_best(void)
{
#ifdef __x86_64__
  if (!__builtin_cpu_supports("avx2")) return QY_LANE_SET_PLAIN;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return QY_LANE_SET_AVX512;
  return QY_LANE_SET_AVX2;
#else
  return QY_LANE_SET_PLAIN;
#endif
}
