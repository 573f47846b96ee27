/* SQNR against adaptive quadrature, closed forms, Max's table, direct sums and brute-force scans; readers of weights.
 */
#include "files.h"
#include "formats.h"
#include "quarry/sqnr.h"
#include "tap.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>
#include <unistd.h>

/* --- integrals by GSL's doubly adaptive quadrature, interval by interval, on x itself --- */

typedef struct integrand {
  double shape, alpha, level;
} integrand;

static double squared_error(double x, void *context)
{
  const integrand *f = context;
  return (x - f->level) * (x - f->level) * gsl_ran_exppow_pdf(x, f->alpha, f->shape);
}

static double quadrature(const qy_levels *levels, double scale, double shape)
{
  gsl_integration_cquad_workspace *work = gsl_integration_cquad_workspace_alloc(200);
  integrand f = {.shape = shape, .alpha = sqrt(tgamma(1 / shape) / tgamma(3 / shape))};
  gsl_function g = {.function = squared_error, .params = &f};
  /* exp(-60) is 1e-26. */
  double end = f.alpha * pow(60, 1 / shape), sum = 0, low = -end;
  for (size_t i = 0; i < levels->count; i++) {
    double high = i + 1 < levels->count ? scale * levels->threshold[i] : end;
    f.level = scale * levels->value[i];
    high = fmin(fmax(high, -end), end);
    /* The cusp at 0 and long tails get cuts of their own. */
    double cut[] = {low,
                    fmin(fmax(-2, low), high),
                    fmin(fmax(-0.01, low), high),
                    fmin(fmax(0, low), high),
                    fmin(fmax(0.01, low), high),
                    fmin(fmax(2, low), high),
                    high};
    for (size_t k = 0; k + 1 < sizeof cut / sizeof *cut; k++) {
      double part, error;
      size_t evaluations;
      if (cut[k + 1] <= cut[k]) continue;
      if (gsl_integration_cquad(&g, cut[k], cut[k + 1], 0, 1e-10, work, &part, &error, &evaluations) == GSL_SUCCESS)
        sum += part;
      else
        sum = NAN;
    }
    low = high;
  }
  gsl_integration_cquad_workspace_free(work);
  return sum;
}

static void integrals(qy_arena *arena)
{
  static const double shapes[] = {0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10};
  qy_number n[8];
  int count = 0;
  n[count++] = qy_number_default(QY_NUMBER_UNIFORM, 2);
  n[count++] = qy_number_default(QY_NUMBER_UNIFORM, 10);
  n[count] = qy_number_default(QY_NUMBER_UNIFORM, 5);
  n[count++].midrise = 1;
  n[count] = qy_number_default(QY_NUMBER_AFFINE, 6);
  n[count++].zero_point = -9;
  n[count++] = qy_number_default(QY_NUMBER_SEGLOG, 6);
  n[count++] = qy_number_default(QY_NUMBER_DEEPSHIFT, 6); /* levels down to 2^-30 */
  n[count++] = qy_number_default(QY_NUMBER_CODEBOOK, 10);
  n[count++] = qy_number_default(QY_NUMBER_SP2, 9);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    qy_signal signal;
    double worst = 0;
    qy_signal_make(&signal, QY_SIGNAL_GENERALIZED, shapes[s], NULL);
    if (shapes[s] == 1) qy_signal_make(&signal, QY_SIGNAL_LAPLACIAN, 0, NULL);
    if (shapes[s] == 2) qy_signal_make(&signal, QY_SIGNAL_GAUSSIAN, 0, NULL);
    for (int f = 0; f < count; f++) {
      qy_levels *levels;
      qy_arena_reset(arena);
      qy_levels_build(&levels, &n[f], arena, NULL);
      for (double scale = 0.3; scale < 30; scale *= 3.1) {
        double expected = quadrature(levels, scale, shapes[s]), got = qy_noise(levels, scale, &signal);
        double error = fabs(got - expected) / expected;
        if (!(error <= worst)) worst = error;
      }
    }
    ok(worst < 1e-9, "noise equals adaptive quadrature within 1e-9, shape %g (worst %.1e)", shapes[s], worst);
  }
  qy_signal gaussian, laplacian, two, one;
  qy_levels *levels;
  qy_signal_make(&gaussian, QY_SIGNAL_GAUSSIAN, 0, NULL);
  qy_signal_make(&two, QY_SIGNAL_GENERALIZED, 2, NULL);
  qy_signal_make(&laplacian, QY_SIGNAL_LAPLACIAN, 0, NULL);
  qy_signal_make(&one, QY_SIGNAL_GENERALIZED, 1, NULL);
  n[0] = qy_number_default(QY_NUMBER_UNIFORM, 16);
  qy_levels_build(&levels, &n[0], arena, NULL);
  /* Fine steps: D = step^2 / 12 inside, and at 12 rms no Gaussian tail to speak of. */
  near_rel(qy_noise(levels, 12, &gaussian), pow(12.0 / 32767, 2) / 12, 1e-9, "16 bits on a Gaussian: step^2 / 12");
  near_rel(qy_noise(levels, 12, &two), pow(12.0 / 32767, 2) / 12, 1e-9, "the same as shape 2");
  double step = 60.0 / 32767;
  near_rel(qy_noise(levels, 60, &laplacian), step * step / 12, 1e-6, "16 bits on a Laplacian at 60 rms: step^2 / 12");
}

static void closed_forms(qy_arena *arena)
{
  qy_signal flat, gaussian;
  qy_best best;
  qy_signal_make(&flat, QY_SIGNAL_UNIFORM, 0, NULL);
  qy_signal_make(&gaussian, QY_SIGNAL_GAUSSIAN, 0, NULL);
  for (int bits = 2; bits <= 12; bits += 2) {
    qy_number n = qy_number_default(QY_NUMBER_UNIFORM, bits);
    qy_best_format(&best, &n, &flat, NULL);
    near_abs(best.sqnr_db, 20 * log10(exp2(bits) - 1), 1e-6, "2^b - 1 equal steps on a uniform density");
    n.midrise = 1;
    qy_best_format(&best, &n, &flat, NULL);
    near_abs(best.sqnr_db, 20 * log10(2) * bits, 1e-6, "2^b equal steps on a uniform density: 6.02 b dB");
  }
  /* J. Max, IRE Trans. Inf. Theory 6 (1960), table of equally spaced output levels: step and mean squared error. */
  static const struct {
    int bits;
    double step, error, digit;
  } max[] = {
      {2, 0.9957, 0.1188, 5e-5}, {3, 0.5860, 0.03744, 5e-6}, {4, 0.3352, 0.01154, 5e-6}, {5, 0.1881, 0.003495, 5e-7}};
  for (size_t i = 0; i < sizeof max / sizeof *max; i++) {
    qy_number n = qy_number_default(QY_NUMBER_UNIFORM, max[i].bits);
    n.midrise = 1;
    qy_best_format(&best, &n, &gaussian, NULL);
    near_abs(2 * best.scale / (exp2(max[i].bits) - 1), max[i].step, 1e-4, "Max's best equal step, Gaussian");
    near_abs(pow(10, -best.sqnr_db / 10), max[i].error, max[i].digit * 1.01, "Max's error of the best equal step");
  }
  /* One positive and one negative level: E|x| = sqrt(2/pi), noise 1 - 2/pi. */
  qy_number n = qy_number_default(QY_NUMBER_LIGHTPE, 2);
  qy_levels *levels;
  n.terms = 1;
  qy_levels_build(&levels, &n, arena, NULL);
  is_int((int64_t)levels->count, 4, "lightpe of 2 bits: +-1, +-1/2");
  /* A threshold set of its own: levels -1, 0, 1 on a Laplacian, noise in closed form.  For scale c the cut is c/2:
   * D = 1 + 2 (c^2 M0 - 2 c M1), M0 = e/2, M1 = (t + b) e / 2, e = exp(-t/b), t = c/2, b = 1/sqrt(2). */
  qy_signal laplacian;
  qy_signal_make(&laplacian, QY_SIGNAL_LAPLACIAN, 0, NULL);
  n = qy_number_default(QY_NUMBER_UNIFORM, 2);
  qy_levels_build(&levels, &n, arena, NULL);
  for (double c = 0.5; c < 9; c *= 2) {
    double b = M_SQRT1_2, t = c / 2, e = exp(-t / b);
    near_rel(qy_noise(levels, c, &laplacian), 1 + 2 * (c * c * e / 2 - 2 * c * (t + b) * e / 2), 1e-12,
             "three levels on a Laplacian");
  }
}

/* --- given weights --- */

static double direct_noise(const qy_levels *levels, double scale, const double *x, size_t count)
{
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    double best = INFINITY;
    for (size_t k = 0; k < levels->count; k++)
      best = fmin(best, fabs(x[i] - scale * levels->value[k]));
    sum += best * best;
  }
  return sum / (double)count;
}

static void samples(qy_arena *arena)
{
  enum { COUNT = 3000 };
  static double x[COUNT], scaled[COUNT];
  static qy_number formats[2048];
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  for (int i = 0; i < COUNT; i++) {
    x[i] = 0.05 * gsl_ran_laplace(rng, 1) + (i % 100 == 0 ? 0.1 : 0);
    scaled[i] = 37.5 * x[i];
  }
  qy_signal signal, other;
  is_int(qy_signal_from_array(&signal, x, COUNT, arena, NULL), QY_OK, "weights from an array");
  qy_signal_from_array(&other, scaled, COUNT, arena, NULL);
  qy_arena *scratch = qy_arena_new();
  size_t count = all_formats(formats, 2048, 8), wrong = 0, tried = 0;
  for (size_t f = 0; f < count; f += 5) {
    qy_levels *levels;
    if (formats[f].log_rounding || formats[f].bias) continue;
    qy_arena_reset(scratch);
    qy_levels_build(&levels, &formats[f], scratch, NULL);
    for (double scale = 0.03; scale < 1; scale *= 4, tried++) {
      double expected = direct_noise(levels, scale, x, COUNT);
      if (fabs(qy_noise(levels, scale, &signal) - expected) > 1e-9 * expected) wrong++;
    }
  }
  ok(wrong == 0 && tried > 50, "noise of weights equals the direct sum over weights and levels, %zu cases", tried);

  /* Best scale: no point of a fine scan does better.  Coarse sets have many local minima. */
  static const struct {
    qy_number_kind kind;
    int bits;
  } searched[] = {
      {QY_NUMBER_POT, 3}, {QY_NUMBER_POT, 5}, {QY_NUMBER_SEGLOG, 4}, {QY_NUMBER_SP2, 4}, {QY_NUMBER_UNIFORM, 3}};
  for (size_t s = 0; s < sizeof searched / sizeof *searched; s++)
    for (int distribution = 0; distribution < 3; distribution++) {
      qy_signal on = signal;
      if (distribution) qy_signal_make(&on, distribution == 1 ? QY_SIGNAL_GAUSSIAN : QY_SIGNAL_UNIFORM, 0, NULL);
      qy_number n = qy_number_default(searched[s].kind, searched[s].bits);
      qy_levels *levels;
      qy_best best;
      double least = INFINITY;
      qy_arena_reset(scratch);
      qy_levels_build(&levels, &n, scratch, NULL);
      qy_best_scale(&best, levels, &on, NULL);
      for (int i = 0; i < 8000; i++)
        least = fmin(least, qy_noise(levels, on.rms * 0.1 * pow(1000, i / 7999.0), &on));
      double found = on.rms * on.rms * pow(10, -best.sqnr_db / 10);
      /* On weights the noise jitters where single weights change level: 4e-4 dB. */
      ok(found <= least * (1 + (distribution ? 1e-9 : 1e-4)) && found > 0.9 * least,
         "best scale of %s, %d bits, on %s: %.4f dB", qy_number_table(NULL)[n.kind].name, n.bits,
         qy_signal_name(on.kind), best.sqnr_db);
      if (found > least) printf("# %.2e above the scan\n", found / least - 1);
      near_rel(qy_noise(levels, best.scale, &on), found, 1e-9, "and the noise at that scale is the one reported");
    }
  /* What a search may leave out rests on this: the root of the noise changes by no more than the relative change of
   * the scale, times the rms of what is made of the signal. */
  gsl_rng *pairs = gsl_rng_alloc(gsl_rng_taus2);
  int changed = 0, beyond = 0;
  for (size_t s = 0; s < sizeof searched / sizeof *searched; s++)
    for (int distribution = 0; distribution < 3; distribution++) {
      qy_signal on = signal;
      if (distribution) qy_signal_make(&on, distribution == 1 ? QY_SIGNAL_LAPLACIAN : QY_SIGNAL_UNIFORM, 0, NULL);
      qy_number n = qy_number_default(searched[s].kind, searched[s].bits);
      qy_levels *levels;
      qy_arena_reset(scratch);
      qy_levels_build(&levels, &n, scratch, NULL);
      for (int i = 0; i < 400; i++, changed++) {
        const double from = on.rms * 0.1 * pow(300, gsl_rng_uniform(pairs)), by = 0.5 + gsl_rng_uniform(pairs);
        const double before = sqrt(qy_noise(levels, from, &on)), after = sqrt(qy_noise(levels, from * by, &on));
        beyond += after > (before + fabs(by - 1) * (on.rms + before)) * (1 + 1e-9);
      }
    }
  ok(beyond == 0 && changed == 6000, "noise changes with the scale within its bound, %d random pairs of scales",
     changed);
  gsl_rng_free(pairs);

  /* Best R over a scan of scales and all R. */
  for (int bits = 3; bits <= 5; bits++) {
    qy_number n = qy_number_default(QY_NUMBER_BRSLOG, bits);
    qy_best best, again;
    double least = INFINITY;
    int split = -1;
    for (int r = 0; r <= (1 << (bits - 1)) - 2; r += 2) {
      qy_levels *levels;
      n.split = r;
      qy_levels_build(&levels, &n, scratch, NULL);
      for (int i = 0; i < 3000; i++) {
        double noise = direct_noise(levels, signal.rms * 0.5 * pow(40, i / 2999.0), x, 200);
        if (noise < least) least = noise, split = r;
      }
    }
    qy_signal few;
    qy_signal_from_array(&few, x, 200, arena, NULL);
    qy_best_format(&best, &n, &few, NULL);
    is_int(best.number.split, split, "brslog takes the R of an exhaustive search");
    ok(best.sqnr_db >= 10 * log10(few.rms * few.rms / least) - 1e-6, "with its SQNR or a little more");
    qy_best_format(&best, &n, &signal, NULL);
    qy_best_format(&again, &n, &other, NULL);
    near_abs(again.sqnr_db, best.sqnr_db, 1e-5, "weights 37.5 times larger: the same SQNR");
    near_rel(again.scale, 37.5 * best.scale, 1e-3, "and 37.5 times the scale");
  }
  /* Weights on the levels of the largest R. */
  double fine[7];
  qy_signal on_levels;
  qy_best exact_split;
  qy_number four = qy_number_default(QY_NUMBER_BRSLOG, 4);
  for (int c = 0; c < 7; c++)
    fine[c] = 3 * exp2(-c / 2.0);
  qy_signal_from_array(&on_levels, fine, 7, arena, NULL);
  qy_best_format(&exact_split, &four, &on_levels, NULL);
  is_int(exact_split.number.split, 6, "weights in steps of sqrt(2): the largest R");
  ok(exact_split.sqnr_db > 90, "and next to no noise: %.0f dB", exact_split.sqnr_db);
  near_rel(exact_split.scale, 3, 1e-5, "at the scale they were made with");
  /* Layers choose on their own. */
  qy_signal layers[2] = {signal, signal};
  qy_best best[2];
  qy_number n = qy_number_default(QY_NUMBER_BRSLOG, 4);
  qy_signal_make(&layers[1], QY_SIGNAL_UNIFORM, 0, NULL);
  is_int(qy_best_layers(best, &n, layers, 2, NULL), QY_OK, "two layers");
  for (int i = 0; i < 2; i++) {
    qy_best alone = {.scale = NAN};
    qy_best_format(&alone, &n, &layers[i], NULL);
    ok(best[i].scale == alone.scale && best[i].number.split == alone.number.split && best[i].sqnr_db == alone.sqnr_db,
       "layer %d is as it is alone", i);
  }
  double db[2] = {best[0].sqnr_db, best[1].sqnr_db};
  near_abs(qy_sqnr_network_db(db, 2), -10 * log10(pow(10, -db[0] / 10) + pow(10, -db[1] / 10)), 1e-12, "combined");
  db[0] = db[1] = 30;
  near_abs(qy_sqnr_network_db(db, 2), 30 - 3.0103, 1e-4, "two equal layers lose 3.01 dB");
  db[1] = INFINITY;
  near_abs(qy_sqnr_network_db(db, 2), 30, 1e-12, "a layer without noise adds none");
  ok(isinf(qy_sqnr_network_db(db, 0)), "no layers, no noise");

  /* Ties count as the coder breaks them. */
  double tied[] = {0.5 + 0x1p-16, -0.5 + 0x1p-16, 0.5, 0.5 + 0x1p-16, 1}, coded[5], error = 0;
  qy_levels *biased;
  n = qy_number_default(QY_NUMBER_UNIFORM, 2);
  n.bias = 1;
  qy_levels_build(&biased, &n, scratch, NULL);
  qy_quantize(biased, 1, tied, 5, coded);
  for (int i = 0; i < 5; i++)
    error += (tied[i] - coded[i]) * (tied[i] - coded[i]) / 5;
  ok(coded[0] == 1 && coded[1] == -1 && coded[2] == 0 && coded[3] == 1, "ties of the biased coder");
  qy_signal_from_array(&other, tied, 5, arena, NULL);
  near_rel(qy_noise(biased, 1, &other), error, 1e-14, "noise of weights on the thresholds");

  /* Representable weights. */
  double exact[] = {1, -0.5, 0.25, 0};
  qy_levels *levels;
  n = qy_number_default(QY_NUMBER_POT, 4);
  qy_levels_build(&levels, &n, scratch, NULL);
  qy_signal_from_array(&other, exact, 4, arena, NULL);
  near_abs(qy_noise(levels, 1, &other), 0, 0, "powers of two on pot have no noise");
  ok(isinf(qy_sqnr_db(levels, 1, &other)), "and infinite SQNR");
  qy_arena_free(scratch);
  gsl_rng_free(rng);
}

/* --- readers --- */

/* Few weights: no scale of a dense scan has less noise; of a fifth of the mean |x| to 20 times the largest. */
static void best_of_few(void)
{
  enum { COUNT = 300, STEPS = 12000 };
  static const struct {
    qy_number_kind kind;
    int bits, count;
  } searched[] = {{QY_NUMBER_UNIFORM, 8, 72}, {QY_NUMBER_UNIFORM, 8, 3},  {QY_NUMBER_UNIFORM, 8, COUNT},
                  {QY_NUMBER_UNIFORM, 2, 9},  {QY_NUMBER_UNIFORM, 10, 9}, {QY_NUMBER_AFFINE, 5, 40},
                  {QY_NUMBER_POT, 5, 5},      {QY_NUMBER_SEGLOG, 5, 40},  {QY_NUMBER_SP2, 5, 40},
                  {QY_NUMBER_INQ, 4, 20},     {QY_NUMBER_APOT, 5, 60},    {QY_NUMBER_DEEPSHIFT, 4, 30}};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  qy_arena *arena = qy_arena_new();
  for (size_t s = 0; s < 3 * sizeof searched / sizeof *searched; s++) {
    const size_t f = s / 3, count = (size_t)searched[f].count;
    const qy_number n = qy_number_default(searched[f].kind, searched[f].bits);
    double x[COUNT], mean = 0, least = INFINITY;
    for (size_t i = 0; i < count; i++) { /* bulk, heavy tails, one sign */
      x[i] = s % 3 == 0 ? gsl_ran_gaussian(rng, 1) : gsl_ran_exppow(rng, 1, 0.5);
      if (s % 3 == 2) x[i] = fabs(x[i]);
      mean += fabs(x[i]) / (double)count;
    }
    qy_signal signal;
    qy_levels *levels;
    qy_best best = {.scale = NAN};
    qy_arena_reset(arena);
    qy_signal_from_array(&signal, x, count, arena, NULL);
    qy_levels_build(&levels, &n, arena, NULL);
    ok(qy_best_scale(&best, levels, &signal, NULL) == QY_OK && best.scale > 0, "best scale of %zu weights", count);
    const double low = mean / 5, high = 20 * signal.samples->max_abs;
    for (int i = 0; i < STEPS; i++)
      least = fmin(least, qy_noise(levels, low * pow(high / low, i / (STEPS - 1.0)), &signal));
    const double found = signal.rms * signal.rms * pow(10, -best.sqnr_db / 10);
    ok(found <= least * (1 + 1e-9), "%s, %d bits, %zu weights: %.3g of the noise of %d scales",
       qy_number_table(NULL)[n.kind].name, n.bits, count, found / least, (int)STEPS);
  }
  qy_arena_free(arena);
  gsl_rng_free(rng);
}

/* Affine levels, most of them on one side of zero, where the best full scale is far from that of even sets: distributions
 * against a scan from a fiftieth of the rms to 300 times. */
static void best_off_centre(void)
{
  enum { STEPS = 500 };
  static const qy_signal_kind kinds[] = {QY_SIGNAL_GAUSSIAN, QY_SIGNAL_LAPLACIAN, QY_SIGNAL_UNIFORM};
  qy_arena *arena = qy_arena_new();
  int wrong = 0, asked = 0;
  for (int bits = 2; bits <= 6; bits++)
    for (int part = -6; part <= 6; part++, asked++) {
      const int half = 1 << (bits - 1), zero_point = part * half / 6;
      qy_number n = qy_number_default(QY_NUMBER_AFFINE, bits);
      qy_signal signal;
      qy_levels *levels;
      qy_best best = {.scale = NAN};
      double least = INFINITY;
      n.zero_point = zero_point > 1 - half ? (zero_point < half ? zero_point : half - 1) : 1 - half;
      qy_arena_reset(arena);
      if (qy_levels_build(&levels, &n, arena, NULL) || qy_signal_make(&signal, kinds[asked % 3], 0, NULL) ||
          qy_best_scale(&best, levels, &signal, NULL)) {
        wrong++;
        continue;
      }
      for (int i = 0; i <= STEPS; i++)
        least = fmin(least, qy_noise(levels, 0.02 * pow(300 / 0.02, i / (double)STEPS), &signal));
      const double found = qy_noise(levels, best.scale, &signal);
      if (found <= least * (1 + 1e-6)) continue;
      wrong++;
      printf("# %d bits around %d: %.6g, %.6g found\n", bits, n.zero_point, found, least);
    }
  ok(wrong == 0 && asked == 65, "no scale of %d is better for levels off centre", (int)STEPS);
  qy_arena_free(arena);
}

/* 5000 weights at 8 bits, where the noise jitters most near the best scale. */
static void best_of_thousands(qy_arena *arena)
{
  enum { COUNT = 5000, STEPS = 20000 };
  static double x[COUNT];
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  const qy_number n = qy_number_default(QY_NUMBER_UNIFORM, 8);
  qy_signal signal;
  qy_levels *levels;
  qy_best best = {.scale = NAN};
  double least = INFINITY;
  for (int i = 0; i < COUNT; i++)
    x[i] = gsl_ran_gaussian(rng, 1);
  gsl_rng_free(rng);
  qy_signal_from_array(&signal, x, COUNT, arena, NULL);
  qy_levels_build(&levels, &n, arena, NULL);
  ok(qy_best_scale(&best, levels, &signal, NULL) == QY_OK, "best scale of %d weights", (int)COUNT);
  for (int i = 0; i < STEPS; i++)
    least = fmin(least, qy_noise(levels, 2 + 3 * i / (double)STEPS, &signal));
  ok(best.sqnr_db >= 10 * log10(signal.rms * signal.rms / least) - 1e-9, "no scale of %d is better: %.4f dB",
     (int)STEPS, best.sqnr_db);
}

static void readers(qy_arena *arena)
{
  char folder[] = "/tmp/quarry_weights_XXXXXX", path[64], raw[64], expected[512];
  if (!mkdtemp(folder)) {
    ok(0, "a temporary directory");
    return;
  }
  snprintf(path, sizeof path, "%s/w.csv", folder);
  snprintf(raw, sizeof raw, "%s/w.f32", folder);
  static const struct {
    const char *text, *message; /* after the file name */
  } bad[] = {
      {"1, 2\n3, x4\n", ":2:4: error: expected a finite number, found \"x4\""},
      {"1 nan", ":1:3: error: expected a finite number, found \"nan\""},
      {"1e999\n", ":1:1: error: expected a finite number, found \"1e999\""},
      {"0x10", ":1:1: error: expected a finite number, found \"0x10\""},
      {"1;2\n\n3.5.1", ":3:1: error: expected a finite number, found \"3.5.1\""},
      {"7#8\n 9 1e", ":2:4: error: expected a finite number, found \"1e\""},
      {"a123456789b123456789c123456789d123456789",
       ":1:1: error: expected a finite number, found \"a123456789b123456789c123456789d123456789\""},
      {" a123456789b123456789c123456789d123456789e",
       ":1:2: error: expected a finite number, found \"a123456789b123456789c123456789d123456789\""},
      {"# nothing\n\n", ": error: expected at least one number, found none"},
  };
  qy_signal signal;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    qy_error err = {0};
    char got[512];
    ok(write_bytes(path, bad[i].text, strlen(bad[i].text)), "%s is written", path);
    is_int(qy_signal_read(&signal, path, arena, &err), QY_BAD_INPUT, "bad text is refused");
    snprintf(expected, sizeof expected, "%s%s", path, bad[i].message);
    is_text(qy_diagnostic_format(&err, 0, got, sizeof got), expected, "with position and finding");
  }
  for (size_t more = 1; more < 4; more++) { /* float32 without an end */
    qy_error err = {0};
    char got[512];
    ok(write_bytes(raw, "\0\0\x80\x3f\0\0\0\x40\0\0\0", 8 + more), "%s is written", raw);
    is_int(qy_signal_read(&signal, raw, arena, &err), QY_BAD_INPUT, "a value cut short is refused");
    snprintf(expected, sizeof expected,
             "%s: error: expected float32 values of 4 bytes each, found %zu bytes after value 2", raw, more);
    is_text(qy_diagnostic_format(&err, 0, got, sizeof got), expected, "with how much is left");
  }
  const char *good = "# weights\n1, -2.5;3\t4e-1\r\n 5 # five\n";
  ok(write_bytes(path, good, strlen(good)), "%s is written", path);
  is_int(qy_signal_read(&signal, path, arena, NULL), QY_OK, "numbers, separators and comments");
  is_int((int64_t)signal.samples->count, 5, "five numbers");
  near_rel(signal.rms, sqrt((1 + 6.25 + 9 + 0.16 + 25) / 5), 1e-14, "their rms");
  const char zero[] = "1 2\n3\0 4\n";
  qy_error err = {0};
  ok(write_bytes(path, zero, sizeof zero - 1), "%s is written", path);
  is_int(qy_signal_read(&signal, path, arena, &err), QY_BAD_INPUT, "a NUL byte in text");
  is_int(err.diagnostic[0].line * 100 + err.diagnostic[0].column, 202, "at line 2, column 2");

  const unsigned char floats[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0xc0, 0x7f};
  ok(write_bytes(raw, floats, 8), "%s is written", raw);
  is_int(qy_signal_read(&signal, raw, arena, NULL), QY_OK, "raw float32: 1 and -2");
  ok(signal.samples->count == 2 && signal.samples->x[0] == -2 && signal.samples->x[1] == 1, "little endian, sorted");
  ok(write_bytes(raw, floats, 7), "%s is written", raw);
  qy_error_clear(&err);
  is_int(qy_signal_read(&signal, raw, arena, &err), QY_BAD_INPUT, "7 bytes are no float32 array");
  is_text(err.diagnostic[0].text, "expected float32 values of 4 bytes each, found 3 bytes after value 1", "and say so");
  ok(write_bytes(raw, floats, 12), "%s is written", raw);
  qy_error_clear(&err);
  is_int(qy_signal_read(&signal, raw, arena, &err), QY_BAD_INPUT, "NaN in raw data");
  is_text(err.diagnostic[0].text, "expected finite float32 values, found nan at index 2", "index given");
  ok(write_bytes(raw, "\0\0\0\0", 4), "%s is written", raw);
  is_int(qy_signal_read(&signal, raw, arena, NULL), QY_BAD_INPUT, "all zero weights have no SQNR");
  unlink(path);
  unlink(raw);
  is_int(qy_signal_read(&signal, path, arena, NULL), QY_BAD_INPUT, "a missing file");
  rmdir(folder);
  double bad_array[] = {1, INFINITY};
  is_int(qy_signal_from_array(&signal, bad_array, 2, arena, NULL), QY_BAD_INPUT, "infinite weight");
  is_int(qy_signal_from_array(&signal, bad_array, 0, arena, NULL), QY_BAD_INPUT, "no weights");
  is_int(qy_signal_make(&signal, QY_SIGNAL_GENERALIZED, 0.1, NULL), QY_BAD_INPUT, "shape out of range");
  is_int(qy_signal_find("laplacian"), QY_SIGNAL_LAPLACIAN, "a distribution by name");
  is_int(qy_signal_find("lorentzian"), -1, "an unknown one");
}

static void report(qy_arena *arena)
{
  qy_quantize_report r;
  qy_number n = qy_number_default(QY_NUMBER_BRSLOG, 4);
  is_int(qy_quantize_describe(&r, &n, NULL, 0, arena, NULL), QY_OK, "report of brslog");
  is_int((int64_t)r.signal_count, 5, "five distributions");
  is_int(r.row[0].best.number.split, 4, "R = 4 on the Gaussian");
  near_abs(r.row[0].best.sqnr_db, 18.95, 0.01, "18.95 dB");
  is_int((int64_t)r.levels->count, 15, "15 levels");
  near_abs(r.compression, 8, 0, "compression 8");
  n.bits = 99;
  is_int(qy_quantize_describe(&r, &n, NULL, 0, arena, NULL), QY_BAD_INPUT, "bad bits");
}

int main(void)
{
  gsl_set_error_handler_off();
  qy_arena *arena = qy_arena_new();
  integrals(arena);
  closed_forms(arena);
  samples(arena);
  best_of_few();
  best_off_centre();
  best_of_thousands(arena);
  readers(arena);
  report(arena);
  qy_arena_free(arena);
  return done();
}
