/* Lines in which two texts differ: see line_diff.h. */
#include "line_diff.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 1 << 24 }; /* of the table of common lengths, 4 bytes each */

typedef struct lines {
  const char **at;
  size_t count;
} lines;

static qy_status split(lines *out, const char *text, qy_arena *arena, qy_error *err)
{
  size_t room = 1;
  for (const char *c = text; *c; c++)
    room += *c == '\n';
  out->count = 0;
  out->at = qy_arena_alloc(arena, room, sizeof *out->at);
  if (!out->at) return qy_no_memory(err);
  while (*text) {
    const size_t length = strcspn(text, "\n");
    size_t kept = length;
    while (kept && strchr(" \t\r", text[kept - 1]))
      kept--;
    if (!(out->at[out->count++] = qy_arena_text(arena, text, kept))) return qy_no_memory(err);
    text += length + (text[length] == '\n');
  }
  return QY_OK;
}

typedef struct changes {
  line_change *at;
  size_t count;
  size_t run; /* where the run begins that new lines belong to */
} changes;

/* A line of one side: beside the next of the other in this run, or below. */
static void put(changes *c, int side, size_t line, const char *text)
{
  size_t i = c->run;
  while (i < c->count && c->at[i].text[side])
    i++;
  if (i == c->count) c->at[c->count++] = (line_change){{0, 0}, {NULL, NULL}};
  c->at[i].line[side] = line;
  c->at[i].text[side] = text;
}

/* length[i * (m + 1) + j]: of the longest common subsequence of the lines from i and from j on. */
static void fill(uint32_t *length, const lines *a, const lines *b, size_t first, size_t n, size_t m)
{
  for (size_t i = n; i-- > 0;)
    for (size_t j = m; j-- > 0;) {
      const uint32_t below = length[(i + 1) * (m + 1) + j], right = length[i * (m + 1) + j + 1];
      length[i * (m + 1) + j] = strcmp(a->at[first + i], b->at[first + j]) == 0 ? length[(i + 1) * (m + 1) + j + 1] + 1
                                : below > right                                 ? below
                                                                                : right;
    }
}

/* The lines from `first` on, n of a and m of b; length NULL: all of them differ. */
static void walk(changes *c, const uint32_t *length, const lines *a, const lines *b, size_t first, size_t n, size_t m)
{
  for (size_t i = 0, j = 0; i < n || j < m;) {
    if (i < n && j < m && strcmp(a->at[first + i], b->at[first + j]) == 0 && length) {
      c->run = c->count;
      i++;
      j++;
    } else if (i < n && (j == m || !length || length[(i + 1) * (m + 1) + j] >= length[i * (m + 1) + j + 1])) {
      put(c, 0, first + i + 1, a->at[first + i]);
      i++;
    } else {
      put(c, 1, first + j + 1, b->at[first + j]);
      j++;
    }
  }
}

qy_status line_diff(line_change **change, size_t *count, const char *a, const char *b, qy_arena *arena, qy_error *err)
{
  assert(change && count && a && b && arena);
  lines x, y;
  qy_status status = split(&x, a, arena, err);
  if (!status) status = split(&y, b, arena, err);
  if (status) return status;
  size_t first = 0, n = x.count, m = y.count;
  while (first < n && first < m && strcmp(x.at[first], y.at[first]) == 0)
    first++;
  while (n > first && m > first && strcmp(x.at[n - 1], y.at[m - 1]) == 0) {
    n--;
    m--;
  }
  n -= first;
  m -= first;
  const bool small = (n + 1) * (m + 1) <= CELLS_MAX;
  uint32_t *length = small ? calloc((n + 1) * (m + 1), sizeof *length) : NULL;
  changes c = {.at = qy_arena_alloc(arena, n + m + 1, sizeof *c.at)};
  if (c.at && (length || !small)) {
    if (length) fill(length, &x, &y, first, n, m);
    walk(&c, length, &x, &y, first, n, m);
  } else {
    status = qy_no_memory(err);
  }
  free(length);
  *change = c.at;
  *count = c.count;
  return status;
}
