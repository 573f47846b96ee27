/* GEMM accelerator on ZU9EG, points per second and thread: a design with sizes given is made, run on all layers of a
 * network at one precision, and its metrics follow; the same with sizes that fill the device; runs alone.  Circuits of
 * an element on a device, in ms.  Medians of 9 runs. */
#include "quarry/gemm.h"

#include "bench.h"

enum { RUNS = 9, DESIGNS = 100000, FILLED = 400, CIRCUITS = 3 };

typedef struct subject {
  qy_pe pe;
  qy_tech *tech;
  qy_fabric *fabric;
  qy_columns columns;
  qy_prices prices;
  void *work, *self;
  qy_design design;
} subject;

static double sum; /* keeps the work from being left out */

static void make(subject *s, const qy_gemm_params *params)
{
  const qy_design_input input = {.params = params,
                                 .pe = &s->pe,
                                 .prices = &s->prices,
                                 .tech = s->tech,
                                 .fabric = s->fabric,
                                 .clock_mhz = 100,
                                 .work = s->work};
  if (qy_design_make(&s->design, &qy_accelerator_gemm, s->self, &s->columns, &input, NULL) || s->design.reason) exit(1);
}

static void run(subject *s)
{
  double metric[QY_METRIC_COUNT];
  if (qy_design_run(&s->design, s->work, qy_precision_of(5))) exit(1);
  qy_metric_derive(metric, s->design.in, QY_AT_ACCELERATOR | QY_ON_FPGA);
  sum += metric[QY_FPS];
}

static double points(subject *s, int designs, bool made, bool filled)
{
  const double start = bench_cpu_s();
  for (int d = 0; d < designs; d++) {
    const qy_gemm_params params = {.bat = 1 << d % 3,
                                   .blk_in = 16,
                                   .blk_dsp = filled ? 0 : 8 + d % 8,
                                   .blk_lut = filled ? 0 : 8 + d % 16,
                                   .high_bits = 8,
                                   .packing = QY_GEMM_SPLIT};
    if (made) make(s, &params);
    run(s);
  }
  return designs / (bench_cpu_s() - start);
}

static qy_status network(subject *s, const char *name, qy_arena *arena)
{
  qy_network *read;
  const qy_layer **layers;
  const qy_layer_filter all = {0};
  size_t count = 0, kept = 0;
  qy_status status = qy_network_read(&read, "db", name, arena, NULL);
  if (!status) status = qy_network_select(&layers, &count, read, &all, arena, NULL);
  for (size_t i = 0; !status && i < count; i++)
    if (qy_layer_multiplies(layers[i]->type)) layers[kept++] = layers[i];
  return status ? status : qy_accelerator_gemm.work(&s->work, layers, kept, arena, NULL);
}

static void report(subject *s, const char *name)
{
  double made[RUNS], filled[RUNS], alone[RUNS];
  char what[80];
  for (int r = 0; r < RUNS; r++) {
    made[r] = points(s, DESIGNS, true, false);
    alone[r] = points(s, DESIGNS, false, false);
    filled[r] = points(s, FILLED, true, true);
  }
  snprintf(what, sizeof what, "gemm: %s, with design", name);
  bench_report(what, made, RUNS, "1/s");
  snprintf(what, sizeof what, "gemm: %s, run alone", name);
  bench_report(what, alone, RUNS, "1/s");
  snprintf(what, sizeof what, "gemm: %s, device filled", name);
  bench_report(what, filled, RUNS, "1/s");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  static subject s;
  const qy_pe_params sp2 = {.kind = QY_PE_SP2, .bits = 5, .weight_bits = 4};
  const unsigned circuits = QY_FABRIC_OF_ELEMENT | QY_FABRIC_OF_ADDERS | 1u << (QY_FABRIC_OF_SPLITS + 4);
  double ms[RUNS];
  if (!arena || qy_tech_read_fpga(&s.tech, "db", "zu9eg", arena, NULL) || qy_pe_build(&s.pe, &sp2, arena, NULL) ||
      !(s.self = qy_arena_alloc(arena, 1, qy_accelerator_gemm.design_bytes))) {
    fputs("run from the root of the repository\n", stderr);
    return 1;
  }
  for (int r = 0; r < RUNS; r++) {
    const double start = bench_cpu_s();
    for (int k = 0; k < CIRCUITS; k++)
      if (qy_fabric_new(&s.fabric, &s.pe, s.tech, circuits, arena, NULL)) return 1;
    ms[r] = (bench_cpu_s() - start) / CIRCUITS * 1e3;
  }
  bench_report("gemm: circuits of an element on a device", ms, RUNS, "ms");
  qy_columns_make(&s.columns, QY_USES_FPGA);
  if (qy_fabric_prices(&s.prices, s.tech, &s.columns, 100, arena, NULL)) return 1;
  static const char *const names[] = {"resnet18", "resnet50", "mobilenet_v2_1.0_224"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (network(&s, names[i], arena)) return 1;
    report(&s, names[i]);
  }
  qy_arena_free(arena);
  return sum > 0 ? 0 : 1;
}
