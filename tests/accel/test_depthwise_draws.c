/* Coefficients and basis against the module's own evaluation: in the nominal library, and with everything priced anew
 * in the library of a draw. */
#include "quarry/depthwise_draws.h"

#include "tap.h"

#include <stdlib.h>

enum { DRAWS = 64, POINTS_MAX = 4096 };

static qy_arena *arena;
static qy_sram_table *sram;
static qy_depthwise_work *work;

typedef struct design {
  qy_pe_params pe;
  qy_depthwise_params module;
} design;

/* All kinds of element, reduction, several multipliers, wide words, HP memory. */
static const design designs[] = {
    {{.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16},
     {.channels = 1, .multipliers = 1, .port_bits = 64}},
    {{.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 8},
     {.channels = 8, .multipliers = 9, .port_bits = 128, .sram_flavour = QY_SRAM_HP}},
    {{.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16},
     {.channels = 16, .multipliers = 3, .port_bits = 64, .reduction = QY_REDUCE_TAPS}},
    {{.kind = QY_PE_MAC_SA, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 16, .input_registers = true},
     {.channels = 40, .multipliers = 2, .port_bits = 256, .reduction = QY_REDUCE_CHANNELS}},
};
enum { DESIGNS = sizeof designs / sizeof *designs };

static qy_tech *load(const char *name)
{
  qy_tech *tech = NULL;
  qy_error err = {0};
  if (qy_tech_read(&tech, "db", name, arena, &err)) printf("# %s\n", err.diagnostic[0].text);
  return tech;
}

static void read_inputs(void)
{
  qy_error err = {0};
  qy_network *network = NULL;
  const qy_layer **layers = NULL;
  size_t count = 0;
  const qy_layer_filter filter = {.types = 1u << QY_LAYER_DWCONV};
  if (qy_sram_table_read(&sram, "db/memory/sram.csv", arena, &err) ||
      qy_network_read(&network, "db", "mobilenet_v1_1.0_224", arena, &err) ||
      qy_network_select(&layers, &count, network, &filter, arena, &err) ||
      qy_depthwise_work_new(&work, layers, count, arena, &err)) {
    ok(0, "inputs: %s", err.diagnostic[0].text);
    exit(1);
  }
}

/* Everything from scratch in one library. 0: infeasible. */
static int evaluate(double metric[QY_METRIC_COUNT], qy_depthwise *module, const design *d, const qy_pe *pe,
                    const qy_tech *tech, double clock_mhz, int precision)
{
  qy_error err = {0};
  qy_pe_cost cost;
  qy_depthwise_parts parts;
  const char *reason;
  const double period_ps = 1e6 / clock_mhz;
  if (qy_pe_price(&cost, pe, tech, period_ps, &err)) return 0;
  if (qy_depthwise_parts_price(&parts, pe, &cost, tech, period_ps, &err)) return 0;
  if (qy_depthwise_init_with(module, &d->module, pe, &cost, &parts, tech, sram, clock_mhz, work, &reason, &err))
    return 0;
  return qy_depthwise_evaluate(metric, &reason, module, work, precision) == QY_OK;
}

static double worst_error(const double *metric, const double *coefficient, const double *basis, size_t stride)
{
  size_t count;
  const qy_linear *row = qy_depthwise_linear(&count);
  double worst = 0;
  for (size_t r = 0; r < count; r++) {
    double sum = 0;
    for (int j = row[r].first; j < row[r].first + row[r].count; j++)
      sum += coefficient[j] * basis[(size_t)j * stride];
    worst = fmax(worst, fabs(sum / metric[row[r].metric] - 1));
  }
  return worst;
}

static void against_evaluation(const char *library, double clock_mhz)
{
  static double basis[QY_DEPTHWISE_COLUMNS * DRAWS];
  qy_error err = {0};
  const qy_tech *tech = load(library);
  qy_draws *draws = NULL;
  if (!ok(tech && !qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, &err), "draws of %s", library)) return;
  double nominal_worst = 0, draw_worst = 0;
  int points = 0, drawn = 0, exact = 0;
  for (int i = 0; i < DESIGNS; i++) {
    qy_pe pe;
    qy_depthwise_anatomy *anatomy = NULL;
    if (qy_pe_build(&pe, &designs[i].pe, arena, &err) ||
        qy_depthwise_anatomy_new(&anatomy, NULL, &pe, draws, arena, &err)) {
      ok(0, "design %d: %s", i, err.diagnostic[0].text);
      continue;
    }
    double nominal[QY_DEPTHWISE_COLUMNS], coefficient[QY_DEPTHWISE_COLUMNS], metric[QY_METRIC_COUNT];
    qy_depthwise module, other;
    const int precision[] = {16, 8, 4};
    for (int p = 0; p < 3; p++) {
      if (!evaluate(metric, &module, &designs[i], &pe, tech, clock_mhz, precision[p])) continue;
      if (qy_depthwise_basis_nominal(nominal, anatomy, 1e6 / clock_mhz, &err) ||
          qy_depthwise_coefficients(coefficient, &module, work, precision[p]) ||
          qy_depthwise_basis(basis, anatomy, 1e6 / clock_mhz, NULL, &err)) {
        ok(0, "design %d: basis", i);
        continue;
      }
      points++;
      nominal_worst = fmax(nominal_worst, worst_error(metric, coefficient, nominal, 1));
      for (int k = 0; k < DRAWS; k += 7) {
        double error;
        if (!evaluate(metric, &other, &designs[i], &pe, &draws->draw[k], clock_mhz, precision[p])) continue;
        if (other.fill != module.fill) continue; /* the draw's own design has other pipeline stages */
        error = worst_error(metric, coefficient, basis + k, DRAWS);
        draw_worst = fmax(draw_worst, error);
        drawn++;
        exact += error < 1e-9;
      }
    }
  }
  ok(points >= 6, "%s at %g MHz: %d points", library, clock_mhz, points);
  ok(nominal_worst < 1e-12, "coefficients give the evaluated metrics (%.2g)", nominal_worst);
  /* A draw may make another multiplexer cell the cheaper one; the nominal netlist is kept. */
  ok(drawn >= 20 && exact * 10 >= drawn * 5, "priced anew in the draw's library: %d of %d equal to 1e-9", exact, drawn);
  ok(draw_worst < 0.06, "and none far away (%.2g)", draw_worst);
}

/* Area and energy of a module are uncertain by tens of per cent; the ratio of two modules is not. */
static void ratios(void)
{
  static double basis[2][QY_DEPTHWISE_COLUMNS * DRAWS], energy[2][DRAWS], ratio[DRAWS];
  const int which[2] = {0, 2};
  qy_error err = {0};
  const qy_tech *tech = load("fdsoi28");
  qy_draws *draws = NULL;
  size_t rows;
  const qy_linear *row = qy_depthwise_linear(&rows);
  if (!ok(tech && !qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, &err), "draws")) return;
  for (int i = 0; i < 2; i++) {
    const design *d = &designs[which[i]];
    qy_pe pe;
    qy_depthwise module;
    qy_depthwise_anatomy *anatomy = NULL;
    double coefficient[QY_DEPTHWISE_COLUMNS], metric[QY_METRIC_COUNT];
    if (!ok(!qy_pe_build(&pe, &d->pe, arena, &err) &&
                !qy_depthwise_anatomy_new(&anatomy, NULL, &pe, draws, arena, &err) &&
                evaluate(metric, &module, d, &pe, tech, 200, 8) &&
                !qy_depthwise_basis(basis[i], anatomy, 5000, NULL, &err) &&
                !qy_depthwise_coefficients(coefficient, &module, work, 8),
            "design %d", i))
      return;
    for (int k = 0; k < DRAWS; k++) {
      energy[i][k] = 0;
      for (size_t r = 0; r < rows; r++)
        if (row[r].metric == QY_ENERGY_DATAPATH_UJ || row[r].metric == QY_ENERGY_REGISTER_UJ)
          for (int j = row[r].first; j < row[r].first + row[r].count; j++)
            energy[i][k] += coefficient[j] * basis[i][j * DRAWS + k];
    }
  }
  for (int k = 0; k < DRAWS; k++)
    ratio[k] = energy[1][k] / energy[0][k];
  double spread = log(qy_quantile(energy[0], DRAWS, 0.95) / qy_quantile(energy[0], DRAWS, 0.05));
  double narrow = log(qy_quantile(ratio, DRAWS, 0.95) / qy_quantile(ratio, DRAWS, 0.05));
  printf("# energy p95/p05 %.3f, ratio of two designs %.3f\n", exp(spread), exp(narrow));
  ok(spread > 0.2 && narrow < spread / 4, "the ratio of two designs is at least four times as certain");
}

int main(void)
{
  arena = qy_arena_new();
  read_inputs();
  against_evaluation("fdsoi28", 50);
  against_evaluation("fdsoi28", 500);
  against_evaluation("lp55", 100);
  ratios();
  qy_arena_free(arena);
  return done();
}
