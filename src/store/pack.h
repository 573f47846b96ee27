/* A column of numbers as bytes: exact, and small where values come again. */
#ifndef QUARRY_STORE_PACK_H
#define QUARRY_STORE_PACK_H

#include "quarry/text.h"

#include <stdbool.h>

/* Points that a column has at most. */
enum { PACK_MOST = 1 << 16 };

/* Append the column to out.  NaN is a value like others.  0, or -1 when out of memory. */
int pack_column(qy_text *out, const double *value, size_t count);

/* Bytes that it appends at most. */
size_t pack_bytes(size_t count);

/* Of count numbers that pack_column wrote; false: damaged. */
bool unpack_column(double *value, size_t count, const void *bytes, size_t size);

#endif
