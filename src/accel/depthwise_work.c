/* Layers of a network as the depthwise module sees them: see depthwise.h. */
#include "depthwise_int.h"

#include "quarry/integer.h"

#include <inttypes.h>
#include <string.h>

/* Slots and products of a network together: keeps every count of cycles, bits and words below 2^52. */
static const int64_t work_max = INT64_C(1) << 52;
enum { BITS_PER_SLOT_BOUND = 64, SIZE_MAX_ELEMENTS = 1 << 24 };

/* Rows from the top of the map to the last one that output row 0 touches: they come in one after another. */
static int64_t count_first_rows(const qy_layer *l)
{
  const int64_t last_tap = qy_min64(l->kernel_h - 1, (l->in_h - 1 + l->pad_top) / l->dilation_h);
  return qy_max64(0, last_tap * l->dilation_h - l->pad_top + 1);
}

/* Words a window takes in for the next output it makes.  Outputs of a row are made in an order in which each window
 * shares columns with the one before: those lcm(stride, dilation) apart follow one another. */
static int64_t count_new_words(const qy_layer *l)
{
  return l->kernel_h * (l->stride_w / qy_common_divisor(l->stride_w, l->dilation_w));
}

/* What one layer adds to the bound, each image; 0 when it does not fit 64 bits or a size is outside
 * [1..SIZE_MAX_ELEMENTS]. */
static int64_t bound(const qy_layer *l)
{
  int64_t in, out, kernel, rows, reads, macs, sum;
  const int64_t size[] = {l->in_h,     l->in_w,     l->in_c,     l->out_h,      l->out_w,      l->kernel_h,
                          l->kernel_w, l->stride_h, l->stride_w, l->dilation_h, l->dilation_w, l->batch};
  for (size_t i = 0; i < sizeof size / sizeof *size; i++)
    if (size[i] < 1 || size[i] > SIZE_MAX_ELEMENTS) return 0;
  if (l->pad_top < 0 || l->pad_top > SIZE_MAX_ELEMENTS) return 0;
  const int64_t reach = qy_layer_reach(l->kernel_h, l->dilation_h);
  bool bad = __builtin_mul_overflow(l->in_h, l->in_w, &in);
  bad |= __builtin_mul_overflow(in, l->in_c, &in);
  bad |= __builtin_mul_overflow(l->out_h, l->out_w, &out);
  bad |= __builtin_mul_overflow(out, l->out_c, &out);
  bad |= __builtin_mul_overflow(l->kernel_h, l->kernel_w, &kernel);
  bad |= __builtin_mul_overflow(out, kernel, &macs);
  bad |= __builtin_mul_overflow(kernel, l->out_c, &kernel);
  bad |= __builtin_add_overflow(reach, l->stride_h, &rows);
  bad |= __builtin_mul_overflow(rows, l->in_w, &rows);
  bad |= __builtin_mul_overflow(l->out_h * l->kernel_h, l->in_w, &reads);
  bad |= __builtin_mul_overflow(reads, l->in_c, &reads);
  bad |= __builtin_add_overflow(in, out, &sum);
  bad |= __builtin_add_overflow(sum, kernel, &sum);
  bad |= __builtin_add_overflow(sum, rows, &sum);
  bad |= __builtin_mul_overflow(sum, BITS_PER_SLOT_BOUND, &sum);
  bad |= __builtin_add_overflow(sum, macs, &sum);
  bad |= __builtin_add_overflow(sum, reads, &sum);
  bad |= __builtin_mul_overflow(sum, l->batch, &sum);
  return bad ? 0 : sum;
}

qy_status depthwise_shape(layer_shape *s, const qy_layer *l, qy_error *err)
{
  if (l->type != QY_LAYER_DWCONV || l->groups != l->in_c)
    return qy_fail(err, QY_BAD_INPUT, "layer %s: expected dwconv for a depthwise module, found %s", l->name,
                   qy_layer_type_name(l->type));
  if (l->out_c != l->in_c)
    return qy_fail(err, QY_BAD_INPUT,
                   "layer %s: expected as many output as input channels (%" PRId64 "), found %" PRId64, l->name,
                   l->in_c, l->out_c);
  int64_t size = bound(l);
  if (size <= 0 || size > work_max)
    return qy_fail(err, QY_BAD_INPUT,
                   "layer %s: expected a layer whose cycles can be counted exactly, found a larger one", l->name);
  *s = (layer_shape){
      .channels = l->in_c,
      .in_h = l->in_h,
      .in_w = l->in_w,
      .out_h = l->out_h,
      .out_w = l->out_w,
      .taps = l->kernel_h * l->kernel_w,
      .pixels = l->out_h * l->out_w,
      .new_words = count_new_words(l),
      .first_rows = count_first_rows(l),
      .row_reads = qy_layer_touched(l->in_h, l->out_h, l->kernel_h, l->stride_h, l->dilation_h, l->pad_top),
      .count = 1,
      .macs = l->out_h * l->out_w * l->kernel_h * l->kernel_w * l->in_c,
  };
  return QY_OK;
}

void depthwise_place(layer_shape *s, const layer_shape *before, const layer_shape *after)
{
  s->all_pixels = s->count * s->pixels;
  s->all_in_h = s->count * s->in_h;
  s->all_out_h = s->count * s->out_h;
  s->all_reads = s->count * s->row_reads;
  s->fresh = 0;
  if (!before || before->channels != s->channels) s->fresh |= FRESH_CHANNELS;
  if (!before || before->taps != s->taps) s->fresh |= FRESH_TAPS;
  if (!before || before->in_w != s->in_w) s->fresh |= before && before->out_w == s->in_w ? IN_AS_OUT : FRESH_IN;
  s->fresh |= s->out_w == s->in_w ? OUT_AS_IN : FRESH_OUT;
  if (!after || after->taps != s->taps) s->fresh |= LAST_ALIKE;
}

double depthwise_maps(const layer_shape *s)
{
  return (double)(s->count * s->channels * s->in_h * s->in_w);
}

double depthwise_weights(const layer_shape *s)
{
  return (double)(s->count * s->channels * s->taps);
}

double depthwise_channels(const layer_shape *s)
{
  return (double)(s->count * s->channels);
}

double depthwise_stores(const layer_shape *s)
{
  return (double)(s->count * s->channels * s->pixels);
}

static int same_shape(const layer_shape *a, const layer_shape *b)
{
  return a->channels == b->channels && a->in_h == b->in_h && a->in_w == b->in_w && a->out_h == b->out_h &&
         a->out_w == b->out_w && a->taps == b->taps && a->first_rows == b->first_rows && a->new_words == b->new_words &&
         a->row_reads == b->row_reads;
}

static real_shape real_of(const layer_shape *s)
{
  return (real_shape){.channels = (double)s->channels,
                      .in_h = (double)s->in_h,
                      .in_w = (double)s->in_w,
                      .out_h = (double)s->out_h,
                      .out_w = (double)s->out_w,
                      .taps = (double)s->taps,
                      .pixels = (double)s->pixels,
                      .first_rows = (double)s->first_rows,
                      .count = (double)s->count,
                      .all_pixels = (double)s->all_pixels,
                      .all_in_h = (double)s->all_in_h,
                      .all_out_h = (double)s->all_out_h,
                      .all_reads = (double)s->all_reads,
                      .fresh = s->fresh};
}

qy_status qy_depthwise_work_new(qy_depthwise_work **work, const qy_layer *const *layers, size_t count, qy_arena *arena,
                                qy_error *err)
{
  int64_t total = 0;
  *work = NULL;
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one layer for a depthwise module, found none");
  qy_depthwise_work *w = qy_arena_alloc(arena, 1, sizeof *w);
  if (!w || !(w->shape = qy_arena_alloc(arena, count, sizeof *w->shape)))
    return qy_fail(err, QY_NO_MEMORY, "out of memory for %zu layers", count);
  for (size_t i = 0; i < count; i++) {
    const qy_layer *l = layers[i];
    layer_shape s = {0};
    qy_status status = depthwise_shape(&s, l, err);
    if (status) return status;
    total += bound(l); /* both below 2^52 */
    if (total > work_max)
      return qy_fail(err, QY_BAD_INPUT, "layer %s: expected layers whose cycles can be counted exactly, found too many",
                     l->name);
    w->taps_min = i ? qy_min64(w->taps_min, s.taps) : s.taps;
    w->taps_max = qy_max64(w->taps_max, s.taps);
    w->input_slots = qy_max64(w->input_slots, (qy_layer_reach(l->kernel_h, l->dilation_h) + l->stride_h) * l->in_w);
    w->output_slots = qy_max64(w->output_slots, 2 * l->out_w);
    s.count = l->batch; /* images one after another */
    w->moved.macs += (double)s.macs * (double)s.count;
    w->moved.maps += depthwise_maps(&s);
    w->moved.weights += depthwise_weights(&s);
    w->moved.channels += depthwise_channels(&s);
    w->moved.results += depthwise_stores(&s);
    size_t j = 0;
    while (j < w->count && !same_shape(&w->shape[j], &s))
      j++;
    if (j < w->count)
      w->shape[j].count += s.count;
    else
      w->shape[w->count++] = s;
  }
  if (!(w->real = qy_arena_alloc(arena, w->count, sizeof *w->real))) return qy_no_memory(err);
  for (size_t i = 0; i < w->count; i++) {
    layer_shape *s = &w->shape[i];
    depthwise_place(s, i ? s - 1 : NULL, i + 1 < w->count ? s + 1 : NULL);
    w->real[i] = real_of(s);
  }
  *work = w;
  return QY_OK;
}

size_t qy_depthwise_work_shapes(const qy_depthwise_work *work)
{
  return work->count;
}
