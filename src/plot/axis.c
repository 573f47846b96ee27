/* Axes: see axis.h. */
#include "axis.h"

#include "quarry/decimal.h"
#include "quarry/units.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Empty space at each end, as part of the data's span. */
static const double pad_frac = 0.05;

/* An axis without a wish is logarithmic when its largest value is more than so many times its smallest: on a linear one
 * the lower half of the values would lie within a twentieth of it. */
static const double log_from = 20;

/* Steps a linear axis aims at; fewer where a label takes more of the axis. */
enum { TICKS = 6, TICKS_PLAIN = 3 };

void span_start(span *s)
{
  assert(s);
  *s = (span){.low = INFINITY, .high = -INFINITY, .low_positive = INFINITY};
}

bool axis_drawable(double value)
{
  return isfinite(value) && fabs(value) <= AXIS_LARGEST;
}

void span_add(span *s, double value)
{
  assert(s);
  if (!axis_drawable(value)) return;
  s->count++;
  if (value < s->low) s->low = value;
  if (value > s->high) s->high = value;
  if (value < AXIS_SMALLEST)
    s->not_positive++;
  else if (value < s->low_positive)
    s->low_positive = value;
}

static const struct {
  double size;
  const char *letter;
} prefixes[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};

static size_t prefix_for(double magnitude)
{
  size_t i = 0;
  while (prefixes[i].size > 1 && magnitude < prefixes[i].size * 0.9999999)
    i++;
  return i;
}

void axis_number(char out[AXIS_LABEL_BYTES], double value)
{
  assert(out);
  size_t i = prefix_for(fabs(value));
  double scaled = value / prefixes[i].size;
  if (fabs(scaled) >= 999.5 && i > 0) scaled = value / prefixes[--i].size; /* not "1e+03" */
  qy_print(out, AXIS_LABEL_BYTES, "%.3g%s", scaled, prefixes[i].letter);
}

static void add_tick(axis *a, double at, const char *label)
{
  const double slack = 1e-9;
  double place = axis_position(a, at);
  if (a->tick_count >= AXIS_TICKS_MAX || place < -slack || place > 1 + slack) return;
  axis_tick *t = &a->tick[a->tick_count++];
  t->at = at;
  snprintf(t->label, sizeof t->label, "%s", label);
}

/* 1, 2 or 5 times a power of ten, so that about `wanted` steps fill the span; the limits between them are their
 * geometric means. */
static double nice_step(double width, int wanted)
{
  double rough = width / wanted, power = pow(10, floor(log10(rough))), lead = rough / power;
  return power * (lead < M_SQRT2 ? 1 : lead < sqrt(10) ? 2 : lead < sqrt(50) ? 5 : 10);
}

static void linear_ticks(axis *a, int wanted)
{
  double step = nice_step(a->high - a->low, wanted), largest = fmax(fabs(a->low), fabs(a->high));
  size_t prefix = largest >= 1e4 ? prefix_for(largest) : sizeof prefixes / sizeof *prefixes - 1;
  double size = prefixes[prefix].size;
  int decimals = (int)fmax(0, -floor(log10(step / size) + 1e-9));
  bool tiny = largest < 1e-3 || largest >= 1e15 || decimals > 9;
  double first = ceil(a->low / step - 1e-9);
  for (int i = 0; i < AXIS_TICKS_MAX; i++) {
    double at = (first + i) * step;
    if (at > a->high + step * 1e-9) break;
    char label[AXIS_LABEL_BYTES];
    if (fabs(at) < step * 1e-6)
      snprintf(label, sizeof label, "0");
    else if (tiny)
      qy_print(label, sizeof label, "%.6g", at);
    else
      qy_print(label, sizeof label, "%.*f%s", decimals, at / size, prefixes[prefix].letter);
    add_tick(a, at, label);
  }
}

static void power_label(char out[AXIS_LABEL_BYTES], int exponent, bool plain)
{
  static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  char number[8], *end = out;
  if (plain) {
    snprintf(out, AXIS_LABEL_BYTES, "1e%d", exponent);
    return;
  }
  snprintf(number, sizeof number, "%d", exponent);
  end = stpcpy(end, "10");
  for (const char *p = number; *p; p++)
    end = stpcpy(end, *p == '-' ? "⁻" : digits[*p - '0']);
}

static void log_ticks(axis *a, bool plain)
{
  double low = log10(a->low), high = log10(a->high);
  int first = (int)ceil(low - 1e-9), last = (int)floor(high + 1e-9), decades = last - first;
  if (high - low < 0.7) { /* too short for 1, 2, 5: even steps read better */
    linear_ticks(a, plain ? TICKS_PLAIN : TICKS);
    return;
  }
  bool dense = decades < 2;
  int step = decades > 8 ? (decades + 6) / 7 : 1;
  bool powers = first < -3 || last > 12;
  for (int e = first - 1; e <= last; e++) {
    double decade = pow(10, e);
    for (int lead = 1; lead < 10; lead++) {
      char label[AXIS_LABEL_BYTES] = "";
      bool major = lead == 1 ? (e - first) % step == 0 : dense && (lead == 2 || lead == 5);
      if ((lead > 1 && step > 1) || (!major && step > 4)) break; /* no room for small ticks */
      if (major && powers && lead == 1 && !dense)
        power_label(label, e, plain);
      else if (major && powers)
        qy_print(label, sizeof label, "%g", lead * decade);
      else if (major)
        axis_number(label, lead * decade);
      add_tick(a, lead * decade, label);
    }
  }
}

/* In the unit in which the axis is read. */
static void choose_ticks(axis *a, bool plain)
{
  const double scale = a->scale > 0 ? a->scale : 1;
  axis read = *a;
  read.tick_count = 0;
  read.low *= scale;
  read.high *= scale;
  if (a->log)
    log_ticks(&read, plain);
  else
    linear_ticks(&read, plain ? TICKS_PLAIN : TICKS);
  a->tick_count = read.tick_count;
  memcpy(a->tick, read.tick, sizeof a->tick);
  for (int i = 0; i < a->tick_count; i++)
    a->tick[i].at /= scale;
}

double axis_reading(char out[AXIS_TITLE_BYTES], const char *title, double lowest, double highest)
{
  assert(out);
  static const double most = 20; /* times the lowest */
  const char *open = title ? strrchr(title, '(') : NULL;
  const size_t length = title ? strlen(title) : 0, unit_length = open ? strlen(open + 1) : 0;
  char unit[QY_UNIT_TEXT], read[QY_UNIT_TEXT];
  snprintf(out, AXIS_TITLE_BYTES, "%s", title ? title : "");
  if (!open || title[length - 1] != ')' || unit_length > sizeof unit || length + sizeof read > AXIS_TITLE_BYTES ||
      !(lowest >= AXIS_READ_FROM))
    return 1;
  snprintf(unit, sizeof unit, "%.*s", (int)unit_length - 1, open + 1);
  const double scale = qy_unit_for_reading(read, unit, fmin((lowest + highest) / 2, most * lowest));
  if (scale != 1) snprintf(out, AXIS_TITLE_BYTES, "%.*s(%s)", (int)(open - title), title, read);
  return scale;
}

void axis_read(axis *a, char out[AXIS_TITLE_BYTES], const char *title, double lowest, double highest, bool plain)
{
  assert(a && out);
  a->scale = axis_reading(out, title, lowest, highest);
  if (a->scale != 1) choose_ticks(a, plain);
}

void axis_choose(axis *a, const span *s, int log, bool from_zero, bool plain)
{
  assert(a && s);
  memset(a, 0, sizeof *a);
  bool positive = isfinite(s->low_positive) && s->high >= s->low_positive;
  a->log = positive && (log == 1 || (log == -1 && s->not_positive == 0 && s->high > log_from * s->low));
  if (s->count == 0) {
    a->low = 0;
    a->high = 1;
  } else if (a->log) {
    double low = log10(s->low_positive), high = log10(s->high), pad = (high - low) * pad_frac;
    if (pad < 1e-6) pad = 0.5; /* one value: half a decade on each side */
    a->low = pow(10, low - pad);
    a->high = pow(10, high + pad);
  } else {
    double low = from_zero ? fmin(0, s->low) : s->low, high = from_zero ? fmax(0, s->high) : s->high;
    double largest = fmax(fabs(low), fabs(high)), pad = (high - low) * pad_frac;
    if (pad <= largest * 1e-12) pad = largest > 0 ? largest * 0.1 : 1;
    a->low = low - pad;
    a->high = high + pad;
    if (low >= 0 && low < high && a->low < 0) a->low = 0; /* nothing is below zero: no room for it */
    if (high <= 0 && low < high && a->high > 0) a->high = 0;
  }
  choose_ticks(a, plain);
}

void axis_set_ticks(axis *a, const double *at, const char *const *label, size_t count, bool words)
{
  assert(a && at && label && count > 0);
  a->tick_count = 0;
  if (words) {
    a->log = false;
    a->low = -0.5;
    a->high = (double)count - 0.5;
  }
  const size_t step = (count + AXIS_TICKS_MAX - 1) / AXIS_TICKS_MAX;
  for (size_t i = 0; i < count; i += step)
    add_tick(a, at[i], label[i]);
}

void axis_set_ends(axis *a, double low, double high, bool plain)
{
  assert(a);
  const bool has_low = axis_drawable(low) && (!a->log || low >= AXIS_SMALLEST),
             has_high = axis_drawable(high) && (!a->log || high >= AXIS_SMALLEST);
  if (!has_low && !has_high) return;
  if (has_low) a->low = low;
  if (has_high) a->high = high;
  if (!(a->low < a->high)) { /* one end, beyond all values */
    const double step = a->log ? 0 : fmax(1, fabs(has_low ? a->low : a->high));
    if (has_low)
      a->high = a->log ? 10 * a->low : a->low + step;
    else
      a->low = a->log ? a->high / 10 : a->high - step;
  }
  choose_ticks(a, plain);
}

static size_t letters_of(const char *label)
{
  size_t letters = 0;
  for (const char *p = label; *p; p++)
    letters += (*p & 0xC0) != 0x80;
  return letters;
}

void axis_overhang(const axis *a, double room, double out[2])
{
  assert(a && out);
  out[0] = out[1] = 0;
  for (int i = 0; i < a->tick_count; i++) {
    const axis_tick *t = &a->tick[i];
    const double half = (double)letters_of(t->label) / 2, at = axis_position(a, t->at) * room;
    if (half <= 0) continue;
    out[0] = fmax(out[0], half - at);
    out[1] = fmax(out[1], at + half - room);
  }
}

static bool labels_fit(const axis *a, double room, double height)
{
  double end = -INFINITY;
  for (int i = 0; i < a->tick_count; i++) {
    const axis_tick *t = &a->tick[i];
    const size_t letters = letters_of(t->label);
    if (letters == 0) continue;
    const double width = height > 0 ? height : (double)letters + 1, at = axis_position(a, t->at) * room;
    if (at - width / 2 < end) return false;
    end = at + width / 2;
  }
  return true;
}

void axis_fit(axis *a, double room, double height)
{
  assert(a);
  for (bool powers = a->log; !labels_fit(a, room, height); powers = false) {
    int labels = 0;
    for (int i = 0; i < a->tick_count; i++) {
      axis_tick *t = &a->tick[i];
      if (!t->label[0]) continue;
      const double power = t->at > 0 ? log10(t->at) : 0;
      const bool between = fabs(power - round(power)) > 1e-6;
      if (powers ? between : labels % 2 == 1) t->label[0] = '\0';
      labels++;
    }
    if (labels <= 1) return;
  }
}

bool axis_shows(const axis *a, double value)
{
  assert(a);
  return axis_drawable(value) && (!a->log || value >= AXIS_SMALLEST);
}

double axis_position(const axis *a, double value)
{
  assert(a);
  /* The ratio of both ends may be beyond all numbers. */
  if (a->log) return (log10(value) - log10(a->low)) / (log10(a->high) - log10(a->low));
  return (value - a->low) / (a->high - a->low);
}
