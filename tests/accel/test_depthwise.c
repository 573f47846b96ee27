/* The depthwise module's closed forms against a machine that is stepped cycle by cycle and word by word.
 *
 * The oracle below is written from the schedule in depthwise.h: it moves bits through the port, walks the loop nest and
 * counts; it shares no formula with the module.  Published figures: reduction by taps takes 9, 5, 3 cycles for a 3x3
 * kernel with N = 1, 2, 4 (25, 13, 7 for 5x5; 49, 25, 13 for 7x7), reduction by channels is N times faster; MobileNetV1
 * has 17,385,984 depthwise multiply-accumulates in 13 layers.
 * Elements, prices and library are filled in by hand with round numbers, so that areas and energies can be said in
 * advance. */
#include "../../src/accel/depthwise_int.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;
static qy_sram_table *table;

static uint32_t seed = 2026;

static int64_t random_in(int64_t low, int64_t high)
{
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

static qy_pe make_pe(qy_pe_kind kind)
{
  qy_pe pe = {.params = {.kind = kind, .bits = 16}, .mode_count = 3};
  pe.mode[0] = (qy_pe_mode){16, 1, 1};
  if (kind == QY_PE_SERIAL) { /* a bit of the weight a cycle */
    for (int k = 0; k < 3; k++)
      pe.mode[k] = (qy_pe_mode){16 >> k, 1, 16 >> k};
    return pe;
  }
  const int several = kind != QY_PE_MAC;
  pe.mode[1] = (qy_pe_mode){8, several ? 2 : 1, 1};
  pe.mode[2] = (qy_pe_mode){4, several ? 4 : 1, 1};
  return pe;
}

static void count_products(qy_layer *l)
{
  l->weights = l->in_c * l->kernel_h * l->kernel_w;
  l->macs = l->out_h * l->out_w * l->weights;
}

static qy_layer make_depthwise(int64_t h, int64_t w, int64_t c, int64_t kh, int64_t kw, int64_t stride, int64_t pad)
{
  qy_layer l = make_layer(h, w, c, c, kh, kw, stride, pad, c);
  l.name = "dw";
  l.type = QY_LAYER_DWCONV;
  count_products(&l);
  return l;
}

/* ---- the oracle ---- */

typedef struct machine {
  int64_t lanes, multipliers, port, map_bits, weight_bits, tap_products, channel_products, fill;
  int64_t map_slots, weight_slots; /* of a channel of a lane in a word of a buffer */
  int64_t constant_bits;           /* of a channel, with affine activations */
  int64_t interval;                /* cycles that an element takes for its operands */
} machine;

typedef struct counts {
  int64_t compute, load, store, first, last, total;
  int64_t input_reads, input_writes, weights, outputs;
  int64_t lane_steps; /* lane-cycles with a channel */
  int64_t lane_outputs, lane_kernels;
  int64_t word_writes; /* window and weight registers */
  int64_t mux_words;   /* further words to choose from, summed over the steps of the lanes */
} counts;

/* Push `bits` through the port; returns the cycles it was busy. */
static int64_t move(int64_t bits, int64_t port)
{
  int64_t cycles = 0;
  while (bits > 0) {
    bits -= port;
    cycles++;
  }
  return cycles;
}

static int64_t words_of(int64_t slots, int64_t per_word)
{
  int64_t words = 0;
  for (int64_t i = 0; i < slots; i += per_word)
    words++;
  return words;
}

static counts run_machine(const machine *m, const qy_layer *l)
{
  counts c = {0};
  const int64_t taps = l->kernel_h * l->kernel_w;
  int64_t steps = 0;
  for (int64_t left = taps; left > 0; left -= m->multipliers * m->tap_products)
    steps++;
  int64_t group_last_row = 0;
  for (int64_t from = 0; from < l->in_c; from += m->lanes * m->channel_products) {
    int64_t channels = 0, lanes = 0;
    for (int64_t lane = 0; lane < m->lanes; lane++) {
      int64_t mine = 0;
      for (int64_t k = 0; k < m->channel_products; k++)
        if (from + channels < l->in_c) {
          channels++;
          mine++;
        }
      lanes += mine > 0;
    }
    int64_t kernel = move(channels * (taps * m->weight_bits + m->constant_bits), m->port);
    c.load += kernel;
    if (from == 0) c.first += kernel;
    c.weights += words_of(taps, m->weight_slots) + m->channel_products * words_of(m->constant_bits, 16);
    c.lane_kernels += lanes;
    c.word_writes += lanes * words_of(taps, m->tap_products);
    for (int64_t y = 0; y < l->in_h; y++) {
      int64_t row = move(l->in_w * channels * m->map_bits, m->port);
      c.load += row;
      /* Does output row 0 touch input row y, or one that comes after it? */
      int needed = 0;
      for (int64_t k = 0; k < l->kernel_h; k++) {
        const int64_t touched = k * l->dilation_h - l->pad_top;
        needed |= touched >= y && touched < l->in_h;
      }
      if (from == 0 && needed) c.first += row;
      c.input_writes += words_of(l->in_w, m->map_slots);
    }
    for (int64_t oy = 0; oy < l->out_h; oy++) {
      for (int64_t k = 0; k < l->kernel_h; k++) {
        int64_t y = oy * l->stride_h + k * l->dilation_h - l->pad_top;
        if (y >= 0 && y < l->in_h) c.input_reads += words_of(l->in_w, m->map_slots);
      }
      for (int64_t ox = 0; ox < l->out_w; ox++) {
        c.lane_outputs += lanes;
        c.word_writes += lanes * words_of(taps, m->tap_products);
        for (int64_t s = 0; s < steps; s++) {
          for (int64_t cycle = 0; cycle < m->interval; cycle++) {
            c.compute++;
            c.lane_steps += lanes;
          }
          c.mux_words += lanes * (steps - 1);
        }
      }
      group_last_row = move(l->out_w * channels * m->map_bits, m->port);
      c.store += group_last_row;
      c.outputs += words_of(l->out_w, m->map_slots);
    }
  }
  c.last = group_last_row;
  /* One tick after the other: what lanes and port have left. */
  int64_t lanes_left = c.compute + m->fill, port_left = c.load + c.store - c.first - c.last, last_left = c.last;
  c.total = c.first;
  while (lanes_left > 0 || port_left > 0 || last_left > 0) {
    c.total++;
    int port_used = 0;
    if (port_left > 0) {
      port_left--;
      port_used = 1;
    }
    if (lanes_left > 0)
      lanes_left--;
    else if (!port_used)
      last_left--;
  }
  return c;
}

/* ---- cycles ---- */

typedef struct trial {
  qy_layer layer;
  qy_depthwise_params params;
  qy_pe pe;
  qy_precision precision;
  machine machine;
} trial;

/* Operands of so many bits that fit in 16, in the element's modes. */
static int64_t parts_of(int bits)
{
  return bits > 8 ? 1 : bits > 4 ? 2 : 4;
}

static trial random_trial(void)
{
  trial t;
  const int64_t kh = random_in(1, 7), kw = random_in(0, 2) ? kh : random_in(1, 7);
  const int64_t pad = random_in(0, (kh < kw ? kh : kw) - 1);
  const int64_t h = random_in(1, 15) + (kh > 2 * pad ? kh - 2 * pad : 0);
  const int64_t w = random_in(1, 15) + (kw > 2 * pad ? kw - 2 * pad : 0);
  t.layer = make_depthwise(h, w, random_in(1, 70), kh, kw, random_in(1, 3), pad);
  if (random_in(0, 1) && vary_window(&t.layer, random_in)) count_products(&t.layer);
  static const qy_pe_kind kinds[] = {QY_PE_MAC, QY_PE_MAC_ST, QY_PE_MAC_SA, QY_PE_SERIAL};
  t.pe = make_pe(kinds[random_in(0, 3)]);
  t.pe.params.accumulator_bits = (int)random_in(33, 64);
  t.precision = (qy_precision){(int)random_in(1, 16), (int)random_in(1, 16)};
  if (random_in(0, 1)) t.precision.weights = t.precision.activations;
  t.params = (qy_depthwise_params){
      .channels = (int)random_in(1, 20),
      .multipliers = (int)random_in(1, 9),
      .reduction = t.pe.params.kind == QY_PE_MAC_SA ? QY_REDUCE_CHANNELS : QY_REDUCE_TAPS,
      .port_bits = (int)random_in(8, 200),
  };
  t.params.storage = random_in(0, 1) ? QY_STORE_SLOTS : QY_STORE_PACKED;
  if (random_in(0, 2) == 0) t.params.activations = QY_ACTIVATIONS_AFFINE;
  const int64_t map = parts_of(t.precision.activations), weight = parts_of(t.precision.weights);
  const int64_t narrower = map < weight ? map : weight; /* of both */
  const int serial = t.pe.params.kind == QY_PE_SERIAL, channels = t.pe.params.kind == QY_PE_MAC_SA;
  const int one = t.pe.params.kind == QY_PE_MAC;
  const int alone = serial || (one && t.params.storage == QY_STORE_SLOTS); /* in its word */
  const int64_t n = serial || one ? 1 : narrower, channel_products = channels ? n : 1;
  t.machine = (machine){.lanes = t.params.channels,
                        .multipliers = t.params.multipliers,
                        .port = t.params.port_bits,
                        .map_bits = 16 / map,
                        .weight_bits = 16 / weight,
                        .constant_bits = t.params.activations ? t.pe.params.accumulator_bits : 0,
                        .interval = serial ? 16 / narrower : 1,
                        .tap_products = channels ? 1 : n,
                        .channel_products = channel_products,
                        .map_slots = alone ? 1 : map / channel_products,
                        .weight_slots = alone ? 1 : weight / channel_products,
                        .fill = random_in(0, 20)};
  return t;
}

static void test_cycles(void)
{
  enum { TRIALS = 3000 };
  int wrong = 0, port_bound = 0, ragged = 0, slow = 0, pairs = 0, affine = 0;
  for (int i = 0; i < TRIALS; i++) {
    const trial t = random_trial();
    qy_depthwise_cycles c = {0};
    qy_status status = qy_depthwise_layer_cycles(&c, &t.params, &t.pe, &t.layer, t.precision, t.machine.fill, NULL);
    const counts e = run_machine(&t.machine, &t.layer);
    if (status != QY_OK || c.compute != e.compute || c.load != e.load || c.store != e.store || c.first != e.first ||
        c.last != e.last || c.total != e.total || c.fill != t.machine.fill) {
      if (!wrong++) printf("# trial %d: total %lld, counted %lld\n", i, (long long)c.total, (long long)e.total);
    }
    port_bound += e.total == e.load + e.store;
    slow += t.machine.interval > 1;
    pairs += t.machine.map_bits != t.machine.weight_bits;
    affine += t.machine.constant_bits > 0;
    ragged += t.layer.in_c % (t.machine.lanes * t.machine.channel_products) != 0;
  }
  is_int(wrong, 0, "3000 random layers and modules: every count equals the stepped machine's");
  ok(port_bound > TRIALS / 10 && port_bound < TRIALS * 9 / 10, "some are bound by the port, some by the lanes (%d)",
     port_bound);
  ok(slow > TRIALS / 6, "some elements take several cycles for a product (%d)", slow);
  ok(pairs > TRIALS / 5 && affine > TRIALS / 5, "maps and weights of two widths (%d), zero points (%d)", pairs, affine);
  ok(ragged > TRIALS / 2, "many have a last group that is not full (%d)", ragged);
}

static void test_published_speedups(void)
{
  static const struct {
    int64_t kernel, steps[3];
  } row[] = {{3, {9, 5, 3}}, {5, {25, 13, 7}}, {7, {49, 25, 13}}};
  static const int precision[3] = {16, 8, 4};
  const qy_depthwise_params taps = {.channels = 4, .multipliers = 1, .reduction = QY_REDUCE_TAPS, .port_bits = 4096};
  qy_depthwise_params channels = taps;
  channels.reduction = QY_REDUCE_CHANNELS;
  const qy_pe st = make_pe(QY_PE_MAC_ST), sa = make_pe(QY_PE_MAC_SA);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_layer l = make_depthwise(28, 28, 64, row[i].kernel, row[i].kernel, 1, row[i].kernel / 2);
    qy_depthwise_cycles t[3], c[3];
    for (int k = 0; k < 3; k++) {
      qy_depthwise_layer_cycles(&t[k], &taps, &st, &l, qy_precision_of(precision[k]), 0, NULL);
      qy_depthwise_layer_cycles(&c[k], &channels, &sa, &l, qy_precision_of(precision[k]), 0, NULL);
      is_int(t[k].compute, 28 * 28 * 64 / 4 * row[i].steps[k], "cycles of the kernel by taps");
    }
    ok(c[0].compute == 2 * c[1].compute && c[0].compute == 4 * c[2].compute, "by channels: exactly N times faster");
    if (row[i].kernel == 3) {
      near_abs((double)t[0].compute / (double)t[1].compute, 1.80, 1e-9, "3x3, 8 bits: 1.80x");
      near_abs((double)t[0].compute / (double)t[2].compute, 3.00, 1e-9, "3x3, 4 bits: 3.00x");
    }
  }
}

/* ---- modules ---- */

static qy_tech make_tech(void)
{
  qy_tech tech = {.name = "by hand", .sram_node = "28", .density_frac = 0.5, .dff_clock_fj = 2, .clock_tree_frac = 0.5};
  tech.area_um2[QY_DFF] = 3;
  tech.area_um2[QY_MUX2] = 1;
  tech.leakage_nw[QY_DFF] = 0.5;
  tech.leakage_nw[QY_MUX2] = 0.25;
  tech.energy_fj[QY_DFF] = 4;
  tech.energy_fj[QY_MUX2] = 1;
  return tech;
}

static hand_prices make_prices_by_hand(void)
{
  return (hand_prices){.area_um2 = 1000,
                       .register_um2 = 300,
                       .leakage_nw = 50,
                       .cycle_fj = {100, 80, 60},
                       .clock_fj = 10,
                       .stages = 1,
                       .adder = {40, 60, 5, 7, 3, 3},
                       .requantizer = {400, 100, 20, 30, 5, 2},
                       .controller = {200, 500, 30, 11, 13, 1}};
}

/* A module at these prices.  NULL, or why it cannot be. */
static const char *make_module(made *d, const qy_depthwise_params *params, const qy_pe *pe, double clock_mhz,
                               qy_depthwise_work *work)
{
  static const qy_tech *tech;
  if (!tech) {
    qy_tech *round = qy_arena_alloc(arena, 1, sizeof *round);
    *round = make_tech();
    tech = round;
  }
  const hand_prices hand = make_prices_by_hand();
  const request r = {.accelerator = &qy_accelerator_depthwise,
                     .params = params,
                     .pe = pe,
                     .tech = tech,
                     .sram = table,
                     .clock_mhz = clock_mhz,
                     .work = work,
                     .hand = &hand};
  return why_not(d, &r, arena);
}

static const module *module_of(const made *d)
{
  return d->design.self;
}

static qy_depthwise_work *make_work(const qy_layer *layers, size_t count)
{
  const qy_layer **list = qy_arena_alloc(arena, count, sizeof *list);
  qy_depthwise_work *work = NULL;
  qy_error err = {0};
  for (size_t i = 0; i < count; i++)
    list[i] = &layers[i];
  if (qy_depthwise_work_new(&work, list, count, arena, &err) != QY_OK) {
    ok(0, "work: %s", err.diagnostic[0].text);
    exit(1);
  }
  return work;
}

/* Area and leakage of one small module, by hand: P = 2 lanes, M = 3, 3x3 kernels, 100 MHz. */
static void test_area(void)
{
  const qy_layer l = make_depthwise(14, 14, 8, 3, 3, 1, 1);
  qy_depthwise_work *work = make_work(&l, 1);
  const qy_depthwise_params params = {.channels = 2, .multipliers = 3, .port_bits = 64};
  const qy_pe pe = make_pe(QY_PE_MAC);
  made d;
  double v[QY_METRIC_COUNT];
  if (!ok(!make_module(&d, &params, &pe, 100, work) && !run_metrics(v, &d, 16), "a small module")) return;
  const module *m = module_of(&d);
  /* 6 PEs of 700 logic; each chooses among 9 / 3 words twice: 2 x 2 x 16 muxes; 2 x 2 adders; 2 requantizers. */
  near_rel(v[QY_AREA_DATAPATH_UM2], (6 * 700 + 6 * 64 * 1 + 4 * 40 + 2 * 400) / 0.5, 1e-12, "datapath area");
  /* 2 lanes with 9 + 9 words of 16 flip-flops. */
  near_rel(v[QY_AREA_REGISTER_UM2], (6 * 300 + 2 * 18 * 16 * 3 + 4 * 60 + 2 * 100) / 0.5, 1e-12, "register area");
  near_rel(v[QY_AREA_CONTROL_UM2], (200 + 500) / 0.5, 1e-12, "control area");
  /* Input (3 + 1) rows of 14 words of 32 bits: 224 bytes; output 2 x 14 words: 112 bytes; weights 2 x 9: 72 bytes.
   * 256 bytes each: the smallest macro with 32-bit words in the table. */
  qy_sram s = {0};
  qy_sram_query q = {28, QY_SRAM_LSTP, 256, 32, 1, 0};
  qy_sram_lookup(&s, table, &q, NULL);
  near_rel(v[QY_AREA_SRAM_UM2], 3 * s.area_mm2 * 1e6, 1e-12, "SRAM area");
  for (int k = 0; k < QY_BUFFER_ROLES; k++)
    ok(m->buffer[k].bytes == 256, "size of a buffer");
  near_rel(v[QY_LEAKAGE_MW],
           3 * s.leakage_mw + (6 * 50 + 6 * 64 * 0.25 + 2 * 18 * 16 * 0.5 + 4 * 5 + 2 * 20 + 30) / 1e6, 1e-12,
           "leakage");
  /* SRAM 0.45 ns of a 10 ns cycle: 1; PE 1 stage; tree of 3: two levels of 3; requantizer 2. */
  is_int(m->fill, 1 + 1 + 2 * 3 + 2, "fill");
}

/* The fewest banks of the input buffer that the module can be asked to have; 0: none are enough. */
static int least_banks(qy_depthwise_params params, const qy_pe *pe, const qy_layer *l, size_t layers)
{
  made d;
  for (int banks = QY_SRAM_BANKS_1; banks < QY_SRAM_BANKS_COUNT; banks++) {
    params.input_banks = (qy_sram_banks)banks;
    if (make_module(&d, &params, pe, 100, make_work(l, layers))) continue;
    const int count = module_of(&d)->buffer[QY_BUFFER_INPUT].banks;
    return count == qy_sram_bank_count((qy_sram_banks)banks) ? count : -1;
  }
  return 0;
}

/* Banks of the input buffer: words a window takes in over the cycles of an output, the next number in the table. */
static void test_banks(void)
{
  static const struct {
    int64_t kernel, stride;
    int multipliers, banks;
  } row[] = {{3, 1, 1, 1},  /* 3 words in 9 cycles */
             {3, 2, 1, 1},  /* 6 in 9 */
             {3, 1, 9, 4},  /* 3 in 1 */
             {3, 2, 9, 8},  /* 6 in 1 */
             {3, 2, 5, 4},  /* 6 in 2: 3 */
             {5, 1, 9, 2},  /* 5 in 3 */
             {5, 1, 25, 8}, /* 5 in 1 */
             {7, 1, 64, 8}, /* 7 in 1 */
             {5, 2, 25, 0}, /* 10 in 1: more than there are */
             {1, 1, 1, 1}}; /* 1 in 1 */
  const qy_pe pe = make_pe(QY_PE_MAC);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_layer l = make_depthwise(28, 28, 8, row[i].kernel, row[i].kernel, row[i].stride, row[i].kernel / 2);
    const qy_depthwise_params params = {.channels = 2, .multipliers = row[i].multipliers, .port_bits = 64};
    made d;
    const char *reason = make_module(&d, &params, &pe, 100, make_work(&l, 1));
    const qy_buffer *buffer = module_of(&d)->buffer;
    is_int(least_banks(params, &pe, &l, 1), row[i].banks, "banks for words a cycle");
    const qy_layer less = make_depthwise(28, 28, 8, 1, 1, 1, 0), two[] = {less, l, less}; /* 1 in 1 */
    ok(least_banks(params, &pe, two, 2) == row[i].banks && least_banks(params, &pe, two + 1, 2) == row[i].banks,
       "and beside a layer of fewer words in either order");
    if (row[i].banks)
      ok(!reason && buffer[QY_BUFFER_INPUT].banks >= row[i].banks,
         "%dx%d kernel, stride %d, %d multipliers: %d banks, or more", (int)row[i].kernel, (int)row[i].kernel,
         (int)row[i].stride, row[i].multipliers, row[i].banks);
    else
      is_text(reason, "input buffer with too few banks: it moves 10 words a cycle, the SRAM table has up to 8 banks",
              "too many words a cycle");
  }
}

/* An element that takes as many cycles as bits: the buffer follows it in the mode that takes the fewest, 4. */
static void test_banks_of_modes(void)
{
  static const struct {
    int64_t stride;
    int multipliers, banks;
  } row[] = {{1, 49, 2}, /* 7 words in 4 cycles */
             {2, 49, 4}, /* 14 in 4 */
             {2, 25, 2}, /* 14 in 8 */
             {2, 7, 1}}; /* 14 in 28 */
  const qy_pe pe = make_pe(QY_PE_SERIAL);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_layer l = make_depthwise(28, 28, 8, 7, 7, row[i].stride, 3);
    const qy_depthwise_params params = {.channels = 2, .multipliers = row[i].multipliers, .port_bits = 64};
    ok(least_banks(params, &pe, &l, 1) == row[i].banks,
       "16, 8 or 4 cycles a product, stride %d, %d multipliers: %d banks", (int)row[i].stride, row[i].multipliers,
       row[i].banks);
  }
}

/* Dilated kernels and unequal strides: outputs of a row whose windows lie on the same columns follow one another, so
 * that a window goes on by lcm(stride, dilation) columns and takes in as many of its own as lie in them.  The buffer
 * holds the rows that a kernel reaches over, and the stride's. */
static void test_windows(void)
{
  static const struct {
    int64_t stride_h, stride_w, dilation_h, dilation_w;
    int banks;
    int64_t rows;                 /* of the input buffer */
  } row[] = {{1, 1, 1, 1, 4, 4},  /* 3 words: a column */
             {2, 1, 1, 1, 4, 5},  /* the stride down takes none */
             {1, 2, 1, 1, 8, 4},  /* 6 */
             {1, 1, 2, 2, 4, 6},  /* every second column: again 3 */
             {1, 2, 1, 2, 4, 4},  /* 2 columns on, one of its own */
             {1, 2, 4, 3, 8, 10}, /* 6 columns on, two of its own */
             {3, 1, 2, 1, 4, 8}};
  const qy_pe pe = make_pe(QY_PE_MAC);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_layer l = make_depthwise(28, 64, 8, 3, 3, 1, 1);
    const window w = {row[i].stride_h, row[i].stride_w, row[i].dilation_h, row[i].dilation_w, 1, 0, 0, 1};
    set_window(&l, &w);
    qy_depthwise_params params = {.channels = 8, .multipliers = 9, .port_bits = 64};
    made d;
    /* 8 lanes of 16 bits: 16 bytes a word. */
    params.input_buffer_bytes = (double)(row[i].rows * 64 * 16);
    ok(least_banks(params, &pe, &l, 1) == row[i].banks, "window %zu: %d banks, %d rows fit", i, row[i].banks,
       (int)row[i].rows);
    params.input_buffer_bytes -= 1;
    starts(make_module(&d, &params, &pe, 100, make_work(&l, 1)), "input buffer too small for the layers: they need",
           "a byte less does not");
  }
}

/* A batch is as many layers, one after another. */
static void test_batch(void)
{
  const qy_layer one = make_depthwise(14, 13, 12, 3, 3, 2, 1);
  qy_layer three = one;
  three.batch = 3;
  const qy_layer list[] = {one, one, one};
  qy_depthwise_work *work[2] = {make_work(list, 3), make_work(&three, 1)};
  const qy_pe pe = make_pe(QY_PE_MAC_ST);
  const qy_depthwise_params params = {.channels = 3, .multipliers = 2, .port_bits = 24};
  double v[2][QY_METRIC_COUNT] = {{0}};
  for (int i = 0; i < 2; i++) {
    made d;
    ok(!make_module(&d, &params, &pe, 300, work[i]) && !run_metrics(v[i], &d, 8), "a module for them");
  }
  ok(v[0][QY_CYCLES] > 0 && memcmp(v[0], v[1], QY_ENERGY_PER_PRODUCT_FJ * sizeof **v) == 0,
     "three images of a layer: three layers");
  qy_error err = {0};
  qy_depthwise_work *w;
  const qy_layer *bad = &three;
  three.batch = 0;
  ok(qy_depthwise_work_new(&w, &bad, 1, arena, &err) == QY_BAD_INPUT, "no images");
}

static int agrees(double got, double expected)
{
  return fabs(got - expected) <= 1e-12 * fabs(expected);
}

/* Leakage in round numbers: elements, adders, requantizers, operand registers and their multiplexers, controller. */
static double leakage_mw(const trial *t, const module *m, int64_t taps_least, int64_t taps_most)
{
  const double lanes = (double)t->machine.lanes, multipliers = (double)t->machine.multipliers;
  const int64_t steps_least = words_of(taps_least, t->machine.multipliers);
  const int64_t steps_most = words_of(taps_most, t->machine.multipliers);
  /* All results of a lane that come out together, in the cycles that the shortest kernel takes. */
  const int64_t together = t->pe.params.kind == QY_PE_MAC_SA ? 4 : 1;
  const int64_t requantizers = words_of(together, steps_least * t->pe.mode[0].cycles);
  const double constant = (double)t->machine.constant_bits; /* of each channel of a lane; an adder a requantizer */
  const double corrections = constant > 0 ? constant * (double)together * 0.5 + (double)requantizers * 5 : 0;
  double sram_mw = 0;
  for (int k = 0; k < QY_BUFFER_ROLES; k++)
    sram_mw += m->buffer[k].count * m->buffer[k].macro.leakage_mw;
  return sram_mw +
         (lanes * multipliers * (50 + 2 * (double)(steps_most - 1) * 16 * 0.25) +
          lanes * (2 * (double)taps_most * 16 * 0.5 + (multipliers - 1) * 5 + (double)requantizers * 20 + corrections) +
          30) /
             1e6;
}

/* The parts of a random module's energy, each from counted events. */
static void test_energy(void)
{
  enum { TRIALS = 300 };
  int wrong_counts = 0, wrong_energy = 0, wrong_sum = 0, wrong_total = 0, done_trials = 0;
  for (int i = 0; i < TRIALS; i++) {
    trial t = random_trial();
    qy_layer layers[3] = {t.layer, make_depthwise(9, 9, 12, 3, 3, 2, 1), t.layer};
    qy_depthwise_work *work = make_work(layers, 3);
    made d;
    if (make_module(&d, &t.params, &t.pe, 200, work)) continue;
    const module *m = module_of(&d);
    done_trials++;
    double v[QY_METRIC_COUNT], energy[4] = {0}, macs = 0, loaded = 0, stored = 0;
    int64_t cycles = 0, compute = 0, transfer = 0;
    if (run_metrics_of(v, &d, t.precision)) wrong_total++;
    const int64_t n = t.machine.tap_products * t.machine.channel_products, lanes = t.machine.lanes;
    const int widest = qy_precision_widest(t.precision), mode = widest > 8 ? 0 : widest > 4 ? 1 : 2;
    const double pe_fj = mode == 0 ? 100 : mode == 1 ? 80 : 60, pes = (double)(lanes * t.machine.multipliers);
    const int64_t taps = t.layer.kernel_h * t.layer.kernel_w; /* the other layer has nine */
    const double leaking_mw = leakage_mw(&t, m, taps < 9 ? taps : 9, taps > 9 ? taps : 9);
    t.machine.fill = m->fill;
    for (int k = 0; k < 3; k++) {
      const counts c = run_machine(&t.machine, &layers[k]);
      const double mults = (double)t.machine.multipliers, results = (double)c.lane_outputs;
      const double busy = (double)c.lane_steps * mults, total = (double)c.total;
      const double values = results * (double)t.machine.channel_products, sums = t.machine.constant_bits ? values : 0;
      const double constants =
          (double)(c.lane_kernels * t.machine.channel_products * t.machine.constant_bits); /* bits written */
      const double datapath = busy * (pe_fj - 10) + (double)c.mux_words * mults * 2 * 16 * 0.5 * 1 +
                              results * (mults - 1) * 7 + sums * 7 + values * 30 + total * 11;
      const double registers = total * pes * 10 + ((double)c.word_writes * 16 + constants) * (2 * 1.5 + 0.5 * 4) +
                               results * (mults - 1) * 3 + sums * 3 + values * 5 + total * 13;
      const qy_buffer *in = &m->buffer[QY_BUFFER_INPUT], *out = &m->buffer[QY_BUFFER_OUTPUT],
                      *w = &m->buffer[QY_BUFFER_WEIGHTS];
      const double sram =
          in->count * ((double)c.input_reads * in->macro.read_pj + (double)c.input_writes * in->macro.write_pj) +
          w->count * (double)c.weights * (w->macro.read_pj + w->macro.write_pj) +
          out->count * (double)c.outputs * (out->macro.read_pj + out->macro.write_pj);
      energy[0] += datapath / 1e9;
      energy[1] += registers / 1e9;
      energy[2] += sram / 1e6;
      energy[3] += leaking_mw * total / 200 / 1e3; /* mW x us = nJ */
      cycles += c.total;
      compute += c.compute;
      transfer += c.load + c.store;
      macs += (double)layers[k].macs;

      qy_bill bill;
      double in_sums[QY_QUANTITY_COUNT];
      const char *reason;
      if (qy_design_layer(&bill, in_sums, &reason, &d.design, &layers[k], t.precision, NULL) != QY_OK ||
          !agrees(bill.count[QY_EVENT_SRAM_READ + QY_BUFFER_INPUT] * 1e6,
                  in->count * (double)c.input_reads * in->macro.read_pj) ||
          !agrees(bill.count[QY_EVENT_SRAM_WRITE + QY_BUFFER_INPUT] * 1e6,
                  in->count * (double)c.input_writes * in->macro.write_pj) ||
          !agrees(bill.count[QY_EVENT_SRAM_READ + QY_BUFFER_WEIGHTS] * 1e6,
                  w->count * (double)c.weights * w->macro.read_pj) ||
          !agrees(bill.count[QY_EVENT_SRAM_WRITE + QY_BUFFER_OUTPUT] * 1e6,
                  out->count * (double)c.outputs * out->macro.write_pj) ||
          bill.cycles != total || bill.count[QY_EVENT_PRODUCT + mode] != busy ||
          bill.count[QY_EVENT_CLOCK] != total * pes ||
          bill.count[QY_EVENT_OPERAND_WRITE] != (double)c.word_writes * 16 + constants ||
          bill.count[QY_EVENT_CONTROL] != total || !agrees(in_sums[QY_ENERGY_DATAPATH_UJ] * 1e9, datapath))
        wrong_counts++;
      loaded += bill.loaded_bits;
      stored += bill.stored_bits;
    }
    static const int metric[4] = {QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ, QY_ENERGY_SRAM_UJ,
                                  QY_ENERGY_LEAKAGE_UJ};
    for (int k = 0; k < 4; k++)
      if (!(fabs(v[metric[k]] / energy[k] - 1) < 1e-10)) wrong_energy++;
    if (v[QY_ENERGY_UJ] != v[metric[0]] + v[metric[1]] + v[metric[2]] + v[metric[3]] ||
        v[QY_AREA_UM2] !=
            v[QY_AREA_DATAPATH_UM2] + v[QY_AREA_REGISTER_UM2] + v[QY_AREA_CONTROL_UM2] + v[QY_AREA_SRAM_UM2])
      wrong_sum++;
    const double us = (double)cycles / 200;
    if (d.design.bill.loaded_bits != loaded || d.design.bill.stored_bits != stored) wrong_total++;
    if (v[QY_CYCLES] != (double)cycles || v[QY_COMPUTE_CYCLES] != (double)compute ||
        v[QY_TRANSFER_CYCLES] != (double)transfer || fabs(v[QY_LATENCY_US] / us - 1) > 1e-12 ||
        fabs(v[QY_UTILIZATION_FRAC] / (macs / ((double)cycles * pes * (double)n / (double)t.machine.interval)) - 1) >
            1e-12 ||
        fabs(v[QY_POWER_MW] / (v[QY_ENERGY_UJ] * 1e3 / us) - 1) > 1e-12 ||
        fabs(v[QY_EDP_UJ_US] / (v[QY_ENERGY_UJ] * us) - 1) > 1e-12 ||
        fabs(v[QY_GOPS] / (2 * macs / us / 1e3) - 1) > 1e-12 ||
        fabs(v[QY_TOPS_PER_W] / (2 * macs / v[QY_ENERGY_UJ] / 1e6) - 1) > 1e-12 || !(v[QY_UTILIZATION_FRAC] <= 1))
      wrong_total++;
  }
  ok(done_trials > TRIALS / 2, "modules that can be (%d)", done_trials);
  is_int(wrong_counts, 0, "accesses and cycles per layer equal the stepped machine's");
  is_int(wrong_energy, 0, "energy by part equals counted events times their energies");
  is_int(wrong_sum, 0, "parts add up exactly");
  is_int(wrong_total, 0, "the other metrics follow");
}

/* Layers that differ in one size only are not merged: the whole is the sum of the layers' reports. */
static void test_merging(void)
{
  const qy_layer layers[] = {make_depthwise(14, 14, 8, 3, 3, 2, 1), make_depthwise(14, 13, 8, 3, 3, 2, 1),
                             make_depthwise(13, 14, 8, 3, 3, 2, 1), make_depthwise(14, 14, 9, 3, 3, 2, 1),
                             make_depthwise(14, 14, 8, 3, 3, 2, 1), make_depthwise(14, 14, 8, 3, 4, 2, 1),
                             make_depthwise(14, 14, 8, 4, 3, 2, 1), make_depthwise(14, 15, 8, 3, 5, 2, 1)};
  enum { LAYERS = sizeof layers / sizeof *layers };
  qy_depthwise_work *work = make_work(layers, LAYERS);
  is_int((int64_t)qy_depthwise_work_shapes(work), LAYERS - 1, "two of eight layers have equal shapes");
  const qy_pe pe = make_pe(QY_PE_MAC_ST);
  const qy_depthwise_params params = {.channels = 3, .multipliers = 2, .port_bits = 24};
  made d;
  double v[QY_METRIC_COUNT], energy = 0, cycles = 0;
  if (!ok(!make_module(&d, &params, &pe, 300, work) && !run_metrics(v, &d, 8), "a module for them")) return;
  for (int i = 0; i < LAYERS; i++) {
    qy_bill bill;
    double in[QY_QUANTITY_COUNT], metric[QY_METRIC_COUNT];
    const char *reason;
    if (qy_design_layer(&bill, in, &reason, &d.design, &layers[i], qy_precision_of(8), NULL)) continue;
    qy_metric_derive(metric, in, QY_AT_ACCELERATOR);
    energy += metric[QY_ENERGY_UJ];
    cycles += bill.cycles;
  }
  near_abs(v[QY_CYCLES], cycles, 0, "cycles are the sum over the layers");
  near_rel(v[QY_ENERGY_UJ], energy, 1e-12, "energy is the sum over the layers");
}

/* ---- MobileNetV1 ---- */

static void test_mobilenet(void)
{
  qy_network *n;
  const qy_layer **layers;
  size_t count;
  qy_depthwise_work *work;
  const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
  if (qy_network_read(&n, "db", "mobilenet_v1_1.0_224", arena, NULL) != QY_OK ||
      qy_network_select(&layers, &count, n, &filter, arena, NULL) != QY_OK ||
      qy_depthwise_work_new(&work, layers, count, arena, NULL) != QY_OK) {
    ok(0, "MobileNetV1's depthwise layers");
    return;
  }
  is_int((int64_t)count, 13, "13 layers");
  is_int((int64_t)qy_depthwise_work_shapes(work), 9, "of nine shapes");
  const qy_pe pe = make_pe(QY_PE_MAC), st = make_pe(QY_PE_MAC_ST);
  qy_depthwise_params params = {.channels = 1, .multipliers = 1, .port_bits = 256};
  made d;
  double v[QY_METRIC_COUNT], w[QY_METRIC_COUNT];
  ok(!make_module(&d, &params, &pe, 200, work) && !run_metrics(v, &d, 16), "standard module of one lane");
  is_int((int64_t)v[QY_COMPUTE_CYCLES], 17385984, "one multiplier: a cycle per multiply-accumulate");
  ok(v[QY_CYCLES] >= 17385984 && v[QY_CYCLES] < 1.02 * 17385984, "little else with a wide port");
  ok(!make_module(&d, &params, &st, 200, work) && !run_metrics(w, &d, 4), "reconfigurable module of one lane");
  is_int((int64_t)w[QY_COMPUTE_CYCLES], 17385984 / 3, "4 bits by taps: three times faster");
}

/* ---- what cannot be ---- */

static void test_infeasible(void)
{
  const qy_pe narrow = make_pe(QY_PE_MAC);
  const qy_layer some = make_depthwise(8, 8, 4, 3, 3, 1, 1);
  const qy_depthwise_params plain = {.channels = 1, .multipliers = 1, .port_bits = 32};
  qy_depthwise_cycles none;
  qy_error why = {0};
  ok(qy_depthwise_layer_cycles(&none, &plain, &narrow, &some, qy_precision_of(32), 0, &why) == QY_INFEASIBLE &&
         strcmp(why.diagnostic[0].text, "the element has no mode for 32 bits") == 0,
     "cycles alone at a precision without a mode: %s", why.count ? why.diagnostic[0].text : "");
  const qy_layer l = make_depthwise(112, 112, 64, 3, 3, 1, 1);
  qy_depthwise_work *work = make_work(&l, 1);
  static const struct {
    const char *reason;
    qy_pe_kind kind;
    qy_reduction reduction;
    double input, output, weights, clock_mhz;
    const char *misses; /* the clock */
  } row[] = {
      {"a sum-together element adds its products: it can only reduce by taps", QY_PE_MAC_ST, QY_REDUCE_CHANNELS, 0, 0,
       0, 200, NULL},
      {"a sum-apart element keeps its products apart: it can only reduce by channels", QY_PE_MAC_SA, QY_REDUCE_TAPS, 0,
       0, 0, 200, NULL},
      {"element too slow", QY_PE_MAC, QY_REDUCE_TAPS, 0, 0, 0, 200, "element too slow"},
      {"input buffer slower than the clock: 4 KiB in 8 banks of 64-bit words has a cycle time of 0.393 ns", QY_PE_MAC,
       QY_REDUCE_TAPS, 0, 0, 0, 4000, NULL},
      /* 4 rows of 112 words of 4 x 16 bits: 3584 bytes; 2 rows: 1792; 2 kernels: 144. */
      {"input buffer too small for the layers: they need 3.5 KiB, it has ", QY_PE_MAC, QY_REDUCE_TAPS, 3583, 0, 0, 200,
       NULL},
      {"output buffer too small for the layers: they need 1.75 KiB, it has ", QY_PE_MAC, QY_REDUCE_TAPS, 0, 1791, 0,
       200, NULL},
      {"weight buffer too small for the layers: they need 144 B, it has ", QY_PE_MAC, QY_REDUCE_TAPS, 0, 0, 143, 200,
       NULL},
      {"input buffer outside the SRAM table: SRAM capacity at 28 nm lstp", QY_PE_MAC, QY_REDUCE_TAPS, 1e9, 0, 0, 200,
       NULL},
      {NULL, QY_PE_MAC, QY_REDUCE_TAPS, 3584, 1792, 144, 200, NULL}, /* the smallest macro stands in for 144 bytes */
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_depthwise_params params = {.channels = 4,
                                        .multipliers = 1,
                                        .reduction = row[i].reduction,
                                        .port_bits = 64,
                                        .input_buffer_bytes = row[i].input,
                                        .output_buffer_bytes = row[i].output,
                                        .weight_buffer_bytes = row[i].weights};
    const qy_pe pe = make_pe(row[i].kind);
    const qy_tech tech = make_tech();
    hand_prices hand = make_prices_by_hand();
    hand.reason = row[i].misses;
    const request r = {.accelerator = &qy_accelerator_depthwise,
                       .params = &params,
                       .pe = &pe,
                       .tech = &tech,
                       .sram = table,
                       .clock_mhz = row[i].clock_mhz,
                       .work = work,
                       .hand = &hand,
                       .unchecked = true}; /* sizes that a file may not ask for, too */
    made d;
    double v[QY_METRIC_COUNT];
    const char *reason = why_not(&d, &r, arena);
    if (row[i].reason) {
      starts(reason, row[i].reason, "infeasible, with its reason");
      ok(run_metrics(v, &d, 16) == reason, "also when it is run");
    } else {
      ok(reason == NULL, "sizes that just fit");
      const double input = qy_accelerator_depthwise.chosen(d.design.self, "buffers.input");
      ok(row[i].input > 0 ? input == row[i].input : input > 0, "its buffer is that, or one is chosen");
      is_text(run_metrics(v, &d, 17), "the element has no mode for this precision", "17 bits on a 16-bit element");
      ok(run_metrics(v, &d, 0) != NULL, "0 bits");
    }
  }
}

static void test_bad_input(void)
{
  static const struct {
    qy_depthwise_params params;
    const char *message;
  } row[] = {
      {{.channels = 0, .multipliers = 1, .port_bits = 64}, "channels: expected 1 to 4096, found 0"},
      {{.channels = 4097, .multipliers = 1, .port_bits = 64}, "channels: expected 1 to 4096, found 4097"},
      {{.channels = 1, .multipliers = 65, .port_bits = 64}, "multipliers: expected 1 to 64, found 65"},
      {{.channels = 1, .multipliers = 1, .port_bits = 7}, "port_bits: expected 8 to 4096 bit, found 7"},
      {{.channels = 1, .multipliers = 1, .port_bits = 64, .reduction = (qy_reduction)5},
       "reduction: expected 0 to 1, found 5"},
      {{.channels = 1, .multipliers = 1, .port_bits = 64, .input_buffer_bytes = -1},
       "buffers.input: expected 256 to 4194304 B, found -1"},
  };
  const qy_layer l = make_depthwise(14, 14, 64, 3, 3, 1, 1);
  const qy_pe pe = make_pe(QY_PE_MAC);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_depthwise_cycles c;
    ok(qy_depthwise_layer_cycles(&c, &row[i].params, &pe, &l, qy_precision_of(16), 0, &err) == QY_BAD_INPUT,
       "bad parameter %zu", i);
    is_text(err.diagnostic[0].text, row[i].message, "its message");
  }

  const qy_depthwise_params good = {.channels = 1, .multipliers = 1, .port_bits = 64};
  qy_layer conv = l, wide = l;
  conv.type = QY_LAYER_CONV;
  wide.out_c = 128;
  /* 2^24 x 2^24 x 2^24 overflows 64 bits; 2^18 x 2^18 x 2^12 does not, but doubles could not hold the counts. */
  const struct {
    qy_layer layer;
    const char *message;
  } layers[] = {
      {conv, "layer dw: expected dwconv for a depthwise module, found conv"},
      {wide, "layer dw: expected as many output as input channels (64), found 128"},
      {make_depthwise(1 << 24, 1 << 24, 1, 1, 1, 1, 0),
       "layer dw: expected a layer whose cycles can be counted exactly, found a larger one"},
      {make_depthwise(1 << 18, 1 << 18, 1 << 12, 3, 3, 1, 1),
       "layer dw: expected a layer whose cycles can be counted exactly, found a larger one"},
  };
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    qy_error err = {0};
    qy_depthwise_cycles c;
    ok(qy_depthwise_layer_cycles(&c, &good, &pe, &layers[i].layer, qy_precision_of(16), 0, &err) == QY_BAD_INPUT,
       "bad layer %zu", i);
    is_text(err.diagnostic[0].text, layers[i].message, "its message");
  }

  /* As large as is accepted: 2^10 x 2^10 x 2^20 pixels, 9 taps; port of 8 bits, 16-bit slots: 2 cycles a pixel. */
  const qy_layer huge = make_depthwise(1 << 10, 1 << 10, 1 << 20, 3, 3, 1, 1);
  const qy_depthwise_params narrow = {.channels = 1, .multipliers = 1, .port_bits = 8};
  qy_depthwise_cycles c = {0};
  ok(qy_depthwise_layer_cycles(&c, &narrow, &pe, &huge, qy_precision_of(16), 7, NULL) == QY_OK, "a huge layer");
  is_int(c.compute, INT64_C(9) << 40, "its compute cycles");
  is_int(c.store, INT64_C(2) << 40, "its store cycles");
  is_int(c.load, (INT64_C(2) << 40) + (INT64_C(18) << 20), "its load cycles");
  is_int(c.total, (INT64_C(9) << 40) + 18 + 2 * 2048 + 7 + 2048, "its total");

  qy_depthwise_work *work;
  const qy_layer *two[] = {&huge, &huge};
  qy_error err = {0};
  ok(qy_depthwise_work_new(&work, two, 0, arena, &err) == QY_BAD_INPUT, "no layers");
  const qy_layer *many[2048];
  for (int i = 0; i < 512; i++)
    many[i] = &huge;
  err = (qy_error){0};
  ok(qy_depthwise_work_new(&work, many, 2048, arena, &err) == QY_BAD_INPUT, "too many huge layers");
  is_text(err.diagnostic[0].text, "layer dw: expected layers whose cycles can be counted exactly, found too many",
          "its message");

  qy_tech tech = make_tech();
  tech.sram_node = NULL;
  const hand_prices hand = make_prices_by_hand();
  made d;
  err = (qy_error){0};
  const request r = {.accelerator = &qy_accelerator_depthwise,
                     .params = &good,
                     .pe = &pe,
                     .tech = &tech,
                     .sram = table,
                     .clock_mhz = 200,
                     .work = make_work(&l, 1),
                     .hand = &hand};
  ok(make_design(&d, &r, arena, &err) == QY_BAD_INPUT, "a library without SRAM");
  is_text(err.diagnostic[0].text,
          "library by hand: expected an SRAM node for the buffers (sram: {node: \"28\"} in its file, say), found none",
          "its message");
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err) != QY_OK) {
    ok(0, "the SRAM table reads: %s", err.diagnostic[0].text);
    return done();
  }
  test_cycles();
  test_published_speedups();
  test_area();
  test_banks();
  test_banks_of_modes();
  test_windows();
  test_batch();
  test_energy();
  test_merging();
  test_mobilenet();
  test_infeasible();
  test_bad_input();
  qy_arena_free(arena);
  return done();
}
