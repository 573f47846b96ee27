/* The systolic array under draws: coefficients times basis against the array's own evaluation, in the nominal library,
 * and with everything built and priced anew in the library of each draw.
 *
 * Where a draw's own netlists and pipeline are the nominal ones, both must agree to rounding.  Elsewhere the model
 * keeps the nominal structure, and the difference is bounded. */
#include "../../src/accel/depthwise_int.h"

#include "quarry/systolic_draws.h"

#include "draws_check.h"
#include "tap.h"

#include <stdlib.h>

enum { DRAWS = 64, SRAM_DRAWS = 16 };

static qy_arena *arena;
static qy_sram_table *sram;
static qy_systolic_work *work;

typedef struct design {
  const char *name;
  qy_pe_params pe;
  qy_systolic_params array;
  bool trained; /* operands: Laplacian weights, ReLU activations */
} design;

/* clang-format off */
static const design designs[] = {
    {"ws mac", {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16, .input_registers = true},
     {.rows = 8, .columns = 8, .dataflow = QY_FLOW_WS, .tile = QY_TILE_AUTO, .port_bits = 256}, false},
    {"ws mac used", {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 8, .weight_bits = 6},
     {.rows = 16, .columns = 4, .dataflow = QY_FLOW_WS, .edge = QY_EDGE_USED, .tile = QY_TILE_NONE,
      .packing = QY_PACK_DIAGONAL, .port_bits = 64, .sram_flavour = QY_SRAM_HP}, true},
    {"os serial", {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16},
     {.rows = 4, .columns = 8, .dataflow = QY_FLOW_OS, .tile = QY_TILE_NONE, .port_bits = 64}, false},
    {"os overlapped used", {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 16},
     {.rows = 8, .columns = 8, .dataflow = QY_FLOW_OS, .drain = QY_DRAIN_OVERLAPPED, .edge = QY_EDGE_USED,
      .tile = QY_TILE_AUTO, .port_bits = 0, .batch = 3}, true},
    {"is mac_dc", {.kind = QY_PE_MAC_DC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16},
     {.rows = 8, .columns = 4, .dataflow = QY_FLOW_IS, .edge = QY_EDGE_USED, .tile = QY_TILE_AUTO, .port_bits = 128},
     false},
    {"is pot", {.kind = QY_PE_POT, .bits = 8, .weight_bits = 5, .accumulator_bits = 24},
     {.rows = 8, .columns = 4, .dataflow = QY_FLOW_IS, .tile = QY_TILE_NONE, .port_bits = 128}, true},
    {"ws shared", {.kind = QY_PE_SHIFT_ADD, .bits = 8, .weight_bits = 8, .m_bits = 3, .shared = true,
                   .accumulator_bits = 24},
     {.rows = 8, .columns = 8, .dataflow = QY_FLOW_WS, .tile = QY_TILE_AUTO, .port_bits = 256,
      .input_buffer_bytes = 8192, .weight_buffer_bytes = 8192, .output_buffer_bytes = 8192}, true},
    {"os shared", {.kind = QY_PE_SHIFT_ADD, .bits = 8, .weight_bits = 8, .shared = true, .accumulator_bits = 24,
                   .input_registers = true},
     {.rows = 8, .columns = 8, .dataflow = QY_FLOW_OS, .edge = QY_EDGE_USED, .tile = QY_TILE_AUTO, .port_bits = 256},
     false},
    {"ws bus pot", {.kind = QY_PE_POT, .bits = 8, .weight_bits = 5, .accumulator_bits = 24},
     {.rows = 8, .columns = 24, .dataflow = QY_FLOW_WS, .row = QY_ROW_BROADCAST, .tile = QY_TILE_AUTO,
      .port_bits = 256}, true},
    {"os bus shared", {.kind = QY_PE_SHIFT_ADD, .bits = 8, .weight_bits = 8, .m_bits = 3, .shared = true,
                       .accumulator_bits = 24},
     {.rows = 4, .columns = 8, .dataflow = QY_FLOW_OS, .row = QY_ROW_BROADCAST, .edge = QY_EDGE_USED,
      .tile = QY_TILE_AUTO, .port_bits = 64}, true},
    {"ws brslog", {.kind = QY_PE_BRSLOG, .bits = 8, .weight_bits = 5, .accumulator_bits = 24, .input_registers = true},
     {.rows = 16, .columns = 16, .dataflow = QY_FLOW_WS, .tile = QY_TILE_AUTO, .port_bits = 256}, true},
};
/* clang-format on */
enum { DESIGNS = sizeof designs / sizeof *designs };

static qy_tech *load(const char *name)
{
  qy_tech *tech = NULL;
  qy_error err = {0};
  if (qy_tech_read(&tech, "db", name, arena, &err)) printf("# %s\n", err.diagnostic[0].text);
  return tech;
}

/* A dense, a strided, a depthwise and a fully connected layer: edge folds everywhere. */
static void make_inputs(void)
{
  static const qy_layer layer[] = {
      {.name = "dense",
       .type = QY_LAYER_CONV,
       .in_h = 14,
       .in_w = 14,
       .in_c = 24,
       .out_c = 40,
       .kernel_h = 3,
       .kernel_w = 3,
       .batch = 1,
       .stride_h = 1,
       .stride_w = 1,
       .dilation_h = 1,
       .dilation_w = 1,
       .pad_top = 1,
       .pad_bottom = 1,
       .pad_left = 1,
       .pad_right = 1,
       .groups = 1,
       .out_h = 14,
       .out_w = 14},
      {.name = "strided",
       .type = QY_LAYER_CONV,
       .in_h = 29,
       .in_w = 29,
       .in_c = 3,
       .out_c = 10,
       .kernel_h = 5,
       .kernel_w = 5,
       .batch = 1,
       .stride_h = 2,
       .stride_w = 2,
       .dilation_h = 1,
       .dilation_w = 1,
       .groups = 1,
       .out_h = 13,
       .out_w = 13},
      {.name = "depthwise",
       .type = QY_LAYER_DWCONV,
       .in_h = 14,
       .in_w = 14,
       .in_c = 12,
       .out_c = 12,
       .kernel_h = 3,
       .kernel_w = 3,
       .batch = 1,
       .stride_h = 1,
       .stride_w = 1,
       .dilation_h = 1,
       .dilation_w = 1,
       .pad_top = 1,
       .pad_bottom = 1,
       .pad_left = 1,
       .pad_right = 1,
       .groups = 12,
       .out_h = 14,
       .out_w = 14},
      {.name = "full",
       .type = QY_LAYER_FC,
       .in_h = 1,
       .in_w = 1,
       .in_c = 200,
       .out_c = 50,
       .kernel_h = 1,
       .kernel_w = 1,
       .batch = 1,
       .stride_h = 1,
       .stride_w = 1,
       .dilation_h = 1,
       .dilation_w = 1,
       .groups = 1,
       .out_h = 1,
       .out_w = 1},
  };
  enum { LAYERS = sizeof layer / sizeof *layer };
  const qy_layer *list[LAYERS];
  qy_error err = {0};
  for (int i = 0; i < LAYERS; i++)
    list[i] = &layer[i];
  if (qy_sram_table_read(&sram, "db/memory/sram.csv", arena, &err) ||
      qy_systolic_work_new(&work, list, LAYERS, arena, &err)) {
    ok(0, "inputs: %s", err.diagnostic[0].text);
    exit(1);
  }
}

static qy_pe_stimulus operands(const design *d)
{
  qy_pe_stimulus s = qy_pe_stimulus_default();
  if (!d->trained) return s;
  s.weights = QY_WEIGHTS_LAPLACIAN;
  s.weight_range = 4;
  s.relu = true;
  s.zero_frac = 0.5;
  return s;
}

/* A design with everything that is not taken from the draws. */
typedef struct ready {
  const design *d;
  qy_pe pe, maker; /* maker: shared multiples */
  depthwise_circuit around[DEPTHWISE_CIRCUITS];
  qy_activity activity[QY_PE_MODES_MAX];
  qy_systolic_simulated *simulated;
} ready;

static int get_ready(ready *r, const design *d)
{
  qy_error err = {0};
  const qy_pe_stimulus stimulus = operands(d);
  const qy_pe_params maker = {
      .kind = QY_PE_MULTIPLES, .bits = d->pe.bits, .m_bits = d->pe.m_bits, .m_odd = d->pe.m_odd};
  r->d = d;
  return ok(!qy_pe_build(&r->pe, &d->pe, arena, &err) && !qy_pe_activities(r->activity, &r->pe, &stimulus, &err) &&
                !depthwise_circuits(r->around, &r->pe, arena, &err) &&
                !qy_systolic_simulate(&r->simulated, &r->pe, arena, &err) &&
                (!d->pe.shared || !qy_pe_build(&r->maker, &maker, arena, &err)),
            "design %s", d->name);
}

/* Everything from scratch in one library. 0: infeasible. */
static int build(qy_systolic *module, int stages[4], const ready *r, const qy_tech *tech, double clock_mhz)
{
  qy_error err = {0};
  qy_pe_cost cost;
  qy_systolic_parts parts;
  const char *reason;
  const double period_ps = 1e6 / clock_mhz;
  if (qy_pe_price_activities(&cost, &r->pe, tech, period_ps, r->activity, &err)) return 0;
  if (qy_systolic_parts_price_simulated(&parts, r->simulated, &cost, tech, period_ps, &err)) return 0;
  stages[0] = cost.build.stages;
  stages[1] = parts.adder.stages;
  stages[2] = parts.requantizer.stages;
  stages[3] = parts.multiples.stages;
  return !qy_systolic_init_with(module, &r->d->array, &r->pe, &cost, &parts, tech, sram, clock_mhz, work, &reason,
                                &err);
}

/* Stages as counted by the parts: a register at the end is one; the multiples have none. */
static int pipelined(const int stages[4])
{
  return stages[0] > 0 || stages[1] > 1 || stages[2] > 1 || stages[3] > 0;
}

static int same_structure(const ready *r, const int a[4], const int b[4], const qy_tech *x, const qy_tech *y)
{
  if (pipelined(a) || pipelined(b) || !same_netlist(r->pe.circuit, x, y)) return 0;
  for (int i = 0; i < DEPTHWISE_CIRCUITS; i++)
    if (!same_netlist(r->around[i].circuit, x, y)) return 0;
  return !r->d->pe.shared || same_netlist(r->maker.circuit, x, y);
}

typedef struct tally {
  int points, drawn, same, metric;
  int designs; /* with a draw of the same structure */
  double nominal_worst, same_worst, other_worst, other_sum;
} tally;

static void one_design(tally *t, const ready *r, const qy_draws *draws, double clock_mhz)
{
  static double basis[QY_SYSTOLIC_COLUMNS * DRAWS];
  static const int precision[] = {16, 8, 4};
  qy_error err = {0};
  qy_systolic_anatomy *anatomy = NULL;
  qy_systolic module, other;
  size_t rows;
  const qy_linear *row = qy_systolic_linear(&rows);
  double nominal[QY_SYSTOLIC_COLUMNS], coefficient[QY_SYSTOLIC_COLUMNS], metric[QY_METRIC_COUNT];
  const qy_pe_stimulus stimulus = operands(r->d);
  const char *reason;
  int stages[4], other_stages[4];
  if (!build(&module, stages, r, draws->nominal, clock_mhz)) return;
  if (qy_systolic_anatomy_new(&anatomy, NULL, &r->pe, &stimulus, draws, arena, &err) ||
      qy_systolic_basis_nominal(nominal, anatomy, 1e6 / clock_mhz, &err) ||
      qy_systolic_basis(basis, anatomy, 1e6 / clock_mhz, NULL, &err)) {
    ok(0, "design %s: basis", r->d->name);
    return;
  }
  for (int k = -1; k < DRAWS; k++) {
    const int feasible = k < 0 || build(&other, other_stages, r, &draws->draw[k], clock_mhz);
    if (!feasible || (k >= 0 && memcmp(stages, other_stages, sizeof stages) != 0)) continue;
    for (int p = 0; p < 3; p++) {
      const qy_systolic *m = k < 0 ? &module : &other;
      if (qy_systolic_evaluate(metric, &reason, m, work, precision[p])) continue;
      if (qy_systolic_coefficients(coefficient, &module, work, precision[p])) {
        ok(0, "design %s: coefficients", r->d->name);
        return;
      }
      const double error =
          worst_error(&t->metric, row, rows, metric, coefficient, k < 0 ? nominal : basis + k, k < 0 ? 1 : DRAWS);
      if (k < 0) {
        t->points++;
        t->nominal_worst = fmax(t->nominal_worst, error);
      } else if (same_structure(r, stages, other_stages, draws->nominal, &draws->draw[k])) {
        t->same++;
        t->same_worst = fmax(t->same_worst, error);
      } else {
        t->other_worst = fmax(t->other_worst, error);
        t->other_sum += error;
      }
      t->drawn += k >= 0;
    }
  }
}

static void against_evaluation(const ready *all, const char *library, double clock_mhz, int designs_least)
{
  qy_error err = {0};
  const qy_tech *tech = load(library);
  qy_draws *draws = NULL;
  tally t = {.metric = 0};
  if (!ok(tech && !qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, &err), "draws of %s", library)) return;
  for (int i = 0; i < DESIGNS; i++) {
    const int before = t.same;
    one_design(&t, &all[i], draws, clock_mhz);
    t.designs += t.same > before;
  }
  ok(t.points >= 10, "%s at %g MHz: %d points", library, clock_mhz, t.points);
  ok(t.nominal_worst < 1e-12, "coefficients give the evaluated metrics (%.2g)", t.nominal_worst);
  ok(t.designs >= designs_least && t.same_worst < 1e-9,
     "same structure in the draw: %d of %d (%d designs), all equal to 1e-9 (%.2g)", t.same, t.drawn, t.designs,
     t.same_worst);
  ok(t.drawn >= 500 && t.other_worst < 0.2 && t.other_sum < 0.05 * (t.drawn - t.same),
     "else the worst metric within 20 %%, in the mean within 5 %% (%.2g; %.2g)", t.other_worst,
     t.other_sum / (t.drawn - t.same));
}

/* SRAM factors: the macros themselves made costlier, one factor per quantity and buffer. */
static void against_sram(const ready *r)
{
  static double basis[QY_SYSTOLIC_COLUMNS * SRAM_DRAWS], factor[QY_SRAM_FACTORS * SRAM_DRAWS];
  qy_error err = {0};
  const qy_tech *tech = load("fdsoi28");
  qy_draws *draws = NULL;
  qy_systolic_anatomy *anatomy = NULL;
  qy_systolic module;
  const qy_pe_stimulus stimulus = operands(r->d);
  double coefficient[QY_SYSTOLIC_COLUMNS], metric[QY_METRIC_COUNT] = {0}, worst = 0;
  const char *reason;
  int stages[4];
  for (int i = 0; i < QY_SRAM_FACTORS * SRAM_DRAWS; i++)
    factor[i] = 0.5 + 0.01 * ((i * 37) % 100);
  if (!ok(tech && !qy_draws_new(&draws, tech, SRAM_DRAWS, 2, 0, arena, &err) && build(&module, stages, r, tech, 100) &&
              !qy_systolic_anatomy_new(&anatomy, NULL, &r->pe, &stimulus, draws, arena, &err) &&
              !qy_systolic_basis(basis, anatomy, 1e4, factor, &err) &&
              !qy_systolic_coefficients(coefficient, &module, work, 8),
          "%s with SRAM factors", r->d->name))
    return;
  size_t rows;
  const qy_linear *row = qy_systolic_linear(&rows);
  for (int k = 0; k < SRAM_DRAWS; k++) {
    const double *f = factor + k; /* read 0..2, write 3..5, leakage 6..8, area 9..11: input, output, weights */
    qy_systolic m = module;
    m.input_read_pj *= f[0];
    m.output_read_pj *= f[1 * SRAM_DRAWS];
    m.weight_read_pj *= f[2 * SRAM_DRAWS];
    m.input_write_pj *= f[3 * SRAM_DRAWS];
    m.output_write_pj *= f[4 * SRAM_DRAWS];
    m.weight_write_pj *= f[5 * SRAM_DRAWS];
    const double area_mm2 = m.input.count * m.input.macro.area_mm2 * f[9 * SRAM_DRAWS] +
                            m.output.count * m.output.macro.area_mm2 * f[10 * SRAM_DRAWS] +
                            m.weight.count * m.weight.macro.area_mm2 * f[11 * SRAM_DRAWS];
    m.area_sram_um2 = area_mm2 * 1e6;
    if (qy_systolic_evaluate(metric, &reason, &m, work, 8)) worst = INFINITY;
    for (size_t i = 0; i < rows; i++)
      if (row[i].metric == QY_AREA_SRAM_UM2 || row[i].metric == QY_ENERGY_SRAM_UJ)
        worst = fmax(worst, fabs(sum_of(&row[i], coefficient, basis + k, SRAM_DRAWS) / metric[row[i].metric] - 1));
  }
  ok(worst < 1e-12, "reads, writes and areas of each buffer have factors of their own (%.2g)", worst);
  /* Leakage: the difference that the factors make. */
  static double plain[QY_SYSTOLIC_COLUMNS * SRAM_DRAWS];
  ok(!qy_systolic_basis(plain, anatomy, 1e4, NULL, &err), "the same without");
  worst = 0;
  for (int k = 0; k < SRAM_DRAWS; k++) {
    const double *f = factor + 6 * SRAM_DRAWS + k;
    const double expected = module.input.count * module.input.macro.leakage_mw * (f[0] - 1) +
                            module.output.count * module.output.macro.leakage_mw * (f[SRAM_DRAWS] - 1) +
                            module.weight.count * module.weight.macro.leakage_mw * (f[2 * SRAM_DRAWS] - 1);
    for (size_t i = 0; i < rows; i++)
      if (row[i].metric == QY_LEAKAGE_MW)
        worst = fmax(worst, fabs(sum_of(&row[i], coefficient, basis + k, SRAM_DRAWS) -
                                 sum_of(&row[i], coefficient, plain + k, SRAM_DRAWS) - expected) /
                                module.leakage_mw);
  }
  ok(worst < 1e-12, "so do leakages (%.2g)", worst);
}

/* Energy without SRAM of one design in all draws. */
static int energies(double energy[DRAWS], const ready *r, const qy_draws *draws)
{
  static double basis[QY_SYSTOLIC_COLUMNS * DRAWS];
  qy_error err = {0};
  qy_systolic module;
  qy_systolic_anatomy *anatomy = NULL;
  double coefficient[QY_SYSTOLIC_COLUMNS];
  const qy_pe_stimulus stimulus = operands(r->d);
  size_t rows;
  int stages[4];
  const qy_linear *row = qy_systolic_linear(&rows);
  if (!build(&module, stages, r, draws->nominal, 100) ||
      qy_systolic_anatomy_new(&anatomy, NULL, &r->pe, &stimulus, draws, arena, &err) ||
      qy_systolic_basis(basis, anatomy, 1e4, NULL, &err) || qy_systolic_coefficients(coefficient, &module, work, 8))
    return 0;
  for (int k = 0; k < DRAWS; k++) {
    energy[k] = 0;
    for (size_t i = 0; i < rows; i++)
      if (row[i].metric == QY_ENERGY_DATAPATH_UJ || row[i].metric == QY_ENERGY_REGISTER_UJ)
        energy[k] += sum_of(&row[i], coefficient, basis + k, DRAWS);
  }
  return 1;
}

/* Energy is uncertain by tens of per cent; the ratio of two arrays is not. */
static void ratios(const ready *one, const ready *two)
{
  double energy[2][DRAWS], ratio[DRAWS];
  qy_error err = {0};
  const qy_tech *tech = load("fdsoi28");
  qy_draws *draws = NULL;
  if (!ok(tech && !qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, &err) && energies(energy[0], one, draws) &&
              energies(energy[1], two, draws),
          "%s and %s", one->d->name, two->d->name))
    return;
  for (int k = 0; k < DRAWS; k++)
    ratio[k] = energy[1][k] / energy[0][k];
  const double spread = log(qy_quantile(energy[0], DRAWS, 0.95) / qy_quantile(energy[0], DRAWS, 0.05));
  const double narrow = log(qy_quantile(ratio, DRAWS, 0.95) / qy_quantile(ratio, DRAWS, 0.05));
  printf("# energy p95/p05 %.3f, ratio of two designs %.3f\n", exp(spread), exp(narrow));
  ok(spread > 0.2 && narrow < spread / 3, "the ratio of two arrays is at least three times as certain");
}

int main(void)
{
  static ready all[DESIGNS];
  arena = qy_arena_new();
  make_inputs();
  for (int i = 0; i < DESIGNS; i++)
    if (!get_ready(&all[i], &designs[i])) return done();
  against_evaluation(all, "fdsoi28", 50, DESIGNS);
  against_evaluation(all, "fdsoi28", 400, DESIGNS - 1);
  against_evaluation(all, "lp55", 50, DESIGNS - 3);
  against_sram(&all[0]);
  against_sram(&all[5]);
  ratios(&all[0], &all[4]);
  qy_arena_free(arena);
  return done();
}
