/* Shared by the files that find the gains of designs over a base design (comparisons.h): what is compared, and the
 * points with their draws. */
#ifndef QUARRY_CLI_COMPARISONS_INT_H
#define QUARRY_CLI_COMPARISONS_INT_H

#include "comparisons.h"

#include "quarry/alloc.h"
#include "quarry/crossover.h"
#include "quarry/units.h"

/* ---- what is compared (comparison_rows.c) ---- */

enum { QUALITIES_MAX = 2 };

typedef struct comparison_row {
  int metric;
  int budget;              /* metric; -1: at equal axes */
  int held[QUALITIES_MAX]; /* qualities held, both at once; -1: none */
  bool bounded;            /* points keep the bounds of the file: at its budgets */
} comparison_row;

enum { COMPARISON_ROWS_MAX = 64 };

/* The kinds of rows of a design; those of one budget stand behind one another but for rows at equal axes. */
int comparison_rows(comparison_row rows[COMPARISON_ROWS_MAX], const qy_plan_info *info);

/* A value to be minimised whose logarithm rises evenly: of what is better when larger its inverse, of dB the noise; and
 * back. */
double comparison_cost(int metric, double x);
double comparison_metric(int metric, double cost);

/* The units in which people read the metrics of these points (units.h), one for all budgets and notes of each. */
typedef struct comparison_units {
  const qy_points *points;
  struct comparison_unit {
    double factor; /* that values are multiplied by; 0: not asked for yet */
    char text[QY_UNIT_TEXT];
  } of[QY_METRIC_COUNT];
} comparison_units;

const struct comparison_unit *comparison_unit(comparison_units *units, int metric);

/* ---- points and their draws (comparison_draws.c) ---- */

enum { COMPARISON_METRICS_MAX = 40 };

typedef struct comparison_points {
  const qy_plan_info *info;
  const qy_points *points;
  const qy_groups *groups;
  qy_arena *arena;
  size_t draws;        /* 0: none are kept */
  bool all_points;     /* not only those of fronts */
  int64_t *slot;       /* [points->count] place of a point's draws, -1: none */
  size_t *drawn_first; /* [groups->count + 1] as groups, but only of points with draws */
  uint32_t *drawn_member;
  double *draw[QY_METRIC_COUNT]; /* [slots][draws]; NULL: certain, or not kept */
  int drawn[COMPARISON_METRICS_MAX], drawn_count;
} comparison_points;

/* Draws of the points of the metrics that rows are about, unless that takes too much. */
qy_status comparison_draws(comparison_points *c, const qy_model *model, qy_error *err);

/* The metric of point i, nominal (k < 0) or in draw k, of which it has them. */
double comparison_value(const comparison_points *c, int metric, size_t i, int64_t k);

/* Does the point keep the bounds of the file? */
bool comparison_keeps_limits(const comparison_points *c, size_t i, int64_t k);

/* ---- sets of points to compare (comparison_sets.c) ---- */

enum { COMPARISON_SET_COLUMNS = 2 + QUALITIES_MAX };

typedef struct comparison_set {
  comparison_row row;
  qy_crossover_set set; /* of a nominal one those that no other beats */
  double most;          /* the largest cost of all; -inf: there are none */
} comparison_set;

typedef struct comparison_sets {
  const comparison_points *of;
  double *scratch; /* [2 * COMPARISON_SET_COLUMNS][points->count] */
  /* Nominal ones known of the base and of the group at hand; rows may be bounded or not. */
  size_t group[2], known[2];
  comparison_set set[2][2 * COMPARISON_ROWS_MAX];
} comparison_sets;

/* The points of groups base and g, nominal (k < 0) or in draw k; they are valid until the next call, nominal ones as
 * long as the group is at hand.  most: as in comparison_set, of nominal sets; may be NULL. */
qy_status comparison_both(qy_crossover_set set[2], double most[2], comparison_sets *sets, size_t base, size_t g,
                          const comparison_row *row, int64_t k, qy_error *err);

#endif
