/* Axes: ends, scale, ticks and labels against values worked out by hand. */
#include "../../src/plot/axis.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

static axis choose(const double *values, size_t count, int log, bool from_zero)
{
  span s;
  axis a;
  span_start(&s);
  for (size_t i = 0; i < count; i++)
    span_add(&s, values[i]);
  axis_choose(&a, &s, log, from_zero, false);
  return a;
}

/* The labels of the major ticks, joined by blanks. */
static const char *labels(const axis *a)
{
  static char text[512];
  text[0] = '\0';
  for (int i = 0; i < a->tick_count; i++) {
    if (!a->tick[i].label[0]) continue;
    if (text[0]) strcat(text, " ");
    strcat(text, a->tick[i].label);
  }
  return text;
}

static void linear(void)
{
  axis a = choose((const double[]){0, 100}, 2, -1, false);
  ok(!a.log, "data with a zero choose a linear axis");
  near_abs(a.high, 105, 1e-12, "5 % of room at the upper end");
  near_abs(a.low, 0, 0, "and none below zero when nothing lies there");
  is_text(labels(&a), "0 20 40 60 80 100", "six even steps");
  a = choose((const double[]){-1, 1}, 2, -1, false);
  near_abs(a.low, -1.1, 1e-12, "5 % of room below a negative value");
  is_text(labels(&a), "-1.0 -0.5 0 0.5 1.0", "ticks on both sides of zero");
  a = choose((const double[]){20000, 60000}, 2, 0, false);
  is_text(labels(&a), "20k 30k 40k 50k 60k", "k from 10,000 on");
  a = choose((const double[]){20000, 60000}, 2, 0, true);
  is_text(labels(&a), "0 10k 20k 30k 40k 50k 60k", "from zero when asked");
  near_abs(a.high, 63000, 1e-9, "5 % of all that is shown");
  a = choose((const double[]){-60, -20}, 2, 0, true);
  near_abs(a.low, -63, 1e-12, "and to zero");
  a = choose((const double[]){1000000, 1000001}, 2, -1, false);
  is_text(labels(&a), "1.0000000M 1.0000002M 1.0000004M 1.0000006M 1.0000008M 1.0000010M", "close large values differ");
}

static void logarithmic(void)
{
  axis a = choose((const double[]){1, 20}, 2, -1, false);
  ok(!a.log, "a range of 20 stays linear");
  a = choose((const double[]){1, 20.2}, 2, -1, false);
  ok(a.log, "a range above 20 becomes logarithmic");
  a = choose((const double[]){0.1, 10000}, 2, -1, false);
  is_text(labels(&a), "0.1 1 10 100 1k 10k", "a tick a decade");
  near_rel(a.low, 0.1 * pow(10, -0.25), 1e-12, "5 % of five decades below");
  near_rel(a.high, 1e4 * pow(10, 0.25), 1e-12, "and above");
  near_abs(axis_position(&a, sqrt(0.1 * 10000)), 0.5, 1e-12, "the geometric mean lies in the middle");
  const axis wide = {.log = true, .low = 1e-165, .high = 1e165};
  near_abs(axis_position(&wide, 1e66), 0.7, 1e-12, "also where the ratio of both ends is no number");
  a = choose((const double[]){3, 60}, 2, 1, false);
  is_text(labels(&a), "5 10 20 50", "1, 2, 5 on a short axis");
  a = choose((const double[]){1e-6, 1e-2}, 2, 1, false);
  is_text(labels(&a), "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻²", "powers of ten where numbers get long");
  a = choose((const double[]){1e-140, 1e140}, 2, 1, false);
  ok(a.log && a.tick_count > 2 && a.tick_count < 20, "280 decades get few ticks");
  a = choose((const double[]){10, 12}, 2, 1, false);
  ok(a.log && a.tick_count >= 3, "a fifth of a decade still has three ticks");
}

static void odd(void)
{
  axis a = choose((const double[]){5, 5, 5}, 3, -1, false);
  ok(a.low < 5 && a.high > 5 && a.tick_count > 0, "equal values get room on both sides");
  a = choose((const double[]){5, 5}, 2, 1, false);
  near_rel(a.high / a.low, 10, 1e-9, "equal values on a logarithmic axis get a decade");
  a = choose((const double[]){0, 0}, 2, 1, false);
  ok(!a.log && a.low < a.high, "no positive value: linear even on request");
  a = choose((const double[]){-3, 0, 1, 1000}, 4, 1, false);
  ok(a.log && a.low > 0.5 && a.low < 1, "on request, values at or below zero do not count");
  ok(!axis_shows(&a, 0) && !axis_shows(&a, -3) && axis_shows(&a, 1), "and have no place");
  a = choose((const double[]){-3, 0, 1, 1000}, 4, -1, false);
  ok(!a.log, "left to choose, a value below zero makes the axis linear");
  a = choose((const double[]){NAN, INFINITY, -INFINITY, 1e300, 2, 3}, 6, -1, false);
  ok(a.low > 1.9 && a.high < 3.1, "values that are not finite or beyond 1e150 do not count");
  a = choose(NULL, 0, -1, false);
  ok(a.low == 0 && a.high == 1, "no data: from 0 to 1");
}

static void numbers(void)
{
  static const struct {
    double value;
    const char *text;
  } rows[] = {{0, "0"},       {0.1, "0.1"},     {999, "999"},     {999.9, "1k"},    {1000, "1k"},    {12345, "12.3k"},
              {1e6, "1M"},    {-2500, "-2.5k"}, {3.2e9, "3.2G"},  {999.4, "999"},   {999.5, "1k"},   {999499, "999k"},
              {999500, "1M"}, {9.996e11, "1T"}, {1e15, "1e+03T"}, {5e15, "5e+03T"}, {-999.5, "-1k"}, {1e-5, "1e-05"}};
  char text[AXIS_LABEL_BYTES];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    axis_number(text, rows[i].value);
    is_text(text, rows[i].text, rows[i].text);
  }
}

static void overhang(void)
{
  axis a = {.low = 0, .high = 10, .tick_count = 3, .tick = {{0, "100"}, {5, "1234567"}, {10, "20"}}};
  double out[2];
  axis_overhang(&a, 40, out);
  near_abs(out[0], 1.5, 1e-12, "half of the label at the low end stands out");
  near_abs(out[1], 1, 1e-12, "and of that at the high end");
  a.tick[0].label[0] = '\0';
  axis_overhang(&a, 40, out);
  near_abs(out[0], 0, 1e-12, "nothing where there is no label");
}

/* Labels in the unit that fits; places stay. */
static void reading(void)
{
  static const struct {
    const char *title, *read;
    double low, high, scale;
  } rows[] = {{"Latency (µs)", "Latency (ms)", 2e4, 1e5, 1e-3},
              {"Latency (µs)", "Latency (µs)", 900, 1e5, 1},
              {"Energy on chip (µJ)", "Energy on chip (mJ)", 12000, 18000, 1e-3},
              {"Area (µm²)", "Area (mm²)", 2e5, 1e6, 1e-6},
              {"Area (µm²)", "Area (mm²)", 1e4, 5e5, 1e-6},
              {"Area (µm²)", "Area (µm²)", 2e3, 5e3, 1},
              {"Area (µm²)", "Area (µm²)", 2e3, 1e6, 1},
              {"Latency (µs)", "Latency (ms)", 2e3, 1e9, 1e-3},
              {"Area (µm²)", "Area (mm²)", 5e4, 1.6e5, 1e-6}, /* from a tenth in the middle on */
              {"Area (µm²)", "Area (µm²)", 5e4, 1.4e5, 1},
              {"Cycles", "Cycles", 1e6, 2e6, 1},
              {"Cells (rows)", "Cells (rows)", 1e6, 2e6, 1},
              {"Energy over that of A (below 1: better)", "Energy over that of A (below 1: better)", 2e3, 3e3, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int log = 0; log < 2; log++) {
      axis a;
      span s;
      char title[AXIS_TITLE_BYTES];
      span_start(&s);
      span_add(&s, rows[i].low);
      span_add(&s, rows[i].high);
      axis_choose(&a, &s, log, false, false);
      const double low = a.low, high = a.high;
      axis_read(&a, title, rows[i].title, s.low, s.high, false);
      is_text(title, rows[i].read, "the title's unit");
      near_abs(a.scale, rows[i].scale, 1e-12, "its scale");
      ok(a.low == low && a.high == high, "the ends stay");
      int wrong = 0, labels = 0;
      for (int t = 0; t < a.tick_count; t++) {
        char *end;
        if (!a.tick[t].label[0]) continue;
        labels++;
        double number = strtod(a.tick[t].label, &end);
        number *= *end == 'k' ? 1e3 : *end == 'M' ? 1e6 : 1;
        wrong += fabs(number / (a.tick[t].at * rows[i].scale) - 1) > 1e-6;
        wrong += rows[i].scale < 1 && rows[i].high < 1e8 && *end != '\0';
      }
      ok(labels > 1 && wrong == 0, "labels are the values in it, without k or M");
    }
}

/* Titles that are too long to be written anew, and units that are none, stay. */
static void long_readings(void)
{
  char title[AXIS_TITLE_BYTES], out[AXIS_TITLE_BYTES];
  for (size_t length = 20; length < AXIS_TITLE_BYTES - 1; length++) {
    memset(title, 'a', sizeof title);
    strcpy(title + length - strlen(" (µs)"), " (µs)");
    const double scale = axis_reading(out, title, 2e4, 1e5);
    const size_t letters = strlen(out);
    if (length < 200 && !(scale == 1e-3 && !strcmp(out + letters - 5, " (ms)"))) ok(0, "%zu bytes", length);
    if (scale != 1e-3 && strcmp(out, title)) ok(0, "%zu bytes: changed", length);
    if (scale == 1e-3 && strcmp(out + letters - 5, " (ms)")) ok(0, "%zu bytes: cut", length);
  }
  memset(title, 'a', sizeof title);
  strcpy(title + AXIS_TITLE_BYTES - 1 - strlen(" (µs)"), " (µs)");
  ok(axis_reading(out, title, 2e4, 1e5) == 1 && !strcmp(out, title), "a title of all bytes there are");
  ok(axis_reading(out, "A (a unit of many letters, which is none and longer than any other)", 2e4, 1e5) == 1 &&
         strstr(out, "than any other)"),
     "a unit that is none");
}

/* Steps of a linear axis by hand: 1, 2 or 5 times a power of ten, that nearest to a sixth of the axis by ratio. */
static void steps(void)
{
  int wrong = 0, tried = 0;
  for (int power = 0; power < 250; power++)
    for (int from = 0; from < 2; from++, tried++) {
      const double width = 1.013e-3 * pow(1.117, power);
      const double low = from ? 0.37 * width : 0;
      const axis a = choose((const double[]){low, low + width}, 2, 0, false);
      const double rough = (a.high - a.low) / 6;
      double best = 0;
      for (int e = -6; e < 11; e++)
        for (int lead = 1; lead <= 5; lead += lead == 1 ? 1 : 3) {
          const double step = lead * pow(10, e);
          if (best == 0 || fabs(log(step / rough)) < fabs(log(best / rough))) best = step;
        }
      wrong += a.tick_count < 2 || fabs((a.tick[1].at - a.tick[0].at) / best - 1) > 1e-9;
      /* All multiples of it that lie on the axis, and no others. */
      wrong += fabs(a.tick[0].at / best - round(a.tick[0].at / best)) > 1e-6;
      wrong += a.tick_count != (int)(floor(a.high / best + 1e-9) - ceil(a.low / best - 1e-9)) + 1;
    }
  ok(wrong == 0, "%d linear axes have the steps and the ticks worked out here", tried);
  static const struct {
    double low, high;
    const char *labels;
  } row[] = {{0, 9999, "0 2k 4k 6k 8k 10k"},
             {0, 0.0004, "0 5e-05 0.0001 0.00015 0.0002 0.00025 0.0003 0.00035 0.0004"},
             {0, 0.5, "0 0.1 0.2 0.3 0.4 0.5"},
             {0, 2e15, "0 5e+14 1e+15 1.5e+15 2e+15"},
             {0, 8e5, "0 100k 200k 300k 400k 500k 600k 700k 800k"},
             {0, 8e8, "0 100M 200M 300M 400M 500M 600M 700M 800M"},
             {0, 8e11, "0 100G 200G 300G 400G 500G 600G 700G 800G"},
             {0, 8e14, "0 100T 200T 300T 400T 500T 600T 700T 800T"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const axis a = choose((const double[]){row[i].low, row[i].high}, 2, 0, false);
    is_text(labels(&a), row[i].labels, "labels");
  }
}

static void ends(void)
{
  static const struct {
    bool log;
    double low, high, got_low, got_high; /* of an axis over 1 to 100 */
  } row[] = {
      {false, NAN, NAN, -3.95, 104.95}, /* replaced below: nothing is below zero */
      {false, 10, NAN, 10, 104.95},
      {false, NAN, 50, 0, 50},
      {false, -5, 5, -5, 5},
      {false, 1000, NAN, 1000, 2000},
      {false, NAN, -2, -4, -2},
      {false, NAN, -0.5, -1.5, -0.5},
      {false, 5, 5, 5, 10},
      {false, 0.5, 0.5, 0.5, 1.5},
      {true, 5, 5, 5, 50},
      {true, 2, 50, 2, 50},
      {true, -2, 50, 0.794328234724, 50},
      {true, 0, 50, 0.794328234724, 50},
      {true, 1000, NAN, 1000, 10000},
      {true, NAN, 0.01, 0.001, 0.01},
      {true, 1e151, NAN, 0.794328234724, 125.892541179},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    axis a = choose((const double[]){1, 100}, 2, row[i].log, false);
    axis_set_ends(&a, row[i].low, row[i].high, false);
    const double low = i == 0 ? 0 : row[i].got_low;
    ok(fabs(a.low - low) < 1e-6 && fabs(a.high - row[i].got_high) < 1e-6 * fabs(a.high) + 1e-9,
       "ends %g and %g: %g to %g", row[i].low, row[i].high, a.low, a.high);
    int beyond = 0;
    for (int t = 0; t < a.tick_count; t++)
      beyond += a.tick[t].at < a.low - 1e-6 * fabs(a.low) || a.tick[t].at > a.high + 1e-6 * fabs(a.high);
    ok(a.tick_count > 1 && beyond == 0, "ticks within");
  }
  /* Where numbers are written as powers: at 1e15, but not at 1e-3, at the ends of an axis themselves. */
  static const struct {
    double high;
    const char *labels;
  } at_end[] = {{1e15, "0 2e+14 4e+14 6e+14 8e+14 1e+15"},
                {1e4, "0 2k 4k 6k 8k 10k"},
                {9999, "0 2000 4000 6000 8000"},
                {999e12, "0 200T 400T 600T 800T"},
                {1e-3, "0 0.0002 0.0004 0.0006 0.0008 0.0010"},
                {0.999e-3, "0 0.0002 0.0004 0.0006 0.0008"}};
  for (size_t i = 0; i < sizeof at_end / sizeof *at_end; i++) {
    axis one = choose((const double[]){0, 1}, 2, 0, false);
    axis_set_ends(&one, 0, at_end[i].high, false);
    is_text(labels(&one), at_end[i].labels, "labels up to an end");
  }
  axis a;
  span s;
  span_start(&s);
  const double value[] = {1e150, 1.0001e150, -1e150, -1.0001e150, 1e-150, 0.9999e-150, 0, NAN};
  for (size_t i = 0; i < sizeof value / sizeof *value; i++)
    span_add(&s, value[i]);
  ok(s.count == 5 && s.high == 1e150 && s.low == -1e150 && s.low_positive == 1e-150 && s.not_positive == 3,
     "spans end at 1e150, and positive is from 1e-150");
  ok(axis_drawable(1e150) && !axis_drawable(1.0001e150) && axis_drawable(0) && !axis_drawable(NAN), "drawable values");
  a = choose((const double[]){1, 100}, 2, 1, false);
  ok(axis_shows(&a, 1e-150) && !axis_shows(&a, 0.9999e-150) && !axis_shows(&a, 1.0001e150), "places of such values");
  /* Room where all are equal: a tenth of the value, or 1 around zero. */
  a = choose((const double[]){50}, 1, 0, false);
  ok(fabs(a.low - 45) < 1e-9 && fabs(a.high - 55) < 1e-9, "50 alone: from 45 to 55");
  a = choose((const double[]){0}, 1, 0, false);
  ok(a.low == -1 && a.high == 1, "zero alone: from -1 to 1");
  a = choose((const double[]){-100, -50}, 2, 0, false);
  ok(fabs(a.low + 102.5) < 1e-9 && fabs(a.high + 47.5) < 1e-9, "below zero: 5 %% on both sides");
  a = choose((const double[]){-100, -1}, 2, 0, false);
  ok(a.high == 0, "but nothing above zero");
  a = choose((const double[]){-100, -50}, 2, 0, true);
  ok(a.high == 0, "to zero when asked");
}

/* Labels are taken away until those left do not overlap: at most one where there is no room. */
static void fitting(void)
{
  static const char *const label[] = {"10", "20", "30", "40", "50"};
  static const double at[] = {0, 1, 2, 3, 4};
  /* Five labels of two letters and a blank, centred on places a quarter of the room apart: 12 columns hold them. */
  static const struct {
    double room;
    const char *left;
  } row[] = {{12, "10 20 30 40 50"}, {11.9, "10 30 50"}, {6, "10 30 50"}, {5.9, "10 50"}, {3, "10 50"}, {2.9, "10"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    axis a = {.low = 0, .high = 4};
    axis_set_ticks(&a, at, label, 5, false);
    axis_fit(&a, row[i].room, 0);
    is_text(labels(&a), row[i].left, "labels that fit");
  }
  axis a = {.low = 0, .high = 4};
  axis_set_ticks(&a, at, label, 5, false);
  axis_fit(&a, 8, 2);
  is_text(labels(&a), "10 20 30 40 50", "lines of two units in eight");
  axis_fit(&a, 7.9, 2);
  is_text(labels(&a), "10 30 50", "in less");
  axis_set_ticks(&a, at, label, 5, true);
  ok(a.low == -0.5 && a.high == 4.5 && !a.log && a.tick_count == 5, "words: half a step beyond them");
  /* On a logarithmic axis those between powers of ten go first. */
  a = choose((const double[]){1, 60}, 2, 1, false);
  is_text(labels(&a), "1 2 5 10 20 50", "1, 2, 5");
  axis_fit(&a, 9, 0);
  is_text(labels(&a), "1 10", "powers of ten alone");
  /* More words than ticks: every second one. */
  static double places[AXIS_TICKS_MAX + 1];
  static const char *words[AXIS_TICKS_MAX + 1];
  for (int i = 0; i <= AXIS_TICKS_MAX; i++)
    places[i] = i, words[i] = "w";
  axis_set_ticks(&a, places, words, AXIS_TICKS_MAX, true);
  is_int(a.tick_count, AXIS_TICKS_MAX, "as many words as there are ticks");
  axis_set_ticks(&a, places, words, AXIS_TICKS_MAX + 1, true);
  ok(a.tick_count == AXIS_TICKS_MAX / 2 + 1 && a.tick[1].at == 2, "one more: every second");
}

/* Powers of ten with labels: each up to eight decades, of more as few as leave at most seven steps. */
static void decades(void)
{
  int wrong = 0;
  for (int wide = 2; wide <= 60; wide++) {
    axis a = {.log = true, .scale = 1};
    a.low = pow(10, -5 - 0.01);
    a.high = pow(10, wide - 5 + 0.01);
    axis_set_ends(&a, a.low, a.high, false);
    int step = 1, labelled = 0;
    while (wide > 8 && step * 7 < wide)
      step++;
    for (int i = 0; i < a.tick_count; i++) {
      if (!a.tick[i].label[0]) continue;
      wrong += fabs(log10(a.tick[i].at) - (-5 + labelled * step)) > 1e-9;
      labelled++;
    }
    wrong += labelled != wide / step + 1;
    /* small ticks: of each decade 2 to 9; where some decades have no label those; of more than four none */
    wrong += a.tick_count != (step == 1 ? wide + 1 + 8 * wide : step <= 4 ? wide + 1 : labelled);
  }
  is_int(wrong, 0, "labels and ticks of 2 to 60 decades");
}

/* No room beyond 0 where nothing lies there, however near to it the values come. */
static void about_nothing(void)
{
  static const double near[] = {0, 0.01, 0.1, 0.4};
  for (size_t i = 0; i < sizeof near / sizeof *near; i++)
    for (int side = -1; side <= 1; side += 2) {
      span s;
      axis a;
      span_start(&s);
      span_add(&s, side * near[i]);
      span_add(&s, side * 10.0);
      axis_choose(&a, &s, 0, false, false);
      near_abs(side < 0 ? a.high : a.low, 0, 0, "the axis ends at 0");
    }
}

/* Labels say where their ticks are, to half a unit of their last digit, and no two are alike. */
static void read_back(void)
{
  static const char letters[] = "kMGT";
  int wrong = 0, alike = 0, read = 0;
  for (int power = 0; power < 55; power++)
    for (int narrow = 0; narrow < 6; narrow++)
      for (int lead = 0; lead < 3; lead++) {
        const double low = (const double[]){1.07, 3.3, 8.9}[lead] * pow(10, -2 + power * 0.29),
                     width = low * pow(10, -narrow);
        const axis a = choose((const double[]){low, low + width}, 2, 0, false);
        const char *before = "";
        for (int t = 0; t < a.tick_count; t++) {
          const char *label = a.tick[t].label;
          char *end;
          const double number = strtod(label, &end);
          const char *letter = *end ? strchr(letters, *end) : NULL, *dot = strchr(label, '.');
          const double size = letter ? pow(1000, (double)(letter - letters) + 1) : 1;
          const double unit = strchr(label, 'e') ? 1e-6 * fabs(number) : dot ? pow(10, -(double)(end - dot - 1)) : 1;
          wrong += fabs(number * size - a.tick[t].at) > 0.501 * unit * size || (*end && (!letter || end[1]));
          alike += strcmp(before, label) == 0;
          before = label;
          read++;
        }
      }
  ok(wrong == 0 && read > 5000, "%d labels say where their ticks are", read);
  is_int(alike, 0, "neighbours differ");
  /* To the unit of a step where the numbers are large: of 900 T and steps of 1000. */
  axis a = choose((const double[]){0, 1}, 2, 0, false);
  axis_set_ends(&a, 900e12, 900e12 + 6000, false);
  char expected[40];
  snprintf(expected, sizeof expected, "%.9fT", 900 + 1e-9);
  is_text(a.tick_count > 1 ? a.tick[1].label : "", expected, "the second tick");
}

/* Powers of ten are written as such from 1e-4 down, and beyond 1e12. */
static void powers(void)
{
  for (int low = -6; low <= 0; low++)
    for (int high = 10; high <= 15; high++) {
      axis a = {.log = true, .scale = 1};
      axis_set_ends(&a, 0.9 * pow(10, low), 1.1 * pow(10, high), false);
      const bool as_power = strncmp(labels(&a), "10\u207b", 5) == 0 || strncmp(labels(&a), "10\u2070", 5) == 0;
      is_int(as_power, low < -3 || high > 12, labels(&a));
    }
}

int main(void)
{
  powers();
  read_back();
  about_nothing();
  decades();
  reading();
  long_readings();
  steps();
  ends();
  fitting();
  linear();
  logarithmic();
  odd();
  numbers();
  overhang();
  return done();
}
