/* Growing texts: see text.h. */
#include "quarry/text.h"

#include "quarry/alloc.h"
#include "quarry/decimal.h"
#include "quarry/escape.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Room for `length` more bytes and the closing NUL. */
static bool room(qy_text *text, size_t length)
{
  void *data = text->data;
  if (text->failed) return false;
  if (length < text->capacity - text->length) return true;
  text->failed = qy_grow(&data, &text->capacity, text->length + length + 1, 1) != 0;
  text->data = data;
  return !text->failed;
}

/* Format behind what is there; returns the length of the piece, which may exceed the room there is. */
static size_t format_behind(qy_text *text, const char *format, va_list args)
{
  int length = qy_vprint(text->data ? text->data + text->length : NULL, text->capacity - text->length, format, args);
  if (length < 0) text->failed = true;
  return length < 0 ? 0 : (size_t)length;
}

void qy_text_add(qy_text *text, const char *format, ...)
{
  assert(text && format);
  if (text->failed) return;
  va_list args;
  va_start(args, format);
  size_t length = format_behind(text, format, args);
  va_end(args);
  if (length >= text->capacity - text->length && room(text, length)) { /* did not fit: make room and format again */
    va_start(args, format);
    format_behind(text, format, args);
    va_end(args);
  }
  if (!text->failed) text->length += length;
}

void qy_text_put(qy_text *text, const char *bytes, size_t length)
{
  assert(text && (bytes || length == 0));
  if (!room(text, length)) return;
  if (length > 0) memcpy(text->data + text->length, bytes, length);
  text->length += length;
  text->data[text->length] = '\0';
}

/* A character of a JSON string that may not stand there as it is. */
static void json_character(qy_text *text, qy_character c)
{
  if (!c.well_formed)
    qy_text_add(text, "\\ufffd");
  else if (c.code == '"' || c.code == '\\')
    qy_text_add(text, "\\%c", (char)c.code);
  else
    qy_text_add(text, "\\u%04x", (unsigned)c.code);
}

void qy_text_json(qy_text *text, const char *string)
{
  assert(string);
  qy_text_json_bytes(text, string, strlen(string));
}

void qy_text_json_bytes(qy_text *text, const char *bytes, size_t length)
{
  assert(text && (bytes || length == 0));
  const char *end = bytes + length, *from = bytes;
  qy_text_put(text, "\"", 1);
  while (from < end) {
    const char *to = from;
    qy_character c = {.length = 0};
    for (; to < end; to += c.length) {
      c = qy_character_at(to, (size_t)(end - to));
      if (!c.well_formed || c.code == '"' || c.code == '\\' || !qy_is_shown(c.code)) break;
    }
    qy_text_put(text, from, (size_t)(to - from));
    if (to < end) json_character(text, c);
    from = to < end ? to + c.length : end;
  }
  qy_text_put(text, "\"", 1);
}

void qy_text_free(qy_text *text)
{
  assert(text);
  free(text->data);
  *text = (qy_text){0};
}

size_t qy_append(char *out, size_t size, size_t used, const char *format, ...)
{
  assert(out && format && used < size);
  va_list args;
  va_start(args, format);
  int length = qy_vprint(out + used, size - used, format, args);
  va_end(args);
  if (length < 0) return used;
  return (size_t)length < size - used ? used + (size_t)length : size - 1;
}

static bool all_apart(const double *rising, size_t count, int digits)
{
  char text[2][48] = {{0}};
  for (size_t i = 0; i < count; i++) {
    qy_print(text[i % 2], sizeof text[0], "%.*g", digits, rising[i]);
    if (i > 0 && strcmp(text[0], text[1]) == 0) return false;
  }
  return true;
}

bool qy_plain_file_name(const char *text)
{
  return text[0] && text[0] != '.' && strlen(text) < 100 &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == strlen(text);
}

int qy_digits_apart(const double *rising, size_t count, int least)
{
  enum { EXACT = 17 };
  assert(rising || count == 0);
  int digits = least;
  while (digits < EXACT && !all_apart(rising, count, digits))
    digits++;
  return digits;
}

size_t qy_number_near(const double *number, size_t count, double x, double close)
{
  assert(number || count == 0);
  size_t best = SIZE_MAX;
  for (size_t i = 0; i < count; i++) {
    const double off = fabs(number[i] - x);
    if (off <= close * fabs(x) && (best == SIZE_MAX || off < fabs(number[best] - x))) best = i;
  }
  return best;
}

/* ---- texts by number ---- */

/* Where the text is, or the free slot where it would be: FNV-1a, linear probing, at most half full. */
static size_t slot_of(const qy_text_index *index, const char *text)
{
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (const char *c = text; *c; c++)
    hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
  size_t at = (size_t)(hash ^ hash >> 32) & (index->slots - 1);
  while (index->slot[at] && strcmp(index->text[index->slot[at] - 1], text) != 0)
    at = (at + 1) & (index->slots - 1);
  return at;
}

static int widen_index(qy_text_index *index)
{
  const size_t slots = index->slots ? 2 * index->slots : 16;
  size_t *slot = qy_alloc(slots, sizeof *slot);
  if (!slot) return -1;
  free(index->slot);
  index->slot = slot;
  index->slots = slots;
  for (size_t i = 0; i < index->count; i++)
    slot[slot_of(index, index->text[i])] = i + 1;
  return 0;
}

size_t qy_text_index_add(qy_text_index *index, const char *text)
{
  assert(index && text);
  void *texts = index->text;
  if (2 * (index->count + 1) > index->slots && widen_index(index)) return SIZE_MAX;
  const size_t at = slot_of(index, text);
  if (index->slot[at]) return index->slot[at] - 1;
  if (qy_grow(&texts, &index->capacity, index->count + 1, sizeof *index->text)) return SIZE_MAX;
  index->text = texts;
  index->text[index->count] = text;
  index->slot[at] = ++index->count;
  return index->count - 1;
}

size_t qy_text_index_find(const qy_text_index *index, const char *text)
{
  assert(index && text);
  const size_t found = index->slots ? index->slot[slot_of(index, text)] : 0;
  return found ? found - 1 : SIZE_MAX;
}

void qy_text_index_free(qy_text_index *index)
{
  free(index->text);
  free(index->slot);
  *index = (qy_text_index){0};
}
