/* Allocations that fail, one at a time: malloc, calloc, realloc and their like of the whole program stand here.
 *
 * A job is done once to count its calls, then again with each of them failing.  It does what it would have done, or
 * says that memory ran out; what it took it gives back.  One thread.  Sanitizers bring their own allocators: under them
 * nothing fails, and the jobs are done once. */
#ifndef QUARRY_TESTS_NO_MEMORY_H
#define QUARRY_TESTS_NO_MEMORY_H

#include "tap.h"

#include "quarry/status.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* What is asked for: *answer tells one result from another; its status. */
typedef qy_status (*memory_job)(void *context, double *answer, qy_error *err);

static long memory_calls, memory_fails_at, memory_held;

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

static bool memory_fails(void)
{
  const bool fails = ++memory_calls == memory_fails_at;
  if (fails) errno = ENOMEM;
  return fails;
}

void *malloc(size_t size)
{
  return memory_fails() ? NULL : memory_taken(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
  return memory_fails() ? NULL : memory_taken(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
  if (memory_fails()) return NULL;
  void *grown = __libc_realloc(block, size);
  return block ? grown : memory_taken(grown);
}

void *aligned_alloc(size_t alignment, size_t size)
{
  return memory_fails() ? NULL : memory_taken(__libc_memalign(alignment, size));
}

void free(void *block)
{
  memory_held -= block != NULL;
  __libc_free(block);
}
#endif

typedef struct memory_tally {
  long calls, said, same, wrong; /* calls that failed; after which memory ran out, or all went on */
} memory_tally;

/* Of its calls `each`th ones fail, from the `first`. */
static void memory_try(memory_tally *t, memory_job job, void *context, long first, long each)
{
  double sound = 0, answer = 0;
  qy_error err = {0};
  memory_calls = memory_fails_at = 0;
  const qy_status expected = job(context, &sound, &err);
  const long calls = memory_calls;
  for (long at = first; at <= calls; at += each) {
    qy_error_clear(&err);
    const long held = memory_held;
    memory_calls = 0;
    memory_fails_at = at;
    const qy_status status = job(context, &answer, &err);
    memory_fails_at = 0;
    const bool out = status == QY_NO_MEMORY, said = err.count > 0 && err.status == QY_NO_MEMORY;
    t->calls++;
    t->said += out;
    t->same += !out;
    const bool good = out ? said : status == expected && answer == sound;
    if ((!good || memory_held != held) && t->wrong++ < 3)
      printf("# call %ld of %ld: status %d, expected %d, %g, expected %g, %ld blocks held: %s\n", at, calls,
             (int)status, (int)expected, answer, sound, memory_held - held, err.count ? err.diagnostic[0].text : "");
  }
}

#endif
