/* Tile sizes that all designs of a work share: see systolic_int.h.
 *
 * A list depends on the shape and on one side of the array alone, not on the buffers, so it is made once, as far as
 * some search has read it.  One thread at a time adds to the lists of a work; others read what is published: a list's
 * count is stored after what it counts, and an array that has become too small is kept.  Where there is no memory, or
 * the lists take most_bytes, a search makes its own.
 */
#include "systolic_int.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SIDES = 257, FIRST_ROOM = 64 };
static const size_t most_bytes = (size_t)1 << 26;
static const int64_t no_limit = INT64_MAX;

struct tile_list {
  tile_lists *owner;
  tilings from; /* behind the lock, with its room */
  size_t room;
  _Atomic(const tiling *) at;
  atomic_size_t count;
  atomic_bool done;
  int64_t least;
  _Atomic uint64_t last[QY_FLOW_COUNT]; /* 0: none */
};

struct tile_set {
  tile_lists *owner;
  tile_set *next;
  int64_t of;
  _Atomic(tile_list *) list[]; /* [shape] */
};

struct tile_lists {
  pthread_mutex_t lock; /* for whoever makes something */
  qy_arena *arena;
  size_t shapes;
  _Atomic(tile_set *) first[TILED_DIRECTIONS][SIDES];
};

static void drop(void *what)
{
  tile_lists *l = what;
  pthread_mutex_destroy(&l->lock);
  qy_arena_free(l->arena);
}

qy_status systolic_lists_new(tile_lists **lists, size_t count, qy_arena *arena, qy_error *err)
{
  *lists = NULL;
  tile_lists *l = qy_arena_alloc(arena, 1, sizeof *l);
  if (!l || !(l->arena = qy_arena_new())) return qy_no_memory(err);
  l->shapes = count;
  pthread_mutex_init(&l->lock, NULL);
  if (qy_arena_defer(arena, drop, l)) {
    drop(l);
    return qy_no_memory(err);
  }
  *lists = l;
  return QY_OK;
}

/* Behind the lock, as all that makes something. */
static void *room_for(tile_lists *l, size_t bytes)
{
  return qy_arena_bytes(l->arena) < most_bytes ? qy_arena_alloc(l->arena, 1, bytes) : NULL;
}

static tile_set *find_set(tile_set *s, int64_t of)
{
  while (s && s->of != of)
    s = s->next;
  return s;
}

tile_set *systolic_lists_of(tile_lists *lists, tiled_direction direction, int64_t side, int64_t of)
{
  if (!lists || side >= SIDES) return NULL;
  _Atomic(tile_set *) *first = &lists->first[direction][side];
  tile_set *s = find_set(atomic_load_explicit(first, memory_order_acquire), of);
  if (s) return s;
  pthread_mutex_lock(&lists->lock);
  tile_set *others = atomic_load_explicit(first, memory_order_relaxed);
  s = find_set(others, of); /* made by now */
  if (!s && (s = room_for(lists, sizeof *s + lists->shapes * sizeof *s->list))) {
    s->owner = lists;
    s->next = others;
    s->of = of;
    atomic_store_explicit(first, s, memory_order_release);
  }
  pthread_mutex_unlock(&lists->lock);
  return s;
}

static tile_list *list_of(tile_set *set, size_t shape, const tilings_of *of)
{
  tile_list *l = atomic_load_explicit(&set->list[shape], memory_order_acquire);
  if (l) return l;
  pthread_mutex_lock(&set->owner->lock);
  l = atomic_load_explicit(&set->list[shape], memory_order_relaxed);
  if (!l && (l = room_for(set->owner, sizeof *l))) {
    l->owner = set->owner;
    systolic_tilings(&l->from, NULL, of, no_limit);
    l->least = l->from.least;
    atomic_store_explicit(&set->list[shape], l, memory_order_release);
  }
  pthread_mutex_unlock(&set->owner->lock);
  return l;
}

/* Room for what one call may add; false: no memory. */
static bool grow(tile_list *l)
{
  const size_t needed = l->from.count + SYSTOLIC_MORE;
  if (l->room >= needed) return true;
  size_t room = l->room ? l->room : FIRST_ROOM / 2;
  while (room < needed)
    room *= 2;
  tiling *more = room_for(l->owner, room * sizeof *more);
  if (!more) return false;
  for (size_t i = 0; i < l->from.count; i++)
    more[i] = l->from.list[i];
  l->from.list = more;
  l->room = room;
  atomic_store_explicit(&l->at, more, memory_order_release);
  return true;
}

/* Add to a list that had `seen`; false: no memory. */
static bool extend(tile_list *l, size_t seen)
{
  bool made = true;
  pthread_mutex_lock(&l->owner->lock);
  while (made && l->from.count <= seen && !atomic_load_explicit(&l->done, memory_order_relaxed)) {
    if (!(made = grow(l))) break;
    const bool more = systolic_tilings_more(&l->from);
    atomic_store_explicit(&l->count, l->from.count, memory_order_release);
    if (!more) atomic_store_explicit(&l->done, true, memory_order_release);
  }
  pthread_mutex_unlock(&l->owner->lock);
  return made;
}

static bool more_of_own(tile_walk *w)
{
  const bool more = systolic_tilings_more(w->own);
  w->count = w->own->count > w->skipped ? w->own->count - w->skipped : 0;
  w->at = w->own->list + w->skipped;
  return more;
}

static bool more_of_shared(tile_walk *w)
{
  tile_list *l = w->shared;
  const size_t seen = w->skipped + w->count;
  const bool done = atomic_load_explicit(&l->done, memory_order_acquire);
  size_t count = atomic_load_explicit(&l->count, memory_order_acquire);
  if (count <= seen) {
    if (done) return false;
    if (!extend(l, seen)) {
      w->shared = NULL;
      systolic_tilings(w->own, w->room, w->of, no_limit);
      return more_of_own(w);
    }
    count = atomic_load_explicit(&l->count, memory_order_acquire);
    if (count <= seen) return false;
  }
  w->count = count - w->skipped;
  w->at = atomic_load_explicit(&l->at, memory_order_acquire) + w->skipped;
  return true;
}

bool systolic_walk_more(tile_walk *w)
{
  return w->shared ? more_of_shared(w) : more_of_own(w);
}

static inline int64_t span_of(const tiling *t)
{
  return t->out ? t->out : t->size;
}

/* Go to the first one of at most `limit`. */
static void skip_to(tile_walk *w, int64_t limit)
{
  while (w->count == 0 || span_of(&w->at[w->count - 1]) > limit) {
    w->skipped += w->count;
    w->at += w->count;
    w->count = 0;
    if (!systolic_walk_more(w)) return;
  }
  size_t low = 0, high = w->count - 1; /* the last one fits */
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (span_of(&w->at[middle]) > limit)
      low = middle + 1;
    else
      high = middle;
  }
  w->skipped += low;
  w->at += low;
  w->count -= low;
}

void systolic_walk(tile_walk *w, tilings *own, tiling *room, const tilings_of *of, tile_set *set, size_t shape,
                   int64_t limit)
{
  *w = (tile_walk){.at = room, .shared = set ? list_of(set, shape, of) : NULL, .own = own, .room = room, .of = of};
  if (!w->shared) systolic_tilings(own, room, of, limit);
  w->least = w->shared ? w->shared->least : own->least;
  skip_to(w, limit);
}

/* ---- the last choice ---- */

enum { NUMBER_BITS = 16 };
static const uint64_t is_kept = UINT64_C(1) << 63;

bool systolic_last(tiling_numbers *last, const tile_walk *w, qy_dataflow flow)
{
  const uint64_t kept = w->shared ? atomic_load_explicit(&w->shared->last[flow], memory_order_relaxed) : 0;
  for (int d = 0; d < TILED_DIRECTIONS; d++)
    last->of[d] = (uint16_t)(kept >> NUMBER_BITS * d);
  return kept != 0;
}

void systolic_keep_last(tile_walk *w, qy_dataflow flow, tiling_numbers last)
{
  uint64_t keep = is_kept;
  for (int d = 0; d < TILED_DIRECTIONS; d++)
    keep |= (uint64_t)last.of[d] << NUMBER_BITS * d;
  if (w->shared && atomic_load_explicit(&w->shared->last[flow], memory_order_relaxed) != keep)
    atomic_store_explicit(&w->shared->last[flow], keep, memory_order_relaxed);
}
