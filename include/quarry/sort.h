/* Comparisons for qsort and bsearch.
 *
 * Ownership: nothing is allocated or kept.
 */
#ifndef QUARRY_SORT_H
#define QUARRY_SORT_H

#include <stdint.h>

/* Two doubles, none of them NaN: rising. */
static inline int qy_by_value(const void *left, const void *right)
{
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Two int64_t: rising. */
static inline int qy_by_integer(const void *left, const void *right)
{
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

#endif
