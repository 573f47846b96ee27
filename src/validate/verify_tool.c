/* A program run to its end, and files for it: see verify_tool.h. */
#include "verify_tool.h"

#include "quarry/child.h"
#include "quarry/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

enum { SAID_MAX = 4 << 20, LINE_SHOWN = 200 };

/* Read to the end; what goes beyond the room is dropped at the front, since messages come last. */
static void read_all(qy_text *text, int fd)
{
  char buffer[1 << 16];
  for (;;) {
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    if (text->length + (size_t)n > SAID_MAX) qy_text_free(text);
    qy_text_put(text, buffer, (size_t)n);
  }
}

/* The last line that says "error", else the last one. */
static const char *message_in(const char *said, int *length)
{
  const char *best = "", *last = "";
  for (const char *line = said; *line;) {
    size_t n = strcspn(line, "\n");
    if (n > 0) last = line;
    if (memmem(line, n, "ERROR", 5) || memmem(line, n, "rror:", 5)) best = line;
    line += n + (line[n] == '\n');
  }
  if (!*best) best = last;
  const size_t n = strcspn(best, "\n");
  *length = n < LINE_SHOWN ? (int)n : LINE_SHOWN;
  return best;
}

/* What the way in which it ended means. */
static qy_status judge(const char *program, int state, const char *said, qy_error *err)
{
  int length;
  const char *message = message_in(said, &length);
  if (WIFEXITED(state) && WEXITSTATUS(state) == 0) return QY_OK;
  if (WIFSIGNALED(state) && WTERMSIG(state) == SIGINT)
    return qy_fail(err, QY_INTERRUPTED, "%s was interrupted", program);
  if (WIFSIGNALED(state))
    return qy_fail(err, QY_SYSTEM, "%s was ended by signal %d (%s)", program, WTERMSIG(state),
                   strsignal(WTERMSIG(state)));
  return qy_fail(err, QY_SYSTEM, "%s ended with code %d%s%.*s", program, WEXITSTATUS(state), length ? ": " : "", length,
                 message);
}

static qy_status run(qy_text *text, bool *missing, const char *const *arguments, const char *directory, qy_error *err)
{
  int ends[2], state = 0;
  pid_t pid, ended;
  const char *program = arguments[0];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return qy_fail(err, QY_SYSTEM, "cannot open a pipe to %s: %s", program, strerror(errno));
  const int code =
      qy_child_start(&pid, arguments[0], arguments, directory, (const int[3]){-1, ends[1], ends[1]}, false);
  close(ends[1]);
  if (code != 0) {
    close(ends[0]);
    *missing = code == ENOENT;
    if (*missing) return qy_fail(err, QY_SYSTEM, "%s is missing: not found in PATH", program);
    return qy_fail(err, QY_SYSTEM, "cannot start %s: %s", program, strerror(code));
  }
  read_all(text, ends[0]);
  close(ends[0]);
  do
    ended = waitpid(pid, &state, 0);
  while (ended < 0 && errno == EINTR);
  if (ended != pid) return qy_fail(err, QY_SYSTEM, "lost %s: %s", program, strerror(errno));
  if (text->failed) return qy_no_memory(err);
  return judge(program, state, text->data ? text->data : "", err);
}

qy_status tool_run(const char **said, bool *missing, const char *const *arguments, const char *directory,
                   qy_arena *arena, qy_error *err)
{
  assert(said && missing && arguments && arguments[0] && directory && arena);
  struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
  qy_text text = {0};
  *said = "";
  *missing = false;
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGINT, &ignore, &interrupt);
  sigaction(SIGQUIT, &ignore, &quit);
  qy_status status = run(&text, missing, arguments, directory, err);
  sigaction(SIGINT, &interrupt, NULL);
  sigaction(SIGQUIT, &quit, NULL);
  if (text.data) *said = qy_arena_text(arena, text.data, text.length);
  qy_text_free(&text);
  if (status == QY_OK && !*said) status = qy_no_memory(err);
  return status;
}

qy_status tool_write(const char *directory, const char *name, const qy_text *text, qy_arena *arena, qy_error *err)
{
  assert(directory && name && text && arena);
  const char *file = qy_arena_format(arena, "%s/%s", directory, name);
  if (!file || text->failed) return qy_no_memory(err);
  return qy_file_write(file, text->data ? text->data : "", text->length, err);
}
