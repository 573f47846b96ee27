/* Checked allocation, growing arrays and arenas.
 *
 * Two wrappers do all allocation: they check count * size for overflow.  An arena hands out memory that is freed all at
 * once: readers and per-batch scratch use one.
 * An arena that is NULL counts as one that is out of memory, so that a caller need check only what it gets.
 * Ownership: what qy_alloc returns is freed with free(); what an arena returns lives until the arena is reset or freed.
 */
#ifndef QUARRY_ALLOC_H
#define QUARRY_ALLOC_H

#include <stddef.h>

/* calloc with the overflow check stated; count or size 0 gives a valid pointer. NULL when out of memory. */
void *qy_alloc(size_t count, size_t size);
/* The same, from the beginning of a line of the cache (64 bytes) on: for arrays that loops go through in vectors. */
void *qy_alloc_lines(size_t count, size_t size);

/* Make *array (capacity *capacity elements of `size` bytes) hold at least `needed`, growing by at least half.
 * Returns 0, or -1 when out of memory (array unchanged). */
int qy_grow(void **array, size_t *capacity, size_t needed, size_t size);

typedef struct qy_arena qy_arena;

qy_arena *qy_arena_new(void);                                          /* NULL when out of memory */
void *qy_arena_alloc(qy_arena *arena, size_t count, size_t size);      /* zeroed, aligned for any type; NULL */
void *qy_arena_lines(qy_arena *arena, size_t count, size_t size);      /* the same, from a line of the cache on */
char *qy_arena_text(qy_arena *arena, const char *text, size_t length); /* copy with a closing NUL; NULL */
char *qy_arena_format(qy_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
size_t qy_arena_bytes(const qy_arena *arena); /* bytes handed out so far */
/* Call release(what) when the arena is reset or freed: for what lives as long as its memory and is not in it.  The last
 * one asked for comes first.  Returns 0, or -1 when out of memory (nothing will be called). */
int qy_arena_defer(qy_arena *arena, void (*release)(void *), void *what);
/* Where qy_file_read notes what it reads into the arena, see file.h; NULL, as it begins: nowhere. */
struct qy_file_log;
void qy_arena_log_files(qy_arena *arena, struct qy_file_log *log);
struct qy_file_log *qy_arena_file_log(const qy_arena *arena);
void qy_arena_reset(qy_arena *arena); /* keep the memory, forget the contents */
void qy_arena_free(qy_arena *arena);  /* NULL is allowed */

#endif
