/* One figure of one thing that a published entry names: an element, a bare operator, a cell, a number format, a
 * network.
 */
#ifndef QUARRY_VALIDATE_MEASURE_H
#define QUARRY_VALIDATE_MEASURE_H

#include "quarry/alloc.h"
#include "quarry/yaml.h"

typedef struct measure_conditions {
  const char *db_dir;
  const char *technology; /* "" when the thing needs none */
  double clock_mhz;
  qy_arena *arena;
} measure_conditions;

/* The quantity of the thing that `node` describes: exactly one of the keys
 *   pe: NAME with the element's parameters, mode (index), stimulus: uniform | trained
 *   operator: multiply | multiply_st | multiply_sa, bits, multiplier, mode
 *   component: KIND, params: TEXT (those of synthesis tables), registers: true | false
 *   cell: NAME
 *   format: NAME with its parameters, signal, shape
 *   network: NAME, type: layer type
 * quantity: area_um2, leakage_nw, energy_fj (a cycle), energy_fj_per_product, power_uw, min_period_ps (pe, operator,
 * component); area_um2 (cell); sqnr_db, compression, levels (format); macs, weights (network). */
qy_status measure(double *value, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                  qy_error *err);

#endif
