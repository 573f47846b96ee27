/* What surrounds the elements of an accelerator, as circuits: see prices.h.
 *
 * controller: the loop nest of a schedule (step, column, row, group: count, compare with a limit register, start again)
 * and four address counters (input, weight and output buffer, port).
 */
#include "circuits.h"

#include "quarry/integer.h"
#include "quarry/random.h"

#include <assert.h>
#include <string.h>

enum { COUNTER_BITS = 16, LOOPS = 4, ADDRESSES = 4 };

static qy_circuit *adder(const qy_pe *pe, qy_arena *arena)
{
  const int width = qy_accumulator_bits(pe);
  qy_circuit *c = qy_circuit_new("lane_adder", arena);
  qy_net a = qy_input(c, "a", width), b = qy_input(c, "b", width);
  qy_net sum = qy_register(c, "sum", width, -1);
  qy_register_connect(c, sum, qy_add(c, a, b, width, true));
  qy_output(c, "y", sum);
  return c;
}

static qy_circuit *requantizer(const qy_pe *pe, qy_arena *arena)
{
  const int width = qy_accumulator_bits(pe), bits = pe->params.bits, drop = width > bits ? width - bits : 0;
  qy_circuit *c = qy_circuit_new("requantizer", arena);
  qy_net sum = qy_input(c, "sum", width), scale = qy_input(c, "scale", bits);
  qy_net word = qy_round_saturate(c, sum, drop, bits, true);
  qy_net product = qy_multiply(c, pe->params.multiplier, word, scale, true);
  qy_net result = qy_register(c, "result", bits, -1);
  qy_register_connect(c, result, qy_round_saturate(c, product, bits - 1, bits, true));
  qy_output(c, "y", result);
  return c;
}

static qy_circuit *controller(const qy_pe *pe, qy_arena *arena)
{
  static const char *const loop[LOOPS] = {"step_count", "column_count", "row_count", "group_count"};
  static const char *const limit[LOOPS] = {"steps", "columns", "rows", "groups"};
  static const char *const limit_input[LOOPS] = {"set_steps", "set_columns", "set_rows", "set_groups"};
  static const char *const address[ADDRESSES] = {"input_address", "weight_address", "output_address", "port_address"};
  static const char *const next[ADDRESSES] = {"next_input", "next_weight", "next_output", "next_port"};
  (void)pe;
  qy_circuit *c = qy_circuit_new("controller", arena);
  qy_net configure = qy_input(c, "configure", 1), one = qy_constant_word(c, 1, COUNTER_BITS);
  qy_net zero = qy_constant_word(c, 0, COUNTER_BITS), wrap = -1;
  for (int i = 0; i < LOOPS; i++) {
    qy_net last = qy_register(c, limit[i], COUNTER_BITS, configure);
    qy_register_connect(c, last, qy_input(c, limit_input[i], COUNTER_BITS));
    qy_net count = qy_register(c, loop[i], COUNTER_BITS, wrap); /* the inner loop's last step moves the outer one on */
    qy_net at_last = qy_equal(c, count, last);
    qy_net choice[2] = {qy_add(c, count, one, COUNTER_BITS, false), zero};
    qy_register_connect(c, count, qy_mux(c, at_last, choice, 2));
    wrap = i == 0 ? at_last : qy_bitwise(c, QY_OP_AND, wrap, at_last);
    qy_output(c, loop[i], count);
  }
  for (int i = 0; i < ADDRESSES; i++) {
    qy_net enable = qy_input(c, next[i], 1);
    qy_output(c, address[i], qy_counter(c, address[i], COUNTER_BITS, enable));
  }
  qy_output(c, "done", wrap);
  return c;
}

/* Random words: state of the generator, widths. */
typedef struct words {
  uint64_t state;
  uint64_t mask[2];
} words;

static void random_operands(void *ctx, int64_t cycle, uint64_t *inputs)
{
  words *s = ctx;
  (void)cycle;
  for (int i = 0; i < 2; i++)
    inputs[i] = qy_random_word(&s->state) & s->mask[i];
}

/* Inputs in the order in which controller() made them. */
static void count_loops(void *ctx, int64_t cycle, uint64_t *inputs)
{
  static const uint64_t last[LOOPS] = {9 - 1, 14 - 1, 14 - 1, 32 - 1}; /* 3x3 taps, 14x14 outputs, groups */
  (void)ctx;
  inputs[0] = cycle == 0;
  for (int i = 0; i < LOOPS; i++)
    inputs[1 + i] = last[i];
  for (int i = 0; i < ADDRESSES; i++)
    inputs[1 + LOOPS + i] = 1;
}

/* ---- the table ---- */

/* Seeds tell the stimuli of two circuits apart. */
static const struct {
  qy_circuit *(*make)(const qy_pe *pe, qy_arena *arena);
  qy_stimulus *next;
  uint64_t seed;
} table[QY_ROLE_COUNT] = {[QY_ROLE_ADDER] = {adder, random_operands, 1},
                          [QY_ROLE_REQUANTIZER] = {requantizer, random_operands, 2},
                          [QY_ROLE_CONTROLLER] = {controller, count_loops, 0}};

int qy_accumulator_bits(const qy_pe *pe)
{
  enum { HEADROOM_BITS = 8, WORD_MAX = 64 };
  assert(pe && pe->circuit);
  if (pe->params.accumulator_bits > 0) return pe->params.accumulator_bits;
  int product = 2 * pe->params.bits;
  for (int i = 0; i < qy_circuit_outputs(pe->circuit); i++)
    if (strcmp(qy_circuit_output_name(pe->circuit, i), "y") == 0) product = qy_circuit_output_width(pe->circuit, i);
  return product + HEADROOM_BITS < WORD_MAX ? product + HEADROOM_BITS : WORD_MAX;
}

qy_status circuit_of_role(qy_circuit **circuit, qy_circuit_role role, const qy_pe *pe, qy_arena *arena, qy_error *err)
{
  assert(role > QY_ROLE_ELEMENT && role < QY_ROLE_MULTIPLES);
  *circuit = table[role].make(pe, arena);
  return qy_circuit_finish(*circuit, err);
}

qy_status circuit_role_activity(qy_activity *activity, const qy_circuit *circuit, qy_circuit_role role, const qy_pe *pe,
                                qy_activities *known, qy_error *err)
{
  enum { CYCLES = 512 };
  const uint64_t sum = qy_word_mask(qy_accumulator_bits(pe));
  const uint64_t other = role == QY_ROLE_ADDER ? sum : qy_word_mask(pe->params.bits);
  words w = {table[role].seed, {sum, other}};
  /* The masks are the widths of the inputs, which the circuit says. */
  const double stimulus[] = {role, (double)table[role].seed, CYCLES};
  const qy_activity_key key = qy_activity_key_of(circuit, "surroundings", stimulus, sizeof stimulus / sizeof *stimulus);
  if (qy_activities_take(activity, known, &key)) return QY_OK;
  const qy_status status = qy_circuit_activity(circuit, table[role].next, &w, CYCLES, activity, err);
  qy_activities_give(known, &key, status ? NULL : activity);
  return status;
}
