/* Elements through Yosys and OpenSTA: see verify.h.
 *
 * All files stand in one directory, in which the programs run, so that no path has to be quoted in a script.
 */
#include "quarry/verify.h"

#include "quarry/decimal.h"
#include "quarry/file.h"
#include "verify_tool.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const qy_verify_flow_names[QY_VERIFY_FLOWS + 1] = {
    [QY_VERIFY_LEAN] = "lean", [QY_VERIFY_FAST] = "fast", [QY_VERIFY_FLOWS] = NULL};

#define CLOCK_PS 1000.0

typedef struct run {
  const qy_verify_setup *setup;
  const char *top;
  bool clocked, with_adders;
  qy_verify_flow flow;
  const char *directory;
  qy_arena *arena;
  qy_error *err;
} run;

/* ---- what Yosys reads ---- */

/* Sums as chains of one-bit adders, for constants to be folded before cells are chosen. */
static const char ripple_map[] =
    "(* techmap_celltype = \"$alu\" *)\n"
    "module qy_ripple (A, B, CI, BI, X, Y, CO);\n"
    "  parameter A_SIGNED = 0; parameter B_SIGNED = 0;\n"
    "  parameter A_WIDTH = 1; parameter B_WIDTH = 1; parameter Y_WIDTH = 1;\n"
    "  input [A_WIDTH-1:0] A; input [B_WIDTH-1:0] B; input CI, BI; output [Y_WIDTH-1:0] X, Y, CO;\n"
    "  wire [Y_WIDTH-1:0] a, b, c; wire [Y_WIDTH:0] carry;\n"
    "  \\$pos #(.A_SIGNED(A_SIGNED), .A_WIDTH(A_WIDTH), .Y_WIDTH(Y_WIDTH)) wide_a (.A(A), .Y(a));\n"
    "  \\$pos #(.A_SIGNED(B_SIGNED), .A_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)) wide_b (.A(B), .Y(b));\n"
    "  assign c = BI ? ~b : b; assign X = a ^ c; assign carry[0] = CI; assign CO = carry[Y_WIDTH:1];\n"
    "  genvar i;\n"
    "  generate for (i = 0; i < Y_WIDTH; i = i + 1) begin : place\n"
    "    \\$fa #(.WIDTH(1)) add (.A(a[i]), .B(c[i]), .C(carry[i]), .X(carry[i+1]), .Y(Y[i]));\n"
    "  end endgenerate\n"
    "endmodule\n";

static void put_cell(qy_text *out, const qy_liberty_adder *cell, const char *const *input, int inputs)
{
  qy_text_add(out, "\\%s cell_ (", cell->cell);
  for (int i = 0; i < inputs; i++)
    qy_text_add(out, ".\\%s (%s[i]), ", cell->input[i], input[i]);
  qy_text_add(out, ".\\%s (X[i]), .\\%s (Y[i]));\n", cell->carry, cell->sum);
}

/* One-bit adders: cells where all inputs vary, half adders where one is 0, gates for the rest. */
static void put_adder_map(qy_text *out, const qy_liberty_report *cells)
{
  static const char *const all[] = {"A", "B", "C"};
  static const char *const pairs[3][3] = {{"B", "C", "A"}, {"A", "C", "B"}, {"A", "B", "C"}};
  qy_text_add(out, "(* techmap_celltype = \"$fa\" *)\nmodule qy_adders (A, B, C, X, Y);\n  parameter WIDTH = 1;\n");
  for (int i = 0; i < 3; i++)
    qy_text_add(out, "  parameter _TECHMAP_CONSTMSK_%s_ = 0; parameter _TECHMAP_CONSTVAL_%s_ = 0;\n", all[i], all[i]);
  qy_text_add(out, "  input [WIDTH-1:0] A, B, C; output [WIDTH-1:0] X, Y;\n");
  for (int i = 0; i < 3; i++)
    qy_text_add(out, "  localparam [WIDTH-1:0] m%s = _TECHMAP_CONSTMSK_%s_, v%s = _TECHMAP_CONSTVAL_%s_;\n", all[i],
                all[i], all[i], all[i]);
  qy_text_add(out, "  genvar i;\n  generate for (i = 0; i < WIDTH; i = i + 1) begin : place\n"
                   "    if (!mA[i] && !mB[i] && !mC[i]) ");
  put_cell(out, &cells->full_adder, all, 3);
  for (int i = 0; i < 3 && cells->half_adder.cell; i++) {
    qy_text_add(out, "    else if (!m%s[i] && !m%s[i] && m%s[i] && !v%s[i]) ", pairs[i][0], pairs[i][1], pairs[i][2],
                pairs[i][2]);
    put_cell(out, &cells->half_adder, pairs[i], 2);
  }
  qy_text_add(out, "    else begin\n      assign Y[i] = A[i] ^ B[i] ^ C[i];\n"
                   "      assign X[i] = (A[i] & B[i]) | (C[i] & (A[i] | B[i]));\n    end\n"
                   "  end endgenerate\nendmodule\n");
}

static void put_synthesis(qy_text *out, const run *r)
{
  static const char *const map[] = {[QY_VERIFY_LEAN] = "strash;ifraig;scorr;dc2;dc2;dch;map,-a;topo",
                                    [QY_VERIFY_FAST] = "strash;ifraig;scorr;dc2;dch;map,-B,0.9,-D,1;topo"};
  static const char *const size[] = {[QY_VERIFY_LEAN] = ";buffer,-c,-N,24;dnsize,-D,1000000;stime,-p",
                                     [QY_VERIFY_FAST] = ";buffer,-c,-N,12;upsize,-D,1;dnsize,-D,1;stime,-p"};
  /* ABC dies of a signal when it is to buffer, size or time in a library without a buffer */
  const bool has_buffer = !r->setup->cells->choice[QY_BUF].composed;
  qy_text_add(out,
              "read_verilog design.v\nhierarchy -check -top %s\nproc -norom\nflatten\nopt -full\nwreduce\npeepopt\n"
              "memory\nopt_clean\nalumacc\nmaccmap -unmap\nopt -fast\n",
              r->top);
  if (r->with_adders) qy_text_add(out, "techmap -map ripple.v\nopt -fast\ntechmap -map adders.v\n");
  qy_text_add(out,
              "techmap\nopt -fast\ndfflibmap -liberty cells.lib\nopt -fast\n"
              "abc -liberty cells.lib -script +%s%s\n"
              "splitnets -ports\nopt_clean -purge\nsetundef -zero\ntee -o area.txt stat -liberty cells.lib\n"
              "write_verilog -noattr -noexpr netlist.v\n",
              map[r->flow], has_buffer ? size[r->flow] : "");
}

static qy_status write_inputs(const run *r, const qy_circuit *circuit)
{
  qy_text design = {0}, ripple = {0}, adders = {0}, script = {0};
  const char *library = qy_arena_format(r->arena, "%s/cells.lib", r->directory);
  qy_status status = library ? qy_circuit_verilog(circuit, &design, r->err) : qy_no_memory(r->err);
  qy_text_put(&ripple, ripple_map, sizeof ripple_map - 1);
  if (r->with_adders) put_adder_map(&adders, r->setup->cells);
  put_synthesis(&script, r);
  const qy_liberty_source *cells = r->setup->liberty;
  const size_t mark = cells->length >= 3 && memcmp(cells->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* Yosys reads none */
  if (!status) status = qy_file_write(library, cells->text + mark, cells->length - mark, r->err);
  if (!status) status = tool_write(r->directory, "design.v", &design, r->arena, r->err);
  if (!status) status = tool_write(r->directory, "ripple.v", &ripple, r->arena, r->err);
  if (!status) status = tool_write(r->directory, "adders.v", &adders, r->arena, r->err);
  if (!status) status = tool_write(r->directory, "synthesis.ys", &script, r->arena, r->err);
  qy_text_free(&design);
  qy_text_free(&ripple);
  qy_text_free(&adders);
  qy_text_free(&script);
  return status;
}

/* ---- what the programs say ---- */

/* The number behind the last `key` of a text, NAN: none. */
static double number_after(const char *text, const char *key)
{
  double value = NAN;
  for (const char *at = text; (at = strstr(at, key));) {
    char *end;
    at += strlen(key);
    const double found = qy_decimal(at, &end);
    if (end != at) value = found;
  }
  return value;
}

static qy_status read_area(qy_verify_figures *f, const run *r)
{
  char *text = NULL;
  size_t length;
  const char *file = qy_arena_format(r->arena, "%s/area.txt", r->directory);
  if (!file) return qy_no_memory(r->err);
  if (access(file, R_OK) != 0) return qy_fail(r->err, QY_SYSTEM, "Yosys ended without a result for %s", r->top);
  qy_status status = qy_file_read(&text, &length, file, r->arena, r->err);
  if (status) return status;
  const char *area = strstr(text, "Chip area for"), *unknown = strstr(text, "Area for cell type ");
  area = area ? strstr(area, "': ") : NULL;
  f->cells = number_after(text, "Number of cells:");
  f->area_um2 = area ? qy_decimal(area + 3, NULL) : NAN;
  if (unknown) {
    unknown += strlen("Area for cell type ");
    return qy_fail(r->err, QY_SYSTEM, "Yosys found no cell of the library for %.*s of %s", (int)strcspn(unknown, " \n"),
                   unknown, r->top);
  }
  if (!(f->area_um2 > 0)) return qy_fail(r->err, QY_SYSTEM, "Yosys stated no area of %s", r->top);
  return QY_OK;
}

static qy_status time_by_sta(double *period_ps, const run *r)
{
  qy_text script = {0};
  qy_error ignored = {0};
  bool missing;
  const char *said, *program = r->setup->sta ? r->setup->sta : "sta";
  *period_ps = NAN;
  qy_text_add(&script,
              "read_liberty cells.lib\nread_verilog netlist.v\nlink_design %s\nset_cmd_units -time ps\n"
              "create_clock -name quarry -period %g%s\nset_input_delay 0 -clock quarry [all_inputs]\n"
              "set_output_delay 0 -clock quarry [all_outputs]\nreport_worst_slack -digits 6\nexit\n",
              r->top, CLOCK_PS, r->clocked ? " [get_ports clk]" : "");
  qy_status status = tool_write(r->directory, "timing.tcl", &script, r->arena, r->err);
  qy_text_free(&script);
  if (status) return status;
  const char *const arguments[] = {program, "-no_splash", "-exit", "timing.tcl", NULL};
  status = tool_run(&said, &missing, arguments, r->directory, r->arena, &ignored);
  if (status == QY_INTERRUPTED || status == QY_NO_MEMORY)
    return qy_fail(r->err, status, "%s", ignored.diagnostic[0].text);
  const double slack_ps = status ? NAN : number_after(said, "worst slack ");
  if (isfinite(slack_ps) && slack_ps < CLOCK_PS) *period_ps = CLOCK_PS - slack_ps;
  return QY_OK;
}

static qy_status synthesize(qy_verify_result *result, const run *r)
{
  const char *said;
  bool missing;
  const char *const arguments[] = {r->setup->yosys ? r->setup->yosys : "yosys", "-s", "synthesis.ys", NULL};
  qy_status status = tool_run(&said, &missing, arguments, r->directory, r->arena, r->err);
  if (missing) qy_fail(r->err, QY_SYSTEM, "verify needs Yosys (package yosys)");
  if (!status) status = read_area(&result->synthesis, r);
  if (!status) status = time_by_sta(&result->synthesis.period_ps, r);
  if (status) return status;
  if (isfinite(result->synthesis.period_ps)) {
    result->timed_by = "OpenSTA";
    return QY_OK;
  }
  const double logic_ps = number_after(said, "Delay = ");
  if (r->with_adders || !isfinite(logic_ps)) return QY_OK;
  result->timed_by = "ABC";
  result->synthesis.period_ps = r->setup->tech->delay_ps[QY_DFF] + logic_ps + r->setup->tech->dff_setup_ps;
  return QY_OK;
}

/* ---- the model ---- */

static qy_status price(qy_verify_figures *f, const qy_circuit *circuit, const qy_tech *tech, qy_verify_flow flow,
                       qy_error *err)
{
  const double relaxed = 1000; /* periods that count as no effort */
  qy_timing timing;
  qy_build build;
  qy_status status = qy_circuit_timing(circuit, tech, &timing, err);
  if (status) return status;
  const double shortest_ps = timing.fast_ps * (1 + 1e-9); /* it must not cost a stage by rounding */
  const double period_ps = flow == QY_VERIFY_FAST ? shortest_ps : relaxed * fmax(shortest_ps, timing.lean_ps);
  status = qy_circuit_build(circuit, tech, period_ps, &build, err);
  if (status) return status;
  f->area_um2 = build.feasible ? build.area_um2 : NAN;
  f->period_ps = flow == QY_VERIFY_FAST ? fmin(timing.fast_ps, timing.lean_ps) : timing.lean_ps;
  f->cells = flow == QY_VERIFY_FAST ? NAN : 0;
  for (size_t i = 0; flow == QY_VERIFY_LEAN && i < qy_circuit_op_count(circuit); i++) {
    qy_op_report op;
    qy_circuit_op_report(circuit, i, tech, &op);
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int k = 0; k < QY_CELL_COUNT; k++)
        f->cells += op.census.cells[g][k];
  }
  return QY_OK;
}

qy_status qy_verify(qy_verify_result *result, const qy_pe *pe, qy_verify_flow flow, const qy_verify_setup *setup,
                    qy_arena *arena, qy_error *err)
{
  assert(result && pe && pe->circuit && (unsigned)flow < QY_VERIFY_FLOWS && arena);
  assert(setup && setup->liberty && setup->cells && setup->tech);
  *result = (qy_verify_result){.synthesis = {NAN, NAN, NAN}};
  run r = {.setup = setup,
           .top = qy_circuit_name(pe->circuit),
           .clocked = qy_circuit_state_words(pe->circuit) > 0,
           .with_adders = flow == QY_VERIFY_LEAN && setup->cells->full_adder.cell,
           .flow = flow,
           .arena = arena,
           .err = err};
  qy_status status = price(&result->model, pe->circuit, setup->tech, flow, err);
  if (!status) status = qy_folder_temporary(&r.directory, "verify", arena, err);
  if (!status) status = write_inputs(&r, pe->circuit);
  if (!status) status = synthesize(result, &r);
  qy_folder_remove(r.directory);
  return status;
}

qy_status qy_verify_version(const char **text, const char *yosys, qy_arena *arena, qy_error *err)
{
  assert(text && arena);
  const char *const arguments[] = {yosys ? yosys : "yosys", "-V", NULL};
  const char *said;
  bool missing;
  *text = NULL;
  qy_status status = tool_run(&said, &missing, arguments, "/", arena, err);
  if (missing) qy_fail(err, QY_SYSTEM, "verify needs Yosys (package yosys)");
  if (status) return status;
  *text = qy_arena_text(arena, said, strcspn(said, "\n"));
  return *text ? QY_OK : qy_no_memory(err);
}
