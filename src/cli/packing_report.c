/* describe packing and rtl packing: products in one DSP slice, what they cost around it, and as Verilog. */
#include "cli.h"
#include "packing_option.h"

#include "quarry/lut.h"
#include "quarry/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROOF_BITS = 24 }; /* all vectors are tried up to so many */

typedef enum signed_words { SIGNED_BOTH, SIGNED_WEIGHTS, SIGNED_ACTIVATIONS, SIGNED_NONE } signed_words;
const char *const packing_signed_names[] = {"both", "weights", "activations", "none", NULL};

packing_request packing_request_default(void)
{
  return (packing_request){.sums = 1, .overlap = -1, .slice = QY_DSP48E2};
}

/* "3x3": the row's length. */
static qy_status read_kernel(int *kernel, const char *text, qy_error *err)
{
  int rows = 0, columns = 0, end = 0;
  *kernel = 1;
  if (!text) return QY_OK;
  if (sscanf(text, "%3dx%3d%n", &rows, &columns, &end) != 2 || text[end] != '\0' || rows < 1 || columns < 1 ||
      columns > QY_PACKING_OPERANDS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "--kernel: expected rows and columns of at most %d such as 3x3, found \"%s\"",
                   QY_PACKING_OPERANDS_MAX, text);
  *kernel = columns;
  return QY_OK;
}

qy_status packing_ask(qy_packing_ask *ask, const packing_request *request, qy_error *err)
{
  if (request->weight_bits == 0 || request->activation_bits == 0)
    return qy_fail(err, QY_BAD_INPUT, "packing: expected --weights BITS and --activations BITS");
  *ask = (qy_packing_ask){
      .weight_bits = (int)request->weight_bits,
      .activation_bits = (int)request->activation_bits,
      .weight_signed = request->is_signed == SIGNED_BOTH || request->is_signed == SIGNED_WEIGHTS,
      .activation_signed = request->is_signed == SIGNED_BOTH || request->is_signed == SIGNED_ACTIVATIONS,
      .sums = (int)request->sums,
      .range = (qy_packing_range)request->range,
      .slice = (qy_dsp_kind)request->slice,
  };
  qy_status status = read_kernel(&ask->kernel, request->kernel, err);
  ask->overlap = request->overlap >= 0 ? (int)request->overlap : ask->kernel > 1 ? QY_PACKING_OVERLAP_MAX : 0;
  return status;
}

/* ---- describe */

static const char *range_text(int64_t low, int64_t high, qy_arena *arena)
{
  return qy_arena_format(arena, "%lld..%lld", (long long)low, (long long)high);
}

static const char *proof_text(const qy_packing_proof *proof, qy_arena *arena)
{
  if (!proof->exact) return "FAILS";
  return qy_arena_format(arena, proof->exhaustive ? "all %lld vectors" : "bounds and %lld vectors",
                         (long long)proof->vectors);
}

static qy_status count(qy_fpga_count *fpga, const qy_circuit *c, qy_dsp_kind slice, qy_toolchain toolchain,
                       qy_error *err)
{
  qy_fpga_how how = {.family = slice == QY_DSP48E1 ? QY_FPGA_XC7 : QY_FPGA_XCUP,
                     .slice = slice,
                     .toolchain = toolchain,
                     .use_dsp = true};
  return qy_circuit_fpga(fpga, c, &how, err);
}

static qy_status put_placement(table *t, const qy_packing *p, qy_arena *arena, qy_error *err)
{
  qy_circuit *c;
  qy_fpga_count vivado, yosys;
  qy_status status = qy_packing_circuit(&c, p, "packing", arena, err);
  if (!status) status = count(&vivado, c, p->ask.slice, QY_TOOLCHAIN_VIVADO, err);
  if (!status) status = count(&yosys, c, p->ask.slice, QY_TOOLCHAIN_ABC9_NOWIDE, err);
  if (status) return status;
  int64_t w_low, w_high, a_low, a_high;
  qy_packing_weight_range(p, &w_low, &w_high);
  qy_packing_activation_range(p, &a_low, &a_high);
  qy_packing_proof proof = qy_packing_prove(p, PROOF_BITS);
  const qy_dsp_shape *shape = &qy_dsp_shapes[p->ask.slice];
  table_row(t, TEXT(qy_dsp_kind_names[p->ask.slice]), INTEGER(p->ask.kernel), NUMBER(p->products), INTEGER(p->overlap),
            INTEGER(p->weights), INTEGER(p->activations), INTEGER(p->weights_wider ? shape->a : shape->b),
            INTEGER(p->weight_step), INTEGER(p->activation_step), INTEGER(p->fields), INTEGER(p->step),
            INTEGER(p->ask.sums), INTEGER(p->sums_max), INTEGER(p->sums_read), TEXT(range_text(w_low, w_high, arena)),
            TEXT(range_text(a_low, a_high, arena)), TEXT(proof_text(&proof, arena)), NUMBER(vivado.lut),
            NUMBER(yosys.lut), NUMBER(vivado.ff), NUMBER(yosys.ff));
  return QY_OK;
}

int describe_packing(const packing_request *request, int format, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {
      "slice",        "kernel",           "products", "overlap_bits", "weights",   "activations", "weight_port_bits",
      "weight_step",  "activation_step",  "fields",   "field_step",   "sums",      "sums_max",    "sums_without_bias",
      "weight_range", "activation_range", "proof",    "lut_vivado",   "lut_yosys", "ff_vivado",   "ff_yosys"};
  qy_packing_ask ask = {0};
  qy_packing found[QY_PACKING_OVERLAP_MAX + 1];
  qy_status status = packing_ask(&ask, request, err);
  int rows = 0;
  for (int most = ask.overlap; !status && most >= 0; most = found[rows - 1].overlap - 1) {
    ask.overlap = most;
    status = qy_packing_find(&found[rows], &ask, err);
    rows += !status;
    if (status) break;
  }
  if (status == QY_INFEASIBLE && rows > 0) status = QY_OK;
  if (status) return report(status, err);
  table *t = table_new(format, (int)(sizeof names / sizeof *names), names);
  qy_progress progress;
  qy_progress_start(&progress, STDERR_FILENO, false, "packing", "placements proved", 0, rows);
  for (int i = 0; i < rows && !status; i++) {
    qy_progress_update(&progress, i, NULL);
    status = put_placement(t, &found[i], arena, err);
  }
  qy_progress_finish(&progress);
  if (status) {
    table_drop(t);
    return report(status, err);
  }
  table_print(t);
  return EXIT_DONE;
}

/* ---- Verilog */

qy_status rtl_packing(const packing_request *request, qy_verilog_target target, int64_t vectors, qy_text *text,
                      qy_arena *arena, qy_error *err)
{
  qy_packing_ask ask;
  qy_packing p;
  qy_circuit *c;
  qy_status status = packing_ask(&ask, request, err);
  if (!status) status = qy_packing_find(&p, &ask, err);
  if (!status) status = qy_packing_circuit(&c, &p, "packing", arena, err);
  if (!status) status = qy_circuit_verilog_for(c, target, text, err);
  qy_packing_player player = {&p, 1};
  if (!status && vectors > 0) status = qy_circuit_testbench(c, qy_packing_play, &player, vectors, text, err);
  return status;
}
