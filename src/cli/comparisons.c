/* Gains over a base design: see comparisons.h. */
#include "comparisons_int.h"

#include "cli.h"
#include "session.h"

#include "quarry/comparison.h"
#include "quarry/crossover.h"
#include "quarry/decimal.h"
#include "quarry/draws.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct job {
  const qy_plan *plan;
  comparison_points of;
  qy_groups groups;
  comparison_units *units;
  double *partner; /* index of each point's partner at the same axes, NaN: none; NULL: not asked */
  comparison_sets *sets;
  double *sample; /* [draws] gains */
  double *loose;  /* [draws] those without a limit on the budget */
  /* Of the group at hand and one metric of budgets: the range that its rows share, nominal and in each draw. */
  qy_crossover_range *range; /* [1 + draws] */
  void *rows;
  size_t row_count, row_room;
} job;

static const qy_metric_info *metric_info(int metric)
{
  return &qy_metric_table()[metric];
}

/* ---- within budgets ---- */

/* Nominal (k < 0) or in draw k; budget NULL: over the range. */
static qy_status find(qy_crossover *out, job *j, size_t base, size_t g, const comparison_row *r,
                      const qy_plan_budget *budget, int64_t k, qy_error *err)
{
  qy_crossover_set set[2];
  qy_status status = comparison_both(set, NULL, j->sets, base, g, r, k, err);
  if (status) return status;
  if (budget && !budget->is_share)
    return qy_crossover_at(out, &set[0], &set[1], comparison_cost(r->budget, budget->value), err);
  status = qy_crossover_find(out, &set[0], &set[1], &j->range[k + 1], err);
  if (status || !budget || out->reason) return status;
  const double share = metric_info(r->budget)->sense < 0 ? budget->value : 1 - budget->value;
  const double at = out->low > 0 ? out->low * pow(out->high / out->low, share) : out->high;
  return qy_crossover_at(out, &set[0], &set[1], fmin(fmax(at, out->low), out->high), err);
}

/* p05 and p95 of the sample of `count` of the draws. */
static void quantiles(double *p05, double *p95, const job *j, double *sample, size_t count)
{
  *p05 = *p95 = NAN;
  if (count == 0 || (double)count < QY_DRAWS_ENOUGH * (double)j->of.draws) return;
  *p05 = qy_quantile(sample, count, 0.05);
  *p95 = qy_quantile(sample, count, 0.95);
}

static bool is_uncertain(const job *j, const comparison_row *r)
{
  for (int l = 0; r->bounded && j->of.draws && l < j->of.info->limit_count; l++)
    if (qy_metric_uncertain(j->of.info->limit[l].metric)) return true;
  return j->of.draws &&
         (qy_metric_uncertain(r->metric) || (r->budget >= 0 && (qy_metric_uncertain(r->budget) || r->held[0] >= 0)));
}

/* The ranges that all rows within budgets of this metric share. */
static qy_status share_ranges(job *j, size_t base, size_t g, const comparison_row *rows, int n, int budget,
                              qy_error *err)
{
  bool uncertain = false;
  qy_status status = QY_OK;
  for (int i = 0; i < n; i++)
    uncertain |= rows[i].budget == budget && is_uncertain(j, &rows[i]);
  const int64_t end = uncertain ? (int64_t)j->of.draws : 0;
  for (int64_t k = -1; k < end && !status; k++) {
    j->range[k + 1] = (qy_crossover_range){NAN, NAN, NAN};
    for (int i = 0; i < n && !status; i++) {
      qy_crossover_range own;
      qy_crossover_set set[2];
      if (rows[i].budget != budget) continue;
      status = comparison_both(set, NULL, j->sets, base, g, &rows[i], k, err);
      if (!status) status = qy_crossover_range_of(&own, &set[0], &set[1], err);
      if (!status) qy_crossover_join(&j->range[k + 1], &own);
    }
  }
  return status;
}

enum { AMOUNT = 64 };

/* Four digits without an exponent, in the unit of the tables. */
static const char *amount(char out[AMOUNT], const job *j, double x, int metric)
{
  const struct comparison_unit *unit = comparison_unit(j->units, metric);
  qy_print(out, AMOUNT, "%.4g", unit->factor * x);
  const double rounded = qy_decimal(out, NULL);
  qy_print(out, AMOUNT, "%.10g%s%s", rounded, *unit->text ? " " : "", unit->text);
  return out;
}

/* Why there is no gain. */
static const char *no_gain(const job *j, const qy_crossover *x, const comparison_row *r, const char *design,
                           bool single)
{
  const char *base = j->of.info->base_name, *within = single ? " within the budget" : "";
  switch (x->reason) {
  case QY_CROSSOVER_NO_BASE: return qy_arena_format(j->of.arena, "%s has no point%s", base, within);
  case QY_CROSSOVER_NO_SET: return qy_arena_format(j->of.arena, "%s has no point%s", design, within);
  case QY_CROSSOVER_QUALITY: {
    const bool rises = metric_info(r->held[0])->sense > 0;
    if (r->held[1] >= 0)
      return qy_arena_format(j->of.arena, "no point of %s is as good in %s and %s as one of %s", design,
                             metric_info(r->held[0])->name, metric_info(r->held[1])->name, base);
    const qy_metric_info *m = metric_info(r->held[0]);
    char own[AMOUNT], others[AMOUNT];
    return qy_arena_format(j->of.arena, "%s of %s is %s at %s, of %s %s or better", m->name, design,
                           amount(own, j, fabs(x->set_quality), r->held[0]), rises ? "most" : "least", base,
                           amount(others, j, fabs(x->base_quality), r->held[0]));
  }
  case QY_CROSSOVER_RANGE: return "the range is empty: no budget of it is one at which both have a point";
  case QY_CROSSOVER_COMPARED: break;
  }
  return NULL;
}

/* What is to be known of a gain: a range without length, where one of both was not explored, qualities left out.  most:
 * the costliest points of both; NULL: at one budget. */
static void put_notes(qy_text *out, const job *j, const qy_crossover *x, const comparison_row *r, const char *design,
                      const double most[2])
{
  const char *base = j->of.info->base_name, *const name[] = {base, design}, *gap = "";
  const qy_metric_info *budget = metric_info(r->budget);
  if (most && x->low == x->high) {
    qy_text_add(out, "the range is this one budget: no front falls beyond it");
    gap = "; ";
  }
  for (int s = 0; most && s < 2; s++) {
    if (!(most[s] < x->high)) continue;
    char last[AMOUNT];
    qy_text_add(out, "%s%s has no point %s %s; its best one counts there", gap, name[s],
                budget->sense < 0 ? "above" : "below",
                amount(last, j, comparison_metric(r->budget, most[s]), r->budget));
    gap = "; ";
  }
  if (x->compared < x->levels)
    qy_text_add(out, "%sat %zu of the %zu qualities of %s", gap, x->compared, x->levels, base);
}

/* The bounds that the points of a row keep, before what else is to be known of it. */
static qy_status note_bounds(const char **note, const job *j, qy_error *err)
{
  qy_text text = {0};
  for (int l = 0; l < j->of.info->limit_count; l++) {
    const qy_metric_info *m = metric_info(j->of.info->limit[l].metric);
    char most[AMOUNT];
    qy_text_add(&text, "%s%s %s %s", l ? ", " : "of points with ", m->name, m->sense < 0 ? "at most" : "at least",
                amount(most, j, j->of.info->limit[l].value, j->of.info->limit[l].metric));
  }
  if (*note) qy_text_add(&text, "; %s", *note);
  *note = text.failed ? NULL : qy_arena_text(j->of.arena, text.data, text.length);
  qy_text_free(&text);
  return *note ? QY_OK : qy_no_memory(err);
}

static qy_status note_of(const char **note, const job *j, const qy_crossover *x, const comparison_row *r,
                         const char *design, const double most[2], qy_error *err)
{
  qy_text text = {0};
  *note = no_gain(j, x, r, design, !most);
  if (x->reason) return *note ? QY_OK : qy_no_memory(err);
  put_notes(&text, j, x, r, design, most);
  if (text.length) *note = qy_arena_text(j->of.arena, text.data, text.length);
  const bool failed = text.failed || (text.length && !*note);
  qy_text_free(&text);
  return failed ? qy_no_memory(err) : QY_OK;
}

static qy_status add_row(job *j, const qy_comparison *row, qy_error *err)
{
  if (qy_grow(&j->rows, &j->row_room, j->row_count + 1, sizeof *row)) return qy_no_memory(err);
  ((qy_comparison *)j->rows)[j->row_count++] = *row;
  return QY_OK;
}

/* The intervals of the gain and of that without a limit, over the same draws. */
static qy_status budget_intervals(qy_comparison *row, job *j, size_t base, size_t g, const comparison_row *r,
                                  const qy_plan_budget *budget, qy_error *err)
{
  size_t gains = 0, loose = 0;
  qy_status status = QY_OK;
  for (size_t k = 0; !status && is_uncertain(j, r) && k < j->of.draws; k++) {
    qy_crossover d;
    status = find(&d, j, base, g, r, budget, (int64_t)k, err);
    if (status) break;
    if (!d.reason) j->sample[gains++] = d.gain;
    if (!isnan(d.unlimited)) j->loose[loose++] = d.unlimited;
  }
  quantiles(&row->p05, &row->p95, j, j->sample, isnan(row->gain) ? 0 : gains);
  quantiles(&row->unlimited_p05, &row->unlimited_p95, j, j->loose, isnan(row->unlimited) ? 0 : loose);
  return status;
}

static qy_status budget_row(job *j, qy_comparison row, size_t base, size_t g, const comparison_row *kind,
                            const qy_plan_budget *budget, qy_error *err)
{
  comparison_row own = *kind;
  const comparison_row *r = &own;
  own.bounded = budget && j->of.info->limit_count > 0;
  qy_crossover x;
  const char *name = metric_info(r->budget)->name;
  row.at_equal = name;
  for (int q = 0; q < QUALITIES_MAX && row.at_equal && r->held[q] >= 0; q++)
    row.at_equal = qy_arena_format(j->of.arena, "%s, %s", row.at_equal, metric_info(r->held[q])->name);
  if (!row.at_equal) return qy_no_memory(err);
  qy_status status = find(&x, j, base, g, r, budget, -1, err);
  if (status) return status;
  qy_crossover_set set[2];
  double most[2];
  if ((status = comparison_both(set, most, j->sets, base, g, r, -1, err))) return status;
  if ((status = note_of(&row.note, j, &x, r, row.design, budget ? NULL : most, err))) return status;
  if (r->bounded && (status = note_bounds(&row.note, j, err))) return status;
  const double ends[] = {comparison_metric(r->budget, x.low), comparison_metric(r->budget, x.high)};
  if (!x.reason) {
    row.low = fmin(ends[0], ends[1]);
    row.high = fmax(ends[0], ends[1]);
    row.better_from = comparison_metric(r->budget, x.better_from);
  }
  if (budget && !budget->is_share) row.low = row.high = budget->value;
  row.gain = x.gain;
  row.gain_min = x.gain_min;
  row.gain_max = x.gain_max;
  row.better_pct = 100 * x.better_frac;
  row.unlimited = x.unlimited;
  if (!isnan(row.gain) || !isnan(row.unlimited)) status = budget_intervals(&row, j, base, g, r, budget, err);
  return status ? status : add_row(j, &row, err);
}

/* ---- at equal axes ---- */

/* Gains of the pairs of group g into the scratch; returns how many. */
static size_t pairs(double *gain, const job *j, size_t g, int metric, int64_t k)
{
  size_t n = 0;
  for (size_t m = j->groups.first[g]; m < j->groups.first[g + 1]; m++) {
    const size_t i = j->groups.member[m];
    if (isnan(j->partner[i])) continue;
    const size_t partner = (size_t)j->partner[i];
    const double base = comparison_cost(metric, comparison_value(&j->of, metric, partner, k));
    const double own = comparison_cost(metric, comparison_value(&j->of, metric, i, k));
    if (!isnan(base) && !isnan(own)) gain[n++] = base == own ? 1 : base / own;
  }
  return n;
}

static qy_status axes_row(job *j, qy_comparison row, size_t g, const comparison_row *r, qy_error *err)
{
  double *gain = j->sets->scratch;
  const size_t n = pairs(gain, j, g, r->metric, -1);
  size_t better = 0, count = 0;
  row.at_equal = QY_AT_EQUAL_AXES;
  if (qy_stored_partly(j->of.info->stored)) {
    row.note = "points at equal axes are not all stored: `store: all` has them";
    return add_row(j, &row, err);
  }
  for (size_t i = 0; i < n; i++) {
    row.gain_min = fmin(row.gain_min, gain[i]);
    row.gain_max = fmax(row.gain_max, gain[i]);
    better += gain[i] > 1;
  }
  if (n)
    row.better_pct = 100 * (double)better / (double)n;
  else
    row.note = qy_arena_format(j->of.arena, "%s has no point with the axes of one of %s", row.base, row.design);
  qy_status status = qy_crossover_median(&row.gain, gain, NULL, n, err);
  for (size_t k = 0; !status && n && j->of.all_points && is_uncertain(j, r) && k < j->of.draws; k++)
    status = qy_crossover_median(&j->sample[count++], gain, NULL, pairs(gain, j, g, r->metric, (int64_t)k), err);
  quantiles(&row.p05, &row.p95, j, j->sample, count);
  return status ? status : add_row(j, &row, err);
}

static int by_number(const void *p, const void *q)
{
  const double *a = p, *b = q;
  return (*a > *b) - (*a < *b);
}

static qy_status find_partners(job *j, qy_error *err)
{
  const qy_points *p = j->of.points;
  if (j->of.info->base < 0) return QY_OK;
  if (!(j->partner = qy_arena_alloc(j->of.arena, p->count + 1, sizeof *j->partner))) return qy_no_memory(err);
  for (size_t i = 0; i < p->count; i++) {
    const double number = (double)qy_plan_base_point(j->plan, (int64_t)p->point[i]);
    const double *found = bsearch(&number, p->point, p->count, sizeof number, by_number);
    j->partner[i] = found ? (double)(found - p->point) : NAN;
  }
  return QY_OK;
}

/* ---- all of it ---- */

/* {"technology": "fdsoi28"} of group g, the design left out. */
static const char *within_of(const job *j, size_t g)
{
  qy_text text = {0};
  qy_text_add(&text, "{");
  const char *gap = "";
  for (int k = 0; k < j->groups.key_count; k++) {
    const qy_key key = j->groups.key[k];
    if (key == QY_KEY_DESIGN) continue;
    qy_text_add(&text, "%s", gap);
    qy_text_json(&text, plan_key_name(key, j->of.info));
    qy_text_add(&text, ": ");
    qy_text_json(&text, j->of.points->label[key][qy_groups_index(&j->groups, j->of.points, g, key)]);
    gap = ", ";
  }
  qy_text_add(&text, "}");
  const char *out = text.failed ? NULL : qy_arena_text(j->of.arena, text.data, text.length);
  qy_text_free(&text);
  return out;
}

/* All rows of group g beside that of the base. */
static qy_status compare_group(job *j, size_t base, size_t g, qy_error *err)
{
  comparison_row rows[COMPARISON_ROWS_MAX];
  const int n = comparison_rows(rows, j->of.info);
  const size_t design = qy_groups_index(&j->groups, j->of.points, g, QY_KEY_DESIGN);
  qy_comparison row = {.within = within_of(j, g),
                       .base = j->of.info->base_name,
                       .design = j->of.points->label[QY_KEY_DESIGN][design],
                       .low = NAN,
                       .high = NAN,
                       .gain = NAN,
                       .p05 = NAN,
                       .p95 = NAN,
                       .gain_min = NAN,
                       .gain_max = NAN,
                       .unlimited = NAN,
                       .unlimited_p05 = NAN,
                       .unlimited_p95 = NAN,
                       .better_pct = NAN,
                       .better_from = NAN};
  int shared = -1; /* the metric of the ranges at hand */
  qy_status status = row.within ? QY_OK : qy_no_memory(err);
  for (int i = 0; i < n && !status; i++) {
    row.metric = metric_info(rows[i].metric)->name;
    if (rows[i].budget < 0) {
      status = axes_row(j, row, g, &rows[i], err);
      continue;
    }
    if (rows[i].budget != shared) status = share_ranges(j, base, g, rows, n, shared = rows[i].budget, err);
    if (!status) status = budget_row(j, row, base, g, &rows[i], NULL, err);
    for (int b = 0; b < j->of.info->budget_count && !status; b++)
      if (rows[i].budget == j->of.info->budget_metric)
        status = budget_row(j, row, base, g, &rows[i], &j->of.info->budget[b], err);
  }
  return status;
}

static qy_status compare_all(job *j, qy_error *err)
{
  const qy_points *p = j->of.points;
  const size_t designs = p->label_count[QY_KEY_DESIGN];
  size_t base = designs;
  qy_status status = QY_OK;
  for (size_t d = 0; d < designs; d++)
    if (strcmp(p->label[QY_KEY_DESIGN][d], j->of.info->base_name) == 0) base = d;
  for (size_t g = 0; !status && base < designs && g < j->groups.count; g++) {
    assert(designs > 0);
    if (g % designs == base || j->groups.first[g] == j->groups.first[g + 1]) continue;
    status = compare_group(j, g - g % designs + base, g, err);
  }
  return status;
}

qy_status comparisons_make(const qy_plan *plan, const qy_model *model, const qy_points *points, const qy_key *keys,
                           int key_count, qy_store *store, int64_t id, qy_error *err)
{
  assert(key_count > 0 && keys[key_count - 1] == QY_KEY_DESIGN);
  comparison_units units = {.points = points};
  job j = {.plan = plan, .units = &units, .of = {.info = qy_plan_get(plan), .points = points, .arena = qy_arena_new()}};
  if (!j.of.arena) return qy_no_memory(err);
  double *scratch =
      malloc((size_t)2 * COMPARISON_SET_COLUMNS * (points->count + 1) * sizeof *scratch); /* not all is used */
  qy_status status = QY_OK;
  if (points->count && points->label_count[QY_KEY_DESIGN] > 1) {
    status = qy_groups_make(&j.groups, points, keys, key_count, err);
    j.of.groups = &j.groups;
    if (!status) status = find_partners(&j, err);
    if (!status && model) status = comparison_draws(&j.of, model, err);
    j.sets = qy_arena_alloc(j.of.arena, 1, sizeof *j.sets);
    if (j.sets) *j.sets = (comparison_sets){.of = &j.of, .scratch = scratch};
    j.sample = qy_arena_alloc(j.of.arena, j.of.draws + 1, sizeof(double));
    j.loose = qy_arena_alloc(j.of.arena, j.of.draws + 1, sizeof(double));
    j.range = qy_arena_alloc(j.of.arena, j.of.draws + 1, sizeof *j.range);
    if (!status && (!j.sets || !scratch || !j.sample || !j.loose || !j.range)) status = qy_no_memory(err);
    if (!status) status = compare_all(&j, err);
  }
  if (!status) status = qy_store_comparisons(store, id, j.rows, j.row_count, err);
  free(j.rows);
  free(scratch);
  qy_groups_free(&j.groups);
  qy_arena_free(j.of.arena);
  return status;
}
