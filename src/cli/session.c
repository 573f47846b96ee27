/* Keys, points and summary of an experiment; see session.h. */
#include "session.h"

#include "cli.h"
#include "comparisons.h"
#include "session_plots.h"

#include "quarry/axes.h"
#include "quarry/escape.h"
#include "quarry/model.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *metric_name(int metric)
{
  return qy_metric_table()[metric].name;
}

void plan_keys(qy_key_list *list, const qy_plan_info *info)
{
  *list = (qy_key_list){0};
  for (int p = 0; p < info->parameter_count && p < QY_KEY_COUNT - QY_KEY_PARAMETER; p++)
    list->name[list->count++] = info->parameter[p];
}

/* The reader has checked the name and how many parameters there are. */
qy_key plan_key(const char *name, const qy_plan_info *info)
{
  qy_key key = QY_KEY_TECHNOLOGY;
  qy_key_list list;
  plan_keys(&list, info);
  qy_key_find(&key, name, &list, NULL);
  return key;
}

const char *plan_key_name(qy_key key, const qy_plan_info *info)
{
  qy_key_list list;
  plan_keys(&list, info);
  return qy_key_name(key, &list);
}

/* The metrics that the summary and every plot of the plan need; returns how many. */
static int metrics_of(int metrics[QY_METRIC_COUNT], const qy_plan_info *info)
{
  int wanted[QY_METRIC_COUNT] = {0}, count = 0;
  for (int i = 0; i < info->objective_count; i++)
    wanted[info->objective[i]] = 1;
  for (int i = 0; i < info->compared_count; i++)
    wanted[info->compared[i]] = 1;
  for (int i = 0; i < info->limit_count; i++)
    wanted[info->limit[i].metric] = 1;
  if (info->budget_metric >= 0) wanted[info->budget_metric] = 1;
  for (int i = 0; i < info->plot_count; i++) {
    int need[QY_METRIC_COUNT];
    if (session_is_of_point(&info->plot[i])) continue;
    qy_chart f = session_chart(&info->plot[i], info, NULL, NULL);
    int n = qy_chart_metrics(&f, need);
    while (n-- > 0)
      wanted[need[n]] = 1;
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (wanted[m]) metrics[count++] = m;
  return count;
}

qy_status session_watch_points(qy_store *store, const qy_plan_info *info, qy_error *err)
{
  int metrics[QY_METRIC_COUNT];
  const int count = metrics_of(metrics, info);
  return qy_store_watch(store, metrics, count, err);
}

qy_status session_read_points(qy_points *points, qy_store *store, int64_t id, const qy_plan_info *info, qy_error *err)
{
  int metrics[QY_METRIC_COUNT];
  const int count = metrics_of(metrics, info);
  qy_key_list keys;
  plan_keys(&keys, info);
  qy_status status = qy_points_read(points, store, id, metrics, count, &keys, err);
  if (!status && info->draws) status = qy_points_unsure(points, store, id, metrics, count, err);
  if (status) qy_points_free(points);
  return status;
}

/* ---- head ---- */

/* A kind of reason: points, different texts, one of these. */
static int reason_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)ctx;
  (void)columns;
  (void)names;
  (void)types;
  if (strcmp(value[1], "1") == 0)
    say("  %10s infeasible: %s\n", value[0], value[2]);
  else
    say("  %10s infeasible (%s cases): such as %s\n", value[0], value[1], value[2]);
  return 0;
}

/* Objectives that are of the chip alone, where designs have no memory. */
static void print_scope(const qy_plan_info *info)
{
  const char *scope = "", *gap = "  ";
  for (int m = 0; m < info->objective_count && (info->on_chip || info->partly_on_chip); m++) {
    const char *own = qy_metric_scope((int)info->objective[m], true);
    if (!*own) continue;
    say("%s%s", gap, metric_name((int)info->objective[m]));
    scope = own;
    gap = ", ";
  }
  if (*scope)
    say(": %s (%s)\n", scope,
        info->partly_on_chip ? "where a design has no memory" : "no design of this experiment has a memory");
}

/* Sums that no schedule has. */
static void print_apart(const qy_plan_info *info)
{
  if (info->apart > 0)
    say("  memory: without the sums of col2im layers, %lld entries read and written apart from all schedules\n",
        (long long)info->apart);
}

/* What the metric `noise` is: nothing tells it from its values. */
static void print_noise(const qy_plan_info *info)
{
  bool asked = false;
  for (int m = 0; m < info->objective_count; m++)
    asked |= info->objective[m] == QY_NOISE;
  for (int i = 0; i < info->plot_count; i++)
    asked |= info->plot[i].x == QY_NOISE || info->plot[i].y == QY_NOISE;
  if (asked && info->noise_source) say("  noise: %s (%s)\n", info->noise_source, info->noise_worth);
}

static int assignment_row(void *ctx, int columns, const char *const *name, const char *const *value, const int *type)
{
  (void)ctx, (void)columns, (void)name, (void)type;
  const long open = strtol(value[1], NULL, 10);
  say("  assignments: epsilon up to %s (%s)", value[0], value[2]);
  if (open) say("; %ld optim%s not proved", open, open > 1 ? "a" : "um");
  fputs("\n", stderr);
  return 0;
}

/* How far assigned points may be from the exact answer, by label; nothing where all are exact. */
static void print_assignments(qy_store *store, int64_t id)
{
  char sql[640];
  qy_error err = {0};
  snprintf(
      sql, sizeof sql,
      "SELECT printf('%%.3g', max(a.assignment ->> 'epsilon')), sum(a.assignment ->> 'bound' IS NOT NULL), q.label "
      "FROM assignment a JOIN result r ON r.id = a.point JOIN precision q ON q.id = r.precision WHERE "
      "a.point >= %" PRId64 " << 40 AND a.assignment ->> 'optimal' = 0 GROUP BY q.label ORDER BY min(a.point)",
      id);
  if (qy_store_query(store, sql, assignment_row, NULL, &err)) report(err.status, &err);
}

/* Points that the database has of an experiment: all, or those that a search chose. */
int64_t session_stored_points(qy_store *store, int64_t id, const qy_plan_info *info)
{
  char sql[80];
  double *rows = NULL;
  size_t count = 0;
  qy_error err = {0};
  int64_t stored = info->points;
  if (!info->search) return stored;
  snprintf(sql, sizeof sql, "SELECT total(rows) FROM batch WHERE experiment = %" PRId64, id);
  if (!qy_store_columns(store, sql, 1, &rows, &count, &err) && count == 1) stored = (int64_t)rows[0];
  free(rows);
  return stored;
}

/* How the views are called that `run` made. */
static void print_views(qy_store *store, const char *name)
{
  const char *points = NULL, *front = NULL;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? qy_store_view_name(&points, store, name, false, arena, &err) : qy_no_memory(&err);
  if (!status) status = qy_store_view_name(&front, store, name, true, arena, &err);
  if (status) report(status, &err);
  if (points && front) say("  views: %s, %s\n", points, front);
  qy_arena_free(arena);
}

/* Feasible points of the experiment, stored or not. */
int64_t session_feasible_points(qy_store *store, int64_t id, const qy_plan_info *info, const qy_points *points)
{
  int64_t feasible = 0;
  qy_error err = {0};
  if (!qy_stored_partly(info->stored)) return (int64_t)points->count;
  if (qy_store_feasible(&feasible, NULL, NULL, store, id, &err)) report(err.status, &err);
  return feasible;
}

void session_print_head(const qy_plan_info *info, qy_store *store, int64_t id, const qy_points *points, int reused,
                        double seconds, const char *database)
{
  const int64_t stored = session_stored_points(store, id, info);
  const int64_t feasible = session_feasible_points(store, id, info, points), infeasible = stored - feasible;
  say("%s: %" PRId64 " points, %" PRId64 " feasible, %s in %.3g s; results in %s\n", info->name, stored, feasible,
      reused ? "read back (computed before)" : "computed and stored", seconds, database);
  print_views(store, info->name);
  if (qy_stored_partly(info->stored))
    say("  stored: %zu of them, %s\n", points->count,
        info->stored == QY_STORED_FRONT ? "those of fronts and the best ones" : "the best ones");
  print_scope(info);
  print_apart(info);
  print_noise(info);
  print_assignments(store, id);
  if (!infeasible) return;
  char sql[320];
  snprintf(sql, sizeof sql,
           "SELECT sum(points), count(DISTINCT reason), min(reason) FROM infeasible_all WHERE experiment_id = %" PRId64
           " GROUP BY substr(reason, 1, instr(reason || ':', ':')) ORDER BY 1 DESC, 3",
           id);
  qy_error err = {0};
  if (qy_store_query(store, sql, reason_row, NULL, &err)) report(err.status, &err);
}

/* ---- summary ---- */

/* What the columns of the tables in an aligned summary mean that need a word. */
static void print_legend(const qy_plan_info *info)
{
  if (info->draws) say("  on_front_robust: on the front in at least 90 %% of %" PRId64 " draws\n", info->draws);
}

static qy_status find_comparisons(bool *found, qy_store *store, int64_t id, qy_error *err)
{
  char sql[80];
  double *rows = NULL;
  size_t count = 0;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM comparison WHERE experiment = %" PRId64, id);
  const qy_status status = qy_store_columns(store, sql, 1, &rows, &count, err);
  *found = !status && count == 1 && rows[0] > 0;
  free(rows);
  return status;
}

qy_status session_compare(qy_model **model, const qy_plan *plan, const qy_points *points, qy_store *store, int64_t id,
                          bool again, const qy_model_how *how, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  qy_key keys[QY_KEY_COUNT + 1];
  const int key_count = summary_keys(info, keys);
  if (!comparisons_wanted(info) || info->stored == QY_STORED_SUMMARY || points->label_count[QY_KEY_DESIGN] < 2)
    return QY_OK;
  bool found = false;
  qy_status status = again ? QY_OK : find_comparisons(&found, store, id, err);
  if (status || found) return status;
  status = info->draws && !*model ? qy_model_make(model, plan, NULL, 0, how, err) : QY_OK;
  if (!status && info->draws) status = qy_model_ready(*model, NULL, 0, err);
  return status ? status : comparisons_make(plan, info->draws ? *model : NULL, points, keys, key_count, store, id, err);
}

int session_print_summary(const qy_plan *plan, summary *s, qy_store *store, int64_t id, int format)
{
  const qy_plan_info *info = qy_plan_get(plan);
  const bool json = format == QY_TABLE_JSON;
  bool compared;
  qy_error err = {0};
  qy_status status = find_comparisons(&compared, store, id, &err);
  if (status) return report(status, &err);
  if (format == QY_TABLE_ALIGNED) print_legend(info);
  if (json) fputs("{\"designs\": ", stdout);
  const int code = summary_print(s, store, id, format);
  if (!json && !compared) return code;
  if (json)
    fputs(", \"comparisons\": ", stdout);
  else
    putchar('\n');
  if (format == QY_TABLE_ALIGNED) {
    qy_text name = {0};
    qy_escape(&name, info->base_name, "");
    if (name.failed) {
      qy_text_free(&name);
      return report(qy_no_memory(&err), &err);
    }
    printf("gains over %s (ratios: above 1 a design is better): median over the budgets from low to high, or, held at "
           "equal "
           "axes, over points\n",
           name.data ? name.data : "");
    qy_text_free(&name);
  }
  status = comparisons_print(info, s->points, store, id, s->key, s->key_count, format, &err);
  if (json) fputs("}\n", stdout);
  return status ? report(status, &err) : code;
}

/* ---- stored experiments ---- */

qy_status session_check_front(qy_store *store, int64_t id, const int *metrics, int metric_count, const qy_key *keys,
                              int key_count, const qy_key_list *parameters, const char *what, qy_error *err)
{
  const char *metric[QY_METRIC_COUNT], *key[QY_KEY_COUNT];
  for (int m = 0; m < metric_count; m++)
    metric[m] = metric_name(metrics[m]);
  for (int k = 0; k < key_count; k++)
    key[k] = qy_key_name(keys[k], parameters);
  return qy_store_check_front(store, id, metric, metric_count, key, key_count, what, err);
}

/* ctx: whether a process of this host computes it. */
static int status_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  const bool lost = strcmp(value[1], "running") == 0 && !*(const bool *)ctx;
  say("note: %s %s%s: %s of its %s points are done (%s %%)\n", value[0], lost ? "" : "is ",
      lost ? "was interrupted, or runs on another host" : value[1], value[2], value[3], value[4]);
  return 0;
}

qy_status session_say_incomplete(qy_store *store, int64_t id, qy_error *err)
{
  char sql[500];
  bool runs;
  const qy_status status = qy_store_is_run(&runs, store, id, err);
  if (status) return status;
  snprintf(sql, sizeof sql,
           "SELECT name, status, done, points, printf('%%.3g', 100.0 * done / points) FROM (SELECT name, status, "
           "points, (SELECT coalesce(sum(min(e.batch_points, e.points - b.batch * e.batch_points)), 0) FROM batch b "
           "WHERE b.experiment = e.id) AS done FROM experiment e WHERE id = %" PRId64 " AND status <> 'complete')",
           id);
  return qy_store_query(store, sql, status_row, &runs, err);
}

static int name_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  snprintf(ctx, 256, "%s", value[0]);
  return 1;
}

qy_status session_check_fronts(qy_store *store, int64_t id, qy_error *err)
{
  char sql[120], name[256] = "";
  snprintf(sql, sizeof sql, "SELECT name FROM experiment WHERE id = %" PRId64 " AND status <> 'complete'", id);
  const qy_status status = qy_store_query(store, sql, name_row, name, err);
  if (status || !*name) return status;
  return qy_fail(
      err, QY_BAD_INPUT,
      "expected an experiment that is complete, whose fronts and best points are known, found \"%s\": run it "
      "again to finish it; `quarry front` gives the fronts of the points that are done",
      name);
}

qy_status session_check_stored(qy_store *store, int64_t id, qy_error *err)
{
  const qy_status status = qy_store_check_whole(store, id, err);
  return status ? status : session_say_incomplete(store, id, err);
}

qy_status session_find(int64_t *id, qy_store *store, const char *name, qy_error *err)
{
  const qy_status status = qy_store_find(id, store, name, err);
  return status ? status : session_check_stored(store, *id, err);
}
