/* Several accelerators, one network: see system.h. */
#include "quarry/system.h"

#include <fnmatch.h>
#include <math.h>

static bool multiplies(const qy_layer *l)
{
  return qy_layer_multiplies(l->type);
}

/* As qy_network_select takes it: a pointwise layer is a convolution too. */
static bool takes(const qy_layer_filter *f, const qy_layer *l)
{
  unsigned bits = 1u << l->type;
  if (l->type == QY_LAYER_PWCONV) bits |= 1u << QY_LAYER_CONV;
  if (f->types && !(f->types & bits)) return false;
  return !f->name || fnmatch(f->name, l->name, 0) == 0;
}

qy_status qy_system_map(qy_system_list *lists, const qy_layer *const *layers, size_t layer_count,
                        const qy_layer_filter *filters, size_t count, qy_arena *arena, qy_error *err)
{
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one accelerator in a system, found none");
  for (size_t k = 0; k < count; k++) {
    lists[k] = (qy_system_list){.layer = qy_arena_alloc(arena, layer_count, sizeof(const qy_layer *))};
    if (!lists[k].layer) return qy_no_memory(err);
  }
  for (size_t i = 0; i < layer_count; i++) {
    const qy_layer *l = layers[i];
    size_t k = 0;
    if (!multiplies(l)) continue;
    while (k < count && !takes(&filters[k], l))
      k++;
    if (k == count)
      return qy_fail(err, QY_BAD_INPUT, "layer %s (%s): expected an accelerator that takes it, found none of %zu",
                     l->name, qy_layer_type_name(l->type), count);
    lists[k].layer[lists[k].count++] = l;
  }
  return QY_OK;
}

/* What adds up over the members as it is. */
static const qy_metric added[] = {QY_AREA_UM2,          QY_LATENCY_US,         QY_CYCLES,
                                  QY_COMPUTE_CYCLES,    QY_TRANSFER_CYCLES,    QY_LEAKAGE_MW,
                                  QY_AREA_DATAPATH_UM2, QY_AREA_REGISTER_UM2,  QY_AREA_CONTROL_UM2,
                                  QY_AREA_SRAM_UM2,     QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ,
                                  QY_ENERGY_SRAM_UJ};

qy_status qy_system_total(double total[QY_METRIC_COUNT], double *interval_us, const double *const *members,
                          size_t count, bool pipelined, qy_error *err)
{
  static const double nj_per_uj = 1e3, operations_per_product = 2;
  double longest_us = 0, operations = 0, slots_per_us = 0;
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one accelerator in a system, found none");
  for (size_t i = 0; i < sizeof added / sizeof *added; i++)
    total[added[i]] = 0;
  for (size_t k = 0; k < count; k++) {
    const double *m = members[k];
    if (!(m[QY_LATENCY_US] > 0))
      return qy_fail(err, QY_BAD_INPUT, "member %zu: expected a latency above 0, found %g us", k, m[QY_LATENCY_US]);
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
      total[added[i]] += m[added[i]];
    longest_us = fmax(longest_us, m[QY_LATENCY_US]);
    operations += m[QY_GOPS] * m[QY_LATENCY_US] * 1e3;
    slots_per_us += m[QY_GOPS] * 1e3 / operations_per_product / m[QY_UTILIZATION_FRAC];
  }
  const double interval = pipelined ? longest_us : total[QY_LATENCY_US];
  total[QY_ENERGY_LEAKAGE_UJ] = total[QY_LEAKAGE_MW] * interval / nj_per_uj;
  total[QY_ENERGY_UJ] = total[QY_ENERGY_DATAPATH_UJ] + total[QY_ENERGY_REGISTER_UJ] + total[QY_ENERGY_SRAM_UJ] +
                        total[QY_ENERGY_LEAKAGE_UJ];
  total[QY_POWER_MW] = total[QY_ENERGY_UJ] / interval * 1e3;
  total[QY_EDP_UJ_US] = total[QY_ENERGY_UJ] * total[QY_LATENCY_US];
  total[QY_UTILIZATION_FRAC] = operations / operations_per_product / (slots_per_us * interval);
  total[QY_GOPS] = operations / interval / 1e3;
  total[QY_TOPS_PER_W] = operations / total[QY_ENERGY_UJ] / 1e6;
  if (interval_us) *interval_us = interval;
  return QY_OK;
}
