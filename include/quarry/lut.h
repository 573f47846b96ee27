/* A circuit in FPGA resources: a covering of its bits by LUTs and carry chains, products in DSP slices where allowed.
 *
 * The word-level graph becomes gates and carry chains in the form that the toolchain gives them; gates are covered by
 * LUTs of up to six inputs: priority cuts (Mishchenko, Cho, Chatterjee, Brayton, ICCAD 2007), first by delay, then by
 * area flow and exact area where there is time.  Flip-flops, chains, shift registers, LUT RAM and slices are counted as
 * they stand.
 *   abc9_nowide, abc  the structure that synth_xilinx of yosys 0.23 makes (sums of an expression as one compressor
 * tree,
 *                     additions on CARRY4 in either family, comparisons in groups).  abc uses no wide multiplexers
 * here.
 *   vivado            two functions of at most five shared inputs in one LUT6, MUXF7 and MUXF8, products as rows of two
 *                     partial products on a chain, sums on chains alone.  Its form was chosen beside published counts.
 * How close: `quarry validate fpga`.  Not modelled: structural choices (ABC's dch), merging of equal chains, block
 * RAMs, clocks: what a faster clock costs in LUTs and flip-flops.
 * Ownership: nothing is kept; counts are plain structs.
 */
#ifndef QUARRY_LUT_H
#define QUARRY_LUT_H

#include "quarry/circuit.h"
#include "quarry/fpga.h"

/* How a circuit is mapped. */
typedef struct qy_fpga_how {
  qy_fpga_family family;
  qy_dsp_kind slice; /* of use_dsp */
  qy_toolchain toolchain;
  bool use_dsp; /* products may go to DSP slices, with what stands around them there: dsp.h */
  /* The source is what `quarry rtl` prints: products as rows, a - b or -a by exclusive ors, registers of a register
   * file as registers.  Else it is written as expressions of *, + and -, and as a memory. */
  bool rows;
} qy_fpga_how;

typedef struct qy_fpga_count {
  double lut;                 /* LUTs that are taken, inverters included, LUT RAM and shift registers not */
  double ff;                  /* bits of registers that something reads; equal ones are one */
  double carry;               /* CARRY4, for vivado on xcup CARRY8 */
  double muxf7, muxf8, muxf9; /* vivado only; muxf9: none */
  double srl;                 /* LUTs as shift registers: three and more plain flip-flops in a row */
  double lutram;              /* RAM32M and RAM64M cells of register files */
  double bram18;              /* none: tables become LUTs */
  double dsp;
  int levels; /* LUTs and carry chains on the longest path between registers */
} qy_fpga_count;

/* Resources of a finished circuit.  QY_NO_MEMORY is the only failure.  O(gates). */
qy_status qy_circuit_fpga(qy_fpga_count *count, const qy_circuit *c, const qy_fpga_how *how, qy_error *err);

#endif
