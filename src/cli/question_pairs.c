/* Pairs of points within what the experiment's fronts are within, and the ratios of their metrics, of levels in dB the
 * differences: see questions_int.h. */
#include "questions_int.h"

#include "cli.h"

#include "quarry/alloc.h"
#include "quarry/sort.h"

#include <gsl/gsl_statistics_double.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8, GROUPS_MOST = 100000 };

/* ---- keys ---- */

static int key_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  asking *a = ctx;
  const int axis = qy_axes_find(&a->all, values[0]);
  const char *name = axis >= 0 ? a->all.axis[axis].column : values[0];
  for (size_t i = 0; i < a->axes && a->keys < QUESTION_KEYS_MAX; i++)
    if (strcmp(a->axis[i].name, name) == 0 && strcmp(name, "design") != 0) a->key[a->keys++] = a->axis[i].name;
  return 0;
}

qy_status question_keys(asking *a, qy_error *err)
{
  char sql[160];
  snprintf(sql, sizeof sql,
           "SELECT j.value FROM experiment e, json_each(e.definition, '$.within') j WHERE e.id = %" PRId64, a->id);
  a->keys = 0;
  return qy_store_query(a->store, sql, key_row, a, err);
}

void question_put_keys(qy_text *sql, const asking *a)
{
  for (size_t k = 0; k < a->keys; k++)
    qy_text_add(sql, ", coalesce(a.\"%s\", b.\"%s\")", a->key[k], a->key[k]);
}

/* ---- pairs ---- */

typedef struct reading {
  const asking *a;
  struct pair {
    int64_t base, point;
    size_t group;
  } * pair;
  size_t count, room, groups;
  const char **label; /* [groups][keys] */
  size_t label_room;
  bool failed;
} reading;

static bool is_label(const char *label, const char *value)
{
  return label && value ? strcmp(label, value) == 0 : label == value;
}

/* The group of a row's labels; pairs of a group mostly come behind one another. */
static size_t find_group(reading *r, const char *const *value)
{
  const size_t keys = r->a->keys;
  for (size_t back = 0; back < r->groups; back++) {
    const size_t g = r->groups - 1 - back;
    size_t k = 0;
    while (k < keys && is_label(r->label[g * keys + k], value[k]))
      k++;
    if (k == keys) return g;
  }
  void *labels = (void *)r->label;
  if (r->groups == GROUPS_MOST || qy_grow(&labels, &r->label_room, (r->groups + 1) * keys + 1, sizeof *r->label)) {
    r->failed = true;
    return 0;
  }
  r->label = labels;
  for (size_t k = 0; k < keys; k++) {
    const char *text = value[k] ? qy_arena_text(r->a->arena, value[k], strlen(value[k])) : NULL;
    r->label[r->groups * keys + k] = text;
    r->failed |= value[k] && !text;
  }
  return r->groups++;
}

/* Columns: the points of the two, the keys. */
static int pair_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  reading *r = ctx;
  void *pairs = r->pair;
  if (qy_grow(&pairs, &r->room, r->count + 1, sizeof *r->pair)) return r->failed = true;
  r->pair = pairs;
  const size_t group = find_group(r, values + 2);
  r->pair[r->count++] = (struct pair){strtoll(values[0], NULL, 10), strtoll(values[1], NULL, 10), group};
  return r->failed;
}

/* Pairs of a group behind one another, in their order. */
static qy_status settle(question_pairs *out, const reading *r, qy_error *err)
{
  qy_arena *arena = r->a->arena;
  out->count = r->count;
  out->groups = r->groups;
  out->base = qy_arena_alloc(arena, r->count + 1, sizeof *out->base);
  out->point = qy_arena_alloc(arena, r->count + 1, sizeof *out->point);
  out->first = qy_arena_alloc(arena, r->groups + 2, sizeof *out->first);
  out->label = qy_arena_alloc(arena, r->groups * r->a->keys + 1, sizeof *out->label);
  size_t *next = qy_arena_alloc(arena, r->groups + 1, sizeof *next);
  if (!out->base || !out->point || !out->first || !out->label || !next) return qy_no_memory(err);
  for (size_t i = 0; i < r->count; i++)
    out->first[r->pair[i].group + 1]++;
  for (size_t g = 0; g < r->groups; g++)
    next[g] = out->first[g + 1] += out->first[g];
  for (size_t i = r->count; i-- > 0;) {
    const struct pair *p = &r->pair[i];
    const size_t at = --next[p->group];
    out->base[at] = p->base;
    out->point[at] = p->point;
  }
  for (size_t i = 0; i < r->groups * r->a->keys; i++)
    out->label[i] = r->label[i];
  for (size_t k = 0; k < r->a->keys; k++)
    for (size_t g = 1; g < r->groups; g++)
      out->varies[k] |= !is_label(out->label[g * r->a->keys + k], out->label[k]);
  return QY_OK;
}

qy_status question_pairs_read(question_pairs *out, const asking *a, const char *sql, qy_error *err)
{
  reading r = {.a = a};
  *out = (question_pairs){0};
  qy_status status = qy_store_query(a->store, sql, pair_row, &r, err);
  if (!status && r.failed) status = qy_no_memory(err);
  if (!status) status = settle(out, &r, err);
  free(r.pair);
  free((void *)r.label);
  return status;
}

/* ---- ratios ---- */

/* Metrics of all feasible points, and where those of the pairs stand in them. */
typedef struct metrics_read {
  double *column[BLOCK], *point;
  size_t rows;
  size_t *base, *own; /* [pairs]; NONE: infeasible or not stored */
} metrics_read;

static const size_t NONE = SIZE_MAX;

static size_t row_of(const metrics_read *r, int64_t point)
{
  const double wanted = (double)point;
  const double *at = r->rows ? bsearch(&wanted, r->point, r->rows, sizeof wanted, qy_by_value) : NULL;
  return at ? (size_t)(at - r->point) : NONE;
}

/* Where pairs stand, anew where it is not as in the block before: others may store points meanwhile. */
static void find_rows(metrics_read *r, const question_pairs *p, const double *before, size_t rows_before)
{
  if (before && r->rows == rows_before && memcmp(before, r->point, r->rows * sizeof *before) == 0) return;
  for (size_t i = 0; i < p->count; i++) {
    r->base[i] = row_of(r, p->base[i]);
    r->own[i] = row_of(r, p->point[i]);
  }
}

/* Of a column, in each group. */
static void find_ratios(question_ratio *out, const question_pairs *p, const metrics_read *r, const double *column,
                        bool is_level, double *ratio)
{
  for (size_t g = 0; g < p->groups; g++) {
    double least = INFINITY, greatest = -INFINITY;
    size_t n = 0;
    for (size_t i = p->first[g]; i < p->first[g + 1]; i++) {
      if (r->base[i] == NONE || r->own[i] == NONE) continue;
      const double base = column[r->base[i]], own = column[r->own[i]];
      if (isnan(base) || isnan(own) || !(is_level || base > 0)) continue;
      const double of = is_level ? own - base : own / base;
      least = fmin(least, of);
      greatest = fmax(greatest, of);
      ratio[n++] = of;
    }
    out[g] = (question_ratio){.pairs = n};
    if (n) out[g] = (question_ratio){n, gsl_stats_median(ratio, 1, n), least, greatest};
  }
}

static void free_columns(metrics_read *r)
{
  for (int m = 0; m < BLOCK; m++) {
    free(r->column[m]);
    r->column[m] = NULL;
  }
}

qy_status question_ratios(question_ratio *out[QY_METRIC_COUNT], const asking *a, const question_pairs *p, qy_error *err)
{
  int metric[QY_METRIC_COUNT], count = 0;
  double *ratio = qy_arena_alloc(a->arena, p->count + 1, sizeof *ratio);
  metrics_read r = {.base = qy_arena_alloc(a->arena, p->count + 1, sizeof *r.base),
                    .own = qy_arena_alloc(a->arena, p->count + 1, sizeof *r.own)};
  qy_status status = ratio && r.base && r.own ? QY_OK : qy_no_memory(err);
  for (int m = 0; m < QY_METRIC_COUNT && !status; m++) {
    out[m] = NULL;
    if (!a->has[m]) continue;
    metric[count++] = m;
    out[m] = qy_arena_alloc(a->arena, p->groups + 1, sizeof *out[m]);
    if (!out[m]) status = qy_no_memory(err);
  }
  for (int first = 0; first < count && !status; first += BLOCK) {
    const int some = count - first < BLOCK ? count - first : BLOCK;
    double *before = r.point;
    const size_t rows_before = r.rows;
    r.point = NULL;
    status = qy_store_metrics(r.column, &r.point, &r.rows, a->store, a->id, metric + first, some, err);
    if (!status) find_rows(&r, p, before, rows_before);
    for (int m = 0; m < some && !status; m++)
      find_ratios(out[metric[first + m]], p, &r, r.column[m], qy_metric_is_level(metric[first + m]), ratio);
    free(before);
    free_columns(&r);
  }
  free(r.point);
  return status;
}
