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
LANE_CODE void turn_plain(double (*row)[QY_LANES], int at, const double *const *list, int from)
{
  *(two_doubles *)&row[0][at] = (two_doubles){list[0][from], list[1][from]};
  *(two_doubles *)&row[1][at] = (two_doubles){list[0][from + 1], list[1][from + 1]};
}
#define LANE_TURN(row, at, list, from) turn_plain(row, at, list, from)
#define LANE_CEIL(x)                   ceil_plain(x)
#define LANE_MAX(a, b)                 select_plain((a) > (b), a, b)
#define LANE_MIN(a, b)                 select_plain((a) < (b), a, b)
#define LANE_ROOT(x)                   ((two_doubles){sqrt((x)[0]), sqrt((x)[1])})
#define LANE_SAME(a, b)                ((a)[0] == (b)[0] && (a)[1] == (b)[1])
#define LANE_OVER_MILLION(x)           ((x) / 1e6)
#include "vectors.h"
