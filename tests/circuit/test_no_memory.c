/* Memory that runs out while circuits are made, timed, built for a clock, mapped to LUTs and slices or written as
 * Verilog: it is said, and nothing stays behind.  The circuits are elements of every kind. */
#include "no_memory.h"

#include "quarry/circuit.h"
#include "quarry/discrepancy.h"
#include "quarry/draws.h"
#include "quarry/dsp.h"
#include "quarry/lut.h"
#include "quarry/packing.h"
#include "quarry/pe.h"
#include "quarry/tech.h"

#include <gsl/gsl_errno.h>

enum { CYCLES = 40, PERIOD_PS = 900 };

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  qy_pe_params params;
  const qy_tech *tech;
  const qy_draws *draws;
  qy_fpga_how how;
  qy_packing_ask ask;
  size_t pad;
} context;

/* A new arena with the element of the context in it. */
static qy_status begin(qy_arena **a, qy_pe *pe, const context *c, qy_error *err)
{
  *a = memory_arena(c->pad);
  if (!*a) return qy_no_memory(err);
  return qy_pe_build(pe, &c->params, *a, err);
}

static qy_status built(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_arena *a = NULL;
  qy_pe pe;
  qy_activity *activity = NULL;
  qy_builder *builder = NULL;
  qy_build build = {0}, again = {0};
  qy_timing timing = {0};
  qy_pipelining how = {.aim = QY_PIPELINE_FOR_BOTH, .activity_count = 1};
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = CYCLES;
  qy_status status = begin(&a, &pe, c, err);
  if (!status && !(activity = qy_arena_alloc(a, 1, sizeof *activity))) status = qy_no_memory(err);
  how.activity[0] = activity;
  if (!status) status = qy_pe_activity(activity, &pe, 0, &stimulus, err);
  if (!status) status = qy_circuit_timing(pe.circuit, c->tech, &timing, err);
  if (!status) status = qy_circuit_build_for(pe.circuit, c->tech, PERIOD_PS, &how, &again, err);
  if (!status) status = qy_builder_new(&builder, pe.circuit, c->tech, &how, err);
  if (!status) status = qy_builder_at(builder, PERIOD_PS, &build, err);
  *answer = status ? 0 : build.area_um2 + again.leakage_nw + timing.fast_ps;
  qy_builder_free(builder);
  qy_arena_free(a);
  return status;
}

static qy_status mapped(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_arena *a = NULL;
  qy_pe pe;
  qy_fpga_count count = {0};
  qy_dsp_total total = {0};
  qy_status status = begin(&a, &pe, c, err);
  qy_dsp_use *use = status ? NULL : qy_arena_alloc(a, qy_circuit_op_count(pe.circuit), sizeof *use);
  if (!status && !use) status = qy_no_memory(err);
  if (!status) status = qy_circuit_fpga(&count, pe.circuit, &c->how, err);
  if (!status) status = qy_circuit_dsp(use, &total, pe.circuit, c->how.slice, c->how.toolchain, err);
  *answer = status ? 0 : count.lut + count.ff + count.carry + count.levels + total.slices + total.adder_bits;
  qy_arena_free(a);
  return status;
}

static qy_status written(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_arena *a = NULL;
  qy_pe pe;
  qy_text text = {0};
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = CYCLES;
  qy_status status = begin(&a, &pe, c, err);
  for (int target = 0; !status && target < QY_VERILOG_TARGET_COUNT; target++) {
    status = qy_circuit_verilog_for(pe.circuit, (qy_verilog_target)target, &text, err);
    if (!status) status = qy_pe_testbench(&pe, &stimulus, (qy_verilog_target)target, &text, err);
  }
  *answer = 0;
  for (size_t i = 0; !status && i < text.length; i++)
    *answer += (double)(unsigned char)text.data[i] * (double)(i % 64);
  if (!status && text.failed) status = qy_no_memory(err);
  qy_text_free(&text);
  qy_arena_free(a);
  return status;
}

static qy_status unsure(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_arena *a = NULL;
  qy_pe pe;
  qy_discrepancy *d = NULL;
  qy_operator_share *share = NULL;
  size_t count = 0;
  qy_status status = begin(&a, &pe, c, err);
  if (!status) status = qy_operator_shares(&share, &count, pe.circuit, c->tech, a, err);
  if (!status) status = qy_discrepancy_new(&d, pe.circuit, c->draws, a, err);
  *answer = status ? 0 : qy_discrepancy_factor(d, 0, 0.5, 3) + qy_operator_mixture(share, count);
  qy_arena_free(a);
  return status;
}

static qy_status packed(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_packing packing = {0};
  qy_circuit *circuit = NULL;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_packing_find(&packing, &c->ask, err);
  if (!status) status = qy_packing_circuit(&circuit, &packing, "packed", a, err);
  *answer = status ? 0 : packing.products + (double)qy_circuit_op_count(circuit);
  qy_arena_free(a);
  return status;
}

static void test_all(const qy_tech *tech, const qy_draws *draws)
{
  memory_tally builds = {0}, maps = {0}, texts = {0}, shares = {0}, slices = {0};
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    context c = {.params = qy_pe_default((qy_pe_kind)kind), .tech = tech, .draws = draws, .pad = 1};
    c.pad += (size_t)kind * 307;
    c.params.bits = 8;
    c.how = (qy_fpga_how){(qy_fpga_family)(kind % QY_FPGA_FAMILY_COUNT), (qy_dsp_kind)(kind % QY_DSP_KIND_COUNT),
                          (qy_toolchain)(kind % QY_TOOLCHAIN_COUNT), kind % 2 == 0, kind % 3 == 0};
    c.ask = (qy_packing_ask){4, 3 + kind % 4, true, kind % 2 == 0, 1 + kind % 3, 1 + kind % 2, 0, 0, c.how.slice};
    memory_try(&builds, built, &c, 1 + kind % 3, 3);
    memory_try(&maps, mapped, &c, 1 + kind % 5, 5);
    memory_try(&texts, written, &c, 1 + kind % 3, 3);
    memory_try(&shares, unsure, &c, 1 + kind % 2, 2);
    memory_try(&slices, packed, &c, 1, 1);
  }
  memory_said(&builds, "builds");
  memory_said(&maps, "maps to LUTs and slices");
  memory_said(&texts, "Verilog");
  memory_said(&shares, "discrepancies");
  memory_said(&slices, "packed products");
}

int main(void)
{
  enum { DRAWS = 16 };
  qy_error err = {0};
  qy_tech *tech = NULL;
  qy_draws *draws = NULL;
  qy_arena *arena = qy_arena_new();
  gsl_set_error_handler_off();
  if (ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, &err) && !qy_draws_new(&draws, tech, DRAWS, 5, 0, arena, &err),
         "a library and its draws"))
    test_all(tech, draws);
  qy_arena_free(arena);
  return done();
}
