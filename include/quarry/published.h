/* Published figures beside the models': db/published/NAME.yaml.
 *
 * One entry per figure: where it was published, what exactly is compared (elements, formats, layer tables), its value
 * and tolerance, and whether it was used for calibration.  An entry may list variants where the paper leaves the
 * micro-architecture open; each is evaluated and printed.
 * Ownership: figures live in the arena they were read into.
 */
#ifndef QUARRY_PUBLISHED_H
#define QUARRY_PUBLISHED_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum qy_verdict {
  QY_VERDICT_REPRODUCED, /* within the entry's tolerance */
  QY_VERDICT_OFF,        /* outside */
  QY_VERDICT_CALIBRATED, /* the figure was used to set constants: says nothing about the model */
  QY_VERDICT_PREDICTION, /* nothing is published to compare with, or only a range that `low`..`high` states */
  QY_VERDICT_COUNT
} qy_verdict;

typedef struct qy_figure_result {
  const char *name, *claim, *source, *variant; /* variant "": the entry has one */
  const char *file;
  int line;
  const char *unit;
  double published; /* NaN: a prediction */
  double model;
  double error_pct;      /* signed, (model / published - 1); NaN for predictions */
  double tolerance_frac; /* of the published value */
  qy_verdict verdict;
  bool alternative; /* a variant after the first: shown, not counted */
  bool expected;    /* the entry says it was reproduced before: off is then a regression */
  const char *note; /* why it is off, what is assumed; "" when there is nothing to say */
} qy_figure_result;

const char *qy_verdict_name(qy_verdict verdict);

/* Evaluate every entry of every file of <db_dir>/published (in the order of their names), or of one file.  An entry
 * that cannot be evaluated is an error with its position.  results[count] in the arena. */
qy_status qy_published_evaluate(qy_figure_result **results, size_t *count, const char *db_dir, const char *file,
                                qy_arena *arena, qy_error *err);

#endif
