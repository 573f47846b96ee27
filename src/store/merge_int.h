/* Inside of putting parts together: quarry/store_merge.h. */
#ifndef QUARRY_STORE_MERGE_INT_H
#define QUARRY_STORE_MERGE_INT_H

#include "quarry/alloc.h"
#include "quarry/store_merge.h"
#include "store_int.h"

enum { PARTS_SHARE_TEXT = 64 };

/* What tells experiments apart, in the order in which it is said. */
enum {
  PARTS_OF_TEXT,
  PARTS_OF_VERSION,
  PARTS_OF_SEED,
  PARTS_OF_STORE,
  PARTS_OF_BATCH,
  PARTS_OF_INPUTS,
  PARTS_OF_IDENTITY,
  PARTS_FACTS
};

typedef struct part {
  const char *file;
  int64_t id;                   /* of the experiment in it */
  int64_t batches;              /* that it has */
  char share[PARTS_SHARE_TEXT]; /* how many it had when front probabilities were found; "": never */
  int64_t first, end;           /* points gone through, where few are stored; first -1: not to the end */
  const char *fact[PARTS_FACTS];
} part;

struct qy_parts {
  qy_arena *arena;
  part *part; /* [count] */
  int count;
  const char *file, *text;
  int64_t points, batch_points, batch_count;
  int32_t *owner; /* [batch_count] number of the part that has it; -1: none */
};

/* A part that cannot be read is bad input, whatever the system says of it: the failure with its name. */
qy_status parts_blame(const part *p, qy_status status, qy_error *err);

/* Within a transaction of the experiment begun: all batches of the parts that it lacks. */
qy_status parts_copy(const qy_parts *parts, qy_store *to, const qy_store_experiment *e, qy_error *err);
/* Let go of what it attached, when the transaction is over. */
void parts_detach(const qy_store *store);

#endif
