/* Layers and members of points: see detail.h.
 *
 * Those of all points are written with their batch.  Those of the points on fronts are known at the end only: they wait
 * in temporary tables of the same columns, so that however many there are, they take no memory, and nothing of them is
 * in the database before the fronts are.
 */
#include "detail.h"

#include "sql.h"

#include <assert.h>
#include <math.h>

static const char doing[] = "store layers and members of points";

/* Columns before the metrics, in the order in which they are bound. */
static const char layer_columns[] =
    "point, position, member, layer, type, bound_by, weight_bits, activation_bits, sum_bits, bias_bits, "
    "accumulator_bits";
static const char member_columns[] = "point, position, member, accelerator, layers";

static qy_status prepare(sqlite3_stmt **out, sqlite3 *db, const char *file, const char *schema, const char *table,
                         const char *columns, bool (*has)(int), qy_error *err)
{
  int count = 1;
  if (*out) return QY_OK;
  sqlite3_str *sql = sqlite3_str_new(db);
  sqlite3_str_appendf(sql, "INSERT INTO %s.%s (%s", schema, table, columns);
  for (const char *c = columns; *c; c++)
    count += *c == ',';
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    if (!has(m)) continue;
    sqlite3_str_appendf(sql, ", %s", qy_metric_table()[m].name);
    count++;
  }
  sqlite3_str_appendall(sql, ") VALUES (?");
  for (int i = 1; i < count; i++)
    sqlite3_str_appendall(sql, ", ?");
  sqlite3_str_appendall(sql, ")");
  char *text = sqlite3_str_finish(sql);
  qy_status status = text ? qy_sql_prepare(db, file, out, text, err) : qy_no_memory(err);
  sqlite3_free(text);
  return status;
}

static qy_status make_waiting(store_detail *detail, sqlite3 *db, const char *file, qy_error *err)
{
  if (detail->waiting) return QY_OK;
  qy_status status = qy_sql_run(db, file,
                                "CREATE TEMP TABLE waiting_layer AS SELECT * FROM layer_result WHERE 0;"
                                "CREATE TEMP TABLE waiting_member AS SELECT * FROM member_result WHERE 0",
                                doing, err);
  detail->waiting = !status;
  return status;
}

static void bind_metrics(sqlite3_stmt *insert, int at, const double *metric, bool (*has)(int))
{
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    if (!has(m)) continue;
    if (isfinite(metric[m]))
      sqlite3_bind_double(insert, at++, metric[m]);
    else
      sqlite3_bind_null(insert, at++);
  }
}

/* 0: there are none. */
static void bind_bits(sqlite3_stmt *insert, int at, int bits)
{
  if (bits > 0)
    sqlite3_bind_int(insert, at, bits);
  else
    sqlite3_bind_null(insert, at);
}

static qy_status write_layer(sqlite3_stmt *insert, sqlite3 *db, const char *file, int64_t key, const qy_store_layer *l,
                             qy_error *err)
{
  int at = 1;
  sqlite3_bind_int64(insert, at++, key);
  sqlite3_bind_int(insert, at++, l->place);
  sqlite3_bind_text(insert, at++, l->member, -1, SQLITE_STATIC); /* NULL: NULL */
  sqlite3_bind_text(insert, at++, l->layer, -1, SQLITE_STATIC);
  sqlite3_bind_text(insert, at++, l->type, -1, SQLITE_STATIC);
  sqlite3_bind_text(insert, at++, l->bound_by, -1, SQLITE_STATIC);
  bind_bits(insert, at++, l->weight_bits);
  bind_bits(insert, at++, l->activation_bits);
  bind_bits(insert, at++, l->sum_bits);
  bind_bits(insert, at++, l->bias_bits);
  bind_bits(insert, at++, l->accumulator_bits);
  bind_metrics(insert, at, l->metric, qy_metric_of_layer);
  return qy_sql_step(db, file, insert, doing, err);
}

static qy_status write_member(sqlite3_stmt *insert, sqlite3 *db, const char *file, int64_t key,
                              const qy_store_member *m, qy_error *err)
{
  int at = 1;
  sqlite3_bind_int64(insert, at++, key);
  sqlite3_bind_int(insert, at++, m->place);
  sqlite3_bind_text(insert, at++, m->member, -1, SQLITE_STATIC);
  sqlite3_bind_text(insert, at++, m->accelerator, -1, SQLITE_STATIC);
  sqlite3_bind_int(insert, at++, m->layers);
  bind_metrics(insert, at, m->metric, qy_metric_of_member);
  return qy_sql_step(db, file, insert, doing, err);
}

qy_status store_detail_write(store_detail *detail, sqlite3 *db, const char *file, int64_t key, int wait,
                             const qy_store_detail *rows, qy_error *err)
{
  assert(wait == 0 || wait == 1);
  sqlite3_stmt **layer = &detail->layer[wait], **member = &detail->member[wait];
  const char *schema = wait ? "temp" : "main";
  qy_status status = wait ? make_waiting(detail, db, file, err) : QY_OK;
  if (!status && rows->layer_count)
    status = prepare(layer, db, file, schema, wait ? "waiting_layer" : "layer_result", layer_columns,
                     qy_metric_of_layer, err);
  if (!status && rows->member_count)
    status = prepare(member, db, file, schema, wait ? "waiting_member" : "member_result", member_columns,
                     qy_metric_of_member, err);
  for (size_t i = 0; !status && i < rows->layer_count; i++)
    status = write_layer(*layer, db, file, key, &rows->layer[i], err);
  for (size_t i = 0; !status && i < rows->member_count; i++)
    status = write_member(*member, db, file, key, &rows->member[i], err);
  return status;
}

qy_status store_detail_move(store_detail *detail, sqlite3 *db, const char *file, int64_t from, int64_t to,
                            qy_error *err)
{
  static const struct {
    const char *table, *waiting;
  } part[] = {{"layer_result", "waiting_layer"}, {"member_result", "waiting_member"}};
  qy_status status = QY_OK;
  for (size_t i = 0; detail->waiting && !status && i < sizeof part / sizeof *part; i++) {
    char *sql =
        sqlite3_mprintf("DELETE FROM %s WHERE point >= %lld AND point < %lld AND EXISTS (SELECT 1 FROM temp.%s);"
                        "INSERT INTO %s SELECT * FROM temp.%s ORDER BY point, position",
                        part[i].table, (long long)from, (long long)to, part[i].waiting, part[i].table, part[i].waiting);
    status = sql ? qy_sql_run(db, file, sql, doing, err) : qy_no_memory(err);
    sqlite3_free(sql);
  }
  return status;
}

qy_status store_detail_forget(store_detail *detail, sqlite3 *db, const char *file, qy_error *err)
{
  if (!detail->waiting) return QY_OK;
  return qy_sql_run(db, file, "DELETE FROM temp.waiting_layer; DELETE FROM temp.waiting_member", doing, err);
}

void store_detail_drop(store_detail *detail)
{
  for (int i = 0; i < 2; i++) {
    sqlite3_finalize(detail->layer[i]);
    sqlite3_finalize(detail->member[i]);
  }
  *detail = (store_detail){0};
}
