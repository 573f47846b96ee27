/* Numbers with as few digits as read back to them.  Those between 1e-5 and 2^53 are worked out in whole numbers of 128
 * bits, exactly: tables of results print millions of them. */
#include "quarry/decimal.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { LEAST = 15, MOST = 17 }; /* digits of a double: as many are always its own, as many always enough */

/* x = mantissa / 2^shift; times 10^power it has MOST digits before the point. */
typedef struct decimal {
  uint64_t mantissa;
  int shift, power, exponent; /* that of ten of the first digit */
  wide scaled;                /* mantissa * 10^power */
} decimal;

static const uint64_t ten_to[] = {1,
                                  10,
                                  100,
                                  1000,
                                  10000,
                                  100000,
                                  1000000,
                                  10000000,
                                  100000000,
                                  1000000000,
                                  10000000000,
                                  100000000000,
                                  1000000000000,
                                  10000000000000,
                                  100000000000000,
                                  1000000000000000,
                                  10000000000000000,
                                  100000000000000000};

static wide power_of_ten(int n)
{
  return n > MOST ? (wide)ten_to[MOST] * ten_to[n - MOST] : ten_to[n];
}

/* At most 53 bits of mantissa and 70 of 10^21 are within 128; so is what is compared, at most 2^57 * 2^70. */
static decimal decimal_of(double x)
{
  int exponent;
  decimal d = {.mantissa = (uint64_t)ldexp(frexp(x, &exponent), 53)};
  d.shift = 53 - exponent;
  d.exponent = (int)floor((exponent - 1) * M_LN2 / M_LN10); /* it, or one less */
  for (;; d.exponent++) {
    d.power = MOST - 1 - d.exponent;
    d.scaled = d.mantissa * power_of_ten(d.power);
    if (d.scaled >> d.shift < ten_to[MOST]) return d;
  }
}

/* The nearest whole number to scaled / 2^shift / unit, the even one of two. */
static uint64_t rounded(const decimal *d, uint64_t unit)
{
  const uint64_t whole = (uint64_t)(d->scaled >> d->shift), down = whole / unit;
  const wide rest = d->scaled - ((wide)(down * unit) << d->shift), step = (wide)unit << d->shift;
  return down + (2 * rest > step || (2 * rest == step && down % 2));
}

/* Is the double next to digits * unit the number itself? */
static bool reads_back(const decimal *d, uint64_t digits, uint64_t unit)
{
  const wide there = (wide)(digits * unit) << d->shift, step = power_of_ten(d->power);
  const bool above = there > d->scaled;
  const wide apart = above ? there - d->scaled : d->scaled - there;
  const bool closer = d->mantissa == UINT64_C(1) << 52 && !above; /* doubles below a power of two stand closer */
  return (closer ? 4 : 2) * apart < step + (d->mantissa % 2 == 0);
}

/* As "%.*g" has it: `count` digits, the first at 10^exponent, without zeros at the end. */
static void put(char *out, uint64_t digits, int count, int exponent)
{
  char text[MOST + 1];
  const int precision = count;
  for (; count > 1 && digits % 10 == 0; count--)
    digits /= 10;
  for (int i = count; i-- > 0; digits /= 10)
    text[i] = (char)('0' + digits % 10);
  int before = exponent + 1; /* digits before the point */
  const bool power = exponent < -4 || exponent >= precision;
  if (power) {
    before = 1;
  } else if (before <= 0) {
    *out++ = '0';
    *out++ = '.';
    for (; before < 0; before++)
      *out++ = '0';
    before = count;
  }
  for (int i = 0; i < count || i < before; i++) {
    if (i == before) *out++ = '.';
    *out++ = i < count ? text[i] : '0';
  }
  if (power) {
    const int size = exponent < 0 ? -exponent : exponent;
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    *out++ = (char)('0' + size / 10);
    *out++ = (char)('0' + size % 10);
  }
  *out = '\0';
}

const char *qy_number_exact(char out[QY_NUMBER_EXACT], double value)
{
  assert(out);
  const double size = fabs(value);
  if (!(size >= 1e-5 && size < 0x1p53)) {
    for (int digits = LEAST; digits <= MOST; digits++) {
      qy_print(out, QY_NUMBER_EXACT, "%.*g", digits, value);
      if (qy_decimal(out, NULL) == value) break;
    }
    return out;
  }
  /* None is rounded up to a power of ten: doubles below those of this range are 8e-17 of them below or more, half a unit
   * of the last digit is 5e-18, and the double next to each is not below it. */
  decimal d = decimal_of(size);
  uint64_t digits = 0;
  int count = LEAST;
  for (;; count++) {
    const uint64_t unit = ten_to[MOST - count];
    digits = rounded(&d, unit);
    if (count == MOST || reads_back(&d, digits, unit)) break;
  }
  char *at = out;
  if (value < 0) *at++ = '-';
  put(at, digits, count, d.exponent);
  return out;
}
