/* Delays of operators as a whole, in the library's own cell delays: see cells.h.
 *
 * The library gives delays into four inverters.  Loads differ from that: by the theory of logical effort (I.
 * Sutherland, B. Sproull, D. Harris, "Logical Effort", 1999) a two-input gate has parasitic delay 2 and effort 4/3 per
 * load like itself, so that one load takes 5/9 and two loads 7/9 of its delay into four inverters; an inverter takes
 * 1/5 of it for each load.  Validity: no wires.
 */
#include "cells.h"

#include <math.h>

/* Delay of a gate into one, two gates like itself, of its delay into four inverters. */
static const double one_load = 5.0 / 9, two_loads = 7.0 / 9;

static double delay_of(const qy_tech *tech, qy_cell cell, double load)
{
  return load * tech->delay_ps[cell];
}

/* Input capacitance of a gate, in inverters: that of one pin of the gates that most nets drive. */
double qy_path_pin(const qy_tech *tech)
{
  static const qy_cell gates[] = {QY_NAND2, QY_NOR2, QY_AOI21, QY_OAI21};
  double sum = 0;
  for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
    sum += tech->in_cap_ff[gates[i]];
  double inverter = tech->in_cap_ff[QY_INV];
  return inverter > 0 && sum > 0 ? sum / inverter / (double)(sizeof gates / sizeof *gates) : 1;
}

/* Lean: buffers of minimum size, one for every so many gates, hang on lines of the same kind.  Pins of lines are those
 * of selections, half as large again as a gate's.  Fast: sized inverters, four times larger each. */
double qy_path_line(double loads, const qy_tech *tech, bool fast)
{
  enum { LOADS = 4, LOADS_MAX = 20 }; /* inverters: of the library's delays; that a buffer is given */
  const double fixed = 0.65, pin = 1.5 * qy_path_pin(tech), most = fmin(FANOUT_PER_BUFFER, LOADS_MAX / pin);
  double lean = 0;
  if (loads <= LOADS) return 0;
  for (double left = loads; left > 1; left /= most)
    lean += tech->delay_ps[QY_BUF] * (fixed + (1 - fixed) * fmin(left, most) * pin / LOADS);
  return fast ? fmin(lean, tech->delay_ps[QY_INV] * log(loads) / log(LOADS)) : lean;
}

/* One two-to-one selection in the form that is smaller in the library. */
static double selection(const qy_tech *tech, bool fast)
{
  double gates = tech->delay_ps[QY_OAI21] + tech->delay_ps[QY_NAND2];
  double load = fast ? one_load : two_loads;
  bool is_cell = tech->area_um2[QY_MUX2] <= tech->area_um2[QY_OAI21] + tech->area_um2[QY_NAND2];
  return is_cell && !fast ? tech->delay_ps[QY_MUX2] : fmin(load * gates, tech->delay_ps[QY_MUX2]);
}

/* Greater and not-less per bit, merged pair by pair: one complex gate a level when fast, two gates when lean. */
double qy_path_less(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int levels = qy_log2_ceil(qy_max_int(shape->a, shape->b));
  double leaf = delay_of(tech, QY_INV, one_load) + delay_of(tech, QY_NAND2, one_load);
  double node = delay_of(tech, QY_AOI21, two_loads) + (fast ? 0 : delay_of(tech, QY_NAND2, two_loads));
  return leaf + levels * node;
}

double qy_path_leading_one(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  const double factor = fast ? 1 : 1.45; /* calibrated, 90 %: 1.2 to 1.7 */
  return factor * (qy_log2_ceil(shape->a) * delay_of(tech, QY_OR2, one_load) + delay_of(tech, QY_AOI21, one_load));
}

double qy_path_truth_table(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return qy_max_int(shape->a - 1, 1) * selection(tech, fast);
}

double qy_path_round_saturate(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int kept = qy_max_int(shape->a - shape->drop, 1);
  double delay = 0;
  if (shape->drop > 0) delay += (fast ? qy_log2_ceil(kept) + 1 : kept) * delay_of(tech, QY_HA, one_load);
  if (kept > shape->width)
    delay += delay_of(tech, QY_XNOR2, one_load) +
             (qy_log2_ceil(kept - shape->width) + 1) * delay_of(tech, QY_AND2, one_load) +
             qy_path_line(shape->width, tech, fast) + delay_of(tech, QY_OR2, one_load);
  return delay;
}
