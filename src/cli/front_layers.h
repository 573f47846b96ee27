/* The precision of each layer of the points of a front, for `quarry front --assignments`. */
#ifndef QUARRY_FRONT_LAYERS_H
#define QUARRY_FRONT_LAYERS_H

#include "quarry/points.h"

/* Print a row a point and layer on standard output; of points whose layers are alike one row, of the layer "all".
 * Points in the order of the groups, layers in that of their network.  The member is null where it was not chosen. */
qy_status front_layers_print(const qy_points *points, const qy_groups *groups, const uint8_t *on_front, qy_store *store,
                             int64_t id, int format, qy_error *err);

#endif
