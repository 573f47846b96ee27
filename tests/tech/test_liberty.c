/* Liberty import against closed forms: a made-up library whose tables are planes (liberty_text.h), in two systems of
 * units; kinds by function; composed kinds; flip-flops; several files; gzip; messages with their place. */
#include "quarry/liberty.h"

#include "liberty_text.h"
#include "quarry/random.h"
#include "tap.h"

#include <unistd.h>
#include <zlib.h>

static qy_arena *arena;
static qy_tech *base;
static qy_liberty_report report;

/* In the made-up library the inverter's input is 2 fF: load 8 fF, slew 5 + 8 = 13 ps. */
enum { LOAD = 8, SLEW = 13 };
static const double delay_extra = 2 * LOAD + SLEW / 2.0, energy_extra = LOAD / 4.0;

static void full_library(void)
{
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("K2", 5, 2, "P", 1.5, 9, 3, "P");
  MADE_CELL("AND2_IN_NAME_ONLY", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
  MADE_CELL("LARGER_NAND2", 8, 4, "P Q", 5, 4, 4, "P' + Q'");
  MADE_CELL("K4", 4, 2.5, "Y X", 2.6, 7, 2.2, "X' * Y'");
  MADE_CELL("K5", 6, 3, "P Q", 2.4, 11, 4, "P&Q");
  MADE_CELL("K6", 6, 3.5, "P Q", 2.4, 12, 4.2, "P|Q");
  MADE_CELL("K7", 7, 3, "P Q R", 2.7, 8, 3, "(P Q R)'");
  MADE_CELL("K8", 7.5, 3, "C P Q", 2.8, 9, 3.2, "!((P*Q)+C)");
  MADE_CELL("K9", 7.25, 3, "P C Q", 2.8, 9.5, 3.3, "!((P+Q) C)");
  MADE_CELL("K10", 10, 5, "P Q", 3.5, 14, 6, "(P !Q) + (!P Q)");
  MADE_CELL("K11", 11, 5.5, "P Q", 3.6, 15, 6.5, "!(P ^ Q)");
  MADE_CELL("K12", 12, 5, "P Q M", 3, 16, 7, "(M P) + (M' Q)");
  MADE_CELL("K13", 16, 8, "P Q", 4, 18, 9, "P Q", "P^Q");
  MADE_CELL("K14", 24, 12, "P Q R", 6, 20, 14, "P^Q^R", "P Q + R (P + Q)");
  made_flip_flop("F1", 26, "W", "T", "", "S");
}

static char *made_text(const made_units *u, const char *extra, void (*cells)(void), size_t *length)
{
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  made_begin(out, u, extra);
  cells();
  made_end();
  fclose(out);
  char *kept = qy_arena_text(arena, text, *length);
  free(text);
  return kept;
}

static qy_tech *import(const char *text, size_t length, qy_error *err)
{
  qy_liberty_source source = {"made.lib", text, length};
  qy_liberty_options options = {.name = "made", .base = base, .node_nm = 100};
  qy_tech *t = NULL;
  char line[900];
  qy_error_clear(err);
  if (qy_liberty_import(&t, &report, &source, 1, &options, arena, err))
    printf("# %s\n", qy_diagnostic_format(err, 0, line, sizeof line));
  return t;
}

/* kind, area, leakage, pin, delay of the slowest output, energy, inputs; cells that do not invert, or need not, repeat
 * the rising edge, 1 ps slower than the mean */
static const struct {
  qy_cell kind;
  double area, leakage, pin, delay, energy;
  int inputs;
} expected[] = {
    {QY_INV, 3, 1, 2, 5, 1, 1},        {QY_BUF, 5, 2, 1.5, 10, 3, 1},        {QY_NAND2, 4, 2, 2.5, 6, 2, 2},
    {QY_NOR2, 4, 2.5, 2.6, 7, 2.2, 2}, {QY_AND2, 6, 3, 2.4, 12, 4, 2},       {QY_OR2, 6, 3.5, 2.4, 13, 4.2, 2},
    {QY_NAND3, 7, 3, 2.7, 8, 3, 3},    {QY_AOI21, 7.5, 3, 2.8, 9, 3.2, 3},   {QY_OAI21, 7.25, 3, 2.8, 9.5, 3.3, 3},
    {QY_XOR2, 10, 5, 3.5, 15, 6, 2},   {QY_XNOR2, 11, 5.5, 3.6, 16, 6.5, 2}, {QY_MUX2, 12, 5, 3, 17, 7, 3},
    {QY_HA, 16, 8, 4, 29, 9, 2},       {QY_FA, 24, 12, 6, 31, 14, 3},
};

/* In a settled chain the slew is 5 + load, which gives the next stage load / 2 on top of its own 2 load; a flip-flop's
 * clock comes at a fixed slew. Lone inputs: C of K8 and K9, the select M, the input of the adder with the least
 * load. */
static void loads(const qy_tech *t, const char *what)
{
  int wrong = 0;
  for (int k = 0; k < QY_CELL_COUNT; k++)
    wrong += !(fabs(t->load_slope_ps_per_ff[k] / (k == QY_DFF ? 2 : 2.5) - 1) < 1e-9);
  is_int(wrong, 0, what);
  near_rel(t->load_ff, LOAD, 1e-12, "load of four inverters");
  near_rel(t->lone_cap_ff[QY_AOI21], 2.8, 1e-12, "AOI21: the input outside the pair");
  near_rel(t->lone_cap_ff[QY_OAI21], 2.8 * 1.125, 1e-12, "OAI21: the input outside the pair");
  near_rel(t->pair_cap_ff[QY_OAI21], 2.8 * (1 + 1.25) / 2, 1e-12, "and the mean of the pair");
  near_rel(t->lone_cap_ff[QY_MUX2], 3 * 1.25, 1e-12, "MUX2: the select");
  near_rel(t->lone_cap_ff[QY_FA], 6, 1e-12, "FA: the carry in");
  near_rel(t->lone_cap_ff[QY_NAND2], t->in_cap_ff[QY_NAND2], 1e-12, "NAND2: none");
}

static void closed_forms(const made_units *u, const char *what)
{
  qy_error err = {0};
  size_t length;
  char *text = made_text(u, "  define (strange, cell, string);\n  strange_group (x) { deep (y) { z : 1; } }\n",
                         full_library, &length);
  qy_tech *t = import(text, length, &err);
  if (!ok(t != NULL, "%s: imported", what)) return;
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    qy_cell k = expected[i].kind;
    /* pins have cap * (1 + i / 8): mean of i is (inputs - 1) / 2 */
    double pin = expected[i].pin * (1 + (expected[i].inputs - 1) / 16.0);
    int right = fabs(t->area_um2[k] / expected[i].area - 1) < 1e-12 &&
                fabs(t->leakage_nw[k] / expected[i].leakage - 1) < 1e-12 && fabs(t->in_cap_ff[k] / pin - 1) < 1e-12 &&
                fabs(t->delay_ps[k] / (expected[i].delay + delay_extra) - 1) < 1e-9 &&
                fabs(t->internal_fj[k] / ((expected[i].energy + energy_extra)) - 1) < 1e-9;
    ok(right, "%s: %s", what, qy_cell_name(k));
    if (!right)
      printf("# area %g leakage %g pin %g (%g) delay %g (%g) energy %g (%g)\n", t->area_um2[k], t->leakage_nw[k],
             t->in_cap_ff[k], pin, t->delay_ps[k], expected[i].delay + delay_extra, t->internal_fj[k],
             expected[i].energy + energy_extra);
  }
  /* flip-flop: Q tables at load and slew, D tables without load; clock: twice 10 without load, and 3 fF * 4 V^2 */
  near_rel(t->delay_ps[QY_DFF], 20 + delay_extra, 1e-9, "clock to Q");
  near_rel(t->internal_fj[QY_DFF], 4 + energy_extra + 2, 1e-9, "flip-flop energy per toggle");
  near_rel(t->dff_clock_fj, 2 * 10 + 3 * 4, 1e-9, "clock energy per cycle");
  near_rel(t->dff_setup_ps, 14, 1e-9, "setup");
  /* carry chain: least capacitance of the inputs is 6 fF (R has 7.5, Q 6.75): slew 5 + 6, delay 30 + 2 * 6 + 11 / 2;
   * the carry does not invert: it repeats the rising edge, 1 ps slower */
  near_rel(t->fa_carry_ps, 30 + 12 + 5.5 + 1, 1e-9, "carry");
  loads(t, what);
  ok(t->voltage_v == 2 && t->temperature_c == 30 && t->node_nm == 100, "conditions");
  near_rel(report.slew_ps, SLEW, 1e-9, "slew of an inverter that drives four");
  is_int((int64_t)report.cells, 16, "cells");
  is_int((int64_t)report.choice[QY_NAND2].candidates, 2, "two NAND2 cells");
  is_text(report.choice[QY_NAND2].from, "AND2_IN_NAME_ONLY of made.lib", "the smaller, whatever its name");
  const qy_constant *c = qy_tech_constant(t, "cells.fa.area");
  ok(c && c->status == QY_DERIVED && strcmp(c->source, "K14 of made.lib") == 0, "constants name file and cell");
  c = qy_tech_constant(t, "effort.p");
  ok(c && strncmp(c->source, "not in Liberty, as in fdsoi28: ", 31) == 0, "what Liberty lacks names its library");
}

/* ---- missing kinds ---- */

static void few_cells(void)
{
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
  made_flip_flop("F1", 26, "W", "T", "", "S");
}

static void composed(void)
{
  qy_error err = {0};
  size_t length;
  char *text = made_text(&picos, "", few_cells, &length);
  qy_tech *t = import(text, length, &err);
  if (!ok(t != NULL, "three cells are enough")) return;
  static const struct {
    qy_cell kind;
    double area; /* INV 3, NAND2 4 */
    const char *recipe;
  } rows[] = {{QY_BUF, 6, "2 INV"},           {QY_AND2, 7, "NAND2 + INV"},    {QY_NOR2, 13, "NAND2 + 3 INV"},
              {QY_OR2, 16, "NOR2 + INV"},     {QY_NAND3, 11, "AND2 + NAND2"}, {QY_AOI21, 20, "AND2 + NOR2"},
              {QY_OAI21, 20, "OR2 + NAND2"},  {QY_XOR2, 16, "4 NAND2"},       {QY_XNOR2, 19, "XOR2 + INV"},
              {QY_MUX2, 15, "3 NAND2 + INV"}, {QY_HA, 23, "XOR2 + AND2"},     {QY_FA, 44, "2 XOR2 + 3 NAND2"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct qy_liberty_choice *c = &report.choice[rows[i].kind];
    ok(c->composed && strcmp(c->from, rows[i].recipe) == 0 && fabs(t->area_um2[rows[i].kind] - rows[i].area) < 1e-9,
       "%s from %s, %g um2", qy_cell_name(rows[i].kind), rows[i].recipe, rows[i].area);
  }
  /* XOR2: two NAND2 pins of 2.65625 fF mean per input; three NAND2 delays; four energies */
  near_rel(t->in_cap_ff[QY_XOR2], 2 * 2.5 * (1 + 1 / 16.0), 1e-12, "XOR2 pin");
  near_rel(t->delay_ps[QY_XOR2], 3 * (6 + delay_extra), 1e-9, "XOR2 delay");
  /* and at 2 V the four pins inside */
  near_rel(t->internal_fj[QY_XOR2], 4 * (2 + energy_extra) + 0.5 * 2 * 2 * 4 * t->in_cap_ff[QY_NAND2], 1e-9,
           "XOR2 energy");
  /* carry: a NAND2 into a NAND2, another into an XOR2 and a NAND2, each 6 + 2 load + (5 + load of the one before) /
   * 2 */
  near_rel(t->fa_carry_ps, 2 * 6 + 5 + 2.5 * (2.65625 + 3 * 2.65625), 1e-9, "carry of the composed adder");
  near_rel(t->lone_cap_ff[QY_FA], 3 * 2.65625, 1e-9, "its carry in drives an XOR2 and a NAND2");
  near_rel(t->lone_cap_ff[QY_MUX2], 2 + 2.65625, 1e-9, "the select of a composed multiplexer an inverter and a NAND2");
  const qy_constant *c = qy_tech_constant(t, "cells.fa.area");
  is_text(c->source, "no such cell in made.lib: composed as 2 XOR2 + 3 NAND2", "and said so");
}

/* ---- which cells ---- */

static void traps(void)
{
  few_cells();
  /* all smaller than the regular cells, none of them regular */
  fputs("  cell (U1) { area : 1; dont_use : true; cell_leakage_power : 1; pin (P) { direction : input; }\n"
        "    pin (Z) { direction : output; function : \"!P\"; } }\n"
        "  cell (U2) { area : 1; cell_leakage_power : 1; pin (P) { direction : input; }\n"
        "    pin (E) { direction : input; }\n"
        "    pin (Z) { direction : output; function : \"!(P E)\"; three_state : \"!E\"; } }\n"
        "  cell (U3) { area : 1; cell_leakage_power : 1; latch (I, N) { enable : \"E\"; data_in : \"P\"; }\n"
        "    pin (P) { direction : input; } pin (Z) { direction : output; function : \"!P\"; } }\n"
        "  cell (U4) { area : 1; cell_leakage_power : 1; bus (P) { pin (P[0]) { direction : input; } }\n"
        "    pin (A) { direction : input; } pin (Z) { direction : output; function : \"!A\"; } }\n",
        made);
  MADE_CELL("HALF_INV", 24, 10, "P Q R", 6, 20, 14, "!(P^Q^R)", "P Q + R (P + Q)"); /* one output inverted */
  MADE_CELL("MUXI", 9, 5, "P Q M", 3, 16, 7, "!((M P) + (M' Q))");
  MADE_CELL("NOT_MUX", 1, 5, "P Q M", 3, 16, 7, "(M P) + (M Q)");
  MADE_CELL("STRONGER_INV", 3, 0.5, "P", 2, 4, 1, "!P"); /* of equal area */
  made_flip_flop("RESET", 20, "W", "T", "      clear : \"!R\";\n", "S");
  made_flip_flop("ENABLE", 10, "(W E) + (S !E)", "T", "", "S");
  made_flip_flop("FALLING", 10, "W", "!T", "", "S");
  made_flip_flop("INVERTED", 10, "W", "T'", "", "N");
}

static void regular(void)
{
  qy_error err = {0};
  size_t length;
  char *text = made_text(&picos, "", traps, &length);
  qy_tech *t = import(text, length, &err);
  if (!ok(t != NULL, "library with cells that must not be taken")) return;
  near_rel(t->area_um2[QY_INV], 3, 1e-12, "no tri-state, unusable, latch or bus cell");
  near_rel(t->leakage_nw[QY_INV], 1, 1e-12, "of equal areas the weaker inverter");
  near_rel(t->area_um2[QY_DFF], 26, 1e-12, "a plain flip-flop before smaller ones");
  ok(!report.choice[QY_DFF].note, "which needs no note");
  near_rel(t->area_um2[QY_FA], 24 + 3, 1e-12, "an adder with one inverted output gets one inverter");
  near_rel(t->internal_fj[QY_FA], 14 + energy_extra + (1 + energy_extra) / 2 + 0.5 * 2 * 2 * t->in_cap_ff[QY_INV] / 2,
           1e-9, "half its energy and that of its pin per output");
  near_rel(t->fa_carry_ps, 30 + 2 * 6 + 11 / 2.0 + 1, 1e-9, "not in its carry, which is no complement");
  near_rel(t->area_um2[QY_MUX2], 9, 1e-12, "an inverting multiplexer");
  near_rel(qy_tech_constant(t, "cells.mux2.area")->high, (9 + 3) / 4.0, 1e-12, "an inverter behind it at the high end");
  ok(report.choice[QY_MUX2].note != NULL, "and said so");
}

static void carry_bar(void)
{
  few_cells();
  MADE_CELL("CARRY_BAR", 24, 10, "P Q R", 6, 20, 14, "P^Q^R", "!(P Q + R (P + Q))");
}

/* Adder into 2 fF, slew 5 + 6 from the inverter: 30 + 4 + 5.5; inverter into 6 fF, slew 5 + 2: 5 + 12 + 3.5; whichever
 * edge the chain starts with, one stage rises and the other falls. */
static void complemented_carry(void)
{
  qy_error err = {0};
  size_t length;
  char *text = made_text(&picos, "", carry_bar, &length);
  qy_tech *t = import(text, length, &err);
  if (ok(t != NULL, "an adder that gives the complement of its carry")) near_rel(t->fa_carry_ps, 60, 1e-9, "carry");
}

/* Rise and fall of a buffer 20 and 10 ps, of an inverter 30 and 10 ps, without load or slew: a chain of buffers takes
 * the slow edge again and again, one of inverters their mean.  A sense that the file states goes before the
 * function. */
static void edges(void)
{
  static const char *const form =
      "library (x) { time_unit : \"1ps\"; capacitive_load_unit (1,ff); leakage_power_unit : 1nW; nom_voltage : 1;\n"
      "  cell (I) { area : 1; cell_leakage_power : 1; pin (A) { direction : input; capacitance : 1; }\n"
      "    pin (Y) { direction : output; function : \"!A\"; timing () { related_pin : \"A\"; cell_rise (scalar) { "
      "values "
      "(\"30\"); } cell_fall (scalar) { values (\"10\"); }\n"
      "      rise_transition (scalar) { values (\"5\"); } fall_transition (scalar) { values (\"5\"); } }\n"
      "      internal_power () { power (scalar) { values (\"1\"); } } } }\n"
      "  cell (B) { area : 1; cell_leakage_power : 1; pin (A) { direction : input; capacitance : 1; }\n"
      "    pin (Y) { direction : output; function : \"A\"; timing () { related_pin : \"A\"; %s cell_rise (scalar) { "
      "values "
      "(\"20\"); } cell_fall (scalar) { values (\"10\"); } }\n"
      "      internal_power () { power (scalar) { values (\"1\"); } } } }\n"
      "  cell (N) { area : 1; cell_leakage_power : 1; pin (A) { direction : input; capacitance : 1; }\n"
      "    pin (B) { direction : input; capacitance : 1; }\n"
      "    pin (Y) { direction : output; function : \"!(A B)\"; timing () { related_pin : \"A B\"; cell_rise (scalar) "
      "{ "
      "values (\"10\"); } }\n"
      "      internal_power () { power (scalar) { values (\"1\"); } } } }\n";
  const struct {
    const char *sense;
    double delay_ps;
  } rows[] = {{"", 20},
              {"timing_sense : positive_unate;", 20},
              {"timing_sense : negative_unate;", 15},
              {"timing_sense : non_unate;", 20}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char *written = NULL;
    size_t length = 0;
    qy_error err = {0};
    FILE *out = open_memstream(&written, &length);
    fprintf(out, form, rows[i].sense);
    made = out;
    units = &picos;
    made_flip_flop("F", 5, "W", "T", "", "S");
    fputs(
        "  lu_table_template (plane) { variable_1 : total_output_net_capacitance; variable_2 : input_net_transition;\n"
        "    index_1 (\"1, 9\"); index_2 (\"4, 20\"); } }\n",
        out);
    fclose(out);
    qy_tech *t = import(qy_arena_text(arena, written, length), length, &err);
    free(written);
    if (!ok(t != NULL, "scalar tables, buffer \"%s\"", rows[i].sense)) continue;
    near_rel(t->delay_ps[QY_INV], 20, 1e-12, "an inverter alternates its edges");
    near_rel(t->delay_ps[QY_BUF], rows[i].delay_ps, 1e-12, "a buffer repeats its slow one");
  }
}

static void reset_only(void)
{
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
  made_flip_flop("FALLING", 10, "W", "!T", "", "S");
  made_flip_flop("RESET", 20, "W", "T", "      clear : \"!R\";\n", "S");
  made_flip_flop("INVERTED", 15, "W", "T", "", "N");
}

static void nearest_flip_flop(void)
{
  qy_error err = {0};
  size_t length;
  char *text = made_text(&picos, "", reset_only, &length);
  qy_tech *t = import(text, length, &err);
  if (!ok(t != NULL, "library without a plain flip-flop")) return;
  is_text(report.choice[QY_DFF].from, "RESET of made.lib", "the one with a reset is nearest");
  is_text(report.choice[QY_DFF].note, "it has a set or reset", "and said so");
}

/* Defaults of the library stand in for what a cell does not state; energies below zero are set to the least ratio. */
static void defaults(void)
{
  qy_error err = {0};
  size_t length;
  char *text =
      made_text(&picos, "  default_cell_leakage_power : 1.75;\n  default_input_pin_cap : 2.0;\n", few_cells, &length);
  char *cap = strstr(text, "capacitance : 2;"), *leak = strstr(text, "cell_leakage_power : 1;");
  if (!ok(cap && leak, "the inverter states both")) return;
  memcpy(cap, "capacitance_x: 2", 16);
  memcpy(leak, "cell_leakage_xxxxx", 18);
  qy_tech *t = import(text, length, &err);
  ok(t && fabs(t->leakage_nw[QY_INV] - 1.75) < 1e-12 && fabs(t->in_cap_ff[QY_INV] - 2) < 1e-12 &&
         fabs(report.load_ff - LOAD) < 1e-9,
     "defaults of the library");
}

static void below_zero(void)
{
  few_cells();
  MADE_CELL("COLD", 2, 1, "P", 2, 5, -20, "P");
}

static void least_energy(void)
{
  qy_error err = {0};
  size_t length;
  char *text = made_text(&picos, "", below_zero, &length);
  qy_tech *t = import(text, length, &err);
  const qy_constant *c = t ? qy_tech_constant(t, "cells.buf.energy") : NULL;
  /* (-20 + 2) over the NAND2's 2 + 2 */
  ok(c && c->value == 0.01 && strstr(c->source, "its tables give -4.5, the format's least is 0.01"),
     "an energy below zero is set to the least and said so");
}

/* ---- files ---- */

static void only_flip_flop(void)
{
  made_flip_flop("F1", 26, "W", "T", "", "S");
}

static void only_gates(void)
{
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
}

static void files(void)
{
  qy_error err = {0};
  qy_liberty_options options = {.name = "made", .base = base};
  qy_liberty_source two[2], bad;
  size_t length, second;
  char file[] = "/tmp/quarry_liberty_XXXXXX";
  char *gates = made_text(&picos, "", only_gates, &length), *flip = made_text(&odd_units, "", only_flip_flop, &second);
  qy_tech *t = NULL;
  int fd = mkstemp(file);
  gzFile out = fd >= 0 ? gzdopen(fd, "wb") : NULL;
  ok(out && gzwrite(out, gates, (unsigned)length) == (int)length && gzclose(out) == Z_OK, "gzip file written");
  qy_status status = qy_liberty_load(&two[0], file, arena, &err);
  ok(status == QY_OK && two[0].length == length && memcmp(two[0].text, gates, length) == 0, "and read");
  two[1] = (qy_liberty_source){"flip.lib", flip, second};
  status = qy_liberty_import(&t, &report, two, 2, &options, arena, &err);
  ok(status == QY_OK && fabs(t->dff_clock_fj - 32) < 1e-9 && fabs(t->area_um2[QY_NAND2] - 4) < 1e-12,
     "two files with units of their own");
  /* area 4 against 0.49 um2 at 28 nm: 28 sqrt(4 / 0.49) = 80 */
  ok(report.node_estimated && report.node_nm == 80 && t && t->node_nm == 80, "node estimated and reported");
  is_int(truncate(file, 100), 0, "cut short");
  is_int(qy_liberty_load(&bad, file, arena, &err), QY_BAD_INPUT, "a damaged gzip file is refused");
  out = gzopen(file, "wb9");
  char *blanks = qy_arena_alloc(arena, 2 * QY_LIBERTY_UNPACKED_MIN, 1);
  memset(blanks, ' ', QY_LIBERTY_UNPACKED_MIN);
  for (int i = 0; i < 4; i++)
    gzwrite(out, blanks, QY_LIBERTY_UNPACKED_MIN);
  ok(gzclose(out) == Z_OK, "4 MiB of blanks in some 4 KiB");
  qy_error_clear(&err);
  is_int(qy_liberty_load(&bad, file, arena, &err), QY_BAD_INPUT, "are refused");
  ok(strstr(err.diagnostic[0].text, "expected text of at most 256 times") != NULL, "with the limit");
  for (int zipped = 0; zipped < 2; zipped++) { /* longer than any room that is made for it at once */
    enum { LONG = QY_LIBERTY_UNPACKED_MIN + 300001 };
    uint64_t state = 7;
    for (int i = 0; i < LONG; i++)
      blanks[i] = (char)('0' + qy_random_word(&state) % 64);
    out = gzopen(file, zipped ? "wb1" : "wbT");
    const bool written = gzwrite(out, blanks, LONG) == LONG && gzclose(out) == Z_OK;
    ok(written && qy_liberty_load(&bad, file, arena, NULL) == QY_OK && bad.length == LONG &&
           memcmp(bad.text, blanks, LONG) == 0,
       "a long text%s is read", zipped ? ", packed," : "");
  }
  unlink(file);
  is_int(qy_liberty_load(&bad, "/nonexistent.lib", arena, &err), QY_BAD_INPUT, "a missing file");
  is_int(qy_liberty_load(&bad, "/tmp", arena, &err), QY_BAD_INPUT, "a directory");
  two[1].text = qy_arena_format(arena, "%s", flip);
  char *volts = strstr(two[1].text, "nom_voltage : 2.0");
  if (volts) memcpy(volts, "nom_voltage : 2.5", 17);
  qy_error_clear(&err);
  is_int(qy_liberty_import(&t, &report, two, 2, &options, arena, &err), QY_BAD_INPUT, "files of two corners");
  ok(strncmp(err.diagnostic[0].text, "expected nom_voltage 2 V as in ", 31) == 0, "and said so");
}

/* ---- messages ---- */

static const struct {
  const char *what, *from, *to, *message;
} mistakes[] = {
    {"an open group", NULL, "library (x) {\n  cell (a) {\n",
     "bad.lib:2:3: error: expected the '}' of group \"cell\", found "
     "the end of the file"},
    {"an open text", NULL, "library (x) {\n  a : \"b;\n}",
     "bad.lib:2:7: error: expected the closing quote of this text, "
     "found the end of the file"},
    {"an open comment", NULL, "library (x) {\n /* a }",
     "bad.lib:2:2: error: expected the end of this comment, found the "
     "file's"},
    {"an open parenthesis", NULL, "library (x {\n}",
     "bad.lib:1:9: error: expected the closing parenthesis of this one, "
     "found '{'"},
    {"a brace too many", NULL, "library (x) {\n}\n}",
     "bad.lib:3:1: error: expected a group, found '}' without its '{'"},
    {"no colon", NULL, "library (x) {\n area 3;\n}",
     "bad.lib:2:7: error: expected ':' or '(' after \"area\", found '3'"},
    {"no statement", NULL, "library (x) {\n = 3;\n}",
     "bad.lib:2:2: error: expected an attribute, a group or '}', found '='"},
    {"no library", NULL, "cell (x) {\n}", "bad.lib:1:1: error: expected a library group, found \"cell\""},
    {"nothing", NULL, "// only this", "bad.lib:1:1: error: expected a library group, found none"},
    {"nothing behind a mark", NULL, "\xef\xbb\xbf// only this",
     "bad.lib:1:1: error: expected a library group, found none"},
    {"an unknown unit", "1ps", "1xs", "bad.lib:4:16: error: time_unit: expected a unit such as 1ns, found \"1xs\""},
    {"no voltage", "nom_voltage : 2.0;", "",
     "bad.lib: error: expected a nom_voltage above 0, or operating_conditions or a voltage_map of one voltage, found "
     "none"},
    {"an area that is no number", "area : 3;", "area : abc;",
     "bad.lib:17:12: error: expected a cell that is an inverter, found none among 3 cells (K1 left out: line 17: "
     "expected "
     "a number, found \"abc\")"},
    {"a table with a number too many", "values (\"", "values (\"1, ", NULL},
    {"no inverter", "\"!P\"", "\"P\"",
     "bad.lib: error: expected a cell that is an inverter, found none among 3 cells (none has its function)"},
    {"no template", "(plane) {\n    variable_1", "(plain) {\n    variable_1", NULL},
};

static void messages(void)
{
  size_t length;
  char *good = made_text(&picos, "", few_cells, &length);
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    const char *text = mistakes[i].to, *at = mistakes[i].from ? strstr(good, mistakes[i].from) : NULL;
    if (at)
      text = qy_arena_format(arena, "%.*s%s%s", (int)(at - good), good, mistakes[i].to, at + strlen(mistakes[i].from));
    qy_error err = {0};
    qy_liberty_source source = {"bad.lib", text, strlen(text)};
    qy_liberty_options options = {.name = "bad", .base = base};
    qy_tech *t = NULL;
    char line[900] = "";
    qy_status status = qy_liberty_import(&t, &report, &source, 1, &options, arena, &err);
    qy_diagnostic_format(&err, 0, line, sizeof line);
    if (mistakes[i].message)
      is_text(line, mistakes[i].message, mistakes[i].what);
    else
      ok(status == QY_BAD_INPUT && err.diagnostic[0].line > 20 && !t, "%s: %s", mistakes[i].what, line);
  }
  char deep[400] = "library (x) {";
  for (int i = 0; i < QY_LIBERTY_DEPTH_MAX; i++)
    strcat(deep, "a () {");
  qy_error err = {0};
  qy_liberty_source source = {"bad.lib", deep, strlen(deep)};
  qy_liberty_options options = {.name = "bad", .base = base};
  qy_tech *t;
  is_int(qy_liberty_import(&t, &report, &source, 1, &options, arena, &err), QY_BAD_INPUT, "groups nested too deep");
  is_text(err.diagnostic[0].text, "expected at most 32 groups in each other", "and said so");
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (!ok(qy_tech_read(&base, "db", "fdsoi28", arena, &err) == QY_OK, "base library")) return done();
  closed_forms(&picos, "ps, fF, nW");
  closed_forms(&odd_units, "10 ps, 2 pF, 10 uW");
  composed();
  regular();
  complemented_carry();
  edges();
  nearest_flip_flop();
  defaults();
  least_energy();
  files();
  messages();
  qy_arena_free(arena);
  return done();
}
