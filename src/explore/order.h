/* Sorting and ranking of doubles for the front algorithms: a stable radix sort of (key, index) pairs.
 *
 * A double maps to a 64-bit key that compares like the number (-0 equals +0).  NaN has no place in the order and is the
 * caller's to refuse.
 * Method: least-significant-digit radix sort, 3 passes of 11 bits on the leading bits of the range in use, then a
 * stable repair of runs that agree in those bits.  O(n); sorted input is recognised.
 */
#ifndef QUARRY_EXPLORE_ORDER_H
#define QUARRY_EXPLORE_ORDER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct order_item {
  uint64_t key;
  uint32_t at; /* whatever the caller sorts */
} order_item;

static inline uint64_t order_key(double x)
{
  uint64_t bits;
  x += 0.0; /* -0 becomes +0 */
  memcpy(&bits, &x, sizeof bits);
  return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

/* Sort items[0..n) by key, stable; spare[0..n) is scratch.  Returns whichever of the two holds the result. */
order_item *order_sort(order_item *items, order_item *spare, size_t n);

/* rank[i] = number of distinct values below values[i]; returns the number of distinct values.  items and spare: n each.
 */
size_t order_rank(uint32_t *rank, const double *values, size_t n, order_item *items, order_item *spare);

#endif
