/* Which way an exact front goes, and fronts in one to three objectives (exact.h). */
#include "exact.h"
#include "intset.h"
#include "order.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD = 16 }; /* points to fetch ahead of use */

static void front_1(uint8_t *keep, const double *x, size_t n)
{
  double least = x[0];
  for (size_t i = 1; i < n; i++)
    least = x[i] < least ? x[i] : least;
  for (size_t i = 0; i < n; i++)
    keep[i] = x[i] == least;
}

/* A scan in order of x: of a run of equal x the smallest y stays when it is below all y before the run. */
typedef struct scan {
  double best; /* may be +infinity and still be beaten by nothing yet */
  bool any;
} scan;

static bool beats(scan *s, double least)
{
  const bool better = !s->any || least < s->best;
  if (better) s->best = least;
  s->any = true;
  return better;
}

/* In the order that the points come in, or the reverse. */
static void scan_found(uint8_t *keep, const double *x, const double *y, size_t n, bool falling)
{
  scan s = {0};
  const size_t step = falling ? SIZE_MAX : 1; /* -1 */
  size_t at = falling ? n - 1 : 0;
  for (size_t i = 0, j; i < n; i = j) {
    for (; s.any && i + 1 < n && x[at + step] != x[at]; i++, at += step) { /* most often: no run */
      keep[at] = y[at] < s.best;
      s.best = y[at] < s.best ? y[at] : s.best;
    }
    size_t run = at + step;
    double least = y[at];
    for (j = i + 1; j < n && x[run] == x[at]; j++, run += step)
      least = y[run] < least ? y[run] : least;
    for (const bool stays = beats(&s, least); at != run; at += step)
      keep[at] = stays && y[at] == least;
  }
}

static void scan_few(uint8_t *keep, const uint32_t *by_x, const double *x, const double *y, size_t n)
{
  scan s = {0};
  for (size_t i = 0, j; i < n;) {
    const double here = x[by_x[i] & 0xffff];
    double least = y[by_x[i] & 0xffff];
    for (j = i + 1; j < n && x[by_x[j] & 0xffff] == here; j++)
      least = y[by_x[j] & 0xffff] < least ? y[by_x[j] & 0xffff] : least;
    for (const bool stays = beats(&s, least); i < j; i++)
      keep[by_x[i] & 0xffff] = stays && y[by_x[i] & 0xffff] == least;
  }
}

static void scan_sorted(uint8_t *keep, const order_item *by_x, const double *y, size_t n)
{
  scan s = {0};
  for (size_t i = 0, j; i < n;) {
    double least = y[by_x[i].at];
    if (i + AHEAD < n) __builtin_prefetch(&y[by_x[i + AHEAD].at]); /* the order of x is no order in memory */
    for (j = i + 1; j < n && by_x[j].key == by_x[i].key; j++)
      least = y[by_x[j].at] < least ? y[by_x[j].at] : least;
    for (const bool stays = beats(&s, least); i < j; i++)
      keep[by_x[i].at] = stays && y[by_x[i].at] == least;
  }
}

/* 0: done; 1: another way is needed; -1: out of memory. */
static int front_2_few(uint8_t *keep, const double *x, const double *y, size_t n)
{
  uint32_t *item = malloc(2 * n * sizeof *item);
  if (!item) return -1;
  const uint32_t *sorted = order_few(item, item + n, x, n);
  if (sorted) scan_few(keep, sorted, x, y, n);
  free(item);
  return sorted ? 0 : 1;
}

bool exact_ordered(uint8_t *keep, const double *x, const double *y, size_t n, bool *nan)
{
  for (int d = 0; d < 2; d++) {
    const int found = order_found(d ? y : x, n);
    if (!found) continue;
    survey other; /* NaN is in no order but alone */
    window_survey(&other, d ? &x : &y, 1, n);
    *nan = other.nan || isnan(d ? y[0] : x[0]);
    scan_found(keep, d ? y : x, d ? x : y, n, found < 0);
    return true;
  }
  return false;
}

static qy_status front_2(uint8_t *keep, const double *x, const double *y, size_t n)
{
  bool nan;
  if (exact_ordered(keep, x, y, n, &nan)) return QY_OK;
  const int failed = n <= ORDER_CUTS ? front_2_few(keep, x, y, n) : 1;
  if (failed <= 0) return failed ? QY_NO_MEMORY : QY_OK;
  order_item *items = malloc(2 * n * sizeof *items);
  if (!items) return QY_NO_MEMORY;
  for (size_t i = 0; i < n; i++)
    items[i] = (order_item){order_key(x[i]), (uint32_t)i};
  scan_sorted(keep, order_sort(items, items + n, n), y, n);
  free(items);
  return QY_OK;
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
static qy_status sweep_3(uint8_t *keep, const double *const *columns, size_t n, order_item *items, order_item *spare)
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

/* Where x is equal, order by y, then z. */
static void order_ties(uint32_t *by_x, const double *const *columns, size_t n)
{
  const double *x = columns[0], *y = columns[1], *z = columns[2];
  for (size_t i = 1; i < n; i++) {
    const uint32_t item = by_x[i], at = item & 0xffff;
    size_t j = i;
    for (; j > 0; j--) {
      const uint32_t other = by_x[j - 1] & 0xffff;
      if (x[other] != x[at] || y[other] < y[at] || (y[other] == y[at] && z[other] <= z[at])) break;
      by_x[j] = by_x[j - 1];
    }
    by_x[j] = item;
  }
}

static qy_status front_3(uint8_t *keep, const double *const *columns, size_t n);

/* 0: done; 1: another way is needed; -1: out of memory. */
static int front_3_few(uint8_t *keep, const double *const *columns, size_t n)
{
  uint32_t *item = malloc(2 * n * sizeof *item);
  if (!item) return -1;
  uint32_t *by_x = order_few(item, item + n, columns[0], n);
  if (by_x) order_ties(by_x, columns, n);
  const int failed = by_x ? window_steps(keep, columns, by_x, n) : 1;
  free(item);
  return failed;
}

enum { PART = 32768, PART_FRONT_ONE_OF = 4 };

/* Fronts part by part, then of what is left: while most of a part is dominated within it.  0; 1: another way is needed;
 * -1: out of memory. */
static int front_3_parts(uint8_t *keep, const double *const *columns, size_t n)
{
  size_t count = 0, room = 0;
  uint32_t *index = NULL;
  double *left = NULL;
  int failed = 0;
  for (size_t at = 0; at < n && !failed; at += PART) {
    const size_t here = n - at < PART ? n - at : PART;
    const double *const part[3] = {columns[0] + at, columns[1] + at, columns[2] + at};
    failed = front_3_few(keep + at, part, here);
    if (!failed && qy_grow((void **)&index, &room, count + here, sizeof *index)) failed = -1;
    for (size_t i = at; i < at + here && !failed; i++)
      if (keep[i]) index[count++] = (uint32_t)i;
    if (!failed && count > (at + here) / PART_FRONT_ONE_OF) failed = 1;
  }
  if (!failed) left = malloc(count * 3 * sizeof *left);
  uint8_t *stays = !failed ? malloc(count) : NULL;
  if (!failed && (!left || !stays)) failed = -1;
  if (!failed) {
    for (size_t d = 0; d < 3; d++)
      for (size_t i = 0; i < count; i++)
        left[d * count + i] = columns[d][index[i]];
    failed = front_3(stays, (const double *const[3]){left, left + count, left + 2 * count}, count) == QY_OK ? 0 : -1;
    for (size_t i = 0; i < count && !failed; i++)
      keep[index[i]] = stays[i];
  }
  free(stays);
  free(left);
  free(index);
  return failed;
}

/* NOLINTNEXTLINE(misc-no-recursion): on a quarter of the points */
static qy_status front_3(uint8_t *keep, const double *const *columns, size_t n)
{
  const int failed = n <= ORDER_CUTS ? front_3_few(keep, columns, n) : front_3_parts(keep, columns, n);
  if (failed <= 0) return failed ? QY_NO_MEMORY : QY_OK;
  order_item *items = malloc(2 * n * sizeof *items);
  if (!items) return QY_NO_MEMORY;
  const qy_status status = sweep_3(keep, columns, n, items, items + n);
  free(items);
  return status;
}

qy_status exact_front(uint8_t *keep, const double *const *columns, int objectives, size_t n, const survey *seen)
{
  assert(keep && columns && objectives >= 1 && n > 0);
  if (window_is_few(objectives, n)) return window_few(keep, columns, objectives, n), QY_OK;
  const double *telling[QY_OBJECTIVES_MAX];
  survey s = {0};
  int d = 0; /* objectives that are not constant */
  for (int k = 0; k < objectives; k++)
    if (seen->low[k] < seen->high[k]) {
      telling[d] = columns[k];
      s.low[d] = seen->low[k];
      s.high[d++] = seen->high[k];
    }
  if (d == 0) return memset(keep, 1, n), QY_OK;
  if (d == 1) return front_1(keep, telling[0], n), QY_OK;
  if (d == 2) return front_2(keep, telling[0], telling[1], n);
  if (d == 3) return front_3(keep, telling, n);
  const int failed = n <= WINDOW_MOST ? window_front(keep, telling, d, n, &s) : 1;
  if (failed <= 0) return failed ? QY_NO_MEMORY : QY_OK;
  return exact_divide(keep, telling, d, n);
}
