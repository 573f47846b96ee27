/* Random nests for tests of traffic. */
#ifndef QUARRY_TESTS_TRAFFIC_NESTS_H
#define QUARRY_TESTS_TRAFFIC_NESTS_H

#include "quarry/integer.h"
#include "quarry/traffic.h"

#include "random.h"

static int64_t random_between(uint64_t *state, int64_t low, int64_t high)
{
  return low + (int64_t)random_below(state, (size_t)(high - low + 1));
}

typedef struct random_side_of {
  int64_t out, kernel, stride, dilation, before, after;
} random_side_of;

static random_side_of random_side(uint64_t *state, int64_t in, bool window)
{
  for (;;) {
    random_side_of d = {.kernel = window ? random_between(state, 1, 4) : 1,
                        .stride = window ? random_between(state, 1, 3) : 1,
                        .dilation = window && random_between(state, 0, 4) == 0 ? 2 : 1};
    const int64_t reach = (d.kernel - 1) * d.dilation + 1;
    d.before = random_between(state, 0, reach - 1);
    d.after = random_between(state, 0, reach - 1);
    const int64_t room = in + d.before + d.after - reach;
    d.out = room / d.stride + 1;
    if (room >= 0) return d;
  }
}

/* A layer of in_c x in_h x in_w inputs; out_c 0: channelwise. */
static qy_layer random_layer(uint64_t *state, int64_t in_h, int64_t in_w, int64_t in_c, int64_t out_c, bool window)
{
  const random_side_of h = random_side(state, in_h, window), w = random_side(state, in_w, window);
  qy_layer l = {.name = "random",
                .batch = 1,
                .in_h = in_h,
                .in_w = in_w,
                .in_c = in_c,
                .out_c = out_c ? out_c : in_c,
                .kernel_h = h.kernel,
                .kernel_w = w.kernel,
                .stride_h = h.stride,
                .stride_w = w.stride,
                .dilation_h = h.dilation,
                .dilation_w = w.dilation,
                .pad_top = h.before,
                .pad_bottom = h.after,
                .pad_left = w.before,
                .pad_right = w.after,
                .groups = 1,
                .out_h = h.out,
                .out_w = w.out};
  l.type = QY_LAYER_CONV;
  if (out_c == 0) {
    l.groups = in_c;
    l.type = random_between(state, 0, 2) ? QY_LAYER_DWCONV : QY_LAYER_POOL;
  } else if (in_c % 2 == 0 && out_c % 2 == 0 && random_between(state, 0, 3) == 0) {
    l.groups = 2;
  } else if (l.kernel_h == 1 && l.kernel_w == 1) {
    l.type = QY_LAYER_PWCONV;
  }
  return l;
}

/* Into *nest, its layers into layer[3]; sides and channels up to the limits. */
static void random_nest(qy_nest *nest, qy_layer layer[3], uint64_t *state, int64_t side, int64_t channels)
{
  const int64_t h = random_between(state, 1, side), w = random_between(state, 1, side);
  const int64_t c = random_between(state, 1, channels), e = random_between(state, 1, channels);
  *nest = (qy_nest){.kind = (qy_nest_kind)random_between(state, 0, 2)};
  const bool window = random_between(state, 0, 3) > 0;
  if (nest->kind == QY_NEST_DENSE) {
    layer[0] = random_layer(state, h, w, c, e, random_between(state, 0, 1));
    nest->head = &layer[0];
  } else if (nest->kind == QY_NEST_CHANNELWISE) {
    layer[1] = random_layer(state, h, w, c, 0, window);
    nest->middle = &layer[1];
  } else {
    const qy_layer *before = NULL;
    if (random_between(state, 0, 2)) {
      layer[0] = random_layer(state, h, w, c, e, random_between(state, 0, 1));
      nest->head = before = &layer[0];
    }
    if (!before || random_between(state, 0, 2)) {
      layer[1] = before ? random_layer(state, before->out_h, before->out_w, e, 0, window)
                        : random_layer(state, h, w, c, 0, window);
      nest->middle = before = &layer[1];
    }
    if ((!nest->head && !random_between(state, 0, 1)) || random_between(state, 0, 2)) {
      layer[2] =
          random_layer(state, before->out_h, before->out_w, before->out_c, random_between(state, 1, channels), false);
      layer[2].groups = 1;
      nest->tail = &layer[2];
    }
    nest->read_halo_kept = random_between(state, 0, 1);
    if (!nest->tail && (!nest->head || random_between(state, 0, 1))) nest->pooled = true;
  }
  if (nest->kind != QY_NEST_BLOCK) nest->pooled = !random_between(state, 0, 3);
  nest->output_unused = nest->pooled && random_between(state, 0, 1);
  nest->input_held = !random_between(state, 0, 3);
  nest->output_held = !nest->output_unused && !random_between(state, 0, 3);
  nest->addends_read = qy_max64(0, random_between(state, -3, 2));
  nest->addends_held = qy_max64(0, random_between(state, -3, 1));
  nest->gate = (qy_gate_place)qy_max64(0, random_between(state, -3, 2));
}

#endif
