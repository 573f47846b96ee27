/* The metrics of a design point: one table from which database columns, CSV headers, help and axis labels come.
 *
 * A new metric is a new enum value here and a row in src/accel/metric.c; nothing else names them all.
 * Ownership: all text is static.
 */
#ifndef QUARRY_METRIC_H
#define QUARRY_METRIC_H

#include <stddef.h>

typedef enum qy_metric {
  QY_AREA_UM2,
  QY_LATENCY_US,
  QY_ENERGY_UJ,
  QY_POWER_MW,
  QY_EDP_UJ_US,
  QY_CYCLES,
  QY_COMPUTE_CYCLES,
  QY_TRANSFER_CYCLES,
  QY_UTILIZATION_FRAC,
  QY_GOPS,
  QY_TOPS_PER_W,
  QY_LEAKAGE_MW,
  QY_AREA_DATAPATH_UM2,
  QY_AREA_REGISTER_UM2,
  QY_AREA_CONTROL_UM2,
  QY_AREA_SRAM_UM2,
  QY_ENERGY_DATAPATH_UJ,
  QY_ENERGY_REGISTER_UJ,
  QY_ENERGY_SRAM_UJ,
  QY_ENERGY_LEAKAGE_UJ,
  QY_ENERGY_PER_PRODUCT_FJ, /* elements only */
  QY_SQNR_DB,               /* elements only */
  QY_METRIC_COUNT
} qy_metric;

typedef struct qy_metric_info {
  const char *name;  /* column and key, [a-z0-9_], unit as suffix */
  const char *unit;  /* for axes, UTF-8: "µm²"; "" for a pure count */
  const char *label; /* "Area" */
  int sense;         /* -1: smaller is better, +1: larger is better, 0: neither */
  const char *help;  /* one sentence */
} qy_metric_info;

const qy_metric_info *qy_metric_table(void); /* QY_METRIC_COUNT rows, in the order of the enum */
/* Does the metric depend on constants that are not known exactly, so that results have an interval of it?  Times and
 * counts at a fixed clock do not. */
int qy_metric_uncertain(int metric);
int qy_metric_find(const char *name); /* index in [0..QY_METRIC_COUNT), or -1; NULL gives -1 */

#endif
