/* Columns of a batch that follow from others of its points: the power from energy and time, the ends of its interval
 * from those of the energy.  Their chunk is the rule alone (metric.def has them), with the names of the columns that it
 * takes, so that it means the same wherever it is copied.  Only where the rule gives every number of the column bit for
 * bit.
 *
 * Sums of several columns are stored as they are: what is asked for most would take long to read.
 */
#ifndef QUARRY_STORE_FOLLOW_H
#define QUARRY_STORE_FOLLOW_H

#include "chunk.h"
#include "pack.h"

typedef enum follow_kind {
  FOLLOW_SAME = 1, /* the first column */
  FOLLOW_PRODUCT,  /* scale times the first, times the second */
  FOLLOW_QUOTIENT, /* scale times the first, over the second */
  FOLLOW_INVERSE,  /* scale over the first */
  FOLLOW_TIMES,    /* the first over the second, times the third: an end of an interval, as metrics are to each other */
  FOLLOW_OVER      /* the first times the second, over the third: the same, of one that falls where the other rises */
} follow_kind;

enum { FOLLOW_TERMS = 3 };
typedef struct follow {
  follow_kind kind;
  double scale;
  int term[FOLLOW_TERMS]; /* columns of chunk.h */
} follow;

int follow_terms(const follow *f); /* how many of them it takes */

/* Append the chunk of a column to out: its rule, or else as pack_column has it.  value: all columns of `count` points,
 * NULL or NaN those without a number.  0, or -1 when out of memory; pack_bytes at most. */
int follow_pack(qy_text *out, packer *room, int column, const double *const value[CHUNK_COLUMNS], size_t count);

/* Is a chunk a rule? */
bool follow_is(const void *bytes, size_t size);
/* That rule; false: damaged. */
bool follow_read(follow *f, const void *bytes, size_t size);
/* Numbers by the rule; term: of its columns. */
void follow_values(double *restrict value, const follow *f, const double *const term[FOLLOW_TERMS], size_t count);

#endif
