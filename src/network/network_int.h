/* What the parts of the network reader share: the columns, and a line that is being read. */
#ifndef QUARRY_NETWORK_INT_H
#define QUARRY_NETWORK_INT_H

#include "quarry/csv.h"
#include "quarry/network.h"

enum { NETWORK_SIZE_MAX = 1 << 24 }; /* of every size, in elements */

enum {
  NAME,
  TYPE,
  INPUTS,
  BATCH,
  IN_H,
  IN_W,
  IN_C,
  OUT_C,
  KERNEL,
  KERNEL_H,
  KERNEL_W,
  STRIDE,
  STRIDE_H,
  STRIDE_W,
  PAD,
  PAD_H,
  PAD_W,
  PAD_TOP,
  PAD_BOTTOM,
  PAD_LEFT,
  PAD_RIGHT,
  DILATION,
  DILATION_H,
  DILATION_W,
  GROUPS,
  MACS,
  PARAMS,
  WEIGHT_BITS,
  ACTIVATION_BITS,
  COLUMNS
};

/* A line, with the layers of the lines before it. */
typedef struct network_row {
  const qy_csv *csv;
  const int *at; /* [COLUMNS] places of the columns in the file, -1: left out */
  const qy_network *before;
  qy_arena *arena;
  qy_error *err;
} network_row;

extern const char *const network_type_names[QY_LAYER_TYPE_COUNT];

/* Does the line say anything in this column? */
bool network_given(const network_row *r, int column);

/* "NAME: expected EXPECTED, found 'TEXT'" at the cell, or at the line when there is no such column.  QY_BAD_INPUT. */
qy_status network_expected(const network_row *r, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The map that a layer's inputs make together; c = 0: no inputs. */
typedef struct network_map {
  int64_t batch, h, w, c;
} network_map;

/* Names of a line to edges of l (name and type are set), and their map.  A cell that says nothing is the line
 * before. */
qy_status network_inputs(qy_layer *l, network_map *map, const network_row *r);

/* Do the sizes of l agree with the map?  If the file has no inputs column the edge is dropped where they do not. */
/* Of a layer whose sizes are known: does what stands behind @ have as many values as weights would be? */
qy_status network_check_second(const qy_layer *l, const network_row *r);
qy_status network_fit(qy_layer *l, const network_map *map, const network_row *r);

/* A whole line but for its consumers. */
qy_status network_read_row(qy_layer *l, const network_row *r);

/* Consumers of all layers, from their inputs.  QY_NO_MEMORY. */
qy_status network_consumers(qy_network *network, qy_arena *arena, qy_error *err);

#endif
