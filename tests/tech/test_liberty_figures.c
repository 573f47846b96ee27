/* Every figure of a Liberty import with its range: cells whose arcs, pins, states and rails all differ, in tables of
 * one value each, so that means and ends can be worked out by hand. */
#include "quarry/liberty.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static qy_arena *arena;
static qy_tech *base;
static qy_liberty_report report;

#define HEAD                                                                                                           \
  "library (x) { time_unit : \"1ps\"; capacitive_load_unit (1,ff); leakage_power_unit : 1nW; nom_voltage : 2; "        \
  "nom_temperature : 30;\n"
#define DELAY(from, type, rise, fall)                                                                                  \
  "timing () { related_pin : \"" from "\"; " type " cell_rise (scalar) { values (\"" rise                              \
  "\"); } cell_fall (scalar) { values (\"" fall "\"); } rise_transition (scalar) { values (\"30\"); } "                \
  "fall_transition (scalar) { values (\"20\"); } }\n"
#define POWER(what, rise, fall)                                                                                        \
  "internal_power () { " what " rise_power (scalar) { values (\"" rise "\"); } fall_power (scalar) { values (\"" fall  \
  "\"); } }\n"
#define IN(name, cap, more)       "pin (" name ") { direction : input; capacitance : " cap "; " more "}\n"
#define OUT(name, function, more) "pin (" name ") { direction : output; function : \"" function "\"; " more "}\n"

static const char *const part[] = {
    HEAD,
    "cell (I) { area : 3; cell_leakage_power : 2;\n" IN("A", "2", "")
        OUT("Y", "!A", DELAY("A", "", "20", "10") POWER("", "4", "2")) "}\n",
    "cell (N) { area : 4; leakage_power () { when : \"A B\"; value : 1; } leakage_power () { when : \"!A\"; value : 3; "
    "}\n"
    "  leakage_power () { when : \"A !B\"; value : 8; }\n" IN("A", "2", "") IN("B", "3", "")
        OUT("Y", "!(A B)",
            DELAY("A", "", "10", "20") DELAY("B", "", "30", "50") POWER("related_pin : \"A\";", "4", "8")
                POWER("related_pin : \"B\";", "1", "3")) "}\n",
    "cell (B) { area : 5; cell_leakage_power : 3; pg_pin (up) { pg_type : primary_power; }\n"
    "  pg_pin (two) { pg_type : backup_power; } pg_pin (low) { pg_type : primary_ground; }\n" IN("A", "2", "")
        OUT("Y", "A",
            DELAY("A", "", "26", "22") POWER("related_pin : \"A\"; related_pg_pin : up; when : \"A\";", "1", "3")
                POWER("related_pin : \"A\"; related_pg_pin : up; when : \"!A\";", "3", "5")
                    POWER("related_pin : \"A\"; related_pg_pin : two;", "1", "1")
                        POWER("related_pin : \"A\"; related_pg_pin : low;", "100", "100")) "}\n",
    "cell (A) { area : 6; cell_leakage_power : 4;\n" IN("A", "2", POWER("", "1", "3")) IN("B", "3", "")
        OUT("Y", "A B", DELAY("A", "", "12", "20") DELAY("B", "", "40", "30") POWER("", "5", "5")) "}\n",
    "cell (X) { area : 10; cell_leakage_power : 6;\n" IN("A", "4", "") IN("B", "5", "")
        OUT("Y", "A ^ B", DELAY("A", "", "10", "14") DELAY("B", "", "24", "20") POWER("", "6", "6")) "}\n",
    "cell (M) { area : 11; cell_leakage_power : 6;\n" IN("S", "6", "") IN("A", "2", "") IN("B", "2.5", "")
        OUT("Y", "(S A) + (S' B)",
            DELAY("A B", "timing_sense : positive_unate;", "24", "26") DELAY("S", "", "20", "28")
                POWER("", "7", "7")) "}\n",
    "cell (H) { area : 14; cell_leakage_power : 9;\n" IN("A", "5", "") IN("B", "5", "")
        OUT("S", "A ^ B", DELAY("A", "", "20", "22") DELAY("B", "", "30", "24") POWER("", "4", "4"))
            OUT("C", "A B", DELAY("A", "", "30", "26") DELAY("B", "", "34", "40") POWER("", "8", "8")) "}\n",
    "cell (F) { area : 24; cell_leakage_power : 12;\n" IN("A", "6", "") IN("B", "6", "") IN("CI", "4", "")
        OUT("S", "A ^ B ^ CI", DELAY("A B CI", "", "40", "38") POWER("", "9", "9"))
            OUT("CO", "A B + CI (A + B)",
                DELAY("A", "", "30", "28") DELAY("B", "", "25", "20") DELAY("CI", "", "16", "12")
                    POWER("", "7", "7")) "}\n",
    "cell (D) { area : 20; cell_leakage_power : 7; ff (IQ, IQN) { next_state : \"D\"; clocked_on : \"CK\"; }\n" IN(
        "D", "2",
        POWER("", "1",
              "3") "timing () { related_pin : \"CK\"; timing_type : setup_rising; "
                   "rise_constraint (scalar) { values (\"5\"); } fall_constraint (scalar) { values (\"9\"); } }\n")
        IN("CK", "3", "clock : true; " POWER("when : \"D\";", "4", "6") POWER("when : \"!D\";", "8", "6"))
            OUT("Q", "IQ", DELAY("CK", "timing_type : rising_edge;", "30", "40") POWER("", "2", "4"))
                OUT("QN", "IQN", DELAY("CK", "timing_type : rising_edge;", "50", "70") POWER("", "5", "5")) "}\n",
    "}\n"};
static char *text;

static void join_parts(void)
{
  size_t length;
  FILE *out = open_memstream(&text, &length);
  for (size_t i = 0; out && i < sizeof part / sizeof *part; i++)
    fputs(part[i], out);
  if (out) fclose(out);
}

static qy_tech *import(const char *written)
{
  const qy_liberty_source source = {"x.lib", written, strlen(written)};
  const qy_liberty_options options = {.name = "x", .base = base};
  qy_error err = {0};
  qy_tech *t = NULL;
  char line[900];
  if (qy_liberty_import(&t, &report, &source, 1, &options, arena, &err))
    printf("# %s\n", qy_diagnostic_format(&err, 0, line, sizeof line));
  return t;
}

static bool close_to(double a, double b)
{
  return fabs(a - b) <= 1e-9 * fabs(b) + 1e-12;
}

static void figures(void)
{
  /* NAND2: inputs of 2 and 3 fF; a chain alternates its edges, 15 and 40 ps through A and B; 6 and 2 fJ; states of 1, 3
   * and 8 nW.  Others are over its means, 2.5 fF, 27.5 ps, 4 fJ, 4 nW.
   *
   * What does not invert repeats its slower edge; the range goes down to the mean of the edges.  Inputs of AND2: of the
   * two changes in which the output follows one takes 2 fJ, the other none.  Flip-flop: the slower output; both change
   * together, 3 and 5 fJ, and D takes 2; C V^2 of the clock is 12, its tables give twice 5 or 7. */
  static const struct {
    const char *path;
    double value, low, high, over;
  } row[] = {
      {"nand2.area", 4, 4, 4, 1},
      {"nand2.in_cap", 2.5, 2, 3, 1},
      {"nand2.delay", 27.5, 15, 40, 1},
      {"nand2.energy", 4, 2, 6, 1},
      {"nand2.leakage", 4, 1, 8, 1},
      {"cells.inv.area", 3, 3, 3, 4},
      {"cells.inv.delay", 15, 15, 15, 27.5},
      {"cells.inv.energy", 3, 3, 3, 4},
      {"cells.inv.leakage", 2, 2, 2, 4},
      {"cells.inv.in_cap", 2, 2, 2, 2.5},
      {"cells.buf.delay", 26, 24, 26, 27.5},
      {"cells.buf.energy", 4, 3, 5, 4},
      {"cells.and2.delay", 30, 16, 40, 27.5},
      {"cells.and2.energy", 6, 5, 7, 4},
      {"cells.and2.in_cap", 2.5, 2, 3, 2.5},
      {"cells.xor2.delay", 19, 12, 24, 27.5},
      {"cells.xor2.in_cap", 4.5, 4, 5, 2.5},
      {"cells.mux2.in_cap", 3.5, 2, 6, 2.5},
      {"cells.mux2.lone_cap", 6, 6, 6, 2.5},
      {"cells.mux2.delay", (28 + 26 + 26) / 3.0, 24, 28, 27.5},
      {"cells.ha.delay", 35, 28, 40, 27.5},
      {"cells.ha.energy", 6, 4, 8, 4},
      {"cells.fa.delay", 40, 39, 40, 27.5},
      {"cells.fa.energy", 8, 7, 9, 4},
      {"cells.fa.lone_cap", 4, 4, 4, 2.5},
      {"cells.fa.in_cap", 16 / 3.0, 4, 6, 2.5},
      {"full_adder.carry", 16, 16, 16, 27.5},
      {"cells.dff.delay", 60, 50, 70, 27.5},
      {"cells.dff.energy", 10, 8, 12, 4},
      {"cells.dff.in_cap", 2, 2, 2, 2.5},
      {"flip_flop.clock_energy", 24, 22, 26, 4},
      {"flip_flop.setup", 9, 5, 9, 27.5},
  };
  qy_tech *t = import(text);
  if (!ok(t != NULL, "imported")) return;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_constant *c = qy_tech_constant(t, row[i].path);
    ok(c && close_to(c->value, row[i].value / row[i].over) && close_to(c->low, row[i].low / row[i].over) &&
           close_to(c->high, row[i].high / row[i].over),
       "%s: %g, %g to %g, expected %g, %g to %g", row[i].path, c ? c->value : NAN, c ? c->low : NAN, c ? c->high : NAN,
       row[i].value / row[i].over, row[i].low / row[i].over, row[i].high / row[i].over);
  }
  const qy_liberty_adder *half = &report.half_adder, *full = &report.full_adder;
  if (ok(full->cell && half->cell, "adders by their pins")) {
    is_text(full->cell, "F", "the full adder");
    is_text(full->input[2], "CI", "the input that loads its driver least comes last");
    ok(full->input[0][0] + full->input[1][0] == 'A' + 'B', "the others before it");
    is_text(full->sum, "S", "its sum");
    is_text(full->carry, "CO", "its carry");
    is_text(half->cell, "H", "the half adder");
    ok(half->input[0][0] + half->input[1][0] == 'A' + 'B' && !half->input[2], "of two inputs");
    is_text(half->sum, "S", "its sum");
    is_text(half->carry, "C", "its carry");
  }
  ok(!report.choice[QY_DFF].note && report.choice[QY_DFF].candidates == 1, "a plain flip-flop of two outputs");
  near_rel(report.slew_ps, 25, 1e-9, "the slew of a chain of inverters: the mean of its edges");
  near_rel(report.load_ff, 8, 1e-9, "a load of four inverters");
  ok(report.warning_count == 0 || printf("# %s\n", report.warning[0]) == 0, "nothing to be warned of");
}

/* The text with one change. */
static const char *changed(const char *from, const char *to)
{
  const char *at = strstr(text, from);
  return at ? qy_arena_format(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) : NULL;
}

/* Arcs in one direction alone, senses, types and tables that stand in for others. */
static void arcs(void)
{
#define N_A DELAY("A", "", "10", "20")
  static const struct {
    const char *what, *from, *to;
    const char *path;
    double value, low, high; /* of the path, over nothing */
  } row[] = {
      {"one arc for all inputs", "timing () { related_pin : \"A\";  cell_rise (scalar) { values (\"10\")",
       "timing () { cell_rise (scalar) { values (\"60\")", "nand2.delay", (40 + 55) / 2.0, 40, 55},
      {"an edge without a table has that of the other", N_A,
       "timing () { related_pin : \"A\"; cell_rise (scalar) { values (\"10\"); } rise_transition (scalar) { values "
       "(\"30\"); } }\n",
       "nand2.delay", 25, 10, 40},
      {"edges in arcs of their own", N_A,
       "timing () { related_pin : \"A\"; timing_type : combinational_rise; cell_rise (scalar) { values (\"10\"); } "
       "rise_transition (scalar) { values (\"30\"); } }\n"
       "timing () { related_pin : \"A\"; timing_type : combinational_fall; cell_fall (scalar) { values (\"20\"); } "
       "fall_transition (scalar) { values (\"20\"); } }\n",
       "nand2.delay", 27.5, 15, 40},
      {"states of an input: the slowest counts", N_A,
       N_A
       "timing () { related_pin : \"A\"; when : \"B\"; cell_rise (scalar) { values (\"16\"); } cell_fall (scalar) { "
       "values (\"18\"); } rise_transition (scalar) { values (\"30\"); } fall_transition (scalar) { values "
       "(\"20\"); } }\n",
       "nand2.delay", (18 + 40) / 2.0, 15, 40},
      {"a sense that the file states", N_A, DELAY("A", "timing_sense : positive_unate;", "10", "20"), "nand2.delay", 30,
       15, 40},
      {"an arc of a clear is none of logic", N_A, N_A DELAY("A", "timing_type : clear;", "500", "500"), "nand2.delay",
       27.5, 15, 40},
      {"one table for both edges of power", POWER("related_pin : \"A\";", "4", "8"),
       "internal_power () { related_pin : \"A\"; power (scalar) { values (\"7\"); } }\n", "nand2.energy", 4.5, 2, 7},
      {"a rise alone", POWER("related_pin : \"A\";", "4", "8"),
       "internal_power () { related_pin : \"A\"; rise_power (scalar) { values (\"7\"); } }\n", "nand2.energy", 4.5, 2,
       7},
      {"a fall alone", POWER("related_pin : \"A\";", "4", "8"),
       "internal_power () { related_pin : \"A\"; fall_power (scalar) { values (\"7\"); } }\n", "nand2.energy", 4.5, 2,
       7},
      {"pins of rise and fall", IN("B", "3", "") "pin (Y) { direction : output; function : \"!(A B)\"",
       "pin (B) { direction : input; rise_capacitance : 2; fall_capacitance : 3; }\npin (Y) { direction : output; "
       "function : \"!(A B)\"",
       "nand2.in_cap", 2.25, 2, 2.5},
      {"a setup below zero", "rise_constraint (scalar) { values (\"5\"); } fall_constraint (scalar) { values (\"9\")",
       "rise_constraint (scalar) { values (\"-5\"); } fall_constraint (scalar) { values (\"-9\")", "flip_flop.setup", 0,
       0, 0},
      {"the setup of another arc is larger",
       "rise_constraint (scalar) { values (\"5\"); } fall_constraint (scalar) { values (\"9\"); } }\n",
       "rise_constraint (scalar) { values (\"5\"); } } timing () { related_pin : \"CK\"; timing_type : setup_falling; "
       "rise_constraint (scalar) { values (\"11\"); } } timing () { related_pin : \"CK\"; timing_type : hold_rising; "
       "rise_constraint (scalar) { values (\"99\"); } }\n",
       "flip_flop.setup", 11 / 27.5, 5 / 27.5, 11 / 27.5},
      {"a clock without tables", "clock : true; " POWER("when : \"D\";", "4", "6") POWER("when : \"!D\";", "8", "6"),
       "clock : true; ", "flip_flop.clock_energy", 3, 3, 3},
      /* A takes 2 fJ in both of its changes, B nothing in its two; of the four two toggle both outputs */
      {"an input of a cell of two outputs", IN("A", "5", ""), IN("A", "5", POWER("", "1", "3")), "cells.ha.energy",
       (6 + 4 / 6.0) / 4, 1, (8 + 2 * 4 / 6.0) / 4},
      {"a state of an input that nobody understands", IN("A", "2", POWER("", "1", "3")),
       IN("A", "2",
          POWER("", "1", "3") POWER("when : \"B\";", "1", "3") POWER("when : \"!B\";", "1", "3")
              POWER("when : \"B + NONE\";", "90", "90")),
       "cells.and2.energy", 6 / 4.0, 5 / 4.0, 7 / 4.0},
      {"states of a pin that the next state alone knows",
       "cell (D) { area : 20; cell_leakage_power : 7; ff (IQ, IQN) { next_state : \"D\"; clocked_on : \"CK\"; }\n",
       "cell (D) { area : 20; cell_leakage_power : 7; ff (IQ, IQN) { next_state : \"D E\"; clocked_on : \"CK\"; }\n"
       "leakage_power () { when : \"E\"; value : 1; } leakage_power () { when : \"!E\"; value : 5; }\n" IN("E", "2",
                                                                                                           ""),
       "cells.dff.leakage", 3 / 4.0, 1 / 4.0, 5 / 4.0},
      {"rails that differ in the inputs they know", POWER("related_pin : \"A\";", "4", "8"),
       POWER("related_pin : \"A\"; related_pg_pin : VA;", "4", "8") POWER("related_pg_pin : VB;", "1", "1"),
       "nand2.energy", ((6 + 1) + (2 + 1)) / 2.0, 3, 7},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *written = changed(row[i].from, row[i].to);
    qy_tech *t = written ? import(written) : NULL;
    const qy_constant *c = t ? qy_tech_constant(t, row[i].path) : NULL;
    ok(c && close_to(c->value, row[i].value) && close_to(c->low, row[i].low) && close_to(c->high, row[i].high),
       "%s: %s %g, %g to %g", row[i].what, row[i].path, c ? c->value : NAN, c ? c->low : NAN, c ? c->high : NAN);
  }
}

/* Smaller cells with the functions of gates that hold a state are none. */
static void with_states(void)
{
  static const char *const state[] = {"latch (IQ, IQN) { enable : \"A\"; data_in : \"A\"; }",
                                      "ff (IQ, IQN) { next_state : \"A\"; clocked_on : \"A\"; }",
                                      "statetable (\"A\", \"IQ\") { }"};
  for (size_t i = 0; i < sizeof state / sizeof *state; i++) {
    const char *cell = qy_arena_format(arena,
                                       "cell (L) { area : 1; cell_leakage_power : 1; %s\n" IN("A", "1", "")
                                           OUT("Y", "!A", DELAY("A", "", "20", "10") POWER("", "4", "2")) "}\ncell (I)",
                                       state[i]);
    qy_tech *t = import(changed("cell (I)", cell));
    if (!ok(t != NULL, "a cell of a state")) continue;
    is_text(report.choice[QY_INV].from, "I of x.lib", "is no inverter");
    is_int((int64_t)report.choice[QY_INV].candidates, 1, "the only one");
  }
}

/* ---- kinds that no cell has ---- */

/* Circuits of gates for the names that reports give them; inputs a, b, c, or the gates before by their number. */
static const struct {
  qy_cell kind;
  const char *name;
  struct {
    qy_cell kind;
    const char *in; /* "a0" */
  } gate[6];
  const char *out, *lone; /* gates of the outputs; the input that is apart from the others */
} circuits[] = {
    {QY_BUF, "2 INV", {{QY_INV, "a"}, {QY_INV, "0"}}, "1", ""},
    {QY_AND2, "NAND2 + INV", {{QY_NAND2, "ab"}, {QY_INV, "0"}}, "1", ""},
    {QY_NOR2, "OR2 + INV", {{QY_OR2, "ab"}, {QY_INV, "0"}}, "1", ""},
    {QY_NOR2, "NAND2 + 3 INV", {{QY_INV, "a"}, {QY_INV, "b"}, {QY_NAND2, "01"}, {QY_INV, "2"}}, "3", ""},
    {QY_OR2, "NOR2 + INV", {{QY_NOR2, "ab"}, {QY_INV, "0"}}, "1", ""},
    {QY_NAND3, "AND2 + NAND2", {{QY_AND2, "ab"}, {QY_NAND2, "0c"}}, "1", ""},
    {QY_AOI21, "AND2 + NOR2", {{QY_AND2, "ab"}, {QY_NOR2, "0c"}}, "1", "c"},
    {QY_OAI21, "OR2 + NAND2", {{QY_OR2, "ab"}, {QY_NAND2, "0c"}}, "1", "c"},
    {QY_XOR2, "4 NAND2", {{QY_NAND2, "ab"}, {QY_NAND2, "a0"}, {QY_NAND2, "b0"}, {QY_NAND2, "12"}}, "3", ""},
    {QY_XNOR2, "XOR2 + INV", {{QY_XOR2, "ab"}, {QY_INV, "0"}}, "1", ""},
    {QY_MUX2, "3 NAND2 + INV", {{QY_INV, "c"}, {QY_NAND2, "a0"}, {QY_NAND2, "bc"}, {QY_NAND2, "12"}}, "3", "c"},
    {QY_HA, "XOR2 + AND2", {{QY_XOR2, "ab"}, {QY_AND2, "ab"}}, "01", ""},
    {QY_FA,
     "2 XOR2 + 3 NAND2",
     {{QY_XOR2, "ab"}, {QY_XOR2, "0c"}, {QY_NAND2, "ab"}, {QY_NAND2, "0c"}, {QY_NAND2, "23"}},
     "14",
     "c"},
};
enum { CIRCUITS = sizeof circuits / sizeof *circuits };

/* What a gate makes of its inputs. */
static bool made_by(qy_cell kind, bool x, bool y)
{
  switch (kind) {
  case QY_INV: return !x;
  case QY_NAND2: return !(x && y);
  case QY_AND2: return x && y;
  case QY_NOR2: return !(x || y);
  case QY_OR2: return x || y;
  case QY_XOR2: return x != y;
  default: return false;
  }
}

/* What a cell of the kind gives. */
static bool wanted_of(qy_cell kind, int output, bool a, bool b, bool c)
{
  switch (kind) {
  case QY_BUF: return a;
  case QY_NAND3: return !(a && b && c);
  case QY_AOI21: return !((a && b) || c);
  case QY_OAI21: return !((a || b) && c);
  case QY_XNOR2: return a == b;
  case QY_MUX2: return c ? b : a;
  case QY_HA: return output ? a && b : a != b;
  case QY_FA: return output ? a + b + c >= 2 : (a + b + c) % 2;
  default: return made_by(kind, a, b);
  }
}

static void circuits_compute(void)
{
  int wrong = 0;
  for (int k = 0; k < CIRCUITS; k++)
    for (int word = 0; word < 8; word++) {
      bool value[6] = {false}, in[2] = {false};
      for (int g = 0; g < 6 && circuits[k].gate[g].in; g++) {
        for (int i = 0; circuits[k].gate[g].in[i]; i++) {
          const char name = circuits[k].gate[g].in[i];
          in[i] = name >= 'a' ? word >> (name - 'a') & 1 : value[name - '0'];
        }
        value[g] = made_by(circuits[k].gate[g].kind, in[0], in[1]);
      }
      for (int o = 0; circuits[k].out[o]; o++)
        wrong += value[circuits[k].out[o] - '0'] != wanted_of(circuits[k].kind, o, word & 1, word >> 1 & 1, word >> 2);
    }
  is_int(wrong, 0, "the circuits that the names stand for make what the cells make");
}

/* A figure of a kind; end 0: its value, 1 and 2: the ends of its interval. */
static double figure(const qy_tech *t, qy_cell kind, const char *what, int end)
{
  const qy_constant *nand = qy_tech_constant(t, qy_arena_format(arena, "nand2.%s", what)), *c = nand;
  if (kind != QY_NAND2) c = qy_tech_constant(t, qy_arena_format(arena, "cells.%s.%s", qy_cell_name(kind), what));
  if (!c || !nand) return NAN;
  const double x = end == 0 ? c->value : end == 1 ? c->low : c->high;
  return kind == QY_NAND2 ? x : x * nand->value;
}

/* Does the composed kind k have the figures of its parts? */
static bool adds_up(const qy_tech *t, int k)
{
  enum { VOLT = 2 };
  const qy_cell kind = circuits[k].kind;
  const double outputs = (double)strlen(circuits[k].out);
  bool good = true;
  for (int end = 0; end < 3; end++) {
    double area = 0, leakage = 0, energy = 0, inner = 0, own = 0, lone = 0, at[6] = {0};
    char seen[4] = "";
    for (int g = 0; g < 6 && circuits[k].gate[g].in; g++) {
      const qy_cell of = circuits[k].gate[g].kind;
      area += figure(t, of, "area", end);
      leakage += figure(t, of, "leakage", end);
      energy += figure(t, of, "energy", end) / outputs;
      for (int i = 0; circuits[k].gate[g].in[i]; i++) {
        const char name = circuits[k].gate[g].in[i];
        if (name < 'a') {
          inner += figure(t, of, "in_cap", 0);
          at[g] = fmax(at[g], at[name - '0']);
          continue;
        }
        own += figure(t, of, "in_cap", end);
        if (name == circuits[k].lone[0]) lone += figure(t, of, "in_cap", 0);
        if (!strchr(seen, name)) strncat(seen, &name, 1);
      }
      at[g] += figure(t, of, "delay", end);
    }
    energy += 0.5 * VOLT * VOLT * inner / outputs;
    good &= close_to(figure(t, kind, "area", end), area) && close_to(figure(t, kind, "leakage", end), leakage) &&
            close_to(figure(t, kind, "energy", end), energy) &&
            close_to(figure(t, kind, "in_cap", end), own / (double)strlen(seen)) &&
            close_to(figure(t, kind, "delay", end), at[circuits[k].out[0] - '0']);
    if (lone > 0 && end == 0) good &= close_to(t->lone_cap_ff[kind], lone);
    /* two NAND2 of delays that no load changes */
    if (kind == QY_FA) good &= close_to(t->fa_carry_ps, 2 * figure(t, QY_NAND2, "delay", 0));
  }
  return good;
}

/* Libraries that lack any of six cells, with an OR2, a NOR2, both or none of them. */
static void composed(void)
{
  static const char *const more[] = {
      "cell (O) { area : 7; cell_leakage_power : 5;\n" IN("A", "3", "") IN("B", "3.5", "")
          OUT("Y", "A + B", DELAY("A", "", "18", "22") DELAY("B", "", "20", "28") POWER("", "3", "4")) "}\n",
      "cell (R) { area : 5; cell_leakage_power : 3;\n" IN("A", "2", "") IN("B", "2.5", "")
          OUT("Y", "!(A + B)", DELAY("A", "", "12", "22") DELAY("B", "", "14", "28") POWER("", "2", "4")) "}\n"};
  int wrong = 0, found[CIRCUITS] = {0};
  char *whole = text;
  for (unsigned lacks = 0; lacks < 256; lacks += 3) {
    size_t length;
    FILE *out = open_memstream(&text, &length);
    for (size_t i = 0; out && i < sizeof part / sizeof *part; i++) {
      if (i >= 3 && i <= 8 && lacks >> (i - 1) & 1) continue;
      if (i + 1 == sizeof part / sizeof *part)
        for (unsigned k = 0; k < 2; k++)
          if (lacks >> k & 1) fputs(more[k], out);
      fputs(part[i], out);
    }
    if (out) fclose(out);
    qy_tech *t = import(text);
    if (t && (report.choice[QY_HA].composed == (report.half_adder.cell != NULL) ||
              report.choice[QY_FA].composed == (report.full_adder.cell != NULL)))
      wrong++;
    for (int k = 0; t && k < CIRCUITS; k++) {
      const struct qy_liberty_choice *c = &report.choice[circuits[k].kind];
      if (!c->composed || strcmp(c->from, circuits[k].name) != 0) continue;
      found[k]++;
      if (adds_up(t, k)) continue;
      if (wrong++ < 5) printf("# %s: %s\n", qy_cell_name(circuits[k].kind), c->from);
    }
    wrong += !t;
    free(text);
  }
  text = whole;
  int none = 0;
  for (int k = 0; k < CIRCUITS; k++)
    none += found[k] == 0;
  is_int(wrong, 0, "kinds that no cell has have the figures of the gates that make them");
  is_int(none, 0, "all of them");
}

/* Pins that no logic knows are rails, which are no inputs; those of an arc are inputs. */
static void rails(void)
{
#define NAND_Y "pin (Y) { direction : output; function : \"!(A B)\"; "
  static const struct {
    const char *pin, *arc;
    bool rail;
  } row[] = {{"pin (V) { direction : input; }\n", "", true},
             {"pin (V) { direction : input; " POWER("", "1", "1") "}\n", "", true},
             {"pin (V) { direction : input; }\n", POWER("related_pin : \"V\";", "1", "1"), true},
             {"pin (V) { direction : input; }\n", DELAY("V", "", "10", "20"), false},
             {"pin (V) { direction : input; " DELAY("A", "timing_type : setup_rising;", "1", "1") "}\n", "", false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_liberty_options options = {.name = "x", .base = base};
    const char *written = changed(NAND_Y, qy_arena_format(arena, "%s" NAND_Y "%s", row[i].pin, row[i].arc));
    const qy_liberty_source source = {"x.lib", written, written ? strlen(written) : 0};
    qy_tech *t = NULL;
    if (!ok(written != NULL, "a NAND2 with another pin")) continue;
    const bool taken = !qy_liberty_import(&t, &report, &source, 1, &options, arena, NULL);
    ok(taken == row[i].rail, "another pin is a%s", row[i].rail ? " rail" : "n input");
  }
}

/* Names of pins: letters at both ends of the alphabet, digits, signs.  With one arc for all inputs nothing but the
 * function tells that they are pins of logic. */
static void names(void)
{
  static const char *const name[] = {"a", "z", "A", "Z", "m0", "m9", "_", "q[0]", "q[9]"};
  enum { NAMES = sizeof name / sizeof *name };
  for (int i = 0; i < NAMES; i++) {
    const char *x = name[i], *y = name[(i + 1) % NAMES];
    const char *cell = qy_arena_format(
        arena,
        "cell (P) { area : 3.5; cell_leakage_power : 2;\n" IN("\"%s\"", "2", "") IN("\"%s\"", "3", "")
            OUT("Y", "!(%s %s)",
                "timing () { cell_rise (scalar) { values (\"60\"); } cell_fall (scalar) { values (\"60\"); } "
                "rise_transition (scalar) { values (\"30\"); } fall_transition (scalar) { values (\"20\"); } }\n" POWER(
                    "", "4", "8")) "}\ncell (N)",
        x, y, x, y);
    qy_tech *t = import(changed("cell (N)", cell));
    if (ok(t != NULL, "a NAND2 of pins %s and %s", x, y))
      is_int((int64_t)report.choice[QY_NAND2].candidates, 2, "is one, by its function");
  }
}

/* A full adder whose carry has tables of delays but none of transitions that can be read: no chain of it settles. */
static void broken_carry(void)
{
  const char *ci = DELAY("CI", "", "16", "12");
  const char *broken = "timing () { related_pin : \"CI\"; cell_rise (scalar) { values (\"16\"); } cell_fall (scalar) "
                       "{ values (\"12\"); } rise_transition (scalar) { values (\"none\"); } }\n";
  qy_tech *t = import(changed(ci, broken));
  if (!ok(t != NULL, "a full adder without a slew of its carry")) return;
  const struct qy_liberty_choice *c = &report.choice[QY_FA];
  ok(c->composed && c->note && strstr(c->note, "F left out: line "), "is left out, and why: %s",
     c->note ? c->note : "-");
}

/* Inverters need tables of transitions: the slew of all measurements is that of a chain of them. */
static void no_transitions(void)
{
  const char *written =
      changed(DELAY("A", "", "20", "10"), "timing () { related_pin : \"A\"; cell_rise (scalar) { values "
                                          "(\"20\"); } cell_fall (scalar) { values (\"10\"); } }\n");
  const qy_liberty_options options = {.name = "x", .base = base};
  const qy_liberty_source source = {"x.lib", written, strlen(written)};
  qy_error err = {0};
  qy_tech *t;
  ok(qy_liberty_import(&t, &report, &source, 1, &options, arena, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "rise_transition and fall_transition tables"),
     "an inverter without them is none: %s", err.diagnostic[0].text);
}

/* A flip-flop whose next state is its own alone has no data pin. */
static void toggle(void)
{
  static const char *const next[] = {"IQN", "1", "!IQ"};
  for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
    const char *cell = qy_arena_format(
        arena,
        "cell (T) { area : 2; cell_leakage_power : 7; ff (IQ, IQN) { next_state : \"%s\"; clocked_on : \"CK\"; }\n" IN(
            "CK", "3", "clock : true;")
            OUT("Q", "IQ", DELAY("CK", "timing_type : rising_edge;", "30", "40")) "}\ncell (D)",
        next[i]);
    if (ok(import(changed("cell (D)", cell)) != NULL, "a flip-flop of the next state %s", next[i]))
      ok(report.choice[QY_DFF].candidates == 1 && strcmp(report.choice[QY_DFF].from, "D of x.lib") == 0,
         "is no D flip-flop");
  }
}

/* Leakage below zero is none that a technology can have. */
static void leakage_below(void)
{
  qy_tech *t =
      import(changed("cell (I) { area : 3; cell_leakage_power : 2;", "cell (I) { area : 3; cell_leakage_power : -2;"));
  if (!ok(t != NULL, "an inverter of a leakage below zero")) return;
  ok(report.choice[QY_INV].note && strcmp(report.choice[QY_INV].note, "its leakage is -2 nW: not used") == 0,
     "is said: %s", report.choice[QY_INV].note ? report.choice[QY_INV].note : "-");
  ok(!report.choice[QY_BUF].note && !report.choice[QY_AND2].note, "and of no other cell");
}

/* A NAND2 whose tables say that it takes nothing is no scale of energies, which is said. */
static void no_energy(void)
{
  char *whole = text;
  text = (char *)changed(POWER("related_pin : \"A\";", "4", "8"), POWER("related_pin : \"A\";", "0", "0"));
  const char *written = changed(POWER("related_pin : \"B\";", "1", "3"), POWER("related_pin : \"B\";", "0", "0"));
  text = whole;
  if (!ok(import(written) != NULL, "a NAND2 that takes nothing")) return;
  const char *note = report.choice[QY_NAND2].note;
  ok(note && strcmp(note, "its internal power is 0 fJ: not used") == 0, "said of it: %s", note ? note : "-");
  ok(!report.choice[QY_INV].note, "and of no other cell");
}

/* A multiplexer that inverts is the second choice, however small it is. */
static void inverting_mux(void)
{
  const char *cell = "cell (MI) { area : 9; cell_leakage_power : 6;\n" IN("S", "5", "") IN("A", "1.5", "")
      IN("B", "2", "") OUT("Y", "!((S A) + (S' B))", DELAY("A B S", "", "24", "26") POWER("", "7", "7")) "}\ncell (M)";
  if (!ok(import(changed("cell (M)", cell)) != NULL, "two multiplexers")) return;
  is_text(report.choice[QY_MUX2].from, "M of x.lib", "the one that does not invert is taken");
  is_int((int64_t)report.choice[QY_MUX2].candidates, 2, "of two");
}

/* Loads that are about thirty times what the base library suggests, the root of a thousand, come from a wrong unit. */
static void load_units(void)
{
  static const double times[] = {31.6, 31.63, 1 / 31.6, 1 / 31.63};
  const double suggested = base->in_cap_ff[QY_NAND2] * sqrt(4 / base->area_um2[QY_NAND2]);
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    const char *unit = qy_arena_format(arena, "capacitive_load_unit (%.17g,ff)", times[i] * suggested / 2.5);
    if (!ok(import(changed("capacitive_load_unit (1,ff)", unit)) != NULL, "loads %g times the likely", times[i]))
      continue;
    int warned = 0;
    for (size_t w = 0; w < report.warning_count; w++)
      warned += strstr(report.warning[w], "is capacitive_load_unit right") != NULL;
    is_int(warned, i % 2, i % 2 ? "are warned of" : "are not yet");
  }
}

/* Tables of one place have one value; an index without numbers is none. */
static void short_tables(void)
{
#define N_ONE "timing () { related_pin : \"A\";  cell_rise (scalar) { values (\"10\")"
  static const struct {
    const char *index;
    double delay;
    const char *why;
  } row[] = {{"index_1 (\"5\"); values (\"16\")", 29, NULL},
             {"index_1 (\"5, 6\"); values (\"16, 16\")", 29, NULL},
             {"index_1 (\"x\"); values (\"16\")", 0, "1 to 64 numbers in an index"},
             {"index_1 (\",\"); values (\"16\")", 0, "1 to 64 numbers in an index"},
             {"index_1 (\"6, 5\"); values (\"16, 16\")", 0, "an index that rises"},
             {"index_1 (\"5, 5\"); values (\"16, 16\")", 0, "an index that rises"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char message[900];
    const char *table =
        qy_arena_format(arena, "timing () { related_pin : \"A\";  cell_rise (by_load) { %s", row[i].index);
    const char *written = changed(N_ONE, table);
    const qy_liberty_options options = {.name = "x", .base = base};
    qy_error err = {0};
    qy_tech *t = NULL;
    if (!ok(written != NULL, "an arc is changed")) return;
    written =
        qy_arena_format(arena, HEAD "lu_table_template (by_load) { variable_1 : total_output_net_capacitance; }\n%s",
                        written + strlen(HEAD));
    const qy_liberty_source source = {"x.lib", written, strlen(written)};
    const qy_status status = qy_liberty_import(&t, &report, &source, 1, &options, arena, &err);
    if (row[i].why) {
      qy_diagnostic_format(&err, 0, message, sizeof message);
      ok(status == QY_BAD_INPUT && strstr(message, row[i].why), "%s: %s", row[i].index, message);
    } else if (ok(status == QY_OK, "%s", row[i].index)) {
      near_rel(t->delay_ps[QY_NAND2], row[i].delay, 1e-9, "the mean of both inputs, of A that of 16 and 20 ps");
    }
  }
}

/* Units with every prefix: a supply of 50 V, which no library has, is told in volts. */
static void prefixes(void)
{
  static const struct {
    const char *letter;
    double factor;
  } row[] = {{"", 1}, {"f", 1e-15}, {"p", 1e-12}, {"n", 1e-9}, {"u", 1e-6}, {"m", 1e-3}, {"k", 1e3}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *unit =
        qy_arena_format(arena, "voltage_unit : \"1%sV\"; nom_voltage : %.17g;", row[i].letter, 50 / row[i].factor);
    const char *written = changed("nom_voltage : 2;", unit);
    const qy_liberty_options options = {.name = "x", .base = base};
    qy_error err = {0};
    qy_tech *t = NULL;
    const qy_liberty_source source = {"x.lib", written, strlen(written)};
    const qy_status status = qy_liberty_import(&t, &report, &source, 1, &options, arena, &err);
    ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "found 50 V"), "%s: %s", unit, err.diagnostic[0].text);
  }
}

/* A flip-flop without the output that it should have gets an inverter, and what that takes. */
static void inverted_flip_flop(void)
{
#define Q_OUT OUT("Q", "IQ", DELAY("CK", "timing_type : rising_edge;", "30", "40") POWER("", "2", "4"))
  qy_tech *t = import(changed(Q_OUT, ""));
  if (!ok(t != NULL, "a flip-flop of the complement alone")) return;
  near_rel(t->area_um2[QY_DFF], 20 + 3, 1e-12, "with the area of an inverter");
  near_rel(t->leakage_nw[QY_DFF], 7 + 2, 1e-12, "and its leakage");
  ok(report.choice[QY_DFF].note && strstr(report.choice[QY_DFF].note, "inverter added"), "which is said");
}

/* The adder's inputs, whichever of them loads its driver least. */
static void adder_pins(void)
{
  static const char *const cap[] = {"4", "6", "9"}, *const name[] = {"A", "B", "CI"};
  static const int order[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
    const int *of = order[i];
    const char *pins = qy_arena_format(arena, IN("A", "%s", "") IN("B", "%s", "") IN("CI", "%s", ""), cap[of[0]],
                                       cap[of[1]], cap[of[2]]);
    const char *written = changed(IN("A", "6", "") IN("B", "6", "") IN("CI", "4", ""), pins);
    if (!ok(written && import(written), "an adder")) return;
    const qy_liberty_adder *full = &report.full_adder;
    int least = 0, all = 0;
    while (of[least] != 0)
      least++;
    for (int k = 0; k < 3; k++)
      for (int n = 0; n < 3; n++)
        all |= strcmp(full->input[k], name[n]) == 0 ? 1 << n : 0;
    ok(strcmp(full->input[2], name[least]) == 0 && all == 7, "%s loads its driver least", name[least]);
  }
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  join_parts();
  if (!ok(qy_tech_read(&base, "db", "fdsoi28", arena, &err) == QY_OK, "base library")) return done();
  figures();
  circuits_compute();
  composed();
  adder_pins();
  rails();
  inverted_flip_flop();
  names();
  broken_carry();
  leakage_below();
  no_energy();
  inverting_mux();
  load_units();
  no_transitions();
  toggle();
  short_tables();
  prefixes();
  arcs();
  with_states();
  free(text);
  qy_arena_free(arena);
  return done();
}
