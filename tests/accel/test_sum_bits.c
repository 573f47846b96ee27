/* Widths of sums against all sums: operands that reach the extremes, added up; coded weights one by one. */
#include "quarry/sum_bits.h"

#include "layer.h"
#include "tap.h"

/* The least width that holds both ends. */
static int width_of(int64_t low, int64_t high)
{
  int bits = 1;
  while (low < -(INT64_C(1) << (bits - 1)) || high > (INT64_C(1) << (bits - 1)) - 1)
    bits++;
  return bits;
}

/* Smallest and largest product of all pairs of operands. */
static void ends(int64_t *low, int64_t *high, int w, int a)
{
  *low = *high = 0;
  for (int64_t x = -(1 << (w - 1)); x < 1 << (w - 1); x++)
    for (int64_t y = -(1 << (a - 1)); y < 1 << (a - 1); y++) {
      if (x * y < *low) *low = x * y;
      if (x * y > *high) *high = x * y;
    }
}

static void integer_tests(void)
{
  enum { WIDEST = 7, LONGEST = 70 };
  int wrong = 0, usual = 0, powers = 0;
  for (int w = 1; w <= WIDEST; w++)
    for (int a = 1; a <= WIDEST; a++) {
      int64_t low, high, least = 0, most = 0;
      ends(&low, &high, w, a);
      for (int n = 1; n <= LONGEST; n++) {
        least += low;
        most += high;
        const int bits = qy_sum_bits_of(n, (qy_precision){w, a}), rule = w + a + (int)ceil(log2(n));
        wrong += bits != width_of(least, most);
        usual += rule - bits < 0 || rule - bits > 1;
        powers += (n & (n - 1)) == 0 && rule != bits;
      }
    }
  is_int(wrong, 0, "the least width that holds every sum of 1..70 products of operands of 1..7 bits");
  ok(usual == 0 && powers == 0, "w + a + ceil(log2 n) at powers of two, elsewhere that or a bit less");
  is_int(qy_sum_bits_of(9, qy_precision_of(8)), 19, "3 x 3 depthwise, 8 bit: 9 x 2^14 < 2^18");
  is_int(qy_sum_bits_of(4608, (qy_precision){4, 8}), 24, "4608 products, w4a8: 4608 x 2^10 < 2^23");
}

/* A bias or a correction of its width takes a sum one bit further, and none less will do. */
static void bias_tests(qy_arena *arena)
{
  static const int64_t products[] = {1, 2, 9, 25, 27};
  qy_pe pe;
  const qy_pe_params mac = {.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 24};
  if (!ok(!qy_pe_build(&pe, &mac, arena, NULL), "a mac")) return;
  for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
    const qy_layer l = make_layer(9, 9, 6 * products[i], 6, 1, 1, 1, 0, 6);
    const qy_sum_bits b = qy_layer_sum_bits(&l, &pe, (qy_precision){4, 8});
    const int64_t low = -products[i] * 8 * 127, high = products[i] * 8 * 128, bias = INT64_C(1) << (b.bias - 1);
    is_int(b.sum, width_of(low, high), "sums of a group's products");
    is_int(b.with_bias, width_of(low - bias, high + bias - 1), "with the widest bias");
    ok(high <= bias && b.accumulator == 24, "no bias beyond it leaves two signs; the element's accumulator");
  }
  const qy_layer l = make_layer(9, 9, 4, 4, 3, 3, 1, 1, 4);
  is_int(qy_layer_sum_bits(&l, &pe, (qy_precision){16, 4}).sum, 8 + 4 + 3, "weights wider than their port");
}

static void coded_tests(qy_arena *arena)
{
  static const qy_pe_params coded[] = {{.kind = QY_PE_POT, .bits = 8, .weight_bits = 4},
                                       {.kind = QY_PE_LIGHTPE, .bits = 8, .terms = 2},
                                       {.kind = QY_PE_SP2, .bits = 8, .weight_bits = 5}};
  for (size_t i = 0; i < sizeof coded / sizeof *coded; i++) {
    qy_pe pe;
    if (!ok(!qy_pe_build(&pe, &coded[i], arena, NULL), "an element of coded weights")) continue;
    double most = 0; /* of a weight, one being the last bit that products keep */
    for (uint32_t c = 0; c >> qy_number_code_bits(&pe.number) == 0; c++) {
      int64_t one;
      if (!qy_number_product(&one, &pe.number, 128, c, pe.keep_bits, QY_DROP_FLOOR, NULL))
        most = fmax(most, fabs((double)one));
    }
    for (int n = 1; n <= 3; n += 2) {
      const qy_layer l = make_layer(9, 9, 4, 4, n, n, 1, 0, 4);
      is_int(qy_layer_sum_bits(&l, &pe, qy_precision_of(8)).sum, width_of(0, (int64_t)(n * n * most)), "its sums");
    }
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  integer_tests();
  if (arena) {
    bias_tests(arena);
    coded_tests(arena);
  }
  qy_arena_free(arena);
  return done();
}
