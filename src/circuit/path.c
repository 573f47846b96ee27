/* Delays of operators as a whole, in the library's own cell delays and slopes: see cells.h.
 *
 * The library gives delays into four inverters and how they grow with the load.  Validity: no wires.
 */
#include "cells.h"

#include <math.h>

double qy_path_pin(const qy_tech *tech)
{
  static const qy_cell gates[] = {QY_NAND2, QY_NOR2, QY_AOI21, QY_OAI21};
  double sum = 0;
  for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
    sum += tech->in_cap_ff[gates[i]];
  return sum / (int)(sizeof gates / sizeof *gates);
}

double qy_path_cell(const qy_tech *tech, qy_cell cell, double load_ff)
{
  return tech->delay_ps[cell] + tech->load_slope_ps_per_ff[cell] * (load_ff - tech->load_ff);
}

/* Into so many gates. */
static double into(const qy_tech *tech, qy_cell cell, int gates)
{
  return qy_path_cell(tech, cell, gates * qy_path_pin(tech));
}

/* Lean: buffers of minimum size, levels of them on long lines.  Fast: sized inverters, each four times larger. */
double qy_path_line(double gates, double pin_ff, const qy_tech *tech, bool fast)
{
  const double loads_ff = tech->factor[QY_LINE_LOADS] * tech->in_cap_ff[QY_INV];
  double lean = 0, left = gates, each_ff = pin_ff;
  while (left > 1) {
    const double driven = fmin(left, fmax(2, each_ff > 0 ? loads_ff / each_ff : left)); /* or it would never end */
    lean += qy_path_cell(tech, QY_BUF, driven * each_ff);
    left /= driven;
    each_ff = tech->in_cap_ff[QY_BUF];
  }
  return fast ? fmin(lean, tech->delay_ps[QY_INV] * log(gates) / log(4)) : lean;
}

/* One two-to-one selection in the form that is smaller in the library. */
static double selection(const qy_tech *tech, bool fast)
{
  const int loads = fast ? 1 : 2;
  const double gates = into(tech, QY_OAI21, loads) + into(tech, QY_NAND2, loads);
  bool is_cell = tech->area_um2[QY_MUX2] <= tech->area_um2[QY_OAI21] + tech->area_um2[QY_NAND2];
  return is_cell && !fast ? tech->delay_ps[QY_MUX2] : fmin(gates, tech->delay_ps[QY_MUX2]);
}

/* Greater and not-less per bit, merged pair by pair: one complex gate a level when fast, two gates when lean. */
double qy_path_less(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int levels = qy_log2_ceil(qy_max_int(shape->a, shape->b));
  double leaf = into(tech, QY_INV, 1) + into(tech, QY_NAND2, 1);
  double node = into(tech, QY_AOI21, 2) + (fast ? 0 : into(tech, QY_NAND2, 2));
  return leaf + levels * node;
}

double qy_path_leading_one(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  const double factor = fast ? 1 : tech->factor[QY_LEAN_LEADING_ONE];
  return factor * (qy_log2_ceil(shape->a) * into(tech, QY_OR2, 1) + into(tech, QY_AOI21, 1));
}

double qy_path_truth_table(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return qy_max_int(shape->a - 1, 1) * selection(tech, fast);
}

double qy_path_round_saturate(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int kept = qy_max_int(shape->a - shape->drop, 1);
  double delay = 0;
  if (shape->drop > 0) delay += (fast ? qy_log2_ceil(kept) + 1 : kept) * into(tech, QY_HA, 1);
  if (kept > shape->width)
    delay += into(tech, QY_XNOR2, 1) + (qy_log2_ceil(kept - shape->width) + 1) * into(tech, QY_AND2, 1) +
             qy_path_line(shape->width, qy_path_pin(tech), tech, fast) + into(tech, QY_OR2, 1);
  return delay;
}
