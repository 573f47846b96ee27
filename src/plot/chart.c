/* Charts of stored points: what they are called and labelled, what they read, and which part draws one; see chart.h. */
#include "quarry/chart.h"

#include "chart_int.h"

#include "quarry/alloc.h"
#include "quarry/plot_kinds.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)QY_CHART_KIND_COUNT == (int)QY_PLOT_KINDS_OF_POINTS, "in the order of qy_plot_kinds");

const char *qy_chart_kind_name(qy_chart_kind kind)
{
  assert((unsigned)kind < QY_CHART_KIND_COUNT);
  return qy_plot_kinds[kind];
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
  int parts[QY_METRIC_COUNT] = {0}, count = 0, part_count = 0;
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

/* ---- labels ---- */

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
  char title[QY_KEY_TITLE];
  if (qy_chart_is_key(metric)) {
    qy_key_title(title, qy_chart_key_of(metric), points, true);
    return qy_arena_text(arena, title, strlen(title));
  }
  const qy_metric_info *info = &qy_metric_table()[metric];
  const char *scope = qy_metric_scope(metric, points->on_chip), *gap = *scope ? " " : "";
  const bool keyed = qy_chart_is_key(f->x) || qy_chart_is_key(f->y);
  const bool divided = f->kind == QY_CHART_HEATMAP                        ? metric == f->colour
                       : f->kind == QY_CHART_PARETO || (keyed && f->over) ? true
                                                                          : metric == f->y;
  if (f->over && divided)
    return qy_arena_format(arena, "%s%s%s over that of %s%s", info->label, gap, scope, f->over,
                           info->sense < 0   ? " (below 1: better)"
                           : info->sense > 0 ? " (above 1: better)"
                                             : "");
  if (metric == QY_NOISE && points->noise)
    return qy_arena_format(arena, "%s: %.*s", info->label, noise_length(points->noise), points->noise);
  return info->unit[0] ? qy_arena_format(arena, "%s%s%s (%s)", info->label, gap, scope, info->unit)
                       : qy_arena_format(arena, "%s%s%s", info->label, gap, scope);
}

const char *chart_series_label(qy_arena *arena, const qy_groups *groups, const qy_points *points, int panel, size_t g)
{
  qy_groups shown = *groups;
  size_t inner = g;
  if (panel >= 0) { /* the panel's title says its key already */
    size_t panels = points->label_count[panel];
    inner = g % (groups->count / panels);
    shown.key_count--;
    memmove(shown.key, shown.key + 1, (size_t)shown.key_count * sizeof *shown.key);
  }
  char *text = qy_groups_label_whole(&shown, points, inner);
  const char *kept = text ? qy_arena_text(arena, text, strlen(text)) : NULL;
  free(text);
  return kept;
}

/* A value as it is written in words. */
static const char *value_words(const char *key, const char *label)
{
  static const struct {
    const char *key, *label, *words;
  } rows[] = {{"signal", "gaussian", "Gaussian"},
              {"signal", "laplacian", "Laplacian"},
              {"signal", "generalized", "generalised Gaussian"}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    if (strcmp(rows[r].key, key) == 0 && strcmp(rows[r].label, label) == 0) return rows[r].words;
  return label;
}

const char *chart_panel_title(qy_arena *arena, const qy_chart *chart, const qy_points *points, size_t panel)
{
  if (chart->panel < 0) return NULL;
  const qy_key key = (qy_key)chart->panel;
  const char *label = points->label[key][panel], *unit = points->number[key] ? points->unit[key] : NULL;
  char title[QY_KEY_TITLE];
  if (key < QY_KEY_PARAMETER) return label;
  return qy_arena_format(arena, "%s: %s%s%s", qy_key_title(title, key, points, false),
                         value_words(qy_key_name(key, &points->parameters), label), unit ? " " : "", unit ? unit : "");
}

const char *chart_caption(qy_arena *arena, const qy_chart *chart, const char *more)
{
  const char *given = chart->caption ? chart->caption : "";
  if (!more) return NULL;
  return qy_arena_format(arena, "%s%s%s", given, *given ? " " : "", more);
}

const char *qy_chart_name(qy_arena *arena, const qy_points *points, int axis)
{
  char title[QY_KEY_TITLE];
  const bool key = qy_chart_is_key(axis);
  const char *scope = key ? "" : qy_metric_scope(axis, points->on_chip);
  const char *label = key ? qy_key_title(title, qy_chart_key_of(axis), points, false) : qy_metric_table()[axis].label;
  char *text = qy_arena_format(arena, "%s%s%s", label, *scope ? " " : "", scope);
  if (text && isupper((unsigned char)text[0]) && islower((unsigned char)text[1])) /* no abbreviation */
    text[0] = (char)tolower((unsigned char)text[0]);
  return text;
}

/* "precision (4, 8, 16 bit)" */
static const char *values_text(qy_arena *arena, const qy_points *points, qy_key key)
{
  enum { NAMED_MAX = 6 };
  const size_t count = points->label_count[key];
  const char *const *tick = chart_ticks(arena, points, key);
  const char *unit = points->number[key] && points->unit[key] ? points->unit[key] : "";
  const char *text = qy_chart_name(arena, points, qy_chart_key(key));
  if (!tick || !text) return NULL;
  if (count > NAMED_MAX) return qy_arena_format(arena, "%s (%zu values)", text, count);
  for (size_t l = 0; text && l < count; l++)
    text = qy_arena_format(arena, "%s%s%s", text, l ? ", " : " (", tick[l]);
  return text ? qy_arena_format(arena, "%s%s%s)", text, *unit ? " " : "", unit) : NULL;
}

static bool is_among(qy_key key, const qy_key *keys, int count)
{
  bool among = false;
  for (int k = 0; k < count; k++)
    among = among || keys[k] == key;
  return among;
}

const char *chart_pooled(qy_arena *arena, const qy_chart *f, const qy_points *points, const qy_key *keys, int count)
{
  static const qy_key usual[] = {QY_KEY_TECHNOLOGY, QY_KEY_NETWORK, QY_KEY_DESIGN, QY_KEY_PRECISION};
  enum { USUAL = sizeof usual / sizeof *usual };
  qy_key pooled[USUAL + QY_KEY_COUNT];
  int used = 0;
  for (int i = 0; i < USUAL + f->within_count; i++) {
    const qy_key key = i < USUAL ? usual[i] : f->within[i - USUAL];
    if (is_among(key, keys, count) || is_among(key, pooled, used) || points->label_count[key] < 2) continue;
    if (key != QY_KEY_DESIGN || !f->over) pooled[used++] = key; /* the one to divide by does not compete */
  }
  const char *text = "";
  for (int k = 0; text && k < used; k++) {
    const char *one = values_text(arena, points, pooled[k]);
    text = one ? qy_arena_format(arena, "%s%s%s", text,
                                 k                             ? " and "
                                 : f->which == QY_CHART_MEDIAN ? ", over "
                                                               : ", best over ",
                                 one)
               : NULL;
  }
  return text;
}

const char *const *chart_ticks(qy_arena *arena, const qy_points *points, qy_key key)
{
  const size_t count = points->label_count[key];
  const char **name = qy_arena_alloc(arena, count, sizeof *name);
  char text[QY_KEY_TITLE];
  for (size_t l = 0; name && l < count; l++) {
    qy_key_tick(text, key, points, l);
    if (!(name[l] = qy_arena_text(arena, text, strlen(text)))) return NULL;
  }
  return name;
}

/* ---- series ---- */

static bool is_drawn(const qy_plot_series *s)
{
  return s->count > 0 || s->near.count > 0 || s->cloud_count > 0 || (s->band && s->band[QY_PLOT_BAND_BEST].count > 0);
}

void chart_keep_drawn(qy_plot_panel *panel, size_t panels, qy_plot_series *series)
{
  const size_t all = panels ? panel[0].series_count : 0;
  size_t used = 0;
  for (size_t s = 0; s < all; s++) {
    bool any = false;
    for (size_t p = 0; p < panels; p++)
      any = any || is_drawn(&series[p * all + s]);
    if (!any) continue;
    for (size_t p = 0; p < panels; p++)
      series[p * all + used] = series[p * all + s];
    used++;
  }
  for (size_t p = 0; p < panels && used; p++)
    panel[p].series_count = used;
}

/* ---- which part draws it ---- */

int chart_keys(const qy_chart *f, qy_key *keys)
{
  int count = 0;
  if (f->panel >= 0) keys[count++] = (qy_key)f->panel;
  for (int k = 0; k < f->group_count; k++)
    if ((int)f->group[k] != f->panel) keys[count++] = f->group[k];
  return count;
}

/* Some point must have both metrics: the picture would be empty. */
static qy_status check_any(const qy_chart *f, const qy_points *points, qy_error *err)
{
  const qy_metric_info *table = qy_metric_table();
  for (size_t i = 0; i < points->count; i++)
    if (isfinite(points->metric[f->x][i]) && isfinite(points->metric[f->y][i])) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "plot: expected metrics that a point has, found none with %s and %s",
                 table[f->x].name, table[f->y].name);
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
  qy_points some, joined, divided;
  qy_chart shown = *chart;
  qy_status status = chart->where_count ? chart_narrow(&some, &shown, points, arena, err) : QY_OK;
  if (!status && chart->where_count) points = &some;
  const chart_target to = {format, file_stem, gnuplot, text};
  if (!status) status = chart_join_libraries(&joined, &points, chart, arena, err);
  if (!status) chart_tell_libraries(&shown, points);
  chart = &shown;
  if (!status && is_of_cells(chart)) {
    status = draw_cells(chart, points, &to, arena, err);
    qy_arena_free(arena);
    return status;
  }
  if (!status && chart->over) {
    status = chart_divide(&divided, &shown, points, arena, err);
    points = &divided;
  }
  if (!status && chart->kind != QY_CHART_BARS) status = check_any(chart, points, err);
  const int facet = status ? -1 : facet_key(chart, points);
  if (facet >= 0) {
    shown.panel = facet;
    shown.caption = chart_caption(arena, &shown, "In panels, as there are more series than can be told apart.");
    if (!shown.caption) status = qy_no_memory(err);
  }
  const int key_count = chart_keys(chart, keys);
  if (!status) status = qy_groups_make(&groups, points, keys, key_count, err);
  if (!status) {
    status = chart->kind == QY_CHART_BARS ? chart_draw_stacked_bars(chart, points, &groups, &to, arena, err)
                                          : chart_draw_xy(chart, points, &groups, store, id, &to, arena, err);
    qy_groups_free(&groups);
  }
  qy_arena_free(arena);
  return status;
}
