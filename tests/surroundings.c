/* Preloaded into a program, changes what surrounds it: with SET_LOCALE it has the locale of the environment, as a
 * program that calls the library may; with CLOCK_BACK each look at the time of day finds it so many milliseconds
 * earlier than the look before (the steady clock cannot go back).  What it starts runs without. */
#include <locale.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MILLI = 1000, NANO_A_MILLI = 1000 * 1000 };
static atomic_llong looks;
static long long back_ms;

__attribute__((constructor)) static void begin(void)
{
  const char *back = getenv("CLOCK_BACK");
  back_ms = back ? strtoll(back, NULL, 10) : 0;
  if (getenv("SET_LOCALE") && !setlocale(LC_ALL, "")) abort();
  unsetenv("LD_PRELOAD");
}

int clock_gettime(clockid_t which, struct timespec *now)
{
  const int code = (int)syscall(SYS_clock_gettime, which, now);
  if (code == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
    const long long late = back_ms * atomic_fetch_add(&looks, 1);
    now->tv_sec -= (time_t)(late / MILLI);
    now->tv_nsec -= (long)(late % MILLI) * NANO_A_MILLI;
    if (now->tv_nsec < 0) {
      now->tv_nsec += (long)MILLI * NANO_A_MILLI;
      now->tv_sec--;
    }
  }
  return code;
}

time_t time(time_t *out)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / MILLI;
  return 0;
}
