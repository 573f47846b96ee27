/* The SQNR of SegLog against the split R: a reference table computed from 8000 random numbers (nearest value, zero
 * included, full scale optimised).
 *
 * 8000 numbers scatter: over repeated draws a cell moves by 0.05 dB (fine codes) to 0.3 dB (coarse codes, Laplacian)
 * standard deviation, so the table is not the SQNR of the distributions but of its own numbers.  Those were found by
 * trying: Python's generator (MT19937, random.seed(1)), 8000 times random.gauss, then 8000 Laplacian numbers by
 * inversion, and full scales 1.12^k (variance 1): all 24 cells agree to the printed digits.  Tested are
 *   the cells on those numbers and that grid of scales, to 0.006 dB,
 *   the cells on those numbers at the best scale of the library, to 0.1 dB (a grid of 12 % loses up to 0.07 dB),
 *   the exact integrals: within three standard deviations of the scatter that is measured here.
 */
#include "quarry/sqnr.h"
#include "tap.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

enum { NUMBERS = 8000, SPLITS_MAX = 8, DRAWS = 24 };

static const struct {
  qy_signal_kind kind;
  int bits, splits;
  double sqnr_db[SPLITS_MAX]; /* R = 0, 2, 4, ... */
} table[] = {
    {QY_SIGNAL_GAUSSIAN, 4, 4, {14.37, 17.08, 19.22, 19.13}},
    {QY_SIGNAL_LAPLACIAN, 4, 4, {14.23, 15.37, 17.04, 16.25}},
    {QY_SIGNAL_GAUSSIAN, 5, 8, {14.39, 17.09, 19.30, 19.97, 20.18, 20.21, 20.21, 20.21}},
    {QY_SIGNAL_LAPLACIAN, 5, 8, {14.24, 15.39, 17.42, 19.01, 19.91, 20.12, 20.15, 20.15}},
};
enum { ROWS = sizeof table / sizeof *table };

/* MT19937 seeded by an array of one word, 53-bit doubles in [0, 1): Matsumoto & Nishimura, as Python's random. */
typedef struct twister {
  uint32_t word[624];
  int next;
} twister;

static void twister_seed(twister *t, uint32_t key)
{
  uint32_t *w = t->word;
  w[0] = 19650218U;
  for (uint32_t i = 1; i < 624; i++)
    w[i] = 1812433253U * (w[i - 1] ^ w[i - 1] >> 30) + i;
  uint32_t i = 1;
  for (int k = 0; k < 624; k++) {
    w[i] = (w[i] ^ (w[i - 1] ^ w[i - 1] >> 30) * 1664525U) + key;
    if (++i == 624) {
      w[0] = w[623];
      i = 1;
    }
  }
  for (int k = 0; k < 623; k++) {
    w[i] = (w[i] ^ (w[i - 1] ^ w[i - 1] >> 30) * 1566083941U) - i;
    if (++i == 624) {
      w[0] = w[623];
      i = 1;
    }
  }
  w[0] = 0x80000000U;
  t->next = 624;
}

static uint32_t twister_word(twister *t)
{
  if (t->next == 624) {
    for (int i = 0; i < 624; i++) {
      uint32_t y = (t->word[i] & 0x80000000U) | (t->word[(i + 1) % 624] & 0x7fffffffU);
      t->word[i] = t->word[(i + 397) % 624] ^ y >> 1 ^ (y & 1U ? 0x9908b0dfU : 0);
    }
    t->next = 0;
  }
  uint32_t y = t->word[t->next++];
  y ^= y >> 11;
  y ^= y << 7 & 0x9d2c5680U;
  y ^= y << 15 & 0xefc60000U;
  return y ^ y >> 18;
}

static double twister_double(twister *t)
{
  uint32_t a = twister_word(t) >> 5, b = twister_word(t) >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}

static double best_db(const qy_signal *signal, int bits, int split)
{
  qy_number n = qy_number_default(QY_NUMBER_SEGLOG, bits);
  qy_best best;
  n.split = split;
  return qy_best_format(&best, &n, signal, NULL) == QY_OK ? best.sqnr_db : NAN;
}

/* The best of the scales unit * 1.12^k. */
static double grid_db(const qy_signal *signal, double unit, int bits, int split, qy_arena *arena)
{
  qy_number n = qy_number_default(QY_NUMBER_SEGLOG, bits);
  qy_levels *levels;
  double db = -INFINITY;
  n.split = split;
  if (qy_levels_build(&levels, &n, arena, NULL) != QY_OK) return NAN;
  for (int k = 0; k < 30; k++)
    db = fmax(db, qy_sqnr_db(levels, unit * pow(1.12, k), signal));
  return db;
}

int main(void)
{
  gsl_set_error_handler_off();
  qy_arena *arena = qy_arena_new();
  static double gauss[NUMBERS], laplace[NUMBERS];
  twister t;
  twister_seed(&t, 1);
  near_abs(twister_double(&t), 0.13436424411240122, 0, "the first number after random.seed(1)");
  twister_seed(&t, 1);
  for (int i = 0; i < NUMBERS; i += 2) { /* random.gauss: Box-Muller, cosine first */
    double angle = twister_double(&t) * 2 * M_PI, radius = sqrt(-2 * log(1 - twister_double(&t)));
    gauss[i] = cos(angle) * radius;
    gauss[i + 1] = sin(angle) * radius;
  }
  for (int i = 0; i < NUMBERS; i++) {
    double u = twister_double(&t) - 0.5;
    laplace[i] = -copysign(log(1 - 2 * fabs(u)), u); /* variance 2 */
  }

  qy_signal on_numbers[2], exact[2];
  if (qy_signal_from_array(&on_numbers[0], gauss, NUMBERS, arena, NULL) != QY_OK) return 1;
  if (qy_signal_from_array(&on_numbers[1], laplace, NUMBERS, arena, NULL) != QY_OK) return 1;
  for (int k = 0; k < 2; k++)
    if (qy_signal_make(&exact[k], k ? QY_SIGNAL_LAPLACIAN : QY_SIGNAL_GAUSSIAN, 0, NULL) != QY_OK) return 1;

  double worst = 0, worst_exact = 0;
  char what[128];
  for (int r = 0; r < ROWS; r++) {
    int which = table[r].kind == QY_SIGNAL_LAPLACIAN, best_split = 0, best_split_table = 0;
    double best = 0;
    for (int k = 0; k < table[r].splits; k++) {
      double db = best_db(&on_numbers[which], table[r].bits, 2 * k);
      double on_grid = grid_db(&on_numbers[which], which ? M_SQRT2 : 1, table[r].bits, 2 * k, arena);
      snprintf(what, sizeof what, "%s, %d bits, R = %d, the table's numbers and scales", qy_signal_name(table[r].kind),
               table[r].bits, 2 * k);
      near_abs(on_grid, table[r].sqnr_db[k], 0.006, what);
      worst = fmax(worst, fabs(db - table[r].sqnr_db[k]));
      snprintf(what, sizeof what, "%s, %d bits, R = %d, the table's numbers, best scale", qy_signal_name(table[r].kind),
               table[r].bits, 2 * k);
      near_abs(db, table[r].sqnr_db[k], 0.1, what);
      if (db > best + 0.005) best = db, best_split = 2 * k;
      if (table[r].sqnr_db[k] > table[r].sqnr_db[best_split_table / 2]) best_split_table = 2 * k;
    }
    is_int(best_split, best_split_table, "the table's best R");
  }
  printf("# largest difference on the table's numbers %.3f dB\n", worst);

  /* The scatter of 8000 numbers, and the exact integrals inside it. */
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  gsl_rng_set(rng, 11);
  static double sum[ROWS][SPLITS_MAX], sum2[ROWS][SPLITS_MAX], x[NUMBERS];
  for (int d = 0; d < DRAWS; d++)
    for (int which = 0; which < 2; which++) {
      qy_signal drawn;
      for (int i = 0; i < NUMBERS; i++)
        x[i] = which ? gsl_ran_laplace(rng, 1) : gsl_ran_gaussian_ziggurat(rng, 1);
      qy_arena_reset(arena);
      if (qy_signal_from_array(&drawn, x, NUMBERS, arena, NULL) != QY_OK) return 1;
      for (int r = which; r < ROWS; r += 2)
        for (int k = 0; k < table[r].splits; k++) {
          double db = best_db(&drawn, table[r].bits, 2 * k);
          sum[r][k] += db;
          sum2[r][k] += db * db;
        }
    }
  for (int r = 0; r < ROWS; r++)
    for (int k = 0; k < table[r].splits; k++) {
      double mean = sum[r][k] / DRAWS, deviation = sqrt((sum2[r][k] / DRAWS - mean * mean) * DRAWS / (DRAWS - 1));
      double db = best_db(&exact[r % 2], table[r].bits, 2 * k);
      worst_exact = fmax(worst_exact, fabs(db - table[r].sqnr_db[k]));
      snprintf(what, sizeof what, "%s, %d bits, R = %d: exact %.2f dB, draws %.2f +- %.2f, table %.2f",
               qy_signal_name(table[r].kind), table[r].bits, 2 * k, db, mean, deviation, table[r].sqnr_db[k]);
      /* An optimised scale fits its own numbers a little: draws lie above the integral by up to one deviation or so. */
      ok(fabs(db - mean) <= 3 * deviation && fabs(table[r].sqnr_db[k] - mean) <= 3.5 * deviation, "%s", what);
    }
  printf("# largest difference between the table and the exact integrals %.3f dB\n", worst_exact);
  gsl_rng_free(rng);
  qy_arena_free(arena);
  return done();
}
