/* Points as lanes of vectors: QY_LANES designs of one accelerator run on the same work at once, each at a precision of
 * its own, and their metrics.
 *
 * The equations are those of the accelerator, of the bill and of the metric table, compiled once more for vectors of
 * doubles.  Counts are integers below 2^50, so that doubles hold them and all steps on the way exactly; where a
 * point has larger ones, or cannot be, all of them have to be run one by one (qy_design_run), which is also what tests
 * compare with: every value has the same bits.
 * Products are never contracted with sums, so the sets of instructions give the same bytes.
 * Ownership: plain data, nothing is allocated.
 */
#ifndef QUARRY_POINT_LANES_H
#define QUARRY_POINT_LANES_H

#include "quarry/accelerator.h"
#include "quarry/lane_set.h"

/* Events and times of a run, point by point: as in qy_bill. */
struct qy_lane_bill {
  _Alignas(64) double count[QY_ITEM_COUNT][QY_LANES]; /* from QY_EVENT_FIRST on */
  double cycles[QY_LANES], compute_cycles[QY_LANES], transfer_cycles[QY_LANES];
  double products[QY_LANES], slots[QY_LANES], loaded_bits[QY_LANES], stored_bits[QY_LANES];
};

/* Price lists of an element and what surrounds it at QY_LANES clocks that follow one another, in a library, as rows. */
struct qy_price_rows {
  _Alignas(64) double clock_mhz[QY_LANES];
  double placed_um2[QY_ROLE_COUNT][QY_LANES], stages[QY_ROLE_COUNT][QY_LANES], flip_flops[QY_ROLE_COUNT][QY_LANES];
  double used_bits[QY_PE_MODES_MAX][QY_LANES]; /* of a word of the element, those that change (qy_pe_used_bits) */
  uint8_t side[QY_PE_MODES_MAX][QY_LANES], held_side[QY_PE_MODES_MAX][QY_LANES]; /* as in the lists, qy_pe_side */
  double min_period_ps[QY_LANES], period_ps[QY_LANES];                           /* of the element (qy_build) */
  double least_ns, most_ns;                                                      /* of the clock periods */
  const char *reason;                    /* why none of them can be; NULL: all can, and what follows is set */
  _Alignas(64) double price[][QY_LANES]; /* in the order of the columns */
};

/* What is known of the points after a run: in[] as of qy_design, metric[] as qy_metric_derive has them.  Plain
 * data that begins with zeros; what no item of the designs feeds is 0. */
typedef struct qy_lane_points {
  qy_lane_bill bill;
  _Alignas(64) double in[QY_QUANTITY_COUNT][QY_LANES];
  double metric[QY_METRIC_COUNT][QY_LANES];
  /* What the designs have, whatever runs: clocks; prices of events, qy_columns.part_count and on, and of circuits, in
   * rows or in the lists of `shared` that all lanes have. */
  double price[QY_COLUMNS_MAX][QY_LANES];
  double flip_flops[QY_ROLE_COUNT][QY_LANES], clock_mhz[QY_LANES];
  const qy_prices *shared;   /* NULL: in rows */
  const qy_price_rows *rows; /* in these, of a design at several clocks; NULL: in those above */
  const qy_accelerator *of;  /* of the last run; NULL: none */
} qy_lane_points;

/* The modes of a design's element at a precision, the same for all designs with it; false: it cannot be run so. */
bool qy_design_modes(qy_modes *modes, const qy_design *design, qy_precision precision);

/* Run all layers of a work on QY_LANES designs that can be, of one accelerator and with the same columns, each in its
 * modes; one design may be there several times.  Bill and in[] are set; quantities that nobody states (weight bytes,
 * bit operations, noise) are those of design->in.  false: the accelerator has no lanes, or not for these: counts are
 * too large; of systolic arrays those that differ in more than sizes, buffers and clock, divide a layer, pack groups or
 * have transfers that take no time.  Nothing of this has a meaning then. */
bool qy_design_run_lanes(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                         const qy_modes modes[QY_LANES], qy_lane_set set);

/* The same of the designs that these points were of in the run before, which have not changed since. */
bool qy_design_run_lanes_again(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                               const qy_modes modes[QY_LANES], qy_lane_set set);

/* Metrics from what is given by the rules, each row aligned to 64 bytes; `where` as of qy_metric_derive.  false: one
 * that applies is no finite number. */
bool qy_metric_derive_lanes(double (*metric)[QY_LANES], const double (*in)[QY_LANES], unsigned where, qy_lane_set set);

/* ---- one design at several clocks ---- */

/* Bytes of rows with these columns, in memory aligned to 64. */
size_t qy_price_rows_bytes(const qy_columns *columns);
/* Set the rows from lists at clocks that rise or fall; a list may be there several times.  false: some of them can be
 * and others cannot, or for other reasons. */
bool qy_price_rows_put(qy_price_rows *rows, const qy_prices *const list[QY_LANES], const double clock_mhz[QY_LANES],
                       const qy_columns *columns, const qy_pe *pe);
/* A list that rows were set from, as far as designs look at it: of the builds it has the stages and of the element's
 * the periods.  What else it has is left as it is: zeros. */
void qy_price_rows_list(qy_prices *list, const qy_price_rows *rows, int lane, const qy_columns *columns);

/* ---- some metrics alone ---- */

/* A set of metrics and quantities: of qy_metric, a bit each. */
typedef uint64_t qy_metric_set;
_Static_assert((int)QY_QUANTITY_COUNT <= 64, "a bit for each");
#define QY_METRIC_BIT(id) (UINT64_C(1) << (int)(id))
#define QY_METRICS_ALL    UINT64_MAX

/* What a set of metrics follows from, itself included: what a run has to set so that these can be derived. */
qy_metric_set qy_metric_needs(qy_metric_set wanted);

/* qy_design_run_lanes and qy_design_run_lanes_again for those who want to know some metrics only: needs is
 * qy_metric_needs of these.  Rows of in[] that are not in it and the events of the bill have no meaning after it.
 * Where the run before was for other metrics, it cannot be `again`.  The same bits and the same refusals as with
 * all. */
bool qy_design_run_lanes_for(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                             const qy_modes modes[QY_LANES], qy_lane_set set, qy_metric_set needs);
bool qy_design_run_lanes_again_for(qy_lane_points *points, const qy_design *const design[QY_LANES], const void *work,
                                   const qy_modes modes[QY_LANES], qy_lane_set set, qy_metric_set needs);

/* The same in two steps for one design at the clocks of `rows`, whose prices are those of its element and library
 * there; it was made at any clock.  Take it once, then run it in as many modes as wanted.  false: its accelerator
 * cannot say, its buffers are not the same at all of these clocks, or counts are too large. */
void qy_design_take_clocks(qy_lane_points *points, const qy_design *design, const qy_price_rows *rows, qy_lane_set set,
                           qy_metric_set needs);
bool qy_design_run_clocks(qy_lane_points *points, const qy_design *design, const qy_price_rows *rows, const void *work,
                          qy_modes modes, qy_lane_set set, qy_metric_set needs);

/* qy_metric_derive_lanes of the metrics in a set: rows of others are left as they are.  false: one of these that
 * applies is no finite number. */
bool qy_metric_derive_lanes_for(double (*metric)[QY_LANES], const double (*in)[QY_LANES], unsigned where,
                                qy_lane_set set, qy_metric_set wanted);

#endif
