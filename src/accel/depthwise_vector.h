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

/* A number of each lane's module in its modes. */
LANE_CODE REAL FN(of_lanes)(const depthwise_setups *s, int at, int row)
{
  return LANES_AT(s->of[row], at);
}

LANE_CODE REAL FN(of_mode)(const depthwise_setups *s, int at, int row)
{
  return s->alike ? FN(wide)(s->of[row][0]) : FN(of_lanes)(s, at, row);
}

LANE_CODE void FN(gather)(FN(mode) * p, const depthwise_setups *s, int at)
{
  p->results = FN(of_mode)(s, at, ROW_RESULTS);
  p->count = FN(of_mode)(s, at, ROW_COUNT);
  p->block = p->count * p->results;
  p->by_block = FN(divide_by)(FN(of_mode)(s, at, ROW_BY_BLOCK));
  p->by_taps = FN(divide_by)(FN(of_mode)(s, at, ROW_BY_TAPS));
  p->by_port = FN(divide_by)(FN(of_mode)(s, at, ROW_PORT));
  p->interval = FN(of_mode)(s, at, ROW_INTERVAL);
  p->channel_shift = FN(of_mode)(s, at, ROW_RESULTS_INVERSE);
  p->tap_shift = FN(of_mode)(s, at, ROW_TAPS_INVERSE);
  p->map.bits = FN(of_mode)(s, at, ROW_MAP_BITS);
  p->map.shift = FN(of_mode)(s, at, ROW_MAP_INVERSE);
  p->weight.bits = FN(of_mode)(s, at, ROW_WEIGHT_BITS);
  p->weight.shift = FN(of_mode)(s, at, ROW_WEIGHT_INVERSE);
  p->constant_bits = FN(of_mode)(s, at, ROW_CONSTANT_BITS);
  p->constant_words = FN(of_mode)(s, at, ROW_CONSTANT_WORDS);
  p->fill = FN(of_lanes)(s, at, ROW_FILL);
  p->multipliers = FN(of_mode)(s, at, ROW_MULTIPLIERS);
  p->bits = FN(of_mode)(s, at, ROW_BITS);
  p->used_bits = FN(of_lanes)(s, at, ROW_USED_BITS);
  p->sum_bits = FN(of_mode)(s, at, ROW_SUM_BITS);
  p->lane = FN(of_lanes)(s, at, ROW_LANE);
  p->products = FN(of_mode)(s, at, ROW_PRODUCTS);
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    p->macros[role] = FN(of_lanes)(s, at, ROW_MACROS + role);
    p->read_pj[role] = FN(of_lanes)(s, at, ROW_READ_PJ + role);
    p->write_pj[role] = FN(of_lanes)(s, at, ROW_WRITE_PJ + role);
  }
}

/* The largest sum: everything that was counted on the way is below it. */
LANE_CODE REAL FN(most)(const FN(counts) * n)
{
  const INT each[] = {n->cycles,       n->compute, n->transfer, n->input_reads,
                      n->input_writes, n->weights, n->outputs,  n->results};
  INT most = n->kernels;
  for (size_t i = 0; i < sizeof each / sizeof *each; i++)
    most = FN(largest)(most, each[i]);
  return most;
}

CODE_APART bool FN(run_lanes)(qy_lane_bill *bill, const depthwise_setups *s, const qy_depthwise_work *w)
{
  bool exact = true;
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    FN(mode) p;
    const REAL none = FN(wide)(0);
    FN(counts) n = {none, none, none, none, none, none, none, none, none, none, none, none};
    FN(gather)(&p, s, at);
    for (size_t i = 0; i < w->count; i++)
      FN(add_layer)(&n, &w->real[i], &p);
    const REAL most = FN(most)(&n);
    for (int k = 0; k < (int)LANE_STEP; k++)
      exact = exact && most[k] < exact_below;
    FN(put_run)(&(FN(run_bill)){bill, at}, &p, FN(of_mode)(s, at, ROW_MODE), &n, &w->moved);
  }
  return exact;
}
#undef SHAPE
#undef BILL
#undef MODES
#undef COUNT
#undef TIME
#undef MODE_COUNT
