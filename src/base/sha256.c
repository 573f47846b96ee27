/* SHA-256 after FIPS PUB 180-4: see sha256.h.
 *
 * Own code because none of the libraries quarry links has it, and a crypto library for one hash is a heavy dependency.
 */
#include "quarry/sha256.h"

#include <assert.h>
#include <string.h>

/* FIPS 180-4 section 4.2.2: fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* Section 5.3.3: fractional parts of the square roots of the first eight primes. */
static const uint32_t start_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t rotate(uint32_t x, unsigned n)
{
  return x >> n | x << (32 - n);
}

static void compress(uint32_t state[8], const unsigned char *p)
{
  uint32_t w[64], s[8];
  for (size_t i = 0; i < 16; i++, p += 4) {
    w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
  }
  for (size_t i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    uint32_t small0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
    uint32_t small1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
    w[i] = small1 + w[i - 7] + small0 + w[i - 16];
  }
  memcpy(s, state, sizeof s);
  for (size_t i = 0; i < 64; i++) {
    uint32_t big1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
    uint32_t choose = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t t1 = s[7] + big1 + choose + round_constant[i] + w[i];
    uint32_t big0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + big0 + majority;
  }
  for (size_t i = 0; i < 8; i++)
    state[i] += s[i];
}

void qy_sha256_start(qy_sha256 *hash)
{
  assert(hash);
  memset(hash, 0, sizeof *hash);
  memcpy(hash->state, start_state, sizeof start_state);
}

void qy_sha256_add(qy_sha256 *hash, const void *data, size_t length)
{
  assert(hash && (data || length == 0));
  const unsigned char *p = data;
  size_t held = (size_t)(hash->bytes % 64);
  hash->bytes += length;
  if (held > 0) {
    size_t take = 64 - held < length ? 64 - held : length;
    if (take > 0) memcpy(hash->block + held, p, take);
    if (held + take < 64) return;
    compress(hash->state, hash->block);
    p += take;
    length -= take;
  }
  for (; length >= 64; length -= 64, p += 64)
    compress(hash->state, p);
  if (length > 0) memcpy(hash->block, p, length);
}

void qy_sha256_finish(qy_sha256 *hash, unsigned char digest[32])
{
  assert(hash && digest);
  static const unsigned char padding[64] = {0x80};
  unsigned char size[8];
  uint64_t bits = hash->bytes * 8;
  for (size_t i = 0; i < 8; i++)
    size[i] = (unsigned char)(bits >> (56 - 8 * i));
  size_t held = (size_t)(hash->bytes % 64);
  qy_sha256_add(hash, padding, held < 56 ? 56 - held : 120 - held);
  qy_sha256_add(hash, size, sizeof size);
  for (size_t i = 0; i < 32; i++)
    digest[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

void qy_sha256_text(char hex[65], const void *data, size_t length)
{
  assert(hex);
  static const char digit[] = "0123456789abcdef";
  unsigned char digest[32];
  qy_sha256 hash;
  qy_sha256_start(&hash);
  qy_sha256_add(&hash, data, length);
  qy_sha256_finish(&hash, digest);
  for (size_t i = 0; i < 32; i++) {
    hex[2 * i] = digit[digest[i] >> 4];
    hex[2 * i + 1] = digit[digest[i] & 15];
  }
  hex[64] = '\0';
}
