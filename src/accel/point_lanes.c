/* Runs of designs in the lanes of vectors: see point_lanes.h. */
#include "circuits.h"

#include "quarry/point_lanes.h"

#include <assert.h>
#include <string.h>

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

static const int banks[QY_BUFFER_ROLES] = {QY_BANKS_INPUT, QY_BANKS_OUTPUT, QY_BANKS_WEIGHTS};

static void clear_run(qy_lane_bill *bill)
{
  memset(bill->count[QY_EVENT_FIRST], 0, (QY_ITEM_COUNT - QY_EVENT_FIRST) * sizeof *bill->count);
}

static const int stated[] = {QY_DEVICE_LUTS, QY_DEVICE_DSPS, QY_WEIGHT_BYTES, QY_BIT_OPERATIONS, QY_NOISE, QY_SQNR_DB};

/* What a design has in row `quantity`, whatever runs. */
static inline void take(qy_lane_points *points, int quantity, int i, bool one, double value)
{
  for (int k = i; k < (one ? QY_LANES : i + 1); k++)
    points->in[quantity][k] = value;
}

/* What does not depend on the run: sums over parts, what the design has, what somebody has put there.  one: it is that
 * of all lanes. */
static inline void take_design(qy_lane_points *points, const qy_design *d, int i, bool one)
{
  const qy_columns *c = d->columns;
  for (int r = 0; r < c->part_ranges; r++)
    take(points, c->range[r].metric, i, one, d->in[c->range[r].metric]);
  for (size_t k = 0; k < sizeof stated / sizeof *stated; k++)
    take(points, stated[k], i, one, d->in[stated[k]]);
  take(points, QY_TRAFFIC_BYTES, i, one, 0);
  take(points, QY_TRAFFIC_FLOOR_BYTES, i, one, d->bill.floor_bytes);
  take(points, QY_SHARED_BUFFER_BYTES, i, one, d->bill.shared_bytes);
  for (int b = 0; b < QY_BUFFER_ROLES; b++)
    take(points, banks[b], i, one, d->bill.banks[b]);
  for (int k = 0; k < QY_ROW_ARRAYS; k++)
    take(points, QY_ROWS_DSP + k, i, one, d->bill.rows[k]);
}

/* A row of what each lane's list has at `place`; one: all lanes have the same list. */
static inline void take_price(double row[QY_LANES], const double *const list[QY_LANES], int place, bool one)
{
  for (int i = 0; i < QY_LANES; i++)
    row[i] = list[one ? 0 : i][place];
}

static void take_prices(qy_lane_points *points, const qy_design *const design[QY_LANES])
{
  const qy_columns *c = design[0]->columns;
  const double *price[QY_LANES], *flip_flops[QY_LANES];
  bool one = true;
  for (int i = 0; i < QY_LANES; i++) {
    price[i] = design[i]->price;
    flip_flops[i] = design[i]->prices->flip_flops;
    points->clock_mhz[i] = design[i]->clock_mhz;
    one = one && price[i] == price[0] && flip_flops[i] == flip_flops[0];
  }
  for (int k = c->part_count; k < c->count; k++)
    take_price(points->price[k], price, k, one);
  for (int r = 0; r < QY_ROLE_COUNT; r++)
    take_price(points->flip_flops[r], flip_flops, r, one);
}

static void take_designs(qy_lane_points *points, const qy_design *const design[QY_LANES])
{
  bool one = true;
  for (int i = 0; i < QY_LANES; i++) {
    assert(!design[i]->reason && design[i]->accelerator == design[0]->accelerator &&
           design[i]->columns == design[0]->columns);
    one = one && design[i] == design[0];
  }
  for (int i = 0; i < (one ? 1 : QY_LANES); i++)
    take_design(points, design[i], i, one);
  take_prices(points, design);
}

bool qy_design_run_lanes_again(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                               const qy_modes modes[QY_LANES], qy_lane_set set)
{
  const qy_accelerator *accelerator = design[0]->accelerator;
  const void *self[QY_LANES];
  if (!accelerator->lanes) return false;
  for (int i = 0; i < QY_LANES; i++)
    self[i] = design[i]->self;
  clear_run(&points->bill);
  if (!accelerator->lanes(&points->bill, self, work, modes, (int)set)) return false;
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: price_lanes_avx512(points, design[0]->columns); break;
  case QY_LANE_SET_AVX2: price_lanes_avx2(points, design[0]->columns); break;
#endif
  default: price_lanes_plain(points, design[0]->columns);
  }
  return true;
}

bool qy_design_run_lanes(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                         const qy_modes modes[QY_LANES], qy_lane_set set)
{
  if (!design[0]->accelerator->lanes) return false;
  take_designs(points, design);
  return qy_design_run_lanes_again(points, design, work, modes, set);
}
