/* What the elements share: see parts.c, integers.c (fixed point), coded.c, logarithm.c and codebook.c (coded weights),
 * operands.c (what comes in). */
#ifndef QUARRY_PE_INT_H
#define QUARRY_PE_INT_H

#include "quarry/pe.h"

/* The parameters of a row besides `kind`. */
#define TAKES(...)                                                                                                     \
  (const qy_parameter *const[])                                                                                        \
  {                                                                                                                    \
    __VA_ARGS__, NULL                                                                                                  \
  }

#include <assert.h>
#include <stddef.h>

#define ELEMENT(NAME, name) extern const qy_pe_row qy_pe_##name##_row;
#include "quarry/pe.def"
#undef ELEMENT

/* ---- parts.c */

/* An input, through a register where the element has input registers. */
qy_net pe_input(qy_pe *pe, const char *name, int width);
/* The output y, through a register where the element has output registers; sets the latency. */
void pe_result(qy_pe *pe, qy_net result);
/* An accumulator register and its value or, keep = 0, zero; connect later. */
qy_net pe_accumulator(qy_circuit *c, const char *name, int bits, qy_net enable, qy_net keep, qy_net *kept);
/* The input that starts a new sum; -1: the element keeps none. */
qy_net pe_clear(qy_pe *pe);
/* The end of a path of sign and magnitude: accumulate (`clear` starts a new sum) or put out so many bits; sets the
 * latency. */
void pe_finish_signed(qy_pe *pe, qy_net magnitude, qy_net sign, qy_net clear, int width);
/* All bits of `word` where enable is 1, else zero. */
qy_net pe_gate(qy_circuit *c, qy_net word, qy_net enable);
qy_net pe_not(qy_circuit *c, qy_net net);
/* Extend to a wider word or keep as it is. */
qy_net pe_widen(qy_circuit *c, qy_net net, int width, bool is_signed);
/* A signed word times 2^left, in `width` bits. */
qy_net pe_shifted(qy_circuit *c, qy_net net, int left, int width);
qy_net pe_is_zero(qy_circuit *c, qy_net field);
qy_net pe_all_ones(qy_circuit *c, qy_net field);
/* sum + x 2^left or, minus, sum - x 2^left: the bits below are not touched, so no adder is spent on them. */
qy_net pe_add_above(qy_circuit *c, qy_net sum, qy_net x, int left, int width, bool minus);
int pe_bits_for(int n); /* of an unsigned word that reaches n */

/* ---- integers.c */

/* Default and range of accumulator_bits for products of so many bits; what is wrong, or NULL. */
const char *pe_check_accumulator(qy_pe_params *params, int product_bits);
/* The same where 0 means none. */
const char *pe_check_optional_accumulator(qy_pe_params *params, int product_bits);
const char *pe_check_weight(qy_pe_params *params); /* as wide as the activation unless said otherwise */
const char *pe_check_mac(qy_pe_params *params);
const char *pe_check_modes(qy_pe_params *params); /* of elements with sub-words */
/* Full width, halves, quarters, as many as sub-words of two bits allow: 1, 2, 4 products a cycle; sets the latency. */
void pe_modes(qy_pe *pe);
/* The same widths, one product a cycle: narrower operands only toggle less. */
void pe_narrow_modes(qy_pe *pe);
/* Bits of an operand at a port of `width` bits that a mode of one product a cycle uses; all of them in other modes. */
int pe_narrow_width(const qy_pe *pe, int mode, int width);

/* ---- coded.c */

/* bits to 24, weight_bits in low..high (0: usual), output_bits. */
const char *pe_check_code(qy_pe_params *params, int low, int high, int usual);
/* Lossless products and accumulators have to fit into a word. */
const char *pe_check_code_product(qy_pe_params *params, int product_bits);
/* Fraction bits kept, from output_bits = bits + 1 + extra + fraction. */
int pe_keep_bits(const qy_pe *pe, int frac, int extra);
/* x * 2^-k of a code field, as x * 2^(2^bits - 1 - k): a left shift by the inverted field. */
qy_net pe_power(qy_circuit *c, qy_net x, qy_net field, int width);
/* The product's magnitude path ends: sign, accumulator or output, modes. */
void pe_finish_coded(qy_pe *pe, qy_net magnitude, qy_net sign, qy_net clear);

/* ---- logarithm.c, codebook.c */

const char *pe_log_check(qy_pe_params *params, int lowest_split);
void pe_log_build(qy_pe *pe, int splits); /* 1: the fixed split of the parameters */

enum { PE_MULTIPLES_MAX = 32 };
const char *pe_codebook_check(qy_pe_params *params);
void pe_codebook_format(const qy_pe_params *params, qy_number *number);
int pe_multiple_max(const qy_pe *pe);
int pe_multiple_width(const qy_pe *pe, int k);
/* All odd multiples up to the codebook's largest: made here, or taken in. */
void pe_odd_multiples(qy_pe *pe, qy_net x, bool from_outside, qy_net *multiple);

/* ---- operands.c */

/* What an input is, by its name. */
typedef enum pe_role { PE_X, PE_W, PE_CLEAR, PE_MODE, PE_SPLIT, PE_FIRST, PE_LAST, PE_MULTIPLE } pe_role;
typedef struct pe_port {
  pe_role role;
  int width, multiple; /* of x */
  int lane;
} pe_port;
enum { PE_PORTS_MAX = 2 * QY_PE_LANES_MAX + 4 };
/* Returns how many. */
int pe_ports(pe_port port[PE_PORTS_MAX], const qy_pe *pe);

/* Everything that comes in during one cycle. */
typedef struct pe_operands {
  uint64_t x, w;   /* whole words; a serial weight bit by bit, highest first */
  int mode, phase; /* of the mode's cycles per product */
  int split;
  bool clear;
} pe_operands;
uint64_t pe_port_word(const pe_port *port, const qy_pe *pe, const pe_operands *in);
/* Bits that a sub-word takes in a port of this width, and how many there are for the products of a lane. */
int pe_slot(const qy_pe *pe, int mode, int width);
int pe_words(const qy_pe *pe, int mode, int width);

static inline uint64_t pe_low(uint64_t word, int width)
{
  return width >= 64 ? word : word & ((UINT64_C(1) << width) - 1);
}
static inline int64_t pe_signed(uint64_t word, int width)
{
  assert(width > 0 && width <= 64);
  const uint64_t top = UINT64_C(1) << (width - 1);
  return (int64_t)((word ^ top) - top);
}

#endif
