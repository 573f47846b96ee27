/* The shipped networks against published sums, and broken files against their exact messages.
 * Expected sums: tests/data/networks_totals.csv (from the published definitions); AlexNet's 666 M convolution
 * multiply-accumulates and 2.3 M convolution weights are those of Chen et al., ISSCC 2016. */
#include "quarry/network.h"

#include "tap.h"

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
    {1, "layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,groups,macs,params\n",
     "1: error: expected a column 'pad', found none"},
    {0, "", " error: expected at least one layer, found none"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,6912\n", "2: error: expected 13 fields as in the head line, found 12"},
    {0, "a,conv,8,8,3,4,3,3,1,1,1,6912,108,\n", "2: error: expected 13 fields as in the head line, found 14"},
    {0, ",conv,8,8,3,4,3,3,1,1,1,6912,108\n", "2:1: error: layer: expected a name, found ''"},
    {0, "a,cnv,8,8,3,4,3,3,1,1,1,6912,108\n",
     "2:3: error: type: expected one of conv, dwconv, pwconv, fc, pool, add, found 'cnv'"},
    {0, "a,conv,8.0,8,3,4,3,3,1,1,1,6912,108\n", "2:8: error: in_h: expected an integer, found '8.0'"},
    {0, "a,conv,,8,3,4,3,3,1,1,1,6912,108\n", "2:8: error: in_h: expected an integer, found ''"},
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

  qy_error err = {0};
  qy_network *n;
  FILE *f = fopen(file, "w");
  fwrite("layer\0", 1, 6, f);
  fclose(f);
  ok(qy_network_read(&n, "db", file, arena, &err) == QY_BAD_INPUT, "a NUL byte is refused");
  is_text(err.diagnostic[0].text, "expected text, found a NUL byte at offset 5", "its message");

  err = (qy_error){0};
  ok(qy_network_read(&n, "db", "lenet", arena, &err) == QY_BAD_INPUT, "a missing network is refused");
  is_text(qy_diagnostic_format(&err, 0, text, sizeof text),
          "db/networks/lenet.csv: error: expected a readable file: no such file", "its message");

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

/* Random damage to a good file: refused with a position, or a network whose sums hold; never a crash. */
static void test_damage(void)
{
  char dir[] = "/tmp/quarry_network_XXXXXX", file[64];
  const qy_network *good = must_read("alexnet_227");
  const size_t length = strlen(good->text);
  char *text = malloc(length + 1);
  uint32_t seed = 4;
  int refused = 0, silent = 0, wrong = 0;
  if (!text || !mkdtemp(dir)) exit(1);
  snprintf(file, sizeof file, "%s/n.csv", dir);
  for (int i = 0; i < 3000; i++) {
    qy_arena *scratch = qy_arena_new();
    qy_error err = {0};
    qy_network *n;
    memcpy(text, good->text, length + 1);
    for (int k = 0; k < 2; k++) {
      seed = seed * 1664525u + 1013904223u;
      text[(seed >> 8) % length] = "0129,\n\"-"[seed >> 29];
    }
    write_file(file, text, "");
    if (qy_network_read(&n, "db", file, scratch, &err) != QY_OK) {
      refused++;
      if (err.count < 1 || !*err.diagnostic[0].text || strcmp(err.diagnostic[0].file, file) != 0) silent++;
    } else {
      for (size_t j = 0; j < n->layer_count; j++) {
        const qy_layer *l = &n->layer[j];
        if (l->macs != 0 && l->macs != l->out_h * l->out_w * l->weights) wrong++;
      }
    }
    qy_arena_free(scratch);
  }
  free(text);
  unlink(file);
  rmdir(dir);
  ok(refused > 2000, "3000 damaged files: most are refused (%d)", refused);
  is_int(silent, 0, "each refusal says where and why");
  is_int(wrong, 0, "what is accepted adds up");
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
  test_damage();
  qy_arena_free(arena);
  return done();
}
