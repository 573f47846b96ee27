/* The dot engine (DESIGN section 7): E engines of V elements and an adder tree, output stationary.
 *
 * Each engine works on one output channel; all engines see the same V inputs in a cycle.  A layer, per group: M = Ho Wo
 * pixels, K = Kh Kw Cin/groups products an output, N = Cout/groups output channels.
 *     for each group, for each of ceil(N / E) tiles of output channels, for each pixel, for each of ceil(K / V) steps:
 *     one cycle: V inputs and V weights an engine are multiplied, added up by the tree and to the engine's sum
 *   compute = the cycles of this nest.  fill, once a layer = what the pipeline needs from the first operand to the
 *   first result: SRAM access, operand register, element stages and registers, tree, accumulating adder, requantizer.
 * Port, port_bits in a cycle, either in or out, each transfer on a new cycle, operands as wide as the element's ports
 * (activations that stand where weights do as wide as activations):
 *     load:  for each tile: its weights (K an output channel), then each of the H input rows (W Cin/groups words)
 *     store: for each tile: each of the Ho output rows (Wo an output channel)
 * Overlap as in the depthwise module: total = max(first + compute + fill + last, load + store), first = the weights of
 * the first tile and the input rows down to the last that its first output row touches, last = the last output row of
 * the last tile.  Layers, and the images of a layer's batch, follow one another without overlap; what is said of a
 * layer is of one image.
 *
 * Buffers: input of V words, Kh + stride rows of all channels of a group; weights of V words an engine, two tiles;
 * output of E words, two rows; each of the layer that needs most.
 * Accesses: input written once a tile as loaded, read V words a cycle; weights written once, read V words a cycle by
 * engines that have an output channel; outputs written and read once, a word each.
 * Elements give bare products: V adders an engine (tree and accumulation) as wide as qy_accumulator_bits, an upper
 * bound for the first levels of the tree.  Operand registers: V inputs, V weights an engine, where the elements have
 * none. Elements switch in cycles with a real product; engines without an output channel are gated but for the clock.
 * Wires: an element with its adder and weight register is a square, V of them an engine, a square again.  Inputs go
 * past all E engines, weights and results across one, sums from one element to the next.
 * Precision: the elements run in the mode of the wider operands.  Ports, buffers, registers and wires are of one width,
 * that of the element's ports, in all modes: narrower weights or inputs are not packed.
 * Affine activations: an output channel's constant, as wide as a sum, comes in behind its weights, lies in the weight
 * buffer in words of a weight's width and then in a register of its engine, and is added to each result before it is
 * requantized: an adder for each engine, whose stages lengthen the fill.
 * Not counted: memory beyond the port, the delay of wires; biases where activations are symmetric.
 * Units as in the names.
 */
#ifndef QUARRY_DOT_H
#define QUARRY_DOT_H

#include "quarry/accelerator.h"

typedef struct qy_dot_params {
  int engines; /* E, [1..256] */
  int lanes;   /* V, [1..256] */
  qy_activations activations;
  int port_bits;                                                       /* load/store port, bits per cycle, [8..65536] */
  double input_buffer_bytes, output_buffer_bytes, weight_buffer_bytes; /* 0: smallest table size that fits the layers */
  qy_sram_banks input_banks, output_banks, weight_banks;
  qy_sram_flavour sram_flavour;
} qy_dot_params;

typedef struct qy_dot_cycles {
  int64_t compute, load, store, first, last, total;
} qy_dot_cycles;

/* One layer: closed form of the schedule above.  QY_BAD_INPUT: parameters outside their ranges, a layer without
 * multiplications or too large to be counted exactly. */
qy_status qy_dot_layer_cycles(qy_dot_cycles *cycles, const qy_dot_params *params, const qy_pe *pe,
                              const qy_layer *layer, int64_t fill, qy_error *err);

#endif
