/* FPGA resources of operators: LUT-6 devices with CARRY4 chains and 48-bit DSP slices (AMD 7 series, UltraScale+).
 *
 * Multiplier: (2 ceil((W + A) / 6) - 1) (W + A) LUTs, or ceil((W + A) / 48) DSPs: M. Blott et al., FINN-R, ACM TRETS 11
 * (2018), resource model as in the FINN sources.  Adder: one LUT per bit and one CARRY4 per four.  Barrel shifter: n
 * ceil(stages / 2), a LUT holds a 4:1 multiplexer.  Multiplexer: 1, 2, 4 LUTs per bit for 4, 8, 16 inputs.  Comparator:
 * two bits per LUT on a carry chain.  Table: one LUT per output bit and 64 entries.  The last four are device
 * arithmetic, not measurements.  Sub-word multipliers stay in LUTs: a DSP slice cannot cut or regroup its products.
 * Registers: one flip-flop per bit; an enable is part of the flip-flop.
 */
#include "operators.h"

#include <assert.h>

enum { LUT_INPUTS = 6, CARRY_BITS = 4, DSP_BITS = 48 };

static int up(int n, int by)
{
  return (int)qy_ceil_div(n, by);
}

static int wider(const node *n)
{
  return n->shape.a > n->shape.b ? n->shape.a : n->shape.b;
}

void fpga_none(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)n, (void)use_dsp, (void)fpga;
}

static void add_chain(int bits, qy_fpga *fpga)
{
  fpga->lut += bits;
  fpga->carry += up(bits, CARRY_BITS);
}

void fpga_add(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  add_chain(n->shape.width, fpga);
}

static void add_product(const node *n, qy_fpga *fpga)
{
  int bits = n->shape.a + n->shape.b;
  fpga->lut += (2 * up(bits, LUT_INPUTS) - 1) * bits;
}

void fpga_multiply(const node *n, bool use_dsp, qy_fpga *fpga)
{
  if (use_dsp)
    fpga->dsp += up(n->shape.a + n->shape.b, DSP_BITS);
  else
    add_product(n, fpga);
}

/* The slice's own accumulator takes the addend as long as it fits. */
void fpga_multiply_add(const node *n, bool use_dsp, qy_fpga *fpga)
{
  fpga_multiply(n, use_dsp, fpga);
  if (!use_dsp || n->shape.width > DSP_BITS) add_chain(n->shape.width, fpga);
}

void fpga_multiply_mode(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  add_product(n, fpga);
  fpga->lut += n->shape.width; /* masks and alignment */
}

void fpga_shift(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  fpga->lut += n->shape.width * up(n->shape.b, 2);
}

void fpga_mux(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  fpga->lut += n->shape.width * up(n->shape.count, CARRY_BITS); /* four inputs and two selects fill a LUT */
}

void fpga_logic(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  fpga->lut += n->shape.width;
}

void fpga_compare(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  int luts = up(wider(n), 2);
  fpga->lut += luts;
  fpga->carry += up(luts, CARRY_BITS);
}

void fpga_max(const node *n, bool use_dsp, qy_fpga *fpga)
{
  fpga_compare(n, use_dsp, fpga);
  fpga->lut += n->shape.width;
}

/* A tree of LUTs over three pairs of bits each. */
void fpga_equal(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  for (int left = up(wider(n), LUT_INPUTS / 2);; left = up(left, LUT_INPUTS)) {
    fpga->lut += left;
    if (left <= 1) break;
  }
}

void fpga_leading_one(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  fpga->lut += n->shape.a;
}

void fpga_truth_table(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  int above = n->shape.a > LUT_INPUTS ? n->shape.a - LUT_INPUTS : 0;
  fpga->lut += (double)n->shape.width * (double)(UINT64_C(1) << above);
}

void fpga_round_saturate(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  int kept = n->shape.a - n->shape.drop;
  if (n->shape.drop > 0) add_chain(kept, fpga);
  if (kept > n->shape.width) fpga->lut += n->shape.width + up(kept - n->shape.width, LUT_INPUTS);
}

void fpga_register(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  fpga->ff += n->shape.width;
}

void fpga_counter(const node *n, bool use_dsp, qy_fpga *fpga)
{
  (void)use_dsp;
  fpga->ff += n->shape.width;
  add_chain(n->shape.width, fpga);
}

void qy_circuit_fpga(const qy_circuit *c, bool use_dsp, qy_fpga *fpga)
{
  assert(c && fpga);
  *fpga = (qy_fpga){0};
  for (size_t i = 0; i < c->count; i++)
    operator_of(&c->node[i])->fpga(&c->node[i], use_dsp, fpga);
}
