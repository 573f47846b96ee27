/* SHA-256 by libmd: see sha256.h. */
#include "quarry/sha256.h"

#include <assert.h>
#include <sha2.h>
#include <stdint.h>
#include <stdio.h>

void qy_sha256_text(char hex[65], const void *data, size_t length)
{
  SHA2_CTX hash;
  uint8_t digest[SHA256_DIGEST_LENGTH];
  assert(hex && (data || length == 0));
  SHA256Init(&hash);
  if (length) SHA256Update(&hash, data, length);
  SHA256Final(digest, &hash);
  for (size_t i = 0; i < sizeof digest; i++)
    snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
