/* Points in cells of equal keys: see chart_int.h. */
#include "chart_int.h"

#include "axis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct ranked {
  double value;
  uint32_t index;
} ranked;

static int by_value(const void *p, const void *q)
{
  const ranked *a = p, *b = q;
  if (a->value != b->value) return a->value < b->value ? -1 : 1;
  return a->index < b->index ? -1 : a->index > b->index;
}

/* The design's label, or CELL_EMPTY. */
static uint32_t design_label(const qy_points *points, const char *design)
{
  for (size_t l = 0; l < points->label_count[QY_KEY_DESIGN]; l++)
    if (strcmp(points->label[QY_KEY_DESIGN][l], design) == 0) return (uint32_t)l;
  return CELL_EMPTY;
}

typedef struct chooser {
  const qy_points *points;
  const double *criterion;
  double sign;
  bool median;
  uint32_t design; /* only points of it; CELL_EMPTY: all */
  uint32_t other;  /* only points of other designs; CELL_EMPTY: all */
  ranked *scratch;
} chooser;

/* The best of the members, or of an even number in the middle the better one of the two. */
static uint32_t choose(const chooser *c, const uint32_t *member, size_t n)
{
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    const double value = c->criterion[member[i]];
    if (!axis_drawable(value)) continue;
    if (c->design != CELL_EMPTY && c->points->key[QY_KEY_DESIGN][member[i]] != c->design) continue;
    if (c->other != CELL_EMPTY && c->points->key[QY_KEY_DESIGN][member[i]] == c->other) continue;
    c->scratch[count++] = (ranked){c->sign * value, member[i]};
  }
  if (count == 0) return CELL_EMPTY;
  if (c->median) {
    qsort(c->scratch, count, sizeof *c->scratch, by_value);
    return c->scratch[(count - 1) / 2].index;
  }
  ranked best = c->scratch[0];
  for (size_t i = 1; i < count; i++)
    if (by_value(&c->scratch[i], &best) < 0) best = c->scratch[i];
  return best.index;
}

/* The cell of the base design with the labels of cell `cell`; a parameter that is no axis of the base has its value. */
static size_t base_cell(size_t cell, const qy_groups *groups, const qy_points *points, uint32_t base,
                        const bool *missing, const uint32_t *none)
{
  size_t out = 0, scale = 1;
  for (int k = groups->key_count; k-- > 0;) {
    const qy_key key = groups->key[k];
    const size_t labels = points->label_count[key] ? points->label_count[key] : 1;
    size_t own = cell % labels;
    cell /= labels;
    if (key == QY_KEY_DESIGN) own = base;
    if (missing[key]) own = none[key];
    out += own * scale;
    scale *= labels;
  }
  return out;
}

/* Parameters of which the base has one value at most, "-" where it has none, and which one. */
static void find_missing(bool *missing, uint32_t *none, const qy_points *points, uint32_t base)
{
  for (int k = QY_KEY_PARAMETER; k < QY_KEY_PARAMETER + points->parameters.count; k++) {
    none[k] = CELL_EMPTY;
    missing[k] = true;
    for (size_t i = 0; missing[k] && i < points->count; i++) {
      if (points->key[QY_KEY_DESIGN][i] != base) continue;
      if (none[k] == CELL_EMPTY) none[k] = points->key[k][i];
      missing[k] = points->key[k][i] == none[k];
    }
  }
}

typedef struct ratios {
  chart_cells *cells;
  const size_t *cell; /* of each pair */
} ratios;

static qy_status take(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *err)
{
  const ratios *r = ctx;
  (void)draw, (void)err;
  r->cells->value[r->cell[i]] = row[0].value;
  if (!r->cells->low) return QY_OK;
  r->cells->low[r->cell[i]] = row[0].low;
  r->cells->high[r->cell[i]] = row[0].high;
  return QY_OK;
}

/* Each cell's value over that of its base: draw by draw where there is a model, else of the values alone. */
static qy_status divide(chart_cells *cells, const uint32_t *base, const qy_chart *f, const qy_points *points,
                        int metric, qy_arena *arena, qy_error *err)
{
  const size_t count = cells->groups.count;
  int64_t *number = qy_arena_alloc(arena, count, sizeof *number), *over = qy_arena_alloc(arena, count, sizeof *over);
  size_t *cell = qy_arena_alloc(arena, count, sizeof *cell), pairs = 0;
  if (!number || !over || !cell) return qy_no_memory(err);
  for (size_t c = 0; c < count; c++) {
    cells->value[c] = NAN;
    if (cells->chosen[c] == CELL_EMPTY) continue;
    if (base[c] == CELL_EMPTY) {
      cells->without_base++;
      continue;
    }
    number[pairs] = (int64_t)points->point[cells->chosen[c]];
    over[pairs] = (int64_t)points->point[base[c]];
    cell[pairs++] = c;
  }
  ratios r = {cells, cell};
  if (!qy_metric_uncertain(metric)) cells->low = cells->high = NULL;
  if (f->model) return qy_model_draws(f->model, number, over, pairs, &metric, 1, take, &r, err);
  cells->low = cells->high = NULL;
  for (size_t p = 0; p < pairs; p++)
    cells->value[cell[p]] = points->metric[metric][cells->chosen[cell[p]]] / points->metric[metric][base[cell[p]]];
  return QY_OK;
}

static qy_status own_values(chart_cells *cells, const qy_points *points, int metric, qy_arena *arena, qy_error *err)
{
  const size_t count = cells->groups.count;
  const double *low = points->low[metric], *high = points->high[metric];
  cells->value = qy_arena_alloc(arena, count, sizeof *cells->value);
  if (low && high) {
    cells->low = qy_arena_alloc(arena, count, sizeof *cells->low);
    cells->high = qy_arena_alloc(arena, count, sizeof *cells->high);
  }
  if (!cells->value || (low && high && (!cells->low || !cells->high))) return qy_no_memory(err);
  for (size_t c = 0; c < count; c++) {
    const uint32_t i = cells->chosen[c];
    cells->value[c] = i == CELL_EMPTY ? NAN : points->metric[metric][i];
    if (!low || !high) continue;
    cells->low[c] = i == CELL_EMPTY ? NAN : low[i];
    cells->high[c] = i == CELL_EMPTY ? NAN : high[i];
  }
  return QY_OK;
}

/* The point of the base that each cell goes over. */
static qy_status choose_bases(uint32_t *base, chooser *c, const chart_cells *cells, const qy_points *points,
                              const char *over, qy_error *err)
{
  bool missing[QY_KEY_COUNT] = {false};
  uint32_t none[QY_KEY_COUNT] = {0};
  c->design = design_label(points, over);
  c->other = CELL_EMPTY;
  if (c->design == CELL_EMPTY)
    return qy_fail(err, QY_BAD_INPUT, "plot: there is no feasible point of the design \"%s\" to divide by", over);
  find_missing(missing, none, points, c->design);
  for (size_t i = 0; i < cells->groups.count; i++) {
    if (cells->chosen[i] == CELL_EMPTY) continue;
    const size_t b = base_cell(i, &cells->groups, points, c->design, missing, none);
    const size_t first = cells->groups.first[b];
    base[i] = choose(c, cells->groups.member + first, cells->groups.first[b + 1] - first);
  }
  return QY_OK;
}

const char *chart_hidden_base(const qy_chart *f, const qy_key *keys, int key_count)
{
  bool told = false, asked = true;
  for (int k = 0; k < key_count; k++)
    told = told || keys[k] == QY_KEY_DESIGN;
  for (int w = 0; f->over && w < f->where_count; w++)
    asked = asked && (f->where[w].key != QY_KEY_DESIGN || strcmp(f->where[w].label, f->over) == 0);
  return told && asked ? NULL : f->over;
}

qy_status chart_cells_make(chart_cells *cells, const qy_chart *chart, const qy_points *points, const qy_key *keys,
                           int key_count, int criterion, int metric, qy_arena *arena, qy_error *err)
{
  enum { CELLS_MAX = 4000000 };
  *cells = (chart_cells){0};
  double total = 1;
  for (int k = 0; k < key_count; k++)
    total *= (double)points->label_count[keys[k]];
  if (total > CELLS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "plot: expected at most %d combinations of groups, panels and axes, found %.0f",
                   CELLS_MAX, total);
  qy_status status = qy_groups_make(&cells->groups, points, keys, key_count, err);
  if (status) return status;
  const char *hidden = chart_hidden_base(chart, keys, key_count);
  chooser c = {.points = points,
               .criterion = points->metric[criterion],
               .sign = qy_metric_table()[criterion].sense > 0 ? -1 : 1,
               .median = chart->which == QY_CHART_MEDIAN,
               .design = CELL_EMPTY,
               .other = hidden ? design_label(points, hidden) : CELL_EMPTY,
               .scratch = qy_arena_alloc(arena, points->count, sizeof *c.scratch)};
  uint32_t *base = qy_arena_alloc(arena, cells->groups.count, sizeof *base);
  cells->chosen = qy_arena_alloc(arena, cells->groups.count, sizeof *cells->chosen);
  if (!c.scratch || !cells->chosen || !base) return qy_no_memory(err);
  for (size_t i = 0; i < cells->groups.count; i++) {
    const size_t first = cells->groups.first[i];
    cells->chosen[i] = choose(&c, cells->groups.member + first, cells->groups.first[i + 1] - first);
  }
  status = own_values(cells, points, metric, arena, err);
  if (status || !chart->over) return status;
  status = choose_bases(base, &c, cells, points, chart->over, err);
  return status ? status : divide(cells, base, chart, points, metric, arena, err);
}

void chart_cells_free(chart_cells *cells)
{
  if (cells->groups.first) qy_groups_free(&cells->groups);
}
