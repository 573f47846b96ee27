/* What the sources of noise of layers share; see layer_noise.h. */
#ifndef QUARRY_EXPLORE_LAYER_NOISE_INT_H
#define QUARRY_EXPLORE_LAYER_NOISE_INT_H

#include "quarry/layer_noise.h"

/* What the costs of a table are said for. */
typedef enum noise_form {
  NOISE_OF_PAIRS,   /* a width of weights and one of activations */
  NOISE_OF_WEIGHTS, /* widths of weights: activations are not counted */
  NOISE_OF_PARTS    /* weights and activations each, to be added */
} noise_form;

typedef struct noise_table noise_table;

/* Read it: qy_layer_noise_read. */
qy_status noise_table_read(noise_table **table, const char *file, const char *cost, qy_arena *arena, qy_error *err);
/* The cost of a layer; a width of 0: that operand is not quantized. */
qy_status noise_table_cost(double *cost, const noise_table *table, const char *network, const char *layer,
                           qy_precision precision, qy_error *err);
/* Its layers: qy_layer_noise_layers. */
qy_status noise_table_layers(const char ***layer, size_t *count, const noise_table *table, const char *network,
                             qy_arena *arena, qy_error *err);
noise_form noise_table_form(const noise_table *table);
/* Costs are noise of the network's output over its power, measured layer by layer. */
bool noise_table_of_ratios(const noise_table *table);
const char *noise_table_file(const noise_table *table);
const char *noise_table_column(const noise_table *table);

/* 1/SQNR of the weights in folder/LAYER.* in a format at its best scale, of each output channel or of all. */
qy_status noise_tensor_measure(double *noise, const char *folder, bool per_channel, const qy_layer *layer,
                               const qy_number *format, qy_error *err);
/* Can these weights be read, are they as many as the layer has, and not all 0? */
qy_status noise_tensor_check(const char *folder, const qy_layer *layer, qy_error *err);
/* The file, or NULL. */
const char *noise_tensor_file(const char *folder, const qy_layer *layer, qy_arena *arena);

#endif
