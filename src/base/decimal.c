/* printf and strtod in the C locale.  Of glibc and musl, newlocale() of "C" is a constant: it takes no memory. */
#include "quarry/decimal.h"

#include <assert.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

int qy_vprint(char *out, size_t size, const char *format, va_list args)
{
  assert(format && (out || size == 0));
  const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) return -1;
  const locale_t before = uselocale(plain);
  const int length = vsnprintf(out, size, format, args);
  uselocale(before);
  freelocale(plain);
  return length;
}

int qy_print(char *out, size_t size, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const int length = qy_vprint(out, size, format, args);
  va_end(args);
  return length;
}

double qy_decimal(const char *text, char **end)
{
  assert(text);
  const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  const double value = strtod_l(text, end, plain);
  freelocale(plain);
  return value;
}
