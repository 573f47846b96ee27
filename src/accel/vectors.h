/* Vectors of doubles for the lanes of point_lanes.h.  No guard: included once for each set of instructions, which says
 * before
 *
 *   LANE_BYTES   size of a vector
 *   LANE_SET(x)  name of x for this set
 *   LANE_TARGET  attribute of what is compiled for the set
 *   LANE_CODE    that of all functions: inlined, compiled for the set
 *   LANE_CEIL(x) the least integer that is no less, |x| < 2^51
 *   LANE_MAX(a, b), LANE_MIN(a, b), LANE_ROOT(x)
 *   LANE_SAME(a, b)       are they equal in all lanes?
 *   LANE_OVER_MILLION(x)  x / 1e6, to the last bit, 0 or 1e-200 <= x <= 1e200
 *   LANE_TURN(row, at, list, from)  row[j][at + i] = list[i][from + j] for all lanes i of a vector, and as many j
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
  return x - (REAL){0}; /* a sum could not be left out, for -0 */
}

/* A number that is divided by, as its lane_inverse. */
#define DIVISOR REAL
/* 2^-shift. */
#define SHIFT REAL

/* ceil(a / b) for integers a < 2^50 and b.  Three roundings, 2^-53 each at most, leave the product between
 * (1 - 2^-50) a / b and a / b, never a / b itself unless a is 0.  Where b divides a, it is less than 1 below the
 * quotient and never reaches it; else the quotient is at least 1/b above an integer, and the product, less than
 * 2^-50 a / b = 1/b below it, is above that integer, too. */
LANE_CODE INT FN(ceil_div)(INT a, DIVISOR b)
{
  return LANE_CEIL(a * b);
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
  return LANE_MAX(a, b);
}

LANE_CODE INT FN(smallest)(INT a, INT b)
{
  return LANE_MIN(a, b);
}

/* Of one condition for all lanes. */
LANE_CODE REAL FN(either)(bool condition, REAL a, REAL b)
{
  if (condition) return a;
  return b;
}
#define EITHER(condition, a, b) FN(either)(condition, a, b)

#define ALL_SAME(a, b)    LANE_SAME(a, b)
#define ALL_ZERO(x)       LANE_SAME(x, (REAL){0})
#define ROUNDED_UP(x)     LANE_CEIL(x)
#define ROOT(x)           LANE_ROOT(x)
#define OVER_MILLION(x)   LANE_OVER_MILLION(x)
#define ANY_PRODUCT(a, b) ((a) * (b))

/* A row of what all lanes have. */
LANE_CODE void FN(put_row)(double row[QY_LANES], double x)
{
  for (int i = 0; i < QY_LANES; i += (int)LANE_STEP)
    LANES_AT(row, i) = FN(wide)(x);
}

/* A row of what each lane has in a list of its own, at a place; one: they have the same. */
LANE_CODE void FN(take_row)(double row[QY_LANES], const double *const list[QY_LANES], int place, bool one)
{
  if (one) {
    FN(put_row)(row, list[0][place]);
    return;
  }
#pragma GCC unroll 8
  for (int i = 0; i < QY_LANES; i++)
    row[i] = list[i][place];
}

/* Rows of what each lane has in a list of its own: row[j][i] = list[i][j], j < count, rounded up to whole vectors. */
LANE_CODE void FN(take_rows)(double (*row)[QY_LANES], const double *const list[QY_LANES], int count)
{
  bool one = true;
#pragma GCC unroll 8
  for (int i = 1; i < QY_LANES; i++)
    one &= list[i] == list[0];
  if (one) {
#pragma GCC unroll 4
    for (int j = 0; j < count; j++)
      FN(take_row)(row[j], list, j, true);
    return;
  }
  for (int j = 0; j < count; j += (int)LANE_STEP)
    for (int at = 0; at < QY_LANES; at += (int)LANE_STEP)
      LANE_TURN(row + j, at, list + at, j);
}
