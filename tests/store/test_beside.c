/* Experiments in packed columns beside others in rows, with batches of several sizes: every range of ids, condition
 * and order has the answer that SQLite alone gives where all of them are in rows. */
#include "packed_test.h"
#include "random.h"
#include "store_test.h"

#include <math.h>

enum { EXPERIMENTS = 6, MOST = 170 };

/* The room that a small batch needs does not do for the larger one behind it; batch `lacks` is not stored. */
static const struct {
  const char *policy;
  int64_t points, batch, lacks;
} of[EXPERIMENTS] = {{NULL, 45, 10, -1}, {"columns", 30, 4, -1}, {"columns", MOST, MOST, -1},
                     {NULL, 12, 5, 1},   {"columns", 40, 7, 2},  {NULL, 9, 9, -1}};

static qy_status store_batch(qy_store *store, const qy_store_experiment *e, int64_t batch, qy_error *err)
{
  qy_store_row row[MOST];
  qy_store_design design[MOST];
  int64_t count = 0, designs = 0;
  for (int64_t p = batch * e->batch_points; p < e->points && count < e->batch_points; p++, count++) {
    row[count] = row_of(p);
    row[count].excluded = p % 7 == 5;
    if (p % 11 == 0) row[count].metric[QY_LATENCY_US] = NAN;
    if (count == 0 || row[count].design != row[count - 1].design)
      design[designs++] = (qy_store_design){row[count].design, row[count].design % 2 ? "RDM" : "SDM", "{\"p\": 4}"};
  }
  return qy_store_batch(store, batch, row, count, design, designs, err);
}

/* All experiments; packed: as their policies say, else in rows. */
static void make(const char *file, bool packed)
{
  static const int64_t front_points[] = {0, 2, 8};
  static char text[EXPERIMENTS][24];
  const qy_store_front front = {"all", front_points, 3};
  qy_error err = {0};
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  for (int e = 0; e < EXPERIMENTS && !status; e++) {
    fixture f;
    int64_t id = 0;
    int complete;
    snprintf(text[e], sizeof text[e], "name: beside %d\n", e);
    fixture_make(&f, text[e], of[e].points, of[e].batch);
    f.e.name = strchr(text[e], ' ') + 1;
    f.e.store = packed ? of[e].policy : NULL;
    status = qy_store_begin(store, &f.e, &id, &complete, &err);
    for (int64_t b = 0; b * of[e].batch < of[e].points && !status; b++)
      if (b != of[e].lacks) status = store_batch(store, &f.e, b, &err);
    if (!status)
      status = of[e].lacks < 0 ? qy_store_finish(store, &front, 1, &err) : qy_store_abandon(store, "interrupted", &err);
  }
  qy_store_close(store);
  is_status(status, QY_OK, &err, packed ? "columns and rows are stored" : "all in rows");
  ask(file, "ALTER TABLE result ADD COLUMN note TEXT");
  ask(file, "UPDATE result SET note = 'n' || (id & 255) WHERE id >> 40 IN (1, 4, 6)");
}

/* At an edge of an experiment, of a batch, or of what is stored, or next to one. */
static int64_t some_id(uint64_t *seed)
{
  const size_t e = random_below(seed, EXPERIMENTS);
  const int64_t first = (int64_t)(e + 1) << 40,
                point[] = {0, of[e].batch * (int64_t)random_below(seed, 4), of[e].points, (INT64_C(1) << 40) - 1};
  return first + point[random_below(seed, 4)] + (int64_t)random_below(seed, 3) - 1;
}

static void ranges(qy_store *packed, sqlite3 *rows)
{
  static const char *const term[] = {"",
                                     " AND clock_mhz >= 101",
                                     " AND clock_mhz < 101",
                                     " AND area_um2 > 60.25",
                                     " AND latency_us IS NULL",
                                     " AND precision_bits = 8 AND clock_mhz <> 101.5",
                                     " AND energy_uj < 0"};
  static const char *const order[] = {"", " DESC", " DESC LIMIT 3", " LIMIT 5"};
  enum { TRIES = 300 };
  uint64_t seed = 21;
  int wrong = 0;
  for (int i = 0; i < TRIES; i++) {
    char sql[400];
    const bool views = i % 2;
    const char *id = views ? "point_id" : "id";
    const int64_t a = some_id(&seed), b = i % 10 ? some_id(&seed) : a, low = a < b ? a : b, high = a < b ? b : a;
    snprintf(sql, sizeof sql,
             "SELECT %s, area_um2, clock_mhz, %s FROM %s WHERE %s %s %lld AND %s %s %lld%s ORDER BY %s%s", id,
             views ? "technology, infeasible" : "technology, latency_us", views ? "point_all" : "result", id,
             i % 3 ? ">=" : ">", (long long)low - (i % 3 == 0), id, i % 5 ? "<=" : "<", (long long)high + (i % 5 == 0),
             term[random_below(&seed, sizeof term / sizeof *term)], id, order[random_below(&seed, 4)]);
    wrong += !agree(packed, rows, sql, false);
  }
  is_int(wrong, 0, "ranges over experiments of both kinds have the same points");
}

/* A table that is gone through once for each of several ranges, and whole. */
static void scans(qy_store *packed, sqlite3 *rows)
{
  static const char *const sql[] = {
      "SELECT id, area_um2, typeof(technology) FROM result ORDER BY id",
      "SELECT point_id, experiment, technology, design, infeasible FROM point_all ORDER BY point_id",
      "SELECT experiment_id, count(*), sum(area_um2 > 20), max(energy_uj) FROM point_all GROUP BY 1 ORDER BY 1",
      "SELECT count(*), sum(id & 1023) FROM result WHERE clock_mhz > 0",
      "SELECT count(*), sum(id & 1023) FROM result WHERE clock_mhz > 0 AND id > 2 << 40",
      "SELECT id, note, clock_mhz FROM result WHERE id >> 40 IN (1, 4, 6) ORDER BY id",
      "SELECT id, note FROM result WHERE id >> 40 IN (1, 4, 6) AND clock_mhz > 101 ORDER BY id DESC LIMIT 20",
      "SELECT rowid, id FROM result ORDER BY id",
      "SELECT rowid, area_um2 FROM result ORDER BY clock_mhz DESC, id LIMIT 30",
      "SELECT r.rowid, q.id FROM result r JOIN result q ON q.id = r.rowid + 1 WHERE r.clock_mhz > 101 ORDER BY 1",
      "SELECT v.column1, count(*), sum(r.id & 1023), max(r.clock_mhz) FROM (VALUES (1), (5), (3), (1), (6), (2), (4)) "
      "v CROSS JOIN result r ON r.id BETWEEN (v.column1 << 40) + 3 AND (v.column1 + 1 << 40) + 5 GROUP BY 1",
      "SELECT v.column1, r.id, r.area_um2 FROM (VALUES (3), (1), (2), (5), (6), (4), (3)) v CROSS JOIN result r ON "
      "r.id = (v.column1 << 40) + 8 ORDER BY 1, 2",
      "SELECT v.column1, (SELECT count(*) FROM result r WHERE r.id >= v.column1 << 40 AND r.clock_mhz > 101) FROM "
      "(VALUES (6), (3), (1), (5), (2)) v"};
  int wrong = 0;
  uint64_t seed = 4;
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
    wrong += !agree(packed, rows, sql[i], true);
  is_int(wrong, 0, "scans of all, and of one range after the other, are the same");
  for (int i = 0; i < 60; i++) {
    char of_list[300];
    snprintf(of_list, sizeof of_list,
             "SELECT point_id, technology FROM point_all WHERE experiment_id IN (%d, %d, %d)%s ORDER BY point_id",
             (int)random_below(&seed, 8), (int)random_below(&seed, 8), (int)random_below(&seed, 8),
             i % 3 == 0   ? ""
             : i % 3 == 1 ? " AND clock_mhz > 101"
                          : " AND point_id BETWEEN (2 << 40) + 7 AND (5 << 40) + 20");
    wrong += !agree(packed, rows, of_list, false);
  }
  is_int(wrong, 0, "and so are lists of experiments");
}

int main(void)
{
  scratch_make();
  const char *packed = scratch_file_kept("packed.sqlite"), *all = scratch_file_kept("rows.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  sqlite3 *rows = NULL;
  make(packed, true);
  make(all, false);
  is_text(ask(packed, "SELECT count(*) > 0 AND count(DISTINCT id >> 40) = 3 FROM result_chunk"), "1",
          "three experiments are packed");
  is_status(qy_store_open(&store, packed, QY_STORE_READ, &err), QY_OK, &err, "opened");
  ok(sqlite3_open_v2(all, &rows, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "and that of rows");
  ranges(store, rows);
  scans(store, rows);
  sqlite3_close(rows);
  qy_store_close(store);
  scratch_remove();
  return done();
}
