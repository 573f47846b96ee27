/* A number from a text, for places in hash tables. */
#ifndef QUARRY_HASH_H
#define QUARRY_HASH_H

#include <stdint.h>

/* FNV-1a, 64 bits, of the bytes before the NUL (Fowler, Noll, Vo). */
static inline uint64_t qy_text_hash(const char *text)
{
  uint64_t hash = UINT64_C(14695981039346656037);
  for (; *text; text++)
    hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
  return hash;
}

#endif
