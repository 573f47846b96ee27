/* Sweeps: batches evaluated on threads, handed to one sink in index order (include/quarry/space.h).
 *
 * The calling thread owns a ring of slots.  It numbers batches into free slots, waits for the oldest to be finished,
 * hands it to the sink and refills the slot; workers take slots in the order they were filled.  A slot is free again
 * only after the sink returned, so at most SLOTS buffers exist however slow the sink is, and workers wait on a
 * condition variable when all are full.
 *
 * Batches start in index order.  After an error or a stop no further batch starts, and all that have started lie before
 * those that have not; the calling thread drains them in order, so the error reported is that of the first failing
 * batch whatever the timing.
 */
#include "quarry/alloc.h"
#include "quarry/space.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct slot {
  int64_t batch;
  bool finished;
  qy_status status;
  qy_error err;
  void *buffer;
} slot;

typedef struct pool {
  const qy_sweep *sweep;
  slot *ring;
  size_t slots;

  pthread_mutex_t lock; /* guards all below and slot.finished; slot contents belong to whoever the counters say */
  pthread_cond_t work;  /* filled rose or closed was set */
  pthread_cond_t ready; /* a batch was finished */
  uint64_t filled;      /* slots filled so far, by the calling thread */
  uint64_t taken;       /* slots taken so far, by workers */
  bool closed;          /* start nothing more */
} pool;

typedef struct worker {
  pool *pool;
  void *state;
  pthread_t thread;
} worker;

static int64_t batch_points(const qy_sweep *s, int64_t batch)
{
  int64_t left = s->count - batch * s->batch;
  return left < s->batch ? left : s->batch;
}

static int64_t batch_total(const qy_sweep *s)
{
  return s->count / s->batch + (s->count % s->batch != 0);
}

/* The next batch at or after `batch` that is not to be skipped, or the number of batches. */
static int64_t next_batch(const qy_sweep *s, int64_t batch)
{
  int64_t total = batch_total(s);
  while (batch < total && s->skip && s->skip(s->ctx, batch))
    batch++;
  return batch;
}

static bool stopping(const qy_sweep *s)
{
  return s->stop && s->stop(s->ctx) != 0;
}

static void append_error(qy_error *err, qy_status status, const qy_error *from)
{
  if (!err) return;
  for (int i = 0; i < from->count; i++) {
    const qy_diagnostic *d = &from->diagnostic[i];
    qy_fail_at(err, status, d->file, d->line, d->column, "%s", d->text);
  }
  err->dropped += from->dropped;
  if (from->count == 0) qy_fail(err, status, "%s", qy_status_text(status));
}

static void *work(void *argument)
{
  worker *w = argument;
  pool *p = w->pool;
  const qy_sweep *s = p->sweep;
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (!p->closed && p->taken == p->filled)
      pthread_cond_wait(&p->work, &p->lock);
    if (p->closed) break;
    slot *mine = &p->ring[p->taken++ % p->slots];
    pthread_mutex_unlock(&p->lock);

    mine->status =
        s->evaluate(s->ctx, w->state, mine->batch * s->batch, batch_points(s, mine->batch), mine->buffer, &mine->err);

    pthread_mutex_lock(&p->lock);
    mine->finished = true;
    if (mine->status != QY_OK) {
      p->closed = true;
      pthread_cond_broadcast(&p->work);
    }
    pthread_cond_signal(&p->ready);
  }
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

static void close_pool(pool *p)
{
  pthread_mutex_lock(&p->lock);
  p->closed = true;
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->lock);
}

/* Wait until slot number `head` is finished, polling stop at each finished batch.  False when it will never start. */
static bool wait_finished(pool *p, uint64_t head, bool *stopped)
{
  slot *oldest = &p->ring[head % p->slots];
  bool started;
  pthread_mutex_lock(&p->lock);
  while (!oldest->finished && !(p->closed && p->taken <= head)) {
    pthread_cond_wait(&p->ready, &p->lock);
    if (!*stopped) {
      pthread_mutex_unlock(&p->lock); /* the hook is not ours: never called under the lock */
      *stopped = stopping(p->sweep);
      if (*stopped) close_pool(p);
      pthread_mutex_lock(&p->lock);
    }
  }
  started = oldest->finished;
  pthread_mutex_unlock(&p->lock);
  return started;
}

/* The calling thread's part: fill, wait for the oldest, sink, refill. */
static qy_status drain(pool *p, qy_error *err)
{
  const qy_sweep *s = p->sweep;
  const int64_t total = batch_total(s);
  int64_t next = next_batch(s, 0);
  bool stopped = false;
  uint64_t filled = 0, head = 0;
  for (;;) {
    if (!stopped && (head < filled || next < total) && stopping(s)) {
      stopped = true;
      close_pool(p);
    }
    while (!stopped && next < total && filled - head < p->slots) {
      slot *free_slot = &p->ring[filled % p->slots];
      free_slot->batch = next;
      free_slot->finished = false;
      free_slot->status = QY_OK;
      qy_error_clear(&free_slot->err);
      pthread_mutex_lock(&p->lock);
      p->filled = ++filled;
      pthread_cond_signal(&p->work);
      pthread_mutex_unlock(&p->lock);
      next = next_batch(s, next + 1);
    }
    if (head == filled) break;
    if (!wait_finished(p, head, &stopped)) return QY_INTERRUPTED;
    slot *oldest = &p->ring[head % p->slots];
    if (oldest->status != QY_OK) {
      append_error(err, oldest->status, &oldest->err);
      return oldest->status;
    }
    qy_status status =
        s->sink(s->ctx, oldest->batch, oldest->batch * s->batch, batch_points(s, oldest->batch), oldest->buffer, err);
    if (status != QY_OK) return status;
    head++;
  }
  return next < total ? QY_INTERRUPTED : QY_OK;
}

/* One worker: the calling thread does everything. */
static qy_status run_alone(const qy_sweep *s, void *state, void *buffer, qy_error *err)
{
  const int64_t total = batch_total(s);
  for (int64_t b = next_batch(s, 0); b < total; b = next_batch(s, b + 1)) {
    if (stopping(s)) return QY_INTERRUPTED;
    qy_status status = s->evaluate(s->ctx, state, b * s->batch, batch_points(s, b), buffer, err);
    if (status == QY_OK) status = s->sink(s->ctx, b, b * s->batch, batch_points(s, b), buffer, err);
    if (status != QY_OK) return status;
  }
  return QY_OK;
}

static qy_status run_threads(const qy_sweep *s, pool *p, worker *workers, qy_error *err)
{
  qy_status status = QY_OK;
  int running = 0;
  sigset_t all, before;
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->ready, NULL);

  sigfillset(&all); /* signals (SIGINT) go to the calling thread, whose stop hook sees them */
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (; running < s->threads; running++) {
    int code = pthread_create(&workers[running].thread, NULL, work, &workers[running]);
    if (code != 0) {
      status = qy_fail(err, QY_SYSTEM, "cannot start thread %d of %d: %s", running + 1, s->threads, strerror(code));
      break;
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  if (status == QY_OK) status = drain(p, err);
  close_pool(p);
  for (int i = 0; i < running; i++)
    pthread_join(workers[i].thread, NULL);
  pthread_cond_destroy(&p->ready);
  pthread_cond_destroy(&p->work);
  pthread_mutex_destroy(&p->lock);
  return status;
}

qy_status qy_sweep_run(const qy_sweep *s, qy_error *err)
{
  assert(s && s->evaluate && s->sink);
  if (s->count < 0)
    return qy_fail(err, QY_BAD_INPUT, "expected a number of points >= 0, found %lld", (long long)s->count);
  if (s->batch < 1)
    return qy_fail(err, QY_BAD_INPUT, "expected at least 1 point per batch, found %lld", (long long)s->batch);
  if (s->threads < 1 || s->threads > QY_THREADS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected 1 to %d threads, found %d", (int)QY_THREADS_MAX, s->threads);

  qy_status status = QY_OK;
  pool p = {.sweep = s};
  /* Each worker has one batch in hand and one waiting; one more is with the sink and one just finished. */
  p.slots = s->threads == 1 ? 1 : 2 * (size_t)s->threads + 2;
  worker *workers = qy_alloc((size_t)s->threads, sizeof *workers);
  p.ring = qy_alloc(p.slots, sizeof *p.ring);
  int made = 0;
  if (!workers || !p.ring) goto no_memory;
  for (size_t i = 0; i < p.slots; i++)
    if (!(p.ring[i].buffer = qy_alloc(1, s->buffer_bytes))) goto no_memory;

  for (; made < s->threads; made++) {
    workers[made].pool = &p;
    if (!s->worker_new) continue;
    qy_error why = {0};
    workers[made].state = s->worker_new(s->ctx, &why);
    if (!workers[made].state) {
      status = why.status != QY_OK ? why.status : QY_NO_MEMORY;
      append_error(err, status, &why);
      goto cleanup;
    }
  }
  status = s->threads == 1 ? run_alone(s, workers[0].state, p.ring[0].buffer, err) : run_threads(s, &p, workers, err);
  goto cleanup;

no_memory:
  status =
      qy_fail(err, QY_NO_MEMORY, "cannot allocate %zu buffers of %zu bytes for the sweep", p.slots, s->buffer_bytes);
cleanup:
  if (s->worker_free)
    for (int i = 0; i < made; i++)
      s->worker_free(s->ctx, workers[i].state);
  for (size_t i = 0; p.ring && i < p.slots; i++)
    free(p.ring[i].buffer);
  free(p.ring);
  free(workers);
  return status;
}
