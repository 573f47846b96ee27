/* Comparisons for qsort and bsearch.
 *
 * Ownership: nothing is allocated or kept.
 */
#ifndef QUARRY_SORT_H
#define QUARRY_SORT_H

/* Two doubles, none of them NaN: rising. */
static inline int qy_by_value(const void *left, const void *right)
{
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

#endif
