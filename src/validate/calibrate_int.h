/* A calibration's targets as sums of priced parts. */
#ifndef QUARRY_VALIDATE_CALIBRATE_INT_H
#define QUARRY_VALIDATE_CALIBRATE_INT_H

#include "quarry/calibrate.h"
#include "quarry/circuit.h"
#include "quarry/yaml.h"

typedef struct calibrate_part {
  double count;
  qy_circuit *circuit; /* NULL: a cell */
  qy_cell cell;
  qy_activity activity;
} calibrate_part;

typedef struct calibrate_target {
  qy_target_kind kind;
  double period_ps;
  calibrate_part *part;
  size_t part_count;
  const qy_yaml *node; /* where the file describes it */
} calibrate_target;

/* Keys of `rows`: which rows of a table of arrays a target is (validate.h). */
enum { CALIBRATE_ROWS_KEYS = 3 };
extern const char *const calibrate_rows_keys[CALIBRATE_ROWS_KEYS + 1];

/* Read the list of targets into (*target)[count] and results[count]. */
qy_status calibrate_read_targets(calibrate_target **target, qy_target_result **results, size_t *count,
                                 const qy_yaml *list, qy_arena *arena, qy_error *err);

/* The target's figure in its unit. */
qy_status calibrate_price(double *value, const calibrate_target *target, const qy_tech *tech, const char *name,
                          qy_error *err);

#endif
