/* Names in little room: see names.h. */
#include "names.h"

#include "script.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char gap[] = "…";
enum { GAP_BYTES = sizeof gap - 1, COLUMNS_LEAST = 8 };

static bool starts_character(char c)
{
  return ((unsigned char)c & 0xC0) != 0x80;
}

static bool parts(char c)
{
  return c && strchr(" ,_-/:.", c);
}

static bool any_wider(const char *const *name, size_t count, size_t columns)
{
  bool any = false;
  for (size_t i = 0; i < count; i++)
    any = any || text_columns(name[i]) > columns;
  return any;
}

/* Bytes that all begin with, up to the end of a word; of names without words up to a character. */
static size_t common_start(const char *const *name, size_t count)
{
  size_t same = strlen(name[0]);
  for (size_t i = 1; i < count; i++) {
    size_t n = 0;
    while (n < same && name[i][n] && name[i][n] == name[0][n])
      n++;
    same = n;
  }
  size_t word = same;
  while (word > 0 && !parts(name[0][word - 1]))
    word--;
  while (same > 0 && !starts_character(name[0][same]))
    same--;
  return word > 0 ? word : same;
}

/* Bytes that all end with behind `from`, from the start of a word. */
static size_t common_end(const char *const *name, size_t count, size_t from)
{
  const size_t length = strlen(name[0]);
  size_t same = length - from;
  for (size_t i = 1; i < count; i++) {
    const size_t own = strlen(name[i]);
    size_t n = 0;
    while (n < same && n < own - from && name[i][own - 1 - n] == name[0][length - 1 - n])
      n++;
    same = n;
  }
  size_t word = same;
  while (word > 0 && !parts(name[0][length - word]))
    word--;
  while (same > 0 && !starts_character(name[0][length - same]))
    same--;
  return word > 0 ? word : same;
}

/* Bytes of the first (last) characters of at most so many columns. */
static size_t head_bytes(const char *text, size_t columns)
{
  size_t used = 0, best = 0;
  for (size_t n = 1; n <= strlen(text); n++) {
    if (text[n] && !starts_character(text[n])) continue;
    char part[256];
    snprintf(part, sizeof part, "%.*s", (int)(n - best), text + best);
    used += text_columns(part);
    if (used > columns) break;
    best = n;
  }
  return best;
}

static size_t tail_bytes(const char *text, size_t columns)
{
  const size_t length = strlen(text);
  size_t best = 0;
  for (size_t n = 1; n <= length && text_columns(text + length - n) <= columns; n++)
    if (starts_character(text[length - n])) best = n;
  return best;
}

/* The first `head` and the last `tail` columns. */
static const char *squeeze(qy_arena *arena, const char *text, size_t head, size_t tail)
{
  const size_t length = strlen(text), front = head_bytes(text, head), back = tail_bytes(text, tail);
  return qy_arena_format(arena, "%.*s%s%s", (int)front, text, gap, text + length - back);
}

/* Is it the same text as another of the names before which was not the same name? */
static bool stands_twice(const char *const *shown, const char *const *name, size_t i)
{
  bool twice = false;
  for (size_t k = 0; !twice && k < i; k++)
    twice = strcmp(shown[k], shown[i]) == 0 && strcmp(name[k], name[i]) != 0;
  return twice;
}

static bool all_told(const char *const *shown, const char *const *name, size_t count)
{
  bool told = true;
  for (size_t i = 1; told && i < count; i++)
    told = !stands_twice(shown, name, i);
  return told;
}

/* Every name that is too wide, with the middle or the start left out, whichever tells them apart. */
static bool squeeze_all(const char **out, qy_arena *arena, const char *const *text, const char *const *name,
                        size_t count, size_t columns)
{
  const size_t room = columns - 1, head[] = {room, room - room / 2, room / 3, 0};
  for (size_t h = 0; h < sizeof head / sizeof *head; h++) {
    for (size_t i = 0; i < count; i++) {
      out[i] = text_columns(text[i]) <= columns ? text[i] : squeeze(arena, text[i], head[h], room - head[h]);
      if (!out[i]) return false;
    }
    if (all_told(out, name, count)) return true;
  }
  for (size_t i = 0; i < count; i++) { /* none does: by their numbers */
    char number[32];
    const int length = snprintf(number, sizeof number, "%zu ", i + 1);
    const size_t left = room > (size_t)length ? room - (size_t)length : 0;
    const char *cut = text_columns(text[i]) + (size_t)length <= columns
                          ? text[i]
                          : squeeze(arena, text[i], left - left / 2, left / 2);
    out[i] = cut ? qy_arena_format(arena, "%s%s", number, cut) : NULL;
    if (!out[i]) return false;
  }
  return true;
}

const char *const *names_shorten(qy_arena *arena, const char *const *name, size_t count, size_t columns)
{
  assert(arena && (name || count == 0));
  if (columns < COLUMNS_LEAST) columns = COLUMNS_LEAST;
  if (!any_wider(name, count, columns)) return name;
  const char **text = qy_arena_alloc(arena, count, sizeof *text), **out = qy_arena_alloc(arena, count, sizeof *out);
  if (!text || !out) return NULL;
  const size_t start = count > 1 ? common_start(name, count) : 0;
  const char *before = start > GAP_BYTES ? gap : "";
  for (size_t i = 0; i < count; i++)
    if (!(text[i] = qy_arena_format(arena, "%s%s", before, name[i] + (*before ? start : 0)))) return NULL;
  const bool wide = any_wider(text, count, columns);
  const size_t end = wide && count > 1 ? common_end(name, count, start) : 0;
  for (size_t i = 0; i < count && end > GAP_BYTES; i++) {
    const size_t from = *before ? start : 0;
    text[i] = qy_arena_format(arena, "%s%.*s%s", before, (int)(strlen(name[i]) - from - end), name[i] + from, gap);
    if (!text[i]) return NULL;
  }
  return squeeze_all(out, arena, text, name, count, columns) ? out : NULL;
}
