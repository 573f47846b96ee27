/* gnuplot as a child process: see gnuplot.h. */
#include "gnuplot.h"

#include "quarry/alloc.h"
#include "quarry/child.h"
#include "quarry/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define CLOSING_WORD "quarry: drawn\n"

enum { OUTPUT_BYTES_MAX = 1 << 24, SCRIPT_LINE_SHOWN = 160 };

static const struct {
  const char *extension, *magic;
} formats[] = {
    [QY_PLOT_SVG] = {"svg", "<?xml"}, [QY_PLOT_PNG] = {"png", "\x89PNG\r\n\x1a\n"},
    [QY_PLOT_PDF] = {"pdf", "%PDF-"}, [QY_PLOT_DUMB] = {"txt", ""},
    [QY_PLOT_EPS] = {"eps", "%!PS"},
};

const char *plot_base_name(const char *path)
{
  assert(path);
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

qy_status plot_check_stem(const char *file_stem, qy_error *err)
{
  if (!file_stem || !file_stem[0])
    return qy_fail(err, QY_BAD_INPUT, "expected the name of a picture (without ending), found nothing");
  const char *base = plot_base_name(file_stem);
  if (!base[0]) return qy_fail(err, QY_BAD_INPUT, "expected the name of a picture, found the folder \"%s\"", file_stem);
  if (strchr("|<", base[0]) || strchr("|<", file_stem[0]))
    return qy_fail(err, QY_BAD_INPUT, "the name of a picture must not start with | or <, found \"%s\"", file_stem);
  for (const char *p = file_stem; *p; p++) {
    if ((unsigned char)*p < 0x20 || *p == 0x7f)
      return qy_fail(err, QY_BAD_INPUT, "the name of a picture must not hold control characters, found \"%s\"",
                     file_stem);
  }
  if (strlen(file_stem) > PATH_MAX - 64)
    return qy_fail(err, QY_BAD_INPUT, "the name of a picture may have %d characters, found %zu", PATH_MAX - 64,
                   strlen(file_stem));
  return QY_OK;
}

/* What the child left behind. */
typedef struct outcome {
  int code;        /* exit code; 128 + signal; -1: not known */
  int write_error; /* errno of the first failed write of the script, 0: all was taken */
  char *out, *err; /* its standard output and error, with a closing NUL */
} outcome;

/* Descriptors 0 to 2 are targets of dup2 in the child; ours must be elsewhere. */
static int above_standard(int fd)
{
  if (fd < 0 || fd > 2) return fd;
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  close(fd);
  return moved;
}

static char *read_all(int fd)
{
  struct stat info;
  size_t size = fstat(fd, &info) == 0 && info.st_size > 0 ? (size_t)info.st_size : 0;
  if (size > OUTPUT_BYTES_MAX) size = OUTPUT_BYTES_MAX;
  char *text = qy_alloc(size + 1, 1);
  size_t got = 0;
  while (text && got < size) {
    ssize_t n = pread(fd, text + got, size - got, (off_t)got);
    if (n <= 0) break;
    got += (size_t)n;
  }
  return text;
}

/* Write everything; 0 or the errno of the first failure.  A SIGPIPE of our own making is taken back before the thread's
 * mask is restored; one that was pending before stays pending. */
static int send_all(int fd, const char *bytes, size_t count)
{
  int code = 0;
  sigset_t broken, before, pending;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken, &before);
  sigpending(&pending);
  while (count > 0) {
    ssize_t n = write(fd, bytes, count);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      code = errno;
      break;
    }
    bytes += n;
    count -= (size_t)n;
  }
  if (code == EPIPE && !sigismember(&pending, SIGPIPE)) {
    const struct timespec now = {0};
    while (sigtimedwait(&broken, NULL, &now) < 0 && errno == EINTR)
      continue;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return code;
}

/* Run `program` with the script as its input and wait for it. */
static qy_status run(outcome *result, const char *program, const qy_text *input, qy_error *err)
{
  qy_status status = QY_OK;
  int ends[2] = {-1, -1}, out = -1, errors = -1, code;
  pid_t pid = -1;
  *result = (outcome){.code = -1};
  if (pipe2(ends, O_CLOEXEC) == 0) {
    ends[0] = above_standard(ends[0]);
    ends[1] = above_standard(ends[1]);
    out = above_standard(memfd_create("quarry-plot-out", MFD_CLOEXEC));
    errors = above_standard(memfd_create("quarry-plot-err", MFD_CLOEXEC));
  }
  if (ends[0] < 0 || ends[1] < 0 || out < 0 || errors < 0) {
    status = qy_fail(err, QY_SYSTEM, "cannot open a connection to gnuplot: %s", strerror(errno));
    goto cleanup;
  }
  static const char *const arguments[] = {"gnuplot", "--default-settings", "/dev/stdin", NULL};
  code = qy_child_start(&pid, program, arguments, NULL, (const int[3]){ends[0], out, errors});
  if (code == ENOENT) {
    status =
        qy_fail(err, QY_SYSTEM, "gnuplot is missing (looked for \"%s\"): install the package gnuplot-nox", program);
    goto cleanup;
  }
  if (code != 0) {
    status = qy_fail(err, QY_SYSTEM, "cannot start gnuplot (\"%s\"): %s", program, strerror(code));
    goto cleanup;
  }
  close(ends[0]);
  ends[0] = -1;
  result->write_error = send_all(ends[1], input->data, input->length);
  close(ends[1]);
  ends[1] = -1;
  int state = 0;
  pid_t ended;
  do
    ended = waitpid(pid, &state, 0);
  while (ended < 0 && errno == EINTR);
  if (ended == pid) result->code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  result->out = read_all(out);
  result->err = read_all(errors);
  if (!result->out || !result->err) status = qy_fail(err, QY_NO_MEMORY, "out of memory reading what gnuplot wrote");

cleanup:
  if (ends[0] >= 0) close(ends[0]);
  if (ends[1] >= 0) close(ends[1]);
  if (out >= 0) close(out);
  if (errors >= 0) close(errors);
  return status;
}

/* The word in a text of n bytes, or NULL.  The first condition always holds; gcc with sanitizers does not see it. */
static const char *find_word(const char *text, size_t n, const char *word)
{
  return text && n > 0 ? memmem(text, n, word, strlen(word)) : NULL;
}

/* The message in gnuplot's standard error: the first "line N: text", else the first line with letters; warnings (of
 * characters that the locale cannot show, say) only when there is nothing else. */
static const char *find_message(const char *errors, int *line, int *length)
{
  const char *best = NULL;
  bool only_warned = false;
  *line = 0;
  for (const char *p = errors ? errors : ""; *p;) {
    size_t n = strcspn(p, "\n");
    const char *found = find_word(p, n, "line ");
    int used = 0, number = 0;
    const bool warned = find_word(p, n, "warning:");
    if (!warned && found && sscanf(found, "line %9d:%n", &number, &used) == 1 && used > 0) {
      *line = number;
      found += used;
      found += strspn(found, " ");
      *length = (int)(n - (size_t)(found - p));
      return found;
    }
    if ((!best || (only_warned && !warned)) && strspn(p, " \t^") < n) {
      best = p;
      *length = (int)n;
      only_warned = warned;
    }
    p += n + (p[n] == '\n');
  }
  return best;
}

static const char *script_line(const qy_text *s, int line, int *length)
{
  const char *p = s->data;
  for (int i = 1; i < line && p; i++) {
    p = strchr(p, '\n');
    if (p) p++;
  }
  *length = p ? (int)strcspn(p, "\n") : 0;
  if (*length > SCRIPT_LINE_SHOWN) *length = SCRIPT_LINE_SHOWN;
  return p ? p : "";
}

/* Say why a run did not succeed. `file`: the kept script, NULL: none. */
static qy_status explain(const outcome *result, const qy_text *s, const char *file, const char *program, qy_error *err)
{
  int line = 0, length = 0, shown = 0;
  const char *message = find_message(result->err, &line, &length);
  if (message && line > 0) {
    const char *text = script_line(s, line, &shown);
    return qy_fail_at(err, QY_SYSTEM, file, line, 0, "gnuplot: %.*s, in: %.*s", length, message, shown, text);
  }
  if (message && result->code != 0)
    return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "gnuplot (\"%s\") ended with code %d: %.*s", program, result->code,
                      length, message);
  if (result->code != 0)
    return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "gnuplot (\"%s\") ended with code %d and no message", program,
                      result->code);
  if (result->write_error)
    return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "gnuplot (\"%s\") stopped reading the script: %s", program,
                      strerror(result->write_error));
  return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "gnuplot (\"%s\") ended without finishing the picture", program);
}

static bool good_picture(const char *file, const char *magic)
{
  char head[16] = "";
  size_t wanted = strlen(magic);
  FILE *f = fopen(file, "rbe");
  if (!f) return false;
  size_t got = fread(head, 1, wanted, f);
  fclose(f);
  return got == wanted && memcmp(head, magic, wanted) == 0;
}

static qy_status write_script(const char *file, const char *temporary, const qy_text *s, qy_error *err)
{
  qy_status placed = qy_file_place(file, err);
  FILE *f = placed ? NULL : fopen(temporary, "wbe");
  if (placed) return placed;
  if (!f) return qy_fail(err, QY_SYSTEM, "cannot write the script %s: %s", file, strerror(errno));
  bool bad = fwrite(s->data, 1, s->length, f) != s->length;
  bad = fclose(f) != 0 || bad;
  if (!bad && rename(temporary, file) == 0) return QY_OK;
  qy_status status = qy_fail(err, QY_SYSTEM, "cannot write the script %s: %s", file, strerror(errno));
  unlink(temporary);
  return status;
}

qy_status plot_render(const qy_text *s, const qy_plot_look *look, qy_plot_format format, const char *file_stem,
                      const char *gnuplot, char **text, qy_error *err)
{
  assert(s && s->data);
  const bool dumb = format == QY_PLOT_DUMB;
  const char *program = gnuplot ? gnuplot : "gnuplot";
  char picture[PATH_MAX + 2] = "", temporary[PATH_MAX + 2] = "", kept[PATH_MAX + 2] = "", scratch[PATH_MAX + 2] = "";
  qy_status status = QY_OK;
  outcome result = {0};
  qy_text input = {0};
  if (text) *text = NULL;
  if (!dumb) {
    /* "./" keeps gnuplot from reading a leading ~ or - as something else. */
    const char *prefix = file_stem[0] == '/' ? "" : "./", *ending = formats[format].extension;
    snprintf(picture, sizeof picture, "%s%s.%s", prefix, file_stem, ending);
    snprintf(temporary, sizeof temporary, "%s%s.%d.tmp.%s", prefix, file_stem, (int)gettid(), ending);
    snprintf(kept, sizeof kept, "%s.gp", file_stem);
    snprintf(scratch, sizeof scratch, "%s%s.%d.tmp.gp", prefix, file_stem, (int)gettid());
    qy_text_add(&input, "picture = ");
    script_path(&input, temporary);
  }
  qy_text_put(&input, "\n", 1);
  const char *rest = s->data + strlen(PLOT_FIRST_LINE);
  const size_t length = s->length - strlen(PLOT_FIRST_LINE);
  if (format == QY_PLOT_PNG || format == QY_PLOT_PDF || format == QY_PLOT_EPS) { /* others: where they are looked at */
    script_with_glyphs(&input, rest, length, look ? look->notes : NULL);
    if (look && look->notes && strcmp(look->font, "DejaVu Sans")) script_check_font(look->font, look->notes);
  } else {
    qy_text_put(&input, rest, length);
  }
  qy_text_add(&input, "set print '-'\nprint '%.*s'\n", (int)strlen(CLOSING_WORD) - 1, CLOSING_WORD);
  if (s->failed || input.failed) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory writing a plot");
    goto cleanup;
  }
  if (!dumb) {
    status = write_script(kept, scratch, s, err);
    if (status != QY_OK) goto cleanup;
  }
  status = run(&result, program, &input, err);
  if (status != QY_OK) goto cleanup;

  char *closing = result.out ? strstr(result.out, CLOSING_WORD) : NULL;
  bool good = result.code <= 0 && closing && (dumb || good_picture(temporary, formats[format].magic));
  if (!good) {
    status = explain(&result, &input, dumb ? NULL : kept, program, err);
    goto cleanup;
  }
  if (dumb) {
    *closing = '\0';
    if (text) {
      *text = result.out;
      result.out = NULL;
    }
  } else if (rename(temporary, picture) != 0) {
    status = qy_fail(err, QY_SYSTEM, "cannot put the picture at %s: %s", picture, strerror(errno));
  }

cleanup:
  if (temporary[0]) unlink(temporary);
  qy_text_free(&input);
  free(result.out);
  free(result.err);
  return status;
}
