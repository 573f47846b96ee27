/* Runs of dot engines in vectors of one set of instructions: the equations of dot_run.h.  No guard. */
typedef struct FN(cycles) {
  INT compute, load, store, first, last, total;
} FN(cycles);

#define SHAPE  real_shape
#define COUNTS FN(cycles)
#include "bill_lanes.h"
#include "dot_run.h"
#include "pitches.h"

LANE_CODE void FN(gather)(FN(engines) * e, const double (*of)[QY_LANES], int at, bool registers)
{
#define ROW(row) (*(const REAL *)&of[row][at])
  *e = (FN(engines)){
      ROW(DOT_COUNT),         ROW(DOT_LANES),          ROW(DOT_X_BITS),     ROW(DOT_W_BITS),   ROW(DOT_Y_BITS),
      ROW(DOT_CONSTANT_BITS), ROW(DOT_CONSTANT_WORDS), ROW(DOT_FILL),       ROW(DOT_BY_COUNT), ROW(DOT_BY_LANES),
      ROW(DOT_BY_PORT),       ROW(DOT_SUM_BITS),       ROW(DOT_PITCH),      ROW(DOT_X_SHARE),  ROW(DOT_W_SHARE),
      ROW(DOT_Y_SHARE),       {ROW(DOT_READ_PJ)},      {ROW(DOT_WRITE_PJ)}, registers};
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    e->read_pj[role] = ROW(DOT_READ_PJ + role);
    e->write_pj[role] = ROW(DOT_WRITE_PJ + role);
  }
#undef ROW
}

LANE_CODE void FN(run_rows)(qy_lane_bill *bill, const double (*of)[QY_LANES], const double mode[QY_LANES],
                            bool registers, const dot_work *w)
{
  for (int at = 0; at < QY_LANES; at += (int)LANE_STEP) {
    FN(engines) e;
    FN(sums) n;
    REAL *sum = (REAL *)&n;
    for (size_t k = 0; k < sizeof n / sizeof *sum; k++)
      sum[k] = FN(wide)(0);
    FN(gather)(&e, of, at, registers);
    for (size_t i = 0; i < w->count; i++)
      FN(add_layer)(&n, &w->real[i], &e);
    FN(put_run)(&(FN(run_bill)){bill, at}, *(const REAL *)&mode[at], &n, w->macs);
  }
}

CODE_APART void FN(run_lanes)(qy_lane_bill *bill, const double *const list[QY_LANES], const double mode[QY_LANES],
                              bool registers, const dot_work *w)
{
  _Alignas(64) double of[DOT_ROWS][QY_LANES];
  FN(take_rows)(of, list, DOT_ROWS);
  FN(run_rows)(bill, (const double(*)[QY_LANES])of, mode, registers, w);
}

CODE_APART void FN(run_clocks)(qy_lane_bill *bill, const engine *e, const qy_price_rows *at,
                               const double fill[QY_LANES], const double mode[QY_LANES], const dot_work *w)
{
  _Alignas(64) double of[DOT_ROWS][QY_LANES];
  for (int k = 0; k < DOT_ROWS; k++)
    FN(put_row)(of[k], e->row[k]);
  for (int i = 0; i < QY_LANES; i += (int)LANE_STEP) {
    const REAL element_um2 = *(const REAL *)&at->placed_um2[QY_ROLE_ELEMENT][i];
    const REAL adder_um2 = *(const REAL *)&at->placed_um2[QY_ROLE_ADDER][i];
    LANES_AT(of[DOT_PITCH], i) = FN(pitches)(element_um2, element_um2 + adder_um2 + e->register_um2);
    LANES_AT(of[DOT_FILL], i) = *(const REAL *)&fill[i];
  }
  FN(run_rows)(bill, (const double(*)[QY_LANES])of, mode, !e->pe->params.input_registers, w);
}
#include "bill_end.h"
#undef SHAPE
#undef COUNTS
