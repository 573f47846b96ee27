/* Sobol indices of designs against closed forms: libraries in which all but one or two constants are known exactly. */
#include "evaluate_test.h"
#include "quarry/sram_error.h"

static const double q95 = 1.6448536269514722; /* 95 % quantile of the standard normal */

static const char element_text[] =
    "name: e\ntechnology: %s\ndesigns:\n"
    "  - name: A\n    accelerator: element\n    pe: {kind: mac, multiplier: [array, booth], bits: 8}\n"
    "  - name: B\n    accelerator: element\n    pe: {kind: mul, multiplier: array, bits: 16}\n"
    "precision: 8\nclock_mhz: [100, 200]\nobjectives: {minimize: [area_um2, power_mw]}\n"
    "uncertainty: {draws: 4096, seed: 7}\n";

static const char depthwise_text[] =
    "name: d\ntechnology: %s\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
    "  - name: SDM\n    accelerator: depthwise\n    pe: {kind: mac, bits: 16}\n    channels: [1, 4]\n"
    "  - name: RDM\n    accelerator: depthwise\n    pe: {kind: mac_st, bits: 16}\n    channels: [4, 1]\n"
    "precision: [16, 8]\nclock_mhz: [100, 5000]\nobjectives: {minimize: [area_um2, energy_uj]}\n";

static const char system_text[] =
    "name: s\ntechnology: %s\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: [conv, dwconv, fc]}\ndesigns:\n"
    "  - name: both\n    system: sequential\n    members:\n"
    "      - {name: depthwise, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: "
    "4}\n"
    "      - {name: array, accelerator: systolic, pe: {kind: mac, bits: 16, input_registers: yes}, rows: [8, 16]}\n"
    "precision: 16\nclock_mhz: 100\nobjectives: {minimize: [area_um2, energy_uj]}\n";

typedef struct unsure {
  const char *path;
  double sigma; /* of the logarithm */
} unsure;

typedef struct unsure_list {
  const unsure *constant;
  size_t count;
} unsure_list;

static double spread(const char *path, const void *ctx)
{
  const unsure_list *list = ctx;
  for (size_t i = 0; i < list->count; i++)
    if (strcmp(path, list->constant[i].path) == 0) return list->constant[i].sigma;
  return 0;
}

/* The plan of `text` in fdsoi28 with only these constants uncertain, lognormal. */
static qy_plan *plan_with(const char *text, const unsure *constant, size_t count, qy_arena *arena)
{
  const unsure_list list = {constant, count};
  return plan_in(text, "fdsoi28", spread, &list, arena);
}

/* A model of one point or two, asked once. */
static qy_status indices_of(qy_indices *f, const qy_plan *plan, int64_t point, int64_t over, const int *metric,
                            int count, size_t samples, int threads, qy_arena *arena)
{
  const int64_t points[] = {point, over};
  qy_model *model = NULL;
  qy_error_clear(&err);
  qy_status status = model_made(&model, plan, points, over >= 0 ? 2 : 1, &err);
  if (!status) status = qy_model_sensitivity(f, model, point, over, metric, count, samples, 1, threads, arena, &err);
  qy_model_free(model);
  return status;
}

static qy_status interval_of(qy_interval *row, const qy_plan *plan, int64_t point, int64_t over, int metric)
{
  const int64_t points[] = {point, over};
  qy_model *model = NULL;
  qy_error_clear(&err);
  qy_status status = model_made(&model, plan, points, over >= 0 ? 2 : 1, &err);
  if (!status) status = qy_model_intervals(row, model, point, over, &metric, 1, &err);
  qy_model_free(model);
  return status;
}

static qy_status evaluated(qy_point *p, const qy_plan *plan, int64_t point)
{
  qy_model *model = NULL;
  qy_error_clear(&err);
  qy_status status = model_made(&model, plan, &point, 1, &err);
  if (!status) status = qy_model_point(p, model, point, &err);
  qy_model_free(model);
  return status;
}

static int64_t at(const qy_plan *plan, const char *design, const char *axes)
{
  int64_t point = -1;
  qy_error_clear(&err);
  if (qy_plan_find_point(&point, plan, design, axes, &err)) printf("# %s\n", err.diagnostic[0].text);
  return point;
}

static qy_sensitivity_index of(const qy_indices *f, const char *name, int metric, int count)
{
  for (size_t i = 0; i < f->inputs; i++)
    if (strcmp(f->name[i], name) == 0) return f->index[i * (size_t)count + (size_t)metric];
  return (qy_sensitivity_index){NAN, NAN};
}

static void one_constant(qy_arena *arena)
{
  static const unsure density[] = {{"placement.density", 0.1}};
  static const int metric[] = {QY_AREA_UM2, QY_LEAKAGE_MW};
  qy_indices f;
  qy_plan *plan = plan_with(element_text, density, 1, arena);
  if (!plan) return;
  const int64_t point = at(plan, "A", "pe.multiplier: booth, clock_mhz: 200");
  is_int(indices_of(&f, plan, point, -1, metric, 2, 256, 1, arena), QY_OK, "indices of an element");
  is_int((long long)f.inputs, 1 + 12 + 3, "inputs: the one uncertain constant, the SRAM factors, silicon");
  const qy_sensitivity_index area = of(&f, "placement.density", 0, 2), leakage = of(&f, "placement.density", 1, 2);
  near_abs(area.first, 1, 0.02, "the density alone moves the placed area");
  near_abs(area.total, 1, 0.06, "and nothing else does");
  ok(leakage.first == 0 && leakage.total == 0, "it does not move the leakage");
  ok(of(&f, "sram.area.input", 0, 2).total == 0, "an element has no SRAM to move it");
}

/* area = NAND2 area times cells over density: a product of two lognormals.  With variances s2 and t2 of the logarithms,
 * first = (e^s2 - 1) / (e^(s2 + t2) - 1), total = first e^t2; the ends of the interval are at
 * exp(+- q95 sqrt(s2 + t2)). */
static void product(qy_arena *arena)
{
  enum { SAMPLES = 8192 };
  static const unsure two[] = {{"placement.density", 0.1}, {"nand2.area", 0.4}};
  static const int metric[] = {QY_AREA_UM2};
  qy_indices f;
  qy_interval row;
  qy_plan *plan = plan_with(element_text, two, 2, arena);
  if (!plan) return;
  const int64_t point = at(plan, "A", "pe.multiplier: array, clock_mhz: 100");
  is_int(indices_of(&f, plan, point, -1, metric, 1, SAMPLES, 1, arena), QY_OK, "two lognormals");
  const double s2 = 0.16, t2 = 0.01, whole = exp(s2 + t2) - 1;
  const qy_sensitivity_index nand2 = of(&f, "nand2.area", 0, 1), density = of(&f, "placement.density", 0, 1);
  near_abs(nand2.first, (exp(s2) - 1) / whole, 0.02, "first order of the larger");
  near_abs(nand2.total, (exp(s2) - 1) / whole * exp(t2), 0.03, "total of the larger");
  near_abs(density.first, (exp(t2) - 1) / whole, 0.02, "first order of the smaller");
  near_abs(density.total, (exp(t2) - 1) / whole * exp(s2), 0.01, "total of the smaller");
  ok(density.first < density.total + 0.01 && nand2.first < nand2.total + 0.01, "totals are not below first orders");
  is_int(interval_of(&row, plan, point, -1, metric[0]), QY_OK, "the interval");
  near_rel(row.low, row.value * exp(-q95 * sqrt(s2 + t2)), 0.02, "begins where the logarithms say");
  near_rel(row.high, row.value * exp(q95 * sqrt(s2 + t2)), 0.02, "and ends there");

  /* Two elements in one library: both constants cancel. */
  const int64_t other = at(plan, "B", "clock_mhz: 100");
  is_int(indices_of(&f, plan, point, other, metric, 1, 64, 1, arena), QY_OK, "a ratio");
  ok(of(&f, "nand2.area", 0, 1).total == 0 && of(&f, "placement.density", 0, 1).total == 0, "what they share cancels");
  is_int(interval_of(&row, plan, point, other, metric[0]), QY_OK, "its interval");
  near_rel(row.low, row.high, 1e-12, "is a point");
}

/* SRAM area: a sum over three buffers, a factor each, all times that of silicon. */
static void buffers(qy_arena *arena)
{
  static const unsure some[] = {{"nand2.energy", 0.3}, {"nand2.area", 0.2}, {"flip_flop.clock_energy", 0.2}};
  static const int metric[] = {QY_AREA_SRAM_UM2, QY_ENERGY_UJ, QY_POWER_MW, QY_EDP_UJ_US, QY_TOPS_PER_W};
  enum { METRICS = sizeof metric / sizeof *metric };
  static const char *const parts[] = {"sram.area.input", "sram.area.output", "sram.area.weights", "sram.silicon.area"};
  qy_indices f;
  qy_interval one, ratio;
  qy_plan *plan = plan_with(depthwise_text, some, 3, arena);
  if (!plan) return;
  const int64_t point = at(plan, "RDM", "channels: 4, precision: 8, clock_mhz: 100");
  is_int(indices_of(&f, plan, point, -1, metric, METRICS, 1024, 2, arena), QY_OK, "indices of a module");
  double sum = 0, rest = 0;
  int additive = 1, scaled = 1;
  for (size_t i = 0; i < f.inputs; i++) {
    const qy_sensitivity_index *x = &f.index[i * METRICS];
    int is_part = 0;
    for (int k = 0; k < 4; k++)
      is_part |= strcmp(f.name[i], parts[k]) == 0;
    if (is_part) {
      sum += x->first;
      additive &= fabs(x->first - x->total) < 0.1; /* but for small products */
    } else {
      rest += fabs(x->first) + x->total;
    }
    for (int m = 2; m < 4; m++) /* power and EDP are the energy times a number */
      scaled &= fabs(x[m].first - x[1].first) < 1e-9 && fabs(x[m].total - x[1].total) < 1e-9;
  }
  near_abs(sum, 1, 0.06, "the four factors explain the SRAM area");
  ok(of(&f, "sram.silicon.area", 0, METRICS).first > 0.9, "silicon most of all");
  ok(additive, "each alone: their totals are their first orders");
  ok(rest == 0, "nothing else does");
  ok(scaled, "power and energy-delay product vary as the energy does");
  ok(of(&f, "nand2.energy", 1, METRICS).first > 0.3 && of(&f, "nand2.area", 1, METRICS).total < 0.01,
     "the energy goes with the energy of a NAND2, not with its area but for the length of wires");
  ok(of(&f, "nand2.energy", 4, METRICS).first > 0.3, "so do operations per energy");
  const int64_t other = at(plan, "RDM", "channels: 1, precision: 8, clock_mhz: 100");
  ok(!interval_of(&one, plan, point, -1, metric[0]) && !interval_of(&ratio, plan, point, other, metric[0]),
     "intervals of its SRAM area, and of that over another's");
  ok(one.high / one.low > 2.5 && ratio.high / ratio.low < 1.3, "%.3g wide, but silicon cancels: %.3g",
     one.high / one.low, ratio.high / ratio.low);
  is_int(indices_of(&f, plan, point, point, metric, METRICS, 64, 1, arena), QY_OK, "a design over itself");
  double most = 0;
  for (size_t i = 0; i < f.inputs * METRICS; i++)
    most = fmax(most, fmax(fabs(f.index[i].first), f.index[i].total));
  ok(most == 0, "has nothing that moves the ratio");
}

/* The model's own discrepancy, all of it common to a library: area = something lognormal over density, as above. */
static void structure(qy_arena *arena)
{
  enum { SAMPLES = 4096 };
  static const unsure density[] = {{"placement.density", 0.1}};
  static const int metric[] = {QY_AREA_UM2};
  qy_structure table = {.effort = {0, 0.5, 1}};
  qy_indices f;
  qy_interval row;
  qy_plan *plan = plan_with(element_text, density, 1, arena);
  if (!plan) return;
  plan->technology[0]->structure = &table;
  for (int flow = 0; flow < QY_STRUCTURE_FLOWS; flow++) {
    table.flow[QY_STRUCTURE_AREA][flow].library_share = 1;
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      table.flow[QY_STRUCTURE_AREA][flow].log_sigma[g] = 0.2;
  }
  const int64_t point = at(plan, "A", "pe.multiplier: array, clock_mhz: 100"), other = at(plan, "B", "clock_mhz: 100");
  const double s2 = 0.04, t2 = 0.01, whole = exp(s2 + t2) - 1;
  is_int(indices_of(&f, plan, point, -1, metric, 1, SAMPLES, 2, arena), QY_OK, "a discrepancy and a constant");
  is_int((long long)f.inputs, 1 + QY_SRAM_FACTORS + QY_SRAM_SILICON_COUNT + 1, "the discrepancy is one more input");
  near_abs(of(&f, "structure", 0, 1).first, (exp(s2) - 1) / whole, 0.04, "first order of the discrepancy");
  near_abs(of(&f, "structure", 0, 1).total, (exp(s2) - 1) / whole * exp(t2), 0.04, "its total");
  near_abs(of(&f, "placement.density", 0, 1).total, (exp(t2) - 1) / whole * exp(s2), 0.02, "the rest is the density's");
  is_int(interval_of(&row, plan, point, -1, metric[0]), QY_OK, "the interval");
  near_rel(row.low, row.value * exp(-q95 * sqrt(s2 + t2)), 0.02, "is that of both in quadrature");
  near_rel(row.high, row.value * exp(q95 * sqrt(s2 + t2)), 0.02, "at both ends");
  is_int(interval_of(&row, plan, point, other, metric[0]), QY_OK, "a ratio of two elements");
  near_rel(row.low, row.high, 1e-12, "is certain when the library shares it");
  for (int flow = 0; flow < QY_STRUCTURE_FLOWS; flow++)
    table.flow[QY_STRUCTURE_AREA][flow].library_share = 0;
  is_int(interval_of(&row, plan, point, other, metric[0]), QY_OK, "a ratio of two elements that share no operator");
  near_rel(log(row.high / row.low), 2 * q95 * hypot(0.2, 0.2), 0.04, "varies in quadrature");
  is_int(interval_of(&row, plan, point, point, metric[0]), QY_OK, "a design over itself");
  ok(row.low == 1 && row.high == 1, "is 1 in every draw");
}

/* How much is priced is seen by how often it may be stopped.  Where areas of cells are a little uncertain their sum
 * responds as it does at a few nodes; where they are very uncertain it does not, and every sample is priced. */
static double of_cells(const char *path, const void *ctx)
{
  const bool area = strncmp(path, "cells.", 6) == 0 && strstr(path, ".area");
  return area || strcmp(path, "nand2.area") == 0 ? *(const double *)ctx : 0;
}

typedef struct asked {
  int times, at; /* at: when it stops; 0: never */
} asked;

static int ask(void *ctx)
{
  asked *a = ctx;
  a->times++;
  return a->at && a->times >= a->at;
}

static void priced(qy_arena *arena)
{
  enum { SAMPLES = 256 };
  static const double sigma[2] = {0.1, 1};
  static const int metric[] = {QY_AREA_UM2};
  int times[2] = {0};
  for (int k = 0; k < 2; k++) {
    qy_plan *plan = plan_in(element_text, "fdsoi28", of_cells, &sigma[k], arena);
    asked a = {0};
    const qy_model_how how = {.known = shared_known(), .stop = ask, .stop_ctx = &a};
    const int64_t point = plan ? at(plan, "A", "pe.multiplier: array, clock_mhz: 100") : 0;
    qy_model *model = NULL;
    qy_indices f;
    qy_error_clear(&err);
    if (!plan || !ok(!qy_model_make(&model, plan, &point, 1, &how, &err), "a model")) return;
    a.times = 0;
    is_int(qy_model_sensitivity(&f, model, point, -1, metric, 1, SAMPLES, 1, 1, arena, &err), QY_OK, "sums of areas");
    times[k] = a.times;
    for (int stop = 1; stop <= times[k]; stop += 1 + times[k] / 4) {
      a = (asked){.at = stop};
      is_int(qy_model_sensitivity(&f, model, point, -1, metric, 1, SAMPLES, 1, 1, arena, &err), QY_INTERRUPTED,
             "stopped while it prices");
    }
    qy_model_free(model);
  }
  ok(times[0] > 0 && times[1] > 4 * times[0], "asked %d times by the response, %d times where all is priced", times[0],
     times[1]);
}

static void systems(qy_arena *arena)
{
  static const unsure density[] = {{"placement.density", 0.1}};
  static const int metric[] = {QY_AREA_DATAPATH_UM2};
  qy_indices f;
  qy_plan *plan = plan_with(system_text, density, 1, arena);
  if (!plan) return;
  is_int(indices_of(&f, plan, at(plan, "both", "rows: 16"), -1, metric, 1, 64, 1, arena), QY_OK,
         "a system of two accelerators");
  near_abs(of(&f, "placement.density", 0, 1).first, 1, 0.05, "the density moves the area of all of it");
}

static void says(qy_status status, const char *wanted, const char *what)
{
  is_int(status, QY_BAD_INPUT, what);
  is_text(err.count ? err.diagnostic[0].text : "", wanted, "and said so");
  qy_error_clear(&err);
}

static void finding(qy_arena *arena)
{
  static const int energy[] = {QY_ENERGY_UJ}, latency[] = {QY_LATENCY_US}, product_fj[] = {QY_ENERGY_PER_PRODUCT_FJ};
  qy_indices f;
  int64_t point, other;
  qy_point p;
  qy_plan *plan = plan_with(depthwise_text, NULL, 0, arena);
  if (!plan) return;
  point = at(plan, "RDM", "precision: 8, clock_mhz: 100.0001, channels: 4, network: mobilenet_v1_1.0_224");
  is_int(evaluated(&p, plan, point), QY_OK, "a point by its axes");
  ok(p.precision_bits == 8 && p.clock_mhz == 100 && p.index == point && !p.reason, "has them");
  char json[4096];
  is_text(qy_plan_design(plan, p.design, json, sizeof json), "RDM", "and is of that design");
  ok(strstr(json, "\"channels\":4") != NULL, "with its parameter");
  is_int(qy_plan_find_partner(&other, plan, point, "SDM", &err), QY_OK, "its partner in another design");
  is_int(evaluated(&p, plan, other), QY_OK, "is a point");
  is_text(qy_plan_design(plan, p.design, json, sizeof json), "SDM", "of that one");
  ok(p.precision_bits == 8 && strstr(json, "\"channels\":4"), "at the same axes");
  says(qy_plan_find_point(&point, plan, "XDM", NULL, &err),
       "expected a design of d (SDM, RDM), found \"XDM\"; did you mean \"SDM\"?", "a design there is not");
  says(qy_plan_find_point(&point, plan, "RDM", "channels: 4, precision: 8", &err),
       "expected a value of `clock_mhz` for the design \"RDM\" (`at: {clock_mhz: ...}`), found none; it has 100, 5000",
       "an axis left open");
  says(qy_plan_find_point(&point, plan, "RDM", "channels: 3, precision: 8, clock_mhz: 100", &err),
       "at.channels: expected a value that the axis `channels` has (4, 1), found \"3\"", "a value there is not");
  says(qy_plan_find_point(&point, plan, "RDM", "chanels: 4, channels: 4, precision: 8, clock_mhz: 100", &err),
       "at: expected an axis or parameter of the design \"RDM\", found \"chanels\"; did you mean \"channels\"?",
       "an unknown axis");
  says(indices_of(&f, plan, 16, -1, energy, 1, 64, 1, arena), "expected a point of d, 0 to 15, found 16",
       "a point beyond the end");
  says(indices_of(&f, plan, other, -1, latency, 1, 64, 1, arena),
       "expected a metric that depends on the library's constants, found latency_us, which is certain at a fixed clock",
       "a metric that is certain");
  says(indices_of(&f, plan, other, -1, product_fj, 1, 64, 1, arena),
       "expected a metric that the design \"SDM\" has, found energy_per_product_fj", "a metric it does not have");
  const int64_t fast = at(plan, "SDM", "channels: 4, precision: 8, clock_mhz: 5000");
  is_int(indices_of(&f, plan, fast, -1, energy, 1, 64, 1, arena), QY_BAD_INPUT, "a point that cannot be");
  ok(err.count && strstr(err.diagnostic[0].text, "expected a feasible point"), "is refused");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  if (!arena) return 1;
  one_constant(arena);
  product(arena);
  buffers(arena);
  structure(arena);
  priced(arena);
  systems(arena);
  finding(arena);
  qy_arena_free(arena);
  return done();
}
