/* Parser of Liberty files: statements as events, see liberty.h.
 *
 * Grammar: statement = name ':' value [';'] | name '(' anything ')' ( '{' statement... '}' | [';'] ).  Blanks, comments
 * and a backslash before a line end may stand between any two tokens.  The text is never changed or copied: pieces
 * point into it, and line numbers are counted only when something is wrong.
 */
#include "quarry/liberty.h"

#include "quarry/decimal.h"
#include "quarry/file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

typedef struct parser {
  const qy_liberty_source *source;
  const char *at, *end;
  qy_error *err;
} parser;

/* Behind a byte order mark: no column counts it. */
static const char *first_of(const qy_liberty_source *source)
{
  static const char mark[] = "\xef\xbb\xbf";
  return strncmp(source->text, mark, strlen(mark)) == 0 ? source->text + strlen(mark) : source->text;
}

qy_status qy_liberty_fail(const qy_liberty_source *source, const char *at, qy_error *err, const char *format, ...)
{
  assert(source && at >= source->text && at <= source->text + source->length && format);
  char text[QY_DIAGNOSTIC_TEXT];
  int line = 1;
  const char *start = first_of(source);
  if (at < start) at = start;
  va_list args;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  for (const char *newline; (newline = memchr(start, '\n', (size_t)(at - start)));) {
    line++;
    start = newline + 1;
  }
  return qy_fail_at(err, QY_BAD_INPUT, source->file, line, (int)(at - start) + 1, "%s", text);
}

static bool is_name(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '[' || c == ']';
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* Past a comment that starts at `at`, NULL when it does not end; `at` itself when there is none. */
static const char *past_comment(const char *at, const char *end)
{
  if (end - at < 2 || at[0] != '/') return at;
  if (at[1] == '/') {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline ? newline : end;
  }
  if (at[1] != '*') return at;
  for (at += 2; end - at >= 2; at++) {
    at = memchr(at, '*', (size_t)(end - at));
    if (!at || end - at < 2) return NULL;
    if (at[1] == '/') return at + 2;
  }
  return NULL;
}

/* Past a backslash, blanks and the line end; `at` itself when there is none. */
static const char *past_continuation(const char *at, const char *end)
{
  const char *p = at;
  if (p == end || *p != '\\') return at;
  do
    p++;
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'));
  return p < end && *p == '\n' ? p + 1 : at;
}

static qy_status skip_blanks(parser *p)
{
  for (;;) {
    const char *before = p->at;
    while (p->at < p->end && is_blank(*p->at))
      p->at++;
    p->at = past_continuation(p->at, p->end);
    const char *past = past_comment(p->at, p->end);
    if (!past) return qy_liberty_fail(p->source, p->at, p->err, "expected the end of this comment, found the file's");
    p->at = past;
    if (p->at == before) return QY_OK;
  }
}

/* Past a quoted text that starts at `at`, NULL when it does not end. */
static const char *past_quoted(const char *at, const char *end)
{
  for (at++; at < end; at++) {
    if (*at == '"') return at + 1;
    if (*at == '\\' && at + 1 < end) at++;
  }
  return NULL;
}

static qy_status open_text(const parser *p, const char *at)
{
  return qy_liberty_fail(p->source, at, p->err, "expected the closing quote of this text, found the end of the file");
}

/* A printable form of the character found, for messages. */
static const char *shown(const parser *p, char out[24])
{
  unsigned char c = (unsigned char)*p->at;
  if (p->at == p->end)
    snprintf(out, 24, "the end of the file");
  else if (c >= 0x20 && c < 0x7f)
    snprintf(out, 24, "'%c'", c);
  else
    snprintf(out, 24, "byte 0x%02x", c);
  return out;
}

static qy_status read_name(parser *p, qy_piece *name)
{
  char found[24];
  const char *start = p->at;
  if (p->at < p->end && *p->at == '"') {
    const char *past = past_quoted(p->at, p->end);
    if (!past) return open_text(p, start);
    *name = (qy_piece){start + 1, (size_t)(past - start) - 2};
    p->at = past;
    return QY_OK;
  }
  while (p->at < p->end && is_name(*p->at))
    p->at++;
  *name = (qy_piece){start, (size_t)(p->at - start)};
  if (name->length == 0)
    return qy_liberty_fail(p->source, start, p->err, "expected an attribute, a group or '}', found %s",
                           shown(p, found));
  return QY_OK;
}

/* After the colon: a quoted text, or everything up to ';', '}' or the end of the line. */
static qy_status read_simple(parser *p, qy_piece *value)
{
  qy_status status = skip_blanks(p);
  if (status != QY_OK) return status;
  const char *start = p->at;
  if (p->at < p->end && *p->at == '"') {
    const char *past = past_quoted(p->at, p->end);
    if (!past) return open_text(p, start);
    *value = (qy_piece){start + 1, (size_t)(past - start) - 2};
    p->at = past;
  } else {
    while (p->at < p->end && *p->at != ';' && *p->at != '}' && *p->at != '\n' &&
           !(*p->at == '/' && past_comment(p->at, p->end) != p->at))
      p->at++;
    const char *stop = p->at;
    while (stop > start && is_blank(stop[-1]))
      stop--;
    *value = (qy_piece){start, (size_t)(stop - start)};
  }
  status = skip_blanks(p);
  if (status == QY_OK && p->at < p->end && *p->at == ';') p->at++;
  return status;
}

/* After the opening parenthesis, up to and past the closing one. */
static qy_status read_arguments(parser *p, qy_piece *value)
{
  const char *start = p->at, *open = p->at - 1;
  while (p->at < p->end && *p->at != ')') {
    const char *past = *p->at == '"' ? past_quoted(p->at, p->end) : past_comment(p->at, p->end);
    if (!past) return open_text(p, p->at);
    if (*p->at == '{' || *p->at == '}') break;
    p->at = past > p->at ? past : p->at + 1;
  }
  char found[24];
  if (p->at == p->end || *p->at != ')')
    return qy_liberty_fail(p->source, open, p->err, "expected the closing parenthesis of this one, found %s",
                           shown(p, found));
  *value = (qy_piece){start, (size_t)(p->at - start)};
  p->at++;
  return skip_blanks(p);
}

qy_status qy_liberty_parse(const qy_liberty_source *source, qy_status (*event)(void *ctx, const qy_liberty_event *),
                           void *ctx, qy_error *err)
{
  assert(source && source->text && source->text[source->length] == '\0' && event);
  parser p = {source, source->text, source->text + source->length, err};
  qy_piece open[QY_LIBERTY_DEPTH_MAX];
  char found[24];
  int depth = 0;
  p.at = first_of(source);
  for (;;) {
    qy_status status = skip_blanks(&p);
    if (status != QY_OK) return status;
    if (p.at == p.end) break;
    if (*p.at == ';') {
      p.at++;
      continue;
    }
    qy_liberty_event e = {.kind = QY_LIBERTY_END};
    if (*p.at == '}') {
      if (depth == 0) return qy_liberty_fail(source, p.at, err, "expected a group, found '}' without its '{'");
      p.at++;
      e.name = open[--depth];
      e.value = (qy_piece){e.name.at, 0};
    } else {
      if ((status = read_name(&p, &e.name)) || (status = skip_blanks(&p))) return status;
      if (p.at < p.end && *p.at == ':') {
        p.at++;
        e.kind = QY_LIBERTY_SIMPLE;
        status = read_simple(&p, &e.value);
      } else if (p.at < p.end && *p.at == '(') {
        p.at++;
        e.kind = QY_LIBERTY_COMPLEX;
        status = read_arguments(&p, &e.value);
        if (status == QY_OK && p.at < p.end && *p.at == '{') {
          e.kind = QY_LIBERTY_BEGIN;
          if (depth == QY_LIBERTY_DEPTH_MAX)
            return qy_liberty_fail(source, p.at, err, "expected at most %d groups in each other", QY_LIBERTY_DEPTH_MAX);
        }
      } else {
        return qy_liberty_fail(source, p.at, err, "expected ':' or '(' after \"%.*s\", found %s",
                               (int)(e.name.length < 60 ? e.name.length : 60), e.name.at, shown(&p, found));
      }
      if (status != QY_OK) return status;
    }
    e.depth = depth;
    if (e.kind == QY_LIBERTY_BEGIN) {
      open[depth++] = e.name;
      p.at++;
    }
    if ((status = event(ctx, &e))) return status;
  }
  if (depth > 0)
    return qy_liberty_fail(source, open[depth - 1].at, err,
                           "expected the '}' of group \"%.*s\", found the end of the file",
                           (int)(open[depth - 1].length < 60 ? open[depth - 1].length : 60), open[depth - 1].at);
  return QY_OK;
}

qy_status qy_liberty_load(qy_liberty_source *source, const char *file, qy_arena *arena, qy_error *err)
{
  assert(source && file && arena);
  enum { FIRST_BYTES = 1 << 16 };
  char *text = NULL;
  size_t length = 0, capacity = 0, most = QY_FILE_BYTES_MAX;
  qy_status status = QY_OK;
  struct stat info;
  *source = (qy_liberty_source){.file = file};
  errno = 0;
  gzFile in = gzopen(file, "rb");
  if (!in && (errno == 0 || errno == ENOMEM)) return qy_no_memory(err);
  if (!in) return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a readable file: %s", strerror(errno));
  gzbuffer(in, FIRST_BYTES);
  if (stat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size < QY_FILE_BYTES_MAX / QY_LIBERTY_UNPACKED_MAX)
    most = (size_t)info.st_size * QY_LIBERTY_UNPACKED_MAX;
  for (;;) {
    void *grown = text;
    if (qy_grow(&grown, &capacity, length + FIRST_BYTES + 1, 1)) {
      status = qy_fail(err, QY_NO_MEMORY, "out of memory");
      break;
    }
    text = grown;
    size_t room = capacity - length - 1;
    int got = gzread(in, text + length, (unsigned)(room < 1u << 30 ? room : 1u << 30));
    if (got < 0) {
      int code;
      const char *reason = gzerror(in, &code);
      status = code == Z_MEM_ERROR ? qy_no_memory(err)
                                   : qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a text or gzip file: %s",
                                                code == Z_ERRNO ? strerror(errno) : reason);
      break;
    }
    length += (size_t)got;
    if (got == 0) break;
    if (length > most && length > QY_LIBERTY_UNPACKED_MIN) {
      status =
          most < QY_FILE_BYTES_MAX
              ? qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                           "expected text of at most %d times the %lld bytes of the file, found more",
                           QY_LIBERTY_UNPACKED_MAX, (long long)info.st_size)
              : qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected at most %d MiB of text", QY_FILE_BYTES_MAX >> 20);
      break;
    }
  }
  int code = gzclose(in);
  if (status == QY_OK && code == Z_BUF_ERROR)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a whole gzip file, found one that is cut short");
  if (status == QY_OK && text && memchr(text, '\0', length))
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected text, found a zero byte");
  if (status == QY_OK && text) {
    source->text = qy_arena_text(arena, text, length);
    source->length = length;
    if (!source->text) status = qy_fail(err, QY_NO_MEMORY, "out of memory");
  }
  free(text);
  return status;
}
