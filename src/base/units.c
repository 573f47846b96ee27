/* Physical units: see units.h.
 *
 * Scales are relative to the smallest unit of the dimension, so that each is a whole number and a conversion rounds
 * once: multiply by from/to when that is at least 1, else divide by to/from.
 */
#include "quarry/units.h"

#include "quarry/decimal.h"
#include "quarry/text.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* READ: values may be shown in it.  NAMED: names of columns end in it ("latency_us"); not what a name may end in by
 * chance ("value_a", "area_um2_min"). */
enum { READ = 1, NAMED = 2, BOTH = READ | NAMED };

typedef struct unit {
  const char *name;
  double scale; /* in the smallest unit of the dimension */
  unsigned use;
} unit;

enum { UNITS_MAX = 8, NAME_BYTES = 16 };

typedef struct dimension {
  const char *name;
  unit unit[UNITS_MAX]; /* name NULL: no more */
} dimension;

static const dimension dimensions[] = {
    {"a length", {{"nm", 1, NAMED}, {"um", 1e3, NAMED}, {"mm", 1e6, NAMED}}},
    {"an area", {{"um2", 1, BOTH}, {"mm2", 1e6, BOTH}}},
    {"a time",
     {{"ps", 1, BOTH},
      {"ns", 1e3, BOTH},
      {"us", 1e6, BOTH},
      {"ms", 1e9, BOTH},
      {"s", 1e12, BOTH},
      {"min", 6e13, 0},
      {"h", 3.6e15, 0}}},
    {"a frequency", {{"Hz", 1, BOTH}, {"kHz", 1e3, BOTH}, {"MHz", 1e6, BOTH}, {"GHz", 1e9, BOTH}}},
    {"an energy",
     {{"fJ", 1, BOTH}, {"pJ", 1e3, BOTH}, {"nJ", 1e6, BOTH}, {"uJ", 1e9, BOTH}, {"mJ", 1e12, BOTH}, {"J", 1e15, READ}}},
    {"an energy-delay product", {{"uJ·us", 1, BOTH}, {"mJ·ms", 1e6, BOTH}, {"J·s", 1e12, READ}}},
    {"an energy per bit", {{"fJ/bit", 1, 0}, {"pJ/bit", 1e3, 0}}},
    {"a power", {{"pW", 1, BOTH}, {"nW", 1e3, BOTH}, {"uW", 1e6, BOTH}, {"mW", 1e9, BOTH}, {"W", 1e12, READ}}},
    {"a capacitance", {{"aF", 1, NAMED}, {"fF", 1e3, NAMED}, {"pF", 1e6, NAMED}}},
    {"a capacitance per length", {{"aF/um", 1, 0}, {"fF/um", 1e3, 0}, {"pF/um", 1e6, 0}}},
    {"a voltage", {{"mV", 1, NAMED}, {"V", 1e3, NAMED}}},
    {"a current", {{"nA", 1, NAMED}, {"uA", 1e3, NAMED}, {"mA", 1e6, NAMED}, {"A", 1e9, 0}}},
    {"a temperature", {{"C", 1, 0}}},
    {"a size",
     {{"bit", 1, 0},
      {"B", 8, READ},
      {"kB", 8e3, NAMED},
      {"KiB", 8192, BOTH},
      {"MB", 8e6, NAMED},
      {"MiB", 8388608, BOTH},
      {"GB", 8e9, NAMED},
      {"GiB", 8589934592.0, BOTH}}},
    {"a bandwidth", {{"B/s", 1, 0}, {"kB/s", 1e3, 0}, {"MB/s", 1e6, 0}, {"GB/s", 1e9, 0}}},
    {"a rate of operations",
     {{"MOP/s", 1, 0}, {"GOP/s", 1e3, 0}, {"TOP/s", 1e6, 0}, {"MOPS", 1, 0}, {"GOPS", 1e3, 0}, {"TOPS", 1e6, 0}}},
    {"operations per energy", {{"GOP/s/W", 1, 0}, {"TOP/s/W", 1e3, 0}, {"GOPS/W", 1, 0}, {"TOPS/W", 1e3, 0}}},
    {"a rate of frames", {{"1/s", 1, 0}, {"fps", 1, 0}}},
    {"a level", {{"dB", 1, 0}}},
    {"a fraction", {{"%", 1, 0}, {"ratio", 100, 0}}},
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
      if (*name == *signs[i].sign && strncmp(name, signs[i].sign, 2) == 0) plain = signs[i].plain;
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
      if (*u->name == *name && strcmp(u->name, name) == 0) return u;
  return NULL;
}

bool qy_unit_known(const char *name)
{
  assert(name);
  const dimension *of;
  return find_unit(&of, name) != NULL;
}

static size_t digits_at(const char *text)
{
  size_t count = 0;
  while (text[count] >= '0' && text[count] <= '9')
    count++;
  return count;
}

/* Length of the number at the start of `text`, 0 when there is none. */
static size_t number_length(const char *text)
{
  size_t at = text[0] == '+' || text[0] == '-';
  size_t whole = digits_at(text + at), fraction = 0;
  if (whole > 1 && text[at] == '0') return 0; /* 010 means 8 to some readers and 10 to others */
  at += whole;
  if (text[at] == '.') {
    fraction = digits_at(text + at + 1);
    at += 1 + fraction;
  }
  if (whole + fraction == 0) return 0;
  if (text[at] == 'e' || text[at] == 'E') {
    size_t sign = text[at + 1] == '+' || text[at + 1] == '-';
    size_t exponent = digits_at(text + at + 1 + sign);
    if (exponent > 0) at += 1 + sign + exponent;
  }
  return at;
}

/* Powers that are exact as doubles. */
enum { EXPONENT_MOST = 22, DIGITS_EXACT = 15 };
static const double ten[EXPONENT_MOST + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Few digits and a small exponent: both are exact as doubles, so that one operation rounds as strtod does (Clinger, How
 * to read floating point numbers accurately, PLDI 1990, section 4).  Tables of thousands of numbers are read so. */
static bool convert_short(double *value, const char *text, size_t length)
{
  const char *at = text + (*text == '-' || *text == '+'), *last = text + length;
  uint64_t digits = 0;
  int exponent = 0, said = 0;
  bool point = false;
  for (; at < last && (*at == '.' || (*at >= '0' && *at <= '9')); at++) {
    if (*at == '.') {
      point = true;
      continue;
    }
    if (digits > (UINT64_C(1) << 53) / 10 - 1) return false;
    digits = 10 * digits + (uint64_t)(*at - '0');
    exponent -= point;
  }
  if (at < last) { /* e */
    const bool negative = at[1] == '-';
    for (at += 1 + (at[1] == '-' || at[1] == '+'); at < last && said <= 2 * EXPONENT_MOST; at++)
      said = 10 * said + (*at - '0');
    exponent += negative ? -said : said;
  }
  if (at < last || exponent < -EXPONENT_MOST || exponent > EXPONENT_MOST) return false;
  *value = exponent < 0 ? (double)digits / ten[-exponent] : (double)digits * ten[exponent];
  if (*text == '-') *value = -*value;
  return true;
}

/* The number text[0..length), checked by number_length.  The program's locale must not change what a file means. */
static double convert_number(const char *text, size_t length)
{
  char *end;
  double short_value;
  if (convert_short(&short_value, text, length)) return short_value;
  const double value = qy_decimal(text, &end);
  return end == text + length ? value : NAN;
}

/* The same of a text that is a number of few digits and nothing else, in one pass: what tables consist of. */
static bool parse_plain(double *value, const char *text)
{
  const char *first = text + (*text == '-' || *text == '+'), *at = first, *point = NULL;
  uint64_t digits = 0;
  for (;; at++) {
    const unsigned digit = (unsigned)*at - '0';
    if (digit <= 9)
      digits = 10 * digits + digit; /* too many are refused below */
    else if (*at == '.' && !point)
      point = at;
    else
      break;
  }
  const ptrdiff_t count = at - first - (point != NULL);
  if (*at || count < 1 || count > DIGITS_EXACT || (*first == '0' && at > first + 1 && point != first + 1)) return false;
  *value = (double)digits / ten[point ? at - point - 1 : 0];
  if (*text == '-') *value = -*value;
  return true;
}

bool qy_number_parse(const char *text, double *value)
{
  assert(text && value);
  if (parse_plain(value, text)) return true;
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

/* Why a text is no quantity: what was expected and what is there. */
static qy_status refuse(const char *text, size_t length, const dimension *wanted_of, const unit *wanted,
                        const unit *given, const dimension *given_of, qy_error *err)
{
  char expected[128];
  const char *same[UNITS_MAX]; /* suggest only what would be right here */
  size_t count;
  describe(wanted_of, expected, sizeof expected, same, &count);
  if (length == 0) return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\"", expected, text);
  const char *name = text + length;
  name += strspn(name, " ");
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
  return qy_fail(err, QY_BAD_INPUT, "expected %s, found \"%.60s\", which is too large", expected, text);
}

qy_status qy_unit_parse(const char *text, const char *unit_name, double *value, qy_error *err)
{
  assert(text && unit_name && value);
  const dimension *wanted_of, *given_of = NULL;
  const unit *wanted = find_unit(&wanted_of, unit_name), *given = NULL;
  if (!wanted) return qy_fail(err, QY_INTERNAL, "\"%s\" is not a known unit", unit_name);
  const size_t length = number_length(text);
  const char *name = text + length + strspn(text + length, " ");
  if (length > 0 && *name) {
    given = strcmp(name, wanted->name) == 0 ? wanted : find_unit(&given_of, name);
    if (given == wanted) given_of = wanted_of;
  }
  if (length > 0 && !*name) { /* a bare number */
    given = find_unit(&given_of, bare_unit);
    if (given_of != wanted_of) given = NULL;
  }
  const double number = given && given_of == wanted_of ? rescale(convert_number(text, length), given, wanted) : NAN;
  if (!isfinite(number)) return refuse(text, length, wanted_of, wanted, given, given_of, err);
  *value = number;
  return QY_OK;
}

/* ---- units for reading ---- */

/* As it is printed: the signs of micro and of a square. */
static void sign_name(char out[QY_UNIT_TEXT], const char *name)
{
  size_t used = 0;
  for (const char *p = name; *p && used + 3 < QY_UNIT_TEXT; p++) {
    const bool first = p == name || (unsigned char)p[-1] >= 0x80 || p[-1] == '/';
    if (*p == 'u' && first && p[1])
      used = qy_append(out, QY_UNIT_TEXT, used, "µ");
    else if (*p == '2')
      used = qy_append(out, QY_UNIT_TEXT, used, "²");
    else
      out[used++] = *p;
  }
  out[used] = '\0';
}

/* Is word[0..length) the unit's name as names of columns have it: small letters, "_" between factors? */
static bool is_word(const char *word, size_t length, const char *name)
{
  size_t at = 0;
  for (; at < length && *name; at++) {
    const bool dot = strncmp(name, "·", 2) == 0;
    if (word[at] != (dot ? '_' : (char)tolower((unsigned char)*name))) return false;
    name += dot ? 2 : 1;
  }
  return at == length && !*name;
}

/* The unit that the name[0..length) ends in, behind an underscore, and the bytes before that. */
static const char *unit_at_end(const char *name, size_t length, size_t *stem)
{
  static const struct {
    const char *word, *unit;
  } words[] = {{"bytes", "B"}, {"pct", "%"}, {"db", "dB"}};
  const char *found = NULL;
  for (size_t at = length; at-- > 1;) { /* the longest word counts: uj_us before us */
    const char *word = name + at + 1;
    const size_t rest = length - at - 1;
    if (name[at] != '_') continue;
    const char *ends = NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
      if (is_word(word, rest, words[i].word)) ends = words[i].unit;
    for (const dimension *d = dimensions; d < dimensions + DIMENSIONS; d++)
      for (size_t i = 0; i < UNITS_MAX && d->unit[i].name; i++)
        if (d->unit[i].use & NAMED && is_word(word, rest, d->unit[i].name)) ends = d->unit[i].name;
    if (!ends) continue;
    found = ends;
    *stem = at;
  }
  if (found && *stem >= 4 && memcmp(name + *stem - 4, "_per", 4) == 0) return NULL; /* of something else */
  return found;
}

bool qy_unit_of_name(char unit_name[QY_UNIT_TEXT], char *head, size_t size, const char *name)
{
  assert(unit_name && head && name);
  static const char *const bounds[] = {"_p05", "_p95"};
  const size_t whole = strlen(name);
  size_t length = whole, stem = 0;
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
    if (whole > 4 && strcmp(name + whole - 4, bounds[i]) == 0) length = whole - 4;
  const char *found = unit_at_end(name, length, &stem);
  unit_name[0] = '\0';
  if (!found) {
    snprintf(head, size, "%s", name);
    return false;
  }
  sign_name(unit_name, found);
  snprintf(head, size, "%.*s%s", (int)stem, name, name + length);
  return true;
}

double qy_unit_for_reading(char out[QY_UNIT_TEXT], const char *name, double middle)
{
  assert(out && name);
  const dimension *of;
  const unit *own = find_unit(&of, name), *best = NULL, *below = NULL;
  snprintf(out, QY_UNIT_TEXT, "%s", name);
  if (!own || !(own->use & READ) || !(middle > 0) || !isfinite(middle)) return 1;
  for (const unit *u = of->unit; u < of->unit + UNITS_MAX && u->name; u++) {
    if (!(u->use & READ)) continue;
    /* From 1 of it on; from 0.1 on where the next smaller one has a million to it. */
    const double from = below && u->scale / below->scale > 1e5 ? 0.1 : 1;
    if (!best || rescale(middle, own, u) >= from) best = u;
    below = u;
  }
  assert(best); /* own, if no other */
  sign_name(out, best->name);
  return best->scale > own->scale ? 1 / (best->scale / own->scale) : own->scale / best->scale;
}
