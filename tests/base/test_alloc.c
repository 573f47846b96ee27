/* Allocation, growth and arenas. */
#include "quarry/alloc.h"

#include "tap.h"

#include <stdlib.h>

static uint64_t random_next(uint64_t *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

/* Random sizes: all zero, aligned, none overlapping (each keeps its own fill byte). */
static int arena_keeps_apart(qy_arena *arena, uint64_t seed)
{
  enum { PIECES = 2000 };
  static unsigned char *piece[PIECES];
  static size_t size[PIECES];
  for (size_t i = 0; i < PIECES; i++) {
    size[i] = random_next(&seed) % (i % 100 == 0 ? 100000 : 300);
    piece[i] = qy_arena_alloc(arena, size[i], 1);
    if (!piece[i] || (uintptr_t)piece[i] % _Alignof(max_align_t) != 0) return 0;
    for (size_t k = 0; k < size[i]; k++) {
      if (piece[i][k] != 0) return 0;
    }
    memset(piece[i], (int)(i % 251 + 1), size[i]);
  }
  for (size_t i = 0; i < PIECES; i++) {
    for (size_t k = 0; k < size[i]; k++) {
      if (piece[i][k] != i % 251 + 1) return 0;
    }
  }
  return 1;
}

typedef struct release {
  int *at, *order;
} release;

static void count_release(void *what)
{
  const release *r = what;
  *r->at = ++*r->order;
}

int main(void)
{
  ok(qy_alloc(SIZE_MAX / 2, 3) == NULL, "count * size that overflows gives NULL");
  int wrapped = 0; /* products that come round to a little, or to nothing */
  for (size_t size = 2; size <= 4096; size *= 2)
    for (size_t more = 0; more < 2; more++) {
      void *array = NULL;
      size_t capacity = 0;
      const size_t count = SIZE_MAX / size + 1 + more;
      qy_arena *in = qy_arena_new();
      wrapped += qy_alloc(count, size) != NULL || qy_alloc_lines(count, size) != NULL ||
                 qy_grow(&array, &capacity, count, size) != -1 || qy_arena_alloc(in, count, size) != NULL ||
                 qy_arena_lines(in, count, size) != NULL;
      qy_arena_free(in);
    }
  is_int(wrapped, 0, "nor do products that come round to a little");
  void *none = qy_alloc(0, 8);
  ok(none != NULL, "nothing asked for gives a valid pointer");
  free(none);
  int *zero = qy_alloc(1000, sizeof *zero);
  int sum = 0;
  for (int i = 0; zero && i < 1000; i++)
    sum |= zero[i];
  ok(zero && sum == 0, "memory is zeroed");
  free(zero);

  int *numbers = NULL;
  void *array = NULL;
  size_t capacity = 0, grown = 0;
  for (int i = 0; i < 100000; i++) {
    size_t before = capacity;
    if (qy_grow(&array, &capacity, (size_t)i + 1, sizeof(int)) != 0) return 1;
    grown += capacity != before;
    numbers = array;
    numbers[i] = i;
  }
  int right = 1;
  for (int i = 0; i < 100000; i++)
    right &= numbers[i] == i;
  ok(right, "a grown array keeps its contents");
  /* growing by at least half: log(100000 / 8) / log(1.5) = 23.3 */
  ok(grown <= 25, "100000 appends grow at most 25 times (%zu)", grown);
  void *kept = array;
  size_t kept_capacity = capacity;
  ok(qy_grow(&array, &capacity, capacity, sizeof(int)) == 0 && qy_grow(&array, &capacity, 0, sizeof(int)) == 0 &&
         array == kept && capacity == kept_capacity,
     "what has room does not grow");
  ok(qy_grow(&array, &capacity, SIZE_MAX / 2, 4) == -1 && array == kept && capacity == kept_capacity,
     "an impossible size is refused and the array unchanged");
  free(array);

  qy_arena *arena = qy_arena_new();
  if (!arena) return 1;
  ok(arena_keeps_apart(arena, 88172645463325252u), "arena pieces are zeroed, aligned and apart");
  size_t used = qy_arena_bytes(arena);
  ok(used > 0, "bytes are counted");
  qy_arena_reset(arena);
  is_int((int64_t)qy_arena_bytes(arena), 0, "reset forgets the contents");
  ok(arena_keeps_apart(arena, 88172645463325252u), "memory handed out again after a reset is zeroed and apart");
  is_int((int64_t)qy_arena_bytes(arena), (int64_t)used, "the same requests count the same bytes");
  ok(qy_arena_alloc(arena, SIZE_MAX / 2, 3) == NULL, "overflow in an arena gives NULL");
  int given = 0;
  for (size_t below = 0; below < 500; below++)
    given += qy_arena_alloc(arena, 1, SIZE_MAX - below) != NULL || qy_arena_alloc(arena, SIZE_MAX - below, 1) != NULL;
  is_int(given, 0, "sizes near SIZE_MAX give NULL");
  is_text(qy_arena_format(arena, "%s-%03d", "a", 7), "a-007", "formatted text");
  is_text(qy_arena_text(arena, "abcdef", 3), "abc", "a copied text ends where it was told to");
  ok(!qy_arena_text(arena, "a", SIZE_MAX - 1) && !qy_arena_text(NULL, "abc", 3), "no text without memory");
  is_text(qy_arena_text(arena, NULL, 0), "", "nothing is an empty text");
  char big[20001];
  memset(big, 'x', 20000);
  big[20000] = '\0';
  is_text(qy_arena_format(arena, "%s", big), big, "formatted text longer than a block");
  int released[3] = {0, 0, 0}, order = 0;
  release r[] = {{&released[0], &order}, {&released[1], &order}, {&released[2], &order}};
  ok(!qy_arena_defer(arena, count_release, &r[0]) && !qy_arena_defer(arena, count_release, &r[1]),
     "something is to be released with an arena");
  qy_arena_reset(arena);
  ok(released[1] == 1 && released[0] == 2, "at its reset, the last one first");
  ok(!qy_arena_defer(arena, count_release, &r[2]), "and something after that");
  qy_arena_free(arena);
  ok(released[2] == 3 && order == 3, "when it is freed, each once");
  ok(qy_arena_defer(NULL, count_release, NULL) == -1, "nothing without memory");
  qy_arena_free(NULL);

  arena = qy_arena_new();
  const void *first = qy_arena_alloc(arena, 1, 100), *large = qy_arena_alloc(arena, 1, 1 << 22);
  qy_arena_reset(arena);
  ok(first && qy_arena_alloc(arena, 1, 100) == first && qy_arena_alloc(arena, 1, 1 << 22) == large,
     "after a reset the same memory is handed out from its beginning");
  qy_arena_free(arena);

  arena = qy_arena_new();
  int aligned = 0, zeroed = 0;
  for (size_t size = 1; size <= 200; size++) {
    unsigned char *own = qy_alloc_lines(size, 1), *in = qy_arena_lines(arena, size, 1);
    aligned += own && in && (uintptr_t)own % 64 == 0 && (uintptr_t)in % 64 == 0;
    size_t at = 0;
    while (own && in && at < size && own[at] == 0 && in[at] == 0)
      at++;
    zeroed += at == size;
    if (own && in) memset(own, 1, size), memset(in, 1, size);
    free(own);
  }
  ok(aligned == 200 && zeroed == 200, "what begins at lines of the cache does, zeroed, %d and %d of 200", aligned,
     zeroed);
  ok(!qy_alloc_lines(SIZE_MAX / 2, 3) && !qy_arena_lines(arena, SIZE_MAX / 2, 3) && !qy_arena_lines(NULL, 1, 1),
     "overflow and an arena without memory give NULL");
  qy_arena_free(arena);
  return done();
}
