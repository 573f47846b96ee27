/* Price lists against circuits that are built and priced one by one with the functions of circuit.h and pe.h: in the
 * nominal library, and in the library of each draw.
 *
 * Where a draw's own netlists and pipeline are the nominal ones, all prices must agree to rounding.  Elsewhere the
 * price list keeps the nominal structure, and the difference that makes for a design is bounded. */
#include "../../src/accel/circuits.h"

#include "quarry/depthwise.h"
#include "quarry/dot.h"
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

#include <stdlib.h>

enum { DRAWS = 64, SRAM_DRAWS = 16, WIDE = 4096 };

static qy_arena *arena;
static qy_sram_table *sram;

/* ---- designs ---- */

typedef struct subject {
  const char *name;
  const qy_accelerator *accelerator;
  const void *params;
  qy_pe_params element;
  bool trained; /* operands: Laplacian weights, ReLU activations */
} subject;

#define SYSTOLIC(...)                                                                                                  \
  &qy_accelerator_systolic, &(const qy_systolic_params)                                                                \
  {                                                                                                                    \
    __VA_ARGS__                                                                                                        \
  }
#define DEPTHWISE(...)                                                                                                 \
  &qy_accelerator_depthwise, &(const qy_depthwise_params)                                                              \
  {                                                                                                                    \
    __VA_ARGS__                                                                                                        \
  }
#define DOT(...)                                                                                                       \
  &qy_accelerator_dot, &(const qy_dot_params)                                                                          \
  {                                                                                                                    \
    __VA_ARGS__                                                                                                        \
  }
#define ALONE &qy_accelerator_element, ""

/* clang-format off */
static const subject subjects[] = {
    {"ws mac", SYSTOLIC(.rows = 8, .columns = 8, .dataflow = QY_FLOW_WS, .tile = QY_TILE_AUTO, .port_bits = 256),
     {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16, .input_registers = true}, false},
    {"is mac_dc", SYSTOLIC(.rows = 8, .columns = 4, .dataflow = QY_FLOW_IS, .edge = QY_EDGE_USED, .tile = QY_TILE_AUTO,
                           .port_bits = 128),
     {.kind = QY_PE_MAC_DC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16}, false},
    {"ws mac used", SYSTOLIC(.rows = 16, .columns = 4, .dataflow = QY_FLOW_WS, .edge = QY_EDGE_USED,
                             .tile = QY_TILE_NONE, .packing = QY_PACK_DIAGONAL, .port_bits = 64,
                             .sram_flavour = QY_SRAM_HP),
     {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 8, .weight_bits = 6}, true},
    {"os serial", SYSTOLIC(.rows = 4, .columns = 8, .dataflow = QY_FLOW_OS, .tile = QY_TILE_NONE, .port_bits = 64),
     {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16}, false},
    {"os overlapped used", SYSTOLIC(.rows = 8, .columns = 8, .dataflow = QY_FLOW_OS, .drain = QY_DRAIN_OVERLAPPED,
                                    .edge = QY_EDGE_USED, .tile = QY_TILE_AUTO, .batch = 3),
     {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 16}, true},
    {"is pot", SYSTOLIC(.rows = 8, .columns = 4, .dataflow = QY_FLOW_IS, .tile = QY_TILE_NONE, .port_bits = 128),
     {.kind = QY_PE_POT, .bits = 8, .weight_bits = 5, .accumulator_bits = 24}, true},
    {"ws shared", SYSTOLIC(.rows = 8, .columns = 8, .dataflow = QY_FLOW_WS, .tile = QY_TILE_AUTO, .port_bits = 256,
                           .input_buffer_bytes = 8192, .weight_buffer_bytes = 8192, .output_buffer_bytes = 8192),
     {.kind = QY_PE_SHIFT_ADD, .bits = 8, .weight_bits = 8, .m_bits = 3, .shared = true, .accumulator_bits = 24}, true},
    {"os bus shared", SYSTOLIC(.rows = 4, .columns = 8, .dataflow = QY_FLOW_OS, .row = QY_ROW_BROADCAST,
                               .edge = QY_EDGE_USED, .tile = QY_TILE_AUTO, .port_bits = 64),
     {.kind = QY_PE_SHIFT_ADD, .bits = 8, .weight_bits = 8, .m_bits = 3, .shared = true, .accumulator_bits = 24}, true},
    {"ws bus pot", SYSTOLIC(.rows = 8, .columns = 24, .dataflow = QY_FLOW_WS, .row = QY_ROW_BROADCAST,
                            .tile = QY_TILE_AUTO, .port_bits = 256),
     {.kind = QY_PE_POT, .bits = 8, .weight_bits = 5, .accumulator_bits = 24}, true},
    {"ws brslog", SYSTOLIC(.rows = 16, .columns = 16, .dataflow = QY_FLOW_WS, .tile = QY_TILE_AUTO, .port_bits = 256),
     {.kind = QY_PE_BRSLOG, .bits = 8, .weight_bits = 5, .accumulator_bits = 24, .input_registers = true}, true},
    {"depthwise mac", DEPTHWISE(.channels = 1, .multipliers = 1, .port_bits = 64),
     {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16}, false},
    {"depthwise mac hp", DEPTHWISE(.channels = 8, .multipliers = 9, .port_bits = 128, .sram_flavour = QY_SRAM_HP),
     {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 8}, false},
    {"depthwise mac_st", DEPTHWISE(.channels = 16, .multipliers = 3, .port_bits = 64),
     {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16}, false},
    {"depthwise mac_sa", DEPTHWISE(.channels = 40, .multipliers = 2, .port_bits = 256,
                                   .reduction = QY_REDUCE_CHANNELS),
     {.kind = QY_PE_MAC_SA, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 16, .input_registers = true}, false},
    {"depthwise serial", DEPTHWISE(.channels = 8, .multipliers = 3, .port_bits = 64),
     {.kind = QY_PE_SERIAL, .bits = 8}, true},
    {"dot mul", DOT(.engines = 8, .lanes = 9, .port_bits = 256),
     {.kind = QY_PE_MUL, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 8, .weight_bits = 5}, true},
    {"dot mitchell", DOT(.engines = 8, .lanes = 9, .port_bits = 256), {.kind = QY_PE_MITCHELL, .bits = 8}, false},
    {"mac_st", ALONE,
     {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16, .input_registers = true}, true},
    {"mac_sa", ALONE, {.kind = QY_PE_MAC_SA, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 8}, false},
    {"mul", ALONE, {.kind = QY_PE_MUL, .multiplier = QY_MULTIPLIER_ARRAY, .bits = 16, .weight_bits = 5,
                    .input_registers = true, .output_registers = true}, true},
    {"seglog", ALONE, {.kind = QY_PE_SEGLOG, .bits = 16, .weight_bits = 5, .output_bits = 20, .input_registers = true,
                       .output_registers = true}, true},
    {"sp2", ALONE, {.kind = QY_PE_SP2, .bits = 8, .weight_bits = 6, .accumulator_bits = 24}, false},
};
/* clang-format on */
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

static qy_tech *load(const char *name)
{
  qy_tech *tech = NULL;
  qy_error err = {0};
  if (qy_tech_read(&tech, "db", name, arena, &err)) printf("# %s\n", err.diagnostic[0].text);
  if (tech) tech->structure = NULL; /* constants alone */
  return tech;
}

static qy_pe_stimulus operands(bool trained)
{
  qy_pe_stimulus s = qy_pe_stimulus_default();
  if (!trained) return s;
  s.weights = QY_WEIGHTS_LAPLACIAN;
  s.weight_range = 4;
  s.relu = true;
  s.zero_frac = 0.5;
  return s;
}

/* Edge folds everywhere: a dense, a strided, a depthwise and a fully connected layer; depthwise ones alone for a
 * module of that kind. */
static size_t layers_of(const qy_layer *list[4], const qy_accelerator *a)
{
  static qy_layer layer[4];
  layer[0] = make_layer(14, 14, 12, 12, 3, 3, 1, 1, 12);
  layer[1] = make_layer(14, 14, 24, 40, 3, 3, 1, 1, 1);
  layer[2] = make_layer(29, 29, 3, 10, 5, 5, 2, 0, 1);
  layer[3] = make_layer(1, 1, 200, 50, 1, 1, 1, 0, 1);
  layer[0].type = QY_LAYER_DWCONV;
  for (int i = 0; i < 4; i++)
    list[i] = &layer[i];
  return a == &qy_accelerator_depthwise ? 1 : 4;
}

/* ---- circuits one by one ---- */

typedef struct part {
  const qy_circuit *circuit; /* NULL: not used */
  int modes;
  qy_pe_toggles toggles;
} part;

typedef struct ready {
  const subject *s;
  qy_pe pe, maker; /* maker: shared multiples */
  part part[QY_ROLE_COUNT];
  qy_pe_toggles fresh, held;
} ready;

static qy_status add_role(ready *r, qy_circuit_role role)
{
  qy_circuit *c = NULL;
  qy_status status = circuit_of_role(&c, role, &r->pe, arena, NULL);
  if (!status) status = circuit_role_activity(&r->part[role].toggles.right[0], c, role, &r->pe, NULL, NULL);
  r->part[role].circuit = c;
  r->part[role].modes = 1;
  return status;
}

/* Everything that is simulated, whatever the library. */
static int get_ready(ready *r, const subject *s)
{
  const unsigned uses = s->accelerator->uses;
  const qy_pe_stimulus words = operands(s->trained), random = operands(false);
  qy_pe_stimulus stream = random;
  const qy_pe_params maker = {
      .kind = QY_PE_MULTIPLES, .bits = s->element.bits, .m_bits = s->element.m_bits, .m_odd = s->element.m_odd};
  *r = (ready){.s = s};
  qy_status status = qy_pe_build(&r->pe, &s->element, arena, NULL);
  part *element = &r->part[QY_ROLE_ELEMENT], *multiples = &r->part[QY_ROLE_MULTIPLES];
  if (!status) status = qy_pe_activities(&element->toggles, &r->pe, &words, NULL);
  element->circuit = r->pe.circuit;
  element->modes = r->pe.mode_count;
  if (!status && (uses & QY_USES_ADDER)) status = add_role(r, QY_ROLE_ADDER);
  if (!status && (uses & QY_USES_REQUANTIZER)) status = add_role(r, QY_ROLE_REQUANTIZER);
  if (!status && (uses & QY_USES_CONTROLLER)) status = add_role(r, QY_ROLE_CONTROLLER);
  stream.cycles = 4096;
  if (!status && (uses & QY_USES_HELD)) status = qy_pe_activities(&r->fresh, &r->pe, &stream, NULL);
  stream.hold = 64; /* each weight for 64 activations */
  if (!status && (uses & QY_USES_HELD)) status = qy_pe_activities(&r->held, &r->pe, &stream, NULL);
  if (!status && s->element.shared) {
    status = qy_pe_build(&r->maker, &maker, arena, NULL);
    if (!status) status = qy_pe_activities(&multiples->toggles, &r->maker, &random, NULL);
    multiples->circuit = r->maker.circuit;
    multiples->modes = 1;
  }
  return ok(!status, "circuits of %s", s->name);
}

static double flip_flops(const qy_circuit *c, const qy_tech *tech)
{
  double sum = 0;
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    qy_op_report report;
    qy_circuit_op_report(c, i, tech, &report);
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      sum += report.census.cells[g][QY_DFF];
  }
  return sum;
}

static double switching_fj(const qy_build *b, const qy_activity *a, const qy_tech *tech)
{
  qy_energy e;
  qy_circuit_energy(b, a, tech, &e);
  return e.comb_fj + e.register_fj;
}

/* Products of a mode, with new operands and with one held, each at the side where it costs less in the nominal library:
 * those of `nominal`, or, NULL, this is it. */
static void expect_products(made *m, const ready *r, int k, const qy_build *b, const qy_tech *tech,
                            const qy_prices *nominal)
{
  double fj[2], held_fj[2];
  const int sides = r->pe.params.kind == QY_PE_MAC && k > 0 ? 2 : 1;
  for (int left = 0; left < sides; left++) {
    const qy_pe_toggles *all = &r->part[QY_ROLE_ELEMENT].toggles;
    const double fresh = switching_fj(b, left ? &r->fresh.left[k] : &r->fresh.right[k], tech);
    const double held = switching_fj(b, left ? &r->held.left[k] : &r->held.right[k], tech);
    fj[left] = switching_fj(b, left ? &all->left[k] : &all->right[k], tech);
    held_fj[left] = fj[left] * (held < fresh ? held / fresh : 1);
  }
  int left = sides > 1 && fj[1]<fj[0], held_left = sides> 1 && held_fj[1] < held_fj[0];
  if (nominal && sides > 1) {
    left = nominal->side[k] == QY_PE_AT_LEFT;
    held_left = nominal->held_side[k] == QY_PE_AT_LEFT;
  }
  m->prices.side[k] = left ? QY_PE_AT_LEFT : QY_PE_AT_RIGHT;
  m->prices.held_side[k] = held_left ? QY_PE_AT_LEFT : QY_PE_AT_RIGHT;
  set_event(m, QY_EVENT_PRODUCT + k, fj[left], 0);
  set_event(m, QY_EVENT_HELD + k, held_fj[held_left], 0);
}

/* Prices of a circuit as built in a library: those of its part, and of an event in each mode. */
static void expect_circuit(made *m, const ready *r, qy_circuit_role role, const qy_build *b, const qy_tech *tech,
                           const qy_prices *nominal)
{
  static const int parts[] = {QY_PART_ELEMENT, QY_PART_ADDER, QY_PART_REQUANTIZER, QY_PART_CONTROLLER,
                              QY_PART_MULTIPLES};
  static const int events[] = {QY_EVENT_PRODUCT, QY_EVENT_ADD, QY_EVENT_REQUANTIZE, QY_EVENT_CONTROL,
                               QY_EVENT_MULTIPLES};
  const part *p = &r->part[role];
  const double registers_um2 =
      fmin(b->area_um2, (flip_flops(p->circuit, tech) + b->pipeline_bits) * tech->area_um2[QY_DFF]);
  set_part(m, parts[role], b->area_um2 - registers_um2, registers_um2, b->leakage_nw, tech->density_frac);
  for (int k = 0; k < p->modes; k++) {
    qy_energy e;
    const double tree = 1 + tech->clock_tree_frac; /* an item of its own */
    qy_circuit_energy(b, &p->toggles.right[k], tech, &e);
    if (role == QY_ROLE_ELEMENT) { /* its clock runs in all cycles and is an event of its own */
      expect_products(m, r, k, b, tech, nominal);
      set_price(&m->prices, &m->columns, QY_EVENT_CLOCK, 1, e.clock_fj / tree / 1e9);
    } else if (role == QY_ROLE_MULTIPLES)
      set_event(m, events[role], e.comb_fj + e.register_fj + e.clock_fj / tree, 0);
    else
      set_event(m, events[role], e.comb_fj, e.register_fj + e.clock_fj / tree);
  }
}

/* The whole list, from scratch; 0: a circuit misses the clock.  nominal: of the library that `tech` is a draw of. */
static int expect_prices(made *m, const ready *r, const qy_tech *tech, double period_ps, const qy_prices *nominal)
{
  memset(m, 0, sizeof *m);
  qy_columns_make(&m->columns, r->s->accelerator->uses);
  for (int role = 0; role < QY_ROLE_COUNT; role++) {
    qy_build *b = &m->prices.build[role];
    if (!r->part[role].circuit) continue;
    if (qy_circuit_build(r->part[role].circuit, tech, period_ps, b, NULL) || !b->feasible) return 0;
    expect_circuit(m, r, (qy_circuit_role)role, b, tech, nominal);
  }
  set_cells(m, tech);
  /* half of the times V squared over 2 of a wire as long as the element is wide */
  const double side_um = sqrt(m->prices.build[QY_ROLE_ELEMENT].area_um2 / tech->density_frac);
  const double wire_fj = 0.25 * tech->voltage_v * tech->voltage_v * tech->wire_ff_per_um * side_um;
  set_event(m, QY_EVENT_OPERAND_WIRE, wire_fj, 0);
  set_event(m, QY_EVENT_SUM_WIRE, wire_fj, 0);
  for (int k = 0; k < QY_BUFFER_ROLES; k++) {
    set_price(&m->prices, &m->columns, QY_PART_SRAM + k, 0, 1);
    set_price(&m->prices, &m->columns, QY_PART_SRAM_LEAKAGE + k, 0, 1);
    set_price(&m->prices, &m->columns, QY_EVENT_SRAM_READ + k, 0, 1);
    set_price(&m->prices, &m->columns, QY_EVENT_SRAM_WRITE + k, 0, 1);
  }
  return 1;
}

/* ---- structure ---- */

/* A draw may make another cell the cheaper one; the price list keeps the nominal netlist. */
static int same_netlist(const qy_circuit *c, const qy_tech *x, const qy_tech *y)
{
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    qy_op_report a, b;
    qy_circuit_op_report(c, i, x, &a);
    qy_circuit_op_report(c, i, y, &b);
    if (memcmp(&a.census, &b.census, sizeof a.census) != 0) return 0;
  }
  return 1;
}

static int same_stages(const qy_prices *a, const qy_prices *b)
{
  for (int role = 0; role < QY_ROLE_COUNT; role++)
    if (a->build[role].stages != b->build[role].stages) return 0;
  return 1;
}

/* Where pipeline registers go depends on the delays of a draw. */
static int same_structure(const ready *r, const qy_prices *a, const qy_tech *x, const qy_tech *y)
{
  for (int role = 0; role < QY_ROLE_COUNT; role++) {
    const qy_circuit *c = r->part[role].circuit;
    if (c && (a->build[role].stages > 0 || !same_netlist(c, x, y))) return 0;
  }
  return 1;
}

/* ---- comparisons ---- */

static double difference(double got, double expected)
{
  return got == expected ? 0 : fabs(got / expected - 1);
}

/* Largest relative difference of a price; +infinity for NaN. */
static double worst_price(const made *expected, const double *price, size_t stride)
{
  double worst = 0;
  for (int j = 0; j < expected->columns.count; j++) {
    const double d = difference(price[(size_t)j * stride], expected->prices.price[j]);
    worst = d <= worst ? worst : isnan(d) ? INFINITY : d;
  }
  return worst;
}

/* Largest relative difference that two price lists make for a bill, over the metrics that items add up to. */
static double worst_metric(const qy_columns *c, const qy_bill *bill, const double *a, const double *b, size_t stride)
{
  double mine[QY_COLUMNS_MAX], x[QY_QUANTITY_COUNT] = {0}, y[QY_QUANTITY_COUNT] = {0}, worst = 0;
  for (int j = 0; j < c->count; j++)
    mine[j] = b[(size_t)j * stride];
  qy_bill_sum_parts(x, c, a, bill);
  qy_bill_sum_events(x, c, a, bill);
  qy_bill_sum_parts(y, c, mine, bill);
  qy_bill_sum_events(y, c, mine, bill);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    worst = fmax(worst, difference(y[m], x[m]));
  return worst;
}

static const char *make_subject(made *m, const ready *r, const qy_draws *draws, double clock_mhz)
{
  const qy_layer *list[4];
  const qy_pe_stimulus words = operands(r->s->trained);
  const request q = {.accelerator = r->s->accelerator,
                     .params = r->s->params,
                     .pe = &r->pe,
                     .tech = draws->nominal,
                     .sram = sram,
                     .clock_mhz = clock_mhz,
                     .layers = r->s->accelerator->runs_layers ? list : NULL,
                     .layer_count = layers_of(list, r->s->accelerator),
                     .stimulus = &words,
                     .draws = draws,
                     .aim = QY_PIPELINE_FOR_CLOCK, /* as qy_circuit_build */
                     .unchecked = true};           /* a batch of 0 */
  double v[QY_METRIC_COUNT];
  const char *reason = why_not(m, &q, arena);
  return reason ? reason : run_metrics(v, m, 8);
}

typedef struct tally {
  int nominal, drawn, same, subjects; /* subjects: with a draw of the same structure */
  double nominal_worst, same_worst, other_worst, other_sum;
  const char *other_subject;
} tally;

/* Yes when asked for the last time of so many. */
static int when_asked(void *ctx)
{
  int *left = ctx;
  return --*left <= 0;
}

/* The loops over draws end when they are asked to, not before. */
static void stop_tests(const made *m, const qy_tech *tech, const qy_draws *draws)
{
  static double basis[QY_COLUMNS_MAX * WIDE];
  qy_pricing *pricing;
  int left = 1;
  const qy_pricing_stop stop = {when_asked, &left};
  qy_status status = qy_pricing_new(&pricing, m->components, tech, draws, stop, arena, NULL);
  is_int(status, QY_INTERRUPTED, "paths of draws are stopped");
  left = 1 << 20;
  status = qy_pricing_new(&pricing, m->components, tech, draws, stop, arena, NULL);
  ok(!status && left < 1 << 20, "or go on where nobody stops them");
  if (status) return;
  left = 2;
  basis[WIDE - 1] = -1;
  status = qy_prices_draws(basis, &m->prices, pricing, &m->columns, NULL, NULL);
  ok(status == QY_INTERRUPTED && left == 0 && basis[0] > 0 && basis[WIDE - 1] == -1,
     "prices of draws are stopped in their middle");
}

static void draw_prices(double *basis, const made *m, const double *factors)
{
  if (qy_prices_draws(basis, &m->prices, m->pricing, &m->columns, factors, NULL)) exit(1);
}

static void one_subject(tally *t, const ready *r, const qy_draws *draws, double clock_mhz)
{
  static double basis[QY_COLUMNS_MAX * DRAWS];
  static made m, expected, drawn;
  if (make_subject(&m, r, draws, clock_mhz)) return;
  const int before = t->same;
  if (!ok(expect_prices(&expected, r, draws->nominal, 1e6 / clock_mhz, NULL), "%s at %g MHz", r->s->name, clock_mhz))
    return;
  t->nominal++;
  t->nominal_worst = fmax(t->nominal_worst, worst_price(&expected, m.prices.price, 1));
  draw_prices(basis, &m, NULL);
  for (int k = 0; k < DRAWS; k++) {
    const qy_tech *tech = &draws->draw[k];
    if (!expect_prices(&drawn, r, tech, 1e6 / clock_mhz, &expected.prices) ||
        !same_stages(&drawn.prices, &expected.prices))
      continue;
    t->drawn++;
    if (same_structure(r, &expected.prices, draws->nominal, tech)) {
      t->same++;
      t->same_worst = fmax(t->same_worst, worst_price(&drawn, basis + k, DRAWS));
      continue;
    }
    const double error = worst_metric(&m.columns, &m.design.bill, drawn.prices.price, basis + k, DRAWS);
    if (error > t->other_worst) t->other_subject = r->s->name;
    t->other_worst = fmax(t->other_worst, error);
    t->other_sum += error;
  }
  t->subjects += t->same > before;
}

static void list_tests(const ready *all, const char *library, double clock_mhz, int nominal_least, int subjects_least)
{
  const qy_tech *tech = load(library);
  qy_draws *draws = NULL;
  tally t = {0};
  if (!ok(tech && !qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, NULL), "draws of %s", library)) return;
  for (int i = 0; i < SUBJECTS; i++)
    one_subject(&t, &all[i], draws, clock_mhz);
  ok(t.nominal >= nominal_least && t.nominal_worst < 1e-12,
     "%s at %g MHz: prices of %d designs are those of their circuits (%.2g)", library, clock_mhz, t.nominal,
     t.nominal_worst);
  ok(t.subjects >= subjects_least && t.same_worst < 1e-9,
     "same structure in the draw: %d of %d (%d designs), all prices equal to 1e-9 (%.2g)", t.same, t.drawn, t.subjects,
     t.same_worst);
  ok(t.other_worst < 0.25 && t.other_sum < 0.05 * (t.drawn - t.same),
     "else the worst metric within 25 %%, in the mean within 5 %% (%.2g in %s; %.2g)", t.other_worst,
     t.other_subject ? t.other_subject : "none", t.other_sum / (t.drawn - t.same));
}

/* ---- elements as pe.h prices them ---- */

static void element_tests(void)
{
  static const char *const library[] = {"fdsoi28", "lp55"};
  int wrong = 0, run = 0;
  for (int l = 0; l < 2; l++)
    for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
      static made m;
      qy_pe pe;
      qy_pe_cost cost;
      const qy_tech *tech = load(library[l]);
      const request q = {
          .accelerator = &qy_accelerator_element, .params = "", .pe = &pe, .tech = tech, .clock_mhz = 100};
      if (make_element(&pe, (qy_pe_kind)kind, q.accelerator, arena, NULL) || why_not(&m, &q, arena)) continue;
      if (qy_pe_price(&cost, &pe, tech, 1e4, NULL)) continue;
      const qy_columns *c = &m.columns;
      const double *p = m.prices.price;
      run++;
      const double area = price_of(c, p, 1, QY_PART_ELEMENT, 0) + price_of(c, p, 1, QY_PART_ELEMENT, 1);
      wrong += !(difference(area, cost.build.area_um2 / tech->density_frac) < 1e-12);
      wrong += !(difference(price_of(c, p, 1, QY_PART_ELEMENT, 2), cost.build.leakage_nw / 1e6) < 1e-12);
      const double tree_fj = m.prices.flip_flops[QY_ROLE_ELEMENT] * price_of(c, p, 1, QY_EVENT_CLOCK_TREE, 1) * 1e9;
      const double clock_fj = price_of(c, p, 1, QY_EVENT_CLOCK, 1) * 1e9 + tree_fj;
      wrong += !(fabs(clock_fj - cost.idle_fj) <= 1e-12 * cost.idle_fj);
      for (int k = 0; k < pe.mode_count; k++)
        wrong += !(difference(price_of(c, p, 1, QY_EVENT_PRODUCT + k, 0) * 1e9 + clock_fj, cost.energy_fj[k]) < 1e-12);
    }
  ok(run >= 2 * (QY_PE_KIND_COUNT - 1) && wrong == 0,
     "area, leakage and energies of %d elements are those of qy_pe_price (%d differ)", run, wrong);
}

/* What is simulated follows from what is used: each circuit once, the element in each mode at each side, and again twice
 * where it matters that operands are held. */
static void task_tests(void)
{
  static const unsigned one_each[] = {QY_USES_ADDER, QY_USES_REQUANTIZER, QY_USES_CONTROLLER};
  const qy_pe_stimulus stimulus = operands(false);
  int wrong = 0, asked = 0;
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    qy_pe pe;
    size_t element = 0;
    if (make_element(&pe, (qy_pe_kind)kind, &qy_accelerator_systolic, arena, NULL)) continue;
    for (int k = 0; k < pe.mode_count; k++)
      element += qy_pe_sides(&pe, k) == QY_PE_AT_BEST ? 2 : 1;
    for (unsigned set = 0; set < 16; set++) {
      size_t tasks = element;
      unsigned uses = set & 8 ? QY_USES_HELD : 0;
      qy_components *c;
      for (int i = 0; i < 3; i++)
        if (set >> i & 1) uses |= one_each[i], tasks++;
      if (uses & QY_USES_HELD) tasks += 2 * element;
      wrong += qy_components_make(&c, &pe, &stimulus, uses, arena, NULL) || qy_components_tasks(c) != tasks;
      asked++;
    }
  }
  ok(asked > 100 && wrong == 0, "%d sets of circuits, of which %d are not simulated once each", asked, wrong);
}

/* ---- cells in round numbers ---- */

/* A register bit: area 3, leakage 0.5; its clock 2 fJ, half of 4 fJ of data, half of 2 fJ for the tree.  A multiplexer:
 * 1, 0.25, half of 1 fJ.  A buffer: 1.5, 2; what it drives 7 - 3 fJ, itself 3 fJ, its pin and wire half of 1 V squared
 * times 1.5 + 0.5 fF; half of them change. */
static void cell_tests(void)
{
  static made m;
  qy_tech tech = *load("fdsoi28");
  qy_pe pe;
  const qy_pe_params params = {.kind = QY_PE_MAC, .bits = 8};
  tech.density_frac = 0.5, tech.dff_clock_fj = 2, tech.clock_tree_frac = 0.5, tech.voltage_v = 1;
  tech.area_um2[QY_DFF] = 3, tech.leakage_nw[QY_DFF] = 0.5, tech.energy_fj[QY_DFF] = 4;
  tech.area_um2[QY_MUX2] = 1, tech.leakage_nw[QY_MUX2] = 0.25, tech.energy_fj[QY_MUX2] = 1;
  tech.area_um2[QY_BUF] = 1.5, tech.leakage_nw[QY_BUF] = 2, tech.energy_fj[QY_BUF] = 7, tech.internal_fj[QY_BUF] = 3;
  tech.in_cap_ff[QY_BUF] = 1.5, tech.load_wire_ff = 0.5;
  const struct {
    int item, feed;
    double expected; /* um2 before placement, nW, fJ */
  } row[] = {{QY_PART_OPERAND_BIT, 1, 3},  {QY_PART_OPERAND_BIT, 2, 0.5}, {QY_PART_SKEW_BIT, 1, 3},
             {QY_PART_SKEW_BIT, 2, 0.5},   {QY_PART_OPERAND_MUX, 0, 1},   {QY_PART_OPERAND_MUX, 2, 0.25},
             {QY_PART_SKEW_MUX, 0, 1},     {QY_PART_DRAIN_MUX, 0, 1},     {QY_PART_DRAIN_MUX, 2, 0.25},
             {QY_PART_BUS_BUFFER, 0, 1.5}, {QY_PART_BUS_BUFFER, 2, 2},    {QY_EVENT_OPERAND_WRITE, 1, 4},
             {QY_EVENT_SKEW_WRITE, 1, 4},  {QY_EVENT_CLOCK_TREE, 1, 1},   {QY_EVENT_OPERAND_MUX, 0, 0.5},
             {QY_EVENT_SKEW_MUX, 1, 0.5},  {QY_EVENT_DRAIN, 0, 2.5},      {QY_EVENT_BUS, 0, 2},
             {QY_EVENT_BUS_BUFFER, 0, 2},  {QY_PART_OPERAND_BIT, 0, 0},   {QY_EVENT_DRAIN, 1, 0}};
  const qy_pe_stimulus words = qy_pe_stimulus_default();
  const unsigned uses = qy_accelerator_systolic.uses;
  qy_columns_make(&m.columns, uses);
  if (!ok(!qy_pe_build(&pe, &params, arena, NULL) &&
              !qy_components_new(&m.components, &pe, &words, uses, arena, NULL) &&
              !qy_pricing_new(&m.pricing, m.components, &tech, NULL, (qy_pricing_stop){NULL, NULL}, arena, NULL) &&
              !qy_prices_at(&m.prices, m.pricing, &m.columns, 20000, QY_PIPELINE_FOR_BOTH, NULL) && !m.prices.reason,
          "a price list in a library of round numbers"))
    return;
  int wrong = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double unit = row[i].item >= QY_EVENT_FIRST ? 1e9 : row[i].feed == 2 ? 1e6 : tech.density_frac;
    const double got = price_of(&m.columns, m.prices.price, 1, row[i].item, row[i].feed) * unit;
    if (fabs(got - row[i].expected) < 1e-12) continue;
    printf("# %s, price %d: %g, expected %g\n", qy_item_table()[row[i].item].name, row[i].feed, got, row[i].expected);
    wrong++;
  }
  for (int item = 0; item < QY_ITEM_COUNT; item++) /* what costs nothing there */
    for (int feed = 0; feed < 3; feed++) {
      bool of_cells = false, known = false;
      for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        of_cells |= row[i].item == item;
        known |= row[i].item == item && row[i].feed == feed;
      }
      if (!of_cells || known) continue;
      const double got = price_of(&m.columns, m.prices.price, 1, item, feed);
      wrong += got != 0 && !(feed == 2 && item < QY_EVENT_FIRST);
    }
  is_int(wrong, 0, "registers, multiplexers, buses by hand");
}

/* ---- SRAM ---- */

/* read 0..2, write 3..5, leakage 6..8, area 9..11: input, output, weights. */
static int factor_of(int item)
{
  static const int first[] = {QY_EVENT_SRAM_READ, QY_EVENT_SRAM_WRITE, QY_PART_SRAM_LEAKAGE, QY_PART_SRAM};
  for (int quantity = 0; quantity < 4; quantity++)
    for (int role = 0; role < QY_BUFFER_ROLES; role++)
      if (item == first[quantity] + role) return quantity * QY_BUFFER_ROLES + role;
  return -1;
}

static void sram_tests(const ready *r)
{
  static double basis[QY_COLUMNS_MAX * SRAM_DRAWS], plain[QY_COLUMNS_MAX * SRAM_DRAWS],
      factor[QY_SRAM_FACTORS * SRAM_DRAWS];
  static made m;
  const qy_tech *tech = load("fdsoi28");
  qy_draws *draws = NULL;
  for (int i = 0; i < QY_SRAM_FACTORS * SRAM_DRAWS; i++)
    factor[i] = 0.5 + 0.01 * ((i * 37) % 100);
  if (!ok(tech && !qy_draws_new(&draws, tech, SRAM_DRAWS, 2, 0, arena, NULL) && !make_subject(&m, r, draws, 100),
          "%s with SRAM factors", r->s->name))
    return;
  draw_prices(basis, &m, factor);
  draw_prices(plain, &m, NULL);
  int wrong = 0, seen = 0;
  for (int j = 0; j < m.columns.count; j++) {
    const int f = factor_of(m.columns.item[j]);
    seen += f >= 0;
    for (int k = 0; k < SRAM_DRAWS; k++) {
      wrong += f >= 0 && (plain[j * SRAM_DRAWS + k] != 1 || basis[j * SRAM_DRAWS + k] != factor[f * SRAM_DRAWS + k]);
      wrong += f < 0 && plain[j * SRAM_DRAWS + k] != basis[j * SRAM_DRAWS + k];
    }
  }
  ok(wrong == 0 && seen == QY_SRAM_FACTORS, "each quantity of each buffer has a factor of its own, other prices none");
}

/* ---- intervals ---- */

/* Energy without SRAM of one design in all draws. */
static int energies(double energy[DRAWS], const ready *r, const qy_draws *draws)
{
  static double basis[QY_COLUMNS_MAX * DRAWS];
  static made m;
  const qy_item_info *t = qy_item_table();
  if (make_subject(&m, r, draws, 100)) return 0;
  draw_prices(basis, &m, NULL);
  for (int k = 0; k < DRAWS; k++) {
    energy[k] = 0;
    for (int j = m.columns.part_count; j < m.columns.count; j++)
      if (t[m.columns.item[j]].feeds[m.columns.feed[j]] != QY_ENERGY_SRAM_UJ)
        energy[k] += m.design.bill.count[m.columns.item[j]] * basis[j * DRAWS + k];
  }
  return 1;
}

/* Energy is uncertain by tens of per cent; the ratio of two designs is not. */
static void ratio_tests(const ready *one, const ready *two, double least)
{
  double energy[2][DRAWS], ratio[DRAWS];
  const qy_tech *tech = load("fdsoi28");
  qy_draws *draws = NULL;
  if (!ok(tech && !qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, NULL) && energies(energy[0], one, draws) &&
              energies(energy[1], two, draws),
          "%s and %s", one->s->name, two->s->name))
    return;
  for (int k = 0; k < DRAWS; k++)
    ratio[k] = energy[1][k] / energy[0][k];
  const double spread = log(qy_quantile(energy[0], DRAWS, 0.95) / qy_quantile(energy[0], DRAWS, 0.05));
  const double narrow = log(qy_quantile(ratio, DRAWS, 0.95) / qy_quantile(ratio, DRAWS, 0.05));
  printf("# energy p95/p05 %.3f, ratio of two designs %.3f\n", exp(spread), exp(narrow));
  ok(spread > 0.2 && narrow < spread / least, "the ratio of two designs is %g times as certain", least);
}

/* The same library with all constants known but the NAND2's energy: no leakage, nets cost nothing. */
static qy_tech *one_unsure(const qy_tech *tech)
{
  static const char *const none[] = {"nand2.leakage", "nand2.in_cap", "load.wire_cap"};
  qy_tech *one = NULL;
  if (qy_tech_copy(&one, tech, arena, NULL)) return NULL;
  for (size_t i = 0; i < one->entry_count; i++) {
    qy_constant *c = &one->entry[i].constant;
    if (strcmp(one->entry[i].path, "nand2.energy") == 0) continue;
    for (int k = 0; k < 3; k++)
      if (strcmp(one->entry[i].path, none[k]) == 0) c->value = 0;
    c->low = c->high = c->value;
  }
  qy_tech_resolve(one);
  return one;
}

/* Then the energy per product is in proportion, and its interval that of the constant. */
static void constant_tests(void)
{
  static double basis[QY_COLUMNS_MAX * WIDE], energy[WIDE];
  static made m;
  const qy_tech *tech = load("fdsoi28");
  const qy_constant *scale = tech ? qy_tech_constant(tech, "nand2.energy") : NULL;
  qy_tech *one = scale ? one_unsure(tech) : NULL;
  qy_draws *draws = NULL;
  qy_pe pe;
  qy_pe_cost cost;
  double v[QY_METRIC_COUNT];
  const qy_pe_params params = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16};
  request r = {.accelerator = &qy_accelerator_element, .params = "", .pe = &pe, .tech = one, .clock_mhz = 100};
  qy_status status = one ? qy_draws_new(&draws, one, WIDE, 3, 0, arena, NULL) : QY_BAD_INPUT;
  r.draws = draws;
  if (!ok(!status && !qy_pe_build(&pe, &params, arena, NULL) && !qy_pe_price(&cost, &pe, one, 1e4, NULL) &&
              !why_not(&m, &r, arena) && !run_metrics(v, &m, 16),
          "an element in a library with one unsure constant"))
    return;
  draw_prices(basis, &m, NULL);
  for (int k = 0; k < WIDE; k++)
    energy[k] =
        1e9 * (price_of(&m.columns, basis + k, WIDE, QY_EVENT_PRODUCT, 0) +
               price_of(&m.columns, basis + k, WIDE, QY_EVENT_CLOCK, 1) +
               m.prices.flip_flops[QY_ROLE_ELEMENT] * price_of(&m.columns, basis + k, WIDE, QY_EVENT_CLOCK_TREE, 1));
  const double median = qy_quantile(energy, WIDE, 0.5);
  near_rel(median, cost.energy_fj[0], 0.005, "median of the energy per product");
  near_rel(v[QY_ENERGY_PER_PRODUCT_FJ], cost.energy_fj[0], 1e-12, "which is the nominal one");
  near_rel(qy_quantile(energy, WIDE, 0.05) / median, scale->low / scale->value, 0.01, "its p05 is the constant's low");
  near_rel(qy_quantile(energy, WIDE, 0.95) / median, scale->high / scale->value, 0.01, "its p95 the constant's high");
}

/* All constants exact: prices vary by the discrepancy of the model alone.  Deviations 0.1 of area, 0.2 of energy,
 * all of it common to the library, so that quantiles of the factors are known. */
static void structure_tests(void)
{
  static double basis[QY_COLUMNS_MAX * WIDE], area[WIDE], energy[WIDE];
  static made m;
  const double q95 = 1.6448536269514722;
  qy_structure table = {.effort = {0, 0.5, 1}};
  qy_tech *exact = NULL;
  qy_draws *draws = NULL;
  qy_pe pe;
  const qy_pe_params params = {.kind = QY_PE_MAC, .bits = 8};
  for (int f = 0; f < QY_STRUCTURE_FLOWS; f++) {
    table.flow[QY_STRUCTURE_AREA][f].library_share = table.flow[QY_STRUCTURE_ENERGY][f].library_share = 1;
    for (int g = 0; g < QY_CLASS_COUNT; g++) {
      table.flow[QY_STRUCTURE_AREA][f].log_sigma[g] = 0.1;
      table.flow[QY_STRUCTURE_ENERGY][f].log_sigma[g] = 0.2;
    }
  }
  const qy_pe_stimulus words = qy_pe_stimulus_default();
  const unsigned uses = qy_accelerator_systolic.uses;
  qy_columns_make(&m.columns, uses);
  qy_status status = qy_tech_copy(&exact, load("fdsoi28"), arena, NULL);
  for (size_t i = 0; !status && i < exact->entry_count; i++)
    exact->entry[i].constant.low = exact->entry[i].constant.high = exact->entry[i].constant.value;
  if (!status) exact->structure = &table;
  if (!ok(!status && !qy_draws_new(&draws, exact, WIDE, 3, 0, arena, NULL) && !qy_pe_build(&pe, &params, arena, NULL) &&
              !qy_components_new(&m.components, &pe, &words, uses, arena, NULL) &&
              !qy_pricing_new(&m.pricing, m.components, exact, draws, (qy_pricing_stop){NULL, NULL}, arena, NULL) &&
              !qy_prices_at(&m.prices, m.pricing, &m.columns, 20000, QY_PIPELINE_FOR_BOTH, NULL) && !m.prices.reason,
          "prices in a library of exact constants"))
    return;
  draw_prices(basis, &m, NULL);
  stop_tests(&m, exact, draws);
  int apart = 0, moved = 0;
  for (int k = 0; k < WIDE; k++) {
    const double *drawn = basis + k, *p = m.prices.price;
    const qy_columns *c = &m.columns;
#define FACTOR(item, feed) (price_of(c, drawn, WIDE, item, feed) / price_of(c, p, 1, item, feed))
    area[k] = FACTOR(QY_PART_ELEMENT, 0);
    energy[k] = FACTOR(QY_EVENT_PRODUCT, 0);
    apart += fabs(FACTOR(QY_PART_ELEMENT, 1) - area[k]) > 1e-9 || fabs(FACTOR(QY_PART_ELEMENT, 2) - area[k]) > 1e-9;
    apart += fabs(FACTOR(QY_EVENT_CLOCK, 1) - energy[k]) > 1e-9 || fabs(FACTOR(QY_PART_ADDER, 0) - area[k]) > 1e-9;
    moved += fabs(FACTOR(QY_PART_SKEW_BIT, 1) - 1) > 1e-12 || fabs(FACTOR(QY_EVENT_DRAIN, 0) - 1) > 1e-12;
#undef FACTOR
  }
  const double ends[] = {area[0], area[WIDE - 1]}; /* before they are sorted */
  is_int(apart, 0, "logic, registers and leakage go together, product and clock, element and adder");
  is_int(moved, 0, "single cells stay");
  near_rel(qy_quantile(area, WIDE, 0.05), exp(-0.1 * q95), 0.005, "areas: p05");
  near_rel(qy_quantile(area, WIDE, 0.95), exp(0.1 * q95), 0.005, "and p95");
  near_rel(qy_quantile(energy, WIDE, 0.05), exp(-0.2 * q95), 0.01, "energies: p05");
  near_rel(qy_quantile(energy, WIDE, 0.5), 1, 0.01, "the median is the nominal value");
  qy_discrepancy *of[QY_ROLE_COUNT];
  qy_pricing *plain = NULL;
  const double nominal = price_of(&m.columns, m.prices.price, 1, QY_PART_ELEMENT, 0);
  if (!ok(!qy_components_discrepancy(of, m.components, draws, arena, NULL) &&
              !qy_pricing_new(&plain, m.components, exact, NULL, (qy_pricing_stop){0}, arena, NULL),
          "prices that may stand for one draw"))
    return;
  for (size_t k = 0; k < WIDE; k += WIDE - 1) {
    qy_pricing_in_draw(plain, of, k);
    const qy_status priced = qy_prices_at(&m.prices, plain, &m.columns, 20000, QY_PIPELINE_FOR_BOTH, NULL);
    const double factor = price_of(&m.columns, m.prices.price, 1, QY_PART_ELEMENT, 0) / nominal;
    const double drawn = qy_discrepancy_factor(of[QY_ROLE_ELEMENT], QY_STRUCTURE_AREA, 0.5, k);
    ok(!priced && fabs(factor - drawn) < 1e-9 && fabs(ends[k > 0] - drawn) < 1e-9 && fabs(drawn - 1) > 1e-3,
       "they have the factors of draw %zu", k);
  }
}

int main(void)
{
  static ready all[SUBJECTS];
  arena = qy_arena_new();
  if (qy_sram_table_read(&sram, "db/memory/sram.csv", arena, NULL)) {
    ok(0, "the SRAM table reads");
    return done();
  }
  for (int i = 0; i < SUBJECTS; i++)
    if (!get_ready(&all[i], &subjects[i])) return done();
  element_tests();
  task_tests();
  cell_tests();
  list_tests(all, "fdsoi28", 50, SUBJECTS, SUBJECTS);
  list_tests(all, "fdsoi28", 400, SUBJECTS, SUBJECTS - 2);
  list_tests(all, "lp55", 50, SUBJECTS, SUBJECTS - 1);
  sram_tests(&all[0]);
  sram_tests(&all[5]);
  ratio_tests(&all[0], &all[1], 3);   /* two arrays */
  ratio_tests(&all[10], &all[12], 3); /* two depthwise modules */
  constant_tests();
  structure_tests();
  qy_arena_free(arena);
  return done();
}
