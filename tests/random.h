/* Random numbers for tests: the words of quarry/random.h in ranges. */
#ifndef QUARRY_TESTS_RANDOM_H
#define QUARRY_TESTS_RANDOM_H

#include "quarry/random.h"

#include <stddef.h>

static inline uint64_t random_bits(uint64_t *state)
{
  return qy_random_xorshift(state);
}

/* In [0, n). */
static inline size_t random_below(uint64_t *state, size_t n)
{
  return (size_t)(random_bits(state) >> 11) % n;
}

/* In [0, 1). */
static inline double random_unit(uint64_t *state)
{
  return (double)(random_bits(state) >> 11) * 0x1p-53;
}

#endif
