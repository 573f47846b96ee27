/* Experiment files: read, check, turn into a plan, run it (DESIGN section 10).
 *
 * The plan holds every library, network and axis the file names; run hands finished batches to a sink, so that this
 * module knows nothing of the database.
 */
#ifndef QUARRY_EXPERIMENT_H
#define QUARRY_EXPERIMENT_H

#include "quarry/metric.h"
#include "quarry/network.h"
#include "quarry/space.h"
#include "quarry/tech.h"

typedef struct qy_plan qy_plan;

/* What the rest of the program may ask of a plan. */
typedef struct qy_plan_info {
  const char *name, *question, *file, *text;
  char sha256[65];
  int64_t points;
  int technology_count, network_count;
  const qy_tech *const *technology;
  const qy_network *const *network;
  int objective_count;
  qy_metric objective[16];     /* sense from the metric table */
  int front_within_count;      /* a front is taken within equal values of these */
  const char *front_within[8]; /* "technology", "network", "precision", "design", "clock_mhz" */
  int plot_count;
  const struct qy_plot_request *plot;
  const char *parameter; /* the design parameter among front_within, groups and panels; NULL: none */
  int64_t draws;         /* of every library, for intervals and front probabilities; 0: none */
  uint64_t draw_seed;    /* `seed` of `uncertainty`, else that of the file, else 1 */
  int base;              /* number of the design that others are compared with; -1: none */
  qy_metric compared[8]; /* in what, smaller is better */
  int compared_count;
} qy_plan_info;

typedef struct qy_plot_request {
  const char *name; /* file name stem */
  const char *kind; /* "pareto", "lines", "bars", "tornado" */
  int x, y;         /* metrics; of a tornado the same one */
  const char *group[4];
  int group_count;
  int where_count; /* only points with these: "technology" and "fdsoi28", "precision" and "8 bit" */
  const char *where_key[3], *where_label[3];
  int x_log, y_log;  /* -1: choose, 0: linear, 1: logarithmic */
  const char *panel; /* "technology" or NULL */
  int64_t point;     /* of a tornado */
  int64_t over;      /* of a tornado: the point whose metric it is divided by; -1: none */
} qy_plot_request;

/* The keys of experiment files, for `list keys`: those that may be axes, and the skeleton around them. */
typedef struct qy_key_info {
  const char *where;    /* "file", "design", "member", "plot", "tornado", or the accelerator that takes it */
  const char *key;      /* "channels", "pe.bits" */
  const char *values;   /* "1 .. 4096", "array | booth" */
  const char *fallback; /* "required", "auto", "16" */
  const char *help;
} qy_key_info;
qy_status qy_plan_keys(const qy_key_info **keys, size_t *count, qy_arena *arena, qy_error *err);

qy_status qy_plan_read(qy_plan **plan, const char *file, const char *db_dir, qy_arena *arena, qy_error *err);
const qy_plan_info *qy_plan_get(const qy_plan *plan);

/* One evaluated point. */
typedef struct qy_point {
  int64_t index, design;
  int technology, network, precision_bits;
  double clock_mhz;
  const char *reason; /* NULL: feasible */
  double metric[QY_METRIC_COUNT];
  const double (*interval)[2]; /* [metric]: p05, p95 over the draws, NaN for what is certain; NULL: no draws */
} qy_point;

/* Name and JSON parameters of a design id, into the caller's buffer of at least qy_plan_design_bytes bytes. */
size_t qy_plan_design_bytes(const qy_plan *plan);
const char *qy_plan_design(const qy_plan *plan, int64_t design, char *json, size_t size);

/* The point of the base design with the same axes as this one; -1: there is none, or this is a point of the base. */
int64_t qy_plan_base_point(const qy_plan *plan, int64_t point);

typedef struct qy_plan_run {
  int threads;
  int64_t batch_points;
  void *ctx;
  qy_status (*sink)(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err);
  int (*skip)(void *ctx, int64_t batch);
  int (*stop)(void *ctx);
  /* Once, after the last batch, of a plan with draws: the points that are on their front in any draw, and in which
   * share of the draws.  Exact over the draws; batches skipped are evaluated again for it.  May be NULL. */
  qy_status (*chances)(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err);
} qy_plan_run;
qy_status qy_plan_execute(const qy_plan *plan, const qy_plan_run *run, qy_error *err);

/* Estimate how long qy_plan_execute would take on `threads` threads, sink left out: prepares the plan and evaluates a
 * spread of points for about a fifth of a second. */
qy_status qy_plan_time(const qy_plan *plan, int threads, double *seconds, qy_error *err);

#endif
