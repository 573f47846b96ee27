/* Layers, edges and notes of small ONNX models, worked out by hand from onnx.h and the operators' definitions
 * (onnx.ai/onnx/operators). */
#include "quarry/network.h"
#include "quarry/onnx.h"

#include "layer_text.h"
#include "onnx_memory.h"

static qy_arena *arena;

typedef struct row {
  const char *what, *model;
  const char *layers; /* a line each: see described(); or the message of the error */
  const char *notes;  /* a line each; NULL: not looked at */
  const char *dims;   /* "N=4 height=8" */
} row;

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

static memory_tally memory;

static qy_status again(const void *row_of, const qy_onnx *onnx, double *answer, qy_arena *a, qy_error *err)
{
  qy_text csv = {0};
  qy_network *n = NULL;
  size_t notes = 0;
  (void)row_of;
  qy_status status = qy_onnx_check_layers(onnx, err);
  if (!status) qy_onnx_network_csv(&csv, onnx);
  if (!status) status = csv.failed ? qy_no_memory(err) : qy_network_text(&n, "made.csv", csv.data, csv.length, a, err);
  for (size_t i = 0; !status && i < n->layer_count; i++)
    *answer = *answer / 2 + (double)(n->layer[i].macs + (int64_t)n->layer[i].input_count);
  if (!status && qy_onnx_notes(&notes, onnx)) *answer += (double)notes;
  qy_text_free(&csv);
  return status;
}

static void check(const row *r)
{
  enum { DIMS = 8 };
  qy_onnx_dim dim[DIMS];
  qy_onnx_options options = {.batch = 1, .dim = dim};
  qy_error err = {0};
  layer_text layers = {.length = 0}, notes = {.length = 0};
  qy_arena_reset(arena);
  options.dim_count = read_dims(dim, r->dims);
  qy_onnx *onnx = onnx_text_read("made.onnx", r->model, &options, arena, &err);
  qy_text csv = {0};
  qy_network *n = NULL;
  if (onnx && qy_onnx_check_layers(onnx, &err) == QY_OK) {
    qy_onnx_network_csv(&csv, onnx);
    if (qy_network_text(&n, "made.csv", csv.data, csv.length, arena, &err) == QY_OK)
      for (size_t i = 0; i < n->layer_count; i++)
        layer_put_all(&layers, n, &n->layer[i]);
  }
  if (!n) layer_put(&layers, "%s", onnx_text_said(&err, "made.onnx"));
  bool widths = false;
  for (size_t i = 0; n && i < n->layer_count; i++)
    widths = widths || n->layer[i].weight_bits > 0 || n->layer[i].activation_bits > 0;
  if (n && widths != (strstr(csv.data, "weight_bits") != NULL)) layer_put(&layers, "columns of widths that none has");
  if (!is_text(layers.data, r->layers, r->what) && csv.data) printf("# %s", csv.data);
  size_t count = 0;
  const qy_onnx_note *note = onnx ? qy_onnx_notes(&count, onnx) : NULL;
  for (size_t i = 0; i < count; i++)
    layer_put(&notes, "%s %s %zu: %s\n", note[i].op, note[i].node, note[i].count, note[i].text);
  if (r->notes) is_text(notes.data, r->notes, "with its notes");
  qy_text_free(&csv);
  qy_onnx_free(onnx);
  if (n && !r->dims) onnx_memory_try(&memory, "made.onnx", r->model, again, r);
}

#define X     "in x 1,6,8,10\n"
#define CONV  "w f32 4,6,3,3\n"
#define POINT "v f32 6,6,1,1\na = Conv x v\n"
#define A     "a pwconv(-) 8,10,6>8,10,6\n"

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
    {"depthwise of two channels", "in x 1,2,8,10\nw f32 2,1,3,3\na = Conv x w : group=2",
     "a dwconv(-) 8,10,2>6,8,2 k3\n", "", NULL},
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
    {"or at its side alone", X "w f32 4,6,1,1\na = Conv x w : pads=[0,0,0,2]", "a pwconv(-) 8,12,6>8,12,4\n",
     "Conv a 1: padded by a whole kernel or more: that counts as input\n", NULL},
    {"or above alone", X "w f32 4,6,1,1\na = Conv x w : pads=[1,0,0,0]", "a pwconv(-) 9,10,6>9,10,4\n",
     "Conv a 1: padded by a whole kernel or more: that counts as input\n", NULL},
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
    {"a Pad that cuts from the start", X POINT "n i64 8 = 0 0 -1 0 0 0 0 0\nb = Pad a n\nc = Conv b u\nu f32 2,6,3,3",
     A "c conv(-) 7,10,6>5,8,2 k3\n",
     "Conv c 1: reads part of a layer, or more than it: its input is not known to the network (-)\n", NULL},
    {"and from the end", X POINT "n i64 8 = 0 0 0 0 0 0 0 -2\nb = Pad a n\nc = Conv b u\nu f32 2,6,3,3",
     A "c conv(-) 8,8,6>6,6,2 k3\n",
     "Conv c 1: reads part of a layer, or more than it: its input is not known to the network (-)\n", NULL},
    {"a Pad of the network's input is its size",
     X "n i64 8 = 0 0 1 1 0 0 1 1\nb = Pad x n\nc = Conv b u\nu f32 2,6,3,3", "c conv(-) 10,12,6>8,10,2 k3\n", "",
     NULL},
    {"a Pad at the ends alone", X POINT "n i64 8 = 0 0 0 0 0 0 1 2\nb = Pad a n\nc = Conv b u\nu f32 2,6,3,3",
     "a pwconv(-) 8,10,6>8,10,6\nc conv(a) 8,10,6>7,10,2 k3 p0,1,0,2\n", "", NULL},
    {"a Pad of slices",
     "in x 1,6,5,8,10\nv f32 6,6,1,1,1\na = Conv x v\nn i64 10 = 0 0 0 1 1 0 0 0 1 1\nb = Pad a n\n"
     "c = Conv b u\nu f32 2,6,1,3,3",
     "a pwconv(-) 8,10,6>8,10,6 b5\nc conv(a) 8,10,6>8,10,2 b5 k3 p1,1,1,1\n", NULL, NULL},
    {"two Pads", X POINT "n i64 8 = 0 0 1 0 0 0 0 0\nb = Pad a n\nc = Pad b n\nd = Conv c u\nu f32 2,6,3,3",
     "a pwconv(-) 8,10,6>8,10,6\nd conv(a) 8,10,6>8,8,2 k3 p2,0,0,0\n", "", NULL},
    {"a pool", X POINT "b = MaxPool a : kernel_shape=[3,2] strides=[2,2]",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>3,5,6 k3x2 s2\n", "", NULL},
    {"rounded up", X POINT "b = MaxPool a : kernel_shape=[3,3] strides=[2,2] ceil_mode=1",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>4,5,6 k3 s2 p0,1,0,1\n", "", NULL},
    {"rounded up behind padding",
     X POINT "b = AveragePool a : kernel_shape=[3,3] strides=[3,3] pads=[1,0,0,1] ceil_mode=1",
     "a pwconv(-) 8,10,6>8,10,6\nb pool(a) 8,10,6>3,4,6 k3 s3 p1,0,0,2\n", "", NULL},
    {"of no kernel", X POINT "b = MaxPool a", A, "MaxPool b 1: left out: the size of its kernel is not known\n", NULL},
    {"a kernel whose size is not known", X POINT "in w 2,6,?,3\nb = Conv a w", A,
     "Conv b 1: left out: the size of its kernel is not known\n", NULL},
    {"larger than kernels are", X POINT "b = MaxPool a : kernel_shape=[1073741825,1]", A,
     "MaxPool b 1: left out: a kernel of 1073741825, which is not within 1 to 2^30\n", NULL},
    {"as large as they are", X POINT "b = MaxPool a : kernel_shape=[1073741824,1]", A,
     "MaxPool b 1: left out: a kernel that covers 1073741824 on an input of 8 with padding of 0 and 0\n", NULL},
    {"of more than a layer has", "in x 1,1,16777217,1\ng = GlobalMaxPool x\nc = Conv g u\nu f32 1,1,1,1",
     "c pwconv(-) 1,1,1>1,1,1\n", "GlobalMaxPool g 1: left out: a size is not within 1 to 2^24\n", NULL},
    {"of a matrix", "in x 2,6\nb = MaxPool x : kernel_shape=[2]\nc = Gemm x v\nv f32 6,3", "c pwconv(-) 1,2,6>1,2,3\n",
     "MaxPool b 1: left out: an input of 2 dimensions, which are not within 3 to 5\n", NULL},
    {"of six dimensions", "in x 2,6,2,2,2,2\nb = MaxPool x : kernel_shape=[2,2,2,2]\nin z 2,6\nc = Gemm z v\nv f32 6,3",
     "c pwconv(-) 1,2,6>1,2,3\n", "MaxPool b 1: left out: an input of 6 dimensions, which are not within 3 to 5\n",
     NULL},
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
    {"a mean over two positions", "in x 1,6,1,2\nv f32 6,6,1,1\na = Conv x v\nb = ReduceMean a : axes=[2,3]",
     "a pwconv(-) 1,2,6>1,2,6\nb pool(a) 1,2,6>1,1,6 k1x2\n", "", NULL},
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
    {"what reads the sums", X "w f32 6,4,3,2\na = ConvTranspose x w : strides=[2,2]\nc = Conv a u\nu f32 2,4,1,1",
     "a pwconv(-) 8,10,6>8,10,24\na.col2im col2im(a) 8,10,24>17,20,4 k3x2 s2\nc pwconv(a.col2im) 17,20,4>17,20,2\n",
     NULL, NULL},
    {"what reads a convolution", X "w f32 6,4,3,4\na = ConvTranspose x w : pads=[1,0,0,2]\nc = Conv a u\nu f32 2,4,1,1",
     "a conv(-) 8,10,6>9,11,4 k3x4 p1,2,3,1\nc pwconv(a) 9,11,4>9,11,2\n", "", NULL},
    {"a stride: all taps, and their sums", X "w f32 6,4,3,2\na = ConvTranspose x w : strides=[2,2]",
     "a pwconv(-) 8,10,6>8,10,24\na.col2im col2im(a) 8,10,24>17,20,4 k3x2 s2\n",
     "ConvTranspose a 1: as a 1x1 convolution to all taps, and col2im, which adds them up into the output\n", NULL},
    {"sums cut by pads", X "w f32 6,4,3,3\na = ConvTranspose x w : strides=[2,2] pads=[1,0,2,1]",
     "a pwconv(-) 8,10,6>8,10,36\na.col2im col2im(a) 8,10,36>14,20,4 k3 s2 p1,2,0,1\n", NULL, NULL},
    {"outputs beyond the sums", X "w f32 6,4,3,3\na = ConvTranspose x w : strides=[3,3] output_padding=[1,2]",
     "a pwconv(-) 8,10,6>8,10,36\na.col2im col2im(a) 8,10,36>25,32,4 k3 s3 p0,-1,0,-2\n", NULL, NULL},
    /* The last row of outputs is of no tap: a convolution's kernel would lie beyond its input. */
    {"outputs beyond the sums at stride 1",
     X "w f32 6,4,2,2\na = ConvTranspose x w : dilations=[2,2] output_padding=[1,0]", "a pwconv(-) 8,10,6>8,10,16\n",
     NULL, NULL},
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

#define B     "b pwconv(-) 8,10,6>8,10,6\n"
#define G     "g pool(a) 8,10,6>1,1,6 k8x10\n"
#define TWO   X POINT "b = Conv x v\n"
#define LAST  "d = Conv s u\nu f32 2,6,1,1\n"
#define D(of) "d pwconv(" of ") 8,10,6>8,10,2\n"

static const row joins[] = {
    {"a sum", TWO "s = Add a b\n" LAST, A B "s add(a+b) 8,10,6>8,10,6\n" D("s"), "", NULL},
    {"of three", TWO "c = Conv x v\ns = Sum a b c\n" LAST,
     A B "c pwconv(-) 8,10,6>8,10,6\ns add(a+b+c) 8,10,6>8,10,6\n" D("s"), "", NULL},
    {"a difference", TWO "s = Sub b a\n" LAST, A B "s add(b+a) 8,10,6>8,10,6\n" D("s"), "", NULL},
    {"with a constant", X POINT "c f32 6,1,1 = 1\ns = Add c a\n" LAST, A D("a"), "", NULL},
    {"with the network's input", X POINT "s = Add a x\n" LAST, A D("a"),
     "Add s 1: left out: it reads the network's input, which joins nothing\n", NULL},
    {"of one layer", X POINT "r = Relu a\ns = Add a r\n" LAST, A D("a"),
     "Add s 1: left out: it reads one layer twice\n", NULL},
    {"of a map and its means", X POINT "g = GlobalAveragePool a\ns = Add a g\n" LAST, A G D("a"),
     "Add s 1: left out: its operands are of several sizes\n", NULL},
    {"of as many values in other places",
     X POINT "w f32 12,6,1,1\nc = Conv x w : strides=[1,2]\nn i64 4 = 1 6 8 10\nb = Reshape c n\ns = Add a b\n" LAST,
     A "c pwconv(-) 8,10,6>8,5,12 s1x2\n" D("a"), "Add s 1: left out: maps of several sizes\n", NULL},
    {"of maps with borders", TWO "n i64 8 = 0 0 1 1 0 0 1 1\np = Pad a n\nq = Pad b n\ns = Add p q", A B,
     "Add s 1: left out: it reads part of a layer, or more than it\n", NULL},
    {"of codes",
     X "k f32 = 1\nz u8 = 0\na = Conv x v\nb = Conv x v\ns = QLinearAdd a k z b k z k z\nv f32 6,6,1,1\n" LAST,
     A B "s add(a+b) 8,10,6>8,10,6\n"
         "d pwconv(s) 8,10,6>8,10,2 a8\n",
     "", NULL},
    {"before a normalization",
     "in x 1,5,6\nw f32 6,6\na = MatMul x w\nb = MatMul x w\nn f32 6\ns = SkipLayerNormalization a b n\n"
     "d = MatMul s w",
     "a pwconv(-) 1,5,6>1,5,6\nb pwconv(-) 1,5,6>1,5,6\ns add(a+b) 1,5,6>1,5,6\nd pwconv(s) 1,5,6>1,5,6\n", "", NULL},
    {"a gate", X POINT "g = GlobalAveragePool a\ns = Mul a g\n" LAST, A G D("a*g"), "", NULL},
    {"in the other order", X POINT "g = GlobalAveragePool a\ns = Mul g a\n" LAST, A G D("a*g"), "", NULL},
    {"of codes", X POINT "k f32 = 1\nz u8 = 0\ng = GlobalAveragePool a\ns = QLinearMul g k z a k z k z\n" LAST,
     A G "d pwconv(a*g) 8,10,6>8,10,2 a8\n", "", NULL},
    {"a function of the map", X POINT "t = Sigmoid a\ns = Mul a t\n" LAST, A D("a"), "", NULL},
    {"a constant factor", X POINT "c f32 1,6,1,1 = 2\ns = Mul c a\n" LAST, A D("a"), "", NULL},
    {"two maps", TWO "s = Mul a b\n" LAST, A B D("a"), "Mul s 1: left out: products of two maps, element by element\n",
     NULL},
    {"two maps of a pixel",
     TWO "g = GlobalAveragePool a\nh = GlobalAveragePool b\ns = Mul g h\nd = Conv s u\n"
         "u f32 2,6,1,1",
     A B G "h pool(b) 8,10,6>1,1,6 k8x10\nd pwconv(g) 1,1,6>1,1,2\n",
     "Mul s 1: left out: products of two maps, element by element\n", NULL},
    {"two gates", X POINT "g = GlobalAveragePool a\nh = GlobalMaxPool a\nm = Mul a g\ns = Mul m h\n" LAST,
     A G "h pool(a) 8,10,6>1,1,6 k8x10\n" D("a*h"),
     "Mul s 1: scales a map that is scaled already: one scale is left out\n", NULL},
    {"a gate before a sum", TWO "g = GlobalAveragePool a\nm = Mul a g\ns = Add m b\n" LAST,
     A B G "s add(a+b) 8,10,6>8,10,6\n" D("s"),
     "Add s 1: a channel scale before it is no layer, and its edge is not in the network\n", NULL},
    {"channels together", TWO "s = Concat a b : axis=1\nd = Conv s u\nu f32 2,12,1,1",
     A B "s concat(a+b) 8,10,12>8,10,12\nd pwconv(s) 8,10,12>8,10,2\n", "", NULL},
    {"counted from the end", TWO "s = Concat b a : axis=-3", A B "s concat(b+a) 8,10,12>8,10,12\n", "", NULL},
    {"of codes", TWO "k f32 = 1\nz u8 = 0\ns = QLinearConcat k z a k z b k z : axis=1",
     A B "s concat(a+b) 8,10,12>8,10,12\n", "", NULL},
    {"rows together", TWO "s = Concat a b : axis=2", A B, "Concat s 1: left out: not one of channels\n", NULL},
    {"columns together", TWO "s = Concat a b : axis=-1", A B, "Concat s 1: left out: not one of channels\n", NULL},
    {"images together", TWO "s = Concat a b : axis=0", A B, "Concat s 1: left out: not one of channels\n", NULL},
    {"channels that lie last",
     TWO "t = Transpose a : perm=[0,2,3,1]\nr = Transpose b : perm=[0,2,3,1]\n"
         "s = Concat t r : axis=3",
     A B "s concat(a+b) 8,10,12>8,10,12\n", "", NULL},
    {"maps of other widths",
     X POINT "w f32 12,6,1,1\nc = Conv x w : strides=[1,2]\nn i64 4 = 1 6 8 10\nb = Reshape c n\n"
             "s = Concat a b : axis=1",
     A "c pwconv(-) 8,10,6>8,5,12 s1x2\n", "Concat s 1: left out: maps of several sizes\n", NULL},
    {"of other heights",
     X POINT "w f32 12,6,1,1\nc = Conv x w : strides=[2,1]\nn i64 4 = 1 6 8 10\nb = Reshape c n\n"
             "s = Concat a b : axis=1",
     A "c pwconv(-) 8,10,6>4,10,12 s2x1\n", "Concat s 1: left out: maps of several sizes\n", NULL},
    {"rows of these", TWO "t = Transpose a : perm=[0,2,3,1]\nr = Transpose b : perm=[0,2,3,1]\ns = Concat t r : axis=1",
     A B, "Concat s 1: left out: not one of channels\n", NULL},
    {"with a constant", X POINT "c f32 1,2,8,10 = 1\ns = Concat a c : axis=1", A,
     "Concat s 1: left out: a part of it is constant\n", NULL},
    {"with the network's input", X POINT "s = Concat x a : axis=1", A,
     "Concat s 1: left out: it reads the network's input, which joins nothing\n", NULL},
    {"of a map with itself", X POINT "s = Concat a a : axis=1", A, "Concat s 1: left out: it reads one layer twice\n",
     NULL},
    {"of one", X POINT "s = Concat a : axis=1\n" LAST, A D("a"), "", NULL},
};

#define ROWS "in x 1,5,6\nw f32 6,6\n"
#define QK   ROWS "q = MatMul x w\nk = MatMul x w\n"
#define Q    "q pwconv(-) 1,5,6>1,5,6\n"
#define K    "k pwconv(-) 1,5,6>1,5,6\n"

static const row products[] = {
    {"a matrix for all of a batch", "in x 2,5,4\nw f32 1,4,6\na = MatMul x w", "a pwconv(-) 1,5,4>1,5,6 b2\n", "",
     NULL},
    {"a number on the left", "in x\nw f32 1,1\na = MatMul x w\nin z 1,6\nv f32 6,4\nb = Gemm z v",
     "b fc(-) 1,1,6>1,1,4\n", "MatMul a 1: left out: an operand that is a single number\n", NULL},
    {"a number on the right", "in x 1,1\nw f32 = 2\na = MatMul x w\nin z 1,6\nv f32 6,4\nb = Gemm z v",
     "b fc(-) 1,1,6>1,1,4\n", "MatMul a 1: left out: an operand that is a single number\n", NULL},
    {"more elements than are counted",
     "in x 2147483647,2147483647,2,3\nw f32 3,4\na = MatMul x w\nin z 1,6\nv f32 6,4\nb = Gemm z v",
     "b fc(-) 1,1,6>1,1,4\n", "MatMul a 1: left out: an operand of more than 2^62 elements\n", NULL},
    {"on the right", "in x 2,3\nin w 2147483647,2147483647,3,2\na = MatMul x w\nin z 1,6\nv f32 6,4\nb = Gemm z v",
     "b fc(-) 1,1,6>1,1,4\n", "MatMul a 1: left out: an operand of more than 2^62 elements\n", NULL},
    {"a row", "in x 1,6\nw f32 6,4\na = Gemm x w", "a fc(-) 1,1,6>1,1,4\n", "", NULL},
    {"a number", "in x 1,1\nw f32 1,1\na = Gemm x w", "a fc(-) 1,1,1>1,1,1\n", "", NULL},
    {"weights turned", "in x 1,6\nw f32 4,6\na = Gemm x w : transB=1", "a fc(-) 1,1,6>1,1,4\n", "", NULL},
    {"an input turned", "in x 6,5\nw f32 6,4\na = Gemm x w : transA=1", "a pwconv(-) 1,5,6>1,5,4\n", "", NULL},
    {"a batch of rows", "in x N,6\nw f32 6,4\na = Gemm x w", "a fc(-) 1,1,6>1,1,4\n", "", NULL},
    {"rows that are no batch", "in x N,6\nw f32 6,4\na = Gemm x w", "a pwconv(-) 1,3,6>1,3,4\n", "", "N=3"},
    {"a vector", "in x 6\nw f32 6,4\na = MatMul x w", "a fc(-) 1,1,6>1,1,4\n", "", NULL},
    {"positions of a batch", "in x 2,5,6\nw f32 6,4\na = MatMul x w", "a pwconv(-) 1,5,6>1,5,4 b2\n", "", NULL},
    {"rows and columns", "in x 2,3,5,6\nw f32 6,4\na = MatMul x w", "a pwconv(-) 3,5,6>3,5,4 b2\n", "", NULL},
    {"more axes", "in x 2,7,3,5,6\nw f32 6,4\na = MatMul x w", "a pwconv(-) 3,5,6>3,5,4 b14\n", "", NULL},
    {"weights on the left", "in x 6,5\nw f32 4,6\na = MatMul w x", "a pwconv(-) 1,5,6>1,5,4\n", "", NULL},
    {"of a batch", "in x 2,6,5\nw f32 4,6\na = MatMul w x", "a pwconv(-) 1,5,6>1,5,4 b2\n", "", NULL},
    {"of a map", X POINT "n i64 2 = 80 6\nt = Transpose a : perm=[0,2,3,1]\nr = Reshape t n\nw f32 6,4\nd = MatMul r w",
     A "d pwconv(a) 8,10,6>8,10,4\n", "", NULL},
    {"of a map in its own order", X POINT "n i64 3 = 1 6 80\nr = Reshape a n\nw f32 4,6\nd = MatMul w r",
     A "d pwconv(a) 8,10,6>8,10,4\n", "", NULL},
    {"of a map whose pixels are in a row",
     X POINT "n i64 3 = 1 6 80\nr = Reshape a n\nt = Transpose r : perm=[0,2,1]\nw f32 6,4\nd = MatMul t w",
     A "d pwconv(a) 8,10,6>8,10,4\n", "", NULL},
    {"along another axis that is as long", X "v f32 10,6,1,1\na = Conv x v\nw f32 10,4\nd = MatMul a w",
     "a pwconv(-) 8,10,6>8,10,10\nd pwconv(-) 10,8,10>10,8,4\n",
     "MatMul d 1: reads part of a layer, or more than it: its input is not known to the network (-)\n", NULL},
    {"along another axis", X POINT "w f32 10,4\nd = MatMul a w", A "d pwconv(-) 6,8,10>6,8,4\n",
     "MatMul d 1: reads part of a layer, or more than it: its input is not known to the network (-)\n", NULL},
    {"a map as a row", X POINT "r = Flatten a\nw f32 480,4\nd = Gemm r w", A "d fc(a) 1,1,480>1,1,4\n", "", NULL},
    {"codes", "in x u8 1,6\nw i8 6,4\nk f32 = 1\nz u8 = 0\ny i8 = 0\na = QLinearMatMul x k z w k y k z",
     "a fc(-) 1,1,6>1,1,4 w8 a8\n", "", NULL},
    {"codes with a bias", "in x u8 1,6\nw i8 6,4\nk f32 = 1\nz u8 = 0\na = com.microsoft/QGemm x k z w k z _ k z",
     "a fc(-) 1,1,6>1,1,4 w8 a8\n", "", NULL},
    {"integers", "in x u8 1,6\nw i16 6,4\na = MatMulInteger x w", "a fc(-) 1,1,6>1,1,4 w16 a8\n", "", NULL},
    {"two activations", QK "t = Transpose k : perm=[0,2,1]\ns = MatMul q t", Q K "s pwconv(q@k) 1,5,6>1,5,5\n",
     "MatMul s 1: both operands are computed: the second counts as activations, not as weights\n", NULL},
    {"of two heads",
     QK "n i64 4 = 1 5 2 3\nr = Reshape q n\nt = Reshape k n\ni = Transpose r : perm=[0,2,1,3]\n"
        "j = Transpose t : perm=[0,2,3,1]\ns = MatMul i j",
     Q K "s conv(q@k) 1,5,6>1,5,10 g2\n", NULL, NULL},
    {"the second is the network's input", QK "t = Transpose x : perm=[0,2,1]\ns = MatMul q t",
     Q K "s pwconv(q@-) 1,5,6>1,5,5\n",
     "MatMul s 1: both operands are computed: the second counts as activations, not as weights; its layer is not known "
     "to the network (@-)\n",
     NULL},
    {"both are of one layer", QK "t = Transpose q : perm=[0,2,1]\ns = MatMul q t", Q K "s pwconv(q@-) 1,5,6>1,5,5\n",
     NULL, NULL},
    {"a map of activations as rows",
     X POINT "b = Conv x v\nn i64 3 = 1 6 80\nr = Reshape b n\nt = Transpose a : perm=[0,2,3,1]\n"
             "m i64 3 = 1 80 6\ni = Reshape t m\ns = MatMul i r",
     A B "s pwconv(a@b) 8,10,6>8,10,80\n", NULL, NULL},
    {"weights of each matrix", "in x 2,5,6\nw f32 2,6,4\na = MatMul x w", "a conv(-) 1,5,12>1,5,8 g2\n", "", NULL},
    {"on the left", "in x 2,6,5\nw f32 2,4,6\na = MatMul w x", "a conv(-) 1,5,12>1,5,8 g2\n", "", NULL},
    {"other sizes", "in x 1,6\nw f32 5,4\na = MatMul x w\nb = MatMul x v\nv f32 6,3", "b fc(-) 1,1,6>1,1,3\n",
     "MatMul a 1: left out: K of 6 and 5\n", NULL},
    {"a number", "in x 1,6\nw f32 = 5\na = MatMul x w\nb = MatMul x v\nv f32 6,3", "b fc(-) 1,1,6>1,1,3\n",
     "MatMul a 1: left out: an operand that is a single number\n", NULL},
    {"leading axes", "in x 2,5,6\nin y 3,6,4\na = MatMul x y\nb = MatMul x v\nv f32 6,3",
     "b pwconv(-) 1,5,6>1,5,3 b2\n", "MatMul a 1: left out: leading axes that do not fit each other\n", NULL},
    {"outputs together", QK "s = Concat q k : axis=2", Q K "s concat(q+k) 1,5,12>1,5,12\n", "", NULL},
    {"of weights on the left", "in x 1,6,5\nw f32 4,6\nq = MatMul w x\nk = MatMul w x\ns = Concat q k : axis=1",
     "q pwconv(-) 1,5,6>1,5,4\nk pwconv(-) 1,5,6>1,5,4\ns concat(q+k) 1,5,8>1,5,8\n", "", NULL},
    {"steps", "in x 7,2,5\nw f32 1,12,5\nr f32 1,12,3\na = LSTM x w r",
     "a.inputs pwconv(-) 1,7,5>1,7,12 b2\na.state pwconv(-) 1,7,3>1,7,12 b2\n",
     "LSTM a 1: a layer for the inputs and one for the state, a position per step; gates are no layers\n", NULL},
    {"in both directions", "in x 2,7,5\nw f32 2,9,5\nr f32 2,9,3\na = GRU x w r : layout=1",
     "a.inputs pwconv(-) 1,7,5>1,7,18 b2\na.state conv(-) 1,7,6>1,7,18 b2 g2\n", NULL, NULL},
    {"behind it",
     "in x 7,1,5\nw f32 1,3,5\nr f32 1,3,3\na = RNN x w r\nn i64 1 = 1\ns = Squeeze a n\nu f32 3,2\nd = MatMul s u",
     "a.inputs pwconv(-) 1,7,5>1,7,3\na.state pwconv(-) 1,7,3>1,7,3\nd pwconv(a.state) 1,7,3>1,7,2\n", NULL, NULL},
    {"without a state", "in x 7,2,5\nw f32 1,8,5\na = LSTM x w\nb = MatMul x v\nv f32 5,3",
     "b pwconv(-) 1,2,5>1,2,3 b7\n", "LSTM a 1: left out: it lacks an operand\n", NULL},
    {"weights of two axes", "in x 7,2,5\nw f32 12,5\nr f32 1,12,3\na = LSTM x w r\nb = MatMul x v\nv f32 5,3",
     "b pwconv(-) 1,2,5>1,2,3 b7\n", "LSTM a 1: left out: its input, weights and state contradict each other\n", NULL},
    {"a state of two axes", "in x 7,2,5\nw f32 1,12,5\nr f32 12,3\na = LSTM x w r\nb = MatMul x v\nv f32 5,3",
     "b pwconv(-) 1,2,5>1,2,3 b7\n", "LSTM a 1: left out: its input, weights and state contradict each other\n", NULL},
    {"of other widths", "in x 7,2,5\nw f32 1,8,5\nr f32 1,12,3\na = LSTM x w r\nb = MatMul x v\nv f32 5,3",
     "b pwconv(-) 1,2,5>1,2,3 b7\n", "LSTM a 1: left out: its input, weights and state contradict each other\n", NULL},
};

static const row parts[] = {
    {"two parts",
     X POINT "n i64 2 = 2 4\np q = Split a n : axis=1\nb = Conv p u\nc = Conv q t\nu f32 3,2,1,1\nt f32 3,4,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,2\na.1 pwconv(-) 8,10,6>8,10,4\nb pwconv(a.0) 8,10,2>8,10,3\nc pwconv(a.1) "
     "8,10,4>8,10,3\n",
     "Split p 1: what makes its channels is written as one layer for each part (.0, .1 ...)\n", NULL},
    {"and the whole", X POINT "p q = Split a : axis=-3\nb = Conv p w\nd = Conv a u\nu f32 2,6,1,1\nw f32 3,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\nb pwconv(a.0) 8,10,3>8,10,3\nd pwconv(a.0+a.1) "
     "8,10,6>8,10,2\n",
     NULL, NULL},
    {"channels 1 to 3", X POINT "p = Slice a i j k\ni i64 1 = 1\nj i64 1 = 4\nk i64 1 = 1\nb = Conv p w\nw f32 2,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,1\na.1 pwconv(-) 8,10,6>8,10,3\na.2 pwconv(-) 8,10,6>8,10,2\nb pwconv(a.1) "
     "8,10,3>8,10,2\n",
     NULL, NULL},
    {"parts of parts",
     X POINT "n i64 2 = 2 4\nm i64 2 = 1 3\np q = Split a n : axis=1\nr s = Split q m : axis=1\n"
             "b = Conv r u\nc = Conv s t\nu f32 3,1,1,1\nt f32 3,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,2\na.1 pwconv(-) 8,10,6>8,10,1\na.2 pwconv(-) 8,10,6>8,10,3\nb pwconv(a.1) "
     "8,10,1>8,10,3\n"
     "c pwconv(a.2) 8,10,3>8,10,3\n",
     NULL, NULL},
    {"cuts go on to the input of a depthwise layer",
     X POINT
     "t f32 6,1,3,3\nb = Conv a t : group=6 pads=[1,1,1,1]\np q = Split b : axis=1\nc = Conv q u\nu f32 2,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\nb.0 dwconv(a.0) 8,10,3>8,10,3 k3 p1,1,1,1\n"
     "b.1 dwconv(a.1) 8,10,3>8,10,3 k3 p1,1,1,1\nc pwconv(b.1) 8,10,3>8,10,2\n",
     NULL, NULL},
    {"of another size: padded above by a whole kernel",
     X POINT "p q = Split a : axis=1\nb = Conv p u : pads=[1,0,0,0]\nu f32 2,3,1,1", A "b pwconv(-) 9,10,3>9,10,2\n",
     NULL, NULL},
    {"or beside it", X POINT "p q = Split a : axis=1\nb = Conv p u : pads=[0,0,0,1]\nu f32 2,3,1,1",
     A "b pwconv(-) 8,11,3>8,11,2\n", NULL, NULL},
    {"of channels that lie first",
     X POINT "t = Transpose a : perm=[1,0,2,3]\np q = Split t : axis=0\nr = Transpose p : perm=[1,0,2,3]\n"
             "b = Conv r u\nu f32 2,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\nb pwconv(a.0) 8,10,3>8,10,2\n", NULL, NULL},
    {"of a transposed convolution",
     X "w f32 6,4,3,3\na = ConvTranspose x w\np q = Split a : axis=1\nb = Conv q u\nu f32 2,2,1,1",
     "a.0 conv(-) 8,10,6>10,12,2 k3 p2,2,2,2\na.1 conv(-) 8,10,6>10,12,2 k3 p2,2,2,2\nb pwconv(a.1) 10,12,2>10,12,2\n",
     NULL, NULL},
    {"and of a sum", TWO "s = Add a b\np q = Split s : axis=1\nc = Conv p u\nu f32 2,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\nb.0 pwconv(-) 8,10,6>8,10,3\nb.1 pwconv(-) "
     "8,10,6>8,10,3\n"
     "s.0 add(a.0+b.0) 8,10,3>8,10,3\ns.1 add(a.1+b.1) 8,10,3>8,10,3\nc pwconv(s.0) 8,10,3>8,10,2\n",
     NULL, NULL},
    {"the other way round", X POINT "p q = Split a : axis=1\ns = Concat q p : axis=1\n" LAST,
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\ns concat(a.1+a.0) 8,10,6>8,10,6\n" D("s"), NULL, NULL},
    {"a sum of parts", X POINT "p q = Split a : axis=1\ns = Add p q",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\ns add(a.0+a.1) 8,10,3>8,10,3\n", NULL, NULL},
    {"a sum of a part with itself", X POINT "p q = Split a : axis=1\ns = Add p p\nb = Conv s u\nu f32 2,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\nb pwconv(a.0) 8,10,3>8,10,2\n",
     "Split p 1: what makes its channels is written as one layer for each part (.0, .1 ...)\n"
     "Add s 1: left out: it reads one layer twice\n",
     NULL},
    /* Cut at 2 by one reader, at 4 by the sum: the sum's part is two layers, joined first. */
    {"a sum of two pieces",
     X "v f32 6,6,1,1\nu f32 4,6,1,1\na = Conv x v\nb = Conv x u\nn i64 2 = 4 2\nm i64 3 = 2 2 2\n"
       "p q = Split a n : axis=1\ni j k = Split a m : axis=1\ns = Add p b\nc = Conv i t\nt f32 1,2,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,2\na.1 pwconv(-) 8,10,6>8,10,2\na.2 pwconv(-) 8,10,6>8,10,2\nb pwconv(-) "
     "8,10,6>8,10,4\n"
     "a.0_3 concat(a.0+a.1) 8,10,4>8,10,4\ns add(a.0_3+b) 8,10,4>8,10,4\nc pwconv(a.0) 8,10,2>8,10,1\n",
     NULL, NULL},
    {"a name that is taken", X "v f32 6,6,1,1\na = Conv x v\np q = Split a : axis=1\na.0 = Conv q u\nu f32 2,3,1,1",
     "a.0_ pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\na.0 pwconv(a.1) 8,10,3>8,10,2\n", NULL, NULL},
    {"of groups", X "w f32 4,3,1,1\na = Conv x w : group=2\np q = Split a : axis=1\nb = Conv p u\nu f32 2,2,1,1",
     "a conv(-) 8,10,6>8,10,4 g2\nb pwconv(-) 8,10,2>8,10,2\n",
     "Conv b 1: reads part of a layer, or more than it: its input is not known to the network (-)\n", NULL},
    {"of a concatenation", TWO "s = Concat a b : axis=1\np q = Split s : axis=1\nd = Conv p u\nu f32 2,6,1,1",
     A B "s concat(a+b) 8,10,12>8,10,12\n" D("-"), NULL, NULL},
    {"of a scaled map",
     X POINT "g = GlobalAveragePool a\ns = Mul a g\np q = Split s : axis=1\nd = Conv p u\nu f32 2,3,1,1",
     A G "d pwconv(-) 8,10,3>8,10,2\n", NULL, NULL},
    {"one part is all", X POINT "p = Split a : axis=1\nd = Conv p u\nu f32 2,6,1,1", A "d pwconv(a) 8,10,6>8,10,2\n",
     "", NULL},
    {"a mean of single numbers", "in x 1,6,1,1\n" POINT "b = ReduceMean a : axes=[2,3]\nd = Conv b u\nu f32 2,6,1,1",
     "a pwconv(-) 1,1,6>1,1,6\nd pwconv(a) 1,1,6>1,1,2\n", NULL, NULL},
    {"six parts", X POINT "p q r s t o = Split a : axis=1\nd = Conv s u\nu f32 2,1,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,1\na.2 pwconv(-) 8,10,6>8,10,2\n"
     "d pwconv(a.1) 8,10,1>8,10,2\n",
     NULL, NULL},
    {"each read", X POINT "p q r s t o = Split a : axis=1\nc = Concat o t s r q p : axis=1",
     "a.0 pwconv(-) 8,10,6>8,10,1\na.1 pwconv(-) 8,10,6>8,10,1\na.2 pwconv(-) 8,10,6>8,10,1\n"
     "a.3 pwconv(-) 8,10,6>8,10,1\na.4 pwconv(-) 8,10,6>8,10,1\na.5 pwconv(-) 8,10,6>8,10,1\n"
     "c concat(a.5+a.4+a.3+a.2+a.1+a.0) 8,10,6>8,10,6\n",
     NULL, NULL},
    {"a part that is not made", X POINT "p _ = Split a : axis=1\nd = Conv p u\nu f32 2,3,1,1",
     "a.0 pwconv(-) 8,10,6>8,10,3\na.1 pwconv(-) 8,10,6>8,10,3\nd pwconv(a.0) 8,10,3>8,10,2\n", NULL, NULL},
    {"a part without channels", X POINT "n i64 2 = 0 6\np s = Split a n : axis=1\n" LAST, A D("a"), "", NULL},
    {"of rows", X POINT "p q = Split a : axis=2\nd = Conv p u\nu f32 2,6,1,1", A "d pwconv(-) 4,10,6>4,10,2\n",
     "Conv d 1: reads part of a layer, or more than it: its input is not known to the network (-)\n", NULL},
    {"every second channel",
     X POINT "p = Slice a i j k l\ni i64 1 = 0\nj i64 1 = 6\nk i64 1 = 1\nl i64 1 = 2\nd = Conv p u\n"
             "u f32 2,3,1,1",
     A "d pwconv(-) 8,10,3>8,10,2\n", NULL, NULL},
    {"channels and rows",
     X POINT "p = Slice a i j k\ni i64 2 = 0 1\nj i64 2 = 3 8\nk i64 2 = 1 2\nd = Conv p u\nu f32 2,3,1,1",
     A "d pwconv(-) 7,10,3>7,10,2\n", NULL, NULL},
    {"all channels", X POINT "p = Slice a i j k\ni i64 1 = 0\nj i64 1 = 9\nk i64 1 = 1\nd = Conv p u\nu f32 2,6,1,1",
     A D("a"), "", NULL},
};

#define ONE   "w f32 2,6,1,1\na = Conv x w"
#define SIZED "a pwconv(-) 8,10,6>8,10,2"

static const row models[] = {
    {"nodes out of order behind one that waits for none",
     X "r = Relu x\nb = Conv a u\nv f32 6,6,1,1\na = Conv r v\nu f32 2,6,1,1", A "b pwconv(a) 8,10,6>8,10,2\n", "",
     NULL},
    {"sizes that are set", "in x N,6,H,W\n" ONE, SIZED " b4\n", "", "N=4 H=8 W=10"},
    {"the batch of the options", "in x N,6,8,10\n" ONE, SIZED "\n", "", NULL},
    {"by their place", "in x N,6,?,W\n" ONE, SIZED " b3\n", "", "x.0=3 x.2=8 x.3=10"},
    {"none", "in x 1,6,H,W\n" ONE, "expected a size for the dimension 'H' of an input (--dim H=N)", NULL, "W=10"},
    {"without a name", "in x 1,6,8,?\n" ONE, "expected a size for the dimension 'x.3' of an input (--dim x.3=N)", NULL,
     NULL},
    {"no size where an axis is 0",
     "in u 1,L\nx0 = Relu u\nin x 1,0,8,10\n"
     "w f32 2,6,1,1\nb = Conv x w\nin y 1,6,8,10\na = Conv y w",
     SIZED "\n", "Conv b 1: left out: axis 1 of 'x' is 0\n", NULL},
    {"that nothing needs", "in x 1,6,8,10\nin y 1,L\nb = Relu y\n" ONE, SIZED "\n", "", NULL},
    {"twice the same", "in x 1,6,H,10\n" ONE, SIZED "\n", "", "H=8 x.2=8"},
    {"twice others", "in x 1,6,H,10\n" ONE, "expected one size for the dimension 'H', found 8 and (--dim x.2) 9", NULL,
     "H=8 x.2=9"},
    {"one name at two inputs", "in y 1,H\nin x 1,6,H,10\n" ONE, SIZED "\n", "", "y.1=8"},
    {"a name for a size of the file", "in x 1,6,8,10\n" ONE,
     "expected a symbolic dimension of an input (a name, or INPUT.AXIS), found 'x.2'", NULL, "x.2=8"},
    {"an unknown name", "in x 1,6,height,10\n" ONE,
     "expected a symbolic dimension of an input (a name, or INPUT.AXIS) such as 'height', found 'heigth'; did you mean "
     "\"height\"?",
     NULL, "heigth=8"},
    {"declared sizes of a name", "in x 1,6,H,W\nb = Own x\ninfo b 1,6,H,W\nw f32 2,6,1,1\na = Conv b w", SIZED "\n",
     "Own b 1: left out: an operator that is not known\n", "H=8 W=10"},
    {"names of files and of rows",
     "in x 1,6,8,10\nw f32 2,6,1,1\na = Conv x w : name=:/blk/c+1\nb = Conv x w : name=:-b\n"
     "c = Conv x w : name=:blk/c*1\nd = Conv x w : name=:blk/c_1\ne = Conv x w : name=:./",
     "blk.c_1 pwconv(-) 8,10,6>8,10,2\n_b pwconv(-) 8,10,6>8,10,2\nblk.c_1_2 pwconv(-) 8,10,6>8,10,2\n"
     "blk.c_1_3 pwconv(-) 8,10,6>8,10,2\nlayer pwconv(-) 8,10,6>8,10,2\n",
     "", NULL},
    {"names of signs that stay", "in x 1,6,8,10\nw f32 2,6,1,1\na = Conv x w : name=:a!~(b)[c]\n",
     "a!~(b)[c] pwconv(-) 8,10,6>8,10,2\n", "", NULL},
    {"no layer", "in x 1,6\na = Relu x\nb = Tanh a\nc = Relu b",
     "expected a convolution, a product of matrices, a pool or another layer, found none among Relu, Tanh", NULL, NULL},
    {"of many operators", "in x 1,6\na = Relu x\nb = Tanh a\nc = Sin b\nd = Cos c\ne = Abs d\nf = Exp e\ng = Log f",
     "expected a convolution, a product of matrices, a pool or another layer, found none among Relu, Tanh, Sin, Cos, "
     "Abs, "
     "Exp ...",
     NULL, NULL},
    {"no node", "in x 1,6", "expected a model with a graph of nodes, found none", NULL, NULL},
    {"made twice", "in x 1,6\na = Relu x\na = Tanh x",
     "expected each tensor made once, found 'a' made by Tanh 'a' and by 'a'", NULL, NULL},
    {"made and in the file", "in x 1,6\na = Relu x\na f32 1,6 = 1",
     "expected each tensor made once, found 'a' made by Relu 'a' and by an initializer", NULL, NULL},
    {"a circle", "in x 1,6\na = Add x c : name=:first\nb = Relu a\nc = Tanh b",
     "expected nodes that do not wait for each other, found 'first', which reads what it makes (by way of 'b')", NULL,
     NULL},
    {"a circle behind others", "in x 1,6\na = Add x c\nb = Add c c\nc = Relu b",
     "expected nodes that do not wait for each other, found 'c', which reads what it makes (by way of 'b')", NULL,
     NULL},
    {"a node of its own output", "in x 1,6\na = Add x a",
     "expected nodes that do not wait for each other, found 'a', which reads what it makes (by way of 'a')", NULL,
     NULL},
    {"in any order", "in x 1,6,8,10\nw f32 6,6,1,1\nc = Conv b w\nb = Relu a\na = Conv x w",
     A "c pwconv(a) 8,10,6>8,10,6\n", "", NULL},
    {"an initializer twice", "in x 1,6\nw f32 6,2 = 1\nw f32 6,2 = 1\na = Gemm x w",
     "expected each initializer once, found 'w' twice", NULL, NULL},
    {"operators of the empty domain", "in x 1,6,8,10\nb = /Relu x\nw f32 2,6,1,1\na = ai.onnx/Conv b w", SIZED "\n", "",
     NULL},
    {"sparse weights",
     "in x 1,6,8,10\nsparse w 2,6,1,1\na = Conv x w\nsparse v 4,2\nt = Transpose a : perm=[0,2,3,1]\nsparse u 2,4\nb = "
     "MatMul t u",
     SIZED "\nb pwconv(a) 8,10,2>8,10,4\n", "", NULL},
    {"operators of others",
     "in x 1,6,8,10\nb = own.domain/Thing x\nc = com.microsoft/Gelu b\nw f32 2,6,1,1\na = Conv c w\ninfo b 1,6,8,10",
     SIZED "\n", "Thing b 1: left out: an operator of the domain 'own.domain'\n", NULL},
    {"an edge through them", X POINT "b = Own a\nc = Own b\ninfo c 1,6,8,10\nw f32 2,6,1,1\nd = Conv c w",
     A "d pwconv(a) 8,10,6>8,10,2\n", "Own b 2: left out: an operator that is not known\n", NULL},
    {"sizes that do not follow", "in x 1,6,8,10\nb = Own x\n" ONE "\nc = Conv b w", SIZED "\n",
     "Own b 1: left out: an operator that is not known\nConv c 1: left out: the shape of 'b' is not known\n", NULL},
    {"sums that are not counted", "in x 1,6,8,10\nb = Einsum x\n" ONE, SIZED "\n",
     "Einsum b 1: left out: its sums and products are not counted\n", NULL},
    {"work on constants", "in x 1,6,8,10\nv f32 2,6,1,1 = 1\nw = Relu v\na = Conv x w", SIZED "\n", "", NULL},
    {"sizes of a node",
     X POINT "c i64 4 = 1 3 16 10\nn = Constant : value=@c\nr = Reshape a n\nu f32 2,3,1,1\nd = Conv r u",
     A "d pwconv(-) 16,10,3>16,10,2\n", NULL, NULL},
    {"a size that is not known",
     X POINT "in n i64 1\nj i64 1 = 2\nk i64 1 = 0\ns = Slice a k n j\nu f32 2,6,1,1\nd = Conv s u", A,
     "Conv d 1: left out: axis 2 of 's' is not known\n", NULL},
    {"rows of a table are no sizes",
     X POINT "c i64 2,2 = 1 6 8 10\ni i64 1 = 0\nj i64 1 = 1\ns = Slice c i j\n"
             "r = Reshape a s\nu f32 2,6,1,1\nd = Conv r u",
     A, "Conv d 1: left out: the shape of 'r' is not known\n", NULL},
    {"sizes as data", X POINT "s = Shape a\nb = Reshape a s\nw f32 2,6,1,1\nd = Conv b w",
     A "d pwconv(a) 8,10,6>8,10,2\n", "", NULL},
    {"codes of two widths",
     "in x 1,6,8,10\nk f32 = 1\nz i16 = 0\nw i8 2,6,1,1\ny i8 = 0\nq = QuantizeLinear x k z\nd = DequantizeLinear q k "
     "z\n"
     "v = DequantizeLinear w k y\na = Conv d v\nr = Relu a\np = QuantizeLinear r k\nb = DequantizeLinear p k\n"
     "u f32 2,2,1,1\nc = Conv b u\ne = Conv r u",
     SIZED " w8 a16\nc pwconv(a) 8,10,2>8,10,2 a8\ne pwconv(a) 8,10,2>8,10,2\n", "", NULL},
    {"stated codes",
     "in x 1,6,8,10\nk f32 = 1\nz f32 = 0\nn f32 = 3\nm f32 = 2.5\nw f32 2,6,1,1 = 1\n"
     "q = qonnx.custom_op.general/Quant x k z n\nv = qonnx.custom_op.general/Quant w k z m\na = Conv q v\n"
     "t = qonnx.custom_op.general/BipolarQuant w k\nb = Conv q t",
     SIZED " a3\nb pwconv(-) 8,10,6>8,10,2 w1 a3\n", "", NULL},
    {"codes of a run", "in x 1,6\nq s z = DynamicQuantizeLinear x\nw u8 6,4\na = MatMulInteger q w z",
     "a fc(-) 1,1,6>1,1,4 w8 a8\n", "", NULL},
    {"codes through changes of shape",
     "in x 1,8,10,6\nk f32 = 1\nz i16 = 0\nq = QuantizeLinear x k z\nd = DequantizeLinear q k z\n"
     "t = Transpose d : perm=[0,3,1,2]\nn i64 4 = 1 6 8 10\nr = Reshape t n\ni = Identity r\nu = Relu i\nw f32 "
     "2,6,1,1\na = Conv u w\nh = Tanh t\nc = Conv h w",
     SIZED " a16\nc pwconv(-) 8,10,6>8,10,2\n", "", NULL},
    {"numbers that follow from sizes are no layers",
     X POINT "s = Shape a\nk i64 1 = 2\nt = Mul s k\nu = Concat t k : axis=0\nf = Sqrt t\nb = Relu a\n", A, "", NULL},
    {"codes without zero points", TWO "k f32 = 1\ns = QLinearAdd a k _ b k _ k _\n" LAST,
     A B "s add(a+b) 8,10,6>8,10,6\n" D("s"), "", NULL},
    {"codes of a product with a bias",
     "in x u8 1,6,8,10\nk f32 = 1\nz u8 = 0\ny i16 = 0\nw u8 6,6,1,1\nb i32 6\nv f32 2,6,1,1\n"
     "a = QLinearConv x k z w k z k y b\nd = DequantizeLinear a k y\nc = Conv d v",
     "a pwconv(-) 8,10,6>8,10,6 w8 a8\nc pwconv(a) 8,10,6>8,10,2 a16\n", "", NULL},
    {"codes of a sum that states no zero point",
     "in x i16 1,6,8,10\nk f32 = 1\nz i16 = 0\nv f32 2,6,1,1\ns = QLinearAdd x k z x k z k\n"
     "d = DequantizeLinear s k z\nc = Conv d v",
     "c pwconv(-) 8,10,6>8,10,2 a16\n", NULL, NULL},
    {"codes through a pool",
     X "k f32 = 1\nz i16 = 0\nv f32 6,6,1,1\na = Conv x v\nq = QuantizeLinear a k z\n"
       "p = MaxPool q : kernel_shape=[2,2]\nd = DequantizeLinear p k z\nb = Conv d v",
     A "p pool(a) 8,10,6>7,9,6 k2\nb pwconv(p) 7,9,6>7,9,6 a16\n", "", NULL},
};

/* The same model for three images: the same layers, each of three, and the same notes.  Not where the model says sizes
 * of its own. */
static void check_batch(const row *r, int *compared)
{
  static const char one[] = "in x 1,6,8,10\n";
  static const qy_onnx_options options = {.batch = 1};
  const char *at = strstr(r->model, one);
  if (at != r->model || strstr(r->model, "i64") || strstr(r->model, "info") || strstr(r->model + 1, "in y") ||
      r->dims || !strchr(r->layers, '>'))
    return;
  qy_error err = {0};
  layer_text layers = {.length = 0};
  qy_text csv = {0};
  qy_network *n = NULL;
  int wrong = 0;
  qy_arena_reset(arena);
  const char *model = qy_arena_format(arena, "in x 3,6,8,10\n%s", r->model + strlen(one));
  qy_onnx *onnx = onnx_text_read("made.onnx", model, &options, arena, &err);
  if (onnx && qy_onnx_check_layers(onnx, &err) == QY_OK) {
    qy_onnx_network_csv(&csv, onnx);
    qy_network_text(&n, "made.csv", csv.data, csv.length, arena, &err);
  }
  for (size_t i = 0; n && i < n->layer_count; i++) {
    wrong += n->layer[i].batch != 3;
    n->layer[i].batch = 1;
    layer_put_all(&layers, n, &n->layer[i]);
  }
  *compared += 1;
  if (!ok(n && !wrong && strcmp(layers.data, r->layers) == 0, "of three images: %s", r->what))
    printf("# %d:\n%s# expected\n%s%s\n", wrong, layers.data, r->layers, err.count ? err.diagnostic[0].text : "");
  qy_text_free(&csv);
  qy_onnx_free(onnx);
}

int main(void)
{
  static const struct {
    const row *row;
    size_t count;
  } tables[] = {{windows, sizeof windows / sizeof *windows}, {transposed, sizeof transposed / sizeof *transposed},
                {joins, sizeof joins / sizeof *joins},       {products, sizeof products / sizeof *products},
                {parts, sizeof parts / sizeof *parts},       {models, sizeof models / sizeof *models}};
  arena = qy_arena_new();
  int compared = 0;
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    for (size_t i = 0; i < tables[t].count; i++) {
      check(&tables[t].row[i]);
      check_batch(&tables[t].row[i], &compared);
    }
  memory_said(&memory, "layers");
  ok(compared > 80, "%d models for three images", compared);
  qy_arena_free(arena);
  return done();
}
