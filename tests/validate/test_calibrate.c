/* Calibration against closed forms: where the model is a product of constants, ln(model) is linear in their logarithms
 * and the posterior is that of Bayesian linear regression, worked out here by hand.  Then the two shipped
 * specifications with their stated residuals, the written library, and mistakes in specifications. */
#include "quarry/calibrate.h"

#include "tap.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;
static char file[] = "/tmp/quarry_calibrate_XXXXXX.yaml";

static qy_calibration *run_text(const char *text, qy_error *err)
{
  qy_calibration *c = NULL;
  FILE *out = fopen(file, "w");
  qy_error_clear(err);
  if (!out || fputs(text, out) < 0 || fclose(out)) return NULL;
  qy_calibrate(&c, "db", file, arena, err);
  return c;
}

#define HEAD "name: t\nbase: fdsoi28\n"
#define TARGET(name, figure, sigma, rest, of)                                                                          \
  "  - {name: " name ", " figure ", clock: 10 MHz, sigma: " sigma ", source: test" rest ", of: [" of "]}\n"

/* ln of half a 90 % interval in standard deviations of the normal distribution: its 95 % quantile */
static double prior_sd(const qy_constant *c)
{
  return log(c->high / c->low) / (2 * 1.644853626951);
}

/* One constant, one measurement: precisions add, the logarithm is the weighted mean. */
static void one_constant(void)
{
  qy_error err = {0};
  qy_tech *t;
  qy_calibration *c = run_text(
      HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 0.6 um2", "0.1", "", "{count: 1, cell: nand2}"),
      &err);
  if (!ok(c && qy_tech_read(&t, "db", "fdsoi28", arena, &err) == QY_OK, "one constant, one figure")) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  double sd = prior_sd(qy_tech_constant(t, "nand2.area")), prior = 1 / (sd * sd), data = 1 / 0.01;
  double mean = (prior * log(0.49) + data * log(0.6)) / (prior + data), after_sd = sqrt(1 / (prior + data));
  near_rel(c->constant[0].after.value, exp(mean), 1e-6, "value");
  near_rel(c->constant[0].after.low, exp(mean - 1.644853626951 * after_sd), 1e-5, "low");
  near_rel(c->constant[0].after.high, exp(mean + 1.644853626951 * after_sd), 1e-5, "high");
  near_rel(c->tech->covariance.matrix[0], 1 / (prior + data), 1e-5, "covariance");
  near_rel(c->target[0].after, exp(mean), 1e-6, "the target's model value");
  near_rel(c->target[0].high / c->target[0].after, exp(1.644853626951 * after_sd), 1e-4, "and its interval");
  near_rel(c->chi2_before, pow(log(0.49 / 0.6) / 0.1, 2), 1e-6, "chi-square before");
  near_rel(c->chi2_targets, pow((mean - log(0.6)) / 0.1, 2), 1e-4, "chi-square after");
  near_rel(c->chi2_prior, pow((mean - log(0.49)) / sd, 2), 1e-4, "chi-square of the prior");
}

/* Two constants x = ln nand2.area, y = ln dff ratio; figures: x + y = ln 3 (sigma s1), x = ln 0.5 (sigma s2). */
static void two_constants(void)
{
  static const double s1 = 0.05, s2 = 0.2;
  qy_error err = {0};
  qy_calibration *c = run_text(
      HEAD "constants: [nand2.area, cells.dff.area]\ntargets:\n" TARGET("a", "area: 3 um2", "0.05", "",
                                                                        "{count: 1, cell: dff}")
          TARGET("b", "area: 5 um2", "0.2", "", "{count: 10, cell: nand2}")
              TARGET("c", "area: 99 um2", "0.2", ", held_out: true", "{count: 2, cell: dff}, {count: -1, cell: nand2}"),
      &err);
  if (!ok(c != NULL, "two constants, two figures")) return;
  double px = 1 / pow(prior_sd(&c->constant[0].before), 2), py = 1 / pow(prior_sd(&c->constant[1].before), 2);
  double x0 = log(0.49), y0 = log(6), w1 = 1 / (s1 * s1), w2 = 1 / (s2 * s2);
  /* normal equations [a b; b d] (x y) = (u v) */
  double a = px + w1 + w2, b = w1, d = py + w1, det = a * d - b * b;
  double u = px * x0 + w1 * log(3) + w2 * log(0.5), v = py * y0 + w1 * log(3);
  double x = (d * u - b * v) / det, y = (a * v - b * u) / det;
  near_rel(c->constant[0].after.value, exp(x), 1e-6, "first constant");
  near_rel(c->constant[1].after.value, exp(y), 1e-6, "second constant");
  near_rel(c->tech->covariance.matrix[0], d / det, 1e-4, "variance of the first");
  near_rel(c->tech->covariance.matrix[3], a / det, 1e-4, "variance of the second");
  near_rel(c->tech->covariance.matrix[1], -b / det, 1e-4, "their covariance");
  ok(c->tech->covariance.matrix[1] == c->tech->covariance.matrix[2], "the matrix is symmetric");
  near_rel(c->target[2].before, 2 * 0.49 * 6 - 0.49, 1e-12, "held out: sum of parts before");
  near_rel(c->target[2].after, 2 * exp(x + y) - exp(x), 1e-6, "and predicted");
  /* gradient of ln(2 e^(x+y) - e^x): (1, r) with r = 2 e^y / (2 e^y - 1) */
  double r = 2 * exp(y) / (2 * exp(y) - 1), variance = (d - 2 * b * r + a * r * r) / det;
  near_rel(log(c->target[2].high / c->target[2].after), 1.644853626951 * sqrt(variance), 1e-3, "with its interval");
  near_rel(c->target[2].score, log(c->target[2].after / 99) / sqrt(0.04 + variance), 1e-3, "and score");
  is_int((int64_t)c->fitted_count, 2, "two figures are fitted");
}

/* A constant x = ln nand2.area and the structure factor s; figures: x = ln 0.45 (sigma s1), x + s = ln 0.6 (sigma s2),
 * priors of x and s: normal equations of the two worked out by hand; the library gets the variance of x with s unknown.
 */
static void structure(void)
{
  static const double s1 = 0.1, s2 = 0.05;
  qy_error err = {0};
  qy_calibration *c = run_text(
      HEAD "constants: [nand2.area]\nstructure: {value: 1, low: 0.5, high: 2}\ntargets:\n" TARGET(
          "cell", "area: 0.45 um2", "0.1", "", "{count: 1, cell: nand2}")
          TARGET("array", "area: 60 um2", "0.05", ", structured: true", "{count: 100, cell: nand2}")
              TARGET("held", "area: 6 um2", "0.05", ", structured: true, held_out: true", "{count: 10, cell: nand2}")
                  TARGET("bare", "area: 6 um2", "0.05", ", held_out: true", "{count: 10, cell: nand2}"),
      &err);
  if (!ok(c != NULL, "a structure factor")) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  double px = 1 / pow(prior_sd(&c->constant[0].before), 2), w1 = 1 / (s1 * s1), w2 = 1 / (s2 * s2);
  double ps = 1 / pow(log(2 / 0.5) / (2 * 1.644853626951), 2);
  /* [px + w1 + w2, w2; w2, ps + w2] (x s) = (px ln 0.49 + w1 ln 0.45 + w2 ln 0.6, w2 ln 0.6) */
  double a = px + w1 + w2, b = w2, d = ps + w2, det = a * d - b * b;
  double u = px * log(0.49) + w1 * log(0.45) + w2 * log(0.6), v = w2 * log(0.6);
  double x = (d * u - b * v) / det, s = (a * v - b * u) / det;
  near_rel(c->constant[0].after.value, exp(x), 1e-6, "the constant");
  near_rel(c->structure_after.value, exp(s), 1e-6, "the factor");
  near_rel(log(c->structure_after.high / c->structure_after.value), 1.644853626951 * sqrt(a / det), 1e-4,
           "its interval");
  is_int((int64_t)c->tech->covariance.count, 1, "the factor is no part of the library");
  near_rel(c->tech->covariance.matrix[0], d / det, 1e-4, "variance of the constant, the factor integrated out");
  near_rel(c->target[2].after, 10 * exp(x + s), 1e-6, "held out, structured: times the factor");
  near_rel(c->target[3].after, 10 * exp(x), 1e-6, "held out, bare: without");
  near_rel(c->target[2].before, 4.9, 1e-9, "before: the prior's value, 1");
}

/* A figure that the library meets already, and a constant that it does not touch: the start is the answer. */
static void at_the_start(void)
{
  qy_error err = {0};
  qy_calibration *c = run_text(HEAD "constants: [nand2.area, nand2.energy]\ntargets:\n" TARGET(
                                   "a", "area: 0.49 um2", "0.1", "", "{count: 1, cell: nand2}"),
                               &err);
  if (!ok(c != NULL, "nothing to do")) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  near_rel(c->constant[0].after.value, 0.49, 1e-12, "the constant stays");
  double sd = prior_sd(&c->constant[1].before);
  near_rel(c->tech->covariance.matrix[3], sd * sd, 1e-6, "one that no figure touches keeps its prior");
  near_rel(c->tech->covariance.matrix[0], 1 / (100 + 1 / pow(prior_sd(&c->constant[0].before), 2)), 1e-5,
           "the other gets surer all the same");
}

static void held_out(void)
{
  qy_error err = {0};
  static const char *const figures[] = {"area: 5 um2", "area: 500 um2"};
  double value[2] = {0, 1};
  for (int i = 0; i < 2; i++) {
    char *text = qy_arena_format(
        arena,
        HEAD "constants: [nand2.area]\ntargets:\n"
             "  - {name: a, area: 0.6 um2, clock: 10 MHz, sigma: 0.1, source: s, of: [{count: 1, cell: nand2}]}\n"
             "  - {name: b, %s, clock: 10 MHz, sigma: 0.01, source: s, held_out: true, of: [{count: 1, cell: fa}]}\n",
        figures[i]);
    qy_calibration *c = run_text(text, &err);
    if (c) value[i] = c->constant[0].after.value;
  }
  ok(value[0] == value[1], "a held-out figure does not move the fit");
}

/* Parts against what they are made of, with the constants of fdsoi28 before the fit. */
static void parts(void)
{
  qy_error err = {0};
  qy_tech *t;
  qy_calibration *c =
      run_text(HEAD "constants: [nand2.area]\ntargets:\n" TARGET("r", "area: 1 um2", "1", "",
                                                                 "{count: 3, op: register, bits: 8}")
                   TARGET("m", "area: 1 um2", "1", "", "{count: 1, op: mux, bits: 1}")
                       TARGET("p", "power: 1 mW", "1", "", "{count: 1000, op: register, bits: 8}")
                           TARGET("e", "energy: 1 fJ", "1", "", "{count: 1, op: register, bits: 8}")
                               TARGET("x", "area: 1 um2", "1", "", "{count: 1, op: multiply, a: 8, b: 8}")
                                   TARGET("y", "area: 1 um2", "1", "", "{count: 1, op: add, bits: 16}")
                                       TARGET("q", "area: 1 um2", "1", "",
                                              "{count: 1, pe: mac, bits: 8, accumulator_bits: 24, multiplier: array}"),
               &err);
  if (!ok(c && qy_tech_read(&t, "db", "fdsoi28", arena, &err) == QY_OK, "every kind of part")) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  near_rel(c->target[0].before, 24 * t->area_um2[QY_DFF], 1e-3, "24 flip-flops");
  near_rel(c->target[1].before, t->area_um2[QY_MUX2], 1e-3, "one multiplexer");
  /* a cycle: 8 clocked flip-flops with their clock tree and 4 toggles of random data, inside the cells and at their
   * data inputs, over 1e5 ps; leakage */
  double pin_fj = 0.5 * t->voltage_v * t->voltage_v * (t->in_cap_ff[QY_DFF] + t->load_wire_ff);
  double toggle = t->internal_fj[QY_DFF] * t->glitch_lean[QY_CLASS_REGISTER] + pin_fj * t->glitch_lean[QY_CLASS_LOGIC];
  double cycle = 8 * t->dff_clock_fj * (1 + t->clock_tree_frac) + 4 * toggle;
  near_rel(c->target[3].before, cycle, 0.05, "energy of a register");
  near_rel(c->target[2].before, 1000 * (c->target[3].before / 1e5 + 8 * t->leakage_nw[QY_DFF] * 1e-6), 1e-6,
           "power of 1000 registers");
  /* EvoApproxLib: exact 8 x 8 multiplier 378 gates; technology reference: 16-bit ripple adder 75 NAND2 */
  near_rel(c->target[4].before / t->area_um2[QY_NAND2], 378, 0.2, "8 x 8 multiplier in gates");
  near_rel(c->target[5].before / t->area_um2[QY_NAND2], 75, 0.2, "16-bit adder in gates");
  ok(c->target[6].before > c->target[4].before + 24 * t->area_um2[QY_DFF],
     "a MAC holds its multiplier and accumulator");
}

/* The shipped specifications: residuals as stated in their comments; held-out figures apart. */
static void shipped(const char *name, size_t fitted, size_t held, double area_error, double power_error)
{
  qy_error err = {0};
  qy_calibration *c;
  char what[160];
  if (!ok(qy_calibrate(&c, "db", name, arena, &err) == QY_OK, "%s converges", name)) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  is_int((int64_t)c->fitted_count, (int64_t)fitted, "figures fitted");
  is_int((int64_t)(c->target_count - c->fitted_count), (int64_t)held, "figures held out");
  double sum_before = 0, sum_after = 0;
  for (size_t i = 0; i < c->target_count; i++) {
    const qy_target_result *t = &c->target[i];
    if (t->held_out) {
      sum_before += fabs(t->before / t->measured - 1);
      sum_after += fabs(t->after / t->measured - 1);
    }
    double error = fabs(t->after / t->measured - 1);
    printf("# %s %s: %+.1f %% (%+.1f %% before)\n", t->name, t->held_out ? "held out" : "fitted",
           100 * (t->after / t->measured - 1), 100 * (t->before / t->measured - 1));
    if (!t->held_out) continue;
    snprintf(what, sizeof what, "held out: %s", t->name);
    ok(error < (t->kind == QY_TARGET_AREA ? area_error : power_error) && fabs(t->score) < 2, "%s", what);
  }
  ok(sum_after < sum_before, "held-out figures are met better than before: %.4g against %.4g in the mean",
     sum_after / (double)held, sum_before / (double)held);
  ok(c->chi2_targets + c->chi2_prior <= c->chi2_before, "the fit does not raise chi-square");
  is_int((int64_t)c->tech->covariance.count, (int64_t)c->constant_count, "covariance of every constant");
  qy_tech *back = NULL;
  qy_status status = qy_tech_write(c->tech, file, &err);
  char *path = qy_arena_format(arena, "%s", file);
  if (!status) status = qy_tech_read(&back, "db", path, arena, &err);
  if (!ok(status == QY_OK, "the library is written and read")) return;
  for (size_t j = 0; j < c->constant_count; j++) {
    const qy_constant *k = qy_tech_constant(back, c->constant[j].path);
    ok(k && k->status == QY_CALIBRATED && k->value == c->constant[j].after.value &&
           strncmp(k->source, "calibrated with ", 16) == 0,
       "%s is calibrated and says with what", c->constant[j].path);
  }
  int untouched = 0;
  for (size_t i = 0; i < back->entry_count; i++)
    untouched += memcmp(&back->entry[i].constant.value, &c->base->entry[i].constant.value, sizeof(double)) == 0;
  ok(untouched >= (int)(back->entry_count - c->constant_count), "nothing else moved");
  ok(memcmp(back->covariance.matrix, c->tech->covariance.matrix,
            c->constant_count * c->constant_count * sizeof(double)) == 0,
     "covariance kept to the last bit");
}

static void mistakes(void)
{
  static const struct {
    const char *text, *message;
  } rows[] = {
      {"base: fdsoi28\n", "expected a key `name`"},
      {HEAD "constants: [nand2.aera]\ntargets: []\n",
       "expected a constant of library fdsoi28 such as nand2.area, found \"nand2.aera\""},
      {HEAD "constants: [nand2.area, nand2.area]\ntargets: []\n", "expected each constant once"},
      {HEAD "constants: [cells.nor2.area]\ntargets: []\n",
       "expected a constant with an interval above zero (1 .. 1 here)"},
      {HEAD "constants: [nand2.area]\ntargets: []\n", "expected a list of at least one target"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "0.1", ", held_out: true",
                                                         "{count: 1, cell: fa}"),
       "expected at least one target that is not held out"},
      {HEAD
       "constants: [nand2.area]\nstructure: 2\ntargets:\n" TARGET("a", "area: 1 um2", "1", "", "{count: 1, cell: fa}"),
       "structure: expected a mapping {value, low, high}"},
      {HEAD "constants: [nand2.area]\nstructure: {value: 1, low: 1, high: 2}\ntargets:\n" TARGET(
           "a", "area: 1 um2", "1", "", "{count: 1, cell: fa}"),
       "structure: expected low below value below high"},
      {HEAD "constants: [nand2.area]\nstructure: {value: 1, low: 0.5}\ntargets:\n" TARGET("a", "area: 1 um2", "1", "",
                                                                                          "{count: 1, cell: fa}"),
       "structure: expected a key `high`"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "1", ", structured: true",
                                                         "{count: 1, cell: fa}"),
       "expected `structured` only beside a key `structure`"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "1", ", rows: 3", "{count: 1, cell: fa}"),
       "rows: expected a mapping"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "1", ", rows: {array: BITFUSION}",
                                                         "{count: 1, cell: fa}"),
       "expected keys `array` and `unrolling`, or `column`"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "1", ", rows: {colunm: area_um2}",
                                                         "{count: 1, cell: fa}"),
       "did you mean \"column\"?"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1", "0.1", "", "{count: 1, cell: fa}"),
       "area: expected an area with unit"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "power: 1 mW", "0.1", "", "{count: 1, cell: fa}"),
       "expected op or pe"},
      {HEAD
       "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2, power: 1 mW", "0.1", "", "{count: 1, cell: fa}"),
       "expected one of the keys `area`, `power` and `energy`"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "0.1", "", "{count: 1, cell: fb}"),
       "expected one of inv, buf,"},
      {HEAD
       "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "0.1", "", "{count: 1, op: addd, bits: 3}"),
       "expected one of multiply, add, mux, and, register, found \"addd\"; did you mean \"add\"?"},
      {HEAD
       "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "0.1", "", "{count: 1, pe: mac, bites: 8}"),
       "expected a parameter of element mac in its range"},
      {HEAD "constants: [nand2.area]\ntargets:\n" TARGET("a", "area: 1 um2", "0.1", "", "{count: -1, cell: fa}"),
       "expected parts with a sum above zero"},
      {HEAD "constants: [nand2.area]\ntargets:\n  - {name: a, area: 1 um2, clock: 100000 MHz, sigma: 0.1, source: s, "
            "of: [{count: 1, pe: mac, bits: 16}]}\n",
       "cannot run at 100000 MHz"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_error err = {0};
    qy_calibration *c = run_text(rows[i].text, &err);
    int found = 0;
    for (int k = 0; k < err.count; k++)
      found |= strstr(err.diagnostic[k].text, rows[i].message) != NULL;
    if (err.count)
      ok(err.diagnostic[0].line > 0 && err.diagnostic[0].column > 0 && strcmp(err.diagnostic[0].file, file) == 0,
         "with file, line and column");
    ok(!c && found, "refused: %s", rows[i].message);
    if (!found && err.count) printf("# said: %s\n", err.diagnostic[0].text);
  }
}

/* One target with one thing in it that differs; said: "" where it is taken. */
static void limits(void)
{
  static const struct {
    const char *figure, *clock, *sigma, *rest, *of, *said;
  } row[] = {
#define USUAL          "area: 1 um2", "10 MHz", "0.1", ""
#define OF(part, said) {USUAL, part, said}
      OF("{count: 1, cell: fa}", ""),
      OF("{cell: fa}", "a mapping with `count` and one of `op`, `cell`, `pe`"),
      OF("{count: 1}", "a mapping with `count` and one of `op`, `cell`, `pe`"),
      OF("{count: 1, cell: fa, op: add}", "a mapping with `count` and one of `op`, `cell`, `pe`"),
      OF("{count: 1, cell: fa, pe: mac}", "a mapping with `count` and one of `op`, `cell`, `pe`"),
      OF("fa", "a mapping with `count` and one of `op`, `cell`, `pe`"),
      OF("", "a list of at least one part"),
      OF("{count: many, cell: fa}", "found \"many\""),
      OF("{count: 1000000001, cell: fa}", "from -1000000000 to 1000000000"),
      OF("{count: 1000000000, cell: fa}", ""),
      OF("{count: 2, cell: fa}, {count: -1, cell: nand2}", ""),
      OF("{count: 1, cell: fa, bits: 3}", "bits"),
      OF("{count: 1, op: add}", "a key `bits` (width in bits)"),
      OF("{count: 1, op: add, bits: 0}", "1 to 32"),
      OF("{count: 1, op: add, bits: 1}", ""),
      OF("{count: 1, op: add, bits: 32}", ""),
      OF("{count: 1, op: add, bits: 33}", "1 to 32"),
      OF("{count: 1, op: add, a: 3}", "unknown key \"a\""),
      OF("{count: 1, op: and, bits: 0}", "1 to 32"),
      OF("{count: 1, op: and, bits: 3, b: 2}", "unknown key \"b\""),
      OF("{count: 1, op: mux, bits: 33}", "1 to 32"),
      OF("{count: 1, op: mux, width: 3}", "unknown key \"width\""),
      OF("{count: 1, op: register, bits: x}", "found \"x\""),
      OF("{count: 1, op: register, depth: 2}", "unknown key \"depth\""),
      OF("{count: 1, op: multiply, a: 8}", "a key `b` (width in bits)"),
      OF("{count: 1, op: multiply, b: 8}", "a key `a` (width in bits)"),
      OF("{count: 1, op: multiply, a: 8, b: 33}", "1 to 32"),
      OF("{count: 1, op: multiply, a: 0, b: 3}", "1 to 32"),
      OF("{count: 1, op: multiply, a: 32, b: 2}", ""),
      OF("{count: 1, op: multiply, a: 8, b: 8, bits: 8}", "unknown key \"bits\""),
      OF("{count: 1, op: multiply, a: 1, b: 2}",
         "targets[0].of[0]: multiply in circuit multiply: expected operands of at least 2 bits"),
      OF("{count: 1, pe: mca, bits: 8}", "did you mean \"mac\"?"),
      OF("{count: 1, pe: mac}", "bits"),
      OF("{count: 1, pe: mac, bits: [8]}", "found a list"),
      OF("{count: 1, pe: mac, bits: 8, accumulator_bits: 3}", "accumulator_bits: expected auto or 4 to 64, found 3"),
      OF("{accumulator_bits: 3, count: 1, pe: mac, bits: 8}", "accumulator_bits: expected auto or 4 to 64, found 3"),
      {"energy: 1 fJ", "10 MHz", "0.1", "", "{count: 1, cell: fa}", "op or pe (a cell alone has an area only)"},
      {"energy: 1 fJ", "10 MHz", "0.1", "", "{count: 1, op: add, bits: 4}", ""},
      {"power: 1 mW", "10 MHz", "0.1", "", "{count: 1, pe: mac, bits: 4}", ""},
      {"area: 1e-7 um2", "10 MHz", "0.1", "", "{count: 1, cell: fa}", "area: expected"},
      {"area: 0.000001 um2", "10 MHz", "0.1", "", "{count: 1, cell: fa}", ""},
      {"area: 2e15 um2", "10 MHz", "0.1", "", "{count: 1, cell: fa}", "area: expected"},
      {"area: 1 mW", "10 MHz", "0.1", "", "{count: 1, cell: fa}", "area: expected an area with unit"},
      {"area: 1 um2", "0.0009 MHz", "0.1", "", "{count: 1, cell: fa}", "clock: expected"},
      {"area: 1 um2", "0.001 MHz", "0.1", "", "{count: 1, cell: fa}", ""},
      {"area: 1 um2", "100000 MHz", "0.1", "", "{count: 1, cell: fa}", ""},
      {"area: 1 um2", "100001 MHz", "0.1", "", "{count: 1, cell: fa}", "clock: expected"},
      {"area: 1 um2", "10", "0.1", "", "{count: 1, cell: fa}", "clock: expected"},
      {"area: 1 um2", "10 MHz", "0.0009", "", "{count: 1, cell: fa}", "sigma: expected"},
      {"area: 1 um2", "10 MHz", "0.001", "", "{count: 1, cell: fa}", ""},
      {"area: 1 um2", "10 MHz", "10", "", "{count: 1, cell: fa}", ""},
      {"area: 1 um2", "10 MHz", "10.1", "", "{count: 1, cell: fa}", "sigma: expected"},
      {"area: 1 um2", "10 MHz", "0.1", ", held_out: perhaps", "{count: 1, cell: fa}", "perhaps"},
      {"area: 1 um2", "10 MHz", "0.1", ", structured: perhaps", "{count: 1, cell: fa}", "perhaps"},
      {"area: 1 um2", "10 MHz", "0.1", ", structured: false", "{count: 1, cell: fa}", ""},
      {"area: 1 um2", "10 MHz", "0.1", ", name: b", "{count: 1, cell: fa}", "duplicate"},
      {"area: 1 um2", "10 MHz", "0.1", ", note: b", "{count: 1, cell: fa}", "unknown key \"note\""},
      {"areas: 1 um2", "10 MHz", "0.1", "", "{count: 1, cell: fa}", "did you mean \"area\"?"},
      {"held_out: false", "10 MHz", "0.1", "", "{count: 1, cell: fa}", "one of the keys `area`, `power` and `energy`"},
      {"area: 1 um2", "10 MHz", "0.1", ", rows: {array: A, unrolling: FU}", "{count: 1, cell: fa}", ""},
      {"area: 1 um2", "10 MHz", "0.1", ", rows: {column: area_um2}", "{count: 1, cell: fa}", ""},
      {"area: 1 um2", "10 MHz", "0.1", ", rows: {unrolling: FU}", "{count: 1, cell: fa}",
       "keys `array` and `unrolling`"},
      {"area: 1 um2", "10 MHz", "0.1", ", rows: {array: A, unrolling: FU, column: c}", "{count: 1, cell: fa}",
       "keys `array` and `unrolling`"},
      {"area: 1 um2", "10 MHz", "0.1", ", rows: {}", "{count: 1, cell: fa}", "keys `array` and `unrolling`"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    const char *text = qy_arena_format(
        arena,
        HEAD "constants: [nand2.area]\ntargets:\n  - {name: a, %s, clock: %s, sigma: %s, source: s%s, of: [%s]}\n",
        row[i].figure, row[i].clock, row[i].sigma, row[i].rest, row[i].of);
    const qy_calibration *c = run_text(text, &err);
    const char *said = err.count ? err.diagnostic[0].text : "";
    ok(*row[i].said ? !c && strstr(said, row[i].said) && err.diagnostic[0].line > 0 : c != NULL, "%s %s %s%s [%s]: %s",
       row[i].figure, row[i].clock, row[i].sigma, row[i].rest, row[i].of, c ? "taken" : said);
  }
  static const char *const without[][2] = {{"clock: 10 MHz, ", "a key `clock`"},
                                           {"sigma: 0.1, ", "a key `sigma`"},
                                           {"source: s, ", "a key `source`"},
                                           {"name: a, ", "a key `name`"},
                                           {", of: [{count: 1, cell: fa}]", "a key `of`"}};
  static const char whole[] =
      "  - {name: a, clock: 10 MHz, sigma: 0.1, source: s, area: 1 um2, of: [{count: 1, cell: fa}]}\n";
  for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
    const char *at = strstr(whole, without[i][0]);
    qy_error err = {0};
    const char *text = qy_arena_format(arena, HEAD "constants: [nand2.area]\ntargets:\n%.*s%s", (int)(at - whole),
                                       whole, at + strlen(without[i][0]));
    const bool none = run_text(text, &err) == NULL;
    ok(none && err.count && strstr(err.diagnostic[0].text, without[i][1]), "%s",
       err.count ? err.diagnostic[0].text : "taken");
  }
}

int main(void)
{
  gsl_set_error_handler_off();
  arena = qy_arena_new();
  int fd = mkstemps(file, 5);
  if (fd >= 0) close(fd);
  one_constant();
  two_constants();
  structure();
  at_the_start();
  held_out();
  parts();
  /* 28 nm: held-out areas within 20 %, powers within 30 %; 55 nm: one held-out area within 10 % */
  shipped("db/published/calibration/fdsoi28_psma.yaml", 6, 6, 0.2, 0.3);
  shipped("db/published/calibration/lp55_anchors.yaml", 2, 1, 0.1, 0.1);
  mistakes();
  limits();
  unlink(file);
  qy_arena_free(arena);
  return done();
}
