/* Toggles in time against a plain event-driven simulation of single bits written here, and against counts by hand: a
 * carry that ripples, pulses that are too short, held and copied bits, batches that end in the middle of a word. */
#include "../../src/circuit/waves.h"
#include "bit_values.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static qy_arena *arena;
static uint64_t seed = 5;

static uint64_t draw(void)
{
  seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
  return seed >> 20;
}

/* ---- one bit at a time */

/* A full adder of the fast layout: its first exclusive or is a signal of its own, number 2 count + i. */
static int has_inner(const wave_delays *w, const bit_cell *cell)
{
  return w->inner > 0 && (cell->kind == BIT_FULL || cell->kind == BIT_CHAIN);
}

/* From the settled values in `value` to those in `next`: counts every change. */
static void move(const bit_net *net, const wave_delays *w, int *value, const int *next, int64_t *toggles)
{
  size_t signals = 3 * net->count;
  int *due = malloc(signals * sizeof *due), *before = malloc(signals * sizeof *before), left = 1;
  for (size_t s = 0; s < signals; s++)
    due[s] = -1;
  for (int tick = 0; left; tick++) {
    left = 0;
    memcpy(before, value, signals * sizeof *before);
    for (size_t k = 0; k < w->starts; k++) {
      bit_signal s = w->start[k].signal;
      left |= w->start[k].tick > tick;
      if (w->start[k].tick == tick) value[s] = next[s];
    }
    for (size_t s = 2; s < signals; s++)
      if (due[s] == tick) value[s] = !value[s], due[s] = -1;
    for (size_t s = 2; s < 2 * net->count; s++)
      toggles[s] += value[s] != before[s];
    for (size_t i = 1; i < net->count; i++) {
      const bit_cell *cell = &net->cell[i];
      const size_t inner = 2 * net->count + i;
      int moved = value[inner] != before[inner], others = 0, out[2];
      for (int k = 0; k < BIT_INPUTS; k++)
        if (value[cell->in[k]] != before[cell->in[k]]) moved = 1, others |= k != 2;
      if (!cell->used || cell->given || !moved) continue;
      bit_evaluate(cell, value, out);
      if (has_inner(w, cell)) {
        const int x = value[cell->in[0]], y = value[cell->in[1]], z = value[cell->in[2]];
        if ((x ^ y) == value[inner]) due[inner] = -1;
        if ((x ^ y) != value[inner] && due[inner] < 0) due[inner] = tick + (int)w->inner;
        out[0] = value[inner] ^ z, out[1] = (x & y) | (value[inner] & z);
      }
      for (int k = 0; k < 2; k++) {
        size_t s = 2 * i + (size_t)k;
        if (!(cell->used >> k & 1)) continue;
        if (out[k] == value[s]) due[s] = -1;
        if (out[k] != value[s] && due[s] < 0) due[s] = tick + (others ? w->others[s] : w->third[s]);
      }
    }
    for (size_t s = 2; s < signals; s++)
      left |= due[s] >= 0;
  }
  free(due);
  free(before);
}

enum { CYCLES = 40 };

/* Toggles of one batch, a bit at a time. */
static void move_batch(const qy_circuit *c, const wave_delays *d, const lanes *l, int64_t *toggles, int *unsettled)
{
  const size_t signals = 2 * c->bits->count;
  int *now = calloc(3 * c->bits->count, sizeof *now), *next = malloc(signals * sizeof *next);
  for (int t = 0; t + 1 < l->cycles; t++) {
    for (size_t s = 0; s < signals; s++) {
      now[s] = l->value[s] >> t & 1;
      next[s] = l->value[s] >> (t + 1) & 1;
    }
    for (size_t i = 1; i < c->bits->count; i++)
      now[signals + i] = now[c->bits->cell[i].in[0]] ^ now[c->bits->cell[i].in[1]];
    move(c->bits, d, now, next, toggles);
    for (size_t s = 2; s < signals; s++)
      *unsettled += (c->bits->cell[s >> 1].used >> (s & 1) & 1) && now[s] != next[s];
  }
  free(now), free(next);
}

/* Batches and single bits on the same words: one to as many batches at once as there may be, the last one short, with
 * each set of instructions. */
static void compare_in(qy_circuit *c, qy_layout layout, const char *what)
{
  lanes l;
  waves w;
  uint64_t in[4] = {0}, *state = calloc(qy_circuit_state_words(c) + 1, sizeof *state);
  if (lanes_open(&l, c) || waves_open(&w, c)) exit(1);
  size_t signals = 2 * c->bits->count;
  uint64_t *word = calloc(c->count, sizeof *word);
  int64_t *ours = malloc(signals * sizeof *ours), *plain = calloc(signals, sizeof *plain), all = 0;
  int unsettled = 0, differing = 0;
  for (int batches = 1; batches <= WAVE_BATCHES; batches++) {
    wave_batches b;
    if (wave_batches_open(&b, c)) exit(1);
    memset(plain, 0, signals * sizeof *plain);
    for (int k = 0; k < batches; k++) {
      while (l.cycles < (k + 1 < batches ? 5 + 3 * k : CYCLES / batches)) {
        for (int i = 0; i < qy_circuit_inputs(c); i++)
          in[i] = draw();
        circuit_settle(c, in, state, word);
        lanes_put(&l, word);
        circuit_clock(c, word, state);
      }
      lanes_settle(&l);
      wave_batches_take(&b, &l);
      move_batch(c, &w.delays[layout], &l, plain, &unsettled);
      lanes_next(&l);
    }
    for (int set = 0; set <= (int)qy_lane_set_best(); set++) {
      memset(ours, 0, signals * sizeof *ours);
      waves_run_with((qy_lane_set)set, &w, layout, &b, ours);
      for (size_t s = 2; s < signals; s++)
        differing += ours[s] != plain[s];
    }
    for (size_t s = 2; s < signals; s++)
      all += plain[s];
    wave_batches_close(&b);
  }
  is_int(unsettled, 0, what);
  ok(differing == 0 && all > 0, "and its %lld toggles are those of a simulation bit by bit", (long long)all);
  free(ours), free(plain), free(word), free(state);
  lanes_close(&l);
  waves_close(&w);
}

static void compare(qy_circuit *c, const char *what)
{
  if (qy_circuit_finish(c, NULL)) exit(1);
  for (int k = 0; k < QY_LAYOUT_COUNT; k++)
    compare_in(c, (qy_layout)k, what);
}

static void test_against_single_bits(void)
{
  qy_circuit *c = qy_circuit_new("add", arena);
  qy_output(c, "y", qy_add(c, qy_input(c, "a", 12), qy_input(c, "b", 12), 13, true));
  compare(c, "a ripple adder ends where it settles");
  for (int kind = 0; kind < QY_MULTIPLIER_COUNT; kind++) {
    c = qy_circuit_new("mul", arena);
    qy_net a = qy_input(c, "a", 7), b = qy_input(c, "b", 6);
    qy_output(c, "y", qy_multiply(c, (qy_multiplier)kind, a, b, true));
    compare(c, kind ? "a Booth multiplier as well" : "an array multiplier as well");
  }
  c = qy_circuit_new("acc", arena);
  qy_net x = qy_input(c, "x", 8), e = qy_input(c, "e", 2), s = qy_input(c, "s", 1);
  qy_net acc = qy_register(c, "acc", 14, -1), shifted = qy_shift(c, QY_OP_SHIFT_LEFT, x, e, 11, true);
  qy_register_connect(c, acc, qy_addsub(c, acc, shifted, s, 14, true));
  qy_output(c, "y", acc);
  compare(c, "a shifter before an accumulator as well");
}

/* Sub-word products, whose modes decide bits: every signal ends where it settles, and toggles no less than it must, by
 * an even number more. */
static void test_modes(void)
{
  for (int k = 0; k < 8; k++) {
    qy_circuit *c = qy_circuit_new("modes", arena);
    qy_multiplier kind = k & 1 ? QY_MULTIPLIER_BOOTH : QY_MULTIPLIER_ARRAY;
    qy_net a = qy_input(c, "a", 8), b = qy_input(c, "b", 8), mode = qy_input(c, "mode", 2);
    qy_output(c, "y", (k & 2 ? qy_multiply_sa : qy_multiply_st)(c, kind, a, b, mode, true));
    lanes l;
    waves w;
    wave_batches batch;
    uint64_t in[3], word[8];
    if (qy_circuit_finish(c, NULL) || lanes_open(&l, c) || waves_open(&w, c) || wave_batches_open(&batch, c)) exit(1);
    size_t signals = 2 * c->bits->count;
    int64_t *toggles = calloc(signals, sizeof *toggles);
    for (int t = 0; t < LANES; t++) {
      for (int i = 0; i < 3; i++)
        in[i] = draw();
      circuit_settle(c, in, NULL, word);
      lanes_put(&l, word);
    }
    lanes_settle(&l);
    wave_batches_take(&batch, &l);
    waves_run(&w, k & 4 ? QY_LAYOUT_FAST : QY_LAYOUT_LEAN, &batch, toggles);
    int unsettled = 0, odd = 0;
    for (size_t s = 2; s < signals; s++) {
      if (!(c->bits->cell[s >> 1].used >> (s & 1) & 1)) continue;
      int kind_of = c->bits->cell[s >> 1].kind;
      if (kind_of == BIT_JOIN || kind_of == BIT_BLOCK) continue;
      uint64_t moved = (l.value[s] ^ l.value[s] >> 1) & lanes_moves(&l);
      unsettled += ((w.now[s][0] ^ l.value[s] >> 1) & lanes_moves(&l)) != 0;
      odd += toggles[s] < __builtin_popcountll(moved) || (toggles[s] - __builtin_popcountll(moved)) % 2;
    }
    ok(unsettled == 0 && odd == 0, "%s, %s, %s: %d signals do not end where they settle, %d counts are impossible",
       k & 1 ? "Booth" : "array", k & 2 ? "apart" : "together", k & 4 ? "fast" : "lean", unsettled, odd);
    free(toggles);
    lanes_close(&l);
    wave_batches_close(&batch);
    waves_close(&w);
  }
}

/* ---- counts by hand */

typedef struct vectors {
  const uint64_t (*in)[4];
  int64_t count;
  int inputs;
} vectors;

static void next_vector(void *ctx, int64_t cycle, uint64_t *inputs)
{
  const vectors *v = ctx;
  for (int i = 0; i < v->inputs; i++)
    inputs[i] = v->in[cycle % v->count][i];
}

static double glitches(const qy_circuit *c, const uint64_t (*in)[4], int64_t count, qy_layout layout, qy_cell cell)
{
  qy_activity a;
  double sum = 0;
  vectors v = {in, count, qy_circuit_inputs(c)};
  if (qy_circuit_activity(c, next_vector, &v, 127, &a, NULL)) exit(1);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    sum += a.glitch[layout][g].output.cells[cell];
  return sum;
}

/* 11...1 + 1 after 0 + 0: each sum bit rises with its operand and falls when the carry comes, but for those that the
 * carry reaches before they have risen: one (two in the row of the half adder).  On the way back all carries fall at
 * once, sooner than any sum could rise. */
static void test_carry(void)
{
  static const uint64_t in[][4] = {{0, 0}, {0xffff, 1}};
  enum { BITS = 16 };
  qy_circuit *c = qy_circuit_new("carry", arena);
  qy_output(c, "y", qy_add(c, qy_input(c, "a", BITS), qy_input(c, "b", BITS), BITS + 1, false));
  qy_circuit_finish(c, NULL);
  double lean = glitches(c, in, 2, QY_LAYOUT_LEAN, QY_FA), fast = glitches(c, in, 2, QY_LAYOUT_FAST, QY_FA);
  ok(lean >= BITS - 3 && lean <= BITS - 1, "pulses of a rippling carry: two in every second cycle: %g", lean);
  ok(fast >= BITS - 5 && fast <= BITS - 1, "as many of a faster one, but for the first: %g", fast);
  static const uint64_t held[][4] = {{0x5555, 0x2222}, {0x5555, 0x2222}};
  near_abs(glitches(c, held, 2, QY_LAYOUT_LEAN, QY_FA), 0, 0, "operands that are held: none");
}

/* a against a through two more gates, e and f being zero: a pulse as long as these.  The exclusive or that makes it
 * swallows the pulse when it drives much, being slower than that itself. */
static void test_short_pulses(void)
{
  static const uint64_t in[][4] = {{0, 0, 0, 0}, {1, 0, 0, 0}};
  double pulses[2];
  for (int heavy = 0; heavy < 2; heavy++) {
    qy_circuit *c = qy_circuit_new("pulse", arena);
    qy_net a = qy_input(c, "a", 1), e = qy_input(c, "e", 1), f = qy_input(c, "f", 1);
    qy_net still = qy_input(c, "still", 8);
    qy_net late = qy_bitwise(c, QY_OP_XOR, qy_bitwise(c, QY_OP_XOR, a, e), f);
    qy_net x = qy_bitwise(c, QY_OP_XOR, late, a);
    for (int i = 0; i < 8 * heavy; i++)
      qy_output(c, (char[]){'o', (char)('0' + i), 0}, qy_bitwise(c, QY_OP_XOR, x, qy_slice(c, still, i, 1)));
    qy_output(c, "y", x);
    qy_circuit_finish(c, NULL);
    pulses[heavy] = glitches(c, in, 2, QY_LAYOUT_LEAN, QY_XOR2);
  }
  near_abs(pulses[0], 2, 1e-12, "a pulse longer than the gate's delay: two changes a cycle");
  near_abs(pulses[1], 0, 1e-12, "the same before a heavy load: none");
}

/* Settled toggles are those of the words, however many cycles there are. */
static void test_ragged(void)
{
  static uint64_t in[200][4];
  for (int t = 0; t < 200; t++)
    in[t][0] = draw() & 0xff;
  qy_circuit *c = qy_circuit_new("acc", arena);
  qy_net x = qy_input(c, "x", 8), acc = qy_register(c, "acc", 12, -1);
  qy_register_connect(c, acc, qy_add(c, acc, x, 12, true));
  qy_output(c, "y", acc);
  qy_circuit_finish(c, NULL);
  static const int64_t cycles[] = {2, 3, 63, 64, 65, 127, 128, 190};
  for (size_t k = 0; k < sizeof cycles / sizeof *cycles; k++) {
    uint64_t state[1] = {0}, out[1], scratch[16], before = 0;
    int64_t toggles = 0;
    for (int64_t t = 0; t < cycles[k]; t++) {
      qy_simulate(c, in[t], state, out, scratch);
      if (t > 0) toggles += __builtin_popcountll(out[0] ^ before);
      before = out[0];
    }
    qy_activity a;
    vectors v = {(const uint64_t(*)[4])in, 200, 1};
    qy_circuit_activity(c, next_vector, &v, cycles[k], &a, NULL);
    near_abs(a.settled[QY_CLASS_REGISTER].output.cells[QY_DFF] * (double)(cycles[k] - 1), (double)toggles, 1e-9,
             "flip-flops of an accumulator, whatever the number of cycles");
  }
}

/* Sums of constants and copies have no cells, so nothing toggles; a sign's copies toggle once. */
static void test_folded(void)
{
  static const uint64_t in[][4] = {{0}, {0xff}};
  qy_circuit *c = qy_circuit_new("folded", arena);
  qy_net x = qy_input(c, "x", 8), zero = qy_constant_word(c, 0, 8);
  qy_output(c, "y", qy_add(c, x, zero, 8, false));
  qy_output(c, "n", qy_bitwise(c, QY_OP_NOT, qy_extend(c, qy_slice(c, x, 7, 1), 16, true), -1));
  qy_circuit_finish(c, NULL);
  qy_activity a;
  vectors v = {in, 2, 1};
  qy_circuit_activity(c, next_vector, &v, 100, &a, NULL);
  double adder = 0, inverters = a.settled[QY_CLASS_LOGIC].output.cells[QY_INV];
  for (int k = 0; k < QY_CELL_COUNT; k++)
    adder += a.settled[QY_CLASS_ADDER].output.cells[k];
  near_abs(adder, 0, 0, "an adder of zero has no cells to toggle");
  near_abs(inverters, 1, 1e-12, "one inverter for sixteen copies of a sign");
}

int main(void)
{
  arena = qy_arena_new();
  test_against_single_bits();
  test_modes();
  test_carry();
  test_short_pulses();
  test_ragged();
  test_folded();
  qy_arena_free(arena);
  return done();
}
