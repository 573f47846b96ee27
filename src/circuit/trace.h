/* A trace: the settled values of a circuit's internal cell outputs in one cycle, as words tagged with their cell kind.
 *
 * The bits that differ between the words of two cycles are the toggles of zero-delay simulation.  With word == NULL a
 * trace only counts, so that the caller can size the arrays.
 */
#ifndef QUARRY_CIRCUIT_TRACE_H
#define QUARRY_CIRCUIT_TRACE_H

#include "quarry/tech.h"

#include <stddef.h>
#include <stdint.h>

typedef struct trace {
  uint64_t *word;      /* [capacity], NULL: count only */
  unsigned char *cell; /* [capacity] */
  size_t count;
} trace;

static inline void trace_add(trace *t, qy_cell cell, uint64_t word)
{
  if (!t) return;
  if (t->word) {
    t->word[t->count] = word;
    t->cell[t->count] = (unsigned char)cell;
  }
  t->count++;
}

#endif
