/* Bits on their way from one settled state to the next: a simulation in time, all moves of a batch of lanes at once.
 *
 * Every cell has a delay in ticks, by layout, that no library changes; a pulse shorter than the delay of the cell that
 * would make it is not made (inertial).  Each lane moves from its cycle's inputs to those of the next: what no
 * flip-flop and no input starts is in the settled state before, at the end it is in the next.
 * Bits that are given (bits.h) but are made of others follow those in lanes where that gives what they are, and move
 * once, when their latest input may, where it does not.
 */
#ifndef QUARRY_CIRCUIT_WAVES_H
#define QUARRY_CIRCUIT_WAVES_H

#include "lanes.h"

/* TICKS make the delay of a NAND2 into four inverters; WHEEL: a power of two above every delay. */
enum { WHEEL = 32, TICKS = 4 };

typedef struct waves {
  const bit_net *net;
  qy_layout layout;
  size_t *first_reader; /* [2 cells + 1] */
  uint32_t *reader;     /* cell * 2 + whether by its third input */
  struct wave_start {
    int tick;
    bit_signal signal;
  } * start; /* [starts], in order of time */
  size_t starts;
  unsigned inner;                 /* delay of an adder's inner signal */
  uint8_t *others, *third, *line; /* [2 cells] delays in ticks: from in[2], from the others; of its line's buffers */
  uint64_t *now, *pending, *slot; /* [2 cells]; slot: [ticks of the wheel] each */
  uint32_t *listed;               /* [2 cells]: ticks of the wheel at which there may be something in a slot ... */
  bit_signal *due;                /* ... and the signals, [ticks of the wheel][2 cells] */
  size_t due_count[WHEEL], waiting;
  uint32_t *woken;           /* [cells]: cells to look at in this tick */
  bool *awake;               /* [cells] */
  uint64_t *by_others;       /* [cells]: lanes in which an input other than the third has moved in this tick */
  uint64_t *follow, *invert; /* [cells]: lanes in which a given cell follows its inputs, inverted */
  uint64_t *pick;            /* [cells][3]: lanes in which an alignment passes on input k */
} waves;

/* -1: out of memory; to be freed in either case. */
int waves_open(waves *w, const qy_circuit *c, qy_layout layout);
void waves_close(waves *w);
/* Add the toggles of every signal in the settled batch to toggles[2 cells]. */
void waves_run(waves *w, const lanes *l, int64_t *toggles);

#endif
