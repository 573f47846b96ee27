/* Layers of a network as text, for tests. */
#ifndef QUARRY_TESTS_LAYER_TEXT_H
#define QUARRY_TESTS_LAYER_TEXT_H

#include "quarry/network.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct layer_text {
  char data[4096];
  size_t length;
} layer_text;

__attribute__((format(printf, 2, 3))) static inline void layer_put(layer_text *t, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const int n = vsnprintf(t->data + t->length, sizeof t->data - t->length, format, args);
  va_end(args);
  if (n > 0) t->length += (size_t)n;
  if (t->length >= sizeof t->data) t->length = sizeof t->data - 1;
}

static inline void layer_put_pair(layer_text *t, const char *what, int64_t h, int64_t w, int64_t plain)
{
  if (h == plain && w == plain) return;
  layer_put(t, h == w ? " %s%lld" : " %s%lldx%lld", what, (long long)h, (long long)w);
}

/* NAME TYPE(INPUTS) H,W,C>H,W,C and what is not as usual: batch b, kernel k, stride s, padding p (top, bottom, left,
 * right), dilation d, groups g, widths w and a. */
static inline void layer_put_all(layer_text *t, const qy_network *n, const qy_layer *l)
{
  layer_put(t, "%s %s(", l->name, qy_layer_type_name(l->type));
  for (size_t i = 0; i < l->input_count; i++)
    layer_put(t, "%s%s",
              i == 0                     ? ""
              : i + 1 < l->input_count   ? "+"
              : l->gated                 ? "*"
              : l->computed && l->paired ? "@"
                                         : "+",
              n->layer[l->input[i]].name);
  layer_put(t, "%s%s) %lld,%lld,%lld>%lld,%lld,%lld", l->input_count ? "" : "-", l->computed && !l->paired ? "@-" : "",
            (long long)l->in_h, (long long)l->in_w, (long long)l->in_c, (long long)l->out_h, (long long)l->out_w,
            (long long)l->out_c);
  if (l->batch != 1) layer_put(t, " b%lld", (long long)l->batch);
  if (l->type != QY_LAYER_FC) layer_put_pair(t, "k", l->kernel_h, l->kernel_w, 1);
  layer_put_pair(t, "s", l->stride_h, l->stride_w, 1);
  if (l->pad_top || l->pad_bottom || l->pad_left || l->pad_right)
    layer_put(t, " p%lld,%lld,%lld,%lld", (long long)l->pad_top, (long long)l->pad_bottom, (long long)l->pad_left,
              (long long)l->pad_right);
  layer_put_pair(t, "d", l->dilation_h, l->dilation_w, 1);
  if (l->type == QY_LAYER_CONV && l->groups > 1) layer_put(t, " g%lld", (long long)l->groups);
  if (l->weight_bits > 0) layer_put(t, " w%d", l->weight_bits);
  if (l->activation_bits > 0) layer_put(t, " a%d", l->activation_bits);
  layer_put(t, "\n");
}

#endif
