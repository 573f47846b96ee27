/* The bodies of window.c, included once per version of lanes.h with PASS_NAME, PASS_TARGET, PASS_LANES, PASS_VECTOR,
 * PASS_MASK and PASS_BITS set.  A block is 8 points whatever the lanes: objective j of member k at block[j * 8 + k].
 */
PASS_INLINE PASS_VECTOR PASS_NAME(load)(const double *from)
{
  PASS_VECTOR v;
  memcpy(&v, from, sizeof v);
  return v;
}

PASS_INLINE PASS_VECTOR PASS_NAME(where)(PASS_MASK mask, PASS_VECTOR yes, PASS_VECTOR no)
{
  return (PASS_VECTOR)(((PASS_MASK)yes & mask) | ((PASS_MASK)no & ~mask));
}

static PASS_TARGET void PASS_NAME(survey)(survey *s, const double *const *columns, int objectives, size_t n)
{
  unsigned nan = 0;
  for (int d = 0; d < objectives; d++) {
    const double *x = columns[d];
    const PASS_VECTOR zero = {0};
    PASS_VECTOR low = x[0] + zero, high = low, low_2 = low, high_2 = low;
    PASS_MASK odd = {0};
    double least = x[0], most = x[0];
    size_t i = 0;
    for (; i + 2 * PASS_LANES <= n; i += 2 * PASS_LANES) { /* two chains: a minimum waits for the one before */
      const PASS_VECTOR a = PASS_NAME(load)(x + i), b = PASS_NAME(load)(x + i + PASS_LANES);
      low = PASS_NAME(where)(a < low, a, low);
      high = PASS_NAME(where)(a > high, a, high);
      low_2 = PASS_NAME(where)(b < low_2, b, low_2);
      high_2 = PASS_NAME(where)(b > high_2, b, high_2);
      odd |= (a != a) | (b != b);
    }
    for (; i < n; i++) {
      least = x[i] < least ? x[i] : least;
      most = x[i] > most ? x[i] : most;
      nan |= x[i] != x[i];
    }
    for (int k = 0; k < PASS_LANES; k++) {
      least = low[k] < least ? low[k] : least;
      least = low_2[k] < least ? low_2[k] : least;
      most = high[k] > most ? high[k] : most;
      most = high_2[k] > most ? high_2[k] : most;
    }
    nan |= PASS_BITS(odd);
    s->low[d] = least;
    s->high[d] = most;
  }
  s->nan = nan != 0;
}

/* Bit k: member k of the block is no larger than row in any objective. */
PASS_INLINE unsigned PASS_NAME(no_larger)(const double *block, const PASS_VECTOR *row, int objectives)
{
  unsigned bits = 0;
  PASS_UNROLL
  for (int k = 0; k < 8; k += PASS_LANES) {
    PASS_MASK m = PASS_NAME(load)(block + k) <= row[0];
    PASS_UNROLL
    for (int d = 1; d < objectives; d++)
      m &= PASS_NAME(load)(block + d * 8 + k) <= row[d];
    bits |= PASS_BITS(m) << k;
  }
  return bits;
}

/* The same the other way round. */
PASS_INLINE unsigned PASS_NAME(no_smaller)(const double *block, const PASS_VECTOR *row, int objectives)
{
  unsigned bits = 0;
  PASS_UNROLL
  for (int k = 0; k < 8; k += PASS_LANES) {
    PASS_MASK m = PASS_NAME(load)(block + k) >= row[0];
    PASS_UNROLL
    for (int d = 1; d < objectives; d++)
      m &= PASS_NAME(load)(block + d * 8 + k) >= row[d];
    bits |= PASS_BITS(m) << k;
  }
  return bits;
}

/* Mark in gone[] the points that point i dominates. */
PASS_INLINE void PASS_NAME(mark)(uint8_t *gone, const double *values, int objectives, size_t n, size_t i)
{
  const PASS_VECTOR zero = {0};
  const size_t stride = 8 * (size_t)objectives;
  PASS_VECTOR row[QY_OBJECTIVES_MAX];
  PASS_UNROLL
  for (int d = 0; d < objectives; d++)
    row[d] = values[i / 8 * stride + i % 8 + 8 * (size_t)d] + zero;
  for (size_t b = 0; 8 * b < n; b++)
    gone[b] |= (uint8_t)(PASS_NAME(no_smaller)(values + b * stride, row, objectives) &
                         ~PASS_NAME(no_larger)(values + b * stride, row, objectives));
}

/* values[block of 8 points][objective][8], padded with NaN.  False: there is a NaN among the points. */
PASS_INLINE bool PASS_NAME(few_of)(uint8_t *keep, const double *values, int objectives, size_t n)
{
  const PASS_VECTOR zero = {0};
  const size_t stride = 8 * (size_t)objectives;
  const int some = objectives > 4 ? 4 : objectives; /* seldom more are needed to tell */
  uint8_t gone[WINDOW_FEW_POINTS / 8 + 1] = {0};
  bool nan = false;
  int marked = 0;
  for (size_t i = 0; i < n; i++) {
    keep[i] = 0;
    if (gone[i / 8] >> i % 8 & 1) continue;
    PASS_VECTOR row[QY_OBJECTIVES_MAX];
    const double *at = values + i / 8 * stride + i % 8;
    PASS_UNROLL
    for (int d = 0; d < objectives; d++)
      row[d] = at[8 * d] + zero;
    bool stays = true, itself = false;
    for (size_t b = 0; 8 * b < n && stays; b++) {
      unsigned bits = PASS_NAME(no_larger)(values + b * stride, row, some);
      if (some < objectives && (b == i / 8 || bits))
        bits &= PASS_NAME(no_larger)(values + b * stride + 8 * some, row + some, objectives - some);
      if (b == i / 8) {
        itself = bits >> i % 8 & 1; /* a NaN is not no larger than itself */
        bits &= ~(1U << i % 8);
      }
      if (bits) bits &= ~PASS_NAME(no_smaller)(values + b * stride, row, objectives);
      stays = !bits;
      if (!stays && marked++ < MARKERS) /* what dominates one point may dominate many */
        PASS_NAME(mark)(gone, values, objectives, n, 8 * b + (size_t)__builtin_ctz(bits));
    }
    nan |= stays && !itself;
    keep[i] = stays;
  }
  return !nan;
}

static PASS_TARGET bool PASS_NAME(few)(uint8_t *keep, const double *values, int objectives, size_t n)
{
  switch (objectives) { /* with a constant number of them the inner loops unroll and a row stays in registers */
  case 1: return PASS_NAME(few_of)(keep, values, 1, n);
  case 2: return PASS_NAME(few_of)(keep, values, 2, n);
  case 3: return PASS_NAME(few_of)(keep, values, 3, n);
  case 4: return PASS_NAME(few_of)(keep, values, 4, n);
  case 5: return PASS_NAME(few_of)(keep, values, 5, n);
  case 6: return PASS_NAME(few_of)(keep, values, 6, n);
  case 7: return PASS_NAME(few_of)(keep, values, 7, n);
  case 8: return PASS_NAME(few_of)(keep, values, 8, n);
  default: return PASS_NAME(few_of)(keep, values, QY_OBJECTIVES_MAX, n);
  }
}

/* How many of rising value[0..count) are no larger than x. */
PASS_INLINE size_t PASS_NAME(rank)(const double *value, size_t count, double x)
{
  const PASS_VECTOR zero = {0};
  size_t from = 0;
  while (count - from > 64) { /* by halves to where a look at all is as fast */
    const size_t middle = from + (count - from) / 2;
    if (value[middle] > x)
      count = middle;
    else
      from = middle;
  }
  for (; from < count; from += PASS_LANES) {
    const unsigned bits = PASS_BITS(PASS_NAME(load)(value + from) <= x + zero);
    if (bits != (1U << PASS_LANES) - 1) return from + (size_t)__builtin_ctz(~bits);
  }
  return from;
}

/* Move value[from..count) and NaN behind it by one place up. */
PASS_INLINE void PASS_NAME(open)(double *value, size_t from, size_t count)
{
  PASS_VECTOR here = PASS_NAME(load)(value + from);
  for (size_t i = from; i <= count; i += PASS_LANES) {
    const PASS_VECTOR next = PASS_NAME(load)(value + i + PASS_LANES);
    memcpy(value + i + 1, &here, sizeof here);
    here = next;
  }
}

/* Take the place of steps [from, to) in a staircase, or one between its steps.  False: it is full. */
PASS_INLINE bool PASS_NAME(step)(stairs *s, size_t from, size_t to, double y, double z)
{
  if (to == from) {
    if (s->count == s->most) return false;
    PASS_NAME(open)(s->y, from, s->count);
    PASS_NAME(open)(s->z, from, s->count);
    memset(s->y + ++s->count, 0xff, 8 * sizeof *s->y);
  } else if (to > from + 1) {
    memmove(s->y + from + 1, s->y + to, (s->count - to) * sizeof *s->y);
    memmove(s->z + from + 1, s->z + to, (s->count - to) * sizeof *s->z);
    for (size_t left = to - from - 1; left > 0; left--)
      s->y[--s->count] = NAN;
  }
  s->y[from] = y;
  s->z[from] = z;
  return true;
}

static PASS_TARGET bool PASS_NAME(steps)(uint8_t *keep, stairs *s, const double *const *columns, const uint32_t *by_x,
                                         size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const size_t at = by_x[i] & 0xffff, before = by_x[i ? i - 1 : 0] & 0xffff;
    const double y = columns[1][at], z = columns[2][at];
    if (i > 0 && columns[0][at] == columns[0][before] && y == columns[1][before] && z == columns[2][before]) {
      keep[at] = keep[before]; /* of equal points both stay or none */
      continue;
    }
    const size_t below = PASS_NAME(rank)(s->y, s->count, y);
    keep[at] = below == 0 || s->z[below - 1] > z;
    if (!keep[at]) continue;
    size_t to = below;
    while (to < s->count && s->z[to] >= z)
      to++;
    if (!PASS_NAME(step)(s, below > 0 && s->y[below - 1] == y ? below - 1 : below, to, y, z)) return false;
  }
  return true;
}

/* Scaled sums of points [0, n), n a multiple of 8. */
static PASS_TARGET void PASS_NAME(sums)(double *sum, const scaled *s, size_t n)
{
  for (size_t i = 0; i < n; i += PASS_LANES) {
    PASS_VECTOR total = {0};
    for (int d = 0; d < s->count; d++)
      total += (PASS_NAME(load)(s->column[d] + i) - s->low[d]) * s->scale[d];
    memcpy(sum + i, &total, sizeof total);
  }
}

/* Index of the first block from `from` on with a member no larger than row, and which; blocks when there is none. */
PASS_INLINE size_t PASS_NAME(find)(const double *members, size_t from, size_t blocks, const PASS_VECTOR *row,
                                   int objectives, unsigned *bits)
{
  const size_t stride = 8 * (size_t)objectives;
  const int some = objectives > 4 ? 4 : objectives;
  for (size_t b = from; b < blocks; b++) {
    if (!(*bits = PASS_NAME(no_larger)(members + b * stride, row, some))) continue;
    if (some == objectives) return b;
    *bits &= PASS_NAME(no_larger)(members + b * stride + 8 * some, row + some, objectives - some);
    if (*bits) return b;
  }
  return blocks;
}

/* Drop members [first, count) that row dominates: what comes in one cut of the sum may do that. */
PASS_INLINE size_t PASS_NAME(drop)(window *w, size_t first, const PASS_VECTOR *row, int objectives, uint8_t *keep)
{
  const size_t stride = 8 * (size_t)objectives;
  size_t dropped = 0;
  for (size_t b = first / 8; b * 8 < w->count; b++) {
    unsigned bits = PASS_NAME(no_smaller)(w->member + b * stride, row, objectives);
    if (b == first / 8) bits &= ~0U << first % 8;
    for (; bits; bits &= bits - 1) {
      const size_t k = (size_t)__builtin_ctz(bits);
      keep[w->owner[b * 8 + k]] = 0;
      w->member[b * stride + k] = NAN; /* no larger than nothing, from now on */
      dropped++;
    }
  }
  return dropped;
}

PASS_INLINE void PASS_NAME(row_of)(PASS_VECTOR *row, const double *const *columns, int objectives, size_t at)
{
  const PASS_VECTOR zero = {0};
  PASS_UNROLL
  for (int d = 0; d < objectives; d++)
    row[d] = columns[d][at] + zero;
}

/* Whether row is on the front of the members: none is no larger, or the first that is equals it. */
PASS_INLINE bool PASS_NAME(stays)(const window *w, const PASS_VECTOR *row, int objectives, bool *joins)
{
  const size_t blocks = (w->count + 7) / 8;
  unsigned bits = 0;
  const size_t b = PASS_NAME(find)(w->member, 0, blocks, row, objectives, &bits);
  *joins = b == blocks;
  if (*joins) return true;
  const double *member = w->member + b * 8 * (size_t)objectives + __builtin_ctz(bits);
  for (int d = 0; d < objectives; d++)
    if (member[8 * d] != row[d][0]) return false;
  return true;
}

/* order[]: cut of the sum in the upper 16 bits, index of the point in the lower, rising.  False: too many members. */
PASS_INLINE bool PASS_NAME(fill_of)(uint8_t *keep, window *w, const double *const *columns, int objectives,
                                    const uint32_t *order, size_t n)
{
  PASS_VECTOR row[QY_OBJECTIVES_MAX];
  bool joins;
  for (size_t i = 0; i < n;) {
    const size_t first = w->count, start = i;
    size_t dropped = 0;
    for (const uint32_t cut = order[i] >> 16; i < n && order[i] >> 16 == cut; i++) {
      const size_t at = order[i] & 0xffff;
      PASS_NAME(row_of)(row, columns, objectives, at);
      keep[at] = PASS_NAME(stays)(w, row, objectives, &joins);
      if (!joins) continue;
      if (w->count > first) dropped += PASS_NAME(drop)(w, first, row, objectives, keep);
      if (w->count == WINDOW_MEMBERS) return false;
      double *member = w->member + w->count / 8 * 8 * (size_t)objectives + w->count % 8;
      if (w->count % 8 == 0) memset(member, 0xff, 8 * (size_t)objectives * sizeof *member); /* NaN */
      PASS_UNROLL
      for (int d = 0; d < objectives; d++)
        member[8 * d] = row[d][0];
      w->owner[w->count++] = (uint16_t)at;
    }
    if (dropped == 0) continue;
    for (size_t j = start; j < i; j++) { /* those that stayed because they equal a member dropped since */
      const size_t at = order[j] & 0xffff;
      PASS_NAME(row_of)(row, columns, objectives, at);
      if (keep[at]) keep[at] = PASS_NAME(stays)(w, row, objectives, &joins);
    }
  }
  return true;
}

static PASS_TARGET bool PASS_NAME(fill)(uint8_t *keep, window *w, const double *const *columns, int objectives,
                                        const uint32_t *order, size_t n)
{
  switch (objectives) {
  case 1: return PASS_NAME(fill_of)(keep, w, columns, 1, order, n);
  case 2: return PASS_NAME(fill_of)(keep, w, columns, 2, order, n);
  case 3: return PASS_NAME(fill_of)(keep, w, columns, 3, order, n);
  case 4: return PASS_NAME(fill_of)(keep, w, columns, 4, order, n);
  case 5: return PASS_NAME(fill_of)(keep, w, columns, 5, order, n);
  case 6: return PASS_NAME(fill_of)(keep, w, columns, 6, order, n);
  case 7: return PASS_NAME(fill_of)(keep, w, columns, 7, order, n);
  case 8: return PASS_NAME(fill_of)(keep, w, columns, 8, order, n);
  default: return PASS_NAME(fill_of)(keep, w, columns, QY_OBJECTIVES_MAX, order, n);
  }
}

#undef PASS_NAME
#undef PASS_TARGET
#undef PASS_LANES
#undef PASS_VECTOR
#undef PASS_MASK
#undef PASS_BITS
