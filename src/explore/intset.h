/* A set of integers in [0, size) with predecessor and successor: a tree of 64-bit words, one bit per non-empty child.
 *
 * All operations cost O(log64 size): at most 6 words.  Used as the key set of a staircase (a front in two objectives,
 * by rank of the first).
 */
#ifndef QUARRY_EXPLORE_INTSET_H
#define QUARRY_EXPLORE_INTSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INTSET_LEVELS = 6 };
#define INTSET_NONE UINT32_MAX

typedef struct intset {
  int levels;
  uint64_t *level[INTSET_LEVELS]; /* level[0]: the members; bit b of level[k+1]: word b of level[k] is not 0 */
  uint64_t *words;                /* owned */
} intset;

int intset_init(intset *set, size_t size); /* 0, or -1 when out of memory */
void intset_free(intset *set);

static inline void intset_add(intset *set, uint32_t x)
{
  for (int k = 0; k < set->levels; k++, x >>= 6) {
    uint64_t *word = &set->level[k][x >> 6], before = *word;
    *word |= (uint64_t)1 << (x & 63);
    if (before) return;
  }
}

static inline void intset_remove(intset *set, uint32_t x)
{
  for (int k = 0; k < set->levels; k++, x >>= 6) {
    uint64_t *word = &set->level[k][x >> 6];
    *word &= ~((uint64_t)1 << (x & 63));
    if (*word) return;
  }
}

/* Largest member <= x, or INTSET_NONE. */
static inline uint32_t intset_at_most(const intset *set, uint32_t x)
{
  uint64_t bits = set->level[0][x >> 6] & (~(uint64_t)0 >> (63 - (x & 63)));
  if (bits) return (x & ~(uint32_t)63) | (63 - (uint32_t)__builtin_clzll(bits));
  uint32_t at = x >> 6;
  for (int k = 1; k < set->levels; k++, at >>= 6) {
    bits = set->level[k][at >> 6] & (((uint64_t)1 << (at & 63)) - 1);
    if (!bits) continue;
    at = (at & ~(uint32_t)63) | (63 - (uint32_t)__builtin_clzll(bits));
    while (k-- > 0)
      at = at << 6 | (63 - (uint32_t)__builtin_clzll(set->level[k][at]));
    return at;
  }
  return INTSET_NONE;
}

/* Smallest member > x, or INTSET_NONE. */
static inline uint32_t intset_above(const intset *set, uint32_t x)
{
  uint32_t at = x;
  for (int k = 0; k < set->levels; k++, at >>= 6) {
    uint64_t bits = (at & 63) == 63 ? 0 : set->level[k][at >> 6] & (~(uint64_t)0 << ((at & 63) + 1));
    if (!bits) continue;
    at = (at & ~(uint32_t)63) | (uint32_t)__builtin_ctzll(bits);
    while (k-- > 0)
      at = at << 6 | (uint32_t)__builtin_ctzll(set->level[k][at]);
    return at;
  }
  return INTSET_NONE;
}

#endif
