/* Fronts of many points: shrink with pivots from a sample, then filter exactly (include/quarry/pareto.h).
 *
 * Most points of a design space are dominated by a few good ones.  A sample is drawn, its front found exactly, and
 * those front points taken as pivots that drop most of the rest of the sample (greedy cover).  When the sample says
 * that too little would be dropped, as when everything is on the front, no pass is made; otherwise one pass over the
 * columns leaves out what a pivot dominates, and the step repeats on the survivors while it pays.  What is left out is
 * dominated by a point of the set, so the exact filter on the survivors gives the exact front.
 */
#include "quarry/pareto.h"
#include "exact.h"
#include "quarry/random.h"
#include "sift.h"
#include "window.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  VERY_FEW = 4,
  WORTH_SAMPLING = 4096, /* fewer points are sifted once, with pivots chosen among all of them */
  SAMPLE_ONE_OF = 8,     /* one point in so many is sampled, at most */
  SAMPLE_SOME = 2048,    /* but not more, unless this is one of SAMPLE_RARE */
  SAMPLE_RARE = 256,
  SAMPLE_MAX = 16384,
  RUN = 8,              /* points beside each other: what one fetch from memory brings */
  CANDIDATE_ONE_OF = 8, /* one sampled point in so many is tried as a pivot, at most */
  CANDIDATES_MAX = 128,
  PART = 32768,    /* points sifted, then copied */
  SHARE_ONE_OF = 8 /* a pass must drop one point in so many */
};

/* The points still in question: a view of the caller's columns at first, copies of the survivors later. */
typedef struct remaining {
  const double *columns[QY_OBJECTIVES_MAX];
  size_t count;
  uint32_t *index;                 /* owned: index in the caller's columns; NULL: identity */
  double *copy[QY_OBJECTIVES_MAX]; /* owned; NULL at first */
} remaining;

typedef struct sample {
  size_t size; /* a multiple of 64 */
  double *value[QY_OBJECTIVES_MAX];
  uint8_t *on_front;
  uint32_t candidate[CANDIDATES_MAX];
  uint64_t *drops[CANDIDATES_MAX]; /* bit s: candidate dominates sample point s */
  uint64_t *done;                  /* bit s: a pivot does */
  int gain[CANDIDATES_MAX];        /* how many of them were not dropped by pivots chosen so far, or more */
} sample;

/* Name the first NaN, which there is. */
static qy_status refuse_nan(const double *const *columns, int objectives, const uint32_t *index, size_t n,
                            qy_error *err)
{
  for (size_t i = 0; i < n; i++)
    for (int d = 0; d < objectives; d++)
      if (isnan(columns[d][i]))
        return qy_fail(err, QY_BAD_INPUT, "expected a number for objective %d of point %zu, found NaN", d + 1,
                       index ? (size_t)index[i] : i);
  assert(false && "a NaN");
  return QY_BAD_INPUT;
}

static size_t sample_size(size_t count)
{
  size_t size = count / SAMPLE_ONE_OF;
  size = size < SAMPLE_SOME ? size : SAMPLE_SOME;
  size = count / SAMPLE_RARE > size ? count / SAMPLE_RARE : size;
  return (size < SAMPLE_MAX ? size : SAMPLE_MAX) & ~(size_t)63;
}

static size_t candidates_most(size_t size)
{
  return size / CANDIDATE_ONE_OF < CANDIDATES_MAX ? size / CANDIDATE_ONE_OF : CANDIDATES_MAX;
}

/* A sample in one block of memory, for free().  NULL: out of memory. */
static sample *sample_new(size_t size, int objectives)
{
  const size_t most = candidates_most(size);
  const size_t values = (size_t)objectives * size * sizeof(double), words = size / 64 * sizeof(uint64_t);
  sample *s = malloc(sizeof *s + values + (most + 1) * words + size);
  if (!s) return NULL;
  char *next = (char *)(s + 1);
  for (int d = 0; d < objectives; d++, next += size * sizeof(double))
    s->value[d] = (double *)(void *)next;
  for (size_t c = 0; c < most; c++, next += words)
    s->drops[c] = (uint64_t *)(void *)next;
  s->done = (uint64_t *)(void *)next;
  s->on_front = (uint8_t *)next + words;
  s->size = size;
  return s;
}

/* Draw a run of points of each of equal strata and find the front of the sample.  False: no pass is worth while. */
static qy_status draw(sample *s, const remaining *left, int objectives, bool *usable)
{
  const double *columns[QY_OBJECTIVES_MAX];
  const size_t stride = left->count / (s->size / RUN);
  survey seen;
  for (size_t i = 0; i < s->size; i += RUN) {
    const size_t at = i / RUN * stride + (size_t)(qy_random_mix(i) % (stride - RUN + 1));
    for (int d = 0; d < objectives; d++)
      memcpy(s->value[d] + i, left->columns[d] + at, RUN * sizeof(double));
  }
  for (int d = 0; d < objectives; d++)
    columns[d] = s->value[d];
  window_survey(&seen, columns, objectives, s->size);
  *usable = !seen.nan; /* refused later, with its place */
  return *usable ? exact_front(s->on_front, columns, objectives, s->size, &seen) : QY_OK;
}

/* Bits of the sample points that each candidate dominates, and their number. */
static void fill_drops(sample *s, int objectives, int candidates)
{
  sift_pivots one = {.count = 1};
  const double *columns[QY_OBJECTIVES_MAX];
  for (int d = 0; d < objectives; d++)
    columns[d] = s->value[d];
  for (int c = 0; c < candidates; c++) {
    for (int d = 0; d < objectives; d++)
      one.at[0][d] = s->value[d][s->candidate[c]];
    sift_mark(s->drops[c], columns, objectives, s->size, &one);
    s->gain[c] = 0;
    for (size_t w = 0; w < s->size / 64; w++)
      s->gain[c] += __builtin_popcountll(s->drops[c][w]);
  }
}

/* The candidate that drops most of what is not `done`, and how much.  Gains only shrink as more is done, so an old gain
 * bounds the new one and few are counted anew. */
static int best_candidate(sample *s, int candidates, int *gain)
{
  for (int counted = -1;;) {
    int best = 0;
    for (int c = 1; c < candidates; c++)
      if (s->gain[c] > s->gain[best]) best = c;
    *gain = s->gain[best];
    if (best == counted) return best;
    counted = best;
    s->gain[best] = 0;
    for (size_t w = 0; w < s->size / 64; w++)
      s->gain[best] += __builtin_popcountll(s->drops[best][w] & ~s->done[w]);
    if (s->gain[best] == *gain) return best;
  }
}

/* Greedy cover of the sample by candidates.  pivots->count = 0 when a pass would not pay. */
static void choose(sift_pivots *pivots, sample *s, int objectives)
{
  /* What testing a point against one pivot costs, beside filtering it exactly: measured, rounded to the safe side. */
  const int share = (int)s->size / (objectives <= 2 ? 64 : objectives == 3 ? 128 : 256);
  const int drop_min = (int)s->size / SHARE_ONE_OF;
  const size_t most = candidates_most(s->size);
  size_t front = 0, seen = 0;
  int candidates = 0, covered = 0;
  memset(s->done, 0, s->size / 64 * sizeof *s->done);
  pivots->count = 0;
  for (size_t i = 0; i < s->size; i++)
    front += s->on_front[i];
  if (s->size - front < (size_t)drop_min) return;
  for (size_t i = 0; i < s->size && (size_t)candidates < most; i++) /* evenly spread when there are too many */
    if (s->on_front[i] && (front <= most || seen++ * most / front >= (size_t)candidates))
      s->candidate[candidates++] = (uint32_t)i;
  fill_drops(s, objectives, candidates);

  while (pivots->count < SIFT_PIVOTS_MAX) {
    int gain, best = best_candidate(s, candidates, &gain);
    /* It is paid by runs of points of which some are left, which are few when most points are dropped. */
    const double left = (double)RUN * (double)((int)s->size - covered) / (double)s->size;
    if (gain < 2 || gain < (int)(share * (left < 1 ? left : 1))) break;
    covered += gain;
    for (size_t w = 0; w < s->size / 64; w++)
      s->done[w] |= s->drops[best][w];
    for (int d = 0; d < objectives; d++)
      pivots->at[pivots->count][d] = s->value[d][s->candidate[best]];
    pivots->count++;
  }
  if (covered < drop_min) pivots->count = 0;
}

static void remaining_free(remaining *left)
{
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    free(left->copy[d]);
  free(left->index);
}

/* Room for `needed` points in a copy; 0, or -1. */
static int reserve(remaining *to, size_t *room, int objectives, size_t needed)
{
  const size_t had = *room;
  if (needed <= had) return 0;
  if (qy_grow((void **)&to->index, room, needed, sizeof *to->index)) return -1;
  for (int d = 0; d < objectives; d++) {
    size_t here = had;
    if (qy_grow((void **)&to->copy[d], &here, *room, sizeof *to->copy[d])) return -1;
  }
  return 0;
}

/* Copy what no pivot dominates of `from` to `to`, part by part while it is near.  0; 1: nearly all would stay, and `to`
 * is incomplete; or -1: out of memory. */
static int shrink_to(remaining *to, const remaining *from, int objectives, const sift_pivots *pivots, uint32_t *kept)
{
  size_t room = 0;
  for (size_t at = 0; at < from->count; at += PART) {
    const double *columns[QY_OBJECTIVES_MAX];
    const size_t here = from->count - at < PART ? from->count - at : PART;
    for (int d = 0; d < objectives; d++)
      columns[d] = from->columns[d] + at;
    const size_t n = sift(kept, columns, objectives, here, pivots);
    if (to->count + n > at + here - (at + here) / SHARE_ONE_OF) return 1;
    if (reserve(to, &room, objectives, to->count + n)) return -1;
    for (size_t i = 0; i < n; i++)
      to->index[to->count + i] = from->index ? from->index[at + kept[i]] : (uint32_t)(at + kept[i]);
    for (int d = 0; d < objectives; d++)
      for (size_t i = 0; i < n; i++)
        to->copy[d][to->count + i] = columns[d][kept[i]];
    to->count += n;
  }
  return 0;
}

/* Replace `left` by the points no pivot dominates, unless these are nearly all. */
static qy_status shrink(remaining *left, int objectives, const sift_pivots *pivots)
{
  remaining to = {.count = 0};
  uint32_t *kept = malloc((left->count < PART ? left->count : PART) * sizeof *kept);
  const int failed = kept ? shrink_to(&to, left, objectives, pivots, kept) : -1;
  free(kept);
  if (failed) {
    remaining_free(&to);
    return failed < 0 ? QY_NO_MEMORY : QY_OK;
  }
  remaining_free(left);
  for (int d = 0; d < objectives; d++)
    to.columns[d] = to.copy[d];
  *left = to;
  return QY_OK;
}

static qy_status shrink_while_it_pays(remaining *left, int objectives)
{
  qy_status status = QY_OK;
  sift_pivots *pivots = malloc(sizeof *pivots);
  if (!pivots) return QY_NO_MEMORY;
  while (status == QY_OK && left->count >= WORTH_SAMPLING) {
    const size_t before = left->count;
    bool usable;
    sample *s = sample_new(sample_size(before), objectives);
    status = s ? draw(s, left, objectives, &usable) : QY_NO_MEMORY;
    pivots->count = 0;
    if (status == QY_OK && usable) choose(pivots, s, objectives);
    free(s);
    if (status == QY_OK && pivots->count > 0) status = shrink(left, objectives, pivots);
    if (left->count == before) break;
  }
  free(pivots);
  return status;
}

/* One pass with a few pivots chosen among all points.  seen: of the points before and after. */
static qy_status shrink_once(remaining *left, int objectives, survey *seen)
{
  sift_pivots pivots;
  const size_t before = left->count;
  window_pivots(&pivots, left->columns, objectives, before, seen);
  const qy_status status = shrink(left, objectives, &pivots);
  if (status == QY_OK && left->count < before) window_survey(seen, left->columns, objectives, left->count);
  return status;
}

static size_t ones(const uint8_t *flag, size_t n)
{
  size_t count = 0;
  for (size_t i = 0; i < n; i++)
    count += flag[i];
  return count;
}

/* Pairs one by one, each told as soon as it can be: for so few points that anything else takes longer to begin. */
static bool very_few(uint8_t *keep, const double *const *columns, int objectives, size_t n)
{
  bool nan = false;
  for (int d = 0; d < objectives; d++)
    for (size_t i = 0; i < n; i++)
      nan |= columns[d][i] != columns[d][i];
  memset(keep, 1, n);
  for (size_t j = 1; j < n; j++)
    for (size_t i = 0; i < j && keep[j]; i++) {
      bool less = false, more = false;
      for (int d = 0; d < objectives && !(less && more); d++) {
        less |= columns[d][i] < columns[d][j];
        more |= columns[d][i] > columns[d][j];
      }
      if (less && !more) keep[j] = 0;
      if (more && !less) keep[i] = 0;
    }
  return !nan;
}

/* True: keep[] is known, or *nan set. */
static bool at_once(uint8_t *keep, const double *const *columns, int objectives, size_t n, bool *nan)
{
  if (n <= VERY_FEW)
    *nan = !very_few(keep, columns, objectives, n);
  else if (objectives == 2 && exact_ordered(keep, columns[0], columns[1], n, nan))
    return true;
  else if (window_is_few(objectives, n))
    *nan = !window_few(keep, columns, objectives, n);
  else
    return false;
  return true;
}

static qy_status front_of_many(uint8_t *on_front, size_t *front_count, const double *const *columns, int objectives,
                               size_t count, qy_error *err)
{
  qy_status status = QY_OK;
  uint8_t *keep = NULL;
  remaining left = {.count = count};
  survey seen;
  for (int d = 0; d < objectives; d++)
    left.columns[d] = columns[d];
  if (count >= WORTH_SAMPLING) status = shrink_while_it_pays(&left, objectives);
  if (status != QY_OK) goto cleanup;
  window_survey(&seen, left.columns, objectives, left.count);
  if (!seen.nan && count < WORTH_SAMPLING) status = shrink_once(&left, objectives, &seen);
  if (status != QY_OK) goto cleanup;
  if (seen.nan) {
    status = refuse_nan(left.columns, objectives, left.index, left.count, err);
    goto cleanup;
  }
  keep = left.index ? malloc(left.count) : on_front;
  status = keep ? exact_front(keep, left.columns, objectives, left.count, &seen) : QY_NO_MEMORY;
  if (status != QY_OK) goto cleanup;
  *front_count = ones(keep, left.count);
  if (left.index) {
    memset(on_front, 0, count);
    for (size_t i = 0; i < left.count; i++)
      if (keep[i]) on_front[left.index[i]] = 1;
  }
cleanup:
  if (status == QY_NO_MEMORY) qy_fail(err, status, "cannot allocate memory for the front of %zu points", count);
  if (left.index) free(keep);
  remaining_free(&left);
  return status;
}

qy_status qy_pareto(uint8_t *on_front, size_t *front_count, const double *const *columns, int objectives, size_t count,
                    qy_error *err)
{
  assert(front_count && (count == 0 || (on_front && columns)));
  bool nan;
  *front_count = 0;
  if (objectives < 1 || objectives > QY_OBJECTIVES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected 1 to %d objectives, found %d", (int)QY_OBJECTIVES_MAX, objectives);
  if (count >= UINT32_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected fewer than 2^32 - 1 points at once, found %zu", count);
  if (count == 0) return QY_OK;
  if (!at_once(on_front, columns, objectives, count, &nan))
    return front_of_many(on_front, front_count, columns, objectives, count, err);
  if (nan) return refuse_nan(columns, objectives, NULL, count, err);
  *front_count = ones(on_front, count);
  return QY_OK;
}
