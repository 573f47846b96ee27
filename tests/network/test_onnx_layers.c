/* Layers, edges and notes of small ONNX models, worked out by hand from onnx.h and the operators' definitions
 * (onnx.ai/onnx/operators). */
#include "quarry/network.h"
#include "quarry/onnx.h"

#include "onnx_text.h"
#include "tap.h"

static qy_arena *arena;

typedef struct row {
  const char *what, *model;
  const char *layers; /* a line each: see described(); or the message of the error */
  const char *notes;  /* a line each; NULL: not looked at */
  const char *dims;   /* "N=4 height=8" */
} row;

typedef struct text {
  char data[4096];
  size_t length;
} text;

__attribute__((format(printf, 2, 3))) static void put(text *t, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const int n = vsnprintf(t->data + t->length, sizeof t->data - t->length, format, args);
  va_end(args);
  if (n > 0) t->length += (size_t)n;
  if (t->length >= sizeof t->data) t->length = sizeof t->data - 1;
}

static void put_pair(text *t, const char *what, int64_t h, int64_t w, int64_t plain)
{
  if (h == plain && w == plain) return;
  put(t, h == w ? " %s%lld" : " %s%lldx%lld", what, (long long)h, (long long)w);
}

/* NAME TYPE(INPUTS) H,W,C>H,W,C and what is not as usual: batch b, kernel k, stride s, padding p (top, bottom, left,
 * right), dilation d, groups g, widths w and a. */
static void put_layer(text *t, const qy_network *n, const qy_layer *l)
{
  put(t, "%s %s(", l->name, qy_layer_type_name(l->type));
  for (size_t i = 0; i < l->input_count; i++)
    put(t, "%s%s",
        i == 0                     ? ""
        : i + 1 < l->input_count   ? "+"
        : l->gated                 ? "*"
        : l->computed && l->paired ? "@"
                                   : "+",
        n->layer[l->input[i]].name);
  put(t, "%s%s) %lld,%lld,%lld>%lld,%lld,%lld", l->input_count ? "" : "-", l->computed && !l->paired ? "@-" : "",
      (long long)l->in_h, (long long)l->in_w, (long long)l->in_c, (long long)l->out_h, (long long)l->out_w,
      (long long)l->out_c);
  if (l->batch != 1) put(t, " b%lld", (long long)l->batch);
  if (l->type != QY_LAYER_FC) put_pair(t, "k", l->kernel_h, l->kernel_w, 1);
  put_pair(t, "s", l->stride_h, l->stride_w, 1);
  if (l->pad_top || l->pad_bottom || l->pad_left || l->pad_right)
    put(t, " p%lld,%lld,%lld,%lld", (long long)l->pad_top, (long long)l->pad_bottom, (long long)l->pad_left,
        (long long)l->pad_right);
  put_pair(t, "d", l->dilation_h, l->dilation_w, 1);
  if (l->type == QY_LAYER_CONV && l->groups > 1) put(t, " g%lld", (long long)l->groups);
  if (l->weight_bits > 0) put(t, " w%d", l->weight_bits);
  if (l->activation_bits > 0) put(t, " a%d", l->activation_bits);
  put(t, "\n");
}

static size_t read_dims(qy_onnx_dim *dim, const char *p)
{
  size_t count = 0;
  char *copy = p ? qy_arena_text(arena, p, strlen(p)) : NULL, *rest = NULL;
  for (char *w = copy ? strtok_r(copy, " ", &rest) : NULL; w; w = strtok_r(NULL, " ", &rest)) {
    char *equals = strchr(w, '=');
    *equals = '\0';
    dim[count++] = (qy_onnx_dim){w, strtoll(equals + 1, NULL, 10)};
  }
  return count;
}

static void check(const row *r)
{
  enum { DIMS = 8 };
  qy_onnx_dim dim[DIMS];
  qy_onnx_options options = {.batch = 1, .dim = dim};
  qy_error err = {0};
  text layers = {.length = 0}, notes = {.length = 0};
  qy_arena_reset(arena);
  options.dim_count = read_dims(dim, r->dims);
  qy_onnx *onnx = onnx_text_read(r->model, &options, arena, &err);
  qy_text csv = {0};
  qy_network *n = NULL;
  if (onnx && qy_onnx_check_layers(onnx, &err) == QY_OK) {
    qy_onnx_network_csv(&csv, onnx);
    if (qy_network_text(&n, "made.csv", csv.data, csv.length, arena, &err) == QY_OK)
      for (size_t i = 0; i < n->layer_count; i++)
        put_layer(&layers, n, &n->layer[i]);
  }
  if (!n) put(&layers, "%s", err.count ? err.diagnostic[0].text : "no network");
  if (!is_text(layers.data, r->layers, r->what) && csv.data) printf("# %s", csv.data);
  size_t count = 0;
  const qy_onnx_note *note = onnx ? qy_onnx_notes(&count, onnx) : NULL;
  for (size_t i = 0; i < count; i++)
    put(&notes, "%s %s %zu: %s\n", note[i].op, note[i].node, note[i].count, note[i].text);
  if (r->notes) is_text(notes.data, r->notes, "with its notes");
  qy_text_free(&csv);
  qy_onnx_free(onnx);
}

#define X     "in x 1,6,8,10\n"
#define CONV  "w f32 4,6,3,3\n"
#define POINT "v f32 6,6,1,1\na = Conv x v\n"

static const row windows[] = {
    {"a convolution", X CONV "a = Conv x w", "a conv(-) 8,10,6>6,8,4 k3\n", "", NULL},
    {"pads begin with all starts", X CONV "a = Conv x w : pads=[0,1,2,2]", "a conv(-) 8,10,6>8,11,4 k3 p0,2,1,2\n", "",
     NULL},
    {"strides and dilations", X CONV "a = Conv x w : strides=[2,1] dilations=[1,3]",
     "a conv(-) 8,10,6>3,4,4 k3 s2x1 d1x3\n", "", NULL},
    {"more above", X CONV "a = Conv x w : auto_pad='SAME_LOWER' strides=[2,2]",
     "a conv(-) 8,10,6>4,5,4 k3 s2 p1,0,1,0\n", "", NULL},
    {"more below", X CONV "a = Conv x w : auto_pad='SAME_UPPER' strides=[2,2]",
     "a conv(-) 8,10,6>4,5,4 k3 s2 p0,1,0,1\n", "", NULL},
    {"groups", X "w f32 4,3,3,3\na = Conv x w : group=2", "a conv(-) 8,10,6>6,8,4 k3 g2\n", "", NULL},
    {"depthwise", X "w f32 6,1,3,3\na = Conv x w : group=6", "a dwconv(-) 8,10,6>6,8,6 k3\n", "", NULL},
    {"groups that its weights do not have", X "w f32 4,3,3,3\na = Conv x w : group=3\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n",
     "Conv a 1: left out: channels, groups and weights contradict each other: an input of 6 channels, weights for 3, "
     "group 3\n",
     NULL},
    {"channels that do not divide", X "w f32 4,4,3,3\na = Conv x w\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n",
     "Conv a 1: left out: channels, groups and weights contradict each other: an input of 6 channels, weights for 4, "
     "group 1\n",
     NULL},
    {"outputs that groups do not divide", X "w f32 5,3,3,3\na = Conv x w : group=2\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n", "Conv a 1: left out: groups do not divide the channels\n", NULL},
    {"one dimension", "in x 2,6,10\nw f32 4,6,3\na = Conv x w : pads=[2,1] strides=[2]",
     "a conv(-) 1,10,6>1,6,4 b2 k1x3 s1x2 p0,0,2,1\n", "", NULL},
    {"three: slices of 5 outputs, depth 2 as channels", "in x 1,6,6,8,10\nw f32 4,6,2,3,3\na = Conv x w",
     "a conv(-) 8,10,12>6,8,4 b5 k3\n",
     "Conv a 1: 3-D: slices of the output as images, the kernel's depth as channels; inputs count once per slice that "
     "reads them\n",
     NULL},
    {"depthwise of depth 1", "in x 1,6,6,8,10\nw f32 6,1,1,3,3\na = Conv x w : group=6",
     "a dwconv(-) 8,10,6>6,8,6 b6 k3\n", NULL, NULL},
    {"depthwise of depth 2 is one of groups", "in x 1,6,6,8,10\nw f32 6,1,2,3,3\na = Conv x w : group=6",
     "a conv(-) 8,10,12>6,8,6 b5 k3 g6\n", NULL, NULL},
    {"a kernel_shape that the weights have not", X CONV "a = Conv x w : kernel_shape=[3,5]",
     "Conv 'a': expected kernel_shape as its weights' shape, 3, found 5", NULL, NULL},
    {"a kernel larger than the map", X "w f32 4,6,9,3\na = Conv x w\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n",
     "Conv a 1: left out: a kernel that covers 9 on an input of 8 with padding of 0 and 0\n", NULL},
    {"a kernel of all of it", X "w f32 4,6,8,10\na = Conv x w", "a conv(-) 8,10,6>1,1,4 k8x10\n", "", NULL},
    {"padding by a whole kernel counts as input", X "w f32 4,6,1,1\na = Conv x w : pads=[1,0,0,2]",
     "a pwconv(-) 9,12,6>9,12,4\n", "Conv a 1: padded by a whole kernel or more: that counts as input\n", NULL},
    {"a stride of 0", X CONV "a = Conv x w : strides=[0,1]\nb = Conv x v\nv f32 1,6,1,1", "b pwconv(-) 8,10,6>8,10,1\n",
     "Conv a 1: left out: strides of 0, which is not within 1 to 2^31\n", NULL},
    {"one stride of two", X CONV "a = Conv x w : strides=[1]\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n", "Conv a 1: left out: 1 numbers of strides where its input has 2\n", NULL},
    {"an empty list is none", X CONV "a = Conv x w : strides=[]", "a conv(-) 8,10,6>6,8,4 k3\n", "", NULL},
    {"weights of fewer dimensions", X "w f32 4,6,3\na = Conv x w\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n", "Conv a 1: left out: an input of 4 dimensions and weights of 3\n", NULL},
    {"a Pad before it",
     X CONV POINT "n i64 8 = 0 0 1 2 0 0 3 0\nb = Pad a n\nc = Conv b u : pads=[1,0,0,0]\n"
                  "u f32 2,6,6,5",
     "a pwconv(-) 8,10,6>8,10,6\nc conv(a) 8,10,6>8,8,2 k6x5 p2,3,2,0\n", "", NULL},
    {"a Pad of a whole kernel is none of it",
     X POINT "n i64 8 = 0 0 3 0 0 0 0 0\nb = Pad a n\nc = Conv b u\n"
             "u f32 2,6,3,3",
     "a pwconv(-) 8,10,6>8,10,6\nc conv(-) 11,10,6>9,8,2 k3\n",
     "Conv c 1: reads part of a layer, or more than it: its input is not known to the network (-)\n", NULL},
    {"a Pad of the network's input is its size",
     X "n i64 8 = 0 0 1 1 0 0 1 1\nb = Pad x n\nc = Conv b u\nu f32 2,6,3,3", "c conv(-) 10,12,6>8,10,2 k3\n", "",
     NULL},
    {"two Pads", X POINT "n i64 8 = 0 0 1 0 0 0 0 0\nb = Pad a n\nc = Pad b n\nd = Conv c u\nu f32 2,6,3,3",
     "a pwconv(-) 8,10,6>8,10,6\nd conv(a) 8,10,6>8,8,2 k3 p2,0,0,0\n", "", NULL},
    {"a pool", X POINT "b = MaxPool a : kernel_shape=[3,2] strides=[2,2]",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>3,5,6 k3x2 s2\n", "", NULL},
    {"rounded up", X POINT "b = MaxPool a : kernel_shape=[3,3] strides=[2,2] ceil_mode=1",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>4,5,6 k3 s2 p0,1,0,1\n", "", NULL},
    {"rounded up behind padding",
     X POINT "b = AveragePool a : kernel_shape=[3,3] strides=[3,3] pads=[1,0,0,1] ceil_mode=1",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>3,4,6 k3 s3 p1,0,0,2\n", "", NULL},
    {"over each slice", "in x 2,6,5,8,10\nb = MaxPool x : kernel_shape=[1,2,2] strides=[1,2,2]",
     "b pool(-) 8,10,6>4,5,6 b10 k2 s2\n", "", NULL},
    {"over depth",
     "in x 1,6,5,8,10\nb = MaxPool x : kernel_shape=[2,2,2]\nc = MaxPool x : kernel_shape=[1,2,2] "
     "strides=[2,2,2]\nd = MaxPool x : kernel_shape=[1,1,2]",
     "d pool(-) 8,10,6>8,9,6 b5 k1x2\n", "MaxPool b 2: left out: a pool over depth\n", NULL},
    {"over all", X POINT "b = GlobalAveragePool a", "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>1,1,6 k8x10\n", "",
     NULL},
    {"over all of a line", "in x 2,6,10\nb = GlobalMaxPool x", "b pool(-) 1,10,6>1,1,6 b2 k1x10\n", "", NULL},
    {"over all of a volume", "in x 2,6,3,4,10\nb = GlobalMaxPool x\nc = Conv x v\nv f32 1,6,1,1,1",
     "c pwconv(-) 4,10,6>4,10,1 b6\n", NULL, NULL},
    {"of a matrix", "in x 2,6\nb = GlobalMaxPool x\nc = Gemm x v\nv f32 6,3", "c pwconv(-) 1,2,6>1,2,3\n",
     "GlobalMaxPool b 1: left out: an input of less than 3 dimensions\n", NULL},
    {"a mean over maps", X POINT "b = ReduceMean a : axes=[2,3]",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>1,1,6 k8x10\n", "", NULL},
    {"without the axes", X POINT "b = ReduceMax a : axes=[-1,2] keepdims=0\nc = Gemm b u\nu f32 6,2",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>1,1,6 k8x10\nc fc(b) 1,1,6>1,1,2\n", "", NULL},
    {"over rows alone", X POINT "b = ReduceMean a : axes=[2]", "a pwconv(-) 8,10,6>8,10,6\n",
     "ReduceMean b 1: left out: not the mean or maximum over whole maps of a layer\n", NULL},
    {"over channels", X POINT "b = ReduceMean a : axes=[1,2,3]", "a pwconv(-) 8,10,6>8,10,6\n",
     "ReduceMean b 1: left out: not the mean or maximum over whole maps of a layer\n", NULL},
    {"of the network's input", X POINT "b = ReduceMean x : axes=[2,3]", "a pwconv(-) 8,10,6>8,10,6\n",
     "ReduceMean b 1: left out: not the mean or maximum over whole maps of a layer\n", NULL},
    {"channels last", X POINT "t = Transpose a : perm=[0,2,3,1]\nb = ReduceMean t : axes=[1,2]",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>1,1,6 k8x10\n", "", NULL},
    {"turned round", X POINT "t = Transpose a\nb = ReduceMean t : axes=[0,1]",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>1,1,6 k8x10\n", "", NULL},
};

static const row transposed[] = {
    /* The flipped kernel of 3 x 4 with 2 and 3 around; what pads cut off is less. */
    {"stride 1", X "w f32 6,4,3,4\na = ConvTranspose x w : pads=[1,0,0,2]", "a conv(-) 8,10,6>9,11,4 k3x4 p1,2,3,1\n",
     "", NULL},
    {"of groups", X "w f32 6,2,3,3\na = ConvTranspose x w : group=2", "a conv(-) 8,10,6>10,12,4 k3 p2,2,2,2 g2\n", "",
     NULL},
    {"depthwise", X "w f32 6,1,3,3\na = ConvTranspose x w : group=6", "a dwconv(-) 8,10,6>10,12,6 k3 p2,2,2,2\n", "",
     NULL},
    {"a line", "in x 2,6,10\nw f32 6,4,3\na = ConvTranspose x w : dilations=[2]",
     "a conv(-) 1,10,6>1,14,4 b2 k1x3 p0,0,4,4 d1x2\n", "", NULL},
    {"a stride: all taps, and their sums", X "w f32 6,4,3,2\na = ConvTranspose x w : strides=[2,2]",
     "a pwconv(-) 8,10,6>8,10,24\na.col2im col2im(a) 8,10,24>17,20,4 k3x2 s2\n",
     "ConvTranspose a 1: as a 1x1 convolution to all taps, and col2im, which adds them up into the output\n", NULL},
    {"sums cut by pads", X "w f32 6,4,3,3\na = ConvTranspose x w : strides=[2,2] pads=[1,0,2,1]",
     "a pwconv(-) 8,10,6>8,10,36\na.col2im col2im(a) 8,10,36>14,20,4 k3 s2 p1,2,0,1\n", NULL, NULL},
    {"outputs beyond the sums", X "w f32 6,4,3,3\na = ConvTranspose x w : strides=[3,3] output_padding=[1,2]",
     "a pwconv(-) 8,10,6>8,10,36\na.col2im col2im(a) 8,10,36>25,32,4 k3 s3 p0,-1,0,-2\n", NULL, NULL},
    {"of groups: taps of each", X "w f32 6,2,2,2\na = ConvTranspose x w : strides=[2,2] group=2",
     "a conv(-) 8,10,6>8,10,16 g2\na.col2im col2im(a) 8,10,16>16,20,4 k2 s2\n", NULL, NULL},
    {"a volume", "in x 2,6,5,8,10\nw f32 6,4,2,2,2\na = ConvTranspose x w", "a pwconv(-) 8,10,6>8,10,32 b10\n",
     "ConvTranspose a 1: as a 1x1 convolution to all taps; adding them up into the output is no layer\n", NULL},
    {"weights of other channels", X "w f32 5,4,3,3\na = ConvTranspose x w\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n",
     "ConvTranspose a 1: left out: channels, groups and weights contradict each other: an input of 6 channels, weights "
     "for 5, group 1\n",
     NULL},
    {"groups that do not divide", X "w f32 6,4,3,3\na = ConvTranspose x w : group=4\nb = Conv x v\nv f32 1,6,1,1",
     "b pwconv(-) 8,10,6>8,10,1\n",
     "ConvTranspose a 1: left out: channels, groups and weights contradict each other: an input of 6 channels, weights "
     "for 6, group 4\n",
     NULL},
    {"as large as the strides make it, cut more at the end",
     X "w f32 6,4,3,3\na = ConvTranspose x w : strides=[2,2] auto_pad='SAME_UPPER'",
     "a pwconv(-) 8,10,6>8,10,36\na.col2im col2im(a) 8,10,36>16,20,4 k3 s2 p0,1,0,1\n", NULL, NULL},
    {"or at the start", X "w f32 6,4,3,3\na = ConvTranspose x w : strides=[2,2] auto_pad='SAME_LOWER'",
     "a pwconv(-) 8,10,6>8,10,36\na.col2im col2im(a) 8,10,36>16,20,4 k3 s2 p1,0,1,0\n", NULL, NULL},
    {"a size that is wanted: the start is cut more",
     X "w f32 6,4,3,3\na = ConvTranspose x w : strides=[2,2] output_shape=[16,19]",
     "a pwconv(-) 8,10,6>8,10,36\na.col2im col2im(a) 8,10,36>16,19,4 k3 s2 p1,0,1,1\n", NULL, NULL},
};

int main(void)
{
  arena = qy_arena_new();
  for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
    check(&windows[i]);
  for (size_t i = 0; i < sizeof transposed / sizeof *transposed; i++)
    check(&transposed[i]);
  qy_arena_free(arena);
  return done();
}
