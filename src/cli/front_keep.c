/* The state of fronts in draws as one row of the table sweep_state: see front_keep.h. */
#include "front_keep.h"

#include "quarry/alloc.h"
#include "quarry/store_kept.h"

#include <stdlib.h>
#include <string.h>

/* A row of SQLite has at most 1e9 bytes (https://sqlite.org/limits.html). */
static const size_t bytes_most = 900000000;

static qy_status take(void *ctx, const qy_store_part *part, qy_error *err)
{
  qy_model_keep *keep = ctx;
  if (part->part != 0 || part->size == 0) return QY_OK;
  void *copy = qy_alloc(part->size, 1);
  if (!copy) return qy_no_memory(err);
  memcpy(copy, part->bytes, part->size);
  keep->state = copy;
  keep->bytes = part->size;
  return QY_OK;
}

qy_status front_keep_read(qy_model_keep *keep, qy_store *store, qy_error *err)
{
  return qy_store_state_read(store, take, keep, err);
}

void front_keep_free(qy_model_keep *keep)
{
  free((void *)keep->state);
}

qy_status front_keep_write(qy_store *store, const void *state, size_t bytes, qy_error *err)
{
  const qy_store_part part = {0, state, bytes};
  return bytes > bytes_most ? QY_OK : qy_store_state_write(store, &part, 1, err);
}
