/* The points that a chart shows of those given: what `where` asks for, and ratios to another design; see
 * chart_int.h. */
#include "bands.h"
#include "chart_int.h"

#include "quarry/decimal.h"
#include "quarry/pareto.h"
#include "quarry/tech.h"
#include "quarry/units.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double CLOSE = 1e-5; /* as many digits as tables show */

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

static bool has_key(const qy_chart *f, qy_key key)
{
  const bool parallel = f->kind == QY_CHART_PARALLEL;
  bool has = f->panel == (int)key || (!parallel && (f->x == qy_chart_key(key) || f->y == qy_chart_key(key)));
  for (int g = 0; g < f->group_count; g++)
    has = has || f->group[g] == key;
  for (int a = 0; parallel && a < f->axis_count; a++)
    has = has || f->axis[a] == qy_chart_key(key);
  return has;
}

/* Is there a voltage among the keys of the chart, so that a library at several supplies is one technology? */
static bool has_supply(const qy_chart *f)
{
  bool has = has_key(f, QY_KEY_VOLTAGE);
  for (int w = 0; w < f->where_count; w++)
    has = has || f->where[w].key == QY_KEY_VOLTAGE;
  return has;
}

/* Labels of numbers have units ("0.9 V"), which those who ask may leave out. */
static bool is_label(const qy_chart *f, const qy_points *points, int w, uint32_t l)
{
  const qy_key key = f->where[w].key;
  const char *asked = f->where[w].label, *label = points->label[key][l];
  double number;
  if (strcmp(label, asked) == 0) return true;
  if (key == QY_KEY_TECHNOLOGY && has_supply(f)) return qy_tech_is_base(label, asked);
  const double *known = points->number[key];
  char *end;
  if (!known) return false;
  number = qy_decimal(asked, &end);
  const char *unit = strchr(label, ' ');
  if (end == asked || (*end && (!unit || strcmp(end, unit) != 0))) return false;
  const double off = fabs(number - known[l]);
  return off <= CLOSE * number && !(l > 0 && fabs(number - known[l - 1]) < off) &&
         !(l + 1 < points->label_count[key] && fabs(number - known[l + 1]) < off); /* the nearest: numbers rise */
}

static int is_wanted(const qy_chart *f, const qy_points *points, size_t i)
{
  for (int w = 0; w < f->where_count; w++) {
    if (is_base(f, points, i) && f->where[w].key == QY_KEY_DESIGN) continue;
    if (!is_label(f, points, w, points->key[f->where[w].key][i])) return 0;
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
    const char *name = named ? qy_chart_name(arena, points, qy_chart_key(f->where[w].key)) : "";
    text = qy_arena_format(arena, "%s%s%s%s%s%s", text,
                           w       ? ", "
                           : *text ? " Shown: "
                                   : "Shown: ",
                           name ? name : "", named ? " " : "", f->where[w].label, w + 1 < f->where_count ? "" : ".");
  }
  return text;
}

/* Which of what is asked for no point has, and what there is instead; or that no point has all of it. */
static qy_status fail_narrow(const qy_chart *f, const qy_points *points, qy_arena *arena, qy_error *err)
{
  enum { LISTED = 12 };
  for (int w = 0; w < f->where_count; w++) {
    const qy_key key = f->where[w].key;
    const size_t count = points->label_count[key];
    const char *listed = "";
    bool has = false;
    for (uint32_t l = 0; l < count; l++) {
      has = has || is_label(f, points, w, l);
      if (l < LISTED && !(listed = qy_arena_format(arena, "%s%s%s", listed, l ? ", " : "", points->label[key][l])))
        return qy_no_memory(err);
    }
    if (!has)
      return qy_fail(err, QY_BAD_INPUT, "plot: where: expected a %s of feasible points (%s%s), found \"%s\"",
                     qy_key_name(key, &points->parameters), listed, count > LISTED ? ", ..." : "", f->where[w].label);
  }
  return qy_fail(err, QY_BAD_INPUT, "plot: there is no feasible point that has all of what `where` asks for");
}

qy_status chart_narrow(qy_points *out, qy_chart *f, const qy_points *points, qy_arena *arena, qy_error *err)
{
  uint32_t *index = qy_arena_alloc(arena, points->count, sizeof *index);
  size_t n = 0;
  if (!index) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++)
    if (is_wanted(f, points, i)) index[n++] = (uint32_t)i;
  if (n == 0) return fail_narrow(f, points, arena, err);
  qy_status status = take_points(out, points, index, n, arena, err);
  if (!status && !(f->caption = where_caption(f, out, arena))) status = qy_no_memory(err);
  return status;
}

/* ---- fronts ---- */

qy_status chart_front(uint8_t *flag, const qy_points *points, const int *metric, int metrics, const uint32_t *member,
                      const bool *usable, size_t n, qy_arena *arena, qy_error *err)
{
  const double *column[QY_OBJECTIVES_MAX];
  uint8_t *on = qy_arena_alloc(arena, n, sizeof *on);
  size_t count = 0, kept = 0;
  assert(metrics >= 1 && metrics <= QY_OBJECTIVES_MAX);
  if (!on) return qy_no_memory(err);
  for (int m = 0; m < metrics; m++) {
    const double sign = qy_metric_table()[metric[m]].sense > 0 ? -1 : 1;
    double *value = qy_arena_alloc(arena, n, sizeof *value);
    if (!value) return qy_no_memory(err);
    count = 0;
    for (size_t i = 0; i < n; i++)
      if (usable[i]) value[count++] = sign * points->metric[metric[m]][member[i]];
    column[m] = value;
  }
  qy_status status = qy_pareto(on, &kept, column, metrics, count, err);
  for (size_t i = 0, k = 0; i < n && !status; i++)
    flag[i] = usable[i] && on[k++];
  return status;
}

/* ---- supplies ---- */

qy_status chart_join_libraries(qy_points *out, const qy_points **points, const qy_chart *f, qy_arena *arena,
                               qy_error *err)
{
  const qy_points *all = *points;
  const size_t count = all->label_count[QY_KEY_TECHNOLOGY];
  if (!has_key(f, QY_KEY_VOLTAGE)) return QY_OK;
  char **label = qy_arena_alloc(arena, count, sizeof *label);
  uint32_t *place = qy_arena_alloc(arena, count, sizeof *place), *key = qy_arena_alloc(arena, all->count, sizeof *key);
  uint32_t used = 0;
  if (!label || !place || !key) return qy_no_memory(err);
  for (size_t l = 0; l < count; l++) {
    const char *name = all->label[QY_KEY_TECHNOLOGY][l];
    char *base = qy_arena_text(arena, name, qy_tech_base_length(name));
    if (!base) return qy_no_memory(err);
    for (place[l] = 0; place[l] < used && strcmp(label[place[l]], base);)
      place[l]++;
    if (place[l] == used) label[used++] = base;
  }
  for (size_t i = 0; i < all->count; i++)
    key[i] = place[all->key[QY_KEY_TECHNOLOGY][i]];
  *out = *all;
  out->label[QY_KEY_TECHNOLOGY] = label;
  out->label_count[QY_KEY_TECHNOLOGY] = used;
  out->key[QY_KEY_TECHNOLOGY] = key;
  *points = out;
  return QY_OK;
}

void chart_tell_libraries(qy_chart *f, const qy_points *points)
{
  enum { PANELS_MOST = 12 };
  const bool heat = f->kind == QY_CHART_HEATMAP; /* has no groups, so that its panels alone can tell them */
  const int groups = f->group_count;
  if (heat) f->group_count = 0;
  const bool told = has_key(f, QY_KEY_TECHNOLOGY);
  f->group_count = groups;
  const size_t libraries = points->label_count[QY_KEY_TECHNOLOGY];
  if (told || libraries < 2) return;
  if (f->panel < 0 && f->kind != QY_CHART_PARALLEL && (libraries <= PANELS_MOST || heat))
    f->panel = (int)QY_KEY_TECHNOLOGY;
  else if (!heat && groups < QY_KEY_COUNT)
    f->group[f->group_count++] = QY_KEY_TECHNOLOGY;
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
