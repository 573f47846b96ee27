/* Checked allocation, growing arrays and arenas: see alloc.h.
 *
 * An arena is a list of blocks, each at least twice the one before up to a limit, so n bytes cost O(log n) calls of
 * malloc.  Reset walks back to the first block and keeps all of them.  Under the address sanitizer, what was not handed
 * out and a gap after each piece are forbidden memory, so that running over a piece is seen.
 */
#include "quarry/alloc.h"
#include "quarry/decimal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
enum { GAP = 0 };
#endif

enum { FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20, LINE = 64 };

typedef struct block {
  struct block *next;
  size_t size, used; /* bytes of data[], bytes handed out */
  _Alignas(max_align_t) unsigned char data[];
} block;

/* Something to release with the arena; it lies in the arena itself. */
typedef struct deferred {
  struct deferred *before;
  void (*release)(void *);
  void *what;
} deferred;

struct qy_arena {
  block *first, *current;
  size_t bytes;
  deferred *last;
  struct qy_file_log *files;
};

void *qy_alloc(size_t count, size_t size)
{
  if (count == 0 || size == 0) count = size = 1;
  if (count > SIZE_MAX / size) return NULL;
  return calloc(count, size);
}

void *qy_alloc_lines(size_t count, size_t size)
{
  if (count == 0 || size == 0) count = size = 1;
  if (count > (SIZE_MAX - LINE) / size) return NULL;
  const size_t whole = (count * size + LINE - 1) / LINE * LINE;
  void *p = aligned_alloc(LINE, whole);
  return p ? memset(p, 0, whole) : NULL;
}

int qy_grow(void **array, size_t *capacity, size_t needed, size_t size)
{
  assert(array && capacity && size > 0);
  if (needed <= *capacity) return 0;
  if (size == 0) size = 1;
  size_t limit = SIZE_MAX / size;
  if (needed > limit) return -1;
  size_t wanted = *capacity <= limit - *capacity / 2 ? *capacity + *capacity / 2 : limit;
  if (wanted < needed) wanted = needed;
  if (wanted < 8 && limit >= 8) wanted = 8;
  void *grown = realloc(*array, wanted * size);
  if (!grown) return -1;
  *array = grown;
  *capacity = wanted;
  return 0;
}

qy_arena *qy_arena_new(void)
{
  return calloc(1, sizeof(qy_arena));
}

static size_t round_up(size_t bytes)
{
  const size_t align = _Alignof(max_align_t);
  return (bytes + align - 1) / align * align;
}

/* A block with room for `bytes`: the current one, one kept by a reset, or a new one. */
static block *find_block(qy_arena *arena, size_t bytes)
{
  block *b = arena->current;
  if (b && b->size - b->used >= bytes) return b;
  block **link = b ? &b->next : &arena->first;
  for (; *link; link = &(*link)->next) {
    b = *link;
    if (b->size - b->used >= bytes) return arena->current = b;
  }
  size_t size = b ? b->size * 2 : FIRST_BLOCK;
  if (size > LARGEST_STEP) size = LARGEST_STEP;
  if (size < bytes) size = bytes;
  if (size > SIZE_MAX - sizeof(block)) return NULL;
  b = malloc(sizeof(block) + size);
  if (!b) return NULL;
  b->next = NULL;
  b->size = size;
  b->used = 0;
  *link = b;
  ASAN_POISON_MEMORY_REGION(b->data, b->size);
  return arena->current = b;
}

void *qy_arena_alloc(qy_arena *arena, size_t count, size_t size)
{
  if (!arena) return NULL;
  if (count == 0 || size == 0) count = size = 1;
  if (count > (SIZE_MAX - _Alignof(max_align_t) - GAP) / size) return NULL;
  size_t bytes = round_up(count * size + GAP);
  block *b = find_block(arena, bytes);
  if (!b) return NULL;
  void *p = b->data + b->used;
  b->used += bytes;
  arena->bytes += bytes;
  ASAN_UNPOISON_MEMORY_REGION(p, count * size);
  return memset(p, 0, count * size);
}

void *qy_arena_lines(qy_arena *arena, size_t count, size_t size)
{
  if (size && count > (SIZE_MAX / 2 - LINE) / size) return NULL;
  char *p = qy_arena_alloc(arena, count * size + LINE, 1);
  return p ? p + (LINE - (uintptr_t)p % LINE) % LINE : NULL;
}

char *qy_arena_text(qy_arena *arena, const char *text, size_t length)
{
  assert(text || length == 0);
  if (length == SIZE_MAX) return NULL;
  char *copy = qy_arena_alloc(arena, length + 1, 1);
  if (copy && length > 0) memcpy(copy, text, length);
  return copy;
}

char *qy_arena_format(qy_arena *arena, const char *format, ...)
{
  assert(format);
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int length = qy_vprint(NULL, 0, format, args);
  va_end(args);
  char *text = length < 0 ? NULL : qy_arena_alloc(arena, (size_t)length + 1, 1);
  if (text) qy_vprint(text, (size_t)length + 1, format, again);
  va_end(again);
  return text;
}

size_t qy_arena_bytes(const qy_arena *arena)
{
  return arena ? arena->bytes : 0;
}

int qy_arena_defer(qy_arena *arena, void (*release)(void *), void *what)
{
  assert(release);
  deferred *d = qy_arena_alloc(arena, 1, sizeof *d);
  if (!d) return -1;
  *d = (deferred){arena->last, release, what};
  arena->last = d;
  return 0;
}

void qy_arena_log_files(qy_arena *arena, struct qy_file_log *log)
{
  if (arena) arena->files = log;
}

struct qy_file_log *qy_arena_file_log(const qy_arena *arena)
{
  return arena ? arena->files : NULL;
}

static void release_all(qy_arena *arena)
{
  for (const deferred *d = arena->last; d; d = d->before)
    d->release(d->what);
  arena->last = NULL;
}

void qy_arena_reset(qy_arena *arena)
{
  if (!arena) return;
  release_all(arena);
  for (block *b = arena->first; b; b = b->next)
    b->used = 0;
  arena->current = arena->first;
  arena->bytes = 0;
}

void qy_arena_free(qy_arena *arena)
{
  if (!arena) return;
  release_all(arena);
  for (block *b = arena->first, *next; b; b = next) {
    next = b->next;
    ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
    free(b);
  }
  free(arena);
}
