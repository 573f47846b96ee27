/* Reading a whole file into memory: see file.h. */
#include "quarry/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_READ = 64 * 1024 };

static qy_status too_big(const char *file, qy_error *err)
{
  return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a file of at most %d MiB, found a larger one",
                    QY_FILE_BYTES_MAX / (1024 * 1024));
}

qy_status qy_file_read(char **text, size_t *length, const char *file, qy_arena *arena, qy_error *err)
{
  assert(text && length && file);
  qy_status status = QY_OK;
  void *buffer = NULL;
  size_t capacity = 0, used = 0;
  struct stat info;
  *text = NULL;
  *length = 0;

  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const char *why = errno == ENOENT ? "no such file" : strerror(errno);
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a readable file: %s", why);
  }
  if (fstat(fd, &info) != 0) {
    status = qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot read the file's size: %s", strerror(errno));
    goto out;
  }
  if (S_ISDIR(info.st_mode)) {
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a file, found a directory");
    goto out;
  }
  if (S_ISREG(info.st_mode) && info.st_size > QY_FILE_BYTES_MAX) {
    status = too_big(file, err);
    goto out;
  }
  size_t expected = S_ISREG(info.st_mode) ? (size_t)info.st_size + 1 : FIRST_READ;
  for (;;) { /* the size is a hint only: pipes have none, and a file may grow */
    if (used == capacity && qy_grow(&buffer, &capacity, used ? used + 1 : expected, 1) != 0) {
      status = qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory after %zu bytes", used);
      goto out;
    }
    ssize_t got = read(fd, (char *)buffer + used, capacity - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      status = qy_fail_at(err, QY_SYSTEM, file, 0, 0, "reading failed: %s", strerror(errno));
      goto out;
    }
    if (got == 0) break;
    used += (size_t)got;
    if (used > QY_FILE_BYTES_MAX) {
      status = too_big(file, err);
      goto out;
    }
  }
  *text = qy_arena_text(arena, buffer, used);
  *length = used;
  if (!*text) status = qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory for %zu bytes", used);

out:
  free(buffer);
  close(fd);
  return status;
}

qy_status qy_file_write(const char *file, const char *text, size_t length, qy_error *err)
{
  assert(file && (text || length == 0));
  enum { MODE = 0644 }; /* mkstemp's own is for the owner alone */
  struct stat is;
  char *found = realpath(file, NULL); /* NULL: not there yet; a link is written through */
  const char *target = found ? found : file;
  const bool replace = !found || (stat(found, &is) == 0 && S_ISREG(is.st_mode)); /* never a device or a pipe */
  size_t size = strlen(target) + sizeof ".XXXXXX";
  char *temporary = qy_alloc(size, 1);
  if (!temporary) {
    free(found);
    return qy_no_memory(err);
  }
  snprintf(temporary, size, "%s%s", target, replace ? ".XXXXXX" : "");
  int fd = replace ? mkstemp(temporary) : open(target, O_WRONLY | O_TRUNC | O_CLOEXEC);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  int failed = !out || fwrite(text, 1, length, out) != length || fflush(out) || (replace && fchmod(fd, MODE));
  int reason = errno;
  if (out && fclose(out) && !failed) {
    failed = 1;
    reason = errno;
  } else if (!out && fd >= 0) {
    close(fd);
  }
  if (!failed && replace && rename(temporary, target)) {
    failed = 1;
    reason = errno;
  }
  if (failed && replace && fd >= 0) unlink(temporary);
  free(temporary);
  free(found);
  return failed ? qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot be written: %s", strerror(reason)) : QY_OK;
}
