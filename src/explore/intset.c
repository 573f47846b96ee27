/* Memory of integer sets (intset.h). */
#include "intset.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <stdlib.h>

int intset_init(intset *set, size_t size)
{
  assert(set);
  size_t length[INTSET_LEVELS] = {0}, total = 0, n = size ? size : 1;
  *set = (intset){0};
  do {
    n = (n + 63) / 64;
    length[set->levels++] = n;
    total += n;
  } while (n > 1 && set->levels < INTSET_LEVELS);
  set->words = qy_alloc(total, sizeof *set->words);
  if (!set->words) return -1;
  uint64_t *next = set->words;
  for (int k = 0; k < set->levels; k++) {
    set->level[k] = next;
    next += length[k];
  }
  return 0;
}

void intset_free(intset *set)
{
  free(set->words);
  *set = (intset){0};
}
