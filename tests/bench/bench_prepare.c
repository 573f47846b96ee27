/* What is made ready before points are evaluated, and how soon the first point is there: whole runs of the program on
 * one thread, CPU time of the process with all its libraries, loading and database. */
#include "bench.h"
#include "process.h"

enum { RUNS = 5, RUNS_OF_ONE = 15, DESIGNS = 3200, CLOCKS = 64000 };

static void end(FILE *out, const char *clocks)
{
  fprintf(out,
          "precision: 8\nclock_mhz: %s\n"
          "objectives: {minimize: [area_um2, latency_us, energy_uj]}\n",
          clocks);
  if (fclose(out)) exit(1);
}

/* As many entries of the file as designs, all with one element. */
static void write_designs(char path[PATH], const char *name, int designs, const char *clocks)
{
  FILE *out = begin_file(path, name);
  fputs("technology: fdsoi28\ndesigns:\n", out);
  for (int i = 1; i <= designs; i++)
    fprintf(out, "  - {name: D%d, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: %d}\n", i, i);
  end(out, clocks);
}

static void measure(const char *what, const char *path, bool cold, bool dry, int runs, double to_unit, const char *unit)
{
  double value[RUNS_OF_ONE];
  remove_all("cache");
  if (!cold) run_file(path, "1", dry);
  for (int r = 0; r < runs; r++) {
    if (cold) remove_all("cache");
    value[r] = to_unit * run_file(path, "1", dry).cpu_s;
  }
  bench_report(what, value, runs, unit);
}

int main(int argc, char **argv)
{
  char path[PATH], clocks[80];
  (void)argc;
  begin_runs(argv[0]);
  puts("# made ready: whole runs");
  write_designs(path, "point", 1, "500");
  measure("one point, whole process, nothing kept", path, true, false, RUNS_OF_ONE, 1e3, "ms");
  measure("one point, whole process, activities kept", path, false, false, RUNS_OF_ONE, 1e3, "ms");
  write_designs(path, "designs", DESIGNS, "500");
  measure("3,200 designs with one element, nothing kept", path, true, false, RUNS, 1, "s");
  snprintf(clocks, sizeof clocks, "{from: 100, to: 1000, points: %d, scale: log}", CLOCKS);
  write_designs(path, "clocks", 1, clocks);
  measure("64,000 clocks of one design, nothing kept", path, true, false, RUNS, 1, "s");
  write_large(path, "large", FEW_CHANNELS, 5000, "");
  measure("dry run of 10^8 points, nothing kept", path, true, true, RUNS, 1, "s");
  end_runs();
  return 0;
}
