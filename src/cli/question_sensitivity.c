/* `quarry query sensitivity`: which axis moves an objective, as main effect.  Axes that divide the points alike (a
 * design and what it alone has) are one. */
#include "questions_int.h"

#include <string.h>

/* Values of an axis in the order in which rows first show them. */
typedef struct division {
  const char *value[QUESTION_AXES_MAX]; /* beyond as many, the axis is its own division */
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
  if (d->count == QUESTION_AXES_MAX) {
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
  size_t place[QUESTION_AXES_MAX], before[QUESTION_AXES_MAX];
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
  question_put_parameters(&sql, a, "");
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
qy_status question_sensitivity(asking *a, char **operand, qy_error *err)
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
  question_put_parameters(&sql, a, "");
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
  return question_print_query(a, &sql, err);
}
