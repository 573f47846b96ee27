/* A circuit as a Verilog-2001 module, and a test bench for it.
 *
 * Wires are declared in the order in which they are computed; registers are declared first, because feedback reads
 * them, and clocked last.  A net is called by its label when that is free, else by its operator and number.
 */
#include "verilog.h"

#include "dsp_int.h"
#include "operators.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef char name_text[NAME_MAX_BYTES];

typedef struct emitter {
  const qy_circuit *c;
  name_text *name; /* per net */
  qy_text *text;
  qy_verilog_target target;
} emitter;

static bool taken(const emitter *e, size_t upto, const char *name)
{
  for (int i = 0; i < e->c->output_count; i++)
    if (strcmp(e->c->output[i].name, name) == 0) return true;
  for (size_t i = 0; i < upto; i++)
    if (strcmp(e->name[i], name) == 0) return true;
  return false;
}

static void choose_names(emitter *e)
{
  for (size_t i = 0; i < e->c->count; i++) {
    const node *n = &e->c->node[i];
    if (n->label && (n->op == QY_OP_INPUT || !taken(e, i, n->label)))
      snprintf(e->name[i], sizeof e->name[i], "%s", n->label);
    else
      snprintf(e->name[i], sizeof e->name[i], "%s_%zu", n->label ? n->label : operator_of(n)->name, i);
  }
}

static void put_node(const emitter *e, size_t i)
{
  const node *n = &e->c->node[i];
  name_text in[WORD_BITS];
  for (int k = 0; k < n->count; k++)
    memcpy(in[k], e->name[n->in[k]], sizeof in[k]);
  verilog_names names = {e->name[i], (const char(*)[NAME_MAX_BYTES])in};
  if (e->target == QY_VERILOG_FPGA && verilog_for_slices(e->c, n, &names, e->text)) return;
  operator_of(n)->verilog(n, &names, e->text);
}

static void put_ports(const emitter *e)
{
  const qy_circuit *c = e->c;
  qy_text_add(e->text, "module %s (\n", c->name);
  if (c->state_words > 0) qy_text_add(e->text, "  input wire clk,\n");
  for (int i = 0; i < c->input_count; i++) {
    qy_text_add(e->text, "  input wire ");
    put_range(e->text, qy_circuit_input_width(c, i));
    qy_text_add(e->text, "%s,\n", c->input[i].name);
  }
  for (int i = 0; i < c->output_count; i++) {
    qy_text_add(e->text, "  output wire ");
    put_range(e->text, qy_circuit_output_width(c, i));
    qy_text_add(e->text, "%s%s\n", c->output[i].name, i + 1 < c->output_count ? "," : "");
  }
  qy_text_add(e->text, ");\n");
}

static void put_operator_comment(const emitter *e, const node *n)
{
  qy_text_add(e->text, "  // %s", operator_of(n)->name);
  for (int k = 0; k < n->count; k++)
    qy_text_add(e->text, "%s %d", k == 0 ? "," : " and", n->in_width[k]);
  qy_text_add(e->text, "%s %d bits%s\n", n->count > 0 ? " to" : ",", n->shape.width,
              n->shape.is_signed ? ", signed" : "");
}

static void put_module(const emitter *e)
{
  const qy_circuit *c = e->c;
  qy_text *text = e->text;
  qy_text_add(text, "// %s%s%s\n", c->name, c->note ? ": " : "", c->note ? c->note : "");
  qy_text_add(text, "// Words are cut by reading some of their bits, so unused bits are no mistake here.\n"
                    "/* verilator lint_off UNUSED */\n/* verilator lint_off DECLFILENAME */\n");
  put_ports(e);
  for (size_t i = 0; i < c->count; i++)
    if (c->node[i].state >= 0) {
      qy_text_add(text, "  reg ");
      put_range(text, c->node[i].shape.width);
      qy_text_add(text, "%s;\n", e->name[i]);
    }
  for (size_t i = 0; i < c->count; i++)
    if (c->node[i].state < 0 && c->node[i].op != QY_OP_INPUT) {
      /* Wires need no explanation; what computes does. */
      if (!operator_of(&c->node[i])->is_wires) put_operator_comment(e, &c->node[i]);
      put_node(e, i);
    }
  for (size_t i = 0; i < c->count; i++)
    if (c->node[i].state >= 0) put_node(e, i);
  for (int i = 0; i < c->output_count; i++)
    qy_text_add(text, "  assign %s = %s;\n", c->output[i].name, e->name[c->output[i].net]);
  qy_text_add(text, "endmodule\n");
}

static qy_status open_emitter(emitter *e, const qy_circuit *c, qy_text *out, qy_error *err)
{
  *e = (emitter){c, qy_alloc(c->count, sizeof *e->name), out, QY_VERILOG_CELLS};
  if (!e->name) return qy_fail(err, QY_NO_MEMORY, "out of memory while writing Verilog of circuit %s", c->name);
  choose_names(e);
  return QY_OK;
}

static qy_status close_emitter(emitter *e, qy_error *err)
{
  free(e->name);
  if (e->text->failed)
    return qy_fail(err, QY_NO_MEMORY, "out of memory while writing Verilog of circuit %s", e->c->name);
  return QY_OK;
}

const char *const qy_verilog_target_names[QY_VERILOG_TARGET_COUNT + 1] = {"cells", "fpga", NULL};

qy_status qy_circuit_verilog(const qy_circuit *c, qy_text *out, qy_error *err)
{
  return qy_circuit_verilog_for(c, QY_VERILOG_CELLS, out, err);
}

qy_status qy_circuit_verilog_for(const qy_circuit *c, qy_verilog_target target, qy_text *out, qy_error *err)
{
  assert(c && out);
  emitter e;
  qy_status status = open_emitter(&e, c, out, err);
  if (status) return status;
  e.target = target;
  put_module(&e);
  return close_emitter(&e, err);
}

/* One task call per vector: apply, wait, compare, clock. */
static void put_bench_task(const emitter *e)
{
  const qy_circuit *c = e->c;
  qy_text *text = e->text;
  qy_text_add(text, "\n  task step;\n");
  for (int i = 0; i < c->input_count; i++) {
    qy_text_add(text, "    input ");
    put_range(text, qy_circuit_input_width(c, i));
    qy_text_add(text, "give_%s;\n", c->input[i].name);
  }
  for (int i = 0; i < c->output_count; i++) {
    qy_text_add(text, "    input ");
    put_range(text, qy_circuit_output_width(c, i));
    qy_text_add(text, "want_%s;\n", c->output[i].name);
  }
  qy_text_add(text, "    begin\n");
  for (int i = 0; i < c->input_count; i++)
    qy_text_add(text, "      %s = give_%s;\n", c->input[i].name, c->input[i].name);
  qy_text_add(text, "      #4;\n      count = count + 1;\n      if (");
  for (int i = 0; i < c->output_count; i++)
    qy_text_add(text, "%s%s !== want_%s", i > 0 ? " || " : "", c->output[i].name, c->output[i].name);
  qy_text_add(text, ") begin\n        wrong = wrong + 1;\n"
                    "        if (wrong <= 10) $display(\"vector %%0d differs\", count);\n      end\n");
  qy_text_add(text, c->state_words > 0 ? "      #1 clk = 1;\n      #5 clk = 0;\n" : "      #6;\n");
  qy_text_add(text, "    end\n  endtask\n");
}

static void put_bench_head(const emitter *e)
{
  const qy_circuit *c = e->c;
  qy_text *text = e->text;
  qy_text_add(text, "\n// Test bench of %s: vectors and results from the bit-true model.\n`timescale 1ns / 1ps\n",
              c->name);
  qy_text_add(text, "module %s_tb;\n  integer count, wrong;\n", c->name);
  if (c->state_words > 0) qy_text_add(text, "  reg clk;\n");
  for (int i = 0; i < c->input_count; i++) {
    qy_text_add(text, "  reg ");
    put_range(text, qy_circuit_input_width(c, i));
    qy_text_add(text, "%s;\n", c->input[i].name);
  }
  for (int i = 0; i < c->output_count; i++) {
    qy_text_add(text, "  wire ");
    put_range(text, qy_circuit_output_width(c, i));
    qy_text_add(text, "%s;\n", c->output[i].name);
  }
  qy_text_add(text, "  %s dut (", c->name);
  if (c->state_words > 0) qy_text_add(text, ".clk(clk), ");
  for (int i = 0; i < c->input_count; i++)
    qy_text_add(text, ".%s(%s), ", c->input[i].name, c->input[i].name);
  for (int i = 0; i < c->output_count; i++)
    qy_text_add(text, ".%s(%s)%s", c->output[i].name, c->output[i].name, i + 1 < c->output_count ? ", " : ");\n");
}

/* Arrays for a simulation, in one block. */
typedef struct model {
  uint64_t *inputs, *state, *outputs, *scratch;
} model;

static int model_alloc(model *m, const qy_circuit *c)
{
  size_t in = (size_t)c->input_count, state = (size_t)c->state_words, out = (size_t)c->output_count;
  m->inputs = qy_alloc(in + state + out + c->count, sizeof *m->inputs);
  if (!m->inputs) return -1;
  m->state = m->inputs + in;
  m->outputs = m->state + state;
  m->scratch = m->outputs + out;
  return 0;
}

static void put_vector(const emitter *e, const model *m)
{
  const qy_circuit *c = e->c;
  qy_text_add(e->text, "    step(");
  for (int i = 0; i < c->input_count; i++) {
    put_constant(e->text, m->inputs[i], qy_circuit_input_width(c, i));
    qy_text_add(e->text, ", ");
  }
  for (int i = 0; i < c->output_count; i++) {
    put_constant(e->text, m->outputs[i], qy_circuit_output_width(c, i));
    qy_text_add(e->text, i + 1 < c->output_count ? ", " : ");\n");
  }
}

qy_status qy_circuit_testbench(const qy_circuit *c, qy_stimulus *next, void *ctx, int64_t cycles, qy_text *out,
                               qy_error *err)
{
  assert(c && next && out);
  emitter e;
  model m = {0};
  qy_status status = open_emitter(&e, c, out, err);
  if (status) return status;
  if (model_alloc(&m, c)) {
    free(e.name);
    return qy_fail(err, QY_NO_MEMORY, "out of memory while writing a test bench of circuit %s", c->name);
  }
  put_bench_head(&e);
  put_bench_task(&e);
  qy_text_add(out, "\n  initial begin\n    count = 0;\n    wrong = 0;\n");
  if (c->state_words > 0) qy_text_add(out, "    clk = 0;\n");
  for (size_t i = 0; i < c->count; i++)
    if (c->node[i].state >= 0) qy_text_add(out, "    dut.%s = 0;\n", e.name[i]);
  for (int64_t cycle = 0; cycle < cycles; cycle++) {
    next(ctx, cycle, m.inputs);
    qy_simulate(c, m.inputs, m.state, m.outputs, m.scratch);
    put_vector(&e, &m);
  }
  qy_text_add(out, "    if (wrong == 0) $display(\"PASS %%0d vectors\", count);\n"
                   "    else $display(\"FAIL %%0d of %%0d\", wrong, count);\n    $finish;\n  end\nendmodule\n");
  free(m.inputs);
  return close_emitter(&e, err);
}
