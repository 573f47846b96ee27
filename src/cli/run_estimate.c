/* What a run will take: see run_estimate.h. */
#include "run_estimate.h"

#include "cli.h"
#include "session.h"

#include "quarry/integer.h"
#include "quarry/model.h"
#include "quarry/progress.h"
#include "quarry/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

enum { BATCH_POINTS = 8192, ASK_POINTS = 20000000, SEARCH_BATCHES = 64 };
/* Bytes a stored point takes with its share of designs, and what its intervals add; points stored per second, without
 * and with intervals: all measured on experiments/large_sweep.yaml, used for estimates only. */
static const struct stored {
  double row_bytes, interval_bytes, per_s, with_intervals_per_s;
} rates_of[] = {[QY_STORED_ALL] = {240, 235, 500000, 300000}, [QY_STORED_COLUMNS] = {25, 65, 4e6, 1e6}};
/* The same of a row of a layer or member, measured on MobileNetV1 on arrays and systems of two. */
enum { LAYER_BYTES = 230, MEMBER_BYTES = 290, DETAILS_STORED_PER_S = 200000 };
/* Bytes of memory that an element and a price list of one take, measured on mac at 14 by 32 bits and on 500,000 clocks;
 * what is asked before more is taken. */
enum { ELEMENT_BYTES = 325000, LIST_BYTES = 2100 };
static const double ask_bytes = 8.0 * (1 << 30);
/* Bytes of memory: of the program, of a point in a batch at hand, of a point while fronts and summary are made;
 * measured on arrays of 2^16 sizes and on experiments/large_sweep.yaml, used for estimates only, which lie within a
 * factor of two (tests/slow/memory.sh). */
enum { PROGRAM_BYTES = 13 << 20, BATCH_POINT_BYTES = 7000, POINT_BYTES = 100 };
/* The same of a draw, on each thread: of points on their way to the fronts of all draws.  Measured on 65,536 of
 * them. */
enum { DRAW_BYTES = 8000 };
/* Points that a batch has at least; batches of a space of which few points are stored. */
enum { BATCH_LEAST = 32, KEPT_BATCHES = 4096 };
/* Elements and schedules that a batch asks for about, each of which may take some hundredths of a second; batches
 * that a space has at most. */
enum { BATCH_ELEMENTS = 32, BATCH_SCHEDULES = 8, BATCHES_MOST = 16384 };

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

/* Fewer, where all ask for many times as many as a batch should. */
static int64_t with_few(int64_t batch, const qy_plan_info *info, double many, double few)
{
  enum { MANY = 4 };
  const double points = (double)info->points * few / many, least = (double)info->points / BATCHES_MOST + 1;
  if (many <= MANY * few || points >= (double)batch) return batch;
  const int64_t fewer = (int64_t)(points > least ? points : least) + 1;
  return fewer < batch ? fewer : batch;
}

/* Points of a batch whose rows make it as large as one without layers and members. */
static int64_t batch_of_rows(const qy_plan *plan)
{
  const qy_plan_info *info = qy_plan_get(plan);
  const int64_t rows = info->keep_layers == QY_KEEP_ALL ? (int64_t)qy_plan_layers_most(plan) : 0;
  if (info->keep_layers != QY_KEEP_ALL && info->keep_members != QY_KEEP_ALL) return BATCH_POINTS;
  return rows < BATCH_POINTS / BATCH_LEAST ? BATCH_POINTS / (rows + 5) + 1 : BATCH_LEAST;
}

/* Points of a full batch: a kill loses one. */
static int64_t full_batch(const qy_plan *plan)
{
  const qy_plan_info *info = qy_plan_get(plan);
  const int64_t least = (info->points - 1) / QY_STORE_BATCHES_MOST + 1;
  double elements, lists, schedules;
  qy_model_size(&elements, &lists, &schedules, plan);
  const int64_t batch =
      with_few(with_few(batch_of_rows(plan), info, elements, BATCH_ELEMENTS), info, schedules, BATCH_SCHEDULES);
  return qy_max64(batch, least);
}

/* Size of a batch, in points of the space.  Of those that a search finds it holds about as many as another batch, where
 * they lie evenly. */
int64_t run_batch_points(const qy_plan *plan)
{
  const qy_plan_info *info = qy_plan_get(plan);
  const int64_t full = full_batch(plan), kept = (info->points - 1) / KEPT_BATCHES + 1;
  if (qy_stored_partly(info->stored)) return kept > full ? kept : full;
  if (!info->search) return full;
  const int64_t batches =
      info->search_budget.points > 0 ? run_wanted_points(info) / full + 1 : SEARCH_BATCHES * (BATCH_POINTS / full);
  return (info->points - 1) / batches + 1;
}

double run_database_bytes(const qy_plan *plan, double points)
{
  if (qy_stored_partly(qy_plan_get(plan)->stored)) return 0; /* how many are stored is not known before */
  const detail_rows kept = rows_kept(plan, QY_KEEP_ALL);
  const struct stored *rates = &rates_of[qy_plan_get(plan)->stored];
  return points * (rates->row_bytes + (qy_plan_get(plan)->draws ? rates->interval_bytes : 0) +
                   kept.layers * LAYER_BYTES + kept.members * MEMBER_BYTES);
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

/* Beside that of the model; where few points are stored, how many are read back is not known. */
static double memory_bytes(const qy_plan *plan, double points)
{
  const double batch = points < BATCH_POINTS ? points : BATCH_POINTS;
  return PROGRAM_BYTES + batch * BATCH_POINT_BYTES +
         (qy_stored_partly(qy_plan_get(plan)->stored) ? 0 : points * POINT_BYTES);
}

static double draws_bytes(const qy_plan_info *info, const qy_model_how *how)
{
  return (double)info->draws * (how->threads > 1 ? how->threads : 1) * DRAW_BYTES;
}

qy_status run_check_size(const qy_plan *plan, const char *file, qy_error *err)
{
  const int64_t points = run_wanted_points(qy_plan_get(plan));
  double elements, lists, schedules;
  qy_model_size(&elements, &lists, &schedules, plan);
  const double bytes = elements * ELEMENT_BYTES + lists * LIST_BYTES + memory_bytes(plan, (double)points);
  if (!qy_stored_partly(qy_plan_get(plan)->stored) && points > ASK_POINTS)
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                      "expected at most %d points without --yes, found %" PRId64 " (about %.1f GiB of database)",
                      ASK_POINTS, points, run_database_bytes(plan, (double)points) / 1073741824);
  if (bytes > ask_bytes)
    return qy_fail_at(
        err, QY_BAD_INPUT, file, 0, 0,
        "expected at most %.0f GiB of memory without --yes, found about %.3g GiB: %.0f elements, %.0f price "
        "lists (elements, libraries, clocks), %" PRId64 " points",
        ask_bytes / 1073741824, bytes / 1073741824, elements, lists, points);
  return QY_OK;
}

/* Bytes of memory that the estimate took itself, which has made ready what a run begins with. */
static double used_bytes(void)
{
  const double kib = 1024;
  struct rusage used;
  return getrusage(RUSAGE_SELF, &used) == 0 ? kib * (double)used.ru_maxrss : 0;
}

/* Which files a run would write. */
static void say_files(const qy_plan *plan, const run_options *o)
{
  const qy_plan_info *info = qy_plan_get(plan);
  say("files: %s", o->where.database);
  if (!o->no_plots && info->plot_count)
    say(", pictures of %d plot%s in %s", info->plot_count, info->plot_count == 1 ? "" : "s", o->where.plots);
  if (!o->no_cache) say(", activities in %s", o->where.cache);
  say("\n");
}

int run_dry(const qy_plan *plan, const run_options *o)
{
  const qy_plan_info *info = qy_plan_get(plan);
  double drawing = 0, points = (double)run_wanted_points(info);
  qy_error err = {0};
  qy_model_seconds of;
  qy_status status = qy_model_estimate(&of, plan, &o->how, &err);
  if (!status && !o->no_plots) status = session_tornado_seconds(&drawing, plan, &o->how, &err);
  if (status) return report(status, &err);
  const double limit = info->search_budget.seconds;
  if (limit > 0 && points * of.point > limit) points = ceil(limit / of.point);
  double seconds = of.ready + points * of.point * (info->search ? 2 : 1); /* once to find them, once to store them */
  seconds += drawing;
  static const char *const names[] = {"experiment", "points", "estimated_seconds", "estimated_database_mib",
                                      "estimated_memory_mib"};
  const detail_rows kept = rows_kept(plan, QY_KEEP_ALL);
  const double stored = !qy_stored_partly(info->stored) ? points : 0;
  seconds += stored * (kept.layers + kept.members) / DETAILS_STORED_PER_S;
  if (stored > 0)
    seconds += stored / (info->draws ? rates_of[info->stored].with_intervals_per_s : rates_of[info->stored].per_s);
  table *t = table_new(o->format, 5, names);
  table_row(t, TEXT(info->name), INTEGER((int64_t)points), NUMBER(seconds),
            NUMBER(run_database_bytes(plan, points) / 1048576),
            NUMBER(fmax(of.bytes + memory_bytes(plan, points) + draws_bytes(info, &o->how), used_bytes()) / 1048576));
  table_print(t);
  say_kept(plan, stored);
  say_files(plan, o);
  return finish_output(EXIT_DONE);
}
