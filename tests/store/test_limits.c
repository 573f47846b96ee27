/* Queries that would never end are given up, each by itself: after so many seconds, or when told; and what complete
 * experiments lack is counted. */
#include "store_test.h"

#include <time.h>

static const char endless[] = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c";
static const char rows_without_end[] =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
static const char soon[] = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000) "
                           "SELECT max(x) FROM c";

enum { WAYS = 3, ENOUGH = 1000 };
static const char *const way_name[WAYS] = {"as texts", "with lengths", "as numbers"};

typedef struct seen {
  int64_t rows, last;
} seen;

static int text_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  seen *s = ctx;
  (void)columns, (void)names, (void)types;
  s->last = strtoll(values[0], NULL, 10);
  return ++s->rows >= ENOUGH;
}

static int length_row(void *ctx, int columns, const char *const *names, const char *const *values,
                      const size_t *lengths, const int *types)
{
  (void)lengths;
  return text_row(ctx, columns, names, values, types);
}

static int value_row(void *ctx, const qy_store_value *value)
{
  seen *s = ctx;
  s->last = (int64_t)value[0].number;
  return ++s->rows >= ENOUGH;
}

static qy_status query(seen *s, qy_store *store, int way, const char *sql, qy_error *err)
{
  *s = (seen){0};
  switch (way) {
  case 0: return qy_store_query(store, sql, text_row, s, err);
  case 1: return qy_store_query_head(store, sql, NULL, NULL, length_row, s, err);
  default: return qy_store_query_values(store, sql, value_row, s, err);
  }
}

static void limits(qy_store *store)
{
  volatile sig_atomic_t stop = 1;
  const qy_store_limits brief = {.seconds = 0.02}, told = {.stop = &stop};
  const struct timespec longer = {.tv_nsec = 30000000};
  qy_error err = {0};
  for (int way = 0; way < WAYS; way++) {
    seen s;
    double *area = NULL;
    size_t count = 0;
    qy_store_limit(store, &brief);
    is_status(query(&s, store, way, endless, &err), QY_SYSTEM, &err, way_name[way]);
    ok(err.count == 1, "time is up, and said so");
    qy_error_clear(&err);
    is_status(query(&s, store, way, "SELECT 7", &err), QY_OK, &err, "the next one begins anew");
    ok(s.rows == 1 && s.last == 7, "and has its row");
    nanosleep(&longer, NULL);
    is_status(qy_store_columns(store, soon, 1, &area, &count, &err), QY_OK, &err,
              "what is no such query has no limit, however long ago the last one was");
    ok(count == 1 && area && area[0] == 100000, "and comes to its end");
    free(area);
    qy_error_clear(&err);

    qy_store_limit(store, &told);
    is_status(query(&s, store, way, endless, &err), QY_INTERRUPTED, &err, "stopped when told");
    qy_error_clear(&err);
    stop = 0;
    is_status(query(&s, store, way, soon, &err), QY_OK, &err, "not told, it goes on");
    ok(s.rows == 1 && s.last == 100000, "to its end");
    is_status(query(&s, store, way, rows_without_end, &err), QY_OK, &err, "who has seen enough");
    ok(s.rows == ENOUGH && s.last == ENOUGH, "gets no more");
    stop = 1;

    qy_store_limit(store, NULL);
    is_status(query(&s, store, way, soon, &err), QY_OK, &err, "without limits");
    ok(s.rows == 1 && s.last == 100000, "neither counts");
    qy_error_clear(&err);
  }
}

static void lacking(const char *file, const char *change, const char *wanted)
{
  char text[QY_STORE_LACKS] = "nothing was said";
  qy_error err = {0};
  qy_store *store = NULL;
  if (change) is_text(ask(file, change), "(no row)", change);
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_status(qy_store_lacks(text, store, &err), QY_OK, &err, "counted");
  is_text(text, wanted, "what it lacks");
  qy_store_close(store);
  qy_error_clear(&err);
}

static void lacks(const char *file)
{
  char wanted[QY_STORE_LACKS];
  lacking(file, NULL, "");
  snprintf(wanted, sizeof wanted, "%d metrics of %d", QY_METRIC_COUNT - 2, QY_METRIC_COUNT);
  lacking(file, "DELETE FROM metric WHERE name IN ('area_um2', 'gops')", wanted);
  snprintf(wanted, sizeof wanted, "%d metrics of %d; small: 1 points of fronts of 2", QY_METRIC_COUNT - 2,
           QY_METRIC_COUNT);
  lacking(file, "DELETE FROM front WHERE point = (SELECT min(point) FROM front)", wanted);
}

/* Tables that are counted, each alone away: neither of the two that ask for it says that nothing is missing. */
static void without_tables(const char *file)
{
  static const char *const table[] = {"experiment_technology",
                                      "experiment_network",
                                      "experiment_precision",
                                      "best_point",
                                      "front",
                                      "comparison",
                                      "histogram",
                                      "infeasible_count",
                                      "axis"};
  const char *copy = scratch_file_kept("without.sqlite");
  int wrong = 0;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    char text[QY_STORE_LACKS], command[400];

    qy_error err = {0};
    qy_store *store = NULL;
    unlink(copy);
    snprintf(command, sizeof command, "VACUUM INTO '%s'", copy);
    ask(file, command);
    snprintf(command, sizeof command, "DROP TABLE %s", table[i]);
    const bool away = strcmp(ask(copy, command), "(no row)") == 0;
    const bool opened = !qy_store_open(&store, copy, QY_STORE_READ, &err);
    for (int asked = 0; asked < 2 && opened; asked++) {
      qy_error_clear(&err);
      const qy_status status = asked ? qy_store_check_whole(store, 1, &err) : qy_store_lacks(text, store, &err);
      if (away && status && err.count == 1 && strstr(err.diagnostic[0].text, table[i])) continue;
      printf("# %s, %d: %d, %s\n", table[i], asked, (int)status, err.count ? err.diagnostic[0].text : "nothing");
      wrong++;
    }
    wrong += !opened;
    qy_store_close(store);
    unlink(copy);
  }
  is_int(wrong, 0, "a table that is not there is named");
}

/* Where what is counted is not there, nothing is said of what a database lacks. */
static void uncounted(const char *file)
{
  char text[QY_STORE_LACKS];
  qy_error err = {0};
  qy_store *store = NULL;
  is_text(ask(file, "DROP TABLE metric"), "(no row)", "a table is dropped");
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  ok(qy_store_lacks(text, store, &err) != QY_OK && err.count == 1 && strstr(err.diagnostic[0].text, "metric"),
     "what lacks cannot be counted, and why is said");
  qy_store_close(store);
  qy_error_clear(&err);
}

int main(void)
{
  scratch_make();
  fixture f;
  qy_error err = {0};
  qy_store *store = NULL;
  int64_t id = 0;
  int complete = 0;
  const char *file = scratch_file("limits.sqlite");
  fixture_make(&f, "name: small\n", 40, 10);
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "stored");
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  limits(store);
  qy_store_close(store);
  lacks(file);
  without_tables(file);
  uncounted(file);
  scratch_remove();
  return done();
}
