/* What runs in lanes cost, in vectors of one set of instructions: see bill_rules.h.  No guard. */
typedef struct FN(rows) {
  qy_lane_points *of;
  int at; /* first lane of the vector */
} FN(rows);

/* Where prices are; price: a list of all lanes, NULL: they have rows. */
typedef struct FN(lists) {
  const double *price, *flip_flops;
  const double (*price_row)[QY_LANES], (*flip_row)[QY_LANES];
  int at; /* first lane of the vector */
} FN(lists);

LANE_CODE REAL FN(price)(const double *list, int place, const double (*row)[QY_LANES], int at)
{
  if (list) return FN(wide)(list[place]);
  return *(const REAL *)&row[place][at];
}

#include "bill_lanes.h"
#define VALUES              const FN(rows) *
#define PRICES              const FN(lists) *
#define IN(v, id)           LANES_AT((v)->of->in[id], (v)->at)
#define PRICE(p, column)    FN(price)((p)->price, column, (p)->price_row, (p)->at)
#define FLIP_FLOPS(p, role) FN(price)((p)->flip_flops, role, (p)->flip_row, (p)->at)
#include "bill_rules.h"

LANE_CODE void FN(take_prices)(qy_lane_points *points, const qy_design *const design[QY_LANES], qy_metric_set needs)
{
  const qy_columns *c = design[0]->columns;
  const int first = c->part_count / QY_LANES * QY_LANES; /* the first of events, or one a little before */
  const double *price[QY_LANES], *flip_flops[QY_LANES];
  qy_metric_set priced = 0;
  for (int r = c->part_ranges; r < c->range_count; r++)
    priced |= QY_METRIC_BIT(c->range[r].metric);
  if (!(needs & priced)) return;
  for (int i = 0; i < QY_LANES; i++) {
    price[i] = design[i]->price + first;
    flip_flops[i] = design[i]->prices->flip_flops;
  }
  FN(take_rows)(points->price + first, price, c->count - first);
  for (int r = 0; r < QY_ROLE_COUNT && (needs & QY_METRIC_BIT(QY_ENERGY_REGISTER_UJ)); r++)
    FN(take_row)(points->flip_flops[r], flip_flops, r, false);
}

/* What does not depend on the run: sums over parts, what the designs state, clocks and prices. */
CODE_APART void FN(take_designs)(qy_lane_points *points, const qy_design *const design[QY_LANES], qy_metric_set needs)
{
  const qy_design *first = design[0];
  const qy_columns *c = first->columns;
  const int known = first->accelerator->fabrics & QY_ON_FPGA ? STATED : STATED_ON_CELLS;
  const double *from[QY_LANES];
  bool one = true, shared = first->price == first->prices->price;
#pragma GCC unroll 8
  for (int i = 0; i < QY_LANES; i++) {
    from[i] = (const double *)(const void *)design[i];
    one &= design[i] == first;
    shared &= design[i]->price == first->price && design[i]->prices == first->prices;
  }
  for (int r = 0; r < c->part_ranges; r++)
    if (needs & QY_METRIC_BIT(c->range[r].metric))
      FN(take_row)(points->in[c->range[r].metric], from, PLACE(in) + c->range[r].metric, one);
  for (int k = 0; k < known; k++)
    if (needs & QY_METRIC_BIT(stated[k].quantity))
      FN(take_row)(points->in[stated[k].quantity], from, stated[k].place, one);
  FN(take_row)(points->clock_mhz, from, PLACE(clock_mhz), one);
  points->shared = shared ? first->prices : NULL;
  points->rows = NULL;
  if (!shared) FN(take_prices)(points, design, needs);
}

/* The same of one design at several clocks: what it states is that of its own, sums over parts and clocks are not. */
CODE_APART void FN(take_clocks)(qy_lane_points *points, const qy_design *design, const qy_price_rows *rows,
                                qy_metric_set needs)
{
  const qy_columns *c = design->columns;
  const double *from = (const double *)(const void *)design;
  for (int k = 0; k < STATED_ON_CELLS; k++)
    if (needs & QY_METRIC_BIT(stated[k].quantity)) FN(put_row)(points->in[stated[k].quantity], from[stated[k].place]);
  for (int r = 0; r < c->part_ranges; r++) {
    const struct qy_column_range *range = &c->range[r];
    if (!(needs & QY_METRIC_BIT(range->metric))) continue;
    for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
      REAL total = FN(wide)(0);
      for (int k = range->first; k < range->first + range->count; k++)
        total += design->bill.count[c->item[k]] * *(const REAL *)&rows->price[k][at];
      LANES_AT(points->in[range->metric], at) = total;
    }
  }
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP)
    LANES_AT(points->clock_mhz, at) = *(const REAL *)&rows->clock_mhz[at];
  points->shared = NULL;
  points->rows = rows;
}

/* Times, and sums over the events in `needs`. */
LANE_CODE void FN(price_vector)(qy_lane_points *points, const qy_columns *columns, const qy_prices *shared,
                                qy_metric_set needs, int at)
{
  const FN(rows) rows = {points, at};
  const FN(run_bill) bill = {&points->bill, at};
  const FN(lists) lists = {shared ? shared->price : NULL, shared ? shared->flip_flops : NULL,
                           points->rows ? points->rows->price : (const double(*)[QY_LANES])points->price,
                           points->rows ? points->rows->flip_flops : (const double(*)[QY_LANES])points->flip_flops, at};
  if (needs & QY_METRIC_BIT(QY_ENERGY_REGISTER_UJ)) COUNT(&bill, QY_EVENT_CLOCK_TREE) = FN(clocked)(&lists, &bill);
  for (int r = columns->part_ranges; r < columns->range_count; r++)
    if (needs & QY_METRIC_BIT(columns->range[r].metric)) FN(sum)(&rows, columns, &lists, &bill, r, r + 1);
  FN(times)(&rows, &bill, LANES_AT(points->clock_mhz, at));
}

CODE_APART void FN(price_lanes)(qy_lane_points *points, const qy_columns *columns, qy_metric_set needs)
{
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP)
    if (points->shared) /* apart, so that each has a loop */
      FN(price_vector)(points, columns, points->shared, needs, at);
    else
      FN(price_vector)(points, columns, NULL, needs, at);
}
#include "bill_end.h"
#undef VALUES
#undef PRICES
#undef IN
#undef PRICE
#undef FLIP_FLOPS
