/* Results in packed columns are read like those in rows: at once as arrays, and through the views.  Of the views, the
 * same points stored in rows are asked by SQLite alone, which joins tables where quarry looks names up. */
#include "packed_points.h"

#include "quarry/points.h"
#include "random.h"

#include <math.h>

enum { METRICS = 3 };

static const int wanted[METRICS] = {QY_AREA_UM2, QY_ENERGY_UJ, QY_LATENCY_US};

/* What was stored, less the points that cannot be. */
static void at_once(const char *file, int64_t id, const char *what)
{
  qy_error err = {0};
  qy_store *store = NULL;
  double *metric[METRICS] = {NULL}, *point = NULL, *alone = NULL;
  size_t count = 0, expected = 0, alone_count = 0;
  int wrong = 0;
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, what);
  is_status(qy_store_metrics(metric, &point, &count, store, id, wanted, METRICS, &err), QY_OK, &err,
            "metrics are read at once");
  is_status(qy_store_metrics(&alone, NULL, &alone_count, store, id, wanted, 1, &err), QY_OK, &err,
            "without numbers of points");
  for (int64_t p = 0; p < POINTS; p++) {
    if (row_of(p).reason) continue;
    if (expected < count) {
      wrong += point[expected] != (double)p || alone[expected] != value_of(p, wanted[0]);
      for (int m = 0; m < METRICS; m++)
        wrong += wanted[m] == QY_LATENCY_US && p % 11 == 0 ? !isnan(metric[m][expected])
                                                           : metric[m][expected] != value_of(p, wanted[m]);
    }
    expected++;
  }
  ok(count == expected && alone_count == expected, "of all feasible points");
  is_int(wrong, 0, "in their order, bit for bit");
  for (int m = 0; m < METRICS; m++)
    free(metric[m]);
  free(point);
  free(alone);
  is_status(qy_store_metrics(metric, &point, &count, store, id + 7, wanted, METRICS, &err), QY_OK, &err,
            "of an experiment that is not there");
  is_int((int64_t)count, 0, "there are none");
  for (int m = 0; m < METRICS; m++)
    free(metric[m]);
  free(point);
  qy_store_close(store);
}

/* ---- keys ---- */

/* Points by parameters that some designs have and by the bits of their activations: labels rise, "-" comes last. */
static void by_keys(const char *file, int64_t id)
{
  ask(file, "UPDATE technology SET voltage_v = 0.8 WHERE name = 'lp55'");
  static const char *const name[] = {"q", "activation_bits", "p"};
  static const char *const labels[][3] = {{"1", "-"}, {"8", "16", "-"}, {"4", "-"}};
  static const size_t count[] = {2, 3, 2};
  enum { KEYS = sizeof name / sizeof *name };
  qy_key key[KEYS];
  qy_key_list list = {0};
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points p;
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  for (int k = 0; k < KEYS; k++)
    is_status(qy_key_find(&key[k], name[k], &list, &err), QY_OK, &err, name[k]);
  const qy_status status = qy_points_read(&p, store, id, wanted, METRICS, &list, &err);
  is_status(status, QY_OK, &err, "points with keys");
  for (int k = 0; k < KEYS && !status; k++) {
    size_t wrong = 0, numbers = 0;
    bool same = p.label_count[key[k]] == count[k];
    for (size_t l = 0; same && l < count[k]; l++) {
      const double number = p.number[key[k]] ? p.number[key[k]][l] : 0;
      same = strncmp(p.label[key[k]][l], labels[k][l], strlen(labels[k][l])) == 0;
      numbers += (size_t)(*labels[k][l] == '-' ? isnan(number) != 0 : number == atof(labels[k][l]));
    }
    ok(same && numbers == count[k], "labels of %s, by their numbers", name[k]);
    for (size_t i = 0; same && i < p.count; i++) {
      const int64_t point = (int64_t)p.point[i];
      const bool odd = point / 10 % 2 != 0;
      const size_t expected = k == 0 ? odd : k == 2 ? !odd : point % 5 == 4 ? 2 : point % 4 < 2 ? 0 : 1;
      wrong += p.key[key[k]][i] != expected;
    }
    is_int((int64_t)wrong, 0, "each point has its own");
  }
  size_t wrong = 0; /* what every point has */
  for (size_t i = 0; i < (status ? 0 : p.count); i++) {
    const int64_t point = (int64_t)p.point[i], design = point / 10;
    const struct {
      qy_key key;
      const char *label;
    } of[] = {{QY_KEY_DESIGN, design % 3 ? design % 2 ? "RDM" : "it's" : "SDM"},
              {QY_KEY_TECHNOLOGY, point % 2 ? "lp55" : "fdsoi28"},
              {QY_KEY_NETWORK, "mobilenet"},
              {QY_KEY_PRECISION, point % 5 == 4  ? "mixed"
                                 : point % 4 < 2 ? "8 bit"
                                                 : "16 bit"},
              {QY_KEY_VOLTAGE, point % 2 ? "0.8 V" : "-"},
              {QY_KEY_CLOCK, point % 3 == 0   ? "100.5 MHz"
                             : point % 3 == 1 ? "101.5 MHz"
                                              : "102.5 MHz"}};
    for (size_t k = 0; k < sizeof of / sizeof *of; k++)
      wrong +=
          !p.key[of[k].key] || !p.label[of[k].key] || strcmp(p.label[of[k].key][p.key[of[k].key][i]], of[k].label) != 0;
  }
  ok(!status && wrong == 0, "design, technology, network, precision and clock: %zu labels are others", wrong);
  ok(!status && p.unit[key[1]] && strcmp(p.unit[key[1]], "bit") == 0, "bits are bits");
  if (!status) qy_points_free(&p);
  list = (qy_key_list){.count = 1, .name = {"nothing"}};
  qy_error_clear(&err);
  is_int(qy_points_read(&p, store, id, wanted, METRICS, &list, &err), QY_BAD_INPUT, "no design has it");
  says(&err, "nothing", "which is said");
  qy_points_free(&p);
  qy_store_close(store);
}

/* ---- views ---- */

static void whole_columns(qy_store *packed, sqlite3 *rows)
{
  static const char *const table[] = {"point_all", "result"};
  int wrong = 0, columns = 0;
  for (int t = 0; t < 2; t++) {
    char list[80], sql[300];
    sqlite3_stmt *read = NULL;
    snprintf(list, sizeof list, "SELECT name FROM pragma_table_info('%s')", table[t]);
    sqlite3_prepare_v2(rows, list, -1, &read, NULL);
    for (; sqlite3_step(read) == SQLITE_ROW; columns++) {
      const char *column = (const char *)sqlite3_column_text(read, 0), *id = t ? "id" : "point_id";
      /* keys of texts depend on the order in which they were met; of another program, packed results have nothing */
      if (t && (strcmp(column, "reason") == 0 || strcmp(column, "resolved") == 0 || strcmp(column, "note") == 0))
        continue;
      snprintf(sql, sizeof sql, "SELECT %s, typeof(%s), quote(%s) FROM %s ORDER BY %s", id, column, column, table[t],
               id);
      wrong += !agree(packed, rows, sql, true);
    }
    sqlite3_finalize(read);
  }
  ok(columns > 2 * QY_METRIC_COUNT, "all columns of points and results");
  is_int(wrong, 0, "are the same values of the same types");
}

static void shapes(qy_store *packed, sqlite3 *rows)
{
  /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): long queries are of several pieces */
  static const char *const sql[] = {
      "SELECT * FROM point WHERE point = 17", "SELECT * FROM point_all WHERE point_id = (1 << 40) + 402",
      "SELECT * FROM front_point_all ORDER BY point",
      "SELECT count(*), count(DISTINCT technology), max(energy_uj), count(infeasible), sum(weight_bits) FROM point_all",
      "SELECT experiment, technology, design, precision, count(*), min(area_um2), max(front_probability) FROM "
      "point_all "
      "GROUP BY 1, 2, 3, 4",
      "SELECT infeasible, sum(energy_uj) FROM point GROUP BY 1 ORDER BY 1",
      "SELECT max(design), min(precision) FROM point_all WHERE experiment_id = 1",
      "SELECT p.point, (SELECT q.design || q.technology FROM point_all q WHERE q.point_id = p.point_id + 1) FROM point "
      "p "
      "WHERE p.point < 250 ORDER BY 1",
      "SELECT a.point, b.technology FROM point a JOIN point b ON b.point_id = a.point_id + 3 WHERE a.clock_mhz < 101",
      "SELECT a.point FROM point_all a LEFT JOIN point_all b ON b.point_id = a.point_id + 1 AND b.infeasible IS NULL "
      "WHERE b.latency_us IS NULL ORDER BY a.point_id",
      "SELECT a.point FROM point_all a LEFT JOIN point_all b ON b.point_id = a.point_id + 1 AND b.infeasible IS NOT "
      "NULL "
      "WHERE b.infeasible IS NULL ORDER BY a.point_id",
      "SELECT point FROM point_all WHERE design IN ('RDM', 'it''s') AND technology = 'lp55' ORDER BY point_id DESC "
      "LIMIT 9",
      "SELECT point FROM point_all WHERE experiment_id IN (2, 1, 7, 2) AND precision = 'w4a8' ORDER BY point_id",
      "SELECT point FROM point_all WHERE experiment_id = '1' AND clock_mhz = '101.5' ORDER BY 1",
      "SELECT point FROM point_all WHERE experiment_id IS NULL OR point_id < 0",
      "SELECT point FROM point_all WHERE precision_bits = 8.0 AND weight_bits IS NULL ORDER BY point_id",
      "SELECT point FROM point_all WHERE technology = 'LP55' COLLATE NOCASE AND point < 30 ORDER BY point_id",
      "SELECT point FROM point_all WHERE area_um2 > 'text' OR area_um2 < 'text' ORDER BY point_id LIMIT 5",
      "SELECT point FROM point_all WHERE energy_uj >= x'00'",
      "SELECT e.name, max(p.area_um2) FROM experiment e JOIN point_all p ON p.experiment_id = e.id GROUP BY 1",
      "SELECT t.name, count(*) FROM technology t JOIN result r ON r.technology = t.id GROUP BY 1",
      "SELECT count(*) FROM result WHERE reason IS NULL AND latency_us IS NOT NULL AND id > 1 << 40",
      "SELECT count(*) FROM result r JOIN design d ON d.id = r.design WHERE d.name = 'SDM' AND r.id >= 2 << 40",
      /* a table that is gone through once for each of several ranges */
      "SELECT v.column1, count(*), min(r.id), max(r.id) FROM (VALUES (3, 9), (0, 400), (20, 7), (501, 502), (99, 100), "
      "(2, 3)) v CROSS JOIN result r ON r.id BETWEEN (1 << 40) + v.column1 AND (1 << 40) + v.column2 GROUP BY 1",
      "SELECT v.column1, r.id FROM (VALUES (7), (3), (7), (450), (0)) v CROSS JOIN result r ON r.id = (1 << 40) + "
      "v.column1",
      "SELECT v.column1, (SELECT sum(r.id & 0xffff) FROM result r WHERE r.id < (1 << 40) + v.column1 AND r.id > "
      "(1 << 40) + v.column1 - 30) FROM (VALUES (40), (10), (480), (33)) v",
      "SELECT v.column1, (SELECT group_concat(point) FROM (SELECT point FROM point_all p WHERE p.experiment_id = "
      "v.column1 AND p.energy_uj > 500 ORDER BY p.energy_uj DESC LIMIT 4)) FROM (VALUES (1), (2), (1), (3)) v",
      /* conditions that no row of any batch meets, or all do */
      "SELECT count(*) FROM result WHERE clock_mhz IS NULL OR design IS NULL",
      "SELECT id FROM result WHERE clock_mhz IS NULL", "SELECT point FROM point_all WHERE precision_bits IS NULL",
      "SELECT count(*) FROM point_all WHERE clock_mhz IS NOT NULL AND precision_bits IS NOT NULL AND clock_mhz > 0",
      "SELECT id FROM result WHERE clock_mhz < 0 OR clock_mhz = 7",
      "SELECT * FROM infeasible_all WHERE experiment = 'whole'", "SELECT * FROM best_all WHERE experiment = 'whole'",
      "SELECT group_concat(design), group_concat(infeasible) FROM (SELECT design, infeasible FROM point LIMIT 40)"};
  int wrong = 0;
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
    wrong += !agree(packed, rows, sql[i], false);
  is_int(wrong, 0, "queries of many shapes have the same answers");
}

static void random_filters(qy_store *packed, sqlite3 *rows)
{
  static const char *const term[] = {"area_um2 IS NOT NULL",
                                     "latency_us IS NULL",
                                     "latency_us IS NOT NULL",
                                     "infeasible IS NULL",
                                     "infeasible IS NOT NULL",
                                     "technology = 'fdsoi28'",
                                     "design = 'it''s'",
                                     "design <> 'RDM'",
                                     "precision = '8 bit'",
                                     "precision = 'none'",
                                     "precision_bits < 16",
                                     "clock_mhz = 101.5",
                                     "clock_mhz >= 101",
                                     "clock_mhz < 102.5",
                                     "area_um2 > 200.25",
                                     "energy_uj <= 400",
                                     "area_um2 > energy_uj",
                                     "weight_bits = 3",
                                     "point_id > (1 << 40) + 250",
                                     "point_id <= (1 << 40) + 400",
                                     "point_id > -1.5",
                                     "point_id < -2",
                                     "point_id >= (1 << 40) + 250.5",
                                     "point_id < (1 << 40) + 400.5",
                                     "point_id < 1e30",
                                     "point_id > 1e30",
                                     "point_id = (1 << 40) + 17.5",
                                     "point_id = '1099511627793'",
                                     "point_id < 'text'",
                                     "weight_bits < 9007199254740993",
                                     "weight_bits > -9007199254740993",
                                     "experiment_id = 1",
                                     "experiment_id = 2",
                                     "point % 3 = 1",
                                     "front_probability > 0.4",
                                     "energy_uj_p05 < 150",
                                     "network = 'mobilenet'",
                                     "clock_mhz > NULL",
                                     "activation_bits = 8",
                                     "experiment = 'begun'",
                                     "area_um2 = 1e300",
                                     "infeasible = 'clock too fast for the multiplier'",
                                     "technology = 28",
                                     "technology < 5",
                                     "design > x'41'",
                                     "precision IS NULL",
                                     "network IS NOT NULL",
                                     "technology = NULL"};
  enum { TERMS = sizeof term / sizeof *term, TRIES = 200 };
  uint64_t seed = 3;
  int wrong = 0;
  for (int i = 0; i < TRIES; i++) {
    char sql[600];
    const size_t size = sizeof sql;
    const uint64_t more = random_bits(&seed) % 3;
    size_t used = qy_append(sql, size, 0, "SELECT count(*), sum(point_id), max(energy_uj), min(design) FROM point_all");
    for (uint64_t k = 0; k <= more; k++)
      used = qy_append(sql, size, used, " %s %s", k ? "AND" : "WHERE", term[random_bits(&seed) % TERMS]);
    wrong += !agree(packed, rows, sql, true);
  }
  is_int(wrong, 0, "conditions at random leave the same points");
}

/* Orders by up to three columns, names and numbers, with those that are NULL, and the point behind them. */
static void random_orders(qy_store *packed, sqlite3 *rows)
{
  static const char *const column[] = {
      "technology",        "design",     "network",    "precision",     "infeasible", "experiment",      "clock_mhz",
      "weight_bits",       "area_um2",   "latency_us", "energy_uj_p05", "point % 7",  "activation_bits", "voltage_v",
      "front_probability", "parameters", "assignment", "experiment_id", "design_id"};
  enum { COLUMNS = sizeof column / sizeof *column, TRIES = 120 };
  uint64_t seed = 8;
  int wrong = 0;
  for (int i = 0; i < TRIES; i++) {
    char sql[500];
    const size_t size = sizeof sql;
    const uint64_t more = random_bits(&seed) % 3;
    size_t used = qy_append(sql, size, 0, "SELECT point_id, design FROM point_all%s ORDER BY ",
                            i % 4 ? "" : " WHERE clock_mhz > 101");
    for (uint64_t k = 0; k <= more; k++)
      used = qy_append(sql, size, used, "%s%s, ", column[random_bits(&seed) % COLUMNS],
                       random_bits(&seed) & 1 ? " DESC" : "");
    qy_append(sql, size, used, "point_id%s LIMIT %d", i % 3 ? "" : " DESC", i % 5 ? 40 : 2000);
    wrong += !agree(packed, rows, sql, true);
  }
  is_int(wrong, 0, "orders at random are the same");
}

/* Ranges of ids that begin and end at edges of batches, of experiments, and of what is stored. */
static void edges(qy_store *packed, sqlite3 *rows)
{
  static const char *const edge[] = {"-1",
                                     "0",
                                     "(1 << 40) - 1",
                                     "1 << 40",
                                     "(1 << 40) + 99",
                                     "(1 << 40) + 100",
                                     "(1 << 40) + 502",
                                     "(1 << 40) + 503",
                                     "(2 << 40) - 1",
                                     "2 << 40",
                                     "(2 << 40) + 100",
                                     "(2 << 40) + 199",
                                     "(2 << 40) + 299",
                                     "(2 << 40) + 300",
                                     "3 << 40",
                                     "9223372036854775807"};
  static const struct {
    const char *table, *id;
  } of[] = {{"point_all", "point_id"}, {"result", "id"}};
  enum { EDGES = sizeof edge / sizeof *edge };
  int wrong = 0;
  for (int i = 0; i < EDGES; i++)
    for (int j = 0; j < EDGES; j++) {
      char sql[300];
      const int t = (i + j) % 2, k = i * EDGES + j;
      snprintf(
          sql, sizeof sql,
          "SELECT count(*), sum(%s & 0xffff), min(%s), max(%s), sum(area_um2 > 300) FROM %s WHERE %s %s %s AND %s %s "
          "%s",
          of[t].id, of[t].id, of[t].id, of[t].table, of[t].id, k % 3 ? ">=" : ">", edge[i], of[t].id,
          k % 5 ? "<=" : "<", edge[j]);
      wrong += !agree(packed, rows, sql, true);
      if (j > 1) continue;
      snprintf(sql, sizeof sql, "SELECT %s, area_um2 FROM %s WHERE %s %s %s ORDER BY %s %s LIMIT 3", of[j].id,
               of[j].table, of[j].id, k % 3 ? "=" : ">", edge[i], of[j].id, j ? "DESC" : "");
      wrong += !agree(packed, rows, sql, false);
    }
  is_int(wrong, 0, "ranges of ids hold the same points");
}

static void views(const char *packed_file, const char *rows_file)
{
  qy_error err = {0};
  qy_store *packed = NULL;
  sqlite3 *rows = NULL;
  is_status(qy_store_open(&packed, packed_file, QY_STORE_READ, &err), QY_OK, &err, "views of packed columns");
  ok(sqlite3_open_v2(rows_file, &rows, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "and of rows");
  whole_columns(packed, rows);
  shapes(packed, rows);
  random_filters(packed, rows);
  edges(packed, rows);
  random_orders(packed, rows);
  sqlite3_close(rows);
  qy_store_close(packed);
}

/* Names are read anew where another program has changed them. */
static void renamed(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  static const char sql[] = "SELECT technology, count(*) FROM point_all GROUP BY 1 ORDER BY 1";
  qy_text before = {0}, after = {0}, expected = {0};
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_status(qy_store_query(store, sql, add_row, &before, &err), QY_OK, &err, "points by technology");
  ask(file, "UPDATE technology SET name = 'zz' WHERE name = 'fdsoi28'");
  is_status(qy_store_query(store, sql, add_row, &after, &err), QY_OK, &err, "and after one got another name");
  ask(file, "UPDATE technology SET name = 'fdsoi28' WHERE name = 'zz'");
  char *first = before.data ? strchr(before.data, '\n') : NULL; /* fdsoi28, then lp55 */
  if (first) qy_text_add(&expected, "%szz%.*s\n", first + 1, (int)(first - before.data) - 7, before.data + 7);
  is_text(after.data, expected.data, "it has that name");
  qy_text_free(&before);
  qy_text_free(&after);
  qy_text_free(&expected);
  qy_store_close(store);
}

/* Batches of two points: rows of those on fronts, written from the columns, are as they were stored. */
static void small_batches(void)
{
  enum { FEW = 12, PAIR = 2 };
  static const int64_t front_points[] = {10, 1, 4, 5, 8};
  const char *file = scratch_file("small.sqlite");
  fixture f;
  int64_t id = 0;
  int complete, wrong = 0;
  qy_error err = {0};
  qy_store *store = NULL;
  fixture_make(&f, "name: pairs\n", FEW, PAIR);
  f.e.store = "columns";
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t b = 0; b < FEW / PAIR && !status; b++)
    status = put_batch(store, &f.e, b, &err);
  const qy_store_front front = {"all", front_points, 5};
  if (!status) status = qy_store_finish(store, &front, 1, &err);
  is_status(status, QY_OK, &err, "columns in batches of two points");
  qy_store_close(store);
  for (int i = 0; i < 5; i++)
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      char sql[160];
      const qy_store_row row = row_of(front_points[i]);
      snprintf(sql, sizeof sql, "SELECT printf('%%!.17g', %s) FROM result WHERE id & 0xffffffffff = %d",
               qy_metric_table()[m].name, (int)front_points[i]);
      const char *text = ask(file, sql);
      wrong += row.reason ? strcmp(text, "0.0") != 0 && strtod(text, NULL) != 0 : strtod(text, NULL) != row.metric[m];
    }
  is_int(wrong, 0, "rows of points on fronts have the metrics of the points");
}

/* As many reasons as points, and as many choices: each point keeps its own. */
static void many_texts(const char *policy)
{
  enum { MANY = 280, EACH = 70 };
  static char text[MANY][24];
  const char *file = scratch_file("texts.sqlite");
  fixture f;
  int64_t id = 0;
  int complete;
  qy_error err = {0};
  qy_store *store = NULL;
  qy_text got = {0};
  unlink(file);
  fixture_make(&f, "name: texts\n", MANY, EACH);
  f.e.store = policy;
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t b = 0; b < MANY / EACH && !status; b++) {
    qy_store_row row[EACH];
    const qy_store_design design = {0, "A", "{}"};
    for (int64_t i = 0; i < EACH; i++) {
      const int64_t p = b * EACH + i;
      row[i] = row_of(p);
      row[i].design = 0;
      row[i].assignment = NULL;
      snprintf(text[p], sizeof text[p], p % 2 ? "reason %d" : "{\"rows\":%d}", (int)(p / 4 * 4 + p % 2));
      row[i].reason = p % 2 ? text[p] : NULL;
      row[i].resolved = p % 2 ? NULL : text[p];
    }
    status = qy_store_batch(store, b, row, EACH, &design, b == 0, &err);
  }
  if (!status) status = qy_store_finish(store, NULL, 0, &err);
  is_status(status, QY_OK, &err, "many texts");
  qy_store_close(store);
  is_text(ask(file, "SELECT (SELECT count(*) FROM reason) || ' ' || (SELECT count(*) FROM resolved)"), "70 70",
          "each is kept once");
  qy_store_open(&store, file, QY_STORE_READ, &err);
  is_status(qy_store_query(
                store,
                "SELECT count(*), sum(w.text = 'reason ' || ((p.point / 4) * 4 + 1)) FROM point_all p JOIN result r "
                "ON r.id = p.point_id JOIN reason w ON w.id = r.reason WHERE p.infeasible = w.text",
                add_row, &got, &err),
            QY_OK, &err, "reasons");
  is_status(
      qy_store_query(store,
                     "SELECT count(*), sum(v.value = '{\"rows\":' || ((r.id & 0xffff) / 4 * 4) || '}') FROM result r "
                     "JOIN resolved v ON v.id = r.resolved",
                     add_row, &got, &err),
      QY_OK, &err, "and choices");
  is_text(got.data, "140\t140\n140\t140\n", "each point has its own");
  qy_text_free(&got);
  qy_store_close(store);
}

/* Points that cannot be are counted by reason and technology, whether these come in runs or in turns. */
static void counted(void)
{
  enum { MANY = 60, EACH = 20 };
  static const char *const why[] = {NULL, "too slow", "too large", "too slow"};
  const char *file = scratch_file("counted.sqlite");
  fixture f;
  int64_t id = 0, expected[2][2] = {{0}};
  int complete, wrong = 0;
  qy_error err = {0};
  qy_store *store = NULL;
  fixture_make(&f, "name: counted\n", MANY, EACH);
  f.e.store = "columns";
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t b = 0; b < MANY / EACH && !status; b++) {
    qy_store_row row[EACH];
    const qy_store_design design = {0, "A", "{}"};
    for (int64_t i = 0; i < EACH; i++) {
      const int64_t p = b * EACH + i, run = b == 1 ? p : p / 3; /* in turns; in runs */
      row[i] = row_of(p);
      row[i].design = 0;
      row[i].reason = why[run % 4];
      row[i].technology = (int)(b == 2 ? p / 10 % 2 : run / 2 % 2);
      if (row[i].reason) expected[row[i].technology][strcmp(row[i].reason, "too slow") == 0]++;
    }
    status = qy_store_batch(store, b, row, EACH, &design, b == 0, &err);
  }
  if (!status) status = qy_store_finish(store, NULL, 0, &err);
  is_status(status, QY_OK, &err, "points of two reasons");
  qy_store_close(store);
  for (int t = 0; t < 2; t++)
    for (int slow = 0; slow < 2; slow++) {
      char sql[200];
      snprintf(
          sql, sizeof sql,
          "SELECT points FROM infeasible_count i JOIN reason r ON r.id = i.reason WHERE technology = %d AND text = "
          "'%s'",
          t + 1, slow ? "too slow" : "too large");
      wrong += ask_number(file, sql) != expected[t][slow];
    }
  is_int(wrong, 0, "are counted by reason and technology");
}

/* A database of which a chunk of the designs is gone lacks it. */
static void lacking(const char *file, int64_t id)
{
  qy_error err = {0};
  qy_store *store = NULL;
  static const char is_design[] = "id & 255 = (SELECT number FROM chunk_column WHERE experiment = 1 AND name = "
                                  "'design') AND id >> 40 = 1 AND id >> 8 & 0xffffffff = 2";
  char sql[300];
  snprintf(sql, sizeof sql, "CREATE TABLE kept_chunk AS SELECT * FROM result_chunk WHERE %s", is_design);
  ask(file, sql);
  snprintf(sql, sizeof sql, "DELETE FROM result_chunk WHERE %s", is_design);
  ask(file, sql);
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_int(qy_store_check_whole(store, id, &err), QY_BAD_INPUT, "what lacks a chunk is not whole");
  says(&err, "5 chunks of results of 6", "and it is said");
  qy_store_close(store);
  ask(file, "INSERT INTO result_chunk SELECT * FROM kept_chunk");
  ask(file, "DROP TABLE kept_chunk");
}

/* Where there are no intervals nothing is known of them. */
static void certain(void)
{
  const char *file = scratch_file("certain.sqlite");
  fixture f;
  int64_t id = 0;
  int complete;
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points p;
  fixture_make(&f, "name: certain\n", 20, 10);
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "an experiment without draws");
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_status(qy_points_read(&p, store, id, wanted, METRICS, NULL, &err), QY_OK, &err, "its points");
  is_status(qy_points_unsure(&p, store, id, wanted, METRICS, &err), QY_OK, &err, "and what is known of draws");
  ok(!p.chance && !p.low[wanted[0]] && !p.high[wanted[0]], "which is nothing");
  qy_points_free(&p);
  qy_store_close(store);
}

/* What the definition of an experiment says of its memory and of its noise; points know it. */
static void scope(const char *file, int64_t id)
{
  static const struct {
    const char *definition, *noise, *sha256;
    bool on_chip;
  } of[] = {{"{}", NULL, NULL, false},
            {"{\"on_chip\": 1, \"noise\": \"weights\", \"noise_sha256\": \"ab12\"}", "weights", "ab12", true},
            {"{\"on_chip\": 0, \"noise\": \"sums\"}", "sums", NULL, false}};
  for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
    char sql[300];
    qy_error err = {0};
    qy_store *store = NULL;
    qy_points p = {0};
    snprintf(sql, sizeof sql, "UPDATE experiment SET definition = '%s' WHERE id = %d", of[i].definition, (int)id);
    ask(file, sql);
    qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
    if (!status) status = qy_points_read(&p, store, id, wanted, METRICS, NULL, &err);
    is_status(status, QY_OK, &err, of[i].definition);
    ok(p.on_chip == of[i].on_chip && (of[i].noise ? p.noise && !strcmp(p.noise, of[i].noise) : !p.noise) &&
           (of[i].sha256 ? p.noise_sha256 && !strcmp(p.noise_sha256, of[i].sha256) : !p.noise_sha256),
       "whether it has a memory, and what its noise is");
    qy_points_free(&p);
    qy_store_close(store);
  }
}

/* A chunk that is cut short. */
static void damaged(const char *file, int64_t id)
{
  qy_error err = {0};
  qy_store *store = NULL;
  double *metric[METRICS] = {NULL}, *point = NULL;
  size_t count = 0;
  is_text(ask(file, "UPDATE result_chunk SET data = substr(data, 1, length(data) - 1)"), "(no row)", "damage");
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "a damaged database is opened");
  is_int(qy_store_metrics(metric, &point, &count, store, id, wanted, METRICS, &err), QY_BAD_INPUT, "and refused");
  says(&err, "is damaged", "with a message");
  ok(!metric[0] && !metric[1] && !metric[2] && !point && !count, "that leaves nothing to free");
  static const char *const sql[] = {"SELECT sum(area_um2) FROM point_all",
                                    "SELECT point FROM point_all ORDER BY technology, point_id DESC LIMIT 1",
                                    "SELECT point FROM point_all ORDER BY area_um2 LIMIT 1",
                                    "SELECT design, count(*) FROM point_all GROUP BY design ORDER BY 2 DESC LIMIT 1",
                                    "SELECT count(*) FROM point_all WHERE area_um2 > 1",
                                    "SELECT count(*) FROM point_all WHERE infeasible IS NULL",
                                    "SELECT count(*) FROM result WHERE reason IS NULL",
                                    "SELECT sum(energy_uj) FROM result",
                                    "SELECT max(technology) FROM point_all",
                                    "SELECT area_um2 FROM point_all WHERE point_id = (1 << 40) + 3"};
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
    qy_text unused = {0};
    qy_error_clear(&err);
    ok(qy_store_query(store, sql[i], add_row, &unused, &err) != QY_OK && err.count > 0, "so is %s", sql[i]);
    qy_text_free(&unused);
  }
  qy_error_clear(&err);
  qy_store_close(store);
}

int main(void)
{
  scratch_make();
  const char *packed = scratch_file_kept("packed.sqlite"), *rows = scratch_file_kept("rows.sqlite");
  const int64_t id = store_points(packed, "columns");
  at_once(packed, id, "packed columns");
  by_keys(packed, id);
  const int64_t in_rows = store_points(rows, NULL);
  at_once(rows, in_rows, "rows");
  by_keys(rows, in_rows);
  views(packed, rows);
  renamed(packed);
  renamed(rows);
  lacking(packed, id);
  small_batches();
  counted();
  many_texts(NULL);
  many_texts("columns");
  certain();
  scope(packed, id);
  damaged(packed, id);
  scratch_remove();
  return done();
}
