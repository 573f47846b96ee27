/* Which files a command that takes results out may write over. */
#include "cli.h"

#include "quarry/file.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_begins_with(const char *file, const char *bytes, size_t length)
{
  char found[128];
  const int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const bool same = fd >= 0 && length <= sizeof found && read(fd, found, length) == (ssize_t)length &&
                    memcmp(found, bytes, length) == 0;
  if (fd >= 0) close(fd);
  return same;
}

/* The database or what SQLite keeps beside it, whether that is there now or not. */
static bool is_of_database(const char *file, const struct stat *is, const char *database)
{
  static const char *const beside[] = {"", "-wal", "-shm", "-journal"};
  char path[4096];
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
    struct stat own;
    if (snprintf(path, sizeof path, "%s%s", database, beside[i]) >= (int)sizeof path) continue;
    if (strcmp(path, file) == 0) return true;
    if (is && stat(path, &own) == 0 && own.st_dev == is->st_dev && own.st_ino == is->st_ino) return true;
  }
  return false;
}

qy_status output_file_check(const char *file, const char *database, const char *ending, const char *head, qy_error *err)
{
  static const char sqlite[16] = "SQLite format 3"; /* with its closing zero, as the file has it */
  struct stat is;
  if (!*file) return qy_fail(err, QY_BAD_INPUT, "--output: expected the name of a file, found \"\"");
  if (qy_file_is_stream(file)) return QY_OK;
  const bool there = stat(file, &is) == 0;
  if (is_of_database(file, there ? &is : NULL, database))
    return qy_fail(err, QY_BAD_INPUT, "--output: expected another file than the database %s, found %s", database, file);
  if (!there) return qy_file_place(file, err);
  if (is.st_size == 0) return QY_OK;
  if (!S_ISREG(is.st_mode))
    return qy_fail(err, QY_BAD_INPUT, "--output: expected a file, found the directory %s", file);
  if (file_begins_with(file, sqlite, sizeof sqlite))
    return qy_fail(err, QY_BAD_INPUT, "--output: expected a file that is no database, found the database %s", file);
  if (head && !file_begins_with(file, head, strlen(head)))
    return qy_fail(err, QY_BAD_INPUT,
                   "--output: expected %s to be new or of an earlier export, found a file of another", file);
  const char *end = strrchr(file, '.');
  if (end && strchr(end, '/')) end = NULL;
  if (!end || strcmp(end + 1, ending) != 0)
    return qy_fail(
        err, QY_BAD_INPUT,
        "--output: expected a new file, or one that ends in .%s and may be replaced; found %s, which is there", ending,
        file);
  return QY_OK;
}
