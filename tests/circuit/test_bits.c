/* Known, copied and unread bits, and arrival per bit, of random and hand-made circuits.
 *
 * Oracles: the words of a plain simulation (a bit said to be constant never moves, bits said to be one another's copies
 * are equal, an input bit said to be unread changes no output when it is flipped); netlists drawn by hand; delays of an
 * invented library counted along the longest path.
 */
#include "../../src/circuit/graph.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

static qy_arena *arena;
static uint64_t state = 7;

static uint64_t draw(void)
{
  state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
  return state >> 24;
}

static int pick(int n)
{
  return (int)(draw() % (uint64_t)n);
}

/* ---- random circuits */

enum { INPUTS = 3, WIDTH_MAX = 9, NODES_MAX = 24 };

/* A word of so many bits, some of them constants, copies or zeros from shifts. */
static qy_net fitted(qy_circuit *c, qy_net net, int width)
{
  int from = qy_net_width(c, net);
  if (from > width) return qy_slice(c, net, pick(from - width + 1), width);
  return from < width ? qy_extend(c, net, width, pick(2)) : net;
}

/* One more operator on nets that exist. */
static qy_net grow(qy_circuit *c, const qy_net *net, int count)
{
  qy_net a = net[pick(count)], b = net[pick(count)];
  int width = 2 + pick(WIDTH_MAX - 1);
  switch (pick(14)) {
  case 0: return qy_add(c, a, b, width, pick(2));
  case 1: return qy_subtract(c, a, b, width, pick(2));
  case 2: return qy_addsub(c, a, b, fitted(c, net[pick(count)], 1), width, pick(2));
  case 3: return qy_negate_if(c, a, fitted(c, b, 1), width, pick(2));
  case 4: {
    qy_multiplier kind = pick(2) ? QY_MULTIPLIER_BOOTH : QY_MULTIPLIER_ARRAY;
    return qy_multiply(c, kind, fitted(c, a, 2 + pick(4)), fitted(c, b, 2 + pick(4)), kind || pick(2));
  }
  case 5: {
    qy_net x = fitted(c, a, 2 + pick(3)), y = fitted(c, b, 2 + pick(3));
    int wide = qy_net_width(c, x) + qy_net_width(c, y) + pick(3);
    return qy_multiply_add(c, QY_MULTIPLIER_ARRAY, x, y, fitted(c, net[pick(count)], wide), wide, pick(2));
  }
  case 6: return qy_shift(c, QY_OP_SHIFT_LEFT, a, fitted(c, b, 1 + pick(3)), qy_net_width(c, a) + pick(4), pick(2));
  case 7: {
    qy_op op = pick(2) ? QY_OP_SHIFT_RIGHT : QY_OP_SHIFT_RIGHT_SIGNED;
    return qy_shift(c, op, a, fitted(c, b, 1 + pick(3)), qy_net_width(c, a), pick(2));
  }
  case 8: return qy_shift_constant(c, a, pick(5) - 2, width);
  case 9: {
    qy_net data[4];
    int n = 2 + pick(3);
    for (int i = 0; i < n; i++)
      data[i] = fitted(c, net[pick(count)], width);
    return qy_mux(c, fitted(c, b, n > 2 ? 2 : 1), data, n);
  }
  case 10: return qy_bitwise(c, (qy_op)(QY_OP_AND + pick(3)), fitted(c, a, width), fitted(c, b, width));
  case 11: return qy_bitwise(c, QY_OP_NOT, a, -1);
  case 12: return qy_equal(c, fitted(c, a, width), fitted(c, b, width));
  default: return qy_constant_word(c, draw(), width);
  }
}

static qy_circuit *random_circuit(void)
{
  qy_circuit *c = qy_circuit_new("random", arena);
  qy_net net[INPUTS + NODES_MAX];
  static const char *const names[INPUTS] = {"x", "y", "z"};
  int count = 0, nodes = 4 + pick(NODES_MAX - 4);
  for (; count < INPUTS; count++)
    net[count] = qy_input(c, names[count], 2 + pick(4));
  for (int i = 0; i < nodes; i++) {
    qy_net made = grow(c, net, count);
    /* Wide words would hide small ones. */
    net[count++] = qy_net_width(c, made) > 3 * WIDTH_MAX ? fitted(c, made, WIDTH_MAX) : made;
  }
  qy_output(c, "p", net[count - 1]);
  qy_output(c, "q", net[count - 2]);
  return c;
}

/* All words; bit `flip` of node `at` is inverted (at < 0: none). */
static void words_of(const qy_circuit *c, const uint64_t *inputs, uint64_t *word, int at, int flip)
{
  for (size_t i = 0, next = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    uint64_t in[WORD_BITS + 1];
    for (int k = 0; k < n->count; k++)
      in[k] = word[n->in[k]];
    word[i] =
        operator_of(n)->evaluate ? operator_of(n)->evaluate(n, in) : inputs[next++] & qy_word_mask(n->shape.width);
    if ((int)i == at) word[i] ^= UINT64_C(1) << flip;
  }
}

static bool same_outputs(const qy_circuit *c, const uint64_t *a, const uint64_t *b)
{
  bool same = true;
  for (int i = 0; i < c->output_count; i++)
    same = same && a[c->output[i].net] == b[c->output[i].net];
  return same;
}

typedef struct claims {
  int wrong_constants, wrong_copies, wrong_unread, constants, copies, unread;
} claims;

/* Constants and copies under one input vector; value[s]: what the other bits of signal s were, -1: none yet. */
static void check_values(const qy_circuit *c, const uint64_t *word, signed char *value, claims *found)
{
  memset(value, -1, 2 * c->bits->count);
  value[BIT_ZERO] = 0;
  value[BIT_ONE] = 1;
  for (size_t i = 0; i < c->count; i++)
    for (int k = 0; k < c->node[i].shape.width; k++) {
      bit_signal s = c->bits->out[i][k];
      signed char bit = word[i] >> k & 1;
      if (value[s] >= 0 && value[s] != bit) *(s <= BIT_ONE ? &found->wrong_constants : &found->wrong_copies) += 1;
      if (value[s] >= 0) *(s <= BIT_ONE ? &found->constants : &found->copies) += 1;
      value[s] = bit;
    }
}

/* Of inputs: a bit made inside may be unread because its readers took what it was made of. */
static void check_unread(const qy_circuit *c, const uint64_t *inputs, const uint64_t *word, uint64_t *flipped,
                         claims *found)
{
  for (size_t i = 0; i < c->count; i++)
    for (int k = 0; k < c->node[i].shape.width && c->node[i].op == QY_OP_INPUT; k++) {
      bit_signal s = c->bits->out[i][k];
      if (c->bits->cell[s >> 1].used & (1 << (s & 1))) continue;
      words_of(c, inputs, flipped, (int)i, k);
      found->unread++;
      found->wrong_unread += !same_outputs(c, word, flipped);
    }
}

static void random_claims(void)
{
  enum { CIRCUITS = 400, VECTORS = 24 };
  claims found = {0};
  int built = 0;
  for (int i = 0; i < CIRCUITS; i++) {
    qy_error err = {0};
    qy_circuit *c = random_circuit();
    if (qy_circuit_finish(c, &err) != QY_OK) continue;
    built++;
    uint64_t word[128], flipped[128];
    signed char *value = malloc(2 * c->bits->count);
    if (!value || c->count > 128) return;
    for (int v = 0; v < VECTORS; v++) {
      const uint64_t inputs[INPUTS] = {draw(), draw(), draw()};
      words_of(c, inputs, word, -1, 0);
      check_values(c, word, value, &found);
      if (v < 4) check_unread(c, inputs, word, flipped, &found);
    }
    free(value);
  }
  ok(built > CIRCUITS / 2, "%d random circuits", built);
  ok(found.constants > 1000 && found.copies > 1000 && found.unread > 1000, "claims: %d constants, %d copies, %d unread",
     found.constants, found.copies, found.unread);
  is_int(found.wrong_constants, 0, "bits said to be constant are");
  is_int(found.wrong_copies, 0, "copies are equal");
  is_int(found.wrong_unread, 0, "flipping an unread bit of an input changes no output");
}

/* ---- what is left computes the same */

static uint64_t value_of(const bit_cell *cell, const uint64_t *v, uint64_t *carry)
{
  uint64_t x = v[cell->in[0]], y = v[cell->in[1]], z = v[cell->in[2]], u = v[cell->in[3]];
  *carry = 0;
  switch ((bit_kind)cell->kind) {
  case BIT_INV: return ~x;
  case BIT_AND:
  case BIT_TREE_AND:
  case BIT_PRODUCT:
  case BIT_GATE: return x & y;
  case BIT_NOT_PRODUCT: return ~(x & y);
  case BIT_OR:
  case BIT_GATE_OR: return x | y;
  case BIT_GATE_NOT: return x & ~y;
  case BIT_GATE_OR_NOT: return x | ~y;
  case BIT_XOR: return x ^ y;
  case BIT_XNOR: return ~(x ^ y);
  case BIT_SELECT:
  case BIT_SELECT_ONE: return (z & y) | (~z & x);
  case BIT_EDGE: return x | (y & z);
  case BIT_EDGE_NOT: return x | (y & ~z);
  case BIT_ABSORBED: return x & z;
  case BIT_DIGIT_TWO: return (x ^ y) & (x ^ z);
  case BIT_BOOTH: return (x & z) | (y & u);
  case BIT_HALF:
  case BIT_CHAIN_HALF: *carry = x & z; return x ^ z;
  case BIT_HALF_ONE:
  case BIT_CHAIN_ONE: *carry = x | z; return ~(x ^ z);
  case BIT_FULL:
  case BIT_CHAIN: *carry = (x & y) | (z & (x | y)); return x ^ y ^ z;
  default: return v[0];
  }
}

/* 64 vectors at once: bit t of v[s] is signal s in vector t. */
static bool computes(const qy_circuit *c)
{
  enum { LANES = 64 };
  const bit_net *net = c->bits;
  uint64_t *v = calloc(2 * net->count, sizeof *v), inputs[LANES][INPUTS], word[128];
  bool right = v != NULL;
  v[BIT_ONE] = ~UINT64_C(0);
  for (int t = 0; t < LANES; t++) {
    for (int i = 0; i < INPUTS; i++) {
      inputs[t][i] = draw();
      const bit_signal *in = net->out[c->input[i].net];
      for (int k = 0; k < c->node[c->input[i].net].shape.width; k++)
        v[in[k]] |= (inputs[t][i] >> k & 1) << t;
    }
  }
  for (size_t i = 1; i < net->count; i++)
    if (net->cell[i].kind != BIT_SOURCE) v[2 * i] = value_of(&net->cell[i], v, &v[2 * i + 1]);
  for (int t = 0; t < LANES; t++) {
    words_of(c, inputs[t], word, -1, 0);
    for (int o = 0; o < c->output_count; o++)
      for (int k = 0; k < c->node[c->output[o].net].shape.width; k++)
        right = right && (v[net->out[c->output[o].net][k]] >> t & 1) == (word[c->output[o].net] >> k & 1);
  }
  free(v);
  return right;
}

static void random_values(void)
{
  int wrong = 0, built = 0;
  for (int i = 0; i < 600; i++) {
    qy_error err = {0};
    qy_circuit *c = random_circuit();
    if (qy_circuit_finish(c, &err) != QY_OK) continue;
    built++;
    wrong += !computes(c);
  }
  is_int(wrong, 0, "the cells of every random circuit compute its outputs");
  ok(built > 300, "%d circuits", built);
}

/* ---- more known bits never cost more */

static qy_tech plain(void)
{
  qy_tech t = {.fa_carry_ps = 7, .dff_setup_ps = 5, .effort_p = 4};
  for (int f = 0; f < QY_FACTOR_COUNT; f++)
    t.factor[f] = 1;
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = 1 + (k == QY_XOR2 || k == QY_XNOR2) + 2 * (k == QY_HA || k == QY_MUX2) + 4 * (k == QY_FA),
    t.delay_ps[k] = 10 + k, t.in_cap_ff[k] = 1;
  /* two are faster than a full adder, so that no form is slower than lean */
  t.delay_ps[QY_XOR2] = t.delay_ps[QY_XNOR2] = 6;
  return t;
}

/* An element-like circuit whose operand x has `known` low bits that are zero and `copies` of its sign. */
static double area_with(int what, int known, int copies)
{
  enum { WIDTH = 10 };
  qy_tech tech = plain();
  qy_circuit *c = qy_circuit_new("known", arena);
  qy_net x = qy_input(c, "x", WIDTH), y = qy_input(c, "y", WIDTH), s = qy_input(c, "s", 3);
  int left = WIDTH - known - copies;
  qy_net middle = qy_slice(c, x, 0, left);
  if (copies > 0) middle = qy_extend(c, middle, left + copies, true);
  if (known > 0) middle = qy_concat(c, (qy_net[]){qy_constant_word(c, 0, known), middle}, 2);
  qy_net out = -1, bit = qy_slice(c, s, 0, 1);
  switch (what) {
  case 0: out = qy_add(c, middle, y, WIDTH + 1, true); break;
  case 1: out = qy_addsub(c, y, middle, bit, WIDTH + 2, true); break;
  case 2: out = qy_multiply(c, QY_MULTIPLIER_ARRAY, middle, y, true); break;
  case 3: out = qy_multiply(c, QY_MULTIPLIER_BOOTH, y, middle, true); break;
  case 4: out = qy_shift(c, QY_OP_SHIFT_LEFT, middle, s, WIDTH + 7, true); break;
  case 5: out = qy_mux(c, bit, (qy_net[]){middle, y}, 2); break;
  case 6: out = qy_negate_if(c, middle, bit, WIDTH + 1, true); break;
  default: out = qy_bitwise(c, QY_OP_XOR, middle, y); break;
  }
  qy_output(c, "out", out);
  qy_build build;
  if (qy_circuit_finish(c, NULL) || qy_circuit_build(c, &tech, 1e9, &build, NULL)) return NAN;
  return build.area_um2;
}

static void monotony(void)
{
  int grows = 0, shrinks = 0;
  for (int what = 0; what < 8; what++) {
    double last = area_with(what, 0, 0), first = last;
    for (int known = 1; known < 8; known++) {
      double now = area_with(what, known, 0);
      grows += !(now <= last + 1e-9);
      last = now;
    }
    shrinks += last < first;
    last = first;
    for (int copies = 1; copies < 8; copies++) {
      double now = area_with(what, 0, copies);
      grows += !(now <= last + 1e-9);
      last = now;
    }
  }
  is_int(grows, 0, "no operator costs more with more zeros or more copies of the sign");
  is_int(shrinks, 8, "and each costs less with seven zeros");
}

/* ---- netlists drawn by hand */

static double cells(const qy_circuit *c, qy_cell kind)
{
  qy_census census;
  double sum = 0;
  qy_circuit_census(c, &census);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    sum += census.cells[g][kind];
  return sum;
}

static void netlists(void)
{
  qy_error err = {0};
  qy_circuit *c = qy_circuit_new("multiples", arena);
  /* 0, x, 2x, 3x of 4 bits: bit 0 is a gate, bit 5 (only in 3x) a gate after a gate, between a gate or a selection,
   * then a selection. */
  qy_net x = qy_input(c, "x", 4), x3 = qy_input(c, "x3", 6), m = qy_input(c, "m", 2);
  qy_net one = qy_extend(c, x, 6, false), two = qy_shift_constant(c, one, 1, 6);
  qy_output(c, "y", qy_mux(c, m, (qy_net[]){qy_constant_word(c, 0, 6), one, two, x3}, 4));
  ok(qy_circuit_finish(c, &err) == QY_OK, "a selection of multiples builds");
  /* bit 0: [0 x0 0 t0]: gate, gate, selection; 1 to 3: gate, selection, selection; 4: [0 0 x3 t4]: selection, gate;
   * 5: [0 0 0 t5]: gate, gate */
  is_int((int64_t)cells(c, QY_MUX2), 1 + 3 * 2 + 1, "selections");
  is_int((int64_t)cells(c, QY_NAND2), 2 + 3 + 1 + 2, "gates");
  c = qy_circuit_new("extended", arena);
  qy_net a = qy_input(c, "a", 8), b = qy_input(c, "b", 8);
  qy_output(c, "y", qy_add(c, a, b, 16, true));
  ok(qy_circuit_finish(c, &err) == QY_OK, "a sum of extended words builds");
  /* half adder, seven full adders, the sign's two exclusive ors; seven copies */
  ok(cells(c, QY_HA) == 1 && cells(c, QY_FA) == 7 && cells(c, QY_XOR2) == 2, "sign extension costs nothing");
  c = qy_circuit_new("unread", arena);
  a = qy_input(c, "a", 8), b = qy_input(c, "b", 8);
  qy_output(c, "y", qy_slice(c, qy_add(c, a, b, 8, true), 0, 4));
  ok(qy_circuit_finish(c, &err) == QY_OK, "a slice of a sum builds");
  ok(cells(c, QY_HA) == 1 && cells(c, QY_FA) == 2 && cells(c, QY_XOR2) == 2, "what the slice drops costs nothing");
  c = qy_circuit_new("cancel", arena);
  a = qy_input(c, "a", 8);
  qy_output(c, "y", qy_subtract(c, a, a, 8, true));
  ok(qy_circuit_finish(c, &err) == QY_OK && cells(c, QY_FA) + cells(c, QY_HA) + cells(c, QY_INV) == 0,
     "x - x is wires");
  c = qy_circuit_new("dead", arena);
  a = qy_input(c, "a", 8);
  qy_net r = qy_register(c, "r", 8, -1);
  qy_register_connect(c, r, qy_add(c, r, a, 8, true));
  qy_output(c, "y", qy_slice(c, r, 0, 3));
  ok(qy_circuit_finish(c, &err) == QY_OK, "an accumulator of which three bits are read builds");
  is_int((int64_t)cells(c, QY_DFF), 3, "has three flip-flops");
}

/* ---- arrival per bit */

static double lean_ps(int bits, int adders, int low, int width)
{
  qy_tech tech = plain();
  qy_circuit *c = qy_circuit_new("chain", arena);
  qy_net sum = qy_input(c, "x", bits);
  static const char *const names[] = {"a", "b", "d", "e"};
  for (int i = 0; i < adders; i++)
    sum = qy_add(c, sum, qy_input(c, names[i], bits), bits, false);
  qy_output(c, "y", qy_slice(c, sum, low, width));
  qy_timing timing;
  if (qy_circuit_finish(c, NULL) || qy_circuit_timing(c, &tech, &timing, NULL)) return NAN;
  return timing.lean_ps;
}

/* Full adders one after another: a carry a bit and, through any number of adders, a sum each. */
static void arrivals(void)
{
  near_abs(lean_ps(16, 1, 0, 16) - lean_ps(15, 1, 0, 15), 7, 1e-4, "one bit more is one carry");
  near_abs(lean_ps(16, 1, 0, 16) - lean_ps(16, 1, 0, 8), 8 * 7, 1e-4, "the lower half leaves eight carries earlier");
  near_abs(lean_ps(16, 3, 0, 16) - lean_ps(15, 3, 0, 15), 7, 1e-4, "chained adders overlap: still one carry a bit");
  double step = lean_ps(16, 2, 0, 16) - lean_ps(16, 1, 0, 16);
  near_abs(lean_ps(16, 3, 0, 16) - lean_ps(16, 2, 0, 16), step, 1e-4, "each further adder costs the same");
  near_abs(lean_ps(32, 3, 0, 32) - lean_ps(32, 2, 0, 32), step, 1e-4, "whatever the width");
  qy_tech tech = plain();
  double last = 0;
  int late = 0, order = 0;
  for (int top = 1; top <= 16; top++) {
    qy_circuit *c = qy_circuit_new("product", arena);
    qy_net a = qy_input(c, "a", 8), b = qy_input(c, "b", 8);
    qy_output(c, "y", qy_slice(c, qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, false), 0, top));
    qy_timing timing;
    if (qy_circuit_finish(c, NULL) || qy_circuit_timing(c, &tech, &timing, NULL)) continue;
    late += timing.lean_ps < last - 1e-6;
    order += !(timing.fast_ps <= timing.rows_ps + 1e-6 && timing.rows_ps <= timing.lean_ps + 1e-6);
    last = timing.lean_ps;
  }
  is_int(late, 0, "low product bits do not arrive later than higher ones");
  is_int(order, 0, "fast, rows, lean: each no shorter than the one before");
}

/* Selections and gates invert: a chain of them, of whatever length, has one inverter a bit, a tree of muxes none, as
 * the words of every second level are taken inverted.  Whoever takes the inverse as well spares it. */
static void inverters(void)
{
  enum { WIDTH = 5 };
  static const struct {
    char what; /* 'm' mux, 'l' left, 'r' right */
    int select, words;
    double each; /* inverters a bit */
  } row[] = {{'m', 1, 2, 1}, {'m', 2, 3, 0}, {'m', 2, 4, 0}, {'r', 1, 0, 1},
             {'r', 2, 0, 1}, {'l', 1, 0, 1}, {'l', 2, 0, 1}, {'m', 3, 5, 0}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int inverse = 0; inverse < 2; inverse++) {
      qy_circuit *c = qy_circuit_new("c", arena);
      const qy_net s = qy_input(c, "s", row[i].select);
      qy_net word[8], y;
      char name[16];
      for (int k = 0; k < 8; k++) {
        snprintf(name, sizeof name, "x%d", k);
        word[k] = qy_input(c, name, WIDTH);
      }
      if (row[i].what == 'm')
        y = qy_mux(c, s, word, row[i].words);
      else
        y = qy_shift(c, row[i].what == 'l' ? QY_OP_SHIFT_LEFT : QY_OP_SHIFT_RIGHT, word[0], s, WIDTH, false);
      if (inverse) y = qy_bitwise(c, QY_OP_XOR, y, word[7]);
      qy_output(c, "y", y);
      double found = 0, cells = 0;
      const bool built = qy_circuit_finish(c, NULL) == QY_OK;
      for (int g = 0; built && g < QY_CLASS_COUNT; g++) {
        found += c->bits->class[g].select_inverters + c->bits->class[g].gate_inverters;
        cells += c->bits->class[g].select + c->bits->class[g].gate;
      }
      ok(built && cells == WIDTH * (row[i].what == 'm' ? row[i].words - 1 : row[i].select), "'%c' of %d: %g cells",
         row[i].what, row[i].select, cells);
      near_abs(found, row[i].each > 0 && !inverse ? WIDTH * row[i].each : 0, 1e-12,
               inverse ? "no inverter" : "inverters");
    }
}

int main(void)
{
  arena = qy_arena_new();
  random_claims();
  random_values();
  monotony();
  netlists();
  arrivals();
  inverters();
  qy_arena_free(arena);
  return done();
}
