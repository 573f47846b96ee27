/* The same names for one point, in integers and doubles: see vectors.h.  No guard. */
#include "quarry/integer.h"

#include <math.h>

#define FN(name)             one_##name
#define CODE                 static inline
#define CODE_APART           static
#define REAL                 double
#define INT                  int64_t
#define TO_REAL(x)           ((double)(x))
#define WIDE(x)              (x)
#define DIVISOR              double
#define SHIFT                int
#define one_ceil_div(a, b)   qy_ceil_div_exact(a, b)
#define one_ceil_shift(a, b) qy_ceil_shift(a, b)
#define one_largest(a, b)    qy_max64(a, b)
#define one_smallest(a, b)   qy_min64(a, b)
#define one_select(c, a, b)  ((c) ? (a) : (b))
#define EITHER(c, a, b)      ((c) ? (a) : (b)) /* of one condition, for all lanes where there are several */
#define ALL_SAME(a, b)       ((a) == (b))
#define OVER_MILLION(x)      ((x) / 1e6)
#define ALL_ZERO(x)          ((x) == 0)
#define ROUNDED_UP(x)        ceil(x)
#define ROOT(x)              sqrt(x)
/* a b below 2^52; any other number below that where it is not, for what is not used then. */
#define ANY_PRODUCT(a, b) ((int64_t)((uint64_t)(a) * (uint64_t)(b) & (UINT64_MAX >> 12)))
