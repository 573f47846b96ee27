/* Tables of cells: see table.h. */
#include "quarry/table.h"

#include "quarry/alloc.h"
#include "quarry/escape.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 32, ALIGNED_DIGITS = 6, EXACT_DIGITS = 17 };

typedef struct cell {
  enum { CELL_NULL, CELL_TEXT, CELL_DIGITS, CELL_NUMBER, CELL_INTEGER } type;
  union {
    const char *text; /* CELL_TEXT, CELL_DIGITS: in the arena */
    double number;
    int64_t integer;
  } as;
} cell;

struct qy_table {
  size_t columns;
  const char **name;
  size_t count, capacity; /* cells */
  cell *cell;
  qy_arena *arena;
  bool failed;
};

qy_table *qy_table_new(size_t columns, const char *const *names)
{
  assert(columns > 0 && names);
  qy_table *t = qy_alloc(1, sizeof *t);
  if (!t) return NULL;
  t->columns = columns;
  t->arena = qy_arena_new();
  t->name = t->arena ? qy_arena_alloc(t->arena, columns, sizeof *t->name) : NULL;
  bool whole = t->name != NULL;
  for (size_t c = 0; c < columns && whole; c++)
    whole = (t->name[c] = qy_arena_text(t->arena, names[c], strlen(names[c]))) != NULL;
  if (whole) return t;
  qy_table_free(t);
  return NULL;
}

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
  new.as.text = qy_arena_text(t->arena, new.as.text, strlen(new.as.text));
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

void qy_table_digits(qy_table *t, const char *text)
{
  assert(t && text);
  add_text(t, (cell){.type = CELL_DIGITS, .as.text = text});
}

void qy_table_number(qy_table *t, double value)
{
  assert(t);
  add(t, (cell){.type = isfinite(value) ? CELL_NUMBER : CELL_NULL, .as.number = value});
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

static size_t whole_cells(const qy_table *t)
{
  return qy_table_rows(t) * t->columns;
}

/* The cell as a text without quotes: its own, or written into `room`; null: "". */
static const char *written(const cell *c, int digits, char room[NUMBER_BYTES])
{
  room[0] = '\0';
  switch (c->type) {
  case CELL_NULL: break;
  case CELL_TEXT:
  case CELL_DIGITS: return c->as.text;
  case CELL_NUMBER: snprintf(room, NUMBER_BYTES, "%.*g", digits, c->as.number); break;
  case CELL_INTEGER: snprintf(room, NUMBER_BYTES, "%" PRId64, c->as.integer); break;
  }
  return room;
}

/* The text as it may be shown: itself, or a copy in the table's arena; NULL: out of memory. */
static const char *shown(const qy_table *t, const char *text, const char *keep)
{
  size_t plain = 0;
  while (text[plain] >= ' ' && text[plain] <= '~')
    plain++;
  if (!text[plain]) return text; /* nearly always */
  qy_text safe = {0};
  qy_escape(&safe, text, keep);
  const bool same = !safe.failed && (!safe.data || strcmp(safe.data, text) == 0);
  const char *out = safe.failed ? NULL : same ? text : qy_arena_text(t->arena, safe.data, safe.length);
  qy_text_free(&safe);
  return out;
}

/* ---- aligned columns ---- */

/* Characters, not bytes: labels hold UTF-8. */
static size_t width_of(const char *text)
{
  size_t width = 0;
  for (; *text; text++)
    width += ((unsigned char)*text & 0xC0) != 0x80;
  return width;
}

static void put_text(qy_text *out, const char *text)
{
  qy_text_put(out, text, strlen(text));
}

static void put_padded(qy_text *out, const char *text, size_t width, bool right, bool last)
{
  int pad = (int)(width - width_of(text));
  if (right) qy_text_add(out, "%*s", pad, "");
  put_text(out, text);
  if (!right && !last) qy_text_add(out, "%*s", pad, "");
  put_text(out, last ? "\n" : "  ");
}

static const char *aligned_text(const cell *c, char room[NUMBER_BYTES])
{
  return c->type == CELL_NULL ? "-" : written(c, ALIGNED_DIGITS, room);
}

/* Names and cells as they are shown, numbers aside: those stay NULL. */
static bool show_all(const qy_table *t, const char **name, const char **text)
{
  const size_t count = whole_cells(t);
  for (size_t c = 0; c < t->columns; c++)
    if (!(name[c] = shown(t, t->name[c], ""))) return false;
  for (size_t i = 0; i < count; i++)
    if (t->cell[i].type == CELL_TEXT && !(text[i] = shown(t, t->cell[i].as.text, ""))) return false;
  return true;
}

static void put_aligned(const qy_table *t, qy_text *out, const char *const *name, const char *const *text,
                        size_t *width, bool *right)
{
  char room[NUMBER_BYTES];
  const size_t count = whole_cells(t);
  for (size_t c = 0; c < t->columns; c++)
    width[c] = width_of(name[c]);
  for (size_t i = 0; i < count; i++) {
    size_t c = i % t->columns, w = width_of(text[i] ? text[i] : aligned_text(&t->cell[i], room));
    if (w > width[c]) width[c] = w;
    if (t->cell[i].type > CELL_TEXT) right[c] = true;
  }
  for (size_t c = 0; c < t->columns; c++)
    put_padded(out, name[c], width[c], right[c], c + 1 == t->columns);
  for (size_t i = 0; i < count; i++) {
    size_t c = i % t->columns;
    put_padded(out, text[i] ? text[i] : aligned_text(&t->cell[i], room), width[c], right[c], c + 1 == t->columns);
  }
}

static bool render_aligned(const qy_table *t, qy_text *out)
{
  size_t *width = qy_alloc(t->columns, sizeof *width);
  bool *right = qy_alloc(t->columns, sizeof *right);
  const char **name = qy_alloc(t->columns, sizeof *name);
  const char **text = qy_alloc(whole_cells(t) + 1, sizeof *text);
  const bool whole = width && right && name && text && show_all(t, name, text);
  if (whole) put_aligned(t, out, name, text, width, right);
  free(width);
  free(right);
  free(name);
  free(text);
  return whole;
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
  const char *safe = shown(t, text, "\n\r\t");
  if (safe) quote_csv(out, safe);
  return safe != NULL;
}

static bool render_csv(const qy_table *t, qy_text *out)
{
  char room[NUMBER_BYTES];
  const size_t count = whole_cells(t);
  bool whole = true;
  for (size_t c = 0; c < t->columns && whole; c++) {
    whole = put_csv(t, out, t->name[c]);
    put_text(out, c + 1 == t->columns ? "\n" : ",");
  }
  for (size_t i = 0; i < count && whole; i++) {
    whole = put_csv(t, out, written(&t->cell[i], EXACT_DIGITS, room));
    put_text(out, (i + 1) % t->columns ? "," : "\n");
  }
  return whole;
}

/* ---- JSON ---- */

static bool render_json(const qy_table *t, qy_text *out)
{
  char room[NUMBER_BYTES];
  const size_t count = whole_cells(t);
  put_text(out, "[");
  for (size_t i = 0; i < count; i++) {
    const cell *at = &t->cell[i];
    size_t c = i % t->columns;
    put_text(out, c ? ", " : i ? ",\n {" : "\n {");
    qy_text_json(out, t->name[c]);
    put_text(out, ": ");
    if (at->type == CELL_TEXT)
      qy_text_json(out, at->as.text);
    else
      put_text(out, at->type == CELL_NULL ? "null" : written(at, EXACT_DIGITS, room));
    if (c + 1 == t->columns) put_text(out, "}");
  }
  put_text(out, count ? "\n]\n" : "]\n");
  return true;
}

/* ---- formats ---- */

const char *const qy_table_format_names[QY_TABLE_FORMATS + 1] = {
    [QY_TABLE_ALIGNED] = "table", [QY_TABLE_CSV] = "csv", [QY_TABLE_JSON] = "json"};

/* Append the table; false: out of memory beside the text. */
static bool (*const renderers[QY_TABLE_FORMATS])(const qy_table *, qy_text *) = {
    [QY_TABLE_ALIGNED] = render_aligned, [QY_TABLE_CSV] = render_csv, [QY_TABLE_JSON] = render_json};

qy_status qy_table_render(const qy_table *t, qy_table_format format, qy_text *out, qy_error *err)
{
  assert(t && out && (unsigned)format < QY_TABLE_FORMATS);
  if (t->failed || !renderers[format](t, out) || out->failed) return qy_no_memory(err);
  return QY_OK;
}

qy_status qy_table_print(const qy_table *t, qy_table_format format, FILE *out, qy_error *err)
{
  assert(out);
  qy_text text = {0};
  qy_status status = qy_table_render(t, format, &text, err);
  if (!status && fwrite(text.data, 1, text.length, out) != text.length)
    status = qy_fail(err, QY_SYSTEM, "a table could not be written: %s", strerror(errno));
  qy_text_free(&text);
  return status;
}

void qy_table_free(qy_table *t)
{
  if (!t) return;
  qy_arena_free(t->arena);
  free(t->cell);
  free(t);
}
