/* The bodies of divide.c, included once per version of lanes.h with PASS_NAME, PASS_TARGET, PASS_LANES, PASS_VECTOR and
 * PASS_BITS set.  Ranks are moved to where signed comparison orders them.  A block is BLOCK points whatever the lanes:
 * rank k of member m at block[k * BLOCK + m].
 */
PASS_INLINE PASS_VECTOR PASS_NAME(load)(const int32_t *from)
{
  PASS_VECTOR v;
  memcpy(&v, from, sizeof v);
  return v;
}

/* Whether a member of the block is no larger than row in every rank. */
PASS_INLINE bool PASS_NAME(hit)(const int32_t *block, const PASS_VECTOR *row, int ranks)
{
  unsigned bits = 0;
  PASS_UNROLL
  for (int k = 0; k < BLOCK; k += PASS_LANES) {
    PASS_VECTOR m = PASS_NAME(load)(block + k) <= row[0];
    PASS_UNROLL
    for (int d = 1; d < ranks; d++)
      m &= PASS_NAME(load)(block + d * BLOCK + k) <= row[d];
    bits |= PASS_BITS(m);
  }
  return bits != 0;
}

PASS_INLINE void PASS_NAME(row_of)(PASS_VECTOR *row, uint32_t *const *rank, int ranks, int most, uint32_t at)
{
  const PASS_VECTOR zero = {0};
  PASS_UNROLL
  for (int d = 0; d < ranks; d++)
    row[d] = (ranks <= most || d < most ? moved(rank[d][at]) : 0) + zero;
}

/* most: ranks that there are; `ranks` are filled up with equal ones. */
PASS_INLINE void PASS_NAME(pairs_of)(const packed *a, uint32_t *const *rank, int ranks, int most, const uint32_t *b,
                                     size_t nb, uint8_t *dropped)
{
  const size_t stride = BLOCK * (size_t)ranks;
  for (size_t j = 0; j < nb; j++) {
    PASS_VECTOR row[QY_OBJECTIVES_MAX - 1];
    if (dropped[b[j]]) continue;
    PASS_NAME(row_of)(row, rank, ranks, most, b[j]);
    const int32_t limit = moved(rank[0][b[j]]);
    for (const int32_t *block = a->member, *end = block + a->blocks * stride; block < end && *block <= limit;
         block += stride)
      if (PASS_NAME(hit)(block, row, ranks)) {
        dropped[b[j]] = 1;
        break;
      }
  }
}

static PASS_TARGET void PASS_NAME(pairs)(const packed *a, uint32_t *const *rank, int ranks, const uint32_t *b,
                                         size_t nb, uint8_t *dropped)
{
  switch (ranks) { /* with a constant number of them the inner loops unroll and a row stays in registers */
  case 1: PASS_NAME(pairs_of)(a, rank, 1, 1, b, nb, dropped); break;
  case 2: PASS_NAME(pairs_of)(a, rank, 2, 2, b, nb, dropped); break;
  case 3: PASS_NAME(pairs_of)(a, rank, 3, 3, b, nb, dropped); break;
  case 4: PASS_NAME(pairs_of)(a, rank, 4, 4, b, nb, dropped); break;
  case 5: PASS_NAME(pairs_of)(a, rank, 5, 5, b, nb, dropped); break;
  case 6: PASS_NAME(pairs_of)(a, rank, 6, 6, b, nb, dropped); break;
  case 7: PASS_NAME(pairs_of)(a, rank, 7, 7, b, nb, dropped); break;
  default: PASS_NAME(pairs_of)(a, rank, QY_OBJECTIVES_MAX - 1, ranks, b, nb, dropped); break;
  }
}

/* Points [first, first + n), none dominated by a later one: the front into list, in this order; returns how many. */
PASS_INLINE size_t PASS_NAME(leaf_of)(packed *kept, uint32_t *const *rank, int ranks, int most, uint32_t first,
                                      size_t n, uint8_t *dropped, uint32_t *list)
{
  const size_t stride = BLOCK * (size_t)ranks;
  size_t count = 0;
  for (uint32_t u = first; u < first + n; u++) {
    PASS_VECTOR row[QY_OBJECTIVES_MAX - 1];
    PASS_NAME(row_of)(row, rank, ranks, most, u);
    const int32_t *block = kept->member, *end = block + (count + BLOCK - 1) / BLOCK * stride;
    while (block < end && !PASS_NAME(hit)(block, row, ranks))
      block += stride;
    dropped[u] = block < end;
    if (dropped[u]) continue;
    int32_t *member = kept->member + count / BLOCK * stride + count % BLOCK;
    if (count % BLOCK == 0)
      for (size_t k = 0; k < stride; k++)
        member[k] = INT32_MAX; /* no rank is as large */
    PASS_UNROLL
    for (int d = 0; d < ranks; d++)
      member[d * BLOCK] = row[d][0];
    list[count++] = u;
  }
  return count;
}

static PASS_TARGET size_t PASS_NAME(leaf)(packed *kept, uint32_t *const *rank, int ranks, uint32_t first, size_t n,
                                          uint8_t *dropped, uint32_t *list)
{
  switch (ranks) {
  case 3: return PASS_NAME(leaf_of)(kept, rank, 3, 3, first, n, dropped, list);
  case 4: return PASS_NAME(leaf_of)(kept, rank, 4, 4, first, n, dropped, list);
  case 5: return PASS_NAME(leaf_of)(kept, rank, 5, 5, first, n, dropped, list);
  case 6: return PASS_NAME(leaf_of)(kept, rank, 6, 6, first, n, dropped, list);
  case 7: return PASS_NAME(leaf_of)(kept, rank, 7, 7, first, n, dropped, list);
  default: return PASS_NAME(leaf_of)(kept, rank, QY_OBJECTIVES_MAX - 1, ranks, first, n, dropped, list);
  }
}

#undef PASS_NAME
#undef PASS_TARGET
#undef PASS_LANES
#undef PASS_VECTOR
#undef PASS_BITS
