/* Integer arithmetic that C lacks: the smaller and the larger, quotients rounded up, widths and ones of words.
 *
 * Ranges are the caller's to keep.  Inline: these stand in inner loops, qy_ceil_div_exact and qy_ceil_shift in the
 * innermost ones, so these two assert nothing.
 * Ownership: nothing is allocated or kept.
 */
#ifndef QUARRY_INTEGER_H
#define QUARRY_INTEGER_H

#include <assert.h>
#include <stdint.h>

/* The smaller and the larger. */
static inline int qy_min_int(int a, int b)
{
  return a < b ? a : b;
}

static inline int qy_max_int(int a, int b)
{
  return a > b ? a : b;
}

static inline int64_t qy_min64(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

static inline int64_t qy_max64(int64_t a, int64_t b)
{
  return a > b ? a : b;
}

/* ceil(a / b) for a >= 0, b > 0: never overflows. */
static inline int64_t qy_ceil_div(int64_t a, int64_t b)
{
  assert(a >= 0 && b > 0);
  return a / b + (a % b != 0);
}

/* The same by a division of doubles, several times faster: b an integer; 0 <= a < 2^53, 0 < b < 2^31.  Exact: the
 * rounded quotient of two such integers never falls below an integer that the quotient reaches, nor rises to one that
 * it does not reach, and the remainder is then found in integers. */
static inline int64_t qy_ceil_div_exact(int64_t a, double b)
{
  int64_t q = (int64_t)((double)a / b);
  return q + (a > q * (int64_t)b);
}

/* Greatest common divisor of two numbers above 0. */
static inline int64_t qy_common_divisor(int64_t a, int64_t b)
{
  while (b > 0) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* ceil(a / 2^shift) for a >= 0, a + 2^shift <= 2^63, 0 <= shift < 63. */
static inline int64_t qy_ceil_shift(int64_t a, int shift)
{
  return (a + (INT64_C(1) << shift) - 1) >> shift;
}

/* Greatest b with 2^b <= n, n > 0. */
static inline int qy_log2_floor(uint64_t n)
{
  assert(n > 0);
  return 63 - __builtin_clzll((unsigned long long)n);
}

/* Least b with 2^b >= n: the bits that tell n values apart.  0 for n <= 1. */
static inline int qy_log2_ceil(int64_t n)
{
  return n > 1 ? qy_log2_floor((uint64_t)n - 1) + 1 : 0;
}

/* Binary digits of n, 1 for 0. */
static inline int qy_digits(uint64_t n)
{
  return n > 0 ? qy_log2_floor(n) + 1 : 1;
}

/* The low `width` bits set; none for width <= 0, all from 64 on. */
static inline uint64_t qy_word_mask(int width)
{
  if (width <= 0) return 0;
  return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

/* Ones among the bits of n, by sums within ever wider fields (H. S. Warren, "Hacker's Delight", 2nd ed. 2012, figure
 * 5-2): in line, where the compiler's own may be a call. */
static inline int qy_ones(uint64_t n)
{
  const uint64_t pairs = UINT64_C(0x5555555555555555), fours = UINT64_C(0x3333333333333333);
  n -= n >> 1 & pairs;
  n = (n & fours) + (n >> 2 & fours);
  n = (n + (n >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
  return (int)(n * UINT64_C(0x0101010101010101) >> 56);
}

#endif
