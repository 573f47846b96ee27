/* Databases looked over: nothing is found in sound ones, with layers, in rows and in packed columns; each kind of
 * damage is found and said, also that it is only of the user's. */
#include "quarry/store_verify.h"
#include "quarry/text.h"
#include "store_test.h"

enum { POINTS = 40, BATCH = 10 };

/* Two layers and a member of the points of a batch. */
static qy_status put_details(qy_store *store, int64_t batch, qy_error *err)
{
  static double metric[QY_METRIC_COUNT];
  qy_store_row row[BATCH];
  qy_store_design design[BATCH];
  int64_t designs = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    metric[m] = m % 7 == 6 ? (double)NAN : 1000.0 + m;
  const qy_store_layer layer[] = {{0, NULL, "conv1", "conv", "compute", 8, 4, 21, 0, 24, metric},
                                  {5, "array", "fc", "fc", NULL, 0, 0, 0, 9, 0, metric}};
  const qy_store_member member[] = {{2, "memory", NULL, 3, metric}};
  const qy_store_detail detail = {layer, 2, member, 1};
  for (int64_t i = 0; i < BATCH; i++) {
    row[i] = row_of(batch * BATCH + i);
    row[i].detail = &detail;
    if (i == 0 || row[i].design != row[i - 1].design)
      design[designs++] = (qy_store_design){row[i].design, "SDM", "{\"p\": 4}"};
  }
  return qy_store_batch(store, batch, row, BATCH, design, designs, err);
}

static const char *stored(const char *name, const char *policy, bool details)
{
  fixture f;
  qy_error err = {0};
  int64_t id;
  int complete;
  const char *file = scratch_file(name);
  qy_store *store = NULL;
  static const int64_t likely[] = {0, 2};
  const qy_store_front front = {"all", likely, 2};
  fixture_make(&f, "name: small\n", POINTS, BATCH);
  f.e.store = policy;
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t b = 0; b < POINTS / BATCH && !status; b++)
    status = details ? put_details(store, b, &err) : put_batch(store, &f.e, b, &err);
  if (!status) status = qy_store_finish(store, &front, 1, &err);
  qy_store_close(store);
  is_status(status, QY_OK, &err, name);
  return file;
}

/* ---- layers and members ---- */

static void details(const char *file)
{
  char sql[200];
  int wrong = 0, columns = 0;
  const int64_t feasible = ask_number(file, "SELECT count(*) FROM result WHERE reason IS NULL");
  ok(feasible > 20 && feasible < POINTS, "%d points can be", (int)feasible);
  is_int(ask_number(file, "SELECT count(*) FROM layer_result l JOIN result r ON r.id = l.point WHERE r.reason IS NULL"),
         2 * feasible, "each has two layers");
  is_int(ask_number(file, "SELECT count(*) FROM layer_result"), 2 * feasible, "and none that cannot be");
  is_int(ask_number(file, "SELECT count(*) FROM member_result"), feasible, "and one member");
  is_text(ask(file, "SELECT DISTINCT json_array(position, member, layer, type, bound_by, weight_bits, activation_bits, "
                    "sum_bits, bias_bits, accumulator_bits) FROM layer_result WHERE position = 0"),
          "[0,null,\"conv1\",\"conv\",\"compute\",8,4,21,null,24]", "the first layer");
  is_text(ask(file, "SELECT DISTINCT json_array(position, member, layer, type, bound_by, weight_bits, activation_bits, "
                    "sum_bits, bias_bits, accumulator_bits) FROM layer_result WHERE position = 5"),
          "[5,\"array\",\"fc\",\"fc\",null,null,null,null,9,null]", "the second");
  is_text(ask(file, "SELECT DISTINCT json_array(position, member, accelerator, layers) FROM member_result"),
          "[2,\"memory\",null,3]", "the member");
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    for (int of_member = 0; of_member < 2; of_member++) {
      const char *name = qy_metric_table()[m].name;
      if (!(of_member ? qy_metric_of_member : qy_metric_of_layer)(m)) continue;
      snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s IS %s%d",
               of_member ? "member_result" : "layer_result", name, m % 7 == 6 ? "NULL --" : "", 1000 + m);
      wrong += ask_number(file, sql) != (of_member ? 1 : 2) * feasible;
      columns++;
    }
  ok(columns > 20 && !wrong, "%d columns of metrics, %d of them wrong", columns, wrong);
}

/* ---- findings ---- */

typedef struct findings {
  qy_text text; /* a line each */
  int count, wrong, most;
} findings;

static int found(void *ctx, bool wrong, const char *text)
{
  findings *f = ctx;
  qy_text_add(&f->text, "%s\n", text);
  f->wrong += wrong;
  return ++f->count == f->most;
}

static qy_status look_over(findings *f, const char *file, int most)
{
  qy_error err = {0};
  qy_store *store = NULL;
  *f = (findings){.most = most};
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  if (!status) status = qy_store_verify(store, found, f, &err);
  if (status) printf("# %s\n", err.count ? err.diagnostic[0].text : "");
  qy_store_close(store);
  qy_error_clear(&err);
  return status;
}

static void sound(const char *file)
{
  findings f;
  const bool looked = !look_over(&f, file, 0);
  ok(looked && f.count == 0, "nothing is found in it: %s", f.text.data ? f.text.data : "");
  qy_text_free(&f.text);
}

static void copy(const char *from, const char *to)
{
  char bytes[65536];
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  for (size_t n; in && out && (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
    fwrite(bytes, 1, n, out);
  if (in) fclose(in);
  if (!out || fclose(out) != 0) ok(0, "a copy");
}

static bool change(const char *file, const char *sql)
{
  sqlite3 *db = NULL;
  bool good = sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
  if (!good) printf("# %s\n", sqlite3_errmsg(db));
  sqlite3_close(db);
  return good;
}

typedef struct damage {
  const char *sql, *said;
} damage;

/* Of which one is not known from another. */
static const damage of_the_user[] = {
    {"CREATE TABLE mine (x)", "schema: table mine is not quarry's\n"},
    {"CREATE VIEW yours AS SELECT 1", "schema: view yours is not quarry's\n"},
    {NULL, NULL},
};
static const damage of_the_schema[] = {
    {"CREATE TRIGGER mine AFTER INSERT ON metric BEGIN SELECT 1; END", "schema: trigger mine is not quarry's\n"},
    {"DROP VIEW best", "schema: view best is missing\n"},
    {"DROP INDEX front_of_point", "schema: index front_of_point is missing\n"},
    {"DROP VIEW front_point; CREATE VIEW front_point AS SELECT 1",
     "schema: view front_point is not as quarry makes it\n"},
    {"PRAGMA ignore_check_constraints = ON; UPDATE metric SET sense = 7 WHERE name = 'gops'",
     "integrity: CHECK constraint failed in metric\n"},
    {NULL, NULL},
};
static const damage of_rows[] = {
    {"DELETE FROM result WHERE id = (1 << 40) + 7", "experiment 1 (small): complete, but found 39 results of 40"},
    {"DELETE FROM front_group", ": refers to a row of table front_group that is not there\n"},
    {"UPDATE technology SET text = text || '#' WHERE name = 'lp55'", " (lp55): expected a text of SHA-256 "},
    {"UPDATE network SET text = '', sha256 = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'",
     " (mobilenet): expected a text of SHA-256 0123456789ab, found one of e3b0c44298fc\n"},
    {"UPDATE network SET text = ''", " (mobilenet): expected a text of SHA-256 "},
    {"UPDATE experiment SET text = 'name: other'", "experiment 1 (small): expected a text of SHA-256 "},
    {NULL, NULL},
};
static const damage of_places[] = {
    {"INSERT INTO batch (experiment, batch, rows) VALUES (1, 4, 10), (1, -1, 10)", "experiment 1 (small)"},
    {"UPDATE batch SET rows = 11 WHERE batch = 2", "experiment 1 (small): 3 batches outside of its points\n"},
    {"UPDATE result SET id = (1 << 40) + 40 WHERE id = (1 << 40) + 39",
     "experiment 1 (small): 1 results outside of its points\n"},
    {"UPDATE result SET id = (3 << 40) + 1 WHERE id = (1 << 40) + 38", "experiment 3 (it is not there): 1 results\n"},
    {NULL, NULL},
};
static const damage of_columns[] = {
    {"UPDATE result_chunk SET data = substr(data, 1, length(data) - 1) WHERE id = (1 << 40) + (2 << 8) + (SELECT "
     "number "
     "FROM chunk_column WHERE name = 'gops')",
     "experiment 1 (small), batch 2: its column gops cannot be unpacked\n"},
    /* another number at the end of a column, and another least one before it, which unpack as well */
    {"UPDATE result_chunk SET data = CAST(substr(data, 1, length(data) - 1) || CASE substr(data, -1) WHEN x'40' THEN "
     "x'41' ELSE x'40' END AS BLOB) WHERE id = (1 << 40) + (1 << 8) + (SELECT number FROM chunk_column WHERE name = "
     "'area_um2')",
     "experiment 1 (small), batch 1: its column area_um2 cannot be unpacked\n"},
    {"UPDATE result_chunk SET data = CAST(substr(data, 1, 9) || CASE substr(data, 10, 1) WHEN x'40' THEN x'41' ELSE "
     "x'40' END || substr(data, 11) AS BLOB) WHERE id = (1 << 40) + (1 << 8) + (SELECT number FROM chunk_column WHERE "
     "name = "
     "'gops')",
     "experiment 1 (small), batch 1: its column gops cannot be unpacked\n"},
    {NULL, NULL},
};

/* Chunks that are gone, each of those that are there being sound. */
static const damage of_chunks[] = {
    {"DELETE FROM result_chunk WHERE id >> 8 & 4294967295 = 3 AND id & 255 = (SELECT number FROM chunk_column WHERE "
     "name = 'design')",
     "experiment 1 (small): complete, but found 3 chunks of results of 4"},
    {"UPDATE batch SET rows = 11 WHERE batch = 2", "experiment 1 (small): 1 batches outside of its points\n"},
    {NULL, NULL},
};

/* Tables with columns of another program, as migrated ones, have other texts than quarry's; that is right. */
static void altered(const char *file)
{
  const char *one = scratch_file("altered.sqlite");
  copy(file, one);
  ok(change(one, "ALTER TABLE metric ADD COLUMN colour TEXT; ALTER TABLE network ADD COLUMN mine INTEGER DEFAULT 7"),
     "tables get more columns");
  sound(one);
}

static void damaged(const char *file, const damage *d, bool wrong)
{
  findings f;
  const char *one = scratch_file("damaged.sqlite");
  copy(file, one);
  for (const damage *c = d; c->sql; c++)
    ok(change(one, c->sql), "%s", c->sql);
  ok(!look_over(&f, one, 0) && (f.wrong > 0) == wrong, wrong ? "something is wrong" : "nothing is wrong");
  for (const damage *c = d; c->sql; c++)
    if (!ok(f.text.data && strstr(f.text.data, c->said), "is found: %s", c->said))
      printf("# %s\n", f.text.data ? f.text.data : "nothing");
  qy_text_free(&f.text);
}

/* Who asks for no more gets no more. */
static void ended(const char *file)
{
  findings f;
  const char *one = scratch_file("damaged.sqlite");
  copy(file, one);
  ok(change(one, "DROP VIEW best; DROP INDEX front_of_point; CREATE TABLE mine (x)"), "three things");
  look_over(&f, one, 0);
  ok(f.count == 3 && f.wrong == 2, "are found");
  qy_text_free(&f.text);
  for (int most = 1; most <= 2; most++) {
    look_over(&f, one, most);
    is_int(f.count, most, "so many, if no more are wanted");
    qy_text_free(&f.text);
  }
}

int main(void)
{
  scratch_make();
  char rows[200], columns[200], layers[200];
  snprintf(rows, sizeof rows, "%s", stored("rows.sqlite", NULL, false));
  snprintf(columns, sizeof columns, "%s", stored("columns.sqlite", "columns", false));
  snprintf(layers, sizeof layers, "%s", stored("layers.sqlite", NULL, true));
  sound(rows);
  sound(columns);
  sound(layers);
  details(layers);
  altered(rows);
  damaged(rows, of_the_user, false);
  damaged(rows, of_the_schema, true);
  damaged(rows, of_rows, true);
  damaged(rows, of_places, true);
  is_int(ask_number(columns, "SELECT count(*) > 20 FROM result_chunk WHERE id >> 8 & 4294967295 = 2"), 1,
         "columns of a batch");
  damaged(columns, of_columns, true);
  damaged(columns, of_chunks, true);
  ended(rows);
  scratch_remove();
  return done();
}
