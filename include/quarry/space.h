/* Design spaces as mixed-radix numbers, and sweeps over them in batches on threads.
 *
 * A space is a list of groups (one per `designs:` entry); each group is the cross product of its axes.  Point indices
 * run 0..count-1, group after group; within a group the first axis varies slowest.  Point i depends on i alone, never on
 * the thread that computes it, so results are bit-identical for any number of threads.
 */
#ifndef QUARRY_SPACE_H
#define QUARRY_SPACE_H

#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

enum { QY_AXES_MAX = 24 };

typedef struct qy_axis {
  const char *name;
  size_t count;            /* values on the axis, >= 1 */
} qy_axis;

typedef struct qy_space_group {
  const char *name;
  int axis_count;
  qy_axis axis[QY_AXES_MAX];
  int64_t first, count;    /* point indices [first, first + count) ; filled by qy_space_finish */
} qy_space_group;

typedef struct qy_space {
  int group_count;
  qy_space_group *group;
  int64_t count;
} qy_space;

/* Fill first and count. QY_BAD_INPUT when the product does not fit in 2^53. */
qy_status qy_space_finish(qy_space *space, qy_error *err);
/* Group and value index per axis of point i. */
void qy_space_decode(const qy_space *space, int64_t i, int *group, size_t value[QY_AXES_MAX]);

/* A sweep: evaluate() fills one batch into a caller-made buffer on any thread; sink() receives batches in index order on
 * the calling thread.  stop: polled between batches; non-zero ends the sweep with QY_INTERRUPTED after the batch in
 * flight has been handed to sink.  skip(b) non-zero: batch b was done before. */
typedef struct qy_sweep {
  int64_t count;                     /* points */
  int64_t batch;                     /* points per batch */
  int threads;                       /* workers, >= 1 */
  size_t buffer_bytes;               /* one batch's results */
  void *ctx;
  void *(*worker_new)(void *ctx, qy_error *err);                       /* per-thread state; may be NULL */
  void (*worker_free)(void *ctx, void *worker);
  qy_status (*evaluate)(void *ctx, void *worker, int64_t first, int64_t count, void *buffer, qy_error *err);
  qy_status (*sink)(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err);
  int (*skip)(void *ctx, int64_t batch);                                /* may be NULL */
  int (*stop)(void *ctx);                                               /* may be NULL */
} qy_sweep;
qy_status qy_sweep_run(const qy_sweep *sweep, qy_error *err);

#endif
