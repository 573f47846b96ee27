/* Rows of a query into a table, which prints them as they come where its format can. */
#ifndef QUARRY_QUERY_ROWS_H
#define QUARRY_QUERY_ROWS_H

#include "cli.h"

#include "quarry/store.h"

#include <stdbool.h>

/* Units of axes by the names of their columns. */
enum { QUERY_UNITS = 64, QUERY_NAME = 64 };
typedef struct query_unit {
  char name[QUERY_NAME], unit[QUERY_NAME];
} query_unit;

typedef struct query_rows {
  int format;
  int units;
  query_unit unit[QUERY_UNITS];
  table *out;           /* NULL: there was no head yet */
  double last, printed; /* when the last row came, and when rows were printed last */
  unsigned long rows;   /* since then */
} query_rows;

/* Take note of the units that the experiments of a store give their axes, those on which all agree.  A failure to
 * read. */
qy_status query_rows_units(query_rows *r, qy_store *store, qy_error *err);

/* For qy_store_query_head, ctx a query_rows. */
void query_rows_head(void *ctx, int columns, const char *const *names);
int query_rows_values(void *ctx, int columns, const char *const *names, const char *const *values,
                      const size_t *lengths, const int *types);

/* Print what is left.  whole: the query ended; else rows of formats that need all of them are not printed, and an array
 * of JSON is not closed, which shows that it was cut. */
void query_rows_end(query_rows *r, bool whole);

#endif
