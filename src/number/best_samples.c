/* The best scale of given weights, by branch and bound with exact leaves.
 *
 * Between two scales at which some weight changes level the noise is a parabola in the scale s,
 *
 *   N(s) = S - 2 s A + s^2 B,  S = sum x^2, A = sum x v, B = sum v^2, v the level of x at scale 1,
 *
 * so the least noise of a window of scales follows from its breakpoints, in order, without error: A and B change by one
 * weight at each.  Windows that cannot hold the best are left out.  Where weights go to their nearest level, the error
 * D = sqrt(N), a distance to a set that grows with s, changes slowly:
 *
 *   D(s') >= D(s) - |s / s' - 1| s' |v'|,  s' |v'| <= |x| + D(s').
 *
 * Windows are swept from the most promising on, up to SWEPT_MAX breakpoints.  Of the next TRIED_MAX, which only many
 * weights have, the best scale of the assignment at their middle is taken; with so many the noise hardly jitters.
 */
#include "best_samples.h"
#include "dense.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { SWEPT_MAX = 1 << 20, WINDOWS_MAX = 1 << 14, IMPROVED_MAX = 4, TRIED_MAX = 8 };
/* Levels looked up by all evaluations of windows together. */
enum { LOOKED_UP_MAX = 1 << 21 };

/* Widest leaf, of the best error over the rms; the narrowest, in log(scale). */
static const double leaf_width = 0.3, leaf_least = 1.0 / 1024;

/* Distance from a breakpoint, of the scale. */
static const double beside = 1e-13;

/* First windows per octave of scale. */
static const double steps_coarse = 40, steps_dense = 8;

/* Scales are logarithms. */
typedef struct window {
  double middle, half, noise; /* at the middle */
} window;

/* The weight changes from level `from` to `to` where the scale grows beyond `scale`. */
typedef struct breakpoint {
  double scale, x, from, to;
} breakpoint;

typedef struct search {
  const qy_levels *levels;
  const qy_signal *signal;
  const qy_samples *samples;
  window *leaf; /* [WINDOWS_MAX] */
  size_t leaves;
  breakpoint *change; /* [SWEPT_MAX] */
  size_t swept;
  double scale, noise; /* the best so far */
} search;

static void take(search *s, double scale)
{
  if (!(scale > 0) || !isfinite(scale)) return;
  const double noise = qy_noise(s->levels, scale, s->signal);
  if (noise >= s->noise) return;
  s->noise = noise;
  s->scale = scale;
}

/* The first weight of those from `low` on that is not below t. */
static size_t first_from(const qy_samples *samples, double t, size_t low)
{
  size_t high = samples->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (samples->x[middle] < t)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* A and B of the weights' levels at a scale. */
static void sums_at(long double *a, long double *b, const search *s, double scale)
{
  const qy_samples *samples = s->samples;
  const qy_levels *levels = s->levels;
  *a = *b = 0;
  for (size_t from = 0, to; from < samples->count; from = to) {
    const size_t i = qy_levels_nearest(levels, samples->x[from] / scale);
    const long double v = levels->value[i];
    to = i + 1 < levels->count ? first_from(samples, scale * levels->threshold[i], from + 1) : samples->count;
    *a += v * (samples->sum1[to] - samples->sum1[from]);
    *b += v * v * (long double)(to - from);
  }
}

/* Best scale for the levels of the weights at this scale, and again for those there: never worse. */
static void improve(search *s, double scale)
{
  double noise = INFINITY;
  for (int i = 0; i < IMPROVED_MAX; i++) {
    long double a, b;
    const double here = qy_noise(s->levels, scale, s->signal);
    if (!(here < noise)) break;
    noise = here;
    take(s, scale);
    sums_at(&a, &b, s, scale);
    if (!(a > 0 && b > 0)) break;
    scale = (double)(a / b);
  }
}

/* ---- a window, exactly ---- */

/* The weights that pass threshold t between two scales: [*first, *end). */
static void passing(size_t *first, size_t *end, const search *s, double t, double low, double high)
{
  const double lower = t < 0 ? t * high : t * low, upper = t < 0 ? t * low : t * high;
  *first = first_from(s->samples, lower, 0);
  *end = t == 0 ? *first : first_from(s->samples, upper, *first);
}

static int by_scale(const void *a, const void *b)
{
  const double x = ((const breakpoint *)a)->scale, y = ((const breakpoint *)b)->scale;
  return (x > y) - (x < y);
}

/* Changes of level between two scales, in order; SIZE_MAX: more than are left of SWEPT_MAX. */
static size_t changes(search *s, double low, double high)
{
  const qy_levels *levels = s->levels;
  size_t count = 0, first, end;
  for (size_t i = 0; i + 1 < levels->count; i++) {
    const double t = levels->threshold[i];
    passing(&first, &end, s, t, low, high);
    if (end - first > SWEPT_MAX - s->swept - count) return SIZE_MAX;
    for (size_t k = first; k < end; k++) /* towards 0 as the scale grows */
      s->change[count++] = (breakpoint){s->samples->x[k] / t, s->samples->x[k], levels->value[t > 0 ? i + 1 : i],
                                        levels->value[t > 0 ? i : i + 1]};
  }
  qsort(s->change, count, sizeof *s->change, by_scale);
  return count;
}

/* False: it has too many breakpoints. */
static bool sweep(search *s, const window *w)
{
  const double low = exp(w->middle - w->half), high = exp(w->middle + w->half);
  const size_t count = changes(s, low, high);
  if (count == SIZE_MAX) return false;
  s->swept += count;
  const long double power = s->samples->sum2[s->samples->count];
  long double a, b, least = (long double)s->noise * (long double)s->samples->count;
  double found = 0, from = low;
  sums_at(&a, &b, s, low);
  for (size_t i = 0; i <= count; i++) {
    const double to = i < count ? s->change[i].scale : high;
    const long double best = b > 0 ? fminl(fmaxl(a / b, from), to) : to;
    const long double noise = power - best * (2 * a - best * b);
    if (noise < least) {
      least = noise;
      found = (double)best;
    }
    if (i == count) break;
    a += (long double)s->change[i].x * ((long double)s->change[i].to - s->change[i].from);
    b += (long double)s->change[i].to * s->change[i].to - (long double)s->change[i].from * s->change[i].from;
    from = to;
  }
  /* At a breakpoint of a format that rounds logarithms the noise jumps: on its side of it. */
  for (int side = -1; side <= 1; side++)
    take(s, found * (1 + side * beside));
  return true;
}

/* ---- windows ---- */

/* May a window hold less noise than the best so far? */
static bool may_hold(const search *s, const window *w)
{
  if (s->levels->number.log_rounding) return true; /* not to the nearest level */
  const double best = sqrt(s->noise);
  return sqrt(w->noise) - expm1(w->half) * (s->signal->rms + best) < best;
}

static window window_at(const search *s, double middle, double half)
{
  return (window){middle, half, qy_noise(s->levels, exp(middle), s->signal)};
}

/* Split a window until it is narrow; leaves that may hold the best are kept. */
static void split(search *s, const window *w, double narrow)
{
  if (!may_hold(s, w)) return;
  if (w->half <= narrow || s->leaves + 2 >= WINDOWS_MAX) {
    if (s->leaves < WINDOWS_MAX) s->leaf[s->leaves++] = *w;
    return;
  }
  for (int side = -1; side <= 1; side += 2) {
    const window part = window_at(s, w->middle + side * w->half / 2, w->half / 2);
    split(s, &part, narrow); /* NOLINT(misc-no-recursion): to a depth of log2(width / narrow) */
  }
}

static int by_noise(const void *a, const void *b)
{
  const double x = ((const window *)a)->noise, y = ((const window *)b)->noise;
  return (x > y) - (x < y);
}

/* Scales from half of where all weights are clipped, each to the outermost level of its sign, at the least noise that
 * has (mean |x| where these are -1 and 1; the best is not below it) to where the largest stands at a quarter of it. */
static void range(double *low, double *high, const qy_levels *levels, const qy_samples *samples)
{
  const double outer[2] = {-levels->value[0], levels->value[levels->count - 1]};
  double sum = 0, squares = 0, largest = 0;
  for (size_t i = 0; i < samples->count; i++) {
    const double level = outer[samples->x[i] >= 0];
    if (!(level > 0)) continue;
    sum += fabs(samples->x[i]) * level;
    squares += level * level;
    largest = fmax(largest, fabs(samples->x[i]) / level);
  }
  /* All become 0 at any scale. */
  *low = log(largest > 0 ? sum / squares / 2 : samples->max_abs);
  *high = log(4 * (largest > 0 ? largest : samples->max_abs));
}

qy_status best_scale_of_samples(double *scale, bool *exact, const qy_levels *levels, const qy_signal *signal,
                                qy_error *err)
{
  assert(scale && exact && levels && signal && signal->kind == QY_SIGNAL_SAMPLES);
  qy_arena *arena = qy_arena_new();
  search s = {.levels = levels, .signal = signal, .samples = signal->samples, .noise = INFINITY};
  double low, high;
  range(&low, &high, levels, signal->samples);
  const size_t steps =
      1 + (size_t)((high - low) / M_LN2 * (levels->count <= COARSE_LEVELS ? steps_coarse : steps_dense));
  const double half = (high - low) / 2 / (double)steps;
  window *w = qy_arena_alloc(arena, steps, sizeof *w);
  s.leaf = qy_arena_alloc(arena, WINDOWS_MAX, sizeof *s.leaf);
  s.change = malloc(SWEPT_MAX * sizeof *s.change); /* touched as far as it is used */
  if (!w || !s.leaf || !s.change) {
    free(s.change);
    qy_arena_free(arena);
    return qy_fail(err, QY_NO_MEMORY, "best scale: out of memory");
  }
  for (size_t i = 0; i < steps; i++) {
    w[i] = window_at(&s, low + (double)(2 * i + 1) * half, half);
    take(&s, exp(w[i].middle));
  }
  improve(&s, s.scale);
  const double looked_up = (double)(levels->count < s.samples->count ? levels->count : s.samples->count);
  const double least = fmax(leaf_least, (high - low) * looked_up / LOOKED_UP_MAX);
  const double narrow = fmax(leaf_width * sqrt(s.noise) / signal->rms, least) / 2;
  qsort(w, steps, sizeof *w, by_noise);
  for (size_t i = 0; i < steps; i++)
    split(&s, &w[i], narrow);
  qsort(s.leaf, s.leaves, sizeof *s.leaf, by_noise);
  size_t i = 0;
  while (i < s.leaves && (!may_hold(&s, &s.leaf[i]) || sweep(&s, &s.leaf[i])))
    i++;
  *exact = i == s.leaves && s.leaves < WINDOWS_MAX;
  for (size_t end = i + TRIED_MAX; i < s.leaves && i < end; i++)
    improve(&s, exp(s.leaf[i].middle));
  *scale = s.scale;
  free(s.change);
  qy_arena_free(arena);
  return QY_OK;
}
