/* The table of metrics.  Rows are placed by their enum value, so the order here is only for reading.
 * All values are totals over the layers of the run, for one inference, unless the sentence says otherwise.
 */
#include "quarry/metric.h"

#include <string.h>

static const qy_metric_info table[QY_METRIC_COUNT] = {
    [QY_AREA_UM2] = {"area_um2", "µm²", "Area", -1, "Silicon area of the whole module: all the area_* parts added."},
    [QY_LATENCY_US] = {"latency_us", "µs", "Latency", -1, "Time to run all layers once: cycles over the clock."},
    [QY_ENERGY_UJ] = {"energy_uj", "µJ", "Energy", -1,
                      "Energy to run all layers once, leakage included: all the energy_* parts added."},
    [QY_POWER_MW] = {"power_mw", "mW", "Power", -1, "Mean power while running: energy over latency."},
    [QY_EDP_UJ_US] = {"edp_uj_us", "µJ·µs", "Energy-delay product", -1, "Energy times latency."},
    [QY_CYCLES] = {"cycles", "", "Cycles", -1, "Clock cycles to run all layers once, stalls for data included."},
    [QY_COMPUTE_CYCLES] = {"compute_cycles", "", "Compute cycles", -1,
                           "Clock cycles the multipliers would need if data were always there."},
    [QY_TRANSFER_CYCLES] = {"transfer_cycles", "", "Transfer cycles", -1,
                            "Clock cycles the load and store port needs to move all operands and results."},
    [QY_UTILIZATION_FRAC] = {"utilization_frac", "", "Utilization", 1,
                             "Useful products over the products that could have been made in the same cycles, 0 to 1."},
    [QY_GOPS] = {"gops", "GOP/s", "Throughput", 1,
                 "Operations per second, a multiplication and an addition counted as two."},
    [QY_TOPS_PER_W] = {"tops_per_w", "TOP/s/W", "Energy efficiency", 1,
                       "Operations per energy, a multiplication and an addition counted as two."},
    [QY_LEAKAGE_MW] = {"leakage_mw", "mW", "Leakage power", -1, "Static power of cells and SRAM at the stated corner."},
    [QY_AREA_DATAPATH_UM2] = {"area_datapath_um2", "µm²", "Datapath area", -1,
                              "Area of multipliers, adders and other logic on the data."},
    [QY_AREA_REGISTER_UM2] = {"area_register_um2", "µm²", "Register area", -1,
                              "Area of flip-flops: operands, pipeline stages, accumulators."},
    [QY_AREA_CONTROL_UM2] = {"area_control_um2", "µm²", "Control area", -1,
                             "Area of counters, address generation and the controller."},
    [QY_AREA_SRAM_UM2] = {"area_sram_um2", "µm²", "SRAM area", -1, "Area of the buffers built from SRAM macros."},
    [QY_ENERGY_DATAPATH_UJ] = {"energy_datapath_uj", "µJ", "Datapath energy", -1,
                               "Switching energy of the logic on the data."},
    [QY_ENERGY_REGISTER_UJ] = {"energy_register_uj", "µJ", "Register energy", -1,
                               "Switching and clock energy of the flip-flops."},
    [QY_ENERGY_SRAM_UJ] = {"energy_sram_uj", "µJ", "SRAM energy", -1, "Energy of the reads and writes of the buffers."},
    [QY_ENERGY_LEAKAGE_UJ] = {"energy_leakage_uj", "µJ", "Leakage energy", -1, "Leakage power times latency."},
    [QY_ENERGY_PER_PRODUCT_FJ] = {"energy_per_product_fj", "fJ", "Energy per product", -1,
                                  "Energy of one multiplication (and accumulation) in one element, leakage included."},
    [QY_SQNR_DB] = {"sqnr_db", "dB", "Signal to quantization noise", 1,
                    "Of the element's weight format on a weight distribution, at the best scale: a proxy for quality, "
                    "not an accuracy."},
};

const qy_metric_info *qy_metric_table(void)
{
  return table;
}

int qy_metric_uncertain(int metric)
{
  static const unsigned char uncertain[QY_METRIC_COUNT] = {
      [QY_AREA_UM2] = 1,          [QY_ENERGY_UJ] = 1,          [QY_POWER_MW] = 1,
      [QY_EDP_UJ_US] = 1,         [QY_TOPS_PER_W] = 1,         [QY_LEAKAGE_MW] = 1,
      [QY_AREA_DATAPATH_UM2] = 1, [QY_AREA_REGISTER_UM2] = 1,  [QY_AREA_CONTROL_UM2] = 1,
      [QY_AREA_SRAM_UM2] = 1,     [QY_ENERGY_DATAPATH_UJ] = 1, [QY_ENERGY_REGISTER_UJ] = 1,
      [QY_ENERGY_SRAM_UJ] = 1,    [QY_ENERGY_LEAKAGE_UJ] = 1,  [QY_ENERGY_PER_PRODUCT_FJ] = 1};
  return metric >= 0 && metric < QY_METRIC_COUNT && uncertain[metric];
}

int qy_metric_find(const char *name)
{
  if (!name) return -1;
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    if (strcmp(table[i].name, name) == 0) return i;
  return -1;
}
