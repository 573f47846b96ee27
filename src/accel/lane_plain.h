/* Vectors for what every machine has: see vectors.h.  No guard. */
#define LANE_BYTES  16
#define LANE_SET(x) x##_plain
#define LANE_TARGET
#define LANE_CODE static inline __attribute__((always_inline)) LANE_TARGET
/* There is no instruction for it: beside 1.5 2^52 doubles are integers, rounded to the nearest. */
typedef double two_doubles __attribute__((vector_size(LANE_BYTES), may_alias));
typedef int64_t two_masks __attribute__((vector_size(LANE_BYTES), may_alias));
LANE_CODE two_doubles ceil_plain(two_doubles x)
{
  static const double whole = 0x1.8p52;
  static const int64_t one = INT64_C(0x3ff0000000000000);
  const two_doubles nearest = (x + whole) - whole;
  return nearest + (two_doubles)((nearest < x) & one);
}
#define LANE_CEIL(x) ceil_plain(x)
#include "vectors.h"
