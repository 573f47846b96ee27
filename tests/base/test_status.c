/* Diagnostics: format, limits, hostile text.  Files, progress line, nearest words. */
#include "quarry/file.h"
#include "quarry/progress.h"
#include "quarry/status.h"
#include "quarry/yaml.h"

#include "tap.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void diagnostics(void)
{
  qy_error err = {0};
  char out[900];
  ok(qy_fail_at(&err, QY_BAD_INPUT, "f.yaml", 3, 7, "expected %d", 5) == QY_BAD_INPUT, "the status is handed back");
  is_text(qy_diagnostic_format(&err, 0, out, sizeof out), "f.yaml:3:7: error: expected 5", "file, line and column");
  qy_fail_at(&err, QY_SYSTEM, "f.csv", 3, 0, "x");
  is_text(qy_diagnostic_format(&err, 1, out, sizeof out), "f.csv:3: error: x", "no column");
  qy_fail_at(&err, QY_SYSTEM, "f.csv", 0, 0, "x");
  is_text(qy_diagnostic_format(&err, 2, out, sizeof out), "f.csv: error: x", "no line");
  qy_fail(&err, QY_SYSTEM, "x");
  is_text(qy_diagnostic_format(&err, 3, out, sizeof out), "error: x", "no file");
  qy_fail(&err, QY_SYSTEM, "a\033[31mb\x7f");
  is_text(qy_diagnostic_format(&err, 4, out, sizeof out), "error: a?[31mb?", "control characters are made harmless");
  qy_fail(&err, QY_SYSTEM, "\xC3\xA4 \xE4 \xC2\x9B \xE2\x82\xAC \xF0\x9F\x98\x80 \xC3");
  is_text(qy_diagnostic_format(&err, 5, out, sizeof out), "error: \xC3\xA4 ? ?? \xE2\x82\xAC \xF0\x9F\x98\x80 ?",
          "and bytes that are not UTF-8");
  is_text(qy_diagnostic_format(&err, 6, out, sizeof out), "", "a diagnostic that is not there is empty");
  is_int(err.status, QY_BAD_INPUT, "the first failure's code is kept");
  for (int i = 0; i < 20; i++)
    qy_fail(&err, QY_SYSTEM, "%d", i);
  is_int(err.count, QY_DIAGNOSTICS_MAX, "at most ten are kept");
  is_int(err.dropped, 16, "the others are counted");
  qy_error_clear(&err);
  ok(err.count == 0 && err.dropped == 0 && err.status == QY_OK, "cleared");
  char *long_text = qy_alloc(2001, 1);
  if (!long_text) return;
  for (int i = 0; i < 2000; i += 2)
    memcpy(long_text + i, "\xC3\xA4", 2);
  qy_fail(&err, QY_SYSTEM, "x%s", long_text);
  size_t length = strlen(err.diagnostic[0].text);
  ok(length == 511 && (unsigned char)err.diagnostic[0].text[510] == 0xA4, "a cut text ends at a whole character");
  qy_error_clear(&err);
  qy_fail(&err, QY_SYSTEM, "%s", long_text);
  length = strlen(err.diagnostic[0].text);
  ok(length == 510 && (unsigned char)err.diagnostic[0].text[509] == 0xA4, "at either parity");
  qy_fail_at(&err, QY_SYSTEM, long_text, 1, 1, "x");
  is_int((int64_t)strlen(err.diagnostic[1].file), QY_DIAGNOSTIC_FILE - 1, "a long file name keeps its end");
  free(long_text);
  ok(qy_fail(NULL, QY_SYSTEM, "x") == QY_SYSTEM, "no error report is fine");
  int texts = 0;
  for (int s = QY_OK; s <= QY_INTERNAL; s++)
    texts += strcmp(qy_status_text((qy_status)s), "unknown status") != 0;
  is_int(texts, QY_INTERNAL + 1, "every status has a line of English");
}

static void files(const char *directory)
{
  qy_arena *arena = qy_arena_new();
  char path[300], message[900], expected[900], *text = NULL;
  size_t length = 0;
  qy_error err = {0};
  snprintf(path, sizeof path, "%s/a", directory);
  FILE *f = fopen(path, "w");
  if (!f || !arena) return;
  fwrite("ab\0cd", 1, 5, f);
  fclose(f);
  ok(qy_file_read(&text, &length, path, arena, &err) == QY_OK && length == 5 && memcmp(text, "ab\0cd", 6) == 0,
     "a file is read with its zero bytes and gets a closing NUL");
  if (truncate(path, 0) != 0) return;
  ok(qy_file_read(&text, &length, path, arena, &err) == QY_OK && length == 0 && text[0] == '\0', "an empty file");
  if (truncate(path, (off_t)QY_FILE_BYTES_MAX + 1) != 0) return; /* sparse: no disk is used */
  qy_file_read(&text, &length, path, arena, &err);
  snprintf(expected, sizeof expected, "%s: error: expected a file of at most 256 MiB, found a larger one", path);
  is_text(qy_diagnostic_format(&err, 0, message, sizeof message), expected, "too big");
  unlink(path);
  qy_error_clear(&err);
  is_int(qy_file_read(&text, &length, path, arena, &err), QY_BAD_INPUT, "a missing file is bad input");
  snprintf(expected, sizeof expected, "%s: error: expected a readable file: no such file", path);
  is_text(qy_diagnostic_format(&err, 0, message, sizeof message), expected, "missing");
  qy_error_clear(&err);
  qy_file_read(&text, &length, directory, arena, &err);
  snprintf(expected, sizeof expected, "%s: error: expected a file, found a directory", directory);
  is_text(qy_diagnostic_format(&err, 0, message, sizeof message), expected, "directory");

  int ends[2];
  char fd_path[64];
  if (pipe(ends) != 0) return;
  char chunk[1000];
  memset(chunk, 'p', sizeof chunk);
  int written = 0; /* a pipe holds 64 KiB */
  for (int i = 0; i < 60; i++)
    written += (int)write(ends[1], chunk, sizeof chunk);
  close(ends[1]);
  snprintf(fd_path, sizeof fd_path, "/dev/fd/%d", ends[0]);
  ok(qy_file_read(&text, &length, fd_path, arena, &err) == QY_OK && (int)length == written && text[59999] == 'p',
     "a pipe is read to its end");
  close(ends[0]);
  qy_arena_free(arena);
}

static void progress_text(void)
{
  char out[256];
  qy_progress p = {.label = "sweep", .unit = "points", .total = 3000000};
  is_text(qy_progress_format(&p, 1260000, 2.8, "front 12", 200, out, sizeof out),
          "sweep  42 %  1.26 M of 3 M points, 450 k/s, 4 s left, front 12", "rate and time left");
  is_text(qy_progress_format(&p, 10, 0.1, NULL, 200, out, sizeof out), "sweep   0 %  10 of 3 M points",
          "no rate before it means anything");
  is_text(qy_progress_format(&p, 3000000, 10, "", 200, out, sizeof out), "sweep 100 %  3 M of 3 M points, 300 k/s",
          "done: no time left");
  is_text(qy_progress_format(&p, 1260000, 2.8, NULL, 12, out, sizeof out), "sweep  42 % ", "cut to the width");
  is_text(qy_progress_format(&p, 1000, 1000, NULL, 200, out, sizeof out),
          "sweep   0 %  1 k of 3 M points, 1 /s, days left", "a very long wait");
  p.first = 1000000; /* resumed: 500 in the second since the start */
  is_text(qy_progress_format(&p, 1000500, 1.0, NULL, 200, out, sizeof out),
          "sweep  33 %  1 M of 3 M points, 500 /s, 1 h 06 min left", "resumed work does not count in the rate");
  p = (qy_progress){.label = "search", .unit = "steps"};
  is_text(qy_progress_format(&p, 1234, 2, NULL, 200, out, sizeof out), "search  1.23 k steps, 617 /s", "no total");
  static const struct {
    int64_t count;
    const char *text;
  } rounded[] = {{0, "search  0 steps"},
                 {999, "search  999 steps"},
                 {1000, "search  1 k steps"},
                 {999499, "search  999 k steps"},
                 {999500, "search  1 M steps"},
                 {1234567890, "search  1.23 G steps"},
                 {5600000000000, "search  5.6 T steps"},
                 {999000000000000, "search  999 T steps"},
                 {7000000000000000, "search  7e+03 T steps"}};
  for (size_t i = 0; i < sizeof rounded / sizeof *rounded; i++)
    is_text(qy_progress_format(&p, rounded[i].count, 0, NULL, 200, out, sizeof out), rounded[i].text, rounded[i].text);
}

/* What a progress bar writes to a fresh pseudo terminal, or to a pipe. */
static size_t drawn(int terminal, const char *term, const char *no_color, int quiet, char *out, size_t size)
{
  int reader = -1, writer = -1, ends[2];
  if (terminal) {
    reader = posix_openpt(O_RDWR | O_NOCTTY);
    if (reader < 0 || grantpt(reader) != 0 || unlockpt(reader) != 0) return 0;
    writer = open(ptsname(reader), O_RDWR | O_NOCTTY);
  } else if (pipe(ends) == 0) {
    reader = ends[0];
    writer = ends[1];
  }
  setenv("TERM", term, 1);
  setenv("NO_COLOR", no_color, 1);
  qy_progress p;
  qy_progress_start(&p, writer, quiet, "sweep", "points", 0, 100000);
  for (int i = 0; i < 20000; i++)
    qy_progress_update(&p, i, NULL); /* far quicker than ten a second */
  qy_progress_finish(&p);
  qy_progress_finish(&p);
  size_t got = 0;
  struct pollfd wait = {.fd = reader, .events = POLLIN};
  while (got < size - 1 && poll(&wait, 1, 100) == 1 && wait.revents & POLLIN) { /* a terminal passes on late */
    ssize_t more = read(reader, out + got, size - 1 - got);
    if (more <= 0) break;
    got += (size_t)more;
  }
  out[got] = '\0';
  close(writer);
  close(reader);
  return got;
}

static void progress_line(void)
{
  char out[8192];
  is_int((int64_t)drawn(0, "xterm", "", 0, out, sizeof out), 0, "a pipe gets no progress line");
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) {
    puts("# no pseudo terminal on this machine: the line itself is not tested");
    return;
  }
  close(terminal);
  is_int((int64_t)drawn(1, "dumb", "", 0, out, sizeof out), 0, "a dumb terminal gets none");
  is_int((int64_t)drawn(1, "xterm", "", 1, out, sizeof out), 0, "quiet gets none");
  const double start_s = qy_seconds_now();
  size_t length = drawn(1, "xterm", "", 0, out, sizeof out);
  const double taken_s = qy_seconds_now() - start_s;
  int lines = 0;
  for (char *at = out; (at = strstr(at, "sweep")); at++)
    lines++;
  ok(length > 0 && lines >= 1 && lines <= 2 + 10 * taken_s, "20000 updates draw ten lines a second at most (%d)",
     lines);
  ok(strstr(out, "\033[36m") != NULL, "coloured");
  ok(length >= 4 && strcmp(out + length - 4, "\r\033[K") == 0, "the line is removed at the end");
  drawn(1, "xterm", "1", 0, out, sizeof out);
  ok(strstr(out, "sweep") && !strstr(out, "\033[36m"), "NO_COLOR: no colour");
}

static void nearest(void)
{
  static const char *const names[] = {"area", "in_cap", "delay", "energy", "leakage", "pe"};
  const size_t count = sizeof names / sizeof names[0];
  static const struct {
    const char *text, *expected;
  } rows[] = {{"aera", "area"},      {"incap", "in_cap"},   {"DELAY", "delay"}, {"engery", "energy"},
              {"leakge", "leakage"}, {"ep", "pe"},          {"xyz", NULL},      {"", NULL},
              {"q", NULL},           {"are_", "area"},      {"del", NULL},      {"energetic", "energy"},
              {"pw", "pe"},          {"leekege", "leakage"}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *got = qy_nearest(rows[i].text, names, count);
    is_text(got ? got : "(none)", rows[i].expected ? rows[i].expected : "(none)", rows[i].text);
  }
}

int main(void)
{
  char directory[] = "/tmp/quarry-test-XXXXXX";
  if (!mkdtemp(directory)) return 1;
  diagnostics();
  files(directory);
  rmdir(directory);
  progress_text();
  progress_line();
  nearest();
  return done();
}
