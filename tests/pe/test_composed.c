/* The composed element in every mode against integer sums over sub-words; its census counted by hand. */
#include "quarry/pe.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;
static uint64_t rng = 20261126;

static uint64_t next_random(void)
{
  rng ^= rng << 13;
  rng ^= rng >> 7;
  rng ^= rng << 17;
  return rng;
}

static uint64_t low(uint64_t word, int width)
{
  return width >= 64 ? word : word & ((UINT64_C(1) << width) - 1);
}

static int64_t part(uint64_t word, int index, int bits, bool is_signed)
{
  const uint64_t field = low(word >> (index * bits), bits);
  return is_signed && field >> (bits - 1) ? (int64_t)field - (INT64_C(1) << bits) : (int64_t)field;
}

/* ---- what should come out, from the element's description: sub-words of both operands, and the place of their sum */

enum { LANES_MAX = 32, PLACES_MAX = 16, MODES = 5 };

typedef struct mode_text {
  int x_words, w_words; /* of B bits cut into */
} mode_text;
static const mode_text all_modes[MODES] = {{1, 1}, {2, 2}, {4, 4}, {1, 2}, {1, 4}};

/* Index bits in reverse order. */
static int mirror(int k, int count)
{
  static const int of_four[4] = {0, 2, 1, 3}, of_sixteen[16] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
  return count == 16 ? of_sixteen[k] : count == 4 ? of_four[k] : k;
}

static void products(int64_t *sum, const qy_pe_params *p, mode_text m, uint64_t x, uint64_t w)
{
  const int parts = p->bits == 4 ? 2 : 4, xb = p->bits / m.x_words, wb = p->bits / m.w_words;
  const bool sign = !p->unsigned_operands;
  if (p->subword) {
    for (int k = 0; k < m.x_words; k++) {
      const bool apart = p->sharing == QY_PE_SHARE_INPUTS;
      const int partner = apart ? k : m.x_words - 1 - k;
      sum[apart ? k * parts / m.x_words : 0] += part(x, k, xb, sign) * part(w, partner, wb, sign);
    }
  } else if (p->sharing == QY_PE_SHARE_OUTPUTS) {
    const int n = m.x_words * m.w_words;
    for (int k = 0; k < n; k++)
      sum[0] += part(x, k, xb, sign) * part(w, mirror(k, n), wb, sign);
  } else if (p->sharing == QY_PE_SHARE_HYBRID) {
    for (int k = 0; k < m.x_words * m.w_words; k++)
      sum[k % m.x_words * parts / m.x_words] +=
          part(x, k, xb, sign) * part(w, mirror(k / m.x_words, m.w_words), wb, sign);
  } else {
    for (int i = 0; i < m.x_words; i++)
      for (int j = 0; j < m.w_words; j++)
        sum[j * parts / m.w_words * parts + i * parts / m.x_words] += part(x, i, xb, sign) * part(w, j, wb, sign);
  }
}

static bool made_with(const qy_pe_params *p, mode_text m, int place)
{
  const int parts = p->bits == 4 ? 2 : 4, x_step = parts / m.x_words, w_step = parts / m.w_words;
  if (p->sharing == QY_PE_SHARE_OUTPUTS) return place == 0;
  if (p->sharing == QY_PE_SHARE_HYBRID || p->subword) return place < parts && place % x_step == 0;
  return place % parts % x_step == 0 && place / parts % w_step == 0;
}

/* Bits that a result has: those of a product, of how many there are in it, and the headroom. */
static int result_bits(const qy_pe_params *p, mode_text m)
{
  int terms = p->group * p->units, lanes = 0, bits = 0;
  while (1 << lanes < p->group * p->units)
    lanes++;
  const int headroom = p->accumulator_bits - 2 * p->bits - lanes;
  if (p->sharing == QY_PE_SHARE_OUTPUTS) terms *= m.x_words;
  if (p->sharing != QY_PE_SHARE_INPUTS && !p->subword) terms *= m.w_words;
  while (1 << bits < terms)
    bits++;
  return p->bits / m.x_words + p->bits / m.w_words + bits + headroom;
}

/* ---- against the circuit */

typedef struct ports {
  int x[LANES_MAX], w[LANES_MAX], mode, clear;
} ports;

static ports find_ports(const qy_circuit *c)
{
  ports p = {.mode = -1, .clear = -1};
  for (int i = 0; i < qy_circuit_inputs(c); i++) {
    const char *name = qy_circuit_input_name(c, i);
    const int lane = name[1] == '_' ? atoi(name + 2) : 0;
    if (name[0] == 'x') p.x[lane] = i;
    if (name[0] == 'w') p.w[lane] = i;
    if (name[0] == 'm') p.mode = i;
    if (name[0] == 'c') p.clear = i;
  }
  return p;
}

/* Words of all values where the operands are narrow; corners and random ones else. */
static uint64_t operand(int t, int width, int shift)
{
  if (width <= 8) return low((uint64_t)t >> shift, width);
  switch (next_random() % 8) {
  case 0: return 0;
  case 1: return low(~UINT64_C(0), width);
  case 2: return low(UINT64_C(0x8888888888888888), width);
  default: return low(next_random(), width);
  }
}

static int run_mode(const qy_pe *pe, int mode, mode_text m, int cycles)
{
  static uint64_t scratch[65536], state[256];
  const qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  const ports at = find_ports(c);
  const int lanes = p->group * p->units, delay = p->input_registers, bits = result_bits(p, m);
  uint64_t in[2 * LANES_MAX + 2], out[PLACES_MAX];
  int64_t sum[PLACES_MAX] = {0}, before[PLACES_MAX] = {0};
  int wrong = 0;
  memset(state, 0, sizeof state);
  for (int t = 0; t < cycles; t++) {
    in[at.mode] = (uint64_t)mode;
    in[at.clear] = t == 0 || next_random() % 5 == 0;
    for (int lane = 0; lane < lanes; lane++) {
      in[at.x[lane]] = operand(t, qy_circuit_input_width(c, at.x[lane]), 0);
      in[at.w[lane]] = operand(t, qy_circuit_input_width(c, at.w[lane]), 8);
    }
    qy_simulate(c, in, state, out, scratch);
    const int64_t *want = delay ? before : sum;
    for (int place = 0; place < qy_circuit_outputs(c) && t > delay; place++)
      if (made_with(p, m, place)) wrong += low(out[place], bits) != low((uint64_t)want[place], bits);
    memcpy(before, sum, sizeof sum);
    if (in[at.clear]) memset(sum, 0, sizeof sum);
    for (int lane = 0; lane < lanes; lane++)
      products(sum, p, m, in[at.x[lane]], in[at.w[lane]]);
  }
  return wrong;
}

/* What an element says of its products: their sums by place are those that should come out, and so wide. */
static int told_wrong(const qy_pe *pe, int mode, mode_text m)
{
  const qy_pe_params *p = &pe->params;
  const int xb = p->bits / m.x_words, wb = p->bits / m.w_words;
  const bool sign = !p->unsigned_operands;
  int wrong = 0;
  for (int t = 0; t < 20; t++) {
    const uint64_t x = next_random(), w = next_random();
    int64_t want[PLACES_MAX] = {0}, told[PLACES_MAX] = {0};
    products(want, p, m, x, w);
    for (int k = 0; k < pe->mode[mode].products / qy_pe_lanes(pe); k++) {
      const qy_pe_product one = qy_pe_product_of(pe, mode, k);
      const int words = m.x_words * m.w_words;
      if (one.x < 0 || one.x >= words || one.w < 0 || one.w >= words || one.output < 0 || one.output >= PLACES_MAX)
        return 1;
      told[one.output] += part(x, one.x, xb, sign) * part(w, one.w, wb, sign);
      wrong += one.width != result_bits(p, m);
    }
    wrong += memcmp(want, told, sizeof want) != 0;
  }
  return wrong;
}

static const char *const sharing_names[] = {"outputs", "hybrid", "inputs"};

static void check(qy_pe_params params, int cycles)
{
  qy_error err = {0};
  qy_pe pe;
  params.kind = QY_PE_COMPOSED;
  if (!ok(qy_pe_build(&pe, &params, arena, &err) == QY_OK, "%d bits, %s builds", params.bits,
          sharing_names[params.sharing])) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  const qy_pe_params *p = &pe.params;
  int wrong = 0, modes = 0;
  for (int mode = 0; mode < (p->subword ? 3 : MODES); mode++) {
    const mode_text m = all_modes[mode];
    if (m.w_words > (p->bits == 4 ? 2 : 4)) { /* operands are cut as far as they can be */
      if (mode == 2 && !p->subword) wrong += run_mode(&pe, mode, all_modes[1], cycles) != 0;
      continue;
    }
    const int bad = run_mode(&pe, mode, m, cycles);
    if (bad) printf("# mode %d: %d wrong\n", mode, bad);
    wrong += bad, modes++;
    if (mode >= 3) continue;
    wrong += told_wrong(&pe, mode, m);
    const int each = p->subword ? m.x_words : m.x_words * m.w_words;
    wrong += pe.mode[mode].bits != p->bits / m.x_words || pe.mode[mode].products != each * p->group * p->units;
  }
  ok(wrong == 0, "%d bits, %s%s%s%s, %d x %d lanes: %d modes", p->bits, sharing_names[p->sharing],
     p->subword ? ", sub-words" : "", p->unsigned_operands ? ", unsigned" : "",
     p->separate_sums ? ", separate sums" : "", p->group, p->units, modes);
}

static void every_mode(void)
{
  enum { ALL = 65536, SOME = 1500 };
  for (int sharing = 0; sharing < QY_PE_SHARING_COUNT; sharing++)
    for (int is_unsigned = 0; is_unsigned < 2; is_unsigned++) {
      const qy_pe_params p = {.sharing = (qy_pe_sharing)sharing, .unsigned_operands = is_unsigned != 0};
      for (int bits = 4; bits <= 16; bits *= 2) {
        qy_pe_params q = p;
        q.bits = bits;
        check(q, bits == 4 ? ALL : SOME);
        q.input_registers = true;
        q.accumulator_bits = 2 * bits; /* no headroom: results touch one another */
        check(q, SOME);
        q.subword = true;
        if (sharing != QY_PE_SHARE_HYBRID) check(q, bits == 4 ? ALL : SOME);
        q.separate_sums = true;
        if (sharing != QY_PE_SHARE_HYBRID) check(q, SOME);
        q.subword = false;
        check(q, SOME);
      }
      qy_pe_params lanes = p;
      lanes.bits = 8, lanes.group = 16; /* BitBlade */
      check(lanes, 250);
      lanes.group = 4, lanes.units = 3;
      check(lanes, 250);
      lanes.group = 1, lanes.units = 4, lanes.accumulator_bits = 20;
      check(lanes, 250);
      lanes.separate_sums = true;
      check(lanes, 250);
      lanes.subword = true;
      if (sharing != QY_PE_SHARE_HYBRID) check(lanes, 250);
      lanes.separate_sums = false, lanes.units = 3;
      if (sharing != QY_PE_SHARE_HYBRID) check(lanes, 250);
    }
}

/* ---- cells by hand */

static double cells(const qy_census *census, qy_cell cell)
{
  double sum = 0;
  for (int class = 0; class < QY_CLASS_COUNT; class ++)
    sum += census->cells[class][cell];
  return sum;
}

static qy_census census_of(qy_pe_params params)
{
  qy_error err = {0};
  qy_pe pe;
  qy_census census = {0};
  params.kind = QY_PE_COMPOSED;
  if (ok(qy_pe_build(&pe, &params, arena, &err) == QY_OK, "builds")) qy_circuit_census(pe.circuit, &census);
  return census;
}

/* 4 bits, unsigned, four 2 x 2 products U (0 .. 9 in 4 bits, 2 half adders each), a sum of 12 bits.
 *   operands   each of x and w: 4 bits of one word or another                                      8 multiplexers
 *   two sums   U + (U 4 or U), 6 bits: 2 multiplexers, half adders at bits 0 and 4, full adders at 1 to 3, an
 *              exclusive or at the top
 *   their sum  (0 .. 45 in 6 bits, 8 bits): 4 multiplexers, half adders at 0 and 6, full adders at 1 to 5, a top
 *   register   8 bits onto 12: half adders at 0 and 8 to 10, full adders at 1 to 7, a top
 * and an exclusive or that decodes the mode. */
static void one_lane(void)
{
  const qy_pe_params p = {.bits = 4, .unsigned_operands = true, .accumulator_bits = 12};
  const qy_census c = census_of(p);
  is_int((int)cells(&c, QY_MUX2), 8 + 2 * 2 + 4, "multiplexers");
  is_int((int)cells(&c, QY_FA), 2 * 3 + 5 + 7, "full adders");
  is_int((int)cells(&c, QY_HA), 4 * 2 + 2 * 2 + 2 + 4, "half adders");
  is_int((int)cells(&c, QY_XOR2), 2 + 1 + 1 + 1, "exclusive ors");
  is_int((int)cells(&c, QY_DFF), 12, "flip-flops");
}

/* Shifts of four bit positions' sums: a group has them once, with words that grow by a bit each time the lanes double;
 * units have their own.  A word of n bits that goes 2 up or stays takes n - 2 multiplexers (the others see zeros). */
static void shared_shifts(void)
{
  for (int doubled = 0; doubled <= 4; doubled++) {
    const int lanes = 1 << doubled, top = 9 << doubled;
    int narrow = 0, wide = 0;
    while (top >> narrow)
      narrow++;
    while (5 * top >> wide)
      wide++;
    qy_pe_params p = {.bits = 4, .unsigned_operands = true, .accumulator_bits = 16, .group = lanes};
    const qy_census group = census_of(p);
    ok(cells(&group, QY_MUX2) == 8 * lanes + 2 * (narrow - 2) + wide - 2, "%d lanes share their shifts", lanes);
    p.group = 1, p.units = lanes;
    const qy_census units = census_of(p);
    ok(cells(&units, QY_MUX2) == 16 * lanes, "%d units do not", lanes);
    is_int((int)(cells(&group, QY_DFF) + cells(&units, QY_DFF)), 32, "one sum either way");
  }
}

/* Registers of results kept apart: places for the narrowest ones, wide results go over several.  8 bits, unsigned,
 * headroom 4: the Z registers of the benchmark's RTL (helper.sv, output widths and 4 bits a result). */
static void registers(void)
{
  static const struct {
    qy_pe_sharing sharing;
    bool subword;
    int want;
  } row[] = {{QY_PE_SHARE_OUTPUTS, false, 20},
             {QY_PE_SHARE_HYBRID, false, 4 * (6 + 4)},
             {QY_PE_SHARE_INPUTS, false, 16 * (4 + 4)},
             {QY_PE_SHARE_OUTPUTS, true, 20},
             {QY_PE_SHARE_INPUTS, true, 4 * (4 + 4)}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_census c = census_of((qy_pe_params){.bits = 8,
                                                 .unsigned_operands = true,
                                                 .accumulator_bits = 20,
                                                 .sharing = row[i].sharing,
                                                 .subword = row[i].subword});
    ok(cells(&c, QY_DFF) == row[i].want, "flip-flops of results, sharing %s%s", sharing_names[row[i].sharing],
       row[i].subword ? ", sub-words" : "");
  }
}

/* Operands are shared where two products of a lane have one of them in common and not the other. */
static void sharing(void)
{
  static const qy_pe_params row[] = {
      {.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_OUTPUTS},
      {.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_INPUTS},
      {.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_HYBRID},
      {.kind = QY_PE_COMPOSED, .bits = 8, .subword = true},
      {.kind = QY_PE_COMPOSED, .bits = 16, .subword = true, .sharing = QY_PE_SHARE_INPUTS},
      {.kind = QY_PE_MAC_SA, .bits = 8},
      {.kind = QY_PE_MAC_ST, .bits = 8}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe pe;
    if (!ok(qy_pe_build(&pe, &row[i], arena, NULL) == QY_OK, "element %zu", i)) continue;
    bool shared = false, apart = false;
    for (int mode = 0; mode < pe.mode_count; mode++)
      for (int k = 0; k < pe.mode[mode].products / qy_pe_lanes(&pe); k++)
        for (int j = 0; j < k; j++) {
          const qy_pe_product a = qy_pe_product_of(&pe, mode, j), b = qy_pe_product_of(&pe, mode, k);
          shared |= a.x == b.x || a.w == b.w;
          apart |= a.output != b.output;
        }
    ok(qy_pe_shares_operands(&pe) == shared && qy_pe_apart(&pe) == apart, "element %zu: operands shared %d, apart %d",
       i, shared, apart);
  }
}

static void refused(void)
{
  static const struct {
    qy_pe_params params;
    const char *part;
  } row[] = {
      {{.kind = QY_PE_COMPOSED, .bits = 12}, "bits: expected 4, 8 or 16"},
      {{.kind = QY_PE_COMPOSED, .bits = 8, .group = 17}, "group: expected auto or 1 to 16"},
      {{.kind = QY_PE_COMPOSED, .bits = 8, .group = 16, .units = 17}, "at most 256 lanes"},
      {{.kind = QY_PE_COMPOSED, .bits = 8, .group = 16, .accumulator_bits = 19}, "accumulator_bits"},
      {{.kind = QY_PE_COMPOSED, .bits = 8, .subword = true, .sharing = QY_PE_SHARE_HYBRID},
       "sharing: expected outputs"},
      {{.kind = QY_PE_MAC, .bits = 8, .group = 2}, "expected a parameter of bits"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_pe pe;
    ok(qy_pe_build(&pe, &row[i].params, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, row[i].part),
       "refused: %s", err.diagnostic[0].text);
  }
}

int main(void)
{
  arena = qy_arena_new();
  every_mode();
  one_lane();
  shared_shifts();
  registers();
  refused();
  sharing();
  qy_arena_free(arena);
  return done();
}
