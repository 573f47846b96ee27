/* Random numbers and point sets for the tests of explore (xorshift64*, Vigna, ACM TOMS 42(4), 2016). */
#ifndef QUARRY_TESTS_RANDOM_H
#define QUARRY_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

__attribute__((unused)) static uint64_t random_bits(uint64_t *state)
{
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 2685821657736338717u;
}

/* In [0, n). */
__attribute__((unused)) static size_t random_below(uint64_t *state, size_t n)
{
  return (size_t)(random_bits(state) >> 11) % n;
}

/* In [0, 1). */
__attribute__((unused)) static double random_unit(uint64_t *state)
{
  return (double)(random_bits(state) >> 11) * 0x1p-53;
}

#endif
