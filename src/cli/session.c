/* Summary and plots of an experiment; see session.h. */
#include "session.h"

#include "cli.h"
#include "comparisons.h"
#include "design_report.h"
#include "pictures.h"

#include "quarry/escape.h"
#include "quarry/model.h"
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

static const char *axis_name(int metric, const char *key)
{
  return key ? key : metric_name(metric);
}

/* What some kinds of plots have beside the others. */
static const char *kind_json(const qy_plot_request *p, qy_arena *arena)
{
  const char *text = p->points ? qy_arena_format(arena, ",\"points\":\"%s\"", p->points) : "";
  if (text && strcmp(p->kind, "heatmap") == 0)
    text = qy_arena_format(arena, "%s,\"colour\":\"%s\",\"colour_log\":%d,\"bins\":%d", text, metric_name(p->colour),
                           p->colour_log, p->bins);
  if (text && p->axis_count) {
    const char *names[QY_PLOT_AXES_MAX];
    for (int a = 0; a < p->axis_count; a++)
      names[a] = axis_name(p->axis[a], p->axis_key[a]);
    const char *axes = json_list(names, p->axis_count, arena);
    text = axes ? qy_arena_format(arena, "%s,\"axes\":%s", text, axes) : NULL;
  }
  return text;
}

/* "title":"none",... */
static const char *style_json(const qy_plot_style *style, qy_arena *arena)
{
  const char *json = "";
  for (int o = 0; json && o < QY_STYLE_COUNT; o++) {
    if (!style->said[o]) continue;
    const char *text = json_text(style->said[o], arena);
    json = text ? qy_arena_format(arena, "%s%s\"%s\":%s", json, *json ? "," : "", qy_style_table()[o].key, text) : NULL;
  }
  return json;
}

/* Plots that are drawn with the model and not from results alone, so that `quarry plot` can say which it leaves out. */
static const char *of_model_json(const qy_plan_info *info, qy_arena *arena)
{
  const char **names = qy_arena_alloc(arena, (size_t)info->plot_count + 1, sizeof *names);
  int count = 0;
  for (int i = 0; names && i < info->plot_count; i++)
    if (is_of_point(&info->plot[i]) || is_of_draws(&info->plot[i])) names[count++] = info->plot[i].name;
  return names ? json_list(names, count, arena) : NULL;
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
    const char *style = style_json(&p->style, arena);
    const char *more = kind_json(p, arena);
    if (!group || !where || !style || !more) return NULL;
    plots =
        qy_arena_format(arena,
                        "%s%s{\"name\":\"%s\",\"kind\":\"%s\",\"x\":\"%s\",\"y\":\"%s\",\"group\":%s,"
                        "\"x_log\":%d,\"y_log\":%d,\"panel\":%s%s%s,\"floor\":%s%s%s,\"where\":{%s},\"style\":{%s}%s}",
                        plots, *plots ? "," : "", p->name, p->kind, axis_name(p->x, p->x_key),
                        axis_name(p->y, p->y_key), group, p->x_log, p->y_log, p->panel ? "\"" : "",
                        p->panel ? p->panel : "null", p->panel ? "\"" : "", p->has_floor ? "\"" : "",
                        p->has_floor ? metric_name(p->floor) : "null", p->has_floor ? "\"" : "", where, style, more);
  }
  /* Read back by qy_points_read. */
  const char *on_chip = info->on_chip ? ",\"on_chip\":true" : "";
  const char *noise = info->noise_source ? json_text(info->noise_source, arena) : "null";
  const char *of_model = of_model_json(info, arena);
  return within && plots && noise && of_model
             ? qy_arena_format(arena,
                               "{\"within\":%s,\"plots\":[%s]%s,\"of_model\":%s,\"noise\":%s,\"noise_sha256\":\"%s\"}",
                               within, plots, on_chip, of_model, noise, info->noise_sha256)
             : NULL;
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

static int chart_axis(int metric, const char *key, const qy_plan_info *info)
{
  return key ? qy_chart_key(plan_key(key, info)) : metric;
}

static qy_chart chart_of(const qy_plot_request *request, const qy_plan_info *info, const char *title,
                         const char *caption)
{
  qy_chart f = {.x = chart_axis(request->x, request->x_key, info),
                .colour = request->colour,
                .colour_log = request->colour_log,
                .bins = request->bins,
                .axis_count = request->axis_count,
                .x_log = request->x_log,
                .y_log = request->y_log,
                .y = chart_axis(request->y, request->y_key, info),
                .has_floor = request->has_floor,
                .floor = request->floor,
                .bands = request->bands,
                .over = request->over_design,
                .panel = request->panel ? (int)plan_key(request->panel, info) : -1,
                .title = title,
                .caption = caption};
  for (int k = 0; k < QY_CHART_KIND_COUNT; k++)
    if (strcmp(qy_chart_kind_name((qy_chart_kind)k), request->kind) == 0) f.kind = (qy_chart_kind)k;
  for (int w = 0; w < QY_CHART_WHICH_COUNT && request->points; w++)
    if (strcmp(qy_chart_which_name((qy_chart_which)w), request->points) == 0) f.which = (qy_chart_which)w;
  for (int a = 0; a < request->axis_count; a++)
    f.axis[a] = chart_axis(request->axis[a], request->axis_key[a], info);
  for (int g = 0; g < request->group_count; g++)
    f.group[f.group_count++] = plan_key(request->group[g], info);
  for (int w = 0; w < request->where_count; w++)
    f.where[f.where_count++] = (qy_chart_where){plan_key(request->where_key[w], info), request->where_label[w]};
  return f;
}

qy_status session_read_points(qy_points *points, qy_store *store, int64_t id, const qy_plan_info *info, qy_error *err)
{
  int wanted[QY_METRIC_COUNT] = {0}, metrics[QY_METRIC_COUNT], count = 0;
  qy_key_list keys;
  plan_keys(&keys, info);
  for (int i = 0; i < info->objective_count; i++)
    wanted[info->objective[i]] = 1;
  for (int i = 0; i < info->compared_count; i++)
    wanted[info->compared[i]] = 1;
  for (int i = 0; i < info->limit_count; i++)
    wanted[info->limit[i].metric] = 1;
  if (info->budget_metric >= 0) wanted[info->budget_metric] = 1;
  for (int i = 0; i < info->plot_count; i++) {
    int need[QY_METRIC_COUNT];
    if (is_of_point(&info->plot[i])) continue;
    qy_chart f = chart_of(&info->plot[i], info, NULL, NULL);
    int n = qy_chart_metrics(&f, need);
    while (n-- > 0)
      wanted[need[n]] = 1;
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (wanted[m]) metrics[count++] = m;
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
  say("%s: %" PRId64 " points, %zu feasible, %s in %.3g s; results in %s\n", info->name, stored, points->count,
      reused ? "read back (computed before)" : "computed and stored", seconds, database);
  print_scope(info);
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
    qy_key key = plan_key(info->front_within[k], info);
    if (key != QY_KEY_DESIGN) keys[count++] = key;
  }
  keys[count++] = QY_KEY_DESIGN;
  return count;
}

/* "Robust" in the summary: on the front in at least this share of the draws.  A share of N draws is an estimate, so the
 * column says of how many. */
#define ROBUST 0.9

static void add_rows(table *t, const qy_plan_info *info, const qy_points *points, const qy_groups *groups,
                     const uint8_t *on_front)
{
  for (size_t g = 0; g < groups->count; g++) {
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
  }
}

/* Each design by itself. */
static int print_designs(const qy_plan_info *info, const qy_points *points, const qy_key *keys, int key_count,
                         int format)
{
  const char *names[QY_KEY_COUNT + 3 + 16];
  char text[16][80];
  int columns = 0, metrics[16];
  qy_key within[QY_KEY_COUNT];
  for (int k = 0; k < key_count; k++)
    names[columns++] = qy_key_name(keys[k], &points->parameters);
  for (int k = 0; k < info->front_within_count; k++)
    within[k] = plan_key(info->front_within[k], info);
  names[columns++] = "points";
  names[columns++] = "on_front";
  if (points->chance) names[columns++] = "on_front_robust";
  for (int m = 0; m < info->objective_count; m++) {
    metrics[m] = (int)info->objective[m];
    snprintf(text[m], sizeof *text, "best_%s", metric_name(metrics[m]));
    names[columns++] = text[m];
  }
  qy_error err = {0};
  qy_groups groups = {0}, fronts = {0};
  uint8_t *on_front = NULL;
  table *t = table_new(format, columns, names);
  qy_status status = qy_groups_make(&fronts, points, within, info->front_within_count, &err);
  if (!status) status = qy_points_front(&on_front, points, &fronts, metrics, info->objective_count, &err);
  if (!status) status = qy_groups_make(&groups, points, keys, key_count, &err);
  if (!status && points->count) add_rows(t, info, points, &groups, on_front);
  table_print(t);
  free(on_front);
  qy_groups_free(&groups);
  qy_groups_free(&fronts);
  return status ? report(status, &err) : EXIT_DONE;
}

/* What the columns of the tables in an aligned summary mean that need a word. */
static void print_legend(const qy_plan_info *info)
{
  if (info->draws)
    fprintf(stderr, "  on_front_robust: on the front in at least 90 %% of %" PRId64 " draws\n", info->draws);
}

static bool has_comparisons(qy_store *store, int64_t id)
{
  char sql[80];
  double *rows = NULL;
  size_t count = 0;
  qy_error ignored = {0};
  snprintf(sql, sizeof sql, "SELECT count(*) FROM comparison WHERE experiment = %" PRId64, id);
  const bool found = !qy_store_columns(store, sql, 1, &rows, &count, &ignored) && count == 1 && rows[0] > 0;
  free(rows);
  return found;
}

qy_status session_compare(qy_model **model, const qy_plan *plan, const qy_points *points, qy_store *store, int64_t id,
                          bool again, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  qy_key keys[QY_KEY_COUNT + 1];
  const int key_count = summary_keys(info, keys);
  if (!comparisons_wanted(info) || points->label_count[QY_KEY_DESIGN] < 2) return QY_OK;
  if (!again && has_comparisons(store, id)) return QY_OK;
  qy_status status = info->draws && !*model ? qy_model_new(model, plan, NULL, 0, err) : QY_OK;
  return status ? status : comparisons_make(plan, info->draws ? *model : NULL, points, keys, key_count, store, id, err);
}

int session_print_summary(const qy_plan *plan, const qy_points *points, qy_store *store, int64_t id, int format)
{
  const qy_plan_info *info = qy_plan_get(plan);
  qy_key keys[QY_KEY_COUNT + 1];
  const int key_count = summary_keys(info, keys);
  const bool json = format == QY_TABLE_JSON, compared = has_comparisons(store, id);
  qy_error err = {0};
  if (format == QY_TABLE_ALIGNED) print_legend(info);
  if (json) fputs("{\"designs\": ", stdout);
  const int code = print_designs(info, points, keys, key_count, format);
  if (!json && !compared) return code;
  if (json)
    fputs(", \"comparisons\": ", stdout);
  else
    putchar('\n');
  if (format == QY_TABLE_ALIGNED) {
    qy_text name = {0};
    qy_escape(&name, info->base_name, "");
    printf(
        "gains over %s: above 1 a design is better; at equal axes or within equal budgets from low to high (median)\n",
        name.failed || !name.data ? "" : name.data);
    qy_text_free(&name);
  }
  const qy_status status = comparisons_print(info, store, id, keys, key_count, format, &err);
  if (json) fputs("}\n", stdout);
  return status ? report(status, &err) : code;
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
                     const qy_points *points, const style_options *style, const char *directory, const char *gnuplot)
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
    qy_error err = {0};
    qy_plot_look look;
    qy_status status = style_look(&look, style, &info->plot[i].style, &err);
    if (status) return report(status, &err);
    if (is_of_point(&info->plot[i])) {
      const qy_plot_request *p = &info->plot[i];
      status = strcmp(p->kind, "layers") == 0
                   ? draw_design_layers(plan, tornados, p->point, p->x, &look, stem, gnuplot, &err)
                   : draw_design_tornado(plan, tornados, p->point, p->over, p->x, TORNADO_SAMPLES, &look, stem, gnuplot,
                                         &err);
      if (status) code = report(status, &err);
      continue;
    }
    qy_chart chart = chart_of(&info->plot[i], info, info->question, caption);
    chart.plan = plan;
    chart.model = drawn;
    chart.x_log = look.x_scale;
    chart.y_log = look.y_scale;
    status = draw_chart(&chart, points, store, id, &look, stem, gnuplot, &err);
    if (status == QY_BAD_INPUT && err.count) /* no point of this run has what it shows: the results stand */
      fprintf(stderr, "not drawn: %s: %s\n", info->plot[i].name, err.diagnostic[0].text);
    else if (status)
      code = report(status, &err);
  }
  return code;
}

qy_status session_check_style(const qy_plan_info *info, const style_options *style, qy_error *err)
{
  qy_plot_look look;
  qy_status status = style_check(style, err);
  for (int i = 0; !status && i < info->plot_count; i++)
    status = style_look(&look, style, &info->plot[i].style, err);
  return status;
}

int session_draw_plots(const qy_plan *plan, const qy_model *tornados, qy_store *store, int64_t id,
                       const qy_points *points, const style_options *style, const char *directory, const char *gnuplot)
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
  const int code = draw_each(plan, tornados, drawn, store, id, points, style, directory, gnuplot);
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
  if (value[1]) say("note: %s is %s, %s of its points are stored\n", f->name, value[0], value[1]);
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
