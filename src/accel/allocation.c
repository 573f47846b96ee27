/* Allocation of units to resources: see allocation.h. */
#include "quarry/allocation.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
  UNITS = QY_ALLOCATION_UNITS_MAX,
  LIMITS = QY_ALLOCATION_RESOURCES_MAX + 1, /* resources, the share */
  STEPS_MAX = 200000,
  STACK = 4096
};

/* Relative error of a corner: limits are held and optima compared within it. */
#define TOLERANCE 1e-9

__extension__ typedef __int128 wide; /* products times a share */

/* A half space: sum a[i] x[i] <= b. */
typedef struct limit {
  double a[UNITS], b;
} limit;

/* The problem over real numbers, with the units between low and high. */
typedef struct box {
  int64_t low[UNITS], high[UNITS];
} box;

/* Resources and the share. */
static int limits_of(limit *l, const qy_allocation *p)
{
  int count = 0;
  for (int r = 0; r < p->resource_count; r++, count++) {
    for (int i = 0; i < p->unit_count; i++)
      l[count].a[i] = (double)p->unit[i].cost[r];
    l[count].b = (double)p->budget[r];
  }
  if (p->share_part == 0) return count;
  for (int i = 0; i < p->unit_count; i++) {
    const double high = p->unit[i].high ? (double)p->share_whole : 0;
    l[count].a[i] = (double)p->unit[i].products * ((double)p->share_part - high) / (double)p->share_whole;
  }
  l[count++].b = 0;
  return count;
}

/* x of n equations with n unknowns; false: there is not one. */
static bool solve(double m[UNITS][UNITS + 1], int n)
{
  for (int k = 0; k < n; k++) {
    int pivot = k;
    for (int i = k + 1; i < n; i++)
      if (fabs(m[i][k]) > fabs(m[pivot][k])) pivot = i;
    if (fabs(m[pivot][k]) < 1e-12) return false;
    for (int j = k; j <= n && pivot != k; j++) {
      const double kept = m[k][j];
      m[k][j] = m[pivot][j];
      m[pivot][j] = kept;
    }
    for (int i = 0; i < n; i++) {
      if (i == k || m[i][k] == 0) continue;
      const double factor = m[i][k] / m[k][k];
      for (int j = k; j <= n; j++)
        m[i][j] -= factor * m[k][j];
    }
  }
  for (int k = 0; k < n; k++)
    m[k][n] /= m[k][k];
  return true;
}

/* Limits `tight` hold with equality for units `moved`, the others stand at x. */
static bool corner(double *x, const limit *l, int count, unsigned tight, unsigned moved, int units)
{
  double m[UNITS][UNITS + 1];
  int rows = 0, columns = 0, unit[UNITS];
  for (int i = 0; i < units; i++)
    if (moved >> i & 1) unit[columns++] = i;
  for (int k = 0; k < count; k++) {
    if (!(tight >> k & 1)) continue;
    double norm = 0, right = l[k].b;
    for (int j = 0; j < columns; j++)
      norm = fmax(norm, fabs(l[k].a[unit[j]]));
    if (norm == 0) return false;
    for (int i = 0; i < units; i++)
      if (!(moved >> i & 1)) right -= l[k].a[i] * x[i];
    for (int j = 0; j < columns; j++)
      m[rows][j] = l[k].a[unit[j]] / norm;
    m[rows++][columns] = right / norm;
  }
  assert(rows == columns); /* as many limits as units that move */
  if (!solve(m, columns)) return false;
  for (int j = 0; j < columns; j++)
    x[unit[j]] = m[j][columns];
  return true;
}

static bool inside(const double *x, const limit *l, int count, const box *range, int units)
{
  for (int i = 0; i < units; i++) {
    const double slack = TOLERANCE * fmax(fabs(x[i]), 1);
    if (x[i] < (double)range->low[i] - slack || x[i] > (double)range->high[i] + slack) return false;
  }
  for (int k = 0; k < count; k++) {
    double sum = 0, size = fabs(l[k].b);
    for (int i = 0; i < units; i++) {
      sum += l[k].a[i] * x[i];
      size = fmax(size, fabs(l[k].a[i] * x[i]));
    }
    if (sum > l[k].b + TOLERANCE * fmax(size, 1)) return false;
  }
  return true;
}

/* What best_corner has found. */
typedef struct found {
  double x[UNITS], products;
} found;

/* Corners where these limits hold for these units, the other units at either end of the box. */
static void try_ends(found *best, const limit *l, int count, unsigned tight, unsigned moved, const qy_allocation *p,
                     const box *range)
{
  const int n = p->unit_count;
  for (unsigned ends = 0; ends < 1u << n; ends++) {
    double x[UNITS] = {0}, products = 0;
    if (ends & moved) continue;
    for (int i = 0; i < n; i++)
      x[i] = (double)(ends >> i & 1 ? range->high[i] : range->low[i]);
    if (moved && !corner(x, l, count, tight, moved, n)) continue;
    for (int i = 0; i < n; i++)
      products += (double)p->unit[i].products * x[i];
    if (products <= best->products || !inside(x, l, count, range, n)) continue;
    best->products = products;
    memcpy(best->x, x, sizeof x);
  }
}

/* Best corner of the box within the limits; returns its products, -1 where they leave nothing. */
static double best_corner(double *x, const limit *l, int count, const qy_allocation *p, const box *range)
{
  found best = {.products = -1};
  for (unsigned moved = 0; moved < 1u << p->unit_count; moved++)
    for (unsigned tight = 0; tight < 1u << count; tight++)
      if (__builtin_popcount(tight) == __builtin_popcount(moved)) try_ends(&best, l, count, tight, moved, p, range);
  memcpy(x, best.x, sizeof best.x);
  return best.products;
}

static double relaxed(double *x, const qy_allocation *p, const box *range)
{
  limit l[LIMITS];
  const int count = limits_of(l, p);
  return best_corner(x, l, count, p, range);
}

/* In whole numbers: does the split keep all limits?  Fills used and products. */
static bool whole(qy_split *s, const qy_allocation *p, const int64_t *units)
{
  int64_t high = 0;
  s->products = 0;
  for (int i = 0; i < p->unit_count; i++)
    if (units[i] > p->unit[i].most) return false;
  for (int r = 0; r < p->resource_count; r++) {
    s->used[r] = 0;
    for (int i = 0; i < p->unit_count; i++)
      s->used[r] += units[i] * p->unit[i].cost[r];
    if (s->used[r] > p->budget[r]) return false;
  }
  for (int i = 0; i < p->unit_count; i++) {
    s->units[i] = units[i];
    s->products += units[i] * p->unit[i].products;
    if (p->unit[i].high) high += units[i] * p->unit[i].products;
  }
  return (wide)high * p->share_whole >= (wide)s->products * p->share_part;
}

static void keep_if_better(qy_split *best, const qy_allocation *p, const int64_t *units)
{
  qy_split s = *best;
  if (whole(&s, p, units) && s.products > best->products) *best = s;
}

/* Of the units whose number is broken the one that makes most products, -1: all are whole. */
static int largest_broken(const double *x, const qy_allocation *p)
{
  int largest = -1;
  for (int i = 0; i < p->unit_count; i++)
    if (fabs(x[i] - round(x[i])) > 1e-6 && (largest < 0 || p->unit[i].products > p->unit[largest].products))
      largest = i;
  return largest;
}

/* A box at whose best corner all numbers are whole is done, unless rounding errors hide a split that breaks a limit:
 * then it is cut at the corner along its longest side. */
static int cut_of(const box *range, const double *x, int n, const qy_allocation *p)
{
  int64_t units[UNITS] = {0};
  qy_split s = {0};
  const int broken = largest_broken(x, p);
  if (broken >= 0) return broken;
  for (int i = 0; i < n; i++)
    units[i] = llround(x[i]);
  if (whole(&s, p, units)) return -1;
  int longest = -1;
  for (int i = 0; i < n; i++)
    if (range->high[i] > range->low[i] &&
        (longest < 0 || range->high[i] - range->low[i] > range->high[longest] - range->low[longest]))
      longest = i;
  return longest;
}

/* Whole units at and around a corner: rounded down, and one more where it fits. */
static void try_near(qy_split *best, const qy_allocation *p, const box *range, const double *x)
{
  int64_t units[UNITS] = {0};
  for (int i = 0; i < p->unit_count; i++) {
    units[i] = (int64_t)floor(x[i] + 1e-6);
    if (units[i] < range->low[i]) units[i] = range->low[i];
  }
  keep_if_better(best, p, units);
  for (int i = 0; i < p->unit_count; i++) {
    units[i]++;
    keep_if_better(best, p, units);
    for (int j = 0; j < p->unit_count; j++) {
      if (units[j] == 0 || j == i) continue;
      units[j]--;
      keep_if_better(best, p, units);
      units[j]++;
    }
    units[i]--;
  }
}

static int64_t gcd(int64_t a, int64_t b)
{
  while (b) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* Products come in multiples of this. */
static int64_t grain_of(const qy_allocation *p)
{
  int64_t grain = 0;
  for (int i = 0; i < p->unit_count; i++)
    grain = gcd(grain, p->unit[i].products);
  return grain;
}

/* The two boxes beside a cut at x, the upper first on the stack: the lower is looked at next. */
static int cut_box(box *stack, int depth, const box *range, int unit, double x)
{
  int64_t below = (int64_t)floor(x + 1e-6);
  if (below >= range->high[unit]) below = range->high[unit] - 1;
  if (below < range->low[unit]) below = range->low[unit];
  box upper = *range, lower = *range;
  upper.low[unit] = below + 1;
  lower.high[unit] = below;
  if (upper.low[unit] <= upper.high[unit]) stack[depth++] = upper;
  if (lower.low[unit] <= lower.high[unit]) stack[depth++] = lower;
  return depth;
}

/* False: given up. */
static bool search(qy_split *best, const qy_allocation *p, const box *all)
{
  box stack[STACK];
  const int64_t grain = grain_of(p);
  int depth = 0;
  stack[depth++] = *all;
  for (long steps = 0; depth > 0; steps++) {
    if (steps == STEPS_MAX || depth + 2 > STACK) return false;
    const box range = stack[--depth];
    double x[UNITS] = {0};
    const double products = relaxed(x, p, &range);
    if (products < 0) continue;
    const double reach = floor(products * (1 + TOLERANCE) / (double)grain + 1e-6) * (double)grain;
    if (reach <= (double)best->products) continue;
    try_near(best, p, &range, x);
    if (reach <= (double)best->products) continue;
    const int unit = cut_of(&range, x, p->unit_count, p);
    if (unit >= 0) depth = cut_box(stack, depth, &range, unit, x[unit]);
  }
  return true;
}

static void find_elasticity(qy_split *s, const qy_allocation *p, const box *all)
{
  const double step = 1e-4;
  double x[UNITS], largest = 1e-6;
  limit l[LIMITS];
  const int count = limits_of(l, p);
  s->binding = -1;
  for (int r = 0; r < p->resource_count; r++) {
    const double budget = l[r].b;
    l[r].b = budget * (1 + step);
    s->elasticity[r] = s->bound > 0 ? fmax(best_corner(x, l, count, p, all) / s->bound - 1, 0) / step : 0;
    l[r].b = budget;
    if (s->elasticity[r] < 1e-6) s->elasticity[r] = 0;
    if (s->elasticity[r] <= largest) continue;
    largest = s->elasticity[r];
    s->binding = r;
  }
}

static void check(const qy_allocation *p)
{
  assert(p->unit_count >= 1 && p->unit_count <= UNITS);
  assert(p->resource_count >= 1 && p->resource_count <= QY_ALLOCATION_RESOURCES_MAX);
  assert(p->share_whole >= 1 && p->share_part >= 0 && p->share_part <= p->share_whole);
  for (int r = 0; r < p->resource_count; r++)
    assert(p->budget[r] >= 0 && p->budget[r] <= QY_ALLOCATION_NUMBER_MAX);
  for (int i = 0; i < p->unit_count; i++) {
    assert(p->unit[i].products >= 1 && p->unit[i].products <= QY_ALLOCATION_NUMBER_MAX && p->unit[i].most >= 0);
    for (int r = 0; r < p->resource_count; r++)
      assert(p->unit[i].cost[r] >= 0 && p->unit[i].cost[r] <= QY_ALLOCATION_NUMBER_MAX);
  }
}

/* No more of a unit than each budget holds. */
static box all_of(const qy_allocation *p)
{
  box all = {{0}, {0}};
  for (int i = 0; i < p->unit_count; i++) {
    all.high[i] = p->unit[i].most;
    if (all.high[i] > QY_ALLOCATION_NUMBER_MAX) all.high[i] = QY_ALLOCATION_NUMBER_MAX;
    for (int r = 0; r < p->resource_count; r++)
      if (p->unit[i].cost[r] > 0 && p->budget[r] / p->unit[i].cost[r] < all.high[i])
        all.high[i] = p->budget[r] / p->unit[i].cost[r];
  }
  return all;
}

void qy_allocate(qy_split *split, const qy_allocation *problem)
{
  assert(split && problem);
  check(problem);
  double x[UNITS];
  const box all = all_of(problem);
  box open = all; /* the elasticity asks what a larger budget gives: not limited by what this one holds */
  for (int i = 0; i < problem->unit_count; i++)
    open.high[i] = problem->unit[i].most < QY_ALLOCATION_NUMBER_MAX ? problem->unit[i].most : QY_ALLOCATION_NUMBER_MAX;
  *split = (qy_split){.binding = -1};
  split->bound = fmax(relaxed(x, problem, &open), 0);
  find_elasticity(split, problem, &open);
  split->proven = search(split, problem, &all);
}
