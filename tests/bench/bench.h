/* Timing shared by the benchmarks: CPU time, medians, one line a figure.  Timing never decides a test.
 *
 * A figure is a line "work<TAB>unit<TAB>value<TAB>value ...", a value a run, a title a line "# text"; table.awk makes
 * one table of all.  A work is a key of goals.tsv and of older checkouts, so it says nothing that a change of the code
 * changes.
 */
#ifndef QUARRY_BENCH_H
#define QUARRY_BENCH_H

#include "quarry/sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* CPU seconds of this process, all its threads: what others do on the machine matters less. */
static inline double bench_cpu_s(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Sorts the array. */
static inline double bench_median(double *value, int runs)
{
  qsort(value, (size_t)runs, sizeof *value, qy_by_value);
  return value[runs / 2];
}

static inline void bench_report(const char *what, const double *value, int runs, const char *unit)
{
  printf("%s\t%s", what, unit);
  for (int r = 0; r < runs; r++)
    printf("\t%.9g", value[r]);
  putchar('\n');
  fflush(stdout);
}

/* Of each run: a over b. */
static inline void bench_report_ratio(const char *what, const double *a, const double *b, int runs)
{
  printf("%s\tx", what);
  for (int r = 0; r < runs; r++)
    printf("\t%.9g", a[r] / b[r]);
  putchar('\n');
  fflush(stdout);
}

#endif
