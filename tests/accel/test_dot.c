/* The dot engine's closed forms against a loop nest that is walked cycle by cycle and word by word, written from the
 * schedule in dot.h; energy of a small case from circuits that are built and priced one by one. */
#include "../../src/accel/circuits.h"

#include "quarry/buffer.h"
#include "quarry/dot.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

static qy_arena *arena;
static qy_sram_table *table;
static uint32_t seed = 2029;

static int64_t random_in(int64_t low, int64_t high)
{
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

static int64_t smaller(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

/* ---- the walk ---- */

typedef struct engines {
  int64_t count, lanes, port, x_bits, w_bits, y_bits, fill;
  int64_t constant_bits; /* of an output channel: affine activations */
} engines;

typedef struct walk {
  int64_t compute, load, store, first, last, total;
  int64_t products, adds, results;
  int64_t x_writes, w_writes; /* operand registers, words */
  int64_t x_reads, w_reads, x_loads, w_loads;
  int64_t constants; /* loaded, kept, read and put into a register */
} walk;

/* Push bits through the port. */
static int64_t move(int64_t bits, int64_t port)
{
  int64_t cycles = 0;
  for (; bits > 0; bits -= port)
    cycles++;
  return cycles;
}

/* Does output row 0 touch input row y, or one that comes after it? */
static int needed_first(const qy_layer *l, int64_t y)
{
  int needed = 0;
  for (int64_t k = 0; k < l->kernel_h; k++) {
    const int64_t row = k * l->dilation_h - l->pad_top;
    needed |= row >= y && row < l->in_h;
  }
  return needed;
}

/* One pixel: the products of a group's channels under the kernel, V at a time, on `busy` engines. */
static void walk_pixel(walk *w, const engines *e, const qy_layer *l, int64_t busy)
{
  int64_t left = 0;
  for (int64_t tap = 0; tap < l->kernel_h * l->kernel_w; tap++)
    left += l->in_c / l->groups;
  for (; left > 0; left -= e->lanes) {
    w->compute++;
    w->x_reads += e->lanes; /* all engines see the same inputs */
    w->x_writes += e->lanes;
    for (int64_t engine = 0; engine < busy; engine++) {
      w->products += smaller(e->lanes, left);
      w->w_reads += e->lanes;
      w->w_writes += e->lanes;
      w->adds += e->lanes - 1 + 1; /* the tree, and its sum to the engine's */
    }
  }
  w->results += busy;
}

/* Output channels [n, n + busy) of a group. */
static void walk_tile(walk *w, const engines *e, const qy_layer *l, int64_t busy, int is_first)
{
  const int64_t channels = l->in_c / l->groups, taps = l->kernel_h * l->kernel_w;
  const int64_t weights = move(busy * (taps * channels * e->w_bits + e->constant_bits), e->port);
  w->load += weights;
  w->w_loads += busy * taps * channels;
  w->constants += e->constant_bits > 0 ? busy : 0;
  if (is_first) w->first += weights;
  for (int64_t y = 0; y < l->in_h; y++) {
    const int64_t row = move(l->in_w * channels * e->x_bits, e->port);
    w->load += row;
    w->x_loads += l->in_w * channels;
    if (is_first && needed_first(l, y)) w->first += row;
  }
  for (int64_t y = 0; y < l->out_h; y++) {
    for (int64_t x = 0; x < l->out_w; x++)
      walk_pixel(w, e, l, busy);
    w->last = move(l->out_w * busy * e->y_bits, e->port);
    w->store += w->last;
  }
}

/* One tick after the other: what engines and port have left. */
static int64_t overlap(const walk *w, int64_t fill)
{
  int64_t busy = w->compute + fill, port = w->load + w->store - w->first - w->last, last = w->last, total = w->first;
  while (busy > 0 || port > 0 || last > 0) {
    const int moving = port > 0;
    total++;
    port -= moving;
    if (busy > 0)
      busy--;
    else if (!moving)
      last--;
  }
  return total;
}

/* One image. */
static walk walk_layer(const engines *e, const qy_layer *l)
{
  walk w = {0};
  const int64_t outputs = l->out_c / l->groups;
  for (int64_t g = 0; g < l->groups; g++)
    for (int64_t n = 0; n < outputs; n += e->count)
      walk_tile(&w, e, l, smaller(e->count, outputs - n), g == 0 && n == 0);
  w.total = overlap(&w, e->fill);
  return w;
}

/* ---- cases ---- */

typedef struct trial {
  qy_layer layer;
  qy_dot_params params;
  const qy_pe *pe;
  engines e;
  int precision, mode;
} trial;

enum { ELEMENTS = 3 };
static qy_pe elements[ELEMENTS];

/* Widths of the ports as asked for. */
static const qy_pe_params asked[ELEMENTS] = {
    {.kind = QY_PE_MUL, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 8, .weight_bits = 5},
    {.kind = QY_PE_MITCHELL, .bits = 8, .weight_bits = 8, .output_registers = true},
    {.kind = QY_PE_POT, .bits = 12, .weight_bits = 4, .input_registers = true}};

static trial random_trial(void)
{
  trial t;
  const int64_t groups = random_in(0, 2) ? 1 : random_in(1, 5), kh = random_in(1, 4), kw = random_in(1, 4);
  const int64_t pad = random_in(0, smaller(kh, kw) - 1);
  t.layer = make_layer(random_in(kh, 8), random_in(kw, 8), groups * random_in(1, 7), groups * random_in(1, 9), kh, kw,
                       random_in(1, 3), pad, groups);
  if (random_in(0, 1)) vary_window(&t.layer, random_in);
  t.layer.batch = random_in(0, 3) ? 1 : random_in(2, 3);
  t.params = (qy_dot_params){
      .engines = (int)random_in(1, 6), .lanes = (int)random_in(1, 12), .port_bits = (int)random_in(8, 150)};
  const int which = (int)random_in(0, ELEMENTS - 1);
  t.pe = &elements[which];
  t.precision = 1 << random_in(1, 2);
  t.mode = qy_pe_mode_for(t.pe, t.precision);
  if (random_in(0, 2) == 0) t.params.activations = QY_ACTIVATIONS_AFFINE;
  t.e = (engines){.count = t.params.engines,
                  .lanes = t.params.lanes,
                  .port = t.params.port_bits,
                  .x_bits = asked[which].bits,
                  .w_bits = asked[which].weight_bits,
                  .y_bits = asked[which].bits,
                  .fill = random_in(0, 20),
                  .constant_bits = t.params.activations ? qy_accumulator_bits(t.pe) : 0};
  return t;
}

static void cycle_tests(void)
{
  enum { TRIALS = 2000 };
  int wrong = 0, port_bound = 0, ragged = 0, grouped = 0, dilated = 0;
  for (int i = 0; i < TRIALS; i++) {
    const trial t = random_trial();
    const qy_layer *l = &t.layer;
    qy_dot_cycles c = {0};
    const walk w = walk_layer(&t.e, l);
    if (qy_dot_layer_cycles(&c, &t.params, t.pe, l, t.e.fill, NULL) || c.compute != w.compute || c.load != w.load ||
        c.store != w.store || c.first != w.first || c.last != w.last || c.total != w.total)
      if (!wrong++)
        printf("# trial %d: total %lld, walked %lld; first %lld, walked %lld\n", i, (long long)c.total,
               (long long)w.total, (long long)c.first, (long long)w.first);
    port_bound += w.total == w.load + w.store;
    ragged += l->out_c / l->groups % t.params.engines != 0;
    grouped += l->groups > 1;
    dilated += l->dilation_h > 1;
  }
  is_int(wrong, 0, "2000 random layers and engines: every count equals the walk's");
  ok(port_bound > TRIALS / 10 && port_bound < TRIALS * 9 / 10, "some are bound by the port (%d)", port_bound);
  ok(ragged > TRIALS / 4 && grouped > TRIALS / 10 && dilated > TRIALS / 10,
     "ragged tiles (%d), groups (%d), dilation (%d)", ragged, grouped, dilated);
}

/* ---- events ---- */

static const hand_prices round_prices = {.area_um2 = 300,
                                         .register_um2 = 100,
                                         .leakage_nw = 5,
                                         .cycle_fj = {110, 90, 70},
                                         .clock_fj = 10,
                                         .stages = 2,
                                         .adder = {40, 20, 1, 7, 3, 2},
                                         .requantizer = {80, 30, 2, 11, 5, 3},
                                         .controller = {500, 300, 9, 13, 17, 1}};

static qy_tech make_tech(void)
{
  qy_tech t = {.name = "round", .sram_node = "28", .density_frac = 0.5, .clock_tree_frac = 0.5, .dff_clock_fj = 2};
  t.area_um2[QY_DFF] = 4;
  t.energy_fj[QY_DFF] = 6;
  t.leakage_nw[QY_DFF] = 3;
  return t;
}

/* Words of a weight's width that a constant takes. */
static int64_t constant_slots(const engines *e)
{
  int64_t slots = 0;
  for (int64_t bits = e->constant_bits; bits > 0; bits -= e->w_bits)
    slots++;
  return slots;
}

/* Buffers that hold what a layer needs: Kh + stride rows of a group's channels, two tiles of weights, two rows of
 * results; words of V inputs, V weights an engine, one result an engine. */
static int choose(qy_buffer buffer[QY_BUFFER_ROLES], const engines *e, const qy_layer *l, const qy_tech *tech)
{
  const int64_t channels = l->in_c / l->groups, taps = l->kernel_h * l->kernel_w;
  const int64_t rows = qy_layer_reach(l->kernel_h, l->dilation_h) + l->stride_h;
  const int64_t words[] = {rows * l->in_w * channels, 2 * e->count * l->out_w,
                           2 * e->count * (taps * channels + constant_slots(e))};
  const int64_t bits[] = {e->x_bits, e->y_bits, e->w_bits}, wide[] = {e->lanes, e->count, e->count * e->lanes};
  const double slow_mhz = 1;
  qy_buffer_need need[QY_BUFFER_ROLES];
  for (int k = 0; k < QY_BUFFER_ROLES; k++)
    need[k] = (qy_buffer_need){.lanes = (int)wide[k], .slot_bits = (int)bits[k], .banks = 2, .slots = (double)words[k]};
  const qy_buffer_input input = {table, tech, QY_SRAM_LSTP, slow_mhz, NULL};
  char why[QY_BUFFER_WHY];
  return !qy_buffers_choose(buffer, why, need, &input);
}

/* From the first operand to the first result. */
static int64_t fill_of(const trial *t, const qy_buffer *buffer, double clock_mhz)
{
  const double access_ns = fmax(buffer[QY_BUFFER_INPUT].macro.access_ns, buffer[QY_BUFFER_WEIGHTS].macro.access_ns);
  int64_t levels = 0; /* of the tree */
  for (int64_t sums = t->params.lanes; sums > 1; sums = (sums + 1) / 2)
    levels++;
  return (int64_t)ceil(access_ns * clock_mhz / 1e3) + 1 + 2 + t->pe->params.output_registers + (levels + 1) * 2 +
         (t->params.activations ? 2 : 0) + 3;
}

static int agrees(const char *what, double got, double expected)
{
  if (fabs(got - expected) <= 1e-12 * fabs(expected)) return 1;
  printf("# %s: got %.17g, walked %.17g\n", what, got, expected);
  return 0;
}

static int check_bill(const qy_bill *b, const trial *t, const walk *w, const qy_buffer *buffer)
{
  const double images = (double)t->layer.batch, total = images * (double)w->total;
  const engines *e = &t->e;
  const double pes = (double)(e->count * e->lanes), own = t->pe->params.input_registers ? 0 : 1;
  const double x = (double)e->x_bits / buffer[QY_BUFFER_INPUT].word_bits / 1e6;
  const double wt = (double)e->w_bits / buffer[QY_BUFFER_WEIGHTS].word_bits / 1e6;
  const double y = (double)e->y_bits / buffer[QY_BUFFER_OUTPUT].word_bits / 1e6;
  const qy_sram *xs = &buffer[QY_BUFFER_INPUT].macro, *ws = &buffer[QY_BUFFER_WEIGHTS].macro,
                *ys = &buffer[QY_BUFFER_OUTPUT].macro;
  const double *n = b->count, constants = images * (double)w->constants, slots = constants * (double)constant_slots(e);
  const double results = images * (double)w->results, sums = t->params.activations ? results : 0;
  return agrees("cycles", b->cycles, total) & agrees("compute", b->compute_cycles, images * (double)w->compute) &
         agrees("transfer", b->transfer_cycles, images * (double)(w->load + w->store)) &
         agrees("useful products", b->products, images * (double)w->products) & agrees("slots", b->slots, total * pes) &
         agrees("products", n[QY_EVENT_PRODUCT + t->mode], images * (double)w->products) &
         agrees("clock", n[QY_EVENT_CLOCK], total * pes) &
         agrees("adds", n[QY_EVENT_ADD], images * (double)w->adds + sums) &
         agrees("results", n[QY_EVENT_REQUANTIZE], images * (double)w->results) &
         agrees("control", n[QY_EVENT_CONTROL], total) &
         agrees("operand writes", n[QY_EVENT_OPERAND_WRITE],
                own * images * (double)(w->x_writes * e->x_bits + w->w_writes * e->w_bits) +
                    constants * (double)e->constant_bits) &
         agrees("input reads", n[QY_EVENT_SRAM_READ + QY_BUFFER_INPUT], images * (double)w->x_reads * x * xs->read_pj) &
         agrees("input writes", n[QY_EVENT_SRAM_WRITE + QY_BUFFER_INPUT],
                images * (double)w->x_loads * x * xs->write_pj) &
         agrees("weight reads", n[QY_EVENT_SRAM_READ + QY_BUFFER_WEIGHTS],
                (images * (double)w->w_reads + slots) * wt * ws->read_pj) &
         agrees("weight writes", n[QY_EVENT_SRAM_WRITE + QY_BUFFER_WEIGHTS],
                (images * (double)w->w_loads + slots) * wt * ws->write_pj) &
         agrees("output reads", n[QY_EVENT_SRAM_READ + QY_BUFFER_OUTPUT],
                images * (double)w->results * y * ys->read_pj) &
         agrees("output writes", n[QY_EVENT_SRAM_WRITE + QY_BUFFER_OUTPUT],
                images * (double)w->results * y * ys->write_pj) &
         agrees("loaded", b->loaded_bits,
                images * (double)(w->x_loads * e->x_bits + w->w_loads * e->w_bits + w->constants * e->constant_bits));
}

static int check_parts(const qy_bill *b, const trial *t, const qy_buffer *buffer)
{
  const double e = t->params.engines, v = t->params.lanes;
  const double own = t->pe->params.input_registers ? 0 : v * (double)t->e.x_bits + e * v * (double)t->e.w_bits;
  const double bits = own + e * (double)t->e.constant_bits, adders = e * v + (t->params.activations ? e : 0);
  int good = agrees("elements", b->count[QY_PART_ELEMENT], e * v) & agrees("adders", b->count[QY_PART_ADDER], adders) &
             agrees("requantizers", b->count[QY_PART_REQUANTIZER], e) &
             agrees("controllers", b->count[QY_PART_CONTROLLER], 1) &
             agrees("operand bits", b->count[QY_PART_OPERAND_BIT], bits);
  for (int k = 0; k < QY_BUFFER_ROLES; k++)
    good &= agrees("SRAM", b->count[QY_PART_SRAM + k], buffer[k].count * buffer[k].macro.area_mm2 * 1e6) &
            agrees("SRAM leakage", b->count[QY_PART_SRAM_LEAKAGE + k], buffer[k].count * buffer[k].macro.leakage_mw);
  return good;
}

static void event_tests(void)
{
  enum { TRIALS = 600 };
  static const double clock_mhz = 300;
  const qy_tech tech = make_tech();
  int run = 0, good = 0, parts = 0, whole = 0, refused = 0;
  for (int i = 0; i < TRIALS; i++) {
    trial t = random_trial();
    const qy_layer *list = &t.layer;
    const request r = {.accelerator = &qy_accelerator_dot,
                       .params = &t.params,
                       .pe = t.pe,
                       .tech = &tech,
                       .sram = table,
                       .clock_mhz = clock_mhz,
                       .layers = &list,
                       .layer_count = 1,
                       .hand = &round_prices};
    static made d;
    qy_buffer buffer[QY_BUFFER_ROLES];
    qy_bill bill;
    double in[QY_QUANTITY_COUNT], metric[QY_METRIC_COUNT];
    const char *reason = why_not(&d, &r, arena);
    if (!choose(buffer, &t.e, &t.layer, &tech) || reason) {
      refused += reason != NULL;
      continue;
    }
    run++;
    t.e.fill = fill_of(&t, buffer, clock_mhz);
    const walk w = walk_layer(&t.e, &t.layer);
    good += !qy_design_layer(&bill, in, &reason, &d.design, &t.layer, qy_precision_of(t.precision), NULL) &&
            check_bill(&bill, &t, &w, buffer);
    parts += check_parts(&d.design.bill, &t, buffer);
    whole += !run_metrics(metric, &d, t.precision) && check_bill(&d.design.bill, &t, &w, buffer);
  }
  ok(run > TRIALS * 9 / 10 && run + refused == TRIALS, "%d layers on engines at hand-made prices", run);
  is_int(good, run, "all events of a layer and its times are those of the walk");
  is_int(whole, run, "so are those of a run");
  is_int(parts, run, "parts: E V elements, adders, E requantizers, operand registers, buffers");
}

/* ---- a small case with circuits priced one by one ---- */

typedef struct priced {
  double switching_fj, area_um2, leakage_nw;
} priced;

static int price_role(priced *p, qy_circuit_role role, const qy_pe *pe, const qy_tech *tech, double period_ps)
{
  qy_circuit *c = NULL;
  qy_build build;
  qy_activity activity;
  qy_energy e;
  if (circuit_of_role(&c, role, pe, arena, NULL) || circuit_role_activity(&activity, c, role, pe, NULL, NULL) ||
      qy_circuit_build(c, tech, period_ps, &build, NULL) || !build.feasible)
    return 0;
  qy_circuit_energy(&build, &activity, tech, &e);
  *p = (priced){e.comb_fj + e.register_fj + e.clock_fj, build.area_um2, build.leakage_nw};
  return 1;
}

/* 2 engines of 3 lanes, 2 x 2 pixels of 4 inputs, 3 outputs: two tiles, two steps a pixel.  48 products; 24 vectors of
 * 3; 12 results; 16 steps take 3 inputs each, and 24 vectors 3 weights each. */
static void energy_test(void)
{
  enum { PERIOD_PS = 4000 };
  qy_tech *tech;
  qy_pe_cost cost;
  priced adder, requantizer, controller;
  const qy_pe *pe = &elements[0];
  const qy_layer l = make_layer(2, 2, 4, 3, 1, 1, 1, 0, 1), *list = &l;
  const qy_dot_params params = {.engines = 2, .lanes = 3, .port_bits = 64};
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) && !qy_pe_price(&cost, pe, tech, PERIOD_PS, NULL) &&
              price_role(&adder, QY_ROLE_ADDER, pe, tech, PERIOD_PS) &&
              price_role(&requantizer, QY_ROLE_REQUANTIZER, pe, tech, PERIOD_PS) &&
              price_role(&controller, QY_ROLE_CONTROLLER, pe, tech, PERIOD_PS),
          "circuits of a small engine"))
    return;
  const request r = {.accelerator = &qy_accelerator_dot,
                     .params = &params,
                     .pe = pe,
                     .tech = tech,
                     .sram = table,
                     .clock_mhz = 1e6 / PERIOD_PS,
                     .layers = &list,
                     .layer_count = 1};
  static made d;
  double v[QY_METRIC_COUNT];
  if (!ok(!why_not(&d, &r, arena) && !run_metrics(v, &d, 5), "a small engine")) return;
  const double write_fj = tech->dff_clock_fj * (1 + tech->clock_tree_frac) + tech->energy_fj[QY_DFF] / 2;
  const double logic_fj = 48 * (cost.energy_fj[0] - cost.idle_fj) + 6 * v[QY_CYCLES] * cost.idle_fj +
                          24 * 3 * adder.switching_fj + 12 * requantizer.switching_fj +
                          v[QY_CYCLES] * controller.switching_fj + (16 * 3 * 8 + 24 * 3 * 5) * write_fj;
  /* An element, its adder and 5 bits of weight make a square, three of them an engine.  8 bits of 16 times 3 inputs go
   * past 2 engines, 24 times 3 weights and 12 results across one; sums from one element to the next. */
  const double square_um2 = (cost.build.area_um2 + adder.area_um2 + 5 * tech->area_um2[QY_DFF]) / tech->density_frac;
  const double bit_um = sqrt(3) * (16 * 3 * 8 * 2 + 24 * 3 * 5 + 12 * 8) + 24.0 * 3 * qy_accumulator_bits(pe);
  const double wire_fj = 0.25 * tech->voltage_v * tech->voltage_v * tech->wire_ff_per_um * sqrt(square_um2) * bit_um;
  ok(wire_fj > 0.01 * logic_fj && wire_fj < 0.3 * logic_fj, "wires take %.0f of %.0f fJ", wire_fj, logic_fj + wire_fj);
  near_rel((v[QY_ENERGY_DATAPATH_UJ] + v[QY_ENERGY_REGISTER_UJ]) * 1e9, logic_fj + wire_fj, 1e-9,
           "energy of logic and registers: counted events, circuits priced one by one");
  const double area = 6 * cost.build.area_um2 + 6 * adder.area_um2 + 2 * requantizer.area_um2 + controller.area_um2 +
                      (3 * 8 + 6 * 5) * tech->area_um2[QY_DFF];
  near_rel(v[QY_AREA_UM2] - v[QY_AREA_SRAM_UM2], area / tech->density_frac, 1e-9, "their area");
  near_rel(v[QY_UTILIZATION_FRAC], 48 / (6 * v[QY_CYCLES]), 1e-12, "48 products of 6 in each cycle");
  near_rel(v[QY_GOPS], 2 * 48 / v[QY_LATENCY_US] / 1e3, 1e-12, "operations");
}

/* ---- what cannot be ---- */

static void refusal_tests(void)
{
  const qy_layer l = make_layer(8, 8, 4, 4, 3, 3, 1, 1, 1), huge = make_layer(1 << 20, 1 << 20, 64, 64, 3, 3, 1, 1, 1);
  qy_layer pool = l;
  pool.type = QY_LAYER_POOL;
  const struct {
    qy_layer layer;
    qy_dot_params params;
    const char *word;
  } row[] = {{l, {.engines = 0, .lanes = 1, .port_bits = 8}, "engines"},
             {l, {.engines = 1, .lanes = 257, .port_bits = 8}, "lanes"},
             {l, {.engines = 1, .lanes = 1, .port_bits = 7}, "port_bits"},
             {pool, {.engines = 1, .lanes = 1, .port_bits = 8}, "found pool"},
             {huge, {.engines = 1, .lanes = 1, .port_bits = 8}, "counted exactly"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_dot_cycles c;
    ok(qy_dot_layer_cycles(&c, &row[i].params, &elements[0], &row[i].layer, 0, &err) == QY_BAD_INPUT &&
           strstr(err.diagnostic[0].text, row[i].word),
       "refused: %s", row[i].word);
  }
  /* (multiplications + words moved) * batch * 64 bits are at most 2^52: 2^45 + 2^45, and one row more. */
  qy_layer most = make_layer(1 << 10, 1 << 15, 1 << 10, 1 << 10, 1, 1, 1, 0, 1);
  const qy_dot_params plain = {.engines = 1, .lanes = 1, .port_bits = 64};
  for (int more = 0; more < 2; more++) {
    qy_error err = {0};
    qy_dot_cycles c;
    most.in_h += more;
    most.out_h += more;
    is_int(qy_dot_layer_cycles(&c, &plain, &elements[0], &most, 0, &err), more ? QY_BAD_INPUT : QY_OK,
           more ? "a row more than can be counted" : "as many as can be counted");
  }
  void *work;
  const qy_layer *none = NULL;
  ok(qy_accelerator_dot.work(&work, &none, 0, arena, NULL) == QY_BAD_INPUT, "no layers");
}

/* ---- buffers ---- */

/* Sizes that are left open hold what the layers need at once: the rows under a window and those of the next one; of
 * weights, with a constant of 24 bits each, and of a row of results two for each engine.  The table has the powers of
 * two from 256 bytes on; of elements of 8 bits a word is a byte. */
static void buffer_tests(void)
{
  static const qy_pe_params mac = {.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 24};
  qy_tech *tech;
  qy_pe pe;
  int wrong = 0, tight = 0;
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) && !qy_pe_build(&pe, &mac, arena, NULL), "a mac")) return;
  for (int i = 0; i < 120; i++) {
    const qy_layer layer[] = {
        make_layer(random_in(3, 40), random_in(3, 200), random_in(1, 64), random_in(1, 32), 3, 3, 1 + i % 2, 1, 1),
        make_layer(random_in(1, 20), random_in(1, 20), random_in(1, 900), 5, 1, 1, 1, 0, 1)};
    const qy_layer *list[] = {&layer[i % 2], &layer[1 - i % 2]};
    const qy_dot_params p = {.engines = 1 << i % 3,
                             .lanes = 1 << i / 3 % 2,
                             .activations = i % 4 == 3 ? QY_ACTIVATIONS_AFFINE : QY_ACTIVATIONS_SYMMETRIC,
                             .port_bits = 64};
    const request r = {.accelerator = &qy_accelerator_dot,
                       .params = &p,
                       .pe = &pe,
                       .tech = tech,
                       .sram = table,
                       .clock_mhz = 10,
                       .layers = list,
                       .layer_count = 1 + (size_t)i / 2 % 2,
                       .hand = &any_prices};
    static made d;
    const char *reason = why_not(&d, &r, arena);
    double input = 0, products = 0, row = 0;
    for (size_t l = 0; l < r.layer_count; l++) {
      const qy_layer *of = list[l];
      input = fmax(input, (double)((of->kernel_h + of->stride_h) * of->in_w * of->in_c));
      products = fmax(products, (double)(of->kernel_h * of->kernel_w * of->in_c));
      row = fmax(row, (double)of->out_w);
    }
    const double constant = p.activations == QY_ACTIVATIONS_AFFINE ? 3 : 0;
    const struct {
      const char *key;
      double needs;
    } role[] = {{"buffers.input", input},
                {"buffers.output", 2 * p.engines * row},
                {"buffers.weight", 2 * p.engines * (products + constant)}};
    for (size_t k = 0; k < 3 && !reason; k++) {
      const double bytes = qy_accelerator_dot.chosen(d.design.self, role[k].key);
      const int good = bytes >= role[k].needs && (bytes <= 512 || bytes / 2 < role[k].needs);
      tight += bytes > 512;
      if (!good) printf("# %d %s: %g bytes for %g\n", i, role[k].key, bytes, role[k].needs);
      wrong += !good;
    }
    wrong += reason != NULL;
  }
  ok(wrong == 0 && tight > 200, "buffers are the smallest that hold what is needed: %d wrong, %d above 512 bytes",
     wrong, tight);
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  qy_status status = qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err);
  for (int i = 0; i < ELEMENTS && !status; i++)
    status = qy_pe_build(&elements[i], &asked[i], arena, &err);
  if (status) {
    ok(0, "inputs: %s", err.diagnostic[0].text);
    return done();
  }
  cycle_tests();
  event_tests();
  energy_test();
  refusal_tests();
  buffer_tests();
  qy_arena_free(arena);
  return done();
}
