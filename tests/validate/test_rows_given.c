/* Rows stages that are given: FSRCNN as DeFiNES runs it, against sums by hand; counts of three modes against each
 * other. */
#include "../../src/validate/rows_given.h"

#include "../files.h"
#include "random.h"
#include "tap.h"

#include <math.h>

static qy_arena *arena;
static qy_graph *graph;

static rows_given fsrcnn(int64_t tile_h, int64_t tile_w, rows_halo halo)
{
  return (rows_given){.graph = graph, .tile_h = tile_h, .tile_w = tile_w, .halo = halo, .resident = true};
}

static qy_traffic counted(int64_t tile_h, int64_t tile_w, rows_halo halo)
{
  const rows_given given = fsrcnn(tile_h, tile_w, halo);
  qy_traffic t = {0};
  qy_error err = {0};
  if (rows_given_count(&t, &given, arena, &err)) printf("# %s\n", err.count ? err.diagnostic[0].text : "?");
  return t;
}

static double cycles_of(int64_t tile_h, int64_t tile_w, rows_halo halo, rows_array array)
{
  double each[16], sum = 0;
  const rows_given given = fsrcnn(tile_h, tile_w, halo);
  if (rows_given_cycles(each, &given, &array, arena, NULL)) return NAN;
  for (size_t o = 0; o < graph->op_count; o++)
    sum += each[o];
  return sum;
}

static double macs_of(int64_t tile_h, int64_t tile_w, rows_halo halo)
{
  double macs[16], outputs[16], sum = 0;
  const rows_given given = fsrcnn(tile_h, tile_w, halo);
  if (rows_given_work(macs, outputs, &given, arena, NULL)) return NAN;
  for (size_t o = 0; o < graph->op_count; o++)
    sum += macs[o];
  return sum;
}

/* One pixel of the output, 16 channels, needs 3 x 3 of the expansion and of map 4, then 5 x 5, 7 x 7, 9 x 9 of maps 3,
 * 2, 1, 11 x 11 of the shrinking and of the features, 15 x 15 of the image. */
static void test_single_pixels(void)
{
  const double pixel =
      9.0 * 56 * 16 + 9 * 12 * 56 + (9 + 25 + 49 + 81) * 9.0 * 12 * 12 + 121.0 * 56 * 12 + 121 * 25.0 * 56;
  const qy_traffic t = counted(1, 1, ROWS_RECOMPUTE);
  near_abs((double)t.macs, pixel * 540 * 960, 0, "MACs of single pixels, everything made again");
  near_abs(macs_of(1, 1, ROWS_RECOMPUTE), pixel * 540 * 960, 0, "and as the energy counts them");
  near_abs((double)t.input, 225.0 * 540 * 960, 0, "the image is read in windows of 15 x 15");
  near_abs((double)t.weights, 15992, 0, "weights stay");
  /* Taps times steps of 32 x 2 channels and 4 x 4 pixels. */
  const double steps = 252 + 2 * 6 + 54 + 4 * 54 + 4 * 54 + 9 * 54 + 9 * 28 + 9 * 2 * 25;
  const rows_array array = {.k = 32, .c = 2, .y = 4, .x = 4};
  near_abs(cycles_of(1, 1, ROWS_RECOMPUTE, array), steps * 540 * 960, 0, "cycles of single pixels");
}

static void test_kept(void)
{
  const int64_t heights[] = {1, 18, 270}, widths[] = {1, 16, 960};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) {
      const qy_traffic t = counted(heights[i], widths[k], ROWS_KEEP);
      ok(t.macs == graph->macs && t.input == 554 * 974 && t.output == 540 * 960 * 16 &&
             macs_of(heights[i], widths[k], ROWS_KEEP) == (double)graph->macs,
         "tiles of %d x %d, all kept: everything once", (int)heights[i], (int)widths[k]);
    }
}

/* Rows of tiles by themselves: n rows of output need n + 14 of the image. */
static void test_columns(void)
{
  const qy_traffic t = counted(72, 60, ROWS_KEEP_COLUMNS); /* 7 strips of 72 and one of 36 */
  near_abs((double)t.input, 974.0 * (7 * 86 + 50), 0, "the image of strips");
  near_abs((double)t.weights, 15992, 0, "weights stay over strips");
  near_abs((double)t.macs, macs_of(72, 60, ROWS_KEEP_COLUMNS), 0, "MACs both ways");
  ok(counted(540, 60, ROWS_KEEP_COLUMNS).macs == graph->macs, "one strip: nothing again");
  ok(counted(18, 960, ROWS_KEEP_COLUMNS).macs == counted(18, 960, ROWS_RECOMPUTE).macs,
     "tiles as wide as the map: columns do not matter");
  ok(counted(4, 4, ROWS_RECOMPUTE).macs > counted(4, 4, ROWS_KEEP_COLUMNS).macs &&
         counted(4, 4, ROWS_KEEP_COLUMNS).macs > graph->macs,
     "between the other two");
}

static void test_refused(void)
{
  qy_network *network;
  qy_graph *other;
  qy_error err = {0};
  qy_traffic t;
  int failed = qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, &err) ||
               qy_graph_new(&other, network, arena, &err);
  if (!failed) {
    const rows_given given = {.graph = other, .tile_h = 1, .tile_w = 1, .halo = ROWS_KEEP_COLUMNS};
    failed = rows_given_count(&t, &given, arena, &err) != QY_BAD_INPUT;
  }
  ok(!failed, "keep_columns wants a chain without padding");
  for (int halo = 0; !failed && halo < ROWS_KEEP_COLUMNS; halo++) { /* its pool over a whole map is read in the stage */
    const rows_given given = {.graph = other, .tile_h = 1, .tile_w = 1, .halo = (rows_halo)halo};
    qy_error_clear(&err);
    ok(rows_given_count(&t, &given, arena, &err) == QY_BAD_INPUT && err.count, "what is no stage is refused: %s",
       err.count ? err.diagnostic[0].text : "it is not");
  }
}

/* ---- random chains, line by line ---- */

enum { LAYERS_MAX = 4, LINES_MAX = 64 };
static uint64_t state = 9;

static int pick(int n)
{
  return (int)random_below(&state, (size_t)n);
}

typedef struct chain {
  int count, size[2][LAYERS_MAX + 1], channels[LAYERS_MAX + 1], kernel[2][LAYERS_MAX], stride[LAYERS_MAX],
      pad[LAYERS_MAX];
  qy_graph *graph;
} chain;

/* Kernels no smaller than strides, so that no line is passed over. */
static bool make_chain(chain *c, bool padded)
{
  char file[] = "/tmp/quarry-rows-XXXXXX.csv", text[600] = "";
  qy_network *network;
  size_t used = 0;
  *c = (chain){.count = 2 + pick(LAYERS_MAX - 1)};
  for (int d = 0; d < 2; d++)
    c->size[d][0] = 14 + pick(20);
  c->channels[0] = 1 + pick(5);
  used += (size_t)snprintf(text, sizeof text, "layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad\n");
  for (int l = 0; l < c->count; l++) {
    c->stride[l] = pick(4) ? 1 : 2;
    c->pad[l] = padded ? pick(2) : 0;
    c->channels[l + 1] = 1 + pick(5);
    for (int d = 0; d < 2; d++) {
      c->kernel[d][l] = c->stride[l] + pick(3);
      if (c->kernel[d][l] <= c->pad[l]) c->kernel[d][l] = c->pad[l] + 1;
      c->size[d][l + 1] = (c->size[d][l] + 2 * c->pad[l] - c->kernel[d][l]) / c->stride[l] + 1;
    }
    used += (size_t)snprintf(text + used, sizeof text - used, "l%d,conv,%d,%d,%d,%d,%d,%d,%d,%d\n", l, c->size[0][l],
                             c->size[1][l], c->channels[l], c->channels[l + 1], c->kernel[0][l], c->kernel[1][l],
                             c->stride[l], c->pad[l]);
  }
  if (!write_new_file(file, 4, text)) return false;
  qy_error err = {0};
  const bool good = !qy_network_read(&network, "db", qy_arena_text(arena, file, strlen(file)), arena, &err) &&
                    !qy_graph_new(&c->graph, network, arena, &err);
  if (!good) printf("# %s\n%s", err.count ? err.diagnostic[0].text : "?", text);
  unlink(file);
  return good;
}

/* Of one direction and one stage, with tiles of so many lines: lines that each layer makes in all, and steps of `once`
 * lines; lines of the stage's input that are read. */
static void count_lines(const chain *c, int d, int first, int last, int tile, bool keep, int once, double *made,
                        double *steps, double *read)
{
  bool there[LAYERS_MAX + 1][LINES_MAX] = {{false}};
  for (int l = first; l <= last; l++)
    made[l] = steps[l] = 0;
  *read = 0;
  for (int at = 0; at < c->size[d][last + 1]; at += tile) {
    bool need[LAYERS_MAX + 1][LINES_MAX] = {{false}};
    for (int i = at; i < at + tile && i < c->size[d][last + 1]; i++)
      need[last + 1][i] = true;
    for (int l = last; l >= first; l--) {
      int lines = 0;
      for (int i = 0; i < c->size[d][l + 1]; i++) {
        if (!need[l + 1][i] || (keep && there[l + 1][i])) continue;
        there[l + 1][i] = true;
        lines++;
        for (int k = 0; k < c->kernel[d][l]; k++) {
          const int in = i * c->stride[l] - c->pad[l] + k;
          if (in >= 0 && in < c->size[d][l]) need[l][in] = true;
        }
      }
      made[l] += lines;
      steps[l] += (lines + once - 1) / once;
    }
    for (int i = 0; i < c->size[d][first]; i++) {
      *read += need[first][i] && !(keep && there[first][i]);
      there[first][i] |= need[first][i];
    }
  }
}

static void test_random_chains(void)
{
  enum { CHAINS = 120 };
  int wrong[4] = {0}, tried = 0;
  for (int i = 0; i < CHAINS; i++) {
    chain c;
    if (!make_chain(&c, i % 3 != 0)) continue;
    const rows_halo halo = (rows_halo)(i % 2 ? ROWS_KEEP : ROWS_RECOMPUTE);
    size_t cut[1] = {(size_t)(1 + pick(c.count - 1))};
    const rows_given given = {.graph = c.graph,
                              .tile_h = 1 + pick(9),
                              .tile_w = 1 + pick(9),
                              .halo = halo,
                              .cut = cut,
                              .cut_count = (size_t)pick(2),
                              .resident = true};
    const rows_array array = {.k = 1 + pick(3), .c = 1 + pick(3), .y = 1 + pick(3), .x = 1 + pick(3)};
    double made[2][LAYERS_MAX], steps[2][LAYERS_MAX], input = 0, output = 0, all = 0;
    for (size_t s = 0; s <= given.cut_count; s++) {
      const int first = s ? (int)cut[0] : 0, last = s < given.cut_count ? (int)cut[0] - 1 : c.count - 1;
      double read[2];
      count_lines(&c, 0, first, last, (int)given.tile_h, halo == ROWS_KEEP, (int)array.y, made[0], steps[0], &read[0]);
      count_lines(&c, 1, first, last, (int)given.tile_w, halo == ROWS_KEEP, (int)array.x, made[1], steps[1], &read[1]);
      input += read[0] * read[1] * c.channels[first];
      output += (double)c.size[0][last + 1] * c.size[1][last + 1] * c.channels[last + 1];
    }
    double macs[LAYERS_MAX], outputs[LAYERS_MAX], cycles[LAYERS_MAX];
    qy_traffic t = {0};
    qy_error err = {0};
    if (rows_given_work(macs, outputs, &given, arena, &err) || rows_given_cycles(cycles, &given, &array, arena, &err) ||
        rows_given_count(&t, &given, arena, &err)) {
      printf("# %s\n", err.count ? err.diagnostic[0].text : "?");
      wrong[0]++;
      continue;
    }
    for (int l = 0; l < c.count; l++) {
      const double pixels = made[0][l] * made[1][l], taps = c.kernel[0][l] * c.kernel[1][l];
      const double rounds =
          (double)((c.channels[l + 1] + array.k - 1) / array.k * ((c.channels[l] + array.c - 1) / array.c));
      wrong[1] += fabs(outputs[l] - pixels * c.channels[l + 1]) > 1e-6;
      wrong[1] += fabs(macs[l] - pixels * taps * c.channels[l] * c.channels[l + 1]) > 1e-6 * macs[l];
      wrong[2] += fabs(cycles[l] - rounds * taps * steps[0][l] * steps[1][l]) > 1e-6;
      all += macs[l];
    }
    wrong[3] += fabs((double)t.macs - all) > 1e-6 * all || (double)t.input != input || (double)t.output != output ||
                t.weights != c.graph->weights;
    tried++;
  }
  ok(tried > CHAINS / 2 && wrong[0] == 0, "%d random chains", tried);
  is_int(wrong[1], 0, "outputs and MACs of each layer, line by line");
  is_int(wrong[2], 0, "cycles of an array");
  is_int(wrong[3], 0, "what is read, written and multiplied in all");
}

/* An array of k outputs and c inputs takes as many rounds as hold the channels of each group, of all groups; beside one
 * of a single multiplier, whose steps are as many. */
static void test_groups(void)
{
  qy_network *network;
  qy_graph *chained;
  qy_error err = {0};
  double one[64], many[64];
  int wrong = 0, grouped = 0;
  if (!ok(!qy_network_read(&network, "db", "mobilenet_v1_1.0_224", arena, &err) &&
              !qy_graph_new(&chained, network, arena, &err) && chained->op_count <= 64,
          "a chain with layers of many groups"))
    return;
  const rows_given given = {.graph = chained, .tile_h = 7, .tile_w = 7, .halo = ROWS_RECOMPUTE, .resident = true};
  for (int64_t k = 1; k <= 5; k += 2)
    for (int64_t c = 1; c <= 7; c += 3) {
      const rows_array single = {.k = 1, .c = 1, .y = 1, .x = 1}, array = {.k = k, .c = c, .y = 1, .x = 1};
      if (rows_given_cycles(one, &given, &single, arena, &err) ||
          rows_given_cycles(many, &given, &array, arena, &err)) {
        wrong++;
        continue;
      }
      for (size_t o = 0; o < chained->op_count; o++) {
        const qy_layer *l = chained->op[o].layer;
        if (!qy_layer_multiplies(l->type)) continue;
        const int64_t out = l->out_c / l->groups, in = l->in_c / l->groups,
                      rounds = ((out + k - 1) / k) * ((in + c - 1) / c);
        wrong += !(one[o] > 0) || fabs(many[o] / one[o] - (double)rounds / (double)(out * in)) > 1e-9;
        grouped += l->groups > 1;
      }
    }
  ok(wrong == 0 && grouped > 50, "rounds of %d layers of groups", grouped);
}

/* A buffer that is too small is the caller's mistake; what is no chain has no lines. */
static void test_bad_chains(void)
{
  static const struct {
    const char *network;
    rows_halo halo;
    const char *said;
  } row[] = {{"resnet18", ROWS_KEEP, "expected a chain, each layer reading the one before"},
             {"resnet18", ROWS_KEEP_COLUMNS, "expected no padding and no rows left over for keep_columns"},
             {"vgg16", ROWS_KEEP_COLUMNS, "expected no padding and no rows left over for keep_columns"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_network *network;
    qy_graph *other;
    qy_error err = {0};
    qy_traffic t;
    double macs[64], outputs[64];
    if (!ok(!qy_network_read(&network, "db", row[i].network, arena, &err) &&
                !qy_graph_new(&other, network, arena, &err),
            "%s", row[i].network))
      continue;
    const rows_given given = {.graph = other, .tile_h = 4, .tile_w = 4, .halo = row[i].halo};
    const qy_status status = row[i].halo == ROWS_KEEP ? rows_given_work(macs, outputs, &given, arena, &err)
                                                      : rows_given_count(&t, &given, arena, &err);
    ok(status == QY_BAD_INPUT && err.count && strstr(err.diagnostic[0].text, row[i].said), "%s",
       err.count ? err.diagnostic[0].text : "fine");
  }
  size_t cut[1] = {2};
  const rows_given two = {
      .graph = graph, .tile_h = 4, .tile_w = 4, .halo = ROWS_KEEP_COLUMNS, .cut = cut, .cut_count = 1};
  qy_traffic t;
  qy_error err = {0};
  ok(rows_given_count(&t, &two, arena, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "expected one stage beside keep_columns"),
     "two stages");
}

int main(void)
{
  qy_network *network;
  arena = qy_arena_new();
  if (qy_network_read(&network, "db", "fsrcnn_540x960", arena, NULL) || qy_graph_new(&graph, network, arena, NULL))
    return 1;
  test_single_pixels();
  test_kept();
  test_columns();
  test_refused();
  test_random_chains();
  test_groups();
  test_bad_chains();
  qy_arena_free(arena);
  return done();
}
