/* Verification with programs of our own in the place of Yosys and OpenSTA: what they are given, what is taken of
 * what they say, and how they may fail.
 *
 * Oracles: verify.h; the programs say numbers chosen here.
 */
#include "../../src/validate/verify_tool.h"
#include "../files.h"
#include "quarry/verify.h"
#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>

static qy_arena *arena;
static char folder[] = "/tmp/quarry-verify-XXXXXX";
static qy_tech *tech;
static qy_pe pe;

/* A program of this name, whose text is shell; its path. */
static const char *program(const char *name, const char *text)
{
  const char *file = qy_arena_format(arena, "%s/%s", folder, name);
  const char *whole = qy_arena_format(arena, "#!/bin/sh\n%s\n", text);
  if (!file || !whole || !write_file(file, whole) || chmod(file, 0700)) exit(1);
  return file;
}

/* A file that Yosys was given, kept by our program. */
static const char *given(const char *name)
{
  char *text = NULL;
  size_t length;
  const char *file = qy_arena_format(arena, "%s/seen/%s", folder, name);
  FILE *in = file ? fopen(file, "r") : NULL;
  FILE *out = open_memstream(&text, &length);
  for (int c; in && (c = fgetc(in)) != EOF;)
    fputc(c, out);
  fclose(out);
  if (in) fclose(in);
  const char *kept = qy_arena_text(arena, text, length);
  free(text);
  return kept;
}

#define KEEP     "rm -rf $(dirname $0)/seen; cp -r . $(dirname $0)/seen\n"
#define AREA     "echo \"Number of cells:     7\nNumber of cells:   33\nChip area for module '\\x': 1234.5\" >area.txt\n"
#define DELAY    "echo 'Delay = 111.0 ps'; echo 'ABC: Delay = 222.5 ps Area'\n"
#define NO_SLACK "exit 1"

typedef struct outcome {
  qy_verify_result r;
  qy_error err;
  qy_status status;
} outcome;

static qy_liberty_report cells_of(bool adders, bool halves, bool buffer)
{
  qy_liberty_report cells = {.cells = 3};
  if (adders) cells.full_adder = (qy_liberty_adder){"FAX", {"A", "B", "CI"}, "S", "CO"};
  if (halves) cells.half_adder = (qy_liberty_adder){"HAX", {"P", "Q", NULL}, "SUM", "UP"};
  cells.choice[QY_BUF].composed = !buffer;
  return cells;
}

static outcome verify(const char *yosys, const char *sta, qy_verify_flow flow, const qy_liberty_report *cells,
                      const char *library)
{
  outcome o = {.status = QY_OK};
  const qy_liberty_source source = {"l.lib", library, strlen(library)};
  const qy_verify_setup setup = {.liberty = &source, .cells = cells, .tech = tech, .yosys = yosys, .sta = sta};
  o.status = qy_verify(&o.r, &pe, flow, &setup, arena, &o.err);
  return o;
}

static void texts(void)
{
  const char *yosys = program("yosys", KEEP AREA DELAY), *sta = program("sta", NO_SLACK);
  for (int adders = 0; adders < 2; adders++)
    for (int flow = 0; flow < QY_VERIFY_FLOWS; flow++)
      for (int buffer = 0; buffer < 2; buffer++) {
        const qy_liberty_report cells = cells_of(adders, adders, buffer);
        const outcome o = verify(yosys, sta, (qy_verify_flow)flow, &cells, "library {}\n");
        if (!is_int(o.status, QY_OK, "synthesized")) continue;
        const char *script = given("synthesis.ys");
        const bool mapped = adders && flow == QY_VERIFY_LEAN;
        ok(!strstr(script, "techmap -map adders.v") == !mapped, "adder cells where there are some, and lean");
        ok(!strstr(given("adders.v"), "FAX") == !mapped, "and only then they are named");
        ok(!strstr(script, flow ? ";upsize,-D,1;" : ";dnsize,-D,1000000;") == !buffer, "sizes where there are buffers");
        ok(strstr(script, flow ? "dch;map,-B,0.9,-D,1;topo" : "dc2;dc2;dch;map,-a;topo") != NULL,
           "by the flow's script");
        const char *top = qy_arena_format(arena, "hierarchy -check -top %s\n", qy_circuit_name(pe.circuit));
        ok(strstr(script, top) != NULL, "of the element");
        ok(strstr(given("design.v"), "module ") && strstr(given("ripple.v"), "qy_ripple"), "its Verilog, sums by bits");
      }
  const qy_liberty_report full = cells_of(true, false, true), both = cells_of(true, true, true);
  is_int(verify(yosys, sta, QY_VERIFY_LEAN, &full, "x").status, QY_OK, "a library of full adders alone");
  const char *map = given("adders.v");
  ok(strstr(map, "if (!mA[i] && !mB[i] && !mC[i]) \\FAX cell_ (.\\A (A[i]), .\\B (B[i]), .\\CI (C[i]), .\\CO (X[i]), "
                 ".\\S (Y[i]));\n    else begin") != NULL,
     "where all inputs vary a full adder, else gates");
  is_int(verify(yosys, sta, QY_VERIFY_LEAN, &both, "\xef\xbb\xbflibrary (x) {}\n").status, QY_OK, "and of half adders");
  map = given("adders.v");
  static const char third[] = "ABC", *const pair[] = {"BC", "AC", "AB"};
  for (int i = 0; i < 3; i++) {
    const char x = pair[i][0], y = pair[i][1];
    const char *line = qy_arena_format(arena,
                                       "    else if (!m%c[i] && !m%c[i] && m%c[i] && !v%c[i]) \\HAX cell_ (.\\P "
                                       "(%c[i]), .\\Q (%c[i]), .\\UP (X[i]), .\\SUM (Y[i]));\n",
                                       x, y, third[i], third[i], x, y);
    ok(strstr(map, line) != NULL, "where %c is 0 a half adder", third[i]);
  }
  ok(strstr(map, "parameter _TECHMAP_CONSTMSK_C_ = 0; parameter _TECHMAP_CONSTVAL_C_ = 0;\n") &&
         strstr(map, "localparam [WIDTH-1:0] mC = _TECHMAP_CONSTMSK_C_, vC = _TECHMAP_CONSTVAL_C_;\n"),
     "inputs that are constants");
  is_text(given("cells.lib"), "library (x) {}\n", "the library without its mark of a byte order");
  static const char *const short_ones[] = {"", "x", "\xef\xbb", "\xef\xbb\xbe", "y\xbb\xbf"};
  for (size_t i = 0; i < sizeof short_ones / sizeof *short_ones; i++) {
    is_int(verify(yosys, sta, QY_VERIFY_LEAN, &full, short_ones[i]).status, QY_OK, "a library that is no text");
    is_text(given("cells.lib"), short_ones[i], "is given as it is");
  }
}

static void numbers(void)
{
  const qy_liberty_report cells = cells_of(true, true, true), plain = cells_of(false, false, true);
  const char *yosys = program("yosys", KEEP AREA DELAY), *none = program("none", NO_SLACK);
  const char *sta =
      program("sta", "cp timing.tcl $(dirname $0)/seen; echo 'worst slack 1.0'; echo 'worst slack -250.25'");
  outcome o = verify(yosys, sta, QY_VERIFY_LEAN, &cells, "x");
  ok(o.r.synthesis.area_um2 == 1234.5 && o.r.synthesis.cells == 33, "area and the last number of cells: %g, %g",
     o.r.synthesis.area_um2, o.r.synthesis.cells);
  near_abs(o.r.synthesis.period_ps, 1250.25, 1e-9, "a clock of 1000 ps less the last slack");
  is_text(o.r.timed_by, "OpenSTA", "by OpenSTA");
  const char *timing = given("timing.tcl");
  ok(strstr(timing, "create_clock -name quarry -period 1000 [get_ports clk]\n") &&
         strstr(timing, "read_liberty cells.lib\nread_verilog netlist.v\nlink_design "),
     "which is given the clock");
  o = verify(yosys, program("late", "echo 'worst slack 1000'"), QY_VERIFY_FAST, &cells, "x");
  ok(o.status == QY_OK && o.r.timed_by && strcmp(o.r.timed_by, "ABC") == 0, "a slack of all the clock is no path");
  near_abs(o.r.synthesis.period_ps, tech->delay_ps[QY_DFF] + 222.5 + tech->dff_setup_ps, 1e-9,
           "ABC's last delay, clock to output and set-up");
  o = verify(yosys, none, QY_VERIFY_LEAN, &cells, "x");
  ok(o.status == QY_OK && !o.r.timed_by && isnan(o.r.synthesis.period_ps), "adder cells ABC has not seen");
  o = verify(yosys, none, QY_VERIFY_LEAN, &plain, "x");
  ok(o.r.timed_by && strcmp(o.r.timed_by, "ABC") == 0, "lean without adder cells it has");
  o = verify(program("quiet", AREA), none, QY_VERIFY_FAST, &cells, "x");
  ok(o.status == QY_OK && !o.r.timed_by && o.r.synthesis.area_um2 == 1234.5, "nothing said of delays");
  o = verify(yosys, "/no/such/program", QY_VERIFY_FAST, &cells, "x");
  ok(o.status == QY_OK && strcmp(o.r.timed_by, "ABC") == 0, "no OpenSTA");

  /* the model: lean by its cells, fast at its shortest period */
  qy_timing t;
  qy_build b;
  qy_census census;
  double count = 0;
  qy_circuit_timing(pe.circuit, tech, &t, NULL);
  qy_circuit_build(pe.circuit, tech, 1e9, &b, NULL);
  qy_circuit_census_in(pe.circuit, tech, &census);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    for (int k = 0; k < QY_CELL_COUNT; k++)
      count += census.cells[g][k];
  o = verify(yosys, none, QY_VERIFY_LEAN, &cells, "x");
  near_rel(o.r.model.area_um2, b.area_um2, 1e-6, "the model's area without effort");
  near_rel(o.r.model.cells, count, 1e-9, "its cells");
  near_rel(o.r.model.period_ps, t.lean_ps, 1e-12, "its lean path");
  o = verify(yosys, none, QY_VERIFY_FAST, &cells, "x");
  qy_circuit_build(pe.circuit, tech, t.fast_ps * (1 + 1e-9), &b, NULL);
  near_rel(o.r.model.area_um2, b.area_um2, 1e-9, "at its shortest period");
  near_rel(o.r.model.period_ps, fmin(t.fast_ps, t.lean_ps), 1e-12, "which it is");
  ok(isnan(o.r.model.cells), "of how many cells is not said");
}

static void failures(void)
{
  static const struct {
    const char *text;
    qy_status status;
    const char *said;
  } row[] = {
      {"echo first; echo 'ERROR: no such cell'; echo last; exit 3", QY_SYSTEM,
       "ended with code 3: ERROR: no such cell"},
      {"echo first; echo; echo last; echo; exit 1", QY_SYSTEM, "ended with code 1: last"},
      {"echo 'Error: a'; echo 'an error: b'; exit 1", QY_SYSTEM, "ended with code 1: an error: b"},
      {"exit 9", QY_SYSTEM, "ended with code 9"},
      {"kill -9 $$", QY_SYSTEM, "was ended by signal 9"},
      {"kill -2 $$", QY_INTERRUPTED, "was interrupted"},
      {"true", QY_SYSTEM, "Yosys ended without a result for "},
      {"echo 'Chip area for module: none' >area.txt; echo y", QY_SYSTEM, "Yosys stated no area of "},
      {"echo \"Chip area for module 'x': 0\" >area.txt; echo y", QY_SYSTEM, "Yosys stated no area of "},
      {"echo \"Chip area for module 'x': 0.25\" >area.txt", QY_OK, ""},
      {"echo \"Area for cell type \\$_DFF_ is unknown!\nChip area for module 'x': 5\" >area.txt; echo y", QY_SYSTEM,
       "Yosys found no cell of the library for $_DFF_ of "},
  };
  const qy_liberty_report cells = cells_of(true, true, true);
  const char *none = program("none", NO_SLACK);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const outcome o = verify(program("yosys", row[i].text), none, QY_VERIFY_LEAN, &cells, "x");
    const char *text = o.err.count ? o.err.diagnostic[0].text : "";
    ok(o.status == row[i].status && strstr(text, row[i].said), "%s", text);
  }
  outcome o = verify("/no/such/program", none, QY_VERIFY_LEAN, &cells, "x");
  ok(o.status == QY_SYSTEM && strstr(o.err.diagnostic[o.err.count - 1].text, "verify needs Yosys (package yosys)"),
     "no Yosys: %s", o.err.diagnostic[o.err.count - 1].text);
  o = verify(program("yosys", AREA), program("sta", "kill -2 $$"), QY_VERIFY_LEAN, &cells, "x");
  is_int(o.status, QY_INTERRUPTED, "OpenSTA interrupted");
  const char *said = NULL;
  qy_error err = {0};
  is_int(qy_verify_version(&said, program("yosys", "echo \"Yosys 9 $1\"; echo more"), arena, &err), QY_OK, "a version");
  is_text(said, "Yosys 9 -V", "is its first line");
  ok(qy_verify_version(&said, "/no/such/program", arena, &err) == QY_SYSTEM && !said, "of none there is none");
}

/* A program's end of what it says is kept, however much that is; it has nothing to read and stands in its folder. */
static void tools(void)
{
  const char *said;
  bool missing = true;
  qy_error err = {0};
  const char *loud = program("loud", "i=0; while [ $i -lt 90 ]; do head -c 65536 /dev/zero | tr '\\0' 'x'; i=$((i+1)); "
                                     "done; echo; echo 'the end' >&2");
  const char *const arguments[] = {loud, NULL};
  is_int(tool_run(&said, &missing, arguments, folder, arena, &err), QY_OK, "a program that says much");
  const size_t length = strlen(said);
  ok(!missing && length > 1000000 && length <= 4u << 20 && strcmp(said + length - 8, "the end\n") == 0,
     "its last megabytes: %zu bytes", length);
  const char *const grows[] = {
      program("grows",
              "printf first; sleep 0.03; head -c 5000 /dev/zero | tr '\\0' 'x'; sleep 0.03; head -c 60000 /dev/zero "
              "| tr '\\0' 'y'"),
      NULL};
  is_int(tool_run(&said, &missing, grows, folder, arena, &err), QY_OK, "a program that says more and more");
  ok(strlen(said) == 65005 && strncmp(said, "firstx", 6) == 0, "all of it is kept: %zu bytes", strlen(said));
  const char *const where[] = {program("where", "pwd; cat; echo $1-$2"), "a", "b c", NULL};
  is_int(tool_run(&said, &missing, where, folder, arena, &err), QY_OK, "a program in its folder");
  is_text(said, qy_arena_format(arena, "%s\na-b c\n", folder), "with its arguments, and nothing to read");
  qy_text text = {0};
  qy_text_add(&text, "12 %d\n", 3);
  is_int(tool_write(folder, "written", &text, arena, &err), QY_OK, "a file");
  const char *file = qy_arena_format(arena, "%s/written", folder);
  char got[16] = "";
  FILE *in = fopen(file, "r");
  ok(in && fgets(got, sizeof got, in) && strcmp(got, "12 3\n") == 0, "of the text");
  if (in) fclose(in);
  qy_text_free(&text);
  ok(tool_write("/no/such/folder", "x", &text, arena, &err) != QY_OK, "no folder");
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  qy_pe_params params = qy_pe_default((qy_pe_kind)qy_pe_find("mac"));
  if (!mkdtemp(folder) || qy_pe_set(&params, "bits", "3", &err) || qy_pe_build(&pe, &params, arena, &err) ||
      qy_tech_read(&tech, "db", "lp55", arena, &err))
    return 1;
  texts();
  numbers();
  failures();
  tools();
  const char *command = qy_arena_format(arena, "rm -r %s", folder);
  if (system(command)) printf("# %s is left\n", folder);
  qy_arena_free(arena);
  return done();
}
