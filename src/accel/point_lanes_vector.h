/* What runs in lanes cost, in vectors of one set of instructions: see bill_rules.h.  No guard. */
typedef struct FN(rows) {
  qy_lane_points *of;
  const lane_prices *prices;
  int at; /* first lane of the vector */
  bool same;
} FN(rows);

/* A price of each lane. */
LANE_CODE REAL FN(price)(const FN(rows) * p, const double *const *list, int i)
{
  REAL price = WIDE(list[p->at][i]);
  for (int k = 1; !p->same && k < (int)LANE_STEP; k++)
    price[k] = list[p->at + k][i];
  return price;
}

#define VALUES              const FN(rows) *
#define BILL                const FN(rows) *
#define PRICES              const FN(rows) *
#define IN(v, id)           LANES_AT((v)->of->in[id], (v)->at)
#define COUNT(b, item)      LANES_AT((b)->of->bill.count[item], (b)->at)
#define TIME(b, field)      LANES_AT((b)->of->bill.field, (b)->at)
#define PRICE(p, column)    FN(price)(p, (p)->prices->price, column)
#define FLIP_FLOPS(p, role) FN(price)(p, (p)->prices->flip_flops, role)
#include "bill_rules.h"

LANE_CODE void FN(price_vector)(const FN(rows) * rows, const qy_columns *columns)
{
  COUNT(rows, QY_EVENT_CLOCK_TREE) = FN(clocked)(rows, rows);
  FN(sum)(rows, columns, rows, rows, columns->part_ranges, columns->range_count);
  FN(times)(rows, rows, LANES_AT(rows->prices->clock_mhz, rows->at));
}

CODE_APART void FN(price_lanes)(qy_lane_points *points, const qy_columns *columns, const lane_prices *prices)
{
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP)
    if (prices->same)
      FN(price_vector)(&(FN(rows)){points, prices, at, true}, columns);
    else
      FN(price_vector)(&(FN(rows)){points, prices, at, false}, columns);
}
#undef VALUES
#undef BILL
#undef PRICES
#undef IN
#undef COUNT
#undef TIME
#undef PRICE
#undef FLIP_FLOPS
