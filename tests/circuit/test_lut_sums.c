/* Sums of many terms in the LUT view: they are the sums, whatever is merged into them, and take what they have to.
 *
 * Oracles: the word-level simulation of random expressions of +, - and *; counts worked out for the structures that
 * lut_int.h names.
 */
#include "lut_values.h"
#include "tap.h"

static qy_arena *arena;
static uint64_t state = 17;

static int pick(int n)
{
  return (int)random_below(&state, (size_t)n);
}

/* ---- random expressions */

/* An expression of that width whose parts nothing else reads. */
static qy_net expression(qy_circuit *c, const qy_net in[6], int width, int deep, bool is_signed)
{
  const qy_net x = in[pick(6)];
  if (deep == 0 || pick(8) == 0) {
    const int own = qy_net_width(c, x);
    if (pick(4) == 0) return qy_constant_word(c, random_bits(&state), 1 + pick(width));
    return own > width ? qy_slice(c, x, pick(own - width + 1), width) : x;
  }
  if (pick(4) == 0) {
    const int wa = 1 + pick(5), wb = 2 + pick(4), small = wa < wb ? wa : wb;
    const qy_net a = qy_slice(c, x, 0, small > 1 && is_signed ? wa + 1 : wa), b = qy_slice(c, in[pick(6)], 1, wb);
    return qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, is_signed);
  }
  /* as wide as the reader, or narrower by what loses nothing */
  const int inner = pick(2) ? width : 3 + pick(width > 3 ? width - 3 : 1);
  qy_net a = expression(c, in, inner, deep - 1, is_signed), b = expression(c, in, inner, deep - 1, is_signed);
  const int wa = qy_net_width(c, a), wb = qy_net_width(c, b), least = wa > wb ? wa : wb;
  const int own = least + 1 > width ? least : pick(2) ? width : least + 1;
  qy_net made;
  switch (pick(5)) {
  case 0:
  case 1: made = qy_add(c, a, b, own, is_signed); break;
  case 2: made = qy_addsub(c, a, b, qy_slice(c, x, 0, 1), own, is_signed); break;
  case 3:
    made = wa + 4 <= own + 1 && pick(2)
               ? qy_multiply_add(c, QY_MULTIPLIER_ARRAY, qy_slice(c, x, 0, 3),
                                 qy_slice(c, in[pick(6)], 0, own - 3 > 4 ? 4 : 2),
                                 qy_extend(c, a, own > wa ? own : wa, is_signed), own > wa ? own : wa, is_signed)
               : qy_subtract(c, a, b, own, is_signed);
    break;
  default: made = qy_subtract(c, a, b, own, is_signed); break;
  }
  const int got = qy_net_width(c, made);
  return got < width && pick(2) ? qy_extend(c, made, width, pick(4) ? is_signed : !is_signed) : made;
}

static qy_circuit *random_sum(void)
{
  static const char *const names[] = {"a", "b", "d", "e", "f", "g"};
  qy_circuit *c = qy_circuit_new("sum", arena);
  qy_net in[6];
  const bool is_signed = pick(2);
  for (int i = 0; i < 6; i++)
    in[i] = qy_input(c, names[i], 6 + pick(5));
  const qy_net y = expression(c, in, 6 + pick(8), 1 + pick(4), is_signed);
  const int width = qy_net_width(c, y);
  qy_output(c, "y", pick(4) || width < 4 ? y : qy_round_saturate(c, y, pick(3), 2 + pick(width - 2), is_signed));
  return qy_circuit_finish(c, NULL) ? NULL : c;
}

static void random_sums(void)
{
  enum { CIRCUITS = 800, CYCLES = 16 };
  int built = 0;
  long wrong[QY_TOOLCHAIN_COUNT][2] = {{0}};
  for (int i = 0; i < CIRCUITS; i++) {
    const qy_circuit *c = random_sum();
    if (!c || c->count > 500) continue;
    built++;
    for (int t = 0; t < QY_TOOLCHAIN_COUNT; t++) {
      const bool rows = pick(2);
      const qy_fpga_how how = {.toolchain = (qy_toolchain)t, .rows = rows};
      wrong[t][rows] += wrong_bits(c, &how, CYCLES, &state);
    }
  }
  for (int t = 0; t < QY_TOOLCHAIN_COUNT; t++)
    for (int rows = 0; rows < 2; rows++)
      ok(built > CIRCUITS / 2 && wrong[t][rows] == 0, "%d expressions, %s%s: %ld bits are wrong", built,
         qy_toolchain_names[t], rows ? ", rows" : "", wrong[t][rows]);
}

/* More terms than any processing element has: nothing but memory limits them. */
static void many_terms(void)
{
  enum { TERMS = 200 };
  for (int t = 0; t < QY_TOOLCHAIN_COUNT; t++) {
    qy_circuit *c = qy_circuit_new("many", arena);
    const qy_net in[3] = {qy_input(c, "a", 5), qy_input(c, "b", 4), qy_input(c, "d", 3)};
    qy_net sum = in[0];
    for (int i = 1; i < TERMS; i++)
      sum = i % 3 ? qy_add(c, sum, in[i % 3], 14, false) : qy_subtract(c, sum, in[i % 2], 14, false);
    qy_output(c, "y", sum);
    const qy_fpga_how how = {.toolchain = (qy_toolchain)t};
    ok(qy_circuit_finish(c, NULL) == QY_OK && wrong_bits(c, &how, 20, &state) == 0, "a sum of %d terms, %s", TERMS,
       qy_toolchain_names[t]);
  }
}

/* Whole words added in pairs, and those in pairs, by vivado: each sum has a chain as long as its range needs. */
static void chains_of_pairs(void)
{
  enum { WORDS = 6 };
  static const char *const names[] = {"a", "b", "d", "e", "f", "g"};
  int wrong = 0, made = 0;
  for (int round = 0; round < 40; round++) {
    const bool is_signed = round & 1;
    const int count = 2 + round / 2 % (WORDS - 1), width = 16;
    qy_circuit *c = qy_circuit_new("pairs", arena);
    qy_net sum = 0;
    int64_t low[WORDS], high[WORDS];
    for (int i = 0; i < count; i++) {
      const int own = 2 + pick(8);
      const qy_net in = qy_input(c, names[i], own);
      sum = i ? qy_add(c, sum, in, width, is_signed) : in;
      low[i] = is_signed ? -((int64_t)1 << (own - 1)) : 0;
      high[i] = low[i] + ((int64_t)1 << own) - 1;
    }
    qy_output(c, "y", sum);
    size_t stages = 0;
    for (int left = count; left > 1; left = (left + 1) / 2)
      for (int i = 0; i < left; i += 2) {
        low[i / 2] = low[i] + (i + 1 < left ? low[i + 1] : 0);
        high[i / 2] = high[i] + (i + 1 < left ? high[i + 1] : 0);
        int bits = is_signed;
        while (high[i / 2] >> (bits - is_signed) > 0 || low[i / 2] + ((int64_t)1 << bits >> 1) < 0)
          bits++;
        stages += i + 1 < left ? (size_t)bits : 0;
      }
    lut_net net;
    const qy_fpga_how how = {.toolchain = QY_TOOLCHAIN_VIVADO};
    const bool good = qy_circuit_finish(c, NULL) == QY_OK && lut_net_make(&net, c, &how) == QY_OK;
    made += good;
    if (good && net.stages != stages)
      wrong++, printf("# %d words, signed %d: %zu, not %zu\n", count, is_signed, net.stages, stages);
    lut_net_free(&net);
  }
  ok(made == 40 && wrong == 0, "chains of sums in pairs are as long as their ranges: %d are not", wrong);
}

int main(void)
{
  arena = qy_arena_new();
  random_sums();
  many_terms();
  chains_of_pairs();
  qy_arena_free(arena);
  return done();
}
