/* Random circuits in which cells of every kind are, and what their nets drive, counted pin by pin. */
#ifndef QUARRY_TESTS_BIT_CIRCUITS_H
#define QUARRY_TESTS_BIT_CIRCUITS_H

#include "../../src/circuit/graph.h"
#include "random.h"

#include <stdlib.h>

static inline int pick_cell(uint64_t *state, int n)
{
  return (int)random_below(state, (size_t)n);
}

static inline qy_net fitted_cells(qy_circuit *c, qy_net net, int width, uint64_t *state)
{
  const int from = qy_net_width(c, net);
  return from > width ? qy_slice(c, net, pick_cell(state, from - width + 1), width)
                      : qy_extend(c, net, width, pick_cell(state, 2));
}

static inline qy_net grow_cells(qy_circuit *c, const qy_net *net, int count, uint64_t *state)
{
  const qy_net a = net[pick_cell(state, count)], b = net[pick_cell(state, count)],
               bit = fitted_cells(c, net[pick_cell(state, count)], 1, state);
  const int width = 3 + pick_cell(state, 8), wide = 4 << pick_cell(state, 2);
  const qy_net x = fitted_cells(c, a, width, state), y = fitted_cells(c, b, width, state),
               mode = fitted_cells(c, net[0], 2, state);
  const qy_multiplier kind = pick_cell(state, 2) ? QY_MULTIPLIER_BOOTH : QY_MULTIPLIER_ARRAY;
  switch (pick_cell(state, 16)) {
  case 0: return qy_add(c, x, y, width + pick_cell(state, 3), pick_cell(state, 2));
  case 1: return qy_subtract(c, x, y, width, pick_cell(state, 2));
  case 2: return qy_addsub(c, x, y, bit, width + pick_cell(state, 2), pick_cell(state, 2));
  case 3: return qy_negate_if(c, x, bit, width, pick_cell(state, 2));
  case 4:
    return fitted_cells(c, qy_multiply(c, kind, fitted_cells(c, a, 4, state), fitted_cells(c, b, 4, state), true),
                        width, state);
  case 5:
    return fitted_cells(
        c, qy_multiply_st(c, kind, fitted_cells(c, a, wide, state), fitted_cells(c, b, wide, state), mode, true), width,
        state);
  case 6: return qy_shift(c, QY_OP_SHIFT_LEFT, x, fitted_cells(c, b, 2, state), width + 2, pick_cell(state, 2));
  case 7:
    return qy_shift(c, pick_cell(state, 2) ? QY_OP_SHIFT_RIGHT_SIGNED : QY_OP_SHIFT_RIGHT, x,
                    fitted_cells(c, b, 2, state), width, true);
  case 8: return qy_mux(c, mode, (qy_net[]){x, y, qy_constant_word(c, 0, width), x}, 3 + pick_cell(state, 2));
  case 9: return qy_mux(c, bit, (qy_net[]){x, y}, 2);
  case 10:
    return qy_bitwise(c, (qy_op)(QY_OP_AND + pick_cell(state, 3)), x,
                      pick_cell(state, 2) ? y : qy_extend(c, bit, width, true));
  case 11: return qy_bitwise(c, QY_OP_NOT, x, -1);
  case 12: return qy_equal(c, x, y);
  case 13: return qy_max(c, x, y, pick_cell(state, 2));
  case 14: return qy_round_saturate(c, x, 1 + pick_cell(state, 2), 2 + pick_cell(state, 4), pick_cell(state, 2));
  default: return qy_leading_one(c, x);
  }
}

/* A finished circuit of random operators; NULL: it cannot be built. */
static inline qy_circuit *random_cells(qy_arena *arena, uint64_t *state)
{
  static const char *const names[] = {"x", "y", "z", "r", "e"};
  qy_net net[32];
  qy_circuit *c = qy_circuit_new("random", arena);
  int count = 0;
  for (; count < 3; count++)
    net[count] = qy_input(c, names[count], 3 + pick_cell(state, 6));
  const qy_net r = net[count++] = qy_register(c, "r", 6, pick_cell(state, 2) ? fitted_cells(c, net[0], 1, state) : -1);
  for (const int nodes = 10 + pick_cell(state, 18); count < nodes; count++)
    net[count] = grow_cells(c, net, count, state);
  qy_register_connect(c, r, fitted_cells(c, net[count - 3], 6, state));
  qy_output(c, "p", net[count - 1]);
  qy_output(c, "q", net[count - 2]);
  return qy_circuit_finish(c, NULL) ? NULL : c;
}

/* ---- what a net drives */

/* What input k of a cell is a pin of. */
static inline bit_pin pin_of(int kind, int k)
{
  switch (kind) {
  case BIT_AND:
  case BIT_OR: return k < 2 ? BIT_PIN_AND : BIT_PIN_NONE;
  case BIT_XOR:
  case BIT_XNOR: return k < 2 ? BIT_PIN_XOR : BIT_PIN_NONE;
  case BIT_SELECT:
  case BIT_SELECT_ONE: return k < 2 ? BIT_PIN_DATA : k == 2 ? BIT_PIN_SELECT : BIT_PIN_NONE;
  case BIT_HALF:
  case BIT_HALF_ONE:
  case BIT_CHAIN_HALF:
  case BIT_CHAIN_ONE: return k == 0 || k == 2 ? BIT_PIN_HALF : BIT_PIN_NONE;
  case BIT_FULL:
  case BIT_CHAIN: return k < 2 ? BIT_PIN_FULL : k == 2 ? BIT_PIN_CARRY : BIT_PIN_NONE;
  case BIT_EDGE:
  case BIT_EDGE_NOT: return k == 0 ? BIT_PIN_NONE : BIT_PIN_GATE; /* the sign's gate is shared */
  case BIT_MADE:
  case BIT_BLOCK: return BIT_PIN_NONE;
  case BIT_MASK:
  case BIT_ALIGN: return k < 2 ? BIT_PIN_GATE : BIT_PIN_NONE;
  default: return BIT_PIN_GATE;
  }
}

/* Does input k hang on a line that goes to a whole word: a select, a mask, an inversion, Booth's digit? */
static inline bool is_line(int kind, int k)
{
  switch (kind) {
  case BIT_AND:
  case BIT_XOR:
  case BIT_XNOR:
  case BIT_GATE:
  case BIT_GATE_NOT:
  case BIT_GATE_OR:
  case BIT_GATE_OR_NOT:
  case BIT_MASK: return k == 1;
  case BIT_SELECT:
  case BIT_SELECT_ONE:
  case BIT_EDGE:
  case BIT_EDGE_NOT:
  case BIT_ABSORBED: return k == 2;
  case BIT_BOOTH: return k >= 2;
  default: return false;
  }
}

typedef struct pins {
  int own[BIT_PIN_COUNT], line[BIT_PIN_COUNT], gates;
} pins;

static inline pins pins_on(const bit_net *net, bit_signal s)
{
  pins p = {.gates = 0};
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    for (int k = 0; k < BIT_INPUTS && cell->used; k++) {
      if (cell->in[k] != s) continue;
      const bit_pin pin = pin_of(cell->kind, k);
      if (is_line(cell->kind, k))
        p.line[pin]++, p.gates += pin != BIT_PIN_NONE;
      else
        p.own[pin] += cell->kind == BIT_DIGIT_TWO ? 2 : 1;
    }
  }
  for (size_t i = 0; i < net->flops; i++)
    p.own[BIT_PIN_FLOP] += net->next[i] == s && net->cell[net->flop[i]].used;
  return p;
}

static inline int field(uint64_t fields, int pin, int width)
{
  return pin == 0 ? 0 : (int)(fields >> (pin - 1) * width & ((UINT64_C(1) << width) - 1));
}

#endif
