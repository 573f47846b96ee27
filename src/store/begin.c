/* Beginning an experiment, or finding out that it was begun before. */
#include "axes_int.h"
#include "chunk.h"
#include "inputs.h"
#include "missing.h"
#include "quarry/alloc.h"
#include "quarry/sha256.h"
#include "quarry/text.h"
#include "quarry/version.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_empty(const char *text)
{
  return text ? text : "";
}

static void put_part(qy_text *out, const char *text)
{
  const size_t length = strlen(or_empty(text));
  qy_text_add(out, "%zu:", length);
  qy_text_put(out, or_empty(text), length);
}

/* The hash that names the experiment.  Each part goes in with its length in front, so that no two lists of parts look
 * the same. */
static qy_status identify(char hex[65], const qy_store_experiment *e, const char *version, qy_error *err)
{
  qy_text text = {0}, *out = &text;
  qy_text_add(out, "model %s seed %s points %lld inputs %d %d\n", version, or_empty(e->seed), (long long)e->points,
              e->technology_count, e->network_count);
  put_part(out, e->text);
  for (int i = 0; i < e->technology_count + e->network_count; i++) {
    const qy_store_input *in = i < e->technology_count ? &e->technology[i] : &e->network[i - e->technology_count];
    put_part(out, in->name);
    put_part(out, in->text);
  }
  for (int i = 0; i < e->device_count; i++) {
    qy_text_add(out, "device ");
    put_part(out, e->device[i].text);
  }
  for (int i = 0; i < e->noise_count; i++) {
    qy_text_add(out, "noise ");
    put_part(out, e->noise[i].name);
    qy_text_add(out, "%s", or_empty(e->noise[i].sha256));
  }
  for (int i = 0; i < e->table_count; i++) {
    qy_text_add(out, "table ");
    put_part(out, e->table[i].name);
    qy_text_add(out, "%s", or_empty(e->table[i].sha256));
  }
  const bool failed = text.failed;
  if (!failed) qy_sha256_text(hex, text.data, text.length);
  qy_text_free(&text);
  return failed ? qy_no_memory(err) : QY_OK;
}

/* A hash that does not belong to its text would make the provenance a lie: a precondition, checked where those are. */
static qy_status check_hash(const char *what, const char *text, const char *sha256, qy_error *err)
{
#ifdef NDEBUG
  (void)what, (void)text, (void)sha256, (void)err;
  return QY_OK;
#endif
  char hex[65];
  qy_sha256_text(hex, or_empty(text), strlen(or_empty(text)));
  if (strcmp(hex, or_empty(sha256)) == 0) return QY_OK;
  return qy_fail(err, QY_INTERNAL, "%s: expected the SHA-256 of its text, %s, found \"%s\"", what, hex,
                 or_empty(sha256));
}

static bool is_columns(const qy_store_experiment *e)
{
  return e->store && strcmp(e->store, "columns") == 0;
}

static qy_status check_experiment(const qy_store_experiment *e, qy_error *err)
{
  if (e->points < 1 || e->points >= (int64_t)1 << STORE_KEY_SHIFT)
    return qy_fail(err, QY_INTERNAL, "expected from 1 to 2^40 - 1 points, found %lld", (long long)e->points);
  if (e->batch_points < 1)
    return qy_fail(err, QY_INTERNAL, "expected at least 1 point in a batch, found %lld", (long long)e->batch_points);
  if ((e->points - 1) / e->batch_points >= QY_STORE_BATCHES_MOST)
    return qy_fail(err, QY_INTERNAL, "expected at most %d batches, found %lld points by %lld", QY_STORE_BATCHES_MOST,
                   (long long)e->points, (long long)e->batch_points);
  if (is_columns(e) && e->batch_points > QY_STORE_COLUMN_BATCH_MOST)
    return qy_fail(err, QY_INTERNAL, "expected at most %d points in a batch of columns, found %lld",
                   QY_STORE_COLUMN_BATCH_MOST, (long long)e->batch_points);
  qy_status status = check_hash(or_empty(e->file), e->text, e->sha256, err);
  for (int i = 0; i < e->technology_count && status == QY_OK; i++)
    status = check_hash(or_empty(e->technology[i].name), e->technology[i].text, e->technology[i].sha256, err);
  for (int i = 0; i < e->network_count && status == QY_OK; i++)
    status = check_hash(or_empty(e->network[i].name), e->network[i].text, e->network[i].sha256, err);
  for (int i = 0; i < e->device_count && status == QY_OK; i++)
    status = check_hash(or_empty(e->device[i].name), e->device[i].text, e->device[i].sha256, err);
  for (int i = 0; i < e->noise_count && status == QY_OK; i++)
    if (e->noise[i].text) status = check_hash(or_empty(e->noise[i].name), e->noise[i].text, e->noise[i].sha256, err);
  for (int i = 0; i < e->table_count && status == QY_OK; i++)
    if (e->table[i].text) status = check_hash(or_empty(e->table[i].name), e->table[i].text, e->table[i].sha256, err);
  return status;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
  sqlite3_bind_text(statement, at, or_empty(text), -1, SQLITE_STATIC);
}

static qy_status insert_experiment(qy_store *store, const qy_store_experiment *e, const char *identity,
                                   const char *version, const char *runner, int64_t *id, qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  qy_status status = qy_sql_prepare(
      store->db, store->file, &insert,
      "INSERT INTO experiment (name, question, file, text, sha256, identity, model_version, seed, command_line, "
      "objectives, definition, points, batch_points, status, started_utc, runner, store, program) VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?, ?, ?)",
      err);
  if (status != QY_OK) return status;
  const char *const text[] = {e->name,
                              e->question,
                              e->file,
                              e->text,
                              e->sha256,
                              identity,
                              version,
                              e->seed,
                              e->command_line,
                              e->objectives ? e->objectives : "[]",
                              e->definition ? e->definition : "{}"};
  int at = 1;
  for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
    bind_text(insert, at++, text[i]);
  sqlite3_bind_int64(insert, at++, e->points);
  sqlite3_bind_int64(insert, at++, e->batch_points);
  bind_text(insert, at++, runner);
  bind_text(insert, at++, e->store ? e->store : "all");
  bind_text(insert, at++, qy_program_version());
  status = qy_sql_step(store->db, store->file, insert, "begin the experiment", err);
  *id = sqlite3_last_insert_rowid(store->db);
  sqlite3_finalize(insert);
  return status;
}

/* Take over the mark and say so; the definition may be worded anew by a newer program. `runner` NULL: leave status. */
static qy_status continue_experiment(qy_store *store, const qy_store_experiment *e, int64_t id, const char *runner,
                                     qy_error *err)
{
  sqlite3_stmt *update = NULL;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &update,
                     runner ? "UPDATE experiment SET objectives = ?2, definition = ?3, batch_points = ?4, "
                              "points = ?6, runner = ?5, status = 'running', ended_utc = NULL, runs = runs + 1 "
                              "WHERE id = ?1"
                            : "UPDATE experiment SET objectives = ?2, definition = ?3 WHERE id = ?1 AND "
                              "(objectives <> ?2 OR definition <> ?3)",
                     err);
  if (status != QY_OK) return status;
  sqlite3_bind_int64(update, 1, id);
  bind_text(update, 2, e->objectives ? e->objectives : "[]");
  bind_text(update, 3, e->definition ? e->definition : "{}");
  if (runner) {
    sqlite3_bind_int64(update, 4, e->batch_points);
    bind_text(update, 5, runner);
    sqlite3_bind_int64(update, 6, e->points); /* another program may have changed it */
  }
  status = qy_sql_step(store->db, store->file, update, "continue the experiment", err);
  sqlite3_finalize(update);
  return status;
}

/* Points of batch b when batches have `size` points. */
static int64_t batch_end(int64_t batch, int64_t size, int64_t points)
{
  return batch >= points / size ? points : (batch + 1) * size;
}

/* The stored batches were `old` points long, now they are to be e->batch_points: mark the new batches that lie within
 * stored ones and drop the rows of all others. */
static qy_status regroup(qy_store *store, const qy_store_experiment *e, int64_t id, int64_t old, qy_error *err)
{
  static const char doing[] = "count its batches anew";
  sqlite3 *db = store->db;
  sqlite3_stmt *read = NULL, *erase = NULL, *unsure = NULL, *assigned = NULL, *chances = NULL, *mark = NULL,
               *forget = NULL;
  row_sums sums = {0};
  int64_t sum = 0;
  int64_t old_count = (e->points - 1) / old + 1, count = (e->points - 1) / e->batch_points + 1;
  unsigned char *have = qy_alloc((size_t)old_count, 1);
  if (!have) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  qy_status status = qy_sql_prepare(db, store->file, &read, "SELECT batch FROM batch WHERE experiment = ?", err);
  if (status == QY_OK) status = qy_sql_prepare(db, store->file, &forget, "DELETE FROM batch WHERE experiment = ?", err);
  if (status == QY_OK)
    status = qy_sql_prepare(db, store->file, &erase, "DELETE FROM result WHERE id >= ? AND id < ?", err);
  if (status == QY_OK)
    status = qy_sql_prepare(db, store->file, &unsure, "DELETE FROM interval WHERE id >= ? AND id < ?", err);
  if (status == QY_OK)
    status = qy_sql_prepare(db, store->file, &assigned, "DELETE FROM assignment WHERE point >= ? AND point < ?", err);
  if (status == QY_OK)
    status = qy_sql_prepare(db, store->file, &chances, "DELETE FROM front_chance WHERE point >= ? AND point < ?", err);
  if (status == QY_OK)
    status =
        qy_sql_prepare(db, store->file, &mark,
                       "INSERT INTO batch (experiment, batch, rows, intervals, assignments, sum) SELECT ?1, ?2, "
                       "count(*), (SELECT count(*) FROM interval WHERE id >= ?3 AND id < ?4), (SELECT count(*) FROM "
                       "assignment WHERE point >= ?3 AND point < ?4), ?5 FROM result WHERE id >= ?3 AND id < ?4",
                       err);
  if (status == QY_OK) status = row_sums_open(&sums, db, store->file, err);
  if (status != QY_OK) goto out;
  sqlite3_bind_int64(read, 1, id);
  while (sqlite3_step(read) == SQLITE_ROW) {
    int64_t b = sqlite3_column_int64(read, 0);
    if (b >= 0 && b < old_count) have[b] = 1;
  }
  sqlite3_bind_int64(chances, 1, id << STORE_KEY_SHIFT); /* they are counted again at the end */
  sqlite3_bind_int64(chances, 2, (id + 1) << STORE_KEY_SHIFT);
  status = qy_sql_step(db, store->file, chances, doing, err);
  if (status != QY_OK) goto out;
  sqlite3_bind_int64(forget, 1, id);
  status = qy_sql_step(db, store->file, forget, doing, err);
  for (int64_t b = 0; b < count && status == QY_OK; b++) {
    int64_t first = b * e->batch_points, end = batch_end(b, e->batch_points, e->points);
    int whole = 1, any = 0;
    for (int64_t o = first / old; o <= (end - 1) / old; o++) {
      whole &= have[o];
      any |= have[o];
    }
    if (!any) continue;
    const int64_t from = (id << STORE_KEY_SHIFT) + first, to = (id << STORE_KEY_SHIFT) + end;
    if (whole) {
      sqlite3_bind_int64(mark, 1, id);
      sqlite3_bind_int64(mark, 2, b);
      sqlite3_bind_int64(mark, 3, from);
      sqlite3_bind_int64(mark, 4, to);
      status = row_sums_of(&sum, &sums, id, first, end, err);
      if (status != QY_OK) break;
      sqlite3_bind_int64(mark, 5, sum);
      status = qy_sql_step(db, store->file, mark, doing, err);
      continue;
    }
    sqlite3_stmt *const todo[] = {assigned, erase, unsure}; /* assignments refer to results: they go first */
    for (size_t t = 0; t < sizeof todo / sizeof *todo && status == QY_OK; t++) {
      sqlite3_bind_int64(todo[t], 1, from);
      sqlite3_bind_int64(todo[t], 2, to);
      status = qy_sql_step(db, store->file, todo[t], doing, err);
    }
  }
out:
  status = qy_sql_end(status, db, store->file, read, err);
  sqlite3_finalize(forget);
  sqlite3_finalize(erase);
  sqlite3_finalize(unsure);
  sqlite3_finalize(assigned);
  sqlite3_finalize(chances);
  sqlite3_finalize(mark);
  row_sums_close(&sums);
  free(have);
  return status;
}

/* Chunks of columns are of whole batches: where these change, all begins anew. */
static qy_status drop_batches(qy_store *store, int64_t id, qy_error *err)
{
  char *sql = sqlite3_mprintf("DELETE FROM front_chance WHERE point >= %lld << 40 AND point < (%lld + 1) << 40;"
                              "DELETE FROM assignment WHERE point >= %lld << 40 AND point < (%lld + 1) << 40;"
                              "DELETE FROM interval WHERE id >= %lld << 40 AND id < (%lld + 1) << 40;"
                              "DELETE FROM result WHERE id >= %lld << 40 AND id < (%lld + 1) << 40;"
                              "DELETE FROM result_chunk WHERE id >= %lld << 40 AND id < (%lld + 1) << 40;"
                              "DELETE FROM batch WHERE experiment = %lld",
                              (long long)id, (long long)id, (long long)id, (long long)id, (long long)id, (long long)id,
                              (long long)id, (long long)id, (long long)id, (long long)id, (long long)id);
  const qy_status status =
      sql ? qy_sql_run(store->db, store->file, sql, "count its batches anew", err) : qy_no_memory(err);
  sqlite3_free(sql);
  return status;
}

static qy_status load_batches(qy_store *store, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read, "SELECT batch FROM batch WHERE experiment = ?", err);
  if (status != QY_OK) return status;
  sqlite3_bind_int64(read, 1, store->experiment);
  int code;
  while ((code = sqlite3_step(read)) == SQLITE_ROW) {
    int64_t b = sqlite3_column_int64(read, 0);
    if (b >= 0 && b < store->batch_count) store->stored[b] = 1;
  }
  if (code != SQLITE_DONE) status = qy_sql_fail(store->db, store->file, code, "read the stored batches", err);
  return qy_sql_end(status, store->db, store->file, read, err);
}

/* Look for the experiment; *id stays 0 when it is new. */
static qy_status find(qy_store *store, const char *identity, int64_t *id, int *complete, int64_t *batch_points,
                      char runner[STORE_RUNNER_SIZE], qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &read,
                     "SELECT id, status = 'complete', batch_points, runner FROM experiment WHERE identity = ?", err);
  if (status != QY_OK) return status;
  bind_text(read, 1, identity);
  int code = sqlite3_step(read);
  if (code == SQLITE_ROW) {
    const char *mark = (const char *)sqlite3_column_text(read, 3);
    *id = sqlite3_column_int64(read, 0);
    *complete = sqlite3_column_int(read, 1);
    *batch_points = sqlite3_column_int64(read, 2);
    strncpy(runner, or_empty(mark), STORE_RUNNER_SIZE - 1);
  } else if (code != SQLITE_DONE) {
    status = qy_sql_fail(store->db, store->file, code, "look for the experiment", err);
  }
  return qy_sql_end(status, store->db, store->file, read, err);
}

/* What a complete experiment lacks, beside the links that it lacked; *done 0: some of it must be computed again. */
static qy_status find_missing(qy_store *store, int64_t id, const char *lacking, int *done, qy_error *err)
{
  qy_status status = missing_find(store->missing, store, id, true, err);
  if (status != QY_OK) return status;
  *done = !*store->missing;
  const size_t used = strlen(store->missing);
  if (*lacking) qy_append(store->missing, STORE_MISSING, used, "%s%s", used ? ", " : "", lacking);
  return *done ? missing_uncounted(store, id, err) : missing_drop(store, id, err);
}

/* Views show points before the run ends, where there are batches to show; the views of an older run must not stay. */
static qy_status views_at_begin(qy_store *store, const qy_store_experiment *e, int64_t id, bool is_new, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  bool alone = false;
  if (is_new && store->batch_count == 1) {
    qy_status status = qy_sql_prepare(store->db, store->file, &read,
                                      "SELECT NOT EXISTS (SELECT 1 FROM experiment WHERE name = ? AND id <> ?)", err);
    if (status != QY_OK) return status;
    sqlite3_bind_text(read, 1, or_empty(e->name), -1, SQLITE_STATIC);
    sqlite3_bind_int64(read, 2, id);
    alone = sqlite3_step(read) == SQLITE_ROW && sqlite3_column_int(read, 0);
    status = qy_sql_end(QY_OK, store->db, store->file, read, err);
    if (status != QY_OK) return status;
  }
  return alone ? QY_OK : views_of(store, id, err);
}

qy_status qy_store_begin(qy_store *store, const qy_store_experiment *e, int64_t *id, int *complete, qy_error *err)
{
  assert(store && e && id && complete);
  const char *version = e->model_version ? e->model_version : TEXT(QY_MODEL_VERSION);
  char identity[65], mark[STORE_RUNNER_SIZE], other[STORE_RUNNER_SIZE] = "", host[64] = "", lacking[STORE_MISSING];
  int64_t found = 0, old_points = 0;
  long pid = 0;
  int done = 0;
  *id = 0;
  *complete = 0;
  if (store->mode != QY_STORE_WRITE) return qy_fail(err, QY_INTERNAL, "%s: open for reading only", store->file);
  qy_status status = check_experiment(e, err);
  if (status == QY_OK && store->running) status = qy_store_abandon(store, "interrupted", err);
  if (status != QY_OK) return status;
  qy_store_forget(store);
  qy_store_forget_reasons(store); /* another process may have deleted them with the experiments that had them */
  status = identify(identity, e, version, err);
  if (status != QY_OK) return status;
  status = store_detail_forget(&store->detail, store->db, store->file, err); /* of another experiment */
  if (status != QY_OK) return status;
  qy_store_runner_mark(mark);

  store->technology = qy_alloc((size_t)e->technology_count, sizeof *store->technology);
  store->network = qy_alloc((size_t)e->network_count, sizeof *store->network);
  store->precision = qy_alloc((size_t)e->precision_count, sizeof *store->precision);
  if (!store->technology || !store->network || !store->precision) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory");
    goto out;
  }
  status = store_transaction(store, "begin the experiment", err);
  if (status == QY_OK) status = find(store, identity, &found, &done, &old_points, other, err);
  if (status != QY_OK) goto out;
  const bool is_new = !found;
  if (found && !done && qy_store_runner_lives(other, &pid, host)) {
    status = qy_fail(err, QY_SYSTEM,
                     "%s: experiment \"%s\" is being run by process %ld on %s; wait until it ends, or stop it and run "
                     "again to continue",
                     store->file, or_empty(e->name), pid, host);
    goto out;
  }
  status = inputs_store(store, e, err);
  if (status == QY_OK && !found) {
    status = insert_experiment(store, e, identity, version, mark, &found, err);
    if (status == QY_OK) status = inputs_link(store, e, found, lacking, err);
  } else if (status == QY_OK) {
    status = inputs_link(store, e, found, lacking, err);
    if (status == QY_OK && done) status = find_missing(store, found, lacking, &done, err);
    if (status == QY_OK && !done && old_points != e->batch_points)
      status = is_columns(e) ? drop_batches(store, found, err) : regroup(store, e, found, old_points, err);
    if (status == QY_OK) status = continue_experiment(store, e, found, done ? NULL : mark, err);
  }
  if (status == QY_OK) status = axes_begin(store, e, found, err);
  if (status != QY_OK) goto out;

  store->experiment = found;
  store->points = e->points;
  store->batch_points = done ? old_points : e->batch_points;
  store->batch_count = (e->points - 1) / store->batch_points + 1;
  store->technology_count = e->technology_count;
  store->network_count = e->network_count;
  store->precision_count = e->precision_count;
  store->stored = qy_alloc((size_t)store->batch_count, 1);
  status = store->stored ? load_batches(store, err) : qy_fail(err, QY_NO_MEMORY, "out of memory");
  if (status == QY_OK &&
      qy_store_best_start(&store->best, e->technology_count, e->network_count, e->precision_count) != 0)
    status = qy_fail(err, QY_NO_MEMORY, "out of memory");
  store->in_columns = is_columns(e);
  if (status == QY_OK && store->in_columns) status = chunk_begin(store, err);
  const bool any = status == QY_OK && memchr(store->stored, 1, (size_t)store->batch_count);
  if (status == QY_OK && !done && any)
    status = store->in_columns ? chunk_best_read(store, err) : qy_store_best_read(store, err);
  store->seen_all = status == QY_OK && !done && !any;
  if (status == QY_OK && (!done || e->axis_count)) status = views_at_begin(store, e, found, is_new, err);
  if (status == QY_OK) status = store_commit(store, "begin the experiment", err);
out:
  if (status != QY_OK) {
    qy_sql_rollback(store->db);
    qy_store_forget(store);
    return status;
  }
  memcpy(store->runner, mark, sizeof mark);
  store->running = !done;
  *id = found;
  *complete = done;
  return QY_OK;
}

const char *qy_store_missing(const qy_store *store)
{
  assert(store);
  return store->missing;
}

int qy_store_has_batch(const qy_store *store, int64_t batch)
{
  assert(store);
  return store->experiment != 0 && batch >= 0 && batch < store->batch_count && store->stored[batch];
}
