/* New databases as a copy: see image.h. */
#include "image.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, MODE = 0644 };

/* What is not written stays a hole, which reads as zeros. */
static bool write_pieces(int fd, const store_image *image)
{
  bool good = ftruncate(fd, (off_t)image->bytes) == 0;
  const unsigned char *data = image->data;
  for (const store_piece *p = image->piece; good && p->length; data += p->length, p++)
    good = pwrite(fd, data, p->length, (off_t)p->at) == (ssize_t)p->length;
  return good;
}

/* The file is without a name until it is whole and on the disk; a name that is there by then stays another's.  The name
 * is on the disk with that of the write-ahead log, which SQLite sees to before anything that it must keep. */
static bool place(const char *path, const char *directory, const store_image *image)
{
  char descriptor[64];
  const int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
  if (fd < 0) return false;
  snprintf(descriptor, sizeof descriptor, "/proc/self/fd/%d", fd);
  const bool made = write_pieces(fd, image) && fdatasync(fd) == 0 &&
                    linkat(AT_FDCWD, descriptor, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
  close(fd);
  return made;
}

/* Is it there, or what another database of that name has left: a log that would be taken for this one's? */
static bool is_taken(const char *path)
{
  static const char *const end[] = {"", "-wal", "-shm", "-journal"};
  char name[PATH_BYTES];
  struct stat is;
  for (size_t e = 0; e < sizeof end / sizeof *end; e++)
    if (snprintf(name, sizeof name, "%s%s", path, end[e]) >= (int)sizeof name || lstat(name, &is) == 0) return true;
  return false;
}

bool store_image_place(const char *path, bool many)
{
  assert(path);
  if (is_taken(path)) return false;
  const char *slash = strrchr(path, '/');
  char *directory = slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
  const bool made = directory && place(path, directory, &store_empty[many]);
  free(directory);
  return made;
}
