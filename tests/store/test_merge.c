/* Parts of an experiment, merged: every table, asked by SQLite alone, is that of the experiment stored as one; what
 * does not fit together, or is not what it was, is refused with nothing written. */
#include "../../src/store/schema.h"
#include "quarry/store_merge.h"

#include "store_test.h"

#include <math.h>
#include <stddef.h>

enum { POINTS = 253, BATCH = 20, BATCHES = 13, PARTS_MOST = 13 };

static const int64_t likely[] = {0, 6, 21, 100, 252};
static const double chance[] = {0.5, 1, 0.25, 0.125, 0.75};
enum { LIKELY = sizeof likely / sizeof *likely };

/* Intervals, details, texts of their own, points out of a constraint. */
static qy_status put_points(qy_store *store, int64_t batch, bool details, qy_error *err)
{
  static double interval[BATCH][QY_METRIC_COUNT][2], metric[QY_METRIC_COUNT];
  qy_store_row row[BATCH];
  qy_store_design design[BATCH];
  const qy_store_layer layer[] = {
      {.place = 0, .layer = "conv1", .type = "conv", .weight_bits = 8, .activation_bits = 8, .metric = metric},
      {.place = 2,
       .layer = "dw",
       .type = "dwconv",
       .member = "array",
       .bound_by = "port",
       .weight_bits = 4,
       .activation_bits = 8,
       .sum_bits = 20,
       .metric = metric}};
  const qy_store_member member[] = {
      {.place = 0, .member = "array", .accelerator = "systolic", .layers = 2, .metric = metric},
      {.place = 1, .member = "memory", .metric = metric}};
  const qy_store_detail detail = {layer, 2, member, 2};
  int64_t count = 0, designs = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    metric[m] = m % 3 ? value_of(batch, m) : NAN;
  for (int64_t p = batch * BATCH; p < POINTS && count < BATCH; p++, count++) {
    row[count] = row_of(p);
    row[count].weight_bits = p % 4 == 1 ? 3 : p % 4 == 2 ? -1 : 0;
    row[count].excluded = p % 7 == 5;
    row[count].resolved = p % 6 ? NULL : p % 12 ? "{\"columns\":16}" : "{\"columns\":32}";
    if (p % 11 == 0) row[count].metric[QY_LATENCY_US] = NAN;
    if (p % 3 == 0) row[count].interval = (const double(*)[2])interval[count];
    if (details && p % 9 == 0) row[count].detail = &detail;
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      for (int end = 0; end < 2; end++)
        interval[count][m][end] = value_of(p, m) * (end ? 1.25 : 0.75);
    const int64_t d = row[count].design;
    if (count == 0 || d != row[count - 1].design)
      design[designs++] =
          (qy_store_design){d, d % 3 ? d % 2 ? "RDM" : "it's" : "SDM", d % 2 ? "{\"p\": 4}" : "{\"q\": 1}"};
  }
  return qy_store_batch(store, batch, row, count, design, designs, err);
}

/* What a database is to hold. */
typedef struct kind {
  const char *policy; /* of what is stored; NULL: all */
  const char *text, *seed;
  int part, parts; /* batches part, part + parts, ... */
  bool share, chances, finish;
} kind;

static void fixture_of(fixture *f, const kind *k)
{
  fixture_make(f, k->text ? k->text : "name: small\n", POINTS, BATCH);
  f->e.store = k->policy;
  if (k->seed) f->e.seed = k->seed;
}

static qy_status end(qy_store *store, const kind *k, qy_error *err)
{
  const qy_store_front front = {"all", likely, LIKELY};
  int64_t point[LIKELY];
  double share[LIKELY];
  size_t count = 0;
  for (int i = 0; i < LIKELY; i++)
    if (qy_store_has_batch(store, likely[i] / BATCH)) point[count] = likely[i], share[count++] = chance[i];
  qy_status status = k->chances ? qy_store_chances(store, point, share, count, err) : QY_OK;
  if (!status && k->share) status = qy_store_share(store, err);
  if (status) return status;
  return k->finish ? qy_store_finish(store, &front, 1, err) : qy_store_abandon(store, "interrupted", err);
}

static const char *make(const char *name, const kind *k)
{
  fixture f;
  int64_t id;
  int complete;
  qy_error err = {0};
  qy_store *store = NULL;
  const char *file = scratch_file_kept(name);
  fixture_of(&f, k);
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t b = k->part; b < BATCHES && !status; b += k->parts)
    if (!qy_store_has_batch(store, b)) status = put_points(store, b, !k->policy, &err);
  if (!status) status = end(store, k, &err);
  qy_store_close(store);
  if (status) is_status(status, QY_OK, &err, name);
  return file;
}

/* ---- the same tables ---- */

/* Rows of one database that the other has not, of all tables but that of experiments; -1: an error. */
static int64_t lacking(const char *a, const char *b)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *names = NULL, *count = NULL;
  char sql[600];
  int64_t sum = 0, tables = 0;
  sqlite3_open(a, &db);
  snprintf(sql, sizeof sql, "ATTACH '%s' AS other", b);
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) sum = -1;
  sqlite3_prepare_v2(db,
                     "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> "
                     "'experiment'",
                     -1, &names, NULL);
  while (sum >= 0 && sqlite3_step(names) == SQLITE_ROW) {
    const char *t = (const char *)sqlite3_column_text(names, 0);
    snprintf(sql, sizeof sql,
             "SELECT (SELECT count(*) FROM (SELECT * FROM main.\"%s\" EXCEPT SELECT * FROM other.\"%s\")) + "
             "abs((SELECT count(*) FROM main.\"%s\") - (SELECT count(*) FROM other.\"%s\"))",
             t, t, t, t);
    sqlite3_prepare_v2(db, sql, -1, &count, NULL);
    const bool there = sqlite3_step(count) == SQLITE_ROW;
    if (there && sqlite3_column_int64(count, 0))
      printf("# %s: %lld rows\n", t, (long long)sqlite3_column_int64(count, 0));
    sum = there ? sum + sqlite3_column_int64(count, 0) : -1;
    tables++;
    sqlite3_finalize(count);
  }
  sqlite3_finalize(names);
  sqlite3_close(db);
  return tables > 20 ? sum : -1;
}

static bool same(const char *a, const char *b)
{
  return lacking(a, b) == 0 && lacking(b, a) == 0;
}

/* ---- merging ---- */

/* Merge into a file, and end it as k says. */
static qy_status merge(const char *into, const char *const *files, int count, const kind *k, qy_error *err)
{
  fixture f;
  int64_t id = -1;
  int complete = 0;
  qy_parts *parts = NULL;
  qy_store *store = NULL;
  fixture_of(&f, k);
  qy_status status = qy_parts_open(&parts, files, count, err);
  if (!status) status = qy_store_open(&store, into, QY_STORE_WRITE, err);
  if (!status) status = qy_parts_merge(parts, store, &f.e, &id, &complete, err);
  if (status == QY_OK && !complete) status = end(store, k, err);
  qy_store_close(store);
  qy_parts_free(parts);
  return status;
}

static const char *part_name(const char *what, int part, int parts)
{
  static char name[64];
  snprintf(name, sizeof name, "%s.%d.%d", what, part, parts);
  return name;
}

static void make_parts(const char *file[PARTS_MOST], int parts, kind k, const char *what)
{
  k.parts = parts;
  for (k.part = 0; k.part < parts; k.part++)
    file[k.part] = make(part_name(what, k.part, parts), &k);
}

/* Metrics without values are no columns of a view. */
static const char view_columns[] =
    "SELECT count(*) || ' ' || sum(length(c.name) * c.cid) || ' ' || group_concat(DISTINCT "
    "m.name) FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'view'";

static void check_merged(const char *policy)
{
  const char *file[PARTS_MOST], *turned[PARTS_MOST];
  const char *what = policy ? policy : "all";
  const kind k = {.policy = policy, .parts = 1, .chances = true, .finish = true};
  const kind part = {.policy = policy, .share = true};
  const char *whole = make(part_name(what, 0, 0), &k);
  static const int some[] = {12, 3}; /* more than ten are not attached */
  for (size_t i = policy != NULL; i < sizeof some / sizeof *some; i++) {
    char name[64];
    qy_error err = {0};
    const int n = some[i];
    make_parts(file, n, part, what);
    for (int p = 0; p < n; p++)
      turned[p] = file[n - 1 - p];
    snprintf(name, sizeof name, "%s.of.%d", what, n);
    const char *into = scratch_file(name);
    is_status(merge(into, file, n, &k, &err), QY_OK, &err, name);
    ok(same(whole, into), "%s, %d parts: every table is that of the whole", what, n);
    is_text(ask(into, view_columns), ask(whole, view_columns),
            "and every view has the columns that those of the whole have");
    if (n > 3) continue;
    is_status(merge(into, file, n, &k, &err), QY_OK, &err, "once more");
    ok(same(whole, into), "changes nothing");
    snprintf(name, sizeof name, "%s.turned.%d", what, n);
    is_status(merge(scratch_file(name), turned, n, &k, &err), QY_OK, &err, name);
    ok(same(whole, scratch_file(name)), "nor does the order of the parts");
  }
  /* Some batches are there already, in a database that has another experiment before it. */
  const kind other = {.policy = policy, .text = "name: other\n", .parts = 1, .finish = true},
             begun = {.policy = policy, .part = 1, .parts = 3};
  qy_error err = {0};
  const char *both = make("both", &other);
  make("both", &begun);
  is_status(merge(both, file, 3, &k, &err), QY_OK, &err, "beside another");
  static const char rows[] =
      "SELECT count(*) || ' ' || total(area_um2) || ' ' || total(latency_us) || ' ' || count(reason) || ' ' || "
      "group_concat(DISTINCT technology) || count(DISTINCT design) FROM point_all WHERE experiment_id = %d";
  char sql[2][400];
  snprintf(sql[0], sizeof sql[0], rows, 1);
  snprintf(sql[1], sizeof sql[1], rows, 2);
  if (!policy) is_text(ask(both, sql[1]), ask(whole, sql[0]), "it has the points of the whole");
  is_text(ask(both, "SELECT count(*) FROM batch WHERE experiment = 2"), "13", "all batches");
  is_text(ask(both, "PRAGMA foreign_key_check"), "(no row)", "no reference leads nowhere");
  is_text(ask(both, "SELECT count(*) FROM result WHERE design >> 40 <> id >> 40"), "0",
          "results are of designs of their own experiment");
  is_text(ask(both, "SELECT group_concat(status) FROM experiment"), "complete,complete", "both are whole");
}

/* The page at which a table begins is no page any more. */
static void spoil_table(const char *file, const char *table)
{
  char sql[100], junk[64];
  snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", table);
  const long page = (long)ask_number(file, sql), bytes = (long)ask_number(file, "PRAGMA page_size");
  FILE *f = fopen(file, "r+b");
  memset(junk, 0x5a, sizeof junk);
  ok(f && page > 1 && !fseek(f, (page - 1) * bytes, SEEK_SET) && fwrite(junk, 1, sizeof junk, f) == sizeof junk,
     "%s is spoilt", table);
  if (f) fclose(f);
}

/* SQLite attaches ten parts: of one more that has several batches each range of rows is read from its own file. */
static void check_unattached(void)
{
  enum { ATTACHED = 10 };
  const char *file[ATTACHED + 1];
  const kind k = {.parts = 1, .chances = true, .finish = true};
  for (int p = 0; p < ATTACHED; p++)
    file[p] = make(part_name("one", p, BATCHES), &(kind){.share = true, .part = p, .parts = BATCHES});
  file[ATTACHED] = make("rest", &(kind){.share = true, .part = ATTACHED, .parts = 1});
  const char *whole = make("unattached.whole", &k), *into = scratch_file_kept("unattached");
  qy_error err = {0};
  is_status(merge(into, file, ATTACHED + 1, &k, &err), QY_OK, &err, "more parts than are attached");
  ok(same(whole, into), "every table is that of the whole");
  for (int p = ATTACHED; p >= 0; p -= ATTACHED) { /* one that is not attached, one that is */
    const char *none = scratch_file("none");
    unlink(none);
    spoil_table(file[p], "interval");
    qy_error_clear(&err);
    is_int(merge(none, file, ATTACHED + 1, &k, &err), QY_BAD_INPUT, "a part that cannot be read is refused");
    says(&err, file[p], "and named");
    says(&err, "the database is damaged", "with what is wrong");
    const char *named = err.count ? strstr(err.diagnostic[0].text, file[p]) : NULL;
    ok(named && !strstr(named + 1, file[p]), "once");
    is_text(ask(none, "SELECT count(*) FROM experiment"), "0", "nothing is written");
  }
}

static const char *copy_of(const char *file, const char *name)
{
  const char *to = scratch_file_kept(name);
  FILE *in = fopen(file, "rb"), *out = fopen(to, "wb");
  for (int c; in && out && (c = getc(in)) != EOF;)
    putc(c, out);
  if (in) fclose(in);
  if (out) fclose(out);
  return to;
}

static void change(const char *file, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  ok(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) > 0, "%s", sql);
  sqlite3_close(db);
}

/* Chunks that an older version wrote have no seal: merged they are sealed, and say the same. */
static void check_unsealed(const char *const file[3])
{
  const char *copy[3];
  const kind k = {.policy = "columns", .parts = 1, .chances = true, .finish = true};
  const char *whole = scratch_file_kept("sealed"), *into = scratch_file_kept("unsealed");
  qy_error err = {0};
  is_status(merge(whole, file, 3, &k, &err), QY_OK, &err, "parts of sealed columns");
  for (int p = 0; p < 3; p++) {
    char name[16];
    snprintf(name, sizeof name, "open.%d", p);
    copy[p] = copy_of(file[p], name);
    if (p != 1) change(copy[p], "UPDATE result_chunk SET data = substr(data, 27)"); /* SEAL_BYTES of them */
  }
  is_status(merge(into, copy, 3, &k, &err), QY_OK, &err, "and of some without seals");
  ok(same(whole, into), "make the same database");
}

/* The head of the row that holds a chunk, whose size is made too large wherever it stands in the file. */
static int spoil_chunk(const char *file, const char *column)
{
  char sql[300];
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  int spoilt = 0;
  sqlite3_open(file, &db);
  sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
  snprintf(sql, sizeof sql,
           "SELECT data FROM result_chunk WHERE id = (SELECT max(r.id) FROM result_chunk r JOIN "
           "chunk_column c ON c.number = r.id & 255 WHERE c.name = '%s')",
           column);
  sqlite3_prepare_v2(db, sql, -1, &read, NULL);
  if (sqlite3_step(read) == SQLITE_ROW) {
    const size_t length = (size_t)sqlite3_column_bytes(read, 0);
    const char *chunk = sqlite3_column_blob(read, 0);
    const size_t head = 2 * length + 12 < 128 ? 3 : 4; /* its own size, the key, the type of a blob in 7 bits a byte */
    FILE *f = fopen(file, "r+b");
    fseek(f, 0, SEEK_END);
    const size_t size = (size_t)ftell(f);
    char *all = malloc(size);
    rewind(f);
    if (fread(all, 1, size, f) != size) printf("# cannot read %s\n", file);
    for (char *at = all; (at = memmem(at, size - (size_t)(at - all), chunk, length)) != NULL; at++) {
      if (at[-(ptrdiff_t)head] != (char)head) continue;
      fseek(f, at - all - (long)head, SEEK_SET);
      fputc(0x7f, f);
      spoilt++;
    }
    fclose(f);
    free(all);
  }
  sqlite3_finalize(read);
  sqlite3_close(db);
  return spoilt;
}

/* A chunk whose row cannot be read is not taken for one that is not there; nor is a table that is gone. */
static void check_broken(const char *const file[3])
{
  const kind k = {.policy = "columns", .parts = 1, .finish = true};
  const char *into = scratch_file_kept("into.broken"), *gone = scratch_file_kept("into.gone");
  qy_error err = {0};
  qy_store *store = NULL;
  is_status(qy_store_open(&store, gone, QY_STORE_WRITE, &err), QY_OK, &err, "a database");
  qy_store_close(store);
  ask(gone, "DROP TABLE result_chunk");
  ok(merge(gone, file, 3, &k, &err) != QY_OK, "that has no table of chunks takes no parts");
  qy_error_clear(&err);
  ok(spoil_chunk(file[1], "clock_mhz") > 0, "a chunk is spoilt");
  is_int(merge(into, file, 3, &k, &err), QY_BAD_INPUT, "its part is refused");
  says(&err, "database", "which is said");
}

static void check_chunks(void)
{
  const char *file[PARTS_MOST];
  make_parts(file, 3, (kind){.policy = "columns", .share = true}, "chunks");
  check_unsealed(file);
  check_broken(file);
}

/* ---- what does not fit together ---- */

static void refused(const char *const *files, int count, const char *message)
{
  qy_error err = {0};
  const char *into = scratch_file("refused");
  const kind k = {.parts = 1, .finish = true};
  unlink(into);
  is_int(merge(into, files, count, &k, &err), QY_BAD_INPUT, "refused");
  says(&err, message, message);
  ok(!err.count || !strstr(err.diagnostic[0].text, ": /"), "a part is named once");
  ok(access(into, F_OK) != 0 || ask_number(into, "SELECT count(*) FROM experiment") == 0, "nothing is written");
}

/* Parts of inputs that are not those at hand. */
static void check_inputs(const char *const file[3])
{
  const char *into = scratch_file_kept("others");
  const kind k = {.parts = 1, .finish = true}, other = {.seed = "8", .parts = 1, .finish = true};
  qy_error err = {0};
  is_int(merge(into, file, 3, &other, &err), QY_BAD_INPUT, "parts of another seed than the one at hand");
  says(&err, "expected the inputs and models that are at hand, found a part made with others", "are refused");
  is_text(ask(into, "SELECT count(*) FROM experiment"), "0", "nothing is written");
  qy_error_clear(&err);
  is_status(merge(into, file, 3, &k, &err), QY_OK, &err, "those of the same are taken");
}

static void check_refused(void)
{
  const char *file[PARTS_MOST], *list[3];
  make_parts(file, 3, (kind){.share = true}, "plain");
  check_inputs(file);
  refused((const char *[]){file[0], file[1], file[0]}, 3, "expected batches that no other part has, found batch 0 of ");
  refused((const char *[]){file[0], "/nowhere/part"}, 2, "/nowhere/part: ");
  list[0] = file[0];
  list[1] = make("text", &(kind){.text = "name: else\n", .part = 1, .parts = 3});
  refused(list, 2, "found one that differs in the text");
  list[1] = make("seed", &(kind){.seed = "8", .part = 1, .parts = 3});
  refused(list, 2, "found one that differs in the seed: 7 there, 8");
  list[1] = make("stored", &(kind){.policy = "columns", .part = 1, .parts = 3});
  refused(list, 2, "found one that differs in what is stored: all there, columns");
  make("two", &(kind){.text = "name: one\n", .part = 0, .parts = 3});
  list[0] = make("two", &(kind){.text = "name: another\n", .part = 0, .parts = 3});
  refused(list, 1, "expected a part of one experiment, found 2 experiments");
  static const struct {
    const char *sql, *message;
  } row[] = {
      {"DELETE FROM result WHERE id & 0xff = 27", "the database is damaged: batch 1 has 19 results of 20"},
      {"DELETE FROM interval WHERE id & 0xff = 27", " intervals of "},
      {"DELETE FROM assignment WHERE point & 0xff = 29", "the database is damaged: batch 1 has 3 assignments of 4"},
      {"UPDATE result SET area_um2 = area_um2 + 1 WHERE id & 0xff = 27",
       "results of points 20 to 39 are not as they were stored"},
      {"UPDATE batch SET batch = 13 WHERE batch = 1", "the database is damaged: batch 13 of 13"},
      {"UPDATE experiment SET model_version = 'x'", "differs in the version of the models"},
      {"UPDATE experiment SET batch_points = 41", "differs in the points of a batch: 20 there, 41"},
      {"UPDATE experiment SET identity = 'x'", "differs in the inputs"},
      {"DELETE FROM design WHERE id & 0xff = 2", "the database is damaged: no design "},
      {"UPDATE result SET technology = 77 WHERE id & 0xff = 27", "the database is damaged: no technology 77"},
      {"UPDATE result SET network = -1 WHERE id & 0xff = 27", "the database is damaged: no network -1"},
      {"UPDATE result SET precision = 99 WHERE id & 0xff = 27", "the database is damaged: no precision 99"},
      {"UPDATE result SET reason = 999 WHERE id & 0xff = 31", "the database is damaged: no reason 999"},
      {"UPDATE result SET resolved = -2 WHERE id & 0xff = 24", "the database is damaged: no "},
      {"DELETE FROM reason", "the database is damaged: no reason "},
      {"DELETE FROM reason WHERE id = 1", "the database is damaged: no reason 1"},
      {"DELETE FROM resolved WHERE id = 2", "the database is damaged: no resolved 2"},
      {"DELETE FROM experiment_technology WHERE position = 1", "differs in the inputs"},
      {"PRAGMA ignore_check_constraints = ON; UPDATE design SET parameters = '{' WHERE id & 0xff = 2",
       "the database is damaged: CHECK constraint failed"},
      {"UPDATE result SET area_um2 = 9e999 WHERE id & 0xff = 27", "the database is damaged: an infinite number"},
      {"UPDATE assignment SET assignment = '{}' WHERE point & 0xff = 29", "are not as they were stored"},
      {"UPDATE interval SET energy_uj_p05 = 1 WHERE id & 0xff = 27", "are not as they were stored"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char name[32];
    snprintf(name, sizeof name, "damaged.%zu", i);
    const char *damaged = copy_of(file[1], name);
    change(damaged, row[i].sql);
    refused((const char *[]){file[0], damaged, file[2]}, 3, row[i].message);
    unlink(damaged);
  }
}

/* A part that another version wrote, though it can be read. */
static void check_version(void)
{
  const char *file[PARTS_MOST];
  char sql[60];
  sqlite3 *db = NULL;
  make_parts(file, 3, (kind){.share = true}, "version");
  sqlite3_open(file[1], &db);
  snprintf(sql, sizeof sql, "PRAGMA user_version = %d", STORE_VERSION - 1);
  sqlite3_exec(db, sql, NULL, NULL, NULL);
  sqlite3_close(db);
  refused(file, 3, "expected a part of schema version ");
}

/* ---- shares ---- */

/* Points that are on a front of their part in any draw; not known where a share went on, or lacks some. */
static void check_drawn(void)
{
  const char *file[PARTS_MOST];
  make_parts(file, 3, (kind){.share = true, .chances = true}, "drawn");
  static const struct {
    int count;
    bool known;
    const char *sql;
  } row[] = {{3, true, NULL},
             {2, false, NULL},
             {3, false, "UPDATE sweep_state SET state = X'33' WHERE part = -1"},
             {3, false, "DELETE FROM sweep_state WHERE part = -1"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_parts *parts = NULL;
    qy_error err = {0};
    bool known = !row[i].known;
    int64_t *points = NULL;
    size_t count = 99;
    if (row[i].sql) change(file[1], row[i].sql);
    qy_status status = qy_parts_open(&parts, file, row[i].count, &err);
    if (!status) {
      is_int(qy_parts_count(parts), row[i].count, "parts");
      is_text(qy_parts_name(parts, 1), file[1], "their names");
      is_text(qy_parts_file(parts), "experiments/small.yaml", "the file");
      is_text(qy_parts_text(parts), "name: small\n", "the text");
      status = qy_parts_drawn(&known, &points, &count, parts, &err);
    }
    is_status(status, QY_OK, &err, "points of fronts in draws are asked for");
    bool right = known == row[i].known;
    for (size_t k = 0; known && right && k < count; k++)
      right = count == LIKELY && points[k] == likely[k];
    ok(right && count == (known ? LIKELY : 0), "%zu points, %s", count, known ? "rising" : "not known");
    free(points);
    qy_parts_free(parts);
  }
}

typedef struct seen {
  int count, wrong;
} seen;

static qy_status see(void *ctx, const qy_store_part *part, qy_error *err)
{
  seen *s = ctx;
  (void)err;
  if (part->part < 0) return QY_OK; /* a note */
  s->wrong += part->part != 3 * s->count || part->size != 4 || memcmp(part->bytes, "a\0bc", 4) != 0;
  s->count++;
  return QY_OK;
}

/* A part of an experiment that keeps its front alone: points [first, end) were gone through; first < 0: none yet. */
static const char *make_range(const char *name, int64_t first, int64_t end_point)
{
  fixture f;
  int64_t id;
  int complete;
  qy_error err = {0};
  qy_store *store = NULL;
  const char *file = scratch_file_kept(name);
  const qy_store_part state[] = {{3, "a\0bc", 4}, {0, "a\0bc", 4}, {6, "old", 3}}, again = {6, "a\0bc", 4};
  unlink(file);
  fixture_of(&f, &(kind){.policy = "front"});
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  if (!status) status = qy_store_state_write(store, state, 3, &err);
  if (!status) status = qy_store_state_write(store, &again, 1, &err);
  if (!status && first >= 0) status = qy_store_share_range(store, first, end_point, &err);
  seen s = {0};
  if (!status) status = qy_store_state_read(store, see, &s, &err);
  ok(s.count == 3 && s.wrong == 0, "the state is read back, parts rising");
  if (!status) status = qy_store_abandon(store, "interrupted", &err);
  qy_store_close(store);
  if (status) is_status(status, QY_OK, &err, name);
  return file;
}

/* Shares of no points, before and behind those of some, in any order. */
static void check_empty_ranges(void)
{
  static const int64_t range[][2] = {{200, 200}, {0, 200}, {POINTS, POINTS}, {200, POINTS}, {0, 0}};
  enum { RANGES = sizeof range / sizeof *range };
  const char *file[2 * RANGES];
  for (int i = 0; i < RANGES; i++) {
    char name[16];
    snprintf(name, sizeof name, "empty.%d", i);
    file[i] = file[RANGES + i] = make_range(name, range[i][0], range[i][1]);
  }
  for (int turn = 0; turn < RANGES; turn++) {
    qy_error err = {0};
    qy_parts *parts = NULL;
    is_status(qy_parts_open(&parts, file + turn, RANGES, &err), QY_OK, &err, "all points, and shares without any");
    qy_parts_free(parts);
  }
  refused((const char *[]){file[0], file[1], file[2]}, 3, "expected all 253 points in the parts, missed 200-252");
}

static void check_ranges(void)
{
  const char *a = make_range("a", 0, 200), *b = make_range("b", 200, 201), *c = make_range("c", 201, POINTS),
             *over = make_range("over", 150, 201), *none = make_range("none", -1, 0);
  qy_error err = {0};
  qy_parts *parts = NULL;
  static const int64_t first[] = {201, 0, 200}, last[] = {POINTS, 200, 201};
  is_status(qy_parts_open(&parts, (const char *[]){c, a, b}, 3, &err), QY_OK, &err, "ranges in any order");
  for (int i = 0; i < 3 && parts; i++) {
    int64_t from, to;
    seen s = {0};
    qy_parts_range(parts, i, &from, &to);
    is_int(qy_parts_state(parts, i, see, &s, &err), QY_OK, "the state of a part");
    ok(from == first[i] && to == last[i] && s.count == 3 && s.wrong == 0, "points %lld to %lld", (long long)from,
       (long long)to);
  }
  qy_parts_free(parts);
  static const char *const missed = "expected all 253 points in the parts, missed ";
  char said[3][128];
  snprintf(said[0], sizeof said[0], "%s200-200", missed);
  snprintf(said[1], sizeof said[1], "%s201-252", missed);
  snprintf(said[2], sizeof said[2], "expected points that no other part has, found point 150 of %s", a);
  refused((const char *[]){a, c}, 2, said[0]);
  refused((const char *[]){b, a}, 2, said[1]);
  refused((const char *[]){a, over, c}, 3, said[2]);
  refused((const char *[]){a, none, c}, 3, "expected a share that was run to its end");
}

int main(void)
{
  scratch_make();
  check_merged(NULL);
  check_merged("columns");
  check_unattached();
  check_chunks();
  check_refused();
  check_version();
  check_drawn();
  check_ranges();
  check_empty_ranges();
  scratch_remove();
  return done();
}
