/* The metrics of a design point: one table from which database columns, CSV headers, help and axis labels come. */
#ifndef QUARRY_METRIC_H
#define QUARRY_METRIC_H

#include <stddef.h>

typedef enum qy_metric {
  QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ, QY_POWER_MW, QY_EDP_UJ_US, QY_CYCLES, QY_COMPUTE_CYCLES,
  QY_TRANSFER_CYCLES, QY_UTILIZATION_FRAC, QY_GOPS, QY_TOPS_PER_W, QY_LEAKAGE_MW,
  QY_AREA_DATAPATH_UM2, QY_AREA_REGISTER_UM2, QY_AREA_CONTROL_UM2, QY_AREA_SRAM_UM2,
  QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ, QY_ENERGY_SRAM_UJ, QY_ENERGY_LEAKAGE_UJ,
  QY_METRIC_COUNT
} qy_metric;

typedef struct qy_metric_info {
  const char *name;    /* column and key, unit as suffix */
  const char *unit;    /* for axes: "µm²" */
  const char *label;   /* "Area" */
  int sense;           /* -1: smaller is better, +1: larger is better, 0: neither */
  const char *help;    /* one sentence */
} qy_metric_info;

const qy_metric_info *qy_metric_table(void);               /* QY_METRIC_COUNT rows */
int qy_metric_find(const char *name);                       /* index, or -1 */

#endif
