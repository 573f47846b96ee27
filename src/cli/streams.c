/* Standard output and standard error as text that a terminal cannot act on, in the order in which it was printed. */
#include "cli.h"

#include "quarry/escape.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CUT_BYTES = 3 };

typedef struct stream {
  int fd;
  const char *keep;    /* control characters that are written as they are */
  bool after_output;   /* standard output goes first */
  char cut[CUT_BYTES]; /* the beginning of a character whose other bytes are not printed yet */
  size_t cut_bytes;
} stream;

static bool write_all(int fd, const char *bytes, size_t length)
{
  while (length > 0) {
    const ssize_t written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    length -= (size_t)written;
  }
  return true;
}

/* Printable ASCII and what is kept only: nearly always. */
static bool is_plain(const stream *s, const char *bytes, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    const char c = bytes[i];
    if ((c < ' ' || c > '~') && (c == '\0' || !strchr(s->keep, c))) return false;
  }
  return s->cut_bytes == 0;
}

static ssize_t write_text(void *cookie, const char *bytes, size_t length)
{
  stream *s = cookie;
  qy_text whole = {0}, safe = {0};
  if (s->after_output) fflush(stdout);
  if (is_plain(s, bytes, length)) return write_all(s->fd, bytes, length) ? (ssize_t)length : 0;
  qy_text_put(&whole, s->cut, s->cut_bytes);
  qy_text_put(&whole, bytes, length);
  size_t taken = whole.failed ? 0 : qy_escape_part(&safe, whole.data, whole.length, s->keep);
  s->cut_bytes = whole.failed ? 0 : whole.length - taken;
  if (s->cut_bytes > 0) memcpy(s->cut, whole.data + taken, s->cut_bytes);
  const bool failed = whole.failed || safe.failed;
  const bool written = failed ? write_all(s->fd, bytes, length) : write_all(s->fd, safe.data, safe.length);
  qy_text_free(&whole);
  qy_text_free(&safe);
  return written ? (ssize_t)length : 0; /* 0: an error, as fopencookie(3) has it */
}

/* What was cut at the end stays so. */
static int close_text(void *cookie)
{
  stream *s = cookie;
  qy_text rest = {0};
  for (size_t i = 0; i < s->cut_bytes; i++)
    qy_text_add(&rest, "\\x%02x", (unsigned char)s->cut[i]);
  const bool written = write_all(s->fd, rest.data, rest.length);
  qy_text_free(&rest);
  return written ? 0 : EOF;
}

void streams_begin(void)
{
  /* CSV keeps line breaks of its texts; gnuplot's pictures in characters begin with a form feed. */
  static stream out = {.fd = STDOUT_FILENO, .keep = "\n\t\r\f"};
  static stream err = {.fd = STDERR_FILENO, .keep = "\n\t", .after_output = true};
  const cookie_io_functions_t calls = {.write = write_text, .close = close_text};
  FILE *text = fopencookie(&out, "w", calls);
  if (text) {
    setvbuf(text, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ * 8);
    stdout = text;
  }
  text = fopencookie(&err, "w", calls);
  if (text) {
    setvbuf(text, NULL, _IOLBF, BUFSIZ);
    stderr = text;
  }
}
