/* Large sweeps: whole runs of the program that keep fronts, or all points in columns; metrics of a million rows read.
 * CPU time, but for the gain from two threads, which is one of wall time.  Options: runs (default 3), `all`. */
#include "bench.h"
#include "process.h"

#include "quarry/store.h"

#include <sys/stat.h>

enum {
  RUNS_MAX = 31,
  POINTS_A_CLOCK = 20000,
  CLOCKS_STORED = 50,
  CLOCKS_FRONT = 500,
  POINTS_ALL = 800000, /* a clock, with all channels */
  CLOCKS_LARGER = 125,
  CLOCKS_LARGEST = 1250,
  GOAL_S = 120
};

static cost sweep_front(const char *name, int channels, int clocks, const char *threads)
{
  char path[PATH];
  write_large(path, name, channels, clocks, "store: front\n");
  return run_file(path, threads, false);
}

/* The same designs with few channels and many clocks have fronts of 0.8 % of their points, which are stored as rows;
 * with many channels of 0.03 %.  10^9 points are swept only where that takes no longer than its goal by the rate of
 * 10^8, or on request. */
static void front_only(int runs, bool all)
{
  double rate[RUNS_MAX] = {0}, many[RUNS_MAX] = {0}, memory[RUNS_MAX] = {0};
  for (int r = 0; r < runs; r++) {
    rate[r] = 1e-6 * CLOCKS_FRONT * POINTS_A_CLOCK / sweep_front("front", FEW_CHANNELS, CLOCKS_FRONT, "1").cpu_s;
    const cost c = sweep_front("larger", ALL_CHANNELS, CLOCKS_LARGER, "1");
    many[r] = 1e-6 * CLOCKS_LARGER * POINTS_ALL / c.cpu_s;
    memory[r] = c.memory_mb;
  }
  bench_report("front-only sweep of 10^7 points, large fronts, 1 thread", rate, runs, "M/s");
  bench_report("front-only sweep of 10^8 points, 1 thread", many, runs, "M/s");
  bench_report("front-only sweep of 10^8 points, memory", memory, runs, "MiB");
  if (!all && 1000 > GOAL_S * bench_median(many, runs)) return;
  const cost most = sweep_front("largest", ALL_CHANNELS, CLOCKS_LARGEST, "2");
  bench_report("front-only sweep of 10^9 points, 2 threads, CPU time of both", &most.cpu_s, 1, "s");
  bench_report("front-only sweep of 10^9 points, 2 threads, wall time", &most.wall_s, 1, "s");
  bench_report("front-only sweep of 10^9 points, 2 threads, memory", &most.memory_mb, 1, "MiB");
}

/* Milliseconds. */
static double read_three(void)
{
  static const char sql[] = "SELECT area_um2, latency_us, energy_uj FROM point WHERE area_um2 IS NOT NULL";
  char file[PATH];
  qy_error err = {0};
  qy_store *s = NULL;
  double *column[3];
  size_t count = 0;
  snprintf(file, sizeof file, "%s/r.sqlite", folder);
  const double start = bench_cpu_s();
  qy_status status = qy_store_open(&s, file, QY_STORE_READ, &err);
  if (!status) status = qy_store_columns(s, sql, 3, column, &count, &err);
  if (status) {
    fprintf(stderr, "%s\n", err.count ? err.diagnostic[0].text : "failed");
    exit(1);
  }
  const double ms = 1e3 * (bench_cpu_s() - start);
  for (int c = 0; c < 3; c++)
    free(column[c]);
  qy_store_close(s);
  return ms;
}

static void stored(int runs)
{
  char path[PATH], file[PATH];
  struct stat size;
  double rate[RUNS_MAX] = {0}, bytes[RUNS_MAX] = {0}, read_ms[RUNS_MAX] = {0}, one[RUNS_MAX] = {0}, two[RUNS_MAX] = {0};
  const double points = CLOCKS_STORED * POINTS_A_CLOCK;
  write_large(path, "columns", FEW_CHANNELS, CLOCKS_STORED, "store: columns\n");
  snprintf(file, sizeof file, "%s/r.sqlite", folder);
  for (int r = 0; r < runs; r++) {
    two[r] = run_file(path, "2", false).wall_s;
    const cost c = run_file(path, "1", false);
    one[r] = c.wall_s;
    rate[r] = 1e-6 * points / c.cpu_s;
    if (stat(file, &size)) exit(1);
    bytes[r] = (double)size.st_size / points;
    read_ms[r] = read_three();
  }
  bench_report("stored sweep of 10^6 points, columns, 1 thread", rate, runs, "M/s");
  bench_report("stored sweep of 10^6 points, columns, file", bytes, runs, "B/point");
  bench_report_ratio("stored sweep of 10^6 points, columns, 2 threads over 1, wall time", one, two, runs);
  bench_report("three metrics of 10^6 rows, columns", read_ms, runs, "ms");
  write_large(path, "all", FEW_CHANNELS, CLOCKS_STORED, "store: all\n");
  for (int r = 0; r < runs; r++) {
    rate[r] = 1e-6 * points / run_file(path, "1", false).cpu_s;
    if (stat(file, &size)) exit(1);
    bytes[r] = (double)size.st_size / points;
  }
  bench_report("stored sweep of 10^6 points, rows, 1 thread", rate, runs, "M/s");
  bench_report("stored sweep of 10^6 points, rows, file", bytes, runs, "B/point");
}

int main(int argc, char **argv)
{
  int runs = argc > 1 ? atoi(argv[1]) : 3;
  if (runs < 1 || runs > RUNS_MAX) return 2;
  begin_runs(argv[0]);
  puts("# sweeps: whole runs");
  stored(runs);
  front_only(runs, argc > 2 && strcmp(argv[2], "all") == 0);
  end_runs();
  return 0;
}
