/* Files and commands of tests. */
#ifndef QUARRY_TESTS_FILES_H
#define QUARRY_TESTS_FILES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
