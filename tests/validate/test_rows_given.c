/* Rows stages that are given: FSRCNN as DeFiNES runs it, against sums by hand; counts of three modes against each
 * other. */
#include "../../src/validate/rows_given.h"

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
  qy_arena_free(arena);
  return done();
}
