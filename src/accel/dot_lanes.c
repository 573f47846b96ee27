/* Runs of dot engines in the lanes of vectors: see point_lanes.h. */
#include "dot_int.h"

#include "quarry/point_lanes.h"

#include <math.h>

/* Words that a layer moves and products that it makes, so that bits are below 2^50: of a word 96 at most come in. */
static const double largest_most = 0x1p42;

#include "lane_plain.h"

#include "dot_vector.h"

#include "vectors_end.h"
#ifdef __x86_64__
#include "lane_avx2.h"

#include "dot_vector.h"

#include "vectors_end.h"

#include "lane_avx512.h"

#include "dot_vector.h"

#include "vectors_end.h"
#endif

bool dot_lanes(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work, const qy_modes modes[QY_LANES],
               int set)
{
  const engine *first = self[0];
  const dot_work *w = work;
  const bool registers = !first->pe->params.input_registers;
  _Alignas(64) double mode[QY_LANES];
  const double *list[QY_LANES];
  if (w->largest > largest_most) return false;
  for (int i = 0; i < QY_LANES; i++) {
    const engine *e = self[i];
    if (!e->pe->params.input_registers != registers) return false;
    list[i] = e->row;
    mode[i] = modes[i].run;
  }
  switch ((qy_lane_set)set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: run_lanes_avx512(bill, list, mode, registers, w); break;
  case QY_LANE_SET_AVX2: run_lanes_avx2(bill, list, mode, registers, w); break;
#endif
  default: run_lanes_plain(bill, list, mode, registers, w);
  }
  return true;
}

bool dot_clocks(qy_lane_bill *bill, void *self, const qy_bill *parts, const qy_price_rows *at, const void *work,
                qy_modes modes, int set)
{
  const engine *e = self;
  const dot_work *w = work;
  _Alignas(64) double mode[QY_LANES], fill[QY_LANES];
  (void)parts;
  if (w->largest > largest_most || !qy_buffers_stay(e->buffer, at->least_ns, at->most_ns)) return false;
  for (int i = 0; i < QY_LANES; i++) {
    double stages[QY_ROLE_COUNT];
    for (int r = 0; r < QY_ROLE_COUNT; r++)
      stages[r] = at->stages[r][i];
    fill[i] = (double)dot_fill(e, at->clock_mhz[i], stages);
    mode[i] = modes.run;
  }
  switch ((qy_lane_set)set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: run_clocks_avx512(bill, e, at, fill, mode, w); break;
  case QY_LANE_SET_AVX2: run_clocks_avx2(bill, e, at, fill, mode, w); break;
#endif
  default: run_clocks_plain(bill, e, at, fill, mode, w);
  }
  return true;
}
