/* Batches packed by the threads that evaluate (qy_store_pack): chunks of columns, texts that have yet to get keys, and
 * the best points. */
#ifndef QUARRY_STORE_PACK_BATCH_H
#define QUARRY_STORE_PACK_BATCH_H

#include "best_columns.h"
#include "chunk.h"

/* Behind it: best_found[best_room], then the texts, then the bytes. */
struct packed_batch {
  int64_t first, count, first_design, last_design;
  size_t bests, best_room;
  bool has_reason, has_resolved;
  size_t end[CHUNK_RESULT]; /* of each column's bytes; as that of the one before: it has none */
};

const best_found *packed_bests(const packed_batch *p);
/* [count] each; NULL: none. */
const char *const *packed_reasons(const packed_batch *p);
const char *const *packed_resolved(const packed_batch *p);
/* The chunk of a column; NULL: it has none.  Reasons and what was resolved have none yet. */
const void *packed_chunk(size_t *size, const packed_batch *p, int column);

#endif
