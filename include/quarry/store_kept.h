/* What is stored of an experiment that does not store all points: db/schema.sql, column `store` of experiment.
 *
 * The rows of its points are stored as those of any other (store.h): batches hold the points that are kept.
 * Ownership: what is passed in is written, not kept.
 */
#ifndef QUARRY_STORE_KEPT_H
#define QUARRY_STORE_KEPT_H

#include "quarry/store.h"

/* "all", "front", "summary" into out: which points of an experiment are stored.  A database that an older quarry made
 * has all. */
enum { QY_STORE_POLICY = 16 };
qy_status qy_store_policy(char out[QY_STORE_POLICY], qy_store *store, int64_t id, qy_error *err);

/* ---- the state of a sweep, of the experiment begun ---- */

typedef struct qy_store_part {
  int64_t part;
  const void *bytes;
  size_t size;
} qy_store_part;

/* Replace these parts, others stay: one transaction.  QY_SYSTEM as qy_store_batch. */
qy_status qy_store_state_write(qy_store *store, const qy_store_part *parts, size_t count, qy_error *err);
/* Visit the parts, rising; the bytes live during the visit.  A visit that returns other than QY_OK ends it. */
typedef qy_status qy_store_part_visit(void *ctx, const qy_store_part *part, qy_error *err);
qy_status qy_store_state_read(qy_store *store, qy_store_part_visit *visit, void *ctx, qy_error *err);
/* Forget it: qy_store_finish does so too. */
qy_status qy_store_state_drop(qy_store *store, qy_error *err);

/* ---- counts ---- */

typedef struct qy_store_tally {
  int64_t point, feasible;
} qy_store_tally;
typedef struct qy_store_infeasible {
  int technology; /* index into the experiment's list */
  const char *reason;
  int64_t points;
} qy_store_infeasible;
typedef struct qy_store_kept_front {
  const char *metrics, *within; /* JSON arrays of names */
} qy_store_kept_front;
typedef struct qy_store_bin {
  int technology; /* index into the experiment's list */
  const char *metric;
  double low, high;
  int64_t points;
} qy_store_bin;
typedef struct qy_store_counts {
  const qy_store_tally *tally;
  size_t tally_count;
  const qy_store_infeasible *infeasible;
  size_t infeasible_count;
  const qy_store_kept_front *front;
  size_t front_count;
  const qy_store_bin *bin;
  size_t bin_count;
  const bool *best; /* [QY_METRIC_COUNT]: the best points of a metric are among those stored; NULL: of all */
} qy_store_counts;

/* Those of the experiment begun, in place of earlier ones: one transaction.  QY_SYSTEM as qy_store_batch. */
qy_status qy_store_counts_write(qy_store *store, const qy_store_counts *counts, qy_error *err);

/* Feasible points of an experiment, stored or not, and those of each group of the summary by its point, rising
 * (malloc); tally NULL: not asked for. */
qy_status qy_store_feasible(int64_t *feasible, qy_store_tally **tally, size_t *count, qy_store *store, int64_t id,
                            qy_error *err);

/* ---- what may be asked ---- */

/* QY_BAD_INPUT, and what has it, where the experiment does not store all points of the fronts over these metrics within
 * these keys.  metric_count 0: of no front: it takes all points.  `what` is what asks: "--objectives". */
qy_status qy_store_check_front(qy_store *store, int64_t id, const char *const *metrics, int metric_count,
                               const char *const *keys, int key_count, const char *what, qy_error *err);

#endif
