/* Names in little room: shortened so that they still tell things apart.
 *
 * Ownership: results are of the arena; names that fit are the caller's own texts.
 */
#ifndef QUARRY_PLOT_NAMES_H
#define QUARRY_PLOT_NAMES_H

#include "quarry/alloc.h"

#include <stddef.h>

/* The names in at most `columns` columns each, but at least 8.  Where one is longer, what all begin with goes from all
 * of them, then what all end with ("…" stands for it), then the middle or the start of those still longer.  Different
 * names stay different: those that would become one text get their number in front.  NULL: out of memory. */
const char *const *names_shorten(qy_arena *arena, const char *const *name, size_t count, size_t columns);

#endif
