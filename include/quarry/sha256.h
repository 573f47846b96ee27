/* SHA-256 (FIPS PUB 180-4): what tells texts apart in the results database.
 *
 * Ownership: nothing is allocated.
 */
#ifndef QUARRY_SHA256_H
#define QUARRY_SHA256_H

#include <stddef.h>

/* Of `length` bytes, as 64 lower-case hexadecimal digits and a closing NUL.  data may be NULL when length is 0. */
void qy_sha256_text(char hex[65], const void *data, size_t length);

#endif
