/* What of a design is compared with the base: see comparisons.h and comparisons_int.h. */
#include "comparisons_int.h"

#include <math.h>
#include <stdlib.h>

static const qy_metric_info *metric_info(int metric)
{
  return &qy_metric_table()[metric];
}

double comparison_cost(int metric, double x)
{
  if (metric_info(metric)->sense < 0) return x;
  return qy_metric_is_level(metric) ? pow(10, -x / 10) : 1 / x;
}

double comparison_metric(int metric, double cost)
{
  if (metric_info(metric)->sense < 0) return cost;
  return qy_metric_is_level(metric) ? -10 * log10(cost) : 1 / cost;
}

/* The value that would be at place k if they were sorted.  C. A. R. Hoare, Algorithm 65: Find, CACM 4 (1961). */
static double value_at(double *v, size_t count, size_t k)
{
  for (size_t low = 0, high = count - 1; low < high;) {
    const double pivot = v[k];
    size_t i = low, j = high;
    while (i <= j) {
      for (; v[i] < pivot; i++) {
      }
      for (; pivot < v[j]; j--) {
      }
      if (i > j) break;
      const double other = v[i];
      v[i++] = v[j];
      v[j] = other;
      if (j == 0) break;
      j--;
    }
    if (j < k) low = i;
    if (k < i) high = j;
  }
  return v[k];
}

const struct comparison_unit *comparison_unit(comparison_units *units, int metric)
{
  const qy_points *points = units->points;
  struct comparison_unit *unit = &units->of[metric];
  if (unit->factor > 0) return unit;
  const double *all = points->metric[metric];
  double *value = all ? qy_alloc(points->count, sizeof *value) : NULL, middle = 0;
  size_t n = 0;
  for (size_t i = 0; value && i < points->count; i++)
    if (!isnan(all[i])) value[n++] = all[i];
  if (n) middle = value_at(value, n, n / 2);
  free(value);
  unit->factor = qy_unit_for_reading(unit->text, metric_info(metric)->unit, middle);
  return unit;
}

static bool is_objective(const qy_plan_info *info, int metric)
{
  for (int m = 0; m < info->objective_count; m++)
    if ((int)info->objective[m] == metric) return true;
  return false;
}

/* The qualities among the objectives; the first is the budget of the rows in what is the budget of the others. */
static const int qualities[QUALITIES_MAX] = {QY_SQNR_DB, QY_NOISE};

static bool is_quality(const qy_plan_info *info, int metric)
{
  for (int q = 0; q < QUALITIES_MAX; q++)
    if (qualities[q] == metric) return is_objective(info, metric);
  return false;
}

static int first_quality(const qy_plan_info *info)
{
  for (int q = 0; q < QUALITIES_MAX; q++)
    if (is_objective(info, qualities[q])) return qualities[q];
  return -1;
}

/* Metric whose budgets designs are compared within; -1: none. */
static int find_budget(const qy_plan_info *info)
{
  int first = -1;
  if (info->budget_metric >= 0) return info->budget_metric;
  for (int m = info->objective_count - 1; m >= 0; m--)
    if (!is_quality(info, (int)info->objective[m])) first = (int)info->objective[m];
  for (int m = info->objective_count - 1; m >= 0; m--)
    if (!is_quality(info, (int)info->objective[m]) && metric_info((int)info->objective[m])->sense < 0)
      first = (int)info->objective[m];
  return first;
}

/* A row within budgets: whatever quality is an objective and not the budget is held. */
static comparison_row within_budgets(const qy_plan_info *info, int metric, int budget)
{
  comparison_row row = {metric, budget, {-1, -1}, false};
  int n = 0;
  for (int q = 0; q < QUALITIES_MAX; q++)
    if (is_objective(info, qualities[q]) && qualities[q] != budget) row.held[n++] = qualities[q];
  return row;
}

int comparison_rows(comparison_row rows[COMPARISON_ROWS_MAX], const qy_plan_info *info)
{
  const int axis = find_budget(info), quality = first_quality(info);
  const bool asked = info->base >= 0, listed = info->compared_count > 0;
  const int count = listed ? info->compared_count : info->objective_count;
  int n = 0;
  for (int i = 0; i < count; i++) {
    const int metric = listed ? (int)info->compared[i] : (int)info->objective[i];
    const int budget = metric == axis ? quality : axis;
    if (asked) rows[n++] = (comparison_row){metric, -1, {-1, -1}, false};
    if (budget < 0 || metric == budget || is_quality(info, metric)) continue;
    if (!is_objective(info, metric) && info->budget_metric < 0) continue; /* no front is over it */
    rows[n++] = within_budgets(info, metric, budget);
  }
  return n;
}

int comparison_fronts(int metric[COMPARISON_KINDS_MAX][COMPARISON_METRICS], const qy_plan_info *info)
{
  comparison_row rows[COMPARISON_ROWS_MAX];
  const int count = comparison_rows(rows, info);
  int n = 0;
  for (int i = 0; i < count && n < COMPARISON_KINDS_MAX; i++) {
    if (rows[i].budget < 0) continue;
    metric[n][COMPARISON_METRIC] = rows[i].metric;
    metric[n][COMPARISON_BUDGET] = rows[i].budget;
    metric[n][COMPARISON_HELD] = rows[i].held[0];
    metric[n++][COMPARISON_SECOND] = rows[i].held[1];
  }
  return n;
}

bool comparisons_wanted(const qy_plan_info *info)
{
  comparison_row rows[COMPARISON_ROWS_MAX];
  return comparison_rows(rows, info) > 0;
}
