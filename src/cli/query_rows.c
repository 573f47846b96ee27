/* Rows of a query into a table: see query_rows.h. */
#include "query_rows.h"

#include "quarry/decimal.h"
#include "quarry/progress.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Rows that come fast are printed a thousand at a time; the first one, and one that was waited for, at once. */
enum { ROWS_AT_ONCE = 1000 };
static const double wait_s = 1e-3, hold_s = 0.2;

static int unit_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  query_rows *r = ctx;
  if (!values[0] || !values[1] || strlen(values[0]) >= QUERY_NAME || strlen(values[1]) >= QUERY_NAME) return 0;
  query_unit *u = &r->unit[r->units++];
  snprintf(u->name, sizeof u->name, "%s", values[0]);
  snprintf(u->unit, sizeof u->unit, "%s", values[1]);
  return r->units == QUERY_UNITS;
}

qy_status query_rows_units(query_rows *r, qy_store *store, qy_error *err)
{
  qy_error own = {0};
  const qy_status status = qy_store_query(
      store, "SELECT \"column\", max(unit) FROM axis GROUP BY 1 HAVING min(unit) = max(unit) AND max(unit) <> ''",
      unit_row, r, &own);
  if (status == QY_OK || status == QY_BAD_INPUT) return QY_OK; /* an old database has no axes */
  *err = own;
  return status;
}

void query_rows_head(void *ctx, int columns, const char *const *names)
{
  query_rows *r = ctx;
  r->out = table_new(r->format, columns, names);
  for (int c = 0; c < columns; c++)
    for (int u = 0; u < r->units; u++)
      if (strcmp(r->unit[u].name, names[c]) == 0) table_unit(r->out, c, r->unit[u].unit);
}

int query_rows_values(void *ctx, int columns, const char *const *names, const char *const *values,
                      const size_t *lengths, const int *types)
{
  (void)names;
  query_rows *r = ctx;
  for (int c = 0; c < columns; c++) {
    if (values[c] && types[c] == SQLITE_FLOAT)
      table_number(r->out, qy_decimal(values[c], NULL));
    else if (!values[c] || types[c] == SQLITE_INTEGER)
      table_digits(r->out, values[c]);
    else
      table_bytes(r->out, values[c], lengths[c]);
  }
  const double now = qy_seconds_now();
  const bool soon = now - r->last > wait_s || now - r->printed > hold_s; /* 0 before the first row */
  r->last = now;
  if (++r->rows < ROWS_AT_ONCE && !soon) return 0;
  table_flow(r->out);
  if (soon) fflush(stdout);
  r->rows = 0;
  r->printed = now;
  return ferror(stdout) != 0; /* nobody reads any more, or the disk is full: finish_output says so */
}

void query_rows_end(query_rows *r, bool whole)
{
  if (!r->out) return;
  if (whole) {
    table_print(r->out);
  } else {
    table_flow(r->out);
    table_drop(r->out);
  }
  r->out = NULL;
}
