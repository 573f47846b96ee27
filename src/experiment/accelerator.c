/* The accelerators an experiment can name: one row each, with the keys its design entries may hold. */
#include "plan_int.h"

#include "quarry/depthwise.h"
#include "quarry/element.h"
#include "quarry/systolic.h"

#include <stddef.h>

/* Names of qy_pe_table; a test compares them. */
static const char *const pe_kinds[QY_PE_KIND_COUNT] = {[QY_PE_MAC] = "mac",
                                                       [QY_PE_MAC_ST] = "mac_st",
                                                       [QY_PE_MAC_SA] = "mac_sa",
                                                       [QY_PE_MUL] = "mul",
                                                       [QY_PE_MAC_DC] = "mac_dc",
                                                       [QY_PE_SERIAL] = "serial",
                                                       [QY_PE_SEGLOG] = "seglog",
                                                       [QY_PE_BRSLOG] = "brslog",
                                                       [QY_PE_POT] = "pot",
                                                       [QY_PE_SP2] = "sp2",
                                                       [QY_PE_LIGHTPE] = "lightpe",
                                                       [QY_PE_SHIFT_ADD] = "shift_add",
                                                       [QY_PE_MULTIPLES] = "multiples"};
static const char *const multipliers[] = {[QY_MULTIPLIER_ARRAY] = "array", [QY_MULTIPLIER_BOOTH] = "booth"};
static const char *const reductions[] = {[QY_REDUCE_TAPS] = "taps", [QY_REDUCE_CHANNELS] = "channels"};
static const char *const flavours[] = {[QY_SRAM_LSTP] = "lstp", [QY_SRAM_HP] = "hp"};

#define NAMES(array) .names = (array), .name_count = sizeof(array) / sizeof *(array)

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
                          NAMES(multipliers),
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
    [DW_INPUT] = {.key = "buffers.input",
                  .type = PARAM_SIZE,
                  .low = 256,
                  .high = 4194304,
                  .automatic = true,
                  .unit = "B",
                  .help = "input buffer; auto: the smallest that fits"},
    [DW_OUTPUT] = {.key = "buffers.output",
                   .type = PARAM_SIZE,
                   .low = 256,
                   .high = 4194304,
                   .automatic = true,
                   .unit = "B",
                   .help = "output buffer; auto: the smallest that fits"},
    [DW_WEIGHT] = {.key = "buffers.weight",
                   .type = PARAM_SIZE,
                   .low = 256,
                   .high = 4194304,
                   .automatic = true,
                   .unit = "B",
                   .help = "weight buffer; auto: the smallest that fits"},
    [DW_SRAM] = {.key = "sram",
                 .type = PARAM_CHOICE,
                 NAMES(flavours),
                 .fallback = QY_SRAM_LSTP,
                 .help = "SRAM flavour: low standby power or high performance"},
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

static qy_status depthwise_anatomy(void **anatomy, const qy_pe *pe, const qy_draws *draws, qy_arena *arena,
                                   qy_error *err)
{
  qy_depthwise_anatomy *a = NULL;
  qy_status status = qy_depthwise_anatomy_new(&a, pe, draws, arena, err);
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

/* ---- element ---- */

static const char *const flags[] = {"no", "yes"};
static const char *const signals[QY_SIGNAL_SAMPLES] = {[QY_SIGNAL_GAUSSIAN] = "gaussian",
                                                       [QY_SIGNAL_LAPLACIAN] = "laplacian",
                                                       [QY_SIGNAL_GENERALIZED] = "generalized",
                                                       [QY_SIGNAL_UNIFORM] = "uniform"};
static const char *const operands[] = {"uniform", "trained"};

/* Keys of any element, first in the tables of accelerators that take every kind. */
enum {
  PE_KIND,
  PE_MULTIPLIER,
  PE_BITS,
  PE_WEIGHT_BITS,
  PE_ACCUMULATOR,
  PE_SPLIT,
  PE_SPLITS,
  PE_ROOT,
  PE_OUTPUT,
  PE_M_BITS,
  PE_M_ODD,
  PE_SHARED,
  PE_TERMS,
  PE_INPUT_REGISTERS,
  PE_OUTPUT_REGISTERS,
  PE_OPERANDS,
  PE_KEYS
};

/* 0 stands for the default of the element's kind; `quarry describe pe` and pe.h say which kinds take what. */
/* clang-format off */
#define PE_ROWS \
    [PE_KIND] = \
        {.key = "pe.kind", .type = PARAM_CHOICE, NAMES(pe_kinds), .required = true, .help = "processing element"}, \
    [PE_MULTIPLIER] = {.key = "pe.multiplier", \
                       .type = PARAM_CHOICE, \
                       NAMES(multipliers), \
                       .fallback = QY_MULTIPLIER_BOOTH, \
                       .help = "multiplier architecture"}, \
    [PE_BITS] = {.key = "pe.bits", \
                 .type = PARAM_INTEGER, \
                 .low = 2, \
                 .high = 32, \
                 .fallback = 16, \
                 .unit = "bit", \
                 .help = "operand (activation) width"}, \
    [PE_WEIGHT_BITS] = {.key = "pe.weight_bits", \
                        .type = PARAM_INTEGER, \
                        .low = 2, \
                        .high = 32, \
                        .automatic = true, \
                        .unit = "bit", \
                        .help = "weight or code width; auto: that of the kind"}, \
    [PE_ACCUMULATOR] = {.key = "pe.accumulator_bits", \
                        .type = PARAM_INTEGER, \
                        .low = 4, \
                        .high = 64, \
                        .automatic = true, \
                        .unit = "bit", \
                        .help = "accumulator width; auto: that of the kind, none for code elements"}, \
    [PE_SPLIT] = {.key = "pe.split", \
                  .type = PARAM_INTEGER, \
                  .low = -1, \
                  .high = 32, \
                  .automatic = true, \
                  .help = "seglog: codes below it step by the square root of 2; -1: none"}, \
    [PE_SPLITS] = {.key = "pe.splits", \
                   .type = PARAM_INTEGER, \
                   .low = 2, \
                   .high = 8, \
                   .automatic = true, \
                   .help = "brslog: selectable splits, 2, 4 or 8"}, \
    [PE_ROOT] = {.key = "pe.root", \
                 .type = PARAM_INTEGER, \
                 .low = 1, \
                 .high = 4, \
                 .automatic = true, \
                 .help = "square root of 2: 1: 1+1/2, 2: 1+1/4+1/8, 3: 1+1/2-1/16, 4: 1+1/4+1/8+1/32"}, \
    [PE_OUTPUT] = {.key = "pe.output_bits", \
                   .type = PARAM_INTEGER, \
                   .low = 3, \
                   .high = 64, \
                   .automatic = true, \
                   .unit = "bit", \
                   .help = "product width of code elements; auto: lossless"}, \
    [PE_M_BITS] = {.key = "pe.m_bits", \
                   .type = PARAM_INTEGER, \
                   .low = 2, \
                   .high = 4, \
                   .automatic = true, \
                   .unit = "bit", \
                   .help = "shift_add: bits of m in 2^s (2^n m + 1)"}, \
    [PE_M_ODD] = {.key = "pe.m_odd", .type = PARAM_CHOICE, NAMES(flags), .help = "shift_add: m is 0, 1, 3, 5, ..."}, \
    [PE_SHARED] = {.key = "pe.shared", \
                   .type = PARAM_CHOICE, \
                   NAMES(flags), \
                   .help = "shift_add: multiples are made once per row and come in"}, \
    [PE_TERMS] = {.key = "pe.terms", \
                  .type = PARAM_INTEGER, \
                  .low = 1, \
                  .high = 2, \
                  .automatic = true, \
                  .help = "lightpe: shifts per product"}, \
    [PE_INPUT_REGISTERS] = {.key = "pe.input_registers", \
                            .type = PARAM_CHOICE, \
                            NAMES(flags), \
                            .help = "operand registers inside the element"}, \
    [PE_OUTPUT_REGISTERS] = {.key = "pe.output_registers", \
                             .type = PARAM_CHOICE, \
                             NAMES(flags), \
                             .help = "a register behind the result"}, \
    [PE_OPERANDS] = {.key = "pe.operands", \
                     .type = PARAM_CHOICE, \
                     NAMES(operands), \
                     .help = "what it is priced with: uniform random words, or Laplacian weights and ReLU activations"}
/* clang-format on */

enum { EL_SIGNAL = PE_KEYS, EL_PARAMS };

static const param element_params[EL_PARAMS] = {
    PE_ROWS,
    [EL_SIGNAL] = {.key = "signal",
                   .type = PARAM_CHOICE,
                   NAMES(signals),
                   .help = "weight distribution for the signal to quantization noise"},
};

static void element_pe(qy_pe_params *pe, const double *value)
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

/* Trained layers: weights out to four deviations, half of the activations zero. */
static void element_stimulus(qy_pe_stimulus *stimulus, const double *value)
{
  if (value[PE_OPERANDS] == 0) return;
  stimulus->weights = QY_WEIGHTS_LAPLACIAN;
  stimulus->weight_range = 4;
  stimulus->relu = true;
  stimulus->zero_frac = 0.5;
}

static qy_status element_quality(void *quality, const qy_pe *pe, qy_error *err)
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

/* Metrics of an element that are not in qy_element_metrics. */
#define ELEMENT_LACKS                                                                                                  \
  (1u << QY_ENERGY_UJ | 1u << QY_EDP_UJ_US | 1u << QY_CYCLES | 1u << QY_COMPUTE_CYCLES | 1u << QY_TRANSFER_CYCLES |    \
   1u << QY_UTILIZATION_FRAC | 1u << QY_AREA_CONTROL_UM2 | 1u << QY_AREA_SRAM_UM2 | 1u << QY_ENERGY_DATAPATH_UJ |      \
   1u << QY_ENERGY_REGISTER_UJ | 1u << QY_ENERGY_SRAM_UJ | 1u << QY_ENERGY_LEAKAGE_UJ)

/* ---- systolic array ---- */

static const char *const flows[] = {[QY_FLOW_OS] = "os", [QY_FLOW_WS] = "ws", [QY_FLOW_IS] = "is"};
static const char *const drains[] = {[QY_DRAIN_SERIAL] = "serial", [QY_DRAIN_OVERLAPPED] = "overlapped"};
static const char *const edges[] = {[QY_EDGE_FULL] = "full", [QY_EDGE_USED] = "used"};
static const char *const packings[] = {[QY_PACK_NONE] = "none", [QY_PACK_DIAGONAL] = "diagonal"};
static const char *const tiles[] = {[QY_TILE_NONE] = "none", [QY_TILE_AUTO] = "auto"};

enum {
  SY_ROWS = PE_KEYS,
  SY_COLUMNS,
  SY_FLOW,
  SY_DRAIN,
  SY_EDGE,
  SY_PACKING,
  SY_TILE,
  SY_BATCH,
  SY_PORT,
  SY_INPUT,
  SY_WEIGHT,
  SY_OUTPUT,
  SY_SRAM,
  SY_SIGNAL,
  SY_PARAMS
};

/* Ranges are those of qy_systolic_params. */
static const param systolic_params[SY_PARAMS] = {
    PE_ROWS,
    [SY_ROWS] =
        {.key = "rows", .type = PARAM_INTEGER, .low = 1, .high = 256, .required = true, .help = "rows R of PEs"},
    [SY_COLUMNS] = {.key = "columns",
                    .type = PARAM_INTEGER,
                    .low = 1,
                    .high = 256,
                    .automatic = true,
                    .help = "columns C of PEs; auto: as many as rows"},
    [SY_FLOW] = {.key = "dataflow",
                 .type = PARAM_CHOICE,
                 NAMES(flows),
                 .fallback = QY_FLOW_WS,
                 .help = "what stays in the PEs: outputs, weights or inputs"},
    [SY_DRAIN] = {.key = "drain",
                  .type = PARAM_CHOICE,
                  NAMES(drains),
                  .help = "os: results leave after a fold, or beside the next one"},
    [SY_EDGE] = {.key = "edge",
                 .type = PARAM_CHOICE,
                 NAMES(edges),
                 .help = "ragged folds take the whole array's time, or that of the PEs in use"},
    [SY_PACKING] = {.key = "packing",
                    .type = PARAM_CHOICE,
                    NAMES(packings),
                    .help = "depthwise layers channel by channel, or several on the diagonal"},
    [SY_TILE] = {.key = "tile",
                 .type = PARAM_CHOICE,
                 NAMES(tiles),
                 .fallback = QY_TILE_AUTO,
                 .help = "layers that do not fit the buffers: infeasible, or tiled"},
    [SY_BATCH] = {.key = "batch", .type = PARAM_INTEGER, .low = 1, .high = 65536, .fallback = 1, .help = "images"},
    [SY_PORT] = {.key = "port_bits",
                 .type = PARAM_INTEGER,
                 .low = 8,
                 .high = 65536,
                 .fallback = 256,
                 .unit = "bit",
                 .help = "load/store port, bits per cycle"},
    [SY_INPUT] = {.key = "buffers.input",
                  .type = PARAM_SIZE,
                  .low = 256,
                  .high = 4194304,
                  .automatic = true,
                  .unit = "B",
                  .help = "input buffer; auto: the smallest that fits"},
    [SY_WEIGHT] = {.key = "buffers.weight",
                   .type = PARAM_SIZE,
                   .low = 256,
                   .high = 4194304,
                   .automatic = true,
                   .unit = "B",
                   .help = "weight buffer; auto: the smallest that fits"},
    [SY_OUTPUT] = {.key = "buffers.output",
                   .type = PARAM_SIZE,
                   .low = 256,
                   .high = 4194304,
                   .automatic = true,
                   .unit = "B",
                   .help = "output buffer; auto: the smallest that fits"},
    [SY_SRAM] = {.key = "sram",
                 .type = PARAM_CHOICE,
                 NAMES(flavours),
                 .fallback = QY_SRAM_LSTP,
                 .help = "SRAM flavour: low standby power or high performance"},
    [SY_SIGNAL] = {.key = "signal",
                   .type = PARAM_CHOICE,
                   NAMES(signals),
                   .help = "weight distribution for the signal to quantization noise"},
};

/* An array, and the quality of its elements' weights. */
typedef struct systolic_module {
  qy_systolic array;
  double sqnr_db;
} systolic_module;

static qy_status systolic_work(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err)
{
  qy_systolic_work *w = NULL;
  qy_status status = qy_systolic_work_new(&w, layers, count, arena, err);
  *work = w;
  return status;
}

static qy_status systolic_parts(void *parts, const qy_pe *pe, const qy_pe_cost *cost, const qy_tech *tech,
                                double period_ps, qy_error *err)
{
  return qy_systolic_parts_price(parts, pe, cost, tech, period_ps, err);
}

static qy_status systolic_init(void *module, const double *value, const qy_pe *pe, const qy_pe_cost *cost,
                               const void *quality, const void *parts, const qy_tech *tech, const qy_sram_table *sram,
                               double clock_mhz, const void *work, const char **reason, qy_error *err)
{
  systolic_module *m = module;
  const qy_element_quality *weights = quality;
  m->sqnr_db = weights->sqnr_db[(int)value[SY_SIGNAL]];
  qy_systolic_params params = {
      .rows = (int)value[SY_ROWS],
      .columns = (int)(value[SY_COLUMNS] > 0 ? value[SY_COLUMNS] : value[SY_ROWS]),
      .dataflow = (qy_dataflow)value[SY_FLOW],
      .drain = (qy_drain)value[SY_DRAIN],
      .edge = (qy_edge)value[SY_EDGE],
      .packing = (qy_packing)value[SY_PACKING],
      .tile = (qy_tile)value[SY_TILE],
      .batch = (int)value[SY_BATCH],
      .port_bits = (int)value[SY_PORT],
      .input_buffer_bytes = value[SY_INPUT],
      .weight_buffer_bytes = value[SY_WEIGHT],
      .output_buffer_bytes = value[SY_OUTPUT],
      .sram_flavour = (qy_sram_flavour)value[SY_SRAM],
  };
  return qy_systolic_init_with(&m->array, &params, pe, cost, parts, tech, sram, clock_mhz, work, reason, err);
}

static qy_status systolic_run(double metric[QY_METRIC_COUNT], const char **reason, const void *module, const void *work,
                              int precision_bits)
{
  const systolic_module *m = module;
  metric[QY_SQNR_DB] = m->sqnr_db;
  return qy_systolic_evaluate(metric, reason, &m->array, work, precision_bits);
}

const accelerator *accelerator_table(size_t *count)
{
  static const accelerator table[] = {
      {.name = "depthwise",
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
       .coefficients = depthwise_coefficients},
      {.name = "element",
       .help = "one processing element: cost per product, quality of its weight format",
       .lacks = ELEMENT_LACKS,
       .params = element_params,
       .param_count = EL_PARAMS,
       .module_bytes = sizeof(qy_element),
       .pe_params = element_pe,
       .pe_stimulus = element_stimulus,
       .quality_bytes = sizeof(qy_element_quality),
       .quality = element_quality,
       .module_init = element_init,
       .evaluate = element_run},
      {.name = "systolic",
       .help = "systolic array of elements with double-buffered SRAM, one of three dataflows",
       .needs_network = true,
       .lacks = 1u << QY_ENERGY_PER_PRODUCT_FJ,
       .params = systolic_params,
       .param_count = SY_PARAMS,
       .module_bytes = sizeof(systolic_module),
       .work_new = systolic_work,
       .pe_params = element_pe,
       .pe_stimulus = element_stimulus,
       .quality_bytes = sizeof(qy_element_quality),
       .quality = element_quality,
       .parts_bytes = sizeof(qy_systolic_parts),
       .parts_price = systolic_parts,
       .module_init = systolic_init,
       .evaluate = systolic_run},
  };
  *count = sizeof table / sizeof *table;
  return table;
}
