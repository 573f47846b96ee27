/* Every accelerator with every element it takes, at many clocks: area and energy do not fall when the clock gets
 * faster. Energy is that of an inference or a product without leakage: what leaks while it takes longer is physics, and
 * is up to a sixth of the whole at 20 MHz.
 * CLOCKS (environment): how many, 60 to 1500 MHz; 20. */
#include "evaluate_test.h"

enum { CLOCKS_MAX = 200, PRECISIONS = 3, TECHNOLOGIES = 2, DESIGNS_MAX = 8, MEASURES = 2 };
static const double tolerance = 0.01;
static const int precision[PRECISIONS] = {16, 8, 4};
static int clocks = 20;

/* What an accelerator is tried with beside its required parameters. */
static const char *more_of(const char *accelerator)
{
  return strcmp(accelerator, "systolic") == 0 ? "    dataflow: [os, ws, is]\n" : "";
}

/* Required parameters in the middle of what is usual. */
static void put_required(char *text, size_t size, const qy_accelerator *a)
{
  text[0] = '\0';
  for (size_t i = 0; i < a->parameter_count; i++) {
    const qy_parameter *p = &a->parameter[i];
    const size_t used = strlen(text);
    if (p->required) snprintf(text + used, size - used, "    %s: %g\n", p->key, fmin(p->high, fmax(p->low, 8)));
  }
}

/* NULL: the accelerator does not take the element. */
static qy_plan *plan_for(const qy_accelerator *a, const char *element, const char *layers, qy_arena *arena)
{
  static const char form[] = "name: c\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\n"
                             "layers: {type: %s}\ndesigns:\n  - name: only\n    accelerator: %s\n"
                             "    pe: {kind: %s, bits: 16}\n%s%sprecision: [16, 8, 4]\n"
                             "clock_mhz: {from: 60, to: 1500, points: %d, scale: log}\n"
                             "objectives: {minimize: [area_um2, power_mw]}\n";
  char text[2048], required[512], file[] = "/tmp/quarry-evaluate-XXXXXX.yaml";
  qy_plan *plan = NULL;
  put_required(required, sizeof required, a);
  snprintf(text, sizeof text, form, layers, a->name, element, required, more_of(a->name), clocks);
  qy_error_clear(&err);
  if (!written(file, text)) return NULL;
  const qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
  unlink(file);
  return status ? NULL : plan;
}

/* ---- sweeps ---- */

typedef struct curve {
  double at[CLOCKS_MAX][MEASURES]; /* area, energy without leakage; NaN: infeasible */
} curve;

static curve curves[DESIGNS_MAX][TECHNOLOGIES][PRECISIONS];

static double energy_of(const qy_point *p)
{
  static const double fj_us_per_mw = 2e3; /* leakage of a product, mW over GOP/s of two operations each, in fJ */
  const double *m = p->metric;
  if (!isnan(m[QY_ENERGY_UJ])) return m[QY_ENERGY_UJ] - m[QY_ENERGY_LEAKAGE_UJ];
  return m[QY_ENERGY_PER_PRODUCT_FJ] - m[QY_LEAKAGE_MW] * fj_us_per_mw / m[QY_GOPS];
}

static qy_status put_points(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
{
  const double *clock_mhz = ctx;
  (void)batch, (void)error;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    int k = 0, b = 0;
    while (clock_mhz[k] != p->clock_mhz)
      k++;
    while (precision[b] != p->precision_bits)
      b++;
    double *to = curves[p->design][p->technology][b].at[k];
    to[0] = p->reason ? NAN : p->metric[QY_AREA_UM2];
    to[1] = p->reason ? NAN : energy_of(p);
  }
  return QY_OK;
}

static int falls_of(const curve *c, int measure, int *points, double *worst)
{
  double most = 0;
  int falls = 0;
  for (int k = 0; k < clocks; k++) {
    const double x = c->at[k][measure];
    if (isnan(x)) continue;
    ++*points;
    falls += x < (1 - tolerance) * most;
    *worst = fmax(*worst, 1 - x / fmax(x, most));
    most = fmax(most, x);
  }
  return falls;
}

/* Reversals of one design; false: it cannot be made. */
static bool test_pair(const qy_accelerator *a, const char *element, int falls[MEASURES], int *points, double *worst)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = plan_for(a, element, "dwconv", arena);
  if (!plan) plan = plan_for(a, element, "conv", arena);
  qy_model *model = NULL;
  const qy_status status = plan ? model_made(&model, plan, NULL, 0, &err) : QY_INFEASIBLE;
  const qy_model_run run = {
      .threads = 1, .batch_points = 1000, .ctx = plan ? plan->clock_mhz.value : NULL, .sink = put_points};
  const bool run_it = !status && !qy_model_sweep(model, &run, &err);
  if (plan && !run_it) ok(0, "%s of %s: %s", a->name, element, err.diagnostic[0].text);
  const size_t designs = run_it ? (size_t)plan->entries[0].design_count : 0;
  for (size_t d = 0; d < designs; d++)
    for (int t = 0; t < TECHNOLOGIES; t++)
      for (int b = 0; b < PRECISIONS; b++)
        for (int m = 0; m < MEASURES; m++)
          falls[m] += falls_of(&curves[d][t][b], m, points, worst);
  qy_model_free(model);
  qy_arena_free(arena);
  return run_it;
}

int main(void)
{
  const char *given = getenv("CLOCKS");
  if (given) clocks = atoi(given);
  if (clocks < 2 || clocks > CLOCKS_MAX) return !ok(0, "CLOCKS from 2 to %d", CLOCKS_MAX) && done();
  size_t accelerators;
  const qy_accelerator *const *table = qy_accelerator_table(&accelerators);
  for (size_t i = 0; i < accelerators; i++) {
    int falls[MEASURES] = {0}, points = 0, elements = 0;
    double worst = 0;
    if (table[i]->fabrics == QY_ON_FPGA) continue; /* of no cells */
    for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
      elements += test_pair(table[i], qy_pe_row_of((qy_pe_kind)kind)->name, falls, &points, &worst);
    ok(elements > 0 && points > 0 && falls[0] == 0 && falls[1] == 0,
       "%s of %d elements: of %d values at a faster clock no area (%d) and no energy (%d) is lower (most: %.1g)",
       table[i]->name, elements, points, falls[0], falls[1], worst);
  }
  return done();
}
