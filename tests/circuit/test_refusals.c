/* Which operators can be built: for each the last shape that is accepted and the first that is refused, with the words;
 * names; one circuit within another.
 *
 * Oracles: what circuit.h says of each operator; plain arithmetic for the circuit within another one.
 */
#include "quarry/circuit.h"
#include "random.h"
#include "tap.h"

#include <string.h>

static qy_arena *arena;
static qy_circuit *c;

static qy_net in(const char *name, int width)
{
  return qy_input(c, name, width);
}

static qy_net product(int op, int wa, int wb, int third, int kind, bool is_signed)
{
  qy_net a = in("a", wa), b = in("b", wb), m = third > 0 ? in("m", third) : -1;
  switch (op) {
  case 0: return qy_multiply(c, (qy_multiplier)kind, a, b, is_signed);
  case 1: return qy_multiply_st(c, (qy_multiplier)kind, a, b, m, is_signed);
  case 2: return qy_multiply_sa(c, (qy_multiplier)kind, a, b, m, is_signed);
  default: return qy_multiply_add(c, (qy_multiplier)kind, a, b, m, third, is_signed);
  }
}

static qy_net selection(int select, int words, int last)
{
  qy_net data[70], s = in("s", select);
  for (int i = 0; i < words; i++)
    data[i] = qy_constant_word(c, (uint64_t)i, i + 1 == words ? last : 8);
  return qy_mux(c, s, data, words);
}

static qy_net joined(int words, int width)
{
  qy_net part[70], x = in("x", width);
  for (int i = 0; i < words; i++)
    part[i] = x;
  return qy_concat(c, part, words);
}

/* What can be built with numbers x, y, z. */
static qy_net build(const char *what, int x, int y, int z)
{
  static const uint64_t entry[1 << 12] = {1};
  if (strcmp(what, "input") == 0) return in("a", x);
  if (strcmp(what, "constant") == 0) return qy_constant_word(c, 1, x);
  if (strcmp(what, "add") == 0) return qy_add(c, in("a", x), in("b", y), z, false);
  if (strcmp(what, "subtract") == 0) return qy_subtract(c, in("a", x), in("b", y), z, false);
  if (strcmp(what, "addsub") == 0) return qy_addsub(c, in("a", x), in("b", x), in("s", y), z, true);
  if (strcmp(what, "negate_if") == 0) return qy_negate_if(c, in("a", x), in("s", y), z, true);
  if (strcmp(what, "array") == 0) return product(0, x, y, 0, QY_MULTIPLIER_ARRAY, z);
  if (strcmp(what, "booth") == 0) return product(0, x, y, 0, QY_MULTIPLIER_BOOTH, z);
  if (strcmp(what, "together") == 0) return product(1, x, y, z, QY_MULTIPLIER_ARRAY, true);
  if (strcmp(what, "apart") == 0) return product(2, x, y, z, QY_MULTIPLIER_BOOTH, true);
  if (strcmp(what, "multiply_add") == 0) return product(3, x, y, z, QY_MULTIPLIER_ARRAY, false);
  if (strcmp(what, "left") == 0) return qy_shift(c, QY_OP_SHIFT_LEFT, in("a", x), in("n", y), z, false);
  if (strcmp(what, "right") == 0) return qy_shift(c, QY_OP_SHIFT_RIGHT, in("a", x), in("n", y), z, false);
  if (strcmp(what, "signed_right") == 0) return qy_shift(c, QY_OP_SHIFT_RIGHT_SIGNED, in("a", x), in("n", y), z, true);
  if (strcmp(what, "no_shift") == 0) return qy_shift(c, QY_OP_ADD, in("a", x), in("n", y), z, false);
  if (strcmp(what, "mux") == 0) return selection(x, y, z);
  if (strcmp(what, "and") == 0) return qy_bitwise(c, QY_OP_AND, in("a", x), in("b", y));
  if (strcmp(what, "or") == 0) return qy_bitwise(c, QY_OP_OR, in("a", x), in("b", y));
  if (strcmp(what, "xor") == 0) return qy_bitwise(c, QY_OP_XOR, in("a", x), in("b", y));
  if (strcmp(what, "no_gate") == 0) return qy_bitwise(c, QY_OP_ADD, in("a", x), in("b", y));
  if (strcmp(what, "less") == 0) return qy_less(c, in("a", x), in("b", y), z);
  if (strcmp(what, "max") == 0) return qy_max(c, in("a", x), in("b", y), z);
  if (strcmp(what, "table") == 0) return qy_truth_table(c, in("a", x), entry, y);
  if (strcmp(what, "slice") == 0) return qy_slice(c, in("a", x), y, z);
  if (strcmp(what, "concat") == 0) return joined(x, y);
  if (strcmp(what, "extend") == 0) return qy_extend(c, in("a", x), y, z);
  if (strcmp(what, "round") == 0) return qy_round_saturate(c, in("a", x), y, z, true);
  if (strcmp(what, "register") == 0) {
    qy_net r = qy_register(c, "r", x, y > 0 ? in("e", y) : -1);
    qy_register_connect(c, r, in("a", z));
    return r;
  }
  if (strcmp(what, "twice") == 0) {
    qy_net r = qy_register(c, "r", x, -1), a = in("a", x);
    qy_register_connect(c, r, a);
    qy_register_connect(c, r, a);
    return r;
  }
  if (strcmp(what, "connect_input") == 0) {
    qy_net a = in("a", x);
    qy_register_connect(c, a, a);
    return a;
  }
  if (strcmp(what, "connect_nothing") == 0) {
    qy_net r = qy_register(c, "r", x, -1);
    qy_register_connect(c, r, 99);
    return r;
  }
  if (strcmp(what, "counter") == 0) return qy_counter(c, "n", x, y > 0 ? in("e", y) : -1);
  return qy_add(c, in("a", 4), 99, 4, false); /* "nothing" */
}

static const struct {
  const char *what;
  int x, y, z;
  const char *said; /* NULL: it is built */
} rows[] = {
    {"input", 1, 0, 0, NULL},
    {"input", 64, 0, 0, NULL},
    {"input", 0, 0, 0, "input in circuit c: expected a width of 1 to 64 bits, found 0"},
    {"input", 65, 0, 0, "found 65"},
    {"constant", 64, 0, 0, NULL},
    {"constant", 65, 0, 0, "constant in circuit c"},
    {"add", 64, 1, 64, NULL},
    {"add", 4, 4, 0, "expected a width of 1 to 64 bits, found 0"},
    {"nothing", 0, 0, 0, "add in circuit c: input 1 does not exist"},
    {"subtract", 1, 64, 1, NULL},
    {"addsub", 4, 1, 5, NULL},
    {"addsub", 4, 2, 5, "expected a subtract input of 1 bit"},
    {"negate_if", 4, 1, 5, NULL},
    {"negate_if", 4, 2, 5, "expected a negate input of 1 bit"},
    {"array", 2, 2, 0, NULL},
    {"array", 32, 32, 0, NULL},
    {"array", 33, 31, 0, "expected operands of at most 32 bits"},
    {"array", 31, 33, 0, "expected operands of at most 32 bits"},
    {"array", 1, 4, 0,
     "multiply in circuit c: expected operands of at least 2 bits whose product fits into 5 bits, found 1 and 4"},
    {"array", 4, 1, 0, "found 4 and 1"},
    {"array", 33, 33, 0, "fits into 64 bits, found 33 and 33"},
    {"booth", 2, 32, 1, NULL},
    {"booth", 8, 8, 0, "a Booth multiplier is signed"},
    {"together", 4, 4, 2, NULL},
    {"together", 8, 8, 2, NULL},
    {"together", 16, 16, 2, NULL},
    {"together", 5, 5, 2, "expected operands of 4, 8 or 16 bits"},
    {"together", 32, 32, 2, "expected operands of 4, 8 or 16 bits"},
    {"together", 8, 8, 1, "expected a mode input of 2 bits"},
    {"together", 8, 8, 3, "expected a mode input of 2 bits"},
    {"together", 8, 4, 2, "expected operands of equal width, found 8 and 4 bits"},
    {"apart", 16, 16, 2, NULL},
    {"apart", 4, 8, 2, "multiply_sa in circuit c: expected operands of equal width, found 4 and 8 bits"},
    {"multiply_add", 4, 4, 8, NULL},
    {"multiply_add", 4, 4, 64, NULL},
    {"multiply_add", 4, 4, 7, "fits into 7 bits, found 4 and 4"},
    {"left", 8, 6, 8, NULL},
    {"left", 8, 7, 8, "expected a shift amount of at most 6 bits"},
    {"left", 8, 3, 7, "expected a result at least as wide as the operand"},
    {"right", 8, 6, 8, NULL},
    {"right", 8, 7, 8, "expected a shift amount of at most 6 bits"},
    {"right", 8, 3, 7, "expected a result as wide as the operand"},
    {"right", 8, 3, 9, "expected a result as wide as the operand"},
    {"signed_right", 8, 3, 8, NULL},
    {"signed_right", 8, 3, 9, "expected a result as wide as the operand"},
    {"no_shift", 8, 3, 8, "is no barrel shifter"},
    {"mux", 1, 2, 8, NULL},
    {"mux", 2, 3, 8, NULL},
    {"mux", 1, 1, 8, "expected 2 to "},
    {"mux", 1, 2, 7, "expected data inputs of equal width"},
    {"mux", 2, 4, 9, "expected data inputs of equal width"},
    {"mux", 1, 3, 8, "the select input does not fit the number of inputs"},
    {"mux", 3, 4, 8, "the select input does not fit the number of inputs"},
    {"and", 4, 4, 0, NULL},
    {"and", 4, 5, 0, "and in circuit c: expected operands of equal width"},
    {"or", 4, 3, 0, "or in circuit c: expected operands of equal width"},
    {"xor", 3, 4, 0, "xor in circuit c: expected operands of equal width"},
    {"no_gate", 3, 3, 0, "is not bitwise"},
    {"less", 3, 9, 1, NULL},
    {"max", 9, 9, 1, NULL},
    {"max", 9, 8, 1, "max in circuit c: expected operands of equal width"},
    {"table", 1, 64, 0, NULL},
    {"table", 4, 0, 0, "expected a width of 1 to 64 bits"},
    {"slice", 8, 0, 8, NULL},
    {"slice", 8, 7, 1, NULL},
    {"slice", 8, 7, 2, "the slice reaches beyond its operand"},
    {"slice", 8, -1, 2, "the slice reaches beyond its operand"},
    {"concat", 64, 1, 0, NULL},
    {"concat", 1, 64, 0, NULL},
    {"concat", 65, 1, 0, "concat in circuit c: expected 1 to 64 inputs, found 65"},
    {"concat", 0, 1, 0, "concat in circuit c: expected 1 to 64 inputs, found 0"},
    {"concat", 2, 33, 0, "expected a width of 1 to 64 bits, found 66"},
    {"extend", 8, 8, 0, NULL},
    {"extend", 8, 7, 0, "expected a result at least as wide as the operand"},
    {"round", 8, 0, 8, NULL},
    {"round", 8, 7, 1, NULL},
    {"round", 8, 8, 1, "expected to drop fewer bits than there are"},
    {"round", 8, -1, 8, "expected to drop fewer bits than there are"},
    {"register", 8, 0, 8, NULL},
    {"register", 8, 1, 8, NULL},
    {"register", 8, 2, 8, "expected an enable input of 1 bit"},
    {"register", 8, 0, 7, "circuit c: register r has 8 bits, its input 7"},
    {"register", 8, 0, 9, "circuit c: register r has 8 bits, its input 9"},
    {"twice", 8, 0, 0, "circuit c: register r is connected twice"},
    {"connect_input", 8, 0, 0, "a register is connected to a net that does not exist"},
    {"connect_nothing", 8, 0, 0, "a register is connected to a net that does not exist"},
    {"counter", 5, 0, 0, NULL},
    {"counter", 5, 1, 0, NULL},
    {"counter", 5, 2, 0, "expected an enable input of 1 bit"},
};

static void operators(void)
{
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_error err = {0};
    c = qy_circuit_new("c", arena);
    const qy_net net = build(rows[i].what, rows[i].x, rows[i].y, rows[i].z);
    qy_output(c, "y", net);
    const qy_status status = qy_circuit_finish(c, &err);
    const char *said = status && err.count ? err.diagnostic[0].text : "built";
    const bool good = rows[i].said ? status != QY_OK && err.count == 1 && strstr(said, rows[i].said) : status == QY_OK;
    if (!ok(good, "%s of %d, %d, %d", rows[i].what, rows[i].x, rows[i].y, rows[i].z)) printf("# %s\n", said);
    qy_error_clear(&err);
  }
}

/* Behind a mistake, and where there was no memory for a circuit, nothing is built: no net, and the first mistake
 * alone is told. */
static void behind_a_mistake(void)
{
  int wrong = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int none = 0; none < 2; none++) {
      qy_error err = {0};
      c = none ? NULL : qy_circuit_new("c", arena);
      qy_input(c, "wide", 65);
      const bool built = build(rows[i].what, rows[i].x, rows[i].y, rows[i].z) != -1;
      const bool told = none || (qy_circuit_finish(c, &err) == QY_BAD_INPUT && err.count == 1 &&
                                 strstr(err.diagnostic[0].text, "input in circuit c: expected a width of 1 to 64"));
      if ((built || !told) && wrong++ < 3)
        printf("# %s%s: %s\n", rows[i].what, none ? " in none" : "", err.count ? err.diagnostic[0].text : "built");
    }
  is_int(wrong, 0, "behind a mistake nothing is built, and it alone is told");
}

/* Ports and registers are C identifiers that Verilog and our own modules leave free. */
static void names(void)
{
  static const struct {
    const char *name;
    bool good;
  } row[] = {{"a", true},       {"_a9", true},  {"Z", true},       {"z", true},    {"A_", true},
             {"", false},       {"9a", false},  {"a-b", false},    {"a b", false}, {"a`", false},
             {"a@", false},     {"a[", false},  {"a{", false},     {"a/", false},  {"a:", false},
             {"clk", false},    {"dut", false}, {"module", false}, {"xor", false}, {"wire", false},
             {"always", false}, {"xor1", true}, {"reg", false},    {"regs", true}, {"posedge", false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int as = 0; as < 3; as++) {
      qy_error err = {0};
      c = qy_circuit_new("c", arena);
      qy_net x = in(as == 0 ? row[i].name : "x", 4), r = qy_register(c, as == 1 ? row[i].name : "r", 4, -1);
      qy_register_connect(c, r, x);
      qy_output(c, as == 2 ? row[i].name : "y", r);
      const qy_status status = qy_circuit_finish(c, &err);
      ok(row[i].good ? status == QY_OK
                     : status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "expected a C identifier"),
         "\"%s\" as %s", row[i].name,
         as == 0   ? "input"
         : as == 1 ? "register"
                   : "output");
      qy_error_clear(&err);
    }
  char name[64];
  int longest = 0;
  for (int length = 1; length < 60; length++) {
    memset(name, 'n', sizeof name);
    name[length] = '\0';
    c = qy_circuit_new("c", arena);
    qy_output(c, "y", in(name, 1));
    if (qy_circuit_finish(c, NULL) == QY_OK) longest = length;
  }
  qy_error err = {0};
  c = qy_circuit_new("c", arena);
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  qy_output(c, "y", in(name, 1));
  qy_circuit_finish(c, &err);
  snprintf(name, sizeof name, "of less than %d letters", longest + 1);
  ok(err.count == 1 && strstr(err.diagnostic[0].text, name), "names have at most %d letters, as is said", longest);
}

static void late(void)
{
  qy_error err = {0};
  c = qy_circuit_new("c", arena);
  qy_net x = in("x", 4);
  qy_output(c, "y", x);
  ok(qy_circuit_finish(c, NULL) == QY_OK, "a circuit is finished");
  ok(qy_add(c, x, x, 5, false) < 0, "then nothing is added to it");
  ok(qy_circuit_finish(c, &err) == QY_INTERNAL &&
         strcmp(err.diagnostic[0].text, "add added to circuit c after it was finished") == 0,
     "which is an error of who tries");
  c = qy_circuit_new("c", arena);
  qy_output(c, "z", 3);
  qy_error_clear(&err);
  ok(qy_circuit_finish(c, &err) == QY_INTERNAL &&
         strstr(err.diagnostic[0].text, "output z of circuit c does not exist"),
     "an output of nothing");
}

/* Twice a circuit with a register of its own: y = x * 3 + (the last x, where e is set). */
static void instances(void)
{
  qy_circuit *part = c = qy_circuit_new("part", arena);
  qy_net x = in("x", 6), e = in("e", 1), r = qy_register(c, "r", 6, e);
  qy_net three = qy_add(c, x, qy_shift_constant(c, x, 1, 7), 8, false);
  qy_output(c, "first", r);
  qy_output(c, "y", qy_add(c, three, r, 9, false));
  qy_output(c, "count", qy_counter(c, "n", 3, e));
  qy_register_connect(c, r, x);
  ok(qy_circuit_finish(part, NULL) == QY_OK, "a part");
  c = qy_circuit_new("whole", arena);
  qy_net a = in("a", 6), b = in("b", 6), on = in("on", 1), one = qy_constant_word(c, 1, 1);
  qy_net p = qy_instance(c, part, (qy_net[]){a, on}, 1), q = qy_instance(c, part, (qy_net[]){b, one}, 1);
  qy_output(c, "p", p);
  qy_output(c, "q", q);
  qy_output(c, "held", qy_instance(c, part, (qy_net[]){b, on}, 0));
  qy_output(c, "sum", qy_add(c, p, q, 10, false));
  qy_output(c, "count", qy_instance(c, part, (qy_net[]){a, on}, 2));
  ok(qy_circuit_finish(c, NULL) == QY_OK && qy_circuit_state_words(c) == 8, "four of it in another circuit");
  uint64_t state[8] = {0}, out[5], scratch[96], seed = 3, last_a = 0, last_b = 0, held_b = 0, count = 0;
  int wrong = 0;
  for (int t = 0; t < 2000; t++) {
    const uint64_t inputs[3] = {random_bits(&seed) & 63, random_bits(&seed) & 63, random_bits(&seed) & 1};
    qy_simulate(c, inputs, state, out, scratch);
    const uint64_t y = 3 * inputs[0] + last_a, z = 3 * inputs[1] + last_b;
    wrong += out[0] != y || out[1] != z || out[2] != held_b || out[3] != y + z || out[4] != count % 8;
    if (inputs[2]) last_a = inputs[0], held_b = inputs[1], count++;
    last_b = inputs[1];
  }
  is_int(wrong, 0, "compute with registers of their own");
  static const char *const inputs[] = {"a", "b", "on"}, *const outputs[] = {"p", "q", "held", "sum", "count"};
  const int widths[] = {6, 6, 1};
  bool named = qy_circuit_inputs(c) == 3 && qy_circuit_outputs(c) == 5;
  for (int i = 0; named && i < 3; i++)
    named = strcmp(qy_circuit_input_name(c, i), inputs[i]) == 0 && qy_circuit_input_width(c, i) == widths[i];
  for (int i = 0; named && i < 5; i++)
    named = strcmp(qy_circuit_output_name(c, i), outputs[i]) == 0;
  ok(named && qy_circuit_output_width(c, 3) == 10, "and ports in their order");
  ok(qy_instance(NULL, part, (qy_net[]){0, 0}, 1) < 0, "in no circuit there is none");
}

/* Of several mistakes the first is told. */
static void first_mistake(void)
{
  qy_error err = {0};
  c = qy_circuit_new("first", arena);
  const qy_net a = in("a", 4);
  ok(qy_shift(c, QY_OP_ADD, a, a, 4, false) < 0 && qy_shift(c, QY_OP_XOR, a, a, 4, false) < 0, "no shifts");
  char said[40];
  snprintf(said, sizeof said, "operator %d is no barrel shifter", (int)QY_OP_ADD);
  ok(qy_circuit_finish(c, &err) == QY_INTERNAL && strstr(err.diagnostic[0].text, said), "%s", err.diagnostic[0].text);
  ok(qy_shift(NULL, QY_OP_ADD, 0, 0, 4, false) < 0, "nor in no circuit");
}

int main(void)
{
  arena = qy_arena_new();
  operators();
  behind_a_mistake();
  names();
  late();
  instances();
  first_mistake();
  qy_arena_free(arena);
  return done();
}
