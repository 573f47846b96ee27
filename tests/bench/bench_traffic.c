/* The best tilings of all layers and of all fused blocks of MobileNetV2, scan and raster.  Medians of 9 runs. */
#include "quarry/traffic.h"

#include "bench.h"

enum { RUNS = 9, LAYERS = 64 };

static qy_nest nests[4 * LAYERS];
static size_t layer_count, nest_count;

/* Layers first, then blocks: expand, depthwise, project and the two parts. */
static void make_nests(const qy_network *network)
{
  for (size_t i = 0; i < network->layer_count; i++) {
    const qy_layer *l = &network->layer[i];
    const bool dense = qy_layer_multiplies(l->type) && l->type != QY_LAYER_DWCONV;
    nests[nest_count++] =
        dense ? (qy_nest){.kind = QY_NEST_DENSE, .head = l} : (qy_nest){.kind = QY_NEST_CHANNELWISE, .middle = l};
  }
  layer_count = nest_count;
  for (size_t i = 1; i + 1 < network->layer_count; i++) {
    const qy_layer *l = &network->layer[i], *head = l[-1].type == QY_LAYER_PWCONV ? l - 1 : NULL;
    if (l->type != QY_LAYER_DWCONV) continue;
    nests[nest_count++] = (qy_nest){.kind = QY_NEST_BLOCK, .middle = l, .tail = l + 1};
    if (!head || head->out_c != l->in_c) continue;
    nests[nest_count++] = (qy_nest){.kind = QY_NEST_BLOCK, .head = head, .middle = l};
    nests[nest_count++] = (qy_nest){.kind = QY_NEST_BLOCK, .head = head, .middle = l, .tail = l + 1};
  }
}

static void search(const char *what, size_t from, size_t to, int64_t capacity, qy_orders orders)
{
  double ms[RUNS];
  char line[128];
  qy_arena *arena = qy_arena_new();
  const qy_traffic_query q = {.capacity = capacity, .units = {1, 1, 1}, .orders = orders};
  for (int r = 0; r < RUNS; r++) {
    const double start = bench_cpu_s();
    for (size_t i = from; i < to; i++) {
      qy_tiling_front front;
      if (qy_traffic_best(&front, &nests[i], &q, arena, NULL) != QY_OK) exit(1);
      qy_arena_reset(arena);
    }
    ms[r] = 1e3 * (bench_cpu_s() - start);
  }
  snprintf(line, sizeof line, "traffic: %s of MobileNetV2, %lldK, %s", what, (long long)capacity / 1024,
           orders == QY_ORDERS_RASTER ? "raster" : "scan");
  bench_report(line, ms, RUNS, "ms");
  qy_arena_free(arena);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_network *network;
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL) != QY_OK) return 1;
  make_nests(network);
  for (int64_t capacity = 1024; capacity <= 65536; capacity *= 8)
    for (int orders = QY_ORDERS_RASTER; orders <= QY_ORDERS_SCAN; orders++) {
      search("layers", 0, layer_count, capacity, (qy_orders)orders);
      search("blocks", layer_count, nest_count, capacity, (qy_orders)orders);
    }
  qy_arena_free(arena);
  return 0;
}
