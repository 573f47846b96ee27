/* Tables of cells: rows are collected, then rendered in one of several formats;
 * or printed as they come (qy_table_flow).
 *
 * Cells are added one after another, row by row, and keep their type, so that a renderer may align numbers or quote
 * texts.  Adding never fails visibly: what could not be kept is remembered and reported when the table is rendered.
 * What a terminal would act on, and bytes that are no UTF-8, are written escaped (escape.h); line breaks and tabs stay
 * in CSV.
 * A format is one row of a const table in table.c; a new one is one function.
 *
 * CSV and JSON have the names, units and all digits of the cells.  The formats for people (aligned, Markdown, LaTeX)
 * - show the values of a column whose name ends in a unit in the one in which their median is read best (units.h), and
 *   name it in the head: area_um2 becomes "area (mm²)"; sizes in bytes only where they stay exact, and their name
 *   stays whole: "weight_bytes (KiB)"; so does the name, in its own unit, of a column without numbers, and of one that
 *   would else be called as another ("lut" and "lut_pct");
 * - round bounds at the second digit of half the interval's width.  A number with an interval has that digit too, and
 *   more where they tell rows of its column apart: rows of one table share most of their uncertainty, so that a
 *   difference of values means something where their intervals overlap.  That place is one for the column, at most the
 *   fifth digit of its largest value; what differs behind it only is equal.  Any other number has four digits, or as
 *   many more as it takes for rows to read differently that differ (ten at most); whole numbers stay whole.
 * Ownership: a table owns copies of all texts and names; qy_table_free frees it.
 */
#ifndef QUARRY_TABLE_H
#define QUARRY_TABLE_H

#include "quarry/status.h"
#include "quarry/text.h"
#include "quarry/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum qy_table_format {
  QY_TABLE_ALIGNED,  /* columns aligned with blanks, numbers to the right; null: "-" */
  QY_TABLE_CSV,      /* RFC 4180, numbers as qy_number_exact has them; null: nothing */
  QY_TABLE_JSON,     /* an array of objects, one per row; null: null */
  QY_TABLE_MARKDOWN, /* a table of GitHub flavoured Markdown; null: "-" */
  QY_TABLE_LATEX,    /* a tabular with the rules of booktabs, everything escaped; null: "--" */
  QY_TABLE_FORMATS
} qy_table_format;

/* "table", "csv", "json", "markdown", "latex", NULL */
extern const char *const qy_table_format_names[QY_TABLE_FORMATS + 1];

typedef struct qy_table qy_table;

/* columns >= 1, names[columns].  NULL when out of memory. */
qy_table *qy_table_new(size_t columns, const char *const *names);

/* The values of column `value` lie between those of the columns `low` and `high` (indices from 0).  Without being told,
 * NAME_p05 and NAME_p95 are the bounds of NAME. */
void qy_table_interval(qy_table *t, size_t value, size_t low, size_t high);

enum { QY_TABLE_NUMBER = 32 };
/* One of the bounds low and high of a value as the formats for people round it: at the second digit of half the
 * interval's width.  False: the three have no such place, and out is left alone. */
bool qy_table_bound(char out[QY_TABLE_NUMBER], double bound, double value, double low, double high);

/* "; did you mean \"area*\"?" for a pattern of qy_table_means that no name has ("aera*"), "" where none is near.  Names
 * are near with their unit or without, and where the pattern ends in '*', by their beginning. */
const char *qy_table_advice(char out[QY_DID_YOU_MEAN], const char *pattern, const char *const *name, size_t count);

/* In each row, column `unit` names the unit of the values that have an interval column and of their bounds; instead of
 * a unit in the column's name.  Column `name` has names that may end in it ("area_um2"): they are shown without. */
void qy_table_row_unit(qy_table *t, size_t unit, size_t name);

/* The unit of a column whose name ends in none ("gops", "GOP/s").  Its values are shown as they are. */
void qy_table_unit(qy_table *t, size_t column, const char *unit);

/* Show only the columns of a list "a,b*,c", in that order: names, or else names without their unit or patterns of
 * fnmatch(3); a column that two of them mean is shown once.  QY_BAD_INPUT: one of them means no column. */
qy_status qy_table_columns(qy_table *t, const char *patterns, qy_error *err);

/* The same, but names without a column are left out, and all columns are shown where none has one. */
qy_status qy_table_some_columns(qy_table *t, const char *patterns, qy_error *err);

/* Does a word of such a list mean the column `name`? */
bool qy_table_means(const char *pattern, const char *name);

/* In all formats for people, bounds that follow one another stand beside their value: "3.2 [2.9, 3.6]". */
void qy_table_fold(qy_table *t);

/* How the aligned format is laid out.  width: characters of a line, 0: any; a table that is wider puts bounds beside
 * their value ("3.2 [2.9, 3.6]", or "3.2 ± 0.4" where the value is in the middle third) and breaks its heads, then the
 * lines of its widest text, then leaves the bounds out and says so, then is vertical.  vertical: each row as lines of
 * name, value and unit, an empty line between rows. */
void qy_table_layout(qy_table *t, size_t width, bool vertical);

/* The next cell of the row, or the first of the next row. */
void qy_table_text(qy_table *t, const char *text); /* NULL: null */
void qy_table_bytes(qy_table *t, const char *bytes,
                    size_t length);                  /* a text that may hold NUL bytes: \x00, in JSON \u0000 */
void qy_table_digits(qy_table *t, const char *text); /* a number that is a text already, printed as it stands */
void qy_table_number(qy_table *t, double value);     /* NaN: null; infinite: "inf", "-inf", in JSON null */
void qy_table_integer(qy_table *t, int64_t value);
void qy_table_null(qy_table *t);

size_t qy_table_rows(const qy_table *t); /* complete ones */

/* Append the table to a text; a row that is not complete is left out.  QY_NO_MEMORY, also when a cell was lost
 * before. */
qy_status qy_table_render(const qy_table *t, qy_table_format format, qy_text *out, qy_error *err);

/* The same to a stream.  QY_SYSTEM: it could not be written. */
qy_status qy_table_print(const qy_table *t, qy_table_format format, FILE *out, qy_error *err);

/* Print the rows that are complete and forget them, where the format needs no more to print them: CSV and JSON.  In
 * other formats nothing happens.  What is rendered or printed afterwards is the rest of the table.  The columns that
 * are shown are to be chosen before.  QY_NO_MEMORY, QY_SYSTEM. */
qy_status qy_table_flow(qy_table *t, qy_table_format format, FILE *out, qy_error *err);

void qy_table_free(qy_table *t); /* NULL is allowed */

#endif
