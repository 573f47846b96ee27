/* The gains of an experiment's designs over its base design (quarry/comparison.h): found once, kept in the database. */
#ifndef QUARRY_COMPARISONS_H
#define QUARRY_COMPARISONS_H

#include "quarry/model.h"
#include "quarry/points.h"

/* Are there any comparisons to be made? */
bool comparisons_wanted(const qy_plan_info *info);

/* Metrics that the gains within budgets are found from, a row a kind of gain; -1: none.  Returns how many. */
enum {
  COMPARISON_METRIC,
  COMPARISON_BUDGET,
  COMPARISON_HELD,
  COMPARISON_SECOND,
  COMPARISON_METRICS,
  COMPARISON_KINDS_MAX = 24
};
int comparison_fronts(int metric[COMPARISON_KINDS_MAX][COMPARISON_METRICS], const qy_plan_info *info);

/* Find and store them.  model: one of all points, for the intervals of gains over the plan's draws; NULL: none are
 * taken.  keys: what fronts are taken within, then the design.  Draws are taken of all points, or, where that takes
 * more than 128 MB, of those on the front of their own design alone; of more than that none. */
qy_status comparisons_make(const qy_plan *plan, const qy_model *model, const qy_points *points, const qy_key *keys,
                           int key_count, qy_store *store, int64_t id, qy_error *err);

/* Print what is stored: by name of the columns of the table `comparison`, at_equal as the two columns `budget` and
 * `held`, with a column `unit` of low, high and better_from (the others are ratios, better_pct is in %); in aligned
 * tables a shorter set, with budgets in the unit in which people read the metric of these points; notes go to standard
 * error then. */
qy_status comparisons_print(const qy_plan_info *info, const qy_points *points, qy_store *store, int64_t id,
                            const qy_key *keys, int key_count, int format, qy_error *err);

#endif
