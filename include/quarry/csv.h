/* Strict reading of comma-separated tables, row by row, with the position of every field.
 *
 * Format: RFC 4180 with '\n' or "\r\n" line ends; a field may be quoted ("" is a quote), but not hold a line break.
 * Lines that start with '#' and blank lines are skipped; the first other line names the columns.  Every row must have
 * as many fields as the head line.  Line and column in messages count from 1; column is the byte where the field
 * starts. Ownership: the texts live in the arena given to qy_csv_open and stay valid after later rows have been read.
 */
#ifndef QUARRY_CSV_H
#define QUARRY_CSV_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QY_CSV_FIELDS_MAX = 64 };

typedef struct qy_csv {
  const char *file;
  int line;                            /* of the current row */
  int count;                           /* columns */
  const char *name[QY_CSV_FIELDS_MAX]; /* head line */
  const char *field[QY_CSV_FIELDS_MAX];
  int column[QY_CSV_FIELDS_MAX]; /* where each field of the current row starts */
  char *rest;                    /* text not read yet */
} qy_csv;

/* Start on `text` of `length` bytes (changed in place) that came from `file`, which is kept for messages.  Reads the
 * head line.  QY_BAD_INPUT: no head line, empty or repeated column name, too many columns, NUL byte. */
qy_status qy_csv_start(qy_csv *csv, const char *file, char *text, size_t length, qy_error *err);

/* The same for a whole file; the text is kept in the arena. */
qy_status qy_csv_open(qy_csv *csv, const char *file, qy_arena *arena, qy_error *err);

/* Next row: *more is false at the end. */
qy_status qy_csv_next(qy_csv *csv, bool *more, qy_error *err);

/* Index of a column, or -1. */
int qy_csv_column(const qy_csv *csv, const char *name);

/* Fill index[0..count) with the places of names[0..count); each missing one is reported. */
qy_status qy_csv_columns(const qy_csv *csv, const char *const *names, int count, int *index, qy_error *err);

/* Report at field i of the current row: "NAME: expected EXPECTED, found 'TEXT'".  Returns QY_BAD_INPUT. */
qy_status qy_csv_expected(const qy_csv *csv, int i, qy_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Field i as a type; limits inclusive. */
qy_status qy_csv_number(const qy_csv *csv, int i, double low, double high, double *value, qy_error *err);
qy_status qy_csv_integer(const qy_csv *csv, int i, int64_t low, int64_t high, int64_t *value, qy_error *err);
qy_status qy_csv_choice(const qy_csv *csv, int i, const char *const *names, int count, int *index, qy_error *err);

#endif
