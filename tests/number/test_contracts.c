/* What the headers say of level sets, lossless scales, defaults and sums, at the ends of what they take.
 *
 * Oracles: plain definitions over all code words, arrays that stand on levels by construction, closed forms.
 */
#include "formats.h"
#include "quarry/row_mix.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static qy_arena *arena;

/* ---- level sets */

static bool mirrors(const double *x, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (x[i] != -x[count - 1 - i]) return false;
  return true;
}

/* Smallest word of a value, by trying all. */
static uint32_t smallest_word(const qy_number *n, double value)
{
  uint32_t code = 0;
  while (qy_number_value(n, code) != value)
    code++;
  return code;
}

static void level_sets(void)
{
  static qy_number formats[2048];
  const size_t count = all_formats(formats, 2048, 7);
  int wrong_mirror = 0, wrong_order = 0, wrong_code = 0, mirrored = 0;
  for (size_t f = 0; f < count; f++) {
    qy_levels *levels;
    if (qy_levels_build(&levels, &formats[f], arena, NULL) != QY_OK) continue;
    const bool mirror = mirrors(levels->value, levels->count) && mirrors(levels->threshold, levels->count - 1);
    mirrored += mirror;
    wrong_mirror += levels->symmetric != mirror;
    for (size_t i = 0; i < levels->count; i++) {
      wrong_order += i > 0 && levels->value[i] <= levels->value[i - 1];
      wrong_order += i + 1 < levels->count && (levels->threshold[i] < levels->value[i] - 1e-4 ||
                                               levels->threshold[i] > levels->value[i + 1] + 1e-4);
      wrong_code += levels->code[i] != smallest_word(&formats[f], levels->value[i]);
    }
    qy_arena_reset(arena);
  }
  ok(mirrored > 0 && (size_t)mirrored < count, "%d of %zu sets mirror at 0", mirrored, count);
  is_int(wrong_mirror, 0, "and are said to");
  is_int(wrong_order, 0, "values ascend, thresholds are between them");
  is_int(wrong_code, 0, "each value has its smallest word");
}

/* ---- arrays that stand on levels */

static bool is_lossless(const qy_levels *levels, const double *x, size_t count)
{
  qy_signal signal;
  qy_best best = {0};
  double out[8];
  if (qy_signal_from_array(&signal, x, count, arena, NULL) || qy_best_scale(&best, levels, &signal, NULL)) return false;
  qy_quantize(levels, best.scale, x, count, out);
  for (size_t i = 0; i < count; i++)
    if (fabs(out[i] - x[i]) > 1e-14 * fabs(x[i])) return false;
  return best.sqnr_db == INFINITY;
}

static void lossless(void)
{
  static qy_number formats[2048];
  const size_t count = all_formats(formats, 2048, 6);
  uint64_t state = 5;
  int lost = 0, tried = 0;
  for (size_t f = 0; f < count; f += 3) {
    qy_levels *levels;
    if (qy_levels_build(&levels, &formats[f], arena, NULL) != QY_OK) continue;
    for (int t = 0; t < 6; t++, tried++) {
      double x[8];
      bool all_zero = true;
      const size_t some = 1 + random_below(&state, 6);
      for (size_t i = 0; i < some; i++) {
        x[i] = 0.37 * levels->value[random_below(&state, levels->count)];
        if (i == 0 && t < 4) x[i] = 0.37 * levels->value[t % 2 ? 0 : levels->count - 1]; /* which needs the outermost */
        all_zero &= x[i] == 0;
      }
      lost += !all_zero && !is_lossless(levels, x, some);
    }
    qy_arena_reset(arena);
  }
  ok(lost == 0, "%d arrays of a few levels have a scale without noise, %d are lost", tried, lost);
  qy_number n = qy_number_default(QY_NUMBER_UNIFORM, 4);
  qy_levels *levels;
  qy_levels_build(&levels, &n, arena, NULL);
  ok(is_lossless(levels, (double[]){0, 5}, 2) && is_lossless(levels, (double[]){-5, 0}, 2), "one value beside zero");
  ok(is_lossless(levels, (double[]){3}, 1) && is_lossless(levels, (double[]){-3}, 1), "one value");
  ok(!is_lossless(levels, (double[]){1, M_PI}, 2), "of an irrational ratio there is none");
}

/* ---- refusals, sums, defaults */

static void refusals(void)
{
  qy_signal normal;
  qy_best best[2];
  qy_quantize_report report;
  qy_error err = {0};
  qy_signal_make(&normal, QY_SIGNAL_GAUSSIAN, 0, NULL);
  const qy_number bad = {.kind = QY_NUMBER_UNIFORM, .bits = 1}, good = qy_number_default(QY_NUMBER_UNIFORM, 4);
  is_int(qy_best_format(best, &bad, &normal, &err), QY_BAD_INPUT, "a format that is none");
  is_int((int64_t)err.count, 1, "is said once");
  qy_error_clear(&err);
  is_int(qy_best_layers(best, &bad, (qy_signal[]){normal, normal}, 2, &err), QY_BAD_INPUT, "in a network");
  is_int((int64_t)err.count, 1, "for the first layer alone");
  qy_error_clear(&err);
  is_int(qy_quantize_describe(&report, &bad, NULL, 0, arena, &err), QY_BAD_INPUT, "nothing to describe");
  is_int((int64_t)err.count, 1, "is said once");
  qy_error_clear(&err);
  qy_signal many[QY_QUANTIZE_SIGNALS_MAX + 1];
  for (int i = 0; i <= QY_QUANTIZE_SIGNALS_MAX; i++)
    many[i] = normal;
  is_int(qy_quantize_describe(&report, &good, many, 0, arena, &err), QY_BAD_INPUT, "no signal");
  is_int(qy_quantize_describe(&report, &good, many, QY_QUANTIZE_SIGNALS_MAX + 1, arena, &err), QY_BAD_INPUT,
         "one too many");
  is_text(err.diagnostic[1].text, "quantize: expected 1 to 8 signals, found 9", "and how many there may be");
  is_int(qy_quantize_describe(&report, &good, many, QY_QUANTIZE_SIGNALS_MAX, arena, NULL), QY_OK, "as many as can be");
  is_int((int64_t)report.signal_count, QY_QUANTIZE_SIGNALS_MAX, "all of them");
  is_int(qy_quantize_describe(&report, &good, NULL, 0, arena, NULL), QY_OK, "the five that are standard");
  ok(report.signal_count == 5 && isnan(report.row[0].shape) && report.row[2].shape == 0.7 && report.row[3].shape == 4 &&
         strcmp(report.row[4].signal, "uniform") == 0 && report.code_bits == 4 && report.compression == 8,
     "with the shapes of generalised ones");
}

/* Rows of -s and s have the deviation s; ln s at even steps of d about its mean: deviation d sqrt((n (n + 1)) / 12). */
static void spreads(void)
{
  double w[12 * 4];
  for (int rows = 1; rows <= 12; rows++) {
    for (int r = 0; r < rows; r++)
      for (int c = 0; c < 4; c++)
        w[4 * r + c] = (c & 1 ? -1 : 1) * exp(0.25 * (r - 3));
    const double wanted = 0.25 * sqrt(rows == 1 ? 0 : rows * (rows + 1) / 12.);
    near_abs(qy_row_spread(w, (size_t)rows, 4), wanted, 1e-12, "deviation of the logarithms");
    for (int i = 0; i < 4 * rows; i++)
      w[i] += 3 + i / 4 % 3;
    near_abs(qy_row_spread(w, (size_t)rows, 4), wanted, 1e-9, "wherever the means of the rows are");
    for (int i = 0; i < 4 * rows; i++)
      w[i] += 1e6;
    near_abs(qy_row_spread(w, (size_t)rows, 4), wanted, 1e-7, "and however far from 0");
  }
  memset(w, 0, sizeof w);
  near_abs(qy_row_spread(w, 3, 4), 0, 0, "rows of zeros have none");
  w[0] = 1;
  near_abs(qy_row_spread(w, 3, 4), 0, 0, "nor has one row beside them");
}

/* Weights that stand on the levels of every split: the smallest is taken. */
static void equal_splits(void)
{
  static const double x[] = {1, -1, 0, 1};
  for (int bits = 3; bits <= 5; bits++) {
    qy_signal signal;
    qy_best best = {.scale = 0};
    const qy_number number = qy_number_default(QY_NUMBER_BRSLOG, bits);
    ok(!qy_signal_from_array(&signal, x, 4, arena, NULL) && !qy_best_format(&best, &number, &signal, NULL) &&
           best.sqnr_db == INFINITY && best.number.split == 0,
       "brslog of %d bits: split %d", bits, best.number.split);
  }
}

static void networks(void)
{
  near_abs(qy_sqnr_network_db((double[]){30}, 1), 30, 1e-12, "one layer");
  near_abs(qy_sqnr_network_db((double[]){30, 30}, 2), 30 - 10 * log10(2), 1e-12, "two alike: 3 dB less");
  near_abs(qy_sqnr_network_db((double[]){20, INFINITY, 10}, 3), -10 * log10(0.11), 1e-12, "noise adds");
  ok(qy_sqnr_network_db(NULL, 0) == INFINITY && qy_sqnr_network_db((double[]){INFINITY}, 1) == INFINITY, "no noise");
}

/* What a format is when nothing is said, as `quarry list formats` shows it. */
static void defaults(void)
{
  static const struct {
    const char *format, *text;
  } row[] = {{"uniform", "bits 8 midrise 0 bias 0"},
             {"affine", "bits 8 zero_point 0 full_range 0 bias 0"},
             {"pot", "bits 4 log_rounding 0"},
             {"deepshift", "bits 5 log_rounding 1"},
             {"inq", "bits 5"},
             {"seglog", "bits 5 split -1 root 0 log_rounding 0"},
             {"brslog", "bits 5 split -1 root 0 log_rounding 0"},
             {"lightpe", "bits 8 terms 2"},
             {"sp2", "bits 4"},
             {"apot", "bits 4"},
             {"codebook", "bits 8 m_bits 3 m_odd 0"}};
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    const int kind = qy_number_find(row[r].format);
    char text[128] = "";
    for (int i = 0; kind >= 0 && i < QY_NUMBER_PARAMETERS_MAX; i++) {
      const qy_number_parameter *p = &qy_number_table(NULL)[kind].parameter[i];
      if (!p->name) break;
      const size_t used = strlen(text);
      snprintf(text + used, sizeof text - used, "%s%s %d", i ? " " : "", p->name, p->standard);
    }
    is_text(text, row[r].text, row[r].format);
  }
}

/* ---- given weights */

/* Sorted, with running sums, the mean square and the largest size, on whichever side it is. */
static void samples(void)
{
  enum { TRIES = 60, MOST = 12 };
  uint64_t state = 3;
  int wrong = 0, negative = 0;
  for (int t = 0; t < TRIES; t++) {
    double x[MOST], power = 0, largest = 0;
    long double sum1 = 0, sum2 = 0;
    qy_signal signal;
    const size_t count = 1 + random_below(&state, MOST);
    for (size_t i = 0; i < count; i++) {
      x[i] = (random_unit(&state) - 0.5) * exp2((double)random_below(&state, 6));
      power += x[i] * x[i] / (double)count;
      largest = fmax(largest, fabs(x[i]));
    }
    if (qy_signal_from_array(&signal, x, count, arena, NULL)) {
      wrong++;
      continue;
    }
    const qy_samples *s = signal.samples;
    wrong += s->count != count || s->max_abs != largest || fabs(s->power / power - 1) > 1e-12 ||
             fabs(signal.rms * signal.rms / power - 1) > 1e-12 || s->sum1[0] != 0 || s->sum2[0] != 0;
    for (size_t i = 0; i < count; i++) {
      size_t below = 0, there = 0;
      for (size_t k = 0; k < count; k++)
        below += x[k] < s->x[i], there += x[k] == s->x[i];
      sum1 += s->x[i], sum2 += (long double)s->x[i] * s->x[i];
      wrong += below > i || i >= below + there || fabsl(s->sum1[i + 1] - sum1) > 1e-15L * largest ||
               fabsl(s->sum2[i + 1] - sum2) > 1e-15L * largest * largest;
    }
    negative += s->x[0] == -largest;
  }
  ok(wrong == 0 && negative > 10 && negative < TRIES - 10, "weights in order, and what is known of them");
}

int main(void)
{
  arena = qy_arena_new();
  samples();
  level_sets();
  lossless();
  refusals();
  spreads();
  equal_splits();
  networks();
  defaults();
  qy_arena_free(arena);
  return done();
}
