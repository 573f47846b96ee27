/* What the tests of the GEMM accelerator share: an element on a device, and designs of given sizes. */
#ifndef TESTS_ACCEL_GEMM_H
#define TESTS_ACCEL_GEMM_H

#include "quarry/gemm.h"

#include "tap.h"

static qy_arena *arena;

typedef struct subject {
  qy_pe pe;
  qy_tech *tech;
  qy_fabric *fabric;
  qy_columns columns;
  qy_prices prices;
  qy_design design;
  void *work, *self;
  const char *reason;
} subject;

/* An element on a device. */
static inline int prepare(subject *s, const char *device, qy_pe_kind kind, int bits, int weight_bits)
{
  const qy_pe_params params = {.kind = kind, .bits = bits, .weight_bits = weight_bits};
  const unsigned circuits = QY_FABRIC_OF_ELEMENT | QY_FABRIC_OF_ADDERS | 1u << 8 | 1u << 4 |
                            0x1fcu << QY_FABRIC_OF_SPLITS; /* weights of 2 to 8 bits */
  qy_error err = {0};
  *s = (subject){0};
  const int failed = qy_tech_read_fpga(&s->tech, "db", device, arena, &err) ||
                     qy_pe_build(&s->pe, &params, arena, &err) ||
                     qy_fabric_new(&s->fabric, &s->pe, s->tech, circuits, arena, &err) ||
                     !(s->self = qy_arena_alloc(arena, 1, qy_accelerator_gemm.design_bytes));
  if (failed) return ok(0, "%s: %s", device, err.diagnostic[0].text);
  qy_columns_make(&s->columns, QY_USES_FPGA);
  return !qy_fabric_prices(&s->prices, s->tech, &s->columns, 100, arena, &err);
}

static inline int make(subject *s, const qy_gemm_params *params)
{
  const qy_design_input input = {.params = params,
                                 .pe = &s->pe,
                                 .prices = &s->prices,
                                 .tech = s->tech,
                                 .fabric = s->fabric,
                                 .clock_mhz = 100,
                                 .work = s->work};
  const qy_status status = qy_design_make(&s->design, &qy_accelerator_gemm, s->self, &s->columns, &input, NULL);
  s->reason = s->design.reason;
  return status == QY_OK && !s->reason;
}

static inline qy_gemm_params sizes(int bat, int blk_in, int dsp, int lut, int dsp_high, int lut_high)
{
  return (qy_gemm_params){.bat = bat,
                          .blk_in = blk_in,
                          .arrays = lut == 0   ? QY_GEMM_DSP
                                    : dsp == 0 ? QY_GEMM_LUT
                                               : QY_GEMM_ANY,
                          .blk_dsp = dsp,
                          .blk_lut = lut,
                          .blk_dsp_high = dsp_high,
                          .blk_lut_high = lut_high,
                          .high_bits = 8,
                          .packing = QY_GEMM_SPLIT};
}

#endif
