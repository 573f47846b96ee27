/* Components of the FPGA study: what they compute.
 *
 * Oracle: plain integer arithmetic on random words.  Their flip-flops are compared in test_fpga.c.
 */
#include "../../src/validate/component.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static qy_arena *arena;

enum { INPUTS = 64, TRIALS = 500, STAGES = 3 };

typedef struct machine {
  qy_circuit *c;
  uint64_t *state, *scratch;
} machine;

static int make(machine *m, const char *kind, const char *params)
{
  const char *reason;
  qy_error err = {0};
  if (!ok(component_circuit(&m->c, kind, params, &reason, arena, &err) == QY_OK, "%s %s is built", kind, params))
    return -1;
  m->state = qy_arena_alloc(arena, qy_circuit_state_words(m->c), sizeof(uint64_t));
  m->scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(m->c), sizeof(uint64_t));
  return 0;
}

static uint64_t step(machine *m, const uint64_t *inputs)
{
  uint64_t outputs[4];
  qy_simulate(m->c, inputs, m->state, outputs, m->scratch);
  return outputs[0];
}

static uint64_t low(int64_t value, int width)
{
  return width == 64 ? (uint64_t)value : (uint64_t)value & ((UINT64_C(1) << width) - 1);
}

static int64_t as_signed(uint64_t word, int width)
{
  return (int64_t)(word << (64 - width)) >> (64 - width);
}

static uint64_t random_bits(int width)
{
  uint64_t word = (uint64_t)(unsigned)rand() ^ (uint64_t)(unsigned)rand() << 20 ^ (uint64_t)(unsigned)rand() << 40;
  return low((int64_t)word, width);
}

/* The result of words, in plain arithmetic; p: the parameters. */
typedef int64_t oracle(const uint64_t *in, const int *p);

/* A component without state but its registers: random words that are held, the result cycles later. */
static void pipeline(const char *kind, const char *params, oracle *expected, const int *p, int width)
{
  machine m;
  int wrong = 0;
  if (make(&m, kind, params)) return;
  for (int t = 0; t < TRIALS; t++) {
    uint64_t in[INPUTS];
    for (int i = 0; i < qy_circuit_inputs(m.c); i++)
      in[i] = random_bits(qy_circuit_input_width(m.c, i));
    for (int i = 0; i < STAGES; i++)
      step(&m, in);
    wrong += step(&m, in) != low(expected(in, p), width);
  }
  is_int(qy_circuit_output_width(m.c, 0), width, "width of the result");
  is_int(wrong, 0, "and its value");
}

/* One with an accumulator that `clr`, an input somewhere, clears at 0: sums of random products. */
static void accumulates(const char *kind, const char *params, oracle *expected, const int *p, int width)
{
  machine m;
  int wrong = 0, clear = -1;
  int64_t sum = 0, pending = 0;
  bool keep = false;
  if (make(&m, kind, params)) return;
  for (int i = 0; i < qy_circuit_inputs(m.c); i++)
    if (strcmp(qy_circuit_input_name(m.c, i), "clr") == 0) clear = i;
  if (!ok(clear >= 0, "there is a clr")) return;
  for (int t = 0; t < TRIALS; t++) {
    uint64_t in[INPUTS];
    for (int i = 0; i < qy_circuit_inputs(m.c); i++)
      in[i] = random_bits(qy_circuit_input_width(m.c, i));
    in[clear] = rand() % 8 != 0;
    wrong += step(&m, in) != low(sum, width);
    if (t > 0) sum = as_signed(low((keep ? sum : 0) + pending, width), width);
    pending = expected(in, p);
    keep = in[clear];
  }
  is_int(wrong, 0, "sums since the last clear");
}

/* ---- oracles; p[0], p[1]: widths */

static int64_t mul_us(const uint64_t *in, const int *p)
{
  return (int64_t)in[0] * as_signed(in[1], p[1]);
}

static int64_t cmul(const uint64_t *in, const int *p)
{
  return (int64_t)in[0] * p[1];
}

static int64_t cshl(const uint64_t *in, const int *p)
{
  return (int64_t)(in[0] << p[1]);
}

static int64_t shadd(const uint64_t *in, const int *p)
{
  return as_signed(in[0], p[0]) * ((1 << p[1]) + (1 << p[2]));
}

static int64_t brot(const uint64_t *in, const int *p)
{
  uint64_t s = in[1];
  return (int64_t)(in[0] << s | in[0] >> ((uint64_t)p[0] - s));
}

static int64_t sub(const uint64_t *in, const int *p)
{
  (void)p;
  return (int64_t)in[0] - (int64_t)in[1];
}

static int64_t sum_signed(const uint64_t *in, const int *p)
{
  int64_t sum = 0;
  for (int i = 0; i < p[1]; i++)
    sum += as_signed(in[i], p[0]);
  return sum;
}

static int64_t negif(const uint64_t *in, const int *p)
{
  return in[1] ? -as_signed(in[0], p[0]) : as_signed(in[0], p[0]);
}

static int64_t chosen(const uint64_t *in, const int *p)
{
  return (int64_t)in[in[p[0]]];
}

static int64_t clamp(int64_t value, int width)
{
  int64_t most = (INT64_C(1) << (width - 1)) - 1;
  return value > most ? most : value < -most - 1 ? -most - 1 : value;
}

static int64_t requant(const uint64_t *in, const int *p)
{
  return clamp((as_signed(in[0], p[0]) + (INT64_C(1) << (p[1] - 1))) >> p[1], p[2]);
}

static int64_t rescale(const uint64_t *in, const int *p)
{
  return clamp(as_signed(in[0], p[0]) * (int64_t)in[1] >> p[1], p[2]);
}

static int64_t xnorpop(const uint64_t *in, const int *p)
{
  int ones = 0;
  for (int i = 0; i < p[0]; i += 64)
    ones +=
        __builtin_popcountll(low((int64_t) ~(in[2 * (i / 64)] ^ in[2 * (i / 64) + 1]), p[0] - i < 64 ? p[0] - i : 64));
  return ones;
}

static int64_t st_plain(const uint64_t *in, const int *p)
{
  int parts = 1 << (in[2] < 2 ? in[2] : 2), width = p[0] / parts;
  int64_t sum = 0;
  for (int i = 0; i < parts; i++)
    sum += as_signed(low((int64_t)(in[0] >> (i * width)), width), width) *
           as_signed(low((int64_t)(in[1] >> (i * width)), width), width);
  return sum;
}

static int64_t power(uint64_t e)
{
  return e ? INT64_C(1) << (e - 1) : 0;
}

static int64_t acc(const uint64_t *in, const int *p)
{
  return as_signed(in[0], p[0]);
}

static int64_t dot(const uint64_t *in, const int *p)
{
  int64_t sum = 0;
  for (int i = 0; i < p[2]; i++)
    sum += as_signed(in[2 * i], p[0]) * as_signed(in[2 * i + 1], p[1]);
  return sum;
}

static int64_t pot_mac(const uint64_t *in, const int *p)
{
  return (in[2] ? -1 : 1) * as_signed(in[0], p[0]) * power(in[1]);
}

static int64_t sp2_mul(const uint64_t *in, const int *p)
{
  return as_signed(in[0], p[0]) * (power(in[1]) + power(in[2]));
}

static int64_t sp2_mac(const uint64_t *in, const int *p)
{
  return (in[3] ? -1 : 1) * sp2_mul(in, p);
}

static int64_t apot_mul(const uint64_t *in, const int *p)
{
  static const int first[] = {0, 2, 4, 16};
  return as_signed(in[0], p[0]) * (first[in[1] >> 1] + 8 * (int64_t)(in[1] & 1));
}

static int64_t pot_dot(const uint64_t *in, const int *p)
{
  int64_t sum = 0;
  for (int i = 0; i < p[1]; i++)
    sum += pot_mac(in + 3 * i, p);
  return sum;
}

static void results(void)
{
  pipeline("mul_us", "n=8 m=5", mul_us, (int[]){8, 5}, 13);
  pipeline("cmul", "n=8 c=105", cmul, (int[]){8, 105}, 15);
  pipeline("cmul", "n=6 c=1", cmul, (int[]){6, 1}, 7);
  pipeline("cshl", "w=16 s=5", cshl, (int[]){16, 5}, 21);
  pipeline("shadd", "w=12 s1=2 s2=4", shadd, (int[]){12, 2, 4}, 17);
  pipeline("brot", "w=16 s=4", brot, (int[]){16}, 16);
  pipeline("brot", "w=8 s=3", brot, (int[]){8}, 8);
  pipeline("sub", "n=9", sub, NULL, 10);
  pipeline("add3", "n=9", sum_signed, (int[]){9, 3}, 11);
  pipeline("tree", "k=9 n=7", sum_signed, (int[]){7, 9}, 11);
  pipeline("tree", "k=32 n=4", sum_signed, (int[]){4, 32}, 9);
  pipeline("negif", "n=7", negif, (int[]){7}, 8);
  pipeline("mux8", "w=5", chosen, (int[]){8}, 5);
  pipeline("mux16", "w=3", chosen, (int[]){16}, 3);
  pipeline("mux32", "w=8", chosen, (int[]){32}, 8);
  pipeline("requant", "n=20 drop=8 w=4", requant, (int[]){20, 8, 4}, 4);
  pipeline("requant", "n=10 drop=2 w=8", requant, (int[]){10, 2, 8}, 8);
  pipeline("rescale", "n=16 m=8 drop=8 w=8", rescale, (int[]){16, 8, 8}, 8);
  pipeline("xnorpop", "n=13", xnorpop, (int[]){13}, 4);
  pipeline("xnorpop", "n=128", xnorpop, (int[]){128}, 8);
  pipeline("st_plain", "N=8", st_plain, (int[]){8}, 16);
  pipeline("st_plain", "N=16", st_plain, (int[]){16}, 32);
  pipeline("sp2_mul", "x=8 e1=2 e2=1", sp2_mul, (int[]){8}, 11);
  pipeline("apot_mul", "x=8", apot_mul, (int[]){8}, 13);
  accumulates("acc", "n=8 acc=16", acc, (int[]){8}, 16);
  accumulates("dot", "k=5 n=4 m=6 acc=20", dot, (int[]){4, 6, 5}, 20);
  accumulates("pot_mac", "x=8 e=3 acc=24", pot_mac, (int[]){8}, 24);
  accumulates("sp2_mac", "x=8 e1=3 e2=2 acc=24", sp2_mac, (int[]){8}, 24);
  accumulates("pot_dot", "k=4 x=5 e=3 acc=24", pot_dot, (int[]){5, 4}, 24);
}

static void memories(void)
{
  machine m;
  int wrong = 0;
  if (make(&m, "delay", "w=16 d=5")) return;
  for (uint64_t t = 0; t < 40; t++)
    wrong += step(&m, (uint64_t[]){t * 37}) != (t < 7 ? 0 : (t - 7) * 37);
  is_int(wrong, 0, "a delay of 5 is 7 registers");
  if (make(&m, "counter", "w=4")) return;
  wrong = 0;
  for (uint64_t t = 0; t < 40; t++) /* counts the enables of the cycles before the last */
    wrong += step(&m, (uint64_t[]){1}) != ((t ? t - 1 : 0) & 15);
  is_int(wrong, 0, "a counter counts, modulo its width");
  if (make(&m, "lod", "w=8")) return;
  uint64_t outputs[2];
  wrong = 0;
  for (uint64_t a = 0; a < 256; a++) {
    for (int i = 0; i < 3; i++)
      qy_simulate(m.c, &a, m.state, outputs, m.scratch);
    wrong += outputs[1] != (a != 0) || (a && outputs[0] != 63 - (uint64_t)__builtin_clzll(a));
  }
  is_int(wrong, 0, "the leading one, and whether there is one");
}

static void refusals(void)
{
  static const struct {
    const char *kind, *params, *expected;
  } rows[] = {
      {"sponge", "n=8", "unknown kind of component"},
      {"q_sponge", "bits=8", "unknown kind of element"},
      {"q_mac", "bits=9", NULL},
      {"q_mac", "bits=8 colour=red", NULL},
      {"q_mac", "bits", NULL},
      {"q_mac_st", "bits=12", NULL},
      {"mul_u", "n=1 m=8", NULL},
      {"cmul", "n=8 c=0", "a parameter is outside what can be built"},
      {"cshl", "w=60 s=10", "a word of more than 64 bits"},
      {"shadd", "w=60 s1=1 s2=9", "a word of more than 64 bits"},
      {"tree", "k=300 n=4", "a parameter is outside what can be built"},
      {"tree", "k=256 n=62", "a word of more than 64 bits"},
      {"requant", "n=16 drop=10 w=8", "a result that is never clamped"},
      {"pot_mac", "x=8 e=5 acc=16", "a product wider than the accumulator"},
      {"rom", "a=11 w=8", "a parameter is outside what can be built"},
      {"st_plain", "N=10", "a width that is no multiple of 4"},
      {"dot", "k=8 n=8 m=8 acc=8", "a parameter is outside what can be built"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_circuit *c;
    const char *reason = NULL;
    qy_error err = {0};
    qy_status status = component_circuit(&c, rows[i].kind, rows[i].params, &reason, arena, &err);
    if (!rows[i].expected && status == QY_OK) continue;
    is_int(status, QY_INFEASIBLE, rows[i].params);
    if (rows[i].expected) is_text(reason, rows[i].expected, rows[i].kind);
    ok(reason && *reason, "%s %s: %s", rows[i].kind, rows[i].params, reason ? reason : "no reason");
  }
}

int main(void)
{
  arena = qy_arena_new();
  srand(5);
  results();
  memories();
  refusals();
  qy_arena_free(arena);
  return done();
}
