/* Noise of quantized activations: against the levels of the number formats, an integral, and measured tensors. */
#include "quarry/csv.h"
#include "quarry/sqnr.h"
#include "tap.h"

#include <stdlib.h>

enum { LIBRARY_BITS = 16 };

static double db_of(double noise)
{
  return -10 * log10(noise);
}

/* Half of a Laplacian in 2^b codes from 0 up is a Laplacian in 2^(b+1) - 1 codes around 0. */
static void against_formats(void)
{
  double worst = 0;
  for (int bits = 1; bits < LIBRARY_BITS; bits++) {
    qy_error err = {0};
    qy_signal signal;
    qy_best best;
    const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, bits + 1);
    qy_signal_make(&signal, QY_SIGNAL_LAPLACIAN, 0, &err);
    if (qy_best_format(&best, &number, &signal, &err)) worst = INFINITY;
    worst = fmax(worst, fabs(best.sqnr_db - db_of(qy_activation_noise(bits))));
  }
  ok(worst < 1e-4, "1 to 15 bits: symmetric codes of one more bit on a Laplacian (%.1e dB)", worst);
}

/* 4 bits: e^-x by the midpoint rule, the step by trying many. */
static void against_integral(void)
{
  enum { STEPS = 15, POINTS = 40000 };
  const double h = 1e-3;
  double least = INFINITY;
  for (double step = 0.1; step < 1; step += 0.01) {
    double noise = 0, power = 0;
    for (int i = 0; i < POINTS; i++) {
      const double x = (i + 0.5) * h, level = fmin(STEPS, floor(x / step + 0.5)), off = x - level * step;
      noise += off * off * exp(-x);
      power += x * x * exp(-x);
    }
    least = fmin(least, noise / power);
  }
  near_rel(qy_activation_noise(4), least, 1e-3, "4 bits: the integral at the best of many steps");
}

static void falls(void)
{
  bool falling = true;
  for (int bits = 2; bits <= 32; bits++) {
    const double less = db_of(qy_activation_noise(bits)) - db_of(qy_activation_noise(bits - 1));
    falling = falling && less > 4.5 && less < 6.0206;
  }
  ok(falling, "each bit from 2 to 32 brings between 4.5 and 6.02 dB");
}

/* What sqnr.h says about measured tensors: right at 4 bits, too low at more. */
static void against_tensors(void)
{
  static const int widths[] = {4, 6, 8};
  static const double low[] = {-1, -4, -6}, high[] = {1, -1, -3};
  static const char *const networks[] = {"mlperf_tiny_resnet8_cifar10", "mlperf_tiny_vww_mobilenet_v1_0.25_96"};
  static const char *const names[] = {"network", "what", "bits", "tensor_sqnr_db"};
  for (int n = 0; n < 2; n++)
    for (int k = 0; k < 3; k++) {
      qy_csv csv;
      qy_error err = {0};
      int at[4], rows = 0;
      bool more = true;
      double sum = 0;
      qy_arena *arena = qy_arena_new();
      qy_status status = qy_csv_open(&csv, "db/sensitivity/mlperf_tiny.csv", arena, &err);
      if (!status) status = qy_csv_columns(&csv, names, 4, at, &err);
      while (!status && (status = qy_csv_next(&csv, &more, &err)) == QY_OK && more) {
        if (strcmp(csv.field[at[0]], networks[n]) || strcmp(csv.field[at[1]], "activation")) continue;
        if (atoi(csv.field[at[2]]) != widths[k]) continue;
        sum += db_of(qy_activation_noise(widths[k])) - strtod(csv.field[at[3]], NULL);
        rows++;
      }
      const double mean = sum / rows;
      ok(rows > 0 && mean > low[k] && mean < high[k], "%s, %d bits: %.1f dB off the mean of %d measured tensors",
         networks[n], widths[k], mean, rows);
      qy_arena_free(arena);
    }
}

int main(void)
{
  against_formats();
  against_integral();
  falls();
  against_tensors();
  return done();
}
