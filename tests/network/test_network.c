/* The shipped networks against published sums, and broken files against their exact messages.
 * Expected sums: tests/data/networks_totals.csv (from the published definitions); AlexNet's 666 M convolution
 * multiply-accumulates and 2.3 M convolution weights are those of Chen et al., ISSCC 2016. */
#include "quarry/network.h"

#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;

typedef struct sums {
  int64_t rows, macs, conv_macs, dw_macs, fc_macs, weights, conv_weights;
} sums;

static void test_totals(void)
{
  char line[1024];
  int networks = 0;
  FILE *file = fopen("tests/data/networks_totals.csv", "r");
  if (!ok(file != NULL, "totals can be read")) return;
  while (fgets(line, sizeof line, file)) {
    char name[64];
    long long v[7];
    if (sscanf(line, "%63[^,],%lld,%lld,%lld,%lld,%lld,%lld,%lld", name, v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6) !=
        8)
      continue;
    qy_error err = {0};
    qy_network *n;
    char text[600] = "";
    if (qy_network_read(&n, "db", name, arena, &err) != QY_OK) {
      ok(0, "%s reads: %s", name, qy_diagnostic_format(&err, 0, text, sizeof text));
      continue;
    }
    sums s = {.rows = (int64_t)n->layer_count};
    for (size_t i = 0; i < n->layer_count; i++) {
      const qy_layer *l = &n->layer[i];
      s.macs += l->macs;
      s.weights += l->weights;
      if (l->type == QY_LAYER_FC) {
        s.fc_macs += l->macs;
      } else {
        s.conv_macs += l->macs;
        s.conv_weights += l->weights;
      }
      if (l->type == QY_LAYER_DWCONV) s.dw_macs += l->macs;
    }
    ok(s.rows == v[0] && s.macs == v[1] && s.conv_macs == v[2] && s.dw_macs == v[3] && s.fc_macs == v[4] &&
           s.weights == v[5] && s.conv_weights == v[6],
       "%s: rows, multiply-accumulates and weights by kind", name);
    networks++;
  }
  fclose(file);
  is_int(networks, 23, "all rows of the totals were compared");
}

static qy_network *must_read(const char *name)
{
  qy_error err = {0};
  qy_network *n = NULL;
  char text[600] = "";
  if (qy_network_read(&n, "db", name, arena, &err) != QY_OK) {
    ok(0, "%s reads: %s", name, qy_diagnostic_format(&err, 0, text, sizeof text));
    exit(1);
  }
  return n;
}

static int64_t sum_macs(const qy_network *n, unsigned types, const char *pattern, size_t *count)
{
  const qy_layer **layers;
  int64_t macs = 0;
  qy_error err = {0};
  qy_layer_filter filter = {types, pattern};
  *count = 0;
  if (qy_network_select(&layers, count, n, &filter, arena, &err) != QY_OK) return -1;
  for (size_t i = 0; i < *count; i++)
    macs += layers[i]->macs;
  return macs;
}

static void test_filters(void)
{
  size_t count;
  const qy_network *n = must_read("alexnet_227");
  is_int(sum_macs(n, 1u << QY_LAYER_CONV, NULL, &count), 665784864, "AlexNet convolutions");
  is_int(sum_macs(n, 1u << QY_LAYER_FC, NULL, &count), 58621952, "AlexNet fully connected layers");
  is_int((int64_t)count, 3, "AlexNet has three of them");
  is_int(sum_macs(n, 0, NULL, &count), 665784864 + 58621952, "no filter takes all that multiply");
  is_int((int64_t)count, 8, "AlexNet has eight layers that multiply");
  is_int(sum_macs(n, 0, "conv[12]", &count), 105415200 + 223948800, "name pattern");
  is_text(n->name, "alexnet_227", "name");

  n = must_read("db/networks/mobilenet_v1_1.0_224.csv");
  is_text(n->name, "mobilenet_v1_1.0_224", "name of a file given by its path");
  is_int(sum_macs(n, 1u << QY_LAYER_DWCONV, NULL, &count), 17385984, "MobileNetV1 depthwise layers");
  is_int((int64_t)count, 13, "MobileNetV1 has 13 of them");
  /* 568,740,352 in all, less fc (1000 x 1024), depthwise and the first layer (112 x 112 x 32 x 27). */
  is_int(sum_macs(n, 1u << QY_LAYER_PWCONV, NULL, &count), 568740352 - 1024000 - 17385984 - 10838016,
         "pointwise layers");
  is_int((int64_t)count, 13, "MobileNetV1 has 13 pointwise layers");
  is_int(sum_macs(n, 1u << QY_LAYER_CONV, NULL, &count), 568740352 - 1024000 - 17385984,
         "a pointwise layer is a convolution too");
  is_int(sum_macs(n, 1u << QY_LAYER_POOL, NULL, &count), 0, "pools do not multiply");
  is_int((int64_t)count, 1, "but can be asked for");

  qy_error err = {0};
  const qy_layer **layers;
  qy_layer_filter filter = {1u << QY_LAYER_ADD, "block*"};
  ok(qy_network_select(&layers, &count, n, &filter, arena, &err) == QY_BAD_INPUT, "no match is refused");
  is_text(err.diagnostic[0].text,
          "expected add layers named 'block*', found none among 1 conv, 13 dwconv, 13 pwconv, 1 fc, 1 pool",
          "its message");
}

/* In a network without branches each layer's output is the next one's input. */
static void test_chain(const char *name)
{
  const qy_network *n = must_read(name);
  int bad = 0;
  for (size_t i = 0; i + 1 < n->layer_count; i++) {
    const qy_layer *l = &n->layer[i], *next = l + 1;
    int flat = next->type == QY_LAYER_FC && l->out_h * l->out_w * l->out_c == next->in_c;
    int same = l->out_h == next->in_h && l->out_w == next->in_w && l->out_c == next->in_c;
    if (!flat && !same) bad++;
  }
  ok(bad == 0, "%s: every output size is the next layer's input size", name);
}

static const char head[] = "layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad,groups,macs,params\n";

/* Body after the head line (raw: the whole file); message after the file name. */
static const struct {
  int raw;
  const char *body, *message;
} broken[] = {
    {1, "", " error: expected a head line with column names, found none"},
    {1, "# only a comment\n\n", " error: expected a head line with column names, found none"},
    {1, "layer,type,layer\n", "1:12: error: expected each column once, found 'layer' again"},
    {1, "layer,,type\n", "1:7: error: expected a column name, found an empty field"},
    {1, "layer,in_h,in_w,in_c,out_c\n", "1: error: expected a column 'type', found none"},
    {1, "layer,type,in_h,strid\n",
     "1:17: error: expected a column of a network (quarry describe network --format-help), found 'strid'; did you mean "
     "'stride'?"},
    {0, "", " error: expected at least one layer, found none"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,6912\n", "2: error: expected 13 fields as in the head line, found 12"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,6912,108,\n", "2: error: expected 13 fields as in the head line, found 14"},
    {0, ",conv,8,8,3,4,3,3,1,1,1,6912,108\n", "2:1: error: layer: expected a name, found ''"},
    {0, "a,cnv,8,8,3,4,3,3,1,1,1,6912,108\n",
     "2:3: error: type: expected one of conv, dwconv, pwconv, fc, pool, add, concat, col2im, found 'cnv'; did you mean "
     "'conv'?"},
    {0, "a,conv,8.0,8,3,4,3,3,1,1,1,6912,108\n", "2:8: error: in_h: expected an integer, found '8.0'"},
    {0, "a,conv,,8,3,4,3,3,1,1,1,6912,108\n",
     "2:8: error: in_h: expected a size, as there is no input to take it from, found ''"},
    {0, "a,conv,8, 8,3,4,3,3,1,1,1,6912,108\n", "2:10: error: in_w: expected an integer, found ' 8'"},
    {0, "a,conv,08,8,3,4,3,3,1,1,1,6912,108\n", "2:8: error: in_h: expected an integer, found '08'"},
    {0, "a,conv,8,8,0,4,3,3,1,1,1,6912,108\n", "2:12: error: in_c: expected 1 to 16777216, found '0'"},
    {0, "a,conv,8,8,-3,4,3,3,1,1,1,6912,108\n", "2:12: error: in_c: expected 1 to 16777216, found '-3'"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,69120000000000000000,108\n",
     "2:26: error: macs: expected 0 to 9223372036854775807, found '69120000000000000000'"},
    {0, "a,conv,8,8,3,99999999,3,3,1,1,1,6912,108\n", "2:14: error: out_c: expected 1 to 16777216, found '99999999'"},
    {0, "a,conv,8,8,3,4,3,3,0,1,1,6912,108\n", "2:20: error: stride: expected 1 to 16777216, found '0'"},
    {0, "a,conv,8,8,3,4,3,3,1,1,2,6912,108\n", "2:24: error: groups: expected a divisor of in_c (3), found '2'"},
    {0, "a,conv,8,8,3,4,3,3,1,1,3,6912,108\n", "2:24: error: groups: expected a divisor of out_c (4), found '3'"},
    {0, "a,conv,8,8,3,4,3,3,1,3,1,6912,108\n", "2:22: error: pad: expected less than the kernel (3x3), found '3'"},
    {0, "a,conv,8,8,3,4,11,3,1,1,1,6912,108\n",
     "2:16: error: kernel_h: expected at most the padded input (10), found '11'"},
    {0, "a,conv,8,8,3,4,3,11,1,1,1,6912,108\n",
     "2:18: error: kernel_w: expected at most the padded input (10), found '11'"},
    {0, "a,dwconv,8,8,4,4,3,3,1,1,1,2304,36\n",
     "2:26: error: groups: expected one group per input channel (4) in a dwconv, found '1'"},
    {0, "a,fc,8,1,4,4,1,1,1,0,1,16,16\n", "2:6: error: in_h: expected 1 in an fc, found '8'"},
    {0, "a,pwconv,8,8,4,4,3,3,1,1,1,9216,144\n", "2:18: error: kernel_h: expected 1 in a pwconv, found '3'"},
    {0, "a,pool,8,8,4,8,2,2,2,0,4,0,0\n", "2:14: error: out_c: expected 4 as in_c in a pool, found '8'"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,6913,108\n", "2:26: error: macs: expected 6912 from the sizes, found '6913'"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,6912,107\n", "2:31: error: params: expected 108 from the sizes, found '107'"},
    {0, "a,pool,8,8,4,4,2,2,2,0,4,64,0\n", "2:26: error: macs: expected 0 from the sizes, found '64'"},
    {0, "a,conv,16777216,16777216,16777216,16777216,1,1,1,0,1,1,1\n",
     "2:54: error: macs: expected a layer whose multiply-accumulates fit 64 bits, found '1'"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,6912,108\n\n# again\na,conv,8,8,3,4,3,3,1,1,1,6912,108\n",
     "5:1: error: layer: expected a name not used before, found 'a'"},
    {0, "\"a,conv,8,8,3,4,3,3,1,1,1,6912,108\n", "2:1: error: expected a closing quote, found the line's end"},
    {0, "\"a\"b,conv,8,8,3,4,3,3,1,1,1,6912,108\n", "2:4: error: expected a comma after the closing quote"},
    {0, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddee,conv,x,8,3,4,3,3,1,1,1,1,1\n",
     "2:49: error: in_h: expected an integer, found 'x'"},
};

/* Sizes, pads and inputs under a head line of their own. */
static const struct {
  const char *text, *message;
} wrong[] = {
    /* Windows: a kernel of 3 with dilation 2 reaches over 5, with 4 over 9. */
    {"layer,type,in_h,in_w,in_c,out_c,kernel,pad_top,pad_left\na,conv,8,8,3,4,3,1,3\n",
     "2:20: error: pad_left: expected less than the kernel (3x3), found '3'"},
    {"layer,type,in_h,in_w,in_c,out_c,kernel,pad,dilation_h\na,conv,8,8,3,4,3,5,2\n",
     "2:18: error: pad: expected less than the dilated kernel (5x3), found '5'"},
    {"layer,type,in_h,in_w,in_c,out_c,kernel,pad_top,dilation\na,conv,7,9,3,4,3,1,4\n",
     "2:16: error: kernel: expected a dilated kernel of at most the padded input (8), found '3'"},
    {"layer,type,in_h,in_w,in_c,out_c,stride,stride_w\na,conv,8,8,3,4,,0\n",
     "2:17: error: stride_w: expected 1 to 16777216, found '0'"},
    {"layer,type,in_h,in_w,in_c,out_c,dilation\na,conv,8,8,3,4,0\n",
     "2:16: error: dilation: expected 1 to 16777216, found '0'"},
    {"layer,type,in_h,in_w,in_c,batch\na,pool,8,8,3,0\n", "2:14: error: batch: expected 1 to 16777216, found '0'"},
    /* Defaults that there are not. */
    {"layer,type,in_w,in_c,out_c\na,conv,8,3,4\n",
     "2: error: in_h: expected a size, as there is no input to take it from, found none"},
    {"layer,type,in_h,in_w,in_c\na,conv,8,8,3\n", "2: error: out_c: expected output channels, found none"},
    {"layer,type,in_h,in_w,in_c,out_c\na,conv,8,8,3,\n", "2:14: error: out_c: expected output channels, found ''"},
    {"layer,type,in_h,in_w,in_c,out_c\na,conv,9999999,9999999,9999999,9999999\n",
     "2: error: macs: expected a layer whose multiply-accumulates fit 64 bits, found none"},
    {"layer,type,in_h,in_w,in_c,out_c,kernel\na,pool,9999999,9999999,9999999,,1\nb,fc,,,,10,\n",
     "3:8: error: in_c: expected inputs of at most 16777216 together (they have 9223372036854775807), found ''"},
    /* Names. */
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,pool,stemm,,,\n",
     "3:8: error: inputs: expected a layer of an earlier line, found 'stemm'; did you mean 'stem'?"},
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,add,stem+zzzzzz,,,\n",
     "3:12: error: inputs: expected a layer of an earlier line, found 'zzzzzz'"},
    {"layer,type,inputs,in_h,in_w,in_c\na,pool,b,8,8,3\n\nb,pool,a,,,\n",
     "2:8: error: inputs: expected a layer of an earlier line, found 'b' of line 4"},
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,pool,a,,,\n",
     "3:8: error: inputs: expected a layer of an earlier line, found 'a', the layer itself"},
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,add,stem+stem,,,\n",
     "3:12: error: inputs: expected each layer once, found 'stem' again"},
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,add,stem+,,,\n",
     "3:12: error: inputs: expected a layer of an earlier line, found ''"},
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,pool,+stem,,,\n",
     "3:8: error: inputs: expected a layer of an earlier line, found ''"},
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,add,,,,\n",
     "3:7: error: inputs: expected two layers or more in an add, found ''"},
    {"layer,type,inputs,in_h,in_w,in_c\nstem,pool,,8,8,3\na,concat,stem,,,\n",
     "3:10: error: inputs: expected two layers or more in a concat, found 'stem'"},
    {"layer,type,in_h,in_w,in_c\nstem,pool,8,8,3\na,concat,,,\n",
     "3: error: inputs: expected two layers or more in a concat, found none"},
/* Sizes along the edges: a is 1x1x3, b 8x8x3, c 8x8x6. */
#define THREE "layer,type,inputs,in_h,in_w,in_c,out_c,kernel\na,pool,,8,8,3,,\nb,conv,-,8,8,3,3,1\nc,conv,b,,,,6,1\n"
    {THREE "d,conv,c,8,8,7,4,1\n", "5:14: error: in_c: expected 6, the channels that c has, found '7'"},
    {THREE "d,conv,c,4,8,6,4,1\n", "5:10: error: in_h: expected 8, the height that c has, found '4'"},
    {THREE "d,conv,,8,4,6,4,1\n", "5:11: error: in_w: expected 8, the width that c has, found '4'"},
    {THREE "d,conv,b+c,,,6,4,1\n",
     "5:14: error: in_c: expected 9, the channels that b and its other inputs have, found '6'"},
    {THREE "d,fc,c,1,1,6,4,1\n", "5:12: error: in_c: expected 384, the elements that c has, found '6'"},
    {THREE "d,add,b+c,,,,,\n",
     "5:7: error: inputs: expected outputs of one size: 8x8x6 of c is not 8x8x3 of b, found 'b+c'"},
    {THREE "d,concat,a+c,,,,,\n",
     "5:10: error: inputs: expected outputs of one size: 8x8x6 of c is not 1x1x3 of a, found 'a+c'"},
    {THREE "d,concat,b+c,,,,8,\n", "5:17: error: out_c: expected 9 as in_c in a concat, found '8'"},
    {THREE "d,conv,c*a,,,,4,1\n", "5:8: error: inputs: expected 1x1x6 after '*', but a makes 1x1x3, found 'c*a'"},
    {THREE "d,conv,a*b,,,,4,1\n", "5:8: error: inputs: expected 1x1x3 after '*', but b makes 8x8x3, found 'a*b'"},
    {THREE "d,conv,b*a*c,,,,4,1\n", "5:11: error: inputs: expected nothing after the layer that scales, found '*'"},
    {THREE "d,conv,b*a+c,,,,4,1\n", "5:11: error: inputs: expected nothing after the layer that scales, found '+'"},
    {THREE "d,add,b+c*a,,,,,\n",
     "5:7: error: inputs: expected outputs of one size: 8x8x6 of c is not 8x8x3 of b, found 'b+c*a'"},
    {THREE "d,concat,b+c*a,,,,,\n", "5:10: error: inputs: expected no '*' in a concat, found 'b+c*a'"},
    {"layer,type,inputs,in_h,in_w,in_c,batch\na,pool,,8,8,3,4\nb,pool,a,,,,2\n",
     "3:13: error: batch: expected 4, the batch that a has, found '2'"},
    {"layer,type,inputs,in_h,in_w,in_c,batch\na,pool,,8,8,3,4\nb,pool,-,8,8,3,2\nc,add,a+b,,,,\n",
     "4:7: error: inputs: expected layers of one batch, found 'a+b'"},
    /* Sums of taps. */
    {"layer,type,in_h,in_w,in_c,kernel\na,col2im,4,4,10,2\n",
     "2:14: error: in_c: expected a multiple of 4, the taps of the kernel, found '10'"},
    {"layer,type,in_h,in_w,in_c,out_c,kernel\na,col2im,4,4,12,4,2\n",
     "2:17: error: out_c: expected 3, in_c by the taps of the kernel, found '4'"},
    {"layer,type,in_h,in_w,in_c,kernel,groups\na,col2im,4,4,12,2,1\n",
     "2:19: error: groups: expected one group per output channel (3) in a col2im, found '1'"},
    {"layer,type,in_h,in_w,in_c,kernel,stride,pad_bottom\na,col2im,4,4,12,2,2,-2\n",
     "2:21: error: pad_bottom: expected -1 to 16777216, found '-2'"},
    {"layer,type,in_h,in_w,in_c,kernel,pad\na,col2im,1,1,9,3,2\n",
     "2:16: error: kernel: expected 1 to 16777216 outputs (they are -1), found '3'"},
    {"layer,type,in_h,in_w,in_c,kernel,pad_top\na,col2im,4,4,12,2,2\n",
     "2:19: error: pad_top: expected less than the kernel (2x2), found '2'"},
    {"layer,type,in_h,in_w,in_c,kernel,stride\na,col2im,16777216,1,4,2,2\n",
     "2:23: error: kernel: expected 1 to 16777216 outputs (they are 33554432), found '2'"},
    {"layer,type,inputs,in_h,in_w,in_c,kernel\na,pool,,4,4,8,1\nb,col2im,a@-,,,,2\n",
     "3:10: error: inputs: expected no '@' in a col2im, found 'a@-'"},
};

static void write_file(const char *file, const char *a, const char *b)
{
  FILE *f = fopen(file, "w");
  if (!f) exit(1);
  fputs(a, f);
  fputs(b, f);
  fclose(f);
}

static void test_broken(void)
{
  char dir[] = "/tmp/quarry_network_XXXXXX", file[64], text[900], expected[900];
  if (!mkdtemp(dir)) exit(1);
  snprintf(file, sizeof file, "%s/n.csv", dir);
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    qy_error err = {0};
    qy_network *n;
    write_file(file, broken[i].raw ? "" : head, broken[i].body);
    qy_status status = qy_network_read(&n, "db", file, arena, &err);
    snprintf(expected, sizeof expected, "%s:%s", file, broken[i].message);
    qy_diagnostic_format(&err, 0, text, sizeof text);
    ok(status == QY_BAD_INPUT && n == NULL && err.count == 1, "broken file %zu is refused once", i);
    is_text(text, expected, "its message");
  }

  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    qy_error err = {0};
    qy_network *n;
    write_file(file, wrong[i].text, "");
    ok(qy_network_read(&n, "db", file, arena, &err) == QY_BAD_INPUT && n == NULL && err.count == 1,
       "wrong file %zu is refused once", i);
    snprintf(expected, sizeof expected, "%s:%s", file, wrong[i].message);
    is_text(qy_diagnostic_format(&err, 0, text, sizeof text), expected, "its message");
  }

  qy_error err = {0};
  qy_network *n;
  FILE *f = fopen(file, "w");
  fwrite("layer\0", 1, 6, f);
  fclose(f);
  ok(qy_network_read(&n, "db", file, arena, &err) == QY_BAD_INPUT, "a NUL byte is refused");
  is_text(err.diagnostic[0].text, "expected text, found a NUL byte at offset 5", "its message");

  err = (qy_error){0};
  ok(qy_network_read(&n, "db", "lenet", arena, &err) == QY_BAD_INPUT, "a missing network is refused");
  starts(qy_diagnostic_format(&err, 0, text, sizeof text),
         "error: expected a network of db/networks or a file (./FILE.csv), found \"lenet\"; there are: "
         "alexnet_227, ",
         "its message");
  err = (qy_error){0};
  ok(qy_network_read(&n, "db", "resnet-18", arena, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "did you mean \"resnet18\"?"),
     "a name that is nearly one gets it");
  err = (qy_error){0};
  ok(qy_network_read(&n, "tests", "resnet18", arena, &err) != QY_OK && err.count == 1,
     "a folder of networks that is not there is refused, once");
  starts(qy_diagnostic_format(&err, 0, text, sizeof text), "tests/networks: error: ", "with its name");

  /* Good, but unusual: byte-order mark, CRLF, quotes, no newline at the end, columns in another order, comments. */
  err = (qy_error){0};
  write_file(file,
             "\xEF\xBB\xBF# made by "
             "hand\r\nparams,macs,type,layer,in_w,in_h,in_c,out_c,kernel_h,kernel_w,pad,stride,groups\r\n",
             "36,\"1152\",dwconv,\"a \"\"b\"\", c\",8,16,4,4,3,3,1,2,4");
  ok(qy_network_read(&n, "db", file, arena, &err) == QY_OK, "an unusual file reads");
  if (n) {
    is_text(n->layer[0].name, "a \"b\", c", "quoted name");
    is_int(n->layer[0].out_h * 100 + n->layer[0].out_w, 804, "output size");
    is_int((int64_t)strlen(n->sha256), 64, "hash");
    ok(strncmp(n->text, "\xEF\xBB\xBF# made by hand\r\n", 19) == 0, "text is kept as it was");
  }

  const int here = open(".", O_RDONLY | O_CLOEXEC);
  err = (qy_error){0};
  ok(here >= 0 && chdir(dir) == 0 && qy_network_read(&n, "db", "n.csv", arena, &err) == QY_OK &&
         strcmp(n->name, "n") == 0 && fchdir(here) == 0,
     "a file of the folder where we are needs no ./");
  if (here >= 0) close(here);

  f = fopen(file, "w");
  fputs(head, f);
  for (int i = 0; i < 10000; i++)
    fprintf(f, "l%d,fc,1,1,1,1,1,1,1,0,1,1,1\n", i);
  fclose(f);
  err = (qy_error){0};
  ok(qy_network_read(&n, "db", file, arena, &err) == QY_OK && n->layer_count == 10000, "10,000 layers are accepted");
  f = fopen(file, "a");
  fputs("one_more,fc,1,1,1,1,1,1,1,0,1,1,1\n", f);
  fclose(f);
  ok(qy_network_read(&n, "db", file, arena, &err) == QY_BAD_INPUT, "one more is not");
  is_text(err.diagnostic[0].text, "expected at most 10000 layers, found more", "its message");
  unlink(file);
  rmdir(dir);
}

/* ---- the graph ---- */

static qy_network *read_text(const char *text)
{
  char file[] = "/tmp/quarry_network_XXXXXX.csv", message[600];
  qy_error err = {0};
  qy_network *n = NULL;
  const int fd = mkstemps(file, 4);
  if (fd < 0) exit(1);
  write_file(file, text, "");
  if (qy_network_read(&n, "db", file, arena, &err))
    printf("# %s\n", qy_diagnostic_format(&err, 0, message, sizeof message));
  close(fd);
  unlink(file);
  return n;
}

static const qy_layer *layer_named(const qy_network *n, const char *name)
{
  for (size_t i = 0; i < n->layer_count; i++)
    if (strcmp(n->layer[i].name, name) == 0) return &n->layer[i];
  printf("# no layer %s\n", name);
  exit(1);
}

/* Names of the inputs or consumers of a layer, with blanks between. */
static const char *names_of(const qy_network *n, const char *name, qy_layer_side side)
{
  size_t count;
  const size_t *at = qy_network_edges(&count, n, (size_t)(layer_named(n, name) - n->layer), side);
  const char *text = "";
  for (size_t k = 0; k < count; k++)
    text = qy_arena_format(arena, "%s%s%s", text, k ? " " : "", n->layer[at[k]].name);
  if ((count == 0) != (at == NULL)) text = "?";
  return text;
}

/* The example of the documentation, worked out by hand. */
static void test_example(void)
{
  const char *example = strstr(qy_network_format(), "Example:\n");
  if (!ok(example != NULL, "the format has an example")) return;
  const qy_network *n = read_text(example + strlen("Example:\n"));
  if (!ok(n && n->layer_count == 7, "which reads as seven layers")) return;
  static const struct {
    const char *name;
    int64_t in_h, in_w, in_c, out_h, out_w, out_c, macs, weights;
    const char *inputs, *consumers;
  } row[] = {/* 64 x 32, stride 2 down and 1 across, kernel 3, padding 1 */
             {"stem", 64, 32, 3, 32, 32, 16, INT64_C(1024) * 16 * 27, 16 * 27, "", "wide sum"},
             {"wide", 32, 32, 16, 32, 32, 16, INT64_C(1024) * 16 * 25, 16 * 25, "stem", "narrow both"},
             {"narrow", 32, 32, 16, 32, 32, 16, INT64_C(1024) * 16 * 16, 256, "wide", "sum"},
             {"sum", 32, 32, 16, 32, 32, 16, 0, 0, "narrow stem", "both"},
             {"both", 32, 32, 32, 32, 32, 32, 0, 0, "sum wide", "pool"},
             {"pool", 32, 32, 32, 1, 1, 32, 0, 0, "both", "fc"},
             {"fc", 1, 1, 32, 1, 1, 10, 320, 320, "pool", ""}};
  int good = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_layer *l = &n->layer[i];
    is_text(l->name, row[i].name, "layer of the example");
    is_text(names_of(n, row[i].name, QY_SIDE_INPUTS), row[i].inputs, "its inputs");
    is_text(names_of(n, row[i].name, QY_SIDE_CONSUMERS), row[i].consumers, "its consumers");
    good += l->in_h == row[i].in_h && l->in_w == row[i].in_w && l->in_c == row[i].in_c && l->out_h == row[i].out_h &&
            l->out_w == row[i].out_w && l->out_c == row[i].out_c && l->macs == row[i].macs &&
            l->weights == row[i].weights && l->batch == 1 && l->dilation_h == 1 && l->dilation_w == 1 && !l->gated;
  }
  is_int(good, 7, "sizes, multiply-accumulates and weights of the example");
  ok(n->layer[0].type == QY_LAYER_CONV && n->layer[0].stride_h == 2 && n->layer[0].stride_w == 1 &&
         n->layer[1].groups == 16 && n->layer[1].pad_left == 2 && n->layer[2].groups == 1 &&
         n->layer[4].type == QY_LAYER_CONCAT && n->layer[5].kernel_h == 32 && n->layer[5].stride_h == 1,
     "defaults of strides, groups, kernels");
}

static void test_rules(void)
{
  /* Names with + and * alone, a name in quotes, a gate, a flattened map, two sources, a batch. */
  const qy_network *n = read_text("layer,type,inputs,in_h,in_w,in_c,out_c,kernel,batch\n"
                                  "a+b,conv,,4,4,6,8,3,5\n"
                                  "\"c,*d\",conv,-,4,4,6,8,3,5\n"
                                  "e,conv,a+b,,,,8,1,\n"
                                  "f,concat,\"e+c,*d\",,,,,,\n");
  ok(n == NULL, "a name with * cannot stand with others");
  n = read_text("layer,type,inputs,in_h,in_w,in_c,out_c,kernel,batch\n"
                "a+b,conv,,4,4,6,8,3,5\n"
                "\"c,*d\",conv,-,4,4,6,8,3,5\n"
                "e,conv,a+b,,,,8,1,\n"
                "f,conv,\"c,*d\",,,,8,1,\n"
                "g,pool,f,,,,,,\n"
                "h,conv,e+f*g,,,,7,1,\n");
  ok(n == NULL, "a layer that scales fits all before it: 8 channels do not scale 16");
  n = read_text("layer,type,inputs,in_h,in_w,in_c,out_c,kernel,batch\n"
                "a+b,conv,,4,4,6,8,3,5\n"
                "\"c,*d\",conv,-,4,4,6,8,3,5\n"
                "e,conv,a+b,,,,8,1,\n"
                "f,conv,\"c,*d\",,,,8,1,\n"
                "g,pool,f,,,,,,\n"
                "h,conv,f*g,,,,7,1,\n"
                "i,pwconv,e+f,,,,2,,\n"
                "j,fc,e+f,,,64,3,,\n");
  if (!ok(n != NULL, "names with signs, sources, gates, joined inputs, a flattened map")) return;
  is_text(names_of(n, "e", QY_SIDE_INPUTS), "a+b", "a name with +");
  is_text(names_of(n, "f", QY_SIDE_INPUTS), "c,*d", "a name with *");
  is_text(names_of(n, "c,*d", QY_SIDE_INPUTS), "", "- is the network's input");
  is_text(names_of(n, "h", QY_SIDE_INPUTS), "f g", "a gate is an input");
  is_text(names_of(n, "f", QY_SIDE_CONSUMERS), "g h i j", "consumers in file order");
  ok(layer_named(n, "h")->gated && layer_named(n, "h")->in_c == 8 && !layer_named(n, "i")->gated, "which scales");
  is_int(layer_named(n, "i")->in_c, 16, "inputs joined by their channels");
  is_int(layer_named(n, "j")->weights, 64 * 3, "2 x 2 x 16 flattened");
  is_int(layer_named(n, "j")->batch, 5, "the batch is that of the inputs");

  /* A file without the column is a list: c does not fit b. */
  n = read_text("layer,type,in_h,in_w,in_c,out_c\na,conv,8,8,3,4\nb,conv,8,8,4,5\nc,conv,8,8,4,6\nd,add,8,8,6,6\n"
                "e,fc,1,1,384,10\n");
  if (!ok(n != NULL, "a file without a column inputs")) return;
  is_text(names_of(n, "b", QY_SIDE_INPUTS), "a", "reads the line before");
  is_text(names_of(n, "c", QY_SIDE_INPUTS), "", "or what is not known, where that does not fit");
  is_text(names_of(n, "d", QY_SIDE_INPUTS), "c", "an add has one known input");
  is_text(names_of(n, "e", QY_SIDE_INPUTS), "d", "an fc flattens");

  /* The special column wins over the general one; a pool covers all; macs and params are checked when they are
   * there. */
  n = read_text(
      "layer,type,in_h,in_w,in_c,out_c,kernel,kernel_w,stride,stride_h,pad,pad_right,dilation,dilation_w,macs\n"
      "a,conv,20,30,2,4,3,5,2,3,1,0,2,1,\nb,pool,,,,,,,,,,,,,0\n");
  /* Down: 20 + 2 - 5 = 17 in threes, 6 rows; across: 30 + 1 - 5 = 26 in twos, 14 columns. */
  ok(n && n->layer[0].out_h == 6 && n->layer[0].out_w == 14 && n->layer[0].macs == 6 * 14 * 4 * 2 * 15 &&
         n->layer[1].kernel_h == 6 && n->layer[1].kernel_w == 14 && n->layer[1].out_h == 1 && n->layer[1].out_w == 1,
     "columns for a direction or side before those for all");
}

static uint32_t random_state = 11;

static int64_t random_in(int64_t low, int64_t high)
{
  random_state = random_state * 1664525u + 1013904223u;
  return low + (int64_t)(random_state >> 8) % (high - low + 1);
}

/* Outputs and products of random windows, counted position by position. */
static void test_windows(void)
{
  enum { CASES = 400 };
  int good = 0, run = 0;
  for (int i = 0; i < CASES; i++) {
    const int64_t in[2] = {random_in(1, 30), random_in(1, 30)}, k[2] = {random_in(1, 5), random_in(1, 5)};
    const int64_t d[2] = {random_in(1, 4), random_in(1, 4)}, s[2] = {random_in(1, 4), random_in(1, 4)};
    int64_t before[2], after[2], out[2] = {0, 0};
    for (int a = 0; a < 2; a++) {
      before[a] = random_in(0, (k[a] - 1) * d[a]);
      after[a] = random_in(0, (k[a] - 1) * d[a]);
      for (int64_t at = -before[a]; at + (k[a] - 1) * d[a] < in[a] + after[a]; at += s[a])
        out[a]++;
    }
    char text[400];
    snprintf(text, sizeof text,
             "layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride_h,stride_w,dilation_h,dilation_w,pad_top,"
             "pad_bottom,pad_left,pad_right\n"
             "a,conv,%d,%d,3,7,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d\n",
             (int)in[0], (int)in[1], (int)k[0], (int)k[1], (int)s[0], (int)s[1], (int)d[0], (int)d[1], (int)before[0],
             (int)after[0], (int)before[1], (int)after[1]);
    if (out[0] == 0 || out[1] == 0) continue;
    run++;
    const qy_network *n = read_text(text);
    good += n && n->layer[0].out_h == out[0] && n->layer[0].out_w == out[1] &&
            n->layer[0].macs == out[0] * out[1] * k[0] * k[1] * 21;
  }
  ok(run > CASES / 2 && good == run, "%d random windows: outputs as counted position by position", run);
}

/* Outputs of a col2im in one direction, counted: those that some input reaches, less `before` and `after`, which may be
 * zeros that are added. */
static int64_t count_reached(int64_t in, int64_t k, int64_t d, int64_t s, int64_t before, int64_t after)
{
  int64_t last = 0, count = 0;
  for (int64_t i = 0; i < in; i++)
    for (int64_t t = 0; t < k; t++)
      if (i * s + t * d > last) last = i * s + t * d;
  for (int64_t y = before; y <= last - after; y++)
    count++;
  return count;
}

static void test_sums(void)
{
  enum { CASES = 300 };
  int good = 0, run = 0;
  for (int i = 0; i < CASES; i++) {
    const int64_t in[2] = {random_in(1, 12), random_in(1, 12)}, k[2] = {random_in(1, 5), random_in(1, 5)};
    const int64_t d[2] = {random_in(1, 3), random_in(1, 3)}, s[2] = {random_in(1, 4), random_in(1, 4)};
    int64_t before[2], after[2], out[2];
    for (int a = 0; a < 2; a++) {
      before[a] = random_in(0, (k[a] - 1) * d[a]);
      after[a] = random_in(1 - s[a], (k[a] - 1) * d[a]);
      out[a] = count_reached(in[a], k[a], d[a], s[a], before[a], after[a]);
    }
    if (out[0] < 1 || out[1] < 1) continue;
    char text[400];
    snprintf(text, sizeof text,
             "layer,type,in_h,in_w,in_c,out_c,kernel,stride,dilation,pad_top,pad_bottom,pad_left,pad_right\n"
             "a,conv,%d,%d,3,%d,1,1,1,0,0,0,0\nb,col2im,,,,,%dx%d,%dx%d,%dx%d,%d,%d,%d,%d\nc,conv,,,,6,1,1,1,,,,\n",
             (int)in[0], (int)in[1], (int)(5 * k[0] * k[1]), (int)k[0], (int)k[1], (int)s[0], (int)s[1], (int)d[0],
             (int)d[1], (int)before[0], (int)after[0], (int)before[1], (int)after[1]);
    run++;
    const qy_network *n = read_text(text);
    good += n && n->layer_count == 3 && n->layer[1].out_h == out[0] && n->layer[1].out_w == out[1] &&
            n->layer[1].out_c == 5 && n->layer[1].macs == 0 && n->layer[2].input_count == 1 &&
            n->layer[2].in_h == out[0] && n->layer[2].in_c == 5;
  }
  ok(run > CASES / 2 && good == run, "%d random sums of taps: outputs as counted input by input", run);
  const qy_network *n = read_text("layer,type,in_h,in_w,in_c,kernel,stride,pad\na,col2im,5,6,18,3,2,same\n");
  ok(n && n->layer[0].out_h == 10 && n->layer[0].out_w == 12, "same: as many outputs as inputs times stride");
}

static const char *const all_networks[] = {"alexnet_227",
                                           "ds_cnn_s",
                                           "efficientnet_b0",
                                           "inception_v3",
                                           "mnasnet_a1_1.0_224",
                                           "mnasnet_b1_1.0_224",
                                           "mobilenet_v1_1.0_224",
                                           "mobilenet_v2_1.0_224",
                                           "mobilenet_v3_large",
                                           "mobilenet_v3_small",
                                           "resnet18",
                                           "resnet50",
                                           "resnet50_v1",
                                           "squeezenet1_1",
                                           "vgg16",
                                           "xception_299"};

/* Paddings by direction.  SAME as TensorFlow computes it: out = ceil(in / stride), zeros in all
 * (out - 1) stride + reach - in, the smaller half before. */
static void test_pads(void)
{
  static const struct {
    const char *sizes, *pads; /* in_h,in_w,kernel_h,kernel_w,stride_h,stride_w,dilation; pad,pad_h,pad_w,pad_left */
    int64_t top, bottom, left, right, out_h, out_w;
  } row[] = {{"49,10,10,4,2,2,1", "same,,,", 4, 5, 1, 1, 25, 5}, /* 24 x 2 + 10 - 49 = 9; 4 x 2 + 4 - 10 = 2 */
             {"17,17,1,7,1,1,1", "3,,,", 0, 0, 3, 3, 17, 17},    /* Inception */
             {"17,17,7,1,1,1,1", "3,,,", 3, 3, 0, 0, 17, 17},
             {"17,17,1,7,1,1,1", ",0,3,", 0, 0, 3, 3, 17, 17},
             {"17,17,1,7,1,1,1", "same,,,", 0, 0, 3, 3, 17, 17},
             {"17,17,1,7,1,1,1", ",,same,2", 0, 0, 2, 3, 17, 16},
             {"17,17,7,7,1,1,1", "3,1,,", 1, 1, 3, 3, 13, 17},
             {"224,224,3,3,2,2,1", "SAME,,,", 0, 1, 0, 1, 112, 112}, /* 111 x 2 + 3 - 224 = 1 */
             {"224,224,3,3,2,2,1", "valid,,,", 0, 0, 0, 0, 111, 111},
             {"8,9,3,3,1,1,3", "same,,,", 3, 3, 3, 3, 8, 9},
             {"5,5,1,1,3,3,1", "same,,,", 0, 0, 0, 0, 2, 2}}; /* stride above the kernel: nothing to add */
  int good = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char text[400];
    snprintf(text, sizeof text,
             "layer,type,in_h,in_w,kernel_h,kernel_w,stride_h,stride_w,dilation,pad,pad_h,pad_w,pad_left,in_c,out_c\n"
             "a,conv,%s,%s,3,5\n",
             row[i].sizes, row[i].pads);
    const qy_network *n = read_text(text);
    const qy_layer *l = n ? &n->layer[0] : NULL;
    const int fits = l && l->pad_top == row[i].top && l->pad_bottom == row[i].bottom && l->pad_left == row[i].left &&
                     l->pad_right == row[i].right && l->out_h == row[i].out_h && l->out_w == row[i].out_w;
    if (!fits) printf("# %s | %s\n", row[i].sizes, row[i].pads);
    good += fits;
  }
  is_int(good, sizeof row / sizeof *row, "paddings by side, by direction, and those that keep the size");
  static const struct {
    const char *pads, *part;
  } bad[] = {{"7,,,", "less than the kernel"},
             {",7,,", "less than the kernel"},
             {"sme,,,", "same or valid"},
             {",-1,,", "same or valid"},
             {",,same,7", "less than the kernel"}};
  good = 0;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[400];
    qy_network *n;
    qy_error err = {0};
    snprintf(text, sizeof text,
             "layer,type,in_h,in_w,kernel,pad,pad_h,pad_w,pad_left,in_c,out_c\na,conv,9,9,7,%s,3,5\n", bad[i].pads);
    char file[] = "/tmp/quarry_network_XXXXXX.csv";
    const int fd = mkstemps(file, 4);
    if (fd < 0) return;
    write_file(file, text, "");
    good += qy_network_read(&n, "db", file, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, bad[i].part);
    close(fd);
    unlink(file);
  }
  is_int(good, sizeof bad / sizeof *bad, "wrong ones are refused");
}

/* Sums of the examples with kernels that are not square, against published figures. */
static void test_oblong(void)
{
  int64_t weights = 0, macs = 0, outputs = 0;
  const qy_network *n = must_read("inception_v3");
  for (size_t i = 0; i < n->layer_count; i++) {
    const qy_layer *l = &n->layer[i];
    weights += l->weights;
    macs += l->macs;
    if (l->type == QY_LAYER_CONV || l->type == QY_LAYER_PWCONV) outputs += l->out_c;
  }
  /* torchvision's inception_v3: 27,161,264 parameters, of which the auxiliary classifier has 3,326,696: weights, scale
   * and shift of batch norm, the last layer's biases.  Keras counts means and variances too, and no scale: 23,851,784.
   * 5.71 G multiply-accumulates are torchvision's. */
  is_int(weights + 2 * outputs + 1000, 27161264 - 3326696, "Inception-v3: parameters as in torchvision");
  is_int(weights + 3 * outputs + 1000, 23851784, "and as in Keras");
  near_rel((double)macs, 5.71e9, 1e-3, "and its multiply-accumulates");
  weights = macs = 0;
  n = must_read("ds_cnn_s");
  for (size_t i = 0; i < n->layer_count; i++) {
    weights += n->layer[i].weights;
    macs += n->layer[i].macs;
  }
  /* By hand: 25 x 5 x 64 x 40, four times 25 x 5 x (64 x 9 + 64 x 64), 64 x 12. */
  is_int(macs, 320000 + 4 * (72000 + 512000) + 768, "DS-CNN S: multiply-accumulates");
  is_int(weights, 2560 + 4 * (576 + 4096) + 768, "and weights");
  near_rel(2 * (double)macs, 5.4e6, 0.02, "5.4 million operations are published (arXiv:1711.07128, table 5)");
}

/* One source, one output, edges both ways; every add joins two branches that start at one layer. */
static void test_shipped(void)
{
  for (size_t f = 0; f < sizeof all_networks / sizeof *all_networks; f++) {
    const qy_network *n = must_read(all_networks[f]);
    size_t sources = 0, ends = 0, edges[2] = {0, 0}, bad = 0;
    for (size_t i = 0; i < n->layer_count; i++) {
      const qy_layer *l = &n->layer[i];
      sources += l->input_count == 0;
      ends += l->consumer_count == 0;
      edges[0] += l->input_count;
      edges[1] += l->consumer_count;
      int64_t channels = 0;
      for (size_t k = 0; k < l->input_count; k++) {
        const qy_layer *a = &n->layer[l->input[k]];
        bad += l->input[k] >= i;
        if (l->gated && k + 1 == l->input_count) continue;
        channels += l->type == QY_LAYER_FC ? a->out_c * a->out_h * a->out_w : a->out_c;
        bad += l->type != QY_LAYER_FC && (a->out_h != l->in_h || a->out_w != l->in_w);
        bad += l->type == QY_LAYER_ADD && a->out_c != l->in_c;
      }
      bad += l->type != QY_LAYER_ADD && l->input_count > 0 && channels != l->in_c;
      bad += l->type == QY_LAYER_ADD && l->input_count != 2;
      for (size_t k = 0; k < l->consumer_count; k++) {
        const qy_layer *to = &n->layer[l->consumer[k]];
        int found = 0;
        for (size_t e = 0; e < to->input_count; e++)
          found += to->input[e] == i;
        bad += found != 1;
      }
    }
    ok(sources == 1 && ends == 1 && edges[0] == edges[1] && bad == 0, "%s: one graph, every edge fits", n->name);
  }
}

/* Table 2 of the MobileNetV2 paper: n bottlenecks of a stage, all but the first with a residual: 1+2+3+2+2 adds.  In
 * ResNets and squeeze and excitation networks some edges that are easy to get wrong. */
static void test_residuals(void)
{
  static const char *const add[][2] = {{"b3_add", "b3_project b2_project"},    {"b5_add", "b5_project b4_project"},
                                       {"b6_add", "b6_project b5_add"},        {"b8_add", "b8_project b7_project"},
                                       {"b9_add", "b9_project b8_add"},        {"b10_add", "b10_project b9_add"},
                                       {"b12_add", "b12_project b11_project"}, {"b13_add", "b13_project b12_add"},
                                       {"b15_add", "b15_project b14_project"}, {"b16_add", "b16_project b15_add"}};
  const qy_network *n = must_read("mobilenet_v2_1.0_224");
  size_t adds = 0;
  for (size_t i = 0; i < n->layer_count; i++)
    adds += n->layer[i].type == QY_LAYER_ADD;
  is_int((int64_t)adds, 10, "MobileNetV2 has ten residuals");
  for (size_t i = 0; i < sizeof add / sizeof *add; i++)
    is_text(names_of(n, add[i][0], QY_SIDE_INPUTS), add[i][1], add[i][0]);
  is_text(names_of(n, "b2_project", QY_SIDE_CONSUMERS), "b3_expand b3_add", "a residual leaves where a block begins");
  n = must_read("resnet18");
  is_text(names_of(n, "maxpool", QY_SIDE_CONSUMERS), "conv2_1_a conv2_1_add", "ResNet-18: identity");
  is_text(names_of(n, "conv2_2_add", QY_SIDE_CONSUMERS), "conv3_1_a conv3_1_proj", "projection");
  is_text(names_of(n, "conv3_1_add", QY_SIDE_INPUTS), "conv3_1_b conv3_1_proj", "and its sum");
  n = must_read("efficientnet_b0");
  is_text(names_of(n, "b3_dw", QY_SIDE_CONSUMERS), "b3_se_pool b3_project", "EfficientNet: squeeze and excitation");
  is_text(names_of(n, "b3_project", QY_SIDE_INPUTS), "b3_dw b3_se_expand", "scales what is projected");
  ok(layer_named(n, "b3_project")->gated, "as a gate");
  n = must_read("squeezenet1_1");
  is_text(names_of(n, "pool3", QY_SIDE_INPUTS), "fire3_expand1x1 fire3_expand3x3", "SqueezeNet: two branches joined");
  n = must_read("xception_299");
  is_text(names_of(n, "e1_add", QY_SIDE_INPUTS), "e1_pool e1_skip", "Xception: entry flow");
  is_text(names_of(n, "m8_add", QY_SIDE_INPUTS), "m8_sep3_pw m7_add", "middle flow");
}

/* Random damage to a good file: refused with a position, or a network whose sums hold; never a crash. */
static void test_damage(const char *name, bool graph, uint32_t seed, int least)
{
  char dir[] = "/tmp/quarry_network_XXXXXX", file[64];
  const qy_network *good = must_read(name);
  const size_t length = strlen(good->text);
  char *text = malloc(length + 1);
  int refused = 0, silent = 0, bad = 0;
  if (!text || !mkdtemp(dir)) exit(1);
  snprintf(file, sizeof file, "%s/n.csv", dir);
  for (int i = 0; i < 3000; i++) {
    qy_arena *scratch = qy_arena_new();
    qy_error err = {0};
    qy_network *n;
    memcpy(text, good->text, length + 1);
    for (int k = 0; k < 2; k++) {
      seed = seed * 1664525u + 1013904223u;
      text[(seed >> 8) % length] = (graph ? "0b_+,\n*-" : "0129,\n\"-")[seed >> 29];
    }
    write_file(file, text, "");
    if (qy_network_read(&n, "db", file, scratch, &err) != QY_OK) {
      refused++;
      if (err.count < 1 || !*err.diagnostic[0].text || strcmp(err.diagnostic[0].file, file) != 0) silent++;
    } else {
      for (size_t j = 0; j < n->layer_count; j++) {
        const qy_layer *l = &n->layer[j];
        if (l->macs != 0 && l->macs != l->out_h * l->out_w * l->weights) bad++;
        for (size_t k = 0; k < l->input_count; k++)
          if (l->input[k] >= j) bad++;
      }
    }
    qy_arena_free(scratch);
  }
  free(text);
  unlink(file);
  rmdir(dir);
  ok(refused > least, "%s, 3000 damaged files: most are refused (%d)", name, refused);
  is_int(silent, 0, "each refusal says where and why");
  is_int(bad, 0, "what is accepted adds up");
}

int main(void)
{
  arena = qy_arena_new();
  test_totals();
  test_filters();
  test_chain("alexnet_227");
  test_chain("vgg16");
  test_chain("mobilenet_v1_1.0_224");
  test_broken();
  test_example();
  test_rules();
  test_windows();
  test_sums();
  test_pads();
  test_oblong();
  test_shipped();
  test_residuals();
  test_damage("alexnet_227", false, 4, 2000);
  test_damage("mobilenet_v2_1.0_224", true, 5, 1500);
  qy_arena_free(arena);
  return done();
}
