/* Words of circuits in tests. */
#ifndef QUARRY_TESTS_WORDS_H
#define QUARRY_TESTS_WORDS_H

#include <stdint.h>

/* The low `width` bits, 1 to 64; written apart from the library, whose results it checks. */
static inline uint64_t low(uint64_t word, int width)
{
  return width == 64 ? word : word & ((UINT64_C(1) << width) - 1);
}

#endif
