/* The circuits of a module under draws: the PE and what surrounds it, taken apart once per library, built once per
 * clock, priced once per draw.  What a module makes of them is in its own file.
 */
#ifndef QUARRY_ACCEL_PART_DRAWS_INT_H
#define QUARRY_ACCEL_PART_DRAWS_INT_H

#include "spread.h"

#include "quarry/part_draws.h"

enum { PART_ADDER, PART_REQUANTIZER, PART_CONTROLLER, PART_MULTIPLES, PART_COUNT };

typedef struct part_anatomy {
  const qy_pe *pe;
  const qy_draws *draws;
  spread element;
  spread part[PART_COUNT]; /* circuit NULL: the module has none */
} part_anatomy;

/* The element alone, with the activity of these operands; pe and draws must outlive it.  twin: the same element taken
 * apart in another library, whose activities are copied, or NULL. */
qy_status part_anatomy_init(part_anatomy *a, const part_anatomy *twin, const qy_pe *pe, const qy_pe_stimulus *stimulus,
                            const qy_draws *draws, qy_arena *arena, qy_error *err);
/* Add adder, requantizer and controller (depthwise_parts.c). */
qy_status part_anatomy_around(part_anatomy *a, const part_anatomy *twin, qy_arena *arena, qy_error *err);

/* Builds in the nominal library. */
typedef struct part_builds {
  qy_build element, part[PART_COUNT];
} part_builds;

/* QY_INFEASIBLE when one of them misses the clock. */
qy_status part_build(part_builds *b, const part_anatomy *a, double period_ps, qy_error *err);

/* In the library of draw k, or, k < 0, the nominal one. */
typedef struct part_prices {
  const qy_tech *tech;
  spread_price element, part[PART_COUNT];
} part_prices;
void part_prices_at(part_prices *p, const part_anatomy *a, const part_builds *b, int64_t k);
/* Another spread of the element's circuit: other operands. */
void part_element_at(spread_price *price, const spread *s, const part_anatomy *a, const part_builds *b, int64_t k);

/* The metrics of a module whose columns stand in this order, by the names of its own enumeration: areas (datapath,
 * registers, control, SRAM), leakages, energies (logic, clock and registers, SRAM). */
/* clang-format off */
#define PART_LINEAR \
  {QY_AREA_DATAPATH_UM2, AREA_PE, REGISTER_PE - AREA_PE}, \
  {QY_AREA_REGISTER_UM2, REGISTER_PE, CONTROL - REGISTER_PE}, \
  {QY_AREA_CONTROL_UM2, CONTROL, SRAM_AREA - CONTROL}, \
  {QY_AREA_SRAM_UM2, SRAM_AREA, LEAK_PE - SRAM_AREA}, \
  {QY_LEAKAGE_MW, LEAK_PE, LOGIC_MODE - LEAK_PE}, \
  {QY_ENERGY_DATAPATH_UJ, LOGIC_MODE, CLOCK_PE - LOGIC_MODE}, \
  {QY_ENERGY_REGISTER_UJ, CLOCK_PE, SRAM_READ - CLOCK_PE}, \
  {QY_ENERGY_SRAM_UJ, SRAM_READ, COLUMNS - SRAM_READ}
/* clang-format on */

/* What a module makes of the prices of draw k: column j goes to out[j * stride]. */
typedef void part_fill(double *out, size_t stride, const void *anatomy, const part_builds *b, int64_t k,
                       const double *sram);
/* All draws, basis[column][draw], or the nominal library alone; `anatomy` is the module's own, with `parts` in it. */
qy_status part_basis(double *basis, const part_anatomy *parts, part_fill *fill, const void *anatomy, double period_ps,
                     const double *sram, qy_error *err);
qy_status part_basis_nominal(double *basis, const part_anatomy *parts, part_fill *fill, const void *anatomy,
                             double period_ps, qy_error *err);

/* value[column[quantity] + role] for all SRAM quantities: the factors of draw k, 1 in the nominal library. */
void part_sram_at(double *value, const int column[4], const double *sram, const part_anatomy *a, int64_t k);

#endif
