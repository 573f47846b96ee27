/* Runs of the depthwise module in vectors of one set of instructions: the equations of depthwise_run.h, and what is
 * taken from the points before and put on the bill after.  No guard. */
#define SHAPE real_shape
#include "bill_lanes.h"
#include "depthwise_run.h"
#include "pitches.h"

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

LANE_CODE bool FN(is_known)(FN(counts) * n, const known_counts *known, const void *work, REAL fill)
{
  if (!known || known->work != work || !ALL_SAME(fill, FN(wide)(known->fill))) return false;
  REAL *to = (REAL *)n;
  for (int i = 0; i < RUN_COUNTS; i++)
    to[i] = FN(wide)(known->count[i]);
  return true;
}

/* Of the last lane: neighbours are likely to be like it. */
LANE_CODE void FN(note)(known_counts *known, const FN(counts) * n, const void *work, REAL fill)
{
  const REAL *from = (const REAL *)n;
  _Static_assert(sizeof *n == RUN_COUNTS * sizeof *from, "counts alone");
  known->work = work;
  known->fill = fill[LANE_STEP - 1];
  for (int i = 0; i < RUN_COUNTS; i++)
    known->count[i] = from[i][LANE_STEP - 1];
}

/* known: what was counted last, and is set; NULL: nobody asks. */
LANE_CODE bool FN(run_rows)(qy_lane_bill *bill, const FN(lane_rows) * rows, const qy_depthwise_work *w,
                            known_counts *known)
{
  const REAL exact = FN(wide)(exact_most);
  bool small = true;
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    FN(mode) p;
    const REAL none = FN(wide)(0);
    FN(counts) n = {none, none, none, none, none, none, none, none, none, none, none, none};
    FN(gather)(&p, rows, at);
    if (!FN(is_known)(&n, known, w, p.fill)) {
      FN(add_layers)(&n, w->real, w->count, &p);
      small = small && ALL_SAME(FN(largest)(FN(most)(&n), exact), exact);
      if (known && small) FN(note)(known, &n, w, p.fill);
    }
    FN(put_run)(&(FN(run_bill)){bill, at}, &p, LANES_AT(rows->mode[MODE_RUN], at), &n, &w->moved);
  }
  return small;
}

CODE_APART bool FN(run_lanes)(qy_lane_bill *bill, const depthwise_lists *lists, const qy_depthwise_work *w)
{
  FN(lane_rows) rows;
  FN(take_rows)(rows.module, lists->module, MODULE_ROWS);
  FN(take_rows)(rows.mode, lists->mode, MODE_ROWS);
  return FN(run_rows)(bill, &rows, w, NULL);
}

/* What of a module depends on the clock. */
LANE_CODE void FN(put_clocks)(FN(lane_rows) * rows, const module *m, const qy_bill *parts, const qy_price_rows *from,
                              int mode)
{
  const double access_ns = m->buffer[QY_BUFFER_INPUT].macro.access_ns;
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    REAL placed_um2[LANE_CIRCUITS], stages[LANE_CIRCUITS];
    for (int r = 0; r < LANE_CIRCUITS; r++) {
      placed_um2[r] = LANES_AT(from->placed_um2[r], at);
      stages[r] = LANES_AT(from->stages[r], at);
    }
    const REAL um2 = FN(lanes_um2)(m->cells_um2, parts->count + QY_PART_ELEMENT, placed_um2);
    LANES_AT(rows->module[MODULE_LANE], at) =
        FN(pitches)(placed_um2[QY_ROLE_ELEMENT], um2 / (double)m->params.channels);
    LANES_AT(rows->module[MODULE_FILL], at) = FN(fill_of)(access_ns, LANES_AT(from->clock_mhz, at), stages, &m->depth);
    LANES_AT(rows->mode[MODE_USED_BITS], at) = LANES_AT(from->used_bits[mode], at);
  }
}

CODE_APART bool FN(run_clocks)(qy_lane_bill *bill, module *m, const qy_bill *parts, const qy_price_rows *from,
                               const qy_depthwise_work *w, qy_modes modes)
{
  FN(lane_rows) rows;
  const int run = modes.run;
  const bool alike = modes.weights == run && modes.activations == run;
  double made[MODE_ROWS];
  const double *mode = alike ? m->mode[run] : made;
  if (!alike) put_mode(made, m, modes);
  for (int j = 0; j < MODULE_ROWS; j++)
    FN(put_row)(rows.module[j], m->row[j]);
  for (int j = 0; j < MODE_ROWS; j++)
    FN(put_row)(rows.mode[j], mode[j]);
  FN(put_clocks)(&rows, m, parts, from, run);
  return FN(run_rows)(bill, &rows, w, alike ? &m->known[run] : NULL);
}
#include "bill_end.h"
#undef SHAPE
