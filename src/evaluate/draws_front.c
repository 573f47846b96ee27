/* Fronts of all draws side by side: see draws_front.h. */
#include "draws_front.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 4 };

draws_front *draws_front_new(const draws_shape *shape)
{
  draws_front *f = qy_alloc(1, sizeof *f);
  if (f && (f->block = qy_alloc(shape->blocks, sizeof *f->block))) return f;
  free(f);
  return NULL;
}

static void clear(front_block *b)
{
  free(b->slot);
  free(b->found);
  free(b->key);
  free(b->value);
  free(b->certain);
  free(b->alive);
  free(b->id);
  free(b->low);
  free(b->high);
  free(b->scale);
  *b = (front_block){0};
}

void draws_front_free(draws_front *f, const draws_shape *shape)
{
  if (!f) return;
  for (size_t b = 0; b < shape->blocks; b++)
    clear(&f->block[b]);
  free(f->block);
  free(f);
}

unsigned draws_front_lanes(const draws_shape *shape, size_t block)
{
  const size_t left = shape->draws - block * DRAWS_BLOCK;
  return (1U << (left < DRAWS_BLOCK ? left : DRAWS_BLOCK)) - 1;
}

/* Values of a point in a block. */
static size_t values_of(const draws_shape *shape)
{
  return (size_t)shape->varying * DRAWS_BLOCK;
}

/* From the bounds of one objective to those of the next. */
static size_t stride_of(const front_block *b)
{
  return b->room + DRAWS_SLACK;
}

static void move(void *to, const void *from, size_t bytes)
{
  if (bytes) memcpy(to, from, bytes);
}

static qy_status grow(front_block *b, const draws_shape *shape, qy_error *err)
{
  const size_t values = values_of(shape), certain = (size_t)shape->certain;
  front_block n = {.count = b->count, .room = b->room ? 2 * b->room : ROOM_MIN};
  n.scale = qy_alloc_lines(values, sizeof *n.scale);
  n.low = qy_alloc(stride_of(&n) * (size_t)shape->varying, sizeof *n.low);
  n.high = qy_alloc(stride_of(&n) * (size_t)shape->varying, sizeof *n.high);
  n.slot = qy_alloc(n.room, sizeof *n.slot);
  n.found = qy_alloc(n.room, sizeof *n.found);
  n.key = qy_alloc(n.room, sizeof *n.key);
  n.value = qy_alloc_lines(n.room * values, sizeof *n.value);
  n.certain = qy_alloc(n.room * certain, sizeof *n.certain);
  n.alive = qy_alloc(n.room, sizeof *n.alive);
  n.id = qy_alloc(n.room, sizeof *n.id);
  if (!n.slot || !n.found || !n.key || !n.value || !n.certain || !n.alive || !n.id || !n.low || !n.high || !n.scale) {
    clear(&n);
    return qy_no_memory(err);
  }
  move(n.slot, b->slot, b->room * sizeof *n.slot);
  for (size_t i = b->room; i < n.room; i++)
    n.slot[i] = (uint32_t)i;
  move(n.key, b->key, b->count * sizeof *n.key);
  move(n.value, b->value, b->room * values * sizeof *n.value);
  move(n.certain, b->certain, b->room * certain * sizeof *n.certain);
  move(n.alive, b->alive, b->room * sizeof *n.alive);
  move(n.id, b->id, b->room * sizeof *n.id);
  for (size_t v = 0; b->room && v < (size_t)shape->varying; v++) {
    move(n.low + v * stride_of(&n), b->low + v * stride_of(b), b->count * sizeof *n.low);
    move(n.high + v * stride_of(&n), b->high + v * stride_of(b), b->count * sizeof *n.high);
  }
  if (b->room) move(n.scale, b->scale, values * sizeof *n.scale);
  clear(b);
  *b = n;
  return QY_OK;
}

/* How many keys are below x, or (equal) at most x.  Without branches: which way it goes nobody can foresee. */
static size_t before(const front_block *b, double x, bool equal)
{
  const double *first = b->key;
  size_t left = b->count;
  while (left > 0) {
    const size_t half = (left + 1) / 2;
    const double key = first[half - 1];
    first += (equal ? key <= x : key < x) ? half : 0;
    left -= half;
  }
  return (size_t)(first - b->key);
}

/* Take out those from place `first` on that are on no front any more. */
static void drop_dead(front_block *b, size_t first, const draws_shape *shape)
{
  const size_t varying = (size_t)shape->varying, stride = stride_of(b);
  size_t kept = first;
  for (size_t i = first; i < b->count; i++) {
    const uint32_t slot = b->slot[i];
    if (!b->alive[slot]) continue;
    b->slot[i] = b->slot[kept];
    b->slot[kept] = slot;
    for (size_t v = 0; v < varying; v++) {
      b->low[v * stride + kept] = b->low[v * stride + i];
      b->high[v * stride + kept] = b->high[v * stride + i];
    }
    b->key[kept++] = b->key[i];
  }
  b->count = kept;
}

/* Bounds of a point's objectives, each draw over that of the first point: what draws have in common cancels out. */
typedef struct bounds {
  double low[QY_OBJECTIVES_MAX], high[QY_OBJECTIVES_MAX];
} bounds;

static void find_bounds(bounds *out, const front_block *b, const double *value, const draws_shape *shape)
{
  for (int v = 0; v < shape->varying; v++, value += DRAWS_BLOCK) {
    const double *scale = b->scale + (size_t)v * DRAWS_BLOCK;
    double low = value[0] * scale[0], high = low;
    for (int k = 1; k < DRAWS_BLOCK; k++) {
      const double x = value[k] * scale[k];
      low = x < low ? x : low;
      high = x > high ? x : high;
    }
    out->low[v] = low;
    out->high[v] = high;
  }
}

static void find_scale(front_block *b, const double *value, const draws_shape *shape)
{
  for (size_t i = 0; i < values_of(shape); i++)
    b->scale[i] = isfinite(1 / value[i]) ? 1 / fabs(value[i]) : 1;
}

/* Of the points at places [first, end) those that the point of these bounds may beat in some draw, or (beaten) that may
 * beat it, into b->found; returns how many.  Products keep the order of the values, so one that is lower in all draws
 * stays unbeaten. */
static size_t find_rivals(const front_block *b, size_t first, size_t end, const bounds *own, bool beaten,
                          const draws_shape *shape)
{
  const draws_bounds of = {beaten ? b->low : b->high, b->slot, (size_t)shape->varying, stride_of(b)};
  return shape->loops->within(b->found, &of, first, end, beaten ? own->high : own->low, !beaten);
}

/* The draws of own->lanes in which no point at places [first, end) beats it. */
static unsigned unbeaten(const front_block *b, size_t first, size_t end, const draws_rows *rows, const draws_row *own,
                         const bounds *of, const draws_shape *shape)
{
  return shape->loops->unbeaten(rows, b->found, find_rivals(b, first, end, of, true, shape), own);
}

/* Clear the draws in which the point, which is on the front in own->lanes, beats others; returns how many of them are
 * on no front any more. */
static size_t beat_others(front_block *b, size_t first, size_t end, const draws_rows *rows, draws_row *own,
                          const bounds *of, const draws_shape *shape)
{
  own->ahead = false;
  size_t count = find_rivals(b, first, end, of, false, shape);
  const size_t dead = shape->loops->beat(b->alive, rows, b->found, count, own);
  own->ahead = true;
  count = find_rivals(b, end, b->count, of, false, shape);
  return dead + shape->loops->beat(b->alive, rows, b->found, count, own);
}

static void insert(front_block *b, size_t place, const front_point *p, double key, unsigned alive, const bounds *of,
                   const draws_shape *shape)
{
  const size_t values = values_of(shape), certain = (size_t)shape->certain;
  const uint32_t slot = b->slot[b->count];
  memmove(b->slot + place + 1, b->slot + place, (b->count - place) * sizeof *b->slot);
  memmove(b->key + place + 1, b->key + place, (b->count - place) * sizeof *b->key);
  for (int v = 0; v < shape->varying; v++) {
    double *low = b->low + (size_t)v * stride_of(b) + place, *high = b->high + (size_t)v * stride_of(b) + place;
    memmove(low + 1, low, (b->count - place) * sizeof *low);
    memmove(high + 1, high, (b->count - place) * sizeof *high);
    *low = of->low[v];
    *high = of->high[v];
  }
  b->slot[place] = slot;
  b->key[place] = key;
  b->alive[slot] = (uint8_t)alive;
  b->id[slot] = p->id;
  move(b->value + slot * values, p->value, values * sizeof *b->value);
  move(b->certain + slot * certain, p->certain, certain * sizeof *b->certain);
  b->count++;
}

qy_status draws_front_put(draws_front *f, const draws_shape *shape, size_t block, const front_point *p, qy_error *err)
{
  front_block *b = &f->block[block];
  const double key = shape->certain ? p->certain[0] : 0;
  const draws_rows rows = {b->value, b->certain, (size_t)shape->varying, (size_t)shape->certain};
  const size_t first = before(b, key, false), end = before(b, key, true);
  draws_row own = {p->value, p->certain, p->alive, true};
  bounds of;
  if (b->count) {
    find_bounds(&of, b, p->value, shape);
    own.lanes = unbeaten(b, 0, first, &rows, &own, &of, shape);
    own.ahead = false;
    own.lanes = unbeaten(b, first, end, &rows, &own, &of, shape);
  }
  if (!own.lanes) return QY_OK;
  qy_status status = b->room ? QY_OK : grow(b, shape, err);
  if (status) return status;
  if (!b->count) {
    find_scale(b, p->value, shape);
    find_bounds(&of, b, p->value, shape);
  }
  const bool dropped = beat_others(b, first, end, &rows, &own, &of, shape) > 0;
  if (dropped) drop_dead(b, first, shape);
  if (b->count == b->room) status = grow(b, shape, err);
  if (!status) insert(b, dropped ? before(b, key, true) : end, p, key, own.lanes, &of, shape);
  return status;
}

qy_status draws_front_merge(draws_front *into, draws_front *from, const draws_shape *shape, qy_error *err)
{
  const size_t values = values_of(shape), certain = (size_t)shape->certain;
  qy_status status = QY_OK;
  for (size_t k = 0; k < shape->blocks && !status; k++) {
    front_block *b = &from->block[k];
    for (size_t i = 0; i < b->count && !status; i++) {
      const uint32_t slot = b->slot[i];
      const front_point p = {b->id[slot], b->certain + slot * certain, b->value + slot * values, b->alive[slot]};
      status = draws_front_put(into, shape, k, &p, err);
    }
    clear(b);
  }
  return status;
}

typedef struct numbered {
  int64_t id;
  uint32_t slot;
} numbered;

static int rising(const void *p, const void *q)
{
  const numbered *a = p, *b = q;
  return (a->id > b->id) - (a->id < b->id);
}

uint32_t *draws_front_order(const front_block *b)
{
  uint32_t *order = qy_alloc(b->count, sizeof *order);
  numbered *all = qy_alloc(b->count, sizeof *all);
  for (size_t i = 0; order && all && i < b->count; i++)
    all[i] = (numbered){b->id[b->slot[i]], b->slot[i]};
  if (order && all && b->count) qsort(all, b->count, sizeof *all, rising);
  for (size_t i = 0; order && all && i < b->count; i++)
    order[i] = all[i].slot;
  if (!all) {
    free(order);
    order = NULL;
  }
  free(all);
  return order;
}
