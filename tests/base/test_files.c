/* Files of any size read, files written together piece by piece, and streams among them: all or none. */
#include "quarry/file.h"

#include "files.h"
#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static char dir[] = "/tmp/quarry-files-XXXXXX";

/* Bytes of which no two pieces are alike. */
static char *filled(size_t length)
{
  char *text = malloc(length + 1);
  if (!text) abort();
  for (size_t i = 0; i < length; i++)
    text[i] = (char)('a' + (i * 7 + i / 997) % 26);
  text[length] = '\0';
  return text;
}

static int holds(const char *file, const char *text, size_t length)
{
  char *is = malloc(length + 2);
  FILE *in = fopen(file, "rb");
  const int same = is && in && fread(is, 1, length + 1, in) == length && memcmp(is, text, length) == 0;
  if (in) fclose(in);
  free(is);
  return same;
}

static int entries(void)
{
  int count = 0;
  DIR *d = opendir(".");
  for (struct dirent *e; d && (e = readdir(d)) != NULL;)
    count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  if (d) closedir(d);
  return count;
}

static void rest(long ms)
{
  nanosleep(&(struct timespec){.tv_nsec = ms * 1000 * 1000}, NULL);
}

/* A child that puts a text into a file, a bit at a time, or what a file has into another one, once it is opened after
 * so many milliseconds. */
static pid_t writer(const char *to, const char *text, size_t length)
{
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int fd = open(to, O_WRONLY);
  for (size_t done = 0; done < length;) {
    const size_t here = length - done < 10007 ? length - done : 10007;
    const ssize_t put = write(fd, text + done, here);
    if (put < 0) _exit(1);
    done += (size_t)put;
  }
  _exit(0);
}

static pid_t reader(const char *from, const char *to, long ms)
{
  const pid_t pid = fork();
  if (pid != 0) return pid;
  rest(ms);
  char piece[5000];
  const int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (ssize_t got; (got = read(in, piece, sizeof piece)) > 0;)
    if (write(out, piece, (size_t)got) != got) _exit(1);
  _exit(0);
}

static int ended_well(pid_t pid)
{
  int status;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- reading ---- */

/* From a file and from a pipe, whose size is known at its end alone; around the pieces in which it is read. */
static void sizes(void)
{
  static const size_t length[] = {0, 1, 65535, 65536, 65537, 131072, 400001};
  int wrong = 0;
  mkfifo("fifo", 0600);
  for (size_t i = 0; i < sizeof length / sizeof *length; i++) {
    char *text = filled(length[i]);
    write_bytes("plain", text, length[i]);
    for (int fifo = 0; fifo < 2; fifo++) {
      qy_arena *arena = qy_arena_new();
      char *got = NULL;
      size_t count = 1;
      const pid_t pid = fifo ? writer("fifo", text, length[i]) : 0;
      const qy_status status = qy_file_read(&got, &count, fifo ? "fifo" : "plain", arena, NULL);
      wrong += status != QY_OK || count != length[i] || memcmp(got, text, count + 1) != 0;
      wrong += fifo && !ended_well(pid);
      qy_arena_free(arena);
    }
    free(text);
  }
  unlink("fifo");
  unlink("plain");
  is_int(wrong, 0, "files and pipes of any size are read whole, and end with a NUL");
}

/* A process may have closed its standard input: what it opens then is its number 0. */
static void without_input(void)
{
  const int input = dup(STDIN_FILENO);
  qy_arena *arena = qy_arena_new();
  char *text = NULL;
  size_t length = 0;
  write_file("plain", "some");
  close(STDIN_FILENO);
  const qy_status status = qy_file_read(&text, &length, "plain", arena, NULL);
  const int next = open("/dev/null", O_RDONLY);
  if (next != STDIN_FILENO) close(next);
  if (input >= 0) dup2(input, STDIN_FILENO);
  close(input);
  ok(!status && length == 4 && strcmp(text, "some") == 0 && next == STDIN_FILENO,
     "a file is read without a standard input, and closed");
  unlink("plain");
  qy_arena_free(arena);
}

/* ---- writing ---- */

/* So many files, each in pieces or at once: none of them is seen before all are done. */
static void together(int count, bool commit)
{
  const int before = entries();
  char name[16];
  char *text = filled(200000);
  qy_files *files = qy_files_new();
  int wrong = 0;
  for (int i = 0; i < count; i++) {
    FILE *out = NULL;
    const size_t length = (size_t)(i * 40001 % 150000);
    snprintf(name, sizeof name, "many-%d", i);
    if (i == 1) wrong += !write_file(name, "earlier") || chmod(name, 0604);
    if (i % 3 == 2) {
      wrong += qy_files_add(files, name, text + i, length, NULL) != QY_OK;
      continue;
    }
    wrong += qy_files_open(&out, files, name, NULL) != QY_OK || !out;
    for (size_t at = 0; out && at < length; at += 3000)
      wrong += fwrite(text + i + at, 1, length - at < 3000 ? length - at : 3000, out) == 0;
  }
  for (int i = 0; i < count; i++) {
    snprintf(name, sizeof name, "many-%d", i);
    wrong += i == 1 ? !holds(name, "earlier", 7) : access(name, F_OK) == 0;
  }
  if (commit) wrong += qy_files_commit(files, NULL) != QY_OK;
  qy_files_free(files);
  for (int i = 0; i < count; i++) {
    struct stat is;
    snprintf(name, sizeof name, "many-%d", i);
    if (commit)
      wrong += !holds(name, text + i, (size_t)(i * 40001 % 150000));
    else
      wrong += i == 1 ? !holds(name, "earlier", 7) : access(name, F_OK) == 0;
    if (stat(name, &is) == 0) wrong += (is.st_mode & 0777) != (i == 1 ? 0604 : 0640);
    unlink(name);
  }
  ok(wrong == 0 && entries() == before, "%d files %s, and nothing else is left", count,
     commit ? "are written together" : "that are given up are as they were");
  free(text);
}

/* A pipe takes what is written, more than it holds at once, also when its reader comes a while later. */
static void pipes(void)
{
  enum { LENGTH = 300000 };
  char *text = filled(LENGTH);
  mkfifo("fifo", 0600);
  ok(qy_file_is_stream("fifo"), "a pipe is a stream");
  for (int way = 0; way < 3; way++) {
    qy_files *files = qy_files_new();
    FILE *out = NULL;
    const pid_t pid = reader("fifo", "from-fifo", way ? 30 : 0);
    qy_status status;
    if (way < 2) {
      status = qy_files_add(files, "fifo", text, LENGTH, NULL);
    } else {
      status = qy_files_open(&out, files, "fifo", NULL);
      if (out) fwrite(text, 1, LENGTH, out);
    }
    if (!status) status = qy_files_add(files, "beside", "b", 1, NULL);
    if (!status) status = qy_files_commit(files, NULL);
    qy_files_free(files);
    ok(!status && ended_well(pid) && holds("from-fifo", text, LENGTH) && holds("beside", "b", 1),
       "a pipe is written whole, %s%s", way == 2 ? "piece by piece" : "at once",
       way ? ", to a reader that comes late" : "");
  }
  unlink("fifo");
  unlink("from-fifo");
  unlink("beside");
  free(text);
}

/* Of a device that is full the other files are not written. */
static void full_device(void)
{
  char *text = filled(100000);
  const char *full = own_device("/dev/full");
  write_file("beside", "earlier");
  for (int way = 0; way < 4; way++) {
    const size_t length = way & 1 ? 100000 : 10; /* met when it is written, or as it is closed */
    qy_files *files = qy_files_new();
    qy_error err = {0};
    FILE *out = NULL;
    qy_status status = qy_files_add(files, "beside", "new", 3, &err);
    if (!status && way < 2) status = qy_files_add(files, full, text, length, &err);
    if (!status && way >= 2 && !(status = qy_files_open(&out, files, full, &err))) fwrite(text, 1, length, out);
    is_int(status, QY_OK, "a device that is full takes nothing yet");
    is_int(qy_files_commit(files, &err), QY_SYSTEM, "and fails in the end");
    is_text(err.count ? err.diagnostic[0].text : NULL, "cannot be written: No space left on device", "as it says");
    qy_files_free(files);
    ok(holds("beside", "earlier", 7), "the file beside it stays");
  }
  unlink("beside");
  unlink("full");
  free(text);
}

/* What is open as the standard input is written on from where it stands. */
static void to_input(void)
{
  const int was = dup(STDIN_FILENO), file = open("plain", O_RDWR | O_CREAT | O_TRUNC, 0600);
  bool good = file >= 0 && write(file, "mine\n", 5) == 5 && dup2(file, STDIN_FILENO) == STDIN_FILENO;
  good = good && qy_file_is_stream("/dev/fd/0") && !qy_file_write("/dev/fd/0", "more\n", 5, NULL);
  if (was >= 0) dup2(was, STDIN_FILENO);
  close(was);
  close(file);
  ok(good && holds("plain", "mine\nmore\n", 10), "the standard input is written on");
  unlink("plain");
}

/* Places where no file can be. */
static void refused(void)
{
  qy_files *files = qy_files_new();
  FILE *out = NULL;
  qy_error err = {0};
  ok(qy_files_open(&out, files, "none/new", &err) == QY_BAD_INPUT && !out && err.count == 1 &&
         strstr(err.diagnostic[0].text, "(there is no directory none)"),
     "no folder for one of several");
  qy_error_clear(&err);
  mkdir("folder", 0700);
  ok(qy_files_open(&out, files, "folder", &err) != QY_OK || !out || qy_files_commit(files, &err) != QY_OK,
     "a folder is none of them");
  qy_files_free(files);
  rmdir("folder");
}

int main(void)
{
  if (!mkdtemp(dir) || chdir(dir) != 0) return 1;
  umask(027);
  sizes();
  without_input();
  for (int count = 0; count < 20; count += count < 3 ? 1 : 7)
    for (int commit = 0; commit < 2; commit++)
      together(count, commit);
  pipes();
  full_device();
  refused();
  to_input();
  is_int(entries(), 0, "nothing is left");
  if (chdir("/") == 0) qy_folder_remove(dir);
  return done();
}
