/* Runs of designs in the lanes of vectors: see point_lanes.h. */
#include "circuits.h"

#include "quarry/point_lanes.h"

#include <assert.h>
#include <string.h>

/* Prices of each lane, and whether all have the same. */
typedef struct lane_prices {
  const double *price[QY_LANES], *flip_flops[QY_LANES];
  _Alignas(64) double clock_mhz[QY_LANES];
  bool same;
} lane_prices;

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

bool qy_design_run_lanes(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                         const qy_modes modes[QY_LANES], qy_lane_set set)
{
  const qy_accelerator *accelerator = design[0]->accelerator;
  const void *self[QY_LANES];
  lane_prices prices = {.same = true};
  bool one = true;
  if (!accelerator->lanes) return false;
  for (int i = 0; i < QY_LANES; i++) {
    assert(!design[i]->reason && design[i]->accelerator == accelerator && design[i]->columns == design[0]->columns);
    self[i] = design[i]->self;
    prices.price[i] = design[i]->price;
    prices.flip_flops[i] = design[i]->prices->flip_flops;
    prices.clock_mhz[i] = design[i]->clock_mhz;
    prices.same = prices.same && prices.price[i] == prices.price[0] && prices.flip_flops[i] == prices.flip_flops[0];
    one = one && design[i] == design[0];
  }
  clear_run(&points->bill);
  if (!accelerator->lanes(&points->bill, self, work, modes, (int)set)) return false;
  if (one)
    take_design(points, design[0], 0, true);
  else
    for (int i = 0; i < QY_LANES; i++)
      take_design(points, design[i], i, false);
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: price_lanes_avx512(points, design[0]->columns, &prices); break;
  case QY_LANE_SET_AVX2: price_lanes_avx2(points, design[0]->columns, &prices); break;
#endif
  default: price_lanes_plain(points, design[0]->columns, &prices);
  }
  return true;
}
