/* A run under draws that was stopped goes on from what it saved: it evaluates what is left and nothing else, and its
 * front probabilities are those of a run that was never stopped, which evaluates every point once. */
#include "quarry/model.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 64, BATCHES_MAX = 600 };

static const char text[] =
    "name: %s\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - {name: A, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: {from: 1, to: 49, step: %d}, "
    "multipliers: [1, 3], port_bits: [32, 64, 128]}\n"
    "precision: [16, 8, 4]\nclock_mhz: {from: 100, to: 800, points: %d, scale: log}\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nfront: {within: precision}\n"
    "uncertainty: {draws: 16, seed: 7}\n";

typedef struct seen {
  unsigned char stored[BATCHES_MAX];
  int delivered, stop_at; /* batches; 0: never */
  int64_t *point;
  double *probability;
  size_t count;
  void *state; /* saved last */
  size_t bytes;
  int saves, fails_at; /* fails_at: the save that cannot be; 0: none */
} seen;

static qy_status sink(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
{
  seen *s = ctx;
  (void)points, (void)count, (void)error;
  s->stored[batch]++;
  s->delivered++;
  return QY_OK;
}

static int skip(void *ctx, int64_t batch)
{
  const seen *s = ctx;
  return s->stored[batch] != 0;
}

static int stop(void *ctx)
{
  const seen *s = ctx;
  return s->stop_at && s->delivered >= s->stop_at;
}

static void *copy_of(const void *from, size_t bytes)
{
  void *to = malloc(bytes + 1);
  if (!to) exit(1);
  return bytes ? memcpy(to, from, bytes) : to;
}

static qy_status save(void *ctx, const void *state, size_t bytes, qy_error *error)
{
  seen *s = ctx;
  (void)error;
  free(s->state);
  s->state = copy_of(state, bytes);
  s->bytes = bytes;
  s->saves++;
  return s->saves == s->fails_at ? QY_SYSTEM : QY_OK;
}

static qy_status chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *error)
{
  seen *s = ctx;
  (void)error;
  free(s->point);
  free(s->probability);
  s->point = copy_of(point, count * sizeof *point);
  s->probability = copy_of(probability, count * sizeof *probability);
  s->count = count;
  return QY_OK;
}

static void forget(seen *s)
{
  free(s->point);
  free(s->probability);
  free(s->state);
  *s = (seen){.point = NULL};
}

/* Points evaluated; -1: the run failed or was stopped, where *status is not asked for. */
static int64_t run(seen *s, qy_model *model, int threads, double seconds, const void *state, size_t bytes,
                   qy_status *status)
{
  qy_error err = {0};
  qy_model_keep keep = {.seconds = seconds, .state = state, .bytes = bytes, .save = save};
  const qy_model_run how = {.threads = threads,
                            .batch_points = BATCH,
                            .ctx = s,
                            .sink = sink,
                            .skip = skip,
                            .stop = stop,
                            .chances = chances,
                            .keep = &keep};
  const qy_status got = qy_model_sweep(model, &how, &err);
  if (status) *status = got;
  if (!status && got) return -1;
  return keep.evaluated;
}

static bool same(const seen *a, const seen *b)
{
  return a->count == b->count && a->count > 0 && memcmp(a->point, b->point, a->count * sizeof *a->point) == 0 &&
         memcmp(a->probability, b->probability, a->count * sizeof *a->probability) == 0;
}

static qy_model *model_made(const char *name, int step, int clocks, int64_t *points, qy_arena *arena)
{
  char file[] = "/tmp/quarry-state-XXXXXX";
  qy_error err = {0};
  qy_plan *plan = NULL;
  qy_model *model = NULL;
  const int fd = mkstemp(file);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!out) exit(1);
  fprintf(out, text, name, step, clocks);
  fclose(out);
  qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
  if (!status) status = qy_model_new(&model, plan, NULL, 0, &err);
  unlink(file);
  if (status) exit(1);
  *points = qy_plan_get(plan)->points;
  return model;
}

/* Few points: none are looked for beforehand. */
static void small(qy_arena *arena)
{
  static const double never = 1e9;
  int64_t points;
  qy_model *model = model_made("small", 4, 12, &points, arena);
  seen whole = {.point = NULL}, part = {.point = NULL};
  qy_status status;
  is_int(run(&whole, model, 1, never, NULL, 0, NULL), points, "a whole run evaluates each of its points once");
  is_int(whole.saves, 0, "and saves nothing before its time");
  for (int threads = 1; threads <= 2; threads++) {
    part.stop_at = 11;
    const int64_t first = run(&part, model, threads, never, NULL, 0, &status);
    ok(status == QY_INTERRUPTED, "%d threads: a run is stopped", threads);
    ok(part.saves == 1 && part.delivered >= 11 && part.delivered < (points - 1) / BATCH, "and saves what it knows");
    is_int(first, part.delivered * BATCH, "of the batches that it delivered");
    part.stop_at = 0;
    void *state = copy_of(part.state, part.bytes);
    is_int(run(&part, model, threads, never, state, part.bytes, NULL), points - first, "the next evaluates the others");
    ok(same(&part, &whole), "and has the front probabilities of the whole run");
    free(state);
    forget(&part);
  }
  is_int(run(&part, model, 2, 1e-9, NULL, 0, NULL), points, "saved after each batch, each point is evaluated once");
  ok(part.saves > 5 && same(&part, &whole), "with the same front probabilities (%d saves)", part.saves);

  seen failed = {.fails_at = 3};
  run(&failed, model, 1, 1e-9, NULL, 0, &status);
  ok(status == QY_SYSTEM && failed.saves == 3 && !failed.point, "a run ends where it cannot be saved");
  forget(&failed);

  /* What does not belong to the batches that are skipped. */
  void *state = copy_of(part.state, part.bytes);
  const size_t bytes = part.bytes;
  part.stored[3] = 0;
  is_int(run(&part, model, 1, never, state, bytes, NULL), points, "a batch was lost: all is evaluated anew");
  ok(same(&part, &whole), "to the same front probabilities");
  is_int(run(&part, model, 1, never, state, bytes / 2, NULL), points, "so it is with half of what was saved");
  ok(same(&part, &whole), "to the same front probabilities");
  memset(state, 0x5a, 8);
  is_int(run(&part, model, 1, never, state, bytes, NULL), points, "and with what another program saved");
  ok(same(&part, &whole), "to the same front probabilities");
  free(state);
  forget(&part);
  forget(&whole);
  qy_model_free(model);
}

/* Many points: those of the nominal fronts are looked for once, and drawn by each run. */
static void large(qy_arena *arena)
{
  int64_t points;
  qy_model *model = model_made("large", 2, 24, &points, arena);
  seen whole = {.point = NULL}, part = {.point = NULL};
  qy_status status;
  const int64_t all = run(&whole, model, 1, 1e9, NULL, 0, NULL), leaders = all - 2 * points;
  ok(points > 20000 && points / BATCH < BATCHES_MAX && leaders > 0, "%d points, and %d of nominal fronts", (int)points,
     (int)leaders);
  seen failed = {.fails_at = 1};
  run(&failed, model, 1, 1e9, NULL, 0, &status);
  ok(status == QY_SYSTEM && failed.saves == 1 && failed.delivered == 0, "it ends where leaders cannot be saved");
  forget(&failed);
  part.stop_at = (int)(points / BATCH / 2);
  const int64_t first = run(&part, model, 1, 1e9, NULL, 0, &status);
  part.stop_at = 0;
  void *state = copy_of(part.state, part.bytes);
  const int64_t rest = run(&part, model, 1, 1e9, state, part.bytes, NULL);
  is_int(first + rest, all + leaders, "half, and half: nothing but their draws is repeated");
  ok(same(&part, &whole), "to the same front probabilities");
  part.stored[1] = 0;
  is_int(run(&part, model, 1, 1e9, state, part.bytes, NULL), all, "a batch was lost: leaders are looked for anew too");
  ok(same(&part, &whole), "to the same front probabilities");
  free(state);
  forget(&part);
  forget(&whole);
  qy_model_free(model);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  small(arena);
  large(arena);
  qy_arena_free(arena);
  return done();
}
