/* Removing experiments: see store_remove.h. */
#include "quarry/store_remove.h"

#include "axes_int.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <stdio.h>

static const char doing[] = "remove an experiment";

/* Nobody runs it. */
static qy_status check_idle(qy_store *store, sqlite3_stmt *read, int64_t id, qy_error *err)
{
  qy_status status = QY_OK;
  char host[64] = "";
  long pid = 0;
  sqlite3_bind_int64(read, 1, id);
  const int code = sqlite3_step(read);
  if (code == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(read, 0), *mark = (const char *)sqlite3_column_text(read, 1);
    if (name && mark && qy_store_runner_lives(mark, &pid, host))
      status = qy_fail(err, QY_SYSTEM,
                       "%s: expected an experiment that nobody runs, found \"%s\" (%lld), run by process %ld on %s: "
                       "wait until it ends, or stop it",
                       store->file, name, (long long)id, pid, host);
  } else if (code != SQLITE_DONE) {
    status = qy_sql_fail(store->db, store->file, code, doing, err);
  }
  sqlite3_reset(read);
  return status;
}

/* The experiment, and its name's generated views of an earlier run or of none. */
static qy_status erase_one(qy_store *store, sqlite3_stmt *read, sqlite3_stmt *erase, int64_t id, qy_error *err)
{
  char *name = NULL;
  sqlite3_bind_int64(read, 1, id);
  if (sqlite3_step(read) == SQLITE_ROW) name = sqlite3_mprintf("%s", sqlite3_column_text(read, 0));
  sqlite3_reset(read);
  sqlite3_bind_int64(erase, 1, id);
  qy_status status = qy_sql_step(store->db, store->file, erase, doing, err);
  if (status == QY_OK && name) status = qy_store_views_update(store, name, err);
  sqlite3_free(name);
  return status;
}

qy_status qy_store_remove(qy_store *store, const int64_t *id, size_t count, qy_error *err)
{
  assert(store && (id || count == 0));
  sqlite3 *db = store->db;
  sqlite3_stmt *read = NULL, *erase = NULL;
  if (store->mode != QY_STORE_WRITE) return qy_fail(err, QY_INTERNAL, "%s: open for reading only", store->file);
  qy_status status = qy_sql_prepare(db, store->file, &read,
                                    "SELECT name, CASE status WHEN 'complete' THEN NULL ELSE runner END FROM "
                                    "experiment WHERE id = ?",
                                    err);
  if (status == QY_OK) status = qy_sql_prepare(db, store->file, &erase, "DELETE FROM experiment WHERE id = ?", err);
  if (status == QY_OK) status = qy_sql_run(db, store->file, "BEGIN IMMEDIATE", doing, err);
  for (size_t i = 0; i < count && status == QY_OK; i++)
    status = check_idle(store, read, id[i], err);
  for (size_t i = 0; i < count && status == QY_OK; i++)
    status = erase_one(store, read, erase, id[i], err);
  if (status == QY_OK) status = qy_sql_run(db, store->file, "COMMIT", doing, err);
  sqlite3_finalize(read);
  sqlite3_finalize(erase);
  qy_sql_rollback(db);
  return status;
}

qy_status qy_store_free_bytes(int64_t *bytes, qy_store *store, qy_error *err)
{
  assert(bytes && store);
  int64_t pages = 0, size = 0;
  qy_status status = qy_sql_number(store->db, store->file, "PRAGMA freelist_count", &pages, err);
  if (status == QY_OK) status = qy_sql_number(store->db, store->file, "PRAGMA page_size", &size, err);
  *bytes = pages * size;
  return status;
}

qy_status qy_store_vacuum(qy_store *store, qy_error *err)
{
  assert(store);
  if (store->mode != QY_STORE_WRITE) return qy_fail(err, QY_INTERNAL, "%s: open for reading only", store->file);
  /* SQLite takes nothing but its own functions then, which older ones allow a trusted schema alone. */
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
  const qy_status status = qy_sql_run(store->db, store->file, "VACUUM", "write it anew without its free pages", err);
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  return status;
}
