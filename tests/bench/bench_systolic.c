/* Layer evaluations of the systolic array per second and core: closed-form cycles and accesses all, and with energy
 * and area parts on a priced design; MobileNetV2 (53 layers, equal shapes merged) on one design.  Medians of 9 runs. */
#include "quarry/systolic.h"

#include "bench.h"

enum { RUNS = 9, DESIGNS = 20000 };

static double sum; /* keeps the work from being left out */

static const int sides[] = {8, 12, 16, 24, 32, 48, 64, 128};

static qy_systolic_params design(int i)
{
  return (qy_systolic_params){.rows = sides[i % 8],
                              .columns = sides[i / 8 % 8],
                              .dataflow = (qy_dataflow)(i % QY_FLOW_COUNT),
                              .drain = (qy_drain)(i / 3 % QY_DRAIN_COUNT)};
}

static void counting(const char *what, const qy_systolic_work *work, double layers, double to_unit, const char *unit)
{
  double value[RUNS];
  for (int r = 0; r < RUNS; r++) {
    double start = bench_now_s();
    for (int i = 0; i < DESIGNS; i++) {
      qy_systolic_params p = design(i);
      qy_systolic_counts c;
      if (qy_systolic_count(&c, &p, work, NULL) != QY_OK) exit(1);
      sum += (double)c.compute + (double)c.sum_reads;
    }
    double s = (bench_now_s() - start) / DESIGNS;
    value[r] = to_unit > 0 ? s * to_unit : layers / s / 1e6;
  }
  bench_report(what, value, RUNS, unit);
}

static void pricing(const char *what, const qy_systolic *module, const qy_systolic_work *work, double layers,
                    double to_unit, const char *unit)
{
  double value[RUNS], metrics[QY_METRIC_COUNT];
  const char *reason;
  for (int r = 0; r < RUNS; r++) {
    double start = bench_now_s();
    for (int i = 0; i < DESIGNS; i++) {
      if (qy_systolic_evaluate(metrics, &reason, module, work, 8) != QY_OK) exit(1);
      sum += metrics[QY_ENERGY_UJ];
    }
    double s = (bench_now_s() - start) / DESIGNS;
    value[r] = to_unit > 0 ? s * to_unit : layers / s / 1e6;
  }
  bench_report(what, value, RUNS, unit);
}

static void initialising(const qy_systolic *like, const qy_pe_cost *cost, const qy_systolic_parts *parts,
                         const qy_tech *tech, const qy_sram_table *sram, const qy_systolic_work *work)
{
  enum { MODULES = 20000 };
  double us[RUNS];
  for (int r = 0; r < RUNS; r++) {
    double start = bench_now_s();
    for (int i = 0; i < MODULES; i++) {
      qy_systolic m;
      qy_systolic_params p = like->params;
      const char *reason;
      p.rows = p.columns = 8 << i % 3;
      qy_systolic_init_with(&m, &p, like->pe, cost, parts, tech, sram, 200, work, &reason, NULL);
      sum += m.area_sram_um2;
    }
    us[r] = (bench_now_s() - start) / MODULES * 1e6;
  }
  bench_report("module initialised (buffers looked up)", us, RUNS, "us");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_sram_table *sram;
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  qy_systolic_work *all;
  qy_tech *tech;
  qy_pe pe;
  qy_pe_cost cost;
  qy_systolic_parts parts;
  qy_systolic module, tiled;
  const char *reason;
  const qy_layer_filter filter = {0, NULL};
  const qy_pe_params mac = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 8};
  if (qy_sram_table_read(&sram, "db/memory/sram.csv", arena, NULL) != QY_OK ||
      qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) != QY_OK ||
      qy_network_select(&layers, &count, network, &filter, arena, NULL) != QY_OK ||
      qy_systolic_work_new(&all, layers, count, arena, NULL) != QY_OK ||
      qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) != QY_OK || qy_pe_build(&pe, &mac, arena, NULL) != QY_OK ||
      qy_pe_price(&cost, &pe, tech, 5000, NULL) != QY_OK ||
      qy_systolic_parts_price(&parts, &pe, &cost, tech, 5000, NULL) != QY_OK) {
    fputs("bench_systolic: cannot set up\n", stderr);
    return 1;
  }
  /* Distinct shapes only, each evaluated: what a layer costs without the help of merging. */
  const double shapes = (double)qy_systolic_work_shapes(all);
  qy_systolic_params p = {
      .rows = 32, .columns = 32, .dataflow = QY_FLOW_WS, .port_bits = 128, .sram_flavour = QY_SRAM_HP};
  qy_status status = qy_systolic_init_with(&module, &p, &pe, &cost, &parts, tech, sram, 200, all, &reason, NULL);
  p.tile = QY_TILE_AUTO;
  p.input_buffer_bytes = p.weight_buffer_bytes = p.output_buffer_bytes = 65536;
  if (!status) status = qy_systolic_init_with(&tiled, &p, &pe, &cost, &parts, tech, sram, 200, all, &reason, NULL);
  if (status) {
    fprintf(stderr, "bench_systolic: %s\n", reason ? reason : "cannot set up");
    return 1;
  }
  printf("# MobileNetV2: %zu layers, %.0f distinct shapes\n", count, shapes);
  counting("cycles and accesses, distinct layers, three dataflows", all, shapes, 0, "M layers/s");
  pricing("with energy and area parts, 32x32 ws, resident", &module, all, shapes, 0, "M layers/s");
  pricing("with energy and area parts, 32x32 ws, tiled (64 KiB buffers)", &tiled, all, shapes, 0, "M layers/s");
  counting("MobileNetV2 on one design: cycles and accesses", all, (double)count, 1e6, "us");
  pricing("MobileNetV2 on one design: with energy and area", &module, all, (double)count, 1e6, "us");
  pricing("MobileNetV2 on one design: tiled", &tiled, all, (double)count, 1e6, "us");
  initialising(&module, &cost, &parts, tech, sram, all);
  qy_arena_free(arena);
  return sum > 0 ? 0 : 1;
}
