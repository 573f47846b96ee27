/* From the constants of a library to the plain arrays of the hot code: see tech.h.
 *
 * The file gives a NAND2 scale and ratios to it:
 *   area, in_cap, delay, leakage of a cell = NAND2's value * the cell's ratio
 *   energy of a cell, per output toggle = NAND2's internal energy * ratio + 1/2 V^2 * fan-out * (mean pin + wire)
 *   slope of delay over load = the cell's delay into four inverters * its load share / the load of four inverters
 * where "mean pin" is the mean input capacitance over all cell kinds of the library and "wire" the wire capacitance per
 * driven pin: which kind of cell drives which is not known before mapping, so every net carries the same mean load.
 * Units: fF * V^2 = fJ.
 */
#include "quarry/tech.h"

#include "schema.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Share of the delay into four inverters that goes with the load; see tech.h for what stands in when none is stated. */
static double load_share(const tech_raw *raw, qy_cell cell)
{
  const double stated = cell == QY_NAND2 ? raw->nand2.load_share : raw->cells[cell].load_share;
  if (stated > 0) return stated;
  switch (cell) {
  case QY_INV: return 4.0 / 5;
  case QY_NAND2:
  case QY_NOR2: return 4.0 / 6;
  case QY_NAND3:
  case QY_AOI21:
  case QY_OAI21: return 4.0 / 7;
  default: return load_share(raw, QY_INV) * raw->cells[QY_INV].delay / raw->cells[cell].delay;
  }
}

static void resolve_loads(qy_tech *t, const tech_raw *raw)
{
  t->load_ff = 4 * t->in_cap_ff[QY_INV];
  for (size_t c = 0; c < QY_CELL_COUNT; c++) {
    const int inputs = qy_cell_inputs((qy_cell)c);
    const double lone = raw->cells[c].lone_cap, mean_ff = t->in_cap_ff[c];
    t->load_slope_ps_per_ff[c] = load_share(raw, (qy_cell)c) * t->delay_ps[c] / t->load_ff;
    t->lone_cap_ff[c] = lone > 0 ? raw->nand2.in_cap_ff * lone : mean_ff;
    /* drawn apart from the mean, the lone input may take all of it */
    t->pair_cap_ff[c] = inputs > 1 ? fmax(0, (inputs * mean_ff - t->lone_cap_ff[c]) / (inputs - 1)) : mean_ff;
  }
}

static void resolve_fpga(qy_tech *t)
{
  for (size_t i = 0; i < t->entry_count; i++)
    t->fpga_value[t->entry[i].slot] = t->entry[i].constant.value;
}

void qy_tech_resolve(qy_tech *t)
{
  assert(t);
  if (t->fpga) {
    resolve_fpga(t);
    return;
  }
  tech_raw raw = {.energy_exponent = 2}; /* C V^2 when the library states no other */
  for (size_t i = 0; i < t->entry_count; i++) {
    char *slot = (char *)&raw + t->entry[i].slot * sizeof(double);
    memcpy(slot, &t->entry[i].constant.value, sizeof(double));
  }
  double pin_sum = 0;
  for (size_t c = 0; c < QY_CELL_COUNT; c++) {
    bool scale = c == QY_NAND2;
    t->area_um2[c] = raw.nand2.area_um2 * (scale ? 1 : raw.cells[c].area);
    t->in_cap_ff[c] = raw.nand2.in_cap_ff * (scale ? 1 : raw.cells[c].in_cap);
    t->delay_ps[c] = raw.nand2.delay_ps * (scale ? 1 : raw.cells[c].delay);
    t->internal_fj[c] = raw.nand2.energy_fj * (scale ? 1 : raw.cells[c].energy);
    t->leakage_nw[c] = raw.nand2.leakage_nw * (scale ? 1 : raw.cells[c].leakage);
    pin_sum += t->in_cap_ff[c];
  }
  resolve_loads(t, &raw);
  t->load_fanout = raw.fanout;
  t->load_wire_ff = raw.wire_cap_ff;
  double load_ff = raw.fanout * (pin_sum / QY_CELL_COUNT + raw.wire_cap_ff);
  for (size_t c = 0; c < QY_CELL_COUNT; c++) {
    t->energy_fj[c] = t->internal_fj[c] + 0.5 * t->voltage_v * t->voltage_v * load_ff;
  }
  t->fa_carry_ps = raw.nand2.delay_ps * raw.fa_carry;
  t->dff_clock_fj = raw.nand2.energy_fj * raw.dff_clock_energy;
  t->dff_setup_ps = raw.nand2.delay_ps * raw.dff_setup;
  memcpy(t->effort_k, raw.effort_k, sizeof t->effort_k);
  t->effort_p = raw.effort_p;
  memcpy(t->glitch_lean, raw.glitch_lean, sizeof t->glitch_lean);
  memcpy(t->glitch_fast, raw.glitch_fast, sizeof t->glitch_fast);
  t->density_frac = raw.density_frac;
  t->clock_tree_frac = raw.clock_tree_frac;
  t->wire_ff_per_um = raw.wire_ff_per_um;
  t->threshold_v = raw.threshold_v;
  t->alpha = raw.alpha;
  t->leakage_slope_v = raw.leakage_slope_v;
  t->energy_exponent = raw.energy_exponent;
  memcpy(t->factor, raw.factor, sizeof t->factor);
}

qy_status qy_tech_unplaced(qy_tech **out, const qy_tech *tech, qy_arena *arena, qy_error *err)
{
  static const char *const placed[] = {"load.wire_cap", "clock_tree.energy", "wires.cap"};
  qy_status status = qy_tech_copy(out, tech, arena, err);
  if (status || !*out) return status;
  for (size_t i = 0; i < (*out)->entry_count; i++)
    for (size_t k = 0; k < sizeof placed / sizeof *placed; k++)
      if (strcmp((*out)->entry[i].path, placed[k]) == 0) {
        qy_constant *c = &(*out)->entry[i].constant;
        c->value = c->low = c->high = 0;
      }
  qy_tech_resolve(*out);
  return QY_OK;
}

qy_status qy_tech_copy(qy_tech **copy, const qy_tech *tech, qy_arena *arena, qy_error *err)
{
  assert(copy && tech && arena);
  qy_tech *t = qy_arena_alloc(arena, 1, sizeof *t);
  *copy = NULL;
  if (!t) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  *t = *tech;
  t->entry = qy_arena_alloc(arena, tech->entry_count, sizeof *t->entry);
  if (!t->entry) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  memcpy(t->entry, tech->entry, tech->entry_count * sizeof *t->entry);
  *copy = t;
  return QY_OK;
}
