/* Named questions: see questions.h.  Each is a row of the table at the end; all look at one experiment through the
 * SELECT of its generated view: a typed column for each axis that varies, and the metrics that it has. */
#include "questions.h"

#include "quarry/axes.h"
#include "quarry/metric.h"
#include "quarry/points.h"
#include "quarry/sort.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AXES_MAX = 200 };

/* What is asked of which experiment. */
typedef struct asking {
  qy_store *store;
  int64_t id;
  int format;
  qy_arena *arena;
  struct axis {
    const char *name; /* column of the view */
  } axis[AXES_MAX];
  size_t axes;                      /* those of every experiment first */
  qy_axes all;                      /* those that do not vary too */
  const char *points, *fronts;      /* SELECTs */
  bool has[QY_METRIC_COUNT];        /* a column of the view */
  bool has_bounds[QY_METRIC_COUNT]; /* columns of its interval too */
  int objective[QY_METRIC_COUNT];
  int objectives;
} asking;

enum { FIXED_AXES = 5 };

static const char *const fixed[FIXED_AXES] = {"technology", "network", "design", "precision", "clock_mhz"};

/* What follows from these needs no column of its own here. */
static const char *const following[] = {"weight_bits", "activation_bits", "voltage_v"};

static bool is_one_of(const char *name, const char *const *list, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(list[i], name) == 0) return true;
  return false;
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
  if (!status) status = qy_store_axes(&a->all, a->store, a->id, a->arena, err);
  const qy_axes axes = a->all;
  for (size_t i = 0; i < FIXED_AXES; i++)
    a->axis[a->axes++] = (struct axis){.name = fixed[i]};
  for (size_t i = 0; i < axes.count && a->axes < AXES_MAX; i++) {
    const char *column = axes.axis[i].column;
    if (axes.axis[i].varies && !is_one_of(column, fixed, FIXED_AXES) &&
        !is_one_of(column, following, sizeof following / sizeof *following))
      a->axis[a->axes++] = (struct axis){.name = column};
  }
  char sql[200];
  snprintf(sql, sizeof sql, "SELECT j.value FROM experiment e, json_each(e.objectives) j WHERE e.id = %" PRId64, a->id);
  if (!status) status = qy_store_query(a->store, sql, objective_row, a, err);
  if (status) return status;
  a->points = qy_store_view_select(a->store, a->id, false, a->arena, err);
  a->fronts = a->points ? qy_store_view_select(a->store, a->id, true, a->arena, err) : NULL;
  if (!a->fronts) return err->status;
  const char *one = qy_arena_format(a->arena, "SELECT * FROM (%s) LIMIT 1", a->points);
  return one ? qy_store_query(a->store, one, columns_row, a, err) : qy_no_memory(err);
}

/* ---- rows of a query into a table */

typedef struct rows {
  table *out;
  int format;
} rows;

static void put_head(void *ctx, int columns, const char *const *names)
{
  rows *r = ctx;
  r->out = table_new(r->format, columns, names);
}

static int put_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names;
  rows *r = ctx;
  for (int c = 0; c < columns; c++) {
    if (values[c] && types[c] == SQLITE_FLOAT)
      table_number(r->out, strtod(values[c], NULL));
    else
      (types[c] == SQLITE_INTEGER ? table_digits : table_text)(r->out, values[c]);
  }
  return 0;
}

static qy_status print_query(const asking *a, qy_text *sql, qy_error *err)
{
  rows r = {.format = a->format};
  qy_status status =
      sql->failed ? qy_no_memory(err) : qy_store_query_head(a->store, sql->data, NULL, put_head, put_row, &r, err);
  qy_text_free(sql);
  if (status) {
    if (r.out) table_drop(r.out);
    return status;
  }
  table_print(r.out);
  return QY_OK;
}

/* ---- the questions */

/* The parameters that vary, as columns of `table`. */
static void put_parameters(qy_text *sql, const asking *a, const char *of)
{
  for (size_t i = FIXED_AXES; i < a->axes; i++)
    qy_text_add(sql, ", %s\"%s\"", of, a->axis[i].name);
}

static qy_status best(asking *a, char **operand, qy_error *err)
{
  (void)operand;
  qy_text sql = {0};
  qy_text_add(&sql, "SELECT b.objective, b.technology, b.network, b.precision, b.value, b.unit, b.design, b.clock_mhz");
  put_parameters(&sql, a, "v.");
  qy_text_add(&sql, ", b.point FROM best_all b JOIN (%s) v ON v.point = b.point WHERE b.experiment_id = %" PRId64,
              a->points, a->id);
  return print_query(a, &sql, err);
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
  bool bounded[QY_METRIC_COUNT] = {false};
  const qy_status status = find_bounded(bounded, a, err);
  if (status) return status;
  qy_text_add(&sql, "SELECT front_group, technology, network, design, precision, clock_mhz");
  put_parameters(&sql, a, "");
  for (int o = 0; o < a->objectives; o++) {
    const char *name = qy_metric_table()[a->objective[o]].name;
    qy_text_add(&sql, ", %s", name);
    if (bounded[a->objective[o]]) qy_text_add(&sql, ", %s_p05, %s_p95", name, name);
  }
  qy_text_add(&sql, ", point FROM (%s) ORDER BY front_group", a->fronts);
  if (a->objectives) qy_text_add(&sql, ", %s", qy_metric_table()[a->objective[0]].name);
  return print_query(a, &sql, err);
}

static qy_status where(asking *a, char **operand, qy_error *err)
{
  (void)operand;
  qy_text sql = {0};
  qy_text_add(&sql, "WITH v AS (%s) SELECT axis, value, points, feasible FROM (", a->points);
  for (size_t i = 0; i < a->axes; i++)
    qy_text_add(&sql,
                "%sSELECT %zu AS place, '%s' AS axis, \"%s\" AS value, count(*) AS points, sum(infeasible IS NULL) AS "
                "feasible, min(point) AS first FROM v GROUP BY value",
                i ? " UNION ALL " : "", i, a->axis[i].name, a->axis[i].name);
  qy_text_add(&sql,
              " UNION ALL SELECT %zu, 'infeasible', infeasible, count(*), 0, min(point) FROM v WHERE infeasible IS NOT "
              "NULL GROUP BY infeasible) ORDER BY place, first, value",
              a->axes);
  return print_query(a, &sql, err);
}

/* Values of an axis in the order in which rows first show them. */
typedef struct division {
  const char *value[AXES_MAX]; /* beyond as many, the axis is its own division */
  size_t count;
  size_t as;     /* the first axis that divides all rows so far alike */
  bool overfull; /* more values than that */
} division;

typedef struct divisions {
  const asking *a;
  division *of;
  bool failed;
} divisions;

/* The number of a row's value; an absent one is a value too. */
static size_t value_place(division *d, const char *value, divisions *all)
{
  if (!value) value = "";
  for (size_t k = 0; k < d->count; k++)
    if (strcmp(d->value[k], value) == 0) return k;
  if (d->count == AXES_MAX) {
    d->overfull = true;
    return 0;
  }
  const char *kept = qy_arena_text(all->a->arena, value, strlen(value));
  all->failed |= !kept;
  d->value[d->count] = kept ? kept : "";
  return d->count++;
}

/* Axes are one division while each row's values have the same numbers.  Those that part at a row stay together where
 * their numbers there are the same. */
static int division_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  divisions *all = ctx;
  size_t place[AXES_MAX], before[AXES_MAX];
  for (int c = 0; c < columns; c++) {
    place[c] = value_place(&all->of[c], values[c], all);
    before[c] = all->of[c].as;
  }
  for (size_t c = 0; c < (size_t)columns; c++) {
    size_t first = 0;
    while (first < c && (before[first] != before[c] || place[first] != place[c]))
      first++;
    all->of[c].as = first;
  }
  return all->failed;
}

/* Which axes divide the feasible points alike: of each the first that does. */
static qy_status find_divisions(divisions *all, const asking *a, qy_error *err)
{
  *all = (divisions){.a = a, .of = qy_arena_alloc(a->arena, a->axes, sizeof *all->of)};
  if (!all->of) return qy_no_memory(err);
  for (size_t i = 0; i < a->axes; i++)
    all->of[i] = (division){.count = 0};
  qy_text sql = {0};
  qy_text_add(&sql, "SELECT DISTINCT technology, network, design, precision, clock_mhz");
  put_parameters(&sql, a, "");
  qy_text_add(&sql, " FROM (%s) WHERE infeasible IS NULL", a->points);
  qy_status status = sql.failed ? qy_no_memory(err) : qy_store_query(a->store, sql.data, division_row, all, err);
  qy_text_free(&sql);
  for (size_t i = 0; i < a->axes && !status; i++)
    if (all->of[i].overfull || all->of[all->of[i].as].overfull) all->of[i].as = i;
  return status || !all->failed ? status : qy_no_memory(err);
}

/* "design (pe_kind)": an axis, and others that divide the points alike. */
static const char *division_name(const divisions *all, size_t i)
{
  const asking *a = all->a;
  const char *name = a->axis[i].name, *gap = " (";
  for (size_t j = i + 1; j < a->axes && name; j++) {
    if (all->of[j].as != i) continue;
    name = qy_arena_format(a->arena, "%s%s%s", name, gap, a->axis[j].name);
    gap = ", ";
  }
  return name && gap[0] == ',' ? qy_arena_format(a->arena, "%s)", name) : name;
}

/* Main effects: variance of the mean logarithm at each value of an axis, over the variance of all. */
static qy_status sensitivity(asking *a, char **operand, qy_error *err)
{
  (void)operand;
  qy_text sql = {0};
  divisions all;
  const char **name = qy_arena_alloc(a->arena, a->axes, sizeof *name);
  qy_status status = name ? find_divisions(&all, a, err) : qy_no_memory(err);
  for (size_t i = 0; i < a->axes && !status; i++)
    if (!(name[i] = division_name(&all, i))) status = qy_no_memory(err);
  if (status) return status;
  qy_text_add(&sql, "WITH v AS MATERIALIZED (SELECT technology, network, design, precision, clock_mhz");
  put_parameters(&sql, a, "");
  for (int o = 0; o < a->objectives; o++)
    if (a->has[a->objective[o]]) qy_text_add(&sql, ", %s", qy_metric_table()[a->objective[o]].name);
  qy_text_add(&sql, " FROM (%s) WHERE infeasible IS NULL) ", a->points);
  const char *gap = "SELECT metric, axis, \"values\", round(share, 6) AS share FROM (";
  bool any = false;
  for (int o = 0; o < a->objectives; o++)
    for (size_t i = 0; i < a->axes; i++) {
      const char *metric = qy_metric_table()[a->objective[o]].name;
      if (!a->has[a->objective[o]] || all.of[i].as != i) continue;
      qy_text_add(
          &sql,
          "%sSELECT * FROM (WITH w AS MATERIALIZED (SELECT \"%s\" AS x, ln(%s) AS y FROM v WHERE %s > 0), t AS "
          "MATERIALIZED (SELECT avg(y) AS m FROM w), g AS (SELECT count(*) AS n, avg(y) AS m FROM w GROUP BY x) "
          "SELECT %d AS place, '%s' AS metric, '%s' AS axis, (SELECT count(*) FROM g) AS \"values\", (SELECT "
          "sum(g.n * (g.m - t.m) * (g.m - t.m)) FROM g, t) / (SELECT nullif(sum((w.y - t.m) * (w.y - t.m)), 0) "
          "FROM w, t) AS share)",
          gap, a->axis[i].name, metric, metric, o, metric, name[i]);
      gap = " UNION ALL ";
      any = true;
    }
  if (!any) {
    qy_text_free(&sql);
    return qy_fail(err, QY_BAD_INPUT, "expected an experiment with values of its objectives, found none");
  }
  qy_text_add(&sql, ") WHERE \"values\" > 1 ORDER BY place, 4 DESC");
  return print_query(a, &sql, err);
}

static double at_rank(const double *sorted, size_t count)
{
  return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

/* The parameters of two designs, as axes of the experiment. */
typedef struct matching {
  const char *design[2];
  const bool *is_parameter; /* [axes] */
  const double *values[2];  /* [axes] how many there are in each of the designs */
} matching;

/* SELECT of how many values each parameter has in a design; 0 of what is none. */
static void put_counts(qy_text *sql, const asking *a, bool *is_parameter, const char *design)
{
  char *name = sqlite3_mprintf("%Q", design);
  qy_text_add(sql, "SELECT 0");
  for (size_t i = 0; i < a->all.count && !sql->failed; i++) {
    const char *column = a->all.axis[i].column, *value = qy_store_axis_value(&a->all, i, a->arena);
    is_parameter[i] =
        !is_one_of(column, fixed, FIXED_AXES) && !is_one_of(column, following, sizeof following / sizeof *following);
    is_parameter[i] ? qy_text_add(sql, ", count(DISTINCT %s)", value ? value : "") : qy_text_add(sql, ", 0");
    sql->failed |= !value;
  }
  qy_text_add(sql, " FROM design d WHERE d.id >= %" PRId64 " << 40 AND d.id < (%" PRId64 " + 1) << 40 AND d.name = %s",
              a->id, a->id, name ? name : "NULL");
  sql->failed |= !name;
  sqlite3_free(name);
}

/* The first column is no count. */
static int counts_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  double *count = ctx;
  for (int c = 1; c < columns; c++)
    count[c - 1] = values[c] ? strtod(values[c], NULL) : 0;
  return 1;
}

static qy_status count_values(matching *m, const asking *a, int side, qy_error *err)
{
  double *counts = qy_arena_alloc(a->arena, a->all.count + 1, sizeof *counts);
  bool *is_parameter = qy_arena_alloc(a->arena, a->all.count + 1, sizeof *is_parameter);
  if (!counts || !is_parameter) return qy_no_memory(err);
  qy_text sql = {0};
  put_counts(&sql, a, is_parameter, m->design[side]);
  qy_status status = sql.failed ? qy_no_memory(err) : qy_store_query(a->store, sql.data, counts_row, counts, err);
  qy_text_free(&sql);
  m->values[side] = counts;
  m->is_parameter = is_parameter;
  return status;
}

/* Whether the head of a key is a member: what has an accelerator of its own. */
static bool is_member(const matching *m, const asking *a, int side, const char *key, size_t length)
{
  for (size_t i = 0; i < a->all.count; i++) {
    const char *other = a->all.axis[i].key;
    if (m->values[side][i] > 0 && strncmp(other, key, length) == 0 && strcmp(other + length, ".accelerator") == 0)
      return true;
  }
  return false;
}

/* The axis of a design that is the same parameter: that of the key, or the only one of it within a member, as `rows`
 * of an array alone is `array.rows` of a system; -1: none. */
static int partner_in(const matching *m, const asking *a, int side, const char *key)
{
  int found = -1;
  for (size_t i = 0; i < a->all.count; i++)
    if (m->is_parameter[i] && m->values[side][i] > 0 && strcmp(a->all.axis[i].key, key) == 0) return (int)i;
  for (size_t i = 0; i < a->all.count; i++) {
    const char *other = a->all.axis[i].key, *dot = strchr(other, '.');
    if (!m->is_parameter[i] || m->values[side][i] <= 0 || !dot || strcmp(dot + 1, key) != 0) continue;
    if (!is_member(m, a, side, other, (size_t)(dot - other))) continue;
    if (found >= 0) return -1;
    found = (int)i;
  }
  return found;
}

/* The same parameter of the other design, seen from either of them. */
static int partner_of(const matching *m, const asking *a, int side, size_t i)
{
  const char *key = a->all.axis[i].key, *dot = strchr(key, '.');
  const int found = partner_in(m, a, !side, key);
  if (found >= 0 || !dot || !is_member(m, a, side, key, (size_t)(dot - key))) return found;
  const int outer = partner_in(m, a, !side, dot + 1);
  return outer >= 0 && partner_in(m, a, side, a->all.axis[outer].key) == (int)i ? outer : -1;
}

/* The value of a point of the view.  An axis that does not vary has no column there, and but one value. */
static void put_value(qy_text *sql, const matching *m, const asking *a, int side, size_t i)
{
  const qy_axis_column *axis = &a->all.axis[i];
  if (axis->varies) {
    qy_text_add(sql, "%c.\"%s\"", "ab"[side], axis -> column);
    return;
  }
  const char *value = qy_store_axis_value(&a->all, i, a->arena);
  char *name = sqlite3_mprintf("%Q", m->design[side]);
  qy_text_add(sql,
              "(SELECT %s FROM design d WHERE d.id >= %" PRId64 " << 40 AND d.id < (%" PRId64
              " + 1) << 40 AND d.name = %s LIMIT 1)",
              value ? value : "NULL", a->id, a->id, name ? name : "NULL");
  sql->failed |= !value || !name;
  sqlite3_free(name);
}

/* Parameters that have one value in each of the designs are what tells them apart, not what points are matched by. */
static void put_equal(qy_text *sql, const asking *a, const matching *match)
{
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < a->all.count; i++) {
      if (!match->is_parameter[i] || match->values[s][i] <= 1) continue;
      const int other = partner_of(match, a, s, i);
      if (other < 0 || (s && match->values[0][other] > 1)) continue;
      qy_text_add(sql, " AND coalesce(");
      put_value(sql, match, a, s, i);
      qy_text_add(sql, " = ");
      put_value(sql, match, a, !s, (size_t)other);
      qy_text_add(sql, ", 1)");
    }
}

/* FROM ... WHERE of pairs of points, a of the one design and b of the other, alike in what both have. */
static void put_pairs(qy_text *sql, const asking *a, const matching *match)
{
  char *names[2] = {sqlite3_mprintf("%Q", match->design[0]), sqlite3_mprintf("%Q", match->design[1])};
  qy_text_add(sql, " FROM v a JOIN v b ON b.design = %s", names[1] ? names[1] : "NULL");
  for (size_t i = 0; i < FIXED_AXES; i++)
    if (strcmp(fixed[i], "design") != 0) qy_text_add(sql, " AND b.%s = a.%s", fixed[i], fixed[i]);
  put_equal(sql, a, match);
  qy_text_add(sql,
              " LEFT JOIN assignment x ON x.point = (%" PRId64
              " << 40) + a.point LEFT JOIN assignment y ON y.point = (%" PRId64
              " << 40) + b.point WHERE a.design = %s AND x.assignment -> '$.layers' IS y.assignment -> "
              "'$.layers' AND x.assignment -> '$.members' IS y.assignment -> '$.members' AND a.infeasible IS NULL AND "
              "b.infeasible IS NULL",
              a->id, a->id, names[0] ? names[0] : "NULL");
  sql->failed |= !names[0] || !names[1];
  sqlite3_free(names[0]);
  sqlite3_free(names[1]);
}

static qy_status check_design(const asking *a, const char *name, qy_error *err)
{
  double *found = NULL;
  size_t count = 0;
  char *sql = sqlite3_mprintf("SELECT count(*) FROM design WHERE id >= %lld << 40 AND id < (%lld + 1) << 40 AND name = "
                              "%Q",
                              (long long)a->id, (long long)a->id, name);
  qy_status status = sql ? qy_store_columns(a->store, sql, 1, &found, &count, err) : qy_no_memory(err);
  if (!status && found[0] < 1)
    status = qy_fail(err, QY_BAD_INPUT,
                     "compare: expected a design of the experiment (`quarry query where`), found "
                     "\"%s\"",
                     name);
  sqlite3_free(sql);
  free(found);
  return status;
}

/* WITH v AS ...: the points, and a metric of them. */
static void put_points(qy_text *sql, const asking *a, const char *metric)
{
  qy_text_add(sql,
              "WITH v AS MATERIALIZED (SELECT design, technology, network, precision, clock_mhz, infeasible, point, %s",
              metric);
  put_parameters(sql, a, "");
  qy_text_add(sql, " FROM (%s))", a->points);
}

static qy_status compare_metric(const asking *a, table *t, int m, const matching *match, qy_error *err)
{
  const char *metric = qy_metric_table()[m].name;
  qy_text sql = {0};
  double *ratio = NULL;
  size_t count = 0;
  put_points(&sql, a, metric);
  qy_text_add(&sql, " SELECT b.%s / a.%s", metric, metric);
  put_pairs(&sql, a, match);
  qy_text_add(&sql, " AND a.%s > 0 AND b.%s IS NOT NULL", metric, metric);
  qy_status status = sql.failed ? qy_no_memory(err) : qy_store_columns(a->store, sql.data, 1, &ratio, &count, err);
  qy_text_free(&sql);
  if (!status && count) {
    qsort(ratio, count, sizeof *ratio, qy_by_value);
    table_row(t, TEXT(metric), INTEGER((int64_t)count), NUMBER(at_rank(ratio, count)), NUMBER(ratio[0]),
              NUMBER(ratio[count - 1]));
  }
  free(ratio);
  return status;
}

static void put_lone(qy_text *names, const asking *a, const matching *m, int side)
{
  for (size_t i = 0; i < a->all.count; i++)
    if (m->is_parameter[i] && m->values[side][i] > 1 && partner_of(m, a, side, i) < 0)
      qy_text_add(names, "%s%s", names->length ? ", " : "", a->all.axis[i].column);
}

/* What is not equal: parameters of several values that the other design has not, or within several members. */
static qy_status say_unequal(const asking *a, const matching *m, qy_error *err)
{
  double *count[3] = {NULL};
  size_t read = 0;
  qy_text lone[2] = {{0}, {0}}, sql = {0};
  put_lone(&lone[0], a, m, 0);
  put_lone(&lone[1], a, m, 1);
  qy_status status = lone[0].failed || lone[1].failed ? qy_no_memory(err) : QY_OK;
  if (!status && (lone[0].length || lone[1].length)) {
    put_points(&sql, a, "0 AS none");
    qy_text_add(&sql, " SELECT count(*), count(DISTINCT a.point), count(DISTINCT b.point)");
    put_pairs(&sql, a, m);
    status = sql.failed ? qy_no_memory(err) : qy_store_columns(a->store, sql.data, 3, count, &read, err);
  }
  for (int s = 0; s < 2 && !status && read; s++) {
    const double others = count[2 - s][0];
    if (lone[s].length && others > 0)
      fprintf(stderr, "not equal: each of %.0f points of \"%s\" beside %.3g of \"%s\", which differ in %s\n", others,
              m->design[!s], count[0][0] / others, m->design[s], lone[s].data);
  }
  for (int i = 0; i < 3; i++)
    free(count[i]);
  qy_text_free(&lone[0]);
  qy_text_free(&lone[1]);
  qy_text_free(&sql);
  return status;
}

/* Ratios of the second design over the first. */
static qy_status compare(asking *a, char **operand, qy_error *err)
{
  static const char *const names[] = {"metric", "pairs", "median_ratio", "least_ratio", "greatest_ratio"};
  qy_status status = check_design(a, operand[0], err);
  if (!status) status = check_design(a, operand[1], err);
  matching match = {.design = {operand[0], operand[1]}};
  for (int side = 0; side < 2 && !status; side++)
    status = count_values(&match, a, side, err);
  if (status) return status;
  table *t = table_new(a->format, 5, names);
  for (int m = 0; m < QY_METRIC_COUNT && !status; m++)
    if (a->has[m]) status = compare_metric(a, t, m, &match, err);
  if (status) {
    table_drop(t);
    return status;
  }
  table_print(t);
  status = say_unequal(a, &match, err);
  if (status) return status;
  double *draws = NULL;
  size_t count = 0;
  char sql[160];
  snprintf(sql, sizeof sql, "SELECT EXISTS (SELECT 1 FROM interval WHERE id >> 40 = %" PRId64 ")", a->id);
  if (qy_store_columns(a->store, sql, 1, &draws, &count, NULL) == QY_OK && count && draws[0] > 0)
    fputs("no intervals of ratios: those stored are of each point alone, and what both share cancels in a ratio; "
          "`quarry describe design --over` draws them together\n",
          stderr);
  free(draws);
  return QY_OK;
}

struct question {
  const char *name, *operands, *what;
  int before; /* operands before EXPERIMENT */
  qy_status (*answer)(asking *a, char **operand, qy_error *err);
};

static const question questions[] = {
    {"best", "[EXPERIMENT]", "the best point for each objective, per technology, network and precision", 0, best},
    {"front", "[EXPERIMENT]", "the fronts over the experiment's objectives, along the first of them", 0, front},
    {"compare", "A B [EXPERIMENT]", "design B over design A, equal in what both have: median, least and greatest ratio",
     2, compare},
    {"where", "[EXPERIMENT]", "what was varied: points and feasible ones at each value; why others are infeasible", 0,
     where},
    {"sensitivity", "[EXPERIMENT]",
     "which axis moves an objective: its share (0 to 1) of the variance of the logarithm, as main effect", 0,
     sensitivity},
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

qy_status question_answer(const question *q, qy_store *store, char **operand, int count, int format, qy_error *err)
{
  assert(q && store && count >= 0);
  if (count < q->before || count > q->before + 1)
    return qy_fail(err, QY_BAD_INPUT, "query %s: expected %s, found %d operand%s", q->name, q->operands, count,
                   count == 1 ? "" : "s");
  asking a = {.store = store, .format = format, .arena = qy_arena_new()};
  qy_status status = a.arena ? ask_of(&a, count > q->before ? operand[q->before] : NULL, err) : qy_no_memory(err);
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
