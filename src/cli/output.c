/* What the program prints: reports on standard error, tables on standard output. */
#include "cli.h"

#include "quarry/alloc.h"
#include "quarry/escape.h"
#include "quarry/metric.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int exit_code(qy_status status)
{
  switch (status) {
  case QY_OK: return EXIT_DONE;
  case QY_INFEASIBLE: return EXIT_OFF;
  case QY_INTERRUPTED: return EXIT_INTERRUPT;
  case QY_BAD_INPUT: return EXIT_INPUT;
  case QY_NO_MEMORY:
  case QY_SYSTEM:
  case QY_INTERNAL: break;
  }
  return EXIT_SYSTEM;
}

void say(const char *format, ...)
{
  char *text = NULL;
  qy_text shown = {0};
  va_list args;
  va_start(args, format);
  const int length = vasprintf(&text, format, args);
  va_end(args);
  if (length < 0) return;
  /* A line end within is the name's own: only the last is the message's. */
  const bool ends = length > 0 && text[length - 1] == '\n';
  if (ends) text[length - 1] = '\0';
  qy_escape(&shown, text, "");
  fprintf(stderr, "%s%s", shown.failed || !shown.data ? "" : shown.data, ends ? "\n" : "");
  qy_text_free(&shown);
  free(text);
}

int report(qy_status status, const qy_error *err)
{
  char line[QY_DIAGNOSTIC_FILE + QY_DIAGNOSTIC_TEXT + 64];
  for (int i = 0; i < err->count; i++)
    fprintf(stderr, "%s\n", qy_diagnostic_format(err, i, line, sizeof line));
  if (err->dropped) fprintf(stderr, "(%d more)\n", err->dropped);
  if (!err->count) fprintf(stderr, "error: %s\n", qy_status_text(status));
  return exit_code(status);
}

struct table {
  qy_table_format format;
  qy_table *cells;
  bool flowing; /* its columns are chosen, and some rows printed */
};

static void *need(void *memory)
{
  if (memory) return memory;
  fputs("error: out of memory\n", stderr);
  exit(EXIT_SYSTEM);
}

/* A metric's unit, where the name of its column or of a bound of it ends in none. */
void table_metric_units(qy_table *cells, size_t columns, const char *const *names)
{
  for (size_t c = 0; c < columns; c++) {
    char unit[QY_UNIT_TEXT], name[128];
    if (qy_unit_of_name(unit, name, sizeof name, names[c])) continue;
    const size_t length = strlen(name);
    if (length > 4 && (strcmp(name + length - 4, "_p05") == 0 || strcmp(name + length - 4, "_p95") == 0))
      name[length - 4] = '\0';
    const int m = qy_metric_find(name);
    if (m >= 0 && qy_metric_table()[m].unit[0]) qy_table_unit(cells, c, qy_metric_table()[m].unit);
  }
}

void table_unit(table *t, int column, const char *unit)
{
  if (unit && unit[0]) qy_table_unit(t->cells, (size_t)column, unit);
}

table *table_new(int format, int columns, const char *const *names)
{
  table *t = need(qy_alloc(1, sizeof *t));
  *t = (table){(qy_table_format)format, need(qy_table_new((size_t)columns, names)), false};
  table_metric_units(t->cells, (size_t)columns, names);
  return t;
}

void table_text(table *t, const char *text)
{
  qy_table_text(t->cells, text);
}

void table_bytes(table *t, const char *bytes, size_t length)
{
  qy_table_bytes(t->cells, bytes, length);
}

void table_digits(table *t, const char *text)
{
  if (text)
    qy_table_digits(t->cells, text);
  else
    qy_table_null(t->cells);
}

void table_number(table *t, double value)
{
  qy_table_number(t->cells, value);
}

void table_integer(table *t, int64_t value)
{
  qy_table_integer(t->cells, value);
}

void table_bits(table *t, int bits)
{
  if (bits > 0)
    table_integer(t, bits);
  else
    table_text(t, NULL);
}

void cell_text(table *t, const cell *own)
{
  table_text(t, own->text);
}

void cell_digits(table *t, const cell *own)
{
  table_digits(t, own->text);
}

void cell_number(table *t, const cell *own)
{
  table_number(t, own->number);
}

void cell_integer(table *t, const cell *own)
{
  table_integer(t, own->integer);
}

void table_cells(table *t, const cell *cells, size_t count)
{
  for (size_t i = 0; i < count; i++)
    cells[i].put(t, &cells[i]);
}

void table_interval(table *t, int value, int low, int high)
{
  qy_table_interval(t->cells, (size_t)value, (size_t)low, (size_t)high);
}

void table_row_unit(table *t, int unit, int name)
{
  qy_table_row_unit(t->cells, (size_t)unit, (size_t)name);
}

table_view view = {.width = -1};

/* Characters of a line: as said, of COLUMNS, of the terminal; 0: any. */
static size_t line_width(void)
{
  enum { WIDEST = 100000 };
  const char *columns = getenv("COLUMNS");
  struct winsize size;
  if (view.width >= 0) return (size_t)view.width;
  const long said = columns ? strtol(columns, NULL, 10) : 0;
  if (said > 0 && said <= WIDEST) return (size_t)said;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Only what was asked for: in the first table all of it must be there. */
static void choose_columns(qy_table *cells)
{
  static bool chosen;
  qy_error err = {0};
  if (!view.columns) return;
  const qy_status status =
      chosen ? qy_table_some_columns(cells, view.columns, &err) : qy_table_columns(cells, view.columns, &err);
  if (status == QY_NO_MEMORY) need(NULL);
  if (status) {
    __fpurge(stdout); /* what stands there is the head of this table */
    exit(report(status, &err));
  }
  chosen = true;
}

void table_print(table *t)
{
  if (!t->flowing) choose_columns(t->cells);
  qy_table_layout(t->cells, line_width(), view.vertical);
  /* A stream that cannot be written is finish_output's to report. */
  if (qy_table_print(t->cells, t->format, stdout, NULL) == QY_NO_MEMORY) need(NULL);
  qy_table_free(t->cells);
  free(t);
}

void table_finish(table *t, qy_status status)
{
  if (status)
    table_drop(t);
  else
    table_print(t);
}

void table_flow(table *t)
{
  if (t->format != QY_TABLE_CSV && t->format != QY_TABLE_JSON) return;
  if (!t->flowing) choose_columns(t->cells);
  t->flowing = true;
  if (qy_table_flow(t->cells, t->format, stdout, NULL) == QY_NO_MEMORY) need(NULL);
}

void table_drop(table *t)
{
  qy_table_free(t->cells);
  free(t);
}

void print_json_text(const char *text)
{
  qy_text quoted = {0};
  qy_text_json(&quoted, text);
  if (quoted.failed) need(NULL);
  fputs(quoted.data, stdout);
  qy_text_free(&quoted);
}

/* Whoever reads standard output has seen enough: `quarry ... | head`. */
static bool reader_left(void)
{
  struct pollfd out = {.fd = STDOUT_FILENO};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int finish_output(int code)
{
  if ((fflush(stdout) == 0 && !ferror(stdout)) || reader_left()) return code;
  fputs("error: standard output could not be written\n", stderr);
  return code ? code : EXIT_SYSTEM;
}

const char *shell_word(const char *file, qy_arena *arena)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%=";
  enum { QUOTE = 4 }; /* a quote within quotes is closed, escaped and opened again: '\'' */
  const char *dot = *file == '-' ? "./" : "";
  if (*file && file[strspn(file, plain)] == '\0') return qy_arena_format(arena, "%s%s", dot, file);
  char *word = qy_arena_alloc(arena, QUOTE * strlen(file) + sizeof "'./'", 1), *at = word;
  if (!word) return NULL;
  *at++ = '\'';
  at = stpcpy(at, dot);
  for (; *file; file++) {
    if (*file == '\'')
      at = stpcpy(at, "'\\''");
    else
      *at++ = *file;
  }
  *at = '\''; /* what follows is zero already */
  return word;
}
