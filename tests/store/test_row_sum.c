/* What the rows of a batch add up to: each value that is changed is found, in each column, also where two change
 * places; and neither the keys of a database nor the order of rows nor the sizes of batches before matter. */
#include "../../src/store/row_sum.h"
#include "quarry/hash.h"
#include "quarry/random.h"
#include "quarry/store_verify.h"
#include "store_test.h"

#include <math.h>

enum { POINTS = 40, BATCH = 10 };

/* As row_of, with intervals where it can be and, of some points, with what was chosen. */
static void fill(qy_store_row row[BATCH], double interval[BATCH][QY_METRIC_COUNT][2], int64_t first, int64_t count)
{
  for (int64_t i = 0; i < count; i++) {
    row[i] = row_of(first + i);
    row[i].weight_bits = (int)((first + i) % 3) - 1; /* members differ, none of its own, 1 */
    row[i].resolved = (first + i) % 6 == 1 ? "{\"banks\": 4}" : NULL;
    row[i].metric[QY_GOPS] = first + i == 2 ? -0.0 : row[i].metric[QY_GOPS];
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      for (int end = 0; end < 2; end++)
        interval[i][m][end] = row[i].reason ? (double)NAN : row[i].metric[m] * (end ? 2 : 0.5);
    row[i].interval = (const double(*)[2])interval[i];
  }
}

static qy_status put(qy_store *store, const qy_store_experiment *e, int64_t batch, bool backwards, qy_error *err)
{
  static double interval[BATCH][QY_METRIC_COUNT][2];
  qy_store_row row[BATCH];
  const int64_t first = batch * e->batch_points;
  fill(row, interval, first, e->batch_points);
  for (int64_t i = 0, j = e->batch_points - 1; backwards && i < j; i++, j--) {
    const qy_store_row keep = row[i];
    row[i] = row[j];
    row[j] = keep;
  }
  const qy_store_design design[] = {{first / 10, "SDM", "{\"p\": 4}"}};
  return qy_store_batch(store, batch, row, e->batch_points, design, 1, err);
}

/* `batches` of them, finished where these are all. */
static void store_some(const char *file, const char *text, int64_t batch_points, int64_t batches, bool backwards)
{
  static const int64_t on_front[] = {0, 2};
  const qy_store_front front = {"all", on_front, 2};
  fixture f;
  qy_error err = {0};
  qy_store *store = NULL;
  int64_t id;
  int complete;
  fixture_make(&f, text, POINTS, batch_points);
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t b = 0; b < batches && !status; b++)
    if (!qy_store_has_batch(store, b)) status = put(store, &f.e, b, backwards, &err);
  static const double chance[] = {0.5, 0.25};
  if (!status && batches * batch_points == POINTS) status = qy_store_chances(store, on_front, chance, 2, &err);
  if (!status)
    status = batches * batch_points == POINTS ? qy_store_finish(store, &front, 1, &err)
                                              : qy_store_abandon(store, "interrupted", &err);
  qy_store_close(store);
  is_status(status, QY_OK, &err, text);
}

static int found(void *ctx, bool wrong, const char *text)
{
  snprintf(ctx, 300, "%s", text);
  return wrong;
}

/* What is wrong first, "" nothing. */
static const char *wrong_in(const char *file)
{
  static char text[300];
  qy_error err = {0};
  qy_store *store = NULL;
  text[0] = '\0';
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  if (!status) status = qy_store_verify(store, found, text, &err);
  qy_store_close(store);
  if (status) snprintf(text, sizeof text, "it was not looked over");
  qy_error_clear(&err);
  return text;
}

static bool run_sql(const char *file, const char *sql)
{
  sqlite3 *db = NULL;
  const bool good = sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                    sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
  if (!good) printf("# %s\n", sqlite3_errmsg(db));
  sqlite3_close(db);
  return good;
}

/* The change is found; what it changed is put back with `undo`.  batch: of the results, or what else it is in. */
static bool is_found(const char *file, const char *change, const char *undo, int batch, const char *what)
{
  char expected[200];
  if (what)
    snprintf(expected, sizeof expected, "experiment 2 (small): not as they were stored: %s", what);
  else
    snprintf(expected, sizeof expected,
             "experiment 2 (small): results of 1 batch are not as they were stored, the first of points %d to %d",
             batch * BATCH, batch * BATCH + BATCH - 1);
  bool good = run_sql(file, change);
  const char *text = wrong_in(file);
  good = good && strcmp(text, expected) == 0;
  if (!good) printf("# %s: %s\n", change, text);
  return run_sql(file, undo) && good;
}

/* Each column of a table, but those named, one after another in a transaction that is undone. */
static void columns(const char *file, const char *table, const char *key, const char *but)
{
  char sql[400], name[100];
  int missed = 0;
  sqlite3 *db = NULL;
  row_sums sums;
  qy_error err = {0};
  int64_t before = 0, after = 0;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE instr('%s', name) = 0", table, but);
  const int count = (int)ask_number(file, sql);
  sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL);
  qy_status status = row_sums_open(&sums, db, file, &err);
  if (!status) status = row_sums_of(&before, &sums, 2, 0, POINTS, &err);
  for (int c = 0; c < count; c++) {
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s') WHERE instr('%s', name) = 0 LIMIT 1 OFFSET %d",
             table, but, c);
    snprintf(name, sizeof name, "%s", ask(file, sql));
    snprintf(
        sql, sizeof sql,
        "BEGIN; UPDATE %s SET %s = %s%s WHERE %s = (SELECT min(%s) FROM %s WHERE %s IS NOT NULL AND %s >= 2 << 40)",
        table, name, name, strcmp(name, "assignment") == 0 ? " || ' '" : " + 1", key, key, table, name, key);
    const bool changed = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) == 1;
    if (!status) status = row_sums_of(&after, &sums, 2, 0, POINTS, &err);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    if (changed && after != before) continue;
    printf("# %s: %s\n", name, changed ? "not found" : sqlite3_errmsg(db));
    missed++;
  }
  if (!status) status = row_sums_of(&after, &sums, 2, 0, POINTS, &err);
  row_sums_close(&sums);
  sqlite3_close(db);
  is_status(status, QY_OK, &err, table);
  ok(count > 0 && !missed, "%d columns of %s changed, %d not found", count, table, missed);
  ok(after == before, "and undone");
}

static void changes(const char *file)
{
  is_text(wrong_in(file), "", "nothing is wrong");
  /* a key of another experiment's network, of which there is one, is none of this */
  columns(file, "result", "id", "id, network, design, technology, precision, reason, resolved");
  columns(file, "interval", "id", "id");
  columns(file, "assignment", "point", "point");
  static const struct {
    const char *change, *undo;
    int batch;
    const char *what; /* NULL: results of the batch */
  } one[] = {
      {"UPDATE result SET technology = 3 - technology WHERE id = (2 << 40) + 12",
       "UPDATE result SET technology = 3 - technology WHERE id = (2 << 40) + 12", 1, NULL},
      {"UPDATE result SET design = design - 1 WHERE id = (2 << 40) + 12",
       "UPDATE result SET design = design + 1 WHERE id = (2 << 40) + 12", 1, NULL},
      {"UPDATE result SET precision = 3 - precision WHERE id = (2 << 40) + 32",
       "UPDATE result SET precision = 3 - precision WHERE id = (2 << 40) + 32", 3, NULL},
      {"UPDATE result SET reason = 3 - reason WHERE id = (2 << 40) + 10",
       "UPDATE result SET reason = 3 - reason WHERE id = (2 << 40) + 10", 1, NULL},
      {"UPDATE result SET resolved = NULL WHERE id = (2 << 40) + 7",
       "UPDATE result SET resolved = 1 WHERE id = (2 << 40) + 7", 0, NULL},
      {"UPDATE result SET area_um2 = NULL WHERE id = (2 << 40) + 27",
       "UPDATE result SET area_um2 = (SELECT area_um2_p05 * 2 FROM interval WHERE id = (2 << 40) + 27) WHERE id = "
       "(2 << 40) + 27",
       2, NULL},
      /* the sum of both rows, column by column, stays */
      {"UPDATE result SET energy_uj = o.e FROM (SELECT (4 << 40) + 41 - id AS id, energy_uj AS e FROM result WHERE id "
       "IN "
       "((2 << 40) + 20, (2 << 40) + 21)) o WHERE o.id = result.id",
       "UPDATE result SET energy_uj = o.e FROM (SELECT (4 << 40) + 41 - id AS id, energy_uj AS e FROM result WHERE id "
       "IN "
       "((2 << 40) + 20, (2 << 40) + 21)) o WHERE o.id = result.id",
       2, NULL},
      {"UPDATE design SET parameters = '{\"p\": 5}' WHERE id = (2 << 40) + 3",
       "UPDATE design SET parameters = '{\"p\": 4}' WHERE id = (2 << 40) + 3", 0, "designs"},
      {"UPDATE front SET point = point + 4", "UPDATE front SET point = point - 4", 0, "points of fronts"},
      {"UPDATE best_point SET value = value + 1 WHERE experiment = 2 AND metric = 'gops'",
       "UPDATE best_point SET value = value - 1 WHERE experiment = 2 AND metric = 'gops'", 0, "best points"},
      {"UPDATE front_chance SET probability = probability / 2", "UPDATE front_chance SET probability = probability * 2",
       0, "front probabilities"},
  };
  for (size_t i = 0; i < sizeof one / sizeof *one; i++)
    ok(is_found(file, one[i].change, one[i].undo, one[i].batch, one[i].what), "%s", one[i].change);
}

/* The sums of experiment `id`, one after another. */
static const char *sums(const char *file, int id)
{
  char sql[200];
  snprintf(sql, sizeof sql,
           "SELECT group_concat(sum, ' ') FROM (SELECT sum FROM batch WHERE experiment = %d ORDER BY batch)", id);
  return ask(file, sql);
}

/* ---- the rule ---- */

static uint64_t key_of(uint64_t end, const char *name)
{
  return qy_random_mix(end + qy_random_mix(qy_text_hash(name)));
}

static uint64_t of(uint64_t key, double value)
{
  uint64_t bits;
  if (value == 0) value = 0; /* of either sign */
  memcpy(&bits, &value, sizeof bits);
  return qy_random_mix(key + qy_random_mix(bits));
}

/* Databases keep their sums: a row's is that of its values, each mixed with its column's name and, of the ends of an
 * interval, with 1 or 2; what it lacks adds nothing. */
static void rule(void)
{
  enum { ROWS = 300 };
  uint64_t state = 9;
  row_keys keys;
  int wrong = 0;
  row_keys_make(&keys);
  for (int i = 0; i < ROWS; i++) {
    static double interval[QY_METRIC_COUNT][2];
    const unsigned has = (unsigned)(qy_random_xorshift(&state) >> 32);
    qy_store_row row = {.point = i, .design = i / 3, .technology = i % 2, .network = i % 5, .precision = i % 4};
    row.precision_bits = 4 + i % 9;
    row.weight_bits = has & 1 ? 3 : 0;
    row.clock_mhz = i % 7 ? 100.5 + i : -0.0;
    row.reason = has & 2 ? "too slow" : NULL;
    row.excluded = has & 4;
    row.resolved = has & 8 ? "{\"banks\":4}" : NULL;
    row.assignment = has & 16 ? "{}" : NULL;
    row.interval = has & 32 ? (const double(*)[2])interval : NULL;
    const struct {
      const char *name;
      double value;
    } number[] = {{"point", i},
                  {"design", i / 3},
                  {"technology", i % 2},
                  {"network", i % 5},
                  {"precision", i % 4},
                  {"precision_bits", 4 + i % 9},
                  {"clock_mhz", row.clock_mhz}};
    const char *const text[][2] = {{"reason", row.reason}, {"resolved", row.resolved}, {"assignment", row.assignment}};
    uint64_t sum = row.weight_bits ? of(key_of(0, "weight_bits"), 3) : 0;
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
      sum += of(key_of(0, number[k].name), number[k].value);
    for (size_t k = 0; k < sizeof text / sizeof *text; k++)
      if (text[k][1]) sum += qy_random_mix(key_of(0, text[k][0]) + qy_random_mix(qy_text_hash(text[k][1])));
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      const char *name = qy_metric_table()[m].name;
      row.metric[m] = qy_random_xorshift(&state) % 4 ? value_of(i, m) - 3 : (double)NAN;
      if (!isnan(row.metric[m]) && (!row.reason || row.excluded)) sum += of(key_of(0, name), row.metric[m]);
      for (int end = 0; end < 2; end++) {
        interval[m][end] = value_of(i, m) * (end ? 2 : 0.5);
        if (row.interval && qy_metric_uncertain(m)) sum += of(key_of((uint64_t)end + 1, name), interval[m][end]);
      }
    }
    wrong += (uint64_t)rows_sum(&keys, &row, 1) != qy_random_mix(sum);
  }
  is_int(wrong, 0, "rows whose sum is not that of what they have");
}

int main(void)
{
  char second[200], alone[200], small[200];
  rule();
  scratch_make();
  snprintf(second, sizeof second, "%s", scratch_file("second.sqlite"));
  snprintf(alone, sizeof alone, "%s", scratch_file("alone.sqlite"));
  snprintf(small, sizeof small, "%s", scratch_file("small.sqlite"));
  store_some(second, "name: other\n", BATCH, 2, false);
  store_some(second, "name: small\n", BATCH, POINTS / BATCH, false);
  store_some(alone, "name: small\n", BATCH, POINTS / BATCH, true);
  is_int(ask_number(alone, "SELECT count(DISTINCT sum) FROM batch"), POINTS / BATCH, "each batch has a sum of its own");
  is_text(sums(second, 2), sums(alone, 1), "rows that came backwards, with other keys");
  store_some(small, "name: small\n", 5, 3, false); /* the last of them is half of a batch of 10 */
  store_some(small, "name: small\n", BATCH, POINTS / BATCH, false);
  is_text(sums(small, 1), sums(alone, 1), "batches were smaller before");
  is_text(wrong_in(small), "", "nothing is wrong");
  changes(second);
  is_text(wrong_in(second), "", "all is as it was");
  scratch_remove();
  return done();
}
