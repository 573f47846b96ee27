/* Experiments by name or number: see points.h. */
#include "quarry/points.h"

#include "quarry/text.h"
#include "store_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct found {
  int64_t id;
  const char *wanted;
  char names[300];
} found;

static int found_row(void *ctx, int columns, const char *const *column, const char *const *value, const int *types)
{
  (void)columns;
  (void)column;
  (void)types;
  found *f = ctx;
  if (strcmp(value[1], f->wanted) == 0 || strcmp(value[0], f->wanted) == 0) f->id = strtoll(value[0], NULL, 10);
  size_t used = strlen(f->names);
  qy_append(f->names, sizeof f->names, used, "%s%s (%s)", used ? ", " : "", value[1], value[0]);
  return 0;
}

/* NAME@N: the N-th last run of a name; *id stays as it is where the name is not of that form, or has no run. */
static qy_status find_run(int64_t *id, qy_store *store, const char *name, qy_error *err)
{
  const char *at = strrchr(name, '@');
  char *end = NULL;
  if (!at || at == name || at[1] < '1' || at[1] > '9') return QY_OK;
  const long long run = strtoll(at + 1, &end, 10);
  if (*end) return QY_OK;
  sqlite3_stmt *read = NULL;
  int64_t runs = 0;
  if (sqlite3_prepare_v2(store->db, "SELECT id FROM experiment WHERE name = ? ORDER BY id DESC", -1, &read, NULL) !=
      SQLITE_OK)
    return qy_fail(err, QY_SYSTEM, "%s: %s", store->file, sqlite3_errmsg(store->db));
  sqlite3_bind_text(read, 1, name, (int)(at - name), SQLITE_STATIC);
  while (sqlite3_step(read) == SQLITE_ROW && ++runs < run)
    continue;
  if (runs == run) *id = sqlite3_column_int64(read, 0);
  if (sqlite3_finalize(read) != SQLITE_OK)
    return qy_fail(err, QY_SYSTEM, "%s: %s", store->file, sqlite3_errmsg(store->db));
  if (runs == 0 || runs == run) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "expected one of the %lld runs of \"%.*s\", found \"%s\"", (long long)runs,
                 (int)(at - name), name, name);
}

qy_status qy_store_find(int64_t *id, qy_store *store, const char *name, qy_error *err)
{
  assert(id && store && name);
  found f = {.id = 0, .wanted = name};
  qy_status status = qy_store_query(store, "SELECT id, name FROM experiment ORDER BY id", found_row, &f, err);
  if (!status && !f.id) status = find_run(&f.id, store, name, err);
  if (status) return status;
  if (!f.id) {
    char advice[STORE_ADVICE];
    store_nearest(advice, store->db, "SELECT DISTINCT name FROM experiment", name);
    return qy_fail(err, QY_BAD_INPUT, "expected an experiment of the database (%s), found \"%s\"%s",
                   f.names[0] ? f.names : "it holds none", name, advice);
  }
  *id = f.id;
  return QY_OK;
}
