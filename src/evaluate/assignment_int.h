/* Assignments inside: what the table of sums over layers (assignment_table.c) hands to the search
 * (assignment_search.c), and the search to the points (assignment.c). */
#ifndef QUARRY_EVALUATE_ASSIGNMENT_INT_H
#define QUARRY_EVALUATE_ASSIGNMENT_INT_H

#include "model_int.h"

#include "quarry/assign.h"

enum { COLUMNS_MAX = ASSIGN_COSTS + MEMBERS_MAX };
_Static_assert((int)COLUMNS_MAX <= (int)QY_ASSIGN_COSTS_MAX, "room for all sums");

/* A sum over layers. */
typedef struct column {
  int metric; /* that it is; energy of a pipeline: the largest of several */
  int member; /* whose time counts as leaking; NOBODY: time of all layers */
} column;

/* A request and the design that it is solved for; the table of both. */
typedef struct task {
  worker *w;
  const qy_model *model;
  const assign_request *request;
  const design_entry *g;
  const assign_groups *groups;
  int network;
  unsigned where;
  double leakage_mw;
  column column[COLUMNS_MAX];
  int columns, asked;      /* the first `asked` are of objectives and limits, the others tell equal optima apart */
  int of[QY_METRIC_COUNT]; /* first column of a metric; -1: none */
  bool split_energy;
  size_t *first; /* [groups + 1] into way */
  struct way *way;
  size_t ways, room;
  qy_arena *arena;
  const char *reason;
  qy_assign_problem problem;
} task;

/* The table of a task whose fields up to `where` and arena are set: its sums, its ways and t->problem; t->way is
 * the caller's to free.  Where some layers have no option, t->reason says so. */
qy_status table_make(task *t, qy_error *err);
/* choice: a way of each group, counted within it. */
void table_choice(layer_choice *out, const task *t, const uint16_t *choice);
/* What a layer adds to the sums; *reason: why it cannot be. */
qy_status layer_costs(double *cost, const char **reason, const task *t, size_t layer, int option, int m, qy_error *err);
/* Sums that a metric is the largest of: from t->of[metric] on. */
int sum_count(const task *t, int metric);
/* A metric from the sums. */
double sum_metric(const task *t, int metric, const double *total);
/* The sums that are to be least of equal optima, in this order, into sum[]; returns how many. */
int sums_preferred(int sum[COLUMNS_MAX], const task *t);
/* The reason why there is no answer, into t->reason. */
qy_status __attribute__((format(printf, 3, 4))) assignment_refuse(task *t, qy_error *err, const char *format, ...);

/* Solve a request for the design at which the worker stands; the points are in w->solved_arena. */
qy_status assignment_solve(assignment *out, worker *w, const qy_model *model, const assign_request *request,
                           qy_error *err);

#endif
