/* Input vectors for components: uniform random words, and the other stimuli of the open synthesis study.
 *
 * random: every input uniform each cycle, modes drawn among those that exist, an accumulator cleared once in 20 cycles
 * on average (the flip-flop toggles of the study's signed MACs give that rate); mode=K: that mode held; a_half_zero:
 * the data word zero every other cycle on average; b_held_64, weight_held_64: weights change every 64 cycles;
 * msb_only_K: all but the top K bits of the operands zero; gauss_sigma_quarter: normal operands with a quarter of full
 * scale as deviation; relu_a_gauss_b: the same, the data word's negative half set to zero.
 */
#ifndef QUARRY_VALIDATE_STIMULUS_H
#define QUARRY_VALIDATE_STIMULUS_H

#include "component.h"

typedef enum stimulus_kind {
  STIMULUS_RANDOM,
  STIMULUS_MODE,
  STIMULUS_HALF_ZERO,
  STIMULUS_HELD,
  STIMULUS_TOP_BITS,
  STIMULUS_GAUSS,
  STIMULUS_RELU
} stimulus_kind;

typedef struct stimulus {
  const component *component;
  stimulus_kind kind;
  int amount; /* the mode, or the number of top bits */
  uint64_t state;
  uint64_t held[COMPONENT_INPUTS_MAX];
} stimulus;

/* 0, or -1: a stimulus of another name. */
int stimulus_start(stimulus *s, const component *c, const char *name, uint64_t seed);

/* A qy_stimulus; ctx is a stimulus. */
void stimulus_next(void *ctx, int64_t cycle, uint64_t *inputs);

#endif
