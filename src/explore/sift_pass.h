/* The body of the pivot pass, included by sift.c once per instruction set: SIFT_NAME(f) gives each copy its own names
 * and SIFT_TARGET, SIFT_LANES,
 * SIFT_VECTOR and SIFT_MASK its compiler attribute, width and types.  An inline function shared by all copies would not
 * do: the compiler breaks vector operations down to what the default target has before it inlines.
 */
/* Set out to -1 in the lanes of points that a pivot of [first, last) dominates. */
static inline SIFT_TARGET __attribute__((always_inline)) void
SIFT_NAME(test)(SIFT_MASK *out, const SIFT_VECTOR *x, int objectives, const sift_pivots *pivots, int first, int last)
{
  for (int p = first; p < last; p++) {
    SIFT_MASK no_smaller = x[0] >= pivots->at[p][0], larger = x[0] > pivots->at[p][0];
    for (int d = 1; d < objectives; d++) {
      no_smaller &= x[d] >= pivots->at[p][d];
      larger |= x[d] > pivots->at[p][d];
    }
    *out |= no_smaller & larger;
  }
}

static inline SIFT_TARGET __attribute__((always_inline)) int SIFT_NAME(all)(const SIFT_MASK *out)
{
  int64_t all = -1;
  for (int k = 0; k < SIFT_LANES; k++)
    all &= (*out)[k];
  return all != 0;
}

static inline SIFT_TARGET __attribute__((always_inline)) size_t
SIFT_NAME(pass_of)(uint32_t *kept, const double *const *columns, int objectives, size_t n, const sift_pivots *pivots)
{
  size_t count = 0, i = 0;
  for (; i + SIFT_LANES <= n; i += SIFT_LANES) {
    SIFT_VECTOR x[QY_OBJECTIVES_MAX];
    SIFT_MASK out = {0};
    int all = 0;
    for (int d = 0; d < objectives; d++)
      memcpy(&x[d], columns[d] + i, sizeof x[d]);
    for (int p = 0; p < pivots->count && !all; p += GROUP) { /* the best pivots come first */
      SIFT_NAME(test)(&out, x, objectives, pivots, p, pivots->count < p + GROUP ? pivots->count : p + GROUP);
      all = SIFT_NAME(all)(&out);
    }
    if (all) continue;
    for (size_t k = 0; k < SIFT_LANES; k++) {
      kept[count] = (uint32_t)(i + k);
      count += out[k] == 0;
    }
  }
  for (; i < n; i++)
    if (!dominated(columns, objectives, i, pivots)) kept[count++] = (uint32_t)i;
  return count;
}

/* With a constant number of objectives the inner loops unroll and the points stay in registers. */
static SIFT_TARGET size_t SIFT_NAME(pass)(uint32_t *kept, const double *const *columns, int objectives, size_t n,
                                          const sift_pivots *pivots)
{
  switch (objectives) {
  case 2: return SIFT_NAME(pass_of)(kept, columns, 2, n, pivots);
  case 3: return SIFT_NAME(pass_of)(kept, columns, 3, n, pivots);
  case 4: return SIFT_NAME(pass_of)(kept, columns, 4, n, pivots);
  default: return SIFT_NAME(pass_of)(kept, columns, objectives, n, pivots);
  }
}

#undef SIFT_NAME
#undef SIFT_LANES
#undef SIFT_VECTOR
#undef SIFT_MASK
#undef SIFT_TARGET
