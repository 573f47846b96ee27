/* Parts of an experiment put together: see quarry/store_merge.h. */
#include "merge_int.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "schema.h"
#include "sql.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char reading[] = "read the part";
enum { SHARE_PART = -1, RANGE_PART = -2 }; /* of sweep_state */

static const struct {
  const char *sql, *what;
} fact[PARTS_FACTS] = {
    {"e.sha256", "the text"},
    {"e.model_version", "the version of the models"},
    {"e.seed", "the seed"},
    {"e.store", "what is stored"},
    {"e.batch_points", "the points of a batch"},
    {"(SELECT group_concat(x, ', ') FROM (SELECT t.name || ' ' || t.sha256 AS x FROM experiment_technology i JOIN "
     "technology t ON t.id = i.technology WHERE i.experiment = e.id UNION ALL SELECT t.name || ' ' || t.sha256 FROM "
     "experiment_network i JOIN network t ON t.id = i.network WHERE i.experiment = e.id UNION ALL SELECT t.name || ' ' "
     "|| t.sha256 FROM experiment_device i JOIN device t ON t.id = i.device WHERE i.experiment = e.id UNION ALL SELECT "
     "t.name || ' ' || t.sha256 FROM experiment_noise_file i JOIN noise_file t ON t.id = i.noise_file WHERE "
     "i.experiment = e.id UNION ALL SELECT t.name || ' ' || t.sha256 FROM experiment_table_file i JOIN table_file t ON "
     "t.id = i.table_file WHERE i.experiment = e.id))",
     "the inputs"},
    {"e.identity", "the inputs"},
};

qy_status parts_blame(const part *p, qy_status status, qy_error *err)
{
  if (status != QY_SYSTEM && status != QY_BAD_INPUT) return status;
  char said[sizeof err->diagnostic[0].text];
  snprintf(said, sizeof said, "%s", err->count ? err->diagnostic[0].text : "cannot be read");
  qy_error_clear(err);
  const size_t length = strlen(p->file);
  const char *rest =
      strncmp(said, p->file, length) == 0 && strncmp(said + length, ": ", 2) == 0 ? said + length + 2 : said;
  return qy_fail(err, QY_BAD_INPUT, "%s: %s", p->file, rest);
}

/* ---- looking at them ---- */

static const char *text_of(qy_arena *arena, sqlite3_stmt *read, int column)
{
  const char *text = (const char *)sqlite3_column_text(read, column);
  if (!text && sqlite3_errcode(sqlite3_db_handle(read)) == SQLITE_NOMEM) return NULL;
  return qy_arena_text(arena, text ? text : "", text ? strlen(text) : 0);
}

static qy_status read_facts(qy_parts *parts, part *p, qy_store *store, qy_error *err)
{
  qy_text sql = {0};
  sqlite3_stmt *read = NULL;
  int64_t count = 0;
  qy_status status = qy_sql_number(store->db, store->file, "SELECT count(*) FROM experiment", &count, err);
  if (!status && count != 1)
    status = qy_fail(err, QY_BAD_INPUT, "expected a part of one experiment, found %" PRId64 " experiments", count);
  qy_text_add(&sql, "SELECT e.id, e.file, e.text, e.points, e.batch_points");
  for (int f = 0; f < PARTS_FACTS; f++)
    qy_text_add(&sql, ", %s", fact[f].sql);
  qy_text_add(&sql, " FROM experiment e");
  if (!status) status = sql.failed ? qy_no_memory(err) : qy_sql_prepare(store->db, store->file, &read, sql.data, err);
  if (!status && sqlite3_step(read) != SQLITE_ROW)
    status = qy_sql_fail(store->db, store->file, sqlite3_errcode(store->db), reading, err);
  if (!status) {
    int at = 0;
    p->id = sqlite3_column_int64(read, at++);
    const char *file = text_of(parts->arena, read, at++), *text = text_of(parts->arena, read, at++);
    const int64_t points = sqlite3_column_int64(read, at++), batch_points = sqlite3_column_int64(read, at++);
    bool failed = !file || !text;
    for (int f = 0; f < PARTS_FACTS; f++)
      failed |= !(p->fact[f] = text_of(parts->arena, read, at++));
    if (failed) status = qy_no_memory(err);
    if (!status && (points < 1 || batch_points < 1)) status = qy_fail(err, QY_BAD_INPUT, "the database is damaged");
    if (!status && p == parts->part) {
      parts->file = file;
      parts->text = text;
      parts->points = points;
      parts->batch_points = batch_points;
    }
  }
  sqlite3_finalize(read);
  qy_text_free(&sql);
  return status;
}

static qy_status compare(const qy_parts *parts, const part *p, qy_error *err)
{
  const part *first = parts->part;
  for (int f = 0; f < PARTS_FACTS; f++)
    if (strcmp(first->fact[f], p->fact[f]) != 0) {
      const bool is_short = f != PARTS_OF_TEXT && f != PARTS_OF_INPUTS && f != PARTS_OF_IDENTITY;
      return qy_fail(err, QY_BAD_INPUT, "expected a part of the experiment of %s, found one that differs in %s%s%s%s%s",
                     first->file, fact[f].what, is_short ? ": " : "", is_short ? first->fact[f] : "",
                     is_short ? " there, " : "", is_short ? p->fact[f] : "");
    }
  return QY_OK;
}

static qy_status read_batches(qy_parts *parts, part *p, qy_store *store, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  int code = SQLITE_DONE;
  qy_status status = qy_sql_prepare(store->db, store->file, &read, "SELECT batch FROM batch WHERE experiment = ?", err);
  if (!status) sqlite3_bind_int64(read, 1, p->id);
  while (!status && (code = sqlite3_step(read)) == SQLITE_ROW) {
    const int64_t b = sqlite3_column_int64(read, 0);
    if (b < 0 || b >= parts->batch_count)
      status =
          qy_fail(err, QY_BAD_INPUT, "the database is damaged: batch %" PRId64 " of %" PRId64, b, parts->batch_count);
    else if (parts->owner[b] >= 0)
      status = qy_fail(err, QY_BAD_INPUT, "expected batches that no other part has, found batch %" PRId64 " of %s", b,
                       parts->part[parts->owner[b]].file);
    else
      parts->owner[b] = (int32_t)(p - parts->part);
    p->batches++;
  }
  if (!status && code != SQLITE_DONE) status = qy_sql_fail(store->db, store->file, code, reading, err);
  return qy_sql_end(status, store->db, store->file, read, err);
}

/* A note: "" where there is none. */
static qy_status read_note(char text[PARTS_SHARE_TEXT], const part *p, int number, qy_store *store, qy_error *err)
{
  text[0] = '\0';
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read,
                                    "SELECT state FROM sweep_state WHERE experiment = ? AND part = ?", err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, p->id);
  sqlite3_bind_int(read, 2, number);
  if (sqlite3_step(read) == SQLITE_ROW) {
    const char *state = sqlite3_column_blob(read, 0);
    snprintf(text, PARTS_SHARE_TEXT, "%.*s", sqlite3_column_bytes(read, 0), state ? state : "");
  }
  return qy_sql_end(QY_OK, store->db, store->file, read, err);
}

static qy_status read_share(part *p, qy_store *store, qy_error *err)
{
  char text[PARTS_SHARE_TEXT];
  qy_status status = read_note(p->share, p, SHARE_PART, store, err);
  if (!status) status = read_note(text, p, RANGE_PART, store, err);
  if (!status && sscanf(text, "%" SCNd64 " %" SCNd64, &p->first, &p->end) != 2) p->first = -1;
  return status;
}

static qy_status check_version(const qy_store *store, qy_error *err)
{
  int64_t version = 0;
  const qy_status status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  if (status || version == STORE_VERSION) return status;
  return qy_fail(err, QY_BAD_INPUT, "expected a part of schema version %d, found %" PRId64 ": run it again",
                 STORE_VERSION, version);
}

static qy_status look_at(qy_parts *parts, part *p, qy_error *err)
{
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, p->file, QY_STORE_READ, err);
  if (!status) status = check_version(store, err);
  if (!status) status = read_facts(parts, p, store, err);
  if (!status && p == parts->part) {
    parts->batch_count = (parts->points - 1) / parts->batch_points + 1;
    parts->owner = qy_arena_alloc(parts->arena, (size_t)parts->batch_count, sizeof *parts->owner);
    if (!parts->owner) status = qy_no_memory(err);
    for (int64_t b = 0; !status && b < parts->batch_count; b++)
      parts->owner[b] = -1;
  }
  if (!status) status = compare(parts, p, err);
  if (!status) status = read_batches(parts, p, store, err);
  if (!status) status = read_share(p, store, err);
  qy_store_close(store);
  return parts_blame(p, status, err);
}

static int by_range(const void *left, const void *right)
{
  const part *const *a = left, *const *b = right;
  if ((*a)->first != (*b)->first) return (*a)->first < (*b)->first ? -1 : 1;
  return ((*a)->end > (*b)->end) - ((*a)->end < (*b)->end);
}

/* Where few points are stored, shares are ranges of points: each point is to be in one. */
static qy_status check_ranges(const qy_parts *parts, qy_error *err)
{
  const char *stored = parts->part->fact[PARTS_OF_STORE];
  const part **order = qy_arena_alloc(parts->arena, (size_t)parts->count, sizeof *order);
  int64_t end = 0;
  if (!order) return qy_no_memory(err);
  if (strcmp(stored, "front") != 0 && strcmp(stored, "summary") != 0) return QY_OK;
  for (int i = 0; i < parts->count; i++) {
    order[i] = &parts->part[i];
    if (order[i]->first < 0)
      return qy_fail(err, QY_BAD_INPUT, "%s: expected a share that was run to its end; run it again, and it goes on",
                     order[i]->file);
  }
  qsort(order, (size_t)parts->count, sizeof *order, by_range);
  for (int i = 0; i <= parts->count; i++) {
    const int64_t first = i < parts->count ? order[i]->first : parts->points;
    if (first < end)
      return qy_fail(err, QY_BAD_INPUT, "%s: expected points that no other part has, found point %" PRId64 " of %s",
                     order[i]->file, first, order[i - 1]->file);
    if (first > end)
      return qy_fail(err, QY_BAD_INPUT, "expected all %" PRId64 " points in the parts, missed %" PRId64 "-%" PRId64,
                     parts->points, end, first - 1);
    if (i < parts->count) end = order[i]->end;
  }
  return QY_OK;
}

qy_status qy_parts_open(qy_parts **out, const char *const *files, int count, qy_error *err)
{
  assert(out && files && count > 0);
  qy_parts *parts = qy_alloc(1, sizeof *parts);
  *out = parts;
  if (!parts || !(parts->arena = qy_arena_new()) ||
      !(parts->part = qy_arena_alloc(parts->arena, (size_t)count, sizeof *parts->part))) {
    qy_parts_free(parts);
    *out = NULL;
    return qy_no_memory(err);
  }
  parts->count = count;
  qy_status status = QY_OK;
  for (int i = 0; i < count && !status; i++) {
    parts->part[i].file = files[i];
    status = look_at(parts, &parts->part[i], err);
  }
  if (!status) status = check_ranges(parts, err);
  if (!status) return QY_OK;
  qy_parts_free(parts);
  *out = NULL;
  return status;
}

void qy_parts_free(qy_parts *parts)
{
  if (!parts) return;
  qy_arena_free(parts->arena);
  free(parts);
}

int qy_parts_count(const qy_parts *parts)
{
  return parts->count;
}

const char *qy_parts_name(const qy_parts *parts, int i)
{
  assert(i >= 0 && i < parts->count);
  return parts->part[i].file;
}

void qy_parts_range(const qy_parts *parts, int i, int64_t *first, int64_t *end)
{
  assert(i >= 0 && i < parts->count && parts->part[i].first >= 0);
  *first = parts->part[i].first;
  *end = parts->part[i].end;
}

qy_status qy_parts_state(const qy_parts *parts, int i, qy_store_part_visit *visit, void *ctx, qy_error *err)
{
  assert(i >= 0 && i < parts->count && visit);
  qy_store *store = NULL;
  const part *p = &parts->part[i];
  qy_status status = qy_store_open(&store, p->file, QY_STORE_READ, err);
  if (!status) status = store_state_read(store, p->id, visit, ctx, err);
  qy_store_close(store);
  return parts_blame(p, status, err);
}

const char *qy_parts_file(const qy_parts *parts)
{
  return parts->file;
}

const char *qy_parts_text(const qy_parts *parts)
{
  return parts->text;
}

/* ---- merging ---- */

static qy_status check_identity(const qy_parts *parts, qy_store *store, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &read, "SELECT identity = ?2 FROM experiment WHERE id = ?1", err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, store->experiment);
  sqlite3_bind_text(read, 2, parts->part->fact[PARTS_OF_IDENTITY], -1, SQLITE_STATIC);
  const int code = sqlite3_step(read);
  const bool same = code == SQLITE_ROW && sqlite3_column_int(read, 0);
  sqlite3_finalize(read);
  if (code == SQLITE_NOMEM) return qy_no_memory(err);
  if (same && store->batch_points == parts->batch_points) return QY_OK;
  return qy_fail(
      err, QY_BAD_INPUT,
      "%s: expected the inputs and models that are at hand, found a part made with others (--db-dir says where "
      "libraries and networks are looked up)",
      parts->part->file);
}

qy_status qy_parts_merge(const qy_parts *parts, qy_store *store, const qy_store_experiment *e, int64_t *id,
                         int *complete, qy_error *err)
{
  assert(parts && store && e && id && complete);
  static const char doing[] = "merge the parts";
  qy_status status = qy_sql_run(store->db, store->file, "BEGIN IMMEDIATE", doing, err);
  store->held = !status;
  if (!status) status = qy_store_begin(store, e, id, complete, err);
  if (!status) status = check_identity(parts, store, err);
  if (!status && !*complete) status = parts_copy(parts, store, e, err);
  store->held = false;
  if (!status) status = qy_sql_run(store->db, store->file, "COMMIT", doing, err);
  if (status) {
    qy_sql_rollback(store->db);
    qy_store_forget(store);
    qy_store_forget_reasons(store);
    *id = 0;
  }
  parts_detach(store);
  return status;
}

/* ---- shares ---- */

qy_status qy_store_share(qy_store *store, qy_error *err)
{
  char text[PARTS_SHARE_TEXT];
  int64_t count = 0;
  for (int64_t b = 0; b < store->batch_count; b++)
    count += store->stored[b];
  const int length = snprintf(text, sizeof text, "%" PRId64, count);
  return qy_store_state_write(store, &(qy_store_part){SHARE_PART, text, (size_t)length}, 1, err);
}

qy_status qy_store_share_range(qy_store *store, int64_t first, int64_t end, qy_error *err)
{
  char text[PARTS_SHARE_TEXT];
  const int length = snprintf(text, sizeof text, "%" PRId64 " %" PRId64, first, end);
  return qy_store_state_write(store, &(qy_store_part){RANGE_PART, text, (size_t)length}, 1, err);
}

/* Are the front probabilities of the part those among all batches that it has?  Batches only become more. */
static bool is_share(const part *p)
{
  return p->batches == 0 || (p->share[0] && strtoll(p->share, NULL, 10) == p->batches);
}

static qy_status read_drawn(void **points, size_t *count, size_t *room, const part *p, qy_error *err)
{
  qy_store *store = NULL;
  sqlite3_stmt *read = NULL;
  int code = SQLITE_DONE;
  qy_status status = qy_store_open(&store, p->file, QY_STORE_READ, err);
  if (!status)
    status = qy_sql_prepare(store->db, store->file, &read, "SELECT point & 0xffffffffff FROM front_chance", err);
  while (!status && (code = sqlite3_step(read)) == SQLITE_ROW) {
    if (qy_grow(points, room, *count + 1, sizeof(int64_t)))
      status = qy_no_memory(err);
    else
      ((int64_t *)*points)[(*count)++] = sqlite3_column_int64(read, 0);
  }
  if (!status && code != SQLITE_DONE) status = qy_sql_fail(store->db, store->file, code, reading, err);
  sqlite3_finalize(read);
  qy_store_close(store);
  return parts_blame(p, status, err);
}

static int by_number(const void *left, const void *right)
{
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

qy_status qy_parts_drawn(bool *known, int64_t **points, size_t *count, const qy_parts *parts, qy_error *err)
{
  assert(known && points && count && parts);
  void *found = NULL;
  size_t room = 0;
  qy_status status = QY_OK;
  *known = true;
  *points = NULL;
  *count = 0;
  for (int64_t b = 0; b < parts->batch_count; b++)
    *known = *known && parts->owner[b] >= 0;
  for (int i = 0; i < parts->count && *known; i++)
    *known = is_share(&parts->part[i]);
  for (int i = 0; i < parts->count && *known && !status; i++) {
    const size_t before = *count;
    status = read_drawn(&found, count, &room, &parts->part[i], err);
    /* In each draw some point is on a front.  A part without any has no feasible point, or was gone on with when
     * another database had its batches too: then nobody knows. */
    *known = *count > before || parts->part[i].batches == 0;
  }
  if (!status && *count) qsort(found, *count, sizeof **points, by_number);
  if (status || !*known) {
    free(found);
    *count = 0;
    return status;
  }
  *points = found;
  return QY_OK;
}
