/* What the tests of models share: plans from text, libraries of which only some constants are uncertain, sweeps
 * seen. */
#ifndef QUARRY_TESTS_EVALUATE_TEST_H
#define QUARRY_TESTS_EVALUATE_TEST_H

#include "../../src/plan/plan_int.h"
#include "quarry/activities.h"
#include "quarry/file.h"
#include "quarry/model.h"

#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static qy_error err;

/* A file with this text; its name in `file`. */
static int written(char *file, const char *text)
{
  int fd = mkstemps(file, 5);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!out) return ok(0, "a file to write");
  fputs(text, out);
  fclose(out);
  return 1;
}

static qy_plan *plan_from(const char *text, const char *db_dir, qy_arena *arena)
{
  char file[] = "/tmp/quarry-evaluate-XXXXXX.yaml";
  qy_plan *plan = NULL;
  qy_error_clear(&err);
  if (!written(file, text)) return NULL;
  qy_status status = qy_plan_read(&plan, file, db_dir, arena, &err);
  if (status) ok(0, "a plan: %s", err.diagnostic[0].text);
  unlink(file);
  return status ? NULL : plan;
}

__attribute__((unused)) static qy_plan *plan_of(const char *text, qy_arena *arena)
{
  return plan_from(text, "db", arena);
}

static char own_db_dir[] = "/tmp/quarry-db-XXXXXX";
static const char *const own_db_parts[] = {"memory", "networks", "tech", "circuit/factors.csv", "circuit"};
enum { OWN_DB_LINKS = 3, OWN_DB_PARTS = sizeof own_db_parts / sizeof *own_db_parts };

static void remove_own_db(void)
{
  char name[100];
  for (size_t i = 0; i < OWN_DB_PARTS; i++) {
    snprintf(name, sizeof name, "%s/%s", own_db_dir, own_db_parts[i]);
    remove(name);
  }
  rmdir(own_db_dir);
}

/* A directory like db in which the factors of this library are known exactly; made once, there until the end. */
static const char *own_db(const qy_tech *tech)
{
  static bool made = false;
  char name[100], target[4200], *db = made ? NULL : realpath("db", NULL);
  if (made) return own_db_dir;
  if (!db || !mkdtemp(own_db_dir)) return NULL;
  made = true;
  atexit(remove_own_db);
  for (size_t i = 0; i < OWN_DB_LINKS; i++) {
    snprintf(name, sizeof name, "%s/%s", own_db_dir, own_db_parts[i]);
    snprintf(target, sizeof target, "%s/%s", db, own_db_parts[i]);
    if (symlink(target, name) != 0) return NULL;
  }
  free(db);
  snprintf(name, sizeof name, "%s/circuit", own_db_dir);
  if (mkdir(name, 0700) != 0) return NULL;
  snprintf(name, sizeof name, "%s/circuit/factors.csv", own_db_dir);
  FILE *out = fopen(name, "w");
  if (!out) return NULL;
  fputs("name,value,low,high,unit,status,source\n", out);
  for (size_t i = 0; i < tech->entry_count; i++) {
    const double value = tech->entry[i].constant.value;
    if (tech->entry[i].is_factor)
      fprintf(out, "%s,%.17g,%.17g,%.17g,ratio,derived,test\n", strchr(tech->entry[i].path, '.') + 1, value, value,
              value);
  }
  return fclose(out) == 0 ? own_db_dir : NULL;
}

/* Draws of the constants alone. */
__attribute__((unused)) static qy_plan *without_structure(qy_plan *plan)
{
  for (int t = 0; plan && t < plan->info.technology_count; t++)
    plan->technology[t]->structure = NULL;
  return plan;
}

/* The plan of `text`, whose %s is the name of a library in which only what `spread` says is uncertain: sigma of the
 * logarithm of a constant; below 0: as the library has it.  The model's own discrepancy is left out. */
typedef double spread_of(const char *path, const void *ctx);

__attribute__((unused)) static qy_plan *plan_in(const char *text, const char *name, spread_of *spread, const void *ctx,
                                                qy_arena *arena)
{
  static const double q95 = 1.6448536269514722; /* 95 % quantile of the standard normal */
  char library[] = "/tmp/quarry-evaluate-XXXXXX.yaml", all[4096];
  qy_tech *tech, *own = NULL;
  qy_error_clear(&err);
  qy_status status = qy_tech_read(&tech, "db", name, arena, &err);
  if (!status) status = qy_tech_copy(&own, tech, arena, &err);
  for (size_t i = 0; !status && i < own->entry_count; i++) {
    qy_constant *c = &own->entry[i].constant;
    const double sigma = spread(own->entry[i].path, ctx);
    if (sigma < 0) continue;
    c->low = c->value * exp(-q95 * sigma);
    c->high = c->value * exp(q95 * sigma);
  }
  if (!status) status = qy_tech_render(own, arena, &err);
  if (status) ok(0, "a library: %s", err.diagnostic[0].text);
  const char *db_dir = spread("circuit.fast_gate", ctx) < 0 ? "db" : status ? NULL : own_db(own);
  if (status || !ok(db_dir != NULL, "a directory of tables") || !written(library, own->text)) return NULL;
  snprintf(all, sizeof all, text, library);
  qy_plan *plan = plan_from(all, db_dir, arena);
  unlink(library);
  return without_structure(plan);
}

/* ---- models ---- */

static qy_activities *shared_table;
static char shared_folder[] = "/tmp/quarry-known-XXXXXX";

static void forget(void)
{
  qy_activities_free(shared_table);
  qy_folder_remove(shared_folder);
}

/* Of all models of a test: each circuit is simulated once, each scale of a format found once. */
static qy_activities *shared_known(void)
{
  if (shared_table || !mkdtemp(shared_folder)) return shared_table;
  shared_table = qy_activities_new(shared_folder);
  atexit(forget);
  return shared_table;
}

__attribute__((unused)) static qy_status model_made(qy_model **model, const qy_plan *plan, const int64_t *points,
                                                    size_t count, qy_error *error)
{
  return qy_model_make(model, plan, points, count, &(qy_model_how){.known = shared_known()}, error);
}

/* ---- sweeps ---- */

enum { POINTS_MAX = 424, REASON_MAX = 256, RESOLVED_MAX = 640, SEEN_BATCH = 5 };

typedef struct seen {
  double metric[POINTS_MAX][QY_METRIC_COUNT], interval[POINTS_MAX][QY_METRIC_COUNT][2], chance[POINTS_MAX];
  int technology[POINTS_MAX], precision[POINTS_MAX];
  int64_t design[POINTS_MAX];
  double clock_mhz[POINTS_MAX];
  const char *reason[POINTS_MAX]; /* in `text`: those of a point live no longer than the sweep */
  char text[POINTS_MAX][REASON_MAX], resolved[POINTS_MAX][RESOLVED_MAX]; /* resolved: "" where there is none */
  unsigned char delivered[POINTS_MAX], with_interval[POINTS_MAX];
  int64_t points, done_before; /* batches below are skipped */
  bool asked_beyond;           /* for a batch that is none */
  size_t chances;
} seen;

static qy_status sink(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
{
  seen *s = ctx;
  (void)batch, (void)error;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    s->delivered[p->index]++;
    s->with_interval[p->index] = p->interval != NULL;
    if (p->reason) snprintf(s->text[p->index], REASON_MAX, "%s", p->reason);
    s->reason[p->index] = p->reason ? s->text[p->index] : NULL;
    snprintf(s->resolved[p->index], RESOLVED_MAX, "%s", p->resolved && !p->reason ? p->resolved : "");
    s->technology[p->index] = p->technology;
    s->precision[p->index] = p->precision_bits;
    s->design[p->index] = p->design;
    s->clock_mhz[p->index] = p->clock_mhz;
    if (!p->reason) memcpy(s->metric[p->index], p->metric, sizeof p->metric);
    if (p->interval) memcpy(s->interval[p->index], p->interval, sizeof s->interval[0]);
  }
  return QY_OK;
}

static int skip(void *ctx, int64_t batch)
{
  seen *s = ctx;
  if (batch < 0 || batch * SEEN_BATCH >= s->points) s->asked_beyond = true;
  return batch < s->done_before;
}

static qy_status chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *error)
{
  seen *s = ctx;
  (void)error;
  s->chances = count;
  for (size_t i = 0; i < count; i++)
    s->chance[point[i]] = probability[i];
  return QY_OK;
}

/* All points of a plan, five a batch.  Returns false, and says why, where it fails. */
__attribute__((unused)) static bool sweep(seen *s, const qy_plan *plan, int threads, int64_t done_before)
{
  qy_model *model = NULL;
  qy_error_clear(&err);
  *s = (seen){.points = qy_plan_get(plan)->points, .done_before = done_before};
  const qy_model_run run = {
      .threads = threads, .batch_points = SEEN_BATCH, .ctx = s, .sink = sink, .skip = skip, .chances = chances};
  if (s->points > POINTS_MAX) return ok(0, "a plan of at most %d points", POINTS_MAX);
  qy_status status = model_made(&model, plan, NULL, 0, &err);
  if (!status) status = qy_model_sweep(model, &run, &err);
  qy_model_free(model);
  if (status) ok(0, "a sweep: %s", err.diagnostic[0].text);
  if (s->asked_beyond) ok(0, "a sweep asks for batches that are there alone");
  return !status;
}

#endif
