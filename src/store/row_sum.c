/* What the rows of a batch add up to: see row_sum.h. */
#include "row_sum.h"

#include "batch_rows.h"
#include "quarry/hash.h"
#include "quarry/random.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char adding[] = "add up its rows";

static uint64_t of_text(uint64_t key, const char *text)
{
  return qy_random_mix(key + qy_random_mix(qy_text_hash(text)));
}

static uint64_t of_integer(uint64_t key, int64_t value)
{
  return qy_random_mix(key + qy_random_mix((uint64_t)value));
}

static uint64_t of_number(uint64_t key, double value)
{
  int64_t bits;
  value += 0.0; /* SQLite keeps no negative zero */
  memcpy(&bits, &value, sizeof bits);
  return of_integer(key, bits);
}

void row_keys_make(row_keys *k)
{
  static const char *const name[SUM_COLUMNS] = {"point",     "design",         "technology",  "network",
                                                "precision", "precision_bits", "weight_bits", "clock_mhz",
                                                "reason",    "resolved",       "assignment"};
  for (int c = 0; c < SUM_COLUMNS; c++)
    k->column[c] = of_text(0, name[c]);
  k->interval = store_interval_metric();
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    k->metric[m] = of_text(0, qy_metric_table()[m].name);
    for (int end = 0; end < 2; end++)
      k->end[m][end] = of_text((uint64_t)end + 1, qy_metric_table()[m].name);
  }
}

/* A row as it is stored; NAN and NULL: the column has none. */
typedef struct summed {
  double number[SUM_NUMBERS];
  const char *text[SUM_COLUMNS - SUM_NUMBERS];
  double metric[QY_METRIC_COUNT], end[QY_METRIC_COUNT][2];
} summed;

static uint64_t sum_of(const row_keys *k, const summed *row)
{
  uint64_t sum = 0;
  for (int c = 0; c < SUM_COLUMNS; c++)
    if (c >= SUM_NUMBERS)
      sum += row->text[c - SUM_NUMBERS] ? of_text(k->column[c], row->text[c - SUM_NUMBERS]) : 0;
    else
      sum += isnan(row->number[c]) ? 0 : of_number(k->column[c], row->number[c]);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    sum += isnan(row->metric[m]) ? 0 : of_number(k->metric[m], row->metric[m]);
    for (int end = 0; end < 2; end++)
      sum += isnan(row->end[m][end]) ? 0 : of_number(k->end[m][end], row->end[m][end]);
  }
  return qy_random_mix(sum);
}

/* Of a row that is to be stored. */
static uint64_t sum_of_row(const row_keys *k, const qy_store_row *row)
{
  const bool unsure = has_intervals(row, k->interval);
  summed s = {.number = {[SUM_POINT] = (double)row->point,
                         [SUM_DESIGN] = (double)row->design,
                         [SUM_TECHNOLOGY] = row->technology,
                         [SUM_NETWORK] = row->network,
                         [SUM_PRECISION] = row->precision,
                         [SUM_BITS] = row->precision_bits,
                         [SUM_WEIGHT_BITS] = row->weight_bits ? stored_weight_bits(row) : (double)NAN,
                         [SUM_CLOCK] = row->clock_mhz},
              .text = {row->reason, row->resolved, row->assignment}};
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    s.metric[m] = keeps_metrics(row) ? row->metric[m] : (double)NAN;
    for (int end = 0; end < 2; end++)
      s.end[m][end] = unsure && qy_metric_uncertain(m) ? row->interval[m][end] : (double)NAN;
  }
  return sum_of(k, &s);
}

int64_t rows_sum(const row_keys *k, const qy_store_row *rows, int64_t count)
{
  uint64_t sum = 0;
  for (int64_t i = 0; i < count; i++)
    sum += sum_of_row(k, &rows[i]);
  return (int64_t)sum;
}

/* ---- what a database has ---- */

static char *read_sql(sqlite3 *db)
{
  static const char before[] =
      "SELECT r.id & ~(-1 << 40), r.design & ~(-1 << 40), "
      "(SELECT min(position) FROM main.experiment_technology t WHERE t.experiment = ?3 AND t.technology = "
      "r.technology), (SELECT min(position) FROM main.experiment_network n WHERE n.experiment = ?3 AND n.network = "
      "r.network), (SELECT min(position) FROM main.experiment_precision p WHERE p.experiment = ?3 AND p.precision = "
      "r.precision), r.precision_bits, r.weight_bits, r.clock_mhz, (SELECT text FROM main.reason w WHERE w.id = "
      "r.reason), (SELECT value FROM main.resolved v WHERE v.id = r.resolved), (SELECT assignment FROM "
      "main.assignment a WHERE a.point = r.id)";
  sqlite3_str *sql = sqlite3_str_new(db);
  sqlite3_str_appendall(sql, before);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    sqlite3_str_appendf(sql, ", r.%s", qy_metric_table()[m].name);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (qy_metric_uncertain(m))
      sqlite3_str_appendf(sql, ", i.%s_p05, i.%s_p95", qy_metric_table()[m].name, qy_metric_table()[m].name);
  sqlite3_str_appendall(sql,
                        " FROM main.result r LEFT JOIN main.interval i ON i.id = r.id WHERE r.id >= ?1 AND r.id < ?2");
  return sqlite3_str_finish(sql);
}

qy_status row_sums_open(row_sums *s, sqlite3 *db, const char *file, qy_error *err)
{
  *s = (row_sums){.db = db, .file = file};
  row_keys_make(&s->keys);
  char *sql = read_sql(db);
  const qy_status status = sql ? qy_sql_prepare(db, file, &s->read, sql, err) : qy_no_memory(err);
  sqlite3_free(sql);
  return status;
}

static double number_at(sqlite3_stmt *row, int column)
{
  return sqlite3_column_type(row, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(row, column);
}

static void read_row(summed *s, sqlite3_stmt *row)
{
  int at = 0;
  for (int c = 0; c < SUM_NUMBERS; c++)
    s->number[c] = number_at(row, at++);
  for (int c = SUM_NUMBERS; c < SUM_COLUMNS; c++)
    s->text[c - SUM_NUMBERS] = (const char *)sqlite3_column_text(row, at++);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    s->metric[m] = number_at(row, at++);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    for (int end = 0; end < 2; end++)
      s->end[m][end] = qy_metric_uncertain(m) ? number_at(row, at++) : (double)NAN;
}

qy_status row_sums_of(int64_t *sum, row_sums *s, int64_t experiment, int64_t first, int64_t end, qy_error *err)
{
  uint64_t all = 0;
  int code;
  sqlite3_bind_int64(s->read, 1, (experiment << STORE_KEY_SHIFT) + first);
  sqlite3_bind_int64(s->read, 2, (experiment << STORE_KEY_SHIFT) + end);
  sqlite3_bind_int64(s->read, 3, experiment);
  while ((code = sqlite3_step(s->read)) == SQLITE_ROW) {
    summed row;
    read_row(&row, s->read);
    all += sum_of(&s->keys, &row);
  }
  sqlite3_reset(s->read);
  *sum = (int64_t)all;
  return code == SQLITE_DONE ? QY_OK : qy_sql_fail(s->db, s->file, code, adding, err);
}

void row_sums_close(row_sums *s)
{
  sqlite3_finalize(s->read);
}

/* ---- other tables ---- */

static uint64_t value_at(sqlite3_stmt *row, int column, uint64_t key)
{
  switch (sqlite3_column_type(row, column)) {
  case SQLITE_INTEGER: return of_integer(key, sqlite3_column_int64(row, column));
  case SQLITE_FLOAT: return of_number(key, sqlite3_column_double(row, column));
  case SQLITE_NULL: return 0;
  default: {
    const char *text = (const char *)sqlite3_column_text(row, column);
    return of_text(key, text ? text : "");
  }
  }
}

qy_status table_sum(int64_t *sum, int64_t *count, sqlite3 *db, const char *file, const char *sql, int64_t experiment,
                    qy_error *err)
{
  enum { COLUMNS_MAX = 128 };
  uint64_t key[COLUMNS_MAX], all = 0;
  sqlite3_stmt *read = NULL;
  int code;
  *count = *sum = 0;
  const qy_status status = qy_sql_prepare(db, file, &read, sql, err);
  if (status) return status;
  const int columns = sqlite3_column_count(read);
  assert(columns <= COLUMNS_MAX);
  for (int c = 0; c < columns; c++)
    key[c] = of_text(0, sqlite3_column_name(read, c));
  sqlite3_bind_int64(read, 1, experiment);
  while ((code = sqlite3_step(read)) == SQLITE_ROW) {
    uint64_t row = 0;
    for (int c = 0; c < columns; c++)
      row += value_at(read, c, key[c]);
    all += qy_random_mix(row);
    ++*count;
  }
  *sum = (int64_t)all;
  return qy_sql_end(code == SQLITE_DONE ? QY_OK : qy_sql_fail(db, file, code, adding, err), db, file, read, err);
}
