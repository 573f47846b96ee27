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

enum { WORD_BITS = 64, MUX_MAX = 16, TABLE_BITS_MAX = 10, NAME_MAX_BYTES = 64 };
/* Words of a node: its result, rows of a product or the inside of a block, a recoded row's multiples. */
enum { WORD_ROWS = 1, WORD_SELECTED = WORD_ROWS + ROWS_MAX + 1, WORDS_MAX = WORD_SELECTED + ROWS_MAX };

struct lut_maker;
struct lut_word;

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
  qy_operator_class class[QY_MULTIPLIER_COUNT]; /* by multiplier kind; operators without one use the first */
  bool is_wires;                                /* no cells: renames bits */
  bool is_state;                                /* output comes from the state; inputs are read at the clock edge */
  const char *(*check)(const node *n);          /* what is wrong with the shape; NULL: nothing */
  uint64_t (*evaluate)(const node *n, const uint64_t *in); /* state operators: the next state, in[count] = state */
  /* The operator's cells bit by bit; NULL: its bits come from outside.  block: cells that are counted as a whole, NULL:
   * none; path: delay of an operator that is timed as a whole. */
  void (*expand)(bit_maker *b, const struct node *n, const bit_signal *const *in, bit_signal *out);
  qy_cells_function *block;
  qy_path_function *path;
  bool late_last; /* the last input may arrive when the others are nearly through */
  /* Words 1 and on of bit_given: word[WORDS_MAX - 1]; NULL: there is none but the result. */
  void (*words)(const node *n, const uint64_t *in, uint64_t *word);
  /* Mean settled toggles of the cells that are counted as a whole, in cycles that lie side by side in lanes (in, out:
   * one word per bit; moves: lanes that have a successor); NULL: there are none, or masks that toggle as their bits. */
  double (*block_toggles)(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves);
  double (*cut_bits)(const node *n, double frac); /* flip-flops of a pipeline cut at this fraction of the path */
  /* Its gates and chains on an FPGA, see lut_int.h; NULL: its bits come from outside. */
  void (*lut)(struct lut_maker *m, const node *n, struct lut_word *out);
  void (*verilog)(const node *n, const verilog_names *names, qy_text *text);
} operator_row;

/* A copy of a node of another circuit, its inputs renamed: net[i] is what its node i is here; inputs of a register stay
 * open.  < 0: a mistake, kept in the circuit. */
qy_net circuit_append(qy_circuit *c, node n, const qy_net *net);

const operator_row *operator_of(const node *n);
qy_operator_class node_class(const node *n);
/* Settle every net: word[i] is the output of node i. */
void circuit_settle(const qy_circuit *c, const uint64_t *inputs, const uint64_t *state, uint64_t *word);
/* Registers take their next state. */
void circuit_clock(const qy_circuit *c, const uint64_t *word, uint64_t *state);

/* The word's value as a signed number of `width` bits, repeated up to bit 63. */
static inline uint64_t word_extend(uint64_t word, int width, bool is_signed)
{
  uint64_t top = UINT64_C(1) << (width - 1);
  return is_signed ? (word ^ top) - top : word;
}

#endif
