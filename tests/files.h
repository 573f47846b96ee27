/* Files and commands of tests. */
#ifndef QUARRY_TESTS_FILES_H
#define QUARRY_TESTS_FILES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static inline bool write_bytes(const char *path, const void *bytes, size_t length)
{
  FILE *f = fopen(path, "wb");
  bool good = f && fwrite(bytes, 1, length, f) == length;
  if (f) good = fclose(f) == 0 && good;
  return good;
}

static inline bool write_file(const char *path, const char *text)
{
  return write_bytes(path, text, strlen(text));
}

/* A new file with this text; `name` is a template "/tmp/...XXXXXX" with `suffix` more bytes behind it. */
static inline bool write_new_file(char *name, int suffix, const char *text)
{
  int fd = mkstemps(name, suffix);
  if (fd < 0) return false;
  close(fd);
  return write_file(name, text);
}

/* A device to write to, of the numbers of /dev/null or /dev/full: for root one of its own in the folder where the test
 * stands, since a program with a fault that writes a file instead would put it in the place of the system's; that one
 * where devices cannot be made or used here. */
static inline const char *own_device(const char *system)
{
  enum { MAJOR = 1, NULL_MINOR = 3, FULL_MINOR = 7 };
  const char *name = strrchr(system, '/') + 1;
  const dev_t number = makedev(MAJOR, strcmp(name, "full") == 0 ? FULL_MINOR : NULL_MINOR);
  if (geteuid() != 0) return system;
  if (access(name, F_OK) != 0 && mknod(name, S_IFCHR | 0600, number) != 0) return system;
  FILE *opened = fopen(name, "w");
  if (!opened) return system;
  fclose(opened);
  return name;
}

/* First line that a command prints, without its line feed; "" when there is none. */
static inline void first_line(const char *command, char *line, int size)
{
  FILE *p = popen(command, "r");
  line[0] = '\0';
  if (!p) return;
  if (!fgets(line, size, p)) line[0] = '\0';
  line[strcspn(line, "\n")] = '\0';
  pclose(p);
}

#endif
