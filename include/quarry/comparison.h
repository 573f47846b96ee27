/* Gains of the designs of an experiment over a base design, as they stand in the database.
 *
 * At equal axes (`compare:` of the experiment file) every point is put beside the point of the base with the same axes:
 * the gain is the ratio of the two, whatever their quality.  Within equal budgets it is that of crossover.h: over the
 * common range of budgets, and at each budget that the file states (`compare: {at: ...}`); where a quality is among the
 * objectives (sqnr_db, else noise) it is held, or is the budget itself.
 *
 * A metric that is better when larger is a budget of "at least", and gains in it are those of its inverse.  Budgets are
 * spread evenly in the logarithm, those in dB evenly as they are.  low <= high in either case; better_from then goes
 * towards the looser budgets: larger ones where smaller is better.
 * Ownership: texts are the caller's and are written, not kept.
 */
#ifndef QUARRY_COMPARISON_H
#define QUARRY_COMPARISON_H

#include "quarry/store.h"

#define QY_AT_EQUAL_AXES "axes"

/* A row of the table `comparison` of db/schema.sql; figures that do not exist are NaN. */
typedef struct qy_comparison {
  const char *within; /* JSON object from the keys that fronts are taken within to labels */
  const char *base, *design, *metric;
  const char *at_equal; /* QY_AT_EQUAL_AXES; or metrics: that of the budget first */
  double low, high;
  double gain, p05, p95, gain_min, gain_max, better_pct, better_from;
  const char *note; /* NULL: none */
} qy_comparison;

/* Write the comparisons of an experiment, replacing those it has, in one transaction.  QY_SYSTEM as qy_store_batch. */
qy_status qy_store_comparisons(qy_store *store, int64_t experiment, const qy_comparison *rows, size_t count,
                               qy_error *err);

#endif
