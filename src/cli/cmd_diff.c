/* quarry diff: what differs between two stored experiments, of one database or of two. */
#include "cli.h"
#include "diff.h"
#include "diff_inputs.h"
#include "session.h"

#include "quarry/decimal.h"
#include "quarry/metric.h"
#include "quarry/points.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct diff_options {
  places where;
  int format;
  double tolerance;
  int64_t limit;
} diff_options;

typedef struct comparison {
  const diff_options *o;
  diff_side side[2];
  diff_pairs pairs;
  table *out;
  bool differ; /* results, beyond the tolerance */
} comparison;

/* The metric of a row: "area_um2", "area_um2_p05"; -1: none. */
static int metric_of(const char *name)
{
  char nominal[96];
  const size_t length = strlen(name);
  const bool bound = length > 4 && (strcmp(name + length - 4, "_p05") == 0 || strcmp(name + length - 4, "_p95") == 0);
  snprintf(nominal, sizeof nominal, "%.*s", (int)(bound ? length - 4 : length), name);
  return qy_metric_find(nominal);
}

/* The unit of a and b; NULL: none. */
static const char *unit_of(const char *part, const char *name)
{
  const int m = strcmp(part, "metric") == 0 ? metric_of(name) : -1;
  return m < 0 || !*qy_metric_table()[m].unit ? NULL : qy_metric_table()[m].unit;
}

/* A row of the answer: absent numbers are NaN, absent points -1. */
static void put(comparison *c, const char *part, const char *name, const char *a, const char *b, double change,
                int64_t rows, const int64_t point[2])
{
  table_row(c->out, TEXT(part), TEXT(name));
  const char *const value[] = {a, b};
  char *end;
  for (int s = 0; s < 2; s++) {
    const bool number = value[s] && value[s][0] && (qy_decimal(value[s], &end), *end == '\0');
    (number ? table_digits : table_text)(c->out, value[s]);
  }
  table_row(c->out, NUMBER(change));
  rows < 0 ? table_text(c->out, NULL) : table_integer(c->out, rows);
  for (int s = 0; s < 2; s++)
    !point || point[s] < 0 ? table_text(c->out, NULL) : table_integer(c->out, point[s]);
  table_text(c->out, unit_of(part, name));
}

/* FILE:NAME, where FILE is one; otherwise an experiment of --database. */
static qy_status open_side(diff_side *side, const char *operand, const char *database, qy_arena *arena, qy_error *err)
{
  const char *colon = strrchr(operand, ':'), *name = operand;
  if (colon && colon > operand) {
    const char *file = qy_arena_text(arena, operand, (size_t)(colon - operand));
    if (!file) return qy_no_memory(err);
    if (access(file, F_OK) == 0) {
      database = file;
      name = colon + 1;
    }
  }
  qy_status status = qy_store_open(&side->store, database, QY_STORE_READ, err);
  if (!status) status = session_find(&side->id, side->store, name, err);
  return status ? status : qy_store_check_front(side->store, side->id, NULL, 0, NULL, 0, "diff", err);
}

/* ---- inputs */

enum { LINES_SHOWN = 8, BYTES_SHOWN = 60 }; /* of a text that differs, unless --limit says more; of a line in tables */

/* The beginning of a long line, for an aligned table. */
static const char *shorten(const char *line, const comparison *c, qy_arena *arena)
{
  if (!line || c->o->format != FORMAT_TABLE || strlen(line) <= BYTES_SHOWN) return line;
  size_t end = BYTES_SHOWN;
  while (end > 0 && ((unsigned char)line[end] & 0xc0) == 0x80) /* within a letter of several bytes */
    end--;
  const char *out = qy_arena_format(arena, "%.*s ...", (int)end, line);
  return out ? out : line;
}

/* Inputs that differ: they need not change a result. */
static qy_status compare_inputs(comparison *c, qy_arena *arena, qy_error *err)
{
  diff_input *list;
  size_t count;
  const size_t most = c->o->limit > LINES_SHOWN ? (size_t)c->o->limit : LINES_SHOWN;
  const qy_status status = diff_inputs(&list, &count, c->side, most, arena, err);
  for (size_t i = 0; i < count && !status; i++)
    put(c, "input", list[i].name, shorten(list[i].a, c, arena), shorten(list[i].b, c, arena), NAN, -1, NULL);
  return status;
}

/* ---- points */

/* What points are matched without. */
static void put_axes(comparison *c)
{
  const diff_axes *axes = &c->pairs.axes;
  for (size_t i = 0; i < axes->count; i++) {
    const diff_axis *x = diff_axis_at(axes, i);
    const char *a = x->value[0] ? x->value[0] : "not set", *b = x->value[1] ? x->value[1] : "not set";
    put(c, "axis", x->name, x->value[0], x->value[1], NAN, -1, NULL);
    say("%s is %s in all of A, %s in all of B: points are matched without it\n", x->name, a, b);
  }
}

/* Where no metric is compared, equal results say nothing. */
static void say_nothing_compared(const comparison *c, size_t feasible)
{
  const size_t a = c->side[0].count, b = c->side[1].count;
  if (!a && !b)
    say("note: there is nothing to compare: neither A nor B has a point\n");
  else if (!a || !b)
    say("note: there is nothing to compare: %s has no point\n", a ? "B" : "A");
  else if (!c->pairs.count)
    say("note: no point of A has one of B beside it: no metric is compared\n");
  else if (!feasible)
    say("note: no point is feasible in both: no metric is compared\n");
}

static void compare_points(comparison *c)
{
  const diff_pairs *p = &c->pairs;
  size_t changed = 0, feasible = 0;
  char a[24], b[24];
  int64_t shown = 0;
  snprintf(a, sizeof a, "%zu", c->side[0].count);
  snprintf(b, sizeof b, "%zu", c->side[1].count);
  put(c, "points", "all", a, b, NAN, (int64_t)p->count, NULL);
  for (int s = 0; s < 2; s++) {
    if (!p->only_count[s]) continue;
    c->differ = true;
    const int64_t first[2] = {s ? -1 : diff_point(&c->side[0], p->only[0][0]),
                              s ? diff_point(&c->side[1], p->only[1][0]) : -1};
    put(c, "points", s ? "only in B" : "only in A", NULL, NULL, NAN, (int64_t)p->only_count[s], first);
  }
  for (size_t i = 0; i < p->count; i++) {
    const bool can[2] = {diff_feasible(&c->side[0], p->pair[i][0]), diff_feasible(&c->side[1], p->pair[i][1])};
    feasible += can[0] && can[1];
    if (can[0] == can[1]) continue;
    const int64_t point[2] = {diff_point(&c->side[0], p->pair[i][0]), diff_point(&c->side[1], p->pair[i][1])};
    changed++;
    if (shown++ < c->o->limit)
      put(c, "feasibility", "point", can[0] ? "feasible" : "infeasible", can[1] ? "feasible" : "infeasible", NAN, -1,
          point);
  }
  say_nothing_compared(c, feasible);
  if (!changed) return;
  c->differ = true;
  put(c, "feasibility", "all", NULL, NULL, NAN, (int64_t)changed, NULL);
}

/* ---- metrics */

/* How far b is from a, relative to a; of a logarithm (in dB) the difference. */
static double change_of(bool logarithm, double a, double b)
{
  if (isnan(a) && isnan(b)) return 0;
  if (isnan(a) || isnan(b)) return INFINITY;
  if (logarithm) return b - a;
  return a == b ? 0 : a == 0 ? INFINITY : (b - a) / fabs(a);
}

typedef struct change {
  double by;
  size_t pair;
} change;

static int by_size(const void *p, const void *q)
{
  const change *a = p, *b = q;
  const double x = fabs(a->by), y = fabs(b->by);
  return x != y ? (x < y ? 1 : -1) : (a->pair > b->pair) - (a->pair < b->pair);
}

/* Rows of the column whose change is beyond the tolerance, the largest first; nominal: of those only whose values in
 * these two are equal, NULL: all. */
static qy_status compare_values(comparison *c, const char *metric, const double *a, const double *b,
                                const double *const *nominal, qy_error *err)
{
  change *list = qy_alloc(c->pairs.count, sizeof *list);
  const bool logarithm = qy_metric_is_level(metric_of(metric));
  size_t count = 0;
  if (!list) return qy_no_memory(err);
  for (size_t i = 0; i < c->pairs.count; i++) {
    const uint32_t *pair = c->pairs.pair[i];
    if (!diff_feasible(&c->side[0], pair[0]) || !diff_feasible(&c->side[1], pair[1])) continue;
    if (nominal && fabs(change_of(logarithm, nominal[0][pair[0]], nominal[1][pair[1]])) > c->o->tolerance) continue;
    const double by = change_of(logarithm, a[pair[0]], b[pair[1]]);
    if (fabs(by) > c->o->tolerance) list[count++] = (change){by, i};
  }
  if (count) {
    qsort(list, count, sizeof *list, by_size);
    c->differ = true;
  }
  for (size_t i = 0; i < count && (int64_t)i < (c->o->limit > 1 ? c->o->limit : 1); i++) {
    const uint32_t *pair = c->pairs.pair[list[i].pair];
    const int64_t point[2] = {diff_point(&c->side[0], pair[0]), diff_point(&c->side[1], pair[1])};
    char text[2][QY_NUMBER_EXACT] = {"", ""};
    const double value[2] = {a[pair[0]], b[pair[1]]};
    for (int s = 0; s < 2; s++)
      if (isnan(value[s]))
        continue;
      else if (c->o->format == FORMAT_TABLE)
        qy_print(text[s], sizeof text[s], "%.9g", value[s]);
      else
        qy_number_exact(text[s], value[s]);
    put(c, "metric", metric, text[0][0] ? text[0] : NULL, text[1][0] ? text[1] : NULL, list[i].by,
        i ? -1 : (int64_t)count, point);
  }
  free(list);
  return QY_OK;
}

enum { BLOCK = 8, BOUNDS = 2 }; /* metrics read at once: a scan of all points each */
static const char *const bound[BOUNDS] = {"p05", "p95"};

static qy_status has_column(bool *has, const diff_side *side, const char *table_name, const char *column, qy_error *err)
{
  char sql[200];
  double *count = NULL;
  size_t rows = 0;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'", table_name, column);
  const qy_status status = qy_store_columns(side->store, sql, 1, &count, &rows, err);
  *has = !status && count[0] > 0;
  free(count);
  return status;
}

static qy_status both_have(bool *both, const comparison *c, const char *table_name, const char *column, qy_error *err)
{
  bool has[2] = {false, false};
  qy_status status = has_column(&has[0], &c->side[0], table_name, column, err);
  if (!status) status = has_column(&has[1], &c->side[1], table_name, column, err);
  *both = has[0] && has[1];
  return status;
}

/* Metrics that both databases have a column for; an older one lacks some. */
static qy_status common_metrics(int *metric, int *count, const comparison *c, qy_error *err)
{
  qy_status status = QY_OK;
  *count = 0;
  for (int m = 0; m < QY_METRIC_COUNT && !status; m++) {
    bool both;
    status = both_have(&both, c, "result", qy_metric_table()[m].name, err);
    if (both) metric[(*count)++] = m;
  }
  return status;
}

/* Columns of all points of a side, NaN where there is none: `list` of r, the table `result`, or with `bounds` of i, the
 * table `interval`, which old databases have not. */
static qy_status read_columns(double **column, const diff_side *side, const qy_text *list, int count, bool bounds,
                              qy_error *err)
{
  qy_text sql = {0};
  size_t rows = 0;
  qy_text_add(&sql,
              "SELECT %s FROM result r %s WHERE r.id >= %" PRId64 " << 40 AND r.id < (%" PRId64
              " + 1) << 40 ORDER BY r.id",
              list->data ? list->data : "", bounds ? "LEFT JOIN interval i ON i.id = r.id" : "", side->id, side->id);
  qy_status status = list->failed || sql.failed ? qy_no_memory(err)
                                                : qy_store_columns(side->store, sql.data, count, column, &rows, err);
  qy_text_free(&sql);
  if (!status && rows != side->count)
    status = qy_fail(err, QY_SYSTEM, "an experiment was changed while it was read: run again");
  return status;
}

/* Bounds of one metric, where its own value, nominal[side], is the same. */
static qy_status compare_bounds(comparison *c, const char *metric, const double *const *nominal, qy_error *err)
{
  qy_status status = QY_OK;
  for (int b = 0; b < BOUNDS && !status; b++) {
    char name[96];
    bool both;
    double *column[2] = {NULL, NULL};
    qy_text list = {0};
    snprintf(name, sizeof name, "%s_%s", metric, bound[b]);
    status = both_have(&both, c, "interval", name, err);
    qy_text_add(&list, "i.%s", name);
    for (int s = 0; s < 2 && !status && both; s++)
      status = read_columns(&column[s], &c->side[s], &list, 1, true, err);
    if (!status && both) status = compare_values(c, name, column[0], column[1], nominal, err);
    qy_text_free(&list);
    free(column[0]);
    free(column[1]);
  }
  return status;
}

static qy_status compare_block(comparison *c, const int *metric, int count, bool bounds, qy_error *err)
{
  double *column[2][BLOCK] = {{NULL}};
  qy_text list = {0};
  for (int m = 0; m < count; m++)
    qy_text_add(&list, "%sr.%s", m ? ", " : "", qy_metric_table()[metric[m]].name);
  qy_status status = read_columns(column[0], &c->side[0], &list, count, false, err);
  if (!status) status = read_columns(column[1], &c->side[1], &list, count, false, err);
  for (int m = 0; m < count && !status; m++) {
    const char *name = qy_metric_table()[metric[m]].name;
    const double *const nominal[2] = {column[0][m], column[1][m]};
    status = compare_values(c, name, nominal[0], nominal[1], NULL, err);
    if (!status && bounds && qy_metric_uncertain(metric[m])) status = compare_bounds(c, name, nominal, err);
  }
  for (int i = 0; i < 2 * BLOCK; i++)
    free(column[i / BLOCK][i % BLOCK]);
  qy_text_free(&list);
  return status;
}

/* Points with intervals. */
static qy_status count_intervals(int64_t *count, const diff_side *side, qy_error *err)
{
  char sql[160];
  double *found = NULL;
  size_t rows = 0;
  bool there;
  *count = 0;
  qy_status status = has_column(&there, side, "interval", "id", err);
  if (status || !there) return status;
  snprintf(sql, sizeof sql,
           "SELECT count(*) FROM interval WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40", side->id,
           side->id);
  status = qy_store_columns(side->store, sql, 1, &found, &rows, err);
  if (!status) *count = (int64_t)found[0];
  free(found);
  return status;
}

static qy_status compare_metrics(comparison *c, qy_error *err)
{
  int metric[QY_METRIC_COUNT], count;
  int64_t intervals[2];
  qy_status status = common_metrics(metric, &count, c, err);
  for (int s = 0; s < 2 && !status; s++)
    status = count_intervals(&intervals[s], &c->side[s], err);
  for (int s = 0; s < 2 && !status; s++) {
    if (!intervals[s] || intervals[!s]) continue;
    put(c, "intervals", s ? "only in B" : "only in A", NULL, NULL, NAN, intervals[s], NULL);
    c->differ = true;
  }
  for (int first = 0; first < count && c->pairs.count && !status; first += BLOCK)
    status = compare_block(c, metric + first, count - first < BLOCK ? count - first : BLOCK,
                           intervals[0] && intervals[1], err);
  return status;
}

/* ---- fronts */

/* Which places are on a front, over all groups. */
static qy_status read_front(uint8_t **on, const diff_side *side, qy_error *err)
{
  double *point = NULL;
  size_t count = 0;
  char sql[240];
  snprintf(sql, sizeof sql,
           "SELECT DISTINCT f.point & 0xffffffffff FROM front_group g JOIN front f ON f.front_group = g.id WHERE "
           "g.experiment = %" PRId64 " ORDER BY 1",
           side->id);
  qy_status status = qy_store_columns(side->store, sql, 1, &point, &count, err);
  *on = qy_alloc(side->count, 1);
  if (!status && !*on) status = qy_no_memory(err);
  for (size_t i = 0, f = 0; !status && i < side->count && f < count; i++) {
    while (f < count && (int64_t)point[f] < diff_point(side, i))
      f++;
    (*on)[i] = f < count && (int64_t)point[f] == diff_point(side, i);
  }
  free(point);
  return status;
}

static qy_status compare_fronts(comparison *c, qy_error *err)
{
  static const char *const name[] = {"lost", "gained"};
  uint8_t *on[2] = {NULL, NULL};
  int64_t changed[2] = {0, 0};
  qy_status status = read_front(&on[0], &c->side[0], err);
  if (!status) status = read_front(&on[1], &c->side[1], err);
  for (size_t i = 0; i < c->pairs.count && !status; i++) {
    const uint32_t *pair = c->pairs.pair[i];
    if (on[0][pair[0]] == on[1][pair[1]]) continue;
    const int way = on[1][pair[1]];
    const int64_t point[2] = {diff_point(&c->side[0], pair[0]), diff_point(&c->side[1], pair[1])};
    if (changed[way]++ < c->o->limit)
      put(c, "front", c->o->format == FORMAT_TABLE ? (way ? "joined in B" : "left in B") : name[way], NULL, NULL, NAN,
          -1, point);
  }
  for (int way = 0; way < 2 && !status; way++) {
    if (!changed[way]) continue;
    c->differ = true;
    const char *word = way ? "all gained" : "all lost";
    if (c->o->format == FORMAT_TABLE) word = way ? "points of a front in B only" : "points of a front in A only";
    put(c, "front", word, NULL, NULL, NAN, changed[way], NULL);
  }
  free(on[0]);
  free(on[1]);
  return status;
}

static qy_status compare(comparison *c, char **operand, qy_arena *arena, qy_error *err)
{
  qy_status status = QY_OK;
  for (int s = 0; s < 2 && !status; s++)
    status = open_side(&c->side[s], operand[s], c->o->where.database, arena, err);
  if (!status) status = compare_inputs(c, arena, err);
  if (!status) status = diff_match(c->side, &c->pairs, err);
  if (status) return status;
  put_axes(c);
  compare_points(c);
  status = compare_metrics(c, err);
  return status ? status : compare_fronts(c, err);
}

int cmd_diff(int argc, char **argv)
{
  static const char *const columns[] = {"part", "name", "a", "b", "change", "rows", "point_a", "point_b", "unit"};
  diff_options o = {.format = FORMAT_TABLE, .tolerance = 1e-9, .limit = 1};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"tolerance", 't', OPTION_NUMBER, &o.tolerance, "R",
       "change up to which values count as equal: relative, of metrics in dB in dB (default 1e-9)", 0, 1e9, NULL},
      {"limit", 'n', OPTION_INTEGER, &o.limit, "N", "show so many points of each kind of difference (default 1)", 0,
       1e9, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "diff",
      "A B",
      "What differs between two stored experiments: a name (its latest run), a number, NAME@N (the N-th last run), or\n"
      "FILE:NAME of another database.  Points are matched by technology, network, design, parameters, precision,\n"
      "assignment and clock, but for what has one value in all of A and another one in all of B.  Of each metric: the\n"
      "largest change of B relative to A (in dB: B - A), a and b at the point where it is, and how many rows change "
      "by\n"
      "more than the tolerance; of its p05 and p95 where the metric itself is\n"
      "equal; points that one alone has; inputs that differ, with lines of their texts; points that joined or left a\n"
      "front.  Exit 0: all results equal within the tolerance (inputs may differ); 1: they differ.",
      "  quarry diff my_search@2 my_search\n"
      "  quarry diff my_search old.sqlite:my_search --tolerance 1e-9\n"
      "  quarry diff my_search 7 --limit 20 --format csv\n",
      2,
      2};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  comparison c = {.o = &o, .out = table_new(o.format, sizeof columns / sizeof *columns, columns)};
  qy_arena *arena = qy_arena_new();
  const qy_status status = arena ? compare(&c, argv + first, arena, &err) : qy_no_memory(&err);
  if (status)
    table_drop(c.out);
  else if (o.format == FORMAT_TABLE)
    puts("a, b of a metric: at the point of its largest change; change: (b - a) / |a|, in dB b - a");
  if (!status) table_print(c.out);
  code = status ? report(status, &err) : c.differ ? EXIT_OFF : EXIT_DONE;
  diff_free(c.side, &c.pairs);
  qy_store_close(c.side[0].store);
  qy_store_close(c.side[1].store);
  qy_arena_free(arena);
  return finish_output(code);
}
