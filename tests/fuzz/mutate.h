/* Damage to inputs of readers: what every test that damages any uses. */
#ifndef QUARRY_TESTS_MUTATE_H
#define QUARRY_TESTS_MUTATE_H

#include "random.h"

#include <stdint.h>
#include <string.h>

/* How the inputs of a reader are damaged; zeroed: single bytes only. */
typedef struct mutation {
  const char *telling; /* bytes that mean something to the reader, [tellings] */
  size_t tellings;
  const char *const *word; /* pieces to put in, NULL-terminated; NULL: none */
  const char *other;       /* another input, pieces of which are put in; NULL: none */
  size_t other_length;
  size_t in_place; /* so many edits in ten leave the length as it is, at least */
  size_t edits;    /* at most; 0: 6 */
} mutation;

static inline void mutate_byte(uint64_t *state, char *at, const mutation *m)
{
  const size_t kind = random_below(state, 3);
  if (kind == 0) *at = (char)random_below(state, 256);
  if (kind == 1) *at = (char)(*at ^ (1 << random_below(state, 8)));
  if (kind == 2) *at = m->tellings > 0 ? m->telling[random_below(state, m->tellings)] : '\xff';
}

/* Make room for `size` bytes at `at`; 0: there is none. */
static inline size_t mutate_open(char *bytes, size_t at, size_t size, size_t *length, size_t capacity)
{
  if (size > capacity - *length) return 0;
  memmove(bytes + at + size, bytes + at, *length - at);
  *length += size;
  return size;
}

static inline void mutate_close(char *bytes, size_t at, size_t size, size_t *length)
{
  memmove(bytes + at, bytes + at + size, *length - at - size);
  *length -= size;
}

/* A number at or behind `at` in place of which a word may stand: its length, 0: there is none near. */
static inline size_t mutate_number(const char *bytes, size_t *at, size_t length)
{
  size_t from = *at, to;
  while (from < length && from < *at + 64 && (bytes[from] < '0' || bytes[from] > '9'))
    from++;
  for (to = from; to < length && ((bytes[to] >= '0' && bytes[to] <= '9') || bytes[to] == '.');)
    to++;
  *at = from;
  return to - from;
}

static inline void mutate_put(char *bytes, size_t at, const char *piece, size_t size, size_t *length, size_t capacity)
{
  memcpy(bytes + at, piece, mutate_open(bytes, at, size, length, capacity));
}

static inline const char *mutate_word(uint64_t *state, const mutation *m)
{
  static const char *const number[] = {
      "0",     "-1",         "1e400",  "nan",      "-inf", "0x1p3", "255",
      "65536", "2147483648", "1e-320", "16777216", "0.5",  "1e9",   "99999999999999999999",
      "4097",  "-0"};
  size_t words = 0;
  while (m->word && m->word[words])
    words++;
  const size_t numbers = sizeof number / sizeof *number, which = random_below(state, words + numbers);
  return which < words ? m->word[which] : number[which - words];
}

/* One edit that may change the length. */
static inline void mutate_piece(uint64_t *state, char *bytes, size_t *length, size_t capacity, const mutation *m)
{
  size_t at = random_below(state, *length), span = 1 + random_below(state, 40);
  const size_t to = random_below(state, *length), limit = *length - at;
  if (span > limit) span = limit;
  switch (random_below(state, 8)) {
  case 0: mutate_close(bytes, at, span, length); break;
  case 1: /* doubled */
    if (mutate_open(bytes, at, span, length, capacity)) memcpy(bytes + at, bytes + at + span, span);
    break;
  case 2: memmove(bytes + to, bytes + at, span < *length - to ? span : *length - to); break;
  case 3:
    if (random_below(state, 4) == 0) *length = at;
    break;
  case 4:
    if (m->other_length > span)
      mutate_put(bytes, at, m->other + random_below(state, m->other_length - span), span, length, capacity);
    break;
  case 5: { /* a word in place of a number */
    const char *word = mutate_word(state, m);
    const size_t digits = mutate_number(bytes, &at, *length);
    mutate_close(bytes, at, digits, length);
    mutate_put(bytes, at, word, strlen(word), length, capacity);
    break;
  }
  default: {
    const char *word = mutate_word(state, m);
    mutate_put(bytes, at, word, strlen(word), length, capacity);
  }
  }
}

/* Damage bytes[length] of bytes[capacity]; the new length. */
static inline size_t mutate(uint64_t *state, char *bytes, size_t length, size_t capacity, const mutation *m)
{
  for (size_t edits = 1 + random_below(state, m->edits ? m->edits : 6); edits > 0 && length > 0; edits--) {
    const size_t draw = random_below(state, 10);
    if (draw < 3 || draw < m->in_place)
      mutate_byte(state, bytes + random_below(state, length), m);
    else
      mutate_piece(state, bytes, &length, capacity, m);
  }
  return length;
}

#endif
