/* Elements with coded weights against integer arithmetic of their number formats (number.h), exhaustively where the
 * inputs have at most 20 bits together, 100,000 vectors otherwise; and against values worked out by hand. */
#include "quarry/pe.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

static uint64_t rng = 271828;

static uint64_t next_random(void)
{
  rng ^= rng << 13;
  rng ^= rng >> 7;
  rng ^= rng << 17;
  return rng;
}

static uint64_t low(uint64_t word, int width)
{
  return width == 64 ? word : word & ((UINT64_C(1) << width) - 1);
}

static int64_t number(uint64_t word, int width)
{
  return (int64_t)(word << (64 - width)) >> (64 - width);
}

static int input_index(const qy_circuit *c, const char *name)
{
  for (int i = 0; i < qy_circuit_inputs(c); i++)
    if (strcmp(qy_circuit_input_name(c, i), name) == 0) return i;
  return -1;
}

/* One vector through an element with accumulator: two cycles, the first clears. Without: one cycle, registers none. */
static int64_t run(const qy_pe *pe, uint64_t *in, uint64_t *scratch)
{
  const qy_circuit *c = pe->circuit;
  uint64_t state[16] = {0}, out[1];
  int clear = input_index(c, "clear"), cycles = 1 + pe->latency;
  for (int i = 0; i < cycles; i++) {
    if (clear >= 0) in[clear] = 1;
    qy_simulate(c, in, state, out, scratch);
  }
  return number(out[0], qy_circuit_output_width(c, 0));
}

static void check(const char *what, qy_pe_params params)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  if (qy_pe_build(&pe, &params, arena, &err)) {
    ok(0, "%s builds: %s", what, err.diagnostic[0].text);
    qy_arena_free(arena);
    return;
  }
  const qy_circuit *c = pe.circuit;
  uint64_t *scratch = calloc(qy_circuit_scratch_words(c), sizeof *scratch), in[40] = {0}, first[2] = {0};
  int x = input_index(c, "x"), w = input_index(c, "w"), split = input_index(c, "split");
  int wx = qy_circuit_input_width(c, x), ww = qy_circuit_input_width(c, w), bits = wx + ww;
  int splits = split >= 0 ? pe.params.splits : 1;
  long wrong = 0, compared = 0;
  for (int k = 0; k < splits; k++) {
    qy_number format = pe.number;
    if (split >= 0) {
      in[split] = (uint64_t)k;
      format.split = (1 << (pe.params.weight_bits - 1)) / splits * (k + 1);
    }
    uint64_t vectors = bits <= 20 ? UINT64_C(1) << bits : 100000;
    for (uint64_t i = 0; i < vectors; i++) {
      in[x] = bits <= 20 ? low(i, wx) : low(next_random(), wx);
      in[w] = bits <= 20 ? i >> wx : low(next_random(), ww);
      if (i == 0 && bits > 20) in[x] = UINT64_C(1) << (wx - 1);
      int64_t a = number(in[x], wx), want;
      for (int m = 0; m < qy_circuit_inputs(c); m++) { /* shared multiples */
        const char *name = qy_circuit_input_name(c, m);
        if (name[0] == 'x' && name[1] != '\0')
          in[m] = low((uint64_t)(a * atoi(name + 1)), qy_circuit_input_width(c, m));
      }
      err = (qy_error){0};
      if (isnan(qy_number_value(&format, (uint32_t)in[w]))) continue; /* an unused word */
      if (qy_number_product(&want, &format, a, (uint32_t)in[w], pe.keep_bits, QY_DROP_FLOOR, &err)) {
        wrong++;
        printf("# %s\n", err.diagnostic[0].text);
        break;
      }
      compared++;
      if (run(&pe, in, scratch) != want && !wrong++) first[0] = in[x], first[1] = in[w];
    }
  }
  ok(wrong == 0 && compared > 0, "%s: %ld products, %d bits out", what, compared, qy_circuit_output_width(c, 0));
  if (wrong)
    printf("# %ld wrong; first x %llx code %llx\n", wrong, (unsigned long long)first[0], (unsigned long long)first[1]);
  free(scratch);
  qy_arena_free(arena);
}

/* A few products worked out by hand, so that format and element cannot be wrong together. */
static void by_hand(void)
{
  static const struct {
    qy_pe_params params;
    int64_t x;
    uint64_t code;
    int64_t want;
    const char *what;
  } row[] = {
      {{.kind = QY_PE_POT, .bits = 8, .weight_bits = 4}, 100, 0x2, 100 * 16, "pot: 100 / 4, 6 fraction bits"},
      {{.kind = QY_PE_POT, .bits = 8, .weight_bits = 4}, -100, 0xa, 100 * 16, "pot: -100 * -1/4"},
      {{.kind = QY_PE_POT, .bits = 8, .weight_bits = 4}, 77, 0x7, 0, "pot: all ones is zero"},
      {{.kind = QY_PE_SEGLOG, .bits = 8, .weight_bits = 4, .split = 8, .root = 2},
       80,
       0x1,
       80 * 11 * 8 / 2,
       "seglog: half a step: 80 * 11/8 / 2, 3 + 3 fraction bits"},
      {{.kind = QY_PE_SEGLOG, .bits = 8, .weight_bits = 4, .split = 8, .root = 2, .output_bits = 9},
       81,
       0xa,
       -40,
       "seglog: c = 2 is one step: -(81 / 2) cut"},
      {{.kind = QY_PE_SP2, .bits = 8, .weight_bits = 4}, 64, 0x7, 64 * 8 * 5 / 8, "sp2: 1/8 + 1/2, 3 fraction bits"},
      {{.kind = QY_PE_LIGHTPE, .bits = 8, .terms = 2}, 10, 0x0b, 10 * (128 - 16), "lightpe: 1 - 1/8, 7 fraction bits"},
      {{.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 3},
       7,
       1 << 6 | 1 << 3 | 5,
       7 * 2 * (2 * 5 + 1),
       "codebook: 2 (2 * 5 + 1)"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_arena *arena = qy_arena_new();
    qy_error err = {0};
    qy_pe pe;
    uint64_t scratch[512], in[40] = {0};
    if (qy_pe_build(&pe, &row[i].params, arena, &err)) {
      ok(0, "%s: %s", row[i].what, err.diagnostic[0].text);
    } else {
      in[input_index(pe.circuit, "x")] = low((uint64_t)row[i].x, 8);
      in[input_index(pe.circuit, "w")] = row[i].code;
      is_int(run(&pe, in, scratch), row[i].want, row[i].what);
    }
    qy_arena_free(arena);
  }
}

static void check_multiples(int m_bits, bool odd)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  qy_pe_params params = {.kind = QY_PE_MULTIPLES, .bits = 9, .m_bits = m_bits, .m_odd = odd};
  long wrong = qy_pe_build(&pe, &params, arena, &err) != QY_OK;
  int count = wrong ? 0 : qy_circuit_outputs(pe.circuit);
  for (int64_t x = -256; x < 256 && !wrong; x++) {
    uint64_t in[1] = {low((uint64_t)x, 9)}, out[16], scratch[256];
    qy_simulate(pe.circuit, in, NULL, out, scratch);
    for (int i = 0; i < count; i++)
      wrong += number(out[i], qy_circuit_output_width(pe.circuit, i)) != x * (2 * i + 3);
  }
  int expected = odd ? (1 << m_bits) - 2 : (1 << (m_bits - 1)) - 1;
  ok(!wrong && count == expected, "%d odd multiples for %d-bit m%s", count, m_bits, odd ? ", odd" : "");
  qy_arena_free(arena);
}

/* Where an input chooses the split, weights are those of the last one: every code steps by the root. */
static void check_last_split(void)
{
  for (int wb = 3; wb <= 6; wb++) {
    qy_arena *arena = qy_arena_new();
    qy_error err = {0};
    qy_pe pe;
    const qy_pe_params params = {.kind = QY_PE_BRSLOG, .bits = 8, .weight_bits = wb, .root = 3, .splits = 2};
    ok(!qy_pe_build(&pe, &params, arena, &err) && pe.number.split == 1 << (wb - 1) && pe.number.root == 3,
       "brslog, %d-bit codes: all below the split", wb);
    qy_arena_free(arena);
  }
}

int main(void)
{
  by_hand();
  check_last_split();
  for (int wb = 3; wb <= 6; wb++) {
    char what[64];
    snprintf(what, sizeof what, "seglog %d-bit codes", wb);
    check(what, (qy_pe_params){.kind = QY_PE_SEGLOG, .bits = 8, .weight_bits = wb});
    snprintf(what, sizeof what, "pot %d-bit codes", wb);
    check(what, (qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = wb});
  }
  for (int root = 1; root <= 4; root++) {
    check("seglog, x of 16 bits, lossless",
          (qy_pe_params){.kind = QY_PE_SEGLOG, .bits = 16, .weight_bits = 5, .root = root});
    check("seglog, x of 16 bits, 17 bits out",
          (qy_pe_params){.kind = QY_PE_SEGLOG, .bits = 16, .weight_bits = 5, .root = root, .output_bits = 17});
    check("brslog, 25 bits out",
          (qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 16, .weight_bits = 5, .root = root, .output_bits = 25});
    check("brslog, lossless",
          (qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 8, .weight_bits = 5, .root = root, .splits = 8});
  }
  check("seglog, base 2 only", (qy_pe_params){.kind = QY_PE_SEGLOG, .bits = 8, .split = -1});
  check("seglog, base sqrt(2) only", (qy_pe_params){.kind = QY_PE_SEGLOG, .bits = 8, .split = 16});
  check("seglog, registers",
        (qy_pe_params){.kind = QY_PE_SEGLOG, .bits = 8, .input_registers = true, .output_registers = true});
  check("seglog, accumulator", (qy_pe_params){.kind = QY_PE_SEGLOG, .bits = 8, .accumulator_bits = 32});
  check("brslog, 4-bit codes, 2 splits",
        (qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 10, .weight_bits = 4, .splits = 2});
  check("pot, 9 bits out", (qy_pe_params){.kind = QY_PE_POT, .bits = 8, .output_bits = 9});
  check("pot, accumulator", (qy_pe_params){.kind = QY_PE_POT, .bits = 8, .accumulator_bits = 24});
  for (int wb = 3; wb <= 8; wb++)
    check("sp2", (qy_pe_params){.kind = QY_PE_SP2, .bits = 8, .weight_bits = wb});
  check("sp2, 10 bits out", (qy_pe_params){.kind = QY_PE_SP2, .bits = 8, .weight_bits = 6, .output_bits = 10});
  check("sp2, accumulator", (qy_pe_params){.kind = QY_PE_SP2, .bits = 8, .accumulator_bits = 24});
  check("LightPE-1", (qy_pe_params){.kind = QY_PE_LIGHTPE, .bits = 8});
  check("LightPE-2", (qy_pe_params){.kind = QY_PE_LIGHTPE, .bits = 8, .terms = 2});
  check("LightPE-2, accumulator", (qy_pe_params){.kind = QY_PE_LIGHTPE, .bits = 8, .terms = 2, .accumulator_bits = 24});
  for (int m = 2; m <= 4; m++)
    for (int odd = 0; odd <= 1; odd++) {
      char what[64];
      for (int shared = 0; shared <= 1; shared++) {
        snprintf(what, sizeof what, "shift_add, %d-bit m%s%s", m, odd ? ", odd" : "", shared ? ", shared" : "");
        check(what, (qy_pe_params){.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = m, .m_odd = odd, .shared = shared});
      }
      check_multiples(m, odd);
    }
  for (int wb = 4; wb <= 6; wb++) /* multiples that no weight of so few bits has are there too */
    check("shift_add, few bits of weights",
          (qy_pe_params){.kind = QY_PE_SHIFT_ADD, .bits = 6, .weight_bits = wb, .m_bits = 4, .m_odd = true});
  check("shift_add, registers",
        (qy_pe_params){.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 4, .input_registers = true});
  check("shift_add, accumulator", (qy_pe_params){.kind = QY_PE_SHIFT_ADD, .bits = 8, .accumulator_bits = 24});
  return done();
}
