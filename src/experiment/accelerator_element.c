/* A single processing element as an accelerator of experiment files, and the keys of any element. */
#include "accelerator_int.h"

#include "quarry/element_draws.h"

enum { EL_SIGNAL = PE_KEYS, EL_PARAMS };

static const param element_params[EL_PARAMS] = {
    PE_ROWS,
    [EL_SIGNAL] = SIGNAL_ROW,
};

void element_params_from(qy_pe_params *pe, const double *value)
{
  *pe = (qy_pe_params){
      .kind = (qy_pe_kind)value[PE_KIND],
      .multiplier = (qy_multiplier)value[PE_MULTIPLIER],
      .bits = (int)value[PE_BITS],
      .weight_bits = (int)value[PE_WEIGHT_BITS],
      .accumulator_bits = (int)value[PE_ACCUMULATOR],
      .split = (int)value[PE_SPLIT],
      .splits = (int)value[PE_SPLITS],
      .root = (int)value[PE_ROOT],
      .output_bits = (int)value[PE_OUTPUT],
      .m_bits = (int)value[PE_M_BITS],
      .m_odd = value[PE_M_ODD] > 0,
      .shared = value[PE_SHARED] > 0,
      .terms = (int)value[PE_TERMS],
      .input_registers = value[PE_INPUT_REGISTERS] > 0,
      .output_registers = value[PE_OUTPUT_REGISTERS] > 0,
  };
}

void element_stimulus_from(qy_pe_stimulus *stimulus, const double *value)
{
  *stimulus = qy_pe_stimulus_of((int)value[PE_OPERANDS]);
}

qy_status element_quality_from(void *quality, const qy_pe *pe, qy_error *err)
{
  return qy_element_quality_of(quality, pe, err);
}

static qy_status element_init(void *module, const double *value, const qy_pe *pe, const qy_pe_cost *cost,
                              const void *quality, const void *parts, const qy_tech *tech, const qy_sram_table *sram,
                              double clock_mhz, const void *work, const char **reason, qy_error *err)
{
  (void)parts, (void)sram, (void)work, (void)err;
  return qy_element_init(module, pe, cost, quality, (qy_signal_kind)value[EL_SIGNAL], tech, clock_mhz, reason);
}

static qy_status element_run(double metric[QY_METRIC_COUNT], const char **reason, const void *module, const void *work,
                             int precision_bits)
{
  (void)work;
  return qy_element_evaluate(metric, reason, module, precision_bits);
}

static qy_status element_anatomy(void **anatomy, const void *twin, const qy_pe *pe, const qy_pe_stimulus *stimulus,
                                 const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  qy_element_anatomy *a = NULL;
  qy_status status = qy_element_anatomy_new(&a, twin, pe, stimulus, draws, arena, err);
  *anatomy = a;
  return status;
}

static qy_status element_basis(double *basis, const void *anatomy, double period_ps, const double *sram, qy_error *err)
{
  (void)sram;
  return qy_element_basis(basis, anatomy, period_ps, err);
}

static qy_status element_coefficients(double *coefficient, const void *module, const void *work, int precision_bits)
{
  (void)work;
  return qy_element_coefficients(coefficient, module, precision_bits);
}

/* Metrics of an element that are not in qy_element_metrics. */
#define ELEMENT_LACKS                                                                                                  \
  (1u << QY_ENERGY_UJ | 1u << QY_EDP_UJ_US | 1u << QY_CYCLES | 1u << QY_COMPUTE_CYCLES | 1u << QY_TRANSFER_CYCLES |    \
   1u << QY_UTILIZATION_FRAC | 1u << QY_AREA_CONTROL_UM2 | 1u << QY_AREA_SRAM_UM2 | 1u << QY_ENERGY_DATAPATH_UJ |      \
   1u << QY_ENERGY_REGISTER_UJ | 1u << QY_ENERGY_SRAM_UJ | 1u << QY_ENERGY_LEAKAGE_UJ)

const accelerator element_accelerator = {.name = "element",
                                         .help =
                                             "one processing element: cost per product, quality of its weight format",
                                         .lacks = ELEMENT_LACKS,
                                         .params = element_params,
                                         .param_count = EL_PARAMS,
                                         .module_bytes = sizeof(qy_element),
                                         .pe_params = element_params_from,
                                         .pe_stimulus = element_stimulus_from,
                                         .quality_bytes = sizeof(qy_element_quality),
                                         .quality = element_quality_from,
                                         .module_init = element_init,
                                         .evaluate = element_run,
                                         .columns = QY_ELEMENT_COLUMNS,
                                         .linear = qy_element_linear,
                                         .anatomy = element_anatomy,
                                         .basis = element_basis,
                                         .coefficients = element_coefficients};
