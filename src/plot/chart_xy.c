/* Pictures of points over two metrics, as fronts or as lines: which points of a series are shown and how, and the
 * tool-tips of a front; see chart_int.h. */
#include "axis.h"
#include "bands.h"
#include "chart_int.h"
#include "room.h"

#include "quarry/decimal.h"
#include "quarry/text.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
  double point = qy_decimal(value[0], NULL);
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
  bool *drawable = qy_arena_alloc(arena, n, sizeof *drawable);
  if (!drawable) return qy_no_memory(err);
  find_drawable(drawable, f, points, member, n);
  qy_status status = chart_front(flag, points, metric, 2, member, drawable, n, arena, err);
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

/* Of the members that can be drawn one for each x: the best y or the (lower) median.  Beyond `most` values of x
 * these are taken together in as many parts of equal count, by the x of the point that is shown. */
static size_t one_per_x(uint32_t *out, const qy_chart *f, const qy_points *points, const uint32_t *member, size_t n,
                        bool median, size_t most, qy_arena *arena)
{
  by_x *all = qy_arena_alloc(arena, n, sizeof *all);
  bool *drawable = qy_arena_alloc(arena, n, sizeof *drawable);
  size_t count = 0, kept = 0, values = 0;
  assert(most > 0);
  if (!all || !drawable) return SIZE_MAX;
  find_drawable(drawable, f, points, member, n);
  const double sign = qy_metric_table()[f->y].sense > 0 ? -1 : 1;
  for (size_t i = 0; i < n; i++)
    if (drawable[i])
      all[count++] = (by_x){value_at(points, f->x, member[i]), sign * value_at(points, f->y, member[i]), member[i]};
  qsort(all, count, sizeof *all, x_then_y);
  for (size_t i = 0; i < count; i++)
    values += i == 0 || all[i].x != all[i - 1].x;
  const size_t parts = most < ROOM_LINE_PARTS ? most : ROOM_LINE_PARTS,
               part = values > most ? (count + parts - 1) / parts : 1;
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

/* Lines of which all points were asked for, and which are too many. */
static qy_status check_all(const qy_chart *f, const qy_points *points, qy_error *err)
{
  if (f->kind != QY_CHART_LINES || !f->look || f->look->per_x != QY_PER_X_ALL || points->count <= ROOM_MARKS)
    return QY_OK;
  return qy_fail(
      err, QY_BAD_INPUT,
      "plot: lines with `per_x: all`: expected at most %zu points, found %zu: `best` or `median` shows one at "
      "each x, `where` fewer points, `kind: pareto` their front and how many lie where",
      ROOM_MARKS, points->count);
}

/* Lines: which of the members are shown, of `series` in the picture.  *members and *count change. */
static qy_status reduce(const uint32_t **member, size_t *count, size_t series, const qy_chart *f,
                        const qy_points *points, qy_arena *arena, qy_error *err)
{
  const qy_per_x way = f->look ? f->look->per_x : QY_PER_X_AUTO;
  const size_t room = room_of_line(series), few = room < ROOM_LINE_ALL ? room : ROOM_LINE_ALL,
               most = room < ROOM_LINE_REDUCED ? room : ROOM_LINE_REDUCED;
  if (way == QY_PER_X_ALL || (way == QY_PER_X_AUTO && *count <= few)) return QY_OK;
  uint32_t *out = qy_arena_alloc(arena, *count, sizeof *out);
  const size_t kept = out ? one_per_x(out, f, points, *member, *count, way == QY_PER_X_MEDIAN, most, arena) : SIZE_MAX;
  if (kept == SIZE_MAX) return qy_no_memory(err);
  *member = out;
  *count = kept;
  return QY_OK;
}

/* The caption, and which points are shown. */
static const char *reduced_caption(const qy_chart *f, const qy_points *points, size_t shown, size_t all,
                                   qy_arena *arena)
{
  if (shown == all) return f->caption ? f->caption : "";
  const char *way = f->look && f->look->per_x == QY_PER_X_MEDIAN ? "median" : "best";
  const char *x = qy_chart_name(arena, points, f->x), *y = qy_chart_name(arena, points, f->y);
  if (!x || !y) return NULL;
  return chart_caption(arena, f,
                       qy_arena_format(arena, "Lines: %s %s at each %s (%zu of %zu points).", way, y, x, shown, all));
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

qy_status chart_draw_xy(const qy_chart *f, const qy_points *points, const qy_groups *groups, qy_store *store,
                        int64_t id, const chart_target *to, qy_arena *arena, qy_error *err)
{
  if (check_all(f, points, err)) return QY_BAD_INPUT;
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
  size_t all_count = 0, shown_count = 0, drawn = 0;
  for (size_t g = 0; g < groups->count; g++)
    drawn += groups->first[g + 1] > groups->first[g];
  assert(per_panel > 0 || groups->count == 0);
  for (size_t g = 0; g < groups->count; g++) {
    const uint32_t *member = groups->member + groups->first[g];
    size_t n = groups->first[g + 1] - groups->first[g];
    double *number = NULL;
    series[g].label = chart_series_label(arena, groups, points, f->panel, g);
    if (!series[g].label) return qy_no_memory(err);
    qy_status status;
    if (f->kind == QY_CHART_LINES) {
      all_count += n;
      status = reduce(&member, &n, drawn, f, points, arena, err);
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
  chart_keep_drawn(panel, panels, series);
  qy_plot plot = {
      .title = f->title,
      .caption = reduced_caption(f, points, shown_count, all_count, arena),
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
  return qy_plot_draw(&plot, to->format, to->stem, to->gnuplot, to->text, err);
}
