/* Published figures beside the models': db/published/NAME.yaml, and the targets of db/published/calibration/NAME.yaml.
 *
 * One entry per figure: where it was published, what exactly is compared (elements, arrays, formats, layer tables), its
 * value and tolerance, and whether it was used for calibration.  An entry may list variants where the paper leaves the
 * micro-architecture open; each is evaluated and printed.
 *
 * The file, YAML: `title`, and `figures`, a list of entries with the keys
 *   name, claim, source, quantity    texts; quantity as in src/validate/measure.h
 *   published                        left out: a prediction
 *   tolerance                        fraction of it, 0.1
 *   relation: ratio | difference | value, unit
 *   of, to                           what is measured and, but for `value`, over or less what; or
 *   variants                         a list of name and of, to, technology, clock_mhz, note that differ: the first
 *                                    one is meant, the others are shown
 *   technology, clock_mhz            200 MHz
 *   calibrated: true                 the figure set constants
 *   expect: reproduced               off is a regression
 *   note                             text
 *
 * Two statements are made about a figure.  The verdict: does the model, with the library's central values, come within
 * the entry's tolerance?  Inside: does the published figure lie in p05..p95 of the model over draws of its library
 * (draws.h), that is, can what the library does not know explain the difference?  Subjects are built and simulated once
 * and priced in every draw; both sides of a ratio or difference in the same draw, so that what they share cancels.
 * Uncertain are the library's constants only: not what the paper leaves open (that is what variants are for), not the
 * stimulus, not the structure of our circuits.  Formats, layer tables and cycle counts depend on no library: exact.
 *
 * A calibration's targets are evaluated with the calibrated library, fitted on the spot, and draws of it (its
 * constants jointly from their covariance, all others from their intervals).  The tolerance of a held-out target is its
 * sigma; a target that was fitted is `calibrated`, whatever its error, and counts as validated nowhere.
 * Ownership: figures live in the arena they were read into.
 */
#ifndef QUARRY_PUBLISHED_H
#define QUARRY_PUBLISHED_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { QY_PUBLISHED_DRAWS = 256, QY_PUBLISHED_SEED = 1 };

typedef enum qy_verdict {
  QY_VERDICT_REPRODUCED, /* within the entry's tolerance */
  QY_VERDICT_OFF,        /* outside */
  QY_VERDICT_CALIBRATED, /* the figure was used to set constants: says nothing about the model */
  QY_VERDICT_PREDICTION, /* nothing is published to compare with */
  QY_VERDICT_COUNT
} qy_verdict;

typedef enum qy_inside {
  QY_INSIDE_UNKNOWN, /* no interval, or nothing published */
  QY_INSIDE_YES,     /* p05 <= published <= p95 */
  QY_INSIDE_NO
} qy_inside;

typedef struct qy_figure_result {
  const char *section; /* "published figures (nothing was fitted to them)", "calibration NAME: held out", ... */
  const char *name, *claim, *source, *variant; /* variant "": the entry has one */
  const char *file;
  int line;
  const char *unit;
  double published; /* NaN: a prediction */
  double model;
  double error_pct;      /* signed, (model / published - 1); NaN for predictions */
  double tolerance_frac; /* of the published value */
  qy_verdict verdict;
  size_t draws;    /* of the library; 0: the figure is exact */
  size_t missed;   /* of them: draws in which a subject misses its clock; the interval is that of the others */
  double p05, p95; /* of the model; NaN: exact, or more than half of the draws missed */
  qy_inside inside;
  bool alternative; /* a variant after the first: shown, not counted */
  bool expected;    /* the entry says it was reproduced before: off is then a regression */
  const char *note; /* why it is off, what is assumed; "" when there is nothing to say */
} qy_figure_result;

/* "reproduced", "off", "calibrated", "prediction". */
const char *qy_verdict_name(qy_verdict verdict);
const char *qy_inside_name(qy_inside inside); /* "yes", "no"; NULL for unknown */

/* Evaluate every entry of every file of <db_dir>/published (in the order of their names) and every calibration of
 * <db_dir>/published/calibration, or one file of either kind.  Sections follow one another: published figures, those
 * that set constants, then each calibration's fitted and held-out targets.  An entry that cannot be evaluated is an
 * error with its position.  results[count] in the arena. */
qy_status qy_published_evaluate(qy_figure_result **results, size_t *count, const char *db_dir, const char *file,
                                qy_arena *arena, qy_error *err);

#endif
