/* What a worker keeps of the points, as one: made, dropped, and the reasons why points are infeasible; see kept_int.h.
 */
#include "kept_int.h"

#include <stdlib.h>
#include <string.h>

static bool set_alloc(kept_set *set, const kept_plan *p)
{
  bool good = (set->cell = qy_alloc(p->fronts, sizeof *set->cell)) != NULL;
  good &= (set->feasible = qy_alloc(p->fronts, sizeof *set->feasible)) != NULL;
  good &= (set->best = qy_alloc(kept_best_places(p), sizeof *set->best)) != NULL;
  good &= !p->bins || (set->bin = qy_alloc(kept_bin_places(p), sizeof *set->bin)) != NULL;
  good &= (set->group = qy_alloc(p->groupings, sizeof *set->group)) != NULL;
  good &= (set->slow = qy_alloc(p->groupings, sizeof *set->slow)) != NULL;
  for (size_t f = 0; f < p->fronts && good; f++) {
    const size_t groups = p->grouping[p->of[f]].groups;
    good = (set->cell[f] = qy_alloc(groups, sizeof **set->cell)) != NULL;
    if (good && p->front[f].is_counted) good = (set->feasible[f] = qy_alloc(groups, sizeof **set->feasible)) != NULL;
  }
  return good;
}

qy_status kept_set_new(kept_set *set, const kept_plan *p, qy_error *err)
{
  *set = (kept_set){.moves = 0};
  if (set_alloc(set, p)) return QY_OK;
  kept_set_drop(set, p);
  return qy_no_memory(err);
}

static void drop_cells(kept_cell **cell, size_t groups)
{
  for (size_t g = 0; cell && g < groups; g++) {
    if (cell[g]) qy_archive_free(cell[g]->archive);
    if (cell[g]) free(cell[g]->near_by);
    free(cell[g]);
  }
  free(cell);
}

void kept_set_drop(kept_set *set, const kept_plan *p)
{
  for (size_t f = 0; f < p->fronts; f++) {
    if (set->cell) drop_cells(set->cell[f], p->grouping[p->of[f]].groups);
    if (set->feasible) free(set->feasible[f]);
  }
  for (size_t i = 0; set->best && i < kept_best_places(p); i++)
    free(set->best[i]);
  for (size_t i = 0; set->bin && i < kept_bin_places(p); i++)
    free(set->bin[i]);
  free(set->bin);
  free(set->cell);
  free(set->feasible);
  free(set->best);
  free(set->group);
  free(set->slow);
  free(set->reasons.place);
  texts_drop(&set->texts);
  *set = (kept_set){.moves = 0};
}

/* ---- reasons ---- */

static size_t place_of(const kept_reason *place, size_t room, const char *text, int technology)
{
  /* Texts are kept once each, so that their addresses tell them apart: Fibonacci hashing of these. */
  const uint64_t hash = ((uint64_t)(uintptr_t)text ^ (uint64_t)(unsigned)technology) * UINT64_C(11400714819323198485);
  size_t i = (size_t)(hash >> 32) & (room - 1);
  while (place[i].text && (place[i].text != text || place[i].technology != technology))
    i = (i + 1) & (room - 1);
  return i;
}

/* Room for one more, at most half of it taken. */
static int make_room(kept_reasons *r)
{
  enum { FIRST_ROOM = 64 };
  if (2 * (r->count + 1) <= r->room) return 0;
  const size_t room = r->room ? 2 * r->room : FIRST_ROOM;
  kept_reason *place = qy_alloc(room, sizeof *place);
  if (!place) return -1;
  for (size_t i = 0; i < r->room; i++)
    if (r->place[i].text) place[place_of(place, room, r->place[i].text, r->place[i].technology)] = r->place[i];
  free(r->place);
  r->place = place;
  r->room = room;
  r->last = 0;
  return 0;
}

qy_status kept_reason_add(kept_reasons *r, const char *text, int technology, int64_t points, qy_error *err)
{
  if (make_room(r)) return qy_no_memory(err);
  kept_reason *at = &r->place[r->last];
  if (at->text != text || at->technology != technology) {
    r->last = place_of(r->place, r->room, text, technology);
    at = &r->place[r->last];
  }
  r->count += !at->text;
  *at = (kept_reason){text, technology, at->points + points};
  return QY_OK;
}

qy_status kept_reason_merge(kept_set *into, const char *text, int technology, int64_t points, qy_error *err)
{
  const char *own = texts_keep(&into->texts, text);
  return own ? kept_reason_add(&into->reasons, own, technology, points, err) : qy_no_memory(err);
}

void kept_reasons_clear(kept_reasons *r)
{
  if (r->place) memset(r->place, 0, r->room * sizeof *r->place);
  r->count = r->last = 0;
}
