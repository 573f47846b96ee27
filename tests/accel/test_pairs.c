/* Every kind of element in every accelerator: it works, with the cycles that its modes say, or it is refused with a
 * reason; never a number that means nothing.  What to expect follows from the properties of the kind (its row) and of
 * its modes, so a new element is tested by being there. */
#include "quarry/depthwise.h"
#include "quarry/dot.h"
#include "quarry/gemm.h"
#include "quarry/quality.h"
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

enum { CLOCK_MHZ = 25 };

static qy_arena *arena;
static qy_sram_table *sram;
static qy_tech *tech;

static int64_t up(int64_t a, int64_t b)
{
  return a / b + (a % b != 0);
}

/* ---- what to expect ---- */

/* An element with the properties of its kind, accumulator or not. */
static int build(qy_pe *pe, qy_pe_kind kind, const qy_accelerator *a)
{
  return !make_element(pe, kind, a, arena, NULL);
}

static int products_most(const qy_pe *pe)
{
  int most = 0;
  for (int k = 0; k < pe->mode_count; k++)
    most = pe->mode[k].products > most ? pe->mode[k].products : most;
  return most;
}

static int cycles_most(const qy_pe *pe)
{
  int most = 0;
  for (int k = 0; k < pe->mode_count; k++)
    most = pe->mode[k].cycles > most ? pe->mode[k].cycles : most;
  return most;
}

/* Can this kind do the accelerator's job?  pe: any element of the kind. */
static int fits(const qy_accelerator *a, const qy_pe_row *row, const qy_pe *pe)
{
  const int sums = row->accumulates != QY_PE_SUMS_NEVER, bare = row->accumulates != QY_PE_SUMS_ALWAYS;
  if (!row->multiplies) return 0; /* `multiples` nowhere */
  if (a == &qy_accelerator_element) return 1;
  if (a == &qy_accelerator_depthwise) return sums; /* takes its time, takes products apart */
  if (a == &qy_accelerator_systolic) return sums && !row->apart && cycles_most(pe) == 1;
  if (a == &qy_accelerator_dot) return bare && products_most(pe) == 1 && cycles_most(pe) == 1;
  return -1; /* an accelerator that this test does not know */
}

/* ---- layers and the cycles they take ---- */

static qy_layer layer_for(const qy_accelerator *a)
{
  qy_layer l = make_layer(10, 1, 16, 8, 1, 1, 1, 0, 1);
  if (a != &qy_accelerator_depthwise) return l;
  l = make_layer(6, 6, 10, 10, 3, 3, 1, 1, 10);
  l.type = QY_LAYER_DWCONV;
  return l;
}

static void *params_for(const qy_accelerator *a, const qy_pe_row *row)
{
  void *params = make_params(a, 8, arena);
  if (a == &qy_accelerator_depthwise) {
    qy_depthwise_params *p = params;
    p->channels = 3, p->multipliers = 2;
    p->reduction = row->apart ? QY_REDUCE_CHANNELS : QY_REDUCE_TAPS;
  }
  if (a == &qy_accelerator_systolic) ((qy_systolic_params *)params)->tile = QY_TILE_NONE;
  if (a == &qy_accelerator_dot) ((qy_dot_params *)params)->engines = 3;
  return params;
}

/* The loop nest of the depthwise module, 10 channels on 3 lanes of 2 multipliers, 36 pixels, 9 taps. */
static int64_t depthwise_cycles(const qy_pe_mode *mode, int apart)
{
  const int taps = apart ? 1 : mode->products, channels = apart ? mode->products : 1;
  int64_t cycles = 0;
  for (int from = 0; from < 10; from += 3 * channels)
    for (int pixel = 0; pixel < 36; pixel++)
      for (int tap = 0; tap < 9; tap += 2 * taps)
        cycles += mode->cycles;
  return cycles;
}

/* Cycles that the multipliers take, by hand. */
static int64_t compute_cycles(const qy_accelerator *a, const qy_pe_row *row, const qy_pe_mode *mode)
{
  if (a == &qy_accelerator_depthwise) return depthwise_cycles(mode, row->apart);
  /* 8 x 8 array, weights stationary: 10 pixels + 2 x 8 + 8 - 2 cycles a fold, 8 words of N channels each. */
  if (a == &qy_accelerator_systolic) return up(up(16, mode->products), 8) * (10 + 16 + 8 - 2);
  if (a == &qy_accelerator_dot) return up(8, 3) * 10 * up(16, 8);
  return 0;
}

/* ---- one pair ---- */

/* All there and above 0; logic alone has no registers. */
static int good_metrics(const double *v, unsigned where)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const int none = where == QY_AT_ELEMENT && m == QY_AREA_REGISTER_UM2 && v[m] == 0;
    const bool outside = m == QY_SQNR_DB || m == QY_WEIGHT_BYTES || m == QY_BIT_OPERATIONS || m == QY_NOISE;
    if (outside || !qy_metric_applies(m, where) || none) continue; /* given from outside of a design */
    if (isfinite(v[m]) && v[m] > 0) continue;
    printf("# %s: %g\n", qy_metric_table()[m].name, v[m]);
    return 0;
  }
  return !(where & QY_AT_ACCELERATOR) || v[QY_UTILIZATION_FRAC] <= 1;
}

/* One precision after the other: those of the modes. */
static int check_runs(made *m, const qy_pe *pe, const qy_pe_row *row)
{
  const qy_accelerator *a = m->design.accelerator;
  int good = 1;
  for (int k = 0; k < pe->mode_count; k++) {
    const int bits = pe->mode[k].bits;
    const qy_pe_mode *mode = &pe->mode[qy_pe_mode_for(pe, bits)];
    double v[QY_METRIC_COUNT];
    const char *reason = run_metrics(v, m, bits);
    if (reason) {
      printf("# %d bits: %s\n", bits, reason);
      return 0;
    }
    good &= good_metrics(v, a->runs_layers ? QY_AT_ACCELERATOR : QY_AT_ELEMENT);
    if (a->runs_layers && v[QY_COMPUTE_CYCLES] != (double)compute_cycles(a, row, mode)) {
      printf("# %d bits: %.0f cycles, expected %lld\n", bits, v[QY_COMPUTE_CYCLES],
             (long long)compute_cycles(a, row, mode));
      good = 0;
    }
    const double product_us = (double)mode->cycles / mode->products / CLOCK_MHZ;
    if (!a->runs_layers) good &= fabs(v[QY_LATENCY_US] / product_us - 1) < 1e-12;
  }
  return good;
}

/* The element's flip-flops, as the bill has them, hold at least its accumulator. */
static int counts_accumulator(const made *m, const qy_pe *pe)
{
  const double dff_um2 = tech->area_um2[QY_DFF] / tech->density_frac;
  const double registers = item_feed(m, &m->design.bill, QY_PART_ELEMENT, 1);
  return registers >= m->design.bill.count[QY_PART_ELEMENT] * pe->params.accumulator_bits * dff_um2 * (1 - 1e-12);
}

static request request_for(const qy_accelerator *a, const qy_pe *pe, const void *params, const qy_layer *const *layer)
{
  return (request){.accelerator = a,
                   .params = params,
                   .pe = pe,
                   .tech = tech,
                   .sram = sram,
                   .clock_mhz = CLOCK_MHZ,
                   .layers = a->runs_layers ? layer : NULL,
                   .layer_count = 1};
}

/* A design made again at other clocks is the one that is made there: bill, reason, metrics of its runs. */
static int same_again(made *m, const request *r)
{
  static const double clocks_mhz[] = {60, 10, 1e5};
  int good = 1;
  for (size_t i = 0; i < sizeof clocks_mhz / sizeof *clocks_mhz && good; i++) {
    static qy_prices prices;
    qy_design fresh = {0};
    if (qy_prices_at(&prices, m->pricing, &m->columns, 1e6 / clocks_mhz[i], r->aim, NULL)) return 0;
    const qy_design_input in = {.params = r->params,
                                .pe = r->pe,
                                .prices = &prices,
                                .tech = r->tech,
                                .sram = r->sram,
                                .clock_mhz = clocks_mhz[i],
                                .work = m->work};
    void *self = qy_arena_alloc(arena, 1, r->accelerator->design_bytes);
    if (!self || qy_design_make(&fresh, r->accelerator, self, &m->columns, &in, NULL) ||
        qy_design_make_again(&m->design, &in, NULL))
      return 0;
    const char *reason[2] = {fresh.reason, m->design.reason};
    if (reason[0] || reason[1]) {
      good = reason[0] && reason[1] && strcmp(reason[0], reason[1]) == 0 && i == 2;
      break;
    }
    good = m->design.clock_mhz == clocks_mhz[i] && m->design.price == prices.price && m->design.prices == &prices;
    reason[0] = qy_design_run(&fresh, m->work, qy_precision_of(r->pe->mode[0].bits));
    reason[1] = qy_design_run(&m->design, m->work, qy_precision_of(r->pe->mode[0].bits));
    good = good && !reason[0] && !reason[1];
    for (int q = 0; q < QY_QUANTITY_COUNT && good; q++)
      good = fresh.in[q] == m->design.in[q];
    for (int item = 0; item < QY_ITEM_COUNT && good; item++)
      good = fresh.bill.count[item] == m->design.bill.count[item];
  }
  return good;
}

static void works(const qy_accelerator *a, const qy_pe_row *row, qy_pe_kind kind)
{
  const qy_layer l = layer_for(a), *list = &l;
  static made m;
  qy_pe pe;
  qy_error err = {0};
  if (!ok(build(&pe, kind, a) && !qy_accelerator_takes(a, &pe, &err), "%s takes %s", a->name, row->name)) return;
  if (a->needs & QY_NEEDS_ACCUMULATOR) ok(pe.params.accumulator_bits > 0, "which has an accumulator");
  const request r = request_for(a, &pe, params_for(a, row), &list);
  const char *reason = why_not(&m, &r, arena);
  ok(!reason && counts_accumulator(&m, &pe) && check_runs(&m, &pe, row), "%s in %s: cycles of its modes, metrics (%s)",
     row->name, a->name, reason ? reason : "it can be");
  ok(reason || same_again(&m, &r), "made again at other clocks");
}

/* Refused where it is built or where the two are put together, by name. */
static void refused(const qy_accelerator *a, const qy_pe_row *row, qy_pe_kind kind)
{
  qy_pe pe;
  qy_error err = {0};
  const qy_status made_status = make_element(&pe, kind, a, arena, &err);
  const char *text = err.diagnostic[0].text;
  if (made_status) {
    ok(made_status == QY_BAD_INPUT && row->accumulates == QY_PE_SUMS_NEVER && strstr(text, "accumulator"),
       "%s cannot be built for %s: %s", row->name, a->name, text);
    return;
  }
  ok(qy_accelerator_takes(a, &pe, &err) == QY_BAD_INPUT && strstr(text, a->name) && strstr(text, row->name),
     "%s refuses %s: %s", a->name, row->name, text);
}

static void pair_tests(void)
{
  size_t accelerators;
  const qy_accelerator *const *table = qy_accelerator_table(&accelerators);
  int unknown = 0, expected_works = 0;
  for (size_t i = 0; i < accelerators; i++)
    for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
      const qy_pe_row *row = qy_pe_row_of((qy_pe_kind)kind);
      qy_pe any;
      if (table[i]->fabrics == QY_ON_FPGA) continue; /* no price in cells: test_gemm.c */
      if (!build(&any, (qy_pe_kind)kind, &qy_accelerator_element)) {
        ok(0, "an element of kind %s", row->name);
        continue;
      }
      const int fit = fits(table[i], row, &any);
      unknown += fit < 0;
      expected_works += fit == 1;
      if (fit == 1) works(table[i], row, (qy_pe_kind)kind);
      if (fit == 0) refused(table[i], row, (qy_pe_kind)kind);
    }
  is_int(unknown, 0, "what to expect of each accelerator is stated here");
  ok(expected_works > 40, "%d pairs work", expected_works);
}

/* ---- pairs that need more to be said ---- */

static int found(const char *text, const char *word)
{
  return text && strstr(text, word) != NULL;
}

/* Several products a cycle: kept apart they are of several channels, summed they are taps of one. */
static void reduction_tests(void)
{
  const qy_layer l = layer_for(&qy_accelerator_depthwise), *list = &l;
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    const qy_pe_row *row = qy_pe_row_of((qy_pe_kind)kind);
    static made m;
    qy_pe pe;
    if (!build(&pe, (qy_pe_kind)kind, &qy_accelerator_depthwise) || products_most(&pe) < 2) continue;
    qy_depthwise_params p = *(qy_depthwise_params *)params_for(&qy_accelerator_depthwise, row);
    p.reduction = row->apart ? QY_REDUCE_TAPS : QY_REDUCE_CHANNELS;
    const request r = request_for(&qy_accelerator_depthwise, &pe, &p, &list);
    const char *reason = why_not(&m, &r, arena);
    ok(found(reason, row->apart ? "only reduce by channels" : "only reduce by taps"), "%s: %s", row->name,
       reason ? reason : "no reason");
  }
}

/* Shared multiples are made at the rows of an array, nowhere else; an element alone is judged as it is. */
static void shared_tests(void)
{
  const qy_pe_params params = {.kind = QY_PE_SHIFT_ADD, .bits = 8, .shared = true, .accumulator_bits = 24};
  const qy_pe_params bare = {.kind = QY_PE_SHIFT_ADD, .bits = 8, .shared = true};
  qy_pe pe, without;
  if (!ok(!qy_pe_build(&pe, &params, arena, NULL) && !qy_pe_build(&without, &bare, arena, NULL), "shared multiples"))
    return;
  qy_error err[2] = {{0}, {0}};
  ok(!qy_accelerator_takes(&qy_accelerator_systolic, &pe, NULL), "an array makes them");
  ok(!qy_accelerator_takes(&qy_accelerator_element, &without, NULL), "an element alone is judged without");
  ok(qy_accelerator_takes(&qy_accelerator_depthwise, &pe, &err[0]) == QY_BAD_INPUT &&
         qy_accelerator_takes(&qy_accelerator_dot, &without, &err[1]) == QY_BAD_INPUT &&
         found(err[0].diagnostic[0].text, "multiples") && found(err[1].diagnostic[0].text, "multiples"),
     "depthwise module and dot engine do not");
}

/* Quality on each distribution of weights. */
static int all_signals(double db[QY_SIGNAL_SAMPLES], const qy_pe *pe, int bits)
{
  int good = 1;
  for (int s = 0; s < QY_SIGNAL_SAMPLES && good; s++) {
    qy_signal signal;
    good = !qy_signal_make(&signal, (qy_signal_kind)s, QY_ELEMENT_SHAPE, NULL) &&
           !qy_pe_sqnr_db(&db[s], pe, bits, &signal, NULL, NULL, NULL);
  }
  return good;
}

/* Elements that are not exact are worse than a mac of the same widths, on every distribution of weights. */
static void quality_tests(void)
{
  enum { BITS = 8 };
  qy_pe mac, pe;
  double best[QY_SIGNAL_SAMPLES], db[QY_SIGNAL_SAMPLES];
  const qy_pe_params exact = {.kind = QY_PE_MAC, .bits = BITS};
  int inexact = 0;
  if (!ok(!qy_pe_build(&mac, &exact, arena, NULL) && all_signals(best, &mac, BITS), "quality of a mac")) return;
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    const qy_pe_row *row = qy_pe_row_of((qy_pe_kind)kind);
    const qy_pe_params params = {.kind = (qy_pe_kind)kind, .bits = BITS};
    if (row->exact || !row->multiplies || row->number_kind != QY_PE_INTEGERS) continue;
    inexact++;
    int worse = !qy_pe_build(&pe, &params, arena, NULL) && all_signals(db, &pe, BITS);
    for (int i = 0; i < QY_SIGNAL_SAMPLES && worse; i++)
      worse &= db[i] > 0 && db[i] < best[i] - 1;
    ok(worse, "%s: noisier than a mac by more than 1 dB", row->name);
  }
  ok(inexact > 0, "there are such elements (%d)", inexact);
}

/* Ranges and what parameters fall back to, as the headers of the accelerators say; sizes end with the SRAM table. */
static void range_tests(void)
{
  enum { AUTO = 1, REQUIRED };
  static const double none = -1;
  static const struct {
    const qy_accelerator *of;
    const char *key;
    double low, high, fallback;
    int may;
  } row[] = {
      {&qy_accelerator_depthwise, "channels", 1, 4096, none, REQUIRED},
      {&qy_accelerator_depthwise, "multipliers", 1, 64, 1, 0},
      {&qy_accelerator_depthwise, "port_bits", 8, 4096, 64, 0},
      {&qy_accelerator_depthwise, "reduction", 0, 1, QY_REDUCE_TAPS, 0},
      {&qy_accelerator_depthwise, "storage", 0, 1, QY_STORE_PACKED, 0},
      {&qy_accelerator_dot, "engines", 1, 256, none, REQUIRED},
      {&qy_accelerator_dot, "lanes", 1, 256, none, REQUIRED},
      {&qy_accelerator_dot, "port_bits", 8, 65536, 256, 0},
      {&qy_accelerator_systolic, "rows", 1, 256, none, REQUIRED},
      {&qy_accelerator_systolic, "columns", 1, 256, 0, AUTO},
      {&qy_accelerator_systolic, "dataflow", 0, 2, QY_FLOW_WS, 0},
      {&qy_accelerator_systolic, "drain", 0, 1, 0, 0},
      {&qy_accelerator_systolic, "edge", 0, 1, QY_EDGE_FULL, 0},
      {&qy_accelerator_systolic, "row_transport", 0, 1, QY_ROW_MOVED, 0},
      {&qy_accelerator_systolic, "packing", 0, 1, QY_PACK_NONE, 0},
      {&qy_accelerator_systolic, "tile", 0, 2, QY_TILE_AUTO, 0},
      {&qy_accelerator_systolic, "batch", 1, 65536, 1, 0},
      {&qy_accelerator_systolic, "port_bits", 8, 65536, 256, AUTO},
      {&qy_accelerator_gemm, "bat", 1, 64, 1, 0},
      {&qy_accelerator_gemm, "blk_in", 1, 1024, none, REQUIRED},
      {&qy_accelerator_gemm, "arrays", 0, 2, QY_GEMM_ANY, 0},
      {&qy_accelerator_gemm, "high_array", 0, 2, QY_GEMM_ANY, 0},
      {&qy_accelerator_gemm, "blk_dsp", 1, 65536, 0, AUTO},
      {&qy_accelerator_gemm, "blk_lut", 1, 65536, 0, AUTO},
      {&qy_accelerator_gemm, "blk_dsp_high", 1, 65536, 0, AUTO},
      {&qy_accelerator_gemm, "blk_lut_high", 1, 65536, 0, AUTO},
      {&qy_accelerator_gemm, "weight_bits", 2, 8, 0, AUTO},
      {&qy_accelerator_gemm, "high_bits", 2, 8, 8, 0},
      {&qy_accelerator_gemm, "high_share", 0, 1, 0, 0},
      {&qy_accelerator_gemm, "edges", 0, 1, 0, 0},
      {&qy_accelerator_gemm, "steps", 0, 1, 0, 0},
      {&qy_accelerator_gemm, "toolchain", 0, 1, QY_FABRIC_VIVADO, 0},
      {&qy_accelerator_gemm, "packing", 0, 2, QY_GEMM_CHAINED, 0},
      {&qy_accelerator_gemm, "port_bits", 8, 65536, 0, AUTO},
      {&qy_accelerator_gemm, "lut_limit", 0.01, 1, 0, AUTO},
      {&qy_accelerator_gemm, "dsp_limit", 0.01, 1, 0, AUTO},
      {&qy_accelerator_gemm, "bram_limit", 0.01, 1, 0, AUTO},
      {&qy_accelerator_dot, "activations", 0, 1, QY_ACTIVATIONS_SYMMETRIC, 0},
      {&qy_accelerator_dot, "sram", 0, 1, QY_SRAM_LSTP, 0},
      {&qy_accelerator_dot, "buffers.input", 256, 1 << 22, 0, AUTO},
      {&qy_accelerator_dot, "buffers.output", 256, 1 << 22, 0, AUTO},
      {&qy_accelerator_dot, "buffers.weight", 256, 1 << 22, 0, AUTO},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_parameter *p = NULL;
    for (size_t k = 0; k < row[i].of->parameter_count; k++)
      if (strcmp(row[i].of->parameter[k].key, row[i].key) == 0) p = &row[i].of->parameter[k];
    if (!ok(p != NULL, "%s has %s", row[i].of->name, row[i].key)) continue;
    const double step = p->field == QY_FIELD_DOUBLE ? 1.0 / 1024 : 1;
    const double at[] = {row[i].low - step, row[i].low, row[i].high, row[i].high + step, 0};
    const int zero = row[i].may == AUTO || row[i].low <= 0;
    int wrong = p->required != (row[i].may == REQUIRED) || p->automatic != (row[i].may == AUTO);
    for (int k = 0; k < 5; k++) {
      void *params = make_params(row[i].of, 8, arena);
      if (row[i].fallback != none) wrong += qy_parameter_get(params, p) != row[i].fallback;
      if (p->field == QY_FIELD_BOOL && (k == 0 || k == 3)) continue; /* cannot be said */
      qy_parameter_set(params, p, at[k]);
      const int good = k == 1 || k == 2 || (at[k] == 0 && zero);
      wrong += (qy_accelerator_check(row[i].of, params, NULL) == QY_OK) != good;
    }
    ok(wrong == 0, "%s of %s: %g to %g", row[i].key, row[i].of->name, row[i].low, row[i].high);
  }
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (qy_tech_read(&tech, "db", "fdsoi28", arena, &err) ||
      qy_sram_table_read(&sram, "db/memory/sram.csv", arena, &err)) {
    ok(0, "inputs: %s", err.diagnostic[0].text);
    return done();
  }
  pair_tests();
  reduction_tests();
  shared_tests();
  quality_tests();
  range_tests();
  qy_arena_free(arena);
  return done();
}
