/* Timing shared by the benchmarks: a clock, medians, one line per figure.  Timing never decides a test. */
#ifndef QUARRY_BENCH_H
#define QUARRY_BENCH_H

#include "quarry/sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Seconds of a clock: CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID. */
static inline double bench_seconds(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline double bench_now_s(void)
{
  return bench_seconds(CLOCK_MONOTONIC);
}

/* Of this process, all its threads: what others do on the machine matters less. */
static inline double bench_cpu_s(void)
{
  return bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* Sorts the array. */
static inline double bench_median(double *value, int runs)
{
  qsort(value, (size_t)runs, sizeof *value, qy_by_value);
  return value[runs / 2];
}

/* Median of runs, printed with the extremes; sorts the array. */
static inline double bench_report(const char *what, double *value, int runs, const char *unit)
{
  double median = bench_median(value, runs);
  printf("%-62s %10.4g %s (%.3g to %.3g)\n", what, median, unit, value[0], value[runs - 1]);
  return median;
}

#endif
