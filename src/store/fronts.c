/* Fronts as rows: see fronts.h. */
#include "fronts.h"

#include "sql.h"
#include "store_int.h"

static const char doing[] = "store the fronts";

/* Rows of one statement: a call for each row takes as long as the row. */
enum { ROWS = 64 };

/* Points of a front: many at a time, and those that are left one by one. */
typedef struct inserting {
  sqlite3_stmt *many, *one;
} inserting;

static qy_status prepare(inserting *out, qy_store *store, qy_error *err)
{
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendall(sql, "INSERT INTO front (point, front_group) VALUES (?2, ?1)");
  for (int i = 1; i < ROWS; i++)
    sqlite3_str_appendf(sql, ", (?%d, ?1)", i + 2);
  char *text = sqlite3_str_finish(sql);
  qy_status status = text ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_sql_prepare(store->db, store->file, &out->many, text, err);
  if (!status)
    status = qy_sql_prepare(store->db, store->file, &out->one, "INSERT INTO front (point, front_group) VALUES (?2, ?1)",
                            err);
  sqlite3_free(text);
  return status;
}

static qy_status insert(qy_store *store, const inserting *in, int64_t group, const qy_store_front *front, qy_error *err)
{
  qy_status status = QY_OK;
  for (int64_t i = 0, rows; i < front->count && !status; i += rows) {
    rows = front->count - i < ROWS ? 1 : ROWS;
    sqlite3_stmt *statement = rows > 1 ? in->many : in->one;
    sqlite3_bind_int64(statement, 1, group);
    for (int64_t k = 0; k < rows; k++)
      sqlite3_bind_int64(statement, (int)k + 2, store->experiment << STORE_KEY_SHIFT | front->points[i + k]);
    status = qy_sql_step(store->db, store->file, statement, doing, err);
  }
  return status;
}

/* By the points, as another program may have removed groups alone. */
static qy_status erase(qy_store *store, qy_error *err)
{
  char *sql = sqlite3_mprintf("DELETE FROM front WHERE point >= %lld << 40 AND point < (%lld + 1) << 40; "
                              "DELETE FROM front_group WHERE experiment = %lld",
                              (long long)store->experiment, (long long)store->experiment, (long long)store->experiment);
  const qy_status status = sql ? qy_sql_run(store->db, store->file, sql, doing, err) : qy_no_memory(err);
  sqlite3_free(sql);
  return status;
}

qy_status store_fronts_replace(qy_store *store, const qy_store_front *fronts, int front_count, qy_error *err)
{
  sqlite3_stmt *group = NULL;
  inserting in = {NULL, NULL};
  qy_status status = erase(store, err);
  if (!status)
    status =
        qy_sql_prepare(store->db, store->file, &group, "INSERT INTO front_group (experiment, name) VALUES (?, ?)", err);
  if (!status) status = prepare(&in, store, err);
  for (int f = 0; f < front_count && !status; f++) {
    sqlite3_bind_int64(group, 1, store->experiment);
    sqlite3_bind_text(group, 2, fronts[f].group, -1, SQLITE_STATIC);
    status = qy_sql_step(store->db, store->file, group, doing, err);
    if (!status) status = insert(store, &in, sqlite3_last_insert_rowid(store->db), &fronts[f], err);
  }
  sqlite3_finalize(group);
  sqlite3_finalize(in.many);
  sqlite3_finalize(in.one);
  return status;
}
