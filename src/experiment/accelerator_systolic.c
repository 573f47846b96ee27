/* The systolic array as an accelerator of experiment files. */
#include "accelerator_int.h"

#include "quarry/systolic.h"
#include "quarry/systolic_draws.h"

static const char *const flows[] = {[QY_FLOW_OS] = "os", [QY_FLOW_WS] = "ws", [QY_FLOW_IS] = "is"};
static const char *const drains[] = {[QY_DRAIN_SERIAL] = "serial", [QY_DRAIN_OVERLAPPED] = "overlapped"};
static const char *const edges[] = {[QY_EDGE_FULL] = "full", [QY_EDGE_USED] = "used"};
static const char *const rows[] = {[QY_ROW_MOVED] = "moved", [QY_ROW_BROADCAST] = "broadcast"};
static const char *const packings[] = {[QY_PACK_NONE] = "none", [QY_PACK_DIAGONAL] = "diagonal"};
static const char *const tiles[] = {[QY_TILE_NONE] = "none", [QY_TILE_AUTO] = "auto"};

enum {
  SY_ROWS = PE_KEYS,
  SY_COLUMNS,
  SY_FLOW,
  SY_DRAIN,
  SY_EDGE,
  SY_ROW,
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
    [SY_ROW] = {.key = "row_transport",
                .type = PARAM_CHOICE,
                NAMES(rows),
                .help = "words move along a row from PE to PE, or reach all of them by a bus at once"},
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
                 .automatic = true,
                 .help = "load/store port, bits per cycle; auto: transfers take no time"},
    [SY_INPUT] = BUFFER_ROW("input"),
    [SY_WEIGHT] = BUFFER_ROW("weight"),
    [SY_OUTPUT] = BUFFER_ROW("output"),
    [SY_SRAM] = SRAM_ROW,
    [SY_SIGNAL] = SIGNAL_ROW,
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
      .row = (qy_row)value[SY_ROW],
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

static qy_status systolic_anatomy(void **anatomy, const void *twin, const qy_pe *pe, const qy_pe_stimulus *stimulus,
                                  const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  qy_systolic_anatomy *a = NULL;
  qy_status status = qy_systolic_anatomy_new(&a, twin, pe, stimulus, draws, arena, err);
  *anatomy = a;
  return status;
}

static qy_status systolic_basis(double *basis, const void *anatomy, double period_ps, const double *sram, qy_error *err)
{
  return qy_systolic_basis(basis, anatomy, period_ps, sram, err);
}

static qy_status systolic_coefficients(double *coefficient, const void *module, const void *work, int precision_bits)
{
  const systolic_module *m = module;
  return qy_systolic_coefficients(coefficient, &m->array, work, precision_bits);
}

const accelerator systolic_accelerator = {
    .name = "systolic",
    .help = "systolic array of elements with double-buffered SRAM, one of three dataflows",
    .needs_network = true,
    .lacks = 1u << QY_ENERGY_PER_PRODUCT_FJ,
    .params = systolic_params,
    .param_count = SY_PARAMS,
    .module_bytes = sizeof(systolic_module),
    .work_new = systolic_work,
    .pe_params = element_params_from,
    .pe_stimulus = element_stimulus_from,
    .quality_bytes = sizeof(qy_element_quality),
    .quality = element_quality_from,
    .parts_bytes = sizeof(qy_systolic_parts),
    .parts_price = systolic_parts,
    .module_init = systolic_init,
    .evaluate = systolic_run,
    .columns = QY_SYSTOLIC_COLUMNS,
    .linear = qy_systolic_linear,
    .anatomy = systolic_anatomy,
    .basis = systolic_basis,
    .coefficients = systolic_coefficients};
