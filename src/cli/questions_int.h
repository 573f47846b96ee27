/* Shared by the files that answer named questions (questions.h). */
#ifndef QUARRY_CLI_QUESTIONS_INT_H
#define QUARRY_CLI_QUESTIONS_INT_H

#include "questions.h"

#include "quarry/alloc.h"
#include "quarry/axes.h"
#include "quarry/metric.h"
#include "quarry/text.h"

#include <stdbool.h>

enum { QUESTION_AXES_MAX = 200, QUESTION_FIXED_AXES = 5, QUESTION_KEYS_MAX = 16 };

/* What is asked of which experiment.  Its arena lives as long. */
typedef struct asking {
  qy_store *store;
  const char *db_dir; /* where libraries and networks are looked up */
  int64_t id;
  int format;
  qy_arena *arena;
  struct axis {
    const char *name, *key; /* column of the view; of parameters what it is in an experiment file, else NULL */
  } axis[QUESTION_AXES_MAX];
  size_t axes;                      /* those of every experiment first */
  qy_axes all;                      /* those that do not vary too */
  const char *points, *fronts;      /* SELECTs */
  bool has[QY_METRIC_COUNT];        /* a column of the view */
  bool has_bounds[QY_METRIC_COUNT]; /* columns of its interval too */
  int objective[QY_METRIC_COUNT];
  int objectives;
  const char *key[QUESTION_KEYS_MAX]; /* what fronts are within, but for the design: columns of the view */
  size_t keys;
} asking;

/* Axes that every experiment has. */
extern const char *const question_fixed_axes[QUESTION_FIXED_AXES];

/* Is the column a parameter of designs?  Not those axes, nor what follows from them. */
bool question_is_parameter(const char *column);

/* ", NAME" of each parameter that varies; of: "v." */
void question_put_parameters(qy_text *sql, const asking *a, const char *of);

/* Axes that vary and follow from others (name[0..) where it is not NULL); returns how many. */
size_t question_following(const char **name, const asking *a);

/* Print what a SELECT returns; frees the text. */
qy_status question_print_query(const asking *a, qy_text *sql, qy_error *err);

/* Answers: points at each value (question_where.c), main effects of axes (question_sensitivity.c), ratios of two designs
 * (question_compare.c). */
qy_status question_where(asking *a, char **operand, qy_error *err);
qy_status question_sensitivity(asking *a, char **operand, qy_error *err);
qy_status question_compare(asking *a, char **operand, qy_error *err);

/* ---- pairs of points (question_pairs.c) ---- */

/* Set key and keys. */
qy_status question_keys(asking *a, qy_error *err);
/* ", KEY" of each: of a pair of points a and b. */
void question_put_keys(qy_text *sql, const asking *a);

/* Pairs with the same value of each key are a group; of one group they stand together.  All is the arena's. */
typedef struct question_pairs {
  size_t count, groups;
  int64_t *base, *point;          /* [count] numbers of points in the experiment */
  size_t *first;                  /* [groups + 1] */
  const char **label;             /* [groups][keys]; NULL: none */
  bool varies[QUESTION_KEYS_MAX]; /* keys that groups differ in */
} question_pairs;

/* Those of a SELECT of base, point and keys; groups in the order of their first pairs. */
qy_status question_pairs_read(question_pairs *out, const asking *a, const char *sql, qy_error *err);

/* Of a metric in a group: point over base, of pairs in which the base is above 0; of a level in dB point minus base. */
typedef struct question_ratio {
  size_t pairs; /* 0: none */
  double median, least, greatest;
} question_ratio;

/* out[metric]: [groups] of each metric that the view has; NULL: of others. */
qy_status question_ratios(question_ratio *out[QY_METRIC_COUNT], const asking *a, const question_pairs *p,
                          qy_error *err);

/* p05 and p95; both NaN: none. */
typedef struct question_interval {
  double p05, p95;
} question_interval;

/* Intervals of the median of a group's ratios over the draws that both points share (question_draws.c): out[metric],
 * [groups] of every uncertain metric; NULL: none.  *why: why there are none, NULL: there are. */
qy_status question_draw_ratios(question_interval *out[QY_METRIC_COUNT], const char **why, const asking *a,
                               const question_pairs *p, qy_error *err);

#endif
