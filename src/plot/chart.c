/* Charts of stored points; see chart.h. */
#include "quarry/chart.h"

#include "axis.h"
#include "bands.h"
#include "chart_int.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"
#include "quarry/text.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[QY_CHART_KIND_COUNT] = {"pareto", "lines", "bars", "heatmap", "parallel"};

const char *qy_chart_kind_name(qy_chart_kind kind)
{
  assert((unsigned)kind < QY_CHART_KIND_COUNT);
  return kind_names[kind];
}

const char *qy_chart_which_name(qy_chart_which which)
{
  static const char *const names[QY_CHART_WHICH_COUNT] = {"best", "median", "all"};
  assert((unsigned)which < QY_CHART_WHICH_COUNT);
  return names[which];
}

int qy_chart_metrics(const qy_chart *chart, int *metrics)
{
  assert(chart && metrics);
  bool wanted[QY_METRIC_COUNT] = {false};
  int parts[QY_METRIC_COUNT], count = 0, part_count = 0;
  const bool parallel = chart->kind == QY_CHART_PARALLEL;
  if (!parallel && !qy_chart_is_key(chart->x)) wanted[chart->x] = true;
  if (!parallel && !qy_chart_is_key(chart->y)) wanted[chart->y] = true;
  if (chart->has_floor) wanted[chart->floor] = true;
  if (chart->kind == QY_CHART_HEATMAP) wanted[chart->colour] = true;
  for (int a = 0; parallel && a < chart->axis_count; a++)
    if (!qy_chart_is_key(chart->axis[a])) wanted[chart->axis[a]] = true;
  if (chart->kind == QY_CHART_BARS) part_count = qy_metric_parts(chart->y, parts);
  for (int p = 0; p < part_count; p++)
    wanted[parts[p]] = true;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (wanted[m]) metrics[count++] = m;
  return count;
}

/* What the noise is, as far as it has room beside an axis: "sensitivities of FILE" without their column. */
static int noise_length(const char *noise)
{
  enum { ROOM = 40 };
  const size_t length = strlen(noise);
  return (int)(length > ROOM ? strcspn(noise, ",;") : length);
}

/* "Energy on chip (µJ)", "Noise of the quantized layers: 1/SQNR, equal weights" */
const char *chart_axis_label(qy_arena *arena, const qy_chart *f, const qy_points *points, int metric)
{
  static const char *const classes[QY_KEY_PARAMETER] = {"Technology", "Network", "Design", "Precision", "Clock (MHz)"};
  if (qy_chart_is_key(metric)) {
    const qy_key key = qy_chart_key_of(metric);
    if (key == QY_KEY_PRECISION && points->number[key]) return "Precision (bit)";
    return key < QY_KEY_PARAMETER ? classes[key] : qy_key_name(key, &points->parameters);
  }
  const qy_metric_info *info = &qy_metric_table()[metric];
  const char *scope = qy_metric_scope(metric, points->on_chip), *gap = *scope ? " " : "";
  const bool keyed = qy_chart_is_key(f->x) || qy_chart_is_key(f->y);
  const bool divided = f->kind == QY_CHART_HEATMAP                        ? metric == f->colour
                       : f->kind == QY_CHART_PARETO || (keyed && f->over) ? true
                                                                          : metric == f->y;
  if (f->over && divided) return qy_arena_format(arena, "%s%s%s over that of %s", info->label, gap, scope, f->over);
  if (metric == QY_NOISE && points->noise)
    return qy_arena_format(arena, "%s: %.*s", info->label, noise_length(points->noise), points->noise);
  return info->unit[0] ? qy_arena_format(arena, "%s%s%s (%s)", info->label, gap, scope, info->unit)
                       : qy_arena_format(arena, "%s%s%s", info->label, gap, scope);
}

/* ---- tool-tips ---- */

typedef struct tips {
  qy_arena *arena;
  const double *point; /* point numbers wanted, rising by number */
  const char *const *precision;
  const char **text;
  size_t count, next;
  int failed;
} tips;

static int tip_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns;
  (void)names;
  (void)types;
  tips *t = ctx;
  double point = strtod(value[0], NULL);
  while (t->next < t->count && t->point[t->next] < point)
    t->next++;
  if (t->next == t->count || t->point[t->next] != point) return 0;
  t->text[t->next] =
      qy_arena_format(t->arena, "point %s: %s, %s, %s MHz, %s%s%s", value[0], value[1], t->precision[t->next], value[2],
                      value[3], value[4] ? ", front probability " : "", value[4] ? value[4] : "");
  return t->failed = !t->text[t->next];
}

/* The labels of the precisions of the points with these numbers, both rising. */
static const char *const *precisions_of(const qy_points *points, const double *point, size_t count, qy_arena *arena)
{
  const char **label = qy_arena_alloc(arena, count, sizeof *label);
  for (size_t i = 0, p = 0; label && i < count; i++) {
    while (points->point[p] < point[i])
      p++;
    label[i] = points->label[QY_KEY_PRECISION][points->key[QY_KEY_PRECISION][p]];
  }
  return label;
}

/* Parameters of the points with these numbers (rising). */
static qy_status read_tips(const char *const **out, const qy_points *points, qy_store *store, int64_t id,
                           const double *point, size_t count, qy_arena *arena, qy_error *err)
{
  enum { TIPS_MAX = 2000, PER_POINT = 24 };
  *out = NULL;
  if (!store || count == 0 || count > TIPS_MAX) return QY_OK;
  tips t = {.arena = arena,
            .point = point,
            .precision = precisions_of(points, point, count, arena),
            .count = count,
            .text = qy_arena_alloc(arena, count, sizeof *t.text)};
  size_t size = 600 + PER_POINT * count;
  char *sql = qy_alloc(size, 1);
  if (!t.text || !t.precision || !sql) {
    free(sql);
    return qy_no_memory(err);
  }
  size_t at = qy_append(sql, size, 0,
                        "SELECT r.id & 0xffffffffff, d.name, printf('%%.6g', r.clock_mhz), "
                        "d.parameters, %s WHERE r.id IN (",
                        points->chance ? "printf('%.3g', coalesce(c.probability, 0)) FROM result r JOIN design d ON "
                                         "d.id = r.design LEFT JOIN front_chance c ON c.point = r.id"
                                       : "NULL FROM result r JOIN design d ON d.id = r.design");
  for (size_t i = 0; i < count; i++)
    at = qy_append(sql, size, at, "%s%" PRId64, i ? "," : "", (id << 40) | (int64_t)point[i]);
  qy_append(sql, size, at, ") ORDER BY r.id");
  for (size_t i = 0; i < count; i++)
    t.text[i] = "";
  qy_status status = qy_store_query(store, sql, tip_row, &t, err);
  if (!status && t.failed) status = qy_no_memory(err);
  free(sql);
  *out = t.text;
  return status;
}

/* ---- series ---- */

static double value_at(const qy_points *points, int metric, uint32_t i)
{
  return points->metric[metric][i];
}

enum { FRONT, NEAR, CLOUD, LAYERS };
/* Points of a series of lines up to which all are shown, unless something else is asked for. */
enum { PER_X_MOST = 2000 };

/* The columns of one layer of a series. */
typedef struct layer {
  size_t count;
  double *point, *chance, *xy[2], *end[2][2]; /* end: x, y by low, high; NULL: none */
} layer;

static int layer_alloc(layer *l, const qy_points *points, const int *metric, int layer_index, qy_arena *arena)
{
  const size_t n = l->count;
  const int detailed = layer_index != CLOUD;
  l->count = 0;
  int failed = 0;
  for (int d = 0; d < 2; d++) {
    failed |= !(l->xy[d] = qy_arena_alloc(arena, n, sizeof(double)));
    for (int e = 0; e < 2 && detailed && points->low[metric[d]]; e++)
      failed |= !(l->end[d][e] = qy_arena_alloc(arena, n, sizeof(double)));
  }
  if (detailed) failed |= !(l->point = qy_arena_alloc(arena, n, sizeof(double)));
  if (detailed && points->chance) failed |= !(l->chance = qy_arena_alloc(arena, n, sizeof(double)));
  return failed;
}

static void layer_add(layer *l, const qy_points *points, const int *metric, uint32_t i)
{
  const size_t at = l->count++;
  for (int d = 0; d < 2; d++) {
    l->xy[d][at] = value_at(points, metric[d], i);
    for (int e = 0; e < 2 && l->end[d][e]; e++)
      l->end[d][e][at] = (e ? points->high : points->low)[metric[d]][i];
  }
  if (l->point) l->point[at] = points->point[i];
  if (l->chance) l->chance[at] = points->chance[i];
}

/* Which members can be drawn: both values are finite and, on a logarithmic axis, above zero. */
static void find_drawable(bool *drawable, const qy_chart *f, const qy_points *points, const uint32_t *member, size_t n)
{
  const int metric[2] = {f->x, f->y}, log[2] = {f->x_log, f->y_log};
  bool positive[2] = {false, false}; /* without any the axis is linear */
  for (int d = 0; d < 2; d++)
    for (size_t i = 0; log[d] == 1 && i < points->count && !positive[d]; i++)
      positive[d] = axis_drawable(value_at(points, metric[d], (uint32_t)i)) &&
                    value_at(points, metric[d], (uint32_t)i) >= AXIS_SMALLEST;
  for (size_t i = 0; i < n; i++) {
    drawable[i] = true;
    for (int d = 0; d < 2; d++) {
      const double value = value_at(points, metric[d], member[i]);
      drawable[i] &= axis_drawable(value) && (!positive[d] || value >= AXIS_SMALLEST);
    }
  }
}

/* The front of the members that can be drawn: flag[i] is 1 for those on it. */
static qy_status find_front(uint8_t *flag, const qy_chart *f, const qy_points *points, const uint32_t *member, size_t n,
                            qy_arena *arena, qy_error *err)
{
  const int metric[2] = {f->x, f->y};
  double *xy[2] = {qy_arena_alloc(arena, n, sizeof(double)), qy_arena_alloc(arena, n, sizeof(double))};
  bool *drawable = qy_arena_alloc(arena, n, sizeof *drawable);
  uint8_t *on = qy_arena_alloc(arena, n, 1);
  size_t count = 0, kept = 0;
  if (!xy[0] || !xy[1] || !drawable || !on) return qy_no_memory(err);
  find_drawable(drawable, f, points, member, n);
  for (size_t i = 0; i < n; i++) {
    for (int d = 0; d < 2 && drawable[i]; d++)
      xy[d][count] = (qy_metric_table()[metric[d]].sense > 0 ? -1 : 1) * value_at(points, metric[d], member[i]);
    count += drawable[i];
  }
  qy_status status = qy_pareto(on, &kept, (const double *const *)xy, 2, count, err);
  for (size_t i = 0, k = 0; i < n && !status; i++)
    flag[i] = drawable[i] && on[k++];
  return status;
}

/* Split the members of a series into its front, what is on the experiment's front in at least `least` of the draws, and
 * the rest, what cannot be drawn among it; the order by point number is kept. */
static qy_status split_front(qy_plot_series *s, double **front_point, const qy_chart *f, const qy_points *points,
                             const uint32_t *member, size_t n, double least, qy_arena *arena, qy_error *err)
{
  const int metric[2] = {f->x, f->y};
  layer layers[LAYERS] = {{0}};
  int failed = 0;
  uint8_t *flag = qy_arena_alloc(arena, n, 1);
  if (!flag) return qy_no_memory(err);
  qy_status status = find_front(flag, f, points, member, n, arena, err);
  if (status) return status;
  for (size_t i = 0; i < n; i++) {
    flag[i] = flag[i] ? FRONT : points->chance && points->chance[member[i]] >= least ? NEAR : CLOUD;
    layers[flag[i]].count++;
  }
  for (int l = 0; l < LAYERS; l++)
    failed |= layer_alloc(&layers[l], points, metric, l, arena);
  if (failed) return qy_no_memory(err);
  for (size_t i = 0; i < n; i++)
    layer_add(&layers[flag[i]], points, metric, member[i]);
  const layer *front = &layers[FRONT], *near = &layers[NEAR], *cloud = &layers[CLOUD];
  s->count = front->count;
  s->x = front->xy[0];
  s->y = front->xy[1];
  s->x_low = front->end[0][0];
  s->x_high = front->end[0][1];
  s->y_low = front->end[1][0];
  s->y_high = front->end[1][1];
  s->chance = front->chance;
  s->near = (qy_plot_near){.count = near->count,
                           .x = near->xy[0],
                           .y = near->xy[1],
                           .x_low = near->end[0][0],
                           .x_high = near->end[0][1],
                           .y_low = near->end[1][0],
                           .y_high = near->end[1][1],
                           .chance = near->chance};
  s->cloud_count = cloud->count;
  s->cloud_x = cloud->xy[0];
  s->cloud_y = cloud->xy[1];
  *front_point = front->point;
  return QY_OK;
}

/* From which front probability on a point gets a marker of its own: 5 %, or more where too many have that; a front of
 * thousands has too many neighbours to show any. */
static double near_least(const qy_points *points)
{
  enum { NEAR_MAX = 2000 };
  static const double tried[] = {0.05, 0.1, 0.2, 0.5, 0.9};
  for (size_t t = 0; points->chance && t < sizeof tried / sizeof *tried; t++) {
    size_t count = 0;
    for (size_t i = 0; i < points->count; i++)
      count += points->chance[i] >= tried[t];
    if (count <= NEAR_MAX) return tried[t];
  }
  return INFINITY;
}

typedef struct by_x {
  double x, y;
  uint32_t point;
} by_x;

static int x_then_y(const void *a, const void *b)
{
  const by_x *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->y < q->y ? -1 : p->y > q->y;
}

/* Of the members that can be drawn one for each x: the best y or the (lower) median.  Beyond REDUCED_MAX values of x
 * these are taken together in as many parts of equal count, by the x of the point that is shown. */
static size_t one_per_x(uint32_t *out, const qy_chart *f, const qy_points *points, const uint32_t *member, size_t n,
                        bool median, qy_arena *arena)
{
  enum { REDUCED_MAX = 500 };
  by_x *all = qy_arena_alloc(arena, n, sizeof *all);
  bool *drawable = qy_arena_alloc(arena, n, sizeof *drawable);
  size_t count = 0, kept = 0, values = 0;
  if (!all || !drawable) return SIZE_MAX;
  find_drawable(drawable, f, points, member, n);
  const double sign = qy_metric_table()[f->y].sense > 0 ? -1 : 1;
  for (size_t i = 0; i < n; i++)
    if (drawable[i])
      all[count++] = (by_x){value_at(points, f->x, member[i]), sign * value_at(points, f->y, member[i]), member[i]};
  qsort(all, count, sizeof *all, x_then_y);
  for (size_t i = 0; i < count; i++)
    values += i == 0 || all[i].x != all[i - 1].x;
  const size_t part = values > REDUCED_MAX ? (count + REDUCED_MAX - 1) / REDUCED_MAX : 1;
  for (size_t from = 0, to; from < count; from = to) {
    for (to = from + 1; to < count && (all[to].x == all[from].x || to - from < part);)
      to++;
    if (part > 1) { /* by y within the part */
      for (size_t i = from; i < to; i++)
        all[i].x = all[from].x;
      qsort(all + from, to - from, sizeof *all, x_then_y);
    }
    out[kept++] = all[median ? from + (to - from - 1) / 2 : from].point;
  }
  return kept;
}

/* Lines: which of the members are shown.  *members and *count change. */
static qy_status reduce(const uint32_t **member, size_t *count, const qy_chart *f, const qy_points *points,
                        qy_arena *arena, qy_error *err)
{
  const qy_per_x way = f->look ? f->look->per_x : QY_PER_X_AUTO;
  if (way == QY_PER_X_ALL || (way == QY_PER_X_AUTO && *count <= PER_X_MOST)) return QY_OK;
  uint32_t *out = qy_arena_alloc(arena, *count, sizeof *out);
  const size_t kept = out ? one_per_x(out, f, points, *member, *count, way == QY_PER_X_MEDIAN, arena) : SIZE_MAX;
  if (kept == SIZE_MAX) return qy_no_memory(err);
  *member = out;
  *count = kept;
  return QY_OK;
}

/* The caption, and which points are shown. */
static const char *reduced_caption(const qy_chart *f, size_t shown, size_t all, qy_arena *arena)
{
  const char *text = f->caption ? f->caption : "";
  if (shown == all) return text;
  return qy_arena_format(arena, "%s%sLines: %s y of the points of each x (%zu of %zu points).", text, *text ? " " : "",
                         f->look && f->look->per_x == QY_PER_X_MEDIAN ? "median" : "best", shown, all);
}

static qy_status all_points(qy_plot_series *s, const qy_chart *f, const qy_points *points, const uint32_t *member,
                            size_t n, qy_arena *arena, qy_error *err)
{
  double *x = qy_arena_alloc(arena, n, sizeof *x), *y = qy_arena_alloc(arena, n, sizeof *y);
  if (!x || !y) return qy_no_memory(err);
  for (size_t i = 0; i < n; i++) {
    x[i] = value_at(points, f->x, member[i]);
    y[i] = value_at(points, f->y, member[i]);
  }
  s->count = n;
  s->x = x;
  s->y = y;
  if (!f->over) return QY_OK;
  const double *const end[] = {points->low[f->y], points->high[f->y]};
  const double **const to[] = {&s->y_low, &s->y_high};
  for (int e = 0; e < 2; e++) {
    double *own = end[e] ? qy_arena_alloc(arena, n, sizeof *own) : NULL;
    if (end[e] && !own) return qy_no_memory(err);
    for (size_t i = 0; own && i < n; i++)
      own[i] = end[e][member[i]];
    *to[e] = own;
  }
  return QY_OK;
}

/* The band of a series, in place of intervals and of points near its front. */
static qy_status add_band(qy_plot_series *s, const qy_chart *f, const qy_points *points, const uint32_t *member,
                          size_t n, qy_arena *arena, qy_error *err)
{
  s->x_low = s->x_high = s->y_low = s->y_high = NULL;
  return bands_find(&s->band, f, points, member, n, arena, err);
}

/* The panel's floor is the least over its points. */
static void lower_floor(double *floor, const qy_chart *f, const qy_points *points, const uint32_t *member, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const double value = value_at(points, f->floor, member[i]);
    if (value > 0 && (*floor == 0 || value < *floor)) *floor = value;
  }
}

/* ---- panels ---- */

/* Keys of the groups: the panel first (if it is no group key already), then the group keys. */
int chart_keys(const qy_chart *f, qy_key *keys)
{
  int count = 0;
  if (f->panel >= 0) keys[count++] = (qy_key)f->panel;
  for (int k = 0; k < f->group_count; k++)
    if ((int)f->group[k] != f->panel) keys[count++] = f->group[k];
  return count;
}

const char *chart_series_label(qy_arena *arena, const qy_groups *groups, const qy_points *points, int panel, size_t g)
{
  char text[200];
  qy_groups shown = *groups;
  size_t inner = g;
  if (panel >= 0) { /* the panel's title says its key already */
    size_t panels = points->label_count[panel];
    inner = g % (groups->count / panels);
    shown.key_count--;
    memmove(shown.key, shown.key + 1, (size_t)shown.key_count * sizeof *shown.key);
  }
  qy_groups_label(text, sizeof text, &shown, points, inner);
  return qy_arena_text(arena, text, strlen(text));
}

static qy_status draw_xy(const qy_chart *f, const qy_points *points, const qy_groups *groups, qy_store *store,
                         int64_t id, qy_plot_format format, const char *stem, const char *gnuplot, char **text,
                         qy_arena *arena, qy_error *err)
{
  size_t panels = f->panel >= 0 ? points->label_count[f->panel] : 1, per_panel = groups->count / panels;
  qy_plot_panel *panel = qy_arena_alloc(arena, panels, sizeof *panel);
  qy_plot_series *series = qy_arena_alloc(arena, groups->count, sizeof *series);
  double *floors = qy_arena_alloc(arena, panels, sizeof *floors);
  if (!panel || !series || !floors) return qy_no_memory(err);
  for (size_t p = 0; p < panels; p++) {
    panel[p].title = chart_panel_title(arena, f, points, p);
    if (f->panel >= 0 && !panel[p].title) return qy_no_memory(err);
    panel[p].series = series + p * per_panel;
    panel[p].series_count = per_panel;
  }
  const double least = f->bands ? INFINITY : near_least(points);
  size_t all_count = 0, shown_count = 0;
  for (size_t g = 0; g < groups->count; g++) {
    const uint32_t *member = groups->member + groups->first[g];
    size_t n = groups->first[g + 1] - groups->first[g];
    double *number = NULL;
    series[g].label = chart_series_label(arena, groups, points, f->panel, g);
    if (!series[g].label) return qy_no_memory(err);
    qy_status status;
    if (f->kind == QY_CHART_LINES) {
      all_count += n;
      status = reduce(&member, &n, f, points, arena, err);
      shown_count += n;
      if (!status) status = all_points(&series[g], f, points, member, n, arena, err);
    } else {
      status = split_front(&series[g], &number, f, points, member, n, least, arena, err);
      if (!status && f->bands) status = add_band(&series[g], f, points, member, n, arena, err);
      if (!status) status = read_tips(&series[g].tip, points, store, id, number, series[g].count, arena, err);
    }
    if (status) return status;
    if (f->has_floor) lower_floor(&floors[g / per_panel], f, points, member, n);
  }
  qy_plot plot = {
      .title = f->title,
      .caption = reduced_caption(f, shown_count, all_count, arena),
      .x_label = chart_axis_label(arena, f, points, f->x),
      .y_label = chart_axis_label(arena, f, points, f->y),
      .x_log = f->x_log,
      .y_log = f->y_log,
      .lines = f->kind == QY_CHART_LINES,
      .x_maximise = qy_metric_table()[f->x].sense > 0,
      .y_maximise = qy_metric_table()[f->y].sense > 0,
      .panel_count = panels,
      .panel = panel,
      .floor = f->has_floor ? floors : NULL,
      .floor_label = "floor",
      .look = f->look,
  };
  if (!plot.x_label || !plot.y_label || !plot.caption) return qy_no_memory(err);
  return qy_plot_draw(&plot, format, stem, gnuplot, text, err);
}

const char *chart_panel_title(qy_arena *arena, const qy_chart *chart, const qy_points *points, size_t panel)
{
  if (chart->panel < 0) return NULL;
  const char *label = points->label[chart->panel][panel];
  return chart->panel < QY_KEY_PARAMETER
             ? label
             : qy_arena_format(arena, "%s: %s", qy_key_name((qy_key)chart->panel, &points->parameters), label);
}

const char *chart_caption(qy_arena *arena, const qy_chart *chart, const char *more)
{
  const char *given = chart->caption ? chart->caption : "";
  return qy_arena_format(arena, "%s%s%s", given, *given ? " " : "", more);
}

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

static qy_status draw_bars(const qy_chart *f, const qy_points *points, const qy_groups *groups, qy_plot_format format,
                           const char *stem, const char *gnuplot, char **text, qy_arena *arena, qy_error *err)
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
      const double own = sign * value_at(points, f->x, groups->member[i]), least = sign * value_at(points, f->x, best);
      if (own < least || (isnan(least) && !isnan(own))) best = groups->member[i];
    }
    char label[200];
    qy_groups_label(label, sizeof label, groups, points, g);
    if (!(bar[bars] = qy_arena_text(arena, label, strlen(label)))) return qy_no_memory(err);
    chosen[bars++] = best;
  }
  for (int p = 0; p < part_count; p++)
    for (size_t b = 0; b < bars; b++)
      values[(size_t)p * bars + b] = value_at(points, parts[p], chosen[b]);
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
  return qy_plot_bars(&plot, format, stem, gnuplot, text, err);
}

/* ---- some of the points ---- */

/* With a key on an axis, in bars and in heat maps the points to divide by are among those read. */
static bool divides_cells(const qy_chart *f)
{
  return f->over &&
         (f->kind == QY_CHART_BARS || f->kind == QY_CHART_HEATMAP || qy_chart_is_key(f->x) || qy_chart_is_key(f->y));
}

static bool is_base(const qy_chart *f, const qy_points *points, size_t i)
{
  return divides_cells(f) && strcmp(points->label[QY_KEY_DESIGN][points->key[QY_KEY_DESIGN][i]], f->over) == 0;
}

static int is_wanted(const qy_chart *f, const qy_points *points, size_t i)
{
  for (int w = 0; w < f->where_count; w++) {
    if (is_base(f, points, i) && f->where[w].key == QY_KEY_DESIGN) continue;
    const qy_key key = f->where[w].key;
    if (strcmp(points->label[key][points->key[key][i]], f->where[w].label) != 0) return 0;
  }
  return 1;
}

/* Labels of a key that no point has would be series and panels without any. */
static qy_status drop_labels(qy_points *points, qy_key key, qy_arena *arena, qy_error *err)
{
  const size_t count = points->label_count[key];
  uint32_t *place = qy_arena_alloc(arena, count, sizeof *place);
  char **label = qy_arena_alloc(arena, count, sizeof *label);
  double *number = qy_arena_alloc(arena, count, sizeof *number);
  if (!place || !label || !number) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++)
    place[points->key[key][i]] = 1;
  uint32_t used = 0;
  for (size_t l = 0; l < count; l++) {
    if (!place[l]) continue;
    if (points->number[key]) number[used] = points->number[key][l];
    label[used] = points->label[key][l];
    place[l] = used++;
  }
  for (size_t i = 0; i < points->count; i++)
    points->key[key][i] = place[points->key[key][i]];
  points->label[key] = label;
  if (points->number[key]) points->number[key] = number;
  points->label_count[key] = used;
  return QY_OK;
}

/* The points index[n] as points of their own, in the arena; texts of labels are shared. */
static qy_status take_points(qy_points *out, const qy_points *points, const uint32_t *index, size_t n, qy_arena *arena,
                             qy_error *err)
{
  *out = *points;
  out->count = n;
  double **columns[3 * QY_METRIC_COUNT + 2];
  size_t count = 0;
  columns[count++] = &out->point;
  columns[count++] = &out->chance;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    columns[count++] = &out->metric[m];
    columns[count++] = &out->low[m];
    columns[count++] = &out->high[m];
  }
  for (size_t c = 0; c < count; c++) {
    const double *from = *columns[c];
    if (!from) continue;
    double *to = *columns[c] = qy_arena_alloc(arena, n, sizeof *to);
    if (!to) return qy_no_memory(err);
    for (size_t i = 0; i < n; i++)
      to[i] = from[index[i]];
  }
  for (int k = 0; k < QY_KEY_COUNT; k++) {
    const uint32_t *from = points->key[k];
    if (!from || !points->label_count[k]) continue;
    if (!(out->key[k] = qy_arena_alloc(arena, n, sizeof *from))) return qy_no_memory(err);
    for (size_t i = 0; i < n; i++)
      out->key[k][i] = from[index[i]];
    qy_status status = out->label[k] ? drop_labels(out, (qy_key)k, arena, err) : QY_OK;
    if (status) return status;
  }
  return QY_OK;
}

/* The wanted points. */
static qy_status narrow(qy_points *out, const qy_chart *f, const qy_points *points, qy_arena *arena, qy_error *err)
{
  uint32_t *index = qy_arena_alloc(arena, points->count, sizeof *index);
  size_t n = 0;
  if (!index) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++)
    if (is_wanted(f, points, i)) index[n++] = (uint32_t)i;
  if (n == 0) return qy_fail(err, QY_BAD_INPUT, "plot: there is no feasible point that `where` asks for");
  return take_points(out, points, index, n, arena, err);
}

/* Some point must have both metrics: the picture would be empty. */
static qy_status check_any(const qy_chart *f, const qy_points *points, qy_error *err)
{
  const qy_metric_info *table = qy_metric_table();
  for (size_t i = 0; i < points->count; i++)
    if (isfinite(value_at(points, f->x, (uint32_t)i)) && isfinite(value_at(points, f->y, (uint32_t)i))) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "plot: expected metrics that a point has, found none with %s and %s",
                 table[f->x].name, table[f->y].name);
}

/* The points that have one of the other design at the same axes, y and, of a front, x divided by that one's. */
static qy_status divide(qy_points *out, const qy_chart *f, const qy_points *points, qy_arena *arena, qy_error *err)
{
  uint32_t *index = NULL;
  size_t n = 0;
  bands_ratio ratio[2];
  const int metric[2] = {f->x, f->y};
  qy_status status = bands_ratios(ratio, &index, &n, f, points, arena, err);
  if (!status && n == 0)
    status = qy_fail(err, QY_BAD_INPUT,
                     "plot: no point has one of the design \"%s\" at the same axes whose %s and %s can be divided by",
                     f->over, qy_metric_table()[f->x].name, qy_metric_table()[f->y].name);
  if (!status) status = take_points(out, points, index, n, arena, err);
  for (int d = f->kind == QY_CHART_LINES ? 1 : 0; d < 2 && !status; d++) {
    out->metric[metric[d]] = ratio[d].value;
    out->low[metric[d]] = ratio[d].low;
    out->high[metric[d]] = ratio[d].high;
  }
  return status;
}

/* The caption, and which points are shown. */
static const char *caption_of(const qy_chart *f, const qy_points *points, qy_arena *arena)
{
  const char *text = f->caption ? f->caption : "";
  for (int w = 0; text && w < f->where_count; w++) {
    const bool named = f->where[w].key >= QY_KEY_PARAMETER; /* its value alone says nothing */
    text = qy_arena_format(arena, "%s%s%s%s%s%s", text,
                           w       ? ", "
                           : *text ? " Shown: "
                                   : "Shown: ",
                           named ? qy_key_name(f->where[w].key, &points->parameters) : "", named ? " " : "",
                           f->where[w].label, w + 1 < f->where_count ? "" : ".");
  }
  return text;
}

/* The caption with how many points are left out of ratios. */
static const char *ratio_caption(const qy_chart *f, size_t left_out, qy_arena *arena)
{
  const char *text = f->caption ? f->caption : "";
  if (left_out == 0) return text;
  return qy_arena_format(arena, "%s%sLeft out: %zu point%s without one of %s to divide by.", text, *text ? " " : "",
                         left_out, left_out == 1 ? "" : "s", f->over);
}

/* Is it drawn from cells of keys, or of its own kind of lines? */
static bool is_of_cells(const qy_chart *f)
{
  int parts[QY_METRIC_COUNT];
  return f->kind == QY_CHART_HEATMAP || f->kind == QY_CHART_PARALLEL || qy_chart_is_key(f->x) ||
         qy_chart_is_key(f->y) || (f->kind == QY_CHART_BARS && (f->over || !qy_metric_parts(f->y, parts)));
}

static qy_status draw_cells(const qy_chart *f, const qy_points *points, const chart_target *to, qy_arena *arena,
                            qy_error *err)
{
  if (f->kind == QY_CHART_HEATMAP) return chart_draw_heatmap(f, points, to, arena, err);
  if (f->kind == QY_CHART_PARALLEL) return chart_draw_parallel(f, points, to, arena, err);
  if (f->kind == QY_CHART_BARS) return chart_draw_plain_bars(f, points, to, arena, err);
  return chart_draw_keyed(f, points, to, arena, err);
}

/* Too many series for one picture: the key of most labels that panels can be made of; -1: none. */
static int facet_key(const qy_chart *f, const qy_points *points)
{
  enum { SERIES_TOLD = 24, PANELS_MOST = 12 };
  size_t series = 1, most = 1;
  int best = -1;
  if (f->panel >= 0 || f->group_count < 2 || f->kind == QY_CHART_BARS) return -1;
  for (int k = 0; k < f->group_count; k++) {
    const size_t labels = points->label_count[f->group[k]];
    series *= labels ? labels : 1;
    if (labels > most && labels <= PANELS_MOST) {
      most = labels;
      best = (int)f->group[k];
    }
  }
  return series > SERIES_TOLD ? best : -1;
}

qy_status qy_chart_draw(const qy_chart *chart, const qy_points *points, qy_store *store, int64_t id,
                        qy_plot_format format, const char *file_stem, const char *gnuplot, char **text, qy_error *err)
{
  assert(chart && points && (text || format != QY_PLOT_DUMB));
  if (points->count == 0) return qy_fail(err, QY_BAD_INPUT, "plot: there is no feasible point to draw");
  qy_key keys[QY_KEY_COUNT + 1];
  qy_groups groups;
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  qy_points some;
  qy_status status = chart->where_count ? narrow(&some, chart, points, arena, err) : QY_OK;
  qy_chart shown = *chart;
  if (!status && chart->where_count) {
    points = &some;
    chart = &shown;
    if (!(shown.caption = caption_of(&shown, points, arena))) status = qy_no_memory(err);
  }
  qy_points divided;
  const chart_target to = {format, file_stem, gnuplot, text};
  if (!status && is_of_cells(chart)) {
    status = draw_cells(chart, points, &to, arena, err);
    qy_arena_free(arena);
    return status;
  }
  if (!status && chart->over) {
    status = divide(&divided, chart, points, arena, err);
    if (!status && !(shown.caption = ratio_caption(chart, points->count - divided.count, arena)))
      status = qy_no_memory(err);
    points = &divided;
    chart = &shown;
  }
  if (!status && chart->kind != QY_CHART_BARS) status = check_any(chart, points, err);
  const int facet = status ? -1 : facet_key(chart, points);
  if (facet >= 0) {
    chart = &shown;
    shown.panel = facet;
    shown.caption = qy_arena_format(arena, "%s%sIn panels, as there are more series than can be told apart.",
                                    shown.caption ? shown.caption : "", shown.caption && *shown.caption ? " " : "");
    if (!shown.caption) status = qy_no_memory(err);
  }
  const int key_count = chart_keys(chart, keys);
  if (!status) status = qy_groups_make(&groups, points, keys, key_count, err);
  if (!status) {
    status = chart->kind == QY_CHART_BARS
                 ? draw_bars(chart, points, &groups, format, file_stem, gnuplot, text, arena, err)
                 : draw_xy(chart, points, &groups, store, id, format, file_stem, gnuplot, text, arena, err);
    qy_groups_free(&groups);
  }
  qy_arena_free(arena);
  return status;
}
