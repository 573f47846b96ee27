/* Lanes of a bit-serial array: see array_serial.h. */
#include "array_serial.h"

#include <assert.h>
#include <stdio.h>

enum { PRODUCTS = 16, PART = 2, SUM_BITS = 8, INNER_BITS = 14, OUTER_BITS = 20, LANES_MAX = 256 };

/* 8 x 8, 4 x 4, 2 x 2, 8 x 4 and 8 x 2 bits; the shorter operand is the inner one. */
const array_serial_steps array_serial_steps_of[ARRAY_SERIAL_MODES] = {{4, 16}, {2, 4}, {1, 1}, {2, 8}, {1, 4}};
/* How far the sum of 8 x 8 bits lies above that of the mode: 6 bits less two for each step after the first, of both. */
static const int moved_down[ARRAY_SERIAL_MODES] = {0, 8, 12, 4, 6};

static qy_net not_of(qy_circuit *c, qy_net net)
{
  return qy_bitwise(c, QY_OP_NOT, net, -1);
}

static qy_net gate(qy_circuit *c, qy_net word, qy_net enable)
{
  qy_net bit[OUTER_BITS + SUM_BITS];
  const int width = qy_net_width(c, word);
  for (int i = 0; i < width; i++)
    bit[i] = enable;
  return qy_bitwise(c, QY_OP_AND, word, qy_concat(c, bit, width));
}

static qy_net products(qy_circuit *c, qy_net x, qy_net w)
{
  qy_net sum[PRODUCTS];
  for (int k = 0; k < PRODUCTS; k++)
    sum[k] = qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_slice(c, x, PART * k, PART), qy_slice(c, w, PART * k, PART), false);
  for (int step = 1, width = 2 * PART + 1; step < PRODUCTS; step *= 2, width++)
    for (int k = 0; k < PRODUCTS; k += 2 * step)
      sum[k] = qy_add(c, sum[k], sum[k + step], width, false);
  return sum[0];
}

/* One step of a shifting sum: `added` on top of what was there, moved down by two bits. */
static qy_net shifted_sum(qy_circuit *c, qy_net added, qy_net before, int width)
{
  const int top = qy_net_width(c, added), below = width - top;
  const qy_net upper = qy_add(c, added, qy_slice(c, before, below + PART, top - PART), top, false);
  return qy_concat(c, (qy_net[]){qy_slice(c, before, PART, below), upper}, 2);
}

static qy_net lane_sum(qy_circuit *c, int lane, qy_net mode, qy_net inner, qy_net outer)
{
  char name[24];
  snprintf(name, sizeof name, "x%d", lane);
  const qy_net x = qy_input(c, name, PRODUCTS * PART);
  snprintf(name, sizeof name, "w%d", lane);
  const qy_net w = qy_input(c, name, PRODUCTS * PART);
  snprintf(name, sizeof name, "inner%d", lane);
  const qy_net inner_sum = qy_register(c, name, INNER_BITS, -1);
  snprintf(name, sizeof name, "outer%d", lane);
  const qy_net outer_sum = qy_register(c, name, OUTER_BITS, inner);
  qy_register_connect(c, inner_sum,
                      shifted_sum(c, products(c, x, w), gate(c, inner_sum, not_of(c, inner)), INNER_BITS));
  const qy_net next = shifted_sum(c, inner_sum, outer_sum, OUTER_BITS);
  qy_register_connect(c, outer_sum, gate(c, next, not_of(c, outer)));
  qy_net moved[ARRAY_SERIAL_MODES];
  for (int k = 0; k < ARRAY_SERIAL_MODES; k++)
    moved[k] = moved_down[k] ? qy_shift_constant(c, next, -moved_down[k], OUTER_BITS) : next;
  return qy_mux(c, mode, moved, ARRAY_SERIAL_MODES);
}

qy_status array_serial_build(qy_circuit **out, int lanes, qy_arena *arena, qy_error *err)
{
  assert(lanes >= 1 && lanes <= LANES_MAX && (lanes & (lanes - 1)) == 0);
  qy_circuit *c = *out = qy_circuit_new("serial_array", arena);
  const qy_net mode = qy_input(c, "mode", 3), inner = qy_input(c, "inner", 1), outer = qy_input(c, "outer", 1),
               clear = qy_input(c, "clear", 1);
  qy_net sum[LANES_MAX];
  int width = OUTER_BITS;
  for (int lane = 0; lane < lanes; lane++)
    sum[lane] = lane_sum(c, lane, mode, inner, outer);
  for (int step = 1; step < lanes; step *= 2) {
    width++;
    for (int lane = 0; lane < lanes; lane += 2 * step)
      sum[lane] = qy_add(c, sum[lane], sum[lane + step], width, false);
  }
  const qy_net acc = qy_register(c, "acc", width, outer);
  qy_register_connect(c, acc, qy_add(c, gate(c, acc, not_of(c, clear)), sum[0], width, false));
  qy_output(c, "sum", acc);
  return qy_circuit_finish(c, err);
}
