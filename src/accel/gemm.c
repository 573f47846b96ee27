/* The FPGA GEMM accelerator as a row of the table: see gemm.h. */
#include "gemm_int.h"

#include "quarry/integer.h"

#include <math.h>
#include <string.h>

_Static_assert((int)QY_GEMM_ARRAYS == (int)QY_ROW_ARRAYS, "a column for the rows of each array");

static const char *const sides[QY_GEMM_SIDES] = {[QY_GEMM_ANY] = "both", [QY_GEMM_DSP] = "dsp", [QY_GEMM_LUT] = "lut"};
static const char *const packings[QY_GEMM_PACKINGS] = {
    [QY_GEMM_ONE] = "one", [QY_GEMM_SPLIT] = "split", [QY_GEMM_CHAINED] = "chained"};
static const char *const edge_names[] = {"same", "high"};
static const char *const step_names[] = {"flattened", "taps"};

const qy_gemm_arrays *qy_gemm_arrays_of(const void *self)
{
  return &((const gemm_engine *)self)->arrays;
}

static int low_bits(const qy_gemm_params *p, const qy_pe *pe)
{
  return p->weight_bits ? p->weight_bits : qy_min_int(qy_element_port_bits(pe, "w"), QY_FABRIC_WEIGHT_MAX);
}

static const char *width_mistake(const qy_gemm_params *p, const qy_pe *pe)
{
  const int element = qy_element_port_bits(pe, "w"), low = p->arrays == QY_GEMM_LUT ? element : low_bits(p, pe);
  const bool high = p->high_share > 0 || p->high_edges || p->blk_dsp_high > 0 || p->blk_lut_high > 0;
  if (p->arrays != QY_GEMM_LUT && p->weight_bits == 0 && element > QY_FABRIC_WEIGHT_MAX)
    return "`weight_bits: auto` is as wide as the element's weights, and these are wider than fixed-point rows have";
  if (high && p->high_bits < low) return "`high_bits` is less than the bits of rows of low precision";
  return NULL;
}

static const char *mistake(const void *params, const qy_pe *pe)
{
  const qy_gemm_params *p = params;
  const bool no_dsp = p->arrays == QY_GEMM_LUT, no_lut = p->arrays == QY_GEMM_DSP;
  if (qy_pe_row_of(pe->params.kind)->apart) return "products that are kept apart cannot be summed";
  if (no_dsp && p->blk_dsp > 0) return "`arrays: lut` has no rows `blk_dsp`";
  if (no_lut && p->blk_lut > 0) return "`arrays: dsp` has no rows `blk_lut`";
  if (p->high_array == QY_GEMM_LUT && p->blk_dsp_high > 0) return "`high_array: lut` has no rows `blk_dsp_high`";
  if (p->high_array == QY_GEMM_DSP && p->blk_lut_high > 0) return "`high_array: dsp` has no rows `blk_lut_high`";
  return width_mistake(p, pe);
}

static unsigned circuits(const void *params, const qy_pe *pe)
{
  const qy_gemm_params *p = params;
  const bool high = p->high_share > 0 || p->blk_lut_high > 0 || p->blk_dsp_high > 0;
  const bool packed = p->packing != QY_GEMM_ONE;
  unsigned of = QY_FABRIC_OF_ADDERS;
  if (p->arrays != QY_GEMM_DSP) of |= QY_FABRIC_OF_ELEMENT;
  if (p->arrays != QY_GEMM_LUT && packed) of |= 1u << (QY_FABRIC_OF_SPLITS + low_bits(p, pe));
  if (high && p->high_array != QY_GEMM_DSP) of |= 1u << p->high_bits;
  if (high && p->high_array != QY_GEMM_LUT && packed) of |= 1u << (QY_FABRIC_OF_SPLITS + p->high_bits);
  return of;
}

static unsigned formats(const void *params, const qy_pe *pe)
{
  const qy_gemm_params *p = params;
  return 1u << low_bits(p, pe) | 1u << p->high_bits;
}

static void shares(double share[QY_ROW_PARTS], int bits[QY_ROW_PARTS], const void *self)
{
  const gemm_engine *e = self;
  gemm_shares(share, e);
  bits[QY_ROWS_SCHEME] = 0; /* of the element */
  bits[QY_ROWS_LOW] = e->cost[QY_GEMM_ROWS_DSP].weight_bits;
  bits[QY_ROWS_HIGH] = e->params.high_bits;
}

static const char *one_precision(const void *self)
{
  return ((const gemm_engine *)self)->built;
}

/* The text without printf: designs are made a million times a second. */
static void say_built(char built[GEMM_BUILT], int bits)
{
  static const char before[] = "arrays are built for ", behind[] = " bits";
  char *at = built + sizeof before - 1;
  memcpy(built, before, sizeof before);
  if (bits >= 10) *at++ = (char)('0' + bits / 10 % 10);
  *at++ = (char)('0' + bits % 10);
  memcpy(at, behind, sizeof behind);
}

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  gemm_engine *e = self;
  const double *has = in->tech->fpga_value;
  (void)err;
  *e = (gemm_engine){.params = *(const qy_gemm_params *)in->params, .work = in->work};
  const qy_gemm_params *p = &e->params;
  e->a_bits = qy_element_port_bits(in->pe, "x");
  say_built(e->built, e->a_bits);
  e->port = gemm_divide_by(p->port_bits ? p->port_bits : has[QY_FPGA_AXI_PORTS] * has[QY_FPGA_AXI_PORT_BITS]);
  e->bat = gemm_divide_by(p->bat);
  e->blk_in = gemm_divide_by(p->blk_in);
  e->fill = 2 + qy_log2_ceil(p->blk_in); /* operands, levels of the tree, accumulator */
  if ((*reason = gemm_build(e, in))) return QY_INFEASIBLE;
  const qy_gemm_arrays *a = &e->arrays;
  bill->count[QY_PART_LUT] = a->lut[p->toolchain] - has[QY_FPGA_BASE_LUTS];
  bill->count[QY_PART_LUT_OTHER] = a->lut[1 - p->toolchain] - a->lut[p->toolchain];
  bill->count[QY_PART_FF] = a->ff;
  bill->count[QY_PART_DSP] = a->dsp - has[QY_FPGA_BASE_DSPS];
  bill->count[QY_PART_BRAM] = a->bram;
  for (int i = 0; i < QY_GEMM_ARRAYS; i++)
    bill->rows[i] = a->rows[i];
  bill->count[QY_PART_BASE_LUT] = bill->count[QY_PART_BASE_DSP] = 1;
  bill->count[QY_PART_FPGA_STATIC] = bill->count[QY_PART_FPGA_SYSTEM] = 1;
  return QY_OK;
}

/* ---- the row ---- */

#define ROWS_ROW(key, member, help_)                                                                                   \
  QY_INTEGER(key, 1, 65536, qy_gemm_params, member, .automatic = true, .help = (help_))
#define LIMIT_ROW(key_, member, help_)                                                                                 \
  {                                                                                                                    \
    .key = (key_), .type = QY_PARAMETER_NUMBER, .low = 0.01, .high = 1, .automatic = true, .help = (help_),            \
    QY_MEMBER(qy_gemm_params, member)                                                                                  \
  }

static const qy_parameter parameters[] = {
    QY_INTEGER("bat", 1, 64, qy_gemm_params, bat, .fallback = 1, .help = "pixels Bat at a time"),
    QY_INTEGER("blk_in", 1, 1024, qy_gemm_params, blk_in, .required = true,
               .help = "activations Blk_in of a pixel, multiplied and added in a cycle"),
    QY_CHOICE("arrays", sides, qy_gemm_params, arrays, .help = "where rows of low precision are multiplied"),
    QY_CHOICE("high_array", sides, qy_gemm_params, high_array, .help = "where rows of high precision are"),
    ROWS_ROW("blk_dsp", blk_dsp, "fixed-point rows on DSP slices; auto: fill the device"),
    ROWS_ROW("blk_lut", blk_lut, "rows of the element in LUTs; auto: fill the device"),
    ROWS_ROW("blk_dsp_high", blk_dsp_high, "rows of high precision on DSP slices; auto: as high_share needs"),
    ROWS_ROW("blk_lut_high", blk_lut_high, "rows of high precision in LUTs; auto: as high_share needs"),
    QY_INTEGER("weight_bits", QY_FABRIC_WEIGHT_MIN, QY_FABRIC_WEIGHT_MAX, qy_gemm_params, weight_bits,
               .automatic = true, .unit = "bit", .help = "weights of fixed-point rows; auto: as wide as the element's"),
    QY_INTEGER("high_bits", QY_FABRIC_WEIGHT_MIN, QY_FABRIC_WEIGHT_MAX, qy_gemm_params, high_bits, .fallback = 8,
               .unit = "bit", .help = "weights of rows of high precision"),
    {.key = "high_share",
     .type = QY_PARAMETER_NUMBER,
     .low = 0,
     .high = 1,
     .help = "share of the rows of each layer that are of high precision, at least",
     QY_MEMBER(qy_gemm_params, high_share)},
    QY_CHOICE("edges", edge_names, qy_gemm_params, high_edges,
              .help = "first and last layer: as the others, or all rows of high precision"),
    QY_CHOICE("steps", step_names, qy_gemm_params, by_taps,
              .help = "Blk_in of all products of an output; or of the channels of one place of the kernel"),
    QY_CHOICE("toolchain", qy_fabric_tool_names, qy_gemm_params, toolchain,
              .help = "whose counts of LUTs a device is filled by; intervals hold both"),
    QY_CHOICE("packing", packings, qy_gemm_params, packing, .fallback = QY_GEMM_CHAINED,
              .help = "products in a DSP slice: one; several, split behind it; or summed over slices first"),
    QY_INTEGER("port_bits", 8, 65536, qy_gemm_params, port_bits, .automatic = true, .unit = "bit",
               .help = "load/store port, bits per cycle; auto: all AXI ports of the device"),
    LIMIT_ROW("lut_limit", lut_limit, "share of the LUTs to fill; auto: what designs reach, db/circuit/fpga.csv"),
    LIMIT_ROW("dsp_limit", dsp_limit, "share of the DSP slices to fill; auto: likewise"),
    LIMIT_ROW("bram_limit", bram_limit, "share of the block RAMs to fill; auto: likewise"),
};

static double chosen(const void *self, const char *key)
{
  static const char *const rows[QY_GEMM_ARRAYS] = {[QY_GEMM_ROWS_DSP] = "blk_dsp",
                                                   [QY_GEMM_ROWS_LUT] = "blk_lut",
                                                   [QY_GEMM_ROWS_DSP_HIGH] = "blk_dsp_high",
                                                   [QY_GEMM_ROWS_LUT_HIGH] = "blk_lut_high"};
  for (int a = 0; a < QY_GEMM_ARRAYS; a++)
    if (strcmp(rows[a], key) == 0) return ((const gemm_engine *)self)->arrays.rows[a];
  return NAN;
}

const qy_accelerator qy_accelerator_gemm = {
    .name = "gemm",
    .help = "matrix multiplication on an FPGA: fixed-point rows on DSP slices, rows of the element in LUTs",
    .parameter = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .params_bytes = sizeof(qy_gemm_params),
    .design_bytes = sizeof(gemm_engine),
    .needs = QY_NEEDS_PRODUCT | QY_NEEDS_EACH_CYCLE | QY_NEEDS_BARE_PRODUCT,
    .uses = QY_USES_FPGA,
    .fabrics = QY_ON_FPGA,
    .runs_layers = true,
    .mistake = mistake,
    .formats = formats,
    .shares = shares,
    .circuits = circuits,
    .one_precision = one_precision,
    .work = gemm_work_new,
    .design = design,
    .chosen = chosen,
    .run = gemm_run,
    .layer = gemm_layer,
};
