/* Diagnostics: format, limits, hostile text.  Files, progress line, nearest words. */
#include "quarry/file.h"
#include "quarry/progress.h"
#include "quarry/status.h"
#include "quarry/yaml.h"

#include "random.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
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
  is_text(qy_status_text((qy_status)99), "unknown status", "what is none has none");
}

/* Bytes of the character that begins here, by its first byte and that the others follow; 0: none. */
static size_t character(const char *at)
{
  static const struct {
    unsigned char from, to;
    size_t length;
  } lead[] = {{0x01, 0x7F, 1}, {0xC2, 0xDF, 2}, {0xE0, 0xEF, 3}, {0xF0, 0xF4, 4}};
  for (size_t i = 0; i < sizeof lead / sizeof *lead; i++) {
    if ((unsigned char)*at < lead[i].from || (unsigned char)*at > lead[i].to) continue;
    size_t follow = 1;
    while (follow < lead[i].length && (unsigned char)at[follow] >= 0x80 && (unsigned char)at[follow] <= 0xBF)
      follow++;
    return follow == lead[i].length ? follow : 0;
  }
  return 0;
}

/* Any bytes: what is no character, and what a terminal would act on, is a question mark for each byte. */
static void any_bytes(void)
{
  static const unsigned char some[] = {'a',  '~',  0x1F, 0x20, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1,
                                       0xC2, 0xC3, 0xDF, 0xE0, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF, '\n', 0xED};
  uint64_t seed = 3;
  int wrong = 0;
  for (int i = 0; i < 20000; i++) {
    char text[12] = "", expected[12] = "";
    qy_error err = {0};
    const size_t length = random_below(&seed, sizeof text);
    for (size_t k = 0; k < length; k++)
      text[k] = (char)(i % 2 ? some[random_below(&seed, sizeof some)] : 1 + random_below(&seed, 255));
    for (size_t k = 0; k < length;) {
      const size_t bytes = character(text + k);
      const unsigned char first = (unsigned char)text[k], second = (unsigned char)text[k + 1];
      const bool control = first < 0x20 || first == 0x7F || (first == 0xC2 && second <= 0x9F);
      snprintf(expected + k, sizeof expected - k, "%.*s", bytes && !control ? (int)bytes : 1,
               bytes && !control ? text + k : "?");
      k += bytes && !control ? bytes : 1;
    }
    qy_fail_at(&err, QY_BAD_INPUT, text, 0, 0, "%s", text);
    wrong += strcmp(err.diagnostic[0].text, expected) != 0 || strcmp(err.diagnostic[0].file, expected) != 0;
  }
  is_int(wrong, 0, "texts and names of files are made harmless, byte by byte");
}

/* Texts about as long as there is room: whole characters, as many as fit; of names of files the end. */
static void cut_texts(void)
{
  static const char *const letter[] = {"a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
  uint64_t seed = 8;
  int wrong = 0;
  for (int i = 0; i < 2000; i++) {
    char text[QY_DIAGNOSTIC_TEXT + 40] = "", name[QY_DIAGNOSTIC_FILE + 40];
    size_t fits = 0, length = 0;
    const size_t wanted = QY_DIAGNOSTIC_TEXT - 8 + random_below(&seed, 20);
    qy_error err = {0};
    while (length < wanted) {
      const char *one = letter[random_below(&seed, 4)];
      memcpy(text + length, one, strlen(one) + 1);
      length += strlen(one);
      if (length < QY_DIAGNOSTIC_TEXT) fits = length;
    }
    const int of_name = QY_DIAGNOSTIC_FILE - 8 + (int)random_below(&seed, 16);
    for (int k = 0; k < of_name; k++)
      name[k] = (char)('a' + random_below(&seed, 26));
    name[of_name] = '\0';
    qy_fail_at(&err, QY_BAD_INPUT, name, 0, 0, "%s", text);
    const qy_diagnostic *d = &err.diagnostic[0];
    wrong += strlen(d->text) != fits || memcmp(d->text, text, fits) != 0;
    if (of_name < QY_DIAGNOSTIC_FILE)
      wrong += strcmp(d->file, name) != 0;
    else
      wrong += strlen(d->file) != QY_DIAGNOSTIC_FILE - 1 || strncmp(d->file, "...", 3) != 0 ||
               strcmp(d->file + 3, name + of_name - (QY_DIAGNOSTIC_FILE - 4)) != 0;
  }
  is_int(wrong, 0, "as many whole characters as fit, and the ends of names");
}

/* Text as far as it goes: any room, and no diagnostic. */
static void cut_lines(void)
{
  qy_error err = {0};
  char out[64], whole[64];
  int wrong = 0;
  qy_fail_at(&err, QY_BAD_INPUT, "f.csv", 12, 34, "text");
  qy_diagnostic_format(&err, 0, whole, sizeof whole);
  for (size_t size = 1; size < sizeof out; size++) {
    memset(out, '#', sizeof out);
    qy_diagnostic_format(&err, 0, out, size);
    const size_t length = strlen(whole) < size ? strlen(whole) : size - 1;
    wrong += strlen(out) != length || strncmp(out, whole, length) != 0 || (size < sizeof out && out[size] != '#');
  }
  wrong += qy_diagnostic_format(&err, -1, out, sizeof out)[0] != '\0';
  wrong += qy_diagnostic_format(&err, 1, out, sizeof out)[0] != '\0';
  wrong += qy_diagnostic_format(NULL, 0, out, sizeof out)[0] != '\0';
  memset(out, '#', sizeof out);
  wrong += qy_diagnostic_format(&err, 0, out, 0)[0] != '#';
  qy_fail_at(&err, QY_BAD_INPUT, "", 12, 34, "text");
  wrong += strcmp(qy_diagnostic_format(&err, 1, out, sizeof out), "12:34: error: text") != 0;
  qy_fail_at(&err, QY_BAD_INPUT, NULL, 12, 0, "text");
  wrong += strcmp(qy_diagnostic_format(&err, 2, out, sizeof out), "12: error: text") != 0;
  is_int(wrong, 0, "lines cut at any size");
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
  errno = EINTR; /* of what was before */
  ok(qy_file_read(&text, &length, path, arena, &err) == QY_OK && length == 5 && memcmp(text, "ab\0cd", 6) == 0,
     "a file is read with its zero bytes and gets a closing NUL");
  if (truncate(path, 0) != 0) return;
  ok(qy_file_read(&text, &length, path, arena, &err) == QY_OK && length == 0 && text[0] == '\0', "an empty file");
  if (truncate(path, (off_t)QY_FILE_BYTES_MAX + 1) != 0) return; /* sparse: no disk is used */
  qy_file_read(&text, &length, path, arena, &err);
  snprintf(expected, sizeof expected, "%s: error: expected a file of at most 256 MiB, found a larger one", path);
  ok(!err.diagnostic[0].line && !err.diagnostic[0].column, "said of the whole file");
  is_text(qy_diagnostic_format(&err, 0, message, sizeof message), expected, "too big");
  unlink(path);
  qy_error_clear(&err);
  is_int(qy_file_read(&text, &length, path, arena, &err), QY_BAD_INPUT, "a missing file is bad input");
  is_int(qy_file_read(&text, &length, "/dev/stdio", arena, &err), QY_BAD_INPUT,
         "one that is called nearly as a device");
  qy_error_clear(&err);
  qy_file_read(&text, &length, path, arena, &err);
  snprintf(expected, sizeof expected, "%s: error: expected a readable file: no such file", path);
  is_text(qy_diagnostic_format(&err, 0, message, sizeof message), expected, "missing");
  qy_error_clear(&err);
  qy_file_read(&text, &length, directory, arena, &err);
  snprintf(expected, sizeof expected, "%s: error: expected a file, found a directory", directory);
  is_text(qy_diagnostic_format(&err, 0, message, sizeof message), expected, "directory");

  qy_error_clear(&err);
  if (access("/proc/self/mem", R_OK) == 0) /* its first page is none */
    ok(qy_file_read(&text, &length, "/proc/self/mem", arena, &err) == QY_SYSTEM && err.status == QY_SYSTEM &&
           strstr(err.diagnostic[0].text, "reading failed: Input/output error"),
       "a file that cannot be read");
  qy_error_clear(&err);

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

/* The seconds that are left, said again from what is shown: minutes up to an hour, hours up to a hundred. */
static void time_left(void)
{
  static const double near[] = {99.5, 3600, 360000};
  int wrong = 0;
  for (int i = 0; i < 3000; i++) {
    const double seconds = i < 300 ? near[i % 3] + (i / 3 % 100 - 50) * 0.25 : (double)(i - 300) * (i < 2000 ? 5 : 150);
    char out[256], text[64] = "none";
    int large, small;
    if (seconds <= 0) continue;
    /* A rate of 4 in a second, and so many quarters to go. */
    const int64_t quarters = (int64_t)(4 * seconds);
    qy_progress p = {.label = "sweep", .unit = "points", .total = 4000 + quarters};
    qy_progress_format(&p, 4000, 1000, NULL, 200, out, sizeof out);
    const char *at = strstr(out, " /s, ");
    if (at) snprintf(text, sizeof text, "%s", at + 5);
    bool is = true;
    if (seconds < 99.5)
      is = sscanf(text, "%d s lef%n", &large, &small) == 1 && fabs(large - seconds) <= 0.5;
    else if (seconds < 3600)
      is = sscanf(text, "%d min %2d s lef", &large, &small) == 2 && small < 60 &&
           large * 60 + small == (int)floor(seconds) && strlen(text) == (large < 10 ? 15 : 16);
    else if (seconds < 360000)
      is = sscanf(text, "%d h %2d min lef", &large, &small) == 2 && small < 60 &&
           large * 60 + small == (int)floor(seconds / 60) && strlen(text) == (large < 10 ? 15 : 16);
    else
      is = strcmp(text, "days left") == 0;
    if (!is && wrong++ < 3) printf("# %g: %s\n", seconds, out);
  }
  is_int(wrong, 0, "the time that is left, up to days");
  char out[256];
  const qy_progress of = {.label = "sweep", .unit = "points", .total = 200};
  for (int64_t done = 0; done <= 250; done += 25) {
    int percent = -1;
    qy_progress_format(&of, done, 0, NULL, 200, out, sizeof out);
    wrong += sscanf(out, "sweep %d %%", &percent) != 1 || percent != (done < 200 ? done / 2 : 100);
  }
  qy_progress_format(&of, 100, 0.5, NULL, 200, out, sizeof out);
  is_text(out, "sweep  50 %  100 of 200 points, 200 /s, 0 s left", "a rate from half a second on");
  qy_progress_format(&of, 100, 0.499, NULL, 200, out, sizeof out);
  is_text(out, "sweep  50 %  100 of 200 points", "and none before");
  qy_progress_format(&of, 200, 1, NULL, 200, out, sizeof out);
  is_text(out, "sweep 100 %  200 of 200 points, 200 /s", "no time when all is done");
  for (size_t width = 0; width < 40; width++) {
    char cut[256];
    qy_progress_format(&of, 200, 1, NULL, width, cut, sizeof cut);
    wrong += strlen(cut) != (width < strlen(out) ? width : strlen(out)) || strncmp(cut, out, strlen(cut)) != 0;
  }
  is_int(wrong, 0, "parts of a hundred, and lines of any width");
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

static void drawn_again(void)
{
  const int reader = posix_openpt(O_RDWR | O_NOCTTY);
  if (reader < 0 || grantpt(reader) != 0 || unlockpt(reader) != 0) return;
  const int writer = open(ptsname(reader), O_RDWR | O_NOCTTY);
  char out[600] = "";
  setenv("TERM", "xterm", 1);
  qy_progress p;
  qy_progress_start(&p, writer, false, "sweep", "points", 0, 10);
  for (int i = 1; i <= 3; i++) { /* the second comes too soon */
    qy_progress_update(&p, i, NULL);
    if (i == 2) nanosleep(&(struct timespec){.tv_nsec = 110L * 1000 * 1000}, NULL);
  }
  qy_progress_finish(&p);
  struct pollfd wait = {.fd = reader, .events = POLLIN};
  for (size_t got = 0; got < sizeof out - 1 && poll(&wait, 1, 50) == 1 && wait.revents & POLLIN;) {
    const ssize_t more = read(reader, out + got, sizeof out - 1 - got);
    if (more <= 0) break;
    got += (size_t)more;
  }
  ok(strstr(out, "  1 of 10") && !strstr(out, "  2 of 10") && strstr(out, "  3 of 10"),
     "a line is drawn again after a tenth of a second");
  close(writer);
  close(reader);
}

/* A terminal that is gone ends the line, and nothing else. */
static void hung_up(void)
{
  const int reader = posix_openpt(O_RDWR | O_NOCTTY);
  if (reader < 0 || grantpt(reader) != 0 || unlockpt(reader) != 0) return;
  const int writer = open(ptsname(reader), O_RDWR | O_NOCTTY);
  setenv("TERM", "xterm", 1);
  qy_progress p;
  qy_progress_start(&p, writer, false, "sweep", "points", 0, 10);
  ok(p.active, "a terminal");
  close(reader);
  qy_progress_update(&p, 1, NULL);
  ok(!p.active, "that is gone");
  close(writer);
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
  is_int((int64_t)drawn(1, "", "", 0, out, sizeof out), 0, "so does one without a name");
  ok(drawn(1, "x", "", 0, out, sizeof out) > 0, "a short name is one");
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
  any_bytes();
  cut_texts();
  cut_lines();
  time_left();
  files(directory);
  rmdir(directory);
  progress_text();
  progress_line();
  drawn_again();
  hung_up();
  nearest();
  return done();
}
