/* SQNR by integration against random numbers pushed through the coder: every format on four distributions at its best
 * scale, on two of them at 1.4 of it too.  2 * 10^6 numbers agree within 0.04 dB; BLOCKS=1000 (tests/slow/sqnr.sh):
 * 10^7 within 0.02 dB; with sanitizers 5 * 10^5 within 0.1 dB.
 *
 * The numbers are stratified: one uniform draw (GSL taus2) in each of as many equal slices of the distribution
 * function. Plain draws would not do: at the best scale of 8-bit fixed point on a Gaussian only 90 of 10^6 numbers are
 * clipped and make a tenth of the noise, so 10^7 plain draws scatter by 0.04 dB.  The generalised Gaussian has no
 * closed quantiles; it takes Laplacian numbers weighted by the ratio of the densities. */
#include "formats.h"
#include "quarry/sqnr.h"
#include "tap.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
enum { USUAL_BLOCKS = 50 };
static const double usual_db = 0.1;
#else
enum { USUAL_BLOCKS = 200 };
static const double usual_db = 0.04;
#endif

enum { BLOCK = 10000, SIGNALS = 4 };

#define SHAPE 1.5

static const struct {
  qy_signal_kind kind;
  double shape;
} signals[SIGNALS] = {
    {QY_SIGNAL_GAUSSIAN, 0}, {QY_SIGNAL_LAPLACIAN, 0}, {QY_SIGNAL_GENERALIZED, SHAPE}, {QY_SIGNAL_UNIFORM, 0}};

/* The number at probability u of the distribution drawn from, and its weight. */
static double draw(int signal, double u, double *weight)
{
  *weight = 1;
  switch (signals[signal].kind) {
  case QY_SIGNAL_GAUSSIAN: return u < 0.5 ? gsl_cdf_ugaussian_Pinv(u) : gsl_cdf_ugaussian_Qinv(1 - u);
  case QY_SIGNAL_LAPLACIAN: return gsl_cdf_laplace_Pinv(u, M_SQRT1_2);
  case QY_SIGNAL_UNIFORM: return sqrt(3) * (2 * u - 1);
  default: break;
  }
  double a = sqrt(tgamma(1 / SHAPE) / tgamma(3 / SHAPE)), x = gsl_cdf_laplace_Pinv(u, M_SQRT1_2);
  *weight = gsl_ran_exppow_pdf(x, a, SHAPE) / gsl_ran_laplace_pdf(x, M_SQRT1_2);
  return x;
}

typedef struct trial {
  qy_levels *levels;
  double scale, noise;
} trial;

static qy_number with(qy_number_kind kind, int bits, const char *name, int value, const char *name2, int value2)
{
  qy_number n = qy_number_default(kind, bits);
  if (name) qy_number_set(&n, name, value, NULL);
  if (name2) qy_number_set(&n, name2, value2, NULL);
  return n;
}

int main(void)
{
  gsl_set_error_handler_off();
  const char *asked = getenv("BLOCKS");
  const int blocks = asked ? atoi(asked) : USUAL_BLOCKS;
  const double band_db = blocks >= 1000 ? 0.02 : usual_db;
  const qy_number formats[] = {
      with(QY_NUMBER_UNIFORM, 2, NULL, 0, NULL, 0),
      with(QY_NUMBER_UNIFORM, 8, NULL, 0, NULL, 0),
      with(QY_NUMBER_UNIFORM, 4, "midrise", 1, NULL, 0),
      with(QY_NUMBER_AFFINE, 6, "zero_point", 5, "full_range", 1),
      with(QY_NUMBER_POT, 4, NULL, 0, NULL, 0),
      with(QY_NUMBER_DEEPSHIFT, 5, NULL, 0, NULL, 0),
      with(QY_NUMBER_INQ, 5, NULL, 0, NULL, 0),
      with(QY_NUMBER_SEGLOG, 5, "split", 8, NULL, 0),
      with(QY_NUMBER_SEGLOG, 4, "split", 2, "root", QY_ROOT_2),
      with(QY_NUMBER_BRSLOG, 4, "split", 4, "log_rounding", 1),
      with(QY_NUMBER_LIGHTPE, 4, "terms", 1, NULL, 0),
      with(QY_NUMBER_LIGHTPE, 8, NULL, 0, NULL, 0),
      with(QY_NUMBER_SP2, 6, NULL, 0, NULL, 0),
      with(QY_NUMBER_APOT, 5, NULL, 0, NULL, 0),
      with(QY_NUMBER_CODEBOOK, 8, NULL, 0, NULL, 0),
      with(QY_NUMBER_CODEBOOK, 8, "m_bits", 2, "m_odd", 1),
  };
  enum { FORMATS = sizeof formats / sizeof *formats };
  static double x[BLOCK], q[BLOCK], weight[BLOCK];
  static trial trials[FORMATS][2];
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  qy_arena *arena = qy_arena_new();
  double worst = 0;
  gsl_rng_set(rng, 20240607);
  for (int s = 0; s < SIGNALS; s++) {
    qy_signal signal;
    double power = 0;
    int scales = s < 2 ? 2 : 1;
    if (qy_signal_make(&signal, signals[s].kind, signals[s].shape, NULL) != QY_OK) return 1;
    for (int f = 0; f < FORMATS; f++) {
      qy_best best;
      qy_levels *levels;
      if (qy_levels_build(&levels, &formats[f], arena, NULL) != QY_OK) return 1;
      if (qy_best_scale(&best, levels, &signal, NULL) != QY_OK) return 1;
      trials[f][0] = (trial){levels, best.scale, 0};
      trials[f][1] = (trial){levels, best.scale * 1.4, 0};
    }
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < BLOCK; i++) {
        double slice = (double)block * BLOCK + i;
        x[i] = draw(s, (slice + gsl_rng_uniform_pos(rng)) / ((double)BLOCK * blocks), &weight[i]);
        power += weight[i] * x[i] * x[i];
      }
      for (int f = 0; f < scales * FORMATS; f++) {
        trial *t = &trials[f / scales][f % scales];
        double sum = 0;
        qy_quantize(t->levels, t->scale, x, BLOCK, q);
        for (int i = 0; i < BLOCK; i++)
          sum += weight[i] * (x[i] - q[i]) * (x[i] - q[i]);
        t->noise += sum;
      }
    }
    near_abs(power / ((double)BLOCK * blocks), 1, 0.001, "the numbers have variance 1");
    for (int f = 0; f < FORMATS; f++)
      for (int k = 0; k < scales; k++) {
        const trial *t = &trials[f][k];
        char text[128], what[256];
        double measured = -10 * log10(t->noise / ((double)BLOCK * blocks));
        snprintf(what, sizeof what, "%s on %s at %s scale: %.3f dB", describe(&formats[f], text, sizeof text),
                 qy_signal_name(signal.kind), k ? "1.4 of best" : "best", measured);
        double integrated = qy_sqnr_db(t->levels, t->scale, &signal);
        worst = fmax(worst, fabs(integrated - measured));
        near_abs(integrated, measured, band_db, what);
      }
  }
  printf("# largest difference %.4f dB\n", worst);
  gsl_rng_free(rng);
  qy_arena_free(arena);
  return done();
}
