/* The state of a run under draws as bytes: see front_state.h.  Numbers stand as the machine has them (kept_state.c). */
#include "front_state.h"
#include "kept_int.h"

#include <stdlib.h>

/* At the head: changes with the layout. */
static const int64_t LAYOUT = INT64_C(0x51727266) << 32 | 2;

qy_status front_state_write(front_state *s, qy_text *out, qy_error *err)
{
  const size_t count = s->leader ? s->leaders : 0;
  kept_put(out, LAYOUT);
  kept_put(out, s->batch_points);
  kept_put(out, (int64_t)s->batches);
  qy_text_put(out, (const char *)s->in, s->batches);
  kept_put(out, s->leader != NULL);
  kept_put(out, (int64_t)count);
  if (count) qy_text_put(out, (const char *)s->leader, count * sizeof *s->leader);
  const qy_status status = chance_write(s->fronts, out, err);
  return !status && out->failed ? qy_no_memory(err) : status;
}

qy_status front_state_read(front_state *s, const void *bytes, size_t size, qy_error *err)
{
  kept_bytes in = {bytes, size, false};
  in.failed |= kept_get(&in) != LAYOUT;
  in.failed |= kept_get(&in) != s->batch_points;
  in.failed |= kept_get(&in) != (int64_t)s->batches;
  kept_get_many(s->in, &in, s->batches, 1);
  const bool found = kept_get(&in) != 0;
  const size_t count = (size_t)kept_get(&in);
  in.failed |= count > in.left / sizeof *s->leader;
  if (found && !in.failed) {
    if (!(s->leader = qy_alloc(count, sizeof *s->leader))) return qy_no_memory(err);
    s->leaders = count;
    kept_get_many(s->leader, &in, count, sizeof *s->leader);
  }
  const qy_status status = in.failed ? QY_OK : chance_read(s->fronts, &in, err);
  if (!status && in.failed)
    return qy_fail(err, QY_BAD_INPUT, "expected the fronts of a run as this program leaves them, found others");
  return status;
}
