/* Files that are written and where they may be, children and what they are given: what the system says of them
 * after. */
#include "quarry/child.h"
#include "quarry/csv.h"
#include "quarry/file.h"
#include "quarry/yaml.h"

#include "files.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/quarry-places-XXXXXX";

static const char *content(const char *file)
{
  static char text[200];
  FILE *in = fopen(file, "r");
  text[in ? fread(text, 1, sizeof text - 1, in) : 0] = '\0';
  if (in) fclose(in);
  return text;
}

static int entries(void)
{
  int count = 0;
  DIR *d = opendir(".");
  for (struct dirent *e; d && (e = readdir(d)) != NULL;)
    count += e->d_name[0] != '.' || strlen(e->d_name) > 2;
  if (d) closedir(d);
  return count;
}

static mode_t mode_of(const char *file)
{
  struct stat is;
  return stat(file, &is) == 0 ? is.st_mode & 0777 : 0;
}

/* ---- places ---- */

static void place(const char *file, const char *said)
{
  qy_error err = {0};
  const qy_status status = qy_file_place(file, &err);
  if (!said) is_int(status, QY_OK, file);
  if (said)
    ok(status == QY_BAD_INPUT && err.count == 1 && strstr(err.diagnostic[0].text, said) && !err.diagnostic[0].line &&
           !err.diagnostic[0].column,
       "%s: %s", file, err.count ? err.diagnostic[0].text : "may be");
  qy_error_clear(&err);
}

static void places(void)
{
  mkdir("folder", 0755);
  mkdir("folder/inner", 0755);
  write_file("plain", "x");
  ok(symlink("folder/inner", "link") == 0 && symlink("none/there", "dangling") == 0, "links");
  place("new", NULL);
  place("folder/new", NULL);
  place("folder/inner/new", NULL);
  place("./folder//new", NULL);
  place("link/new", NULL);
  place("/tmp/new", NULL);
  place("/new-at-the-root", NULL);
  place("none/new", "there is no directory none)");
  place("folder/none/deep/new", "there is no directory folder/none)");
  place("/no-such-folder-here/new", "there is no directory /no-such-folder-here)");
  place("plain/new", "(plain is a file)");
  place("folder/../plain/new", "(folder/../plain is a file)");
  place("dangling", "/none)");
}

static void written(void)
{
  qy_error err = {0};
  umask(027);
  const int before = entries();
  is_int(qy_file_write("made", "one\n", 4, &err), QY_OK, "a new file");
  is_text(content("made"), "one\n", "holds the text");
  is_int(mode_of("made"), 0640, "and has the mode that the umask leaves");
  chmod("made", 0604);
  is_int(qy_file_write("made", "two", 3, &err), QY_OK, "once more");
  is_text(content("made"), "two", "holds the other");
  is_int(mode_of("made"), 0604, "and keeps its mode");
  ok(symlink("made", "to-made") == 0 && qy_file_write("to-made", "", 0, &err) == QY_OK, "through a link");
  is_text(content("made"), "", "the target is written");
  char target[20] = "";
  ok(readlink("to-made", target, sizeof target - 1) == 4, "and the link stays");
  is_int(qy_file_write("none/made", "x", 1, &err), QY_BAD_INPUT, "where there is no folder");
  qy_error_clear(&err);
  is_int(qy_file_write("folder", "x", 1, &err) != QY_OK, 1, "a folder is not written");
  qy_error_clear(&err);
  is_int(entries(), before + 2, "nothing else is left");
  const char *null = own_device("/dev/null");
  is_int(qy_file_write(null, "x", 1, &err), QY_OK, "a device");
  ok(qy_file_is_stream(null) && !qy_file_is_stream("made") && !qy_file_is_stream("nothing"), "is a stream");
  umask(022);
}

/* ---- children ---- */

static int run(const char *script, const char *directory, bool group, int in, int out, int errors)
{
  const char *const arguments[] = {"sh", "-c", script, NULL};
  const int stream[3] = {in, out, errors};
  pid_t pid;
  int status;
  const int code = qy_child_start(&pid, "sh", arguments, directory, stream, group);
  if (code) return -code;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Forty links are followed, and no more. */
static void many_links(void)
{
  char name[24], before[24] = "at-the-end";
  for (int i = 1; i <= 41; i++) {
    snprintf(name, sizeof name, "link-%d", i);
    ok(symlink(before, name) == 0, "a link");
    if (i >= 39) {
      qy_error err = {0};
      const qy_status status = qy_file_write(name, name, strlen(name), &err);
      ok((status == QY_OK) == (i <= 40), "%d links", i);
      is_text(content("at-the-end"), i <= 40 ? name : before, "to the file at their end");
    }
    memcpy(before, name, sizeof name);
  }
}

/* A process may have closed its standard input: files then take its number. */
static void without_input(void)
{
  const int input = dup(STDIN_FILENO), output = open("stream", O_RDWR | O_CREAT, 0600);
  char stream[40];
  snprintf(stream, sizeof stream, "/dev/fd/%d", output);
  close(STDIN_FILENO);
  const qy_status status[] = {qy_file_write("by-name", "a\n", 2, NULL), qy_file_write(stream, "b\n", 2, NULL),
                              qy_file_write(own_device("/dev/null"), "c\n", 2, NULL)};
  if (input >= 0) dup2(input, STDIN_FILENO);
  is_int(status[0], QY_OK, "a file is written without a standard input");
  is_text(content("by-name"), "a\n", "whole");
  is_int(status[1], QY_OK, "and what is open");
  is_text(content("stream"), "b\n", "whole, too");
  is_int(status[2], QY_OK, "and a device");
  close(input);
  close(output);
}

/* A disk that is full, as a limit to the size of files has it: what was there stays, and nothing else is left. */
static void no_room(void)
{
  static const char text[] = "more than there is room for\n";
  struct rlimit before, little = {.rlim_cur = 4};
  void (*const old)(int) = signal(SIGXFSZ, SIG_IGN);
  qy_error err = {0};
  write_file("full", "old\n");
  const int had = entries();
  getrlimit(RLIMIT_FSIZE, &before);
  little.rlim_max = before.rlim_max;
  setrlimit(RLIMIT_FSIZE, &little);
  const qy_status status = qy_file_write("full", text, sizeof text - 1, &err);
  const qy_status fits = qy_file_write("fits", "1234", 4, NULL);
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, old);
  ok(status == QY_SYSTEM && err.count == 1 && strstr(err.diagnostic[0].text, "File too large"), "no room for a file");
  is_text(content("full"), "old\n", "what was there stays");
  is_int(fits, QY_OK, "what fits is written");
  is_int(entries(), had + 1, "and nothing else is left");
}

static void children(void)
{
  static const int usual[] = {SIGPIPE, SIGINT, SIGQUIT, SIGXFSZ};
  char script[100], path[300];
  write_file("in", "given\n");
  const int in = open("in", O_RDONLY), out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600),
            errors = open("errors", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  is_int(run("cat; echo out; echo wrong >&2; exit 7", NULL, false, in, out, errors), 7, "a child's own code");
  is_text(content("out"), "given\nout\n", "what it is given, and its output");
  is_text(content("errors"), "wrong\n", "its errors");
  is_int(run("read x", NULL, false, -1, -1, -1), 1, "no input ends at once");
  is_int(run("echo x && echo y >&2", NULL, false, -1, -1, -1), 0, "no output goes nowhere");
  ftruncate(out, 0);
  lseek(out, 0, SEEK_SET);
  is_int(run("pwd -P", "folder", false, -1, out, -1), 0, "in another directory");
  snprintf(path, sizeof path, "%s/folder\n", dir);
  is_text(content("out"), path, "it stands there");
  is_int(run("true", "no-such-folder", false, -1, -1, -1), -ENOENT, "that is not there");
  snprintf(script, sizeof script, "test $(ps -o pgid= -p $$) -eq %d", (int)getpgrp());
  is_int(run(script, NULL, false, -1, -1, -1), 0, "in the group of its parent");
  is_int(run("test $(ps -o pgid= -p $$) -eq $$", NULL, true, -1, -1, -1), 0, "or in one of its own");
  lseek(in, 0, SEEK_SET);
  ftruncate(out, 0);
  lseek(out, 0, SEEK_SET);
  ok(dup2(in, 0) == 0 && run("cat", NULL, false, 0, out, -1) == 0, "the standard input of its parent");
  is_text(content("out"), "given\n", "is its own");
  const char *const none[] = {"no-such-program-here", NULL};
  pid_t pid;
  is_int(qy_child_start(&pid, none[0], none, NULL, (const int[3]){-1, -1, -1}, false), ENOENT, "no such program");
  for (int i = 0; i < 3; i++) {
    int given[3] = {-1, -1, -1};
    given[i] = 1 << 30;
    is_int(qy_child_start(&pid, none[0], none, NULL, given, false), EBADF, "a stream that there cannot be");
  }

  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  is_int(run("kill -TERM $$; exit 3", NULL, false, -1, -1, -1), 1000 + SIGTERM, "what the parent blocks it does not");
  sigprocmask(SIG_SETMASK, &before, NULL);
  for (size_t s = 0; s < sizeof usual / sizeof *usual; s++) {
    void (*const old)(int) = signal(usual[s], SIG_IGN);
    snprintf(script, sizeof script, "kill -%d $$; exit 3", usual[s]);
    is_int(run(script, NULL, false, -1, -1, -1), 1000 + usual[s], "nor does it ignore what the parent does");
    signal(usual[s], old);
  }
  close(in);
  close(out);
  close(errors);
}

/* ---- tables, words ---- */

static void tables(void)
{
  static const char *const names[] = {"value"};
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_csv csv;
  int at;
  bool more = false;
  write_file("t.csv", "name,value\na,4\n");
  ok(!qy_csv_open(&csv, "t.csv", arena, &err) && !qy_csv_columns(&csv, names, 1, &at, &err) && at == 1 &&
         !qy_csv_next(&csv, &more, &err) && more && strcmp(csv.field[1], "4") == 0,
     "a table of a file");
  is_int(qy_csv_open(&csv, "none.csv", arena, &err), QY_BAD_INPUT, "no such file");
  qy_error_clear(&err);
  static const char *const kinds[] = {"conv", "dwconv", "pool"};
  int kind;
  write_file("t.csv", "name,value\ndwconv,4\ndwcon,4\nxyzzy,4\n");
  qy_csv_open(&csv, "t.csv", arena, &err);
  ok(!qy_csv_next(&csv, &more, &err) && !qy_csv_choice(&csv, 0, kinds, 3, &kind, &err) && kind == 1, "one of three");
  ok(!qy_csv_next(&csv, &more, &err) && qy_csv_choice(&csv, 0, kinds, 3, &kind, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "one of conv, dwconv, pool, found 'dwcon'; did you mean 'dwconv'?"),
     "none of them, and the nearest: %s", err.count ? err.diagnostic[0].text : "");
  qy_error_clear(&err);
  ok(!qy_csv_next(&csv, &more, &err) && qy_csv_choice(&csv, 0, kinds, 3, &kind, &err) == QY_BAD_INPUT &&
         !strstr(err.diagnostic[0].text, "did you mean"),
     "nothing near");
  qy_error_clear(&err);
  qy_arena_free(arena);

  static const char *const known[] = {"rows", "columns", "engines"};
  char out[QY_DID_YOU_MEAN];
  is_text(qy_did_you_mean(out, "colums", known, 3), "; did you mean \"columns\"?", "a letter left out");
  is_text(qy_did_you_mean(out, "enignes", known, 3), "; did you mean \"engines\"?", "two letters swapped");
  is_text(qy_did_you_mean(out, "zzzzzz", known, 3), "", "nothing near");
}

/* Whole numbers are decimals with or without a sign, no leading zeros, in range to the last one. */
static void integers(void)
{
  static const struct {
    const char *text;
    bool good;
    int64_t value;
  } row[] = {{"5", true, 5},    {"-5", true, -5},   {"+5", true, 5},   {"0", true, 0},
             {"-0", true, 0},   {"100", true, 100}, {"-7", true, -7},  {"101", false, 0},
             {"-8", false, 0},  {"05", false, 0},   {"-05", false, 0}, {"--5", false, 0},
             {"+-5", false, 0}, {"5.0", false, 0},  {"5e0", false, 0}, {"0x5", false, 0},
             {"'5'", false, 0}, {"5 6", false, 0},  {"+", false, 0},   {"99999999999999999999", false, 0}};
  qy_arena *arena = qy_arena_new();
  int wrong = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char text[60];
    qy_yaml *root = NULL;
    int64_t value = 77;
    qy_error err = {0};
    snprintf(text, sizeof text, "n: %s\n", row[i].text);
    write_file("n.yaml", text);
    wrong += qy_yaml_read_file(&root, "n.yaml", arena, &err) != QY_OK;
    const qy_status status = root ? qy_yaml_integer(qy_yaml_get(root, "n"), -7, 100, &value, &err) : QY_INTERNAL;
    const bool good = row[i].good ? !status && value == row[i].value : status == QY_BAD_INPUT;
    if (!good && ++wrong) printf("# %s: %d\n", row[i].text, (int)value);
    qy_error_clear(&err);
  }
  is_int(wrong, 0, "whole numbers, and what is none");
  qy_arena_free(arena);
}

int main(void)
{
  char real[300];
  if (!mkdtemp(dir) || chdir(dir) != 0) return 1;
  if (!getcwd(real, sizeof real)) return 1;
  places();
  written();
  many_links();
  no_room();
  without_input();
  children();
  tables();
  integers();
  if (chdir("/") == 0) qy_folder_remove(dir);
  return done();
}
