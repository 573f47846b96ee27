/* A library at another supply voltage: the laws are in tech.h.
 *
 * Only the NAND2 scale changes: the ratios of other cells to it are taken as independent of the voltage, which holds as
 * long as all cells use one threshold.  Validity: the range that the library states, above the threshold.
 */
#include "quarry/tech.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* ln of a quantity at v over that at v0; the other numbers are those of the law, in the order of law_paths. */
typedef struct law {
  double threshold_v, alpha, leakage_slope_v, energy_exponent;
} law;
enum { LAW_CONSTANTS = sizeof(law) / sizeof(double) };
static const char *const law_paths[LAW_CONSTANTS] = {"voltage_law.threshold", "voltage_law.alpha",
                                                     "voltage_law.leakage_slope", "voltage_law.energy_exponent"};

static double log_delay(const law *l, double v, double v0)
{
  return log(v / v0) + l->alpha * log((v0 - l->threshold_v) / (v - l->threshold_v));
}

static double log_energy(const law *l, double v, double v0)
{
  return l->energy_exponent * log(v / v0);
}

static double log_leakage(const law *l, double v, double v0)
{
  return log(v / v0) + (v - v0) / l->leakage_slope_v;
}

static const struct {
  const char *path;
  double (*log_factor)(const law *l, double v, double v0);
} scaled[] = {{"nand2.delay", log_delay}, {"nand2.energy", log_energy}, {"nand2.leakage", log_leakage}};
enum { SCALED = sizeof scaled / sizeof *scaled };

/* Standard deviation of the logarithm of the factor: constants of the law in quadrature, each at its worse end. */
static double law_sd(const qy_tech *t, int which, const law *centre, double v, double v0)
{
  const double at_value = scaled[which].log_factor(centre, v, v0), q = gsl_cdf_ugaussian_Pinv(0.95);
  double variance = 0;
  for (int k = 0; k < LAW_CONSTANTS; k++) {
    const qy_constant *c = qy_tech_constant(t, law_paths[k]);
    if (!c) continue;
    double number[LAW_CONSTANTS], change = 0;
    for (int end = 0; end < 2; end++) {
      law moved;
      memcpy(number, centre, sizeof number);
      number[k] = end ? c->high : c->low;
      memcpy(&moved, number, sizeof moved);
      change = fmax(change, fabs(scaled[which].log_factor(&moved, v, v0) - at_value));
    }
    variance += change * change / (q * q);
  }
  return sqrt(variance);
}

/* Multiply a constant by its factor; widen both halves of its interval (see qy_constant_at: a bound of 0 stays). */
static void scale(qy_constant *c, double factor, double sd)
{
  const double q = gsl_cdf_ugaussian_Pinv(0.95);
  const double below = c->low > 0 ? log(c->value / c->low) / q : 0,
               above = c->value > 0 ? log(c->high / c->value) / q : 0;
  const bool positive = c->low > 0;
  c->value *= factor;
  c->low = positive ? c->value * exp(-q * hypot(below, sd)) : c->low * factor;
  c->high = c->value > 0 ? c->value * exp(q * hypot(above, sd)) : c->high * factor;
}

/* A calibrated constant is drawn from the covariance: the law's variance goes there, too. */
static qy_status widen_covariance(qy_tech *t, const double sd[SCALED], qy_arena *arena, qy_error *err)
{
  struct qy_tech_covariance *c = &t->covariance;
  const size_t n = c->count;
  if (n == 0) return QY_OK;
  double *matrix = qy_arena_alloc(arena, n * n, sizeof *matrix);
  if (!matrix) return qy_no_memory(err);
  memcpy(matrix, c->matrix, n * n * sizeof *matrix);
  for (size_t i = 0; i < n; i++)
    for (int k = 0; k < SCALED; k++)
      if (strcmp(c->path[i], scaled[k].path) == 0) matrix[i * n + i] += sd[k] * sd[k];
  c->matrix = matrix;
  return QY_OK;
}

qy_status qy_tech_at_voltage(qy_tech **out, const qy_tech *tech, double voltage_v, qy_arena *arena, qy_error *err)
{
  assert(out && tech && arena);
  qy_tech *t;
  double from = tech->voltage_v, sd[SCALED];
  bool same = voltage_v == from;
  *out = NULL;
  if (!same && !(tech->voltage_high_v > 0))
    return qy_fail(err, QY_BAD_INPUT, "library \"%s\" states no voltage range: expected its own %g V, found %g V",
                   tech->name, from, voltage_v);
  if (!same && !(voltage_v >= tech->voltage_low_v && voltage_v <= tech->voltage_high_v))
    return qy_fail(err, QY_BAD_INPUT, "library \"%s\": expected a voltage from %g to %g V, found %g V", tech->name,
                   tech->voltage_low_v, tech->voltage_high_v, voltage_v);
  qy_status status = qy_tech_copy(&t, tech, arena, err);
  if (status != QY_OK || same) {
    *out = status == QY_OK ? t : NULL;
    return status;
  }
  const law centre = {tech->threshold_v, tech->alpha, tech->leakage_slope_v, tech->energy_exponent};
  for (int k = 0; k < SCALED; k++) {
    sd[k] = law_sd(tech, k, &centre, voltage_v, from);
    for (size_t i = 0; i < t->entry_count; i++) {
      if (strcmp(t->entry[i].path, scaled[k].path) != 0) continue;
      qy_constant *c = &t->entry[i].constant;
      scale(c, exp(scaled[k].log_factor(&centre, voltage_v, from)), sd[k]);
      /* what was calibrated stays so: no figure behind it may validate it */
      if (c->status != QY_CALIBRATED) c->status = QY_DERIVED;
      c->source = qy_arena_format(arena, "scaled from %g V by the library's voltage law; there: %s", from, c->source);
      if (!c->source) return qy_no_memory(err);
    }
  }
  if ((status = widen_covariance(t, sd, arena, err))) return status;
  t->voltage_v = voltage_v;
  t->name = qy_arena_format(arena, "%s@%gV", tech->name, voltage_v);
  if (!t->name) return qy_no_memory(err);
  qy_tech_resolve(t);
  status = qy_tech_render(t, arena, err);
  if (status == QY_OK) *out = t;
  return status;
}

size_t qy_tech_base_length(const char *name)
{
  assert(name);
  const size_t length = strlen(name);
  const char *at = strrchr(name, '@');
  if (!at || at == name || strspn(at + 1, "0123456789.e+-") + 2 != strlen(at) || name[length - 1] != 'V') return length;
  return (size_t)(at - name);
}

bool qy_tech_is_base(const char *name, const char *base)
{
  assert(name && base);
  const size_t length = qy_tech_base_length(name);
  return strlen(base) == length && strncmp(name, base, length) == 0;
}

qy_status qy_tech_sram_at(qy_tech **out, const qy_tech *tech, double voltage_v, qy_arena *arena, qy_error *err)
{
  assert(out && tech && arena);
  qy_tech *t;
  *out = NULL;
  if (!tech->sram_node)
    return qy_fail(err, QY_BAD_INPUT, "library %s: expected an SRAM node, found none: no SRAM to supply", tech->name);
  if (!(voltage_v > 0) || !isfinite(voltage_v))
    return qy_fail(err, QY_BAD_INPUT, "library %s: expected an SRAM supply above 0 V, found %g V", tech->name,
                   voltage_v);
  qy_status status = qy_tech_copy(&t, tech, arena, err);
  if (status) return status;
  t->sram_voltage_v = voltage_v;
  status = qy_tech_render(t, arena, err);
  if (!status) *out = t;
  return status;
}
