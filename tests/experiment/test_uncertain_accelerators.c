/* Experiments with systolic arrays and with single elements under draws: which metrics have intervals, that they hold
 * the values, that an array's SRAM is drawn like any other's, and the ratio of two designs. */
#include "quarry/draws.h"
#include "quarry/element_draws.h"
#include "quarry/experiment.h"
#include "quarry/sram_error.h"
#include "quarry/systolic_draws.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

enum { POINTS_MAX = 64 };

static const char systolic_text[] =
    "name: s\ntechnology: [fdsoi28, lp55]\nnetwork: alexnet_227\nlayers: {type: [conv, fc]}\n"
    "designs:\n"
    "  - name: A\n    accelerator: systolic\n    dataflow: [os, ws, is]\n    rows: 8\n"
    "    pe: {kind: mac, multiplier: array, bits: 8, input_registers: yes, operands: [uniform, trained]}\n"
    "  - name: B\n    accelerator: systolic\n    dataflow: ws\n    edge: used\n    rows: 8\n"
    "    pe: {kind: shift_add, bits: 8, shared: yes, accumulator_bits: 24}\n"
    "precision: 8\nclock_mhz: [100, 200]\n"
    "objectives: {minimize: [area_um2, energy_uj], maximize: [tops_per_w]}\n"
    "uncertainty: {draws: 64, seed: 5}\n";

static const char element_text[] =
    "name: e\ntechnology: [fdsoi28, lp55]\n"
    "designs:\n"
    "  - name: A\n    accelerator: element\n    pe: {kind: mac, bits: 8, operands: [uniform, trained]}\n"
    "  - name: B\n    accelerator: element\n    pe: {kind: brslog, bits: 8, weight_bits: [4, 5], accumulator_bits: "
    "24}\n"
    "precision: 8\nclock_mhz: [100, 200]\n"
    "objectives: {minimize: [energy_per_product_fj, area_um2, power_mw], maximize: [sqnr_db, tops_per_w]}\n"
    "uncertainty: {draws: 64, seed: 5}\n";

typedef struct seen {
  double metric[POINTS_MAX][QY_METRIC_COUNT], interval[POINTS_MAX][QY_METRIC_COUNT][2], chance[POINTS_MAX];
  int feasible[POINTS_MAX], bare[POINTS_MAX], technology[POINTS_MAX];
  double clock_mhz[POINTS_MAX];
  int64_t points;
  size_t chances;
} seen;

static qy_status sink(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err)
{
  seen *s = ctx;
  (void)batch, (void)err;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    s->feasible[p->index] = !p->reason;
    s->bare[p->index] = !p->interval;
    s->technology[p->index] = p->technology;
    s->clock_mhz[p->index] = p->clock_mhz;
    memcpy(s->metric[p->index], p->metric, sizeof p->metric);
    if (p->interval) memcpy(s->interval[p->index], p->interval, sizeof s->interval[0]);
  }
  return QY_OK;
}

static qy_status chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err)
{
  seen *s = ctx;
  (void)err;
  s->chances = count;
  for (size_t i = 0; i < count; i++)
    s->chance[point[i]] = probability[i];
  return QY_OK;
}

static int run(seen *s, const char *text, qy_arena *arena)
{
  qy_error err = {0};
  char file[] = "/tmp/quarry-accelerators-XXXXXX";
  int fd = mkstemp(file);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!ok(out != NULL, "a file to write")) return 0;
  fputs(text, out);
  fclose(out);
  qy_plan *plan = NULL;
  qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
  unlink(file);
  qy_plan_run r = {.threads = 2, .batch_points = 5, .ctx = s, .sink = sink, .chances = chances};
  if (!status) status = qy_plan_execute(plan, &r, &err);
  if (!ok(!status, "an experiment runs")) {
    printf("# %s\n", err.diagnostic[0].text);
    return 0;
  }
  s->points = qy_plan_get(plan)->points;
  return 1;
}

/* Intervals of all metrics that a point has and that are not certain. */
static void check(const seen *s, const char *what, uint64_t expected)
{
  int feasible = 0, inside = 0, values = 0, none = 1, others = 1;
  double chance = 0;
  for (int64_t i = 0; i < s->points; i++) {
    if (!s->feasible[i]) continue;
    feasible++;
    none &= !s->bare[i];
    chance += s->chance[i];
    for (int k = 0; k < QY_METRIC_COUNT; k++) {
      const double *ends = s->interval[i][k], value = s->metric[i][k];
      if (!(expected >> k & 1)) {
        others &= isnan(ends[0]) && isnan(ends[1]);
        continue;
      }
      values++;
      inside += ends[0] < value && value < ends[1];
      if (!(ends[0] < value && value < ends[1]))
        printf("# %s %g..%g..%g\n", qy_metric_table()[k].name, ends[0], value, ends[1]);
    }
  }
  ok(feasible > 0 && feasible == s->points && none, "%s: all %d points have intervals", what, feasible);
  ok(others, "%s: none where a metric is certain or missing", what);
  is_int(inside, values, what);
  ok(s->chances > 0 && chance > 0.99, "some are on their front");
}

/* Intervals of design A of the elements from pricing it anew in every draw of both libraries. */
static void priced_anew(const seen *s, qy_arena *arena)
{
  static const char *const name[] = {"fdsoi28", "lp55"};
  qy_error err = {0};
  qy_pe pe;
  qy_activity activity[2][QY_PE_MODES_MAX];
  const qy_pe_params params = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 8};
  qy_pe_stimulus uniform = qy_pe_stimulus_default(), trained = uniform;
  trained.weights = QY_WEIGHTS_LAPLACIAN;
  trained.weight_range = 4;
  trained.relu = true;
  trained.zero_frac = 0.5;
  if (!ok(!qy_pe_build(&pe, &params, arena, &err) && !qy_pe_activities(activity[0], &pe, &uniform, &err) &&
              !qy_pe_activities(activity[1], &pe, &trained, &err),
          "design A"))
    return;
  double worst = 0;
  for (int64_t i = 0; i < 8; i++) { /* operands, library, clock, the last one fastest */
    const int t = s->technology[i], operands = i >= 4;
    qy_tech *tech = NULL;
    qy_draws *draws = NULL;
    double energy[64];
    if (qy_tech_read(&tech, "db", name[t], arena, &err) || qy_draws_new(&draws, tech, 64, 5, t, arena, &err)) {
      ok(0, "draws of %s", name[t]);
      return;
    }
    for (int k = 0; k < 64; k++) {
      qy_pe_cost cost;
      if (qy_pe_price_activities(&cost, &pe, &draws->draw[k], 1e6 / s->clock_mhz[i], activity[operands], &err))
        worst = INFINITY;
      energy[k] = cost.energy_fj[0] + cost.build.leakage_nw / s->clock_mhz[i];
    }
    const double low = qy_quantile(energy, 64, 0.05), high = qy_quantile(energy, 64, 0.95);
    worst = fmax(worst, fabs(s->interval[i][QY_ENERGY_PER_PRODUCT_FJ][0] / low - 1));
    worst = fmax(worst, fabs(s->interval[i][QY_ENERGY_PER_PRODUCT_FJ][1] / high - 1));
  }
  ok(worst < 0.01, "the quantiles are those of the element priced anew in every draw (%.2g)", worst);
}

/* The interval of an array's SRAM area from the random numbers of its three buffers, by their names. */
static void sram_by_name(const seen *s, qy_arena *arena)
{
  static const char *const name[] = {"sram.area.input", "sram.area.weights", "sram.area.output"};
  const qy_pe_params params = {
      .kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 8, .input_registers = true};
  const qy_systolic_params array = {
      .rows = 8, .columns = 8, .dataflow = QY_FLOW_WS, .tile = QY_TILE_AUTO, .port_bits = 256};
  const qy_layer_filter filter = {.types = 1u << QY_LAYER_CONV | 1u << QY_LAYER_FC};
  qy_error err = {0};
  qy_pe pe;
  qy_pe_cost cost;
  qy_systolic_parts parts;
  qy_systolic module;
  qy_systolic_work *work = NULL;
  qy_network *network = NULL;
  const qy_layer **layers = NULL;
  qy_sram_table *table = NULL;
  qy_tech *tech = NULL;
  size_t count = 0;
  const char *reason;
  double p95[QY_SRAM_QUANTITY_COUNT], z[3][64], area[64];
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, &err) && !qy_pe_build(&pe, &params, arena, &err) &&
              !qy_pe_price(&cost, &pe, tech, 1e4, &err) &&
              !qy_systolic_parts_price(&parts, &pe, &cost, tech, 1e4, &err) &&
              !qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err) &&
              !qy_network_read(&network, "db", "alexnet_227", arena, &err) &&
              !qy_network_select(&layers, &count, network, &filter, arena, &err) &&
              !qy_systolic_work_new(&work, layers, count, arena, &err) &&
              !qy_systolic_init_with(&module, &array, &pe, &cost, &parts, tech, table, 100, work, &reason, &err) &&
              !qy_sram_error_read(p95, "db/memory/sram_error.csv", 28, arena, &err),
          "an array by hand"))
    return;
  for (int i = 0; i < 3; i++)
    ok(!qy_draws_normal(z[i], 64, 5, name[i], &err), "%s", name[i]);
  const qy_systolic_buffer *buffer[] = {&module.input, &module.weight, &module.output};
  for (int k = 0; k < 64; k++) {
    area[k] = 0;
    for (int i = 0; i < 3; i++)
      area[k] += buffer[i]->count * buffer[i]->macro.area_mm2 * 1e6 * qy_sram_error_factor(p95[QY_SRAM_AREA], z[i][k]);
  }
  const double low = qy_quantile(area, 64, 0.05), high = qy_quantile(area, 64, 0.95);
  int found = 0, equal = 0;
  for (int64_t i = 0; i < s->points; i++) {
    if (s->technology[i] != 0 || fabs(s->metric[i][QY_AREA_SRAM_UM2] / module.area_sram_um2 - 1) > 1e-12) continue;
    found++;
    equal += fabs(s->interval[i][QY_AREA_SRAM_UM2][0] / low - 1) < 1e-9 &&
             fabs(s->interval[i][QY_AREA_SRAM_UM2][1] / high - 1) < 1e-9;
  }
  ok(found > 0 && equal == found, "%d of %d points with its buffers have the interval of their factors", equal, found);
}

/* How far the interval of a metric goes, in logarithms. */
static double width(const seen *s, int64_t i, int metric)
{
  return log(s->interval[i][metric][1] / s->interval[i][metric][0]);
}

int main(void)
{
  static seen systolic, element;
  const uint64_t one = 1;
  qy_arena *arena = qy_arena_new();
  const uint64_t common = one << QY_AREA_UM2 | one << QY_POWER_MW | one << QY_TOPS_PER_W | one << QY_LEAKAGE_MW |
                          one << QY_AREA_DATAPATH_UM2 | one << QY_AREA_REGISTER_UM2;
  if (!run(&systolic, systolic_text, arena) || !run(&element, element_text, arena)) return done();
  check(&systolic, "systolic",
        common | one << QY_ENERGY_UJ | one << QY_EDP_UJ_US | one << QY_AREA_CONTROL_UM2 | one << QY_AREA_SRAM_UM2 |
            one << QY_ENERGY_DATAPATH_UJ | one << QY_ENERGY_REGISTER_UJ | one << QY_ENERGY_SRAM_UJ |
            one << QY_ENERGY_LEAKAGE_UJ);
  check(&element, "element", common | one << QY_ENERGY_PER_PRODUCT_FJ);

  priced_anew(&element, arena);
  sram_by_name(&systolic, arena);

  /* What follows from the energy at a certain time. */
  double worst = 0;
  for (int64_t i = 0; i < systolic.points; i++) {
    const double *m = systolic.metric[i];
    for (int end = 0; end < 2; end++) {
      const double energy = systolic.interval[i][QY_ENERGY_UJ][end];
      worst = fmax(worst, fabs(systolic.interval[i][QY_POWER_MW][end] / (energy / m[QY_LATENCY_US] * 1e3) - 1));
      worst = fmax(worst, fabs(systolic.interval[i][QY_EDP_UJ_US][end] / (energy * m[QY_LATENCY_US]) - 1));
      const double work = m[QY_TOPS_PER_W] * m[QY_ENERGY_UJ];
      worst = fmax(worst, fabs(systolic.interval[i][QY_TOPS_PER_W][1 - end] / (work / energy) - 1));
    }
  }
  for (int64_t i = 0; i < element.points; i++) {
    const double *m = element.metric[i];
    for (int end = 0; end < 2; end++) {
      const double energy = element.interval[i][QY_ENERGY_PER_PRODUCT_FJ][end];
      /* A product takes latency_us; fJ over us is nW. */
      worst = fmax(worst, fabs(element.interval[i][QY_POWER_MW][end] / (energy / m[QY_LATENCY_US] * 1e-6) - 1));
      const double work = m[QY_TOPS_PER_W] * m[QY_ENERGY_PER_PRODUCT_FJ];
      worst = fmax(worst, fabs(element.interval[i][QY_TOPS_PER_W][1 - end] / (work / energy) - 1));
    }
  }
  ok(worst < 1e-12, "power, energy-delay product and efficiency go with the energy (%.2g)", worst);

  /* The same SRAM in every design of a library has the same interval, whatever is around it. */
  int sram = 1, wide = 1;
  for (int64_t i = 0; i < systolic.points; i++) {
    wide &= width(&systolic, i, QY_ENERGY_UJ) > 0.1;
    for (int64_t j = 0; j < systolic.points; j++) {
      const double *a = systolic.metric[i], *b = systolic.metric[j];
      if (a[QY_AREA_SRAM_UM2] == b[QY_AREA_SRAM_UM2])
        sram &= fabs(width(&systolic, i, QY_AREA_SRAM_UM2) / width(&systolic, j, QY_AREA_SRAM_UM2) - 1) < 1e-9;
    }
  }
  ok(sram && wide, "equal buffers have equal intervals");
  qy_arena_free(arena);
  return done();
}
