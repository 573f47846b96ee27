/* Radix sort and dense ranks (order.h). */
#include "order.h"

#include <assert.h>
#include <float.h>

enum { DIGIT_BITS = 11, BUCKETS = 1 << DIGIT_BITS, PASSES = 3, LEAD_BITS = DIGIT_BITS * PASSES };
enum { INSERT_MAX = 24, MERGE_MAX = 1500 }; /* below these sizes the simpler sort is faster */

static void insertion_sort(order_item *a, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    order_item x = a[i];
    size_t j = i;
    for (; j > 0 && a[j - 1].key > x.key; j--)
      a[j] = a[j - 1];
    a[j] = x;
  }
}

/* Stable merge sort in place of a, t is scratch. */
static void merge_sort(order_item *a, order_item *t, size_t n)
{
  if (n <= INSERT_MAX) {
    insertion_sort(a, n);
    return;
  }
  size_t half = n / 2;
  merge_sort(a, t, half);
  merge_sort(a + half, t, n - half);
  memcpy(t, a, half * sizeof *a);
  size_t i = 0, j = half, k = 0;
  while (i < half && j < n)
    a[k++] = a[j].key < t[i].key ? a[j++] : t[i++];
  memcpy(a + k, t + i, (half - i) * sizeof *a);
}

/* Sort runs whose keys agree above `shift` and differ below. */
static void repair(order_item *a, order_item *spare, size_t n, uint64_t low, int shift)
{
  for (size_t i = 0; i < n;) {
    size_t j = i + 1;
    uint64_t lead = (a[i].key - low) >> shift;
    while (j < n && (a[j].key - low) >> shift == lead)
      j++;
    if (j - i > 1) {
      order_item *sorted = order_sort(a + i, spare + i, j - i);
      if (sorted != a + i) memcpy(a + i, sorted, (j - i) * sizeof *a);
    }
    i = j;
  }
}

order_item *order_sort(order_item *a, order_item *spare, size_t n)
{
  assert(n == 0 || (a && spare));
  if (n < MERGE_MAX) {
    merge_sort(a, spare, n);
    return a;
  }
  uint64_t low = a[0].key, high = low;
  size_t falls = 0;
  for (size_t i = 1; i < n; i++) {
    uint64_t key = a[i].key;
    falls += key < a[i - 1].key;
    low = key < low ? key : low;
    high = key > high ? key : high;
  }
  if (falls == 0) return a;

  int bits = 64 - __builtin_clzll(high - low);
  int shift = bits > LEAD_BITS ? bits - LEAD_BITS : 0;
  uint32_t start[PASSES][BUCKETS] = {0};
  for (size_t i = 0; i < n; i++) {
    uint64_t lead = (a[i].key - low) >> shift;
    for (int p = 0; p < PASSES; p++)
      start[p][lead >> (p * DIGIT_BITS) & (BUCKETS - 1)]++;
  }
  for (int p = 0; p < PASSES; p++) {
    uint32_t sum = 0, largest = 0;
    for (int b = 0; b < BUCKETS; b++) {
      uint32_t here = start[p][b];
      largest = here > largest ? here : largest;
      start[p][b] = sum;
      sum += here;
    }
    if (largest == n) continue; /* all agree in this digit */
    int digit = shift + p * DIGIT_BITS;
    for (size_t i = 0; i < n; i++)
      spare[start[p][(a[i].key - low) >> digit & (BUCKETS - 1)]++] = a[i];
    order_item *swap = a;
    a = spare;
    spare = swap;
  }
  if (shift > 0) repair(a, spare, n, low, shift);
  return a;
}

int order_found(const double *values, size_t n)
{
  size_t i = 1, j = 1;
  while (i < n && values[i - 1] <= values[i])
    i++;
  if (i >= n) return 1;
  while (j < n && values[j - 1] >= values[j])
    j++;
  return j >= n ? -1 : 0;
}

enum { HALF_BITS = 8, HALF = 1 << HALF_BITS, CUTS_INSERTED = 40, RUN_MAX = 16 };

/* By the upper 16 bits. */
static uint32_t *sort_cuts(uint32_t *item, uint32_t *spare, size_t n)
{
  uint32_t start[2][HALF] = {{0}};
  for (size_t i = 0; i < n; i++) {
    start[0][item[i] >> 16 & (HALF - 1)]++;
    start[1][item[i] >> 24]++;
  }
  for (int p = 0; p < 2; p++) {
    uint32_t sum = 0;
    for (int b = 0; b < HALF; b++) {
      const uint32_t here = start[p][b];
      start[p][b] = sum;
      sum += here;
    }
    for (size_t i = 0; i < n; i++)
      spare[start[p][item[i] >> (16 + HALF_BITS * p) & (HALF - 1)]++] = item[i];
    uint32_t *swap = item;
    item = spare;
    spare = swap;
  }
  return item;
}

uint32_t *order_cuts(uint32_t *item, uint32_t *spare, const double *values, size_t n)
{
  assert(item && spare && values && n > 0 && n <= ORDER_CUTS);
  double least = values[0], most = values[0];
  for (size_t i = 1; i < n; i++) {
    least = values[i] < least ? values[i] : least;
    most = values[i] > most ? values[i] : most;
  }
  double steps = most > least ? (ORDER_CUTS - 1) / (most - least) : 0;
  if (!(steps <= DBL_MAX)) steps = 0; /* a range of almost nothing */
  for (size_t i = 0; i < n; i++)
    item[i] = (uint32_t)((values[i] - least) * steps) << 16 | (uint32_t)i;
  if (n > CUTS_INSERTED) return sort_cuts(item, spare, n);
  for (size_t i = 1; i < n; i++) {
    const uint32_t x = item[i];
    size_t j = i;
    for (; j > 0 && item[j - 1] > x; j--)
      item[j] = item[j - 1];
    item[j] = x;
  }
  return item;
}

uint32_t *order_few(uint32_t *item, uint32_t *spare, const double *values, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!(values[i] >= -DBL_MAX / 2 && values[i] <= DBL_MAX / 2)) return NULL;
  uint32_t *sorted = order_cuts(item, spare, values, n);
  for (size_t i = 0; i + RUN_MAX < n; i += RUN_MAX / 2)
    if (sorted[i] >> 16 == sorted[i + RUN_MAX] >> 16) return NULL;
  for (size_t i = 1; i < n; i++) {
    const uint32_t x = sorted[i];
    const double value = values[x & 0xffff];
    size_t j = i;
    for (; j > 0 && sorted[j - 1] >> 16 == x >> 16 && values[sorted[j - 1] & 0xffff] > value; j--)
      sorted[j] = sorted[j - 1];
    sorted[j] = x;
  }
  return sorted;
}

static size_t rank_few(uint32_t *rank, const double *values, const uint32_t *sorted, size_t n)
{
  uint32_t r = 0;
  double before = values[sorted[0] & 0xffff];
  for (size_t i = 0; i < n; i++) {
    const double here = values[sorted[i] & 0xffff];
    r += here != before;
    before = here;
    rank[sorted[i] & 0xffff] = r;
  }
  return (size_t)r + 1;
}

size_t order_rank(uint32_t *rank, const double *values, size_t n, order_item *items, order_item *spare)
{
  assert(n == 0 || (rank && values && items && spare));
  if (n == 0) return 0;
  if (n <= ORDER_CUTS) {
    const uint32_t *few = order_few((uint32_t *)items, (uint32_t *)spare, values, n);
    if (few) return rank_few(rank, values, few, n);
  }
  for (size_t i = 0; i < n; i++)
    items[i] = (order_item){order_key(values[i]), (uint32_t)i};
  const order_item *sorted = order_sort(items, spare, n);
  uint32_t r = 0;
  rank[sorted[0].at] = 0;
  for (size_t i = 1; i < n; i++) {
    r += sorted[i].key != sorted[i - 1].key;
    rank[sorted[i].at] = r;
  }
  return (size_t)r + 1;
}
