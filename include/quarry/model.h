/* What moves a metric of one point of a plan, or the ratio of two points.
 *
 * Inputs: every constant of the point's technology that has an interval, as a standard normal number turned into a
 * value by qy_constant_at; and the model factors of the SRAM (sram_error.h), "sram.read.input" and so on.  A covariance
 * between constants is left aside: indices are of independent inputs.  Indices: sensitivity.h.  A sample is a draw of
 * the library (part_draws.h), so all metrics of all samples are a few matrix products and nothing is simulated again.
 * Certain, as everywhere under draws: times and counts at a fixed clock, feasibility.
 * Ratios: both points in the same technology, so that both stand in the same draw.
 * Ownership: names live in the library or in the arena given.
 */
#ifndef QUARRY_INFLUENCE_H
#define QUARRY_INFLUENCE_H

#include "quarry/experiment.h"
#include "quarry/sensitivity.h"

/* The point of design `design` where each axis has the value that `at` says: text like "channels: 4, clock_mhz: 100",
 * keys being technology, network, clock_mhz, precision and the design's parameters; numbers agree within 1e-5.  An axis
 * of one value may be left out.  NULL: nothing said.  QY_BAD_INPUT: unknown design, unknown key, a value that the axis
 * does not have, an axis left open (named, with its values). */
qy_status qy_plan_find_point(int64_t *point, const qy_plan *plan, const char *design, const char *at, qy_error *err);

/* The point of design `design` with the same technology, network, clock and precision as `point` and its value of every
 * parameter that is an axis of `design`.  QY_BAD_INPUT: unknown design, no such point. */
qy_status qy_plan_find_partner(int64_t *partner, const qy_plan *plan, int64_t point, const char *design, qy_error *err);

/* One point by itself.  The design's name and parameters: qy_plan_design.  A point that cannot be built has `reason`
 * set and no metrics. */
qy_status qy_plan_evaluate(qy_point *out, const qy_plan *plan, int64_t point, qy_error *err);

/* Value, p05 and p95 of metrics of a feasible point, over the plan's draws (256 where the file asks for none, seed 1);
 * over >= 0: of the ratio to that point's.  row[i]: of metric[i]; the ends are NaN where it is certain, all three where
 * one of the points has no such metric.  QY_BAD_INPUT: a point outside the plan or infeasible, two technologies. */
typedef struct qy_interval {
  double value, low, high;
} qy_interval;
qy_status qy_plan_intervals(qy_interval *row, const qy_plan *plan, int64_t point, int64_t over, const int *metric,
                            int count, qy_error *err);

typedef struct qy_influence {
  size_t inputs;
  const char **name;           /* [inputs]: paths of constants, "sram.read.input" */
  qy_sensitivity_index *index; /* [input * count + metric] */
} qy_influence;

/* samples * (inputs + 2) draws, see sensitivity.h; over: as above, -1: none.  QY_BAD_INPUT also: a metric that is
 * certain (qy_metric_uncertain), or that a point does not have; too few samples.  The same for any number of
 * threads. */
qy_status qy_plan_influence(qy_influence *out, const qy_plan *plan, int64_t point, int64_t over, const int *metric,
                            int count, size_t samples, uint64_t seed, int threads, qy_arena *arena, qy_error *err);

#endif
