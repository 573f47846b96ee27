/* Plans under draws: every interval against the quantiles of the same plan evaluated once in each draw, the draw's
 * library taken as the nominal one; which metrics have intervals, how they hang together; threads and resumed runs. */
#include "evaluate_test.h"

#include "quarry/draws.h"
#include "quarry/sram_error.h"

enum { DRAWS = 32, SEED = 5 };

/* Stages are kept from the nominal library: as few as these slow clocks need are none in every draw. */
static const char modules_text[] =
    "name: u\ntechnology: %s\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\npipeline_for: clock\n"
    "designs:\n"
    "  - name: A\n    accelerator: depthwise\n    pe: {kind: mac_st, bits: 8}\n    channels: [1, 4]\n"
    "  - name: B\n    accelerator: systolic\n    dataflow: ws\n    rows: 8\n    pe: {kind: shift_add, bits: 8, shared: "
    "yes, accumulator_bits: 24}\n"
    "precision: [8, 4]\nclock_mhz: [50, 100]\n"
    "objectives: {minimize: [area_um2, energy_uj], maximize: [tops_per_w]}\n";

static const char arrays_text[] =
    "name: s\ntechnology: %s\nnetwork: alexnet_227\nlayers: {type: [conv, fc]}\npipeline_for: clock\n"
    "designs:\n"
    "  - name: A\n    accelerator: systolic\n    dataflow: [os, ws, is]\n    rows: 8\n"
    "    pe: {kind: mac, multiplier: array, bits: 8, input_registers: yes, operands: [uniform, trained]}\n"
    "  - name: B\n    accelerator: systolic\n    dataflow: ws\n    edge: used\n    rows: 8\n"
    "    pe: {kind: shift_add, bits: 8, shared: yes, accumulator_bits: 24}\n"
    "  - name: C\n    accelerator: dot\n    engines: 4\n    lanes: 8\n    pe: {kind: mitchell, bits: 8}\n"
    "precision: 8\nclock_mhz: [50, 100]\n"
    "objectives: {minimize: [area_um2, energy_uj], maximize: [tops_per_w]}\n";

static const char elements_text[] =
    "name: e\ntechnology: %s\npipeline_for: clock\n"
    "designs:\n"
    "  - name: A\n    accelerator: element\n    pe: {kind: mac, bits: 8, operands: [uniform, trained]}\n"
    "  - name: B\n    accelerator: element\n    pe: {kind: brslog, bits: 8, weight_bits: [4, 5], accumulator_bits: "
    "24}\n"
    "precision: 8\nclock_mhz: [50, 100]\n"
    "objectives: {minimize: [energy_per_product_fj, area_um2, power_mw], maximize: [sqnr_db, tops_per_w]}\n";

static const char systems_text[] =
    "name: y\ntechnology: %s\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: [conv, dwconv, fc]}\n"
    "pipeline_for: clock\ndesigns:\n"
    "  - name: both\n    system: [sequential, pipelined]\n    members:\n"
    "      - {name: module, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 4}\n"
    "      - {name: array, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [4, 8], lanes: 8}\n"
    "precision: [8, 4]\nclock_mhz: 100\nobjectives: {minimize: [area_um2, energy_uj]}\n";

/* Ratios between cells and delays as if they were known: a draw then makes the same netlist of every circuit. */
static double same_netlist(const char *path, const void *ctx)
{
  (void)ctx;
  return strncmp(path, "cells.", 6) == 0 || strncmp(path, "full_adder.", 11) == 0 ? 0 : -1;
}

static qy_plan *plan_under(const char *text, const char *library, bool draws, qy_arena *arena)
{
  char format[4096], all[4096];
  const int used = snprintf(format, sizeof format, "%s", text);
  if (draws) snprintf(format + used, sizeof format - (size_t)used, "uncertainty: {draws: %d, seed: %d}\n", DRAWS, SEED);
  if (!library) return plan_in(format, "fdsoi28", same_netlist, NULL, arena);
  snprintf(all, sizeof all, format, library);
  return without_structure(plan_of(all, arena));
}

/* ---- every draw as a nominal library ---- */

static double value[DRAWS][POINTS_MAX][QY_METRIC_COUNT];

static bool evaluate_draws(qy_plan *nominal, qy_arena *arena)
{
  static seen one;
  qy_draws *draws[2] = {NULL};
  for (int t = 0; t < nominal->info.technology_count; t++)
    if (qy_draws_new(&draws[t], nominal->technology[t], DRAWS, SEED, t, arena, &err)) return ok(0, "draws");
  for (int k = 0; k < DRAWS; k++) {
    for (int t = 0; t < nominal->info.technology_count; t++)
      *nominal->technology[t] = draws[t]->draw[k];
    if (!sweep(&one, nominal, 2, 0)) return false;
    memcpy(value[k], one.metric, sizeof one.metric);
  }
  return true;
}

/* Quantiles are taken of what is linear in prices: of a metric that falls where energy or area rise, of its inverse. */
static bool falls(int metric)
{
  const qy_metric_info *m = &qy_metric_table()[metric];
  if (m->rule == QY_RULE_SUM || m->rule == QY_RULE_ITEMS || !qy_metric_uncertain(metric)) return false;
  const bool first = qy_metric_uncertain(m->of[0]), second = qy_metric_uncertain(m->of[1]);
  if (first && second) return false;
  return falls(m->of[first ? 0 : 1]) != (second && m->rule == QY_RULE_QUOTIENT);
}

static void quantiles(double out[2], int64_t point, int metric)
{
  double v[DRAWS];
  const bool inverse = falls(metric);
  for (int k = 0; k < DRAWS; k++)
    v[k] = inverse ? 1 / value[k][point][metric] : value[k][point][metric];
  const double low = qy_quantile(v, DRAWS, 0.05), high = qy_quantile(v, DRAWS, 0.95);
  out[0] = inverse ? 1 / high : low;
  out[1] = inverse ? 1 / low : high;
}

/* SRAM factors are no part of a library: without the table of its errors there are none. */
static void priced_anew(const char *text, const char *library, double tolerance, const char *what, qy_arena *arena)
{
  static seen drawn;
  qy_plan *plan = plan_under(text, library, true, arena), *nominal = plan_under(text, library, false, arena);
  if (!plan || !nominal) return;
  plan->sram_error_file = NULL;
  if (!sweep(&drawn, plan, 2, 0) || !evaluate_draws(nominal, arena)) return;
  double worst = 0;
  int compared = 0, worst_metric = 0, certain = 1, feasible = 0;
  for (int64_t i = 0; i < drawn.points; i++) {
    if (drawn.reason[i]) continue;
    feasible++;
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      double want[2];
      if (isnan(drawn.metric[i][m]) || !qy_metric_uncertain(m)) {
        certain &= isnan(drawn.interval[i][m][0]) && isnan(drawn.interval[i][m][1]);
        for (int k = 0; k < DRAWS && !isnan(drawn.metric[i][m]); k++)
          certain &= value[k][i][m] == drawn.metric[i][m];
        continue;
      }
      quantiles(want, i, m);
      for (int end = 0; end < 2; end++, compared++) {
        const double error =
            drawn.interval[i][m][end] == want[end] ? 0 : fabs(drawn.interval[i][m][end] / want[end] - 1);
        if (!(error <= worst)) {
          worst = error;
          worst_metric = m;
        }
      }
    }
  }
  is_int(feasible, drawn.points, what);
  ok(certain, "%s: what is certain is the same in every draw and has no interval", what);
  ok(compared > 0 && worst <= tolerance, "%s: %d ends of intervals are those of the points priced anew (%.2g, %s)",
     what, compared, worst, qy_metric_table()[worst_metric].name);
}

/* ---- properties ---- */

static void hang_together(const char *text, const char *what, qy_arena *arena)
{
  static seen s;
  qy_plan *plan = plan_under(text, "[fdsoi28, lp55]", true, arena);
  if (!plan || !sweep(&s, plan, 2, 0)) return;
  int inside = 1, count = 0;
  double chance = 0;
  for (int64_t i = 0; i < s.points; i++) {
    if (s.reason[i]) continue;
    chance += s.chance[i];
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      const double *ends = s.interval[i][m], x = s.metric[i][m];
      if (!qy_metric_uncertain(m) || isnan(x) || x == 0) continue;
      count++;
      inside &= ends[0] < ends[1];
      /* The controller's area is known so narrowly that its value may lie at the edge. */
      if (m != QY_AREA_CONTROL_UM2 && !(ends[0] < x && x < ends[1]))
        inside = 0, printf("# %s %g..%g..%g\n", qy_metric_table()[m].name, ends[0], x, ends[1]);
    }
  }
  ok(count > 0 && inside, "%s: %d values lie within their intervals", what, count);
  ok(s.chances > 0 && chance > 0.99, "%s: some are on their front", what);
}

/* The same SRAM in every design of a library has the same interval, whatever is around it. */
static void equal_buffers(qy_arena *arena)
{
  static seen s;
  qy_plan *plan = plan_under(arrays_text, "[fdsoi28, lp55]", true, arena);
  if (!plan || !sweep(&s, plan, 2, 0)) return;
  int same = 1, pairs = 0;
  for (int64_t i = 0; i < s.points; i++)
    for (int64_t j = 0; j < i; j++) {
      if (s.metric[i][QY_AREA_SRAM_UM2] != s.metric[j][QY_AREA_SRAM_UM2]) continue;
      pairs += s.design[i] != s.design[j];
      for (int end = 0; end < 2; end++)
        same &= fabs(s.interval[i][QY_AREA_SRAM_UM2][end] / s.interval[j][QY_AREA_SRAM_UM2][end] - 1) < 1e-9;
    }
  ok(pairs > 0 && same, "equal buffers of %d pairs of designs have equal intervals", pairs);
}

/* ---- SRAM ---- */

static qy_status keep_bill(void *ctx, const qy_model_layer *l, qy_error *error)
{
  (void)error;
  *(qy_bill *)ctx = l->bill;
  return QY_OK;
}

/* A constant of value 1 at z: two halves of a lognormal, the bounds at the 95 % quantiles. */
static double around_one(const qy_constant *c, double z)
{
  return pow(z < 0 ? c->low : c->high, fabs(z) / 1.6448536269514722);
}

/* The SRAM area of a point in every draw: its three buffers, each times the factor of its name, all times silicon's. */
static void sram_by_name(const char *text, const char *design, const char *at, qy_arena *arena)
{
  static const char *const name[QY_BUFFER_ROLES] = {[QY_BUFFER_INPUT] = "sram.area.input",
                                                    [QY_BUFFER_OUTPUT] = "sram.area.output",
                                                    [QY_BUFFER_WEIGHTS] = "sram.area.weights"};
  static const int metric = QY_AREA_SRAM_UM2;
  double p95[QY_SRAM_QUANTITY_COUNT], z[QY_BUFFER_ROLES][DRAWS], all[DRAWS], area[DRAWS] = {0};
  qy_constant silicon[QY_SRAM_SILICON_COUNT];
  int64_t point = -1;
  qy_model *model = NULL;
  qy_interval row;
  qy_bill bill;
  qy_plan *plan = plan_under(text, "fdsoi28", true, arena);
  if (!plan) return;
  qy_status status = qy_plan_find_point(&point, plan, design, at, &err);
  if (!status) status = model_made(&model, plan, &point, 1, &err);
  if (!status) status = qy_model_layers(model, point, keep_bill, &bill, &err);
  if (!status) status = qy_model_intervals(&row, model, point, -1, &metric, 1, &err);
  if (!status) status = qy_sram_error_read(p95, "db/memory/sram_error.csv", 28, arena, &err);
  if (!status) status = qy_sram_silicon_read(silicon, "db/memory/sram_silicon.csv", 28, arena, &err);
  if (!status) status = qy_draws_normal(all, DRAWS, SEED, "sram.silicon.area", &err);
  for (int role = 0; !status && role < QY_BUFFER_ROLES; role++) {
    status = qy_draws_normal(z[role], DRAWS, SEED, name[role], &err);
    for (int k = 0; k < DRAWS; k++)
      area[k] += bill.count[QY_PART_SRAM + role] * qy_sram_error_factor(p95[QY_SRAM_AREA], z[role][k]) *
                 around_one(&silicon[QY_SILICON_AREA], all[k]);
  }
  qy_model_free(model);
  if (!ok(!status, "buffers of %s", design)) return;
  near_rel(row.low, qy_quantile(area, DRAWS, 0.05), 1e-9, "their area begins where their factors say");
  near_rel(row.high, qy_quantile(area, DRAWS, 0.95), 1e-9, "and ends there");
}

/* ---- the same bytes ---- */

static bool same(const seen *a, const seen *b, int64_t from)
{
  const size_t i = (size_t)from, n = POINTS_MAX - i;
  return memcmp(a->metric[i], b->metric[i], n * sizeof a->metric[0]) == 0 &&
         memcmp(a->interval[i], b->interval[i], n * sizeof a->interval[0]) == 0 &&
         memcmp(a->chance, b->chance, sizeof a->chance) == 0;
}

static void resumed(const char *text, const char *what, qy_arena *arena)
{
  static seen one, two, rest;
  enum { DONE = 2, BATCH = 5 };
  qy_plan *plan = plan_under(text, "[fdsoi28, lp55]", true, arena);
  if (!plan || !sweep(&one, plan, 1, 0) || !sweep(&two, plan, 2, 0) || !sweep(&rest, plan, 2, DONE)) return;
  int once = 1, left = 1;
  for (int64_t i = 0; i < one.points; i++) {
    once &= one.delivered[i] == 1 && two.delivered[i] == 1;
    left &= rest.delivered[i] == (i >= DONE * BATCH);
  }
  ok(once, "%s: every point comes once", what);
  ok(same(&one, &two, 0), "%s: one thread and two give the same bytes", what);
  ok(left, "%s: a resumed run leaves out what was done", what);
  ok(one.chances > 0 && same(&one, &rest, DONE * BATCH), "%s: and gives the same bytes", what);
}

/* With operands: the intervals of these plans alone. */
int main(int count, char **operand)
{
  static const struct {
    const char *name, *text;
  } plans[] = {
      {"modules", modules_text}, {"arrays", arrays_text}, {"elements", elements_text}, {"systems", systems_text}};
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
    const char *name = plans[i].name;
    bool asked = count == 1;
    for (int k = 1; k < count; k++)
      asked |= strcmp(operand[k], name) == 0;
    if (!asked) continue;
    char what[80];
    qy_arena *arena = qy_arena_new();
    snprintf(what, sizeof what, "%s, same netlist", name);
    /* lengths of wires are kept in widths of an element: some 1e-6 of an energy */
    priced_anew(plans[i].text, NULL, 5e-6, what, arena);
    if (count == 1) hang_together(plans[i].text, name, arena);
    if (count == 1) resumed(plans[i].text, name, arena);
    qy_arena_free(arena);
  }
  if (count > 1) return done();
  qy_arena *arena = qy_arena_new();
  /* Where a draw makes another cell the cheaper one the model keeps the nominal netlist, which is a little off. */
  priced_anew(elements_text, "[fdsoi28, lp55]", 0.05, "elements", arena);
  sram_by_name(modules_text, "A", "channels: 4, precision: 8, clock_mhz: 50", arena);
  sram_by_name(arrays_text, "C", "clock_mhz: 50", arena);
  equal_buffers(arena);
  qy_arena_free(arena);
  return done();
}
