/* SHA-256 of texts and files: names the exact input a stored result came from.
 *
 * Method: FIPS PUB 180-4 (2015), sections 4.1.2, 5.3.3 and 6.2.  Not hardened against side channels: nothing secret is
 * hashed here.
 * Ownership: a hash is a plain struct of its caller.
 */
#ifndef QUARRY_SHA256_H
#define QUARRY_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct qy_sha256 {
  uint32_t state[8];
  uint64_t bytes;          /* seen so far */
  unsigned char block[64]; /* the last bytes % 64 of them */
} qy_sha256;

/* Start, add the data in pieces of any size, finish. */
void qy_sha256_start(qy_sha256 *hash);
void qy_sha256_add(qy_sha256 *hash, const void *data, size_t length); /* data may be NULL when length is 0 */
void qy_sha256_finish(qy_sha256 *hash, unsigned char digest[32]);     /* start again before the next use */

/* All at once, as 64 lower-case hexadecimal digits and a closing NUL. */
void qy_sha256_text(char hex[65], const void *data, size_t length);

#endif
