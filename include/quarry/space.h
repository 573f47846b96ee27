/* Design spaces as mixed-radix numbers, and sweeps over them in batches on threads.
 *
 * A space is a list of entries (one per `designs:` entry); each is the cross product of its axes.  Point indices
 * run 0..count-1, entry after entry; within one the first axis varies slowest.  Point i depends on i alone, never
 * on the thread that computes it, so results are bit-identical for any number of threads.
 * Ownership: a space, its entries and their axes are the caller's; a sweep frees what it makes before it returns.
 */
#ifndef QUARRY_SPACE_H
#define QUARRY_SPACE_H

#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

enum { QY_AXES_MAX = 256 };

typedef struct qy_axis {
  const char *name;
  size_t count; /* values on the axis, >= 1 */
} qy_axis;

typedef struct qy_space_entry {
  const char *name;
  int axis_count;
  qy_axis axis[QY_AXES_MAX];
  int64_t first, count; /* point indices [first, first + count) ; filled by qy_space_finish */
} qy_space_entry;

typedef struct qy_space {
  int entry_count;
  qy_space_entry *entry;
  int64_t count;
} qy_space;

/* Fill first and count.  QY_BAD_INPUT when an axis is empty or the number of points does not fit in 2^53. */
qy_status qy_space_finish(qy_space *space, qy_error *err);

/* Entry and value index per axis of point i in [0, space->count).  O(log entries + axes). */
void qy_space_decode(const qy_space *space, int64_t i, int *entry, size_t value[QY_AXES_MAX]);

/* The inverse: the point of `entry` with these value indices, one per axis and below its count. */
int64_t qy_space_encode(const qy_space *space, int entry, const size_t *value);

enum { QY_THREADS_MAX = 1024 };

/* A sweep.  evaluate() fills one batch into a buffer the sweep made, on any worker; sink() receives finished batches in
 * index order on the calling thread, while workers evaluate further ones.  The buffer is the sink's until it returns.
 *
 * Memory: 2 * threads + 2 buffers (one when threads is 1), however slow the sink.
 * Hooks: only evaluate runs on workers; all others run on the calling thread, never under a lock.  worker_new is called
 * once per worker before the first batch, worker_free after the last.
 * With threads = 1 everything runs on the calling thread and no thread is started. */
typedef struct qy_sweep {
  int64_t count;       /* points, >= 0 */
  int64_t batch;       /* points per batch, >= 1; the last batch may be shorter */
  int threads;         /* workers, [1..QY_THREADS_MAX] */
  size_t buffer_bytes; /* one batch's results */
  void *ctx;
  void *(*worker_new)(void *ctx, qy_error *err); /* per-worker state, NULL is failure; the hook may be NULL */
  void (*worker_free)(void *ctx, void *worker);  /* may be NULL */
  qy_status (*evaluate)(void *ctx, void *worker, int64_t first, int64_t count, void *buffer, qy_error *err);
  qy_status (*sink)(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err);
  int (*skip)(void *ctx, int64_t batch); /* may be NULL. Non-zero: batch was done before; asked once, in order */
  int (*stop)(void *ctx);                /* may be NULL. Non-zero: start no further batch */
} qy_sweep;

/* Run it.  QY_OK: every batch not skipped was handed to sink once.
 * QY_INTERRUPTED: stop said so while batches were left; those already started were finished and handed to sink.
 * Any other status is that of the first failing batch in index order (all batches before it were handed to sink), of
 * the sink, or of worker_new.  The sequence of sink calls is the same for any number of threads. */
qy_status qy_sweep_run(const qy_sweep *sweep, qy_error *err);

#endif
