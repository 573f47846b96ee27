/* Windows of convolutions and pools: attributes, padding that a model leaves to the reader, and sizes of outputs. */
#include "onnx_int.h"

#include "quarry/integer.h"

#include <inttypes.h>

/* Attribute `name` of `count` numbers, all at least `low`; not there: all `otherwise`. */
static bool numbers(int64_t *value, onnx_step *s, const char *name, int count, int64_t low, int64_t otherwise)
{
  static const int64_t most = INT64_C(1) << 31;
  for (int i = 0; i < count; i++)
    value[i] = otherwise;
  const attribute_proto *a = onnx_attribute(s, name);
  if (!a) return true;
  int64_t found[2 * ONNX_SPATIAL_MAX];
  const int got = onnx_integers(s, name, -1, found, 2 * ONNX_SPATIAL_MAX);
  if (got == 0) return true; /* old exporters write empty lists for "not there" */
  if (got != count) onnx_because(s, "%zu numbers of %s where its input has %d", a->n_ints, name, count);
  for (int i = 0; i < got && got == count; i++) {
    if (found[i] < low || found[i] > most)
      onnx_because(s, "%s of %" PRId64 ", which is not within %" PRId64 " to 2^31", name, found[i], low);
    value[i] = found[i];
  }
  return !s->why;
}

/* The kernel of a window: its weights' shape, which the attribute may repeat. */
static bool set_kernel(onnx_window *w, onnx_step *s, const int64_t *kernel)
{
  static const int64_t most = INT64_C(1) << 30;
  for (int i = 0; i < w->count; i++) {
    if (kernel && w->kernel[i] > 0 && kernel[i] > 0 && kernel[i] != w->kernel[i])
      onnx_contradiction(s->g,
                         "%.40s '%.60s': expected kernel_shape as its weights' shape, %" PRId64 ", found %" PRId64,
                         s->node->op_type, onnx_node_name(s->node), kernel[i], w->kernel[i]);
    if (kernel) w->kernel[i] = kernel[i];
    if (w->kernel[i] < 1 || w->kernel[i] > most) {
      if (kernel ? w->kernel[i] == ONNX_NO_DIM : !onnx_attribute(s, "kernel_shape"))
        onnx_because(s, "the size of its kernel is not known");
      else
        onnx_because(s, "a kernel of %" PRId64 ", which is not within 1 to 2^30", w->kernel[i]);
    }
    if (w->dilation[i] > most) onnx_because(s, "dilations of %" PRId64 ", more than 2^30", w->dilation[i]);
  }
  return !s->why;
}

typedef struct automatic {
  bool same, upper, valid;
} automatic;

static automatic auto_pad(const onnx_step *s)
{
  const bool upper = onnx_says(s, "auto_pad", "SAME_UPPER"), lower = onnx_says(s, "auto_pad", "SAME_LOWER");
  return (automatic){upper || lower, upper, onnx_says(s, "auto_pad", "VALID")};
}

static void share(onnx_window *w, int i, int64_t total, bool upper)
{
  const int64_t half = total / 2;
  w->before[i] = upper ? half : total - half;
  w->after[i] = total - w->before[i];
}

/* Outputs in one direction; sizes are at most 2^31 each, inputs at most 2^62. */
static void slide(onnx_window *w, int i, automatic pad, bool ceiling)
{
  const int64_t in = w->in[i], reach = qy_layer_reach(w->kernel[i], w->dilation[i]), stride = w->stride[i];
  w->out[i] = ONNX_NO_DIM;
  if (in < 0 || in > INT64_C(1) << 40) return;
  if (pad.same) {
    w->out[i] = qy_ceil_div(in, stride);
    share(w, i, qy_max64(0, (w->out[i] - 1) * stride + reach - in), pad.upper);
    return;
  }
  const int64_t room = in + w->before[i] + w->after[i] - reach;
  if (room < 0) return;
  w->out[i] = (ceiling ? qy_ceil_div(room, stride) : room / stride) + 1;
}

static void slide_back(onnx_window *w, int i, automatic pad, int64_t extra, int64_t wanted)
{
  const int64_t in = w->in[i], reach = qy_layer_reach(w->kernel[i], w->dilation[i]), stride = w->stride[i];
  w->out[i] = ONNX_NO_DIM;
  if (in < 1 || in > INT64_C(1) << 30) return;
  const int64_t full = (in - 1) * stride + extra + reach;
  if (wanted >= 0)
    w->out[i] = wanted;
  else if (pad.same)
    w->out[i] = in * stride;
  else
    w->out[i] = full - w->before[i] - w->after[i];
  if (wanted >= 0 || pad.same) share(w, i, qy_max64(0, full - w->out[i]), pad.upper);
  if (w->out[i] < 0) w->out[i] = ONNX_NO_DIM;
}

bool onnx_read_window(onnx_window *w, onnx_step *s, const onnx_tensor *x, const int64_t *kernel, bool transposed)
{
  int64_t pads[2 * ONNX_SPATIAL_MAX], extra[ONNX_SPATIAL_MAX], wanted[2 * ONNX_SPATIAL_MAX];
  const automatic pad = auto_pad(s);
  if (!onnx_known_rank(s, x)) return false;
  if (x->rank < 3 || x->rank > 2 + ONNX_SPATIAL_MAX) {
    onnx_because(s, "an input of %d dimensions, which are not within 3 to %d", x->rank, 2 + ONNX_SPATIAL_MAX);
    return false;
  }
  const int n = w->count = x->rank - 2;
  if (!numbers(w->kernel, s, "kernel_shape", n, 1, 0) || !numbers(w->stride, s, "strides", n, 1, 1) ||
      !numbers(w->dilation, s, "dilations", n, 1, 1) || !numbers(pads, s, "pads", 2 * n, 0, 0) ||
      !numbers(extra, s, "output_padding", n, 0, 0) || !set_kernel(w, s, kernel))
    return false;
  for (int i = 0; i < n; i++)
    wanted[i] = ONNX_NO_DIM;
  if (transposed && onnx_attribute(s, "output_shape")) {
    const int got = onnx_integers(s, "output_shape", -1, wanted, 2 * ONNX_SPATIAL_MAX);
    if (got < n) onnx_because(s, "an output_shape of other than %d numbers", n);
    if (got < n) return false;
    for (int i = 0; i < n; i++) /* some exporters write batch and channels too */
      wanted[i] = wanted[got - n + i];
  }
  for (int i = 0; i < n; i++) {
    w->in[i] = x->dim[2 + i];
    w->before[i] = pad.valid || pad.same ? 0 : pads[i];
    w->after[i] = pad.valid || pad.same ? 0 : pads[n + i];
    if (transposed)
      slide_back(w, i, pad, extra[i], wanted[i]);
    else
      slide(w, i, pad, onnx_integer(s, "ceil_mode", 0) != 0);
  }
  return true;
}

/* ---- shapes ---- */

static void set_windowed(onnx_step *s, const onnx_window *w, int64_t batch, int64_t channels)
{
  int64_t dim[2 + ONNX_SPATIAL_MAX] = {batch, channels};
  for (int i = 0; i < w->count; i++)
    dim[2 + i] = w->out[i];
  for (size_t i = 0; i < s->out_count && i < 2; i++)
    onnx_set_shape(s->out[i], 2 + w->count, dim);
}

void onnx_shape_conv(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a), *w = onnx_input(s, s->rule->b);
  onnx_window window;
  if (x && w && x->rank == w->rank && onnx_read_window(&window, s, x, &w->dim[2], false))
    set_windowed(s, &window, x->dim[0], w->dim[0]);
}

void onnx_shape_transposed(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a), *w = onnx_input(s, s->rule->b);
  onnx_window window;
  if (!x || !w || x->rank != w->rank || !onnx_read_window(&window, s, x, &w->dim[2], true)) return;
  const int64_t channels[2] = {w->dim[1], onnx_integer(s, "group", 1)};
  set_windowed(s, &window, x->dim[0], onnx_product(channels, 2));
}

void onnx_shape_pool(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a);
  onnx_window window;
  if (onnx_read_window(&window, s, x, NULL, false)) set_windowed(s, &window, x->dim[0], x->dim[1]);
}

void onnx_shape_global(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a);
  int64_t dim[ONNX_RANK_MAX];
  if (!x || x->rank < 2) return;
  for (int i = 0; i < x->rank; i++)
    dim[i] = i < 2 ? x->dim[i] : 1;
  if (s->out_count > 0) onnx_set_shape(s->out[0], x->rank, dim);
}
