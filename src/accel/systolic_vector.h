/* Counts and times of the systolic array in vectors of one set of instructions: the equations of systolic_run.h for
 * layers that are not divided, one group at a time.  No guard. */

typedef struct FN(array) {
  INT rows, columns, batch;
  DIVISOR by_rows, by_columns;
  SHIFT word_shift; /* 1/n */
  qy_dataflow dataflow;
  bool serial, full, bus; /* of all lanes */
} FN(array);

/* As in qy_systolic_counts. */
typedef struct FN(counts) {
  INT folds, fill, stream, drain, compute, active, fold_pes, operand_hops, sum_hops, operand_skew, sum_skew;
  INT operand_writes, row_entries, row_writes, row_skew, input_reads, weight_reads, output_writes;
  INT sum_writes, sum_reads;
} FN(counts);

#define SHAPE              systolic_real_shape
#define ARRAY              FN(array)
#define COUNTS             FN(counts)
#define HALF(x)            ((x)*0.5)
#define TRANSFER(bits, by) FN(ceil_div)(bits, by)
#include "systolic_run.h"

/* Does a lane's whole layer fit its buffers, as systolic_tile has it? */
LANE_CODE LANE_SET(masks)
    FN(too_large)(const systolic_rows *r, int at, const SHAPE *s, const ARRAY *p, const FN(gemm) * l)
{
  const INT inputs = p->batch * s->rows_used * s->in_w * l->channels, weights = l->window * s->outputs;
  const INT outputs = l->pixels * s->outputs * LANES_AT(r->of[ROW_SLOT_BITS], at);
  return (inputs > LANES_AT(r->of[ROW_INPUT_WORDS], at)) | (weights > LANES_AT(r->of[ROW_WEIGHT_WORDS], at)) |
         (outputs > LANES_AT(r->of[ROW_OUTPUT_BITS], at));
}

LANE_CODE void FN(count_layer)(FN(outcome) * o, const SHAPE *s, const ARRAY *p, const FN(gemm) * l,
                               const FN(rate) * rate)
{
  const qy_dataflow flow = p->dataflow;
  const INT outputs = FN(wide)(s->outputs);
  const INT on_rows = flow == QY_FLOW_OS ? l->pixels : l->window;
  const INT on_columns = flow == QY_FLOW_IS ? l->pixels : outputs;
  const FN(direction) row = FN(over_array)(on_rows, p->rows, p->by_rows);
  const FN(direction) column = FN(over_array)(on_columns, p->columns, p->by_columns);
  const FN(direction) time = FN(over_time)(flow == QY_FLOW_OS ? l->window : flow == QY_FLOW_WS ? l->pixels : outputs);
  FN(count_folds)(&o->c, p, &row, &column, &time);
  FN(scale)(&o->c, FN(wide)(s->groups));
  FN(count_words)(&o->c, s, p, l, &row, &column, &time);
  o->port = FN(words_of)(s, p, l);
  const INT rows = FN(smallest)(on_rows, p->rows), columns = FN(smallest)(on_columns, p->columns);
  FN(time_layer)(o, s, rate, flow, rows, columns, rows * columns, l->window);
}

/* Sums of the lanes of a vector; false: a layer does not fit.  The dataflow is said apart, so that each has a loop. */
LANE_CODE bool FN(sum_vector)(systolic_lane_sums *sums, const systolic_rows *r, const qy_systolic_work *w, int at,
                              qy_dataflow flow)
{
#define ROW(row) LANES_AT(r->of[row], at)
  const ARRAY p = {ROW(ROW_ROWS),
                   ROW(ROW_COLUMNS),
                   ROW(ROW_BATCH),
                   ROW(ROW_BY_ROWS),
                   ROW(ROW_BY_COLUMNS),
                   ROW(ROW_WORD_INVERSE),
                   flow,
                   r->serial,
                   r->full,
                   r->bus};
  const FN(rate) rate = {
      ROW(ROW_FOLD_LATENCY), ROW(ROW_LAYER_LATENCY), ROW(ROW_BY_PORT),      true, r->affine, ROW(ROW_INPUT_BITS),
      ROW(ROW_WEIGHT_BITS),  ROW(ROW_RESULT_BITS),   ROW(ROW_CONSTANT_BITS)};
#undef ROW
  FN(sums) n;
  REAL *sum = (REAL *)&n;
  for (int k = 0; k < SYSTOLIC_SUMS; k++)
    sum[k] = FN(wide)(0);
  LANE_SET(masks) large = {0};
  for (size_t i = 0; i < w->count; i++) {
    const SHAPE *s = &w->real[i];
    const FN(gemm) l = FN(layer_of)(s, &p);
    FN(outcome) o;
    if (r->tiled) large |= FN(too_large)(r, at, s, &p, &l);
    FN(count_layer)(&o, s, &p, &l, &rate);
    FN(add_layer)(&n, &o, s, r->affine, l.window, s->count);
  }
  for (int k = 0; k < SYSTOLIC_SUMS; k++)
    LANES_AT(sums->of[k], at) = sum[k];
  return ALL_ZERO(FN(select)(large, FN(wide)(1), FN(wide)(0)));
}

CODE_APART bool FN(sum_lanes)(systolic_lane_sums *sums, const systolic_rows *r, const qy_systolic_work *w)
{
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    const bool fits = r->flow == QY_FLOW_OS   ? FN(sum_vector)(sums, r, w, at, QY_FLOW_OS)
                      : r->flow == QY_FLOW_WS ? FN(sum_vector)(sums, r, w, at, QY_FLOW_WS)
                                              : FN(sum_vector)(sums, r, w, at, QY_FLOW_IS);
    if (!fits) return false;
  }
  return true;
}
#undef SHAPE
#undef ARRAY
#undef COUNTS
#undef HALF
#undef TRANSFER
