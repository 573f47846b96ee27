/* One figure of one subject that a published entry names: an element, a bare operator, a component, a cell, a systolic
 * array, a number format, a network, its schedule; in a library and in every draw of it.
 *
 * A subject is read, built and simulated once and only priced per draw; one that entries name again is not priced
 * again.
 */
#ifndef QUARRY_VALIDATE_MEASURE_H
#define QUARRY_VALIDATE_MEASURE_H

#include "quarry/alloc.h"
#include "quarry/draws.h"
#include "quarry/file.h"
#include "quarry/sram.h"
#include "quarry/yaml.h"

#include <stdbool.h>

/* A library and its draws, read and drawn once per run. */
typedef struct measure_library measure_library;
struct measure_library {
  const char *name;
  qy_tech *tech;
  qy_draws *draws;
  measure_library *next;
};

typedef struct measure_result {
  const measure_library *library; /* NULL: the same in every library, or kept */
  double value;                   /* with the library's central values */
  bool exact;                     /* nothing about it is uncertain */
  const double *draw;             /* [QY_PUBLISHED_DRAWS]; NaN: misses its clock there.  NULL: exact, or central */
} measure_result;

struct measure_result_cache {
  const char *text; /* what is measured: node and the folder of its file, quantity, conditions */
  measure_result result;
  struct measure_result_cache *next;
};

/* What one run has read and priced so far.  Zero-initialise. */
typedef struct measure_shared {
  measure_library *libraries;
  qy_sram_table *sram;
  struct measure_element_cache *elements; /* of arrays, simulated */
  struct measure_fabric_cache *fabrics;   /* of elements on FPGAs */
  struct measure_result_cache *results;
  const struct measure_result_cache *kept; /* from here on: of earlier runs */
  qy_file_log log;                         /* what results follow from */
} measure_shared;

typedef struct measure_conditions {
  const char *db_dir;
  const char *technology; /* "" when the subject needs none */
  double clock_mhz;
  double period_over_fastest; /* >= 1: the clock is that multiple of the subject's own shortest period, in the library
                                 and in each draw; 0: clock_mhz holds */
  bool central;               /* only the library's central values: no draws, and a clock that is missed is NaN */
  measure_shared *shared;
  qy_arena *arena;
} measure_conditions;

/* The quantity of the subject that `node` describes: exactly one of the keys
 *   pe: NAME with the element's parameters, mode (index), stimulus: uniform | trained
 *   operator: multiply | multiply_st | multiply_sa, bits, multiplier, mode
 *   component: KIND, params: TEXT (those of synthesis tables), registers: true | false
 *   cell: NAME
 *   array: DATAFLOW with rows, columns and more, see measure_array.c
 *   format: NAME with its parameters, signal, shape
 *   network: NAME, type: layer type
 *   accelerator: NAME with its parameters and more, see measure_accelerator.c
 *   schedule: NETWORK with a buffer and more, see measure_schedule.c
 *   tiled: NETWORK with tiles and more, see measure_rows.c
 *   fpga: a mapping of component: KIND, params: TEXT (those of the FPGA study's tables, also of elements, q_NAME), or
 *         of pe: NAME with the element's parameters, its multiplier as rows as `quarry rtl` prints it, or with dsp as
 *         `quarry rtl --target fpga` does; and of
 *         family: xc7 | xcup, toolchain: vivado | abc9_nowide | abc, dsp: true | false (xc7, vivado, false)
 *   mixed: NAME with sensitivities and more, see measure_mixed.c
 * and, beside any of them, what its clock is where that is not the entry's:
 *   clock_mhz: NUMBER
 *   period_over_fastest: NUMBER   (pe, operator, component) the clock's period over the shortest that the subject can
 *                                 keep in the library: a point of its curve of area or energy against the period
 * quantity:
 *   pe, operator, component   area_um2, leakage_nw, energy_fj (a cycle), energy_fj_per_product, power_uw, min_period_ps
 *   cell                      area_um2
 *   array                     cycles, area_um2 (placed), cell_area_um2 (cells alone), leakage_nw, power_mw, energy_uj,
 *                             energy_fj_per_product
 *   accelerator               any metric, gops_per_mm2, peak_gops (gemm), layer_median_METRIC
 *   format                    sqnr_db, compression, levels
 *   network                   macs, weights
 *   schedule, tiled           traffic_entries, peak_entries, macs and more
 *   fpga                      lut, ff, carry, dsp, levels
 *   mixed                     spearman, mean_error_db, mean_absolute_error_db
 * A subject that misses its clock in the library itself is QY_BAD_INPUT at the node.
 */
qy_status measure(measure_result *g, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                  qy_error *err);

#endif
