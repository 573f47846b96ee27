/* Layer evaluations of the systolic array per second and core: closed-form cycles and accesses all, and with energy
 * and area parts on a priced design; MobileNetV2 (53 layers, equal shapes merged) on one design.  Medians of 9 runs. */
#include "quarry/point_lanes.h"
#include "quarry/systolic.h"

#include "accel/design.h"
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
    double start = bench_cpu_s();
    for (int i = 0; i < DESIGNS; i++) {
      qy_systolic_params p = design(i);
      qy_systolic_counts c;
      if (qy_systolic_count(&c, &p, work, NULL) != QY_OK) exit(1);
      sum += (double)c.compute + (double)c.sum_reads;
    }
    double s = (bench_cpu_s() - start) / DESIGNS;
    value[r] = to_unit > 0 ? s * to_unit : layers / s / 1e6;
  }
  bench_report(what, value, RUNS, unit);
}

static void pricing(const char *what, made *m, double layers, double to_unit, const char *unit)
{
  double value[RUNS], metrics[QY_METRIC_COUNT];
  for (int r = 0; r < RUNS; r++) {
    double start = bench_cpu_s();
    for (int i = 0; i < DESIGNS; i++) {
      if (run_metrics(metrics, m, 8)) exit(1);
      sum += metrics[QY_ENERGY_UJ];
    }
    double s = (bench_cpu_s() - start) / DESIGNS;
    value[r] = to_unit > 0 ? s * to_unit : layers / s / 1e6;
  }
  bench_report(what, value, RUNS, unit);
}

/* The same as `pricing`, QY_LANES points at once. */
static void in_lanes(made *m)
{
  static const char *const known[QY_LANE_SETS] = {"plain", "AVX2", "AVX-512"};
  static qy_lane_points points;
  const qy_lane_set best = qy_lane_set_best();
  const qy_design *design[QY_LANES];
  qy_modes modes[QY_LANES];
  double value[RUNS];
  char what[128];
  for (int i = 0; i < QY_LANES; i++) {
    design[i] = &m->design;
    if (!qy_design_modes(&modes[i], &m->design, qy_precision_of(8))) exit(1);
  }
  for (int s = 0; s <= (int)best; s++) {
    for (int r = 0; r < RUNS; r++) {
      const double start = bench_cpu_s();
      for (int i = 0; i < DESIGNS; i += QY_LANES) {
        if (!qy_design_run_lanes(&points, design, m->work, modes, (qy_lane_set)s)) exit(1);
        qy_metric_derive_lanes(points.metric, (const double(*)[QY_LANES])points.in, QY_AT_ACCELERATOR, (qy_lane_set)s);
        sum += points.metric[QY_ENERGY_UJ][i % QY_LANES];
      }
      value[r] = 1e-6 * DESIGNS / (bench_cpu_s() - start);
    }
    snprintf(what, sizeof what, "systolic resident, MobileNetV2 in lanes, %s", s == (int)best ? "widest" : known[s]);
    bench_report(what, value, RUNS, "M/s");
  }
}

static void designing(made *m, const request *like, void *self)
{
  enum { ARRAYS = 20000 };
  double us[RUNS];
  qy_systolic_params p = *(const qy_systolic_params *)like->params;
  const qy_design_input input = {.params = &p,
                                 .pe = like->pe,
                                 .prices = &m->prices,
                                 .tech = like->tech,
                                 .sram = like->sram,
                                 .clock_mhz = like->clock_mhz,
                                 .work = m->work};
  for (int r = 0; r < RUNS; r++) {
    double start = bench_cpu_s();
    for (int i = 0; i < ARRAYS; i++) {
      p.rows = p.columns = 8 << i % 3;
      if (qy_design_make(&m->design, like->accelerator, self, &m->columns, &input, NULL)) exit(1);
      sum += m->design.in[QY_AREA_SRAM_UM2];
    }
    us[r] = (bench_cpu_s() - start) / ARRAYS * 1e6;
  }
  bench_report("systolic design made (buffers looked up)", us, RUNS, "us");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_sram_table *sram;
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  qy_tech *tech;
  qy_pe pe;
  static made resident, tiled, other;
  const qy_layer_filter filter = {0, NULL};
  const qy_pe_params mac = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 8};
  if (qy_sram_table_read(&sram, "db/memory/sram.csv", arena, NULL) != QY_OK ||
      qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) != QY_OK ||
      qy_network_select(&layers, &count, network, &filter, arena, NULL) != QY_OK ||
      qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) != QY_OK || qy_pe_build(&pe, &mac, arena, NULL) != QY_OK) {
    fputs("bench_systolic: cannot set up\n", stderr);
    return 1;
  }
  qy_systolic_params p = {
      .rows = 32, .columns = 32, .dataflow = QY_FLOW_WS, .batch = 1, .port_bits = 128, .sram_flavour = QY_SRAM_HP};
  const request r = {.accelerator = &qy_accelerator_systolic,
                     .params = &p,
                     .pe = &pe,
                     .tech = tech,
                     .sram = sram,
                     .clock_mhz = 200,
                     .layers = layers,
                     .layer_count = count};
  void *self = qy_arena_alloc(arena, 1, r.accelerator->design_bytes);
  const char *reason = why_not(&resident, &r, arena);
  if (!reason) reason = why_not(&other, &r, arena);
  const qy_systolic_params like = p;
  p.tile = QY_TILE_AUTO;
  p.input_buffer_bytes = p.weight_buffer_bytes = p.output_buffer_bytes = 65536;
  if (!reason) reason = why_not(&tiled, &r, arena);
  if (reason || !self) {
    fprintf(stderr, "bench_systolic: %s\n", reason ? reason : "cannot set up");
    return 1;
  }
  p = like;
  /* Distinct shapes only, each evaluated: what a layer costs without the help of merging. */
  const qy_systolic_work *all = resident.work;
  const double shapes = (double)qy_systolic_work_shapes(all), whole = (double)count;
  printf("# systolic: MobileNetV2, %zu layers, %.0f distinct shapes; tiled: buffers of 64 KiB\n", count, shapes);
  counting("systolic layers: cycles and accesses, three dataflows", all, shapes, 0, "M/s");
  pricing("systolic layers: with energy and area, 32x32 ws, resident", &resident, shapes, 0, "M/s");
  pricing("systolic layers: with energy and area, 32x32 ws, tiled", &tiled, shapes, 0, "M/s");
  counting("systolic resident, MobileNetV2: cycles and accesses", all, whole, 1e6, "us");
  pricing("systolic resident, MobileNetV2", &resident, whole, 1e6, "us");
  in_lanes(&resident);
  pricing("systolic tiled, MobileNetV2", &tiled, whole, 1e6, "us");
  designing(&other, &r, self);
  qy_arena_free(arena);
  return sum > 0 ? 0 : 1;
}
