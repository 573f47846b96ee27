/* Error statistics by stratum: see validate.h. */
#include "statistics.h"

#include "quarry/random.h"

#include <assert.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char all[] = "all";

static int add_row(tally *t, qy_validate_row row, double error_pct)
{
  if (qy_grow((void **)&t->row, &t->capacity, t->count + 1, sizeof *t->row) != 0) return -1;
  row.error_pct = error_pct;
  t->row[t->count++] = row;
  return 0;
}

int tally_add(tally *t, qy_validate_row row)
{
  assert(t);
  t->zeros += row.measured == 0;
  return add_row(t, row, row.measured == 0 ? 100 * row.model : 100 * (row.model / row.measured - 1));
}

int tally_add_points(tally *t, qy_validate_row row)
{
  assert(t);
  return add_row(t, row, row.model - row.measured);
}

static int count_reason(reasons *r, const char *reason)
{
  for (size_t i = 0; i < r->count; i++)
    if (strcmp(r->list[i].reason, reason) == 0) {
      r->list[i].count++;
      return 0;
    }
  if (qy_grow((void **)&r->list, &r->capacity, r->count + 1, sizeof *r->list) != 0) return -1;
  r->list[r->count++] = (qy_validate_skip){reason, 1};
  return 0;
}

int tally_skip(tally *t, const char *reason)
{
  assert(t && reason);
  t->skipped++;
  return count_reason(&t->skip, reason);
}

int tally_omit(tally *t, const char *reason)
{
  assert(t && reason);
  return count_reason(&t->omit, reason);
}

void tally_free(tally *t)
{
  assert(t);
  free(t->row);
  free(t->skip.list);
  free(t->omit.list);
  *t = (tally){0};
}

/* ---- strata */

/* How fine a stratum is: which names are kept, in the order of the report.  Rows that do not tell whether DSP slices
 * were allowed have no stratum of the levels that keep it. */
static const struct level {
  bool kind, library, flow, dsp_allowed;
} levels[] = {{false, false, false, false}, {false, false, false, true}, {false, false, true, false},
              {false, false, true, true},   {false, true, false, false}, {false, true, false, true},
              {false, true, true, false},   {false, true, true, true},   {true, false, false, false},
              {true, false, false, true},   {true, false, true, false},  {true, false, true, true},
              {true, true, true, false},    {true, true, true, true}};

enum { LEVEL_COUNT = sizeof levels / sizeof *levels };

/* A comparison as a member of a stratum of some level. */
typedef struct member {
  qy_validate_stratum name; /* only the names are set */
  size_t level, order;      /* order: place of the quantity's first row, so that quantities keep the table's order */
  const qy_validate_row *row;
} member;

static int by_stratum(const void *x, const void *y)
{
  const member *a = x, *b = y;
  if (a->order != b->order) return a->order < b->order ? -1 : 1;
  if (a->level != b->level) return a->level < b->level ? -1 : 1;
  int c = strcmp(a->name.kind, b->name.kind);
  if (c == 0) c = strcmp(a->name.library, b->name.library);
  if (c == 0) c = strcmp(a->name.flow, b->name.flow);
  return c || !a->name.dsp_allowed || !b->name.dsp_allowed ? c : strcmp(a->name.dsp_allowed, b->name.dsp_allowed);
}

/* Does `measured` lie in p05..p95 of draws a[k], or of a[k] / b[k]? */
static bool inside(double measured, const double *a, const double *b, size_t draws)
{
  size_t below = 0;
  for (size_t k = 0; k < draws; k++)
    below += (b ? a[k] < measured * b[k] : a[k] < measured);
  return (double)below >= 0.05 * (double)draws && (double)below <= 0.95 * (double)draws;
}

static bool is_pair(const qy_validate_row *a, const qy_validate_row *b)
{
  return a->draw && b->draw && a->draws == b->draws && a->circuit != b->circuit &&
         strcmp(a->library, b->library) == 0 && strcmp(a->flow, b->flow) == 0;
}

static void fill_coverage(qy_validate_stratum *stratum, const member *first, size_t count)
{
  size_t rows = 0, rows_inside = 0, pairs = 0, tried = 0, pairs_inside = 0;
  for (size_t i = 0; i < count; i++) {
    const qy_validate_row *a = first[i].row;
    if (!a->draw) continue;
    rows++;
    rows_inside += inside(a->measured, a->draw, NULL, a->draws);
    for (size_t j = 0; j < i; j++)
      pairs += is_pair(a, first[j].row);
  }
  for (size_t i = 0; i < count && pairs; i++)
    for (size_t j = 0; j < i; j++) {
      const qy_validate_row *a = first[i].row, *b = first[j].row;
      if (!is_pair(a, b)) continue;
      const uint64_t word = qy_random_mix(((uint64_t)a->line << 32) ^ (uint64_t)b->line);
      if (qy_random_open(word) * (double)pairs > QY_VALIDATE_PAIRS) continue;
      tried++;
      pairs_inside += inside(a->measured / b->measured, a->draw, b->draw, a->draws);
    }
  stratum->coverage = rows ? (double)rows_inside / (double)rows : NAN;
  stratum->ratio_coverage = tried ? (double)pairs_inside / (double)tried : NAN;
}

static qy_validate_stratum *fill_stratum(qy_validate_stratum *stratum, const member *first, size_t count,
                                         double *scratch)
{
  *stratum = first->name;
  stratum->count = count;
  double bias = 0;
  for (size_t i = 0; i < count; i++) {
    scratch[i] = fabs(first[i].row->error_pct);
    bias += first[i].row->error_pct;
  }
  stratum->bias_pct = bias / (double)count;
  gsl_sort(scratch, 1, count);
  stratum->mean_pct = gsl_stats_mean(scratch, 1, count);
  stratum->median_pct = gsl_stats_quantile_from_sorted_data(scratch, 1, count, 0.5);
  stratum->p95_pct = gsl_stats_quantile_from_sorted_data(scratch, 1, count, 0.95);
  stratum->max_pct = scratch[count - 1];
  return stratum;
}

static size_t first_of(const tally *t, const char *quantity)
{
  size_t i = 0;
  while (strcmp(t->row[i].quantity, quantity) != 0)
    i++;
  return i;
}

static member member_of(const qy_validate_row *r, size_t l, size_t order)
{
  const struct level *level = &levels[l];
  return (member){{.quantity = r->quantity,
                   .kind = level->kind ? r->kind : all,
                   .library = level->library ? r->library : all,
                   .flow = level->flow ? r->flow : all,
                   .dsp_allowed = level->dsp_allowed ? r->dsp_allowed
                                  : r->dsp_allowed   ? all
                                                     : NULL},
                  l,
                  order,
                  r};
}

/* The members of one level and quantity, sorted: strata one behind the other. */
static size_t gather(member *m, const tally *t, size_t level, size_t order)
{
  size_t count = 0;
  for (size_t i = 0; i < t->count; i++)
    if ((!levels[level].dsp_allowed || t->row[i].dsp_allowed) &&
        strcmp(t->row[i].quantity, t->row[order].quantity) == 0)
      m[count++] = member_of(&t->row[i], level, order);
  if (count) qsort(m, count, sizeof *m, by_stratum);
  return count;
}

/* Strata being made. */
typedef struct strata_list {
  qy_validate_stratum *list;
  size_t count, capacity;
} strata_list;

static int add_strata(strata_list *to, const member *m, size_t members, double *scratch)
{
  for (size_t i = 0, next; i < members; i = next) {
    for (next = i + 1; next < members && by_stratum(&m[i], &m[next]) == 0;)
      next++;
    if (qy_grow((void **)&to->list, &to->capacity, to->count + 1, sizeof *to->list) != 0) return -1;
    fill_coverage(fill_stratum(&to->list[to->count++], &m[i], next - i, scratch), &m[i], next - i);
  }
  return 0;
}

/* Level by level, so that there is room for one member a row. */
static qy_status strata(const tally *t, qy_validate_report *report, qy_arena *arena, qy_error *err)
{
  strata_list made = {0};
  member *m = qy_alloc(t->count, sizeof *m);
  double *scratch = qy_alloc(t->count, sizeof *scratch);
  bool done = m && scratch;
  for (size_t i = 0; done && i < t->count; i++) {
    if (first_of(t, t->row[i].quantity) != i) continue;
    for (size_t l = 0; done && l < LEVEL_COUNT; l++)
      done = add_strata(&made, m, gather(m, t, l, i), scratch) == 0;
  }
  report->stratum = done ? qy_arena_alloc(arena, made.count, sizeof *made.list) : NULL;
  if (report->stratum && made.count) memcpy(report->stratum, made.list, made.count * sizeof *made.list);
  report->stratum_count = made.count;
  free(made.list);
  free(m);
  free(scratch);
  return report->stratum ? QY_OK : qy_fail(err, QY_NO_MEMORY, "out of memory for %zu comparisons", t->count);
}

/* ---- worst rows */

typedef struct ranked {
  const qy_validate_row *row;
  size_t order;
} ranked;

static int by_error(const void *x, const void *y)
{
  const ranked *a = x, *b = y;
  if (a->order != b->order) return a->order < b->order ? -1 : 1;
  double ea = fabs(a->row->error_pct), eb = fabs(b->row->error_pct);
  if (ea != eb) return ea > eb ? -1 : 1;
  return (a->row->line > b->row->line) - (a->row->line < b->row->line);
}

static qy_status worst(const tally *t, qy_validate_report *report, size_t limit, qy_arena *arena, qy_error *err)
{
  ranked *r = qy_alloc(t->count, sizeof *r);
  report->worst = qy_arena_alloc(arena, t->count, sizeof *report->worst);
  if (!r || !report->worst) {
    free(r);
    return qy_fail(err, QY_NO_MEMORY, "out of memory for %zu comparisons", t->count);
  }
  for (size_t i = 0; i < t->count; i++)
    r[i] = (ranked){&t->row[i], first_of(t, t->row[i].quantity)};
  if (t->count) qsort(r, t->count, sizeof *r, by_error);
  for (size_t i = 0, in_quantity = 0; i < t->count; i++) {
    in_quantity = i > 0 && r[i].order == r[i - 1].order ? in_quantity + 1 : 0;
    if (in_quantity < limit) report->worst[report->worst_count++] = *r[i].row;
  }
  free(r);
  return QY_OK;
}

static int by_count(const void *x, const void *y)
{
  const qy_validate_skip *a = x, *b = y;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return strcmp(a->reason, b->reason);
}

static qy_status copy_reasons(qy_validate_skip **out, size_t *count, const reasons *r, qy_arena *arena, qy_error *err)
{
  *count = r->count;
  *out = qy_arena_alloc(arena, r->count, sizeof **out);
  if (!*out) return qy_fail(err, QY_NO_MEMORY, "out of memory for a report");
  if (r->count) {
    memcpy(*out, r->list, r->count * sizeof **out);
    qsort(*out, r->count, sizeof **out, by_count);
  }
  return QY_OK;
}

qy_status tally_report(const tally *t, qy_validate_report **report, const char *source, int worst_count,
                       qy_arena *arena, qy_error *err)
{
  assert(t && report && source && arena);
  enum { WORST_DEFAULT = 10 };
  qy_validate_report *r = qy_arena_alloc(arena, 1, sizeof *r);
  if (!r) return qy_fail(err, QY_NO_MEMORY, "out of memory for a report");
  r->source = source;
  r->rows = t->rows;
  r->compared = t->compared;
  r->skipped = t->skipped;
  r->mismatches = t->mismatches;
  r->zeros = t->zeros;
  qy_status status = copy_reasons(&r->skip, &r->skip_count, &t->skip, arena, err);
  if (status == QY_OK) status = copy_reasons(&r->omit, &r->omit_count, &t->omit, arena, err);
  if (status == QY_OK) status = strata(t, r, arena, err);
  if (status == QY_OK) status = worst(t, r, worst_count > 0 ? (size_t)worst_count : WORST_DEFAULT, arena, err);
  *report = r;
  return status;
}

const qy_validate_stratum *qy_validate_find(const qy_validate_report *report, const char *quantity, const char *kind,
                                            const char *library, const char *flow)
{
  assert(report && quantity && kind && library && flow);
  for (size_t i = 0; i < report->stratum_count; i++) {
    const qy_validate_stratum *g = &report->stratum[i];
    if (strcmp(g->quantity, quantity) == 0 && strcmp(g->kind, kind) == 0 && strcmp(g->library, library) == 0 &&
        strcmp(g->flow, flow) == 0 && (!g->dsp_allowed || strcmp(g->dsp_allowed, all) == 0))
      return g;
  }
  return NULL;
}
