/* Runs of designs in the lanes of vectors: see point_lanes.h. */
#include "circuits.h"

#include "quarry/point_lanes.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* Where a design has what does not depend on the run, counted in doubles: what it states, and what somebody has put
 * there.  What is of a memory is 0. */
#define PLACE(member) ((int)(offsetof(qy_design, member) / sizeof(double)))
static const struct {
  int quantity, place;
} stated[] = {
    {QY_WEIGHT_BYTES, PLACE(in[QY_WEIGHT_BYTES])},
    {QY_BIT_OPERATIONS, PLACE(in[QY_BIT_OPERATIONS])},
    {QY_NOISE, PLACE(in[QY_NOISE])},
    {QY_SQNR_DB, PLACE(in[QY_SQNR_DB])},
    {QY_BANKS_INPUT, PLACE(bill.banks[QY_BUFFER_INPUT])},
    {QY_BANKS_OUTPUT, PLACE(bill.banks[QY_BUFFER_OUTPUT])},
    {QY_BANKS_WEIGHTS, PLACE(bill.banks[QY_BUFFER_WEIGHTS])},
    {QY_DEVICE_LUTS, PLACE(in[QY_DEVICE_LUTS])}, /* this and what follows on an FPGA only */
    {QY_DEVICE_DSPS, PLACE(in[QY_DEVICE_DSPS])},
    {QY_ROWS_DSP, PLACE(bill.rows[0])},
    {QY_ROWS_LUT, PLACE(bill.rows[QY_ROWS_LUT - QY_ROWS_DSP])},
    {QY_ROWS_DSP_HIGH, PLACE(bill.rows[QY_ROWS_DSP_HIGH - QY_ROWS_DSP])},
    {QY_ROWS_LUT_HIGH, PLACE(bill.rows[QY_ROWS_LUT_HIGH - QY_ROWS_DSP])},
};
enum { STATED = sizeof stated / sizeof *stated, STATED_ON_CELLS = 7 };
_Static_assert(QY_COLUMNS_MAX % QY_LANES == 0, "columns are taken a vector at a time");
_Static_assert(QY_ROWS_LUT_HIGH - QY_ROWS_DSP == QY_ROW_ARRAYS - 1, "a metric for each array");

#include "lane_plain.h"

#include "point_lanes_vector.h"

#include "vectors_end.h"
#ifdef __x86_64__
#include "lane_avx2.h"

#include "point_lanes_vector.h"

#include "vectors_end.h"

#include "lane_avx512.h"

#include "point_lanes_vector.h"

#include "vectors_end.h"
#endif

static void begin(qy_lane_points *points, const qy_design *const design[QY_LANES])
{
  if (points->of != design[0]->accelerator) {
    memset(points->bill.count, 0, sizeof points->bill.count);
    memset(points->in, 0, sizeof points->in);
  }
  points->of = design[0]->accelerator;
  for (int i = 0; i < QY_LANES; i++)
    assert(!design[i]->reason && design[i]->accelerator == design[0]->accelerator &&
           design[i]->columns == design[0]->columns);
}

bool qy_design_run_lanes_again_for(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                                   const qy_modes modes[QY_LANES], qy_lane_set set, qy_metric_set needs)
{
  const qy_accelerator *accelerator = design[0]->accelerator;
  const void *self[QY_LANES];
  if (!accelerator->lanes) return false;
  for (int i = 0; i < QY_LANES; i++)
    self[i] = design[i]->self;
  if (!accelerator->lanes(&points->bill, self, work, modes, (int)set)) return false;
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: price_lanes_avx512(points, design[0]->columns, needs); break;
  case QY_LANE_SET_AVX2: price_lanes_avx2(points, design[0]->columns, needs); break;
#endif
  default: price_lanes_plain(points, design[0]->columns, needs);
  }
  return true;
}

bool qy_design_run_lanes_for(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                             const qy_modes modes[QY_LANES], qy_lane_set set, qy_metric_set needs)
{
  if (!design[0]->accelerator->lanes) return false;
  begin(points, design);
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: take_designs_avx512(points, design, needs); break;
  case QY_LANE_SET_AVX2: take_designs_avx2(points, design, needs); break;
#endif
  default: take_designs_plain(points, design, needs);
  }
  return qy_design_run_lanes_again_for(points, design, work, modes, set, needs);
}

bool qy_design_run_lanes(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                         const qy_modes modes[QY_LANES], qy_lane_set set)
{
  return qy_design_run_lanes_for(points, design, work, modes, set, QY_METRICS_ALL);
}

bool qy_design_run_lanes_again(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                               const qy_modes modes[QY_LANES], qy_lane_set set)
{
  return qy_design_run_lanes_again_for(points, design, work, modes, set, QY_METRICS_ALL);
}
