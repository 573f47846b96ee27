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

/* The name that an experiment of this one may have: others than letters, digits, '.', '_' and '-' as '_'.  NULL: no
 * memory. */
const char *plain_name(const char *text, qy_arena *arena);

char *trim(char *text);                                            /* blanks and tabs at both ends cut off, in place */
bool whole_number(const char *text, int64_t high, int64_t *value); /* digits only, 1..high */

/* The fields of a line. */
enum { FIELDS_MAX = 32 };
typedef struct row {
  char *field[FIELDS_MAX];
  int column[FIELDS_MAX];
  int count;  /* without empty fields at the end */
  int commas; /* separators found */
} row;

/* What a column is.  Those of a convolution, and of a product, stand together in SCALE-Sim's order. */
typedef enum role {
  ROLE_NAME,
  ROLE_IN_H,
  ROLE_IN_W,
  ROLE_KERNEL_H,
  ROLE_KERNEL_W,
  ROLE_CHANNELS,
  ROLE_FILTERS,
  ROLE_STRIDE,
  ROLE_STRIDE_W,
  ROLE_M,
  ROLE_N,
  ROLE_K,
  ROLE_SPARSITY,
  ROLE_BATCH,
  ROLE_OTHER,
  ROLE_COUNT
} role;
extern const char *const column_names[ROLE_COUNT];

/* Where the columns are. */
typedef struct head {
  int place[ROLE_COUNT]; /* -1: there is none */
  int count;             /* columns */
  bool gemm, named;      /* named: by the head line */
} head;

/* SCALE-Sim's own order. */
void head_standard(head *h, bool gemm);
/* The columns of a head line; *decided: it names them.  QY_BAD_INPUT: it is that of another file of SCALE-Sim, names a
 * column twice, or some of the columns but not all. */
qy_status head_read(source *s, head *h, bool *decided, const row *r);

#endif
