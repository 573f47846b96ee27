/* What is counted of points that are not stored, which questions such an experiment answers, which experiments a SELECT
 * reads, comparisons as they were given, values that no quarry has written. */
#include "quarry/axes.h"
#include "quarry/comparison.h"
#include "quarry/reads.h"
#include "quarry/store_kept.h"

#include "store_test.h"

#include <math.h>

enum { POINTS = 40, BATCH = 10 };

/* An experiment of a name and policy, with half of its batches, ended as it says; NULL: it runs on. */
static qy_store *begin(const char *file, const char *name, const char *policy, const char *end, int64_t *id)
{
  fixture f;
  int complete;
  qy_error err = {0};
  qy_store *store = NULL;
  char text[64];
  static int runs;
  snprintf(text, sizeof text, "name: %s %d\n", name, runs++);
  fixture_make(&f, text, POINTS, BATCH);
  f.e.name = name;
  f.e.store = policy;
  static const int64_t on_front[] = {0, 2};
  const qy_store_front front = {"all", on_front, 2};
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, id, &complete, &err);
  for (int64_t b = 0; !status && b < (end && strcmp(end, "complete") == 0 ? 4 : 2); b++)
    status = put_batch(store, &f.e, b, &err);
  if (!status && end)
    status = strcmp(end, "complete") ? qy_store_abandon(store, end, &err) : qy_store_finish(store, &front, 1, &err);
  is_status(status, QY_OK, &err, name);
  if (!end) return store;
  qy_store_close(store);
  return NULL;
}

/* ---- counts ---- */

static void check_counts(void)
{
  const char *file = scratch_file("counts");
  int64_t id, feasible;
  qy_error err = {0};
  qy_store *store = begin(file, "counted", "summary", NULL, &id);
  const qy_store_tally tally[] = {{31, 5}, {2, 1000}, {7, 1}}, few[] = {{9, 4}};
  const qy_store_infeasible none[] = {
      {0, "too slow", 11}, {1, "too slow", 12}, {0, "too large", 13}, {0, "too slow", 4}};
  const qy_store_kept_front front[] = {{"[\"area_um2\",\"latency_us\"]", "[\"technology\"]"},
                                       {"[\"energy_uj\"]", "[\"precision\",\"technology\"]"}};
  const qy_store_bin bin[] = {{1, "area_um2", 64, 80, 3}, {0, "area_um2", 80, 96, 9}};
  const qy_store_counts all = {tally, 3, none, 4, front, 2, bin, 2, NULL}, less = {.tally = few, .tally_count = 1};
  qy_store_tally *read = NULL;
  size_t count = 0;
  for (int again = 0; again < 2; again++) /* in place of earlier ones */
    is_status(qy_store_counts_write(store, &all, &err), QY_OK, &err, "counts are stored");
  is_status(qy_store_feasible(&feasible, &read, &count, store, id, &err), QY_OK, &err, "and read");
  ok(feasible == 1006 && count == 3 && read[0].point == 2 && read[0].feasible == 1000 && read[1].point == 7 &&
         read[1].feasible == 1 && read[2].point == 31 && read[2].feasible == 5,
     "feasible points, groups by their point");
  free(read);
  is_text(ask(file, "SELECT group_concat(technology || ' ' || text || ' ' || points) FROM (SELECT * FROM "
                    "infeasible_count i JOIN reason r ON r.id = i.reason ORDER BY technology, text)"),
          "1 too large 13,1 too slow 15,2 too slow 12", "points that cannot be, of each reason together");
  is_text(ask(file, "SELECT group_concat(position || metrics || within) FROM kept_front"),
          "0[\"area_um2\",\"latency_us\"][\"technology\"],1[\"energy_uj\"][\"precision\",\"technology\"]", "fronts");
  is_text(ask(file, "SELECT group_concat(technology || metric || ' ' || low || ' ' || high || ' ' || points) FROM "
                    "histogram"),
          "1area_um2 80.0 96.0 9,2area_um2 64.0 80.0 3", "ranges");
  is_status(qy_store_counts_write(store, &less, &err), QY_OK, &err, "others in their place");
  is_status(qy_store_feasible(&feasible, NULL, NULL, store, id, &err), QY_OK, &err, "the sum alone");
  is_int(feasible, 4, "is that of the last ones");
  is_text(ask(file, "SELECT (SELECT count(*) FROM infeasible_count) + (SELECT count(*) FROM kept_front) + (SELECT "
                    "count(*) FROM histogram)"),
          "0", "of the others there are none");
  is_int(qy_store_feasible(&feasible, NULL, NULL, store, id + 1, &err), QY_OK, "of another experiment");
  is_int(feasible, 0, "none");
  const qy_store_part part = {5, "x", 1};
  is_status(qy_store_state_write(store, &part, 1, &err), QY_OK, &err, "a state");
  is_int(ask_number(file, "SELECT count(*) FROM sweep_state"), 1, "is there");
  is_status(qy_store_state_drop(store, &err), QY_OK, &err, "and dropped");
  is_int(ask_number(file, "SELECT count(*) FROM sweep_state"), 0, "is gone");
  qy_store_abandon(store, "interrupted", &err);
  is_int(qy_store_state_write(store, &part, 1, &err), QY_INTERNAL, "nothing is written where none runs");
  qy_store_close(store);
}

/* ---- fronts that may be asked for ---- */

static void check_fronts(void)
{
  const char *const policy[] = {"all", "columns", "front", "summary"};
  const qy_store_kept_front kept[] = {{"[\"area_um2\",\"latency_us\"]", "[\"technology\"]"},
                                      {"[\"energy_uj\"]", "[\"precision\",\"technology\"]"}};
  static const struct {
    const char *metric[3], *key[3];
    bool kept;
  } row[] = {{{"area_um2", "latency_us"}, {"technology"}, true},
             {{"latency_us", "area_um2"}, {NULL}, true},
             {{"latency_us", "area_um2"}, {"precision"}, false},
             {{"latency_us"}, {NULL}, false},
             {{"energy_uj"}, {"technology", "precision"}, true},
             {{"energy_uj"}, {"technology", "precision", "network"}, false},
             {{"energy_uj"}, {"precision"}, true},
             {{"energy_uj", "area_um2", "latency_us"}, {NULL}, false},
             {{"it's"}, {NULL}, false},
             {{NULL}, {NULL}, false}};
  for (int p = 0; p < 4; p++) {
    char said[QY_STORE_POLICY], file[16];
    int64_t id;
    qy_error err = {0};
    snprintf(file, sizeof file, "asked.%d", p);
    qy_store *store = begin(scratch_file(file), "asked", p ? policy[p] : NULL, NULL, &id);
    is_status(qy_store_policy(said, store, id, &err), QY_OK, &err, "what is stored");
    is_text(said, policy[p], "is said");
    const qy_store_counts counts = {.front = kept, .front_count = 2};
    for (int written = 0; written < 2; written++) {
      int wrong = 0;
      for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        int metrics = 0, keys = 0;
        while (metrics < 3 && row[i].metric[metrics])
          metrics++;
        while (keys < 3 && row[i].key[keys])
          keys++;
        qy_error no = {0};
        const qy_status status =
            qy_store_check_front(store, id, row[i].metric, metrics, row[i].key, keys, "--objectives", &no);
        /* All points, or the front; of a run of fronts that has not ended there is nothing yet. */
        const bool may = p < 2 || (written ? row[i].kept : p == 2 && metrics > 0);
        const bool right =
            status == (may ? QY_OK : QY_BAD_INPUT) &&
            (may || (strstr(no.diagnostic[0].text, "--objectives: expected an experiment that stores all") &&
                     strstr(no.diagnostic[0].text, p == 2 ? "the points of its own" : "the best points") &&
                     strstr(no.diagnostic[0].text, "found \"asked\" with `store: ") &&
                     !strstr(no.diagnostic[0].text, "whose own fronts") == !metrics));
        if (!right) printf("# %s, %zu: %d %s\n", policy[p], i, status, no.count ? no.diagnostic[0].text : "");
        wrong += !right;
      }
      is_int(wrong, 0, written ? "fronts that are kept" : "before any is");
      if (!written) is_status(qy_store_counts_write(store, &counts, &err), QY_OK, &err, policy[p]);
    }
    qy_store_close(store);
  }
}

/* ---- which experiments a SELECT reads ---- */

static void check_reads(void)
{
  const char *file = scratch_file("reads");
  int64_t id[5];
  qy_error err = {0};
  begin(file, "done", NULL, "complete", &id[0]);
  begin(file, "half", NULL, "interrupted", &id[1]);
  begin(file, "front", "front", "complete", &id[2]);
  begin(file, "best", "summary", "failed", &id[3]);
  begin(file, "again", NULL, "failed", &id[4]);
  begin(file, "again", NULL, "complete", &id[4]); /* the latest run counts */
  ask(file, "CREATE VIEW mine AS SELECT * FROM result");
  static const struct {
    const char *sql, *incomplete, *partly;
  } row[] = {{"SELECT 1", "", ""},
             {"SELECT name FROM experiment", "", ""},
             {"SELECT * FROM point", "2 4", "3 4"},
             {"SELECT area_um2 FROM result", "2 4", "3 4"},
             {"SELECT count(*) FROM result", "2 4", "3 4"},
             {"SELECT * FROM mine", "2 4", "3 4"},
             {"SELECT * FROM done_points", "", ""},
             {"SELECT * FROM half_points", "2", ""},
             {"SELECT * FROM front_points", "", "3"},
             {"SELECT * FROM front_front", "", ""}, /* all that a front has is there */
             {"SELECT * FROM best_points", "4", "4"},
             {"SELECT * FROM BEST_front", "4", ""},
             {"SELECT * FROM again_points", "", ""},
             {"SELECT * FROM half_front", "2", ""},
             {"SELECT * FROM HALF_POINTS", "2", ""},
             {"SELECT point FROM half_points UNION ALL SELECT point FROM front_points", "2", "3"},
             {"SELECT * FROM summary", "", ""},
             {"SELECT * FROM summary_all", "", ""},
             {"SELECT * FROM front_point", "2 4", ""},
             {"SELECT * FROM best_point", "2 4", ""},
             {"SELECT * FROM comparison", "2 4", ""},
             {"SELECT count(*) FROM layer_result", "2 4", ""},
             {"SELECT * FROM layer", "2 4", ""},
             {"SELECT * FROM member_all", "2 4", ""}};
  qy_store *store = NULL;
  qy_arena *arena = qy_arena_new();
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "read");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int partly = 0; partly < 2; partly++) {
      int64_t *list = NULL;
      size_t count = 0;
      char got[64] = "", *at = got;
      qy_error no = {0};
      const qy_status status = partly ? qy_store_reads_partly(&list, &count, store, row[i].sql, arena, &no)
                                      : qy_store_reads_incomplete(&list, &count, store, row[i].sql, arena, &no);
      for (size_t k = 0; k < count && k < 9; k++)
        at += sprintf(at, "%s%lld", k ? " " : "", (long long)list[k]);
      is_status(status, QY_OK, &no, row[i].sql);
      is_text(got, partly ? row[i].partly : row[i].incomplete, partly ? "points stored in part" : "not complete");
    }
  int64_t *list;
  size_t count;
  is_int(qy_store_reads_partly(&list, &count, store, "SELECT * FROM nothing", arena, &err), QY_SYSTEM, "no such table");
  qy_arena_free(arena);
  qy_store_close(store);
}

/* ---- comparisons ---- */

static void check_comparisons(void)
{
  const char *file = scratch_file("compared");
  int64_t id;
  qy_error err = {0};
  qy_store *store = NULL;
  begin(file, "compared", NULL, "complete", &id);
  const qy_comparison c[] = {{"{\"technology\": \"it's\"}", "SDM", "RDM", "energy_uj", "axes", NAN, NAN, 3, 4, 5, 6, 7,
                              8, 9, 10, 11, 12, NULL},
                             {"{}", "A", "B", "area_um2", "latency_us, sqnr_db", 1, 2, NAN, NAN, NAN, NAN, NAN, NAN,
                              NAN, NAN, NAN, NAN, "no budget"}};
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "opened");
  is_status(qy_store_comparisons(store, id, c, 1, &err), QY_OK, &err, "one");
  is_status(qy_store_comparisons(store, id, c, 2, &err), QY_OK, &err, "two in its place");
  is_text(ask(file, "SELECT experiment || position || within || base || design || metric || at_equal || "
                    "coalesce(low, '-') || coalesce(high, '-') || gain || p05 || p95 || gain_min || gain_max || "
                    "unlimited || unlimited_p05 || unlimited_p95 || better_pct || better_from || coalesce(note, '-') "
                    "FROM comparison WHERE position = 0"),
          "10{\"technology\": \"it's\"}SDMRDMenergy_ujaxes--3.04.05.06.07.08.09.010.011.012.0-", "the first");
  is_text(ask(file, "SELECT coalesce(gain, p05, p95, gain_min, gain_max, unlimited, unlimited_p05, "
                    "unlimited_p95, better_pct, better_from, 0) || ' ' || low || ' ' || high || note || (SELECT "
                    "count(*) FROM comparison) FROM "
                    "comparison WHERE position = 1"),
          "0 1.0 2.0no budget2", "the second, of figures that do not exist");
  is_text(ask(file, "SELECT group_concat(coalesce(" QY_COMPARISON_BUDGET ", '-') || ':' || coalesce(" QY_COMPARISON_HELD
                    ", '-')) FROM comparison"),
          "-:axes,latency_us:sqnr_db", "budget, and what is held");
  is_int(ask_number(file, "SELECT rows FROM content WHERE name = 'comparison'"), 2, "they are counted");
  is_status(qy_store_check_whole(store, id, &err), QY_OK, &err, "and all there");
  qy_store_close(store);
}

/* ---- values that no quarry has written ---- */

static void check_trust(void)
{
  static const struct {
    const char *sql, *message;
  } row[] = {
      {"UPDATE experiment SET id = 8388608", "table experiment, row 1, column id: expected a key from 1 to 8388607"},
      {"UPDATE experiment SET name = ''", "column name: expected a name, found \"\""},
      {"UPDATE experiment SET points = 0", "column points: expected 1 to 2^40 - 1, found \"0\""},
      {"UPDATE experiment SET points = 1 << 40", "column points: expected 1 to 2^40 - 1"},
      {"UPDATE experiment SET batch_points = -1", "column batch_points: expected 1 to 2^40 - 1, found \"-1\""},
      {"UPDATE experiment SET points = 200000000, batch_points = 1", "expected at most 134217728 batches, found \"1\""},
      {"UPDATE experiment SET store = 'columns', batch_points = 65537",
       "column store: expected columns in batches of at most 65536 points, found \"columns\""},
      {"UPDATE experiment SET status = 'done'", "expected running, interrupted, failed or complete, found \"done\""},
      {"UPDATE experiment SET store = 'some'", "expected all, columns, front or summary, found \"some\""},
      {"UPDATE experiment SET objectives = '{}'", "column objectives: expected a JSON array"},
      {"UPDATE experiment SET definition = '[]'", "column definition: expected a JSON object"},
      {"UPDATE experiment SET definition = '{'", "column definition: expected a JSON object"},
      {"UPDATE axis SET key = 'a\"b'", "table axis, row 1, column key: expected a name without quotes"},
      {"UPDATE axis SET \"column\" = ''", "column column: expected a name without quotes"},
      {"UPDATE axis SET type = 'blob'", "expected integer, real or text, found \"blob\""},
      {"UPDATE precision SET label = '' WHERE id = 2",
       "table precision, row 1, column label: expected a label, found \"\""},
      {"UPDATE precision SET weight_bits = 65 WHERE id = 3", "row 3, column weight_bits: expected 1 to 64, or NULL"},
      {"UPDATE precision SET activation_bits = 0 WHERE id = 1", "row 1, column activation_bits: expected 1 to 64"}};
  int64_t id;
  begin(scratch_file("sound"), "sound", NULL, "interrupted", &id);
  ask(scratch_file("sound"), "INSERT INTO axis VALUES (1, 0, 'rows', 'rows', 'integer', '', 1)");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *file = scratch_file("unsound");
    qy_error err = {0};
    qy_store *store = NULL;
    sqlite3 *db = NULL;
    char sql[160];
    unlink(file);
    snprintf(sql, sizeof sql, "VACUUM INTO '%s'", file);
    ask(scratch_file("sound"), sql);
    sqlite3_open(file, &db);
    sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF", NULL, NULL, NULL);
    ok(sqlite3_exec(db, row[i].sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) > 0, "%s", row[i].sql);
    sqlite3_close(db);
    is_int(qy_store_open(&store, file, i % 2 ? QY_STORE_READ : QY_STORE_WRITE, &err), QY_BAD_INPUT, "is refused");
    says(&err, row[i].message, row[i].message);
    qy_store_close(store);
  }
}

/* ---- values that the models chose ---- */

/* "auto" is what was chosen, or stays; of elements it is nothing where no element took it. */
static void check_resolved(void)
{
  static const char *const key[] = {"rows", "pe.bits", "m.pe.bits", "type.x"};
  static const char *const expected[4][4] = {
      {"16", "4", "-", "9"}, {"auto", "-", "-", "auto"}, {"auto", "auto", "auto", "auto"}, {"8", "-", "-", "auto"}};
  const qy_store_design design = {0, "D",
                                  "{\"rows\":\"auto\",\"pe\":{\"bits\":\"auto\"},\"m\":{\"pe\":{\"bits\":\"auto\"}},"
                                  "\"type\":{\"x\":\"auto\"}}"};
  qy_store_row row[4];
  for (int i = 0; i < 4; i++) {
    row[i] = row_of(i);
    row[i].design = 0;
    row[i].reason = i < 2 ? NULL : "too slow";
  }
  row[0].resolved = "{\"rows\":16,\"pe_bits\":4,\"type_x\":9}";
  row[3].resolved = "{\"rows\":8}";
  const char *file = scratch_file("resolved");
  qy_error err = {0};
  fixture f;
  int64_t id;
  int complete;
  qy_store *store = NULL;
  qy_axes axes;
  qy_arena *arena = qy_arena_new();
  fixture_make(&f, "name: resolved\n", 4, 4);
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  if (!status) status = qy_store_batch(store, 0, row, 4, &design, 1, &err);
  static const int64_t on_front[] = {0};
  if (!status) status = qy_store_finish(store, &(qy_store_front){"all", on_front, 1}, 1, &err);
  if (!status) status = qy_store_axes(&axes, store, id, arena, &err);
  is_status(status, QY_OK, &err, "a design that leaves much open");
  for (int k = 0; k < 4 && !status; k++) {
    const int at = qy_axes_find(&axes, key[k]);
    if (!ok(at >= 0, "%s", key[k])) continue;
    const size_t chosen[] = {(size_t)at};
    for (int written = 0; written < 2; written++) {
      char sql[2000];
      axes.as_written = written;
      const char *select = qy_store_axis_select(&axes, chosen, 1, arena);
      for (int i = 0; i < 4; i++) {
        snprintf(sql, sizeof sql, "SELECT coalesce(\"%s\", '-') FROM (%s) WHERE point = %d", axes.axis[at].column,
                 select ? select : "", i);
        is_text(ask(file, sql), written ? "auto" : expected[i][k], key[k]);
      }
    }
  }
  /* The views of any experiment, as a SELECT. */
  const char *select[2];
  if (!status) status = qy_store_view_select(select, store, id, arena, &err);
  for (int front = 0; front < 2 && !status; front++) {
    char sql[8000];
    snprintf(sql, sizeof sql, "SELECT count(*) || ' ' || group_concat(coalesce(rows_chosen, '-')) FROM (%s)",
             select[front]);
    is_text(ask(file, sql), front ? "1 16" : "4 16,-,-,8", "a view with what was chosen");
    snprintf(sql, sizeof sql, "SELECT count(*) || ' ' || sum(point) FROM (%s AND r.id & 0xffffffffff IN (0, 3))",
             select[front]);
    is_text(ask(file, sql), front ? "1 0" : "2 3", "and with a condition more");
  }
  qy_arena_free(arena);
  qy_store_close(store);
}

/* A front of points that there are none of, and of such beside one that there is, is refused and nothing of it kept. */
static void beyond(const char *policy)
{
  static const int64_t none[][2] = {{10, 10}, {11, 11}, {12, 12}, {0, 10}, {9, 12}, {0, 9}};
  int wrong = 0;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    const char *file = scratch_file("beyond.sqlite");
    const bool good = none[i][1] == 9;
    fixture f;
    int64_t id;
    int complete;
    qy_error own = {0};
    qy_store *store = NULL;
    unlink(file);
    fixture_make(&f, "name: small\n", 10, 4);
    f.e.store = policy;
    qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &own);
    if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &own);
    for (int64_t b = 0; b < 3 && !status; b++)
      status = put_batch(store, &f.e, b, &own);
    const qy_store_front front = {"all", none[i], none[i][0] == none[i][1] ? 1 : 2};
    wrong += status || (qy_store_finish(store, &front, 1, &own) == QY_OK) != good;
    qy_store_close(store);
    wrong += ask_number(file, "SELECT count(*) FROM front") != (good ? 2 : 0);
  }
  is_int(wrong, 0, "fronts of points that there are none of");
}

int main(void)
{
  scratch_make();
  beyond(NULL);
  beyond("columns");
  check_counts();
  check_fronts();
  check_reads();
  check_comparisons();
  check_trust();
  check_resolved();
  scratch_remove();
  return done();
}
