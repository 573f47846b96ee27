/* What stands before the bytes of a packed column: its least and largest number, so that who asks for others can leave
 * the column packed, and check sums of both (CRC-32 of zlib).  Columns that were stored before there was one are read
 * as they are. */
#ifndef QUARRY_STORE_SEAL_H
#define QUARRY_STORE_SEAL_H

#include "chunk.h"
#include "pack.h"
#include "pack_lanes.h"

enum { SEAL_BYTES = 26 };

/* Append the chunk of a column to out, sealed: see follow_pack; range: its own.  0, or -1 when out of memory. */
int seal_pack(qy_text *out, packer *room, int column, const double *const value[CHUNK_COLUMNS], size_t count,
              const column_range *range);
/* The same of bytes that such a chunk without a seal has. */
int seal_wrap(qy_text *out, const void *bytes, size_t size, const column_range *range);
/* Bytes that seal_pack appends at most. */
size_t seal_bytes(size_t count);

bool seal_is(const void *bytes, size_t size); /* is a chunk sealed? */
/* What is said of the numbers by a chunk, or by its first SEAL_BYTES; false: damaged. */
bool seal_read(column_range *range, const void *bytes, size_t size);
/* What is within the seal, *bytes and *size, when it is whole; false: damaged. */
bool seal_open(const void **bytes, size_t *size);

#endif
