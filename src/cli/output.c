/* What the program prints: reports on standard error, tables in three formats on standard output. */
#include "cli.h"

#include "quarry/alloc.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const format_names[] = {"table", "csv", "json", NULL};

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
  int format, columns;
  const char *const *names;
  size_t count, capacity;
  struct cell {
    cell_type type;
    char *text;
  } * cell;
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
  *t = (table){.format = format, .columns = columns, .names = names};
  return t;
}

void table_cell(table *t, cell_type type, const char *text)
{
  void *cells = t->cell;
  if (qy_grow(&cells, &t->capacity, t->count + 1, sizeof *t->cell)) need(NULL);
  t->cell = cells;
  t->cell[t->count++] = (struct cell){type, need(strdup(text))};
}

void table_text(table *t, const char *text)
{
  table_cell(t, text ? CELL_TEXT : CELL_NULL, text ? text : "");
}

void table_number(table *t, double value)
{
  char text[32];
  snprintf(text, sizeof text, t->format == FORMAT_TABLE ? "%.6g" : "%.17g", value);
  table_cell(t, isfinite(value) ? CELL_NUMBER : CELL_NULL, isfinite(value) ? text : "");
}

void table_integer(table *t, int64_t value)
{
  char text[32];
  snprintf(text, sizeof text, "%" PRId64, value);
  table_cell(t, CELL_NUMBER, text);
}

/* Characters, not bytes: labels hold UTF-8. */
static int width_of(const char *text)
{
  int width = 0;
  for (; *text; text++)
    width += ((unsigned char)*text & 0xC0) != 0x80;
  return width;
}

static void print_padded(const char *text, int width, int right, int last)
{
  int pad = width - width_of(text);
  if (right)
    printf("%*s%s", pad, "", text);
  else
    printf("%s%*s", text, last ? 0 : pad, "");
  fputs(last ? "\n" : "  ", stdout);
}

static void print_aligned(const table *t)
{
  size_t columns = (size_t)t->columns, rows = t->count / columns;
  int *width = need(qy_alloc(columns, sizeof *width));
  int *right = need(qy_alloc(columns, sizeof *right));
  for (size_t c = 0; c < columns; c++) {
    width[c] = width_of(t->names[c]);
    for (size_t r = 0; r < rows; r++) {
      const struct cell *cell = &t->cell[r * columns + c];
      int w = width_of(cell->text);
      if (w > width[c]) width[c] = w;
      if (cell->type == CELL_NUMBER) right[c] = 1;
    }
  }
  for (size_t c = 0; c < columns; c++)
    print_padded(t->names[c], width[c], right[c], c + 1 == columns);
  for (size_t i = 0; i < rows * columns; i++) {
    size_t c = i % columns;
    print_padded(t->cell[i].type == CELL_NULL ? "-" : t->cell[i].text, width[c], right[c], c + 1 == columns);
  }
  free(width);
  free(right);
}

/* RFC 4180: quote when the text holds a comma, a quote or a line break. */
static void print_csv_text(const char *text)
{
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, stdout);
    return;
  }
  putchar('"');
  for (; *text; text++) {
    if (*text == '"') putchar('"');
    putchar(*text);
  }
  putchar('"');
}

static void print_csv(const table *t)
{
  size_t columns = (size_t)t->columns;
  for (size_t c = 0; c < columns; c++) {
    print_csv_text(t->names[c]);
    putchar(c + 1 == columns ? '\n' : ',');
  }
  for (size_t i = 0; i < t->count; i++) {
    print_csv_text(t->cell[i].text);
    putchar((i + 1) % columns ? ',' : '\n');
  }
}

void print_json_text(const char *text)
{
  putchar('"');
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      printf("\\%c", c);
    else if (c < 0x20)
      printf("\\u%04x", c);
    else
      putchar(c);
  }
  putchar('"');
}

static void print_json(const table *t)
{
  size_t columns = (size_t)t->columns;
  fputs("[", stdout);
  for (size_t i = 0; i < t->count; i++) {
    size_t c = i % columns;
    fputs(c ? ", " : i ? ",\n {" : "\n {", stdout);
    print_json_text(t->names[c]);
    fputs(": ", stdout);
    if (t->cell[i].type == CELL_NULL)
      fputs("null", stdout);
    else if (t->cell[i].type == CELL_NUMBER)
      fputs(t->cell[i].text, stdout);
    else
      print_json_text(t->cell[i].text);
    if (c + 1 == columns) putchar('}');
  }
  puts(t->count ? "\n]" : "]");
}

void table_print(table *t)
{
  static void (*const print[])(const table *) = {print_aligned, print_csv, print_json};
  print[t->format](t);
  for (size_t i = 0; i < t->count; i++)
    free(t->cell[i].text);
  free(t->cell);
  free(t);
}

int finish_output(int code)
{
  if (fflush(stdout) == 0 && !ferror(stdout)) return code;
  fputs("error: standard output could not be written\n", stderr);
  return code ? code : EXIT_SYSTEM;
}
