/* The systolic array under draws: see systolic_draws.h. */
#include "quarry/systolic_draws.h"

#include "part_draws_int.h"
#include "systolic_int.h"
#include "systolic_parts_int.h"

#include <string.h>

/* Columns of the basis.  Those of one metric follow each other; the three of an SRAM quantity are input, output,
 * weights. */
enum {
  AREA_PE, /* placed: over density */
  AREA_MUX,
  AREA_ADDER,
  AREA_REQUANTIZER,
  AREA_MULTIPLES,
  AREA_BUFFER,
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
  LEAK_MULTIPLES,
  LEAK_BUFFER,
  LEAK_CONTROLLER,
  LEAK_SRAM,
  LOGIC_MODE = LEAK_SRAM + QY_BUFFER_ROLES,  /* a product with new operands */
  LOGIC_HELD = LOGIC_MODE + QY_PE_MODES_MAX, /* with one of them held */
  LOGIC_DRAIN = LOGIC_HELD + QY_PE_MODES_MAX,
  LOGIC_MULTIPLES,
  LOGIC_NET, /* a bit of a bus changes: at a PE */
  LOGIC_BUFFER,
  LOGIC_ADDER,
  LOGIC_REQUANTIZER,
  LOGIC_CONTROLLER,
  CLOCK_PE,
  WRITE_WORD,
  WRITE_MUX,
  SWITCH_ADDER,
  SWITCH_REQUANTIZER,
  SWITCH_CONTROLLER,
  SRAM_READ,
  SRAM_WRITE = SRAM_READ + QY_BUFFER_ROLES,
  COLUMNS = SRAM_WRITE + QY_BUFFER_ROLES
};
_Static_assert((int)COLUMNS == (int)QY_SYSTOLIC_COLUMNS, "the header says how many columns there are");

static const qy_linear linear[] = {PART_LINEAR};

struct qy_systolic_anatomy {
  part_anatomy parts;
  spread fresh, held; /* the element with the operands that tell what holding saves */
  qy_pe maker;        /* of shared multiples */
};

const qy_linear *qy_systolic_linear(size_t *count)
{
  *count = sizeof linear / sizeof *linear;
  return linear;
}

static qy_status add_multiples(qy_systolic_anatomy *a, qy_arena *arena, qy_error *err)
{
  spread *s = &a->parts.part[PART_MULTIPLES];
  const qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  qy_status status = systolic_multiples(&a->maker, a->parts.pe, arena, err);
  if (!status) status = spread_new(s, a->maker.circuit, a->parts.draws, arena, err);
  s->mode_count = 1;
  return status ? status : qy_pe_activity(&s->activity[0], &a->maker, 0, &stimulus, err);
}

qy_status qy_systolic_anatomy_new(qy_systolic_anatomy **out, const qy_systolic_anatomy *twin, const qy_pe *pe,
                                  const qy_pe_stimulus *stimulus, const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  qy_systolic_anatomy *a = qy_arena_alloc(arena, 1, sizeof *a);
  *out = NULL;
  if (!a) return qy_no_memory(err);
  const part_anatomy *like = twin ? &twin->parts : NULL;
  qy_status status = part_anatomy_init(&a->parts, like, pe, stimulus, draws, arena, err);
  if (!status) status = part_anatomy_around(&a->parts, like, arena, err);
  if (!status && pe->params.shared) status = add_multiples(a, arena, err);
  a->fresh = a->held = a->parts.element;
  if (!status && !twin) status = systolic_held_activities(a->fresh.activity, a->held.activity, pe, err);
  if (twin) {
    memcpy(a->fresh.activity, twin->fresh.activity, sizeof a->fresh.activity);
    memcpy(a->held.activity, twin->held.activity, sizeof a->held.activity);
  }
  if (!status) *out = a;
  return status;
}

/* One draw into column j at out[j * stride]; k < 0: the nominal library. */
static void fill(double *out, size_t stride, const void *anatomy, const part_builds *b, int64_t k, const double *sram)
{
  const qy_systolic_anatomy *a = anatomy;
  static const int column[] = {SRAM_READ, SRAM_WRITE, LEAK_SRAM, SRAM_AREA};
  part_prices p;
  spread_price fresh, held;
  part_prices_at(&p, &a->parts, b, k);
  part_element_at(&fresh, &a->fresh, &a->parts, b, k);
  part_element_at(&held, &a->held, &a->parts, b, k);
  const qy_tech *tech = p.tech;
  const spread_price *pe = &p.element, *adder = &p.part[PART_ADDER], *requantizer = &p.part[PART_REQUANTIZER];
  const spread_price *controller = &p.part[PART_CONTROLLER], *multiples = &p.part[PART_MULTIPLES];
  const double density = tech->density_frac;
  double value[COLUMNS] = {
      [AREA_PE] = (pe->area_um2 - pe->register_um2) / density,
      [AREA_MUX] = tech->area_um2[QY_MUX2] / density,
      [AREA_ADDER] = (adder->area_um2 - adder->register_um2) / density,
      [AREA_REQUANTIZER] = (requantizer->area_um2 - requantizer->register_um2) / density,
      [AREA_MULTIPLES] = multiples->area_um2 / density,
      [AREA_BUFFER] = tech->area_um2[QY_BUF] / density,
      [REGISTER_PE] = pe->register_um2 / density,
      [REGISTER_WORD] = tech->area_um2[QY_DFF] / density,
      [REGISTER_ADDER] = adder->register_um2 / density,
      [REGISTER_REQUANTIZER] = requantizer->register_um2 / density,
      [CONTROL] = controller->area_um2 / density,
      [LEAK_PE] = pe->leakage_nw,
      [LEAK_MUX] = tech->leakage_nw[QY_MUX2],
      [LEAK_WORD] = tech->leakage_nw[QY_DFF],
      [LEAK_ADDER] = adder->leakage_nw,
      [LEAK_REQUANTIZER] = requantizer->leakage_nw,
      [LEAK_MULTIPLES] = multiples->leakage_nw,
      [LEAK_BUFFER] = tech->leakage_nw[QY_BUF],
      [LEAK_CONTROLLER] = controller->leakage_nw,
      [LOGIC_DRAIN] = systolic_toggle_share * (tech->energy_fj[QY_DFF] + tech->energy_fj[QY_MUX2]),
      [LOGIC_MULTIPLES] = multiples->logic_fj[0] + multiples->register_fj[0] + multiples->clock_fj,
      [LOGIC_NET] = systolic_toggle_share * systolic_net_fj(tech),
      [LOGIC_BUFFER] = systolic_toggle_share * systolic_buffer_fj(tech),
      [LOGIC_ADDER] = adder->logic_fj[0],
      [LOGIC_REQUANTIZER] = requantizer->logic_fj[0],
      [LOGIC_CONTROLLER] = controller->logic_fj[0],
      [CLOCK_PE] = pe->clock_fj,
      [WRITE_WORD] = tech->dff_clock_fj * (1 + tech->clock_tree_frac) + systolic_toggle_share * tech->energy_fj[QY_DFF],
      [WRITE_MUX] = systolic_toggle_share * tech->energy_fj[QY_MUX2],
      [SWITCH_ADDER] = adder->register_fj[0] + adder->clock_fj,
      [SWITCH_REQUANTIZER] = requantizer->register_fj[0] + requantizer->clock_fj,
      [SWITCH_CONTROLLER] = controller->register_fj[0] + controller->clock_fj,
  };
  for (int m = 0; m < a->parts.pe->mode_count; m++) {
    value[LOGIC_MODE + m] = pe->logic_fj[m] + pe->register_fj[m];
    value[LOGIC_HELD + m] = value[LOGIC_MODE + m] * systolic_held_frac(fresh.logic_fj[m] + fresh.register_fj[m],
                                                                       held.logic_fj[m] + held.register_fj[m]);
  }
  part_sram_at(value, column, sram, &a->parts, k);
  for (int j = 0; j < COLUMNS; j++)
    out[(size_t)j * stride] = value[j];
}

qy_status qy_systolic_basis(double *basis, const qy_systolic_anatomy *a, double period_ps, const double *sram,
                            qy_error *err)
{
  return part_basis(basis, &a->parts, fill, a, period_ps, sram, err);
}

qy_status qy_systolic_basis_nominal(double *basis, const qy_systolic_anatomy *a, double period_ps, qy_error *err)
{
  return part_basis_nominal(basis, &a->parts, fill, a, period_ps, err);
}

/* Accesses of a buffer, in those of one macro. */
typedef struct use {
  const qy_systolic_buffer *buffer;
  double reads, writes;
} use;

qy_status qy_systolic_coefficients(double *coefficient, const qy_systolic *m, const qy_systolic_work *work,
                                   int precision_bits)
{
  static const double fj_per_uj = 1e9, pj_per_uj = 1e6, nw_per_mw = 1e6, um2_per_mm2 = 1e6;
  systolic_events e;
  const char *reason;
  double *c = coefficient;
  const int mode = systolic_count_events(&e, &reason, m, work, precision_bits);
  if (mode < 0) return QY_INFEASIBLE;
  const systolic_sizes z = systolic_sizes_of(m);
  const systolic_words w = systolic_words_of(m);
  const double flip_flops = z.operand + z.skew + z.sum_skew, muxes = z.skew_mux + z.drain_mux;
  memset(c, 0, COLUMNS * sizeof *c);
  c[AREA_PE] = c[REGISTER_PE] = z.pes;
  c[AREA_MUX] = muxes;
  c[AREA_ADDER] = c[REGISTER_ADDER] = z.adders;
  c[AREA_REQUANTIZER] = c[REGISTER_REQUANTIZER] = z.requantizers;
  c[AREA_MULTIPLES] = z.multiples;
  c[AREA_BUFFER] = z.buffers;
  c[REGISTER_WORD] = flip_flops;
  c[CONTROL] = 1;
  c[LEAK_PE] = z.pes / nw_per_mw;
  c[LEAK_MUX] = muxes / nw_per_mw;
  c[LEAK_WORD] = flip_flops / nw_per_mw;
  c[LEAK_ADDER] = z.adders / nw_per_mw;
  c[LEAK_REQUANTIZER] = z.requantizers / nw_per_mw;
  c[LEAK_MULTIPLES] = z.multiples / nw_per_mw;
  c[LEAK_BUFFER] = z.buffers / nw_per_mw;
  c[LEAK_CONTROLLER] = 1 / nw_per_mw;
  c[(systolic_holds(m) ? LOGIC_HELD : LOGIC_MODE) + mode] = e.active / fj_per_uj;
  c[LOGIC_DRAIN] = e.drained * w.drain_bits / fj_per_uj;
  c[LOGIC_MULTIPLES] = e.row_entries / fj_per_uj;
  c[LOGIC_NET] = e.row_entries * w.bus_bits * m->params.columns / fj_per_uj;
  c[LOGIC_BUFFER] = e.row_entries * z.buffers / m->params.rows / fj_per_uj;
  c[LOGIC_ADDER] = c[SWITCH_ADDER] = e.sums / fj_per_uj;
  c[LOGIC_REQUANTIZER] = c[SWITCH_REQUANTIZER] = e.results / fj_per_uj;
  c[LOGIC_CONTROLLER] = c[SWITCH_CONTROLLER] = e.total / fj_per_uj;
  c[CLOCK_PE] = e.total * z.pes / fj_per_uj;
  const double row_skew_bits = e.row_skew * w.row_bits, sum_skew_bits = e.sum_skew * m->sum_bits;
  c[WRITE_WORD] = (e.row_writes * w.row_write_bits + e.column_writes * w.column_write_bits + row_skew_bits +
                   e.column_skew * w.column_bits + sum_skew_bits) /
                  fj_per_uj;
  c[WRITE_MUX] = ((w.row_skew_mux ? row_skew_bits : 0) + (w.sum_skew_mux ? sum_skew_bits : 0)) / fj_per_uj;
  const double input = (double)m->input_bits / m->input.word_bits;
  const double weight = (double)m->weight_bits / m->weight.word_bits, output = 1.0 / m->output.word_bits;
  const use buffer[QY_BUFFER_ROLES] = {
      [QY_BUFFER_INPUT] = {&m->input, input * e.input_reads, input * e.input_writes},
      [QY_BUFFER_OUTPUT] = {&m->output, output * e.output_reads, output * e.output_writes},
      [QY_BUFFER_WEIGHTS] = {&m->weight, weight * e.weight_reads, weight * e.weight_writes}};
  for (int i = 0; i < QY_BUFFER_ROLES; i++) {
    const qy_systolic_buffer *b = buffer[i].buffer;
    c[SRAM_AREA + i] = b->count * b->macro.area_mm2 * um2_per_mm2;
    c[LEAK_SRAM + i] = b->count * b->macro.leakage_mw;
    c[SRAM_READ + i] = buffer[i].reads * b->macro.read_pj / pj_per_uj;
    c[SRAM_WRITE + i] = buffer[i].writes * b->macro.write_pj / pj_per_uj;
  }
  return QY_OK;
}
