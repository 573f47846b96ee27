/* Reading a whole file into memory, writing one whole or not at all, and writing what an importer made.
 *
 * Ownership: the text lives in the arena given to the reader.
 */
#ifndef QUARRY_FILE_H
#define QUARRY_FILE_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { QY_FILE_BYTES_MAX = 256 * 1024 * 1024 };

/* Read all of `file` (a regular file or a pipe).  *text gets a closing NUL that *length does not count.
 * Errors: QY_BAD_INPUT when it is missing, not readable, a directory or larger than QY_FILE_BYTES_MAX;
 * QY_SYSTEM when reading fails; QY_NO_MEMORY.  It is noted where the arena has a log. */
qy_status qy_file_read(char **text, size_t *length, const char *file, qy_arena *arena, qy_error *err);

/* What was read: every file that qy_file_read reads into an arena with a log (qy_arena_log_files) is noted in it, so
 * that nothing that results follow from can be left out of what is said of them.  The notes live in the arena. */
typedef struct qy_file_note {
  const char *file; /* as it was opened */
  char sha256[65];  /* of its bytes */
  const char *text; /* a copy; NULL: more than QY_NOTE_BYTES_MAX, or no text */
  const char *read; /* what was handed out */
  size_t length;
  struct qy_file_note *before; /* read before it; NULL: none */
} qy_file_note;
typedef struct qy_file_log {
  qy_file_note *last;
  size_t count;
} qy_file_log;
enum { QY_NOTE_BYTES_MAX = 1024 * 1024 };

/* SHA-256 of a text that qy_file_read has just handed out, or of another: not computed again where the log of the arena
 * has it. */
void qy_file_sha256(char sha256[65], const char *text, size_t length, const qy_arena *arena);

/* Is it there, and written as it is: a device, a pipe, or an open descriptor of this process (/dev/stdout), whatever
 * that leads to?  By whatever links. */
bool qy_file_is_stream(const char *file);
/* Can there be a file of this name: is there a directory to hold it?  It need not be writable.  QY_BAD_INPUT: "cannot
 * be written: " and why, with the first directory of the path that is missing or none. */
qy_status qy_file_place(const char *file, qy_error *err);
/* Write `length` bytes to `file`, through links: to a temporary file beside the target, then renamed, so that a
 * failure leaves what was there before; a new file has the mode that the umask leaves, one that was there keeps its
 * own; a stream (qy_file_is_stream) is written as it is, and one that nobody reads is refused. QY_BAD_INPUT as
 * qy_file_place; QY_SYSTEM with the reason. */
qy_status qy_file_write(const char *file, const char *text, size_t length, qy_error *err);

/* A new folder for temporary files under TMPDIR (else /tmp), "/tmp/quarry-PURPOSE-k3XqPz", which others cannot enter;
 * *path lives in the arena, NULL on failure.  QY_SYSTEM with the reason; QY_NO_MEMORY. */
qy_status qy_folder_temporary(const char **path, const char *purpose, qy_arena *arena, qy_error *err);
/* The folder and those it is in, for the user alone where they are new; false: it cannot be made. */
bool qy_folder_make(const char *path);
void qy_folder_remove(const char *path); /* with all in it; links are not followed; NULL is allowed */

/* Files that are written together: all of them, or none.  Contents are taken by qy_files_add (temporary files beside
 * the targets, so that a full disk is met before anything changes) and moved into place by qy_files_commit; when one
 * cannot be, those before it are as they were.  Streams come first, as they cannot be taken back.  qy_files_free
 * removes what was not moved; a NULL is allowed. */
typedef struct qy_files qy_files;
qy_files *qy_files_new(void); /* NULL: out of memory */
/* text is copied.  QY_BAD_INPUT as qy_file_place; QY_SYSTEM with the reason; QY_NO_MEMORY. */
qy_status qy_files_add(qy_files *files, const char *file, const char *text, size_t length, qy_error *err);
/* The same for contents that come piece by piece: *out takes them until qy_files_commit, which sees to its errors and
 * closes it. */
qy_status qy_files_open(FILE **out, qy_files *files, const char *file, qy_error *err);
qy_status qy_files_commit(qy_files *files, qy_error *err); /* once.  QY_SYSTEM; QY_NO_MEMORY */
void qy_files_free(qy_files *files);

/* A file that a command made from others, in a format that takes lines of comment. */
typedef struct qy_import_file {
  const char *file, *text;
  size_t length;
  const char *command; /* its name, of letters a to z; NULL: import */
  const char *comment; /* how a line of comment begins: "#", "//", "%" or "<!--" (which " -->" closes); NULL: "#" */
} qy_import_file;

/* May a command that makes files from others write `file`?  It may where the file is new or empty, a device or a
 * pipe, or as such a command left it, so that nobody's own text or later change is lost: it holds the head line of
 * qy_import_write with the SHA-256 of its rest, or all of it has one of sums[sum_count], for formats without
 * comments whose sums stand in a list beside.  It may not where the file is one of input[inputs], by whatever path
 * or link. QY_BAD_INPUT naming the file; QY_SYSTEM. */
qy_status qy_import_check(const char *file, const char *const *sums, size_t sum_count, const char *const *input,
                          size_t inputs, qy_error *err);

/* Add all of out[count] to `files`, each headed by a line of comment that says which command wrote the file and
 * holds the SHA-256 of what follows.  Nothing is added unless each may be written (qy_import_check without sums).
 * QY_BAD_INPUT naming the file; QY_SYSTEM; QY_NO_MEMORY. */
qy_status qy_import_add(qy_files *files, const qy_import_file *out, size_t count, const char *const *input,
                        size_t inputs, qy_error *err);
/* The same, and write them: all or none. */
qy_status qy_import_write(const qy_import_file *out, size_t count, const char *const *input, size_t inputs,
                          qy_error *err);

#endif
