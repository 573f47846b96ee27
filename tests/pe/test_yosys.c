/* Emitted elements synthesized by Yosys with Debian's osu018 library (qflow-tech-osu018), for small area: the census
 * counts cells without ever looking at them.  Ripple adders, full adders on the library's cell, the rest by ABC.
 * Tolerance: the census is checked to a few per cent against a better flow that also finds copies of bits; Yosys alone
 * leaves some full adders as gates and keeps copies (shift_add most), so 25 % each and 14 % on average. */
#include "quarry/pe.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static const char liberty[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

static double synthesize(const char *folder, const char *top)
{
  char command[1024], line[256] = "";
  snprintf(
      command, sizeof command,
      "yosys -q -p 'read_verilog %s/t.v; hierarchy -top %s; synth -flatten -run begin:fine; opt -fast -full; "
      "techmap -map tests/pe/yosys_adders.v -map +/techmap.v; opt -full; extract_fa -fa; "
      "techmap -map tests/pe/yosys_adders.v; opt -full; dfflibmap -liberty %s; abc -liberty %s; opt_clean; "
      "tee -o %s/stat.txt stat -liberty %s' >/dev/null 2>&1; sed -n 's/.*Chip area.*: //p' %s/stat.txt 2>/dev/null",
      folder, top, liberty, liberty, folder, liberty, folder);
  FILE *p = popen(command, "r");
  if (!p) return 0;
  if (!fgets(line, sizeof line, p)) line[0] = '\0';
  pclose(p);
  return atof(line);
}

int main(void)
{
  static const qy_pe_params row[] = {
      {.kind = QY_PE_MAC, .bits = 8},
      {.kind = QY_PE_MAC_ST, .bits = 8, .multiplier = QY_MULTIPLIER_BOOTH},
      {.kind = QY_PE_SEGLOG, .bits = 16, .output_bits = 25, .output_registers = true},
      {.kind = QY_PE_BRSLOG, .bits = 16},
      {.kind = QY_PE_SP2, .bits = 8, .weight_bits = 8},
      {.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 3, .accumulator_bits = 24},
  };
  if (access(liberty, R_OK) || system("command -v yosys >/dev/null")) {
    ok(1, "# SKIP yosys or the osu018 library is not installed");
    return done();
  }
  char folder[] = "/tmp/quarry-yosys-XXXXXX", path[64], command[64];
  if (!mkdtemp(folder)) return 1;
  snprintf(path, sizeof path, "%s/t.v", folder);
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_tech *tech = NULL;
  if (!ok(qy_tech_read(&tech, "db", "osu018", arena, &err) == QY_OK, "library reads")) return done();
  double sum = 0;
  int count = (int)(sizeof row / sizeof *row);
  for (int i = 0; i < count; i++) {
    qy_pe pe;
    qy_build build;
    qy_text text = {0};
    const char *name = "";
    bool built = qy_pe_build(&pe, &row[i], arena, &err) == QY_OK &&
                 qy_circuit_build(pe.circuit, tech, 1e7, &build, &err) == QY_OK &&
                 qy_circuit_verilog(pe.circuit, &text, &err) == QY_OK;
    if (built) name = qy_circuit_name(pe.circuit);
    FILE *f = built ? fopen(path, "w") : NULL;
    if (f) {
      fputs(text.data, f);
      fclose(f);
    }
    double area = f ? synthesize(folder, name) : 0, error = area > 0 ? build.area_um2 / area - 1 : 1;
    ok(fabs(error) < 0.25, "%s: census %.0f um2, Yosys %.0f um2: %+.1f %%", name, built ? build.area_um2 : 0, area,
       100 * error);
    sum += fabs(error);
    qy_text_free(&text);
  }
  ok(sum / count < 0.14, "mean error %.1f %%", 100 * sum / count);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  if (system(command)) printf("# %s stays\n", folder);
  qy_arena_free(arena);
  return done();
}
