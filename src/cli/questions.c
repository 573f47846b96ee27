/* Named questions: see questions.h.  Each is a row of the table at the end; all look at one experiment through the
 * SELECT of its generated view: a typed column for each axis that varies, and the metrics that it has. */
#include "questions_int.h"

#include "cli.h"
#include "session.h"

#include "query_rows.h"

#include "quarry/points.h"
#include "quarry/store_kept.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const question_fixed_axes[QUESTION_FIXED_AXES] = {"technology", "network", "design", "precision",
                                                              "clock_mhz"};

/* What follows from these needs no column of its own here. */
static const char *const following[] = {"weight_bits", "activation_bits", "voltage_v"};

static bool is_one_of(const char *name, const char *const *list, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(list[i], name) == 0) return true;
  return false;
}

bool question_is_parameter(const char *column)
{
  return !is_one_of(column, question_fixed_axes, QUESTION_FIXED_AXES) &&
         !is_one_of(column, following, sizeof following / sizeof *following);
}

static int columns_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)values, (void)types;
  asking *a = ctx;
  for (int c = 0; c < columns; c++) {
    const int m = qy_metric_find(names[c]);
    const size_t length = strlen(names[c]);
    if (m >= 0) a->has[m] = true;
    if (length < 4 || strcmp(names[c] + length - 4, "_p05") != 0) continue;
    for (int k = 0; k < QY_METRIC_COUNT; k++) {
      const char *name = qy_metric_table()[k].name;
      a->has_bounds[k] |= strlen(name) == length - 4 && strncmp(name, names[c], length - 4) == 0;
    }
  }
  return 1;
}

static int objective_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  asking *a = ctx;
  const int m = qy_metric_find(values[0]);
  if (m >= 0) a->objective[a->objectives++] = m;
  return a->objectives == QY_METRIC_COUNT;
}

static int id_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  *(int64_t *)ctx = values[0] ? strtoll(values[0], NULL, 10) : 0;
  return 1;
}

/* The experiment that an operand names, without one the last; its axes and objectives. */
static qy_status ask_of(asking *a, const char *name, qy_error *err)
{
  qy_status status = name ? qy_store_find(&a->id, a->store, name, err)
                          : qy_store_query(a->store, "SELECT max(id) FROM experiment", id_row, &a->id, err);
  if (!status && !a->id)
    status = qy_fail(err, QY_BAD_INPUT, "expected a database with an experiment, found none in it");
  if (!status) status = session_check_stored(a->store, a->id, err);
  if (!status) status = qy_store_axes(&a->all, a->store, a->id, a->arena, err);
  const qy_axes axes = a->all;
  for (size_t i = 0; i < QUESTION_FIXED_AXES; i++)
    a->axis[a->axes++] = (struct axis){.name = question_fixed_axes[i]};
  for (size_t i = 0; i < axes.count && a->axes < QUESTION_AXES_MAX; i++) {
    const qy_axis_column *axis = &axes.axis[i];
    if (axis->varies && question_is_parameter(axis->column))
      a->axis[a->axes++] = (struct axis){.name = axis->column, .key = axis->key};
  }
  char sql[200];
  snprintf(sql, sizeof sql, "SELECT j.value FROM experiment e, json_each(e.objectives) j WHERE e.id = %" PRId64, a->id);
  if (!status) status = qy_store_query(a->store, sql, objective_row, a, err);
  if (status) return status;
  const char *select[2];
  status = qy_store_view_select(select, a->store, a->id, a->arena, err);
  if (status) return status;
  a->points = select[0];
  a->fronts = select[1];
  const char *one = qy_arena_format(a->arena, "SELECT * FROM (%s) LIMIT 1", a->points);
  return one ? qy_store_query(a->store, one, columns_row, a, err) : qy_no_memory(err);
}

qy_status question_print_query(const asking *a, qy_text *sql, qy_error *err)
{
  query_rows r = {.format = a->format};
  qy_status status = sql->failed ? qy_no_memory(err) : query_rows_units(&r, a->store, err);
  if (!status) status = qy_store_query_head(a->store, sql->data, NULL, query_rows_head, query_rows_values, &r, err);
  qy_text_free(sql);
  query_rows_end(&r, !status);
  return status;
}

/* ---- the questions */

void question_put_parameters(qy_text *sql, const asking *a, const char *of)
{
  for (size_t i = QUESTION_FIXED_AXES; i < a->axes; i++)
    qy_text_add(sql, ", %s\"%s\"", of, a->axis[i].name);
}

static qy_status best(asking *a, char **operand, qy_error *err)
{
  (void)operand;
  qy_text sql = {0};
  const qy_status status = session_check_fronts(a->store, a->id, err);
  if (status) return status;
  /* Few of all points are: they are looked up. */
  qy_text_add(&sql,
              "WITH v AS MATERIALIZED (%s AND r.id IN (SELECT point FROM best_point WHERE experiment = %" PRId64 ")) "
              "SELECT b.objective, b.technology, b.network, b.precision, b.value, b.unit, b.design, b.clock_mhz",
              a->points, a->id);
  question_put_parameters(&sql, a, "v.");
  qy_text_add(&sql, ", b.point FROM best_all b CROSS JOIN v ON v.point = b.point WHERE b.experiment_id = %" PRId64,
              a->id);
  return question_print_query(a, &sql, err);
}

/* Which objectives have bounds on the fronts: columns of both are there always, and empty without draws. */
static qy_status find_bounded(bool bounded[QY_METRIC_COUNT], const asking *a, qy_error *err)
{
  for (int o = 0; o < a->objectives; o++) {
    const int m = a->objective[o];
    double *found = NULL;
    size_t count = 0;
    const char *name = qy_metric_table()[m].name;
    if (!a->has_bounds[m]) continue;
    const char *sql = qy_arena_format(a->arena, "SELECT count(%s_p05) FROM (%s)", name, a->fronts);
    const qy_status status = sql ? qy_store_columns(a->store, sql, 1, &found, &count, err) : qy_no_memory(err);
    bounded[m] = !status && count == 1 && found[0] > 0;
    free(found);
    if (status) return status;
  }
  return QY_OK;
}

static qy_status front(asking *a, char **operand, qy_error *err)
{
  (void)operand;
  qy_text sql = {0};
  const char *name[QY_METRIC_COUNT];
  bool bounded[QY_METRIC_COUNT] = {false};
  for (int o = 0; o < a->objectives; o++)
    name[o] = qy_metric_table()[a->objective[o]].name;
  qy_status status = qy_store_check_front(a->store, a->id, name, a->objectives, NULL, 0, "front", err);
  if (!status) status = session_check_fronts(a->store, a->id, err);
  if (!status) status = find_bounded(bounded, a, err);
  if (status) return status;
  qy_text_add(&sql, "SELECT front_group, technology, network, design, precision, clock_mhz");
  question_put_parameters(&sql, a, "");
  for (int o = 0; o < a->objectives; o++) {
    qy_text_add(&sql, ", %s", name[o]);
    if (bounded[a->objective[o]]) qy_text_add(&sql, ", %s_p05, %s_p95", name[o], name[o]);
  }
  qy_text_add(&sql, ", point FROM (%s) ORDER BY front_group", a->fronts);
  if (a->objectives) qy_text_add(&sql, ", %s", qy_metric_table()[a->objective[0]].name);
  return question_print_query(a, &sql, err);
}

/* Is it an axis of the experiment whose values differ? */
static bool varies(const asking *a, const char *name)
{
  const int axis = qy_axes_find(&a->all, name);
  return axis >= 0 && a->all.axis[axis].varies;
}

size_t question_following(const char **name, const asking *a)
{
  size_t count = 0;
  for (size_t i = 0; i < sizeof following / sizeof *following; i++) {
    if (!varies(a, following[i])) continue;
    if (name) name[count] = following[i];
    count++;
  }
  return count;
}

struct question {
  const char *name, *operands, *what;
  int before; /* operands before EXPERIMENT */
  bool all;   /* it is of all points */
  qy_status (*answer)(asking *a, char **operand, qy_error *err);
};

static const question questions[] = {
    {"best", "[EXPERIMENT]", "the best point for each objective, per technology, network and precision", 0, false,
     best},
    {"front", "[EXPERIMENT]", "the fronts over the experiment's objectives, along the first of them", 0, false, front},
    {"compare", "A B [EXPERIMENT]",
     "design B over design A, equal in what both have, per technology, network and precision (what fronts are within): "
     "median ratio (of metrics in dB: difference), over draws p05 to p95; least and greatest; on which side of 1 (0) B "
     "is better",
     2, true, question_compare},
    {"where", "[EXPERIMENT]", "what was varied: points and feasible ones at each value; why others are infeasible", 0,
     true, question_where},
    {"sensitivity", "[EXPERIMENT]",
     "which axis moves an objective: its share (0 to 1) of the variance of the logarithm, as main effect", 0, true,
     question_sensitivity},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

const question *question_find(const char *name)
{
  for (size_t i = 0; i < QUESTIONS; i++)
    if (strcmp(questions[i].name, name) == 0) return &questions[i];
  return NULL;
}

void question_advice(char *out, size_t size, const char *word)
{
  const char *names[QUESTIONS];
  char advice[QY_DID_YOU_MEAN];
  for (size_t i = 0; i < QUESTIONS; i++)
    names[i] = questions[i].name;
  snprintf(out, size, "%s", qy_did_you_mean(advice, word, names, QUESTIONS));
}

qy_status question_answer(const question *q, qy_store *store, const char *db_dir, char **operand, int count, int format,
                          qy_error *err)
{
  assert(q && store && count >= 0);
  if (count < q->before || count > q->before + 1)
    return qy_fail(err, QY_BAD_INPUT, "query %s: expected %s, found %d operand%s", q->name, q->operands, count,
                   count == 1 ? "" : "s");
  asking a = {.store = store, .db_dir = db_dir, .format = format, .arena = qy_arena_new()};
  qy_status status = a.arena ? ask_of(&a, count > q->before ? operand[q->before] : NULL, err) : qy_no_memory(err);
  if (!status && q->all) status = qy_store_check_front(store, a.id, NULL, 0, NULL, 0, q->name, err);
  if (!status) status = q->answer(&a, operand, err);
  qy_arena_free(a.arena);
  return status;
}

void questions_print(int format)
{
  static const char *const names[] = {"question", "operands", "what"};
  table *t = table_new(format, 3, names);
  for (size_t i = 0; i < QUESTIONS; i++)
    table_row(t, TEXT(questions[i].name), TEXT(questions[i].operands), TEXT(questions[i].what));
  table_print(t);
}
