/* Physical units: see units.h.
 *
 * Scales are relative to the smallest unit of the dimension, so that each is a whole number and a conversion rounds
 * once: multiply by from/to when that is at least 1, else divide by to/from.
 */
#include "quarry/units.h"

#include "quarry/text.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct unit {
  const char *name;
  double scale; /* in the smallest unit of the dimension */
} unit;

enum { UNITS_MAX = 8, NAME_BYTES = 16 };

typedef struct dimension {
  const char *name;
  unit unit[UNITS_MAX]; /* name NULL: no more */
} dimension;

static const dimension dimensions[] = {
    {"a length", {{"nm", 1}, {"um", 1e3}, {"mm", 1e6}}},
    {"an area", {{"um2", 1}, {"mm2", 1e6}}},
    {"a time", {{"ps", 1}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}, {"min", 6e13}, {"h", 3.6e15}}},
    {"a frequency", {{"Hz", 1}, {"kHz", 1e3}, {"MHz", 1e6}, {"GHz", 1e9}}},
    {"an energy", {{"fJ", 1}, {"pJ", 1e3}, {"nJ", 1e6}, {"uJ", 1e9}, {"mJ", 1e12}, {"J", 1e15}}},
    {"an energy per bit", {{"fJ/bit", 1}, {"pJ/bit", 1e3}}},
    {"a power", {{"pW", 1}, {"nW", 1e3}, {"uW", 1e6}, {"mW", 1e9}, {"W", 1e12}}},
    {"a capacitance", {{"aF", 1}, {"fF", 1e3}, {"pF", 1e6}}},
    {"a capacitance per length", {{"aF/um", 1}, {"fF/um", 1e3}, {"pF/um", 1e6}}},
    {"a voltage", {{"mV", 1}, {"V", 1e3}}},
    {"a current", {{"nA", 1}, {"uA", 1e3}, {"mA", 1e6}, {"A", 1e9}}},
    {"a temperature", {{"C", 1}}},
    {"a size",
     {{"bit", 1},
      {"B", 8},
      {"kB", 8e3},
      {"KiB", 8192},
      {"MB", 8e6},
      {"MiB", 8388608},
      {"GB", 8e9},
      {"GiB", 8589934592.0}}},
    {"a bandwidth", {{"B/s", 1}, {"kB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}}},
    {"a fraction", {{"%", 1}, {"ratio", 100}}},
};
enum { DIMENSIONS = sizeof dimensions / sizeof *dimensions };

static const char bare_unit[] = "ratio"; /* the only unit that may be left out */

/* The name as the table has it: u for the two signs of micro, 2 for the sign of a square. */
static void plain_name(char out[NAME_BYTES], const char *name)
{
  static const struct {
    const char *sign;
    char plain;
  } signs[] = {{"\xC2\xB5", 'u'}, {"\xCE\xBC", 'u'}, {"\xC2\xB2", '2'}};
  size_t used = 0;
  while (*name && used + 1 < NAME_BYTES) {
    char plain = '\0';
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
      if (strncmp(name, signs[i].sign, 2) == 0) plain = signs[i].plain;
    out[used++] = plain ? plain : *name;
    name += plain ? 2 : 1;
  }
  out[*name ? 0 : used] = '\0'; /* longer than any of the table */
}

static const unit *find_unit(const dimension **of, const char *said)
{
  char name[NAME_BYTES];
  plain_name(name, said);
  for (*of = dimensions; *of < dimensions + DIMENSIONS; ++*of)
    for (const unit *u = (*of)->unit; u < (*of)->unit + UNITS_MAX && u->name; u++)
      if (strcmp(u->name, name) == 0) return u;
  return NULL;
}

bool qy_unit_known(const char *name)
{
  assert(name);
  const dimension *of;
  return find_unit(&of, name) != NULL;
}

/* Length of the number at the start of `text`, 0 when there is none. */
static size_t number_length(const char *text)
{
  static const char digits[] = "0123456789";
  size_t at = text[0] == '+' || text[0] == '-';
  size_t whole = strspn(text + at, digits), fraction = 0;
  if (whole > 1 && text[at] == '0') return 0; /* 010 means 8 to some readers and 10 to others */
  at += whole;
  if (text[at] == '.') {
    fraction = strspn(text + at + 1, digits);
    at += 1 + fraction;
  }
  if (whole + fraction == 0) return 0;
  if (text[at] == 'e' || text[at] == 'E') {
    size_t sign = text[at + 1] == '+' || text[at + 1] == '-';
    size_t exponent = strspn(text + at + 1 + sign, digits);
    if (exponent > 0) at += 1 + sign + exponent;
  }
  return at;
}

/* The number text[0..length), checked by number_length.  The program's locale must not change what a file means. */
static double convert_number(const char *text, size_t length)
{
  char *end;
  double value = strtod(text, &end);
  if (end == text + length) return value;
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) return NAN;
  value = strtod_l(text, &end, plain);
  freelocale(plain);
  return end == text + length ? value : NAN;
}

bool qy_number_parse(const char *text, double *value)
{
  assert(text && value);
  size_t length = number_length(text);
  if (length == 0 || text[length] != '\0') return false;
  double number = convert_number(text, length);
  if (!isfinite(number)) return false;
  *value = number;
  return true;
}

static double rescale(double value, const unit *from, const unit *to)
{
  return from->scale >= to->scale ? value * (from->scale / to->scale) : value / (to->scale / from->scale);
}

/* "an area with unit (um2, mm2)"; the names go to name[UNITS_MAX] too, *count of them. */
static void describe(const dimension *d, char *out, size_t size, const char **name, size_t *count)
{
  const dimension *may_lack;
  find_unit(&may_lack, bare_unit);
  size_t used = qy_append(out, size, 0, "%s%s (", d->name, d == may_lack ? "" : " with unit");
  for (*count = 0; *count < UNITS_MAX && d->unit[*count].name; ++*count) {
    name[*count] = d->unit[*count].name;
    used = qy_append(out, size, used, "%s%s", *count ? ", " : "", name[*count]);
  }
  qy_append(out, size, used, ")");
}

qy_status qy_unit_parse(const char *text, const char *unit_name, double *value, qy_error *err)
{
  assert(text && unit_name && value);
  const dimension *wanted_of, *given_of, *fraction_of;
  const unit *wanted = find_unit(&wanted_of, unit_name);
  find_unit(&fraction_of, bare_unit);
  char expected[128];
  const char *same[UNITS_MAX]; /* suggest only what would be right here */
  size_t count;
  if (!wanted) return qy_fail(err, QY_INTERNAL, "\"%s\" is not a known unit", unit_name);
  describe(wanted_of, expected, sizeof expected, same, &count);
  const size_t length = number_length(text);
  if (length == 0) return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\"", expected, text);
  const char *name = text + length;
  name += strspn(name, " ");
  const unit *given = find_unit(&given_of, *name == '\0' && wanted_of == fraction_of ? bare_unit : name);
  if (*name == '\0' && !given)
    return qy_fail(err, QY_BAD_INPUT, "expected %s such as \"%.*s %s\", found \"%.60s\" without unit", expected,
                   length > 60 ? 60 : (int)length, text, wanted->name, text);
  if (!given) {
    const char *nearest = qy_nearest(name, same, count);
    return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\" with unknown unit \"%.40s\"%s%s%s", expected, text,
                   name, nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  if (given_of != wanted_of)
    return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\", which is %s", expected, text, given_of->name);
  const double number = rescale(convert_number(text, length), given, wanted);
  if (!isfinite(number))
    return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\", which is too large", expected, text);
  *value = number;
  return QY_OK;
}
