/* Runs of the depthwise module in vectors of one set of instructions: the equations of depthwise_run.h, and what is
 * taken from the points before and put on the bill after.  No guard. */
typedef struct FN(run_bill) {
  qy_lane_bill *of;
  int at; /* first lane of the vector */
} FN(run_bill);

#define SHAPE             real_shape
#define BILL              FN(run_bill)
#define MODES             REAL
#define COUNT(bill, item) LANES_AT((bill)->of->count[item], (bill)->at)
#define TIME(bill, field) LANES_AT((bill)->of->field, (bill)->at)
#define MODE_COUNT(bill, modes, value)                                                                                 \
  for (int k = 0; k < QY_PE_MODES_MAX; k++)                                                                            \
  COUNT(bill, QY_EVENT_PRODUCT + k) = FN(select)((modes) == (double)k, value, none)
#include "depthwise_run.h"

typedef struct FN(lane_rows) {
  _Alignas(64) double module[MODULE_ROWS][QY_LANES];
  double mode[MODE_ROWS][QY_LANES];
} FN(lane_rows);

LANE_CODE void FN(gather)(FN(mode) * p, const FN(lane_rows) * rows, int at)
{
  p->count = LANES_AT(rows->module[MODULE_COUNT], at);
  p->multipliers = LANES_AT(rows->module[MODULE_MULTIPLIERS], at);
  p->fill = LANES_AT(rows->module[MODULE_FILL], at);
  p->lane = LANES_AT(rows->module[MODULE_LANE], at);
  p->interval = LANES_AT(rows->mode[MODE_INTERVAL], at);
  p->products = LANES_AT(rows->mode[MODE_PRODUCTS], at);
  p->results = LANES_AT(rows->mode[MODE_RESULTS], at);
  p->channel_shift = LANES_AT(rows->mode[MODE_RESULTS_INVERSE], at);
  p->tap_shift = LANES_AT(rows->mode[MODE_TAPS_INVERSE], at);
  p->map.bits = LANES_AT(rows->mode[MODE_MAP_BITS], at);
  p->map.shift = LANES_AT(rows->mode[MODE_MAP_INVERSE], at);
  p->weight.bits = LANES_AT(rows->mode[MODE_WEIGHT_BITS], at);
  p->weight.shift = LANES_AT(rows->mode[MODE_WEIGHT_INVERSE], at);
  p->constant_bits = LANES_AT(rows->mode[MODE_CONSTANT_BITS], at);
  p->constant_words = LANES_AT(rows->mode[MODE_CONSTANT_WORDS], at);
  p->bits = LANES_AT(rows->mode[MODE_BITS], at);
  p->used_bits = LANES_AT(rows->mode[MODE_USED_BITS], at);
  p->sum_bits = LANES_AT(rows->mode[MODE_SUM_BITS], at);
  p->block = p->count * p->results;
  p->block_bits = p->block * p->map.bits;
  /* Of powers of two the inverses are exact. */
  p->by_block = LANES_AT(rows->module[MODULE_COUNT_INVERSE], at) * p->channel_shift;
  p->by_taps = LANES_AT(rows->module[MODULE_MULTIPLIERS_INVERSE], at) * LANES_AT(rows->mode[MODE_TAPS_INVERSE], at);
  p->by_port = LANES_AT(rows->module[MODULE_PORT_INVERSE], at);
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    p->macros[role] = LANES_AT(rows->module[MODULE_MACROS + role], at);
    p->read_pj[role] = LANES_AT(rows->module[MODULE_READ_PJ + role], at);
    p->write_pj[role] = LANES_AT(rows->module[MODULE_WRITE_PJ + role], at);
  }
}

/* The largest sum: everything that was counted on the way is below it. */
LANE_CODE REAL FN(most)(const FN(counts) * n)
{
  const INT words = FN(largest)(FN(largest)(n->input_reads, n->input_writes), FN(largest)(n->weights, n->outputs));
  return FN(largest)(words, FN(largest)(n->cycles, n->results)); /* these are no less than the others */
}

CODE_APART bool FN(run_lanes)(qy_lane_bill *bill, const depthwise_lists *lists, const qy_depthwise_work *w)
{
  FN(lane_rows) rows;
  REAL most = FN(wide)(0);
  FN(take_rows)(rows.module, lists->module, MODULE_ROWS);
  FN(take_rows)(rows.mode, lists->mode, MODE_ROWS);
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    FN(mode) p;
    const REAL none = FN(wide)(0);
    FN(counts) n = {none, none, none, none, none, none, none, none, none, none, none, none};
    FN(gather)(&p, &rows, at);
    FN(add_layers)(&n, w->real, w->count, &p);
    most = FN(largest)(most, FN(most)(&n));
    FN(put_run)(&(FN(run_bill)){bill, at}, &p, LANES_AT(rows.mode[MODE_RUN], at), &n, &w->moved);
  }
  return ALL_SAME(FN(largest)(most, FN(wide)(exact_most)), FN(wide)(exact_most));
}
#undef SHAPE
#undef BILL
#undef MODES
#undef COUNT
#undef TIME
#undef MODE_COUNT
