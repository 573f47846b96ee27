/* Mixed rows: against sampled weights that are quantized one by one with scales found by trying many, and against what
 * must hold whatever the weights.
 */
#include "quarry/row_mix.h"

#include "random.h"
#include "tap.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 400, COLUMNS = 300 };

static qy_arena *arena;

static double normal(uint64_t *state)
{
  const double u = 1 - random_unit(state), v = random_unit(state);
  return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* Gaussian or Laplacian rows, ln sigma at the quantiles of a normal, in mixed order. */
static void sample(double *w, double spread, bool laplacian, uint64_t seed)
{
  uint64_t state = seed;
  for (int r = 0; r < ROWS; r++) {
    const double sigma = 0.05 * exp(spread * gsl_cdf_ugaussian_Pinv((r * 157 % ROWS + 0.5) / ROWS));
    for (int c = 0; c < COLUMNS; c++) {
      double x = normal(&state);
      if (laplacian) { /* difference of two exponentials of variance 1/2 */
        x = (log(1 - random_unit(&state)) - log(1 - random_unit(&state))) / sqrt(2);
      }
      w[r * COLUMNS + c] = sigma * x;
    }
  }
}

static int by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* Nearest of all values of a format, by trying each; ties do not matter to the error. */
static double square_error(const double *values, size_t count, double scale, const double *x, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    double least = INFINITY;
    for (size_t k = 0; k < count; k++) {
      const double d = fabs(x[i] - scale * values[k]);
      if (d < least) least = d;
    }
    sum += least * least;
  }
  return sum;
}

static size_t values_of(double *values, const qy_number *number)
{
  size_t count = 0;
  for (uint32_t code = 0; code < 1u << qy_number_code_bits(number); code++) {
    const double v = qy_number_value(number, code);
    if (isfinite(v)) values[count++] = v;
  }
  qsort(values, count, sizeof *values, by_value);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (i == 0 || values[i] > values[kept - 1]) values[kept++] = values[i];
  return kept;
}

/* Least error over 40 scales from a tenth to one and a half times the largest weight. */
static double least_error(const qy_number *number, const double *x, size_t n)
{
  double values[256], largest = 0, best = INFINITY;
  const size_t count = values_of(values, number);
  for (size_t i = 0; i < n; i++)
    largest = fmax(largest, fabs(x[i]));
  for (int i = 0; i < 40; i++) {
    const double error = square_error(values, count, largest * (0.1 + 0.035 * i), x, n);
    if (error < best) best = error;
  }
  return best;
}

/* Rows sorted by their power, the parts cut off that list. */
static double brute_db(const double *w, const qy_number *format, double scheme, double high, bool by_row)
{
  static double sorted[ROWS * COLUMNS], key[ROWS];
  static int order[ROWS];
  double power = 0, noise = 0;
  for (int r = 0; r < ROWS; r++) {
    order[r] = r;
    key[r] = 0;
    for (int c = 0; c < COLUMNS; c++)
      key[r] += w[r * COLUMNS + c] * w[r * COLUMNS + c];
    power += key[r];
    for (int k = r; k > 0 && key[order[k - 1]] > key[order[k]]; k--) {
      const int swapped = order[k];
      order[k] = order[k - 1];
      order[k - 1] = swapped;
    }
  }
  for (int r = 0; r < ROWS; r++)
    memcpy(sorted + r * COLUMNS, w + order[r] * COLUMNS, COLUMNS * sizeof *w);
  const int edge[] = {0, (int)lround(scheme * ROWS), ROWS - (int)lround(high * ROWS), ROWS};
  for (int p = 0; p < QY_ROW_PARTS; p++) {
    const int rows = edge[p + 1] - edge[p];
    if (rows == 0) continue;
    if (!by_row) noise += least_error(&format[p], sorted + edge[p] * COLUMNS, (size_t)(rows * COLUMNS));
    for (int r = edge[p]; by_row && r < edge[p + 1]; r++)
      noise += least_error(&format[p], sorted + r * COLUMNS, COLUMNS);
  }
  return 10 * log10(power / noise);
}

static void make(qy_format_noise *noise, qy_number_kind kind, int bits, qy_signal_kind distribution)
{
  qy_error err = {0};
  qy_signal signal;
  const qy_number number = qy_number_default(kind, bits);
  qy_status status = qy_signal_make(&signal, distribution, 0, &err);
  if (!status) status = qy_format_noise_make(noise, &number, &signal, arena, &err);
  if (status) {
    printf("# %s\n", err.diagnostic[0].text);
    exit(1);
  }
}

static void test_table(void)
{
  static const qy_number_kind kinds[] = {QY_NUMBER_UNIFORM, QY_NUMBER_POT, QY_NUMBER_SP2};
  double worst = 0, beyond = 0;
  for (size_t k = 0; k < 3; k++)
    for (int bits = 4; bits <= 8; bits += 4) {
      qy_format_noise noise;
      qy_levels *levels;
      qy_signal signal;
      qy_error err = {0};
      if (kinds[k] == QY_NUMBER_POT && bits > 4) continue; /* there are no wider ones */
      make(&noise, kinds[k], bits, QY_SIGNAL_GAUSSIAN);
      if (qy_levels_build(&levels, &noise.number, arena, &err)) exit(1);
      if (qy_signal_make(&signal, QY_SIGNAL_GAUSSIAN, 0, &err)) exit(1);
      for (double scale = 0.02; scale < 500; scale *= 1.0371)
        worst = fmax(worst, fabs(10 * log10(qy_format_noise_at(&noise, scale) / qy_noise(levels, scale, &signal))));
      /* Beyond its ends, 2^-8 and 2^12, the table is what it is there. */
      static const double octave[][2] = {{-8, -8}, {-11, -8}, {12, 12}, {15, 12}};
      for (int i = 0; i < 4; i++)
        beyond = fmax(
            beyond,
            fabs(qy_format_noise_at(&noise, exp2(octave[i][0])) / qy_noise(levels, exp2(octave[i][1]), &signal) - 1));
    }
  ok(beyond < 1e-12, "and at its ends exactly (%.1e)", beyond);
  ok(worst < 0.01, "noise looked up is that computed, within %.1e dB", worst);
}

/* From point to point of the table, which are even steps of 2^-8 to 2^12, it is linear in the logarithms; beyond them
 * as at the ends. */
static void test_between(void)
{
  static const double part[] = {0, 0.25, 0.9};
  qy_format_noise noise;
  double worst = 0;
  make(&noise, QY_NUMBER_SP2, 4, QY_SIGNAL_LAPLACIAN);
  const int last = (int)noise.count - 1;
  for (int i = -2; i <= last + 1; i++)
    for (int k = 0; k < 3; k++) {
      const double at = fmin(fmax(i + part[k], 0), last);
      const int before = at < last ? (int)at : last - 1;
      const double log2_wanted =
          noise.log2_noise[before] + (at - before) * (noise.log2_noise[before + 1] - noise.log2_noise[before]);
      const double got = qy_format_noise_at(&noise, exp2(-8 + 20 * (i + part[k]) / last));
      worst = fmax(worst, fabs(log2(got) - log2_wanted));
    }
  ok(worst < 1e-11, "noise between the points of the table and beyond (within %.1e octaves)", worst);
}

/* Rows that are alike have the least of the table, and the scale where it is. */
static void test_alike(void)
{
  static const qy_number_kind kinds[] = {QY_NUMBER_UNIFORM, QY_NUMBER_SP2, QY_NUMBER_POT};
  for (int k = 0; k < 3; k++) {
    qy_format_noise noise;
    qy_row_result r;
    make(&noise, kinds[k], 4, QY_SIGNAL_GAUSSIAN);
    const qy_row_mix mix = {.format = {NULL, &noise, NULL}, .scale = QY_ROW_SCALE_LAYER};
    double least = INFINITY;
    for (size_t i = 0; i < noise.count; i++)
      least = fmin(least, exp2(noise.log2_noise[i]));
    qy_row_mix_find(&r, &mix);
    const double got = pow(10, -r.sqnr_db / 10), there = qy_format_noise_at(&noise, r.part[QY_ROWS_LOW].scale);
    near_rel(got, least, 3e-7, "rows that are alike: the least noise of any scale");
    near_rel(there, least, 3e-7, "which is that at the scale said");
  }
}

/* Library on synthetic weights and library on the samples, both beside brute force. */
static void test_sampled(void)
{
  static const struct {
    qy_number_kind scheme;
    double scheme_share, high_share, spread;
    bool laplacian;
    qy_row_scale scale;
  } row[] = {
      {QY_NUMBER_SP2, 0.6, 0.05, 0.4, false, QY_ROW_SCALE_LAYER},
      {QY_NUMBER_POT, 0.43, 0, 0.4, true, QY_ROW_SCALE_LAYER},
      {QY_NUMBER_SP2, 0.5, 0.1, 0.3, false, QY_ROW_SCALE_ROW},
      {QY_NUMBER_POT, 0, 0.25, 0.5, false, QY_ROW_SCALE_ROW},
  };
  static double w[ROWS * COLUMNS];
  static qy_row_choice choice[ROWS];
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_row_task task = {w, ROWS, COLUMNS, {{0}}, row[i].scheme_share, row[i].high_share, row[i].scale};
    task.format[QY_ROWS_SCHEME] = qy_number_default(row[i].scheme, 4);
    task.format[QY_ROWS_LOW] = qy_number_default(QY_NUMBER_UNIFORM, 4);
    task.format[QY_ROWS_HIGH] = qy_number_default(QY_NUMBER_UNIFORM, 8);
    sample(w, row[i].spread, row[i].laplacian, 77 + i);
    qy_format_noise noise[QY_ROW_PARTS];
    qy_row_mix mix = {.scheme_share = row[i].scheme_share, .high_share = row[i].high_share, .scale = row[i].scale};
    mix.spread = qy_row_spread(w, ROWS, COLUMNS);
    for (int p = 0; p < QY_ROW_PARTS; p++) {
      make(&noise[p], task.format[p].kind, task.format[p].bits,
           row[i].laplacian ? QY_SIGNAL_LAPLACIAN : QY_SIGNAL_GAUSSIAN);
      mix.format[p] = &noise[p];
    }
    qy_row_result given, synthetic;
    qy_error err = {0};
    const qy_status status = qy_row_assign(&given, choice, &task, &err);
    qy_row_mix_find(&synthetic, &mix);
    const double brute = brute_db(w, task.format, task.scheme_share, task.high_share, task.scale == QY_ROW_SCALE_ROW);
    ok(fabs(mix.spread - row[i].spread) < 0.05, "spread %g of rows drawn with %g", mix.spread, row[i].spread);
    ok(!status && fabs(given.sqnr_db - brute) < 0.1,
       "%s %g + 8 bits %g, scale by %s: %.2f dB of the samples, %.2f by hand",
       qy_number_table(NULL)[row[i].scheme].name, row[i].scheme_share, row[i].high_share,
       qy_row_scale_names[row[i].scale], given.sqnr_db, brute);
    ok(fabs(synthetic.sqnr_db - brute) < 0.35, "... %.2f dB of the distribution", synthetic.sqnr_db);
    size_t rows[QY_ROW_PARTS] = {0};
    for (int r = 0; r < ROWS; r++)
      rows[choice[r].part]++;
    ok(rows[QY_ROWS_SCHEME] == (size_t)lround(row[i].scheme_share * ROWS) &&
           rows[QY_ROWS_HIGH] == (size_t)lround(row[i].high_share * ROWS),
       "... %zu rows in the scheme, %zu with 8 bits", rows[QY_ROWS_SCHEME], rows[QY_ROWS_HIGH]);
  }
}

/* One row stands out, by variance or by an outlier alone: who goes where. */
static void test_choice(void)
{
  enum { N = 10, M = 64 };
  static double w[N * M];
  qy_row_choice choice[N];
  qy_row_result result;
  qy_error err = {0};
  uint64_t state = 3;
  for (int i = 0; i < N * M; i++)
    w[i] = (i / M == 4 ? 0.1 : 1) * normal(&state);
  w[7 * M + 5] = 20; /* clipped, because a scale up to it would round all else to zero */
  qy_row_task task = {w, N, M, {{0}}, 0.1, 0.1, QY_ROW_SCALE_LAYER};
  for (int p = 0; p < QY_ROW_PARTS; p++)
    task.format[p] =
        qy_number_default(p == QY_ROWS_SCHEME ? QY_NUMBER_POT : QY_NUMBER_UNIFORM, p == QY_ROWS_HIGH ? 8 : 4);
  is_int(qy_row_assign(&result, choice, &task, &err), QY_OK, "ten rows");
  is_int(choice[4].part, QY_ROWS_SCHEME, "the row of small variance is a power of two");
  is_int(choice[7].part, QY_ROWS_HIGH, "the row with the outlier has 8 bits");
  memset(w + 2 * M, 0, M * sizeof *w);
  ok(qy_row_assign(&result, choice, &task, &err) == QY_OK && choice[2].part == QY_ROWS_SCHEME && choice[2].error == 0,
     "a row of zeros has the smallest variance and no error");
  w[9] = NAN;
  ok(qy_row_assign(&result, choice, &task, &err) == QY_BAD_INPUT, "a weight that is no number: %s",
     err.diagnostic[0].text);
  err = (qy_error){0};
  memset(w, 0, sizeof w);
  ok(qy_row_assign(&result, choice, &task, &err) == QY_BAD_INPUT, "all zero: %s", err.diagnostic[0].text);
}

/* Whatever stands in the way of a format is said, and nothing made. */
static void test_refused(void)
{
  static const char untouched[] = "as it was";
  qy_error err = {0};
  qy_signal signal, given;
  const double weight = 1;
  qy_format_noise noise;
  const qy_number no_bits = qy_number_default(QY_NUMBER_UNIFORM, 0), good = qy_number_default(QY_NUMBER_UNIFORM, 4);
  qy_status status = qy_signal_make(&signal, QY_SIGNAL_GAUSSIAN, 0, &err);
  if (!status) status = qy_signal_from_array(&given, &weight, 1, arena, &err);
  memcpy(&noise, untouched, sizeof untouched);
  ok(!status && qy_format_noise_make(&noise, &no_bits, &signal, arena, &err) == QY_BAD_INPUT && err.count == 1,
     "a format without bits: %s", err.diagnostic[0].text);
  err = (qy_error){0};
  ok(qy_format_noise_make(&noise, &good, &given, arena, &err) == QY_BAD_INPUT, "given weights: %s",
     err.diagnostic[0].text);
  ok(memcmp(&noise, untouched, sizeof untouched) == 0, "neither made anything");
}

/* What the literature says of the schemes, and limits. */
static void test_limits(void)
{
  qy_format_noise sp2, pot, low, high;
  qy_row_plans plans;
  make(&sp2, QY_NUMBER_SP2, 4, QY_SIGNAL_GAUSSIAN);
  make(&pot, QY_NUMBER_POT, 4, QY_SIGNAL_GAUSSIAN);
  make(&low, QY_NUMBER_UNIFORM, 4, QY_SIGNAL_GAUSSIAN);
  make(&high, QY_NUMBER_UNIFORM, 8, QY_SIGNAL_GAUSSIAN);
  qy_row_mix mix = {.format = {&sp2, &low, &high}, .spread = QY_ROW_SPREAD, .scale = QY_ROW_SCALE_ROW};
  const double fixed = qy_row_mix_sqnr_db(&mix);
  near_rel(fixed, -10 * log10(low.noise), 1e-12, "no mix, scales by row: that of the format, whatever the spread");
  mix.spread = 0;
  mix.scale = QY_ROW_SCALE_LAYER;
  ok(fabs(qy_row_mix_sqnr_db(&mix) - fixed) < 0.01, "rows alike: a scale for the layer is as good");
  qy_row_result alike;
  qy_row_mix_find(&alike, &mix);
  near_rel(alike.part[QY_ROWS_LOW].scale, low.best_scale, 0.02, "and it is the format's best one");
  mix.spread = QY_ROW_SPREAD;
  ok(qy_row_mix_sqnr_db(&mix) < fixed, "rows not alike: it is worse");
  mix.scheme_share = 0.5;
  const double with_sp2 = qy_row_mix_sqnr_db(&mix);
  mix.format[QY_ROWS_SCHEME] = &pot;
  ok(with_sp2 > qy_row_mix_sqnr_db(&mix), "SP2 rows are better than powers of two");
  mix.format[QY_ROWS_SCHEME] = &sp2;
  double last = with_sp2;
  bool rises = true;
  for (int k = 1; k <= 5; k++) {
    mix.high_share = 0.1 * k;
    rises = rises && qy_row_mix_sqnr_db(&mix) > last;
    last = qy_row_mix_sqnr_db(&mix);
  }
  ok(rises, "more rows of 8 bits are better");
  mix.high_share = 0.05;
  mix.scheme_share = 0;
  const qy_row_mix halves = {.format = {&sp2, &low, &high}, .scheme_share = 0.5, .high_share = 0.25, .spread = 0.3};
  const qy_row_mix outer = {.format = {&sp2, &low, &high}, .high_share = 1, .spread = 0.3};
  const qy_row_mix middle = {.format = {&sp2, &low, &high}, .scheme_share = 0.5, .spread = 0.3};
  qy_row_mix_plans(&plans, &halves, 7);
  near_rel(plans.inter_db,
           -10 * log10(2 * pow(10, -qy_row_mix_sqnr_db(&outer) / 10) + 5 * pow(10, -qy_row_mix_sqnr_db(&middle) / 10)),
           1e-12, "between two layers of high precision the scheme keeps its share");
  qy_row_mix_plans(&plans, &mix, 1);
  near_rel(plans.intra_db, qy_row_mix_sqnr_db(&mix), 1e-12, "one layer, one mix");
  near_rel(plans.inter_db,
           qy_row_mix_sqnr_db(&(qy_row_mix){.format = {NULL, NULL, &high}, .high_share = 1, .spread = QY_ROW_SPREAD}),
           1e-12, "one layer is first and last: all of it has 8 bits");
  const double at_ends = high.noise, between = low.noise, mixed = pow(10, -qy_row_mix_sqnr_db(&mix) / 10);
  mix.scale = QY_ROW_SCALE_ROW; /* then a format alone is as noisy as it is */
  const double by_row = pow(10, -qy_row_mix_sqnr_db(&mix) / 10);
  for (size_t layers = 2; layers <= 5; layers++) {
    qy_row_mix_plans(&plans, &mix, layers);
    near_rel(plans.inter_db, -10 * log10(2 * at_ends + (double)(layers - 2) * between), 1e-12,
             "two layers of 8 bits, those between of 4");
    near_rel(plans.intra_db, -10 * log10((double)layers * by_row), 1e-12, "as many of the mix");
  }
  mix.scale = QY_ROW_SCALE_LAYER;
  qy_row_mix_plans(&plans, &mix, 18);
  near_rel(plans.intra_db, -10 * log10(18 * mixed), 1e-12, "18 layers of the mix");
  ok(plans.intra_db > plans.inter_db,
     "18 layers: 5 %% of the rows at 8 bits everywhere (%.2f dB) beat 8 bits at the ends (%.2f dB), as FILM-QNN trains",
     plans.intra_db, plans.inter_db);
}

/* Parts of a mix: they are all of the rows, the power and the noise, and each is as noisy as it says. */
static void test_parts(void)
{
  static const double shares[][2] = {{0, 0}, {0.5, 0.05}, {0.3, 0.7}, {1, 0}, {0, 1}, {0.25, 0}};
  qy_format_noise sp2, low, high;
  make(&sp2, QY_NUMBER_SP2, 4, QY_SIGNAL_GAUSSIAN);
  make(&low, QY_NUMBER_UNIFORM, 4, QY_SIGNAL_GAUSSIAN);
  make(&high, QY_NUMBER_UNIFORM, 8, QY_SIGNAL_GAUSSIAN);
  const qy_format_noise *const format[] = {&sp2, &low, &high};
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
    for (int by_layer = 0; by_layer < 2; by_layer++) {
      const double want[] = {shares[i][0], 1 - shares[i][0] - shares[i][1], shares[i][1]};
      const qy_row_mix mix = {.format = {&sp2, &low, &high},
                              .scheme_share = shares[i][0],
                              .high_share = shares[i][1],
                              .spread = QY_ROW_SPREAD,
                              .scale = by_layer ? QY_ROW_SCALE_LAYER : QY_ROW_SCALE_ROW};
      qy_row_result r;
      qy_row_mix_find(&r, &mix);
      double power = 0, noise = 0;
      int wrong = 0;
      for (int p = 0; p < QY_ROW_PARTS; p++) {
        wrong += fabs(r.part[p].rows - want[p]) > 1e-9;
        if (want[p] < 1e-9) continue;
        power += r.part[p].power, noise += r.part[p].noise;
        const double own = r.part[p].power * pow(10, -r.part[p].sqnr_db / 10);
        wrong += fabs(own - r.part[p].noise * pow(10, -r.sqnr_db / 10)) > 1e-9 * own;
        if (!by_layer) wrong += fabs(r.part[p].sqnr_db + 10 * log10(format[p]->noise)) > 1e-9;
        wrong += by_layer == isnan(r.part[p].scale);
      }
      ok(wrong == 0 && fabs(power - 1) < 1e-9 && fabs(noise - 1) < 1e-9, "parts of %g, %g and %g, a scale for each %s",
         want[0], want[1], want[2], by_layer ? "layer" : "row");
    }
}

/* One scale for rows that differ a lot: the least of a plain sum over their deviations, at many scales. */
static void test_wide_spread(void)
{
  enum { ROWS_SUMMED = 1000, SCALES = 400 };
  static double sigma[ROWS_SUMMED];
  qy_format_noise low;
  make(&low, QY_NUMBER_UNIFORM, 4, QY_SIGNAL_GAUSSIAN);
  for (double spread = 0.5; spread <= 2; spread += 0.5) {
    double power = 0, least = INFINITY;
    for (int i = 0; i < ROWS_SUMMED; i++) { /* quantiles of the power, where the rows are that matter */
      sigma[i] = spread * (gsl_cdf_ugaussian_Pinv((i + 0.5) / ROWS_SUMMED) + 2 * spread);
      power += 1;
    }
    for (int k = 0; k < SCALES; k++) {
      const double log_scale = log(low.best_scale) - 2 + (4 + 4 * spread * spread) * k / SCALES;
      double noise = 0;
      for (int i = 0; i < ROWS_SUMMED; i++)
        noise += qy_format_noise_at(&low, exp(log_scale - sigma[i])) / power;
      least = fmin(least, noise);
    }
    const qy_row_mix mix = {.format = {NULL, &low, NULL}, .spread = spread, .scale = QY_ROW_SCALE_LAYER};
    near_abs(qy_row_mix_sqnr_db(&mix), -10 * log10(least), 0.1, "the least noise of one scale");
  }
}

/* Of weights that are levels themselves nothing is lost, and no part has a share of that; of others the shares add up,
 * however large the weights are. */
static void test_shares(void)
{
  enum { COUNT = 10, WIDTH = 8 };
  static const double times[] = {1e-3, 1, 1e3};
  double w[COUNT * WIDTH];
  qy_row_choice choice[COUNT];
  qy_row_result result;
  const qy_number four = qy_number_default(QY_NUMBER_UNIFORM, 4), eight = qy_number_default(QY_NUMBER_UNIFORM, 8);
  qy_row_task task = {w, COUNT, WIDTH, {four, four, eight}, 0.3, 0.2, QY_ROW_SCALE_ROW};
  for (int i = 0; i < COUNT * WIDTH; i++)
    w[i] = i % WIDTH ? i * 5 % 15 - 7 : 7;
  if (!ok(qy_row_assign(&result, choice, &task, NULL) == QY_OK, "rows of levels")) return;
  int wrong = 0;
  for (int p = 0; p < QY_ROW_PARTS; p++)
    wrong += result.part[p].noise != 0;
  ok(wrong == 0 && result.sqnr_db == INFINITY, "nothing is lost, in no part");
  for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
    double noise = 0;
    for (int i = 0; i < COUNT * WIDTH; i++)
      w[i] = times[k] * sin(1 + i * i);
    if (!ok(qy_row_assign(&result, choice, &task, NULL) == QY_OK, "other rows, times %g", times[k])) return;
    for (int p = 0; p < QY_ROW_PARTS; p++)
      noise += result.part[p].noise;
    near_rel(noise, 1, 1e-12, "shares of the noise add up to all of it");
  }
}

/* Of rows that are alike the first ones are taken. */
static void test_ties(void)
{
  enum { ALIKE = 8, WIDTH = 16 };
  double w[ALIKE * WIDTH];
  qy_row_choice choice[ALIKE];
  qy_row_result result;
  for (int i = 0; i < ALIKE * WIDTH; i++)
    w[i] = sin(1 + i % WIDTH);
  const qy_number four = qy_number_default(QY_NUMBER_UNIFORM, 4), eight = qy_number_default(QY_NUMBER_UNIFORM, 8);
  const qy_row_task task = {.weight = w,
                            .rows = ALIKE,
                            .columns = WIDTH,
                            .format = {four, four, eight},
                            .scheme_share = 0.25,
                            .high_share = 0.25,
                            .scale = QY_ROW_SCALE_ROW};
  if (!ok(qy_row_assign(&result, choice, &task, NULL) == QY_OK, "rows that are alike")) return;
  int wrong = 0;
  for (int r = 0; r < ALIKE; r++)
    wrong += choice[r].part != (r < 2 ? QY_ROWS_HIGH : r < 4 ? QY_ROWS_SCHEME : QY_ROWS_LOW);
  is_int(wrong, 0, "the first two in high precision, then two in the scheme");
}

/* ---- given weights, all that is said of them */

static bool same(double got, double wanted)
{
  return got == wanted || (isnan(got) && isnan(wanted)) || fabs(got - wanted) <= 1e-9 * fabs(wanted);
}

/* The error of one part's rows by a look at every value, from the scales that the rows have. */
static double error_by_hand(const qy_row_task *t, const qy_row_choice *c, size_t row, qy_row_part part)
{
  double values[256];
  const size_t count = values_of(values, &t->format[part]);
  return c[row].scale > 0 ? square_error(values, count, c[row].scale, t->weight + row * t->columns, t->columns) : 0;
}

static int wrong_result(const qy_row_task *t, const qy_row_choice *c, const qy_row_result *r)
{
  double rows[QY_ROW_PARTS] = {0}, power[QY_ROW_PARTS] = {0}, noise[QY_ROW_PARTS] = {0}, scale[QY_ROW_PARTS];
  double all = 0, lost = 0;
  int wrong = 0;
  for (int p = 0; p < QY_ROW_PARTS; p++)
    scale[p] = NAN;
  for (size_t i = 0; i < t->rows; i++) {
    const qy_row_part p = c[i].part;
    const double error = error_by_hand(t, c, i, p);
    rows[p]++;
    noise[p] += error, lost += error;
    for (size_t k = i * t->columns; k < (i + 1) * t->columns; k++)
      power[p] += t->weight[k] * t->weight[k], all += t->weight[k] * t->weight[k];
    wrong += t->scale == QY_ROW_SCALE_LAYER && !isnan(scale[p]) && scale[p] != c[i].scale;
    if (t->scale == QY_ROW_SCALE_LAYER) scale[p] = c[i].scale;
  }
  wrong += !same(r->sqnr_db, 10 * log10(all / lost));
  for (int p = 0; p < QY_ROW_PARTS; p++)
    wrong += !same(r->part[p].rows, rows[p] / (double)t->rows) + !same(r->part[p].power, power[p] / all) +
             !same(r->part[p].noise, noise[p] / lost) +
             !same(r->part[p].scale, scale[p] / sqrt(all / (double)(t->rows * t->columns))) +
             !same(r->part[p].sqnr_db, rows[p] > 0 ? 10 * log10(power[p] / noise[p]) : NAN);
  return wrong;
}

/* All in low precision: errors at the best scale of each row or of all rows; the largest go to high precision, and of
 * the others those of least variance to the scheme. */
static int wrong_choice(const qy_row_task *t, const qy_row_choice *c)
{
  const bool by_row = t->scale == QY_ROW_SCALE_ROW;
  size_t count[QY_ROW_PARTS] = {0};
  int wrong = 0;
  for (size_t i = 0; i < t->rows; i++) {
    const double *row = t->weight + i * t->columns;
    const size_t n = t->columns;
    double values[256], mean = 0, variance = 0, power = 0;
    qy_signal signal;
    qy_best best = {0};
    for (size_t k = 0; k < n; k++)
      mean += row[k] / (double)n, power += row[k] * row[k];
    for (size_t k = 0; k < n; k++)
      variance += (row[k] - mean) * (row[k] - mean) / (double)n;
    if (power > 0 && (qy_signal_from_array(&signal, by_row ? row : t->weight, by_row ? n : t->rows * n, arena, NULL) ||
                      qy_best_format(&best, &t->format[QY_ROWS_LOW], &signal, NULL)))
      wrong++;
    const double error =
        power > 0 ? square_error(values, values_of(values, &t->format[QY_ROWS_LOW]), best.scale, row, n) : 0;
    wrong +=
        fabs(c[i].variance - variance) > 1e-12 * power + 1e-300 || fabs(c[i].error - sqrt(error)) > 1e-9 * sqrt(power);
    wrong += by_row && (power > 0) != (c[i].scale > 0);
    count[c[i].part]++;
    for (size_t k = 0; k < t->rows; k++) {
      wrong += c[i].part == QY_ROWS_HIGH && c[k].part != QY_ROWS_HIGH && c[k].error > c[i].error;
      wrong += c[i].part == QY_ROWS_SCHEME && c[k].part == QY_ROWS_LOW && c[k].variance < c[i].variance;
    }
  }
  const size_t high = (size_t)lround(t->high_share * (double)t->rows);
  const size_t scheme = (size_t)lround(t->scheme_share * (double)t->rows);
  return wrong + (count[QY_ROWS_HIGH] != high) +
         (count[QY_ROWS_SCHEME] != (high + scheme > t->rows ? t->rows - high : scheme));
}

static void test_given(void)
{
  enum { TRIES = 40, ROWS_MOST = 7, WIDTH = 9 };
  static const double shares[][2] = {{0, 0}, {0.3, 0.2}, {0.5, 0.5}, {1, 0}, {0, 1}, {0.2, 0.4}};
  uint64_t state = 11;
  int wrong_rows = 0, wrong_sums = 0;
  for (int i = 0; i < TRIES; i++) {
    double w[ROWS_MOST * WIDTH];
    qy_row_choice choice[ROWS_MOST];
    qy_row_result result;
    const double *share = shares[random_below(&state, sizeof shares / sizeof *shares)];
    qy_row_task t = {.weight = w, .scheme_share = share[0], .high_share = share[1]};
    t.rows = 1 + random_below(&state, ROWS_MOST), t.columns = 4 + random_below(&state, WIDTH - 3);
    t.scale = i % 2 ? QY_ROW_SCALE_ROW : QY_ROW_SCALE_LAYER;
    t.format[QY_ROWS_SCHEME] = qy_number_default(i % 3 ? QY_NUMBER_SP2 : QY_NUMBER_APOT, 4);
    t.format[QY_ROWS_LOW] = qy_number_default(QY_NUMBER_UNIFORM, 3 + i % 2);
    t.format[QY_ROWS_HIGH] = qy_number_default(QY_NUMBER_UNIFORM, 6);
    for (size_t k = 0; k < t.rows * t.columns; k++)
      w[k] = (k / t.columns > 0 && k / t.columns == (size_t)i % 5 ? 0 : 0.2 * (double)(k / t.columns) + 1) *
             normal(&state);
    if (qy_row_assign(&result, choice, &t, NULL)) wrong_rows++;
    wrong_rows += wrong_choice(&t, choice);
    wrong_sums += wrong_result(&t, choice, &result);
  }
  is_int(wrong_rows, 0, "rows of given weights go where their errors and variances say");
  is_int(wrong_sums, 0, "shares of rows, power and noise, scales and ratios of each part by hand");
}

/* ---- synthetic weights with a scale for the layer, summed over the rows by hand */

/* Power of the rows between two normal quantiles, and their noise at a scale: fine steps of the quantile. */
static double noise_between(double *power, const qy_format_noise *format, double low, double high, double spread,
                            double scale)
{
  enum { STEPS = 700 };
  const double end = high > 8 ? 8 + 2 * spread : high, step = (end - fmax(low, -8)) / STEPS;
  double noise = 0;
  *power = 0;
  for (int i = 0; i < STEPS; i++) {
    const double z = fmax(low, -8) + (i + 0.5) * step, p = step * gsl_ran_ugaussian_pdf(z) * exp(2 * spread * z);
    *power += p;
    if (format) noise += p * qy_format_noise_at(format, scale * exp(-spread * z));
  }
  return noise;
}

static void test_layer_scales(void)
{
  static const double shares[][2] = {{0.4, 0.2}, {0, 0}, {0.9, 0.1}, {0.05, 0.6}};
  static const double spreads[] = {0.05, 0.4, 0.9, 2};
  qy_format_noise pot, low, high;
  double worst_noise = 0, worst_scale = 0, worst_power = 0;
  make(&pot, QY_NUMBER_POT, 4, QY_SIGNAL_LAPLACIAN);
  make(&low, QY_NUMBER_UNIFORM, 4, QY_SIGNAL_LAPLACIAN);
  make(&high, QY_NUMBER_UNIFORM, 8, QY_SIGNAL_LAPLACIAN);
  for (size_t i = 0; i < 4; i++) {
    const qy_row_mix mix = {.format = {&pot, &low, &high},
                            .scheme_share = shares[i][0],
                            .high_share = shares[i][1],
                            .spread = spreads[i],
                            .scale = QY_ROW_SCALE_LAYER};
    const double edge[] = {0, shares[i][0], 1 - shares[i][1], 1}, all = exp(2 * spreads[i] * spreads[i]);
    qy_row_result r;
    qy_row_mix_find(&r, &mix);
    for (int p = 0; p < QY_ROW_PARTS; p++) {
      if (!(edge[p + 1] > edge[p] + 1e-9)) continue;
      const double from = gsl_cdf_ugaussian_Pinv(edge[p]), to = gsl_cdf_ugaussian_Pinv(edge[p + 1]);
      double power, at = log2(mix.format[p]->best_scale), least = INFINITY;
      for (double step = 0.5; step > 0.005; step /= 8) { /* steps around the best so far, then finer ones */
        const double middle = at;
        for (int k = -(step == 0.5 ? 34 : 8); k <= (step == 0.5 ? 34 : 8); k++) {
          const double noise =
              noise_between(&power, mix.format[p], from, to, spreads[i], exp2(middle + k * step)) / all;
          if (noise < least) least = noise, at = middle + k * step;
        }
      }
      const double got = r.part[p].power * pow(10, -r.part[p].sqnr_db / 10);
      const double there =
          noise_between(&power, mix.format[p], from, to, spreads[i], r.part[p].scale * sqrt(all)) / all;
      worst_power = fmax(worst_power, fabs(r.part[p].power / (power / all) - 1));
      /* rows that differ most are summed in steps that see it: 0.05 dB */
      worst_noise = fmax(worst_noise, fabs(got / least - 1) / (spreads[i] < 1 ? 1 : 10));
      worst_scale = fmax(worst_scale, there / least - 1);
    }
  }
  ok(worst_power < 3e-4, "power of the rows of a part (within %.1e)", worst_power);
  ok(worst_noise < 2e-3, "noise at the best scale of a part (within %.1e)", worst_noise);
  ok(worst_scale < 1e-3, "that is its noise at the scale said (within %.1e)", worst_scale);
}

int main(void)
{
  arena = qy_arena_new();
  test_table();
  test_between();
  test_alike();
  test_refused();
  test_limits();
  test_parts();
  test_choice();
  test_sampled();
  test_wide_spread();
  test_ties();
  test_shares();
  test_given();
  test_layer_scales();
  qy_arena_free(arena);
  return done();
}
