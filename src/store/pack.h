/* A column of numbers as bytes: exact, and small where values come again. */
#ifndef QUARRY_STORE_PACK_H
#define QUARRY_STORE_PACK_H

#include "quarry/status.h"
#include "quarry/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Points that a column has at most. */
enum { PACK_MOST = 1 << 16 };

/* First bytes of chunks that are none of a column packed by itself: follow.h, seal.h. */
enum { PACK_RULE = 4, PACK_SEALED };

/* Is every number the same? */
bool pack_is_constant(const double *value, size_t count);

/* What packing needs room for, kept from column to column. */
typedef struct packer packer;
packer *packer_new(void);       /* NULL: out of memory */
void packer_free(packer *room); /* NULL is allowed */

/* Append the column to out.  NaN is a value like others.  0, or -1 when out of memory. */
int pack_column(qy_text *out, packer *room, const double *value, size_t count);

/* Bytes that it appends at most. */
size_t pack_bytes(size_t count);

/* Of count numbers that pack_column wrote.  QY_BAD_INPUT: damaged; QY_NO_MEMORY. */
qy_status unpack_column(double *value, size_t count, const void *bytes, size_t size);
/* Only these rows of it, [0..count) and rising; NULL: all. */
qy_status unpack_rows(double *value, const uint32_t *row, size_t rows, size_t count, const void *bytes, size_t size);

#endif
