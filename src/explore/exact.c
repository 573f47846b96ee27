/* Exact fronts for few points, and for one to three objectives (exact.h). */
#include "exact.h"
#include "intset.h"
#include "order.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <stdlib.h>

enum { FEW = 24 };   /* comparing all pairs beats sorting up to here */
enum { AHEAD = 16 }; /* points to fetch ahead of use */

static void front_few(uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    keep[i] = 1;
    for (size_t j = 0; j < n && keep[i]; j++) {
      int worse = 0, better = 0;
      for (int d = 0; d < objectives && !worse; d++) {
        worse |= columns[d][j] > columns[d][i];
        better |= columns[d][j] < columns[d][i];
      }
      if (!worse && better) keep[i] = 0;
    }
  }
}

static void front_1(uint8_t *keep, const double *x, size_t n)
{
  double least = x[0];
  for (size_t i = 1; i < n; i++)
    least = x[i] < least ? x[i] : least;
  for (size_t i = 0; i < n; i++)
    keep[i] = x[i] == least;
}

/* In order of x, a run of equal x keeps its smallest y when that is below all y before the run. */
static void front_2(uint8_t *keep, const order_item *by_x, const double *y, size_t n)
{
  double best = 0;
  int any = 0; /* best may be +infinity and still be beaten by nothing yet */
  for (size_t i = 0; i < n;) {
    double least = y[by_x[i].at];
    size_t j = i + 1;
    if (i + AHEAD < n) __builtin_prefetch(&y[by_x[i + AHEAD].at]); /* the order of x is no order in memory */
    for (; j < n && by_x[j].key == by_x[i].key; j++)
      least = y[by_x[j].at] < least ? y[by_x[j].at] : least;
    int beats = !any || least < best;
    for (; i < j; i++)
      keep[by_x[i].at] = beats && y[by_x[i].at] == least;
    if (beats) best = least;
    any = 1;
  }
}

/* Order a run of equal x by (rank of y, z): two stable sorts. */
static void order_run(order_item *run, order_item *spare, size_t n, const uint32_t *y_rank, const double *z)
{
  uint64_t x_key = run[0].key;
  for (size_t i = 0; i < n; i++)
    run[i].key = order_key(z[run[i].at]);
  order_item *sorted = order_sort(run, spare, n);
  for (size_t i = 0; i < n; i++)
    sorted[i].key = y_rank[sorted[i].at];
  sorted = order_sort(sorted, sorted == run ? spare : run, n);
  for (size_t i = 0; i < n; i++)
    run[i] = (order_item){x_key, sorted[i].at};
}

/* In order of (x, y, z), a point is dominated exactly when an earlier, different one has y and z no larger.  The
 * earlier ones are held as a staircase: z falls strictly as the rank of y rises. */
static qy_status front_3(uint8_t *keep, const double *const *columns, size_t n, order_item *items, order_item *spare)
{
  qy_status status = QY_NO_MEMORY;
  const double *x = columns[0], *z = columns[2];
  intset stairs = {0};
  double *stair_z = NULL;
  uint32_t *y_rank = qy_alloc(n, sizeof *y_rank);
  if (!y_rank) goto cleanup;
  size_t ranks = order_rank(y_rank, columns[1], n, items, spare);
  stair_z = malloc(ranks * sizeof *stair_z); /* read only where written: no need to clear it */
  if (!stair_z || intset_init(&stairs, ranks)) goto cleanup;

  for (size_t i = 0; i < n; i++)
    items[i] = (order_item){order_key(x[i]), (uint32_t)i};
  order_item *by_x = order_sort(items, spare, n);
  spare = by_x == items ? spare : items;
  for (size_t i = 0; i < n;) {
    size_t j = i + 1;
    while (j < n && by_x[j].key == by_x[i].key)
      j++;
    if (j + AHEAD < n) {
      __builtin_prefetch(&y_rank[by_x[j + AHEAD].at]);
      __builtin_prefetch(&z[by_x[j + AHEAD].at]);
    }
    if (j - i > 1) order_run(by_x + i, spare + i, j - i, y_rank, z);
    for (size_t first = i; i < j; i++) {
      uint32_t at = by_x[i].at, rank = y_rank[at];
      if (i > first) {
        uint32_t before = by_x[i - 1].at;
        if (y_rank[before] == rank && z[before] == z[at]) { /* of equal points both stay or none */
          keep[at] = keep[before];
          continue;
        }
      }
      uint32_t left = intset_at_most(&stairs, rank);
      keep[at] = left == INTSET_NONE || stair_z[left] > z[at];
      if (!keep[at]) continue;
      for (uint32_t right = intset_above(&stairs, rank); right != INTSET_NONE && stair_z[right] >= z[at];
           right = intset_above(&stairs, rank))
        intset_remove(&stairs, right);
      stair_z[rank] = z[at];
      if (left != rank) intset_add(&stairs, rank);
    }
  }
  status = QY_OK;
cleanup:
  intset_free(&stairs);
  free(stair_z);
  free(y_rank);
  return status;
}

qy_status exact_front(uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  assert(keep && columns && objectives >= 1 && n > 0);
  if (n <= FEW) {
    front_few(keep, columns, objectives, n);
    return QY_OK;
  }
  if (objectives == 1) {
    front_1(keep, columns[0], n);
    return QY_OK;
  }
  if (objectives > 3) return exact_divide(keep, columns, objectives, n);

  qy_status status = QY_NO_MEMORY;
  order_item *items = malloc(n * sizeof *items);
  order_item *spare = malloc(n * sizeof *spare);
  if (!items || !spare) goto cleanup;
  if (objectives == 3) {
    status = front_3(keep, columns, n, items, spare);
    goto cleanup;
  }
  for (size_t i = 0; i < n; i++)
    items[i] = (order_item){order_key(columns[0][i]), (uint32_t)i};
  front_2(keep, order_sort(items, spare, n), columns[1], n);
  status = QY_OK;
cleanup:
  free(items);
  free(spare);
  return status;
}
