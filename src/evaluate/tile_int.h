/* What the files of tiles share: see tile.h. */
#ifndef QUARRY_EVALUATE_TILE_INT_H
#define QUARRY_EVALUATE_TILE_INT_H

#include "tile.h"

/* To the next design of the entry. */
void tile_step(struct tile_walk *at, const qy_space_entry *axes, size_t precisions);
/* The design at which the walk stands cannot be; reason NULL: out of memory. */
qy_status tile_fails(tile *t, const char *reason, size_t clock, qy_error *err);
/* Why a price list cannot be, as the worker keeps the text; NULL: it can, or, where there is one, no memory. */
const char *tile_missed(struct tile_walk *at, worker *w, const char *reason);

/* Modes of the element at all precisions: the same for all designs with it. */
void tile_modes(tile *t, const qy_plan *plan);
/* All precisions that share the run of p, whose metrics are the same where nothing stated is wanted; false: a metric is
 * no number. */
bool tile_derive(tile *t, const qy_model *model, size_t p);

/* A tile of one design at clocks that follow one another, from where the walk stands: *done, or it has to be taken as
 * any other, and nothing has happened. */
qy_status tile_take_clocks(bool *done, tile *t, worker *w, const qy_model *model, int64_t end, qy_error *err);

#endif
