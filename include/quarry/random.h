/* Random words that are the same on every machine.
 *
 * Two generators of 64-bit words, each with a state of one word, for stimuli, shuffles and tests; neither is for
 * secrets.  Results that are published depend on the sequences: they never change.
 * Ownership: the state is the caller's.
 */
#ifndef QUARRY_RANDOM_H
#define QUARRY_RANDOM_H

#include <stdint.h>

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): any state may be a seed; period 2^64. */
static inline uint64_t qy_random_word(uint64_t *state)
{
  uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

/* x mixed: the first word of SplitMix64 from state x. */
static inline uint64_t qy_random_mix(uint64_t x)
{
  return qy_random_word(&x);
}

/* xorshift64* (Vigna, ACM TOMS 42(4), 2016): the state must not be 0; period 2^64 - 1. */
static inline uint64_t qy_random_xorshift(uint64_t *state)
{
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(0x2545F4914F6CDD1D);
}

/* A word as a number in (0, 1), of its upper 53 bits. */
static inline double qy_random_open(uint64_t word)
{
  const double x = ((double)(word >> 11) + 0.5) * 0x1p-53;
  return x < 1 ? x : 1 - 0x1p-53; /* the last one is rounded up to 1 */
}

/* Uniform in [0, n), n >= 1, of words of SplitMix64. */
static inline uint64_t qy_random_below(uint64_t *state, uint64_t n)
{
  const uint64_t end = UINT64_MAX - UINT64_MAX % n; /* words from here on would favour small numbers */
  uint64_t word = qy_random_word(state);
  while (word >= end)
    word = qy_random_word(state);
  return word % n;
}

#endif
