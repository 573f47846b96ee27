/* One figure of one thing that a published entry names: an element, a bare operator, a component, a cell, a systolic
 * array, a number format, a network.
 *
 * In two steps, so that a figure can be asked for in many draws of a library: `measure` reads the node, builds and
 * simulates; `gauge.price` prices what was built in any library.
 */
#ifndef QUARRY_VALIDATE_MEASURE_H
#define QUARRY_VALIDATE_MEASURE_H

#include "quarry/alloc.h"
#include "quarry/draws.h"
#include "quarry/yaml.h"

/* A library and its draws, read and drawn once per run. */
typedef struct measure_library measure_library;
struct measure_library {
  const char *name;
  qy_tech *tech;
  qy_draws *draws;
  measure_library *next;
};

typedef struct measure_conditions {
  const char *db_dir;
  const char *technology; /* "" when the thing needs none */
  double clock_mhz;
  measure_library **libraries; /* all that were used so far */
  qy_arena *arena;
} measure_conditions;

typedef struct gauge gauge;
struct gauge {
  const measure_library *library; /* NULL: exact, the same in every library */
  double exact;                   /* the figure then */
  /* The figure in a library.  QY_INFEASIBLE with *reason (static text) when the thing misses its clock there. */
  qy_status (*price)(double *value, const char **reason, const gauge *g, const qy_tech *tech, qy_error *err);
  const void *thing; /* what was built */
  int quantity;      /* which figure of it */
};

/* The quantity of the thing that `node` describes: exactly one of the keys
 *   pe: NAME with the element's parameters, mode (index), stimulus: uniform | trained
 *   operator: multiply | multiply_st | multiply_sa, bits, multiplier, mode
 *   component: KIND, params: TEXT (those of synthesis tables), registers: true | false
 *   cell: NAME
 *   array: DATAFLOW with rows, columns and more, see measure_array.c
 *   format: NAME with its parameters, signal, shape
 *   network: NAME, type: layer type
 * quantity: area_um2, leakage_nw, energy_fj (a cycle), energy_fj_per_product, power_uw, min_period_ps (pe, operator,
 * component); area_um2 (cell); sqnr_db, compression, levels (format); macs, weights (network).
 * A thing that misses its clock in the library itself is QY_BAD_INPUT at the node. */
qy_status measure(gauge *g, const qy_yaml *node, const char *quantity, const measure_conditions *at, qy_error *err);

#endif
