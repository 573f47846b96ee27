/* Graphs for schedules: the shipped networks against sums over their files, and small graphs by hand. */
#include "quarry/schedule.h"

#include "files.h"
#include "small_networks.h"
#include "tap.h"

#include <glob.h>

static qy_arena *arena;

/* A network from text; NULL with the message printed. */
static const qy_network *network_of(const char *rows)
{
  char path[] = "/tmp/quarry_graph_XXXXXX.csv";
  qy_network *n = NULL;
  qy_error err = {0};
  char text[4096];
  snprintf(text, sizeof text, "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad,batch\n%s", rows);
  if (!write_new_file(path, 4, text) || qy_network_read(&n, "db", path, arena, &err))
    printf("# %s\n", err.count > 0 ? err.diagnostic[0].text : "no file");
  unlink(path);
  return n;
}

static const qy_graph *graph_of(const char *rows)
{
  qy_graph *g = NULL;
  const qy_network *n = network_of(rows);
  return n && qy_graph_new(&g, n, arena, NULL) == QY_OK ? g : NULL;
}

/* Every op as text: layer+add(inputs;addends*gate)>output. */
static const char *described(const qy_graph *g)
{
  static char text[4096];
  size_t at = 0;
  text[0] = '\0';
  for (size_t i = 0; g && i < g->op_count; i++) {
    const qy_graph_op *op = &g->op[i];
    at += (size_t)sprintf(&text[at], "%s%s%s%s(", i ? " " : "", op->layer->name, op->add ? "+" : "",
                          op->add ? op->add->name : "");
    for (size_t k = 0; k < op->input_count; k++)
      at += (size_t)sprintf(&text[at], "%s%s%s", k ? "," : "", g->map[op->input[k]].maker == QY_NO_INDEX ? "@" : "",
                            g->map[op->input[k]].name);
    for (size_t k = 0; k < op->addend_count; k++)
      at += (size_t)sprintf(&text[at], "%s%s%s", k ? "," : ";", g->map[op->addend[k]].maker == QY_NO_INDEX ? "@" : "",
                            g->map[op->addend[k]].name);
    if (op->gate != QY_NO_INDEX) at += (size_t)sprintf(&text[at], "*%s", g->map[op->gate].name);
    at += (size_t)sprintf(&text[at], ")%s%s%s", op->whole ? "!" : ">", g->map[op->output].name,
                          g->map[op->output].wanted ? "." : "");
  }
  return text;
}

/* Lines of a direction that some output reads. */
static int64_t lines_read(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad)
{
  int64_t lines = 0;
  for (int64_t line = 0; line < in; line++) {
    bool read = false;
    for (int64_t y = 0; y < out; y++)
      read = read || (line >= y * stride - pad && line <= y * stride - pad + (kernel - 1) * dilation);
    lines += read;
  }
  return lines;
}

static int64_t entries_read(const qy_layer *l)
{
  return lines_read(l->in_h, l->out_h, l->kernel_h, l->stride_h, l->dilation_h, l->pad_top) *
         lines_read(l->in_w, l->out_w, l->kernel_w, l->stride_w, l->dilation_w, l->pad_left) * l->in_c;
}

static void test_shipped(void)
{
  glob_t files;
  glob("db/networks/*.csv", 0, NULL, &files);
  for (size_t i = 0; i < files.gl_pathc; i++) {
    qy_network *n = NULL;
    qy_graph *g = NULL;
    qy_error err = {0};
    int64_t macs = 0, weights = 0, ends = 0;
    bool orders = true;
    if (qy_network_read(&n, "db", files.gl_pathv[i], arena, &err) || qy_graph_new(&g, n, arena, &err)) {
      ok(false, "%s builds: %s", files.gl_pathv[i], err.diagnostic[0].text);
      continue;
    }
    for (size_t k = 0; k < n->layer_count; k++) {
      const qy_layer *l = &n->layer[k];
      macs += l->macs;
      weights += l->weights;
      if (l->input_count == 0) ends += entries_read(l);
      if (l->consumer_count == 0) ends += l->out_h * l->out_w * l->out_c;
    }
    for (size_t k = 0; k < g->op_count; k++)
      for (size_t j = 0; j < g->op[k].input_count; j++) {
        const qy_map *m = &g->map[g->op[k].input[j]];
        orders = orders && (m->maker == QY_NO_INDEX || m->maker < k) && m->first_use <= k && k <= m->last_use;
      }
    ok(orders && g->macs == macs && g->weights == weights &&
           qy_schedule_floor(g, (qy_units){1, 1, 1}) == weights + ends &&
           qy_schedule_floor(g, (qy_units){16, 4, 32}) == 4 * weights + 16 * ends,
       "%s: %zu layers are %zu ops; MACs, weights and floor as in the file", n->name, n->layer_count, g->op_count);
  }
  globfree(&files);
}

/* Figures known from elsewhere: the sums of Sandler et al.'s network; its floor is image, weights, logits. */
static void test_mobilenet(void)
{
  qy_network *n = NULL;
  qy_graph *g = NULL;
  if (qy_network_read(&n, "db", "mobilenet_v2_1.0_224", arena, NULL) || qy_graph_new(&g, n, arena, NULL)) return;
  size_t adds = 0, whole = 0;
  for (size_t i = 0; i < g->op_count; i++) {
    adds += g->op[i].add != NULL;
    whole += g->op[i].whole;
  }
  is_int(g->macs, 300774272, "MobileNetV2: MACs");
  is_int(g->weights, 3469760, "MobileNetV2: weights");
  is_int(qy_schedule_floor(g, (qy_units){1, 1, 1}), 3621288, "MobileNetV2: floor");
  is_int((int64_t)g->op_count, 54, "MobileNetV2: 52 convolutions, a pool, an fc");
  is_int((int64_t)adds, 10, "MobileNetV2: ten adds, each merged");
  is_int((int64_t)whole, 1, "MobileNetV2: one pool over its whole map");
}

static const struct {
  const char *what, *rows, *ops;
} cases[] = {
    {"a chain", "a,conv,-,4,4,2,3,3,1,1,\nb,dwconv,,,,,,3,2,1,\n", "a(@a)>a b(a)>b."},
    {"an add goes into the op before it", "a,conv,-,4,4,2,2,1,,,\nb,conv,,,,,2,3,,1,\ns,add,b+a,,,,,,,,\n",
     "a(@a)>a b+s(a;a)>s."},
    {"in either place of the list", "a,conv,-,4,4,2,2,1,,,\nb,conv,,,,,2,3,,1,\ns,add,a+b,,,,,,,,\n",
     "a(@a)>a b+s(a;a)>s."},
    {"not into an op whose output is read elsewhere",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,,,,,2,3,,1,\ns,add,a+b,,,,,,,,\nc,conv,s+b,,,,1,1,,,\n",
     "a(@a)>a b(a)>b s(a;b)>s c(s,b)>c."},
    {"not into an op further up",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,2,3,,1,\nc,conv,a,,,,2,3,,1,\n"
     "d,conv,c,,,,2,1,,,\ns,add,b+c,,,,,,,,\n",
     "a(@a)>a b(a)>b c(a)>c d(c)>d. s(b;c)>s."},
    {"an add of three", "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,2,3,,1,\nc,conv,b,,,,2,3,,1,\ns,add,b+a+c,,,,,,,,\n",
     "a(@a)>a b(a)>b c+s(b;b,a)>s."},
    {"not into a pool over the whole map",
     "a,conv,-,4,4,2,2,1,,,\nb,pool,a,,,,,,,,\nc,pool,a,,,,,,,,\ns,add,b+c,,,,,,,,\n",
     "a(@a)>a b(a)!b c(a)!c s(b;c)>s."},
    {"an add after an add is merged into it",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,2,1,,,\nc,conv,b,,,,2,1,,,\nd,conv,b,,,,2,1,,,\ns,add,a+c,,,,,,,,\n"
     "t,add,s+b,,,,,,,,\nu,add,t+d,,,,,,,,\n",
     "a(@a)>a b(a)>b c(b)>c d(b)>d s+t(a;c,b)>t u(t;d)>u."},
    {"readers of a concatenation read its parts",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,3,1,,,\nc,concat,a+b,,,,,,,,\nd,conv,c,,,,2,1,,,\ne,fc,c,,,,2,,,,\n",
     "a(@a)>a b(a)>b d(a,b)>d. e(a,b)>e."},
    {"a concatenation at the end: its parts are wanted",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,3,1,,,\nc,concat,b+a,,,,,,,,\n", "a(@a)>a. b(a)>b."},
    {"concatenations in concatenations",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,3,1,,,\nc,concat,a+b,,,,,,,,\nd,conv,c,,,,2,1,,,\ne,concat,c+d,,,,,,,,\n"
     "f,pool,e,,,,,,,,\n",
     "a(@a)>a b(a)>b d(a,b)>d f(a,b,d)!f."},
    {"one that an add reads is copied",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,2,1,,,\nc,concat,a+b,,,,,,,,\nd,conv,c,,,,4,1,,,\ns,add,d+c,,,,,,,,\n",
     "a(@a)>a b(a)>b c(a,b)>c d+s(c;c)>s."},
    {"one that scales is copied",
     "a,conv,-,4,4,4,4,1,,,\np,pool,a,,,,,,,,\nb,fc,p,,,,2,,,,\nd,fc,p,,,,2,,,,\nc,concat,b+d,,,,,,,,\n"
     "e,conv,a*c,,,,3,1,,,\n",
     "a(@a)>a p(a)!p b(p)>b d(p)>d c(b,d)>c e(a*c)>e."},
    {"nobody reads a map twice",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,a,,,,2,1,,,\nc,concat,a+b,,,,,,,,\nd,conv,c+a,,,,4,1,,,\n",
     "a(@a)>a b(a)>b c(a,b)>c d(c,a)>d."},
    {"each reader of the network's input has its own",
     "a,conv,-,4,4,2,2,1,,,\nb,conv,-,4,4,2,2,1,,,\ns,add,a+b,,,,,,,,\n", "a(@a)>a b+s(@b;a)>s."},
    {"nor is one over a map of one pixel", "a,conv,-,1,1,2,2,1,,,\nb,pool,a,,,,,,,,\n", "a(@a)>a b(a)>b."},
    {"a pool with padding or one that leaves something is no whole one",
     "a,conv,-,4,4,2,2,1,,,\nb,pool,a,,,,,4,4,1,\nc,pool,a,,,,,3,2,,\nd,pool,a,,,,,4,4,,\n",
     "a(@a)>a b(a)>b. c(a)>c. d(a)!d."},
};

static void test_cases(void)
{
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    is_text(described(graph_of(cases[i].rows)), cases[i].ops, cases[i].what);
}

/* A list of layers: what does not follow reads an input of its own, an add its other map. */
static void test_list(void)
{
  char path[] = "/tmp/quarry_graph_XXXXXX.csv";
  qy_network *n = NULL;
  qy_graph *g = NULL;
  write_new_file(path, 4,
                 "layer,type,in_h,in_w,in_c,out_c,kernel\na,conv,4,4,2,3,1\nb,conv,8,8,2,3,1\ns,add,8,8,3,3,1\n");
  if (qy_network_read(&n, "db", path, arena, NULL) == QY_OK) qy_graph_new(&g, n, arena, NULL);
  unlink(path);
  is_text(described(g), "a(@a)>a. b+s(@b;@s)>s.", "a list of layers");
  if (g) is_int(qy_schedule_floor(g, (qy_units){1, 1, 1}), 12 + 32 + 48 + 128 + 2 * 192, "its floor");
}

/* An add first in a list of layers: both of its maps are inputs of its own. */
static void test_first_add(void)
{
  char path[] = "/tmp/quarry_graph_XXXXXX.csv";
  qy_network *n = NULL;
  qy_graph *g = NULL;
  write_new_file(path, 4, "layer,type,in_h,in_w,in_c\ns,add,8,8,3\n");
  if (qy_network_read(&n, "db", path, arena, NULL) == QY_OK) qy_graph_new(&g, n, arena, NULL);
  unlink(path);
  is_text(described(g), "s(@s;@s)>s.", "an add by itself");
  if (g) is_int(qy_schedule_floor(g, (qy_units){1, 1, 1}), 3 * 192, "reads two maps and makes one");
}

/* A join has no kernel and no stride, in neither direction. */
static void test_joins(void)
{
  const qy_network *n = network_of("a,conv,-,4,4,2,2,1,,,\nb,conv,-,4,4,2,2,1,,,\ns,add,a+b,,,,,,,,\n");
  if (!ok(n && n->layer_count == 3, "an add")) return;
  for (int which = 0; which < 5; which++) {
    qy_network copy = *n;
    qy_layer layer[3];
    qy_graph *g = NULL;
    qy_error err = {0};
    memcpy(layer, n->layer, sizeof layer);
    copy.layer = layer;
    int64_t *const size[] = {&layer[2].kernel_h, &layer[2].kernel_w, &layer[2].stride_h, &layer[2].stride_w};
    if (which < 4) *size[which] = 2;
    const qy_status status = qy_graph_new(&g, &copy, arena, &err);
    ok(which == 4 ? status == QY_OK
                  : status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "kernel or stride above 1 in an add"),
       "an add with size %d above 1", which);
  }
}

static void test_bad(void)
{
  static const struct {
    const char *rows, *message;
  } bad[] = {
      {"a,conv,-,4,4,2,2,1,,,2\n", "layer a: found a batch of 2, expected 1 in a schedule"},
      {"a,conv,-,4,4,2,2,1,,,\nb,conv,-,4,4,2,2,1,,,\ns,add,a+b,,,,,2,,,\n",
       "layer s: found a kernel or stride above 1 in an add, expected 1 in a schedule"},
      {"a,conv,-,4,4,2,2,1,,,\nb,conv,-,4,4,2,2,1,,,\ns,concat,a+b,,,,,,2,,\n",
       "layer s: found a kernel or stride above 1 in a concat, expected 1 in a schedule"},
      {"a,conv,-,4,4,2,2,1,,,\nb,pwconv,-,16777216,16777216,60,60,1,,,\n",
       "layer b: expected at most 2^53 entries and multiply-accumulates up to here"},
      {"a,conv,-,9,9,16777216,16777216,9,,,\n",
       "layer a: expected at most 2^53 entries and multiply-accumulates up to here"},
      {"a,pool,-,16777216,16777216,60,,,,,\n",
       "layer a: expected at most 2^53 entries and multiply-accumulates up to here"},
      {"a,pwconv,-,131073,2,1,1,1,,,\n", "layer a: expected maps of at most 131072 rows, 131072 columns and 268435456 "
                                         "places in a schedule, found 131073 x 2"},
      {"a,pwconv,-,2,131073,1,1,1,,,\n", "layer a: expected maps of at most 131072 rows, 131072 columns and 268435456 "
                                         "places in a schedule, found 2 x 131073"},
      {"a,pwconv,-,16385,16384,1,1,1,,,\n",
       "layer a: expected maps of at most 131072 rows, 131072 columns and 268435456 "
       "places in a schedule, found 16385 x 16384"},
      {"a,col2im,-,8,8,12,,2,2,,\n", "expected a layer that computes, found col2im alone"},
      {"a,conv,-,4,4,2,2,1,,,\nb,col2im,-,8388608,8388608,128,,2,2,,\n",
       "layer b: expected at most 2^53 entries that col2im layers read and write"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const qy_network *n = network_of(bad[i].rows);
    qy_graph *g = NULL;
    qy_error err = {0};
    const qy_status status = n ? qy_graph_new(&g, n, arena, &err) : QY_OK;
    ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].file, "/tmp/quarry_graph_") && err.count == 1 &&
           err.diagnostic[0].line == 0 && err.diagnostic[0].column == 0,
       "refused with the file");
    is_text(err.diagnostic[0].text, bad[i].message, "and with the layer");
  }
}

/* The largest maps that a schedule takes. */
static void test_largest(void)
{
  static const char *const rows[] = {"a,pwconv,-,131072,2,1,1,1,,,\n", "a,pwconv,-,2,131072,1,1,1,,,\n",
                                     "a,pwconv,-,16384,16384,1,1,1,,,\n"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ok(graph_of(rows[i]) != NULL, "a map of the largest size: %zu", i);
}

/* So many maps that the last layer reads, each of a layer of its own, and one more. */
static void test_live(void)
{
  enum { MOST = 24 };
  for (int maps = MOST; maps <= MOST + 1; maps++) {
    char text[4096], message[160];
    size_t at = 0;
    for (int k = 0; k < maps; k++)
      at += (size_t)snprintf(text + at, sizeof text - at, "l%d,pwconv,-,1,1,1,1,1,,,\n", k);
    for (int k = 0; k < maps; k++)
      at += (size_t)snprintf(text + at, sizeof text - at, "%sl%d", k ? "+" : "c,pwconv,", k);
    snprintf(text + at, sizeof text - at, ",,,,1,1,,,\n");
    const qy_graph *g = graph_of(text);
    const qy_schedule_options o = {
        .capacity = 1000, .units = {1, 1, 1}, .fusion = QY_FUSION_NONE, .orders = QY_ORDERS_BEST};
    for (int slope = 0; slope < 2; slope++) {
      qy_schedule *s = NULL;
      qy_slope_step *step = NULL;
      size_t count = 0;
      qy_least_capacity smallest;
      qy_error err = {0};
      const qy_status status = !g      ? QY_SYSTEM
                               : slope ? qy_schedule_slope(&step, &count, g, &o, 1000, arena, &err)
                                       : qy_schedule_find(&s, &smallest, g, &o, arena, &err);
      snprintf(message, sizeof message, "expected at most %d maps that later layers need at once, found %d before c",
               MOST, maps);
      if (maps <= MOST)
        ok(status == QY_OK, "%d maps at once", maps);
      else
        ok(status == QY_BAD_INPUT && strcmp(err.diagnostic[0].text, message) == 0 && err.diagnostic[0].line == 0 &&
               err.diagnostic[0].column == 0,
           "%s", message);
    }
  }
}

/* ---- the floor, pixel by pixel ---- */

enum { MAPS_MOST = 24, SIDE_MOST = 16 };
static bool needed[MAPS_MOST][SIDE_MOST][SIDE_MOST];

/* Pixels of a map that the output (y, x) of an op takes in. */
static void need_window(const qy_graph *g, const qy_graph_op *op, size_t map, int64_t y, int64_t x)
{
  const qy_layer *l = op->layer;
  const qy_map *m = &g->map[map];
  const bool flattened = l->type == QY_LAYER_FC;
  for (int64_t h = 0; h < m->h; h++)
    for (int64_t w = 0; w < m->w; w++) {
      const int64_t dy = h - (y * l->stride_h - l->pad_top), dx = w - (x * l->stride_w - l->pad_left);
      const bool in_rows = dy >= 0 && dy <= (l->kernel_h - 1) * l->dilation_h;
      const bool in_columns = dx >= 0 && dx <= (l->kernel_w - 1) * l->dilation_w;
      needed[map][h][w] |= flattened || (in_rows && in_columns); /* with what a dilated window passes over */
    }
}

/* Weights, and pixels of inputs and outputs, each once. */
static int64_t floor_by_pixels(const qy_graph *g, qy_units units)
{
  int64_t entries = 0;
  memset(needed, 0, sizeof needed);
  for (size_t o = g->op_count; o-- > 0;) {
    const qy_graph_op *op = &g->op[o];
    const qy_map *out = &g->map[op->output];
    for (int64_t y = 0; y < out->h; y++)
      for (int64_t x = 0; x < out->w; x++) {
        needed[op->output][y][x] |= out->wanted;
        if (!needed[op->output][y][x]) continue;
        for (size_t i = 0; i < op->input_count; i++)
          need_window(g, op, op->input[i], y, x);
        for (size_t i = 0; i < op->addend_count; i++)
          needed[op->addend[i]][y][x] = true;
        if (op->gate != QY_NO_INDEX) needed[op->gate][0][0] = true;
      }
  }
  for (size_t m = 0; m < g->map_count; m++) {
    if (g->map[m].maker != QY_NO_INDEX && !g->map[m].wanted) continue;
    for (int64_t y = 0; y < g->map[m].h; y++)
      for (int64_t x = 0; x < g->map[m].w; x++)
        entries += needed[m][y][x] * g->map[m].c;
  }
  return g->weights * units.weight + entries * units.activation;
}

/* Of chains, whose needed pixels are rows by columns, and of networks that branch where both directions are alike. */
static void test_floors(int graphs, uint64_t state, const small_kind *kind, const char *what)
{
  int wrong = 0, less = 0;
  for (int i = 0; i < graphs;) {
    char text[SMALL_TEXT];
    qy_arena_reset(arena);
    const qy_graph *g = kind ? small_graph(text, kind, &state, arena) : small_uneven(text, &state, arena);
    const qy_units units = {1 + (int64_t)random_below(&state, 4), 1 + (int64_t)random_below(&state, 4), 1};
    int64_t all = 0;
    bool fits = g && g->map_count <= MAPS_MOST;
    for (size_t m = 0; fits && m < g->map_count; m++) {
      fits = g->map[m].h <= SIDE_MOST && g->map[m].w <= SIDE_MOST;
      if (g->map[m].maker == QY_NO_INDEX || g->map[m].wanted) all += g->map[m].h * g->map[m].w * g->map[m].c;
    }
    if (!fits) continue;
    i++;
    const int64_t got = qy_schedule_floor(g, units), expected = floor_by_pixels(g, units);
    less += expected < g->weights * units.weight + all * units.activation;
    if (got != expected && wrong++ < 3)
      printf("# floor %lld, expected %lld\n%s", (long long)got, (long long)expected, text);
  }
  ok(wrong == 0 && less > 0, "%s: the floor of %d networks, %d of which do not need all of their inputs; %d wrong",
     what, graphs, less, wrong);
}

int main(void)
{
  arena = qy_arena_new();
  test_floors(300, 1, &(small_kind){3, 9, 3, true}, "chains");
  test_floors(300, 2, &(small_kind){5, 7, 3, false}, "graphs");
  test_floors(300, 3, NULL, "uneven chains");
  test_largest();
  test_live();
  test_shipped();
  test_mobilenet();
  test_cases();
  test_list();
  test_first_add();
  test_bad();
  test_joins();
  is_text(qy_fusion_name(QY_FUSION_BLOCK), "block", "names of fusions");
  qy_arena_free(arena);
  return done();
}
