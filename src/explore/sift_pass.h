/* The body of the pivot pass, included by sift.c once per version of lanes.h with PASS_NAME, PASS_TARGET, PASS_LANES,
 * PASS_VECTOR, PASS_MASK and PASS_BITS set.
 */
/* Set out to -1 in the lanes of points that a pivot of [first, last) dominates. */
PASS_INLINE void PASS_NAME(test)(PASS_MASK *out, const PASS_VECTOR *x, int objectives, const sift_pivots *pivots,
                                 int first, int last)
{
  for (int p = first; p < last; p++) {
    PASS_MASK no_smaller = x[0] >= pivots->at[p][0], larger = x[0] > pivots->at[p][0];
    PASS_UNROLL
    for (int d = 1; d < objectives; d++) {
      no_smaller &= x[d] >= pivots->at[p][d];
      larger |= x[d] > pivots->at[p][d];
    }
    *out |= no_smaller & larger;
  }
}

/* The same of pivots that are less in the first objective: half the comparisons, and nearly all of what is dropped. */
PASS_INLINE void PASS_NAME(test_less)(PASS_MASK *out, const PASS_VECTOR *x, int objectives, const sift_pivots *pivots,
                                      int first, int last)
{
  for (int p = first; p < last; p++) {
    PASS_MASK beaten = x[0] > pivots->at[p][0];
    PASS_UNROLL
    for (int d = 1; d < objectives; d++)
      beaten &= x[d] >= pivots->at[p][d];
    *out |= beaten;
  }
}

/* Lanes that some pivot equals in the first objective. */
PASS_INLINE unsigned PASS_NAME(ties)(const PASS_VECTOR *x, const sift_pivots *pivots)
{
  PASS_MASK tie = {0};
  for (int p = 0; p < pivots->count; p++)
    tie |= x[0] == pivots->at[p][0];
  return PASS_BITS(tie);
}

PASS_INLINE size_t PASS_NAME(pass_of)(uint32_t *kept, const double *const *columns, int objectives, size_t n,
                                      const sift_pivots *pivots)
{
  const unsigned all = (1U << PASS_LANES) - 1;
  const int first = objectives > 4 ? GROUP : 1 << (objectives - 1);
  size_t count = 0, i = 0;
  for (; i + PASS_LANES <= n; i += PASS_LANES) {
    PASS_VECTOR x[QY_OBJECTIVES_MAX];
    PASS_MASK out = {0};
    unsigned dropped = 0;
    PASS_UNROLL
    for (int d = 0; d < objectives; d++) {
      memcpy(&x[d], columns[d] + i, sizeof x[d]);
      __builtin_prefetch(columns[d] + i + AHEAD);
    }
    /* The best pivots come first; asking whether they dropped all lanes costs as much as testing some more. */
    for (int p = 0, last = first; p < pivots->count && dropped != all; p = last, last += GROUP) {
      PASS_NAME(test_less)(&out, x, objectives, pivots, p, pivots->count < last ? pivots->count : last);
      dropped = PASS_BITS(out);
    }
    if (dropped != all && (PASS_NAME(ties)(x, pivots) & ~dropped)) {
      PASS_NAME(test)(&out, x, objectives, pivots, 0, pivots->count);
      dropped = PASS_BITS(out);
    }
    for (unsigned left = ~dropped & all; left; left &= left - 1)
      kept[count++] = (uint32_t)(i + (size_t)__builtin_ctz(left));
  }
  for (; i < n; i++)
    if (!dominated(columns, objectives, i, pivots)) kept[count++] = (uint32_t)i;
  return count;
}

/* Bit i % 64 of bits[i / 64]: whether the pivot dominates point i.  n is a multiple of 64. */
PASS_INLINE void PASS_NAME(mark_of)(uint64_t *bits, const double *const *columns, int objectives, size_t n,
                                    const sift_pivots *pivot)
{
  for (size_t i = 0; i < n; i += 64) {
    uint64_t word = 0;
    for (size_t k = 0; k < 64; k += PASS_LANES) {
      PASS_VECTOR x[QY_OBJECTIVES_MAX] = {{0}};
      PASS_MASK out = {0};
      PASS_UNROLL
      for (int d = 0; d < objectives; d++)
        memcpy(&x[d], columns[d] + i + k, sizeof x[d]);
      PASS_NAME(test)(&out, x, objectives, pivot, 0, 1);
      word |= (uint64_t)PASS_BITS(out) << k;
    }
    bits[i / 64] = word;
  }
}

static PASS_TARGET void PASS_NAME(mark)(uint64_t *bits, const double *const *columns, int objectives, size_t n,
                                        const sift_pivots *pivot)
{
  switch (objectives) {
  case 2: PASS_NAME(mark_of)(bits, columns, 2, n, pivot); break;
  case 3: PASS_NAME(mark_of)(bits, columns, 3, n, pivot); break;
  case 4: PASS_NAME(mark_of)(bits, columns, 4, n, pivot); break;
  case 5: PASS_NAME(mark_of)(bits, columns, 5, n, pivot); break;
  case 6: PASS_NAME(mark_of)(bits, columns, 6, n, pivot); break;
  default: PASS_NAME(mark_of)(bits, columns, objectives, n, pivot); break;
  }
}

/* With a constant number of objectives the inner loops unroll and the points stay in registers. */
static PASS_TARGET size_t PASS_NAME(pass)(uint32_t *kept, const double *const *columns, int objectives, size_t n,
                                          const sift_pivots *pivots)
{
  switch (objectives) {
  case 2: return PASS_NAME(pass_of)(kept, columns, 2, n, pivots);
  case 3: return PASS_NAME(pass_of)(kept, columns, 3, n, pivots);
  case 4: return PASS_NAME(pass_of)(kept, columns, 4, n, pivots);
  case 5: return PASS_NAME(pass_of)(kept, columns, 5, n, pivots);
  case 6: return PASS_NAME(pass_of)(kept, columns, 6, n, pivots);
  default: return PASS_NAME(pass_of)(kept, columns, objectives, n, pivots);
  }
}

#undef PASS_NAME
#undef PASS_LANES
#undef PASS_VECTOR
#undef PASS_MASK
#undef PASS_TARGET
#undef PASS_BITS
