/* A complete experiment of which another program removed rows of any kind: what it lacks is said, by counts of its
 * rows before and behind, and a run that goes on makes it what it was. */
#include "store_steps.h"

typedef struct loss {
  const char *change, *rows, *what; /* rows: of a table, what is said of how many there are */
} loss;

#define OF "WHERE experiment = 1"

/* In both kinds of databases. */
static const loss of_any[] = {
    {"DELETE FROM front WHERE point & 255 = 1", "front", "points of fronts"},
    {"DELETE FROM front", "front", "points of fronts"},
    {"DELETE FROM front_chance WHERE point & 255 = 2", "front_chance", "front probabilities"},
    {"DELETE FROM best_point WHERE metric = 'area_um2'", "best_point", "best points"},
    {"INSERT INTO best_point SELECT 1, technology, network, precision, 'more', value, point FROM best_point LIMIT 1",
     "best_point", "best points"},
    {"DELETE FROM design WHERE id & 255 = 1", "design", "designs"},
    {"DELETE FROM comparison", "comparison", "comparisons"},
    {"DELETE FROM tally", "tally", "counts of groups"},
    {"DELETE FROM histogram", "histogram", "ranges of values"},
    {"DELETE FROM infeasible_count", "infeasible_count", "counts of infeasible points"},
    {"DELETE FROM kept_front", "kept_front", "kinds of fronts"},
    {"DELETE FROM batch WHERE batch = 1", "batch", "batches"},
    {"DELETE FROM assignment WHERE point & 255 = 4", "assignment", "assignments"},
    {"DELETE FROM interval WHERE id & 255 = 9", "interval", "intervals"},
    {"DELETE FROM experiment_technology " OF " AND position = 1", "experiment_technology", "technologies"},
    {"DELETE FROM experiment_network " OF, "experiment_network", "networks"},
    {"DELETE FROM experiment_precision " OF " AND position = 0", "experiment_precision", "precisions"},
};

static const loss of_rows[] = {
    {"DELETE FROM result WHERE id & 255 = 3", "result", "results"},
    {"DELETE FROM result WHERE id & 255 IN (0, 23)", "result", "results"},
    {"DELETE FROM layer_result WHERE point & 255 = 15", "layer_result", "layers of points"},
    {"DELETE FROM member_result", "member_result", "members of points"},
};

static void must(const char *file, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  sqlite3_busy_timeout(db, 5000);
  if (sqlite3_exec(db, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL) ||
      sqlite3_exec(db, sql, NULL, NULL, NULL) || sqlite3_changes(db) == 0)
    ok(false, "%s: %s", sql, sqlite3_errmsg(db));
  sqlite3_close(db);
}

/* All steps of a run that goes on; *said: what was missing. */
static qy_status go_on(const char *file, const char *policy, int *complete, char said[200], qy_error *err)
{
  run r;
  qy_status status = open_run(&r, file, policy, err);
  if (!status) status = qy_store_begin(r.store, &r.f.e, &r.id, complete, err);
  if (!status) snprintf(said, 200, "%s", qy_store_missing(r.store));
  for (int64_t b = 0; b * BATCH < POINTS && !status && !*complete; b++)
    if (!qy_store_has_batch(r.store, b)) status = put_points(r.store, b, !policy, err);
  for (int s = 3; s < STEPS && !status && !*complete; s++)
    status = step[s](&r, err);
  qy_store_close(r.store);
  return status;
}

/* What a reader is told, and what is there once a run has gone on. */
static bool made_whole(const char *file, const char *policy, const char *lacking, bool link, const qy_text *sound)
{
  qy_error err = {0};
  qy_store *store = NULL;
  qy_text after = {0};
  char said[200] = "";
  int complete = -1;
  bool right = qy_store_open(&store, file, QY_STORE_READ, &err) == QY_OK;
  right = right && qy_store_check_whole(store, 1, &err) == QY_BAD_INPUT;
  qy_store_close(store);
  if (!right || !strstr(err.diagnostic[0].text, lacking)) {
    printf("# a reader is told: %s\n# expected %s\n", err.count ? err.diagnostic[0].text : "nothing", lacking);
    right = false;
  }
  qy_error_clear(&err);
  if (go_on(file, policy, &complete, said, &err)) printf("# %s\n", err.count ? err.diagnostic[0].text : "no message");
  if (err.count || complete != link || !strstr(said, lacking)) {
    printf("# a run is told: %s, %d\n# expected %s\n", said, complete, lacking);
    right = false;
  }
  dump(&after, file);
  if (!same_text(&after, sound)) {
    size_t at = 0;
    while (at < after.length && at < sound->length && after.data[at] == sound->data[at])
      at++;
    const size_t from = at > 60 ? at - 60 : 0;
    printf("# it is not what it was: %.150s\n# expected %.150s\n", after.data + from, sound->data + from);
    right = false;
  }
  qy_text_free(&after);
  return right;
}

static void losses(const char *file, const char *policy, const loss *l, size_t count, const qy_text *sound)
{
  for (size_t i = 0; i < count; i++) {
    char sql[100], lacking[100];
    const bool link = strncmp(l[i].rows, "experiment_", 11) == 0;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", l[i].rows);
    const int64_t before = ask_number(file, sql);
    must(file, l[i].change);
    snprintf(lacking, sizeof lacking, "%lld %s of %lld", (long long)ask_number(file, sql), l[i].what,
             (long long)before);
    ok(made_whole(file, policy, lacking, link, sound), "%s: %s", policy ? policy : "rows", l[i].change);
  }
}

static void all(const char *policy)
{
  static const loss of_columns[] = {{"DELETE FROM result_chunk WHERE id >> 8 & 4294967295 = 1 AND id & 255 = (SELECT "
                                     "number FROM chunk_column WHERE name = 'design')",
                                     "batch", "chunks of results"}};
  const char *file = make(policy ? "columns.sqlite" : "rows.sqlite", policy);
  qy_text sound = {0};
  dump(&sound, file);
  for (size_t i = policy != NULL; i < sizeof of_any / sizeof *of_any; i += 2) /* the others with the other policy */
    losses(file, policy, &of_any[i], 1, &sound);
  if (!policy) losses(file, policy, of_rows, sizeof of_rows / sizeof *of_rows, &sound);
  if (policy) {
    must(file, of_columns->change);
    ok(made_whole(file, policy, "2 chunks of results of 3", false, &sound), "a chunk of the designs is gone");
  }
  must(file, "DELETE FROM content WHERE name = 'front'");
  ok(made_whole(file, policy, "5 counts of rows of 6", false, &sound), "a count of rows is gone");
  qy_text_free(&sound);
}

int main(void)
{
  scratch_make();
  all(NULL);
  all("columns");
  scratch_remove();
  return done();
}
