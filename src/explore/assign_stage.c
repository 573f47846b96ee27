/* One more group by exact dominance: each option shifts the front of the partial sums, and shifted fronts are merged
 * in pairs (assign_int.h).
 *
 * Up to three dimensions: records in lexicographic order, so that none is dominated by a later one; a record stays when
 * no point of the staircase of the other two dimensions is at least as good.  With two the staircase is one number.
 * More: all candidates through qy_pareto.
 */
#include "assign_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FLAT = ASSIGN_FLAT };

typedef struct record {
  double v[FLAT]; /* dimensions that are not there are 0 */
  uint32_t parent, option;
} record;

typedef struct list {
  record *at;
  size_t count;
} list;

/* Points (y, z), y rising, z falling, between sentinels. */
typedef struct staircase {
  double *y, *z;
  size_t count;
} staircase;

static bool before(const record *a, const record *b)
{
  for (int d = 0; d < FLAT; d++)
    if (a->v[d] != b->v[d]) return a->v[d] < b->v[d];
  return false;
}

/* Put (y, z) in unless a point is at least as good; false then. */
static bool climb(staircase *s, double y, double z)
{
  size_t low = 0, high = s->count; /* points [0, low) have y' <= y */
  while (low < high) {
    const size_t mid = low + (high - low) / 2;
    if (s->y[mid] <= y)
      low = mid + 1;
    else
      high = mid;
  }
  if (low > 0 && s->z[low - 1] <= z) return false;
  size_t from = low, to = low;
  if (from > 0 && s->y[from - 1] == y) from--;
  while (to < s->count && s->z[to] >= z)
    to++;
  const size_t behind = s->count - to;
  if (to != from + 1) {
    memmove(s->y + from + 1, s->y + to, behind * sizeof *s->y);
    memmove(s->z + from + 1, s->z + to, behind * sizeof *s->z);
  }
  s->y[from] = y;
  s->z[from] = z;
  s->count = from + 1 + behind;
  return true;
}

/* The partial sums shifted by one option.  Rounding may bring two to the same value: the order is then restored. */
static qy_status shift(list *out, const assign_work *w, size_t o, qy_error *err)
{
  const size_t g = w->done;
  *out = (list){qy_alloc(w->count, sizeof(record)), 0};
  if (!out->at) return qy_no_memory(err);
  for (size_t i = 0; i < w->count; i++) {
    record r = {.parent = (uint32_t)i, .option = w->option[o]};
    for (int d = 0; d < w->dims; d++)
      r.v[d] = w->state[d][i] + w->value[d][o];
    if (w->filtered && !assign_open_ended(w, r.v, g + 1)) continue;
    size_t at = out->count++;
    for (; at > 0 && before(&r, &out->at[at - 1]); at--)
      out->at[at] = out->at[at - 1];
    out->at[at] = r;
  }
  return QY_OK;
}

/* Front of two lists; both are freed. */
static qy_status merge(list *out, int dims, list a, list b, qy_error *err)
{
  const size_t most = a.count + b.count;
  staircase s = {qy_alloc(dims > 2 ? most : 1, sizeof(double)), qy_alloc(dims > 2 ? most : 1, sizeof(double)), 0};
  *out = (list){qy_alloc(most, sizeof(record)), 0};
  const bool good = s.y && s.z && out->at;
  double low = INFINITY;
  for (size_t i = 0, j = 0; good && i + j < most;) {
    const bool right = i == a.count || (j < b.count && before(&b.at[j], &a.at[i])); /* equal: the first option */
    const record *r = right ? &b.at[j++] : &a.at[i++];
    if (dims > 2 ? !climb(&s, r->v[1], r->v[2]) : !(r->v[1] < low)) continue;
    low = r->v[1];
    out->at[out->count++] = *r;
  }
  free(a.at);
  free(b.at);
  free(s.y);
  free(s.z);
  return good ? QY_OK : qy_no_memory(err);
}

/* Front over options [low, high). */
static qy_status gather(list *out, const assign_work *w, size_t low, size_t high, qy_error *err)
{
  if (high - low == 1) return shift(out, w, low, err);
  list a = {0}, b = {0};
  const size_t mid = low + (high - low) / 2;
  qy_status status = gather(&a, w, low, mid, err);
  if (!status) status = gather(&b, w, mid, high, err);
  if (!status) return merge(out, w->dims, a, b, err);
  free(a.at);
  free(b.at);
  return status;
}

/* Arrays of a new step. */
typedef struct arrays {
  double *state[ASSIGN_DIMS_MAX];
  uint32_t *parent;
  uint16_t *option;
} arrays;

static void arrays_free(arrays *a)
{
  for (int d = 0; d < ASSIGN_DIMS_MAX; d++)
    free(a->state[d]);
  free(a->parent);
  free(a->option);
}

static qy_status arrays_new(arrays *a, int dims, size_t count, qy_error *err)
{
  *a = (arrays){.parent = qy_alloc(count, sizeof *a->parent), .option = qy_alloc(count, sizeof *a->option)};
  bool good = a->parent && a->option;
  for (int d = 0; d < dims; d++)
    good = (a->state[d] = qy_alloc(count, sizeof(double))) && good;
  if (good) return QY_OK;
  arrays_free(a);
  return qy_no_memory(err);
}

static qy_status extend_flat(assign_work *w, qy_error *err)
{
  list all = {0};
  arrays a;
  qy_status status = gather(&all, w, w->first[w->done], w->first[w->done + 1], err);
  if (!status) status = arrays_new(&a, w->dims, all.count, err);
  for (size_t i = 0; !status && i < all.count; i++) {
    for (int d = 0; d < w->dims; d++)
      a.state[d][i] = all.at[i].v[d];
    a.parent[i] = all.at[i].parent;
    a.option[i] = (uint16_t)all.at[i].option;
  }
  free(all.at);
  if (!status) assign_take(w, all.count, a.state, a.parent, a.option);
  return status;
}

/* Order of points by their keys, then by their place. */
typedef struct key_order {
  const double *const *key;
  int dims;
} key_order;

static int by_key(const void *left, const void *right, void *ctx)
{
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  const key_order *o = ctx;
  for (int d = 0; d < o->dims; d++)
    if (o->key[d][a] != o->key[d][b]) return o->key[d][a] < o->key[d][b] ? -1 : 1;
  return (a > b) - (a < b);
}

static bool same_key(const key_order *o, uint32_t a, uint32_t b)
{
  for (int d = 0; d < o->dims; d++)
    if (o->key[d][a] != o->key[d][b]) return false;
  return true;
}

qy_status assign_select(uint32_t *kept, size_t *count, const double *const *key, int dims, size_t n, qy_error *err)
{
  key_order order = {key, dims};
  *count = 0;
  if (n == 0) return QY_OK;
  uint8_t *on_front = qy_alloc(n, 1);
  size_t held = 0, used = 0;
  if (!on_front) return qy_no_memory(err);
  qy_status status = qy_pareto(on_front, &held, key, dims, n, err);
  for (size_t i = 0; !status && i < n; i++)
    if (on_front[i]) kept[used++] = (uint32_t)i;
  free(on_front);
  if (status) return status;
  qsort_r(kept, used, sizeof *kept, by_key, &order);
  for (size_t i = 0; i < used; i++)
    if (*count == 0 || !same_key(&order, kept[*count - 1], kept[i])) kept[(*count)++] = kept[i];
  return QY_OK;
}

/* All partial sums with all options, those that limits or bounds forbid left out; returns how many. */
static size_t cross(const assign_work *w, arrays *a)
{
  size_t n = 0;
  for (size_t o = w->first[w->done]; o < w->first[w->done + 1]; o++)
    for (size_t i = 0; i < w->count; i++) {
      double v[ASSIGN_DIMS_MAX];
      for (int d = 0; d < w->dims; d++)
        a->state[d][n] = v[d] = w->state[d][i] + w->value[d][o];
      a->parent[n] = (uint32_t)i;
      a->option[n] = w->option[o];
      n += !w->filtered || assign_open_ended(w, v, w->done + 1);
    }
  return n;
}

static qy_status extend_deep(assign_work *w, qy_error *err)
{
  const size_t most = w->count * (w->first[w->done + 1] - w->first[w->done]);
  if (most > ASSIGN_CANDIDATES_MAX) return QY_INFEASIBLE;
  arrays a;
  qy_status status = arrays_new(&a, w->dims, most, err);
  if (status) return status;
  size_t n = cross(w, &a), count = 0;
  uint32_t *kept = qy_alloc(n, sizeof *kept);
  status = kept ? assign_select(kept, &count, (const double *const *)a.state, w->dims, n, err) : qy_no_memory(err);
  if (!status) {
    assign_take(w, n, a.state, a.parent, a.option);
    status = assign_keep(w, kept, count, err);
  } else
    arrays_free(&a);
  free(kept);
  return status;
}

qy_status assign_extend(assign_work *w, qy_error *err)
{
  assert(w->done < w->groups);
  if (assign_stopped(w)) return qy_fail(err, QY_INTERRUPTED, "interrupted");
  return w->dims <= FLAT ? extend_flat(w, err) : extend_deep(w, err);
}
