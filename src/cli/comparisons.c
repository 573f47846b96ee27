/* Gains over a base design: see comparisons.h. */
#include "comparisons.h"

#include "cli.h"
#include "session.h"

#include "quarry/comparison.h"
#include "quarry/crossover.h"
#include "quarry/draws.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METRICS_MAX = 40, DRAWS_MOST = 1 << 24 }; /* DRAWS_MOST: numbers kept, 8 bytes each */
static const double ENOUGH = 0.9;                /* of the draws must have a gain for its interval to be given */

static const qy_metric_info *metric_info(int metric)
{
  return &qy_metric_table()[metric];
}

static bool is_logarithm(int metric)
{
  return strcmp(metric_info(metric)->unit, "dB") == 0;
}

/* A value to be minimised whose logarithm rises evenly: of what is better when larger its inverse. */
static double cost_of(int metric, double x)
{
  if (metric_info(metric)->sense < 0) return x;
  return is_logarithm(metric) ? pow(10, -x / 10) : 1 / x;
}

static double metric_of(int metric, double cost)
{
  if (metric_info(metric)->sense < 0) return cost;
  return is_logarithm(metric) ? -10 * log10(cost) : 1 / cost;
}

static bool is_objective(const qy_plan_info *info, int metric)
{
  for (int m = 0; m < info->objective_count; m++)
    if ((int)info->objective[m] == metric) return true;
  return false;
}

int comparison_quality(const qy_plan_info *info)
{
  if (is_objective(info, QY_SQNR_DB)) return QY_SQNR_DB;
  return is_objective(info, QY_NOISE) ? QY_NOISE : -1;
}

int comparison_budget(const qy_plan_info *info)
{
  const int quality = comparison_quality(info);
  int first = -1;
  if (info->budget_metric >= 0) return info->budget_metric;
  for (int m = info->objective_count - 1; m >= 0; m--)
    if ((int)info->objective[m] != quality) first = (int)info->objective[m];
  for (int m = info->objective_count - 1; m >= 0; m--)
    if ((int)info->objective[m] != quality && metric_info((int)info->objective[m])->sense < 0)
      first = (int)info->objective[m];
  return first;
}

/* ---- what is compared ---- */

typedef struct row_plan {
  int metric;
  int budget; /* metric; -1: at equal axes */
  int held;   /* quality held; -1: none */
} row_plan;

enum { ROWS_MAX = 64 };

/* The kinds of rows of a design. */
static int plan_rows(row_plan rows[ROWS_MAX], const qy_plan_info *info)
{
  const int axis = comparison_budget(info), quality = comparison_quality(info);
  const bool asked = info->base >= 0;
  const int count = asked ? info->compared_count : info->objective_count;
  int n = 0;
  for (int i = 0; i < count; i++) {
    const int metric = asked ? (int)info->compared[i] : (int)info->objective[i];
    const int budget = metric == axis ? quality : axis;
    if (asked) rows[n++] = (row_plan){metric, -1, -1};
    if (budget < 0 || metric == budget || metric == quality) continue;
    if (!is_objective(info, metric) && info->budget_metric < 0) continue; /* no front is over it */
    bool bounded = false;
    for (int l = 0; l < info->limit_count; l++)
      bounded |= info->limit[l].metric == quality;
    rows[n++] = (row_plan){metric, budget, budget == quality || bounded ? -1 : quality};
  }
  return n;
}

bool comparisons_wanted(const qy_plan_info *info)
{
  row_plan rows[ROWS_MAX];
  return plan_rows(rows, info) > 0;
}

/* ---- draws ---- */

typedef struct job {
  const qy_plan *plan;
  const qy_plan_info *info;
  const qy_points *points;
  qy_groups groups;
  qy_arena *arena;
  double *partner; /* index of each point's partner at the same axes, NaN: none; NULL: not asked */
  /* Draws of points, where they are kept. */
  size_t draws;                  /* 0: none */
  bool all_points;               /* not only those of fronts */
  int64_t *slot;                 /* [points->count] place of its draws, -1: none */
  double *draw[QY_METRIC_COUNT]; /* [slots][draws]; NULL: certain, or not kept */
  int drawn[METRICS_MAX], drawn_count;
  /* Scratch. */
  double *scratch; /* [6][points->count] */
  double *sample;  /* [draws] */
  void *rows;
  size_t row_count, row_room;
} job;

static void want(bool wanted[QY_METRIC_COUNT], int metric)
{
  if (metric >= 0) wanted[metric] = true;
}

static void wanted_metrics(bool wanted[QY_METRIC_COUNT], const qy_plan_info *info)
{
  row_plan rows[ROWS_MAX];
  const int n = plan_rows(rows, info);
  memset(wanted, 0, QY_METRIC_COUNT * sizeof *wanted);
  for (int i = 0; i < n; i++) {
    want(wanted, rows[i].metric);
    want(wanted, rows[i].budget);
    want(wanted, rows[i].held);
  }
  for (int l = 0; l < info->limit_count; l++)
    want(wanted, info->limit[l].metric);
}

typedef struct taking {
  job *j;
  const int64_t *of; /* slot of each point asked for */
} taking;

static qy_status take(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *err)
{
  taking *t = ctx;
  job *j = t->j;
  (void)row, (void)err;
  for (int m = 0; m < j->drawn_count; m++)
    memcpy(j->draw[j->drawn[m]] + (size_t)t->of[i] * j->draws, draw[m], j->draws * sizeof(double));
  return QY_OK;
}

/* Which points have their draws kept; returns how many. */
static qy_status choose_drawn(uint8_t **keep, size_t *count, job *j, size_t draws, qy_error *err)
{
  const qy_points *p = j->points;
  bool wanted[QY_METRIC_COUNT];
  int metrics[METRICS_MAX], n = 0;
  *count = p->count;
  j->all_points = true;
  *keep = NULL;
  if (p->count * draws * (size_t)j->drawn_count <= DRAWS_MOST) return QY_OK;
  wanted_metrics(wanted, j->info);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (wanted[m] && n < QY_KEY_COUNT + 10 && metric_info(m)->sense) metrics[n++] = m;
  const qy_status status = qy_points_front(keep, p, &j->groups, metrics, n, err);
  j->all_points = false;
  *count = 0;
  for (size_t i = 0; !status && i < p->count; i++)
    *count += (*keep)[i];
  return status;
}

/* Draws of the points into the job, unless that takes too much. */
static qy_status take_draws(job *j, const qy_model *model, qy_error *err)
{
  const qy_points *p = j->points;
  const size_t draws = qy_model_draw_count(model);
  bool wanted[QY_METRIC_COUNT];
  uint8_t *keep = NULL;
  size_t count = 0, n = 0;
  wanted_metrics(wanted, j->info);
  for (int m = 0; m < QY_METRIC_COUNT && j->drawn_count < METRICS_MAX; m++)
    if (wanted[m] && qy_metric_uncertain(m)) j->drawn[j->drawn_count++] = m;
  if (!draws || !j->drawn_count) return QY_OK;
  qy_status status = choose_drawn(&keep, &count, j, draws, err);
  if (status || count * draws * (size_t)j->drawn_count > DRAWS_MOST) {
    free(keep);
    return status;
  }
  int64_t *number = qy_arena_alloc(j->arena, count + 1, sizeof *number);
  int64_t *of = qy_arena_alloc(j->arena, count + 1, sizeof *of);
  j->slot = qy_arena_alloc(j->arena, p->count + 1, sizeof *j->slot);
  bool failed = !number || !of || !j->slot;
  for (int m = 0; m < j->drawn_count && !failed; m++)
    failed = !(j->draw[j->drawn[m]] = qy_arena_alloc(j->arena, count * draws + 1, sizeof(double)));
  if (failed) status = qy_no_memory(err);
  for (size_t i = 0; !status && i < p->count; i++) {
    j->slot[i] = !keep || keep[i] ? (int64_t)n : -1;
    if (j->slot[i] < 0) continue;
    number[n] = (int64_t)p->point[i];
    of[n] = (int64_t)n;
    n++;
  }
  free(keep);
  j->draws = draws;
  taking t = {j, of};
  return status ? status : qy_model_draws(model, number, NULL, n, j->drawn, j->drawn_count, take, &t, err);
}

/* The metric of point i, nominal (k < 0) or in draw k. */
static double value_of(const job *j, int metric, size_t i, int64_t k)
{
  if (k < 0 || !j->draw[metric]) return j->points->metric[metric][i];
  return j->draw[metric][(size_t)j->slot[i] * j->draws + (size_t)k];
}

/* Does the point keep the bounds of the file? */
static bool keeps_limits(const job *j, size_t i, int64_t k)
{
  for (int l = 0; l < j->info->limit_count; l++) {
    const int metric = j->info->limit[l].metric;
    const double x = value_of(j, metric, i, k), most = j->info->limit[l].value;
    if (!(metric_info(metric)->sense < 0 ? x <= most : x >= most)) return false;
  }
  return true;
}

/* ---- within budgets ---- */

/* The points of group g as a set, into three columns. */
static qy_crossover_set gather(double *columns, const job *j, size_t g, const row_plan *r, int64_t k)
{
  const size_t room = j->groups.first[g + 1] - j->groups.first[g];
  double *cost = columns, *value = cost + room, *quality = value + room;
  size_t n = 0;
  for (size_t m = j->groups.first[g]; m < j->groups.first[g + 1]; m++) {
    const size_t i = j->groups.member[m];
    if ((k >= 0 && j->slot[i] < 0) || !keeps_limits(j, i, k)) continue;
    cost[n] = cost_of(r->budget, value_of(j, r->budget, i, k));
    value[n] = cost_of(r->metric, value_of(j, r->metric, i, k));
    if (r->held >= 0) {
      const double q = value_of(j, r->held, i, k);
      quality[n] = metric_info(r->held)->sense < 0 ? -q : q;
    }
    n++;
  }
  return (qy_crossover_set){n, cost, value, r->held >= 0 ? quality : NULL};
}

/* Nominal (k < 0) or in draw k; budget NULL: over the common range. */
static qy_status find(qy_crossover *out, const job *j, size_t base, size_t g, const row_plan *r,
                      const qy_plan_budget *budget, int64_t k, qy_error *err)
{
  const size_t room = j->groups.first[base + 1] - j->groups.first[base];
  const qy_crossover_set a = gather(j->scratch, j, base, r, k), b = gather(j->scratch + 3 * room, j, g, r, k);
  if (budget && !budget->is_share) return qy_crossover_at(out, &a, &b, cost_of(r->budget, budget->value), err);
  const qy_status status = qy_crossover_find(out, &a, &b, err);
  if (status || !budget || out->reason) return status;
  const double share = metric_info(r->budget)->sense < 0 ? budget->value : 1 - budget->value;
  const double at = out->low > 0 ? out->low * pow(out->high / out->low, share) : out->high;
  return qy_crossover_at(out, &a, &b, fmin(fmax(at, out->low), out->high), err);
}

/* p05 and p95 of the sample of `count` of the draws. */
static void quantiles(qy_comparison *row, const job *j, size_t count)
{
  row->p05 = row->p95 = NAN;
  if (count == 0 || (double)count < ENOUGH * (double)j->draws) return;
  row->p05 = qy_quantile(j->sample, count, 0.05);
  row->p95 = qy_quantile(j->sample, count, 0.95);
}

static bool is_uncertain(const job *j, const row_plan *r)
{
  return j->draws &&
         (qy_metric_uncertain(r->metric) || (r->budget >= 0 && (qy_metric_uncertain(r->budget) || r->held >= 0)));
}

/* Why there is no gain, or at what part of the qualities. */
static const char *note_of(const job *j, const qy_crossover *x, const row_plan *r, const char *design, bool single)
{
  const char *base = j->info->base_name, *budget = metric_info(r->budget)->name;
  const char *within = single ? " within the budget" : "";
  switch (x->reason) {
  case QY_CROSSOVER_NO_BASE: return qy_arena_format(j->arena, "%s has no point%s", base, within);
  case QY_CROSSOVER_NO_SET: return qy_arena_format(j->arena, "%s has no point%s", design, within);
  case QY_CROSSOVER_QUALITY: {
    const bool rises = metric_info(r->held)->sense > 0;
    return qy_arena_format(j->arena, "%s of %s is %.4g at %s, of %s %.4g or better", metric_info(r->held)->name, design,
                           fabs(x->set_quality), rises ? "most" : "least", base, fabs(x->base_quality));
  }
  case QY_CROSSOVER_RANGE: {
    const double low = metric_of(r->budget, x->low), high = metric_of(r->budget, x->high);
    return qy_arena_format(j->arena, "no %s in common: one ends at %.6g, the other begins at %.6g", budget,
                           fmin(low, high), fmax(low, high));
  }
  case QY_CROSSOVER_COMPARED: break;
  }
  if (x->compared == x->levels) return NULL;
  return qy_arena_format(j->arena, "at %zu of the %zu qualities of %s", x->compared, x->levels, base);
}

static qy_status add_row(job *j, const qy_comparison *row, qy_error *err)
{
  if (qy_grow(&j->rows, &j->row_room, j->row_count + 1, sizeof *row)) return qy_no_memory(err);
  ((qy_comparison *)j->rows)[j->row_count++] = *row;
  return QY_OK;
}

static qy_status budget_row(job *j, qy_comparison row, size_t base, size_t g, const row_plan *r,
                            const qy_plan_budget *budget, qy_error *err)
{
  qy_crossover x;
  const char *name = metric_info(r->budget)->name;
  row.at_equal = r->held < 0 ? name : qy_arena_format(j->arena, "%s, %s", name, metric_info(r->held)->name);
  if (!row.at_equal) return qy_no_memory(err);
  qy_status status = find(&x, j, base, g, r, budget, -1, err);
  if (status) return status;
  row.note = note_of(j, &x, r, row.design, budget != NULL);
  const double ends[] = {metric_of(r->budget, x.low), metric_of(r->budget, x.high)};
  if (!x.reason) {
    row.low = fmin(ends[0], ends[1]);
    row.high = fmax(ends[0], ends[1]);
    row.better_from = metric_of(r->budget, x.better_from);
  }
  if (budget && !budget->is_share) row.low = row.high = budget->value;
  row.gain = x.gain;
  row.gain_min = x.gain_min;
  row.gain_max = x.gain_max;
  row.better_pct = 100 * x.better_frac;
  size_t count = 0;
  for (size_t k = 0; !status && !x.reason && is_uncertain(j, r) && k < j->draws; k++) {
    qy_crossover d;
    status = find(&d, j, base, g, r, budget, (int64_t)k, err);
    if (!status && !d.reason) j->sample[count++] = d.gain;
  }
  quantiles(&row, j, count);
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
    if (!keeps_limits(j, i, k) || !keeps_limits(j, partner, k)) continue;
    const double base = cost_of(metric, value_of(j, metric, partner, k));
    const double own = cost_of(metric, value_of(j, metric, i, k));
    if (!isnan(base) && !isnan(own)) gain[n++] = base == own ? 1 : base / own;
  }
  return n;
}

static qy_status axes_row(job *j, qy_comparison row, size_t g, const row_plan *r, qy_error *err)
{
  double *gain = j->scratch;
  const size_t n = pairs(gain, j, g, r->metric, -1);
  size_t better = 0, count = 0;
  row.at_equal = QY_AT_EQUAL_AXES;
  for (size_t i = 0; i < n; i++) {
    row.gain_min = fmin(row.gain_min, gain[i]);
    row.gain_max = fmax(row.gain_max, gain[i]);
    better += gain[i] > 1;
  }
  if (n)
    row.better_pct = 100 * (double)better / (double)n;
  else
    row.note = qy_arena_format(j->arena, "%s has no point with the axes of one of %s", row.base, row.design);
  qy_status status = qy_crossover_median(&row.gain, gain, NULL, n, err);
  for (size_t k = 0; !status && n && j->all_points && is_uncertain(j, r) && k < j->draws; k++)
    status = qy_crossover_median(&j->sample[count++], gain, NULL, pairs(gain, j, g, r->metric, (int64_t)k), err);
  quantiles(&row, j, count);
  return status ? status : add_row(j, &row, err);
}

static int by_number(const void *p, const void *q)
{
  const double *a = p, *b = q;
  return (*a > *b) - (*a < *b);
}

static qy_status find_partners(job *j, qy_error *err)
{
  const qy_points *p = j->points;
  if (j->info->base < 0) return QY_OK;
  if (!(j->partner = qy_arena_alloc(j->arena, p->count + 1, sizeof *j->partner))) return qy_no_memory(err);
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
    qy_text_json(&text, plan_key_name(key, j->info));
    qy_text_add(&text, ": ");
    qy_text_json(&text, j->points->label[key][qy_groups_index(&j->groups, j->points, g, key)]);
    gap = ", ";
  }
  qy_text_add(&text, "}");
  const char *out = text.failed ? NULL : qy_arena_text(j->arena, text.data, text.length);
  qy_text_free(&text);
  return out;
}

/* All rows of group g beside that of the base. */
static qy_status compare_group(job *j, size_t base, size_t g, qy_error *err)
{
  row_plan rows[ROWS_MAX];
  const int n = plan_rows(rows, j->info);
  const size_t design = qy_groups_index(&j->groups, j->points, g, QY_KEY_DESIGN);
  qy_comparison row = {.within = within_of(j, g),
                       .base = j->info->base_name,
                       .design = j->points->label[QY_KEY_DESIGN][design],
                       NULL,
                       NULL,
                       NAN,
                       NAN,
                       NAN,
                       NAN,
                       NAN,
                       NAN,
                       NAN,
                       NAN,
                       NAN,
                       NULL};
  qy_status status = row.within ? QY_OK : qy_no_memory(err);
  for (int i = 0; i < n && !status; i++) {
    row.metric = metric_info(rows[i].metric)->name;
    if (rows[i].budget < 0) {
      status = axes_row(j, row, g, &rows[i], err);
      continue;
    }
    status = budget_row(j, row, base, g, &rows[i], NULL, err);
    for (int b = 0; b < j->info->budget_count && !status; b++)
      if (rows[i].budget == j->info->budget_metric)
        status = budget_row(j, row, base, g, &rows[i], &j->info->budget[b], err);
  }
  return status;
}

static qy_status compare_all(job *j, qy_error *err)
{
  const qy_points *p = j->points;
  const size_t designs = p->label_count[QY_KEY_DESIGN];
  size_t base = designs;
  qy_status status = QY_OK;
  for (size_t d = 0; d < designs; d++)
    if (strcmp(p->label[QY_KEY_DESIGN][d], j->info->base_name) == 0) base = d;
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
  job j = {.plan = plan, .info = qy_plan_get(plan), .points = points, .arena = qy_arena_new()};
  if (!j.arena) return qy_no_memory(err);
  qy_status status = QY_OK;
  if (points->count && points->label_count[QY_KEY_DESIGN] > 1) {
    status = qy_groups_make(&j.groups, points, keys, key_count, err);
    if (!status) status = find_partners(&j, err);
    if (!status && model) status = take_draws(&j, model, err);
    j.scratch = qy_arena_alloc(j.arena, 6 * points->count + 6, sizeof(double));
    j.sample = qy_arena_alloc(j.arena, j.draws + 1, sizeof(double));
    if (!status && (!j.scratch || !j.sample)) status = qy_no_memory(err);
    if (!status) status = compare_all(&j, err);
  }
  if (!status) status = qy_store_comparisons(store, id, j.rows, j.row_count, err);
  free(j.rows);
  qy_groups_free(&j.groups);
  qy_arena_free(j.arena);
  return status;
}

/* ---- printing ---- */

enum { FIXED = 13, SHORT_DIGITS = 40, NOTES_MAX = 16 };

typedef struct printing {
  table *t;
  int keys;
  bool brief;     /* an aligned table */
  bool intervals; /* of draws */
  char note[NOTES_MAX][200];
  int notes;
} printing;

/* Aligned tables: four digits say as much as a gain deserves. */
static void gain_cell(const printing *p, const char *text)
{
  char digits[SHORT_DIGITS];
  if (!text) {
    table_digits(p->t, NULL);
  } else if (p->brief) {
    snprintf(digits, sizeof digits, "%.4g", strtod(text, NULL));
    table_digits(p->t, digits);
  } else {
    cell_ratio(p->t, &(cell){.number = strtod(text, NULL)});
  }
}

static void number_cell(const printing *p, const char *text)
{
  table_number(p->t, text ? strtod(text, NULL) : NAN);
}

static void keep_note(printing *p, const char *design, const char *metric, const char *at, const char *text)
{
  char line[200];
  snprintf(line, sizeof line, "%.40s, %s at equal %s: %.110s", design, metric, at, text);
  for (int i = 0; i < p->notes; i++)
    if (strcmp(p->note[i], line) == 0) return;
  if (p->notes < NOTES_MAX) memcpy(p->note[p->notes++], line, sizeof line);
}

/* Columns: labels, then base, design, metric, at_equal, low, high, gain, p05, p95, gain_min, gain_max, better_pct,
 * better_from, note. */
static int stored_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  enum { BASE, DESIGN, METRIC, AT, LOW, HIGH, GAIN, P05, P95, LEAST, MOST, BETTER, FROM, NOTE };
  printing *p = ctx;
  (void)columns, (void)names, (void)types;
  for (int k = 0; k < p->keys; k++)
    table_text(p->t, value[k]);
  const char *const *v = value + p->keys;
  if (!p->brief) table_text(p->t, v[BASE]);
  table_row(p->t, TEXT(v[DESIGN]), TEXT(v[METRIC]), TEXT(v[AT]));
  number_cell(p, v[LOW]);
  number_cell(p, v[HIGH]);
  gain_cell(p, v[GAIN]);
  for (int i = P05; i <= P95 && (p->intervals || !p->brief); i++)
    gain_cell(p, v[i]);
  for (int i = LEAST; i <= MOST && !p->brief; i++)
    gain_cell(p, v[i]);
  gain_cell(p, v[BETTER]);
  number_cell(p, v[FROM]);
  if (!p->brief) table_text(p->t, v[NOTE]);
  if (p->brief && v[NOTE]) keep_note(p, v[DESIGN], v[METRIC], v[AT], v[NOTE]);
  return 0;
}

static table *new_table(const printing *p, const qy_plan_info *info, const qy_key *keys, int key_count, int format)
{
  const char *names[QY_KEY_COUNT + FIXED + 1];
  int n = 0;
  for (int k = 0; k < key_count; k++)
    if (keys[k] != QY_KEY_DESIGN) names[n++] = plan_key_name(keys[k], info);
  if (!p->brief) names[n++] = "base";
  static const char *const first[] = {"design", "metric", "at_equal", "low", "high", "gain"};
  for (size_t i = 0; i < sizeof first / sizeof *first; i++)
    names[n++] = first[i];
  if (p->intervals || !p->brief) {
    names[n++] = "p05";
    names[n++] = "p95";
  }
  if (!p->brief) {
    names[n++] = "gain_min";
    names[n++] = "gain_max";
  }
  names[n++] = "better_pct";
  names[n++] = "better_from";
  if (!p->brief) names[n++] = "note";
  return table_new(format, n, names);
}

static void print_notes(const printing *p)
{
  for (int i = 0; i < p->notes; i++)
    fprintf(stderr, "  %s\n", p->note[i]);
  if (p->notes == NOTES_MAX) fputs("  ... (column `note` of table comparison has all)\n", stderr);
}

qy_status comparisons_print(const qy_plan_info *info, qy_store *store, int64_t id, const qy_key *keys, int key_count,
                            int format, qy_error *err)
{
  printing p = {.brief = format == QY_TABLE_ALIGNED, .intervals = info->draws > 0};
  qy_text sql = {0};
  qy_text_add(&sql, "SELECT ");
  for (int k = 0; k < key_count; k++) {
    if (keys[k] == QY_KEY_DESIGN) continue;
    const char *name = plan_key_name(keys[k], info);
    qy_text_add(&sql, "within ->> '$.\"%s\"', ", name);
    p.keys++;
  }
  qy_text_add(&sql,
              "base, design, metric, at_equal, low, high, gain, p05, p95, gain_min, gain_max, better_pct, better_from, "
              "note FROM comparison WHERE experiment = %" PRId64 " ORDER BY position",
              id);
  p.t = new_table(&p, info, keys, key_count, format);
  qy_status status = sql.failed ? qy_no_memory(err) : qy_store_query(store, sql.data, stored_row, &p, err);
  qy_text_free(&sql);
  if (status)
    table_drop(p.t);
  else
    table_print(p.t);
  if (!status) print_notes(&p);
  return status;
}
