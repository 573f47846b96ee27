/* Tables of cells: rows are collected, then rendered in one of several formats.
 *
 * Cells are added one after another, row by row, and keep their type, so that a renderer may align numbers or quote
 * texts.  Adding never fails visibly: what could not be kept is remembered and reported when the table is rendered.
 * What a terminal would act on, and bytes that are no UTF-8, are written escaped (escape.h); line breaks and tabs stay
 * in CSV.
 * A format is one row of a const table in table.c; a new one is one function.
 * Ownership: a table owns copies of all texts and names; qy_table_free frees it.
 */
#ifndef QUARRY_TABLE_H
#define QUARRY_TABLE_H

#include "quarry/status.h"
#include "quarry/text.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum qy_table_format {
  QY_TABLE_ALIGNED, /* columns aligned with blanks, numbers to the right with 6 digits; null: "-" */
  QY_TABLE_CSV,     /* RFC 4180, numbers with 17 digits; null: nothing */
  QY_TABLE_JSON,    /* an array of objects, one per row; null: null */
  QY_TABLE_FORMATS
} qy_table_format;

extern const char *const qy_table_format_names[QY_TABLE_FORMATS + 1]; /* "table", "csv", "json", NULL */

typedef struct qy_table qy_table;

/* columns >= 1, names[columns].  NULL when out of memory. */
qy_table *qy_table_new(size_t columns, const char *const *names);

/* The next cell of the row, or the first of the next row. */
void qy_table_text(qy_table *t, const char *text);   /* NULL: null */
void qy_table_digits(qy_table *t, const char *text); /* a number that is a text already, printed as it stands */
void qy_table_number(qy_table *t, double value);     /* not finite: null */
void qy_table_integer(qy_table *t, int64_t value);
void qy_table_null(qy_table *t);

size_t qy_table_rows(const qy_table *t); /* complete ones */

/* Append the table to a text; a row that is not complete is left out.  QY_NO_MEMORY, also when a cell was lost
 * before. */
qy_status qy_table_render(const qy_table *t, qy_table_format format, qy_text *out, qy_error *err);

/* The same to a stream.  QY_SYSTEM: it could not be written. */
qy_status qy_table_print(const qy_table *t, qy_table_format format, FILE *out, qy_error *err);

void qy_table_free(qy_table *t); /* NULL is allowed */

#endif
