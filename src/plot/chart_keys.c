/* Charts with a key on an axis, and bars, plain or stacked of parts: see chart_int.h. */
#include "chart_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the axis ---- */

/* Do at least three numbers rise by one factor, as 4, 8, 16 do?  Even steps on a logarithmic axis show them best. */
static bool is_geometric(const double *number, size_t count)
{
  if (count < 3 || !(number[0] > 0)) return false;
  const double factor = number[1] / number[0];
  for (size_t i = 1; i < count; i++)
    if (!(fabs(number[i] / number[i - 1] - factor) <= 0.02 * factor)) return false;
  return factor >= 1.5;
}

/* Labels of the key that are numbers; "-" is the last one and has no place among them. */
static size_t number_count(const qy_points *points, qy_key key)
{
  size_t count = points->label_count[key];
  while (count > 0 && isnan(points->number[key][count - 1]))
    count--;
  return count;
}

/* Ticks at the values; *log: as asked for, or chosen. */
static qy_status key_ticks(qy_plot_ticks *ticks, int *log, const qy_points *points, qy_key key, qy_arena *arena,
                           qy_error *err)
{
  const bool words = !points->number[key];
  const size_t count = words ? points->label_count[key] : number_count(points, key);
  double *at = qy_arena_alloc(arena, count, sizeof *at);
  const char *const *name = chart_ticks(arena, points, key);
  if (!at || !name) return qy_no_memory(err);
  for (size_t l = 0; l < count; l++)
    at[l] = words ? (double)l : points->number[key][l];
  *ticks = (qy_plot_ticks){count, at, name, words};
  if (words)
    *log = 0;
  else if (*log < 0 && is_geometric(at, count))
    *log = 1;
  return QY_OK;
}

/* ---- lines ---- */

typedef struct keyed {
  const qy_chart *f;
  const qy_points *points;
  chart_cells cells;
  qy_key key;    /* of the axis */
  int metric;    /* of the other */
  bool upright;  /* the key is on the y axis */
  size_t labels; /* of the key */
} keyed;

static double place_of(const keyed *k, size_t label)
{
  return k->points->number[k->key] ? k->points->number[k->key][label] : (double)label;
}

/* Members that do not stand for their cell. */
static qy_status add_cloud(qy_plot_series *s, const keyed *k, size_t g, qy_arena *arena, qy_error *err)
{
  const qy_groups *groups = &k->cells.groups;
  const size_t first = groups->first[g * k->labels], end = groups->first[(g + 1) * k->labels];
  double *place = qy_arena_alloc(arena, end - first, sizeof *place);
  double *value = qy_arena_alloc(arena, end - first, sizeof *value);
  if (!place || !value) return qy_no_memory(err);
  for (size_t l = 0; l < k->labels; l++) {
    const size_t c = g * k->labels + l;
    for (size_t m = groups->first[c]; m < groups->first[c + 1]; m++) {
      if (groups->member[m] == k->cells.chosen[c]) continue;
      place[s->cloud_count] = place_of(k, l);
      value[s->cloud_count++] = k->points->metric[k->metric][groups->member[m]];
    }
  }
  s->cloud_x = k->upright ? value : place;
  s->cloud_y = k->upright ? place : value;
  return QY_OK;
}

/* The cells of group g that have a point, as a series. */
static qy_status make_series(qy_plot_series *s, const keyed *k, size_t g, qy_arena *arena, qy_error *err)
{
  double *column[4];
  for (int c = 0; c < 4; c++)
    if (!(column[c] = qy_arena_alloc(arena, k->labels, sizeof(double)))) return qy_no_memory(err);
  for (size_t l = 0; l < k->labels; l++) {
    const size_t c = g * k->labels + l;
    if (isnan(k->cells.value[c]) || isnan(place_of(k, l))) continue;
    column[0][s->count] = place_of(k, l);
    column[1][s->count] = k->cells.value[c];
    column[2][s->count] = k->cells.low ? k->cells.low[c] : NAN;
    column[3][s->count++] = k->cells.high ? k->cells.high[c] : NAN;
  }
  s->x = column[k->upright];
  s->y = column[!k->upright];
  if (k->cells.low) {
    *(k->upright ? &s->x_low : &s->y_low) = column[2];
    *(k->upright ? &s->x_high : &s->y_high) = column[3];
  }
  return k->f->which == QY_CHART_ALL ? add_cloud(s, k, g, arena, err) : QY_OK;
}

/* What a point of the picture is; metric: by which it is chosen. */
static const char *which_caption(qy_arena *arena, const keyed *k, int metric, const qy_key *keys, int key_count)
{
  const qy_chart *f = k->f;
  const chart_cells *cells = &k->cells;
  const bool placed = qy_chart_is_key(f->x) || qy_chart_is_key(f->y), all = f->which == QY_CHART_ALL;
  const char *of = f->which == QY_CHART_MEDIAN           ? "the median"
                   : qy_metric_table()[metric].sense > 0 ? "the highest"
                                                         : "the lowest";
  const char *name = qy_chart_name(arena, k->points, metric),
             *pooled = chart_pooled(arena, f, k->points, keys, key_count),
             *key = placed ? qy_chart_name(arena, k->points, qy_chart_key(k->key)) : "";
  if (!name || !pooled || !key) return NULL;
  const char *text = qy_arena_format(arena, "Shown: %s %s of each series%s%s%s%s.", of, name, placed ? " at each " : "",
                                     key, pooled, all ? "; dots: the others" : "");
  if (text && cells->without_base)
    text = qy_arena_format(arena, "%s Left out: %zu without a point of %s to divide by.", text, cells->without_base,
                           f->over);
  return chart_caption(arena, f, text);
}

static qy_status none_to_draw(const qy_chart *f, int metric, qy_error *err)
{
  return f->over
             ? qy_fail(err, QY_BAD_INPUT, "plot: no point has one of the design \"%s\" whose %s it can be divided by",
                       f->over, qy_metric_table()[metric].name)
             : qy_fail(err, QY_BAD_INPUT, "plot: expected a metric that a point has, found none with %s",
                       qy_metric_table()[metric].name);
}

/* The panel of the design to divide by is none where only the others are shown; returns how many are left. */
static size_t drop_base_panel(qy_plot_panel *panel, size_t panels, const keyed *k, const qy_key *keys, int key_count)
{
  const char *hidden = k->f->panel == (int)QY_KEY_DESIGN ? chart_hidden_base(k->f, keys, key_count) : NULL;
  size_t used = 0;
  for (size_t p = 0; p < panels; p++)
    if (!hidden || strcmp(k->points->label[QY_KEY_DESIGN][p], hidden) != 0) panel[used++] = panel[p];
  return used;
}

static qy_status draw_series(keyed *k, const qy_key *keys, int key_count, const chart_target *to, qy_arena *arena,
                             qy_error *err)
{
  const qy_chart *f = k->f;
  const size_t panels = f->panel >= 0 ? k->points->label_count[f->panel] : 1;
  const size_t groups = k->cells.groups.count / k->labels, per_panel = groups / panels;
  qy_plot_panel *panel = qy_arena_alloc(arena, panels, sizeof *panel);
  qy_plot_series *series = qy_arena_alloc(arena, groups, sizeof *series);
  size_t drawn = 0;
  int log[2] = {f->x_log, f->y_log};
  qy_plot_ticks ticks;
  if (!panel || !series) return qy_no_memory(err);
  qy_groups shown = k->cells.groups;
  shown.key_count--; /* the axis is no part of a series' name */
  shown.count = groups;
  qy_status status = key_ticks(&ticks, &log[k->upright], k->points, k->key, arena, err);
  for (size_t g = 0; !status && g < groups; g++) {
    status = make_series(&series[g], k, g, arena, err);
    series[g].label = chart_series_label(arena, &shown, k->points, f->panel, g);
    if (!status && !series[g].label) status = qy_no_memory(err);
    drawn += series[g].count;
  }
  if (status) return status;
  if (drawn == 0) return none_to_draw(f, k->metric, err);
  for (size_t p = 0; p < panels; p++) {
    panel[p] = (qy_plot_panel){chart_panel_title(arena, f, k->points, p), per_panel, series + p * per_panel};
    if (f->panel >= 0 && !panel[p].title) return qy_no_memory(err);
  }
  chart_keep_drawn(panel, panels, series);
  const size_t shown_panels = drop_base_panel(panel, panels, k, keys, key_count);
  qy_plot_look look = {0};
  if (f->look) look = *f->look;
  if (f->look && ticks.words) look.range[k->upright][0] = look.range[k->upright][1] = NAN; /* a range is of numbers */
  qy_plot plot = {.title = f->title,
                  .look = f->look ? &look : NULL,
                  .caption = which_caption(arena, k, k->metric, keys, key_count),
                  .x_label = chart_axis_label(arena, f, k->points, f->x),
                  .y_label = chart_axis_label(arena, f, k->points, f->y),
                  .x_log = log[0],
                  .y_log = log[1],
                  .lines = k->upright ? 2 : 1,
                  .panel_count = shown_panels,
                  .panel = panel};
  *(k->upright ? &plot.y_ticks : &plot.x_ticks) = &ticks;
  if (!plot.caption || !plot.x_label || !plot.y_label) return qy_no_memory(err);
  return qy_plot_draw(&plot, to->format, to->stem, to->gnuplot, to->text, err);
}

qy_status chart_draw_keyed(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                           qy_error *err)
{
  const bool upright = qy_chart_is_key(chart->y);
  assert(upright != qy_chart_is_key(chart->x));
  keyed k = {.f = chart,
             .points = points,
             .key = qy_chart_key_of(upright ? chart->y : chart->x),
             .metric = upright ? chart->x : chart->y,
             .upright = upright};
  qy_key keys[QY_KEY_COUNT + 2];
  int count = chart_keys(chart, keys), used = 0;
  for (int i = 0; i < count; i++) /* as an axis it tells no series apart */
    if (keys[i] != k.key) keys[used++] = keys[i];
  keys[used++] = k.key;
  k.labels = points->label_count[k.key];
  qy_status status = chart_cells_make(&k.cells, chart, points, keys, used, k.metric, k.metric, arena, err);
  if (!status) status = draw_series(&k, keys, used, to, arena, err);
  chart_cells_free(&k.cells);
  return status;
}

/* ---- plain bars ---- */

typedef struct bar_list {
  size_t count, groups;
  const char **bar, **part;
  double *values, *low, *high;
} bar_list;

/* The name of a place stands below the middle one of its bars. */
static void name_places(bar_list *out, const keyed *k, const size_t *cell, const char *const *tick)
{
  for (size_t b = 0, end; b < out->count; b = end) {
    end = b + 1;
    if (cell[b] == SIZE_MAX) continue;
    while (end < out->count && cell[end] != SIZE_MAX && cell[end] % k->labels == cell[b] % k->labels)
      end++;
    out->bar[(b + end - 1) / 2] = tick[cell[b] % k->labels];
  }
}

/* A bar for each cell, those of one place side by side and a gap behind them; a part of the stack for each group, so
 * that groups have their colours. */
static qy_status list_bars(bar_list *out, const keyed *k, qy_arena *arena, qy_error *err)
{
  const size_t groups = k->cells.groups.count / k->labels, most = k->labels * (groups + 1);
  qy_groups shown = k->cells.groups;
  shown.key_count -= k->labels > 1 || k->f->x >= QY_METRIC_COUNT;
  shown.count = groups;
  *out = (bar_list){.groups = groups,
                    .bar = qy_arena_alloc(arena, most, sizeof(char *)),
                    .part = qy_arena_alloc(arena, groups, sizeof(char *)),
                    .values = qy_arena_alloc(arena, most * groups, sizeof(double)),
                    .low = qy_arena_alloc(arena, most, sizeof(double)),
                    .high = qy_arena_alloc(arena, most, sizeof(double))};
  size_t *cell = qy_arena_alloc(arena, most, sizeof *cell);
  if (!out->bar || !out->part || !out->values || !out->low || !out->high || !cell) return qy_no_memory(err);
  for (size_t l = 0; l < k->labels; l++) {
    const size_t before = out->count;
    for (size_t g = 0; g < groups; g++)
      if (!isnan(k->cells.value[g * k->labels + l])) cell[out->count++] = g * k->labels + l;
    if (out->count > before && l + 1 < k->labels && groups > 1) cell[out->count++] = SIZE_MAX;
  }
  while (out->count && cell[out->count - 1] == SIZE_MAX)
    out->count--;
  for (size_t b = 0; b < out->count; b++) {
    out->bar[b] = "";
    out->low[b] = out->high[b] = NAN;
    if (cell[b] == SIZE_MAX) continue;
    const size_t g = cell[b] / k->labels;
    if (k->f->x < QY_METRIC_COUNT) out->bar[b] = chart_series_label(arena, &shown, k->points, -1, g);
    out->values[g * out->count + b] = k->cells.value[cell[b]];
    if (k->cells.low) out->low[b] = k->cells.low[cell[b]];
    if (k->cells.high) out->high[b] = k->cells.high[cell[b]];
    if (!out->bar[b]) return qy_no_memory(err);
  }
  const char *const *tick = k->f->x >= QY_METRIC_COUNT ? chart_ticks(arena, k->points, k->key) : NULL;
  if (k->f->x >= QY_METRIC_COUNT && !tick) return qy_no_memory(err);
  if (tick) name_places(out, k, cell, tick);
  for (size_t g = 0; g < groups; g++)
    if (!(out->part[g] = chart_series_label(arena, &shown, k->points, -1, g))) return qy_no_memory(err);
  return QY_OK;
}

/* Groups without a bar would be names in the key without a colour in the picture. */
static void drop_empty_groups(bar_list *b)
{
  size_t used = 0;
  for (size_t g = 0; g < b->groups; g++) {
    bool any = false;
    for (size_t i = 0; i < b->count; i++)
      any |= b->values[g * b->count + i] != 0;
    if (!any) continue;
    b->part[used] = b->part[g];
    memmove(b->values + used++ * b->count, b->values + g * b->count, b->count * sizeof *b->values);
  }
  b->groups = used ? used : 1;
}

qy_status chart_draw_plain_bars(const qy_chart *chart, const qy_points *points, const chart_target *to, qy_arena *arena,
                                qy_error *err)
{
  keyed k = {.f = chart, .points = points, .metric = chart->y, .labels = 1};
  const bool placed = qy_chart_is_key(chart->x);
  qy_key keys[QY_KEY_COUNT + 2];
  int count = chart_keys(chart, keys), used = 0;
  if (placed) k.key = qy_chart_key_of(chart->x);
  for (int i = 0; i < count; i++)
    if (!placed || keys[i] != k.key) keys[used++] = keys[i];
  if (placed) {
    keys[used++] = k.key;
    k.labels = points->label_count[k.key];
  }
  bar_list bars = {0};
  qy_status status =
      chart_cells_make(&k.cells, chart, points, keys, used, placed ? chart->y : chart->x, chart->y, arena, err);
  if (!status) status = list_bars(&bars, &k, arena, err);
  if (!status && bars.count == 0) status = none_to_draw(chart, chart->y, err);
  if (!status) {
    drop_empty_groups(&bars);
    qy_bars plot = {.title = chart->title,
                    .look = chart->look,
                    .caption = which_caption(arena, &k, placed ? chart->y : chart->x, keys, used),
                    .y_label = chart_axis_label(arena, chart, points, chart->y),
                    .x_label = placed ? chart_axis_label(arena, chart, points, chart->x) : NULL,
                    .bar_count = bars.count,
                    .part_count = bars.groups,
                    .bar = bars.bar,
                    .part = bars.part,
                    .values = bars.values,
                    .low = k.cells.low ? bars.low : NULL,
                    .high = k.cells.low ? bars.high : NULL,
                    .level = chart->over ? 1 : NAN};
    status = plot.caption && plot.y_label ? qy_plot_bars(&plot, to->format, to->stem, to->gnuplot, to->text, err)
                                          : qy_no_memory(err);
  }
  chart_cells_free(&k.cells);
  return status;
}

/* ---- stacked bars ---- */

/* Without those that no point has. */
static int shown_parts(int total, const qy_points *points, int *parts)
{
  const int all = qy_metric_parts(total, parts);
  int count = 0;
  for (int p = 0; p < all; p++) {
    bool any = false;
    for (size_t i = 0; i < points->count && !any; i++)
      any = isfinite(points->metric[parts[p]][i]);
    if (any) parts[count++] = parts[p];
  }
  return count;
}

qy_status chart_draw_stacked_bars(const qy_chart *f, const qy_points *points, const qy_groups *groups,
                                  const chart_target *to, qy_arena *arena, qy_error *err)
{
  int parts[QY_METRIC_COUNT], part_count = shown_parts(f->y, points, parts);
  const char *part_names[QY_METRIC_COUNT];
  if (part_count == 0)
    return qy_fail(err, QY_BAD_INPUT, "bars: expected a metric with parts (area_um2 or energy_uj), found '%s'",
                   qy_metric_table()[f->y].name);
  for (int p = 0; p < part_count; p++)
    part_names[p] = qy_metric_table()[parts[p]].label;
  const char **bar = qy_arena_alloc(arena, groups->count, sizeof *bar);
  double *values = qy_arena_alloc(arena, groups->count * (size_t)part_count, sizeof *values);
  uint32_t *chosen = qy_arena_alloc(arena, groups->count, sizeof *chosen);
  if (!bar || !values || !chosen) return qy_no_memory(err);
  size_t bars = 0;
  double sign = qy_metric_table()[f->x].sense > 0 ? -1 : 1;
  for (size_t g = 0; g < groups->count; g++) {
    if (groups->first[g] == groups->first[g + 1]) continue;
    uint32_t best = groups->member[groups->first[g]];
    for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
      const double own = sign * points->metric[f->x][groups->member[i]], least = sign * points->metric[f->x][best];
      if (own < least || (isnan(least) && !isnan(own))) best = groups->member[i];
    }
    if (!(bar[bars] = chart_series_label(arena, groups, points, -1, g))) return qy_no_memory(err);
    chosen[bars++] = best;
  }
  for (int p = 0; p < part_count; p++)
    for (size_t b = 0; b < bars; b++)
      values[(size_t)p * bars + b] = points->metric[parts[p]][chosen[b]];
  qy_bars plot = {.title = f->title,
                  .caption = f->caption,
                  .y_label = chart_axis_label(arena, f, points, f->y),
                  .bar_count = bars,
                  .part_count = (size_t)part_count,
                  .bar = bar,
                  .part = part_names,
                  .values = values,
                  .look = f->look};
  if (!plot.y_label) return qy_no_memory(err);
  return qy_plot_bars(&plot, to->format, to->stem, to->gnuplot, to->text, err);
}
