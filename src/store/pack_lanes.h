/* Passes over a column that is packed, several numbers at a time where the processor can: the same for every set of
 * lanes. */
#ifndef QUARRY_STORE_PACK_LANES_H
#define QUARRY_STORE_PACK_LANES_H

#include "quarry/lane_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many more numbers `rest` has room for than there are: they are written several at a time. */
enum { PACK_SPLIT_MORE = 8 };

/* A bit for each of `count` numbers, 0: its bits are those of the number `lag` >= 1 places before, in count / 8 + 1
 * bytes; the others go into rest, whose number is returned. */
size_t pack_split(uint8_t *bit, uint64_t *rest, const double *value, size_t count, size_t lag, qy_lane_set set);

/* Values of a packed column that are not those `lag` places before, as they follow or from their list. */
typedef struct pack_source {
  const char *value, *number; /* numbers of 16 bits into the values; NULL: these as they follow */
  size_t listed, count, lag;  /* lag: 1 to 8 */
} pack_source;
/* The first of `count` numbers, of bits that fit the source, as far as the set of lanes takes them several at a time;
 * returns how many they are, *own: how many of them are of the source. */
size_t pack_join(double *value, size_t *own, size_t count, const uint8_t *bit, const pack_source *s, qy_lane_set set);

/* A bit for each of `count` numbers, 1: it is NaN, in count / 8 + 1 bytes; returns how many are. */
size_t pack_none(uint8_t *bit, const double *value, size_t count, qy_lane_set set);
/* Those of `count` numbers whose bit is 1 move to the beginning, in order; what is behind them is left undefined. */
void pack_keep(double *value, const uint8_t *bit, size_t count, qy_lane_set set);

/* Numbers of a column, NaN aside, which is none. */
typedef struct column_range {
  bool known;       /* false: nothing is said of them */
  bool none;        /* some rows have no number */
  double low, high; /* 0 for -0; where there is no number, infinity and -infinity */
} column_range;
column_range pack_range(const double *value, size_t count, qy_lane_set set);

/* What values a column of that range has. */
enum { PACK_SOME = 1, PACK_NONE = 2, PACK_INFINITE = 4 };
unsigned pack_seen(const column_range *range);

#endif
