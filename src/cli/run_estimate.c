/* What a run will take: see run_estimate.h. */
#include "run_estimate.h"

#include "cli.h"
#include "session.h"

#include "quarry/model.h"
#include "quarry/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { BATCH_POINTS = 8192, SEARCH_BATCHES = 64 };
/* Bytes a stored point takes with its share of designs, intervals aside, and rows stored per second, both measured on
 * experiments/large_sweep.yaml; used for estimates only. */
enum { ROW_BYTES = 190, INTERVAL_BYTES = 235, STORED_PER_S = 500000, STORED_WITH_INTERVALS_PER_S = 300000 };
/* The same of a row of a layer or member, measured on MobileNetV1 on arrays and systems of two. */
enum { LAYER_BYTES = 230, MEMBER_BYTES = 290, DETAILS_STORED_PER_S = 200000 };
/* Points that a batch has at least. */
enum { BATCH_LEAST = 32 };

/* How many points will be evaluated, at most. */
int64_t run_wanted_points(const qy_plan_info *info)
{
  const int64_t most = info->search ? info->search_budget.points : 0;
  return most > 0 && most < info->points ? most : info->points;
}

/* Rows of layers and members beside that of a point, of all points or of those on fronts. */
typedef struct detail_rows {
  double layers, members;
} detail_rows;

static detail_rows rows_kept(const qy_plan *plan, qy_keep what)
{
  const qy_plan_info *info = qy_plan_get(plan);
  return (detail_rows){info->keep_layers == what ? qy_plan_layers_mean(plan) : 0,
                       info->keep_members == what ? qy_plan_members_mean(plan) : 0};
}

/* Points of a full batch: with layers and members they are fewer, so that a batch stays as large. */
static int64_t full_batch(const qy_plan *plan)
{
  const qy_plan_info *info = qy_plan_get(plan);
  const int64_t rows = info->keep_layers == QY_KEEP_ALL ? (int64_t)qy_plan_layers_most(plan) : 0;
  if (info->keep_layers != QY_KEEP_ALL && info->keep_members != QY_KEEP_ALL) return BATCH_POINTS;
  return rows < BATCH_POINTS / BATCH_LEAST ? BATCH_POINTS / (rows + 5) + 1 : BATCH_LEAST;
}

/* Size of a batch, in points of the space.  Of those that a search finds it holds about as many as another batch, where
 * they lie evenly. */
int64_t run_batch_points(const qy_plan *plan)
{
  const qy_plan_info *info = qy_plan_get(plan);
  const int64_t full = full_batch(plan);
  if (!info->search) return full;
  const int64_t batches =
      info->search_budget.points > 0 ? run_wanted_points(info) / full + 1 : SEARCH_BATCHES * (BATCH_POINTS / full);
  return (info->points - 1) / batches + 1;
}

double run_database_bytes(const qy_plan *plan, double points)
{
  const detail_rows kept = rows_kept(plan, QY_KEEP_ALL);
  return points * (ROW_BYTES + (qy_plan_get(plan)->draws ? INTERVAL_BYTES : 0) + kept.layers * LAYER_BYTES +
                   kept.members * MEMBER_BYTES);
}

/* Of what is kept beside the points: what of the estimate it is, or what it adds where the fronts are not known yet. */
static void say_kept(const qy_plan *plan, double points)
{
  const detail_rows all = rows_kept(plan, QY_KEEP_ALL), front = rows_kept(plan, QY_KEEP_FRONT);
  if (all.layers + all.members > 0)
    say("of it at most %.0f rows of layers and %.0f of members, %.3g MiB\n", points * all.layers, points * all.members,
        points * (all.layers * LAYER_BYTES + all.members * MEMBER_BYTES) / 1048576);
  if (front.layers + front.members > 0)
    say("and for each point on a front about %.3g rows of layers and %.3g of members, %.3g KiB\n", front.layers,
        front.members, (front.layers * LAYER_BYTES + front.members * MEMBER_BYTES) / 1024);
}

int run_dry(const qy_plan *plan, int threads, bool plots, int format)
{
  const qy_plan_info *info = qy_plan_get(plan);
  double seconds, drawing = 0, points = (double)run_wanted_points(info);
  qy_error err = {0};
  qy_model *model = NULL;
  const double start = qy_seconds_now();
  qy_status status = qy_model_new(&model, plan, NULL, 0, &err);
  const double prepared = qy_seconds_now() - start;
  if (!status) status = qy_model_time(model, threads, &seconds, &err);
  qy_model_free(model);
  if (!status && plots) status = session_tornado_seconds(&drawing, plan, &err);
  if (status) return report(status, &err);
  const double each = seconds / (double)info->points, limit = info->search_budget.seconds;
  if (limit > 0 && points * each > limit) points = ceil(limit / each);
  seconds = prepared + points * each * (info->search ? 2 : 1); /* once to find them, once to store them */
  seconds += drawing;
  static const char *const names[] = {"experiment", "points", "estimated_seconds", "estimated_database_mib"};
  const detail_rows kept = rows_kept(plan, QY_KEEP_ALL);
  seconds += points * (kept.layers + kept.members) / DETAILS_STORED_PER_S;
  table *t = table_new(format, 4, names);
  table_row(t, TEXT(info->name), INTEGER((int64_t)points),
            NUMBER(seconds + points / (info->draws ? STORED_WITH_INTERVALS_PER_S : STORED_PER_S)),
            NUMBER(run_database_bytes(plan, points) / 1048576));
  table_print(t);
  say_kept(plan, points);
  return finish_output(EXIT_DONE);
}
