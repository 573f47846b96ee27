/* SHA-256 by Nettle, which has the processor's own instructions for it where there are: see sha256.h. */
#include "quarry/sha256.h"

#include <assert.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>

void qy_sha256_text(char hex[65], const void *data, size_t length)
{
  struct sha256_ctx hash;
  uint8_t digest[SHA256_DIGEST_SIZE];
  assert(hex && (data || length == 0));
  sha256_init(&hash);
  if (length) sha256_update(&hash, length, data);
  sha256_digest(&hash, sizeof digest, digest);
  for (size_t i = 0; i < sizeof digest; i++)
    snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
