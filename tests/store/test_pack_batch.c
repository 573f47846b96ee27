/* Batches packed ahead: the database has the same bytes as one that was given rows, and they read back as they were;
 * what is outside its range is refused. */
#include "store_test.h"

#include "quarry/point_columns.h"
#include "quarry/points.h"

#include <math.h>

enum { COUNT = 300, BATCH = 128 };

/* Numbers, and texts that several points share; points without a text, without a metric, excluded ones. */
static double column[QY_POINT_COLUMNS][COUNT];
static const char *reason[COUNT], *resolved[COUNT];
static const int missing = QY_GOPS, sparse = QY_SQNR_DB;

static bool keeps(int64_t i)
{
  return i % 7 != 3;
}

static void fill(void)
{
  static const char *const chosen[] = {"{\"pe_stages\":1}", "{\"pe_stages\":2}", NULL};
  for (int64_t i = 0; i < COUNT; i++) {
    qy_store_row row = row_of(i);
    column[QY_COLUMN_DESIGN][i] = (double)row.design;
    column[QY_COLUMN_TECHNOLOGY][i] = row.technology;
    column[QY_COLUMN_NETWORK][i] = 0;
    column[QY_COLUMN_PRECISION][i] = (double)(i % 2);
    column[QY_COLUMN_BITS][i] = row.precision_bits;
    column[QY_COLUMN_WEIGHT_BITS][i] = i % 3 == 2 ? -1 : (double)(i % 3 * 4);
    column[QY_COLUMN_CLOCK][i] = row.clock_mhz;
    reason[i] = row.reason;
    resolved[i] = keeps(i) ? chosen[i / 4 % 3] : NULL;
    /* A best value that comes again, so that the first point with it counts. */
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      column[QY_COLUMN_METRIC + m][i] =
          !keeps(i) || m == missing || (m == sparse && i < 200) ? NAN : value_of(i % 100 ? i % 90 : i, m);
    /* In one batch some follow from others. */
    double *const power = &column[QY_COLUMN_METRIC + QY_POWER_MW][i], *const fps =
                                                                          &column[QY_COLUMN_METRIC + QY_FPS][i];
    const double latency_us = column[QY_COLUMN_METRIC + QY_LATENCY_US][i];
    if (i / BATCH == 1) *power = 1e3 * column[QY_COLUMN_METRIC + QY_ENERGY_UJ][i] / latency_us;
    if (i / BATCH == 1) *fps = 1e6 / latency_us;
  }
}

static qy_store_row as_row(int64_t i)
{
  qy_store_row row = {.point = i,
                      .design = (int64_t)column[QY_COLUMN_DESIGN][i],
                      .technology = (int)column[QY_COLUMN_TECHNOLOGY][i],
                      .precision = (int)column[QY_COLUMN_PRECISION][i],
                      .precision_bits = (int)column[QY_COLUMN_BITS][i],
                      .weight_bits = (int)column[QY_COLUMN_WEIGHT_BITS][i],
                      .clock_mhz = column[QY_COLUMN_CLOCK][i],
                      .reason = reason[i],
                      .excluded = reason[i] && keeps(i),
                      .resolved = resolved[i]};
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    row.metric[m] = column[QY_COLUMN_METRIC + m][i];
  return row;
}

static qy_point_columns columns_of(int64_t first, int64_t count)
{
  qy_point_columns c = {.first = first, .count = count, .reason = reason + first, .resolved = resolved + first};
  for (int k = 0; k < QY_POINT_COLUMNS; k++)
    c.column[k] = k == QY_COLUMN_METRIC + missing ? NULL : column[k] + first;
  return c;
}

static size_t designs_of(qy_store_design *design, int64_t first, int64_t count, int64_t *next)
{
  size_t n = 0;
  for (int64_t i = first; i < first + count; i++)
    if ((int64_t)column[QY_COLUMN_DESIGN][i] == *next) design[n++] = (qy_store_design){(*next)++, "SDM", "{\"p\": 4}"};
  return n;
}

static qy_status put(qy_store *store, int64_t first, int64_t count, bool packed, int64_t *next, qy_error *err)
{
  qy_store_design design[COUNT];
  qy_store_row row[BATCH];
  const int64_t designs = (int64_t)designs_of(design, first, count, next);
  const qy_point_columns c = columns_of(first, count);
  for (int64_t i = 0; i < count; i++)
    row[i] = as_row(first + i);
  if (!packed) return qy_store_batch(store, first / BATCH, row, count, design, designs, err);
  const size_t most = qy_store_packed_bytes(store, count);
  char *bytes = malloc(most + 1);
  bytes[most] = 77; /* nothing is written behind */
  int64_t from = -1, to = -1;
  qy_status status = qy_store_pack(bytes, store, &c, err);
  if (!status) qy_store_packed_designs(&from, &to, bytes);
  ok(bytes[most] == 77 && (double)from == c.column[QY_COLUMN_DESIGN][0] &&
         (double)to == c.column[QY_COLUMN_DESIGN][count - 1],
     "batch %d: its designs, and no more bytes than it may have", (int)(first / BATCH));
  if (!status) status = qy_store_batch_packed(store, first / BATCH, bytes, design, designs, err);
  free(bytes);
  return status;
}

static const char *make(const char *name, bool packed, int64_t *id)
{
  const char *file = scratch_file(name);
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int complete;
  int64_t next = 0;
  fixture_make(&f, "name: packed\n", COUNT, BATCH);
  f.e.store = "columns";
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, id, &complete, &err);
  for (int64_t first = 0; first < COUNT && !status; first += BATCH)
    status = put(store, first, COUNT - first < BATCH ? COUNT - first : BATCH, packed, &next, &err);
  static const int64_t on_front[] = {0, 2, 150};
  const qy_store_front front = {"all", on_front, 3};
  if (!status) status = qy_store_finish(store, &front, 1, &err);
  is_status(status, QY_OK, &err, name);
  qy_store_close(store);
  return file;
}

static bool same_numbers(const double *a, const double *b, size_t count)
{
  size_t same = 0;
  for (size_t i = 0; i < count; i++)
    same += a[i] == b[i] || (isnan(a[i]) && isnan(b[i]));
  return same == count;
}

/* What was kept while batches were packed is what they are unpacked to: of all batches, or of those that one store
 * packed while another had stored the rest before. */
static void watched(bool resumed)
{
  static const int metrics[] = {QY_LATENCY_US, QY_AREA_UM2, QY_SQNR_DB, QY_GOPS};
  enum { METRICS = sizeof metrics / sizeof *metrics };
  const char *file = scratch_file(resumed ? "resumed.sqlite" : "watched.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points points[2];
  fixture f;
  int complete;
  int64_t next = 0, id;
  static const int64_t on_front[] = {0, 2, 150};
  const qy_store_front front = {"all", on_front, 3};
  fixture_make(&f, "name: watched\n", COUNT, BATCH);
  f.e.store = "columns";
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t first = 0; first < COUNT && !status; first += BATCH) {
    if (first == (resumed ? BATCH : 0)) status = qy_store_watch(store, metrics, METRICS, &err);
    if (!status) status = put(store, first, COUNT - first < BATCH ? COUNT - first : BATCH, true, &next, &err);
  }
  if (!status) status = qy_store_finish(store, &front, 1, &err);
  for (int again = 0; again < 2 && !status; again++) /* what was kept is given away once */
    status = qy_points_read(&points[again], store, id, metrics, METRICS, NULL, &err);
  is_status(status, QY_OK, &err, "points are read by the store that packed them, twice");
  if (status) return;
  size_t feasible = 0;
  for (int i = 0; i < COUNT; i++)
    feasible += reason[i] == NULL;
  ok(points[0].count == feasible && points[1].count == feasible &&
         same_numbers(points[0].point, points[1].point, feasible),
     "%zu points", feasible);
  for (int m = 0; m < METRICS; m++) {
    size_t right = 0, at = 0;
    for (int i = 0; i < COUNT; i++) {
      if (reason[i]) continue;
      const double is = points[0].metric[metrics[m]][at++], was = column[QY_COLUMN_METRIC + metrics[m]][i];
      right += is == was || (isnan(is) && isnan(was));
    }
    ok(right == feasible && same_numbers(points[0].metric[metrics[m]], points[1].metric[metrics[m]], feasible),
       "%s of them", qy_metric_table()[metrics[m]].name);
  }
  bool keys = true;
  for (int k = 0; k < QY_KEY_PARAMETER; k++)
    keys = keys && points[0].label_count[k] == points[1].label_count[k] &&
           memcmp(points[0].key[k], points[1].key[k], feasible * sizeof(uint32_t)) == 0;
  ok(keys, "and their keys");
  qy_points_free(&points[0]);
  qy_points_free(&points[1]);
  qy_store_close(store);
}

static int take_number(void *ctx, int columns, char **value, char **name)
{
  int64_t *number = ctx;
  (void)name;
  for (int c = 0; c < columns; c++)
    number[c] = strtoll(value[c], NULL, 10);
  return 0;
}

/* Every table that a batch is written into. */
static void same_database(const char *packed, const char *rows)
{
  static const char *const table[] = {"result_chunk", "reason", "resolved", "best_point", "infeasible_count",
                                      "result",       "design", "batch",    "front_point"};
  char sql[400];
  sqlite3 *db = NULL;
  snprintf(sql, sizeof sql, "ATTACH '%s' AS rows", rows);
  ok(sqlite3_open(packed, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "both opened");
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    int64_t number[3] = {-1, -1, -1};
    const char *t = table[i];
    snprintf(sql, sizeof sql,
             "SELECT count(*), (SELECT count(*) FROM (SELECT * FROM main.%s EXCEPT SELECT * FROM rows.%s)), (SELECT "
             "count(*) FROM (SELECT * FROM rows.%s EXCEPT SELECT * FROM main.%s)) FROM main.%s",
             t, t, t, t, t);
    const int code = sqlite3_exec(db, sql, take_number, number, NULL);
    ok(code == SQLITE_OK && number[0] > 0 && !number[1] && !number[2], "%s: the same %d rows as from rows", t,
       (int)number[0]);
  }
  sqlite3_close(db);
}

static void read_back(const char *file)
{
  static const char *const sql = "SELECT area_um2, clock_mhz, point, sqnr_db FROM point WHERE infeasible IS NULL ORDER "
                                 "BY point";
  qy_error err = {0};
  qy_store *store = NULL;
  double *got[4];
  size_t count = 0, expected = 0, equal = 0;
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  if (!status) status = qy_store_columns(store, sql, 4, got, &count, &err);
  is_status(status, QY_OK, &err, "read");
  for (int64_t i = 0; i < COUNT && !status; i++) {
    if (reason[i] || expected == count) continue;
    const double sqnr = column[QY_COLUMN_METRIC + sparse][i];
    equal += got[0][expected] == value_of(i % 100 ? i % 90 : i, QY_AREA_UM2) &&
             got[1][expected] == 100.5 + (double)(i % 3) && got[2][expected] == (double)i &&
             (isnan(sqnr) ? isnan(got[3][expected]) : got[3][expected] == sqnr);
    expected++;
  }
  ok(expected == count && equal == count && count > COUNT / 2, "%zu feasible points as they were", count);
  for (int c = 0; c < 4 && !status; c++)
    free(got[c]);
  qy_store_close(store);
}

static void refused(void)
{
  static const struct {
    int column;
    int64_t point;
    double value;
    const char *message;
  } wrong[] = {
      {QY_COLUMN_DESIGN, 30, 5, "point 30: expected design 2 or the next one, found 5"},
      {QY_COLUMN_TECHNOLOGY, 7, 2, "point 7: expected a technology from 0 to 1, found 2"},
      {QY_COLUMN_PRECISION, 7, -1, "expected a precision from 0 to 3, found -1"},
      {QY_COLUMN_BITS, 0, 65, "expected a precision in bits from 0 to 64, found 65"},
      {QY_COLUMN_CLOCK, 3, NAN, "point 3: expected finite numbers, found clock_mhz"},
      {QY_COLUMN_METRIC + QY_AREA_UM2, 127, INFINITY, "point 127: expected finite numbers, found area_um2 = inf"},
  };
  const char *file = scratch_file("refused.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id, next = 0;
  int complete;
  fixture_make(&f, "name: refused\n", COUNT, BATCH);
  f.e.store = "columns";
  is_int(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, "opened");
  is_int(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, "begun");
  char *bytes = malloc(qy_store_packed_bytes(store, BATCH));
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    const qy_point_columns c = columns_of(0, BATCH);
    double *at = &column[wrong[i].column][wrong[i].point];
    const double before = *at;
    *at = wrong[i].value;
    qy_error_clear(&err);
    is_int(qy_store_pack(bytes, store, &c, &err), QY_INTERNAL, "refused");
    says(&err, wrong[i].message, wrong[i].message);
    *at = before;
  }
  const qy_point_columns c = columns_of(0, BATCH);
  qy_store_design design[COUNT];
  is_int(qy_store_pack(bytes, store, &c, &err), QY_OK, "packed");
  qy_error_clear(&err);
  is_int(qy_store_batch_packed(store, 1, bytes, NULL, 0, &err), QY_INTERNAL, "another batch");
  says(&err, "batch 1: expected points 128 to 255, found 0 to 127", "says which");
  qy_error_clear(&err);
  is_int(qy_store_batch_packed(store, 0, bytes, NULL, 0, &err), QY_INTERNAL, "designs that were not told");
  const int64_t designs = (int64_t)designs_of(design, 0, BATCH, &next);
  is_int(qy_store_batch_packed(store, 0, bytes, design, designs - 1, &err), QY_INTERNAL, "nor the last of them");
  is_int(qy_store_batch_packed(store, 0, bytes, design, designs, &err), QY_OK, "stored once they are");
  is_int(qy_store_batch_packed(store, 0, bytes, NULL, 0, &err), QY_INTERNAL, "not twice");
  free(bytes);
  qy_store_close(store);
}

int main(void)
{
  int64_t id;
  scratch_make();
  fill();
  const char *packed = make("packed.sqlite", true, &id);
  same_database(packed, make("rows.sqlite", false, &id));
  read_back(packed);
  watched(false);
  watched(true);
  refused();
  scratch_remove();
  return done();
}
