/* Lines in which two texts differ. */
#ifndef QUARRY_CLI_LINE_DIFF_H
#define QUARRY_CLI_LINE_DIFF_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>

/* A line of the one text beside what stands in its place in the other. */
typedef struct line_change {
  size_t line[2];      /* its number, from 1; 0: there is none */
  const char *text[2]; /* without its end; NULL: there is none */
} line_change;

/* Fewest lines to take out of a and to put in of b (longest common subsequence), in order; runs of both side by side.
 * Between what both begin and end with alike, texts of more than some thousand lines each are one run.  Blanks at the
 * end of a line do not count.  The changes and their texts are the arena's.  O(n m) for n and m lines between. */
qy_status line_diff(line_change **change, size_t *count, const char *a, const char *b, qy_arena *arena, qy_error *err);

#endif
