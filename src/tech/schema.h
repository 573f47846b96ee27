/* What a technology library file may and must hold: one row per constant, patterns over cells and groups expanded. */
#ifndef QUARRY_TECH_SCHEMA_H
#define QUARRY_TECH_SCHEMA_H

#include "quarry/tech.h"

/* Conditions that a library may have. */
#define TECH_VOLTAGE_MIN_V     0.1
#define TECH_VOLTAGE_MAX_V     10.0
#define TECH_TEMPERATURE_MIN_C (-100.0)
#define TECH_TEMPERATURE_MAX_C 300.0

/* The constants as the file gives them: a NAND2 scale and ratios to it.  Resolved into qy_tech by the reader. */
typedef struct tech_raw {
  struct {
    double area_um2, in_cap_ff, delay_ps, energy_fj, leakage_nw, load_share;
  } nand2;
  struct {
    double area, in_cap, delay, energy, leakage; /* ratios to NAND2 */
    double load_share;                           /* 0: not stated */
    double lone_cap;                             /* ratio to NAND2's in_cap; 0: not stated */
  } cells[QY_CELL_COUNT];
  double fa_carry, dff_clock_energy, dff_setup; /* ratios to NAND2's delay, energy, delay */
  double fanout, wire_cap_ff;
  double effort_p, effort_k[QY_CLASS_COUNT];
  double glitch_lean[QY_CLASS_COUNT], glitch_fast[QY_CLASS_COUNT];
  double density_frac, clock_tree_frac, wire_ff_per_um;
  double threshold_v, alpha, leakage_slope_v, energy_exponent;
  double factor[QY_FACTOR_COUNT];
} tech_raw;

/* One constant of the file. */
typedef struct tech_row {
  const char *path; /* "cells.fa.area" */
  const char *unit; /* internal unit; "ratio": no unit */
  double low, high; /* plausible range: outside is a slip of the pen, not a technology */
  size_t offset;    /* of its double in tech_raw */
  bool optional;    /* its whole section may be left out */
  bool alone;       /* it may be left out of its section */
} tech_row;

/* All rows with the patterns expanded; NULL when out of memory. */
tech_row *tech_schema(size_t *count, qy_arena *arena);

/* Append the factors of `file` to the entries of a library. */
qy_status tech_read_factors(qy_tech *tech, const char *file, qy_arena *arena, qy_error *err);

#endif
