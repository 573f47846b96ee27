/* Which layer has how many bits, of the assignments of an experiment. */
#ifndef QUARRY_LAYER_BITS_H
#define QUARRY_LAYER_BITS_H

#include "quarry/plan.h"
#include "quarry/plot_style.h"
#include "quarry/store.h"

/* Draw a heat map of the bits of each layer's weights: a row for each precision whose layers differ and that has one
 * point at the axes of `point` of stored experiment `id`.  Files as draw_pictures writes them.  QY_BAD_INPUT: there is
 * none, or more layers or precisions than a heat map holds. */
qy_status draw_layer_bits(const qy_plan_info *info, qy_store *store, int64_t id, int64_t point,
                          const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err);

#endif
