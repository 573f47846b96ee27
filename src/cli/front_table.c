/* The table of `quarry front`: see front_table.h. */
#include "front_table.h"

#include "cli.h"

#include "quarry/axes.h"
#include "quarry/decimal.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Keys with a column each; the supply, which technologies say too, is an axis. */
enum { FIXED_KEYS = QY_KEY_VOLTAGE };

typedef struct row {
  uint32_t point; /* in the points */
  uint32_t group;
  double number, order; /* of the point; by what rows of a group are sorted */
  size_t shown;         /* place among the rows as they are shown */
} row;

typedef struct builder {
  const front_table *f;
  qy_arena *arena;
  row *rows; /* by group and first metric; while axes are read by number */
  size_t count;
  size_t columns, words;     /* words: columns that say which point it is, before the metrics */
  const char **name, **unit; /* [columns] unit: of axes, "" or NULL: none */
  bool *left_out;            /* [columns] */
  cell *cells;               /* [count columns], rows as they are shown */
  qy_axes axes;
  size_t *axis, *column; /* [axis_count] of axes, and where they stand */
  size_t axis_count, reading;
  qy_text *open; /* [axis_count] points where the axis is "auto" and a value was chosen: "3, 5" */
} builder;

/* ---- rows ---- */

static int by_order(const void *left, const void *right)
{
  const row *a = left, *b = right;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  if (a->order != b->order) return a->order < b->order ? -1 : 1;
  return (a->number > b->number) - (a->number < b->number);
}

static int by_number(const void *left, const void *right)
{
  const row *a = left, *b = right;
  return (a->number > b->number) - (a->number < b->number);
}

static bool find_rows(builder *b)
{
  const qy_points *p = b->f->points;
  const qy_groups *g = b->f->groups;
  b->rows = qy_arena_alloc(b->arena, p->count + 1, sizeof *b->rows);
  if (!b->rows) return false;
  for (size_t i = 0; i < g->count; i++)
    for (size_t k = g->first[i]; k < g->first[i + 1]; k++) {
      const uint32_t at = g->member[k];
      if (b->f->on_front[at])
        b->rows[b->count++] = (row){at, (uint32_t)i, p->point[at], p->metric[b->f->metric[0]][at], 0};
    }
  qsort(b->rows, b->count, sizeof *b->rows, by_order);
  for (size_t i = 0; i < b->count; i++)
    b->rows[i].shown = i;
  return true;
}

/* ---- columns ---- */

/* Axes that are keys of points already. */
static bool is_key(const char *axis)
{
  for (int k = 0; k < FIXED_KEYS; k++)
    if (strcmp(axis, qy_key_name((qy_key)k, NULL)) == 0) return true;
  return false;
}

/* The clock is read as an axis where it varies: labels have no more than six digits. */
static bool find_axes(builder *b)
{
  b->axis = qy_arena_alloc(b->arena, b->axes.count + 1, sizeof *b->axis);
  b->column = qy_arena_alloc(b->arena, b->axes.count + 1, sizeof *b->column);
  for (size_t i = 0; b->axis && i < b->axes.count; i++) {
    const qy_axis_column *axis = &b->axes.axis[i];
    if (is_key(axis->key) ? strcmp(axis->key, qy_key_name(QY_KEY_CLOCK, NULL)) == 0 : axis->varies || b->f->all_columns)
      b->axis[b->axis_count++] = i;
  }
  return b->axis && b->column;
}

static bool name_columns(builder *b)
{
  const front_table *f = b->f;
  const size_t most = FIXED_KEYS + b->axis_count + 3 * (size_t)f->metric_count + 2;
  b->name = qy_arena_alloc(b->arena, most, sizeof *b->name);
  b->unit = qy_arena_alloc(b->arena, most, sizeof *b->unit);
  b->left_out = qy_arena_alloc(b->arena, most, sizeof *b->left_out);
  if (!b->name || !b->unit || !b->left_out) return false;
  for (int k = 0; k < FIXED_KEYS; k++)
    b->name[b->columns++] = qy_key_name((qy_key)k, NULL);
  for (size_t i = 0; i < b->axis_count; i++) {
    const qy_axis_column *axis = &b->axes.axis[b->axis[i]];
    b->column[i] = is_key(axis->key) ? (size_t)QY_KEY_CLOCK : b->columns++;
    b->name[b->column[i]] = axis->column;
    b->unit[b->column[i]] = axis->unit;
  }
  b->words = b->columns;
  for (int m = 0; m < f->metric_count; m++) {
    const char *metric = qy_metric_table()[f->metric[m]].name;
    b->name[b->columns++] = metric;
    for (int end = 0; f->points->low[f->metric[m]] && end < 2; end++)
      if (!(b->name[b->columns++] = qy_arena_format(b->arena, "%s_%s", metric, end ? "p95" : "p05"))) return false;
  }
  if (f->points->chance) b->name[b->columns++] = "front_probability";
  b->name[b->columns++] = "point";
  b->cells = qy_arena_alloc(b->arena, b->columns * b->count + 1, sizeof *b->cells);
  return b->cells != NULL;
}

/* ---- cells ---- */

static void fill_points(builder *b)
{
  const front_table *f = b->f;
  const qy_points *p = f->points;
  for (size_t i = 0; i < b->count; i++) {
    const uint32_t at = b->rows[i].point;
    cell *c = &b->cells[i * b->columns];
    for (int k = 0; k < FIXED_KEYS; k++) {
      const char *label = p->label[k][p->key[k][at]];
      *c++ = k == QY_KEY_CLOCK ? NUMBER(qy_decimal(label, NULL)) : TEXT(label); /* "200 MHz" */
    }
    while (c < &b->cells[i * b->columns + b->words])
      *c++ = TEXT(NULL);
    for (int m = 0; m < f->metric_count; m++) {
      const int metric = f->metric[m];
      *c++ = NUMBER(p->metric[metric][at]);
      if (!p->low[metric]) continue;
      *c++ = NUMBER(p->low[metric][at]);
      *c++ = NUMBER(p->high[metric][at]);
    }
    if (p->chance) *c++ = NUMBER(p->chance[at]);
    *c = INTEGER((int64_t)p->point[at]);
  }
}

/* On to the row of this point, if it has one: rows and points rise together. */
static bool read_up_to(builder *b, double number)
{
  while (b->reading < b->count && b->rows[b->reading].number < number)
    b->reading++;
  return b->reading < b->count && b->rows[b->reading].number == number;
}

/* Values of one point. */
static int put_axes(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names;
  builder *b = ctx;
  if (!read_up_to(b, qy_decimal(values[0], NULL))) return 0;
  for (int i = 1; i < columns; i++) {
    cell *c = &b->cells[b->rows[b->reading].shown * b->columns + b->column[i - 1]];
    if (!values[i]) continue;
    const char *text = qy_arena_text(b->arena, values[i], strlen(values[i]));
    *c = types[i] == SQLITE_FLOAT     ? NUMBER(qy_decimal(values[i], NULL))
         : types[i] == SQLITE_INTEGER ? DIGITS(text)
                                      : TEXT(text);
  }
  return 0;
}

/* As put_axes, of values as they are written: which of those that are shown stand for "auto". */
static int find_open(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  builder *b = ctx;
  if (!read_up_to(b, qy_decimal(values[0], NULL))) return 0;
  for (int i = 1; i < columns; i++) {
    const cell *shown = &b->cells[b->rows[b->reading].shown * b->columns + b->column[i - 1]];
    const bool chosen = shown->put == cell_number || (shown->text && strcmp(shown->text, "auto") != 0);
    if (!values[i] || strcmp(values[i], "auto") != 0 || !chosen) continue;
    qy_text *to = &b->open[i - 1];
    qy_text_add(to, "%s%s", to->length ? ", " : "", values[0]);
  }
  return 0;
}

/* Reads the rows' axes; as_written: only to find what stands for "auto". */
static qy_status read_axes(builder *b, bool as_written, qy_store *store, qy_error *err)
{
  b->axes.as_written = as_written;
  b->reading = 0;
  const char *select = qy_store_axis_select(&b->axes, b->axis, b->axis_count, b->arena);
  qy_text sql = {0};
  if (select) qy_text_add(&sql, "SELECT * FROM (%s) WHERE point IN (", select);
  for (size_t i = 0; i < b->count; i++)
    qy_text_add(&sql, "%s%.0f", i ? "," : "", b->rows[i].number);
  qy_text_add(&sql, ") ORDER BY point");
  qy_status status = !select || sql.failed ? qy_no_memory(err)
                                           : qy_store_query(store, sql.data, as_written ? find_open : put_axes, b, err);
  qy_text_free(&sql);
  return status;
}

/* "columns: auto, chosen by the model, at points 3, 5" */
static void say_open(const builder *b, size_t i)
{
  enum { LISTED = 60 };
  const qy_text *points = &b->open[i];
  if (!points->length || points->failed) return;
  size_t length = points->length, more = 0;
  while (length > LISTED || (length < points->length && points->data[length] != ','))
    more += points->data[--length] == ',';
  say("%s: auto in the file, shown as the model chose it, at points %.*s", b->name[b->column[i]], (int)length,
      points->data);
  if (more) say(" and %zu more", more);
  say("\n");
}

static qy_status fill_axes(builder *b, qy_store *store, qy_error *err)
{
  if (b->axis_count == 0 || b->count == 0) return QY_OK;
  if (!(b->open = qy_arena_alloc(b->arena, b->axis_count, sizeof *b->open))) return qy_no_memory(err);
  qsort(b->rows, b->count, sizeof *b->rows, by_number);
  qy_status status = read_axes(b, false, store, err);
  if (!status) status = read_axes(b, true, store, err);
  for (size_t i = 0; i < b->axis_count; i++) {
    if (!status) say_open(b, i);
    qy_text_free(&b->open[i]);
  }
  return status;
}

/* ---- columns that say nothing ---- */

static bool same_cell(const cell *a, const cell *b)
{
  if (a->put != b->put || !a->text != !b->text) return false;
  return a->text ? strcmp(a->text, b->text) == 0 : a->number == b->number && a->integer == b->integer;
}

static bool is_constant(const builder *b, size_t column)
{
  for (size_t i = 1; i < b->count; i++)
    if (!same_cell(&b->cells[column], &b->cells[i * b->columns + column])) return false;
  return true;
}

static int column_of(const builder *b, const char *name)
{
  for (size_t c = 0; c < b->words; c++)
    if (strcmp(b->name[c], name) == 0) return (int)c;
  return -1;
}

/* "8 bit" says the bits of weights and activations, too. */
static bool precision_says(const builder *b, int column)
{
  for (size_t i = 0; i < b->count; i++) {
    const cell *said = &b->cells[i * b->columns + QY_KEY_PRECISION], *bits = &b->cells[i * b->columns + (size_t)column];
    const size_t length = bits->text ? strlen(bits->text) : 0;
    if (!length || strncmp(said->text, bits->text, length) != 0 || strcmp(said->text + length, " bit") != 0)
      return false;
  }
  return true;
}

static void put_value(qy_text *caption, const cell *c)
{
  if (c->text)
    qy_text_add(caption, "%s", c->text);
  else if (c->put == cell_number)
    qy_text_add(caption, "%.4g", c->number);
  else
    qy_text_add(caption, "-");
}

/* The name without its unit, and the unit: that of the name, or of the axis. */
static const char *head_of(const builder *b, size_t column, char head[80], char own[QY_UNIT_TEXT])
{
  return !qy_unit_of_name(own, head, 80, b->name[column]) && b->unit[column] ? b->unit[column] : own;
}

static void put_caption(qy_text *caption, const builder *b, size_t column)
{
  const cell *c = &b->cells[column];
  char own[QY_UNIT_TEXT], head[80];
  const char *unit = head_of(b, column, head, own);
  qy_text_add(caption, "%s%s ", caption->length ? ", " : "in all rows: ", head);
  put_value(caption, c);
  if (unit[0]) qy_text_add(caption, " %s", unit);
}

enum { SAID_MAX = 6 }; /* names beside a value, in the caption */

/* Rows of one name in column `key` have one value in `column`; *names: how many names there are. */
static bool is_said_by(const builder *b, size_t column, qy_key key, size_t *names)
{
  *names = 0;
  for (size_t i = 0; i < b->count; i++) {
    size_t first = 0;
    while (!same_cell(&b->cells[first * b->columns + key], &b->cells[i * b->columns + key]))
      first++;
    if (first == i)
      ++*names;
    else if (!same_cell(&b->cells[first * b->columns + column], &b->cells[i * b->columns + column]))
      return false;
    if (*names > SAID_MAX) return false;
  }
  return true;
}

/* "pe_kind mac of SDM, mac_st of RDM" */
static void put_names(const builder *b, size_t column, qy_key key)
{
  qy_text caption = {0};
  char own[QY_UNIT_TEXT], head[80];
  const char *unit = head_of(b, column, head, own);
  for (size_t i = 0; i < b->count; i++) {
    size_t first = 0;
    while (!same_cell(&b->cells[first * b->columns + key], &b->cells[i * b->columns + key]))
      first++;
    const cell *value = &b->cells[i * b->columns + column];
    if (first < i || (!value->text && value->put != cell_number)) continue; /* what it does not have */
    qy_text_add(&caption, "%s ", caption.length ? "," : head);
    put_value(&caption, &b->cells[i * b->columns + column]);
    qy_text_add(&caption, "%s%s of %s", unit[0] ? " " : "", unit, b->cells[i * b->columns + key].text);
  }
  if (caption.length && !caption.failed) say("%s\n", caption.data);
  qy_text_free(&caption);
}

/* Axes that the technology or the design says by its name: the element of a design.  The supply stays: it is a number
 * to compare by, not a word of the library's name. */
static void leave_out_said(builder *b)
{
  static const qy_key sayers[] = {QY_KEY_TECHNOLOGY, QY_KEY_DESIGN};
  for (size_t c = FIXED_KEYS; b->count > 1 && c < b->words; c++)
    for (size_t k = 0; k < sizeof sayers / sizeof *sayers && !b->left_out[c]; k++) {
      size_t names;
      if (b->left_out[sayers[k]] || strcmp(b->name[c], qy_key_name(QY_KEY_VOLTAGE, NULL)) == 0 ||
          !is_said_by(b, c, sayers[k], &names) || names >= b->count)
        continue;
      b->left_out[c] = true;
      put_names(b, c, sayers[k]);
    }
}

static bool is_for_people(const builder *b)
{
  return b->f->format != FORMAT_CSV && b->f->format != FORMAT_JSON;
}

/* For people; the first key that is left stays even so, to have one. */
static void leave_out(builder *b)
{
  static const char *const bits[] = {"weight_bits", "activation_bits"};
  qy_text caption = {0};
  if (!is_for_people(b) || b->f->all_columns || view.columns || b->count == 0) return;
  for (size_t c = 0; b->count > 1 && c < b->words; c++) {
    const cell *first = &b->cells[c];
    if (!is_constant(b, c)) continue;
    b->left_out[c] = true;
    if (first->text || first->put == cell_number) put_caption(&caption, b, c); /* not what no row has */
  }
  for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
    const int column = column_of(b, bits[i]);
    if (column >= 0 && precision_says(b, column)) b->left_out[column] = true;
  }
  if (caption.length && !caption.failed) say("%s\n", caption.data);
  qy_text_free(&caption);
  leave_out_said(b);
}

/* "8 bit", "4 bit": numbers under one head, for people; elsewhere the label is what other commands take. */
static bool precisions_as_numbers(builder *b)
{
  static const char ending[] = " bit";
  for (size_t i = 0; i < b->count; i++) {
    const char *label = b->cells[i * b->columns + QY_KEY_PRECISION].text;
    const size_t digits = label ? strspn(label, "0123456789") : 0;
    if (!digits || strcmp(label + digits, ending) != 0) return true;
  }
  for (size_t i = 0; i < b->count; i++) {
    cell *c = &b->cells[i * b->columns + QY_KEY_PRECISION];
    const char *number = qy_arena_text(b->arena, c->text, strspn(c->text, "0123456789"));
    if (!number) return false;
    *c = DIGITS(number);
  }
  b->unit[QY_KEY_PRECISION] = ending + 1;
  return true;
}

/* ---- all ---- */

static void print(const builder *b)
{
  const char **name = qy_arena_alloc(b->arena, b->columns, sizeof *name);
  int columns = 0, column = 0;
  for (size_t c = 0; name && c < b->columns; c++)
    if (!b->left_out[c]) name[columns++] = b->name[c];
  if (!name) return;
  table *t = table_new(b->f->format, columns, name);
  for (size_t c = 0; c < b->columns; c++)
    if (!b->left_out[c]) table_unit(t, column++, b->unit[c]);
  for (size_t i = 0; i < b->count; i++)
    for (size_t c = 0; c < b->columns; c++)
      if (!b->left_out[c]) table_cells(t, &b->cells[i * b->columns + c], 1);
  table_print(t);
}

qy_status front_table_print(const front_table *front, qy_store *store, int64_t id, qy_error *err)
{
  builder b = {.f = front, .arena = qy_arena_new()};
  qy_status status = b.arena ? qy_store_axes(&b.axes, store, id, b.arena, err) : qy_no_memory(err);
  if (!status && (!find_rows(&b) || !find_axes(&b) || !name_columns(&b))) status = qy_no_memory(err);
  if (!status) {
    fill_points(&b);
    status = fill_axes(&b, store, err);
  }
  if (!status) {
    leave_out(&b);
    if (is_for_people(&b) && !precisions_as_numbers(&b)) status = qy_no_memory(err);
  }
  if (!status) {
    print(&b);
  }
  qy_arena_free(b.arena);
  return status;
}
