/* See countable.h. */
#include "countable.h"

qy_status accel_check_countable(double *macs, const qy_layer *l, const char *machine, qy_error *err)
{
  static const double exact = 4503599627370496.0, word_bits = 64; /* 2^52; a word at the port */
  if (!qy_layer_multiplies(l->type))
    return qy_fail(err, QY_BAD_INPUT, "layer %s: expected a layer with multiplications for %s, found %s", l->name,
                   machine, qy_layer_type_name(l->type));
  const int64_t depth = l->in_c / l->groups;
  const double moved = (double)l->in_h * (double)l->in_w * (double)l->in_c * (double)l->out_c;
  *macs = (double)l->out_h * (double)l->out_w * (double)l->kernel_h * (double)l->kernel_w * (double)depth *
          (double)l->out_c;
  if (!((*macs + moved) * (double)l->batch * word_bits <= exact))
    return qy_fail(err, QY_BAD_INPUT,
                   "layer %s: expected a layer whose cycles can be counted exactly, found a larger one", l->name);
  return QY_OK;
}
