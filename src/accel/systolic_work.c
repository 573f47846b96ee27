/* Layers of a network as the systolic array sees them: see systolic.h. */
#include "systolic_int.h"

#include <inttypes.h>
#include <math.h>

/* groups (M N K + what does not grow with all three: edge folds, fill and drain, tiles that come again), rounded. */
static double bound_of(const qy_layer *l)
{
  static const double fold = 1024, sides = 4; /* more than 2 R + C of the largest array; operands of an edge fold */
  const double groups = (double)l->groups, channels = (double)l->in_c / groups, n = (double)l->out_c / groups;
  const double m = (double)l->out_h * (double)l->out_w;
  const double k = (double)l->kernel_h * (double)l->kernel_w * channels;
  const double rows = (double)l->out_h * (double)l->kernel_h + (double)l->in_h + (double)l->pad_top;
  return groups *
         (m * n * k + sides * (m * n + m * k + n * k) + fold * (m + n + k) + rows * (double)l->in_w * channels * n);
}

qy_status systolic_shape(layer_shape *s, int64_t *bound, const qy_layer *l, qy_error *err)
{
  const char *name = l->name ? l->name : "?";
  static const int64_t size_max = INT64_C(1) << 24;
  if ((unsigned)l->type >= QY_LAYER_TYPE_COUNT || !qy_layer_multiplies(l->type))
    return qy_fail(err, QY_BAD_INPUT, "layer %s: expected a layer with multiplications for a systolic array, found %s",
                   name, qy_layer_type_name(l->type));
  const int64_t sizes[] = {l->in_h,     l->in_w,     l->in_c,     l->out_c,      l->out_h,      l->out_w, l->kernel_h,
                           l->kernel_w, l->stride_h, l->stride_w, l->dilation_h, l->dilation_w, l->batch, l->groups};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    if (sizes[i] < 1 || sizes[i] > size_max)
      return qy_fail(err, QY_BAD_INPUT, "layer %s: expected sizes of 1 to %" PRId64 ", found %" PRId64, name, size_max,
                     sizes[i]);
  const int64_t pads[] = {l->pad_top, l->pad_bottom, l->pad_left, l->pad_right};
  for (size_t i = 0; i < sizeof pads / sizeof *pads; i++)
    if (pads[i] < 0 || pads[i] > size_max)
      return qy_fail(err, QY_BAD_INPUT, "layer %s: expected padding of 0 to %" PRId64 ", found %" PRId64, name,
                     size_max, pads[i]);
  if (l->batch != 1)
    return qy_fail(err, QY_BAD_INPUT,
                   "layer %s: expected batch 1 (a systolic array has a batch of its own), found %" PRId64, name,
                   l->batch);
  if (l->in_c % l->groups || l->out_c % l->groups)
    return qy_fail(err, QY_BAD_INPUT,
                   "layer %s: expected groups that divide %" PRId64 " and %" PRId64 " channels, found %" PRId64, name,
                   l->in_c, l->out_c, l->groups);
  const double size = bound_of(l);
  if (!(size <= (double)SYSTOLIC_BOUND))
    return qy_fail(err, QY_BAD_INPUT,
                   "layer %s: expected a layer whose cycles can be counted exactly, found a larger one", name);
  *bound = (int64_t)ceil(size);
  const int64_t channels = l->in_c / l->groups, outputs = l->out_c / l->groups;
  const int64_t pixels = l->out_h * l->out_w, taps = l->kernel_h * l->kernel_w;
  *s = (layer_shape){
      .groups = l->groups,
      .channels = channels,
      .outputs = outputs,
      .taps = taps,
      .in_h = l->in_h,
      .in_w = l->in_w,
      .out_h = l->out_h,
      .out_w = l->out_w,
      .kernel_h = l->kernel_h,
      .stride_h = l->stride_h,
      .dilation_h = l->dilation_h,
      .pad_top = l->pad_top,
      .pixels = pixels,
      .real = qy_layer_touched(l->in_h, l->out_h, l->kernel_h, l->stride_h, l->dilation_h, l->pad_top) *
              qy_layer_touched(l->in_w, l->out_w, l->kernel_w, l->stride_w, l->dilation_w, l->pad_left),
      .count = 1,
      .macs = pixels * taps * channels * outputs * l->groups,
      .computed = l->computed,
  };
  s->rows_used = systolic_rows_touched(s);
  return QY_OK;
}

static int same_shape(const layer_shape *a, const layer_shape *b)
{
  return a->groups == b->groups && a->channels == b->channels && a->outputs == b->outputs && a->taps == b->taps &&
         a->in_h == b->in_h && a->in_w == b->in_w && a->out_h == b->out_h && a->out_w == b->out_w &&
         a->kernel_h == b->kernel_h && a->stride_h == b->stride_h && a->dilation_h == b->dilation_h &&
         a->pad_top == b->pad_top && a->real == b->real && a->computed == b->computed;
}

static systolic_real_shape real_of(const layer_shape *s)
{
  return (systolic_real_shape){.groups = (double)s->groups,
                               .channels = (double)s->channels,
                               .outputs = (double)s->outputs,
                               .taps = (double)s->taps,
                               .in_w = (double)s->in_w,
                               .pixels = (double)s->pixels,
                               .real = (double)s->real,
                               .rows_used = (double)s->rows_used,
                               .count = (double)s->count,
                               .computed = s->computed};
}

qy_status qy_systolic_work_new(qy_systolic_work **work, const qy_layer *const *layers, size_t count, qy_arena *arena,
                               qy_error *err)
{
  *work = NULL;
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one layer for a systolic array, found none");
  qy_systolic_work *w = qy_arena_alloc(arena, 1, sizeof *w);
  if (!w || !(w->shape = qy_arena_alloc(arena, count, sizeof *w->shape)))
    return qy_fail(err, QY_NO_MEMORY, "out of memory for %zu layers", count);
  for (size_t i = 0; i < count; i++) {
    int64_t bound = 0;
    layer_shape s = {0};
    qy_status status = systolic_shape(&s, &bound, layers[i], err);
    if (status) return status;
    w->bound += bound; /* both at most 2^53 */
    if (w->bound > SYSTOLIC_BOUND)
      return qy_fail(err, QY_BAD_INPUT, "layer %s: expected layers whose cycles can be counted exactly, found too many",
                     layers[i]->name);
    w->macs += (double)s.macs;
    w->inputs = qy_max64(w->inputs, s.rows_used * s.in_w * s.channels);
    w->weights = qy_max64(w->weights, s.taps * s.channels * s.outputs);
    w->results = qy_max64(w->results, s.pixels * s.outputs);
    size_t j = 0;
    while (j < w->count && !same_shape(&w->shape[j], &s))
      j++;
    if (j < w->count)
      w->shape[j].count++;
    else
      w->shape[w->count++] = s;
  }
  if (!(w->real = qy_arena_alloc(arena, w->count, sizeof *w->real))) return qy_no_memory(err);
  for (size_t i = 0; i < w->count; i++)
    w->real[i] = real_of(&w->shape[i]);
  const qy_status status = systolic_lists_new(&w->lists, w->count, arena, err);
  if (!status) *work = w;
  return status;
}

size_t qy_systolic_work_shapes(const qy_systolic_work *work)
{
  return work->count;
}
