/* Layers mapped to accelerators, and totals: worked out by hand; MobileNetV2 on an array beside a depthwise module. */
#include "quarry/system.h"

#include "tap.h"

static qy_arena *arena;

static void map_tests(void)
{
  qy_network *network;
  qy_system_list list[3];
  qy_error err = {0};
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, &err)) {
    ok(0, "MobileNetV2 can be read");
    return;
  }
  const qy_layer **all;
  size_t layers;
  const qy_layer_filter any = {0, NULL};
  if (qy_network_select(&all, &layers, network, &any, arena, &err)) return;
  const qy_layer_filter depthwise_first[] = {{1u << QY_LAYER_DWCONV, NULL}, {0, NULL}};
  ok(qy_system_map(list, all, layers, depthwise_first, 2, arena, &err) == QY_OK && list[0].count == 17 &&
         list[1].count == 36,
     "MobileNetV2: 17 depthwise layers, 36 others");
  int64_t macs[2] = {0, 0};
  for (int k = 0; k < 2; k++)
    for (size_t i = 0; i < list[k].count; i++)
      macs[k] += list[k].layer[i]->macs;
  ok(macs[0] + macs[1] == INT64_C(300774272), "which are all of its 300,774,272 products");
  const char *name = list[1].layer[0]->name;
  const qy_layer_filter by_name[] = {
      {0, name}, {1u << QY_LAYER_DWCONV, NULL}, {1u << QY_LAYER_CONV | 1u << QY_LAYER_FC, NULL}};
  ok(qy_system_map(list, all, layers, by_name, 3, arena, &err) == QY_OK && list[0].count == 1 &&
         list[0].layer[0]->name == name && list[1].count == 17 && list[2].count == 35,
     "the first filter that takes a layer gets it; conv takes pointwise layers");
  ok(qy_system_map(list, all, layers, depthwise_first, 1, arena, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, name),
     "a layer that no member takes is named");
}

static void total_tests(void)
{
  /* 100 us and 50 us, 2 and 3 mW of leakage, 10 and 20 uJ of switching; 4e5 and 1e5 operations. */
  double a[QY_METRIC_COUNT] = {0}, b[QY_METRIC_COUNT] = {0}, t[QY_METRIC_COUNT], interval;
  a[QY_LATENCY_US] = 100, b[QY_LATENCY_US] = 50;
  a[QY_CYCLES] = 20000, b[QY_CYCLES] = 10000;
  a[QY_AREA_UM2] = a[QY_AREA_SRAM_UM2] = 1000, b[QY_AREA_UM2] = b[QY_AREA_DATAPATH_UM2] = 500;
  a[QY_LEAKAGE_MW] = 2, b[QY_LEAKAGE_MW] = 3;
  a[QY_ENERGY_DATAPATH_UJ] = 6, a[QY_ENERGY_SRAM_UJ] = 4, b[QY_ENERGY_REGISTER_UJ] = 20;
  a[QY_ENERGY_LEAKAGE_UJ] = 0.2, b[QY_ENERGY_LEAKAGE_UJ] = 0.15;
  a[QY_GOPS] = 4, b[QY_GOPS] = 2;
  a[QY_UTILIZATION_FRAC] = 200000.0 / (16 * 20000), b[QY_UTILIZATION_FRAC] = 50000.0 / (8 * 10000); /* 16, 8 slots */
  const double *const members[] = {a, b};
  ok(qy_system_total(t, &interval, members, 2, false, NULL) == QY_OK, "sequential");
  near_rel(interval, 150, 1e-15, "an inference every 150 us");
  near_rel(t[QY_ENERGY_LEAKAGE_UJ], 0.75, 1e-15, "both leak for 150 us: 5 mW, 0.75 uJ");
  near_rel(t[QY_ENERGY_UJ], 30.75, 1e-15, "energy");
  near_rel(t[QY_POWER_MW], 205, 1e-15, "205 mW");
  near_rel(t[QY_AREA_UM2], 1500, 1e-15, "area");
  near_rel(t[QY_GOPS], 500.0 / 150, 1e-12, "5e5 operations in 150 us");
  near_rel(t[QY_UTILIZATION_FRAC], 250000.0 / (24 * 200 * 150), 1e-12, "of 24 products in each of 30,000 cycles");
  ok(qy_system_total(t, &interval, members, 2, true, NULL) == QY_OK, "pipelined");
  near_rel(interval, 100, 1e-15, "an inference every 100 us");
  near_rel(t[QY_LATENCY_US], 150, 1e-15, "each takes 150 us");
  near_rel(t[QY_ENERGY_UJ], 30.5, 1e-15, "less leakage: 0.5 uJ");
  near_rel(t[QY_POWER_MW], 305, 1e-15, "more power: 305 mW");
  near_rel(t[QY_EDP_UJ_US], 30.5 * 150, 1e-15, "energy-delay product");
  near_rel(t[QY_TOPS_PER_W], 5e5 / 30.5 / 1e6, 1e-12, "operations per energy");
  qy_error err = {0};
  ok(qy_system_total(t, &interval, members, 0, false, &err) == QY_BAD_INPUT && err.count == 1, "no members");
  a[QY_LATENCY_US] = 0;
  ok(qy_system_total(t, &interval, members, 2, false, &err) == QY_BAD_INPUT && err.count == 2, "a member without work");
}

int main(void)
{
  arena = qy_arena_new();
  map_tests();
  total_tests();
  qy_arena_free(arena);
  return done();
}
