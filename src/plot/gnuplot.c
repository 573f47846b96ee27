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

enum { OUTPUT_BYTES_MAX = 1 << 24, SCRIPT_LINE_SHOWN = 160, SIGNAL_CODE = 128 };

static const struct {
  const char *extension, *magic, *end; /* of every file of the format; white space may follow */
  size_t end_bytes;
} formats[] = {
    [QY_PLOT_SVG] = {"svg", "<?xml", "</svg>", 6},
    [QY_PLOT_PNG] = {"png", "\x89PNG\r\n\x1a\n", "\0\0\0\0IEND\xAE\x42\x60\x82", 12},
    [QY_PLOT_PDF] = {"pdf", "%PDF-", "%%EOF", 5},
    [QY_PLOT_DUMB] = {"txt", "", "", 0},
    [QY_PLOT_EPS] = {"eps", "%!PS", "%%EOF", 5},
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

/* Signals that end this process unless it handles them; those that it ignores are left alone. */
static void ending_signals(sigset_t *set)
{
  static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  sigemptyset(set);
  for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
    struct sigaction is;
    if (sigaction(ending[i], NULL, &is) == 0 && is.sa_handler != SIG_IGN) sigaddset(set, ending[i]);
  }
}

static bool any_pending(const sigset_t *set)
{
  sigset_t pending;
  sigpending(&pending);
  for (int number = 1; number < NSIG; number++)
    if (sigismember(set, number) == 1 && sigismember(&pending, number) == 1) return true;
  return false;
}

static bool flooded(int fd)
{
  struct stat is;
  return fstat(fd, &is) == 0 && is.st_size > OUTPUT_BYTES_MAX;
}

static double seconds_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Wait for the child, the leader of its process group, which is ended after limit_s, when it writes without end, and at
 * a signal of `ending`, all of which are blocked. */
static qy_status wait_for(outcome *result, pid_t pid, const int written[2], double limit_s, const sigset_t *ending,
                          const char *program, qy_error *err)
{
  static const struct timespec between = {.tv_nsec = 2L * 1000 * 1000};
  const double start = seconds_now();
  qy_status status = QY_OK;
  int state = 0;
  pid_t ended;
  while ((ended = waitpid(pid, &state, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
    if (any_pending(ending))
      status = qy_fail(err, QY_INTERRUPTED, "interrupted");
    else if (flooded(written[0]) || flooded(written[1]))
      status = qy_fail(err, QY_SYSTEM, "gnuplot (\"%s\") printed more than %d MiB and was ended", program,
                       OUTPUT_BYTES_MAX >> 20);
    else if (seconds_now() - start > limit_s)
      status = qy_fail(err, QY_SYSTEM, "gnuplot (\"%s\") was not done after %.15g s and was ended", program, limit_s);
    if (status) break;
    nanosleep(&between, NULL);
  }
  kill(-pid, SIGKILL); /* also what it started and left behind */
  while (status && waitpid(pid, &state, 0) < 0 && errno == EINTR)
    continue;
  if (ended == pid) result->code = WIFEXITED(state) ? WEXITSTATUS(state) : SIGNAL_CODE + WTERMSIG(state);
  return status;
}

/* Run `program` on the script in the file `script` and wait for it. */
static qy_status run(outcome *result, const char *program, const char *script, double limit_s, const sigset_t *ending,
                     qy_error *err)
{
  qy_status status = QY_OK;
  int code, in = above_standard(open(script, O_RDONLY | O_CLOEXEC));
  const int out = above_standard(memfd_create("quarry-plot-out", MFD_CLOEXEC)),
            errors = above_standard(memfd_create("quarry-plot-err", MFD_CLOEXEC));
  pid_t pid = -1;
  *result = (outcome){.code = -1};
  if (in < 0 || out < 0 || errors < 0) {
    status = qy_fail(err, QY_SYSTEM, "cannot open a connection to gnuplot: %s", strerror(errno));
    goto cleanup;
  }
  const char *const arguments[] = {"gnuplot", "--default-settings", script, NULL};
  code = qy_child_start(&pid, program, arguments, NULL, (const int[3]){in, out, errors}, true);
  if (code == ENOENT)
    status =
        qy_fail(err, QY_SYSTEM, "gnuplot is missing (looked for \"%s\"): install the package gnuplot-nox", program);
  else if (code != 0)
    status = qy_fail(err, QY_SYSTEM, "cannot start gnuplot (\"%s\"): %s", program, strerror(code));
  if (status) goto cleanup;
  status = wait_for(result, pid, (const int[2]){out, errors}, limit_s, ending, program, err);
  if (status) goto cleanup;
  result->out = read_all(out);
  result->err = read_all(errors);
  if (!result->out || !result->err) status = qy_fail(err, QY_NO_MEMORY, "out of memory reading what gnuplot wrote");

cleanup:
  if (in >= 0) close(in);
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
  char why[64] = "";
  if (result->code > SIGNAL_CODE) snprintf(why, sizeof why, " (%s)", strsignal(result->code - SIGNAL_CODE));
  if (message && result->code != 0)
    return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "gnuplot (\"%s\") ended with code %d%s: %.*s", program, result->code,
                      why, length, message);
  if (result->code != 0)
    return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "gnuplot (\"%s\") ended with code %d%s and no message", program,
                      result->code, why);
  return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "gnuplot (\"%s\") ended without finishing the picture", program);
}

/* Does it begin and end as its format demands?  On a full disk gnuplot leaves half a picture and says nothing. */
static bool good_picture(const char *bytes, size_t length, qy_plot_format format)
{
  const size_t head = strlen(formats[format].magic), end = formats[format].end_bytes;
  if (length < head + end || memcmp(bytes, formats[format].magic, head) != 0) return false;
  if (format != QY_PLOT_PNG)
    while (length > end && strchr("\r\n ", bytes[length - 1]))
      length--;
  return memcmp(bytes + length - end, formats[format].end, end) == 0;
}

/* A new file for this process alone beside the picture, or among the temporary files; its name is set. */
static qy_status new_file(char name[PATH_MAX + 32], const char *file_stem, const char *ending, qy_error *err)
{
  const char *folder = getenv("TMPDIR");
  /* "./" keeps gnuplot from reading a leading ~ or - as something else. */
  if (file_stem)
    snprintf(name, PATH_MAX + 32, "%s%s.XXXXXX.%s", file_stem[0] == '/' ? "" : "./", file_stem, ending);
  else
    snprintf(name, PATH_MAX + 32, "%s/quarry-XXXXXX.%s", folder && folder[0] == '/' ? folder : "/tmp", ending);
  const int fd = strlen(name) < PATH_MAX ? mkostemps(name, (int)strlen(ending) + 1, O_CLOEXEC) : -1;
  if (fd >= 0) {
    close(fd);
    return QY_OK;
  }
  const int reason = errno;
  const qy_status placed = file_stem ? qy_file_place(file_stem, err) : QY_OK;
  if (!placed) qy_fail(err, QY_SYSTEM, "cannot make the temporary file %s: %s", name, strerror(reason));
  name[0] = '\0';
  return placed ? placed : QY_SYSTEM;
}

/* Into a file of this process alone. */
static qy_status fill(const char *file, const qy_text *s, qy_error *err)
{
  FILE *f = fopen(file, "wbe");
  if (!f && errno == ENOMEM) return qy_no_memory(err);
  bool bad = !f || fwrite(s->data, 1, s->length, f) != s->length;
  if (f) bad = fclose(f) != 0 || bad;
  return bad ? qy_fail(err, QY_SYSTEM, "cannot write the script %s: %s", file, strerror(errno)) : QY_OK;
}

/* The finished picture to its place; *good: it is one. */
static qy_status put_picture(bool *good, const char *picture, const char *temporary, qy_plot_format format,
                             qy_error *err)
{
  qy_arena *arena = qy_arena_new();
  char *bytes;
  size_t length;
  qy_status status = arena ? qy_file_read(&bytes, &length, temporary, arena, err) : qy_no_memory(err);
  *good = !status && good_picture(bytes, length, format);
  if (*good) status = qy_file_write(picture, bytes, length, err);
  qy_arena_free(arena);
  return status;
}

qy_status plot_render(const qy_text *s, const qy_plot_look *look, qy_plot_format format, const char *file_stem,
                      const char *gnuplot, char **text, qy_error *err)
{
  assert(s);
  if (s->failed) return qy_no_memory(err);
  assert(s->data);
  const bool dumb = format == QY_PLOT_DUMB;
  const char *program = gnuplot ? gnuplot : "gnuplot";
  char picture[PATH_MAX + 32] = "", kept[PATH_MAX + 32] = "", temporary[PATH_MAX + 32] = "", own[PATH_MAX + 32] = "";
  const double limit_s = look && look->limit_s > 0 ? look->limit_s : QY_PLOT_LIMIT_S;
  qy_status status = QY_OK;
  outcome result = {0};
  qy_text input = {0};
  sigset_t ending, before;
  if (text) *text = NULL;
  ending_signals(&ending); /* they wait until the temporary files are gone */
  pthread_sigmask(SIG_BLOCK, &ending, &before);
  if (!dumb) {
    snprintf(picture, sizeof picture, "%s.%s", file_stem, formats[format].extension);
    snprintf(kept, sizeof kept, "%s.gp", file_stem);
    status = new_file(temporary, file_stem, formats[format].extension, err);
    if (status != QY_OK) goto cleanup;
    qy_text_add(&input, "picture = ");
    script_path(&input, temporary);
  }
  qy_text_put(&input, "\n", 1);
  const char *rest = s->data + strlen(QY_PLOT_FIRST_LINE);
  const size_t length = s->length - strlen(QY_PLOT_FIRST_LINE);
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
  if (!dumb) status = qy_file_write(kept, s->data, s->length, err);
  if (!status) status = new_file(own, dumb ? NULL : file_stem, "gp", err);
  if (!status) status = fill(own, &input, err);
  if (!status) status = run(&result, program, own, limit_s, &ending, err);
  if (status) goto cleanup;

  char *closing = result.out ? strstr(result.out, CLOSING_WORD) : NULL;
  bool good = result.code <= 0 && closing;
  if (good && !dumb) status = put_picture(&good, picture, temporary, format, err);
  if (!status && !good) status = explain(&result, &input, dumb ? NULL : kept, program, err);
  if (!status && dumb) {
    *closing = '\0';
    *text = result.out;
    result.out = NULL;
  }

cleanup:
  if (temporary[0]) unlink(temporary);
  if (own[0]) unlink(own);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  qy_text_free(&input);
  free(result.out);
  free(result.err);
  return status;
}
