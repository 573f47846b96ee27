/* A library at another supply voltage: the laws are in tech.h.
 *
 * Only the NAND2 scale changes: the ratios of other cells to it are taken as independent of the voltage, which holds as
 * long as all cells use one threshold.  Validity: the range that the library states, above the threshold.
 */
#include "quarry/tech.h"

#include <math.h>
#include <string.h>

/* Multiply a constant and its interval. */
static void scale(qy_constant *c, double factor)
{
  c->value *= factor;
  c->low *= factor;
  c->high *= factor;
}

qy_status qy_tech_at_voltage(qy_tech **out, const qy_tech *tech, double voltage_v, qy_arena *arena, qy_error *err)
{
  qy_tech *t;
  double from = tech->voltage_v;
  bool same = voltage_v == from;
  *out = NULL;
  if (!same && !(tech->voltage_high_v > 0))
    return qy_fail(err, QY_BAD_INPUT, "library \"%s\" states no voltage range: expected its own %g V, found %g V",
                   tech->name, from, voltage_v);
  if (!same && !(voltage_v >= tech->voltage_low_v && voltage_v <= tech->voltage_high_v))
    return qy_fail(err, QY_BAD_INPUT, "library \"%s\": expected a voltage from %g to %g V, found %g V", tech->name,
                   tech->voltage_low_v, tech->voltage_high_v, voltage_v);
  qy_status status = qy_tech_copy(&t, tech, arena, err);
  if (status != QY_OK || same) {
    *out = status == QY_OK ? t : NULL;
    return status;
  }
  double over = voltage_v - tech->threshold_v, over0 = from - tech->threshold_v;
  const struct {
    const char *path;
    double factor;
  } rows[] = {{"nand2.delay", voltage_v / from * pow(over0 / over, tech->alpha)},
              {"nand2.energy", voltage_v * voltage_v / (from * from)},
              {"nand2.leakage", voltage_v / from * exp((voltage_v - from) / tech->leakage_slope_v)}};
  for (size_t i = 0; i < t->entry_count; i++) {
    qy_constant *c = &t->entry[i].constant;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
      if (strcmp(t->entry[i].path, rows[k].path) != 0) continue;
      scale(c, rows[k].factor);
      c->status = QY_DERIVED;
      c->source = qy_arena_format(arena, "scaled from %g V by the library's voltage law; there: %s", from, c->source);
      if (!c->source) return qy_fail(err, QY_NO_MEMORY, "out of memory");
    }
  }
  t->voltage_v = voltage_v;
  t->name = qy_arena_format(arena, "%s@%gV", tech->name, voltage_v);
  if (!t->name) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  qy_tech_resolve(t);
  status = qy_tech_render(t, arena, err);
  if (status == QY_OK) *out = t;
  return status;
}
