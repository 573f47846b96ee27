/* Sets of point indices: see pointset.h. */
#include "pointset.h"

#include "quarry/alloc.h"
#include "quarry/random.h"

#include <stdlib.h>

enum { ROOM_MIN = 64 };

/* Where the point is, or where it would go.  The table is not full. */
static size_t place_of(const pointset *set, int64_t point)
{
  size_t at = (size_t)qy_random_mix((uint64_t)point) & (set->room - 1);
  while (set->place[at] && set->member[set->place[at] - 1] != point)
    at = (at + 1) & (set->room - 1);
  return at;
}

size_t pointset_find(const pointset *set, int64_t point)
{
  if (set->count == 0) return POINTSET_NONE;
  const uint32_t number = set->place[place_of(set, point)];
  return number ? number - 1 : POINTSET_NONE;
}

static int widen(pointset *set)
{
  const size_t room = set->room ? 2 * set->room : ROOM_MIN;
  uint32_t *place = qy_alloc(room, sizeof *place);
  if (!place) return -1;
  free(set->place);
  set->place = place;
  set->room = room;
  for (size_t i = 0; i < set->count; i++)
    place[place_of(set, set->member[i])] = (uint32_t)i + 1;
  return 0;
}

int pointset_add(pointset *set, int64_t point, size_t *number, bool *fresh)
{
  if (2 * (set->count + 1) > set->room && widen(set)) return -1;
  const size_t at = place_of(set, point);
  if (fresh) *fresh = !set->place[at];
  if (!set->place[at]) {
    if (set->count >= UINT32_MAX - 1) return -1;
    if (qy_grow((void **)&set->member, &set->member_room, set->count + 1, sizeof *set->member)) return -1;
    set->member[set->count++] = point;
    set->place[at] = (uint32_t)set->count;
  }
  *number = set->place[at] - 1;
  return 0;
}

void pointset_free(pointset *set)
{
  free(set->member);
  free(set->place);
  *set = (pointset){0};
}
