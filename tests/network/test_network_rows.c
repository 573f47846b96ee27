/* Rows of network files: sizes, padding and every message with its place, by the rules of `describe network
 * --format-help`. */
#include "quarry/network.h"

#include "layer_text.h"
#include "random.h"
#include "tap.h"

#include <string.h>

static qy_arena *arena;

typedef struct row {
  const char *columns, *rows; /* behind layer,type */
  const char *expected;       /* layers; or LINE:COLUMN and the message */
} row;

static void check(const row *r, size_t number)
{
  char name[32];
  layer_text text = {.length = 0}, csv = {.length = 0};
  qy_network *n = NULL;
  qy_error err = {0};
  qy_arena_reset(arena);
  layer_put(&csv, "layer,type,%s\n%s\n", r->columns, r->rows);
  const qy_status status = qy_network_text(&n, "net.csv", csv.data, csv.length, arena, &err);
  for (size_t i = 0; !status && i < n->layer_count; i++)
    layer_put_all(&text, n, &n->layer[i]);
  if (status)
    layer_put(&text, "%d:%d %s%s", err.diagnostic[0].line, err.diagnostic[0].column, err.diagnostic[0].text,
              err.count > 1 ? ", and more" : "");
  snprintf(name, sizeof name, "row %zu", number);
  is_text(text.data, r->expected, name);
}

#define SIZE "in_h,in_w,in_c,out_c,"

static const row rows[] = {
    {"inputs," SIZE "batch", "q,pwconv,-,1,5,6,6,1\nk,pwconv,-,1,5,6,6,1\ns,pwconv,q@k,1,5,6,5,1",
     "q pwconv(-) 1,5,6>1,5,6\nk pwconv(-) 1,5,6>1,5,6\ns pwconv(q@k) 1,5,6>1,5,5\n"},
    {"inputs," SIZE "batch", "q,pwconv,-,1,5,6,6,1\nk,pwconv,-,1,5,6,6,1\ns,pwconv,q@k,1,5,6,4,1",
     "4:10 inputs: expected 24 values after '@', as many as weights, but k makes 30, found 'q@k'"},
    /* kernels, strides, dilations */
    {SIZE "kernel", "a,conv,8,9,3,4,3", "a conv(-) 8,9,3>6,7,4 k3\n"},
    {SIZE "kernel", "a,conv,8,9,3,4,3x2", "a conv(-) 8,9,3>6,8,4 k3x2\n"},
    {SIZE "kernel", "a,conv,8,9,3,4,3X2", "a conv(-) 8,9,3>6,8,4 k3x2\n"},
    {SIZE "kernel", "a,conv,8,9,3,4,8x9", "a conv(-) 8,9,3>1,1,4 k8x9\n"},
    {SIZE "kernel", "a,conv,8,9,3,4,3x",
     "2:16 kernel: expected integers from 1 to 16777216 such as 10x4, height by width, found '3x'"},
    {SIZE "kernel", "a,conv,8,9,3,4,0x3",
     "2:16 kernel: expected integers from 1 to 16777216 such as 10x4, height by width, found '0x3'"},
    {SIZE "kernel", "a,conv,8,9,3,4,3x2x1",
     "2:16 kernel: expected integers from 1 to 16777216 such as 10x4, height by width, found '3x2x1'"},
    {SIZE "kernel", "a,conv,8,9,3,4,1x16777217",
     "2:16 kernel: expected integers from 1 to 16777216 such as 10x4, height by width, found '1x16777217'"},
    {SIZE "kernel", "a,conv,8,9,3,4,1x9999999999",
     "2:16 kernel: expected integers from 1 to 16777216 such as 10x4, height by width, found '1x9999999999'"},
    {SIZE "kernel", "a,conv,8,9,3,4,9", "2:16 kernel: expected at most the padded input (8), found '9'"},
    {SIZE "kernel", "a,conv,9,8,3,4,9", "2:16 kernel: expected at most the padded input (8), found '9'"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,10,1", "a conv(-) 8,9,3>1,2,4 k10 p1,1,1,1\n"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,11,1", "2:16 kernel: expected at most the padded input (10), found '11'"},
    {SIZE "kernel,kernel_h", "a,conv,8,9,3,4,3,2", "a conv(-) 8,9,3>7,7,4 k2x3\n"},
    {SIZE "kernel,kernel_w", "a,conv,8,9,3,4,3,2", "a conv(-) 8,9,3>6,8,4 k3x2\n"},
    {SIZE "kernel_h", "a,conv,8,9,3,4,3x2", "2:16 kernel_h: expected an integer, found '3x2'"},
    {SIZE "kernel,stride", "a,conv,8,9,3,4,2,2x3", "a conv(-) 8,9,3>4,3,4 k2 s2x3\n"},
    {SIZE "kernel,stride_h,stride_w", "a,conv,8,9,3,4,2,3,2", "a conv(-) 8,9,3>3,4,4 k2 s3x2\n"},
    {SIZE "kernel,dilation", "a,conv,8,9,3,4,2,3x4", "a conv(-) 8,9,3>5,5,4 k2 d3x4\n"},
    {SIZE "kernel,dilation_h,dilation_w", "a,conv,8,9,3,4,2,4,3", "a conv(-) 8,9,3>4,6,4 k2 d4x3\n"},
    {SIZE "kernel,dilation", "a,conv,8,9,3,4,2,8",
     "2:16 kernel: expected a dilated kernel of at most the padded input (8), found '2'"},
    {SIZE "kernel,dilation", "a,conv,9,9,3,4,2,8", "a conv(-) 9,9,3>1,1,4 k2 d8\n"},
    /* padding */
    {SIZE "kernel,pad", "a,conv,8,9,3,4,3,1", "a conv(-) 8,9,3>8,9,4 k3 p1,1,1,1\n"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,1x3,1", "a conv(-) 8,9,3>8,9,4 k1x3 p0,0,1,1\n"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,3x1,1", "a conv(-) 8,9,3>8,9,4 k3x1 p1,1,0,0\n"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,1,1", "2:18 pad: expected less than the kernel (1x1), found '1'"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,3,3", "2:18 pad: expected less than the kernel (3x3), found '3'"},
    {SIZE "kernel,pad,dilation", "a,conv,8,9,3,4,2,3,3", "a conv(-) 8,9,3>11,12,4 k2 p3,3,3,3 d3\n"},
    {SIZE "kernel,pad,dilation", "a,conv,8,9,3,4,2,4,3",
     "2:18 pad: expected less than the dilated kernel (4x4), found '4'"},
    {SIZE "kernel,pad_h,pad_w", "a,conv,8,9,3,4,3,1,2", "a conv(-) 8,9,3>8,11,4 k3 p1,1,2,2\n"},
    {SIZE "kernel,pad,pad_h", "a,conv,8,9,3,4,3,1,2", "a conv(-) 8,9,3>10,9,4 k3 p2,2,1,1\n"},
    {SIZE "kernel,pad_top,pad_bottom,pad_left,pad_right", "a,conv,8,9,3,4,5,1,2,3,4",
     "a conv(-) 8,9,3>7,12,4 k5 p1,2,3,4\n"},
    {SIZE "kernel,pad,pad_right", "a,conv,8,9,3,4,5,1,4", "a conv(-) 8,9,3>6,10,4 k5 p1,1,1,4\n"},
    {SIZE "kernel,pad,pad_right", "a,conv,8,9,3,4,5,1,5",
     "2:20 pad_right: expected less than the kernel (5x5), found '5'"},
    {SIZE "kernel,pad_w,pad_bottom", "a,conv,8,9,3,4,5,5,1",
     "2:18 pad_w: expected less than the kernel (5x5), found '5'"},
    {SIZE "kernel,pad,stride", "a,conv,8,9,3,4,3,same,2", "a conv(-) 8,9,3>4,5,4 k3 s2 p0,1,1,1\n"},
    {SIZE "kernel,pad,stride", "a,conv,9,8,3,4,2,SAME,3", "a conv(-) 9,8,3>3,3,4 k2 s3\n"},
    {SIZE "kernel,pad,pad_h", "a,conv,8,9,3,4,3,same,valid", "a conv(-) 8,9,3>6,9,4 k3 p0,0,1,1\n"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,3,-1", "2:18 pad: expected an integer of 0 or more, same or valid, found '-1'"},
    {SIZE "kernel,pad", "a,conv,8,9,3,4,3,some",
     "2:18 pad: expected an integer of 0 or more, same or valid, found 'some'"},
    {SIZE "kernel,pad_top", "a,conv,8,9,3,4,3,-1", "2:18 pad_top: expected 0 to 16777216, found '-1'"},
    /* types */
    {SIZE "groups", "a,conv,8,9,4,6,2", "a conv(-) 8,9,4>8,9,6 g2\n"},
    {SIZE "groups", "a,conv,8,9,4,6,4", "2:16 groups: expected a divisor of out_c (6), found '4'"},
    {SIZE "groups", "a,conv,8,9,4,6,3", "2:16 groups: expected a divisor of in_c (4), found '3'"},
    {SIZE "groups", "a,dwconv,8,9,4,8,2",
     "2:18 groups: expected one group per input channel (4) in a dwconv, found '2'"},
    {SIZE "groups", "a,pwconv,8,9,4,8,2", "2:18 groups: expected 1 in a pwconv, found '2'"},
    {SIZE "kernel_w", "a,pwconv,8,9,4,8,2", "2:18 kernel_w: expected 1 in a pwconv, found '2'"},
    {SIZE "kernel", "a,pwconv,8,9,4,8,2", "2:18 kernel: expected 1 in a pwconv, found '2'"},
    {SIZE "kernel", "a,fc,1,1,4,8,1", "a fc(-) 1,1,4>1,1,8\n"},
    {SIZE "kernel", "a,fc,2,1,4,8,1", "2:6 in_h: expected 1 in an fc, found '2'"},
    {SIZE "kernel", "a,fc,1,2,4,8,1", "2:8 in_w: expected 1 in an fc, found '2'"},
    {SIZE "kernel", "a,pool,8,9,4,5,2", "2:14 out_c: expected 4 as in_c in a pool, found '5'"},
    {"in_h,in_w,in_c,kernel", "a,pool,8,9,4,", "a pool(-) 8,9,4>1,1,4 k8x9\n"},
    {"in_h,in_w,in_c,kernel", "a,pool,8,9,4,2", "a pool(-) 8,9,4>7,8,4 k2\n"},
    {"in_h,in_w,in_c", "a,conv,8,9,4", "2:0 out_c: expected output channels, found none"},
    {"in_h,in_w", "a,conv,8,9", "2:0 in_c: expected a size, as there is no input to take it from, found none"},
    {SIZE "kernel", ",conv,8,9,4,5,2", "2:1 layer: expected a name, found ''"},
    {SIZE "kernel", "a,cnv,8,9,4,5,2",
     "2:3 type: expected one of conv, dwconv, pwconv, fc, pool, add, concat, col2im, found 'cnv'; did you mean "
     "'conv'?"},
    /* col2im: 2 x 2 taps of 3 channels; 8 x 2 rows. */
    {SIZE "kernel,stride", "a,col2im,8,9,12,,2,2", "a col2im(-) 8,9,12>16,18,3 k2 s2\n"},
    {SIZE "kernel,stride,pad", "a,col2im,8,9,27,3,3,2,1", "a col2im(-) 8,9,27>15,17,3 k3 s2 p1,1,1,1\n"},
    {SIZE "kernel,stride,pad", "a,col2im,8,9,27,3,3,2,same", "a col2im(-) 8,9,27>16,18,3 k3 s2 p0,1,0,1\n"},
    {SIZE "kernel,stride,pad_bottom", "a,col2im,8,9,27,3,3,2,-1", "a col2im(-) 8,9,27>18,19,3 k3 s2 p0,-1,0,0\n"},
    {SIZE "kernel,stride,pad_bottom", "a,col2im,8,9,27,3,3,2,-2",
     "2:23 pad_bottom: expected -1 to 16777216, found '-2'"},
    {SIZE "kernel,stride", "a,col2im,8,9,13,,2,2",
     "2:14 in_c: expected a multiple of 4, the taps of the kernel, found '13'"},
    {SIZE "kernel,stride", "a,col2im,8,9,12,4,2,2",
     "2:17 out_c: expected 3, in_c by the taps of the kernel, found '4'"},
    {SIZE "kernel,stride", "a,col2im,8,9,12,0,2,2", "2:17 out_c: expected 1 to 16777216, found '0'"},
    {SIZE "kernel,stride,groups", "a,col2im,8,9,12,3,2,2,1",
     "2:23 groups: expected one group per output channel (3) in a col2im, found '1'"},
    {SIZE "kernel,pad", "a,col2im,1,1,9,1,3,2", "2:18 kernel: expected 1 to 16777216 outputs (they are -1), found '3'"},
    /* what is said beside the sizes */
    {SIZE "kernel,macs,params", "a,conv,8,9,3,4,3,4536,108", "a conv(-) 8,9,3>6,7,4 k3\n"},
    {SIZE "kernel,macs,params", "a,conv,8,9,3,4,3,4535,108", "2:18 macs: expected 4536 from the sizes, found '4535'"},
    {SIZE "kernel,macs,params", "a,conv,8,9,3,4,3,4536,109", "2:23 params: expected 108 from the sizes, found '109'"},
    {SIZE "kernel,macs", "a,pool,8,9,3,3,3,1", "2:18 macs: expected 0 from the sizes, found '1'"},
    {SIZE "weight_bits,activation_bits", "a,conv,8,9,3,4,3,16", "a pwconv(-) 8,9,3>8,9,4 w3 a16\n"},
    {SIZE "weight_bits,activation_bits", "a,conv,8,9,3,4,,5", "a pwconv(-) 8,9,3>8,9,4 a5\n"},
    {SIZE "weight_bits", "a,conv,8,9,3,4,0", "2:16 weight_bits: expected 1 to 32, found '0'"},
    {SIZE "batch", "a,conv,8,9,3,4,5\nb,conv,,,,4,", "a pwconv(-) 8,9,3>8,9,4 b5\nb pwconv(a) 8,9,4>8,9,4 b5\n"},
    {SIZE "kernel", "a,conv,16777216,16777216,16777216,16777216,1",
     "2:0 macs: expected a layer whose multiply-accumulates fit 64 bits, found none"},
};

/* A network is called as its file, without its folder and ending. */
static void test_names(void)
{
  static const struct {
    const char *file, *name;
  } named[] = {{"dir/net.csv", "net"}, {"net", "net"},         {"a.csv", "a"},
               {".csv", ".csv"},       {"d.e/f.txt", "f.txt"}, {"/x/some.csv.csv", "some.csv"}};
  static const char text[] = "layer,type,in_h,in_w,in_c,out_c\na,conv,1,1,1,1\n";
  for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
    qy_network *n = NULL;
    const qy_status status = qy_network_text(&n, named[i].file, text, sizeof text - 1, arena, NULL);
    is_text(status ? "refused" : n->name, named[i].name, named[i].file);
  }
}

/* Pairs of an output and a tap that meet an input: by a look at each. */
static void test_touched(void)
{
  uint64_t seed = 7;
  int wrong = 0;
  for (int i = 0; i < 4000; i++) {
    const int64_t in = 1 + (int64_t)random_below(&seed, 12), out = 1 + (int64_t)random_below(&seed, 12),
                  kernel = 1 + (int64_t)random_below(&seed, 5), stride = 1 + (int64_t)random_below(&seed, 4),
                  dilation = 1 + (int64_t)random_below(&seed, 3), pad = (int64_t)random_below(&seed, 9);
    int64_t count = 0;
    for (int64_t y = 0; y < out; y++)
      for (int64_t k = 0; k < kernel; k++) {
        const int64_t at = y * stride + k * dilation - pad;
        count += at >= 0 && at < in;
      }
    wrong += qy_layer_touched(in, out, kernel, stride, dilation, pad) != count;
  }
  is_int(wrong, 0, "pairs of outputs and taps that meet the map");
}

/* Columns may stand in any order, the first too. */
static void test_other_order(void)
{
  static const char text[] = "kernel,layer,in_h,type,in_w,in_c,out_c\n3x2,a,8,conv,9,3,4\n";
  qy_network *n;
  qy_error err = {0};
  layer_text got = {.length = 0};
  qy_arena_reset(arena);
  if (!qy_network_text(&n, "net.csv", text, sizeof text - 1, arena, &err)) layer_put_all(&got, n, &n->layer[0]);
  is_text(got.data, "a conv(-) 8,9,3>6,8,4 k3x2\n", "columns in another order");
}

int main(void)
{
  arena = qy_arena_new();
  test_other_order();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check(&rows[i], i);
  test_names();
  test_touched();
  qy_arena_free(arena);
  return done();
}
