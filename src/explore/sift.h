/* One streaming pass that leaves out every point dominated by one of a few pivots. */
#ifndef QUARRY_EXPLORE_SIFT_H
#define QUARRY_EXPLORE_SIFT_H

#include "quarry/pareto.h"

#include <stddef.h>
#include <stdint.h>

enum { SIFT_PIVOTS_MAX = 64 };

typedef struct sift_pivots {
  int count; /* [0..SIFT_PIVOTS_MAX] */
  double at[SIFT_PIVOTS_MAX][QY_OBJECTIVES_MAX];
} sift_pivots;

/* Write to kept[] the indices of the points no pivot dominates, rising, and return how many; kept holds n.  A point
 * with a NaN is always kept. */
size_t sift(uint32_t *kept, const double *const *columns, int objectives, size_t n, const sift_pivots *pivots);

/* Bit i % 64 of bits[i / 64]: whether the first pivot dominates point i.  n is a multiple of 64. */
void sift_mark(uint64_t *bits, const double *const *columns, int objectives, size_t n, const sift_pivots *pivot);

/* The same by one instruction set: 0 is the plain one, and sift_versions() - 1 the widest this processor has, which
 * sift() takes.  All give the same result. */
int sift_versions(void);
size_t sift_by(int version, uint32_t *kept, const double *const *columns, int objectives, size_t n,
               const sift_pivots *pivots);
void sift_mark_by(int version, uint64_t *bits, const double *const *columns, int objectives, size_t n,
                  const sift_pivots *pivot);

#endif
