/* Preloaded into a program: call number FAIL_AT of malloc, calloc, realloc and their like fails, those of libraries
 * included.  When the program ends it writes to the file FAIL_LOG: the calls made, whether one failed, blocks that
 * were taken after the start and are still held; and, where FAIL_PLACES is set to a depth, the numbers of the calls
 * that came from where none came from before them, by so many addresses on the stack.  What it starts runs without. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
int posix_memalign(void **block, size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);

static atomic_long calls, failed, live;
static long fail_at = -1; /* -1: none */
static bool started;
static char log_name[256];

/* ---- where calls come from; one thread ---- */

enum { DEPTH = 24, TABLE = 1 << 16, PLACES = 1 << 14 };
static int depth_most; /* 0: not listed */
static bool looking;
static uint64_t table[TABLE];
static long place[PLACES];
static size_t places;

static void look(long call)
{
  void *stack[DEPTH];
  uint64_t hash = 14695981039346656037u;
  if (!depth_most || looking || places == PLACES) return;
  looking = true;
  const int depth = backtrace(stack, depth_most < DEPTH ? depth_most : DEPTH);
  for (int i = 2; i < depth; i++)
    hash = (hash ^ (uintptr_t)stack[i]) * 1099511628211u;
  size_t at = hash % TABLE;
  while (table[at] && table[at] != hash)
    at = (at + 1) % TABLE;
  if (!table[at]) place[places++] = call;
  table[at] = hash;
  looking = false;
}

/* For a debugger: break here. */
__attribute__((noinline)) static bool fail_here(void)
{
  atomic_fetch_add(&failed, 1);
  errno = ENOMEM;
  return true;
}

static bool fails(void)
{
  if (!started) return false;
  const long call = atomic_fetch_add(&calls, 1) + 1;
  look(call);
  return call == fail_at && fail_here();
}

static void *taken(void *block)
{
  if (started && block) atomic_fetch_add(&live, 1);
  return block;
}

void *malloc(size_t size)
{
  return fails() ? NULL : taken(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
  return fails() ? NULL : taken(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
  if (fails()) return NULL;
  void *grown = __libc_realloc(block, size);
  return block ? grown : taken(grown);
}

void *aligned_alloc(size_t alignment, size_t size)
{
  return fails() ? NULL : taken(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
  *block = aligned_alloc(alignment, size);
  return *block ? 0 : ENOMEM;
}

void free(void *block)
{
  if (started && block) atomic_fetch_sub(&live, 1);
  __libc_free(block);
}

/* Blocks that are held when a function ends the program are no loss: their holders have not returned. */
__attribute__((noreturn)) void exit(int code)
{
  void (*ends)(int), *found = dlsym(RTLD_NEXT, "exit");
  memcpy(&ends, &found, sizeof ends);
  atomic_store(&live, 0);
  started = false;
  ends(code);
  _exit(code);
}

__attribute__((constructor)) static void begin(void)
{
  const char *at = getenv("FAIL_AT"), *to = getenv("FAIL_LOG");
  if (at) fail_at = strtol(at, NULL, 10);
  if (to) snprintf(log_name, sizeof log_name, "%s", to);
  const char *depth = getenv("FAIL_PLACES");
  depth_most = depth ? (int)strtol(depth, NULL, 10) : 0;
  void *stack[1];
  backtrace(stack, 1); /* the first call loads a library */
  unsetenv("FAIL_PLACES");
  unsetenv("LD_PRELOAD");
  unsetenv("FAIL_AT");
  unsetenv("FAIL_LOG");
  started = true;
}

__attribute__((destructor)) static void end(void)
{
  char text[100];
  started = false;
  const int fd = log_name[0] ? open(log_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
  const int length = snprintf(text, sizeof text, "%ld %ld %ld\n", (long)calls, (long)failed, (long)live);
  if (fd < 0 || write(fd, text, (size_t)length) < 0) return;
  for (size_t i = 0; i < places; i++) {
    const int digits = snprintf(text, sizeof text, "%ld\n", place[i]);
    if (write(fd, text, (size_t)digits) < 0) return;
  }
  close(fd);
}
