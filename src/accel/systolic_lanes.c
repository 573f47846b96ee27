/* Counts of systolic arrays in the lanes of vectors: see point_lanes.h and systolic_lanes.h. */
#include "systolic_lanes.h"

/* No count of a work is above 256 times its bound (systolic_int.h), no bits above 64 times that: below 2^50. */
static const double bound_most = 0x1p36;

_Static_assert(sizeof(one_sums) == SYSTOLIC_SUMS * sizeof(double), "sums are doubles and nothing else");

#include "lane_plain.h"

#include "systolic_vector.h"

#include "vectors_end.h"
#ifdef __x86_64__
#include "lane_avx2.h"

#include "systolic_vector.h"

#include "vectors_end.h"

#include "lane_avx512.h"

#include "systolic_vector.h"

#include "vectors_end.h"
#endif

bool systolic_sum_lanes(systolic_lane_sums *sums, const systolic_rows *rows, const qy_systolic_work *work,
                        qy_lane_set set)
{
  for (int i = 0; i < QY_LANES; i++)
    if ((double)work->bound * rows->of[ROW_BATCH][i] > bound_most) return false;
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: return sum_lanes_avx512(sums, rows, work);
  case QY_LANE_SET_AVX2: return sum_lanes_avx2(sums, rows, work);
#endif
  default: return sum_lanes_plain(sums, rows, work);
  }
}
