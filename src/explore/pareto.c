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

#include "quarry/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  WORTH_SIFTING = 512,  /* fewer points go to the exact filter at once */
  SAMPLE_ONE_OF = 8,    /* one point in so many is sampled, at most */
  SAMPLE_MAX = 2048,    /* points: 1/SAMPLE_MAX is the resolution of the estimated shares */
  CANDIDATE_ONE_OF = 8, /* one sampled point in so many is tried as a pivot, at most */
  CANDIDATES_MAX = 128,
  SHARE_ONE_OF = 8, /* a pass must drop one point in so many */
  WORDS_MAX = SAMPLE_MAX / 64
};

/* The points still in question: a view of the caller's columns at first, copies of the survivors later. */
typedef struct remaining {
  const double *columns[QY_OBJECTIVES_MAX];
  size_t count;
  uint32_t *index; /* owned: index in the caller's columns; NULL: identity */
  double *copy;    /* owned; NULL at first */
} remaining;

typedef struct sample {
  size_t size; /* a multiple of 64 */
  double value[QY_OBJECTIVES_MAX][SAMPLE_MAX];
  uint8_t on_front[SAMPLE_MAX];
  uint32_t candidate[CANDIDATES_MAX];
  uint64_t drops[CANDIDATES_MAX][WORDS_MAX]; /* bit s: candidate dominates sample point s */
  int gain[CANDIDATES_MAX];                  /* how many of them were not dropped by pivots chosen so far, or more */
} sample;

static qy_status refuse_nan(const double *const *columns, int objectives, const uint32_t *index, size_t n,
                            qy_error *err)
{
  for (size_t i = 0; i < n; i++)
    for (int d = 0; d < objectives; d++)
      if (isnan(columns[d][i]))
        return qy_fail(err, QY_BAD_INPUT, "expected a number for objective %d of point %zu, found NaN", d + 1,
                       index ? (size_t)index[i] : i);
  return QY_OK;
}

/* Draw one point of each of s->size equal strata and find the front of the sample.  False: no pass is worth while. */
static qy_status draw(sample *s, const remaining *left, int objectives, bool *usable)
{
  const double *columns[QY_OBJECTIVES_MAX];
  s->size = left->count / SAMPLE_ONE_OF < SAMPLE_MAX ? left->count / SAMPLE_ONE_OF & ~(size_t)63 : SAMPLE_MAX;
  size_t stride = left->count / s->size;
  *usable = false;
  for (size_t i = 0; i < s->size; i++) {
    size_t at = i * stride + (size_t)(qy_random_mix(i) % stride);
    for (int d = 0; d < objectives; d++) {
      s->value[d][i] = left->columns[d][at];
      if (isnan(s->value[d][i])) return QY_OK; /* refused later, with its place */
    }
  }
  for (int d = 0; d < objectives; d++)
    columns[d] = s->value[d];
  *usable = true;
  return exact_front(s->on_front, columns, objectives, s->size);
}

/* Bits of the sample points that each candidate dominates, and their number. */
static void fill_drops(sample *s, int objectives, int candidates)
{
  for (int c = 0; c < candidates; c++) {
    const uint32_t at = s->candidate[c];
    s->gain[c] = 0;
    for (size_t w = 0; w < s->size / 64; w++) {
      uint64_t bits = 0;
      for (size_t b = 0; b < 64; b++) {
        unsigned no_smaller = 1, larger = 0;
        for (int d = 0; d < objectives; d++) {
          no_smaller &= s->value[d][w * 64 + b] >= s->value[d][at];
          larger |= s->value[d][w * 64 + b] > s->value[d][at];
        }
        bits |= (uint64_t)(no_smaller & larger) << b;
      }
      s->drops[c][w] = bits;
      s->gain[c] += __builtin_popcountll(bits);
    }
  }
}

/* The candidate that drops most of what is not `done`, and how much.  Gains only shrink as more is done, so an old gain
 * bounds the new one and few are counted anew. */
static int best_candidate(sample *s, const uint64_t *done, int candidates, int *gain)
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
      s->gain[best] += __builtin_popcountll(s->drops[best][w] & ~done[w]);
    if (s->gain[best] == *gain) return best;
  }
}

/* Greedy cover of the sample by candidates.  pivots->count = 0 when a pass would not pay. */
static void choose(sift_pivots *pivots, sample *s, int objectives)
{
  /* What testing a point against one pivot costs, beside filtering it exactly: measured, rounded to the safe side. */
  const int share = (int)s->size / (objectives <= 2 ? 64 : objectives == 3 ? 128 : 256);
  const int gain_min = share < 2 ? 2 : share, drop_min = (int)s->size / SHARE_ONE_OF;
  const size_t most = s->size / CANDIDATE_ONE_OF < CANDIDATES_MAX ? s->size / CANDIDATE_ONE_OF : CANDIDATES_MAX;
  size_t front = 0, seen = 0;
  int candidates = 0, covered = 0;
  uint64_t done[WORDS_MAX] = {0};
  pivots->count = 0;
  for (size_t i = 0; i < s->size; i++)
    front += s->on_front[i];
  if (s->size - front < (size_t)drop_min) return;
  for (size_t i = 0; i < s->size && (size_t)candidates < most; i++) /* evenly spread when there are too many */
    if (s->on_front[i] && (front <= most || seen++ * most / front >= (size_t)candidates))
      s->candidate[candidates++] = (uint32_t)i;
  fill_drops(s, objectives, candidates);

  while (pivots->count < SIFT_PIVOTS_MAX) {
    int gain, best = best_candidate(s, done, candidates, &gain);
    if (gain < gain_min) break;
    covered += gain;
    for (size_t w = 0; w < s->size / 64; w++)
      done[w] |= s->drops[best][w];
    for (int d = 0; d < objectives; d++)
      pivots->at[pivots->count][d] = s->value[d][s->candidate[best]];
    pivots->count++;
  }
  if (covered < drop_min) pivots->count = 0;
}

/* Replace `left` by the points no pivot dominates. */
static qy_status shrink(remaining *left, int objectives, const sift_pivots *pivots)
{
  uint32_t *kept = malloc(left->count * sizeof *kept);
  double *copy = NULL;
  if (!kept) return QY_NO_MEMORY;
  size_t n = sift(kept, left->columns, objectives, left->count, pivots);
  copy = malloc((n + 1) * (size_t)objectives * sizeof *copy);
  if (!copy) {
    free(kept);
    return QY_NO_MEMORY;
  }
  for (int d = 0; d < objectives; d++) {
    double *to = copy + (size_t)d * n;
    for (size_t i = 0; i < n; i++)
      to[i] = left->columns[d][kept[i]];
    left->columns[d] = to;
  }
  if (left->index)
    for (size_t i = 0; i < n; i++)
      kept[i] = left->index[kept[i]];
  free(left->index);
  free(left->copy);
  left->index = kept;
  left->copy = copy;
  left->count = n;
  return QY_OK;
}

static qy_status shrink_while_it_pays(remaining *left, int objectives)
{
  qy_status status = QY_OK;
  sift_pivots *pivots = NULL;
  sample *s = malloc(sizeof *s);
  pivots = malloc(sizeof *pivots);
  if (!s || !pivots) status = QY_NO_MEMORY;
  while (status == QY_OK && left->count >= WORTH_SIFTING) {
    bool usable;
    status = draw(s, left, objectives, &usable);
    if (status != QY_OK || !usable) break;
    choose(pivots, s, objectives);
    if (pivots->count == 0) break;
    status = shrink(left, objectives, pivots);
  }
  free(pivots);
  free(s);
  return status;
}

qy_status qy_pareto(uint8_t *on_front, size_t *front_count, const double *const *columns, int objectives, size_t count,
                    qy_error *err)
{
  assert(front_count && (count == 0 || (on_front && columns)));
  qy_status status = QY_OK;
  uint8_t *keep = NULL;
  remaining left = {.count = count};
  *front_count = 0;
  if (objectives < 1 || objectives > QY_OBJECTIVES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected 1 to %d objectives, found %d", (int)QY_OBJECTIVES_MAX, objectives);
  if (count >= UINT32_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected fewer than 2^32 - 1 points at once, found %zu", count);
  if (count == 0) return QY_OK;
  for (int d = 0; d < objectives; d++)
    left.columns[d] = columns[d];

  if (count >= WORTH_SIFTING) status = shrink_while_it_pays(&left, objectives);
  if (status != QY_OK) goto cleanup;
  status = refuse_nan(left.columns, objectives, left.index, left.count, err);
  if (status != QY_OK) goto cleanup;

  if (!left.index) {
    status = exact_front(on_front, left.columns, objectives, count);
    for (size_t i = 0; status == QY_OK && i < count; i++)
      *front_count += on_front[i];
    goto cleanup;
  }
  keep = malloc(left.count);
  if (!keep) {
    status = QY_NO_MEMORY;
    goto cleanup;
  }
  status = exact_front(keep, left.columns, objectives, left.count);
  if (status != QY_OK) goto cleanup;
  memset(on_front, 0, count);
  for (size_t i = 0; i < left.count; i++)
    if (keep[i]) {
      on_front[left.index[i]] = 1;
      ++*front_count;
    }
cleanup:
  if (status == QY_NO_MEMORY) qy_fail(err, status, "cannot allocate memory for the front of %zu points", count);
  free(keep);
  free(left.index);
  free(left.copy);
  return status;
}
