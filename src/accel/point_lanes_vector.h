/* What runs in lanes cost, in vectors of one set of instructions: see bill_rules.h.  No guard. */
typedef struct FN(rows) {
  qy_lane_points *of;
  int at; /* first lane of the vector */
} FN(rows);

#define VALUES              const FN(rows) *
#define BILL                const FN(rows) *
#define PRICES              const FN(rows) *
#define IN(v, id)           LANES_AT((v)->of->in[id], (v)->at)
#define COUNT(b, item)      LANES_AT((b)->of->bill.count[item], (b)->at)
#define TIME(b, field)      LANES_AT((b)->of->bill.field, (b)->at)
#define PRICE(p, column)    LANES_AT((p)->of->price[column], (p)->at)
#define FLIP_FLOPS(p, role) LANES_AT((p)->of->flip_flops[role], (p)->at)
#include "bill_rules.h"

CODE_APART void FN(price_lanes)(qy_lane_points *points, const qy_columns *columns)
{
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    const FN(rows) rows = {points, at};
    COUNT(&rows, QY_EVENT_CLOCK_TREE) = FN(clocked)(&rows, &rows);
    FN(sum)(&rows, columns, &rows, &rows, columns->part_ranges, columns->range_count);
    FN(times)(&rows, &rows, LANES_AT(points->clock_mhz, at));
  }
}
#undef VALUES
#undef BILL
#undef PRICES
#undef IN
#undef COUNT
#undef TIME
#undef PRICE
#undef FLIP_FLOPS
