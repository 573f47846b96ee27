/* What the program prints: reports on standard error, tables on standard output. */
#include "cli.h"

#include "quarry/alloc.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
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
};

static void *need(void *memory)
{
  if (memory) return memory;
  fputs("error: out of memory\n", stderr);
  exit(EXIT_SYSTEM);
}

table *table_new(int format, int columns, const char *const *names)
{
  table *t = need(qy_alloc(1, sizeof *t));
  *t = (table){(qy_table_format)format, need(qy_table_new((size_t)columns, names))};
  return t;
}

void table_text(table *t, const char *text)
{
  qy_table_text(t->cells, text);
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

void cell_ratio(table *t, const cell *own)
{
  if (own->number == HUGE_VAL && t->format != QY_TABLE_JSON) /* which has no infinity */
    table_digits(t, "inf");
  else
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

void table_print(table *t)
{
  /* A stream that cannot be written is finish_output's to report. */
  if (qy_table_print(t->cells, t->format, stdout, NULL) == QY_NO_MEMORY) need(NULL);
  qy_table_free(t->cells);
  free(t);
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
