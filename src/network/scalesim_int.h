/* Lines, words and warnings: shared by the two readers of SCALE-Sim's files. */
#ifndef QUARRY_NETWORK_SCALESIM_INT_H
#define QUARRY_NETWORK_SCALESIM_INT_H

#include "quarry/scalesim.h"

/* A file being read. */
typedef struct source {
  const char *file;
  char *rest; /* not read yet, changed in place */
  int line;
  qy_arena *arena;
  qy_scalesim_warnings *warnings;
  qy_error *err;
} source;

/* Copy the text into the arena.  QY_BAD_INPUT when it holds a NUL byte. */
qy_status source_start(source *s, const char *file, const char *text, size_t length, qy_arena *arena,
                       qy_scalesim_warnings *warnings, qy_error *err);
/* Next line without its end, or NULL; line ends are LF, CR LF or CR. */
char *source_line(source *s);
/* QY_NO_MEMORY when there is none. */
qy_status source_warn(source *s, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));

char *trim(char *text);                                            /* blanks and tabs at both ends cut off, in place */
bool whole_number(const char *text, int64_t high, int64_t *value); /* digits only, 1..high */

#endif
