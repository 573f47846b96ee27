/* Points per second and thread: one point is a design of the depthwise module made (SRAM looked up) and run on the 13
 * depthwise layers of MobileNetV1 at one precision, metrics included, with price lists at hand.  Medians of 9 runs. */
#include "quarry/depthwise.h"

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
  return DESIGNS / (bench_cpu_s() - start);
}

static double runs_alone(made *m)
{
  const double start = bench_cpu_s();
  for (int d = 0; d < DESIGNS; d++)
    run_point(m, d);
  return DESIGNS / (bench_cpu_s() - start);
}

int main(void)
{
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
  if (!self || why_not(&fixed, &r, arena) || why_not(&other, &r, arena)) return 1;
  double made_anew[RUNS], alone[RUNS];
  for (int k = 0; k < RUNS; k++) {
    made_anew[k] = with_design(&other, &r, self);
    alone[k] = runs_alone(&fixed);
  }
  bench_report("depthwise: points/s/thread, 13 layers, with design", made_anew, RUNS, "1/s");
  bench_report("depthwise: points/s/thread, 13 layers, run alone", alone, RUNS, "1/s");
  lookups(table, "SRAM: lookup of a table row", 32768, 64);
  lookups(table, "SRAM: lookup between two capacities", 49152, 64);
  lookups(table, "SRAM: lookup between capacities and word widths", 49152, 48);
  qy_arena_free(arena);
  return sum > 0 ? 0 : 1;
}
