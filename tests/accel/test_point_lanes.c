/* Points as lanes of vectors: every count, time, sum and metric has the bits that the points have one by one, with each
 * set of instructions that this machine has. */
#include "quarry/depthwise.h"
#include "quarry/dot.h"
#include "quarry/point_lanes.h"
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

static qy_arena *arena;
static qy_sram_table *table;
static qy_tech *tech;

static const char *const set_name[QY_LANE_SETS] = {"plain", "AVX2", "AVX-512"};

static uint64_t state = 88172645463325252u;

static int random_in(int low, int high)
{
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return low + (int)(state % (uint64_t)(high - low + 1));
}

/* The same bits? */
static bool same(const double *row, int i, double one)
{
  return memcmp(&row[i], &one, sizeof one) == 0;
}

/* Values of lane i that are not those of the design run alone. */
static int differ(const qy_lane_points *p, int i, const made *m, const double metric[QY_METRIC_COUNT])
{
  const qy_bill *b = &m->design.bill;
  int count = 0;
  for (int k = QY_EVENT_FIRST; k < QY_ITEM_COUNT; k++)
    count += !same(p->bill.count[k], i, b->count[k]);
  count += !same(p->bill.cycles, i, b->cycles) + !same(p->bill.compute_cycles, i, b->compute_cycles) +
           !same(p->bill.transfer_cycles, i, b->transfer_cycles) + !same(p->bill.products, i, b->products) +
           !same(p->bill.slots, i, b->slots) + !same(p->bill.loaded_bits, i, b->loaded_bits) +
           !same(p->bill.stored_bits, i, b->stored_bits);
  for (int k = 0; k < QY_QUANTITY_COUNT; k++)
    count += !same(p->in[k], i, m->design.in[k]);
  for (int k = 0; k < QY_METRIC_COUNT; k++)
    count += !same(p->metric[k], i, metric[k]);
  return count;
}

typedef struct outcome {
  int points, refused, values; /* lanes compared; runs that have to be one by one; values that differ */
} outcome;

/* Four metrics at random, twice as often those that people look for first. */
static qy_metric_set random_metrics(void)
{
  qy_metric_set wanted = 0;
  for (int k = 0; k < 4; k++)
    wanted |= QY_METRIC_BIT(random_in(0, (k % 2 ? QY_SQNR_DB : QY_METRIC_COUNT) - 1));
  return wanted;
}

/* Some metrics alone: values that differ from those of the points one by one, and rows set that are none of these.
 * refused: the run of all metrics was. */
static int differ_alone(const qy_design *const design[QY_LANES], const void *work, const qy_modes modes[QY_LANES],
                        qy_lane_set set, const double (*metric)[QY_LANES], bool refused)
{
  static qy_lane_points p;
  const qy_metric_set wanted = random_metrics(), needs = qy_metric_needs(wanted);
  int count = 0;
  memset(&p, 0, sizeof p);
  memset(p.metric, 0xff, sizeof p.metric);
  if (qy_design_run_lanes_for(&p, design, work, modes, set, needs) == refused) return 1;
  if (refused) return 0;
  qy_metric_derive_lanes_for(p.metric, (const double(*)[QY_LANES])p.in, QY_AT_ACCELERATOR, set, wanted);
  for (int k = 0; k < QY_METRIC_COUNT; k++) {
    double untouched[QY_LANES];
    memset(untouched, 0xff, sizeof untouched);
    const bool is_wanted = wanted & QY_METRIC_BIT(k);
    count += memcmp(p.metric[k], is_wanted ? metric[k] : untouched, sizeof untouched) != 0;
  }
  return count;
}

/* Designs made[0..count) of one work in lanes, at their precisions. */
static void compare(outcome *o, made *const m[QY_LANES], const qy_precision precision[QY_LANES], qy_lane_set set)
{
  static qy_lane_points p; /* what nobody sets stays 0, as in a design */
  const qy_design *design[QY_LANES];
  qy_modes modes[QY_LANES];
  for (int i = 0; i < QY_LANES; i++) {
    design[i] = &m[i]->design;
    if (!qy_design_modes(&modes[i], design[i], precision[i])) {
      o->values++;
      return;
    }
  }
  if (!qy_design_run_lanes(&p, design, m[0]->work, modes, set)) {
    o->refused++;
    o->values += differ_alone(design, m[0]->work, modes, set, NULL, true);
    return;
  }
  qy_metric_derive_lanes(p.metric, (const double(*)[QY_LANES])p.in, QY_AT_ACCELERATOR, set);
  for (int i = 0; i < QY_LANES; i++) {
    double metric[QY_METRIC_COUNT];
    if (run_metrics_of(metric, m[i], precision[i])) o->values++;
    o->values += differ(&p, i, m[i], metric);
    o->points++;
  }
  o->values += differ_alone(design, m[0]->work, modes, set, (const double(*)[QY_LANES])p.metric, false);
  static qy_lane_points again; /* the same designs once more: what differs from point to point is set anew */
  again = p;
  if (!qy_design_run_lanes_again(&again, design, m[0]->work, modes, set)) o->values++;
  qy_metric_derive_lanes(again.metric, (const double(*)[QY_LANES])again.in, QY_AT_ACCELERATOR, set);
  o->values += memcmp(again.metric, p.metric, sizeof p.metric) != 0;
}

/* ---- depthwise ---- */

enum { ELEMENTS = 3, POOL = 24 };

static qy_depthwise_params random_module(int element)
{
  static const int ports[] = {8, 24, 64, 100, 512, 4096};
  return (qy_depthwise_params){.channels = random_in(0, 1) ? 1 << random_in(0, 7) : random_in(1, 300),
                               .multipliers = random_in(0, 1) ? 1 : random_in(1, 12),
                               .reduction = element == 1 ? QY_REDUCE_TAPS : QY_REDUCE_CHANNELS,
                               .storage = (qy_storage)random_in(0, QY_STORAGE_COUNT - 1),
                               .activations = (qy_activations)random_in(0, QY_ACTIVATIONS_COUNT - 1),
                               .port_bits = ports[random_in(0, 5)]};
}

/* Different modules and precisions; where `clocks` says so clocks with price lists of their own, and neighbours that
 * differ in these alone. */
static void depthwise_group(outcome *o, const qy_pe pe[ELEMENTS], void *work, bool clocks)
{
  static made pool[POOL];
  static qy_depthwise_params params[POOL];
  made *m[QY_LANES];
  qy_precision precision[QY_LANES];
  int count = 0;
  bool good = true;
  const int element = random_in(0, ELEMENTS - 1);
  while (count < POOL) {
    params[count] = clocks && good && count % QY_LANES ? params[count - 1] : random_module(element);
    const request r = {.accelerator = &qy_accelerator_depthwise,
                       .params = &params[count],
                       .pe = &pe[element],
                       .tech = tech,
                       .sram = random_in(0, 3) ? table : NULL,
                       .clock_mhz = clocks ? 100 + 10 * count : 200,
                       .work = work};
    if ((good = !why_not(&pool[count], &r, arena))) {
      pool[count].design.columns = &pool[0].columns;
      count++;
    }
  }
  for (int k = 0; k < POOL; k++) {
    for (int i = 0; i < QY_LANES; i++) {
      m[i] = &pool[k % 3 == 2 ? k / QY_LANES * QY_LANES + i : k % 3 ? random_in(0, POOL - 1) : k];
      precision[i] = (qy_precision){.weights = random_in(2, 16), .activations = random_in(2, 16)};
      if (k % 3 == 2) precision[i] = precision[0];
    }
    for (int s = 0; s <= (int)qy_lane_set_best(); s++)
      compare(o, m, precision, (qy_lane_set)s);
  }
}

static bool depthwise_elements(qy_pe pe[ELEMENTS])
{
  static const qy_pe_kind kind[ELEMENTS] = {QY_PE_MAC, QY_PE_MAC_ST, QY_PE_MAC_SA};
  for (int e = 0; e < ELEMENTS; e++)
    if (make_element(&pe[e], kind[e], &qy_accelerator_depthwise, arena, NULL)) return false;
  return true;
}

static void depthwise_tests(void)
{
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  qy_depthwise_work *work;
  const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
  static qy_pe pe[ELEMENTS];
  outcome o = {0, 0, 0};
  if (!ok(depthwise_elements(pe) && !qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) &&
              !qy_network_select(&layers, &count, network, &filter, arena, NULL) &&
              !qy_depthwise_work_new(&work, layers, count, arena, NULL),
          "elements and depthwise layers can be made"))
    return;
  for (int k = 0; k < 4; k++)
    depthwise_group(&o, pe, work, k % 2);
  ok(o.points > 500 && o.refused == 0 && o.values == 0,
     "%d points of depthwise modules: every value as one by one; differing: %d, refused: %d", o.points, o.values,
     o.refused);
  printf("# best set of instructions: %s\n", set_name[qy_lane_set_best()]);
}

/* Counts as large as the module takes: the lanes either have them exactly or say that they do not. */
static void large_tests(void)
{
  static qy_pe pe[ELEMENTS];
  outcome o = {0, 0, 0};
  int works = 0;
  if (!depthwise_elements(pe)) return;
  for (int64_t size = 1 << 10; size <= 1 << 24; size *= 2)
    for (int kernel = 1; kernel <= 5; kernel += 2) {
      qy_layer l = make_layer(size, size, 3, 3, kernel, kernel, 1, kernel / 2, 3);
      l.type = QY_LAYER_DWCONV;
      const qy_layer *list[] = {&l};
      qy_depthwise_work *work;
      if (qy_depthwise_work_new(&work, list, 1, arena, NULL)) continue;
      static made m;
      static qy_depthwise_params params;
      params = random_module(0);
      params.channels = 1;
      const request r = {.accelerator = &qy_accelerator_depthwise,
                         .params = &params,
                         .pe = &pe[0],
                         .tech = tech,
                         .clock_mhz = 200,
                         .work = work};
      if (why_not(&m, &r, arena)) continue;
      made *const all[QY_LANES] = {&m, &m, &m, &m, &m, &m, &m, &m};
      qy_precision precision[QY_LANES];
      for (int i = 0; i < QY_LANES; i++)
        precision[i] = qy_precision_of(2 + 2 * (i % 8));
      works++;
      for (int s = 0; s <= (int)qy_lane_set_best(); s++)
        compare(&o, all, precision, (qy_lane_set)s);
    }
  ok(works > 20 && o.values == 0, "%d layers up to the largest: %d points as one by one, %d runs refused", works,
     o.points, o.refused);
}

/* ---- systolic arrays ---- */

enum { SYSTOLIC_POOL = 12 };

/* Arrays that are alike in all that lanes need alike. */
static qy_systolic_params random_array(const qy_systolic_params *like)
{
  static const int ports[] = {8, 24, 64, 100, 512, 4096};
  qy_systolic_params p = *like;
  p.rows = random_in(0, 1) ? 1 << random_in(1, 6) : random_in(1, 90);
  p.columns = random_in(0, 2) ? random_in(1, 90) : 0;
  p.batch = random_in(0, 2) ? 1 : random_in(2, 9);
  p.port_bits = ports[random_in(0, 5)];
  return p;
}

static void systolic_group(outcome *o, const qy_pe *pe, void *work)
{
  static made pool[SYSTOLIC_POOL];
  static qy_systolic_params params[SYSTOLIC_POOL];
  made *m[QY_LANES];
  qy_precision precision[QY_LANES];
  int count = 0;
  const qy_systolic_params like = {.dataflow = (qy_dataflow)random_in(0, QY_FLOW_COUNT - 1),
                                   .drain = (qy_drain)random_in(0, QY_DRAIN_COUNT - 1),
                                   .edge = (qy_edge)random_in(0, QY_EDGE_COUNT - 1),
                                   .row = (qy_row)random_in(0, QY_ROW_COUNT - 1),
                                   .tile = (qy_tile)random_in(0, QY_TILE_COUNT - 1),
                                   .activations = (qy_activations)random_in(0, QY_ACTIVATIONS_COUNT - 1)};
  for (int tries = 0; count < SYSTOLIC_POOL && tries < 4 * SYSTOLIC_POOL; tries++) {
    params[count] = random_array(&like);
    const request r = {.accelerator = &qy_accelerator_systolic,
                       .params = &params[count],
                       .pe = pe,
                       .tech = tech,
                       .clock_mhz = 100 + 10 * (count % 3),
                       .work = work};
    if (why_not(&pool[count], &r, arena)) continue;
    pool[count].design.columns = &pool[0].columns;
    count++;
  }
  for (int k = 0; k < count; k++) {
    for (int i = 0; i < QY_LANES; i++) {
      m[i] = &pool[k % 2 ? random_in(0, count - 1) : k];
      precision[i] = (qy_precision){.weights = random_in(2, 16), .activations = random_in(2, 16)};
    }
    for (int s = 0; s <= (int)qy_lane_set_best(); s++)
      compare(o, m, precision, (qy_lane_set)s);
  }
}

static void systolic_tests(void)
{
  static const qy_pe_kind kind[] = {QY_PE_MAC, QY_PE_MAC_ST};
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  qy_systolic_work *work;
  const qy_layer_filter all = {0, NULL};
  qy_pe pe[2];
  outcome o = {0, 0, 0};
  if (!ok(!make_element(&pe[0], kind[0], &qy_accelerator_systolic, arena, NULL) &&
              !make_element(&pe[1], kind[1], &qy_accelerator_systolic, arena, NULL) &&
              !qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) &&
              !qy_network_select(&layers, &count, network, &all, arena, NULL),
          "elements and layers can be made"))
    return;
  network->layer[count - 1].computed = true; /* the last one: of two activations */
  if (!ok(!qy_systolic_work_new(&work, layers, count, arena, NULL), "and a work")) return;
  for (int k = 0; k < 24; k++)
    systolic_group(&o, &pe[k % 2], work);
  ok(o.points > 1000 && o.refused == 0 && o.values == 0,
     "%d points of systolic arrays: every value as one by one; differing: %d, refused: %d", o.points, o.values,
     o.refused);
}

/* Layers that are divided, packed groups and arrays that differ are run one by one. */
static void systolic_refusals(void)
{
  static made m[2];
  const qy_layer l = make_layer(56, 56, 64, 128, 3, 3, 1, 1, 1), *list[] = {&l};
  static const struct {
    const char *what;
    qy_systolic_params a, b;
    bool runs;
  } cases[] = {
      {"resident layers", {.rows = 16, .tile = QY_TILE_AUTO}, {.rows = 8, .tile = QY_TILE_AUTO}, true},
      {"divided ones",
       {.rows = 16, .tile = QY_TILE_AUTO, .input_buffer_bytes = 8192},
       {.rows = 8, .tile = QY_TILE_AUTO, .input_buffer_bytes = 8192},
       false},
      {"packed groups", {.rows = 16, .packing = QY_PACK_DIAGONAL}, {.rows = 16, .packing = QY_PACK_DIAGONAL}, false},
      {"two dataflows", {.rows = 16, .dataflow = QY_FLOW_OS}, {.rows = 16, .dataflow = QY_FLOW_WS}, false},
  };
  qy_pe pe;
  if (make_element(&pe, QY_PE_MAC, &qy_accelerator_systolic, arena, NULL)) return;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    qy_systolic_params params[2] = {cases[c].a, cases[c].b};
    qy_precision precision[QY_LANES];
    made *all[QY_LANES];
    outcome o = {0, 0, 0};
    bool can = true;
    for (int k = 0; k < 2; k++) {
      params[k].port_bits = 64;
      params[k].batch = 1;
      params[k].input_buffer_bytes = params[k].input_buffer_bytes > 0 ? params[k].input_buffer_bytes : 4194304;
      params[k].output_buffer_bytes = params[k].weight_buffer_bytes = 4194304;
      const request r = {.accelerator = &qy_accelerator_systolic,
                         .params = &params[k],
                         .pe = &pe,
                         .tech = tech,
                         .sram = table,
                         .clock_mhz = 100,
                         .layers = list,
                         .layer_count = 1,
                         .work = NULL};
      const char *reason = why_not(&m[k], &r, arena);
      if (reason) printf("# %s\n", reason);
      can = can && !reason;
      m[k].design.columns = &m[0].columns;
    }
    for (int i = 0; i < QY_LANES; i++) {
      all[i] = &m[i % 2];
      precision[i] = qy_precision_of(8);
    }
    if (can) compare(&o, all, precision, qy_lane_set_best());
    ok(can && o.values == 0 && (cases[c].runs ? o.points == QY_LANES : o.refused == 1), "%s: %s in lanes",
       cases[c].what, cases[c].runs ? "run" : "not run");
  }
}

/* ---- dot engines ---- */

static qy_dot_params random_engines(void)
{
  static const int ports[] = {8, 24, 64, 100, 512, 4096};
  return (qy_dot_params){.engines = random_in(0, 1) ? 1 << random_in(0, 6) : random_in(1, 256),
                         .lanes = random_in(0, 1) ? 1 << random_in(0, 6) : random_in(1, 256),
                         .activations = (qy_activations)random_in(0, QY_ACTIVATIONS_COUNT - 1),
                         .port_bits = ports[random_in(0, 5)]};
}

static void dot_group(outcome *o, const qy_pe *pe, void *work)
{
  static made pool[QY_LANES];
  static qy_dot_params params[QY_LANES];
  made *m[QY_LANES];
  qy_precision precision[QY_LANES];
  for (int i = 0; i < QY_LANES; i++) {
    params[i] = random_engines();
    const request r = {.accelerator = &qy_accelerator_dot,
                       .params = &params[i],
                       .pe = pe,
                       .tech = tech,
                       .sram = random_in(0, 2) ? NULL : table,
                       .clock_mhz = 100 + 10 * (i % 3),
                       .work = work};
    m[i] = &pool[i];
    precision[i] = (qy_precision){.weights = random_in(2, 16), .activations = random_in(2, 16)};
    if (why_not(&pool[i], &r, arena)) m[i] = &pool[0];
    pool[i].design.columns = &pool[0].columns;
  }
  if (pool[0].design.reason) return;
  for (int s = 0; s <= (int)qy_lane_set_best(); s++)
    compare(o, m, precision, (qy_lane_set)s);
}

/* Layers of two activations and of several images among them; refused: a layer that is too large for lanes. */
static void dot_tests(void)
{
  qy_layer l[] = {make_layer(56, 56, 64, 128, 3, 3, 1, 1, 1), make_layer(14, 20, 96, 96, 3, 3, 2, 1, 96),
                  make_layer(7, 7, 320, 1280, 1, 1, 1, 0, 1), make_layer(1, 1, 1280, 1000, 1, 1, 1, 0, 1),
                  make_layer(8192, 8192, 512, 256, 1, 1, 1, 0, 1)};
  enum { LAYERS = sizeof l / sizeof *l };
  const qy_layer *list[LAYERS];
  qy_pe pe;
  void *work[2] = {NULL, NULL};
  outcome o = {0, 0, 0}, large = {0, 0, 0};
  l[1].batch = 3;
  l[3].computed = true;
  for (int i = 0; i < LAYERS; i++)
    list[i] = &l[i];
  if (!ok(!make_element(&pe, QY_PE_MUL, &qy_accelerator_dot, arena, NULL) &&
              !qy_accelerator_dot.work(&work[0], list, LAYERS - 1, arena, NULL) &&
              !qy_accelerator_dot.work(&work[1], list, LAYERS, arena, NULL),
          "elements and layers of dot engines can be made"))
    return;
  for (int k = 0; k < 24; k++)
    dot_group(&o, &pe, work[0]);
  for (int k = 0; k < 4; k++)
    dot_group(&large, &pe, work[1]);
  ok(o.points > 300 && o.refused == 0 && o.values == 0,
     "%d points of dot engines: every value as one by one; differing: %d, refused: %d", o.points, o.values, o.refused);
  ok(large.points == 0 && large.refused > 0 && large.values == 0, "and none of too large a layer in lanes");
}

/* ---- one design at several clocks ---- */

enum { CLOCK_GROUPS = 40 };

/* An array of any kind, in buffers that divide its layers or not. */
static qy_systolic_params any_array(void)
{
  const qy_systolic_params like = {.dataflow = (qy_dataflow)random_in(0, QY_FLOW_COUNT - 1),
                                   .drain = (qy_drain)random_in(0, QY_DRAIN_COUNT - 1),
                                   .edge = (qy_edge)random_in(0, QY_EDGE_COUNT - 1),
                                   .row = (qy_row)random_in(0, QY_ROW_COUNT - 1),
                                   .packing = (qy_systolic_packing)random_in(0, QY_PACKING_COUNT - 1),
                                   .tile = (qy_tile)random_in(0, QY_TILE_COUNT - 1),
                                   .activations = (qy_activations)random_in(0, QY_ACTIVATIONS_COUNT - 1)};
  qy_systolic_params p = random_array(&like);
  if (random_in(0, 5) == 0) p.port_bits = 0;
  if (p.tile == QY_TILE_AUTO) p.input_buffer_bytes = p.weight_buffer_bytes = 1024 << random_in(1, 9);
  return p;
}

/* The same design at QY_LANES clocks, each with its prices. */
typedef struct clocked {
  made at[QY_LANES];
  double mhz[QY_LANES];
  const qy_sram_table *sram; /* NULL: buffers are not counted */
  const void *params;
  qy_price_rows *rows;
} clocked;

/* false: it cannot be at one of the clocks. */
static bool make_clocked(clocked *c, const qy_accelerator *accelerator, const void *params, const qy_pe *pe, void *work)
{
  const qy_prices *list[QY_LANES];
  const double first = random_in(40, 300), step = random_in(0, 2) ? random_in(1, 9) : random_in(20, 60);
  c->sram = random_in(0, 2) ? table : NULL;
  for (int i = 0; i < QY_LANES; i++) {
    c->mhz[i] = first + step * i;
    const request r = {.accelerator = accelerator,
                       .params = params,
                       .pe = pe,
                       .tech = tech,
                       .sram = c->sram,
                       .clock_mhz = c->mhz[i],
                       .work = work};
    if (why_not(&c->at[i], &r, arena)) return false;
    c->at[i].design.columns = &c->at[0].columns;
    list[i] = &c->at[i].prices;
  }
  const size_t bytes = qy_price_rows_bytes(&c->at[0].columns);
  return (c->rows = qy_arena_lines(arena, 1, bytes)) && qy_price_rows_put(c->rows, list, c->mhz, &c->at[0].columns, pe);
}

/* The design of one clock at all of them.  It is asked twice, the second time with what it knows. */
static void compare_clocks(outcome *o, clocked *c, qy_precision precision, qy_lane_set set)
{
  static qy_lane_points p;
  const qy_design *design = &c->at[random_in(0, QY_LANES - 1)].design;
  qy_modes modes;
  if (!qy_design_modes(&modes, design, precision)) return;
  for (int k = 0; k < 2; k++) {
    qy_design_take_clocks(&p, design, c->rows, set, QY_METRICS_ALL);
    if (!qy_design_run_clocks(&p, design, c->rows, c->at[0].work, modes, set, QY_METRICS_ALL)) {
      const bool runs = !qy_design_run(&c->at[0].design, c->at[0].work, precision);
      o->refused++;
      o->values += runs && !c->sram; /* nothing but buffers of other clocks stands against it */
      continue;
    }
    qy_metric_derive_lanes(p.metric, (const double(*)[QY_LANES])p.in, QY_AT_ACCELERATOR, set);
    for (int i = 0; i < QY_LANES; i++) {
      double metric[QY_METRIC_COUNT];
      if (run_metrics_of(metric, &c->at[i], precision)) o->values++;
      o->values += differ(&p, i, &c->at[i], metric);
      o->points++;
    }
  }
}

/* Lists taken out of the rows again: designs made of them are those that were made of what was put in. */
static int lists_differ(clocked *c)
{
  int wrong = 0;
  for (int i = 0; i < QY_LANES; i++) {
    static qy_prices list;
    const made *m = &c->at[i];
    qy_design d;
    memset(&list, 0, sizeof list);
    qy_price_rows_list(&list, c->rows, i, &c->at[0].columns);
    wrong += fabs(list.period_ps - 1e6 / c->mhz[i]) > 1e-9 || list.reason != NULL;
    for (int r = 0; r < QY_ROLE_COUNT; r++)
      wrong += qy_prices_stages(&list, (qy_circuit_role)r) != qy_prices_stages(&m->prices, (qy_circuit_role)r) ||
               list.placed_um2[r] != m->prices.placed_um2[r] || list.flip_flops[r] != m->prices.flip_flops[r];
    for (int k = 0; k < QY_PE_MODES_MAX; k++)
      wrong += list.side[k] != m->prices.side[k] || list.held_side[k] != m->prices.held_side[k];
    for (int k = 0; k < c->at[0].columns.count; k++)
      wrong += list.price[k] != m->prices.price[k];
    const qy_build *is = &list.build[QY_ROLE_ELEMENT], *was = &m->prices.build[QY_ROLE_ELEMENT];
    wrong += is->period_ps != was->period_ps || is->min_period_ps != was->min_period_ps;
    const qy_design_input in = {.params = c->params,
                                .pe = m->design.pe,
                                .prices = &list,
                                .tech = tech,
                                .sram = c->sram,
                                .clock_mhz = c->mhz[i],
                                .work = m->work};
    void *self = qy_arena_alloc(arena, 1, m->design.accelerator->design_bytes);
    if (!self || qy_design_make(&d, m->design.accelerator, self, &c->at[0].columns, &in, NULL) || d.reason) return 1000;
    for (int item = 0; item < QY_ITEM_COUNT; item++)
      wrong += d.bill.count[item] != m->design.bill.count[item];
  }
  return wrong;
}

/* Lists of which some can be and others cannot are no rows; where none can be they have the reason. */
static void reason_tests(void)
{
  static qy_prices good, bad;
  static const char why[] = "a reason";
  qy_columns columns;
  qy_columns_make(&columns, qy_accelerator_dot.uses);
  const qy_pe pe = {0};
  qy_price_rows *rows = qy_arena_lines(arena, 1, qy_price_rows_bytes(&columns));
  const double mhz[QY_LANES] = {10, 20, 30, 40, 50, 60, 70, 80};
  bad.reason = why;
  if (!ok(rows != NULL, "rows")) return;
  for (int odd = 0; odd < QY_LANES; odd++) {
    const qy_prices *list[QY_LANES];
    for (int i = 0; i < QY_LANES; i++)
      list[i] = i == odd ? &bad : &good;
    ok(!qy_price_rows_put(rows, list, mhz, &columns, &pe), "clock %d cannot be met, the others can", odd);
  }
  const qy_prices *list[QY_LANES] = {&bad, &bad, &bad, &bad, &bad, &bad, &bad, &bad};
  qy_prices again = {0};
  const bool put = qy_price_rows_put(rows, list, mhz, &columns, &pe);
  qy_price_rows_list(&again, rows, 3, &columns);
  ok(put && again.reason == why && again.period_ps == 25000 && rows->least_ns == 12.5 && rows->most_ns == 100,
     "none can be met");
  for (int i = 0; i < QY_LANES; i++)
    list[i] = &good;
  const double fast[QY_LANES] = {5000, 1600, 2000, 2500, 4000, 3200, 8000, 10000}; /* periods below a nanosecond */
  ok(qy_price_rows_put(rows, list, fast, &columns, &pe) && rows->least_ns == 0.1 && rows->most_ns == 0.625,
     "all can: the least and the greatest period");
}

static void clocks_of(outcome *o, const qy_accelerator *accelerator, const void *params, const qy_pe *pe, void *work)
{
  static clocked c;
  if (!make_clocked(&c, accelerator, params, pe, work)) return;
  c.params = params;
  o->values += lists_differ(&c);
  for (int s = 0; s <= (int)qy_lane_set_best(); s++)
    for (int k = 0; k < 2; k++) {
      const int bits = random_in(2, 16);
      const qy_precision mixed = {.weights = random_in(2, 16), .activations = random_in(2, 16)};
      compare_clocks(o, &c, k ? mixed : qy_precision_of(bits), (qy_lane_set)s);
    }
}

static void clock_tests(void)
{
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  void *work;
  const qy_layer_filter all = {0, NULL}, depthwise = {1u << QY_LAYER_DWCONV, NULL};
  const qy_accelerator *const of[] = {&qy_accelerator_depthwise, &qy_accelerator_systolic, &qy_accelerator_dot};
  static const qy_pe_kind kind[][2] = {{QY_PE_MAC, QY_PE_MAC_ST}, {QY_PE_MAC, QY_PE_MAC_ST}, {QY_PE_MUL, QY_PE_MUL}};
  for (int a = 0; a < 3; a++) {
    outcome o = {0, 0, 0};
    qy_pe pe[2];
    if (!ok(!make_element(&pe[0], kind[a][0], of[a], arena, NULL) &&
                !make_element(&pe[1], kind[a][1], of[a], arena, NULL) &&
                !qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) &&
                !qy_network_select(&layers, &count, network, a ? &all : &depthwise, arena, NULL) &&
                !of[a]->work(&work, layers, count, arena, NULL),
            "elements and layers for %s can be made", of[a]->name))
      return;
    for (int k = 0; k < CLOCK_GROUPS; k++) {
      const qy_depthwise_params module = random_module(k % 2);
      const qy_systolic_params array = any_array();
      const qy_dot_params engines = random_engines();
      const void *const params[] = {&module, &array, &engines};
      clocks_of(&o, of[a], params[a], &pe[k % 2], work);
    }
    ok(o.points > 1000 && o.values == 0,
       "%d points of one %s design at several clocks: as made and run at each; differing: %d, refused: %d", o.points,
       of[a]->name, o.values, o.refused);
  }
}

/* An accelerator that has no lanes says so. */
static void without_tests(void)
{
  static qy_lane_points p;
  const qy_accelerator none = {.name = "none"};
  const qy_design d = {.accelerator = &none};
  const qy_design *const all[QY_LANES] = {&d, &d, &d, &d, &d, &d, &d, &d};
  const qy_modes modes[QY_LANES] = {{0, 0, 0}};
  ok(!qy_design_run_lanes(&p, all, NULL, modes, qy_lane_set_best()), "no lanes, no run in lanes");
}

/* Whether all metrics, or all that are asked for, are numbers in all lanes: by a look at each of them. */
static void finite_tests(void)
{
  enum { TRIED = 300 };
  static const qy_lane_set sets[] = {QY_LANE_SET_PLAIN, QY_LANE_SET_AVX2, QY_LANE_SET_AVX512};
  _Alignas(64) static double in[QY_QUANTITY_COUNT][QY_LANES], metric[QY_METRIC_COUNT][QY_LANES];
  const double(*from)[QY_LANES] = (const double(*)[QY_LANES])in;
  int wrong = 0, good[2] = {0};
  for (int i = 0; i < TRIED; i++) {
    const qy_lane_set set = sets[i % 3] > qy_lane_set_best() ? QY_LANE_SET_PLAIN : sets[i % 3];
    const qy_metric_set some =
        QY_METRIC_BIT(random_in(0, QY_METRIC_COUNT - 1)) | QY_METRIC_BIT(random_in(0, QY_METRIC_COUNT - 1));
    bool all = true, asked = true;
    for (int q = 0; q < QY_QUANTITY_COUNT; q++)
      for (int k = 0; k < QY_LANES; k++)
        in[q][k] = random_in(1, 9);
    if (i % 2) in[random_in(0, QY_QUANTITY_COUNT - 1)][random_in(0, QY_LANES - 1)] = INFINITY;
    for (int k = 0; k < QY_LANES; k++) {
      double given[QY_QUANTITY_COUNT], one[QY_METRIC_COUNT] = {0};
      for (int q = 0; q < QY_QUANTITY_COUNT; q++)
        given[q] = in[q][k];
      qy_metric_derive(one, given, QY_AT_ACCELERATOR);
      for (int m = 0; m < QY_METRIC_COUNT; m++) {
        if (!qy_metric_applies(m, QY_AT_ACCELERATOR) || isfinite(one[m])) continue;
        all = false;
        asked &= !(some & QY_METRIC_BIT(m));
      }
    }
    good[0] += all;
    good[1] += asked;
    wrong += qy_metric_derive_lanes(metric, from, QY_AT_ACCELERATOR, set) != all;
    wrong += qy_metric_derive_lanes_for(metric, from, QY_AT_ACCELERATOR, set, some) != asked;
  }
  is_int(wrong, 0, "a lane that is no number is said, where its metric is asked for");
  ok(good[0] > 100 && good[0] < good[1] && good[1] < TRIED, "all are numbers in %d, all that are asked for in %d",
     good[0], good[1]);
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena || qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL) != QY_OK ||
      qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) != QY_OK) {
    ok(0, "libraries can be read");
    return done();
  }
  depthwise_tests();
  large_tests();
  systolic_tests();
  systolic_refusals();
  dot_tests();
  clock_tests();
  reason_tests();
  without_tests();
  finite_tests();
  qy_arena_free(arena);
  return done();
}
