/* The inside of the LUT view: a circuit as a network of two-input gates and carry chains, and its covering by LUTs.
 *
 * A signal is 2 * node + 1 when it is the inverse of the node's output, else 2 * node; node 0 is the constant zero.
 * Gates are made in an order of evaluation and fold as they are made: constants, equal and opposite inputs, a gate that
 * exists already.  A carry chain is a row of stages: sum = select ^ carry, carry out = select ? carry : data.
 * What synthesis builds of a word-level operator is modelled by rules (lut_word.c, lut_sum.c, lut_ops.c); how gates are
 * gathered into LUTs is computed: priority cuts of at most six inputs with area flow and exact area under required
 * times: A. Mishchenko, S. Cho, S. Chatterjee, R. Brayton, "Combinational and sequential mapping with priority cuts",
 * ICCAD 2007; V. Manohararajah, S. D. Brown, Z. G. Vranesic, "Heuristics for area minimization in LUT-based FPGA
 * technology mapping", IEEE TCAD 25 (2006) 2331.
 */
#ifndef QUARRY_CIRCUIT_LUT_INT_H
#define QUARRY_CIRCUIT_LUT_INT_H

#include "graph.h"
#include "quarry/lut.h"

typedef uint32_t lut_signal;
enum { LUT_ZERO = 0, LUT_ONE = 1, LUT_NONE = -1, LUT_INPUTS = 6 };

typedef enum lut_kind {
  LUT_CONSTANT,
  LUT_SOURCE, /* a bit from outside or of a register; in[0]: node of the circuit, in[1]: bit */
  LUT_SUM,    /* sum and ... */
  LUT_CARRY,  /* ... carry out of the stage in[0] */
  LUT_AND,
  LUT_XOR
} lut_kind;

typedef struct lut_node {
  lut_signal in[2];
  lut_kind kind;
  bool twins; /* a sum that stands for the next one as well, whose flip-flops stay apart */
} lut_node;

static inline bool lut_is_gate(const lut_node *n)
{
  return n->kind >= LUT_AND;
}

static inline bool lut_is_stage(const lut_node *n)
{
  return n->kind == LUT_SUM || n->kind == LUT_CARRY;
}

/* A node as a function of few sources: bit v of the table is its value where source[k] has bit k of v. */
enum { LUT_SMALL_NOT = LUT_INPUTS + 1 };
typedef struct lut_small {
  uint32_t source[LUT_INPUTS]; /* nodes, ascending */
  uint64_t table;
  int32_t count; /* LUT_SMALL_NOT: too many */
} lut_small;

/* One bit of a chain. */
typedef struct lut_stage {
  lut_signal select, data, carry; /* carry: into the stage */
  int32_t chain, at;              /* which chain, place in it */
  int32_t gates;                  /* nodes made before the stage */
} lut_stage;

/* What a flip-flop takes.  enable: LUT_ONE when always. */
typedef struct lut_flop {
  lut_signal data, enable;
  uint32_t node; /* its output */
} lut_flop;

/* Where the products and sums of a circuit come from. */
typedef struct lut_net {
  lut_node *node;
  size_t count, capacity;
  lut_stage *stage;
  size_t stages, stage_capacity;
  int chains;
  lut_flop *flop;
  size_t flops, flop_capacity;
  lut_signal *out; /* outputs of the circuit, bit after bit, then ports of what is no logic */
  size_t outs, out_capacity;
  bool whole_chains; /* a chain begins with its first bit even where that has no carry */
  int32_t *slot;     /* hash table of gates */
  size_t slots;
  lut_small *small; /* [count] */
  size_t smalls, small_capacity;
  int32_t *small_slot; /* hash table of nodes of few sources */
  size_t small_slots;
  double lutram, dsp;                      /* RAM cells and slices that took nodes out of the network ... */
  double block_lut, block_carry, block_ff; /* ... and what they leave beside it */
  bool failed;                             /* out of memory */
} lut_net;

void lut_net_free(lut_net *net);
/* A gate that is not there yet, as a function; false: of too many sources. */
bool lut_small_make(lut_net *net, const lut_node *n, lut_small *made);
/* The signal that is this function; LUT_NONE: there is none. */
int64_t lut_small_find(lut_net *net, const lut_small *s);
/* Node `at`, which is the last one, is this function. */
void lut_small_add(lut_net *net, uint32_t at, const lut_small *s);
lut_signal lut_source(lut_net *net, uint32_t of, uint32_t bit); /* bit of node `of` of the circuit */
lut_signal lut_and(lut_net *net, lut_signal a, lut_signal b);
lut_signal lut_xor(lut_net *net, lut_signal a, lut_signal b);
bool lut_has_xor(const lut_net *net, lut_signal a, lut_signal b); /* of these or their inverses */
static inline lut_signal lut_not(lut_signal a)
{
  return a ^ 1;
}
static inline lut_signal lut_or(lut_net *net, lut_signal a, lut_signal b)
{
  return lut_not(lut_and(net, lut_not(a), lut_not(b)));
}
lut_signal lut_mux(lut_net *net, lut_signal select, lut_signal zero, lut_signal one);
/* Sum of three bits; *carry: theirs. */
lut_signal lut_full(lut_net *net, lut_signal a, lut_signal b, lut_signal c, lut_signal *carry);
/* A chain of `width` stages; carry_out: NULL or what leaves the last stage. */
void lut_chain(lut_net *net, const lut_signal *select, const lut_signal *data, lut_signal carry, int width,
               lut_signal *sum, lut_signal *carry_out);
void lut_add_flop(lut_net *net, lut_flop flop);
void lut_add_out(lut_net *net, lut_signal signal);

/* ---- words */

typedef struct lut_word {
  lut_signal bit[WORD_BITS];
  int width;
} lut_word;

/* What the expansion of a circuit passes around. */
typedef struct lut_maker {
  lut_net *net;
  const qy_circuit *c;
  const qy_fpga_how *how;
  lut_word *word; /* [nodes] */
  int *readers;   /* [nodes]: how many inputs and outputs take the word */
  bool *merged;   /* [nodes]: a sum or product that is part of its only reader's sum */
  bool *boundary; /* [nodes]: made by something that is no logic: its word comes from outside */
  bool *port;     /* [nodes]: read by something that is no logic */
  bool *outside;  /* [nodes]: the addend of a product whose slice adds nothing */
} lut_maker;

/* Take what is no logic out of the network: fills boundary, port and outside.  0, or -1: out of memory. */
int lut_find_blocks(lut_maker *m);

void lut_extend(lut_word *to, const lut_word *from, int width, bool is_signed);
/* a + b + carry on a chain, or in gates when it is short; invert_b: a - b with carry one. */
void lut_add(lut_net *net, const lut_word *a, const lut_word *b, bool invert_b, lut_signal carry, int width,
             lut_word *out);
lut_signal lut_reduce_and(lut_net *net, const lut_signal *bit, int count);
lut_signal lut_reduce_or(lut_net *net, const lut_signal *bit, int count);
lut_signal lut_equals(lut_net *net, const lut_word *a, uint64_t value);
lut_signal lut_less(lut_net *net, const lut_word *a, const lut_word *b, bool is_signed);

/* ---- sums of many terms */

typedef struct lut_term {
  lut_word a, b; /* b: of a product, width 0: none */
  bool is_signed, subtract;
  int rank;   /* terms of one sum are taken in this order */
  int pieces; /* 0: the word is one wire, else put together of several */
} lut_term;

typedef struct lut_sum {
  lut_term *term;
  int count;
  size_t capacity;
  bool failed; /* out of memory */
} lut_sum;

/* One term more; the caller frees term. */
void lut_sum_put(lut_sum *sum, const lut_term *term);

/* Add up the terms modulo 2^width. */
void lut_sum_make(lut_maker *m, const lut_sum *sum, int width, lut_word *out);

/* The same as vivado does it. */
void lut_tree_make(lut_maker *m, const lut_sum *sum, int width, lut_word *out);

/* ---- operators: the word of node i from its inputs' words */

typedef void lut_function(struct lut_maker *m, const node *n, struct lut_word *out);
lut_function lut_op_none, lut_op_constant, lut_op_add, lut_op_multiply;
lut_function lut_op_shift, lut_op_shift_constant, lut_op_mux, lut_op_and, lut_op_or, lut_op_xor, lut_op_not;
lut_function lut_op_less, lut_op_equal, lut_op_max, lut_op_leading_one, lut_op_truth_table;
lut_function lut_op_slice, lut_op_concat, lut_op_extend, lut_op_round_saturate;
/* A product as rows that are written out. */
void lut_rows_multiply(lut_maker *m, const node *n, lut_word *out);
void lut_rows_terms(lut_maker *m, const node *n, bool subtract, lut_sum *sum);

/* Expand a finished circuit; to be freed all the same when it fails.  0, or -1: out of memory. */
int lut_net_make(lut_net *net, const qy_circuit *c, const qy_fpga_how *how);

/* ---- covering */

typedef struct lut_cut {
  uint32_t leaf[LUT_INPUTS]; /* nodes, ascending */
  uint64_t signature;        /* one bit per leaf, folded */
  int32_t size, delay_ps;
  float area; /* of the whole cone */
} lut_cut;

typedef struct lut_cover {
  const lut_net *net;
  lut_cut *best;     /* [nodes]: inputs of the LUT of a gate */
  uint32_t *readers; /* [nodes]: LUTs, chains, flip-flops and outputs that take it; 0: no LUT */
  int32_t *arrive_ps, *require_ps;
  uint8_t *root; /* [nodes]: what is no LUT takes it as it is, inverted (bits 0 and 1), a stage does (bits 2 and 3) */
  double luts, inverters;
  /* Of vivado: LUTs that hold two functions, LUTs that a wire goes through to its chain, selections that are no LUTs.
   * */
  double pairs, through, muxf7, muxf8;
  int levels; /* LUTs and chains on the longest path */
} lut_cover;

/* Cover a network; to be freed all the same when it fails.  0, or -1: out of memory. */
int lut_cover_make(lut_cover *cover, const lut_net *net, const qy_fpga_how *how);
/* How many inputs two cuts have together. */
int lut_inputs_together(const lut_cut *a, const lut_cut *b);
/* Share LUTs and find wide selections in a covering, as vivado does.  0, or -1: out of memory. */
int lut_cover_pack(lut_cover *cover);
void lut_cover_free(lut_cover *cover);
/* Stages of a chain in one cell. */
int lut_cell_bits(const qy_fpga_how *how);
/* Carry cells of so many stages that are left. */
double lut_carry_cells(const lut_cover *cover, int bits);
/* The value of a signal as a function of a cut's leaves, which have the values given in leaves[]. */
uint8_t lut_look_up(const lut_net *net, const lut_cut *cut, lut_signal s, const uint8_t *leaves);
/* Evaluate a network through its covering: value[nodes] of sources given, of all nodes that are made filled; a gate's
 * value is looked up in the truth table of its LUT. */
void lut_cover_evaluate(const lut_cover *cover, uint8_t *value);

#endif
