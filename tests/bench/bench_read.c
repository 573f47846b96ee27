/* What is read back of a sweep of 10^6 points in packed columns: as arrays at once, and through SQL on the view of
 * points. CPU time with the opening of the database.  Option: runs (default 7). */
#include "bench.h"
#include "process.h"

#include "quarry/points.h"
#include "quarry/store.h"

enum { RUNS_MAX = 31, CLOCKS = 50 };

/* On the view of points, each with the columns that it gives. */
static const struct {
  const char *work, *sql;
  int columns;
} query[] = {{"largest metric of 10^6 rows, columns", "SELECT max(energy_uj) FROM point", 1},
             {"rows of one name of 10^6, columns",
              "SELECT area_um2, energy_uj FROM point WHERE technology = 'lp55' AND precision = "
              "'4 bit' AND infeasible IS NULL",
              2},
             {"least metric of each name of 10^6 rows, columns",
              "SELECT min(energy_uj) FROM point GROUP BY technology, design, precision", 1}};
enum { QUERIES = sizeof query / sizeof *query };

static void stop(const qy_error *err)
{
  fprintf(stderr, "%s\n", err->count ? err->diagnostic[0].text : "failed");
  exit(1);
}

/* Milliseconds; which: of the queries, or -1: three metrics of all feasible points as arrays. */
static double read_once(const char *file, int which)
{
  static const int metric[] = {QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ};
  qy_error err = {0};
  qy_store *s = NULL;
  double *column[3] = {NULL};
  size_t count = 0;
  int64_t id = 0;
  const double start = bench_cpu_s();
  qy_status status = qy_store_open(&s, file, QY_STORE_READ, &err);
  if (!status && which < 0) status = qy_store_find(&id, s, "columns", &err);
  if (!status)
    status = which < 0 ? qy_store_metrics(column, NULL, &count, s, id, metric, 3, &err)
                       : qy_store_columns(s, query[which].sql, query[which].columns, column, &count, &err);
  if (status || !count) stop(&err);
  const double ms = 1e3 * (bench_cpu_s() - start);
  for (int c = 0; c < 3; c++)
    free(column[c]);
  qy_store_close(s);
  return ms;
}

int main(int argc, char **argv)
{
  const int runs = argc > 1 ? atoi(argv[1]) : 7;
  char path[PATH], file[PATH];
  double ms[RUNS_MAX];
  if (runs < 1 || runs > RUNS_MAX) return 2;
  begin_runs(argv[0]);
  puts("# points read back");
  write_large(path, "columns", FEW_CHANNELS, CLOCKS, "store: columns\n");
  run_file(path, "1", false);
  snprintf(file, sizeof file, "%s/r.sqlite", folder);
  for (int q = -1; q < QUERIES; q++) {
    for (int r = 0; r < runs; r++)
      ms[r] = read_once(file, q);
    bench_report(q < 0 ? "three metrics of 10^6 rows, columns, as arrays" : query[q].work, ms, runs, "ms");
  }
  end_runs();
  return 0;
}
