/* Preloaded into a program: call number FAIL_AT of those that read, write or keep a file fails with the error FAIL_ERRNO
 * (a number), once, whoever makes it; writes to standard output and error are not counted.  When the program ends, how
 * many there were goes to the file FAIL_LOG, with the name of the one that failed.  What it starts runs without. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long calls;
static long fail_at = -1; /* -1: none */
static int fail_with = EIO;
static bool started;
static char log_name[256];
static const char *failed = "none";

static bool fails(const char *name)
{
  if (!started || atomic_fetch_add(&calls, 1) + 1 != fail_at) return false;
  failed = name;
  errno = fail_with;
  return true;
}

/* A function NAME of TYPE that fails when its turn comes; `counted`: an expression of its parameters. */
#define FAILING(type, name, parameters, arguments, counted)                                                            \
  type name parameters;                                                                                                \
  type name parameters                                                                                                 \
  {                                                                                                                    \
    static type(*next) parameters;                                                                                     \
    if (!next) {                                                                                                       \
      void *found = dlsym(RTLD_NEXT, #name);                                                                           \
      memcpy(&next, &found, sizeof next);                                                                              \
    }                                                                                                                  \
    return (counted) && fails(#name) ? -1 : next arguments;                                                            \
  }

FAILING(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at), (fd, bytes, n, at), true)
FAILING(ssize_t, pwrite64, (int fd, const void *bytes, size_t n, off64_t at), (fd, bytes, n, at), true)
FAILING(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n), fd > STDERR_FILENO)
FAILING(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at), (fd, bytes, n, at), true)
FAILING(ssize_t, pread64, (int fd, void *bytes, size_t n, off64_t at), (fd, bytes, n, at), true)
FAILING(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), fd > STDERR_FILENO)
FAILING(int, ftruncate, (int fd, off_t size), (fd, size), true)
FAILING(int, ftruncate64, (int fd, off64_t size), (fd, size), true)
FAILING(int, fsync, (int fd), (fd), true)
FAILING(int, fdatasync, (int fd), (fd), true)
FAILING(int, unlink, (const char *path), (path), true)
FAILING(int, rename, (const char *from, const char *to), (from, to), true)
FAILING(int, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags), true)

__attribute__((constructor)) static void begin(void)
{
  const char *at = getenv("FAIL_AT"), *with = getenv("FAIL_ERRNO"), *to = getenv("FAIL_LOG");
  if (at) fail_at = strtol(at, NULL, 10);
  if (with) fail_with = (int)strtol(with, NULL, 10);
  if (to) snprintf(log_name, sizeof log_name, "%s", to);
  unsetenv("LD_PRELOAD");
  started = true;
}

__attribute__((destructor)) static void end(void)
{
  started = false;
  FILE *out = log_name[0] ? fopen(log_name, "w") : NULL;
  if (!out) return;
  fprintf(out, "%ld %s\n", (long)calls, failed);
  fclose(out);
}
