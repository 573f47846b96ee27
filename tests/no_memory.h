/* Allocations that fail, one at a time: malloc, calloc, realloc and their like of the whole program stand here.
 *
 * A job is done once to list its calls, then again with one of them failing, each that came from a place where none
 * came from before it: told by addresses on the stack, those of libraries left out (of calls from
 * libraries every eighth is looked at).  The job does what it would have
 * done, or says that memory ran out; what it took it gives back.  One thread.  Sanitizers bring their own allocators:
 * under them nothing fails, and the jobs are done once. */
#ifndef QUARRY_TESTS_NO_MEMORY_H
#define QUARRY_TESTS_NO_MEMORY_H

#include "tap.h"

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>

/* What is asked for: *answer tells one result from another; its status. */
typedef qy_status (*memory_job)(void *context, double *answer, qy_error *err);

static long memory_calls, memory_fails_at, memory_held;

/* ---- places ---- */

enum {
  MEMORY_STACK = 48,
  MEMORY_TABLE = 1 << 14,
  MEMORY_LIST = 1 << 12,
  MEMORY_FRAMES = 4,
  MEMORY_EVERY = 8,
  MEMORY_LIBRARIES = 64
};

static struct {
  bool looking;
  int frames;                    /* told apart by so many, the innermost; 0: not listed */
  uint64_t seen[MEMORY_TABLE];   /* hashes */
  long call[MEMORY_LIST], count; /* numbers of the calls from new places */
  uintptr_t library[MEMORY_LIBRARIES][2];
  int libraries;
} memory_places;

/* Of libraries that are not quarry's. */
static int memory_add_library(struct dl_phdr_info *info, size_t size, void *ctx)
{
  (void)size, (void)ctx;
  if (!strstr(info->dlpi_name, ".so") || strstr(info->dlpi_name, "libquarry") || strstr(info->dlpi_name, "libmutant") ||
      strstr(info->dlpi_name, "libeverything") || memory_places.libraries == MEMORY_LIBRARIES)
    return 0;
  uintptr_t *range = memory_places.library[memory_places.libraries++];
  range[0] = UINTPTR_MAX;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const uintptr_t at = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr, end = at + info->dlpi_phdr[i].p_memsz;
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    if (at < range[0]) range[0] = at;
    if (end > range[1]) range[1] = end;
  }
  return 0;
}

static bool memory_in_library(uintptr_t at)
{
  for (int i = 0; i < memory_places.libraries; i++)
    if (at >= memory_places.library[i][0] && at < memory_places.library[i][1]) return true;
  return false;
}

__attribute__((unused)) static void memory_look(uintptr_t from)
{
  void *stack[MEMORY_STACK];
  uint64_t hash = 14695981039346656037U;
  if (!memory_places.frames || memory_places.looking || memory_places.count == MEMORY_LIST) return;
  if (memory_in_library(from) && memory_calls % MEMORY_EVERY) return;
  memory_places.looking = true;
  const int depth = backtrace(stack, MEMORY_STACK);
  for (int i = 1, frames = 0; i < depth && frames < memory_places.frames; i++) {
    if (memory_in_library((uintptr_t)stack[i])) continue;
    hash = (hash ^ (uintptr_t)stack[i]) * 1099511628211U;
    frames++;
  }
  size_t at = hash % MEMORY_TABLE;
  while (memory_places.seen[at] && memory_places.seen[at] != hash)
    at = (at + 1) % MEMORY_TABLE;
  if (!memory_places.seen[at]) memory_places.call[memory_places.count++] = memory_calls;
  memory_places.seen[at] = hash;
  memory_places.looking = false;
}

/* ---- allocation ---- */

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static void *memory_taken(void *block)
{
  memory_held += block != NULL;
  return block;
}

static bool memory_fails(const void *from)
{
  const bool fails = ++memory_calls == memory_fails_at;
  memory_look((uintptr_t)from);
  if (fails) errno = ENOMEM;
  return fails;
}

void *malloc(size_t size)
{
  return memory_fails(__builtin_return_address(0)) ? NULL : memory_taken(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
  return memory_fails(__builtin_return_address(0)) ? NULL : memory_taken(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
  if (memory_fails(__builtin_return_address(0))) return NULL;
  void *grown = __libc_realloc(block, size);
  return block ? grown : memory_taken(grown);
}

void *aligned_alloc(size_t alignment, size_t size)
{
  return memory_fails(__builtin_return_address(0)) ? NULL : memory_taken(__libc_memalign(alignment, size));
}

void free(void *block)
{
  memory_held -= block != NULL;
  __libc_free(block);
}
#endif

typedef struct memory_tally {
  long calls, said, same, wrong; /* calls that failed; after which memory ran out, or all went on */
  bool anew;                     /* places seen before are new */
  bool keeps;                    /* jobs work on what may keep memory for later */
} memory_tally;

/* Begin to list calls from new places.  Places seen before are not new, unless `anew`. */
__attribute__((unused)) static void memory_list(bool anew)
{
  void *stack[1];
  backtrace(stack, 1); /* the first call loads a library */
  memory_places.libraries = 0;
  dl_iterate_phdr(memory_add_library, NULL);
  if (anew) memset(memory_places.seen, 0, sizeof memory_places.seen);
  memory_places.count = 0;
  memory_places.frames = MEMORY_FRAMES;
  memory_calls = memory_fails_at = 0;
}

/* Its calls from new places fail, one by one; or, each > 0, every so manyth call from the `first` on. */
__attribute__((unused)) static void memory_try(memory_tally *t, memory_job job, void *context, long first, long each)
{
  double sound = 0, answer = 0;
  qy_error why = {0};
  memory_list(t->anew);
  const qy_status expected = job(context, &sound, &why);
  const long calls = each <= 0 ? memory_places.count : memory_calls < first ? 0 : (memory_calls - first) / each + 1;
  memory_places.frames = 0;
  if (expected != QY_OK && expected != QY_INFEASIBLE && t->wrong++ < 3)
    printf("# status %d: %s\n", (int)expected, why.count ? why.diagnostic[0].text : "");
  for (long i = 0; i < calls; i++) {
    const long at = each > 0 ? first + i * each : memory_places.call[i], held = memory_held;
    qy_error_clear(&why);
    memory_calls = 0;
    memory_fails_at = at;
    const qy_status status = job(context, &answer, &why);
    memory_fails_at = 0;
    const bool out = status == QY_NO_MEMORY, said = why.count > 0 && why.status == QY_NO_MEMORY;
    t->calls++;
    t->said += out;
    t->same += !out;
    const bool good = out ? said : status == expected && answer == sound;
    if ((!good || (!t->keeps && memory_held != held)) && t->wrong++ < 3)
      printf("# call %ld: status %d, expected %d, %g, expected %g, %ld blocks held: %s\n", at, (int)status,
             (int)expected, answer, sound, memory_held - held, why.count ? why.diagnostic[0].text : "");
  }
}

/* An arena of which so much is taken: where it is full moves with that.  NULL: out of memory. */
__attribute__((unused)) static qy_arena *memory_arena(size_t taken)
{
  qy_arena *a = qy_arena_new();
  if (a && qy_arena_alloc(a, taken, 1)) return a;
  qy_arena_free(a);
  return NULL;
}

/* Nothing went wrong, and memory ran out at some of the calls. */
__attribute__((unused)) static void memory_said(const memory_tally *t, const char *what)
{
  const bool none = t->calls == 0; /* a sanitizer's own allocator */
  ok(t->wrong == 0 && (none || t->said > 0), "%s: %ld calls fail, %ld times it is said, %ld wrong", what, t->calls,
     t->said, t->wrong);
}

#endif
