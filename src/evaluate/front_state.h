/* What a run knows of its fronts in draws, as bytes: to be stored now and then, and to go on from. */
#ifndef QUARRY_FRONT_STATE_H
#define QUARRY_FRONT_STATE_H

#include "model_int.h"

#include "quarry/text.h"

typedef struct front_state {
  int64_t batch_points;
  size_t batches;
  unsigned char *in; /* [batches] 1: its points are in the fronts */
  int64_t *leader;   /* points that beat most others, the caller's to free; NULL: not looked for yet */
  size_t leaders;
  chance *fronts;
} front_state;

/* Append the state to `out`.  QY_NO_MEMORY. */
qy_status front_state_write(front_state *s, qy_text *out, qy_error *err);

/* Take over what is in `bytes`: `in`, `leader` and `fronts`, which is empty before.  QY_BAD_INPUT, *s of no use then:
 * bytes of another program, or of other batches. */
qy_status front_state_read(front_state *s, const void *bytes, size_t size, qy_error *err);

#endif
