/* Multipliers against plain integer arithmetic: exhaustively at 8 bits in every sub-word mode, random vectors above. */
#include "../../src/circuit/multiplier.h"
#include "quarry/circuit.h"
#include "random.h"
#include "tap.h"
#include "words.h"

#include <stdlib.h>

static int64_t sign(uint64_t word, int width)
{
  return width == 64 ? (int64_t)word : (int64_t)(word << (64 - width)) >> (64 - width);
}

static int64_t read_part(uint64_t word, int at, int width, int is_signed)
{
  uint64_t part = low(word >> at, width);
  return is_signed ? sign(part, width) : (int64_t)part;
}

typedef struct unit {
  qy_circuit *c;
  uint64_t scratch[16];
} unit;

static uint64_t run(unit *u, uint64_t a, uint64_t b, uint64_t third)
{
  uint64_t in[3] = {a, b, third}, out[1];
  qy_simulate(u->c, in, NULL, out, u->scratch);
  return out[0];
}

/* Plain product. */
static uint64_t expect_product(uint64_t a, uint64_t b, int wa, int wb, int is_signed)
{
  uint64_t x = is_signed ? (uint64_t)sign(a, wa) : a, y = is_signed ? (uint64_t)sign(b, wb) : b;
  return low(x * y, wa + wb);
}

static uint64_t expect_together(uint64_t a, uint64_t b, int w, int words, int is_signed)
{
  int s = w / words;
  int64_t sum = 0;
  for (int i = 0; i < words; i++)
    sum += read_part(a, i * s, s, is_signed) * read_part(b, (words - 1 - i) * s, s, is_signed);
  return low((uint64_t)sum, 2 * w);
}

static uint64_t expect_apart(uint64_t a, uint64_t b, int w, int words, int is_signed)
{
  int s = w / words;
  uint64_t packed = 0;
  for (int i = 0; i < words; i++) {
    int64_t product = read_part(a, i * s, s, is_signed) * read_part(b, i * s, s, is_signed);
    packed |= low((uint64_t)product, 2 * s) << (2 * s * i);
  }
  return packed;
}

typedef enum form { PLAIN, TOGETHER, APART } form;

/* What the rows of a plain product add up to. */
static uint64_t sum_rows(const multiplier_layout *p, uint64_t a, uint64_t b)
{
  uint64_t word[ROWS_MAX + 1], sum = 0;
  const int count = multiplier_rows(p, a, b, 0, word, NULL);
  for (int i = 0; i < count; i++)
    sum += word[i];
  return low(sum, p->width);
}

static void check_form(form f, qy_multiplier kind, int wa, int wb, int is_signed, int modes, long vectors)
{
  static const char *names[] = {"plain", "sum-together", "sum-apart"};
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  unit u = {.c = qy_circuit_new("m", arena)};
  qy_net a = qy_input(u.c, "a", wa), b = qy_input(u.c, "b", wb), p;
  qy_net mode = f == PLAIN ? -1 : qy_input(u.c, "mode", 2);
  if (f == PLAIN)
    p = qy_multiply(u.c, kind, a, b, is_signed);
  else if (f == TOGETHER)
    p = qy_multiply_st(u.c, kind, a, b, mode, is_signed);
  else
    p = qy_multiply_sa(u.c, kind, a, b, mode, is_signed);
  qy_output(u.c, "p", p);
  if (qy_circuit_finish(u.c, &err)) {
    ok(0, "%s %dx%d builds: %s", names[f], wa, wb, err.diagnostic[0].text);
    qy_arena_free(arena);
    return;
  }
  const multiplier_layout *rows =
      f == PLAIN ? multiplier_layout_new(kind, JOIN_PLAIN, is_signed, wa, wb, wa + wb, arena) : NULL;
  for (int k = 0; k < modes; k++) {
    long wrong = 0, total = 0, exhaustive = wa + wb <= 16;
    uint64_t state = 88172645463325252u, first[3] = {0};
    long limit = exhaustive ? 1L << (wa + wb) : vectors;
    for (; total < limit; total++) {
      uint64_t x, y, want;
      if (exhaustive) {
        x = low((uint64_t)total, wa);
        y = (uint64_t)total >> wa;
      } else {
        x = low(random_bits(&state) >> 7, wa);
        y = low(random_bits(&state) >> 9, wb);
        if (total < 64) { /* corners: most negative, most positive, all ones, zero in every sub-word */
          static const uint64_t corner[] = {0,
                                            UINT64_MAX,
                                            0x8080808080808080u,
                                            0x7f7f7f7f7f7f7f7fu,
                                            0x8888888888888888u,
                                            0x7777777777777777u,
                                            0x8000800080008000u,
                                            0x80000000u};
          x = low(corner[total & 7], wa);
          y = low(corner[total >> 3], wb);
        }
      }
      want = f == PLAIN      ? expect_product(x, y, wa, wb, is_signed)
             : f == TOGETHER ? expect_together(x, y, wa, 1 << k, is_signed)
                             : expect_apart(x, y, wa, 1 << k, is_signed);
      uint64_t got = run(&u, x, y, (uint64_t)k);
      if (rows && got == want) got = sum_rows(rows, x, y);
      if (got != want && !wrong++) first[0] = x, first[1] = y, first[2] = got;
    }
    ok(wrong == 0, "%s %s %s %dx%d mode %d: %ld vectors", names[f], kind ? "Booth" : "array",
       is_signed ? "signed" : "unsigned", wa, wb, k, total);
    if (wrong)
      printf("# %ld wrong; first a=%llx b=%llx got %llx\n", wrong, (unsigned long long)first[0],
             (unsigned long long)first[1], (unsigned long long)first[2]);
  }
  qy_arena_free(arena);
}

static void check_multiply_add(qy_multiplier kind, int wa, int wb, int width, int is_signed)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  unit u = {.c = qy_circuit_new("m", arena)};
  qy_net a = qy_input(u.c, "a", wa), b = qy_input(u.c, "b", wb), d = qy_input(u.c, "d", width);
  qy_output(u.c, "p", qy_multiply_add(u.c, kind, a, b, d, width, is_signed));
  long wrong = qy_circuit_finish(u.c, &err) != QY_OK;
  uint64_t state = 1234567;
  for (int i = 0; i < 100000 && !wrong; i++) {
    uint64_t x = low(random_bits(&state) >> 5, wa), y = low(random_bits(&state) >> 5, wb);
    uint64_t z = low(random_bits(&state), width);
    uint64_t product = is_signed ? (uint64_t)(sign(x, wa) * sign(y, wb)) : x * y;
    wrong += run(&u, x, y, z) != low(product + z, width);
  }
  ok(wrong == 0, "%s %s %dx%d plus addend, %d bits", kind ? "Booth" : "array", is_signed ? "signed" : "unsigned", wa,
     wb, width);
  qy_arena_free(arena);
}

/* ps through a multiplier of gates that take 100 ps each, whatever they drive. */
static double delay_of(form f, qy_multiplier kind, int w, bool is_signed, bool fast)
{
  qy_tech t = {.fa_carry_ps = 100, .effort_p = 4};
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = 1, t.delay_ps[k] = 100;
  for (int k = 0; k < QY_FACTOR_COUNT; k++)
    t.factor[k] = 1;
  qy_arena *arena = qy_arena_new();
  qy_circuit *c = qy_circuit_new("m", arena);
  const qy_net a = qy_input(c, "a", w), b = qy_input(c, "b", w), mode = f == PLAIN ? -1 : qy_input(c, "mode", 2);
  qy_output(c, "p",
            f == PLAIN      ? qy_multiply(c, kind, a, b, is_signed)
            : f == TOGETHER ? qy_multiply_st(c, kind, a, b, mode, is_signed)
                            : qy_multiply_sa(c, kind, a, b, mode, is_signed));
  qy_timing timing = {0};
  const bool timed = !qy_circuit_finish(c, NULL) && !qy_circuit_timing(c, &t, &timing, NULL);
  qy_arena_free(arena);
  return !timed ? NAN : fast ? timing.fast_ps : timing.lean_ps;
}

/* Modes are masks of the operands; signed ones, whose signs move with the mode, have one more, and apart one more
 * behind, for the signs of the lanes. */
static void delays(void)
{
  for (int fast = 0; fast < 2; fast++)
    for (int w = 4; w <= 16; w *= 2) {
      double d[3][2];
      for (int f = 0; f < 3; f++)
        for (int is_signed = 0; is_signed < 2; is_signed++)
          d[f][is_signed] = delay_of((form)f, QY_MULTIPLIER_ARRAY, w, is_signed, fast);
      near_abs(d[TOGETHER][1] - d[PLAIN][1] - (d[TOGETHER][0] - d[PLAIN][0]), 100, 1e-3, "together: one gate more");
      near_abs(d[APART][1] - d[PLAIN][1] - (d[APART][0] - d[PLAIN][0]), 200, 1e-3, "apart: two gates more");
      ok(d[APART][0] > d[PLAIN][0] && d[TOGETHER][0] > d[APART][0], "masks take time, alignment more");
    }
}

int main(void)
{
  for (int w = 2; w <= 8; w++)
    for (int v = 2; v <= 8; v++)
      if (w == v || v == 8 || w == 8 || w + v == 7) {
        check_form(PLAIN, QY_MULTIPLIER_ARRAY, w, v, 0, 1, 0);
        check_form(PLAIN, QY_MULTIPLIER_ARRAY, w, v, 1, 1, 0);
        check_form(PLAIN, QY_MULTIPLIER_BOOTH, w, v, 1, 1, 0);
      }
  static const int wide[][2] = {{16, 16}, {9, 16}, {16, 9}, {11, 13}, {5, 17}, {24, 24}, {31, 32}, {32, 32}};
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
    check_form(PLAIN, QY_MULTIPLIER_ARRAY, wide[i][0], wide[i][1], 0, 1, 100000);
    check_form(PLAIN, QY_MULTIPLIER_ARRAY, wide[i][0], wide[i][1], 1, 1, 100000);
    check_form(PLAIN, QY_MULTIPLIER_BOOTH, wide[i][0], wide[i][1], 1, 1, 100000);
  }
  for (int w = 4; w <= 16; w *= 2) {
    int modes = w == 4 ? 2 : 3;
    for (int s = 0; s <= 1; s++) {
      check_form(TOGETHER, QY_MULTIPLIER_ARRAY, w, w, s, modes, 100000);
      check_form(APART, QY_MULTIPLIER_ARRAY, w, w, s, modes, 100000);
    }
    check_form(TOGETHER, QY_MULTIPLIER_BOOTH, w, w, 1, modes, 100000);
    check_form(APART, QY_MULTIPLIER_BOOTH, w, w, 1, modes, 100000);
  }
  for (int s = 0; s <= 1; s++) {
    check_multiply_add(QY_MULTIPLIER_ARRAY, 8, 8, 24, s);
    check_multiply_add(QY_MULTIPLIER_ARRAY, 8, 8, 16, s);
    check_multiply_add(QY_MULTIPLIER_ARRAY, 16, 16, 40, s);
    check_multiply_add(QY_MULTIPLIER_ARRAY, 5, 9, 20, s);
    check_multiply_add(QY_MULTIPLIER_ARRAY, 32, 32, 64, s);
  }
  check_multiply_add(QY_MULTIPLIER_BOOTH, 8, 8, 24, 1);
  check_multiply_add(QY_MULTIPLIER_BOOTH, 7, 9, 40, 1);
  check_multiply_add(QY_MULTIPLIER_BOOTH, 32, 32, 64, 1);
  delays();
  return done();
}
