/* quarry export: what an experiment has as files for other programs and for papers. */
#include "cli.h"
#include "session.h"

#include "quarry/axes.h"
#include "quarry/decimal.h"
#include "quarry/escape.h"
#include "quarry/file.h"
#include "quarry/metric.h"
#include "quarry/points.h"
#include "quarry/store_kept.h"
#include "quarry/store_schema.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Rows of CSV and JSON that are held at a time. */
enum { FLOW_ROWS = 1000 };

static const char *const endings[QY_TABLE_FORMATS] = {"txt", "csv", "json", "md", "tex"};

/* What tables for people show where it varies, besides axes. */
static const char *const always[] = {"technology", "network", "design", "precision"};

typedef struct column {
  const char *name, *unit, *meaning; /* unit "": none; meaning NULL: none */
  const char *first;                 /* its value in the first row */
  bool varies, shown;
} column;

/* Columns of the file and their rows. */
typedef struct sheet {
  column *column;
  size_t columns, rows;
  qy_table *table;
  qy_text constants; /* what is left out of a table for people */
} sheet;

typedef struct export_options {
  places where;
  int format, front, datasette;
  const char *output, *columns, *where_points;
} export_options;

/* What is being exported. */
typedef struct exported {
  const export_options *o;
  qy_store *store;
  int64_t id;
  bool front;
  const char *name; /* of the experiment */
  sheet sheet;
  const char *select;
  qy_axes axes;
  const qy_schema_row *words;
  size_t word_count;
  int objective[QY_METRIC_COUNT], objectives;
  qy_arena *arena;
  FILE *out; /* takes rows as they come; NULL: a table for people, which is laid out by all of them */
  qy_status flow;
  qy_error *flow_err;
} exported;

/* ---- columns */

static int names_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  exported *e = ctx;
  (void)values, (void)types;
  e->sheet.columns = (size_t)columns;
  e->sheet.column = qy_arena_alloc(e->arena, (size_t)columns, sizeof *e->sheet.column);
  for (int c = 0; c < columns && e->sheet.column; c++)
    e->sheet.column[c] = (column){.name = qy_arena_text(e->arena, names[c], strlen(names[c])), .unit = ""};
  return 1;
}

static int column_of(const sheet *s, const char *name)
{
  for (size_t c = 0; c < s->columns; c++)
    if (strcmp(s->column[c].name, name) == 0) return (int)c;
  return -1;
}

/* Unit and meaning: of metrics from their table, of axes from the experiment, of the rest from the schema. */
static void explain(exported *e, column *c)
{
  const int m = qy_metric_find(c->name), axis = qy_axes_find(&e->axes, c->name);
  for (size_t i = 0; i < e->word_count; i++) {
    const qy_schema_row *w = &e->words[i];
    if (!w->column || strcmp(w->column, c->name) || strcmp(w->table, e->front ? "front_point_all" : "point_all"))
      continue;
    if (w->unit) c->unit = w->unit;
    c->meaning = w->meaning;
  }
  if (m < 0 && axis >= 0 && e->axes.axis[axis].unit) c->unit = e->axes.axis[axis].unit;
}

static qy_status unknown_column(const exported *e, const char *option, const char *found, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN];
  const char **names = qy_arena_alloc(e->arena, e->sheet.columns, sizeof *names);
  if (!names) return qy_no_memory(err);
  for (size_t c = 0; c < e->sheet.columns; c++)
    names[c] = e->sheet.column[c].name;
  return qy_fail(err, QY_BAD_INPUT, "%s: expected a column of the export, found \"%s\"%s", option, found,
                 qy_table_advice(advice, found, names, e->sheet.columns));
}

/* --columns 'a,b*': these, in the order of the list, as qy_table_columns has it; else all. */
static qy_status choose_columns(exported *e, size_t **order, size_t *count, qy_error *err)
{
  *count = 0;
  *order = qy_arena_alloc(e->arena, e->sheet.columns, sizeof **order);
  char *list = e->o->columns ? qy_arena_text(e->arena, e->o->columns, strlen(e->o->columns)) : NULL, *save = NULL;
  if (!*order || (e->o->columns && !list)) return qy_no_memory(err);
  for (char *word = list ? strtok_r(list, ", ", &save) : NULL; word; word = strtok_r(NULL, ", ", &save)) {
    const int exact = column_of(&e->sheet, word);
    bool found = false;
    for (size_t c = 0; c < e->sheet.columns; c++) {
      if (exact >= 0 ? c != (size_t)exact : !qy_table_means(word, e->sheet.column[c].name)) continue;
      if (!e->sheet.column[c].shown) (*order)[(*count)++] = c;
      found = e->sheet.column[c].shown = true;
    }
    if (!found) return unknown_column(e, "--columns", word, err);
  }
  if (list && *count == 0)
    return qy_fail(err, QY_BAD_INPUT, "--columns: expected columns of the export, found \"%s\"", e->o->columns);
  for (size_t c = 0; !list && c < e->sheet.columns; c++) {
    e->sheet.column[c].shown = true;
    (*order)[(*count)++] = c;
  }
  return QY_OK;
}

/* "KEY=LABEL,KEY=LABEL" as conditions; a precision may be named by its bits alone. */
static qy_status put_where(qy_text *sql, exported *e, qy_error *err)
{
  char *list = qy_arena_text(e->arena, e->o->where_points, strlen(e->o->where_points)), *save = NULL;
  const char *between = " WHERE ";
  if (!list) return qy_no_memory(err);
  for (char *word = strtok_r(list, ",", &save); word; word = strtok_r(NULL, ",", &save), between = " AND ") {
    char *label = strchr(word, '=');
    if (!label)
      return qy_fail(err, QY_BAD_INPUT, "--where: expected KEY=LABEL with commas between, found \"%s\"", word);
    *label++ = '\0';
    word += strspn(word, " ");
    const int axis = qy_axes_find(&e->axes, word);
    const char *name = axis >= 0 ? e->axes.axis[axis].column : word;
    if (column_of(&e->sheet, name) < 0) return unknown_column(e, "--where", word, err);
    char *end, *quoted = sqlite3_mprintf("%Q", label);
    (void)qy_decimal(label, &end);
    if (quoted) qy_text_add(sql, "%s(\"%s\" = %s", between, name, quoted);
    if (*label && !*end) qy_text_add(sql, " OR \"%s\" = %s", name, label);
    if (quoted && strcmp(name, "precision") == 0) qy_text_add(sql, " OR precision = %s || ' bit'", quoted);
    qy_text_add(sql, ")");
    sql->failed |= !quoted;
    sqlite3_free(quoted);
  }
  return QY_OK;
}

/* ---- rows */

/* Text of a finite number, as files have it too. */
static bool is_digits(const char *value)
{
  return isdigit((unsigned char)value[value[0] == '-']) != 0;
}

static int cells_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  exported *e = ctx;
  sheet *s = &e->sheet;
  (void)names;
  for (int c = 0; c < columns; c++) {
    column *of = &s->column[c];
    const char *value = values[c];
    if (!value)
      qy_table_null(s->table);
    else if (types[c] == SQLITE_FLOAT && !(e->out && is_digits(value)))
      qy_table_number(s->table, qy_decimal(value, NULL));
    else
      (types[c] == SQLITE_INTEGER || types[c] == SQLITE_FLOAT ? qy_table_digits : qy_table_text)(s->table, value);
    if (e->out) continue;
    if (s->rows == 0)
      of->first = value ? qy_arena_text(e->arena, value, strlen(value)) : NULL;
    else
      of->varies |= (of->first == NULL) != (value == NULL) || (value && strcmp(of->first, value) != 0);
  }
  s->rows++;
  if (e->out && s->rows % FLOW_ROWS == 0)
    e->flow = qy_table_flow(s->table, (qy_table_format)e->o->format, e->out, e->flow_err);
  return e->flow != QY_OK;
}

static int objective_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  exported *e = ctx;
  (void)columns, (void)names, (void)types;
  const int m = qy_metric_find(values[0]);
  if (m >= 0 && e->objectives < QY_METRIC_COUNT) e->objective[e->objectives++] = m;
  return 0;
}

/* A metric, or a bound of its values. */
static bool is_of_metric(const char *name, const char *metric)
{
  const size_t length = strlen(metric);
  if (strncmp(name, metric, length) != 0) return false;
  return !name[length] || strcmp(name + length, "_p05") == 0 || strcmp(name + length, "_p95") == 0;
}

/* What is the same in all rows and left out for it: "technology lp55, network lenet5". */
static void put_constant(qy_text *out, const column *c)
{
  if (c->varies || !c->first) return;
  qy_text_add(out, "%s%s ", out->length ? ", " : "", c->name);
  qy_escape(out, c->first, "");
}

/* A table for people has what varies, then the objectives with their bounds, unless columns are named. */
static qy_status narrow(exported *e, qy_error *err)
{
  sheet *s = &e->sheet;
  qy_text list = {0};
  if (e->out) return QY_OK;
  for (size_t c = 0; c < s->columns && !e->o->columns; c++) {
    const char *name = s->column[c].name;
    bool axis = qy_axes_find(&e->axes, name) >= 0, objective = false;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
      axis |= strcmp(name, always[i]) == 0;
    for (int o = 0; o < e->objectives; o++)
      objective |= is_of_metric(name, qy_metric_table()[e->objective[o]].name);
    s->column[c].shown = (axis && s->column[c].varies) || objective;
    if (axis && !objective) put_constant(&s->constants, &s->column[c]);
  }
  if (!e->o->columns) qy_table_fold(s->table);
  for (size_t c = 0; c < s->columns; c++)
    if (s->column[c].shown) qy_text_add(&list, "%s%s", list.length ? "," : "", s->column[c].name);
  qy_status status = list.failed ? qy_no_memory(err) : QY_OK;
  if (!status && list.length) status = qy_table_columns(s->table, list.data, err);
  qy_text_free(&list);
  return status;
}

static qy_status new_table(exported *e, qy_error *err)
{
  const char **names = qy_arena_alloc(e->arena, e->sheet.columns, sizeof *names);
  for (size_t c = 0; names && c < e->sheet.columns; c++)
    names[c] = e->sheet.column[c].name;
  e->sheet.table = names ? qy_table_new(e->sheet.columns, names) : NULL;
  if (e->sheet.table) table_metric_units(e->sheet.table, e->sheet.columns, names);
  for (size_t c = 0; e->sheet.table && c < e->sheet.columns; c++) {
    const int axis = qy_axes_find(&e->axes, names[c]);
    if (axis >= 0 && qy_metric_find(names[c]) < 0 && e->sheet.column[c].unit[0])
      qy_table_unit(e->sheet.table, c, e->sheet.column[c].unit);
  }
  return e->sheet.table ? QY_OK : qy_no_memory(err);
}

/* The rows of the points or of the front, columns explained. */
static qy_status read_rows(exported *e, qy_error *err)
{
  qy_text sql = {0};
  size_t *order = NULL, count = 0;
  e->sheet = (sheet){0};
  const char *select[2];
  qy_status status = qy_store_view_select(select, e->store, e->id, e->arena, err);
  if (status) return status;
  e->select = select[e->front];
  qy_text_add(&sql, "SELECT * FROM (%s) LIMIT 1", e->select);
  status = sql.failed ? qy_no_memory(err) : qy_store_query(e->store, sql.data, names_row, e, err);
  qy_text_free(&sql);
  if (!status && !e->sheet.columns)
    status = qy_fail(err, QY_BAD_INPUT, "expected an experiment with %s, found none of \"%s\"",
                     e->front ? "a front" : "points", e->name);
  if (!status) status = choose_columns(e, &order, &count, err);
  if (status) return status;
  for (size_t i = 0; i < count; i++)
    qy_text_add(&sql, "%s\"%s\"", i ? ", " : "SELECT ", e->sheet.column[order[i]].name);
  qy_text_add(&sql, " FROM (%s)", e->select);
  if (e->o->where_points) status = put_where(&sql, e, err);
  qy_text_add(&sql, " ORDER BY %s", e->front ? "front_group" : "point");
  if (e->front && e->objectives) qy_text_add(&sql, ", %s", qy_metric_table()[e->objective[0]].name);
  column *ordered = qy_arena_alloc(e->arena, count, sizeof *ordered);
  if (!status && (sql.failed || !ordered)) status = qy_no_memory(err);
  for (size_t i = 0; !status && i < count; i++)
    ordered[i] = e->sheet.column[order[i]];
  if (ordered) e->sheet.column = ordered;
  e->sheet.columns = count;
  if (!status) status = new_table(e, err);
  e->flow = QY_OK;
  e->flow_err = err;
  if (!status) status = qy_store_query(e->store, sql.data, cells_row, e, err);
  if (!status) status = e->flow;
  qy_text_free(&sql);
  for (size_t c = 0; !status && c < e->sheet.columns; c++)
    explain(e, &e->sheet.column[c]);
  return status ? status : narrow(e, err);
}

/* ---- files */

static int text_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  qy_text_add(ctx, "%s", values[0] ? values[0] : "null");
  return 1;
}

/* Where the numbers come from, as a JSON object. */
static qy_status put_provenance(qy_text *out, exported *e, qy_error *err)
{
  char sql[1500];
  snprintf(sql, sizeof sql,
           "SELECT json_object('experiment', name, 'id', id, 'question', question, 'status', status, 'file', file, "
           "'text_sha256', sha256, 'identity', identity, 'model_version', model_version, 'seed', seed, 'command_line', "
           "command_line, 'objectives', json(objectives), 'points', points, 'started_utc', started_utc, 'ended_utc', "
           "ended_utc, 'program', (SELECT program FROM experiment x WHERE x.id = e.id), 'technologies', (SELECT "
           "json_group_array(json_object('name', t.name, 'sha256', t.sha256)) FROM "
           "experiment_technology x JOIN technology t ON t.id = x.technology WHERE x.experiment = e.id), 'networks', "
           "(SELECT json_group_array(json_object('name', t.name, 'sha256', t.sha256)) FROM experiment_network x JOIN "
           "network t ON t.id = x.network WHERE x.experiment = e.id)) FROM experiment e, (SELECT NULL AS program) "
           "WHERE id = "
           "%" PRId64, /* a database of an older program has no such column: NULL */
           e->id);
  return qy_store_query(e->store, sql, text_row, out, err);
}

static void put_columns(qy_text *out, const sheet *s)
{
  const char *gap = "[\n  ";
  for (size_t c = 0; c < s->columns; c++) {
    if (!s->column[c].shown) continue;
    qy_text_add(out, "%s{\"name\": ", gap);
    qy_text_json(out, s->column[c].name);
    qy_text_add(out, ", \"unit\": ");
    qy_text_json(out, s->column[c].unit);
    qy_text_add(out, ", \"meaning\": ");
    qy_text_json(out, s->column[c].meaning ? s->column[c].meaning : "");
    qy_text_add(out, "}");
    gap = ",\n  ";
  }
  qy_text_add(out, "\n ]");
}

/* How what stands beside a CSV begins. */
static const char beside_head[] = "{\"what\": \"", datasette_head[] = "{\"title\": \"Quarry results\"";

static void put_head(qy_text *out, const exported *e)
{
  qy_text_add(out, "%s%s\", \"rows\": ", beside_head, e->front ? "front" : "points");
}

/* What follows the rows, or their number. */
static qy_status put_tail(qy_text *out, exported *e, qy_error *err)
{
  qy_text_add(out, ",\n \"columns\": ");
  put_columns(out, &e->sheet);
  qy_text_add(out, ",\n \"provenance\": ");
  const qy_status status = put_provenance(out, e, err);
  qy_text_add(out, "}\n");
  return status;
}

/* A CSV has no room to say whose it is: what stands beside it does. */
static qy_status check_alone(const char *file, const char *beside, qy_error *err)
{
  struct stat is;
  if (stat(file, &is) != 0 || is.st_size == 0 || stat(beside, &is) == 0) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
                 "--output: expected %s to be new or of an earlier export, with %s beside it; found a file of another: "
                 "choose another output, or move it away",
                 file, beside);
}

/* Formats that take comments say in their first line whose they are, so that nobody's own text or change is lost. */
static qy_status add_file(qy_files *files, const export_options *o, const char *file, const qy_text *text,
                          qy_error *err)
{
  static const char *const comment[QY_TABLE_FORMATS] = {
      [QY_TABLE_ALIGNED] = "#", [QY_TABLE_MARKDOWN] = "<!--", [QY_TABLE_LATEX] = "%"};
  const char *own = o->datasette ? NULL : comment[o->format];
  if (!own || qy_file_is_stream(file)) return qy_files_add(files, file, text->data, text->length, err);
  const qy_import_file out = {
      .file = file, .text = text->data, .length = text->length, .command = "export", .comment = own};
  return qy_import_add(files, &out, 1, NULL, 0, err);
}

/* May the file be written, and what stands beside it? */
static qy_status check_files(const export_options *o, const char *file, const char *beside, qy_error *err)
{
  const char *database = o->where.database, *ending = o->datasette ? "json" : endings[o->format];
  const char *head = o->datasette ? datasette_head : o->format == QY_TABLE_JSON ? beside_head : NULL;
  qy_status status = output_file_check(file, database, ending, head, err);
  if (!status && beside) status = check_alone(file, beside, err);
  if (!status && beside) status = output_file_check(beside, database, "json", beside_head, err);
  return status;
}

static qy_status write_text(const export_options *o, const char *file, const qy_text *text, qy_error *err)
{
  qy_files *files = qy_files_new();
  qy_status status = !files || text->failed ? qy_no_memory(err) : check_files(o, file, NULL, err);
  if (!status) status = add_file(files, o, file, text, err);
  if (!status) status = qy_files_commit(files, err);
  qy_files_free(files);
  return status;
}

/* What the table leaves out, as a comment or a line before it. */
static void put_constants(qy_text *out, const sheet *s, qy_table_format format)
{
  if (s->constants.failed) out->failed = true;
  if (!s->constants.length) return;
  qy_text_add(out, "%sin all rows: %s\n%s", format == QY_TABLE_LATEX ? "% " : "", s->constants.data,
              format == QY_TABLE_MARKDOWN ? "\n" : "");
}

static qy_status check_rows(const exported *e, qy_error *err)
{
  if (!e->o->where_points || e->sheet.rows) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "--where: expected points that it fits, found none for \"%s\"", e->o->where_points);
}

static qy_status put_text(FILE *out, const qy_text *text, const char *file, qy_error *err)
{
  if (text->failed) return qy_no_memory(err);
  if (!text->length || fwrite(text->data, 1, text->length, out) == text->length) return QY_OK;
  return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot be written: %s", strerror(errno));
}

/* CSV and JSON, row by row; what stands beside a CSV that is no stream: both or none. */
static qy_status flow_sheet(exported *e, const char *file, qy_error *err)
{
  const bool json = e->o->format == QY_TABLE_JSON, two = !json && !qy_file_is_stream(file);
  const char *beside = two ? qy_arena_format(e->arena, "%s.json", file) : NULL;
  qy_text text = {0};
  qy_files *files = qy_files_new();
  qy_status status = !files || (two && !beside) ? qy_no_memory(err) : check_files(e->o, file, beside, err);
  if (!status) status = qy_files_open(&e->out, files, file, err);
  if (!status && json) {
    put_head(&text, e);
    status = put_text(e->out, &text, file, err);
    qy_text_free(&text);
  }
  if (!status) status = read_rows(e, err);
  if (!status) status = check_rows(e, err);
  if (!status) status = qy_table_print(e->sheet.table, (qy_table_format)e->o->format, e->out, err);
  if (!status && !json) {
    put_head(&text, e);
    qy_text_add(&text, "%zu", e->sheet.rows);
  }
  if (!status) status = put_tail(&text, e, err);
  if (!status && json) status = put_text(e->out, &text, file, err);
  if (!status && text.failed) status = qy_no_memory(err);
  if (!status && two) status = qy_files_add(files, beside, text.data, text.length, err);
  if (!status) status = qy_files_commit(files, err);
  e->out = NULL;
  qy_files_free(files);
  qy_text_free(&text);
  return status;
}

static qy_status write_sheet(exported *e, const char *file, qy_error *err)
{
  qy_text text = {0};
  const qy_table_format format = (qy_table_format)e->o->format;
  qy_status status;
  if (format == QY_TABLE_CSV || format == QY_TABLE_JSON) {
    status = flow_sheet(e, file, err);
  } else {
    status = read_rows(e, err);
    if (!status) put_constants(&text, &e->sheet, format);
    if (!status) status = qy_table_render(e->sheet.table, format, &text, err);
    if (!status) status = check_rows(e, err);
    if (!status) status = write_text(e->o, file, &text, err);
  }
  qy_text_free(&text);
  qy_text_free(&e->sheet.constants);
  qy_table_free(e->sheet.table);
  e->sheet.table = NULL;
  return status;
}

static int name_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  exported *e = ctx;
  (void)columns, (void)names, (void)types;
  e->name = qy_arena_text(e->arena, values[0], strlen(values[0]));
  return 1;
}

/* One file, or those of points and front in a directory. */
static qy_status write_all(exported *e, qy_error *err)
{
  struct stat is;
  const export_options *o = e->o;
  const size_t length = strlen(o->output);
  char sql[200];
  snprintf(sql, sizeof sql, "SELECT name FROM experiment WHERE id = %" PRId64, e->id);
  qy_status status = qy_store_query(e->store, sql, name_row, e, err);
  snprintf(sql, sizeof sql, "SELECT j.value FROM experiment e, json_each(e.objectives) j WHERE e.id = %" PRId64, e->id);
  if (!status) status = qy_store_query(e->store, sql, objective_row, e, err);
  if (!status) status = qy_store_axes(&e->axes, e->store, e->id, e->arena, err);
  if (!status) status = qy_store_schema_rows(&e->words, &e->word_count, e->arena, err);
  if (!status && o->front) status = session_check_fronts(e->store, e->id, err);
  if (status || !e->name) return status ? status : qy_no_memory(err);
  e->front = o->front;
  if (stat(o->output, &is) != 0 || !S_ISDIR(is.st_mode)) {
    if (length && o->output[length - 1] == '/')
      return qy_fail(err, QY_BAD_INPUT, "%s: expected a directory that is there, found none", o->output);
    return write_sheet(e, o->output, err);
  }
  if (strchr(e->name, '/') || e->name[0] == '.')
    return qy_fail(err, QY_BAD_INPUT,
                   "--output: expected a FILE for an experiment whose name makes no file name, found \"%s\"",
                   o->output);
  if ((status = session_check_fronts(e->store, e->id, err))) return status;
  for (int front = o->front; front < 2 && !status; front++) {
    const char *file =
        qy_arena_format(e->arena, "%s/%s_%s.%s", o->output, e->name, front ? "front" : "points", endings[o->format]);
    e->front = front;
    status = file ? write_sheet(e, file, err) : qy_no_memory(err);
    if (!status) say("%s\n", file);
  }
  return status;
}

/* ---- metadata for Datasette: https://docs.datasette.io/en/stable/metadata.html */

static void put_unit(qy_text *out, const char *unit)
{
  char text[64];
  size_t used = 0;
  for (const char *c = unit; *c && used + 2 < sizeof text;) { /* its library of units writes a product with * */
    const bool dot = strncmp(c, "·", strlen("·")) == 0;
    text[used++] = dot ? '*' : *c;
    c += dot ? strlen("·") : 1;
  }
  text[used] = '\0';
  qy_text_json(out, text);
}

/* "key": {...} of the columns of one table that have what is asked for. */
static void put_map(qy_text *out, const char *key, const qy_schema_row *row, size_t count, bool units)
{
  const char *gap = "";
  qy_text_add(out, ",\n      \"%s\": {", key);
  for (size_t i = 1; i < count && row[i].column; i++) {
    const char *value = units ? row[i].unit : row[i].meaning;
    if (!value) continue;
    qy_text_add(out, "%s", gap);
    qy_text_json(out, row[i].column);
    qy_text_add(out, ": ");
    if (units)
      put_unit(out, value);
    else
      qy_text_json(out, value);
    gap = ", ";
  }
  qy_text_add(out, "}");
}

static qy_status write_datasette(const export_options *o, qy_arena *arena, qy_error *err)
{
  const qy_schema_row *row;
  size_t count = 0;
  qy_text out = {0};
  const char *slash = strrchr(o->where.database, '/'), *base = slash ? slash + 1 : o->where.database;
  const char *dot = strrchr(base, '.');
  const char *stem = qy_arena_text(arena, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
  qy_status status = stem ? qy_store_schema_rows(&row, &count, arena, err) : qy_no_memory(err);
  if (status) return status;
  qy_text_add(&out, "%s", datasette_head);
  qy_text_add(&out, ",\n \"custom_units\": [\"operation = [operation] = OP\"],\n "
                    "\"databases\": {");
  qy_text_json(&out, stem);
  qy_text_add(&out, ": {\"tables\": {");
  const char *gap = "";
  for (size_t i = 0; i < count; i++) {
    if (row[i].column) continue;
    qy_text_add(&out, "%s\n    ", gap);
    qy_text_json(&out, row[i].table);
    qy_text_add(&out, ": {\"title\": ");
    qy_text_json(&out, row[i].table);
    qy_text_add(&out, ", \"description\": ");
    qy_text_json(&out, row[i].meaning ? row[i].meaning : "");
    put_map(&out, "columns", row + i, count - i, false);
    put_map(&out, "units", row + i, count - i, true);
    qy_text_add(&out, "}");
    gap = ",";
  }
  qy_text_add(&out, "}}}}\n");
  status = write_text(o, o->output, &out, err);
  qy_text_free(&out);
  return status;
}

/* What is written of an experiment that does not store all points is what it stores. */
static qy_status say_stored(const exported *e, qy_error *err)
{
  char policy[QY_STORE_POLICY];
  const qy_status status = qy_store_policy(policy, e->store, e->id, err);
  if (!status && (strcmp(policy, "front") == 0 || strcmp(policy, "summary") == 0))
    say("note: the experiment stores %s (`store: %s`), which are those exported\n",
        strcmp(policy, "front") == 0 ? "points of fronts and the best ones" : "the best points", policy);
  return status;
}

static int export_experiment(const export_options *o, const char *name)
{
  qy_error err = {0};
  exported e = {.o = o, .arena = qy_arena_new()};
  qy_status status = e.arena ? QY_OK : qy_no_memory(&err);
  if (!status && o->datasette) {
    status = write_datasette(o, e.arena, &err);
  } else if (!status) {
    status = qy_store_open(&e.store, o->where.database, QY_STORE_READ, &err);
    if (!status) status = session_find(&e.id, e.store, name, &err);
    if (!status) status = say_stored(&e, &err);
    if (!status) status = write_all(&e, &err);
    qy_store_close(e.store);
  }
  qy_arena_free(e.arena);
  return status ? report(status, &err) : EXIT_DONE;
}

int cmd_export(int argc, char **argv)
{
  export_options o = {.format = FORMAT_CSV};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"output", 'o', OPTION_TEXT, &o.output, "FILE",
       "file to write (/dev/stdout: standard output), or a directory for NAME_points and NAME_front", 0, 0, NULL},
      {"format", 'f', OPTION_CHOICE, &o.format, "FORMAT", "csv (default), json, table, markdown or latex", 0, 0,
       qy_table_format_names},
      {"front", 0, OPTION_FLAG, &o.front, NULL, "the points on the fronts only", 0, 0, NULL},
      {"columns", 'c', OPTION_TEXT, &o.columns, "NAMES", "these columns in this order, as 'a,b*'", 0, 0, NULL},
      {"where", 'w', OPTION_TEXT, &o.where_points, "KEY=LABEL,...", "only points with these, as plots have it", 0, 0,
       NULL},
      {"datasette", 0, OPTION_FLAG, &o.datasette, NULL,
       "no experiment: metadata.json for Datasette, with descriptions and units of all columns", 0, 0, NULL},
  };
  static const usage help = {
      "export",
      "EXPERIMENT -o FILE",
      "Write the points of a stored experiment, or its fronts, to a file, whole or not at all.  CSV has typed columns\n"
      "with all digits in base units, and beside it FILE.json with units, meaning and provenance, which JSON has in "
      "it;\n"
      "Markdown and LaTeX (a tabular with booktabs) have what varies and the objectives with their intervals, what "
      "does "
      "not\n"
      "vary in a line before, units in the head, and as many digits as intervals and differences of rows allow.\n"
      "EXPERIMENT: a name, a number, or NAME@N, the N-th last run.",
      "  quarry export rdm_vs_sdm -o rdm_points.csv\n"
      "  quarry export rdm_vs_sdm --front --format latex --where technology=lp55,precision=8 -o /dev/stdout\n"
      "  quarry export rdm_vs_sdm --front --columns design,clock_mhz,area_um2 --format markdown -o /dev/stdout\n"
      "  quarry export --datasette -o metadata.json\n",
      0,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  const char *wrong = !o.output                       ? "-o FILE, found none"
                      : o.datasette && first < argc   ? "no EXPERIMENT with --datasette, found one"
                      : !o.datasette && first == argc ? "EXPERIMENT, found none"
                                                      : NULL;
  if (wrong) {
    say("quarry export: expected %s (quarry export --help)\n", wrong);
    return EXIT_INPUT;
  }
  return finish_output(export_experiment(&o, first < argc ? argv[first] : NULL));
}
