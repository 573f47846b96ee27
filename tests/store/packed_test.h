/* Queries of a database of packed columns, answered by quarry, and of the same points in rows, by SQLite alone. */
#ifndef QUARRY_PACKED_TEST_H
#define QUARRY_PACKED_TEST_H

#include "quarry/text.h"
#include "store_test.h"

static UNUSED int add_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  for (int c = 0; c < columns; c++)
    qy_text_add(ctx, "%s%c", values[c] ? values[c] : "NULL", c + 1 < columns ? '\t' : '\n');
  return 0;
}

/* The same by SQLite alone. */
static UNUSED void ask_rows(qy_text *out, sqlite3 *db, const char *sql)
{
  sqlite3_stmt *read = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &read, NULL) != SQLITE_OK) qy_text_add(out, "error: %s", sqlite3_errmsg(db));
  while (read && sqlite3_step(read) == SQLITE_ROW) {
    enum { MOST = 200 };
    const char *value[MOST];
    char number[MOST][QY_NUMBER_EXACT];
    const int columns = sqlite3_column_count(read);
    for (int c = 0; c < columns && c < MOST; c++)
      value[c] = sqlite3_column_type(read, c) == SQLITE_FLOAT
                     ? qy_number_exact(number[c], sqlite3_column_double(read, c))
                     : (const char *)sqlite3_column_text(read, c);
    add_row(out, columns, NULL, value, NULL);
  }
  sqlite3_finalize(read);
}

/* Both answers; a query of no rows says nothing. */
static UNUSED bool agree(qy_store *packed, sqlite3 *rows, const char *sql, bool any)
{
  qy_error err = {0};
  qy_text got = {0}, expected = {0};
  const qy_status status = qy_store_query(packed, sql, add_row, &got, &err);
  ask_rows(&expected, rows, sql);
  const bool same = !status && (expected.length || !any) && got.length == expected.length &&
                    (!got.length || memcmp(got.data, expected.data, got.length) == 0);
  if (!same)
    printf("# %s\n# %s\n# got:      %.300s\n# expected: %.300s\n", sql, err.count ? err.diagnostic[0].text : "",
           got.data ? got.data : "", expected.data ? expected.data : "");
  qy_text_free(&got);
  qy_text_free(&expected);
  qy_error_clear(&err);
  return same;
}

#endif
