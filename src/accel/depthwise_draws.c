/* The depthwise module under draws: see depthwise_draws.h. */
#include "depthwise_int.h"
#include "part_draws_int.h"

#include "quarry/depthwise_draws.h"

#include <string.h>

/* Columns of the basis.  Those of one metric follow each other; the three of an SRAM quantity are input, output,
 * weights. */
enum {
  AREA_PE, /* placed: over density */
  AREA_MUX,
  AREA_ADDER,
  AREA_REQUANTIZER,
  REGISTER_PE,
  REGISTER_WORD,
  REGISTER_ADDER,
  REGISTER_REQUANTIZER,
  CONTROL,
  SRAM_AREA,
  LEAK_PE = SRAM_AREA + QY_BUFFER_ROLES,
  LEAK_MUX,
  LEAK_WORD,
  LEAK_ADDER,
  LEAK_REQUANTIZER,
  LEAK_CONTROLLER,
  LEAK_SRAM,
  LOGIC_MODE = LEAK_SRAM + QY_BUFFER_ROLES,
  LOGIC_MUX = LOGIC_MODE + QY_PE_MODES_MAX,
  LOGIC_ADDER,
  LOGIC_REQUANTIZER,
  LOGIC_CONTROLLER,
  CLOCK_PE,
  WRITE_WORD,
  SWITCH_ADDER,
  SWITCH_REQUANTIZER,
  SWITCH_CONTROLLER,
  SRAM_READ,
  SRAM_WRITE = SRAM_READ + QY_BUFFER_ROLES,
  COLUMNS = SRAM_WRITE + QY_BUFFER_ROLES
};
_Static_assert((int)COLUMNS == (int)QY_DEPTHWISE_COLUMNS, "the header says how many columns there are");

static const qy_linear linear[] = {PART_LINEAR};

struct qy_depthwise_anatomy {
  part_anatomy parts;
};

const qy_linear *qy_depthwise_linear(size_t *count)
{
  *count = sizeof linear / sizeof *linear;
  return linear;
}

qy_status qy_depthwise_anatomy_new(qy_depthwise_anatomy **out, const qy_depthwise_anatomy *twin, const qy_pe *pe,
                                   const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  qy_depthwise_anatomy *a = qy_arena_alloc(arena, 1, sizeof *a);
  *out = NULL;
  if (!a) return qy_no_memory(err);
  const part_anatomy *like = twin ? &twin->parts : NULL;
  const qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  qy_status status = part_anatomy_init(&a->parts, like, pe, &stimulus, draws, arena, err);
  if (!status) status = part_anatomy_around(&a->parts, like, arena, err);
  if (!status) *out = a;
  return status;
}

/* One draw into column j at out[j * stride]; k < 0: the nominal library. */
static void fill(double *out, size_t stride, const void *anatomy, const part_builds *b, int64_t k, const double *sram)
{
  const qy_depthwise_anatomy *a = anatomy;
  part_prices p;
  part_prices_at(&p, &a->parts, b, k);
  const qy_tech *tech = p.tech;
  const spread_price *element = &p.element, *adder = &p.part[PART_ADDER], *requantizer = &p.part[PART_REQUANTIZER];
  const spread_price *controller = &p.part[PART_CONTROLLER];
  const double density = tech->density_frac;
  double value[COLUMNS] = {
      [AREA_PE] = (element->area_um2 - element->register_um2) / density,
      [AREA_MUX] = tech->area_um2[QY_MUX2] / density,
      [AREA_ADDER] = (adder->area_um2 - adder->register_um2) / density,
      [AREA_REQUANTIZER] = (requantizer->area_um2 - requantizer->register_um2) / density,
      [REGISTER_PE] = element->register_um2 / density,
      [REGISTER_WORD] = tech->area_um2[QY_DFF] / density,
      [REGISTER_ADDER] = adder->register_um2 / density,
      [REGISTER_REQUANTIZER] = requantizer->register_um2 / density,
      [CONTROL] = controller->area_um2 / density,
      [LEAK_PE] = element->leakage_nw,
      [LEAK_MUX] = tech->leakage_nw[QY_MUX2],
      [LEAK_WORD] = tech->leakage_nw[QY_DFF],
      [LEAK_ADDER] = adder->leakage_nw,
      [LEAK_REQUANTIZER] = requantizer->leakage_nw,
      [LEAK_CONTROLLER] = controller->leakage_nw,
      [LOGIC_MUX] = tech->energy_fj[QY_MUX2],
      [LOGIC_ADDER] = adder->logic_fj[0],
      [LOGIC_REQUANTIZER] = requantizer->logic_fj[0],
      [LOGIC_CONTROLLER] = controller->logic_fj[0],
      [CLOCK_PE] = element->clock_fj,
      [WRITE_WORD] =
          tech->dff_clock_fj * (1 + tech->clock_tree_frac) + depthwise_toggle_share * tech->energy_fj[QY_DFF],
      [SWITCH_ADDER] = adder->register_fj[0] + adder->clock_fj,
      [SWITCH_REQUANTIZER] = requantizer->register_fj[0] + requantizer->clock_fj,
      [SWITCH_CONTROLLER] = controller->register_fj[0] + controller->clock_fj,
  };
  for (int m = 0; m < a->parts.pe->mode_count; m++)
    value[LOGIC_MODE + m] = element->logic_fj[m] + element->register_fj[m];
  static const int column[] = {SRAM_READ, SRAM_WRITE, LEAK_SRAM, SRAM_AREA};
  part_sram_at(value, column, sram, &a->parts, k);
  for (int j = 0; j < COLUMNS; j++)
    out[(size_t)j * stride] = value[j];
}

qy_status qy_depthwise_basis(double *basis, const qy_depthwise_anatomy *a, double period_ps, const double *sram,
                             qy_error *err)
{
  return part_basis(basis, &a->parts, fill, a, period_ps, sram, err);
}

qy_status qy_depthwise_basis_nominal(double *basis, const qy_depthwise_anatomy *a, double period_ps, qy_error *err)
{
  return part_basis_nominal(basis, &a->parts, fill, a, period_ps, err);
}

qy_status qy_depthwise_coefficients(double *coefficient, const qy_depthwise *m, const qy_depthwise_work *work,
                                    int precision_bits)
{
  static const double fj_per_uj = 1e9, pj_per_uj = 1e6, nw_per_mw = 1e6, um2_per_mm2 = 1e6;
  depthwise_events e;
  double *c = coefficient;
  const int mode = m->reason ? -1 : depthwise_count(&e, m, work, precision_bits);
  if (mode < 0) return QY_INFEASIBLE;
  const depthwise_sizes z = depthwise_sizes_of(m, work);
  const double bits = m->pe->params.bits, nodes = m->params.multipliers - 1;
  memset(c, 0, COLUMNS * sizeof *c);
  c[AREA_PE] = c[REGISTER_PE] = z.pes;
  c[AREA_MUX] = z.mux_bits;
  c[REGISTER_WORD] = z.flip_flops;
  c[AREA_ADDER] = c[REGISTER_ADDER] = z.tree;
  c[AREA_REQUANTIZER] = c[REGISTER_REQUANTIZER] = z.requantizers;
  c[CONTROL] = 1;
  c[LEAK_PE] = z.pes / nw_per_mw;
  c[LEAK_MUX] = z.mux_bits / nw_per_mw;
  c[LEAK_WORD] = z.flip_flops / nw_per_mw;
  c[LEAK_ADDER] = z.tree / nw_per_mw;
  c[LEAK_REQUANTIZER] = z.requantizers / nw_per_mw;
  c[LEAK_CONTROLLER] = 1 / nw_per_mw;
  c[LOGIC_MODE + mode] = e.busy / fj_per_uj;
  c[LOGIC_MUX] = e.choices * DEPTHWISE_SOURCES * bits * depthwise_toggle_share / fj_per_uj;
  c[LOGIC_ADDER] = c[SWITCH_ADDER] = e.results * nodes / fj_per_uj;
  c[LOGIC_REQUANTIZER] = c[SWITCH_REQUANTIZER] = e.requants / fj_per_uj;
  c[LOGIC_CONTROLLER] = c[SWITCH_CONTROLLER] = e.cycles / fj_per_uj;
  c[CLOCK_PE] = e.slots / fj_per_uj;
  c[WRITE_WORD] = e.words * bits / fj_per_uj;
  const qy_depthwise_buffer *buffer[QY_BUFFER_ROLES] = {&m->input, &m->output, &m->weights};
  const double reads[] = {e.input_reads, e.outputs, e.weights}, writes[] = {e.input_writes, e.outputs, e.weights};
  for (int i = 0; i < QY_BUFFER_ROLES; i++) {
    const double count = buffer[i]->count;
    c[SRAM_AREA + i] = count * buffer[i]->macro.area_mm2 * um2_per_mm2;
    c[LEAK_SRAM + i] = count * buffer[i]->macro.leakage_mw;
    c[SRAM_READ + i] = count * reads[i] * buffer[i]->macro.read_pj / pj_per_uj;
    c[SRAM_WRITE + i] = count * writes[i] * buffer[i]->macro.write_pj / pj_per_uj;
  }
  return QY_OK;
}
