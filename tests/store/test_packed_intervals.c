/* Intervals in packed columns: a connection that reads has the table `interval` and all views as those of an experiment
 * that is stored as rows, which SQLite is asked for alone; so has one whose intervals are rows beside columns, as older
 * databases have them. */
#include "packed_points.h"

#include "quarry/axes.h"
#include "quarry/points.h"
#include "random.h"

/* Every column of the table, and of the points with them. */
static void whole(qy_store *packed, sqlite3 *rows)
{
  static const char *const table[] = {"interval", "point_all"}, *const key[] = {"id", "point_id"};
  int wrong = 0, columns = 0;
  for (int t = 0; t < 2; t++)
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      for (int end = 0; end < 2 && qy_metric_uncertain(m); end++, columns++) {
        char column[60], sql[300];
        snprintf(column, sizeof column, "%s_p%s", qy_metric_table()[m].name, end ? "95" : "05");
        snprintf(sql, sizeof sql, "SELECT %s, typeof(%s), quote(%s) FROM %s ORDER BY %s", key[t], column, column,
                 table[t], key[t]);
        wrong += !agree(packed, rows, sql, true);
      }
  ok(columns > 20, "all ends of intervals, in both tables");
  is_int(wrong, 0, "are the same values of the same types");
}

static void shapes(qy_store *packed, sqlite3 *rows)
{
  /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): long queries are of several pieces */
  static const char *const sql[] = {
      "SELECT * FROM interval ORDER BY id",
      "SELECT count(*), min(id), max(id) FROM interval",
      "SELECT * FROM interval WHERE id = (1 << 40) + 6",
      "SELECT * FROM interval WHERE id = (1 << 40) + 402",
      "SELECT count(*) FROM interval WHERE id = (1 << 40) + 7",
      "SELECT count(*) FROM interval WHERE id = 5",
      "SELECT count(area_um2_p05), count(*) FROM interval WHERE area_um2_p05 IS NULL",
      "SELECT id FROM interval WHERE area_um2_p95 > energy_uj_p05 AND id > (1 << 40) + 250 ORDER BY id LIMIT 9",
      "SELECT r.id, i.energy_uj_p95 FROM result r LEFT JOIN interval i ON i.id = r.id ORDER BY r.id",
      "SELECT r.id, i.energy_uj_p95 FROM interval i JOIN result r ON r.id = i.id WHERE r.weight_bits = 3 ORDER BY r.id",
      "SELECT i.id FROM interval i JOIN front f ON f.point = i.id ORDER BY 1",
      "SELECT experiment, count(energy_uj_p05), min(energy_uj_p05), max(front_probability) FROM point_all GROUP BY 1",
      "SELECT design, sum(area_um2_p95), count(front_probability) FROM point GROUP BY design ORDER BY design DESC",
      "SELECT point, area_um2_p05 FROM point_all ORDER BY precision, design, point_id",
      "SELECT point FROM point WHERE front_probability IS NULL ORDER BY point",
      "SELECT * FROM front_point_all ORDER BY point"};
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
    ok(agree(packed, rows, sql[i], true), "%s", sql[i]);
}

/* Ids between ends and filters of values, in rows and in batches that have none of them. */
static void random_parts(qy_store *packed, sqlite3 *rows)
{
  enum { CASES = 150 };
  static const char *const column[] = {"area_um2_p05", "energy_uj_p95", "latency_us_p05", "leakage_mw_p95", "id"};
  static const char *const compare[] = {"<", "<=", ">", ">=", "=", "<>"};
  uint64_t state = 20260;
  int wrong = 0;
  for (int n = 0; n < CASES; n++) {
    const int64_t experiment = (int64_t)(1 + random_below(&state, 2)), low = (int64_t)random_below(&state, POINTS),
                  high = low + (int64_t)random_below(&state, POINTS);
    const char *what = column[random_below(&state, 2) ? 0 : 1 + 2 * random_below(&state, 2)];
    const double than =
        value_of((int64_t)random_below(&state, POINTS), QY_AREA_UM2) * (random_below(&state, 2) ? 0.75 : 1);
    char sql[400];
    snprintf(
        sql, sizeof sql,
        "SELECT id, %s FROM interval WHERE id %s (%d << 40) + %d AND id <= (%d << 40) + %d AND (%s %s %.17g OR %d) "
        "ORDER BY id %s",
        what, random_below(&state, 2) ? ">" : ">=", (int)experiment, (int)low, (int)experiment, (int)high, what,
        compare[random_below(&state, 6)], than, random_below(&state, 3) == 0, random_below(&state, 2) ? "DESC" : "");
    wrong += !agree(packed, rows, sql, false);
    snprintf(sql, sizeof sql, "SELECT id FROM interval WHERE %s %s %.17g ORDER BY 1", column[0],
             compare[random_below(&state, 6)], than);
    wrong += !agree(packed, rows, sql, false);
  }
  is_int(wrong, 0, "of random parts");
}

static void questions(const char *packed_file, const char *rows_file, const char *what)
{
  qy_error err = {0};
  qy_store *packed = NULL;
  sqlite3 *rows = NULL;
  is_status(qy_store_open(&packed, packed_file, QY_STORE_READ, &err), QY_OK, &err, what);
  ok(sqlite3_open_v2(rows_file, &rows, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "and rows");
  whole(packed, rows);
  shapes(packed, rows);
  random_parts(packed, rows);
  sqlite3_close(rows);
  qy_store_close(packed);
}

/* Beside the points: every third has them, if it can be. */
static void beside_points(const char *file, int mode, const char *what)
{
  static const int wanted[] = {QY_ENERGY_UJ, QY_AREA_UM2, QY_LATENCY_US};
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points p;
  int wrong = 0;
  is_status(qy_store_open(&store, file, mode, &err), QY_OK, &err, what);
  is_status(qy_points_read(&p, store, 1, wanted, 3, NULL, &err), QY_OK, &err, "points");
  is_status(qy_points_unsure(&p, store, 1, wanted, 3, &err), QY_OK, &err, "and their intervals");
  for (int m = 0; m < 2; m++)
    for (size_t i = 0; p.low[wanted[m]] && p.high[wanted[m]] && i < p.count; i++) {
      const int64_t point = (int64_t)p.point[i];
      const double value = value_of(point, wanted[m]);
      wrong += point % 3 ? !isnan(p.low[wanted[m]][i]) || !isnan(p.high[wanted[m]][i])
                         : p.low[wanted[m]][i] != 0.75 * value || p.high[wanted[m]][i] != 1.25 * value;
    }
  ok(p.count > 300 && p.low[QY_AREA_UM2] && p.high[QY_ENERGY_UJ] && !p.low[QY_LATENCY_US], "of uncertain metrics");
  is_int(wrong, 0, "are those that were stored, of those points that have some");
  ok(p.chance && p.chance[0] == 0.5, "with the share of draws on the front");
  qy_points_free(&p);
  qy_store_close(store);
}

/* Of every metric, where all points have intervals, or one has; front probabilities of some. */
static void all_metrics(const char *policy, bool of_one)
{
  enum { COUNT = 30, ONE = 17 };
  static double interval[COUNT][QY_METRIC_COUNT][2];
  static const int64_t likely[] = {3, 4, 29};
  static const double chance[] = {0.25, 0.5, 1};
  int wanted[QY_METRIC_COUNT], complete;
  int64_t id = 0;
  qy_error err = {0};
  qy_store *store = NULL;
  qy_store_row row[COUNT];
  const qy_store_design design = {0, "SDM", "{\"p\": 4}"};
  const qy_store_front front = {"all", likely, 3};
  fixture f;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    wanted[m] = m;
  for (int64_t p = 0; p < COUNT; p++) {
    row[p] = (qy_store_row){.point = p, .precision_bits = 16, .clock_mhz = 100.5};
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      row[p].metric[m] = value_of(p, m);
    fill_interval(interval[p], p);
    if (!of_one || p == ONE) row[p].interval = (const double(*)[2])interval[p];
  }
  fixture_make(&f, of_one ? "name: one\n" : "name: every\n", COUNT, COUNT);
  f.e.store = policy;
  qy_status status =
      qy_store_open(&store, scratch_file(policy ? "all_columns.sqlite" : "all_rows.sqlite"), QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  if (!status) status = qy_store_batch(store, 0, row, COUNT, &design, 1, &err);
  if (!status) status = qy_store_chances(store, likely, chance, 3, &err);
  if (!status) status = qy_store_finish(store, &front, 1, &err);
  is_status(status, QY_OK, &err, of_one ? "one point has intervals" : "every point has");
  qy_points p = {0};
  is_status(qy_points_read(&p, store, id, wanted, QY_METRIC_COUNT, NULL, &err), QY_OK, &err, "points are read");
  is_status(qy_points_unsure(&p, store, id, wanted, QY_METRIC_COUNT, &err), QY_OK, &err, "and all intervals");
  int wrong = p.count != COUNT;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const bool there = p.low[m] && p.high[m];
    wrong += there != qy_metric_uncertain(m);
    for (int64_t i = 0; i < COUNT && there; i++)
      wrong += of_one && i != ONE ? !isnan(p.low[m][i]) || !isnan(p.high[m][i])
                                  : p.low[m][i] != interval[i][m][0] || p.high[m][i] != interval[i][m][1];
  }
  is_int(wrong, 0, "both ends of each uncertain metric of each point that has them");
  for (int64_t i = 0, l = 0; i < COUNT && p.chance; i++) {
    const bool is = l < 3 && likely[l] == i;
    wrong += p.chance[i] != (is ? chance[l] : 0);
    l += is;
  }
  ok(p.chance && wrong == 0, "the share of draws is 0 of points that no draw has on the front");
  qy_points_free(&p);
  qy_store_close(store);
}

/* Another program finds those of fronts and best points, whose results are rows too, and no others. */
static void few_rows(const char *packed)
{
  const int64_t rows = ask_number(packed, "SELECT count(*) FROM interval");
  ok(rows > 0 && rows < 60, "%d rows of intervals", (int)rows);
  is_int(ask_number(packed, "SELECT count(*) FROM interval WHERE id NOT IN (SELECT id FROM result)"), 0,
         "all of results that are rows");
  is_int(ask_number(packed, "SELECT count(*) FROM result WHERE (id & 0xffffffffff) % 3 = 0 AND reason IS NULL AND id "
                            "NOT IN (SELECT id FROM interval) AND id NOT IN (SELECT point FROM assignment)"),
         0, "of which each has its intervals, but for those that an assignment refers to");
  is_int(ask_number(packed, "SELECT sum(intervals) FROM batch WHERE experiment = 1"), (POINTS + 2) / 3,
         "batches know how many results have them");
}

/* The view of an experiment that was interrupted has them, also when another one's end makes it anew. */
static void generated(const char *file)
{
  static const char ends[] = "SELECT count(*) FROM pragma_table_info('begun_points') WHERE name GLOB '*_p[09]5'";
  qy_error err = {0};
  qy_store *store = NULL;
  const int64_t before = ask_number(file, ends);
  ok(before > 10, "a view of %d ends of intervals", (int)before);
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_views_update(store, "begun", &err);
  is_status(status, QY_OK, &err, "made anew");
  qy_store_close(store);
  is_int(ask_number(file, ends), before, "it has the same");
}

/* Chunks of them are counted. */
static void lacking(const char *file)
{
  static const char which[] = "id >> 40 = 1 AND id >> 8 & 0xffffffff = 3 AND id & 255 IN (SELECT number FROM "
                              "chunk_column WHERE experiment = 1 AND name GLOB '*_p05')";
  char sql[300];
  qy_error err = {0};
  qy_store *store = NULL;
  snprintf(sql, sizeof sql, "CREATE TABLE kept_chunk AS SELECT * FROM result_chunk WHERE %s", which);
  ask(file, sql);
  snprintf(sql, sizeof sql, "DELETE FROM result_chunk WHERE %s", which);
  ask(file, sql);
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_int(qy_store_check_whole(store, 1, &err), QY_BAD_INPUT, "what lacks a chunk of intervals is not whole");
  says(&err, "5 chunks of intervals of 6", "and it is said");
  qy_store_close(store);
  ask(file, "INSERT INTO result_chunk SELECT * FROM kept_chunk");
  ask(file, "DROP TABLE kept_chunk");
}

/* As an older quarry stored them. */
static void make_older(const char *packed, const char *rows)
{
  char attach[300];
  snprintf(attach, sizeof attach,
           "ATTACH '%s' AS of; DELETE FROM interval; INSERT INTO interval SELECT * FROM of.interval", rows);
  sqlite3 *db = NULL;
  ok(sqlite3_open(packed, &db) == SQLITE_OK &&
         sqlite3_exec(
             db,
             "DELETE FROM result_chunk WHERE EXISTS (SELECT 1 FROM chunk_column c WHERE c.experiment = id >> 40 "
             "AND c.number = id & 255 AND name GLOB '*_p[09]5')",
             NULL, NULL, NULL) == SQLITE_OK &&
         sqlite3_changes(db) > 100 &&
         sqlite3_exec(
             db, "DELETE FROM chunk_column WHERE name GLOB '*_p[09]5'; DELETE FROM content WHERE name = 'interval'",
             NULL, NULL, NULL) == SQLITE_OK &&
         sqlite3_exec(db, attach, NULL, NULL, NULL) == SQLITE_OK,
     "intervals are rows");
  sqlite3_close(db);
}

/* An experiment that an older quarry began goes on as it was begun. */
static void continued(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  const int64_t before = ask_number(file, "SELECT count(*) FROM interval WHERE id >> 40 = 2");
  go_on(file);
  is_int(before, 67, "of two batches");
  is_int(ask_number(file, "SELECT count(*) FROM interval WHERE id >> 40 = 2"), (POINTS + 2) / 3,
         "all its intervals are rows");
  is_int(ask_number(file, "SELECT count(*) FROM chunk_column WHERE experiment = 2 AND name GLOB '*_p[09]5'"), 0,
         "and none of its columns");
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_status(qy_store_check_whole(store, 2, &err), QY_OK, &err, "it is whole");
  qy_store_close(store);
}

int main(void)
{
  scratch_make();
  const char *packed = scratch_file_kept("packed.sqlite"), *rows = scratch_file_kept("rows.sqlite");
  store_points(packed, "columns");
  store_points(rows, NULL);
  questions(packed, rows, "packed intervals");
  beside_points(packed, QY_STORE_READ, "to be read");
  beside_points(packed, QY_STORE_WRITE, "to be written");
  few_rows(packed);
  generated(packed);
  lacking(packed);
  make_older(packed, rows);
  questions(packed, rows, "intervals beside packed columns");
  beside_points(packed, QY_STORE_READ, "these to be read");
  continued(packed);
  for (int one = 0; one < 2; one++) {
    all_metrics("columns", one);
    all_metrics(NULL, one);
  }
  scratch_remove();
  return done();
}
