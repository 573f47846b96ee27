/* DSP slices: which products of a circuit take how many, and what stands around them inside a slice.
 *
 * A slice of AMD's 7 series (DSP48E1), UltraScale+ (DSP48E2) and Versal (DSP58) multiplies two signed words, adds two
 * words before the wider port and a word behind the product, and has registers at its ports, behind the product and
 * behind the sum.  Shapes: AMD UG479 (7 series DSP48E1 slice), UG579 (UltraScale DSP slice), AM004 (Versal DSP engine).
 * Yosys: the rules of synth_xilinx of yosys 0.23, found by trying it: tests/slow/fpga_rtl.sh tries it again.
 * Ownership: nothing is allocated that the caller would have to free.
 */
#ifndef QUARRY_DSP_H
#define QUARRY_DSP_H

#include "quarry/circuit.h"
#include "quarry/fpga.h"

/* Words of a slice in bits, all signed. */
typedef struct qy_dsp_shape {
  int a;         /* the wider port of the multiplier */
  int b;         /* the other one */
  int pre_adder; /* its words and its sum, which goes to the wider port */
  int sum;       /* the adder behind the product, and its accumulator */
} qy_dsp_shape;
extern const qy_dsp_shape qy_dsp_shapes[QY_DSP_KIND_COUNT];

enum { QY_DSP_ADDERS_MAX = 16 };
/* What becomes of one operator of a circuit. */
typedef struct qy_dsp_use {
  int slices;       /* of a product: how many it takes; 0: it stays in LUTs, or this is no product */
  bool absorbed;    /* the whole operator is inside slices: neither LUTs nor flip-flops are left of it */
  int kept_bits;    /* of an absorbed register: low bits that keep a flip-flop outside, for something else reads them */
  bool sum_outside; /* of a product merged with an addend: the addition is made outside, slices give the product only */
  int adder_count;  /* of a product: sums of its parts that are made outside, on carry chains ... */
  int adder_bits[QY_DSP_ADDERS_MAX]; /* ... of so many bits each */
} qy_dsp_use;

/* Slices of a product of a x b bits (each 1 to 33 bits), of which `result` bits are read, and the widths of the sums of
 * its parts; no slices: it stays in LUTs. */
typedef struct qy_dsp_split {
  int slices;
  int adder_count, adder_bits[QY_DSP_ADDERS_MAX]; /* all sums of parts */
  bool outer[QY_DSP_ADDERS_MAX];                  /* a sum of sums: no slice's adder is free for it */
  int low_bits; /* of the product, that do not come from the last slice; all when the last sum is an outer one */
} qy_dsp_split;
qy_dsp_split qy_dsp_split_product(int a, bool a_signed, int b, bool b_signed, int result, qy_dsp_kind slice,
                                  qy_toolchain toolchain);

/* Of a whole circuit. */
typedef struct qy_dsp_total {
  int slices;
  int ff;         /* flip-flops of the circuit's bits (as its census counts them) that are inside slices */
  int adder_bits; /* of sums of parts of products that are made outside */
} qy_dsp_total;

/* Fill use[qy_circuit_op_count(c)] and *total for a finished circuit.  Looked at are products that stand as one
 * operator, MULTIPLY and MULTIPLY_ADD, and on which an output depends; those of sub-words stay in LUTs.
 *   yosys flows   DSP48E1 takes registers and adders in, DSP48E2 and DSP58 products alone; wide products split into
 *                 parts of 17 bits; products by a constant take slices as well
 *   vivado        every slice takes registers and adders in, wide products fill the ports, products by a constant
 *                 stay in LUTs: taken from the guides, not compared with its results
 * QY_NO_MEMORY is the only failure. */
qy_status qy_circuit_dsp(qy_dsp_use *use, qy_dsp_total *total, const qy_circuit *c, qy_dsp_kind slice,
                         qy_toolchain toolchain, qy_error *err);

#endif
