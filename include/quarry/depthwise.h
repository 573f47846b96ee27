/* The depthwise module (DESIGN section 7): P channel lanes of M multipliers, standard (SDM) or reconfigurable (RDM).
 *
 * Cycles of a layer: ceil(C / (P Nc)) Ho Wo ceil(K^2 / (M Nt)) II + fill against load/store of packed operands through
 * the port, double buffered: max(compute, transfer).  Nt = N for reduction by taps, Nc = N by channels.
 */
#ifndef QUARRY_DEPTHWISE_H
#define QUARRY_DEPTHWISE_H

#include "quarry/metric.h"
#include "quarry/network.h"
#include "quarry/pe.h"
#include "quarry/sram.h"

typedef enum qy_reduction { QY_REDUCE_TAPS, QY_REDUCE_CHANNELS, QY_REDUCTION_COUNT } qy_reduction;

typedef struct qy_depthwise_params {
  int channels;                  /* P lanes, [1..4096] */
  int multipliers;               /* M per lane, [1..64] */
  qy_reduction reduction;
  int port_bits;                 /* load/store port, bits per cycle, [8..4096] */
  double input_buffer_bytes, output_buffer_bytes, weight_buffer_bytes; /* 0: smallest table size that fits the layers */
  qy_sram_flavour sram_flavour;
} qy_depthwise_params;

/* Layers reduced to what a module needs, equal shapes merged: made once per network. */
typedef struct qy_depthwise_work qy_depthwise_work;
qy_status qy_depthwise_work_new(qy_depthwise_work **work, const qy_layer *const *layers, size_t count, qy_arena *arena,
                                qy_error *err);

typedef struct qy_depthwise_cycles { int64_t compute, load, store, fill, total; } qy_depthwise_cycles;
/* One layer in one precision: closed form, checked against a loop nest in the tests. */
qy_status qy_depthwise_layer_cycles(qy_depthwise_cycles *cycles, const qy_depthwise_params *params, const qy_pe *pe,
                                    const qy_layer *layer, int precision_bits, qy_error *err);

/* A module priced in one library at one clock; everything that does not depend on the layer is done here. */
typedef struct qy_depthwise qy_depthwise;
qy_status qy_depthwise_new(qy_depthwise **module, const qy_depthwise_params *params, const qy_pe *pe,
                           const qy_pe_cost *cost, const qy_tech *tech, const qy_sram_table *sram, double clock_mhz,
                           const qy_depthwise_work *work, qy_arena *arena, qy_error *err);

/* All layers at one precision. QY_INFEASIBLE with *reason (static text) when the design cannot be. No allocation. */
qy_status qy_depthwise_evaluate(double metrics[QY_METRIC_COUNT], const char **reason, const qy_depthwise *module,
                                const qy_depthwise_work *work, int precision_bits);

#endif
