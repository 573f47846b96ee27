/* A point has the same values whatever else its plan has: every point of plans with many axes against a plan of its own
 * that says one value for each. */
#include "evaluate_test.h"

#include <string.h>

enum { AXES_MAX = 8, CLOCKS = 70, VALUES_MAX = CLOCKS };

/* Plans of one design: the text with a %s for each axis, in their order, and what stands in its place. */
typedef struct varied {
  const char *name, *text;
  int axes, values[AXES_MAX];
  const char *value[AXES_MAX][VALUES_MAX];
} varied;

static const char *put_axes(char *out, size_t size, const varied *v, const int *at)
{
  const char *from = v->text;
  size_t used = 0;
  for (int a = 0; a < v->axes; a++) {
    const char *hole = strstr(from, "%s");
    used += (size_t)snprintf(out + used, size - used, "%.*s", (int)(hole - from), from);
    if (at) used += (size_t)snprintf(out + used, size - used, "%s", v->value[a][at[a]]);
    for (int k = 0; !at && k < v->values[a]; k++)
      used += (size_t)snprintf(out + used, size - used, "%s%s%s", k ? ", " : "[", v->value[a][k],
                               k + 1 == v->values[a] ? "]" : "");
    from = hole + 2;
  }
  snprintf(out + used, size - used, "%s", from);
  return out;
}

static bool same_point(const seen *a, int64_t i, const seen *b, int64_t k)
{
  if (!a->reason[i] != !b->reason[k] || a->clock_mhz[i] != b->clock_mhz[k] || a->precision[i] != b->precision[k])
    return false;
  if (a->reason[i]) return strcmp(a->reason[i], b->reason[k]) == 0;
  if (strcmp(a->resolved[i], b->resolved[k]) != 0) return false;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const double x = a->metric[i][m], y = b->metric[k][m];
    if (isnan(x) ? !isnan(y) : x != y) return false;
    for (int end = 0; a->with_interval[i] && end < 2; end++) {
      const double p = a->interval[i][m][end], q = b->interval[k][m][end];
      if (isnan(p) ? !isnan(q) : p != q) return false;
    }
  }
  return a->with_interval[i] == b->with_interval[k];
}

/* A buffer that nothing in its plan fits into is refused where the plan is read, one that some points do not fit into
 * where these are: with the same numbers. */
static bool refused_alike(const char *text, const char *reason, qy_arena *arena)
{
  char file[] = "/tmp/quarry-evaluate-XXXXXX.yaml", layer[40] = "", wanted[200];
  qy_plan *plan;
  long bytes = 0;
  if (!written(file, text)) return false;
  const qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
  unlink(file);
  const char *said = status && err.count ? strstr(err.diagnostic[0].text, "at least ") : NULL;
  if (!said || sscanf(said, "at least %ld B (network %*[^,], layer %39s", &bytes, layer) != 2) return false;
  snprintf(wanted, sizeof wanted, "shared buffer too small: %ld B would do, layer %s does not fit", bytes, layer);
  qy_error_clear(&err);
  return strcmp(reason, wanted) == 0;
}

/* Axes in the order of the plan's points, of which every so many are looked at: the last one fastest. */
static void check(const varied *v, int step)
{
  static seen all, one;
  char text[2000];
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = plan_of(put_axes(text, sizeof text, v, NULL), arena);
  int64_t points = 1, wrong = 0, feasible = 0, looked_at = 0;
  for (int a = 0; a < v->axes; a++)
    points *= v->values[a];
  if (!plan || !sweep(&all, plan, 1, 0) || !is_int(all.points, points, v->name)) return;
  for (int64_t i = 0; i < points; i += step) {
    int at[AXES_MAX];
    qy_arena *own = qy_arena_new();
    for (int64_t a = v->axes, left = i; a-- > 0; left /= v->values[a])
      at[a] = (int)(left % v->values[a]);
    put_axes(text, sizeof text, v, at);
    bool same;
    if (all.reason[i] && strstr(all.reason[i], "buffer too small")) {
      same = refused_alike(text, all.reason[i], own);
    } else {
      qy_plan *alone = plan_of(text, own);
      same = alone && sweep(&one, alone, 1, 0) && one.points == 1 && same_point(&all, i, &one, 0);
    }
    if (!same && wrong++ == 0) printf("# %s: point %lld\n%s", v->name, (long long)i, text);
    feasible += !all.reason[i], looked_at++;
    qy_arena_free(own);
  }
  ok(wrong == 0 && feasible > looked_at / 4, "%s: %lld of %lld points are others alone, %lld can be", v->name,
     (long long)wrong, (long long)looked_at, (long long)feasible);
  qy_arena_free(arena);
}

/* The same of designs that stand beside others in one batch, some of which have less that is priced: those of each
 * entry under draws, with the plan that has this entry alone. */
static void beside(void)
{
  static const char *const entry[] = {
      "  - {name: array, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: [4, 8]}\n",
      "  - {name: product, accelerator: element, pe: {kind: mul, bits: 8}}\n",
      "  - {name: narrow, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 4, lanes: 8}\n",
      "  - {name: whole, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 4, lanes: 8, memory: {device: "
      "ddr3_1600_4gb_x8, buffer: 64KiB}}\n",
      "  - {name: other, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 4, lanes: 8, memory: {device: "
      "lpddr4_2400_8gb_x16, buffer: 64KiB}}\n",
      "  - {name: sum, accelerator: element, pe: {kind: [mac, mitchell], bits: 8}}\n",
      "  - {name: last, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8}\n"};
  static const char head[] =
      "name: t\ntechnology: [fdsoi28, lp55]\nnetwork: ds_cnn_s\nclock_mhz: [100, 200]\nprecision: 8\n"
      "uncertainty: {draws: 24, seed: 5}\nobjectives: {minimize: [area_um2, power_mw]}\n"
      "designs:\n";
  static seen all, one;
  char text[3000];
  qy_arena *arena = qy_arena_new();
  size_t used = (size_t)snprintf(text, sizeof text, "%s", head);
  for (size_t e = 0; e < sizeof entry / sizeof *entry; e++)
    used += (size_t)snprintf(text + used, sizeof text - used, "%s", entry[e]);
  qy_plan *plan = plan_of(text, arena);
  int64_t wrong = 0, feasible = 0, at = 0;
  if (!plan || !sweep(&all, plan, 1, 0)) return;
  for (size_t e = 0; e < sizeof entry / sizeof *entry; e++) {
    snprintf(text, sizeof text, "%s%s", head, entry[e]);
    if (!(plan = plan_of(text, arena)) || !sweep(&one, plan, 1, 0)) return;
    for (int64_t i = 0; i < one.points; i++, at++) {
      const bool same = at < all.points && same_point(&all, at, &one, i);
      if (!same && wrong++ == 0) printf("# point %lld of %s", (long long)i, entry[e]);
      feasible += !one.reason[i];
    }
  }
  ok(wrong == 0 && at == all.points && feasible > at / 2, "%lld of %lld points are others where their design is alone",
     (long long)wrong, (long long)at);
  qy_arena_free(arena);
}

int main(void)
{
  static const varied plans[] = {
      {.name = "signals and accumulators",
       .text = "name: t\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
               "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: %s, accumulator_bits: %s}, channels: %s, "
               "signal: %s}\ntechnology: %s\nclock_mhz: %s\nprecision: %s\n"
               "objectives: {minimize: [area_um2]}\n",
       .axes = 7,
       .values = {2, 2, 2, 2, 2, 2, 2},
       .value = {{"8", "16"},
                 {"36", "40"},
                 {"2", "8"},
                 {"gaussian", "laplacian"},
                 {"fdsoi28", "lp55"},
                 {"200", "2500"},
                 {"8", "4"}}},
      {.name = "buffers and devices",
       .text = "name: t\nnetwork: ds_cnn_s\ndesigns:\n"
               "  - {name: A, accelerator: systolic, pe: {kind: mac, bits: %s}, rows: %s, memory: {device: %s, buffer: "
               "%s, fusion: %s}}\ntechnology: %s\nclock_mhz: %s\nprecision: %s\nobjectives: {minimize: [area_um2]}\n",
       .axes = 8,
       .values = {2, 2, 2, 2, 2, 1, 1, 2},
       .value = {{"16", "24"},
                 {"4", "8"},
                 {"ddr3_1600_4gb_x8", "lpddr4_2400_8gb_x16"},
                 {"160B", "64KiB"},
                 {"none", "block"},
                 {"lp55"},
                 {"100"},
                 {"8", "16"}}},
      {.name = "orders of loops",
       .text = "name: t\nnetwork: ds_cnn_s\ndesigns:\n"
               "  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: %s, memory: {device: "
               "ddr3_1600_4gb_x8, buffer: %s, fusion: none, order: %s, rule: %s}}\ntechnology: %s\nclock_mhz: %s\n"
               "precision: %s\nobjectives: {minimize: [area_um2]}\n",
       .axes = 7,
       .values = {1, 2, 3, 2, 1, 1, 1},
       .value = {{"8"},
                 {"2KiB", "8KiB"},
                 {"raster", "scan", "best"},
                 {"strict", "double_buffered"},
                 {"lp55"},
                 {"100"},
                 {"16"}}},
      {.name = "systems",
       .text = "name: t\nnetwork: [mobilenet_v1_1.0_224]\ndesigns:\n  - name: S\n    system: %s\n    members:\n"
               "      - {name: d, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, multiplier: %s, "
               "bits: 16}, channels: %s}\n"
               "      - {name: a, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: %s}\n"
               "technology: %s\nclock_mhz: %s\nprecision: %s\nobjectives: {minimize: [area_um2]}\n",
       .axes = 7,
       .values = {2, 2, 2, 2, 1, 2, 2},
       .value = {{"sequential", "pipelined"},
                 {"booth", "array"},
                 {"2", "8"},
                 {"4", "8"},
                 {"lp55"},
                 {"100", "400"},
                 {"16", "8"}}},
      {.name = "arrays on FPGAs",
       .text = "name: t\ndesigns:\n"
               "  - {name: m, accelerator: gemm, pe: {kind: sp2, bits: 5, weight_bits: 4}, blk_in: 4, blk_dsp: %s, "
               "blk_lut: %s, blk_lut_high: 1, high_share: %s, edges: %s}\n"
               "technology: %s\nnetwork: %s\nclock_mhz: %s\nprecision: %s\nobjectives: {maximize: [sqnr_db]}\n",
       .axes = 8,
       .values = {1, 2, 2, 2, 2, 2, 2, 1},
       .value = {{"8"},
                 {"1", "4"},
                 {"0.1", "0.5"},
                 {"same", "high"},
                 {"xc7z020", "xc7z045"},
                 {"resnet18", "squeezenet1_1"},
                 {"100", "150"},
                 {"5"}}},
      {.name = "draws",
       .text = "name: t\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
               "  - {name: A, accelerator: depthwise, pe: {kind: mac, multiplier: %s, bits: %s}, channels: %s}\n"
               "technology: %s\nclock_mhz: %s\nprecision: %s\nuncertainty: {draws: 24, seed: 5}\n"
               "objectives: {minimize: [area_um2, energy_uj]}\n",
       .axes = 6,
       .values = {2, 2, 2, 1, 2, 2},
       .value = {{"booth", "array"}, {"8", "16"}, {"2", "8"}, {"lp55"}, {"200", "2500"}, {"8", "4"}}},
      {.name = "parameters of an element",
       .text = "name: t\ndesigns:\n"
               "  - {name: A, accelerator: element, pe: {kind: composed, bits: 8, group: %s, units: %s, "
               "unsigned_operands: %s, "
               "separate_sums: %s}}\n"
               "technology: %s\nclock_mhz: %s\nprecision: %s\nobjectives: {minimize: [area_um2]}\n",
       .axes = 7,
       .values = {1, 2, 1, 2, 1, 1, 2},
       .value = {{"4"}, {"2", "4"}, {"no"}, {"no", "yes"}, {"fdsoi28"}, {"200"}, {"8", "4"}}},
  };
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
    check(&plans[i], plans[i].axes == 7 && plans[i].values[0] == 1 ? 1 : 5);
  /* Clocks in rows, each beside others. */
  static char clock[CLOCKS][16];
  static varied rows = {.name = "many clocks",
                        .text = "name: t\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
                                "  - {name: A, accelerator: depthwise, pe: {kind: mac_st, bits: %s}, channels: %s}\n"
                                "technology: %s\nclock_mhz: %s\nprecision: %s\nobjectives: {minimize: [area_um2]}\n",
                        .axes = 5,
                        .values = {1, 2, 1, CLOCKS, 3},
                        .value = {{"16"}, {"3", "8"}, {"fdsoi28"}, {NULL}, {"16", "8", "12"}}};
  for (int k = 0; k < CLOCKS; k++) {
    snprintf(clock[k], sizeof clock[k], "%d", 100 + 37 * k);
    rows.value[3][k] = clock[k];
  }
  check(&rows, 19);
  beside();
  return done();
}
