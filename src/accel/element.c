/* One processing element as a design of its own; see element.h. */
#include "quarry/element.h"

static const qy_metric filled[] = {QY_AREA_UM2,
                                   QY_LATENCY_US,
                                   QY_POWER_MW,
                                   QY_GOPS,
                                   QY_TOPS_PER_W,
                                   QY_LEAKAGE_MW,
                                   QY_AREA_DATAPATH_UM2,
                                   QY_AREA_REGISTER_UM2,
                                   QY_ENERGY_PER_PRODUCT_FJ,
                                   QY_SQNR_DB};

uint64_t qy_element_metrics(void)
{
  uint64_t set = 0;
  for (size_t i = 0; i < sizeof filled / sizeof *filled; i++)
    set |= UINT64_C(1) << filled[i];
  return set;
}

qy_number qy_element_number(const qy_pe *pe)
{
  if (pe->has_number) return pe->number;
  return qy_number_default(QY_NUMBER_UNIFORM, pe->params.weight_bits ? pe->params.weight_bits : pe->params.bits);
}

qy_status qy_element_quality_of(qy_element_quality *quality, const qy_pe *pe, qy_error *err)
{
  const qy_number number = qy_element_number(pe);
  qy_status status = QY_OK;
  for (int s = 0; !status && s < QY_SIGNAL_SAMPLES; s++) {
    qy_signal signal;
    qy_best best = {.sqnr_db = 0};
    status = qy_signal_make(&signal, (qy_signal_kind)s, QY_ELEMENT_SHAPE, err);
    if (!status) status = qy_best_format(&best, &number, &signal, err);
    if (!status) quality->sqnr_db[s] = best.sqnr_db;
  }
  return status;
}

qy_status qy_element_init(qy_element *element, const qy_pe *pe, const qy_pe_cost *cost,
                          const qy_element_quality *quality, qy_signal_kind signal, const qy_tech *tech,
                          double clock_mhz, const char **reason)
{
  qy_census census;
  *reason = NULL;
  *element = (qy_element){.pe = pe,
                          .cost = cost,
                          .clock_mhz = clock_mhz,
                          .sqnr_db = quality->sqnr_db[signal],
                          .density_frac = tech->density_frac};
  if (!cost->build.feasible) {
    *reason = cost->build.reason;
    return QY_INFEASIBLE;
  }
  qy_circuit_census(pe->circuit, &census);
  double flip_flops = cost->build.pipeline_bits;
  for (int g = 0; g < QY_GROUP_COUNT; g++)
    flip_flops += census.cells[g][QY_DFF];
  element->register_um2 = flip_flops * tech->area_um2[QY_DFF];
  return QY_OK;
}

qy_status qy_element_evaluate(double metric[QY_METRIC_COUNT], const char **reason, const qy_element *element,
                              int precision_bits)
{
  const qy_pe *pe = element->pe;
  const qy_build *build = &element->cost->build;
  int mode = qy_pe_mode_for(pe, precision_bits);
  *reason = mode < 0 ? "operands wider than the element" : NULL;
  if (mode < 0) return QY_INFEASIBLE;
  double products = (double)pe->mode[mode].products / pe->mode[mode].cycles; /* a cycle */
  double leakage_mw = build->leakage_nw * 1e-6;
  /* fJ a cycle times MHz is nW */
  double power_mw = element->cost->energy_fj[mode] * element->clock_mhz * 1e-6 + leakage_mw;
  double gops = 2 * products * element->clock_mhz * 1e-3;
  metric[QY_AREA_UM2] = build->area_um2 / element->density_frac;
  metric[QY_AREA_REGISTER_UM2] = element->register_um2 / element->density_frac;
  metric[QY_AREA_DATAPATH_UM2] = metric[QY_AREA_UM2] - metric[QY_AREA_REGISTER_UM2];
  metric[QY_LEAKAGE_MW] = leakage_mw;
  metric[QY_POWER_MW] = power_mw;
  metric[QY_ENERGY_PER_PRODUCT_FJ] = power_mw * 1e6 / (element->clock_mhz * products);
  metric[QY_LATENCY_US] = 1 / (element->clock_mhz * products);
  metric[QY_GOPS] = gops;
  metric[QY_TOPS_PER_W] = gops / power_mw;
  metric[QY_SQNR_DB] = element->sqnr_db;
  return QY_OK;
}
