/* Timing shared by the benchmarks: a clock, medians, one line per figure.  Timing never decides a test. */
#ifndef QUARRY_BENCH_H
#define QUARRY_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

__attribute__((unused)) static double bench_now_s(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Of this process, all its threads: what others do on the machine matters less. */
__attribute__((unused)) static double bench_cpu_s(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int bench_by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* Median of runs, printed with the extremes; sorts the array. */
__attribute__((unused)) static double bench_report(const char *what, double *value, int runs, const char *unit)
{
  qsort(value, (size_t)runs, sizeof *value, bench_by_value);
  printf("%-62s %10.4g %s (%.3g to %.3g)\n", what, value[runs / 2], unit, value[0], value[runs - 1]);
  return value[runs / 2];
}

#endif
