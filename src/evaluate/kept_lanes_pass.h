/* The loops of kept_lanes.h, included by kept_lanes.c once per instruction set: KEPT_NAME(f) gives each copy its own
 * names, KEPT_TARGET, KEPT_STEP, KEPT_VECTOR and KEPT_MASK its compiler attribute, width and types, and KEPT_BITS(mask)
 * the lanes that are not 0.  No guard. */
#define KEPT_INLINE static inline KEPT_TARGET __attribute__((always_inline))

KEPT_INLINE KEPT_VECTOR KEPT_NAME(load)(const double *at)
{
  KEPT_VECTOR v;
  memcpy(&v, at, sizeof v);
  return v;
}

static KEPT_TARGET unsigned KEPT_NAME(better)(const double (*metric)[QY_LANES], const int *of, int metrics,
                                              const double *sense, const double *best)
{
  unsigned bits = 0;
  for (int at = 0; at < QY_LANES; at += KEPT_STEP) {
    KEPT_MASK any = {0};
    for (int i = 0; i < metrics; i++)
      any |= KEPT_NAME(load)(&metric[of[i]][at]) * sense[of[i]] > best[of[i]];
    bits |= KEPT_BITS(any) << at;
  }
  return bits;
}

static KEPT_TARGET unsigned KEPT_NAME(below)(const double *value, double sign, double limit, bool or)
{
  unsigned bits = 0;
  for (int at = 0; at < QY_LANES; at += KEPT_STEP) {
    const KEPT_VECTOR x = KEPT_NAME(load)(&value[at]) * sign;
    KEPT_MASK below = x < limit;
    if (or) below |= x == limit;
    bits |= KEPT_BITS(below) << at;
  }
  return bits;
}

static KEPT_TARGET unsigned KEPT_NAME(any_below)(const lane_limits *l, const double (*metric)[QY_LANES])
{
  unsigned bits = 0;
  for (int at = 0; at < QY_LANES; at += KEPT_STEP) {
    KEPT_MASK below = {0};
    for (int i = 0; i < l->count; i++)
      below |= KEPT_NAME(load)(&metric[l->metric[i]][at]) * l->sign[i] < l->limit[i];
    bits |= KEPT_BITS(below) << at;
  }
  return bits;
}

static KEPT_TARGET unsigned KEPT_NAME(rows)(double (*row)[QY_LANES], const double (*metric)[QY_LANES], const int *of,
                                            const double *sign, int metrics)
{
  unsigned bits = 0;
  for (int at = 0; at < QY_LANES; at += KEPT_STEP) {
    KEPT_MASK none = {0};
    for (int d = 0; d < metrics; d++) {
      const KEPT_VECTOR x = KEPT_NAME(load)(&metric[of[d]][at]) * sign[d];
      none |= x != x;
      memcpy(&row[d][at], &x, sizeof x);
    }
    none = ~none;
    bits |= KEPT_BITS(none) << at;
  }
  return bits;
}

/* Points that a guard beats. */
KEPT_INLINE unsigned KEPT_NAME(beaten)(const double *guard, const double (*row)[QY_LANES], int metrics, bool distinct)
{
  unsigned bits = 0;
  for (int at = 0; at < QY_LANES; at += KEPT_STEP) {
    KEPT_MASK worse = {0}, better = {0};
    if (distinct) better = ~better;
    for (int d = 0; d < metrics; d++) {
      const KEPT_VECTOR x = KEPT_NAME(load)(&row[d][at]);
      worse |= x < guard[d];
      better |= x > guard[d];
    }
    better &= ~worse;
    bits |= KEPT_BITS(better) << at;
  }
  return bits;
}

static KEPT_TARGET unsigned KEPT_NAME(unbeaten)(const lane_guards *g, const double (*row)[QY_LANES], unsigned left)
{
  for (int i = 0; i < g->guards && left; i++) {
    double *guard = g->value + (size_t)i * (size_t)g->metrics;
    const unsigned gone = left & KEPT_NAME(beaten)(guard, row, g->metrics, g->distinct);
    left &= ~gone;
    for (int d = 0; d < g->metrics && i && gone; d++) {
      const double other = g->value[d];
      g->value[d] = guard[d];
      guard[d] = other;
    }
  }
  return left;
}

/* Lanes whose guard beats them; guard[metric * QY_LANES + lane]. */
KEPT_INLINE unsigned KEPT_NAME(beaten_near)(const double *guard, const double (*row)[QY_LANES], int metrics,
                                            bool distinct)
{
  unsigned bits = 0;
  for (int at = 0; at < QY_LANES; at += KEPT_STEP) {
    KEPT_MASK worse = {0}, better = {0};
    if (distinct) better = ~better;
    for (int d = 0; d < metrics; d++) {
      const KEPT_VECTOR x = KEPT_NAME(load)(&row[d][at]), other = KEPT_NAME(load)(guard + d * QY_LANES + at);
      worse |= x < other;
      better |= x > other;
    }
    better &= ~worse;
    bits |= KEPT_BITS(better) << at;
  }
  return bits;
}

static KEPT_TARGET unsigned KEPT_NAME(unbeaten_near)(const lane_near *g, const double (*row)[QY_LANES], unsigned left)
{
  for (int i = 0; i < KEPT_NEAR && left; i++)
    left &= ~KEPT_NAME(beaten_near)(g->value + i * g->metrics * QY_LANES, row, g->metrics, g->distinct);
  return left;
}

static const kept_loops KEPT_NAME(loops) = {KEPT_NAME(better), KEPT_NAME(below),    KEPT_NAME(any_below),
                                            KEPT_NAME(rows),   KEPT_NAME(unbeaten), KEPT_NAME(unbeaten_near)};
#undef KEPT_INLINE
#undef KEPT_NAME
#undef KEPT_STEP
#undef KEPT_VECTOR
#undef KEPT_MASK
#undef KEPT_BITS
#undef KEPT_TARGET
