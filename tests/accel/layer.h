/* What the tests of accelerators share: a layer by its sizes. */
#ifndef TESTS_ACCEL_LAYER_H
#define TESTS_ACCEL_LAYER_H

#include "quarry/network.h"

static inline qy_layer make_layer(int64_t h, int64_t w, int64_t c, int64_t n, int64_t kh, int64_t kw, int64_t stride,
                                  int64_t pad, int64_t groups)
{
  qy_layer l = {.name = "layer",
                .type = QY_LAYER_CONV,
                .in_h = h,
                .in_w = w,
                .in_c = c,
                .out_c = n,
                .kernel_h = kh,
                .kernel_w = kw,
                .stride = stride,
                .pad = pad,
                .groups = groups};
  l.out_h = (h + 2 * pad - kh) / stride + 1;
  l.out_w = (w + 2 * pad - kw) / stride + 1;
  return l;
}

#endif
