/* Files of a Liberty import: whether they are one library at one corner, what is warned of, and the head of the library
 * made of them.  Each case changes the second of two good files, or the first. */
#include "quarry/liberty.h"

#include "liberty_text.h"
#include "tap.h"

enum { FILES_MOST = 10 };

static qy_arena *arena;
static qy_tech *base;
static qy_liberty_report report;
static qy_error err;

static void gates(void)
{
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
}

static void flip_flop(void)
{
  made_flip_flop("F1", 26, "W", "T", "", "S");
}

static void all(void)
{
  gates();
  flip_flop();
}

static const char *text_of(void (*cells)(void))
{
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  made_begin(out, &picos, "");
  cells();
  made_end();
  fclose(out);
  const char *kept = qy_arena_text(arena, text, length);
  free(text);
  return kept;
}

static const char *changed(const char *text, const char *from, const char *to)
{
  const char *at = from ? strstr(text, from) : NULL;
  if (!at) return text;
  return qy_arena_format(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static qy_status import(qy_tech **t, const qy_liberty_source *source, size_t count, const qy_liberty_options *options)
{
  qy_error_clear(&err);
  return qy_liberty_import(t, &report, source, count, options, arena, &err);
}

#define VOLT "nom_voltage : 2.0;"
#define WARM "nom_temperature : 30;"

static void corners(void)
{
  static const struct {
    const char *what, *from[2], *to[2]; /* in each file */
    const char *refused, *warned;       /* NULL: not at all */
  } row[] = {
      {"two files of one corner", {NULL, NULL}, {NULL, NULL}, NULL, NULL},
      {"no voltage in the second",
       {NULL, VOLT},
       {NULL, ""},
       NULL,
       "b.lib: states no voltage; taken to be at 2 V as a.lib"},
      {"no voltage in the first",
       {VOLT, NULL},
       {"", NULL},
       NULL,
       "a.lib: states no voltage; taken to be at 2 V as b.lib"},
      {"no temperature in the second",
       {NULL, WARM},
       {NULL, ""},
       NULL,
       "b.lib: states no temperature; taken to be at 30 C as a.lib"},
      {"no temperature at all",
       {WARM, WARM},
       {"", ""},
       NULL,
       "a.lib: states no temperature; taken to be at 25 C as fdsoi28"},
      {"a process in the second alone", {NULL, VOLT}, {NULL, VOLT " nom_process : 1;"}, NULL, NULL},
      {"two processes",
       {VOLT, VOLT},
       {VOLT " nom_process : 1;", VOLT " nom_process : 2;"},
       "expected nom_process 1 as in a.lib, found 2",
       NULL},
      {"two voltages",
       {NULL, VOLT},
       {NULL, "nom_voltage : 2.1;"},
       "expected nom_voltage 2 V as in a.lib, found 2.1 V",
       NULL},
      {"voltages that are nearly one", {NULL, VOLT}, {NULL, "nom_voltage : 2.000001;"}, NULL, NULL},
      {"one voltage in two units",
       {NULL, "voltage_unit : \"1V\";\n  nom_voltage : 2.0;"},
       {NULL, "voltage_unit : \"1mV\"; nom_voltage : 2000;"},
       NULL,
       NULL},
      {"conditions that say another voltage",
       {VOLT, NULL},
       {VOLT " operating_conditions (typ) { voltage : 3; temperature : 30; }", NULL},
       NULL,
       "a.lib: nom_voltage is 2 V, but that of operating_conditions \"typ\" 3 V; the first counts"},
      {"conditions that say another temperature",
       {VOLT, NULL},
       {VOLT " operating_conditions (typ) { voltage : 2; temperature : 31; }", NULL},
       NULL,
       "a.lib: nom_temperature is 30 C, but that of operating_conditions \"typ\" 31 C; the first counts"},
      {"conditions that do not count",
       {VOLT, NULL},
       {VOLT " operating_conditions (a) { voltage : 3; } operating_conditions (b) { voltage : 4; }", NULL},
       NULL,
       NULL},
      {"conditions by the default's name",
       {VOLT, NULL},
       {VOLT " operating_conditions (a) { voltage : 3; } operating_conditions (b) { voltage : 4; }\n"
             "  default_operating_conditions : b;",
        NULL},
       NULL,
       "a.lib: nom_voltage is 2 V, but that of operating_conditions \"b\" 4 V; the first counts"},
      {"conditions of two names",
       {VOLT, VOLT},
       {VOLT " operating_conditions (typ) { voltage : 2; }", VOLT " operating_conditions (fast) { voltage : 2; }"},
       NULL,
       "b.lib: operating_conditions \"fast\", in a.lib \"typ\": is that one corner?"},
      {"conditions of one name",
       {VOLT, VOLT},
       {VOLT " operating_conditions (typ) { voltage : 2; }", VOLT " operating_conditions (typ) { voltage : 2; }"},
       NULL,
       NULL},
      {"conditions in one file alone",
       {NULL, VOLT},
       {NULL, VOLT " operating_conditions (typ) { voltage : 2; }"},
       NULL,
       NULL},
      {"the coldest and hottest",
       {WARM, WARM},
       {"nom_temperature : -273;", "nom_temperature : -273;"},
       "expected a temperature from ",
       NULL},
      {"the coldest that there is", {WARM, WARM}, {"nom_temperature : -100;", "nom_temperature : -100;"}, NULL, NULL},
      {"the hottest", {WARM, WARM}, {"nom_temperature : 300;", "nom_temperature : 300;"}, NULL, NULL},
      {"hotter",
       {WARM, WARM},
       {"nom_temperature : 300.1;", "nom_temperature : 300.1;"},
       "expected a temperature from ",
       NULL},
      {"colder",
       {WARM, WARM},
       {"nom_temperature : -100.1;", "nom_temperature : -100.1;"},
       "expected a temperature from ",
       NULL},
      {"a supply below all",
       {VOLT, VOLT},
       {"nom_voltage : 0.09;", "nom_voltage : 0.09;"},
       "expected a supply from 0.1 to 10 V, found 0.09 V (0.09 by a voltage_unit of 1 V)",
       NULL},
      {"a supply above all",
       {VOLT, VOLT},
       {"nom_voltage : 10.1;", "nom_voltage : 10.1;"},
       "expected a supply from 0.1 to 10 V, found 10.1 V (10.1 by a voltage_unit of 1 V)",
       NULL},
      {"no unit of loads in the second",
       {NULL, "capacitive_load_unit (1,ff);"},
       {NULL, ""},
       "expected a capacitive_load_unit, found none",
       NULL},
      {"a cell of both",
       {NULL, "cell (F1)"},
       {NULL, "cell (K1) { area : 1; pin (P) { direction : input; capacitance : 2; } pin (Z) { direction : output; "
              "function : \"!P\"; } }\n cell (F1)"},
       NULL,
       "b.lib: 1 of its and other files' cells stand in earlier ones, too (K1 in a.lib): the first counts; are these "
       "two corners?"},
      {"cells of both, of which one's name begins the other's",
       {"cell (K3)", "cell (F1)"},
       {"cell (K1) { area : 1; }\n cell (K11) { area : 1; }\n cell (K3)",
        "cell (K1) { area : 1; }\n cell (K11) { area : 1; }\n cell (F1)"},
       NULL,
       "b.lib: 2 of its and other files' cells stand in earlier ones, too (K11 in a.lib): the first counts; are these "
       "two corners?"},
      {"a cell twice in one file", {"cell (K3)", NULL}, {"cell (K1) { area : 1; }\n cell (K3)", NULL}, NULL, NULL},
      {"a load unit of a thousandth",
       {"capacitive_load_unit (1,ff);", "capacitive_load_unit (1,ff);"},
       {"capacitive_load_unit (0.001,ff);", "capacitive_load_unit (0.001,ff);"},
       NULL,
       "an input of the NAND2 is 0.002656 fF at 4 um2, where fdsoi28 suggests "},
  };
  const char *good[] = {text_of(gates), text_of(flip_flop)};
  const qy_liberty_options options = {.name = "x", .base = base};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *text[2];
    qy_liberty_source source[2];
    qy_tech *t = NULL;
    char line[900] = "";
    for (int f = 0; f < 2; f++) {
      text[f] = changed(good[f], row[i].from[f], row[i].to[f]);
      source[f] = (qy_liberty_source){f ? "b.lib" : "a.lib", text[f], strlen(text[f])};
    }
    const qy_status status = import(&t, source, 2, &options);
    if (status) qy_diagnostic_format(&err, 0, line, sizeof line);
    if (row[i].refused) {
      ok(status == QY_BAD_INPUT && strstr(line, row[i].refused), "%s: %s", row[i].what, line);
      continue;
    }
    if (!ok(status == QY_OK, "%s %s", row[i].what, line)) continue;
    is_int((int64_t)report.warning_count, row[i].warned != NULL, row[i].what);
    for (size_t w = 0; w < report.warning_count; w++)
      ok(row[i].warned && strstr(report.warning[w], row[i].warned), "%s", report.warning[w]);
    ok(t->voltage_v == 2 && fabs(t->area_um2[QY_NAND2] - 4) < 1e-9, "the first file's cells at 2 V");
  }
}

/* Name, title, license, flavour, node and conditions. */
static void heads(void)
{
  static const struct {
    size_t files;
    const char *title, *license, *said_title, *said_license;
    double node_nm, got_nm;
    const char *area; /* of the NAND2: 4 um2 of 0.49 at 28 nm are 80 nm */
  } row[] = {
      {1, NULL, NULL, "x, imported from f0.lib", "that of f0.lib", 0, 80, NULL},
      {2, "A title", "A license", "A title", "A license", 45, 45, NULL},
      {8, NULL, NULL, "x, imported from f0.lib, f1.lib, f2.lib, f3.lib, f4.lib, f5.lib, f6.lib, f7.lib",
       "that of f0.lib, f1.lib, f2.lib, f3.lib, f4.lib, f5.lib, f6.lib, f7.lib", 0, 80, NULL},
      {10, NULL, NULL, "x, imported from f0.lib, f1.lib, f2.lib, f3.lib, f4.lib, f5.lib, f6.lib, f7.lib and 2 more",
       "that of f0.lib, f1.lib, f2.lib, f3.lib, f4.lib, f5.lib, f6.lib, f7.lib and 2 more", 0, 80, NULL},
  };
  const char *good = text_of(all), *empty = "library (more) { nom_voltage : 2; nom_temperature : 30; }";
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_liberty_source source[FILES_MOST];
    qy_tech *t = NULL;
    for (size_t f = 0; f < row[i].files; f++)
      source[f] =
          (qy_liberty_source){qy_arena_format(arena, "folder/f%zu.lib", f), f ? empty : good, strlen(f ? empty : good)};
    const qy_liberty_options options = {
        .name = "x", .title = row[i].title, .license = row[i].license, .base = base, .node_nm = row[i].node_nm};
    if (!ok(import(&t, source, row[i].files, &options) == QY_OK, "%zu files", row[i].files)) continue;
    is_text(t->name, "x", "its name");
    is_text(t->title, row[i].said_title, "its title");
    is_text(t->license, row[i].said_license, "its license");
    is_text(t->flavour, "Liberty library made", "that of the first file");
    ok(t->node_nm == row[i].got_nm && report.node_nm == row[i].got_nm && report.node_estimated == !(row[i].node_nm > 0),
       "%g nm", t->node_nm);
    ok(t->voltage_v == 2 && t->temperature_c == 30 && t->voltage_low_v == 0 && t->voltage_high_v == 0 && !t->sram_node,
       "conditions of the files, nothing of the base's process");
    ok(!qy_tech_constant(t, "voltage_law.threshold") && qy_tech_constant(t, "effort.p"), "nor its law of voltages");
  }
  /* Names of files that are no UTF-8 are shown with question marks. */
  static const struct {
    const char *file, *source;
  } name[] = {{"a\xff"
               "b.lib",
               "K3 of a?b.lib"},
              {"/x/\xc3\xa4.lib", "K3 of \xc3\xa4.lib"},
              {"\xe4.lib", "K3 of ?.lib"},
              {"\x80\x7f.lib", "K3 of ?\x7f.lib"}};
  for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
    const qy_liberty_source source = {name[i].file, good, strlen(good)};
    const qy_liberty_options options = {.name = "x", .base = base};
    qy_tech *t = NULL;
    if (ok(import(&t, &source, 1, &options) == QY_OK, "a name of a file"))
      is_text(qy_tech_constant(t, "nand2.area")->source, name[i].source, "in the sources of constants");
  }
}

/* Figures beyond what the format takes: energies, leakage and shares of the load are set to its ends and named, others
 * are refused. */
static void beyond(void)
{
  const char *good = text_of(all);
  static const struct {
    const char *from, *to, *path, *said;
    double value;
  } row[] = {
      {"cell_leakage_power : 1;", "cell_leakage_power : 1e-9;", "cells.inv.leakage", "the format's least is", 0.01},
      {"cell_leakage_power : 1;", "cell_leakage_power : 1e9;", "cells.inv.leakage", "the format's most is", 1000},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *text = changed(good, row[i].from, row[i].to);
    const qy_liberty_source source = {"x.lib", text, strlen(text)};
    const qy_liberty_options options = {.name = "x", .base = base};
    qy_tech *t = NULL;
    if (!ok(import(&t, &source, 1, &options) == QY_OK, "a figure beyond the format")) continue;
    const qy_constant *c = qy_tech_constant(t, row[i].path);
    ok(c->value == row[i].value && c->low <= c->value && c->high >= c->value && strstr(c->source, row[i].said),
       "%s is %g: %s", row[i].path, c->value, c->source);
    ok(report.clamped && strstr(report.clamped, row[i].path), "named: %s", report.clamped ? report.clamped : "-");
  }
}

int main(void)
{
  arena = qy_arena_new();
  if (!ok(qy_tech_read(&base, "db", "fdsoi28", arena, &err) == QY_OK, "base library")) return done();
  corners();
  heads();
  beyond();
  qy_arena_free(arena);
  return done();
}
