/* Neural networks as lists of layers: db/networks/NAME.csv.
 *
 * Columns: layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad,groups,macs,params.  macs and params in the
 * file are check sums: the reader recomputes them and refuses a file that disagrees.
 */
#ifndef QUARRY_NETWORK_H
#define QUARRY_NETWORK_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

typedef enum qy_layer_type { QY_LAYER_CONV, QY_LAYER_DWCONV, QY_LAYER_PWCONV, QY_LAYER_FC, QY_LAYER_POOL,
                             QY_LAYER_TYPE_COUNT } qy_layer_type;

typedef struct qy_layer {
  const char *name;
  qy_layer_type type;
  int64_t in_h, in_w, in_c, out_c, kernel_h, kernel_w, stride, pad, groups;
  int64_t out_h, out_w;        /* derived */
  int64_t macs, weights;       /* derived and checked */
} qy_layer;

typedef struct qy_network {
  const char *name, *file, *text;
  char sha256[65];
  size_t layer_count;
  qy_layer *layer;
} qy_network;

qy_status qy_network_read(qy_network **network, const char *db_dir, const char *name, qy_arena *arena, qy_error *err);

/* Which layers: by type (bit set, 0: all that compute) and by name pattern (fnmatch; NULL: all). */
typedef struct qy_layer_filter { unsigned types; const char *name; } qy_layer_filter;
/* Layers that match, in order, into an array in the arena. Zero matches is QY_BAD_INPUT naming what there is. */
qy_status qy_network_select(const qy_layer ***layers, size_t *count, const qy_network *network,
                            const qy_layer_filter *filter, qy_arena *arena, qy_error *err);

const char *qy_layer_type_name(qy_layer_type type);

#endif
