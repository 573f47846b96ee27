/* The inside of a circuit: nodes, and the operator table whose columns are the views.
 *
 * A node is one operator with its shape (widths, signedness, parameters); its output is one net, and a net's number is
 * its node's.  Nodes refer only to earlier nodes, except a register's data input, so creation order is an order of
 * evaluation and a loop without a register cannot be written down.
 */
#ifndef QUARRY_CIRCUIT_GRAPH_H
#define QUARRY_CIRCUIT_GRAPH_H

#include "bits.h"
#include "cells.h"
#include "multiplier.h"
#include "quarry/circuit.h"
#include "quarry/integer.h"
#include "trace.h"

enum { WORD_BITS = 64, MUX_MAX = 16, TABLE_BITS_MAX = 10, NAME_MAX_BYTES = 64 };

typedef struct node {
  qy_op op;
  qy_shape shape;                  /* operand and output widths, signedness, ...: cells.h */
  int count;                       /* inputs */
  qy_net *in;                      /* [count]; < 0: not connected */
  int *in_width;                   /* [count], 0 for not connected */
  int amount;                      /* constant shift (left > 0), low bit of a slice */
  uint64_t value;                  /* of a constant */
  const multiplier_layout *layout; /* of a multiplier */
  int state;                       /* word of the state array, -1: none */
  const char *label;               /* NULL: none */
} node;

typedef struct port {
  const char *name;
  qy_net net;
} port;

struct qy_circuit {
  qy_arena *arena;
  const char *name, *note; /* note: NULL or one line */
  node *node;
  size_t count, capacity;
  port *input, *output;
  int input_count, input_capacity, output_count, output_capacity;
  int state_words;
  const bit_net *bits; /* once finished */
  bool finished;
  qy_status status; /* of the first mistake */
  char mistake[256];
};

/* What a node's nets are called in Verilog. */
typedef struct verilog_names {
  const char *out;
  const char (*in)[NAME_MAX_BYTES]; /* [count] */
} verilog_names;

/* One row of the operator table: an operator is what its row says, and nothing else in the module asks for its kind.
 * `in` holds the input words in order, all within their widths. */
typedef struct operator_row {
  const char *name;
  int min_inputs, max_inputs;
  qy_operator_class class[QY_MULTIPLIER_COUNT]; /* by multiplier kind; operators without one use the first */
  bool is_state;                                /* output comes from the state; inputs are read at the clock edge */
  const char *(*check)(const node *n);          /* what is wrong with the shape; NULL: nothing */
  uint64_t (*evaluate)(const node *n, const uint64_t *in); /* state operators: the next state, in[count] = state */
  /* The operator's cells bit by bit; NULL: its bits come from outside.  block: cells that are counted as a whole, NULL:
   * none; path: delay of an operator that is timed as a whole. */
  void (*expand)(bit_maker *b, const struct node *n, const bit_signal *const *in, bit_signal *out);
  void (*block)(const qy_shape *shape, bit_census *census);
  qy_path_function *path;
  bool late_last; /* the last input may arrive when the others are nearly through */
  /* Words of settled values of the internal cell outputs, always the same number and kinds for one node.  out: the
   * output word as evaluated. */
  void (*trace)(const node *n, const uint64_t *in, uint64_t out, trace *t);
  /* Logic depth in full-adder equivalents, for glitches.  changed: per node, the bits that moved in the whole run. */
  double (*depth)(const node *n, const uint64_t *changed, size_t self);
  double (*depth_part)(const node *n, const uint64_t *in); /* share of the depth in use this cycle; NULL: 1 */
  double (*cut_bits)(const node *n, double frac); /* flip-flops of a pipeline cut at this fraction of the path */
  void (*fpga)(const node *n, bool use_dsp, qy_fpga *fpga);
  void (*verilog)(const node *n, const verilog_names *names, qy_text *text);
} operator_row;

const operator_row *operator_of(const node *n);
qy_operator_class node_class(const node *n);
/* The word's value as a signed number of `width` bits, repeated up to bit 63. */
static inline uint64_t word_extend(uint64_t word, int width, bool is_signed)
{
  uint64_t top = UINT64_C(1) << (width - 1);
  return is_signed ? (word ^ top) - top : word;
}

#endif
