/* Verilog for FPGAs through yosys: slices and flip-flops that synth_xilinx leaves are those that are counted, on 7
 * series (DSP48E1, which takes registers and adders in) and UltraScale+ (DSP48E2, products alone).  With the argument
 * "all" every element and many packings, their values in Icarus, and all vectors: tests/slow/fpga_rtl.sh.  Needs yosys
 * and iverilog. */
#include "quarry/packing.h"
#include "quarry/pe.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;
static char folder[] = "/tmp/quarry-fpga-XXXXXX";

typedef struct netlist {
  int dsp, ff;
} netlist;

static const struct family {
  const char *name;
  qy_dsp_kind slice;
} families[] = {{"xc7", QY_DSP48E1}, {"xcup", QY_DSP48E2}};

/* What goes through yosys together, each as a module of its own: starting it takes longer than a circuit. */
enum { CASES_MAX = 400 };
static struct trial {
  const qy_circuit *c;
  char what[80];
  bool on[2];    /* family */
  bool copies;   /* of bits in registers: yosys merges those that no slice takes in */
  netlist found; /* by yosys */
} trials[CASES_MAX];
static int trial_count;

static void add_case(const qy_circuit *c, const char *what, bool xc7, bool xcup)
{
  struct trial *t = &trials[trial_count++];
  *t = (struct trial){.c = c, .on = {xc7, xcup}};
  snprintf(t->what, sizeof t->what, "%s", what);
}

static bool put_file(const char *name, const char *data)
{
  char path[64];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "w");
  if (!f) return false;
  fputs(data, f);
  return fclose(f) == 0;
}

/* All modules as t0, t1, ..., and one that holds them. */
static bool put_modules(int family)
{
  qy_text all = {0};
  for (int i = 0; i < trial_count; i++) {
    if (!trials[i].on[family]) continue;
    qy_text text = {0};
    char head[96];
    snprintf(head, sizeof head, "module %s (", qy_circuit_name(trials[i].c));
    const char *at = qy_circuit_verilog_for(trials[i].c, QY_VERILOG_FPGA, &text, NULL) ? NULL : strstr(text.data, head);
    if (!at) return false;
    qy_text_add(&all, "module t%d (%s", i, at + strlen(head));
    qy_text_free(&text);
  }
  qy_text_add(&all, "module all;\n");
  for (int i = 0; i < trial_count; i++)
    if (trials[i].on[family]) qy_text_add(&all, "  (* keep *) t%d i%d ();\n", i, i);
  qy_text_add(&all, "endmodule\n");
  bool good = !all.failed && put_file("t.v", all.data);
  qy_text_free(&all);
  return good;
}

static void synthesize(int family)
{
  char command[640], line[128], cell[64];
  int count, at = -1;
  /* Without what is read for memories and cells that none of these has: a third of the time. */
  snprintf(
      command, sizeof command,
      "yosys -q -p 'read_verilog %s/t.v; setattr -mod -set keep_hierarchy 1 t*; read_verilog -lib "
      "+/xilinx/cells_sim.v; hierarchy -check -top all; synth_xilinx -family %s -flatten -noiopad -noclkbuf -top all "
      "-run prepare:map_memory; synth_xilinx -family %s -flatten -noiopad -noclkbuf -top all -run "
      "map_ffram:map_luts; tee -q -o %s/stat stat' >/dev/null 2>&1; cat %s/stat",
      folder, families[family].name, families[family].name, folder, folder);
  for (int i = 0; i < trial_count; i++)
    trials[i].found = (netlist){-1, 0};
  FILE *p = popen(command, "r");
  while (p && fgets(line, sizeof line, p)) {
    if (sscanf(line, "=== t%d", &count) == 1 && count < trial_count) {
      at = count;
      trials[at].found.dsp = 0;
    } else if (strncmp(line, "===", 3) == 0) {
      at = -1;
    }
    if (at < 0 || sscanf(line, " %63s %d", cell, &count) != 2) continue;
    if (strncmp(cell, "DSP48", 5) == 0) trials[at].found.dsp += count;
    if (strncmp(cell, "$_DFF", 5) == 0 || strncmp(cell, "$_SDFF", 6) == 0 || strncmp(cell, "FD", 2) == 0)
      trials[at].found.ff += count;
  }
  if (p) pclose(p);
}

static netlist counted(const qy_circuit *c, qy_dsp_kind slice)
{
  qy_census census = {0};
  qy_dsp_total total;
  qy_dsp_use *use = qy_arena_alloc(arena, qy_circuit_op_count(c), sizeof *use);
  if (!use || qy_circuit_dsp(use, &total, c, slice, QY_TOOLCHAIN_ABC, NULL)) return (netlist){-2, 0};
  qy_circuit_census(c, &census);
  netlist n = {total.slices, -total.ff};
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    n.ff += (int)census.cells[g][QY_DFF];
  return n;
}

static void check_all(void)
{
  for (int f = 0; f < 2; f++) {
    if (!ok(put_modules(f), "modules for %s", families[f].name)) continue;
    synthesize(f);
    for (int i = 0; i < trial_count; i++) {
      const struct trial *t = &trials[i];
      if (!t->on[f]) continue;
      netlist got = counted(t->c, families[f].slice);
      bool copies = t->copies && f == 1;
      ok(got.dsp == t->found.dsp && (copies ? got.ff >= t->found.ff : got.ff == t->found.ff),
         "%s, %s: %d slices and %d flip-flops, yosys %d and %d", t->what, families[f].name, got.dsp, got.ff,
         t->found.dsp, t->found.ff);
    }
  }
}

/* ---- small circuits around a product */

static qy_net stored(qy_circuit *c, const char *name, qy_net data)
{
  qy_net r = qy_register(c, name, qy_net_width(c, data), -1);
  qy_register_connect(c, r, data);
  return r;
}

static qy_net operand(qy_circuit *c, const char *name, int width)
{
  char reg[32];
  snprintf(reg, sizeof reg, "r%s", name);
  return stored(c, reg, qy_input(c, name, width));
}

static qy_net times(qy_circuit *c, qy_net a, qy_net b, bool is_signed)
{
  return qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, is_signed);
}

static void wide(qy_circuit *c)
{
  qy_output(c, "y", stored(c, "ry", times(c, operand(c, "a", 18), operand(c, "b", 27), false)));
}

static void pre_adder(qy_circuit *c)
{
  qy_net sum = qy_add(c, operand(c, "a", 8), operand(c, "d", 8), 9, true);
  qy_output(c, "y", stored(c, "ry", times(c, sum, operand(c, "b", 8), true)));
}

static void pre_adder_stored(qy_circuit *c)
{
  qy_net sum = stored(c, "rs", qy_add(c, operand(c, "a", 8), operand(c, "d", 8), 9, true));
  qy_output(c, "y", stored(c, "ry", times(c, sum, operand(c, "b", 8), true)));
}

static void nobody_reads(qy_circuit *c)
{
  qy_net a = operand(c, "a", 8), b = operand(c, "b", 8);
  stored(c, "rz", times(c, a, b, true));
  qy_output(c, "y", stored(c, "ry", qy_add(c, a, b, 9, true)));
}

static void post_adder(qy_circuit *c)
{
  qy_net product = times(c, operand(c, "a", 8), operand(c, "b", 8), true);
  qy_output(c, "y", stored(c, "ry", qy_add(c, operand(c, "z", 24), product, 24, true)));
}

static void difference(qy_circuit *c)
{
  qy_net product = times(c, operand(c, "a", 8), operand(c, "b", 8), true);
  qy_output(c, "y", stored(c, "ry", qy_subtract(c, operand(c, "z", 24), product, 24, true)));
}

static void two_stages(qy_circuit *c)
{
  qy_net a = stored(c, "a2", operand(c, "a", 8)), b = stored(c, "b2", operand(c, "b", 8));
  qy_output(c, "y", stored(c, "ry", stored(c, "rm", times(c, a, b, true))));
}

static void seen_outside(qy_circuit *c)
{
  qy_net a = operand(c, "a", 8), product = times(c, a, operand(c, "b", 8), true);
  qy_output(c, "y", stored(c, "ry", product));
  qy_output(c, "z", product);
  qy_output(c, "x", a);
}

static void constant_factor(qy_circuit *c)
{
  qy_output(c, "y", stored(c, "ry", times(c, operand(c, "a", 8), qy_constant_word(c, 93, 8), true)));
}

static void three_products(qy_circuit *c)
{
  qy_net sum = -1;
  for (int i = 0; i < 3; i++) {
    char name[2][16];
    snprintf(name[0], sizeof name[0], "a%d", i);
    snprintf(name[1], sizeof name[1], "b%d", i);
    qy_net product = times(c, operand(c, name[0], 8), operand(c, name[1], 8), false);
    sum = sum < 0 ? product : qy_add(c, sum, product, 18, false);
  }
  qy_net acc = qy_register(c, "acc", 24, -1);
  qy_register_connect(c, acc, qy_add(c, acc, sum, 24, false));
  qy_output(c, "y", acc);
}

static void wide_sum(qy_circuit *c)
{
  qy_net acc = qy_register(c, "acc", 48, -1), clear = operand(c, "clear", 1);
  qy_net choice[2] = {acc, qy_constant_word(c, 0, 48)},
         product = times(c, operand(c, "a", 20), operand(c, "b", 20), true);
  qy_register_connect(c, acc, qy_add(c, qy_mux(c, clear, choice, 2), product, 48, true));
  qy_output(c, "y", acc);
}

static const struct around {
  const char *name;
  void (*make)(qy_circuit *c);
} around[] = {{"wide", wide},
              {"pre_adder", pre_adder},
              {"pre_adder_stored", pre_adder_stored},
              {"nobody_reads", nobody_reads},
              {"post_adder", post_adder},
              {"difference", difference},
              {"two_stages", two_stages},
              {"seen_outside", seen_outside},
              {"constant_factor", constant_factor},
              {"three_products", three_products},
              {"wide_sum", wide_sum}};

/* ---- elements and packings */

static void check_element(const char *what, qy_pe_params params)
{
  qy_pe pe;
  if (ok(!qy_pe_build(&pe, &params, arena, NULL), "%s is built", what)) add_case(pe.circuit, what, true, true);
}

static void check_elements(bool all)
{
  for (int kind = 0; all && kind < QY_PE_KIND_COUNT; kind++)
    check_element(qy_pe_row_of((qy_pe_kind)kind)->name, qy_pe_default((qy_pe_kind)kind));
  check_element("mul 16", (qy_pe_params){.kind = QY_PE_MUL, .bits = 16, .input_registers = 1, .output_registers = 1});
  check_element("mac 8", (qy_pe_params){.kind = QY_PE_MAC, .bits = 8, .input_registers = 1});
  check_element("Booth mac 16", (qy_pe_params){.kind = QY_PE_MAC, .bits = 16, .multiplier = QY_MULTIPLIER_BOOTH});
  check_element("mac 4", (qy_pe_params){.kind = QY_PE_MAC, .bits = 4, .input_registers = 1});
}

static bool simulates(const qy_circuit *c, const qy_packing *p)
{
  char command[256];
  qy_text text = {0};
  qy_packing_player player = {p, 5};
  bool good = !qy_circuit_verilog_for(c, QY_VERILOG_FPGA, &text, NULL) &&
              !qy_circuit_testbench(c, qy_packing_play, &player, 200, &text, NULL) && put_file("p.v", text.data);
  snprintf(command, sizeof command, "iverilog -o %s/t %s/p.v && %s/t | grep -q '^PASS 200'", folder, folder, folder);
  good = good && system(command) == 0;
  qy_text_free(&text);
  return good;
}

static int proof_bits; /* of placements; 0: tests/circuit/test_packing.c does */

static void check_packing(int weights, int activations, bool activation_signed, int kernel, int sums, int slice)
{
  qy_packing_ask ask = {weights,         activations,       true, activation_signed, kernel, sums, kernel > 1 ? 4 : 0,
                        QY_PACKING_AUTO, (qy_dsp_kind)slice};
  qy_packing p;
  qy_circuit *c;
  char what[64];
  if (qy_packing_find(&p, &ask, NULL)) return;
  snprintf(what, sizeof what, "%d x %d bits, %s activations, kernel %d, %d sums, %s", weights, activations,
           activation_signed ? "signed" : "unsigned", kernel, sums, qy_dsp_kind_names[slice]);
  if (!ok(!qy_packing_circuit(&c, &p, "packing", arena, NULL) && simulates(c, &p), "%s: in Icarus", what)) return;
  is_int(counted(c, ask.slice).dsp, 1, "one slice is counted");
  if (proof_bits > 0) {
    qy_packing_proof proof = qy_packing_prove(&p, proof_bits);
    ok(proof.exact, "%s: %lld vectors", what, (long long)proof.vectors);
  }
  add_case(c, what, slice == QY_DSP48E1, slice != QY_DSP48E1);
  trials[trial_count - 1].copies = true;
}

static void check_packings(bool all)
{
  if (!all) {
    check_packing(8, 8, true, 1, 7, QY_DSP48E2);
    check_packing(4, 5, false, 1, 1, QY_DSP48E1);
    check_packing(4, 4, true, 1, 4, QY_DSP48E1);
    check_packing(4, 4, true, 3, 1, QY_DSP48E2);
    check_packing(8, 7, false, 3, 2, QY_DSP48E1);
    return;
  }
  proof_bits = 24;
  for (int w = 2; w <= 8; w++)
    for (int a = 2; a <= 8; a++)
      for (int kernel = 1; kernel <= 5; kernel += 2)
        check_packing(w, a, (w + a + kernel / 2) % 2, kernel, 1 + 3 * (a % 2), w % 2 ? QY_DSP48E1 : QY_DSP48E2);
}

int main(int argc, char **argv)
{
  bool all = argc > 1 && strcmp(argv[1], "all") == 0;
  if (system("command -v yosys iverilog >/dev/null")) {
    ok(1, "# SKIP yosys or iverilog is not installed");
    return done();
  }
  if (!mkdtemp(folder)) return 1;
  arena = qy_arena_new();
  for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
    qy_circuit *c = qy_circuit_new(around[i].name, arena);
    around[i].make(c);
    if (ok(!qy_circuit_finish(c, NULL), "%s is built", around[i].name)) add_case(c, around[i].name, true, true);
  }
  check_elements(all);
  check_packings(all);
  check_all();
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  if (system(command)) printf("# %s stays\n", folder);
  qy_arena_free(arena);
  return done();
}
