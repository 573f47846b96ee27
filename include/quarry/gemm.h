/* The FPGA GEMM accelerator (DESIGN section 7): arrays of fixed-point rows on DSP slices and of rows of another scheme
 * in LUTs, which share activations, as in Mix and Match (Chang et al., HPCA 2021) and FILM-QNN (Sun et al., FPGA 2022).
 *
 * A row is an output channel.  Every cycle each of Blk rows multiplies Bat pixels of Blk_in activations by its own
 * Blk_in weights and adds each pixel's products to a sum: Bat Blk_in products a row.  Arrays, all at work in the same
 * cycle:
 *   DSP       rows of low precision, fixed point, products packed into DSP slices
 *   LUT       rows of low precision of the element `pe`: sums of powers of two, powers of two, logarithms, ...
 *   DSP high, LUT high   rows of high precision, fixed point
 * A layer, per group: M = Ho Wo pixels, K = Kh Kw Cin/groups products an output, N = Cout/groups rows.
 *     for each of T tiles of rows, for each of ceil(M / Bat) pieces of the map, for each of ceil(K / Blk_in) steps: a
 *     cycle
 * Steps by taps: each takes channels of one place of the kernel, Kh Kw ceil(Cin/groups / Blk_in) of them, as FILM-QNN
 * runs (3.3: Kr Kc Tr Tc cycles a tile of Tn channels).
 * Rows go to arrays so that T is least under the share R of high precision: with capacities L and H of the arrays of
 * low and of high precision, at least ceil(R N) rows are high, and T = max(ceil(ceil(R N) / H), ceil(N / (L + H))).
 * Groups run side by side where that is shorter: g of them as one layer of g K products and g N rows, weights between
 * groups zero; g is the number of least cycles in total.
 * Edges: the first and the last layer have all rows at high precision.  Arrays of high precision take them, and the DSP
 * array takes their weights in ceil((high - 1) / (low - 1)) passes, magnitudes cut into pieces of low precision.
 *
 * Port: all AXI ports of the device, in or out, each transfer on a new cycle.  Load: weights once; the map once a tile.
 * Store: results.  Overlap as in the dot engine (dot.h): total = max(first + compute + fill + last, load + store).
 * Layers and images follow one another without overlap.
 *
 * Buffers in block RAMs of 18 Kibit (FILM-QNN 3.2: G words side by side in a block, two halves of each buffer):
 *     lanes / G * ceil(depth * G bits / 18 Kibit), G = floor(36 / bits)
 *   input     Bat Blk_in lanes, rows of a window and a stride of the map
 *   weights   a lane for each product of a row in a cycle, K / Blk_in deep
 *   results   Bat lanes a row, a row of the map deep
 * LUTs: dot products of Blk_in products each as one circuit (fabric.h); behind packed slices what splits the fields
 * (packing.h) and a tree of adders; an accumulator each.  Slices of one product add and accumulate inside; a product
 * wider than a slice's ports takes several (dsp.h), and an adder for each slice more puts their sums together.
 * Flip-flops: operands, and accumulators outside the slices.  Requantizers, control and AXI ports are in
 * fpga.base_luts and fpga.base_dsps.  Not counted: pipeline registers, memory beyond the port where a design states
 * none.
 * Sizes left open fill the device, within the limits for LUTs, slices and block RAMs and with no more rows than a layer
 * has output channels, so that the layers take least time (without layers: so that there are most rows).  For each
 * number of rows of high precision, from 32 on in steps of at most a sixteenth, all, none or half of them on slices: as
 * many rows of low precision on slices as fit, up to 7 steps fewer or none, and as many in LUTs as fit beside them, or
 * none.
 * Quality: parts (row_mix.h) are those of the rows that layers give to the arrays, mean over the layers; the error of
 * the element's products is noise of the LUT rows.  Activations have one width, the only precision that it runs at.
 * Energy: LUTs, slices and flip-flops of rows at work; block RAMs by accesses; static and system power of the device.
 * Units as in the names.
 */
#ifndef QUARRY_GEMM_H
#define QUARRY_GEMM_H

#include "quarry/accelerator.h"

/* How many products a DSP slice makes: one; as many fields as its ports and its sum have room for, each split from the
 * others behind the slice; or such fields with room for sums, added from slice to slice before they are split. */
typedef enum qy_gemm_packing { QY_GEMM_ONE, QY_GEMM_SPLIT, QY_GEMM_CHAINED, QY_GEMM_PACKINGS } qy_gemm_packing;

typedef enum qy_gemm_side { QY_GEMM_ANY, QY_GEMM_DSP, QY_GEMM_LUT, QY_GEMM_SIDES } qy_gemm_side;

typedef struct qy_gemm_params {
  int bat, blk_in;        /* [1..64], [1..1024] */
  int arrays, high_array; /* qy_gemm_side: where rows of low and of high precision may be */
  int blk_dsp, blk_lut;   /* rows; 0: fill the device within its limits */
  int blk_dsp_high, blk_lut_high;
  int weight_bits, high_bits; /* of fixed-point rows; weight_bits 0: as wide as those of the element */
  double high_share;          /* R */
  bool high_edges;
  bool by_taps;  /* steps of channels of one place of the kernel, instead of Blk_in of all K products */
  int toolchain; /* qy_fabric_tool */
  int packing;   /* qy_gemm_packing */
  int port_bits; /* 0: all AXI ports of the device */
  double lut_limit, dsp_limit, bram_limit; /* shares of the device that are filled; 0: those of fpga.csv */
} qy_gemm_params;

/* The arrays as built. */
typedef struct qy_gemm_arrays {
  int rows[4];                                /* DSP, LUT, DSP high, LUT high */
  double lut[QY_FABRIC_TOOLS], ff, dsp, bram; /* base included in lut and dsp */
} qy_gemm_arrays;
enum { QY_GEMM_ROWS_DSP, QY_GEMM_ROWS_LUT, QY_GEMM_ROWS_DSP_HIGH, QY_GEMM_ROWS_LUT_HIGH, QY_GEMM_ARRAYS };

/* Rows that a layer gives to the arrays, and its tiles. */
typedef struct qy_gemm_assignment {
  double tiles;                /* T; 0: no array can take them */
  double rows[QY_GEMM_ARRAYS]; /* edges: those of the DSP array take several passes */
} qy_gemm_assignment;
/* Of n rows, ceil(share n) of them or more at high precision; edge: all of them, each `passes` times in the DSP array.
 */
qy_gemm_assignment qy_gemm_assign(const int blk[QY_GEMM_ARRAYS], int64_t n, double share, bool edge, int passes);

typedef struct qy_gemm_cycles {
  double compute, load, store, first, last, total;
  double bundle; /* groups that run side by side */
} qy_gemm_cycles;

/* The arrays of a design that was made, as qy_design's `self` holds them, and the cycles of one layer on them. */
const qy_gemm_arrays *qy_gemm_arrays_of(const void *self);
qy_status qy_gemm_layer_cycles(qy_gemm_cycles *cycles, const void *self, const qy_layer *layer, qy_error *err);

#endif
