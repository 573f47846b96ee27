/* Reading what a report tells of an experiment: see report_int.h. */
#include "report_int.h"

#include "quarry/pareto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *kept(const experiment *e, const char *text)
{
  return text ? qy_arena_text(e->arena, text, strlen(text)) : NULL;
}

static int head_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)names, (void)types;
  experiment *e = ctx;
  const char **to[] = {&e->name,        &e->question,      &e->file, &e->text,         &e->sha256,
                       &e->identity,    &e->model_version, &e->seed, &e->command_line, &e->status,
                       &e->started_utc, &e->ended_utc,     &e->runs, &e->program};
  const int texts = (int)(sizeof to / sizeof *to);
  e->found = true;
  for (int i = 0; i < texts && i < columns; i++)
    if (!(*to[i] = kept(e, value[i] ? value[i] : ""))) e->no_memory = true;
  e->planned = strtoll(value[texts], NULL, 10);
  e->stored = strtoll(value[texts + 1], NULL, 10);
  return 1;
}

/* ---- metrics and keys ---- */

/* Add a metric unless it is there or there is no room; returns its place, -1: none. */
static int add_metric(experiment *e, int metric)
{
  for (int i = 0; i < e->metric_count; i++)
    if (e->metric[i] == metric) return i;
  if (e->metric_count == METRICS_MAX) return -1;
  e->metric[e->metric_count] = metric;
  return e->metric_count++;
}

static int objective_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  experiment *e = ctx;
  const int metric = value[0] ? qy_metric_find(value[0]) : -1;
  if (metric < 0 || e->objective_count == OBJECTIVES_MAX) return e->refused = 1;
  e->objective[e->objective_count++] = metric;
  add_metric(e, metric);
  return 0;
}

static int within_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  experiment *e = ctx;
  qy_key key;
  const char *name = kept(e, value[0]);
  if (!name || e->within_count == QY_KEY_COUNT || qy_key_find(&key, name, &e->parameters, NULL)) return e->refused = 1;
  e->within[e->within_count++] = key;
  return 0;
}

/* A plot that the page does not draw. */
static void add_absent(experiment *e, const char *name)
{
  e->absent = e->absent ? qy_arena_format(e->arena, "%s, %s", e->absent, name) : kept(e, name);
}

/* Names of plots that are drawn with the model. */
static int absent_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  if (value[0]) add_absent(ctx, value[0]);
  return 0;
}

/* A metric becomes one of the page's, where there is room; a key is one of the points'. */
static bool take_axis(experiment *e, const char *name)
{
  const int metric = name ? qy_metric_find(name) : -1;
  return name && (metric < 0 || add_metric(e, metric) >= 0);
}

static bool take_axes(experiment *e, const char *list)
{
  char words[400], *rest = words, *word;
  bool good = list && snprintf(words, sizeof words, "%s", list) < (int)sizeof words;
  while (good && (word = strsep(&rest, ",")))
    good = take_axis(e, word);
  return good;
}

static int log_of(const char *text)
{
  return text ? (int)strtol(text, NULL, 10) : -1;
}

/* Columns: kind, x, y, x_log, y_log, panel, group, where, name, colour, colour_log, bins, points, axes. */
static int plot_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  experiment *e = ctx;
  const char *kind = value[0] ? value[0] : "";
  const int before = e->metric_count;
  bool good = e->plot_count < PLOTS_MAX;
  if (good && strcmp(kind, "parallel") == 0)
    good = take_axes(e, value[13]);
  else if (good)
    good = take_axis(e, value[1]) && take_axis(e, value[2]) && (!value[9] || take_axis(e, value[9]));
  if (!good) {
    e->metric_count = before;
    add_absent(e, value[8] ? value[8] : kind);
    return 0;
  }
  e->plot[e->plot_count++] = (report_plot){.kind = kept(e, kind),
                                           .name = kept(e, value[8] ? value[8] : ""),
                                           .x = kept(e, value[1]),
                                           .y = kept(e, value[2]),
                                           .colour = kept(e, value[9]),
                                           .axes = kept(e, value[13]),
                                           .which = kept(e, value[12]),
                                           .x_log = log_of(value[3]),
                                           .y_log = log_of(value[4]),
                                           .colour_log = log_of(value[10]),
                                           .bins = value[11] ? (int)strtol(value[11], NULL, 10) : 0,
                                           .panel = kept(e, value[5]),
                                           .group = kept(e, value[6] ? value[6] : "design"),
                                           .where = kept(e, value[7] ? value[7] : "{}")};
  return 0;
}

/* Experiments without plots of their own: each pair of the first three metrics. */
static void usual_plots(experiment *e)
{
  static const int usual[] = {QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ};
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
    add_metric(e, usual[i]);
  if (e->plot_count) return;
  const int most = e->objective_count < 3 ? 2 : 3;
  for (int y = 1; y < most; y++)
    for (int x = 0; x < y; x++)
      e->plot[e->plot_count++] = (report_plot){.kind = "pareto",
                                               .name = "",
                                               .x = qy_metric_table()[e->metric[x]].name,
                                               .y = qy_metric_table()[e->metric[y]].name,
                                               .x_log = -1,
                                               .y_log = -1,
                                               .colour_log = -1,
                                               .group = "design",
                                               .where = "{}"};
}

/* sql asks `e`, which is the experiment's row. */
static qy_status ask(experiment *e, const char *sql, qy_store_callback *row, qy_error *err)
{
  char text[1600];
  snprintf(text, sizeof text, "WITH e AS (SELECT * FROM experiment WHERE id = %" PRId64 ") %s", e->id, sql);
  return qy_store_query(e->store, text, row, e, err);
}

static qy_status read_head(experiment *e, qy_error *err)
{
  qy_status status = ask(
      e,
      "SELECT name, question, file, text, sha256, identity, model_version, seed, command_line, status, started_utc, "
      "ended_utc, runs, (SELECT program FROM experiment x WHERE x.id = e.id), points, (SELECT total(b.rows) FROM batch "
      "b WHERE b.experiment = e.id) FROM e, "
      "(SELECT NULL AS program)", /* of a database of an older program, which has no such column */
      head_row, err);
  if (!status && e->no_memory) status = qy_no_memory(err);
  if (!status && !e->found) status = qy_fail(err, QY_BAD_INPUT, "the database holds no experiment %" PRId64, e->id);
  if (!status) status = ask(e, "SELECT j.value FROM e, json_each(e.objectives) j ORDER BY j.key", objective_row, err);
  if (!status)
    status = ask(e, "SELECT j.value FROM e, json_each(e.definition, '$.within') j ORDER BY j.key", within_row, err);
  if (!status)
    status = ask(
        e,
        "SELECT json_extract(p.value, '$.kind'), json_extract(p.value, '$.x'), json_extract(p.value, '$.y'), "
        "json_extract(p.value, '$.x_log'), json_extract(p.value, '$.y_log'), json_extract(p.value, '$.panel'), "
        "(SELECT group_concat(g.value) FROM json_each(p.value, '$.group') g), "
        "json_extract(p.value, '$.where'), json_extract(p.value, '$.name'), json_extract(p.value, '$.colour'), "
        "json_extract(p.value, '$.colour_log'), json_extract(p.value, '$.bins'), json_extract(p.value, '$.points'), "
        "(SELECT group_concat(a.value) FROM json_each(p.value, '$.axes') a) "
        "FROM e, json_each(e.definition, '$.plots') p ORDER BY p.key",
        plot_row, err);
  if (!status)
    status = ask(e, "SELECT p.value FROM e, json_each(e.definition, '$.of_model') p ORDER BY p.key", absent_row, err);
  if (!status && (e->refused || e->objective_count == 0))
    status = qy_fail(err, QY_BAD_INPUT, "experiment \"%s\" is of another version of quarry", e->name);
  return status;
}

/* Is it a metric of the page, or a key? */
static bool has_axis(const experiment *e, const char *name)
{
  const int metric = name ? qy_metric_find(name) : -1;
  bool found = !name || metric < 0;
  for (int m = 0; m < e->metric_count; m++)
    found = found || e->metric[m] == metric;
  return found;
}

static bool has_axes(const experiment *e, const report_plot *p)
{
  char words[400], *rest = words, *word;
  bool all = p->axes || (has_axis(e, p->x) && has_axis(e, p->y) && has_axis(e, p->colour));
  snprintf(words, sizeof words, "%s", p->axes ? p->axes : "");
  while (p->axes && (word = strsep(&rest, ",")))
    all = all && has_axis(e, word);
  return all;
}

/* Metrics of no point are no axes; the objectives stay, whatever they are. */
static void drop_empty(experiment *e)
{
  int used = 0;
  for (int m = 0; m < e->metric_count; m++) {
    bool found = m < e->objective_count;
    for (size_t i = 0; !found && i < e->points.count; i++)
      found = e->points.metric[e->metric[m]][i] == e->points.metric[e->metric[m]][i];
    if (found) e->metric[used++] = e->metric[m];
  }
  e->metric_count = used;
  int plots = 0;
  for (int p = 0; p < e->plot_count; p++)
    if (has_axes(e, &e->plot[p])) e->plot[plots++] = e->plot[p];
  e->plot_count = plots;
}

qy_status experiment_read(experiment *e, qy_store *store, int64_t id, qy_arena *arena, qy_error *err)
{
  *e = (experiment){.store = store, .id = id, .arena = arena};
  qy_status status = read_head(e, err);
  if (status) return status;
  usual_plots(e);
  int all[OBJECTIVES_MAX + METRICS_MAX], count = 0; /* an objective beyond those shown counts for fronts alone */
  for (int i = 0; i < e->objective_count; i++)
    all[count++] = e->objective[i];
  for (int i = 0; i < e->metric_count; i++)
    all[count++] = e->metric[i];
  status = qy_points_read(&e->points, store, id, all, count, &e->parameters, err);
  e->feasible = (int64_t)e->points.count;
  if (!status) status = qy_store_policy(e->policy, store, id, err);
  if (!status && is_partly_stored(e)) {
    if (strcmp(e->status, "complete") == 0) e->stored = e->planned;
    status = qy_store_feasible(&e->feasible, NULL, NULL, store, id, err);
  }
  if (!status && e->points.count == 0)
    status = qy_fail(err, QY_BAD_INPUT, "experiment \"%s\" has no feasible point: there is nothing to report", e->name);
  if (!status) status = qy_points_unsure(&e->points, store, id, e->metric, e->metric_count, err);
  if (!status) status = qy_groups_make(&e->fronts, &e->points, e->within, e->within_count, err);
  if (!status) status = qy_points_front(&e->on_front, &e->points, &e->fronts, e->objective, e->objective_count, err);
  if (status) return status;
  drop_empty(e);
  for (size_t i = 0; i < e->points.count; i++)
    e->front_count += e->on_front[i];
  return QY_OK;
}

void experiment_free(experiment *e)
{
  free(e->on_front);
  qy_groups_free(&e->fronts);
  qy_points_free(&e->points);
}
