/* Round trips, identity, reuse, views, and what the store refuses to take.
 *
 * Expected values come from the arrays that were stored and from hand-made rows, read back by SQLite alone.
 */
#include "store_test.h"

static void round_trip(const char *file)
{
  qy_error err = {0};
  fixture f;
  int64_t id = 0;
  int complete = -1;
  fixture_make(&f, "name: small # µ \"quoted\" 'single'\n", 103, 20);
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "an experiment is stored");
  is_int(id, 1, "it is the first");
  is_int(complete, 0, "it was not there before");

  is_text(ask(file, "SELECT text FROM experiment"), f.e.text, "the text of the experiment, verbatim");
  is_text(ask(file, "SELECT sha256 FROM experiment"), f.e.sha256, "its SHA-256");
  is_text(ask(file, "SELECT seed || '|' || command_line || '|' || file || '|' || question FROM experiment"),
          "7|quarry run experiments/small.yaml|experiments/small.yaml|Which is best?",
          "seed, command line, file, question");
  is_text(ask(file, "SELECT status || '|' || points || '|' || batch_points || '|' || runs || '|' || (runner IS NULL) "
                    "FROM experiment"),
          "complete|103|20|1|1", "status, points, batch size, runs, no mark of a process left");
  is_int(ask_number(file, "SELECT abs(julianday('now') - julianday(started_utc)) < 0.01 AND started_utc <= ended_utc "
                          "FROM experiment"),
         1, "start and end are times in UTC, just now");
  is_text(ask(file, "SELECT text FROM technology WHERE name = 'lp55'"), f.technology[1].text,
          "the text of a technology, verbatim");
  is_text(ask(file, "SELECT group_concat(name) FROM (SELECT t.name FROM experiment_technology x JOIN technology t ON "
                    "t.id = x.technology ORDER BY x.position)"),
          "fdsoi28,lp55", "technologies in the order of the experiment");
  is_text(ask(file, "SELECT n.sha256 FROM experiment_network x JOIN network n ON n.id = x.network"), f.hash[2],
          "the hash of the network");

  is_int(ask_number(file, "SELECT count(*) FROM result"), 103, "one row a point");
  is_text(ask(file, "SELECT group_concat(rows) FROM batch"), "20,20,20,20,20,3", "every batch is marked with its rows");
  is_int(ask_number(file, "SELECT count(*) FROM design"), 11, "each design once");
  is_text(ask(file, "PRAGMA foreign_key_check"), "(no row)", "every key leads somewhere");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "SQLite finds the file sound");

  is_text(ask(file, "SELECT count(*) || ' ' || sum(b.value = x.low) || ' ' || sum(b.point = x.id) FROM best_point b "
                    "JOIN (SELECT technology, precision, min(area_um2) AS low, id FROM result GROUP BY 1, 2) x "
                    "USING (technology, precision) WHERE b.metric = 'area_um2'"),
          "6 6 6", "the least area per technology and precision, and its point, are those SQL finds");
  is_text(ask(file, "SELECT count(*) || ' ' || sum(b.value = x.high) || ' ' || sum(b.point = x.id) FROM best_point b "
                    "JOIN (SELECT technology, precision, max(gops) AS high, id FROM result GROUP BY 1, 2) x "
                    "USING (technology, precision) WHERE b.metric = 'gops'"),
          "6 6 6", "so are the most operations per second");

  /* Every value of every row, bit for bit. */
  sqlite3 *db = NULL;
  sqlite3_stmt *s = NULL;
  int64_t point = 0, wrong = 0;
  sqlite3_open(file, &db);
  sqlite3_prepare_v2(
      db,
      "SELECT r.*, d.name, t.name, w.text, p.label, a.assignment FROM result r JOIN design d ON d.id = r.design JOIN "
      "technology t ON t.id = r.technology LEFT JOIN reason w ON w.id = r.reason JOIN precision p ON p.id = "
      "r.precision "
      "LEFT JOIN assignment a ON a.point = r.id ORDER BY r.id",
      -1, &s, NULL);
  for (; sqlite3_step(s) == SQLITE_ROW; point++) {
    qy_store_row row = row_of(point);
    const int first = 10, names = first + QY_METRIC_COUNT;
    wrong += sqlite3_column_int64(s, 0) != ((int64_t)1 << 40) + point;
    wrong += sqlite3_column_int64(s, 1) != ((int64_t)1 << 40) + row.design;
    wrong += sqlite3_column_int(s, 5) != row.precision_bits;
    wrong += sqlite3_column_double(s, 7) != row.clock_mhz;
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      if (row.reason)
        wrong += sqlite3_column_type(s, first + m) != SQLITE_NULL;
      else
        wrong += sqlite3_column_double(s, first + m) != row.metric[m];
    }
    wrong += strcmp((const char *)sqlite3_column_text(s, names), row.design % 2 ? "RDM" : "SDM") != 0;
    wrong += strcmp((const char *)sqlite3_column_text(s, names + 1), row.technology ? "lp55" : "fdsoi28") != 0;
    const char *reason = (const char *)sqlite3_column_text(s, names + 2);
    wrong += row.reason ? !reason || strcmp(reason, row.reason) != 0 : reason != NULL;
    wrong += strcmp((const char *)sqlite3_column_text(s, names + 3), f.precision[row.precision].label) != 0;
    const char *assignment = (const char *)sqlite3_column_text(s, names + 4);
    wrong += row.assignment ? !assignment || strcmp(assignment, row.assignment) != 0 : assignment != NULL;
  }
  sqlite3_finalize(s);
  sqlite3_close(db);
  is_int(point, 103, "all rows are read back");
  is_int(wrong, 0, "every value is what was given, bit for bit");
}

static int64_t begin_only(const char *file, const qy_store_experiment *e, int *complete)
{
  qy_error err = {0};
  qy_store *store = NULL;
  int64_t id = 0;
  if (qy_store_open(&store, file, QY_STORE_WRITE, &err) || qy_store_begin(store, e, &id, complete, &err))
    printf("# %s\n", err.diagnostic[0].text);
  qy_store_close(store);
  return id;
}

/* Experiment 6 and 7: with a noise file, with another.  Then the counts of the caller go on. */
static void noise_identity(const char *file, fixture *f)
{
  static const char *const text[] = {"layer,option,cost\nconv1,8,1\n", "layer,option,cost\nconv1,8,2\n"};
  int complete;
  char hash[2][65];
  for (int i = 0; i < 2; i++) {
    qy_sha256_text(hash[i], text[i], strlen(text[i]));
    f->noise[i] = (qy_store_input){"noise.csv", hash[i], text[i]};
  }
  f->noise[1].text = NULL;
  f->e.noise = f->noise;
  f->e.noise_count = 1;
  is_int(begin_only(file, &f->e, &complete), 6, "a noise file is another experiment");
  f->e.noise = f->noise + 1;
  is_int(begin_only(file, &f->e, &complete), 7,
         "another noise file of that name, of which the hash is known alone, too");
  f->e.noise = f->noise;
  is_int(begin_only(file, &f->e, &complete), 6, "the first is found again");
  is_text(ask(file, "SELECT n.text FROM experiment_noise_file x JOIN noise_file n ON n.id = x.noise_file WHERE "
                    "x.experiment = 6"),
          text[0], "with its text");
  f->e.noise_count = 0;
}

static void identity(const char *file)
{
  fixture f;
  int64_t id = 0;
  int complete = 0;
  qy_error err = {0};
  const char *text = "name: small # µ \"quoted\" 'single'\n";
  fixture_make(&f, text, 103, 20);
  f.e.file = "elsewhere/copy.yaml";
  f.e.command_line = "quarry run copy.yaml";
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "the same experiment again");
  is_int(id, 1, "is found by its text, wherever the file is");
  is_int(complete, 1, "and is complete");
  is_int(ask_number(file, "SELECT count(*) FROM result"), 103, "no row is doubled");
  is_int(ask_number(file, "SELECT count(*) FROM technology"), 2, "no technology is doubled");
  is_int(ask_number(file, "SELECT count(*) FROM front"), 2, "no front is doubled");

  f.e.model_version = "a later one";
  is_int(begin_only(file, &f.e, &complete), 2, "another model version is another experiment");
  is_int(complete, 0, "which has no rows yet");
  is_text(ask(file, "SELECT model_version || ' ' || status FROM experiment WHERE id = 2"), "a later one interrupted",
          "closed without an end, it is marked interrupted");
  f.e.model_version = NULL;
  f.e.seed = "8";
  is_int(begin_only(file, &f.e, &complete), 3, "another seed is another experiment");
  f.e.seed = "7";
  f.technology[0].text = "nand2: 1.1\n";
  qy_sha256_text(f.hash[0], f.technology[0].text, strlen(f.technology[0].text));
  is_int(begin_only(file, &f.e, &complete), 4, "another text of a technology is another experiment");
  is_int(ask_number(file, "SELECT count(*) FROM technology WHERE name = 'fdsoi28'"), 2, "both texts are kept");
  f.e.network_count = 0;
  is_int(begin_only(file, &f.e, &complete), 5, "a network less is another experiment");
  noise_identity(file, &f);
  fixture_make(&f, "name: small\n", 103, 20);
  is_int(begin_only(file, &f.e, &complete), 8, "another text is another experiment");
  is_int(begin_only(file, &f.e, &complete), 8, "which is found again while it is not finished");
  is_int(ask_number(file, "SELECT runs FROM experiment WHERE id = 8"), 2, "and counted as continued");
  f.e.file = "wrong hash";
  f.e.sha256 = f.hash[0];
  qy_store *store = NULL;
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "open once more");
  is_int(qy_store_begin(store, &f.e, &id, &complete, &err), QY_INTERNAL,
         "a hash that is not that of the text is refused");
  qy_store_close(store);
}

/* Stop in the middle, go on with batches of another size. */
static void other_batch_size(void)
{
  const char *file = scratch_file("regroup.sqlite"), *whole = scratch_file("whole.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete, had = 0;
  fixture_make(&f, "name: regroup\n", 1000, 100);
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  qy_store_begin(store, &f.e, &id, &complete, &err);
  static const int64_t done_before[] = {0, 1, 2, 3, 4, 7};
  for (int i = 0; i < 6; i++)
    put_batch(store, &f.e, done_before[i], &err);
  is_status(qy_store_abandon(store, "interrupted", &err), QY_OK, &err, "a run is interrupted after six batches");
  qy_store_close(store);
  is_int(ask_number(file, "SELECT count(*) FROM result"), 600, "their rows are there");

  f.e.batch_points = 250;
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "it goes on with larger batches");
  for (int b = 0; b < 4; b++)
    had |= qy_store_has_batch(store, b) << b;
  is_int(had, 3, "the two that were covered are known");
  is_int(qy_store_has_batch(store, -1) + qy_store_has_batch(store, 4), 0, "batches that cannot be are not");
  qy_store_close(store);
  is_int(ask_number(file, "SELECT count(*) FROM result"), 500, "rows that fill no batch are dropped");
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "it is finished");
  is_status(run_all(whole, &f.e, &id, &complete, &err), QY_OK, &err, "beside one that was never stopped");
  char sql[400];
  snprintf(sql, sizeof sql, "%s", whole);
  sqlite3 *db = NULL;
  sqlite3_stmt *s = NULL;
  sqlite3_open(file, &db);
  sqlite3_prepare_v2(db, "ATTACH ? AS w", -1, &s, NULL);
  sqlite3_bind_text(s, 1, sql, -1, SQLITE_STATIC);
  sqlite3_step(s);
  sqlite3_finalize(s);
  sqlite3_prepare_v2(
      db,
      "SELECT (SELECT count(*) FROM result), (SELECT count(*) FROM (SELECT * FROM result EXCEPT SELECT * "
      "FROM w.result)) + (SELECT count(*) FROM (SELECT * FROM best_point EXCEPT SELECT * FROM "
      "w.best_point)) + (SELECT count(*) FROM (SELECT * FROM w.best_point EXCEPT SELECT * FROM "
      "best_point)) + (SELECT count(*) FROM (SELECT * FROM assignment EXCEPT SELECT * FROM w.assignment)) + (SELECT "
      "count(*) FROM (SELECT * FROM w.assignment EXCEPT SELECT * FROM assignment))",
      -1, &s, NULL);
  sqlite3_step(s);
  is_int(sqlite3_column_int64(s, 0), 1000, "all rows are there");
  is_int(sqlite3_column_int64(s, 1), 0, "and all are the same, the best points too");
  sqlite3_finalize(s);
  sqlite3_close(db);
}

/* An experiment that lost rows is finished again: its best points and fronts are made anew, those of another stay. */
static void finished_again(void)
{
  const char *file = scratch_file("again.sqlite");
  qy_error err = {0};
  fixture f, other;
  int64_t id;
  int complete;
  fixture_make(&other, "name: other\n", 60, 20);
  fixture_make(&f, "name: again\n", 103, 20);
  run_all(file, &other.e, &id, &complete, &err);
  run_all(file, &f.e, &id, &complete, &err);
  static const char of_first[] = "SELECT group_concat(value || metric || point) FROM (SELECT * FROM best_point WHERE "
                                 "experiment = 1 ORDER BY technology, precision, metric)",
                    best[] = "SELECT count(*) || ' ' || sum(b.value = x.low) || ' ' || sum(b.point = x.id) FROM "
                             "best_point b JOIN (SELECT technology, precision, min(area_um2) AS low, id FROM result "
                             "WHERE id >= 2 << 40 GROUP BY 1, 2) x USING (technology, precision) WHERE b.metric = "
                             "'area_um2' AND b.experiment = 2";
  char before[1024];
  snprintf(before, sizeof before, "%s", ask(file, of_first));
  ask(file, "UPDATE best_point SET value = -5, point = (2 << 40) + 50 WHERE experiment = 2");
  ask(file, "DELETE FROM result WHERE id = (2 << 40) + 6");
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "an experiment that lost a row runs again");
  is_int(complete, 0, "it was not complete");
  is_text(ask(file, best), "6 6 6", "its best points are those SQL finds");
  is_text(ask(file, of_first), before, "those of the other experiment are as before");
  is_int(ask_number(file, "SELECT count(*) FROM result WHERE id >= 2 << 40"), 103, "each point once");
}

/* Of equal points the first is the best, whatever was stored first; NaN is no value; senses of both kinds. */
static void equal_points(void)
{
  const char *file = scratch_file("equal.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: equal\n", 6, 2);
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  qy_store_begin(store, &f.e, &id, &complete, &err);
  const qy_store_design design = {0, "A", "{}"};
  static const int64_t order[] = {2, 0, 1};
  /* Areas of points 0 .. 5: none, 7, 5, 5, 9, 5; operations per second the other way round. */
  static const double area[] = {0, 7, 5, 5, 9, 5}, gops[] = {2, 3, 4, 1, 4, 4};
  for (int b = 0; b < 3; b++) {
    qy_store_row row[2];
    for (int i = 0; i < 2; i++) {
      const int64_t point = 2 * order[b] + i;
      row[i] = row_of(point);
      row[i].technology = row[i].precision = 0;
      row[i].design = 0;
      row[i].assignment = row[i].reason = NULL;
      row[i].metric[QY_AREA_UM2] = point == 0 ? (double)NAN : area[point];
      row[i].metric[QY_GOPS] = gops[point];
    }
    is_status(qy_store_batch(store, order[b], row, 2, &design, b == 0, &err), QY_OK, &err, "a batch of two");
  }
  is_status(qy_store_finish(store, NULL, 0, &err), QY_OK, &err, "finished");
  qy_store_close(store);
  static const char sql[] = "SELECT value || ' ' || (point - (1 << 40)) FROM best_point WHERE metric = '%s'";
  char text[200];
  snprintf(text, sizeof text, sql, "area_um2");
  is_text(ask(file, text), "5.0 2", "the least area, of points 2, 3 and 5");
  snprintf(text, sizeof text, sql, "gops");
  is_text(ask(file, text), "4.0 2", "the most operations, of points 2, 4 and 5");
}

/* Batches that are held are seen once they are released; one that cannot be stored takes those before it with it. */
static void held(void)
{
  const char *file = scratch_file("held.sqlite");
  static const char rows[] = "SELECT count(*) FROM result";
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: held\n", 8, 2);
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  qy_store_begin(store, &f.e, &id, &complete, &err);
  is_int(qy_store_release(store, &err), QY_OK, "nothing is held");
  is_status(qy_store_hold(store, &err), QY_OK, &err, "two batches are held");
  put_batch(store, &f.e, 0, &err);
  put_batch(store, &f.e, 1, &err);
  is_int(ask_number(file, rows), 0, "nobody else sees them");
  is_status(qy_store_release(store, &err), QY_OK, &err, "they are released");
  is_int(ask_number(file, rows), 4, "and seen");
  qy_store_hold(store, &err);
  is_status(put_batch(store, &f.e, 2, &err), QY_OK, &err, "a third one is held");
  const qy_store_design design = {7, "A", "{}"};
  qy_store_row row[2] = {row_of(6), row_of(7)};
  row[0].design = row[1].design = 7;
  row[1].assignment = "no JSON";
  is_int(qy_store_batch(store, 3, row, 2, &design, 1, &err), QY_INTERNAL, "the fourth cannot be stored");
  is_int(qy_store_release(store, &err), QY_OK, "nothing is held any more");
  is_int(ask_number(file, rows), 4, "nor is the third one stored");
  qy_store_close(store);
}

/* Numbers of a row at the ends of what a store takes. */
static void row_limits(void)
{
  const char *file = scratch_file("limits.sqlite");
  const int64_t largest = ((int64_t)1 << 40) - 1;
  static const int bits[] = {0, 64, -1, 65};
  for (int i = 0; i < 4; i++) {
    qy_error err = {0};
    qy_store *store = NULL;
    fixture f;
    int64_t id;
    int complete;
    char text[40];
    snprintf(text, sizeof text, "name: limits %d\n", i);
    fixture_make(&f, text, 1, 1);
    qy_store_open(&store, file, QY_STORE_WRITE, &err);
    qy_store_begin(store, &f.e, &id, &complete, &err);
    qy_store_row row = row_of(0);
    row.metric[0] = INFINITY;
    row.metric[2] = -INFINITY;
    const qy_store_design first = {0, "A", "{}"};
    is_int(qy_store_batch(store, 0, &row, 1, &first, 1, &err), QY_INTERNAL, "infinities are refused");
    char said[120];
    snprintf(said, sizeof said, "point 0: expected finite numbers, found %s = inf", qy_metric_table()[0].name);
    says(&err, said, "the first one is named");
    qy_error_clear(&err);
    row = row_of(0);
    row.precision_bits = bits[i];
    row.design = i % 2 ? largest : 0;
    const qy_store_design design = {row.design, "A", "{}"};
    is_int(qy_store_batch(store, 0, &row, 1, &design, 1, &err), i < 2 ? QY_OK : QY_INTERNAL,
           "operands of 0 to 64 bits");
    if (i == 0) {
      qy_store_row same = row_of(0);
      is_int(qy_store_batch(store, 0, &same, 1, &design, 1, &err), QY_INTERNAL, "a batch once");
      is_int(qy_store_has_batch(store, 0), 1, "is there");
    }
    qy_store_close(store);
  }
}

static void refused_batches(void)
{
  const char *file = scratch_file("refuse.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: refuse\n", 30, 10);
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  qy_store_row row = row_of(0);
  qy_store_design design = {0, "SDM", "{}"};
  is_int(qy_store_batch(store, 0, &row, 1, &design, 1, &err), QY_INTERNAL, "a batch before an experiment is refused");
  qy_store_begin(store, &f.e, &id, &complete, &err);
  struct {
    const char *what;
    int64_t batch;
    qy_store_row row;
  } wrong[] = {{"minus infinity", 0, row_of(1)},
               {"infinity", 0, row_of(1)},
               {"an infinite clock", 0, row_of(1)},
               {"a point of another batch", 0, row_of(10)},
               {"a point past the end", 2, row_of(30)},
               {"a technology that is not there", 0, row_of(1)},
               {"a network that is not there", 0, row_of(1)},
               {"a precision of 65 bits", 0, row_of(1)},
               {"a batch past the end", 3, row_of(30)},
               {"a design that was never told", 0, row_of(1)}};
  wrong[0].row.metric[QY_ENERGY_UJ] = -INFINITY;
  wrong[1].row.metric[QY_METRIC_COUNT - 1] = INFINITY;
  wrong[2].row.clock_mhz = INFINITY;
  wrong[5].row.technology = 2;
  wrong[6].row.network = -1;
  wrong[7].row.precision_bits = 65;
  wrong[9].row.design = 77;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    char what[80];
    qy_store_row pair[2] = {row_of(wrong[i].row.point == 30 ? 29 : 0), wrong[i].row};
    pair[0].design = 0;
    snprintf(what, sizeof what, "%s is refused", wrong[i].what);
    qy_error_clear(&err);
    is_int(qy_store_batch(store, wrong[i].batch, pair, 2, &design, 1, &err), QY_INTERNAL, what);
    if (i == 0) says(&err, "energy_uj", "and the metric is named");
  }
  qy_store_row twice[2] = {row_of(0), row_of(0)};
  is_int(qy_store_batch(store, 0, twice, 2, &design, 1, &err), QY_INTERNAL, "the same point twice is refused");
  qy_store_design broken = {5, "SDM", "{no json"};
  is_int(qy_store_batch(store, 0, &row, 1, &broken, 1, &err), QY_INTERNAL, "parameters that are not JSON are refused");
  is_int(ask_number(file, "SELECT (SELECT count(*) FROM result) + (SELECT count(*) FROM batch) + (SELECT count(*) FROM "
                          "design) + (SELECT count(*) FROM reason)"),
         0, "nothing of the refused batches is stored");
  row = row_of(3);
  row.design = 0;
  row.metric[0] = NAN;
  qy_error_clear(&err);
  is_status(qy_store_batch(store, 0, &row, 1, &design, 1, &err), QY_OK, &err,
            "metrics of an infeasible row do not matter");
  is_text(ask(file, "SELECT text FROM reason"), "clock too fast for the multiplier", "its reason is stored");
  is_int(qy_store_batch(store, 0, &row, 1, &design, 1, &err), QY_INTERNAL, "a batch is not stored twice");
  is_int(qy_store_finish(store, NULL, 0, &err), QY_INTERNAL, "finishing with batches missing is refused");
  is_text(ask(file, "SELECT status FROM experiment"), "running", "and changes nothing");
  is_int(qy_store_abandon(store, "bored", &err), QY_INTERNAL, "an unknown way to end is refused");
  is_int(qy_store_abandon(store, "failed", &err), QY_OK, "failing is one");
  is_text(ask(file, "SELECT status || (ended_utc IS NOT NULL) FROM experiment"), "failed1", "and is stored");
  qy_store_close(store);
}

/* Eight hand-made points: two designs, two technologies, two clocks. */
static void views(void)
{
  const char *file = scratch_file("views.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: views\n", 8, 4);
  f.e.objectives = "[\"area_um2\", \"gops\"]";
  static const double area[8] = {100, 50, 120, 70, 90, 200, 40, 10};
  static const double gops[8] = {1, 5, 9, 2, 9, 3, 4, 8};
  qy_store_row rows[8];
  for (int i = 0; i < 8; i++) {
    /* technology varies fastest, then clock, then design; point 7 is infeasible. */
    rows[i] = (qy_store_row){.point = i,
                             .design = i / 4,
                             .technology = i % 2,
                             .precision = 1,
                             .precision_bits = 8,
                             .clock_mhz = i / 2 % 2 ? 400 : 200,
                             .reason = i == 7 ? "no such buffer" : NULL};
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      rows[i].metric[m] = 1;
    rows[i].metric[QY_AREA_UM2] = area[i];
    rows[i].metric[QY_GOPS] = gops[i];
  }
  static const qy_store_design design[2] = {{0, "SDM", "{\"channels\": 1}"}, {1, "RDM", "{\"channels\": 4}"}};
  static const int64_t front0[] = {2, 6}, front1[] = {1};
  static const qy_store_front front[2] = {{"fdsoi28, 8 bit", front0, 2}, {"lp55, 8 bit", front1, 1}};
  int status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  /* The second half first: the order of batches must not show. */
  if (!status) status = qy_store_batch(store, 1, rows + 4, 4, design + 1, 1, &err);
  if (!status) status = qy_store_batch(store, 0, rows, 4, design, 1, &err);
  if (!status) status = qy_store_finish(store, front, 2, &err);
  is_status((qy_status)status, QY_OK, &err, "hand-made points are stored");
  qy_store_close(store);

  static const struct {
    const char *sql, *expected, *what;
  } row[] = {
      {"SELECT experiment || '|' || technology || '|' || network || '|' || design || '|' || precision_bits || '|' || "
       "clock_mhz || '|' || area_um2 || '|' || gops || '|' || parameters FROM point WHERE point = 6",
       "small|fdsoi28|mobilenet|RDM|8|400.0|40.0|4.0|{\"channels\": 4}",
       "point: names, key values, metrics, parameters"},
      {"SELECT count(*) || '|' || count(area_um2) || '|' || group_concat(infeasible) FROM point", "8|7|no such buffer",
       "point: all of them, infeasible ones with the reason and without metrics"},
      {"SELECT group_concat(front_group || '=' || point, '; ') FROM (SELECT * FROM front_point ORDER BY point)",
       "lp55, 8 bit=1; fdsoi28, 8 bit=2; fdsoi28, 8 bit=6", "front_point: group and point"},
      {"SELECT design || clock_mhz || area_um2 FROM front_point WHERE point = 1", "SDM200.050.0",
       "front_point: design, clock and metric of its point"},
      /* fdsoi28 has points 0 2 4 6: least area 40 (6); most gops 9, first reached by 2.  lp55: 1 3 5: 50 (1), 5 (1). */
      {"SELECT group_concat(technology || ' ' || objective || ' ' || value || ' ' || point || ' ' || design, '; ') "
       "FROM "
       "(SELECT * FROM best ORDER BY technology, objective)",
       "fdsoi28 area_um2 40.0 6 RDM; fdsoi28 gops 9.0 2 SDM; lp55 area_um2 50.0 1 SDM; lp55 gops 5.0 1 SDM",
       "best: least of what is minimised, most of what is maximised, the first of equals"},
      {"SELECT group_concat(DISTINCT unit) FROM (SELECT unit FROM best ORDER BY objective)", "µm²,GOP/s",
       "best: units"},
      /* pairs (0,1) (2,3) (4,5); 7 is infeasible, so 6 has no partner. */
      {"SELECT group_concat(design || ' ' || clock_mhz || ' ' || base_technology || ' ' || technology || ' ' || "
       "round(area_ratio, 6), '; ') FROM (SELECT * FROM compare ORDER BY point)",
       "SDM 200.0 fdsoi28 lp55 0.5; SDM 400.0 fdsoi28 lp55 0.583333; RDM 200.0 fdsoi28 lp55 2.222222",
       "compare: same design and clock, ratio to the first technology"},
      {"SELECT technology || '|' || reason || '|' || points FROM infeasible", "lp55|no such buffer|1",
       "infeasible: counted by technology and reason"},
      {"SELECT experiment || '|' || status || '|' || points || '|' || stored || '|' || on_front || '|' || runs FROM "
       "summary",
       "small|complete|8|8|3|1", "summary: how far, how many on a front"},
  };
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
    is_text(ask(file, row[i].sql), row[i].expected, row[i].what);

  /* Fronts are replaced, not added to, also when nothing is computed again. */
  status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  if (!status) status = qy_store_finish(store, &front[1], 1, &err);
  is_status((qy_status)status, QY_OK, &err, "a complete experiment takes new fronts");
  qy_store_close(store);
  is_text(ask(file, "SELECT group_concat(front_group || '=' || point) FROM front_point"), "lp55, 8 bit=1",
          "they replace the old ones");
}

typedef struct rows_seen {
  int rows, stop_after;
  char text[512];
} rows_seen;

static int see(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  rows_seen *seen = ctx;
  for (int i = 0; i < columns; i++) {
    char one[128];
    snprintf(one, sizeof one, "%s=%s/%d ", names[i], values[i] ? values[i] : "NULL", types[i]);
    strncat(seen->text, one, sizeof seen->text - strlen(seen->text) - 1);
  }
  return ++seen->rows == seen->stop_after;
}

static void reading(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  rows_seen seen = {0};
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "a database is opened for reading");
  is_status(qy_store_query(store, "SELECT 0.1 AS a, 1.0/3 AS b, 7 AS c, 'x' AS d, NULL AS e; -- end", see, &seen, &err),
            QY_OK, &err, "a query is run");
  is_text(seen.text, "a=0.1/2 b=0.3333333333333333/2 c=7/1 d=x/3 e=NULL/5 ",
          "names, values with all their digits and no more, types");
  seen = (rows_seen){.stop_after = 3};
  is_status(qy_store_query(store, "SELECT point FROM point", see, &seen, &err), QY_OK, &err, "a callback may stop");
  is_int(seen.rows, 3, "and gets no more rows");

  double *column[3] = {NULL};
  size_t count = 0;
  is_status(qy_store_columns(
                store, "SELECT point, area_um2, energy_uj FROM point WHERE experiment_id = 1 ORDER BY point DESC;", 3,
                column, &count, &err),
            QY_OK, &err, "three columns are fetched");
  is_int((int64_t)count, 103, "with all rows");
  int wrong = 0;
  for (size_t i = 0; i < count; i++) {
    int64_t point = 102 - (int64_t)i;
    int infeasible = row_of(point).reason != NULL;
    wrong += column[0][i] != (double)point;
    wrong += infeasible ? !isnan(column[1][i]) : column[1][i] != value_of(point, QY_AREA_UM2);
    wrong += infeasible ? !isnan(column[2][i]) : column[2][i] != value_of(point, QY_ENERGY_UJ);
  }
  is_int(wrong, 0, "in order, bit for bit, NaN where infeasible");
  for (int c = 0; c < 3; c++)
    free(column[c]);
  is_status(qy_store_columns(store, "WITH x(a) AS (VALUES (3), (1)) SELECT a, -a FROM x ORDER BY a LIMIT 1 -- one", 2,
                             column, &count, &err),
            QY_OK, &err, "a text that ends in a comment, with WITH, ORDER BY and LIMIT");
  ok(count == 1 && column[0][0] == 1 && column[1][0] == -1, "gives its one row");
  free(column[0]);
  free(column[1]);
  is_status(qy_store_columns(store, "SELECT point FROM point WHERE 0", 1, column, &count, &err), QY_OK, &err,
            "no rows");
  ok(count == 0, "are no error");
  free(column[0]);
  is_int(qy_store_columns(store, "SELECT point FROM point", 2, column, &count, &err), QY_BAD_INPUT,
         "another number of columns is refused");
  says(&err, "expected 2 columns, found 1", "and said");
  qy_error_clear(&err);
  is_int(qy_store_columns(store, "SELECT point, design FROM point", 2, column, &count, &err), QY_BAD_INPUT,
         "a text where a number belongs is refused");
  says(&err, "found a text in row 1", "and said");
  ok(column[0] == NULL && column[1] == NULL && count == 0, "and leaves nothing to free");
  qy_error_clear(&err);
  is_int(qy_store_columns(store, "SELECT nothing FROM point", 1, column, &count, &err), QY_BAD_INPUT,
         "bad SQL is refused");
  is_int(qy_store_columns(store, "DELETE FROM result", 1, column, &count, &err), QY_BAD_INPUT, "so is a DELETE");
  static const char *const more[] = {"SELECT 1; x-y", "SELECT 1; - 2", "SELECT 1; /x", "SELECT 1; *",
                                     "SELECT 1; -- 2\n3"};
  static const char *const none[] = {"SELECT 1; ; ", "SELECT 1 -- 2", "SELECT 1; -- 2\n /* 3 */ ;", "SELECT 1; /* 2",
                                     "SELECT 1;\t\n/* - */"};
  int refused = 0, taken = 0;
  for (int i = 0; i < 5; i++) {
    refused += qy_store_columns(store, more[i], 1, column, &count, &err) == QY_BAD_INPUT &&
               strstr(err.diagnostic[err.count - 1].text, "expected one statement") != NULL;
    qy_error_clear(&err);
    taken += !qy_store_columns(store, none[i], 1, column, &count, &err) && count == 1;
    free(column[0]);
    column[0] = NULL;
  }
  is_int(refused, 5, "what follows a statement is refused");
  is_int(taken, 5, "unless it is blank or a comment");
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: x\n", 5, 5);
  is_int(qy_store_begin(store, &f.e, &id, &complete, &err), QY_INTERNAL, "no experiment begins where one only reads");
  qy_store_close(store);
}

/* Probabilities of a point that is told twice are refused, and those stored before stay. */
static void chances(void)
{
  static const int64_t points[] = {0, 2, 2}, beside[] = {1, 2};
  static const double often[] = {0.5, 1, 0.25};
  const char *file = scratch_file("chances.sqlite");
  fixture f;
  qy_error err = {0};
  qy_store *store = NULL;
  int64_t id = 0;
  int complete = 0;
  qy_store_row rows[5];
  const qy_store_design d = {0, "SDM", "{}"};
  fixture_make(&f, "name: chances\n", 5, 5);
  for (int i = 0; i < 5; i++) {
    rows[i] = row_of(i);
    rows[i].design = 0;
  }
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  if (!status) status = qy_store_batch(store, 0, rows, 5, &d, 1, &err);
  if (!status) status = qy_store_chances(store, points, often, 2, &err);
  is_status(status, QY_OK, &err, "probabilities of two points");
  ok(qy_store_chances(store, points, often, 3, &err) != QY_OK, "one of them twice is refused");
  static const char all[] = "SELECT group_concat((point & 255) || ' ' || probability) FROM front_chance";
  is_text(ask(file, all), "0 0.5,2 1.0", "and those before stay");
  qy_error_clear(&err);
  is_status(qy_store_chances(store, beside, often, 2, &err), QY_OK, &err, "others");
  is_text(ask(file, all), "1 0.5,2 1.0", "take their place");
  qy_store_close(store);
}

int main(void)
{
  scratch_make();
  char file[128];
  strcpy(file, scratch_file("first.sqlite"));
  round_trip(file);
  reading(file);
  identity(file);
  other_batch_size();
  finished_again();
  equal_points();
  held();
  row_limits();
  refused_batches();
  views();
  chances();
  scratch_remove();
  return done();
}
