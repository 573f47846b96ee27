/* Kills and neighbours: SIGKILL at random instants, two processes on one experiment, two experiments in one file.
 *
 * The oracle is a run that was never disturbed: after resuming, both databases must hold the same rows.  Between kills
 * the file is looked at by SQLite alone: marked batches are there as a whole, others not at all.
 */
#include "store_test.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { POINTS = 60000, BATCH = 500, KILLS = 10, CREATE_KILLS = 10 };

static const char text[] = "name: killed\n";

static void wait_us(long us)
{
  struct timespec t = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&t, NULL);
}

/* A child that runs (or goes on with) the experiment. */
static pid_t run_in_child(const char *file)
{
  fflush(stdout);
  pid_t child = fork();
  if (child != 0) return child;
  fixture f;
  qy_error err = {0};
  int64_t id;
  int complete;
  fixture_make(&f, text, POINTS, BATCH);
  qy_status status = run_all(file, &f.e, &id, &complete, &err);
  if (status != QY_OK) printf("# child: %s\n", err.diagnostic[0].text);
  fflush(stdout);
  _exit(status);
}

static int compare_with(const char *file, const char *other, int64_t *rows)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *s = NULL;
  int64_t different = -1;
  static const char sql[] = "SELECT (SELECT count(*) FROM result), (SELECT count(*) FROM (SELECT * FROM result EXCEPT "
                            "SELECT * FROM w.result)) "
                            "+ (SELECT count(*) FROM (SELECT * FROM w.result EXCEPT SELECT * FROM result)) "
                            "+ (SELECT count(*) FROM (SELECT * FROM design EXCEPT SELECT * FROM w.design)) "
                            "+ (SELECT count(*) FROM (SELECT * FROM w.batch EXCEPT SELECT * FROM batch)) "
                            "+ (SELECT count(*) FROM (SELECT * FROM w.best_point EXCEPT SELECT * FROM best_point)) "
                            "+ (SELECT count(*) FROM (SELECT point FROM w.front EXCEPT SELECT point FROM front)) "
                            "+ (SELECT count(*) FROM (SELECT * FROM assignment EXCEPT SELECT * FROM w.assignment)) "
                            "+ (SELECT count(*) FROM (SELECT * FROM w.assignment EXCEPT SELECT * FROM assignment)) "
                            "+ (SELECT count(*) FROM (SELECT * FROM w.reason EXCEPT SELECT * FROM reason))";
  sqlite3_open(file, &db);
  sqlite3_prepare_v2(db, "ATTACH ? AS w", -1, &s, NULL);
  sqlite3_bind_text(s, 1, other, -1, SQLITE_STATIC);
  sqlite3_step(s);
  sqlite3_finalize(s);
  sqlite3_prepare_v2(db, sql, -1, &s, NULL);
  if (sqlite3_step(s) == SQLITE_ROW) {
    *rows = sqlite3_column_int64(s, 0);
    different = sqlite3_column_int64(s, 1);
  }
  sqlite3_finalize(s);
  sqlite3_close(db);
  return (int)different;
}

static void killed_runs(void)
{
  char file[128], whole[128];
  strcpy(file, scratch_file("killed.sqlite"));
  strcpy(whole, scratch_file("whole.sqlite"));
  qy_error err = {0};
  fixture f;
  int64_t id, rows = 0;
  int complete, partial = 0, torn = 0, unsound = 0;
  struct timespec start, end;
  fixture_make(&f, text, POINTS, BATCH);
  clock_gettime(CLOCK_MONOTONIC, &start);
  is_status(run_all(whole, &f.e, &id, &complete, &err), QY_OK, &err, "a run that nobody disturbs");
  clock_gettime(CLOCK_MONOTONIC, &end);
  long whole_us = (end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000;
  unsigned seed = (unsigned)start.tv_nsec;
  printf("# the run takes %ld us, seed %u\n", whole_us, seed);
  /* On a busy machine a run may get nowhere in its time: then there are more kills than KILLS. */
  for (int i = 0; i < KILLS || (partial == 0 && i < 4 * KILLS); i++) {
    pid_t child = run_in_child(file);
    wait_us((long)((0.02 + 0.18 * rand_r(&seed) / (RAND_MAX + 1.0)) * (double)whole_us));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (access(file, F_OK) != 0) continue;
    /* Look every second time only: looking repairs the log, and a run must do that by itself too. */
    if (i % 2) continue;
    int64_t stored = ask_number(file, "SELECT count(*) FROM result");
    partial += stored > 0 && stored < POINTS;
    torn += stored % BATCH != 0 || stored != ask_number(file, "SELECT coalesce(sum(rows), 0) FROM batch");
    unsound += strcmp(ask(file, "PRAGMA integrity_check"), "ok") != 0;
  }
  ok(partial > 0, "%d looks between kills found a run cut in the middle", partial);
  is_int(torn, 0, "a batch is there as a whole or not at all");
  is_int(unsound, 0, "the file is sound after each kill");
  int status = -1;
  waitpid(run_in_child(file), &status, 0);
  ok(WIFEXITED(status) && WEXITSTATUS(status) == QY_OK, "the next run goes on and ends");
  is_int(compare_with(file, whole, &rows), 0,
         "rows, designs, batches, fronts, best points and reasons are those of the other run");
  is_int(rows, POINTS, "all of them");
  is_text(ask(file, "SELECT status || (runs > 1) FROM experiment"), "complete1", "complete, in more than one run");
  is_text(ask(file, "SELECT count(*) FROM experiment"), "1", "one experiment");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "sound");
  is_text(ask(file, "PRAGMA foreign_key_check"), "(no row)", "every key leads somewhere");
}

/* Kills while the file is being made. */
static void killed_births(void)
{
  char file[128];
  strcpy(file, scratch_file("born.sqlite"));
  unsigned seed = 12345;
  int bad = 0, early = 0;
  for (int i = 0; i < CREATE_KILLS; i++) {
    static const char *const end[] = {"", "-wal", "-shm", "-journal"};
    for (int k = 0; k < 4; k++) {
      char name[140];
      snprintf(name, sizeof name, "%s%s", file, end[k]);
      unlink(name);
    }
    pid_t child = run_in_child(file);
    wait_us((long)(rand_r(&seed) % 8000));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    qy_error err = {0};
    qy_store *store = NULL;
    if (qy_store_open(&store, file, QY_STORE_WRITE, &err) != QY_OK) {
      bad++;
      printf("# %s\n", err.diagnostic[0].text);
    }
    qy_store_close(store);
    early += ask_number(file, "SELECT count(*) FROM experiment") == 0;
    bad += strcmp(ask(file, "PRAGMA integrity_check"), "ok") != 0;
  }
  is_int(bad, 0, "a file killed while it was made can be opened and is sound");
  printf("# %d of %d were killed before the experiment began\n", early, CREATE_KILLS);
}

static void neighbours(void)
{
  char file[128];
  strcpy(file, scratch_file("two.sqlite"));
  qy_error err = {0};
  qy_store *first = NULL, *second = NULL;
  fixture f, g;
  int64_t id, other;
  int complete, ready[2];
  char c = 0;
  fixture_make(&f, "name: f\n", 100, 10);
  fixture_make(&g, "name: g\n", 100, 10);
  if (pipe(ready) != 0) perror("pipe");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) { /* begins, stores a batch, waits to be killed */
    qy_store_open(&first, file, QY_STORE_WRITE, &err);
    qy_store_begin(first, &f.e, &id, &complete, &err);
    qy_status status = put_batch(first, &f.e, 0, &err);
    if (write(ready[1], status == QY_OK ? "1" : "0", 1) != 1) _exit(1);
    for (;;)
      pause();
  }
  ok(read(ready[0], &c, 1) == 1 && c == '1', "another process runs an experiment");
  is_status(qy_store_open(&second, file, QY_STORE_WRITE, &err), QY_OK, &err, "the file can be opened beside it");
  is_int(qy_store_begin(second, &f.e, &id, &complete, &err), QY_SYSTEM, "the same experiment cannot be begun");
  char expected[80];
  snprintf(expected, sizeof expected, "is being run by process %ld", (long)child);
  says(&err, expected, "and the message names the process");
  is_status(qy_store_begin(second, &g.e, &other, &complete, &err), QY_OK, &err, "a different one can");
  is_status(put_batch(second, &g.e, 0, &err), QY_OK, &err, "and stores its rows");
  kill(child, SIGKILL);
  siginfo_t ended;
  waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT);
  /* It is dead, but still has its number: it must not count. */
  qy_error_clear(&err);
  is_status(qy_store_begin(second, &f.e, &id, &complete, &err), QY_OK, &err,
            "after a kill the experiment can be gone on with");
  waitpid(child, NULL, 0);
  is_int(qy_store_has_batch(second, 0), 1, "its batch is known");
  is_text(ask(file, "SELECT group_concat(status) FROM (SELECT status FROM experiment ORDER BY name)"),
          "running,interrupted", "the other experiment of this process is marked interrupted");

  qy_error_clear(&err);
  is_status(qy_store_open(&first, file, QY_STORE_WRITE, &err), QY_OK, &err, "a second store in this process");
  is_int(qy_store_begin(first, &f.e, &id, &complete, &err), QY_SYSTEM, "cannot begin the same experiment either");
  /* Someone who could not see this process takes over. */
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  sqlite3_exec(db,
               "UPDATE experiment SET runner = 'elsewhere boot pid:[1] 1 1 0' WHERE name = 'small' AND status = "
               "'running'",
               NULL, NULL, NULL);
  sqlite3_close(db);
  qy_error_clear(&err);
  is_int(put_batch(second, &f.e, 1, &err), QY_SYSTEM, "a run that was taken over stores nothing more");
  says(&err, "another process has taken over this experiment", "and says why");
  is_int(
      ask_number(file, "SELECT count(*) FROM result r, experiment e WHERE r.id >> 40 = e.id AND e.status = 'running'"),
      10, "its rows are as before");
  qy_store_close(second);
  is_text(ask(file, "SELECT count(*) FROM experiment WHERE status = 'running'"), "1",
          "and closing it leaves the other's mark alone");
  qy_error_clear(&err);
  is_status(qy_store_begin(first, &f.e, &id, &complete, &err), QY_OK, &err, "a mark of another host does not block");
  qy_store_close(first);
  close(ready[0]);
  close(ready[1]);
}

/* Two processes, two experiments, one file that neither has yet. */
static void together(void)
{
  char file[128];
  strcpy(file, scratch_file("together.sqlite"));
  fflush(stdout);
  pid_t child[2];
  for (int i = 0; i < 2; i++) {
    child[i] = fork();
    if (child[i] == 0) {
      fixture f;
      qy_error err = {0};
      int64_t id;
      int complete;
      fixture_make(&f, i ? "name: one\n" : "name: two\n", 20000, BATCH);
      qy_status status = run_all(file, &f.e, &id, &complete, &err);
      if (status != QY_OK) printf("# child: %s\n", err.diagnostic[0].text);
      fflush(stdout);
      _exit(status);
    }
  }
  int bad = 0;
  for (int i = 0; i < 2; i++) {
    int status = 0;
    waitpid(child[i], &status, 0);
    bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  }
  is_int(bad, 0, "two processes create the file and store two experiments at once");
  is_text(ask(file, "SELECT group_concat(stored || status) FROM summary_all"), "20000complete,20000complete",
          "both are complete");
  is_text(ask(file, "SELECT count(*) FROM technology"), "2", "they share their technologies");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "sound");
}

int main(void)
{
  scratch_make();
  killed_runs();
  killed_births();
  neighbours();
  together();
  scratch_remove();
  return done();
}
