/* Noise of layers at their precisions: what an assignment of precisions to layers is judged by (metric `noise`).
 *
 * The noise of a network is the sum over its layers (Lin, Talathi, Annapureddy, ICML 2016: noise powers of layers, each
 * over the power of the same output, add).  What a layer contributes comes from one of
 *   a file           sensitivities: costs of layers at their options, in the file's own unit; read as they are
 *   given weights    a factor for each layer on its 1/SQNR
 *   tensors          1/SQNR of the layer's own weights, measured; activations as below
 *   nothing (NULL)   equal weights: 1/SQNR, the same for every layer
 * where 1/SQNR = that of the weights + that of the activations + error power over signal power of the products.  A file
 * says all of a layer's noise: the element's own errors, in another unit, are not added to it.
 *
 * None of these is an accuracy.  How far each can be trusted has been measured for some (qy_layer_noise_worth), by
 * `quarry validate mixed`.
 *
 * Tables of sensitivities (csv.h): one row for each option of each layer, columns in any order,
 *   layer, name      the layer; where both are there, a row is for the layer that either names
 *   network          where it is there, rows are those of that network
 *   and one of
 *   option           "8", "w4a8" (precision.h): the cost of the layer at that precision
 *   weight_bits      with or without activation_bits: likewise
 *   what, bits       `what` is weight or activation: a layer costs the sum of both
 *   granularity      of `what`: channel or tensor; where a width has both, channel is taken
 *   a cost           a column of numbers >= 0.  Where its name ends in _sqnr_db it is in dB, and the cost is
 * 10^(-dB/10) or, wide, one row for each layer, as HAWQ-V3's (Yao et al., ICML 2021):
 *   hessian_trace_per_param, dw2_intB      cost at B bits = trace * dw2: the average Hessian trace times the squared
 *                                          norm of what quantization to B bits changes
 * An empty cost, or dw2, is no row.  Without activation widths (weight_bits alone, wide) the cost is that of the
 * weights, whatever the activations are: these are then not counted.
 * Ownership: a source lives in the arena given.
 */
#ifndef QUARRY_LAYER_NOISE_H
#define QUARRY_LAYER_NOISE_H

#include "quarry/alloc.h"
#include "quarry/network.h"
#include "quarry/precision.h"
#include "quarry/quality.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct qy_layer_noise qy_layer_noise;

/* Read a table.  cost: the column; NULL: the only column of numbers beside those above (in the first row), or the wide
 * form.  QY_BAD_INPUT, with place: no such column (the columns are listed), several where none was said, neither form,
 * a number out of range, a width out of [1..32], a layer's option twice, no row. */
qy_status qy_layer_noise_read(qy_layer_noise **source, const char *file, const char *cost, qy_arena *arena,
                              qy_error *err);

/* Factors on 1/SQNR: one for each layer that will be asked about, finite and >= 0 (asserted).  The layers must outlive
 * the source: they are told apart by address, as layers of two networks may have one name. */
typedef struct qy_layer_weight {
  const qy_layer *layer;
  double factor;
} qy_layer_weight;
qy_status qy_layer_noise_given(qy_layer_noise **source, const qy_layer_weight *weight, size_t count, qy_arena *arena,
                               qy_error *err);

/* Weights of layers in files <folder>/<layer>.f32, .bin, .raw (float32), .csv or .txt (numbers), sqnr.h; the first of
 * these that is there.  per_channel: a scale for each output channel, whose weights stand together (output channels
 * outermost, as PyTorch and ONNX keep them), else one for the layer.  QY_BAD_INPUT: no such folder. */
qy_status qy_layer_noise_tensors(qy_layer_noise **source, const char *folder, bool per_channel, qy_arena *arena,
                                 qy_error *err);

/* Noise of a layer of a network at a precision.  network: its name; NULL: files have no such column.
 * element: of the one that runs it, at this precision (qy_pe_noise_at).
 * QY_BAD_INPUT, with place: the file has no row for the network, the layer or the precision (what there is is listed);
 * no weight was given for it; no tensor of that layer, or not as many weights as the layer has.  Of tensors a
 * measurement (some milliseconds for 10^5 weights), else a look-up: keep the answer. */
qy_status qy_layer_noise_at(double *noise, const qy_layer_noise *source, const char *network, const qy_layer *layer,
                            const qy_pe_noise *element, qy_precision precision, qy_error *err);

/* The cost that a table has for a layer, found as above; a width of 0: that operand is not quantized.  The source must
 * be a file (asserted). */
qy_status qy_layer_noise_look_up(double *cost, const qy_layer_noise *source, const char *network, const char *layer,
                                 qy_precision precision, qy_error *err);

/* The layers of a network in a table, in the order in which they first stand there; of the column `layer` where it has
 * both names.  None: *count is 0.  The source must be a file (asserted). */
qy_status qy_layer_noise_layers(const char ***layer, size_t *count, const qy_layer_noise *source, const char *network,
                                qy_arena *arena, qy_error *err);

/* QY_BAD_INPUT, with place: the layer's tensor cannot be used, as above.  Other sources: QY_OK. */
qy_status qy_layer_noise_check(const qy_layer_noise *source, const qy_layer *layer, qy_error *err);

/* What metric `noise` is, for tables and databases: "sensitivities of FILE, column C", "1/SQNR, given weights",
 * "1/SQNR of the weights in FOLDER, a scale per channel", "1/SQNR, equal weights"; of FILE and FOLDER the last name. 
 * In the arena; NULL: no memory. */
const char *qy_layer_noise_text(const qy_layer_noise *source, qy_arena *arena);

/* What that is worth: rank correlation (Spearman) with the measured noise of mixed assignments, where it was measured
 * (source: `quarry validate mixed`), or that it was not.  Static text. */
const char *qy_layer_noise_worth(const qy_layer_noise *source);

/* Files that the answers for a layer are read from: the table, the layer's tensor; NULL: none (weights, no tensor, no
 * memory).  In the arena. */
const char *qy_layer_noise_file(const qy_layer_noise *source, const qy_layer *layer, qy_arena *arena);

#endif
