/* Whole files, read and written: see file.h. */
#include "quarry/file.h"

#include "quarry/sha256.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_READ = 64 * 1024 };

static qy_status too_big(const char *file, qy_error *err)
{
  return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a file of at most %d MiB, found a larger one",
                    QY_FILE_BYTES_MAX / (1024 * 1024));
}

static qy_status note_file(const char *file, const char *text, size_t length, qy_arena *arena, qy_error *err)
{
  qy_file_log *log = qy_arena_file_log(arena);
  if (!log) return QY_OK;
  qy_file_note *note = qy_arena_alloc(arena, 1, sizeof *note);
  const bool copied = length <= QY_NOTE_BYTES_MAX && !memchr(text, '\0', length);
  if (!note || !(note->file = qy_arena_text(arena, file, strlen(file))) ||
      (copied && !(note->text = qy_arena_text(arena, text, length))))
    return qy_no_memory(err);
  qy_sha256_text(note->sha256, text, length);
  note->read = text;
  note->length = length;
  note->before = log->last;
  log->last = note;
  log->count++;
  return QY_OK;
}

void qy_file_sha256(char sha256[65], const char *text, size_t length, const qy_arena *arena)
{
  assert(sha256 && (text || length == 0));
  const qy_file_log *log = qy_arena_file_log(arena);
  const qy_file_note *last = log ? log->last : NULL;
  if (last && last->read == text && last->length == length)
    memcpy(sha256, last->sha256, sizeof last->sha256);
  else
    qy_sha256_text(sha256, text, length);
}

/* What is read so far.  A file that has the size it says goes where it stays, into the arena; one that grows, and a
 * pipe, onto the heap. */
typedef struct reading {
  char *text;
  size_t used, capacity;
  void *heap; /* NULL: text is in the arena */
} reading;

static int more_room(reading *r)
{
  const bool moves = !r->heap && r->used;
  size_t capacity = r->heap ? r->capacity : 0;
  if (qy_grow(&r->heap, &capacity, r->heap ? r->used + 1 : r->used + FIRST_READ, 1) != 0) return -1;
  if (moves) memcpy(r->heap, r->text, r->used);
  r->text = r->heap;
  r->capacity = capacity;
  return 0;
}

/* All of an open file. */
static qy_status read_all(reading *r, int fd, const struct stat *info, const char *file, qy_arena *arena, qy_error *err)
{
  if (S_ISREG(info->st_mode) && info->st_size > QY_FILE_BYTES_MAX) return too_big(file, err);
  if (S_ISREG(info->st_mode) && info->st_size > 0) {
    r->capacity = (size_t)info->st_size + 1; /* with a closing NUL */
    r->text = qy_arena_alloc(arena, r->capacity, 1);
    if (!r->text) return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory for %zu bytes", r->capacity);
  }
  for (;;) { /* the size is a hint only: pipes have none, and a file may grow */
    if (r->used == r->capacity && more_room(r) != 0)
      return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory after %zu bytes", r->used);
    const ssize_t got = read(fd, r->text + r->used, r->capacity - r->used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "reading failed: %s", strerror(errno));
    if (got == 0) return QY_OK;
    r->used += (size_t)got;
    if (r->used > QY_FILE_BYTES_MAX) return too_big(file, err);
  }
}

qy_status qy_file_read(char **text, size_t *length, const char *file, qy_arena *arena, qy_error *err)
{
  assert(text && length && file);
  qy_status status = QY_OK;
  reading r = {.text = NULL};
  struct stat info;
  *text = NULL;
  *length = 0;

  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && strcmp(file, "/dev/stdin") == 0) fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0); /* without /proc */
  if (fd < 0) {
    const char *why = errno == ENOENT ? "no such file" : strerror(errno);
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a readable file: %s", why);
  }
  if (fstat(fd, &info) != 0)
    status = qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot read the file's size: %s", strerror(errno));
  else if (S_ISDIR(info.st_mode))
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a file, found a directory");
  else
    status = read_all(&r, fd, &info, file, arena, err);
  close(fd);
  if (!status) {
    *text = r.heap ? qy_arena_text(arena, r.heap, r.used) : r.text;
    *length = r.used;
    status = *text ? note_file(file, *text, r.used, arena, err)
                   : qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory for %zu bytes", r.used);
  }
  free(r.heap);
  return status;
}

/* ---- writing ---- */

/* The path at the end of all links, whether it is there or not; NULL: none (errno).  Free it.  realpath() needs the
 * file, and loses what /proc/self/fd leads to.  *descriptor: the path is that one of this process; -1: it is none. */
static char *end_of_links(const char *file, int *descriptor)
{
  enum { LINKS_MAX = 40 };
  char *path = strdup(file), own[64], target[PATH_MAX];
  *descriptor = -1;
  snprintf(own, sizeof own, "/proc/%ld/fd", (long)getpid());
  for (int i = 0; path && i <= LINKS_MAX; i++) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *parent = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    char *directory = parent ? realpath(parent, NULL) : NULL, *next = NULL;
    const ssize_t length = directory ? readlink(path, target, sizeof target - 1) : -1;
    const bool is_descriptor = directory && strcmp(directory, own) == 0;
    if (is_descriptor) *descriptor = (int)strtol(name, NULL, 10);
    bool more = directory && !is_descriptor && length > 0;
    if (more) {
      target[length] = '\0';
      if (target[0] == '/' ? !(next = strdup(target)) : asprintf(&next, "%s/%s", directory, target) < 0) next = NULL;
    }
    free(parent);
    free(directory);
    if (!more) return path;
    free(path);
    path = next;
  }
  if (path) errno = ELOOP;
  free(path);
  return NULL;
}

bool qy_file_is_stream(const char *file)
{
  assert(file);
  struct stat is;
  int descriptor;
  char *path = end_of_links(file, &descriptor);
  const bool open = path && descriptor >= 0;
  free(path);
  return open || (stat(file, &is) == 0 && !S_ISREG(is.st_mode) && !S_ISDIR(is.st_mode));
}

/* A device or a pipe that is there.  A pipe that nobody reads would hold the program for good; its reader may be about
 * to open it, so it gets a while. */
static int open_stream(const char *path, int descriptor)
{
  enum { TRIES = 500 };
  static const struct timespec between = {.tv_nsec = 10L * 1000 * 1000}; /* 5 s in all */
  if (descriptor >= 0) return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  for (int i = 0; fd < 0 && errno == ENXIO && i < TRIES; i++) {
    nanosleep(&between, NULL);
    fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  }
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

enum { NAME_TRIES = 100, NEW_MODE = 0666 };

/* Six characters in place of the XXXXXX at its end. */
static bool draw_name(char *name)
{
  enum { PLACES = 6 };
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  char *at = name + strlen(name) - PLACES;
  unsigned char word[PLACES];
  if (getrandom(word, sizeof word, 0) != (ssize_t)sizeof word) return false;
  for (int k = 0; k < PLACES; k++)
    at[k] = letters[word[k] % (sizeof letters - 1)];
  return true;
}

/* A new file as mkstemp(3) makes it; but with the mode that the umask leaves, which cannot be asked for without
 * changing it for all threads.  -1: none (errno). */
static int open_new(char *name)
{
  for (int i = 0; i < NAME_TRIES && draw_name(name); i++) {
    const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, NEW_MODE);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

/* A file without a name in the directory of `path`, which is gone with this process; -1: there can be none. */
static int open_nameless(const char *path)
{
  const char *slash = strrchr(path, '/');
  char *directory = slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
  const bool may = directory && access("/proc/self/fd", X_OK) == 0; /* by which it is named */
  const int fd = may ? open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, NEW_MODE) : -1;
  free(directory);
  return fd;
}

/* 0, or errno: the name for a file that has none. */
static int name_new(char *name, int fd)
{
  char own[64];
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  for (int i = 0; i < NAME_TRIES && draw_name(name); i++) {
    if (linkat(AT_FDCWD, own, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) return 0;
    if (errno != EEXIST) return errno;
  }
  return errno;
}

/* ---- folders for temporary files ---- */

qy_status qy_folder_temporary(const char **path, const char *purpose, qy_arena *arena, qy_error *err)
{
  assert(path && purpose && arena);
  const char *under = getenv("TMPDIR");
  char *name = qy_arena_format(arena, "%s/quarry-%s-XXXXXX", under && *under ? under : "/tmp", purpose);
  *path = NULL;
  if (!name) return qy_no_memory(err);
  if (!mkdtemp(name))
    return qy_fail_at(err, QY_SYSTEM, name, 0, 0, "cannot make a folder for temporary files (TMPDIR): %s",
                      strerror(errno));
  *path = name;
  return QY_OK;
}

bool qy_folder_make(const char *path)
{
  enum { MODE = 0700 };
  assert(path);
  if (mkdir(path, MODE) == 0 || errno == EEXIST) return true;
  char *part = strdup(path);
  bool there = part != NULL;
  for (char *at = part; there && (at = strchr(at + 1, '/'));) {
    *at = '\0';
    there = mkdir(part, MODE) == 0 || errno == EEXIST;
    *at = '/';
  }
  there = there && (mkdir(part, MODE) == 0 || errno == EEXIST);
  free(part);
  return there;
}

static int remove_one(const char *path, const struct stat *is, int type, struct FTW *at)
{
  (void)is, (void)type, (void)at;
  return remove(path);
}

void qy_folder_remove(const char *path)
{
  enum { OPEN_MOST = 8 };
  if (path) nftw(path, remove_one, OPEN_MOST, FTW_DEPTH | FTW_PHYS);
}

/* ---- files written whole ---- */

/* What is written over keeps its mode. */
static bool keep_mode(int fd, const char *path)
{
  enum { BITS = 0777 };
  struct stat is;
  return stat(path, &is) != 0 || fchmod(fd, is.st_mode & BITS) == 0;
}

/* ---- several at once ---- */

typedef struct file_entry {
  char *file, *path; /* as named; at the end of all links */
  char *temporary;   /* the contents, beside path; NULL: a stream, or moved into place */
  FILE *out;         /* takes the contents; NULL: they are there */
  bool nameless;     /* `temporary` is no name of it yet */
  char *earlier;     /* another link to what path was; NULL: none, or it was not there */
  char *text;        /* of a stream */
  size_t length;
  int descriptor; /* of a stream; -1: opened by path */
  bool moved;
} file_entry;

struct qy_files {
  file_entry *entry;
  size_t count, capacity;
};

qy_files *qy_files_new(void)
{
  return calloc(1, sizeof(qy_files));
}

void qy_files_free(qy_files *files)
{
  if (!files) return;
  for (size_t i = 0; i < files->count; i++) {
    file_entry *e = &files->entry[i];
    if (e->out) fclose(e->out);
    if (e->temporary && !e->nameless) unlink(e->temporary);
    if (e->earlier) unlink(e->earlier);
    free(e->file);
    free(e->path);
    free(e->temporary);
    free(e->earlier);
    free(e->text);
  }
  free(files->entry);
  free(files);
}

/* The directories of `path`, from the first on: one that is missing or none is said of `file`. */
static qy_status check_place(const char *file, const char *path, qy_error *err)
{
  struct stat is;
  for (const char *slash = strchr(path + (*path == '/'), '/'); slash; slash = strchr(slash + 1, '/')) {
    char *directory = strndup(path, (size_t)(slash - path));
    if (!directory) return qy_no_memory(err);
    const bool there = stat(directory, &is) == 0;
    qy_status status = QY_OK;
    if (!there && errno == ENOENT)
      status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "cannot be written: %s (there is no directory %s)",
                          strerror(ENOENT), directory);
    else if (there && !S_ISDIR(is.st_mode))
      status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "cannot be written: %s (%s is a file)", strerror(ENOTDIR),
                          directory);
    free(directory);
    if (status) return status;
  }
  return QY_OK;
}

qy_status qy_file_place(const char *file, qy_error *err)
{
  assert(file);
  int descriptor;
  char *path = end_of_links(file, &descriptor);
  const qy_status status = check_place(file, path ? path : file, err);
  free(path);
  return status;
}

static qy_status cannot_write(const char *file, int reason, qy_error *err)
{
  if (reason == ENOMEM) return qy_no_memory(err);
  if (reason == ENOENT || reason == ENOTDIR) {
    const qy_status status = qy_file_place(file, err);
    if (status) return status;
  }
  return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot be written: %s", strerror(reason));
}

/* 0, or errno: a new file beside that of the entry; nameless: without a name, if there can be such a one. */
static int open_beside(file_entry *e, bool nameless)
{
  if (asprintf(&e->temporary, "%s.XXXXXX", e->path) < 0) {
    e->temporary = NULL;
    return ENOMEM;
  }
  int fd = nameless ? open_nameless(e->path) : -1;
  e->nameless = fd >= 0;
  if (fd < 0) fd = open_new(e->temporary);
  int reason = errno;
  e->out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (e->out) return 0;
  if (fd >= 0) {
    reason = errno;
    close(fd);
    if (!e->nameless) unlink(e->temporary);
  }
  free(e->temporary);
  e->temporary = NULL;
  return reason;
}

/* 0, or errno: all of it is in the file, which has its mode and a name. */
static int end_beside(file_entry *e)
{
  bool failed = ferror(e->out) || fflush(e->out) || !keep_mode(fileno(e->out), e->path);
  int reason = failed ? errno ? errno : EIO : 0;
  if (!failed && e->nameless && (reason = name_new(e->temporary, fileno(e->out))) == 0) e->nameless = false;
  if (fclose(e->out) && !reason) reason = errno;
  e->out = NULL;
  return reason;
}

static qy_status new_entry(file_entry **out, qy_files *files, const char *file, qy_error *err)
{
  void *entries = files->entry;
  if (files->count == files->capacity) {
    if (qy_grow(&entries, &files->capacity, files->count + 1, sizeof *files->entry)) return qy_no_memory(err);
    files->entry = entries;
  }
  file_entry *e = &files->entry[files->count];
  *e = (file_entry){.file = strdup(file)};
  e->path = e->file ? end_of_links(file, &e->descriptor) : NULL;
  const int reason = errno;
  files->count++;
  *out = e;
  if (!e->file) return qy_no_memory(err);
  return e->path ? QY_OK : cannot_write(file, reason, err);
}

static bool is_stream(const file_entry *e)
{
  struct stat is;
  assert(e->path);
  return e->descriptor >= 0 || (stat(e->path, &is) == 0 && !S_ISREG(is.st_mode));
}

qy_status qy_files_open(FILE **out, qy_files *files, const char *file, qy_error *err)
{
  assert(out && files && file);
  file_entry *e;
  *out = NULL;
  const qy_status status = new_entry(&e, files, file, err);
  if (status) return status;
  if (is_stream(e)) {
    if (!(e->out = tmpfile()))
      return qy_fail_at(err, QY_SYSTEM, file, 0, 0, "cannot make a temporary file for it: %s", strerror(errno));
  } else {
    const int reason = open_beside(e, true);
    if (reason) return cannot_write(file, reason, err);
  }
  *out = e->out;
  return QY_OK;
}

qy_status qy_files_add(qy_files *files, const char *file, const char *text, size_t length, qy_error *err)
{
  assert(files && file && (text || length == 0));
  file_entry *e;
  const qy_status status = new_entry(&e, files, file, err);
  if (status) return status;
  if (!is_stream(e)) {
    int reason = open_beside(e, false);
    if (!reason) {
      fwrite(text, 1, length, e->out); /* which end_beside asks about */
      reason = end_beside(e);
    }
    return reason ? cannot_write(file, reason, err) : QY_OK;
  }
  e->length = length;
  e->text = malloc(length + 1);
  if (!e->text) return qy_no_memory(err);
  if (length > 0) memcpy(e->text, text, length);
  return QY_OK;
}

/* 0, or errno: the contents to their place; what was there keeps another name until all are done. */
static int move_into_place(file_entry *e, bool keep)
{
  if (keep && asprintf(&e->earlier, "%s.old", e->temporary) < 0) {
    e->earlier = NULL;
    return ENOMEM;
  }
  if (e->earlier && link(e->path, e->earlier)) { /* not there, or a file system without links */
    free(e->earlier);
    e->earlier = NULL;
  }
  if (rename(e->temporary, e->path)) return errno;
  free(e->temporary);
  e->temporary = NULL;
  e->moved = true;
  return 0;
}

static void move_back(qy_files *files)
{
  for (size_t i = files->count; i-- > 0;) {
    file_entry *e = &files->entry[i];
    if (!e->moved) continue;
    if (e->earlier && rename(e->earlier, e->path) == 0) {
      free(e->earlier);
      e->earlier = NULL;
    } else if (!e->earlier) {
      unlink(e->path);
    }
  }
}

/* 0, or errno: what was put into `from`. */
static int copy_stream(FILE *to, FILE *from)
{
  enum { PIECE = 1 << 16 };
  char piece[PIECE];
  size_t length;
  if (ferror(from) || fflush(from)) return errno ? errno : EIO;
  rewind(from);
  while ((length = fread(piece, 1, sizeof piece, from)) > 0)
    if (fwrite(piece, 1, length, to) != length) return errno;
  return ferror(from) ? EIO : 0;
}

/* 0, or errno. */
static int write_stream(const file_entry *e)
{
  const int fd = open_stream(e->path, e->descriptor);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  int reason = out ? 0 : errno;
  if (out && e->out)
    reason = copy_stream(out, e->out);
  else if (out && fwrite(e->text, 1, e->length, out) != e->length)
    reason = errno;
  if (out && !reason && fflush(out)) reason = errno;
  if (out && fclose(out) && !reason) reason = errno;
  if (!out && fd >= 0) close(fd);
  return reason;
}

qy_status qy_files_commit(qy_files *files, qy_error *err)
{
  for (size_t i = 0; i < files->count; i++) {
    file_entry *e = &files->entry[i];
    const int reason = e->temporary && e->out ? end_beside(e) : 0;
    if (reason) return cannot_write(e->file, reason, err);
  }
  for (size_t i = 0; i < files->count; i++) {
    const file_entry *e = &files->entry[i];
    if (e->temporary) continue;
    const int reason = write_stream(e);
    if (reason == ENXIO) return qy_fail_at(err, QY_SYSTEM, e->file, 0, 0, "cannot be written: nobody reads this pipe");
    if (reason) return cannot_write(e->file, reason, err);
  }
  for (size_t i = 0; i < files->count; i++) {
    file_entry *e = &files->entry[i];
    const int reason = e->temporary ? move_into_place(e, files->count > 1) : 0;
    if (!reason) continue;
    move_back(files);
    return cannot_write(e->file, reason, err);
  }
  return QY_OK;
}

qy_status qy_file_write(const char *file, const char *text, size_t length, qy_error *err)
{
  assert(file && (text || length == 0));
  qy_files *files = qy_files_new();
  qy_status status = files ? qy_files_add(files, file, text, length, err) : qy_no_memory(err);
  if (!status) status = qy_files_commit(files, err);
  qy_files_free(files);
  return status;
}
