/* Million points per second and thread: one point is a design of the depthwise module made (SRAM looked up) and run on
 * the 13 depthwise layers of MobileNetV1 at one precision, metrics included, with price lists at hand. */
#include "quarry/depthwise.h"
#include "quarry/point_lanes.h"

#include "accel/design.h"
#include "bench.h"

enum { RUNS = 9, DESIGNS = 40000, PRECISIONS = 3, LOOKUPS = 1000000 };

static double sum; /* keeps the work from being left out */

static void lookups(const qy_sram_table *table, const char *what, double capacity_bytes, int word_bits)
{
  double ns[RUNS];
  for (int r = 0; r < RUNS; r++) {
    double start = bench_cpu_s();
    for (int i = 0; i < LOOKUPS; i++) {
      qy_sram s;
      qy_sram_query q = {28 + 27 * (i & 1), QY_SRAM_LSTP, capacity_bytes, word_bits, 1, 0};
      if (qy_sram_lookup(&s, table, &q, NULL) != QY_OK) exit(1);
      sum += s.read_pj;
    }
    ns[r] = (bench_cpu_s() - start) / LOOKUPS * 1e9;
  }
  bench_report(what, ns, RUNS, "ns");
}

static void run_point(made *m, int d)
{
  double v[QY_METRIC_COUNT];
  if (run_metrics(v, m, 16 >> d % PRECISIONS)) exit(1);
  sum += v[QY_ENERGY_UJ];
}

/* Design and run anew for each point. */
static double with_design(made *m, const request *like, void *self)
{
  const double start = bench_cpu_s();
  for (int d = 0; d < DESIGNS; d++) {
    const qy_depthwise_params params = {.channels = 1 << d % 5, .multipliers = 1 + d % 3, .port_bits = 64};
    const qy_design_input input = {.params = &params,
                                   .pe = like->pe,
                                   .prices = &m->prices,
                                   .tech = like->tech,
                                   .sram = like->sram,
                                   .clock_mhz = like->clock_mhz,
                                   .work = m->work};
    if (qy_design_make(&m->design, like->accelerator, self, &m->columns, &input, NULL) || m->design.reason) exit(1);
    run_point(m, d);
  }
  return 1e-6 * DESIGNS / (bench_cpu_s() - start);
}

static double runs_alone(made *m)
{
  const double start = bench_cpu_s();
  for (int d = 0; d < DESIGNS; d++)
    run_point(m, d);
  return 1e-6 * DESIGNS / (bench_cpu_s() - start);
}

/* The same points as runs_alone, QY_LANES at once; several: each lane has a design of its own. */
static double in_lanes(const made *several, qy_lane_set set)
{
  static qy_lane_points points;
  const qy_design *design[QY_LANES];
  qy_modes mode[PRECISIONS], modes[QY_LANES];
  for (int p = 0; p < PRECISIONS; p++)
    if (!qy_design_modes(&mode[p], &several[0].design, qy_precision_of(16 >> p))) exit(1);
  const double start = bench_cpu_s();
  for (int d = 0; d < DESIGNS; d += QY_LANES) {
    for (int i = 0; i < QY_LANES; i++) {
      design[i] = &several[several[1].work ? i : 0].design;
      modes[i] = mode[(d + i) % PRECISIONS];
    }
    if (!qy_design_run_lanes(&points, design, several[0].work, modes, set)) exit(1);
    qy_metric_derive_lanes(points.metric, (const double(*)[QY_LANES])points.in, QY_AT_ACCELERATOR, set);
    sum += points.metric[QY_ENERGY_UJ][d % QY_LANES];
  }
  return 1e-6 * DESIGNS / (bench_cpu_s() - start);
}

static void report_lanes(const made *one, const made *each)
{
  static const char *const known[QY_LANE_SETS] = {"plain", "AVX2", "AVX-512"};
  const qy_lane_set best = qy_lane_set_best();
  double value[RUNS], other[RUNS];
  char what[128];
  printf("# depthwise: 13 layers of MobileNetV1; widest lanes: %s\n", known[best]);
  for (int s = 0; s <= (int)best; s++) {
    for (int k = 0; k < RUNS; k++) {
      value[k] = in_lanes(one, (qy_lane_set)s);
      other[k] = in_lanes(each, (qy_lane_set)s);
    }
    const char *name = s == (int)best ? "widest" : known[s];
    snprintf(what, sizeof what, "depthwise network in lanes, %s", name);
    bench_report(what, value, RUNS, "M/s");
    snprintf(what, sizeof what, "depthwise network in lanes, a design each, %s", name);
    bench_report(what, other, RUNS, "M/s");
  }
}

/* A design for each lane, on the same work. */
static bool make_each(made *each, const request *like, void *work, qy_arena *arena)
{
  static qy_depthwise_params params[QY_LANES];
  for (int i = 0; i < QY_LANES; i++) {
    request r = *like;
    params[i] = (qy_depthwise_params){.channels = 1 << i % 5, .multipliers = 1 + i % 3, .port_bits = 64};
    r.params = &params[i];
    r.layers = NULL;
    r.work = work;
    if (why_not(&each[i], &r, arena)) return false;
    each[i].design.columns = &each[0].columns;
    each[i].design.prices = &each[0].prices;
    each[i].design.price = each[0].prices.price;
  }
  return true;
}

int main(void)
{
  static made one[2], each[QY_LANES];
  qy_arena *arena = qy_arena_new();
  qy_sram_table *table;
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  qy_tech *tech;
  qy_pe pe;
  static made fixed, other;
  const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
  const qy_pe_params element = {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16};
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL) ||
      qy_network_read(&network, "db", "mobilenet_v1_1.0_224", arena, NULL) ||
      qy_network_select(&layers, &count, network, &filter, arena, NULL) ||
      qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) || qy_pe_build(&pe, &element, arena, NULL)) {
    fputs("run from the root of the repository\n", stderr);
    return 1;
  }
  const qy_depthwise_params params = {.channels = 4, .multipliers = 1, .port_bits = 64};
  const request r = {.accelerator = &qy_accelerator_depthwise,
                     .params = &params,
                     .pe = &pe,
                     .tech = tech,
                     .sram = table,
                     .clock_mhz = 200,
                     .layers = layers,
                     .layer_count = count};
  void *self = qy_arena_alloc(arena, 1, r.accelerator->design_bytes);
  if (!self || why_not(&fixed, &r, arena) || why_not(&other, &r, arena) || why_not(&one[0], &r, arena) ||
      !make_each(each, &r, fixed.work, arena))
    return 1;
  double made_anew[RUNS], alone[RUNS];
  for (int k = 0; k < RUNS; k++) {
    made_anew[k] = with_design(&other, &r, self);
    alone[k] = runs_alone(&fixed);
  }
  bench_report("depthwise network one by one, with design", made_anew, RUNS, "M/s");
  bench_report("depthwise network one by one", alone, RUNS, "M/s");
  report_lanes(one, each);
  lookups(table, "SRAM: lookup of a table row", 32768, 64);
  lookups(table, "SRAM: lookup between two capacities", 49152, 64);
  lookups(table, "SRAM: lookup between capacities and word widths", 49152, 48);
  qy_arena_free(arena);
  return sum > 0 ? 0 : 1;
}
