/* How large the layers of a depthwise module may be: slots of 64 bits, products and words read of all images together
 * are at most 2^52, to the last one. */
#include "quarry/depthwise.h"

#include "tap.h"

#include <string.h>

enum { LAYERS_MOST = 200, SIDE_MOST = 1 << 24 };
static const int64_t most = INT64_C(1) << 52;

static qy_layer layer_of(int64_t h, int64_t w, int64_t c, int64_t kernel, int64_t stride, int64_t dilation)
{
  const int64_t reach = (kernel - 1) * dilation + 1;
  qy_layer l = {.name = "dw",
                .type = QY_LAYER_DWCONV,
                .batch = 1,
                .in_h = h,
                .in_w = w,
                .in_c = c,
                .out_h = (h - reach) / stride + 1,
                .out_w = (w - reach) / stride + 1,
                .out_c = c,
                .groups = c,
                .kernel_h = kernel,
                .kernel_w = kernel,
                .stride_h = stride,
                .stride_w = stride,
                .dilation_h = dilation,
                .dilation_w = dilation};
  return l;
}

/* Both maps, the weights, and the rows of the input that a window and its next one reach; products; words of the rows
 * that the windows read. */
static int64_t size_of(const qy_layer *l)
{
  const int64_t maps = l->in_h * l->in_w * l->in_c + l->out_h * l->out_w * l->out_c,
                weights = l->kernel_h * l->kernel_w * l->out_c,
                rows = ((l->kernel_h - 1) * l->dilation_h + 1 + l->stride_h) * l->in_w,
                products = l->out_h * l->out_w * l->out_c * l->kernel_h * l->kernel_w,
                reads = l->out_h * l->kernel_h * l->in_w * l->in_c;
  return l->batch * (64 * (maps + weights + rows) + products + reads);
}

static bool accepted(const qy_layer *layer, size_t count, const char *message)
{
  const qy_layer *list[LAYERS_MOST];
  qy_arena *arena = qy_arena_new();
  qy_depthwise_work *work;
  qy_error err = {0};
  for (size_t i = 0; i < count; i++)
    list[i] = &layer[i];
  const qy_status status = qy_depthwise_work_new(&work, list, count, arena, &err);
  qy_arena_free(arena);
  if (status && (status != QY_BAD_INPUT || !strstr(err.diagnostic[0].text, message))) {
    ok(0, "refused otherwise: %s", err.diagnostic[0].text);
    return true;
  }
  return !status;
}

/* The first layer, and what is left up to the most in layers of 1 x 1: long ones, one word wide, and single words. */
static void filled(const char *what, qy_layer first)
{
  qy_layer layer[LAYERS_MOST] = {first};
  size_t count = 1;
  int64_t left = most - size_of(&first);
  while (left > INT64_C(1) << 30 && count < LAYERS_MOST / 2) {
    const int64_t h = left / (130 << 20) - 1;
    layer[count] = layer_of(h < 1 ? 1 : h > SIDE_MOST ? SIDE_MOST : h, 1 << 10, h < 1 ? 1 : 1 << 10, 1, 1, 1);
    left -= size_of(&layer[count++]);
  }
  const qy_layer word = layer_of(1, 1, 1, 1, 1, 1);
  const int64_t of_word = size_of(&word), h2 = 130, h0 = 192; /* h x 1 x 1 is of 130 h + 192 */
  for (; (left - h0) % h2 != 0 && count < LAYERS_MOST - 2; left -= of_word)
    layer[count++] = word;
  layer[count++] = layer_of((left - h0) / h2, 1, 1, 1, 1, 1);
  int64_t all = 0;
  for (size_t i = 0; i < count; i++)
    all += size_of(&layer[i]);
  ok(all == most && accepted(layer, count, "too many"), "%s: %zu layers of 2^52 are counted", what, count);
  layer[count++] = word;
  ok(!accepted(layer, count, "too many"), "and one word more is not");
}

/* One layer of all, and of one image or one row more. */
static void alone(void)
{
  qy_layer l = layer_of(1450, 8, 2848, 1, 1, 1);
  l.batch = 1 << 20;
  ok(size_of(&l) == most && accepted(&l, 1, ""), "a layer of 2^52 is counted");
  l.batch++;
  ok(!accepted(&l, 1, "found a larger one"), "and an image more is not");
}

/* Sizes are at most 2^24 each, and at least 1. */
static void sides(void)
{
  for (int side = 0; side < 12; side++)
    for (int more = 0; more < 2; more++) {
      qy_layer l = layer_of(1, 1, 1, 1, 1, 1);
      int64_t *const size[] = {&l.in_h,     &l.in_w,     &l.in_c,     &l.out_h,      &l.out_w,      &l.kernel_h,
                               &l.kernel_w, &l.stride_h, &l.stride_w, &l.dilation_h, &l.dilation_w, &l.batch};
      *size[side] = SIDE_MOST + more;
      l.out_c = l.groups = l.in_c;
      ok(accepted(&l, 1, "found a larger one") == !more, "side %d of %d", side, SIDE_MOST + more);
      if (size[side] == &l.in_c) continue;
      *size[side] = 1 - more;
      ok(accepted(&l, 1, "found a larger one") == !more, "side %d of %d", side, 1 - more);
    }
  qy_layer l = layer_of(1, 1, 1, 1, 1, 1);
  l.pad_top = SIDE_MOST;
  ok(accepted(&l, 1, "found a larger one"), "padding of 2^24 rows");
  l.pad_top++;
  ok(!accepted(&l, 1, "found a larger one"), "and one more");
  l.pad_top = -1;
  ok(!accepted(&l, 1, "found a larger one"), "or one less than none");
}

int main(void)
{
  qy_layer images = layer_of(300, 200, 1000, 5, 1, 3);
  images.batch = 40000;
  filled("3 x 3", layer_of(1 << 12, 1 << 12, 1 << 17, 3, 1, 1));
  filled("dilated, in images", images);
  filled("strided", layer_of(1 << 20, 1 << 10, 1 << 12, 7, 3, 2));
  filled("wide", layer_of(3, 1 << 24, 100, 3, 2, 1));
  alone();
  sides();
  return done();
}
