/* A circuit bit by bit: the cells that are left of its operators once every bit is known for what it is.
 *
 * Operators are expanded into cells in order (expand.c).  Making a cell looks at its inputs first: constants, two
 * copies of one bit (sign extension is the same bit again), a bit and its inverse, and cells that exist already cost
 * nothing or less.  Afterwards what no output and no register reads is swept away, and a cell of two outputs of which
 * one is read becomes a smaller one.  Census, timing and flip-flop counts come from what is left.
 * Made once, by qy_circuit_finish; constant from then on.  Ownership: the circuit's arena.
 */
#ifndef QUARRY_CIRCUIT_BITS_H
#define QUARRY_CIRCUIT_BITS_H

#include "cells.h"
#include "quarry/circuit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Output k of cell i is signal 2 i + k; cell 0 is the constants. */
typedef int32_t bit_signal;
enum { BIT_ZERO = 0, BIT_ONE = 1, BIT_INPUTS = 4 };

typedef enum bit_kind {
  BIT_CONSTANT,
  BIT_SOURCE, /* an input bit */
  BIT_FLOP,   /* the output of a flip-flop */
  BIT_JOIN,   /* gathers inputs of a block */
  BIT_MADE,   /* a bit that a block makes (in[0]: the block) */
  BIT_BLOCK,  /* an operator that is counted and timed as a whole: closed forms of cells.h */
  BIT_INV,
  BIT_AND,
  BIT_OR,
  BIT_TREE_AND,    /* of a wide AND: half of a three-input gate */
  BIT_PRODUCT,     /* of an array multiplier: AND, or NOR of shared inverses */
  BIT_NOT_PRODUCT, /* the same inverted */
  BIT_GATE,        /* in[0] and in[1]: a selection that has a constant beside in[0] */
  BIT_GATE_NOT,    /* in[0] and not in[1] */
  BIT_GATE_OR,     /* in[0] or in[1] */
  BIT_GATE_OR_NOT, /* in[0] or not in[1] */
  BIT_XOR,
  BIT_XNOR,
  BIT_SELECT,      /* in[2] ? in[1] : in[0] */
  BIT_SELECT_ONE,  /* the same, alone: no other shares its inversion */
  BIT_EDGE,        /* in[0] or in[1] and in[2]: selects between a sign, whose gate neighbours share, and in[1] */
  BIT_EDGE_NOT,    /* in[0] or in[1] and not in[2] */
  BIT_ABSORBED,    /* in[0] and in[2], beside a selection that takes the line in[2] into its own */
  BIT_MASK,        /* of sub-word modes: counted by the operator's closed form, as are ... */
  BIT_ALIGN,       /* ... two-to-one and */
  BIT_ALIGN_TWICE, /* three-to-one selections of a sum-together product */
  BIT_DIGIT_TWO,   /* Booth: in[0] differs from both in[1] and in[2] */
  BIT_BOOTH,       /* in[0] in[2] or in[1] in[3] */
  BIT_HALF,        /* in[0] + in[2] */
  BIT_HALF_ONE,    /* with a constant one as third input */
  BIT_CHAIN_HALF,  /* the same in a ripple adder, in[2] being the carry */
  BIT_CHAIN_ONE,
  BIT_FULL,  /* in a carry-save row */
  BIT_CHAIN, /* in a ripple adder, in[2] being the carry */
  BIT_KIND_COUNT
} bit_kind;

static inline bool bit_is_start(int kind)
{
  return kind <= BIT_FLOP;
}

static inline bool bit_is_and(int kind)
{
  return kind == BIT_AND || kind == BIT_TREE_AND || kind == BIT_PRODUCT || kind == BIT_GATE;
}

/* Kinds of pins that a net drives; the first ones are those that hang on a line of a whole word as well. */
typedef enum bit_pin {
  BIT_PIN_NONE,
  BIT_PIN_GATE,
  BIT_PIN_AND, /* or OR: gates with an inverter behind */
  BIT_PIN_XOR,
  BIT_PIN_SELECT,
  BIT_PIN_DATA, /* of a selection */
  BIT_PIN_HALF,
  BIT_PIN_FULL,
  BIT_PIN_CARRY, /* carry input of a full adder */
  BIT_PIN_FLOP,
  BIT_PIN_COUNT
} bit_pin;

/* What a net drives: numbers of pins by kind. */
typedef struct bit_load {
  uint64_t pins; /* BIT_PINS_FIELD bits a kind */
  uint64_t line; /* pins on a line, which is buffered when there are many: BIT_LINE_FIELD bits a kind */
} bit_load;
enum { BIT_PINS_FIELD = 7, BIT_LINE_FIELD = 16 };
enum { BIT_LINE_BARE = 4 }; /* a line of so many gates has no buffers */

typedef struct bit_cell {
  bit_signal in[BIT_INPUTS];
  int32_t node;
  int16_t arc;        /* which of arcs[]; starts and cells that nobody reads: 0 */
  uint8_t kind, used; /* used: bit k for output k */
  uint8_t levels;     /* of a selection: stages in the chain, which share one inverter; 0: none */
  uint8_t either;     /* whether its readers take the inverse as well */
  uint8_t given;      /* whether its value comes from given[] and not from its inputs */
} bit_cell;

/* Cells of one kind and load, which have the same delays. */
typedef struct bit_arc {
  bit_kind kind;
  int32_t node; /* of a block: its operator */
  int load[2];  /* per output: which of loads[] */
} bit_arc;

/* A product, as effort sees it. */
typedef struct bit_product {
  qy_operator_class class;
  double cells; /* in the form that needs no library */
  double bits;  /* of its operands: logarithm of the number of their words */
} bit_product;

/* A bit whose value the word-level evaluation of its node gives: bit `bit` of word `word`, see operator_row.words.
 * Inputs, flip-flops, results of blocks, and what sub-word modes decide. */
typedef struct bit_given {
  bit_signal signal;
  int32_t node;
  int16_t word, bit;
} bit_given;

typedef struct bit_net {
  bit_cell *cell; /* [count], inputs before outputs except for flip-flops */
  size_t count;
  int32_t *first;   /* [nodes + 1]: a node's cells, but for those before a flip-flop, which are behind all others */
  bit_signal **out; /* [nodes]: the word of each node */
  bit_signal *next; /* [flops]: what flip-flop k takes, by cell number in flop[] */
  int32_t *flop;    /* [flops] */
  size_t flops;
  bit_given *given; /* [givens], those of one word in a row */
  size_t givens;
  bit_load *loads; /* [load_count], 0: none */
  bit_arc *arcs;   /* [arc_count], 0: none */
  size_t load_count, arc_count;
  bit_census *node;         /* [nodes] */
  const bit_census **block; /* [nodes]: what they have beside their bits, closed forms of cells.h; NULL: nothing */
  bit_census class[QY_CLASS_COUNT];
  bit_product *product; /* [product_count] */
  size_t product_count;
} bit_net;

/* While it is being made. */
typedef struct bit_maker {
  bit_net *net;
  size_t capacity, flop_capacity, given_capacity;
  int32_t *slot; /* hash table of cells by kind and inputs */
  size_t slots;
  int32_t node;
  int levels;
  bool failed; /* out of memory */
} bit_maker;

/* Makers of bits.  All fold. */
bit_signal bit_not(bit_maker *b, bit_signal x);
bit_signal bit_gate(bit_maker *b, bit_kind kind, bit_signal x, bit_signal y); /* two inputs, one output */
bit_signal bit_select(bit_maker *b, bit_signal x0, bit_signal x1, bit_signal s);
bit_signal bit_edge(bit_maker *b, bit_kind kind, bit_signal sign, bit_signal x1, bit_signal s);
bit_signal bit_digit_two(bit_maker *b, bit_signal high, bit_signal mid, bit_signal low);
bit_signal bit_booth(bit_maker *b, bit_signal x, bit_signal below, bit_signal one, bit_signal two);
/* Sum; *carry: 0 .. */
bit_signal bit_full(bit_maker *b, bit_signal x, bit_signal y, bit_signal z, bool chain, bit_signal *carry);
static inline bool bit_has_carry(bit_kind kind)
{
  return kind >= BIT_HALF && kind <= BIT_CHAIN;
}
/* A cell as it is. */
bit_signal bit_raw(bit_maker *b, bit_kind kind, const bit_signal in[BIT_INPUTS]);

/* Bits of a word of the node's evaluation; constants are left out. */
void bit_give(bit_maker *b, const bit_signal *signals, int count, int word);

/* Make the bits of a finished circuit.  NULL: out of memory. */
const bit_net *bit_net_new(const qy_circuit *c);

/* Loads, arcs, and the gates on lines of a net whose read bits are known; -1: out of memory. */
int bit_find_loads(bit_net *net, qy_arena *arena);
/* Gates on a line. */
static inline int bit_line_gates(const bit_load *load)
{
  int gates = 0;
  for (int shift = 0; shift < 64; shift += BIT_LINE_FIELD)
    gates += (int)(load->line >> shift & ((1 << BIT_LINE_FIELD) - 1));
  return gates;
}

/* What a signal that is read drives. */
static inline const bit_load *bit_load_of(const bit_net *net, bit_signal s)
{
  const int arc = net->cell[s >> 1].arc;
  return &net->loads[net->arcs[arc < 0 ? -arc : arc].load[s & 1]];
}
/* Gates on its line, where that has buffers; else 0. */
static inline int bit_buffered_gates(const bit_net *net, bit_signal s)
{
  const int gates = bit_line_gates(bit_load_of(net, s));
  return gates > BIT_LINE_BARE ? gates : 0;
}

/* Cells of one node in the form that is cheapest in the library; tech NULL: see cells.h. */
void bit_cells_of_node(const qy_circuit *c, size_t node, const qy_tech *tech, double cells[QY_CELL_COUNT]);
void bit_cells_of_class(const bit_net *net, qy_operator_class class, const qy_tech *tech, double cells[QY_CELL_COUNT]);
double bit_flops(const bit_net *net);
/* Share of each class on which effort acts: small products are made anew when they are to be fast, not made larger. */
void bit_effort_shares(const bit_net *net, const qy_tech *tech, double share[QY_CLASS_COUNT]);
/* n, which belongs to a class with these cells, in the forms of the library. */
void bit_cells_of(const bit_census *n, const bit_census *class, const qy_tech *tech, double cells[QY_CELL_COUNT]);
/* What one cell counts, `weight` times.  Outputs that nobody reads make it a smaller one. */
void bit_add_cell(bit_census *n, const bit_cell *cell, double weight);
void bit_add_census(bit_census *to, const bit_census *n);
/* Operand bits that feed a product of node i, `weight` (by signal) times; NULL: once. */
void bit_add_operands(bit_census *n, const qy_circuit *c, const bit_net *net, size_t i, const int64_t *weight);
void bit_add_block(bit_census *n, const bit_net *net, size_t i);

/* ---- timing */

/* Delays of one library in one form. */
typedef enum bit_form { BIT_LEAN, BIT_ROWS, BIT_FAST } bit_form;
typedef struct bit_delays {
  const qy_tech *tech;
  bit_form form;
  /* Per kind and output: from in[0], in[1], in[3] (a) and from in[2] (c) without load, ps; slope in ps/fF. */
  float a[BIT_KIND_COUNT][2], c[BIT_KIND_COUNT][2], slope[BIT_KIND_COUNT][2];
  /* Per arc of the net, its load in it: output 0 from a and c, output 1 from a and c. */
  struct bit_arc_ps {
    float a[2], c[2];
  } * arc;
  /* Per load: capacitance that the driver sees, delay of the buffers. */
  struct bit_load_ps {
    float ff, line_ps;
  } * load;
} bit_delays;

/* Room for the delays of a net; -1: out of memory (to be freed all the same). */
int bit_delays_alloc(bit_delays *d, const bit_net *net);
void bit_delays_free(bit_delays *d);
/* Fill them. */
void bit_delays_of(bit_delays *d, const qy_circuit *c, const qy_tech *tech, bit_form form);
/* at[2 count]: starts at the delay of their flip-flops, all others never (-infinity). */
void bit_start(const bit_net *net, const bit_delays *d, float *at);
/* Arrival of every signal that is read of the cells in [from, to) whose inputs have arrived; -infinity: never. */
void bit_arrive(const bit_net *net, const bit_delays *d, size_t from, size_t to, float *at);

#endif
