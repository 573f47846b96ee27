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

double qy_path_line(double loads, const qy_tech *tech, bool fast)
{
  enum { INVERTER_LOADS = 4, INVERTER_UNITS = 5 };
  double inverter = tech->delay_ps[QY_INV];
  if (loads <= INVERTER_LOADS) return 0;
  /* The buffers hang on lines of the same kind. */
  double each = fmin(loads, FANOUT_PER_BUFFER), left = loads / FANOUT_PER_BUFFER, more = 0;
  while (left > 1) {
    more += fmin(left, FANOUT_PER_BUFFER) * inverter / INVERTER_UNITS;
    left /= FANOUT_PER_BUFFER;
  }
  double lean = tech->delay_ps[QY_BUF] + fmax(each - INVERTER_LOADS, 0) * inverter / INVERTER_UNITS + more;
  return fast ? fmin(lean, inverter * log(loads) / log(INVERTER_LOADS)) : lean;
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
  (void)fast;
  return qy_log2_ceil(shape->a) * delay_of(tech, QY_OR2, one_load) + delay_of(tech, QY_AOI21, one_load);
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
