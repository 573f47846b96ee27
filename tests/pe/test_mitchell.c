/* The logarithmic multiplier against Mitchell's formula in integers, written from the paper's equations and not from
 * the circuit: all pairs of 8 and of 4 bits, unequal widths, accumulation; his bound of the error. */
#include "quarry/pe.h"
#include "tap.h"

static qy_arena *arena;

static int highest(int64_t n)
{
  int k = 0;
  while (n >> (k + 1))
    k++;
  return k;
}

/* 2^(k1+k2) (1 + x1 + x2), or 2^(k1+k2+1) (x1 + x2) when x1 + x2 >= 1: with n = 2^k (1 + x), 2^k2 2^k1 x1 is
 * (n1 - 2^k1) 2^k2. */
static int64_t reference(int64_t a, int64_t b)
{
  if (a == 0 || b == 0) return 0;
  const int64_t m = a < 0 ? -a : a, n = b < 0 ? -b : b;
  const int k1 = highest(m), k2 = highest(n);
  const int64_t one = (int64_t)1 << (k1 + k2);
  const int64_t fractions =
      (m - ((int64_t)1 << k1)) * ((int64_t)1 << k2) + (n - ((int64_t)1 << k2)) * ((int64_t)1 << k1);
  const int64_t product = fractions < one ? one + fractions : 2 * fractions;
  return (a < 0) == (b < 0) ? product : -product;
}

static uint64_t word(int64_t value, int width)
{
  return (uint64_t)value & ((UINT64_C(1) << width) - 1);
}

static int64_t number(uint64_t bits, int width)
{
  return (int64_t)(bits << (64 - width)) >> (64 - width);
}

static bool build(qy_pe *pe, qy_pe_params params)
{
  qy_error err = {0};
  params.kind = QY_PE_MITCHELL;
  const bool built = qy_pe_build(pe, &params, arena, &err) == QY_OK;
  if (!built) printf("# %s\n", err.diagnostic[0].text);
  return built;
}

static void all_pairs(int bits, int weight_bits)
{
  qy_pe pe;
  uint64_t scratch[256], in[2], out[1];
  int64_t wrong = !build(&pe, (qy_pe_params){.bits = bits, .weight_bits = weight_bits}), pairs = 0;
  double worst = 0;
  const int64_t high = (int64_t)1 << (bits - 1), weight_high = (int64_t)1 << (weight_bits - 1);
  for (int64_t a = -high; a < high && !wrong; a++)
    for (int64_t b = -weight_high; b < weight_high; b++, pairs++) {
      in[0] = word(a, bits), in[1] = word(b, weight_bits);
      qy_simulate(pe.circuit, in, NULL, out, scratch);
      const int64_t got = number(out[0], qy_circuit_output_width(pe.circuit, 0));
      wrong += got != reference(a, b);
      if (a && b) worst = fmax(worst, fabs((double)(a * b - got) / (double)(a * b)));
    }
  ok(!wrong && pairs == 4 * high * weight_high, "%d x %d bits: all %lld pairs are Mitchell's", bits, weight_bits,
     (long long)pairs);
  is_int(wrong ? -1 : qy_circuit_output_width(pe.circuit, 0), bits + weight_bits, "as wide as an exact product");
  /* Both fractions a half, as in 3 x 3 = 8: 1/9 too small; no pair is worse. */
  near_abs(worst, 1.0 / 9, 1e-12, "largest relative error 11.1 %");
}

/* 16 bits: a random walk over all magnitudes. */
static void wide_pairs(void)
{
  qy_pe pe;
  uint64_t scratch[256], in[2], out[1], r = 1;
  int wrong = !build(&pe, (qy_pe_params){.bits = 16});
  for (int i = 0; i < 100000 && !wrong; i++) {
    r ^= r << 13, r ^= r >> 7, r ^= r << 17;
    const int64_t a = number(r, 16) >> (r >> 32 & 15), b = number(r >> 16, 16) >> (r >> 36 & 15);
    in[0] = word(a, 16), in[1] = word(b, 16);
    qy_simulate(pe.circuit, in, NULL, out, scratch);
    wrong += number(out[0], 32) != reference(a, b);
  }
  ok(!wrong, "16 x 16 bits: 100,000 pairs");
}

/* With input registers: a product is in the sum two cycles after its operands. */
static void sums(void)
{
  enum { PRODUCTS = 500, SUM = 7 };
  qy_pe pe;
  qy_pe_params params = {.bits = 8, .accumulator_bits = QY_PE_ACCUMULATOR_NEEDED, .input_registers = true};
  uint64_t scratch[256], state[16] = {0}, in[3], out[1];
  int64_t sum[PRODUCTS + 2] = {0};
  int wrong = !build(&pe, params);
  is_int(wrong ? -1 : pe.params.accumulator_bits, 8 + 8 + 8, "an accumulator on request: product bits + 8");
  for (int i = 0; i < PRODUCTS && !wrong; i++) {
    const int64_t a = (i * 89) % 256 - 128, b = (i * 151 + 7) % 256 - 128;
    in[0] = word(a, 8), in[1] = word(b, 8), in[2] = i % SUM == 0;
    sum[i + 2] = (i % SUM == 0 ? 0 : sum[i + 1]) + reference(a, b);
    qy_simulate(pe.circuit, in, state, out, scratch);
    if (i > 2) wrong += number(out[0], pe.params.accumulator_bits) != sum[i];
  }
  ok(!wrong, "sums of %d products", SUM);
}

int main(void)
{
  arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  all_pairs(8, 8);
  all_pairs(4, 4);
  all_pairs(7, 4);
  all_pairs(3, 9);
  wide_pairs();
  sums();
  const qy_pe_params wide = {.kind = QY_PE_MITCHELL, .bits = 17};
  ok(qy_pe_build(&pe, &wide, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "bits: expected 2 to 16"),
     "refused: %s", err.diagnostic[0].text);
  const qy_pe_row *row = qy_pe_row_of(QY_PE_MITCHELL);
  ok(row->multiplies && !row->exact && !row->apart, "multiplies, approximately");
  qy_arena_free(arena);
  return done();
}
