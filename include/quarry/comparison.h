/* Gains of the designs of an experiment over a base design, as they stand in the database.
 *
 * At equal axes (`compare:` of the experiment file) every point is put beside the point of the base with the same axes:
 * the gain is the ratio of the two, whatever their quality.  Within equal budgets it is that of crossover.h: over the
 * range of budgets that all metrics of the two designs share, and at each budget that the file states (`compare: {at:
 * ...}`); where qualities are among the objectives (sqnr_db, noise) they are held, both at once, or the first of them
 * is the budget itself.
 *
 * A metric that is better when larger is a budget of "at least", and gains in it are those of its inverse.  Budgets are
 * spread evenly in the logarithm, those in dB evenly as they are.  low <= high in either case.  unlimited is the gain
 * without any limit on the budget, which is that beyond the range: the looser budgets, larger ones where smaller is
 * better; its interval is over the same draws as that of the gain within the range.  better_from goes that way too, and
 * is NULL where the gain is not above 1 there.
 * Ownership: texts are the caller's and are written, not kept.
 */
#ifndef QUARRY_COMPARISON_H
#define QUARRY_COMPARISON_H

#include "quarry/store.h"

#define QY_AT_EQUAL_AXES "axes"

/* SQL of the two things that column at_equal says, as tables for people have them: the metric that low, high and
 * better_from are budgets of, NULL at equal axes; and what else is held: QY_AT_EQUAL_AXES, or the qualities, of which a
 * design's are no worse ("sqnr_db, noise"), NULL: nothing. */
#define QY_COMPARISON_BUDGET                                                                                           \
  "CASE WHEN at_equal <> '" QY_AT_EQUAL_AXES "' THEN substr(at_equal, 1, instr(at_equal || ',', ',') - 1) END"
#define QY_COMPARISON_HELD                                                                                             \
  "CASE WHEN at_equal = '" QY_AT_EQUAL_AXES                                                                            \
  "' THEN at_equal ELSE nullif(substr(at_equal, instr(at_equal || ',', ',') + "                                        \
  "2), '') END"

/* A row of the table `comparison` of db/schema.sql; figures that do not exist are NaN. */
typedef struct qy_comparison {
  const char *within; /* JSON object from the keys that fronts are taken within to labels */
  const char *base, *design, *metric;
  const char *at_equal; /* QY_AT_EQUAL_AXES; or metrics: that of the budget first, then qualities held */
  double low, high;
  double gain, p05, p95, gain_min, gain_max, unlimited, unlimited_p05, unlimited_p95, better_pct, better_from;
  const char *note; /* NULL: none */
} qy_comparison;

/* Write the comparisons of an experiment, replacing those it has, in one transaction.  QY_SYSTEM as qy_store_batch. */
qy_status qy_store_comparisons(qy_store *store, int64_t experiment, const qy_comparison *rows, size_t count,
                               qy_error *err);

#endif
