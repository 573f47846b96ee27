/* Numbers and units: values by hand, refusals by exact message. */
#include "quarry/random.h"
#include "quarry/units.h"

#include "tap.h"

#include <stdlib.h>

static const struct {
  const char *text, *unit;
  double expected;
} good[] = {{"1 \xC2\xB5m\xC2\xB2", "um2", 1},
            {"2 mm\xC2\xB2", "\xC2\xB5m\xC2\xB2", 2e6},
            {"3 \xCE\xBCs", "us", 3},
            {"2 h", "s", 7200},
            {"1.5 min", "s", 90},
            {"0.49 um2", "um2", 0.49},
            {"1.5 mm2", "um2", 1.5e6},
            {"1", "ratio", 1},
            {"5 %", "ratio", 0.05},
            {"0.25 ratio", "%", 25},
            {"10 ns", "ps", 10000},
            {"10ns", "ps", 10000},
            {"18 ps", "ns", 0.018},
            {"200 MHz", "Hz", 2e8},
            {"1.2 GHz", "MHz", 1200},
            {"7 kHz", "kHz", 7},
            {"3.5 pJ", "fJ", 3500},
            {"2 mJ", "uJ", 2000},
            {"1 J", "mJ", 1000},
            {"0.3 nW", "nW", 0.3},
            {"27.3 uW", "nW", 27300},
            {"1 W", "mW", 1000},
            {"700 aF", "fF", 0.7},
            {"0.2 pF/um", "fF/um", 200},
            {"1 pF", "fF", 1000},
            {"900 mV", "V", 0.9},
            {"1.2 V", "mV", 1200},
            {"-40 C", "C", -40},
            {"32 KiB", "B", 32768},
            {"1 MiB", "KiB", 1024},
            {"1 GiB", "MiB", 1024},
            {"2 kB", "B", 2000},
            {"3 MB", "kB", 3000},
            {"64 bit", "B", 8},
            {"1 B", "bit", 8},
            {"28 nm", "nm", 28},
            {"7 dB", "dB", 7},
            {"7 C", "C", 7},
            {"0.2 um", "nm", 200},
            {"1 mm", "um", 1000},
            {"8 pJ/bit", "fJ/bit", 8000},
            {"12.8 GB/s", "MB/s", 12800},
            {"95 mA", "uA", 95000},
            {"+1e3 us", "ms", 1},
            {".5 s", "ms", 500},
            {"5. s", "s", 5},
            {"1e-3 V", "mV", 1},
            {"0 um2", "um2", 0}};

static const struct {
  const char *text, *unit, *message;
} bad[] = {
    {"32", "B",
     "expected a size with unit (bit, B, kB, KiB, MB, MiB, GB, GiB) such as \"32 B\", found \"32\" without unit"},
    {"", "V", "expected a voltage with unit (mV, V), found \"\""},
    {"V", "V", "expected a voltage with unit (mV, V), found \"V\""},
    {"1.2 v", "V",
     "expected a voltage with unit (mV, V), found \"1.2 v\" with unknown unit \"v\"; did you mean \"V\"?"},
    {"200 Mhz", "MHz",
     "expected a frequency with unit (Hz, kHz, MHz, GHz), found \"200 Mhz\" with unknown unit \"Mhz\"; did you mean "
     "\"MHz\"?"},
    {"3 ns", "um2", "expected an area with unit (um2, mm2), found \"3 ns\", which is a time"},
    {"3 um2 x", "um2",
     "expected an area with unit (um2, mm2), found \"3 um2 x\" with unknown unit \"um2 x\"; did you mean \"um2\"?"},
    {"1e400 V", "V", "expected a voltage with unit (mV, V), found \"1e400 V\", which is too large"},
    {"1e306 V", "mV", "expected a voltage with unit (mV, V), found \"1e306 V\", which is too large"},
    {"inf V", "V", "expected a voltage with unit (mV, V), found \"inf V\""},
    {"nan V", "V", "expected a voltage with unit (mV, V), found \"nan V\""},
    {"0x10 V", "V", "expected a voltage with unit (mV, V), found \"0x10 V\" with unknown unit \"x10 V\""},
    {"010 V", "V", "expected a voltage with unit (mV, V), found \"010 V\""},
    {" 1 V", "V", "expected a voltage with unit (mV, V), found \" 1 V\""},
    {"1 V ", "V", "expected a voltage with unit (mV, V), found \"1 V \" with unknown unit \"V \"; did you mean \"V\"?"},
    {"--1 V", "V", "expected a voltage with unit (mV, V), found \"--1 V\""},
    {"1,5 V", "V", "expected a voltage with unit (mV, V), found \"1,5 V\" with unknown unit \",5 V\""},
    {"x", "ratio", "expected a fraction (%, ratio), found \"x\""},
    {"1e400", "ratio", "expected a fraction (%, ratio), found \"1e400\", which is too large"},
    {"1 V", "furlong", "\"furlong\" is not a known unit"}};

static const struct {
  const char *text;
  int valid;
  double expected;
} numbers[] = {{"0", 1, 0},
               {"-0.5", 1, -0.5},
               {"1e3", 1, 1000},
               {"1E-3", 1, 1e-3},
               {"0.1", 1, 0.1},
               {"00", 0, 0},
               {"01", 0, 0},
               {"1e", 0, 0},
               {"e3", 0, 0},
               {".", 0, 0},
               {"1_000", 0, 0},
               {"0x1p3", 0, 0},
               {"inf", 0, 0},
               {"nan", 0, 0},
               {"1e999", 0, 0},
               {"1 ", 0, 0},
               {"", 0, 0},
               {"-", 0, 0},
               {"1.2.3", 0, 0},
               {"+7", 1, 7},
               {"9007199254740993e1", 1, 90071992547409930.0},
               {"9007199254740991e1", 1, 90071992547409910.0}};

/* What columns are called, and what the name says. */
static const struct {
  const char *name, *head, *unit;
} columns[] = {{"area_um2", "area", "µm²"},
               {"best_area_um2", "best_area", "µm²"},
               {"area_um2_p05", "area_p05", "µm²"},
               {"edp_uj_us", "edp", "µJ·µs"},
               {"clock_mhz", "clock", "MHz"},
               {"supply_v", "supply", "V"},
               {"weight_bytes", "weight", "B"},
               {"lut_pct", "lut", "%"},
               {"sqnr_db", "sqnr", "dB"},
               {"node_nm", "node", "nm"},
               {"size_mib", "size", "MiB"},
               {"tops_per_w", "tops_per_w", ""},
               {"rate_per_us", "rate_per_us", ""},
               {"energy_pj_per_bit", "energy_pj_per_bit", ""},
               {"area_um2_min", "area_um2_min", ""},
               {"value_a", "value_a", ""},
               {"t_us", "t", "µs"},
               {"per_us", "per", "µs"},
               {"x_per_us", "x_per_us", ""},
               {"area_um2_p0", "area_um2_p0", ""},
               {"_p05", "_p05", ""},
               {"us_p95", "us_p95", ""},
               {"_per_us", "_per_us", ""},
               {"us", "us", ""},
               {"_us", "_us", ""},
               {"weight_bits", "weight_bits", ""},
               {"", "", ""}};

/* 2e5 µm² are 0.2 mm²: from a tenth on, a million being far; others from 1 on. */
static const struct {
  const char *unit;
  double middle;
  const char *read;
  double factor;
} readings[] = {{"µm²", 99999, "µm²", 1},
                {"µm²", 2e5, "mm²", 1e-6},
                {"µm²", 0.5, "µm²", 1},
                {"µs", 999, "µs", 1},
                {"µs", 1000, "ms", 1e-3},
                {"µs", 3e6, "s", 1e-6},
                {"µs", 0.02, "ns", 1e3},
                {"µs", 1e-9, "ps", 1e6},
                {"µJ", 1e4, "mJ", 1e-3},
                {"µJ·µs", 5e6, "mJ·ms", 1e-6},
                {"MHz", 2000, "GHz", 1e-3},
                {"V", 0.4, "V", 1},
                {"B", 65536, "KiB", 1.0 / 1024},
                {"dB", 4000, "dB", 1},
                {"GOP/s", 4000, "GOP/s", 1},
                {"µs", 0, "µs", 1},
                {"mW", 0.25, "µW", 1e3},
                {"fJ", 0.001, "fJ", 1},
                {"B", 0.01, "B", 1},
                {"B", 1023, "B", 1}};

static void names_and_readings(void)
{
  char unit[QY_UNIT_TEXT], head[64];
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    qy_unit_of_name(unit, head, sizeof head, columns[i].name);
    ok(strcmp(unit, columns[i].unit) == 0 && strcmp(head, columns[i].head) == 0, "\"%s\" is \"%s\" in \"%s\"",
       columns[i].name, head, unit);
  }
  for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
    const double factor = qy_unit_for_reading(unit, readings[i].unit, readings[i].middle);
    ok(strcmp(unit, readings[i].read) == 0 && fabs(factor / readings[i].factor - 1) < 1e-12,
       "%g %s are read in %s (times %g)", readings[i].middle, readings[i].unit, unit, factor);
  }
  double last = INFINITY;
  int rises = 0;
  for (double middle = 1e-9; middle < 1e12; middle *= 1.07) {
    const double factor = qy_unit_for_reading(unit, "uJ", middle);
    rises += factor > last;
    last = factor;
  }
  is_int(rises, 0, "larger values never have a smaller unit");
}

/* Numbers of all lengths and exponents: the very double that the C library reads. */
static void as_strtod(void)
{
  enum { TRIED = 200000 };
  uint64_t state = 7;
  int wrong = 0;
  for (int i = 0; i < TRIED; i++) {
    char text[80];
    const int whole = 1 + (int)qy_random_below(&state, 12), fraction = (int)qy_random_below(&state, 12);
    int at =
        snprintf(text, sizeof text, "%s%d", qy_random_below(&state, 3) ? "" : "-", 1 + (int)qy_random_below(&state, 9));
    for (int d = 1; d < whole; d++)
      text[at++] = (char)('0' + qy_random_below(&state, 10));
    if (fraction) text[at++] = '.';
    for (int d = 0; d < fraction; d++)
      text[at++] = (char)('0' + qy_random_below(&state, 10));
    text[at] = '\0';
    if (qy_random_below(&state, 2))
      snprintf(text + at, sizeof text - (size_t)at, qy_random_below(&state, 3) ? "e%d" : "E%+d",
               (int)qy_random_below(&state, 60) - 30);
    double value = NAN;
    const double expected = strtod(text, NULL);
    if (qy_number_parse(text, &value) && memcmp(&value, &expected, sizeof value) == 0) continue;
    if (wrong++ < 5) printf("# \"%s\": %.17g, not %.17g\n", text, value, expected);
  }
  is_int(wrong, 0, "numbers are read as strtod reads them");
}

/* Texts with nothing behind their NUL: of every number of digits, with a point and an exponent at any place. */
static void to_the_end(void)
{
  int wrong = 0;
  for (int digits = 1; digits < 24; digits++)
    for (int point = 0; point <= digits; point++)
      for (int exponent = 0; exponent < 3; exponent++) {
        char text[40], *copy;
        snprintf(text, sizeof text, "%.*s.%.*s%s", point, "123456789123456789123456", digits - point,
                 &"123456789123456789123456"[point],
                 exponent == 2 ? "e+5"
                 : exponent    ? "e-5"
                               : "");
        if (point == digits && exponent == 0) text[strlen(text) - 1] = '\0'; /* no point at all */
        double value = NAN;
        copy = strdup(text);
        const double expected = strtod(text, NULL);
        if (copy) wrong += !qy_number_parse(copy, &value) || value != expected;
        free(copy);
      }
  is_int(wrong, 0, "numbers are read to their end and no further");
}

/* Units that people read values in as they are, and words that are no units at the end of a name. */
static void left_alone(void)
{
  static const char *const as_they_are[] = {
      "nm",    "um",    "mm",    "min",   "h",     "fJ/bit", "pJ/bit", "aF",    "fF",  "pF",  "aF/um",
      "fF/um", "pF/um", "mV",    "V",     "nA",    "uA",     "mA",     "A",     "C",   "bit", "kB",
      "MB",    "GB",    "B/s",   "kB/s",  "MB/s",  "GB/s",   "1/s",    "%",     "fps", "dB",  "MOPS",
      "GOPS",  "TOPS",  "TOP/s", "MOP/s", "GOP/s", "ratio",  "TOPS/W", "GOPS/W"};
  static const char *const no_ends[] = {"x_min", "x_h",   "x_a",     "x_j",    "x_w",   "x_c",     "x_bit",
                                        "x_b",   "x_fps", "x_ratio", "x_gops", "x_1/s", "x_tops/w"};
  for (size_t i = 0; i < sizeof as_they_are / sizeof *as_they_are; i++) {
    char out[QY_UNIT_TEXT];
    int wrong = 0;
    for (double middle = 1e-7; middle < 1e20; middle *= 1e3)
      wrong += qy_unit_for_reading(out, as_they_are[i], middle) != 1 || strcmp(out, as_they_are[i]) != 0;
    is_int(wrong, 0, as_they_are[i]);
  }
  for (size_t i = 0; i < sizeof no_ends / sizeof *no_ends; i++) {
    char out[QY_UNIT_TEXT], head[32];
    ok(!qy_unit_of_name(out, head, sizeof head, no_ends[i]) && strcmp(head, no_ends[i]) == 0, "%s", no_ends[i]);
  }
}

/* ---- prefixes ---- */

/* Units with their prefixes, and those that values are read in, the smallest first. */
static const struct {
  const char *base, *prefixes; /* '1': none, 'K': Ki and so on */
  int power;
  const char *read[6];
} families[] = {{"m", "num", 1, {NULL}},
                {"m2", "um", 2, {"um2", "mm2"}},
                {"s", "pnum1", 1, {"ps", "ns", "us", "ms", "s"}},
                {"Hz", "1kMG", 1, {"Hz", "kHz", "MHz", "GHz"}},
                {"J", "fpnum1", 1, {"fJ", "pJ", "nJ", "uJ", "mJ", "J"}},
                {"J/bit", "fp", 1, {NULL}},
                {"W", "pnum1", 1, {"pW", "nW", "uW", "mW", "W"}},
                {"F", "afp", 1, {NULL}},
                {"F/um", "afp", 1, {NULL}},
                {"V", "m1", 1, {NULL}},
                {"A", "num1", 1, {NULL}},
                {"B", "1kMG", 1, {NULL}},
                {"iB", "KMG", 1, {NULL}},
                {"B/s", "1kMG", 1, {NULL}},
                {"OP/s", "MGT", 1, {NULL}},
                {"OPS", "MGT", 1, {NULL}},
                {"OP/s/W", "GT", 1, {NULL}},
                {"OPS/W", "GT", 1, {NULL}}};
enum { FAMILIES = sizeof families / sizeof *families };

static double prefix(char p, bool binary, int power)
{
  static const char all[] = "afpnum1kMGT";
  const int thousands = p == 'K' ? 1 : (int)(strchr(all, p) - all) - 6;
  return pow(binary ? 1024 : 1000, thousands * power);
}

static void with_prefix(char out[16], int family, char p)
{
  if (p == '1')
    snprintf(out, 16, "%s", families[family].base);
  else
    snprintf(out, 16, "%c%s", p, families[family].base);
}

static void prefixes(void)
{
  int wrong = 0;
  for (int f = 0; f < FAMILIES; f++)
    for (const char *a = families[f].prefixes; *a; a++)
      for (const char *b = families[f].prefixes; *b; b++) {
        char from[16], to[16], text[24];
        double value = 0;
        const bool binary = families[f].base[0] == 'i';
        const double expected = 3 * prefix(*a, binary, families[f].power) / prefix(*b, binary, families[f].power);
        with_prefix(from, f, *a);
        with_prefix(to, f, *b);
        snprintf(text, sizeof text, "3 %s", from);
        const bool is = qy_unit_parse(text, to, &value, NULL) == QY_OK && fabs(value / expected - 1) < 1e-15;
        if (!is && ++wrong) printf("# %s in %s: %.17g, not %.17g\n", text, to, value, expected);
      }
  is_int(wrong, 0, "units with prefixes are thousands of one another");
  static const struct {
    const char *text, *unit;
    double value;
  } other[] = {
      {"1 h", "min", 60},         {"1 min", "s", 60},        {"1 KiB", "B", 1024},     {"1 B", "bit", 8},
      {"1 kB", "bit", 8000},      {"1 MiB", "B", 1048576},   {"1 %", "ratio", 0.01},   {"1 ratio", "%", 100},
      {"1 MOPS", "MOP/s", 1},     {"7 GOPS", "GOP/s", 7},    {"2 TOPS", "TOP/s", 2},   {"9 fps", "1/s", 9},
      {"5 GOPS/W", "GOP/s/W", 5}, {"1 mJ·ms", "uJ·us", 1e6}, {"1 J·s", "uJ·us", 1e12}, {"1 GiB", "bit", 8589934592.0},
      {"1 GB", "bit", 8e9},       {"1 MB", "bit", 8e6}};
  for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
    double value = 0;
    ok(qy_unit_parse(other[i].text, other[i].unit, &value, NULL) == QY_OK && value == other[i].value, "%s are %g %s",
       other[i].text, other[i].value, other[i].unit);
  }
}

/* The largest unit in which the value is 1 or more; a tenth or more where the next smaller one is a millionth of it. */
static void read_in(void)
{
  uint64_t state = 11;
  int wrong = 0;
  for (int f = 0; f < FAMILIES; f++) {
    const double step = pow(1000, families[f].power);
    int units = 0;
    while (units < 6 && families[f].read[units])
      units++;
    for (int own = 0; own < units; own++)
      for (int i = 0; i < 200; i++) {
        char out[QY_UNIT_TEXT], expected[QY_UNIT_TEXT];
        const int e = (int)qy_random_below(&state, 20) - 10;
        const double middle = (1 + (double)qy_random_below(&state, 900) / 100) * (i % 3 ? 1 : 0) * pow(10, e) +
                              (i % 3 ? 0 : pow(10, e < 0 ? 0 : e)); /* powers of ten from 1 on: exact */
        int best = 0;
        for (int u = 1; u < units; u++)
          if (middle / pow(step, u - own) >= (step > 1e5 ? 0.1 : 1)) best = u;
        const double factor = qy_unit_for_reading(out, families[f].read[own], middle);
        const char *name = families[f].read[best];
        snprintf(expected, sizeof expected, "%s%s", *name == 'u' ? "µ" : "", name + (*name == 'u'));
        if (families[f].power == 2) strcpy(expected + strlen(expected) - 1, "²"); /* NOLINT */
        const bool is = strcmp(out, expected) == 0 && fabs(factor * pow(step, best - own) - 1) < 1e-14;
        if (!is && wrong++ < 3)
          printf("# %.17g %s: in %s (%g), not %s\n", middle, families[f].read[own], out, factor, expected);
      }
  }
  is_int(wrong, 0, "values are read in the largest unit in which they are 1");
}

int main(void)
{
  prefixes();
  ok(!qy_unit_known("a bandwidth") && !qy_unit_known("a length") && qy_unit_known("GiB"),
     "what units measure is no unit");
  char long_name[64] = "";
  int known = 0;
  for (size_t length = 1; length + 1 < sizeof long_name; length++) {
    memset(long_name, 'q', length);
    known += qy_unit_known(long_name);
  }
  is_int(known, 0, "nor is a name of any length that no unit has");
  read_in();
  left_alone();
  to_the_end();
  char what[256];
  as_strtod();
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    double value = -1;
    qy_error err = {0};
    snprintf(what, sizeof what, "%s in %s", good[i].text, good[i].unit);
    qy_status status = qy_unit_parse(good[i].text, good[i].unit, &value, &err);
    ok(status == QY_OK && value == good[i].expected, "%s is %.17g (got %.17g)", what, good[i].expected, value);
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    double value = -7;
    qy_error err = {0};
    qy_status status = qy_unit_parse(bad[i].text, bad[i].unit, &value, &err);
    snprintf(what, sizeof what, "refused: \"%s\"", bad[i].text);
    is_text(status != QY_OK && value == -7 && err.count == 1 ? err.diagnostic[0].text : "(accepted)", bad[i].message,
            what);
  }
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    double value = 0;
    int valid = qy_number_parse(numbers[i].text, &value);
    ok(valid == numbers[i].valid && (!valid || value == numbers[i].expected), "\"%s\" is %s number", numbers[i].text,
       numbers[i].valid ? "a" : "no");
  }
  names_and_readings();
  return done();
}
