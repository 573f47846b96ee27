/* `quarry query compare A B`: ratios (of levels in dB: differences) of points of two designs that are equal in what
 * both have. */
#include "questions_int.h"

#include "cli.h"

#include "quarry/decimal.h"
#include "quarry/escape.h"
#include "quarry/points.h"
#include "quarry/units.h"
#include "quarry/yaml.h"

#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The parameters of two designs, as axes of the experiment. */
typedef struct matching {
  const char *design[2];
  const bool *is_parameter; /* [axes] */
  const double *values[2];  /* [axes] how many there are in each of the designs */
  const double *without[2]; /* [axes] points of the designs that have none */
} matching;

/* SELECT of how many values each parameter has in a design, and how often none; 0 of what is no parameter. */
static void put_counts(qy_text *sql, const asking *a, bool *is_parameter, const char *design)
{
  char *name = sqlite3_mprintf("%Q", design);
  qy_text_add(sql, "SELECT 0");
  for (size_t i = 0; i < a->all.count && !sql->failed; i++) {
    const char *column = a->all.axis[i].column, *value = qy_store_axis_value(&a->all, i, a->arena);
    is_parameter[i] = question_is_parameter(column);
    sql->failed |= !value;
    if (is_parameter[i] && value)
      qy_text_add(sql, ", count(DISTINCT %s), sum(%s IS NULL)", value, value);
    else
      qy_text_add(sql, ", 0, 0");
  }
  qy_text_add(sql, " FROM design d WHERE d.id >= %" PRId64 " << 40 AND d.id < (%" PRId64 " + 1) << 40 AND d.name = %s",
              a->id, a->id, name ? name : "NULL");
  sql->failed |= !name;
  sqlite3_free(name);
}

/* Counts of a design. */
typedef struct value_counts {
  double *values, *without; /* [axes] */
} value_counts;

/* The first column is no count. */
static int counts_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  const value_counts *count = ctx;
  for (int c = 1; c < columns; c++)
    (c % 2 ? count->values : count->without)[(c - 1) / 2] = values[c] ? qy_decimal(values[c], NULL) : 0;
  return 1;
}

static qy_status count_values(matching *m, const asking *a, int side, qy_error *err)
{
  value_counts counts = {qy_arena_alloc(a->arena, a->all.count + 1, sizeof *counts.values),
                         qy_arena_alloc(a->arena, a->all.count + 1, sizeof *counts.without)};
  bool *is_parameter = qy_arena_alloc(a->arena, a->all.count + 1, sizeof *is_parameter);
  if (!counts.values || !counts.without || !is_parameter) return qy_no_memory(err);
  qy_text sql = {0};
  put_counts(&sql, a, is_parameter, m->design[side]);
  qy_status status = sql.failed ? qy_no_memory(err) : qy_store_query(a->store, sql.data, counts_row, &counts, err);
  qy_text_free(&sql);
  m->values[side] = counts.values;
  m->without[side] = counts.without;
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
      const bool missing = match->without[s][i] > 0 || match->without[!s][other] > 0;
      qy_text_add(sql, missing ? " AND coalesce(" : " AND "); /* a plain comparison can be looked up */
      put_value(sql, match, a, s, i);
      qy_text_add(sql, " = ");
      put_value(sql, match, a, !s, (size_t)other);
      if (missing) qy_text_add(sql, ", 1)");
    }
}

/* FROM ... WHERE of pairs of points, a of the one design and b of the other, alike in what both have. */
static void put_pairs(qy_text *sql, const asking *a, const matching *match)
{
  char *names[2] = {sqlite3_mprintf("%Q", match->design[0]), sqlite3_mprintf("%Q", match->design[1])};
  qy_text_add(sql, " FROM v a JOIN v b ON b.design = %s", names[1] ? names[1] : "NULL");
  for (size_t i = 0; i < QUESTION_FIXED_AXES; i++)
    if (strcmp(question_fixed_axes[i], "design") != 0)
      qy_text_add(sql, " AND b.%s = a.%s", question_fixed_axes[i], question_fixed_axes[i]);
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

enum { DESIGNS_MAX = 200 }; /* advice names no more */

typedef struct designs {
  qy_arena *arena;
  const char *name[DESIGNS_MAX];
  size_t count;
} designs;

static int design_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  designs *d = ctx;
  if (!value[0]) return 0;
  const char *kept = qy_arena_text(d->arena, value[0], strlen(value[0]));
  if (kept) d->name[d->count++] = kept;
  return !kept || d->count == DESIGNS_MAX;
}

/* A design of an experiment that is not complete may have no points yet: its file may name it. */
static qy_status check_planned(const asking *a, const char *name, qy_error *err)
{
  double *found = NULL;
  size_t count = 0;
  char *one = sqlite3_mprintf("SELECT status <> 'complete' AND instr(text, %Q) > 0 FROM experiment WHERE id = %lld",
                              name, (long long)a->id);
  const qy_status status = one ? qy_store_columns(a->store, one, 1, &found, &count, err) : qy_no_memory(err);
  const bool planned = !status && count && found[0] > 0;
  sqlite3_free(one);
  free(found);
  if (status || !planned) return status;
  return qy_fail(err, QY_BAD_INPUT,
                 "compare: expected a design that has points, found \"%s\", of which none is done yet; run the "
                 "experiment again to finish it",
                 name);
}

static qy_status check_design(const asking *a, const char *name, qy_error *err)
{
  designs d = {.arena = a->arena};
  char sql[200], advice[QY_DID_YOU_MEAN];
  double *found = NULL;
  size_t count = 0;
  char *one =
      sqlite3_mprintf("SELECT count(*) FROM design WHERE id >= %lld << 40 AND id < (%lld + 1) << 40 AND name = %Q",
                      (long long)a->id, (long long)a->id, name);
  qy_status status = one ? qy_store_columns(a->store, one, 1, &found, &count, err) : qy_no_memory(err);
  const bool known = !status && found[0] > 0;
  sqlite3_free(one);
  free(found);
  if (status || known) return status;
  snprintf(sql, sizeof sql,
           "SELECT DISTINCT name FROM design WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40", a->id,
           a->id);
  status = qy_store_query(a->store, sql, design_row, &d, err);
  if (!status) status = check_planned(a, name, err);
  if (status) return status;
  return qy_fail(err, QY_BAD_INPUT,
                 "compare: expected a design of the experiment (`quarry query where`), found \"%s\"%s", name,
                 qy_did_you_mean(advice, name, d.name, d.count));
}

/* WITH v AS ...: the points, and a metric of them. */
static void put_points(qy_text *sql, const asking *a, const char *metric)
{
  qy_text_add(sql,
              "WITH v AS MATERIALIZED (SELECT design, technology, network, precision, clock_mhz, infeasible, point, %s",
              metric);
  question_put_parameters(sql, a, "");
  qy_text_add(sql, " FROM (%s))", a->points);
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
      say("not equal: each of %.0f points of \"%s\" beside %.3g of \"%s\", which differ in %s\n", others, m->design[!s],
          count[0][0] / others, m->design[s], lone[s].data);
  }
  for (int i = 0; i < 3; i++)
    free(count[i]);
  qy_text_free(&lone[0]);
  qy_text_free(&lone[1]);
  qy_text_free(&sql);
  return status;
}

static qy_status read_pairs(question_pairs *out, const asking *a, const matching *match, qy_error *err)
{
  qy_text sql = {0};
  put_points(&sql, a, "0 AS none");
  qy_text_add(&sql, " SELECT a.point, b.point");
  question_put_keys(&sql, a);
  put_pairs(&sql, a, match);
  qy_text_add(&sql, " ORDER BY a.point, b.point");
  const qy_status status = sql.failed ? qy_no_memory(err) : question_pairs_read(out, a, sql.data, err);
  qy_text_free(&sql);
  return status;
}

/* ---- the table ---- */

typedef struct answer {
  const asking *a;
  question_pairs pairs;
  question_ratio *ratio[QY_METRIC_COUNT];
  question_interval *drawn[QY_METRIC_COUNT];
  bool people; /* a table for them: without what is equal */
} answer;

/* Is the metric the same in both of every pair, with certainty? */
static bool is_equal(const answer *x, int m)
{
  const double none = qy_metric_is_level(m) ? 0 : 1;
  for (size_t g = 0; g < x->pairs.groups; g++) {
    const question_ratio *r = &x->ratio[m][g];
    if (r->pairs && (r->least != none || r->greatest != none)) return false;
    if (x->drawn[m] && (x->drawn[m][g].p05 < 1 || x->drawn[m][g].p95 > 1)) return false;
  }
  return true;
}

static table *new_table(const answer *x)
{
  static const char *const last[] = {"metric",      "pairs",          "median_ratio", "p05",   "p95",
                                     "least_ratio", "greatest_ratio", "unit",         "better"};
  const char *names[QUESTION_KEYS_MAX + sizeof last / sizeof *last];
  int n = 0;
  for (size_t k = 0; k < x->a->keys; k++)
    if (x->pairs.varies[k]) names[n++] = x->a->key[k];
  for (size_t i = 0; i < sizeof last / sizeof *last; i++)
    names[n++] = last[i];
  return table_new(x->a->format, n, names);
}

static void put_row(table *t, const answer *x, size_t g, int m)
{
  static const char *const better[2][3] = {{"below 1", NULL, "above 1"}, {"below 0", NULL, "above 0"}};
  const question_ratio *r = &x->ratio[m][g];
  const bool level = qy_metric_is_level(m);
  const int sense = qy_metric_table()[m].sense;
  for (size_t k = 0; k < x->a->keys; k++) {
    const char *label = x->pairs.label[g * x->a->keys + k];
    double number;
    if (x->pairs.varies[k]) (label && qy_number_parse(label, &number) ? table_digits : table_text)(t, label);
  }
  table_row(t, TEXT(qy_metric_table()[m].name), INTEGER((int64_t)r->pairs), NUMBER(r->median),
            NUMBER(x->drawn[m] ? x->drawn[m][g].p05 : NAN), NUMBER(x->drawn[m] ? x->drawn[m][g].p95 : NAN),
            NUMBER(r->least), NUMBER(r->greatest), TEXT(level ? "dB" : NULL),
            TEXT(better[level][1 + (sense > 0) - (sense < 0)]));
}

static qy_status print_answer(const answer *x, const matching *match, qy_error *err)
{
  qy_text equal = {0}, head = {0};
  bool levels = false; /* are there differences? */
  table *t = new_table(x);
  for (size_t g = 0; g < x->pairs.groups; g++)
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      if (x->ratio[m] && x->ratio[m][g].pairs && !(x->people && is_equal(x, m))) {
        put_row(t, x, g, m);
        levels |= qy_metric_is_level(m);
      }
  for (int m = 0; m < QY_METRIC_COUNT && x->pairs.count; m++)
    if (x->ratio[m] && is_equal(x, m)) qy_text_add(&equal, "%s%s", equal.length ? ", " : "", qy_metric_table()[m].name);
  qy_text_add(&head, "ratios of ");
  qy_escape(&head, match->design[1], "");
  qy_text_add(&head, " over ");
  qy_escape(&head, match->design[0], "");
  const bool failed = equal.failed || head.failed;
  if (failed) {
    table_drop(t);
  } else {
    if (x->a->format == FORMAT_TABLE)
      printf("%s%s, of points that are equal in what both have\n", head.data,
             levels ? " (of metrics in dB the difference)" : "");
    table_print(t);
    if (x->people && equal.length) say("left out, for they are equal in all pairs: %s\n", equal.data);
  }
  qy_text_free(&equal);
  qy_text_free(&head);
  return failed ? qy_no_memory(err) : QY_OK;
}

/* Ratios of the second design over the first. */
qy_status question_compare(asking *a, char **operand, qy_error *err)
{
  const char *why = NULL;
  answer x = {.a = a, .people = a->format != FORMAT_CSV && a->format != FORMAT_JSON};
  if (strcmp(operand[0], operand[1]) == 0)
    return qy_fail(err, QY_BAD_INPUT, "compare: expected two designs, found \"%s\" twice", operand[0]);
  qy_status status = check_design(a, operand[0], err);
  if (!status) status = check_design(a, operand[1], err);
  if (!status) status = question_keys(a, err);
  matching match = {.design = {operand[0], operand[1]}};
  for (int side = 0; side < 2 && !status; side++)
    status = count_values(&match, a, side, err);
  if (!status) status = read_pairs(&x.pairs, a, &match, err);
  if (!status) status = question_ratios(x.ratio, a, &x.pairs, err);
  if (!status) status = question_draw_ratios(x.drawn, &why, a, &x.pairs, err);
  if (!status) status = print_answer(&x, &match, err);
  if (!status) status = say_unequal(a, &match, err);
  if (!status && why) say("no intervals of ratios: %s\n", why);
  return status;
}
