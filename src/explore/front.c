/* The points that stand for a front (include/quarry/front.h).
 *
 * Two objectives: with points in order of x, the best volume of j points whose last one is i is
 *   f_j(i) = max over l < i of f_{j-1}(l) + (X - x_i) (y_l - y_i),
 * X being the reference; over l these are lines in X - x_i of slope y_l, whose upper envelope is walked once: slopes
 * fall with l, what is asked for falls with i.
 * More objectives: the greedy choice, lazily: what a point adds never grows while others are picked, so that a point
 * whose gain of now is no less than what the next one could add before is the best.
 */
#include "front_rows.h"

#include "quarry/alloc.h"
#include "quarry/front.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = QY_HYPERVOLUME_OBJECTIVES_MAX };

/* ---- two objectives ---- */

typedef struct line {
  double slope, at_0;
  uint32_t point;
} line;

/* Is line b nowhere above both a and c?  Slopes fall from a to c. */
static int needless(const line *a, const line *b, const line *c)
{
  return (c->at_0 - b->at_0) * (a->slope - b->slope) >= (b->at_0 - a->at_0) * (b->slope - c->slope);
}

static double value_at(const line *l, double x)
{
  return l->at_0 + l->slope * x;
}

/* Best values of one point more, ending at i in [first, n), from those before; back[i]: the point before it. */
static void one_more(double *best, const double *before, uint32_t *back, line *hull, const double *x, const double *y,
                     size_t n, size_t first)
{
  size_t head = 0, tail = 0;
  for (size_t i = first; i < n; i++) {
    const line fresh = {y[i - 1], before[i - 1], (uint32_t)(i - 1)};
    while (tail - head >= 2 && needless(&hull[tail - 2], &hull[tail - 1], &fresh))
      tail--;
    hull[tail++] = fresh;
    const double left = 1 + QY_FRONT_MARGIN - x[i];
    while (tail - head >= 2 && value_at(&hull[head + 1], left) > value_at(&hull[head], left))
      head++;
    best[i] = value_at(&hull[head], left) - left * y[i];
    back[i] = hull[head].point;
  }
}

/* chosen[n] of points in order of x, k of them, k < n. */
static qy_status pick_two(uint8_t *chosen, const double *x, const double *y, size_t n, size_t k, qy_error *err)
{
  double *block = qy_alloc(n, 2 * sizeof *block);
  line *hull = qy_alloc(n, sizeof *hull);
  uint32_t *back = qy_alloc(n, k * sizeof *back);
  qy_status status = QY_OK;
  if (!block || !hull || !back) {
    status = qy_fail(err, QY_NO_MEMORY, "cannot allocate memory for choosing %zu of %zu points", k, n);
    goto cleanup;
  }
  double *best = block, *before = block + n;
  for (size_t i = 0; i < n; i++)
    best[i] = (1 + QY_FRONT_MARGIN - x[i]) * (1 + QY_FRONT_MARGIN - y[i]);
  for (size_t j = 1; j < k; j++) {
    double *swap = before;
    before = best;
    best = swap;
    one_more(best, before, back + j * n, hull, x, y, n, j);
  }
  size_t last = k - 1;
  for (size_t i = k; i < n; i++)
    if (best[i] > best[last]) last = i;
  for (size_t j = k; j-- > 0; last = back[j * n + last])
    chosen[last] = 1;
cleanup:
  free(back);
  free(hull);
  free(block);
  return status;
}

/* ---- more objectives ---- */

typedef struct gain {
  double value;
  uint32_t point;
  size_t picked; /* how many were picked when this was what it adds */
} gain;

/* A heap of gains, the largest first, of equal ones the first point. */
static int ahead(const gain *a, const gain *b)
{
  return a->value > b->value || (a->value == b->value && a->point < b->point);
}

static void sink(gain *heap, size_t count, size_t at)
{
  const gain moved = heap[at];
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && ahead(&heap[child + 1], &heap[child])) child++;
    if (!ahead(&heap[child], &moved)) break;
    heap[at] = heap[child];
  }
  heap[at] = moved;
}

typedef struct greedy {
  const double *cell; /* [objectives][n] */
  size_t n;
  int objectives;
  uint32_t *picked;
  size_t picked_count;
  double *clipped; /* [objectives][k] */
  double reference[MOST];
} greedy;

/* What point p adds to those picked: its box, less what of it they dominate. */
static qy_status adds(double *value, const greedy *g, size_t p, qy_error *err)
{
  const double *column[MOST];
  double box = 1, covered;
  for (int d = 0; d < g->objectives; d++) {
    const double *from = g->cell + (size_t)d * g->n;
    double *to = g->clipped + (size_t)d * g->picked_count;
    box *= g->reference[d] - from[p];
    for (size_t i = 0; i < g->picked_count; i++)
      to[i] = fmax(from[p], from[g->picked[i]]);
    column[d] = to;
  }
  qy_status status = qy_hypervolume(&covered, column, g->objectives, g->picked_count, g->reference, err);
  *value = box - covered;
  return status;
}

static qy_status pick_greedily(greedy *g, uint8_t *chosen, gain *heap, size_t k, qy_error *err)
{
  size_t left = g->n;
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < g->n; i++) {
    heap[i] = (gain){0, (uint32_t)i, 0};
    status = adds(&heap[i].value, g, i, err);
  }
  for (size_t i = g->n / 2; i-- > 0;)
    sink(heap, left, i);
  while (!status && g->picked_count < k) {
    if (heap->picked == g->picked_count) {
      chosen[heap->point] = 1;
      g->picked[g->picked_count++] = heap->point;
      *heap = heap[--left];
    } else {
      heap->picked = g->picked_count;
      status = adds(&heap->value, g, heap->point, err);
    }
    if (left) sink(heap, left, 0);
  }
  return status;
}

static qy_status pick_many(uint8_t *chosen, const double *cell, int objectives, size_t n, size_t k, qy_error *err)
{
  greedy g = {.cell = cell, .n = n, .objectives = objectives};
  for (int d = 0; d < objectives; d++)
    g.reference[d] = 1 + QY_FRONT_MARGIN;
  gain *heap = qy_alloc(n, sizeof *heap);
  g.picked = qy_alloc(k, sizeof *g.picked);
  g.clipped = qy_alloc(k, (size_t)objectives * sizeof *g.clipped);
  qy_status status = heap && g.picked && g.clipped ? pick_greedily(&g, chosen, heap, k, err) : qy_no_memory(err);
  free(g.clipped);
  free(g.picked);
  free(heap);
  return status;
}

/* ---- both ---- */

/* Volume of the chosen rows. */
static qy_status volume_chosen(double *volume, const uint8_t *chosen, const double *cell, int kept, size_t n, size_t k,
                               qy_error *err)
{
  double *part = qy_alloc(k, (size_t)(kept > 0 ? kept : 1) * sizeof *part);
  if (!part) return qy_no_memory(err);
  for (int d = 0; d < kept; d++)
    for (size_t i = 0, at = 0; i < n; i++)
      if (chosen[i]) part[(size_t)d * k + at++] = cell[(size_t)d * n + i];
  qy_status status = front_volume(volume, part, kept, k, err);
  free(part);
  return status;
}

static qy_status pick_rows(uint8_t *chosen, qy_front_choice *choice, const front_rows *rows, const double *cell,
                           int kept, qy_error *err)
{
  const size_t n = rows->count, k = choice->count;
  qy_status status = QY_OK;
  if (k == n)
    memset(chosen, 1, n);
  else if (kept <= 2)
    status = pick_two(chosen, cell, cell + n, n, k, err);
  else {
    status = pick_many(chosen, cell, kept, n, k, err);
    choice->guarantee = k == 1 ? 1 : QY_FRONT_GREEDY;
  }
  if (!status) status = front_volume(&choice->whole, cell, kept, n, err);
  if (!status) status = volume_chosen(&choice->volume, chosen, cell, kept, n, k, err);
  return status;
}

qy_status qy_front_pick(uint8_t *picked, qy_front_choice *choice, const double *const *columns, int objectives,
                        size_t count, size_t k, qy_error *err)
{
  assert(picked && choice && (columns || count == 0));
  if (k == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one point to be picked, found 0");
  front_rows rows;
  qy_status status = front_rows_make(&rows, columns, objectives, count, err);
  if (status) return status;
  double low[MOST], high[MOST];
  int kept = 0;
  for (int d = 0; d < objectives; d++) {
    low[d] = INFINITY;
    high[d] = -INFINITY;
  }
  front_rows_range(&rows, low, high);
  *choice = (qy_front_choice){.count = k < rows.count ? k : rows.count, .front = rows.count, .guarantee = 1};
  for (int d = 0; d < objectives; d++)
    choice->reference[d] = high[d] + QY_FRONT_MARGIN * (high[d] - low[d]);
  double *cell = qy_alloc(rows.count, rows.objectives * sizeof *cell);
  uint8_t *chosen = qy_alloc(rows.count, 1);
  if (!cell || !chosen) status = qy_no_memory(err);
  if (!status) {
    front_rows_scale(cell, &kept, &rows, low, high);
    status = pick_rows(chosen, choice, &rows, cell, kept, err);
  }
  if (!status) {
    memset(picked, 0, count);
    for (size_t i = 0; i < rows.count; i++)
      if (chosen[i]) picked[rows.from[i]] = 1;
  }
  free(chosen);
  free(cell);
  front_rows_free(&rows);
  return status;
}
