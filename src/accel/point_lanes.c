/* Runs of designs in the lanes of vectors: see point_lanes.h. */
#include "circuits.h"

#include "quarry/point_lanes.h"

#include <assert.h>
#include <math.h>
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

static void begin_of(qy_lane_points *points, const qy_accelerator *accelerator)
{
  if (points->of == accelerator) return;
  memset(points->bill.count, 0, sizeof points->bill.count);
  memset(points->in, 0, sizeof points->in);
  points->of = accelerator;
}

static void begin(qy_lane_points *points, const qy_design *const design[QY_LANES])
{
  begin_of(points, design[0]->accelerator);
  for (int i = 0; i < QY_LANES; i++)
    assert(!design[i]->reason && design[i]->accelerator == design[0]->accelerator &&
           design[i]->columns == design[0]->columns);
}

static void price_lanes(qy_lane_points *points, const qy_columns *columns, qy_lane_set set, qy_metric_set needs)
{
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: price_lanes_avx512(points, columns, needs); break;
  case QY_LANE_SET_AVX2: price_lanes_avx2(points, columns, needs); break;
#endif
  default: price_lanes_plain(points, columns, needs);
  }
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
  price_lanes(points, design[0]->columns, set, needs);
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

/* ---- one design at several clocks ---- */

size_t qy_price_rows_bytes(const qy_columns *columns)
{
  return sizeof(qy_price_rows) + (size_t)columns->count * sizeof(double[QY_LANES]);
}

bool qy_price_rows_put(qy_price_rows *rows, const qy_prices *const list[QY_LANES], const double clock_mhz[QY_LANES],
                       const qy_columns *columns, const qy_pe *pe)
{
  rows->reason = list[0]->reason;
  rows->least_ns = INFINITY;
  rows->most_ns = 0;
  for (int i = 0; i < QY_LANES; i++) {
    const qy_prices *p = list[i];
    const double period_ns = 1e3 / clock_mhz[i];
    if (p->reason != rows->reason) return false;
    rows->clock_mhz[i] = clock_mhz[i];
    rows->least_ns = fmin(rows->least_ns, period_ns);
    rows->most_ns = fmax(rows->most_ns, period_ns);
    if (p->reason) continue;
    rows->min_period_ps[i] = p->build[QY_ROLE_ELEMENT].min_period_ps;
    rows->period_ps[i] = p->build[QY_ROLE_ELEMENT].period_ps;
    for (int r = 0; r < QY_ROLE_COUNT; r++) {
      rows->placed_um2[r][i] = p->placed_um2[r];
      rows->flip_flops[r][i] = p->flip_flops[r];
      rows->stages[r][i] = qy_prices_stages(p, (qy_circuit_role)r);
    }
    for (int k = 0; k < QY_PE_MODES_MAX; k++) {
      rows->side[k][i] = (uint8_t)p->side[k];
      rows->held_side[k][i] = (uint8_t)p->held_side[k];
      rows->used_bits[k][i] = k < pe->mode_count ? qy_pe_used_bits(pe, k, p->side[k], pe->params.bits) : 0;
    }
    for (int c = 0; c < columns->count; c++)
      rows->price[c][i] = p->price[c];
  }
  return true;
}

void qy_price_rows_list(qy_prices *list, const qy_price_rows *rows, int lane, const qy_columns *columns)
{
  static const double ps_per_us = 1e6;
  list->period_ps = ps_per_us / rows->clock_mhz[lane];
  list->reason = rows->reason;
  if (rows->reason) return;
  for (int r = 0; r < QY_ROLE_COUNT; r++) {
    list->build[r].stages = 0; /* those of result registers are not in a build */
    list->build[r].stages = (int)rows->stages[r][lane] - qy_prices_stages(list, (qy_circuit_role)r);
    list->placed_um2[r] = rows->placed_um2[r][lane];
    list->flip_flops[r] = rows->flip_flops[r][lane];
  }
  list->build[QY_ROLE_ELEMENT].period_ps = rows->period_ps[lane];
  list->build[QY_ROLE_ELEMENT].min_period_ps = rows->min_period_ps[lane];
  for (int k = 0; k < QY_PE_MODES_MAX; k++) {
    list->side[k] = (qy_pe_side)rows->side[k][lane];
    list->held_side[k] = (qy_pe_side)rows->held_side[k][lane];
  }
  for (int c = 0; c < columns->count; c++)
    list->price[c] = rows->price[c][lane];
}

void qy_design_take_clocks(qy_lane_points *points, const qy_design *design, const qy_price_rows *rows, qy_lane_set set,
                           qy_metric_set needs)
{
  assert(!design->reason && !rows->reason);
  begin_of(points, design->accelerator);
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: take_clocks_avx512(points, design, rows, needs); break;
  case QY_LANE_SET_AVX2: take_clocks_avx2(points, design, rows, needs); break;
#endif
  default: take_clocks_plain(points, design, rows, needs);
  }
}

bool qy_design_run_clocks(qy_lane_points *points, const qy_design *design, const qy_price_rows *rows, const void *work,
                          qy_modes modes, qy_lane_set set, qy_metric_set needs)
{
  const qy_accelerator *accelerator = design->accelerator;
  if (!accelerator->clocks) return false;
  if (!accelerator->clocks(&points->bill, design->self, &design->bill, rows, work, modes, (int)set)) return false;
  price_lanes(points, design->columns, set, needs);
  return true;
}
