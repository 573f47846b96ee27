/* What an importer may write over, and what not. */
#include "quarry/file.h"

#include "files.h"
#include "tap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/quarry-import-XXXXXX";

static qy_status import(const char *out, const char *text, const char *input)
{
  qy_error err = {0};
  const qy_import_file file = {.file = out, .text = text, .length = strlen(text)};
  qy_status status = qy_import_write(&file, 1, &input, 1, &err);
  if (status && (!err.count || err.diagnostic[0].line || err.diagnostic[0].column))
    ok(0, "no reason was given, or one of a place in the file");
  return status;
}

/* Does the file end in this text? */
static int ends(const char *file, const char *text)
{
  char all[512];
  FILE *f = fopen(file, "rb");
  size_t length = f ? fread(all, 1, sizeof all, f) : 0;
  if (f) fclose(f);
  return length >= strlen(text) && memcmp(all + length - strlen(text), text, strlen(text)) == 0;
}

static void own_outputs(void)
{
  const char *input = "in.csv", *out = "out.csv";
  write_file(input, "in\n");
  ok(import(out, "a,b\n1,2\n", input) == QY_OK && ends(out, "\na,b\n1,2\n"), "a new file is written below one line");
  char first[256], command[128];
  snprintf(command, sizeof command, "tail -n +2 %s | sha256sum | cut -d' ' -f1", out);
  char sum[128];
  first_line(command, sum, sizeof sum);
  snprintf(command, sizeof command, "head -1 %s", out);
  first_line(command, first, sizeof first);
  ok(first[0] == '#' && strlen(sum) == 64 && strstr(first, sum), "which is a comment with sha256sum's of the rest");
  ok(import(out, "c\n", input) == QY_OK && ends(out, "\nc\n"), "its own output is written again");
  FILE *f = fopen(out, "a");
  if (f) fputs("# my note\n", f), fclose(f);
  ok(import(out, "d\n", input) == QY_BAD_INPUT && ends(out, "c\n# my note\n"), "not after somebody changed it");
  write_file(out, "");
  ok(import(out, "", input) == QY_OK && import(out, "e\n", input) == QY_OK, "an empty file, and an empty output");
  ok(import(own_device("/dev/null"), "e\n", input) == QY_OK, "a device");
}

/* Formats without comments: the sum is the caller's. */
static void with_sums(void)
{
  const char *input = "in.csv", *out = "out.f32", *sum[2] = {"", ""};
  char first[128], second[128];
  write_file(input, "in\n");
  write_file(out, "\x01\xff\n");
  first_line("printf '\\001\\377\\n' | sha256sum | cut -d' ' -f1", first, sizeof first);
  first_line("printf '' | sha256sum | cut -d' ' -f1", second, sizeof second);
  ok(qy_import_check(out, NULL, 0, &input, 1, NULL) == QY_BAD_INPUT, "without its sum a file is another's");
  sum[0] = second;
  ok(qy_import_check(out, sum, 1, &input, 1, NULL) == QY_BAD_INPUT, "so it is with the sum of something else");
  sum[0] = first;
  ok(qy_import_check(out, sum, 1, &input, 1, NULL) == QY_OK, "with its own alone it may be written");
  sum[0] = second;
  sum[1] = first;
  ok(qy_import_check(out, sum, 2, &input, 1, NULL) == QY_OK, "with sha256sum's it may be written");
  ok(qy_import_check(out, sum, 2, &out, 1, NULL) == QY_BAD_INPUT, "unless it is the input");
  write_file(out, "\x01\xfe\n");
  ok(qy_import_check(out, sum, 2, &input, 1, NULL) == QY_BAD_INPUT, "or has changed since");
  write_file(out, "");
  ok(qy_import_check(out, NULL, 0, &input, 1, NULL) == QY_OK, "an empty one may be");
  ok(qy_import_check("absent.f32", NULL, 0, &input, 1, NULL) == QY_OK, "and a new one");
}

/* Every kind of comment; any byte that is changed, or is missing at the end, makes the file another's. */
static void head_lines(void)
{
  static const char *const comment[] = {NULL, "#", "//", "%", "<!--"}, *const behind[] = {"", "", "", "", " -->"},
                           *const command[] = {"quantize", "amaze"};
  const char *input = "in.csv", *out = "headed.txt", text[] = "a,b\n1,2\n";
  write_file(input, "in\n");
  for (size_t k = 0; k < sizeof comment / sizeof *comment; k++) {
    const qy_import_file file = {.file = out,
                                 .text = text,
                                 .length = sizeof text - 1,
                                 .comment = comment[k],
                                 .command = k % 2 ? command[k / 2] : NULL};
    char all[256], first[32];
    unlink(out);
    if (!ok(qy_import_write(&file, 1, &input, 1, NULL) == QY_OK, "a new file")) continue;
    FILE *f = fopen(out, "rb");
    const size_t length = f ? fread(all, 1, sizeof all, f) : 0;
    if (f) fclose(f);
    snprintf(first, sizeof first, "%s Written by quarry %s; ", comment[k] ? comment[k] : "#",
             k % 2 ? command[k / 2] : "import");
    const char *line = memchr(all, '\n', length);
    ok(strncmp(all, first, strlen(first)) == 0 && line && (size_t)(line - all) > strlen(behind[k]) &&
           strncmp(line - strlen(behind[k]), behind[k], strlen(behind[k])) == 0,
       "a head line of \"%s\"", first);
    ok(qy_import_check(out, NULL, 0, &input, 1, NULL) == QY_OK, "known as its own");
    int wrong = 0;
    const size_t letters = strlen(k % 2 ? command[k / 2] : "import"), word = strlen(first) - letters - 2;
    for (size_t i = 0; i < length; i++) {
      const char had = all[i];
      all[i] ^= 1;
      /* The command is any word of small letters. */
      const bool still = i >= word && i < word + letters && all[i] >= 'a' && all[i] <= 'z';
      write_bytes(out, all, length);
      wrong += (qy_import_check(out, NULL, 0, &input, 1, NULL) == QY_OK) != still;
      all[i] = had;
      write_bytes(out, all, i);
      wrong += (qy_import_check(out, NULL, 0, &input, 1, NULL) == QY_OK) != (i == 0);
    }
    is_int(wrong, 0, "and as no other's byte by byte");
  }
}

/* What cannot be looked at is left as it is: a file of the system that cannot be mapped, and one of another user. */
static void hidden_files(void)
{
  const char *input = "in.csv", *of_system = "/sys/kernel/uevent_seqnum";
  const uid_t own = geteuid();
  struct stat is;
  qy_error err = {0};
  write_file(input, "in\n");
  if (stat(of_system, &is) == 0 && S_ISREG(is.st_mode) && is.st_size > 0) {
    const qy_status status = qy_import_check(of_system, NULL, 0, &input, 1, &err);
    ok(status == QY_SYSTEM && err.count == 1 && !err.diagnostic[0].line && !err.diagnostic[0].column &&
           strstr(err.diagnostic[0].text, "cannot be read: No such device"),
       "a file that cannot be mapped: %s", err.count ? err.diagnostic[0].text : "taken");
  }
  qy_error_clear(&err);
  write_file("hidden.csv", "x");
  if (chmod("hidden.csv", 0) != 0 || chmod(".", 0711) != 0) return;
  if (own == 0 && seteuid(65534) != 0) return;
  const qy_status status = qy_import_check("hidden.csv", NULL, 0, &input, 1, &err);
  if (own == 0 && seteuid(own) != 0) return;
  ok(status == QY_BAD_INPUT && err.count == 1 && !err.diagnostic[0].line && !err.diagnostic[0].column &&
         strstr(err.diagnostic[0].text, "expected an output that can be read: Permission denied"),
     "a file that may not be read: %s", err.count ? err.diagnostic[0].text : "taken");
}

static void others_files(void)
{
  const char *input = "in.csv", *other = "other.csv";
  write_file(input, "in\n");
  write_file(other, "# mine\n");
  mkdir("d", 0700);
  ok(import(input, "x\n", input) == QY_BAD_INPUT && ends(input, "in\n"), "the input is kept");
  ok(import(other, "x\n", input) == QY_BAD_INPUT && ends(other, "# mine\n"), "another file is kept");
  write_file("short.csv", "x");
  ok(import("short.csv", "x\n", input) == QY_BAD_INPUT && ends("short.csv", "x"), "one of a single byte, too");
  ok(symlink("in.csv", "soft") == 0 && import("soft", "x\n", input) == QY_BAD_INPUT, "so is a link's target");
  ok(link(input, "hard") == 0 && import("hard", "x\n", input) == QY_BAD_INPUT, "and a hard link's");
  ok(import("d/.././in.csv", "x\n", input) == QY_BAD_INPUT && ends(input, "in\n"), "and the input by another path");
  write_file(input, "");
  ok(import(input, "x\n", input) == QY_BAD_INPUT, "an empty input too");
  const char *made = "made.csv";
  ok(import(made, "net\n", other) == QY_OK && import(made, "x\n", made) == QY_BAD_INPUT && ends(made, "\nnet\n"),
     "an output that is the input of another import is an input");
  ok(import("d", "x\n", input) == QY_BAD_INPUT, "a directory");
  const qy_import_file two[] = {{.file = "new.csv", .text = "x\n", .length = 2},
                                {.file = other, .text = "y\n", .length = 2}};
  ok(qy_import_write(two, 2, &input, 1, NULL) == QY_BAD_INPUT && access(two[0].file, F_OK) != 0,
     "of two files none is written when one may not be");
  /* The second cannot be moved into place: its target became a directory.  The first is as it was. */
  qy_files *files = qy_files_new();
  write_file("first.csv", "before\n");
  ok(files && qy_files_add(files, "first.csv", "after\n", 6, NULL) == QY_OK &&
         qy_files_add(files, "third.csv", "new\n", 4, NULL) == QY_OK &&
         qy_files_add(files, "second.csv", "after\n", 6, NULL) == QY_OK && mkdir("second.csv", 0755) == 0,
     "three files to write together");
  ok(qy_files_commit(files, NULL) == QY_SYSTEM && ends("first.csv", "before\n") && access("third.csv", F_OK) != 0,
     "one that cannot be written leaves the others as they were");
  qy_files_free(files);
  qy_files_free(NULL);
  char left[64];
  first_line("ls | grep -c 'first.csv.\\|third.csv\\|second.csv.' || true", left, sizeof left);
  ok(strcmp(left, "0") == 0, "and no temporary file");
  const qy_import_file twins[] = {{.file = "twin.csv", .text = "x\n", .length = 2},
                                  {.file = "twin.csv", .text = "y\n", .length = 2}};
  ok(qy_import_write(twins, 2, &input, 1, NULL) == QY_BAD_INPUT && access("twin.csv", F_OK) != 0,
     "nor when both have one name");
}

/* Does a shell command succeed? */
static bool shell(const char *command)
{
  return system(command) == 0; /* NOLINT(bugprone-command-processor,cert-env33-c) */
}

static void links_and_pipes(void)
{
  const char *input = "in.csv";
  write_file(input, "in\n");
  ok(symlink("far.csv", "dangling") == 0 && import("dangling", "a\n", input) == QY_OK && ends("far.csv", "\na\n") &&
         shell("test -L dangling"),
     "a link to a file that is not there yet is followed");
  ok(mkdir("sub", 0700) == 0 && symlink("sub/x.csv", "into") == 0 && import("into", "b\n", input) == QY_OK &&
         ends("sub/x.csv", "\nb\n") && import("into", "c\n", input) == QY_OK && ends("sub/x.csv", "\nc\n") &&
         shell("test -L into"),
     "and one into another directory, twice");
  ok(symlink(own_device("/dev/full"), "to-full") == 0 && import("to-full", "d\n", input) == QY_SYSTEM &&
         shell("test -L to-full"),
     "a link to a device is written through");
  ok(symlink("loop", "loop") == 0 && import("loop", "d\n", input) == QY_SYSTEM && shell("test -L loop"), "a loop");
  ok(mkfifo("pipe", 0600) == 0 && import("pipe", "d\n", input) == QY_SYSTEM && shell("test -p pipe"),
     "a pipe that nobody reads does not hold us");
  const int reader = open("pipe", O_RDONLY | O_NONBLOCK);
  char text[256] = "";
  ok(import("pipe", "e\n", input) == QY_OK && read(reader, text, sizeof text - 1) > 0 && strstr(text, "\ne\n") &&
         shell("test -p pipe"),
     "one that is read is written");
  close(reader);
  /* A descriptor that appends to a file which holds something, by /dev/fd and by a link to it. */
  const int own = open("own.txt", O_RDWR | O_CREAT | O_APPEND, 0600);
  char name[64];
  snprintf(name, sizeof name, "/dev/fd/%d", own);
  ok(write(own, "mine\n", 5) == 5 && import(name, "f\n", input) == QY_OK && ends("own.txt", "\nf\n") &&
         shell("head -1 own.txt | grep -q mine"),
     "what the shell opened is written as it is");
  ok(symlink(name, "to_fd") == 0 && import("to_fd", "g\n", input) == QY_OK && ends("own.txt", "\ng\n") &&
         shell("head -1 own.txt | grep -q mine"),
     "by a link, too");
  close(own);
}

/* Without a standard input a file that is asked about gets its number 0. */
static void without_input(void)
{
  const int was = dup(STDIN_FILENO);
  write_file("in.csv", "in\n");
  write_file("others.csv", "# mine\n");
  close(STDIN_FILENO);
  const qy_status status = import("others.csv", "x\n", "in.csv");
  if (was >= 0) dup2(was, STDIN_FILENO);
  close(was);
  ok(status == QY_BAD_INPUT && ends("others.csv", "# mine\n"), "another file is kept without a standard input, too");
}

int main(void)
{
  if (!mkdtemp(dir) || chdir(dir)) return 1;
  without_input();
  own_outputs();
  with_sums();
  head_lines();
  hidden_files();
  others_files();
  links_and_pipes();
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", dir);
  if (system(command)) puts("# the directory is left");
  return done();
}
