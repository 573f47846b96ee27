/* Systolic array: MobileNetV2 under three ways to write a depthwise layer (cycle totals published for runs of SCALE-Sim
 * v2, 32 x 32 PEs), and arrays of real processing elements: what a held weight saves, shared multiples. */
#include "quarry/systolic.h"

#include "layer.h"
#include "tap.h"

static qy_arena *arena;
static qy_sram_table *table;

static qy_systolic_work *work_of(const qy_layer *layer, size_t count)
{
  const qy_layer *list[8];
  qy_systolic_work *work = NULL;
  for (size_t i = 0; i < count; i++)
    list[i] = &layer[i];
  return qy_systolic_work_new(&work, list, count, arena, NULL) == QY_OK ? work : NULL;
}

/* ---- depthwise layers of MobileNetV2 on 32 x 32 ---- */

static void mobilenet_tests(void)
{
  static const struct {
    const char *flow;
    int64_t dense, by_group; /* totals of SCALE-Sim v2: 53 layers, channels summed; depthwise row per channel */
  } published[] = {{"os", 1396464, 6084656}, {"ws", 1472920, 3607428}, {"is", 2773191, 7979666}};
  qy_network *network;
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL)) {
    ok(0, "MobileNetV2 can be read");
    return;
  }
  int64_t macs = 0, depthwise_macs = 0;
  for (size_t i = 0; i < network->layer_count; i++) {
    macs += network->layer[i].macs;
    depthwise_macs += network->layer[i].type == QY_LAYER_DWCONV ? network->layer[i].macs : 0;
  }
  near_abs(100.0 * (double)depthwise_macs / (double)macs, 6.9, 0.05,
           "depthwise layers are 6.9 % of MobileNetV2's products");
  for (int f = 0; f < QY_FLOW_COUNT; f++) {
    const qy_systolic_params s = {.rows = 32, .columns = 32, .dataflow = (qy_dataflow)f, .drain = QY_DRAIN_OVERLAPPED};
    int64_t other = 0, dense = 0, one = 0, groups = 0;
    for (size_t i = 0; i < network->layer_count; i++) {
      qy_layer l = network->layer[i];
      qy_systolic_counts c;
      if (!qy_layer_multiplies(l.type)) continue;
      if (qy_systolic_layer_counts(&c, &s, &l, NULL)) return;
      if (l.type != QY_LAYER_DWCONV) {
        other += c.compute;
        continue;
      }
      groups += c.compute;
      const int64_t channels = l.in_c;
      l.type = QY_LAYER_CONV, l.groups = 1, l.out_c = 1; /* (a) all channels summed into one output */
      if (qy_systolic_layer_counts(&c, &s, &l, NULL)) return;
      dense += c.compute;
      l.in_c = 1; /* (b) one channel only */
      if (qy_systolic_layer_counts(&c, &s, &l, NULL)) return;
      one += c.compute;
      groups -= channels * c.compute; /* (c) is (b) once per channel */
    }
    is_int(groups, 0, "a depthwise layer takes what one channel takes, times the channels");
    ok(other + dense == published[f].dense, "%s: channels summed into one output: %lld cycles as published",
       published[f].flow, (long long)published[f].dense);
    int64_t by_group = published[f].by_group - other;
    qy_systolic_counts c;
    const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
    const qy_layer **layers;
    size_t count;
    qy_systolic_work *work;
    if (qy_network_select(&layers, &count, network, &filter, arena, NULL) ||
        qy_systolic_work_new(&work, layers, count, arena, NULL) || qy_systolic_count(&c, &s, work, NULL))
      return;
    ok(c.compute == by_group, "%s: one layer per channel: %lld cycles as published", published[f].flow,
       (long long)published[f].by_group);
    const double share = 100.0 * (double)c.compute / (double)published[f].by_group;
    ok(share >= 82 - 0.5 && share <= 91 + 0.5, "%s: %.1f %% of the cycles are depthwise (published: 82 to 91)",
       published[f].flow, share);
    printf("# %s: depthwise share (a) %.1f %%, (b) %.2f %%, (c) %.1f %%\n", published[f].flow,
           100.0 * (double)dense / (double)(other + dense), 100.0 * (double)one / (double)(other + one), share);
    ok(one < dense && dense < c.compute, "%s: one channel counts too few cycles, a dense layer too", published[f].flow);
  }
}

/* ---- a real PE ---- */

static void real_pe_tests(void)
{
  qy_tech *tech;
  qy_pe pe;
  qy_pe_cost cost;
  qy_systolic_parts priced;
  const qy_pe_params mac = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 8};
  const qy_pe_params pot = {.kind = QY_PE_POT, .bits = 8, .accumulator_bits = 24, .weight_bits = 4};
  ok(qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) == QY_OK && qy_pe_build(&pe, &mac, arena, NULL) == QY_OK &&
         qy_pe_price(&cost, &pe, tech, 5000, NULL) == QY_OK &&
         qy_systolic_parts_price(&priced, &pe, &cost, tech, 5000, NULL) == QY_OK && !priced.reason,
     "parts of an 8-bit MAC array at 200 MHz");
  ok(priced.held_frac[0] > 0.2 && priced.held_frac[0] < 0.95, "a held weight saves some of the switching energy (%.2f)",
     priced.held_frac[0]);
  ok(priced.pe_register_um2 > 0 && priced.pe_register_um2 < cost.build.area_um2 && priced.adder.logic_fj > 0,
     "registers are part of the PE");
  const qy_layer l = make_layer(14, 14, 64, 64, 3, 3, 1, 1, 1);
  const qy_systolic_work *work = work_of(&l, 1);
  const qy_systolic_params s = {.rows = 16, .columns = 16, .dataflow = QY_FLOW_WS};
  qy_systolic m;
  const char *reason;
  ok(qy_systolic_init_with(&m, &s, &pe, &cost, &priced, tech, table, 200, work, &reason, NULL) == QY_OK &&
         m.input_bits == 8 && m.weight_bits == 8,
     "word widths come from the PE's ports");
  ok(qy_pe_build(&pe, &pot, arena, NULL) == QY_OK && qy_pe_price(&cost, &pe, tech, 5000, NULL) == QY_OK &&
         qy_systolic_parts_price(&priced, &pe, &cost, tech, 5000, NULL) == QY_OK &&
         qy_systolic_init_with(&m, &s, &pe, &cost, &priced, tech, table, 200, work, &reason, NULL) == QY_OK &&
         m.input_bits == 8 && m.weight_bits == 4,
     "a coded weight is as wide as its code");
}

/* Shared multiples: one x3 = 3 x of 10 bits for m = 0..3. */
static void shared_tests(void)
{
  qy_tech *tech;
  qy_pe shared, local;
  qy_pe_cost cost[2];
  qy_systolic_parts priced[2];
  qy_systolic m[2];
  qy_systolic_layer r[2];
  const char *reason;
  qy_pe_params params = {.kind = QY_PE_SHIFT_ADD, .bits = 8, .accumulator_bits = 24, .shared = true};
  qy_systolic_params s = {.rows = 16, .columns = 16, .dataflow = QY_FLOW_WS};
  const qy_layer l = make_layer(14, 14, 64, 64, 1, 1, 1, 0, 1);
  const qy_systolic_work *work = work_of(&l, 1);
  qy_status status = qy_tech_read(&tech, "db", "fdsoi28", arena, NULL);
  if (!status) status = qy_pe_build(&shared, &params, arena, NULL);
  params.shared = false;
  if (!status) status = qy_pe_build(&local, &params, arena, NULL);
  for (int i = 0; i < 2 && !status; i++) {
    const qy_pe *pe = i ? &local : &shared;
    status = qy_pe_price(&cost[i], pe, tech, 5000, NULL);
    if (!status) status = qy_systolic_parts_price(&priced[i], pe, &cost[i], tech, 5000, NULL);
    if (!status)
      status = qy_systolic_init_with(&m[i], &s, pe, &cost[i], &priced[i], tech, table, 200, work, &reason, NULL);
    if (!status) status = qy_systolic_layer_report(&r[i], &reason, &m[i], &l, 8, NULL);
  }
  if (!ok(!status, "arrays of shift_add elements, multiples shared and local")) return;
  ok(m[0].multiple_bits == 10 && m[1].multiple_bits == 0, "one odd multiple of 10 bits moves with an input of 8");
  const double dff = tech->area_um2[QY_DFF] / tech->density_frac;
  near_rel(m[0].area_pe_register_um2 - 256 * priced[0].pe_register_um2 / tech->density_frac,
           256 * (8 + 10 + m[0].weight_bits) * dff, 1e-9, "its registers are counted in every PE");
  ok(priced[0].multiples.logic_um2 > 0 && priced[1].multiples.logic_um2 == 0, "and what makes it, where it is shared");
  near_rel(m[0].area_edge_um2 - m[1].area_edge_um2, 16 * priced[0].multiples.logic_um2 / tech->density_frac, 1e-9,
           "once in each of 16 rows");
  ok(m[0].area_pe_um2 < m[1].area_pe_um2, "the logic of the PEs shrinks");
  near_rel((r[0].energy_edge_uj - r[1].energy_edge_uj) * 1e9, 4 * 64.0 * 196 * priced[0].multiples.logic_fj, 1e-6,
           "energy: once for each of 64 x 196 words in 4 column folds");
  near_rel((r[0].energy_operand_uj - r[1].energy_operand_uj) / r[1].energy_operand_uj,
           10.0 * 64 * 64 * 196 / (8.0 * 64 * 64 * 196 + (double)m[1].weight_bits * 16 * 16 * 136), 1e-9,
           "and wider words in the operand registers; weights go down once");
  s.dataflow = QY_FLOW_IS;
  ok(qy_systolic_init_with(&m[0], &s, &shared, &cost[0], &priced[0], tech, table, 200, work, &reason, NULL) ==
             QY_INFEASIBLE &&
         strstr(reason, "multiples"),
     "not with inputs held");
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena || qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL) != QY_OK) {
    ok(0, "db/memory/sram.csv can be read");
    return done();
  }
  mobilenet_tests();
  real_pe_tests();
  shared_tests();
  qy_arena_free(arena);
  return done();
}
