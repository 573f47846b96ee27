/* Whole runs of the program beside the benchmark, with all that a process costs: loading, libraries, database.  Files
 * are written into a folder of their own; nothing of the user's cache is used. */
#ifndef QUARRY_BENCH_PROCESS_H
#define QUARRY_BENCH_PROCESS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 400 };

static char folder[] = "/tmp/quarry-bench-XXXXXX", program[PATH];

/* What one run took. */
typedef struct cost {
  double cpu_s, wall_s, memory_mb;
} cost;

/* The program is one folder above the benchmark's. */
static inline void begin_runs(const char *self)
{
  const char *slash = strrchr(self, '/');
  snprintf(program, sizeof program, "%.*s/../quarry", slash ? (int)(slash - self) : 1, slash ? self : ".");
  if (!mkdtemp(folder)) exit(1);
}

static inline void remove_all(const char *what)
{
  char command[PATH + 40];
  snprintf(command, sizeof command, "rm -rf %s/%s", folder, what);
  if (system(command)) exit(1);
}

static inline void end_runs(void)
{
  remove_all("*");
  rmdir(folder);
}

static inline FILE *begin_file(char path[PATH], const char *name)
{
  snprintf(path, PATH, "%s/%s.yaml", folder, name);
  FILE *out = fopen(path, "w");
  if (!out) exit(1);
  fprintf(out, "name: %s\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n", name);
  return out;
}

/* SDM and RDM with two multipliers each in two libraries: 20,000 points a clock with 25 channels, 800,000 with 1,000. */
enum { FEW_CHANNELS = 4, ALL_CHANNELS = 1 };
static inline void write_large(char path[PATH], const char *name, int channels, int clocks, const char *store)
{
  char more[160];
  snprintf(more, sizeof more,
           ", bits: 16}, channels: {from: 1, to: %d, step: %d}, multipliers: [1, 2, 3, 5, 9], "
           "port_bits: [32, 64, 128, 256]}\n",
           channels == ALL_CHANNELS ? 1000 : 97, channels);
  FILE *out = begin_file(path, name);
  fprintf(out,
          "technology: [fdsoi28, lp55]\ndesigns:\n"
          "  - {name: SDM, accelerator: depthwise, pe: {kind: mac, multiplier: [booth, array]%s"
          "  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, multiplier: [booth, array]%s"
          "precision: [16, 12, 8, 6, 4]\nclock_mhz: {from: 50, to: 1500, points: %d, scale: log}\n"
          "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nfront: {within: [technology, precision]}\n%s",
          more, more, clocks, store);
  if (fclose(out)) exit(1);
}

static inline double wall_s(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline double seconds_of(struct timeval t)
{
  return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* One run into a new database, r.sqlite. */
static inline cost run_file(const char *path, const char *threads, bool dry)
{
  char database[PATH], cache[PATH];
  snprintf(database, sizeof database, "%s/r.sqlite", folder);
  snprintf(cache, sizeof cache, "%s/cache", folder);
  remove_all("r.sqlite*");
  const double start = wall_s();
  struct rusage u;
  int status;
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execl(program, program, "run", "--yes", "--threads", threads, "--no-plots", "--quiet", "--database", database,
          "--cache", cache, path, dry ? "--dry-run" : (char *)NULL, (char *)NULL);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &u) < 0 || !WIFEXITED(status) || WEXITSTATUS(status)) {
    fprintf(stderr, "%s failed\n", path);
    exit(1);
  }
  return (cost){seconds_of(u.ru_utime) + seconds_of(u.ru_stime), wall_s() - start, (double)u.ru_maxrss / 1024};
}

#endif
