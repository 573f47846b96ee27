/* Rows stored per second through qy_store_batch, beside the raw limit: one prepared INSERT per row of the same width
 * into a fresh file on the same file system, same page size and journal, one transaction.  Medians of interleaved runs;
 * both include the close, that is the checkpoint.  Usage: bench_store [rows [runs]].
 */
#include "bench.h"
#include "quarry/metric.h"
#include "quarry/sha256.h"
#include "quarry/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 10000, DESIGNS = 2000, RUNS_MAX = 31 };

static uint64_t random_state = 88172645463325252u;
static double random_value(void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return 1.0 + (double)(random_state >> 11) * 0x1p-53;
}

static void fill(qy_store_row *rows, int64_t first, int64_t count)
{
  for (int64_t i = 0; i < count; i++) {
    qy_store_row *row = &rows[i];
    row->point = first + i;
    row->design = (first + i) / 500 % DESIGNS;
    row->technology = (int)((first + i) & 1);
    row->network = 0;
    row->precision = (int)((first + i) % 3);
    row->precision_bits = 4 << ((first + i) % 3);
    row->clock_mhz = 100 + (double)((first + i) % 10) * 77.7;
    row->reason = NULL;
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      row->metric[m] = random_value();
  }
}

static void erase(const char *file)
{
  char name[320];
  static const char *const end[] = {"", "-wal", "-shm", "-journal"};
  for (int i = 0; i < 4; i++) {
    snprintf(name, sizeof name, "%s%s", file, end[i]);
    unlink(name);
  }
}

static void stop(const char *what)
{
  fprintf(stderr, "bench_store: %s\n", what);
  exit(1);
}

static void raw(const char *file, const qy_store_row *rows, int64_t count)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL;
  sqlite3_str *create = sqlite3_str_new(NULL), *values = sqlite3_str_new(NULL);
  sqlite3_str_appendall(create, "CREATE TABLE r (id INTEGER PRIMARY KEY, design INTEGER, technology INTEGER, network "
                                "INTEGER, precision INTEGER, precision_bits INTEGER, clock_mhz REAL, reason INTEGER");
  sqlite3_str_appendall(values, "INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?, ?");
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    sqlite3_str_appendf(create, ", %s REAL", qy_metric_table()[m].name);
    sqlite3_str_appendall(values, ", ?");
  }
  sqlite3_str_appendall(create, ") STRICT");
  sqlite3_str_appendall(values, ")");
  char *create_sql = sqlite3_str_finish(create), *insert_sql = sqlite3_str_finish(values);
  if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) ||
      sqlite3_exec(db, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", 0, 0, 0) ||
      sqlite3_exec(db, create_sql, 0, 0, 0) || sqlite3_prepare_v2(db, insert_sql, -1, &insert, NULL) ||
      sqlite3_exec(db, "BEGIN", 0, 0, 0))
    stop(sqlite3_errmsg(db));
  for (int64_t i = 0; i < count; i++) {
    const qy_store_row *row = &rows[i];
    sqlite3_bind_int64(insert, 1, (int64_t)1 << 40 | row->point);
    sqlite3_bind_int64(insert, 2, (int64_t)1 << 40 | row->design);
    sqlite3_bind_int(insert, 3, row->technology + 1);
    sqlite3_bind_int(insert, 4, row->network + 1);
    sqlite3_bind_int(insert, 5, row->precision + 1);
    sqlite3_bind_int(insert, 6, row->precision_bits);
    sqlite3_bind_double(insert, 7, row->clock_mhz);
    sqlite3_bind_null(insert, 8);
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      sqlite3_bind_double(insert, 9 + m, row->metric[m]);
    if (sqlite3_step(insert) != SQLITE_DONE) stop(sqlite3_errmsg(db));
    sqlite3_reset(insert);
  }
  if (sqlite3_exec(db, "COMMIT", 0, 0, 0)) stop(sqlite3_errmsg(db));
  sqlite3_finalize(insert);
  sqlite3_close(db);
  sqlite3_free(create_sql);
  sqlite3_free(insert_sql);
}

static void store(const char *file, const qy_store_row *rows, int64_t count)
{
  static const char text[] = "name: bench\n";
  qy_error err = {0};
  qy_store *s = NULL;
  char hash[65];
  int64_t id;
  int complete;
  qy_sha256_text(hash, text, strlen(text));
  static const qy_store_precision precision[3] = {{"4 bit", 4, 4}, {"8 bit", 8, 8}, {"16 bit", 16, 16}};
  const qy_store_input technology[2] = {{"fdsoi28", hash, text}, {"lp55", hash, text}};
  const qy_store_input network = {"net", hash, text};
  const qy_store_experiment e = {.name = "bench",
                                 .question = "?",
                                 .file = "bench.yaml",
                                 .text = text,
                                 .sha256 = hash,
                                 .command_line = "bench",
                                 .seed = "",
                                 .points = count,
                                 .batch_points = BATCH,
                                 .technology = technology,
                                 .technology_count = 2,
                                 .network = &network,
                                 .network_count = 1,
                                 .precision = precision,
                                 .precision_count = 3,
                                 .objectives = "[]",
                                 .definition = "{}"};
  if (qy_store_open(&s, file, QY_STORE_WRITE, &err) || qy_store_begin(s, &e, &id, &complete, &err))
    stop(err.diagnostic[0].text);
  for (int64_t b = 0; b * BATCH < count; b++) {
    int64_t n = count - b * BATCH < BATCH ? count - b * BATCH : BATCH;
    qy_store_design designs[BATCH / 500 + 1];
    int64_t known = 0;
    for (int64_t i = 0; i < n; i++)
      if (known == 0 || designs[known - 1].id != rows[b * BATCH + i].design)
        designs[known++] = (qy_store_design){rows[b * BATCH + i].design, "RDM", "{\"channels\": 4}"};
    if (qy_store_batch(s, b, rows + b * BATCH, n, designs, known, &err)) stop(err.diagnostic[0].text);
  }
  if (qy_store_finish(s, NULL, 0, &err)) stop(err.diagnostic[0].text);
  qy_store_close(s);
}

static double read_three(const char *file, size_t expected)
{
  qy_error err = {0};
  qy_store *s = NULL;
  double *column[3];
  size_t count = 0;
  if (qy_store_open(&s, file, QY_STORE_READ, &err)) stop(err.diagnostic[0].text);
  double start = bench_cpu_s();
  if (qy_store_columns(s,
                       "SELECT area_um2, latency_us, energy_uj FROM point WHERE experiment_id = 1 AND area_um2 IS NOT "
                       "NULL",
                       3, column, &count, &err))
    stop(err.diagnostic[0].text);
  double time = bench_cpu_s() - start;
  if (count != expected) stop("rows lost");
  for (int c = 0; c < 3; c++)
    free(column[c]);
  qy_store_close(s);
  return time;
}

int main(int argc, char **argv)
{
  int64_t count = argc > 1 ? atoll(argv[1]) : 500000;
  int runs = argc > 2 ? atoi(argv[2]) : 7;
  double rate[2][RUNS_MAX], reading[RUNS_MAX];
  char file[300];
  qy_store_row *rows = malloc((size_t)count * sizeof *rows);
  if (!rows || runs < 1 || runs > RUNS_MAX) stop("out of memory, or runs outside 1 to 31");
  fill(rows, 0, count);
  /* Beside the program: the build directory. */
  snprintf(file, sizeof file, "%.250s.%ld.sqlite", argv[0], (long)getpid());
  for (int i = 0; i < runs; i++) {
    for (int which = 0; which < 2; which++) {
      erase(file);
      const double start = bench_cpu_s();
      (which ? store : raw)(file, rows, count);
      rate[which][i] = 1e-6 * (double)count / (bench_cpu_s() - start);
    }
    reading[i] = 1e9 * read_three(file, (size_t)count) / (double)count;
  }
  erase(file);
  free(rows);
  printf("# store: %lld rows of %d columns\n", (long long)count, 7 + QY_METRIC_COUNT);
  bench_report("rows stored, raw limit: one prepared INSERT a row", rate[0], runs, "M/s");
  bench_report("rows stored, a batch at once", rate[1], runs, "M/s");
  bench_report_ratio("rows stored, over the raw limit", rate[1], rate[0], runs);
  bench_report("three metrics of 10^6 rows, rows", reading, runs, "ms");
  return 0;
}
