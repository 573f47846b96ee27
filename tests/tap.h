/* Test lines in TAP: a number, the expected number, a tolerance, a sentence.  One program per file of tests. */
#ifndef QUARRY_TAP_H
#define QUARRY_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static int ok(int pass, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  printf("%s %d - ", pass ? "ok" : "not ok", ++tap_run);
  vprintf(format, args);
  putchar('\n');
  va_end(args);
  if (!pass) tap_failed++;
  fflush(stdout);
  return pass;
}

__attribute__((unused)) static int is_int(int64_t got, int64_t expected, const char *what)
{
  int pass = ok(got == expected, "%s", what);
  if (!pass) printf("# got %lld, expected %lld\n", (long long)got, (long long)expected);
  return pass;
}

__attribute__((unused)) static int is_text(const char *got, const char *expected, const char *what)
{
  int pass = ok(got && expected && strcmp(got, expected) == 0, "%s", what);
  if (!pass) printf("# got:      %s\n# expected: %s\n", got ? got : "(null)", expected ? expected : "(null)");
  return pass;
}

/* Does the text begin so? */
__attribute__((unused)) static int starts(const char *got, const char *expected, const char *what)
{
  int pass = ok(got && strncmp(got, expected, strlen(expected)) == 0, "%s", what);
  if (!pass) printf("# got:      %s\n# expected: %s...\n", got ? got : "(null)", expected);
  return pass;
}

__attribute__((unused)) static int near_rel(double got, double expected, double tolerance, const char *what)
{
  int pass = ok(isfinite(got) && fabs(got - expected) <= tolerance * fabs(expected), "%s", what);
  if (!pass) printf("# got %.17g, expected %.17g within %g relative\n", got, expected, tolerance);
  return pass;
}

__attribute__((unused)) static int near_abs(double got, double expected, double tolerance, const char *what)
{
  int pass = ok(isfinite(got) && fabs(got - expected) <= tolerance, "%s", what);
  if (!pass) printf("# got %.17g, expected %.17g within %g\n", got, expected, tolerance);
  return pass;
}

__attribute__((unused)) static int done(void)
{
  printf("1..%d\n", tap_run);
  return tap_failed ? 1 : 0;
}

#endif
