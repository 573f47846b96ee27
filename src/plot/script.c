/* Script text: see script.h. */
#include "script.h"

#include "quarry/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_bytes(script *s, const char *bytes, size_t count)
{
  if (s->failed) return;
  if (count >= SIZE_MAX - s->length || qy_grow((void **)&s->text, &s->capacity, s->length + count + 1, 1) != 0) {
    s->failed = true;
    return;
  }
  if (count > 0) memcpy(s->text + s->length, bytes, count);
  s->length += count;
  s->text[s->length] = '\0';
}

void script_add(script *s, const char *format, ...)
{
  char room[512];
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(room, sizeof room, format, args);
  va_end(args);
  if (length < 0) {
    s->failed = true;
  } else if ((size_t)length < sizeof room) {
    script_bytes(s, room, (size_t)length);
  } else if (!s->failed) {
    if (qy_grow((void **)&s->text, &s->capacity, s->length + (size_t)length + 1, 1) != 0) {
      s->failed = true;
    } else {
      vsnprintf(s->text + s->length, (size_t)length + 1, format, again);
      s->length += (size_t)length;
    }
  }
  va_end(again);
}

/* One character of UTF-8: its code and its length in bytes. Code UINT32_MAX for a broken one (length 1). */
static uint32_t decode(const unsigned char *p, size_t *length)
{
  *length = 1;
  if (p[0] < 0x80) return p[0];
  size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
  if (p[0] < 0xC2 || p[0] > 0xF4) return UINT32_MAX;
  uint32_t code = p[0] & (0x7Fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((p[i] & 0xC0) != 0x80) return UINT32_MAX;
    code = code << 6 | (p[i] & 0x3Fu);
  }
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return UINT32_MAX;
  *length = n;
  return code;
}

/* Characters that no label needs: controls, direction changes, and what XML forbids. */
static bool dropped(uint32_t code)
{
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

static size_t width_of(uint32_t code)
{
  bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xD7A3) ||
              (code >= 0xF900 && code <= 0xFAFF) || (code >= 0xFF00 && code <= 0xFF60) || code >= 0x1F300;
  return wide && code != UINT32_MAX ? 2 : 1;
}

size_t text_columns(const char *text)
{
  size_t columns = 0, length;
  if (!text) return 0;
  for (const unsigned char *p = (const unsigned char *)text; *p; p += length)
    columns += width_of(decode(p, &length));
  return columns;
}

/* Closes the text, joins an apostrophe and opens it again.  A doubled quote is not safe: gnuplot 5.4 ends the text at
 * two of them in a row, and at one right after the opening quote. */
static const char apostrophe[] = "'.\"'\".'";

static void quote(script *s, const char *text, size_t columns, bool tick)
{
  if (!text) text = "";
  bool cut = text_columns(text) > columns;
  size_t used = 0, length;
  script_bytes(s, "'", 1);
  for (const unsigned char *p = (const unsigned char *)text; *p; p += length) {
    uint32_t code = decode(p, &length);
    if (cut && used + width_of(code) + 1 > columns) {
      script_add(s, "…");
      break;
    }
    used += width_of(code);
    if (code == UINT32_MAX)
      script_bytes(s, "?", 1);
    else if (code == '\n' || code == '\t' || code == '\r')
      script_bytes(s, " ", 1);
    else if (dropped(code))
      used -= width_of(code);
    else if (code == '\'')
      script_add(s, "%s", apostrophe);
    else if (code == '%' && tick)
      script_bytes(s, "%%", 2);
    else
      script_bytes(s, (const char *)p, length);
  }
  script_bytes(s, "'", 1);
}

void script_quote(script *s, const char *text, size_t columns)
{
  quote(s, text, columns, false);
}

void script_quote_tick(script *s, const char *text, size_t columns)
{
  quote(s, text, columns, true);
}

void script_path(script *s, const char *path)
{
  script_bytes(s, "'", 1);
  for (const char *p = path; *p; p++) {
    if (*p == '\'')
      script_add(s, "%s", apostrophe);
    else
      script_bytes(s, p, 1);
  }
  script_bytes(s, "'", 1);
}

void script_tip(script *s, const char *text)
{
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _.,:;=+/%()-";
  size_t length;
  script_bytes(s, "\"", 1);
  for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p; p += length) {
    uint32_t code = decode(p, &length);
    if (code < 0x80 && code != 0 && strchr(allowed, (int)code))
      script_bytes(s, (const char *)p, 1);
    else if (code == 0xB5 || code == 0x3BC)
      script_bytes(s, "u", 1);
    else if (code == 0xB2)
      script_bytes(s, "2", 1);
  }
  script_bytes(s, "\"", 1);
}

void script_free(script *s)
{
  free(s->text);
  *s = (script){0};
}

size_t text_wrap(const char **text, const char **start, size_t columns)
{
  const unsigned char *p = (const unsigned char *)*text;
  while (*p == ' ' || *p == '\n' || *p == '\t')
    p++;
  *start = (const char *)p;
  const unsigned char *space = NULL;
  size_t used = 0, length;
  for (; *p && *p != '\n'; p += length) {
    uint32_t code = decode(p, &length);
    if (code == ' ') space = p;
    if (used > 0 && used + width_of(code) > columns) {
      if (space) p = space;
      break;
    }
    used += width_of(code);
  }
  *text = (const char *)p;
  return (size_t)(*text - *start);
}
