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
#include "lanes.h"
#include "order.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Up to LEAF points, and up to so many pairs with 3 objectives, are compared directly; with each further objective the
 * other way takes about 4 times as long. */
enum { LEAF = 256, PAIRS_FEW = 1 << 17, BLOCK = 16, OWN_PASS = 7, MEDIAN_OF = 31 };

/* Members for comparing several at a time: see divide_pass.h. */
typedef struct packed {
  int32_t *member;
  size_t blocks;
} packed;

static inline int32_t moved(uint32_t rank)
{
  return (int32_t)(rank ^ 0x80000000u);
}

#define PASS_NAME(f) f##_plain
#define PASS_TARGET
#define PASS_LANES  4
#define PASS_VECTOR ranks_4
#define PASS_BITS   RANKS_BITS_4
#include "divide_pass.h"

#ifdef LANES_X86
#define PASS_NAME(f) f##_avx2
#define PASS_TARGET  LANES_AVX2
#define PASS_LANES   8
#define PASS_VECTOR  ranks_8
#define PASS_BITS    RANKS_BITS_8
#include "divide_pass.h"

#define PASS_NAME(f) f##_avx512
#define PASS_TARGET  LANES_AVX512
#define PASS_LANES   16
#define PASS_VECTOR  ranks_16
#define PASS_BITS    RANKS_BITS_16
#include "divide_pass.h"
#endif

typedef struct passes {
  void (*pairs)(const packed *a, uint32_t *const *rank, int ranks, const uint32_t *b, size_t nb, uint8_t *dropped);
  size_t (*leaf)(packed *kept, uint32_t *const *rank, int ranks, uint32_t first, size_t n, uint8_t *dropped,
                 uint32_t *list);
} passes;

static const passes versions[] = {
    {pairs_plain, leaf_plain},
#ifdef LANES_X86
    {pairs_avx2, leaf_avx2},
    {pairs_avx512, leaf_avx512},
#endif
};

typedef struct divide {
  int objectives;
  uint32_t *rank[QY_OBJECTIVES_MAX]; /* [d][u]: rank of unique point u in objective d */
  uint8_t *dropped;                  /* [u] */
  intset stairs;                     /* ranks of objective 2; empty between sweeps */
  uint32_t *stair_low;               /* [rank of objective 2]: rank of objective 3, where a member */
  const passes *pass;
  packed some;               /* room for all points */
  order_item *items, *spare; /* LEAF each, at least */
} divide;

/* Objectives 1..last are compared, so the ranks are those from 1 on. */
static void drop_pairs(divide *v, const uint32_t *a, size_t na, const uint32_t *b, size_t nb, int last)
{
  const size_t ranks = (size_t)(last > OWN_PASS ? QY_OBJECTIVES_MAX - 1 : last);
  v->some.blocks = (na + BLOCK - 1) / BLOCK;
  for (size_t i = 0; i < v->some.blocks * BLOCK; i++) {
    int32_t *member = v->some.member + i / BLOCK * BLOCK * ranks + i % BLOCK;
    for (size_t d = 0; d < ranks; d++)
      member[d * BLOCK] = i >= na ? INT32_MAX : d < (size_t)last ? moved(v->rank[d + 1][a[i]]) : 0;
  }
  v->pass->pairs(&v->some, v->rank + 1, last, b, nb, v->dropped);
}

static bool few_pairs(size_t na, size_t nb, int last)
{
  const int doublings = last > 3 ? 2 * (last - 3) : 0;
  return na * nb <= (size_t)PAIRS_FEW << (doublings > 12 ? 12 : doublings);
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
  while (na > 0 && nb > 0 && last > 3 && !few_pairs(na, nb, last) && !split_at(v, a, na, b, nb, last, &split))
    last--;
  if (na == 0 || nb == 0) return QY_OK;
  if (few_pairs(na, nb, last)) {
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
    const size_t kept = v->pass->leaf(&v->some, v->rank + 1, v->objectives - 1, first, n, v->dropped, list);
    for (size_t i = 0; i < kept; i++)
      v->items[i] = (order_item){v->rank[1][list[i]], list[i]};
    const order_item *sorted = order_sort(v->items, v->spare, kept);
    for (size_t i = 0; i < kept; i++)
      list[i] = sorted[i].at;
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

/* Lexicographic order by ranks: stable sorts by pairs of objectives, from the last pair to the first.  first: number of
 * ranks in objective 0. */
static order_item *lexicographic(uint32_t *const *rank, int objectives, size_t first, size_t n, order_item *items,
                                 order_item *spare)
{
  if (first == n) { /* no ties there */
    for (size_t i = 0; i < n; i++)
      items[rank[0][i]].at = (uint32_t)i;
    return items;
  }
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

qy_status exact_divide_by(int version, uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  assert(keep && columns && objectives >= 4 && objectives <= QY_OBJECTIVES_MAX && n > 0);
  qy_status status = QY_NO_MEMORY;
  divide v = {.objectives = objectives, .pass = versions + version};
  uint32_t *rank[QY_OBJECTIVES_MAX] = {NULL};
  uint32_t *unique = NULL, *list = NULL, *spare_list = NULL;
  order_item *items = malloc(n * sizeof *items);
  order_item *spare = malloc(n * sizeof *spare);
  if (!items || !spare) goto cleanup;
  size_t across = 1, first = 1;
  for (int d = 0; d < objectives; d++) {
    rank[d] = malloc(n * sizeof *rank[d]);
    v.rank[d] = malloc(n * sizeof *v.rank[d]);
    if (!rank[d] || !v.rank[d]) goto cleanup;
    size_t ranks = order_rank(rank[d], columns[d], n, items, spare);
    if (d == 0) first = ranks;
    if (d == 2) across = ranks;
  }
  order_item *sorted = lexicographic(rank, objectives, first, n, items, spare);

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
  v.items = items;
  v.spare = spare;
  v.some.member = malloc((n + BLOCK) * (size_t)(objectives - 1 > OWN_PASS ? QY_OBJECTIVES_MAX - 1 : objectives - 1) *
                         sizeof *v.some.member);
  v.stair_low = malloc(across * sizeof *v.stair_low);
  if (!list || !spare_list || !v.dropped || !v.some.member || !v.stair_low || intset_init(&v.stairs, across))
    goto cleanup;
  size_t kept;
  status = front(&v, 0, count, list, spare_list, &kept);
  if (status != QY_OK) goto cleanup;
  for (size_t i = 0; i < n; i++)
    keep[i] = !v.dropped[unique[i]];
cleanup:
  intset_free(&v.stairs);
  free(v.some.member);
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

qy_status exact_divide(uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  return exact_divide_by(lanes_versions() - 1, keep, columns, objectives, n);
}
