/* SHA-256 by Nettle, which has the processor's own instructions for it where there are: see sha256.h. */
#include "quarry/sha256.h"

#include <assert.h>
#include <nettle/sha2.h>
#include <stdint.h>

void qy_sha256_text(char hex[65], const void *data, size_t length)
{
  static const char digits[] = "0123456789abcdef";
  struct sha256_ctx hash;
  uint8_t digest[SHA256_DIGEST_SIZE];
  assert(hex && (data || length == 0));
  sha256_init(&hash);
  if (length) sha256_update(&hash, length, data);
  sha256_digest(&hash, sizeof digest, digest);
  for (size_t i = 0; i < sizeof digest; i++) {
    hex[2 * i] = digits[digest[i] >> 4];
    hex[2 * i + 1] = digits[digest[i] & 0xf];
  }
  hex[2 * sizeof digest] = '\0';
}
