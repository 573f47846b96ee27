/* A design that is made again at another clock is the one that is made there anew: what stands of it, and its runs. */
#include "../../src/accel/dot_int.h"
#include "quarry/depthwise.h"
#include "quarry/dot.h"
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

#include <math.h>

static qy_arena *arena;
static qy_tech *tech;
static qy_sram_table *table;

enum { LAYERS = 2 };

static const hand_prices hand = {.area_um2 = 900,
                                 .register_um2 = 100,
                                 .leakage_nw = 40,
                                 .cycle_fj = {100, 100, 100},
                                 .clock_fj = 10,
                                 .held_frac = 0.5,
                                 .stages = 1,
                                 .min_period_ps = 1,
                                 .period_ps = 1e5,
                                 .adder = {50, 10, 4, 7, 3, 1},
                                 .requantizer = {60, 12, 5, 30, 5, 2},
                                 .controller = {70, 20, 6, 11, 13, 1}};

static qy_layer depthwise(int64_t h, int64_t w, int64_t channels, int64_t taps)
{
  qy_layer l = make_layer(h, w, channels, channels, taps, taps, 1, taps / 2, channels);
  l.type = QY_LAYER_DWCONV;
  return l;
}

static bool same_run(made *a, made *b)
{
  double v[QY_METRIC_COUNT], w[QY_METRIC_COUNT];
  const char *one = run_metrics(v, a, 8), *other = run_metrics(w, b, 8);
  if (one || other) return one && other && strcmp(one, other) == 0;
  return memcmp(a->design.bill.count, b->design.bill.count, sizeof a->design.bill.count) == 0 &&
         memcmp(a->design.in, b->design.in, sizeof a->design.in) == 0 && memcmp(v, w, sizeof v) == 0;
}

/* All layers at 20 MHz, with prices by hand. */
static request asked(const qy_accelerator *accelerator, const void *params, const qy_pe *pe,
                     const qy_layer *const *layers)
{
  return (request){.accelerator = accelerator,
                   .params = params,
                   .pe = pe,
                   .tech = tech,
                   .sram = table,
                   .clock_mhz = 20,
                   .layers = layers,
                   .layer_count = LAYERS,
                   .hand = &hand};
}

static void compare(const qy_accelerator *accelerator, qy_pe_kind kind, const qy_layer *const *layers, double size)
{
  static const double clocks[] = {25, 50, 150, 300, 450, 600, 800, 1000, 1500, 2500, 4000, 8000, 40};
  static made again, fresh;
  qy_pe pe;
  qy_error err = {0};
  int wrong = 0, same = 0, refused = 0, changed = 0;
  double before = 0;
  void *params = make_params(accelerator, size, arena);
  if (!ok(params && !make_element(&pe, kind, accelerator, arena, &err), "%s: an element", accelerator->name)) return;
  request r = asked(accelerator, params, &pe, layers);
  bool usable = false;
  for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
    r.clock_mhz = 20;
    if (!usable && !ok(!why_not(&again, &r, arena), "%s: a design at 20 MHz", accelerator->name)) return;
    r.clock_mhz = clocks[i];
    const char *reason = why_not(&fresh, &r, arena);
    const qy_design_input in = {.params = params,
                                .pe = &pe,
                                .prices = &fresh.prices,
                                .tech = tech,
                                .sram = table,
                                .clock_mhz = clocks[i],
                                .work = again.work};
    wrong += qy_design_make_again(&again.design, &in, &err) != QY_OK;
    usable = !again.design.reason;
    wrong += !reason != usable || (reason && strcmp(reason, again.design.reason) != 0);
    wrong += again.design.clock_mhz != clocks[i] || again.design.prices != &fresh.prices;
    refused += reason != NULL;
    if (reason || !usable) continue;
    const bool alike = same_run(&again, &fresh);
    wrong += !alike;
    same += alike;
    changed += before > 0 && fresh.design.in[QY_AREA_SRAM_UM2] != before;
    before = fresh.design.in[QY_AREA_SRAM_UM2];
  }
  ok(wrong == 0 && same > 4, "%s: %d clocks as anew, %d too fast, %d differ", accelerator->name, same, refused, wrong);
  ok(refused + changed > 0, "%s: other memories, or none, at %d clocks", accelerator->name, refused + changed);
}

/* Layers alone: the same before and after a run, whose events and times are those of both; of a design that cannot be,
 * and at a precision without a mode, the reason and nothing else. */
static void layers_alone(const qy_accelerator *accelerator, qy_pe_kind kind, const qy_layer *const *layers, double size)
{
  static made d;
  qy_pe pe;
  qy_error err = {0};
  void *params = make_params(accelerator, size, arena);
  const qy_precision eight = qy_precision_of(8), wide = qy_precision_of(32);
  if (!ok(params && !make_element(&pe, kind, accelerator, arena, &err), "%s: an element", accelerator->name)) return;
  request r = asked(accelerator, params, &pe, layers);
  if (!ok(!why_not(&d, &r, arena), "%s: a design", accelerator->name)) return;
  double v[QY_METRIC_COUNT], in[2][LAYERS][QY_QUANTITY_COUNT];
  static qy_bill bill[2][LAYERS];
  int wrong = 0, apart = 0;
  for (int after = 0; after < 2; after++) {
    for (int l = 0; l < LAYERS; l++) {
      const char *reason = "none";
      wrong += qy_design_layer(&bill[after][l], in[after][l], &reason, &d.design, layers[l], eight, &err) || reason;
    }
    if (!after) wrong += run_metrics(v, &d, 8) != NULL;
  }
  for (int l = 0; l < LAYERS; l++)
    wrong += memcmp(bill[0][l].count, bill[1][l].count, sizeof bill[0][l].count) != 0 ||
             bill[0][l].cycles != bill[1][l].cycles || bill[0][l].products != bill[1][l].products;
  for (int i = QY_EVENT_FIRST; i < QY_ITEM_COUNT; i++) {
    const double sum = bill[0][0].count[i] + bill[0][1].count[i], whole = d.design.bill.count[i];
    apart += fabs(sum - whole) > 1e-9 * fabs(whole);
  }
  apart += bill[0][0].products + bill[0][1].products != d.design.bill.products ||
           fabs(in[0][0][QY_CYCLES] + in[0][1][QY_CYCLES] - d.design.in[QY_CYCLES]) > 1e-9 * d.design.in[QY_CYCLES];
  ok(wrong == 0 && apart == 0, "%s: layers alone are the same after a run, %d, and add up to it, %d", accelerator->name,
     wrong, apart);
  const char *reason = NULL;
  ok(qy_design_layer(&bill[0][0], in[0][0], &reason, &d.design, layers[0], wide, &err) == QY_INFEASIBLE && reason,
     "no mode for 32 bits: %s", reason ? reason : "none");
  d.design.reason = "cannot be";
  reason = NULL;
  ok(qy_design_layer(&bill[0][0], in[0][0], &reason, &d.design, layers[0], eight, &err) == QY_INFEASIBLE && reason &&
         strcmp(reason, "cannot be") == 0,
     "nor can a layer of a design that cannot be");
}

/* Registers at the inputs of an element are one cycle more of each layer's way through. */
static void registers(const qy_layer *const *layers)
{
  double cycles[2];
  void *params = make_params(&qy_accelerator_depthwise, 4, arena);
  for (int input_registers = 0; input_registers < 2; input_registers++) {
    static made d;
    qy_pe pe;
    double v[QY_METRIC_COUNT];
    const qy_pe_params of = {.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 24, .input_registers = input_registers};
    const request r = {.accelerator = &qy_accelerator_depthwise,
                       .params = params,
                       .pe = &pe,
                       .tech = tech,
                       .clock_mhz = 50,
                       .layers = layers,
                       .layer_count = LAYERS,
                       .hand = &hand};
    if (!ok(!qy_pe_build(&pe, &of, arena, NULL) && !why_not(&d, &r, arena) && !run_metrics(v, &d, 8), "a module"))
      return;
    cycles[input_registers] = v[QY_CYCLES];
  }
  ok(cycles[1] == cycles[0] + LAYERS, "input registers: %g cycles, %g without", cycles[1], cycles[0]);
}

/* A read takes whole cycles of its access time on the way through a dot engine, the slower of two buffers' alone. */
static void dot_reads(void)
{
  static const struct {
    double input_ns, weight_ns, clock_mhz;
    int64_t cycles;
  } row[] = {{0, 0, 1000, 0}, {2, 0, 1000, 2}, {0, 2.001, 1000, 3}, {1.5, 0.5, 1000, 2}, {1.5, 0.5, 100, 1}};
  qy_pe pe = {.params = {.kind = QY_PE_MUL, .bits = 8}};
  const double stages[QY_ROLE_COUNT] = {1};
  int64_t least = 0;
  int wrong = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    engine e = {.params = {.lanes = 4}, .pe = &pe};
    e.buffer[QY_BUFFER_INPUT].macro.access_ns = row[i].input_ns;
    e.buffer[QY_BUFFER_WEIGHTS].macro.access_ns = row[i].weight_ns;
    const int64_t fill = dot_fill(&e, row[i].clock_mhz, stages);
    if (i == 0) least = fill;
    wrong += fill - least != row[i].cycles;
  }
  is_int(wrong, 0, "reads of buffers in cycles");
}

/* Ports of as many bits as the headers say, and of no others. */
static void ports(void)
{
  static const struct {
    const qy_accelerator *accelerator;
    double most;
  } row[] = {{&qy_accelerator_systolic, 65536}, {&qy_accelerator_dot, 65536}, {&qy_accelerator_depthwise, 4096}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_accelerator *a = row[i].accelerator;
    const double bits[] = {8, row[i].most, 7, row[i].most + 1};
    int wrong = 0, found = 0;
    for (size_t k = 0; k < a->parameter_count; k++) {
      if (strcmp(a->parameter[k].key, "port_bits") != 0) continue;
      found++;
      for (int b = 0; b < 4; b++) {
        qy_error err = {0};
        void *params = make_params(a, 4, arena);
        qy_parameter_set(params, &a->parameter[k], bits[b]);
        wrong += (qy_accelerator_check(a, params, &err) == QY_OK) != (b < 2);
      }
    }
    ok(found == 1 && wrong == 0, "%s: ports of 8 to %g bits", a->name, row[i].most);
  }
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, &err) &&
              !qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err),
          "a library and memories"))
    return done();
  const qy_layer conv[LAYERS] = {make_layer(56, 56, 64, 96, 3, 3, 1, 1, 1), make_layer(6, 6, 24, 8, 1, 1, 1, 0, 1)},
                 deep[LAYERS] = {depthwise(112, 112, 64, 3), depthwise(7, 9, 16, 5)};
  const qy_layer *const convs[LAYERS] = {&conv[0], &conv[1]}, *const deeps[LAYERS] = {&deep[0], &deep[1]};
  compare(&qy_accelerator_systolic, QY_PE_MAC, convs, 8);
  compare(&qy_accelerator_depthwise, QY_PE_MAC, deeps, 8);
  compare(&qy_accelerator_dot, QY_PE_MUL, convs, 8);
  layers_alone(&qy_accelerator_systolic, QY_PE_MAC, convs, 8);
  layers_alone(&qy_accelerator_depthwise, QY_PE_MAC, deeps, 8);
  layers_alone(&qy_accelerator_dot, QY_PE_MUL, convs, 8);
  registers(deeps);
  dot_reads();
  ports();
  qy_arena_free(arena);
  return done();
}
