/* The depthwise module as an accelerator of experiment files. */
#include "accelerator_int.h"

#include "quarry/depthwise.h"
#include "quarry/depthwise_draws.h"

static const char *const reductions[] = {[QY_REDUCE_TAPS] = "taps", [QY_REDUCE_CHANNELS] = "channels"};

enum {
  DW_PE_KIND,
  DW_PE_MULTIPLIER,
  DW_PE_BITS,
  DW_PE_ACCUMULATOR,
  DW_REDUCTION,
  DW_CHANNELS,
  DW_MULTIPLIERS,
  DW_PORT,
  DW_INPUT,
  DW_OUTPUT,
  DW_WEIGHT,
  DW_SRAM,
  DW_PARAMS
};

/* Ranges are those of qy_pe_params and qy_depthwise_params; sizes end where the SRAM table does (4 MiB). */
static const param depthwise_params[DW_PARAMS] = {
    [DW_PE_KIND] =
        {.key = "pe.kind", .type = PARAM_CHOICE, NAMES(pe_kinds), .required = true, .help = "processing element"},
    [DW_PE_MULTIPLIER] = {.key = "pe.multiplier",
                          .type = PARAM_CHOICE,
                          NAMES(multiplier_kinds),
                          .fallback = QY_MULTIPLIER_BOOTH,
                          .help = "multiplier architecture"},
    [DW_PE_BITS] = {.key = "pe.bits",
                    .type = PARAM_INTEGER,
                    .low = 2,
                    .high = 32,
                    .fallback = 16,
                    .unit = "bit",
                    .help = "operand width of the full-precision mode"},
    [DW_PE_ACCUMULATOR] = {.key = "pe.accumulator_bits",
                           .type = PARAM_INTEGER,
                           .low = 4,
                           .high = 64,
                           .automatic = true,
                           .unit = "bit",
                           .help = "accumulator width; auto: 2 bits + 8"},
    [DW_REDUCTION] = {.key = "reduction",
                      .type = PARAM_CHOICE,
                      NAMES(reductions),
                      .fallback = QY_REDUCE_TAPS,
                      .help = "what a sub-word product is: a kernel tap of one channel, or one of several channels"},
    [DW_CHANNELS] =
        {.key = "channels", .type = PARAM_INTEGER, .low = 1, .high = 4096, .required = true, .help = "channel lanes P"},
    [DW_MULTIPLIERS] = {.key = "multipliers",
                        .type = PARAM_INTEGER,
                        .low = 1,
                        .high = 64,
                        .fallback = 1,
                        .help = "multipliers M per lane"},
    [DW_PORT] = {.key = "port_bits",
                 .type = PARAM_INTEGER,
                 .low = 8,
                 .high = 4096,
                 .fallback = 64,
                 .unit = "bit",
                 .help = "load/store port, bits per cycle"},
    [DW_INPUT] = BUFFER_ROW("input"),
    [DW_OUTPUT] = BUFFER_ROW("output"),
    [DW_WEIGHT] = BUFFER_ROW("weight"),
    [DW_SRAM] = SRAM_ROW,
};

static qy_status depthwise_work(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena,
                                qy_error *err)
{
  qy_depthwise_work *w = NULL;
  qy_status status = qy_depthwise_work_new(&w, layers, count, arena, err);
  *work = w;
  return status;
}

static void depthwise_pe(qy_pe_params *pe, const double *value)
{
  pe->kind = (qy_pe_kind)value[DW_PE_KIND];
  pe->multiplier = (qy_multiplier)value[DW_PE_MULTIPLIER];
  pe->bits = (int)value[DW_PE_BITS];
  pe->accumulator_bits = (int)value[DW_PE_ACCUMULATOR];
}

static qy_status depthwise_parts(void *parts, const qy_pe *pe, const qy_pe_cost *cost, const qy_tech *tech,
                                 double period_ps, qy_error *err)
{
  return qy_depthwise_parts_price(parts, pe, cost, tech, period_ps, err);
}

static qy_status depthwise_init(void *module, const double *value, const qy_pe *pe, const qy_pe_cost *cost,
                                const void *quality, const void *parts, const qy_tech *tech, const qy_sram_table *sram,
                                double clock_mhz, const void *work, const char **reason, qy_error *err)
{
  (void)quality;
  qy_depthwise_params params = {
      .channels = (int)value[DW_CHANNELS],
      .multipliers = (int)value[DW_MULTIPLIERS],
      .reduction = (qy_reduction)value[DW_REDUCTION],
      .port_bits = (int)value[DW_PORT],
      .input_buffer_bytes = value[DW_INPUT],
      .output_buffer_bytes = value[DW_OUTPUT],
      .weight_buffer_bytes = value[DW_WEIGHT],
      .sram_flavour = (qy_sram_flavour)value[DW_SRAM],
  };
  return qy_depthwise_init_with(module, &params, pe, cost, parts, tech, sram, clock_mhz, work, reason, err);
}

static qy_status depthwise_run(double metric[QY_METRIC_COUNT], const char **reason, const void *module,
                               const void *work, int precision_bits)
{
  return qy_depthwise_evaluate(metric, reason, module, work, precision_bits);
}

static qy_status depthwise_anatomy(void **anatomy, const void *twin, const qy_pe *pe, const qy_pe_stimulus *stimulus,
                                   const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  (void)stimulus;
  qy_depthwise_anatomy *a = NULL;
  qy_status status = qy_depthwise_anatomy_new(&a, twin, pe, draws, arena, err);
  *anatomy = a;
  return status;
}

static qy_status depthwise_basis(double *basis, const void *anatomy, double period_ps, const double *sram,
                                 qy_error *err)
{
  return qy_depthwise_basis(basis, anatomy, period_ps, sram, err);
}

static qy_status depthwise_coefficients(double *coefficient, const void *module, const void *work, int precision_bits)
{
  return qy_depthwise_coefficients(coefficient, module, work, precision_bits);
}

const accelerator depthwise_accelerator = {
    .name = "depthwise",
    .help = "depthwise module: channel lanes of multipliers, line buffer, SRAM buffers",
    .needs_network = true,
    .lacks = 1u << QY_ENERGY_PER_PRODUCT_FJ | 1u << QY_SQNR_DB,
    .params = depthwise_params,
    .param_count = DW_PARAMS,
    .module_bytes = sizeof(qy_depthwise),
    .work_new = depthwise_work,
    .pe_params = depthwise_pe,
    .parts_bytes = sizeof(qy_depthwise_parts),
    .parts_price = depthwise_parts,
    .module_init = depthwise_init,
    .evaluate = depthwise_run,
    .columns = QY_DEPTHWISE_COLUMNS,
    .linear = qy_depthwise_linear,
    .anatomy = depthwise_anatomy,
    .basis = depthwise_basis,
    .coefficients = depthwise_coefficients};
