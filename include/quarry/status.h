/* Status codes and error reports.
 *
 * Every fallible call of libquarry returns a qy_status and takes, last, a caller-owned qy_error that receives one or
 * more diagnostics: where (file, line, column), what was expected and what was found.  The library never prints and
 * never exits.  "No answer" (QY_INFEASIBLE) is kept apart from "failure": an infeasible design is a result.
 *
 * Ownership: a qy_error is a plain struct on the caller's stack; it holds copies of all text.
 */
#ifndef QUARRY_STATUS_H
#define QUARRY_STATUS_H

#include <stdarg.h>
#include <stdbool.h>

typedef enum qy_status {
  QY_OK = 0,      /* done */
  QY_INFEASIBLE,  /* the question has no answer (a design that cannot meet its clock): not an error */
  QY_INTERRUPTED, /* stopped on request; what was finished is kept */
  QY_BAD_INPUT,   /* the user's file, flag or value is wrong: exit code 2 */
  QY_NO_MEMORY,   /* allocation failed: exit code 3 */
  QY_SYSTEM,      /* the operating system, the database or a child process failed: exit code 3 */
  QY_INTERNAL     /* a broken invariant of quarry itself: exit code 3 */
} qy_status;

enum { QY_DIAGNOSTICS_MAX = 10, QY_DIAGNOSTIC_TEXT = 512, QY_DIAGNOSTIC_FILE = 256 };

/* One finding. line and column count from 1; 0 means "does not apply". file is "" when there is none. */
typedef struct qy_diagnostic {
  char file[QY_DIAGNOSTIC_FILE];
  int line;
  int column;
  char text[QY_DIAGNOSTIC_TEXT];
} qy_diagnostic;

/* Zero-initialise before first use: qy_error err = {0}. */
typedef struct qy_error {
  qy_status status; /* the first failure's code */
  int count;        /* diagnostics held, [0..QY_DIAGNOSTICS_MAX] */
  int dropped;      /* diagnostics beyond the limit, counted only */
  qy_diagnostic diagnostic[QY_DIAGNOSTICS_MAX];
} qy_error;

/* One line of English for a status code; never NULL. */
const char *qy_status_text(qy_status status);

/* Append a diagnostic without position and return `status`.  `err` may be NULL (text dropped). */
qy_status qy_fail(qy_error *err, qy_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The commonest failure: reports "out of memory" and returns QY_NO_MEMORY (inline, so that analysers see it). */
static inline qy_status qy_no_memory(qy_error *err)
{
  qy_fail(err, QY_NO_MEMORY, "out of memory");
  return QY_NO_MEMORY;
}

/* Append a diagnostic with position and return `status`.  `file` may be NULL. */
qy_status qy_fail_at(qy_error *err, qy_status status, const char *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Forget everything reported so far. */
void qy_error_clear(qy_error *err);

/* Format diagnostic i as "file:line:col: error: text" (parts that do not apply left out) into out[size]; returns out.
 */
const char *qy_diagnostic_format(const qy_error *err, int i, char *out, unsigned long size);

#endif
