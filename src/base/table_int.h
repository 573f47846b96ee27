/* Tables of cells, inside: what table.c collects, and what renderers for people make of it. */
#ifndef QUARRY_TABLE_INT_H
#define QUARRY_TABLE_INT_H

#include "quarry/alloc.h"
#include "quarry/table.h"

enum { NUMBER_BYTES = QY_TABLE_NUMBER };

typedef struct cell {
  enum { CELL_NULL, CELL_TEXT, CELL_BYTES, CELL_DIGITS, CELL_NUMBER, CELL_INTEGER } type;
  union {
    const char *text; /* CELL_TEXT, CELL_BYTES, CELL_DIGITS: in an arena; of CELL_BYTES escaped, behind it as JSON */
    double number;
    int64_t integer;
  } as;
} cell;

/* Columns of the same table. */
enum { NO_COLUMN = -1 };

struct qy_table {
  size_t columns;
  const char **name;
  int *low, *high;        /* [columns] where the bounds of a column's values stand; NO_COLUMN */
  const char **unit;      /* [columns] of columns whose name ends in none; NULL: not known */
  int row_unit, row_name; /* columns of the units of each row's numbers, and of what they are; NO_COLUMN */
  size_t *pick;           /* columns that are shown, in their order; NULL: all */
  size_t pick_count;      /* of pick */
  size_t width;           /* characters that fit in a line; 0: any */
  bool vertical, fold;
  size_t count, capacity; /* cells */
  cell *cell;
  qy_arena *arena;
  qy_arena *texts; /* of the cells */
  bool flowed;     /* rows were printed already, at least the head */
  size_t gone;     /* rows that were printed and forgotten */
  bool failed;
};

size_t table_shown_columns(const qy_table *t);
size_t table_column(const qy_table *t, size_t shown); /* of the shown-th column that is shown */

/* The text as it may be shown: itself, or a copy in the table's arena; NULL: out of memory. */
const char *table_safe_text(const qy_table *t, const char *text, const char *keep);

/* ---- for people (table_read.c) ---- */

typedef struct shown_column {
  const char *name; /* "area", without its unit where the head states it */
  const char *unit; /* "mm²"; "": none */
  bool right;       /* has numbers */
  size_t source;    /* column of the table */
  int bounds;       /* first of two columns of the grid with its bounds, lower and upper; NO_COLUMN */
  bool bound;       /* is one of them */
} shown_column;

/* Cells as they are read: each column in one unit, each number with the digits that its interval gives sense to. */
typedef struct shown_grid {
  size_t columns, rows;
  shown_column *column; /* [columns] */
  const char **text;    /* [rows columns], "-" for null */
  bool *number;         /* [rows columns] */
  const char **half;    /* [rows columns] half of an interval's width, where the value is near its middle; else NULL */
  qy_arena *arena;
} shown_grid;

/* False: out of memory.  Freed by shown_free. */
bool shown_make(shown_grid *g, const qy_table *t);
void shown_free(shown_grid *g);

/* "3.2 [2.9, 3.6]" where the cell's value has bounds, else its text.  NULL: out of memory. */
const char *shown_with_bounds(const shown_grid *g, size_t row, size_t column);

/* "area (mm²)" */
const char *shown_head(const shown_grid *g, size_t column);

/* ---- renderers: append the table; false: out of memory beside the text ---- */

bool table_render_aligned(const qy_table *t, qy_text *out);
bool table_render_markdown(const qy_table *t, qy_text *out);
bool table_render_latex(const qy_table *t, qy_text *out);

#endif
