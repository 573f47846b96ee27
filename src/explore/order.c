/* Radix sort and dense ranks (order.h). */
#include "order.h"

#include <assert.h>

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

size_t order_rank(uint32_t *rank, const double *values, size_t n, order_item *items, order_item *spare)
{
  assert(n == 0 || (rank && values && items && spare));
  if (n == 0) return 0;
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
