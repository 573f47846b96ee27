/* Covers: partial sums rounded on a geometric grid (assign_int.h).
 *
 * Cells.  cell() maps a value w >= 0 to an integer, never falling in w, so that two values of the same cell are within
 * a factor 1 + delta of each other: each binary octave is cut into M equal pieces, at most 1/M of their lower end wide,
 * and 1/M <= delta less what rounding takes.  Zero has a cell of its own.
 *
 * Step.  A partial sum p over the groups [0, g) has the corner c(p) = p + R, R the least sum of the groups from g on in
 * each dimension.  p may be dropped when a kept q has cell(c(q)) <= cell(c(p)) in the rounded dimensions and q <= p in
 * the others.
 *
 * Claim.  Let delta_1 ... delta_g be those of the steps so far.  For each assignment with totals v that meets the
 * limits there is a kept partial sum q with q + t <= v (1 + delta_1) ... (1 + delta_g) in every dimension, and
 * q + t <= v in those that are not rounded; t is what the assignment adds from group g on.  After the last group t = 0,
 * so every assignment has a kept one at most as large in limited dimensions (which are never rounded) and at most
 * product <= 1 + epsilon times as large in the others.
 * Proof by induction on g.  Let p be the candidate that q of the step before becomes with the option of the assignment:
 * p + t' <= v D, D the product so far, t' = t less that option.  If p was dropped for q', then in a rounded dimension
 * q' + R <= (1 + delta)(p + R), and t' >= R, hence q' + t' = (q' + R) + (t' - R) <= (1 + delta)(p + R) + (t' - R)
 * <= (1 + delta)(p + t') <= (1 + delta) D v; in another q' + t' <= p + t'.  Exact dominance is delta = 0.  Dropping is
 * transitive in the cells, so a front of the cells leaves such a q' for each p.  End of proof.
 * The sums are rounded to double: the budget is cut by more than that.
 *
 * Because corners hold what is still to come, they span a small ratio in the first groups, and few cells suffice.
 */
#include "assign_int.h"

#include "quarry/random.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 4096 /* partial sums that are not worth rounding */, CELLS_MAX = 1 << 24, OCTAVE_BITS = 32 };

#define DELTA_LEAST 0x1p-20 /* finer grids save nothing below CELLS_MAX */
#define BUDGET_MOST 0.7     /* log 2 and a little: an epsilon above 1 says nothing */
#define BUDGET_STEP 1.25
#define TRUNCATED   0x1p-31 /* of a mantissa cut to OCTAVE_BITS, and of sums */

/* Pieces of an octave for a factor of exp(budget); 0: too fine. */
static uint64_t pieces(double budget)
{
  const double delta = expm1(budget);
  return delta > DELTA_LEAST ? (uint64_t)ceil(1 / (delta - TRUNCATED)) : 0;
}

static uint64_t cell(double w, uint64_t pieces_of_octave)
{
  uint64_t bits;
  assert(w >= 0);
  if (w < 0x1p-1022) return 0; /* 0 only: costs this small do not occur beside others */
  memcpy(&bits, &w, sizeof bits);
  const uint64_t part = bits << 12 >> (64 - OCTAVE_BITS);
  return (bits >> 52) * pieces_of_octave + (part * pieces_of_octave >> OCTAVE_BITS);
}

/* The best of one cell: least in the second dimension. */
typedef struct best {
  double y;
  uint32_t parent, option; /* option: its place among those left of the group */
} best;

typedef struct grid {
  uint64_t pieces, low;
  size_t cells; /* 0: nothing but zeros */
  best *at;     /* [cells + 1]; the first one for corners of 0 */
} grid;

/* Cells from the least corner above zero to the greatest one. */
static void span(grid *s, const assign_work *w)
{
  const size_t g = w->done;
  double low = INFINITY, high = 0;
  for (size_t o = w->first[g]; o < w->first[g + 1]; o++) {
    const double shift = w->value[0][o] + w->rest[0][g + 1];
    for (size_t i = 0; i < w->count; i++) {
      const double c = w->state[0][i] + shift;
      if (c > 0 && c < low) low = c;
      if (c >= 0x1p-1022) break; /* rising */
    }
    high = fmax(high, w->state[0][w->count - 1] + shift);
  }
  s->low = low <= high ? cell(low * (1 - 0x1p-40), s->pieces) : 0;
  const uint64_t cells = high > 0 ? cell(high * (1 + 0x1p-40), s->pieces) - s->low + 1 : 0;
  s->cells = cells < SIZE_MAX / 2 ? (size_t)cells : SIZE_MAX / 2;
}

static void fill(grid *s, const assign_work *w)
{
  const size_t g = w->done;
  const double rest = w->rest[0][g + 1];
  for (size_t o = w->first[g]; o < w->first[g + 1]; o++)
    for (size_t i = 0; i < w->count; i++) {
      const double v[2] = {w->state[0][i] + w->value[0][o], w->state[1][i] + w->value[1][o]};
      if (w->filtered && !assign_open_ended(w, v, g + 1)) continue;
      const uint64_t c = cell(v[0] + rest, s->pieces);
      best *b = &s->at[c ? c - s->low + 1 : 0];
      if (v[1] < b->y) *b = (best){v[1], (uint32_t)i, (uint32_t)(o - w->first[g])};
    }
}

/* The cells that no lower one dominates, as the new partial sums. */
static qy_status take_cells(assign_work *w, const grid *s, qy_error *err)
{
  const size_t g = w->done;
  size_t count = 0;
  double low = INFINITY;
  for (size_t c = 0; c <= s->cells; c++)
    if (s->at[c].y < low) {
      low = s->at[c].y;
      s->at[count++] = s->at[c];
    }
  double *state[ASSIGN_DIMS_MAX] = {qy_alloc(count, sizeof(double)), qy_alloc(count, sizeof(double))};
  uint32_t *parent = qy_alloc(count, sizeof *parent);
  uint16_t *option = qy_alloc(count, sizeof *option);
  if (!state[0] || !state[1] || !parent || !option) {
    free(state[0]);
    free(state[1]);
    free(parent);
    free(option);
    return qy_no_memory(err);
  }
  for (size_t i = 0; i < count; i++) {
    const best *b = &s->at[i];
    const size_t o = w->first[g] + b->option;
    state[0][i] = w->state[0][b->parent] + w->value[0][o];
    state[1][i] = b->y;
    parent[i] = b->parent;
    option[i] = w->option[o];
  }
  assign_take(w, count, state, parent, option);
  return QY_OK;
}

/* Two dimensions, many candidates: straight into the cells, without sorting. */
static qy_status extend_cells(assign_work *w, grid *s, qy_error *err)
{
  if (!(s->at = malloc((s->cells + 1) * sizeof *s->at))) return qy_no_memory(err);
  for (size_t c = 0; c <= s->cells; c++)
    s->at[c] = (best){INFINITY, 0, 0};
  fill(s, w);
  qy_status status = take_cells(w, s, err);
  free(s->at);
  return status;
}

/* Keys of the partial sums: cells of the corners in the first grid_dims dimensions, the sums in the others. */
static qy_status keys(double **key, const assign_work *w, uint64_t pieces_of_octave, int grid_dims, qy_error *err)
{
  for (int d = 0; d < w->dims; d++) {
    if (!(key[d] = qy_alloc(w->count, sizeof(double)))) return qy_no_memory(err);
    for (size_t i = 0; i < w->count; i++) {
      const double v = w->state[d][i];
      key[d][i] = d < grid_dims ? (double)cell(v + w->rest[d][w->done], pieces_of_octave) : v;
    }
  }
  return QY_OK;
}

qy_status assign_thin(assign_work *w, double budget, int grid_dims, bool *spent, qy_error *err)
{
  const uint64_t pieces_of_octave = pieces(budget);
  *spent = false;
  if (pieces_of_octave == 0 || grid_dims == 0 || w->count == 0) return QY_OK;
  double *key[ASSIGN_DIMS_MAX] = {0};
  size_t count = 0;
  uint32_t *kept = qy_alloc(w->count, sizeof *kept);
  qy_status status = kept ? keys(key, w, pieces_of_octave, grid_dims, err) : qy_no_memory(err);
  if (!status) status = assign_select(kept, &count, (const double *const *)key, w->dims, w->count, err);
  *spent = !status && count < w->count;
  if (*spent) status = assign_keep(w, kept, count, err);
  for (int d = 0; d < w->dims; d++)
    free(key[d]);
  free(kept);
  return status;
}

static int by_word(const void *left, const void *right)
{
  const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* Cells with partial sums in them; dominance among cells leaves fewer. */
static size_t filled_cells(uint64_t *word, const assign_work *w, uint64_t pieces_of_octave)
{
  size_t count = 0;
  for (size_t i = 0; i < w->count; i++) {
    word[i] = 0;
    for (int d = 0; d < w->grid_dims; d++)
      word[i] = qy_random_mix(word[i] + cell(w->state[d][i] + w->rest[d][w->done], pieces_of_octave));
  }
  qsort(word, w->count, sizeof *word, by_word);
  for (size_t i = 0; i < w->count; i++)
    count += i == 0 || word[i] != word[i - 1];
  return count;
}

qy_status assign_find_budget(double *budget, const assign_work *w, size_t most, qy_error *err)
{
  uint64_t *word = qy_alloc(w->count, sizeof *word);
  if (!word) return qy_no_memory(err);
  while (*budget < BUDGET_MOST && (pieces(*budget) == 0 || filled_cells(word, w, pieces(*budget)) > most))
    *budget *= BUDGET_STEP;
  if (w->grid_dims == 0 || *budget >= BUDGET_MOST) *budget = INFINITY;
  free(word);
  return QY_OK;
}

qy_status assign_extend_grid(assign_work *w, double *budget, const double *weight, qy_error *err)
{
  const size_t g = w->done, candidates = w->count * (w->first[g + 1] - w->first[g]);
  double weights = 0;
  for (size_t h = g; h <= w->groups; h++)
    weights += weight[h];
  const double share = *budget * weight[g] / weights;
  grid s = {.pieces = pieces(share)};
  bool spent = false;
  qy_status status;
  if (w->dims == 2 && w->grid_dims == 1 && s.pieces > 0 && candidates > FEW) {
    span(&s, w);
    spent = s.cells < candidates && s.cells < CELLS_MAX;
  }
  if (spent && assign_stopped(w))
    status = qy_fail(err, QY_INTERRUPTED, "interrupted");
  else if (spent)
    status = extend_cells(w, &s, err);
  else
    status = assign_extend(w, err);
  if (!status && !spent && w->count > FEW) status = assign_thin(w, share, w->grid_dims, &spent, err);
  if (spent) *budget -= share;
  return status;
}
