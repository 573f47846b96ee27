/* Sweeps: order, exactly once, skip, stop, errors, bounded memory, for 1 to 8 threads. */
#include "quarry/space.h"
#include "random.h"
#include "tap.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 8, SIZE_MAX_POINTS = 5000 };

typedef struct trial {
  int64_t count, batch;
  uint64_t skip_mask;            /* batch b is skipped when bit b % 64 is set */
  int64_t fail_at[3];            /* batches whose evaluate fails, -1: none */
  int64_t sink_fail, stop_after; /* batch whose sink fails; sink calls after which stop says so; -1: never */
  int jitter;
  pthread_t caller;
  atomic_int states, evaluating, wrong_thread, started;
  int64_t sunk;          /* sink calls so far */
  int64_t expected_next; /* lowest batch the sink may be given next */
  int out_of_order, wrong_value, most_ahead;
  unsigned char seen[SIZE_MAX_POINTS];
  uint64_t digest;
} trial;

/* What point i is worth: any fixed function will do. */
static uint64_t value_of(int64_t i)
{
  return qy_random_mix((uint64_t)i);
}

static void *state_new(void *ctx, qy_error *err)
{
  trial *t = ctx;
  (void)err;
  atomic_fetch_add(&t->states, 1);
  return calloc(1, sizeof(int));
}

static void state_free(void *ctx, void *state)
{
  trial *t = ctx;
  atomic_fetch_sub(&t->states, 1);
  free(state);
}

static qy_status evaluate(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  trial *t = ctx;
  int *busy = state;
  if (++*busy != 1) atomic_fetch_add(&t->wrong_thread, 1); /* a state serves one thread at a time */
  atomic_fetch_add(&t->started, 1);
  int64_t b = first / t->batch;
  if (t->jitter) usleep((useconds_t)(value_of(b) % 300));
  qy_status status = QY_OK;
  for (int k = 0; k < 3 && status == QY_OK; k++)
    if (t->fail_at[k] == b) status = qy_fail_at(err, QY_SYSTEM, "f", (int)b, 0, "batch %lld broke", (long long)b);
  for (int64_t i = 0; i < count; i++)
    ((uint64_t *)buffer)[i] = value_of(first + i);
  --*busy;
  return status;
}

static qy_status sink(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  trial *t = ctx;
  if (!pthread_equal(pthread_self(), t->caller)) atomic_fetch_add(&t->wrong_thread, 1);
  if (batch < t->expected_next || first != batch * t->batch) t->out_of_order++;
  t->expected_next = batch + 1;
  int ahead = atomic_load(&t->started) - (int)t->sunk;
  t->most_ahead = ahead > t->most_ahead ? ahead : t->most_ahead;
  t->sunk++;
  if (batch == t->sink_fail) return qy_fail(err, QY_SYSTEM, "sink broke at %lld", (long long)batch);
  for (int64_t i = 0; i < count; i++) {
    t->seen[first + i]++;
    if (((uint64_t *)buffer)[i] != value_of(first + i)) t->wrong_value++;
    t->digest = t->digest * 31 + ((uint64_t *)buffer)[i];
  }
  return QY_OK;
}

static int skip(void *ctx, int64_t batch)
{
  const trial *t = ctx;
  return (int)(t->skip_mask >> (batch % 64) & 1);
}

static int stop(void *ctx)
{
  trial *t = ctx;
  if (!pthread_equal(pthread_self(), t->caller)) atomic_fetch_add(&t->wrong_thread, 1);
  return t->stop_after >= 0 && t->sunk >= t->stop_after;
}

static trial new_trial(int64_t count, int64_t batch)
{
  return (trial){.count = count,
                 .batch = batch,
                 .fail_at = {-1, -1, -1},
                 .sink_fail = -1,
                 .stop_after = -1,
                 .caller = pthread_self()};
}

static qy_status run(trial *t, int threads, qy_error *err)
{
  qy_sweep s = {.count = t->count,
                .batch = t->batch,
                .threads = threads,
                .buffer_bytes = (size_t)t->batch * sizeof(uint64_t),
                .ctx = t,
                .worker_new = state_new,
                .worker_free = state_free,
                .evaluate = evaluate,
                .sink = sink,
                .skip = skip,
                .stop = stop};
  return qy_sweep_run(&s, err);
}

/* Points of batches below `end` seen once unless skipped, all others not at all. */
static int seen_exactly(const trial *t, int64_t end)
{
  for (int64_t i = 0; i < t->count; i++) {
    int64_t b = i / t->batch;
    int expected = b < end && !(t->skip_mask >> (b % 64) & 1);
    if (t->seen[i] != expected) return 0;
  }
  return 1;
}

static int clean(const trial *t)
{
  return !t->out_of_order && !t->wrong_value && !atomic_load(&t->wrong_thread) && !atomic_load(&t->states);
}

static void complete_runs(void)
{
  uint64_t seed = 8;
  int wrong = 0, differ = 0, ahead = 0;
  for (int round = 0; round < 60; round++) {
    int64_t count = (int64_t)random_below(&seed, SIZE_MAX_POINTS), batch = 1 + (int64_t)random_below(&seed, 90);
    uint64_t mask = round % 3 ? random_bits(&seed) & random_bits(&seed) : 0, digest = 0;
    if (round == 7) mask = ~(uint64_t)0;
    for (int threads = 1; threads <= THREADS_MAX; threads++) {
      trial t = new_trial(count, batch);
      t.skip_mask = mask;
      t.jitter = round % 10 == 0;
      qy_status status = run(&t, threads, NULL);
      wrong += status != QY_OK || !clean(&t) || !seen_exactly(&t, count);
      if (threads == 1) digest = t.digest;
      differ += t.digest != digest;
      ahead += t.most_ahead > 2 * threads + 2;
    }
  }
  is_int(wrong, 0, "60 sweeps on 1 to 8 threads: each batch once, in order, none that is skipped");
  is_int(differ, 0, "results identical for 1 to 8 threads");
  is_int(ahead, 0, "never more than 2 * threads + 2 batches in flight");
}

static void failures(void)
{
  uint64_t seed = 21;
  int wrong = 0, wrong_text = 0, sink_wrong = 0;
  for (int round = 0; round < 100; round++) {
    int64_t batch = 1 + (int64_t)random_below(&seed, 20), count = 600 + (int64_t)random_below(&seed, 1000);
    int64_t total = (count + batch - 1) / batch, first = total;
    trial t = new_trial(count, batch);
    t.jitter = round % 4 == 0;
    for (int k = 0; k < 3; k++) {
      t.fail_at[k] = (int64_t)random_below(&seed, (size_t)total);
      first = t.fail_at[k] < first ? t.fail_at[k] : first;
    }
    qy_error err = {0};
    char text[64];
    snprintf(text, sizeof text, "batch %lld broke", (long long)first);
    qy_status status = run(&t, 1 + round % THREADS_MAX, &err);
    wrong += status != QY_SYSTEM || !clean(&t) || !seen_exactly(&t, first);
    wrong_text += err.count != 1 || strcmp(err.diagnostic[0].text, text) != 0 || err.diagnostic[0].line != (int)first ||
                  strcmp(err.diagnostic[0].file, "f") != 0 || err.status != QY_SYSTEM;

    trial u = new_trial(count, batch);
    u.sink_fail = (int64_t)random_below(&seed, (size_t)total);
    status = run(&u, 1 + round % THREADS_MAX, NULL);
    sink_wrong += status != QY_SYSTEM || !clean(&u) || !seen_exactly(&u, u.sink_fail);
  }
  is_int(wrong, 0, "three random batches fail, 100 sweeps: all before the first of them in order are kept, none after");
  is_int(wrong_text, 0, "and the error is that batch's, text, file and line");
  is_int(sink_wrong, 0, "a failing sink ends the sweep at its batch");
}

static void stops(void)
{
  uint64_t seed = 3;
  int wrong = 0, late = 0;
  for (int round = 0; round < 100; round++) {
    int threads = 1 + round % THREADS_MAX;
    trial t = new_trial(SIZE_MAX_POINTS, 10);
    t.jitter = round % 4 == 0;
    t.stop_after = (int64_t)random_below(&seed, 400);
    qy_status status = run(&t, threads, NULL);
    wrong += status != QY_INTERRUPTED || !clean(&t) || !seen_exactly(&t, t.sunk) || t.sunk != atomic_load(&t.started);
    late += t.sunk < t.stop_after || t.sunk > t.stop_after + 2 * threads + 2;
  }
  is_int(wrong, 0, "100 sweeps stopped: what was started is handed over, in order, without a gap");
  is_int(late, 0, "and no more than what was in flight");
  trial t = new_trial(100, 10);
  t.stop_after = 0;
  is_int(run(&t, 3, NULL), QY_INTERRUPTED, "stopped before the start: interrupted");
  is_int(t.sunk, 0, "with nothing done");
  t = new_trial(100, 10);
  t.stop_after = 10;
  is_int(run(&t, 3, NULL), QY_OK, "stop after the last batch: complete");
  t = new_trial(0, 10);
  t.stop_after = 0;
  is_int(run(&t, 2, NULL), QY_OK, "no points: complete");
}

static void *no_state(void *ctx, qy_error *err)
{
  trial *t = ctx;
  if (atomic_load(&t->states) == 2) {
    qy_fail(err, QY_BAD_INPUT, "no third state");
    return NULL;
  }
  return state_new(ctx, err);
}

static void bad_input(void)
{
  qy_error err = {0};
  trial t = new_trial(100, 10);
  qy_sweep s = {.count = 100,
                .batch = 10,
                .threads = 4,
                .buffer_bytes = 80,
                .ctx = &t,
                .worker_new = no_state,
                .worker_free = state_free,
                .evaluate = evaluate,
                .sink = sink};
  is_int(qy_sweep_run(&s, &err), QY_BAD_INPUT, "a worker without state: its error");
  is_text(err.diagnostic[0].text, "no third state", "with its text");
  ok(atomic_load(&t.states) == 0 && t.sunk == 0, "states made before are freed, nothing was evaluated");
  s.threads = 0;
  is_int(qy_sweep_run(&s, NULL), QY_BAD_INPUT, "0 threads are refused");
  s.threads = 1;
  s.batch = 0;
  is_int(qy_sweep_run(&s, NULL), QY_BAD_INPUT, "batches of 0 points are refused");
  s.batch = 10;
  s.worker_new = NULL;
  s.worker_free = NULL;
  s.count = -1;
  is_int(qy_sweep_run(&s, NULL), QY_BAD_INPUT, "-1 points are refused");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they abort where malloc would return NULL */
  s.count = 100;
  s.threads = 2;
  s.buffer_bytes = SIZE_MAX / 2;
  is_int(qy_sweep_run(&s, NULL), QY_NO_MEMORY, "a buffer no memory can hold: said so");
#endif
}

/* Threads that the system still starts; -1: as many as are asked for. */
static int threads_left = -1;

/* As the library calls it: instead of the system's function of this name. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *), void *argument)
{
  int (*start)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  *(void **)&start = dlsym(RTLD_NEXT, "pthread_create");
  if (threads_left == 0) return EAGAIN;
  threads_left -= threads_left > 0;
  return start(thread, attributes, begin, argument);
}

static void no_thread(void)
{
  for (int some = 0; some < 4; some++) {
    trial t = new_trial(100, 10);
    qy_error err = {0};
    char said[128];
    threads_left = some;
    const qy_status status = run(&t, 4, &err);
    threads_left = -1;
    snprintf(said, sizeof said, "cannot start thread %d of 4: %s", some + 1, strerror(EAGAIN));
    ok(status == QY_SYSTEM && err.count == 1 && clean(&t) && t.sunk == 0, "four threads, of which %d start: no sweep",
       some);
    is_text(err.diagnostic[0].text, said, "and why");
  }
}

/* While the sink sleeps, workers go on evaluating. */
static atomic_int inside_evaluate, overlaps;

static qy_status slow_evaluate(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)ctx, (void)state, (void)first, (void)count, (void)buffer, (void)err;
  atomic_fetch_add(&inside_evaluate, 1);
  usleep(2000);
  atomic_fetch_sub(&inside_evaluate, 1);
  return QY_OK;
}

static qy_status slow_sink(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)ctx, (void)batch, (void)first, (void)count, (void)buffer, (void)err;
  for (int i = 0; i < 20; i++) {
    usleep(100);
    if (atomic_load(&inside_evaluate) > 0) {
      atomic_fetch_add(&overlaps, 1);
      break;
    }
  }
  return QY_OK;
}

/* Workers take no signals of the caller's, who has the same ones blocked afterwards as before. */
static void signals(void)
{
  sigset_t blocked, before, after;
  int same = 1;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &blocked, NULL);
  pthread_sigmask(SIG_BLOCK, NULL, &before);
  for (int threads = 1; threads <= 3; threads++) {
    trial t = new_trial(100, 10);
    same &= run(&t, threads, NULL) == QY_OK;
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    for (int signal = 1; signal < 32; signal++)
      same &= sigismember(&before, signal) == sigismember(&after, signal);
  }
  ok(same, "signals are blocked as they were before");
}

static void overlap(void)
{
  qy_sweep s = {.count = 60, .batch = 1, .threads = 2, .buffer_bytes = 1, .evaluate = slow_evaluate, .sink = slow_sink};
  is_int(qy_sweep_run(&s, NULL), QY_OK, "a sweep with a slow sink");
  ok(atomic_load(&overlaps) >= 20, "evaluation goes on during the sink (in %d of 60 calls)", atomic_load(&overlaps));
}

int main(void)
{
  complete_runs();
  failures();
  stops();
  bad_input();
  no_thread();
  signals();
  overlap();
  return done();
}
