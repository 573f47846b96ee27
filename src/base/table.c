/* Tables of cells: see table.h. */
#include "table_int.h"

#include "quarry/escape.h"
#include "quarry/units.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_TEXT = 256 };

/* "area_um2", "area_um2_p05", "area_um2_p95": the first has the others as bounds. */
static void find_intervals(qy_table *t)
{
  for (size_t c = 0; c < t->columns; c++) {
    char low[COLUMN_TEXT], high[COLUMN_TEXT];
    t->low[c] = t->high[c] = NO_COLUMN;
    snprintf(low, sizeof low, "%.*s_p05", COLUMN_TEXT - 5, t->name[c]);
    snprintf(high, sizeof high, "%.*s_p95", COLUMN_TEXT - 5, t->name[c]);
    int at_low = NO_COLUMN, at_high = NO_COLUMN;
    for (size_t k = 0; k < t->columns; k++) {
      if (strcmp(t->name[k], low) == 0) at_low = (int)k;
      if (strcmp(t->name[k], high) == 0) at_high = (int)k;
    }
    if (at_low >= 0 && at_high >= 0) qy_table_interval(t, c, (size_t)at_low, (size_t)at_high);
  }
}

qy_table *qy_table_new(size_t columns, const char *const *names)
{
  assert(columns > 0 && names);
  qy_table *t = qy_alloc(1, sizeof *t);
  if (!t) return NULL;
  t->columns = columns;
  t->row_unit = t->row_name = NO_COLUMN;
  t->arena = qy_arena_new();
  t->texts = qy_arena_new();
  bool whole = t->arena && t->texts;
  if (whole) {
    t->name = qy_arena_alloc(t->arena, columns, sizeof *t->name);
    t->low = qy_arena_alloc(t->arena, columns, sizeof *t->low);
    t->high = qy_arena_alloc(t->arena, columns, sizeof *t->high);
    t->unit = qy_arena_alloc(t->arena, columns, sizeof *t->unit);
    whole = t->name && t->low && t->high && t->unit;
  }
  for (size_t c = 0; c < columns && whole; c++)
    whole = (t->name[c] = qy_arena_text(t->arena, names[c], strlen(names[c]))) != NULL;
  if (!whole) {
    qy_table_free(t);
    return NULL;
  }
  find_intervals(t);
  return t;
}

void qy_table_interval(qy_table *t, size_t value, size_t low, size_t high)
{
  assert(t && value < t->columns && low < t->columns && high < t->columns && value != low && value != high);
  t->low[value] = (int)low;
  t->high[value] = (int)high;
}

void qy_table_unit(qy_table *t, size_t column, const char *unit)
{
  assert(t && column < t->columns && unit);
  t->unit[column] = qy_arena_text(t->arena, unit, strlen(unit));
  if (!t->unit[column]) t->failed = true;
}

void qy_table_row_unit(qy_table *t, size_t unit, size_t name)
{
  assert(t && unit < t->columns && name < t->columns && name != unit);
  t->row_name = (int)name;
  t->row_unit = (int)unit;
}

void qy_table_layout(qy_table *t, size_t width, bool vertical)
{
  assert(t);
  t->width = width;
  t->vertical = vertical;
}

void qy_table_fold(qy_table *t)
{
  assert(t);
  t->fold = true;
}

size_t table_shown_columns(const qy_table *t)
{
  return t->pick ? t->pick_count : t->columns;
}

size_t table_column(const qy_table *t, size_t shown)
{
  return t->pick ? t->pick[shown] : shown;
}

/* ---- choosing columns ---- */

bool qy_table_means(const char *pattern, const char *name)
{
  assert(pattern && name);
  char unit[QY_UNIT_TEXT], head[COLUMN_TEXT];
  if (fnmatch(pattern, name, 0) == 0) return true;
  return qy_unit_of_name(unit, head, sizeof head, name) && strcmp(pattern, head) == 0;
}

/* A name, and where it has a unit the name without it, into near: how many. */
static size_t put_near(char near[2][COLUMN_TEXT], const char *name)
{
  char unit[QY_UNIT_TEXT];
  snprintf(near[0], COLUMN_TEXT, "%s", name);
  return qy_unit_of_name(unit, near[1], COLUMN_TEXT, name) ? 2 : 1;
}

const char *qy_table_advice(char out[QY_DID_YOU_MEAN], const char *pattern, const char *const *name, size_t count)
{
  assert(out && pattern && (name || !count));
  char word[COLUMN_TEXT];
  const size_t length = strlen(pattern);
  const bool beginning = length > 1 && length < sizeof word && strcspn(pattern, "*") == length - 1;
  snprintf(word, sizeof word, "%.*s", (int)(beginning ? length - 1 : length), pattern);
  char(*near)[COLUMN_TEXT] = qy_alloc(2 * count + 1, sizeof *near);
  const char **known = qy_alloc(2 * count + 1, sizeof *known);
  size_t all = 0;
  out[0] = '\0';
  for (size_t c = 0; near && known && c < count; c++)
    all += put_near(&near[all], name[c]);
  for (size_t c = 0; near && known && c < all; c++) {
    if (beginning && strlen(near[c]) > length) near[c][length - 1] = '\0'; /* area_of_parts: "area" */
    known[c] = near[c];
  }
  const char *nearest = known ? qy_nearest(word, known, all) : NULL;
  if (nearest) snprintf(out, QY_DID_YOU_MEAN, "; did you mean \"%.64s%s\"?", nearest, beginning ? "*" : "");
  free(near);
  free(known);
  return out;
}

static qy_status no_column(const qy_table *t, const char *pattern, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN];
  qy_text names = {0};
  for (size_t c = 0; c < t->columns; c++)
    qy_text_add(&names, "%s%s", c ? ", " : "", t->name[c]);
  qy_status status =
      names.failed
          ? qy_no_memory(err)
          : qy_fail(err, QY_BAD_INPUT, "--columns: expected columns of the table, found \"%.60s\"%s (there are %s)",
                    pattern, qy_table_advice(advice, pattern, t->name, t->columns), names.data);
  qy_text_free(&names);
  return status;
}

/* The columns of a pattern behind those that are picked already. */
static bool pick_columns(qy_table *t, const char *pattern)
{
  bool found = false, exact = false;
  for (size_t c = 0; c < t->columns; c++)
    exact |= strcmp(pattern, t->name[c]) == 0;
  for (size_t c = 0; c < t->columns; c++) {
    if (exact ? strcmp(pattern, t->name[c]) != 0 : !qy_table_means(pattern, t->name[c])) continue;
    bool picked = false;
    for (size_t p = 0; p < t->pick_count; p++)
      picked |= t->pick[p] == c;
    if (!picked) t->pick[t->pick_count++] = c;
    found = true;
  }
  return found;
}

/* QY_BAD_INPUT, not said: `missing` and perhaps others mean no column. */
static qy_status pick_all(qy_table *t, const char *patterns, char missing[COLUMN_TEXT], qy_error *err)
{
  char pattern[COLUMN_TEXT];
  bool all = true;
  t->pick = qy_arena_alloc(t->arena, t->columns, sizeof *t->pick);
  t->pick_count = 0;
  if (!t->pick) return qy_no_memory(err);
  do {
    const size_t length = strcspn(patterns, ",");
    snprintf(pattern, sizeof pattern, "%.*s", (int)(length < sizeof pattern ? length : sizeof pattern - 1), patterns);
    if (!pick_columns(t, pattern) && all) {
      memcpy(missing, pattern, sizeof pattern);
      all = false;
    }
    patterns += length;
  } while (*patterns++ == ',');
  return all ? QY_OK : QY_BAD_INPUT;
}

qy_status qy_table_columns(qy_table *t, const char *patterns, qy_error *err)
{
  assert(t && patterns);
  char missing[COLUMN_TEXT] = "";
  qy_status status = pick_all(t, patterns, missing, err);
  if (status) t->pick = NULL;
  return status == QY_BAD_INPUT ? no_column(t, missing, err) : status;
}

qy_status qy_table_some_columns(qy_table *t, const char *patterns, qy_error *err)
{
  assert(t && patterns);
  char missing[COLUMN_TEXT] = "";
  qy_status status = pick_all(t, patterns, missing, err);
  if (!t->pick_count) t->pick = NULL;
  return status == QY_BAD_INPUT ? QY_OK : status;
}

/* ---- cells ---- */

static void add(qy_table *t, cell new)
{
  void *cells = t->cell;
  if (t->failed) return;
  t->failed = qy_grow(&cells, &t->capacity, t->count + 1, sizeof *t->cell) != 0;
  t->cell = cells;
  if (!t->failed) t->cell[t->count++] = new;
}

static void add_text(qy_table *t, cell new)
{
  new.as.text = qy_arena_text(t->texts, new.as.text, strlen(new.as.text));
  if (!new.as.text) t->failed = true;
  add(t, new);
}

void qy_table_text(qy_table *t, const char *text)
{
  assert(t);
  if (text)
    add_text(t, (cell){.type = CELL_TEXT, .as.text = text});
  else
    qy_table_null(t);
}

void qy_table_bytes(qy_table *t, const char *bytes, size_t length)
{
  assert(t && (bytes || length == 0));
  qy_text both = {0};
  if (!length || !memchr(bytes, '\0', length)) { /* nearly always */
    const char *text = qy_arena_text(t->texts, length ? bytes : "", length);
    t->failed |= !text;
    add(t, (cell){.type = CELL_TEXT, .as.text = text});
    return;
  }
  for (size_t at = qy_escape_part(&both, bytes, length, "\n\r\t"); at < length; at++)
    qy_text_add(&both, "\\x%02x", (unsigned char)bytes[at]);
  qy_text_put(&both, "", 1);
  qy_text_json_bytes(&both, bytes, length);
  const char *text = both.failed ? NULL : qy_arena_text(t->texts, both.data, both.length);
  t->failed |= !text;
  qy_text_free(&both);
  add(t, (cell){.type = CELL_BYTES, .as.text = text});
}

void qy_table_digits(qy_table *t, const char *text)
{
  assert(t && text);
  add_text(t, (cell){.type = CELL_DIGITS, .as.text = text});
}

void qy_table_number(qy_table *t, double value)
{
  assert(t);
  add(t, (cell){.type = isnan(value) ? CELL_NULL : CELL_NUMBER, .as.number = value});
}

void qy_table_integer(qy_table *t, int64_t value)
{
  assert(t);
  add(t, (cell){.type = CELL_INTEGER, .as.integer = value});
}

void qy_table_null(qy_table *t)
{
  assert(t);
  add(t, (cell){.type = CELL_NULL});
}

size_t qy_table_rows(const qy_table *t)
{
  assert(t);
  return t->count / t->columns;
}

/* The cell as a text without quotes: its own, or written into `room`; null: "". */
static const char *written(const cell *c, char room[NUMBER_BYTES])
{
  room[0] = '\0';
  switch (c->type) {
  case CELL_NULL: break;
  case CELL_TEXT:
  case CELL_BYTES:
  case CELL_DIGITS: return c->as.text;
  case CELL_NUMBER: return qy_number_exact(room, c->as.number);
  case CELL_INTEGER: snprintf(room, NUMBER_BYTES, "%" PRId64, c->as.integer); break;
  }
  return room;
}

/* The text as it may be shown: itself, or a copy in the table's arena; NULL: out of memory. */
const char *table_safe_text(const qy_table *t, const char *text, const char *keep)
{
  size_t plain = 0;
  while (text[plain] >= ' ' && text[plain] <= '~')
    plain++;
  if (!text[plain]) return text; /* nearly always */
  qy_text safe = {0};
  qy_escape(&safe, text, keep);
  const bool same = !safe.failed && (!safe.data || strcmp(safe.data, text) == 0);
  const char *out = safe.failed ? NULL : same ? text : qy_arena_text(t->texts, safe.data, safe.length);
  qy_text_free(&safe);
  return out;
}

static void put_text(qy_text *out, const char *text)
{
  qy_text_put(out, text, strlen(text));
}

/* ---- CSV: quoted when the text holds a comma, a quote or a line break ---- */

static void quote_csv(qy_text *out, const char *text)
{
  if (!strpbrk(text, ",\"\r\n")) {
    put_text(out, text);
    return;
  }
  put_text(out, "\"");
  for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
    qy_text_put(out, text, (size_t)(quote - text));
    put_text(out, "\"\"");
  }
  put_text(out, text);
  put_text(out, "\"");
}

static bool put_csv(const qy_table *t, qy_text *out, const char *text)
{
  const char *safe = table_safe_text(t, text, "\n\r\t");
  if (safe) quote_csv(out, safe);
  return safe != NULL;
}

static bool render_csv(const qy_table *t, qy_text *out)
{
  char room[NUMBER_BYTES];
  const size_t rows = qy_table_rows(t), columns = table_shown_columns(t);
  bool whole = true;
  for (size_t c = 0; c < columns && whole && !t->flowed; c++) {
    whole = put_csv(t, out, t->name[table_column(t, c)]);
    put_text(out, c + 1 == columns ? "\n" : ",");
  }
  for (size_t i = 0; i < rows * columns && whole; i++) {
    const cell *at = &t->cell[i / columns * t->columns + table_column(t, i % columns)];
    whole = put_csv(t, out, written(at, room));
    put_text(out, (i + 1) % columns ? "," : "\n");
  }
  return whole;
}

/* ---- JSON ---- */

static void put_json(qy_text *out, const cell *c)
{
  char room[NUMBER_BYTES];
  if (c->type == CELL_TEXT)
    qy_text_json(out, c->as.text);
  else if (c->type == CELL_BYTES)
    put_text(out, c->as.text + strlen(c->as.text) + 1);
  else if (c->type == CELL_NULL || (c->type == CELL_NUMBER && !isfinite(c->as.number)))
    put_text(out, "null");
  else
    put_text(out, written(c, room));
}

/* The rows so far, without the end of the array. */
static void put_objects(const qy_table *t, qy_text *out)
{
  const size_t rows = qy_table_rows(t), columns = table_shown_columns(t), count = rows * columns;
  if (!t->flowed) put_text(out, "[");
  for (size_t i = 0; i < count; i++) {
    const size_t shown = i % columns, c = table_column(t, shown);
    put_text(out, shown ? ", " : i || t->gone ? ",\n {" : "\n {");
    qy_text_json(out, t->name[c]);
    put_text(out, ": ");
    put_json(out, &t->cell[i / columns * t->columns + c]);
    if (shown + 1 == columns) put_text(out, "}");
  }
}

static bool render_json(const qy_table *t, qy_text *out)
{
  put_objects(t, out);
  put_text(out, qy_table_rows(t) || t->gone ? "\n]\n" : "]\n");
  return true;
}

/* ---- formats ---- */

const char *const qy_table_format_names[QY_TABLE_FORMATS + 1] = {[QY_TABLE_ALIGNED] = "table",
                                                                 [QY_TABLE_CSV] = "csv",
                                                                 [QY_TABLE_JSON] = "json",
                                                                 [QY_TABLE_MARKDOWN] = "markdown",
                                                                 [QY_TABLE_LATEX] = "latex"};

/* Append the table; false: out of memory beside the text. */
static bool (*const renderers[QY_TABLE_FORMATS])(const qy_table *,
                                                 qy_text *) = {[QY_TABLE_ALIGNED] = table_render_aligned,
                                                               [QY_TABLE_CSV] = render_csv,
                                                               [QY_TABLE_JSON] = render_json,
                                                               [QY_TABLE_MARKDOWN] = table_render_markdown,
                                                               [QY_TABLE_LATEX] = table_render_latex};

qy_status qy_table_render(const qy_table *t, qy_table_format format, qy_text *out, qy_error *err)
{
  assert(t && out && (unsigned)format < QY_TABLE_FORMATS);
  if (t->failed || !renderers[format](t, out) || out->failed) return qy_no_memory(err);
  return QY_OK;
}

static qy_status write_text(FILE *out, const qy_text *text, qy_error *err)
{
  if (text->length == 0 || fwrite(text->data, 1, text->length, out) == text->length) return QY_OK;
  return qy_fail(err, QY_SYSTEM, "a table could not be written: %s", strerror(errno));
}

qy_status qy_table_print(const qy_table *t, qy_table_format format, FILE *out, qy_error *err)
{
  assert(out);
  qy_text text = {0};
  qy_status status = qy_table_render(t, format, &text, err);
  if (!status) status = write_text(out, &text, err);
  qy_text_free(&text);
  return status;
}

/* Forget rows that are printed; cells of the next one stay. */
static void forget_rows(qy_table *t)
{
  const size_t rows = qy_table_rows(t), rest = t->count - rows * t->columns;
  t->flowed = true;
  t->gone += rows;
  if (rest) memmove(t->cell, t->cell + t->count - rest, rest * sizeof *t->cell);
  t->count = rest;
  if (!rest) qy_arena_reset(t->texts);
}

qy_status qy_table_flow(qy_table *t, qy_table_format format, FILE *out, qy_error *err)
{
  assert(t && out && (unsigned)format < QY_TABLE_FORMATS);
  qy_text text = {0};
  if (format != QY_TABLE_CSV && format != QY_TABLE_JSON) return QY_OK;
  bool whole = !t->failed;
  if (whole && format == QY_TABLE_CSV) whole = render_csv(t, &text);
  if (whole && format == QY_TABLE_JSON) put_objects(t, &text);
  qy_status status = whole && !text.failed ? QY_OK : qy_no_memory(err);
  if (!status) status = write_text(out, &text, err);
  qy_text_free(&text);
  forget_rows(t);
  return status;
}

void qy_table_free(qy_table *t)
{
  if (!t) return;
  qy_arena_free(t->arena);
  qy_arena_free(t->texts);
  free(t->cell);
  free(t);
}
