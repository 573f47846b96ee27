/* Systolic array: MobileNetV2 under three ways to write a depthwise layer (cycle totals published for runs of SCALE-Sim
 * v2, 32 x 32 PEs), and arrays of real processing elements: what a held weight saves, shared multiples. */
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

#include <pthread.h>

static qy_arena *arena;
static qy_sram_table *table;

/* ---- depthwise layers of MobileNetV2 on 32 x 32 ---- */

static void mobilenet_tests(void)
{
  static const struct {
    const char *flow;
    int64_t dense, by_group; /* totals of SCALE-Sim v2: 53 layers, channels summed; depthwise row per channel */
  } published[] = {{"os", 1396464, 6084656}, {"ws", 1472920, 3607428}, {"is", 2773191, 7979666}};
  qy_network *network;
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL)) {
    ok(0, "MobileNetV2 can be read");
    return;
  }
  int64_t macs = 0, depthwise_macs = 0;
  for (size_t i = 0; i < network->layer_count; i++) {
    macs += network->layer[i].macs;
    depthwise_macs += network->layer[i].type == QY_LAYER_DWCONV ? network->layer[i].macs : 0;
  }
  near_abs(100.0 * (double)depthwise_macs / (double)macs, 6.9, 0.05,
           "depthwise layers are 6.9 % of MobileNetV2's products");
  for (int f = 0; f < QY_FLOW_COUNT; f++) {
    const qy_systolic_params s = {.rows = 32, .columns = 32, .dataflow = (qy_dataflow)f, .drain = QY_DRAIN_OVERLAPPED};
    int64_t other = 0, dense = 0, one = 0, groups = 0;
    for (size_t i = 0; i < network->layer_count; i++) {
      qy_layer l = network->layer[i];
      qy_systolic_counts c;
      if (!qy_layer_multiplies(l.type)) continue;
      if (qy_systolic_layer_counts(&c, &s, &l, NULL)) return;
      if (l.type != QY_LAYER_DWCONV) {
        other += c.compute;
        continue;
      }
      groups += c.compute;
      const int64_t channels = l.in_c;
      l.type = QY_LAYER_CONV, l.groups = 1, l.out_c = 1; /* (a) all channels summed into one output */
      if (qy_systolic_layer_counts(&c, &s, &l, NULL)) return;
      dense += c.compute;
      l.in_c = 1; /* (b) one channel only */
      if (qy_systolic_layer_counts(&c, &s, &l, NULL)) return;
      one += c.compute;
      groups -= channels * c.compute; /* (c) is (b) once per channel */
    }
    is_int(groups, 0, "a depthwise layer takes what one channel takes, times the channels");
    ok(other + dense == published[f].dense, "%s: channels summed into one output: %lld cycles as published",
       published[f].flow, (long long)published[f].dense);
    int64_t by_group = published[f].by_group - other;
    qy_systolic_counts c;
    const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
    const qy_layer **layers;
    size_t count;
    qy_systolic_work *work;
    if (qy_network_select(&layers, &count, network, &filter, arena, NULL) ||
        qy_systolic_work_new(&work, layers, count, arena, NULL) || qy_systolic_count(&c, &s, work, NULL))
      return;
    ok(c.compute == by_group, "%s: one layer per channel: %lld cycles as published", published[f].flow,
       (long long)published[f].by_group);
    const double share = 100.0 * (double)c.compute / (double)published[f].by_group;
    ok(share >= 82 - 0.5 && share <= 91 + 0.5, "%s: %.1f %% of the cycles are depthwise (published: 82 to 91)",
       published[f].flow, share);
    printf("# %s: depthwise share (a) %.1f %%, (b) %.2f %%, (c) %.1f %%\n", published[f].flow,
           100.0 * (double)dense / (double)(other + dense), 100.0 * (double)one / (double)(other + one), share);
    ok(one < dense && dense < c.compute, "%s: one channel counts too few cycles, a dense layer too", published[f].flow);
  }
}

/* ---- real elements ---- */

/* An array of elements at 200 MHz running one layer. */
static const char *make_array(made *d, const qy_systolic_params *s, const qy_pe *pe, const qy_tech *tech,
                              const qy_layer *l)
{
  const request r = {.accelerator = &qy_accelerator_systolic,
                     .params = s,
                     .pe = pe,
                     .tech = tech,
                     .sram = table,
                     .clock_mhz = 200,
                     .layers = &l,
                     .layer_count = 1};
  return why_not(d, &r, arena);
}

static double price(const made *d, int item, int feed)
{
  return price_of(&d->columns, d->prices.price, 1, item, feed);
}

static void real_pe_tests(void)
{
  qy_tech *tech;
  qy_pe pe;
  qy_pe_cost cost;
  const qy_pe_params mac = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 8};
  const qy_pe_params pot = {.kind = QY_PE_POT, .bits = 8, .accumulator_bits = 24, .weight_bits = 4};
  const qy_layer l = make_layer(14, 14, 64, 64, 3, 3, 1, 1, 1);
  const qy_systolic_params s = {.rows = 16, .columns = 16, .dataflow = QY_FLOW_WS, .tile = QY_TILE_NONE, .batch = 1};
  made d;
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) && !qy_pe_build(&pe, &mac, arena, NULL) &&
              !qy_pe_price(&cost, &pe, tech, 5000, NULL) && !make_array(&d, &s, &pe, tech, &l),
          "an array of 8-bit MACs at 200 MHz"))
    return;
  const double held = price(&d, QY_EVENT_HELD, 0) / price(&d, QY_EVENT_PRODUCT, 0);
  ok(held > 0.2 && held < 0.95, "a held weight saves some of the switching energy (%.2f)", held);
  ok(price(&d, QY_PART_ELEMENT, 1) > 0 && price(&d, QY_PART_ELEMENT, 1) * tech->density_frac < cost.build.area_um2 &&
         price(&d, QY_EVENT_ADD, 0) > 0,
     "registers are part of the element");
  const qy_systolic *m = d.design.self;
  ok(m->input_bits == 8 && m->weight_bits == 8, "word widths come from the element's ports");
  ok(!qy_pe_build(&pe, &pot, arena, NULL) && !make_array(&d, &s, &pe, tech, &l), "an array of coded weights");
  m = d.design.self;
  ok(m->input_bits == 8 && m->weight_bits == 4, "a coded weight is as wide as its code");
}

/* Activations of 8 bits, codes of 4, sums of 24: each register word in its own width, whatever goes along the rows. */
static void width_tests(void)
{
  qy_tech *tech;
  qy_pe pe;
  const qy_pe_params pot = {.kind = QY_PE_POT, .bits = 8, .accumulator_bits = 24, .weight_bits = 4};
  const qy_layer l = make_layer(14, 14, 40, 50, 3, 3, 1, 1, 1);
  if (qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) || qy_pe_build(&pe, &pot, arena, NULL)) return;
  for (int f = 0; f < QY_FLOW_COUNT; f++) {
    const qy_systolic_params s = {.rows = 12,
                                  .columns = 16,
                                  .dataflow = (qy_dataflow)f,
                                  .drain = QY_DRAIN_OVERLAPPED,
                                  .tile = QY_TILE_NONE,
                                  .batch = 1};
    made d;
    qy_bill b;
    double in[QY_QUANTITY_COUNT];
    const char *reason;
    qy_systolic_counts c;
    if (!ok(!make_array(&d, &s, &pe, tech, &l) &&
                !qy_design_layer(&b, in, &reason, &d.design, &l, qy_precision_of(8), NULL) &&
                !qy_systolic_layer_counts(&c, &s, &l, NULL),
            "an array of coded weights, dataflow %d", f))
      continue;
    const int row = f == QY_FLOW_IS ? 4 : 8, column = f == QY_FLOW_IS ? 8 : 4;
    const int64_t column_skew = c.operand_skew - c.row_skew, column_writes = c.operand_writes - c.row_writes;
    near_rel(b.count[QY_EVENT_SKEW_WRITE], (double)(c.row_skew * row + column_skew * column + c.sum_skew * 24), 1e-12,
             "bits of skew registers");
    near_rel(b.count[QY_EVENT_OPERAND_WRITE], (double)(c.row_writes * row + column_writes * column), 1e-12,
             "bits of operand registers");
    near_rel(b.count[QY_PART_OPERAND_BIT], 12 * 16 * (8 + 4), 1e-12, "operand registers");
    near_rel(b.count[QY_PART_SKEW_BIT], 12 * 11 / 2 * row + 16 * 15 / 2 * ((f == QY_FLOW_OS ? column : 0) + 24), 1e-12,
             "skew registers");
    /* Chains that end where a fold does: sums leave at its columns, and rows that it does not use are passed by; os has
     * its rows' words at their place in any fold. */
    for (int edge = 0; edge < 2; edge++) {
      qy_systolic_params other = s;
      other.edge = edge ? QY_EDGE_USED : QY_EDGE_FULL;
      const double muxes = (f == QY_FLOW_OS ? 0 : 12 * 11 / 2 * row) + 16 * 15 / 2 * 24;
      ok(!make_array(&d, &other, &pe, tech, &l) && d.design.bill.count[QY_PART_SKEW_MUX] == (edge ? muxes : 0),
         "multiplexers before their bits where chains are shortened alone");
    }
  }
}

/* Energy of an event in fJ. */
static double spent_fj(const made *d, const qy_bill *bill, int event)
{
  return item_uj(d, bill, event) * 1e9;
}

/* Shared multiples: one x3 = 3 x of 10 bits for m = 0..3.  What makes it is priced here as the element it is. */
static void shared_tests(void)
{
  qy_tech *tech;
  qy_pe pe[2], maker;
  qy_pe_cost cost;
  made d[2];
  qy_bill bill[2];
  double in[QY_QUANTITY_COUNT];
  const char *reason;
  qy_pe_params params = {.kind = QY_PE_SHIFT_ADD, .bits = 8, .accumulator_bits = 24, .shared = true};
  const qy_pe_params multiples = {.kind = QY_PE_MULTIPLES, .bits = 8};
  qy_systolic_params s = {.rows = 16, .columns = 16, .dataflow = QY_FLOW_WS, .tile = QY_TILE_NONE, .batch = 1};
  const qy_layer l = make_layer(14, 14, 64, 64, 1, 1, 1, 0, 1);
  qy_status status = qy_tech_read(&tech, "db", "fdsoi28", arena, NULL);
  if (!status) status = qy_pe_build(&maker, &multiples, arena, NULL);
  if (!status) status = qy_pe_price(&cost, &maker, tech, 5000, NULL);
  for (int i = 0; i < 2 && !status; i++, params.shared = false) {
    status = qy_pe_build(&pe[i], &params, arena, NULL);
    if (!status && make_array(&d[i], &s, &pe[i], tech, &l)) status = QY_INFEASIBLE;
    if (!status) status = qy_design_layer(&bill[i], in, &reason, &d[i].design, &l, qy_precision_of(8), NULL);
  }
  if (!ok(!status, "arrays of shift_add elements, multiples shared and local")) return;
  const qy_systolic *shared = d[0].design.self, *local = d[1].design.self;
  ok(shared->multiple_bits == 10 && local->multiple_bits == 0, "one odd multiple of 10 bits moves with an input of 8");
  const double dff = tech->area_um2[QY_DFF] / tech->density_frac;
  near_rel(item_feed(&d[0], &bill[0], QY_PART_OPERAND_BIT, 1), 256 * (8 + 10 + shared->weight_bits) * dff, 1e-9,
           "its registers are counted in every element");
  near_rel(item_feed(&d[0], &bill[0], QY_PART_MULTIPLES, 0), 16 * cost.build.area_um2 / tech->density_frac, 1e-9,
           "and what makes it, once in each of 16 rows");
  ok(bill[1].count[QY_PART_MULTIPLES] == 0, "only where it is shared");
  ok(item_feed(&d[0], &bill[0], QY_PART_ELEMENT, 0) < item_feed(&d[1], &bill[1], QY_PART_ELEMENT, 0),
     "the logic of the elements shrinks");
  near_rel(spent_fj(&d[0], &bill[0], QY_EVENT_MULTIPLES), 4 * 64.0 * 196 * cost.energy_fj[0], 1e-6,
           "energy: once for each of 64 x 196 words in 4 column folds");
  const double wide = bill[0].count[QY_EVENT_OPERAND_WRITE], narrow = bill[1].count[QY_EVENT_OPERAND_WRITE];
  near_rel(wide - narrow, 10.0 * 64 * 64 * 196, 1e-12, "and wider words in the operand registers");
  near_rel(narrow, 8.0 * 64 * 64 * 196 + (double)local->weight_bits * 16 * 16 * 136, 1e-12, "weights go down once");
  s.dataflow = QY_FLOW_IS;
  reason = make_array(&d[0], &s, &pe[0], tech, &l);
  ok(reason && strstr(reason, "multiples"), "not with inputs held");
}

/* ---- tile sizes that designs share ---- */

enum { TILED_DESIGNS = 48 };

/* Designs of several sides and buffers on the same work, the same for whoever makes them. */
typedef struct tiled_runs {
  request like; /* without layers: their work is made */
  const qy_layer *const *layers;
  qy_arena *arena;
  int first, differ, tiled; /* design to begin with; runs that are not the sum of their layers; that came to an end */
} tiled_runs;

static qy_systolic_params tiled_design(int i)
{
  static const int side[] = {8, 12, 16, 32};
  qy_systolic_params p = {.rows = side[i % 4],
                          .columns = side[i / 4 % 4],
                          .dataflow = (qy_dataflow)(i % QY_FLOW_COUNT),
                          .drain = (qy_drain)(i / 7 % QY_DRAIN_COUNT),
                          .edge = (qy_edge)(i / 5 % QY_EDGE_COUNT),
                          .tile = QY_TILE_AUTO,
                          .batch = i % 5 == 0 ? 3 : 1,
                          .port_bits = 64,
                          .sram_flavour = QY_SRAM_HP};
  p.input_buffer_bytes = 16384 << i % 3;
  p.weight_buffer_bytes = 16384 << i / 3 % 3;
  p.output_buffer_bytes = 32768 << i / 2 % 2;
  return p;
}

static void run_tiled(tiled_runs *r, int i)
{
  made d;
  qy_systolic_params p = tiled_design(i);
  request own = r->like;
  own.params = &p;
  if (why_not(&d, &own, r->arena) || qy_design_run(&d.design, d.work, qy_precision_of(8))) return;
  double sum[4] = {0, 0, 0, 0}, in[QY_QUANTITY_COUNT];
  for (size_t l = 0; l < r->like.layer_count; l++) {
    qy_bill b;
    const char *reason;
    if (qy_design_layer(&b, in, &reason, &d.design, r->layers[l], qy_precision_of(8), NULL)) r->differ++;
    const double one[] = {b.cycles, b.transfer_cycles, b.loaded_bits, b.stored_bits};
    for (int k = 0; k < 4; k++)
      sum[k] += one[k];
  }
  const qy_bill *b = &d.design.bill;
  const bool same =
      b->cycles == sum[0] && b->transfer_cycles == sum[1] && b->loaded_bits == sum[2] && b->stored_bits == sum[3];
  r->differ += !same;
  r->tiled++;
}

static void *run_all_tiled(void *ctx)
{
  tiled_runs *r = ctx;
  for (int i = 0; i < TILED_DESIGNS; i++)
    run_tiled(r, (r->first + i) % TILED_DESIGNS);
  return NULL;
}

/* A layer alone is divided by lists of its own, a run by those that all designs and threads share. */
static void shared_lists_tests(void)
{
  enum { THREADS = 2 };
  static made first;
  static const hand_prices prices = {.area_um2 = 400, .register_um2 = 80, .stages = 1, .min_period_ps = 900};
  qy_network *network;
  const qy_layer **layers;
  const qy_layer_filter all = {0, NULL};
  size_t count = 0;
  qy_tech *tech;
  qy_pe pe;
  const qy_pe_params mac = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 8};
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) ||
      qy_network_select(&layers, &count, network, &all, arena, NULL) ||
      qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) || qy_pe_build(&pe, &mac, arena, NULL)) {
    ok(0, "MobileNetV2 and an array can be made");
    return;
  }
  qy_systolic_params p = tiled_design(0);
  request r = {.accelerator = &qy_accelerator_systolic,
               .params = &p,
               .pe = &pe,
               .tech = tech,
               .sram = table,
               .clock_mhz = 200,
               .layers = layers,
               .layer_count = count,
               .hand = &prices};
  const char *reason = why_not(&first, &r, arena);
  if (!ok(!reason, "an array with small buffers%s%s", reason ? ": " : "", reason ? reason : "")) return;
  tiled_runs run[THREADS];
  pthread_t thread[THREADS];
  for (int t = 0; t < THREADS; t++) {
    run[t] = (tiled_runs){.like = r, .layers = layers, .arena = qy_arena_new(), .first = t * TILED_DESIGNS / THREADS};
    run[t].like.work = first.work;
    run[t].like.layers = NULL;
    pthread_create(&thread[t], NULL, run_all_tiled, &run[t]);
  }
  for (int t = 0; t < THREADS; t++) {
    pthread_join(thread[t], NULL);
    ok(run[t].tiled > TILED_DESIGNS / 2 && run[t].differ == 0,
       "thread %d: %d designs of several sides and buffers are the sum of their layers; not: %d", t, run[t].tiled,
       run[t].differ);
    qy_arena_free(run[t].arena);
  }
}

/* ---- sizes that are chosen ---- */

static int64_t least_of(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

/* Words of one half: whole maps and weights where nothing is tiled, else a row of the output with as many channels as
 * the array has rows for their taps, outputs for its columns; the most of the layers.  Maps that are written are 8 bits
 * wide where no sums are kept. */
static void half_of(int64_t words[QY_BUFFER_ROLES], const qy_systolic_params *s, const qy_layer *const *l, int count)
{
  for (int i = 0; i < QY_BUFFER_ROLES; i++)
    words[i] = 0;
  for (int i = 0; i < count; i++) {
    const int64_t taps = l[i]->kernel_h * l[i]->kernel_w;
    int64_t channels = 1, rows = l[i]->in_h, outputs = l[i]->out_c, lines = l[i]->out_h * s->batch;
    if (s->tile != QY_TILE_NONE) {
      while ((channels + 1) * taps < s->rows + taps && channels < l[i]->in_c)
        channels++;
      rows = least_of(l[i]->in_h, l[i]->kernel_h);
      outputs = least_of(l[i]->out_c, s->columns);
      lines = 1;
    } else {
      channels = l[i]->in_c;
      rows *= s->batch;
    }
    const int64_t words_of_sum = s->activations == QY_ACTIVATIONS_AFFINE ? 24 / 8 : 0; /* a constant an output */
    const int64_t needs[QY_BUFFER_ROLES] = {[QY_BUFFER_INPUT] = rows * l[i]->in_w * channels,
                                            [QY_BUFFER_OUTPUT] = lines * l[i]->out_w * outputs,
                                            [QY_BUFFER_WEIGHTS] = (taps * channels + words_of_sum) * outputs};
    for (int k = 0; k < QY_BUFFER_ROLES; k++)
      if (needs[k] > words[k]) words[k] = needs[k];
  }
}

/* The table has every power of two of bytes from 256 on; two halves, words of 8 bits. */
static void size_tests(void)
{
  static const char *const key[QY_BUFFER_ROLES] = {[QY_BUFFER_INPUT] = "buffers.input",
                                                   [QY_BUFFER_OUTPUT] = "buffers.output",
                                                   [QY_BUFFER_WEIGHTS] = "buffers.weight"};
  const qy_layer layer[] = {make_layer(9, 14, 5, 40, 3, 3, 1, 1, 1), make_layer(2, 50, 11, 7, 4, 1, 1, 1, 1),
                            make_layer(12, 12, 64, 3, 1, 1, 1, 0, 1), make_layer(20, 7, 2, 90, 5, 3, 2, 2, 1)};
  const qy_pe_params mac = {.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 24};
  qy_tech *tech;
  qy_pe pe;
  int wrong = 0, tight = 0;
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) && !qy_pe_build(&pe, &mac, arena, NULL), "a mac")) return;
  for (int i = 0; i < 240; i++) {
    const qy_layer *list[4] = {&layer[i % 4], &layer[(i + 1 + i / 4 % 3) % 4]};
    const qy_systolic_params s = {.rows = 1 + i % 7 + (i % 40 ? 0 : 20),
                                  .columns = 1 + i % 5 + i / 5 % 4,
                                  .dataflow = i % 3,
                                  .batch = 1 + i % 2,
                                  .activations = i % 4 == 3 ? QY_ACTIVATIONS_AFFINE : QY_ACTIVATIONS_SYMMETRIC,
                                  .tile = i / 3 % 3};
    const request r = {.accelerator = &qy_accelerator_systolic,
                       .params = &s,
                       .pe = &pe,
                       .tech = tech,
                       .sram = table,
                       .clock_mhz = 10,
                       .layers = list,
                       .layer_count = i / 2 % 2 ? 2 : 1,
                       .hand = &any_prices};
    static made d;
    int64_t words[QY_BUFFER_ROLES];
    const char *reason = why_not(&d, &r, arena);
    half_of(words, &s, list, (int)r.layer_count);
    for (int k = 0; k < QY_BUFFER_ROLES && !reason; k++) {
      const double bytes = qy_accelerator_systolic.chosen(d.design.self, key[k]);
      const int sums = k == QY_BUFFER_OUTPUT && (s.dataflow != QY_FLOW_OS || s.tile == QY_TILE_AUTO);
      const double needs = 2 * (double)words[k] * (sums ? 3 : 1);
      const int lanes =
          (k == QY_BUFFER_INPUT) == (s.dataflow != QY_FLOW_IS) && k != QY_BUFFER_OUTPUT ? s.rows : s.columns;
      const int narrow = lanes * (sums ? 24 : 8) <= 64; /* two macros of any size have */
      const int good = bytes >= needs && (!narrow || bytes <= 512 || bytes / 2 < needs);
      tight += narrow && bytes > 512;
      if (!good) printf("# %d %s: %g bytes for %g\n", i, key[k], bytes, needs);
      wrong += !good;
    }
    wrong += reason != NULL || qy_accelerator_systolic.chosen(d.design.self, "columns") != s.columns ||
             !isnan(qy_accelerator_systolic.chosen(d.design.self, "rows"));
  }
  ok(wrong == 0 && tight > 100, "buffers hold two halves, and %d of half the size would not", tight);
  /* Two halves of 256 weights are 512 bytes; with 16 constants of 24 bits more is needed. */
  const qy_layer square = make_layer(4, 4, 16, 16, 1, 1, 1, 0, 1), small = make_layer(4, 4, 2, 3, 1, 1, 1, 0, 1);
  for (int i = 0; i < 4; i++) {
    const qy_layer *list[] = {i < 2 ? &square : &small, i < 2 ? &small : &square};
    const qy_systolic_params s = {.rows = 8,
                                  .columns = 8,
                                  .dataflow = QY_FLOW_WS,
                                  .batch = 1,
                                  .activations = i % 2 ? QY_ACTIVATIONS_AFFINE : QY_ACTIVATIONS_SYMMETRIC,
                                  .tile = QY_TILE_NONE};
    const request r = {.accelerator = &qy_accelerator_systolic,
                       .params = &s,
                       .pe = &pe,
                       .tech = tech,
                       .sram = table,
                       .clock_mhz = 10,
                       .layers = list,
                       .layer_count = 2,
                       .hand = &any_prices};
    static made d;
    ok(!why_not(&d, &r, arena) &&
           qy_accelerator_systolic.chosen(d.design.self, "buffers.weight") == (i % 2 ? 1024 : 512),
       "weights %s constants", i % 2 ? "with" : "without");
  }
}

/* Arrays out of their ranges, too many images and layers that multiply nothing are refused, of a layer and of all. */
static void refusal_tests(void)
{
  static const qy_systolic_params good = {.rows = 4, .columns = 4};
  qy_layer l = make_layer(8, 8, 4, 4, 3, 3, 1, 1, 1);
  const qy_layer *const list[] = {&l};
  qy_systolic_work *work;
  qy_systolic_counts c, sum;
  if (!ok(!qy_systolic_work_new(&work, list, 1, arena, NULL) && !qy_systolic_layer_counts(&c, &good, &l, NULL) &&
              !qy_systolic_count(&sum, &good, work, NULL) && sum.compute == c.compute,
          "a layer alone"))
    return;
  for (int k = 0; k < 5; k++) {
    qy_systolic_params p = good;
    qy_error err[2] = {{0}, {0}};
    if (k == 0) p.rows = 0;
    if (k == 1) p.rows = 1 << 20;
    if (k == 2) p.columns = -1;
    if (k == 3) p.batch = -1;
    if (k == 4) p.batch = INT32_MAX;
    ok(qy_systolic_layer_counts(&c, &p, &l, &err[0]) == QY_BAD_INPUT && err[0].count == 1 &&
           qy_systolic_count(&sum, &p, work, &err[1]) == QY_BAD_INPUT && err[1].count == 1,
       "refused: %s", err[0].count ? err[0].diagnostic[0].text : "nothing");
  }
  static const int ports[] = {7, 8, 65536, 65537};
  for (int k = 0; k < 4; k++) { /* bits of the port: 8 to 65536 */
    qy_systolic_params p = good;
    p.port_bits = ports[k];
    ok((qy_systolic_layer_counts(&c, &p, &l, NULL) == QY_OK) == (k == 1 || k == 2), "a port of %d bits", ports[k]);
  }
  l.type = QY_LAYER_POOL;
  ok(qy_systolic_layer_counts(&c, &good, &l, NULL) == QY_BAD_INPUT &&
         qy_systolic_work_new(&work, list, 1, arena, NULL) == QY_BAD_INPUT,
     "and a pool");
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena || qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL) != QY_OK) {
    ok(0, "db/memory/sram.csv can be read");
    return done();
  }
  mobilenet_tests();
  real_pe_tests();
  width_tests();
  shared_tests();
  shared_lists_tests();
  size_tests();
  refusal_tests();
  qy_arena_free(arena);
  return done();
}
