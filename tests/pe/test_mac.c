/* Multiply-accumulate elements against 64-bit integer sums, in every mode; prices make sense. */
#include "quarry/pe.h"
#include "tap.h"

static uint64_t rng = 20261121;

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

static int64_t part(uint64_t word, int at, int width)
{
  return (int64_t)(word >> at << (64 - width)) >> (64 - width);
}

static int input_index(const qy_circuit *c, const char *name)
{
  for (int i = 0; i < qy_circuit_inputs(c); i++)
    if (strcmp(qy_circuit_input_name(c, i), name) == 0) return i;
  return -1;
}

/* 20,000 cycles; with input registers the result is one cycle later. */
static void check(qy_pe_kind kind, qy_multiplier multiplier, int bits, int accumulator, int registers)
{
  const char *name = qy_pe_row_of(kind)->name;
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  qy_pe_params params = {.kind = kind,
                         .multiplier = multiplier,
                         .bits = bits,
                         .accumulator_bits = accumulator,
                         .input_registers = registers != 0};
  if (!ok(qy_pe_build(&pe, &params, arena, &err) == QY_OK, "%s %d builds", name, bits)) {
    printf("# %s\n", err.diagnostic[0].text);
    qy_arena_free(arena);
    return;
  }
  const qy_circuit *c = pe.circuit;
  int x = input_index(c, "x"), w = input_index(c, "w"), clear = input_index(c, "clear"), mode = input_index(c, "mode");
  for (int k = 0; k < pe.mode_count; k++) {
    uint64_t state[16] = {0}, scratch[512], in[4] = {0}, out[4];
    int64_t sum[4] = {0}, before[4] = {0};
    int lanes = kind == QY_PE_MAC_SA ? pe.mode[k].products : 1, wrong = 0, s = bits >> k;
    for (int t = 0; t < 20000; t++) {
      in[x] = low(next_random(), bits);
      in[w] = low(next_random(), bits);
      if (kind == QY_PE_MAC) { /* narrower operands come sign-extended */
        in[x] = low((uint64_t)part(in[x], 0, s), bits);
        in[w] = low((uint64_t)part(in[w], 0, s), bits);
      }
      in[clear] = t == 0 || next_random() % 12 == 0;
      if (mode >= 0) in[mode] = (uint64_t)k;
      qy_simulate(c, in, state, out, scratch);
      for (int lane = 0; lane < lanes && t > 2; lane++) {
        int64_t want = registers ? before[lane] : sum[lane];
        wrong += out[lane] != low((uint64_t)want, qy_circuit_output_width(c, lane));
      }
      memcpy(before, sum, sizeof sum);
      for (int lane = 0; lane < lanes; lane++)
        if (in[clear]) sum[lane] = 0;
      for (int i = 0; i < pe.mode[k].products; i++) {
        int opposite = kind == QY_PE_MAC_ST || kind == QY_PE_MAC_DC ? pe.mode[k].products - 1 - i : i;
        sum[kind == QY_PE_MAC_SA ? i : 0] += part(in[x], i * s, s) * part(in[w], opposite * s, s);
      }
    }
    ok(wrong == 0, "%s %s %d bits%s, mode %d: %d x %d-bit products", name, multiplier ? "Booth" : "array", bits,
       registers ? " registered" : "", k, pe.mode[k].products, pe.mode[k].bits);
    if (wrong) printf("# %d wrong\n", wrong);
  }
  qy_arena_free(arena);
}

static void test_price(void)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_tech *tech = NULL;
  if (!ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "library reads")) return;
  qy_pe mac, st, sa;
  qy_pe_params params = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16, .input_registers = true};
  qy_pe_cost cm, cs, ca, again;
  qy_pe_build(&mac, &params, arena, &err);
  params.kind = QY_PE_MAC_ST;
  qy_pe_build(&st, &params, arena, &err);
  params.kind = QY_PE_MAC_SA;
  qy_pe_build(&sa, &params, arena, &err);
  ok(!qy_pe_price(&cm, &mac, tech, 5000, &err) && !qy_pe_price(&cs, &st, tech, 5000, &err) &&
         !qy_pe_price(&ca, &sa, tech, 5000, &err),
     "prices at 200 MHz");
  ok(cm.build.area_um2 < cs.build.area_um2 && cs.build.area_um2 < ca.build.area_um2,
     "mac < sum-together < sum-apart: %.0f %.0f %.0f um2", cm.build.area_um2, cs.build.area_um2, ca.build.area_um2);
  /* Its Verilog through Yosys on osu018, netlist in Icarus Verilog with the cells' path delays, 200 random vectors per
   * mode: toggles of all nets 6156, 6279, 6257 a cycle (settled ones 2157, 2005, 1838): signs of sub-words are many
   * copies, and what settles less glitches more. */
  near_rel(cs.energy_fj[1] / cs.energy_fj[0], 6279 / 6156.0, 0.08, "two sub-words: the energy of one product");
  near_rel(cs.energy_fj[2] / cs.energy_fj[0], 6257 / 6156.0, 0.08, "so do four");
  ok(cs.idle_fj > 0 && cs.idle_fj < cs.energy_fj[2], "standing still costs the clock only");
  qy_pe_price(&again, &st, tech, 5000, &err);
  ok(memcmp(&again.energy_fj, &cs.energy_fj, sizeof cs.energy_fj) == 0, "the same price every time");
  is_int(qy_pe_mode_for(&st, 3), 2, "3-bit operands run in the 4-bit mode");
  is_int(qy_pe_mode_for(&st, 8), 1, "8-bit operands in the 8-bit mode");
  is_int(qy_pe_mode_for(&st, 9), 0, "9-bit operands in the 16-bit mode");
  is_int(qy_pe_mode_for(&st, 17), -1, "17-bit operands in none");
  qy_arena_free(arena);
}

/* One weight bit a cycle, most significant first, in all three precisions. */
static void check_serial(int bits, int weight_bits)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  qy_pe_params params = {.kind = QY_PE_SERIAL, .bits = bits, .weight_bits = weight_bits};
  ok(qy_pe_build(&pe, &params, arena, &err) == QY_OK, "serial %d x %d builds", bits, weight_bits);
  int precisions = 0; /* full, half and quarter width, of two bits at least */
  while (precisions < 3 && weight_bits >> precisions >= 2)
    precisions++;
  is_int(pe.mode_count, precisions, "as many precisions as are wide enough");
  const qy_circuit *c = pe.circuit;
  int x = input_index(c, "x"), w = input_index(c, "w"), clear = input_index(c, "clear");
  int first = input_index(c, "first"), last = input_index(c, "last");
  for (int k = 0; k < pe.mode_count; k++) {
    uint64_t state[4] = {0}, scratch[64], in[8] = {0}, out[1];
    int n = pe.mode[k].cycles, wrong = n != weight_bits >> k;
    int64_t sum = 0;
    for (int t = 0; t < 5000; t++) {
      uint64_t a = low(next_random(), bits), b = low(next_random(), n);
      bool fresh = t == 0 || next_random() % 9 == 0;
      for (int i = n - 1; i >= 0; i--) {
        in[x] = a, in[w] = b >> i & 1, in[first] = i == n - 1, in[last] = i == 0, in[clear] = i == 0 && fresh;
        qy_simulate(c, in, state, out, scratch);
      }
      sum = (fresh ? 0 : sum) + part(a, 0, bits) * part(b, 0, n);
      in[last] = in[clear] = 0;
      uint64_t copy[4];
      memcpy(copy, state, sizeof copy);
      qy_simulate(c, in, copy, out, scratch); /* look at the sum without going on */
      wrong += out[0] != low((uint64_t)sum, qy_circuit_output_width(c, 0));
    }
    ok(wrong == 0, "serial %d x %d bits, %d cycles a product", bits, weight_bits, n);
  }
  qy_arena_free(arena);
}

static void check_mul(qy_multiplier multiplier, int bits, int weight_bits)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  qy_pe_params params = {.kind = QY_PE_MUL, .multiplier = multiplier, .bits = bits, .weight_bits = weight_bits};
  int wrong = qy_pe_build(&pe, &params, arena, &err) != QY_OK;
  uint64_t scratch[16], in[2], out[1];
  for (int t = 0; t < 20000 && !wrong; t++) {
    in[0] = low(next_random(), bits), in[1] = low(next_random(), weight_bits);
    qy_simulate(pe.circuit, in, NULL, out, scratch);
    wrong += out[0] != low((uint64_t)(part(in[0], 0, bits) * part(in[1], 0, weight_bits)), bits + weight_bits);
  }
  ok(!wrong, "mul %d x %d bits", bits, weight_bits);
  qy_arena_free(arena);
}

static void test_refused(void)
{
  static const struct {
    qy_pe_params params;
    const char *part;
  } row[] = {
      {{.kind = QY_PE_MAC, .bits = 1}, "bits: expected 2 to 32"},
      {{.kind = QY_PE_MAC, .bits = 33}, "bits: expected 2 to 32"},
      {{.kind = QY_PE_MAC_ST, .bits = 12}, "bits: expected 4, 8 or 16"},
      {{.kind = QY_PE_MAC_SA, .bits = 32}, "bits: expected 4, 8 or 16"},
      {{.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 15}, "accumulator_bits"},
      {{.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 65}, "accumulator_bits"},
      {{.kind = QY_PE_KIND_COUNT, .bits = 8}, "kind"},
  };
  qy_arena *arena = qy_arena_new();
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_pe pe;
    ok(qy_pe_build(&pe, &row[i].params, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, row[i].part),
       "refused: %s", err.diagnostic[0].text);
  }
  qy_arena_free(arena);
}

int main(void)
{
  for (int multiplier = 0; multiplier < QY_MULTIPLIER_COUNT; multiplier++) {
    for (int bits = 2; bits <= 32; bits += bits < 12 ? 3 : 5)
      check(QY_PE_MAC, (qy_multiplier)multiplier, bits, 0, 0);
    check(QY_PE_MAC, (qy_multiplier)multiplier, 16, 40, 1);
    check(QY_PE_MAC, (qy_multiplier)multiplier, 8, 16, 1);
    for (int bits = 4; bits <= 16; bits *= 2) {
      check(QY_PE_MAC_ST, (qy_multiplier)multiplier, bits, 0, bits == 8);
      check(QY_PE_MAC_SA, (qy_multiplier)multiplier, bits, 0, bits == 8);
      check(QY_PE_MAC_DC, (qy_multiplier)multiplier, bits, 0, bits == 8);
    }
  }
  check_serial(8, 8);
  check_serial(16, 4);
  check_serial(5, 11);
  for (int multiplier = 0; multiplier < QY_MULTIPLIER_COUNT; multiplier++) {
    check_mul((qy_multiplier)multiplier, 16, 16);
    check_mul((qy_multiplier)multiplier, 16, 5);
    check_mul((qy_multiplier)multiplier, 4, 9);
  }
  test_price();
  test_refused();
  return done();
}
