/* Dominated volume in four objectives (volume.h): a sweep in the fourth over boxes of the other three.
 *
 * Points come in order of the fourth objective.  What they do not dominate in the other three is a union of boxes, one
 * to each "corner": a local upper bound u, whose coordinate j is that of the point by[j] that bounds it there.  The box
 * of u is
 *   [-inf, u_0) x [by[0]_1, u_1) x [max(by[0]_2, by[1]_2), u_2),
 * and the boxes are disjoint.  A new point z cuts from every box whose corner it lies below the part above z, which is
 * the volume it adds; each such corner is replaced by those of u with u_j = z_j, for each j where z_j lies above
 * by[k]_j of both others, k /= j.  n points have 2 n + 1 corners at most, so the whole takes O(n^2) steps at worst.
 * Sources: Klamroth, Lacour, Vanderpooten, Eur. J. Oper. Res. 245, 2015, for the update of the bounds; Lacour,
 * Klamroth, Fonseca, Comput. Oper. Res. 79, 2017, for the boxes and the sweep.
 *
 * Both ask for distinct coordinates.  So points are compared by ranks, equal values in the order of the sweep: the
 * volume is continuous, and a box between equal values has none.  All sums are of terms >= 0.
 */
#include "order.h"
#include "volume.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Corners are looked through GROUP at a time, LANES in one word of the processor. */
enum { LANES = 4, GROUP = 16 };
typedef int32_t lanes __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef int64_t halves __attribute__((vector_size(LANES * sizeof(int32_t))));

typedef struct bound {
  double at[3];
  int32_t rank[3]; /* in [1..n]; 0: below all, n + 1: the reference */
} bound;

struct corners {
  bound *bound; /* the points in order of the sweep; then, for each j, what bounds the first corner there */
  double *last; /* fourth objective of each point */
  size_t bound_room, last_room;
  order_item *items, *spare;
  size_t items_room, spare_room;
  int32_t *rank[3];   /* of corner i; 0 behind the last corner: above no point */
  uint32_t (*by)[3];  /* which bounds */
  uint32_t *hit;      /* corners that the point of now lies below */
  size_t room, count; /* of corners; room is a multiple of GROUP */
};

corners *corners_new(void)
{
  return qy_alloc(1, sizeof(corners));
}

void corners_free(corners *c)
{
  if (!c) return;
  for (int j = 0; j < 3; j++)
    free(c->rank[j]);
  free(c->by);
  free(c->hit);
  free(c->bound);
  free(c->last);
  free(c->items);
  free(c->spare);
  free(c);
}

static int reserve_points(corners *c, size_t n)
{
  if (qy_grow((void **)&c->bound, &c->bound_room, n + 3, sizeof *c->bound)) return -1;
  if (qy_grow((void **)&c->last, &c->last_room, n + 1, sizeof *c->last)) return -1;
  if (qy_grow((void **)&c->items, &c->items_room, n, sizeof *c->items)) return -1;
  return qy_grow((void **)&c->spare, &c->spare_room, n, sizeof *c->spare);
}

static int resize(void **array, size_t bytes)
{
  void *grown = realloc(*array, bytes);
  if (grown) *array = grown;
  return grown ? 0 : -1;
}

static int reserve_corners(corners *c, size_t needed)
{
  if (needed <= c->room) return 0;
  size_t room = (needed + needed / 2 + GROUP) / GROUP * GROUP;
  if (resize((void **)&c->by, room * sizeof *c->by) || resize((void **)&c->hit, room * sizeof *c->hit)) return -1;
  for (int j = 0; j < 3; j++) {
    if (resize((void **)&c->rank[j], room * sizeof *c->rank[j])) return -1;
    memset(c->rank[j] + c->room, 0, (room - c->room) * sizeof *c->rank[j]);
  }
  c->room = room;
  return 0;
}

/* Sort by objective d; equal ones stay as they are in `items`. */
static const order_item *sort(corners *c, const volume_set *set, size_t d)
{
  for (size_t i = 0; i < set->count; i++)
    c->items[i] = (order_item){order_key(set->value[i * set->step + d * set->across]), (uint32_t)i};
  return order_sort(c->items, c->spare, set->count);
}

/* The points in the order of the sweep, with their ranks, and the bounds of the first corner. */
static void load(corners *c, const volume_set *set, const double *reference)
{
  const size_t n = set->count;
  const order_item *sorted = sort(c, set, 3);
  for (size_t t = 0; t < n; t++) {
    const double *row = set->value + sorted[t].at * set->step;
    for (size_t d = 0; d < 3; d++)
      c->bound[t].at[d] = row[d * set->across];
    c->last[t] = row[3 * set->across];
  }
  c->last[n] = reference[3];
  const volume_set swept = {c->bound[0].at, n, sizeof(bound) / sizeof(double), 1};
  for (size_t d = 0; d < 3; d++) {
    sorted = sort(c, &swept, d);
    for (size_t r = 0; r < n; r++)
      c->bound[sorted[r].at].rank[d] = (int32_t)r + 1;
  }
  for (size_t j = 0; j < 3; j++)
    for (size_t d = 0; d < 3; d++) {
      c->bound[n + j].at[d] = d == j ? reference[d] : -INFINITY;
      c->bound[n + j].rank[d] = d == j ? (int32_t)n + 1 : 0;
    }
}

static void put_corner(corners *c, size_t i, const bound *const by[3], const bound *base)
{
  for (int j = 0; j < 3; j++) {
    c->rank[j][i] = by[j]->rank[j];
    c->by[i][j] = (uint32_t)(by[j] - base);
  }
}

static void remove_corner(corners *c, size_t i)
{
  size_t last = --c->count;
  memcpy(c->by[i], c->by[last], sizeof c->by[i]);
  for (int j = 0; j < 3; j++) {
    c->rank[j][i] = c->rank[j][last];
    c->rank[j][last] = 0;
  }
}

/* The corners that z lies below, into c->hit; returns how many. */
static size_t find(const corners *c, const bound *z)
{
  const lanes z0 = z->rank[0] - (lanes){0}, z1 = z->rank[1] - (lanes){0}, z2 = z->rank[2] - (lanes){0};
  const int32_t *u0 = c->rank[0], *u1 = c->rank[1], *u2 = c->rank[2];
  size_t hits = 0;
  for (size_t i = 0; i < c->count; i += GROUP) {
    lanes above[GROUP / LANES], any = {0};
    for (size_t k = 0; k < GROUP / LANES; k++) {
      lanes a, b, d;
      memcpy(&a, u0 + i + k * LANES, sizeof a);
      memcpy(&b, u1 + i + k * LANES, sizeof b);
      memcpy(&d, u2 + i + k * LANES, sizeof d);
      above[k] = (a > z0) & (b > z1) & (d > z2);
      any |= above[k];
    }
    const halves word = (halves)any;
    if (!(word[0] | word[1])) continue;
    for (size_t k = 0; k < GROUP; k++)
      if (above[k / LANES][k % LANES]) c->hit[hits++] = (uint32_t)(i + k);
  }
  return hits;
}

static double larger(double a, double b)
{
  return a > b ? a : b;
}

/* Replace a corner by those that z leaves of it: the first in its place, the others at the end. */
static void split(corners *c, size_t i, const bound *z)
{
  const bound *base = c->bound;
  const bound *by[3] = {base + c->by[i][0], base + c->by[i][1], base + c->by[i][2]};
  int kept = 0;
  for (int j = 0; j < 3; j++) {
    const bound *a = by[(j + 1) % 3], *b = by[(j + 2) % 3], *was = by[j];
    if (z->rank[j] < a->rank[j] || z->rank[j] < b->rank[j]) continue;
    by[j] = z;
    put_corner(c, kept++ ? c->count++ : i, by, base);
    by[j] = was;
  }
  if (!kept) remove_corner(c, i);
}

/* Add point t to the boxes; *grown: by how much the dominated volume of three objectives grows. */
static int join(corners *c, size_t t, double *grown)
{
  const bound *z = &c->bound[t];
  const size_t hits = find(c, z);
  total sum = {0, 0};
  if (reserve_corners(c, c->count + 2 * hits)) return -1;
  for (size_t h = hits; h-- > 0;) { /* from the last one on: what takes its place was not hit */
    const uint32_t *by = c->by[c->hit[h]];
    const bound *a = &c->bound[by[0]], *b = &c->bound[by[1]], *d = &c->bound[by[2]];
    total_add(&sum, (a->at[0] - z->at[0]) * (b->at[1] - larger(z->at[1], a->at[1])) *
                        (d->at[2] - larger(z->at[2], larger(a->at[2], b->at[2]))));
    split(c, c->hit[h], z);
  }
  *grown = total_value(&sum);
  return 0;
}

int corners_volume(double *volume, corners *c, const volume_set *set, const double *reference)
{
  const size_t n = set->count;
  total all = {0, 0}, area = {0, 0};
  assert(n < INT32_MAX - 4);
  *volume = 0;
  if (n == 0) return 0;
  if (reserve_points(c, n) || reserve_corners(c, 1)) return -1;
  load(c, set, reference);
  for (int j = 0; j < 3; j++)
    memset(c->rank[j], 0, c->count * sizeof *c->rank[j]);
  c->count = 1;
  put_corner(c, 0, (const bound *const[3]){c->bound + n, c->bound + n + 1, c->bound + n + 2}, c->bound);
  for (size_t t = 0; t < n; t++) {
    double grown;
    if (join(c, t, &grown)) return -1;
    total_add(&area, grown);
    total_add(&all, total_value(&area) * (c->last[t + 1] - c->last[t]));
  }
  *volume = total_value(&all);
  return 0;
}
