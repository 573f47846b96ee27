/* The depthwise module (DESIGN section 7): P channel lanes of M multipliers, standard (SDM) or reconfigurable (RDM).
 *
 * A lane holds a window of the input and the kernel of one channel (or of N channels) in registers and works through
 * the taps, M multipliers at a time.  A PE of mode N does N products a cycle: taps of one channel (sum-together, Nt =
 * N, Nc = 1) or the same tap of N channels (sum-apart, Nt = 1, Nc = N), every II cycles (1, but for serial elements).
 *
 * Schedule of one layer of C channels, input H x W, output Ho x Wo, kernel Kh x Kw, padding p above, dilation d:
 * - Channels go in blocks of P Nc, G = ceil(C / (P Nc)); the last block holds what is left.
 *     for each block, for each output row, for each output column, for each step of ceil(Kh Kw / (M Nt)): II cycles
 *   compute = the cycles of this nest.  fill, once a layer = what the pipeline needs from the first operand to the
 *   first result: SRAM access, PE stages and input register, adder tree, requantizer.
 * - The port moves port_bits bits in a cycle, either in or out.  Operands and results travel packed in slots as wide as
 *   the operands of their own mode (16, 8 or 4 bits in a 16-bit PE), results in those of the map that the layer reads,
 *   and each transfer starts on a new cycle:
 *     load:  for each block: its kernels (Kh Kw slots per channel), then each of the H input rows (W slots per channel)
 *     store: for each block: each of the Ho output rows (Wo slots per channel)
 *   Padding is not loaded; every input row is loaded once per block; only real channels of the last block move.
 * - Overlap: the lanes start when the first tile is there (kernels of the first block and the input rows down to the
 *   last that its first output row touches; without dilation min(H, max(0, Kh - p))); the last output row of the last
 *   block is stored after the lanes are done; all other transfers run beside the computation and never wait for it or
 *   for each other:
 *     total = max(first + compute + fill + last, load + store).
 *   Layers follow one another without overlap.
 *
 * Buffers are SRAM with words of P lanes x the PE's operand width (wider than the table: several macros side by side):
 *   input: (Kh - 1) d + 1 + stride rows; output: 2 rows; weights: 2 blocks; each of the layer that needs most, in full
 *   precision.
 * Weights narrower than the map, or a map narrower than the weights: the elements run in the mode of the wider, and
 * each is kept and moved at its own width.  Registers and multiplexers behind the buffers, and the elements, take both
 * as in the mode of the wider.
 * SRAM accesses, a word each (a word holds Ns slot positions of all lanes: of a mode of N products those that fit
 * beside the Nc channels of the mode that runs, N / Nc; storage `packed`, of a mode k of one product a cycle of
 * operands half or a quarter as wide, 2^k; else 1):
 *   input:   written once as loaded, G H ceil(W / Ns); read once for every output row that touches the row,
 *            (the window registers reuse it along the row);
 *   weights: written and read once, G ceil(Kh Kw / Ns) each; output: G Ho ceil(Wo / Ns) each.
 * Energy: PEs at their mode's energy in lanes that hold a channel, at idle energy in all other cycles of all PEs;
 * window registers are written once per output, weight registers once per block (gated otherwise); operand
 * multiplexers; adder tree and requantizer once per result; controller every cycle; SRAM; leakage x time.  Operands of
 * narrower modes that stand at the left of their ports (pe.h) are written and chosen without the zeros below, whose
 * registers are gated.
 * Wires: a lane is a square of all that is in it but the buffers.  Operands come a lane's width from the buffer to the
 * registers, and half of it to the multipliers; products come an element's width to the adders; sums half a lane's to
 * the requantizer, results a lane's to the buffer.
 * Banks of the input buffer, at least: the words it must deliver in a cycle, ceil(Kh s / (ceil(Kh Kw / M) II)) at most
 * over the layers, II that of the fastest mode (a window that moves on takes in Kh s words while the lanes work on one
 * output), or the next number of banks the SRAM table has.  s is the stride across; with dilation the outputs of a row
 * are made in an order in which each window lies on the columns of the one before, lcm(stride, d) columns on, and s =
 * stride / gcd(stride, d).
 * Affine activations: for each channel a constant as wide as a sum comes with the kernels, is kept in the weight buffer
 * in words of the PE's width and in a register of the lane, and is added to each result before it is requantized: an
 * adder for each requantizer, whose stages lengthen the fill.
 * Images of a layer's batch follow one another like layers; what is said of a layer is of one image.
 *
 * Units as in the names.  Not counted: memory beyond the port; moving packed operands into place within
 * the window or the ports.
 */
#ifndef QUARRY_DEPTHWISE_H
#define QUARRY_DEPTHWISE_H

#include "quarry/accelerator.h"

typedef enum qy_reduction { QY_REDUCE_TAPS, QY_REDUCE_CHANNELS, QY_REDUCTION_COUNT } qy_reduction;

/* How operands of a mode with one product a cycle that is narrower than the element lie in the buffers: as many in a
 * word as fit, as the sub-words of other elements do, or one a word. */
typedef enum qy_storage { QY_STORE_PACKED, QY_STORE_SLOTS, QY_STORAGE_COUNT } qy_storage;

typedef struct qy_depthwise_params {
  int channels;           /* P lanes, [1..4096] */
  int multipliers;        /* M per lane, [1..64] */
  qy_reduction reduction; /* taps for mac_st, channels for mac_sa; no matter for mac */
  qy_storage storage;     /* matters for mac in narrower modes only */
  qy_activations activations;
  int port_bits;                                                       /* load/store port, bits per cycle, [8..4096] */
  double input_buffer_bytes, output_buffer_bytes, weight_buffer_bytes; /* 0: smallest table size that fits the layers */
  qy_sram_banks input_banks, output_banks, weight_banks;
  qy_sram_flavour sram_flavour;
} qy_depthwise_params;

/* Layers reduced to what a module needs, equal shapes merged: made once per network. */
typedef struct qy_depthwise_work qy_depthwise_work;

/* QY_BAD_INPUT naming the layer: not depthwise, more output than input channels, so large that counts would not be
 * exact; no layers. */
qy_status qy_depthwise_work_new(qy_depthwise_work **work, const qy_layer *const *layers, size_t count, qy_arena *arena,
                                qy_error *err);
size_t qy_depthwise_work_shapes(const qy_depthwise_work *work); /* distinct shapes */

typedef struct qy_depthwise_cycles {
  int64_t compute, load, store, fill;
  int64_t first, last; /* first tile's load, last output row's store: not overlapped */
  int64_t total;
} qy_depthwise_cycles;

/* One layer in one precision: closed form of the schedule above.  QY_BAD_INPUT for parameters outside their ranges,
 * QY_INFEASIBLE with the reason in err when the PE has no such mode. */
qy_status qy_depthwise_layer_cycles(qy_depthwise_cycles *cycles, const qy_depthwise_params *params, const qy_pe *pe,
                                    const qy_layer *layer, qy_precision precision, int64_t fill, qy_error *err);

#endif
