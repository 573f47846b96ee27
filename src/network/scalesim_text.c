/* Lines, words and warnings of SCALE-Sim's files. */
#include "quarry/decimal.h"
#include "scalesim_int.h"

#include <stdarg.h>
#include <string.h>

qy_status source_start(source *s, const char *file, const char *text, size_t length, qy_arena *arena,
                       qy_scalesim_warnings *warnings, qy_error *err)
{
  *s = (source){.file = file, .arena = arena, .warnings = warnings, .err = err};
  if (memchr(text, '\0', length)) return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected text, found a NUL byte");
  s->rest = qy_arena_text(arena, text, length);
  if (!s->rest) return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory");
  if (strncmp(s->rest, "\xEF\xBB\xBF", 3) == 0) s->rest += 3; /* byte-order mark */
  return QY_OK;
}

char *source_line(source *s)
{
  char *line = s->rest;
  if (!line || !*line) return NULL;
  char *end = line + strcspn(line, "\r\n");
  const char was = *end;
  s->rest = was ? end + 1 + (was == '\r' && end[1] == '\n') : NULL;
  *end = '\0';
  s->line++;
  return line;
}

qy_status source_warn(source *s, int column, const char *format, ...)
{
  enum { TEXT = 300, FIRST = 16 };
  char text[TEXT];
  va_list args;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  qy_scalesim_warnings *w = s->warnings;
  if (w->count == w->capacity) {
    const size_t capacity = w->capacity ? 2 * w->capacity : FIRST;
    qy_scalesim_warning *more = qy_arena_alloc(s->arena, capacity, sizeof *more);
    if (!more) return qy_fail_at(s->err, QY_NO_MEMORY, s->file, s->line, 0, "out of memory");
    if (w->count) memcpy(more, w->warning, w->count * sizeof *more);
    w->warning = more;
    w->capacity = capacity;
  }
  const char *copy = qy_arena_text(s->arena, text, strlen(text));
  if (!copy) return qy_fail_at(s->err, QY_NO_MEMORY, s->file, s->line, 0, "out of memory");
  w->warning[w->count++] = (qy_scalesim_warning){s->file, s->line, column, copy};
  return QY_OK;
}

char *trim(char *text)
{
  text += strspn(text, " \t");
  size_t length = strlen(text);
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
    text[--length] = '\0';
  return text;
}

bool whole_number(const char *text, int64_t high, int64_t *value)
{
  enum { DIGITS_MAX = 18 };
  size_t digits = strspn(text, "0123456789");
  *value = 0;
  if (digits == 0 || digits > DIGITS_MAX || text[digits]) return false;
  for (const char *c = text; *c; c++)
    *value = *value * 10 + (*c - '0');
  return *value >= 1 && *value <= high;
}
