/* One element under draws: see element_draws.h. */
#include "part_draws_int.h"

#include "quarry/element_draws.h"

#include <string.h>

/* Columns of the basis.  Leakage is there twice: as a metric, and as a part of the energy per product. */
enum {
  AREA_LOGIC, /* placed: over density */
  AREA_REGISTER,
  LEAK,
  PRODUCT_LEAK,
  PRODUCT_MODE,
  COLUMNS = PRODUCT_MODE + QY_PE_MODES_MAX
};
_Static_assert((int)COLUMNS == (int)QY_ELEMENT_COLUMNS, "the header says how many columns there are");

static const qy_linear linear[] = {
    {QY_AREA_DATAPATH_UM2, AREA_LOGIC, AREA_REGISTER - AREA_LOGIC},
    {QY_AREA_REGISTER_UM2, AREA_REGISTER, LEAK - AREA_REGISTER},
    {QY_LEAKAGE_MW, LEAK, PRODUCT_LEAK - LEAK},
    {QY_ENERGY_PER_PRODUCT_FJ, PRODUCT_LEAK, COLUMNS - PRODUCT_LEAK},
};

struct qy_element_anatomy {
  part_anatomy parts;
};

const qy_linear *qy_element_linear(size_t *count)
{
  *count = sizeof linear / sizeof *linear;
  return linear;
}

qy_status qy_element_anatomy_new(qy_element_anatomy **out, const qy_element_anatomy *twin, const qy_pe *pe,
                                 const qy_pe_stimulus *stimulus, const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  qy_element_anatomy *a = qy_arena_alloc(arena, 1, sizeof *a);
  *out = NULL;
  if (!a) return qy_no_memory(err);
  qy_status status = part_anatomy_init(&a->parts, twin ? &twin->parts : NULL, pe, stimulus, draws, arena, err);
  if (!status) *out = a;
  return status;
}

/* One draw into column j at out[j * stride]; k < 0: the nominal library. */
static void fill(double *out, size_t stride, const void *anatomy, const part_builds *b, int64_t k, const double *sram)
{
  const qy_element_anatomy *a = anatomy;
  (void)sram;
  part_prices p;
  part_prices_at(&p, &a->parts, b, k);
  const spread_price *e = &p.element;
  const double density = p.tech->density_frac;
  double value[COLUMNS] = {
      [AREA_LOGIC] = (e->area_um2 - e->register_um2) / density,
      [AREA_REGISTER] = e->register_um2 / density,
      [LEAK] = e->leakage_nw,
      [PRODUCT_LEAK] = e->leakage_nw,
  };
  for (int m = 0; m < a->parts.pe->mode_count; m++)
    value[PRODUCT_MODE + m] = e->logic_fj[m] + e->register_fj[m] + e->clock_fj;
  for (int j = 0; j < COLUMNS; j++)
    out[(size_t)j * stride] = value[j];
}

qy_status qy_element_basis(double *basis, const qy_element_anatomy *a, double period_ps, qy_error *err)
{
  return part_basis(basis, &a->parts, fill, a, period_ps, NULL, err);
}

qy_status qy_element_basis_nominal(double *basis, const qy_element_anatomy *a, double period_ps, qy_error *err)
{
  return part_basis_nominal(basis, &a->parts, fill, a, period_ps, err);
}

qy_status qy_element_coefficients(double *coefficient, const qy_element *element, int precision_bits)
{
  static const double nw_per_mw = 1e6;
  const qy_pe *pe = element->pe;
  const int mode = qy_pe_mode_for(pe, precision_bits);
  double *c = coefficient;
  if (mode < 0) return QY_INFEASIBLE;
  const double products = (double)pe->mode[mode].products / pe->mode[mode].cycles; /* a cycle */
  memset(c, 0, COLUMNS * sizeof *c);
  c[AREA_LOGIC] = c[AREA_REGISTER] = 1;
  c[LEAK] = 1 / nw_per_mw;
  c[PRODUCT_LEAK] = 1 / (element->clock_mhz * products); /* nW / MHz = fJ */
  c[PRODUCT_MODE + mode] = 1 / products;
  return QY_OK;
}
