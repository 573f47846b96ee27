/* Attainment surfaces: see attain.h.
 *
 * A sweep in x: each draw has the least y that its points so far reach; the surface of k draws is the k-th smallest of
 * these, looked for again only where a draw passes below it.
 */
#include "order.h"

#include "quarry/attain.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The k-th smallest (from 0) of value[0..n), which is put in another order. */
static double kth(double *value, size_t n, size_t k)
{
  size_t low = 0, high = n - 1;
  while (low < high) {
    const double pivot = value[low + (high - low) / 2];
    size_t i = low, j = high;
    for (;;) {
      while (value[i] < pivot)
        i++;
      while (pivot < value[j])
        j--;
      if (i >= j) break;
      const double swap = value[i];
      value[i++] = value[j];
      value[j--] = swap;
    }
    if (k <= j)
      high = j;
    else
      low = j + 1;
  }
  return value[k];
}

typedef struct sweep {
  const double *x, *y;
  const uint32_t *draw;
  const order_item *by_x;
  size_t count, draws;
  double *reached, *scratch; /* [draws] */
} sweep;

/* The steps at which at least `needed` of the draws reach less than before; returns how many; at NULL: counted only. */
static size_t walk(const sweep *s, size_t needed, qy_attainment *at)
{
  double level = INFINITY;
  size_t steps = 0;
  for (size_t k = 0; k < s->draws; k++)
    s->reached[k] = INFINITY;
  for (size_t i = 0; i < s->count;) {
    const double x = s->x[s->by_x[i].at];
    int passed = 0;
    for (; i < s->count && s->x[s->by_x[i].at] == x; i++) {
      const size_t p = s->by_x[i].at;
      double *own = &s->reached[s->draw[p]];
      if (s->y[p] >= *own) continue;
      passed |= s->y[p] < level;
      *own = s->y[p];
    }
    if (!passed) continue;
    memcpy(s->scratch, s->reached, s->draws * sizeof *s->scratch);
    const double now = kth(s->scratch, s->draws, needed - 1);
    if (now >= level) continue;
    level = now;
    if (at) {
      at->x[steps] = x;
      at->y[steps] = level;
    }
    steps++;
  }
  return steps;
}

static qy_status find_all(qy_attainment *surface, const double *shares, int levels, const sweep *s, qy_arena *arena,
                          qy_error *err)
{
  for (int l = 0; l < levels; l++) {
    assert(shares[l] > 0 && shares[l] <= 1);
    /* Not one draw more because of a product that rounds up. */
    const double exact = shares[l] * (double)s->draws, needed = ceil(exact - 1e-9 * exact);
    const size_t k = needed < 1 ? 1 : (size_t)needed;
    const size_t steps = walk(s, k, NULL);
    surface[l].x = qy_arena_alloc(arena, steps, sizeof(double));
    surface[l].y = qy_arena_alloc(arena, steps, sizeof(double));
    if (!surface[l].x || !surface[l].y) return qy_no_memory(err);
    surface[l].count = walk(s, k, &surface[l]);
  }
  return QY_OK;
}

qy_status qy_attainment_find(qy_attainment *surface, const double *shares, int levels, const double *x, const double *y,
                             const uint32_t *draw, size_t count, size_t draws, qy_arena *arena, qy_error *err)
{
  assert(surface && shares && draws > 0 && (count == 0 || (x && y && draw)) && count < UINT32_MAX);
  order_item *items = qy_alloc(count, sizeof *items), *spare = qy_alloc(count, sizeof *spare);
  double *reached = qy_alloc(draws, 2 * sizeof *reached);
  qy_status status = QY_OK;
  if (!items || !spare || !reached) {
    status = qy_no_memory(err);
  } else {
    for (size_t i = 0; i < count; i++)
      items[i] = (order_item){order_key(x[i]), (uint32_t)i};
    const sweep s = {x, y, draw, order_sort(items, spare, count), count, draws, reached, reached + draws};
    status = find_all(surface, shares, levels, &s, arena, err);
  }
  free(reached);
  free(spare);
  free(items);
  return status;
}
