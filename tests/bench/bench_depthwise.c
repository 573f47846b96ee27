/* Points per second and thread: one point is a module initialised and evaluated on the 13 depthwise layers of
 * MobileNetV1 at one precision, with costs of PE and parts at hand and the SRAM looked up.  Medians of 9 runs. */
#include "bench.h"
#include "quarry/depthwise.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 9, DESIGNS = 40000, PRECISIONS = 3, LOOKUPS = 1000000 };

static double now_s(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double sum; /* keeps the work from being left out */

static void lookups(const qy_sram_table *table, const char *what, double capacity_bytes, int word_bits)
{
  double ns[RUNS];
  for (int r = 0; r < RUNS; r++) {
    double start = now_s();
    for (int i = 0; i < LOOKUPS; i++) {
      qy_sram s;
      qy_sram_query q = {28 + 27 * (i & 1), QY_SRAM_LSTP, capacity_bytes, word_bits, 1, 0};
      if (qy_sram_lookup(&s, table, &q, NULL) != QY_OK) exit(1);
      sum += s.read_pj;
    }
    ns[r] = (now_s() - start) / LOOKUPS * 1e9;
  }
  bench_report(what, ns, RUNS, "ns");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_sram_table *table;
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  qy_depthwise_work *work;
  const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL) != QY_OK ||
      qy_network_read(&network, "db", "mobilenet_v1_1.0_224", arena, NULL) != QY_OK ||
      qy_network_select(&layers, &count, network, &filter, arena, NULL) != QY_OK ||
      qy_depthwise_work_new(&work, layers, count, arena, NULL) != QY_OK) {
    fprintf(stderr, "run from the root of the repository\n");
    return 1;
  }
  /* Stand-ins: the time does not depend on the values. */
  const qy_tech tech = {.name = "bench", .sram_node = "28", .density_frac = 0.7, .dff_clock_fj = 1};
  const qy_pe pe = {.params = {.kind = QY_PE_MAC_ST, .bits = 16}, .mode_count = 3, .mode = {{16, 1}, {8, 2}, {4, 4}}};
  const qy_pe_cost cost = {.build = {.feasible = true, .area_um2 = 1000}, .energy_fj = {100, 80, 60}, .idle_fj = 10};
  const qy_depthwise_parts parts = {.pe_register_um2 = 300};
  double with_init[RUNS], alone[RUNS];

  for (int r = 0; r < RUNS; r++) {
    double evaluating = 0, start = now_s();
    for (int d = 0; d < DESIGNS; d++) {
      qy_depthwise m;
      const char *reason;
      double v[QY_METRIC_COUNT];
      const qy_depthwise_params params = {.channels = 1 << d % 5, .multipliers = 1 + d % 3, .port_bits = 64};
      if (qy_depthwise_init_with(&m, &params, &pe, &cost, &parts, &tech, table, 200, work, &reason, NULL) != QY_OK)
        return 1;
      if (qy_depthwise_evaluate(v, &reason, &m, work, 16 >> d % PRECISIONS) != QY_OK) return 1;
      sum += v[QY_ENERGY_UJ];
    }
    with_init[r] = DESIGNS / (now_s() - start);
    qy_depthwise m;
    const char *reason;
    const qy_depthwise_params params = {.channels = 4, .multipliers = 1, .port_bits = 64};
    if (qy_depthwise_init_with(&m, &params, &pe, &cost, &parts, &tech, table, 200, work, &reason, NULL) != QY_OK)
      return 1;
    start = now_s();
    for (int d = 0; d < DESIGNS; d++) {
      double v[QY_METRIC_COUNT];
      if (qy_depthwise_evaluate(v, &reason, &m, work, 16 >> d % PRECISIONS) != QY_OK) return 1;
      sum += v[QY_ENERGY_UJ];
    }
    evaluating = now_s() - start;
    alone[r] = DESIGNS / evaluating;
  }
  bench_report("depthwise: points/s/thread, 13 layers, with init", with_init, RUNS, "1/s");
  bench_report("depthwise: points/s/thread, 13 layers, evaluation alone", alone, RUNS, "1/s");
  lookups(table, "SRAM: lookup of a table row", 32768, 64);
  lookups(table, "SRAM: lookup between two capacities", 49152, 64);
  lookups(table, "SRAM: lookup between capacities and word widths", 49152, 48);
  qy_arena_free(arena);
  return sum > 0 ? 0 : 1;
}
