/* Integers and random words: against slow forms, and against the generators' published sequences. */
#include "quarry/integer.h"
#include "quarry/random.h"

#include "tap.h"

static void quotients(void)
{
  uint64_t state = 1;
  int wrong = 0;
  for (int i = 0; i < 200000; i++) {
    int64_t b = 1 + (int64_t)(qy_random_word(&state) >> (33 + qy_random_word(&state) % 30));
    int64_t a = (int64_t)(qy_random_word(&state) >> (11 + qy_random_word(&state) % 50));
    if (i % 2) a -= a % b;                   /* multiples, */
    if (i % 4 == 3 && a > 0) a -= i % 8 < 4; /* and one below, */
    if (i % 16 == 15) a++;                   /* and one above */
    if (a >= INT64_C(1) << 53) continue;
    int64_t expected = a == 0 ? 0 : (a - 1) / b + 1;
    wrong += qy_ceil_div(a, b) != expected || qy_ceil_div_exact(a, (double)b) != expected;
  }
  is_int(wrong, 0, "both quotients are rounded up");
  is_int(qy_ceil_div(INT64_MAX, 2), INT64_C(1) << 62, "the largest numerator");
  is_int(qy_ceil_div(INT64_MAX, INT64_MAX), 1, "the largest denominator");
  is_int(qy_ceil_div_exact((INT64_C(1) << 53) - 1, 0x1p31 - 1), 4194305, "the ends of the fast form's range");
  wrong = 0;
  for (int shift = 0; shift < 20; shift++)
    for (int64_t a = 0; a < 3000; a++)
      wrong += qy_ceil_shift(a, shift) != qy_ceil_div(a, INT64_C(1) << shift);
  is_int(wrong, 0, "shifts are rounded up");
}

static void widths(void)
{
  int wrong = 0;
  for (int n = 0; n < 5000; n++) {
    int up = 0, digits = 1;
    while ((1 << up) < n)
      up++;
    while (n >> digits)
      digits++;
    wrong += qy_log2_ceil(n) != up || qy_digits((uint64_t)n) != digits;
    if (n > 0) wrong += qy_log2_floor((uint64_t)n) != digits - 1;
  }
  is_int(wrong, 0, "logarithms and digits");
  is_int(qy_log2_ceil(-5), 0, "less than one thing needs no bit");
  is_int(qy_log2_floor(UINT64_MAX), 63, "the largest word");
  is_int(qy_digits(UINT64_MAX), 64, "and its digits");
  ok(qy_word_mask(-1) == 0 && qy_word_mask(0) == 0, "no bits");
  ok(qy_word_mask(1) == 1 && qy_word_mask(63) == UINT64_MAX >> 1 && qy_word_mask(64) == UINT64_MAX, "some and all");
  ok(qy_min64(-1, 2) == -1 && qy_max64(-1, 2) == 2 && qy_min_int(3, 2) == 2 && qy_max_int(3, 2) == 3,
     "smaller, larger");
}

/* SplitMix64 from 1234567: the first words of the generator, as listed for many languages (Rosetta Code). */
static void words(void)
{
  static const uint64_t expected[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                      UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                      UINT64_C(16408922859458223821)};
  uint64_t state = 1234567;
  ok(qy_random_mix(state) == expected[0], "mixed: the first word");
  for (int i = 0; i < 5; i++)
    ok(qy_random_word(&state) == expected[i], "SplitMix64, word %d", i);
  state = 1;
  ok(qy_random_xorshift(&state) == UINT64_C(0x47E4CE4B896CDD1D), "xorshift64* from 1");
  ok(qy_random_open(0) > 0 && qy_random_open(UINT64_MAX) < 1, "a number in (0, 1)");
}

/* Counted one by one: words of 0 to 64 ones in a row, at every place, and random ones. */
static void ones(void)
{
  uint64_t state = 1;
  int wrong = 0;
  for (int width = 0; width <= 64; width++)
    for (int shift = 0; shift + width <= 64; shift++)
      wrong += qy_ones(width ? qy_word_mask(width) << shift : 0) != width;
  for (int i = 0; i < 10000; i++) {
    const uint64_t word = qy_random_word(&state);
    int count = 0;
    for (uint64_t rest = word; rest; rest &= rest - 1)
      count++;
    wrong += qy_ones(word) != count;
  }
  is_int(wrong, 0, "ones among bits");
}

int main(void)
{
  quotients();
  ones();
  widths();
  words();
  return done();
}
