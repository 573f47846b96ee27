/* The body of the pivot pass, included by sift.c once per instruction set: SIFT_NAME(f) gives each copy its own names
 * and SIFT_TARGET its compiler attribute.  An inline function shared by all copies would not do: the compiler breaks
 * vector operations down to what the default target has before it inlines.
 */
/* One byte per point of the eight at i: -1 where a pivot of [first, last) dominates it or `out` had it so. */
static inline SIFT_TARGET __attribute__((always_inline)) void
SIFT_NAME(test)(mask *out, const lanes *x, int objectives, const sift_pivots *pivots, int first, int last)
{
  for (int p = first; p < last; p++) {
    mask no_smaller = x[0] >= pivots->at[p][0], larger = x[0] > pivots->at[p][0];
    for (int d = 1; d < objectives; d++) {
      no_smaller &= x[d] >= pivots->at[p][d];
      larger |= x[d] > pivots->at[p][d];
    }
    *out |= no_smaller & larger;
  }
}

static inline SIFT_TARGET __attribute__((always_inline)) uint64_t SIFT_NAME(narrow)(const mask *out)
{
  bytes narrow = __builtin_convertvector(*out, bytes);
  uint64_t word;
  memcpy(&word, &narrow, sizeof word);
  return word;
}

static inline SIFT_TARGET __attribute__((always_inline)) size_t
SIFT_NAME(pass_of)(uint32_t *kept, const double *const *columns, int objectives, size_t n, const sift_pivots *pivots)
{
  size_t count = 0, i = 0;
  for (; i + LANES <= n; i += LANES) {
    lanes x[QY_OBJECTIVES_MAX];
    mask out = {0};
    uint64_t word = 0;
    for (int d = 0; d < objectives; d++)
      memcpy(&x[d], columns[d] + i, sizeof x[d]);
    for (int p = 0; p < pivots->count && word != ALL; p += GROUP) { /* the best pivots come first */
      SIFT_NAME(test)(&out, x, objectives, pivots, p, pivots->count < p + GROUP ? pivots->count : p + GROUP);
      word = SIFT_NAME(narrow)(&out);
    }
    if (word == ALL) continue;
    uint8_t dropped[LANES];
    memcpy(dropped, &word, sizeof dropped);
    for (size_t k = 0; k < LANES; k++) {
      kept[count] = (uint32_t)(i + k);
      count += !dropped[k];
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
#undef SIFT_TARGET
