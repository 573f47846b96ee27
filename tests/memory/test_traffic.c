/* Counts of nests: against a simulation of the buffer on random nests (CASES of them), and against vectors that were
 * published with the equations or found by another simulation (sections 5.3 to 5.6 of the project's reference). */
#include "quarry/traffic.h"

#include "tap.h"
#include "traffic_nests.h"
#include "traffic_sim.h"

static const qy_units one = {1, 1, 1};

/* ---- random nests ---- */

static qy_tiling random_tiling(uint64_t *state, const qy_nest *nest)
{
  const qy_tiling whole = qy_nest_whole(nest);
  qy_tiling t = {.order = (qy_nest_order)random_between(state, 0, QY_ORDER_COUNT - 1),
                 .scan = random_between(state, 0, 1),
                 .keep = random_between(state, 0, 1),
                 .columns_inner = random_between(state, 0, 1),
                 .channels_inner = random_between(state, 0, 1)};
  t.m = random_between(state, 1, whole.m);
  t.h = random_between(state, 1, qy_nest_is_flat(nest) ? 1 : whole.h);
  t.w = random_between(state, 1, whole.w);
  t.n = random_between(state, 1, whole.n);
  t.k = random_between(state, 1, whole.k);
  return t;
}

static bool same(const qy_traffic *a, const qy_traffic *b)
{
  return a->input == b->input && a->weights == b->weights && a->output == b->output && a->sum_writes == b->sum_writes &&
         a->sum_reads == b->sum_reads && a->addends == b->addends && a->gate == b->gate && a->pooled == b->pooled &&
         a->macs == b->macs && a->peak == b->peak;
}

static void show(const char *what, const qy_traffic *t)
{
  printf(
      "# %s: input %lld, weights %lld, output %lld, sums %lld %lld, addends %lld, gate %lld, pooled %lld, MACs %lld, "
      "peak %lld\n",
      what, (long long)t->input, (long long)t->weights, (long long)t->output, (long long)t->sum_writes,
      (long long)t->sum_reads, (long long)t->addends, (long long)t->gate, (long long)t->pooled, (long long)t->macs,
      (long long)t->peak);
}

static void show_case(const qy_nest *n, const qy_tiling *t)
{
  const qy_layer *const layer[] = {n->head, n->middle, n->tail};
  printf(
      "# kind %d, pooled %d, unused %d, held %d %d, halo %d; %s scan %d keep %d columns %d channels %d; m %lld, %lld x "
      "%lld, n %lld, k %lld\n",
      n->kind, n->pooled, n->output_unused, n->input_held, n->output_held, n->read_halo_kept,
      qy_nest_order_name(t->order), t->scan, t->keep, t->columns_inner, t->channels_inner, (long long)t->m,
      (long long)t->h, (long long)t->w, (long long)t->n, (long long)t->k);
  for (size_t i = 0; i < 3; i++)
    if (layer[i])
      printf(
          "#   %zu %s: %lldx%lldx%lld to %lldx%lldx%lld, kernel %lldx%lld, stride %lldx%lld, dilation %lldx%lld, pad "
          "%lld,%lld, groups %lld\n",
          i, qy_layer_type_name(layer[i]->type), (long long)layer[i]->in_h, (long long)layer[i]->in_w,
          (long long)layer[i]->in_c, (long long)layer[i]->out_h, (long long)layer[i]->out_w, (long long)layer[i]->out_c,
          (long long)layer[i]->kernel_h, (long long)layer[i]->kernel_w, (long long)layer[i]->stride_h,
          (long long)layer[i]->stride_w, (long long)layer[i]->dilation_h, (long long)layer[i]->dilation_w,
          (long long)layer[i]->pad_top, (long long)layer[i]->pad_left, (long long)layer[i]->groups);
}

static void test_random(void)
{
  const char *cases = getenv("CASES");
  const long count = cases ? strtol(cases, NULL, 10) : 60000;
  uint64_t state = 20190325;
  long wrong = 0, refused = 0, of_kind[3] = {0};
  for (long i = 0; i < count; i++) {
    qy_layer layer[3];
    qy_nest nest;
    const bool wide = i % 2;
    random_nest(&nest, layer, &state, wide ? 14 : 6, wide ? 6 : 12);
    const qy_tiling t = random_tiling(&state, &nest);
    const qy_units u = {random_between(&state, 1, 3), random_between(&state, 1, 3), random_between(&state, 1, 4)};
    const qy_capacity_rule rule = random_between(&state, 0, 1) ? QY_CAPACITY_DOUBLE_BUFFERED : QY_CAPACITY_STRICT;
    refused += qy_nest_check(&nest, NULL) != QY_OK;
    of_kind[nest.kind]++;
    qy_traffic got;
    qy_traffic_count(&got, &nest, &t, u, rule);
    const qy_traffic expected = simulate(&nest, &t, u, rule);
    if (same(&got, &expected) || wrong++ > 3) continue;
    show_case(&nest, &t);
    show("got", &got);
    show("expected", &expected);
  }
  ok(wrong == 0, "counts equal a simulation: %ld mismatches in %ld nests (dense %ld, channelwise %ld, block %ld)",
     wrong, count, of_kind[0], of_kind[1], of_kind[2]);
  ok(refused == 0, "all of them are valid nests");
}

/* ---- known vectors ---- */

static void test_product(int64_t m, int64_t n, int64_t k, int64_t tm, int64_t tn, int64_t tk,
                         const int64_t expected[2][QY_ORDER_COUNT][4])
{
  const qy_layer l = qy_layer_product("product", m, n, k);
  const qy_nest nest = {.kind = QY_NEST_DENSE, .head = &l};
  for (int scan = 0; scan < 2; scan++)
    for (int order = 0; order < QY_ORDER_COUNT; order++) {
      const qy_tiling t = {.order = (qy_nest_order)order, .scan = scan, .m = tm, .n = tn, .k = tk};
      qy_traffic got;
      qy_traffic_count(&got, &nest, &t, one, QY_CAPACITY_STRICT);
      const int64_t *e = expected[scan][order];
      ok(got.input == e[0] && got.weights == e[1] && got.output + got.sum_writes == e[2] && got.sum_reads == e[3],
         "%lldx%lldx%lld %s %s", (long long)m, (long long)n, (long long)k, qy_nest_order_name((qy_nest_order)order),
         scan ? "scan" : "raster");
    }
}

/* The last projection of MobileNetV2: totals alone are known. */
static void test_projection(void)
{
  static const int64_t expected[2][QY_ORDER_COUNT] = {{558080, 808960, 558080, 558080, 808960, 808960},
                                                      {545536, 721152, 545536, 545536, 721152, 721152}};
  const qy_layer l = qy_layer_product("product", 49, 320, 960);
  const qy_nest nest = {.kind = QY_NEST_DENSE, .head = &l};
  qy_traffic got;
  for (int scan = 0; scan < 2; scan++)
    for (int order = 0; order < QY_ORDER_COUNT; order++) {
      const qy_tiling t = {.order = (qy_nest_order)order, .scan = scan, .m = 49, .n = 64, .k = 64};
      qy_traffic_count(&got, &nest, &t, one, QY_CAPACITY_STRICT);
      is_int(qy_traffic_entries(&got), expected[scan][order], "last projection of MobileNetV2");
    }
  qy_traffic_floor(&got, &nest);
  is_int(qy_traffic_entries(&got), 369920, "its floor");
}

/* Padded by half of the kernel. */
static qy_layer square(qy_layer_type type, int64_t in_c, int64_t out_c, int64_t h, int64_t w, int64_t kernel,
                       int64_t stride)
{
  const int64_t pad = kernel / 2;
  return (qy_layer){.name = "layer",
                    .type = type,
                    .batch = 1,
                    .in_h = h,
                    .in_w = w,
                    .in_c = in_c,
                    .out_c = out_c,
                    .kernel_h = kernel,
                    .kernel_w = kernel,
                    .stride_h = stride,
                    .stride_w = stride,
                    .dilation_h = 1,
                    .dilation_w = 1,
                    .pad_top = pad,
                    .pad_bottom = pad,
                    .pad_left = pad,
                    .pad_right = pad,
                    .groups = type == QY_LAYER_DWCONV ? in_c : 1,
                    .out_h = (h - 1) / stride + 1,
                    .out_w = (w - 1) / stride + 1};
}

static qy_layer depthwise(int64_t c, int64_t h, int64_t w, int64_t stride)
{
  return square(QY_LAYER_DWCONV, c, c, h, w, 3, stride);
}

static void test_depthwise(void)
{
  static const struct {
    int64_t c, h, w, stride, n, th, tw;
    bool keep, columns, scan;
    int64_t input;
  } row[] = {
      {4, 10, 9, 1, 3, 4, 3, false, false, false, 728}, {4, 10, 9, 1, 3, 4, 3, true, true, false, 504},
      {4, 10, 9, 1, 3, 4, 3, true, true, true, 440},    {4, 10, 9, 1, 3, 4, 3, true, false, false, 520},
      {4, 10, 9, 1, 3, 4, 3, true, false, true, 456},   {2, 11, 11, 2, 2, 4, 4, false, false, false, 288},
      {2, 11, 11, 2, 2, 4, 4, true, false, false, 262}, {2, 11, 11, 2, 2, 4, 4, true, false, true, 256},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_layer l = depthwise(row[i].c, row[i].h, row[i].w, row[i].stride);
    const qy_nest nest = {.kind = QY_NEST_CHANNELWISE, .middle = &l};
    const qy_tiling t = {.scan = row[i].scan,
                         .keep = row[i].keep,
                         .columns_inner = row[i].columns,
                         .h = row[i].th,
                         .w = row[i].tw,
                         .n = row[i].n};
    qy_traffic got;
    qy_traffic_count(&got, &nest, &t, one, QY_CAPACITY_STRICT);
    is_int(got.input, row[i].input, "depthwise: input");
    is_int(got.weights, 9 * row[i].c, "depthwise: weights");
    is_int(got.output, row[i].c * l.out_h * l.out_w, "depthwise: output");
  }
}

static qy_layer pointwise(int64_t in_c, int64_t out_c, int64_t h, int64_t w)
{
  return square(QY_LAYER_PWCONV, in_c, out_c, h, w, 1, 1);
}

static void test_block(void)
{
  const qy_layer head = pointwise(4, 24, 10, 9), middle = depthwise(24, 10, 9, 1), tail = pointwise(24, 6, 10, 9);
  const qy_nest nest = {.kind = QY_NEST_BLOCK, .head = &head, .middle = &middle, .tail = &tail};
  for (int scan = 0; scan < 2; scan++) {
    const qy_tiling t = {.scan = scan, .keep = scan, .h = 4, .w = 9, .n = 10};
    qy_traffic got;
    qy_traffic_count(&got, &nest, &t, one, QY_CAPACITY_STRICT);
    is_int(got.input, scan ? 360 : 504, "block: input");
    is_int(got.weights, scan ? 1102 : 1368, "block: weights");
    is_int(got.output, 540, "block: output");
    is_int(got.macs, 12096 + 90 * 24 * (9 + 6), "block: MACs with recompute");
    is_int(got.peak, 4 * 6 * 9 + 10 * (6 * 9 + 4 * 9 + 19) + 6 * 4 * 9, "block: peak");
  }
}

static void test_bytes(void)
{
  const qy_traffic t = {.input = 10, .weights = 3, .output = 5, .sum_writes = 2, .sum_reads = 2, .pooled = 1};
  is_int(qy_traffic_bytes(&t, (qy_units){4, 2, 24}), 5 + 1 + 3 + 6 + 6 + 1, "bytes: each tensor filled up");
  is_int(qy_traffic_units(&t, (qy_units){8, 4, 32}), 16 * 8 + 12 + 4 * 32, "units");
}

/* As large as they may be: tiles of one entry move everything for each product. */
static void test_large(void)
{
  const int64_t m = INT64_C(1) << 18, n = INT64_C(1) << 11, k = INT64_C(1) << 12, products = m * n * k;
  const qy_layer l = qy_layer_product("large", m, n, k);
  const qy_nest nest = {.kind = QY_NEST_DENSE, .head = &l};
  const qy_tiling t = {.order = QY_ORDER_KMN, .m = 1, .n = 1, .k = 1};
  qy_traffic got;
  ok(qy_nest_check(&nest, NULL) == QY_OK, "a large product");
  qy_traffic_count(&got, &nest, &t, (qy_units){64, 64, 64}, QY_CAPACITY_STRICT);
  is_int(got.input, m * k, "large: input");
  is_int(got.weights, products, "large: weights");
  is_int(got.sum_reads, products - m * n, "large: sums");
  is_int(qy_traffic_units(&got, (qy_units){64, 64, 64}), 64 * (m * k + products + m * n + 2 * (products - m * n)),
         "large: units");
}

static void test_refused(void)
{
  const qy_layer head = pointwise(4, 24, 10, 9), middle = depthwise(24, 10, 9, 1), other = pointwise(20, 6, 10, 9);
  qy_layer batch = head, large = pointwise(1 << 24, 1 << 24, 1 << 12, 1 << 12);
  batch.batch = 2;
  const qy_nest bad[] = {
      {.kind = QY_NEST_DENSE},
      {.kind = QY_NEST_DENSE, .head = &middle, .middle = &middle},
      {.kind = QY_NEST_DENSE, .head = &batch},
      {.kind = QY_NEST_DENSE, .head = &large},
      {.kind = QY_NEST_CHANNELWISE, .middle = &head},
      {.kind = QY_NEST_BLOCK, .head = &middle, .tail = &head},
      {.kind = QY_NEST_BLOCK, .middle = &middle},
      {.kind = QY_NEST_BLOCK, .head = &head, .tail = &other},
      {.kind = QY_NEST_BLOCK, .head = &head, .middle = &middle, .tail = &middle},
      {.kind = QY_NEST_BLOCK, .head = &head, .middle = &middle, .adds_input = true},
      {.kind = QY_NEST_BLOCK, .head = &head, .middle = &middle, .output_unused = true},
      {.kind = QY_NEST_BLOCK, .head = &head, .pooled = true, .output_unused = true, .output_held = true},
      {.kind = QY_NEST_DENSE, .head = &head, .addends_read = -1},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    qy_error err = {0};
    ok(qy_nest_check(&bad[i], &err) == QY_BAD_INPUT && err.count == 1 && strstr(err.diagnostic[0].text, "expected"),
       "bad nest %zu: %s", i, err.diagnostic[0].text);
  }
}

int main(void)
{
  test_random();
  test_product(7, 5, 6, 3, 2, 4,
               (const int64_t[2][QY_ORDER_COUNT][4]){{[QY_ORDER_MNK] = {126, 90, 35, 0},
                                                      [QY_ORDER_NMK] = {126, 90, 35, 0},
                                                      [QY_ORDER_MKN] = {42, 90, 70, 35},
                                                      [QY_ORDER_KMN] = {42, 90, 70, 35},
                                                      [QY_ORDER_NKM] = {126, 30, 70, 35},
                                                      [QY_ORDER_KNM] = {126, 30, 70, 35}},
                                                     {[QY_ORDER_MNK] = {84, 80, 35, 0},
                                                      [QY_ORDER_NMK] = {112, 60, 35, 0},
                                                      [QY_ORDER_MKN] = {42, 78, 63, 28},
                                                      [QY_ORDER_KMN] = {42, 72, 69, 34},
                                                      [QY_ORDER_NKM] = {108, 30, 65, 30},
                                                      [QY_ORDER_KNM] = {102, 30, 69, 34}}});
  test_projection();
  test_depthwise();
  test_block();
  test_bytes();
  test_large();
  test_refused();
  return done();
}
