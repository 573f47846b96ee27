/* A hash of words, 128 bits wide: wide enough that two things never have the same one by chance; no secret is kept.
 *
 * Two chains of SplitMix64's mixing function (random.h), each of which sees every word and the other chain.
 */
#ifndef QUARRY_CIRCUIT_DIGEST_H
#define QUARRY_CIRCUIT_DIGEST_H

#include "quarry/activities.h"
#include "quarry/random.h"

#include <string.h>

typedef qy_activity_key digest;

static inline void digest_word(digest *d, uint64_t word)
{
  d->word[0] = qy_random_mix(d->word[0] ^ word);
  d->word[1] = qy_random_mix(d->word[1] + (word << 32 | word >> 32)) ^ d->word[0];
}

/* The last word is filled up with zeros. */
static inline void digest_bytes(digest *d, const void *bytes, size_t count)
{
  digest_word(d, count);
  for (size_t at = 0; at < count; at += sizeof(uint64_t)) {
    uint64_t word = 0;
    memcpy(&word, (const char *)bytes + at, count - at < sizeof word ? count - at : sizeof word);
    digest_word(d, word);
  }
}

/* What a finished circuit is: operators, shapes, how they are joined; names, labels and notes left out. */
digest circuit_digest(const qy_circuit *c);

#endif
