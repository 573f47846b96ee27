/* A progress line with rate and time left.
 *
 * Written to a file descriptor (standard error) only when that is a terminal which can rewrite a line: nothing appears
 * in pipes, files or with TERM=dumb.  At most ten times a second.  NO_COLOR (non-empty) leaves out colour.
 * Ownership: a plain struct of the caller; label and unit must outlive it.  One thread at a time may update it.
 */
#ifndef QUARRY_PROGRESS_H
#define QUARRY_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct qy_progress {
  const char *label, *unit; /* "rdm_vs_sdm", "points" */
  int64_t total;            /* <= 0: not known */
  int64_t first;            /* done before this start (resume): not counted in the rate */
  int fd;
  bool active, colour, drawn;
  double start_s, drawn_s; /* monotonic clock */
} qy_progress;

/* Seconds of the monotonic clock. */
double qy_seconds_now(void);

/* quiet: never draw. */
void qy_progress_start(qy_progress *p, int fd, bool quiet, const char *label, const char *unit, int64_t first,
                       int64_t total);

/* Tell how much is done; `extra` ("front 12") may be NULL.  Cheap when it is too early to draw. */
void qy_progress_update(qy_progress *p, int64_t done, const char *extra);

/* Remove the line; safe to call twice. */
void qy_progress_finish(qy_progress *p);

/* The line as text without colour or control characters, at most `width` columns; returns out.
 * "rdm_vs_sdm  42 %  1.26 M of 3 M points, 450 k/s, 4 s left, front 12" */
char *qy_progress_format(const qy_progress *p, int64_t done, double elapsed_s, const char *extra, size_t width,
                         char *out, size_t size);

#endif
