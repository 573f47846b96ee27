/* Exact fronts for four objectives and more, by divide and conquer (exact.h).
 *
 * All values become dense ranks, equal points collapse to one, and points are renumbered in lexicographic order, so
 * that no point is dominated by a later one.  front() solves both halves, then lets the first half's front drop points
 * of the second; objective 0 is settled by the halving.  drop() splits on the highest objective until only 1, 2 and 3
 * are left, which one sweep in order of objective 1 over a staircase (2, 3) settles.  Every list is kept in order of
 * objective 1, so that nothing is sorted inside the recursion.  Because points are distinct, "no larger in every
 * objective" is the same as "dominates".
 */
#include "exact.h"
#include "intset.h"
#include "order.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <stdlib.h>

enum { LEAF = 48, PAIRS_FEW = 1500, MEDIAN_OF = 31 };

typedef struct divide {
  int objectives;
  uint32_t *rank[QY_OBJECTIVES_MAX]; /* [d][u]: rank of unique point u in objective d */
  uint8_t *dropped;                  /* [u] */
  intset stairs;                     /* ranks of objective 2; empty between sweeps */
  uint32_t *stair_low;               /* [rank of objective 2]: rank of objective 3, where a member */
} divide;

static int no_larger(const divide *v, uint32_t a, uint32_t b, int last)
{
  for (int d = 1; d <= last; d++)
    if (v->rank[d][a] > v->rank[d][b]) return 0;
  return 1;
}

static void drop_pairs(divide *v, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, int last)
{
  for (size_t j = 0; j < nb; j++) {
    if (v->dropped[b[j]]) continue;
    uint32_t limit = v->rank[1][b[j]];
    for (size_t i = 0; i < na && v->rank[1][a[i]] <= limit; i++)
      if (no_larger(v, a[i], b[j], last)) {
        v->dropped[b[j]] = 1;
        break;
      }
  }
}

static void drop_sweep(divide *v, const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
  const uint32_t *sweep = v->rank[1], *across = v->rank[2], *down = v->rank[3];
  uint32_t *low = v->stair_low;
  size_t i = 0;
  for (size_t j = 0; j < nb; j++) {
    if (v->dropped[b[j]]) continue;
    for (; i < na && sweep[a[i]] <= sweep[b[j]]; i++) {
      uint32_t at = across[a[i]], z = down[a[i]];
      uint32_t left = intset_at_most(&v->stairs, at);
      if (left != INTSET_NONE && low[left] <= z) continue;
      for (uint32_t right = intset_above(&v->stairs, at); right != INTSET_NONE && low[right] >= z;
           right = intset_above(&v->stairs, at))
        intset_remove(&v->stairs, right);
      low[at] = z;
      if (left != at) intset_add(&v->stairs, at);
    }
    uint32_t left = intset_at_most(&v->stairs, across[b[j]]);
    if (left != INTSET_NONE && low[left] <= down[b[j]]) v->dropped[b[j]] = 1;
  }
  while (i-- > 0) /* members are among the a taken so far */
    intset_remove(&v->stairs, across[a[i]]);
}

/* A rank to split objective `last` at: members <= it go low, others high; neither side of a and b together is empty.
 * False when all are equal. */
static int split_at(const divide *v, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, int last,
                    uint32_t *split)
{
  const uint32_t *rank = v->rank[last];
  uint32_t least = UINT32_MAX, most = 0, some[MEDIAN_OF] = {0};
  for (size_t i = 0; i < na; i++) {
    least = rank[a[i]] < least ? rank[a[i]] : least;
    most = rank[a[i]] > most ? rank[a[i]] : most;
  }
  for (size_t i = 0; i < nb; i++) {
    least = rank[b[i]] < least ? rank[b[i]] : least;
    most = rank[b[i]] > most ? rank[b[i]] : most;
  }
  if (least == most) return 0;
  for (size_t k = 0; k < MEDIAN_OF; k++) {
    size_t at = (na + nb) * k / MEDIAN_OF;
    uint32_t x = rank[at < na ? a[at] : b[at - na]];
    size_t j = k;
    for (; j > 0 && some[j - 1] > x; j--)
      some[j] = some[j - 1];
    some[j] = x;
  }
  *split = some[MEDIAN_OF / 2] < most ? some[MEDIAN_OF / 2] : most - 1;
  return 1;
}

/* Copy list to out: members with rank <= split first (count returned), then the others; order kept, dropped left out.
 */
static size_t part(const divide *v, uint32_t *out, size_t *high_count, const uint32_t *list, size_t n, int last,
                   uint32_t split)
{
  size_t low = 0, high = 0;
  for (size_t i = 0; i < n; i++)
    if (!v->dropped[list[i]] && v->rank[last][list[i]] <= split) out[low++] = list[i];
  for (size_t i = 0; i < n; i++)
    if (!v->dropped[list[i]] && v->rank[last][list[i]] > split) out[low + high++] = list[i];
  *high_count = high;
  return low;
}

/* Mark every b that some a is no larger than in objectives 1..last.  Both lists are in order of objective 1. */
static qy_status drop(divide *v, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, int last)
{
  uint32_t split = 0;
  while (na > 0 && nb > 0 && last > 3 && na * nb > PAIRS_FEW && !split_at(v, a, na, b, nb, last, &split))
    last--;
  if (na == 0 || nb == 0) return QY_OK;
  if (na * nb <= PAIRS_FEW) {
    drop_pairs(v, a, na, b, nb, last);
    return QY_OK;
  }
  if (last <= 3) {
    drop_sweep(v, a, na, b, nb);
    return QY_OK;
  }
  uint32_t *parts = malloc((na + nb) * sizeof *parts);
  if (!parts) return QY_NO_MEMORY;
  uint32_t *pb = parts + na;
  size_t a_high, b_high;
  size_t a_low = part(v, parts, &a_high, a, na, last, split);
  size_t b_low = part(v, pb, &b_high, b, nb, last, split);
  /* a low dominates b high whenever it does in the objectives below: first, since it drops most for later steps. */
  qy_status status = drop(v, parts, a_low, pb + b_low, b_high, last - 1);
  if (status == QY_OK) status = drop(v, parts, a_low, pb, b_low, last);
  if (status == QY_OK) status = drop(v, parts + a_low, a_high, pb + b_low, b_high, last);
  free(parts);
  return status;
}

/* Merge two lists in order of objective 1, leaving out what was dropped from b. */
static size_t merge(const divide *v, uint32_t *out, const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
  const uint32_t *rank = v->rank[1];
  size_t i = 0, j = 0, n = 0;
  while (i < na || j < nb) {
    if (j < nb && v->dropped[b[j]])
      j++;
    else if (i < na && (j == nb || rank[a[i]] <= rank[b[j]]))
      out[n++] = a[i++];
    else
      out[n++] = b[j++];
  }
  return n;
}

/* Front of unique points [first, first + n), in order of objective 1, into list[0..); spare holds n. */
static qy_status front(divide *v, uint32_t first, size_t n, uint32_t *list, uint32_t *spare, size_t *count)
{
  if (n <= LEAF) {
    size_t kept = 0;
    for (uint32_t u = first; u < first + n; u++) {
      int alive = 1;
      for (size_t i = 0; i < kept && alive; i++)
        alive = !no_larger(v, list[i], u, v->objectives - 1);
      if (alive)
        list[kept++] = u;
      else
        v->dropped[u] = 1;
    }
    for (size_t i = 1; i < kept; i++) {
      uint32_t u = list[i];
      size_t j = i;
      for (; j > 0 && v->rank[1][list[j - 1]] > v->rank[1][u]; j--)
        list[j] = list[j - 1];
      list[j] = u;
    }
    *count = kept;
    return QY_OK;
  }
  size_t half = n / 2, na = 0, nb = 0;
  qy_status status = front(v, first, half, list, spare, &na);
  if (status == QY_OK) status = front(v, first + (uint32_t)half, n - half, list + half, spare + half, &nb);
  if (status == QY_OK) status = drop(v, list, na, list + half, nb, v->objectives - 1);
  if (status != QY_OK) return status;
  *count = merge(v, spare, list, na, list + half, nb);
  memcpy(list, spare, *count * sizeof *list);
  return QY_OK;
}

static uint64_t pair_key(uint32_t *const *rank, int d, int objectives, uint32_t i)
{
  return (uint64_t)rank[d][i] << 32 | (d + 1 < objectives ? rank[d + 1][i] : 0);
}

/* Lexicographic order by ranks: stable sorts by pairs of objectives, from the last pair to the first. */
static order_item *lexicographic(uint32_t *const *rank, int objectives, size_t n, order_item *items, order_item *spare)
{
  for (size_t i = 0; i < n; i++)
    items[i].at = (uint32_t)i;
  for (int d = (objectives - 1) & ~1; d >= 0; d -= 2) {
    for (size_t i = 0; i < n; i++)
      items[i].key = pair_key(rank, d, objectives, items[i].at);
    order_item *sorted = order_sort(items, spare, n);
    spare = sorted == items ? spare : items;
    items = sorted;
  }
  return items;
}

qy_status exact_divide(uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  qy_status status = QY_NO_MEMORY;
  divide v = {.objectives = objectives};
  uint32_t *rank[QY_OBJECTIVES_MAX] = {NULL};
  uint32_t *unique = NULL, *list = NULL, *spare_list = NULL;
  order_item *items = malloc(n * sizeof *items);
  order_item *spare = malloc(n * sizeof *spare);
  if (!items || !spare) goto cleanup;
  size_t across = 1;
  for (int d = 0; d < objectives; d++) {
    rank[d] = malloc(n * sizeof *rank[d]);
    v.rank[d] = malloc(n * sizeof *v.rank[d]);
    if (!rank[d] || !v.rank[d]) goto cleanup;
    size_t ranks = order_rank(rank[d], columns[d], n, items, spare);
    if (d == 2) across = ranks;
  }
  order_item *sorted = lexicographic(rank, objectives, n, items, spare);

  unique = malloc(n * sizeof *unique);
  if (!unique) goto cleanup;
  uint32_t count = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t at = sorted[i].at;
    int same = i > 0;
    for (int d = 0; d < objectives && same; d++)
      same = v.rank[d][count - 1] == rank[d][at];
    if (!same) {
      for (int d = 0; d < objectives; d++)
        v.rank[d][count] = rank[d][at];
      count++;
    }
    unique[at] = count - 1;
  }

  list = malloc(n * sizeof *list);
  spare_list = malloc(n * sizeof *spare_list);
  v.dropped = qy_alloc(count, 1);
  v.stair_low = malloc(across * sizeof *v.stair_low);
  if (!list || !spare_list || !v.dropped || !v.stair_low || intset_init(&v.stairs, across)) goto cleanup;
  size_t kept;
  status = front(&v, 0, count, list, spare_list, &kept);
  if (status != QY_OK) goto cleanup;
  for (size_t i = 0; i < n; i++)
    keep[i] = !v.dropped[unique[i]];
cleanup:
  intset_free(&v.stairs);
  free(v.stair_low);
  free(v.dropped);
  free(spare_list);
  free(list);
  free(unique);
  for (int d = 0; d < objectives; d++) {
    free(v.rank[d]);
    free(rank[d]);
  }
  free(spare);
  free(items);
  return status;
}
