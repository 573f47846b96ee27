/* Draws of a library: marginals against the stated intervals, products and sums against closed forms, correlation. */
#include "quarry/draws.h"

#include "library.h"
#include "random.h"
#include "tap.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 4096 };

static qy_arena *arena;
static double room[DRAWS];

static qy_draws *make(const qy_tech *tech, size_t count, uint64_t seed, int stream)
{
  qy_error err = {0};
  qy_draws *d = NULL;
  if (qy_draws_new(&d, tech, count, seed, stream, arena, &err)) printf("# %s\n", err.diagnostic[0].text);
  return d;
}

static double share_below(const double *v, size_t n, double bound)
{
  size_t below = 0;
  for (size_t i = 0; i < n; i++)
    below += v[i] < bound;
  return (double)below / (double)n;
}

/* The standard normal's 5 % point is 1.6448536269514722 (Abramowitz and Stegun, table 26.5). */
static void halves(void)
{
  const double z95 = 1.6448536269514722;
  const qy_constant c = {.value = 2, .low = 1, .high = 8};
  near_rel(qy_constant_at(&c, z95), 8, 1e-12, "5 % lie above high");
  near_rel(qy_constant_at(&c, -z95), 1, 1e-12, "5 % lie below low");
  near_rel(qy_constant_at(&c, 0), 2, 1e-15, "the median is the value");
  near_rel(qy_constant_at(&c, z95 / 2), 4, 1e-12, "lognormal above: half way in z is the geometric mean");
  const qy_constant zero = {.value = 0.4, .low = 0, .high = 0.5};
  near_abs(qy_constant_at(&zero, -z95), 0, 1e-12, "a low end of 0 is reached at the 5 % point");
  ok(qy_constant_at(&zero, -4) == 0, "and never passed");
  const qy_constant only = {.value = 0, .low = 0, .high = 0.1};
  near_rel(qy_constant_at(&only, z95), 0.1, 1e-12, "value 0: straight up to high");
  ok(qy_constant_at(&only, -2) == 0, "value 0: nothing below");
}

static void marginals(void)
{
  const qy_tech *t = load_library("fdsoi28", arena);
  const qy_draws *d = make(t, DRAWS, 7, 0);
  if (!ok(t && d, "4096 draws of fdsoi28")) return;
  const qy_constant *area = qy_tech_constant(t, "nand2.area"), *density = qy_tech_constant(t, "placement.density");
  const qy_constant *depth = qy_tech_constant(t, "glitch.fast.adder");
  for (size_t k = 0; k < DRAWS; k++)
    room[k] = d->draw[k].area_um2[QY_NAND2];
  near_abs(share_below(room, DRAWS, area->low), 0.05, 0.002, "NAND2 area: 5 % below low");
  near_abs(share_below(room, DRAWS, area->value), 0.5, 0.002, "half below the value");
  near_abs(share_below(room, DRAWS, area->high), 0.95, 0.002, "5 % above high");
  for (size_t k = 0; k < DRAWS; k++)
    room[k] = d->draw[k].density_frac;
  near_abs(share_below(room, DRAWS, density->low), 0.05, 0.002, "density: 5 % below low");
  near_abs(share_below(room, DRAWS, density->high), 0.95, 0.002, "density: 5 % above high");
  for (size_t k = 0; k < DRAWS; k++)
    room[k] = d->draw[k].glitch_fast[QY_CLASS_ADDER];
  near_abs(share_below(room, DRAWS, depth->low), 0.05, 0.002, "a constant without Sobol dimension as well");
  near_abs(share_below(room, DRAWS, depth->high), 0.95, 0.002, "at both ends");
}

/* The first 2^12 points of a Sobol sequence, the origin among them, have one point in each 2^-12 of every dimension
 * (Sobol 1967, digital nets); a shift of the digits keeps that.  So each 256th of the probability holds 16 draws. */
static void strata(void)
{
  enum { STRATA = 256 };
  const qy_tech *t = load_library("fdsoi28", arena);
  for (uint64_t seed = 1; seed <= 3; seed++) {
    const qy_draws *d = make(t, DRAWS, seed, 0);
    const qy_constant *area = qy_tech_constant(t, "nand2.area"), *density = qy_tech_constant(t, "placement.density");
    double bound[2][STRATA];
    int held[2][STRATA] = {{0}}, uneven = 0;
    for (int j = 1; j < STRATA; j++)
      for (int c = 0; c < 2; c++)
        bound[c][j] = qy_constant_at(c ? density : area, gsl_cdf_ugaussian_Pinv((double)j / STRATA));
    for (size_t k = 0; d && k < DRAWS; k++)
      for (int c = 0; c < 2; c++) {
        int j = 1;
        while (j < STRATA && (c ? d->draw[k].density_frac : d->draw[k].area_um2[QY_NAND2]) > bound[c][j])
          j++;
        held[c][j - 1]++;
      }
    for (int j = 0; j < STRATA; j++) /* the density ends at 1, where several strata fall together */
      uneven += held[0][j] != DRAWS / STRATA || (j < STRATA / 2 && held[1][j] != DRAWS / STRATA);
    is_int(uneven, 0, "as many draws in each 256th of the probability");
  }
}

/* Leakage of a full adder is scale times ratio.  When both intervals are symmetric in the logarithm, the product is
 * lognormal with the squared widths added; a sum of two independent constants has their means and variances added. */
static void closed_forms(void)
{
  const double z95 = 1.6448536269514722;
  qy_error err = {0};
  qy_tech *t = NULL;
  if (!ok(!qy_tech_copy(&t, load_library("lp55", arena), arena, &err), "a copy to change")) return;
  for (size_t i = 0; i < t->entry_count; i++) {
    qy_constant *c = &t->entry[i].constant;
    double width = strcmp(t->entry[i].path, "nand2.leakage") == 0      ? 3
                   : strcmp(t->entry[i].path, "cells.fa.leakage") == 0 ? 1.4
                   : strcmp(t->entry[i].path, "nand2.area") == 0       ? 1.3
                                                                       : 1;
    c->low = c->value / width;
    c->high = c->value * width;
  }
  const qy_draws *d = make(t, DRAWS, 3, 0);
  if (!ok(d != NULL, "drawn")) return;
  for (size_t k = 0; k < DRAWS; k++)
    room[k] = d->draw[k].leakage_nw[QY_FA];
  double median = t->leakage_nw[QY_FA], spread = exp(hypot(log(3), log(1.4)));
  near_rel(qy_quantile(room, DRAWS, 0.05), median / spread, 0.01, "product of lognormals: p05");
  near_rel(qy_quantile(room, DRAWS, 0.5), median, 0.005, "product of lognormals: median");
  near_rel(qy_quantile(room, DRAWS, 0.95), median * spread, 0.01, "product of lognormals: p95");

  double sum = 0, squares = 0, a = t->area_um2[QY_NAND2], b = median, sa = log(1.3) / z95, sb = log(spread) / z95;
  for (size_t k = 0; k < DRAWS; k++) {
    double x = 10 * d->draw[k].area_um2[QY_NAND2] + d->draw[k].leakage_nw[QY_FA];
    sum += x;
    squares += x * x;
  }
  double mean = 10 * a * exp(sa * sa / 2) + b * exp(sb * sb / 2);
  double variance = 100 * a * a * expm1(sa * sa) * exp(sa * sa) + b * b * expm1(sb * sb) * exp(sb * sb);
  near_rel(sum / DRAWS, mean, 0.005, "sum: mean by moments");
  near_rel(squares / DRAWS - sum / DRAWS * (sum / DRAWS), variance, 0.05, "sum: variance by moments");
}

static double correlation(const double *a, const double *b, size_t n)
{
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < n; i++) {
    ma += a[i] / (double)n;
    mb += b[i] / (double)n;
  }
  for (size_t i = 0; i < n; i++) {
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
    ab += (a[i] - ma) * (b[i] - mb);
  }
  return ab / sqrt(aa * bb);
}

static void across(void)
{
  static double a[DRAWS], b[DRAWS], c[DRAWS];
  const qy_draws *one = make(load_library("fdsoi28", arena), DRAWS, 1, 0),
                 *two = make(load_library("lp55", arena), DRAWS, 1, 1);
  if (!ok(one && two, "two libraries")) return;
  for (size_t k = 0; k < DRAWS; k++) {
    a[k] = log(one->draw[k].area_um2[QY_NAND2]);
    b[k] = log(two->draw[k].area_um2[QY_NAND2]);
    c[k] = log(one->draw[k].area_um2[QY_FA]) - a[k];
  }
  near_abs(correlation(a, b, DRAWS), 0, 0.05, "processes are independent");
  near_abs(correlation(a, c, DRAWS), 0, 0.05, "scale and ratio are independent");
  for (size_t k = 0; k < DRAWS; k++) {
    a[k] = log(one->draw[k].leakage_nw[QY_XOR2] / one->draw[k].leakage_nw[QY_NAND2]);
    b[k] = log(two->draw[k].leakage_nw[QY_XOR2] / two->draw[k].leakage_nw[QY_NAND2]);
  }
  ok(correlation(a, b, DRAWS) > 0.9, "ratios of one source err together");
  const qy_draws *again = make(one->nominal, DRAWS, 1, 0), *other = make(one->nominal, DRAWS, 2, 0);
  ok(again && memcmp(again->draw[77].area_um2, one->draw[77].area_um2, sizeof again->draw[77].area_um2) == 0,
     "one seed, one set of draws");
  ok(other && other->draw[77].area_um2[0] != one->draw[77].area_um2[0], "another seed, another set");
}

/* Which constants of a library are drawn apart from another library's: those of the process; the rest is shared.  In
 * every stream, those behind the last that has Sobol points, too. */
static void streams(void)
{
  enum { STREAMS = 5, COUNT = 256, OWN = 11, SHARED = 8 };
  static double x[STREAMS][OWN + SHARED][COUNT];
  double apart = 0;
  int differ = 0;
  const qy_tech *t = load_library("fdsoi28", arena);
  for (int s = 0; s < STREAMS; s++) {
    const qy_draws *d = make(t, COUNT, 4, s);
    for (size_t k = 0; d && k < COUNT; k++) {
      const qy_tech *one = &d->draw[k];
      const double area = one->area_um2[QY_NAND2], of[OWN + SHARED] = {area,
                                                                       one->internal_fj[QY_NAND2],
                                                                       one->leakage_nw[QY_NAND2],
                                                                       one->in_cap_ff[QY_NAND2],
                                                                       one->delay_ps[QY_NAND2],
                                                                       one->load_wire_ff,
                                                                       one->wire_ff_per_um,
                                                                       one->threshold_v,
                                                                       one->alpha,
                                                                       one->leakage_slope_v,
                                                                       one->energy_exponent,
                                                                       one->area_um2[QY_FA] / area,
                                                                       one->area_um2[QY_INV] / area,
                                                                       one->fa_carry_ps / one->delay_ps[QY_NAND2],
                                                                       one->density_frac,
                                                                       one->clock_tree_frac,
                                                                       one->glitch_fast[QY_CLASS_ADDER],
                                                                       one->effort_p,
                                                                       one->load_fanout};
      for (int c = 0; c < OWN + SHARED; c++)
        x[s][c][k] = of[c];
    }
  }
  for (int s = 0; s < STREAMS; s++)
    for (int o = 0; o < s; o++)
      for (int c = 0; c < OWN + SHARED; c++) {
        double relative = 0;
        for (int k = 0; k < COUNT; k++)
          relative = fmax(relative, fabs(x[s][c][k] / x[o][c][k] - 1));
        if (c < OWN && !(fabs(correlation(x[s][c], x[o][c], COUNT)) < 0.3)) {
          printf("# %d, streams %d and %d: %g\n", c, o, s, correlation(x[s][c], x[o][c], COUNT));
          differ++;
        }
        if (c >= OWN) apart = fmax(apart, relative);
      }
  is_int(differ, 0, "the constants of a process are drawn apart in each stream");
  ok(apart < 1e-9, "the others are the same in all, within %g", apart);
}

/* Three constants of which each pair varies together, and one that two of them settle. */
static void joint_of_three(const qy_tech *library)
{
  enum { JOINT = 4 };
  static const char *path[JOINT] = {"nand2.area", "nand2.leakage", "nand2.delay", "nand2.in_cap"};
  double matrix[JOINT * JOINT] = {0.04, -0.03, 0.01, 0, -0.03, 0.09, 0.02, 0, 0.01, 0.02, 0.0625, 0}, got[JOINT][JOINT];
  qy_error err = {0};
  qy_tech *t = NULL;
  for (int j = 0; j < 3; j++) /* the last is the sum of the first and the third, in logarithms */
    matrix[3 * JOINT + j] = matrix[j * JOINT + 3] = matrix[j] + matrix[2 * JOINT + j];
  matrix[3 * JOINT + 3] = matrix[3] + matrix[2 * JOINT + 3];
  if (!ok(!qy_tech_copy(&t, library, arena, &err), "a copy")) return;
  t->covariance = (struct qy_tech_covariance){JOINT, path, matrix};
  const qy_draws *d = make(t, DRAWS, 3, 0);
  if (!ok(d != NULL, "four constants drawn together")) return;
  double off = 0, apart = 0;
  memset(got, 0, sizeof got);
  for (size_t k = 0; k < DRAWS; k++) {
    const qy_tech *one = &d->draw[k];
    const double x[JOINT] = {
        log(one->area_um2[QY_NAND2] / t->area_um2[QY_NAND2]), log(one->leakage_nw[QY_NAND2] / t->leakage_nw[QY_NAND2]),
        log(one->delay_ps[QY_NAND2] / t->delay_ps[QY_NAND2]), log(one->in_cap_ff[QY_NAND2] / t->in_cap_ff[QY_NAND2])};
    for (int i = 0; i < JOINT; i++)
      for (int j = 0; j < JOINT; j++)
        got[i][j] += x[i] * x[j] / DRAWS;
    apart = fmax(apart, fabs(x[3] - x[0] - x[2]));
  }
  for (int i = 0; i < JOINT; i++)
    for (int j = 0; j < JOINT; j++)
      off = fmax(off, fabs(got[i][j] - matrix[i * JOINT + j]) / sqrt(matrix[i * JOINT + i] * matrix[j * JOINT + j]));
  ok(off < 0.05, "four constants drawn together have the covariance stated, within %.3f of their deviations", off);
  ok(apart < 1e-6, "and the one that others settle is settled");
}

/* A joint draw of two constants: logarithms with the stated covariance. */
static void covariance(void)
{
  static double a[DRAWS], b[DRAWS];
  static const char *path[] = {"nand2.area", "nand2.leakage"};
  double matrix[] = {0.04, -0.03, -0.03, 0.09};
  qy_error err = {0};
  qy_tech *t = NULL;
  if (!ok(!qy_tech_copy(&t, load_library("fdsoi28", arena), arena, &err), "a copy to calibrate")) return;
  t->covariance = (struct qy_tech_covariance){2, path, matrix};
  const qy_draws *d = make(t, DRAWS, 1, 0);
  if (!ok(d != NULL, "drawn")) return;
  double aa = 0, bb = 0, ab = 0;
  for (size_t k = 0; k < DRAWS; k++) {
    a[k] = log(d->draw[k].area_um2[QY_NAND2] / t->area_um2[QY_NAND2]);
    b[k] = log(d->draw[k].leakage_nw[QY_NAND2] / t->leakage_nw[QY_NAND2]);
    aa += a[k] * a[k] / DRAWS;
    bb += b[k] * b[k] / DRAWS;
    ab += a[k] * b[k] / DRAWS;
  }
  near_rel(aa, 0.04, 0.02, "first variance");
  near_rel(bb, 0.09, 0.02, "second variance");
  near_rel(ab, -0.03, 0.05, "their covariance");
  joint_of_three(t);
  /* Two constants of one variance that go together: the rest of the second one is 0, or a rounding below it. */
  double apart = 0;
  for (int v = 1; v <= 20; v++) {
    matrix[0] = matrix[1] = matrix[2] = matrix[3] = v * 0.0173;
    const qy_draws *same = make(t, 64, 1, 0);
    for (size_t k = 0; k < 64; k++)
      apart = !same || isnan(same->draw[k].leakage_nw[QY_NAND2])
                  ? INFINITY
                  : fmax(apart, fabs(log(same->draw[k].area_um2[QY_NAND2] / t->area_um2[QY_NAND2] /
                                         same->draw[k].leakage_nw[QY_NAND2] * t->leakage_nw[QY_NAND2])));
  }
  ok(apart < 1e-5, "two that are one are drawn as one, within %g", apart);
  matrix[0] = 0.04, matrix[3] = 0.09;
  matrix[1] = matrix[2] = 0.2;
  qy_draws *none = NULL;
  ok(qy_draws_new(&none, t, 64, 1, 0, arena, &err) == QY_BAD_INPUT && !none, "a matrix that is no covariance");
}

/* Columns of one library's draws: a Latin hypercube each, independent of those of other names, seeds and streams; with
 * words of their own a number for each word. */
static void columns(void)
{
  enum { COUNT = 1000, OTHERS = 4 };
  static double z[OTHERS][COUNT];
  static uint64_t key[COUNT];
  static const char *const name[OTHERS] = {"a", "b", "a", "a"};
  qy_error err = {0};
  for (int i = 0; i < OTHERS; i++) {
    const qy_draws d = {.count = COUNT, .seed = i == 2 ? 12 : 11, .stream = i == 3};
    int held[COUNT] = {0}, wrong = 0;
    if (qy_draws_column(z[i], &d, name[i], &err)) ok(0, "a column");
    for (int k = 0; k < COUNT; k++) {
      const int place = (int)(gsl_cdf_ugaussian_P(z[i][k]) * COUNT);
      if (place >= 0 && place < COUNT) held[place]++;
    }
    for (int k = 0; k < COUNT; k++)
      wrong += held[k] != 1;
    is_int(wrong, 0, "each thousandth of the probability has one of a thousand draws");
    for (int o = 0; o < i; o++) {
      double sum = 0;
      for (int k = 0; k < COUNT; k++)
        sum += z[i][k] * z[o][k] / COUNT;
      ok(fabs(sum) < 0.12, "columns of other names, seeds and streams are independent: %.3f", sum);
    }
  }
  qy_draws d = {.count = COUNT, .seed = 5, .key = key};
  double mean = 0, square = 0;
  int same = 0, again = 0;
  for (int k = 0; k < COUNT; k++)
    key[k] = (uint64_t)(k / 2);
  if (qy_draws_column(z[0], &d, "a", &err)) ok(0, "a column");
  for (int k = 0; k < COUNT; k++) {
    mean += z[0][k] / COUNT, square += z[0][k] * z[0][k] / COUNT;
    same += k % 2 ? z[0][k] == z[0][k - 1] : k > 0 && z[0][k] == z[0][k - 1];
    key[COUNT - 1 - k] = (uint64_t)(k / 2); /* the other way round */
  }
  if (qy_draws_column(z[1], &d, "a", &err)) ok(0, "a column");
  for (int k = 0; k < COUNT; k++)
    again += z[1][k] == z[0][COUNT - 1 - k];
  ok(same == COUNT / 2 && again == COUNT, "words that are equal have one number, wherever they stand");
  ok(fabs(mean) < 0.15 && fabs(square - 1) < 0.2, "of a standard normal: mean %.3f, square %.3f", mean, square);
}

/* As its definition says: of each value, how many are below it and how many equal it. */
static double counted_quantile(const double *value, size_t count, double q)
{
  const double at = q * (double)(count - 1);
  const size_t below = (size_t)at;
  double end[2] = {NAN, NAN};
  for (size_t i = 0; i < count; i++) {
    size_t less = 0, same = 0;
    for (size_t j = 0; j < count; j++) {
      less += value[j] < value[i];
      same += value[j] == value[i];
    }
    for (size_t e = 0; e < 2; e++)
      if (less <= below + e && below + e < less + same) end[e] = value[i];
  }
  return below + 1 < count ? end[0] + (at - (double)below) * (end[1] - end[0]) : end[0];
}

static void quantiles(void)
{
  enum { CASES = 400, MOST = 40 };
  uint64_t state = 5;
  int wrong = 0;
  for (int n = 0; n < CASES; n++) {
    double value[MOST], own[MOST];
    const size_t count = 1 + random_below(&state, MOST);
    const size_t distinct = 1 + random_below(&state, 3 * MOST); /* few: most are equal */
    for (size_t i = 0; i < count; i++)
      value[i] = (double)random_below(&state, distinct) - 7;
    const double q = n % 7 == 0 ? 1 : n % 7 == 1 ? 0 : (double)random_below(&state, 1001) / 1000;
    memcpy(own, value, sizeof own);
    wrong += qy_quantile(own, count, q) != counted_quantile(value, count, q);
  }
  is_int(wrong, 0, "quantiles of few and of many equal values are those that counting finds");
  double v[] = {5, 1, 4, 2, 3};
  near_rel(qy_quantile(v, 5, 0.5), 3, 1e-15, "median of five");
  near_rel(qy_quantile(v, 5, 0.1), 1.4, 1e-15, "between the first two");
  near_rel(qy_quantile(v, 5, 1), 5, 1e-15, "largest");
  double before[] = {5, 1, 4, INFINITY};
  near_rel(qy_quantile(before, 3, 1), 5, 1e-15, "whatever stands behind the last");
}

/* Columns of few numbers: each stratum of equal chance holds one, and any of them is
 * as often the first or the last. */
static void few_numbers(void)
{
  enum { SEEDS = 1200, MOST = 4 };
  for (size_t count = 1; count <= MOST; count++) {
    int wrong = 0, first_in[MOST] = {0}, last_in[MOST] = {0};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
      double z[MOST];
      bool taken[MOST] = {false};
      wrong += qy_draws_normal(z, count, seed, "few", NULL) != QY_OK;
      for (size_t i = 0; i < count; i++) {
        const size_t stratum = (size_t)(gsl_cdf_ugaussian_P(z[i]) * (double)count);
        wrong += stratum >= count || taken[stratum];
        if (stratum >= count) continue;
        taken[stratum] = true;
        first_in[stratum] += i == 0;
        last_in[stratum] += i + 1 == count;
      }
    }
    is_int(wrong, 0, "one number in each stratum");
    int uneven = 0; /* five deviations of a binomial count */
    const double mean = (double)SEEDS / (double)count, five = 5 * sqrt(mean);
    for (size_t k = 0; k < count; k++)
      uneven += fabs(first_in[k] - mean) > five || fabs(last_in[k] - mean) > five;
    is_int(uneven, 0, "each as often the first and the last");
  }
}

int main(void)
{
  arena = qy_arena_new();
  halves();
  marginals();
  strata();
  closed_forms();
  across();
  streams();
  covariance();
  columns();
  quantiles();
  few_numbers();
  qy_error err = {0};
  qy_draws *d = NULL;
  ok(qy_draws_new(&d, load_library("lp55", arena), 15, 1, 0, arena, &err) == QY_BAD_INPUT, "too few draws");
  qy_arena_free(arena);
  return done();
}
