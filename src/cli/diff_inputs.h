/* What two stored experiments were made of, where it differs, for `quarry diff`. */
#ifndef QUARRY_CLI_DIFF_INPUTS_H
#define QUARRY_CLI_DIFF_INPUTS_H

#include "diff.h"

typedef struct diff_input {
  const char *name;  /* "technology fdsoi28", or "technology fdsoi28, line 12" */
  const char *a, *b; /* the first digits of a hash, a value, or a line; NULL: that one has none */
} diff_input;

/* Inputs that differ, or that one alone has; behind a text that both have, up to `most` lines of it that differ.  Texts
 * are the arena's. */
qy_status diff_inputs(diff_input **list, size_t *count, const diff_side side[2], size_t most, qy_arena *arena,
                      qy_error *err);

#endif
