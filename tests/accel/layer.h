/* What the tests of accelerators share: a layer by its sizes. */
#ifndef TESTS_ACCEL_LAYER_H
#define TESTS_ACCEL_LAYER_H

#include "quarry/network.h"

/* Outputs of one direction, counted: positions of the kernel that lie within the padded input. */
static inline int64_t count_positions(int64_t in, int64_t before, int64_t after, int64_t taps, int64_t dilation,
                                      int64_t stride)
{
  int64_t count = 0;
  for (int64_t at = -before; at + (taps - 1) * dilation < in + after; at += stride)
    count++;
  return count;
}

/* How a kernel goes over its input. */
typedef struct window {
  int64_t stride_h, stride_w, dilation_h, dilation_w, top, bottom, left, right;
} window;

static inline void set_window(qy_layer *l, const window *w)
{
  l->stride_h = w->stride_h;
  l->stride_w = w->stride_w;
  l->dilation_h = w->dilation_h;
  l->dilation_w = w->dilation_w;
  l->pad_top = w->top;
  l->pad_bottom = w->bottom;
  l->pad_left = w->left;
  l->pad_right = w->right;
  l->out_h = count_positions(l->in_h, w->top, w->bottom, l->kernel_h, w->dilation_h, w->stride_h);
  l->out_w = count_positions(l->in_w, w->left, w->right, l->kernel_w, w->dilation_w, w->stride_w);
}

static inline qy_layer make_layer(int64_t h, int64_t w, int64_t c, int64_t n, int64_t kh, int64_t kw, int64_t stride,
                                  int64_t pad, int64_t groups)
{
  qy_layer l = {.name = "layer",
                .type = QY_LAYER_CONV,
                .batch = 1,
                .in_h = h,
                .in_w = w,
                .in_c = c,
                .out_c = n,
                .kernel_h = kh,
                .kernel_w = kw,
                .stride_h = stride,
                .stride_w = stride,
                .dilation_h = 1,
                .dilation_w = 1,
                .pad_top = pad,
                .pad_bottom = pad,
                .pad_left = pad,
                .pad_right = pad,
                .groups = groups};
  l.out_h = (h + 2 * pad - kh) / stride + 1;
  l.out_w = (w + 2 * pad - kw) / stride + 1;
  return l;
}

typedef int64_t random_int(int64_t low, int64_t high);

/* Strides, dilations and pads of their own for each direction and side; false (l as it was) where the kernel no longer
 * fits the input. */
static inline bool vary_window(qy_layer *l, random_int *random)
{
  window w = {
      .stride_h = random(1, 4), .stride_w = random(1, 4), .dilation_h = random(1, 3), .dilation_w = random(1, 3)};
  if (random(0, 2) == 0) w.dilation_h = w.dilation_w = 1;
  const int64_t reach_h = qy_layer_reach(l->kernel_h, w.dilation_h),
                reach_w = qy_layer_reach(l->kernel_w, w.dilation_w);
  w.top = random(0, reach_h - 1);
  w.bottom = random(0, reach_h - 1);
  w.left = random(0, reach_w - 1);
  w.right = random(0, reach_w - 1);
  if (reach_h > l->in_h + w.top + w.bottom || reach_w > l->in_w + w.left + w.right) return false;
  set_window(l, &w);
  return true;
}

#endif
