/* Products of two activations: what stands where weights do comes through the port at the width of an activation, runs
 * in the mode of the activations and makes sums as wide as two activations do.  Expected: closed forms, word by
 * word. */
#include "quarry/dot.h"
#include "quarry/gemm.h"
#include "quarry/sum_bits.h"
#include "quarry/systolic.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

static qy_arena *arena;
static qy_tech *tech;

/* m x k times k x n in `groups` matrices, as a network has it. */
static qy_layer product(int64_t m, int64_t k, int64_t n, int64_t groups, bool computed)
{
  qy_layer l = make_layer(1, m, k * groups, n * groups, 1, 1, 1, 0, groups);
  l.computed = computed;
  l.weights = computed ? 0 : k * n * groups;
  l.macs = m * k * n * groups;
  return l;
}

typedef struct ran {
  const char *reason;
  qy_bill bill, alone; /* of the run of the work, of the layer by itself */
} ran;

static ran run(const qy_accelerator *accelerator, const void *params, const qy_pe *pe, const qy_layer *layer,
               qy_precision precision)
{
  static made m;
  ran out = {.reason = NULL};
  double in[QY_QUANTITY_COUNT];
  const request r = {.accelerator = accelerator,
                     .params = params,
                     .pe = pe,
                     .tech = tech,
                     .clock_mhz = 200,
                     .layers = &layer,
                     .layer_count = 1};
  if ((out.reason = why_not(&m, &r, arena))) return out;
  out.reason = qy_design_run(&m.design, m.work, precision);
  out.bill = m.design.bill;
  const char *why = NULL;
  if (!out.reason && qy_design_layer(&out.alone, in, &why, &m.design, layer, precision, NULL))
    out.reason = why ? why : "refused";
  return out;
}

/* Weights are codes of w bits here, activations have x. */
static void test_loads(const qy_accelerator *accelerator, const void *params, const qy_pe *pe, const char *what)
{
  enum { M = 12, K = 10, N = 6, HEADS = 3 };
  const qy_layer weights = product(M, K, N, HEADS, false), second = product(M, K, N, HEADS, true);
  const int x = qy_element_port_bits(pe, "x"), w = qy_element_port_bits(pe, "w");
  const qy_precision p = qy_precision_of(x);
  const ran one = run(accelerator, params, pe, &weights, p), other = run(accelerator, params, pe, &second, p);
  if (!ok(!one.reason && !other.reason, "%s runs: %s", what, one.reason ? one.reason : other.reason)) return;
  ok(x != w && one.bill.loaded_bits == HEADS * (M * K * x + K * N * w), "%s: weights of %d bits: %g bits come in", what,
     w, one.bill.loaded_bits);
  ok(other.bill.loaded_bits == HEADS * (M * K * x + K * N * x), "%s: activations of %d bits: %g bits", what, x,
     other.bill.loaded_bits);
  ok(other.alone.loaded_bits == other.bill.loaded_bits && other.alone.cycles == other.bill.cycles &&
         other.bill.transfer_cycles > one.bill.transfer_cycles,
     "%s: the layer by itself, too, and transfers take longer", what);
  ok(other.alone.transfer_cycles == other.bill.transfer_cycles &&
         other.alone.transfer_cycles * 8 >= other.alone.loaded_bits &&
         one.alone.transfer_cycles * 8 >= one.alone.loaded_bits,
     "%s: a port of 8 bits takes %g cycles", what, other.alone.transfer_cycles);
  ok(one.bill.products == other.bill.products && one.bill.compute_cycles == other.bill.compute_cycles,
     "%s: products and their time are the same", what);
}

/* A multiplier of 16 bits that takes four products of 4 bits: beside weights of 16 bits it runs in their mode, two
 * activations of 4 bits in theirs, as weights of 4 bits would. */
static void test_modes(void)
{
  static qy_pe pe;
  const qy_layer weights = product(8, 16, 8, 1, false), second = product(8, 16, 8, 1, true);
  const qy_systolic_params array = {.rows = 4, .columns = 4, .port_bits = 256, .batch = 1};
  const qy_precision wide = {.weights = 16, .activations = 4}, narrow = {.weights = 4, .activations = 16};
  if (!ok(!make_element(&pe, QY_PE_MAC_ST, &qy_accelerator_systolic, arena, NULL), "an element of three modes")) return;
  const ran a = run(&qy_accelerator_systolic, &array, &pe, &weights, wide);
  const ran b = run(&qy_accelerator_systolic, &array, &pe, &second, wide);
  const ran four = run(&qy_accelerator_systolic, &array, &pe, &weights, qy_precision_of(4));
  const ran c = run(&qy_accelerator_systolic, &array, &pe, &second, narrow);
  const ran sixteen = run(&qy_accelerator_systolic, &array, &pe, &weights, qy_precision_of(16));
  if (!ok(!a.reason && !b.reason && !c.reason && !four.reason && !sixteen.reason, "they run")) return;
  ok(b.alone.compute_cycles == four.alone.compute_cycles && b.alone.compute_cycles < a.alone.compute_cycles,
     "w16a4: two activations take %g cycles, weights %g", b.alone.compute_cycles, a.alone.compute_cycles);
  ok(c.alone.compute_cycles == sixteen.alone.compute_cycles, "w4a16: those of 16 bits");
  static const int n = 16;
  const qy_sum_bits s = qy_layer_sum_bits(&second, &pe, wide), t = qy_layer_sum_bits(&weights, &pe, wide);
  ok(s.sum == 4 + 4 + 4 && t.sum == 16 + 4 + 4, "sums of %d products: %d bits, with weights %d", n, s.sum, t.sum);
}

int main(void)
{
  static qy_pe pe;
  arena = qy_arena_new();
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, NULL), "a library")) return done();
  if (!ok(!make_element(&pe, QY_PE_BRSLOG, &qy_accelerator_systolic, arena, NULL), "an element of codes"))
    return done();
  qy_systolic_params array = {.rows = 4, .columns = 4, .port_bits = 8, .batch = 1};
  static const char *const flows[] = {"os", "ws", "is"};
  for (int f = 0; f < QY_FLOW_COUNT; f++) {
    array.dataflow = (qy_dataflow)f;
    array.tile = QY_TILE_NONE;
    test_loads(&qy_accelerator_systolic, &array, &pe, flows[f]);
    array.tile = QY_TILE_AUTO;
    test_loads(&qy_accelerator_systolic, &array, &pe, flows[f]);
  }
  static qy_pe bare;
  qy_dot_params *dot = make_params(&qy_accelerator_dot, 4, arena);
  if (dot && ok(!make_element(&bare, QY_PE_BRSLOG, &qy_accelerator_dot, arena, NULL), "one without an accumulator")) {
    dot->engines = 6; /* one tile of outputs: each input once */
    dot->port_bits = 8;
    test_loads(&qy_accelerator_dot, dot, &bare, "dot");
  }
  test_modes();
  qy_arena_free(arena);
  return done();
}
