/* Components and stimuli of the synthesis study.
 *
 * Oracles: the flip-flops of the study's netlists (column n_dff of tests/data/synth_sample.csv); plain integer
 * arithmetic for what the components compute; the definition of each stimulus.
 */
#include "../../src/validate/component.h"
#include "../../src/validate/stimulus.h"
#include "quarry/csv.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;

static void flip_flops(void)
{
  qy_csv csv = {0};
  qy_error err = {0};
  if (!ok(qy_csv_open(&csv, "tests/data/synth_sample.csv", arena, &err) == QY_OK, "the sample is read")) return;
  int kind = qy_csv_column(&csv, "kind"), params = qy_csv_column(&csv, "params"), dff = qy_csv_column(&csv, "n_dff");
  int built = 0, wrong = 0;
  for (bool more = true;;) {
    if (qy_csv_next(&csv, &more, &err) != QY_OK || !more) break;
    component c;
    const char *reason;
    if (component_build(&c, csv.field[kind], csv.field[params], &reason, arena, &err) != QY_OK) continue;
    qy_census census;
    qy_circuit_census(c.circuit, &census);
    double count = 0;
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      count += census.cells[g][QY_DFF];
    built++;
    if (count == atof(csv.field[dff])) continue;
    wrong++;
    printf("# %s %s: %g flip-flops, netlist %s\n", csv.field[kind], csv.field[params], count, csv.field[dff]);
  }
  ok(built > 280, "%d components are built", built);
  is_int(wrong, 0, "each with the flip-flops of its netlist");
}

/* A component with its state, one clock cycle after another. */
typedef struct machine {
  component c;
  uint64_t *state, *scratch;
} machine;

static int make(machine *m, const char *kind, const char *params)
{
  const char *reason;
  qy_error err = {0};
  if (!ok(component_build(&m->c, kind, params, &reason, arena, &err) == QY_OK, "%s %s", kind, params)) return -1;
  m->state = qy_arena_alloc(arena, qy_circuit_state_words(m->c.circuit), sizeof(uint64_t));
  m->scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(m->c.circuit), sizeof(uint64_t));
  return 0;
}

static uint64_t step(machine *m, const uint64_t *inputs)
{
  uint64_t outputs[4];
  qy_simulate(m->c.circuit, inputs, m->state, outputs, m->scratch);
  return outputs[0];
}

/* Result of holding the inputs: input register, output register, then it shows. */
static uint64_t settled(machine *m, const uint64_t *inputs)
{
  step(m, inputs);
  step(m, inputs);
  return step(m, inputs);
}

static void results(void)
{
  machine m;
  int wrong = 0;
  if (make(&m, "bshx", "w=8 s=3")) return;
  for (uint64_t a = 0; a < 256; a++)
    for (uint64_t s = 0; s < 8; s++) {
      int64_t expected = (int64_t)(int8_t)a * (INT64_C(1) << s);
      wrong += settled(&m, (uint64_t[]){a, s}) != ((uint64_t)expected & 0x7fff);
    }
  is_int(wrong, 0, "a growing shift loses no bit");

  if (make(&m, "rf", "d=8 w=8")) return;
  wrong = 0;
  for (uint64_t i = 0; i < 8; i++)
    settled(&m, (uint64_t[]){37 * i & 255, i, 0, 1});
  for (uint64_t i = 0; i < 8; i++)
    wrong += settled(&m, (uint64_t[]){99, 7 - i, i, 0}) != (37 * i & 255);
  is_int(wrong, 0, "a register file keeps what was written, and only that");
  static const char *const files[] = {"d=2 w=5", "d=3 w=5", "d=16 w=5", "d=17 w=5", "d=18 w=5", "d=33 w=5", "d=64 w=5"};
  for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
    const uint64_t words = strtoull(files[k] + 2, NULL, 10);
    if (make(&m, "rf", files[k])) return;
    wrong = 0;
    for (uint64_t i = 0; i < words; i++)
      settled(&m, (uint64_t[]){7 * i & 31, i, 0, 1});
    for (uint64_t i = 0; i < words; i++)
      wrong += settled(&m, (uint64_t[]){3, i, i, 0}) != (7 * i & 31);
    is_int(wrong, 0, files[k]);
  }

  if (make(&m, "mpe", "x=16")) return;
  wrong = 0;
  srand(7);
  for (int i = 0; i < 2000; i++) {
    int64_t x = rand() % 65536 - 32768, e1 = rand() % 8, e2 = rand() % 8, s1 = rand() % 2, s2 = rand() % 2;
    /* the leading sign is passed on: |w| x with w = 2^e1 + or - 2^e2 by relative sign */
    int64_t expected = x * (1 << e1) + (s1 ^ s2 ? -1 : 1) * x * (1 << e2);
    uint64_t got =
        settled(&m, (uint64_t[]){(uint64_t)x & 0xffff, (uint64_t)e1, (uint64_t)e2, (uint64_t)s1, (uint64_t)s2});
    wrong += got != ((uint64_t)expected & 0xffffff);
  }
  is_int(wrong, 0, "a two-term element is a product with two powers of two");

  if (make(&m, "logpe", "base=2 x=8 acc=24")) return;
  wrong = 0;
  int64_t sum = 0;
  uint64_t inputs[4] = {0};
  int64_t pending = 0;
  for (int i = 0; i < 2000; i++) {
    /* The output shows the sum of the products up to two cycles ago. */
    int64_t x = rand() % 256 - 128, e = rand() % 16, s = rand() % 2;
    inputs[0] = (uint64_t)x & 255, inputs[1] = (uint64_t)e, inputs[2] = (uint64_t)s, inputs[3] = 1;
    wrong += step(&m, inputs) != ((uint64_t)sum & 0xffffff);
    sum += pending;
    pending = (s ? -1 : 1) * x * (INT64_C(1) << e);
  }
  is_int(wrong, 0, "a log element accumulates plus or minus x 2^e");
}

/* ---- stimuli */

enum { CYCLES = 4096 };

static void stimuli(void)
{
  component c;
  const char *reason;
  qy_error err = {0};
  if (!ok(component_build(&c, "mac_s", "n=8 m=8 acc=24", &reason, arena, &err) == QY_OK, "a MAC")) return;
  stimulus s;
  uint64_t in[COMPONENT_INPUTS_MAX], before[COMPONENT_INPUTS_MAX] = {0};
  is_int(stimulus_start(&s, &c, "noise", 1), -1, "an unknown name is refused");
  is_int(stimulus_start(&s, &c, "mode=x", 1), -1, "so is a mode that is no number");

  stimulus_start(&s, &c, "random", 1);
  double toggles = 0, cleared = 0;
  for (int i = 0; i < CYCLES; i++) {
    stimulus_next(&s, i, in);
    if (i) toggles += __builtin_popcountll(in[0] ^ before[0]) + __builtin_popcountll(in[1] ^ before[1]);
    cleared += in[2] == 0;
    memcpy(before, in, sizeof in);
  }
  near_rel(toggles / (CYCLES - 1), 8, 0.03, "half of the 16 operand bits move in a cycle");
  near_abs(cleared / CYCLES, 0.05, 0.015, "the accumulator is cleared once in 20 cycles");

  stimulus_start(&s, &c, "b_held_64", 2);
  int moves = 0;
  for (int i = 0; i < CYCLES; i++) {
    stimulus_next(&s, i, in);
    moves += i && in[1] != before[1];
    if (i && i % 64) moves += 1000 * (in[1] != before[1]);
    memcpy(before, in, sizeof in);
  }
  ok(moves > 50 && moves < 64, "a held weight moves at most every 64 cycles (%d times)", moves);

  stimulus_start(&s, &c, "msb_only_2", 3);
  uint64_t seen = 0;
  for (int i = 0; i < CYCLES; i++) {
    stimulus_next(&s, i, in);
    seen |= in[0] | in[1];
  }
  is_int((int64_t)seen, 0xc0, "two top bits only");

  stimulus_start(&s, &c, "relu_a_gauss_b", 4);
  double zeros = 0, negative = 0, square = 0;
  for (int i = 0; i < CYCLES; i++) {
    stimulus_next(&s, i, in);
    zeros += in[0] == 0;
    negative += in[0] >= 128;
    double b = (int8_t)in[1];
    square += b * b;
  }
  ok(negative == 0 && zeros > 0.45 * CYCLES && zeros < 0.56 * CYCLES, "rectified data: none negative, half zero");
  near_rel(sqrt(square / CYCLES), 32, 0.05, "weights with a quarter of full scale as deviation");

  stimulus_start(&s, &c, "a_half_zero", 5);
  zeros = 0;
  for (int i = 0; i < CYCLES; i++) {
    stimulus_next(&s, i, in);
    zeros += in[0] == 0;
  }
  near_abs(zeros / CYCLES, 0.5 + 0.5 / 256, 0.03, "half of the data words zero");
}

static void refusals(void)
{
  static const struct {
    const char *kind, *params, *expected;
  } rows[] = {{"sponge", "n=8", "unknown kind of component"},
              {"add", "", "a parameter of this kind is missing"},
              {"add", "n=", "a parameter is not an integer"},
              {"add", "n=8x", "a parameter is not an integer"},
              {"add", "n=200", "a parameter is outside what can be built"},
              {"bshx", "w=64 s=6", "a word of more than 64 bits"},
              {"logpe", "base=3 x=16 acc=32", "a base other than 2, sqrt2_t2 and sqrt2_t3"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    component c;
    const char *reason = NULL;
    qy_error err = {0};
    component_build(&c, rows[i].kind, rows[i].params, &reason, arena, &err);
    is_text(reason, rows[i].expected, rows[i].expected);
  }
}

int main(void)
{
  arena = qy_arena_new();
  flip_flops();
  results();
  stimuli();
  refusals();
  qy_arena_free(arena);
  return done();
}
