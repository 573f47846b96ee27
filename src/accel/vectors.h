/* Vectors of doubles for the lanes of point_lanes.h.  No guard: included once for each set of instructions, which says
 * before
 *
 *   LANE_BYTES   size of a vector
 *   LANE_SET(x)  name of x for this set
 *   LANE_TARGET  attribute of what is compiled for the set
 *   LANE_CODE    that of all functions: inlined, compiled for the set
 *   LANE_CEIL(x) the least integer that is no less, |x| < 2^51
 *
 * and after it come the equations, for INT and REAL.  A count is a double that is an integer below 2^50: sums and
 * products below that are exact, and so are quotients rounded up.  What is too large stays too large: all counts only
 * grow, so it is enough to look at the sums.
 */
typedef double LANE_SET(reals) __attribute__((vector_size(LANE_BYTES), may_alias));
typedef int64_t LANE_SET(masks) __attribute__((vector_size(LANE_BYTES), may_alias));

#define FN(name)   LANE_SET(name)
#define CODE       LANE_CODE
#define CODE_APART LANE_TARGET static
#define REAL       LANE_SET(reals)
#define INT        LANE_SET(reals)
#define TO_REAL(x) (x)
/* A double for all lanes. */
#define WIDE(x) FN(wide)(x)
/* What the lanes of vector `at` have in a row of doubles. */
#define LANES_AT(row, at) (*(REAL *)&(row)[at])
enum { LANE_SET(step) = LANE_BYTES / sizeof(double) };
#define LANE_STEP LANE_SET(step)

LANE_CODE REAL FN(wide)(double x)
{
  return x + (REAL){0};
}

/* A number that is divided by, as its inverse, less 2^-51 of that. */
typedef struct FN(divisor) {
  REAL inverse;
} FN(divisor);
#define DIVISOR FN(divisor)
/* 2^-shift. */
#define SHIFT REAL

LANE_CODE DIVISOR FN(divide_by)(REAL b)
{
  static const double less = 1 - 0x1p-51;
  return (DIVISOR){1.0 / b * less};
}

/* ceil(a / b) for integers a < 2^50 and b.  Three roundings, 2^-53 each at most, leave the product between
 * (1 - 2^-50) a / b and a / b, never a / b itself unless a is 0.  Where b divides a, it is less than 1 below the
 * quotient and never reaches it; else the quotient is at least 1/b above an integer, and the product, less than
 * 2^-50 a / b = 1/b below it, is above that integer, too. */
LANE_CODE INT FN(ceil_div)(INT a, DIVISOR b)
{
  return LANE_CEIL(a * b.inverse);
}

LANE_CODE INT FN(ceil_shift)(INT a, SHIFT shift)
{
  return LANE_CEIL(a * shift);
}

LANE_CODE REAL FN(select)(LANE_SET(masks) mask, REAL a, REAL b)
{
  return (REAL)((mask & (LANE_SET(masks))a) | (~mask & (LANE_SET(masks))b));
}

LANE_CODE INT FN(largest)(INT a, INT b)
{
  return FN(select)(a > b, a, b);
}

/* Of one condition for all lanes. */
LANE_CODE REAL FN(either)(bool condition, REAL a, REAL b)
{
  if (condition) return a;
  return b;
}
#define EITHER(condition, a, b) FN(either)(condition, a, b)

LANE_CODE bool FN(all_zero)(REAL x)
{
  bool all = true;
  for (int k = 0; k < (int)LANE_STEP; k++)
    all &= x[k] == 0;
  return all;
}
#define ALL_ZERO(x) FN(all_zero)(x)
