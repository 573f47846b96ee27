/* The loops over draws (draws_lanes.h), included by draws_lanes.c once per instruction set: LANES_NAME(f) gives each
 * copy its own names, LANES_TARGET, LANES, LANES_VECTOR and LANES_MASK its compiler attribute, width and types, and
 * LANES_NONE(mask) asks whether all lanes are 0, LANES_COUNT(below, value, x) adds 1 to each lane of `below`
 * where value < x, LANES_BITS(x, y, op, OP) is a bit for each lane where x op y, a comparison that is OP to an
 * instruction.
 */
#define LANES_INLINE static inline LANES_TARGET __attribute__((always_inline))

LANES_INLINE LANES_VECTOR LANES_NAME(load)(const double *at)
{
  LANES_VECTOR v;
  memcpy(&v, at, sizeof v);
  return v;
}

/* `rows` (constant) rows, draws [first, first + width * LANES), width constant, columns with a coefficient in any of
 * the rows.  Unrolled, sums stay in registers. */
LANES_INLINE void LANES_NAME(block)(const draws_product *p, size_t row, size_t rows, size_t width,
                                    const used_columns *used, size_t first)
{
  LANES_VECTOR sum[ROWS][WIDTH_MAX];
  double *out = p->out + row * p->draws + first;
  _Pragma("GCC unroll 4") for (size_t r = 0; r < rows; r++) _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++)
      sum[r][i] = p->add ? LANES_NAME(load)(out + r * p->draws + i * LANES) : (LANES_VECTOR){0};
  for (size_t u = 0; u < used->count; u++) {
    const double *price = p->basis + used->column[u] * p->draws + first;
    _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++)
    {
      const LANES_VECTOR x = LANES_NAME(load)(price + i * LANES);
      _Pragma("GCC unroll 4") for (size_t r = 0; r < rows; r++) sum[r][i] += used->coefficient[u][r] * x;
    }
  }
  _Pragma("GCC unroll 4") for (size_t r = 0; r < rows; r++) _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++)
      memcpy(out + r * p->draws + i * LANES, &sum[r][i], sizeof sum[r][i]);
}

/* Fewer rows, more draws at a time: each sum waits for the one before. */
LANES_INLINE void LANES_NAME(rows)(const draws_product *p, size_t row, size_t rows, size_t width)
{
  used_columns used;
  find_used(&used, p, row, rows);
  size_t k = 0;
  for (; k + width * LANES <= p->draws; k += width * LANES)
    LANES_NAME(block)(p, row, rows, width, &used, k);
  for (; k + LANES <= p->draws; k += LANES)
    LANES_NAME(block)(p, row, rows, 1, &used, k);
  for (; k < p->draws; k++)
    multiply_draw(p, row, rows, &used, k);
}

static LANES_TARGET void LANES_NAME(multiply)(const draws_product *p)
{
  size_t row = 0;
  for (; row + ROWS <= p->rows; row += ROWS)
    LANES_NAME(rows)(p, row, ROWS, 2);
  switch (p->rows - row) {
  case 3: LANES_NAME(rows)(p, row, 3, 2); break;
  case 2: LANES_NAME(rows)(p, row, 2, 4); break;
  case 1: LANES_NAME(rows)(p, row, 1, WIDTH_MAX); break;
  default: break;
  }
}

/* Draws [k, k + width * LANES), width constant. */
LANES_INLINE void LANES_NAME(sum_at)(double *out, const draws_term *term, int terms, size_t k, size_t width)
{
  LANES_VECTOR sum[WIDTH_MAX];
  _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++) sum[i] = (LANES_VECTOR){0};
  for (int t = 0; t < terms; t++) {
    const double scale = term[t].scale, *from = term[t].from + k;
    if (term[t].kind == DRAWS_CERTAIN)
      _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++) sum[i] += scale;
    else if (term[t].kind == DRAWS_TIMES)
      _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++) sum[i] += scale * LANES_NAME(load)(from + i * LANES);
    else
      _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++) sum[i] += scale / LANES_NAME(load)(from + i * LANES);
  }
  _Pragma("GCC unroll 8") for (size_t i = 0; i < width; i++) memcpy(out + k + i * LANES, &sum[i], sizeof sum[i]);
}

static LANES_TARGET void LANES_NAME(sum)(double *out, const draws_term *term, int terms, size_t count)
{
  enum { WIDTH = 4 };
  size_t k = 0;
  for (; k + WIDTH * LANES <= count; k += WIDTH * LANES)
    LANES_NAME(sum_at)(out, term, terms, k, WIDTH);
  for (; k + LANES <= count; k += LANES)
    LANES_NAME(sum_at)(out, term, terms, k, 1);
  for (; k < count; k++)
    out[k] = sum_draw(term, terms, k);
}

/* Keep the values of `v` that are in the window, count those before it. */
LANES_INLINE void LANES_NAME(gather)(draws_window *w, const double *v, LANES_VECTOR x)
{
#if defined(LANES_COMPRESS)
  const __m512d y = (__m512d)x;
  const __mmask8 in = _mm512_cmp_pd_mask(y, _mm512_set1_pd(w->low), _CMP_GE_OQ) &
                      _mm512_cmp_pd_mask(y, _mm512_set1_pd(w->high), _CMP_LE_OQ);
  (void)v;
  _mm512_storeu_pd(w->in + w->count, _mm512_maskz_compress_pd(in, y));
  w->count += (size_t)__builtin_popcount(in);
#else
  const LANES_VECTOR low = (LANES_VECTOR){0} + w->low, high = (LANES_VECTOR){0} + w->high;
  unsigned in = LANES_BITS(x, low, >=, _CMP_GE_OQ) & LANES_BITS(x, high, <=, _CMP_LE_OQ);
  for (; in; in &= in - 1)
    w->in[w->count++] = v[__builtin_ctz(in)];
#endif
}

static LANES_TARGET void LANES_NAME(windows)(draws_window *lower, draws_window *upper, const double *v, size_t count)
{
  draws_window l = *lower, u = *upper;
  LANES_MASK below = {0}, above = {0};
  size_t k = 0;
  l.count = u.count = l.before = u.before = 0;
  for (; k + LANES <= count; k += LANES) {
    const LANES_VECTOR x = LANES_NAME(load)(v + k);
    below += x < l.low; /* each -1 */
    above += x > u.high;
    LANES_NAME(gather)(&l, v + k, x);
    LANES_NAME(gather)(&u, v + k, x);
  }
  for (int i = 0; i < LANES; i++) {
    l.before += (size_t)-below[i];
    u.before += (size_t)-above[i];
  }
  window_rest(&l, &u, v, k, count);
  *lower = l;
  *upper = u;
}

/* The value at each of two positions of v[n] were it sorted, room for LANES more behind: the largest that no more
 * values are below. */
static LANES_TARGET void LANES_NAME(pick)(double out[2], double *v, size_t n, const size_t place[2])
{
  LANES_VECTOR first, second;
  first = second = (LANES_VECTOR){0} - INFINITY;
  for (size_t i = 0; i < LANES; i++)
    v[n + i] = INFINITY;
  for (size_t i = 0; i < n; i += LANES) {
    const LANES_VECTOR x = LANES_NAME(load)(v + i);
    LANES_MASK below = {0};
    for (size_t j = 0; j < n; j++)
      LANES_COUNT(below, v[j], x);
    LANES_MASK better = (below <= (int64_t)place[0]) & (x > first);
    first = (LANES_VECTOR)((better & (LANES_MASK)x) | (~better & (LANES_MASK)first));
    better = (below <= (int64_t)place[1]) & (x > second);
    second = (LANES_VECTOR)((better & (LANES_MASK)x) | (~better & (LANES_MASK)second));
  }
  out[0] = out[1] = -INFINITY;
  for (int i = 0; i < LANES; i++) {
    out[0] = first[i] > out[0] ? first[i] : out[0];
    out[1] = second[i] > out[1] ? second[i] : out[1];
  }
}

LANES_INLINE bool LANES_NAME(none)(const LANES_MASK *m)
{
  return LANES_NONE(*m);
}

static LANES_TARGET void LANES_NAME(lower)(double *least, const double *other, double own, double scale, size_t count)
{
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const LANES_VECTOR gain = (own - LANES_NAME(load)(other + i)) * scale, old = LANES_NAME(load)(least + i);
    const LANES_MASK less = gain < old;
    const LANES_VECTOR now = (LANES_VECTOR)((less & (LANES_MASK)gain) | (~less & (LANES_MASK)old));
    memcpy(least + i, &now, sizeof now);
  }
  lower_rest(least, other, own, scale, i, count);
}

static LANES_TARGET bool LANES_NAME(below)(const double *a, const double *b, size_t count, bool strict)
{
  size_t k = 0;
  for (; k + 4 * LANES <= count; k += 4 * LANES) {
    LANES_MASK bad = {0};
    for (size_t i = k; i < k + 4 * LANES; i += LANES) {
      const LANES_VECTOR x = LANES_NAME(load)(a + i), y = LANES_NAME(load)(b + i);
      bad |= strict ? x >= y : x > y;
    }
    if (!LANES_NAME(none)(&bad)) return false;
  }
  for (; k < count; k++)
    if (!(strict ? a[k] < b[k] : a[k] <= b[k])) return false;
  return true;
}

/* Bits of the lanes in which a is no worse than b and, where not `ahead`, better in some objective. */
LANES_INLINE unsigned LANES_NAME(better)(const double *a, const double *b, size_t varying, bool ahead)
{
  unsigned bits = 0;
  for (size_t at = 0; at < DRAWS_BLOCK; at += LANES) {
    unsigned no_worse = (1U << LANES) - 1, less = 0;
    for (size_t o = 0; o < varying; o++) {
      const LANES_VECTOR x = LANES_NAME(load)(a + o * DRAWS_BLOCK + at), y = LANES_NAME(load)(b + o * DRAWS_BLOCK + at);
      no_worse &= LANES_BITS(x, y, <=, _CMP_LE_OQ);
      if (!ahead) less |= LANES_BITS(x, y, <, _CMP_LT_OQ);
    }
    bits |= (ahead ? no_worse : no_worse & less) << at;
  }
  return bits;
}

LANES_INLINE size_t LANES_NAME(within_by)(uint32_t *found, const draws_bounds *b, size_t first, size_t end,
                                          const double *limit, bool least, size_t varying)
{
  size_t count = 0;
  for (size_t i = first; i < end; i += LANES) {
    unsigned bits = end - i < LANES ? (1U << (end - i)) - 1 : (1U << LANES) - 1;
    for (size_t v = 0; v < varying; v++) {
      const LANES_VECTOR x = LANES_NAME(load)(b->bound + v * b->stride + i), y = (LANES_VECTOR){0} + limit[v];
      bits &= least ? LANES_BITS(x, y, >=, _CMP_GE_OQ) : LANES_BITS(x, y, <=, _CMP_LE_OQ);
    }
    for (; bits; bits &= bits - 1)
      found[count++] = b->slot[i + (size_t)__builtin_ctz(bits)];
  }
  return count;
}

static LANES_TARGET size_t LANES_NAME(within)(uint32_t *found, const draws_bounds *b, size_t first, size_t end,
                                              const double *limit, bool least)
{
  if (b->varying == 2)
    return least ? LANES_NAME(within_by)(found, b, first, end, limit, true, 2)
                 : LANES_NAME(within_by)(found, b, first, end, limit, false, 2);
  return LANES_NAME(within_by)(found, b, first, end, limit, least, b->varying);
}

LANES_INLINE unsigned LANES_NAME(unbeaten_by)(const draws_rows *rows, const uint32_t *slot, size_t count,
                                              const draws_row *own, size_t varying)
{
  unsigned left = own->lanes;
  while (left && count-- > 0) {
    const double *a = rows->value + slot[count] * varying * DRAWS_BLOCK;
    bool ahead = own->ahead;
    if (rows->certains > 1 &&
        !certain_no_worse(&ahead, rows->certain + slot[count] * rows->certains, own->certain, rows->certains))
      continue;
    left &=
        ~(ahead ? LANES_NAME(better)(a, own->value, varying, true) : LANES_NAME(better)(a, own->value, varying, false));
  }
  return left;
}

/* Loops of their own for the usual numbers of objectives. */
static LANES_TARGET unsigned LANES_NAME(unbeaten)(const draws_rows *rows, const uint32_t *slot, size_t count,
                                                  const draws_row *own)
{
  switch (rows->varying) {
  case 1: return LANES_NAME(unbeaten_by)(rows, slot, count, own, 1);
  case 2: return LANES_NAME(unbeaten_by)(rows, slot, count, own, 2);
  case 3: return LANES_NAME(unbeaten_by)(rows, slot, count, own, 3);
  default: return LANES_NAME(unbeaten_by)(rows, slot, count, own, rows->varying);
  }
}

LANES_INLINE size_t LANES_NAME(beat_by)(uint8_t *alive, const draws_rows *rows, const uint32_t *slot, size_t count,
                                        const draws_row *own, size_t varying)
{
  size_t dead = 0;
  for (size_t i = 0; i < count; i++) {
    const double *b = rows->value + slot[i] * varying * DRAWS_BLOCK;
    bool ahead = own->ahead;
    if (rows->certains > 1 &&
        !certain_no_worse(&ahead, own->certain, rows->certain + slot[i] * rows->certains, rows->certains))
      continue;
    const unsigned bits =
        ahead ? LANES_NAME(better)(own->value, b, varying, true) : LANES_NAME(better)(own->value, b, varying, false);
    if (!(bits & own->lanes)) continue;
    const unsigned old = alive[slot[i]], now = old & ~(bits & own->lanes);
    alive[slot[i]] = (uint8_t)now;
    dead += old && !now;
  }
  return dead;
}

static LANES_TARGET size_t LANES_NAME(beat)(uint8_t *alive, const draws_rows *rows, const uint32_t *slot, size_t count,
                                            const draws_row *own)
{
  switch (rows->varying) {
  case 1: return LANES_NAME(beat_by)(alive, rows, slot, count, own, 1);
  case 2: return LANES_NAME(beat_by)(alive, rows, slot, count, own, 2);
  case 3: return LANES_NAME(beat_by)(alive, rows, slot, count, own, 3);
  default: return LANES_NAME(beat_by)(alive, rows, slot, count, own, rows->varying);
  }
}

LANES_INLINE bool LANES_NAME(mark_by)(uint8_t *left, const double *const *own, const double *const *other,
                                      size_t objectives, bool ahead, size_t count)
{
  unsigned any = 0;
  for (size_t b = 0; b < count / DRAWS_BLOCK; b++) {
    if (!left[b]) continue;
    unsigned beaten = 0;
    for (size_t at = 0; at < DRAWS_BLOCK; at += LANES) {
      unsigned no_worse = (1U << LANES) - 1, less = ahead ? no_worse : 0;
      for (size_t o = 0; o < objectives; o++) {
        const LANES_VECTOR x = LANES_NAME(load)(own[o] + b * DRAWS_BLOCK + at);
        const LANES_VECTOR y = LANES_NAME(load)(other[o] + b * DRAWS_BLOCK + at);
        no_worse &= LANES_BITS(x, y, <=, _CMP_LE_OQ);
        if (!ahead) less |= LANES_BITS(x, y, <, _CMP_LT_OQ);
      }
      beaten |= (no_worse & less) << at;
    }
    left[b] &= (uint8_t)~beaten;
    any |= left[b];
  }
  return !mark_rest(left, own, other, objectives, ahead, count) && !any;
}

static LANES_TARGET bool LANES_NAME(mark)(uint8_t *left, const double *const *own, const double *const *other,
                                          size_t objectives, bool ahead, size_t count)
{
  if (objectives == 2 && ahead) return LANES_NAME(mark_by)(left, own, other, 2, true, count);
  return ahead ? LANES_NAME(mark_by)(left, own, other, objectives, true, count)
               : LANES_NAME(mark_by)(left, own, other, objectives, false, count);
}

static const draws_loops LANES_NAME(loops) = {
    LANES_NAME(multiply), LANES_NAME(sum),    LANES_NAME(windows),  LANES_NAME(pick), LANES_NAME(lower),
    LANES_NAME(below),    LANES_NAME(within), LANES_NAME(unbeaten), LANES_NAME(beat), LANES_NAME(mark),
};

#undef LANES_INLINE
#undef LANES_NAME
#undef LANES
#undef LANES_VECTOR
#undef LANES_MASK
#undef LANES_NONE
#undef LANES_BITS
#undef LANES_COUNT
#undef LANES_TARGET
