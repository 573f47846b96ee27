/* The points that a chart shows of those given: what `where` asks for, and ratios to another design; see
 * chart_int.h. */
#include "bands.h"
#include "chart_int.h"

#include <string.h>

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

/* The caption, and which points are shown. */
static const char *where_caption(const qy_chart *f, const qy_points *points, qy_arena *arena)
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

qy_status chart_narrow(qy_points *out, qy_chart *f, const qy_points *points, qy_arena *arena, qy_error *err)
{
  uint32_t *index = qy_arena_alloc(arena, points->count, sizeof *index);
  size_t n = 0;
  if (!index) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++)
    if (is_wanted(f, points, i)) index[n++] = (uint32_t)i;
  if (n == 0) return qy_fail(err, QY_BAD_INPUT, "plot: there is no feasible point that `where` asks for");
  qy_status status = take_points(out, points, index, n, arena, err);
  if (!status && !(f->caption = where_caption(f, out, arena))) status = qy_no_memory(err);
  return status;
}

/* ---- ratios ---- */

/* The caption with how many points are left out of ratios. */
static const char *ratio_caption(const qy_chart *f, size_t left_out, qy_arena *arena)
{
  if (left_out == 0) return f->caption ? f->caption : "";
  return chart_caption(arena, f,
                       qy_arena_format(arena, "Left out: %zu point%s without one of %s to divide by.", left_out,
                                       left_out == 1 ? "" : "s", f->over));
}

qy_status chart_divide(qy_points *out, qy_chart *f, const qy_points *points, qy_arena *arena, qy_error *err)
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
  if (!status && !(f->caption = ratio_caption(f, points->count - n, arena))) status = qy_no_memory(err);
  return status;
}
