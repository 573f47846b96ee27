/* Stimuli: see stimulus.h. */
#include "stimulus.h"

#include "quarry/integer.h"
#include "quarry/random.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOLD_CYCLES = 64, SUM_CYCLES = 20, WORD_BITS = 64 };

/* In (0, 1]. */
static double random_fraction(uint64_t *state)
{
  return (double)((qy_random_word(state) >> 11) + 1) * 0x1p-53;
}

/* Normal, deviation a quarter of full scale, clipped to the word; `positive`: negative values become zero. */
static uint64_t random_normal(uint64_t *state, int width, bool positive)
{
  double radius = sqrt(-2 * log(random_fraction(state))), angle = 2 * acos(-1) * random_fraction(state);
  double scale = ldexp(1, width - 1), value = round(radius * cos(angle) * scale / 4);
  value = fmin(fmax(value, positive ? 0 : -scale), scale - 1);
  return (uint64_t)(int64_t)value & qy_word_mask(width);
}

/* Text after `prefix`, as a small number; -1 when it is not one. */
static int suffix_of(const char *name, const char *prefix)
{
  size_t length = strlen(prefix);
  if (strncmp(name, prefix, length) != 0 || !name[length]) return -1;
  char *end;
  long value = strtol(name + length, &end, 10);
  return *end || value < 0 || value > WORD_BITS ? -1 : (int)value;
}

int stimulus_start(stimulus *s, const component *c, const char *name, uint64_t seed)
{
  assert(s && c && name);
  *s = (stimulus){.component = c, .state = seed};
  int mode = suffix_of(name, "mode="), top = suffix_of(name, "msb_only_");
  if (strcmp(name, "random") == 0)
    s->kind = STIMULUS_RANDOM;
  else if (strcmp(name, "a_half_zero") == 0)
    s->kind = STIMULUS_HALF_ZERO;
  else if (strcmp(name, "b_held_64") == 0 || strcmp(name, "weight_held_64") == 0)
    s->kind = STIMULUS_HELD;
  else if (strcmp(name, "gauss_sigma_quarter") == 0)
    s->kind = STIMULUS_GAUSS;
  else if (strcmp(name, "relu_a_gauss_b") == 0)
    s->kind = STIMULUS_RELU;
  else if (mode >= 0)
    s->kind = STIMULUS_MODE, s->amount = mode;
  else if (top > 0)
    s->kind = STIMULUS_TOP_BITS, s->amount = top;
  else
    return -1;
  return 0;
}

void stimulus_next(void *ctx, int64_t cycle, uint64_t *inputs)
{
  assert(ctx && inputs && cycle >= 0);
  stimulus *s = ctx;
  const component *c = s->component;
  for (int i = 0; i < c->inputs; i++) {
    int width = c->width[i];
    component_role role = c->role[i];
    bool operand = role == ROLE_DATA || role == ROLE_WEIGHT;
    uint64_t word = qy_random_word(&s->state) & qy_word_mask(width);
    if (role == ROLE_CLEAR) word = qy_random_word(&s->state) % SUM_CYCLES != 0;
    if (role == ROLE_MODE)
      word = s->kind == STIMULUS_MODE ? (uint64_t)s->amount & qy_word_mask(width) : word % (uint64_t)c->modes;
    if (s->kind == STIMULUS_HALF_ZERO && role == ROLE_DATA && qy_random_word(&s->state) >> 63) word = 0;
    if (s->kind == STIMULUS_TOP_BITS && operand && s->amount < width) word &= ~qy_word_mask(width - s->amount);
    if ((s->kind == STIMULUS_GAUSS || s->kind == STIMULUS_RELU) && operand)
      word = random_normal(&s->state, width, s->kind == STIMULUS_RELU && role == ROLE_DATA);
    if (s->kind == STIMULUS_HELD && role == ROLE_WEIGHT) {
      if (cycle % HOLD_CYCLES == 0) s->held[i] = word;
      word = s->held[i];
    }
    inputs[i] = word;
  }
}
