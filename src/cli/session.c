/* Summary and plots of an experiment; see session.h. */
#include "session.h"

#include "cli.h"
#include "design_report.h"
#include "pictures.h"
#include "savings.h"

#include "quarry/crossover.h"
#include "quarry/model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *metric_name(int metric)
{
  return qy_metric_table()[metric].name;
}

/* Names are letters, digits, '.', '_' and '-' (the reader checks), so no JSON escapes are needed. */
static const char *json_list(const char *const *names, int count, qy_arena *arena)
{
  const char *text = "[";
  for (int i = 0; text && i < count; i++)
    text = qy_arena_format(arena, "%s%s\"%s\"", text, i ? "," : "", names[i]);
  return text ? qy_arena_format(arena, "%s]", text) : NULL;
}

/* A JSON string, quotes and escapes included. */
static const char *json_text(const char *text, qy_arena *arena)
{
  qy_text json = {0};
  qy_text_json(&json, text);
  const char *out = json.failed ? NULL : qy_arena_text(arena, json.data, json.length);
  qy_text_free(&json);
  return out;
}

const char *plan_objectives_json(const qy_plan_info *info, qy_arena *arena)
{
  const char *names[16];
  for (int i = 0; i < info->objective_count; i++)
    names[i] = metric_name((int)info->objective[i]);
  return json_list(names, info->objective_count, arena);
}

/* Tornados and layers are of one point. */
static int is_of_point(const qy_plot_request *p)
{
  return p->point >= 0;
}

/* Is it drawn from the plan's draws themselves? */
static bool is_of_draws(const qy_plot_request *p)
{
  return p->bands || p->over_design;
}

const char *plan_definition_json(const qy_plan_info *info, qy_arena *arena)
{
  const char *within = json_list(info->front_within, info->front_within_count, arena), *plots = "";
  for (int i = 0; plots && i < info->plot_count; i++) {
    const qy_plot_request *p = &info->plot[i];
    if (is_of_point(p) || is_of_draws(p)) continue; /* they need a model: `quarry plot` has the results alone */
    const char *group = json_list(p->group, p->group_count, arena);
    const char *where = "";
    for (int w = 0; where && w < p->where_count; w++)
      where = qy_arena_format(arena, "%s%s\"%s\":\"%s\"", where, w ? "," : "", p->where_key[w], p->where_label[w]);
    if (!group || !where) return NULL;
    plots = qy_arena_format(arena,
                            "%s%s{\"name\":\"%s\",\"kind\":\"%s\",\"x\":\"%s\",\"y\":\"%s\",\"group\":%s,"
                            "\"x_log\":%d,\"y_log\":%d,\"panel\":%s%s%s,\"floor\":%s%s%s,\"where\":{%s}}",
                            plots, *plots ? "," : "", p->name, p->kind, metric_name(p->x), metric_name(p->y), group,
                            p->x_log, p->y_log, p->panel ? "\"" : "", p->panel ? p->panel : "null",
                            p->panel ? "\"" : "", p->has_floor ? "\"" : "",
                            p->has_floor ? metric_name(p->floor) : "null", p->has_floor ? "\"" : "", where);
  }
  /* Read back by qy_points_read. */
  const char *on_chip = info->on_chip ? ",\"on_chip\":true" : "";
  const char *noise = info->noise_source ? json_text(info->noise_source, arena) : "null";
  return within && plots && noise
             ? qy_arena_format(arena, "{\"within\":%s,\"plots\":[%s]%s,\"noise\":%s,\"noise_sha256\":\"%s\"}", within,
                               plots, on_chip, noise, info->noise_sha256)
             : NULL;
}

/* The reader has checked the name and that there is one parameter at most. */
qy_key plan_key(const char *name)
{
  qy_key key;
  const char *parameter = NULL;
  qy_key_find(&key, name, &parameter, NULL);
  return key;
}

static qy_chart chart_of(const qy_plot_request *request, const char *title, const char *caption)
{
  qy_chart f = {.x = request->x,
                .x_log = request->x_log,
                .y_log = request->y_log,
                .y = request->y,
                .has_floor = request->has_floor,
                .floor = request->floor,
                .bands = request->bands,
                .over = request->over_design,
                .panel = request->panel ? (int)plan_key(request->panel) : -1,
                .title = title,
                .caption = caption};
  for (int k = 0; k < QY_CHART_KIND_COUNT; k++)
    if (strcmp(qy_chart_kind_name((qy_chart_kind)k), request->kind) == 0) f.kind = (qy_chart_kind)k;
  for (int g = 0; g < request->group_count; g++)
    f.group[f.group_count++] = plan_key(request->group[g]);
  for (int w = 0; w < request->where_count; w++)
    f.where[f.where_count++] = (qy_chart_where){plan_key(request->where_key[w]), request->where_label[w]};
  return f;
}

qy_status session_read_points(qy_points *points, qy_store *store, int64_t id, const qy_plan_info *info, qy_error *err)
{
  int wanted[QY_METRIC_COUNT] = {0}, metrics[QY_METRIC_COUNT], count = 0;
  for (int i = 0; i < info->objective_count; i++)
    wanted[info->objective[i]] = 1;
  for (int i = 0; i < info->compared_count; i++)
    wanted[info->compared[i]] = 1;
  for (int i = 0; i < info->plot_count; i++) {
    int need[QY_METRIC_COUNT];
    if (is_of_point(&info->plot[i])) continue;
    qy_chart f = chart_of(&info->plot[i], NULL, NULL);
    int n = qy_chart_metrics(&f, need);
    while (n-- > 0)
      wanted[need[n]] = 1;
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (wanted[m]) metrics[count++] = m;
  qy_status status = qy_points_read(points, store, id, metrics, count, info->parameter, err);
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
    fprintf(stderr, "  %10s infeasible: %s\n", value[0], value[2]);
  else
    fprintf(stderr, "  %10s infeasible (%s cases): such as %s\n", value[0], value[1], value[2]);
  return 0;
}

/* Objectives that are of the chip alone, where designs have no memory. */
static void print_scope(const qy_plan_info *info)
{
  const char *scope = "", *gap = "  ";
  for (int m = 0; m < info->objective_count && (info->on_chip || info->partly_on_chip); m++) {
    const char *own = qy_metric_scope((int)info->objective[m], true);
    if (!*own) continue;
    fprintf(stderr, "%s%s", gap, metric_name((int)info->objective[m]));
    scope = own;
    gap = ", ";
  }
  if (*scope)
    fprintf(stderr, ": %s (%s)\n", scope,
            info->partly_on_chip ? "where a design has no memory" : "no design of this experiment has a memory");
}

/* What the metric `noise` is: nothing tells it from its values. */
static void print_noise(const qy_plan_info *info)
{
  bool asked = false;
  for (int m = 0; m < info->objective_count; m++)
    asked |= info->objective[m] == QY_NOISE;
  for (int i = 0; i < info->plot_count; i++)
    asked |= info->plot[i].x == QY_NOISE || info->plot[i].y == QY_NOISE;
  if (asked && info->noise_source) fprintf(stderr, "  noise: %s (%s)\n", info->noise_source, info->noise_worth);
}

static int assignment_row(void *ctx, int columns, const char *const *name, const char *const *value, const int *type)
{
  (void)ctx, (void)columns, (void)name, (void)type;
  const long open = strtol(value[1], NULL, 10);
  fprintf(stderr, "  assignments: epsilon up to %s (%s)", value[0], value[2]);
  if (open) fprintf(stderr, "; %ld optim%s not proved", open, open > 1 ? "a" : "um");
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
static int64_t stored_points(qy_store *store, int64_t id, const qy_plan_info *info)
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

void session_print_head(const qy_plan_info *info, qy_store *store, int64_t id, const qy_points *points, int reused,
                        double seconds, const char *database)
{
  const int64_t stored = stored_points(store, id, info);
  int64_t infeasible = stored - (int64_t)points->count;
  fprintf(stderr, "%s: %" PRId64 " points, %zu feasible, %s in %.3g s; results in %s\n", info->name, stored,
          points->count, reused ? "read back (computed before)" : "computed and stored", seconds, database);
  print_scope(info);
  print_noise(info);
  print_assignments(store, id);
  if (!infeasible) return;
  char sql[320];
  snprintf(sql, sizeof sql,
           "SELECT sum(points), count(DISTINCT reason), min(reason) FROM infeasible WHERE experiment_id = %" PRId64
           " GROUP BY substr(reason, 1, instr(reason || ':', ':')) ORDER BY 1 DESC, 3",
           id);
  qy_error err = {0};
  if (qy_store_query(store, sql, reason_row, NULL, &err)) report(err.status, &err);
}

/* ---- summary ---- */

/* Copy cost and value of the members of group g. */
static void gather(double *cost, double *value, const qy_groups *groups, const qy_points *points, size_t g,
                   int cost_metric, int value_metric)
{
  for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
    cost[i - groups->first[g]] = points->metric[cost_metric][groups->member[i]];
    value[i - groups->first[g]] = points->metric[value_metric][groups->member[i]];
  }
}

static double best_of(const qy_groups *groups, const qy_points *points, size_t g, int metric)
{
  double sign = qy_metric_table()[metric].sense > 0 ? -1 : 1, best = NAN;
  for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
    double x = points->metric[metric][groups->member[i]];
    if (!(sign * x >= sign * best)) best = x;
  }
  return best;
}

/* Keys of the summary: what fronts are taken within, then the design. */
static int summary_keys(const qy_plan_info *info, qy_key *keys)
{
  int count = 0;
  for (int k = 0; k < info->front_within_count; k++) {
    qy_key key = plan_key(info->front_within[k]);
    if (key != QY_KEY_DESIGN) keys[count++] = key;
  }
  keys[count++] = QY_KEY_DESIGN;
  return count;
}

/* "Robust" in the summary: on the front in at least this share of the draws.  A share of N draws is an estimate, so the
 * column says of how many. */
#define ROBUST 0.9

static qy_status add_rows(table *t, const qy_plan_info *info, const qy_points *points, const qy_groups *groups,
                          const uint8_t *on_front, double *const *saved, int compare, qy_error *err)
{
  double *scratch = qy_alloc(4 * points->count, sizeof *scratch);
  if (!scratch) return qy_no_memory(err);
  double *a_cost = scratch, *a_value = a_cost + points->count;
  double *b_cost = a_value + points->count, *b_value = b_cost + points->count;
  size_t designs = points->label_count[QY_KEY_DESIGN];
  qy_status status = QY_OK;
  for (size_t g = 0; !status && g < groups->count; g++) {
    size_t n = groups->first[g + 1] - groups->first[g], on = 0;
    for (int k = 0; k < groups->key_count; k++) {
      qy_key key = groups->key[k];
      table_text(t, points->label[key][qy_groups_index(groups, points, g, key)]);
    }
    for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++)
      on += on_front[groups->member[i]];
    table_row(t, INTEGER((int64_t)n), INTEGER((int64_t)on));
    if (points->chance) {
      size_t robust = 0;
      for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++)
        robust += points->chance[groups->member[i]] >= ROBUST;
      table_integer(t, (int64_t)robust);
    }
    for (int m = 0; m < info->objective_count; m++)
      table_number(t, best_of(groups, points, g, (int)info->objective[m]));
    for (int m = 0; !status && m < info->compared_count; m++) {
      double median = NAN, most = NAN;
      status = savings_of_group(&median, &most, saved[m], groups, g, err);
      table_row(t, NUMBER(median), NUMBER(most));
    }
    if (!compare) continue;
    size_t reference = g - g % designs, r = groups->first[reference + 1] - groups->first[reference];
    qy_crossover x = {.first_cost = NAN, .best_ratio = NAN, .best_cost = NAN};
    if (g != reference) {
      int cost = (int)info->objective[0], value = (int)info->objective[1];
      gather(a_cost, a_value, groups, points, reference, cost, value);
      gather(b_cost, b_value, groups, points, g, cost, value);
      status = qy_crossover_find(&x, a_cost, a_value, r, b_cost, b_value, n, err);
    }
    table_row(t, NUMBER(x.first_cost), NUMBER(x.best_ratio), NUMBER(x.best_cost));
  }
  free(scratch);
  return status;
}

/* "From which area on does a design beat the first one, and by how much at most?" needs two minimised objectives; a
 * file that says what to compare with is taken at its word instead. */
static int can_compare(const qy_plan_info *info, const qy_points *points)
{
  const qy_metric_info *metric = qy_metric_table();
  return info->base < 0 && info->objective_count >= 2 && points->label_count[QY_KEY_DESIGN] > 1 &&
         metric[info->objective[0]].sense < 0 && metric[info->objective[1]].sense < 0;
}

int session_print_summary(const qy_plan *plan, const qy_points *points, int format)
{
  enum { COMPARED_MAX = 8, COLUMNS_MAX = QY_KEY_COUNT + 3 + 16 + 3 + 2 * COMPARED_MAX };
  const qy_plan_info *info = qy_plan_get(plan);
  const char *names[COLUMNS_MAX];
  double *saved[COMPARED_MAX] = {NULL};
  char text[20 + 2 * COMPARED_MAX][80];
  int columns = 0, texts = 0, compare = can_compare(info, points);
  qy_key keys[QY_KEY_COUNT + 1];
  qy_key within[QY_KEY_COUNT];
  int key_count = summary_keys(info, keys), metrics[16];
  for (int k = 0; k < key_count; k++)
    names[columns++] = keys[k] == QY_KEY_PARAMETER ? info->parameter : qy_key_name(keys[k]);
  for (int k = 0; k < info->front_within_count; k++)
    within[k] = plan_key(info->front_within[k]);
  names[columns++] = "points";
  names[columns++] = "on_front";
  if (points->chance) {
    snprintf(text[texts], sizeof *text, "on_front_in_90_pct_of_%" PRId64 "_draws", info->draws);
    names[columns++] = text[texts++];
  }
  for (int m = 0; m < info->objective_count; m++) {
    metrics[m] = (int)info->objective[m];
    snprintf(text[texts], sizeof *text, "best_%s", metric_name(metrics[m]));
    names[columns++] = text[texts++];
  }
  for (int m = 0; m < info->compared_count; m++)
    for (int most = 0; most < 2; most++) {
      const char *metric = metric_name((int)info->compared[m]);
      snprintf(text[texts], sizeof *text, most ? "%s_saved_most_pct" : "%s_saved_pct", metric);
      names[columns++] = text[texts++];
    }
  if (compare) {
    const char *first = points->label[QY_KEY_DESIGN][0];
    snprintf(text[texts], sizeof *text, "beats_%.30s_from_%s", first, metric_name(metrics[0]));
    names[columns++] = text[texts++];
    snprintf(text[texts], sizeof *text, "best_%s_gain", metric_name(metrics[1]));
    names[columns++] = text[texts++];
    snprintf(text[texts], sizeof *text, "gain_at_%s", metric_name(metrics[0]));
    names[columns++] = text[texts++];
  }
  qy_error err = {0};
  qy_groups groups = {0}, fronts = {0};
  uint8_t *on_front = NULL;
  table *t = table_new(format, columns, names);
  qy_status status = qy_groups_make(&fronts, points, within, info->front_within_count, &err);
  if (!status) status = qy_points_front(&on_front, points, &fronts, metrics, info->objective_count, &err);
  if (!status) status = qy_groups_make(&groups, points, keys, key_count, &err);
  for (int m = 0; !status && m < info->compared_count; m++)
    status = savings_of(&saved[m], plan, points, (int)info->compared[m], &err);
  if (!status && points->count) status = add_rows(t, info, points, &groups, on_front, saved, compare, &err);
  table_print(t);
  for (int m = 0; m < info->compared_count; m++)
    free(saved[m]);
  free(on_front);
  qy_groups_free(&groups);
  qy_groups_free(&fronts);
  return status ? report(status, &err) : EXIT_DONE;
}

/* ---- plots ---- */

/* A model of the points of the file's tornado plots; *model NULL: there are none. */
static qy_status tornado_model(qy_model **model, const qy_plan *plan, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  int64_t *points = qy_alloc(2 * (size_t)info->plot_count, sizeof *points);
  size_t count = 0;
  *model = NULL;
  if (!points) return qy_no_memory(err);
  for (int i = 0; i < info->plot_count; i++) {
    if (info->plot[i].point >= 0) points[count++] = info->plot[i].point;
    if (info->plot[i].over >= 0) points[count++] = info->plot[i].over;
  }
  qy_status status = count ? qy_model_new(model, plan, points, count, err) : QY_OK;
  free(points);
  return status;
}

qy_status session_prepare_tornados(qy_model **model, const qy_plan *plan, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  qy_status status = tornado_model(model, plan, err);
  for (int i = 0; !status && i < info->plot_count; i++) {
    const int64_t points[] = {info->plot[i].point, info->plot[i].over};
    for (int k = 0; k < 2 && !status && points[k] >= 0; k++) {
      qy_point p;
      status = qy_model_point(&p, *model, points[k], err);
      if (!status && p.reason)
        status = qy_fail_at(err, QY_BAD_INPUT, info->file, 0, 0,
                            "plots[%d]: expected a design that can be built, found point %" PRId64 ": %s", i, points[k],
                            p.reason);
    }
  }
  if (!status) return QY_OK;
  qy_model_free(*model);
  *model = NULL;
  return status;
}

/* Is there a plot that is drawn from the draws themselves? */
static bool wants_draws(const qy_plan_info *info)
{
  bool any = false;
  for (int i = 0; i < info->plot_count; i++)
    any = any || is_of_draws(&info->plot[i]);
  return any;
}

static int draw_each(const qy_plan *plan, const qy_model *tornados, const qy_model *drawn, qy_store *store, int64_t id,
                     const qy_points *points, const char *directory, const char *gnuplot)
{
  enum { TORNADO_SAMPLES = 1024 };
  const qy_plan_info *info = qy_plan_get(plan);
  int code = EXIT_DONE; /* of the last that failed: one does not keep the others from being drawn */
  for (int i = 0; i < info->plot_count; i++) {
    char caption[200], stem[1024];
    const int64_t stored = stored_points(store, id, info), infeasible = stored - (int64_t)points->count;
    snprintf(caption, sizeof caption, "%s: %" PRId64 " points, %.3g %% infeasible.", info->name, stored,
             100.0 * (double)infeasible / (double)stored);
    snprintf(stem, sizeof stem, "%s/%s", directory, info->plot[i].name);
    if (is_of_point(&info->plot[i])) {
      qy_error err = {0};
      const qy_plot_request *p = &info->plot[i];
      qy_status status =
          strcmp(p->kind, "layers") == 0
              ? draw_design_layers(plan, tornados, p->point, p->x, stem, gnuplot, &err)
              : draw_design_tornado(plan, tornados, p->point, p->over, p->x, TORNADO_SAMPLES, stem, gnuplot, &err);
      if (status) code = report(status, &err);
      continue;
    }
    qy_chart chart = chart_of(&info->plot[i], info->question, caption);
    chart.parameter = info->parameter;
    chart.plan = plan;
    chart.model = drawn;
    for (int f = 0; f < PICTURE_KINDS; f++) {
      qy_error err = {0};
      qy_status status = qy_chart_draw(&chart, points, store, id, picture_kind[f].format, stem, gnuplot, NULL, &err);
      if (status) {
        code = report(status, &err);
        break;
      }
      fprintf(stderr, "wrote %s.%s\n", stem, picture_kind[f].suffix);
    }
  }
  return code;
}

int session_draw_plots(const qy_plan *plan, const qy_model *tornados, qy_store *store, int64_t id,
                       const qy_points *points, const char *directory, const char *gnuplot)
{
  const qy_plan_info *info = qy_plan_get(plan);
  if (points->count == 0 && info->plot_count) {
    fputs("no feasible point: nothing to draw\n", stderr);
    return EXIT_DONE;
  }
  qy_model *drawn = NULL; /* for the plots of what the draws say */
  qy_error failed = {0};
  qy_status made = wants_draws(info) ? qy_model_new(&drawn, plan, NULL, 0, &failed) : QY_OK;
  if (made) return report(made, &failed);
  const int code = draw_each(plan, tornados, drawn, store, id, points, directory, gnuplot);
  qy_model_free(drawn);
  return code;
}

/* ---- stored experiments ---- */

typedef struct found {
  const char *name;
} found;

static int status_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  const found *f = ctx;
  (void)columns, (void)names, (void)types;
  if (value[1]) fprintf(stderr, "note: %s is %s, %s of its points are stored\n", f->name, value[0], value[1]);
  return 1;
}

qy_status session_find(int64_t *id, qy_store *store, const char *name, qy_error *err)
{
  char sql[320];
  qy_status status = qy_store_find(id, store, name, err);
  if (status) return status;
  snprintf(sql, sizeof sql,
           "SELECT status, CASE WHEN status <> 'complete' THEN (SELECT count(*) FROM result WHERE id >= %" PRId64
           " << 40 AND id < (%" PRId64 " + 1) << 40) END FROM experiment WHERE id = %" PRId64,
           *id, *id, *id);
  return qy_store_query(store, sql, status_row, &(found){name}, err);
}
