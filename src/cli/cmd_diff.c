/* quarry diff: what differs between two stored experiments, of one database or of two. */
#include "cli.h"
#include "diff.h"

#include "quarry/metric.h"
#include "quarry/points.h"
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

/* A row of the answer: absent numbers are NaN, absent points -1. */
static void put(comparison *c, const char *part, const char *name, const char *a, const char *b, double change,
                int64_t rows, const int64_t point[2])
{
  table_row(c->out, TEXT(part), TEXT(name));
  const char *const value[] = {a, b};
  char *end;
  for (int s = 0; s < 2; s++) {
    const bool number = value[s] && value[s][0] && (strtod(value[s], &end), *end == '\0');
    (number ? table_digits : table_text)(c->out, value[s]);
  }
  table_row(c->out, RATIO(change));
  rows < 0 ? table_text(c->out, NULL) : table_integer(c->out, rows);
  for (int s = 0; s < 2; s++)
    !point || point[s] < 0 ? table_text(c->out, NULL) : table_integer(c->out, point[s]);
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
  return status ? status : qy_store_find(&side->id, side->store, name, err);
}

/* ---- inputs */

typedef struct lines {
  qy_arena *arena;
  const char **at;
  size_t count, capacity;
  bool failed;
} lines;

static int line_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  lines *l = ctx;
  void *grown = l->at;
  if (qy_grow(&grown, &l->capacity, l->count + 1, sizeof *l->at)) return l->failed = true;
  l->at = grown;
  l->at[l->count] = qy_arena_format(l->arena, "%s\n%s", values[0], values[1] ? values[1] : "");
  return l->failed = !l->at[l->count++];
}

static int by_line(const void *p, const void *q)
{
  return strcmp(*(const char *const *)p, *(const char *const *)q);
}

/* "kind name" beside a short hash, or a value. */
static qy_status read_inputs(lines *l, const diff_side *side, qy_error *err)
{
  static const char *const list[] = {"technology", "network", "device", "noise_file"};
  char sql[500];
  const int64_t id = side->id;
  snprintf(sql, sizeof sql,
           "SELECT 'text of the experiment', substr(sha256, 1, 16) FROM experiment WHERE id = %" PRId64
           " UNION ALL SELECT 'model version', model_version FROM experiment WHERE id = %" PRId64
           " UNION ALL SELECT 'seed', seed FROM experiment WHERE id = %" PRId64
           " UNION ALL SELECT 'points planned', points FROM experiment WHERE id = %" PRId64,
           id, id, id, id);
  qy_status status = qy_store_query(side->store, sql, line_row, l, err);
  for (size_t i = 0; i < sizeof list / sizeof *list && !status; i++) {
    snprintf(sql, sizeof sql,
             "SELECT '%s ' || t.name, substr(t.sha256, 1, 16) FROM experiment_%s x JOIN %s t ON t.id = x.%s WHERE "
             "x.experiment = %" PRId64,
             list[i], list[i], list[i], list[i], id);
    qy_error ignored = {0}; /* databases of before there were such inputs */
    status = qy_store_query(side->store, sql, line_row, l, i < 2 ? err : &ignored);
    if (i >= 2 && status == QY_BAD_INPUT) status = QY_OK;
  }
  if (!status && l->failed) status = qy_no_memory(err);
  if (!status) qsort(l->at, l->count, sizeof *l->at, by_line);
  return status;
}

static const char *value_in(const lines *l, const char *line)
{
  const size_t name = strcspn(line, "\n") + 1;
  for (size_t i = 0; i < l->count; i++)
    if (strncmp(l->at[i], line, name) == 0) return l->at[i] + name;
  return NULL;
}

/* Inputs that differ: they need not change a result. */
static qy_status compare_inputs(comparison *c, qy_arena *arena, qy_error *err)
{
  lines of[2] = {{.arena = arena}, {.arena = arena}};
  qy_status status = read_inputs(&of[0], &c->side[0], err);
  if (!status) status = read_inputs(&of[1], &c->side[1], err);
  for (int s = 0; s < 2 && !status; s++)
    for (size_t i = 0; i < of[s].count; i++) {
      const char *line = of[s].at[i], *own = line + strcspn(line, "\n") + 1, *other = value_in(&of[!s], line);
      if (other && (s == 1 || strcmp(own, other) == 0)) continue;
      const char *name = qy_arena_text(arena, line, strcspn(line, "\n"));
      put(c, "input", name, s ? other : own, s ? own : other, NAN, -1, NULL);
    }
  free(of[0].at);
  free(of[1].at);
  return status;
}

/* ---- points */

static void compare_points(comparison *c)
{
  const diff_pairs *p = &c->pairs;
  size_t changed = 0;
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
    if (can[0] == can[1]) continue;
    const int64_t point[2] = {diff_point(&c->side[0], p->pair[i][0]), diff_point(&c->side[1], p->pair[i][1])};
    changed++;
    if (shown++ < c->o->limit)
      put(c, "feasibility", "point", can[0] ? "feasible" : "infeasible", can[1] ? "feasible" : "infeasible", NAN, -1,
          point);
  }
  if (!changed) return;
  c->differ = true;
  put(c, "feasibility", "all", NULL, NULL, NAN, (int64_t)changed, NULL);
}

/* ---- metrics */

/* How far b is from a, relative to a. */
static double change_of(double a, double b)
{
  if (isnan(a) && isnan(b)) return 0;
  if (isnan(a) || isnan(b)) return INFINITY;
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

/* Rows of the metric whose change is beyond the tolerance, the largest first. */
static qy_status compare_values(comparison *c, const char *metric, const double *a, const double *b, qy_error *err)
{
  change *list = qy_alloc(c->pairs.count, sizeof *list);
  size_t count = 0;
  if (!list) return qy_no_memory(err);
  for (size_t i = 0; i < c->pairs.count; i++) {
    const uint32_t *pair = c->pairs.pair[i];
    if (!diff_feasible(&c->side[0], pair[0]) || !diff_feasible(&c->side[1], pair[1])) continue;
    const double by = change_of(a[pair[0]], b[pair[1]]);
    if (fabs(by) > c->o->tolerance) list[count++] = (change){by, i};
  }
  if (count) {
    qsort(list, count, sizeof *list, by_size);
    c->differ = true;
  }
  for (size_t i = 0; i < count && (int64_t)i < (c->o->limit > 1 ? c->o->limit : 1); i++) {
    const uint32_t *pair = c->pairs.pair[list[i].pair];
    const int64_t point[2] = {diff_point(&c->side[0], pair[0]), diff_point(&c->side[1], pair[1])};
    char text[2][40] = {"", ""};
    const double value[2] = {a[pair[0]], b[pair[1]]};
    for (int s = 0; s < 2; s++)
      if (!isnan(value[s])) snprintf(text[s], sizeof text[s], "%.*g", c->o->format == FORMAT_TABLE ? 9 : 17, value[s]);
    put(c, "metric", metric, text[0][0] ? text[0] : NULL, text[1][0] ? text[1] : NULL, list[i].by,
        i ? -1 : (int64_t)count, point);
  }
  free(list);
  return QY_OK;
}

enum { BLOCK = 8 }; /* metrics read at once: a scan of all points each */

/* Metrics that both databases have a column for; an older one lacks some. */
static qy_status common_metrics(int *metric, int *count, const comparison *c, qy_error *err)
{
  qy_status status = QY_OK;
  *count = 0;
  for (int m = 0; m < QY_METRIC_COUNT && !status; m++) {
    int there = 0;
    for (int s = 0; s < 2 && !status; s++) {
      char sql[160];
      double *has = NULL;
      size_t rows = 0;
      snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('result') WHERE name = '%s'",
               qy_metric_table()[m].name);
      status = qy_store_columns(c->side[s].store, sql, 1, &has, &rows, err);
      there += !status && has[0] > 0;
      free(has);
    }
    if (there == 2) metric[(*count)++] = m;
  }
  return status;
}

static qy_status read_metrics(double **column, const diff_side *side, const int *metric, int count, qy_error *err)
{
  char sql[1200];
  size_t used = 0, rows = 0;
  for (int m = 0; m < count; m++)
    used = qy_append(sql, sizeof sql, used, "%s%s", m ? ", " : "SELECT ", qy_metric_table()[metric[m]].name);
  qy_append(sql, sizeof sql, used, " FROM result WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40",
            side->id, side->id);
  qy_status status = qy_store_columns(side->store, sql, count, column, &rows, err);
  if (!status && rows != side->count)
    status = qy_fail(err, QY_SYSTEM, "an experiment was changed while it was read: run again");
  return status;
}

static qy_status compare_metrics(comparison *c, qy_error *err)
{
  int metric[QY_METRIC_COUNT], count;
  qy_status status = common_metrics(metric, &count, c, err);
  for (int first = 0; first < count && c->pairs.count && !status; first += BLOCK) {
    const int block = count - first < BLOCK ? count - first : BLOCK;
    double *column[2][BLOCK] = {{NULL}};
    for (int s = 0; s < 2 && !status; s++)
      status = read_metrics(column[s], &c->side[s], metric + first, block, err);
    for (int m = 0; m < block && !status; m++)
      status = compare_values(c, qy_metric_table()[metric[first + m]].name, column[0][m], column[1][m], err);
    for (int i = 0; i < 2 * BLOCK; i++)
      free(column[i / BLOCK][i % BLOCK]);
  }
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
    if (changed[way]++ < c->o->limit) put(c, "front", name[way], NULL, NULL, NAN, -1, point);
  }
  for (int way = 0; way < 2 && !status; way++) {
    if (!changed[way]) continue;
    c->differ = true;
    put(c, "front", way ? "all gained" : "all lost", NULL, NULL, NAN, changed[way], NULL);
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
  compare_points(c);
  status = compare_metrics(c, err);
  return status ? status : compare_fronts(c, err);
}

int cmd_diff(int argc, char **argv)
{
  static const char *const columns[] = {"part", "name", "a", "b", "change", "rows", "point_a", "point_b"};
  diff_options o = {.format = FORMAT_TABLE, .limit = 1};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"tolerance", 't', OPTION_NUMBER, &o.tolerance, "R",
       "relative change up to which values count as equal (default 0)", 0, 1e9, NULL},
      {"limit", 'n', OPTION_INTEGER, &o.limit, "N", "show so many points of each kind of difference (default 1)", 0,
       1e9, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "diff",
      "A B",
      "What differs between two stored experiments: a name (its latest run), a number, NAME@N (the N-th last run), or\n"
      "FILE:NAME of another database.  Points are matched by technology, network, design, parameters, precision,\n"
      "assignment and clock.  Of each metric: the largest change of B relative to A, and how many rows change; points\n"
      "that one alone has; inputs that differ; points that joined or left a front.  Exit 0: all results equal within\n"
      "the tolerance (inputs may differ); 1: they differ.",
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
  else
    table_print(c.out);
  code = status ? report(status, &err) : c.differ ? EXIT_OFF : EXIT_DONE;
  diff_free(c.side, &c.pairs);
  qy_store_close(c.side[0].store);
  qy_store_close(c.side[1].store);
  qy_arena_free(arena);
  return finish_output(code);
}
