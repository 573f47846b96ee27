/* Heat maps and parallel coordinates of stored points: see chart.h. */
#include "axis.h"
#include "chart_int.h"

#include "quarry/heatmap.h"
#include "quarry/parallel.h"
#include "quarry/pareto.h" /* QY_OBJECTIVES_MAX */

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- heat maps ---- */

/* A metric in bins as a key of the points in the slot `key`, which none of them uses. */
static qy_status bin_metric(qy_heatmap_axis *out, qy_points *points, qy_key key, int metric, int log, int bins,
                            qy_arena *arena, qy_error *err)
{
  span range;
  axis a;
  span_start(&range);
  for (size_t i = 0; i < points->count; i++)
    span_add(&range, points->metric[metric][i]);
  if (range.count == 0)
    return qy_fail(err, QY_BAD_INPUT, "plot: expected a metric that a point has, found none with %s",
                   qy_metric_table()[metric].name);
  axis_choose(&a, &range, log, false, false);
  static const double same = 1e-5; /* as many digits as tables show */
  const size_t count = range.high - range.low > same * fmax(fabs(range.low), fabs(range.high)) ? (size_t)bins : 1;
  const double low = a.log ? log10(range.low_positive) : range.low, high = a.log ? log10(range.high) : range.high;
  double *edge = qy_arena_alloc(arena, count + 1, sizeof *edge);
  uint32_t *place = qy_arena_alloc(arena, points->count, sizeof *place);
  if (!edge || !place) return qy_no_memory(err);
  for (size_t e = 0; e <= count; e++) {
    const double at = low + (high - low) * (double)e / (double)count;
    edge[e] = a.log ? pow(10, at) : at;
  }
  for (size_t i = 0; i < points->count; i++) {
    const double value = points->metric[metric][i];
    if (!axis_shows(&a, value)) {
      place[i] = (uint32_t)count; /* not on the map */
      continue;
    }
    const double at = count > 1 ? ((a.log ? log10(value) : value) - low) / (high - low) * (double)count : 0;
    place[i] = (uint32_t)fmin(fmax(floor(at), 0), (double)count - 1);
  }
  points->key[key] = place;
  points->label_count[key] = count + 1;
  *out = (qy_heatmap_axis){.count = count, .edge = edge};
  if (count == 1) { /* of one value, which is no range */
    char number[AXIS_LABEL_BYTES];
    const char **name = qy_arena_alloc(arena, 1, sizeof *name);
    axis_number(number, range.low);
    if (!name || !(name[0] = qy_arena_text(arena, number, strlen(number)))) return qy_no_memory(err);
    *out = (qy_heatmap_axis){.count = 1, .name = name};
  }
  return QY_OK;
}

/* Cells of an axis, and its key among the points. */
static qy_status map_axis(qy_heatmap_axis *out, qy_key *key, qy_points *points, const qy_chart *f, bool upright,
                          qy_arena *arena, qy_error *err)
{
  const int of = upright ? f->y : f->x;
  qy_status status = QY_OK;
  if (qy_chart_is_key(of)) {
    *key = qy_chart_key_of(of);
    *out = (qy_heatmap_axis){.count = points->label_count[*key], .name = chart_ticks(arena, points, *key)};
    if (!out->name) return qy_no_memory(err);
  } else {
    *key = (qy_key)(QY_KEY_COUNT - 1 - upright);
    if (points->parameters.count + QY_KEY_PARAMETER > QY_KEY_COUNT - 2)
      return qy_fail(err, QY_BAD_INPUT, "heatmap: too many design parameters among the keys");
    status =
        bin_metric(out, points, *key, of, upright ? f->y_log : f->x_log, f->bins ? f->bins : QY_CHART_BINS, arena, err);
  }
  if (!status && !(out->label = chart_axis_label(arena, f, points, of))) status = qy_no_memory(err);
  return status;
}

/* What colours and hatches are; empty, without: whether there are cells of no point, and of none to divide by. */
static const char *map_caption(qy_arena *arena, const qy_chart *f, const qy_points *points, const chart_cells *cells,
                               bool empty, size_t without)
{
  const int sense = qy_metric_table()[f->colour].sense;
  const char *of = f->which == QY_CHART_MEDIAN ? "the median" : sense > 0 ? "the highest" : "the lowest";
  const char *name = qy_chart_name(arena, points, f->colour),
             *pooled = chart_pooled(arena, f, points, cells->groups.key, cells->groups.key_count);
  if (!name || !pooled) return NULL;
  const char *text = qy_arena_format(arena, "Colour: of each cell %s %s%s", of, name, pooled);
  if (text && f->over) text = qy_arena_format(arena, "%s, over %s of %s in that cell", text, of, f->over);
  text = text ? qy_arena_format(arena, "%s.%s", text, empty ? " Hatched: no feasible point." : "") : NULL;
  if (text && without)
    text = qy_arena_format(arena, "%s Crosshatched: no point of %s to divide by (%zu).", text, f->over, without);
  return chart_caption(arena, f, text);
}

/* Is the label that of the design to divide by, where only the others are shown? */
static bool is_hidden(const qy_points *points, qy_key key, size_t label, const char *hidden)
{
  return hidden && key == QY_KEY_DESIGN && strcmp(points->label[key][label], hidden) == 0;
}

/* An axis of names without the hidden design. */
static bool drop_name(qy_heatmap_axis *a, const qy_points *points, qy_key key, const char *hidden, qy_arena *arena)
{
  size_t used = 0;
  if (!a->name) return true;
  const char **name = qy_arena_alloc(arena, a->count, sizeof *name);
  for (size_t i = 0; name && i < a->count; i++)
    if (!is_hidden(points, key, i, hidden)) name[used++] = a->name[i];
  a->name = name;
  a->count = used;
  return name != NULL;
}

/* The map without the row, column or panel of the hidden design; false: out of memory. */
static bool drop_base(qy_heatmap *map, const char **title, double *value, const qy_points *points, const qy_key *keys,
                      const char *hidden, qy_arena *arena)
{
  const bool paneled = map->panel != NULL;
  size_t used = 0, panel_used = 0;
  for (size_t p = 0; p < map->panel_count; p++)
    for (size_t y = 0; y < map->y.count; y++)
      for (size_t x = 0; x < map->x.count; x++) {
        const double own = value[(p * map->y.count + y) * map->x.count + x];
        if (!(paneled && is_hidden(points, keys[0], p, hidden)) && !is_hidden(points, keys[paneled], y, hidden) &&
            !is_hidden(points, keys[paneled + 1], x, hidden))
          value[used++] = own;
      }
  for (size_t p = 0; paneled && p < map->panel_count; p++)
    if (!is_hidden(points, keys[0], p, hidden)) title[panel_used++] = title[p];
  if (paneled) map->panel_count = panel_used;
  return drop_name(&map->y, points, keys[paneled], hidden, arena) &&
         drop_name(&map->x, points, keys[paneled + 1], hidden, arena);
}

/* Cells in the order of the map, without what lies off it. */
static qy_status map_values(double **value, const qy_heatmap *map, const chart_cells *cells, size_t x_labels,
                            size_t y_labels, qy_arena *arena, qy_error *err)
{
  const size_t size = map->x.count * map->y.count;
  double *out = qy_arena_alloc(arena, map->panel_count * size, sizeof *out);
  size_t found = 0;
  if (!out) return qy_no_memory(err);
  for (size_t p = 0; p < map->panel_count; p++)
    for (size_t y = 0; y < map->y.count; y++)
      for (size_t x = 0; x < map->x.count; x++) {
        const size_t cell = (p * y_labels + y) * x_labels + x;
        const bool pointed = cells->chosen[cell] != CELL_EMPTY;
        const double v = isnan(cells->value[cell]) && pointed ? -INFINITY : cells->value[cell];
        out[(p * map->y.count + y) * map->x.count + x] = v;
        if (isfinite(v)) found++;
      }
  *value = out;
  return found ? QY_OK : qy_fail(err, QY_BAD_INPUT, "plot: there is no cell with a value to draw");
}

qy_status chart_draw_heatmap(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                             qy_error *err)
{
  qy_points binned = *points; /* with the bins as keys */
  qy_heatmap map = {.title = chart->title, .look = chart->look, .colour_log = chart->colour_log, .panel_count = 1};
  qy_key keys[3];
  int count = 0;
  chart_cells cells = {0};
  double *value = NULL;
  const char **title = NULL;
  if (chart->panel >= 0) {
    keys[count++] = (qy_key)chart->panel;
    map.panel_count = points->label_count[chart->panel];
    map.panel = title = qy_arena_alloc(arena, map.panel_count, sizeof *title);
    for (size_t p = 0; title && p < map.panel_count; p++)
      if (!(title[p] = chart_panel_title(arena, chart, points, p))) return qy_no_memory(err);
    if (!title) return qy_no_memory(err);
  }
  qy_status status = map_axis(&map.y, &keys[count], &binned, chart, true, arena, err);
  if (!status) status = map_axis(&map.x, &keys[count + 1], &binned, chart, false, arena, err);
  if (!status)
    status = chart_cells_make(&cells, chart, &binned, keys, count + 2, chart->colour, chart->colour, arena, err);
  if (!status)
    status = map_values(&value, &map, &cells, binned.label_count[keys[count + 1]], binned.label_count[keys[count]],
                        arena, err);
  const char *hidden = status ? NULL : chart_hidden_base(chart, keys, count + 2);
  if (hidden && !drop_base(&map, title, value, &binned, keys, hidden, arena)) status = qy_no_memory(err);
  if (!status) {
    size_t without = 0;
    bool empty = false;
    for (size_t i = 0; i < map.panel_count * map.x.count * map.y.count; i++) {
      empty = empty || isnan(value[i]);
      without += value[i] == -INFINITY ? 1 : 0;
    }
    map.value = value;
    map.caption = map_caption(arena, chart, points, &cells, empty, without);
    map.colour_label = chart_axis_label(arena, chart, points, chart->colour);
    status = map.caption && map.colour_label ? qy_plot_heatmap(&map, to->format, to->stem, to->gnuplot, to->text, err)
                                             : qy_no_memory(err);
  }
  chart_cells_free(&cells);
  return status;
}

/* ---- parallel coordinates ---- */

/* Keys of the fronts: a technology at several supplies is several, also where it has one label. */
static int front_keys(const qy_chart *f, qy_key *keys)
{
  bool technology = false, supply = false;
  int count = 0;
  for (int k = 0; k < f->within_count; k++) {
    technology = technology || f->within[k] == QY_KEY_TECHNOLOGY;
    supply = supply || f->within[k] == QY_KEY_VOLTAGE;
    keys[count++] = f->within[k];
  }
  if (technology && !supply) keys[count++] = QY_KEY_VOLTAGE;
  return count;
}

/* The points on a front over the metrics among the axes, within what fronts of the experiment are; those that lack one
 * are on none.  *fronts: how many have a point. */
static qy_status find_fronts(uint8_t *on, size_t *fronts, const qy_chart *f, const qy_points *points, qy_arena *arena,
                             qy_error *err)
{
  int metric[QY_OBJECTIVES_MAX], metrics = 0;
  qy_key keys[QY_KEY_COUNT];
  qy_groups groups;
  uint8_t *flag = qy_arena_alloc(arena, points->count, sizeof *flag);
  bool *whole = qy_arena_alloc(arena, points->count, sizeof *whole);
  if (!flag || !whole) return qy_no_memory(err);
  for (int a = 0; a < f->axis_count; a++)
    if (!qy_chart_is_key(f->axis[a]) && qy_metric_table()[f->axis[a]].sense && metrics < QY_OBJECTIVES_MAX)
      metric[metrics++] = f->axis[a];
  *fronts = 0;
  if (metrics == 0) return QY_OK;
  qy_status status = qy_groups_make(&groups, points, keys, front_keys(f, keys), err);
  if (status) return status;
  for (size_t g = 0; !status && g < groups.count; g++) {
    const uint32_t *member = groups.member + groups.first[g];
    const size_t n = groups.first[g + 1] - groups.first[g];
    bool any = false;
    for (size_t i = 0; i < n; i++) {
      whole[i] = true;
      for (int m = 0; m < metrics; m++)
        whole[i] = whole[i] && axis_drawable(points->metric[metric[m]][member[i]]);
    }
    status = chart_front(flag, points, metric, metrics, member, whole, n, arena, err);
    for (size_t i = 0; !status && i < n; i++) {
      on[member[i]] = flag[i];
      any = any || flag[i];
    }
    *fronts += any;
  }
  qy_groups_free(&groups);
  return status;
}

/* Labels of a key as ticks; the value of a point is that of its label, -, of numbers, none. */
static qy_status parallel_axis(qy_parallel_axis *out, const qy_chart *f, const qy_points *points, int of,
                               qy_arena *arena, qy_error *err)
{
  *out = (qy_parallel_axis){.label = chart_axis_label(arena, f, points, of), .log = -1};
  if (!out->label) return qy_no_memory(err);
  if (!qy_chart_is_key(of)) return QY_OK;
  const qy_key key = qy_chart_key_of(of);
  double *at = qy_arena_alloc(arena, points->label_count[key], sizeof *at);
  const char **name = qy_arena_alloc(arena, points->label_count[key], sizeof *name);
  const char *const *tick = chart_ticks(arena, points, key);
  if (!at || !name || !tick) return qy_no_memory(err);
  size_t count = 0;
  for (size_t l = 0; l < points->label_count[key]; l++) {
    const double number = points->number[key] ? points->number[key][l] : (double)l;
    if (isnan(number)) continue;
    at[count] = number;
    name[count++] = tick[l];
  }
  out->log = points->number[key] && count > 2 && at[0] > 0 && at[count - 1] >= 8 * at[0];
  out->ticks = (qy_plot_ticks){count, at, name, !points->number[key]};
  return QY_OK;
}

static double axis_value(const qy_points *points, int of, size_t i)
{
  if (!qy_chart_is_key(of)) return points->metric[of][i];
  const qy_key key = qy_chart_key_of(of);
  const uint32_t label = points->key[key][i];
  return points->number[key] ? points->number[key][label] : (double)label;
}

/* Lines of the points: all on the front up to FRONT_LINES_MAX, then every so many-th; the others where all points are
 * few enough to be told apart. */
enum { FRONT_LINES_MAX = 1500, ALL_LINES_MAX = 200 };

typedef struct line_list {
  size_t front, others, front_step;
  bool front_alone; /* the others are not drawn */
} line_list;

static qy_status list_lines(qy_parallel *plot, line_list *n, const qy_chart *f, const qy_points *points,
                            const uint8_t *on, const qy_groups *groups, qy_arena *arena, qy_error *err)
{
  *n = (line_list){0};
  for (size_t i = 0; i < points->count; i++)
    *(on[i] ? &n->front : &n->others) += 1U;
  n->front_step = n->front / FRONT_LINES_MAX + 1;
  n->front_alone = n->front > 0 && points->count > ALL_LINES_MAX;
  if (n->front == 0) n->front_step = n->others / FRONT_LINES_MAX + 1;
  const size_t room = FRONT_LINES_MAX + ALL_LINES_MAX, most = points->count < room ? points->count : room;
  double *value = qy_arena_alloc(arena, most * plot->axis_count, sizeof *value);
  int *group = qy_arena_alloc(arena, most, sizeof *group);
  if (!value || !group) return qy_no_memory(err);
  size_t seen = 0;
  for (size_t g = 0; g < groups->count; g++)
    for (size_t m = groups->first[g]; m < groups->first[g + 1]; m++) {
      const uint32_t i = groups->member[m];
      if (!on[i] && n->front_alone) continue;
      if ((on[i] || n->front == 0) && seen++ % n->front_step) continue;
      group[plot->line_count] = on[i] ? (int)g : -1;
      for (size_t a = 0; a < plot->axis_count; a++)
        value[plot->line_count * plot->axis_count + a] = axis_value(points, f->axis[a], i);
      plot->line_count++;
    }
  plot->value = value;
  plot->group = group;
  return QY_OK;
}

/* Groups without a line on a front would be names in the legend without a colour in the picture. */
static qy_status keep_drawn(qy_parallel *plot, const char **name, size_t groups, qy_arena *arena, qy_error *err)
{
  int *place = qy_arena_alloc(arena, groups, sizeof *place),
      *group = qy_arena_alloc(arena, plot->line_count, sizeof *group);
  int used = 0;
  if (!place || !group) return qy_no_memory(err);
  for (size_t l = 0; l < plot->line_count; l++)
    if (plot->group[l] >= 0) place[plot->group[l]] = 1;
  for (size_t g = 0; g < groups; g++)
    if (place[g]) {
      name[used] = name[g];
      place[g] = used++;
    }
  for (size_t l = 0; l < plot->line_count; l++)
    group[l] = plot->group[l] >= 0 ? place[plot->group[l]] : -1;
  plot->group = group;
  plot->name = name;
  plot->group_count = used ? (size_t)used : 1;
  return QY_OK;
}

/* " within technology, network" */
static const char *within_text(qy_arena *arena, const qy_chart *f, const qy_points *points)
{
  const char *text = "";
  for (int k = 0; text && k < f->within_count; k++) {
    const char *name = qy_chart_name(arena, points, qy_chart_key(f->within[k]));
    text = name ? qy_arena_format(arena, "%s%s%s", text, k ? ", " : " within ", name) : NULL;
  }
  return text;
}

static const char *parallel_caption(qy_arena *arena, const qy_chart *f, const qy_points *points, const line_list *n,
                                    size_t fronts)
{
  char step[100] = "";
  const char *within = fronts > 1 ? within_text(arena, f, points) : "";
  if (!within) return NULL;
  if (n->front_step > 1) snprintf(step, sizeof step, " Drawn: one line in %zu.", n->front_step);
  const char *text = qy_arena_format(
      arena, "Coloured: the %zu points on the front%s over the metrics among the axes%s; %s: the other %zu.%s",
      n->front, fronts > 1 ? "s" : "", within, n->front_alone ? "not drawn" : "grey", n->others, step);
  return chart_caption(arena, f, text);
}

qy_status chart_draw_parallel(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                              qy_error *err)
{
  qy_parallel plot = {.title = chart->title, .look = chart->look, .axis_count = (size_t)chart->axis_count};
  qy_parallel_axis *axes = qy_arena_alloc(arena, plot.axis_count, sizeof *axes);
  uint8_t *on = qy_arena_alloc(arena, points->count, 1);
  qy_groups groups = {0};
  line_list lines;
  if (!axes || !on) return qy_no_memory(err);
  size_t fronts = 0;
  qy_status status = find_fronts(on, &fronts, chart, points, arena, err);
  for (int a = 0; !status && a < chart->axis_count; a++)
    status = parallel_axis(&axes[a], chart, points, chart->axis[a], arena, err);
  if (!status) status = qy_groups_make(&groups, points, chart->group, chart->group_count, err);
  const char **name = status ? NULL : qy_arena_alloc(arena, groups.count, sizeof *name);
  if (!status && !name) status = qy_no_memory(err);
  for (size_t g = 0; !status && g < groups.count; g++)
    if (!(name[g] = chart_series_label(arena, &groups, points, -1, g))) status = qy_no_memory(err);
  if (!status) status = list_lines(&plot, &lines, chart, points, on, &groups, arena, err);
  if (!status) status = keep_drawn(&plot, name, groups.count, arena, err);
  if (!status) {
    plot.axis = axes;
    plot.caption = parallel_caption(arena, chart, points, &lines, fronts);
    status =
        plot.caption ? qy_plot_parallel(&plot, to->format, to->stem, to->gnuplot, to->text, err) : qy_no_memory(err);
  }
  if (groups.first) qy_groups_free(&groups);
  return status;
}
