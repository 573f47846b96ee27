/* Ways in which Liberty files of the world differ from the made-up library: each is that library with one change, and
 * what the NAND2 of the import must then be.  Unchanged it has 4 um2, pins of 2.5 and 2.8125 fF, 2 nW, and at 8 fF and
 * 13 ps 28.5 ps and 4 fJ. */
#include "quarry/liberty.h"

#include "liberty_text.h"
#include "tap.h"

static qy_arena *arena;
static qy_tech *base;
static qy_liberty_report report;

#define NAND "cell (K3) {\n    area : 4;\n    cell_leakage_power : 2;\n"
#define POWER                                                                                                          \
  "internal_power () {\n      rise_power (plane) {\n        values (\"3.25, 3.25\", \\\n          \"5.25, 5.25\");\n"
#define RAILS "    pg_pin (up) { pg_type : primary_power; }\n    pg_pin (down) { pg_type : primary_ground; }\n"

static const struct {
  const char *what, *from, *to;
  double leakage_nw, energy_fj; /* 0: as before */
  const char *message, *note;   /* message: refused; note: of the NAND2, or of the kind that `kind` names */
  qy_cell kind;
} cases[] = {
    {"nothing changed", "", "", 0, 0, NULL, NULL, QY_NAND2},
    {"a byte order mark", "/* made up */", "\xef\xbb\xbf/* made up */", 0, 0, NULL, NULL, QY_NAND2},
    {"a quoted load unit", "(1,ff)", "(\"1\", \"fF\")", 0, 0, NULL, NULL, QY_NAND2},
    {"a load unit with blanks in quotes", "(1,ff)", "(\" 1 \",\" ff \")", 0, 0, NULL, NULL, QY_NAND2},
    {"a ground named by its type", NAND,
     "cell (K3) {\n    area : 4;\n" RAILS "    leakage_power () { related_pg_pin : up; when : \"P\"; value : 2.5; }\n"
     "    leakage_power () { related_pg_pin : down; when : \"P\"; value : 0; }\n"
     "    leakage_power () { related_pg_pin : up; when : \"!P\"; value : 1.5; }\n"
     "    leakage_power () { related_pg_pin : down; when : \"!P\"; value : 0; }\n",
     2, 0, NULL, NULL, QY_NAND2},
    {"a supply with the name of a ground", NAND,
     "cell (K3) {\n    area : 4;\n    pg_pin (VSS) { pg_type : primary_power; }\n"
     "    leakage_power () { related_pg_pin : VSS; value : 3; }\n",
     3, 0, NULL, NULL, QY_NAND2},
    {"names tell no types: both are supplies", NAND,
     "cell (K3) {\n    area : 4;\n    leakage_power () { related_pg_pin : VDD; value : 3; }\n"
     "    leakage_power () { related_pg_pin : VGND; value : 3; }\n",
     6, 0, NULL, "its rail VDD has no pg_type: taken for a supply", QY_NAND2},
    {"a ground by the voltage of its name in the library", NAND,
     "voltage_map (VX, 2.0); voltage_map (VY, 0.0);\n  cell (K3) {\n    area : 4;\n"
     "    pg_pin (a) { voltage_name : VX; } pg_pin (b) { voltage_name : VY; }\n"
     "    leakage_power () { related_pg_pin : a; value : 3; }\n"
     "    leakage_power () { related_pg_pin : b; value : 3; }\n",
     3, 0, NULL, NULL, QY_NAND2},
    {"a list of rails of one type", NAND,
     "cell (K3) {\n    area : 4;\n    pg_pin (u, v) { pg_type : \"PRIMARY_GROUND\"; } pg_pin (w) { pg_type : "
     "primary_power; }\n"
     "    leakage_power () { related_pg_pin : v; value : 3; }\n"
     "    leakage_power () { related_pg_pin : \" w \"; value : 1.5; } leakage_power () { related_pg_pin : u; value : "
     "3; }\n",
     1.5, 0, NULL, NULL, QY_NAND2},
    {"a well of the ground's side", NAND,
     "cell (K3) {\n    area : 4;\n    pg_pin (VPW) { pg_type : pwell; } pg_pin (VNW) { pg_type : nwell; }\n" RAILS
     "    leakage_power () { related_pg_pin : up; value : 3; } leakage_power () { related_pg_pin : VPW; value : 3; }\n"
     "    leakage_power () { related_pg_pin : VNW; value : 0.5; }\n",
     3.5, 0, NULL, NULL, QY_NAND2},
    {"states of two rails, of which one has a figure for any state", NAND,
     "cell (K3) {\n    area : 4;\n    leakage_power () { related_pg_pin : up; when : \"P\"; value : 1; }\n" RAILS
     "    leakage_power () { related_pg_pin : up; when : \"!P\"; value : 3; } pg_pin (two) { pg_type : backup_power; "
     "}\n"
     "    leakage_power () { related_pg_pin : two; value : 0.25; }\n",
     2.25, 0, NULL, NULL, QY_NAND2},
    {"one state written in two ways", NAND,
     "cell (K3) {\n    area : 4;\n    pg_pin (two) { pg_type : backup_power; }\n" RAILS
     "    leakage_power () { related_pg_pin : up; when : \"P & !Q\"; value : 1; }\n"
     "    leakage_power () { related_pg_pin : two; when : \"(Q' P)\"; value : 2; }\n",
     3, 0, NULL, NULL, QY_NAND2},
    {"a zero beside states that leak", NAND,
     "cell (K3) {\n    area : 4;\n    cell_leakage_power : 0;\n    leakage_power () { when : \"P\"; value : 1; }\n"
     "    leakage_power () { when : \"!P\"; value : 2; }\n",
     1.5, 0, NULL, NULL, QY_NAND2},
    {"states that hold always, beside another figure of the cell", NAND,
     NAND "    leakage_power () { when : \"P\"; value : 1; }\n    leakage_power () { when : \"!P\"; value : 2; }\n",
     1.5, 0, NULL, NULL, QY_NAND2},
    {"states written with the output", NAND,
     NAND
     "    leakage_power () { when : \"P & Q & !OUT0\"; value : 8; }\n    leakage_power () { when : \"!P & !Q & OUT0\"; "
     "value : 1; }\n    leakage_power () { when : \"P & !Q & OUT0\"; value : 2; }\n    leakage_power () { when : \"!P "
     "& "
     "Q & OUT0\"; value : 5; }\n",
     4, 0, NULL, NULL, QY_NAND2},
    {"states with a hole, beside a figure of the cell", NAND,
     NAND "    leakage_power () { when : \"P & Q\"; value : 1; }\n    leakage_power () { when : \"!P\"; value : 4; }\n",
     0, 0, NULL, "its leakage_power leaves states out: its cell_leakage_power counts", QY_NAND2},
    {"states with a hole alone", NAND,
     "cell (K3) {\n    area : 4;\n    leakage_power () { when : \"P & Q\"; value : 1; }\n"
     "    leakage_power () { when : \"!P\"; value : 4; }\n",
     2.5, 0, NULL, "its leakage_power leaves states out: the mean of those given", QY_NAND2},
    {"states of zero beside a figure of the cell", NAND,
     NAND "    leakage_power () { when : \"P\"; value : 0; }\n    leakage_power () { when : \"!P\"; value : 0; }\n", 0,
     0, NULL, NULL, QY_NAND2},
    {"power pins given as pins", NAND,
     NAND "    pin (VDD) { direction : inout; } pin (VSS) { direction : input; capacitance : 0; }\n"
          "    pin (W) { direction : input; pg_type : nwell; capacitance : 9; }\n",
     0, 0, NULL, NULL, QY_NAND2},
    {"a pin of logic that is inout", NAND, NAND "    pin (P) { direction : inout; capacitance : 1; }\n", 0, 0,
     "x.lib:55:9: error: expected a cell that is a NAND2, found none among 3 cells (K3: it has a pin of logic that is "
     "neither input nor output)",
     NULL, QY_NAND2},
    {"a three-state output that never floats", "function : \"!(P Q)\";",
     "function : \"!(P Q)\"; three_state : \"FALSE\";", 0, 0, NULL, NULL, QY_NAND2},
    {"a three-state output", "function : \"!(P Q)\";", "function : \"!(P Q)\"; three_state : \"P\";", 0, 0,
     "x.lib:55:9: error: expected a cell that is a NAND2, found none among 3 cells (K3: it has a three-state output)",
     NULL, QY_NAND2},
    {"a function that goes on behind its end", "function : \"!(P Q)\";", "function : \"!(P Q))\";", 0, 0,
     "x.lib: error: expected a cell that is a NAND2, found none among 3 cells (none has its function)", NULL, QY_NAND2},
    {"words in capitals", "direction : input", "direction : \"INPUT\"", 0, 0, NULL, NULL, QY_NAND2},
    {"one string for a unit", "(1,ff)", "(\"1.0e0 fF\")", 0, 0, NULL, NULL, QY_NAND2},
    {"a unit over two lines", "(1,ff)", "(1, \\\n  ff)", 0, 0, NULL, NULL, QY_NAND2},
    {"a voltage of the map alone", "nom_voltage : 2.0;", "voltage_map (A, 2.0); voltage_map (B, 0);", 0, 0, NULL, NULL,
     QY_NAND2},
    {"two conditions of one voltage", "nom_voltage : 2.0;",
     "operating_conditions (a) { voltage : 2; }\n  operating_conditions (b) { voltage : 2; }", 0, 0, NULL, NULL,
     QY_NAND2},
    {"a default that there is not", "nom_voltage : 2.0;",
     "operating_conditions (a) { voltage : 2; }\n  default_operating_conditions : b;", 0, 0, NULL, NULL, QY_NAND2},
    {"a supply in the wrong unit", "voltage_unit : \"1V\"", "voltage_unit : \"1mV\"", 0, 0,
     "x.lib: error: expected a supply from 0.1 to 10 V, found 0.002 V (2 by a voltage_unit of 0.001 V)", NULL,
     QY_NAND2},
    {"an area that is no number", "area : 4;", "area : four;", 0, 0,
     "x.lib:56:12: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 56: expected a "
     "number, found \"four\")",
     NULL, QY_NAND2},
    {"an attribute before the library", "library (", "technology : cmos;\nlibrary (", 0, 0,
     "x.lib:2:1: error: expected a library group, found the attribute \"technology\"", NULL, QY_NAND2},
    {"an area of zero", "area : 4;", "area : 0;", 0, 0,
     "x.lib:56:12: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 56: expected an "
     "area above 0, found 0)",
     NULL, QY_NAND2},
    {"no unit of loads", "capacitive_load_unit (1,ff);", "", 0, 0,
     "x.lib: error: expected a capacitive_load_unit, found none", NULL, QY_NAND2},
    {"what the inputs take by themselves", "capacitance : 2.5; }",
     "capacitance : 2.5; internal_power () { power (scalar) { values (\"1\"); } } }", 0, 4.5, NULL, NULL, QY_NAND2},
    {"in states without a change of the output", "capacitance : 2.5; }",
     "capacitance : 2.5; internal_power () { when : \"!Q\"; power (scalar) { values (\"1\"); } } }", 0, 0, NULL, NULL,
     QY_NAND2},
    {"before its change and behind it", "capacitance : 2.5; }",
     "capacitance : 2.5; internal_power () { when : \"P & Q\"; power (scalar) { values (\"1\"); } }\n"
     "internal_power () { when : \"!P & Q\"; power (scalar) { values (\"3\"); } } }",
     0, 5, NULL, NULL, QY_NAND2},
    {"in all states, one by one", "capacitance : 2.5; }",
     "capacitance : 2.5; internal_power () { when : \"!Q\"; power (scalar) { values (\"1\"); } }\n"
     "internal_power () { when : \"Q\"; power (scalar) { values (\"3\"); } } }",
     0, 5.5, NULL, NULL, QY_NAND2},
    {"a rail in one of the states of another", POWER,
     "internal_power () {\n      related_pg_pin : B; when : \"P\";\n      power (scalar) { values (\"1\"); } }\n"
     "    internal_power () {\n      related_pg_pin : A; when : \"!P\"; power (scalar) { values (\"3\"); } }\n"
     "    internal_power () {\n      related_pg_pin : A; when : \"P\"; power (scalar) { values (\"4\"); } }\n"
     "    unknown () {\n      rise_power (plane) {\n        values (\"3.25, 3.25\", \"5.25, 5.25\");\n",
     0, 4, NULL, "its rail B has no pg_type: taken for a supply", QY_NAND2},
    /* P takes 4 + 1, Q 4 */
    {"a rail at one of the inputs of another", POWER,
     "internal_power () {\n      related_pg_pin : B; related_pin : \"P\";\n      power (scalar) { values (\"1\"); } }\n"
     "    internal_power () {\n      related_pg_pin : A; related_pin : \"P,Q\";\n      power (scalar) { values "
     "(\"4\"); } }\n"
     "    unknown () {\n      rise_power (plane) {\n        values (\"3.25, 3.25\", \"5.25, 5.25\");\n",
     0, 4.5, NULL, NULL, QY_NAND2},
    {"a cell whose tables are broken beside a good one", "cell (K1)",
     "cell (BAD) { area : 1; cell_leakage_power : 1; pin (P) { direction : input; capacitance : 1; }\n"
     "    pin (Z) { direction : output; function : \"!P\"; timing () { related_pin : \"P\";\n"
     "      cell_rise (nowhere) { values (\"1\"); } rise_transition (scalar) { values (\"1\"); } }\n"
     "    internal_power () { power (scalar) { values (\"1\"); } } } }\n  cell (K1)",
     0, 0, NULL, "BAD left out: line 18: expected a template that the library defines for this table", QY_INV},
    {"an inverter without power tables beside one with them", "cell (K1)",
     "cell (DARK) { area : 1; cell_leakage_power : 1; pin (P) { direction : input; capacitance : 1; }\n"
     "    pin (Z) { direction : output; function : \"!P\"; timing () { related_pin : \"P\";\n"
     "      cell_rise (scalar) { values (\"1\"); } rise_transition (scalar) { values (\"1\"); } } } }\n  cell (K1)",
     0, 0, NULL, "DARK left out: it has no internal power tables", QY_INV},
    {"a buffer that no technology has", "cell (K1)",
     "cell (HUGE) { area : 1e6; cell_leakage_power : 1; pin (P) { direction : input; capacitance : 1; }\n"
     "    pin (Z) { direction : output; function : \"P\"; timing () { related_pin : \"P\";\n"
     "      cell_rise (scalar) { values (\"9\"); } rise_transition (scalar) { values (\"1\"); } }\n"
     "    internal_power () { power (scalar) { values (\"1\"); } } } }\n  cell (K1)",
     0, 0, NULL, "HUGE left out: its cells.buf.area is 2.5e+05, expected from 0.1 to 100", QY_BUF},
    {"leakage of two rails", NAND,
     "cell (K3) {\n    area : 4;\n    leakage_power () { related_pg_pin : A; value : 1; }\n"
     "    leakage_power () { related_pg_pin : B; value : 1.25; }\n",
     2.25, 0, NULL, NULL, QY_NAND2},
    {"leakage of two rails in two states", NAND,
     "cell (K3) {\n    area : 4;\n    leakage_power () { related_pg_pin : A; when : \"P\"; value : 1; }\n"
     "    leakage_power () { related_pg_pin : B; when : \"P\"; value : 2; }\n"
     "    leakage_power () { related_pg_pin : A; when : \"!P\"; value : 3; }\n"
     "    leakage_power () { related_pg_pin : B; when : \"!P\"; value : 4; }\n",
     5, 0, NULL, NULL, QY_NAND2},
    {"a rail that takes nothing", POWER,
     "internal_power () {\n      related_pg_pin : B;\n      power (scalar) { values (\"0\"); } }\n"
     "    internal_power () {\n      related_pg_pin : A;\n      rise_power (plane) {\n        values (\"3.25, 3.25\", "
     "\"5.25, 5.25\");\n",
     0, 4, NULL, NULL, QY_NAND2},
    {"a rail that takes 1 fJ in each of two states", POWER,
     "internal_power () {\n      related_pg_pin : B; when : \"P\";\n      power (scalar) { values (\"0.5\"); } }\n"
     "    internal_power () {\n      related_pg_pin : B; when : \"!P\";\n      power (scalar) { values (\"1.5\"); } }\n"
     "    internal_power () {\n      related_pg_pin : A;\n      rise_power (plane) {\n        values (\"3.25, 3.25\", "
     "\"5.25, 5.25\");\n",
     0, 5, NULL, NULL, QY_NAND2},
    {"dont_use : FALSE", NAND, NAND "    dont_use : FALSE;\n", 0, 0, NULL, NULL, QY_NAND2},
    {"dont_use : TRUE", NAND, NAND "    dont_use : TRUE;\n", 0, 0,
     "x.lib:55:9: error: expected a cell that is a NAND2, found none among 3 cells (K3: it is marked dont_use)", NULL,
     QY_NAND2},
    {"a list of pins",
     "pin (P) { direction : input; capacitance : 2.5; }\n    pin (Q) { direction : input; capacitance : 2.8125; }",
     "pin (P, Q) { direction : input; capacitance : 2.65625; }", 0, 0, NULL, NULL, QY_NAND2},
    {"a capacitance below zero", "capacitance : 2.8125", "capacitance : -2.5", 0, 0,
     "x.lib:59:10: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 59: expected a "
     "pin "
     "capacitance above 0, found -2.5 fF)",
     NULL, QY_NAND2},
    {"conditions by their name", "nom_voltage : 2.0;\n  nom_temperature : 30;",
     "operating_conditions (hot) { voltage : 3; temperature : 99; }\n"
     "  operating_conditions (typ) { voltage : 2; temperature : 30; }\n  default_operating_conditions : typ;",
     0, 0, NULL, NULL, QY_NAND2},
    {"the only conditions", "nom_voltage : 2.0;\n  nom_temperature : 30;",
     "operating_conditions (typ) { voltage : 2; temperature : 30; }", 0, 0, NULL, NULL, QY_NAND2},
    {"two conditions, none the default", "nom_voltage : 2.0;",
     "operating_conditions (a) { voltage : 2; }\n  operating_conditions (b) { voltage : 3; }", 0, 0,
     "x.lib: error: expected a nom_voltage above 0, or operating_conditions or a voltage_map of one voltage, found "
     "none",
     NULL, QY_NAND2},
    {"a stub", "cell (K1)",
     "cell (STUB) { area : 1; cell_leakage_power : 1; pin (P) { direction : input; capacitance : 1; }\n"
     "    pin (Z) { direction : output; function : \"!P\"; } }\n  cell (K1)",
     0, 0, NULL, "STUB left out: it has no delay tables", QY_INV},
    {"a stub without pin loads", "cell (K1)",
     "cell (STUB) { area : 1; cell_leakage_power : 1; pin (P) { direction : input; }\n"
     "    pin (Z) { direction : output; function : \"!P\"; timing () { related_pin : \"P\";\n"
     "      cell_rise (scalar) { values (\"1\"); } } } }\n  cell (K1)",
     0, 0, NULL, "STUB left out: line 16: expected a capacitance of each input pin, found none", QY_INV},
    {"a table of one load", POWER,
     "internal_power () {\n      rise_power (plane) {\n        index_1 (\"1\"); values (\"3.25, 3.25\");\n", 0,
     (3.25 + 3) / 2, NULL, NULL, QY_NAND2},
    {"a power table with a number too many", POWER,
     "internal_power () {\n      rise_power (plane) {\n        values (\"3.25, 3.25, 1\", \"5.25, 5.25\");\n", 0, 0,
     "x.lib:104:17: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 104: "
     "expected one finite number for each place of the table's index)",
     NULL, QY_NAND2},
    {"a delay table with a number too few", "cell_rise (plane) {\n        values (\"",
     "cell_rise (plane) {\n        values (\"1\", \"", 0, 0,
     "x.lib:67:17: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 67: "
     "expected one finite number for each place of the table's index)",
     NULL, QY_NAND2},
    {"a leakage that is no number", "cell_leakage_power : 2;", "cell_leakage_power : x;", 0, 0,
     "x.lib:57:26: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 57: "
     "expected a number, found \"x\")",
     NULL, QY_NAND2},
    {"a pin load that is no number", "capacitance : 2.8125", "capacitance : x", 0, 0,
     "x.lib:59:48: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 59: "
     "expected a number, found \"x\")",
     NULL, QY_NAND2},
    {"a state's leakage that is no number", NAND,
     "cell (K3) {\n    area : 4;\n    leakage_power () { when : \"P\"; value : x; }\n", 0, 0,
     "x.lib:57:44: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 57: "
     "expected a number, found \"x\")",
     NULL, QY_NAND2},
    {"a power table of an input with a number too many", "capacitance : 2.8125; }",
     "capacitance : 2.8125; internal_power () { power (plane) { values (\"1, 2, 3\"); } } }", 0, 0,
     "x.lib:59:100: error: expected a cell that is a NAND2, found none among 3 cells (K3 left out: line 59: "
     "expected one finite number for each place of the table's index)",
     NULL, QY_NAND2},
    {"a variable of 63 letters", "variable_1 : total_output_net_capacitance",
     "variable_1 : xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxtotal_output_net_capacitance", 0, 0, NULL, NULL, QY_NAND2},
    {"a variable of 64 letters", "variable_1 : total_output_net_capacitance",
     "variable_1 : xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxtotal_output_net_capacitance", 0, 0,
     "x.lib:27:17: error: expected a cell that is an inverter, found none among 3 cells (K1 left out: line 27: "
     "expected "
     "a table template with a load or a transition time on this axis)",
     NULL, QY_NAND2},
    {"a stub without leakage", "cell (K1)",
     "cell (STUB) { area : 1; pin (P) { direction : input; capacitance : 1; }\n"
     "    pin (Z) { direction : output; function : \"!P\"; } }\n  cell (K1)",
     0, 0, NULL, "STUB left out: it has no delay tables", QY_INV},
};

static const char *made_text(size_t *length)
{
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  made_begin(out, &picos, "");
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
  made_flip_flop("F1", 26, "W", "T", "", "S");
  made_end();
  fclose(out);
  const char *kept = qy_arena_text(arena, text, *length);
  free(text);
  return kept;
}

/* The text with `from` replaced: in the NAND2 where it is there, else where it comes first. */
static const char *changed(const char *good, const char *from, const char *to)
{
  const char *nand = strstr(good, "cell (K3)"), *at = strstr(nand, from);
  if (!at) at = strstr(good, from);
  if (!at) return NULL;
  return qy_arena_format(arena, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
}

static qy_status import(qy_tech **t, const char *text, qy_error *err)
{
  const qy_liberty_source source = {"x.lib", text, strlen(text)};
  const qy_liberty_options options = {.name = "x", .base = base};
  *err = (qy_error){0};
  return qy_liberty_import(t, &report, &source, 1, &options, arena, err);
}

static void one_change(void)
{
  size_t length;
  const char *good = made_text(&length);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *text = changed(good, cases[i].from, cases[i].to);
    qy_error err;
    qy_tech *t;
    char line[900] = "";
    if (!ok(text != NULL, "%s: the place is there", cases[i].what)) continue;
    qy_status status = import(&t, text, &err);
    if (status) qy_diagnostic_format(&err, 0, line, sizeof line);
    if (cases[i].message || status) {
      is_text(line, cases[i].message ? cases[i].message : "", cases[i].what);
      continue;
    }
    is_int(err.count, 0, "nothing is left of what was tried");
    const double leakage = cases[i].leakage_nw > 0 ? cases[i].leakage_nw : 2;
    const double energy = cases[i].energy_fj > 0 ? cases[i].energy_fj : 4;
    const bool same = fabs(t->area_um2[QY_NAND2] - 4) < 1e-9 && fabs(t->in_cap_ff[QY_NAND2] - 2.65625) < 1e-9 &&
                      fabs(t->delay_ps[QY_NAND2] - 28.5) < 1e-9 && t->voltage_v == 2 && t->temperature_c == 30;
    ok(same && fabs(t->leakage_nw[QY_NAND2] - leakage) < 1e-9 && fabs(t->internal_fj[QY_NAND2] - energy) < 1e-9,
       "%s: area %g, pin %g fF, %g ps, %g nW, %g fJ", cases[i].what, t->area_um2[QY_NAND2], t->in_cap_ff[QY_NAND2],
       t->delay_ps[QY_NAND2], t->leakage_nw[QY_NAND2], t->internal_fj[QY_NAND2]);
    if (cases[i].note) is_text(report.choice[cases[i].kind].note, cases[i].note, "and said so");
  }
}

/* What a library includes is not looked for: a warning, and the file itself as before. */
static void included(void)
{
  size_t length;
  qy_error err;
  qy_tech *t;
  const char *text =
      changed(made_text(&length), "nom_voltage : 2.0;", "include_file (\"more.lib\"); nom_voltage : 2.0;");
  int said = 0;
  if (!ok(text && import(&t, text, &err) == QY_OK, "a file that is to be included")) return;
  for (size_t i = 0; i < report.warning_count; i++)
    said += strcmp(report.warning[i], "x.lib: include_file is not followed; give that file, too") == 0;
  is_int(said, 1, "and said so, once");
  near_rel(t->internal_fj[QY_NAND2], 4, 1e-9, "with the figures of the file");
}

/* Without internal power: the base library's in proportion to C V^2, an interval of half its low to twice its high. */
static void no_power(void)
{
  size_t length;
  const char *text = made_text(&length);
  qy_error err;
  qy_tech *t;
  for (const char *next; (next = changed(text, "internal_power ()", "unknown ()"));)
    text = next;
  if (!ok(import(&t, text, &err) == QY_OK, "no internal power at all")) return;
  const double scale = 2.65625 / base->in_cap_ff[QY_NAND2] * 4 / (base->voltage_v * base->voltage_v);
  const qy_constant *ours = qy_tech_constant(t, "nand2.energy"), *theirs = qy_tech_constant(base, "nand2.energy");
  near_rel(ours->value, theirs->value * scale, 1e-9, "NAND2: the base library's, by C V^2");
  near_rel(ours->low, theirs->low * scale / 2, 1e-9, "half the low end");
  near_rel(ours->high, theirs->high * scale * 2, 1e-9, "twice the high end");
  ok(strstr(ours->source, "no internal power in x.lib: C V^2 and fdsoi28") != NULL, "said so: %s", ours->source);
  near_rel(qy_tech_constant(t, "cells.dff.energy")->value, qy_tech_constant(base, "cells.dff.energy")->value, 1e-9,
           "ratios are the base library's");
  near_rel(qy_tech_constant(t, "flip_flop.clock_energy")->value,
           qy_tech_constant(base, "flip_flop.clock_energy")->value, 1e-9, "that of the clock, too");
  ok(report.energy_guessed && strstr(report.energy_guessed, "nand2") != NULL, "and reported: %s",
     report.energy_guessed);
}

/* Zeros where the NAND2's energy stands: no scale for the others, so it is taken as not given. */
static void zero_energy(void)
{
  size_t length;
  const char *text = made_text(&length);
  qy_error err;
  qy_tech *t;
  text = changed(text, "values (\"3.25, 3.25\", \\\n          \"5.25, 5.25\")", "values (\"0, 0\", \"0, 0\")");
  text = text ? changed(text, "values (\"1.25, 1.25\", \\\n          \"3.25, 3.25\")", "values (\"0, 0\", \"0, 0\")")
              : NULL;
  if (!ok(text && import(&t, text, &err) == QY_OK, "a NAND2 of no internal energy")) return;
  ok(report.energy_guessed && strstr(report.energy_guessed, "nand2") && !strstr(report.energy_guessed, "inv"),
     "its energy is guessed, not the inverter's: %s", report.energy_guessed);
  near_rel(t->internal_fj[QY_INV], 1 + 8 / 4.0, 1e-9, "which keeps its own");
}

/* A leakage of the NAND2 below all that technologies have: no scale either. */
static void least_leakage(void)
{
  size_t length;
  const char *text = made_text(&length);
  qy_error err;
  qy_tech *t;
  text = changed(text, NAND, "cell (K3) {\n    area : 4;\n    cell_leakage_power : 1e-8;\n");
  if (!ok(text && import(&t, text, &err) == QY_OK, "a NAND2 that hardly leaks")) return;
  is_text(report.choice[QY_NAND2].note, "its leakage is 1e-08 nW: not used", "which is said");
  ok(report.leakage_guessed && strstr(report.leakage_guessed, "nand2"), "its leakage is guessed");
}

/* Of two NAND2 the smaller one is stronger: the weaker one is taken. */
static void strong_but_small(void)
{
  size_t length;
  qy_error err;
  qy_tech *t;
  char *text = NULL;
  FILE *out = open_memstream(&text, &length);
  made_begin(out, &picos, "");
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("WEAK", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
  MADE_CELL("STRONG", 3.5, 2, "P Q", 10, 2, 2, "!(P Q)");
  made_flip_flop("F1", 26, "W", "T", "", "S");
  made_end();
  fclose(out);
  if (ok(import(&t, text, &err) == QY_OK, "a smaller cell that is stronger"))
    is_text(report.choice[QY_NAND2].note, "STRONG is smaller, but stronger", "is not taken, and said so");
  free(text);
}

/* Of three NAND2 one has the delays of four times the drive, at the same max_capacitance and pins. */
static void strong_by_delay(void)
{
  const char *weak = "pin (Z) { direction : output; max_capacitance : 50; function : \"!(P Q)\";\n"
                     "timing () { related_pin : \"P Q\"; cell_rise (plane) { values (\"%s\"); }\n"
                     "rise_transition (plane) { values (\"6, 6\", \"14, 14\"); } }\n"
                     "internal_power () { power (scalar) { values (\"4\"); } } } }\n";
  const char *begin = "cell (%s) { area : %g; cell_leakage_power : 2;\n"
                      "pin (P, Q) { direction : input; capacitance : 2.5; }\n";
  char text_weak[600], text_strong[600], head[2][200];
  size_t length;
  const char *good = made_text(&length);
  qy_error err;
  qy_tech *t;
  snprintf(head[0], sizeof head[0], begin, "SLOW", 3.6);
  snprintf(head[1], sizeof head[1], begin, "STEEP", 3.5);
  snprintf(text_weak, sizeof text_weak, weak, "9, 17\", \"25, 33");
  snprintf(text_strong, sizeof text_strong, weak, "9, 17\", \"13, 21");
  const char *text =
      changed(good, "cell (K1)", qy_arena_format(arena, "%s%s%s%scell (K1)", head[0], text_weak, head[1], text_strong));
  if (!ok(text && import(&t, text, &err) == QY_OK, "cells that differ in their delays alone")) return;
  is_text(report.choice[QY_NAND2].from, "SLOW of x.lib", "the one whose delay rises most with the load");
  is_text(report.choice[QY_NAND2].note, "STEEP is smaller, but stronger", "the smaller one is named");
  is_int((int)report.warning_count, 1, "and warned of");
}

/* A cell of the scale whose area or load no technology has beside the others is left out, not those others. */
static void odd_reference(void)
{
  static const struct {
    const char *name, *function, *pins, *note;
    double area, cap;
    qy_cell kind;
  } odd[] = {
      {"FAT", "!(P Q)", "P Q", "FAT left out: its area is 60 um2, where", 60, 1, QY_NAND2},
      {"FAT", "!(P Q)", "P Q", "FAT left out: its area is 25 um2, where", 25, 1, QY_NAND2},
      {"THIN", "!(P Q)", "P Q", "THIN left out: its pin load is 0.", 4, 0.02, QY_NAND2},
      {"BIG", "!P", "P", "BIG left out: its area is 60 um2, where", 60, 1, QY_INV},
      {"TINY", "!P", "P", "TINY left out: its cells.inv.area is 0.00", 0.02, 1, QY_INV},
  };
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    size_t length;
    char *text = NULL;
    qy_error err;
    qy_tech *t;
    FILE *out = open_memstream(&text, &length);
    made_begin(out, &picos, "");
    MADE_CELL(odd[i].name, odd[i].area, 1, odd[i].pins, odd[i].cap, 6, 2, odd[i].function);
    MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
    MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
    made_flip_flop("F1", 26, "W", "T", "", "S");
    made_end();
    fclose(out);
    if (ok(import(&t, text, &err) == QY_OK, "a library with %s of %g um2, %g fF", odd[i].name, odd[i].area,
           odd[i].cap)) {
      const char *note = report.choice[odd[i].kind].note;
      near_rel(t->area_um2[QY_NAND2], 4, 1e-12, "the good NAND2 is the scale");
      near_rel(t->area_um2[QY_INV], 3, 1e-12, "beside the good inverter");
      ok(note && strncmp(note, odd[i].note, strlen(odd[i].note)) == 0, "the odd cell is named: %s", note ? note : "-");
    }
    free(text);
  }
}

static int by_value(const void *left, const void *right)
{
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* What the other kinds make likely of an area: the median of their areas, each over what the base library gives it of
 * its NAND2's; of an even number the geometric mean of the two in the middle. */
static void likely_area(void)
{
  static const struct {
    const char *name, *function, *pins;
    qy_cell kind;
    double area;
  } more[] = {{"B1", "P", "P", QY_BUF, 3.1}, {"R1", "!(P+Q)", "P Q", QY_NOR2, 5.3}, {"A1", "P Q", "P Q", QY_AND2, 4.9}};
  enum { MORE = sizeof more / sizeof *more };
  for (int kinds = 0; kinds <= MORE; kinds++) {
    const double of_nand = base->area_um2[QY_NAND2];
    double over[MORE + 3] = {60, 3 / (base->area_um2[QY_INV] / of_nand), 26 / (base->area_um2[QY_DFF] / of_nand)};
    size_t length;
    char *text = NULL;
    qy_error err;
    qy_tech *t;
    FILE *out = open_memstream(&text, &length);
    made_begin(out, &picos, "");
    MADE_CELL("FAT", 60, 1, "P Q", 1, 6, 2, "!(P Q)");
    MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
    MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
    for (int k = 0; k < kinds; k++) {
      MADE_CELL(more[k].name, more[k].area, 1, more[k].pins, 2.5, 6, 2, more[k].function);
      over[3 + k] = more[k].area / (base->area_um2[more[k].kind] / of_nand);
    }
    made_flip_flop("F1", 26, "W", "T", "", "S");
    made_end();
    fclose(out);
    const size_t count = 3 + (size_t)kinds;
    qsort(over, count, sizeof *over, by_value);
    const double median = count % 2 ? over[count / 2] : sqrt(over[count / 2] * over[count / 2 - 1]);
    const char *said = qy_arena_format(
        arena, "FAT left out: its area is 60 um2, where the other kinds of cells make %.3g um2 likely", median);
    if (ok(import(&t, text, &err) == QY_OK, "a library of %zu kinds", count)) {
      const char *note = report.choice[QY_NAND2].note;
      ok(note && strcmp(note, said) == 0, "%s, expected %s", note ? note : "-", said);
    }
    free(text);
  }
}

/* A NAND2 that is odd and the only one is blamed itself. */
static void odd_only(void)
{
  size_t length;
  qy_error err;
  qy_tech *t;
  const char *good = made_text(&length), *text = changed(good, "area : 4;", "area : 60;");
  is_int(import(&t, text, &err), QY_BAD_INPUT, "an only NAND2 beside which there is no inverter");
  ok(strstr(err.diagnostic[0].text, "K3 left out: its area is 60 um2, where") != NULL, "it is named: %s",
     err.diagnostic[0].text);
  text = changed(good, "area : 4;", "area : 25;");
  if (!ok(import(&t, text, &err) == QY_OK, "an only NAND2 that is odd")) return;
  ok(report.warning_count == 1 && strstr(report.warning[0], "K3, the only nand2: its area is 25 um2"), "warned of");
}

/* Two files at two temperatures are two corners. */
static void two_temperatures(void)
{
  size_t length;
  const char *cold = made_text(&length), *hot = changed(cold, "nom_temperature : 30", "nom_temperature : 125");
  const qy_liberty_source source[] = {{"cold.lib", cold, strlen(cold)}, {"hot.lib", hot, strlen(hot)}};
  const qy_liberty_options options = {.name = "x", .base = base};
  qy_error err = {0};
  qy_tech *t;
  is_int(qy_liberty_import(&t, &report, source, 2, &options, arena, &err), QY_BAD_INPUT, "files of two temperatures");
  is_text(err.diagnostic[0].text, "expected nom_temperature 30 C as in cold.lib, found 125 C", "and said so");
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (!ok(qy_tech_read(&base, "db", "fdsoi28", arena, &err) == QY_OK, "base library")) return done();
  one_change();
  included();
  no_power();
  zero_energy();
  least_leakage();
  strong_but_small();
  strong_by_delay();
  odd_reference();
  likely_area();
  odd_only();
  two_temperatures();
  qy_arena_free(arena);
  return done();
}
