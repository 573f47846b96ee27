/* Draws of a technology library: see draws.h. */
#include "quarry/draws.h"

#include "quarry/random.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Dimensions of GSL's Sobol sequence; those of independent constants come first, a set per stream. */
enum { SOBOL_DIMENSIONS = 40, SOBOL_STREAMS = 3 };

static const char *const independent[] = {"nand2.area",   "nand2.energy", "nand2.leakage",
                                          "nand2.in_cap", "nand2.delay",  "load.wire_cap"};
enum { INDEPENDENT = sizeof independent / sizeof *independent, SHARED_FIRST = SOBOL_STREAMS * INDEPENDENT };

/* What moves the energy, area and leakage of multipliers, adders and registers most. */
static const char *const shared[] = {
    "placement.density", "clock_tree.energy",      "flip_flop.clock_energy", "load.fanout",      "effort.p",
    "cells.fa.area",     "cells.dff.area",         "cells.fa.energy",        "cells.dff.energy", "cells.xor2.energy",
    "cells.mux2.energy", "cells.xor2.area",        "cells.mux2.area",        "cells.fa.leakage", "cells.dff.leakage",
    "glitch.lean.booth", "glitch.lean.multiplier", "glitch.fast.booth",      "effort.k.booth",   "effort.k.multiplier",
    "glitch.lean.mac",   "cells.and2.area"};
enum { SHARED = sizeof shared / sizeof *shared };
_Static_assert(SHARED_FIRST + SHARED <= SOBOL_DIMENSIONS, "every listed constant has a dimension");

/* FNV-1a (Fowler, Noll, Vo) of the name, then mixed with the seed. */
static uint64_t stream_of(uint64_t seed, const char *name)
{
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char *c = name; *c; c++)
    hash = (hash ^ (unsigned char)*c) * 0x100000001B3u;
  uint64_t state = hash ^ (seed * 0xD1342543DE82EF95u);
  qy_random_word(&state);
  return state;
}

static double uniform(uint64_t *state)
{
  return qy_random_open(qy_random_word(state));
}

qy_status qy_draws_normal(double *z, size_t count, uint64_t seed, const char *name, qy_error *err)
{
  assert(z && name);
  uint64_t state = stream_of(seed, name);
  size_t *place = qy_alloc(count, sizeof *place);
  if (!place) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    place[i] = i;
  for (size_t i = count; i > 1; i--) {
    size_t j = (size_t)(uniform(&state) * (double)i), keep = place[i - 1];
    place[i - 1] = place[j];
    place[j] = keep;
  }
  for (size_t i = 0; i < count; i++)
    z[i] = gsl_cdf_ugaussian_Pinv(((double)place[i] + uniform(&state)) / (double)count);
  free(place);
  return QY_OK;
}

qy_status qy_draws_column(double *z, const qy_draws *draws, const char *name, qy_error *err)
{
  assert(z && draws && name);
  if (!draws->key)
    return qy_draws_normal(z, draws->count, stream_of(draws->seed, "draws") + (uint64_t)draws->stream, name, err);
  const uint64_t base = stream_of(draws->seed, name);
  for (size_t k = 0; k < draws->count; k++)
    z[k] = k > 0 && draws->key[k] == draws->key[k - 1]
               ? z[k - 1]
               : gsl_cdf_ugaussian_Pinv(qy_random_open(qy_random_mix(base ^ qy_random_mix(draws->key[k]))));
  return QY_OK;
}

/* normal[dimension * count + k]: Sobol points, each dimension shifted by a random word of its own. */
static qy_status sobol_normals(double *normal, size_t count, uint64_t seed, qy_error *err)
{
  uint32_t shift[SOBOL_DIMENSIONS];
  double point[SOBOL_DIMENSIONS] = {0}; /* GSL leaves out the first point of the sequence, the origin */
  uint64_t state = stream_of(seed, "sobol");
  gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, SOBOL_DIMENSIONS);
  if (!sequence) return qy_no_memory(err);
  for (int d = 0; d < SOBOL_DIMENSIONS; d++)
    shift[d] = (uint32_t)(qy_random_word(&state) >> 32);
  for (size_t k = 0; k < count; k++) {
    if (k > 0) gsl_qrng_get(sequence, point);
    for (int d = 0; d < SOBOL_DIMENSIONS; d++) {
      uint32_t digits = (uint32_t)(point[d] * 0x1p32) ^ shift[d];
      normal[(size_t)d * count + k] = gsl_cdf_ugaussian_Pinv(((double)digits + 0.5) * 0x1p-32);
    }
  }
  gsl_qrng_free(sequence);
  return QY_OK;
}

static int place_in(const char *const *list, int count, const char *path)
{
  for (int i = 0; i < count; i++)
    if (strcmp(list[i], path) == 0) return i;
  return -1;
}

/* z of the constant at `path` for all draws. */
static qy_status constant_normal(double *z, const double *sobol, size_t count, uint64_t seed, int stream,
                                 const char *path, qy_error *err)
{
  int own = place_in(independent, INDEPENDENT, path), common = place_in(shared, SHARED, path), dimension = -1;
  if (own >= 0 && stream < SOBOL_STREAMS) dimension = stream * INDEPENDENT + own;
  if (common >= 0) dimension = SHARED_FIRST + common;
  if (dimension >= 0) {
    memcpy(z, sobol + (size_t)dimension * count, count * sizeof *z);
    return QY_OK;
  }
  char name[128];
  int alone = own >= 0 || strncmp(path, "voltage_law.", 12) == 0 || strncmp(path, "wires.", 6) == 0;
  snprintf(name, sizeof name, "%s@%d", path, alone ? stream : 0);
  return qy_draws_normal(z, count, seed, name, err);
}

double qy_constant_at(const qy_constant *c, double z)
{
  assert(c && !isnan(z));
  const double bound = z < 0 ? c->low : c->high;
  if (z == 0 || bound == c->value) return c->value;
  const double q = gsl_cdf_ugaussian_Pinv(0.95);
  if (bound > 0 && c->value > 0) return c->value * exp(fabs(z) / q * log(bound / c->value));
  return fmax(0, c->value + fabs(z) / q * (bound - c->value));
}

/* Lower triangle L with L L' = matrix, in place; a constant known exactly gives a zero row.  Not GSL's decomposition:
 * that one aborts the program on a matrix of lower rank, which a calibration may well give. */
static qy_status cholesky(double *a, size_t n, const char *library, qy_error *err)
{
  const double tiny = 1e-12;
  for (size_t j = 0; j < n; j++) {
    const double variance = a[j * n + j];
    double rest = variance;
    for (size_t k = 0; k < j; k++)
      rest -= a[j * n + k] * a[j * n + k];
    if (rest < -1e-9 * fabs(variance) || !isfinite(rest))
      return qy_fail(err, QY_BAD_INPUT, "library %s: covariance: expected no negative eigenvalue, found one", library);
    const double root = rest > tiny * variance ? sqrt(rest) : 0;
    a[j * n + j] = root;
    for (size_t i = j + 1; i < n; i++) {
      double sum = a[i * n + j];
      for (size_t k = 0; k < j; k++)
        sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = root > 0 ? sum / root : 0;
    }
  }
  return QY_OK;
}

/* Where entry i stands in the covariance, or -1. */
static int covariance_row(const qy_tech *tech, size_t i)
{
  for (size_t c = 0; c < tech->covariance.count; c++)
    if (strcmp(tech->covariance.path[c], tech->entry[i].path) == 0) return (int)c;
  return -1;
}

/* value[entry * count + k] */
static qy_status draw_values(double *value, const qy_tech *tech, const double *sobol, size_t count, uint64_t seed,
                             int stream, qy_arena *scratch, qy_error *err)
{
  const size_t joint = tech->covariance.count;
  double *factor = qy_arena_alloc(scratch, joint * joint + 1, sizeof *factor);
  double *normal = qy_arena_alloc(scratch, joint * count + 1, sizeof *normal);
  if (!factor || !normal) return qy_no_memory(err);
  if (joint) memcpy(factor, tech->covariance.matrix, joint * joint * sizeof *factor);
  qy_status status = cholesky(factor, joint, tech->name, err);
  for (size_t i = 0; !status && i < tech->entry_count; i++) {
    double *z = value + i * count;
    status = constant_normal(z, sobol, count, seed, stream, tech->entry[i].path, err);
    int row = covariance_row(tech, i);
    if (!status && row >= 0) memcpy(normal + (size_t)row * count, z, count * sizeof *z);
  }
  for (size_t i = 0; !status && i < tech->entry_count; i++) {
    const qy_constant *c = &tech->entry[i].constant;
    const int row = covariance_row(tech, i);
    for (size_t k = 0; k < count; k++) {
      double sum = 0;
      for (int j = 0; j <= row; j++)
        sum += factor[(size_t)row * joint + (size_t)j] * normal[(size_t)j * count + k];
      value[i * count + k] = row >= 0 ? c->value * exp(sum) : qy_constant_at(c, value[i * count + k]);
    }
  }
  return status;
}

qy_status qy_draws_new(qy_draws **out, const qy_tech *tech, size_t count, uint64_t seed, int stream, qy_arena *arena,
                       qy_error *err)
{
  assert(out && tech && stream >= 0 && arena);
  *out = NULL;
  if (count < QY_DRAWS_MIN || count > QY_DRAWS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "draws: expected %d to %d, found %zu", QY_DRAWS_MIN, QY_DRAWS_MAX, count);
  qy_arena *scratch = qy_arena_new();
  qy_draws *d = qy_arena_alloc(arena, 1, sizeof *d);
  qy_tech *draw = qy_arena_alloc(arena, count, sizeof *draw), *one = NULL;
  double *sobol = scratch ? qy_arena_alloc(scratch, SOBOL_DIMENSIONS * count, sizeof *sobol) : NULL;
  double *value = scratch ? qy_arena_alloc(scratch, tech->entry_count * count, sizeof *value) : NULL;
  qy_status status = d && draw && sobol && value ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_tech_copy(&one, tech, scratch, err);
  if (!status) status = sobol_normals(sobol, count, seed, err);
  if (!status) status = draw_values(value, tech, sobol, count, seed, stream, scratch, err);
  for (size_t k = 0; !status && k < count; k++) {
    for (size_t i = 0; i < tech->entry_count; i++)
      one->entry[i].constant.value = value[i * count + k];
    qy_tech_resolve(one);
    draw[k] = *one;
    draw[k].entry = tech->entry;
  }
  if (!status) {
    *d = (qy_draws){.count = count, .seed = seed, .stream = stream, .nominal = tech, .draw = draw};
    *out = d;
  }
  qy_arena_free(scratch);
  return status;
}

double qy_quantile(double *values, size_t count, double q)
{
  assert((values || count == 0) && q >= 0 && q <= 1);
  if (count == 0) return NAN;
  const double at = q * (double)(count - 1);
  const size_t below = (size_t)at;
  const double low = gsl_stats_select(values, 1, count, below);
  if (below + 1 >= count) return low;
  double high = values[below + 1]; /* those behind it are none of them below it */
  for (size_t i = below + 2; i < count; i++)
    high = values[i] < high ? values[i] : high;
  return low + (at - (double)below) * (high - low);
}
