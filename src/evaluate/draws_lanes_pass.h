/* The loops over draws (draws_lanes.h), included by draws_lanes.c once per instruction set: LANES_NAME(f) gives each
 * copy its own names, LANES_TARGET, LANES, LANES_VECTOR and LANES_MASK its compiler attribute, width and types, and
 * LANES_NONE(mask) asks whether all lanes are 0, LANES_COUNT(below, value, x) adds 1 to each lane of `below`
 * where value < x.
 */
#define LANES_INLINE static inline LANES_TARGET __attribute__((always_inline))

LANES_INLINE LANES_VECTOR LANES_NAME(load)(const double *at)
{
  LANES_VECTOR v;
  memcpy(&v, at, sizeof v);
  return v;
}

/* `rows` (constant) rows, draws [first, first + width * LANES), width constant, columns with a coefficient in any of the
 * rows.  Unrolled, sums stay in registers. */
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
  const LANES_MASK in = (x >= w->low) & (x <= w->high);
  int64_t any = 0;
  for (int i = 0; i < LANES; i++)
    any |= in[i];
  for (int i = 0; any && i < LANES; i++) {
    w->in[w->count] = v[i];
    w->count += in[i] != 0;
  }
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

/* Draws [k, k + LANES); true: all are beaten. */
LANES_INLINE bool LANES_NAME(mark_at)(int64_t *beaten, const double *const *own, const double *const *other,
                                      int objectives, bool better, size_t k)
{
  LANES_MASK old, no_worse, ahead = {0};
  memcpy(&old, beaten + k, sizeof old);
  LANES_MASK left = ~old;
  if (LANES_NAME(none)(&left)) return true;
  no_worse = old | -1;
  if (better) ahead = no_worse;
  for (int o = 0; o < objectives; o++) {
    const LANES_VECTOR x = LANES_NAME(load)(own[o] + k), y = LANES_NAME(load)(other[o] + k);
    no_worse &= x <= y;
    ahead |= x < y;
  }
  old |= no_worse & ahead;
  memcpy(beaten + k, &old, sizeof old);
  left = ~old;
  return LANES_NAME(none)(&left);
}

static LANES_TARGET bool LANES_NAME(mark)(int64_t *beaten, const double *const *own, const double *const *other,
                                          int objectives, bool better, size_t count)
{
  bool all = true;
  size_t k = 0;
  for (; k + LANES <= count; k += LANES)
    all &= LANES_NAME(mark_at)(beaten, own, other, objectives, better, k);
  return mark_rest(beaten, own, other, objectives, better, k, count) && all;
}

static const draws_loops LANES_NAME(loops) = {
    LANES_NAME(multiply), LANES_NAME(sum),   LANES_NAME(windows), LANES_NAME(pick),
    LANES_NAME(lower),    LANES_NAME(below), LANES_NAME(mark),
};

#undef LANES_INLINE
#undef LANES_NAME
#undef LANES
#undef LANES_VECTOR
#undef LANES_MASK
#undef LANES_NONE
#undef LANES_COUNT
#undef LANES_TARGET
