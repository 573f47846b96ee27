/* Some rows of each table that is compared with, for tests that run a comparison many times. */
#ifndef QUARRY_TESTS_SOME_ROWS_H
#define QUARRY_TESTS_SOME_ROWS_H

#include "quarry/validate.h"

#include <stdio.h>
#include <string.h>

enum { TEXT = 8192 };

typedef qy_status validation(qy_validate_report **r, const char *file, qy_arena *arena, qy_error *err);
static const qy_validate_options options = {.cycles = 64, .worst_count = 100};

static qy_status synthesis(qy_validate_report **r, const char *file, qy_arena *arena, qy_error *err)
{
  return qy_validate_synthesis(r, file, &options, arena, err);
}

static qy_status elements(qy_validate_report **r, const char *file, qy_arena *arena, qy_error *err)
{
  return qy_validate_elements(r, file, &options, arena, err);
}

static qy_status fpga(qy_validate_report **r, const char *file, qy_arena *arena, qy_error *err)
{
  return qy_validate_fpga(r, file, &options, arena, err);
}

static qy_status cycles(qy_validate_report **r, const char *file, qy_arena *arena, qy_error *err)
{
  return qy_validate_cycles(r, file, 100, arena, err);
}

static qy_status sram(qy_validate_report **r, const char *file, qy_arena *arena, qy_error *err)
{
  return qy_validate_sram(r, file, "db", 100, arena, err);
}

static qy_status dram(qy_validate_report **r, const char *file, qy_arena *arena, qy_error *err)
{
  static const qy_validate_dram_options own = {.db_dir = "db", .worst_count = 100};
  return qy_validate_dram(r, file, &own, arena, err);
}

__attribute__((unused)) static qy_status arrays(qy_validate_report **r, const char *file, qy_arena *arena,
                                                qy_error *err)
{
  return qy_validate_arrays(r, file, &options, arena, err);
}

/* The head line and every `step`th row, so many of them. */
__attribute__((unused)) static void some_rows(char *text, const char *file, int step, int rows)
{
  char line[2048];
  FILE *in = fopen(file, "r");
  *text = '\0';
  for (int at = 0; in && fgets(line, sizeof line, in); at += *line != '#') {
    if (*line == '#') continue;
    if (at > 0 && ((at - 1) % step != 0 || rows-- <= 0)) continue;
    if (strlen(text) + strlen(line) < TEXT) strcat(text, line);
  }
  if (in) fclose(in);
}

static const struct {
  const char *what, *file;
  validation *run;
  int step, rows;
} tables[] = {
    {"synthesis", "tests/data/synth_sample.csv", synthesis, 37, 4},
    {"stimuli", "tests/data/synth_stimulus_sample.csv", synthesis, 23, 6},
    {"elements", "tests/data/elements_synthesized.csv", elements, 40, 5},
    {"FPGA", "tests/data/fpga_synth.csv", fpga, 50, 4},
    {"Vivado", "tests/data/fpga_vivado_circuits.csv", fpga, 3, 8},
    {"cycles", "tests/data/scalesim_cycles.csv", cycles, 11, 16},
    {"SRAM", "tests/data/cacti_sample.csv", sram, 7, 16},
    {"DRAM", "tests/data/dram_sim.csv", dram, 29, 2},
};
enum { TABLES = sizeof tables / sizeof *tables };

#endif
