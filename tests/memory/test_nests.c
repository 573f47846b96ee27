/* Which nests are valid, each rule on both sides; sums of the tensors of a traffic, by hand. */
#include "quarry/traffic.h"
#include "tap.h"

#include <stddef.h>

/* 8 x 8 maps of 4 channels unless said otherwise. */
static const qy_layer dense = {.name = "dense",
                               .type = QY_LAYER_CONV,
                               .batch = 1,
                               .in_h = 8,
                               .in_w = 8,
                               .in_c = 4,
                               .out_c = 4,
                               .kernel_h = 3,
                               .kernel_w = 3,
                               .stride_h = 1,
                               .stride_w = 1,
                               .dilation_h = 1,
                               .dilation_w = 1,
                               .pad_top = 1,
                               .pad_bottom = 1,
                               .pad_left = 1,
                               .pad_right = 1,
                               .groups = 1,
                               .out_h = 8,
                               .out_w = 8};

static qy_layer depthwise(void)
{
  qy_layer l = dense;
  l.name = "depthwise";
  l.type = QY_LAYER_DWCONV;
  l.groups = 4;
  return l;
}

static qy_layer pointwise(void)
{
  qy_layer l = dense;
  l.name = "pointwise";
  l.type = QY_LAYER_PWCONV;
  l.kernel_h = l.kernel_w = 1;
  l.pad_top = l.pad_bottom = l.pad_left = l.pad_right = 0;
  return l;
}

static void expect(const qy_nest *nest, const char *refusal, const char *what)
{
  qy_error err = {0};
  const qy_status status = qy_nest_check(nest, &err);
  const bool good = refusal ? status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, refusal) : status == QY_OK;
  ok(good, "%s: %s", what, refusal ? err.diagnostic[0].text : "valid");
}

static void roles(void)
{
  const qy_layer dw = depthwise(), pw = pointwise();
  qy_layer pool = dw, twice = dw;
  pool.type = QY_LAYER_POOL;
  twice.out_c = 8; /* two filters a channel are no channelwise layer */
  const struct {
    qy_nest nest;
    const char *refusal, *what;
  } row[] = {
      {{.kind = QY_NEST_DENSE}, "at least one", "nothing"},
      {{.kind = QY_NEST_DENSE, .head = &dense}, NULL, "a dense layer"},
      {{.kind = QY_NEST_DENSE, .middle = &dw}, "one dense layer alone", "a dense nest of a depthwise layer"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .middle = &dw}, "one dense layer alone", "with a middle"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .tail = &pw}, "one dense layer alone", "with a tail"},
      {{.kind = QY_NEST_DENSE, .head = &dw}, "a dense layer as the head", "a depthwise head"},
      {{.kind = QY_NEST_DENSE, .head = &pool}, "a dense layer as the head", "a pool as the head"},
      {{.kind = QY_NEST_DENSE, .head = &twice}, NULL, "two filters a channel as the head"},
      {{.kind = QY_NEST_CHANNELWISE, .middle = &dw}, NULL, "a depthwise layer"},
      {{.kind = QY_NEST_CHANNELWISE, .middle = &pool}, NULL, "a pool"},
      {{.kind = QY_NEST_CHANNELWISE, .middle = &twice}, "a channelwise layer", "two filters a channel in the middle"},
      {{.kind = QY_NEST_CHANNELWISE, .middle = &dw, .head = &dense}, "one channelwise layer alone", "and a head"},
      {{.kind = QY_NEST_CHANNELWISE, .middle = &dw, .tail = &pw}, "one channelwise layer alone", "and a tail"},
      {{.kind = QY_NEST_BLOCK, .middle = &dw}, "at least two parts", "a block of a depthwise layer"},
      {{.kind = QY_NEST_BLOCK, .middle = &dw, .pooled = true}, NULL, "a block of it and a pool behind"},
      {{.kind = QY_NEST_BLOCK, .middle = &dw, .tail = &pw}, NULL, "a block of two"},
      {{.kind = QY_NEST_BLOCK, .head = &dense}, NULL, "a block of a head"},
      {{.kind = QY_NEST_BLOCK, .head = &dense, .middle = &dw, .tail = &pw}, NULL, "a block of three"},
      {{.kind = QY_NEST_BLOCK, .head = &dense, .middle = &dense}, "a channelwise layer", "a dense middle"},
      {{.kind = QY_NEST_BLOCK, .middle = &dw, .tail = &dense}, "a dense 1x1 layer", "a 3 x 3 tail"},
      {{.kind = QY_NEST_BLOCK, .middle = &dw, .tail = &dw}, "a dense 1x1 layer", "a depthwise tail"},
      {{.kind = QY_NEST_BLOCK, .tail = &pw}, "at least one", "a tail alone"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    expect(&row[i].nest, row[i].refusal, row[i].what);
}

/* One field of a layer changed. */
static void layers(void)
{
  static const struct {
    size_t offset;
    const char *name;
  } size[] = {
      {offsetof(qy_layer, in_h), "in_h"}, {offsetof(qy_layer, in_w), "in_w"}, {offsetof(qy_layer, in_c), "in_c"}};
  for (size_t i = 0; i < 3; i++) {
    qy_layer dw = depthwise(), pw = pointwise();
    *(int64_t *)(void *)((char *)&dw + size[i].offset) += 1;
    if (i == 2) dw.out_c = dw.in_c;
    qy_nest nest = {.kind = QY_NEST_BLOCK, .head = &dense, .middle = &dw};
    expect(&nest, "the size that the head makes", size[i].name);
    dw = depthwise();
    *(int64_t *)(void *)((char *)&pw + size[i].offset) += 1;
    nest = (qy_nest){.kind = QY_NEST_BLOCK, .middle = &dw, .tail = &pw};
    expect(&nest, "the size that the layer before makes", size[i].name);
    nest = (qy_nest){.kind = QY_NEST_BLOCK, .head = &dense, .tail = &pw};
    expect(&nest, "the size that the layer before makes", size[i].name);
  }
  for (int i = 0; i < 6; i++) {
    qy_layer dw = depthwise(), pw = pointwise();
    if (i == 0) pw.kernel_h = 2;
    if (i == 1) pw.kernel_w = 2;
    if (i == 2) pw.stride_h = 2;
    if (i == 3) pw.stride_w = 2;
    if (i == 4) pw.groups = 2;
    if (i == 5) pw.type = QY_LAYER_POOL;
    const qy_nest nest = {.kind = QY_NEST_BLOCK, .middle = &dw, .tail = &pw};
    expect(&nest, "a dense 1x1 layer", "a tail changed");
  }
  for (int i = 0; i < 3; i++) {
    qy_layer head = dense, dw = depthwise(), pw = pointwise();
    (i == 0 ? &head : i == 1 ? &dw : &pw)->batch = 2;
    const qy_nest nest = {.kind = QY_NEST_BLOCK, .head = &head, .middle = &dw, .tail = &pw};
    expect(&nest, "a batch of 1", "a batch of 2");
  }
}

static void places(void)
{
  const qy_layer dw = depthwise(), pw = pointwise();
  qy_layer half = dense, narrow = dense, fewer = dense;
  half.stride_h = 2, half.out_h = 4;
  narrow.stride_w = 2, narrow.out_w = 4;
  fewer.out_c = 3;
  const struct {
    qy_nest nest;
    const char *refusal, *what;
  } row[] = {
      {{.kind = QY_NEST_BLOCK, .middle = &dw, .tail = &pw, .pooled = true}, "no pooling here", "a pool and a tail"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .pooled_held = true}, "a pool that is held", "held without a pool"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .pooled = true, .pooled_held = true}, NULL, "a pool that is held"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .output_unused = true}, "an output that is used", "unused"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .pooled = true, .output_unused = true}, NULL, "pooled only"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .pooled = true, .output_unused = true, .output_held = true},
       "an output that is used",
       "unused and held"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .addends_read = 64, .addends_held = 64}, NULL, "64 addends"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .addends_read = 65}, "0 to 64 addends", "65 read"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .addends_held = 65}, "0 to 64 addends", "65 held"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .addends_read = -1}, "0 to 64 addends", "-1 read"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .addends_held = -1}, "0 to 64 addends", "-1 held"},
      {{.kind = QY_NEST_DENSE, .head = &dense, .adds_input = true}, "an addend other than the input", "dense"},
      {{.kind = QY_NEST_CHANNELWISE, .middle = &dw, .adds_input = true}, NULL, "channelwise and its input"},
      {{.kind = QY_NEST_BLOCK, .middle = &dw, .tail = &pw, .adds_input = true}, "an addend other", "without a head"},
      {{.kind = QY_NEST_BLOCK, .head = &dense, .adds_input = true}, NULL, "a head and its input"},
      {{.kind = QY_NEST_BLOCK, .head = &half, .adds_input = true}, "of one size", "half as high"},
      {{.kind = QY_NEST_BLOCK, .head = &narrow, .adds_input = true}, "of one size", "half as wide"},
      {{.kind = QY_NEST_BLOCK, .head = &fewer, .adds_input = true}, "of one size", "fewer channels"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    expect(&row[i].nest, row[i].refusal, row[i].what);
}

/* 64 (8 products + 2 maps) of a dense layer of one pixel with 2^a inputs and 2^b outputs: beyond 2^53 it is refused. */
static void counts(void)
{
  for (int outputs = 42; outputs <= 46; outputs++) {
    qy_layer l = pointwise();
    l.in_h = l.in_w = l.out_h = l.out_w = l.in_c = 1;
    l.out_c = INT64_C(1) << outputs;
    const double most = 64 * (8.0 * (double)l.out_c + 2 * (1 + (double)l.out_c));
    const qy_nest nest = {.kind = QY_NEST_DENSE, .head = &l};
    expect(&nest, most > 0x1p53 ? "2^53" : NULL, "counts");
  }
  /* 2^20 pixels of 2^8 channels, one at a time, each of which writes and reads 2^20 sums of 64 units a pixel: 2^55. */
  qy_layer middle = depthwise(), tail = pointwise();
  middle.in_h = middle.in_w = middle.out_h = middle.out_w = 1 << 10;
  middle.in_c = middle.out_c = middle.groups = 1 << 8;
  tail.in_h = tail.in_w = tail.out_h = tail.out_w = 1 << 10;
  tail.in_c = 1 << 8;
  tail.out_c = 1 << 20;
  qy_nest block = {.kind = QY_NEST_BLOCK, .middle = &middle, .tail = &tail};
  expect(&block, "2^53", "sums of many outputs");
  tail.out_c = 1 << 10;
  expect(&block, NULL, "sums of few");
  /* 2^41 entries in, 64 times as many added, 2^41 out, of 64 units each. */
  qy_layer pool = depthwise();
  pool.type = QY_LAYER_POOL;
  pool.in_h = pool.in_w = pool.out_h = pool.out_w = 1 << 12;
  pool.in_c = pool.out_c = pool.groups = 1 << 17;
  pool.kernel_h = pool.kernel_w = 1;
  pool.pad_top = pool.pad_bottom = pool.pad_left = pool.pad_right = 0;
  qy_nest added = {.kind = QY_NEST_CHANNELWISE, .middle = &pool, .addends_read = 64};
  expect(&added, "2^53", "many addends");
  added.addends_read = 0;
  expect(&added, NULL, "none");
}

static void sums(void)
{
  const qy_traffic t = {.input = 3,
                        .weights = 50,
                        .second = 4,
                        .output = 7,
                        .sum_writes = 110,
                        .sum_reads = 13,
                        .addends = 17,
                        .gate = 190,
                        .pooled = 23,
                        .macs = 29,
                        .peak = 31};
  is_int(qy_traffic_units(&t, (qy_units){2, 3, 5}), 2 * (3 + 4 + 7 + 17 + 190 + 23) + 3 * 50 + 5 * (110 + 13), "units");
  is_int(qy_traffic_entries(&t), 3 + 50 + 4 + 7 + 110 + 13 + 17 + 190 + 23, "entries");
  /* Whole bytes of each tensor: 15, 20, 35, 85, 950 and 115 bits of activations, 150 of weights, 770 and 91 of sums. */
  is_int(qy_traffic_bytes(&t, (qy_units){5, 3, 7}), 2 + 3 + 5 + 11 + 119 + 15 + 19 + 97 + 12, "bytes");
  is_int(qy_traffic_bytes(&t, (qy_units){8, 8, 8}), qy_traffic_entries(&t), "bytes of bytes");
  for (int smaller = 0; smaller < 2; smaller++) {
    qy_traffic sum = {.input = 1,
                      .weights = 2,
                      .second = 10,
                      .output = 3,
                      .sum_writes = 4,
                      .sum_reads = 5,
                      .addends = 6,
                      .gate = 7,
                      .pooled = 8,
                      .macs = 9,
                      .peak = smaller ? 30 : 40};
    qy_traffic_add(&sum, &t);
    ok(sum.input == 4 && sum.weights == 52 && sum.second == 14 && sum.output == 10 && sum.sum_writes == 114 &&
           sum.sum_reads == 18 && sum.addends == 23 && sum.gate == 197 && sum.pooled == 31 && sum.macs == 38,
       "traffic adds up");
    is_int(sum.peak, smaller ? 31 : 40, "its peak is the larger");
  }
  static const char *const name[] = {"MNK", "MKN", "NMK", "NKM", "KMN", "KNM"};
  for (int i = 0; i < QY_ORDER_COUNT; i++)
    is_text(qy_nest_order_name((qy_nest_order)i), name[i], "an order");
  is_text(qy_nest_order_name(QY_ORDER_COUNT), "?", "no order");
  is_text(qy_nest_order_name((qy_nest_order)-1), "?", "no order");
}

int main(void)
{
  roles();
  layers();
  places();
  counts();
  sums();
  return done();
}
