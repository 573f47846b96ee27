/* A plan made ready to be evaluated, once (DESIGN section 9): elements built and simulated, price lists of every
 * library and clock, layers reduced to work, under draws the basis of every price list.  A model never changes; whoever
 * has a further question asks it again: points, sweeps, draws, fronts, layers, sensitivity.
 *
 * Metrics are linear in a small basis of prices: a point's bill, which depends on the design alone, times
 * basis[column][draw], which depends on element, library and clock alone.  So a batch of points is one matrix product a
 * metric, and no point is evaluated again for a draw.
 *
 * Ownership: a model is freed by its maker; the plan must outlive it.
 */
#ifndef QUARRY_MODEL_H
#define QUARRY_MODEL_H

#include "quarry/bill.h"
#include "quarry/plan.h"
#include "quarry/search.h"
#include "quarry/sensitivity.h"

typedef struct qy_model qy_model;

/* points: those that will be asked for, each prepared and evaluated now; NULL: all of the plan.  A model of all points
 * has the draws that the plan asks for.  QY_BAD_INPUT: a point outside the plan; bases of draws that take too much
 * memory. */
qy_status qy_model_new(qy_model **model, const qy_plan *plan, const int64_t *points, size_t count, qy_error *err);
void qy_model_free(qy_model *model); /* NULL is allowed */

/* One evaluated point. */
typedef struct qy_point {
  int64_t index, design;
  int technology, network, precision_bits;
  double clock_mhz;
  const char *reason; /* why it cannot be, as long as the model or the sweep that delivers it lives; NULL: feasible */
  double metric[QY_METRIC_COUNT];
  const double (*interval)[2]; /* [metric]: p05, p95 over the draws, NaN for what is certain; NULL: no draws */
} qy_point;

/* ---- all points ---- */

typedef struct qy_model_run {
  int threads;
  int64_t batch_points;
  /* Only these points, rising, as a search found them; NULL: all.  Batches stay those of the whole space, with fewer
   * points or none in each. */
  const int64_t *points;
  size_t point_count;
  void *ctx;
  qy_status (*sink)(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err);
  int (*skip)(void *ctx, int64_t batch);
  int (*stop)(void *ctx);
  /* Once, after the last batch, of a plan with draws: the points that are on their front in any draw, and in which
   * share of the draws.  Exact over the draws; batches skipped are evaluated again for it.  May be NULL. */
  qy_status (*chances)(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err);
} qy_model_run;

/* The model must be one of all points.  Results are the same for any number of threads. */
qy_status qy_model_sweep(const qy_model *model, const qy_model_run *run, qy_error *err);

/* Points that a batch of the run has at most, 1 at least. */
int64_t qy_model_batch_most(const qy_model_run *run);

/* Estimate how long qy_model_sweep would take on `threads` threads, sink left out: evaluates a spread of points for
 * about a fifth of a second. */
qy_status qy_model_time(const qy_model *model, int threads, double *seconds, qy_error *err);

/* ---- some of all points ---- */

/* Search the fronts of the plan without evaluating all of its points: objectives are those of the plan, those to be
 * maximised negated; each front the plan asks for (`front: {within: ...}`) is a group of its own.  Draws are left out.
 * stop as of qy_model_run.  The model must be one of all points.  QY_BAD_INPUT: more than
 * 100000 fronts; else as qy_search_run. */
qy_status qy_model_search(qy_search_result *result, const qy_model *model, const qy_search_method *method,
                          const qy_search_budget *budget, int threads, int (*stop)(void *ctx), void *ctx,
                          qy_error *err);

/* ---- single points: those the model was made for ---- */

/* The design's name and parameters: qy_plan_design.  A point that cannot be has `reason` set and no metrics. */
qy_status qy_model_point(qy_point *out, const qy_model *model, int64_t point, qy_error *err);

/* What a layer moves between DRAM and shared buffer.  Spilled partial sums are maps. */
enum { QY_MOVED_WEIGHTS, QY_MOVED_IN, QY_MOVED_OUT, QY_MOVED_COUNT };
const char *qy_moved_name(int moved); /* "weights" */

/* One layer of a point on the member that runs it. */
typedef struct qy_model_layer {
  const char *member; /* NULL: the design is one accelerator; "memory": no member runs it, it only moves maps */
  const qy_layer *layer;
  const char *bound_by; /* "compute" or "memory": what takes longer in its stage; NULL: the design has no memory */
  double moved_bytes[QY_MOVED_COUNT]; /* of its traffic */
  qy_bill bill;                       /* its events and times; parts as those of the member */
  double metric[QY_METRIC_COUNT]; /* of the layer alone; areas are the member's, and so is leakage but in a sequential
                                     system: there all members leak while one runs */
} qy_model_layer;

/* Energies of the layers add up to those of the point, other than what members of a pipeline leak while they wait.
 *
 * Visit the layers of a feasible point in the order of the members and, within them, of the network; nothing for a
 * design that runs none.  With a memory each has its share of the DRAM and the shared buffer, and layers that no member
 * runs follow.  A visit that returns other than QY_OK ends it. */
typedef qy_status qy_layer_visit(void *ctx, const qy_model_layer *layer, qy_error *err);
qy_status qy_model_layers(const qy_model *model, int64_t point, qy_layer_visit *visit, void *ctx, qy_error *err);

/* One part or event of a point's bill. */
typedef struct qy_model_item {
  const char *member; /* NULL: the design is one accelerator */
  int item;           /* a qy_item */
  double count;
  double area_um2, leakage_mw, energy_uj; /* energy: of a run, leakage left out */
} qy_model_item;
/* Visit the parts, then the events of a feasible point, member by member, those of count 0 left out.  Their areas,
 * leakages and energies add up to those of the point. */
typedef qy_status qy_item_visit(void *ctx, const qy_model_item *item, qy_error *err);
qy_status qy_model_items(const qy_model *model, int64_t point, qy_item_visit *visit, void *ctx, qy_error *err);

/* Value, p05 and p95 of metrics of a feasible point, over the plan's draws (256 where the file asks for none, seed 1);
 * over >= 0: of the ratio to that point's.  row[i]: of metric[i]; the ends are NaN where it is certain, all three where
 * one of the points has no such metric.  QY_BAD_INPUT: a point that the model was not made for, or infeasible; two
 * technologies. */
typedef struct qy_interval {
  double value, low, high;
} qy_interval;
qy_status qy_model_intervals(qy_interval *row, const qy_model *model, int64_t point, int64_t over, const int *metric,
                             int count, qy_error *err);

typedef struct qy_indices {
  size_t inputs;
  const char **name;           /* [inputs]: paths of constants, "sram.read.input"; "structure": discrepancy.h */
  qy_sensitivity_index *index; /* [input * count + metric] */
} qy_indices;

/* Sobol indices from samples * (inputs + 2) draws, see sensitivity.h; over: as above, -1: none.  QY_BAD_INPUT also: a
 * metric that is certain (qy_metric_uncertain), or that a point does not have; too few samples.  The same for any
 * number of threads. */
qy_status qy_model_sensitivity(qy_indices *out, const qy_model *model, int64_t point, int64_t over, const int *metric,
                               int count, size_t samples, uint64_t seed, int threads, qy_arena *arena, qy_error *err);

#endif
