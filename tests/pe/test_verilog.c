/* Every element's Verilog passes its own test bench in Icarus Verilog, and all modules lint clean in Verilator.  With
 * the argument "all" on more vectors: tests/slow/fpga_rtl.sh. */
#include "quarry/pe.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/quarry-pe-XXXXXX";
static int cycles; /* vectors in each mode */

/* First line a command prints. */
static void first_line(const char *command, char *line, int size)
{
  FILE *p = popen(command, "r");
  line[0] = '\0';
  if (!p) return;
  if (!fgets(line, size, p)) line[0] = '\0';
  line[strcspn(line, "\n")] = '\0';
  pclose(p);
}

static bool write_file(const char *path, const char *text)
{
  FILE *f = fopen(path, "w");
  bool good = f && fputs(text, f) >= 0;
  if (f) good = fclose(f) == 0 && good;
  return good;
}

static qy_text modules; /* all of them, for one run of Verilator: starting it takes longest */
static int module_count;

/* The module under a name of its own. */
static bool add_module(const char *text, const char *name)
{
  char head[96];
  snprintf(head, sizeof head, "module %s (", name);
  const char *at = strstr(text, head);
  if (at) qy_text_add(&modules, "%.*smodule m%d (%s", (int)(at - text), text, module_count++, at + strlen(head));
  return at != NULL;
}

static void lint_all(void)
{
  char path[128], command[256], line[256];
  snprintf(path, sizeof path, "%s/all.v", folder);
  ok(!modules.failed && modules.data && write_file(path, modules.data), "%d modules in one file", module_count);
  snprintf(command, sizeof command,
           "cd %s && verilator --lint-only -Wall -Wno-MULTITOP all.v 2>&1 | grep '^%%' | head -1", folder);
  first_line(command, line, sizeof line);
  is_text(line, "", "Verilator has nothing to say of them");
  snprintf(command, sizeof command,
           "cd %s && verilator --xml-only --xml-output all.xml -Wno-MULTITOP all.v 2>&1 && grep -c '<module ' all.xml",
           folder);
  first_line(command, line, sizeof line);
  is_int(atoi(line), module_count, "and has read them all");
  qy_text_free(&modules);
}

static void check(int i, qy_pe_params params)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  qy_text module = {0}, text = {0};
  const char *name = qy_pe_row_of(params.kind)->name;
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = cycles;
  bool built = qy_pe_build(&pe, &params, arena, &err) == QY_OK &&
               qy_circuit_verilog(pe.circuit, &module, &err) == QY_OK &&
               qy_pe_testbench(&pe, &stimulus, QY_VERILOG_CELLS, &text, &err) == QY_OK;
  char path[128], command[512], line[256], want[64], what[128];
  if (built) {
    snprintf(path, sizeof path, "%s/e%d.v", folder, i);
    ok(write_file(path, text.data) && add_module(module.data, qy_circuit_name(pe.circuit)), "%s (%d): files", name, i);
    snprintf(command, sizeof command, "cd %s && iverilog -g2001 -o e%d.vvp e%d.v 2>&1 && vvp -n e%d.vvp 2>&1", folder,
             i, i, i);
    first_line(command, line, sizeof line);
    /* narrower operands of a mac at both sides unless one is asked for */
    const bool both = params.kind == QY_PE_MAC && params.operands_at == QY_PE_AT_BEST;
    snprintf(want, sizeof want, "PASS %d vectors", cycles * (both ? 2 * pe.mode_count - 1 : pe.mode_count));
    snprintf(what, sizeof what, "%s (%d): Icarus agrees", name, i);
    is_text(line, want, what);
  } else {
    ok(0, "%s (%d) builds: %s", name, i, err.count ? err.diagnostic[0].text : "files");
  }
  qy_text_free(&module);
  qy_text_free(&text);
  qy_arena_free(arena);
}

int main(int argc, char **argv)
{
  cycles = argc > 1 && strcmp(argv[1], "all") == 0 ? 3000 : 100;
  static const qy_pe_params row[] = {
      {.kind = QY_PE_MAC, .bits = 8},
      {.kind = QY_PE_MAC, .bits = 16, .multiplier = QY_MULTIPLIER_BOOTH, .input_registers = true},
      {.kind = QY_PE_MAC, .bits = 16, .weight_bits = 5},
      {.kind = QY_PE_MAC, .bits = 16, .operands_at = QY_PE_AT_LEFT},
      {.kind = QY_PE_MAC, .bits = 12, .multiplier = QY_MULTIPLIER_BOOTH, .operands_at = QY_PE_AT_LEFT},
      {.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 16, .operands_at = QY_PE_AT_RIGHT},
      {.kind = QY_PE_MAC_ST, .bits = 16},
      {.kind = QY_PE_MAC_ST, .bits = 16, .multiplier = QY_MULTIPLIER_BOOTH, .input_registers = true},
      {.kind = QY_PE_MAC_ST, .bits = 4},
      {.kind = QY_PE_MAC_SA, .bits = 16},
      {.kind = QY_PE_MAC_SA, .bits = 8, .multiplier = QY_MULTIPLIER_BOOTH},
      {.kind = QY_PE_MUL, .bits = 16, .multiplier = QY_MULTIPLIER_BOOTH, .output_registers = true},
      {.kind = QY_PE_MAC_DC, .bits = 16},
      {.kind = QY_PE_MAC_DC, .bits = 8, .multiplier = QY_MULTIPLIER_BOOTH},
      {.kind = QY_PE_SERIAL, .bits = 8},
      {.kind = QY_PE_SEGLOG, .bits = 16, .output_bits = 17},
      {.kind = QY_PE_SEGLOG, .bits = 16, .root = 3, .accumulator_bits = 40, .input_registers = true},
      {.kind = QY_PE_BRSLOG, .bits = 16, .root = 4},
      {.kind = QY_PE_BRSLOG, .bits = 16, .splits = 8, .output_bits = 25, .output_registers = true},
      {.kind = QY_PE_POT, .bits = 8},
      {.kind = QY_PE_POT, .bits = 8, .output_bits = 10},
      {.kind = QY_PE_SP2, .bits = 8},
      {.kind = QY_PE_SP2, .bits = 8, .weight_bits = 8, .accumulator_bits = 32},
      {.kind = QY_PE_LIGHTPE, .bits = 8},
      {.kind = QY_PE_LIGHTPE, .bits = 8, .terms = 2, .accumulator_bits = 24},
      {.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 3},
      {.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 2, .m_odd = true, .accumulator_bits = 24},
      {.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 4, .shared = true},
      {.kind = QY_PE_MULTIPLES, .bits = 8, .m_bits = 4},
      {.kind = QY_PE_COMPOSED, .bits = 8, .group = 4, .units = 2},
      {.kind = QY_PE_COMPOSED, .bits = 16, .sharing = QY_PE_SHARE_INPUTS, .input_registers = true},
      {.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_HYBRID, .unsigned_operands = true},
      {.kind = QY_PE_COMPOSED, .bits = 16, .subword = true, .unsigned_operands = true},
      {.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_INPUTS, .separate_sums = true, .units = 2},
      {.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_HYBRID, .separate_sums = true},
      {.kind = QY_PE_COMPOSED, .bits = 8, .subword = true, .sharing = QY_PE_SHARE_INPUTS, .units = 3},
  };
  if (!mkdtemp(folder)) return 1;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    check((int)i, row[i]);
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) { /* all there are */
    qy_pe_params params = qy_pe_default((qy_pe_kind)kind);
    params.bits = 8;
    check((int)(sizeof row / sizeof *row) + kind, params);
  }
  lint_all();
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  if (system(command)) printf("# %s stays\n", folder);
  return done();
}
