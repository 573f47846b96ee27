/* The loops over draws: see draws_lanes.h. */
#include "draws_lanes.h"

#include "quarry/lane_set.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_WIDE 1
#include <immintrin.h>
#else
#define HAS_WIDE 0
#endif

/* Rows of a product done together; vectors of a row, at most; columns in one go. */
enum { ROWS = 4, WIDTH_MAX = 8, COLUMNS_MAX = 256 };
typedef double lanes_2 __attribute__((vector_size(16)));
typedef int64_t mask_2 __attribute__((vector_size(16)));
#if HAS_WIDE
typedef double lanes_4 __attribute__((vector_size(32)));
typedef double lanes_8 __attribute__((vector_size(64)));
typedef int64_t mask_4 __attribute__((vector_size(32)));
typedef int64_t mask_8 __attribute__((vector_size(64)));
#endif

/* Columns that some row takes any of: prices are finite, so the others add nothing. */
typedef struct used_columns {
  size_t count;
  size_t column[COLUMNS_MAX];
  double coefficient[COLUMNS_MAX][ROWS];
} used_columns;

static void find_used(used_columns *used, const draws_product *p, size_t row, size_t rows)
{
  used->count = 0;
  for (size_t c = 0; c < p->count; c++) {
    const double *own = p->coefficient + row * p->stride + c;
    bool any = false;
    for (size_t r = 0; r < rows; r++) {
      used->coefficient[used->count][r] = own[r * p->stride];
      any |= own[r * p->stride] != 0;
    }
    used->column[used->count] = c;
    used->count += any;
  }
}

/* ---- what is left of a loop: single draws ---- */

static void multiply_draw(const draws_product *p, size_t row, size_t rows, const used_columns *used, size_t k)
{
  for (size_t r = 0; r < rows; r++) {
    double *out = p->out + (row + r) * p->draws + k, sum = p->add ? *out : 0;
    for (size_t u = 0; u < used->count; u++)
      sum += used->coefficient[u][r] * p->basis[used->column[u] * p->draws + k];
    *out = sum;
  }
}

static double sum_draw(const draws_term *term, int terms, size_t k)
{
  double sum = 0;
  for (int t = 0; t < terms; t++)
    sum += term[t].kind == DRAWS_CERTAIN ? term[t].scale
           : term[t].kind == DRAWS_TIMES ? term[t].scale * term[t].from[k]
                                         : term[t].scale / term[t].from[k];
  return sum;
}

static void window_rest(draws_window *l, draws_window *u, const double *v, size_t first, size_t count)
{
  for (size_t k = first; k < count; k++) {
    l->before += v[k] < l->low;
    u->before += v[k] > u->high;
    l->in[l->count] = u->in[u->count] = v[k];
    l->count += v[k] >= l->low && v[k] <= l->high;
    u->count += v[k] >= u->low && v[k] <= u->high;
  }
}

static void lower_rest(double *least, const double *other, double own, double scale, size_t first, size_t count)
{
  for (size_t i = first; i < count; i++) {
    const double gain = (own - other[i]) * scale;
    least[i] = gain < least[i] ? gain : least[i];
  }
}

/* The last block, where it is not a whole one; is any draw left? */
static bool mark_rest(uint8_t *left, const double *const *own, const double *const *other, size_t objectives,
                      bool ahead, size_t count)
{
  const size_t block = count / DRAWS_BLOCK;
  if (count % DRAWS_BLOCK == 0) return false;
  for (size_t k = block * DRAWS_BLOCK; k < count; k++) {
    bool no_worse = true, less = ahead;
    for (size_t o = 0; o < objectives; o++) {
      no_worse &= own[o][k] <= other[o][k];
      less |= own[o][k] < other[o][k];
    }
    if (no_worse && less) left[block] &= (uint8_t) ~(1U << (k % DRAWS_BLOCK));
  }
  return left[block];
}

/* Is a no worse than b in all certain objectives but the first?  *ahead: it is better in one of them, too. */
static bool certain_no_worse(bool *ahead, const double *a, const double *b, size_t count)
{
  for (size_t o = 1; o < count; o++) {
    if (a[o] > b[o]) return false;
    *ahead |= a[o] < b[o];
  }
  return true;
}

/* ---- one copy for each instruction set ---- */

#define LANES_NAME(f) f##_plain
#define LANES         2
#define LANES_VECTOR  lanes_2
#define LANES_MASK    mask_2
#define LANES_NONE(m) (((m)[0] | (m)[1]) == 0)
#if HAS_WIDE
#define LANES_BITS(x, y, op, OP) ((unsigned)_mm_movemask_pd((__m128d)((x)op(y))))
#else
#define LANES_BITS(x, y, op, OP) ((unsigned)((x)[0] op(y)[0]) | (unsigned)((x)[1] op(y)[1]) << 1)
#endif
#define LANES_COUNT(below, value, x) ((below) -= (value) < (x))
#define LANES_TARGET
#include "draws_lanes_pass.h"

#if HAS_WIDE
#define LANES_NAME(f)                f##_avx2
#define LANES                        4
#define LANES_VECTOR                 lanes_4
#define LANES_MASK                   mask_4
#define LANES_NONE(m)                _mm256_testz_si256((__m256i)(m), (__m256i)(m))
#define LANES_BITS(x, y, op, OP)     ((unsigned)_mm256_movemask_pd((__m256d)((x)op(y))))
#define LANES_COUNT(below, value, x) ((below) -= (value) < (x))
#define LANES_TARGET                 __attribute__((target("avx2")))
#include "draws_lanes_pass.h"

#define LANES_COMPRESS
#define LANES_NAME(f)            f##_avx512
#define LANES                    8
#define LANES_VECTOR             lanes_8
#define LANES_MASK               mask_8
#define LANES_NONE(m)            (_mm512_test_epi64_mask((__m512i)(m), (__m512i)(m)) == 0)
#define LANES_BITS(x, y, op, OP) ((unsigned)_mm512_cmp_pd_mask((__m512d)(x), (__m512d)(y), OP))
#define LANES_COUNT(below, value, x)                                                                                   \
  ((below) = (LANES_MASK)_mm512_mask_sub_epi64((__m512i)(below),                                                       \
                                               _mm512_cmp_pd_mask(_mm512_set1_pd(value), (__m512d)(x), _CMP_LT_OQ),    \
                                               (__m512i)(below), _mm512_set1_epi64(-1)))
#define LANES_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#include "draws_lanes_pass.h"
#endif

int draws_loops_versions(void)
{
  return (int)qy_lane_set_best() + 1;
}

const draws_loops *draws_loops_version(int version)
{
  assert(version >= 0 && version < draws_loops_versions());
#if HAS_WIDE
  if (version == 2) return &loops_avx512;
  if (version == 1) return &loops_avx2;
#endif
  return &loops_plain;
}

const draws_loops *draws_loops_here(void)
{
  return draws_loops_version(draws_loops_versions() - 1);
}

/* ---- selection ---- */

/* The value at position `at` of v[n] were it sorted (Hoare, Communications of the ACM 4, 1961); those before it end up
 * at places before it, those behind it behind. */
static double select_at(double *v, size_t n, size_t at)
{
  size_t low = 0, high = n - 1;
  while (low < high) {
    const double a = v[low], b = v[low + (high - low) / 2], c = v[high];
    const double pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b); /* their median */
    size_t i = low, j = high;
    for (;; i++, j--) {
      while (v[i] < pivot)
        i++;
      while (v[j] > pivot)
        j--;
      if (i >= j) break;
      const double keep = v[i];
      v[i] = v[j];
      v[j] = keep;
    }
    if (at <= j)
      high = j;
    else
      low = j + 1;
  }
  return v[at];
}

static size_t draw_of(const double *v, size_t count, double value)
{
  size_t k = 0;
  while (k + 1 < count && v[k] != value)
    k++;
  return k;
}

/* Places of values in the order that is asked for: those two, and some to either side that bound them next time. */
typedef struct draws_places {
  size_t first, below, second, last;
} draws_places;

static draws_places places_of(size_t count, size_t below)
{
  const size_t margin = 4 + below / 8, second = below + 1 < count ? below + 1 : count - 1;
  return (draws_places){.first = below > margin ? below - margin : 0,
                        .below = below,
                        .second = second,
                        .last = second + margin < count ? second + margin : count - 1};
}

/* Both values, and bounds for the next time, from part[n], which has all values at places from `before` on, as far as
 * n goes, and is put in another order. */
static void from_part(double out[2], double *part, size_t n, size_t before, const draws_places *p, bool upper,
                      const double *v, size_t count, draws_guess *guess)
{
  const size_t place[4] = {p->last - before, p->second - before, p->below - before, p->first - before};
  double value[4];
  for (int i = 0; i < 4; i++) { /* each among those before the last one */
    const size_t left = i ? place[i - 1] + 1 : n;
    value[i] = upper ? select_at(part + n - left, left, left - 1 - place[i]) : select_at(part, left, place[i]);
  }
  out[0] = value[2];
  out[1] = value[1];
  *guess = (draws_guess){draw_of(v, count, value[3]), draw_of(v, count, value[0]), true};
}

/* Both values from a window; false: it does not hold them. */
static bool from_window(double out[2], const draws_loops *loops, draws_window *w, const draws_places *p, bool upper)
{
  enum { MOST = 64 };
  if (w->before > p->below || w->before + w->count <= p->second || w->count > MOST + p->below / 4) return false;
  const size_t first = p->below - w->before, next = p->second - w->before;
  const size_t place[2] = {upper ? w->count - 1 - first : first, upper ? w->count - 1 - next : next};
  loops->pick(out, w->in, w->count, place);
  return true;
}

/* As far again, some times, to either side. */
static draws_window wider(const draws_window *w)
{
  static const double more = 3;
  const double low = fmin(w->low, w->high), high = fmax(w->low, w->high), step = more * (high - low);
  return (draws_window){.low = low - step, .high = high + step, .in = w->in};
}

draws_ends draws_select(const draws_loops *loops, const double *v, size_t count, size_t below, draws_guess guess[2],
                        double *room)
{
  const draws_places place = places_of(count, below);
  draws_ends ends;
  bool done[2] = {false, false};
  double *const out[2] = {ends.lower, ends.upper};
  draws_window w[2] = {{.in = room}, {.in = room + count + DRAWS_SLACK}};
  if (guess[0].known && guess[1].known) {
    w[0].low = v[guess[0].first];
    w[0].high = v[guess[0].last];
    w[1].low = v[guess[1].last];
    w[1].high = v[guess[1].first];
    loops->windows(&w[0], &w[1], v, count);
    for (int end = 0; end < 2; end++)
      done[end] = from_window(out[end], loops, &w[end], &place, end);
    if (done[0] && done[1]) return ends;
    for (int end = 0; end < 2; end++)
      w[end] = wider(&w[end]);
    loops->windows(&w[0], &w[1], v, count);
  }
  for (int end = 0; end < 2; end++) {
    if (done[end]) continue;
    size_t before = w[end].before, n = w[end].count;
    if (before > place.first || before + n <= place.last) { /* not there, or the first time */
      memcpy(w[end].in, v, count * sizeof *v);
      n = count;
      before = 0;
    }
    from_part(out[end], w[end].in, n, before, &place, end, v, count, &guess[end]);
  }
  return ends;
}
