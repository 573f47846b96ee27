/* Pairs of points within what the experiment's fronts are within, and the ratios of their metrics, of levels in dB the
 * differences: see questions_int.h. */
#include "questions_int.h"

#include "cli.h"

#include "quarry/alloc.h"
#include "quarry/sort.h"

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

static double at_rank(const double *sorted, size_t count)
{
  return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static double value_of(double *const *column, size_t rows, int metric, int64_t point)
{
  const double wanted = (double)point;
  const double *at = rows ? bsearch(&wanted, column[0], rows, sizeof wanted, qy_by_value) : NULL;
  return at ? column[1 + metric][at - column[0]] : NAN;
}

/* Of metric m of the block, in each group. */
static void find_ratios(question_ratio *out, const question_pairs *p, double *const *column, size_t rows, int m,
                        bool is_level, double *ratio)
{
  for (size_t g = 0; g < p->groups; g++) {
    size_t n = 0;
    for (size_t i = p->first[g]; i < p->first[g + 1]; i++) {
      const double base = value_of(column, rows, m, p->base[i]), own = value_of(column, rows, m, p->point[i]);
      if (isnan(base) || isnan(own) || !(is_level || base > 0)) continue;
      ratio[n++] = is_level ? own - base : own / base;
    }
    out[g] = (question_ratio){.pairs = n};
    if (!n) continue;
    qsort(ratio, n, sizeof *ratio, qy_by_value);
    out[g] = (question_ratio){n, at_rank(ratio, n), ratio[0], ratio[n - 1]};
  }
}

static qy_status ratios_of_block(question_ratio *const *out, const asking *a, const question_pairs *p,
                                 const int *metric, int count, double *ratio, qy_error *err)
{
  double *column[1 + BLOCK] = {NULL};
  size_t rows = 0;
  qy_text sql = {0};
  qy_text_add(&sql, "SELECT point");
  for (int m = 0; m < count; m++)
    qy_text_add(&sql, ", %s", qy_metric_table()[metric[m]].name);
  qy_text_add(&sql, " FROM (%s) WHERE infeasible IS NULL ORDER BY point", a->points);
  const qy_status status =
      sql.failed ? qy_no_memory(err) : qy_store_columns(a->store, sql.data, 1 + count, column, &rows, err);
  for (int m = 0; m < count && !status; m++)
    find_ratios(out[metric[m]], p, column, rows, m, qy_metric_is_level(metric[m]), ratio);
  for (int c = 0; c <= count; c++)
    free(column[c]);
  qy_text_free(&sql);
  return status;
}

qy_status question_ratios(question_ratio *out[QY_METRIC_COUNT], const asking *a, const question_pairs *p, qy_error *err)
{
  int metric[QY_METRIC_COUNT], count = 0;
  double *ratio = qy_arena_alloc(a->arena, p->count + 1, sizeof *ratio);
  qy_status status = ratio ? QY_OK : qy_no_memory(err);
  for (int m = 0; m < QY_METRIC_COUNT && !status; m++) {
    out[m] = NULL;
    if (!a->has[m]) continue;
    metric[count++] = m;
    out[m] = qy_arena_alloc(a->arena, p->groups + 1, sizeof *out[m]);
    if (!out[m]) status = qy_no_memory(err);
  }
  for (int first = 0; first < count && !status; first += BLOCK)
    status = ratios_of_block(out, a, p, metric + first, count - first < BLOCK ? count - first : BLOCK, ratio, err);
  return status;
}
