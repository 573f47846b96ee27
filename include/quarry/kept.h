/* Fronts, best points and counts of all points of a model, kept while it is swept, in place of the points.
 *
 * Memory grows with what is kept and not with the number of points: an archive (pareto.h) for each front and group,
 * with draws one for each draw too; a point for each metric (QY_KEPT_BINS: all, else those of the fronts), technology,
 * network and precision; a number for each group that is counted and for each reason, of which there are as many as
 * different texts.
 *
 * The space is swept in rounds.  After each what the workers found is merged, and the whole may be saved and
 * restored: a sweep that goes on from it ends with the same bytes as one that was never stopped, whatever the
 * threads and rounds. Ownership: freed by its maker; model and fronts must outlive it.
 */
#ifndef QUARRY_KEPT_H
#define QUARRY_KEPT_H

#include "quarry/model.h"
#include "quarry/text.h"

enum { QY_KEPT_KEYS_MAX = 16 };

/* A front to keep in each group of points that agree in the keys.  Points without one of the metrics are left out. */
typedef struct qy_kept_front {
  int metric_count;
  int metric[QY_OBJECTIVES_MAX];
  bool worst[QY_OBJECTIVES_MAX]; /* against the sense of the metric */
  int key_count;
  const char
      *key[QY_KEPT_KEYS_MAX]; /* technology, network, design, precision, clock_mhz or of qy_plan_info.parameter */
  bool distinct;              /* of points equal in all metrics the first alone */
  bool limited;               /* only points that keep qy_plan_info.limit */
  bool is_counted;            /* how many feasible points each group has */
} qy_kept_front;

typedef struct qy_kept qy_kept;

/* What is kept beside the fronts. */
enum {
  QY_KEPT_DRAWS = 1, /* the first of the fronts is that of the plan: it is kept in each of the model's draws too */
  QY_KEPT_BINS = 2   /* how many points have values in each of many ranges, of every metric and technology */
};
/* what: of these.  QY_BAD_INPUT: more than a million groups. */
qy_status qy_kept_new(qy_kept **kept, qy_model *model, const qy_kept_front *fronts, size_t front_count, unsigned what,
                      qy_error *err);
void qy_kept_free(qy_kept *kept); /* NULL is allowed */

/* Go through points [first, end) alone, of the space: a share.  Of one that is new, before it is restored. */
void qy_kept_share(qy_kept *kept, int64_t first, int64_t end);
/* Put together: what `from` found of its share, all of which it went through, into what has not seen these points.
 * `from` is to be freed then.  Once all of the space is there it is as after one sweep. */
qy_status qy_kept_add(qy_kept *kept, qy_kept *from, qy_error *err);

typedef struct qy_kept_run {
  int threads;
  double seconds; /* of a round, about; at least */
  void *ctx;
  void (*progress)(void *ctx, int64_t points); /* done so far, of qy_kept_total; may be NULL */
  int (*stop)(void *ctx);                      /* may be NULL */
  /* After a round where `seconds` have passed since it was called last, before what is under draws, where it is stopped
   * and, save_end, at the end; may be NULL. */
  qy_status (*save)(void *ctx, qy_kept *kept, qy_error *err);
  bool save_end;
} qy_kept_run;

/* Points to go through: those of the space or share, under draws twice. */
int64_t qy_kept_total(const qy_kept *kept);
int64_t qy_kept_done(const qy_kept *kept);
/* Go on from where it is.  QY_INTERRUPTED: stop said so; what was done is saved. */
qy_status qy_kept_sweep(qy_kept *kept, const qy_kept_run *run, qy_error *err);

/* The state in parts, each as bytes: part [0..qy_kept_parts).  *changed: since it was last written. */
size_t qy_kept_parts(const qy_kept *kept);
qy_status qy_kept_write(qy_kept *kept, size_t part, qy_text *out, bool *changed, qy_error *err);
/* Restore a part, of one that is new.  QY_BAD_INPUT: it is of another program, or damaged: begin anew. */
qy_status qy_kept_restore(qy_kept *kept, size_t part, const void *bytes, size_t size, qy_error *err);

/* ---- what is found, after the sweep ---- */

/* The points kept for any reason, rising, each once; malloc. */
qy_status qy_kept_points(qy_kept *kept, int64_t **points, size_t *count, qy_error *err);
/* qy_model_run.chances, where the model has draws; malloc. */
qy_status qy_kept_chances(qy_kept *kept, int64_t **points, double **probability, size_t *count, qy_error *err);
/* Each group of front f that is counted and has a point: the first one of its front, and how many are feasible. */
typedef qy_status qy_kept_group_visit(void *ctx, int64_t point, int64_t feasible, qy_error *err);
qy_status qy_kept_groups(qy_kept *kept, size_t f, qy_kept_group_visit *visit, void *ctx, qy_error *err);
/* Each reason why points of a technology are infeasible, and of how many. */
typedef qy_status qy_kept_reason_visit(void *ctx, int technology, const char *reason, int64_t points, qy_error *err);
qy_status qy_kept_reasons(qy_kept *kept, qy_kept_reason_visit *visit, void *ctx, qy_error *err);

/* Each range [low, high) of a metric that has points of a technology, four in each octave; below 0: (low, high]. */
typedef qy_status qy_kept_bin_visit(void *ctx, int technology, int metric, double low, double high, int64_t points,
                                    qy_error *err);
qy_status qy_kept_bins(const qy_kept *kept, qy_kept_bin_visit *visit, void *ctx, qy_error *err);

#endif
