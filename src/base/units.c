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

typedef enum dimension {
  LENGTH,
  AREA,
  TIME,
  FREQUENCY,
  ENERGY,
  ENERGY_PER_BIT,
  POWER,
  CAPACITANCE,
  VOLTAGE,
  CURRENT,
  TEMPERATURE,
  SIZE,
  BANDWIDTH,
  FRACTION,
  DIMENSIONS
} dimension;

static const char *const dimension_name[DIMENSIONS] = {[LENGTH] = "a length",
                                                       [AREA] = "an area",
                                                       [TIME] = "a time",
                                                       [FREQUENCY] = "a frequency",
                                                       [ENERGY] = "an energy",
                                                       [ENERGY_PER_BIT] = "an energy per bit",
                                                       [POWER] = "a power",
                                                       [CAPACITANCE] = "a capacitance",
                                                       [VOLTAGE] = "a voltage",
                                                       [CURRENT] = "a current",
                                                       [TEMPERATURE] = "a temperature",
                                                       [SIZE] = "a size",
                                                       [BANDWIDTH] = "a bandwidth",
                                                       [FRACTION] = "a fraction"};

static const struct unit {
  const char *name;
  dimension dimension;
  double scale;
} units[] = {
    {"nm", LENGTH, 1},
    {"um", LENGTH, 1e3},
    {"mm", LENGTH, 1e6},
    {"um2", AREA, 1},
    {"mm2", AREA, 1e6},
    {"ps", TIME, 1},
    {"ns", TIME, 1e3},
    {"us", TIME, 1e6},
    {"ms", TIME, 1e9},
    {"s", TIME, 1e12},
    {"Hz", FREQUENCY, 1},
    {"kHz", FREQUENCY, 1e3},
    {"MHz", FREQUENCY, 1e6},
    {"GHz", FREQUENCY, 1e9},
    {"fJ", ENERGY, 1},
    {"pJ", ENERGY, 1e3},
    {"nJ", ENERGY, 1e6},
    {"uJ", ENERGY, 1e9},
    {"mJ", ENERGY, 1e12},
    {"J", ENERGY, 1e15},
    {"fJ/bit", ENERGY_PER_BIT, 1},
    {"pJ/bit", ENERGY_PER_BIT, 1e3},
    {"pW", POWER, 1},
    {"nW", POWER, 1e3},
    {"uW", POWER, 1e6},
    {"mW", POWER, 1e9},
    {"W", POWER, 1e12},
    {"aF", CAPACITANCE, 1},
    {"fF", CAPACITANCE, 1e3},
    {"pF", CAPACITANCE, 1e6},
    {"mV", VOLTAGE, 1},
    {"V", VOLTAGE, 1e3},
    {"nA", CURRENT, 1},
    {"uA", CURRENT, 1e3},
    {"mA", CURRENT, 1e6},
    {"A", CURRENT, 1e9},
    {"C", TEMPERATURE, 1},
    {"bit", SIZE, 1},
    {"B", SIZE, 8},
    {"kB", SIZE, 8e3},
    {"KiB", SIZE, 8192},
    {"MB", SIZE, 8e6},
    {"MiB", SIZE, 8388608},
    {"GB", SIZE, 8e9},
    {"GiB", SIZE, 8589934592.0},
    {"B/s", BANDWIDTH, 1},
    {"kB/s", BANDWIDTH, 1e3},
    {"MB/s", BANDWIDTH, 1e6},
    {"GB/s", BANDWIDTH, 1e9},
    {"%", FRACTION, 1},
    {"ratio", FRACTION, 100},
};
enum { UNIT_COUNT = sizeof units / sizeof units[0] };

static const struct unit *find_unit(const char *name)
{
  for (size_t i = 0; i < UNIT_COUNT; i++) {
    if (strcmp(units[i].name, name) == 0) return &units[i];
  }
  return NULL;
}

bool qy_unit_known(const char *unit)
{
  assert(unit);
  return find_unit(unit) != NULL;
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

static double rescale(double value, const struct unit *from, const struct unit *to)
{
  return from->scale >= to->scale ? value * (from->scale / to->scale) : value / (to->scale / from->scale);
}

/* "an area with unit (um2, mm2)" */
static const char *describe(const struct unit *wanted, char *out, size_t size)
{
  size_t used = qy_append(out, size, 0, "%s%s (", dimension_name[wanted->dimension],
                          wanted->dimension == FRACTION ? "" : " with unit");
  const char *separator = "";
  for (size_t i = 0; i < UNIT_COUNT; i++) {
    if (units[i].dimension != wanted->dimension) continue;
    used = qy_append(out, size, used, "%s%s", separator, units[i].name);
    separator = ", ";
  }
  qy_append(out, size, used, ")");
  return out;
}

qy_status qy_unit_parse(const char *text, const char *unit, double *value, qy_error *err)
{
  assert(text && unit && value);
  const struct unit *wanted = find_unit(unit);
  if (!wanted) return qy_fail(err, QY_INTERNAL, "\"%s\" is not a known unit", unit);

  char expected[128];
  describe(wanted, expected, sizeof expected);
  size_t length = number_length(text);
  if (length == 0) return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\"", expected, text);
  const char *name = text + length;
  name += strspn(name, " ");
  const struct unit *given = *name == '\0' && wanted->dimension == FRACTION ? find_unit("ratio") : find_unit(name);
  if (*name == '\0' && !given) {
    return qy_fail(err, QY_BAD_INPUT, "expected %s such as \"%.*s %s\", found \"%.60s\" without unit", expected,
                   length > 60 ? 60 : (int)length, text, wanted->name, text);
  }
  if (!given) {
    const char *same[UNIT_COUNT]; /* suggest only what would be right here */
    size_t count = 0;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
      if (units[i].dimension == wanted->dimension) same[count++] = units[i].name;
    }
    const char *nearest = qy_nearest(name, same, count);
    return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\" with unknown unit \"%.40s\"%s%s%s", expected, text,
                   name, nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  if (given->dimension != wanted->dimension) {
    return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\", which is %s", expected, text,
                   dimension_name[given->dimension]);
  }
  double number = rescale(convert_number(text, length), given, wanted);
  if (!isfinite(number)) {
    return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\", which is too large", expected, text);
  }
  *value = number;
  return QY_OK;
}

qy_status qy_unit_convert(double value, const char *from, const char *to, double *result, qy_error *err)
{
  assert(from && to && result);
  const struct unit *given = find_unit(from), *wanted = find_unit(to);
  if (!given || !wanted) {
    return qy_fail(err, QY_BAD_INPUT, "\"%.40s\" is not a known unit", given ? to : from);
  }
  if (given->dimension != wanted->dimension) {
    return qy_fail(err, QY_BAD_INPUT, "%s is %s and %s is %s", from, dimension_name[given->dimension], to,
                   dimension_name[wanted->dimension]);
  }
  double number = rescale(value, given, wanted);
  if (!isfinite(number)) return qy_fail(err, QY_BAD_INPUT, "%g %s is too large in %s", value, from, to);
  *result = number;
  return QY_OK;
}
