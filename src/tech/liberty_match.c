/* What kind of cell a Liberty cell is: truth tables compared up to the order of inputs and outputs. */
#include "liberty_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { INPUTS_MAX = 3, OUTPUTS_MAX = 2 };

/* Bit i of a row: output for input word i. FA, HA: sum, carry.  MUX2: input 2 selects input 1, else input 0. */
static const uint64_t truth[QY_CELL_COUNT][OUTPUTS_MAX] = {
    [QY_INV] = {0x1},   [QY_BUF] = {0x2},    [QY_NAND2] = {0x7},   [QY_NOR2] = {0x1},      [QY_AND2] = {0x8},
    [QY_OR2] = {0xE},   [QY_NAND3] = {0x7F}, [QY_AOI21] = {0x07},  [QY_OAI21] = {0x1F},    [QY_XOR2] = {0x6},
    [QY_XNOR2] = {0x9}, [QY_MUX2] = {0xCA},  [QY_HA] = {0x6, 0x8}, [QY_FA] = {0x96, 0xE8},
};

static const int orders[6][INPUTS_MAX] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* The table seen with input k of it fed by input order[k]. */
static uint64_t reorder(uint64_t table, const int *order, int inputs)
{
  uint64_t out = 0;
  for (unsigned word = 0; word < 1u << inputs; word++) {
    unsigned fed = 0;
    for (int k = 0; k < inputs; k++)
      fed |= ((word >> order[k]) & 1u) << k;
    out |= ((table >> fed) & 1u) << word;
  }
  return out;
}

/* Input names and outputs of a cell; false: too many; *why: it has others than plain pins, static text, or NULL. */
static bool plain_pins(const lib_cell *cell, qy_piece *input, int *inputs, const lib_pin **output, int *outputs,
                       int inputs_max, int outputs_max, const char **why)
{
  *why = NULL;
  *inputs = *outputs = 0;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction == LIB_INPUT) {
      if (*inputs == inputs_max) return false;
      input[(*inputs)++] = p->name;
    } else if (p->direction == LIB_OUTPUT) {
      if (*outputs == outputs_max) return false;
      if (p->three_state.length > 0) *why = "has a three-state output";
      output[(*outputs)++] = p;
    } else if (p->direction == LIB_OTHER) {
      *why = "has a pin of logic that is neither input nor output";
    }
  }
  return *outputs > 0 && *inputs > 0;
}

static const lib_pin *find_pin(const lib_cell *cell, qy_piece name)
{
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (piece_same(p->name, name)) return p;
  }
  return NULL;
}

static bool match_logic(lib_match *match, const lib_cell *cell, qy_cell kind, const char **why)
{
  qy_piece input[INPUTS_MAX] = {{0}};
  const lib_pin *output[OUTPUTS_MAX];
  uint64_t table[OUTPUTS_MAX] = {0};
  int inputs, outputs, n = qy_cell_inputs(kind);
  if (cell->flip_flops > 0 || cell->sequential) return false;
  if (!plain_pins(cell, input, &inputs, output, &outputs, INPUTS_MAX, OUTPUTS_MAX, why)) return false;
  if (inputs != n || outputs != qy_cell_outputs(kind)) return false;
  for (int o = 0; o < outputs; o++) {
    if (!lib_function(&table[o], output[o]->function, input, inputs, (qy_piece){0})) return false;
  }
  uint64_t rows = (UINT64_C(1) << (1 << n)) - 1;
  for (size_t k = 0; k < sizeof orders / sizeof *orders; k++) {
    if (n == 1 && k > 0) break;
    if (n == 2 && k > 1) break;
    for (int swap = 0; swap < outputs; swap++) {
      int inverted = 0, same = 0;
      for (int o = 0; o < outputs; o++) {
        uint64_t want = reorder(truth[kind][o ^ swap], orders[k], n);
        same += table[o] == want || table[o] == (~want & rows);
        inverted += table[o] == (~want & rows);
      }
      if (same != outputs) continue;
      if (kind == QY_AOI21 || kind == QY_OAI21 || kind == QY_MUX2) match->lone = find_pin(cell, input[orders[k][2]]);
      if (inverted == 0) return true;
      if (outputs == OUTPUTS_MAX) {
        match->inverters = inverted;
        match->note = "its outputs are inverted: inverters added";
        return true;
      }
      if (kind == QY_MUX2) {
        match->inverted = true;
        match->note = "its output is inverted: taken as it is, an inverter in the high ends";
        return true;
      }
    }
  }
  return false;
}

static const char *pin_name(const lib_model *m, const lib_pin *pin)
{
  return qy_arena_text(m->arena, pin->name.at, pin->name.length);
}

bool lib_adder(qy_liberty_adder *adder, const lib_model *m, const lib_cell *cell)
{
  assert(adder && m && cell);
  qy_piece input[INPUTS_MAX];
  const lib_pin *output[OUTPUTS_MAX], *pin[INPUTS_MAX];
  int inputs, outputs;
  double least = INFINITY;
  const char *why;
  *adder = (qy_liberty_adder){0};
  if (!plain_pins(cell, input, &inputs, output, &outputs, INPUTS_MAX, OUTPUTS_MAX, &why) || why) return true;
  for (int i = 0; i < inputs; i++) {
    double load;
    pin[i] = find_pin(cell, input[i]);
    if (!piece_number(pin[i]->capacitance, &load) || load >= least) continue;
    least = load;
    const lib_pin *other = pin[0];
    pin[0] = pin[i];
    pin[i] = other;
  }
  for (int i = 0; i < inputs; i++) {
    adder->input[inputs - 1 - i] = pin_name(m, pin[i]);
    if (!adder->input[inputs - 1 - i]) return false;
  }
  const uint64_t *want = truth[inputs == INPUTS_MAX ? QY_FA : QY_HA];
  for (int o = 0; o < outputs; o++) {
    uint64_t table;
    if (!lib_function(&table, output[o]->function, input, inputs, (qy_piece){0})) continue;
    if (table == want[0] && !(adder->sum = pin_name(m, output[o]))) return false;
    if (table == want[1] && !(adder->carry = pin_name(m, output[o]))) return false;
  }
  if (!adder->sum || !adder->carry) return true;
  adder->cell = qy_arena_text(m->arena, cell->name.at, cell->name.length);
  return adder->cell != NULL;
}

/* The input that a function of one input names, whatever its polarity; *inverted when it is the complement. */
static const lib_pin *only_input(const lib_cell *cell, qy_piece function, bool *inverted)
{
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    uint64_t table;
    if (p->direction != LIB_INPUT || !lib_function(&table, function, &p->name, 1, (qy_piece){0})) continue;
    if (table != 0x1 && table != 0x2) continue;
    *inverted = table == 0x1;
    return p;
  }
  return NULL;
}

const lib_pin *lib_clock_pin(const lib_cell *cell)
{
  assert(cell);
  bool inverted;
  return only_input(cell, cell->clocked_on, &inverted);
}

const lib_pin *lib_data_pin(const lib_cell *cell)
{
  assert(cell);
  bool inverted;
  const lib_pin *data = only_input(cell, cell->next_state, &inverted);
  if (data) return data;
  /* more than one input in the function: the first name in it that is a pin */
  for (size_t i = 0; i < cell->next_state.length; i++) {
    for (size_t length = cell->next_state.length - i; length > 0; length--) {
      data = find_pin(cell, (qy_piece){cell->next_state.at + i, length});
      if (data && data->direction == LIB_INPUT) return data;
    }
  }
  return NULL;
}

/* A flip-flop with one state: plain rising-edge D, or how far from it. */
static bool match_flip_flop(lib_match *match, const lib_cell *cell, const char **why)
{
  enum { RESET = 1, INVERTED = 2, FALLING = 4, ENABLE = 8 };
  static const char *const notes[16] = {
      [RESET] = "it has a set or reset",
      [INVERTED] = "its output is inverted: inverter added",
      [RESET | INVERTED] = "it has a set or reset and an inverted output: inverter added",
      [FALLING] = "it works at the falling edge",
  };
  qy_piece input[LIB_INPUTS_MAX];
  const lib_pin *output[OUTPUTS_MAX];
  int inputs, outputs, penalty = 0;
  bool falling = false, data_inverted = false, positive = false, negative = false;
  if (cell->flip_flops != 1 || cell->sequential || cell->next_state.length > 200) return false;
  if (!plain_pins(cell, input, &inputs, output, &outputs, LIB_INPUTS_MAX, OUTPUTS_MAX, why)) return false;
  const lib_pin *clock = only_input(cell, cell->clocked_on, &falling);
  if (!clock || !lib_data_pin(cell) || lib_data_pin(cell) == clock) return false;
  for (int o = 0; o < outputs; o++) {
    uint64_t table;
    if (!lib_function(&table, output[o]->function, &cell->state, 1, cell->inverse_state)) continue;
    positive |= table == 0x2;
    negative |= table == 0x1;
  }
  if (!positive && !negative) return false;
  if (!only_input(cell, cell->next_state, &data_inverted)) penalty |= ENABLE;
  if (falling) penalty |= FALLING;
  if (!(data_inverted ? negative : positive)) penalty |= INVERTED;
  if (cell->clear.length > 0 || cell->preset.length > 0) penalty |= RESET;
  match->penalty = penalty;
  match->inverters = penalty & INVERTED ? 1 : 0;
  match->note = notes[penalty];
  if (penalty && !match->note) match->note = "it is no plain flip-flop: enable, scan or several differences";
  return true;
}

bool lib_matches(lib_match *match, const lib_cell *cell, qy_cell kind, const char **why)
{
  assert(match && cell && why && (unsigned)kind < QY_CELL_COUNT);
  *match = (lib_match){0};
  const bool is = kind == QY_DFF ? match_flip_flop(match, cell, why) : match_logic(match, cell, kind, why);
  if (is && cell->odd) *why = cell->odd;
  return is;
}
