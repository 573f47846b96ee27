/* Fronts by a window (window.h). */
#include "window.h"
#include "lanes.h"
#include "order.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Objectives that tell something, with the map of their ranges to [0, 1]. */
typedef struct scaled {
  int count;
  const double *column[QY_OBJECTIVES_MAX];
  double low[QY_OBJECTIVES_MAX], scale[QY_OBJECTIVES_MAX];
} scaled;

typedef struct window {
  double *member;  /* [block][objective][8] */
  uint16_t *owner; /* which point a member is */
  size_t count;
} window;

/* Each number of objectives up to here has a pass of its own; more are filled up to QY_OBJECTIVES_MAX, with
 * constants. */
enum { OWN_PASS = 8, MARKERS = 2 };

/* A staircase: z falls strictly as y rises.  y is NaN in 8 places behind the last step, and SLACK more can be read. */
enum { STEPS_MOST = 2000, SLACK = 24 };

typedef struct stairs {
  double *y, *z;
  size_t count, most;
} stairs;

#define PASS_NAME(f) f##_plain
#define PASS_TARGET
#define PASS_LANES  2
#define PASS_VECTOR lanes_2
#define PASS_MASK   mask_2
#define PASS_BITS   LANES_BITS_2
#include "window_pass.h"

#ifdef LANES_X86
#define PASS_NAME(f) f##_avx2
#define PASS_TARGET  LANES_AVX2
#define PASS_LANES   4
#define PASS_VECTOR  lanes_4
#define PASS_MASK    mask_4
#define PASS_BITS    LANES_BITS_4
#include "window_pass.h"

#define PASS_NAME(f) f##_avx512
#define PASS_TARGET  LANES_AVX512
#define PASS_LANES   8
#define PASS_VECTOR  lanes_8
#define PASS_MASK    mask_8
#define PASS_BITS    LANES_BITS_8
#include "window_pass.h"
#endif

typedef struct passes {
  void (*survey)(survey *s, const double *const *columns, int objectives, size_t n);
  bool (*few)(uint8_t *keep, const double *values, int objectives, size_t n);
  bool (*steps)(uint8_t *keep, stairs *s, const double *const *columns, const uint32_t *by_x, size_t n);
  void (*sums)(double *sum, const scaled *s, size_t n);
  bool (*fill)(uint8_t *keep, window *w, const double *const *columns, int objectives, const uint32_t *order, size_t n);
} passes;

static const passes versions[] = {
    {survey_plain, few_plain, steps_plain, sums_plain, fill_plain},
#ifdef LANES_X86
    {survey_avx2, few_avx2, steps_avx2, sums_avx2, fill_avx2},
    {survey_avx512, few_avx512, steps_avx512, sums_avx512, fill_avx512},
#endif
};

void window_survey_by(int version, survey *s, const double *const *columns, int objectives, size_t n)
{
  assert(s && columns && n > 0);
  versions[version].survey(s, columns, objectives, n);
}

void window_survey(survey *s, const double *const *columns, int objectives, size_t n)
{
  window_survey_by(lanes_versions() - 1, s, columns, objectives, n);
}

bool window_few_by(int version, uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  assert(keep && columns && window_is_few(objectives, n));
  double values[2 * WINDOW_FEW + 8 * QY_OBJECTIVES_MAX];
  const size_t filled = (size_t)(objectives > OWN_PASS ? QY_OBJECTIVES_MAX : objectives);
  if (objectives > OWN_PASS) memset(values, 0, sizeof values);
  for (int d = 0; d < objectives; d++)
    for (size_t b = 0; b < n; b += 8) {
      double *to = values + b * filled + 8 * (size_t)d;
      if (n - b >= 8) {
        memcpy(to, columns[d] + b, 8 * sizeof *to);
        continue;
      }
      memset(to, 0xff, 8 * sizeof *to); /* NaN */
      for (size_t k = 0; b + k < n; k++)
        to[k] = columns[d][b + k];
    }
  return versions[version].few(keep, values, objectives, n);
}

bool window_few(uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  return window_few_by(lanes_versions() - 1, keep, columns, objectives, n);
}

int window_steps_by(int version, uint8_t *keep, const double *const *columns, const uint32_t *by_x, size_t n)
{
  assert(keep && columns && by_x);
  const size_t most = n < STEPS_MOST ? n : STEPS_MOST, room = most + SLACK;
  double *memory = qy_alloc(2 * room, sizeof *memory);
  if (!memory) return -1;
  memset(memory, 0xff, 8 * sizeof *memory); /* NaN */
  const bool done = versions[version].steps(keep, &(stairs){memory, memory + room, 0, most}, columns, by_x, n);
  free(memory);
  return done ? 0 : 1;
}

int window_steps(uint8_t *keep, const double *const *columns, const uint32_t *by_x, size_t n)
{
  return window_steps_by(lanes_versions() - 1, keep, columns, by_x, n);
}

/* Sums rise with every objective whatever the rounding: all steps do.  Objectives without a finite range are left out,
 * which only makes the order of less use. */
static void scale(scaled *to, const double *const *columns, int objectives, const survey *s)
{
  to->count = 0;
  for (int d = 0; d < objectives; d++) {
    const double inverse = 1 / (s->high[d] - s->low[d]);
    if (!(inverse > 0 && inverse <= DBL_MAX && s->low[d] >= -DBL_MAX)) continue;
    to->column[to->count] = columns[d];
    to->low[to->count] = s->low[d];
    to->scale[to->count++] = inverse;
  }
}

static double sum_of(const scaled *s, size_t i)
{
  double sum = 0;
  for (int d = 0; d < s->count; d++)
    sum += (s->column[d][i] - s->low[d]) * s->scale[d];
  return sum;
}

static void sum_all(int version, double *sum, const scaled *s, size_t n)
{
  const size_t even = n & ~(size_t)7;
  versions[version].sums(sum, s, even);
  for (size_t i = even; i < n; i++)
    sum[i] = sum_of(s, i);
}

int window_front_by(int version, uint8_t *keep, const double *const *columns, int objectives, size_t n, const survey *s)
{
  assert(keep && columns && n > 0 && n <= WINDOW_MOST);
  int failed = -1;
  scaled to;
  const size_t most = n < WINDOW_MEMBERS ? n : WINDOW_MEMBERS;
  const int filled = objectives > OWN_PASS ? QY_OBJECTIVES_MAX : objectives;
  const double *column[QY_OBJECTIVES_MAX];
  double *sum = malloc(n * sizeof *sum), *constant = filled > objectives ? qy_alloc(n, sizeof *constant) : NULL;
  uint32_t *item = malloc(2 * n * sizeof *item);
  window w = {.member = malloc((most + 7) / 8 * 8 * (size_t)filled * sizeof *w.member),
              .owner = malloc(most * sizeof *w.owner)};
  if (!sum || !item || !w.member || !w.owner || (filled > objectives && !constant)) goto cleanup;
  for (int d = 0; d < filled; d++)
    column[d] = d < objectives ? columns[d] : constant;
  scale(&to, columns, objectives, s);
  sum_all(version, sum, &to, n);
  failed = !versions[version].fill(keep, &w, column, filled, order_cuts(item, item + n, sum, n), n);
cleanup:
  free(w.owner);
  free(w.member);
  free(item);
  free(constant);
  free(sum);
  return failed;
}

int window_front(uint8_t *keep, const double *const *columns, int objectives, size_t n, const survey *s)
{
  return window_front_by(lanes_versions() - 1, keep, columns, objectives, n, s);
}

void window_pivots(sift_pivots *pivots, const double *const *columns, int objectives, size_t n, const survey *s)
{
  enum { STRATA = 8, AT_ONCE = 64 };
  scaled to;
  double sum[AT_ONCE], least[STRATA];
  size_t at[STRATA] = {0};
  scale(&to, columns, objectives, s);
  for (int k = 0; k < STRATA; k++)
    least[k] = INFINITY;
  for (size_t from = 0; from < n; from += AT_ONCE) {
    const size_t here = n - from < AT_ONCE ? n - from : AT_ONCE;
    sum_all(lanes_versions() - 1, sum, &to, here);
    for (int d = 0; d < to.count; d++)
      to.column[d] += here;
    for (size_t i = 0; i < here; i++)
      if (sum[i] < least[i % STRATA]) {
        least[i % STRATA] = sum[i];
        at[i % STRATA] = from + i;
      }
  }
  pivots->count = 0;
  for (int k = 0; k < STRATA && k < (int)n; k++, pivots->count++)
    for (int d = 0; d < objectives; d++)
      pivots->at[k][d] = columns[d][at[k]];
}
