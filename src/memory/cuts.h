/* Cuts of a network between its ops, and what cannot be avoided before, in and after a stage: inside of schedules. */
#ifndef QUARRY_CUTS_H
#define QUARRY_CUTS_H

#include "quarry/schedule.h"

enum { CUT_LIVE_MAX = 24, CUT_ENDS_MAX = 8 }; /* maps at a cut; maps that a stage makes for later */

/* The place before an op. */
typedef struct cut {
  size_t *live; /* [live_count] maps made before and needed later, rising; a set of held ones has a bit for each */
  size_t *next; /* [live_count] the first op from here on that uses it */
  size_t live_count;
  int64_t moved, macs; /* of all ops before, at least: weights and outputs of the network in units; MACs */
} cut;

typedef struct cuts {
  const qy_graph *graph;
  const qy_schedule_options *options;
  cut *at;       /* [op_count + 1] */
  bool *needed;  /* [map_count] all of it must be made: its readers read all of it for outputs that are needed */
  size_t *input; /* [input_count] maps that are inputs of the network */
  size_t input_count;
} cuts;

/* QY_BAD_INPUT: too many maps at a cut. */
qy_status cuts_new(cuts *cuts, const qy_graph *graph, const qy_schedule_options *options, qy_arena *arena,
                   qy_error *err);

/* Least traffic of reading a map in ops first..last, if any reads it, units. */
int64_t cuts_read_units(const cuts *cuts, size_t map, size_t first, size_t last);
/* Maps at a cut that are in DRAM and must still be read, units. */
int64_t cuts_unread_units(const cuts *cuts, size_t at, uint32_t held);

/* Is the map used by ops first..last? */
bool cuts_used(const qy_graph *graph, size_t map, size_t first, size_t last);

/* A stage between two cuts, with the maps that are held at either. */
typedef struct cut_stage {
  size_t first, after; /* cuts */
  uint32_t held, held_after;
} cut_stage;

/* Is the map held at the first cut and not used? */
bool cuts_waits(const cuts *cuts, const cut_stage *stage, size_t live);
/* Units of those. */
int64_t cuts_waiting(const cuts *cuts, const cut_stage *stage);
/* Where the maps lie, into place[map_count]; those that are not used are left. */
void cuts_places(qy_place *place, const cuts *cuts, const cut_stage *stage);
/* What the stage must move at least, units. */
int64_t cuts_least_units(const cuts *cuts, const cut_stage *stage);

/* What may be held at the cut after a stage: maps that are held before it and still live stay; of those that it makes
 * any may be, but for outputs of the network and those that are not smaller than `capacity`. */
typedef struct cut_ends {
  bool more; /* could be held than are tried */
  uint32_t stay, fresh[CUT_ENDS_MAX];
  int count;
} cut_ends;
cut_ends cuts_ends(const cuts *cuts, size_t first, size_t after, uint32_t held, int64_t capacity);
/* One of the 2^count choices. */
uint32_t cuts_choice(const cut_ends *ends, unsigned choice);

#endif
