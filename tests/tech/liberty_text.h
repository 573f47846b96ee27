/* A made-up Liberty library whose tables are planes, so that every figure has a closed form at any load and slew:
 *   delay = d + 2 load + slew / 2 (rise: 1 more, fall: 1 less),  transition = 5 + load,  energy = e + load / 4,
 * load in fF, slew in ps, energy in fJ.  Names say nothing about what a cell does. */
#ifndef QUARRY_LIBERTY_TEXT_H
#define QUARRY_LIBERTY_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The unit one figure of the file is worth: ps, fF, nW, fJ. */
typedef struct made_units {
  const char *time, *cap, *leakage;
  double time_ps, cap_ff, leakage_nw;
} made_units;

static const made_units picos = {"1ps", "1,ff", "1nW", 1, 1, 1};
static const made_units odd_units = {"10ps", "2,pF", "10uW", 10, 2000, 1e4};

static FILE *made;
static const made_units *units;

/* One table over loads 1 and 9 fF (rows) and slews 4 and 20 ps. */
static void made_table(const char *name, double base, double per_load, double per_slew, double unit)
{
  fprintf(made, "      %s (plane) {\n        values (", name);
  for (int i = 0; i < 2; i++) {
    double load = i ? 9 : 1;
    fprintf(made, "\"%.17g, %.17g\"%s", (base + per_load * load + per_slew * 4) / unit,
            (base + per_load * load + per_slew * 20) / unit, i ? "" : ", \\\n          ");
  }
  fputs(");\n      }\n", made);
}

static void made_arc(const char *related, const char *type, double delay)
{
  fprintf(made, "    timing () {\n      related_pin : \"%s\";\n%s%s%s", related, type ? "      timing_type : " : "",
          type ? type : "", type ? ";\n" : "");
  made_table("cell_rise", delay + 1, 2, 0.5, units->time_ps);
  made_table("cell_fall", delay - 1, 2, 0.5, units->time_ps);
  made_table("rise_transition", 5, 1, 0, units->time_ps);
  made_table("fall_transition", 5, 1, 0, units->time_ps);
  fputs("    }\n", made);
}

static void made_power(double energy)
{
  fputs("    internal_power () {\n", made);
  made_table("rise_power", energy + 1, 0.25, 0, units->cap_ff);
  made_table("fall_power", energy - 1, 0.25, 0, units->cap_ff);
  fputs("    }\n", made);
}

static void made_begin(FILE *out, const made_units *u, const char *extra)
{
  made = out;
  units = u;
  fprintf(made, "/* made up */\nlibrary (\"made\") {\n  delay_model : table_lookup;\n  time_unit : \"%s\";\n", u->time);
  fprintf(made, "  capacitive_load_unit (%s);\n  leakage_power_unit : %s; // no quotes\n  voltage_unit : \"1V\";\n",
          u->cap, u->leakage);
  fprintf(made, "  nom_voltage : 2.0;\n  nom_temperature : 30;\n%s", extra);
  fprintf(made, "  lu_table_template (plane) {\n    variable_1 : total_output_net_capacitance;\n");
  fprintf(
      made,
      "    variable_2 : input_net_transition;\n    index_1 (\"%.17g, %.17g\");\n    index_2 (\"%.17g, %.17g\");\n  }\n",
      1 / u->cap_ff, 9 / u->cap_ff, 4 / u->time_ps, 20 / u->time_ps);
}

/* inputs: names separated by blanks; cap of input i: cap * (1 + i / 8). */
static void made_cell(const char *name, double area, double leakage, const char *inputs, double cap,
                      const char *const *functions, double delay, double energy)
{
  char list[100], *input[8];
  int count = 0;
  snprintf(list, sizeof list, "%s", inputs);
  for (char *word = strtok(list, " "); word && count < 8; word = strtok(NULL, " "))
    input[count++] = word;
  fprintf(made, "  cell (%s) {\n    area : %.17g;\n    cell_leakage_power : %.17g;\n", name, area,
          leakage / units->leakage_nw);
  for (int i = 0; i < count; i++)
    fprintf(made, "    pin (%s) { direction : input; capacitance : %.17g; }\n", input[i],
            cap * (1 + i / 8.0) / units->cap_ff);
  for (int o = 0; functions[o]; o++) {
    fprintf(made, "    pin (OUT%d) {\n    direction : output;\n    function : \"%s\";\n", o, functions[o]);
    /* a stronger cell is a faster one */
    fprintf(made, "    max_capacitance : %.17g;\n", 1000 / delay / units->cap_ff);
    for (int i = 0; i < count; i++)
      made_arc(input[i], NULL, delay + 10 * o);
    made_power(energy);
    fputs("    }\n", made);
  }
  fputs("  }\n", made);
}

#define MADE_CELL(name, area, leakage, inputs, cap, delay, energy, ...)                                                \
  made_cell(name, area, leakage, inputs, cap, (const char *const[]){__VA_ARGS__, NULL}, delay, energy)

/* reset: text of a clear attribute or ""; output: "S" or "N" for the state or its complement */
static void made_flip_flop(const char *name, double area, const char *next, const char *clock, const char *reset,
                           const char *output)
{
  fprintf(made, "  cell (%s) {\n    area : %.17g;\n    cell_leakage_power : %.17g;\n    ff (S, N) {\n", name, area,
          7 / units->leakage_nw);
  fprintf(made, "      next_state : \"%s\";\n      clocked_on : \"%s\";\n%s    }\n", next, clock, reset);
  fprintf(made, "    pin (T) {\n      direction : input;\n      capacitance : %.17g;\n      clock : true;\n",
          3 / units->cap_ff);
  made_power(10);
  fprintf(made, "    }\n    pin (W) {\n      direction : input;\n      capacitance : %.17g;\n", 1.5 / units->cap_ff);
  made_power(2);
  fputs("    timing () {\n      related_pin : \"T\";\n      timing_type : setup_rising;\n", made);
  made_table("rise_constraint", 12, 0, 0, units->time_ps);
  made_table("fall_constraint", 14, 0, 0, units->time_ps);
  fputs("    }\n    }\n", made);
  if (strchr(reset, 'R')) fprintf(made, "    pin (R) { direction : input; capacitance : %.17g; }\n", 1 / units->cap_ff);
  if (strchr(next, 'E')) fprintf(made, "    pin (E) { direction : input; capacitance : %.17g; }\n", 1 / units->cap_ff);
  fprintf(made, "    pin (OUT) {\n      direction : output;\n      function : \"%s\";\n", output);
  made_arc("T", "rising_edge", 20);
  made_power(4);
  fputs("    }\n  }\n", made);
}

static void made_end(void)
{
  fputs("}\n", made);
}

#endif
