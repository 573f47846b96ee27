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

enum { ORDER_CUTS = 65536 };

/* Cut the range of values[0..n), all finite and less than DBL_MAX apart, into ORDER_CUTS equal steps and order the
 * points by them, stable: the upper 16 bits of an item are its step, the lower ones its index.  n in [1..ORDER_CUTS];
 * item and spare hold n each, and whichever has the result is returned. */
uint32_t *order_cuts(uint32_t *item, uint32_t *spare, const double *values, size_t n);

/* Order points by value[] with order_cuts() and what it leaves undone.  NULL: many values share a step, so that another
 * way is faster, or the range is not finite.  The upper 16 bits of the items mean nothing then. */
uint32_t *order_few(uint32_t *item, uint32_t *spare, const double *values, size_t n);

/* 1: values never fall; -1: they never rise; 0: neither. */
int order_found(const double *values, size_t n);

#endif
