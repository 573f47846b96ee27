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

#include "quarry/activities.h"
#include "quarry/bill.h"
#include "quarry/plan.h"
#include "quarry/point_columns.h"
#include "quarry/search.h"
#include "quarry/sensitivity.h"
#include "quarry/sum_bits.h"

typedef struct qy_model qy_model;

/* points: those that will be asked for, each prepared and evaluated now; NULL: all of the plan.  A model of all points
 * has the draws that the plan asks for.  QY_BAD_INPUT: a point outside the plan; bases of draws that take too much
 * memory. */
qy_status qy_model_new(qy_model **model, const qy_plan *plan, const int64_t *points, size_t count, qy_error *err);
/* The same on so many threads, with a table of activities that other models share; it must outlive the model.  The same
 * bytes for any of them. */
typedef struct qy_model_how {
  int threads;          /* 0: 1 */
  qy_activities *known; /* NULL: one of its own */
  /* Asked between the parts of making one, each of which takes a fraction of a second: other than 0 ends it with
   * QY_INTERRUPTED.  What was simulated stays in `known`.  NULL: never. */
  int (*stop)(void *ctx);
  void *stop_ctx;
  /* Elements and schedules of a plan that has many are made ready when points that ask for them are swept
   * (qy_model_sweep, qy_kept_sweep); other functions take points that were swept, or made ready by qy_model_ready.  The
   * same bytes. */
  bool by_parts;
  /* Draws are so many at most: to see what they cost.  0: those that the plan asks for. */
  size_t draws_most;
  /* How points are evaluated, the same bytes in all ways: 0: as is fastest; QY_ONE_BY_ONE; QY_IN_LANES + a set of
   * instructions that this machine has (point_lanes.h). */
  int way;
} qy_model_how;
enum { QY_ONE_BY_ONE = 1, QY_IN_LANES };
qy_status qy_model_make(qy_model **model, const qy_plan *plan, const int64_t *points, size_t count,
                        const qy_model_how *how, qy_error *err);
/* Make these points of a model of all points ready, points NULL: all; what is ready stays so.  QY_INTERRUPTED: its stop
 * was heard. */
qy_status qy_model_ready(qy_model *model, const int64_t *points, size_t count, qy_error *err);
void qy_model_free(qy_model *model); /* NULL is allowed */

enum { QY_WEIGHTS_DIFFER = -1 };

/* One evaluated point. */
typedef struct qy_point {
  int64_t index, design;
  int technology, network;
  int precision;      /* of qy_plan_info.precision */
  int precision_bits; /* the widest operand of any layer; of an assignment that cannot be: of any option */
  int weight_bits; /* where all layers have one precision and elements keep weights in other bits, as codes are: those
                         bits; QY_WEIGHTS_DIFFER: members differ; 0: those of the precision */
  double clock_mhz;
  const char
      *reason;   /* why it is infeasible, as long as the model or the sweep that delivers it lives; NULL: feasible */
  bool excluded; /* the reason is a constraint of the plan: the point can be, and has its metrics */
  /* What the models chose where the design leaves it open, lives as `reason`; NULL: nothing, or the point cannot be.
   * JSON, numbers and words, keys of parameters with '_' for '.':
   *   {"pe_stages":1,"pe_operands_at":"left","columns":16,"buffers_input":4096,"array_rows":8}
   * pe_stages: pipeline stages of the element; pe_operands_at: of its narrower modes, rising. */
  const char *resolved;
  /* Which layer has which precision, lives as `reason`; NULL: all have the same, or the point cannot be.  JSON:
   *   {"layers": {"conv1": "8", "b1_dw": "w4a8"}, "members": {"conv1": "array"}, "epsilon": 0, "optimal": true,
   *    "bound": 12.5}
   * members: where an assignment chooses them; of assignments alone epsilon, that of the front the point was taken
   * from (0: exact), and optimal: it is 0.  Of optima bound: no assignment within the limits is below it, and epsilon:
   * how far above the bound the point may be.  Where the limit of a pipeline's energy makes an exact treatment too
   * large, assignments whose energy is at most that limit / (1 + epsilon) are covered. */
  const char *assignment;
  double metric[QY_METRIC_COUNT];
  const double (*interval)[2];    /* [metric]: p05, p95 over the draws, NaN for what is certain; NULL: no draws */
  const struct qy_detail *detail; /* layers and members, as long as `interval`; NULL: not asked for */
} qy_point;

/* ---- all points ---- */

/* What a run knows of the fronts in draws, between runs: a run that goes on from it repeats nothing.  Saved about every
 * `seconds`, less often where saving takes long, and when a run is stopped. */
typedef struct qy_model_keep {
  double seconds;
  /* As save() had it last, NULL: there is none.  What belongs to other batches than those skipped is not used. */
  const void *state;
  size_t bytes;
  /* All batches in it were delivered.  On the thread of the sink. */
  qy_status (*save)(void *ctx, const void *state, size_t bytes, qy_error *err);
  int64_t evaluated; /* by the run: how many points, each as often as it was */
} qy_model_keep;

typedef struct qy_model_run {
  int threads;
  int64_t batch_points;
  /* Only these points, rising, as a search found them; NULL: all.  Batches stay those of the whole space, with fewer
   * points or none in each. */
  const int64_t *points;
  size_t point_count;
  int (*outside)(void *ctx, int64_t batch); /* of another process: as if it were not there; NULL: none is */
  void *ctx;
  qy_status (*sink)(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err);
  /* Instead of sink, of a model that qy_model_has_columns: pack() makes packed_bytes of a batch (aligned for any type),
   * on any of the threads that evaluate, and sink_packed gets these.  May be NULL. */
  size_t packed_bytes;
  qy_status (*pack)(void *ctx, const qy_point_columns *columns, void *packed, qy_error *err);
  qy_status (*sink_packed)(void *ctx, int64_t batch, int64_t count, const void *packed, qy_error *err);
  int (*skip)(void *ctx, int64_t batch);
  int (*stop)(void *ctx);
  /* Once, after the last batch, of a plan with draws: the points that are on their front in any draw, and in which
   * share of the draws.  Exact over the draws; batches skipped are evaluated again for it.  May be NULL. */
  qy_status (*chances)(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err);
  qy_model_keep *keep; /* of all points under draws; NULL: nothing is kept */
} qy_model_run;

/* Are its points without draws, all layers of each at one precision, and without layers and members to keep? */
bool qy_model_has_columns(const qy_model *model);

/* The model must be one of all points.  Results are the same for any number of threads.  Where the plan keeps the
 * layers or members of all points, feasible ones have `detail`. */
qy_status qy_model_sweep(qy_model *model, const qy_model_run *run, qy_error *err);

/* Points that a batch of the run has at most, 1 at least. */
int64_t qy_model_batch_most(const qy_model_run *run);

/* Estimate how long qy_model_sweep would take on `threads` threads, sink left out: evaluates a spread of points for
 * about a fifth of a second. */
qy_status qy_model_time(const qy_model *model, int threads, double *seconds, qy_error *err);

/* The same of a plan that no model was made of: of a large one only what a sample of points asks for is made ready. */
typedef struct qy_model_seconds {
  double ready; /* to make the model */
  double point; /* to evaluate one, on average, on all threads */
  double bytes; /* of memory that the model takes; not seconds */
} qy_model_seconds;
/* Elements that a model of all points makes ready, price lists that it makes of them, and schedules, at most: designs
 * share equal ones.  Counted, not made. */
void qy_model_size(double *elements, double *lists, double *schedules, const qy_plan *plan);
qy_status qy_model_estimate(qy_model_seconds *seconds, const qy_plan *plan, const qy_model_how *how, qy_error *err);

/* ---- some of all points ---- */

/* Search the fronts of the plan without evaluating all of its points: objectives are those of the plan, those to be
 * maximised negated; each front the plan asks for (`front: {within: ...}`) is a group of its own.  Draws are left out.
 * stop as of qy_model_run.  The model must be one of all points.  QY_BAD_INPUT: more than
 * 100000 fronts; else as qy_search_run. */
qy_status qy_model_search(qy_search_result *result, const qy_model *model, const qy_search_method *method,
                          const qy_search_budget *budget, int threads, int (*stop)(void *ctx), void *ctx,
                          qy_error *err);

/* Evaluate some points again, with the layers and members that the plan keeps of points on fronts: visit the feasible
 * ones with `detail` set, in the order given; neighbours are fastest.  The model must be one of all points.
 * QY_BAD_INPUT: a point outside the plan.  QY_INTERRUPTED: stop (NULL: never) returned other than 0.  A visit that
 * returns other than QY_OK ends it. */
typedef qy_status qy_point_visit(void *ctx, const qy_point *point, qy_error *err);
qy_status qy_model_details(const qy_model *model, const int64_t *points, size_t count, qy_point_visit *visit,
                           int (*stop)(void *ctx), void *ctx, qy_error *err);

/* ---- points under draws ---- */

typedef struct qy_interval {
  double value, low, high;
} qy_interval;

/* Point number i of those asked for: row[m] value, p05 and p95 of metric m as of qy_model_intervals, draw[m] that
 * metric in each of the draws.  A visit that returns other than QY_OK ends it. */
typedef qy_status qy_draws_visit(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *err);

/* Draws that a model of all points has; 0: none. */
size_t qy_model_draw_count(const qy_model *model);

/* Visit points under the plan's draws, which are common to all of them; over[i] >= 0: ratios to that point, as each
 * draw has them (over NULL: none).  Points that cannot be, or that go over one that cannot be, are left out.  The model
 * must be one of all points.  QY_BAD_INPUT: a plan without draws, a point outside it. */
qy_status qy_model_draws(const qy_model *model, const int64_t *points, const int64_t *over, size_t count,
                         const int *metric, int metric_count, qy_draws_visit *visit, void *ctx, qy_error *err);

/* Points to compare points with: partner[i] is the point of design `design` at the axes of points[i], -1: there is
 * none. Of several points of an assignment it is the one that gives every layer the same precision, and the same member
 * where members are assigned: the k-th of one front has nothing to do with the k-th of another.  An optimum goes with
 * the optimum.  The model must be one of all points.  QY_BAD_INPUT: an unknown design, a point outside the plan. */
qy_status qy_model_partners(int64_t *partner, const qy_model *model, const int64_t *points, size_t count,
                            const char *design, qy_error *err);

/* The same of one point, with a model of its own.  QY_BAD_INPUT also: there is none. */
qy_status qy_model_find_partner(int64_t *partner, const qy_plan *plan, int64_t point, const char *design,
                                qy_error *err);

/* ---- single points: those the model was made for ---- */

/* The design's name and parameters: qy_plan_design.  A point that cannot be has `reason` set and no metrics;
 * one that a constraint excludes has both. */
qy_status qy_model_point(qy_point *out, const qy_model *model, int64_t point, qy_error *err);

/* What a layer moves between DRAM and shared buffer.  Spilled partial sums are maps. */
enum { QY_MOVED_WEIGHTS, QY_MOVED_IN, QY_MOVED_OUT, QY_MOVED_COUNT };
const char *qy_moved_name(int moved); /* "weights" */

#define QY_MEMORY_NAME "memory"

/* One layer of a point on the member that runs it. */
typedef struct qy_model_layer {
  size_t place;       /* of the layer in the network */
  const char *member; /* NULL: the design is one accelerator; "memory": no member runs it, it only moves maps */
  const qy_layer *layer;
  qy_precision
      precision; /* that it runs at, weights as the element keeps them; of a layer that no member runs: of the point */
  const char *bound_by; /* "compute" or "memory": what takes longer in its stage; NULL: the design has no memory */
  qy_sum_bits bits;     /* of its sums and biases; all 0 where no member runs it */
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

/* One member of a point, or its memory. */
typedef struct qy_model_member {
  const char *name;        /* NULL: the design is one accelerator; "memory": the DRAM and the shared buffer */
  const char *accelerator; /* its model; NULL: of the memory */
  size_t place;            /* in the design */
  size_t layers;           /* that it runs; of the memory: that no member runs */
  /* Areas, leakage and resources are its own.  Cycles, latency and utilization are of the time that it works; energies,
   * leakage energy included, powers and throughputs of the whole run: these add up to those of the point.  NaN: it has
   * none. */
  double metric[QY_METRIC_COUNT];
} qy_model_member;

/* Visit the members of a feasible point, the memory last; a design that is one accelerator or element has one. */
typedef qy_status qy_member_visit(void *ctx, const qy_model_member *member, qy_error *err);
qy_status qy_model_members(const qy_model *model, int64_t point, qy_member_visit *visit, void *ctx, qy_error *err);

/* What a point is made of, where it is kept (plan.h). */
typedef struct qy_detail {
  const qy_model_layer *layer; /* in the order of qy_model_layers */
  size_t layer_count;
  const qy_model_member *member;
  size_t member_count;
} qy_detail;

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
