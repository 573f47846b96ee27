/* Counts, times and bills of the systolic array in vectors of one set of instructions: the equations of systolic_run.h
 * for layers that are not divided, one group at a time, and of systolic_bill.h.  No guard. */

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

/* A list of each array, turned. */
typedef struct FN(rows) {
  const double (*of)[QY_LANES];
  int at; /* first lane of the vector */
} FN(rows);

#include "bill_lanes.h"
#define LIST          const FN(rows) *
#define OF(list, row) (*(const REAL *)&(list)->of[row][(list)->at])
#define EVENT_COUNT(bill, event, value)                                                                                \
  for (int k = 0; k < QY_PE_MODES_MAX; k++) {                                                                          \
    COUNT(bill, QY_EVENT_PRODUCT + k) = FN(select)((event) == (double)(QY_EVENT_PRODUCT + k), value, none);            \
    COUNT(bill, QY_EVENT_HELD + k) = FN(select)((event) == (double)(QY_EVENT_HELD + k), value, none);                  \
  }
#include "systolic_bill.h"

/* Does a lane's whole layer fit its buffers, as systolic_tile has it? */
LANE_CODE LANE_SET(masks) FN(too_large)(const FN(rows) * r, const SHAPE *s, const ARRAY *p, const FN(gemm) * l)
{
  const INT inputs = p->batch * s->rows_used * s->in_w * l->channels, weights = l->window * s->outputs;
  const INT outputs = l->pixels * s->outputs * OF(r, ROW_SLOT_BITS);
  return (inputs > OF(r, ROW_INPUT_WORDS)) | (weights > OF(r, ROW_WEIGHT_WORDS)) | (outputs > OF(r, ROW_OUTPUT_BITS));
}

/* Sums of the lanes of a vector; false: a layer does not fit.  The dataflow is said apart, so that each has a loop. */
LANE_CODE bool FN(sum_vector)(FN(sums) * n, const FN(rows) * r, const systolic_kind *kind, const qy_systolic_work *w,
                              qy_dataflow flow)
{
  const ARRAY p = {OF(r, ROW_ROWS),
                   OF(r, ROW_COLUMNS),
                   OF(r, ROW_BATCH),
                   OF(r, ROW_BY_ROWS),
                   OF(r, ROW_BY_COLUMNS),
                   OF(r, ROW_WORD_INVERSE),
                   flow,
                   kind->serial,
                   kind->full,
                   kind->bus};
  const FN(rate) rate = {OF(r, ROW_FOLD_LATENCY),
                         OF(r, ROW_LAYER_LATENCY),
                         OF(r, ROW_BY_PORT),
                         true,
                         kind->affine,
                         OF(r, ROW_INPUT_BITS),
                         OF(r, ROW_WEIGHT_BITS),
                         OF(r, ROW_RESULT_BITS),
                         OF(r, ROW_CONSTANT_BITS)};
  REAL *sum = (REAL *)n;
  for (int k = 0; k < SYSTOLIC_SUMS; k++)
    sum[k] = FN(wide)(0);
  LANE_SET(masks) large = {0};
  for (size_t i = 0; i < w->count; i++) {
    const SHAPE *s = &w->real[i];
    const FN(gemm) l = FN(layer_of)(s, &p);
    FN(outcome) o;
    if (kind->tiled) large |= FN(too_large)(r, s, &p, &l);
    FN(count_layer)(&o, s, &p, &l, &rate);
    FN(add_layer)(n, &o, s, kind->affine, l.window, s->count);
  }
  return ALL_ZERO(FN(select)(large, FN(wide)(1), FN(wide)(0)));
}

LANE_CODE bool FN(sum_rows)(FN(sums) * n, const FN(rows) * r, const systolic_kind *kind, const qy_systolic_work *w)
{
  switch (kind->flow) {
  case QY_FLOW_OS: return FN(sum_vector)(n, r, kind, w, QY_FLOW_OS);
  case QY_FLOW_WS: return FN(sum_vector)(n, r, kind, w, QY_FLOW_WS);
  default: return FN(sum_vector)(n, r, kind, w, QY_FLOW_IS);
  }
}

LANE_CODE bool FN(run_rows)(qy_lane_bill *bill, const double (*of)[QY_LANES], const systolic_kind *kind,
                            const qy_systolic_work *w)
{
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    const FN(rows) rows = {of, at};
    FN(sums) n;
    if (!FN(sum_rows)(&n, &rows, kind, w)) return false;
    FN(put_run)(&(FN(run_bill)){bill, at}, &rows, kind, &n, w->macs);
  }
  return true;
}

CODE_APART bool FN(run_lanes)(qy_lane_bill *bill, const double *const list[QY_LANES], const systolic_kind *kind,
                              const qy_systolic_work *w)
{
  _Alignas(64) double of[SYSTOLIC_ROWS][QY_LANES];
  FN(take_rows)(of, list, SYSTOLIC_ROWS);
  return counts_exactly(of[ROW_BATCH], w) && FN(run_rows)(bill, (const double(*)[QY_LANES])of, kind, w);
}

/* Of sums that are known, those of one lane or of each. */
CODE_APART void FN(put_known)(qy_lane_bill *bill, const double (*of)[QY_LANES], const systolic_kind *kind,
                              const one_sums *const known[QY_LANES], double macs)
{
  _Alignas(64) double sum[SYSTOLIC_SUMS][QY_LANES];
  const double *list[QY_LANES];
  for (int i = 0; i < QY_LANES; i++)
    list[i] = (const double *)known[i];
  for (int k = 0; k < SYSTOLIC_SUMS; k++)
    for (int i = 0; i < QY_LANES; i++)
      sum[k][i] = list[i][k];
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    FN(sums) n;
    REAL *to = (REAL *)&n;
    for (int k = 0; k < SYSTOLIC_SUMS; k++)
      to[k] = LANES_AT(sum[k], at);
    FN(put_run)(&(FN(run_bill)){bill, at}, &(FN(rows)){of, at}, kind, &n, macs);
  }
}
#undef SHAPE
#undef ARRAY
#undef COUNTS
#undef HALF
#undef TRANSFER
#undef LIST
#undef OF
#undef EVENT_COUNT
#include "bill_end.h"
