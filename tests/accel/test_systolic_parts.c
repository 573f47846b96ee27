/* Systolic array: tiles, port, buffers, energy and area.
 *
 * The walk below goes through a layer group by group, tile by tile, fold by fold and word by word as systolic.h says,
 * keeps in mind which tile a buffer holds, and counts; it shares no formula with the library.  Element,
 * prices and library are filled in by hand with round numbers, so that areas and energies can be said in advance. */
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;
static qy_sram_table *table;
static uint32_t seed = 2027;

static int64_t random_in(int64_t low, int64_t high)
{
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

static qy_pe make_pe(qy_pe_kind kind, int bits)
{
  qy_pe pe = {.params = {.kind = kind, .bits = bits, .accumulator_bits = 2 * bits + 8}, .mode_count = 1};
  pe.mode[0] = (qy_pe_mode){bits, 1, 1};
  if (kind == QY_PE_MAC_ST || kind == QY_PE_MAC_SA) {
    pe.mode_count = 3;
    pe.mode[1] = (qy_pe_mode){bits / 2, 2, 1};
    pe.mode[2] = (qy_pe_mode){bits / 4, 4, 1};
  }
  return pe;
}

/* Prices in round numbers. */
static const hand_prices round_prices = {
    .area_um2 = 300,
    .register_um2 = 100,
    .leakage_nw = 5,
    .cycle_fj = {110, 90, 70},
    .clock_fj = 10,
    .held_frac = 0.5,
    .stages = 2,
    .adder = {.logic_um2 = 40, .register_um2 = 20, .leakage_nw = 1, .logic_fj = 7, .register_fj = 3, .stages = 1},
    .requantizer =
        {.logic_um2 = 80, .register_um2 = 30, .leakage_nw = 2, .logic_fj = 11, .register_fj = 5, .stages = 3},
    .controller = {
        .logic_um2 = 500, .register_um2 = 300, .leakage_nw = 9, .logic_fj = 13, .register_fj = 17, .stages = 1}};

static qy_tech make_tech(void)
{
  qy_tech t = {.name = "round", .sram_node = "28", .density_frac = 0.5, .clock_tree_frac = 0.5, .dff_clock_fj = 2};
  t.area_um2[QY_DFF] = 4;
  t.area_um2[QY_MUX2] = 2;
  t.energy_fj[QY_DFF] = 6;
  t.energy_fj[QY_MUX2] = 1;
  t.leakage_nw[QY_DFF] = 3;
  t.leakage_nw[QY_MUX2] = 1;
  return t;
}

/* An array, and what one layer does on it. */
typedef struct array {
  made d;
  const qy_systolic *m;
  qy_systolic_layer r;
  qy_bill bill;
} array;

static request request_of(const qy_systolic_params *s, const qy_pe *pe, const hand_prices *prices, const qy_tech *tech,
                          double clock_mhz, const qy_layer *const *layers, size_t count)
{
  return (request){.accelerator = &qy_accelerator_systolic,
                   .params = s,
                   .pe = pe,
                   .tech = tech,
                   .sram = table,
                   .clock_mhz = clock_mhz,
                   .layers = layers,
                   .layer_count = count,
                   .hand = prices,
                   .unchecked = true};
}

/* NULL, or why it cannot be. */
static const char *make_array(array *a, const qy_systolic_params *s, const qy_pe *pe, const hand_prices *prices,
                              const qy_tech *tech, double clock_mhz, const qy_layer *l)
{
  const request r = request_of(s, pe, prices, tech, clock_mhz, &l, 1);
  const char *reason = why_not(&a->d, &r, arena);
  a->m = a->d.design.self;
  return reason;
}

/* The layer's report, and its bill, which must have the same cycles. */
static const char *report(array *a, const qy_layer *l, int bits)
{
  double in[QY_QUANTITY_COUNT];
  const char *reason = NULL;
  if (qy_systolic_layer_report(&a->r, &reason, a->m, l, qy_pe_mode_for(a->m->pe, bits), NULL))
    return reason ? reason : "refused";
  if (qy_design_layer(&a->bill, in, &reason, &a->d.design, l, qy_precision_of(bits), NULL))
    return reason ? reason : "refused";
  return a->bill.cycles == (double)a->r.total ? NULL : "bill and report differ";
}

/* Energy of two kinds of event in fJ. */
static double spent_fj(const array *a, int event, int another)
{
  return (item_uj(&a->d, &a->bill, event) + item_uj(&a->d, &a->bill, another)) * 1e9;
}

static double area_um2(const array *a, int part, int feed)
{
  return item_feed(&a->d, &a->bill, part, feed);
}

static double sram_leakage_mw(const qy_systolic *m)
{
  double sum = 0;
  for (int k = 0; k < QY_BUFFER_ROLES; k++)
    sum += m->buffer[k].count * m->buffer[k].macro.leakage_mw;
  return sum;
}

/* ---- the walk ---- */

typedef struct walk {
  int64_t input_loads, weight_loads, stores, tiles, folds, cycles;
  int64_t input_reads, weight_reads, results, sum_writes, sum_reads;
  int64_t input_most, weight_most, result_most; /* words of the largest tile */
} walk;

static int64_t shorter(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

/* Words of the rows of a map that output rows [y0, y1) touch. */
static int64_t map_words(const qy_layer *l, int64_t y0, int64_t y1, int64_t words)
{
  int64_t sum = 0;
  for (int64_t row = 0; row < l->in_h; row++) {
    int hit = 0;
    for (int64_t y = y0; y < y1; y++)
      for (int64_t k = 0; k < l->kernel_h; k++)
        hit |= y * l->stride_h + k * l->dilation_h - l->pad_top == row;
    sum += hit ? l->in_w * words : 0;
  }
  return sum;
}

/* Input words behind the pixels of output rows [y0, y1) that are not padding. */
static int64_t real_words(const qy_layer *l, int64_t y0, int64_t y1, int64_t words)
{
  int64_t sum = 0;
  for (int64_t y = y0; y < y1; y++)
    for (int64_t x = 0; x < l->out_w; x++)
      for (int64_t a = 0; a < l->kernel_h; a++)
        for (int64_t b = 0; b < l->kernel_w; b++) {
          int64_t row = y * l->stride_h + a * l->dilation_h - l->pad_top;
          int64_t column = x * l->stride_w + b * l->dilation_w - l->pad_left;
          if (row >= 0 && row < l->in_h && column >= 0 && column < l->in_w) sum += words;
        }
  return sum;
}

/* One tile on the array. */
static void walk_tile(walk *w, const qy_systolic_params *s, int64_t m, int64_t n, int64_t k, int64_t real, int first,
                      int last)
{
  const int os = s->dataflow == QY_FLOW_OS, held_inputs = s->dataflow == QY_FLOW_IS;
  const int64_t sr = os ? m : k, sc = held_inputs ? m : n, t = os ? k : held_inputs ? n : m;
  for (int64_t j = 0; j < sc; j += s->columns) {
    for (int64_t i = 0; i < sr; i += s->rows) {
      const int64_t r = shorter(s->rows, sr - i), c = shorter(s->columns, sc - j);
      const int64_t a = s->edge == QY_EDGE_FULL ? s->rows : r, b = s->edge == QY_EDGE_FULL ? s->columns : c;
      if (!os) w->cycles += a;  /* operands go in */
      w->cycles += t + (a - 1); /* from the first product to the last of the first column */
      if (s->row == QY_ROW_MOVED) w->cycles += b - 1;
      if (os && s->drain == QY_DRAIN_SERIAL) w->cycles += a;
      w->folds++;
      if (os || held_inputs) w->weight_reads += (os ? c : r) * t;
      if (!os && !held_inputs) w->weight_reads += r * c;
      const int64_t outputs = os ? r * c : t * c;
      const int opens = os ? first : first && i == 0, closes = os ? last : last && i + r == sr;
      w->sum_reads += opens ? 0 : outputs;
      w->sum_writes += closes ? 0 : outputs;
      w->results += closes ? outputs : 0;
    }
    if (!held_inputs) w->input_reads += real; /* every column fold takes all inputs */
  }
  if (held_inputs) w->input_reads += real;
}

/* A tile: images from b, output rows from y, output channels from n, channel words from k. */
static void walk_one(walk *w, const qy_layer *l, const qy_systolic_params *s, const qy_systolic_layer *tile,
                     int64_t words, int64_t b, int64_t y, int64_t n, int64_t k, int64_t id[2])
{
  const int64_t batch = s->batch ? s->batch : 1, outputs = l->out_c / l->groups;
  const int64_t images = tile->tile_rows < l->out_h ? 1 : tile->tile_images;
  const int64_t here = shorter(images, batch - b), y1 = shorter(l->out_h, y + tile->tile_rows);
  const int64_t kw = shorter(tile->tile_channels, words - k), nw = shorter(tile->tile_outputs, outputs - n);
  const int64_t in_words = here * map_words(l, y, y1, kw), weights = l->kernel_h * l->kernel_w * kw * nw;
  const int64_t in_now = (b * 10000 + y) * 10000 + k, weight_now = n * 10000 + k;
  if (in_now != id[0]) w->input_loads += in_words; /* else the tile before had it too */
  if (weight_now != id[1]) w->weight_loads += weights;
  id[0] = in_now, id[1] = weight_now;
  const int64_t pixels = here * (y1 - y) * l->out_w;
  if (k + kw == words) w->stores += pixels * nw;
  if (in_words > w->input_most) w->input_most = in_words;
  if (weights > w->weight_most) w->weight_most = weights;
  if (pixels * nw > w->result_most) w->result_most = pixels * nw;
  w->tiles++;
  walk_tile(w, s, pixels, nw, l->kernel_h * l->kernel_w * kw, here * real_words(l, y, y1, kw), k == 0, k + kw == words);
}

static walk walk_layer(const qy_layer *l, const qy_systolic_params *s, const qy_systolic_layer *tile,
                       int64_t n_products)
{
  walk w = {0};
  const int64_t batch = s->batch ? s->batch : 1, channels = l->in_c / l->groups, outputs = l->out_c / l->groups;
  int64_t words = 0;
  for (int64_t c = 0; c < channels; c += n_products)
    words++;
  const int64_t rows = tile->tile_rows, images = rows < l->out_h ? 1 : tile->tile_images;
  for (int64_t g = 0; g < l->groups; g++) {
    int64_t id[2] = {-1, -1};
    for (int64_t n = 0; n < outputs && !tile->rows_first; n += tile->tile_outputs)
      for (int64_t b = 0; b < batch; b += images)
        for (int64_t y = 0; y < l->out_h; y += rows)
          for (int64_t k = 0; k < words; k += tile->tile_channels)
            walk_one(&w, l, s, tile, words, b, y, n, k, id);
    for (int64_t b = 0; b < batch && tile->rows_first; b += images)
      for (int64_t y = 0; y < l->out_h; y += rows)
        for (int64_t n = 0; n < outputs; n += tile->tile_outputs)
          for (int64_t k = 0; k < words; k += tile->tile_channels)
            walk_one(&w, l, s, tile, words, b, y, n, k, id);
  }
  return w;
}

static int64_t moved(int64_t bits, int64_t port)
{
  int64_t cycles = 0;
  for (; bits > 0; bits -= port)
    cycles++;
  return cycles;
}

static int check(const char *what, int64_t got, int64_t expected)
{
  if (got == expected) return 1;
  printf("# %s: got %lld, the walk %lld\n", what, (long long)got, (long long)expected);
  return 0;
}

static int compare_walk(const qy_systolic *m, const qy_layer *l, const qy_systolic_layer *r, int bits, int64_t products)
{
  const qy_systolic_params *s = &m->params;
  const walk w = walk_layer(l, s, r, products);
  const int pe_bits = m->pe->params.bits, acc = m->pe->params.accumulator_bits;
  int good = check("input loads", r->input_loads, w.input_loads) &
             check("weight loads", r->weight_loads, w.weight_loads) & check("stores", r->output_stores, w.stores) &
             check("tiles", r->tiles, w.tiles) & check("folds", r->counts.folds, w.folds) &
             check("cycles", r->counts.compute, w.cycles) & check("input reads", r->counts.input_reads, w.input_reads) &
             check("weight reads", r->counts.weight_reads, w.weight_reads) &
             check("results", r->counts.output_writes, w.results) &
             check("sums written", r->counts.sum_writes, w.sum_writes) &
             check("sums read", r->counts.sum_reads, w.sum_reads);
  /* Tiles fit their halves. */
  const int64_t slot = s->dataflow != QY_FLOW_OS || w.tiles > l->groups ? acc : bits;
  good &= (double)(2 * w.input_most * pe_bits) <= 8 * m->buffer[QY_BUFFER_INPUT].bytes &&
          (double)(2 * w.weight_most * pe_bits) <= 8 * m->buffer[QY_BUFFER_WEIGHTS].bytes &&
          (double)(2 * w.result_most * slot) <= 8 * m->buffer[QY_BUFFER_OUTPUT].bytes;
  /* The port. */
  const int64_t load = moved((w.input_loads + w.weight_loads) * pe_bits, s->port_bits);
  const int64_t store = moved(w.stores * bits, s->port_bits), latency = 2 * w.folds + m->layer_latency;
  good &= check("load", r->load, load) & check("store", r->store, store) & check("latency", r->latency, latency);
  const int64_t bound = r->first + w.cycles + latency + r->last, port = load + store;
  good &=
      check("total", r->total, bound > port ? bound : port) & check("stall", r->stall, r->total - w.cycles - latency);
  return good && r->stall >= 0;
}

static void tile_tests(void)
{
  enum { CASES = 1200 };
  const qy_tech tech = make_tech();
  int good = 0, run = 0, cut = 0, refused = 0, turned = 0;
  for (int i = 0; i < CASES; i++) {
    const int64_t groups = i % 5 == 0 ? random_in(1, 6) : 1, k = random_in(1, 4), size = random_in(k, 14);
    qy_layer l = make_layer(size, random_in(k, 14), groups * random_in(1, i % 7 ? 12 : 200),
                            groups * random_in(1, i % 6 ? 30 : 150), k, random_in(1, k), random_in(1, 3),
                            k > 1 ? random_in(0, k - 1) : 0, groups);
    if (i % 11 == 0) l = make_layer(1, 1, random_in(50, 900), random_in(50, 700), 1, 1, 1, 0, 1);
    if (i >= CASES / 2) vary_window(&l, random_in);
    const int st = i % 3 == 0;
    const qy_pe pe = make_pe(st ? QY_PE_MAC_ST : QY_PE_MAC, 8);
    static const double sizes[] = {0, 1024, 2048, 4096, 8192, 32768};
    const qy_systolic_params s = {.rows = (int)random_in(1, 20),
                                  .columns = (int)random_in(1, 20),
                                  .dataflow = (qy_dataflow)random_in(0, 2),
                                  .drain = (qy_drain)random_in(0, 1),
                                  .edge = (qy_edge)random_in(0, 1),
                                  .row = (qy_row)random_in(0, 1),
                                  .tile = (qy_tile)random_in(0, 3) ? QY_TILE_AUTO : QY_TILE_NONE,
                                  .batch = i % 4 ? 0 : (int)random_in(1, 5),
                                  .port_bits = (int)random_in(8, 300),
                                  .input_buffer_bytes = sizes[random_in(0, 5)],
                                  .weight_buffer_bytes = sizes[random_in(0, 5)],
                                  .output_buffer_bytes = sizes[random_in(0, 5)]};
    static array a;
    static const int precisions[] = {8, 4, 2};
    const int bits = st ? precisions[random_in(0, 2)] : 8;
    const char *reason = make_array(&a, &s, &pe, &round_prices, &tech, 50, &l);
    if (!reason) reason = report(&a, &l, bits);
    refused += reason && strcmp(reason, "refused") != 0 && strcmp(reason, "bill and report differ") != 0;
    if (reason) continue;
    run++;
    cut += a.r.tiles > groups;
    turned += a.r.rows_first;
    const int same = compare_walk(a.m, &l, &a.r, bits, 8 / bits);
    good += same;
    if (!same)
      printf("# case %d: %dx%d flow %d, %lldx%lld c %lld n %lld k %lldx%lld s %lldx%lld d %lldx%lld p %lld %lld %lld "
             "%lld g %lld "
             "bits %d\n",
             i, s.rows, s.columns, (int)s.dataflow, (long long)l.in_h, (long long)l.in_w, (long long)l.in_c,
             (long long)l.out_c, (long long)l.kernel_h, (long long)l.kernel_w, (long long)l.stride_h,
             (long long)l.stride_w, (long long)l.dilation_h, (long long)l.dilation_w, (long long)l.pad_top,
             (long long)l.pad_bottom, (long long)l.pad_left, (long long)l.pad_right, (long long)l.groups, bits);
  }
  ok(run > 250 && good == run, "%d layers, %d of them cut into tiles, walked word by word", run, cut);
  ok(cut > 80 && turned > 5, "enough of them were cut, %d with rows outermost", turned);
  ok(run + refused == CASES, "the other %d are infeasible with a reason", refused);
}

/* ---- buffers, reasons, errors ---- */

static void reason_tests(void)
{
  const qy_tech tech = make_tech();
  const qy_pe pe = make_pe(QY_PE_MAC, 8), apart = make_pe(QY_PE_MAC_SA, 8);
  const qy_layer l = make_layer(16, 16, 32, 32, 3, 3, 1, 1, 1);
  static array a;
  qy_error err = {0};
  qy_systolic_params s = {.rows = 8, .columns = 8, .input_buffer_bytes = 8192};
  starts(make_array(&a, &s, &pe, &round_prices, &tech, 50, &l),
         "input buffer too small for the layers: they need 16 KiB, it has 8 KiB",
         "an input of 8 KiB does not fit half of 8 KiB");
  s.input_buffer_bytes = 16384;
  ok(!make_array(&a, &s, &pe, &round_prices, &tech, 50, &l), "but it does fit half of 16 KiB");
  /* 512 words, a fold costs 24 cycles beside its stream.  Channels, rows: row folds x tiles of rows: 8, 2: 36 x 8;
   * 5, 4: 39 x 4; 4, 6: 40 x 3; 3, 8: 43 x 2; 2, 16: 48 x 1.  Folds (256 + 24 tiles) is least at 3, 8. */
  s.input_buffer_bytes = 1024;
  s.weight_buffer_bytes = s.output_buffer_bytes = 65536;
  s.tile = QY_TILE_AUTO;
  s.dataflow = QY_FLOW_WS;
  ok(!make_array(&a, &s, &pe, &round_prices, &tech, 50, &l) && !report(&a, &l, 8) && a.r.tile_channels == 3 &&
         a.r.tile_rows == 8 && a.r.tile_outputs == 32 && a.r.counts.folds == 43 * 2 * 4 &&
         a.r.counts.compute == 43 * 4 * (256 + 2 * 22),
     "tiled: 9 or 10 rows of 16 of 3 channels, the fewest cycles by hand");
  s.dataflow = QY_FLOW_OS;
  const qy_layer wide = make_layer(3, 400, 2, 2, 3, 3, 1, 1, 1);
  double metric[QY_METRIC_COUNT];
  ok(!make_array(&a, &s, &pe, &round_prices, &tech, 50, &wide), "an array for three rows of 400 words");
  is_text(run_metrics(metric, &a.d, 8), "input buffer too small for one output row", "which do not fit 512");
  ok(run_metrics(metric, &a.d, 9) != NULL, "no mode of 9 bits");
  const qy_layer large = make_layer(16, 16, 2, 8, 9, 9, 1, 4, 1); /* 81 taps on 8 columns */
  s.input_buffer_bytes = s.output_buffer_bytes = 65536;
  s.weight_buffer_bytes = 1024;
  ok(!make_array(&a, &s, &pe, &round_prices, &tech, 50, &large), "an array for 648 weights at a time");
  is_text(run_metrics(metric, &a.d, 8), "weight buffer too small for one channel on all columns", "beside 512");
  s.input_buffer_bytes = s.weight_buffer_bytes = 65536;
  s.output_buffer_bytes = 256;
  ok(!make_array(&a, &s, &pe, &round_prices, &tech, 50, &wide), "an array for 400 results in a row");
  is_text(run_metrics(metric, &a.d, 8), "output buffer too small for one output row", "of 128 bytes");
  s = (qy_systolic_params){.rows = 8, .columns = 8};
  ok(qy_accelerator_takes(&qy_accelerator_systolic, &apart, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "apart"),
     "a sum-apart element is refused");
  starts(make_array(&a, &s, &pe, &round_prices, &tech, 5000, &l),
         "input buffer slower than the clock: ", "no SRAM runs at 5 GHz");
  const struct {
    qy_systolic_params params;
    const char *word;
  } bad[] = {{{.rows = 0, .columns = 8}, "rows"},
             {{.rows = 8, .columns = 257}, "columns"},
             {{.rows = 8, .columns = 8, .batch = -1}, "batch"},
             {{.rows = 8, .columns = 8, .port_bits = 7}, "port_bits"},
             {{.rows = 8, .columns = 8, .dataflow = QY_FLOW_COUNT}, "dataflow"},
             {{.rows = 8, .columns = 8, .row = QY_ROW_COUNT}, "row_transport"},
             {{.rows = 8, .columns = 8, .input_buffer_bytes = -1}, "buffers"}};
  int named = 0;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    qy_error_clear(&err);
    const qy_layer *list = &l;
    const request r = request_of(&bad[i].params, &pe, &round_prices, &tech, 50, &list, 1);
    named += make_design(&a.d, &r, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, bad[i].word);
  }
  is_int(named, sizeof bad / sizeof *bad, "parameters outside their ranges are named");
  qy_error_clear(&err);
  qy_layer pool = l;
  pool.type = QY_LAYER_POOL;
  pool.name = "pool5";
  const qy_layer *one = &pool;
  qy_systolic_work *none;
  ok(qy_systolic_work_new(&none, &one, 1, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "pool5") &&
         !none,
     "a pooling layer is refused by name");

  /* Windows that cannot be, and a batch of the network's. */
  qy_layer odd[] = {l, l, l, l, l, l, l};
  static const char *const word[] = {
      "batch 1", "padding", "sizes", "sizes", "concat", "groups that divide 32 and 32", "counted exactly"};
  odd[0].batch = 2;
  odd[1].pad_left = -1;
  odd[2].dilation_w = 0;
  odd[3].stride_w = 0;
  odd[4].type = QY_LAYER_CONCAT;
  odd[5].groups = 5;
  odd[6].in_h = odd[6].in_w = odd[6].out_h = odd[6].out_w = 1 << 24;
  int refused = 0;
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    one = &odd[i];
    qy_error_clear(&err);
    refused += qy_systolic_work_new(&none, &one, 1, arena, &err) == QY_BAD_INPUT &&
               strstr(err.diagnostic[0].text, word[i]) && strstr(err.diagnostic[0].text, "layer layer");
  }
  is_int(refused, sizeof odd / sizeof *odd, "so are a batch, windows that cannot be, a concatenation");
}

/* Layers that differ in one side or direction alone are not merged. */
static void window_tests(void)
{
  const window base = {2, 2, 1, 1, 1, 1, 1, 1};
  const window other[] = {{2, 2, 1, 1, 2, 0, 1, 1}, {2, 2, 1, 1, 1, 1, 1, 0}, {1, 2, 1, 1, 1, 1, 1, 1},
                          {2, 1, 1, 1, 1, 1, 1, 1}, {2, 2, 2, 1, 1, 1, 1, 1}, {2, 2, 1, 2, 1, 1, 1, 1}};
  enum { LAYERS = 2 + sizeof other / sizeof *other };
  qy_layer layer[LAYERS];
  for (size_t i = 0; i < LAYERS; i++) {
    layer[i] = make_layer(15, 15, 6, 6, 3, 3, 1, 1, 1);
    set_window(&layer[i], i < 2 ? &base : &other[i - 2]);
  }
  const qy_layer *list[LAYERS];
  qy_systolic_work *work = NULL;
  for (size_t i = 0; i < LAYERS; i++)
    list[i] = &layer[i];
  if (!ok(!qy_systolic_work_new(&work, list, LAYERS, arena, NULL), "layers of eight windows")) return;
  is_int((int64_t)qy_systolic_work_shapes(work), LAYERS - 1, "of eight windows two are alike");
}

static void large_tests(void)
{
  const qy_systolic_params one = {.rows = 1, .columns = 1, .drain = QY_DRAIN_OVERLAPPED};
  qy_systolic_counts c;
  static const int64_t wrong_size[][3] = {
      {0, 1, 1}, {1, -1, 1}, {1, 1, 0}, {(1 << 24) + 1, 1, 1}, {1, 1, (1 << 24) + 1}};
  for (size_t i = 0; i < sizeof wrong_size / sizeof *wrong_size; i++) {
    qy_error why = {0};
    const int64_t *v = wrong_size[i];
    ok(qy_systolic_gemm_counts(&c, &one, v[0], v[1], v[2], &why) == QY_BAD_INPUT &&
           strncmp(why.diagnostic[0].text, "GEMM: expected sizes of 1 to 16777216, found ", 45) == 0,
       "a GEMM of %lld x %lld x %lld is refused", (long long)v[0], (long long)v[1], (long long)v[2]);
  }
  ok(qy_systolic_gemm_counts(&c, &one, 1 << 24, 1, 1, NULL) == QY_OK && c.compute == 1 << 24,
     "one of 2^24 rows is not");
  ok(qy_systolic_gemm_counts(&c, &one, 10000, 10000, 10000, NULL) == QY_OK && c.compute == INT64_C(1000000000000),
     "10^12 products on one PE take 10^12 cycles");
  const qy_systolic_params big = {.rows = 256, .columns = 256, .dataflow = QY_FLOW_WS};
  ok(qy_systolic_gemm_counts(&c, &big, 1 << 16, 1 << 16, 1 << 16, NULL) == QY_OK &&
         c.compute == 65536 * (65536 + 766LL) && c.active == INT64_C(1) << 48 &&
         c.sum_reads == (INT64_C(1) << 32) * 255,
     "2^48 products on 256 x 256: 65536 folds of 65536 + 766 cycles");
  const qy_systolic_params column = {.rows = 256, .columns = 1, .dataflow = QY_FLOW_WS};
  ok(qy_systolic_gemm_counts(&c, &column, 1 << 17, 1 << 17, 1 << 17, NULL) == QY_OK &&
         c.operand_skew == (INT64_C(1) << 43) * 255 * 128,
     "skew registers of 2^51 products on one column are written 127.5 times as often");
  qy_error err = {0};
  qy_layer l = make_layer(1 << 20, 1 << 20, 1 << 10, 1 << 20, 1, 1, 1, 0, 1);
  l.name = "giant";
  const qy_layer *list = &l;
  qy_systolic_work *work;
  ok(qy_systolic_work_new(&work, &list, 1, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "giant"),
     "a layer of 2^70 products is refused by name");
  qy_error_clear(&err);
  qy_layer large = make_layer(1 << 12, 1 << 12, 1 << 12, 1 << 12, 1, 1, 1, 0, 1);
  large.name = "large";
  const qy_layer *many[16];
  for (int i = 0; i < 16; i++)
    many[i] = &large;
  ok(!qy_systolic_work_new(&work, many, 8, arena, &err), "8 layers of 2^48 products can be counted");
  ok(qy_systolic_work_new(&work, many, 16, arena, &err) == QY_BAD_INPUT && !work &&
         strstr(err.diagnostic[0].text, "found too many"),
     "of 16 the cycles are too many");
  qy_error_clear(&err);
  ok(qy_systolic_work_new(&work, &list, 0, arena, &err) == QY_BAD_INPUT && !work, "a work of no layers is refused");
  qy_error_clear(&err);
  l = make_layer(1 << 10, 1 << 10, 1 << 10, 1 << 10, 3, 3, 1, 1, 1);
  const qy_systolic_params batch = {.rows = 1, .columns = 1, .batch = 65536};
  ok(qy_systolic_layer_counts(&c, &batch, &l, &err) == QY_BAD_INPUT && err.count == 1, "and so is a batch too large");
}

/* ---- energy and area ---- */

/* Energy of SRAM: `inputs`, `weights` and `results` words of 8 bits in and out once, by share of a macro's word. */
static double sram_pj(const qy_systolic *m, double inputs, double weights, double results)
{
  const double words[QY_BUFFER_ROLES] = {
      [QY_BUFFER_INPUT] = inputs, [QY_BUFFER_WEIGHTS] = weights, [QY_BUFFER_OUTPUT] = results};
  double sum = 0;
  for (int k = 0; k < QY_BUFFER_ROLES; k++)
    sum += words[k] * 8.0 / m->buffer[k].word_bits * (m->buffer[k].macro.read_pj + m->buffer[k].macro.write_pj);
  return sum;
}

static double sram_spent_pj(const array *a)
{
  double sum = 0;
  for (int k = 0; k < QY_BUFFER_ROLES; k++)
    sum += item_uj(&a->d, &a->bill, QY_EVENT_SRAM_READ + k) + item_uj(&a->d, &a->bill, QY_EVENT_SRAM_WRITE + k);
  return sum * 1e6;
}

/* 4 x 4 PEs, weights 4 x 4 held, 10 vectors: one fold, T + 2R + C - 2 = 20 cycles. */
static void held_tests(const qy_tech *tech, const qy_pe *pe)
{
  static array a;
  const qy_layer l = make_layer(10, 1, 4, 4, 1, 1, 1, 0, 1);
  qy_systolic_params s = {.rows = 4, .columns = 4, .dataflow = QY_FLOW_WS};
  const double cycles = 20 + 2 + 1 + 3; /* PE stages, SRAM access, requantizer */
  if (!ok(!make_array(&a, &s, pe, &round_prices, tech, 100, &l) && !report(&a, &l, 8) && a.bill.cycles == cycles,
          "one fold: 20 cycles, 2 of the PE's stages, 4 of access and requantizer"))
    return;
  near_rel(spent_fj(&a, QY_EVENT_HELD, QY_EVENT_PRODUCT), 160 * 50.0, 1e-12,
           "160 products at half of 100 fJ: the weight is held");
  near_rel(spent_fj(&a, QY_EVENT_CLOCK, QY_EVENT_DRAIN), cycles * 16 * 10, 1e-12, "16 PEs clocked at 10 fJ");
  /* A register bit: 2 fJ of clock, half of 6 fJ of data; 1 fJ more in the tree.  Inputs arrive 4 x 10 x 4 times;
   * weights go down: 1 + 2 + 3 + 4 registers in each of 4 columns. */
  near_rel(spent_fj(&a, QY_EVENT_OPERAND_WRITE, QY_EVENT_OPERAND_MUX), (160 + 40) * 8 * 5.0, 1e-12,
           "operand registers of 8 bits at 5 fJ a bit");
  near_rel(spent_fj(&a, QY_EVENT_SKEW_WRITE, QY_EVENT_SKEW_MUX), 10 * 6 * (8 + 24) * 5.0, 1e-12,
           "triangles of 6 words on both sides, 8 and 24 bits");
  near_rel(spent_fj(&a, QY_EVENT_CLOCK_TREE, QY_EVENT_BUS), (200 * 8 + 60 * (8 + 24)) * 1.0, 1e-12,
           "the clock of these bits is brought at 1 fJ each");
  /* An element of 300 with 16 register bits of 4 is a square; every word that arrives has come as far as its side, and
   * so has a sum at each of 3 moves up in 4 columns, 10 times. */
  const double side = sqrt((300 + 16 * 4) / 300.0);
  near_rel(a.bill.count[QY_EVENT_OPERAND_WIRE], side * 200 * 8, 1e-12, "wires of 160 inputs and 40 weights");
  near_rel(a.bill.count[QY_EVENT_SUM_WIRE], side * 3 * 4 * 10 * 24, 1e-12, "of 120 moves of sums");
  near_rel(spent_fj(&a, QY_EVENT_REQUANTIZE, QY_EVENT_CONTROL), 40 * 16 + cycles * 30, 1e-12,
           "40 results requantized, controller");
  ok(spent_fj(&a, QY_EVENT_ADD, QY_EVENT_MULTIPLES) == 0, "no partial sums");
  near_rel(area_um2(&a, QY_PART_ELEMENT, 0), 16 * 200 / 0.5, 1e-12, "area of PE logic");
  near_rel(area_um2(&a, QY_PART_ELEMENT, 1) + area_um2(&a, QY_PART_OPERAND_BIT, 1), 16 * (100 + 16 * 4) / 0.5, 1e-12,
           "of PE and operand registers");
  near_rel(area_um2(&a, QY_PART_SKEW_BIT, 1), 6 * (8 + 24) * 4 / 0.5, 1e-12, "of the skew registers");
  ok(area_um2(&a, QY_PART_SKEW_MUX, 0) == 0 && area_um2(&a, QY_PART_DRAIN_MUX, 0) == 0, "nothing shortens a chain");
  near_rel(area_um2(&a, QY_PART_ADDER, 0) + area_um2(&a, QY_PART_ADDER, 1) + area_um2(&a, QY_PART_REQUANTIZER, 0) +
               area_um2(&a, QY_PART_REQUANTIZER, 1),
           4 * (60 + 110) / 0.5, 1e-12, "of adders and requantizers");
  near_rel(area_um2(&a, QY_PART_CONTROLLER, 0) + area_um2(&a, QY_PART_CONTROLLER, 1), 800 / 0.5, 1e-12,
           "of the controller");
  near_rel((a.d.design.in[QY_LEAKAGE_MW] - sram_leakage_mw(a.m)) * 1e6, 16 * 5 + (256 + 192) * 3 + 4 * 3 + 9, 1e-9,
           "leakage");
  near_rel(sram_spent_pj(&a), sram_pj(a.m, 40, 16, 40), 1e-12,
           "40 inputs and 16 weights in and out once, results out and in once: by share of a macro's word");
  /* 64 bits a cycle: 16 weights and a vector of 4 inputs first, 4 results last; 56 words in and 40 out beside it. */
  s.port_bits = 64;
  ok(!make_array(&a, &s, pe, &round_prices, tech, 100, &l) && !report(&a, &l, 8) && a.r.first == 3 && a.r.last == 1 &&
         a.r.load == 7 && a.r.store == 5 && a.r.total == 3 + 26 + 1 && a.r.stall == 4,
     "a port of 64 bits: 4 cycles not hidden");
  s.port_bits = 8;
  ok(!make_array(&a, &s, pe, &round_prices, tech, 100, &l) && !report(&a, &l, 8) && a.r.load == 56 && a.r.store == 40 &&
         a.r.total == 96 && a.r.stall == 70,
     "of 8 bits: the port decides");
}

/* os with serial drain: both operands new, triangles at left and top, sums move up. */
static void price_tests(void)
{
  static array a;
  const qy_tech tech = make_tech();
  const qy_pe pe = make_pe(QY_PE_MAC, 8);
  const qy_systolic_params s = {.rows = 4, .columns = 4, .dataflow = QY_FLOW_OS};
  const qy_layer square = make_layer(4, 1, 10, 4, 1, 1, 1, 0, 1);
  held_tests(&tech, &pe);
  if (!ok(!make_array(&a, &s, &pe, &round_prices, &tech, 100, &square) && !report(&a, &square, 8) &&
              a.r.counts.compute == 10 + 8 + 4 - 2,
          "os: T + 2R + C - 2 with serial drain"))
    return;
  near_rel(spent_fj(&a, QY_EVENT_PRODUCT, QY_EVENT_DRAIN), 160 * 100 + 4 * 6 * 24 * 3.5, 1e-12,
           "160 products, 24 sums of 24 bits moved up");
  near_rel(spent_fj(&a, QY_EVENT_OPERAND_WRITE, QY_EVENT_OPERAND_MUX), 320 * 8 * 5.0, 1e-12,
           "two operands arrive per product");
  near_rel(spent_fj(&a, QY_EVENT_SKEW_WRITE, QY_EVENT_SKEW_MUX), 2 * 10 * 6 * 8 * 5.0, 1e-12,
           "two triangles of operands");
  const double side = sqrt((300 + 16 * 4 + 24 * 2) / 300.0); /* registers of operands, multiplexers of the drain */
  near_rel(a.bill.count[QY_EVENT_OPERAND_WIRE], side * 320 * 8, 1e-12, "wires of 320 operands");
  near_rel(a.bill.count[QY_EVENT_SUM_WIRE], side * 24 * 24, 1e-12, "of 24 sums moved up");
  near_rel(area_um2(&a, QY_PART_ELEMENT, 0) + area_um2(&a, QY_PART_DRAIN_MUX, 0), 16 * (200 + 24 * 2) / 0.5, 1e-12,
           "PEs with a multiplexer for the drain");
}

/* Rows as buses, prices in round numbers: 1 V, a net's pins and wire 4 fJ, a buffer's own 3 fJ, its pin and wire 1.5
 * and 0.5 fF. */
static void bus_tests(void)
{
  static array a;
  qy_tech tech = make_tech();
  tech.voltage_v = 1;
  tech.area_um2[QY_BUF] = 1.5;
  tech.internal_fj[QY_BUF] = 3;
  tech.energy_fj[QY_BUF] = 7;
  tech.in_cap_ff[QY_BUF] = 1.5;
  tech.load_wire_ff = 0.5;
  tech.leakage_nw[QY_BUF] = 2;
  tech.delay_ps[QY_BUF] = 30;
  qy_pe pe = make_pe(QY_PE_MAC, 8);
  hand_prices prices = round_prices;
  prices.period_ps = 10000;
  prices.min_period_ps = 9940;
  /* 4 x 20 PEs, weights 4 x 20 held, 10 vectors: one fold, T + 2R - 1 cycles whatever the columns. */
  const qy_layer l = make_layer(10, 1, 4, 20, 1, 1, 1, 0, 1);
  qy_systolic_params s = {.rows = 4, .columns = 20, .dataflow = QY_FLOW_WS, .row = QY_ROW_BROADCAST};
  if (!ok(!make_array(&a, &s, &pe, &prices, &tech, 100, &l) && !report(&a, &l, 8) &&
              a.r.counts.compute == 10 + 2 * 4 - 1 && a.r.counts.sum_skew == 0 && a.r.counts.row_writes == 40,
          "rows as buses: 17 cycles, nothing to line up, one register a row written by 10 words each"))
    return;
  /* 40 words of 8 bits, half of them change: 20 PEs at 4 fJ; 5 + 2 buffers (20 taps, 5, then the register drives 2) of
   * 3 fJ and 1 fJ for their pin and wire. */
  near_rel(spent_fj(&a, QY_EVENT_BUS, QY_EVENT_BUS_BUFFER), 40 * 8 * 0.5 * (20 * 4 + 7 * (3 + 1)), 1e-12,
           "energy of the buses");
  near_rel(spent_fj(&a, QY_EVENT_OPERAND_WRITE, QY_EVENT_OPERAND_MUX), (40 + 20 * 10) * 8 * 5.0, 1e-12,
           "of the rows' registers and those of weights");
  /* In elements: 3 of each group of 4 taps, 15; from the first to the fourth of 5 buffers that are 4 apart, 12; to the
   * first element, 1, and 16 more to the second buffer of the last level.  Weights move as before. */
  near_rel(a.bill.count[QY_EVENT_OPERAND_WIRE], sqrt((300 + 8 * 4) / 300.0) * (40 * 44 + 20 * 10) * 8, 1e-12,
           "wires of the buses and of weights");
  near_rel(spent_fj(&a, QY_EVENT_SKEW_WRITE, QY_EVENT_SKEW_MUX), 10 * 6 * 8 * 5.0, 1e-12, "skew on the left only");
  near_rel(area_um2(&a, QY_PART_ELEMENT, 1) + area_um2(&a, QY_PART_OPERAND_BIT, 1),
           (80 * (100 + 8 * 4) + 4 * 8 * 4) / 0.5, 1e-12, "area of PE, weight and row registers");
  near_rel(area_um2(&a, QY_PART_SKEW_BIT, 1), 6 * 8 * 4 / 0.5, 1e-12, "of skew registers");
  near_rel(area_um2(&a, QY_PART_ADDER, 0) + area_um2(&a, QY_PART_REQUANTIZER, 0) + area_um2(&a, QY_PART_BUS_BUFFER, 0),
           (20 * (40 + 80) + 4 * 8 * 7 * 1.5) / 0.5, 1e-12, "of adders, requantizers, and buffers");
  near_rel((a.d.design.in[QY_LEAKAGE_MW] - sram_leakage_mw(a.m)) * 1e6,
           80 * 5 + (80 * 8 + 4 * 8 + 6 * 8) * 3 + 20 * 3 + 9 + 4 * 8 * 7 * 2, 1e-9, "leakage");
  /* Two levels of 30 ps fit behind 9940 of 10000 ps. */
  prices.min_period_ps = 9941;
  const char *reason = make_array(&a, &s, &pe, &prices, &tech, 100, &l);
  ok(reason && strstr(reason, "bus"), "60 ps of buffers do not fit behind 9941 of 10000 ps");
  s.columns = 4;
  /* 8 bits of 10 words in 4 rows, half of them change at 4 PEs of 4 fJ each. */
  ok(!make_array(&a, &s, &pe, &prices, &tech, 100, &l) && !report(&a, &l, 8) &&
         a.bill.count[QY_EVENT_BUS_BUFFER] == 0 &&
         fabs(spent_fj(&a, QY_EVENT_BUS, QY_EVENT_BUS_BUFFER) / (5 * 40 * 8 * 0.5 * 4 * 4) - 1) < 1e-12,
     "four PEs hang on the row's register itself");
  pe.params.input_registers = true;
  reason = make_array(&a, &s, &pe, &prices, &tech, 100, &l);
  ok(reason && strstr(reason, "input registers"), "not with elements that have input registers");
}

static qy_systolic_params mixed_params(int i)
{
  return (qy_systolic_params){.rows = 8 << i % 3,
                              .columns = 8 << i / 3 % 3,
                              .dataflow = (qy_dataflow)(i % 3),
                              .drain = (qy_drain)(i / 2 % 2),
                              .edge = (qy_edge)(i / 4 % 2),
                              .row = (qy_row)(i / 3 % 2),
                              .packing = (qy_systolic_packing)(i / 5 % 2),
                              .tile = QY_TILE_AUTO,
                              .port_bits = i % 2 ? 64 : 0,
                              .input_buffer_bytes = 65536,
                              .weight_buffer_bytes = 65536,
                              .output_buffer_bytes = 65536};
}

static int is_sum(double whole, double a, double b, double c, double d)
{
  return fabs((a + b + c + d) / whole - 1) < 1e-12;
}

/* Energy and cycles of the network are those of its layers; shares lie in (0..1]. */
static int layers_add_up(array *a, const qy_layer *const *layers, size_t count, int bits, const double *v)
{
  double energy = 0, cycles = 0;
  for (size_t k = 0; k < count; k++) {
    double in[QY_QUANTITY_COUNT], metric[QY_METRIC_COUNT];
    const char *reason;
    if (report(a, layers[k], bits) || !(a->r.mapping_frac > 0 && a->r.mapping_frac <= 1)) return 0;
    if (qy_design_layer(&a->bill, in, &reason, &a->d.design, layers[k], qy_precision_of(bits), NULL)) return 0;
    qy_metric_derive(metric, in, QY_AT_ACCELERATOR);
    energy += metric[QY_ENERGY_UJ];
    cycles += (double)a->r.total;
  }
  return fabs(energy / v[QY_ENERGY_UJ] - 1) < 1e-9 && cycles == v[QY_CYCLES];
}

static void sum_tests(void)
{
  const qy_tech tech = make_tech();
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  const qy_layer_filter filter = {0, NULL};
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) ||
      qy_network_select(&layers, &count, network, &filter, arena, NULL)) {
    ok(0, "MobileNetV2 can be read");
    return;
  }
  const qy_pe pe = make_pe(QY_PE_MAC_ST, 16);
  static const int bits[] = {16, 8, 4};
  int sums = 0, signs = 0, reports = 0, cases = 0;
  for (int i = 0; i < 36; i++, cases++) {
    static array a;
    const qy_systolic_params s = mixed_params(i);
    const request r = request_of(&s, &pe, &round_prices, &tech, 100, layers, count);
    double v[QY_METRIC_COUNT];
    const char *reason = why_not(&a.d, &r, arena);
    a.m = a.d.design.self;
    if (!reason) reason = run_metrics(v, &a.d, bits[i / 6 % 3]);
    if (reason) {
      printf("# case %d: %s\n", i, reason);
      continue;
    }
    sums += is_sum(v[QY_AREA_UM2], v[QY_AREA_DATAPATH_UM2], v[QY_AREA_REGISTER_UM2], v[QY_AREA_CONTROL_UM2],
                   v[QY_AREA_SRAM_UM2]) &&
            is_sum(v[QY_ENERGY_UJ], v[QY_ENERGY_DATAPATH_UJ], v[QY_ENERGY_REGISTER_UJ], v[QY_ENERGY_SRAM_UJ],
                   v[QY_ENERGY_LEAKAGE_UJ]);
    int positive = 1;
    for (int k = 0; k < QY_METRIC_COUNT; k++)
      if (k != QY_ENERGY_PER_PRODUCT_FJ &&                                                      /* of single elements */
          k != QY_SQNR_DB && k != QY_WEIGHT_BYTES && k != QY_BIT_OPERATIONS && k != QY_NOISE && /* given from outside */
          qy_metric_applies(k, QY_AT_ACCELERATOR))
        positive &= isfinite(v[k]) && (v[k] > 0 || (k == QY_TRANSFER_CYCLES && s.port_bits == 0 && v[k] >= 0));
    signs += positive && v[QY_UTILIZATION_FRAC] <= 1;
    reports += layers_add_up(&a, layers, count, bits[i / 6 % 3], v);
  }
  is_int(sums, cases, "area and energy are the sums of their parts");
  is_int(signs, cases, "every metric is positive and finite, utilization at most 1");
  is_int(reports, cases, "energy and cycles of the network are those of its layers");
}

/* ---- two widths, zero points ---- */

/* A bill of an array at a precision; NULL, or why not. */
static const char *bill_of(array *a, qy_bill *bill, const qy_systolic_params *s, const qy_pe *pe, const qy_layer *l,
                           qy_precision precision)
{
  static const qy_tech *tech;
  static qy_tech round;
  double in[QY_QUANTITY_COUNT];
  const char *reason = NULL;
  if (!tech) {
    round = make_tech();
    tech = &round;
  }
  if ((reason = make_array(a, s, pe, &round_prices, tech, 100, l))) return reason;
  if (qy_design_layer(bill, in, &reason, &a->d.design, l, precision, NULL)) return reason ? reason : "refused";
  return NULL;
}

/* Two widths: everything as in the mode of the wider, but results, which have the width of the map. */
static void pair_tests(void)
{
  static const int width[] = {16, 8, 4};
  static array a;
  const qy_pe pe = make_pe(QY_PE_MAC_ST, 16);
  const qy_layer l = make_layer(5, 3, 12, 7, 3, 2, 1, 1, 1);
  int good = 0;
  for (int flow = 0; flow < 3; flow++)
    for (int w = 0; w < 3; w++)
      for (int x = 0; x < 3; x++) {
        const qy_systolic_params s = {.rows = 4, .columns = 4, .dataflow = (qy_dataflow)flow, .port_bits = 64};
        const int run = w < x ? w : x;
        const double results = (double)(l.out_h * l.out_w * 7);
        qy_bill pair, alike;
        if (bill_of(&a, &pair, &s, &pe, &l, (qy_precision){width[w], width[x]}) ||
            bill_of(&a, &alike, &s, &pe, &l, qy_precision_of(width[run])))
          continue;
        good +=
            pair.stored_bits == results * width[x] && pair.loaded_bits == alike.loaded_bits &&
            pair.compute_cycles == alike.compute_cycles && pair.slots == alike.slots &&
            pair.count[QY_EVENT_PRODUCT + run] == alike.count[QY_EVENT_PRODUCT + run] &&
            pair.count[QY_EVENT_HELD + run] == alike.count[QY_EVENT_HELD + run] &&
            pair.count[QY_EVENT_SRAM_READ + QY_BUFFER_WEIGHTS] == alike.count[QY_EVENT_SRAM_READ + QY_BUFFER_WEIGHTS] &&
            pair.count[QY_EVENT_OPERAND_WRITE] == alike.count[QY_EVENT_OPERAND_WRITE];
      }
  is_int(good, 27, "pairs of widths run in the mode of the wider, results leave at the map's");
}

/* 8 pixels and 4 outputs of 10 products on 4 x 4 PEs, sums of 24 bits: os has a fold for each 4 pixels, and the
 * kernels, with their constants, are read for both; ws holds kernels while all pixels go by, in 3 folds of 4 of the 10
 * rows. */
static void affine_tests(void)
{
  static const struct {
    qy_dataflow flow;
    double reads; /* of constants */
  } row[] = {{QY_FLOW_OS, 8}, {QY_FLOW_WS, 4}};
  static array a;
  const qy_pe pe = make_pe(QY_PE_MAC, 8);
  const qy_layer l = make_layer(8, 1, 10, 4, 1, 1, 1, 0, 1);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_systolic_params s = {.rows = 4, .columns = 4, .dataflow = row[i].flow};
    qy_bill b[2];
    double part[2][2], word_bits = 1, write_pj = 0, read_pj = 0;
    int built = 0;
    for (int affine = 0; affine < 2; affine++) {
      s.activations = affine ? QY_ACTIVATIONS_AFFINE : QY_ACTIVATIONS_SYMMETRIC;
      built += !bill_of(&a, &b[affine], &s, &pe, &l, qy_precision_of(8));
      part[affine][0] = a.d.design.bill.count[QY_PART_ADDER];
      part[affine][1] = a.d.design.bill.count[QY_PART_OPERAND_BIT];
      const qy_buffer *w = &a.m->buffer[QY_BUFFER_WEIGHTS];
      word_bits = w->word_bits;
      write_pj = w->macro.write_pj;
      read_pj = w->macro.read_pj;
    }
    if (!ok(built == 2, "an array without and with zero points")) continue;
    ok(part[1][0] - part[0][0] == 4 && part[1][1] - part[0][1] == 4 * 24, "an adder and a register a column");
    near_abs(b[1].count[QY_EVENT_ADD] - b[0].count[QY_EVENT_ADD], 8 * 4, 0, "an addition a result");
    near_abs(b[1].loaded_bits - b[0].loaded_bits, 4 * 24, 0, "a constant a channel comes in");
    near_abs(b[1].count[QY_EVENT_OPERAND_WRITE] - b[0].count[QY_EVENT_OPERAND_WRITE], row[i].reads * 24, 0,
             "and is read with its kernel");
    near_abs(b[1].cycles - b[0].cycles, 1, 0, "the adder's stage");
    near_rel(
        (b[1].count[QY_EVENT_SRAM_WRITE + QY_BUFFER_WEIGHTS] - b[0].count[QY_EVENT_SRAM_WRITE + QY_BUFFER_WEIGHTS]) *
            1e6,
        4 * 24 / word_bits * write_pj, 1e-9, "words written");
    near_rel((b[1].count[QY_EVENT_SRAM_READ + QY_BUFFER_WEIGHTS] - b[0].count[QY_EVENT_SRAM_READ + QY_BUFFER_WEIGHTS]) *
                 1e6,
             row[i].reads * 24 / word_bits * read_pj, 1e-9, "and read");
  }
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena || qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL) != QY_OK) {
    ok(0, "db/memory/sram.csv can be read");
    return done();
  }
  tile_tests();
  reason_tests();
  window_tests();
  large_tests();
  price_tests();
  bus_tests();
  sum_tests();
  pair_tests();
  affine_tests();
  qy_arena_free(arena);
  return done();
}
