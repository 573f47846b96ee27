/* Folders for temporary files: where they are, who may enter, what is left. */
#include "quarry/file.h"

#include "files.h"
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
  char under[] = "/tmp/quarry-folder-XXXXXX", command[512], line[64];
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  const char *one = NULL, *other = NULL;
  struct stat is;
  if (!mkdtemp(under) || chdir(under) != 0) return 1;
  setenv("TMPDIR", under, 1);
  const bool made = qy_folder_temporary(&one, "try", arena, &err) == QY_OK &&
                    qy_folder_temporary(&other, "try", arena, &err) == QY_OK;
  ok(made, "two folders are made");
  if (!made) return 1;
  ok(strncmp(one, under, strlen(under)) == 0 && strstr(one, "/quarry-try-") && strcmp(one, other) != 0,
     "under TMPDIR, named after what they are for, each its own");
  ok(stat(one, &is) == 0 && S_ISDIR(is.st_mode) && (is.st_mode & 0777) == 0700, "nobody else may enter");
  write_file("kept.txt", "kept");
  snprintf(command, sizeof command, "mkdir -p %s/a/b && touch %s/a/b/c && ln -s .. %s/a/up", one, one, one);
  ok(system(command) == 0, "files in it, and a link that leads out");
  qy_folder_remove(one);
  ok(stat(one, &is) != 0 && stat(other, &is) == 0 && access("kept.txt", F_OK) == 0,
     "removed with all in it, and no more");
  qy_folder_remove(other);
  qy_folder_remove(NULL);
  first_line("ls", line, sizeof line);
  ok(strncmp(line, "kept.txt", 8) == 0, "nothing else is left");
  for (int empty = 0; empty < 2; empty++) { /* TMPDIR that says nothing, or is not there */
    if (empty)
      setenv("TMPDIR", "", 1);
    else
      unsetenv("TMPDIR");
    ok(qy_folder_temporary(&one, "try", arena, &err) == QY_OK && strncmp(one, "/tmp/quarry-try-", 16) == 0, "in /tmp");
    qy_folder_remove(one);
  }
  setenv("TMPDIR", "/tmp/none/there", 1);
  ok(qy_folder_temporary(&one, "try", arena, &err) == QY_SYSTEM && !one && err.count == 1 &&
         strstr(err.diagnostic[0].text, "TMPDIR"),
     "no such place: said, with what to change");
  static const char *const folders[] = {"a", "a", "b/c/d", "b/c/e/", "./f//g", "kept.txt/x", "b/../kept.txt/y/z"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    const bool good = !strstr(folders[i], "kept");
    ok(qy_folder_make(folders[i]) == good && (stat(folders[i], &is) == 0) == good &&
           (!good || (S_ISDIR(is.st_mode) && (is.st_mode & 0777) == 0700)),
       "folder %s and all above it: %s", folders[i], good ? "made, or there" : "not under a file");
  }
  snprintf(command, sizeof command, "%s/h/i/j", under);
  ok(qy_folder_make(command) && stat(command, &is) == 0 && S_ISDIR(is.st_mode), "by its whole path");
  qy_folder_remove(under);
  ok(stat(under, &is) != 0, "removed with all folders in it");
  qy_arena_free(arena);
  return done();
}
