/* Bits on their way from one settled state to the next: a simulation in time, all moves of some batches of lanes at
 * once.
 *
 * Every cell has a delay in ticks, by layout, that no library changes; a pulse shorter than the delay of the cell that
 * would make it is not made (inertial).  Each lane moves from its cycle's inputs to those of the next: what no
 * flip-flop and no input starts is in the settled state before, at the end it is in the next.
 * Bits that are given (bits.h) but are made of others follow those in lanes where that gives what they are, and move
 * once, when their latest input may, where it does not.
 * Lanes are independent of one another: toggles are the same however many batches are run together.
 */
#ifndef QUARRY_CIRCUIT_WAVES_H
#define QUARRY_CIRCUIT_WAVES_H

#include "lanes.h"
#include "quarry/lane_set.h"

/* TICKS make the delay of a NAND2 into four inverters; WHEEL: a power of two above every delay. */
enum { WHEEL = 32, TICKS = 4 };

/* A lane word of each batch. */
enum { WAVE_BATCHES = 4 };
typedef uint64_t wave_word __attribute__((vector_size(WAVE_BATCHES * sizeof(uint64_t))));

/* Settled batches of one circuit.  Those that are not there are as the first, and do not move. */
typedef struct wave_batches {
  wave_word *value;        /* [2 cells] */
  wave_word cycles, moves; /* lanes that have a cycle, and a successor */
  int count;               /* of batches taken */
} wave_batches;

enum { WAVE_PICKS = 3 }; /* fields that an alignment chooses from */

/* What a layout fixes. */
typedef struct wave_delays {
  uint8_t *others, *third, *line; /* [2 cells] delays in ticks: from in[2], from the others; of its line's buffers */
  struct wave_start {
    int tick;
    bit_signal signal;
  } * start; /* [starts], in order of time: bits that move by themselves */
  size_t starts;
  unsigned inner; /* delay of an adder's inner signal; 0: the layout has none */
  /* Slots for events, of each signal as many as ticks that it may have some at; a power of two. */
  uint32_t *slot;    /* [3 cells]: the first of each */
  uint8_t *span;     /* [3 cells]: how many, less one */
  bit_signal *owner; /* [slots]; slot 0 is nobody's */
  size_t slots;
} wave_delays;

typedef struct waves {
  const qy_circuit *c;
  size_t *first_reader; /* [2 cells + 1] */
  uint32_t *reader;     /* cell * 2 + whether by its third input */
  wave_delays delays[QY_LAYOUT_COUNT];
  /* While it runs; signals are those of the bits, then the inner one of each cell. */
  wave_word *now, *pending;   /* [3 cells]; pending: lanes with an event on its way */
  uint32_t *listed;           /* [3 cells]: slots of the signal that are in use */
  wave_word *event;           /* [slots]: lanes in which the signal changes */
  uint32_t *next, due[WHEEL]; /* [slots]: events of one tick; the first of each tick; 0: none */
  size_t waiting;             /* events in use */
  uint32_t *woken;            /* [cells]: cells to look at in this tick */
  bool *awake;                /* [cells] */
  wave_word *by_others;       /* [cells]: lanes in which an input other than the third has moved in this tick */
  wave_word *follow, *invert; /* [cells]: lanes in which a given cell follows its inputs, inverted */
  wave_word *pick;            /* [cells][3]: lanes in which an alignment passes on input k */
} waves;

/* -1: out of memory; to be freed in either case. */
int wave_batches_open(wave_batches *b, const qy_circuit *c);
void wave_batches_close(wave_batches *b);
/* A settled batch more, at most WAVE_BATCHES. */
void wave_batches_take(wave_batches *b, const lanes *l);

/* -1: out of memory; to be freed in either case. */
int waves_open(waves *w, const qy_circuit *c);
void waves_close(waves *w);
/* Add the toggles of every signal in the batches to toggles[2 cells]. */
void waves_run(waves *w, qy_layout layout, const wave_batches *b, int64_t *toggles);
/* The same with a set of instructions that the machine has. */
void waves_run_with(qy_lane_set set, waves *w, qy_layout layout, const wave_batches *b, int64_t *toggles);

/* Is a cell evaluated from its inputs? */
static inline bool wave_is_evaluated(const bit_cell *cell)
{
  switch ((bit_kind)cell->kind) {
  case BIT_CONSTANT:
  case BIT_SOURCE:
  case BIT_FLOP:
  case BIT_JOIN:
  case BIT_MADE:
  case BIT_BLOCK: return false;
  default: return cell->used;
  }
}

/* Fast adders are two exclusive ors in a row and gates for the carry: the first is a signal of its own. */
static inline bool wave_has_inner(const bit_cell *cell)
{
  return cell->kind == BIT_FULL || cell->kind == BIT_CHAIN;
}

static inline bit_signal wave_inner_of(const bit_net *net, size_t i)
{
  return (bit_signal)(2 * net->count + i);
}

#endif
