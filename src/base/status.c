/* Status codes and error reports: see status.h. */
#include "quarry/status.h"

#include "quarry/decimal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *qy_status_text(qy_status status)
{
  switch (status) {
  case QY_OK: return "done";
  case QY_INFEASIBLE: return "the question has no answer";
  case QY_INTERRUPTED: return "stopped on request";
  case QY_BAD_INPUT: return "a file, flag or value given by the user is wrong";
  case QY_NO_MEMORY: return "out of memory";
  case QY_SYSTEM: return "the operating system, the database or a child process failed";
  case QY_INTERNAL: return "a rule inside quarry was broken";
  }
  return "unknown status";
}

/* Bytes of the UTF-8 character at p, 0 when it is none. */
static size_t utf8_length(const unsigned char *p)
{
  size_t length = p[0] < 0x80 ? 1 : p[0] >= 0xF0 && p[0] < 0xF5 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
  if (p[0] >= 0xF5) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

/* Text from files may hold control characters, a terminal must not act on them, and broken UTF-8.  A line end is one of
 * them: it would make a line of its own of a name. */
static void tame(char *text)
{
  for (unsigned char *p = (unsigned char *)text; *p;) {
    size_t length = utf8_length(p);
    bool control = p[0] < 0x20 || p[0] == 0x7F || (p[0] == 0xC2 && p[1] < 0xA0);
    if (length == 0 || control) {
      *p++ = '?';
    } else {
      p += length;
    }
  }
}

/* Cut before an incomplete UTF-8 character at the end of a truncated text. */
static void trim_utf8(char *text)
{
  size_t length = strlen(text), tail = 0;
  while (tail < length && tail < 4 && ((unsigned char)text[length - 1 - tail] & 0xC0) == 0x80)
    tail++;
  if (tail == length) return;
  unsigned char lead = (unsigned char)text[length - 1 - tail];
  size_t needed = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (needed > tail) text[length - 1 - tail] = '\0';
}

static qy_status report(qy_error *err, qy_status status, const char *file, int line, int column, const char *format,
                        va_list args)
{
  if (!err) return status;
  if (err->count == 0 && err->dropped == 0) err->status = status;
  if (err->count >= QY_DIAGNOSTICS_MAX) {
    err->dropped++;
    return status;
  }
  qy_diagnostic *d = &err->diagnostic[err->count++];
  d->line = line;
  d->column = column;
  size_t wanted = file ? strlen(file) : 0;
  if (wanted < sizeof d->file) {
    snprintf(d->file, sizeof d->file, "%s", file ? file : "");
  } else { /* the end of a long path says more than its start */
    snprintf(d->file, sizeof d->file, "...%s", file + wanted - (sizeof d->file - 4));
  }
  int written = qy_vprint(d->text, sizeof d->text, format, args);
  if (written < 0) d->text[0] = '\0';
  if (written >= (int)sizeof d->text) trim_utf8(d->text);
  tame(d->file);
  tame(d->text);
  return status;
}

qy_status qy_fail(qy_error *err, qy_status status, const char *format, ...)
{
  assert(status != QY_OK && format);
  va_list args;
  va_start(args, format);
  report(err, status, NULL, 0, 0, format, args);
  va_end(args);
  return status;
}

qy_status qy_fail_at(qy_error *err, qy_status status, const char *file, int line, int column, const char *format, ...)
{
  assert(status != QY_OK && format);
  va_list args;
  va_start(args, format);
  report(err, status, file, line, column, format, args);
  va_end(args);
  return status;
}

void qy_error_clear(qy_error *err)
{
  assert(err);
  if (!err) return;
  err->status = QY_OK;
  err->count = 0;
  err->dropped = 0;
}

const char *qy_diagnostic_format(const qy_error *err, int i, char *out, unsigned long size)
{
  assert(out);
  if (size == 0) return out;
  out[0] = '\0';
  if (!err || i < 0 || i >= err->count) return out;
  const qy_diagnostic *d = &err->diagnostic[i];
  char place[QY_DIAGNOSTIC_FILE + 32] = "";
  const char *colon = d->file[0] ? ":" : "";
  if (d->line > 0 && d->column > 0) {
    snprintf(place, sizeof place, "%s%s%d:%d: ", d->file, colon, d->line, d->column);
  } else if (d->line > 0) {
    snprintf(place, sizeof place, "%s%s%d: ", d->file, colon, d->line);
  } else if (d->file[0]) {
    snprintf(place, sizeof place, "%s: ", d->file);
  }
  snprintf(out, size, "%serror: %s", place, d->text);
  return out;
}
